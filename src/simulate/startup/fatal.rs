//! Whether the interpreter can start at all with the first paths that it computed.

use super::command_line::CommandLine;
use super::disk::Disk;
use super::scene::{Flags, Halt, Paths, Scene};
use super::steps::{self, Account};
use super::{Outcome, Step};
use crate::venv::installation::Implementation;

const RULE: &str = "Python/codecs.c: init_fs_encoding imports encodings";

/// Python needs its `encodings` package before it can read a single file name.
pub(super) fn find_encodings(scene: &Scene<'_>, paths: &Paths, account: &mut Account) -> Result<(), Halt> {
    let frozen = scene.installation.build.frozen_encodings.unwrap_or_else(|| scene.release.freezes_encodings());
    if scene.installation.implementation == Implementation::PyPy {
        return find_pypy_modules(scene, paths, account);
    }
    if frozen {
        account.push(Step::new(steps::ENCODINGS, Outcome::Skipped, RULE));
        return Ok(());
    }
    let rules = scene.disk.rules;
    let candidates = paths.items.iter().map(|item| rules.join(&rules.join(&item.path, "encodings"), "__init__.py"));
    let (found, mut looked) = scene.disk.first(candidates, Disk::is_file);
    let elsewhere = paths.items.iter().find(|item| holds_encodings(scene, &item.path));
    if let Some(probe) = found.and_then(|index| looked.get(index)) {
        let file = probe.path.clone();
        account.push(Step::new(steps::ENCODINGS, Outcome::Found, RULE).file(&file).looked(looked));
        return Ok(());
    }
    if let Some(item) = elsewhere {
        account.push(Step::new(steps::ENCODINGS, Outcome::Found, RULE).file(&item.path));
        return Ok(());
    }
    looked.truncate(64);
    account.push(Step::new(steps::ENCODINGS, Outcome::Fatal, RULE).looked(looked));
    Err(Halt::Fatal(message(scene)))
}

/// Python stops where it cannot import `site`. From 3.11 on `site` is frozen into the interpreter, and looked for on `sys.path` only
/// where `-X frozen_modules=off` or (3.13) `PYTHON_FROZEN_MODULES=off` says so.
pub(super) fn find_site(scene: &Scene<'_>, line: &CommandLine, flags: Flags, paths: &Paths) -> Result<(), Halt> {
    let option = line.x_options.iter().find_map(|option| option.strip_prefix("frozen_modules="));
    let variable = if scene.release.at_least(13) { scene.python_var("PYTHON_FROZEN_MODULES", flags) } else { None };
    let frozen = scene.release.at_least(11) && option.or(variable.as_deref()) != Some("off");
    if frozen || scene.installation.implementation == Implementation::PyPy || scene.disk.machine.recorded() {
        return Ok(());
    }
    let rules = scene.disk.rules;
    // site imports os in its first lines.
    let holds = |path: &str, module: &str| {
        let file = format!("{module}.py");
        let there = [file.clone(), format!("{file}c")].iter().any(|file| scene.disk.is_file(&rules.join(path, file)));
        there || is_archive_with(scene, path, file.as_bytes())
    };
    let missing = ["site", "os"].into_iter().find(|module| !paths.items.iter().any(|item| holds(&item.path, module)));
    let Some(module) = missing else { return Ok(()) };
    Err(Halt::Fatal(format!(
        "Fatal Python error: init_import_site: Failed to import the site module\nModuleNotFoundError: No module named '{module}'"
    )))
}

/// `PyPy`'s own start-up code, `pypy/interpreter/app_main.py`, imports `os` before anything else of the library; reading a file
/// name needs `encodings`.
fn find_pypy_modules(scene: &Scene<'_>, paths: &Paths, account: &mut Account) -> Result<(), Halt> {
    let rules = scene.disk.rules;
    for (module, file) in [("encodings", "encodings/__init__.py"), ("os", "os.py")] {
        let candidates = paths.items.iter().map(|item| rules.join(&item.path, file));
        let (found, looked) = scene.disk.first(candidates, Disk::is_file);
        let outcome = if found.is_some() { Outcome::Found } else { Outcome::Fatal };
        account.push(Step::new(steps::ENCODINGS, outcome, "pypy/interpreter/app_main.py").looked(looked));
        if found.is_none() {
            return Err(Halt::Fatal(format!("ModuleNotFoundError: No module named '{module}'")));
        }
    }
    Ok(())
}

/// As bytecode alone, or inside a zip file.
fn holds_encodings(scene: &Scene<'_>, item: &str) -> bool {
    let rules = scene.disk.rules;
    if scene.disk.is_file(&rules.join(&rules.join(item, "encodings"), "__init__.pyc")) {
        return true;
    }
    is_archive_with(scene, item, b"encodings/__init__.py")
}

fn is_archive_with(scene: &Scene<'_>, item: &str, name: &[u8]) -> bool {
    scene.disk.is_file(item) && scene.disk.machine.read(item, 64 << 20).is_ok_and(|bytes| memchr::memmem::find(&bytes, name).is_some())
}

/// The message, which changed with 3.8.
fn message(scene: &Scene<'_>) -> String {
    let head = match scene.release.minor() {
        ..=6 => "Fatal Python error: Py_Initialize: Unable to get the locale encoding",
        7 => "Fatal Python error: initfsencoding: Unable to get the locale encoding",
        _ => "Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding",
    };
    format!("{head}\nModuleNotFoundError: No module named 'encodings'")
}
