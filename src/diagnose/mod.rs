//! What is wrong with an environment: one rule a file, each with its evidence and the command that mends it.
//!
//! A rule says what is so, and how bad that is; the words that teach are in the lesson `finding/<id>`. What is harmless is a note at
//! most: an alarm without danger teaches to ignore alarms.

mod active;
mod base;
mod closed;
mod config_bytes;
mod config_lines;
mod config_state;
mod half_made;
mod isolation;
mod moved;
mod names;
mod patient;
mod pip;
mod place;
mod remedy;
mod scripts;
mod variables;
mod version;

use crate::machine::Machine;
use crate::venv::{Environment, Evidence};
use patient::Patient;
use serde::Serialize;
use std::collections::BTreeMap;

/// The `doctor` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `venv-explain/doctor/1`.
    pub schema: &'static str,
    /// Whether nothing is wrong; notes do not count.
    pub ok: bool,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

/// One thing found. Field names are the public contract's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable name; the lesson on it is `finding/<id>`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line for people, from the lesson; facts alone do not have it.
    pub title: Option<String>,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Commands that mend it, in order.
    pub fix: Vec<String>,
    /// What fills the holes of the lesson.
    #[serde(skip)]
    pub values: BTreeMap<&'static str, String>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work.
    Error,
    /// Something works otherwise than one would expect.
    Warning,
    /// Worth knowing; nothing is wrong.
    Note,
}

impl Finding {
    fn new(id: &'static str, severity: Severity) -> Self {
        Self { id, severity, title: None, evidence: Vec::new(), fix: Vec::new(), values: BTreeMap::new() }
    }

    fn error(id: &'static str) -> Self {
        Self::new(id, Severity::Error)
    }

    fn warning(id: &'static str) -> Self {
        Self::new(id, Severity::Warning)
    }

    fn note(id: &'static str) -> Self {
        Self::new(id, Severity::Note)
    }

    fn seen(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    fn mend(mut self, commands: impl IntoIterator<Item = String>) -> Self {
        self.fix.extend(commands);
        self
    }

    fn with(mut self, hole: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(hole, value.into());
        self
    }

    /// The id of its lesson.
    pub fn lesson(&self) -> String {
        format!("finding/{}", self.id)
    }
}

/// A rule: the ids that it may find, and how it looks for them.
struct Rule {
    ids: &'static [&'static str],
    check: fn(&Patient<'_>) -> Vec<Finding>,
}

/// Every rule. What makes others meaningless comes first: findings of equal severity keep this order.
const RULES: &[Rule] = &[
    Rule { ids: config_state::IDS, check: config_state::check },
    Rule { ids: closed::IDS, check: closed::check },
    Rule { ids: base::IDS, check: base::check },
    Rule { ids: half_made::IDS, check: half_made::check },
    Rule { ids: moved::IDS, check: moved::check },
    Rule { ids: version::IDS, check: version::check },
    Rule { ids: config_bytes::IDS, check: config_bytes::check },
    Rule { ids: config_lines::IDS, check: config_lines::check },
    Rule { ids: place::IDS, check: place::check },
    Rule { ids: scripts::IDS, check: scripts::check },
    Rule { ids: variables::IDS, check: variables::check },
    Rule { ids: active::IDS, check: active::check },
    Rule { ids: isolation::IDS, check: isolation::check },
    Rule { ids: pip::IDS, check: pip::check },
    Rule { ids: names::IDS, check: names::check },
];

/// The ids of all findings there may be: each has a lesson `finding/<id>`.
pub fn ids() -> impl Iterator<Item = &'static str> {
    RULES.iter().flat_map(|rule| rule.ids.iter().copied())
}

/// What is wrong with `environment`, the worst first.
pub fn findings(machine: &dyn Machine, environment: &Environment) -> Vec<Finding> {
    let patient = Patient::new(machine, environment);
    let mut found: Vec<Finding> = RULES.iter().flat_map(|rule| (rule.check)(&patient)).collect();
    for finding in &mut found {
        finding.values.entry("venv").or_insert_with(|| environment.root.clone());
        finding.values.entry("bin").or_insert_with(|| environment.scripts_dir.clone());
        finding.values.entry("python").or_insert_with(|| patient.python());
        finding.values.entry("file").or_insert_with(|| environment.config.file.clone());
        finding.values.entry("count").or_insert_with(|| finding.evidence.len().to_string());
        if let Some(command) = finding.fix.first() {
            finding.values.entry("command").or_insert_with(|| command.clone());
        }
    }
    found.sort_by_key(|finding| finding.severity);
    found
}

/// The findings as the contract's `doctor` object shows them.
pub fn report(machine: &dyn Machine, environment: &Environment) -> Report {
    let findings = findings(machine, environment);
    let ok = findings.iter().all(|finding| finding.severity == Severity::Note);
    Report { schema: "venv-explain/doctor/1", ok, findings }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_built_in_samples_are_healthy() {
        for sample in crate::machine::capture::samples() {
            let machine = crate::machine::capture::Capture::sample(sample.name).unwrap();
            let environment = Environment::read(&machine, &machine.recorded_venv().unwrap());
            let wrong = report(&machine, &environment);
            assert!(wrong.ok, "{}: {:?}", sample.name, wrong.findings);
        }
    }

    #[test]
    fn no_id_is_claimed_by_two_rules() {
        assert_eq!(ids().collect::<BTreeSet<_>>().len(), ids().count());
    }
}
