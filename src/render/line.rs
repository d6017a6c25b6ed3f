//! Lines of characters with a meaning for each run: what terminal and picture are made of, once the layout is decided.
//!
//! The layout never looks at colour, so that taking the colours out of an output gives exactly the output without colours.

use unicode_width::UnicodeWidthChar as _;

use super::highlight::Token;
use super::safe::safe;
use crate::page::{Role, Text};

/// Why a run is painted as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paint {
    /// Its meaning on the page.
    Role(Role),
    /// A heading.
    Heading,
    /// Lines and marks that the layout itself adds: branches of a tree, line numbers, arrows.
    Guide,
    /// A word of a listing.
    Token(Token),
}

/// Characters painted alike. They are safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The characters, without line ends.
    pub text: String,
    /// What they are.
    pub paint: Paint,
    /// Whether a line may end inside.
    pub breaks: Breaks,
}

/// Whether a line may end inside a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaks {
    /// At its spaces.
    Spaces,
    /// Only when the whole is wider than a line.
    Never,
}

/// Literal values up to this many columns are kept on one line; longer ones would tear holes into the line before.
const KEPT: usize = 24;

impl Run {
    /// Words that may be wrapped.
    pub fn words(text: impl Into<String>, paint: Paint) -> Self {
        Self { text: text.into(), paint, breaks: Breaks::Spaces }
    }

    /// Characters that stay together.
    pub fn whole(text: impl Into<String>, paint: Paint) -> Self {
        Self { text: text.into(), paint, breaks: Breaks::Never }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(pub Vec<Run>);

impl Line {
    /// A line of one run.
    pub fn of(text: impl Into<String>, paint: Paint) -> Self {
        Self(vec![Run::whole(text, paint)])
    }

    /// Columns taken.
    pub fn width(&self) -> usize {
        width_of(&self.0)
    }

    /// Adds spaces up to this column.
    pub fn pad_to(&mut self, column: usize) {
        let missing = column.saturating_sub(self.width());
        if missing > 0 {
            self.0.push(Run::whole(" ".repeat(missing), Paint::Role(Role::Plain)));
        }
    }

    /// Adds a run; it becomes one with the run before it where both are painted alike.
    pub fn push(&mut self, run: &Run) {
        match self.0.last_mut() {
            Some(last) if last.paint == run.paint => last.text.push_str(&run.text),
            _ => self.0.push(run.clone()),
        }
    }

    /// Adds the runs of another line.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The characters alone.
    pub fn characters(&self) -> String {
        let all: String = self.0.iter().map(|run| run.text.as_str()).collect();
        all.trim_end_matches(' ').to_owned()
    }
}

/// Columns that characters take on a terminal, added up one by one, because runs are measured apart and drawn side by side.
pub fn columns(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// Columns that runs take side by side.
pub fn width_of(runs: &[Run]) -> usize {
    runs.iter().map(|run| columns(&run.text)).sum()
}

/// The runs of a text, safe to print, with marks and arrows drawn.
pub fn runs(text: &Text) -> Vec<Run> {
    let mut runs = Vec::with_capacity(text.0.len());
    for span in text.0.iter().filter(|span| !span.text.is_empty()) {
        let paint = Paint::Role(span.role);
        let shown = safe(&span.text).into_owned();
        match span.role {
            Role::Arrow => {
                runs.push(Run::words(" ", paint));
                runs.push(Run::whole("→ ", paint));
            }
            Role::Wins => runs.push(Run::whole(format!("● {shown}"), paint)),
            Role::Shadowed => runs.push(Run::whole(format!("○ {shown}"), paint)),
            Role::Code | Role::Own | Role::Base | Role::Key if columns(&shown) <= KEPT => {
                runs.push(Run::whole(shown, paint));
            }
            _ => runs.push(Run::words(shown, paint)),
        }
    }
    runs
}
