//! How a command's name becomes a file through PATH, and where that file leads in the end.
//!
//! `habits` says how each shell walks PATH, `walk` and `windows` walk it, `chain` follows what was found through links,
//! first lines and launchers (`scripts`, `first_line`, `wrapper`, `shims` and `launchers` read one kind of station each), and `mismatch`
//! compares where `pip` and `python` lead. The field names that are serialised are the public contract's `which` object;
//! what a page tells beyond it stands in fields that JSON leaves out.

mod batch;
mod chain;
mod first_line;
mod habits;
mod in_force;
mod launchers;
mod lessons;
mod mismatch;
mod py;
mod scripts;
mod shims;
mod traps;
mod walk;
mod windows;
mod wrapper;

pub use lessons::LESSONS;
pub use mismatch::{Mismatch, When, mismatch};
pub use shims::{Manager, Shim};
pub use traps::Trap;

use crate::machine::Machine;
use crate::simulate::activation::{Activation, Shell};
use crate::venv::Unknown;
use serde::Serialize;

/// How commands resolve. Field names and meaning are the public contract's `which` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Which {
    /// `venv-explain/which/1`.
    pub schema: &'static str,
    /// One entry for each command asked for, in that order.
    pub commands: Vec<Command>,
    /// What cannot be known without running code, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Unknown>,
    /// The shell whose rules were followed.
    #[serde(skip)]
    pub shell: Shell,
}

/// One command, before and after activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Command {
    /// The name as typed.
    pub command: String,
    /// In the shell as it is.
    pub before: Lookup,
    /// In the shell once the environment is activated; `None` where there is none to activate.
    pub after: Option<Lookup>,
}

/// One walk along PATH, and where its result leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lookup {
    /// The file that runs, in the spelling that the shell itself shows; `None` when nothing does.
    pub resolved: Option<String>,
    /// Every item of PATH in order; on Windows' cmd, the current folder first.
    pub searched: Vec<Searched>,
    /// From the file found, through links and first lines, to the program that runs in the end.
    pub chain: Vec<Hop>,
    /// The Python interpreter at the end of the chain, links followed; `None` where it is another program.
    pub interpreter: Option<String>,
    /// The `sys.prefix` that this interpreter has when started this way.
    pub environment: Option<String>,
    /// Why that is not known, or the message with which the interpreter stops.
    #[serde(skip)]
    pub no_environment: Option<String>,
    /// Why the chain ends before a program that was seen; `None` when it reaches one.
    #[serde(skip)]
    pub stop: Option<Stop>,
    /// The version manager's shim that the chain passes, and where it leads.
    #[serde(skip)]
    pub shim: Option<Shim>,
    /// What may make the shell run something else, or another folder's command.
    #[serde(skip)]
    pub traps: Vec<Trap>,
    /// Whether PATH is unset, so that the shell's own list is searched.
    #[serde(skip)]
    pub default_path: bool,
}

/// One item of PATH.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Searched {
    /// The item, as in PATH.
    pub dir: String,
    /// The file looked for there.
    pub candidate: String,
    /// What came of it.
    pub outcome: Found,
    /// What the item itself is.
    #[serde(skip)]
    pub place: Place,
    /// How the item is written.
    #[serde(skip)]
    pub spelling: Spelling,
    /// An earlier item that is the same folder, by another spelling or through a link.
    #[serde(skip)]
    pub same_as: Option<String>,
    /// Where a dangling link of that name points.
    #[serde(skip)]
    pub dangling: Option<String>,
    /// Whether there is a file that the shell would run from here.
    #[serde(skip)]
    pub matches: bool,
}

/// What an item of PATH turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A folder that can be looked into.
    Folder,
    /// Nothing is there.
    Missing,
    /// Something that is no folder.
    NotAFolder,
    /// A folder that this account may not look into.
    Denied,
}

/// How an item of PATH is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// From the root: means the same wherever one stands.
    Absolute,
    /// Depends on the working folder.
    Relative,
    /// Nothing between two separators: the working folder.
    Empty,
    /// Begins with `~`, and this shell replaces it by the home folder.
    Home,
    /// Begins with `~`, and this shell looks for a folder of that very name.
    UnexpandedHome,
    /// Not from PATH: cmd looks into the working folder first.
    CurrentFolder,
}

/// What came of looking into one folder of PATH.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// Nothing of that name.
    Missing,
    /// Something of that name that is no file.
    NotAFile,
    /// A file that may not be executed.
    NotExecutable,
    /// The one that runs.
    Found,
    /// Would match, but an earlier one won.
    Shadowed,
    /// This folder was already searched.
    Repeated,
}

