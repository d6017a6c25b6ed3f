//! Installations of old, as the commands of their time really make them: `setup.py develop` and `setup.py install` of setuptools, and
//! of distutils alone. Told here, and by Python and pip.

use crate::asked::{self, Memory};
use crate::real::{self, Told};
use crate::support::Scratch;
use crate::support::interpreters::{self, Interpreter};
use crate::support::process::{self, Run};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::simulate::packages::Packages;
use venv_explain::simulate::packages::freeze::freeze;
use venv_explain::simulate::packages::requirements::version;
use venv_explain::simulate::startup::{Launch, start};
use venv_explain::venv::Environment;

const INSTALL: &str = include_str!("old.py");

/// The oldest and the newest interpreter that have `distutils`, and bring the setuptools of their time.
pub fn trials() -> Vec<Trial> {
    let able = interpreters::all().iter().filter(|known| known.is_cpython_from(8) && !known.is_cpython_from(12));
    let able = able.filter(|known| known.stdlib.join("distutils").is_dir() && known.stdlib.join("ensurepip/_bundled").is_dir());
    let able: Vec<&Interpreter> = able.collect();
    let oldest = able.iter().min_by_key(|known| known.version);
    let newest = able.iter().max_by_key(|known| known.version);
    let chosen: BTreeMap<&str, &Interpreter> = oldest.into_iter().chain(newest).map(|known| (known.name.as_str(), *known)).collect();
    if chosen.is_empty() {
        return vec![Trial::test("setup.py's installations are told as by Python and pip", || Ok(())).with_ignored_flag(true)];
    }
    let trial =
        |known: &'static Interpreter| Trial::test(format!("setup.py's installations are told as by {}", known.name), || told(known));
    chosen.into_values().map(trial).collect()
}

fn run(run: Run, scratch: &Scratch) -> Result<String, Failed> {
    let mut run = run.var("HOME", scratch.path()).var("PATH", "/usr/bin:/bin").var("LANG", "C.UTF-8").cwd(scratch.path());
    run.limit = Duration::from_secs(300);
    let ended = process::run(&run)?;
    if ended.status == Some(0) { Ok(ended.text()) } else { Err((ended.complaint() + &ended.text()).into()) }
}

fn told(interpreter: &Interpreter) -> Result<(), Failed> {
    let scratch = Scratch::new("old");
    let venv = scratch.path().join("env");
    run(Run::new(&interpreter.path).args(["-m", "venv"]).arg(&venv), &scratch)?;
    run(Run::new(venv.join("bin/python")).args(["-c", INSTALL]).arg(scratch.path().join("projects")), &scratch)?;
    distributions(&venv)?;
    pip(&venv, &scratch)?;
    real::pip_problems(&venv)?;
    real::planned(&venv)?;
    modules(&venv, &scratch)?;
    account(&venv, &scratch)
}

fn distributions(venv: &Path) -> Result<(), Failed> {
    let script = "import importlib.metadata as m, json\n\
        print(json.dumps([[d.metadata['Name'], d.version, str(d._path).rstrip('/'), d.requires or []] for d in m.distributions()]))";
    let real = real::python(venv, script)?;
    let real: BTreeSet<String> = real.as_array().into_iter().flatten().map(ToString::to_string).collect();
    let told = Told::of(venv);
    let ours = told.packages.distributions.iter();
    let ours = ours.map(|one| serde_json::json!([one.name, one.version, one.path, one.details.requirements]).to_string());
    real::same("distributions", &real, &ours.collect())
}

/// `pip list` and `pip freeze`.
fn pip(venv: &Path, scratch: &Scratch) -> Result<(), Failed> {
    let ask = |words: &[&str]| {
        let run_pip = Run::new(venv.join("bin/python")).args(["-I", "-m", "pip", "--disable-pip-version-check"]).args(words);
        run(run_pip, scratch)
    };
    let told = Told::of(venv);
    let listed: Value = serde_json::from_str(&ask(&["list", "--format", "json"])?).map_err(|error| error.to_string())?;
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let listed = listed.as_array().into_iter().flatten();
    let listed = listed.map(|one| ["name", "version", "editable_project_location"].map(|key| text(one, key)).join(" "));
    let ours = told.packages.distributions.iter().filter(|one| one.counts);
    let ours = ours.map(|one| {
        // pip writes versions in their normal form.
        let version = one.version.as_deref().and_then(version).map(|version| version.to_string()).unwrap_or_default();
        format!("{} {version} {}", one.name, one.editable.as_deref().unwrap_or_default())
    });
    real::same("pip list and ours", &listed.collect(), &ours.collect())?;
    let (frozen, ours) = (ask(&["freeze"])?, freeze(&told.machine, &told.scene(), &told.packages));
    if frozen == ours { Ok(()) } else { Err(format!("pip freeze:\n{frozen}\nours:\n{ours}").into()) }
}

