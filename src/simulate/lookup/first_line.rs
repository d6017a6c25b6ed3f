//! What a script's first line comes to for this kernel, and `env` behind it. Which program it names is read by
//! [`crate::venv::scripts`].
//!
//! Rules: Linux `fs/binfmt_script.c` (256 bytes since 5.1, all that follows the program is one argument), macOS
//! `bsd/kern/kern_exec.c` (512 bytes, arguments split at blanks), GNU coreutils `env.c` for `-S`.

use crate::machine::Platform;

/// What `env` is told to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Env {
    /// This command, to be searched on PATH.
    Command(String),
    /// Options or assignments whose effect is not followed here, in words.
    Unknown(String),
}

/// How many bytes of a first line the kernel of `platform` reads.
pub(super) fn limit(platform: Platform) -> usize {
    if platform == Platform::Macos { 512 } else { 256 }
}

/// Whether the kernel reads less than the whole path of the program in the first line, so that it starts nothing. `head` holds
/// at least one byte more than it reads, where the file is that long.
pub(super) fn too_long(head: &[u8], platform: Platform) -> bool {
    let limit = limit(platform);
    let Some(rest) = head.get(..head.len().min(limit)).and_then(|seen| seen.strip_prefix(b"#!")) else { return false };
    let path = rest.trim_ascii_start();
    head.len() > limit && !path.iter().any(|byte| matches!(byte, b'\n' | b' ' | b'\t' | 0))
}

/// What stands behind the program in a first line, as the arguments that the kernel makes of it.
pub(super) fn arguments(line: &str, platform: Platform) -> Vec<String> {
    let command = line.strip_prefix("#!").unwrap_or(line).trim();
    let behind = command.split_once([' ', '\t']).map_or("", |(_, behind)| behind.trim());
    match platform {
        _ if behind.is_empty() => Vec::new(),
        Platform::Macos => behind.split_ascii_whitespace().map(str::to_owned).collect(),
        Platform::Linux | Platform::Windows => vec![behind.to_owned()],
    }
}

/// What `env` starts, given its arguments from a first line.
pub(super) fn env(arguments: &[String]) -> Env {
    let Some(first) = arguments.first() else { return Env::Unknown("env alone starts nothing".to_owned()) };
    let split = ["-S", "--split-string=", "-vS"].iter().find_map(|option| first.strip_prefix(option));
    let words = match split {
        None => arguments.to_vec(),
        Some(rest) => {
            let whole = std::iter::once(rest).chain(arguments.iter().skip(1).map(String::as_str)).collect::<Vec<_>>().join(" ");
            match words(&whole) {
                Some(words) => words,
                None => return Env::Unknown(format!("env splits `{whole}` by rules that are not followed here")),
            }
        }
    };
    let mut words = words.into_iter();
    loop {
        match words.next() {
            None => return Env::Unknown("env is given no command".to_owned()),
            Some(word) if word.starts_with('-') => return Env::Unknown(format!("env is given the option {word}")),
            Some(word) => match word.split_once('=') {
                None => return Env::Command(word),
                Some((name, _)) if name == "PATH" || name.starts_with("PYTHON") => {
                    return Env::Unknown(format!("env changes {name} first"));
                }
                Some(_) => {}
            },
        }
    }
}

/// Words at blanks, with quotes; `None` where something else would have to be expanded.
pub(super) fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (_, '\\' | '`') | (None | Some('"'), '$') => return None,
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    if quote.is_some() {
        return None;
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_follows_the_program_is_one_argument_on_linux_and_several_on_macos() {
        let line = "#! /usr/bin/env python3 -u ";
        assert_eq!(arguments(line, Platform::Linux), ["python3 -u"]);
        assert_eq!(arguments(line, Platform::Macos), ["python3", "-u"]);
    }

    #[test]
    fn a_path_that_does_not_end_within_the_kernels_buffer_starts_nothing() {
        let line = |length: usize, behind: &str| format!("#!/{}{behind}\nimport sys\n", "x".repeat(length - 3));
        assert!(too_long(line(256, "").as_bytes(), Platform::Linux));
        assert!(!too_long(line(255, "").as_bytes(), Platform::Linux));
        assert!(!too_long(line(250, " -E and more").as_bytes(), Platform::Linux));
        assert!(!too_long(line(400, "").as_bytes(), Platform::Macos));
        assert!(!too_long(b"#!/bin/sh\n", Platform::Linux));
    }

    #[test]
    fn env_takes_a_name_or_splits_a_string() {
        let env = |words: &[&str]| env(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(env(&["python3"]), Env::Command("python3".to_owned()));
        assert_eq!(env(&["python3 -u"]), Env::Command("python3 -u".to_owned()));
        assert_eq!(env(&["-S python3 -u"]), Env::Command("python3".to_owned()));
        assert_eq!(env(&["-S", "LANG=C", "'my python'"]), Env::Command("my python".to_owned()));
        assert!(matches!(env(&["-i python3"]), Env::Unknown(_)));
        assert!(matches!(env(&["-S PYTHONHOME=/x python3"]), Env::Unknown(_)));
        assert!(matches!(env(&["-S ${PY} x"]), Env::Unknown(_)));
    }
}
