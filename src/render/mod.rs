//! Draws a page: for a terminal, as plain text to be read aloud, as Markdown, as an HTML file, as a picture.
//!
//! A renderer knows the page and nothing behind it. `layout` decides where everything stands, in lines of runs with meaning; `ink` puts
//! the colours on, and the picture is drawn from the same lines. The others say the same in words and in markup, so they are written
//! from the page itself. All characters that come from data pass through `safe`.

mod annotated;
mod chain;
mod columns;
mod flow;
mod highlight;
mod html;
mod ink;
pub mod json;
mod layout;
mod line;
mod listing;
mod markdown;
mod markup;
mod plain;
mod safe;
mod sides;
mod svg;
mod tree;
mod tries;

use crate::page::{Page, Role};
use line::Paint;

const PLAIN: Paint = Paint::Role(Role::Plain);

/// How a terminal is to be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    /// Whether to use colours. The characters are the same with and without.
    pub colour: bool,
    /// Columns that a line may take. Below 16, as if it were 16.
    pub width: usize,
}

/// The page for a terminal. With colours it contains SGR sequences (ECMA-48, 8.3.117) and no other control but newlines.
pub fn terminal(page: &Page, ink: &Ink) -> String {
    let colours = if ink.colour { listing::Colours::On } else { listing::Colours::Off };
    ink::print(&layout::page(page, ink.width, colours), ink.colour)
}

pub use html::{HtmlOptions, html};
/// A message of several lines, each made safe to show on a terminal.
pub fn safe_lines(text: &str) -> String {
    text.lines().map(safe::safe).collect::<Vec<_>>().join("\n")
}

pub use markdown::markdown;
pub use plain::plain;
pub use svg::svg;
