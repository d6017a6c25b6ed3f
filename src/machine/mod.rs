//! The machine being explained: the one door to files, links and environment variables.
//!
//! Every simulation asks its questions through [`Machine`], so a live machine, a recorded one, a sample and a what-if are
//! the same thing to it. Paths and texts are `String`s in which bytes that are not UTF-8 are kept as [`text`] describes.

pub mod capture;
pub mod folder;
pub mod live;
pub mod overlay;
pub mod path;
pub mod recorder;
mod resolve;
pub mod stream;
mod variables;

pub use crate::text;

use folder::Folder;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The operating system whose path and start-up rules apply to the explained machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Linux and the other systems with POSIX paths that are not macOS.
    Linux,
    /// macOS: POSIX paths, framework builds.
    Macos,
    /// Windows: backslashes, drive letters, names compared without case.
    Windows,
}

/// What a path is, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Dir,
    /// A symbolic link (or junction).
    Link,
    /// A FIFO, socket or device: never opened.
    Other,
}

/// What the file system says of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// What it is.
    pub kind: Kind,
    /// Its size in bytes; `None` where a capture did not record it.
    pub size: Option<u64>,
    /// Whether any execute bit is set (what `CPython`'s `isxfile` asks); on Windows, always true for files.
    pub exec: bool,
    /// Whether this account may execute it (what a shell asks with `access(X_OK)`).
    pub runnable: bool,
    /// Time of last change in seconds since 1970; `None` where not recorded.
    pub mtime: Option<i64>,
    /// The owner's user id; `None` where not recorded or not of this platform.
    pub uid: Option<u32>,
}

/// Why a question to the file system has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing is there (`ENOENT`).
    #[error("nothing is there")]
    Missing,
    /// It is there, but may not be read (`EACCES`).
    #[error("it may not be read")]
    Denied,
    /// A folder on the way is not a folder (`ENOTDIR`), or a listing was asked of something else.
    #[error("it is not a folder")]
    NotADirectory,
    /// The links lead in a circle (`ELOOP`).
    #[error("its links lead in a circle")]
    Loop,
    /// A text was asked of something that is not a regular file.
    #[error("it is not a regular file")]
    NotAFile(Kind),
    /// Longer than the reader is willing to hold.
    #[error("it is larger than {limit} bytes")]
    TooBig {
        /// The bound, in bytes.
        limit: usize,
    },
    /// A capture says that it exists, but does not hold this about it.
    #[error("the capture did not record it")]
    NotRecorded,
    /// Anything else that the system answers.
    #[error("{0}")]
    Io(String),
}

