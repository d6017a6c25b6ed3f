//! `--whatif`: a machine as it would be after one change to an environment or to its base, written as the contract says.
//!
//! Nothing is changed on disk. Each change is laid over the machine, and every simulation then runs on the result, so that
//! "what happens if I delete this file" is answered by the same code as "what happens".

mod base;
mod config;

use super::config::NAME;
use crate::machine::overlay::Overlay;
use crate::machine::{Fault, Machine};
use crate::text;
use std::sync::Arc;

/// The changes that there are, as they are written.
pub const FORMS: &[&str] = &[
    "no-config",
    "config:KEY=VALUE",
    "config:-KEY",
    "moved:DIR",
    "base-removed",
    "base-upgraded:VERSION",
    "remove:PATH",
    "write:PATH=TEXT",
];

/// A machine after a change.
pub struct Changed {
    /// The machine.
    pub machine: Overlay,
    /// Where the environment is now: elsewhere after `moved:DIR`.
    pub root: String,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--whatif {change}: {found}; expected {expected}")]
pub struct WhatIfError {
    /// The change as asked for.
    pub change: String,
    /// What is wrong with it.
    pub found: String,
    /// What would do.
    pub expected: String,
}

/// What a change is about to do, with what it needs to say when it cannot.
struct Attempt<'a> {
    asked: &'a str,
    machine: Overlay,
    root: String,
}

/// Makes every change in order, each on the result of the one before. `root` is the environment's folder.
pub fn apply_all(machine: Arc<dyn Machine>, root: &str, changes: &[String]) -> Result<(Arc<dyn Machine>, String), WhatIfError> {
    let mut now = (machine, root.to_owned());
    for change in changes {
        let changed = apply(now.0, &now.1, change)?;
        now = (Arc::new(changed.machine), changed.root);
    }
    Ok(now)
}

/// The machine after one `change`, in one of [`FORMS`].
pub fn apply(machine: Arc<dyn Machine>, root: &str, change: &str) -> Result<Changed, WhatIfError> {
    let mut attempt = Attempt { asked: change, machine: Overlay::new(machine), root: root.to_owned() };
    match change.split_once(':') {
        None if change == "no-config" => attempt.no_config()?,
        None if change == "base-removed" => attempt.base_removed()?,
        Some(("config", rest)) => attempt.config(rest)?,
        Some(("moved", dir)) if !dir.is_empty() => attempt.moved(dir)?,
        Some(("base-upgraded", version)) => attempt.base_upgraded(version)?,
        Some(("remove", path)) if !path.is_empty() => attempt.remove(path)?,
        Some(("write", rest)) => attempt.write(rest)?,
        _ => return Err(attempt.error("no change of that form", format!("one of {}", FORMS.join(", ")))),
    }
    Ok(Changed { machine: attempt.machine, root: attempt.root })
}

impl Attempt<'_> {
    fn error(&self, found: impl Into<String>, expected: impl Into<String>) -> WhatIfError {
        WhatIfError { change: self.asked.to_owned(), found: found.into(), expected: expected.into() }
    }

    fn config_file(&self) -> String {
        self.machine.platform().rules().join(&self.root, NAME)
    }

    fn no_config(&mut self) -> Result<(), WhatIfError> {
        let file = self.config_file();
        if self.machine.hide(&file) { Ok(()) } else { Err(self.error(format!("there is no {file}"), "an environment that has one")) }
    }

    fn moved(&mut self, dir: &str) -> Result<(), WhatIfError> {
        let rules = self.machine.platform().rules();
        let to = rules.abspath(&self.machine.cwd().unwrap_or_default(), dir);
        if self.machine.lstat(&to).is_ok() {
            return Err(self.error(format!("{to} is there already"), "a folder that does not exist yet"));
        }
        if !self.machine.mv(&self.root.clone(), &to) {
            return Err(self.error(format!("{} cannot be moved to {to}", self.root), "a folder outside the environment"));
        }
        self.root = to;
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<(), WhatIfError> {
        let places = self.places(path);
        if places.iter().any(|place| self.machine.hide(place)) {
            return Ok(());
        }
        Err(self.error(format!("nothing is at {}", places.join(" or ")), "a path that exists, from here or from the environment's folder"))
    }

    fn write(&mut self, rest: &str) -> Result<(), WhatIfError> {
        let Some((path, content)) = rest.split_once('=').filter(|(path, _)| !path.is_empty()) else {
            return Err(self.error(format!("`{rest}` has no path and text"), "write:PATH=TEXT"));
        };
        let rules = self.machine.platform().rules();
        let places = self.places(path);
        let folder_there = |place: &&String| self.machine.stat(&rules.dirname(place)).is_ok();
        let place = places.iter().find(|place| self.machine.lstat(place).is_ok()).or_else(|| places.iter().find(folder_there));
        let Some(place) = place.or(places.first()).cloned() else { return Ok(()) };
        if self.machine.stat(&place).is_ok_and(|meta| meta.kind == crate::machine::Kind::Dir) {
            return Err(self.error(format!("{place} is a folder"), "the path of a file"));
        }
        self.machine.write(&place, text::encode(content));
        Ok(())
    }

    /// Where a path may be meant: as given if absolute, else from the working folder, else inside the environment.
    fn places(&self, path: &str) -> Vec<String> {
        let rules = self.machine.platform().rules();
        let cwd = self.machine.cwd().unwrap_or_default();
        let mut places = vec![rules.abspath(&cwd, path)];
        if !rules.is_absolute(path) {
            places.push(rules.abspath(&self.root, path));
            places.dedup();
        }
        places
    }

    fn fault(&self, path: &str, fault: &Fault) -> WhatIfError {
        self.error(format!("{path}: {fault}"), "a file that can be read")
    }
}
