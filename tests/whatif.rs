//! `--whatif`: what we foretell of a change, beside what the real interpreter does once the change is really made.
//!
//! Each change is first laid over the machine, then made on disk, at the same path; the interpreter is asked, and all is put
//! back. Changes to a base are made to a copy of a pyenv installation.

#![allow(clippy::format_collect, reason = "a few lines of test input")]
#![allow(clippy::disallowed_methods, reason = "tests change files and run the real programs")]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::Scratch;
use support::copy;
use support::environments::{self, Kind};
use support::interpreters::{self, Interpreter};
use support::process::{self, Run};
use venv_explain::machine::Machine;
use venv_explain::machine::capture::{Capture, samples};
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::simulate::startup::{Launch, start};
use venv_explain::venv::environment::Environment;
use venv_explain::venv::whatif::{FORMS, apply, apply_all};

const ASKS: &str = "import sys; print('\\n'.join([sys.prefix, sys.base_prefix, *sys.path[1:]]))";

/// A change as written (`@` is the scratch folder, `#` the minor version), and how to make it really.
type Real = fn(&Path, &str);
const CHANGES: &[(&str, Real)] = &[
    ("no-config", |env, _| fs::remove_file(env.join("pyvenv.cfg")).expect("removed")),
    ("config:include-system-site-packages=true", |env, _| edit(env, "include-system-site-packages", Some("true"))),
    ("config:-include-system-site-packages", |env, _| edit(env, "include-system-site-packages", None)),
    ("config:home=/nosuch", |env, _| edit(env, "home", Some("/nosuch"))),
    ("config:-home", |env, _| edit(env, "home", None)),
    ("config:nonsense=1", |env, _| edit(env, "nonsense", Some("1"))),
    ("moved:@/elsewhere", |env, _| fs::rename(env, env.with_file_name("elsewhere")).expect("moved")),
    ("moved:deeper/and/deeper", |env, _| {
        fs::create_dir_all(env.with_file_name("deeper/and")).expect("made");
        fs::rename(env, env.with_file_name("deeper/and/deeper")).expect("moved");
    }),
    ("remove:lib/python#/site-packages", |env, minor| {
        fs::remove_dir_all(env.join(format!("lib/python{minor}/site-packages"))).expect("removed");
    }),
    ("remove:@/env/lib", |env, _| fs::remove_dir_all(env.join("lib")).expect("removed")),
    ("remove:bin/python", |env, _| fs::remove_file(env.join("bin/python")).expect("removed")),
    ("write:env/lib/python#/site-packages/more.pth=/usr\n/nosuch\n", |env, minor| {
        fs::write(env.join(format!("lib/python{minor}/site-packages/more.pth")), "/usr\n/nosuch\n").expect("written");
    }),
    ("write:pyvenv.cfg=nothing of use\n", |env, _| fs::write(env.join("pyvenv.cfg"), "nothing of use\n").expect("written")),
];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for interpreter in chosen() {
        for (change, make) in CHANGES {
            let name = format!("{}_does_what_is_foretold_after_{}", interpreter.name, change.trim().replace('\n', "|"));
            trials.push(Trial::test(name, move || small_change(interpreter, change, *make)));
        }
    }
    let bases: Vec<&Interpreter> = pyenvs();
    let absent = bases.len() < 2;
    for (name, test) in [
        ("a_removed_base_stops_the_environment", base_removed as fn() -> Result<(), Failed>),
        ("an_upgrade_in_place_leaves_the_packages_of_the_old_version_behind", upgraded_in_place),
        ("an_upgrade_to_another_folder_stops_the_environment", upgraded_elsewhere),
    ] {
        trials.push(Trial::test(name, test).with_ignored_flag(absent));
    }
    trials.push(Trial::test("every_form_of_change_can_be_made_to_every_sample", samples_changed));
    trials.push(Trial::test("a_new_minor_version_in_usr_takes_the_place_of_the_old_one", upgraded_usr));
    trials.push(Trial::test("changes_follow_one_another", one_after_the_other).with_ignored_flag(chosen().is_empty()));
    trials.push(Trial::test("what_cannot_be_done_is_said_with_what_could", errors).with_ignored_flag(chosen().is_empty()));
    libtest_mimic::run(&arguments, trials).exit();
}

/// The oldest and the newest `CPython` of this machine that make environments.
fn chosen() -> Vec<&'static Interpreter> {
    let all: Vec<&Interpreter> = interpreters::all().iter().filter(|one| one.is_cpython_from(6)).collect();
    let mut chosen: Vec<&Interpreter> = all.first().into_iter().chain(all.last()).copied().collect();
    chosen.dedup_by(|a, b| a.name == b.name);
    chosen
}

/// Installations of pyenv, which may be copied.
fn pyenvs() -> Vec<&'static Interpreter> {
    interpreters::all()
        .iter()
        .filter(|one| one.is_cpython_from(11) && one.prefix.components().any(|part| part.as_os_str() == "versions"))
        .collect()
}

fn minor(interpreter: &Interpreter) -> String {
    format!("{}.{}", interpreter.version.0, interpreter.version.1)
}

