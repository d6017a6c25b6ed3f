//! The view of `pyvenv.cfg`: the file as it stands, each line with what it means here.

use super::{Depth, Teller};
use crate::lessons::Values;
use crate::page::{Block, Line, Listing, Page, Role, Section, Syntax, Text};
use crate::venv::config::report::LineReport;
use crate::venv::config::{ConfigReport, Effective, State};

const VIEW: &str = "view/config";

/// The whole page of `config`.
pub fn page(teller: &Teller<'_>, report: &ConfigReport) -> Page {
    let mut section = section(teller, report);
    if teller.depth > Depth::Facts {
        section.blocks.extend(report.lines.iter().filter(|line| line.key.is_some()).map(|line| at_length(teller, line)));
    }
    Page { title: teller.names.say(&report.file), status: None, intro: Vec::new(), sections: vec![section] }
}

/// The file and its annotations: the part that the whole explanation shows too.
pub fn section(teller: &Teller<'_>, report: &ConfigReport) -> Section {
    let lines: Vec<Line> = report
        .lines
        .iter()
        .map(|line| Line { number: Some(line.number), text: teller.verbatim(&line.text), note: note(teller, line) })
        .collect();
    let lines_shown = !lines.is_empty();
    let block = if lines.is_empty() {
        Block::Prose(teller.word(VIEW, without_lines(&report.state), &teller.common))
    } else {
        Block::Listing(Listing { file: teller.names.say(&report.file), syntax: Syntax::Config, lines })
    };
    let section = teller.section("config", &teller.common, vec![block]);
    // The lead speaks of lines.
    if lines_shown { section } else { Section { lead: None, ..section } }
}

/// What is said of a file that shows no lines.
fn without_lines(state: &State) -> &'static str {
    match state {
        State::Read => "empty",
        State::Missing => "missing",
        State::Denied | State::Failed(_) => "unreadable",
        State::NotAFile(_) | State::Loop => "not-a-file",
        State::TooBig => "too-big",
        State::NotRecorded => "not-recorded",
    }
}

fn note(teller: &Teller<'_>, line: &LineReport) -> Text {
    if line.text.trim().is_empty() {
        return Text::default();
    }
    let (id, values) = (lesson(line), of_line(teller, line));
    match wording(teller, &id, line) {
        Some(word) => teller.word(&id, word, &values),
        None => teller.summary(&id, &values),
    }
}

/// Where a lesson has several wordings, the one that is true here. What `home` does depends on the version, and on whether
/// bin/python is a link; for the packages of the base, only `true` in any case of letters counts (site.py: `venv()`).
fn wording(teller: &Teller<'_>, id: &str, line: &LineReport) -> Option<&'static str> {
    match id {
        "config/home" => teller.home_counts,
        "config/include-system-site-packages" => {
            let on = line.value.as_deref().is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
            Some(if on { "on" } else { "off" })
        }
        _ => None,
    }
}

/// Whether no reader takes this line.
fn overridden(line: &LineReport) -> bool {
    match &line.effective {
        None | Some(Effective::All(true)) => false,
        Some(Effective::All(false)) => true,
        Some(Effective::Each(readers)) => readers.values().all(|counts| !counts),
    }
}

/// The lesson of a line: of its key, of an unknown key, or of a line that has none.
fn lesson(line: &LineReport) -> String {
    let text = line.text.trim();
    match &line.key {
        _ if text.is_empty() => "config/blank".to_owned(),
        _ if text.starts_with('#') => "config/comment".to_owned(),
        _ if overridden(line) => "config/overridden".to_owned(),
        Some(key) if line.known => format!("config/{key}"),
        Some(_) => "config/unknown-key".to_owned(),
        None if text.starts_with('[') && text.ends_with(']') => "config/section".to_owned(),
        None => "config/no-equals".to_owned(),
    }
}

fn of_line(teller: &Teller<'_>, line: &LineReport) -> Values {
    let said = |text: &Option<String>| Text::of(Role::Code, teller.names.within(text.as_deref().unwrap_or_default()));
    teller.common.clone().with("key", said(&line.key)).with("value", said(&line.value)).with("line", line.number.to_string())
}

/// A key at length: its lesson, who writes it and who reads it.
fn at_length(teller: &Teller<'_>, line: &LineReport) -> Block {
    let values = of_line(teller, line);
    let id = lesson(line);
    let mut blocks = if teller.depth == Depth::Deep { teller.long(&id, &values) } else { teller.body(&id, &values) };
    let who = |word: &str, names: &[&str]| {
        let names = if names.is_empty() { teller.word(VIEW, "nobody", &values).characters() } else { names.join(", ") };
        teller.word(VIEW, word, &values).and(Role::Plain, " ").and(Role::Note, names)
    };
    if line.known {
        let text = who("written-by", &line.written_by).and(Role::Plain, "; ").then(who("read-by", &line.read_by));
        blocks.push(Block::Prose(text));
    }
    Block::Group { title: Text::of(Role::Key, line.key.as_deref().unwrap_or_default()), blocks }
}
