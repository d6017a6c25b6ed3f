//! Real environments: commands before activation, after the real shell has sourced the real script, and after `deactivate`;
//! and the `sys.prefix` that the commands found really have.

use super::asking::{BEGIN, Real, SHELLS};
use super::support::environments::{self, Kind};
use super::support::interpreters::{self, Interpreter};
use super::support::process::{self, Run};
use super::support::{Scratch, setting};
use super::{COMPARED, compare, ours, variables, verdict};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use venv_explain::simulate::activation::Shell;

const COMMANDS: &[&str] = &["python", "python3", "pip", "pip3", "env", "nosuch-command"];
const ALL: &[&str] = &["python", "python3", "pip", "pip3"];
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The trials; environments are made below `folder`. What a maker or a shell cannot do here is ignored, not passed.
pub fn trials(folder: &Path) -> Vec<Trial> {
    let mut trials = Vec::new();
    for interpreter in chosen() {
        for kind in [Kind::Venv, Kind::Virtualenv, Kind::Uv] {
            let environment = folder.join(format!("{} {}", kind.name(), interpreter.name));
            let made = environments::make(interpreter, kind, &environment);
            for real in SHELLS {
                let name = format!("{}_finds_what_we_find_around_{}_of_{}", real.name, kind.name(), interpreter.name);
                let absent = made.is_err() || real.program().is_none() || !script(real, &environment).exists();
                let environment = environment.clone();
                let trial = Trial::test(name, move || around_activation(real, &environment));
                trials.push(trial.with_ignored_flag(absent));
            }
        }
        let name = format!("commands_lead_to_the_environment_that_python_itself_reports_for_{}", interpreter.name);
        trials.push(Trial::test(name, move || real_prefixes(interpreter)).with_ignored_flag(!interpreter.brings_pip()));
    }
    let pyenv = pyenv();
    let trial = Trial::test("a_shim_of_pyenv_leads_where_pyenv_leads", real_shims);
    trials.push(trial.with_ignored_flag(pyenv.is_none()));
    trials
}

/// One of pyenv's, or any, and the system's own.
fn chosen() -> Vec<&'static Interpreter> {
    let all = interpreters::all();
    let own = all.iter().rfind(|one| one.is_cpython_from(8) && one.prefix != Path::new("/usr"));
    let system = all.iter().find(|one| one.path == Path::new("/usr/bin/python3") || one.prefix == Path::new("/usr"));
    own.into_iter().chain(system).collect()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn script(real: &Real, environment: &Path) -> PathBuf {
    let name = match real.shell {
        Shell::Fish => "activate.fish",
        Shell::Tcsh => "activate.csh",
        Shell::Xonsh => "activate.xsh",
        Shell::Nushell => "activate.nu",
        _ => "activate",
    };
    environment.join("bin").join(name)
}

fn around_activation(real: &Real, environment: &Path) -> Result<(), Failed> {
    let scratch = Scratch::new("activated-");
    let source = match real.shell {
        Shell::Sh | Shell::Ksh => ".",
        Shell::Nushell => "overlay use",
        _ => "source",
    };
    // csh has a prompt only where somebody types. The scripts read it, and an error in them ends a csh that ignores SIGINT, as one
    // does that a shell started in the background.
    let prompt = if real.shell == Shell::Tcsh { "set prompt = '% '\n" } else { "" };
    let activate = format!("{prompt}{source} '{}'", text(&script(real, environment)));
    let mut wrong = String::new();
    for (moment, before) in [("before", String::new()), ("after", activate.clone()), ("afterwards", format!("{activate}\ndeactivate"))] {
        let mut vars = variables(real, scratch.path());
        vars.insert("PATH".to_owned(), PATH.to_owned());
        // The real shell's PATH is ours: what activation does to it is tests/shells.rs' business.
        let before = format!("{before}\n{}\n{}", path_shown(real), begin(real));
        let (shown, said) = real.ask(&before, COMMANDS, &vars, scratch.path());
        let path = shown.lines().find_map(|line| line.strip_prefix("PATH=")).ok_or_else(|| format!("{moment}: {shown}"))?;
        vars.insert("PATH".to_owned(), path.to_owned());
        compare(real, moment, COMMANDS, &said, &ours(real, COMMANDS, vars, scratch.path()), &mut wrong);
    }
    verdict(wrong)
}

fn path_shown(real: &Real) -> &'static str {
    match real.shell {
        Shell::Fish => "echo PATH=(string join : $PATH)",
        Shell::Xonsh => "print('PATH=' + ':'.join($PATH))",
        Shell::Nushell => "print ('PATH=' + ($env.PATH | str join ':'))",
        _ => "echo \"PATH=$PATH\"",
    }
}

fn begin(real: &Real) -> String {
    let word = BEGIN.trim_end();
    match real.shell {
        Shell::Xonsh => format!("print('{word}')"),
        Shell::Nushell => format!("print {word}"),
        _ => format!("echo {word}"),
    }
}

