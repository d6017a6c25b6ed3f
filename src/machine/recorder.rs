//! Writes down what is asked of another machine, so that a capture of it answers the same questions: this makes captures.
//!
//! Answers go through unchanged; what is noted is what stands at each real path on the way. Left out of the capture are bytes
//! that no explanation shows (interpreters, libraries), variables that decide nothing, and the credentials in URLs.

mod redact;
mod yaml;

use super::path::Rules;
use super::resolve::{Last, Node, Resolver, Tree};
use super::{Build, Fault, Kind, Machine, Meta, Opened, Platform};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The longest text that goes into a capture; also as much as is read of a file of which only the beginning was asked.
const TEXT_LIMIT: usize = 1 << 20;
/// The most bytes that are not text: a `.pth` with odd bytes, a launcher of Windows, but no interpreter.
const BINARY_LIMIT: usize = 128 << 10;

/// A machine that remembers what it was asked.
pub struct Recorder {
    below: Arc<dyn Machine>,
    rules: Rules,
    resolver: Resolver,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    entries: BTreeMap<String, Note>,
    builds: BTreeMap<String, Build>,
    registry: BTreeMap<String, String>,
}

/// What was learnt of one real path.
#[derive(Clone)]
struct Note {
    meta: Result<Meta, Fault>,
    target: Option<String>,
    bytes: Option<Arc<[u8]>>,
    denied: bool,
}

impl Recorder {
    /// Records what is asked of `below` from now on.
    pub fn new(below: Arc<dyn Machine>) -> Self {
        let rules = below.platform().rules();
        Self { below, rules, resolver: Resolver::new(rules), notes: Mutex::default() }
    }

    /// The capture of all that was asked so far: CONTRACT's YAML, in the same order each time. `venv` is the environment that
    /// it is to explain; `interpreters` are build-time facts by the interpreters' real paths, beside those that the machine itself recorded.
    pub fn to_yaml(&self, venv: Option<&str>, interpreters: &BTreeMap<String, Build>) -> String {
        let notes = self.notes();
        let mut builds = notes.builds.clone();
        builds.extend(interpreters.iter().map(|(path, build)| (path.clone(), build.clone())));
        let scripts =
            notes.entries.iter().filter(|(path, _)| self.is_activation_script(path)).filter_map(|(_, note)| note.bytes.as_deref());
        let scripts: Vec<&[u8]> = scripts.collect();
        let vars = self.below.vars().into_iter().filter(|(name, _)| redact::is_kept(name, self.platform(), &scripts));
        let entries = notes.entries.iter().filter_map(|(path, note)| Some((path.clone(), note.entry(self.implied(path, &notes))?)));
        yaml::write(&yaml::Parts {
            platform: self.platform(),
            cwd: self.below.cwd(),
            vars: vars.map(|(name, value)| (name, redact::without_credentials(&value))).collect(),
            venv: venv.map(str::to_owned),
            user_home: self.below.account_home(),
            builds,
            registry: notes.registry.clone(),
            entries: entries.collect(),
        })
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_activation_script(&self, path: &str) -> bool {
        let name = self.rules.basename(path).to_lowercase();
        name.starts_with("activate") || name.starts_with("deactivate")
    }

    /// Whether another entry implies this folder: one that exists below it.
    fn implied(&self, path: &str, notes: &Notes) -> bool {
        let start = if path.ends_with(self.rules.sep()) { path.to_owned() } else { format!("{path}{}", self.rules.sep()) };
        let mut below = notes.entries.range(start.clone()..).take_while(|(other, _)| other.starts_with(&start));
        below.any(|(_, note)| note.meta.is_ok())
    }

    fn absolute(&self, path: &str) -> Option<String> {
        if self.rules.is_absolute(path) { Some(path.to_owned()) } else { Some(self.rules.join(&self.below.cwd()?, path)) }
    }

    /// Notes everything on the way to `path`; the real path where there is one.
    fn note(&self, path: &str, last: Last) -> Option<String> {
        let path = self.absolute(path).filter(|_| !path.is_empty())?;
        self.resolver.resolve(self, &path, last).ok()
    }

    /// Notes what was read of a file: `bytes` are all that it holds, and `None` stands for a part of them.
    fn note_bytes(&self, path: &str, answer: Result<Option<&Arc<[u8]>>, &Fault>) {
        let Some(real) = self.note(path, Last::Follow) else { return };
        // After the head of a script the rest will be wanted too, and a capture holds whole texts only.
        let known = self.notes().entries.get(&real).is_some_and(|note| note.bytes.is_some());
        let bytes = match answer {
            Ok(Some(bytes)) => Some(bytes.clone()),
            Ok(None) if !known => self.below.read(&real, TEXT_LIMIT).ok(),
            _ => None,
        };
        let kept = bytes.filter(|bytes| bytes.len() <= if redact::is_text(bytes) { TEXT_LIMIT } else { BINARY_LIMIT });
        if let Some(note) = self.notes().entries.get_mut(&real) {
            note.denied |= answer == Err(&Fault::Denied);
            note.bytes = kept.map(|bytes| redact::bytes_without_credentials(&bytes)).or(note.bytes.take());
        }
    }

    fn note_denied_folder(&self, real: &str) {
        if let Some(note) = self.notes().entries.get_mut(real) {
            note.denied = true;
        }
    }

    fn learn(&self, real: &str, meta: Result<Meta, Fault>) -> Note {
        let target = match &meta {
            Ok(meta) if meta.kind == Kind::Link => self.below.link(real).ok(),
            _ => None,
        };
        if meta == Err(Fault::Denied) {
            self.note_denied_folder(&self.rules.dirname(real));
        }
        self.notes().entries.entry(real.to_owned()).or_insert(Note { meta, target, bytes: None, denied: false }).clone()
    }
}

impl Note {
    /// The entry that stands for it in a capture; `None` where nothing was there or other entries imply the folder.
    fn entry(&self, implied: bool) -> Option<yaml::Entry> {
        let meta = self.meta.as_ref().ok()?;
        let file = meta.kind == Kind::File;
        Some(match meta.kind {
            Kind::Link => yaml::Entry { link: self.target.clone(), ..yaml::Entry::default() },
            Kind::Dir if implied && !self.denied => return None,
            Kind::Dir => yaml::Entry { dir: true, denied: self.denied, ..yaml::Entry::default() },
            // A FIFO or a device exists and is never read; that much a capture can say.
            Kind::File | Kind::Other => yaml::Entry {
                exec: file && meta.exec,
                bytes: self.bytes.clone().filter(|_| !self.denied),
                size: meta.size.filter(|_| file && (self.bytes.is_none() || self.denied)),
                mtime: meta.mtime.filter(|_| file),
                denied: self.denied || !file,
                ..yaml::Entry::default()
            },
        })
    }
}

impl Tree for Recorder {
    fn node(&self, real: &str) -> Result<Node, Fault> {
        let known = self.notes().entries.get(real).cloned();
        let note = known.unwrap_or_else(|| self.learn(real, self.below.lstat(real)));
        match (note.meta?.kind, note.target) {
            (Kind::Dir, _) => Ok(Node::Folder),
            (_, Some(target)) => Ok(Node::Link(target)),
            (kind, None) => Ok(Node::Leaf(kind)),
        }
    }
}

impl Machine for Recorder {
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
        self.note(path, Last::Keep);
        self.below.lstat(path)
    }

