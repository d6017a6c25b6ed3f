//! A zip file on `sys.path`, whose entries are read as if it were a folder: an egg in one file, a bundled application.

use crate::machine::{Build, Fault, Kind, Machine, Meta, Platform};
use crate::venv::archive::Archive;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The machine below, with one more folder: the archive.
pub struct Zipped<'m> {
    below: &'m dyn Machine,
    archive: Archive<'m>,
    /// Where the archive is, with a separator behind it.
    root: String,
}

impl<'m> Zipped<'m> {
    /// Opens the file at `path`; `None` for what is no zip file, the fault where it cannot be read.
    pub fn open(below: &'m dyn Machine, path: &str) -> Result<Option<Self>, Fault> {
        if below.stat(path)?.kind != Kind::File {
            return Ok(None);
        }
        let Some(archive) = Archive::open(below, path)? else { return Ok(None) };
        Ok(Some(Self { below, root: format!("{path}{}", below.platform().rules().sep()), archive }))
    }

    /// The name inside of the archive; empty for the archive itself, `None` for a path outside.
    fn inner<'p>(&self, path: &'p str) -> Option<&'p str> {
        let separator = self.platform().rules().sep();
        if self.root.strip_suffix(separator) == Some(path) {
            return Some("");
        }
        path.strip_prefix(self.root.as_str()).map(|inner| inner.trim_end_matches(separator))
    }

    /// The names right below a folder of the archive.
    fn children(&self, folder: &str) -> BTreeSet<&str> {
        let separator = self.platform().rules().sep();
        let start = if folder.is_empty() { String::new() } else { format!("{folder}{separator}") };
        let below = self.archive.names_from(&start).take_while(|name| name.starts_with(start.as_str()));
        let names = below.filter_map(|name| name.get(start.len()..)?.split(separator).next());
        names.filter(|name| !name.is_empty()).collect()
    }

    fn meta(&self, inner: &str) -> Result<Meta, Fault> {
        let meta = |kind| Meta { kind, size: None, exec: false, runnable: false, mtime: None, uid: None };
        match self.archive.has(inner) {
            true => Ok(meta(Kind::File)),
            false if inner.is_empty() || !self.children(inner).is_empty() => Ok(meta(Kind::Dir)),
            false => Err(Fault::Missing),
        }
    }
}

impl Machine for Zipped<'_> {
    fn platform(&self) -> Platform {
        self.below.platform()
    }
    fn cwd(&self) -> Option<String> {
        self.below.cwd()
    }
    fn var(&self, name: &str) -> Option<String> {
        self.below.var(name)
    }
    fn vars(&self) -> BTreeMap<String, String> {
        self.below.vars()
    }
    fn account_home(&self) -> Option<String> {
        self.below.account_home()
    }
    fn lstat(&self, path: &str) -> Result<Meta, Fault> {
        self.inner(path).map_or_else(|| self.below.lstat(path), |inner| self.meta(inner))
    }
    fn stat(&self, path: &str) -> Result<Meta, Fault> {
        self.inner(path).map_or_else(|| self.below.stat(path), |inner| self.meta(inner))
    }
    fn link(&self, path: &str) -> Result<String, Fault> {
        self.below.link(path)
    }
    fn list(&self, path: &str) -> Result<Vec<String>, Fault> {
        let Some(inner) = self.inner(path) else { return self.below.list(path) };
        if self.meta(inner)?.kind == Kind::Dir {
            Ok(self.children(inner).into_iter().map(str::to_owned).collect())
        } else {
            Err(Fault::NotADirectory)
        }
    }
    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        let Some(inner) = self.inner(path) else { return self.below.read(path, limit) };
        let bytes = self.archive.head(inner, limit.saturating_add(1))?;
        if bytes.len() > limit { Err(Fault::TooBig { limit }) } else { Ok(bytes.into()) }
    }
    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        self.inner(path).map_or_else(|| self.below.head(path, limit), |inner| Ok(self.archive.head(inner, limit)?.into()))
    }
    fn interpreter(&self, path: &str) -> Option<Build> {
        self.below.interpreter(path)
    }
    fn registry(&self, key: &str) -> Option<String> {
        self.below.registry(key)
    }
    fn recorded(&self) -> bool {
        self.below.recorded()
    }
}
