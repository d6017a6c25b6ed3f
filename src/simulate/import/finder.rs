//! `FileFinder`: one folder (`Lib/importlib/_bootstrap_external.py: FileFinder.find_spec`).

use super::{Kind, Spec};
use crate::machine::path::Rules;
use crate::machine::{Kind as Thing, Machine};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What one place answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// A module.
    Module(Spec),
    /// Folders that are portions of a namespace package.
    Portions(Vec<String>),
    /// Nothing.
    Nothing,
}

/// The folders, each listed once.
pub(super) struct Folders<'m> {
    machine: &'m dyn Machine,
    rules: Rules,
    suffixes: Vec<(String, Kind)>,
    listed: RefCell<BTreeMap<String, Rc<BTreeSet<String>>>>,
}

impl<'m> Folders<'m> {
    pub(super) fn new(machine: &'m dyn Machine, suffixes: Vec<(String, Kind)>) -> Self {
        Self { machine, rules: machine.platform().rules(), suffixes, listed: RefCell::default() }
    }

    /// Whether `path` is a folder.
    pub(super) fn is_dir(&self, path: &str) -> bool {
        self.machine.stat(path).is_ok_and(|meta| meta.kind == Thing::Dir)
    }

    /// Whether `path` is a file.
    pub(super) fn is_file(&self, path: &str) -> bool {
        self.machine.stat(path).is_ok_and(|meta| meta.kind == Thing::File)
    }

    /// The names in a folder; none where it cannot be listed.
    pub(super) fn names(&self, folder: &str) -> Rc<BTreeSet<String>> {
        let known = self.listed.borrow().get(folder).cloned();
        known.unwrap_or_else(|| {
            let names = Rc::new(self.machine.list(folder).unwrap_or_default().into_iter().collect::<BTreeSet<_>>());
            self.listed.borrow_mut().insert(folder.to_owned(), names.clone());
            names
        })
    }

    /// The suffixes in the order in which a folder is searched: extensions, source, bytecode.
    pub(super) fn suffixes(&self) -> impl Iterator<Item = &(String, Kind)> {
        self.suffixes.iter()
    }

    /// The suffixes in the order of `importlib.machinery.all_suffixes()`: source, bytecode, extensions.
    pub(super) fn all_suffixes(&self) -> impl Iterator<Item = &(String, Kind)> {
        let of = |kind: Kind| self.suffixes.iter().filter(move |(_, candidate)| *candidate == kind);
        of(Kind::Source).chain(of(Kind::Bytecode)).chain(of(Kind::Extension))
    }

    /// Looks for the last part of a module's name in `folder`, writing down what was tried. Names are compared with the folder's
    /// listing, so case counts everywhere (`_relax_case` without PYTHONCASEOK).
    pub(super) fn find(&self, folder: &str, tail: &str, tried: &mut Vec<String>) -> Answer {
        let names = self.names(folder);
        let base = self.rules.join(folder, tail);
        let mut portion = false;
        if names.contains(tail) {
            for (suffix, _) in &self.suffixes {
                let init = self.rules.join(&base, &format!("__init__{suffix}"));
                tried.push(init.clone());
                if self.is_file(&init) {
                    return Answer::Module(Spec { origin: Some(init), kind: Kind::Package, locations: Some(vec![base]) });
                }
            }
            portion = self.is_dir(&base);
        } else {
            tried.push(base.clone());
        }
        for (suffix, kind) in &self.suffixes {
            let file = format!("{base}{suffix}");
            tried.push(file.clone());
            if names.contains(&format!("{tail}{suffix}")) && self.is_file(&file) {
                return Answer::Module(Spec { origin: Some(file), kind: *kind, locations: None });
            }
        }
        if portion {
            tried.push(base.clone());
            return Answer::Portions(vec![base]);
        }
        Answer::Nothing
    }
}
