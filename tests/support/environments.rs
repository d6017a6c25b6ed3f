//! Environments made by the real makers: `venv` with its options, virtualenv, uv. Without pip, for speed: nothing is downloaded.

use super::interpreters::Interpreter;
use super::process::{self, Run};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Who makes it, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `python -m venv`.
    Venv,
    /// `python -m venv --system-site-packages`.
    SystemSite,
    /// `python -m venv --copies`.
    Copies,
    /// `python -m venv --symlinks`.
    Symlinks,
    /// The newest virtualenv of this machine that supports the interpreter.
    Virtualenv,
    /// `uv venv`.
    Uv,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Venv, Self::SystemSite, Self::Copies, Self::Symlinks, Self::Virtualenv, Self::Uv];

    /// Its name in test names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Venv => "venv",
            Self::SystemSite => "system-site",
            Self::Copies => "copies",
            Self::Symlinks => "symlinks",
            Self::Virtualenv => "virtualenv",
            Self::Uv => "uv",
        }
    }
}

/// Makes the environment `folder` (which must not exist) for `interpreter`. The error says why there is none: the maker is
/// absent, or does not support this Python.
pub fn make(interpreter: &Interpreter, kind: Kind, folder: &Path) -> Result<(), String> {
    let module = |options: &[&str]| {
        let run = Run::new(&interpreter.path).args(["-m", "venv", "--without-pip"]).args(options).arg(folder);
        attempt(run, folder)
    };
    match kind {
        Kind::Venv => module(&[]),
        Kind::SystemSite => module(&["--system-site-packages"]),
        // Debian's PyPy copies every library of the system: minutes and gigabytes.
        Kind::Copies if interpreter.implementation == "pypy" && interpreter.prefix == Path::new("/usr") => {
            Err("PyPy in /usr would copy all of /usr/lib".to_owned())
        }
        Kind::Copies => module(&["--copies"]),
        Kind::Symlinks => module(&["--symlinks"]),
        Kind::Virtualenv => by_virtualenv(interpreter, folder),
        Kind::Uv => by_uv(interpreter, folder),
    }
}

fn by_virtualenv(interpreter: &Interpreter, folder: &Path) -> Result<(), String> {
    let mut refusals = vec!["no virtualenv here supports this Python".to_owned()];
    for program in virtualenvs() {
        let run = Run::new(program).args(["--no-seed", "--no-periodic-update", "-p"]).arg(&interpreter.path).arg(folder);
        match attempt(run, folder) {
            Ok(()) => return Ok(()),
            Err(refusal) => refusals.push(format!("{}: {refusal}", program.display())),
        }
    }
    Err(refusals.join("; "))
}

/// The virtualenv commands of this machine, the newest version first.
fn virtualenvs() -> &'static [PathBuf] {
    static FOUND: LazyLock<Vec<PathBuf>> = LazyLock::new(find_virtualenvs);
    &FOUND
}

fn find_virtualenvs() -> Vec<PathBuf> {
    let beside = super::interpreters::all().iter().filter_map(|known| Some(known.path.parent()?.join("virtualenv")));
    let mut versions: Vec<(Vec<u32>, PathBuf)> = Vec::new();
    for program in beside.chain(super::every_on_path("virtualenv")) {
        let Some(version) = virtualenv_version(&program) else { continue };
        if !versions.iter().any(|(known, _)| *known == version) {
            versions.push((version, program));
        }
    }
    versions.sort();
    versions.into_iter().rev().map(|(_, program)| program).collect()
}

fn virtualenv_version(program: &Path) -> Option<Vec<u32>> {
    if !process::is_executable(program) {
        return None;
    }
    let text = process::run(&Run::new(program).arg("--version").var("PATH", "/usr/bin:/bin").cwd("/")).ok()?.text();
    let number = text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    Some(number.split(['.', '+']).map_while(|part| part.parse().ok()).collect())
}

fn by_uv(interpreter: &Interpreter, folder: &Path) -> Result<(), String> {
    let beside = super::interpreters::all().iter().filter_map(|known| Some(known.path.parent()?.join("uv")));
    let program = beside.chain(super::every_on_path("uv")).find(|file| process::is_executable(file)).ok_or("no uv here")?;
    let options = ["venv", "--no-config", "--no-project", "--offline", "--no-cache", "--python"];
    attempt(Run::new(program).args(options).arg(&interpreter.path).arg(folder), folder)
}

fn attempt(run: Run, folder: &Path) -> Result<(), String> {
    let home = folder.with_extension("maker-home");
    let run = run.var("HOME", &home).var("PATH", "/usr/bin:/bin").var("LANG", "C.UTF-8").cwd("/");
    let ended = process::run(&run).map_err(|error| error.to_string())?;
    let _ = std::fs::remove_dir_all(home);
    if ended.status == Some(0) && folder.join("bin/python").exists() {
        return Ok(());
    }
    let _ = std::fs::remove_dir_all(folder);
    let said = ended.complaint() + &ended.text();
    Err(said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it failed without a word").to_owned())
}
