//! A folder of this machine that stays open: files are found from there, without walking the whole path for each.

use super::{OpenFile, fault, native, to_os};
use crate::machine::folder::Folder;
use crate::machine::{Fault, Kind};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::sync::Arc;

/// The folder; it is not listed.
pub(super) struct OpenFolder(OwnedFd);

/// Searching a folder needs no right to list it, where the system can open one for that alone.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const TO_SEARCH: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const TO_SEARCH: OFlags = OFlags::RDONLY;

impl OpenFolder {
    /// Opens the folder at `path`.
    pub(super) fn open(path: &str) -> Result<Self, Fault> {
        let flags = TO_SEARCH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::open(native(path)?, flags, Mode::empty()).map(Self).map_err(refused)
    }

    /// Opens a regular file in it or below. The kind is asked first, since opening a device can have effects. Whatever is put in its place
    /// meanwhile can neither block nor be read beyond the length that was seen.
    fn file(&self, path: &str) -> Result<OpenFile, Fault> {
        let native = to_os(path);
        let length = self.length(&native)?;
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.0, &native, flags, Mode::empty()).map_err(refused)?.into();
        Ok(OpenFile { file, length })
    }

    /// The length of a regular file.
    fn length(&self, path: &OsStr) -> Result<u64, Fault> {
        let seen = rustix::fs::statat(&self.0, path, AtFlags::empty()).map_err(refused)?;
        match FileType::from_raw_mode(seen.st_mode) {
            FileType::RegularFile => Ok(u64::try_from(seen.st_size).unwrap_or(0)),
            FileType::Directory => Err(Fault::NotAFile(Kind::Dir)),
            _ => Err(Fault::NotAFile(Kind::Other)),
        }
    }
}

impl Folder for OpenFolder {
    fn has_file(&self, path: &str) -> bool {
        self.length(&to_os(path)).is_ok()
    }

    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        self.file(path)?.first_bytes(limit)
    }
}

fn refused(error: Errno) -> Fault {
    fault(&error.into())
}
