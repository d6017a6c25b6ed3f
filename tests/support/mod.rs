//! What several test files share. Use it with `mod support;` at the top of a file in `tests/`.
//!
//! - [`interpreters`]: every Python of this machine that the tool has to agree with: `interpreters::all()`, asked once.
//! - [`environments`]: environments made from them: `environments::make(interpreter, Kind::Venv, folder)`; a maker that is
//!   absent or refuses that Python is an `Err` with the reason, to be reported as a skipped trial.
//! - [`process`]: programs run with an empty environment and a time limit: `process::run(&Run::new(program).var("HOME", home))`.
//! - [`copy`]: copies of folders that cost next to nothing.
//! - [`Scratch`]: a temporary folder whose path holds no links, so that a working folder is spelled as the kernel spells it.
//!
//! Tests may touch the disk, the environment and other programs, which the tool itself may not; hence the exemption below.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]

pub mod copy;
pub mod environments;
pub mod interpreters;
pub mod process;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A temporary folder, removed when dropped.
pub struct Scratch {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Scratch {
    /// A new folder whose name starts with `prefix`.
    pub fn new(prefix: &str) -> Self {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir().expect("a temporary folder");
        let path = folder.path().canonicalize().expect("the temporary folder exists");
        Self { _folder: folder, path }
    }

    /// Where it is, links followed.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The files called `name` in the folders of this process's PATH that may be executed, in PATH's order; those of the usual folders
/// where PATH is unset. Shims are left out: which program one leads to is for variables to say that the tests do not pass on.
pub fn every_on_path(name: impl AsRef<OsStr>) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute() && !folder.ends_with("shims"));
    folders.map(|folder| folder.join(name.as_ref())).filter(|file| process::is_executable(file)).collect()
}

/// The first of [`every_on_path`].
pub fn on_path(name: impl AsRef<OsStr>) -> Option<PathBuf> {
    every_on_path(name).into_iter().next()
}

/// A variable of the test's own environment; `None` when unset or empty.
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The program itself where `nu` is the script by which its npm package starts it: that one needs Node on PATH.
pub fn behind_npm(program: PathBuf) -> PathBuf {
    let Ok(real) = program.canonicalize() else { return program };
    let package = real.parent().and_then(Path::parent).map(|package| package.join("node_modules/@nushell")).unwrap_or_default();
    let kinds = std::fs::read_dir(package).into_iter().flatten().flatten();
    kinds.map(|kind| kind.path().join("bin/nu")).find(|file| process::is_executable(file)).unwrap_or(program)
}
