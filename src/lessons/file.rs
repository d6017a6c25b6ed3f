//! A lesson file: YAML with fixed fields, and where in it a mistake stands.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_yaml::{Location, Spanned};

use super::error::{LessonError, Place};
use super::holes::{Holes, chapters};
use super::lesson::{Lesson, Question, Try};
use super::markup::{self, Passage, Phrase, Unsupported};
use super::values::System;
use crate::yaml::{self, Mistake};

/// The longest summary, holes unfilled: it stands beside a file name in a terminal.
const SUMMARY_LIMIT: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    title: Option<Spanned<String>>,
    summary: Option<Spanned<String>>,
    body: Option<Spanned<String>>,
    without: Option<Spanned<String>>,
    #[serde(default, rename = "try")]
    tries: Vec<RawTry>,
    #[serde(default)]
    sources: Vec<Spanned<String>>,
    #[serde(default)]
    see: Vec<Spanned<String>>,
    predict: Option<RawPredict>,
    #[serde(default)]
    words: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTry {
    on: Option<RawSystem>,
    command: Spanned<String>,
    shows: Spanned<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawSystem {
    Posix,
    Windows,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPredict {
    question: Spanned<String>,
    choices: Vec<Spanned<String>>,
    answer: Spanned<String>,
    because: Spanned<String>,
}

/// Reads the lesson `id` from the text of `file`. Every text in it is in the subset of [`markup`], every hole is known to its chapter.
pub(super) fn read(id: &str, file: &str, text: &str) -> Result<Lesson, LessonError> {
    let chapter = id.split('/').next().unwrap_or_default();
    let holes = Holes::of_chapter(chapter)
        .ok_or_else(|| LessonError::of_file(file, format!("the chapter {chapter}"), format!("one of the chapters {}", chapters())))?;
    let reader = Reader { file, text, chapter, holes };
    let raw = reader.raw()?;
    Ok(Lesson {
        id: id.to_owned(),
        title: reader.required("title", raw.title.as_ref())?,
        summary: reader.summary(raw.summary.as_ref())?,
        body: reader.passages(raw.body.as_ref())?,
        without: reader.passages(raw.without.as_ref())?,
        tries: raw.tries.iter().map(|one| reader.attempt(one)).collect::<Result<_, _>>()?,
        sources: raw.sources.iter().map(|source| reader.phrase(source, markup::source)).collect::<Result<_, _>>()?,
        see: raw.see.into_iter().map(|id| id.value).collect(),
        predict: raw.predict.as_ref().map(|asked| reader.question(asked)).transpose()?,
        words: raw.words.into_iter().map(|(key, word)| Ok((key, reader.phrase(&word, markup::line)?))).collect::<Result<_, _>>()?,
    })
}

/// The place of `id` under `see` in a file: for an error about a lesson that has been read.
pub(super) fn place_of_see(text: &str, id: &str) -> Place {
    let lines = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("see:"));
    let whole = |line: &str| {
        let ends =
            |byte: usize| !line.get(byte + id.len()..).unwrap_or_default().starts_with(|next: char| next.is_alphanumeric() || next == '-');
        line.match_indices(id).map(|(byte, _)| byte).find(|byte| ends(*byte))
    };
    let mut found = lines.filter_map(|(number, line)| Some(in_line(number, line, whole(line)?)));
    found.next().unwrap_or(Place { line: 1, column: 1 })
}

/// The place of a byte in a line, which is counted from 0.
fn in_line(number: usize, line: &str, byte: usize) -> Place {
    Place { line: number as u32 + 1, column: line.get(..byte).unwrap_or_default().chars().count() as u32 + 1 }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    chapter: &'a str,
    holes: Holes,
}

impl Reader<'_> {
    fn raw(&self) -> Result<Raw, LessonError> {
        let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
        serde_yaml::from_str_with_options(self.text, options).map_err(|error| {
            let mistake = Mistake::of(self.text, &error);
            let expected = mistake.expected_or("YAML with the fields title, summary, body, without, try, sources, see, predict, words");
            match mistake.place {
                Some((line, column)) => LessonError::at(self.file, Place { line, column }, mistake.found, expected),
                None => LessonError::of_file(self.file, mistake.found, expected),
            }
        })
    }

    fn required(&self, field: &str, value: Option<&Spanned<String>>) -> Result<Phrase, LessonError> {
        match value {
            None => Err(LessonError::of_file(self.file, format!("no {field}"), format!("a line `{field}: …`"))),
            Some(value) if value.value.trim().is_empty() => {
                Err(LessonError::at(self.file, place(value.referenced), format!("an empty {field}"), "a few words"))
            }
            Some(value) if value.value.trim().contains('\n') => {
                Err(LessonError::at(self.file, place(value.referenced), format!("a {field} of several lines"), "a single line"))
            }
            Some(value) => self.phrase(value, markup::line),
        }
    }

    fn summary(&self, value: Option<&Spanned<String>>) -> Result<Phrase, LessonError> {
        let summary = self.required("summary", value)?;
        match value.map(|value| (value, value.value.trim().chars().count())) {
            Some((value, length)) if length > SUMMARY_LIMIT => {
                let found = format!("a summary of {length} characters");
                Err(LessonError::at(self.file, place(value.referenced), found, format!("at most {SUMMARY_LIMIT}")))
            }
            _ => Ok(summary),
        }
    }

    fn attempt(&self, raw: &RawTry) -> Result<Try, LessonError> {
        let on = raw.on.map(|system| match system {
            RawSystem::Posix => System::Posix,
            RawSystem::Windows => System::Windows,
        });
        Ok(Try { on, command: self.phrase(&raw.command, markup::command)?, shows: self.phrase(&raw.shows, markup::line)? })
    }

    fn question(&self, raw: &RawPredict) -> Result<Question, LessonError> {
        let answer = raw.choices.iter().position(|choice| choice.value == raw.answer.value).ok_or_else(|| {
            let found = format!("the answer `{}`", raw.answer.value.trim());
            LessonError::at(self.file, place(raw.answer.referenced), found, "one of the choices, word for word")
        })?;
        Ok(Question {
            asked: self.phrase(&raw.question, markup::line)?,
            choices: raw.choices.iter().map(|choice| self.phrase(choice, markup::line)).collect::<Result<_, _>>()?,
            answer,
            because: self.phrase(&raw.because, markup::line)?,
        })
    }

    fn passages(&self, value: Option<&Spanned<String>>) -> Result<Vec<Passage>, LessonError> {
        let Some(value) = value else { return Ok(Vec::new()) };
        let passages = markup::passages(&value.value).map_err(|fault| self.unsupported(value, &fault))?;
        passages.iter().flat_map(Passage::phrases).try_for_each(|phrase| self.check_holes(value, phrase))?;
        Ok(passages)
    }

    fn phrase(&self, value: &Spanned<String>, read: fn(&str) -> Result<Phrase, Unsupported>) -> Result<Phrase, LessonError> {
        let phrase = read(value.value.trim()).map_err(|fault| self.unsupported(value, &fault))?;
        self.check_holes(value, &phrase)?;
        Ok(phrase)
    }

    fn check_holes(&self, value: &Spanned<String>, phrase: &Phrase) -> Result<(), LessonError> {
        let Some(hole) = phrase.holes().find(|hole| !self.holes.knows(hole)) else { return Ok(()) };
        let place = self.find(value, |line| {
            line.match_indices("{{").map(|(at, _)| at).find(|at| line[at + 2..].trim_start().strip_prefix(hole).is_some_and(ends_hole))
        });
        let expected = format!("a hole of the chapter {}: {}", self.chapter, self.holes.names());
        Err(LessonError::at(self.file, place, format!("the hole {{{{ {hole} }}}}"), expected))
    }

    fn unsupported(&self, value: &Spanned<String>, fault: &Unsupported) -> LessonError {
        let place = self.find(value, |line| line.find(fault.snippet.trim_end()).filter(|_| !fault.snippet.trim().is_empty()));
        LessonError::at(self.file, place, fault.what.as_str(), fault.expected)
    }

    /// The first place from a value's start on where `matches` finds something in a line, else the value's start.
    fn find(&self, value: &Spanned<String>, matches: impl Fn(&str) -> Option<usize>) -> Place {
        let start = place(value.referenced);
        let lines = self.text.lines().enumerate().skip(start.line.saturating_sub(1) as usize);
        let mut found = lines.filter_map(|(number, line)| Some(in_line(number, line, matches(line)?)));
        found.next().unwrap_or(start)
    }
}

fn ends_hole(rest: &str) -> bool {
    rest.trim_start().starts_with("}}")
}

fn place(at: Location) -> Place {
    let (line, column) = yaml::place(at);
    Place { line, column }
}
