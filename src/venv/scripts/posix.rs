//! The first line of a script as the Linux kernel takes it (`fs/binfmt_script.c`), and the two ways around its limits.

use super::{Form, Program, Shebang};
use crate::text;

/// What pip's `distlib` and uv write when a path has blanks or is longer than the kernel reads: the shell takes `'''exec'` as
/// the command `exec`, Python takes the line as the start of a string.
const TRICK: &str = "'''exec' ";

/// uv's `--relocatable`: the folder of the script itself, as it is written now and as the first releases wrote it.
const OWN_FOLDER: [&str; 2] = [r#""$(dirname -- "$(realpath -- "$0")")""#, r#""$(CDPATH= cd -- "$(dirname -- "$0")" && echo "$PWD")""#];

/// The program named at the start of a file, whose first bytes are `head`; `folder` is asked only for a relocatable script.
pub(super) fn parse(head: &[u8], folder: impl Fn() -> String) -> Option<Shebang> {
    let rest = head.strip_prefix(b"#!")?;
    let mut lines = rest.split(|&byte| byte == b'\n');
    let first = text::decode(lines.next()?);
    let (kernel, argument) = kernel_words(&first)?;
    if kernel.ends_with("/sh") && argument.is_none() {
        let second = lines.next().map(text::decode).unwrap_or_default();
        if let Some(shebang) = trick(&kernel, &second, folder) {
            return Some(shebang);
        }
    }
    let shown = format!("#!{}", first.trim_end_matches('\r'));
    let direct = |form, program, arguments| Shebang { text: shown, line: Some(1), form, kernel: kernel.clone(), program, arguments };
    if kernel.ends_with("/env") {
        let (name, arguments) = env_words(argument.as_deref().unwrap_or_default())?;
        let program = if name.contains('/') { Program::Path(name) } else { Program::OnPath(name) };
        return Some(direct(Form::Env, program, arguments));
    }
    Some(direct(Form::Direct, Program::Path(kernel.clone()), argument.into_iter().collect()))
}

/// Blanks around, the program up to the next blank, and all the rest as one argument. A `\r` before the end of the line stays:
/// that is why such a script is "not found".
fn kernel_words(line: &str) -> Option<(String, Option<String>)> {
    let line = line.trim_matches([' ', '\t']);
    let line = line.split('\0').next().unwrap_or_default();
    if line.is_empty() {
        return None;
    }
    match line.split_once([' ', '\t']) {
        Some((program, argument)) => Some((program.to_owned(), Some(argument.trim_start_matches([' ', '\t']).to_owned()))),
        None => Some((line.to_owned(), None)),
    }
}

/// `env` is given one argument; with `-S` it cuts that into words. Assignments come before the program.
fn env_words(argument: &str) -> Option<(String, Vec<String>)> {
    let argument = argument.trim_end_matches('\r');
    let mut words: Vec<String> = match argument.strip_prefix("-S").or_else(|| argument.strip_prefix("--split-string=")) {
        Some(list) => list.split_whitespace().map(str::to_owned).collect(),
        None => vec![argument.to_owned()],
    };
    while words.first().is_some_and(|word| word.contains('=') || word.starts_with('-')) {
        words.remove(0);
    }
    let program = (!words.is_empty()).then(|| words.remove(0)).filter(|word| !word.is_empty())?;
    Some((program, words))
}

fn trick(kernel: &str, second: &str, folder: impl Fn() -> String) -> Option<Shebang> {
    let command = second.strip_prefix(TRICK)?;
    let own = OWN_FOLDER.iter().find_map(|own| command.strip_prefix(own));
    let (word, rest) = shell_word(own.unwrap_or(command))?;
    let (form, program) = if own.is_some() { (Form::Relocatable, format!("{}{word}", folder())) } else { (Form::ExecTrick, word) };
    let arguments = rest.split(" \"$0\"").next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    Some(Shebang {
        text: second.trim_end_matches('\r').to_owned(),
        line: Some(2),
        form,
        kernel: kernel.to_owned(),
        program: Program::Path(program),
        arguments,
    })
}

/// One word of sh without expansions: plain, `'…'` and `"…"` parts up to a blank. Between double quotes a backslash is itself but
/// before the few characters that have a meaning there (POSIX, "Double-Quotes"). Returns the word and the rest of the line.
pub(in crate::venv) fn shell_word(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut quote = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (None, ' ' | '\t') => return (!word.is_empty()).then_some((word, &text[at..])),
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '\\') => word.extend(characters.next().map(|(_, escaped)| escaped)),
            (Some('"'), '\\') => {
                let escaped = characters.next_if(|(_, next)| matches!(next, '$' | '`' | '"' | '\\'));
                word.push(escaped.map_or('\\', |(_, escaped)| escaped));
            }
            _ => word.push(character),
        }
    }
    (quote.is_none() && !word.is_empty()).then_some((word, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Shebang {
        parse(text.as_bytes(), || "/v/bin".into()).expect("a script")
    }

    #[test]
    fn the_kernel_takes_one_program_and_one_argument() {
        let plain = of("#! /v/bin/python -I -S\nimport sys");
        assert_eq!((plain.program, plain.arguments), (Program::Path("/v/bin/python".into()), vec!["-I -S".to_owned()]));
    }

    #[test]
    fn env_looks_its_program_up() {
        assert_eq!(of("#!/usr/bin/env python3\n").program, Program::OnPath("python3".into()));
        let split = of("#!/usr/bin/env -S A=1 python3 -I\n");
        assert_eq!((split.program, split.arguments), (Program::OnPath("python3".into()), vec!["-I".to_owned()]));
    }

    #[test]
    fn the_second_line_counts_behind_the_shell() {
        let quoted = of("#!/bin/sh\n'''exec' \"/a b/bin/python\" \"$0\" \"$@\"\n' '''\n");
        assert_eq!((quoted.form, quoted.program.as_str()), (Form::ExecTrick, "/a b/bin/python"));
        let own = of("#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n' '''\n");
        assert_eq!((own.form, own.program.as_str()), (Form::Relocatable, "/v/bin/python"));
        let older =
            of("#!/bin/sh\n'''exec' \"$(CDPATH= cd -- \"$(dirname -- \"$0\")\" && echo \"$PWD\")\"/'python' \"$0\" \"$@\"\n' '''\n");
        assert_eq!((older.form, older.program.as_str()), (Form::Relocatable, "/v/bin/python"));
        assert_eq!(of("#!/bin/sh\necho hello\n").program.as_str(), "/bin/sh");
    }

    #[test]
    fn a_backslash_between_double_quotes_stays() {
        assert_eq!(shell_word(r#""C:\Users\a \"b""#), Some((r#"C:\Users\a "b"#.to_owned(), "")));
        assert_eq!(shell_word(r"a\ b 'c d'"), Some(("a b".to_owned(), " 'c d'")));
    }

    #[test]
    fn an_empty_first_line_names_nothing() {
        assert_eq!(parse(b"#!\nx", String::new), None);
        assert_eq!(parse(b"#!/usr/bin/env\n", String::new), None);
        assert_eq!(parse(b"", String::new), None);
    }
}
