//! Markdown that says exactly what a text says: escaped words, code spans, fences.
//!
//! Rules are those of `CommonMark` 0.31 (sections 2.4, 6.1, 6.2, 4.5) and GitHub's extensions for tables, strikethrough and autolinks.

use super::safe::{destination, safe};
use crate::page::{Role, Span, Text};

/// How a role is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Markup {
    Words,
    Strong,
    Emphasis,
    Code,
}

fn markup(role: Role) -> Markup {
    match role {
        Role::Code | Role::Own | Role::Base | Role::Wins | Role::Shadowed => Markup::Code,
        Role::Strong | Role::Key | Role::Bad | Role::Warning => Markup::Strong,
        Role::Emphasis => Markup::Emphasis,
        Role::Plain | Role::Absent | Role::Good | Role::Note | Role::Arrow => Markup::Words,
    }
}

/// A text as one line of Markdown.
pub fn inline(text: &Text) -> String {
    let mut out = String::new();
    let mut after_code = false;
    // Spans side by side with the same markup become one: two code spans without a space between them would run together.
    let groups: Vec<&[Span]> = text.0.chunk_by(|one, next| one.link == next.link && alike(one.role, next.role)).collect();
    for (index, group) in groups.iter().enumerate() {
        let Some(first) = group.first() else { continue };
        let words: String = group.iter().map(|span| safe(&span.text)).collect();
        if words.is_empty() {
            continue;
        }
        let next = groups.get(index + 1).and_then(|group| group.first()).and_then(|span| span.text.chars().next());
        let drawn = mark(first.role);
        out.push_str(drawn);
        after_code &= drawn.is_empty();
        if first.role == Role::Arrow {
            continue;
        }
        let written = written(&words, markup(first.role), out.chars().last(), next);
        if after_code && written.starts_with('`') {
            out.push(' ');
        }
        after_code = markup(first.role) == Markup::Code;
        match first.link.as_deref().and_then(destination) {
            Some(link) => out.extend(["[", &written, "](<", &link, ">)"]),
            None => out.push_str(&written),
        }
    }
    out.trim().to_owned()
}

/// What is drawn for a role, in front of its words or in their place.
fn mark(role: Role) -> &'static str {
    match role {
        Role::Wins => "● ",
        Role::Shadowed => "○ ",
        Role::Arrow => " → ",
        _ => "",
    }
}

/// A text as a heading, which is bold already.
pub fn heading(text: &Text) -> String {
    let spans =
        text.0.iter().map(|span| Span { role: if markup(span.role) == Markup::Strong { Role::Plain } else { span.role }, ..span.clone() });
    inline(&Text(spans.collect()))
}

fn alike(one: Role, next: Role) -> bool {
    mark(one).is_empty() && mark(next).is_empty() && markup(one) == markup(next)
}

fn written(words: &str, markup: Markup, before: Option<char>, after: Option<char>) -> String {
    match markup {
        Markup::Words => escaped(words),
        Markup::Code => code_span(words),
        Markup::Strong => emphasised(words, "**", before, after),
        Markup::Emphasis => emphasised(words, "*", before, after),
    }
}

/// Emphasis where `CommonMark` would take the marks for emphasis (6.2, flanking), else the words without it.
fn emphasised(words: &str, mark: &str, before: Option<char>, after: Option<char>) -> String {
    let inner = words.trim();
    let start = words.len() - words.trim_start().len();
    let (lead, tail) = (words.get(..start).unwrap_or(""), words.get(start + inner.len()..).unwrap_or(""));
    let open = |edge: Option<char>| edge.is_none_or(char::is_whitespace);
    let outside = (!lead.is_empty() || open(before), !tail.is_empty() || open(after));
    let inside = (inner.starts_with(char::is_alphanumeric), inner.ends_with(char::is_alphanumeric));
    // Behind or in front of another mark of emphasis the stars would be counted together.
    let starred = (lead.is_empty() && before == Some('*')) || (tail.is_empty() && after == Some('*'));
    if inner.is_empty() || starred || !(outside.0 || inside.0) || !(outside.1 || inside.1) {
        return escaped(words);
    }
    format!("{lead}{mark}{}{mark}{tail}", escaped(inner))
}

/// Words in which no character means anything to Markdown or HTML.
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    for (at, character) in words.char_indices() {
        let (before, rest) = words.split_at(at);
        if is_markup(before, character, rest) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// Whether the character could mean something there. What follows the words is not known, so the last character counts as if it did.
fn is_markup(before: &str, character: char, rest: &str) -> bool {
    let next = rest.chars().nth(1);
    match character {
        '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '$' | '@' => true,
        // Inside a word an underscore is no emphasis (6.2, rule 2), and names are full of them.
        '_' => !(before.ends_with(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric)),
        // A home folder: behind a space it cannot close what another one opens.
        '~' => !((before.is_empty() || before.ends_with(' ')) && next.is_some_and(|next| matches!(next, '/' | '\\'))),
        // A heading starts and ends with them (4.2).
        '#' => before.is_empty() || before.ends_with([' ', '#']),
        '!' => next.is_none_or(|next| next == '['),
        '&' => next.is_none_or(|next| next.is_ascii_alphanumeric() || next == '#'),
        // GitHub makes links out of bare words that start with a scheme or with `www.`.
        ':' => rest.starts_with("://"),
        '.' => before.len().checked_sub(3).and_then(|from| before.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case("www")),
        _ => false,
    }
}

/// A line whose beginning starts no list, heading, quote or code block.
pub fn line_start(line: &str) -> String {
    let line = line.trim_start();
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let behind = line.get(digits..).unwrap_or("");
    if line.starts_with(['-', '+', '=', '>', '#']) || line.starts_with("~~~") {
        return format!("\\{line}");
    }
    if digits > 0 && behind.starts_with(['.', ')']) {
        return format!("{}\\{behind}", line.get(..digits).unwrap_or(""));
    }
    line.to_owned()
}

/// The words in a code span: with more backticks than stand in a row inside (6.1).
pub fn code_span(words: &str) -> String {
    if words.trim_matches(' ').is_empty() {
        return words.to_owned();
    }
    let ticks = "`".repeat(longest_run(words) + 1);
    let tight = !words.starts_with(['`', ' ']) && !words.ends_with(['`', ' ']);
    let space = if tight { "" } else { " " };
    format!("{ticks}{space}{words}{space}{ticks}")
}

/// A fenced code block. `text` ends with a newline.
pub fn fence(language: &str, text: &str) -> String {
    let ticks = "`".repeat(longest_run(text).max(2) + 1);
    format!("{ticks}{language}\n{text}{ticks}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

/// Inline Markdown as a cell of a table: a bar inside a code span is escaped too, as GitHub's tables want it.
pub fn cell(inline: &str) -> String {
    let mut out = String::with_capacity(inline.len());
    let mut escaped = false;
    for character in inline.chars() {
        if character == '|' && !escaped {
            out.push('\\');
        }
        escaped = character == '\\' && !escaped;
        out.push(character);
    }
    out
}
