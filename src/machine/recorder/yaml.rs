//! A capture's parts as YAML that a person can read: texts as blocks, one path a line, always in the same order.

use crate::machine::{Build, Platform};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// All that a capture holds.
pub(super) struct Parts {
    pub platform: Platform,
    pub cwd: Option<String>,
    pub vars: BTreeMap<String, String>,
    pub venv: Option<String>,
    pub user_home: Option<String>,
    pub builds: BTreeMap<String, Build>,
    pub registry: BTreeMap<String, String>,
    pub entries: BTreeMap<String, Entry>,
}

/// What stands at one path.
#[derive(Default)]
pub(super) struct Entry {
    pub dir: bool,
    pub link: Option<String>,
    pub exec: bool,
    pub bytes: Option<Arc<[u8]>>,
    pub size: Option<u64>,
    pub mtime: Option<i64>,
    pub denied: bool,
}

/// The capture as a file.
pub(super) fn write(parts: &Parts) -> String {
    let platform = match parts.platform {
        Platform::Linux => "linux",
        Platform::Macos => "macos",
        Platform::Windows => "windows",
    };
    let mut yaml = format!("venv-explain: capture/1\nplatform: {platform}\n");
    for (key, value) in [("cwd", &parts.cwd), ("venv", &parts.venv), ("user_home", &parts.user_home)] {
        if let Some(value) = value {
            line(&mut yaml, 0, key, &quoted(value));
        }
    }
    section(&mut yaml, "env", &parts.vars, |yaml, name, value| line(yaml, 1, &quoted(name), &quoted(value)));
    section(&mut yaml, "registry", &parts.registry, |yaml, name, value| line(yaml, 1, &quoted(name), &quoted(value)));
    section(&mut yaml, "interpreters", &parts.builds, build);
    section(&mut yaml, "files", &parts.entries, entry);
    yaml
}

fn section<V>(yaml: &mut String, key: &str, values: &BTreeMap<String, V>, each: impl Fn(&mut String, &str, &V)) {
    if !values.is_empty() {
        yaml.push_str(key);
        yaml.push_str(":\n");
        for (name, value) in values {
            each(yaml, name, value);
        }
    }
}

fn line(yaml: &mut String, depth: usize, key: &str, value: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(yaml, "{:indent$}{key}: {value}", "", indent = 2 * depth);
}

fn build(yaml: &mut String, path: &str, build: &Build) {
    let frozen = build.frozen_encodings.map(|frozen| frozen.to_string());
    let texts = [
        ("implementation", &build.implementation),
        ("version", &build.version),
        ("implementation_version", &build.implementation_version),
        ("prefix", &build.prefix),
        ("exec_prefix", &build.exec_prefix),
        ("platlibdir", &build.platlibdir),
        ("abiflags", &build.abiflags),
        ("vpath", &build.vpath),
        ("framework", &build.framework),
        ("library", &build.library),
        ("vendor", &build.vendor),
    ];
    let mut known: Vec<(&str, String)> = texts.iter().filter_map(|(key, value)| Some((*key, quoted(value.as_deref()?)))).collect();
    known.extend(frozen.map(|frozen| ("frozen_encodings", frozen)));
    if known.is_empty() {
        return line(yaml, 1, &quoted(path), "{}");
    }
    let _ = writeln!(yaml, "  {}:", quoted(path));
    for (key, value) in &known {
        line(yaml, 2, key, value);
    }
}

fn entry(yaml: &mut String, path: &str, entry: &Entry) {
    let mut facts: Vec<String> = Vec::new();
    facts.extend(entry.dir.then(|| "dir: true".to_owned()));
    facts.extend(entry.link.as_ref().map(|target| format!("link: {}", quoted(target))));
    facts.extend(entry.exec.then(|| "exec: true".to_owned()));
    facts.extend(entry.size.map(|size| format!("size: {size}")));
    facts.extend(entry.mtime.map(|mtime| format!("mtime: {mtime}")));
    facts.extend(entry.denied.then(|| "denied: true".to_owned()));
    let path = quoted(path);
    match entry.bytes.as_deref().map(|bytes| (bytes, std::str::from_utf8(bytes))) {
        None => line(yaml, 1, &path, &format!("{{{}}}", facts.join(", "))),
        Some((_, Ok(text))) if facts.is_empty() => line(yaml, 1, &path, &block(text, 2)),
        Some((bytes, text)) => {
            let _ = writeln!(yaml, "  {path}:");
            for fact in &facts {
                let _ = writeln!(yaml, "    {fact}");
            }
            match text {
                Ok(text) => line(yaml, 2, "text", &block(text, 3)),
                Err(_) => line(yaml, 2, "base64", &format!("\"{}\"", data_encoding::BASE64.encode(bytes))),
            }
        }
    }
}

/// A text of several lines as a literal block, indented `depth` steps; others in quotes.
fn block(text: &str, depth: usize) -> String {
    let plain = |c: char| c == '\n' || c == '\t' || is_printable(c);
    // A first line that is blank or indented would need its indentation told, and more than one line end at the end too.
    let awkward = text.starts_with([' ', '\n', '\t']) || text.ends_with("\n\n") || !text.contains('\n') || !text.chars().all(plain);
    if awkward {
        return quoted_always(text);
    }
    let mut block = if text.ends_with('\n') { "|".to_owned() } else { "|-".to_owned() };
    for line in text.lines() {
        let indent = if line.is_empty() { 0 } else { 2 * depth };
        let _ = write!(block, "\n{:indent$}{line}", "");
    }
    block
}

/// As it is where YAML reads that as the same text, between braces too, else in quotes.
fn quoted(text: &str) -> String {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let windows_path = text.get(1..3) == Some(":\\");
    let ends_well = !text.ends_with([':', ' ']);
    let safe = |c: char| c.is_ascii_alphanumeric() || "/._-+@\\: ".contains(c);
    let word = matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n");
    let plain = starts_well && ends_well && !word && text.chars().all(safe) && !text.contains(": ") && !text.contains(" #");
    if plain && (windows_path || !text.contains('\\')) { text.to_owned() } else { quoted_always(text) }
}

fn quoted_always(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            _ if is_printable(character) => quoted.push(character),
            _ => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(character));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Printable as YAML 1.2 has it (5.1), less what looks like a line end or a byte order mark.
fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
        && u32::from(character) < 0x10_FF00
}
