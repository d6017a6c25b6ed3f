//! This machine. The only file that knows the disk and this process's environment.
//!
//! It opens nothing but regular files, and those without blocking: a FIFO put in a file's place between the look and the
//! opening returns at once and is refused by the second look. It starts no process and asks no name service, which could be
//! reached over a socket: the home folder comes from reading the password file.
#![expect(clippy::disallowed_methods, reason = "this is the door that the other files are told to use")]

#[cfg(unix)]
mod folder;

#[cfg(unix)]
use super::folder::Folder;
#[cfg(unix)]
use super::text;
use super::{Build, Fault, Kind, Machine, Meta, Opened, Platform};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType, Metadata};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// This machine, asked anew each time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Live;

impl Live {
    /// The machine that this program runs on.
    pub fn new() -> Self {
        Self
    }
}

impl Machine for Live {
    fn platform(&self) -> Platform {
        if cfg!(windows) {
            Platform::Windows
        } else if cfg!(target_vendor = "apple") {
            Platform::Macos
        } else {
            Platform::Linux
        }
    }

    fn cwd(&self) -> Option<String> {
        std::env::current_dir().ok().map(|dir| from_os(dir.as_os_str()))
    }

    fn var(&self, name: &str) -> Option<String> {
        // `std::env::var_os` panics at no name, but an empty one, `=` and NUL can name no variable.
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        std::env::var_os(to_os(name)).map(|value| from_os(&value))
    }

    fn vars(&self) -> BTreeMap<String, String> {
        // Windows keeps the working folder of each drive in hidden variables named `=C:`; `os.environ` leaves them out too.
        let all = std::env::vars_os().map(|(name, value)| (from_os(&name), from_os(&value)));
        all.filter(|(name, _)| !name.starts_with('=')).collect()
    }

    fn account_home(&self) -> Option<String> {
        system::account_home()
    }

    fn lstat(&self, path: &str) -> Result<Meta, Fault> {
        let native = native(path)?;
        let metadata = fs::symlink_metadata(&native).map_err(|error| fault(&error))?;
        Ok(meta(&native, &metadata))
    }

    fn stat(&self, path: &str) -> Result<Meta, Fault> {
        let native = native(path)?;
        let metadata = fs::metadata(&native).map_err(|error| fault(&error))?;
        Ok(meta(&native, &metadata))
    }

    fn link(&self, path: &str) -> Result<String, Fault> {
        match fs::read_link(native(path)?) {
            Ok(target) => Ok(from_os(target.as_os_str())),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Err(Fault::NotAFile(self.lstat(path)?.kind)),
            Err(error) => Err(fault(&error)),
        }
    }

    fn list(&self, path: &str) -> Result<Vec<String>, Fault> {
        self.list_some(path, &|_| true)
    }

    fn list_some(&self, path: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
        let entries = fs::read_dir(native(path)?).map_err(|error| fault(&error))?;
        let mut names = Vec::new();
        for entry in entries {
            let name = from_os(&entry.map_err(|error| fault(&error))?.file_name());
            if wanted(&name) {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn list_with_meta(&self, path: &str) -> Result<Vec<(String, Meta)>, Fault> {
        let entries = fs::read_dir(native(path)?).map_err(|error| fault(&error))?;
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| fault(&error))?;
            if let Ok(metadata) = entry.metadata() {
                found.push((from_os(&entry.file_name()), meta(&entry.path(), &metadata)));
            }
        }
        found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Ok(found)
    }

    fn list_with_kind(&self, path: &str) -> Result<Vec<(String, Kind)>, Fault> {
        let entries = fs::read_dir(native(path)?).map_err(|error| fault(&error))?;
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| fault(&error))?;
            if let Ok(file_type) = entry.file_type() {
                found.push((from_os(&entry.file_name()), kind(file_type)));
            }
        }
        found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Ok(found)
    }

    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        let bytes = open(path)?.first_bytes(limit.saturating_add(1))?;
        if bytes.len() > limit { Err(Fault::TooBig { limit }) } else { Ok(bytes) }
    }

    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        open(path)?.first_bytes(limit)
    }

    fn open(&self, path: &str) -> Result<Box<dyn Opened + '_>, Fault> {
        Ok(Box::new(open(path)?))
    }

    #[cfg(unix)]
    fn folder(&self, path: &str) -> Result<Box<dyn Folder + '_>, Fault> {
        Ok(Box::new(folder::OpenFolder::open(path)?))
    }

    fn interpreter(&self, _path: &str) -> Option<Build> {
        None
    }

    fn registry(&self, _key: &str) -> Option<String> {
        None
    }
}

