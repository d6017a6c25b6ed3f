//! Decides where everything on a page stands. Terminal and picture are drawn from these lines.
//!
//! A section's heading starts at the left edge, what belongs to it is indented by two; an empty line separates blocks.

use super::chain::chain;
use super::columns::table;
use super::flow::flow;
use super::line::{Line, Paint, Run, runs, width_of};
use super::listing::{Colours, listing};
use super::sides::sides;
use super::tree::tree;
use super::tries::tries;
use crate::page::{Block, Page, Role, Section, Table, Text};

/// Columns by which the contents of a section are indented.
pub const INDENT: usize = 2;
/// Prose in wider lines is hard to read: the eye loses the next one.
const MEASURE: usize = 110;
/// Columns between the columns of a table.
const GAP: usize = 3;
/// No page is laid out narrower than this.
const NARROWEST: usize = 16;

/// The page as lines, none wider than `width`. The colours decide what the runs are painted with, never where they stand.
pub fn page(page: &Page, width: usize, colours: Colours) -> Vec<Line> {
    let layout = Layout { colours };
    let width = width.max(NARROWEST);
    let mut lines = title(page, width);
    if !page.intro.is_empty() {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(indented(layout.blocks(&page.intro, width - INDENT)));
    }
    for section in &page.sections {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(layout.section(section, width));
    }
    lines
}

struct Layout {
    colours: Colours,
}

impl Layout {
    fn section(&self, section: &Section, width: usize) -> Vec<Line> {
        let mut lines = heading(&section.title, width);
        if let Some(lead) = &section.lead {
            lines.extend(indented(prose(lead, width - INDENT)));
        }
        if !section.blocks.is_empty() {
            if section.lead.is_some() {
                lines.push(Line::default());
            }
            lines.extend(indented(self.blocks(&section.blocks, width - INDENT)));
        }
        lines
    }

    fn blocks(&self, blocks: &[Block], width: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        for blocks in blocks.chunk_by(|one, next| matches!((one, next), (Block::Try { .. }, Block::Try { .. }))) {
            let drawn = match blocks {
                [Block::Try { .. }, ..] => tries(blocks, width),
                [block] => self.block(block, width),
                _ => Vec::new(),
            };
            if drawn.iter().all(|line: &Line| line.width() == 0) {
                continue;
            }
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.extend(drawn);
        }
        lines
    }

    fn block(&self, block: &Block, width: usize) -> Vec<Line> {
        match block {
            Block::Prose(text) => prose(text, width),
            Block::Bullets(points) => points.iter().flat_map(|point| bullet(point, width)).collect(),
            Block::Table(rows) => laid_table(rows, width),
            Block::Tree(root) => tree(root, width),
            Block::Listing(lines) => listing(lines, width, self.colours),
            Block::Chain(hops) => chain(hops, width),
            Block::Sides(both) => sides(both, width),
            Block::Try { .. } => tries(std::slice::from_ref(block), width),
            Block::Group { title, blocks } => {
                let mut lines = heading(title, width);
                // Groups in groups stop moving to the right before nothing is left to write in.
                let indent = if width > NARROWEST + INDENT { INDENT } else { 0 };
                lines.extend(moved(self.blocks(blocks, width - indent), indent));
                lines
            }
        }
    }
}

fn title(page: &Page, width: usize) -> Vec<Line> {
    let title = runs(&page.title);
    let status = page.status.as_ref().map(runs).unwrap_or_default();
    let (left, right) = (width_of(&title), width_of(&status));
    if right == 0 {
        return if left == 0 { Vec::new() } else { flow(&title, width) };
    }
    if left + 3 + right <= width {
        let mut line = Line(title);
        line.pad_to(width - right);
        line.0.extend(status);
        return vec![line];
    }
    let mut lines = flow(&title, width);
    lines.extend(flow(&status, width));
    lines
}

fn heading(title: &Text, width: usize) -> Vec<Line> {
    if title.is_empty() {
        return Vec::new();
    }
    let mut runs = runs(title);
    for run in &mut runs {
        if matches!(run.paint, Paint::Role(Role::Plain | Role::Strong)) {
            run.paint = Paint::Heading;
        }
    }
    flow(&runs, width)
}

fn prose(text: &Text, width: usize) -> Vec<Line> {
    flow(&runs(text), width.min(MEASURE))
}

fn bullet(point: &Text, width: usize) -> Vec<Line> {
    prose(point, width.saturating_sub(2))
        .into_iter()
        .enumerate()
        .map(|(index, line)| prefixed(if index == 0 { "• " } else { "  " }, line))
        .collect()
}

fn laid_table(rows: &Table, width: usize) -> Vec<Line> {
    let head = rows.head.iter().map(column_heading);
    let mut cells: Vec<Vec<Vec<Run>>> = Vec::with_capacity(rows.rows.len() + 1);
    if !rows.head.is_empty() {
        cells.push(head.collect());
    }
    cells.extend(rows.rows.iter().map(|row| row.iter().map(runs).collect()));
    table(&cells, GAP, width)
}

/// The heading of a column, quieter than what stands in it.
pub fn column_heading(heading: &Text) -> Vec<Run> {
    runs(heading).into_iter().map(|run| Run { paint: Paint::Guide, ..run }).collect()
}

pub fn indented(lines: Vec<Line>) -> Vec<Line> {
    moved(lines, INDENT)
}

fn moved(lines: Vec<Line>, columns: usize) -> Vec<Line> {
    let space = " ".repeat(columns);
    lines.into_iter().map(|line| if line.0.is_empty() { line } else { prefixed(&space, line) }).collect()
}

fn prefixed(prefix: &str, mut line: Line) -> Line {
    line.0.insert(0, Run::whole(prefix, Paint::Guide));
    line
}
