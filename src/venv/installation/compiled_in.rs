//! The modules that no file holds: built-in ones (`PyImport_Inittab`) and frozen ones (the tables of `Python/frozen.c`), read out of
//! the program file or its shared library.
//!
//! Both tables are exported, so their names can be found in the file's symbols. In a library their pointers are written by the
//! dynamic loader; what it would write stands in the file's relocations. Symbols, relocations and the pages with the tables are some
//! hundred KiB of a file of many MiB, so it is read in pieces.

use super::program::Program;
use crate::machine::Machine;
use crate::machine::stream::Stream;
use object::elf;
use object::read::elf::{FileHeader as _, ProgramHeader as _, Rela as _, SectionHeader as _, SectionTable, Sym as _};
use object::read::{ReadCache, ReadRef, StringTable};
use object::{Endianness, SymbolIndex};
use std::collections::{BTreeMap, BTreeSet};

/// So much is read of one file.
const READ: u64 = 48 << 20;

/// The longest piece: a table of symbols or relocations.
const LONGEST: u64 = 16 << 20;

/// The rest is read in pieces of this size.
const PAGE: u64 = 64 << 10;

/// More modules than any interpreter holds.
const ENTRIES: u64 = 4096;

/// The longest name of a module.
const NAME: u64 = 256;

/// The table of built-in modules.
const BUILT_IN: &str = "PyImport_Inittab";

/// The tables of frozen modules: one before 3.11.
const FROZEN: [&str; 4] = ["_PyImport_FrozenBootstrap", "_PyImport_FrozenStdlib", "_PyImport_FrozenTest", "PyImport_FrozenModules"];

/// What is compiled into an interpreter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompiledIn {
    /// `sys.builtin_module_names`.
    pub built_in: BTreeSet<String>,
    /// Frozen modules; true where it is a package.
    pub frozen: BTreeMap<String, bool>,
    /// The file that tells; `None` where none does.
    pub file: Option<String>,
}

impl CompiledIn {
    /// Reads the tables of the interpreter whose real file is `file`, of the minor version `minor`; `None` where they cannot be
    /// read: another object format, or a program without these symbols.
    pub fn read(machine: &dyn Machine, file: &str, minor: u32) -> Option<Self> {
        let program = Program::read(machine, file);
        let file = program.library_file().unwrap_or(file).to_owned();
        let pieces = Pieces(ReadCache::new(Stream::new(machine.open(&file).ok()?, READ)));
        let image = Image::new(&pieces)?;
        let built_in = image.names(BUILT_IN, 16)?.into_iter().map(|(name, _)| name).collect();
        let mut frozen = BTreeMap::new();
        for table in FROZEN {
            // struct _frozen (Include/cpython/import.h): name, code, size, then is_package from 3.11, and get_code in 3.11 and 3.12.
            let stride = if matches!(minor, 11 | 12) { 32 } else { 24 };
            for (name, at) in image.names(table, stride).unwrap_or_default() {
                let package = if minor >= 11 { image.int(at + 20) != Some(0) } else { image.int(at + 16).is_some_and(|size| size < 0) };
                frozen.insert(name, package);
            }
        }
        Some(Self { built_in, frozen, file: Some(file) })
    }
}

/// A file of which only some pieces are read; each is kept.
struct Pieces<'m>(ReadCache<Stream<'m>>);

impl<'p> ReadRef<'p> for &'p Pieces<'_> {
    fn len(self) -> Result<u64, ()> {
        (&self.0).len()
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'p [u8], ()> {
        if size > LONGEST { Err(()) } else { (&self.0).read_bytes_at(offset, size) }
    }

    fn read_bytes_at_until(self, range: std::ops::Range<u64>, delimiter: u8) -> Result<&'p [u8], ()> {
        (&self.0).read_bytes_at_until(range, delimiter)
    }
}

type Header = elf::FileHeader64<Endianness>;

/// An ELF file as it lies in memory once it is loaded.
struct Image<'p, 'm> {
    file: &'p Pieces<'m>,
    endian: Endianness,
    /// Loaded segments: address, offset in the file, length.
    segments: Vec<(u64, u64, u64)>,
    /// The symbols that the file exports, with their addresses.
    symbols: BTreeMap<&'p [u8], u64>,
    /// What the loader writes at an address, sorted by it.
    written: Vec<(u64, u64)>,
}

impl<'p, 'm> Image<'p, 'm> {
    fn new(file: &'p Pieces<'m>) -> Option<Self> {
        let header = Header::parse(file).ok()?;
        let endian = header.endian().ok()?;
        let segments = header
            .program_headers(endian, file)
            .ok()?
            .iter()
            .filter(|segment| segment.p_type(endian) == elf::PT_LOAD)
            .map(|segment| (segment.p_vaddr(endian), segment.p_offset(endian), segment.p_filesz(endian)))
            .collect();
        let sections = header.sections(endian, file).ok()?;
        let dynamic = sections.symbols(endian, file, elf::SHT_DYNSYM).ok()?;
        // The names are read at once, as every one is asked for.
        let names = sections.section(dynamic.string_section()).ok()?.data(endian, file).ok()?;
        let strings = StringTable::new(names, 0, names.len() as u64);
        let named = |symbol: &elf::Sym64<Endianness>| Some((symbol.name(endian, strings).ok()?, symbol.st_value(endian)));
        let symbols =
            dynamic.iter().filter_map(named).filter(|(name, _)| [BUILT_IN].iter().chain(&FROZEN).any(|table| table.as_bytes() == *name));
        let symbols = symbols.collect();
        let address = |index: SymbolIndex| dynamic.symbol(index).map(|symbol| symbol.st_value(endian)).unwrap_or_default();
        let written = relocations(file, endian, &sections, address);
        Some(Self { file, endian, segments, symbols, written })
    }

