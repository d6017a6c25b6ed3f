//! A lesson's text: a small subset of `CommonMark` with holes. Paragraphs, bullet lists, `code`, *emphasis* and **strong**, nothing
//! else, so that every format can show every lesson.
//!
//! The markup is read before the holes are filled; a value can therefore never become markup.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::values::Values;
use crate::page::{Block, Role, Span, Text};

/// A run of text with holes in it: one line or one paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrase(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words { text: String, role: Role, link: Option<String> },
    Hole { name: String, role: Role },
}

/// A paragraph or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Passage {
    /// A paragraph.
    Prose(Phrase),
    /// The points of a list.
    Bullets(Vec<Phrase>),
}

/// What a text may hold.
const SUBSET: &str = "paragraphs, bullet lists, `code`, *emphasis*, **strong** and holes {{ name }}; links under sources only";

/// Markup outside the subset: what it is, what should be there, and the characters that are it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unsupported {
    /// What was found, as a noun with its article.
    pub what: String,
    /// What may stand there.
    pub expected: &'static str,
    /// The text that is to blame, at most one line of it.
    pub snippet: String,
}

impl Phrase {
    /// The phrase with the learner's values in its holes. A plain value takes the role of the place it stands in; a value with a
    /// role of its own keeps it. A hole without a value, or with an empty one, says that it is not known.
    pub fn fill(&self, values: &Values) -> Text {
        let mut filled = Text::default();
        for piece in &self.0 {
            match piece {
                Piece::Words { text, role, link } => {
                    filled.0.push(Span { text: text.clone(), role: *role, link: link.clone(), typed: None });
                }
                Piece::Hole { name, role } => match values.get(name).filter(|value| !value.is_empty()) {
                    Some(value) => filled.0.extend(value.0.iter().map(|span| in_place(span, *role))),
                    None => filled.0.push(Span { text: "(unknown)".to_owned(), role: Role::Absent, link: None, typed: None }),
                },
            }
        }
        filled
    }

    /// The names of its holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Hole { name, .. } => Some(name.as_str()),
            Piece::Words { .. } => None,
        })
    }
}

fn in_place(span: &Span, role: Role) -> Span {
    Span { role: if span.role == Role::Plain { role } else { span.role }, ..span.clone() }
}

impl Passage {
    /// The passage with the learner's values in its holes.
    pub(super) fn fill(&self, values: &Values) -> Block {
        match self {
            Self::Prose(phrase) => Block::Prose(phrase.fill(values)),
            Self::Bullets(points) => Block::Bullets(points.iter().map(|point| point.fill(values)).collect()),
        }
    }

    /// The phrases it is made of.
    pub(super) fn phrases(&self) -> &[Phrase] {
        match self {
            Self::Prose(phrase) => std::slice::from_ref(phrase),
            Self::Bullets(points) => points,
        }
    }
}

/// Reads paragraphs and lists.
pub(super) fn passages(source: &str) -> Result<Vec<Passage>, Unsupported> {
    let mut reader = Reader { source, ..Reader::default() };
    for (event, range) in Parser::new_ext(source, Options::empty()).into_offset_iter() {
        reader.event(event, &range)?;
    }
    Ok(reader.passages)
}

/// Reads one line: a single paragraph.
pub(super) fn line(source: &str) -> Result<Phrase, Unsupported> {
    match passages(source)?.as_slice() {
        [] => Ok(Phrase::default()),
        [Passage::Prose(phrase)] => Ok(phrase.clone()),
        _ => Err(Unsupported::new("a list or a second paragraph", source)),
    }
}

