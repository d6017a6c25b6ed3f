//! The program file itself: which shared library it needs, and the strings in it.

use super::Implementation;
use super::constants::{self, Strings};
use crate::machine::{Machine, path::Rules, text};
use object::read::elf::{Dyn, FileHeader};
use object::{Endianness, elf};
use std::collections::BTreeSet;

/// A program that starts a shared library's interpreter is smaller than this; a larger one holds the interpreter itself.
const SMALL: u64 = 512 << 10;
/// So much of each part of a program is searched for strings.
const SEARCHED: u64 = 128 << 20;
/// The part of a file that is compared to tell a copy.
const PAGE: usize = 4096;

/// What the program file tells.
#[derive(Debug, Default)]
pub(super) struct Program {
    file: String,
    name: String,
    /// `libpython3.12.so.1.0`.
    library: Option<String>,
    /// Where that library is.
    library_file: Option<String>,
    pub missing_library: Option<String>,
    pub bits: Option<u32>,
}

impl Program {
    /// Reads the head of the file; a small program is read whole for the library that it needs.
    pub(super) fn read(machine: &dyn Machine, file: &str) -> Program {
        let rules = machine.platform().rules();
        let mut program = Program { file: file.to_owned(), name: rules.basename(file), ..Program::default() };
        let size = machine.stat(file).ok().and_then(|meta| meta.size);
        if size.is_some_and(|size| size <= SMALL)
            && let Ok(bytes) = machine.read(file, SMALL as usize)
        {
            let needed = needed_library(&bytes);
            program.find_library(machine, needed);
        }
        program
    }

    fn find_library(&mut self, machine: &dyn Machine, needed: Option<Needed>) {
        let Some(needed) = needed else { return };
        let rules = machine.platform().rules();
        let origin = rules.dirname(&self.file);
        let variable = machine.var("LD_LIBRARY_PATH").unwrap_or_default();
        let preferred = variable.split([':', ';']).filter(|folder| !folder.is_empty()).map(str::to_owned);
        let own = needed.runpath.split(':').filter(|folder| !folder.is_empty());
        let own: Vec<String> = own.map(|folder| folder.replace("$ORIGIN", &origin).replace("${ORIGIN}", &origin)).collect();
        // DT_RPATH is searched before LD_LIBRARY_PATH, DT_RUNPATH after it.
        let mut folders: Vec<String> = if needed.before_variable { own.clone() } else { Vec::new() };
        folders.extend(preferred);
        folders.extend(own);
        folders.extend(USUAL.iter().map(|&folder| folder.to_owned()));
        let found = folders.iter().map(|folder| rules.join(folder, &needed.name)).find(|path| machine.stat(path).is_ok());
        if found.is_none() {
            self.missing_library = Some(needed.name.clone());
        }
        self.library_file = found;
        self.library = Some(needed.name);
    }

    /// Told by the library's name or the program's own.
    pub(super) fn implementation(&self) -> Option<Implementation> {
        let name = self.library.as_deref().unwrap_or(&self.name);
        if name.contains("pypy") {
            Some(Implementation::PyPy)
        } else if name.contains("graalpy") {
            Some(Implementation::GraalPy)
        } else {
            self.library.as_ref().map(|_| Implementation::CPython)
        }
    }

    /// Names that the folder of the standard library may have: `python3.12` by the library's or the program's name.
    pub(super) fn library_folders(&self, implementation: Implementation) -> Vec<String> {
        let from_library = self.library.as_deref().and_then(|name| name.strip_prefix("lib"));
        let named = [from_library, Some(self.name.as_str())].into_iter().flatten().find_map(versioned_name);
        match (named, implementation) {
            (Some(name), _) => {
                // The free-threaded program may be named without its `t`.
                let plain = name.trim_end_matches('t').to_owned();
                if plain == name { vec![plain.clone(), format!("{plain}t")] } else { vec![name, plain] }
            }
            (None, Implementation::PyPy) => (9..=12).rev().map(|minor| format!("pypy3.{minor}")).collect(),
            (None, Implementation::GraalPy) => (8..=15).rev().map(|minor| format!("python3.{minor}")).collect(),
            (None, Implementation::CPython) => Vec::new(),
        }
    }

