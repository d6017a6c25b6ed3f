//! The environment was never finished: on Debian and Ubuntu `ensurepip` is a package of its own, and without it `venv` stops after
//! the links, before pip and the activation scripts.

use super::patient::Patient;
use super::{Finding, pip, remedy};
use crate::venv::Evidence;
use crate::venv::maker::Tool;

pub(super) const IDS: &[&str] = &["half-made"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let environment = patient.environment;
    let begun = environment.config.is_read() && !environment.layout.pythons.is_empty() && environment.maker.tool == Tool::Venv;
    if !begun || !environment.layout.activators.is_empty() || pip::is_there(patient) {
        return Vec::new();
    }
    let debian = environment.interpreter().is_some_and(|file| file.starts_with("/usr/bin/"));
    let install = debian.then(|| {
        let version = patient.minor().unwrap_or_else(|| "3".to_owned());
        format!("sudo apt install python{version}-venv")
    });
    let missing = patient.rules.join(&environment.scripts_dir, "activate");
    vec![Finding::error("half-made").seen([Evidence::file(&missing)]).mend(install).mend(remedy::remake(patient)).with("path", missing)]
}
