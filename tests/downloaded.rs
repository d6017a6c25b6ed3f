//! Environments of nearly two hundred real distributions, downloaded by pip and by uv: everything that is told of them, held against the
//! real programs. Ignored, as it needs the network and minutes: `cargo test --test downloaded -- --ignored`. Ready environments (with
//! pip in them) may be named instead: `ENVIRONMENTS=folder:folder`.

#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]
#![allow(dead_code, reason = "of what it shares with other tests it uses a part")]
#![allow(clippy::print_stdout, reason = "the counts are printed")]

#[path = "imports/asked.rs"]
mod asked;
#[path = "imports/places.rs"]
mod places;
#[path = "packages/platforms.rs"]
mod platforms;
#[path = "packages/real.rs"]
mod real;
mod support;
#[path = "packages/wheels.rs"]
mod wheels;

use asked::Memory;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use support::process::{self, Run};
use support::{Scratch, interpreters, setting};

/// Compiled and pure ones, namespaces of every style, and what pulls many others in.
const WANTED: &str = "numpy pandas pyyaml cryptography lxml pillow protobuf googleapis-common-protos zope.interface zope.component jaraco.text \
    backports.tarfile azure-core azure-common sphinx sphinxcontrib-httpdomain django jupyter flask requests sqlalchemy black pytest mypy \
    setuptools wheel hatchling pdm-backend ruamel.yaml coverage pip";

type Check = fn(&Path) -> Result<(), Failed>;

const CHECKS: [(&str, Check); 5] = [
    ("distributions are those of importlib.metadata", real::distributions),
    ("requirements are judged as by pip check and uv pip check", real::problems),
    ("requirements.txt is that of pip freeze", real::frozen),
    ("uninstalling removes and leaves what pip would", real::planned),
    ("modules are where Python finds them", modules),
];

type Made = LazyLock<Result<PathBuf, String>, Box<dyn FnOnce() -> Result<PathBuf, String> + Send>>;

fn main() {
    let arguments = Arguments::from_args();
    let scratch = Arc::new(Scratch::new("downloaded"));
    let mut environments: Vec<(String, Arc<Made>)> = Vec::new();
    for folder in setting("ENVIRONMENTS").iter().flat_map(|all| all.split(':')) {
        let venv = PathBuf::from(folder);
        environments.push((folder.to_owned(), Arc::new(LazyLock::new(Box::new(move || Ok(venv))))));
    }
    let is_ready = !environments.is_empty();
    for installer in real::Installer::ALL.into_iter().filter(|_| !is_ready) {
        let scratch = Arc::clone(&scratch);
        let made: Made = LazyLock::new(Box::new(move || download(installer, &scratch.path().join(installer.name()))));
        environments.push((format!("downloads of {}", installer.name()), Arc::new(made)));
    }
    let mut trials = Vec::new();
    for (name, made) in environments {
        for (check, ask) in CHECKS {
            let made = Arc::clone(&made);
            let ask = move || ask(LazyLock::force(&made).as_ref().map_err(Clone::clone)?);
            trials.push(Trial::test(format!("{check}: {name}"), ask).with_ignored_flag(!is_ready));
        }
    }
    trials.push(Trial::test("wheels of other platforms are judged as by Python and pip", platforms::foreign).with_ignored_flag(true));
    libtest_mimic::run(&arguments, trials).exit();
}

fn download(installer: real::Installer, venv: &Path) -> Result<PathBuf, String> {
    let newest =
        interpreters::all().iter().filter(|known| known.is_cpython_from(12) && known.brings_pip()).min_by_key(|known| known.version);
    let python = &newest.ok_or("no CPython from 3.12 on is here")?.path;
    let run = |mut run: Run| {
        run.limit = Duration::from_secs(1200);
        let ended = process::run(&run.online()).map_err(|error| error.to_string())?;
        if ended.status == Some(0) { Ok(()) } else { Err(ended.complaint()) }
    };
    run(Run::new(python).args(["-m", "venv"]).arg(venv))?;
    let python = venv.join("bin/python");
    let wanted = WANTED.split_whitespace();
    match installer {
        real::Installer::Pip => run(Run::new(&python).args(["-m", "pip", "install", "-q", "--only-binary", ":all:"]).args(wanted))?,
        real::Installer::Uv => {
            let uv = real::uv().ok_or("no uv is here")?;
            run(Run::new(uv).args(["pip", "install", "-q", "--only-binary", ":all:", "--python"]).arg(&python).args(wanted))?;
        }
    }
    Ok(venv.to_owned())
}

/// Every top-level name in `site-packages`, and some hundred modules below them.
fn modules(venv: &Path) -> Result<(), Failed> {
    let site = places::site_packages(venv).ok_or("the environment has no site-packages")?;
    let names: BTreeSet<String> = places::names_in(&site);
    let mut inner = Vec::new();
    for name in &names {
        below(&site.join(name), name, &mut inner);
    }
    inner.sort();
    let step = inner.len().div_ceil(SAMPLED).max(1);
    let dotted = inner.iter().step_by(step).cloned();
    let absent = names.iter().step_by(5).map(|name| format!("{name}.nothing_of_that_name"));
    let mut asked: Vec<String> = names.iter().cloned().chain(dotted).chain(absent).collect();
    asked.retain(|name| !SPEAKING.iter().any(|unfit| name == unfit || name.starts_with(&format!("{unfit}."))));
    let scratch = Scratch::new("modules");
    let compared = asked::compare(venv, scratch.path(), scratch.path(), &[], &asked, Memory::Keeps)?;
    println!("{}: {} names compared, {} found, {} differ", venv.display(), compared.names, compared.found, compared.differences.len());
    // What a package's own code does to its __path__ is not known, and told so.
    let unforeseen = compared.differences.into_iter().filter(|(import, ..)| import.unknown.is_empty());
    asked::verdict(&unforeseen.collect::<Vec<_>>())
}

/// So many modules inside of packages are asked for.
const SAMPLED: usize = 400;

/// They stop the interpreter, or want a display, when their parents are imported.
const SPEAKING: [&str; 1] = ["__pycache__"];

fn below(folder: &Path, name: &str, found: &mut Vec<String>) {
    for inner in places::names_in(folder) {
        let dotted = format!("{name}.{inner}");
        if inner != "tests" && inner != "test" && fs::metadata(folder.join(&inner)).is_ok_and(|meta| meta.is_dir()) {
            below(&folder.join(&inner), &dotted, found);
        }
        found.push(dotted);
    }
}
