//! For which processor and system a compiled file was made, by its first bytes: ELF (Linux), Mach-O (macOS), PE (Windows).

use crate::machine::Machine;
use object::read::elf::FileHeader as _;
use object::read::macho::{FatArch as _, MachHeader as _};
use object::{Endianness, FileKind, elf, macho, pe};

/// The headers stand at the start; that of a PE file behind a small DOS program.
const HEAD: usize = 4096;

/// The kinds of compiled files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Container {
    /// Linux and its kin.
    Elf,
    /// macOS.
    MachO,
    /// Windows.
    Pe,
}

/// What a compiled file is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// Its kind.
    pub container: Container,
    /// The processors, as Linux names them (`x86_64`, `aarch64`); a macOS file may be made for several.
    pub machines: Vec<&'static str>,
}

impl Binary {
    /// Reads the head of the file at `path`, links followed; `None` where it cannot be read or is not compiled code.
    pub fn read(machine: &dyn Machine, path: &str) -> Option<Self> {
        Self::parse(&machine.head(path, HEAD).ok()?)
    }

    /// Tells by the first bytes.
    pub fn parse(head: &[u8]) -> Option<Self> {
        let (container, machines) = match FileKind::parse(head).ok()? {
            FileKind::Elf32 => (Container::Elf, vec![of_elf(elf::FileHeader32::<Endianness>::parse(head).ok()?)?]),
            FileKind::Elf64 => (Container::Elf, vec![of_elf(elf::FileHeader64::<Endianness>::parse(head).ok()?)?]),
            FileKind::MachO32 => (Container::MachO, vec![of_macho(macho::MachHeader32::<Endianness>::parse(head, 0).ok()?)?]),
            FileKind::MachO64 => (Container::MachO, vec![of_macho(macho::MachHeader64::<Endianness>::parse(head, 0).ok()?)?]),
            FileKind::MachOFat32 => {
                let fat = object::read::macho::MachOFatFile32::parse(head).ok()?;
                (Container::MachO, fat.arches().iter().filter_map(|arch| of_cpu(arch.cputype())).collect())
            }
            FileKind::MachOFat64 => {
                let fat = object::read::macho::MachOFatFile64::parse(head).ok()?;
                (Container::MachO, fat.arches().iter().filter_map(|arch| of_cpu(arch.cputype())).collect())
            }
            FileKind::Pe32 | FileKind::Pe64 => (Container::Pe, vec![of_pe(head)?]),
            _ => return None,
        };
        Some(Self { container, machines })
    }
}

fn of_elf<H: object::read::elf::FileHeader<Endian = Endianness>>(header: &H) -> Option<&'static str> {
    let endian = header.endian().ok()?;
    Some(match header.e_machine(endian) {
        elf::EM_X86_64 => "x86_64",
        elf::EM_386 => "i686",
        elf::EM_AARCH64 => "aarch64",
        elf::EM_ARM => "armv7l",
        elf::EM_PPC64 if header.is_little_endian() => "ppc64le",
        elf::EM_PPC64 => "ppc64",
        elf::EM_S390 => "s390x",
        elf::EM_RISCV => "riscv64",
        elf::EM_LOONGARCH => "loongarch64",
        _ => return None,
    })
}

fn of_macho<H: object::read::macho::MachHeader<Endian = Endianness>>(header: &H) -> Option<&'static str> {
    of_cpu(header.cputype(header.endian().ok()?))
}

fn of_cpu(cpu: macho::CpuType) -> Option<&'static str> {
    Some(match cpu {
        macho::CPU_TYPE_X86_64 => "x86_64",
        macho::CPU_TYPE_X86 => "i386",
        macho::CPU_TYPE_ARM64 => "arm64",
        _ => return None,
    })
}

fn of_pe(head: &[u8]) -> Option<&'static str> {
    let dos = pe::ImageDosHeader::parse(head).ok()?;
    let at = usize::try_from(dos.nt_headers_offset()).ok()?.checked_add(4)?;
    let machine = head.get(at..at.checked_add(2)?)?;
    Some(match pe::Machine(u16::from_le_bytes([*machine.first()?, *machine.get(1)?])) {
        pe::IMAGE_FILE_MACHINE_AMD64 => "x86_64",
        pe::IMAGE_FILE_MACHINE_I386 => "i686",
        pe::IMAGE_FILE_MACHINE_ARM64 => "aarch64",
        _ => return None,
    })
}
