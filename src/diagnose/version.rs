//! The interpreter and the folder of packages are of different versions: an upgrade of the base, or links set by hand.

use super::patient::{Patient, minor_of};
use super::{Finding, remedy};
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["version-mismatch", "version-line-stale"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let environment = patient.environment;
    let Some(minor) = patient.minor() else { return Vec::new() };
    let libraries = &environment.layout.libraries;
    let with_version: Vec<_> = libraries.iter().filter(|library| library.version.is_some()).collect();
    let noted = environment.stated_version().filter(|(version, _)| minor_of(version).is_some_and(|noted| noted != minor));
    let line = noted.and_then(|(_, number)| environment.config.line(number));
    let line = line.map(|line| Evidence::line(&environment.config.file, line.number, line.text.clone()));
    let fits = with_version.is_empty() || with_version.iter().any(|library| library.version.as_deref() == Some(minor.as_str()));
    let interpreter = environment.interpreter().unwrap_or_default().to_owned();
    let started = environment.python.as_deref().map(|python| Evidence::says(python, interpreter.clone()));
    if !fits {
        let other = with_version.first().and_then(|library| library.version.clone()).unwrap_or_default();
        let folders = with_version.iter().map(|library| Evidence::file(&library.path));
        let finding = Finding::error("version-mismatch").seen(started).seen(folders).seen(line).mend(remedy::remake(patient));
        return vec![finding.with("version", minor).with("other", other).with("base", interpreter)];
    }
    let Some(line) = line else { return Vec::new() };
    let value = noted.map(|(version, _)| version.to_owned()).unwrap_or_default();
    vec![Finding::note("version-line-stale").seen([line]).seen(started).with("version", minor).with("value", value)]
}
