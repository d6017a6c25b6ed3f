//! Environments made by the real installers, and what the real programs say of them.

use crate::support::interpreters::Interpreter;
use crate::support::process::{self, Run};
use crate::support::{copy, interpreters, on_path};
use crate::wheels::{self, Wheel};
use libtest_mimic::Failed;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use venv_explain::machine::live::Live;
use venv_explain::simulate::packages::anatomy::Anatomy;
use venv_explain::simulate::packages::freeze::freeze;
use venv_explain::simulate::packages::{Packages, Scene, Trouble};
use venv_explain::simulate::startup::{Launch, Startup, start};
use venv_explain::venv::Environment;
use venv_explain::venv::distributions::name::normalized;

/// Who installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installer {
    /// `pip install`.
    Pip,
    /// `uv pip install`.
    Uv,
}

impl Installer {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Pip, Self::Uv];

    /// Whether it is on this machine.
    pub fn is_here(self) -> bool {
        self == Self::Pip || uv().is_some()
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Uv => "uv",
        }
    }
}

/// Looks at the environment in a folder.
type Check = fn(&Path) -> Result<(), Failed>;

/// What is held against the real thing.
pub const CHECKS: [(&str, Check); 5] = [
    ("distributions are those of importlib.metadata", distributions),
    ("requirements are judged as by pip check and uv pip check", problems),
    ("requirements.txt is that of pip freeze", frozen),
    ("uninstalling removes and leaves what pip would", uninstalled),
    ("RECORD is checked as Python checks it", recorded),
];

/// Makes an environment with everything in it.
pub fn make(interpreter: &Interpreter, installer: Installer, folder: &Path) -> Result<PathBuf, String> {
    let uv = uv().filter(|_| installer == Installer::Uv);
    install(interpreter, uv.as_deref(), folder)
}

/// By uv where it is given, else by pip.
fn install(interpreter: &Interpreter, uv: Option<&Path>, folder: &Path) -> Result<PathBuf, String> {
    let (wheels, venv) = (folder.join("wheels"), folder.join("venv"));
    fs::create_dir_all(&wheels).map_err(|error| error.to_string())?;
    let mut named = Vec::new();
    for (number, wheel) in wheels::all().iter().enumerate() {
        wheel.write(&wheels);
        // What comes behind a requirement is pulled in by it, so that not everything was asked for.
        if number == 0 || (number - 1) % 3 != 0 {
            named.push(format!("{}=={}", wheel.name, wheel.version));
        }
    }
    let broken = [
        Wheel::new("broken-missing", "1.0", "Requires-Dist: nowhere-to-be-found>=2,<3\n"),
        Wheel::new("broken-version", "1.0", "Requires-Dist: sample-000>5\nRequires-Dist: sample-004 ; extra == 'x'\n"),
    ];
    for wheel in &broken {
        wheel.write(&wheels);
    }
    wheels::project(&folder.join("editable"), "in_place");
    wheels::project(&folder.join("copied"), "copied");
    run(Run::new(&interpreter.path).args(["-m", "venv"]).arg(&venv), folder)?;
    let install = |words: &[&str]| {
        let run_pip = Run::new(venv.join("bin/python")).args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index"]);
        let installing = match uv {
            None => run_pip.arg("--pre"),
            Some(uv) => {
                let run = Run::new(uv).args(["pip", "install", "-q", "--no-config", "--offline", "--no-index", "--python"]);
                run.arg(venv.join("bin/python"))
            }
        };
        run(installing.arg("--find-links").arg(&wheels).args(words), folder)
    };
    install(&named.iter().map(String::as_str).collect::<Vec<_>>())?;
    install(&["--no-deps", "broken-missing", "broken-version"])?;
    install(&["--no-build-isolation", "--no-deps", "-e", "./editable"])?;
    install(&["--no-build-isolation", "--no-deps", "./copied"])?;
    Ok(venv)
}

/// The first uv of this machine that is no shim.
pub fn uv() -> Option<PathBuf> {
    let beside = interpreters::all().iter().filter_map(|known| Some(known.path.parent()?.join("uv")));
    beside.chain(on_path("uv")).find(|file| process::is_executable(file) && !file.display().to_string().contains("/shims/"))
}

fn run(mut run: Run, folder: &Path) -> Result<String, String> {
    run.limit = Duration::from_secs(300);
    let run = run.var("HOME", folder).var("PATH", "/usr/bin:/bin").var("LANG", "C.UTF-8").cwd(folder);
    let ended = process::run(&run).map_err(|error| error.to_string())?;
    if ended.status == Some(0) { Ok(ended.text()) } else { Err(ended.complaint() + &ended.text()) }
}

/// What a program says, whatever its exit status.
fn said(run: Run, venv: &Path) -> Result<String, Failed> {
    let run = run.var("HOME", "/nonexistent").var("PATH", "/usr/bin:/bin").var("LANG", "C.UTF-8").cwd(venv);
    let ended = process::run(&run)?;
    Ok(ended.text() + &ended.complaint())
}

