//! The suffixes of module files, in the order of `FileFinder` (`Lib/importlib/_bootstrap_external.py: _get_supported_file_loaders`):
//! extension modules with the interpreter's own tag first, then source, then bytecode.

use super::Kind;
use crate::machine::{Machine, Platform, path::Rules};
use crate::venv::installation::{Implementation, Installation, table_file};

const TABLE_LIMIT: usize = 2 << 20;

/// Suffixes with the kind of module that each makes.
pub(super) fn all(machine: &dyn Machine, installation: &Installation, library: &[String]) -> Vec<(String, Kind)> {
    let rules = machine.platform().rules();
    let mut suffixes: Vec<(String, Kind)> =
        extensions(machine, installation, library).into_iter().map(|suffix| (suffix, Kind::Extension)).collect();
    suffixes.push((".py".to_owned(), Kind::Source));
    if rules == Rules::Windows {
        suffixes.push((".pyw".to_owned(), Kind::Source));
    }
    suffixes.push((".pyc".to_owned(), Kind::Bytecode));
    suffixes
}

/// `_imp.extension_suffixes()` (`Python/dynload_shlib.c`, `Python/dynload_win.c`).
pub fn extensions(machine: &dyn Machine, installation: &Installation, library: &[String]) -> Vec<String> {
    let rules = machine.platform().rules();
    let tagged =
        library.iter().find_map(|folder| stated(machine, folder)).or_else(|| library.iter().find_map(|folder| met(machine, folder)));
    let pypy = installation.implementation != Implementation::CPython;
    let rest: &[&str] = match (rules, pypy) {
        (Rules::Windows, _) => &[".pyd"],
        (Rules::Posix, true) => &[],
        (Rules::Posix, false) => &[".abi3.so", ".so"],
    };
    let tagged = tagged.or_else(|| usual(machine, installation));
    tagged.into_iter().chain(rest.iter().map(|&suffix| suffix.to_owned())).collect()
}

/// `EXT_SUFFIX` of the table that the build wrote, or of `build-details.json` (PEP 739).
fn stated(machine: &dyn Machine, folder: &str) -> Option<String> {
    let rules = machine.platform().rules();
    if let Ok(bytes) = machine.read(&rules.join(folder, "build-details.json"), TABLE_LIMIT)
        && let Ok(details) = serde_json::from_slice::<serde_json::Value>(&bytes)
        && let Some(suffix) = details.pointer("/abi/extension_suffix").and_then(serde_json::Value::as_str)
    {
        return Some(suffix.to_owned());
    }
    let bytes = machine.read(&table_file(machine, folder)?, TABLE_LIMIT).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let value = text.split("'EXT_SUFFIX': '").nth(1)?.split('\'').next()?;
    (value.starts_with('.') && value.len() < 100).then(|| value.to_owned())
}

/// The tag that the extension modules in a folder of the library carry.
fn met(machine: &dyn Machine, folder: &str) -> Option<String> {
    machine.list(folder).ok()?.into_iter().find_map(|name| {
        let tag = name.split_once('.').map(|(_, tag)| format!(".{tag}"))?;
        let known = [".cpython-3", ".pypy3", ".cp3"].iter().any(|start| tag.starts_with(start));
        (known && (tag.ends_with(".so") || tag.ends_with(".pyd"))).then_some(tag)
    })
}

/// What a release of that version calls it where no file tells.
fn usual(machine: &dyn Machine, installation: &Installation) -> Option<String> {
    if installation.implementation != Implementation::CPython {
        return None;
    }
    let minor = installation.minor_version()?.replace('.', "");
    let flags = installation.build.abiflags.clone().unwrap_or_default();
    Some(match machine.platform() {
        Platform::Windows => format!(".cp{minor}{flags}-{}.pyd", if installation.bits == Some(32) { "win32" } else { "win_amd64" }),
        Platform::Macos => format!(".cpython-{minor}{flags}-darwin.so"),
        Platform::Linux => format!(".cpython-{minor}{flags}-x86_64-linux-gnu.so"),
    })
}
