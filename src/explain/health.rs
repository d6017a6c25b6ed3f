//! What is wrong, for the overview and as a part of its own: each finding with its evidence and the command that mends it.

use super::{Depth, Teller};
use crate::diagnose::{Finding, Report, Severity};
use crate::lessons::Values;
use crate::page::{Block, Role, Section, Table, Text};
use crate::venv::Evidence;

const VIEW: &str = "view/health";

/// How many pieces of evidence are shown without `--verbose`.
const EVIDENCE: usize = 3;

/// The titles of what is more than a note, the worst first.
pub fn titles(teller: &Teller<'_>, report: &Report) -> Vec<Text> {
    let serious = report.findings.iter().filter(|finding| finding.severity != Severity::Note);
    serious.map(|finding| teller.title(&finding.lesson(), &values(teller, finding))).collect()
}

/// Whether something does not work.
pub fn is_severe(report: &Report) -> bool {
    report.findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// The report with the title of each finding, as JSON has it.
#[must_use]
pub fn titled(teller: &Teller<'_>, mut report: Report) -> Report {
    for finding in &mut report.findings {
        finding.title = Some(teller.title(&finding.lesson(), &values(teller, finding)).characters());
    }
    report
}

/// Every finding; `None` where there is none.
pub fn section(teller: &Teller<'_>, report: &Report) -> Option<Section> {
    if report.findings.is_empty() {
        return None;
    }
    let blocks = report.findings.iter().enumerate().map(|(at, finding)| told(teller, finding, &report.findings[..at])).collect();
    Some(teller.section("health", &Values::new(), blocks))
}

/// One finding, behind those that were told before it.
fn told(teller: &Teller<'_>, finding: &Finding, before: &[Finding]) -> Block {
    let values = values(teller, finding);
    let id = finding.lesson();
    let (word, role) = match finding.severity {
        Severity::Error => ("error", Role::Bad),
        Severity::Warning => ("warning", Role::Warning),
        Severity::Note => ("note", Role::Note),
    };
    let title = Text::of(role, teller.word(VIEW, word, &values).characters()).and(Role::Plain, "  ").then(teller.title(&id, &values));
    let mut blocks = vec![Block::Prose(teller.summary(&id, &values))];
    if teller.depth == Depth::Deep {
        blocks.extend(teller.body(&id, &values));
    }
    let shown = if teller.depth == Depth::Deep { usize::MAX } else { EVIDENCE };
    let rows: Vec<Vec<Text>> = finding.evidence.iter().take(shown).map(|evidence| seen(teller, evidence)).collect();
    if !rows.is_empty() {
        blocks.push(Block::Table(Table { head: Vec::new(), rows }));
    }
    let fixes = finding.fix.iter().map(|command| Block::Try { command: teller.names.within_command(command), shows: Text::default() });
    if finding.fix.is_empty() {
        return Block::Group { title, blocks };
    }
    if before.iter().any(|earlier| earlier.fix == finding.fix) {
        blocks.push(Block::Prose(teller.word(VIEW, "same-fix", &values)));
    } else {
        blocks.push(Block::Group { title: teller.word(VIEW, "fix", &values), blocks: fixes.collect() });
    }
    Block::Group { title, blocks }
}

fn seen(teller: &Teller<'_>, evidence: &Evidence) -> Vec<Text> {
    let place = evidence.file.as_deref().map(|file| teller.names.say(file)).unwrap_or_default();
    let place = match evidence.line {
        Some(line) => place.and(Role::Note, format!(":{line}")),
        None => place,
    };
    vec![place, Text::of(Role::Code, teller.names.within(evidence.text.as_deref().unwrap_or_default()))]
}

fn values(teller: &Teller<'_>, finding: &Finding) -> Values {
    finding.values.iter().fold(teller.common.clone(), |values, (hole, value)| values.with(hole, teller.names.say(value)))
}
