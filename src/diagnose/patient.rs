//! The environment under examination, with what several rules need to know of it.

use crate::machine::path::{Rules, realpath};
use crate::machine::{Fault, Kind, Machine, Platform};
use crate::venv::Environment;
use crate::venv::activation_folder::{Named, named_folder};
use crate::venv::installation::Installation;

/// What the rules look at.
pub(super) struct Patient<'a> {
    pub(super) machine: &'a dyn Machine,
    pub(super) environment: &'a Environment,
    pub(super) rules: Rules,
    /// The environment's folder, links followed.
    pub(super) real_root: String,
    /// The folders that the activation scripts were written for, where that is not this one.
    pub(super) made_for: Vec<Named>,
}

impl<'a> Patient<'a> {
    pub(super) fn new(machine: &'a dyn Machine, environment: &'a Environment) -> Self {
        let rules = machine.platform().rules();
        let mut patient = Self { machine, environment, rules, real_root: realpath(machine, &environment.root), made_for: Vec::new() };
        // uv's `--relocatable` scripts find out where they stand.
        if !environment.relocatable() {
            let named = environment.layout.activators.iter().filter_map(|activator| named_folder(machine, activator));
            patient.made_for = named.filter(|named| !patient.same_place(&named.folder, &environment.root)).collect();
        }
        patient
    }

    pub(super) fn windows(&self) -> bool {
        self.machine.platform() == Platform::Windows
    }

    /// The environment's Python as one types it, whether it is there or not.
    pub(super) fn python(&self) -> String {
        let usual = if self.windows() { "python.exe" } else { "python" };
        self.environment.python.clone().unwrap_or_else(|| self.rules.join(&self.environment.scripts_dir, usual))
    }

    /// `X.Y` of the interpreter at the end of the links, as its installation tells, else its name.
    pub(super) fn minor(&self) -> Option<String> {
        let interpreter = self.environment.interpreter()?;
        let told = self.environment.base.as_ref().and_then(Installation::minor_version);
        told.or_else(|| minor_of(self.rules.basename(interpreter).trim_start_matches(|first: char| !first.is_ascii_digit())))
    }

    pub(super) fn is_folder(&self, path: &str) -> bool {
        self.machine.stat(path).is_ok_and(|meta| meta.kind == Kind::Dir)
    }

    pub(super) fn is_file(&self, path: &str) -> bool {
        self.machine.stat(path).is_ok_and(|meta| meta.kind == Kind::File)
    }

    /// Whether nothing can be said of `path`: what may not be looked into is not missing.
    pub(super) fn is_unknown(&self, path: &str) -> bool {
        !matches!(self.machine.stat(path), Ok(_) | Err(Fault::Missing | Fault::NotADirectory))
    }

    /// Whether two spellings mean one place, links followed.
    pub(super) fn same_place(&self, a: &str, b: &str) -> bool {
        self.rules.same(a, b) || self.rules.same(&realpath(self.machine, a), &realpath(self.machine, b))
    }

    /// Whether `path` lies in the environment, by either spelling of its folder.
    pub(super) fn inside(&self, path: &str) -> bool {
        self.below(path, &self.environment.root) || self.below(path, &self.real_root)
    }

    /// Whether `path` is `folder` or lies in it, by spelling alone.
    pub(super) fn below(&self, path: &str, folder: &str) -> bool {
        let spelled = |path: &str| self.rules.normcase(&self.rules.normpath(path));
        let (path, folder) = (spelled(path), spelled(folder));
        path.strip_prefix(&folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(self.rules.sep()))
    }
}

/// `3.12` of `3.12.4`, `3.12.4.final.0` or `3.12`.
pub(super) fn minor_of(version: &str) -> Option<String> {
    let mut parts = version.split('.').map(|part| part.trim_end_matches(|last: char| !last.is_ascii_digit()));
    let numeric = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (major, minor) = (parts.next().filter(numeric)?, parts.next().filter(numeric)?);
    Some(format!("{major}.{minor}"))
}
