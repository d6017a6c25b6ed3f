//! Rows whose cells line up.
//!
//! The last column is the annotation: it takes what is left of the line and wraps. A cell that would push all annotations far
//! to the right does not widen its column: it takes the line for itself and its row goes on below. Where too little is left
//! for an annotation, it stands below the cell before it, in the same column where that has room, else indented.

use super::flow::{fits, flow, widest_word};
use super::line::{Line, Run, width_of};

/// The least room in which an annotation reads well beside the thing itself.
pub const LEAST_NOTE: usize = 24;
/// Words up to this long are worth a place where they need not be torn.
const LONG_WORD: usize = 36;
/// How far cells that stand below their row are indented at most.
const BELOW: usize = 4;

type Cell = Vec<Run>;

/// Where the columns of a table stand.
#[derive(Debug)]
pub struct Columns {
    /// First position of each column that stands beside the one before it.
    starts: Vec<usize>,
    /// Their widths.
    widths: Vec<usize>,
    /// Where the cells of the other columns stand, below.
    below: usize,
    all_beside: bool,
    width: usize,
}

impl Columns {
    /// Decides where the columns of these rows stand, in a line of this width, with so many columns between two of them.
    pub fn of(rows: &[Vec<Cell>], gap: usize, width: usize) -> Self {
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        // A wide cell does no harm where all columns have room nevertheless.
        let cap = if natural_width(rows, gap) <= width { width } else { width * 9 / 20 };
        let mut widths: Vec<usize> =
            (0..count).map(|column| column_width(wanted(rows, column, count), if column + 1 < count { cap } else { width })).collect();
        let starts = starts(&widths, gap);
        let word = |column: usize| rows.iter().filter_map(move |row| row.get(column)).map(|cell| widest_word(cell)).max();
        let least = |column: usize| word(column).unwrap_or(0).clamp(LEAST_NOTE, LONG_WORD);
        let beside = (1..=count).rev().find(|&beside| has_room(&starts, &widths, beside, least(beside - 1), width)).unwrap_or(1);
        let last = starts.get(beside.saturating_sub(1)).copied().unwrap_or(0);
        let below = if beside > 1 && last + LEAST_NOTE <= width { last } else { starts.get(1).map_or(0, |&second| second.min(BELOW)) };
        widths.truncate(beside);
        if let Some(widest) = widths.last_mut() {
            *widest = width.saturating_sub(last).max(1);
        }
        Self { all_beside: beside == count.max(1), starts: starts.into_iter().take(beside).collect(), widths, below, width }
    }

    /// Whether no cell stands below its row.
    pub fn all_beside(&self) -> bool {
        self.all_beside
    }

    /// The lines of one row.
    pub fn row(&self, cells: &[Cell]) -> Vec<Line> {
        let (beside, below) = cells.split_at(cells.len().min(self.starts.len()));
        let mut lines: Vec<Line> = Vec::new();
        let mut top = 0;
        for (index, (&start, &column)) in self.starts.iter().zip(&self.widths).enumerate() {
            let Some(cell) = beside.get(index).filter(|cell| width_of(cell) > 0) else { continue };
            let torn = widest_word(cell) > column || (column < LEAST_NOTE / 2 && !fits(cell, column));
            let alone = cells.iter().skip(index + 1).all(|cell| width_of(cell) == 0);
            let room = if torn || alone { self.width.saturating_sub(start).max(1) } else { column };
            let cell = flow(cell, room);
            let height = cell.len();
            place(&mut lines, top, start, cell);
            // What follows a torn cell starts below it; what stands below the last cell, whatever is to the left of both.
            if torn || index + 1 == self.starts.len() {
                top += height;
            }
        }
        if self.starts.last() != Some(&self.below) {
            top = lines.len();
        }
        for cell in below.iter().filter(|cell| width_of(cell) > 0) {
            let cell = flow(cell, self.width.saturating_sub(self.below).max(1));
            let height = cell.len();
            place(&mut lines, top, self.below, cell);
            top += height;
        }
        lines
    }
}

/// Puts lines beside what already stands there.
fn place(lines: &mut Vec<Line>, top: usize, start: usize, cell: Vec<Line>) {
    for (offset, part) in cell.into_iter().enumerate() {
        while lines.len() <= top + offset {
            lines.push(Line::default());
        }
        if let Some(line) = lines.get_mut(top + offset) {
            line.pad_to(start);
            line.append(part);
        }
    }
}

/// The widths that cells of a column ask for. One with nothing behind it asks for none: it may run on to the right.
fn wanted(rows: &[Vec<Cell>], column: usize, count: usize) -> impl Iterator<Item = usize> {
    let followed = move |row: &&Vec<Cell>| column + 1 == count || row.iter().skip(column + 1).any(|cell| width_of(cell) > 0);
    rows.iter().filter(followed).filter_map(move |row| row.get(column)).map(|cell| width_of(cell)).filter(|&width| width > 0)
}

/// The widest that is not wider than `cap`; the cap where all are.
fn column_width(wanted: impl Iterator<Item = usize>, cap: usize) -> usize {
    let (fitting, wide): (Vec<usize>, Vec<usize>) = wanted.partition(|&width| width <= cap);
    let widest = fitting.into_iter().max();
    widest.unwrap_or(if wide.is_empty() { 0 } else { cap })
}

fn starts(widths: &[usize], gap: usize) -> Vec<usize> {
    let mut at = 0;
    widths
        .iter()
        .map(|width| {
            let start = at;
            // A column without anything in it takes no room; a number needs less of a gap.
            at += match width {
                0 => 0,
                1..=3 => width + gap.min(2),
                _ => width + gap,
            };
            start
        })
        .collect()
}

fn has_room(starts: &[usize], widths: &[usize], beside: usize, least: usize, width: usize) -> bool {
    let last = widths.get(beside - 1).copied().unwrap_or(0);
    let start = starts.get(beside - 1).copied().unwrap_or(0);
    // The cells that then stand below want the room too.
    let wanted = if beside < widths.len() { LEAST_NOTE } else { last.min(least) };
    start + wanted <= width
}

/// The lines of all rows, one below the other.
pub fn table(rows: &[Vec<Cell>], gap: usize, width: usize) -> Vec<Line> {
    let columns = Columns::of(rows, gap, width);
    rows.iter().flat_map(|row| columns.row(row)).collect()
}

/// Columns that the rows take where nothing is wrapped.
pub fn natural_width(rows: &[Vec<Cell>], gap: usize) -> usize {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(|column| wanted(rows, column, count).max().unwrap_or(0)).collect();
    let starts = starts(&widths, gap);
    let ends = rows.iter().flat_map(|row| row.iter().zip(&starts)).filter(|(cell, _)| width_of(cell) > 0);
    ends.map(|(cell, start)| start + width_of(cell)).max().unwrap_or(0)
}
