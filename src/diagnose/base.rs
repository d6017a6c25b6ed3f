//! The Python that the environment was made from is gone, or is no longer where `home` says.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::venv::Evidence;
use crate::venv::config::Reader;
use crate::venv::layout::{ChainEnd, Python};

pub(super) const IDS: &[&str] = &["base-gone", "base-closed", "no-python", "home-missing"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let environment = patient.environment;
    let mut found = Vec::new();
    let ending = |ends: &[ChainEnd]| environment.layout.pythons.iter().filter(|python| ends.contains(&python.end)).collect::<Vec<_>>();
    let (gone, closed) = (ending(&[ChainEnd::Missing, ChainEnd::Loop]), ending(&[ChainEnd::Denied]));
    if !gone.is_empty() || !closed.is_empty() {
        found.extend(unreached(patient, "base-gone", &gone));
        found.extend(unreached(patient, "base-closed", &closed));
    } else if environment.layout.pythons.is_empty() && !environment.layout.is_closed(&environment.scripts_dir) {
        found.push(Finding::error("no-python").seen([Evidence::file(&environment.scripts_dir)]).mend(remedy::remake_by_files(patient)));
    }
    if found.is_empty() {
        found.extend(home(patient));
    }
    found
}

/// The finding on names of Python whose links lead to no file that can be seen; `None` where there are none.
fn unreached(patient: &Patient<'_>, id: &'static str, pythons: &[&Python]) -> Option<Finding> {
    let first = pythons.first()?;
    let target = first.chain.last().cloned().unwrap_or_default();
    let evidence = pythons.iter().filter_map(|python| Some(Evidence::says(&python.path, patient.machine.link(&python.path).ok()?)));
    Some(Finding::error(id).seen(evidence).mend(remedy::remake_by_files(patient)).with("base", target).with("path", first.path.clone()))
}

/// Whether a wrong `home` matters depends on the release and on how `python` was made: a link still leads to the base. The
/// starter of a Windows environment has nothing but `home`.
fn home(patient: &Patient<'_>) -> Option<Finding> {
    let config = &patient.environment.config;
    let home = config.home(Reader::GetpathPy).filter(|home| !home.value.is_empty())?;
    if patient.is_folder(&home.value) || patient.is_unknown(&home.value) {
        return None;
    }
    let text = config.line(home.line).map(|line| line.text.clone()).unwrap_or_default();
    let finding = if patient.windows() { Finding::error("home-missing") } else { Finding::warning("home-missing") };
    let finding = finding.seen([Evidence::line(&config.file, home.line, text)]).mend(remedy::remake_by_files(patient));
    Some(finding.with("value", home.value).with("line", home.line.to_string()))
}
