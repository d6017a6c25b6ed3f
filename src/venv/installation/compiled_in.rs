//! The modules that no file holds: built-in ones (`PyImport_Inittab`) and frozen ones (the tables of `Python/frozen.c`), read out of
//! the program file or its shared library.
//!
//! Both tables are exported, so their names can be found in the file's symbols. In a library their pointers are written by the
//! dynamic loader; what it would write stands in the file's relocations.

use super::program::Program;
use crate::machine::Machine;
use object::elf;
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _, Rela as _, SectionHeader as _};
use object::{Endianness, Object as _, ObjectSymbol as _};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The longest program whose tables are read.
const LARGEST: usize = 256 << 20;

/// More modules than any interpreter holds.
const ENTRIES: u64 = 4096;

/// The longest name of a module.
const NAME: usize = 256;

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
        let bytes: Arc<[u8]> = machine.read(&file, LARGEST).ok()?;
        let image = Image::new(&bytes)?;
        let built_in = image.names("PyImport_Inittab", 16)?.into_iter().map(|(name, _)| name).collect();
        let mut frozen = BTreeMap::new();
        for table in ["_PyImport_FrozenBootstrap", "_PyImport_FrozenStdlib", "_PyImport_FrozenTest", "PyImport_FrozenModules"] {
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

/// An ELF file as it lies in memory once it is loaded.
struct Image<'b> {
    bytes: &'b [u8],
    endian: Endianness,
    file: ElfFile64<'b, Endianness>,
    /// Loaded segments: address, offset in the file, length.
    segments: Vec<(u64, u64, u64)>,
    /// What the loader writes at an address.
    written: BTreeMap<u64, u64>,
}

impl<'b> Image<'b> {
    fn new(bytes: &'b [u8]) -> Option<Self> {
        let file = ElfFile64::<Endianness>::parse(bytes).ok()?;
        let endian = file.endian();
        let segments = file
            .elf_program_headers()
            .iter()
            .filter(|segment| segment.p_type(endian) == elf::PT_LOAD)
            .map(|segment| (segment.p_vaddr(endian), segment.p_offset(endian), segment.p_filesz(endian)))
            .collect();
        let written = relocations(&file, bytes);
        Some(Self { bytes, endian, file, segments, written })
    }

    /// The bytes at an address.
    fn at(&self, address: u64) -> Option<&'b [u8]> {
        let (start, offset, length) =
            self.segments.iter().find(|(start, _, length)| address >= *start && address - start < *length).copied()?;
        let from = usize::try_from(offset.checked_add(address - start)?).ok()?;
        let to = usize::try_from(offset.checked_add(length)?).ok()?;
        self.bytes.get(from..to.min(self.bytes.len()))
    }

    fn pointer(&self, address: u64) -> Option<u64> {
        if let Some(value) = self.written.get(&address) {
            return Some(*value);
        }
        let bytes: [u8; 8] = self.at(address)?.get(..8)?.try_into().ok()?;
        Some(if self.endian == Endianness::Little { u64::from_le_bytes(bytes) } else { u64::from_be_bytes(bytes) })
    }

    fn int(&self, address: u64) -> Option<i32> {
        let bytes: [u8; 4] = self.at(address)?.get(..4)?.try_into().ok()?;
        Some(if self.endian == Endianness::Little { i32::from_le_bytes(bytes) } else { i32::from_be_bytes(bytes) })
    }

    /// The first field of each entry of the table that the exported pointer `symbol` points to, with the entry's address.
    fn names(&self, symbol: &str, stride: u64) -> Option<Vec<(String, u64)>> {
        let found = self.file.dynamic_symbols().find(|candidate| candidate.name() == Ok(symbol))?;
        let table = self.pointer(found.address()).filter(|address| *address != 0)?;
        let mut names = Vec::new();
        for index in 0..ENTRIES {
            let entry = table.checked_add(index * stride)?;
            let Some(name) = self.pointer(entry).filter(|address| *address != 0).and_then(|address| self.name(address)) else { break };
            names.push((name, entry));
        }
        Some(names)
    }

    fn name(&self, address: u64) -> Option<String> {
        let rest = self.at(address)?;
        let rest = rest.get(..rest.len().min(NAME))?;
        let end = memchr::memchr(0, rest)?;
        let name = std::str::from_utf8(rest.get(..end)?).ok()?;
        (!name.is_empty()).then(|| name.to_owned())
    }
}

/// The relocations that put an address of the file itself at another one: `R_*_RELATIVE`, and symbols that the file defines.
fn relocations(file: &ElfFile64<'_, Endianness>, bytes: &[u8]) -> BTreeMap<u64, u64> {
    let endian = file.endian();
    let header = file.elf_header();
    let mut written = BTreeMap::new();
    let Ok(sections) = header.sections(endian, bytes) else { return written };
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM).ok();
    for section in sections.iter() {
        let Ok(Some((entries, _))) = section.rela(endian, bytes) else { continue };
        for entry in entries {
            let symbol = entry.symbol(endian, false);
            let base = match (symbol, &symbols) {
                (Some(index), Some(symbols)) => symbols.symbol(index).map(|symbol| symbol.st_value.get(endian)).unwrap_or_default(),
                _ => 0,
            };
            let target = base.wrapping_add_signed(entry.r_addend(endian));
            if target != 0 {
                written.insert(entry.r_offset(endian), target);
            }
        }
    }
    written
}
