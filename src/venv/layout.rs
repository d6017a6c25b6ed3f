//! What stands where in an environment: its scripts folder, the names of Python there, the library folders, the scripts of
//! activation. Read from the listings of three or four folders, never deeper.

use super::Unknown;
use crate::machine::path::Rules;
use crate::machine::{Fault, Kind, Machine, Platform};

/// What stands where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// `bin` or `Scripts` as a path; where neither is there, the one that the platform would have.
    pub scripts_dir: String,
    /// The folders of these that are there but may not be listed, with the reason: what they hold is unknown, not absent.
    pub closed: Vec<Unknown>,
    /// The names of Python in the scripts folder: `python` first, then in order.
    pub pythons: Vec<Python>,
    /// Activation scripts, in order of their names.
    pub activators: Vec<Activator>,
    /// The folders with a `site-packages`: `lib/python3.12`, `lib/pypy3.9`, `Lib`.
    pub libraries: Vec<Library>,
    /// Where `lib64` points, where it is a link.
    pub lib64: Option<String>,
}

/// One name of the interpreter in the scripts folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Python {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Where its links lead, one after the other, each as a path; empty for a file.
    pub chain: Vec<String>,
    /// How the chain ends.
    pub end: ChainEnd,
}

/// How a chain of links ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChainEnd {
    /// At a file.
    File,
    /// At something else.
    NotAFile,
    /// At a name that does not exist.
    Missing,
    /// Nowhere: it leads in a circle, or is longer than the system follows.
    Loop,
    /// At something that may not be looked at.
    Denied,
}

/// A script of activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activator {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
}

/// A folder of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// The folder: `…/lib/python3.12`, `…\Lib`.
    pub path: String,
    /// `python` or `pypy`, told by the folder's name; `None` on Windows.
    pub implementation: Option<&'static str>,
    /// `3.12` as in the folder's name; `None` on Windows, where it has none.
    pub version: Option<String>,
    /// Whether the name ends in `t`: a free-threaded build.
    pub free_threaded: bool,
    /// Its `site-packages`, where that is there.
    pub site_packages: Option<String>,
}

/// The system follows no more links than this in one path (`MAXSYMLINKS`).
const LINKS: usize = 40;

/// The names of activation scripts, of every maker and for every shell.
const ACTIVATORS: &[&str] = &[
    "activate",
    "activate.bat",
    "activate.csh",
    "activate.fish",
    "activate.nu",
    "activate.ps1",
    "Activate.ps1",
    "activate.xsh",
    "activate_this.py",
];

impl Layout {
    /// What stands below `root`.
    pub fn read(machine: &dyn Machine, root: &str) -> Self {
        let rules = machine.platform().rules();
        let scripts_dir = scripts_dir(machine, root);
        let mut closed = Vec::new();
        let scripts = listing(machine, &scripts_dir, &mut closed).unwrap_or_else(|| usual_names(machine, &scripts_dir));
        Self {
            pythons: pythons(machine, rules, &scripts_dir, &scripts),
            activators: activators(rules, &scripts_dir, &scripts),
            libraries: libraries(machine, root, &mut closed),
            lib64: machine.link(&rules.join(root, "lib64")).ok(),
            scripts_dir,
            closed,
        }
    }

    /// Whether `folder` is one that may not be listed.
    pub fn is_closed(&self, folder: &str) -> bool {
        self.closed.iter().any(|closed| closed.what == folder)
    }

    /// `site-packages` of every library folder.
    pub fn site_packages(&self) -> Vec<String> {
        self.libraries.iter().filter_map(|library| library.site_packages.clone()).collect()
    }

    /// The Python with this name in the scripts folder.
    pub fn python(&self, name: &str) -> Option<&Python> {
        self.pythons.iter().find(|python| python.name == name)
    }
}

/// `Scripts` on Windows, but `bin` where the Python of `MSYS2` or `PyPy` makes it (`sysconfig` schemes `nt_venv`, `mingw`, `posix_venv`).
fn scripts_dir(machine: &dyn Machine, root: &str) -> String {
    let rules = machine.platform().rules();
    let order = match machine.platform() {
        Platform::Windows => ["Scripts", "bin"],
        Platform::Linux | Platform::Macos => ["bin", "Scripts"],
    };
    let [usual, other] = order.map(|name| rules.join(root, name));
    let is_folder = |path: &str| machine.stat(path).is_ok_and(|meta| meta.kind == Kind::Dir);
    if !is_folder(&usual) && is_folder(&other) { other } else { usual }
}

/// The names in `folder`, none where it is not there; `None`, and an entry of `closed`, where it is there but cannot be listed.
fn listing(machine: &dyn Machine, folder: &str, closed: &mut Vec<Unknown>) -> Option<Vec<String>> {
    match machine.list(folder) {
        Ok(names) => Some(names),
        Err(Fault::Missing | Fault::NotADirectory) => Some(Vec::new()),
        Err(fault) => {
            close(machine, closed, folder, &fault);
            None
        }
    }
}

fn close(machine: &dyn Machine, closed: &mut Vec<Unknown>, folder: &str, fault: &Fault) {
    let rules = machine.platform().rules();
    if !closed.iter().any(|other| rules.same(&other.what, folder)) {
        closed.push(Unknown { what: folder.to_owned(), why: fault.to_string() });
    }
}

/// The usual names that are in a scripts folder which cannot be listed: a folder that one may pass through still answers for
/// each name.
fn usual_names(machine: &dyn Machine, folder: &str) -> Vec<String> {
    let rules = machine.platform().rules();
    let names = ["python", "python3", "python.exe", "pypy3"].iter().chain(ACTIVATORS);
    names.filter(|name| machine.lstat(&rules.join(folder, name)).is_ok()).map(|name| (*name).to_owned()).collect()
}

