//! There is no pip in the environment: `pip` typed in a shell is then another Python's.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::venv::Evidence;
use crate::venv::maker::Tool;

pub(super) const IDS: &[&str] = &["no-pip"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let environment = patient.environment;
    // With neither pip nor activation it was never finished, which is another finding.
    if is_there(patient) || environment.layout.pythons.is_empty() || environment.layout.activators.is_empty() {
        return Vec::new();
    }
    let python = remedy::quote(patient, &patient.python());
    let folder = remedy::quote(patient, &environment.root);
    let fix = match environment.maker.tool {
        Tool::Uv => format!("uv pip install --python {folder} pip"),
        _ => format!("{python} -m ensurepip --upgrade"),
    };
    let missing = patient.rules.join(&environment.scripts_dir, if patient.windows() { "pip.exe" } else { "pip" });
    vec![Finding::note("no-pip").seen([Evidence::file(&missing)]).mend([fix]).with("path", missing)]
}

/// Whether pip's code is in `site-packages`, or may be, where that cannot be seen: its scripts alone are not pip.
pub(super) fn is_there(patient: &Patient<'_>) -> bool {
    let places = patient.environment.site_packages.iter().map(|site| patient.rules.join(site, "pip"));
    let libraries = patient.environment.layout.closed.iter().any(|closed| closed.what != patient.environment.scripts_dir);
    libraries || places.into_iter().any(|place| patient.is_folder(&place) || patient.is_unknown(&place))
}
