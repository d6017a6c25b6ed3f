//! Path rules of the *explained* platform, as values: a Windows capture is explained on Linux by the rules of Windows.
//!
//! [`Rules`] answers as Python's `posixpath` and `ntpath` do (the rules of 3.13, in which `\x` without a drive is not
//! absolute; start-up itself has always asked that way, `Python/fileutils.c: _Py_isabs`). Nothing here touches a disk but
//! [`realpath`], which asks the machine it is given.

mod posix;
mod windows;

use super::{Kind, Machine, Platform};
use std::collections::BTreeMap;

/// Whose spelling of paths applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rules {
    /// `posixpath`: Linux, macOS.
    Posix,
    /// `ntpath`: Windows.
    Windows,
}

impl Platform {
    /// The path rules of this platform.
    pub fn rules(self) -> Rules {
        match self {
            Self::Linux | Self::Macos => Rules::Posix,
            Self::Windows => Rules::Windows,
        }
    }
}

impl Rules {
    /// What stands between two parts of a path (`os.sep`).
    pub fn sep(self) -> char {
        match self {
            Self::Posix => '/',
            Self::Windows => '\\',
        }
    }

    /// What stands between two folders of `PATH` (`os.pathsep`).
    pub fn list_separator(self) -> char {
        match self {
            Self::Posix => ':',
            Self::Windows => ';',
        }
    }

    /// Whether `character` separates the parts of a path; Windows takes both slashes.
    pub fn is_sep(self, character: char) -> bool {
        character == '/' || character == self.sep()
    }

    /// `os.path.isabs`.
    pub fn is_absolute(self, path: &str) -> bool {
        match self {
            Self::Posix => path.starts_with('/'),
            Self::Windows => windows::is_absolute(path),
        }
    }

    /// `os.path.join` of two paths; an absolute second one wins.
    pub fn join(self, first: &str, second: &str) -> String {
        match self {
            Self::Posix => posix::join(first, second),
            Self::Windows => windows::join(first, second),
        }
    }

    /// `os.path.normpath`: `.`, `..` and doubled separators taken out by spelling alone.
    pub fn normpath(self, path: &str) -> String {
        match self {
            Self::Posix => posix::normpath(path),
            Self::Windows => windows::normpath(path),
        }
    }

    /// `os.path.normcase`: on Windows lower case and backslashes, elsewhere the path itself.
    pub fn normcase(self, path: &str) -> String {
        match self {
            Self::Posix => path.to_owned(),
            Self::Windows => windows::normcase(path),
        }
    }

    /// `os.path.abspath` of `path` for a program whose working folder is `cwd`.
    ///
    /// On Windows `D:name` under another drive is taken from that drive's root: the folder that Windows remembers for each
    /// drive is not known.
    pub fn abspath(self, cwd: &str, path: &str) -> String {
        match self {
            Self::Posix => posix::normpath(&posix::join(cwd, path)),
            Self::Windows => windows::abspath(cwd, path),
        }
    }

    /// `os.path.split`: the folder and the last name.
    pub fn split(self, path: &str) -> (String, String) {
        let (head, tail) = match self {
            Self::Posix => posix::split(path),
            Self::Windows => windows::split(path),
        };
        (head.to_owned(), tail.to_owned())
    }

    /// `os.path.dirname`.
    pub fn dirname(self, path: &str) -> String {
        self.split(path).0
    }

    /// `os.path.basename`.
    pub fn basename(self, path: &str) -> String {
        self.split(path).1
    }

    /// `os.path.splitroot` (3.12): drive or share, the separator after it, the rest. Together they are `path`.
    pub fn splitroot(self, path: &str) -> (&str, &str, &str) {
        match self {
            Self::Posix => posix::splitroot(path),
            Self::Windows => windows::splitroot(path),
        }
    }

    /// `os.path.splitdrive`: the drive or share, and the rest; the drive is empty on POSIX.
    pub fn splitdrive(self, path: &str) -> (String, String) {
        match self {
            Self::Posix => (String::new(), path.to_owned()),
            Self::Windows => {
                let (drive, root, tail) = windows::splitroot(path);
                (drive.to_owned(), format!("{root}{tail}"))
            }
        }
    }

    /// `os.path.splitext`: everything before the last name's extension, and the extension with its dot
    /// (`Lib/genericpath.py: _splitext`: leading dots begin no extension).
    pub fn splitext(self, path: &str) -> (String, String) {
        let name_start = path.rfind(|character| self.is_sep(character)).map_or(0, |at| at + 1);
        let (folder, name) = path.split_at(name_start);
        let dots = name.len() - name.trim_start_matches('.').len();
        match name.rfind('.') {
            Some(dot) if dot >= dots => {
                let (stem, extension) = name.split_at(dot);
                (format!("{folder}{stem}"), extension.to_owned())
            }
            _ => (path.to_owned(), String::new()),
        }
    }

