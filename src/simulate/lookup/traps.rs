//! What may make a shell run something other than what PATH says, or what makes PATH itself mean something else.

use super::{Found, Hop, Lookup, Searched, Spelling, Way};

/// One such thing, with the facts that make it visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trap {
    /// The same command stands in a later folder too: a shell that remembers it from before runs that one until its
    /// table is emptied (`hash -r`, `rehash`).
    HashTable {
        /// The other file.
        other: String,
    },
    /// The shell itself has a command of that name, which wins over every file.
    Builtin,
    /// It is found in the working folder, through an empty item of PATH.
    EmptyItem,
    /// It is found through a relative item of PATH: elsewhere, another file or none is found.
    RelativeItem {
        /// The item.
        dir: String,
    },
    /// An item of PATH begins with a `~` that this shell does not replace.
    UnexpandedHome {
        /// The item.
        dir: String,
    },
    /// cmd found it in the working folder, before looking at PATH.
    CurrentFolder,
    /// A version manager's shim answers.
    Shim,
    /// Windows' app execution alias answers.
    StoreAlias,
    /// The `py` launcher answers and chooses a Python by rules of its own.
    PyLauncher,
    /// PATH is unset and the shell's own list was searched.
    DefaultPath,
}

/// Commands that every POSIX shell has built in, so that no file of that name runs when they are typed.
const BUILTINS: &[&str] = &[
    ".", ":", "[", "alias", "bg", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export", "false", "fg", "getopts",
    "hash", "jobs", "kill", "printf", "pwd", "read", "readonly", "return", "set", "shift", "test", "times", "trap", "true", "type",
    "ulimit", "umask", "unalias", "unset", "wait",
];

/// The traps of one finished lookup.
pub(super) fn traps(command: &str, lookup: &Lookup, windows: bool) -> Vec<Trap> {
    let mut traps = Vec::new();
    if !windows && BUILTINS.contains(&command) {
        traps.push(Trap::Builtin);
    }
    if lookup.default_path && !lookup.searched.is_empty() {
        traps.push(Trap::DefaultPath);
    }
    traps.extend(lookup.searched.iter().find(|item| item.outcome == Found::Found).and_then(found_oddly));
    traps.extend(unexpanded(&lookup.searched));
    let hidden = lookup.searched.iter().find(|item| item.outcome == Found::Shadowed && item.same_as.is_none());
    if let Some(hidden) = hidden.filter(|_| !windows) {
        traps.push(Trap::HashTable { other: hidden.candidate.clone() });
    }
    traps.extend(lookup.chain.iter().find_map(through));
    traps
}

fn found_oddly(item: &Searched) -> Option<Trap> {
    match item.spelling {
        Spelling::Empty => Some(Trap::EmptyItem),
        Spelling::Relative => Some(Trap::RelativeItem { dir: item.dir.clone() }),
        Spelling::CurrentFolder => Some(Trap::CurrentFolder),
        Spelling::Absolute | Spelling::Home | Spelling::UnexpandedHome => None,
    }
}

fn unexpanded(searched: &[Searched]) -> Option<Trap> {
    let item = searched.iter().find(|item| item.spelling == Spelling::UnexpandedHome)?;
    Some(Trap::UnexpandedHome { dir: item.dir.clone() })
}

fn through(hop: &Hop) -> Option<Trap> {
    match hop.way {
        Way::Shim => Some(Trap::Shim),
        Way::StoreAlias => Some(Trap::StoreAlias),
        Way::PyLauncher => Some(Trap::PyLauncher),
        _ => None,
    }
}
