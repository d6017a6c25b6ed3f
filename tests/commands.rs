//! Where the shell finds a command: ours beside `command -v` and the list of every match, in the real shells.
//!
//! Every shell is asked under every condition of `conditions`, and with real environments before activation, after it and
//! after `deactivate`. A shell that is not installed is reported as ignored.

#![allow(clippy::print_stdout, reason = "a test says how much it compared")]
#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]

#[path = "commands/activated.rs"]
mod activated;
#[path = "commands/asking.rs"]
mod asking;
#[path = "commands/conditions.rs"]
mod conditions;
mod support;

use asking::{Real, SHELLS, Said};
use conditions::{COMMANDS, CONDITIONS};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::Scratch;
use venv_explain::lessons::Lessons;
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::simulate::activation::Activation;
use venv_explain::simulate::lookup::{Found, LESSONS, Lookup, which};

static COMPARED: AtomicUsize = AtomicUsize::new(0);

fn main() {
    let arguments = Arguments::from_args();
    let scratch = Scratch::new("commands-");
    conditions::make(scratch.path());
    let root: Arc<Path> = Arc::from(scratch.path());
    let mut trials = Vec::new();
    for real in SHELLS {
        let root = root.clone();
        let name = format!("{}_finds_what_we_find_under_{}_conditions", real.name, CONDITIONS.len());
        trials.push(Trial::test(name, move || under_conditions(real, &root)).with_ignored_flag(real.program().is_none()));
    }
    trials.extend(activated::trials(scratch.path()));
    trials.push(Trial::test("every_lesson_that_a_lookup_names_is_written", every_lesson_is_written));
    let conclusion = libtest_mimic::run(&arguments, trials);
    println!("{} answers of real shells compared", COMPARED.load(Ordering::Relaxed));
    drop(scratch);
    conclusion.exit();
}

fn under_conditions(real: &Real, root: &Path) -> Result<(), Failed> {
    let cwd = root.join("cwd");
    let mut wrong = String::new();
    for (name, path) in CONDITIONS {
        let mut vars = variables(real, root);
        if let Some(path) = path {
            vars.insert("PATH".to_owned(), path.replace('@', &root.display().to_string()));
        }
        // A start-up file that cannot be switched off may give zsh a PATH where there is none.
        let before = if real.name == "zsh" && *path == Some("") { "PATH=''" } else { "" };
        let (_, said) = real.ask(before, COMMANDS, &vars, &cwd);
        compare(real, name, COMMANDS, &said, &ours(real, COMMANDS, vars, &cwd), &mut wrong);
    }
    verdict(wrong)
}

fn every_lesson_is_written() -> Result<(), Failed> {
    let lessons = Lessons::load("en", None).expect("the lessons can be read");
    let missing: Vec<&str> = LESSONS.iter().copied().filter(|id| lessons.get(id).is_none()).collect();
    verdict(missing.join(" "))
}

fn verdict(wrong: String) -> Result<(), Failed> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// The variables of every question; PATH is added where it is set.
fn variables(real: &Real, root: &Path) -> BTreeMap<String, String> {
    let text = |path: &Path| path.display().to_string();
    let shell = real.program().map(|program| text(&program)).unwrap_or_default();
    let own = text(&root.join("own"));
    [("HOME", own), ("SHELL", shell), ("LC_ALL", "C.UTF-8".to_owned())].map(|(name, value)| (name.to_owned(), value)).into()
}

fn ours(real: &Real, commands: &[&str], vars: BTreeMap<String, String>, cwd: &Path) -> Vec<Lookup> {
    let mut machine = Overlay::new(Arc::new(Live::new()));
    machine.replace_vars(vars.clone());
    machine.set_cwd(&cwd.display().to_string());
    let activation = Activation::leaving(real.shell, vars);
    let commands: Vec<String> = commands.iter().map(|&command| command.to_owned()).collect();
    which(&machine, &commands, &activation).commands.into_iter().filter_map(|command| command.after).collect()
}

fn compare(real: &Real, condition: &str, commands: &[&str], said: &[Said], ours: &[Lookup], wrong: &mut String) {
    for (said, (lookup, command)) in said.iter().zip(ours.iter().zip(commands)) {
        COMPARED.fetch_add(1, Ordering::Relaxed);
        let mut differ = |what: &str, theirs: &dyn std::fmt::Debug, mine: &dyn std::fmt::Debug| {
            writeln!(wrong, "{condition}: {what} {command}: {} says {theirs:?}, we say {mine:?}", real.name).expect("written");
        };
        if !same_file(real, said.runs.as_deref(), lookup) {
            differ("command -v", &said.runs, &lookup.resolved);
        }
        // bash runs `./tool` with PATH set to nothing, but its `type -a` does not list it; tcsh's `where` likewise.
        let listed = real.lists_all && lookup.searched.iter().any(|item| !item.dir.is_empty() || item.outcome != Found::Found)
            || !said.all.is_empty();
        let (theirs, mine) = (each_file_once(&said.all), all(real, lookup));
        if listed {
            COMPARED.fetch_add(1, Ordering::Relaxed);
            if theirs != mine {
                differ("every", &theirs, &mine);
            }
        }
    }
}

fn same_file(real: &Real, theirs: Option<&str>, lookup: &Lookup) -> bool {
    // bash names a file that may not be executed where there is nothing better: running it says `Permission denied`.
    let refused = |file: &str| lookup.searched.iter().any(|item| item.candidate == file && item.outcome == Found::NotExecutable);
    match theirs {
        Some(file) if real.name == "bash" && lookup.resolved.is_none() => refused(file),
        theirs => theirs == lookup.resolved.as_deref(),
    }
}

/// ksh93 lists a folder once, by whatever path it is reached.
fn all(real: &Real, lookup: &Lookup) -> Vec<String> {
    let once = |item: &&venv_explain::simulate::lookup::Searched| real.name != "ksh93" || item.same_as.is_none();
    let listed = lookup.searched.iter().filter(|item| matches!(item.outcome, Found::Found | Found::Shadowed));
    listed.filter(once).map(|item| item.candidate.clone()).collect()
}

/// A folder that stands on PATH twice counts once; `.` and doubled slashes make no other folder of it.
fn each_file_once(listed: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let key = |path: &str| path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect::<Vec<_>>();
    listed.iter().filter(|path| seen.insert(key(path))).cloned().collect()
}
