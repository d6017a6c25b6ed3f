//! `METADATA` (and `PKG-INFO`, its older name): fields in the form of e-mail headers, then a long description.

use crate::machine::{Fault, Machine};
use crate::text;

/// How much of the file is read: the header stands at its start, and 50 MB of description tell nothing.
const USUAL: usize = 1 << 20;

/// How much where the header itself is long (old files have the description in it).
const LONG: usize = 8 << 20;

/// How many fields are kept.
const FIELDS: usize = 20_000;

/// The header of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The file.
    pub file: String,
    fields: Vec<(String, String)>,
    /// The line of the first bytes that are not UTF-8: Python's own reading of the file fails on them.
    pub not_utf8: Option<u32>,
}

impl Metadata {
    /// Reads the first of `files` that is there and not empty.
    pub fn read(machine: &dyn Machine, files: &[String]) -> Result<Self, Fault> {
        let mut fault = Fault::Missing;
        for file in files {
            match machine.head(file, USUAL) {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) if bytes.len() == USUAL && header_length(&bytes) == USUAL => {
                    return machine.head(file, LONG).map(|bytes| Self::parse(file, &bytes));
                }
                Ok(bytes) => return Ok(Self::parse(file, &bytes)),
                Err(error) => fault = error,
            }
        }
        Err(fault)
    }

    /// Takes the fields out of the file's bytes.
    pub fn parse(file: &str, bytes: &[u8]) -> Self {
        let header = &bytes[..header_length(bytes).min(bytes.len())];
        let parsed = mailparse::parse_headers(header).map(|(headers, _)| headers).unwrap_or_default();
        // The values as they stand: Python's `email` decodes no encoded words here either.
        let fields = parsed.iter().take(FIELDS).map(|field| (text::decode(field.get_key_raw()), value(field.get_value_raw())));
        Self { file: file.to_owned(), fields: fields.collect(), not_utf8: not_utf8(bytes) }
    }

    /// The first value of a field, names compared without case; `None` where it is absent or empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.all(key).next().filter(|value| !value.is_empty())
    }

    /// Every value of a field that may stand there several times.
    pub fn all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }
}

fn value(raw: &[u8]) -> String {
    text::decode(raw).trim().to_owned()
}

/// The length of the header: up to the first line that is neither a field nor the continuation of one (Lib/email/feedparser.py,
/// `headerRE`).
fn header_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let is_more = length > 0 && matches!(line.first(), Some(b' ' | b'\t')) && !line.trim_ascii().is_empty();
        let key = line.iter().take_while(|&&byte| (33..=126).contains(&byte) && byte != b':').count();
        if !is_more && (key == 0 || line.get(key) != Some(&b':')) {
            return length;
        }
        length += line.len();
    }
    length
}

fn not_utf8(bytes: &[u8]) -> Option<u32> {
    let error = std::str::from_utf8(bytes).err()?;
    // A character that the end of the reading cuts in two is no fault of the file.
    error.error_len()?;
    let before = bytes.get(..error.valid_up_to())?;
    Some(1 + memchr::memchr_iter(b'\n', before).count() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_up_to_the_first_line_that_is_none() {
        let bytes = b"Name: a\r\nRequires-Dist: b\nrequires-dist: c;\n  python_version>'3'\n\nVersion: 9\n";
        let metadata = Metadata::parse("f", bytes);
        assert_eq!(metadata.get("name"), Some("a"));
        assert_eq!(metadata.all("Requires-Dist").count(), 2);
        assert_eq!(metadata.get("Version"), None);
    }

    #[test]
    fn latin_1_is_carried_and_its_line_told() {
        let metadata = Metadata::parse("f", b"Name: a\nAuthor: J\xfcrgen\nVersion: 1\n\n");
        assert_eq!((metadata.not_utf8, metadata.get("version")), (Some(2), Some("1")));
    }

    #[test]
    fn no_bytes_make_it_fail() {
        for bytes in [&b""[..], b":\n", b"\n", b"\xff\xfe", b" a: b\n", b"a:", b"Name", b"a:\n\n\n"] {
            assert_eq!(Metadata::parse("f", bytes).get("name"), None);
        }
    }
}
