//! How much an environment holds: bytes and files, in all and folder by folder, in one walk. Links are not followed.

use crate::machine::{Kind, Machine};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// No deeper than this: paths longer than the system takes cannot be made below it.
const DEPTH: usize = 128;

/// Bytes and files below a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Size {
    /// The sizes of all files, added up.
    pub bytes: u64,
    /// How many files, links and others there are.
    pub files: u64,
    /// Whether some of it could not be counted: unreadable folders, or files whose size a capture does not hold.
    #[serde(skip)]
    pub incomplete: bool,
}

/// The size of every folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sizes {
    folders: BTreeMap<String, Size>,
    total: Size,
}

impl Sizes {
    /// Walks everything below `root`.
    pub fn walk(machine: &dyn Machine, root: &str) -> Self {
        let (total, folders) = folder(machine, root.to_owned(), DEPTH);
        Self { folders: folders.into_iter().collect(), total }
    }

    /// Everything together.
    pub fn total(&self) -> Size {
        self.total
    }

    /// What is below one folder, by its path as the walk spelled it; `None` for one that was not walked.
    pub fn of(&self, folder: &str) -> Option<Size> {
        self.folders.get(folder).copied()
    }
}

impl Size {
    fn add(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.files += other.files;
        self.incomplete |= other.incomplete;
    }
}

fn folder(machine: &dyn Machine, path: String, depth: usize) -> (Size, Vec<(String, Size)>) {
    let rules = machine.platform().rules();
    let mut size = Size::default();
    let Ok(entries) = machine.list_with_meta(&path) else {
        size.incomplete = true;
        return (size, vec![(path, size)]);
    };
    let mut inner = Vec::new();
    for (name, meta) in entries {
        if meta.kind == Kind::Dir {
            inner.push(rules.join(&path, &name));
        } else {
            size.files += 1;
            // What a link takes up is the length of its target: not what one means by the size of a folder.
            if meta.kind == Kind::File {
                size.bytes += meta.size.unwrap_or(0);
                size.incomplete |= meta.size.is_none();
            }
        }
    }
    if depth == 0 {
        size.incomplete |= !inner.is_empty();
        return (size, vec![(path, size)]);
    }
    let below: Vec<_> = inner.into_par_iter().map(|path| folder(machine, path, depth - 1)).collect();
    let mut folders = Vec::new();
    for (inner, sizes) in below {
        size.add(inner);
        folders.extend(sizes);
    }
    folders.push((path, size));
    (size, folders)
}
