//! The machine with the variables that are in force at one moment: those before activation or those after it. An overlay
//! would need to own the machine; a lookup only borrows it.

use crate::machine::{Build, Fault, Kind, Machine, Meta, Opened, Platform};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// A machine whose environment variables are replaced, and which is asked each question about a path once only.
pub(super) struct InForce<'a> {
    machine: &'a dyn Machine,
    vars: &'a BTreeMap<String, String>,
    memory: &'a Memory,
}

/// What has been asked. Before and after activation, and one command after the other, the same folders are searched.
#[derive(Default)]
pub(super) struct Memory {
    lstat: Answers<Meta>,
    stat: Answers<Meta>,
    link: Answers<String>,
}

type Answers<T> = Mutex<HashMap<String, Result<T, Fault>>>;

fn remembered<T: Clone>(answers: &Answers<T>, path: &str, ask: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    if let Some(known) = answers.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
        return known.clone();
    }
    let answer = ask();
    answers.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), answer.clone());
    answer
}

impl<'a> InForce<'a> {
    /// `machine` with `vars` in place of its own variables.
    pub fn new(machine: &'a dyn Machine, vars: &'a BTreeMap<String, String>, memory: &'a Memory) -> Self {
        Self { machine, vars, memory }
    }
}

impl Machine for InForce<'_> {
    fn platform(&self) -> Platform {
        self.machine.platform()
    }

    fn cwd(&self) -> Option<String> {
        self.machine.cwd()
    }

    fn var(&self, name: &str) -> Option<String> {
        if self.platform() == Platform::Windows {
            let same = |(known, _): &(&String, &String)| known.eq_ignore_ascii_case(name);
            return self.vars.iter().find(same).map(|(_, value)| value.clone());
        }
        self.vars.get(name).cloned()
    }

    fn vars(&self) -> BTreeMap<String, String> {
        self.vars.clone()
    }

    fn account_home(&self) -> Option<String> {
        self.machine.account_home()
    }

    fn lstat(&self, path: &str) -> Result<Meta, Fault> {
        remembered(&self.memory.lstat, path, || self.machine.lstat(path))
    }

    fn stat(&self, path: &str) -> Result<Meta, Fault> {
        // Most of what is asked for is missing, and of most of the rest one answer is the other.
        match self.lstat(path) {
            Ok(meta) if meta.kind == Kind::Link => remembered(&self.memory.stat, path, || self.machine.stat(path)),
            answer => answer,
        }
    }

    fn link(&self, path: &str) -> Result<String, Fault> {
        match self.lstat(path) {
            Ok(_) => remembered(&self.memory.link, path, || self.machine.link(path)),
            Err(fault) => Err(fault),
        }
    }

    fn list(&self, path: &str) -> Result<Vec<String>, Fault> {
        self.machine.list(path)
    }

    fn list_some(&self, path: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
        self.machine.list_some(path, wanted)
    }

    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        self.machine.read(path, limit)
    }

    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        self.machine.head(path, limit)
    }

    fn open(&self, path: &str) -> Result<Box<dyn Opened + '_>, Fault> {
        self.machine.open(path)
    }

    fn interpreter(&self, path: &str) -> Option<Build> {
        self.machine.interpreter(path)
    }

    fn registry(&self, key: &str) -> Option<String> {
        self.machine.registry(key)
    }

    fn registry_subkeys(&self, key: &str) -> Vec<String> {
        self.machine.registry_subkeys(key)
    }

    fn recorded_venv(&self) -> Option<String> {
        self.machine.recorded_venv()
    }

    fn recorded(&self) -> bool {
        self.machine.recorded()
    }
}
