//! `RECORD` held against the disk: what is missing, what was changed, and what was never recorded.

use crate::machine::path::Rules;
use crate::machine::{Fault, Kind, Machine, Opened};
use crate::venv::Unknown;
use crate::venv::distributions::record::{self, Entry};
use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::collections::BTreeSet;

/// A bigger file is not read for its checksum: its size alone is compared.
const BIGGEST: u64 = 4 << 30;

/// So much of a file is held at a time.
const PIECE: usize = 128 << 10;

/// Fewer files than this are no work for a second processor.
const TOGETHER: usize = 64;

/// No deeper than this: paths longer than the system takes cannot be made below it.
const DEPTH: usize = 64;

/// So many files of one distribution's folders are looked at.
pub(super) const FILES: usize = 400_000;

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
    match rules {
        Rules::Posix => rules.normpath(&rules.join(site, path)),
        Rules::Windows => rules.normpath(&rules.join(site, &path.replace('/', "\\"))),
    }
}

/// Checks every line of `entries`, whose paths start from `site`; `others` are the paths that other distributions recorded.
pub fn verify(machine: &dyn Machine, root: &str, site: &str, entries: &[Entry], others: &dyn Fn() -> BTreeSet<String>) -> Verified {
    let rules = machine.platform().rules();
    let checked: Vec<(String, State)> = entries
        .par_iter()
        .with_min_len(TOGETHER)
        .map_init(
            || vec![0; PIECE],
            |buffer, entry| {
                let path = place(rules, site, &entry.path);
                let state = check(machine, &path, entry, buffer);
                (path, state)
            },
        )
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

fn check(machine: &dyn Machine, path: &str, entry: &Entry, buffer: &mut [u8]) -> State {
    let Some(hash) = &entry.hash else { return unread(machine, path, None, None) };
    let file = match machine.open(path) {
        Ok(file) => file,
        Err(fault) => return unread(machine, path, entry.size, Some(fault)),
    };
    if entry.size.is_some_and(|recorded| recorded != file.length()) {
        return State::Changed;
    }
    match digest(file.as_ref(), &hash.algorithm, buffer) {
        Ok(Some(digest)) if digest == hash.digest => State::Fine,
        Ok(Some(_)) => State::Changed,
        Ok(None) => State::Unknown(format!("{} is not a checksum that is checked", hash.algorithm)),
        Err(fault) => State::Unknown(fault.to_string()),
    }
}

/// What is known of a file that is not read: because it has no checksum, or because of `fault`.
fn unread(machine: &dyn Machine, path: &str, recorded: Option<u64>, fault: Option<Fault>) -> State {
    match (machine.stat(path), fault) {
        (Err(Fault::Missing | Fault::NotADirectory | Fault::Loop), _) => State::Missing,
        (Ok(meta), _) if meta.kind == Kind::Dir => State::Folder,
        (Ok(_), None) => State::Fine,
        (Ok(meta), Some(_)) if recorded.zip(meta.size).is_some_and(|(recorded, real)| recorded != real) => State::Changed,
        (Err(fault), _) | (Ok(_), Some(fault)) => State::Unknown(fault.to_string()),
    }
}

/// The checksum of an open file; `None` for another algorithm than the specification asks for.
fn digest(file: &dyn Opened, algorithm: &str, buffer: &mut [u8]) -> Result<Option<Vec<u8>>, Fault> {
    match algorithm {
        "sha256" => digest_by::<Sha256>(file, buffer).map(Some),
        "sha384" => digest_by::<Sha384>(file, buffer).map(Some),
        "sha512" => digest_by::<Sha512>(file, buffer).map(Some),
        _ => Ok(None),
    }
}

fn digest_by<D: Digest>(file: &dyn Opened, buffer: &mut [u8]) -> Result<Vec<u8>, Fault> {
    let mut hasher = D::new();
    let mut done = 0;
    if file.length() > BIGGEST {
        return Err(too_big());
    }
    // Its length was asked before: it may grow meanwhile.
    loop {
        let count = file.fill(done, buffer)?;
        hasher.update(&buffer[..count]);
        done += count as u64;
        if done > BIGGEST {
            return Err(too_big());
        }
        if count < buffer.len() {
            return Ok(hasher.finalize().to_vec());
        }
    }
}

fn too_big() -> Fault {
    Fault::TooBig { limit: usize::try_from(BIGGEST).unwrap_or(usize::MAX) }
}

/// Files in the folders that hold recorded ones, below `site`, that no distribution recorded. Bytecode of recorded sources is
/// Python's own doing and not counted.
fn unrecorded(machine: &dyn Machine, site: &str, recorded: &BTreeSet<String>, others: &dyn Fn() -> BTreeSet<String>) -> Vec<String> {
    let rules = machine.platform().rules();
    let first = |path: &'_ str| -> Option<String> {
        let rest = path.strip_prefix(site)?.strip_prefix(rules.sep())?;
        let (name, _) = rest.split_once(rules.sep())?;
        (name != "__pycache__").then(|| name.to_owned())
    };
    let names: BTreeSet<String> = recorded.iter().filter_map(|path| first(path)).collect();
    let mut found = files_below(machine, names.iter().map(|name| rules.join(site, name)), FILES);
    found.retain(|path| !recorded.contains(path) && !is_bytecode(rules, path));
    if !found.is_empty() {
        let others = others();
        found.retain(|path| !others.contains(path));
    }
    found
}

/// Every file below some folders, links not followed, but not more than `most`.
pub(super) fn files_below(machine: &dyn Machine, folders: impl Iterator<Item = String>, most: usize) -> Vec<String> {
    let rules = machine.platform().rules();
    let mut found = Vec::new();
    let mut open: Vec<(String, usize)> = folders.map(|folder| (folder, 0)).collect();
    while let Some((folder, depth)) = open.pop().filter(|_| found.len() < most) {
        for (name, kind) in machine.list_with_kind(&folder).unwrap_or_default() {
            let path = rules.join(&folder, &name);
            if kind == Kind::Dir && depth < DEPTH {
                open.push((path, depth + 1));
            } else if kind != Kind::Dir && found.len() < most {
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
    let below = |path: &str, folder: &str| {
        path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(rules.sep()) || folder.ends_with(rules.sep()))
    };
    match rules {
        Rules::Posix => below(path, folder),
        Rules::Windows => below(&rules.normcase(path), &rules.normcase(folder)),
    }
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
