//! One lesson, read and checked: texts whose holes wait for the learner's values.

use std::collections::{BTreeMap, BTreeSet};

use super::markup::{Passage, Phrase, fill_command};
use super::values::{System, Values};
use crate::page::{Block, Text};

/// One lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    pub(super) id: String,
    pub(super) title: Phrase,
    pub(super) summary: Phrase,
    pub(super) body: Vec<Passage>,
    pub(super) without: Vec<Passage>,
    pub(super) tries: Vec<Try>,
    pub(super) sources: Vec<Phrase>,
    pub(super) see: Vec<String>,
    pub(super) predict: Option<Question>,
    pub(super) words: BTreeMap<String, Phrase>,
}

/// A command to type, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Try {
    /// The one system that has this command; `None`: every system.
    pub on: Option<System>,
    pub command: Phrase,
    pub shows: Phrase,
}

/// A question to answer before one looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub asked: Phrase,
    pub choices: Vec<Phrase>,
    pub answer: usize,
    pub because: Phrase,
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
    /// `chapter/name`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is about.
    pub fn title(&self, values: &Values) -> Text {
        self.title.fill(values)
    }

    /// The annotation in trees and tables: one line.
    pub fn summary(&self, values: &Values) -> Text {
        self.summary.fill(values)
    }

    /// Why it is so.
    pub fn body(&self, values: &Values) -> Vec<Block> {
        self.body.iter().map(|passage| passage.fill(values)).collect()
    }

    /// What happens when it is missing or changed.
    pub fn without(&self, values: &Values) -> Vec<Block> {
        self.without.iter().map(|passage| passage.fill(values)).collect()
    }

    /// Commands to type here. One of another system is left out, as is one whose values are not known or could not be typed safely.
    pub fn tries(&self, values: &Values) -> Vec<Block> {
        let fill = |one: &Try| Some(Block::Try { command: fill_command(&one.command, values)?, shows: one.shows.fill(values) });
        let here = |one: &&Try| one.on.is_none_or(|system| system == values.system());
        self.tries.iter().filter(here).filter_map(fill).collect()
    }

    /// Where it is written that this is so.
    pub fn sources(&self) -> Vec<Text> {
        self.sources.iter().map(|source| source.fill(&Values::new())).collect()
    }

    /// Lessons to go on with, by id.
    pub fn see(&self) -> &[String] {
        &self.see
    }

    /// The question to answer before one looks.
    pub fn predict(&self, values: &Values) -> Option<Predict> {
        self.predict.as_ref().map(|predict| Predict {
            question: predict.asked.fill(values),
            choices: predict.choices.iter().map(|choice| choice.fill(values)).collect(),
            answer: predict.answer,
            because: predict.because.fill(values),
        })
    }

    /// One of the short texts of a view's lesson: a label, a column's heading, a sentence that depends on a fact.
    pub fn word(&self, key: &str, values: &Values) -> Option<Text> {
        self.words.get(key).map(|word| word.fill(values))
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
        self.title.holes().chain(self.summary.holes()).collect()
    }

    fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        let passages = self.body.iter().chain(&self.without).flat_map(Passage::phrases);
        let tries = self.tries.iter().flat_map(|one| [&one.command, &one.shows]);
        let asked = self.predict.iter().flat_map(|predict| [&predict.asked, &predict.because].into_iter().chain(&predict.choices));
        [&self.title, &self.summary].into_iter().chain(passages).chain(tries).chain(&self.sources).chain(asked).chain(self.words.values())
    }
}