/// The few questions one may ask of the explained machine. Implementations never run anything and never write.
///
/// All paths are in the spelling of [`Machine::platform`]; relative ones are taken from [`Machine::cwd`]. The kernel's rules
/// apply on the way: links in the middle of a path are followed, `..` is taken after following.
pub trait Machine: Sync + Send {
    /// Which system's rules apply.
    fn platform(&self) -> Platform;
    /// The working folder, absolute; `None` when it has been deleted.
    fn cwd(&self) -> Option<String>;
    /// One environment variable; names are compared without case on Windows.
    fn var(&self, name: &str) -> Option<String>;
    /// All environment variables.
    fn vars(&self) -> BTreeMap<String, String>;
    /// The account's home folder from the password database, used when `HOME` is unset.
    fn account_home(&self) -> Option<String>;
    /// What is at `path`, the last link not followed.
    fn lstat(&self, path: &str) -> Result<Meta, Fault>;
    /// What is at the end of `path`'s links.
    fn stat(&self, path: &str) -> Result<Meta, Fault>;
    /// Where the link at `path` points, as written.
    fn link(&self, path: &str) -> Result<String, Fault>;
    /// The names in a folder, sorted by code point.
    fn list(&self, path: &str) -> Result<Vec<String>, Fault>;
    /// The names in a folder that are wanted, sorted by code point: for a look for a few among many.
    fn list_some(&self, path: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
        let mut names = self.list(path)?;
        names.retain(|name| wanted(name));
        Ok(names)
    }
    /// The names in a folder, each with what [`Machine::lstat`] says of it; one that is gone meanwhile is left out.
    ///
    /// A walk over a whole tree asks this, so that the answer can come from one reading of the folder.
    fn list_with_meta(&self, path: &str) -> Result<Vec<(String, Meta)>, Fault> {
        let rules = self.platform().rules();
        let names = self.list(path)?;
        Ok(names.into_iter().filter_map(|name| self.lstat(&rules.join(path, &name)).ok().map(|meta| (name, meta))).collect())
    }
    /// The names in a folder, each with what it is, links not followed: for a walk that asks no more than that.
    fn list_with_kind(&self, path: &str) -> Result<Vec<(String, Kind)>, Fault> {
        Ok(self.list_with_meta(path)?.into_iter().map(|(name, meta)| (name, meta.kind)).collect())
    }
    /// The bytes of a regular file (links followed) of at most `limit` bytes; a longer one is [`Fault::TooBig`].
    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault>;
    /// The first `limit` bytes of a regular file (links followed), fewer where it is shorter.
    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault>;
    /// Opens a regular file (links followed), to be read in pieces: what is big, or wanted in one place only, is never held whole.
    fn open(&self, path: &str) -> Result<Box<dyn Opened + '_>, Fault> {
        Ok(Box::new(self.read(path, usize::MAX)?))
    }
    /// Opens a folder (links followed), for a look at many files in it and below.
    fn folder(&self, path: &str) -> Result<Box<dyn Folder + '_>, Fault> {
        Ok(Box::new(folder::ByPath::open(self, path)?))
    }
    /// Build-time facts recorded for the interpreter whose real file (links followed) is `path`; `None` on a live machine.
    fn interpreter(&self, path: &str) -> Option<Build>;
    /// The default value of a Windows registry key, written `HKLM\...`.
    fn registry(&self, key: &str) -> Option<String>;
    /// The names of a Windows registry key's direct sub-keys.
    fn registry_subkeys(&self, _key: &str) -> Vec<String> {
        Vec::new()
    }
    /// The environment that a capture names as the one to explain.
    fn recorded_venv(&self) -> Option<String> {
        None
    }
    /// Whether this is a recorded machine: what is not in it is unknown rather than read.
    fn recorded(&self) -> bool {
        false
    }
}

/// A regular file that was opened; the one who reads brings the memory.
pub trait Opened: Send {
    /// Its length in bytes when it was opened.
    fn length(&self) -> u64;
    /// Fills `buffer` with the bytes from `from` on, and tells how many there were: fewer than asked for only where the file ends.
    fn fill(&self, from: u64, buffer: &mut [u8]) -> Result<usize, Fault>;
}

impl Opened for Arc<[u8]> {
    fn length(&self) -> u64 {
        u64::try_from(self.len()).unwrap_or(u64::MAX)
    }

    fn fill(&self, from: u64, buffer: &mut [u8]) -> Result<usize, Fault> {
        let rest = usize::try_from(from).ok().and_then(|from| self.get(from..)).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }
}

/// Build-time facts of one interpreter, as captures record them (CONTRACT section 4) and as [`crate::venv::installation`]
/// learns them by reading. `None` is "no file tells".
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Build {
    /// `cpython`, `pypy` or `graalpy`.
    pub implementation: Option<String>,
    /// Version of the language to the patch level, with a pre-release suffix where there is one: `3.12.4`, `3.15.0rc1`.
    pub version: Option<String>,
    /// Version of the implementation itself (`PyPy` and others only).
    pub implementation_version: Option<String>,
    /// Compiled-in `PREFIX`.
    pub prefix: Option<String>,
    /// Compiled-in `EXEC_PREFIX`.
    pub exec_prefix: Option<String>,
    /// Compiled-in `PLATLIBDIR`; `None` means `lib`.
    pub platlibdir: Option<String>,
    /// `sys.abiflags`: `""`, `t`, `d`, `m` (3.7 and older).
    pub abiflags: Option<String>,
    /// Compiled-in `VPATH`.
    pub vpath: Option<String>,
    /// Whether the `encodings` package is frozen in; `None`: as that release has it.
    pub frozen_encodings: Option<bool>,
    /// macOS framework name.
    pub framework: Option<String>,
    /// The library's file: of a framework build, or the DLL on Windows.
    pub library: Option<String>,
    /// The distributor whose patches change start-up: `debian`, `fedora`, or `none`.
    pub vendor: Option<String>,
}
