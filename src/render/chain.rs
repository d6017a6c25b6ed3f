//! Draws one thing that leads to the next: on one line where it fits, else as a stair. The only file that knows termtree.

use termtree::{GlyphPalette, Tree};

use super::annotated::{Annotated, annotate};
use super::flow::fits;
use super::line::{Line, Paint, Run, runs, width_of};
use crate::page::{Hop, Role};

const STEP: &str = "  →  ";

/// The lines of the chain, none wider than `width`.
pub fn chain(hops: &[Hop], width: usize) -> Vec<Line> {
    let line = in_line(hops);
    if fits(&line.0, width) { vec![line] } else { stair(hops, width) }
}

fn in_line(hops: &[Hop]) -> Line {
    let mut line = Line::default();
    for (index, hop) in hops.iter().enumerate() {
        if index > 0 {
            line.0.push(Run::whole(STEP, Paint::Guide));
        }
        line.0.extend(runs(&hop.label));
        let note = runs(&hop.note);
        if width_of(&note) > 0 {
            line.0.push(Run::whole(" (", Paint::Role(Role::Note)));
            line.0.extend(note);
            line.0.push(Run::whole(")", Paint::Role(Role::Note)));
        }
    }
    line
}

/// Each hop one step further in; a chain too long for that stands straight.
fn stair(hops: &[Hop], width: usize) -> Vec<Line> {
    let steps = hops.len().saturating_sub(1);
    let straight = steps * columns_of_step() > width / 3;
    let drawn = if straight {
        (0..hops.len()).map(|index| if index == 0 { String::new() } else { "→ ".to_owned() }).collect()
    } else {
        steps_of(hops.len())
    };
    let entries: Vec<Annotated> = hops
        .iter()
        .zip(drawn)
        .map(|(hop, guide)| Annotated { guide, name: runs(&hop.label), note: runs(&hop.note), opens: false })
        .collect();
    annotate(&entries, width)
}

fn columns_of_step() -> usize {
    3
}

fn steps_of(count: usize) -> Vec<String> {
    const GLYPHS: GlyphPalette =
        GlyphPalette { middle_item: "├", last_item: "└", item_indent: "→ ", middle_skip: "│", last_skip: " ", skip_indent: "  " };
    let stair = (0..count).rev().fold(None, |inner: Option<Tree<&str>>, _| Some(Tree::new("").with_glyphs(GLYPHS).with_leaves(inner)));
    stair.map(|stair| stair.to_string().lines().map(str::to_owned).collect()).unwrap_or_default()
}
