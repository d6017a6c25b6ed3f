//! `zipimporter`: a zip file on `sys.path`, or a folder inside one (`Lib/zipimport.py`).

use super::finder::Answer;
use super::{Kind, Spec};
use crate::machine::{Fault, Machine, text};
use crate::venv::archive;
use std::collections::BTreeSet;

/// A path has no more parts.
const DEPTH: usize = 256;

/// What an item of `sys.path` that is no folder turns out to be.
pub(super) enum Opened {
    /// A zip file, perhaps with a folder inside.
    Archive(Archive),
    /// Too big to be read.
    TooBig,
    /// Nothing that Python can import from.
    Nothing,
}

/// One archive.
pub(super) struct Archive {
    /// The file.
    pub file: String,
    /// The folder inside, with a final separator where it is not empty.
    prefix: String,
    /// Every name in it, spelt with the platform's separator.
    names: BTreeSet<String>,
    separator: char,
}

impl Archive {
    /// `zipimporter.__init__`: the item itself, or the nearest folder above it that exists, has to be a zip file.
    pub(super) fn open(machine: &dyn Machine, item: &str, minor: u32) -> Opened {
        let Some((file, inside)) = archive::enclosing(machine, item) else { return Opened::Nothing };
        let separator = machine.platform().rules().sep();
        let mut names: BTreeSet<String> = match archive::Archive::open(machine, &file) {
            Ok(Some(archive)) => archive.names_from("").map(str::to_owned).collect(),
            Err(Fault::TooBig { .. }) => return Opened::TooBig,
            Ok(None) | Err(_) => return Opened::Nothing,
        };
        if minor >= 14 {
            names.extend(implied(&names, separator));
        }
        let prefix = inside.iter().fold(String::new(), |all, name| format!("{all}{name}{separator}"));
        Opened::Archive(Self { file, prefix, names, separator })
    }

    /// `zipimporter.find_spec`; the order of `_zip_searchorder`.
    pub(super) fn find(&self, tail: &str, tried: &mut Vec<String>) -> Answer {
        let sep = self.separator;
        let base = format!("{}{tail}", self.prefix);
        let candidates = [
            (format!("{sep}__init__.pyc"), Kind::Package),
            (format!("{sep}__init__.py"), Kind::Package),
            (".pyc".to_owned(), Kind::Bytecode),
            (".py".to_owned(), Kind::Source),
        ];
        for (suffix, kind) in candidates {
            let name = format!("{base}{suffix}");
            let path = format!("{}{sep}{name}", self.file);
            tried.push(path.clone());
            if self.names.contains(&name) {
                let locations = (kind == Kind::Package).then(|| vec![format!("{}{sep}{base}", self.file)]);
                return Answer::Module(Spec { origin: Some(path), kind, locations });
            }
        }
        let folder = format!("{}{sep}{base}", self.file);
        tried.push(folder.clone());
        if self.names.contains(&format!("{base}{sep}")) { Answer::Portions(vec![folder]) } else { Answer::Nothing }
    }

    /// The names to import from it.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter_map(|name| name.strip_prefix(self.prefix.as_str())).filter_map(|name| name.split(self.separator).next())
    }
}

/// Folders that have no entry of their own: known from 3.14 on (`Lib/zipimport.py: _read_directory`).
fn implied(names: &BTreeSet<String>, separator: char) -> Vec<String> {
    let mut folders = Vec::new();
    for name in names {
        folders.extend(name.match_indices(separator).take(DEPTH).map(|(at, _)| text::decode(&name.as_bytes()[..=at])));
    }
    folders
}
