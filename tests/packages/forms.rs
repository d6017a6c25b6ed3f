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
    let with_pip = |known: &&Interpreter| known.is_cpython_from(12) && known.stdlib.join("site-packages/pip").is_dir();
    let newest = able().filter(with_pip).max_by_key(|known| known.version);
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
    // A single file of papers inside of a zip file, which pip of that age does not survive; papers without a version.
    let site = Told::of(&venv).environment.site_packages.first().cloned().ok_or("no site-packages")?;
    let unread = "import sys, zipfile\n\
        with zipfile.ZipFile(sys.argv[1] + '/eggs/bundle.zip', 'a') as f:\n\
        \x20   f.writestr('zipfile-1.0-py3.12.egg-info', 'Name: zipfile\\nVersion: 1.0\\n')\n\
        \x20   f.writestr('zipbare-1.0.dist-info/RECORD', '')\n\
        open(sys.argv[2] + '/stateless-py3.12.egg-info', 'w').write('Name: stateless\\n')";
    process::run(&Run::new(&interpreter.path).args(["-c", unread]).arg(scratch.path()).arg(site))?;
    // Where METADATA does not tell, the folder's name is taken, and for papers of today its version.
    let script = "import importlib.metadata as m, json\n\
        def told(d):\n\
        \x20   stem, form = d._path.name.rsplit('.', 1) if '.' in d._path.name else ('', '')\n\
        \x20   name, _, version = stem.partition('-')\n\
        \x20   known = [d.metadata['Name'] or name, d.version or (version if form == 'dist-info' else None)]\n\
        \x20   return known + [str(d._path).rstrip('/'), (d.read_text('INSTALLER') or '').strip()]\n\
        print(json.dumps([told(d) for d in m.distributions()]))";
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
