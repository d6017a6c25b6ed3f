//! The house keeps its rooms: which room may import which, which file alone knows a crate, how a file opens and how long it may be.

#![allow(clippy::disallowed_methods, reason = "a test reads the sources from the disk")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each room, and the rooms of ours that it may use. What is not named here may use everything.
const ROOMS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("yaml", &[]),
    ("page", &["text"]),
    ("machine", &["text", "yaml"]),
    ("venv", &["machine", "text"]),
    ("simulate", &["venv", "machine", "text"]),
    ("diagnose", &["simulate", "venv", "machine", "text"]),
    ("lessons", &["page", "text", "yaml"]),
    ("cli", &["simulate"]),
    ("scene", &["cli", "machine"]),
    ("subject", &["cli", "diagnose", "simulate", "venv", "machine"]),
    ("verify", &["simulate", "machine", "text"]),
    ("explain", &["subject", "verify", "lessons", "page", "diagnose", "simulate", "venv", "machine", "text"]),
    ("render", &["page", "text"]),
];

/// Each crate with a door: the files (or folders) that alone may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("clap", &["cli.rs"]),
    ("serde_yaml", &["yaml.rs", "lessons/", "machine/capture.rs", "machine/capture/"]),
    ("syntect", &["render/highlight.rs"]),
    ("two_face", &["render/highlight.rs"]),
    ("ptree", &["render/tree.rs"]),
    ("termtree", &["render/chain.rs"]),
    ("pulldown_cmark", &["lessons/"]),
    ("toml", &["simulate/lookup/shims/"]),
    ("terminal_size", &["main.rs"]),
    ("rustix", &["machine/live.rs", "machine/live/"]),
    ("std::fs", &["machine/live.rs", "machine/live/", "main.rs"]),
    ("std::env", &["machine/live.rs", "machine/live/"]),
    ("std::process", &["main.rs", "verify.rs"]),
];

const LONGEST_FILE: usize = 500;

#[test]
fn no_room_imports_upwards() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = path.split(['/', '.']).next().unwrap_or_default();
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else { continue };
        for (number, line) in numbered_code(&text) {
            for used in rooms_named(line) {
                if used != room && ROOMS.iter().any(|(name, _)| *name == used) && !allowed.contains(&used) {
                    wrong.push(format!("{path}:{number} uses {used}: {line}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_crate_with_a_door_is_named_behind_it_alone() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (number, line) in numbered_code(&text) {
            for (name, doors) in DOORS {
                let named = line.contains(&format!("{name}::")) || line.contains(&format!("use {name};"));
                if named && !doors.iter().any(|door| path.starts_with(door)) {
                    wrong.push(format!("{path}:{number} names {name}: {line}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    let silent: Vec<_> = sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn no_file_is_a_crowd() {
    let long: BTreeMap<_, _> =
        sources().into_iter().map(|(path, text)| (path, text.lines().count())).filter(|(_, lines)| *lines > LONGEST_FILE).collect();
    assert!(long.is_empty(), "{long:?}");
}

/// Every Rust file of the program, by its path below `src`.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("src can be listed") {
            let path: PathBuf = entry.expect("src can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).expect("a source file")));
            }
        }
    }
    assert!(files.len() > 20, "the sources were not found");
    files.sort();
    files
}

/// Lines that are code of the program: neither comments nor the tests at a file's end.
fn numbered_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.lines().take_while(|line| *line != "#[cfg(test)]");
    code.enumerate().map(|(index, line)| (index + 1, line.trim())).filter(|(_, line)| !line.starts_with("//"))
}

/// The rooms that a line names: `crate::page::…`, `crate::{lessons::…, page::…}`.
fn rooms_named(line: &str) -> Vec<&str> {
    let word = |text: &str| text.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(text.len());
    let mut named = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            named.extend(group.split(',').map(|part| {
                let part = part.trim();
                &part[..word(part)]
            }));
        } else {
            named.push(&rest[..word(rest)]);
        }
    }
    named
}
