//! Version managers' shims: files on PATH that stand in for every command of every Python version and decide, each time,
//! which one to run. Here they are recognised; what each manager decides by files and variables is followed in a file of its own.

mod asdf;
mod mise;
mod pyenv;
mod rye;
mod toml;

use crate::machine::path::Rules;
use crate::machine::{Kind, Machine};
use crate::text;
use crate::venv::Source;

/// Who put the shim there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Manager {
    /// pyenv.
    Pyenv,
    /// asdf.
    Asdf,
    /// mise, once called rtx.
    Mise,
    /// rye.
    Rye,
}

impl Manager {
    /// The command's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pyenv => "pyenv",
            Self::Asdf => "asdf",
            Self::Mise => "mise",
            Self::Rye => "rye",
        }
    }
}

/// A shim, and what it decides here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shim {
    /// Whose it is.
    pub manager: Manager,
    /// The shim's file.
    pub path: String,
    /// The versions it is told to use, in order.
    pub versions: Vec<String>,
    /// The file that tells it; no file where a variable does, or nothing.
    pub told_by: Source,
    /// The variable that tells it.
    pub variable: Option<String>,
    /// The file that it starts.
    pub leads_to: Option<String>,
    /// Why it is not known where it leads.
    pub unknown: Option<String>,
}

const VERSION_FILE: usize = 64 * 1024;

/// What is asked of a manager.
pub(super) struct Asked<'a> {
    /// The shim's file.
    pub path: &'a str,
    /// The command that it stands in for.
    pub command: &'a str,
    /// The shim's text; empty where it is no script.
    pub script: &'a str,
    /// What the command is on PATH without a folder.
    pub system: &'a dyn Fn(&str) -> Option<String>,
}

/// Where the shim of `manager` leads.
pub(super) fn decide(machine: &dyn Machine, manager: Manager, asked: &Asked<'_>) -> Shim {
    match manager {
        Manager::Pyenv => pyenv::decide(machine, asked),
        Manager::Asdf => asdf::decide(machine, asked),
        Manager::Mise => mise::decide(machine, asked),
        Manager::Rye => rye::decide(machine, asked),
    }
}

/// Recognises a shim by the text of a shell script.
pub(super) fn of_script(path: &str, script: &str) -> Option<Manager> {
    let runs = |what: &str| script.lines().any(|line| !line.starts_with('#') && line.contains("exec") && line.contains(what));
    if runs("pyenv\" exec ") || runs("pyenv exec ") {
        return Some(Manager::Pyenv);
    }
    if runs("asdf exec ") || runs("asdf\" exec ") {
        return Some(Manager::Asdf);
    }
    let in_shims = Rules::Posix.basename(&Rules::Posix.dirname(path)) == "shims";
    (in_shims && (runs("mise x ") || runs("mise exec "))).then_some(Manager::Mise)
}

/// Recognises rye's shim, which on Linux is a hard link to the program `rye` beside it (`detect_shim` of rye's `shim.rs`).
pub(super) fn is_rye(machine: &dyn Machine, path: &str) -> bool {
    let folder = Rules::Posix.dirname(path);
    Rules::Posix.basename(&folder) == "shims" && Rules::Posix.basename(path) != "rye" && runs(machine, &format!("{folder}/rye"))
}

/// Recognises a shim by the program that a link of another name ends at.
pub(super) fn of_link(typed: &str, end: &str) -> Option<Manager> {
    let manager = match Rules::Posix.basename(end).as_str() {
        "mise" | "rtx" => Manager::Mise,
        "rye" => Manager::Rye,
        _ => return None,
    };
    (Rules::Posix.basename(typed) != Rules::Posix.basename(end)).then_some(manager)
}

/// A shim of which nothing more is known than whose it is.
pub(super) fn undecided(manager: Manager, path: &str) -> Shim {
    let why = format!("{} decides when it runs, by its own configuration", manager.name());
    Shim {
        manager,
        path: path.to_owned(),
        versions: Vec::new(),
        told_by: Source::default(),
        variable: None,
        leads_to: None,
        unknown: Some(why),
    }
}

/// Whether `file` can be run.
fn runs(machine: &dyn Machine, file: &str) -> bool {
    machine.stat(file).is_ok_and(|meta| meta.runnable && meta.kind != Kind::Dir)
}

/// A variable that is set to something.
fn variable(machine: &dyn Machine, name: &str) -> Option<String> {
    machine.var(name).filter(|value| !value.is_empty())
}

/// The working folder and every one above it.
fn upwards(machine: &dyn Machine) -> Vec<String> {
    let cwd = machine.cwd().unwrap_or_default();
    let mut folders: Vec<String> = cwd.match_indices('/').skip(1).map(|(end, _)| cwd[..end].to_owned()).collect();
    folders.push(cwd.trim_end_matches('/').to_owned());
    if folders.last().is_some_and(|folder| !folder.is_empty()) {
        folders.insert(0, String::new());
    }
    folders.reverse();
    folders
}

/// The text of a file that tells versions; `None` where it cannot be read.
fn told_in(machine: &dyn Machine, file: &str) -> Option<String> {
    machine.read(file, VERSION_FILE).ok().map(|bytes| text::decode(&bytes))
}

/// What a line of `.tool-versions` says of `tool`, and where.
fn tool_versions(machine: &dyn Machine, file: &str, tool: &str) -> Option<(Vec<String>, Source)> {
    let content = told_in(machine, file)?;
    content.lines().enumerate().find_map(|(number, line)| {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let versions = (words.next()? == tool).then(|| words.map(str::to_owned).collect())?;
        Some((versions, Source { file: Some(file.to_owned()), line: u32::try_from(number + 1).ok() }))
    })
}

/// The newest of the versions that begin with `wanted`; a name that is neither a release nor one to leave out is the error.
fn newest<'a>(names: &'a [String], wanted: &str) -> Result<Option<&'a String>, &'a String> {
    let begins = |name: &&String| name.strip_prefix(wanted).is_some_and(|rest| wanted.is_empty() || rest.starts_with(['.', '-']));
    let mut numbered = Vec::new();
    for name in names.iter().filter(begins) {
        let numbers: Option<Vec<u32>> = name.split('.').map(|part| part.parse().ok()).collect();
        match numbers {
            Some(numbers) => numbered.push((numbers, name)),
            None if left_out(name) => {}
            None => return Err(name),
        }
    }
    Ok(numbered.into_iter().max().map(|(_, name)| name))
}

/// `pyenv-latest` leaves out development versions, pre-releases and, unless asked for, free-threaded builds.
fn left_out(name: &str) -> bool {
    let pre = ["a", "b", "rc"].iter().any(|mark| {
        name.rsplit_once(mark).is_some_and(|(_, number)| !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()))
    });
    let free_threaded = name.strip_suffix('t').is_some_and(|rest| rest.ends_with(|last: char| last.is_ascii_digit()));
    pre || free_threaded || ["-dev", "-src", "-latest"].iter().any(|end| name.ends_with(end))
}
