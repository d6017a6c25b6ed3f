//! The environment was moved, renamed or copied: its scripts and its activation name the folder where it was made.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["moved"];

/// The same place by another spelling (a linked folder, `/tmp` on macOS) is not another place.
pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(first) = patient.made_for.first() else { return Vec::new() };
    let evidence = patient.made_for.iter().map(|named| Evidence::line(&named.file, named.line, named.text.clone()));
    let finding = Finding::error("moved").seen(evidence).mend(remedy::remake_from_here(patient));
    vec![finding.with("other", first.folder.clone()).with("path", first.file.clone())]
}
