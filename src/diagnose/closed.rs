//! A folder of the environment is there, but this account may not look into it: what it holds is not known, and of no use.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["folder-closed"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let closed = patient.environment.closed_folders(patient.machine);
    let found = closed.into_iter().map(|folder| {
        // Windows has no such bits; its rights are given back in as many ways as they are taken.
        let mend = (!patient.windows()).then(|| format!("chmod u+rx {}", remedy::quote(patient, &folder.what)));
        Finding::error("folder-closed").seen([Evidence::says(&folder.what, folder.why)]).mend(mend).with("path", folder.what)
    });
    found.collect()
}
