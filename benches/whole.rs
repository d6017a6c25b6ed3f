//! Whole commands, timed as the user starts them: as processes, ours and the usual program in turn.
//!
//! `cargo bench` makes an environment of 150 distributions and some 30,000 files and prints one line a pair: the ratio of CPU
//! time and of wall time, ours to theirs, so that less than 1 is faster. Ratios, because the machine's speed is not the question;
//! in turn, because a busy moment then hits both. Behind them stands what is asked for, and whether it is so. A program that is not
//! installed is said to be skipped. `cargo bench --bench whole -- packages` measures the pairs whose names have that word.

#![allow(clippy::disallowed_methods, reason = "a benchmark runs programs")]
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "whole/large.rs"]
mod large;
#[path = "../tests/support/mod.rs"]
mod support;

use nix::sys::resource::{UsageWho, getrusage};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{Scratch, interpreters, process};

/// After which no further round of a pair is started.
const PATIENCE: Duration = Duration::from_secs(12);

/// One command.
struct Timed {
    program: PathBuf,
    arguments: Vec<String>,
    path: String,
}

/// What one run cost.
#[derive(Clone, Copy)]
struct Cost {
    cpu: Duration,
    wall: Duration,
}

fn main() {
    // `cargo test --all-targets` runs benchmarks without this word: nothing is measured then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let newest = interpreters::all().iter().filter(|known| known.implementation == "cpython").max_by_key(|known| known.version);
    let Some(interpreter) = newest else {
        println!("skipped: no CPython on this machine");
        return;
    };
    let scratch = Scratch::new("bench");
    let venv = scratch.path().join("venv");
    match large::make(interpreter, &venv) {
        Ok(files) => println!("{}: {} distributions, {files} files", interpreter.name, large::DISTRIBUTIONS),
        Err(why) => return println!("skipped: {why}"),
    }
    if let Err(why) = large::one(interpreter, &scratch.path().join("one")) {
        return println!("skipped: {why}");
    }
    println!("{:<44} {:>7} {:>7} {:>11} {:>11} {:>7}  asked for", "ours : theirs", "CPU", "wall", "our CPU", "our wall", "rounds");
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    for (name, ours, theirs, bounds) in pairs(&venv, interpreter, scratch.path()).into_iter().filter(|pair| is_wanted(pair.0)) {
        match theirs {
            Ok(theirs) => println!("{}", compare(name, &ours, &theirs, bounds)),
            Err(absent) => println!("{name:<44} skipped: no {absent} on this machine"),
        }
    }
}

type Pair = (&'static str, Timed, Result<Timed, String>, &'static [Bound]);

/// What is asked for.
#[derive(Clone, Copy)]
enum Bound {
    /// The ratio of CPU time is at most this.
    Cpu(f64),
    /// The ratio of wall time is at most this.
    Wall(f64),
    /// Our own CPU time is at most so many milliseconds.
    OurCpu(f64),
    /// Our own wall time is at most so many milliseconds.
    OurWall(f64),
}

impl Bound {
    /// What is asked for, and whether `ratios` and our own milliseconds, each of CPU and wall time, are so.
    fn judge(self, ratios: (f64, f64), own: (f64, f64)) -> String {
        let (what, most, real, unit) = match self {
            Self::Cpu(most) => ("CPU", most, ratios.0, ""),
            Self::Wall(most) => ("wall", most, ratios.1, ""),
            Self::OurCpu(most) => ("our CPU", most, own.0, " ms"),
            Self::OurWall(most) => ("our wall", most, own.1, " ms"),
        };
        format!("{what} <= {most:.3}{unit}: {}", if real <= most { "yes" } else { "NO" })
    }
}

