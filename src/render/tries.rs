//! Draws commands to type, with what they show.
//!
//! A command is there to be copied, so it is broken only where it is wider than the line.

use super::columns::LEAST_NOTE;
use super::flow::flow;
use super::line::{Line, Paint, Run, runs, width_of};
use super::safe::safe;
use crate::page::{Block, Role};

const LABEL: &str = "Try it:  ";
/// Columns between a command and what it shows.
const GAP: usize = 3;
/// How far it is indented where it stands below.
const BELOW: usize = 2;

/// The lines of all commands among the blocks, none wider than `width`: the first is led in, what they show lines up.
pub fn tries(blocks: &[Block], width: usize) -> Vec<Line> {
    let all: Vec<(Vec<Run>, Vec<Run>)> = blocks
        .iter()
        .filter_map(|block| match block {
            Block::Try { command, shows } => Some((vec![Run::whole(safe(command), Paint::Role(Role::Code))], runs(shows))),
            _ => None,
        })
        .collect();
    // What shows nothing mends something: its heading says so.
    let led = if all.iter().any(|(_, shows)| width_of(shows) > 0) { LABEL } else { "" };
    let start = led.len();
    let widest = all.iter().map(|(command, _)| width_of(command)).max().unwrap_or(0);
    let notes = start + widest + GAP;
    let wanted = all.iter().map(|(_, shows)| width_of(shows)).max().unwrap_or(0).min(LEAST_NOTE);
    let beside = notes + wanted <= width;
    let mut lines = Vec::new();
    for (command, shows) in &all {
        let mut block = flow(command, width.saturating_sub(start).max(1));
        if width_of(shows) > 0 && beside {
            let mut shows = flow(shows, width - notes).into_iter();
            if let Some(line) = block.last_mut() {
                line.pad_to(widest + GAP);
                line.append(shows.next().unwrap_or_default());
            }
            block.extend(shows.map(|line| moved(line, widest + GAP)));
        } else if width_of(shows) > 0 {
            let shows = flow(shows, width.saturating_sub(start + BELOW).max(1));
            block.extend(shows.into_iter().map(|line| moved(line, BELOW)));
        }
        lines.extend(block);
    }
    let label = |index| if index == 0 { led } else { "" };
    lines.into_iter().enumerate().map(|(index, line)| led_in(label(index), line, start)).collect()
}

fn moved(line: Line, by: usize) -> Line {
    led_in("", line, by)
}

fn led_in(label: &str, line: Line, start: usize) -> Line {
    let mut led = Line::of(label, Paint::Guide);
    led.pad_to(start);
    led.append(line);
    led
}