fn edit(env: &Path, key: &str, value: Option<&str>) {
    let file = env.join("pyvenv.cfg");
    let old = fs::read_to_string(&file).expect("read");
    let others: String = old.lines().filter(|line| !line.starts_with(&format!("{key} ="))).map(|line| format!("{line}\n")).collect();
    let line = value.map(|value| format!("{key} = {value}\n")).unwrap_or_default();
    fs::write(&file, others + &line).expect("written");
}

/// The machine as the tests see it: empty environment, standing in the scratch folder.
fn machine(scratch: &Path) -> Overlay {
    let mut machine = Overlay::new(Arc::new(Live::new()));
    machine.replace_vars(variables(scratch));
    machine.set_cwd(&scratch.display().to_string());
    machine
}

fn variables(scratch: &Path) -> BTreeMap<String, String> {
    [("HOME", scratch.display().to_string()), ("LC_ALL", "C.UTF-8".to_owned())].map(|(name, value)| (name.to_owned(), value)).into()
}

/// What is foretold: prefix, base prefix and `sys.path`; nothing where Python does not start.
fn foretold(scratch: &Path, env: &Path, change: &str) -> Result<(PathBuf, Vec<String>), Failed> {
    let changed = apply(Arc::new(machine(scratch)), &env.display().to_string(), change).map_err(|error| error.to_string())?;
    let program = format!("{}/bin/python", changed.root);
    let startup = start(&changed.machine, &Launch { program: program.clone(), arguments: Vec::new() });
    if let Some(unknown) = startup.unknown.first().filter(|_| startup.prefix.is_none() && startup.fatal.is_none()) {
        return Err(format!("{}: {}", unknown.what, unknown.why).into());
    }
    let Some(items) = startup.sys_path else { return Ok((program.into(), Vec::new())) };
    let paths = items.into_iter().skip(1).map(|item| item.path);
    Ok((program.into(), startup.prefix.into_iter().chain(startup.base_prefix).chain(paths).collect()))
}

fn real(scratch: &Path, program: &Path) -> Vec<String> {
    let mut run = Run::new(program).args(["-c", ASKS]).cwd(scratch);
    for (name, value) in variables(scratch) {
        run = run.var(name, value);
    }
    let Ok(ended) = process::run(&run) else { return Vec::new() };
    if ended.status == Some(0) { ended.text().lines().map(str::to_owned).collect() } else { Vec::new() }
}

fn same(theirs: &[String], mine: &[String]) -> Result<(), Failed> {
    if theirs == mine { Ok(()) } else { Err(format!("Python says {theirs:#?}\nwe foretold {mine:#?}").into()) }
}

fn small_change(interpreter: &Interpreter, change: &str, make: Real) -> Result<(), Failed> {
    let scratch = Scratch::new("whatif-");
    let env = scratch.path().join("env");
    environments::make(interpreter, Kind::Venv, &env)?;
    let change = change.replace('@', &scratch.path().display().to_string()).replace('#', &minor(interpreter));
    let (program, mine) = foretold(scratch.path(), &env, &change)?;
    make(&env, &minor(interpreter));
    let theirs = real(scratch.path(), &program);
    assert_eq!(theirs.is_empty(), change == "remove:bin/python", "Python starts after every change but one");
    same(&theirs, &mine)
}

/// A copy of an installation without its own tests and packages, which no environment here asks for.
fn copy_base(from: &Path, to: &Path) -> Result<(), Failed> {
    Ok(copy::folder_without(from, to, &["test", "site-packages", "share"])?)
}

/// An environment of a copied base in `folder`, made by its `python3`.
fn of_copy(scratch: &Path, base: &Interpreter, folder: &str) -> Result<PathBuf, Failed> {
    copy_base(&base.prefix, &scratch.join(folder))?;
    let program = scratch.join(folder).join("bin/python3");
    let env = scratch.join("env");
    let made = Run::new(program).args(["-m", "venv", "--without-pip"]).arg(&env);
    process::run(&made).map_err(|error| error.to_string())?;
    Ok(env)
}

fn base_removed() -> Result<(), Failed> {
    let scratch = Scratch::new("whatif-base-");
    let bases = pyenvs();
    let env = of_copy(scratch.path(), bases[0], "base")?;
    let (program, mine) = foretold(scratch.path(), &env, "base-removed")?;
    assert!(!real(scratch.path(), &program).is_empty(), "it starts before");
    fs::remove_dir_all(scratch.path().join("base")).map_err(|error| error.to_string())?;
    same(&real(scratch.path(), &program), &mine)
}

fn upgraded_in_place() -> Result<(), Failed> {
    let scratch = Scratch::new("whatif-upgrade-");
    let bases = pyenvs();
    let (old, new) = (bases[0], bases[bases.len() - 1]);
    let env = of_copy(scratch.path(), old, "base")?;
    let version = format!("{}.{}", minor(new), new.version.2);
    let (program, mine) = foretold(scratch.path(), &env, &format!("base-upgraded:{version}"))?;
    fs::remove_dir_all(scratch.path().join("base")).map_err(|error| error.to_string())?;
    copy_base(&new.prefix, &scratch.path().join("base"))?;
    let theirs = real(scratch.path(), &program);
    assert!(!theirs.is_empty(), "the environment starts with the new version");
    same(&theirs, &mine)
}