fn pairs(venv: &Path, interpreter: &interpreters::Interpreter, scratch: &Path) -> Vec<Pair> {
    let folder = venv.display().to_string();
    let python = venv.join("bin/python");
    let one = scratch.join("one");
    let hash = format!("cd {} && find large -type f -print0 | xargs -0 -P 2 -n 4000 sha256sum", large::site(interpreter, &one).display());
    // The program as it is installed: a copy. What a linker has just written in small pieces lies so in memory too, and starts slower.
    let installed = scratch.join("venv-explain");
    std::fs::copy(env!("CARGO_BIN_EXE_venv-explain"), &installed).expect("room for a copy");
    let drawn =
        |words: &[&str], colour: &'static str| Timed::new(&installed, words.iter().copied().chain(["--width", "100", "--color", colour]));
    let ours = |words: &[&str]| drawn(words, "never");
    let real = |words: &[&str]| Ok(Timed::new(&python, words.iter().copied()));
    let found = |name: &str, words: &[&str]| {
        let program = support::on_path(name).filter(|program| !program.display().to_string().contains("/shims/"));
        let beside = || {
            interpreters::all().iter().find_map(|known| Some(known.path.parent()?.join(name)).filter(|file| process::is_executable(file)))
        };
        program.or_else(beside).map(|program| Timed::new(program, words.iter().copied())).ok_or_else(|| name.to_owned())
    };
    let searched = long_path(scratch);
    let commands: Vec<&str> = COMMANDS.split(' ').collect();
    let question = format!("type -P {COMMANDS} >/dev/null || :");
    let which = ours(&[&["which"], &commands[..], &["--venv", &folder]].concat());
    let pip = ["-m", "pip", "--disable-pip-version-check", "--python", &python.display().to_string(), "list"].map(str::to_owned);
    let tree = || found("tree", &["-a", &folder]);
    // A third of a start, and less than anybody notices.
    let start: &[Bound] = &[Bound::Cpu(1.0 / 3.0), Bound::OurCpu(5.0)];
    vec![
        ("syspath : python -I -c pass", ours(&["syspath", &folder]), real(&["-I", "-c", "pass"]), start),
        ("syspath in colour : python -I -c pass", drawn(&["syspath", &folder], "always"), real(&["-I", "-c", "pass"]), start),
        ("syspath : python -m site", ours(&["syspath", &folder]), real(&["-m", "site"]), &[Bound::Cpu(0.5)]),
        ("whole explanation : tree -a", ours(&[&folder]), tree(), &[Bound::Cpu(1.0)]),
        ("tree : tree -a", ours(&["tree", &folder]), tree(), &[Bound::Cpu(1.0)]),
        ("tree --all : tree -a", ours(&["tree", &folder, "--all"]), tree(), &[]),
        (
            "which, 20 commands, 60 folders : bash type -P",
            which.on(&searched),
            found("bash", &["-c", &question]).map(|bash| bash.on(&searched)),
            &[Bound::OurWall(10.0)],
        ),
        (
            "packages : uv pip list",
            ours(&["packages", &folder]),
            found("uv", &["pip", "list", "--offline", "--python", &python.display().to_string()]),
            &[Bound::Cpu(1.0), Bound::Wall(1.0)],
        ),
        (
            // No less than 70 % of its speed, with two processors for each.
            "package, RECORD of 30,000 files : sha256sum",
            ours(&["package", "large", "--venv", &one.display().to_string()]),
            found("bash", &["-c", &hash]),
            &[Bound::Cpu(1.0 / 0.7), Bound::Wall(1.0 / 0.7)],
        ),
        (
            "packages : pip list",
            ours(&["packages", &folder]),
            Ok(Timed::new(&interpreter.path, pip.iter().map(String::as_str))),
            &[Bound::Cpu(0.1), Bound::Wall(0.1)],
        ),
    ]
}

const COMMANDS: &str =
    "python python3 pip pip3 bash sh ls cat grep sed awk tool-3 tool-17 tool-59 git tar nosuch-1 nosuch-2 nosuch-3 nosuch-4";

/// A PATH of sixty folders, each with a command of its own, and the system's.
fn long_path(scratch: &Path) -> String {
    let folders = (0..58).map(|number| {
        let folder = scratch.join(format!("path/{number}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        large::command(&folder.join(format!("tool-{number}")), "#!/bin/sh\n").expect("a command");
        folder.display().to_string()
    });
    folders.chain(["/usr/bin".to_owned(), "/bin".to_owned()]).collect::<Vec<_>>().join(":")
}

impl Timed {
    fn new<'a>(program: impl Into<PathBuf>, arguments: impl Iterator<Item = &'a str>) -> Self {
        Self { program: program.into(), arguments: arguments.map(str::to_owned).collect(), path: "/usr/bin:/bin".to_owned() }
    }

    fn on(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Runs it once; `None` when it fails.
    fn run(&self) -> Option<Cost> {
        let before = children();
        let start = Instant::now();
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().env("PATH", &self.path).env("HOME", "/nonexistent").env("LANG", "C.UTF-8");
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        let cost = Cost { wall: start.elapsed(), cpu: children().saturating_sub(before) };
        status.success().then_some(cost)
    }
}

/// CPU time of all ended children, user and system.
fn children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts");
    let microseconds = |time: nix::sys::time::TimeVal| u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).unwrap_or(0);
    Duration::from_micros(microseconds(usage.user_time()) + microseconds(usage.system_time()))
}

fn compare(name: &str, ours: &Timed, theirs: &Timed, bounds: &[Bound]) -> String {
    // The first run of each fills the caches and does not count.
    if ours.run().is_none() {
        return format!("{name:<44} skipped: ours fails");
    }
    if theirs.run().is_none() {
        return format!("{name:<44} skipped: {} fails", theirs.program.display());
    }
    let mut costs = Vec::new();
    let start = Instant::now();
    while costs.len() < 50 && (start.elapsed() < PATIENCE || costs.len() < 5) {
        if let (Some(a), Some(b)) = (ours.run(), theirs.run()) {
            costs.push((a, b));
        }
    }
    let of = |pick: fn(&Cost) -> Duration| {
        let a: Vec<Duration> = costs.iter().map(|(a, _)| pick(a)).collect();
        let b: Vec<Duration> = costs.iter().map(|(_, b)| pick(b)).collect();
        (median(a), median(b))
    };
    let ((our_cpu, their_cpu), (our_wall, their_wall)) = (of(|cost| cost.cpu), of(|cost| cost.wall));
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64().max(1e-9);
    let ratios = (ratio(our_cpu, their_cpu), ratio(our_wall, their_wall));
    let own = (our_cpu.as_secs_f64() * 1e3, our_wall.as_secs_f64() * 1e3);
    let judged: Vec<String> = bounds.iter().map(|bound| bound.judge(ratios, own)).collect();
    let rounds = costs.len();
    format!("{name:<44} {:>7.3} {:>7.3} {:>8.1} ms {:>8.1} ms {rounds:>7}  {}", ratios.0, ratios.1, own.0, own.1, judged.join(", "))
}

fn median(mut values: Vec<Duration>) -> Duration {
    values.sort();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
