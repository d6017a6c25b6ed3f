//! Draws a page as a picture of a terminal, in SVG: for a README, a slide, a printed page.
//!
//! The lines are the terminal's own. Every run stands at its column and is given its width, so that columns line up whatever
//! monospaced font the viewer has, and wide characters do not move what follows. The letters stay text: they can be found and
//! copied. The ground follows the reader's choice of light or dark.

use std::fmt::Write as _;

use super::highlight::Token;
use super::html::escaped;
use super::layout;
use super::line::{Line, Paint, Run, columns};
use super::listing::Colours;
use crate::page::{Page, Role};

/// Units from column to column, from line to line, and around everything.
const COLUMN: f64 = 8.4;
const LINE: f64 = 20.0;
const EDGE: f64 = 24.0;

const STYLE: &str = include_str!("svg.css");

/// The page as an SVG file whose lines have at most `width` columns.
pub fn svg(page: &Page, width: usize) -> String {
    let lines = layout::page(page, width, Colours::On);
    let widest = lines.iter().map(|line| columns(&line.characters())).max().unwrap_or(0).max(width.min(200));
    let (wide, high) = (at(widest, COLUMN) + 2.0 * EDGE, at(lines.len(), LINE) + 2.0 * EDGE);
    let title = lines.first().map(Line::characters).unwrap_or_default();
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide:.1}\" height=\"{high:.1}\" viewBox=\"0 0 {wide:.1} {high:.1}\" \
         role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">{}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"ground\" width=\"100%\" height=\"100%\" rx=\"8\"/>\n",
        escaped(title.trim())
    );
    for (index, line) in lines.iter().enumerate() {
        let base = EDGE + at(index, LINE) + LINE * 0.75;
        let runs = placed(line);
        if !runs.is_empty() {
            let _ = writeln!(out, "<text y=\"{base:.1}\">{}</text>", runs.concat());
        }
    }
    out.push_str("</svg>\n");
    out
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines and columns are far below 2^52")]
fn at(count: usize, size: f64) -> f64 {
    count as f64 * size
}

fn placed(line: &Line) -> Vec<String> {
    let mut column = 0;
    let mut runs = Vec::new();
    for run in &line.0 {
        let lead = run.text.len() - run.text.trim_start_matches(' ').len();
        let text = run.text.trim_matches(' ');
        if !text.is_empty() {
            runs.push(tspan(run, text, column + lead));
        }
        column += columns(&run.text);
    }
    runs
}

fn tspan(run: &Run, text: &str, column: usize) -> String {
    let (x, length) = (EDGE + at(column, COLUMN), at(columns(text), COLUMN));
    let class = class(run.paint);
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    // A font may lack the branches of a tree; stretched, they still meet.
    format!("<tspan x=\"{x:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\"{class}>{}</tspan>", escaped(text))
}

fn class(paint: Paint) -> &'static str {
    match paint {
        Paint::Heading => "strong",
        Paint::Guide => "dim",
        Paint::Role(role) => match role {
            Role::Plain | Role::Code => "",
            Role::Strong | Role::Key | Role::Wins => "strong",
            Role::Emphasis => "emphasis",
            Role::Own => "own",
            Role::Base => "base",
            Role::Absent | Role::Note | Role::Shadowed | Role::Arrow => "dim",
            Role::Bad => "bad strong",
            Role::Warning => "warning",
            Role::Good => "good",
        },
        Paint::Token(token) => match token {
            Token::Code | Token::Command => "",
            Token::Comment => "dim",
            Token::Keyword => "base",
            Token::Name => "own",
            Token::Value => "good",
        },
    }
}
