//! What is installed as one part of the whole explanation: a short list, folded where it is long, and what does not fit together.

use super::{VIEW, is_asked_for, is_for_people, misfits, short_list, told, values, why};
use crate::explain::{Depth, Teller};
use crate::lessons::Values;
use crate::page::{Block, Role, Section, Table, Text};
use crate::simulate::packages::{Listed, Packages};

/// How many distributions are shown; `packages` shows all.
const SHOWN: usize = 8;

/// How many problems are shown.
const PROBLEMS: usize = 4;

/// How many names of modules, and of distributions that need it, stand in a row.
const NAMES: usize = 2;

/// The part: what was asked for comes first, so that a folded list shows what the reader knows by name.
/// `not_here` says that the environment's Python does not take it for one, so that only the base's distributions are reached.
pub fn part(teller: &Teller<'_>, packages: &Packages, environment: &str, not_here: bool) -> Section {
    let values = values(teller, packages, environment);
    let mut blocks = Vec::new();
    let mut listed: Vec<&Listed> = packages.distributions.iter().filter(|one| one.counts).collect();
    listed.sort_by_key(|one| !is_root(one));
    let fold = if teller.depth == Depth::Deep || listed.len() == SHOWN + 1 { listed.len() } else { SHOWN };
    let mut rows: Vec<Vec<Text>> = listed.iter().take(fold).map(|one| row(teller, one, &values)).collect();
    if listed.len() > fold {
        rows.push(more(teller, listed.len() - fold, &values));
    }
    if rows.is_empty() {
        blocks.push(Block::Prose(teller.word(VIEW, "nothing", &values)));
    } else {
        let head = ["head-name", "head-import", "head-why"].map(|word| teller.word(VIEW, word, &values));
        blocks.push(Block::Table(Table { head: head.into(), rows }));
    }
    blocks.extend(problems(teller, packages, &values));
    let lead = (teller.depth > Depth::Facts && !listed.is_empty())
        .then(|| teller.word(VIEW, if not_here { "part-lead-base" } else { "part-lead" }, &values));
    Section { id: "packages".into(), title: teller.title(VIEW, &values), lead, blocks }
}

/// Asked for by name, or needed by nothing here.
fn is_root(one: &Listed) -> bool {
    is_asked_for(one) || one.needed_by.is_empty()
}

/// Name with version, what one imports, why it is here.
fn row(teller: &Teller<'_>, one: &Listed, values: &Values) -> Vec<Text> {
    let modules: Vec<&str> = one.details.modules.iter().map(String::as_str).filter(|module| is_for_people(module)).collect();
    let imports = if modules.is_empty() {
        Text::of(Role::Absent, teller.word(VIEW, "no-module", values).characters())
    } else {
        Text::of(Role::Code, short_list(teller, &modules, NAMES, values))
    };
    let name = Text::of(Role::Own, &one.name).and(Role::Plain, " ").and(Role::Plain, one.version.as_deref().unwrap_or("?"));
    vec![name, imports, why(teller, one, values)]
}

/// `… 12 more`, and the command that shows them.
fn more(teller: &Teller<'_>, count: usize, values: &Values) -> Vec<Text> {
    // The command stands in a sentence; it can be typed all the same.
    let venv = values.word("venv").unwrap_or_default();
    let values = values.clone().with("count", count.to_string()).with("venv", venv);
    vec![Text::of(Role::Note, teller.word(VIEW, "folded", &values).characters()), teller.word(VIEW, "folded-note", &values)]
}

/// The worst of what does not fit together.
fn problems(teller: &Teller<'_>, packages: &Packages, values: &Values) -> Option<Block> {
    let mut problems: Vec<_> = misfits(packages).collect();
    problems.sort_by_key(|problem| !problem.kind.is_severe());
    let mut rows: Vec<Vec<Text>> = problems.iter().take(PROBLEMS).map(|problem| told(teller, problem, values)).collect();
    if problems.len() > PROBLEMS {
        rows.push(more(teller, problems.len() - PROBLEMS, values));
    }
    let title = teller.word(VIEW, "problems-title", values);
    (!rows.is_empty()).then(|| Block::Group { title, blocks: vec![Block::Table(Table { head: Vec::new(), rows })] })
}
