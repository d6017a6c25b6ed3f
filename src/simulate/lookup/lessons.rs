//! Which lesson explains which fact of a lookup.

use super::{Found, Hop, Place, Searched, Spelling, Stop, Trap, Way};

/// Every lesson that a lookup may name, as `chapter/name`.
pub const LESSONS: &[&str] = &[
    "lookup/found",
    "lookup/missing",
    "lookup/not-a-file",
    "lookup/not-executable",
    "lookup/shadowed",
    "lookup/repeated",
    "lookup/missing-folder",
    "lookup/not-a-folder",
    "lookup/denied-folder",
    "lookup/same-folder",
    "lookup/dangling-link",
    "lookup/empty-path-item",
    "lookup/relative-path-item",
    "lookup/unexpanded-home",
    "lookup/current-folder",
    "lookup/symlink",
    "lookup/script",
    "lookup/env-shebang",
    "lookup/sh-trampoline",
    "lookup/wrapper",
    "lookup/no-shebang",
    "lookup/binary",
    "lookup/launcher",
    "lookup/redirector",
    "lookup/shim",
    "lookup/store-alias",
    "lookup/py-launcher",
    "lookup/broken-target",
    "lookup/circle",
    "lookup/not-on-path",
    "lookup/first-line-too-long",
    "lookup/not-a-program",
    "lookup/unknown-end",
    "lookup/hash-table",
    "lookup/aliases-and-functions",
    "lookup/default-path",
    "lookup/python-m-pip",
];

impl Searched {
    /// The lesson that says why this item of PATH had, or had not, the command.
    pub fn lesson(&self) -> &'static str {
        match (self.outcome, self.place) {
            (Found::Missing, Place::Missing) => match self.spelling {
                Spelling::UnexpandedHome => "lookup/unexpanded-home",
                Spelling::Empty => "lookup/empty-path-item",
                _ => "lookup/missing-folder",
            },
            (Found::Missing, Place::NotAFolder) => "lookup/not-a-folder",
            (Found::Missing, Place::Denied) => "lookup/denied-folder",
            (Found::Missing, Place::Folder) if self.dangling.is_some() => "lookup/dangling-link",
            (Found::Missing, Place::Folder) => "lookup/missing",
            (Found::NotAFile, _) => "lookup/not-a-file",
            (Found::NotExecutable, _) => "lookup/not-executable",
            (Found::Found, _) => "lookup/found",
            (Found::Shadowed, _) if self.same_as.is_some() => "lookup/same-folder",
            (Found::Shadowed, _) => "lookup/shadowed",
            (Found::Repeated, _) => "lookup/repeated",
        }
    }
}

impl Hop {
    /// The lesson that says how this station leads on.
    pub fn lesson(&self) -> &'static str {
        match self.way {
            Way::Link => "lookup/symlink",
            Way::Shebang => "lookup/script",
            Way::EnvShebang => "lookup/env-shebang",
            Way::Trampoline => "lookup/sh-trampoline",
            Way::Wrapper => "lookup/wrapper",
            Way::Shim => "lookup/shim",
            Way::ShellItself => "lookup/no-shebang",
            Way::Program => "lookup/binary",
            Way::Launcher => "lookup/launcher",
            Way::Redirector => "lookup/redirector",
            Way::StoreAlias => "lookup/store-alias",
            Way::PyLauncher => "lookup/py-launcher",
        }
    }
}

impl Stop {
    /// The lesson that says why the chain ends here.
    pub fn lesson(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::NotExecutable(_) | Self::NotAFile(_) => "lookup/broken-target",
            Self::Circle(_) => "lookup/circle",
            Self::NotOnPath(_) => "lookup/not-on-path",
            Self::FirstLineTooLong { .. } => "lookup/first-line-too-long",
            Self::NotAProgram(_) => "lookup/not-a-program",
            Self::Unknown(_) => "lookup/unknown-end",
        }
    }

    /// The path at which it ends, or the command that is not found; `None` where it is unknown.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Missing(path) | Self::NotExecutable(path) | Self::NotAFile(path) | Self::Circle(path) | Self::NotAProgram(path) => {
                Some(path)
            }
            Self::NotOnPath(command) => Some(command),
            Self::FirstLineTooLong { path, .. } => Some(path),
            Self::Unknown(_) => None,
        }
    }
}

impl Trap {
    /// The lesson that explains it.
    pub fn lesson(&self) -> &'static str {
        match self {
            Self::HashTable { .. } => "lookup/hash-table",
            Self::Builtin => "lookup/aliases-and-functions",
            Self::EmptyItem => "lookup/empty-path-item",
            Self::RelativeItem { .. } => "lookup/relative-path-item",
            Self::UnexpandedHome { .. } => "lookup/unexpanded-home",
            Self::CurrentFolder => "lookup/current-folder",
            Self::Shim => "lookup/shim",
            Self::StoreAlias => "lookup/store-alias",
            Self::PyLauncher => "lookup/py-launcher",
            Self::DefaultPath => "lookup/default-path",
        }
    }
}
