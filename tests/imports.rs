//! `import` beside the real thing: what `importlib.util.find_spec` of each interpreter answers, name by name, in environments that have
//! everything that makes imports surprising.
//!
//! One trial an interpreter; how many names were compared is printed. An interpreter that is absent has no trial; a maker that
//! refuses it makes the trial ignored.

#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]
#![allow(clippy::print_stdout, reason = "the count is printed")]

#[path = "imports/asked.rs"]
mod asked;
#[path = "imports/conditions.rs"]
mod conditions;
#[path = "imports/editables.rs"]
mod editables;
#[path = "imports/places.rs"]
mod places;
mod support;

use asked::Memory;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::collections::BTreeSet;
use support::Scratch;
use support::environments::{self, Kind};
use support::interpreters::{self, Interpreter};
use support::process::{self, Run};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = conditions::trials();
    // The longest goes first, as it mostly waits for a registry.
    trials.insert(0, Trial::ignorable_test("every style of editable installation", editable));
    for interpreter in interpreters::all() {
        for kind in [Kind::Venv, Kind::SystemSite] {
            trials
                .push(Trial::ignorable_test(format!("{} {}", interpreter.name, kind.name()), move || made_and_compared(interpreter, kind)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// In an environment of that maker; ignored where it refuses.
fn made_and_compared(interpreter: &Interpreter, kind: Kind) -> Result<Completion, Failed> {
    let scratch = Scratch::new("imports");
    std::fs::create_dir_all(scratch.path().join("app"))?;
    match environments::make(interpreter, kind, &scratch.path().join("app/.venv")) {
        Ok(()) => compare(interpreter, &scratch).map(|()| Completion::Completed),
        Err(why) => Ok(Completion::ignored_with(why)),
    }
}

/// Ignored where the projects cannot be installed: without uv or a registry.
fn editable() -> Result<Completion, Failed> {
    let newest = interpreters::all().iter().filter(|known| known.is_cpython_from(9)).max_by_key(|known| known.version);
    let scratch = Scratch::new("editables");
    let Some(newest) = newest else { return Ok(Completion::ignored_with("no CPython from 3.9 on is here")) };
    match editables::make(newest, scratch.path()) {
        Ok(venv) => editables::compare(&venv, &scratch).map(|()| Completion::Completed),
        Err(why) => Ok(Completion::ignored_with(why)),
    }
}

/// Asks both for every name, and says how many there were.
fn compare(interpreter: &Interpreter, scratch: &Scratch) -> Result<(), Failed> {
    let app = scratch.path().join("app");
    let site = places::site_packages(&app.join(".venv")).ok_or("the environment has no site-packages")?;
    let mut names = places::furnish(scratch.path(), &app, &site)?;
    names.extend(standard(interpreter)?);
    names.extend(places::names_in(&interpreter.stdlib.join("site-packages")));
    let names: Vec<String> = names.into_iter().collect();
    if names.len() < 250 {
        return Err(format!("only {} names", names.len()).into());
    }
    let compared = asked::compare(&app.join(".venv"), &app, scratch.path(), &[], &names, Memory::Forgets)?;
    println!("{}: {} names compared, {} found", interpreter.name, compared.names, compared.found);
    asked::verdict(&compared.differences)
}

/// Every top-level module of the standard library, and everything built in.
fn standard(interpreter: &Interpreter) -> Result<BTreeSet<String>, Failed> {
    const QUESTION: &str = "import sys, os\n\
        print(*sys.builtin_module_names, sep='\\n')\n\
        print(*getattr(sys, 'stdlib_module_names', ()), sep='\\n')\n";
    let run = Run::new(&interpreter.path).args(["-I", "-c", QUESTION]).cwd("/");
    let text = process::run(&run).map_err(|error| error.to_string())?.text();
    // PyPy lists parts of modules among its built-in ones.
    let mut names: BTreeSet<String> = text.lines().filter(|name| !name.contains('.')).map(str::to_owned).collect();
    names.extend(places::names_in(&interpreter.stdlib));
    names.extend(places::names_in(&interpreter.stdlib.join("lib-dynload")));
    for package in ["json", "importlib", "xml", "email", "collections", "encodings", "concurrent", "os"] {
        let inner = places::names_in(&interpreter.stdlib.join(package));
        names.extend(inner.into_iter().map(|name| format!("{package}.{name}")));
    }
    names.extend(
        ["os.path", "os.nothing", "xml.nothing", "nothing.at.all", "__hello__", "__phello__", "__phello__.spam"].map(str::to_owned),
    );
    // These say something when they are imported, open a browser, or need a display.
    for unfit in ["__main__", "__pycache__", "this", "antigravity", "idlelib", "turtledemo", "test", "xml.etree.cElementTree"] {
        names.remove(unfit);
    }
    Ok(names)
}
