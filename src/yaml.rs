//! What the YAML parser says of a mistake, in the terms of the file instead of the parser's: where, what stands there, what should.
//!
//! Lessons and captures are the two kinds of YAML that people write by hand, so both read their errors aloud.

use serde_yaml::{Error, Location};

/// How much of a value is shown in an error, in characters.
const SHOWN: usize = 40;

/// A mistake in a YAML file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line and column, counted from 1, where one is to blame.
    pub place: Option<(u32, u32)>,
    /// What stands there.
    pub found: String,
    /// What should stand there; `None` where the parser does not tell.
    pub expected: Option<&'static str>,
    /// What should stand there as the parser lists it: the fields that exist, for instance.
    pub listed: Option<String>,
}

impl Mistake {
    /// The mistake that made the parser refuse `text`. Its advice to programmers who call it is left out.
    pub fn of(text: &str, error: &Error) -> Self {
        let place = error.location().filter(|at| *at != Location::UNKNOWN).map(place);
        let stands = || place.and_then(|place| node(text, place)).unwrap_or_else(|| "something else".to_owned());
        let message = error.without_snippet().to_string();
        let message = [" at line ", ", set "].iter().fold(message.as_str(), |rest, tail| rest.split(tail).next().unwrap_or(rest)).trim();
        let known = |found: String, expected: &'static str| (found, Some(expected), None);
        let (found, expected, listed) = match (message.split_once(", expected "), message.strip_prefix("expected ")) {
            (Some((found, expected)), _) => (found.to_owned(), None, Some(expected.to_owned())),
            (None, Some("mapping start")) => known(stands(), "a mapping: `key: value`"),
            (None, Some("sequence start")) => known(stands(), "a list: `[one, two]`, or a line `- one` for each"),
            (None, Some("string scalar")) => known(stands(), "a text"),
            (None, Some(expected)) => (stands(), None, Some(expected.to_owned())),
            (None, None) => match message {
                _ if message.starts_with("duplicate mapping key") => known(message.to_owned(), "each key once"),
                _ if message.starts_with("invalid boolean") => known(stands(), "true or false"),
                _ if message.starts_with("invalid u64") => known(stands(), "a whole number, not negative"),
                _ if message.starts_with("invalid i64") => known(stands(), "a whole number"),
                _ if message.starts_with("cannot deserialize null") => known("nothing".to_owned(), "a text, \"\" for an empty one"),
                _ if message.starts_with("mapping values") => {
                    known("a second `: ` in one line".to_owned(), "quotes around a text that has `: ` in it")
                }
                _ => (message.to_owned(), None, None),
            },
        };
        Self { place, found, expected, listed }
    }

    /// What should stand there, else `otherwise`.
    pub fn expected_or(&self, otherwise: &str) -> String {
        self.expected.map(str::to_owned).or_else(|| self.listed.clone()).unwrap_or_else(|| otherwise.to_owned())
    }
}

/// Line and column, counted from 1.
pub fn place(at: Location) -> (u32, u32) {
    (at.line() as u32, at.column() as u32)
}

/// What begins at a place of `text`: a list, a mapping, or the value as it stands there.
fn node(text: &str, (line, column): (u32, u32)) -> Option<String> {
    let line = text.lines().nth((line as usize).checked_sub(1)?)?;
    let rest = line.char_indices().nth((column as usize).checked_sub(1)?).map(|(at, _)| line[at..].trim_end())?;
    let plain = rest.split([',', ']', '}']).next().unwrap_or_default().trim_end();
    Some(match rest.chars().next()? {
        '[' => "a list".to_owned(),
        '-' if rest == "-" || rest.starts_with("- ") => "a list".to_owned(),
        '{' => "a mapping".to_owned(),
        quote @ ('"' | '\'') => shown(rest[1..].split(quote).next().unwrap_or_default()),
        _ if plain.contains(": ") || plain.ends_with(':') => "a mapping".to_owned(),
        _ => shown(plain),
    })
}

fn shown(value: &str) -> String {
    let short: String = value.chars().take(SHOWN).collect();
    if short.len() < value.len() { format!("`{short}…`") } else { format!("`{short}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_at_a_place_is_named_as_a_person_would() {
        let text = "a: [1]\nb: {c: d}\n- e\nf: 'g, h'\ni: {j: yes, k: l}\nm:\n  n: o\n";
        let told = |line, column| node(text, (line, column)).unwrap_or_default();
        assert_eq!([told(1, 4), told(2, 4), told(3, 1)], ["a list", "a mapping", "a list"]);
        assert_eq!([told(4, 4), told(5, 8), told(7, 3)], ["`g, h`", "`yes`", "a mapping"]);
        assert_eq!((node(text, (9, 1)), node(text, (1, 99)), node(text, (0, 0))), (None, None, None));
        assert_eq!(node(&"é".repeat(50), (1, 1)), Some(format!("`{}…`", "é".repeat(SHOWN))));
    }
}
