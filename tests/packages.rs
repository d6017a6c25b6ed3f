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
use support::{Scratch, interpreters};

fn main() {
    let arguments = Arguments::from_args();
    let scratch = Scratch::new("packages");
    let newest = interpreters::all().iter().filter(|known| known.is_cpython_from(11)).max_by_key(|known| known.version);
    let mut trials = hostile::trials();
    trials.extend(fits::trials());
    trials.extend(forms::trials());
    trials.extend(old::trials());
    trials.extend(conda::trials());
    for installer in real::Installer::ALL {
        let interpreter = newest.filter(|_| !arguments.list);
        let made = interpreter.and_then(|interpreter| real::make(interpreter, installer, &scratch.path().join(installer.name())));
        for (name, check) in real::CHECKS {
            let name = format!("{} in an environment made by {}", name, installer.name());
            trials.push(match &made {
                Some(made) => {
                    let made = made.clone();
                    Trial::test(name, move || check(&made?))
                }
                None => Trial::test(name, || Ok(())).with_ignored_flag(true),
            });
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}