fn pythons(machine: &dyn Machine, rules: Rules, folder: &str, names: &[String]) -> Vec<Python> {
    let mut found: Vec<Python> = names
        .iter()
        .filter(|name| is_python(machine.platform(), name))
        .map(|name| {
            let path = rules.join(folder, name);
            let (chain, end) = follow(machine, &path);
            Python { name: name.clone(), path, chain, end }
        })
        .collect();
    found.sort_by_key(|python| (!matches!(python.name.as_str(), "python" | "python.exe"), python.name.clone()));
    found
}

/// Whether this is a name of the interpreter: `python`, `python3`, `python3.12`, `python3.13t`, `pypy3.10`; with `.exe`, and
/// `w` for the one without a window, on Windows.
pub fn is_python(platform: Platform, name: &str) -> bool {
    let name = match platform {
        Platform::Windows => {
            let lower = name.to_ascii_lowercase();
            match lower.strip_suffix(".exe") {
                Some(stem) => stem.to_owned(),
                None => return false,
            }
        }
        Platform::Linux | Platform::Macos => name.to_owned(),
    };
    let Some(rest) = ["python", "pypy", "graalpy"].iter().find_map(|stem| name.strip_prefix(stem)) else {
        return false;
    };
    let rest = rest.strip_prefix('w').unwrap_or(rest);
    let rest = rest.strip_suffix(['t', 'd', 'm', 'w']).filter(|rest| rest.ends_with(|last: char| last.is_ascii_digit())).unwrap_or(rest);
    rest.chars().all(|character| character.is_ascii_digit() || character == '.') && !rest.starts_with('.')
}

/// Where the links at `path` lead, step by step, as the system follows them.
pub fn follow(machine: &dyn Machine, path: &str) -> (Vec<String>, ChainEnd) {
    let rules = machine.platform().rules();
    let mut chain: Vec<String> = Vec::new();
    let mut here = path.to_owned();
    while let Ok(target) = machine.link(&here) {
        if chain.len() == LINKS {
            return (chain, ChainEnd::Loop);
        }
        // The folder of a relative target is that of the link itself; spelled out, as `..` behind a link to a folder would
        // otherwise be taken off the wrong path.
        here = if rules.is_absolute(&target) { target } else { rules.join(&rules.dirname(&here), &target) };
        if !here.contains("..") {
            here = rules.normpath(&here);
        }
        if chain.contains(&here) {
            return (chain, ChainEnd::Loop);
        }
        chain.push(here.clone());
    }
    let end = match machine.stat(&here) {
        Ok(meta) if meta.kind == Kind::File => ChainEnd::File,
        Ok(_) => ChainEnd::NotAFile,
        Err(Fault::Denied) => ChainEnd::Denied,
        Err(Fault::Loop) => ChainEnd::Loop,
        Err(_) => ChainEnd::Missing,
    };
    (chain, end)
}

fn activators(rules: Rules, folder: &str, names: &[String]) -> Vec<Activator> {
    let known = names.iter().filter(|name| ACTIVATORS.contains(&name.as_str()));
    known.map(|name| Activator { name: name.clone(), path: rules.join(folder, name) }).collect()
}

fn libraries(machine: &dyn Machine, root: &str, closed: &mut Vec<Unknown>) -> Vec<Library> {
    let rules = machine.platform().rules();
    let mut found = Vec::new();
    if machine.platform() == Platform::Windows {
        found.extend(library(machine, &rules.join(root, "Lib"), None, closed));
    }
    for lib in ["lib", "lib64"] {
        let lib = rules.join(root, lib);
        // `lib64` is most often a link to `lib`: the same folders once more.
        if lib.ends_with("lib64") && machine.link(&lib).is_ok() {
            continue;
        }
        for name in listing(machine, &lib, closed).unwrap_or_default() {
            if let Some(named) = library_name(&name) {
                found.extend(library(machine, &rules.join(&lib, &name), Some(named), closed));
            }
        }
    }
    found
}

type Named = (&'static str, String, bool);

/// `python3.12`, `python3.13t`, `pypy3.9`.
fn library_name(name: &str) -> Option<Named> {
    let (implementation, rest) = ["python", "pypy", "graalpy"].iter().find_map(|stem| Some((*stem, name.strip_prefix(stem)?)))?;
    let version = rest.strip_suffix('t').unwrap_or(rest);
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    version
        .split_once('.')
        .filter(|(major, minor)| numeric(major) && numeric(minor))
        .map(|_| (implementation, version.to_owned(), rest.ends_with('t')))
}

fn library(machine: &dyn Machine, path: &str, named: Option<Named>, closed: &mut Vec<Unknown>) -> Option<Library> {
    let rules = machine.platform().rules();
    let kind = |path: &str| machine.stat(path).map(|meta| meta.kind);
    if kind(path) != Ok(Kind::Dir) {
        return None;
    }
    let site_packages = rules.join(path, "site-packages");
    let asked = kind(&site_packages);
    if asked == Err(Fault::Denied) {
        close(machine, closed, path, &Fault::Denied);
    }
    let site_packages = (asked == Ok(Kind::Dir)).then_some(site_packages);
    let (implementation, version, free_threaded) = match named {
        Some((implementation, version, free_threaded)) => (Some(implementation), Some(version), free_threaded),
        None => (None, None, false),
    };
    Some(Library { path: path.to_owned(), implementation, version, free_threaded, site_packages })
}
