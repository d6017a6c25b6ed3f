//! Things below one another, each with its note, all notes in one column: a drawn tree, a chain of links.

use super::columns::LEAST_NOTE;
use super::flow::flow;
use super::line::{Line, Paint, Run, columns, width_of};

/// One thing with its note.
#[derive(Debug)]
pub struct Annotated {
    /// The branches in front of the name, as drawn for its first line.
    pub guide: String,
    /// The thing.
    pub name: Vec<Run>,
    /// What it means.
    pub note: Vec<Run>,
    /// Whether things inside it follow, so that a branch goes on below it.
    pub opens: bool,
}

/// Columns between the widest name and the notes.
const GAP: usize = 2;
/// How far the rest of a name and a note below it are indented.
const HANG: usize = 2;

/// The lines of all things. Names wider than half of the width do not move the column: their notes start a line below.
pub fn annotate(entries: &[Annotated], width: usize) -> Vec<Line> {
    let column = note_column(entries, width);
    entries.iter().flat_map(|entry| entry.lines(column, width)).collect()
}

/// Where the notes stand; `None` where there is too little room beside the names.
fn note_column(entries: &[Annotated], width: usize) -> Option<usize> {
    let cap = width / 2;
    let noted = || entries.iter().filter(|entry| width_of(&entry.note) > 0).map(Annotated::width);
    let widest = noted().filter(|&wide| wide <= cap).max().or_else(|| noted().next().map(|_| cap))?;
    let column = widest + GAP;
    (width.saturating_sub(column) >= LEAST_NOTE).then_some(column)
}

impl Annotated {
    fn width(&self) -> usize {
        columns(&self.guide) + width_of(&self.name)
    }

    fn lines(&self, column: Option<usize>, width: usize) -> Vec<Line> {
        let guide = columns(&self.guide);
        let mut lines: Vec<Line> = Vec::new();
        let room = width.saturating_sub(guide);
        let hang = if width_of(&self.name) > room { HANG } else { 0 };
        for (index, part) in flow(&self.name, room.saturating_sub(hang)).into_iter().enumerate() {
            let mut line = Line::of(if index == 0 { self.guide.clone() } else { self.further() }, Paint::Guide);
            line.pad_to(if index == 0 { guide } else { guide + hang });
            line.append(part);
            lines.push(line);
        }
        if width_of(&self.note) == 0 {
            return lines;
        }
        let below = guide + HANG;
        let start = column.unwrap_or(below);
        let mut notes = flow(&self.note, width.saturating_sub(start)).into_iter();
        let beside = column.is_some() && lines.len() == 1 && self.width() + GAP <= start;
        if let (true, Some(line)) = (beside, lines.last_mut()) {
            line.pad_to(start);
            line.append(notes.next().unwrap_or_default());
        }
        for note in notes {
            let mut line = Line::of(self.further(), Paint::Guide);
            line.pad_to(start);
            line.append(note);
            lines.push(line);
        }
        lines
    }

    /// The branches in front of a further line of this thing.
    fn further(&self) -> String {
        let mut guide: String = self
            .guide
            .chars()
            .map(|branch| match branch {
                '├' | '│' => '│',
                _ => ' ',
            })
            .collect();
        if self.opens {
            guide.push('│');
        }
        guide
    }
}
