//! How `sys.path` and the prefixes come about: what the interpreter does between its first instruction and the program's first line.
//!
//! The stages stand in Python's order in [`start`]: the installation and its release, the command line, the first paths
//! (`getpath`), `site`, the program's own place. Each writes its steps into one account.

mod argv0;
mod classic;
mod command_line;
mod disk;
mod generation;
mod known_code;
mod library;
mod locale;
mod modern;
mod modules;
mod pth;
mod pypy;
mod run;
mod running;
mod scene;
mod settings;
mod site;
mod started;
mod steps;
mod strings;
mod undecodable;

pub use command_line::{Switches, switches};
pub use known_code::redirections;
pub use run::{start, start_with};
pub use running::add_site_dir;
pub use started::{Refused, refused};
pub use steps::{STEPS, WARNING};

use crate::venv::{Source, Unknown};
use serde::Serialize;

/// What is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// `argv[0]` as typed: a path, or a bare name that is looked up on PATH.
    pub program: String,
    /// What follows it on the command line; empty stands for `-c pass`.
    pub arguments: Vec<String>,
}

/// What start-up ends with. Field names and meaning are the public contract's `syspath` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Startup {
    /// `venv-explain/syspath/1`.
    pub schema: &'static str,
    /// `cpython`, `pypy`, `graalpy`.
    pub implementation: Option<String>,
    /// The interpreter's version to the patch level.
    pub version: Option<String>,
    /// `sys.executable`.
    pub executable: Option<String>,
    /// `sys._base_executable`.
    pub base_executable: Option<String>,
    /// `sys.prefix`.
    pub prefix: Option<String>,
    /// `sys.exec_prefix`.
    pub exec_prefix: Option<String>,
    /// `sys.base_prefix`.
    pub base_prefix: Option<String>,
    /// `sys.base_exec_prefix`.
    pub base_exec_prefix: Option<String>,
    /// `site.ENABLE_USER_SITE`; `None` when site does not run.
    pub user_site_enabled: Option<bool>,
    /// `sys.path` when the program's first line runs; `None` when start-up fails.
    pub sys_path: Option<Vec<PathItem>>,
    /// What Python did, in its order.
    pub steps: Vec<Step>,
    /// What code that is never run here may have changed.
    pub unknown: Vec<Unknown>,
    /// Why the real interpreter would stop, with the message it prints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fatal: Option<String>,
    /// Places that a learner expects on `sys.path` and that were left out, each with the step that left it out.
    #[serde(skip)]
    pub left_out: Vec<LeftOut>,
}

/// One item of `sys.path`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathItem {
    /// The item, as in `sys.path`.
    pub path: String,
    /// What it is there for.
    pub source: Origin,
    /// Whether anything is there.
    pub exists: bool,
    /// The file and line that put it there, where there is one.
    pub cause: Source,
    /// The id of the step that put it there.
    #[serde(skip)]
    pub step: &'static str,
}

/// What an item of `sys.path` is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The folder of the script that is run.
    ScriptDir,
    /// The working folder (`-c`, `-m`, standard input).
    Cwd,
    /// `PYTHONPATH`.
    Pythonpath,
    /// A line of `python._pth`.
    PthFileAdjacent,
    /// The standard library as one zip file.
    Zip,
    /// The standard library.
    Stdlib,
    /// The standard library's compiled modules.
    Platstdlib,
    /// The account's own packages.
    UserSite,
    /// Installed packages.
    SitePackages,
    /// Installed packages, by Debian's name.
    DistPackages,
    /// A line of a `.pth` file.
    Pth,
    /// Code that start-up runs and whose effect is known.
    Code,
}

/// Something that Python asked itself while starting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// `startup.pyvenv-cfg`: the lesson `startup/pyvenv-cfg` explains it.
    pub id: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// The file that decided.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
    /// What follows: a path, a flag's value, the list of items added.
    pub value: Option<String>,
    /// Everywhere it looked, in order.
    #[serde(skip)]
    pub looked: Vec<Probe>,
    /// The rule's source: file and function in `CPython`, or the PEP.
    #[serde(skip)]
    pub rule: &'static str,
}

/// How a step of start-up ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What was looked for is there.
    Found,
    /// It was not found.
    NotFound,
    /// A value was decided.
    Set,
    /// Something was added to `sys.path`.
    Added,
    /// The step does not apply here, or a flag switched it off.
    Skipped,
    /// What was found does not count.
    Ignored,
    /// The interpreter stops here.
    Fatal,
    /// It cannot be known without running code.
    Unknown,
}

/// One place that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The path.
    pub path: String,
    /// Whether it satisfied the question.
    pub found: bool,
}

/// A place that is not on `sys.path` although one might expect it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The place.
    pub path: String,
    /// What it would have been there for.
    pub source: Origin,
    /// The step that left it out.
    pub step: &'static str,
    /// The file and line that decided so.
    pub cause: Source,
}
