//! Shell patterns (`*`, `?`, `[…]`) as `case`, `[[` and `${name%pattern}` match them: POSIX.1-2024, Shell Command Language, 2.14.

/// One item of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Item {
    /// This character.
    Just(char),
    /// `?`
    Any,
    /// `*`
    Many,
    /// `[…]`; whether it is negated, and its ranges.
    Set(bool, Vec<(char, char)>),
}

/// Adds a piece of a pattern: a quoted one stands for itself.
pub(in super::super) fn push(items: &mut Vec<Item>, text: &str, quoted: bool) {
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            _ if quoted => items.push(Item::Just(c)),
            '?' => items.push(Item::Any),
            '*' => items.push(Item::Many),
            '[' => match set(chars.get(at..).unwrap_or_default()) {
                Some((item, used)) => {
                    items.push(item);
                    at += used;
                }
                None => items.push(Item::Just(c)),
            },
            _ => items.push(Item::Just(c)),
        }
    }
}

/// The bracket expression that begins behind a `[`, and how many characters it takes.
fn set(rest: &[char]) -> Option<(Item, usize)> {
    let negated = matches!(rest.first(), Some('!' | '^'));
    let first = usize::from(negated);
    let close = first + 1 + rest.get(first + 1..)?.iter().position(|&c| c == ']')?;
    let inner = rest.get(first..close)?;
    let (mut ranges, mut at) = (Vec::new(), 0);
    while let Some(&low) = inner.get(at) {
        if let (Some('-'), Some(&high)) = (inner.get(at + 1), inner.get(at + 2)) {
            ranges.push((low, high));
            at += 3;
        } else {
            ranges.push((low, low));
            at += 1;
        }
    }
    Some((Item::Set(negated, ranges), close + 1))
}

/// Whether the whole text matches the pattern.
pub(in super::super) fn matches(items: &[Item], text: &[char]) -> bool {
    let (mut at, mut position, mut star) = (0, 0, None);
    while let Some(&c) = text.get(position) {
        let here = match items.get(at) {
            Some(Item::Many) => {
                star = Some((at, position));
                at += 1;
                continue;
            }
            Some(Item::Any) => true,
            Some(Item::Just(wanted)) => *wanted == c,
            Some(Item::Set(negated, ranges)) => ranges.iter().any(|&(low, high)| low <= c && c <= high) != *negated,
            None => false,
        };
        if here {
            (at, position) = (at + 1, position + 1);
        } else if let Some((item, from)) = star {
            star = Some((item, from + 1));
            (at, position) = (item + 1, from + 1);
        } else {
            return false;
        }
    }
    items.get(at..).unwrap_or_default().iter().all(|item| *item == Item::Many)
}

/// Which end of a text `${name#…}` or `${name%…}` takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum End {
    /// The beginning.
    Prefix,
    /// The end.
    Suffix,
}

/// The text without the smallest or largest matching end.
pub(in super::super) fn strip(items: &[Item], text: &str, end: End, largest: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut cuts: Vec<usize> = (0..=chars.len()).collect();
    // The smallest prefix is found by growing it, the smallest suffix by shrinking the text that is kept least.
    if (end == End::Suffix) != largest {
        cuts.reverse();
    }
    for cut in cuts {
        let (head, tail) = chars.split_at(cut);
        let (taken, kept) = if end == End::Prefix { (head, tail) } else { (tail, head) };
        if matches(items, taken) {
            return kept.iter().collect();
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Vec<Item> {
        let mut items = Vec::new();
        push(&mut items, text, false);
        items
    }

    #[test]
    fn a_pattern_takes_the_smallest_or_the_largest_end() {
        let path = "/a/b/c";
        assert_eq!(strip(&pattern("/*"), path, End::Suffix, false), "/a/b");
        assert_eq!(strip(&pattern("/*"), path, End::Suffix, true), "");
        assert_eq!(strip(&pattern("*/"), path, End::Prefix, false), "a/b/c");
        assert_eq!(strip(&pattern("*/"), path, End::Prefix, true), "c");
        assert_eq!(strip(&pattern("x"), path, End::Prefix, true), path);
    }

    #[test]
    fn brackets_hold_ranges_and_may_be_negated() {
        let text = |s: &str| s.chars().collect::<Vec<_>>();
        assert!(matches(&pattern("[a-c]?*"), &text("bxyz")));
        assert!(!matches(&pattern("[!a-c]*"), &text("bxyz")));
        assert!(matches(&pattern("MSYS*"), &text("MSYS_NT-10.0")));
        assert!(matches(&pattern("[]x]"), &text("]")));
    }
}
