//! A recorded machine: one YAML file that stands for a whole one. Bug reports, built-in samples and tests are captures.
//!
//! What is not among a capture's files does not exist; a file whose text was not recorded exists, and asking for its text is
//! [`Fault::NotRecorded`]. Links are resolved by the kernel's rules, so that a capture answers as the machine itself would.

mod error;
mod file;
mod raw;
mod samples;
mod tree;

pub use error::CaptureError;
pub use samples::{Sample, samples};

use super::path::Rules;
use super::resolve::{Last, Node, Resolver};
use super::variables::Variables;
use super::{Build, Fault, Kind, Machine, Meta, Platform};
use std::collections::BTreeMap;
use std::sync::Arc;
use tree::{Entry, Files};

/// A machine as a capture records it.
#[derive(Debug)]
pub struct Capture {
    platform: Platform,
    cwd: Option<String>,
    variables: Variables,
    venv: Option<String>,
    user_home: Option<String>,
    interpreters: BTreeMap<String, Build>,
    registry: BTreeMap<String, String>,
    files: Files,
    resolver: Resolver,
}

impl Capture {
    /// Reads the bytes of a capture. `file_name` is how errors call it.
    pub fn parse(file_name: &str, bytes: &[u8]) -> Result<Self, CaptureError> {
        file::read(file_name, bytes)
    }

    /// The built-in sample of that name.
    pub fn sample(name: &str) -> Result<Self, CaptureError> {
        if let Some(sample) = samples().iter().find(|sample| sample.name == name) {
            return Self::parse(&format!("sample {name}"), sample.text.as_bytes());
        }
        let names: Vec<&str> = samples().iter().map(|sample| sample.name).collect();
        let found = format!("no built-in sample is called `{name}`");
        Err(CaptureError::of_file("--sample", found, format!("one of {}", names.join(", "))))
    }

    fn rules(&self) -> Rules {
        self.platform.rules()
    }

    fn find(&self, path: &str, last: Last) -> Result<(String, &Entry), Fault> {
        let path = if path.is_empty() || self.rules().is_absolute(path) {
            path.to_owned()
        } else {
            self.rules().join(self.cwd.as_deref().ok_or(Fault::Missing)?, path)
        };
        let real = self.resolver.resolve(&self.files, &path, last)?;
        let entry = self.files.entry(&real)?;
        Ok((real, entry))
    }

    fn bytes(&self, path: &str) -> Result<Arc<[u8]>, Fault> {
        let (_, entry) = self.find(path, Last::Follow)?;
        match &entry.bytes {
            _ if entry.kind != Kind::File => Err(Fault::NotAFile(entry.kind)),
            _ if entry.denied => Err(Fault::Denied),
            Some(bytes) => Ok(bytes.clone()),
            None => Err(Fault::NotRecorded),
        }
    }

    fn meta(&self, entry: &Entry) -> Meta {
        let exec = match entry.kind {
            Kind::Dir => true,
            Kind::File => entry.exec || self.platform == Platform::Windows,
            Kind::Link | Kind::Other => false,
        };
        let text_size = entry.bytes.as_ref().and_then(|bytes| u64::try_from(bytes.len()).ok());
        Meta { kind: entry.kind, size: entry.size.or(text_size), exec, runnable: exec, mtime: entry.mtime, uid: None }
    }
}

impl Machine for Capture {
    fn platform(&self) -> Platform {
        self.platform
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
        self.user_home.clone()
    }

    fn lstat(&self, path: &str) -> Result<Meta, Fault> {
        self.find(path, Last::Keep).map(|(_, entry)| self.meta(entry))
    }

    fn stat(&self, path: &str) -> Result<Meta, Fault> {
        self.find(path, Last::Follow).map(|(_, entry)| self.meta(entry))
    }

    fn link(&self, path: &str) -> Result<String, Fault> {
        match self.find(path, Last::Keep)?.1.node() {
            Node::Link(target) => Ok(target),
            Node::Folder => Err(Fault::NotAFile(Kind::Dir)),
            Node::Leaf(kind) => Err(Fault::NotAFile(kind)),
        }
    }

    fn list(&self, path: &str) -> Result<Vec<String>, Fault> {
        let (real, entry) = self.find(path, Last::Follow)?;
        match entry.kind {
            Kind::Dir if entry.denied => Err(Fault::Denied),
            Kind::Dir => Ok(self.files.names(&real)),
            _ => Err(Fault::NotADirectory),
        }
    }

    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        let bytes = self.bytes(path)?;
        if bytes.len() > limit { Err(Fault::TooBig { limit }) } else { Ok(bytes) }
    }

    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        let bytes = self.bytes(path)?;
        Ok(bytes.get(..limit).map_or(bytes.clone(), Into::into))
    }

    fn interpreter(&self, path: &str) -> Option<Build> {
        let key = |path: &str| self.rules().normcase(&self.rules().normpath(path));
        let named = self.interpreters.get(&key(path));
        let real = || self.find(path, Last::Follow).ok().and_then(|(real, _)| self.interpreters.get(&key(&real)));
        named.or_else(real).cloned()
    }

    fn registry(&self, key: &str) -> Option<String> {
        self.registry.get(&registry_key(key)).cloned()
    }

    fn registry_subkeys(&self, key: &str) -> Vec<String> {
        let above = format!("{}\\", registry_key(key));
        let below = self.registry.keys().filter_map(|name| name.strip_prefix(&above));
        // A key that only stands above a recorded one is there too.
        let names: std::collections::BTreeSet<&str> = below.filter_map(|name| name.split('\\').next()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    fn recorded_venv(&self) -> Option<String> {
        self.venv.clone()
    }

    fn recorded(&self) -> bool {
        true
    }
}

/// Registry keys compare without case, and their roots have a long and a short name.
fn registry_key(key: &str) -> String {
    let key = key.to_lowercase();
    let roots = [(r"hkey_local_machine\", r"hklm\"), (r"hkey_current_user\", r"hkcu\")];
    roots.iter().find_map(|(long, short)| key.strip_prefix(long).map(|rest| format!("{short}{rest}"))).unwrap_or(key)
}
