//! The strings among the constants of a program, read piece by piece: a program of any size takes the memory of one piece, and is
//! read no further than to the string that is looked for.

use crate::machine::{Machine, Opened};
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, elf};

/// Where the table of a program's segments stands.
const HEAD: usize = 4096;
/// What is held at a time.
const PIECE: usize = 256 << 10;
/// The longest string, with the zero bytes around it.
const LONGEST: usize = 1024;

/// Which strings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strings {
    /// Those between two zero bytes.
    Whole,
    /// Ends of longer ones: a linker stores a string once where another one ends in it, `3.13.0` in `/src/Python-3.13.0`. The byte
    /// before is neither a digit nor a dot.
    Ends,
}

/// The first string that starts with `start` and that `accept` makes something of, in what `file` holds ready-made. Of each part of the
/// file at most `most` bytes are looked at.
pub(super) fn find<T>(
    machine: &dyn Machine,
    file: &str,
    (strings, start): (Strings, &str),
    most: u64,
    accept: impl FnMut(&[u8]) -> Option<T>,
) -> Option<T> {
    find_in(machine.open(file).ok()?.as_ref(), (strings, start), most, accept)
}

fn find_in<T>(file: &dyn Opened, (strings, start): (Strings, &str), most: u64, mut accept: impl FnMut(&[u8]) -> Option<T>) -> Option<T> {
    let (needle, before) = if strings == Strings::Whole { (format!("\0{start}"), 1) } else { (start.to_owned(), 0) };
    let part = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let finder = memchr::memmem::Finder::new(needle.as_bytes());
    let mut buffer = vec![0; PIECE];
    segments(file).into_iter().find_map(|(from, to)| {
        // The zero byte before the first string may be the last of what stands before.
        let (mut at, to) = (from.saturating_sub(1), to.min(from.saturating_add(most)));
        let mut kept = 0;
        while at < to {
            let wanted = (PIECE - kept).min(usize::try_from(to - at).unwrap_or(PIECE));
            let count = file.fill(at, &mut buffer[kept..kept + wanted]).ok()?;
            at += count as u64;
            let length = kept + count;
            let is_last = count < wanted || at >= to;
            // What starts so near to the end that it may be cut off is looked at with the next piece.
            let starts = if is_last { length } else { length.saturating_sub(LONGEST) };
            let piece = &buffer[..length];
            let ends = |found: usize| before == 0 && found.checked_sub(1).is_none_or(|at| part(piece[at]));
            let places = finder.find_iter(piece).take_while(|found| *found < starts).filter(|found| !ends(*found));
            let found = places.filter_map(|found| {
                let rest = piece.get(found + before..length.min(found + LONGEST))?;
                rest.get(..memchr::memchr(0, rest)?)
            });
            if let Some(found) = found.into_iter().find_map(&mut accept) {
                return Some(found);
            }
            if is_last {
                break;
            }
            buffer.copy_within(starts..length, 0);
            kept = length - starts;
        }
        None
    })
}

/// Where constants stand, from byte to byte: the segments of an ELF file that are not written to, those without code first, since
/// some linkers put constants beside the code. Another file may have them anywhere.
fn segments(file: &dyn Opened) -> Vec<(u64, u64)> {
    of_elf(file).filter(|segments| !segments.is_empty()).unwrap_or_else(|| vec![(0, file.length())])
}

fn of_elf(file: &dyn Opened) -> Option<Vec<(u64, u64)>> {
    let mut head = vec![0; HEAD];
    let count = file.fill(0, &mut head).ok()?;
    let head = &head[..count];
    let header = elf::FileHeader64::<Endianness>::parse(head).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, head).ok()?;
    let mut constant: Vec<(bool, u64, u64)> = segments
        .iter()
        .filter(|segment| segment.p_type(endian) == elf::PT_LOAD && !segment.p_flags(endian).contains(elf::PF_W))
        .map(|segment| (segment.p_flags(endian).contains(elf::PF_X), segment.p_offset(endian), segment.p_filesz(endian)))
        .collect();
    constant.sort_unstable();
    Some(constant.into_iter().map(|(_, from, length)| (from, from.saturating_add(length))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// The strings that are found in a file with these bytes.
    fn found(bytes: &[u8], strings: Strings, start: &str) -> Vec<String> {
        let file: Arc<[u8]> = bytes.into();
        let mut all = Vec::new();
        let end: Option<()> = find_in(&file, (strings, start), 1 << 30, |string| {
            all.push(String::from_utf8_lossy(string).into_owned());
            None
        });
        assert!(end.is_none());
        all
    }

    #[test]
    fn each_string_is_found_once_wherever_the_pieces_end() {
        for at in [1, 500, PIECE - LONGEST - 3, PIECE - LONGEST, PIECE - 5, PIECE - 1, PIECE, PIECE + 7, 2 * PIECE - LONGEST - 2] {
            let mut bytes = vec![b'x'; 2 * PIECE + 99];
            bytes[at..at + 8].copy_from_slice(b"\0/usr/l\0");
            assert_eq!(found(&bytes, Strings::Whole, "/"), ["/usr/l"], "at {at}");
        }
        assert!(found(b"\0/usr", Strings::Whole, "/").is_empty(), "a string that does not end is none");
    }

    #[test]
    fn the_end_of_a_longer_string_is_found_where_no_number_goes_on_in_it() {
        let bytes = b"\0/src/Python-3.13.0\x0013.13.0\0v3.13.1+\x003.13.2\0.3.13.3\0";
        assert_eq!(found(bytes, Strings::Ends, "3.13."), ["3.13.0", "3.13.1+", "3.13.2"]);
        assert_eq!(found(bytes, Strings::Whole, "3.13."), ["3.13.2"]);
    }
}