/// What a script prints as JSON, run by the environment's own Python.
pub fn python(venv: &Path, script: &str) -> Result<Value, Failed> {
    let text = said(Run::new(venv.join("bin/python")).args(["-I", "-W", "ignore", "-c", script]), venv)?;
    serde_json::from_str(&text).map_err(|error| format!("{error}: {text:.2000}").into())
}

/// What is told here.
pub struct Told {
    pub machine: Live,
    pub environment: Environment,
    pub startup: Startup,
    pub packages: Packages,
}

impl Told {
    pub fn of(venv: &Path) -> Self {
        let machine = Live::new();
        let environment = Environment::read(&machine, &venv.display().to_string());
        let program = environment.python.clone().unwrap_or_default();
        let startup = start(&machine, &Launch { program, arguments: vec!["-I".to_owned(), "-c".to_owned(), "pass".to_owned()] });
        let packages = Packages::of(&machine, &environment, Some(&startup));
        Self { machine, environment, startup, packages }
    }

    pub fn scene(&self) -> Scene {
        Scene::read(&self.machine, &self.environment, Some(&self.startup))
    }
}

/// An error that tells what stands in one set alone.
pub fn same(what: &str, expected: &BTreeSet<String>, told: &BTreeSet<String>) -> Result<(), Failed> {
    let differ: Vec<_> = expected.symmetric_difference(told).collect();
    if differ.is_empty() { Ok(()) } else { Err(format!("{what} differ: {differ:#?}").into()) }
}

pub fn distributions(venv: &Path) -> Result<(), Failed> {
    let script = "import importlib.metadata as m, json\n\
        print(json.dumps([[d.metadata['Name'], d.version, str(d._path), (d.read_text('INSTALLER') or '').strip(), \
        d.read_text('REQUESTED') is not None] for d in m.distributions()]))";
    let real = python(venv, script)?;
    let real: BTreeSet<String> = real.as_array().into_iter().flatten().map(ToString::to_string).collect();
    let told = Told::of(venv);
    let ours = told.packages.distributions.iter().map(|one| {
        serde_json::json!([one.name, one.version, one.path, one.installer.as_deref().unwrap_or_default(), one.requested]).to_string()
    });
    if real.len() < 100 {
        return Err(format!("only {} distributions were installed", real.len()).into());
    }
    same("distributions", &real, &ours.collect())
}

pub fn problems(venv: &Path) -> Result<(), Failed> {
    pip_problems(venv)?;
    let Some(uv) = uv() else { return Ok(()) };
    let uv = said(Run::new(uv).args(["pip", "check", "--no-config", "--offline", "--python"]).arg(venv.join("bin/python")), venv)?;
    let real = uv.lines().filter_map(|line| {
        let quoted: Vec<&str> = line.split('`').collect();
        let name = quoted.get(3)?.split(['<', '>', '=', '!', '~']).next()?;
        let kind = if line.contains("not installed") { "Missing" } else { "Version" };
        line.starts_with("The package").then(|| format!("{} requires {name}: {kind}", normalized(quoted[1])))
    });
    same("uv pip check and ours", &real.collect(), &unmet(venv))
}

/// Requirements that are not met, as told here.
fn unmet(venv: &Path) -> BTreeSet<String> {
    let told = Told::of(venv);
    told.packages
        .problems
        .iter()
        .filter(|problem| matches!(problem.kind, Trouble::Missing | Trouble::Version))
        .map(|problem| {
            let by = normalized(problem.required_by.as_deref().unwrap_or_default());
            format!("{by} requires {}: {:?}", problem.name, problem.kind)
        })
        .collect()
}

/// uv leaves out what papers of old require; pip does not.
pub fn pip_problems(venv: &Path) -> Result<(), Failed> {
    let pip = said(Run::new(venv.join("bin/python")).args(["-m", "pip", "--disable-pip-version-check", "check"]), venv)?;
    let real = pip.lines().filter_map(|line| {
        let words: Vec<&str> = line.split([' ', ',']).collect();
        let (by, name) = (normalized(words.first()?), words.get(3)?);
        match *words.get(2)? {
            "requires" => Some(format!("{by} requires {name}: Missing")),
            "has" => words.iter().rev().nth(1).map(|name| format!("{by} requires {name}: Version")),
            _ => None,
        }
    });
    same("pip check and ours", &real.collect(), &unmet(venv))
}

pub fn frozen(venv: &Path) -> Result<(), Failed> {
    let told = Told::of(venv);
    let ours = freeze(&told.machine, &told.scene(), &told.packages);
    let run = Run::new(venv.join("bin/python")).args(["-m", "pip", "--disable-pip-version-check", "freeze"]);
    let ended = process::run(&run.var("HOME", "/nonexistent").var("PATH", "/usr/bin:/bin").cwd(venv))?;
    if ended.text() == ours { Ok(()) } else { Err(format!("pip freeze:\n{}\nours:\n{ours}", ended.text()).into()) }
}

