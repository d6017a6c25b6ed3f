//! Another environment is active in this shell, or one that no longer exists.

use super::Finding;
use super::patient::Patient;
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["active-gone", "other-active", "conda-active"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let set = |name: &str| patient.machine.var(name).filter(|value| !value.is_empty());
    let mut found = Vec::new();
    let active = set("VIRTUAL_ENV");
    if let Some(value) = active.as_deref().filter(|value| !patient.same_place(value, &patient.environment.root)) {
        let there = patient.is_folder(value);
        let finding = if there { Finding::note("other-active") } else { Finding::warning("active-gone") };
        let finding = finding.seen([Evidence::variable("VIRTUAL_ENV", value)]).mend(["deactivate".to_owned()]);
        found.push(finding.with("other", value).with("variable", "VIRTUAL_ENV").with("value", value));
    }
    if let (Some(conda), Some(active)) = (set("CONDA_PREFIX"), active) {
        let seen = [Evidence::variable("CONDA_PREFIX", &conda), Evidence::variable("VIRTUAL_ENV", &active)];
        found.push(Finding::note("conda-active").seen(seen).mend(["conda deactivate".to_owned()]).with("other", conda));
    }
    found
}
