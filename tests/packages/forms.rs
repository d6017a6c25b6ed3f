//! Papers of every form, old and new, beside what `importlib.metadata` and `pip freeze` say of them.

use crate::real::{self, Told};
use crate::support::environments::{self, Kind};
use crate::support::interpreters::{self, Interpreter};
use crate::support::process::{self, Run};
use crate::support::{Scratch, on_path, setting};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use venv_explain::simulate::packages::freeze::freeze;

const FURNISH: &str = include_str!("forms.py");

/// One trial for each interpreter that has `importlib.metadata`, and one for pip.
pub fn trials() -> Vec<Trial> {
    let able = || interpreters::all().iter().filter(|known| known.is_cpython_from(8));
    let mut trials: Vec<Trial> =
        able().map(|known| Trial::test(format!("papers of every form are found as by {}", known.name), move || found(known))).collect();
    let newest = able().filter(|known| known.is_cpython_from(12)).max_by_key(|known| known.version);
    trials.push(match newest.filter(|_| on_path("git").is_some()) {
        Some(known) => Trial::test("papers and checkouts of every form are frozen as by pip", move || frozen(known)),
        None => Trial::test("papers and checkouts of every form are frozen as by pip", || Ok(())).with_ignored_flag(true),
    });
    trials
}

/// An environment with all forms; with checkouts where git is on `path`.
fn furnished(interpreter: &Interpreter, scratch: &Scratch, path: &str) -> Result<PathBuf, Failed> {
    let venv = scratch.path().join("env");
    environments::make(interpreter, Kind::Venv, &venv)?;
    let site = Told::of(&venv).environment.site_packages.first().cloned().ok_or("no site-packages")?;
    let run = Run::new(&interpreter.path).args(["-c", FURNISH]).arg(scratch.path()).arg(site).var("PATH", path);
    let ended = process::run(&run.var("HOME", scratch.path()).cwd(scratch.path()))?;
    if ended.status == Some(0) { Ok(venv) } else { Err(ended.complaint().into()) }
}

fn found(interpreter: &Interpreter) -> Result<(), Failed> {
    let scratch = Scratch::new("forms");
    let venv = furnished(interpreter, &scratch, "")?;
    let script = "import importlib.metadata as m, json\n\
        print(json.dumps([[d.metadata['Name'], d.version, str(d._path).rstrip('/'), (d.read_text('INSTALLER') or '').strip()] \
        for d in m.distributions()]))";
    let real = real::python(&venv, script)?;
    let real: BTreeSet<String> = real.as_array().into_iter().flatten().map(ToString::to_string).collect();
    let told = Told::of(&venv);
    let ours = told.packages.distributions.iter();
    let ours =
        ours.map(|one| serde_json::json!([one.name, one.version, one.path, one.installer.as_deref().unwrap_or_default()]).to_string());
    real::same("distributions", &real, &ours.collect())
}

fn frozen(interpreter: &Interpreter) -> Result<(), Failed> {
    let scratch = Scratch::new("forms");
    let path = setting("PATH").unwrap_or_default();
    let venv = furnished(interpreter, &scratch, &path)?;
    let told = Told::of(&venv);
    let ours = freeze(&told.machine, &told.scene(), &told.packages);
    let run = Run::new(&interpreter.path).args(["-m", "pip", "--disable-pip-version-check", "--python"]).arg(venv.join("bin/python"));
    let run = run.arg("freeze").var("HOME", "/nonexistent").var("LANG", "C.UTF-8").var("PATH", path).cwd(Path::new("/"));
    let ended = process::run(&run)?;
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    if ours.lines().count() < 70 {
        return Err(format!("only {} lines: {}", ours.lines().count(), ended.complaint()).into());
    }
    real::same("pip freeze and ours", &lines(&ended.text()), &lines(&ours))
}