    /// `os.path.relpath` of an absolute `path` seen from the absolute folder `start`.
    ///
    /// Where Python raises because the two are on different drives, the answer is `path` itself, normalised.
    pub fn relpath(self, path: &str, start: &str) -> String {
        let (path, start) = (self.normpath(path), self.normpath(start));
        let (path_drive, _, path_rest) = self.splitroot(&path);
        let (start_drive, _, start_rest) = self.splitroot(&start);
        if self.normcase(path_drive) != self.normcase(start_drive) {
            return path;
        }
        let parts = |rest: &'_ str| -> Vec<String> { rest.split(self.sep()).filter(|part| !part.is_empty()).map(str::to_owned).collect() };
        let (path_parts, start_parts) = (parts(path_rest), parts(start_rest));
        let shared = path_parts.iter().zip(&start_parts).take_while(|(a, b)| self.normcase(a) == self.normcase(b)).count();
        let up = std::iter::repeat_n("..", start_parts.len() - shared);
        let relative: Vec<&str> = up.chain(path_parts.iter().skip(shared).map(String::as_str)).collect();
        if relative.is_empty() { ".".to_owned() } else { relative.join(self.sep().to_string().as_str()) }
    }

    /// Whether two paths are spelt alike once normalised; links are not followed.
    pub fn same(self, a: &str, b: &str) -> bool {
        self.normcase(&self.normpath(a)) == self.normcase(&self.normpath(b))
    }

    /// Whether the absolute `path` is `folder` or lies below it, by spelling.
    pub fn is_within(self, path: &str, folder: &str) -> bool {
        let (path, folder) = (self.normcase(&self.normpath(path)), self.normcase(&self.normpath(folder)));
        path.strip_prefix(&folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(self.sep()) || folder.ends_with(self.sep()))
    }
}

/// `os.path.realpath`, not strict: every link on the way is followed; what is missing or circles is kept as it is spelt.
///
/// The walk of `Lib/posixpath.py: realpath` (3.13), for Windows with drives kept as roots.
pub fn realpath(machine: &dyn Machine, path: &str) -> String {
    let rules = machine.platform().rules();
    let path = match rules {
        // Most paths are asked for from the root: where one stands is then of no account, and asking costs.
        Rules::Posix if path.starts_with('/') => path.to_owned(),
        _ => rules.join(&machine.cwd().unwrap_or_default(), path),
    };
    let (drive, root, tail) = rules.splitroot(&path);
    let mut walk = Walk { rules, done: format!("{drive}{}", plain_root(rules, root)), rest: Vec::new(), seen: BTreeMap::new() };
    walk.push(tail);
    walk.run(machine)
}

/// A root as the walk spells it: the kernel knows no `//`, and Windows shows backslashes whichever way they were typed.
fn plain_root(rules: Rules, root: &str) -> String {
    if root.is_empty() { String::new() } else { rules.sep().to_string() }
}

enum Part {
    Name(String),
    /// All parts of this link's target are done: what is resolved by now is where it leads.
    Resolved(String),
}

struct Walk {
    rules: Rules,
    done: String,
    /// What is still to walk, the next part last.
    rest: Vec<Part>,
    /// Where each link leads; `None` while its target is being walked, so that meeting it again is a circle.
    seen: BTreeMap<String, Option<String>>,
}

impl Walk {
    fn push(&mut self, tail: &str) {
        let rules = self.rules;
        self.rest.extend(tail.split(move |c| rules.is_sep(c)).rev().map(|part| Part::Name(part.to_owned())));
    }

    fn run(mut self, machine: &dyn Machine) -> String {
        while let Some(part) = self.rest.pop() {
            match part {
                Part::Resolved(link) => {
                    self.seen.insert(link, Some(self.done.clone()));
                }
                Part::Name(name) if name.is_empty() || name == "." => {}
                Part::Name(name) if name == ".." => self.done = self.rules.dirname(&self.done),
                Part::Name(name) => self.enter(machine, &name),
            }
        }
        self.done
    }

    fn enter(&mut self, machine: &dyn Machine, name: &str) {
        let next = self.rules.join(&self.done, name);
        let is_link = machine.lstat(&next).is_ok_and(|meta| meta.kind == Kind::Link);
        match (is_link, self.seen.get(&next)) {
            (true, Some(Some(resolved))) => self.done.clone_from(resolved),
            (true, None) => match machine.link(&next) {
                Ok(target) => self.follow(next, &target),
                Err(_) => self.done = next,
            },
            _ => self.done = next,
        }
    }

    fn follow(&mut self, link: String, target: &str) {
        self.seen.insert(link.clone(), None);
        let (drive, root, tail) = self.rules.splitroot(target);
        if !root.is_empty() || !drive.is_empty() {
            self.done = self.rules.join(&self.done, &format!("{drive}{}", plain_root(self.rules, root)));
        }
        self.rest.push(Part::Resolved(link));
        self.push(tail);
    }
}