/// `python` says its prefix itself; `pip --version` names the folder that it was imported from.
fn real_prefixes(interpreter: &Interpreter) -> Result<(), Failed> {
    let scratch = Scratch::new("prefixes-");
    let environment = scratch.path().join("env");
    let long = scratch.path().join("a name with blanks, longer than a first line may be, ".repeat(3)).join("env");
    for folder in [&environment, &long] {
        let made = Run::new(&interpreter.path).args(["-m", "venv"]).arg(folder).var("PATH", PATH);
        process::run(&made).map_err(|error| error.to_string())?;
    }
    let elsewhere = scratch.path().join("links");
    std::fs::create_dir(&elsewhere).map_err(|error| error.to_string())?;
    for (name, target) in [("python", "../env/bin/python"), ("pip", "../env/bin/pip"), ("python3", "/usr/bin/python3")] {
        std::os::unix::fs::symlink(target, elsewhere.join(name)).map_err(|error| error.to_string())?;
    }
    std::os::unix::fs::symlink("env", scratch.path().join("link")).map_err(|error| error.to_string())?;
    let bin = text(&environment.join("bin"));
    let paths = [
        PATH.to_owned(),
        format!("{bin}:{PATH}"),
        format!("{PATH}:{bin}"),
        format!("{}:{PATH}", text(&elsewhere)),
        format!("{}:{PATH}", text(&long.join("bin"))),
    ];
    let relative = ["env/bin:/usr/bin:/bin", "link/bin:/usr/bin:/bin"].map(str::to_owned);
    let mut wrong = String::new();
    for path in paths.into_iter().chain(relative) {
        let mut vars = BTreeMap::from([("PATH".to_owned(), path.clone()), ("HOME".to_owned(), text(scratch.path()))]);
        check_prefixes(&path, ALL, &vars, scratch.path(), &mut wrong);
        vars.insert("PYTHONHOME".to_owned(), text(&interpreter.prefix));
        check_prefixes(&format!("PYTHONHOME and {path}"), ALL, &vars, scratch.path(), &mut wrong);
    }
    verdict(wrong)
}

fn check_prefixes(condition: &str, commands: &[&str], vars: &BTreeMap<String, String>, cwd: &Path, wrong: &mut String) {
    let bash = &SHELLS[0];
    for (command, lookup) in commands.iter().zip(ours(bash, commands, vars.clone(), cwd)) {
        let is_pip = command.starts_with("pip");
        let asks = if is_pip { format!("{command} --version") } else { format!("{command} -c 'import sys; print(sys.prefix)'") };
        let said = bash.run(&asks, vars, cwd).text();
        let theirs = said.trim_end();
        let theirs = theirs.split_once(" from ").map_or(theirs, |(_, folder)| folder);
        let mine = lookup.environment.as_deref().unwrap_or_default();
        let same = if is_pip { !mine.is_empty() && theirs.starts_with(&format!("{mine}/lib/")) } else { theirs == mine };
        COMPARED.fetch_add(1, Ordering::Relaxed);
        if !(same || (theirs.is_empty() && mine.is_empty())) {
            let why = &lookup.no_environment;
            writeln!(wrong, "{condition}: {command} says {theirs:?}, we say {mine:?} ({why:?}) by {:?}", lookup.chain).expect("written");
        }
    }
}

fn pyenv() -> Option<PathBuf> {
    let root = setting("PYENV_ROOT").map(PathBuf::from).or_else(|| setting("HOME").map(|home| Path::new(&home).join(".pyenv")))?;
    root.join("shims/python").exists().then_some(root)
}

fn real_shims() -> Result<(), Failed> {
    let root = pyenv().ok_or("no pyenv")?;
    let scratch = Scratch::new("shims-");
    let below = scratch.path().join("project/src");
    std::fs::create_dir_all(&below).map_err(|error| error.to_string())?;
    let versions: Vec<&Interpreter> =
        interpreters::all().iter().filter(|one| one.prefix.starts_with(&root) && one.is_cpython_from(6)).collect();
    let minor = |one: &Interpreter| format!("{}.{}", one.version.0, one.version.1);
    let mut told = vec![None, Some("system".to_owned()), Some("2.0:3.99".to_owned())];
    told.extend(versions.iter().map(|one| Some(minor(one))));
    let mut wrong = String::new();
    for (number, version) in told.iter().enumerate() {
        let mut vars = BTreeMap::from([("PATH".to_owned(), format!("{}:{PATH}", text(&root.join("shims"))))]);
        vars.insert("HOME".to_owned(), text(root.parent().unwrap_or(&root)));
        vars.extend(version.clone().map(|version| ("PYENV_VERSION".to_owned(), version)));
        check_prefixes(
            &format!("PYENV_VERSION {version:?}"),
            if number < 4 { &["python", "pip3"] } else { &["python"] },
            &vars,
            &below,
            &mut wrong,
        );
        vars.remove("PYENV_VERSION");
        if let Some(version) = version {
            std::fs::write(scratch.path().join("project/.python-version"), format!("# ours\n{version} and more\n"))
                .map_err(|error| error.to_string())?;
            check_prefixes(&format!(".python-version {version}"), &["python"], &vars, &below, &mut wrong);
        }
    }
    verdict(wrong)
}
