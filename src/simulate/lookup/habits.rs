//! How each shell walks PATH. The differences were seen on the real shells (bash 5.2, zsh 5.9, dash 0.5.12, ksh 93u+m,
//! mksh 59, fish 3.6, tcsh 6.24, xonsh 0.13, nushell
//! 0.108); `PowerShell`'s are read from its `CommandDiscovery.GetLookupDirectoryPaths`.
//! `tests/commands.rs` holds them against the shells again.

use crate::simulate::activation::Shell;

/// What one shell does with the items of PATH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Habits {
    /// What an empty item means.
    pub empty: Here,
    /// What a PATH means that is set to nothing at all.
    pub blank: Here,
    /// How folder and name are put together.
    pub join: Join,
    /// Whether `~` at the start of an item is replaced when a command is looked up.
    pub tilde: Tilde,
    /// What besides regular files with an execute bit counts as a command.
    pub accepts: Accepts,
    /// Whether an item that is no path from the root is searched.
    pub relative: bool,
    /// What is searched when PATH is unset.
    pub unset: &'static str,
}

/// How the working folder is spelt in what the shell shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    /// `./name`.
    Dot,
    /// `name`.
    Bare,
    /// The working folder's own path.
    Absolute,
    /// It is not searched.
    Nowhere,
}

/// How folder and name are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// A slash between them unless the folder ends in one.
    OneSlash,
    /// A slash between them always.
    AlwaysSlash,
    /// As `OneSlash`, and a relative folder is made absolute.
    RelativeMadeAbsolute,
    /// Shown absolute, without `.`, `..` and doubled slashes; looked for as written.
    Canonical,
    /// Made absolute and freed of `..` before anything is looked for, as Python's `os.path.abspath` does.
    Lexical,
}

/// Who replaces `~` inside PATH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tilde {
    /// Nobody: a folder named `~` is looked for.
    Literal,
    /// The shell, at every lookup.
    Home,
}

/// What counts as a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepts {
    /// Regular files that may be executed.
    RegularFiles,
    /// Anything that may be executed and is no folder, such as a FIFO.
    AllButFolders,
}

const BASH: Habits = Habits {
    empty: Here::Dot,
    blank: Here::Absolute,
    join: Join::OneSlash,
    tilde: Tilde::Home,
    accepts: Accepts::AllButFolders,
    relative: true,
    unset: "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin:.",
};

const ZSH: Habits = Habits {
    empty: Here::Bare,
    blank: Here::Bare,
    join: Join::AlwaysSlash,
    tilde: Tilde::Literal,
    accepts: Accepts::RegularFiles,
    relative: true,
    unset: "/bin:/usr/bin:/usr/ucb:/usr/local/bin",
};

const DASH: Habits = Habits { blank: Here::Bare, unset: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ..ZSH };

const KSH93: Habits = Habits {
    empty: Here::Absolute,
    blank: Here::Nowhere,
    join: Join::Canonical,
    tilde: Tilde::Literal,
    accepts: Accepts::AllButFolders,
    relative: true,
    unset: "/bin:/usr/bin",
};

const MKSH: Habits =
    Habits { blank: Here::Absolute, join: Join::RelativeMadeAbsolute, accepts: Accepts::RegularFiles, unset: "/usr/bin:/bin", ..KSH93 };

const FISH: Habits = Habits {
    empty: Here::Dot,
    blank: Here::Dot,
    join: Join::OneSlash,
    tilde: Tilde::Literal,
    accepts: Accepts::RegularFiles,
    relative: true,
    unset: "/bin:/usr/bin",
};

const TCSH: Habits = Habits { join: Join::AlwaysSlash, unset: "/usr/bin:/bin", ..FISH };

const XONSH: Habits = Habits {
    empty: Here::Absolute,
    blank: Here::Nowhere,
    join: Join::Lexical,
    tilde: Tilde::Home,
    accepts: Accepts::RegularFiles,
    relative: true,
    unset: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games",
};

const POWERSHELL: Habits = Habits { empty: Here::Nowhere, unset: "", ..XONSH };

/// nushell looks commands up with Rust's `which` crate, which passes over items that are not absolute.
const NUSHELL: Habits = Habits {
    empty: Here::Nowhere,
    blank: Here::Nowhere,
    join: Join::OneSlash,
    tilde: Tilde::Home,
    accepts: Accepts::RegularFiles,
    relative: false,
    unset: "",
};

/// What `execvp` does, and with it `env`: glibc's `_CS_PATH` where PATH is unset.
pub(super) const EXECVP: Habits = Habits { unset: "/bin:/usr/bin", blank: Here::Bare, ..ZSH };

/// The habits of `shell`. Which of the Korn shells is meant by `ksh` is told by the login shell's file name.
pub(super) fn of(shell: Shell, login_shell: Option<&str>) -> Habits {
    match shell {
        // cmd has no POSIX form of its own.
        Shell::Bash | Shell::Cmd => BASH,
        Shell::Zsh => ZSH,
        Shell::Sh => DASH,
        Shell::Ksh if login_shell.is_some_and(|file| file.ends_with("mksh")) => MKSH,
        Shell::Ksh => KSH93,
        Shell::Fish => FISH,
        Shell::Csh | Shell::Tcsh => TCSH,
        Shell::Xonsh => XONSH,
        Shell::Nushell => NUSHELL,
        Shell::Powershell => POWERSHELL,
    }
}
