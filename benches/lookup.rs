//! `which` over a PATH of 60 folders with 20 commands, before and after activation: the question is whether it stays below
//! ten milliseconds, the time of one frame that a person does not notice.

#![allow(clippy::disallowed_methods, reason = "a benchmark makes folders")]
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::Scratch;
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::simulate::activation::{Activation, Shell};
use venv_explain::simulate::lookup::which;

fn main() {
    // `cargo test --all-targets` runs benchmarks without this word: nothing is measured then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let scratch = Scratch::new("bench-lookup-");
    let mut folders = Vec::new();
    for number in 0..56 {
        let folder = scratch.path().join(format!("some/longer/folder-{number}/bin"));
        std::fs::create_dir_all(&folder).expect("made");
        folders.push(folder.display().to_string());
    }
    folders.extend(["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"].map(str::to_owned));
    let commands: Vec<String> = ["python", "python3", "pip", "pip3"].map(str::to_owned).into();
    let others = (commands.len()..20).map(|number| format!("command-{number}"));
    let commands: Vec<String> = commands.iter().cloned().chain(others).collect();
    let mut machine = Overlay::new(Arc::new(Live::new()));
    let before = BTreeMap::from([("PATH".to_owned(), folders.join(":"))]);
    machine.replace_vars(before.clone());
    let mut after = before;
    after.insert("PATH".to_owned(), format!("{}/env/bin:{}", scratch.path().display(), folders.join(":")));
    let activation = Activation::leaving(Shell::Bash, after);
    let mut times: Vec<Duration> = (0..50)
        .map(|_| {
            let start = Instant::now();
            let answer = which(&machine, &commands, &activation);
            assert_eq!(answer.commands.len(), 20);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("20 commands over 60 folders, twice: median {:?}, worst {:?}", times[times.len() / 2], times[times.len() - 1]);
}
