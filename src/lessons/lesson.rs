//! One lesson: texts whose holes wait for the learner's values. A text is read when it is first told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::markup::{self, Passage, Phrase, Unsupported, fill_command};
use super::raw::{Raw, RawSystem};
use super::values::{System, Values};
use crate::page::{Block, Text};

/// One lesson.
#[derive(Debug, Clone)]
pub struct Lesson {
    id: String,
    title: Later<Phrase>,
    summary: Later<Phrase>,
    body: Later<Vec<Passage>>,
    without: Later<Vec<Passage>>,
    tries: Vec<Try>,
    sources: Vec<Later<Phrase>>,
    see: Vec<String>,
    predict: Option<Question>,
    words: BTreeMap<String, Later<Phrase>>,
}

/// A text as the file has it, and how it is read. What cannot be read is told as nothing: `file::read` has looked before, or the
/// tests have.
#[derive(Debug, Clone)]
struct Later<T> {
    source: String,
    read: fn(&str) -> Result<T, Unsupported>,
    done: OnceLock<T>,
}

impl<T: Default> Later<T> {
    fn new(source: String, read: fn(&str) -> Result<T, Unsupported>) -> Self {
        Self { source, read, done: OnceLock::new() }
    }

    fn get(&self) -> &T {
        self.done.get_or_init(|| (self.read)(&self.source).unwrap_or_default())
    }
}

/// A command to type, and what it shows.
#[derive(Debug, Clone)]
struct Try {
    /// The one system that has this command; `None`: every system.
    on: Option<System>,
    command: Later<Phrase>,
    shows: Later<Phrase>,
}

/// A question to answer before one looks.
#[derive(Debug, Clone)]
struct Question {
    asked: Later<Phrase>,
    choices: Vec<Later<Phrase>>,
    answer: usize,
    because: Later<Phrase>,
}

/// A question to answer before one looks, with the learner's values filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predict {
    /// What is asked.
    pub question: Text,
    /// What may be answered.
    pub choices: Vec<Text>,
    /// Which choice is right, counted from 0.
    pub answer: usize,
    /// Why.
    pub because: Text,
}

impl Lesson {
    /// The lesson `id` with these fields.
    pub(super) fn of(id: &str, raw: Raw<String>) -> Self {
        let phrase = |text: String, read| Later::new(text.trim().to_owned(), read);
        let line = |text: String| phrase(text, markup::line);
        let passages = |text: Option<String>| Later::new(text.unwrap_or_default(), markup::passages);
        let system = |system| match system {
            RawSystem::Posix => System::Posix,
            RawSystem::Windows => System::Windows,
        };
        Self {
            id: id.to_owned(),
            title: line(raw.title.unwrap_or_default()),
            summary: line(raw.summary.unwrap_or_default()),
            body: passages(raw.body),
            without: passages(raw.without),
            tries: raw
                .tries
                .into_iter()
                .map(|one| Try { on: one.on.map(system), command: phrase(one.command, markup::command), shows: line(one.shows) })
                .collect(),
            sources: raw.sources.into_iter().map(|source| phrase(source, markup::source)).collect(),
            see: raw.see,
            predict: raw.predict.map(|asked| Question {
                answer: asked.choices.iter().position(|choice| *choice == asked.answer).unwrap_or_default(),
                asked: line(asked.question),
                choices: asked.choices.into_iter().map(line).collect(),
                because: line(asked.because),
            }),
            words: raw.words.into_iter().map(|(key, word)| (key, line(word))).collect(),
        }
    }

    /// `chapter/name`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is about.
    pub fn title(&self, values: &Values) -> Text {
        self.title.get().fill(values)
    }

    /// The annotation in trees and tables: one line.
    pub fn summary(&self, values: &Values) -> Text {
        self.summary.get().fill(values)
    }

    /// Why it is so.
    pub fn body(&self, values: &Values) -> Vec<Block> {
        self.body.get().iter().map(|passage| passage.fill(values)).collect()
    }

    /// What happens when it is missing or changed.
    pub fn without(&self, values: &Values) -> Vec<Block> {
        self.without.get().iter().map(|passage| passage.fill(values)).collect()
    }

    /// Commands to type here. One of another system is left out, as is one whose values are not known or could not be typed safely.
    pub fn tries(&self, values: &Values) -> Vec<Block> {
        let fill = |one: &Try| Some(Block::Try { command: fill_command(one.command.get(), values)?, shows: one.shows.get().fill(values) });
        let here = |one: &&Try| one.on.is_none_or(|system| system == values.system());
        self.tries.iter().filter(here).filter_map(fill).collect()
    }

    /// Where it is written that this is so.
    pub fn sources(&self) -> Vec<Text> {
        self.sources.iter().map(|source| source.get().fill(&Values::new())).collect()
    }

    /// Lessons to go on with, by id.
    pub fn see(&self) -> &[String] {
        &self.see
    }

    /// The question to answer before one looks.
    pub fn predict(&self, values: &Values) -> Option<Predict> {
        self.predict.as_ref().map(|predict| Predict {
            question: predict.asked.get().fill(values),
            choices: predict.choices.iter().map(|choice| choice.get().fill(values)).collect(),
            answer: predict.answer,
            because: predict.because.get().fill(values),
        })
    }

    /// One of the short texts of a view's lesson: a label, a column's heading, a sentence that depends on a fact.
    pub fn word(&self, key: &str, values: &Values) -> Option<Text> {
        self.words.get(key).map(|word| word.get().fill(values))
    }

    /// The keys of its short texts.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// The names of all its holes.
    pub fn holes(&self) -> BTreeSet<&str> {
        self.phrases().flat_map(Phrase::holes).collect()
    }

    /// The holes of its title and summary: what an annotation needs.
    pub fn annotation_holes(&self) -> BTreeSet<&str> {
        self.title.get().holes().chain(self.summary.get().holes()).collect()
    }

    fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        let passages = self.body.get().iter().chain(self.without.get()).flat_map(Passage::phrases);
        let tries = self.tries.iter().flat_map(|one| [&one.command, &one.shows]);
        let asked = self.predict.iter().flat_map(|predict| [&predict.asked, &predict.because].into_iter().chain(&predict.choices));
        let lines = [&self.title, &self.summary].into_iter().chain(tries).chain(&self.sources).chain(asked).chain(self.words.values());
        lines.map(Later::get).chain(passages)
    }
}
