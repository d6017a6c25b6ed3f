//! `Modules/getpath.c`: how 3.10 and older compute their first paths on POSIX systems, in its order.
//!
//! Nothing is normalised, links are followed before `pyvenv.cfg` is looked for, and the module search path is one string that is
//! cut at its colons in the end. `PC/getpathp.c`, the Windows twin, is in [`windows`].

pub(super) mod config;
mod prefix;
pub(super) mod windows;

use super::disk::{Disk, item};
use super::scene::{Flags, Halt, Paths, Scene};
use super::steps::{self, Account};
use super::steps::{NO_PLATSTDLIB, NO_STDLIB};
use super::strings::{classic_join, reduce};
use super::{Origin, Outcome, PathItem, Probe, Step};
use crate::machine::Platform;
use crate::venv::Source;

/// The folders and names that this release and build search for.
struct Names {
    platlibdir: String,
    /// `lib/python3.8`.
    lib_python: String,
}

/// The variables of `getpath.c`.
struct Getpath<'s, 'm> {
    scene: &'s Scene<'m>,
    account: &'s mut Account,
    names: Names,
    home: Option<String>,
    home_line: Source,
    /// `argv0_path`: the folder from which prefixes are searched.
    start: String,
}

/// Where `getpath.c` found a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// By its landmark or by `PYTHONHOME`.
    Installed,
    /// In a build tree: the compiled-in value counts.
    BuildTree,
    /// Nowhere.
    Nowhere,
}

/// Runs `calculate_path`.
pub(super) fn paths(scene: &Scene<'_>, flags: Flags, account: &mut Account) -> Result<Paths, Halt> {
    let platlibdir = scene.platlibdir(flags);
    let names = Names { lib_python: classic_join(&platlibdir, &format!("python{}", scene.release.dotted())), platlibdir };
    let executable = find_executable(scene, account);
    let home = read_pythonhome(scene, flags, account);
    let start = reduce(&real_program(scene, &names, &executable)).to_owned();
    let mut getpath = Getpath { scene, account, names, home, home_line: Source::default(), start };
    getpath.read_pyvenv_cfg();
    let (prefix_dir, found) = getpath.find_prefix()?;
    let (exec_dir, exec_found) = getpath.find_exec_prefix()?;
    getpath.warn(found, exec_found);
    let compiled = |result: Result<String, Halt>| result.unwrap_or_default();
    let zip_root = if found == Found::Installed { up(&prefix_dir, 2) } else { compiled(scene.compiled_prefix()) };
    let prefix = if found == Found::Installed { or_root(up(&prefix_dir, 2)) } else { compiled(scene.compiled_prefix()) };
    let exec_prefix = if exec_found == Found::Installed { or_root(up(&exec_dir, 3)) } else { compiled(scene.compiled_exec_prefix()) };
    let items = getpath.list_items(flags, &zip_root, &prefix_dir, &exec_dir);
    Ok(Paths {
        base_executable: scene.release.has_base_executable().then(|| executable.clone()),
        executable,
        base_prefix: prefix.clone(),
        base_exec_prefix: exec_prefix.clone(),
        prefix,
        exec_prefix,
        platlibdir: getpath.names.platlibdir,
        items,
    })
}

fn up(path: &str, levels: usize) -> String {
    (0..levels).fold(path.to_owned(), |path, _| reduce(&path).to_owned())
}

/// `reduce` chops the slash off the root folder.
fn or_root(path: String) -> String {
    if path.is_empty() { "/".to_owned() } else { path }
}

/// `calculate_program`: as typed where there is a slash, else along PATH; then absolute, without normalising.
fn find_executable(scene: &Scene<'_>, account: &mut Account) -> String {
    let rule = "Modules/getpath.c: calculate_program";
    let mut looked = Vec::new();
    let name = program_name(scene);
    let mut found = String::new();
    if name.contains('/') {
        found.clone_from(&name);
    } else if let Some(real) = scene.real_executable.as_ref().filter(|real| real.starts_with('/')) {
        found.clone_from(real);
    } else if let Some(path) = scene.var("PATH") {
        for folder in path.split(':') {
            let candidate = classic_join(folder, &name);
            let is_program = scene.disk.is_executable(&candidate);
            looked.push(Probe { path: candidate.clone(), found: is_program });
            if is_program {
                found = candidate;
                break;
            }
        }
    }
    if !found.is_empty() {
        found = absolute(scene, &found);
    }
    let outcome = if found.is_empty() { Outcome::NotFound } else { Outcome::Set };
    account.push(Step::new(steps::EXECUTABLE, outcome, rule).value(found.clone()).looked(looked));
    found
}

