//! Who made the environment: told by the keys that each maker writes into `pyvenv.cfg`, and where it wrote none, by the files
//! that only it leaves.

use super::Evidence;
use super::config::{Config, Line};
use super::layout::Layout;
use crate::machine::Machine;

/// Who made it, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// The tool.
    pub tool: Tool,
    /// The tool's version, where it left it.
    pub version: Option<String>,
    /// What says so.
    pub evidence: Vec<Evidence>,
    /// The manager that probably had it made, told by where it stands.
    pub manager: Option<Manager>,
}

/// A tool that makes environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// The standard library's `venv`.
    Venv,
    /// `virtualenv` 20 and newer.
    Virtualenv,
    /// `virtualenv` before 20, which copied parts of the library.
    LegacyVirtualenv,
    /// `uv venv`.
    Uv,
    /// Nothing tells.
    Unknown,
}

/// A program that makes environments through one of the tools, and keeps them in a place of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manager {
    /// Pipenv.
    Pipenv,
    /// Poetry.
    Poetry,
    /// PDM.
    Pdm,
    /// Hatch.
    Hatch,
    /// pipx.
    Pipx,
    /// virtualenvwrapper.
    Virtualenvwrapper,
    /// pyenv-virtualenv.
    Pyenv,
    /// tox.
    Tox,
    /// nox.
    Nox,
}

impl Tool {
    /// The name as its users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Venv => "venv",
            Self::Virtualenv | Self::LegacyVirtualenv => "virtualenv",
            Self::Uv => "uv",
            Self::Unknown => "unknown",
        }
    }

    /// The lesson on this maker.
    pub fn lesson(self) -> &'static str {
        match self {
            Self::Venv => "maker/venv",
            Self::Virtualenv => "maker/virtualenv",
            Self::LegacyVirtualenv => "maker/legacy-virtualenv",
            Self::Uv => "maker/uv",
            Self::Unknown => "maker/unknown",
        }
    }
}

/// The lessons that [`Tool::lesson`] and [`Manager::lesson`] name.
pub const LESSONS: &[&str] = &[
    "maker/venv",
    "maker/virtualenv",
    "maker/legacy-virtualenv",
    "maker/uv",
    "maker/unknown",
    "maker/pipenv",
    "maker/poetry",
    "maker/pdm",
    "maker/hatch",
    "maker/pipx",
    "maker/virtualenvwrapper",
    "maker/pyenv",
    "maker/tox",
    "maker/nox",
];

impl Manager {
    /// The name as its users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pipenv => "pipenv",
            Self::Poetry => "poetry",
            Self::Pdm => "pdm",
            Self::Hatch => "hatch",
            Self::Pipx => "pipx",
            Self::Virtualenvwrapper => "virtualenvwrapper",
            Self::Pyenv => "pyenv",
            Self::Tox => "tox",
            Self::Nox => "nox",
        }
    }

    /// The lesson on this manager.
    pub fn lesson(self) -> String {
        format!("maker/{}", self.name())
    }

    /// By the folders that it stands in, innermost last; each rule is the default place of that manager.
    fn of_place(machine: &dyn Machine, root: &str) -> Option<Self> {
        let folders: Vec<String> = root.split(['/', '\\']).map(str::to_ascii_lowercase).collect();
        let under = |names: &[&str]| folders.windows(names.len() + 1).any(|part| part.iter().zip(names).all(|(a, b)| a == b));
        let known = [
            (under(&["pipx", "venvs"]), Self::Pipx),
            (under(&["pypoetry", "virtualenvs"]) || under(&["pypoetry", "cache", "virtualenvs"]), Self::Poetry),
            (under(&["pdm", "venvs"]), Self::Pdm),
            (under(&["hatch", "env", "virtual"]), Self::Hatch),
            (under(&[".pyenv", "versions"]), Self::Pyenv),
            (under(&[".tox"]), Self::Tox),
            (under(&[".nox"]), Self::Nox),
        ];
        if let Some((_, manager)) = known.into_iter().find(|(here, _)| *here) {
            return Some(manager);
        }
        let has = |name: &str| machine.lstat(&machine.platform().rules().join(root, name)).is_ok();
        // pipenv writes `.project` with the folder of the Pipfile; virtualenvwrapper's hooks write `bin/postactivate`.
        (under(&["virtualenvs"]) || under(&[".virtualenvs"]))
            .then(|| if has("bin/postactivate") { Some(Self::Virtualenvwrapper) } else { has(".project").then_some(Self::Pipenv) })
            .flatten()
    }
}

impl Maker {
    /// Who made the environment at `root`, whose `pyvenv.cfg` is `config`.
    pub fn of(machine: &dyn Machine, root: &str, config: &Config, layout: &Layout) -> Self {
        let (tool, version, evidence) = Self::by_config(config)
            .or_else(|| Self::by_files(machine, root, layout))
            .or_else(|| Self::by_script(machine, layout))
            .unwrap_or((Tool::Unknown, None, Vec::new()));
        Self { tool, version, evidence, manager: Manager::of_place(machine, root) }
    }

    /// uv and virtualenv write their own name as a key; `venv` is known by `version` without either, as only it wrote that key
    /// alone (virtualenv writes `version` since 20.38, beside `virtualenv`).
    fn by_config(config: &Config) -> Option<Found> {
        let told = |line: &Line| vec![Evidence::line(&config.file, line.number, &line.text)];
        for (key, tool) in [("uv", Tool::Uv), ("gourgeist", Tool::Uv), ("virtualenv", Tool::Virtualenv)] {
            if let Some(line) = config.line_of(key) {
                return Some((tool, line.value.clone(), told(line)));
            }
        }
        let version = config.line_of("version").filter(|_| config.line_of("home").is_some())?;
        let command = config.line_of("command").filter(|line| line.text.contains(" -m venv "));
        Some((Tool::Venv, version.value.clone(), told(command.unwrap_or(version))))
    }

    /// virtualenv before 20 left `orig-prefix.txt` beside its copy of the library.
    fn by_files(machine: &dyn Machine, root: &str, layout: &Layout) -> Option<Found> {
        let rules = machine.platform().rules();
        let candidates = layout.libraries.iter().map(|library| rules.join(&library.path, "orig-prefix.txt"));
        let legacy = candidates.chain([rules.join(root, "Lib\\orig-prefix.txt")]).find(|file| machine.lstat(file).is_ok())?;
        Some((Tool::LegacyVirtualenv, None, vec![Evidence::file(&legacy)]))
    }

    /// With `pyvenv.cfg` gone, the activation script still tells: uv's opens with the notice of virtualenv's authors, from whom
    /// it comes; virtualenv's refuses to be run instead of sourced; venv's does neither.
    fn by_script(machine: &dyn Machine, layout: &Layout) -> Option<Found> {
        let script = &layout.activators.iter().find(|activator| activator.name == "activate")?.path;
        let head = crate::text::decode(&machine.head(script, 4096).ok()?);
        let telling = |words: &str| head.lines().enumerate().find(|(_, line)| line.contains(words));
        let marks = [
            ("The virtualenv developers", Tool::Uv),
            ("You must source this script", Tool::Virtualenv),
            ("must be used with \"source bin/activate\"", Tool::Venv),
        ];
        let (tool, (number, line)) = marks.into_iter().find_map(|(words, tool)| Some((tool, telling(words)?)))?;
        Some((tool, None, vec![Evidence::line(script, number as u32 + 1, line)]))
    }
}

type Found = (Tool, Option<String>, Vec<Evidence>);