    /// At most `length` bytes at an address, fewer where what the file holds of its segment ends.
    fn at(&self, address: u64, length: u64) -> Option<&'p [u8]> {
        let (start, offset, held) =
            self.segments.iter().find(|(start, _, length)| address >= *start && address - start < *length).copied()?;
        let end = self.file.len().ok()?.min(offset.checked_add(held)?);
        let from = offset.checked_add(address - start)?;
        let to = end.min(from.checked_add(length)?);
        let page = from - from % PAGE;
        if to > page + PAGE {
            return self.file.read_bytes_at(from, to.checked_sub(from)?).ok();
        }
        let bytes = self.file.read_bytes_at(page, self.file.len().ok()?.min(page + PAGE).checked_sub(page)?).ok()?;
        bytes.get(usize::try_from(from - page).ok()?..usize::try_from(to.checked_sub(page)?).ok()?)
    }

    fn pointer(&self, address: u64) -> Option<u64> {
        if let Ok(at) = self.written.binary_search_by_key(&address, |(at, _)| *at) {
            return self.written.get(at).map(|(_, value)| *value);
        }
        let bytes: [u8; 8] = self.at(address, 8)?.try_into().ok()?;
        Some(if self.endian == Endianness::Little { u64::from_le_bytes(bytes) } else { u64::from_be_bytes(bytes) })
    }

    fn int(&self, address: u64) -> Option<i32> {
        let bytes: [u8; 4] = self.at(address, 4)?.try_into().ok()?;
        Some(if self.endian == Endianness::Little { i32::from_le_bytes(bytes) } else { i32::from_be_bytes(bytes) })
    }

    /// The first field of each entry of the table that the exported pointer `symbol` points to, with the entry's address.
    fn names(&self, symbol: &str, stride: u64) -> Option<Vec<(String, u64)>> {
        let table = self.pointer(*self.symbols.get(symbol.as_bytes())?).filter(|address| *address != 0)?;
        let mut names = Vec::new();
        for index in 0..ENTRIES {
            let entry = table.checked_add(index * stride)?;
            let Some(name) = self.pointer(entry).filter(|address| *address != 0).and_then(|address| self.name(address)) else { break };
            names.push((name, entry));
        }
        Some(names)
    }

    fn name(&self, address: u64) -> Option<String> {
        let rest = self.at(address, NAME)?;
        let end = memchr::memchr(0, rest)?;
        let name = std::str::from_utf8(rest.get(..end)?).ok()?;
        (!name.is_empty()).then(|| name.to_owned())
    }
}

/// The relocations that put an address of the file itself at another one: `R_*_RELATIVE`, and symbols that the file defines. Where
/// several write to one place, the last counts.
fn relocations<'p>(
    file: &'p Pieces<'_>,
    endian: Endianness,
    sections: &SectionTable<'p, Header, &'p Pieces<'_>>,
    address: impl Fn(SymbolIndex) -> u64,
) -> Vec<(u64, u64)> {
    let mut written = Vec::new();
    for section in sections.iter() {
        let Ok(Some((entries, _))) = section.rela(endian, file) else { continue };
        for entry in entries {
            let base = entry.symbol(endian, false).map(&address).unwrap_or_default();
            let target = base.wrapping_add_signed(entry.r_addend(endian));
            if target != 0 {
                written.push((entry.r_offset(endian), target));
            }
        }
    }
    written.reverse();
    written.sort_by_key(|(at, _)| *at);
    written.dedup_by_key(|(at, _)| *at);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF header with a table of sections right behind it, whose first entry says how many there are.
    fn claiming(sections: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length.max(128)];
        bytes[..20].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0]);
        bytes[40] = 64;
        bytes[58] = 64;
        bytes[64 + 32..64 + 40].copy_from_slice(&sections.to_le_bytes());
        bytes
    }

    #[test]
    fn a_file_that_claims_more_than_it_may_is_not_read() {
        for (sections, length) in [(1, 128), (u64::MAX / 64, 128), (1 << 40, 20 << 20), ((18 << 20) / 64, 20 << 20), (1 << 18, 20 << 20)] {
            let bytes: std::sync::Arc<[u8]> = claiming(sections, length).into();
            let pieces = Pieces(ReadCache::new(Stream::new(Box::new(bytes), READ)));
            assert!(Image::new(&pieces).is_none_or(|image| image.names(BUILT_IN, 16).is_none()));
        }
    }
}
