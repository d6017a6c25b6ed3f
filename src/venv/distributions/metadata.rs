//! `METADATA` (and `PKG-INFO`, its older name): fields in the form of e-mail headers, then a long description.

use crate::machine::Fault;
use crate::machine::path::Rules;
use crate::text;
use std::sync::Arc;

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
    /// Reads the first of `files` that is there and not empty; `head` gives the first bytes of one.
    pub fn read(files: &[String], head: impl Fn(&str, usize) -> Result<Arc<[u8]>, Fault>) -> Result<Self, Fault> {
        let mut fault = Fault::Missing;
        for file in files {
            match head(file, USUAL) {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) if bytes.len() == USUAL && !header(&bytes).1 => {
                    return head(file, LONG).map(|bytes| Self::parse(file, &bytes));
                }
                Ok(bytes) => return Ok(Self::parse(file, &bytes)),
                // What is there and cannot be read tells more than a file that is not there.
                Err(error) if fault == Fault::Missing => fault = error,
                Err(_) => {}
            }
        }
        Err(fault)
    }

    /// Takes the fields out of the file's bytes.
    pub fn parse(file: &str, bytes: &[u8]) -> Self {
        let (header, _) = header(bytes);
        let parsed = mailparse::parse_headers(&header).map(|(headers, _)| headers).unwrap_or_default();
        // The values as they stand: Python's `email` decodes no encoded words here either.
        let fields = parsed.iter().take(FIELDS).map(|field| (text::decode(field.get_key_raw()), value(field.get_value_raw())));
        Self { file: file.to_owned(), fields: fields.collect(), not_utf8: not_utf8(bytes) }
    }

    /// The same, told by its whole path in `folder`.
    #[must_use]
    pub fn of_folder(mut self, rules: Rules, folder: &str) -> Self {
        self.file = rules.join(folder, &self.file);
        self
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

/// The header: every line up to the first that is neither a field nor the continuation of one (Lib/email/feedparser.py, `headerRE`,
/// `_parse_headers()`). A line of spaces is a continuation too, as in licences that are quoted whole. Lines that Python passes over are
/// left out: a continuation of nothing, a field without a name, the `From ` of old mailboxes. The second is whether the end was met.
fn header(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut header = Vec::new();
    let mut after_return = false;
    for line in bytes.split_inclusive(|&byte| matches!(byte, b'\n' | b'\r')) {
        // A line ends with \n, \r or both.
        if std::mem::replace(&mut after_return, line.ends_with(b"\r")) && line == b"\n" {
            continue;
        }
        let is_more = matches!(line.first(), Some(b' ' | b'\t'));
        let key = line.iter().take_while(|&&byte| (33..=126).contains(&byte) && byte != b':').count();
        let is_field = line.get(key) == Some(&b':');
        match (is_more, is_field) {
            (true, _) if header.is_empty() => {}
            (_, true) if key == 0 => {}
            (true, _) | (_, true) => {
                header.extend_from_slice(line.strip_suffix(b"\n").or(line.strip_suffix(b"\r")).unwrap_or(line));
                header.push(b'\n');
            }
            (false, false) if line.starts_with(b"From ") => {}
            (false, false) => return (header, true),
        }
    }
    (header, false)
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
    fn a_line_of_spaces_goes_on_with_the_field_and_stray_lines_are_passed_over() {
        let metadata =
            Metadata::parse("f", b"From me\n  stray\n:\nLicense: a\n        \n        b\rName: c\r\n\t\nRequires-Dist: d\n\nVersion: 9\n");
        assert_eq!((metadata.get("Name"), metadata.all("Requires-Dist").next(), metadata.get("Version")), (Some("c"), Some("d"), None));
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
