//! The README shows what the program really prints. `UPDATE_README=1 cargo test --test readme` renews it.

#![allow(clippy::disallowed_methods, reason = "a test reads the README from the disk")]

use clap::Parser as _;
use std::sync::Arc;
use venv_explain::cli::Asked;
use venv_explain::machine::Machine;
use venv_explain::machine::live::Live;
use venv_explain::{Surroundings, run};

const COMMAND: &str = "$ venv-explain --sample linux";
const FENCE: &str = "```\n";

#[test]
fn the_readme_shows_what_the_program_prints() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(file).expect("the README");
    let start = readme.find(&format!("{COMMAND}\n")).expect("the README begins with an example") + COMMAND.len() + 1;
    let end = start + readme[start..].find(FENCE).expect("the example ends");
    let printed = answer(&["venv-explain", "--sample", "linux", "--color", "never", "--width", "100"]);
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(file, format!("{}{printed}{}", &readme[..start], &readme[end..])).expect("the README can be written");
        return;
    }
    assert_eq!(&readme[start..end], printed);
}

#[test]
fn every_command_that_the_readme_names_is_understood() {
    let readme = include_str!("../README.md");
    let lines = readme.lines().filter_map(|line| line.strip_prefix("$ venv-explain"));
    let commands: Vec<&str> = lines.map(|line| line.split('#').next().unwrap_or_default().trim()).collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        let words = std::iter::once("venv-explain").chain(command.split_whitespace());
        assert!(Asked::try_parse_from(words).is_ok(), "venv-explain {command}");
    }
}

fn answer(arguments: &[&str]) -> String {
    let asked = Asked::try_parse_from(arguments).expect("a good command line");
    let here: Arc<dyn Machine> = Arc::new(Live::new());
    let surroundings = Surroundings { is_terminal: false, columns: None, input: &|| Err(String::new()) };
    run(&asked, &here, &surroundings).expect("an answer").text
}
