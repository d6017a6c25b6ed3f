//! `import` beside the real thing: what `importlib.util.find_spec` of each interpreter answers, name by name, in environments that have
//! everything that makes imports surprising.
//!
//! One trial an interpreter; how many names were compared is printed. An interpreter that is absent has no trial; a maker that
//! refuses it makes the trial ignored.

#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]
#![allow(clippy::print_stdout, reason = "the count is printed")]

#[path = "imports/places.rs"]
mod places;
mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use support::environments::{self, Kind};
use support::interpreters::{self, Interpreter};
use support::process::{self, Run};
use support::{Scratch, setting};
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::simulate::import::{Import, imports};
use venv_explain::simulate::startup::{Launch, start};
use venv_explain::venv::installation::Installation;

const PROBE: &str = include_str!("imports/probe.py");

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for interpreter in interpreters::all() {
        for kind in [Kind::Venv, Kind::SystemSite] {
            let scratch = Scratch::new("imports");
            let root = scratch.path().join("app/.venv");
            let made = std::fs::create_dir_all(scratch.path().join("app")).map_err(|error| error.to_string());
            let made = made.and_then(|()| environments::make(interpreter, kind, &root));
            let ignored = made.is_err();
            let name = format!("{} {}", interpreter.name, kind.name());
            trials.push(Trial::test(name, move || compare(interpreter, &scratch)).with_ignored_flag(ignored));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Asks both for every name, and says how many there were.
fn compare(interpreter: &Interpreter, scratch: &Scratch) -> Result<(), Failed> {
    let app = scratch.path().join("app");
    let site = places::site_packages(&app.join(".venv")).ok_or("the environment has no site-packages")?;
    let mut names = places::furnish(scratch.path(), &app, &site)?;
    names.extend(standard(interpreter)?);
    names.extend(places::names_in(&interpreter.stdlib.join("site-packages")));
    let names: Vec<String> = names.into_iter().collect();
    let real = real(&app, scratch.path(), &names)?;
    let ours = ours(&app, scratch.path(), &names);
    let mut differences = Vec::new();
    let comparable = real.iter().zip(&ours).filter(|(answer, _)| answer["silent"].is_null());
    for (answer, import) in comparable.clone() {
        let expected = said(answer);
        let foretold = format!("{} {:?} {:?}", import.found, import.origin.as_deref(), import.locations);
        if expected != foretold {
            differences.push(format!("{}:\n   real {expected}\n   ours {foretold}", import.module));
        }
    }
    if setting("IMPORTS_SHOW").is_some() {
        for import in &ours {
            println!("{} {:?} {:?}", import.module, import.origin, import.kind);
        }
    }
    let found = ours.iter().filter(|import| import.found).count();
    println!("{}: {} names compared, {found} found", interpreter.name, comparable.count());
    if real.len() != names.len() || names.len() < 250 {
        return Err(format!("{} names, {} answers", names.len(), real.len()).into());
    }
    let shown: Vec<&str> = differences.iter().map(String::as_str).take(20).collect();
    if differences.is_empty() { Ok(()) } else { Err(format!("{} differ:\n{}", differences.len(), shown.join("\n")).into()) }
}

/// What the real interpreter says of one name.
fn said(answer: &serde_json::Value) -> String {
    let locations: Vec<&str> =
        answer["locations"].as_array().map(|all| all.iter().filter_map(serde_json::Value::as_str).collect()).unwrap_or_default();
    let error = answer["error"].as_str().unwrap_or_default();
    format!("{}{error} {:?} {locations:?}", answer["found"], answer["origin"].as_str())
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

fn variables(home: &Path) -> [(&'static str, String); 3] {
    [("HOME", home.display().to_string()), ("PATH", "/usr/bin:/bin".to_owned()), ("LC_ALL", "C.UTF-8".to_owned())]
}

/// What the environment's own interpreter answers, started in `app`.
fn real(app: &Path, home: &Path, names: &[String]) -> Result<Vec<serde_json::Value>, Failed> {
    let mut run = Run::new(app.join(".venv/bin/python")).args(["-B", "-c", PROBE]).cwd(app);
    for (name, value) in variables(home) {
        run = run.var(name, value);
    }
    run.stdin = names.join("\n").into_bytes();
    let ended = process::run(&run).map_err(|error| error.to_string())?;
    if ended.status != Some(0) {
        return Err(ended.complaint().into());
    }
    ended.text().lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}").into())).collect()
}

/// What this tool foretells.
fn ours(app: &Path, home: &Path, names: &[String]) -> Vec<Import> {
    let mut machine = Overlay::new(Arc::new(Live::new()));
    machine.replace_vars(variables(home).into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    machine.set_cwd(&app.display().to_string());
    let program = app.join(".venv/bin/python").display().to_string();
    let startup = start(&machine, &Launch { program: program.clone(), arguments: Vec::new() });
    let installation = Installation::of(&machine, startup.base_executable.as_deref().unwrap_or(&program));
    imports(&machine, &startup, &installation, names)
}
