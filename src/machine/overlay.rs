//! Another machine with changes laid over it: `--whatif`, `--env`, `--unset`, `--cwd`.
//!
//! Changes of files are kept by real path. A question first turns its path into a real one, seen through the changes, and then
//! goes to the nearest change above it, or to the machine below. While no file is changed, questions go straight down.

use super::folder::{ByPath, Folder};
use super::path::Rules;
use super::resolve::{Last, Node, Resolver, Tree};
use super::variables::Variables;
use super::{Build, Fault, Kind, Machine, Meta, Opened, Platform};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A machine as it would be after some changes; the machine below stays as it is.
pub struct Overlay {
    below: Arc<dyn Machine>,
    rules: Rules,
    variables: Variables,
    cwd: Option<String>,
    /// Changes by the real path, in the spelling that compares; what is below a path goes with it unless it has its own.
    changes: BTreeMap<String, Change>,
    builds: BTreeMap<String, Build>,
    resolver: Resolver,
}

#[derive(Clone)]
struct Change {
    name: String,
    what: What,
}

#[derive(Clone)]
enum What {
    /// Nothing is here any more, nor below.
    Gone,
    /// A folder that the changes made.
    Folder,
    File {
        bytes: Arc<[u8]>,
        exec: bool,
    },
    Link(String),
    /// Here and below stands what the machine below has at that real path.
    From(String),
}

/// Where the answer about a real path comes from.
enum Place<'a> {
    Changed(&'a What),
    Below(String),
}

impl Overlay {
    /// `below` without any change yet.
    pub fn new(below: Arc<dyn Machine>) -> Self {
        let rules = below.platform().rules();
        let variables = Variables::new(below.platform(), below.vars());
        let cwd = below.cwd();
        Self { below, rules, variables, cwd, changes: BTreeMap::new(), builds: BTreeMap::new(), resolver: Resolver::new(rules) }
    }

    /// Sets one environment variable.
    pub fn set_var(&mut self, name: &str, value: &str) {
        self.variables.set(name, value.to_owned());
    }

    /// Unsets one environment variable.
    pub fn unset_var(&mut self, name: &str) {
        self.variables.unset(name);
    }

    /// Replaces the whole environment, as after an activation.
    pub fn replace_vars(&mut self, vars: BTreeMap<String, String>) {
        self.variables = Variables::new(self.platform(), vars);
    }

    /// Starts from `dir`; a relative one is taken from the present working folder.
    pub fn set_cwd(&mut self, dir: &str) {
        let cwd = self.cwd.take().unwrap_or_default();
        self.cwd = Some(self.rules.abspath(&cwd, dir));
    }

    /// Takes away what is at `path` with all below it; a link goes, not what it leads to. Says whether anything was there.
    pub fn hide(&mut self, path: &str) -> bool {
        let Ok(real) = self.real(path, Last::Keep) else { return false };
        if self.node(&real).is_err() {
            return false;
        }
        self.replace(&real, What::Gone);
        true
    }

    /// Writes a file, as a shell's `>` does: through links, keeping the execute bit. Missing folders are made.
    pub fn write(&mut self, path: &str, bytes: impl Into<Arc<[u8]>>) {
        let real = self.real(path, Last::Follow).or_else(|_| self.place_for(path));
        let Ok(real) = real else { return };
        let exec = self.meta(&real).is_ok_and(|meta| meta.exec && meta.kind == Kind::File) || self.rules == Rules::Windows;
        self.replace(&real, What::File { bytes: bytes.into(), exec });
    }

    /// Puts a link at `path`, in place of what was there. Missing folders are made.
    pub fn symlink(&mut self, path: &str, target: &str) {
        if let Ok(real) = self.place_for(path) {
            self.replace(&real, What::Link(target.to_owned()));
        }
    }

