//! Draws a text file line by line, what each line does beside it, or below it where there is no room.

use super::columns::LEAST_NOTE;
use super::flow::flow;
use super::highlight::{Highlighter, Token};
use super::line::{Line, Paint, Run, columns, runs, width_of};
use super::safe::code;
use crate::page::{self, Listing, Syntax};

/// Whether the words of a listing are told apart. Telling them apart loads the definitions of languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// They are.
    On,
    /// All words look alike.
    Off,
}

/// Columns between a line number and its line, and between a line and its note.
const GAP: usize = 2;
/// How far the rest of a broken line is indented.
const HANG: usize = 4;

/// A line of the file, ready to be placed.
struct Placed<'a> {
    number: String,
    code: Vec<Run>,
    line: &'a page::Line,
}

/// The lines of the listing, none wider than `width`.
pub fn listing(listing: &Listing, width: usize, colours: Colours) -> Vec<Line> {
    let syntax = if colours == Colours::On { listing.syntax } else { Syntax::Plain };
    let mut highlighter = Highlighter::new(syntax);
    let placed: Vec<Placed> = listing.lines.iter().map(|line| place(line, &mut highlighter)).collect();
    let numbers = placed.iter().map(|line| columns(&line.number)).max().unwrap_or(0);
    let start = if numbers == 0 { 0 } else { numbers + GAP };
    let column = note_column(&placed, start, width);
    let mut lines = Vec::new();
    if width_of(&runs(&listing.file)) > 0 {
        lines.extend(flow(&runs(&listing.file), width));
    }
    for line in &placed {
        let mut number = Line::default();
        number.pad_to(numbers - columns(&line.number));
        number.0.push(Run::whole(line.number.clone(), Paint::Guide));
        lines.extend(line.lines(number, start, column, width));
    }
    lines
}

fn place<'a>(line: &'a page::Line, highlighter: &mut Highlighter) -> Placed<'a> {
    let text = code(&line.text);
    if line.number.is_none() {
        highlighter.restart();
        let code = vec![Run::words(text, Paint::Guide)];
        return Placed { number: "…".to_owned(), code, line };
    }
    let number = line.number.map(|number| number.to_string()).unwrap_or_default();
    let code = highlighter.line(&text).into_iter().map(|(token, text)| match token {
        Token::Code => Run::whole(text, super::PLAIN),
        _ => Run::whole(text, Paint::Token(token)),
    });
    Placed { number, code: code.collect(), line }
}

/// Where the notes stand: behind the widest line that leaves half of the width to them.
fn note_column(lines: &[Placed], start: usize, width: usize) -> Option<usize> {
    let cap = (width / 2).saturating_sub(start);
    let noted = || lines.iter().filter(|line| !line.line.note.is_empty()).map(|line| width_of(&line.code));
    let widest = noted().filter(|&wide| wide <= cap).max().or_else(|| noted().next().map(|_| cap))?;
    let column = start + widest + GAP;
    (width.saturating_sub(column) >= LEAST_NOTE).then_some(column)
}

impl Placed<'_> {
    fn lines(&self, mut first: Line, start: usize, column: Option<usize>, width: usize) -> Vec<Line> {
        first.pad_to(start);
        let mut lines = Vec::new();
        if width_of(&self.code) + start <= width {
            first.0.extend(self.code.iter().cloned());
            lines.push(first);
        } else {
            let parts = flow(&self.code, width.saturating_sub(start + HANG));
            for (index, part) in parts.into_iter().enumerate() {
                let mut line = if index == 0 { std::mem::take(&mut first) } else { Line::default() };
                line.pad_to(if index == 0 { start } else { start + HANG });
                line.append(part);
                lines.push(line);
            }
        }
        let note = runs(&self.line.note);
        if width_of(&note) == 0 {
            return lines;
        }
        match column {
            Some(column) => note_beside(&mut lines, &note, column, width),
            None => note_below(&mut lines, &note, start, width),
        }
        lines
    }
}

fn note_beside(lines: &mut Vec<Line>, note: &[Run], column: usize, width: usize) {
    let mut notes = flow(note, width.saturating_sub(column)).into_iter();
    if let (1, Some(line)) = (lines.len(), lines.last_mut())
        && line.width() + GAP <= column
    {
        line.pad_to(column);
        line.append(notes.next().unwrap_or_default());
    }
    for note in notes {
        let mut line = Line::default();
        line.pad_to(column);
        line.append(note);
        lines.push(line);
    }
}

/// Below the code, led in by a mark, so that it cannot be taken for code.
fn note_below(lines: &mut Vec<Line>, note: &[Run], start: usize, width: usize) {
    for (index, note) in flow(note, width.saturating_sub(start + GAP)).into_iter().enumerate() {
        let mut line = Line::default();
        line.pad_to(start);
        line.0.push(Run::whole(if index == 0 { "└ " } else { "  " }, Paint::Guide));
        line.append(note);
        lines.push(line);
    }
}