/// One station on the way to the program that runs in the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// The file.
    pub path: String,
    /// What it is.
    pub kind: HopKind,
    /// Where it leads; `None` at the end.
    pub next: Option<String>,
    /// The first line of a script, as written.
    #[serde(skip)]
    pub shebang: Option<String>,
    /// In which way it leads on.
    #[serde(skip)]
    pub way: Way,
}

/// What a station of the chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HopKind {
    /// A symbolic link.
    Symlink,
    /// A text that another program runs.
    Script,
    /// A program.
    Binary,
    /// A small Windows program that starts another one.
    Launcher,
}

/// In which way a station of the chain leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// A symbolic link names its target.
    Link,
    /// The first line names a program.
    Shebang,
    /// The first line names `env`, which searches PATH once more.
    EnvShebang,
    /// A shell script whose only command is to start Python on itself: for paths that are too long for a first line.
    Trampoline,
    /// A shell script whose only command starts another program.
    Wrapper,
    /// A version manager's stand-in.
    Shim,
    /// A text without a first line for the kernel: the shell runs it itself.
    ShellItself,
    /// A program: the end.
    Program,
    /// A Windows program with a first line and a zip file behind it.
    Launcher,
    /// The small `python.exe` of a Windows environment, which starts the one of the base.
    Redirector,
    /// An empty file that Windows' app execution aliases put in place of a program.
    StoreAlias,
    /// The `py` launcher, which chooses a Python itself.
    PyLauncher,
}

/// Why a chain ends before a program that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// It leads to a path where nothing is.
    Missing(String),
    /// It leads to a file that may not be executed.
    NotExecutable(String),
    /// It leads to something that is no file.
    NotAFile(String),
    /// It leads back to where it came from, or on for longer than any system follows.
    Circle(String),
    /// `env` finds no such command on PATH.
    NotOnPath(String),
    /// The first line is longer than the kernel reads.
    FirstLineTooLong {
        /// The script.
        path: String,
        /// How many bytes the kernel reads.
        limit: usize,
    },
    /// Neither a program nor a text.
    NotAProgram(String),
    /// It cannot be known without running code.
    Unknown(Unknown),
}

/// How each command resolves, before activation and after it, in the activation's shell.
///
/// A name that contains a separator is a path already and is not looked up: nothing is searched then.
pub fn which(machine: &dyn Machine, commands: &[String], activation: &Activation) -> Which {
    resolve(machine, commands, activation.shell, Some(activation))
}

/// How each command resolves in `shell` as it is, where there is no environment to activate; `why` says so in one sentence.
pub fn which_now(machine: &dyn Machine, commands: &[String], shell: Shell, why: &str) -> Which {
    let mut which = resolve(machine, commands, shell, None);
    which.unknown.insert(0, Unknown { what: "after activation".to_owned(), why: why.to_owned() });
    which
}

fn resolve(machine: &dyn Machine, commands: &[String], shell: Shell, activation: Option<&Activation>) -> Which {
    let before = machine.vars();
    let memory = in_force::Memory::default();
    let now = chain::Scene::new(machine, &before, &memory, shell);
    let later = activation.map(|activation| chain::Scene::new(machine, &activation.after, &memory, shell));
    let mut unknown = Vec::new();
    let commands = commands
        .iter()
        .map(|command| {
            let before = now.lookup(command);
            let after = later.as_ref().map(|scene| scene.lookup(command));
            unknown.extend([Some(&before), after.as_ref()].into_iter().flatten().flat_map(|lookup| lookup.unknowns(command)));
            Command { command: command.clone(), before, after }
        })
        .collect();
    unknown.dedup();
    Which { schema: "venv-explain/which/1", commands, unknown, shell }
}

impl Command {
    /// After activation, where there is an environment to activate, else as it is.
    pub fn latest(&self) -> &Lookup {
        self.after.as_ref().unwrap_or(&self.before)
    }
}

impl Lookup {
    /// The files that `type -a` lists: the one that runs, then those it hides, each folder once.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.searched.iter().filter(|item| matches!(item.outcome, Found::Found | Found::Shadowed)).map(|item| item.candidate.as_str())
    }

    fn unknowns(&self, command: &str) -> Vec<Unknown> {
        let stop = match &self.stop {
            Some(Stop::Unknown(unknown)) => Some(unknown.clone()),
            _ => None,
        };
        let environment = self.no_environment.clone().map(|why| Unknown { what: format!("environment of {command}"), why });
        stop.into_iter().chain(environment).collect()
    }
}
