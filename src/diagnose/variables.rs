//! Environment variables that change what every Python imports, this environment's too.

use super::Finding;
use super::patient::Patient;
use crate::simulate::startup::{Launch, start};
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["pythonhome", "pythonpath"];

/// Whether the environment's Python does not start as things are.
fn stops(patient: &Patient<'_>) -> bool {
    let launch = Launch { program: patient.python(), arguments: Vec::new() };
    patient.environment.python.is_some() && start(patient.machine, &launch).fatal.is_some()
}

/// `PYTHONHOME` takes the standard library from elsewhere; activation unsets it, starting the environment's Python by its path does
/// not. `PYTHONPATH` comes before `site-packages` in every environment.
pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, finding) in [("PYTHONHOME", Finding::warning("pythonhome")), ("PYTHONPATH", Finding::note("pythonpath"))] {
        let Some(value) = patient.machine.var(name).filter(|value| !value.is_empty()) else { continue };
        let unset = if patient.windows() { format!("set {name}=") } else { format!("unset {name}") };
        let finding = if name == "PYTHONHOME" && stops(patient) { Finding::error("pythonhome") } else { finding };
        let finding = finding.seen([Evidence::variable(name, &value)]).mend([unset]);
        found.push(finding.with("variable", name).with("value", value));
    }
    found
}
