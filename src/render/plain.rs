//! Writes a page to be read aloud: words instead of lines, marks, columns and colours.
//!
//! A screen reader goes from left to right and top to bottom and says `│` as "vertical line". So the cells of a row
//! are parted by punctuation, what a drawing would show is said, and a note follows the thing it belongs to.

use super::flow::flow;
use super::line::{Line, Run};
use super::safe::{code, safe};
use super::{PLAIN, ink};
use crate::page::{Block, Entry, Hop, Listing, Node, Page, Role, Sides, Table, Text};

/// The page in words, no line wider than `width` (but at least 16).
pub fn plain(page: &Page, width: usize) -> String {
    let mut out = Plain { width: width.max(16), lines: Vec::new() };
    out.say(0, &spoken(&page.title));
    if let Some(status) = &page.status {
        out.say(0, &format!("Status: {}", spoken(status)));
    }
    out.blocks(0, &page.intro);
    for section in &page.sections {
        out.gap();
        out.say(0, &spoken(&section.title));
        if let Some(lead) = &section.lead {
            out.say(0, &spoken(lead));
        }
        out.blocks(0, &section.blocks);
    }
    ink::print(&out.lines, false)
}

/// How a text is said.
fn spoken(text: &Text) -> String {
    let mut said = String::new();
    for span in &text.0 {
        let text = safe(&span.text);
        match span.role {
            Role::Wins => said.extend([&text, " (found first)"]),
            Role::Shadowed => said.extend([&text, " (passed over)"]),
            Role::Arrow => said.extend([" ", &text, " "]),
            _ => said.push_str(&text),
        }
    }
    said
}

struct Plain {
    width: usize,
    lines: Vec<Line>,
}

impl Plain {
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.0.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    /// A paragraph.
    fn say(&mut self, indent: usize, words: &str) {
        self.wrap(indent, 0, words);
    }

    /// One of several things that are said one after the other: its further lines are indented more than what may be inside it.
    fn item(&mut self, indent: usize, words: &str) {
        self.wrap(indent, 4, words);
    }

    fn wrap(&mut self, indent: usize, hang: usize, words: &str) {
        if words.trim().is_empty() {
            return;
        }
        // Deep trees stop moving to the right where too little would be left to read.
        let indent = indent.min(self.width / 3);
        let parts = flow(&[Run::words(words.trim(), PLAIN)], self.width - indent - hang);
        for (index, part) in parts.into_iter().enumerate() {
            let mut line = Line::default();
            line.pad_to(if index == 0 { indent } else { indent + hang });
            line.append(part);
            self.lines.push(line);
        }
    }

    fn blocks(&mut self, indent: usize, blocks: &[Block]) {
        for block in blocks {
            self.gap();
            self.block(indent, block);
        }
    }

    fn block(&mut self, indent: usize, block: &Block) {
        match block {
            Block::Prose(text) => self.say(indent, &spoken(text)),
            Block::Bullets(points) => {
                for point in points {
                    self.item(indent, &format!("- {}", spoken(point)));
                }
            }
            Block::Table(table) => self.table(indent, table),
            Block::Tree(root) => self.tree(indent, root, 0),
            Block::Listing(listing) => self.listing(indent, listing),
            Block::Chain(hops) => self.say(indent, &chain(hops)),
            Block::Sides(sides) => self.sides(indent, sides),
            Block::Try { command, shows } => {
                // What shows nothing mends something: its heading says so.
                let led = if shows.is_empty() { "" } else { "Try it: " };
                self.say(indent, &format!("{led}{}", safe(command)));
                self.say(indent + 2, &spoken(shows));
            }
            Block::Group { title, blocks } => {
                self.say(indent, &spoken(title));
                self.blocks(indent + 2, blocks);
            }
        }
    }

    fn table(&mut self, indent: usize, table: &Table) {
        let heads: Vec<String> = table.head.iter().map(spoken).collect();
        for row in &table.rows {
            let cells: Vec<String> = row.iter().map(spoken).collect();
            self.item(indent, &said_row(&heads, &cells));
        }
    }

    fn tree(&mut self, indent: usize, node: &Node, depth: usize) {
        let label = spoken(&node.label);
        let name = match node.entry {
            Entry::Folder => format!("folder {label}"),
            Entry::Folded => label.trim_start_matches("… ").to_owned(),
            Entry::Plain | Entry::Link => label,
        };
        self.item(indent, &with_note(&name, &node.note, ": ", ""));
        if depth < super::tree::DEEPEST {
            node.children.iter().for_each(|child| self.tree(indent + 2, child, depth + 1));
        }
    }

    fn listing(&mut self, indent: usize, listing: &Listing) {
        self.say(indent, &spoken(&listing.file));
        for line in &listing.lines {
            let text = code(&line.text);
            match line.number {
                Some(number) => self.item(indent, &format!("Line {number}: {}", text.trim())),
                None => self.say(indent, &text),
            }
            self.say(indent + 2, &spoken(&line.note));
        }
    }

    fn sides(&mut self, indent: usize, sides: &Sides) {
        let said = |row: &[Text]| said_row(&[], &row.iter().map(spoken).collect::<Vec<_>>());
        let (lefts, rights): (Vec<_>, Vec<_>) = (sides.lefts().map(said).collect(), sides.rights().map(said).collect());
        for (head, rows) in [(&sides.left, lefts), (&sides.right, rights)] {
            self.gap();
            self.say(indent, &format!("{}:", spoken(head)));
            for row in rows.iter().filter(|row| !row.is_empty()) {
                self.item(indent + 2, &format!("- {row}"));
            }
        }
    }
}

/// The cells of a row: the first names it, the others say something about it; headings in front where there are some.
fn said_row(heads: &[String], cells: &[String]) -> String {
    let mut said = String::new();
    let filled = cells.iter().map(|cell| cell.trim()).enumerate().filter(|(_, cell)| !cell.is_empty());
    for (said_before, (index, cell)) in filled.enumerate() {
        said.push_str(match said_before {
            0 => "",
            1 if heads.is_empty() => ": ",
            _ => "; ",
        });
        if let Some(head) = heads.get(index).filter(|head| !head.is_empty()) {
            said.extend([head, ": "]);
        }
        said.push_str(cell);
    }
    said
}

fn with_note(name: &str, note: &Text, before: &str, after: &str) -> String {
    let note = spoken(note);
    if note.is_empty() { name.to_owned() } else { format!("{name}{before}{note}{after}") }
}

fn chain(hops: &[Hop]) -> String {
    let hops: Vec<String> = hops.iter().map(|hop| with_note(&spoken(&hop.label), &hop.note, " (", ")")).collect();
    hops.join(" leads to ")
}