    /// Moves a file or a tree to the path `to`, replacing what is there; texts and links stay as they are written.
    /// Says whether anything was at `from`.
    pub fn mv(&mut self, from: &str, to: &str) -> bool {
        let (Ok(real_from), Ok(real_to)) = (self.real(from, Last::Keep), self.place_for(to)) else { return false };
        if self.node(&real_from).is_err() || self.rules.is_within(&real_to, &real_from) {
            return false;
        }
        let moved = match self.place(&real_from) {
            Place::Below(path) => What::From(path),
            Place::Changed(what) => what.clone(),
        };
        let (key_from, key_to) = (self.rules.normcase(&real_from), self.rules.normcase(&real_to));
        let inside: Vec<(String, Change)> = self.below_key(&key_from).map(|(key, change)| (key.clone(), change.clone())).collect();
        self.replace(&real_from, What::Gone);
        self.replace(&real_to, moved);
        for (key, change) in inside {
            if let Some(rest) = key.strip_prefix(&key_from) {
                self.changes.insert(format!("{key_to}{rest}"), change);
            }
        }
        self.resolver.forget();
        true
    }

    /// Gives the interpreter whose real file is `path` other build-time facts, as after an upgrade.
    pub fn set_build(&mut self, path: &str, build: Build) {
        if let Ok(real) = self.real(path, Last::Follow) {
            self.builds.insert(self.rules.normcase(&real), build);
        }
    }

    fn absolute(&self, path: &str) -> Result<String, Fault> {
        if path.is_empty() || self.rules.is_absolute(path) {
            return Ok(path.to_owned());
        }
        let cwd = self.cwd.as_deref().ok_or(Fault::Missing)?;
        Ok(self.rules.join(cwd, path))
    }

    fn real(&self, path: &str, last: Last) -> Result<String, Fault> {
        self.resolver.resolve(self, &self.absolute(path)?, last)
    }

