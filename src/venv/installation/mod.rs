//! What is compiled into an installation of Python, learnt by reading alone: version, `PREFIX`, `EXEC_PREFIX`, folder names,
//! distributor, each with the file that tells it.
//!
//! The cheap files are asked first: the header `patchlevel.h`, `build-details.json` (PEP 739), `_sysconfigdata_*.py` (a table that
//! the build wrote, read as text). Only where none of them is there is the program itself searched for its strings.

pub mod compiled_in;
mod constants;
mod program;
mod tables;

pub use tables::table_file;

use super::Source;
use crate::machine::{Build, Machine, Platform, path::realpath};
use program::Program;

/// Which implementation of Python a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Implementation {
    /// `CPython`.
    CPython,
    /// `PyPy`.
    PyPy,
    /// `GraalPy`.
    GraalPy,
}

impl Implementation {
    /// `sys.implementation.name`.
    pub fn name(self) -> &'static str {
        match self {
            Implementation::CPython => "cpython",
            Implementation::PyPy => "pypy",
            Implementation::GraalPy => "graalpy",
        }
    }
}

/// The distributor whose changes decide about start-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vendor {
    /// Debian, Ubuntu and their kin: `dist-packages`.
    Debian,
    /// Fedora, RHEL and their kin: `/usr/local` for packages installed by hand.
    Fedora,
    /// As released.
    None,
}

/// An installation, as far as files tell. `None` in [`Build`] is "no file tells".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The program as it was named.
    pub executable: String,
    /// The real file, links followed.
    pub file: String,
    /// Version, prefixes and what else is compiled in.
    pub build: Build,
    /// Which implementation it is.
    pub implementation: Implementation,
    /// The distributor.
    pub vendor: Vendor,
    /// The word size of the program, where known.
    pub bits: Option<u32>,
    /// A shared library that the program needs and that is nowhere it is looked for.
    pub missing_library: Option<String>,
    /// What tells the version.
    pub version_from: Source,
    /// What tells the prefixes.
    pub prefix_from: Source,
    /// What tells the distributor.
    pub vendor_from: Source,
}

/// Whose changes the `site.py` in the folder `library` has; without that file, whose changes to `sysconfig` there are.
pub fn vendor_of(machine: &dyn Machine, library: &str) -> Vendor {
    tables::vendor(machine, library).map_or(Vendor::None, |(vendor, _)| vendor)
}

impl Installation {
    /// Reads what is compiled into the program `executable`, links followed. Where a capture recorded it, that is taken.
    pub fn of(machine: &dyn Machine, executable: &str) -> Installation {
        Self::of_one_perhaps_known(machine, executable, None)
    }

    /// The same, where another name of the program may have been read before: one file is read once.
    pub fn of_one_perhaps_known(machine: &dyn Machine, executable: &str, known: Option<&Installation>) -> Installation {
        let file = realpath(machine, executable);
        let was_read =
            |known: &&Installation| known.file == file && !machine.recorded() && machine.interpreter(&known.executable).is_none();
        let known = known.filter(was_read);
        let mut installation = Installation {
            executable: executable.to_owned(),
            implementation: by_name(machine.platform().rules().basename(&file).as_str()),
            file,
            build: Build::default(),
            vendor: Vendor::None,
            bits: None,
            missing_library: None,
            version_from: Source::default(),
            prefix_from: Source::default(),
            vendor_from: Source::default(),
        };
        let recorded = machine.interpreter(&installation.file).or_else(|| machine.interpreter(executable));
        let recorded = recorded.or_else(|| recorded_original(machine, executable));
        match recorded {
            Some(build) => installation.take_recorded(build),
            None => match known {
                Some(known) => return Installation { executable: installation.executable, ..known.clone() },
                None => installation.read(machine),
            },
        }
        installation
    }

    /// The version of the language: `3.12.4`.
    pub fn version(&self) -> Option<&str> {
        self.build.version.as_deref()
    }

    /// The first two numbers of the version: `3.12`.
    pub fn minor_version(&self) -> Option<String> {
        let mut numbers = self.build.version.as_deref()?.split('.');
        Some(format!("{}.{}", numbers.next()?, numbers.next()?))
    }

    fn take_recorded(&mut self, build: Build) {
        self.implementation = match build.implementation.as_deref() {
            Some("pypy") => Implementation::PyPy,
            Some("graalpy") => Implementation::GraalPy,
            Some(_) => Implementation::CPython,
            None => self.implementation,
        };
        self.vendor = match build.vendor.as_deref() {
            Some("debian") => Vendor::Debian,
            Some("fedora") => Vendor::Fedora,
            _ => Vendor::None,
        };
        self.build = build;
    }

