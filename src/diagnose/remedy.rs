//! Commands that mend: with the tool that made the environment, quoted for the platform's shell.

use super::patient::{Patient, minor_of};
use crate::venv::maker::Tool;

/// One word of a command line: as `shlex.quote` for sh, in double quotes for cmd and `PowerShell`.
pub(super) fn quote(patient: &Patient<'_>, word: &str) -> String {
    let shown = crate::text::printable(word);
    let plain = |character: char| character.is_ascii_alphanumeric() || "@%+=:,./-_".contains(character);
    if patient.windows() {
        let plain = |character: char| plain(character) || "\\~".contains(character);
        return if !shown.is_empty() && shown.chars().all(plain) { shown } else { format!("\"{shown}\"") };
    }
    if !shown.is_empty() && shown.chars().all(plain) { shown } else { format!("'{}'", shown.replace('\'', "'\"'\"'")) }
}

/// The same where the environment's Python still starts: what is installed is written down first, unless the project has a list.
pub(super) fn remake_from_here(patient: &Patient<'_>) -> Vec<String> {
    let project = patient.rules.dirname(&patient.environment.root);
    let has = |name: &str| patient.is_file(&patient.rules.join(&project, name));
    if has("requirements.txt") || has("uv.lock") || !super::pip::is_there(patient) || patient.environment.interpreter().is_none() {
        return remake_by_files(patient);
    }
    let python = quote(patient, &patient.python());
    let list = quote(patient, &patient.rules.join(&project, "requirements.txt"));
    let freeze = format!("{python} -m pip freeze > {list}");
    [freeze].into_iter().chain(remake(patient)).chain([install(patient, &list)]).collect()
}

/// The same where Python does not start: the files tell what is installed, to this program, which starts nothing. What they tell is
/// written down before the folder is emptied, unless the project has a list. Not for an environment whose packages are not reached.
pub(super) fn remake_by_files(patient: &Patient<'_>) -> Vec<String> {
    let project = patient.rules.dirname(&patient.environment.root);
    let has = |name: &str| patient.is_file(&patient.rules.join(&project, name));
    if has("requirements.txt") || has("uv.lock") || !holds_more_than_pip(patient) {
        return remake(patient);
    }
    let folder = quote(patient, &patient.environment.root);
    let list = quote(patient, &patient.rules.join(&project, "requirements.txt"));
    let freeze = format!("venv-explain packages {folder} --format requirements --output {list}");
    [freeze].into_iter().chain(remake(patient)).chain([install(patient, &list)]).collect()
}

/// Whether `site-packages` holds the papers of anything but what makers of environments put there themselves.
fn holds_more_than_pip(patient: &Patient<'_>) -> bool {
    let mut names = patient.environment.site_packages.iter().flat_map(|site| patient.machine.list(site).unwrap_or_default());
    let own = |name: &str| ["pip-", "setuptools-", "wheel-", "~"].iter().any(|start| name.starts_with(start));
    names.any(|name| name.ends_with(".dist-info") && !own(&name))
}

/// The option that has uv take a Python of the same version, which it can fetch; by itself it takes the first that it finds, for which
/// the same versions of packages may not exist.
fn same_python(patient: &Patient<'_>) -> Option<String> {
    let is_cpython = patient.environment.config.value("implementation") == Some("CPython");
    let stated = || patient.environment.stated_version().and_then(|(version, _)| minor_of(version));
    let minor = patient.minor().or_else(stated).filter(|_| is_cpython)?;
    Some(format!(" --python {}", quote(patient, &minor)))
}

/// Installs what the quoted file `list` names.
fn install(patient: &Patient<'_>, list: &str) -> String {
    match patient.environment.maker.tool {
        Tool::Uv => format!("uv pip install --python {} -r {list}", quote(patient, &patient.environment.root)),
        _ => format!("{} -m pip install -r {list}", quote(patient, &patient.python())),
    }
}

/// Makes the environment anew in its place, and installs into it what the project asks for.
pub(super) fn remake(patient: &Patient<'_>) -> Vec<String> {
    let environment = patient.environment;
    let folder = quote(patient, &environment.root);
    let project = patient.rules.dirname(&environment.root);
    let has = |name: &str| patient.is_file(&patient.rules.join(&project, name));
    let make = match (environment.maker.tool, patient.windows()) {
        (Tool::Uv, _) => format!("uv venv --clear{} {folder}", same_python(patient).unwrap_or_default()),
        (Tool::Virtualenv | Tool::LegacyVirtualenv, _) => format!("virtualenv --clear {folder}"),
        (_, true) => format!("py -m venv --clear {folder}"),
        (_, false) => format!("python3 -m venv --clear {folder}"),
    };
    let list = patient.rules.join(&project, "requirements.txt");
    let install = match environment.maker.tool {
        Tool::Uv if has("uv.lock") => Some("uv sync".to_owned()),
        _ => has("requirements.txt").then(|| install(patient, &quote(patient, &list))),
    };
    [make].into_iter().chain(install).collect()
}
