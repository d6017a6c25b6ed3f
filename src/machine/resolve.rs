//! Finds what a path names in a tree that is not on the disk, by the kernel's rules.
//!
//! On POSIX links in the middle are followed before `..` is taken, and a file is no folder, whatever follows its name (`path_resolution(7)`).
//! Windows takes `..` out by spelling first, so there the path is normalised before the walk.

use super::path::Rules;
use super::{Fault, Kind};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// As many links as Linux follows for one path (`MAXSYMLINKS`).
const LINKS_AT_MOST: usize = 40;

/// What stands at a path none of whose folders is a link.
pub(super) enum Node {
    Folder,
    Link(String),
    Leaf(Kind),
}

/// A tree of files, asked by real paths only.
pub(super) trait Tree {
    fn node(&self, real: &str) -> Result<Node, Fault>;
}

/// What to do where the last name of a path is a link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Keep,
    Follow,
}

/// Turns paths into real paths; remembers where folders led, for as long as the tree does not change.
#[derive(Debug)]
pub(super) struct Resolver {
    rules: Rules,
    folders: RwLock<HashMap<String, Result<String, Fault>>>,
}

impl Resolver {
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, folders: RwLock::new(HashMap::new()) }
    }

    /// Forgets what was remembered, after a change of the tree.
    pub(super) fn forget(&mut self) {
        self.folders.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The real path of the absolute `path`: all its folders are real, and with [`Last::Follow`] the last name too.
    pub(super) fn resolve(&self, tree: &dyn Tree, path: &str, last: Last) -> Result<String, Fault> {
        let path = self.kernel_spelling(path)?;
        let (folder, name) = self.rules.split(&path);
        if matches!(name.as_str(), "" | "." | "..") {
            return self.walk(tree, self.start(&path), last);
        }
        let real_folder = self.folder(tree, &folder)?;
        self.walk(tree, (real_folder, vec![name]), last)
    }

    fn kernel_spelling(&self, path: &str) -> Result<String, Fault> {
        match self.rules {
            _ if path.is_empty() || path.contains('\0') => Err(Fault::Missing),
            Rules::Posix => Ok(path.to_owned()),
            Rules::Windows => {
                let plain = path.strip_prefix(r"\\?\").filter(|rest| rest.chars().nth(1) == Some(':')).unwrap_or(path);
                Ok(self.rules.normpath(plain))
            }
        }
    }

    fn folder(&self, tree: &dyn Tree, folder: &str) -> Result<String, Fault> {
        if let Some(known) = self.folders.read().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return known.clone();
        }
        // With a separator after it only a folder will do.
        let spelled = format!("{folder}{}", self.rules.sep());
        let real = self.walk(tree, self.start(&spelled), Last::Follow);
        self.folders.write().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), real.clone());
        real
    }

    /// The root of an absolute path and the names below it, the next one last.
    fn start(&self, path: &str) -> (String, Vec<String>) {
        let (drive, _, tail) = self.rules.splitroot(path);
        let rules = self.rules;
        let names = tail.split(|c| rules.is_sep(c)).rev().map(str::to_owned).collect();
        (format!("{drive}{}", rules.sep()), names)
    }

    fn walk(&self, tree: &dyn Tree, (mut done, mut rest): (String, Vec<String>), last: Last) -> Result<String, Fault> {
        let mut links = 0;
        while let Some(name) = rest.pop() {
            match name.as_str() {
                "" | "." => continue,
                ".." => {
                    done = self.rules.dirname(&done);
                    continue;
                }
                _ => {}
            }
            let next = self.rules.join(&done, &name);
            match tree.node(&next)? {
                Node::Link(target) if last == Last::Follow || !rest.is_empty() => {
                    links += 1;
                    if links > LINKS_AT_MOST {
                        return Err(Fault::Loop);
                    }
                    done = self.turn(done, &target, &mut rest)?;
                }
                Node::Leaf(_) if !rest.is_empty() => return Err(Fault::NotADirectory),
                _ => done = next,
            }
        }
        Ok(done)
    }

    /// Puts a link's target in front of the rest; the answer is where to go on from.
    fn turn(&self, folder: String, target: &str, rest: &mut Vec<String>) -> Result<String, Fault> {
        let target = match self.rules {
            Rules::Posix => target.to_owned(),
            Rules::Windows => self.kernel_spelling(&self.rules.join(&folder, target))?,
        };
        if target.is_empty() {
            return Err(Fault::Missing);
        }
        let from_root = self.rules.is_absolute(&target);
        let (root, names) = self.start(&target);
        rest.extend(names);
        Ok(if from_root { root } else { folder })
    }
}
