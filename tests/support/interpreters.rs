//! The interpreters of this machine that the tool has to agree with: `CPython` from 3.6, and `PyPy` 3.
//!
//! Looked for in pyenv's folder (`$PYENV_ROOT`, else `~/.pyenv`), in `/usr/bin` and `/usr/local/bin` (`python3.N`), and `pypy3`
//! on PATH. Each is asked once what it is; one that cannot answer is left out.

use super::process::{self, Run};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// One real interpreter.
#[derive(Debug, Clone)]
pub struct Interpreter {
    /// `cpython-3.12.1`, `pypy-3.9.16`; unique.
    pub name: String,
    /// The path by which it was found.
    pub path: PathBuf,
    /// `cpython` or `pypy`.
    pub implementation: String,
    /// The version of the language.
    pub version: (u32, u32, u32),
    /// `sys.prefix`.
    pub prefix: PathBuf,
    /// The folder of `os.py`.
    pub stdlib: PathBuf,
    /// The user's site-packages, as seen from the home folder: `.local/lib/python3.12/site-packages`.
    pub user_site: PathBuf,
}

impl Interpreter {
    /// Whether this is `CPython` of at least that minor version.
    pub fn is_cpython_from(&self, minor: u32) -> bool {
        self.implementation == "cpython" && (self.version.0, self.version.1) >= (3, minor)
    }

    /// Whether its `venv` can put pip into an environment: distributions pack `ensurepip` apart.
    pub fn brings_pip(&self) -> bool {
        self.stdlib.join("ensurepip/__init__.py").is_file()
    }

    /// The real file, links followed.
    pub fn file(&self) -> PathBuf {
        self.path.canonicalize().unwrap_or_else(|_| self.path.clone())
    }
}

/// All of them, in the order of their names.
pub fn all() -> &'static [Interpreter] {
    static FOUND: LazyLock<Vec<Interpreter>> = LazyLock::new(find);
    &FOUND
}

fn find() -> Vec<Interpreter> {
    let mut found: Vec<Interpreter> = Vec::new();
    for path in candidates() {
        let Some(interpreter) = ask(&path) else { continue };
        if found.iter().any(|known| known.file() == interpreter.file()) {
            continue;
        }
        found.push(interpreter);
    }
    found.sort_by(|a, b| (&a.implementation, a.version, &a.path).cmp(&(&b.implementation, b.version, &b.path)));
    for index in 1..found.len() {
        if found[..index].iter().any(|earlier| earlier.name == found[index].name) {
            found[index].name = format!("{}-{index}", found[index].name);
        }
    }
    found
}

fn candidates() -> Vec<PathBuf> {
    let mut paths = Vec::new();
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv"));
    if let Some(root) = pyenv.or(home) {
        paths.extend(names(&root.join("versions")).into_iter().map(|version| version.join("bin/python3")));
    }
    for folder in ["/usr/bin", "/usr/local/bin"] {
        paths.extend(names(Path::new(folder)).into_iter().filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.strip_prefix("python3.").is_some_and(|minor| minor.trim_end_matches('t').parse::<u32>().is_ok())
        }));
    }
    paths.extend(super::on_path("pypy3").map(|pypy| pypy.canonicalize().unwrap_or(pypy)));
    paths
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

fn ask(path: &Path) -> Option<Interpreter> {
    const QUESTION: &str = "import sys, os, site\n\
        print(sys.implementation.name, *sys.version_info[:3], sep='\\n')\n\
        print(sys.prefix, os.path.dirname(os.__file__), site.getusersitepackages(), sep='\\n')";
    let ended = process::run(&Run::new(path).args(["-E", "-s", "-c", QUESTION]).var("HOME", "/h").cwd("/")).ok()?;
    let text = ended.text();
    let mut lines = text.lines();
    let implementation = lines.next()?.to_owned();
    let mut number = || lines.next()?.parse::<u32>().ok();
    let version = (number()?, number()?, number()?);
    let (prefix, stdlib, user_site) = (lines.next()?, lines.next()?, lines.next()?);
    (version.0 == 3 && version.1 >= 6).then(|| Interpreter {
        name: format!("{implementation}-{}.{}.{}", version.0, version.1, version.2),
        path: path.to_owned(),
        implementation,
        version,
        prefix: prefix.into(),
        stdlib: stdlib.into(),
        user_site: Path::new(user_site).strip_prefix("/h").map(Path::to_owned).unwrap_or_default(),
    })
}
