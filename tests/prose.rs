//! Sentences that teach stand in `lessons/`, where a teacher can change or translate them, and nowhere in the program.
//!
//! What a sentence is cannot be decided by a rule; that a text in quotes has many words can. Texts that are long for another reason are
//! named below, each with its reason.

#![allow(clippy::needless_raw_string_hashes, reason = "the text under test holds such quotes itself")]
#![allow(clippy::disallowed_methods, reason = "a test reads the sources")]

use std::collections::BTreeSet;
use std::path::Path;

use venv_explain::diagnose;
use venv_explain::lessons::{Lessons, Values};
use venv_explain::venv::config::keys::KEYS;

/// The rooms that hold facts, ids and layout only, and how many words a text in quotes may have there: in `venv` and `simulate` a fact
/// may be a clause that says why something is unknown, or a message of Python's own, which is told word for word.
const ROOMS: &[(&str, usize)] = &[("explain", 6), ("render", 6), ("diagnose", 6), ("simulate", 15), ("venv", 15)];

/// Texts that may be longer: the file or folder, how the text starts (empty: every text there), and why.
const ALLOWED: &[(&str, &str, &str)] =
    &[("venv/locate/error.rs", "", "nothing can be explained: what was looked for, where, and what to do next")];

#[test]
fn no_sentence_that_teaches_stands_in_the_program() {
    let mut found = Vec::new();
    for (room, limit) in ROOMS {
        for (path, text) in sources(room) {
            let told = literals(&text).into_iter().filter(|literal| words(&literal.text) > *limit);
            let told = told.filter(|literal| !literal.exempt && !allowed(&path, &literal.text));
            found.extend(told.map(|literal| format!("{path}:{}: {:?}", literal.line, literal.text)));
        }
    }
    assert!(found.is_empty(), "these belong into lessons/en (or, with a reason, into ALLOWED):\n{}", found.join("\n"));
}

#[test]
fn every_exception_is_still_needed() {
    let stale = ALLOWED.iter().filter(|(file, start, _)| {
        let texts = sources(file).into_iter().flat_map(|(_, text)| literals(&text));
        !texts.into_iter().any(|literal| literal.text.starts_with(start) && words(&literal.text) > 6)
    });
    assert_eq!(stale.collect::<Vec<_>>(), Vec::<&(&str, &str, &str)>::new());
}

#[test]
fn a_text_in_quotes_is_told_from_comments_characters_and_lifetimes() {
    let source = r###"
        // "not this one"
        /* "nor this" /* "nor that" */ */
        fn a<'a>(x: &'a str) -> char { let _ = "one \"two\""; '"' }
        const B: &str = r#"three "four""#;
        #[error("five {six}")]
        let c = b"seven\
                 eight";
        #[cfg(test)]
        mod tests { const D: &str = "nine"; }
    "###;
    let texts: Vec<_> = literals(source).into_iter().map(|literal| (literal.line, literal.text, literal.exempt)).collect();
    let expected = [(4, "one \"two\"", false), (5, "three \"four\"", false), (6, "five {six}", true), (7, "seven eight", false)];
    assert_eq!(texts, expected.map(|(line, text, exempt)| (line, text.to_owned(), exempt)));
}

/// Words that make a learner feel slow, and spellings of the other English.
const BANNED: &[&str] = &[
    "simply",
    "just",
    "obviously",
    "of course",
    "easily",
    "trivial",
    "trivially",
    "merely",
    "basically",
    "color",
    "behavior",
    "license",
    "please",
];