/// A file of this machine, open.
struct OpenFile {
    file: File,
    length: u64,
}

fn open(path: &str) -> Result<OpenFile, Fault> {
    let native = native(path)?;
    // Opening a device can have effects, so the kind is asked first; the path may be swapped meanwhile, so it is asked again.
    regular(&fs::metadata(&native).map_err(|error| fault(&error))?)?;
    let file = system::open(&native).map_err(|error| fault(&error))?;
    let metadata = file.metadata().map_err(|error| fault(&error))?;
    regular(&metadata)?;
    Ok(OpenFile { file, length: metadata.len() })
}

impl Opened for OpenFile {
    fn length(&self) -> u64 {
        self.length
    }

    fn fill(&self, from: u64, buffer: &mut [u8]) -> Result<usize, Fault> {
        let mut filled = 0;
        while filled < buffer.len() {
            let at = from.saturating_add(filled as u64);
            // At the length that the file had there is nothing more; only where the system tells no length (`/proc`) is it asked.
            if filled > 0 && at == self.length {
                break;
            }
            match system::read_at(&self.file, &mut buffer[filled..], at) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(fault(&error)),
            }
        }
        Ok(filled)
    }
}

impl OpenFile {
    /// The first `limit` bytes, fewer where the file is shorter.
    fn first_bytes(&self, limit: usize) -> Result<Arc<[u8]>, Fault> {
        /// What is read at once of a file whose length the system does not tell.
        const PIECE: usize = 64 << 10;
        let expected = usize::try_from(self.length).unwrap_or(limit).min(limit);
        if expected > 0 {
            let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, expected).collect();
            let filled = Arc::get_mut(&mut bytes).map_or(Ok(0), |buffer| self.fill(0, buffer))?;
            return Ok(if filled == expected { bytes } else { bytes[..filled].into() });
        }
        let mut bytes = Vec::new();
        while bytes.len() < limit {
            let start = bytes.len();
            bytes.resize(limit.min(start + PIECE), 0);
            let filled = self.fill(start as u64, &mut bytes[start..])?;
            bytes.truncate(start + filled);
            if filled == 0 {
                break;
            }
        }
        Ok(bytes.into())
    }
}

fn regular(metadata: &Metadata) -> Result<(), Fault> {
    match kind(metadata.file_type()) {
        Kind::File => Ok(()),
        other => Err(Fault::NotAFile(other)),
    }
}

fn kind(kind: FileType) -> Kind {
    if kind.is_symlink() {
        Kind::Link
    } else if kind.is_dir() {
        Kind::Dir
    } else if kind.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}

fn meta(path: &std::path::Path, metadata: &Metadata) -> Meta {
    let kind = kind(metadata.file_type());
    // The bits of a link itself mean nothing: it is what it leads to that runs.
    let exec = kind != Kind::Link && system::has_execute_bit(metadata);
    // No folder is run, so that nobody needs to know more of it than its bits.
    let runnable = exec && (kind == Kind::Dir || system::may_execute(path));
    Meta { kind, size: Some(metadata.len()), exec, runnable, mtime: system::mtime(metadata), uid: system::uid(metadata) }
}

/// No path holds NUL, so that nothing can be there; the system would call it an invalid argument.
fn native(path: &str) -> Result<PathBuf, Fault> {
    if path.contains('\0') { Err(Fault::Missing) } else { Ok(to_os(path).into()) }
}

