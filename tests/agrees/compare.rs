//! Compares case after case, and keeps count.

use crate::case::Case;
use crate::differences::{Difference, Tally};
use crate::disk;
use crate::layers::{self, Layer};
use crate::probe::{self, Refusal};
use crate::scene::Scene;
use crate::support::Scratch;
use crate::support::environments::Kind;
use crate::support::interpreters::Interpreter;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every interpreter with every maker, each made when first needed; and the count.
pub struct Stage {
    places: Vec<Place>,
    scratch: Scratch,
    next: AtomicUsize,
    /// What came out.
    pub tally: Tally,
}

struct Place {
    interpreter: &'static Interpreter,
    kind: Option<Kind>,
    turn: usize,
    scene: OnceLock<Result<Scene, String>>,
}

/// How one case came out.
enum Outcome {
    Equal,
    /// Code that is never run here makes the difference.
    Unknown(Difference),
    Different(Difference),
    /// The case makes no sense here.
    None,
}

impl Stage {
    /// A stage for these interpreters; nothing is made yet.
    pub fn new(interpreters: &'static [Interpreter]) -> Self {
        let mut places = Vec::new();
        for (row, interpreter) in interpreters.iter().enumerate() {
            let kinds = std::iter::once(None).chain(Kind::ALL.into_iter().map(Some));
            places.extend(kinds.enumerate().map(|(column, kind)| Place { interpreter, kind, turn: row + column, scene: OnceLock::new() }));
        }
        Self { places, scratch: Scratch::new("agrees"), next: AtomicUsize::new(0), tally: Tally::default() }
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        self.places.len()
    }

    /// Interpreter and maker of a place.
    pub fn place(&self, place: usize) -> (&'static Interpreter, Option<Kind>) {
        (self.places[place].interpreter, self.places[place].kind)
    }

    /// Which share of the conditions a place takes.
    pub fn turn(&self, place: usize) -> usize {
        self.places[place].turn
    }

    /// The scene of a place; the error says why there is none.
    pub fn scene(&self, place: usize) -> Result<&Scene, String> {
        let place = &self.places[place];
        let made = place.scene.get_or_init(|| Scene::set(place.interpreter, place.kind, self.scratch.path()));
        made.as_ref().map_err(Clone::clone)
    }

    /// Compares one case; what is returned is a difference, to be shown.
    pub fn compare(&self, scene: &Scene, layers: &[&'static Layer]) -> Option<String> {
        match self.outcome(scene, layers) {
            Outcome::Equal => self.tally.equal(scene),
            Outcome::None => self.tally.senseless(),
            Outcome::Unknown(difference) => self.tally.unknown(scene, difference),
            Outcome::Different(difference) => {
                let smaller = self.shrink(scene, layers, difference);
                let shown = smaller.to_string();
                self.tally.different(scene, smaller);
                return Some(shown);
            }
        }
        None
    }

    /// Leaves out layers as long as a difference remains.
    fn shrink(&self, scene: &Scene, layers: &[&'static Layer], mut difference: Difference) -> Difference {
        let mut kept = layers.to_vec();
        let mut index = 0;
        while kept.len() > 1 && index < kept.len() {
            let mut fewer = kept.clone();
            fewer.remove(index);
            match self.outcome(scene, &fewer) {
                Outcome::Different(smaller) => {
                    kept = fewer;
                    difference = smaller;
                }
                _ => index += 1,
            }
        }
        difference
    }

    fn outcome(&self, scene: &Scene, layers: &[&'static Layer]) -> Outcome {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(case) = layers::build(scene, scene.case_root(number), layers) else { return Outcome::None };
        let outcome = start(&case, scene);
        // The folders of a case are in nobody's way; what cannot be removed goes with the scratch folder.
        let _ = std::fs::remove_dir_all(disk::os(&case.root));
        outcome
    }
}

/// Whether what the simulation says not to know may explain the difference. What it says of the plain start as well (a `.pth`
/// file with code in the base installation) does not: the plain start is compared itself. Nor does code in our cases touch
/// anything but `sys.path`, or stop the interpreter.
fn is_excuse(fields: &[&str], unknown: &[String], case: &Case, scene: &Scene) -> bool {
    // Code in a .pth file may change what `-m` finds.
    let by_name = case.start.first().is_some_and(|word| word.starts_with('-') && word.ends_with('m'));
    if by_name && fields == ["fatal"] && !unknown.is_empty() {
        return true;
    }
    let any_field = unknown.iter().any(|line| line.starts_with("the prefixes"));
    let by_code = any_field || fields.iter().all(|field| ["sys_path", "fatal"].contains(field));
    let usual = scene.usual_unknown(|| {
        let plain = Case::plain(scene, scene.case_root(usize::MAX));
        let told = disk::prepare(&plain, scene).map(|()| probe::foretold(&plain).1).unwrap_or_default();
        let _ = std::fs::remove_dir_all(disk::os(&plain.root));
        told.iter().map(|line| line.replace(&plain.root, "")).collect()
    });
    by_code && unknown.iter().any(|line| !usual.contains(&line.replace(&case.root, "")))
}

fn start(case: &Case, scene: &Scene) -> Outcome {
    let broken = |why: String| Outcome::Different(Difference::broken(case, scene, why));
    // Two layers may contradict each other, such as a removed folder and a file in it.
    if disk::prepare(case, scene).is_err() {
        return Outcome::None;
    }
    let real = match probe::real(case) {
        Ok(real) => real,
        Err(Refusal::NotComparable) => return Outcome::None,
        Err(Refusal::Broken(why)) => return broken(why),
    };
    let (ours, unknown) = probe::foretold(case);
    let fields = real.differences(&ours);
    if fields.is_empty() {
        return Outcome::Equal;
    }
    let excused = is_excuse(&fields, &unknown, case, scene);
    let difference = Difference::new(case, scene, fields, &real, &ours, unknown);
    if excused { Outcome::Unknown(difference) } else { Outcome::Different(difference) }
}
