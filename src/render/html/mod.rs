//! Draws a page as one HTML file that needs nothing else: no script, no font, no picture, no request.
//!
//! It says what the terminal says, with the means of a browser: real headings, lists and tables for those who listen, folders that
//! fold, the reader's own ground and size of letters, one column on a telephone. What data holds becomes text and nothing else:
//! every character passes `safe` and then the escaping of HTML, and the page's own policy forbids scripts and requests.

mod inline;

pub use inline::escaped;
use inline::{Html, spoken, text};

use super::highlight::{Highlighter, Token};
use super::line::columns;
use super::safe::code;
use crate::page::{self, Block, Entry, Hop, Listing, Node, Page, Role, Section, Sides, Table, Text};

/// What the page itself does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlOptions {
    /// The language of the lessons, as HTML's `lang` wants it (BCP 47).
    pub language: String,
}

impl Default for HtmlOptions {
    fn default() -> Self {
        Self { language: "en".to_owned() }
    }
}

const STYLE: &str = include_str!("style.css");
/// No source but the file itself, and of that only its styles.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Cells up to this many characters are kept on one line.
const WHOLE: usize = 30;

/// The page as a whole HTML file.
pub fn html(page: &Page, options: &HtmlOptions) -> String {
    let mut out = Html::default();
    out.raw("<!doctype html>\n<html lang=\"").text(&options.language).raw("\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"").raw(POLICY).raw("\">\n");
    out.raw("<title>").text(spoken(&page.title).trim()).raw("</title>\n<style>\n").raw(STYLE).raw("</style>\n</head>\n<body>\n");
    let ids = ids(&page.sections);
    header(&mut out, page, &ids);
    out.raw("<main>\n");
    blocks(&mut out, &page.intro, 2);
    for (section, id) in page.sections.iter().zip(&ids) {
        draw_section(&mut out, section, id);
    }
    out.raw("</main>\n</body>\n</html>\n");
    out.0
}

fn header(out: &mut Html, page: &Page, ids: &[String]) {
    out.raw("<header>\n<h1>").raw(&text(&page.title)).raw("</h1>\n");
    if let Some(status) = &page.status {
        out.raw("<p class=\"status\">").raw(&text(status)).raw("</p>\n");
    }
    out.raw("</header>\n");
    if page.sections.len() > 1 {
        out.raw("<nav aria-label=\"On this page\"><ul>\n");
        for (section, id) in page.sections.iter().zip(ids) {
            out.raw("<li><a href=\"#").raw(id).raw("\">").text(&spoken(&section.title)).raw("</a></li>\n");
        }
        out.raw("</ul></nav>\n");
    }
}

/// Names of the sections that are safe in a link, each once.
fn ids(sections: &[Section]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::with_capacity(sections.len());
    for (index, section) in sections.iter().enumerate() {
        let plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
        let mut id: String = section.id.chars().filter(|character| plain(*character)).collect();
        if id.is_empty() || ids.contains(&id) {
            id = format!("{id}-{index}");
        }
        ids.push(id);
    }
    ids
}

fn draw_section(out: &mut Html, section: &Section, id: &str) {
    out.raw("<section id=\"").raw(id).raw("\" aria-labelledby=\"").raw(id).raw("-title\">\n");
    out.raw("<h2 id=\"").raw(id).raw("-title\">").raw(&text(&section.title)).raw("</h2>\n");
    if let Some(lead) = &section.lead {
        out.raw("<p class=\"lead\">").raw(&text(lead)).raw("</p>\n");
    }
    blocks(out, &section.blocks, 3);
    out.raw("</section>\n");
}

fn blocks(out: &mut Html, blocks: &[Block], level: usize) {
    for block in blocks {
        draw_block(out, block, level);
    }
}

fn draw_block(out: &mut Html, block: &Block, level: usize) {
    match block {
        Block::Prose(words) => out.element("p", "", &text(words)),
        Block::Bullets(points) => {
            out.raw("<ul>\n");
            for point in points {
                out.element("li", "", &text(point));
            }
            out.raw("</ul>\n")
        }
        Block::Table(rows) => table(out, rows),
        Block::Tree(root) => {
            out.raw("<ul class=\"tree\">\n");
            node(out, root, 0);
            out.raw("</ul>\n")
        }
        Block::Listing(lines) => listing(out, lines),
        Block::Chain(hops) => chain(out, hops),
        Block::Sides(both) => sides(out, both),
        Block::Try { command, shows } => {
            // What shows nothing mends something: its heading says so.
            let caption = if shows.is_empty() { "" } else { "<figcaption>Try it:</figcaption>" };
            out.raw("<figure class=\"try\">").raw(caption).raw("<pre><code>").text(command).raw("</code></pre>");
            if !shows.is_empty() {
                out.element("p", "", &text(shows));
            }
            out.raw("</figure>\n")
        }
        Block::Group { title, blocks: inside } => {
            let heading = format!("h{}", level.min(6));
            out.raw("<div class=\"group\">\n").element(&heading, "", &text(title));
            blocks(out, inside, level + 1);
            out.raw("</div>\n")
        }
    };
}

