//! The account of a start: what Python asked itself, in its order, and what cannot be known.

use super::{LeftOut, Origin, Outcome, Probe, Step};
use crate::venv::{Source, Unknown};
use std::collections::HashSet;

/// Everything told while a start is followed.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub steps: Vec<Step>,
    pub unknown: Vec<Unknown>,
    pub left_out: Vec<LeftOut>,
    left: HashSet<String>,
    told: HashSet<(String, String)>,
}

impl Account {
    /// Writes down one step.
    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Writes down what the interpreter prints to standard error while it goes on.
    pub(super) fn warn(&mut self, message: impl Into<String>, rule: &'static str) {
        self.push(Step::new(WARNING, Outcome::Set, rule).value(message));
    }

    /// Writes down what cannot be known, once.
    pub(super) fn unknown(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let unknown = Unknown { what: what.into(), why: why.into() };
        if self.told.insert((unknown.what.clone(), unknown.why.clone())) {
            self.unknown.push(unknown);
        }
    }

    /// Whether a line of code ran that may have put a finder in the way of imports.
    pub(super) fn hooks_imports(&self) -> bool {
        let harmless = |value: &str| value.contains("_distutils_hack") || value == "import _virtualenv";
        self.steps
            .iter()
            .any(|step| step.id == PTH_IMPORT && step.outcome != Outcome::Ignored && !step.value.as_deref().is_some_and(harmless))
    }

    /// Writes down a place that is not on `sys.path`.
    pub(super) fn leave_out(&mut self, path: &str, source: Origin, step: &'static str, cause: Source) {
        if self.left.insert(path.to_owned()) {
            self.left_out.push(LeftOut { path: path.to_owned(), source, step, cause });
        }
    }
}

impl Step {
    /// A step of the given lesson, by the given rule.
    pub(super) fn new(id: &'static str, outcome: Outcome, rule: &'static str) -> Step {
        Step { id, outcome, file: None, line: None, value: None, looked: Vec::new(), rule }
    }

    /// With the file that decided.
    pub(super) fn file(mut self, file: &str) -> Step {
        self.file = Some(file.to_owned());
        self
    }

    /// With the line in it.
    pub(super) fn line(mut self, line: u32) -> Step {
        self.line = Some(line);
        self
    }

    /// With file and line.
    pub(super) fn cause(mut self, cause: &Source) -> Step {
        self.file.clone_from(&cause.file);
        self.line = cause.line;
        self
    }

    /// With what follows from it.
    pub(super) fn value(mut self, value: impl Into<String>) -> Step {
        self.value = Some(value.into());
        self
    }

    /// With the places that were looked at.
    pub(super) fn looked(mut self, looked: Vec<Probe>) -> Step {
        self.looked = looked;
        self
    }
}

/// Every step id, each of which has a lesson of the same name in the chapter `startup`.
pub const STEPS: &[&str] = &[
    INSTALLATION,
    COMMAND_LINE,
    SETTINGS,
    EXECUTABLE,
    LAUNCHER,
    PYTHONHOME,
    PYVENV_CFG,
    HOME,
    BASE_EXECUTABLE,
    PTH_ADJACENT,
    BUILD_TREE,
    PREFIX,
    EXEC_PREFIX,
    VENV_PREFIX,
    WARNING,
    PYTHONPATH,
    ZIP,
    REGISTRY,
    STDLIB,
    PLATSTDLIB,
    ENCODINGS,
    SITE,
    ABSOLUTE,
    SITE_VENV,
    SYSTEM_SITE,
    SITE_PACKAGES,
    USER_SITE,
    PTH_FILE,
    PTH_LINE,
    PTH_IMPORT,
    START_FILE,
    SITECUSTOMIZE,
    USERCUSTOMIZE,
    FIRST_ITEM,
];

pub(super) const INSTALLATION: &str = "startup.installation";
pub(super) const COMMAND_LINE: &str = "startup.command-line";
pub(super) const SETTINGS: &str = "startup.settings";
pub(super) const EXECUTABLE: &str = "startup.executable";
pub(super) const LAUNCHER: &str = "startup.launcher";
pub(super) const PYTHONHOME: &str = "startup.pythonhome";
pub(super) const PYVENV_CFG: &str = "startup.pyvenv-cfg";
pub(super) const HOME: &str = "startup.home";
pub(super) const BASE_EXECUTABLE: &str = "startup.base-executable";
pub(super) const PTH_ADJACENT: &str = "startup.pth-adjacent";
pub(super) const BUILD_TREE: &str = "startup.build-tree";
pub(super) const PREFIX: &str = "startup.prefix";
pub(super) const EXEC_PREFIX: &str = "startup.exec-prefix";
pub(super) const VENV_PREFIX: &str = "startup.venv-prefix";
/// What `getpath` prints where `os.py` is nowhere.
pub(super) const NO_STDLIB: &str = "Could not find platform independent libraries <prefix>";
/// What `getpath` prints where `lib-dynload` is nowhere.
pub(super) const NO_PLATSTDLIB: &str = "Could not find platform dependent libraries <exec_prefix>";

/// The step of a message on standard error, after which Python goes on.
pub const WARNING: &str = "startup.warning";
pub(super) const PYTHONPATH: &str = "startup.pythonpath";
pub(super) const ZIP: &str = "startup.zip";
pub(super) const REGISTRY: &str = "startup.registry";
pub(super) const STDLIB: &str = "startup.stdlib";
pub(super) const PLATSTDLIB: &str = "startup.platstdlib";
pub(super) const ENCODINGS: &str = "startup.encodings";
pub(super) const SITE: &str = "startup.site";
pub(super) const ABSOLUTE: &str = "startup.absolute";
pub(super) const SITE_VENV: &str = "startup.site-venv";
pub(super) const SYSTEM_SITE: &str = "startup.system-site";
pub(super) const SITE_PACKAGES: &str = "startup.site-packages";
pub(super) const USER_SITE: &str = "startup.user-site";
pub(super) const PTH_FILE: &str = "startup.pth-file";
pub(super) const PTH_LINE: &str = "startup.pth-line";
pub(super) const PTH_IMPORT: &str = "startup.pth-import";
pub(super) const START_FILE: &str = "startup.start-file";
pub(super) const SITECUSTOMIZE: &str = "startup.sitecustomize";
pub(super) const USERCUSTOMIZE: &str = "startup.usercustomize";
pub(super) const FIRST_ITEM: &str = "startup.first-item";
