//! The gallery: every command, on every sample, in every format, kept in `snapshots/` for people to read and for changes to show.

use clap::Parser as _;
use std::sync::Arc;
use venv_explain::cli::Asked;
use venv_explain::machine::Machine;
use venv_explain::machine::capture::{Capture, samples};
use venv_explain::{Surroundings, run};

/// The commands, by the name of their case.
const COMMANDS: &[(&str, &[&str])] = &[
    ("explain", &[]),
    ("tree", &["tree"]),
    ("config", &["config"]),
    ("which", &["which", "python", "python3", "pip", "nothing-of-that-name"]),
    ("activate", &["activate"]),
    ("packages", &["packages"]),
    ("packages-tree", &["packages", "--tree"]),
    ("import", &["import", "json"]),
    ("import-missing", &["import", "nothing_of_that_name"]),
    ("syspath", &["syspath"]),
    ("syspath-whatif", &["syspath", "--whatif", "no-config"]),
    ("syspath-isolated-script", &["syspath", "--", "-I", "tool.py"]),
];

/// The distribution of each sample that is taken apart.
const TAKEN_APART: &[(&str, &str)] = &[("linux", "requests"), ("macos", "pip"), ("uv", "httpx"), ("windows", "colorama")];

const FORMATS: [&str; 6] = ["terminal", "plain", "markdown", "html", "svg", "json"];

#[test]
fn every_command_on_every_sample_in_every_format() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for sample in samples() {
            for (case, command) in COMMANDS {
                for format in FORMATS {
                    let output = answer(&[&["--sample", sample.name, "--format", format][..], command].concat());
                    insta::assert_snapshot!(format!("{}-{case}.{format}", sample.name), output);
                }
            }
        }
        for (sample, name) in TAKEN_APART {
            for format in FORMATS {
                let output = answer(&["--sample", sample, "--format", format, "package", name]);
                insta::assert_snapshot!(format!("{sample}-package.{format}"), output);
            }
            let output = answer(&["--sample", sample, "--format", "requirements", "packages"]);
            insta::assert_snapshot!(format!("{sample}-packages.requirements"), output);
        }
        insta::assert_snapshot!("samples.terminal", answer(&["--sample", "list"]));
    });
}

#[test]
fn coloured_output_is_the_colourless_one_with_codes_put_in() {
    for sample in samples() {
        let arguments = ["--sample", sample.name, "--color"];
        let (with, without) = (answer(&[&arguments[..], &["always"]].concat()), answer(&[&arguments[..], &["never"]].concat()));
        assert_ne!(with, without);
        assert_eq!(without_codes(&with), without, "{}", sample.name);
    }
}

#[test]
fn stable_output_names_no_folder_of_the_machine() {
    for sample in samples() {
        for format in FORMATS {
            let output = answer(&["--sample", sample.name, "--stable", "--format", format]);
            for folder in ["/home/ada", "/Users/ada", "C:\\Users\\Ada"] {
                assert!(!output.contains(folder), "{} as {format} names {folder}:\n{output}", sample.name);
            }
        }
    }
}

#[test]
fn every_sentence_comes_from_a_lesson_that_is_there() {
    for sample in samples() {
        let taken = TAKEN_APART.iter().filter(|(name, _)| *name == sample.name).map(|(_, name)| ("package", vec!["package", *name]));
        for (case, command) in COMMANDS.iter().map(|(case, command)| (*case, command.to_vec())).chain(taken) {
            for depth in ["-q", "-v"] {
                let output = answer(&[&["--sample", sample.name, "--width", "200", depth][..], &command].concat());
                for trace in ["(no lesson", "(unknown)"] {
                    let line = output.lines().find(|line| line.contains(trace));
                    assert_eq!(line, None, "{} {case} {depth}", sample.name);
                }
            }
        }
    }
}

/// What the tool prints for these arguments, at 100 columns, without colour unless asked for.
fn answer(arguments: &[&str]) -> String {
    let defaults = if arguments.contains(&"--color") { &["--width", "100"][..] } else { &["--color", "never"] };
    let width = if arguments.contains(&"--width") || defaults.contains(&"--width") { &[][..] } else { &["--width", "100"] };
    let words =
        std::iter::once("venv-explain").chain(defaults.iter().copied()).chain(width.iter().copied()).chain(arguments.iter().copied());
    let asked = Asked::try_parse_from(words).unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
    let empty = "venv-explain: capture/1\nplatform: linux\ncwd: /\nenv: {}\nfiles: {}\n";
    let here: Arc<dyn Machine> = Arc::new(Capture::parse("nowhere", empty.as_bytes()).expect("an empty machine"));
    let surroundings = Surroundings { is_terminal: false, columns: None, input: &|| Err("there is no standard input here".to_owned()) };
    run(&asked, &here, &surroundings).unwrap_or_else(|error| panic!("{arguments:?}: {error}")).text
}

/// The text without its SGR sequences.
fn without_codes(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| all + piece.split_once('m').map_or("", |(_, rest)| rest))
}