    /// Folders that may be the installation's: above the shared library, above the program.
    pub(super) fn roots(&self, machine: &dyn Machine) -> Vec<String> {
        let rules = machine.platform().rules();
        let mut roots = Vec::new();
        for file in self.library_file.iter().chain([&self.file]) {
            let mut folder = rules.dirname(file);
            if rules == Rules::Windows {
                roots.push(folder.clone());
            }
            // Debian's libraries lie one level deeper: /usr/lib/x86_64-linux-gnu.
            for _ in 0..2 {
                folder = rules.dirname(&folder);
                if !roots.contains(&folder) {
                    roots.push(folder.clone());
                }
            }
        }
        roots
    }

    /// The program that this one is a copy of: of the same size and with the same first page (which holds the build's id), in the
    /// folder that a `pyvenv.cfg` near the copy names as `home`.
    pub(super) fn original(&self, machine: &dyn Machine) -> Option<String> {
        let rules = machine.platform().rules();
        let home = home_near(machine, &self.file)?;
        let (page, size) = (machine.head(&self.file, PAGE).ok()?, machine.stat(&self.file).ok()?.size?);
        let names = machine.list(&home).ok()?;
        let candidates = names.iter().filter(|name| versioned_name(name).is_some()).map(|name| rules.join(&home, name));
        candidates.into_iter().find(|candidate| {
            let same_size = machine.stat(candidate).is_ok_and(|meta| meta.size == Some(size));
            same_size && machine.head(candidate, PAGE).is_ok_and(|head| head == page)
        })
    }

    /// Whether the program holds the interpreter itself and its name tells nothing.
    pub(super) fn may_be_a_copy(&self) -> bool {
        self.library.is_none() && versioned_name(&self.name).is_none()
    }

    /// `PY_VERSION`, a string of its own inside the interpreter.
    pub(super) fn version_string(&self, machine: &dyn Machine) -> Option<(String, String)> {
        let file = self.library_file.as_ref().unwrap_or(&self.file);
        let wanted = versioned_name(self.library.as_deref().and_then(|name| name.strip_prefix("lib")).unwrap_or(&self.name))
            .map(|name| name.trim_start_matches(|c: char| !c.is_ascii_digit()).trim_end_matches('t').to_owned());
        let start = format!("{}.", wanted.as_deref().unwrap_or("3"));
        let version = |string: &[u8]| {
            let version = std::str::from_utf8(string).ok()?.trim_end_matches('+');
            (string.len() < 23 && is_version(version)).then(|| version.to_owned())
        };
        let whole = constants::find(machine, file, (Strings::Whole, &start), SEARCHED, version);
        let told = whole.or_else(|| {
            // Where several strings end in a version, they have to agree: some may be paths that only look like it.
            let mut ends = BTreeSet::new();
            let none: Option<()> = constants::find(machine, file, (Strings::Ends, &start), SEARCHED, |string| {
                ends.extend(version(string));
                None
            });
            ends.pop_first().filter(|_| none.is_none() && ends.is_empty())
        });
        told.map(|version| (version, file.clone()))
    }

    /// `PREFIX`: the absolute path among the interpreter's strings under which this Python's standard library lies.
    pub(super) fn prefix_string(&self, machine: &dyn Machine, minor: &str) -> Option<(String, String)> {
        let file = self.library_file.as_ref().unwrap_or(&self.file);
        let rules = machine.platform().rules();
        let mut tried = 0;
        constants::find(machine, file, (Strings::Whole, "/"), SEARCHED, |path| {
            let plausible = path.len() > 1 && path.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'%');
            tried += usize::from(plausible);
            if !plausible || tried > 400 {
                return None;
            }
            let path = text::decode(path);
            let library = ["lib", "lib64"].map(|lib| rules.join(&path, &format!("{lib}/python{minor}/os.py")));
            library.iter().any(|os| machine.stat(os).is_ok()).then(|| (path, file.clone()))
        })
    }

    /// Where the shared library is.
    pub(super) fn library_file(&self) -> Option<&str> {
        self.library_file.as_deref()
    }
}

