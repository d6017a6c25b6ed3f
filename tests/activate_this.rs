//! What `activate_this.py` does is what a real Python does that runs it: for environments of virtualenv and uv, the scripts of older
//! versions, and scripts cut short or edited, `os.environ` and `sys` after it are compared with what the tool says, whole.
//!
//! An edited script may be told as unknown, never wrongly; an untouched one has to be followed.

#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]
#![allow(clippy::print_stdout, reason = "the test tells how much it compared")]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::environments::{self, Kind};
use support::interpreters;
use support::process::{self, Run};
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::simulate::activation::{ActivateThis, activate_this};
use venv_explain::venv::Environment;

static RUNS: AtomicUsize = AtomicUsize::new(0);
static UNKNOWN: AtomicUsize = AtomicUsize::new(0);
static VALUES: AtomicUsize = AtomicUsize::new(0);

const RUN: &str = include_str!("activate_this/run.py");

/// The scripts of older virtualenvs, before their placeholders are filled.
const OLDER: [&str; 3] = [
    include_str!("activate_this/virtualenv-16.7.10.txt"),
    include_str!("activate_this/virtualenv-20.0.0.txt"),
    include_str!("activate_this/virtualenv-20.26.0.txt"),
];

/// Scripts that would take all memory or time.
const ENDLESS: &[&str] = &[
    "def f():\n    return f()\nf()\n",
    "x = \"aaaaaaaaaaaaaaaaaaaaaaaa\"\nfor a in \"0,1,2,3,4,5,6,7,8,9\".split(\",\"):\n    x = x.replace(\"a\", x)\n",
    "x = \"aaaaaaaaaaaaaaaaaaaaaaaa\"\nfor a in \"0,1,2,3,4,5,6,7,8,9\".split(\",\"):\n    x = x.join(x.replace(\"a\", \"a,\").split(\",\"))\n",
    "x = [\"a\"]\ndef f():\n    x.append(x + x)\n    return f() + f()\nf()\n",
    "x = [\"aaaaaaaaaaaaaaaa\"]\nfor a in \"0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9\".split(\",\"):\n    x = x + x\n",
    "x = \"a\"\nfor a in \"0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9\".split(\",\"):\n    x = x.replace(\"a\", \"aa\")\n",
];

/// What people write below such a script, or instead of it.
const ADDED: &[&str] = &[
    "sys.path.insert(0, \"/somewhere\")",
    "sys.path.insert(-1, os.path.join(base, \"src\"))",
    "sys.path += [\"/a\", \"/b\"]",
    "sys.path.remove(\"/nowhere\")",
    "sys.path[0:1] = []",
    "paths = sys.path\npaths.append(\"/x\")",
    "paths = list(sys.path)\npaths.append(\"/x\")",
    "for item in sys.path:\n    sys.path.remove(item)",
    "sys.path = [p for p in sys.path if not p.endswith(\".zip\")]",
    "os.environ.setdefault(\"VIRTUAL_ENV\", \"no\")\nos.environ.setdefault(\"OTHER\", f\"{base}/x\")",
    "del os.environ[\"VIRTUAL_ENV\"]",
    "del os.environ[\"NOT_THERE\"]",
    "if sys.version_info >= (3, 9):\n    os.environ[\"NEW\"] = \"1\"\nelse:\n    os.environ[\"OLD\"] = \"1\"",
    "if os.environ.get(\"PATH\") and \"x\" not in os.environ[\"PATH\"]:\n    os.environ[\"X\"] = os.environ[\"PATH\"][:4]",
    "try:\n    os.environ[\"NOT_THERE\"]\nexcept KeyError:\n    os.environ[\"CAUGHT\"] = \"1\"\nfinally:\n    os.environ[\"LAST\"] = \"1\"",
    "try:\n    os.environ[\"NOT_THERE\"]\nexcept NameError:\n    os.environ[\"CAUGHT\"] = \"1\"",
    "raise RuntimeError(\"no\")",
    "undefined",
    "import subprocess\nos.environ[\"OUT\"] = subprocess.check_output([\"true\"])",
    "os.environ[\"N\"] = 1",
    "sys.flags.verbose or os.environ.update(A=\"b\")",
    "def add(name, value=\"v\"):\n    os.environ[name] = value\nadd(\"ONE\")\nadd(\"TWO\", \"2\")",
    "if hasattr(sys, \"real_prefix\"):\n    os.environ[\"REAL\"] = sys.real_prefix",
    "sys.exec_prefix = sys.prefix",
    "\tos.environ[\"TAB\"] = \"1\"",
    "print(\"done\", base)",
    "popped = os.environ.pop(\"HOME\", None) if base else None\nos.environ[\"POPPED\"] = popped",
    "os.environ[\"JOINED\"] = os.pathsep.join(reversed(sys.path))",
    "return",
    "os.no_such_name",
    "from os import no_such_name",
    "from os.path import join\nsys.path.append(join(base, \"x\"))",
    "x = b\"bytes\"\nos.environ[\"B\"] = x.decode()",
];