#[test]
fn lessons_speak_plainly() {
    let mut found = Vec::new();
    for (path, text) in lessons() {
        for (number, line) in text.lines().enumerate() {
            let spoken = without_code(line).to_lowercase();
            let said = |word: &str| {
                spoken.match_indices(word).any(|(at, _)| {
                    let beside = [spoken[..at].chars().next_back(), spoken[at + word.len()..].chars().next()];
                    !beside.into_iter().flatten().any(char::is_alphanumeric)
                })
            };
            found.extend(BANNED.iter().filter(|word| said(word)).map(|word| format!("{path}:{}: {word}: {line}", number + 1)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn an_annotation_is_part_of_a_line_and_no_sentence_of_its_own() {
    let lessons = Lessons::load("en", None).expect("English is there");
    let ends: Vec<_> = lessons.ids().filter(|id| summary(&lessons, id).ends_with(['.', '!', ':', ';', ','])).collect();
    assert!(ends.is_empty(), "these end like a sentence: {ends:?}");
    let chapters = ["tree/", "config/", "maker/", "lookup/"];
    let starts = lessons.ids().filter(|id| chapters.iter().any(|chapter| id.starts_with(chapter))).filter(|id| {
        let summary = summary(&lessons, id);
        let first = summary.split(' ').next().unwrap_or_default();
        // Names and variables keep their capitals.
        let name = first.len() == 1
            || first.chars().skip(1).any(char::is_uppercase)
            || ["Python", "Windows", "Debian's", "Python's"].contains(&first);
        first.starts_with(char::is_uppercase) && !name
    });
    assert_eq!(starts.collect::<Vec<_>>(), Vec::<&str>::new(), "these start like a sentence");
}

#[test]
fn every_lesson_is_shown_somewhere_and_every_lesson_shown_is_there() {
    let lessons = Lessons::load("en", None).expect("English is there");
    let chapters: BTreeSet<&str> = lessons.ids().filter_map(|id| id.split('/').next()).collect();
    let mut used: BTreeSet<String> = KEYS.iter().map(|key| format!("config/{}", key.name)).collect();
    used.extend(diagnose::ids().map(|id| format!("finding/{id}")));
    for text in texts_of_the_program() {
        // A section of a view names its lesson without the chapter.
        let view = format!("view/{text}");
        used.extend(lessons.get(&view).map(|_| view));
        used.extend(Some(id_of_step(text)).filter(|text| is_id(text, &chapters)));
    }
    let coverage = lessons.coverage(used.iter().map(String::as_str));
    let unused: Vec<_> = coverage.unused.iter().filter(|id| !COMPOSED.iter().any(|start| id.starts_with(start))).collect();
    assert_eq!((coverage.missing, unused), (vec![], vec![]), "(missing lessons, unused lessons)");
}

/// Lessons on variables, whose ids `explain::activate` puts together from the variables' names.
const COMPOSED: [&str; 2] = ["activation/variable-", "activation/attribute-"];

#[test]
fn every_short_text_is_shown_somewhere() {
    let lessons = Lessons::load("en", None).expect("English is there");
    let texts = texts_of_the_program();
    let code: String = sources("").into_iter().map(|(_, text)| text).collect();
    // Variants of an enum are said by their names: `PthFileAdjacent` by `pth-file-adjacent`.
    let variant = |key: &str| -> String {
        let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
        key.split('-').filter(|part| !part.is_empty()).map(capital).collect()
    };
    let mut unused = Vec::new();
    for id in lessons.ids() {
        let lesson = lessons.get(id).expect("every lesson can be read");
        let idle = lesson.words().filter(|key| !texts.contains(*key) && !code.contains(&variant(key)));
        unused.extend(idle.map(|key| format!("{id}: {key}")));
    }
    assert_eq!(unused, Vec::<String>::new());
}

fn texts_of_the_program() -> BTreeSet<String> {
    sources("").into_iter().flat_map(|(_, text)| literals(&text)).map(|literal| literal.text).collect()
}

/// The JSON names a step of start-up `startup.home`; its lesson is `startup/home`.
fn id_of_step(text: String) -> String {
    if text.starts_with("startup.") { text.replacen('.', "/", 1) } else { text }
}

fn is_id(text: &str, chapters: &BTreeSet<&str>) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character));
    text.split_once('/').is_some_and(|(chapter, name)| chapters.contains(chapter) && part(name))
}

fn summary(lessons: &Lessons, id: &str) -> String {
    lessons.get(id).expect("every lesson can be read").summary(&Values::new()).characters()
}

/// A line of a lesson without what stands in backquotes, double quotes of YAML keys and links: those are not the author's words.
fn without_code(line: &str) -> String {
    let spoken: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    if spoken.trim_start().starts_with("- ") && spoken.contains("https://") || spoken.trim_start().starts_with("- command:") {
        return String::new();
    }
    spoken
}

/// The lesson files of every language, by their paths below `lessons`.
fn lessons() -> Vec<(String, String)> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons"), "")
}

struct Literal {
    line: usize,
    text: String,
    /// Whether it is the message of an error type, as what says that the input is unusable may stand in the program, or the reason
    /// of a lint.
    exempt: bool,
}

fn allowed(path: &str, text: &str) -> bool {
    ALLOWED.iter().any(|(file, start, _)| path.starts_with(file) && text.starts_with(start))
}

/// Words of two letters or more; what stands in braces is a hole, and a path or an identifier is no word.
fn words(text: &str) -> usize {
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(|character| character.is_alphabetic() || ",.;:'’".contains(character));
    text.split_whitespace().filter(is_word).count()
}

/// The texts in quotes in a file of Rust, up to its tests.
fn literals(source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, text) = token(rest);
        if let Some(text) = text {
            let before = &source[..at];
            let exempt =
                before.lines().next_back().is_some_and(|line| line.trim_start().starts_with("#[error(") || line.ends_with("reason = "));
            found.push(Literal { line: before.matches('\n').count() + 1, text, exempt });
        }
        at += length;
    }
    found
}

