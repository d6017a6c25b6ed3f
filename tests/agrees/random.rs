//! Random combinations of layers: for each number of a seed always the same.

use crate::compare::Stage;
use crate::layers::{self, Layer, Slot};

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and good enough to choose with.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Compares the random case of that number; what is returned is a difference, to be shown.
pub fn compare(stage: &Stage, seed: u64, number: u64) -> Option<String> {
    let mut random = Random(seed ^ number.wrapping_mul(0xD134_2543_DE82_EF95));
    // A place without an environment (a maker that refuses) and layers that do not fit make no case: another is drawn.
    for _ in 0..50 {
        let place = random.below(stage.places());
        let layers = draw(&mut random);
        let Ok(scene) = stage.scene(place) else { continue };
        if layers::build(scene, "/".to_owned(), &layers).is_some() {
            return stage.compare(scene, &layers);
        }
    }
    None
}

fn draw(random: &mut Random) -> Vec<&'static Layer> {
    let mut drawn: Vec<&Layer> = Vec::new();
    for slot in Slot::ALL {
        let (percent, most) = match slot {
            Slot::Place | Slot::Base | Slot::Program | Slot::Cwd => (25, 1),
            Slot::Config | Slot::User => (35, 1),
            Slot::Site => (40, 2),
            Slot::Variable => (60, 3),
            Slot::Start | Slot::Flag => (45, 1),
        };
        let choices: Vec<&Layer> = layers::all().iter().filter(|layer| layer.slot == slot).collect();
        for _ in 0..most {
            if random.chance(percent) && !choices.is_empty() {
                let layer = choices[random.below(choices.len())];
                if !drawn.iter().any(|known| known.name == layer.name) {
                    drawn.push(layer);
                }
            }
        }
    }
    drawn
}
