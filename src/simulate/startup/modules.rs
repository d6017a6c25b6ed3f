//! Whether `import name` finds anything, as far as start-up needs to know: by source, bytecode and extension module.
//!
//! Follows `FileFinder.find_spec` (`Lib/importlib/_bootstrap_external.py`); archives by their directory (`Lib/zipimport.py`).

use super::disk::Disk;
use super::{PathItem, Probe};
use crate::venv::archive::{self, Archive};

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
        if let Some((file, inside)) = archive::enclosing(disk.machine, &item.path) {
            let found = in_archive(disk, &file, &inside, name);
            looked.push(Probe { path: item.path.clone(), found: found.is_some() });
            if found.is_some() {
                return (found, looked);
            }
            continue;
        }
        let package = rules.join(&rules.join(&item.path, name), "__init__.py");
        let source = rules.join(&item.path, &format!("{name}.py"));
        let bytecode = rules.join(&item.path, &format!("{name}.pyc"));
        for path in [Some(package), extension(disk, &item.path, name), Some(source), Some(bytecode)].into_iter().flatten() {
            let found = disk.is_file(&path);
            // A learner who looks for it looks for the source.
            if found || rules.splitext(&path).1 == ".py" {
                looked.push(Probe { path: path.clone(), found });
            }
            if found {
                return (Some(path), looked);
            }
        }
    }
    (None, looked)
}

/// The file of an extension module, which comes before the source.
fn extension(disk: Disk<'_>, folder: &str, name: &str) -> Option<String> {
    let names = disk.names(if folder.is_empty() { "." } else { folder });
    let from = names.partition_point(|file| file.as_str() < name);
    let file = names.get(from..)?.iter().take_while(|file| file.starts_with(name)).find(|file| {
        let suffix = file.strip_prefix(name).filter(|rest| rest.starts_with('.')).and_then(|rest| rest.rsplit('.').next());
        matches!(suffix, Some("so" | "pyd"))
    })?;
    Some(disk.rules.join(folder, file))
}

/// The module in an archive: as `zipimport` looks for it, package before module.
fn in_archive(disk: Disk<'_>, file: &str, inside: &[String], name: &str) -> Option<String> {
    let archive = Archive::open(disk.machine, file).ok().flatten()?;
    let folder = inside.iter().fold(String::new(), |folder, part| disk.rules.join(&folder, part));
    let module = disk.rules.join(&folder, name);
    let sep = disk.rules.sep();
    let wanted =
        [format!("{module}{sep}__init__.pyc"), format!("{module}{sep}__init__.py"), format!("{module}.pyc"), format!("{module}.py")];
    let found = wanted.iter().find(|wanted| archive.has(wanted))?;
    Some(disk.rules.join(file, found))
}

/// Why `-m name` never runs a line whatever is installed: it is no name of a module.
pub(super) fn no_name(name: &str) -> Option<String> {
    if name.starts_with('.') {
        return Some("Relative module names not supported".to_owned());
    }
    name.split('.').any(str::is_empty).then(|| format!("No module named {name}"))
}

/// Why `-m name` never runs a line, as `runpy` says it; `None` where it runs, or where code that is not run here decides.
///
/// Follows `_get_module_details` (`Lib/runpy.py`).
pub(super) fn not_runnable(disk: Disk<'_>, path: &[PathItem], name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split('.').collect();
    if parts.first().is_some_and(|top| BUILT_IN.contains(top) || OFTEN_BUILT_IN.contains(top) || top.starts_with('_')) {
        return None;
    }
    let mut places: Vec<String> = path.iter().map(|item| item.path.clone()).collect();
    for (index, part) in parts.iter().enumerate() {
        if places.iter().any(|place| disk.is_file(place)) {
            return None;
        }
        places = match locate(disk, &places, part) {
            Found::Extension if index + 1 == parts.len() => return Some(format!("No code object available for {name}")),
            // Where a module stands before a dot, its code runs before anything fails.
            Found::Module | Found::Extension => return None,
            Found::Package(init) if changes_path(disk, &init) => return None,
            Found::Package(init) => vec![disk.rules.dirname(&init)],
            Found::Portions(portions) => portions,
            Found::Nowhere if index + 1 == parts.len() => return Some(format!("No module named {name}")),
            Found::Nowhere => {
                let parent = parts.get(..=index).unwrap_or_default().join(".");
                let why = format!("ModuleNotFoundError: No module named '{parent}'");
                return Some(format!("Error while finding module specification for '{name}' ({why})"));
            }
        };
    }
    let main = matches!(locate(disk, &places, "__main__"), Found::Module | Found::Extension | Found::Package(_));
    (!main).then(|| format!("No module named {name}.__main__; '{name}' is a package and cannot be directly executed"))
}

/// What a name is in some folders.
enum Found {
    Module,
    Extension,
    /// Its `__init__`.
    Package(String),
    /// A namespace package.
    Portions(Vec<String>),
    Nowhere,
}

fn locate(disk: Disk<'_>, places: &[String], name: &str) -> Found {
    let rules = disk.rules;
    let mut portions = Vec::new();
    if name.is_empty() || name.contains(rules.sep()) {
        return Found::Nowhere;
    }
    for place in places {
        let folder = rules.join(place, name);
        if let Some(init) = ["__init__.py", "__init__.pyc"].iter().map(|init| rules.join(&folder, init)).find(|init| disk.is_file(init)) {
            return Found::Package(init);
        }
        if extension(disk, place, name).is_some() {
            return Found::Extension;
        }
        if ["py", "pyc"].iter().any(|suffix| disk.is_file(&format!("{folder}.{suffix}"))) {
            return Found::Module;
        }
        if disk.is_dir(&folder) {
            portions.push(folder);
        }
    }
    if portions.is_empty() { Found::Nowhere } else { Found::Portions(portions) }
}

/// Whether the code of a package may look elsewhere for its modules.
fn changes_path(disk: Disk<'_>, init: &str) -> bool {
    let text = disk.machine.read(init, super::disk::TEXT_LIMIT);
    text.map_or(true, |text| memchr::memmem::find(&text, b"__path__").is_some() || memchr::memmem::find(&text, b"pkgutil").is_some())
}
