//! Which environment is meant: by what the user named, by `VIRTUAL_ENV`, by what a capture says, or by looking around.
//!
//! A folder counts as an environment by its `pyvenv.cfg`; when that is gone or unusable, by what else only an environment has:
//! a sick environment is there to be explained, so only what is none at all is an error.

mod error;
mod recognise;

use crate::machine::path::{Rules, realpath};
use crate::machine::{Fault, Kind, Machine};
pub use error::{NotAnEnvironment, Why};
pub use recognise::{Recognised, recognise};

/// The names that are looked for in a project's folder, in this order.
pub const NAMES: [&str; 3] = [".venv", "venv", "env"];

/// How far upward is looked: no sensible path is deeper.
const LEVELS: usize = 64;

/// An environment's folder, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The folder, absolute, as spelled by whoever named it.
    pub root: String,
    /// How it was found.
    pub found: Found,
}

/// How an environment was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The user named its folder, something in it, or a project that holds it.
    Named {
        /// What was named.
        path: String,
    },
    /// The environment variable `VIRTUAL_ENV` names it.
    VirtualEnv,
    /// The capture says that it is the one.
    Recorded,
    /// It was found by looking in these places; the last one is it.
    Searched {
        /// Every place looked at.
        places: Vec<String>,
    },
}

/// The environment that `named` means; without it, the one of `VIRTUAL_ENV`, else the nearest `.venv`, `venv` or `env`.
///
/// A capture's own choice comes before `VIRTUAL_ENV`: otherwise an environment recorded while another one was active could not
/// be explained from its capture.
pub fn locate(machine: &dyn Machine, named: Option<&str>) -> Result<Located, NotAnEnvironment> {
    if let Some(named) = named {
        let root = by_name(machine, named)?;
        return Ok(Located { root, found: Found::Named { path: named.to_owned() } });
    }
    if let Some(recorded) = machine.recorded_venv() {
        let root = by_name(machine, &recorded)?;
        return Ok(Located { root, found: Found::Recorded });
    }
    if let Some(value) = machine.var("VIRTUAL_ENV").filter(|value| !value.is_empty()) {
        let root = by_name(machine, &value).map_err(|error| error.found_by_variable(&value))?;
        return Ok(Located { root, found: Found::VirtualEnv });
    }
    search(machine)
}

fn by_name(machine: &dyn Machine, named: &str) -> Result<String, NotAnEnvironment> {
    if named.is_empty() {
        return Err(NotAnEnvironment::new(named, Why::Missing));
    }
    let path = absolute(machine, named);
    match machine.stat(&path) {
        Ok(meta) if meta.kind == Kind::Dir => by_folder(machine, &path),
        Ok(meta) => by_file(machine, &path, Why::of_kind(meta.kind)),
        // A link that leads nowhere, in `bin` of an environment whose base is gone.
        Err(fault) => by_file(machine, &path, Why::of_fault(fault)),
    }
}

fn absolute(machine: &dyn Machine, named: &str) -> String {
    let rules = machine.platform().rules();
    let cwd = machine.cwd().unwrap_or_default();
    let spelled = rules.abspath(&cwd, named);
    let joined = rules.join(&cwd, named);
    // `..` behind a link to a folder: the system goes up from the link's target, spelling alone from the link.
    if machine.stat(&spelled).is_err() && machine.stat(&joined).is_ok() { realpath(machine, &joined) } else { spelled }
}

fn by_folder(machine: &dyn Machine, path: &str) -> Result<String, NotAnEnvironment> {
    let own = recognise(machine, path);
    if own == Recognised::Environment {
        return Ok(path.to_owned());
    }
    if let Recognised::Other(why) = own {
        return Err(NotAnEnvironment::new(path, why));
    }
    let rules = machine.platform().rules();
    for name in NAMES {
        let inner = rules.join(path, name);
        if recognise(machine, &inner) == Recognised::Environment {
            return Ok(inner);
        }
    }
    if let Some(root) = upward(machine, path) {
        return root;
    }
    Err(NotAnEnvironment::new(path, recognise::folder(machine, path)))
}

fn by_file(machine: &dyn Machine, path: &str, why: Why) -> Result<String, NotAnEnvironment> {
    if why == Why::Missing && machine.lstat(path).is_err() {
        return Err(NotAnEnvironment::new(path, why));
    }
    if let Some(root) = upward(machine, path) {
        return root;
    }
    // A command elsewhere that is a link into an environment, as pipx makes them.
    let real = realpath(machine, path);
    if real != path
        && let Some(root) = upward(machine, &real)
    {
        return root;
    }
    Err(NotAnEnvironment::new(path, why))
}

/// The nearest folder above `path` that is an environment, or something that is mistaken for one. Folders that hold other
/// people's folders (`/usr/local/src/app` below `/usr`) are only asked when `path` is of their own kind: `bin`, `lib` …
fn upward(machine: &dyn Machine, path: &str) -> Option<Result<String, NotAnEnvironment>> {
    let rules = machine.platform().rules();
    let mut below = path.to_owned();
    for folder in ancestors(rules, path).into_iter().skip(1) {
        let part = rules.basename(&below).to_ascii_lowercase();
        match recognise(machine, &folder) {
            Recognised::Environment => return Some(Ok(folder)),
            Recognised::Other(why) if matches!(part.as_str(), "bin" | "scripts" | "lib" | "lib64" | "include" | "conda-meta") => {
                return Some(Err(NotAnEnvironment::new(&folder, why)));
            }
            _ => below = folder,
        }
    }
    None
}

/// The folder itself and those above it, up to the top.
fn ancestors(rules: Rules, path: &str) -> Vec<String> {
    let mut folders = vec![path.to_owned()];
    while let Some(last) = folders.last().filter(|_| folders.len() < LEVELS) {
        let parent = rules.dirname(last);
        if parent == *last || parent.is_empty() {
            break;
        }
        folders.push(parent);
    }
    folders
}

fn search(machine: &dyn Machine) -> Result<Located, NotAnEnvironment> {
    let rules = machine.platform().rules();
    let Some(cwd) = machine.cwd() else {
        return Err(NotAnEnvironment::new(".", Why::CwdGone));
    };
    let mut places = Vec::new();
    let mut instead = None;
    for folder in ancestors(rules, &cwd) {
        let inner = NAMES.map(|name| rules.join(&folder, name));
        for place in inner.into_iter().chain([folder]) {
            places.push(place.clone());
            match recognise(machine, &place) {
                Recognised::Environment => {
                    return Ok(Located { root: place, found: Found::Searched { places } });
                }
                Recognised::Other(why) if instead.is_none() && NAMES.contains(&rules.basename(&place).as_str()) => {
                    instead = Some(Box::new(NotAnEnvironment::new(&place, why)));
                }
                _ => {}
            }
        }
    }
    places.retain(|place| NAMES.contains(&rules.basename(place).as_str()));
    Err(NotAnEnvironment::new(&cwd, Why::NothingFound { places, instead }))
}

impl Why {
    fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Dir => Self::Folder,
            Kind::File | Kind::Link => Self::File,
            Kind::Other => Self::Special,
        }
    }

    fn of_fault(fault: Fault) -> Self {
        match fault {
            Fault::Denied => Self::Unreadable,
            Fault::Loop => Self::Loop,
            Fault::Io(why) => Self::Failed(why),
            Fault::Missing | Fault::NotADirectory | Fault::NotAFile(_) | Fault::TooBig { .. } | Fault::NotRecorded => Self::Missing,
        }
    }
}
