//! The base's packages can be seen from the environment: on purpose, or because the line that says otherwise is missing.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["system-site-packages", "system-site-by-default"];

/// A missing line lets them in (`Lib/site.py: venv`, `system_site = "true"`), which no maker of environments means.
pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let config = &patient.environment.config;
    if !config.is_read() || config.lines.is_empty() {
        return Vec::new();
    }
    match config.system_site() {
        (false, _) => Vec::new(),
        (true, Some(number)) => {
            let text = config.line(number).map(|line| line.text.clone()).unwrap_or_default();
            let seen = Evidence::line(&config.file, number, text);
            vec![Finding::note("system-site-packages").seen([seen]).with("line", number.to_string())]
        }
        (true, None) => {
            let line = "include-system-site-packages = false";
            let file = remedy::quote(patient, &config.file);
            let fix = (!patient.windows()).then(|| format!("echo '{line}' >> {file}"));
            vec![Finding::warning("system-site-by-default").seen([Evidence::file(&config.file)]).mend(fix)]
        }
    }
}
