//! rye's shim: the command of the project's `.venv`; outside a project a toolchain, or the next match on PATH (rye 0.44,
//! `cli/shim.rs`, `pyproject.rs`, `platform.rs`).

use super::{Asked, Shim, Source, runs, told_in, toml, undecided, upwards, variable};
use crate::machine::path::Rules;
use crate::machine::{Kind, Machine};
use crate::simulate::lookup::Manager;
use serde_json::Value;

/// Where rye's shim leads.
pub(super) fn decide(machine: &dyn Machine, asked: &Asked<'_>) -> Shim {
    let mut shim = Shim { unknown: None, ..undecided(Manager::Rye, asked.path) };
    let is_file = |folder: &String| machine.stat(&format!("{folder}/pyproject.toml")).is_ok_and(|meta| meta.kind == Kind::File);
    let root = upwards(machine).into_iter().find(is_file);
    let project = root.and_then(|root| Some((toml::read(machine, &format!("{root}/pyproject.toml"))?, root)));
    let found = match project {
        Some((project, root)) => in_project(machine, asked, &root, &project),
        None if matches!(asked.command, "python" | "python3") => outside(machine, &mut shim),
        None => Ok(None),
    };
    match found {
        Ok(Some(file)) => shim.leads_to = Some(file).filter(|file| runs(machine, file)),
        Ok(None) => shim.leads_to = (asked.system)(&Rules::Posix.dirname(asked.path)),
        Err(why) => shim.unknown = Some(why),
    }
    shim
}

/// The command in the project's environment; `None` where it has none, so that PATH decides.
fn in_project(machine: &dyn Machine, asked: &Asked<'_>, root: &str, project: &Value) -> Result<Option<String>, String> {
    let workspace = |project: &Value| project.pointer("/tool/rye/workspace").is_some();
    if !workspace(project) {
        let above = upwards(machine).into_iter().filter(|folder| root.starts_with(&format!("{folder}/")));
        let mut above = above.filter_map(|folder| Some((toml::read(machine, &format!("{folder}/pyproject.toml"))?, folder)));
        if let Some((_, folder)) = above.find(|(project, _)| workspace(project)) {
            return Err(format!("whether the project is part of rye's workspace in {folder} depends on patterns there"));
        }
    }
    let folder = format!("{root}/.venv");
    if project.pointer("/tool/rye/managed") == Some(&Value::Bool(true)) {
        up_to_date(machine, root, &folder)?;
    }
    let file = format!("{folder}/bin/{}", asked.command);
    if runs(machine, &file) {
        return Ok(Some(file));
    }
    // rye starts a pip of its own with the environment's Python (`get_pip_shim`).
    Ok(matches!(asked.command, "pip" | "pip3").then(|| format!("{folder}/bin/python")))
}

/// In a project that rye manages it makes the environment first, where that is missing or for another Python.
fn up_to_date(machine: &dyn Machine, root: &str, folder: &str) -> Result<(), String> {
    let note = told_in(machine, &format!("{folder}/rye-venv.json")).and_then(|note| serde_json::from_str::<Value>(&note).ok());
    let Some(note) = note else { return Err(format!("rye has not made {folder}, and would do so first")) };
    let python = note.get("python").and_then(Value::as_str).unwrap_or_default();
    let wanted = told_in(machine, &format!("{root}/.python-version")).unwrap_or_default();
    let wanted = wanted.trim();
    let fits = python.rsplit('@').next().and_then(|version| version.strip_prefix(wanted.rsplit('@').next().unwrap_or_default()));
    match fits {
        Some(rest) if rest.is_empty() || wanted.is_empty() || rest.starts_with('.') => Ok(()),
        _ => Err(format!("{folder} is for {python}, and rye would make one for {wanted} first")),
    }
}

/// Python outside any project: a toolchain of rye's where `global-python` is on; `None` where PATH decides.
fn outside(machine: &dyn Machine, shim: &mut Shim) -> Result<Option<String>, String> {
    let home = machine.var("HOME").unwrap_or_default();
    let rye = variable(machine, "RYE_HOME").unwrap_or_else(|| format!("{home}/.rye"));
    let file = format!("{rye}/config.toml");
    let config = toml::read(machine, &file).unwrap_or_default();
    if config.pointer("/behavior/global-python") != Some(&Value::Bool(true)) {
        return Ok(None);
    }
    let pins = upwards(machine).into_iter().map(|folder| format!("{folder}/.python-version"));
    let pinned = pins.into_iter().find_map(|pin| Some((told_in(machine, &pin)?.trim().to_owned(), pin)));
    let standard = || Some((config.pointer("/default/toolchain")?.as_str()?.to_owned(), file));
    let Some((version, told_by)) = pinned.or_else(standard) else {
        return Err("rye takes the newest Python that it knows of".to_owned());
    };
    let name = if version.contains('@') { version.clone() } else { format!("cpython@{version}") };
    (shim.versions, shim.told_by) = (vec![version.clone()], Source { file: Some(told_by), line: None });
    if version.split('.').count() < 3 {
        return Err(format!("rye takes the newest {version} that it knows of, installed or not"));
    }
    // Older releases of rye put an installation one folder deeper.
    let places = [format!("{rye}/py/{name}/bin/python3"), format!("{rye}/py/{name}/install/bin/python3")];
    Ok(Some(places.iter().find(|place| runs(machine, place)).unwrap_or(&places[0]).clone()))
}
