//! Where the environment stands makes it unusable: a folder whose name PATH cannot hold, or another system's environment.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["path-separator", "other-system"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let environment = patient.environment;
    let separator = patient.rules.list_separator();
    let mut found = Vec::new();
    if environment.root.contains(separator) && !(patient.windows() && separator == ':') {
        let finding = Finding::error("path-separator").seen([Evidence::file(&environment.root)]);
        found.push(finding.with("value", separator.to_string()));
    }
    let theirs = if patient.windows() { "bin/python" } else { "Scripts/python.exe" };
    let stranger = patient.rules.join(&environment.root, theirs);
    if environment.layout.pythons.is_empty() && patient.machine.lstat(&stranger).is_ok() {
        found.push(Finding::error("other-system").seen([Evidence::file(&stranger)]).mend(remedy::remake(patient)).with("path", stranger));
    }
    found
}
