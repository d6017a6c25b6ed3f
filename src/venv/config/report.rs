//! `pyvenv.cfg` as the public contract's `config` object shows it.

use super::State;
use super::{Config, Reader, keys};
use crate::venv::Unknown;
use serde::Serialize;
use std::collections::BTreeMap;

/// The `config` object. Field names are the public contract's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigReport {
    /// `venv-explain/config/1`.
    pub schema: &'static str,
    /// The file.
    pub file: String,
    /// Every line, in order.
    pub lines: Vec<LineReport>,
    /// Why there may be lines that are not shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Unknown>,
    /// Whether the file is there and readable.
    #[serde(skip)]
    pub state: State,
}

/// One line with what is known of its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineReport {
    /// Counted from 1.
    pub number: u32,
    /// The line as it stands.
    pub text: String,
    /// Its key, stripped and in lower case.
    pub key: Option<String>,
    /// Its value, stripped.
    pub value: Option<String>,
    /// Whether any tool is known to write this key.
    pub known: bool,
    /// The tools that write this key.
    pub written_by: Vec<&'static str>,
    /// The programs that read this key again.
    pub read_by: Vec<&'static str>,
    /// Whether the line counts; `None` for a line without a key.
    pub effective: Option<Effective>,
}

/// Whether a line counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Effective {
    /// All readers agree.
    All(bool),
    /// They do not: reader by reader. `getpath-3.10` is the reader of 3.10 and older, `getpath-3.11` that of 3.11 and newer.
    Each(BTreeMap<&'static str, bool>),
}

impl ConfigReport {
    /// The report on `config`.
    pub fn of(config: &Config) -> Self {
        let lines = config.lines.iter().map(|line| LineReport::of(config, line)).collect();
        let unknown = why_unknown(&config.state).map(|why| Unknown { what: "lines".to_owned(), why: why.to_owned() });
        let state = config.state.clone();
        Self { schema: "venv-explain/config/1", file: config.file.clone(), lines, unknown: unknown.into_iter().collect(), state }
    }
}

/// Why the lines of a file in this state are not known; `None` where they are, or where there is no file to have any.
fn why_unknown(state: &State) -> Option<&str> {
    match state {
        State::Read | State::Missing => None,
        State::Denied => Some("the file may not be read"),
        State::NotAFile(_) => Some("it is not a regular file"),
        State::Loop => Some("it is a link that leads in a circle"),
        State::TooBig => Some("the file is too big to be held"),
        State::NotRecorded => Some("the capture names the file without its text"),
        State::Failed(why) => Some(why),
    }
}

impl LineReport {
    fn of(config: &Config, line: &super::Line) -> Self {
        let known = line.key.as_deref().and_then(keys::known);
        Self {
            number: line.number,
            text: line.text.clone(),
            key: line.key.clone(),
            value: line.value.clone(),
            known: known.is_some(),
            written_by: known.map(|key| key.written_by.to_vec()).unwrap_or_default(),
            read_by: known.map(|key| key.read_by.to_vec()).unwrap_or_default(),
            effective: line.key.as_deref().map(|key| effective(config, line.number, key)),
        }
    }
}

/// Whether line `number`, which has `key`, counts. `home` has three readers with rules of their own; for every other key the
/// last line does, as for `site`.
fn effective(config: &Config, number: u32, key: &str) -> Effective {
    let last = config.line_of(key).is_some_and(|line| line.number == number);
    if key != "home" {
        return Effective::All(last);
    }
    let counts = |reader| config.home(reader).is_some_and(|setting| setting.line == number);
    let (old, new) = (counts(Reader::GetpathC), counts(Reader::GetpathPy));
    if old == new && new == last {
        return Effective::All(last);
    }
    let getpath = if old == new { vec![("getpath", new)] } else { vec![("getpath-3.10", old), ("getpath-3.11", new)] };
    Effective::Each(getpath.into_iter().chain([("site", last)]).collect())
}
