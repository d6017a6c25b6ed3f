//! Whether `import name` finds anything, as far as start-up needs to know: by source, bytecode and extension module.
//!
//! Follows `FileFinder.find_spec` (`Lib/importlib/_bootstrap_external.py`); archives are not looked into.

use super::disk::Disk;
use super::{PathItem, Probe};

/// Modules that are inside every interpreter, or loaded before any code of others runs.
pub(super) const BUILT_IN: &[&str] =
    &["sys", "builtins", "_thread", "marshal", "gc", "time", "posix", "nt", "itertools", "os", "site", "io", "abc", "codecs", "stat"];

/// Modules that are inside some builds and files of their own in others.
pub(super) const OFTEN_BUILT_IN: &[&str] = &[
    "array",
    "atexit",
    "binascii",
    "cmath",
    "errno",
    "faulthandler",
    "fcntl",
    "grp",
    "math",
    "mmap",
    "msvcrt",
    "pwd",
    "pyexpat",
    "select",
    "signal",
    "spwd",
    "syslog",
    "termios",
    "unicodedata",
    "winreg",
    "zipimport",
    "zlib",
];

/// The file of the first module of that name on `path`, and what was looked at.
pub(super) fn find(disk: Disk<'_>, path: &[PathItem], name: &str) -> (Option<String>, Vec<Probe>) {
    let rules = disk.rules;
    let mut looked = Vec::new();
    for item in path {
        let package = rules.join(&rules.join(&item.path, name), "__init__.py");
        let source = rules.join(&item.path, &format!("{name}.py"));
        for path in [package, source] {
            let found = disk.is_file(&path);
            looked.push(Probe { path: path.clone(), found });
            if found {
                return (Some(path), looked);
            }
        }
        if let Some(file) = compiled(disk, &item.path, name) {
            return (Some(rules.join(&item.path, &file)), looked);
        }
    }
    (None, looked)
}

fn compiled(disk: Disk<'_>, folder: &str, name: &str) -> Option<String> {
    let names = disk.machine.list(if folder.is_empty() { "." } else { folder }).unwrap_or_default();
    names.into_iter().find(|file| {
        let suffix = file.strip_prefix(name).filter(|rest| rest.starts_with('.')).and_then(|rest| rest.rsplit('.').next());
        matches!(suffix, Some("pyc" | "so" | "pyd"))
    })
}

/// Whether it is certain that `-m name` finds nothing: no file, no folder that could be a namespace package, no archive that
/// could hold it.
pub(super) fn is_nowhere(disk: Disk<'_>, path: &[PathItem], name: &str) -> bool {
    let top = name.split('.').next().unwrap_or(name);
    if top.is_empty()
        || top.starts_with('_')
        || BUILT_IN.contains(&top)
        || OFTEN_BUILT_IN.contains(&top)
        || path.iter().any(|item| disk.is_file(&item.path))
    {
        return false;
    }
    let folder = path.iter().any(|item| disk.exists(&disk.rules.join(&item.path, top)));
    !folder && find(disk, path, top).0.is_none()
}