    /// Where a new entry `path` would stand: its folder's real path and its name; folders that are missing are as spelt.
    fn place_for(&self, path: &str) -> Result<String, Fault> {
        let path = self.rules.normpath(&self.absolute(path)?);
        let mut missing = vec![self.rules.basename(&path)];
        let mut folder = self.rules.dirname(&path);
        loop {
            match self.real(&folder, Last::Follow) {
                Ok(real) => return Ok(missing.iter().rev().fold(real, |folder, name| self.rules.join(&folder, name))),
                Err(Fault::Missing) if self.rules.dirname(&folder) != folder => {
                    missing.push(self.rules.basename(&folder));
                    folder = self.rules.dirname(&folder);
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    fn replace(&mut self, real: &str, what: What) {
        let key = self.rules.normcase(real);
        let inside: Vec<String> = self.below_key(&key).map(|(key, _)| key.clone()).collect();
        for key in inside {
            self.changes.remove(&key);
        }
        if !matches!(what, What::Gone) {
            self.make_folders(&self.rules.dirname(real));
        }
        self.changes.insert(key, Change { name: self.rules.basename(real), what });
        self.resolver.forget();
    }

    fn make_folders(&mut self, real: &str) {
        let mut folder = real.to_owned();
        while self.node(&folder).is_err() && self.rules.dirname(&folder) != folder {
            self.changes.insert(self.rules.normcase(&folder), Change { name: self.rules.basename(&folder), what: What::Folder });
            folder = self.rules.dirname(&folder);
        }
    }

    /// The changes strictly below a path.
    fn below_key(&self, key: &str) -> impl Iterator<Item = (&String, &Change)> {
        let start = if key.ends_with(self.rules.sep()) { key.to_owned() } else { format!("{key}{}", self.rules.sep()) };
        self.changes.range(start.clone()..).take_while(move |(key, _)| key.starts_with(&start))
    }

    fn place(&self, real: &str) -> Place<'_> {
        let key = self.rules.normcase(real);
        if let Some(change) = self.changes.get(&key) {
            return match &change.what {
                What::From(path) => Place::Below(path.clone()),
                what => Place::Changed(what),
            };
        }
        let mut folder = real.to_owned();
        loop {
            let above = self.rules.dirname(&folder);
            if above == folder {
                return Place::Below(real.to_owned());
            }
            folder = above;
            match self.changes.get(&self.rules.normcase(&folder)).map(|change| &change.what) {
                None => {}
                Some(What::From(path)) => return Place::Below(format!("{path}{}", real.get(folder.len()..).unwrap_or_default())),
                Some(_) => return Place::Changed(&What::Gone),
            }
        }
    }

    fn meta(&self, real: &str) -> Result<Meta, Fault> {
        let made = |kind, size, exec| Meta { kind, size, exec, runnable: exec, mtime: None, uid: None };
        match self.place(real) {
            Place::Below(path) => self.below.lstat(&path),
            Place::Changed(What::File { bytes, exec }) => Ok(made(Kind::File, u64::try_from(bytes.len()).ok(), *exec)),
            Place::Changed(What::Link(_)) => Ok(made(Kind::Link, None, false)),
            Place::Changed(What::Folder) => Ok(made(Kind::Dir, None, true)),
            Place::Changed(What::Gone | What::From(_)) => Err(Fault::Missing),
        }
    }

    fn names(&self, real: &str) -> Result<Vec<String>, Fault> {
        let mut names: BTreeSet<String> = match self.place(real) {
            Place::Below(path) => self.below.list(&path)?.into_iter().collect(),
            Place::Changed(What::Folder) => BTreeSet::new(),
            Place::Changed(What::Gone | What::From(_)) => return Err(Fault::Missing),
            Place::Changed(_) => return Err(Fault::NotADirectory),
        };
        let key = self.rules.normcase(real);
        for (_, change) in self.below_key(&key).filter(|(child, _)| self.rules.dirname(child) == key) {
            names.retain(|name| self.rules.normcase(name) != self.rules.normcase(&change.name));
            if !matches!(change.what, What::Gone) {
                names.insert(change.name.clone());
            }
        }
        Ok(names.into_iter().collect())
    }

    fn changed_bytes(&self, real: &str) -> Result<Arc<[u8]>, Fault> {
        match self.place(real) {
            Place::Changed(What::File { bytes, .. }) => Ok(bytes.clone()),
            _ => Err(self.meta(real).map_or_else(|fault| fault, |meta| Fault::NotAFile(meta.kind))),
        }
    }
}

impl Tree for Overlay {
    fn node(&self, real: &str) -> Result<Node, Fault> {
        match (self.meta(real)?.kind, self.place(real)) {
            (Kind::Dir, _) => Ok(Node::Folder),
            (Kind::Link, Place::Changed(What::Link(target))) => Ok(Node::Link(target.clone())),
            (Kind::Link, Place::Below(path)) => self.below.link(&path).map(Node::Link),
            (kind, _) => Ok(Node::Leaf(kind)),
        }
    }
}

impl Machine for Overlay {
    fn platform(&self) -> Platform {
        self.below.platform()
    }

    fn cwd(&self) -> Option<String> {
        self.cwd.clone()
    }

    fn var(&self, name: &str) -> Option<String> {
        self.variables.get(name)
    }

    fn vars(&self) -> BTreeMap<String, String> {
        self.variables.all()
    }

    fn account_home(&self) -> Option<String> {
        self.below.account_home()
    }

    fn lstat(&self, path: &str) -> Result<Meta, Fault> {
        if self.changes.is_empty() {
            return self.below.lstat(&self.absolute(path)?);
        }
        self.meta(&self.real(path, Last::Keep)?)
    }

    fn stat(&self, path: &str) -> Result<Meta, Fault> {
        if self.changes.is_empty() {
            return self.below.stat(&self.absolute(path)?);
        }
        self.meta(&self.real(path, Last::Follow)?)
    }

    fn link(&self, path: &str) -> Result<String, Fault> {
        if self.changes.is_empty() {
            return self.below.link(&self.absolute(path)?);
        }
        match self.node(&self.real(path, Last::Keep)?)? {
            Node::Link(target) => Ok(target),
            Node::Folder => Err(Fault::NotAFile(Kind::Dir)),
            Node::Leaf(kind) => Err(Fault::NotAFile(kind)),
        }
    }

    fn list(&self, path: &str) -> Result<Vec<String>, Fault> {
        if self.changes.is_empty() {
            return self.below.list(&self.absolute(path)?);
        }
        self.names(&self.real(path, Last::Follow)?)
    }

    fn list_some(&self, path: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
        if self.changes.is_empty() {
            return self.below.list_some(&self.absolute(path)?, wanted);
        }
        let mut names = self.list(path)?;
        names.retain(|name| wanted(name));
        Ok(names)
    }

    fn list_with_meta(&self, path: &str) -> Result<Vec<(String, Meta)>, Fault> {
        if self.changes.is_empty() {
            return self.below.list_with_meta(&self.absolute(path)?);
        }
        let real = self.real(path, Last::Follow)?;
        let names = self.names(&real)?;
        Ok(names.into_iter().filter_map(|name| self.meta(&self.rules.join(&real, &name)).ok().map(|meta| (name, meta))).collect())
    }

    fn list_with_kind(&self, path: &str) -> Result<Vec<(String, Kind)>, Fault> {
        if self.changes.is_empty() {
            return self.below.list_with_kind(&self.absolute(path)?);
        }
        Ok(self.list_with_meta(path)?.into_iter().map(|(name, meta)| (name, meta.kind)).collect())
    }

    fn open(&self, path: &str) -> Result<Box<dyn Opened + '_>, Fault> {
        if self.changes.is_empty() {
            return self.below.open(&self.absolute(path)?);
        }
        let real = self.real(path, Last::Follow)?;
        match self.place(&real) {
            Place::Below(path) => self.below.open(&path),
            Place::Changed(_) => Ok(Box::new(self.changed_bytes(&real)?)),
        }
    }

    fn folder(&self, path: &str) -> Result<Box<dyn Folder + '_>, Fault> {
        if self.changes.is_empty() {
            return self.below.folder(&self.absolute(path)?);
        }
        Ok(Box::new(ByPath::open(self, path)?))
    }

    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        if self.changes.is_empty() {
            return self.below.read(&self.absolute(path)?, limit);
        }
        let real = self.real(path, Last::Follow)?;
        if let Place::Below(path) = self.place(&real) {
            return self.below.read(&path, limit);
        }
        let bytes = self.changed_bytes(&real)?;
        if bytes.len() > limit { Err(Fault::TooBig { limit }) } else { Ok(bytes) }
    }

    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        if self.changes.is_empty() {
            return self.below.head(&self.absolute(path)?, limit);
        }
        let real = self.real(path, Last::Follow)?;
        if let Place::Below(path) = self.place(&real) {
            return self.below.head(&path, limit);
        }
        let bytes = self.changed_bytes(&real)?;
        Ok(bytes.get(..limit).map_or(bytes.clone(), Into::into))
    }

    fn interpreter(&self, path: &str) -> Option<Build> {
        if self.changes.is_empty() && self.builds.is_empty() {
            return self.below.interpreter(&self.absolute(path).ok()?);
        }
        let real = self.real(path, Last::Follow).ok()?;
        if let Some(build) = self.builds.get(&self.rules.normcase(&real)) {
            return Some(build.clone());
        }
        match self.place(&real) {
            Place::Below(path) => self.below.interpreter(&path),
            Place::Changed(_) => None,
        }
    }

    fn registry(&self, key: &str) -> Option<String> {
        self.below.registry(key)
    }

    fn registry_subkeys(&self, key: &str) -> Vec<String> {
        self.below.registry_subkeys(key)
    }

    fn recorded_venv(&self) -> Option<String> {
        self.below.recorded_venv()
    }

    fn recorded(&self) -> bool {
        self.below.recorded()
    }
}
