//! What is out of the ordinary in a `pyvenv.cfg`: each is legal to some reader and lost on, or fatal to, another.

use super::{End, Line, START_LIMIT};
use crate::text;
use std::collections::BTreeMap;

/// One peculiarity, with the line where it shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// The file starts with a byte order mark: every reader takes it for a part of the first key.
    Bom,
    /// Bytes that are not UTF-8: `site` stops the interpreter.
    NotUtf8(u32),
    /// A NUL: `getpath` reads no further.
    Nul(u32),
    /// Ends of lines as Windows writes them; from this line on.
    CrLf(u32),
    /// A carriage return alone: an end of line for `site`, not for `getpath`.
    Cr(u32),
    /// An INI section.
    Section(u32),
    /// Neither blank nor a comment, and without `=`.
    NoEquals(u32),
    /// `home` in a spelling that 3.10 and older do not see: upper case, no blanks around `=`, last line without an end.
    HomeSpelling(u32),
    /// A known key in upper or mixed case.
    UpperCase(u32),
    /// A key that stands on several lines.
    Repeated {
        /// The key.
        key: String,
        /// Its lines.
        lines: Vec<u32>,
    },
    /// A line longer than 3.10 and older hold: they read no further.
    LongLine(u32),
    /// 32 KiB or more: 3.11 and newer do not start.
    Big(usize),
}

/// Everything odd about `text`, whose lines are `lines`.
pub(super) fn of(whole: &str, lines: &[Line], line_limit: usize) -> Vec<Oddity> {
    let mut found = Vec::new();
    if whole.starts_with('\u{feff}') {
        found.push(Oddity::Bom);
    }
    let size = text::encode(whole).len();
    if size >= START_LIMIT {
        found.push(Oddity::Big(size));
    }
    found.extend(first(lines, |line| line.end == End::CrLf).map(Oddity::CrLf));
    found.extend(first(lines, |line| line.end == End::Cr).map(Oddity::Cr));
    found.extend(first(lines, |line| text::is_lossy(&line.text)).map(Oddity::NotUtf8));
    found.extend(first(lines, |line| line.text.contains('\0')).map(Oddity::Nul));
    for line in lines {
        found.extend(of_line(line, line_limit));
    }
    found.extend(repeated(lines));
    found
}

fn first(lines: &[Line], odd: impl Fn(&Line) -> bool) -> Option<u32> {
    lines.iter().find(|line| odd(line)).map(|line| line.number)
}

fn of_line(line: &Line, line_limit: usize) -> Option<Oddity> {
    let stripped = super::strip(&line.text);
    if text::encode(&line.text).len() >= line_limit {
        return Some(Oddity::LongLine(line.number));
    }
    if stripped.is_empty() || stripped.starts_with('#') {
        return None;
    }
    if stripped.starts_with('[') && stripped.ends_with(']') {
        return Some(Oddity::Section(line.number));
    }
    let Some(key) = line.key.as_deref() else {
        return Some(Oddity::NoEquals(line.number));
    };
    let plain = line.text.starts_with("home = ") && line.end != End::None;
    if key == "home" && !plain {
        return Some(Oddity::HomeSpelling(line.number));
    }
    let spelled = line.text.split('=').next().map(super::strip).unwrap_or_default();
    (spelled != key && super::keys::known(key).is_some()).then_some(Oddity::UpperCase(line.number))
}

fn repeated(lines: &[Line]) -> Vec<Oddity> {
    let mut places: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for line in lines {
        if let Some(key) = line.key.as_deref().filter(|key| !key.starts_with('#')) {
            places.entry(key).or_default().push(line.number);
        }
    }
    let several = places.into_iter().filter(|(_, lines)| lines.len() > 1);
    several.map(|(key, lines)| Oddity::Repeated { key: key.to_owned(), lines }).collect()
}
