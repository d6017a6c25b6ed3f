//! A zip file on `sys.path`: the names in it, and what an entry holds, read in pieces.

use crate::machine::stream::Stream;
use crate::machine::{Fault, Kind, Machine};
use std::collections::BTreeMap;
use std::io::{BufReader, ErrorKind, Read as _};
use std::ops::Bound;
use std::sync::{Mutex, PoisonError};
use zip::result::ZipError;

/// Bigger files are not looked into.
const LARGEST: u64 = 512 << 20;
/// So many bytes are read of one in all: the list of its contents stands at its end, and few entries are wanted.
const READ: u64 = 64 << 20;
/// More entries than any library has.
const ENTRIES: usize = 1 << 20;
/// A path has no more parts.
const DEPTH: usize = 256;

/// A zip file, open.
pub struct Archive<'m> {
    zip: Mutex<zip::ZipArchive<BufReader<Stream<'m>>>>,
    /// The number of each entry, by its name with the platform's separator.
    entries: BTreeMap<String, usize>,
}

impl<'m> Archive<'m> {
    /// Opens the file at `path`; `None` for what is no zip file, the fault where it cannot be read.
    pub fn open(machine: &'m dyn Machine, path: &str) -> Result<Option<Self>, Fault> {
        let file = machine.open(path)?;
        let too_big = |limit| Fault::TooBig { limit: usize::try_from(limit).unwrap_or(usize::MAX) };
        if file.length() > LARGEST {
            return Err(too_big(LARGEST));
        }
        let zip = match zip::ZipArchive::new(BufReader::new(Stream::new(file, READ))) {
            Ok(zip) => zip,
            Err(ZipError::Io(error)) if error.kind() == ErrorKind::FileTooLarge => return Err(too_big(READ)),
            Err(_) => return Ok(None),
        };
        let separator = machine.platform().rules().sep().to_string();
        let named = zip.file_names().take(ENTRIES).enumerate();
        let entries = named.filter_map(|(at, name)| Some((name.ok()?.replace('/', &separator), at))).collect();
        Ok(Some(Self { zip: Mutex::new(zip), entries }))
    }

    /// The names in it that come from `start` on, spelt with the platform's separator and sorted; a folder's entry ends with one.
    pub fn names_from(&self, start: &str) -> impl Iterator<Item = &str> {
        self.entries.range::<str, _>((Bound::Included(start), Bound::Unbounded)).map(|(name, _)| name.as_str())
    }

    /// Whether an entry has that name.
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// The first `limit` bytes of an entry, unpacked.
    pub fn head(&self, name: &str, limit: usize) -> Result<Vec<u8>, Fault> {
        let broken = |error: &dyn std::fmt::Display| Fault::Io(error.to_string());
        let at = *self.entries.get(name).ok_or(Fault::Missing)?;
        let mut zip = self.zip.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = zip.by_index(at).map_err(|error| broken(&error))?;
        let mut bytes = Vec::new();
        entry.take(limit as u64).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        Ok(bytes)
    }
}

/// The file that an item of `sys.path` is or lies in, and the names on the way inside: the nearest path above it that exists, where
/// that is a file (`Lib/zipimport.py: zipimporter.__init__`).
pub fn enclosing(machine: &dyn Machine, item: &str) -> Option<(String, Vec<String>)> {
    let rules = machine.platform().rules();
    let mut file = item.to_owned();
    let mut inside: Vec<String> = Vec::new();
    for _ in 0..DEPTH {
        match machine.stat(&file).map(|meta| meta.kind) {
            Ok(Kind::File) => {
                inside.reverse();
                return Some((file, inside));
            }
            Ok(_) => return None,
            Err(_) => {
                let (folder, name) = rules.split(&file);
                if folder == file || name.is_empty() {
                    return None;
                }
                inside.push(name);
                file = folder;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::live::Live;
    use crate::machine::overlay::Overlay;
    use std::io::Write as _;
    use std::sync::Arc;

    #[test]
    fn entries_are_found_by_name_and_read_up_to_a_bound() {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in [("a/__init__.py", "x = 1\n"), ("b.py", "")] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        let mut machine = Overlay::new(Arc::new(Live::new()));
        let file = "/nosuch/place/lib.zip";
        machine.write(file, bytes);
        let archive = Archive::open(&machine, file).unwrap().unwrap();
        assert_eq!(archive.names_from("").collect::<Vec<_>>(), ["a/__init__.py", "b.py"]);
        assert!(archive.has("b.py") && !archive.has("a"));
        assert_eq!((archive.head("a/__init__.py", 3).unwrap(), archive.head("c", 3)), (b"x =".to_vec(), Err(Fault::Missing)));
        assert_eq!(enclosing(&machine, &format!("{file}/a/b")), Some((file.to_owned(), vec!["a".to_owned(), "b".to_owned()])));
        assert_eq!(enclosing(&machine, "/nosuch/place"), None);
    }
}
