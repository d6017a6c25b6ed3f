//! Names with characters that hide what they are: control characters, and marks that reverse the direction of writing.

use super::Finding;
use super::patient::Patient;
use crate::text;
use crate::venv::Evidence;

pub(super) const IDS: &[&str] = &["odd-name", "leftover"];

/// How many are named as evidence.
const NAMED: usize = 5;

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let environment = patient.environment;
    let folders = [&environment.root, &environment.scripts_dir].into_iter().chain(&environment.site_packages);
    let (mut odd, mut left) = (Vec::new(), Vec::new());
    for folder in folders {
        let site = environment.site_packages.contains(folder);
        for name in patient.machine.list(folder).unwrap_or_default() {
            let path = || patient.rules.join(folder, &name);
            if name.chars().any(hides) {
                odd.push(Evidence::file(&path()));
            } else if site && name.starts_with('~') {
                left.push(Evidence::file(&path()));
            }
        }
    }
    [(odd, Finding::warning("odd-name")), (left, Finding::note("leftover"))]
        .into_iter()
        .filter(|(evidence, _)| !evidence.is_empty())
        .map(|(evidence, finding)| {
            let count = evidence.len().to_string();
            finding.seen(evidence.into_iter().take(NAMED)).with("count", count)
        })
        .collect()
}

/// Control characters, bytes that are no text, and the marks of Unicode's bidirectional algorithm.
fn hides(character: char) -> bool {
    character.is_control()
        || text::carried(character).is_some()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