fn table<'a>(out: &'a mut Html, table: &Table) -> &'a mut Html {
    out.raw("<table>\n");
    if !table.head.is_empty() {
        out.raw("<thead><tr>");
        for head in &table.head {
            out.raw("<th scope=\"col\">").raw(&text(head)).raw("</th>");
        }
        out.raw("</tr></thead>\n");
    }
    out.raw("<tbody>\n");
    for row in &table.rows {
        out.raw("<tr>");
        for (index, cell) in row.iter().enumerate() {
            draw_cell(out, cell, index, row.len(), table.head.get(index));
        }
        out.raw("</tr>\n");
    }
    out.raw("</tbody>\n</table>\n")
}

/// A key names its row; on a narrow screen the heading of its column stands in front of each cell.
fn draw_cell(out: &mut Html, cell: &Text, index: usize, count: usize, head: Option<&Text>) {
    let names_row = index == 0 && cell.0.first().is_some_and(|span| span.role == Role::Key);
    let tag = if names_row { "th scope=\"row\"" } else { "td" };
    let class = if index + 1 < count && columns(&spoken(cell)) <= WHOLE { " class=\"thing\"" } else { "" };
    out.raw("<").raw(tag).raw(if names_row { "" } else { class });
    if let Some(head) = head.filter(|head| !names_row && !head.is_empty()) {
        out.raw(" data-head=\"").text(&spoken(head)).raw("\"");
    }
    out.raw(">").raw(&text(cell)).raw(if names_row { "</th>" } else { "</td>" });
}

fn node(out: &mut Html, entry: &Node, depth: usize) {
    let folds = !entry.children.is_empty() && depth < super::tree::DEEPEST;
    out.raw("<li>").raw(if folds { "<details open><summary class=\"entry\"" } else { "<div class=\"entry\"" });
    out.raw(&format!(" style=\"--depth:{depth}\"><span class=\"name\">"));
    if entry.entry == Entry::Folder {
        out.raw("<span class=\"aloud\">folder </span>");
    }
    out.raw(&text(&entry.label)).raw("</span>");
    if !entry.note.is_empty() {
        out.raw("<span class=\"note\"><span class=\"aloud\">: </span>").raw(&text(&entry.note)).raw("</span>");
    }
    if folds {
        out.raw("</summary>\n<ul>\n");
        for child in &entry.children {
            node(out, child, depth + 1);
        }
        out.raw("</ul></details></li>\n");
    } else {
        out.raw("</div></li>\n");
    }
}

fn listing<'a>(out: &'a mut Html, listing: &Listing) -> &'a mut Html {
    out.raw("<table class=\"listing\">\n");
    if !listing.file.is_empty() {
        out.raw("<caption>").raw(&text(&listing.file)).raw("</caption>\n");
    }
    out.raw("<tbody>\n");
    let mut highlighter = Highlighter::new(listing.syntax);
    for line in &listing.lines {
        draw_line(out, line, &mut highlighter);
    }
    out.raw("</tbody>\n</table>\n")
}

fn draw_line(out: &mut Html, line: &page::Line, highlighter: &mut Highlighter) {
    let shown = code(&line.text);
    let across = if line.note.is_empty() { " colspan=\"2\"" } else { "" };
    if let Some(number) = line.number {
        let words: String = highlighter.line(&shown).iter().map(|(token, word)| painted(*token, word)).collect();
        out.raw(&format!("<tr><td class=\"number\">{number}</td><td class=\"text\"{across}><code>{words}</code></td>"));
    } else {
        highlighter.restart();
        out.raw("<tr class=\"left-out\"><td class=\"number\">…</td><td class=\"text\"").raw(across).raw(">").text(&shown).raw("</td>");
    }
    if !line.note.is_empty() {
        out.raw("<td class=\"note\">").raw(&text(&line.note)).raw("</td>");
    }
    out.raw("</tr>\n");
}

fn painted(token: Token, word: &str) -> String {
    let class = match token {
        Token::Code | Token::Command => return escaped(word),
        Token::Comment => "comment",
        Token::Keyword => "keyword",
        Token::Name => "name-token",
        Token::Value => "value",
    };
    format!("<span class=\"{class}\">{}</span>", escaped(word))
}

fn chain<'a>(out: &'a mut Html, hops: &[Hop]) -> &'a mut Html {
    out.raw("<ol class=\"chain\">\n");
    for hop in hops {
        out.raw("<li>").raw(&text(&hop.label));
        if !hop.note.is_empty() {
            out.raw(" <span class=\"note remark\">(").raw(&text(&hop.note)).raw(")</span>");
        }
        out.raw("</li>\n");
    }
    out.raw("</ol>\n")
}

/// Two lists whose rows share their heights, so that they can be compared; on a narrow screen one below the other.
fn sides<'a>(out: &'a mut Html, sides: &Sides) -> &'a mut Html {
    out.raw(&format!("<div class=\"sides\" style=\"--rows:{}\">\n", sides.rows.len()));
    side(out, &sides.left, sides.lefts());
    side(out, &sides.right, sides.rights());
    out.raw("</div>\n")
}

fn side<'a>(out: &mut Html, head: &Text, rows: impl Iterator<Item = &'a [Text]>) {
    out.raw("<div class=\"side\">\n<p>").raw(&text(head)).raw("</p>\n<ul>\n");
    for row in rows {
        let cells: Vec<String> = row.iter().filter(|cell| !cell.is_empty()).map(text).collect();
        out.raw(if cells.is_empty() { "<li aria-hidden=\"true\">" } else { "<li>" });
        for cell in cells {
            out.raw("<span class=\"cell\">").raw(&cell).raw("</span> ");
        }
        out.raw("</li>\n");
    }
    out.raw("</ul>\n</div>\n");
}
