//! The files of a capture: entries by real path, with the folders above them implied.

use crate::machine::path::Rules;
use crate::machine::resolve::{Node, Tree};
use crate::machine::{Fault, Kind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One recorded path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub kind: Kind,
    pub target: Option<String>,
    /// `None`: not recorded.
    pub bytes: Option<Arc<[u8]>>,
    pub size: Option<u64>,
    pub mtime: Option<i64>,
    pub exec: bool,
    pub denied: bool,
}

impl Entry {
    pub(super) fn folder() -> Self {
        Self { kind: Kind::Dir, target: None, bytes: None, size: None, mtime: None, exec: false, denied: false }
    }

    pub(super) fn node(&self) -> Node {
        match (self.kind, &self.target) {
            (Kind::Dir, _) => Node::Folder,
            (_, Some(target)) => Node::Link(target.clone()),
            (kind, None) => Node::Leaf(kind),
        }
    }
}

/// Entries by path, in the spelling that compares; names as they were written.
#[derive(Debug)]
pub(super) struct Files {
    rules: Rules,
    entries: BTreeMap<String, Entry>,
    names: BTreeMap<String, BTreeMap<String, String>>,
}

impl Files {
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, entries: BTreeMap::new(), names: BTreeMap::new() }
    }

    /// Adds an entry and the folders above it. In vain where another one is in its place, or where what should be a folder
    /// is something else: then the path in the way comes back.
    pub(super) fn add(&mut self, path: &str, entry: Entry) -> Result<(), String> {
        let key = self.rules.normcase(path);
        let implied = entry == Entry::folder();
        match self.entries.get(&key) {
            None => {}
            // A folder may be implied before or after it is named.
            Some(there) if *there == entry || (implied && there.kind == Kind::Dir) => return Ok(()),
            Some(there) if *there == Entry::folder() && entry.kind == Kind::Dir => {}
            Some(_) => return Err(path.to_owned()),
        }
        self.add_folders_above(path)?;
        self.entries.insert(key, entry);
        Ok(())
    }

    fn add_folders_above(&mut self, path: &str) -> Result<(), String> {
        let mut new = vec![path.to_owned()];
        let mut folder = self.rules.dirname(path);
        while !self.entries.contains_key(&self.rules.normcase(&folder)) && new.last() != Some(&folder) {
            new.push(folder.clone());
            folder = self.rules.dirname(&folder);
        }
        if self.entries.get(&self.rules.normcase(&folder)).is_some_and(|entry| entry.kind != Kind::Dir) {
            return Err(folder);
        }
        for below in new.iter().rev() {
            let (above, name) = self.rules.split(below);
            if !name.is_empty() {
                self.names.entry(self.rules.normcase(&above)).or_default().entry(self.rules.normcase(&name)).or_insert(name);
            }
            self.entries.entry(self.rules.normcase(below)).or_insert_with(Entry::folder);
        }
        Ok(())
    }

    /// The entry at a real path.
    pub(super) fn entry(&self, real: &str) -> Result<&Entry, Fault> {
        if let Some(entry) = self.entries.get(&self.rules.normcase(real)) {
            return Ok(entry);
        }
        let above = self.entries.get(&self.rules.normcase(&self.rules.dirname(real)));
        Err(if above.is_some_and(|folder| folder.denied) { Fault::Denied } else { Fault::Missing })
    }

    /// The names in a folder, sorted by code point.
    pub(super) fn names(&self, real: &str) -> Vec<String> {
        let names = self.names.get(&self.rules.normcase(real));
        let mut names: Vec<String> = names.into_iter().flat_map(BTreeMap::values).cloned().collect();
        names.sort_unstable();
        names
    }
}

impl Tree for Files {
    fn node(&self, real: &str) -> Result<Node, Fault> {
        self.entry(real).map(Entry::node)
    }
}
