//! Draws two columns that are compared row by row: side by side where no row has to wrap, else one below the other.

use super::PLAIN;
use super::columns::{Columns, natural_width, table};
use super::flow::flow;
use super::layout::{INDENT, column_heading, indented};
use super::line::{Line, Run, runs, width_of};
use crate::page::{Sides, Text};

/// Columns between the columns of a side.
const GAP: usize = 2;
/// Columns between two sides.
const BETWEEN: usize = 4;

/// One side: its rows, their cells.
type Side = Vec<Vec<Vec<Run>>>;

/// The lines of both sides, none wider than `width`.
pub fn sides(both: &Sides, width: usize) -> Vec<Line> {
    let cells = |row: &[Text]| row.iter().map(runs).collect();
    let left: Side = both.lefts().map(cells).collect();
    let right: Side = both.rights().map(cells).collect();
    let heads = [&both.left, &both.right].map(column_heading);
    let wanted = [(&left, &heads[0]), (&right, &heads[1])].map(|(side, head)| natural_width(side, GAP).max(width_of(head)));
    if wanted[0] + BETWEEN + wanted[1] > width {
        return below_each_other(&[left, right], &heads, width);
    }
    // The right side starts in the middle, where it has room there.
    let middle = (width.saturating_sub(BETWEEN) / 2).min(width - BETWEEN - wanted[1]);
    let left_width = wanted[0].max(middle);
    let start = left_width + BETWEEN;
    let columns = [(&left, left_width), (&right, width - start)].map(|(side, width)| Columns::of(side, GAP, width));
    let mut lines = beside(flow(&heads[0], left_width), flow(&heads[1], width - start), start);
    for (left, right) in left.iter().zip(&right) {
        lines.extend(beside(columns[0].row(left), columns[1].row(right), start));
    }
    lines
}

fn beside(left: Vec<Line>, right: Vec<Line>, start: usize) -> Vec<Line> {
    let height = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..height)
        .map(|_| {
            let mut line = left.next().unwrap_or_default();
            if let Some(right) = right.next() {
                line.pad_to(start);
                line.append(right);
            }
            line
        })
        .collect()
}

fn below_each_other(sides: &[Side; 2], heads: &[Vec<Run>; 2], width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for (side, head) in sides.iter().zip(heads) {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(flow(head, width));
        let room = width.saturating_sub(INDENT);
        if Columns::of(side, GAP, room).all_beside() {
            lines.extend(indented(table(side, GAP, room)));
        } else {
            let joined: Side = side.iter().map(|row| joined(row)).collect();
            lines.extend(indented(table(&joined, GAP, room)));
        }
    }
    lines
}

/// The first cell, and all others one behind the other, for where they cannot line up.
fn joined(row: &[Vec<Run>]) -> Vec<Vec<Run>> {
    let (first, others) = row.split_at(row.len().min(1));
    let mut rest: Vec<Run> = Vec::new();
    for cell in others.iter().filter(|cell| width_of(cell) > 0) {
        if !rest.is_empty() {
            rest.push(Run::words("  ", PLAIN));
        }
        rest.extend(cell.iter().cloned());
    }
    first.iter().cloned().chain([rest]).collect()
}