/// `argv[0]`; on macOS the launcher's variables come first (`config_init_program_name`).
fn program_name(scene: &Scene<'_>) -> String {
    let set = |name: &str| scene.var(name).filter(|value| !value.is_empty());
    if scene.platform == Platform::Macos {
        let framework = scene.installation.build.framework.is_some();
        let launcher = set("PYTHONEXECUTABLE").or_else(|| if framework { set("__PYVENV_LAUNCHER__") } else { None });
        if let Some(launcher) = launcher {
            return launcher;
        }
    }
    // 3.7 keeps an empty argv[0].
    if scene.program.is_empty() && scene.release.minor() != 7 { "python3".to_owned() } else { scene.program.clone() }
}

/// `absolutize`: the working folder in front, one leading `./` taken off.
fn absolute(scene: &Scene<'_>, path: &str) -> String {
    match scene.disk.machine.cwd() {
        Some(cwd) if !path.starts_with('/') => classic_join(&cwd, path.strip_prefix("./").unwrap_or(path)),
        _ => path.to_owned(),
    }
}

/// `PYTHONHOME`; 3.6 lets an empty one count.
fn read_pythonhome(scene: &Scene<'_>, flags: Flags, account: &mut Account) -> Option<String> {
    let value = scene.var("PYTHONHOME").filter(|value| !value.is_empty() || !scene.release.at_least(7))?;
    let ignored = flags.ignore_environment;
    let outcome = if ignored { Outcome::Ignored } else { Outcome::Set };
    account.push(Step::new(steps::PYTHONHOME, outcome, "Python/initconfig.c: config_init_home").value(value.clone()));
    (!ignored).then_some(value)
}

/// `calculate_argv0_path`: the file at the end of the links; of a macOS framework, its library.
fn real_program(scene: &Scene<'_>, names: &Names, executable: &str) -> String {
    if let Some(library) = scene.library().filter(|_| scene.platform == Platform::Macos) {
        let stdlib = classic_join(reduce(&library), &names.lib_python);
        if is_module_folder(scene.disk, &stdlib) {
            return library;
        }
    }
    scene.disk.chase_classic(executable).unwrap_or_else(|| executable.to_owned())
}

/// `ismodule`: whether `os.py` or `os.pyc` is in the folder.
fn is_module_folder(disk: Disk<'_>, folder: &str) -> bool {
    ["os.py", "os.pyc"].iter().any(|name| disk.is_file(&classic_join(folder, name)))
}

impl Getpath<'_, '_> {
    /// What it says on standard error where a landmark was found nowhere.
    fn warn(&mut self, prefix: Found, exec_prefix: Found) {
        const RULE: &str = "Modules/getpath.c: calculate_prefix, calculate_exec_prefix";
        let missing = [prefix, exec_prefix].map(|found| found == Found::Nowhere);
        for (is_missing, message) in missing.into_iter().zip([NO_STDLIB, NO_PLATSTDLIB]) {
            if is_missing {
                self.account.warn(message, RULE);
            }
        }
        if missing.contains(&true) {
            self.account.warn("Consider setting $PYTHONHOME to <prefix>[:<exec_prefix>]", RULE);
        }
    }

    /// `calculate_module_search_path`: one string, cut at its colons. Nothing is tested for existence.
    fn list_items(&mut self, flags: Flags, zip_root: &str, prefix_dir: &str, exec_dir: &str) -> Vec<PathItem> {
        const RULE: &str = "Modules/getpath.c: calculate_module_search_path";
        let mut items = Vec::new();
        if let Some(value) = self.scene.var("PYTHONPATH").filter(|value| !value.is_empty()) {
            let outcome = if flags.ignore_environment { Outcome::Ignored } else { Outcome::Added };
            self.account.push(Step::new(steps::PYTHONPATH, outcome, RULE).value(value.clone()));
            if flags.ignore_environment {
                for path in value.split(':') {
                    self.account.leave_out(path, Origin::Pythonpath, steps::PYTHONPATH, Source::default());
                }
            } else {
                push_all(&mut items, &value, Origin::Pythonpath, steps::PYTHONPATH, &Source::default());
            }
        }
        let zip = classic_join(zip_root, &classic_join(&self.names.platlibdir, &format!("python{}.zip", self.scene.release.undotted())));
        let stdlib_times = if self.scene.release.at_least(7) { 1 } else { 2 };
        let libraries = [(zip, Origin::Zip, steps::ZIP, 1), (prefix_dir.to_owned(), Origin::Stdlib, steps::STDLIB, stdlib_times)];
        for (path, source, id, times) in libraries.into_iter().chain([(exec_dir.to_owned(), Origin::Platstdlib, steps::PLATSTDLIB, 1)]) {
            let cause = if source == Origin::Zip { Source::default() } else { self.home_line.clone() };
            self.account.push(Step::new(id, Outcome::Added, RULE).cause(&cause).value(path.clone()));
            // The compiled-in PYTHONPATH of 3.6 is ":": two empty items, each of which is the standard library.
            for _ in 0..times {
                push_all(&mut items, &path, source, id, &cause);
            }
        }
        items
    }
}

fn push_all(items: &mut Vec<PathItem>, text: &str, source: Origin, id: &'static str, cause: &Source) {
    items.extend(text.split(':').map(|path| item(path, source, id, cause.clone())));
}