    fn stat(&self, path: &str) -> Result<Meta, Fault> {
        self.note(path, Last::Follow);
        self.below.stat(path)
    }

    fn link(&self, path: &str) -> Result<String, Fault> {
        self.note(path, Last::Keep);
        self.below.link(path)
    }

    fn list(&self, path: &str) -> Result<Vec<String>, Fault> {
        let real = self.note(path, Last::Follow);
        let answer = self.below.list(path);
        match (&answer, real) {
            (Ok(names), Some(real)) => {
                for name in names {
                    let child = self.rules.join(&real, name);
                    self.learn(&child, self.below.lstat(&child));
                }
            }
            (Err(Fault::Denied), Some(real)) => self.note_denied_folder(&real),
            _ => {}
        }
        answer
    }

    fn list_with_meta(&self, path: &str) -> Result<Vec<(String, Meta)>, Fault> {
        let real = self.note(path, Last::Follow);
        let answer = self.below.list_with_meta(path);
        match (&answer, real) {
            (Ok(found), Some(real)) => {
                for (name, meta) in found {
                    self.learn(&self.rules.join(&real, name), Ok(*meta));
                }
            }
            (Err(Fault::Denied), Some(real)) => self.note_denied_folder(&real),
            _ => {}
        }
        answer
    }

    fn read(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        let answer = self.below.read(path, limit);
        self.note_bytes(path, answer.as_ref().map(Some));
        answer
    }

    fn head(&self, path: &str, limit: usize) -> Result<Arc<[u8]>, Fault> {
        let answer = self.below.head(path, limit);
        self.note_bytes(path, answer.as_ref().map(|_| None));
        answer
    }

    fn open(&self, path: &str) -> Result<Box<dyn Opened + '_>, Fault> {
        let answer = self.below.open(path);
        self.note_bytes(path, answer.as_ref().map(|_| None));
        answer
    }

    fn interpreter(&self, path: &str) -> Option<Build> {
        let build = self.below.interpreter(path)?;
        if let Some(real) = self.note(path, Last::Follow) {
            self.notes().builds.insert(real, build.clone());
        }
        Some(build)
    }

    fn registry(&self, key: &str) -> Option<String> {
        let value = self.below.registry(key)?;
        self.notes().registry.insert(key.to_owned(), value.clone());
        Some(value)
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
