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
    let mut sum = Sum::default();
    if usual(bytes, |path, size| sum.add(path, size)).is_none() {
        sum = Sum::default();
        each(bytes, |_, [path, _, size]| sum.add(path, number(size)));
    }
    sum.summary
}

#[derive(Default)]
struct Sum {
    summary: Summary,
    /// The last first part of a path: nearly every file is below the one of the file before.
    folder: Vec<u8>,
}

impl Sum {
    fn add(&mut self, path: &[u8], size: Option<u64>) {
        if path.is_empty() {
            return;
        }
        self.summary.files += 1;
        if let Some(size) = size {
            self.summary.size = Some(self.summary.size.unwrap_or(0).saturating_add(size));
        }
        if path.get(self.folder.len()) == Some(&b'/') && path.starts_with(&self.folder) {
            return;
        }
        let end = memchr::memchr(b'/', path);
        let first = &path[..end.unwrap_or(path.len())];
        if end.is_some() {
            self.folder.clear();
            self.folder.extend_from_slice(first);
        }
        self.summary.modules.extend(module(first, end.is_some()));
    }
}

/// Hands on path and size of each line where every line is as installers write it: `path,sha256=…,size`, or `path,,` for `RECORD`
/// itself. `None` where one is not; then what was handed on does not count. Made for speed: a list of many distributions reads
/// tens of thousands of lines, and of each only this.
fn usual(bytes: &[u8], mut take: impl FnMut(&[u8], Option<u64>)) -> Option<()> {
    const CHECKSUM: usize = ",sha256=".len() + 43;
    // More digits than any size has, and less than a number holds.
    const DIGITS: usize = 18;
    if memchr::memchr2(b'"', b'\r', bytes).is_some() || bytes.starts_with(b"\xef\xbb\xbf") {
        return None;
    }
    let (mut start, mut lines) = (0, 0);
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        let line = &bytes[start..end];
        start = end + 1;
        if line.is_empty() {
            continue;
        }
        lines += 1;
        if let Some(path) = line.strip_suffix(b",,") {
            take(path, None);
            continue;
        }
        let (mut size, mut unit, mut comma) = (0, 1, line.len() - 1);
        while let Some(digit) = line.get(comma).copied().filter(u8::is_ascii_digit) {
            size += u64::from(digit - b'0') * unit;
            unit *= 10;
            comma = comma.checked_sub(1).filter(|_| line.len() - comma < DIGITS)?;
        }
        let path = comma.checked_sub(CHECKSUM)?;
        if unit == 1 || line[comma] != b',' || !line[path..].starts_with(b",sha256=") {
            return None;
        }
        take(&line[..path], Some(size));
    }
    // Each line has two commas at least. Where there are no more in all, none has a third, in its path or its checksum.
    (memchr::memchr_iter(b',', bytes).count() == 2 * lines).then_some(())
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
                let mut fields = line.splitn(4, |&byte| byte == b',');
                take(number, std::array::from_fn(|_| fields.next().unwrap_or_default()));
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

    #[test]
    fn usual_lines_add_up_to_the_same_either_way() {
        let sum = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        let usual_lines = format!("a/b.py,{sum},12\na/c.py,{sum},0\nb.so,{sum},7\n\na.dist-info/RECORD,,\n");
        assert!(usual(usual_lines.as_bytes(), |_, _| {}).is_some());
        let odd = [
            format!("a,b,{sum},1\n"),
            format!("a,{sum},1\nb\nc,d,{sum},2\n"),
            format!("a,{sum},\n"),
            format!("a,{sum},99999999999999999999\n"),
            format!("a,{sum}, 5\n"),
            format!("{sum},5\n"),
            "5\n".to_owned(),
            ",,\n,\n".to_owned(),
        ];
        for text in odd.iter().map(|odd| format!("{usual_lines}{odd}")).chain([usual_lines.clone()]) {
            // A quoted line behind them makes it the general form for all.
            let general = summary(format!("{text}\"last\",,\n").as_bytes());
            let fast = summary(format!("{text}last,,\n").as_bytes());
            assert_eq!(fast, general, "{text}");
        }
        for text in &odd {
            assert!(text == ",,\n,\n" || usual(text.as_bytes(), |_, _| {}).is_none(), "{text}");
        }
    }
}