fn anatomies(told: &Told) -> Vec<Anatomy> {
    let scene = told.scene();
    let each = told.packages.distributions.iter();
    each.map(|one| Anatomy::of(&told.machine, &told.environment, &scene, &told.packages, one)).collect()
}

/// With a file that nobody recorded.
fn uninstalled(venv: &Path) -> Result<(), Failed> {
    let site = Told::of(venv).environment.site_packages.first().cloned().unwrap_or_default();
    fs::write(Path::new(&site).join("sample_000/added by hand.txt"), "")?;
    planned(venv)
}

/// pip's own plan for each distribution.
pub fn planned(venv: &Path) -> Result<(), Failed> {
    let script = "import json\n\
        from pip._internal.metadata import get_default_environment\n\
        from pip._internal.exceptions import PipError\n\
        from pip._internal.req.req_uninstall import UninstallPathSet, compress_for_output_listing\n\
        plans = {}\n\
        for d in get_default_environment().iter_all_distributions():\n\
        \x20   try: plan = UninstallPathSet.from_dist(d)\n\
        \x20   except PipError: plans[d.raw_name] = []; continue\n\
        \x20   plans[d.raw_name] = [sorted(plan._paths), sorted(compress_for_output_listing(plan._paths)[1])]\n\
        print(json.dumps(plans))";
    let real = python(venv, script)?;
    for anatomy in anatomies(&Told::of(venv)) {
        let plan = &real[&anatomy.name];
        if plan.as_array().is_some_and(Vec::is_empty) != anatomy.uninstall.fails.is_some() {
            return Err(format!("{}: {plan} and {:?}", anatomy.name, anatomy.uninstall.fails).into());
        }
        let set =
            |at: usize| plan[at].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<BTreeSet<_>>();
        same(&format!("{}: removed", anatomy.name), &set(0), &anatomy.would_remove.iter().cloned().collect())?;
        let left = anatomy.would_leave.iter().filter(|path| path.strip_suffix(".pyc").is_none()).cloned();
        same(&format!("{}: left", anatomy.name), &set(1), &left.collect())?;
    }
    Ok(())
}

/// Files changed, taken away and added; then Python reads each `RECORD` itself.
fn recorded(venv: &Path) -> Result<(), Failed> {
    // A copy, as the other checks run at the same time.
    let spoiled = venv.with_file_name("spoiled");
    copy::folder(venv, &spoiled)?;
    let venv = spoiled.as_path();
    let site = PathBuf::from(Told::of(venv).environment.site_packages.first().cloned().unwrap_or_default());
    for (file, text) in [("sample_008/__init__.py", "def main():\n    return 1\n"), ("sample_012/__init__.py", "another length")] {
        fs::remove_file(site.join(file))?;
        fs::write(site.join(file), text)?;
    }
    fs::remove_file(site.join("sample_016/data, with a comma.txt"))?;
    fs::remove_dir_all(site.join("sample_020"))?;
    let script = "import base64, csv, hashlib, importlib.metadata as m, json, os\n\
        found = {}\n\
        for d in m.distributions():\n\
        \x20   missing, changed = set(), set()\n\
        \x20   for path, digest, size in csv.reader(d.read_text('RECORD').splitlines()):\n\
        \x20       file = os.path.normpath(os.path.join(str(d._path.parent), path))\n\
        \x20       if not os.path.exists(file): missing.add(file)\n\
        \x20       elif digest:\n\
        \x20           real = base64.urlsafe_b64encode(hashlib.sha256(open(file, 'rb').read()).digest()).decode().rstrip('=')\n\
        \x20           if digest != 'sha256=' + real: changed.add(file)\n\
        \x20   found[d.metadata['Name']] = [sorted(missing), sorted(changed)]\n\
        print(json.dumps(found))";
    let real = python(venv, script)?;
    let mut seen = (0, 0);
    for anatomy in anatomies(&Told::of(venv)) {
        let record = anatomy.record.as_ref().ok_or("no RECORD")?;
        let set = |at: usize| {
            let paths = real[&anatomy.name][at].as_array();
            paths.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<BTreeSet<_>>()
        };
        same(&format!("{}: missing", anatomy.name), &set(0), &record.missing.iter().cloned().collect())?;
        same(&format!("{}: changed", anatomy.name), &set(1), &record.changed.iter().cloned().collect())?;
        seen = (seen.0 + record.missing.len(), seen.1 + record.changed.len());
    }
    if seen.0 >= 4 && seen.1 == 2 { Ok(()) } else { Err(format!("{seen:?} missing and changed files").into()) }
}
