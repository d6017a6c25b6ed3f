//! Lines of `pyvenv.cfg` that are missing, contradict each other, or mean nothing to any reader.

use super::patient::Patient;
use super::{Finding, Severity, remedy};
use crate::venv::Evidence;
use crate::venv::config::{Config, Oddity};

pub(super) const IDS: &[&str] = &["config-no-home", "config-repeated", "config-odd-lines"];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let config = &patient.environment.config;
    if !config.is_read() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let home = config.value("home").is_some_and(|value| !value.is_empty());
    let hidden = config.lines.iter().any(|line| line.key.is_none() && line.text.contains("home")) || config.text_has_mark();
    if !home && !hidden {
        found.push(Finding::warning("config-no-home").seen([Evidence::file(&config.file)]).mend(remedy::remake(patient)));
    }
    found.extend(config.oddities.iter().filter_map(|oddity| repeated(config, oddity)));
    let odd: Vec<Evidence> = config.oddities.iter().filter_map(odd_line).map(|number| evidence(config, number)).collect();
    if !odd.is_empty() {
        found.push(Finding::note("config-odd-lines").seen(odd));
    }
    found
}

/// The first `home` counts for `getpath`, the last one for `site`; of every other key the last one counts.
fn repeated(config: &Config, oddity: &Oddity) -> Option<Finding> {
    let Oddity::Repeated { key, lines } = oddity else { return None };
    let values: Vec<_> = lines.iter().filter_map(|number| config.line(*number)?.value.as_deref()).collect();
    let differ = values.windows(2).any(|pair| pair.first() != pair.last());
    let severity = if differ { Severity::Warning } else { Severity::Note };
    let finding = Finding::new("config-repeated", severity).seen(lines.iter().map(|number| evidence(config, *number)));
    Some(finding.with("value", key.clone()).with("line", lines.last().map(u32::to_string).unwrap_or_default()))
}

fn odd_line(oddity: &Oddity) -> Option<u32> {
    match oddity {
        Oddity::Section(line) | Oddity::NoEquals(line) => Some(*line),
        _ => None,
    }
}

fn evidence(config: &Config, number: u32) -> Evidence {
    Evidence::line(&config.file, number, config.line(number).map(|line| line.text.clone()).unwrap_or_default())
}
