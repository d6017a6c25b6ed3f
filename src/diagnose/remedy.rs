//! Commands that mend: with the tool that made the environment, quoted for the platform's shell.

use super::patient::Patient;
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
        return remake(patient);
    }
    let python = quote(patient, &patient.python());
    let list = quote(patient, &patient.rules.join(&project, "requirements.txt"));
    let freeze = format!("{python} -m pip freeze > {list}");
    let install = format!("{python} -m pip install -r {list}");
    [freeze].into_iter().chain(remake(patient)).chain([install]).collect()
}

/// Makes the environment anew in its place, and installs into it what the project asks for.
pub(super) fn remake(patient: &Patient<'_>) -> Vec<String> {
    let environment = patient.environment;
    let folder = quote(patient, &environment.root);
    let project = patient.rules.dirname(&environment.root);
    let has = |name: &str| patient.is_file(&patient.rules.join(&project, name));
    if environment.maker.tool == Tool::Uv {
        let install = if has("uv.lock") { Some("uv sync".to_owned()) } else { None };
        return [format!("uv venv --clear {folder}")].into_iter().chain(install).collect();
    }
    let make = match (environment.maker.tool, patient.windows()) {
        (Tool::Virtualenv | Tool::LegacyVirtualenv, _) => format!("virtualenv --clear {folder}"),
        (_, true) => format!("py -m venv --clear {folder}"),
        (_, false) => format!("python3 -m venv --clear {folder}"),
    };
    let list = patient.rules.join(&project, "requirements.txt");
    let python = quote(patient, &patient.python());
    let install = has("requirements.txt").then(|| format!("{python} -m pip install -r {}", quote(patient, &list)));
    [make].into_iter().chain(install).collect()
}