/// `home` of the `pyvenv.cfg` beside a program or one folder above.
pub(super) fn home_near(machine: &dyn Machine, file: &str) -> Option<String> {
    let rules = machine.platform().rules();
    let folder = rules.dirname(file);
    let configs = [folder.clone(), rules.dirname(&folder)].map(|folder| rules.join(&folder, "pyvenv.cfg"));
    let config = configs.iter().find_map(|config| machine.head(config, PAGE).ok())?;
    text::decode(&config).lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "home").then(|| value.trim().to_owned())
    })
}

/// Folders that the dynamic loader searches by itself.
const USUAL: &[&str] = &[
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
    "/usr/local/lib",
    "/usr/local/lib64",
];

struct Needed {
    name: String,
    runpath: String,
    before_variable: bool,
}

/// The Python library among the libraries that an ELF program needs, and where it says to look.
fn needed_library(bytes: &[u8]) -> Option<Needed> {
    let header = elf::FileHeader64::<Endianness>::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, bytes).ok()?;
    let (dynamic, strings) = sections.dynamic(endian, bytes).ok()??;
    let strings = sections.strings(endian, bytes, strings).ok()?;
    let text = |entry: &elf::Dyn64<Endianness>| {
        let offset = u32::try_from(entry.d_val(endian)).ok()?;
        strings.get(offset).ok().map(text::decode)
    };
    let tagged = |tag: elf::DynamicTag| dynamic.iter().filter(move |entry| entry.tag(endian) == tag);
    let name = tagged(elf::DT_NEEDED).filter_map(text).find(|name| name.starts_with("libpython") || name.starts_with("libpypy"))?;
    let runpath = tagged(elf::DT_RUNPATH).find_map(text);
    let rpath = tagged(elf::DT_RPATH).find_map(text);
    let before_variable = runpath.is_none() && rpath.is_some();
    Some(Needed { name, runpath: runpath.or(rpath).unwrap_or_default(), before_variable })
}

/// `python3.12` out of `python3.12`, `python3.12.so.1.0`, `python3.6m.so.1.0`, `pypy3.9-c.so`.
fn versioned_name(name: &str) -> Option<String> {
    let stem = ["python", "pypy"].into_iter().find(|stem| name.starts_with(stem))?;
    let digits: String = name.get(stem.len()..)?.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let digits = digits.trim_end_matches('.');
    let (major, minor) = digits.split_once('.')?;
    let minor = minor.split('.').next()?;
    let free = name.get(stem.len() + major.len() + 1 + minor.len()..)?.starts_with('t');
    (!minor.is_empty()).then(|| format!("{stem}{major}.{minor}{}", if free { "t" } else { "" }))
}

/// The oldest minor version that is followed; `3.2.0` is Unicode's version, which `unicodedata` holds.
const OLDEST: u32 = 6;

/// `3.12.4`, `3.15.0rc1`.
fn is_version(text: &str) -> bool {
    let mut parts = text.split('.');
    let whole = parts.next() == Some("3") && parts.next().is_some_and(|minor| minor.parse::<u32>().is_ok_and(|minor| minor >= OLDEST));
    let last = parts.next().unwrap_or("");
    let rest = last.trim_start_matches(|c: char| c.is_ascii_digit());
    whole && rest.len() < last.len() && parts.next().is_none() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_name_is_read_off_the_librarys_or_programs_name() {
        for (name, expected) in [
            ("python3.12", Some("python3.12")),
            ("python3.12.so.1.0", Some("python3.12")),
            ("python3.6m.so.1.0", Some("python3.6")),
            ("python3.13t", Some("python3.13t")),
            ("pypy3.9-c.so", Some("pypy3.9")),
            ("python3", None),
            ("python", None),
        ] {
            assert_eq!(versioned_name(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_version_is_told_from_other_numbers() {
        assert!(is_version("3.12.4") && is_version("3.15.0rc1"));
        assert!(!is_version("3.12") && !is_version("3.x.1") && !is_version("3.2.0") && !is_version("3.1.2.3") && !is_version("3.1."));
    }
}
