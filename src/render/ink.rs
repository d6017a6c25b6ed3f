//! Puts colours on lines: one accent for the environment's own things, one for the base's, dim for what is absent or only said
//! in passing, red for what is broken.
//!
//! Only colours that every terminal lets its user choose, and of these the ones that read on a dark ground and on a light one:
//! the usual blue is lost on black, white and the bright ones on white.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::highlight::Token;
use super::line::{Line, Paint};
use crate::page::Role;

/// The lines as text, each ended by a newline, without spaces at their ends.
pub fn print(lines: &[Line], colour: bool) -> String {
    let mut out = String::new();
    for line in lines {
        if colour {
            print_painted(line, &mut out);
        } else {
            out.push_str(&line.characters());
        }
        out.push('\n');
    }
    out
}

fn print_painted(line: &Line, out: &mut String) {
    let mut left = line.characters().chars().count();
    let mut current = Style::new();
    for run in &line.0 {
        let text: String = run.text.chars().take(left).collect();
        left -= text.chars().count();
        if text.is_empty() {
            continue;
        }
        // Spaces look the same in every style used here, so they need no codes of their own.
        let style = if text.trim_matches(' ').is_empty() { Style::new() } else { style(run.paint) };
        if style != current {
            // Writing into a String cannot fail.
            let _ = write!(out, "{}{}", current.render_reset(), style.render());
            current = style;
        }
        out.push_str(&text);
    }
    let _ = write!(out, "{}", current.render_reset());
}

/// How a meaning looks.
pub fn style(paint: Paint) -> Style {
    let plain = Style::new();
    match paint {
        Paint::Heading => plain.bold(),
        Paint::Guide => plain.dimmed(),
        Paint::Role(role) => role_style(role),
        Paint::Token(token) => match token {
            Token::Code | Token::Command => plain,
            Token::Comment => plain.dimmed(),
            Token::Keyword => AnsiColor::Magenta.on_default(),
            Token::Name => AnsiColor::Cyan.on_default(),
            Token::Value => AnsiColor::Green.on_default(),
        },
    }
}

fn role_style(role: Role) -> Style {
    let plain = Style::new();
    match role {
        Role::Plain | Role::Code => plain,
        Role::Strong | Role::Key | Role::Wins => plain.bold(),
        Role::Emphasis => plain.italic(),
        Role::Own => AnsiColor::Cyan.on_default(),
        Role::Base => AnsiColor::Magenta.on_default(),
        Role::Absent | Role::Note | Role::Shadowed | Role::Arrow => plain.dimmed(),
        Role::Bad => AnsiColor::Red.on_default().bold(),
        Role::Warning => AnsiColor::Yellow.on_default(),
        Role::Good => AnsiColor::Green.on_default(),
    }
}
