//! An open folder, for a look at many files in it and below: each is then asked for by its path from there.

use super::{Fault, Kind, Machine};
use std::sync::Arc;

/// A folder that was opened.
pub trait Folder: Send + Sync {
    /// Whether a regular file is at `path` from here (links followed).
    fn has_file(&self, path: &str) -> bool;
    /// The first `limit` bytes of the regular file at `path` from here (links followed), fewer where it is shorter.
    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault>;
    /// The bytes of the regular file at `path` from here, at most `limit`; a longer one is [`Fault::TooBig`].
    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        let bytes = self.head(path, limit.saturating_add(1))?;
        if bytes.len() > limit { Err(Fault::TooBig { limit }) } else { Ok(bytes) }
    }
}

/// A folder of a machine that answers by whole paths only.
pub(super) struct ByPath<'m, M: ?Sized> {
    machine: &'m M,
    path: String,
}

impl<'m, M: Machine + ?Sized> ByPath<'m, M> {
    /// The folder at `path`.
    pub(super) fn open(machine: &'m M, path: &str) -> Result<Self, Fault> {
        match machine.stat(path)?.kind {
            Kind::Dir => Ok(Self { machine, path: path.to_owned() }),
            _ => Err(Fault::NotADirectory),
        }
    }

    fn inside(&self, path: &str) -> String {
        self.machine.platform().rules().join(&self.path, path)
    }
}

impl<M: Machine + ?Sized> Folder for ByPath<'_, M> {
    fn has_file(&self, path: &str) -> bool {
        self.machine.stat(&self.inside(path)).is_ok_and(|meta| meta.kind == Kind::File)
    }

    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        self.machine.head(&self.inside(path), limit)
    }

    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        self.machine.read(&self.inside(path), limit)
    }
}