/// How long what `rest` starts with is, and its text if it is one in quotes.
fn token(rest: &str) -> (usize, Option<String>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), None);
    }
    if let Some(quotes) = raw_quotes(rest) {
        let close = format!("\"{}", "#".repeat(quotes));
        let start = quotes + 2;
        let end = rest[start..].find(&close).map_or(rest.len(), |end| start + end);
        return ((end + close.len()).min(rest.len()), Some(rest[start..end].to_owned()));
    }
    if rest.starts_with("'\"'") || rest.starts_with("'\\") {
        return (rest[2..].find('\'').map_or(rest.len(), |end| end + 3), None);
    }
    if rest.starts_with('"') {
        return quoted(rest);
    }
    (rest.chars().next().map_or(1, char::len_utf8), None)
}

/// How many `#` stand between `r` and the opening quote of a raw text.
fn raw_quotes(rest: &str) -> Option<usize> {
    let marks = rest.strip_prefix('r')?;
    let count = marks.len() - marks.trim_start_matches('#').len();
    marks[count..].starts_with('"').then_some(count)
}

fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    loop {
        let next = &rest[at..];
        match () {
            () if next.is_empty() => return at,
            () if next.starts_with("/*") => (at, depth) = (at + 2, depth + 1),
            () if next.starts_with("*/") && depth == 1 => return at + 2,
            () if next.starts_with("*/") => (at, depth) = (at + 2, depth - 1),
            () => at += next.chars().next().map_or(1, char::len_utf8),
        }
    }
}

fn quoted(rest: &str) -> (usize, Option<String>) {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (at + 1, Some(text)),
            '\\' => match characters.next() {
                // A line that goes on: its indentation does not count.
                Some((_, '\n')) => {
                    text.push(' ');
                    while characters.next_if(|(_, next)| next.is_whitespace()).is_some() {}
                }
                Some((_, 'n' | 't' | 'r')) => text.push(' '),
                Some((_, other)) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    (rest.len(), Some(text))
}

/// The files of a room, of a folder below `src`, or a single one.
fn sources(room: &str) -> Vec<(String, String)> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), room)
}

/// The files below `root` at `from` (a folder, a file, or a module's name), by their paths below `root`.
fn files(root: &Path, from: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut waiting = vec![root.join(from), root.join(format!("{from}.rs"))];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).expect("a folder can be listed").map(|entry| entry.expect("it can be listed").path()));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            files.push((name, text));
        }
    }
    files.sort();
    files
}
