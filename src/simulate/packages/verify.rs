//! `RECORD` held against the disk: what is missing, what was changed, and what was never recorded.

use crate::machine::path::Rules;
use crate::machine::{Fault, Kind, Machine};
use crate::venv::Unknown;
use crate::venv::distributions::record::{self, Entry, Hash};
use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::collections::BTreeSet;

/// A bigger file is not read for its checksum: its size alone is compared.
const BIGGEST: usize = 256 << 20;

/// No deeper than this: paths longer than the system takes cannot be made below it.
const DEPTH: usize = 64;

/// So many files of one distribution's folders are looked at.
const FILES: usize = 400_000;

/// What came of it. Field names are the public contract's; paths are absolute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many lines `RECORD` has.
    pub entries: usize,
    /// Recorded, but not there.
    pub missing: Vec<String>,
    /// There with another content than recorded.
    pub changed: Vec<String>,
    /// There, in folders of this distribution, but recorded by none.
    pub unrecorded: Vec<String>,
    /// Lines that name a folder, a file outside, or the same path again.
    #[serde(skip)]
    pub odd: Vec<(Odd, String)>,
    /// What could not be checked.
    #[serde(skip)]
    pub unknown: Vec<Unknown>,
}

/// What is odd about a line of `RECORD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Odd {
    /// It names a folder.
    Folder,
    /// It names what is outside of the environment.
    Outside,
    /// An earlier line names the same path.
    Repeated,
}

enum State {
    Fine,
    Missing,
    Changed,
    Folder,
    Unknown(String),
}

/// Where an entry of `RECORD` points: from the folder `site`, or absolute; `..` taken out as text.
pub fn place(rules: Rules, site: &str, path: &str) -> String {
    let native = if rules == Rules::Windows { path.replace('/', "\\") } else { path.to_owned() };
    rules.normpath(&rules.join(site, &native))
}

/// Checks every line of `entries`, whose paths start from `site`; `others` are the paths that other distributions recorded.
pub fn verify(machine: &dyn Machine, root: &str, site: &str, entries: &[Entry], others: &dyn Fn() -> BTreeSet<String>) -> Verified {
    let rules = machine.platform().rules();
    let checked: Vec<(String, State)> = entries
        .par_iter()
        .map(|entry| {
            let path = place(rules, site, &entry.path);
            let state = check(machine, &path, entry);
            (path, state)
        })
        .collect();
    let mut verified = Verified { entries: entries.len(), ..Verified::default() };
    let mut seen = BTreeSet::new();
    for (path, state) in checked {
        if !is_below(rules, &path, root) {
            verified.odd.push((Odd::Outside, path.clone()));
        }
        if !seen.insert(path.clone()) {
            verified.odd.push((Odd::Repeated, path));
            continue;
        }
        match state {
            State::Fine => {}
            State::Missing => verified.missing.push(path),
            State::Changed => verified.changed.push(path),
            State::Folder => verified.odd.push((Odd::Folder, path)),
            State::Unknown(why) => verified.unknown.push(Unknown { what: format!("whether {path} was changed"), why }),
        }
    }
    verified.unrecorded = unrecorded(machine, site, &seen, others);
    verified.missing.sort();
    verified.changed.sort();
    verified
}

fn check(machine: &dyn Machine, path: &str, entry: &Entry) -> State {
    let meta = match machine.stat(path) {
        Ok(meta) => meta,
        Err(Fault::Missing | Fault::NotADirectory | Fault::Loop) => return State::Missing,
        Err(fault) => return State::Unknown(fault.to_string()),
    };
    if meta.kind == Kind::Dir {
        return State::Folder;
    }
    let Some(hash) = &entry.hash else { return State::Fine };
    if let (Some(recorded), Some(real)) = (entry.size, meta.size)
        && recorded != real
    {
        return State::Changed;
    }
    match machine.read(path, BIGGEST) {
        Ok(bytes) => match digest(&bytes, hash) {
            Some(true) => State::Fine,
            Some(false) => State::Changed,
            None => State::Unknown(format!("{} is not a checksum that is checked", hash.algorithm)),
        },
        Err(fault) => State::Unknown(fault.to_string()),
    }
}

/// Whether the bytes have that checksum; `None` for another algorithm than the specification asks for.
fn digest(bytes: &[u8], hash: &Hash) -> Option<bool> {
    match hash.algorithm.as_str() {
        "sha256" => Some(Sha256::digest(bytes).as_slice() == hash.digest),
        "sha384" => Some(Sha384::digest(bytes).as_slice() == hash.digest),
        "sha512" => Some(Sha512::digest(bytes).as_slice() == hash.digest),
        _ => None,
    }
}

/// Files in the folders that hold recorded ones, below `site`, that no distribution recorded. Bytecode of recorded sources is
/// Python's own doing and not counted.
fn unrecorded(machine: &dyn Machine, site: &str, recorded: &BTreeSet<String>, others: &dyn Fn() -> BTreeSet<String>) -> Vec<String> {
    let rules = machine.platform().rules();
    let first = |path: &str| {
        let rest = path.strip_prefix(site)?.strip_prefix(rules.sep())?;
        let (name, _) = rest.split_once(rules.sep())?;
        (name != "__pycache__").then(|| rules.join(site, name))
    };
    let folders: BTreeSet<String> = recorded.iter().filter_map(|path| first(path)).collect();
    let mut found = files_below(machine, folders.into_iter());
    found.retain(|path| !recorded.contains(path) && !is_bytecode(rules, path));
    if !found.is_empty() {
        let others = others();
        found.retain(|path| !others.contains(path));
    }
    found
}

/// Every file below some folders, links not followed.
pub(super) fn files_below(machine: &dyn Machine, folders: impl Iterator<Item = String>) -> Vec<String> {
    let rules = machine.platform().rules();
    let mut found = Vec::new();
    let mut open: Vec<(String, usize)> = folders.map(|folder| (folder, 0)).collect();
    while let Some((folder, depth)) = open.pop() {
        for (name, meta) in machine.list_with_meta(&folder).unwrap_or_default() {
            let path = rules.join(&folder, &name);
            if meta.kind == Kind::Dir && depth < DEPTH {
                open.push((path, depth + 1));
            } else if meta.kind != Kind::Dir && found.len() < FILES {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub(super) fn is_bytecode(rules: Rules, path: &str) -> bool {
    path.strip_suffix(".pyc").is_some() && rules.basename(&rules.dirname(path)) == "__pycache__"
}

/// Whether `path` is `folder` or inside it.
pub(super) fn is_below(rules: Rules, path: &str, folder: &str) -> bool {
    let (path, folder) = (rules.normcase(path), rules.normcase(folder));
    path.strip_prefix(&folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(rules.sep()) || folder.ends_with(rules.sep()))
}

/// The paths that the `RECORD` of other papers in the same folder name.
pub fn recorded_by_others(machine: &dyn Machine, papers: &[(String, String)]) -> BTreeSet<String> {
    let rules = machine.platform().rules();
    let read = papers.par_iter().flat_map_iter(|(site, papers)| {
        let bytes = machine.read(&rules.join(papers, "RECORD"), record::LIMIT).ok();
        let entries = bytes.map(|bytes| record::entries(&bytes)).unwrap_or_default();
        entries.into_iter().map(move |entry| place(rules, site, &entry.path))
    });
    read.collect()
}
