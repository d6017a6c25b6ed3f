//! The small files of an installation that tell what was compiled into it.

use super::Vendor;
use crate::machine::{Machine, path::Rules};
use std::sync::Arc;

const HEADER_LIMIT: usize = 16 << 10;
const TABLE_LIMIT: usize = 2 << 20;
const SITE_LIMIT: usize = 512 << 10;

/// What `_sysconfigdata_*.py` says.
pub(super) struct Table {
    pub file: String,
    pub prefix: Option<String>,
    pub exec_prefix: Option<String>,
    pub platlibdir: Option<String>,
    pub abiflags: Option<String>,
    pub vpath: Option<String>,
    pub framework: Option<String>,
}

/// The folder of the standard library below `root`: below `lib`, or `lib64` where that holds it.
pub(super) fn library(machine: &dyn Machine, root: &str, folder: &str) -> Option<String> {
    let rules = machine.platform().rules();
    if rules == Rules::Windows {
        let library = rules.join(root, "Lib");
        return machine.stat(&rules.join(&library, "os.py")).is_ok().then_some(library);
    }
    let candidates = ["lib", "lib64"].map(|lib| rules.join(&rules.join(root, lib), folder));
    candidates.into_iter().find(|library| machine.stat(&rules.join(library, "os.py")).is_ok())
}

/// The version that `patchlevel.h` or `build-details.json` tells, and the file.
pub(super) fn version(machine: &dyn Machine, root: &str, folder: &str) -> Option<(String, String)> {
    header_version(machine, root, folder).or_else(|| details_version(machine, root, folder))
}

fn header_version(machine: &dyn Machine, root: &str, folder: &str) -> Option<(String, String)> {
    let rules = machine.platform().rules();
    let include = rules.join(root, "include");
    // `m` (3.7 and older) and `d` stand in the folder's name.
    let folders = ["", "m", "d", "dm"].map(|flags| rules.join(&include, &format!("{folder}{flags}")));
    let windows = (rules == Rules::Windows).then_some(include);
    folders.into_iter().chain(windows).find_map(|folder| {
        let file = rules.join(&folder, "patchlevel.h");
        let bytes = machine.head(&file, HEADER_LIMIT).ok()?;
        Some((defined(&bytes, "PY_VERSION")?, file))
    })
}

/// The string that a header defines: `#define PY_VERSION "3.12.4"`.
fn defined(header: &[u8], name: &str) -> Option<String> {
    String::from_utf8_lossy(header).lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let matches = words.next() == Some("#define") && words.next() == Some(name);
        matches.then(|| words.next().map(|value| value.trim_matches('"').trim_end_matches('+').to_owned())).flatten()
    })
}

/// PEP 739: `language.version_info` in `build-details.json`.
fn details_version(machine: &dyn Machine, root: &str, folder: &str) -> Option<(String, String)> {
    let rules = machine.platform().rules();
    let library = library(machine, root, folder)?;
    let file = rules.join(&library, "build-details.json");
    let bytes = machine.read(&file, TABLE_LIMIT).ok()?;
    let details: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let info = details.get("language")?.get("version_info")?;
    let number = |name: &str| info.get(name).and_then(serde_json::Value::as_u64);
    let suffix = match info.get("releaselevel").and_then(serde_json::Value::as_str) {
        Some("alpha") => format!("a{}", number("serial").unwrap_or(0)),
        Some("beta") => format!("b{}", number("serial").unwrap_or(0)),
        Some("candidate") => format!("rc{}", number("serial").unwrap_or(0)),
        _ => String::new(),
    };
    Some((format!("{}.{}.{}{suffix}", number("major")?, number("minor")?, number("micro")?), file))
}

/// The file `_sysconfigdata_*.py` in a folder of the library.
pub fn table_file(machine: &dyn Machine, library: &str) -> Option<String> {
    // The table of a debug build (`_sysconfigdata_d_…`) lies beside the other on Debian.
    let is_table = |name: &str| name.starts_with("_sysconfigdata_") && !name.starts_with("_sysconfigdata_d") && name.ends_with(".py");
    Some(machine.platform().rules().join(library, machine.list_some(library, &is_table).ok()?.first()?))
}

/// The table that the build wrote beside the standard library.
pub(super) fn sysconfig(machine: &dyn Machine, library: &str) -> Option<Table> {
    let file = table_file(machine, library)?;
    let bytes: Arc<[u8]> = machine.read(&file, TABLE_LIMIT).ok()?;
    let value = |key: &str| table_value(&bytes, key);
    Some(Table {
        prefix: value("prefix"),
        exec_prefix: value("exec_prefix"),
        platlibdir: value("PLATLIBDIR"),
        abiflags: value("ABIFLAGS").or_else(|| value("abiflags")),
        vpath: value("VPATH"),
        framework: value("PYTHONFRAMEWORK"),
        file,
    })
}

/// A string value of the table: `'prefix': '/usr',`.
fn table_value(table: &[u8], key: &str) -> Option<String> {
    let wanted = format!("'{key}': ");
    let at = memchr::memmem::find(table, wanted.as_bytes())? + wanted.len();
    let rest = table.get(at..)?;
    let quote = *rest.first()?;
    if quote != b'\'' && quote != b'"' {
        return None;
    }
    let value = rest.get(1..)?;
    let end = memchr::memchr(quote, value)?;
    Some(crate::machine::text::decode(value.get(..end)?))
}

/// The distributor, told by its changes to `site.py`, or to `sysconfig.py` where that file is gone: since 3.11 the changed `site` is
/// frozen into the program and runs without it.
pub(super) fn vendor(machine: &dyn Machine, library: &str) -> Option<(Vendor, String)> {
    let file = machine.platform().rules().join(library, "site.py");
    let Ok(text) = machine.read(&file, SITE_LIMIT) else {
        let files = ["sysconfig.py", "sysconfig/__init__.py"].map(|name| machine.platform().rules().join(library, name));
        let is_debian =
            |file: &String| machine.read(file, SITE_LIMIT).is_ok_and(|text| memchr::memmem::find(&text, b"deb_system").is_some());
        return files.into_iter().find(is_debian).map(|file| (Vendor::Debian, file));
    };
    if memchr::memmem::find(&text, b"dist-packages").is_some() {
        Some((Vendor::Debian, file))
    } else if memchr::memmem::find(&text, b"RPM_BUILD_ROOT").is_some() {
        Some((Vendor::Fedora, file))
    } else {
        None
    }
}
