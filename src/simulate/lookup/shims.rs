//! Version managers' shims: files on PATH that stand in for every command of every Python version and decide, each time,
//! which one to run. pyenv's rules can be followed from files alone (`pyenv-version-file`, `pyenv-version-name`,
//! `pyenv-latest`, `pyenv-which` of pyenv 2.6); asdf's, mise's and rye's shims are recognised and named.

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
    pub variable: Option<&'static str>,
    /// The file that it starts.
    pub leads_to: Option<String>,
    /// Why it is not known where it leads.
    pub unknown: Option<String>,
}

const VERSION_FILE: usize = 64 * 1024;

/// Recognises a shim by the text of a shell script.
pub(super) fn of_script(path: &str, script: &str) -> Option<(Manager, Option<String>)> {
    let root = || {
        let line = script.lines().find_map(|line| line.trim().strip_prefix("export PYENV_ROOT="))?;
        Some(line.trim_matches(['"', '\'']).to_owned())
    };
    let runs = |what: &str| script.lines().any(|line| !line.starts_with('#') && line.contains("exec") && line.contains(what));
    if runs("pyenv\" exec ") || runs("pyenv exec ") {
        return Some((Manager::Pyenv, root()));
    }
    if runs("asdf exec ") || runs("asdf\" exec ") {
        return Some((Manager::Asdf, None));
    }
    let in_shims = Rules::Posix.basename(&Rules::Posix.dirname(path)) == "shims";
    (in_shims && (runs("mise x ") || runs("mise exec "))).then_some((Manager::Mise, None))
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

/// Where pyenv's shim for `command` leads. `system` answers what the command is on PATH without the shims' folder.
pub(super) fn pyenv(
    machine: &dyn Machine,
    path: &str,
    root: Option<String>,
    command: &str,
    system: &dyn Fn(&str) -> Option<String>,
) -> Shim {
    let mut shim = Shim { unknown: None, ..undecided(Manager::Pyenv, path) };
    let home = || machine.var("HOME").map(|home| format!("{home}/.pyenv"));
    let Some(root) = root.or_else(|| machine.var("PYENV_ROOT")).or_else(home) else {
        shim.unknown = Some("neither the shim nor a variable names pyenv's folder".to_owned());
        return shim;
    };
    if let Some(hook) = hooks(machine, &root) {
        shim.unknown = Some(format!("pyenv runs the hook {hook} first"));
        return shim;
    }
    decide(machine, &root, &mut shim);
    let mut wanted = shim.versions.clone();
    wanted.push("system".to_owned());
    for version in &wanted {
        let file = if version == "system" {
            system(&Rules::Posix.join(&root, "shims"))
        } else {
            match installed(machine, &root, version) {
                Ok(Some(folder)) => Some(format!("{folder}/bin/{command}")),
                Ok(None) => None,
                Err(why) => {
                    shim.unknown = Some(why);
                    return shim;
                }
            }
        };
        if let Some(file) = file.filter(|file| machine.stat(file).is_ok_and(|meta| meta.runnable && meta.kind != Kind::Dir)) {
            shim.leads_to = Some(file);
            return shim;
        }
    }
    shim
}

/// A hook of the kind that may change the version or the file, other than those that come with pyenv and pyenv-virtualenv
/// (which act only on files that are not there, or on `pip` without changing which one it is).
fn hooks(machine: &dyn Machine, root: &str) -> Option<String> {
    const KNOWN: &[&str] = &["pip-rehash.bash", "conda.bash", "python-config.bash", "system-site-packages.bash"];
    let own = format!("{root}/pyenv.d");
    let plugins = machine.list(&format!("{root}/plugins")).unwrap_or_default();
    let more = plugins.iter().map(|name| format!("{root}/plugins/{name}/etc/pyenv.d"));
    let listed = machine.var("PYENV_HOOK_PATH").unwrap_or_default();
    let listed = listed.split(':').filter(|path| !path.is_empty()).map(str::to_owned);
    let shared = ["/usr/etc/pyenv.d", "/usr/local/etc/pyenv.d", "/etc/pyenv.d", "/usr/lib/pyenv/hooks"].map(str::to_owned);
    for folder in std::iter::once(own).chain(more).chain(listed).chain(shared) {
        for kind in ["version-name", "which", "exec"] {
            let names = machine.list(&format!("{folder}/{kind}")).unwrap_or_default();
            let strange = names.iter().find(|name| Rules::Posix.splitext(name).1 == ".bash" && !KNOWN.contains(&name.as_str()));
            if let Some(name) = strange {
                return Some(format!("{folder}/{kind}/{name}"));
            }
        }
    }
    None
}

/// `pyenv-version-name`: the variable, else the nearest `.python-version`, else the global `version` file.
fn decide(machine: &dyn Machine, root: &str, shim: &mut Shim) {
    if let Some(told) = machine.var("PYENV_VERSION").filter(|told| !told.is_empty()) {
        shim.variable = Some("PYENV_VERSION");
        shim.versions = told.split(':').filter(|version| !version.is_empty()).map(str::to_owned).collect();
        return;
    }
    let starts = [machine.var("PYENV_DIR").filter(|dir| !dir.is_empty()), machine.cwd()];
    let local = starts.into_iter().flatten().find_map(|start| local_file(machine, &start));
    let file = local.unwrap_or_else(|| format!("{root}/version"));
    let content = machine.read(&file, VERSION_FILE).map(|bytes| text::decode(&bytes)).unwrap_or_default();
    for (number, line) in content.lines().enumerate() {
        let Some(word) = line.split_whitespace().next().filter(|word| !word.starts_with('#')) else { continue };
        // Names that lead out of pyenv's folder are ignored (CVE-2022-35861).
        if word == ".." || word.contains('/') {
            continue;
        }
        if shim.versions.is_empty() {
            shim.told_by = Source { file: Some(file.clone()), line: u32::try_from(number + 1).ok() };
        }
        shim.versions.push(word.to_owned());
    }
}

fn local_file(machine: &dyn Machine, start: &str) -> Option<String> {
    let mut folder = start.trim_end_matches('/');
    loop {
        let file = format!("{folder}/.python-version");
        if machine.stat(&file).is_ok_and(|meta| meta.kind == Kind::File) {
            return Some(file);
        }
        folder = &folder[..folder.rfind('/')?];
    }
}

/// The folder of an installed version: of that name, without `python-`, or the newest that begins so.
fn installed(machine: &dyn Machine, root: &str, version: &str) -> Result<Option<String>, String> {
    let bare = version.strip_prefix("python-").unwrap_or(version);
    for name in [version, bare] {
        let folder = format!("{root}/versions/{name}");
        if machine.stat(&folder).is_ok_and(|meta| meta.kind == Kind::Dir) {
            return Ok(Some(folder));
        }
    }
    let names = machine.list(&format!("{root}/versions")).unwrap_or_default();
    let begins = |name: &&String| name.strip_prefix(bare).is_some_and(|rest| rest.starts_with(['.', '-']));
    let fitting: Vec<&String> = names.iter().filter(begins).collect();
    let mut numbered = Vec::new();
    for name in fitting {
        let numbers: Option<Vec<u32>> = name.split('.').map(|part| part.parse().ok()).collect();
        match numbers {
            Some(numbers) => numbered.push((numbers, name)),
            None if left_out(name) => {}
            None => return Err(format!("pyenv chooses the newest of the versions that begin with {bare}, among them {name}")),
        }
    }
    Ok(numbered.into_iter().max().map(|(_, name)| format!("{root}/versions/{name}")))
}

/// `pyenv-latest` leaves out development versions, pre-releases and, unless asked for, free-threaded builds.
fn left_out(name: &str) -> bool {
    let pre = ["a", "b", "rc"].iter().any(|mark| {
        name.rsplit_once(mark).is_some_and(|(_, number)| !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()))
    });
    let free_threaded = name.strip_suffix('t').is_some_and(|rest| rest.ends_with(|last: char| last.is_ascii_digit()));
    pre || free_threaded || ["-dev", "-src", "-latest"].iter().any(|end| name.ends_with(end))
}
