//! The simulated start of an interpreter equals the real one.
//!
//! For each interpreter of this machine and each maker of environments, hundreds of conditions (`agrees/layers`) are put on the
//! disk, the real interpreter is started, and all that it reports is compared with what the simulation foretells: executable,
//! base executable, the four prefixes, `sys.path`, whether the user's site-packages counts, or that it does not start at all. On
//! top come random combinations of the conditions.
//!
//! A case of which the simulation says that code which it never runs may change the outcome, and in which it does, is counted
//! apart: it neither agrees nor differs.
//!
//! | variable | |
//! |---|---|
//! | `VENV_EXPLAIN_TURNS` | 1: every condition with every maker; 7 (the default): each of the seven takes a seventh of the conditions, in turn |
//! | `VENV_EXPLAIN_CONDITION` | only the conditions whose name holds this text, with every maker |
//! | `VENV_EXPLAIN_SEED`, `VENV_EXPLAIN_RANDOM` | the seed and the number of random combinations (600) |
//! | `VENV_EXPLAIN_DIFFERENCES` | a file that receives all differences, grouped, with a script that shows each |

#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]

mod support;

#[path = "agrees/case.rs"]
mod case;
#[path = "agrees/compare.rs"]
mod compare;
#[path = "agrees/differences.rs"]
mod differences;
#[path = "agrees/disk.rs"]
mod disk;
#[path = "agrees/layers/mod.rs"]
mod layers;
#[path = "agrees/probe.rs"]
mod probe;
#[path = "agrees/random.rs"]
mod random;
#[path = "agrees/scene.rs"]
mod scene;

use compare::Stage;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::sync::Arc;
use support::environments::Kind;
use support::interpreters::{self, Interpreter};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let stage = Arc::new(Stage::new(interpreters::all()));
    let mut trials = absent();
    for place in 0..stage.places() {
        let name = stage.name(place);
        let stage = Arc::clone(&stage);
        trials.push(Trial::ignorable_test(name, move || conditions(&stage, place)));
    }
    trials.extend(random_trials(&stage));
    if arguments.list {
        return libtest_mimic::run(&arguments, trials).exit_code();
    }
    // A panic of the simulation is a difference of one case; its message would only hide the others.
    std::panic::set_hook(Box::new(|_| ()));
    let conclusion = libtest_mimic::run(&arguments, trials);
    stage.tally.report();
    conclusion.exit_code()
}

/// The releases that the tool promises and this machine lacks, to be reported as skipped.
fn absent() -> Vec<Trial> {
    let found = interpreters::all();
    let has =
        |implementation: &str, minor: u32| found.iter().any(|known| known.implementation == implementation && known.version.1 == minor);
    let mut missing: Vec<String> =
        (6..=15).filter(|minor| !has("cpython", *minor)).map(|minor| format!("cpython-3.{minor} is not on this machine")).collect();
    if !found.iter().any(|known| known.implementation == "pypy") {
        missing.push("pypy-3 is not on this machine".to_owned());
    }
    missing.into_iter().map(|name| Trial::test(name, || Ok(())).with_ignored_flag(true)).collect()
}

/// Every condition (or this place's share of them) in one place.
fn conditions(stage: &Stage, place: usize) -> Result<Completion, Failed> {
    let scene = match stage.scene(place) {
        Ok(scene) => scene,
        Err(why) => return Ok(Completion::ignored_with(why)),
    };
    let turns = number("VENV_EXPLAIN_TURNS", 7).max(1);
    let singles = layers::all().iter().map(|layer| vec![layer]);
    let pairs = layers::PAIRS.iter().map(|names| names.iter().map(|name| layers::named(name)).collect::<Vec<_>>());
    let only = support::setting("VENV_EXPLAIN_CONDITION");
    let mut differing = Vec::new();
    for (number, condition) in std::iter::once(Vec::new()).chain(singles).chain(pairs).enumerate() {
        let named = only.as_ref().is_none_or(|part| condition.iter().any(|layer| layer.name.contains(part)));
        if !named {
            continue;
        }
        if only.is_some() || number == 0 || (number + stage.turn(place)).is_multiple_of(turns) {
            differing.extend(stage.compare(scene, &condition));
        }
    }
    verdict(&differing)
}

/// Random combinations, as a few trials so that they share the processors.
fn random_trials(stage: &Arc<Stage>) -> Vec<Trial> {
    let seed = number("VENV_EXPLAIN_SEED", 20_080_626) as u64;
    let number = number("VENV_EXPLAIN_RANDOM", 600);
    let parts = 8;
    (0..parts)
        .map(|part| {
            let stage = Arc::clone(stage);
            let name = format!("random combinations from seed {seed}, part {} of {parts}", part + 1);
            let nowhere = stage.places() == 0;
            let trial = Trial::test(name, move || {
                let mut differing = Vec::new();
                for index in (part..number).step_by(parts) {
                    differing.extend(random::compare(&stage, seed, index as u64));
                }
                verdict(&differing).map(drop)
            });
            trial.with_ignored_flag(nowhere)
        })
        .collect()
}

fn number(setting: &str, otherwise: usize) -> usize {
    support::setting(setting).and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

fn verdict(differing: &[String]) -> Result<Completion, Failed> {
    if differing.is_empty() {
        return Ok(Completion::Completed);
    }
    let shown: Vec<String> = differing.iter().take(3).cloned().collect();
    Err(format!("{} cases differ; the first:\n{}", differing.len(), shown.join("\n")).into())
}

impl Stage {
    /// The name of a place's trial.
    fn name(&self, place: usize) -> String {
        let (interpreter, kind): (&Interpreter, Option<Kind>) = self.place(place);
        format!("{}, {}", interpreter.name, kind.map_or("no environment", Kind::name))
    }
}
