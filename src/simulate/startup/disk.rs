//! The questions that start-up asks of the file system, and the texts that it reads.

use super::strings::{Strings, normpath, splitlines, strip};
use super::{PathItem, Probe};
use crate::machine::path::Rules;
use crate::machine::{Fault, Kind, Machine, text};
use crate::venv::Source;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Longest text that is read: `.pth`, `.start`, `pyvenv.cfg` and scripts are far shorter.
pub(super) const TEXT_LIMIT: usize = 8 << 20;

/// The file system as `getpath` and `site` see it.
#[derive(Clone, Copy)]
pub(super) struct Disk<'m> {
    pub machine: &'m dyn Machine,
    pub rules: Rules,
    listings: &'m Listings,
}

/// The names of the folders that were listed: start-up looks for one module after the other in the same folders.
#[derive(Default)]
pub(super) struct Listings(RefCell<BTreeMap<String, Rc<[String]>>>);

impl<'m> Disk<'m> {
    /// The file system of `machine`, whose folders are listed once.
    pub(super) fn new(machine: &'m dyn Machine, listings: &'m Listings) -> Self {
        Self { machine, rules: machine.platform().rules(), listings }
    }

    /// The names in a folder, sorted by code point; none where it cannot be listed.
    pub(super) fn names(&self, folder: &str) -> Rc<[String]> {
        let known = self.listings.0.borrow().get(folder).cloned();
        known.unwrap_or_else(|| {
            let names: Rc<[String]> = self.machine.list(folder).unwrap_or_default().into();
            self.listings.0.borrow_mut().insert(folder.to_owned(), names.clone());
            names
        })
    }

    /// `isfile`: a regular file at the end of the links.
    pub(super) fn is_file(&self, path: &str) -> bool {
        self.kind(path) == Some(Kind::File)
    }

    /// `isdir`.
    pub(super) fn is_dir(&self, path: &str) -> bool {
        self.kind(path) == Some(Kind::Dir)
    }

    /// `os.path.exists`.
    pub(super) fn exists(&self, path: &str) -> bool {
        self.kind(path).is_some()
    }

    /// `isxfile`: any execute bit will do; on Windows, the name ends with `.exe`.
    pub(super) fn is_executable(&self, path: &str) -> bool {
        match self.rules {
            Rules::Posix => self.machine.stat(path).is_ok_and(|meta| meta.kind == Kind::File && meta.exec),
            Rules::Windows => path.to_ascii_lowercase().ends_with(".exe") && self.is_file(path),
        }
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        // The kernel finds nothing at an empty path or at one with a NUL in it; the working folder is not meant.
        if path.is_empty() || path.contains('\0') { None } else { self.machine.stat(path).ok().map(|meta| meta.kind) }
    }

    /// `readlines` of `Modules/getpath.c`: at most 32 KiB, cut at the first NUL and at `\n`, trailing `\r` and `\n` removed. A
    /// folder opens and reads as nothing.
    pub(super) fn readlines(&self, path: &str) -> Result<Vec<String>, ReadFault> {
        if path.is_empty() {
            return Err(ReadFault::Absent);
        }
        match self.machine.read(path, READLINES_LIMIT) {
            Ok(bytes) => {
                let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or(&[]);
                let content = text::decode(bytes);
                let mut lines: Vec<String> = content.split('\n').map(|line| line.trim_end_matches(['\r', '\n']).to_owned()).collect();
                if lines.last().is_some_and(String::is_empty) {
                    lines.pop();
                }
                Ok(lines)
            }
            Err(Fault::Missing) => Err(ReadFault::Absent),
            Err(Fault::Denied) => Err(ReadFault::Denied),
            Err(Fault::NotAFile(Kind::Dir) | Fault::NotRecorded) => Ok(Vec::new()),
            Err(Fault::TooBig { .. }) => Err(ReadFault::TooBig),
            Err(Fault::NotADirectory) => Err(ReadFault::NotADirectory),
            Err(_) => Err(ReadFault::Other),
        }
    }

    /// `realpath` of `Modules/getpath.c`: follows the last component only, at most 40 times; `None` when there are more links.
    /// A link without any slash keeps its own name as the folder of a relative target.
    pub(super) fn chase_modern(&self, strings: &Strings, path: &str) -> Option<String> {
        let mut path = path.to_owned();
        for _ in 0..=LINKS {
            if path.is_empty() {
                return Some(path);
            }
            let Ok(target) = self.machine.link(&path) else { return Some(path) };
            path = match self.rules {
                Rules::Posix if target.starts_with('/') => target,
                Rules::Posix => {
                    let folder = path.rfind('/').map_or(path.as_str(), |at| path.get(..at).unwrap_or(""));
                    normpath(&strings.join(folder, &target))
                }
                Rules::Windows => self.rules.normpath(&self.rules.join(&self.rules.dirname(&path), &target)),
            };
        }
        None
    }

    /// `resolve_symlinks` of `Modules/getpath.c` up to 3.10: as above, but nothing is normalised.
    pub(super) fn chase_classic(&self, path: &str) -> Option<String> {
        let mut path = path.to_owned();
        for _ in 0..=LINKS {
            if path.is_empty() {
                return Some(path);
            }
            let Ok(target) = self.machine.link(&path) else { return Some(path) };
            path = if target.starts_with('/') { target } else { super::strings::classic_join(super::strings::reduce(&path), &target) };
        }
        None
    }

    /// The first of `candidates` that passes `test`, and all that was looked at.
    pub(super) fn first(&self, candidates: impl IntoIterator<Item = String>, test: fn(&Self, &str) -> bool) -> (Option<usize>, Vec<Probe>) {
        let mut looked = Vec::new();
        for (index, path) in candidates.into_iter().enumerate() {
            let found = test(self, &path);
            looked.push(Probe { path, found });
            if found {
                return (Some(index), looked);
            }
        }
        (None, looked)
    }
}

const READLINES_LIMIT: usize = 32 * 1024 - 1;
const LINKS: usize = 40;

/// Why `readlines` gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadFault {
    /// `FileNotFoundError`.
    Absent,
    /// `PermissionError`.
    Denied,
    /// `MemoryError`: 32 KiB or more.
    TooBig,
    /// `NotADirectoryError`.
    NotADirectory,
    /// Any other `OSError`.
    Other,
}

impl ReadFault {
    /// The exception's name, as the message of a failed start shows it.
    pub(super) fn exception(self) -> &'static str {
        match self {
            ReadFault::Absent => "FileNotFoundError",
            ReadFault::Denied => "PermissionError",
            ReadFault::TooBig => "MemoryError: cannot read file",
            ReadFault::NotADirectory => "NotADirectoryError",
            ReadFault::Other => "OSError",
        }
    }
}

/// The first `key = value` line of a `pyvenv.cfg` whose key is `wanted`, as `getpath.py` reads it: (line number, value).
pub(super) fn first_value(lines: &[String], wanted: &str) -> Option<(u32, String)> {
    lines.iter().zip(1u32..).find_map(|(line, number)| {
        let (key, value) = line.split_once('=')?;
        (strip(key).to_lowercase() == wanted).then(|| (number, strip(value).to_owned()))
    })
}

/// Text of a `.pth` or `.start` file as its lines.
pub(super) fn lines_of(content: &str) -> Vec<String> {
    splitlines(content).into_iter().map(str::to_owned).collect()
}

/// An item of `sys.path`; whether it exists is asked at the end.
pub(super) fn item(path: impl Into<String>, source: super::Origin, step: &'static str, cause: Source) -> PathItem {
    PathItem { path: path.into(), source, exists: false, cause, step }
}
