//! A lesson file: YAML with fixed fields, and where in it a mistake stands.

use serde_yaml::{Location, Spanned};

use super::error::{LessonError, Place};
use super::holes::{Holes, chapters};
use super::lesson::Lesson;
use super::markup::{self, Passage, Phrase, Unsupported};
use super::raw::{Raw, RawPredict, RawTry};
use crate::yaml::{self, Mistake};

/// The longest summary, holes unfilled: it stands beside a file name in a terminal.
const SUMMARY_LIMIT: usize = 100;

/// Reads the lesson `id` from the text of `file`. Every text in it is in the subset of [`markup`], every hole is known to its chapter.
pub(super) fn read(id: &str, file: &str, text: &str) -> Result<Lesson, LessonError> {
    let chapter = id.split('/').next().unwrap_or_default();
    let holes = Holes::of_chapter(chapter)
        .ok_or_else(|| LessonError::of_file(file, format!("the chapter {chapter}"), format!("one of the chapters {}", chapters())))?;
    let reader = Reader { file, text, chapter, holes };
    let raw = reader.raw()?;
    reader.check(&raw)?;
    Ok(Lesson::of(id, plain(raw)))
}

/// The same texts without their places.
fn plain(raw: Raw<Spanned<String>>) -> Raw<String> {
    let text = |spanned: Spanned<String>| spanned.value;
    let texts = |many: Vec<Spanned<String>>| many.into_iter().map(text).collect();
    Raw {
        title: raw.title.map(text),
        summary: raw.summary.map(text),
        body: raw.body.map(text),
        without: raw.without.map(text),
        tries: raw.tries.into_iter().map(|one| RawTry { on: one.on, command: text(one.command), shows: text(one.shows) }).collect(),
        sources: texts(raw.sources),
        see: texts(raw.see),
        predict: raw.predict.map(|asked| RawPredict {
            question: text(asked.question),
            choices: texts(asked.choices),
            answer: text(asked.answer),
            because: text(asked.because),
        }),
        words: raw.words.into_iter().map(|(key, word)| (key, text(word))).collect(),
    }
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
    fn check(&self, raw: &Raw<Spanned<String>>) -> Result<(), LessonError> {
        self.required("title", raw.title.as_ref())?;
        self.summary(raw.summary.as_ref())?;
        self.passages(raw.body.as_ref())?;
        self.passages(raw.without.as_ref())?;
        for one in &raw.tries {
            self.phrase(&one.command, markup::command)?;
            self.phrase(&one.shows, markup::line)?;
        }
        raw.sources.iter().try_for_each(|source| self.phrase(source, markup::source))?;
        raw.predict.iter().try_for_each(|asked| self.question(asked))?;
        raw.words.values().try_for_each(|word| self.phrase(word, markup::line))
    }

    fn raw(&self) -> Result<Raw<Spanned<String>>, LessonError> {
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

    fn required(&self, field: &str, value: Option<&Spanned<String>>) -> Result<(), LessonError> {
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

    fn summary(&self, value: Option<&Spanned<String>>) -> Result<(), LessonError> {
        self.required("summary", value)?;
        match value.map(|value| (value, value.value.trim().chars().count())) {
            Some((value, length)) if length > SUMMARY_LIMIT => {
                let found = format!("a summary of {length} characters");
                Err(LessonError::at(self.file, place(value.referenced), found, format!("at most {SUMMARY_LIMIT}")))
            }
            _ => Ok(()),
        }
    }

    fn question(&self, raw: &RawPredict<Spanned<String>>) -> Result<(), LessonError> {
        if !raw.choices.iter().any(|choice| choice.value == raw.answer.value) {
            let found = format!("the answer `{}`", raw.answer.value.trim());
            return Err(LessonError::at(self.file, place(raw.answer.referenced), found, "one of the choices, word for word"));
        }
        let texts = [&raw.question].into_iter().chain(&raw.choices).chain([&raw.because]);
        texts.into_iter().try_for_each(|text| self.phrase(text, markup::line))
    }

    fn passages(&self, value: Option<&Spanned<String>>) -> Result<(), LessonError> {
        let Some(value) = value else { return Ok(()) };
        let passages = markup::passages(&value.value).map_err(|fault| self.unsupported(value, &fault))?;
        passages.iter().flat_map(Passage::phrases).try_for_each(|phrase| self.check_holes(value, phrase))
    }

    fn phrase(&self, value: &Spanned<String>, read: fn(&str) -> Result<Phrase, Unsupported>) -> Result<(), LessonError> {
        let phrase = read(value.value.trim()).map_err(|fault| self.unsupported(value, &fault))?;
        self.check_holes(value, &phrase)
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