fn upgraded_elsewhere() -> Result<(), Failed> {
    let scratch = Scratch::new("whatif-folder-");
    let bases = pyenvs();
    let (old, new) = (bases[0], bases[bases.len() - 1]);
    let name = |one: &Interpreter| format!("{}.{}", minor(one), one.version.2);
    let env = of_copy(scratch.path(), old, &name(old))?;
    let (program, mine) = foretold(scratch.path(), &env, &format!("base-upgraded:{}", name(new)))?;
    fs::remove_dir_all(scratch.path().join(name(old))).map_err(|error| error.to_string())?;
    copy_base(&new.prefix, &scratch.path().join(name(new)))?;
    same(&real(scratch.path(), &program), &mine)
}

fn samples_changed() -> Result<(), Failed> {
    let changes = [
        "no-config",
        "config:home=/nosuch",
        "config:-home",
        "moved:elsewhere",
        "base-removed",
        "base-upgraded:3.13.5",
        "remove:pyvenv.cfg",
        "write:pyvenv.cfg=x",
    ];
    for sample in samples() {
        let recorded = || Capture::sample(sample.name).map(Arc::new).map_err(|error| error.to_string());
        let root = recorded()?.recorded_venv().ok_or("every sample names its environment")?;
        for change in changes {
            let changed = apply(recorded()?, &root, change).map_err(|error| format!("{}: {error}", sample.name))?;
            let environment = Environment::read(&changed.machine, &changed.root);
            // Only Linux's own Python keeps its folder over versions; a Windows environment knows its base by `home` alone.
            let gone = change == "base-removed" || (change.starts_with("base-upgraded") && sample.name != "linux");
            if gone || sample.name != "windows" {
                assert_eq!(environment.base.is_none(), gone, "{}: {change}", sample.name);
            }
        }
    }
    Ok(())
}

fn upgraded_usr() -> Result<(), Failed> {
    let recorded = Arc::new(Capture::sample("linux").map_err(|error| error.to_string())?);
    let root = recorded.recorded_venv().unwrap_or_default();
    let changed = apply(recorded, &root, "base-upgraded:3.13.5").map_err(|error| error.to_string())?;
    let startup = start(&changed.machine, &Launch { program: format!("{root}/bin/python"), arguments: Vec::new() });
    assert_eq!(
        (startup.version.as_deref(), startup.prefix.as_deref(), startup.base_prefix.as_deref()),
        (Some("3.13.5"), Some(root.as_str()), Some("/usr"))
    );
    let items: Vec<String> = startup.sys_path.unwrap_or_default().into_iter().map(|item| item.path).collect();
    assert!(items.iter().any(|item| item == "/usr/lib/python3.13"), "{items:?}");
    assert!(!items.iter().any(|item| item.contains("site-packages")), "the packages stand in the folder of the old version: {items:?}");
    Ok(())
}

fn one_after_the_other() -> Result<(), Failed> {
    let scratch = Scratch::new("whatif-several-");
    let env = scratch.path().join("env");
    environments::make(chosen()[0], Kind::Venv, &env)?;
    let changes = ["moved:other", "config:prompt=there", "remove:bin/activate"].map(str::to_owned);
    let (machine, root) =
        apply_all(Arc::new(machine(scratch.path())), &env.display().to_string(), &changes).map_err(|error| error.to_string())?;
    assert_eq!(root, scratch.path().join("other").display().to_string());
    assert!(machine.stat(&format!("{root}/bin/activate")).is_err() && machine.stat(&env.display().to_string()).is_err());
    let config = machine.read(&format!("{root}/pyvenv.cfg"), 9999).expect("there");
    assert!(String::from_utf8_lossy(&config).ends_with("prompt = there\n"));
    Ok(())
}

fn errors() -> Result<(), Failed> {
    let scratch = Scratch::new("whatif-errors-");
    let env = scratch.path().join("env");
    environments::make(chosen()[0], Kind::Venv, &env)?;
    symlink("nowhere", env.join("bin/dangling")).map_err(|error| error.to_string())?;
    let root = env.display().to_string();
    let error =
        |change: &str| apply(Arc::new(machine(scratch.path())), &root, change).err().map(|error| error.to_string()).unwrap_or_default();
    for (change, says) in [
        ("nonsense", FORMS.join(", ").as_str()),
        ("moved:", "no change of that form"),
        ("config:", "config:KEY=VALUE or config:-KEY"),
        ("config:-nothing", "one of the keys home, include-system-site-packages"),
        ("moved:env/inside", "a folder outside the environment"),
        ("moved:.", "is there already"),
        ("remove:no/such/file", "nothing is at"),
        ("write:=text", "write:PATH=TEXT"),
        ("write:bin=text", "is a folder"),
        ("base-upgraded:new", "`new` is no version"),
    ] {
        let said = error(change);
        assert!(said.contains(says) && said.contains("expected"), "{change}: {said}");
    }
    assert_eq!(error("remove:bin/dangling"), "");
    Ok(())
}