/// What `--user` put beside: seen by an environment that takes in the system's packages.
fn account(venv: &Path, scratch: &Scratch) -> Result<(), Failed> {
    let config = std::fs::read_to_string(venv.join("pyvenv.cfg"))?;
    std::fs::write(venv.join("pyvenv.cfg"), config.replace("include-system-site-packages = false", "include-system-site-packages = true"))?;
    let python = || Run::new(venv.join("bin/python"));
    let projects = scratch.path().join("projects");
    for (name, command) in [("user_placed", "develop"), ("user_egg", "install")] {
        let folder = projects.join(name);
        std::fs::create_dir_all(folder.join(name))?;
        std::fs::write(folder.join(name).join("__init__.py"), "")?;
        std::fs::write(folder.join("setup.py"), format!("from setuptools import setup\nsetup(name='{name}', packages=['{name}'])\n"))?;
        let script = format!(
            "import os, runpy, sys; os.chdir({:?}); sys.argv = ['setup.py', '-q', '{command}', '--user']; \
            sys.path[0] = os.getcwd(); runpy.run_path('setup.py')",
            folder.display().to_string()
        );
        run(python().args(["-c", &script]), scratch)?;
    }
    let script = "import importlib.metadata as m, json, sys; sys.path.pop(0)\n\
        print(json.dumps([[d.metadata['Name'], d.version, str(d._path).rstrip('/')] for d in m.distributions()]))";
    let real = run(python().args(["-W", "ignore", "-c", script]), scratch)?;
    let real: Vec<Value> = serde_json::from_str(&real).map_err(|error| error.to_string())?;
    let mut machine = Overlay::new(Arc::new(Live::new()));
    machine.replace_vars(BTreeMap::from([("HOME".to_owned(), scratch.path().display().to_string())]));
    machine.set_cwd(&scratch.path().display().to_string());
    let environment = Environment::read(&machine, &venv.display().to_string());
    let program = environment.python.clone().unwrap_or_default();
    let startup = start(&machine, &Launch { program, arguments: vec!["-c".to_owned(), "pass".to_owned()] });
    let packages = Packages::of(&machine, &environment, Some(&startup));
    let ours = packages.distributions.iter().filter(|one| !one.sys_path_item.is_empty());
    let ours: BTreeSet<String> = ours.map(|one| serde_json::json!([one.name, one.version, one.path]).to_string()).collect();
    if ours.iter().filter(|one| one.contains("user-")).count() != 2 {
        return Err(format!("not both of --user: {ours:#?}").into());
    }
    real::same("distributions of the account", &real.iter().map(ToString::to_string).collect(), &ours)?;
    let names = ["user_placed", "user_egg", "user_egg.none"].map(str::to_owned);
    let compared = asked::compare(venv, scratch.path(), scratch.path(), &[], &names, Memory::Forgets)?;
    asked::verdict(&compared.differences)
}

fn modules(venv: &Path, scratch: &Scratch) -> Result<(), Failed> {
    let tops = "dev_flat dev_src dev_moved code dev_odd dev_local dev_pip dev_gone egg_zipped egg_folder egg_aside egg_twice old_flat space \
        space.part old_module bare_made bare_module setup tools EGG-INFO";
    let inner = ["", ".inner", ".deep", ".deep.leaf", ".deep.none", ".Inner", ".none"];
    let names: BTreeSet<String> = tops.split_whitespace().flat_map(|top| inner.map(|inner| format!("{top}{inner}"))).collect();
    let names: Vec<String> = names.into_iter().collect();
    let elsewhere = scratch.path().join("elsewhere");
    std::fs::create_dir_all(&elsewhere)?;
    let compared = asked::compare(venv, &elsewhere, scratch.path(), &[], &names, Memory::Forgets)?;
    if compared.found < 40 {
        return Err(format!("only {} were found", compared.found).into());
    }
    asked::verdict(&compared.differences)
}
