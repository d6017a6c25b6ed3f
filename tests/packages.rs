//! What is installed, held against the real thing: environments of more than a hundred distributions, made by pip and by uv, told
//! here and by `importlib.metadata`, `pip check`, `uv pip check`, `pip freeze` and pip's own plan of an uninstall.

#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "short texts for tests")]

#[path = "imports/asked.rs"]
mod asked;
#[path = "packages/conda.rs"]
mod conda;
#[path = "packages/fits.rs"]
mod fits;
#[path = "packages/forms.rs"]
mod forms;
#[path = "packages/hostile.rs"]
mod hostile;
#[path = "packages/old.rs"]
mod old;
#[path = "packages/real.rs"]
mod real;
mod support;
#[path = "packages/wheels.rs"]
mod wheels;

use libtest_mimic::{Arguments, Trial};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use support::{Scratch, interpreters};

type Made = LazyLock<Result<PathBuf, String>, Box<dyn FnOnce() -> Result<PathBuf, String> + Send>>;

fn main() {
    let arguments = Arguments::from_args();
    let scratch = Scratch::new("packages");
    let newest =
        interpreters::all().iter().filter(|known| known.is_cpython_from(11) && known.brings_pip()).max_by_key(|known| known.version);
    let mut trials = hostile::trials();
    trials.extend(fits::trials());
    trials.extend(forms::trials());
    trials.extend(old::trials());
    trials.extend(conda::trials());
    // Made by the first check that comes to it, at the same time by both.
    let made = real::Installer::ALL.map(|installer| {
        let folder = scratch.path().join(installer.name());
        let interpreter = newest.filter(|_| installer.is_here());
        interpreter
            .map(|interpreter| -> Arc<Made> { Arc::new(LazyLock::new(Box::new(move || real::make(interpreter, installer, &folder)))) })
    });
    for (name, check) in real::CHECKS {
        for (installer, made) in real::Installer::ALL.into_iter().zip(&made) {
            let (made, absent) = (made.clone(), made.is_none());
            let ask = move || check(made.as_deref().map_or(Err("absent".to_owned()), |made| LazyLock::force(made).clone())?.as_path());
            trials.push(Trial::test(format!("{name} in an environment made by {}", installer.name()), ask).with_ignored_flag(absent));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(scratch);
    conclusion.exit();
}
