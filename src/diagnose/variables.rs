//! Environment variables that change what every Python imports, this environment's too.

use super::Finding;
use super::patient::Patient;
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["pythonhome", "pythonpath"];

/// `PYTHONHOME` takes the standard library from elsewhere; activation unsets it, starting the environment's Python by its path does
/// not. `PYTHONPATH` comes before `site-packages` in every environment.
pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, finding) in [("PYTHONHOME", Finding::warning("pythonhome")), ("PYTHONPATH", Finding::note("pythonpath"))] {
        let Some(value) = patient.machine.var(name).filter(|value| !value.is_empty()) else { continue };
        let unset = if patient.windows() { format!("set {name}=") } else { format!("unset {name}") };
        let finding = finding.seen([Evidence::variable(name, &value)]).mend([unset]);
        found.push(finding.with("variable", name).with("value", value));
    }
    found
}
