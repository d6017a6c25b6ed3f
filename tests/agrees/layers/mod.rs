//! What may be special about a start, one small change each. A condition of the test is one layer, or a few by name; a random
//! case is a handful from different slots.

mod bases;
mod configs;
mod library;
mod pairs;
mod places;
mod programs;
mod pth;
mod starts;
mod users;
mod variables;

use crate::case::Case;
use crate::scene::Scene;
use std::sync::LazyLock;

pub use pairs::PAIRS;

/// Which part of the case a layer changes. Layers are applied in this order; a random case has at most one from each slot but
/// `Site` and `Variable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Where the environment is.
    Place,
    /// The base installation.
    Base,
    /// `pyvenv.cfg`.
    Config,
    /// What lies in site-packages.
    Site,
    /// The user's site-packages.
    User,
    /// Environment variables.
    Variable,
    /// The working folder.
    Cwd,
    /// How the interpreter is called.
    Program,
    /// What is run.
    Start,
    /// Options.
    Flag,
}

impl Slot {
    /// Every slot, in the order of application.
    pub const ALL: [Self; 10] =
        [Self::Place, Self::Base, Self::Config, Self::Site, Self::User, Self::Variable, Self::Cwd, Self::Program, Self::Start, Self::Flag];
}

type Apply = Box<dyn Fn(&Scene, &mut Case) -> bool + Send + Sync>;

/// One change. Applying tells whether it makes sense for the scene.
pub struct Layer {
    /// Its name, unique.
    pub name: String,
    /// What it changes.
    pub slot: Slot,
    apply: Apply,
}

impl Layer {
    fn new(slot: Slot, name: impl Into<String>, apply: impl Fn(&Scene, &mut Case) -> bool + Send + Sync + 'static) -> Self {
        Self { name: name.into(), slot, apply: Box::new(apply) }
    }

    /// A layer that makes sense everywhere.
    fn always(slot: Slot, name: impl Into<String>, apply: impl Fn(&Scene, &mut Case) + Send + Sync + 'static) -> Self {
        Self::new(slot, name, move |scene, case| {
            apply(scene, case);
            true
        })
    }

    /// A layer that makes sense where there is an environment.
    fn inside(slot: Slot, name: impl Into<String>, apply: impl Fn(&Scene, &mut Case) + Send + Sync + 'static) -> Self {
        Self::new(slot, name, move |scene, case| {
            let there = scene.template.is_some();
            if there {
                apply(scene, case);
            }
            there
        })
    }
}

/// All of them, slot by slot.
pub fn all() -> &'static [Layer] {
    static ALL: LazyLock<Vec<Layer>> = LazyLock::new(|| {
        let mut layers = places::layers();
        layers.extend(bases::layers());
        layers.extend(configs::layers());
        layers.extend(library::layers());
        layers.extend(pth::layers());
        layers.extend(users::layers());
        layers.extend(variables::layers());
        layers.extend(programs::layers());
        layers.extend(starts::layers());
        layers.sort_by_key(|layer| layer.slot);
        layers
    });
    &ALL
}

/// The layer of that name.
pub fn named(name: &str) -> &'static Layer {
    all().iter().find(|layer| layer.name == name).unwrap_or_else(|| panic!("no layer is called {name:?}"))
}

/// The plain case with these layers on it; `None` where one of them makes no sense.
pub fn build(scene: &Scene, root: String, layers: &[&'static Layer]) -> Option<Case> {
    let mut ordered = layers.to_vec();
    ordered.sort_by_key(|layer| layer.slot);
    let mut case = Case::plain(scene, root);
    for layer in ordered {
        case.layers.push(layer.name.clone());
        if !(layer.apply)(scene, &mut case) {
            return None;
        }
    }
    Some(case)
}