fn main() {
    let arguments = Arguments::from_args();
    let scratch = support::Scratch::new("activate-this");
    let mut trials = Vec::new();
    let all = if arguments.list { Vec::new() } else { places(scratch.path()) };
    trials.push(Trial::test("there are environments to compare", || Ok(())).with_ignored_flag(all.is_empty()));
    for (number, text) in ENDLESS.iter().enumerate() {
        let root = all.first().map(|place| place.folder.clone());
        let is_absent = root.is_none();
        let trial = Trial::test(format!("a script without end is given up, {number}"), move || is_given_up(&root.unwrap(), text));
        trials.push(trial.with_ignored_flag(is_absent));
    }
    for place in all {
        trials.push(Trial::test(format!("activate_this.py agrees in {}", place.name), move || agree(&place)));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    let count = |number: &AtomicUsize| number.load(Ordering::Relaxed);
    println!("compared {} values of {} runs; {} scripts were told as unknown", count(&VALUES), count(&RUNS), count(&UNKNOWN));
    drop(scratch);
    conclusion.exit();
}

/// One environment.
struct Place {
    name: String,
    folder: PathBuf,
    /// Whether edited scripts are tried too.
    edited: bool,
}

fn places(scratch: &Path) -> Vec<Place> {
    let every = interpreters::all();
    let cpython = || every.iter().filter(|known| known.implementation == "cpython");
    let newest = cpython().max_by_key(|known| known.version);
    let middle = cpython().find(|known| known.version.1 == 9);
    let pypy = every.iter().find(|known| known.implementation == "pypy");
    let oldest = cpython().min_by_key(|known| known.version);
    let ordinary = [oldest, middle, pypy, newest].into_iter().flatten().map(|python| (python, "env"));
    let odd = newest.into_iter().flat_map(|python| ["with 'quote' \" and $é", "moved"].map(|name| (python, name)));
    let mut all = Vec::new();
    for (python, name) in ordinary.chain(odd) {
        for kind in [Kind::Virtualenv, Kind::Uv] {
            let parent = scratch.join(all.len().to_string());
            std::fs::create_dir_all(&parent).unwrap();
            let mut folder = parent.join(name);
            if environments::make(python, kind, &folder).is_err() {
                continue;
            }
            if name == "moved" {
                let target = parent.join("elsewhere");
                std::fs::rename(&folder, &target).unwrap();
                folder = target;
            }
            add_lines(&folder);
            let is_newest = newest.is_some_and(|newest| newest.path == python.path);
            let title = format!("{} by {} in {name}", python.name, kind.name());
            all.push(Place { name: title, folder, edited: is_newest && name == "env" });
        }
    }
    all
}

/// Gives the packages of an environment a `.pth` file.
fn add_lines(folder: &Path) {
    for library in std::fs::read_dir(folder.join("lib")).unwrap().flatten() {
        let packages = library.path().join("site-packages");
        if packages.is_dir() {
            std::fs::create_dir_all(packages.join("sub")).unwrap();
            std::fs::write(packages.join("extra.pth"), "# lines\nsub\n/nowhere\nimport os\n../sub\n").unwrap();
        }
    }
}

/// The variables of each condition; the first is the ordinary one.
fn conditions(place: &Place) -> Vec<BTreeMap<String, String>> {
    let with = |more: &[(&str, &str)], without: &str| {
        let usual = [("PATH", "/usr/bin:/bin"), ("HOME", "/nonexistent"), ("LANG", "C.UTF-8")];
        let all = usual.iter().chain(more).filter(|(name, _)| *name != without);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let packages = format!("{}/lib:/tmp", place.folder.display());
    vec![
        with(&[], ""),
        with(&[], "PATH"),
        with(&[("PATH", "")], ""),
        with(&[("PATH", ":/usr/bin::/bin:")], ""),
        with(&[("VIRTUAL_ENV", "/other"), ("VIRTUAL_ENV_PROMPT", "other"), ("PKG_CONFIG_PATH", "/pc")], ""),
        with(&[("PYTHONPATH", &packages), ("PYTHONNOUSERSITE", "1"), ("PKG_CONFIG_PATH", "")], ""),
    ]
}

/// Each script that is tried under a condition: the text, and whether it has to be followed.
fn scripts(place: &Place, own: &str, is_first: bool) -> Vec<(String, bool)> {
    let library = own.split(['"', '\'']).find(|part| part.starts_with("../lib")).unwrap_or("../lib/python3/site-packages");
    let fill = |text: &str| {
        let filled = text.replace("__BIN_NAME__", "bin").replace("__LIB_FOLDERS__", library).replace("__DECODE_PATH__", "");
        filled.replace("__VIRTUAL_PROMPT__", "a name")
    };
    let mut all: Vec<(String, bool)> = [(own.to_owned(), true)].into_iter().chain(OLDER.map(|text| (fill(text), true))).collect();
    if !is_first || !place.edited {
        return all;
    }
    all.extend(ADDED.iter().map(|added| (format!("{own}\n{added}\n"), false)));
    for (text, _) in all.clone().into_iter().take(2) {
        let lines: Vec<&str> = text.lines().collect();
        for cut in 0..lines.len() {
            let mut without = lines.clone();
            let removed = without.remove(cut);
            if removed.trim().is_empty() || removed.starts_with('#') {
                continue;
            }
            all.push((without.join("\n"), false));
            all.push((lines[..cut].join("\n"), false));
            let mut half = lines[..cut].join("\n");
            half.push('\n');
            half.extend(removed.chars().take(removed.chars().count() * 2 / 3));
            all.push((half, false));
        }
    }
    all
}

/// Such a script is given up, soon.
fn is_given_up(root: &Path, text: &str) -> Result<(), Failed> {
    let mut machine = Overlay::new(Arc::new(Live::new()));
    let root = root.to_str().unwrap();
    machine.write(&format!("{root}/bin/activate_this.py"), text.as_bytes());
    let told = activate_this(&machine, &Environment::read(&machine, root)).ok_or("no script was found")?;
    let is_empty = told.variables.is_empty() && told.attributes.is_empty();
    if told.unknown.is_empty() || !is_empty { Err(format!("it was followed: {told:?}").into()) } else { Ok(()) }
}

fn agree(place: &Place) -> Result<(), Failed> {
    let file = place.folder.join("bin/activate_this.py");
    let own = std::fs::read_to_string(&file)?;
    let root = place.folder.to_str().unwrap();
    let mut complaints = Vec::new();
    for (number, vars) in conditions(place).into_iter().enumerate() {
        let scripts = scripts(place, &own, number == 0);
        let machine = |text: &str| {
            let mut machine = Overlay::new(Arc::new(Live::new()));
            machine.replace_vars(vars.clone());
            machine.set_cwd("/");
            machine.write(file.to_str().unwrap(), text.as_bytes());
            machine
        };
        let environment = Environment::read(&machine(&own), root);
        let base = environment.base.as_ref().ok_or("the base is not known")?.file.clone();
        let texts: Vec<&str> = scripts.iter().map(|(text, _)| text.as_str()).collect();
        let mut run = Run::new(&base).args(["-c", RUN]).cwd("/");
        run.vars = vars.iter().map(|(name, value)| (name.into(), value.into())).collect();
        run.stdin = json!({"file": file.to_str().unwrap(), "scripts": texts}).to_string().into_bytes();
        let ended = process::run(&run)?;
        let real: Vec<Value> = ended.text().lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        if real.len() != scripts.len() {
            return Err(format!("{base} ran {} of {} scripts: {}", real.len(), scripts.len(), ended.complaint()).into());
        }
        for ((text, must), real) in scripts.iter().zip(&real) {
            let told = activate_this(&machine(text), &environment).ok_or("no script was found")?;
            if let Err(complaint) = compare(&told, real, *must) {
                complaints.push(format!(
                    "condition {number}: {complaint}\n--- {} ---",
                    text.lines().rev().take(8).collect::<Vec<_>>().join("\n")
                ));
            }
        }
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

/// The values that differ between two states.
fn changes(before: &Value, after: &Value) -> BTreeMap<String, (Value, Value)> {
    let none = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&none), after.as_object().unwrap_or(&none));
    let names = before.keys().chain(after.keys());
    let both =
        names.map(|name| (name.clone(), (before.get(name).cloned().unwrap_or_default(), after.get(name).cloned().unwrap_or_default())));
    both.filter(|(_, (before, after))| before != after).collect()
}

fn compare(told: &ActivateThis, real: &Value, must: bool) -> Result<(), String> {
    RUNS.fetch_add(1, Ordering::Relaxed);
    // Code in a .pth file of the base leaves sys.path unknown, and nothing else.
    let of_base = |why: &str| told.unknown.iter().all(|unknown| unknown.what.contains(why));
    let path_is_unknown = !told.unknown.is_empty() && of_base(".pth does to sys.path");
    if !told.unknown.is_empty() && !path_is_unknown {
        UNKNOWN.fetch_add(1, Ordering::Relaxed);
        let is_empty = told.variables.is_empty() && told.attributes.is_empty();
        return if must || !is_empty { Err(format!("unknown: {:?}", told.unknown)) } else { Ok(()) };
    }
    let mut expected = changes(&real["before"]["environ"], &real["after"]["environ"]);
    for (name, value) in changes(&real["before"]["sys"], &real["after"]["sys"]) {
        expected.insert(format!("sys.{name}"), value);
    }
    let mut said: BTreeMap<String, (Value, Value)> =
        told.variables.iter().map(|row| (row.name.clone(), (json!(row.before), json!(row.after)))).collect();
    said.extend(told.attributes.iter().map(|row| (row.name.clone(), (json!(row.before), json!(row.after)))));
    if path_is_unknown {
        expected.remove("sys.path");
        said.remove("sys.path");
    }
    VALUES.fetch_add(expected.len(), Ordering::Relaxed);
    if said != expected {
        return Err(format!("Python has {expected:#?}\nthe tool says {said:#?}\nraised: {}", real["raised"]));
    }
    let is_raised = !real["raised"].is_null();
    if is_raised && told.messages.is_empty() {
        return Err(format!("Python raises {}, and the tool does not say so", real["raised"]));
    }
    Ok(())
}
