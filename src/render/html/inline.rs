//! Words of a page as HTML: each role a class or an element, every character escaped.

use crate::page::{Role, Span, Text};
use crate::render::safe::{destination, safe};

/// HTML being written.
#[derive(Default)]
pub struct Html(pub String);

impl Html {
    /// Adds markup of our own.
    pub fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds characters that come from data.
    pub fn text(&mut self, characters: &str) -> &mut Self {
        self.0.push_str(&escaped(&safe(characters)));
        self
    }

    /// Adds an element with markup inside; nothing where that is empty.
    pub fn element(&mut self, name: &str, class: &str, inside: &str) -> &mut Self {
        if inside.is_empty() {
            return self;
        }
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.raw(&format!("<{name}{class}>{inside}</{name}>\n"))
    }
}

/// Characters that mean nothing to HTML, in text and in quoted attributes.
pub fn escaped(characters: &str) -> String {
    let mut out = String::with_capacity(characters.len() + 8);
    for character in characters.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

/// Escaped characters with places where a path or a list of paths may be broken. They are not copied along.
fn breakable(characters: &str) -> String {
    let is_list = characters.contains(';') || [":/", ":.", ":~"].iter().any(|next| characters.contains(next));
    let ends = if is_list { [':', ';'] } else { ['/', '\\'] };
    let mut out = String::with_capacity(characters.len() + 8);
    for part in characters.split_inclusive(ends) {
        // As on the terminal: no single slash or `C:` is left behind at the end of a line.
        if out.len() > 2 {
            out.push_str("<wbr>");
        }
        out.push_str(&escaped(part));
    }
    out
}

/// The characters alone, for titles and attributes.
pub fn spoken(text: &Text) -> String {
    text.characters()
}

/// A text as markup.
pub fn text(text: &Text) -> String {
    text.0.iter().filter(|span| !span.text.is_empty()).map(span).collect()
}

fn span(span: &Span) -> String {
    let shown = safe(&span.text);
    let words = match span.role {
        Role::Code | Role::Own | Role::Base | Role::Absent | Role::Bad => breakable(&shown),
        _ => escaped(&shown),
    };
    let drawn = match span.role {
        Role::Plain => words,
        Role::Strong => format!("<strong>{words}</strong>"),
        Role::Emphasis => format!("<em>{words}</em>"),
        Role::Code => format!("<code>{words}</code>"),
        Role::Own => class("own", &words),
        Role::Base => class("base", &words),
        Role::Absent => class("absent", &words),
        Role::Bad => format!("<strong class=\"bad\">{words}</strong>"),
        Role::Warning => format!("<strong class=\"warning\">{words}</strong>"),
        Role::Good => class("good", &words),
        Role::Key => class("key", &words),
        Role::Note => class("remark", &words),
        Role::Wins => marked("wins", "●", &words, "found first"),
        Role::Shadowed => marked("shadowed", "○", &words, "passed over"),
        Role::Arrow => format!(" <span class=\"remark\" aria-hidden=\"true\">→</span><span class=\"aloud\">{words}</span> "),
    };
    match span.link.as_deref().and_then(destination) {
        Some(link) => format!("<a href=\"{}\">{drawn}</a>", escaped(&link)),
        None => drawn,
    }
}

fn class(name: &str, words: &str) -> String {
    format!("<span class=\"{name}\">{words}</span>")
}

fn marked(name: &str, mark: &str, words: &str, said: &str) -> String {
    format!("<span class=\"{name}\"><span aria-hidden=\"true\">{mark} </span>{words}<span class=\"aloud\"> ({said})</span></span>")
}