    fn read(&mut self, machine: &dyn Machine) {
        let mut program = Program::read(machine, &self.file);
        if program.may_be_a_copy()
            && let Some(original) = program.original(machine)
        {
            program = Program::read(machine, &realpath(machine, &original));
        }
        self.bits = program.bits;
        self.missing_library.clone_from(&program.missing_library);
        if let Some(implementation) = program.implementation() {
            self.implementation = implementation;
        }
        self.build.implementation = Some(self.implementation.name().to_owned());
        let mut folders = program.library_folders(self.implementation);
        if machine.platform() == Platform::Windows {
            // There, no folder's name tells a version.
            folders = vec![String::new()];
        }
        for root in program.roots(machine) {
            for folder in &folders {
                self.read_root(machine, &root, folder);
            }
            if self.build.version.is_some() && self.build.prefix.is_some() {
                break;
            }
        }
        self.read_program(machine, &program);
        if self.build.version.is_none() && self.implementation == Implementation::PyPy {
            // The patch level is only inside PyPy's library of some 60 MB; its name tells the rest.
            let name = folders.first().and_then(|folder| folder.strip_prefix("pypy"));
            self.build.version = name.map(str::to_owned);
            self.version_from = Source { file: program.library_file().map(str::to_owned), line: None };
        }
        if machine.platform() == Platform::Windows {
            self.find_dll(machine);
        }
    }

    /// Reads the small files of one installation folder, for one name of its library folder (`python3.12`).
    fn read_root(&mut self, machine: &dyn Machine, root: &str, folder: &str) {
        if self.build.version.is_none()
            && let Some((version, file)) = tables::version(machine, root, folder)
        {
            self.build.version = Some(version);
            self.version_from = Source { file: Some(file), line: None };
        }
        let Some(library) = tables::library(machine, root, folder) else { return };
        if self.build.prefix.is_none()
            && let Some(table) = tables::sysconfig(machine, &library)
        {
            self.prefix_from = Source { file: Some(table.file), line: None };
            self.build.prefix = table.prefix;
            self.build.exec_prefix = table.exec_prefix;
            self.build.platlibdir = table.platlibdir;
            self.build.abiflags = table.abiflags;
            self.build.vpath = Some(table.vpath.unwrap_or_default());
            // A framework's library carries the framework's name and lies in its PREFIX.
            self.build.framework = table.framework.filter(|name| !name.is_empty());
            let names = self.build.prefix.as_ref().zip(self.build.framework.as_ref());
            self.build.library = names.map(|(prefix, framework)| format!("{prefix}/{framework}"));
        }
        if self.implementation == Implementation::PyPy && self.build.prefix.is_none() {
            self.build.prefix = Some(root.to_owned());
        }
        if let Some((vendor, file)) = tables::vendor(machine, &library)
            && self.vendor == Vendor::None
        {
            self.vendor = vendor;
            self.vendor_from = Source { file: Some(file), line: None };
        }
    }

    /// Windows: the DLL beside the program, by which paths are found; nothing is compiled in.
    fn find_dll(&mut self, machine: &dyn Machine) {
        self.build.prefix.get_or_insert_default();
        let rules = machine.platform().rules();
        let Some(minor) = self.minor_version() else { return };
        let file = rules.join(&rules.dirname(&self.file), &format!("python{}.dll", minor.replace('.', "")));
        if machine.stat(&file).is_ok() {
            self.build.library = Some(file);
        }
    }

    /// The program's own strings, for what no other file told.
    fn read_program(&mut self, machine: &dyn Machine, program: &Program) {
        if self.build.version.is_none()
            && self.implementation == Implementation::CPython
            && let Some((version, file)) = program.version_string(machine)
        {
            self.build.version = Some(version);
            self.version_from = Source { file: Some(file), line: None };
        }
        if self.build.prefix.is_none()
            && let Some(minor) = self.minor_version()
            && let Some((prefix, file)) = program.prefix_string(machine, &minor)
        {
            self.build.exec_prefix = Some(prefix.clone());
            self.read_root(machine, &prefix.clone(), &format!("python{minor}"));
            self.build.prefix.get_or_insert(prefix);
            self.prefix_from.file.get_or_insert(file);
        }
    }
}

/// A recorded copy without facts of its own: those of the program in the folder that its `pyvenv.cfg` names as `home`. On
/// Windows such a file is no copy but a redirector.
fn recorded_original(machine: &dyn Machine, executable: &str) -> Option<Build> {
    if !machine.recorded() || machine.platform() == Platform::Windows {
        return None;
    }
    let rules = machine.platform().rules();
    let home = program::home_near(machine, executable)?;
    let names = machine.list(&home).ok()?;
    names.iter().find_map(|name| machine.interpreter(&rules.join(&home, name)))
}

fn by_name(name: &str) -> Implementation {
    if name.starts_with("pypy") {
        Implementation::PyPy
    } else if name.starts_with("graalpy") {
        Implementation::GraalPy
    } else {
        Implementation::CPython
    }
}