/// Reads one source: a line in which links may stand; a bare address is one.
pub(super) fn source(source: &str) -> Result<Phrase, Unsupported> {
    if source.starts_with("https://") && !source.contains(char::is_whitespace) {
        return Ok(Phrase(vec![Piece::Words { text: source.to_owned(), role: Role::Plain, link: Some(source.to_owned()) }]));
    }
    // Most sources name a file, such as `Lib/venv/__init__.py`, where Markdown would see something strong.
    if !source.contains(['[', '`']) {
        return Ok(Phrase(vec![Piece::Words { text: source.to_owned(), role: Role::Plain, link: None }]));
    }
    let mut reader = Reader { source, links: true, ..Reader::default() };
    for (event, range) in Parser::new_ext(source, Options::empty()).into_offset_iter() {
        reader.event(event, &range)?;
    }
    match reader.passages.as_slice() {
        [Passage::Prose(phrase)] => Ok(phrase.clone()),
        _ => Err(Unsupported::new("a list or several paragraphs", source)),
    }
}

/// Reads a command line: holes only, every other character stands for itself.
pub(super) fn command(source: &str) -> Result<Phrase, Unsupported> {
    let mut pieces = Vec::new();
    split_holes(source, Role::Code, None, &mut pieces)?;
    Ok(Phrase(pieces))
}

/// A command line with the values in its holes, quoted for the shell; `None` where a value is missing or cannot be typed safely.
pub(super) fn fill_command(phrase: &Phrase, values: &Values) -> Option<String> {
    let mut typed = String::new();
    for piece in &phrase.0 {
        match piece {
            Piece::Words { text, .. } => typed.push_str(text),
            // A program with its options, quoted already.
            Piece::Hole { name, .. } if name == "tool" => typed.push_str(&values.get(name)?.characters()),
            Piece::Hole { name, .. } if in_quotes(&typed) || joined(&typed) => typed.push_str(&values.bare(name)?),
            Piece::Hole { name, .. } => typed.push_str(&values.word(name)?),
        }
    }
    Some(typed)
}

fn in_quotes(typed: &str) -> bool {
    typed.matches('"').count() % 2 == 1 || typed.matches('\'').count() % 2 == 1
}

/// Whether what follows is the rest of a word that has begun with `~`: the shell expands that only where it is not quoted.
fn joined(typed: &str) -> bool {
    typed.rsplit(' ').next().is_some_and(|word| word.starts_with('~'))
}

impl Unsupported {
    fn new(what: &str, snippet: &str) -> Self {
        Self { what: what.to_owned(), expected: SUBSET, snippet: snippet.lines().next().unwrap_or_default().to_owned() }
    }

    fn hole(what: &str, expected: &'static str, snippet: &str) -> Self {
        Self { expected, ..Self::new(what, snippet) }
    }
}

