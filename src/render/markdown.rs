//! Writes a page as GitHub Flavored Markdown that also reads well unrendered.
//!
//! No value can become markup: what is literal stands in code spans with as many backticks as it needs, all else is escaped (see
//! `markup`). Trees are drawn as for a terminal, in a fenced block, because Markdown has nothing for them.

use super::line::Line;
use super::markup::{cell, code_span, fence, heading, inline, line_start};
use super::safe::{code, safe};
use super::tree::tree;
use crate::page::{self, Block, Hop, Listing, Page, Sides, Syntax, Table, Text};

/// Columns of what is drawn in fenced blocks.
const WIDTH: usize = 100;

/// The page as Markdown.
pub fn markdown(page: &Page) -> String {
    let mut out = Markdown::default();
    out.heading(1, &page.title);
    if let Some(status) = &page.status {
        out.paragraph(&line_start(&inline(status)));
    }
    out.blocks(&page.intro, 2);
    for section in &page.sections {
        out.heading(2, &section.title);
        if let Some(lead) = &section.lead {
            out.paragraph(&line_start(&inline(lead)));
        }
        out.blocks(&section.blocks, 3);
    }
    out.text
}

#[derive(Default)]
struct Markdown {
    text: String,
}

impl Markdown {
    fn paragraph(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, level: usize, title: &Text) {
        if !title.is_empty() {
            self.paragraph(&format!("{} {}", "#".repeat(level.min(6)), heading(title)));
        }
    }

    fn blocks(&mut self, blocks: &[Block], level: usize) {
        for block in blocks {
            self.block(block, level);
        }
    }

    fn block(&mut self, block: &Block, level: usize) {
        match block {
            Block::Prose(text) => self.paragraph(&line_start(&inline(text))),
            Block::Bullets(points) => {
                let points: Vec<String> = points.iter().map(|point| format!("- {}\n", line_start(&inline(point)))).collect();
                self.paragraph(&points.concat());
            }
            Block::Table(rows) => self.paragraph(&table(rows)),
            Block::Tree(root) => self.paragraph(&fence("text", &drawn(&tree(root, WIDTH)))),
            Block::Listing(lines) => self.listing(lines),
            Block::Chain(hops) => self.paragraph(&chain(hops)),
            Block::Sides(both) => self.paragraph(&sides(both)),
            Block::Try { command, shows } => {
                // What shows nothing mends something: its heading says so.
                if !shows.is_empty() {
                    self.paragraph("Try it:");
                }
                self.paragraph(&fence("console", &format!("$ {}\n", safe(command))));
                self.paragraph(&line_start(&inline(shows)));
            }
            Block::Group { title, blocks } => {
                self.heading(level, title);
                self.blocks(blocks, level + 1);
            }
        }
    }

    fn listing(&mut self, listing: &Listing) {
        self.paragraph(&line_start(&inline(&listing.file)));
        let lines: String = listing.lines.iter().map(written_line).collect();
        self.paragraph(&fence(language(listing.syntax), &lines));
        let notes = listing.lines.iter().filter(|line| !line.note.is_empty()).map(|line| {
            let number = line.number.map(|number| number.to_string()).unwrap_or_default();
            vec![number, cell(&code_span(code(&line.text).trim())), cell(&inline(&line.note))]
        });
        let head = ["line", "text", "what it does"].map(str::to_owned).to_vec();
        self.paragraph(&rows(&head, &notes.collect::<Vec<_>>()));
    }
}

fn written_line(line: &page::Line) -> String {
    let left_out = if line.number.is_none() { "… " } else { "" };
    format!("{left_out}{}\n", code(&line.text))
}

fn drawn(lines: &[Line]) -> String {
    lines.iter().map(|line| line.characters() + "\n").collect()
}

fn table(table: &Table) -> String {
    let cells = |row: &Vec<Text>| row.iter().map(|text| cell(&inline(text))).collect::<Vec<_>>();
    rows(&cells(&table.head), &table.rows.iter().map(cells).collect::<Vec<_>>())
}

/// A table; GitHub wants a head, if only an empty one.
fn rows(head: &[String], rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    if rows.is_empty() || count == 0 {
        return String::new();
    }
    let row = |cells: &[String]| -> String {
        let cells = (0..count).map(|column| cells.get(column).map_or("", String::as_str));
        cells.fold("|".to_owned(), |row, cell| if cell.is_empty() { row + "  |" } else { row + " " + cell + " |" }) + "\n"
    };
    let mut text = row(head) + "|" + &"---|".repeat(count) + "\n";
    text.extend(rows.iter().map(|cells| row(cells)));
    text
}

fn chain(hops: &[Hop]) -> String {
    let hops: Vec<String> = hops
        .iter()
        .map(|hop| {
            let note = if hop.note.is_empty() { String::new() } else { format!(" ({})", inline(&hop.note)) };
            inline(&hop.label) + &note
        })
        .collect();
    line_start(&hops.join(" → "))
}

fn sides(sides: &Sides) -> String {
    let side = |cells: &[Text]| {
        let cells: Vec<String> = cells.iter().filter(|text| !text.is_empty()).map(inline).collect();
        cell(&cells.join(" "))
    };
    let head = [&sides.left, &sides.right].map(|text| cell(&inline(text)));
    rows(&head, &sides.rows.iter().map(|(left, right)| vec![side(left), side(right)]).collect::<Vec<_>>())
}

/// The word behind the fence, as GitHub's linguist knows it.
fn language(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Plain => "text",
        Syntax::Config => "ini",
        Syntax::Sh => "bash",
        Syntax::Fish => "fish",
        Syntax::Csh => "tcsh",
        Syntax::PowerShell => "powershell",
        Syntax::Batch => "batch",
        Syntax::Nu => "nu",
        Syntax::Python => "python",
    }
}
