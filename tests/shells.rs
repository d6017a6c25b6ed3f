//! Activation is what the real shells do: for every shell of this machine, every maker of environments and every condition, all
//! variables before, after the script and after `deactivate` are compared with what the tool says, whole.
//!
//! A shell that is absent is reported as skipped. Most environments take a share of the conditions; with `VENV_EXPLAIN_TURNS=1` each
//! takes all of them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]
#![allow(clippy::too_many_lines, clippy::too_many_arguments, reason = "what one shell is told stands together")]
#![allow(clippy::print_stdout, reason = "the test tells how much it compared")]

#[path = "shells/conditions.rs"]
mod conditions;
#[path = "shells/disk.rs"]
mod disk;
#[path = "shells/places.rs"]
mod places;
#[path = "shells/real.rs"]
mod real;
mod support;

use conditions::Condition;
use libtest_mimic::{Arguments, Failed, Trial};
use places::{Place, Share};
use real::{RealShell, Variables};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use venv_explain::machine::Machine;
use venv_explain::simulate::activation::{Change, Shell, Strictness, activate_in};

static ROWS: AtomicUsize = AtomicUsize::new(0);
static RUNS: AtomicUsize = AtomicUsize::new(0);

fn main() {
    let arguments = Arguments::from_args();
    let scratch = support::Scratch::new("shells");
    let places = if arguments.list { Vec::new() } else { places::all(scratch.path()) };
    let places: Vec<Arc<Place>> = places.into_iter().map(Arc::new).collect();
    let mut trials = Vec::new();
    for shell in real::all() {
        let Some(_) = shell.program else {
            trials.push(Trial::test(format!("{} agrees", shell.name), || Ok(())).with_ignored_flag(true));
            continue;
        };
        for place in &places {
            let (shell, place, folder) = (shell.clone(), Arc::clone(place), scratch.path().to_owned());
            let name = format!("{} agrees on {}", shell.name, place.name);
            trials.push(Trial::test(name, move || agree(&shell, &place, &folder)));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    println!(
        "compared {} rows of {} activations in {} environments",
        ROWS.load(Ordering::Relaxed),
        RUNS.load(Ordering::Relaxed),
        places.len()
    );
    drop(scratch);
    conclusion.exit();
}

fn agree(shell: &RealShell, place: &Place, scratch: &Path) -> Result<(), Failed> {
    let mut complaints = String::new();
    let folder = scratch.join(format!("{}-{}", shell.name, place.number));
    std::fs::create_dir_all(&folder)?;
    let xonsh = shell.shell == Shell::Xonsh;
    // A quoting error in virtualenv's old script for xonsh ends xonsh itself, and then nothing can be compared.
    let has_script = place.folder.join("bin").join(real::script(shell.shell)).exists() && !(xonsh && place.name.contains("--prompt"));
    if !has_script {
        return Ok(());
    }
    let everything = support::setting("VENV_EXPLAIN_TURNS").is_some_and(|turns| turns == "1");
    let share = if everything { Share::Whole } else { place.share };
    // xonsh takes a third of a second to start.
    let takes = |number: usize| match share {
        Share::Few if xonsh => number == 0,
        _ if xonsh && !everything => number.is_multiple_of(4),
        share => share.takes(number, place.number),
    };
    // An activation that is in force lives in an object of the running xonsh, in an overlay of nushell, which no variable tells.
    let hides = xonsh || shell.shell == Shell::Nushell;
    for (number, condition) in conditions::all().iter().enumerate() {
        if !takes(number) || (hides && condition.twice) {
            continue;
        }
        for entry in std::fs::read_dir(&folder)? {
            std::fs::remove_file(entry?.path())?;
        }
        if let Err(complaint) = compare(shell, place, condition, &folder) {
            let _ = writeln!(complaints, "== {}:\n{complaint}", condition.name);
        }
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints.into()) }
}

/// The rows that differ between what a real shell did and what the tool says.
fn compare(shell: &RealShell, place: &Place, condition: &Condition, folder: &Path) -> Result<(), String> {
    let scripts = place.folder.join("bin");
    let environment = place.folder.to_str().unwrap();
    let script = scripts.join(real::script(shell.shell));
    let Ok(text) = std::fs::read_to_string(&script) else { return Ok(()) };
    let cwd = folder.to_str().unwrap();
    let seen = real::observe(shell, script.to_str().unwrap(), environment, condition, folder, cwd)?;
    let mut vars: std::collections::BTreeMap<String, String> = seen
        .before
        .iter()
        .filter(|(name, (_, exported))| *exported || real::is_told(name))
        .map(|(name, (value, _))| (name.clone(), value.clone()))
        .collect();
    if shell.name == "mksh" {
        vars.insert("KSH_VERSION".to_owned(), "MIRBSD".to_owned());
    }
    let machine = disk::with(vars, cwd);
    let strictness = if condition.nounset { Strictness::Nounset } else { Strictness::Lenient };
    let said = activate_in(&machine as &dyn Machine, scripts.to_str().unwrap(), shell.shell, strictness);
    let mut complaint = String::new();
    // virtualenv 21's csh script leaves its restoring to a second one.
    let leaving = if shell.shell == Shell::Tcsh { std::fs::read_to_string(scripts.join("deactivate.csh")).ok() } else { None };
    let leaving = leaving.as_deref().unwrap_or(&text);
    for unknown in &said.unknown {
        let _ = writeln!(complaint, "unknown {}: {}", unknown.what, unknown.why);
    }
    differences(shell.shell, "activate", &seen.before, &seen.activated, &said.activate, &text, &mut complaint);
    if let Some(deactivated) = &seen.deactivated {
        differences(shell.shell, "deactivate", &seen.activated, deactivated, &said.deactivate, leaving, &mut complaint);
    }
    RUNS.fetch_add(1, Ordering::Relaxed);
    if complaint.is_empty() { Ok(()) } else { Err(complaint + &said.messages.join("\n")) }
}

fn differences(shell: Shell, part: &str, before: &Variables, after: &Variables, said: &[Change], script: &str, complaint: &mut String) {
    let names: BTreeSet<&String> =
        before.keys().chain(after.keys()).chain(said.iter().map(|row| &row.name)).filter(|name| !real::is_noise(name)).collect();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        let (from, to) = (old.map(|v| &v.0), new.map(|v| &v.0));
        let row = said.iter().find(|row| row.name == *name);
        let real = (from != to).then(|| (from, to, new.or(old).is_some_and(|v| v.1)));
        let ours = row.map(|row| (row.before.as_ref(), row.after.as_ref(), row.exported));
        if real != ours {
            let _ = writeln!(complaint, "{part} {name}:\n    real {real:?}\n    said {ours:?} line {:?}", row.and_then(|row| row.line));
        }
        if let Some(row) = row {
            ROWS.fetch_add(1, Ordering::Relaxed);
            let line = row.line.and_then(|line| script.lines().nth(line as usize - 1)).unwrap_or_default();
            if real::is_named_in_its_line(name, shell) && !line.contains(name.as_str()) && !line.contains("source ") {
                let _ = writeln!(complaint, "{part} {name}: line {:?} is {line:?}", row.line);
            }
        }
    }
}