fn fault(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound => Fault::Missing,
        io::ErrorKind::PermissionDenied => Fault::Denied,
        io::ErrorKind::NotADirectory => Fault::NotADirectory,
        _ if system::is_loop(error) => Fault::Loop,
        _ => Fault::Io(error.to_string()),
    }
}

/// The process's arguments, its own name first. One that is not UTF-8 (a folder's name, most often) is carried as
/// [`crate::text`] carries such bytes.
pub fn arguments() -> Vec<String> {
    std::env::args_os().map(|argument| from_os(&argument)).collect()
}

#[cfg(unix)]
fn from_os(native: &OsStr) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    text::decode(native.as_bytes())
}

/// A path as the system spells it: the bytes that [`crate::text`] carried.
#[cfg(unix)]
pub fn to_os(path: &str) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(text::encode(path))
}

/// A lone surrogate, which Windows allows in names, is shown as U+FFFD.
#[cfg(not(unix))]
fn from_os(native: &OsStr) -> String {
    native.to_string_lossy().into_owned()
}

/// A path as the system spells it.
#[cfg(not(unix))]
pub fn to_os(path: &str) -> OsString {
    OsString::from(path)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "what other systems do not have is `None` there")]
mod system {
    use super::{File, Metadata, io, text};
    use rustix::fs::{Access, Mode, OFlags};
    use std::os::unix::fs::{FileExt as _, MetadataExt as _};
    use std::path::Path;

    const PASSWORD_FILE_LIMIT: usize = 8 << 20;

    pub(super) fn open(path: &Path) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
    }

    pub(super) fn read_at(file: &File, buffer: &mut [u8], from: u64) -> io::Result<usize> {
        file.read_at(buffer, from)
    }

    pub(super) fn has_execute_bit(metadata: &Metadata) -> bool {
        metadata.mode() & 0o111 != 0
    }

    pub(super) fn may_execute(path: &Path) -> bool {
        rustix::fs::access(path, Access::EXEC_OK).is_ok()
    }

    pub(super) fn mtime(metadata: &Metadata) -> Option<i64> {
        Some(metadata.mtime())
    }

    pub(super) fn uid(metadata: &Metadata) -> Option<u32> {
        Some(metadata.uid())
    }

    pub(super) fn is_loop(error: &io::Error) -> bool {
        error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
    }

    /// The sixth field of this account's line. Accounts that only a directory service knows (macOS, LDAP) have none here.
    pub(super) fn account_home() -> Option<String> {
        let uid = rustix::process::getuid().as_raw().to_string();
        let accounts = text::decode(&super::open("/etc/passwd").ok()?.first_bytes(PASSWORD_FILE_LIMIT).ok()?);
        let fields = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let mut homes =
            fields.filter(|fields| fields.get(2) == Some(&uid.as_str())).filter_map(|fields| fields.get(5).map(ToString::to_string));
        homes.next()
    }
}

#[cfg(not(unix))]
mod system {
    use super::{File, Metadata, io};
    use std::path::Path;
    use std::time::UNIX_EPOCH;

    pub(super) fn open(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn read_at(file: &File, buffer: &mut [u8], from: u64) -> io::Result<usize> {
        use std::os::windows::fs::FileExt as _;
        file.seek_read(buffer, from)
    }

    pub(super) fn has_execute_bit(_metadata: &Metadata) -> bool {
        true
    }

    pub(super) fn may_execute(_path: &Path) -> bool {
        true
    }

    pub(super) fn mtime(metadata: &Metadata) -> Option<i64> {
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    }

    pub(super) fn uid(_metadata: &Metadata) -> Option<u32> {
        None
    }

    /// `ERROR_CANT_RESOLVE_FILENAME`: too many links on the way.
    pub(super) fn is_loop(error: &io::Error) -> bool {
        error.raw_os_error() == Some(1921)
    }

    pub(super) fn account_home() -> Option<String> {
        None
    }
}
