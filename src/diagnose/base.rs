//! The Python that the environment was made from is gone, or is no longer where `home` says.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::venv::Evidence;
use crate::venv::config::Reader;

pub(super) const IDS: &[&str] = &["base-gone", "no-python", "home-missing"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let environment = patient.environment;
    let mut found = Vec::new();
    let dangling: Vec<_> = environment.dangling().collect();
    if let Some(first) = dangling.first() {
        let target = first.chain.last().cloned().unwrap_or_default();
        let evidence = dangling.iter().filter_map(|python| Some(Evidence::says(&python.path, patient.machine.link(&python.path).ok()?)));
        found.push(
            Finding::error("base-gone").seen(evidence).mend(remedy::remake(patient)).with("base", target).with("path", first.path.clone()),
        );
    } else if environment.layout.pythons.is_empty() {
        found.push(Finding::error("no-python").seen([Evidence::file(&environment.scripts_dir)]).mend(remedy::remake(patient)));
    }
    if found.is_empty() {
        found.extend(home(patient));
    }
    found
}

/// Whether a wrong `home` matters depends on the release and on how `python` was made: a link still leads to the base. The
/// starter of a Windows environment has nothing but `home`.
fn home(patient: &Patient<'_>) -> Option<Finding> {
    let config = &patient.environment.config;
    let home = config.home(Reader::GetpathPy).filter(|home| !home.value.is_empty())?;
    if patient.is_folder(&home.value) || unknown(patient, &home.value) {
        return None;
    }
    let text = config.line(home.line).map(|line| line.text.clone()).unwrap_or_default();
    let finding = if patient.windows() { Finding::error("home-missing") } else { Finding::warning("home-missing") };
    let finding = finding.seen([Evidence::line(&config.file, home.line, text)]).mend(remedy::remake(patient));
    Some(finding.with("value", home.value).with("line", home.line.to_string()))
}

/// A folder that may not be looked into is not a missing one.
fn unknown(patient: &Patient<'_>, path: &str) -> bool {
    !matches!(patient.machine.stat(path), Ok(_) | Err(crate::machine::Fault::Missing | crate::machine::Fault::NotADirectory))
}
