//! Bytes in `pyvenv.cfg` that stop Python, or hide a line from it.

use super::Finding;
use super::patient::Patient;
use crate::venv::Evidence;
use crate::venv::config::{Oddity, Reader};

pub(super) const IDS: &[&str] = &["config-bad-bytes", "config-home-unseen"];

/// `site` reads strict UTF-8: one bad byte, in a comment too, ends the start. A byte order mark or a NUL hides `home` from
/// `getpath`, which then looks for its library as if the file were not there.
pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let config = &patient.environment.config;
    let at = |number: u32| Evidence::line(&config.file, number, config.line(number).map(|line| line.text.clone()).unwrap_or_default());
    let mut found = Vec::new();
    if let Some(number) = config.fatal_for_site() {
        found.push(Finding::error("config-bad-bytes").seen([at(number)]).with("line", number.to_string()));
    }
    let hiding = config.oddities.iter().find_map(|oddity| match oddity {
        Oddity::Bom => Some(1),
        Oddity::Nul(line) | Oddity::Cr(line) => Some(*line),
        _ => None,
    });
    let stated = config.lines.iter().any(|line| line.text.contains("home"));
    if let (Some(number), true, None) = (hiding, stated, config.home(Reader::GetpathPy)) {
        found.push(Finding::warning("config-home-unseen").seen([at(number)]).with("line", number.to_string()));
    }
    found
}