#[derive(Default)]
struct Reader<'a> {
    source: &'a str,
    links: bool,
    link: Option<String>,
    passages: Vec<Passage>,
    points: Option<Vec<Phrase>>,
    in_point: bool,
    roles: Vec<Role>,
    runs: Vec<(Role, Option<String>, String)>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: &Range<usize>) -> Result<(), Unsupported> {
        match event {
            Event::Text(text) => self.add(self.roles.last().copied().unwrap_or_default(), &text),
            Event::Code(text) => self.add(Role::Code, &text),
            Event::SoftBreak => self.add(self.roles.last().copied().unwrap_or_default(), " "),
            Event::Start(tag) => return self.open(tag, range),
            Event::End(tag) => return self.close(tag, range),
            Event::HardBreak => return Err(self.unsupported("a forced line break", range)),
            Event::Rule => return Err(self.unsupported("a ruler", range)),
            Event::Html(_) | Event::InlineHtml(_) => return Err(self.unsupported("HTML", range)),
            _ => return Err(self.unsupported("markup that lessons do not have", range)),
        }
        Ok(())
    }

    fn open(&mut self, tag: Tag<'_>, range: &Range<usize>) -> Result<(), Unsupported> {
        match tag {
            Tag::Paragraph if !self.in_point || self.runs.is_empty() => {}
            Tag::Paragraph => return Err(self.unsupported("a second paragraph in a point of a list", range)),
            Tag::List(None) if self.points.is_none() => self.points = Some(Vec::new()),
            Tag::List(None) => return Err(self.unsupported("a list within a list", range)),
            Tag::List(Some(_)) => return Err(self.unsupported("a numbered list", range)),
            Tag::Item => self.in_point = true,
            Tag::Emphasis => self.roles.push(Role::Emphasis),
            Tag::Strong => self.roles.push(Role::Strong),
            Tag::Link { dest_url, .. } if self.links && dest_url.starts_with("https://") => self.link = Some(dest_url.into_string()),
            Tag::Link { .. } => return Err(self.unsupported("a link", range)),
            Tag::Heading { .. } => return Err(self.unsupported("a heading", range)),
            Tag::BlockQuote(_) => return Err(self.unsupported("a quotation", range)),
            Tag::CodeBlock(_) => return Err(self.unsupported("a block of code", range)),
            Tag::HtmlBlock => return Err(self.unsupported("HTML", range)),
            Tag::Image { .. } => return Err(self.unsupported("an image", range)),
            _ => return Err(self.unsupported("markup that lessons do not have", range)),
        }
        Ok(())
    }

    fn close(&mut self, tag: TagEnd, range: &Range<usize>) -> Result<(), Unsupported> {
        match tag {
            TagEnd::Paragraph if !self.in_point => {
                let phrase = self.phrase()?;
                self.passages.push(Passage::Prose(phrase));
            }
            TagEnd::Item => {
                let point = self.phrase()?;
                if point.0.is_empty() {
                    return Err(self.unsupported("an empty point of a list", range));
                }
                self.points.get_or_insert_default().push(point);
                self.in_point = false;
            }
            TagEnd::List(_) => self.passages.extend(self.points.take().map(Passage::Bullets)),
            TagEnd::Emphasis | TagEnd::Strong => drop(self.roles.pop()),
            TagEnd::Link => self.link = None,
            _ => {}
        }
        Ok(())
    }

    /// Joins what the parser hands out in pieces, so that a hole stands in one run.
    fn add(&mut self, role: Role, text: &str) {
        match self.runs.last_mut() {
            Some((last, link, run)) if *last == role && role != Role::Code && *link == self.link => run.push_str(text),
            _ => self.runs.push((role, self.link.clone(), text.to_owned())),
        }
    }

    fn phrase(&mut self) -> Result<Phrase, Unsupported> {
        let mut pieces = Vec::new();
        for (role, link, text) in std::mem::take(&mut self.runs) {
            split_holes(&text, role, link.as_ref(), &mut pieces)?;
        }
        Ok(Phrase(pieces))
    }

    fn unsupported(&self, what: &str, range: &Range<usize>) -> Unsupported {
        Unsupported::new(what, self.source.get(range.clone()).unwrap_or_default())
    }
}

fn split_holes(text: &str, role: Role, link: Option<&String>, pieces: &mut Vec<Piece>) -> Result<(), Unsupported> {
    let words = |text: &str, pieces: &mut Vec<Piece>| {
        if !text.is_empty() {
            pieces.push(Piece::Words { text: text.to_owned(), role, link: link.cloned() });
        }
    };
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("{{") {
        let Some((name, after)) = from.split_once("}}") else {
            return Err(Unsupported::hole("a hole that is not closed", "`}}` behind its name", &format!("{{{{{from}")));
        };
        let trimmed = name.trim();
        if trimmed.is_empty() || !trimmed.chars().all(is_name) {
            let snippet = format!("{{{{{name}}}}}");
            return Err(Unsupported::hole("a hole without a proper name", "a name of small letters, digits and `_`", &snippet));
        }
        words(before, pieces);
        pieces.push(Piece::Hole { name: trimmed.to_owned(), role });
        rest = after;
    }
    words(rest, pieces);
    Ok(())
}

fn is_name(character: char) -> bool {
    matches!(character, 'a'..='z' | '0'..='9' | '_')
}
