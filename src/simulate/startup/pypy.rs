//! How `PyPy` 3 finds its standard library: from its real file upwards, or from the `home` of a `pyvenv.cfg` that it meets on the
//! way (only a copied executable meets the environment's own). `PYTHONHOME` is not asked.
//!
//! Follows `pypy/module/sys/initpath.py` (`find_executable`, `find_stdlib`) and `pypy/interpreter/app_main.py`.

use super::disk::item;
use super::scene::{Flags, Halt, Paths, Scene};
use super::steps::{self, Account};
use super::{Origin, Outcome, PathItem, Probe, Step};
use crate::venv::Source;

const RULE: &str = "pypy/module/sys/initpath.py: find_stdlib";
const FOLDERS: usize = 4096;

/// The first paths.
pub(super) fn paths(scene: &Scene<'_>, flags: Flags, account: &mut Account) -> Result<Paths, Halt> {
    let executable = find_executable(scene, account);
    let name = format!("pypy{}", scene.release.dotted());
    let mut looked = Vec::new();
    let found = find_prefix(scene, &executable, &name, &mut looked);
    let outcome = if found.is_some() { Outcome::Found } else { Outcome::NotFound };
    let prefix = match found {
        Some(prefix) => prefix,
        None => scene.compiled_prefix()?,
    };
    account.push(Step::new(steps::PREFIX, outcome, RULE).value(prefix.clone()).looked(looked));
    let mut items = Vec::new();
    list_pythonpath(scene, flags, account, &mut items);
    let stdlib = scene.disk.rules.join(&prefix, &library(scene, &name));
    account.push(Step::new(steps::STDLIB, Outcome::Added, RULE).value(stdlib.clone()));
    items.push(item(stdlib, Origin::Stdlib, steps::STDLIB, Source::default()));
    Ok(Paths {
        base_executable: Some(executable.clone()),
        executable,
        exec_prefix: prefix.clone(),
        base_prefix: prefix.clone(),
        base_exec_prefix: prefix.clone(),
        prefix,
        platlibdir: "lib".to_owned(),
        items,
    })
}

fn library(scene: &Scene<'_>, name: &str) -> String {
    match scene.disk.rules {
        crate::machine::path::Rules::Windows => "Lib".to_owned(),
        crate::machine::path::Rules::Posix => format!("lib/{name}"),
    }
}

/// As typed where there is a separator, else along PATH; absolute and normalised; empty where nothing is there.
fn find_executable(scene: &Scene<'_>, account: &mut Account) -> String {
    let rules = scene.disk.rules;
    let mut looked = Vec::new();
    let mut name = scene.program.clone();
    if !name.contains(rules.sep()) {
        let path = scene.var("PATH").unwrap_or_default();
        let candidates = path.split(rules.list_separator()).map(|folder| rules.join(folder, &name));
        let (found, probes) = scene.disk.first(candidates, super::disk::Disk::is_executable);
        if let Some(probe) = found.and_then(|index| probes.get(index)) {
            name.clone_from(&probe.path);
        }
        looked = probes;
    }
    let absolute = rules.abspath(&scene.disk.machine.cwd().unwrap_or_default(), &name);
    let executable = if scene.disk.is_file(&absolute) { absolute } else { String::new() };
    let rule = "pypy/module/sys/initpath.py: find_executable";
    account.push(Step::new(steps::EXECUTABLE, Outcome::Set, rule).value(executable.clone()).looked(looked));
    executable
}

/// The nearest folder, from the end of the links upwards, that holds the standard library's `site.py`. Every folder on the way is
/// itself followed where it is a link, and the root is asked too.
fn find_prefix(scene: &Scene<'_>, executable: &str, name: &str, looked: &mut Vec<Probe>) -> Option<String> {
    let rules = scene.disk.rules;
    let mut search = if executable.is_empty() { "pypy-c".to_owned() } else { executable.to_owned() };
    let mut configs = 2;
    for _ in 0..FOLDERS {
        let mut folder = resolved_folder(scene, &search);
        if folder == search {
            return None;
        }
        // The file is looked for in the executable's folder and one above, and not any more once it was found.
        if configs > 0 {
            configs -= 1;
            if let Some(home) = home_of(scene, &folder) {
                folder = home;
                configs = 0;
            }
        }
        let landmark = rules.join(&rules.join(&folder, &library(scene, name)), "site.py");
        let found = scene.disk.is_file(&landmark);
        looked.push(Probe { path: landmark, found });
        if found {
            return Some(folder);
        }
        search = folder;
    }
    None
}

/// The `home` of the `pyvenv.cfg` in `folder`. `PyPy` reads 16 KiB of it, bytes as they are, and takes the first `home`, spelled so,
/// with nothing but spaces around it (`find_pyvenv_cfg`; the odd cases are those of 7.3.11).
fn home_of(scene: &Scene<'_>, folder: &str) -> Option<String> {
    let bytes = scene.disk.machine.head(&scene.disk.rules.join(folder, "pyvenv.cfg"), 16_384).ok()?;
    let value = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).find_map(|line| {
        let after_key = without_spaces(line).strip_prefix(b"home")?;
        without_spaces(after_key).strip_prefix(b"=")
    })?;
    let value = crate::machine::text::decode(value.split(|byte| *byte == 0).next().unwrap_or_default());
    let value = value.trim_matches([' ', '\t', '\x0b', '\x0c']);
    (!value.is_empty()).then(|| value.to_owned())
}

fn without_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|byte| **byte == b' ').count();
    text.get(spaces..).unwrap_or_default()
}

/// `resolvedirof`.
pub(super) fn resolved_folder(scene: &Scene<'_>, path: &str) -> String {
    let rules = scene.disk.rules;
    let cwd = scene.disk.machine.cwd().unwrap_or_default();
    let mut path = rules.abspath(&cwd, path);
    for _ in 0..FOLDERS {
        let folder = rules.abspath(&cwd, &rules.join(&path, ".."));
        match scene.disk.machine.link(&path) {
            Ok(target) => path = rules.abspath(&cwd, &rules.join(&folder, &target)),
            Err(_) => return folder,
        }
    }
    path
}

/// `PYTHONPATH`, cut at its separators, nothing made absolute.
fn list_pythonpath(scene: &Scene<'_>, flags: Flags, account: &mut Account, items: &mut Vec<PathItem>) {
    let Some(value) = scene.var("PYTHONPATH").filter(|value| !value.is_empty()) else { return };
    let outcome = if flags.ignore_environment { Outcome::Ignored } else { Outcome::Added };
    let rule = "pypy/interpreter/app_main.py: setup_bootstrap_path";
    account.push(Step::new(steps::PYTHONPATH, outcome, rule).value(value.clone()));
    for path in value.split(scene.disk.rules.list_separator()) {
        if flags.ignore_environment {
            account.leave_out(path, Origin::Pythonpath, steps::PYTHONPATH, Source::default());
        } else {
            items.push(item(path, Origin::Pythonpath, steps::PYTHONPATH, Source::default()));
        }
    }
}
