//! `RECORD`: one line a file, with path, checksum and size, as comma-separated values
//! ([recording installed projects](https://packaging.python.org/en/latest/specifications/recording-installed-packages/)).

use crate::text;
use data_encoding::BASE64URL_NOPAD;
use std::collections::BTreeSet;

/// A file with more bytes than this is not read: the biggest known have some 2 MiB.
pub const LIMIT: usize = 64 << 20;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path as it stands there, with `/`; from `site-packages`, or absolute.
    pub path: String,
    /// The checksum.
    pub hash: Option<Hash>,
    /// The size in bytes.
    pub size: Option<u64>,
    /// The number of the line, counted from 1.
    pub line: u32,
}

/// A checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hash {
    /// `sha256`, nearly always.
    pub algorithm: String,
    /// The digest; empty where the text is no base64.
    pub digest: Vec<u8>,
}

/// What the lines add up to, for a list of many distributions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many lines.
    pub files: usize,
    /// Their sizes together; `None` where no line has one.
    pub size: Option<u64>,
    /// The names to import that the paths show: first folders, and modules that stand alone.
    pub modules: BTreeSet<String>,
}

/// Every line, in order; lines without a path are left out.
pub fn entries(bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    each(bytes, |line, [path, checksum, size]| {
        if !path.is_empty() {
            let hash = (!checksum.is_empty()).then(|| hash(checksum));
            entries.push(Entry { path: text::decode(path), hash, size: number(size), line });
        }
    });
    entries
}

/// The lines added up.
pub fn summary(bytes: &[u8]) -> Summary {
    let mut summary = Summary::default();
    let mut last: Vec<u8> = Vec::new();
    each(bytes, |_, [path, _, size]| {
        if path.is_empty() {
            return;
        }
        summary.files += 1;
        if let Some(size) = number(size) {
            summary.size = Some(summary.size.unwrap_or(0).saturating_add(size));
        }
        let first = path.split(|&byte| byte == b'/').next().unwrap_or_default();
        if first == last.as_slice() && first.len() < path.len() {
            return;
        }
        last.clear();
        last.extend_from_slice(first);
        summary.modules.extend(module(first, first.len() < path.len()));
    });
    summary
}

/// What one imports for the first part of a path (Lib/importlib/metadata, `_top_level_inferred()`).
fn module(first: &[u8], is_folder: bool) -> Option<String> {
    let name = std::str::from_utf8(first).ok()?;
    if is_folder {
        let is_module = !name.contains('.') && !name.is_empty() && name != "__pycache__";
        return is_module.then(|| name.to_owned());
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let stem = match extension {
        "py" => stem,
        "so" | "pyd" => stem.split('.').next().unwrap_or(stem),
        _ => return None,
    };
    (!stem.contains('.') && !stem.is_empty()).then(|| stem.to_owned())
}

/// Hands on each line: its number, and its first three fields, empty where there are fewer.
fn each(bytes: &[u8], mut take: impl FnMut(u32, [&[u8]; 3])) {
    // Where nothing is quoted, a line is its fields with commas between them. Nearly every file is so, and building the reader of
    // the general form takes longer than reading them.
    if memchr::memchr2(b'"', b'\r', bytes).is_none() && !bytes.starts_with(b"\xef\xbb\xbf") {
        let mut start = 0;
        for (end, number) in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]).zip(1..) {
            let line = &bytes[start..end];
            start = end + 1;
            if !line.is_empty() {
                let (path, rest) = first_field(line);
                let (checksum, rest) = first_field(rest);
                take(number, [path, checksum, first_field(rest).0]);
            }
        }
        return;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut fields = csv::ByteRecord::new();
    while reader.read_byte_record(&mut fields).unwrap_or(false) {
        let line = fields.position().map_or(0, csv::Position::line);
        take(u32::try_from(line).unwrap_or(u32::MAX), std::array::from_fn(|at| fields.get(at).unwrap_or_default()));
    }
}

/// What stands before the first comma, and behind it.
fn first_field(line: &[u8]) -> (&[u8], &[u8]) {
    memchr::memchr(b',', line).map_or((line, &[]), |comma| (&line[..comma], &line[comma + 1..]))
}

fn number(field: &[u8]) -> Option<u64> {
    std::str::from_utf8(field).ok()?.trim().parse().ok()
}

fn hash(field: &[u8]) -> Hash {
    let text = text::decode(field);
    let (algorithm, digest) = text.split_once('=').unwrap_or((&text, ""));
    let digest = BASE64URL_NOPAD.decode(digest.trim_end_matches('=').as_bytes()).unwrap_or_default();
    Hash { algorithm: algorithm.to_ascii_lowercase(), digest }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &[u8] =
        b"a/__init__.py,sha256=AAAA,3\n\"b, c.py\",,\n../../../bin/a,sha256=!,x\n\na.dist-info/RECORD,,\nsix.py,sha256=AA,5";

    #[test]
    fn lines_are_paths_checksums_and_sizes() {
        let read = entries(RECORD);
        assert_eq!(read.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>()[..2], ["a/__init__.py", "b, c.py"]);
        assert_eq!(read[0].hash.as_ref().unwrap().digest, [0, 0, 0]);
        assert_eq!((read[2].size, read[2].hash.as_ref().unwrap().digest.len(), read[2].line), (None, 0, 3));
    }

    #[test]
    fn lines_without_quotes_read_the_same_either_way() {
        for plain in [&b"a,sha256=AA,1\nb\n\n,x\nc,,2,more\n d , , 3 "[..], b"", b"\n\n", b"\xff,\xfe,9", b",,\n,"] {
            // A quoted line behind them makes it the general form for all.
            let general: Vec<Entry> = entries(&[plain, b"\n\"last\",,\n"].concat());
            let read = |entry: &Entry| (entry.path.clone(), entry.hash.clone(), entry.size);
            let (plain, general): (Vec<_>, Vec<_>) = (entries(plain).iter().map(read).collect(), general.iter().map(read).collect());
            assert_eq!(plain, general[..general.len() - 1]);
        }
    }

    #[test]
    fn what_one_imports_is_read_off_the_paths() {
        let summary = summary(RECORD);
        assert_eq!(summary.modules.iter().map(String::as_str).collect::<Vec<_>>(), ["a", "b, c", "six"]);
        assert_eq!((summary.files, summary.size), (5, Some(8)));
    }
}
