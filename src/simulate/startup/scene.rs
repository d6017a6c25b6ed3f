//! What is known before the first path is computed, and what the first paths are.

use super::PathItem;
use super::disk::Disk;
use super::generation::Release;
use super::locale::Encodings;
use super::strings::Strings;
use crate::machine::Platform;
use crate::venv::installation::Installation;

/// The start of one interpreter on one machine.
pub(super) struct Scene<'m> {
    pub disk: Disk<'m>,
    pub strings: Strings,
    pub platform: Platform,
    /// The interpreter whose program runs.
    pub installation: Installation,
    pub release: Release,
    /// `argv[0]`.
    pub program: String,
    /// The running file, where the operating system tells it to the program (Windows and macOS).
    pub real_executable: Option<String>,
    /// `__PYVENV_LAUNCHER__` as a redirector sets it before the interpreter starts.
    pub launcher: Option<String>,
}

impl Scene<'_> {
    /// An environment variable, as the interpreter finds it.
    pub(super) fn var(&self, name: &str) -> Option<String> {
        match (&self.launcher, name) {
            (Some(launcher), "__PYVENV_LAUNCHER__") => Some(launcher.clone()),
            _ => self.disk.machine.var(name),
        }
    }

    /// A `PYTHON…` variable that is read only where the environment is not ignored; an empty one counts as unset.
    pub(super) fn python_var(&self, name: &str, flags: Flags) -> Option<String> {
        if flags.ignore_environment { None } else { self.var(name).filter(|value| !value.is_empty()) }
    }

    /// `t` on free-threaded builds from 3.13 on.
    pub(super) fn thread_suffix(&self) -> &'static str {
        let free = self.installation.build.abiflags.as_deref().is_some_and(|flags| flags.contains('t'));
        if free && self.release.at_least(13) { "t" } else { "" }
    }

    /// `sys.platlibdir`: `PYTHONPLATLIBDIR` from 3.9 on, else as compiled in.
    pub(super) fn platlibdir(&self, flags: Flags) -> String {
        if !self.release.has_platlibdir() {
            return "lib".to_owned();
        }
        let default = match self.platform {
            // PC/pyconfig.h: PLATLIBDIR is "DLLs" since 3.11, "lib" before.
            Platform::Windows if self.release.at_least(11) => "DLLs",
            _ => "lib",
        };
        self.python_var("PYTHONPLATLIBDIR", flags)
            .or_else(|| self.installation.build.platlibdir.clone())
            .unwrap_or_else(|| default.to_owned())
    }

    /// The library's file, where its place matters: a DLL on Windows, a framework on macOS.
    pub(super) fn library(&self) -> Option<String> {
        match self.platform {
            Platform::Linux => None,
            Platform::Macos | Platform::Windows => self.installation.build.library.clone(),
        }
    }

    /// Compiled-in `PREFIX`; empty on Windows.
    pub(super) fn compiled_prefix(&self) -> Result<String, Halt> {
        match (&self.installation.build.prefix, self.platform) {
            (_, Platform::Windows) => Ok(String::new()),
            (Some(prefix), _) => Ok(prefix.clone()),
            (None, _) => Err(Halt::unknown("prefix", "start-up falls back to the compiled-in PREFIX, which no file tells")),
        }
    }

    /// Compiled-in `EXEC_PREFIX`.
    pub(super) fn compiled_exec_prefix(&self) -> Result<String, Halt> {
        match &self.installation.build.exec_prefix {
            Some(prefix) => Ok(prefix.clone()),
            None => self.compiled_prefix(),
        }
    }

    /// `sys.winver`.
    pub(super) fn winver(&self) -> String {
        format!("{}{}", self.release.dotted(), if self.installation.bits == Some(32) { "-32" } else { "" })
    }

    /// The default values of a registry key's direct sub-keys, sorted by name.
    pub(super) fn registry_subkeys(&self, key: &str) -> Vec<(String, String)> {
        let mut values: Vec<(String, String)> = self
            .disk
            .machine
            .registry_subkeys(key)
            .into_iter()
            .filter_map(|name| {
                let sub = format!("{key}\\{name}");
                self.disk.machine.registry(&sub).map(|value| (sub, value))
            })
            .collect();
        values.sort();
        values
    }
}

/// The settings that decide about paths, after command line and variables; a `._pth` file changes them again.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "these are the independent fields of PyConfig, one for one")]
pub(super) struct Flags {
    pub isolated: bool,
    pub ignore_environment: bool,
    pub no_user_site: bool,
    pub no_site: bool,
    pub safe_path: bool,
    pub encodings: Encodings,
}

/// What the first stage ends with: what `sys` holds before `site` runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Paths {
    pub executable: String,
    pub base_executable: Option<String>,
    pub prefix: String,
    pub exec_prefix: String,
    pub base_prefix: String,
    pub base_exec_prefix: String,
    pub platlibdir: String,
    pub items: Vec<PathItem>,
}

/// Why a start is not followed to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Halt {
    /// The interpreter stops here, with this message.
    Fatal(String),
    /// `site` fails, and the interpreter goes on with what `sys.path` held by then (`PyPy`).
    SiteFailed,
    /// What follows depends on something that no file tells.
    Unknown {
        /// What is not known.
        what: String,
        /// Why not.
        why: String,
    },
}

impl Halt {
    /// An exception inside `getpath.py`.
    pub(super) fn getpath(exception: &str, file: &str) -> Halt {
        let name = exception.split(':').next().unwrap_or(exception);
        Halt::Fatal(format!("Fatal Python error: error evaluating path\n{name}: {file}"))
    }

    /// Something that no file tells.
    pub(super) fn unknown(what: &str, why: &str) -> Halt {
        Halt::Unknown { what: what.to_owned(), why: why.to_owned() }
    }
}
