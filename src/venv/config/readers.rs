//! Which line of `pyvenv.cfg` counts for whom. The interpreter reads the file twice: `getpath`, in C, when it looks for its
//! library, and `site`, in Python, when it makes `sys.path`. They agree on ordinary files only.

use super::{Config, START_LIMIT, strip};
use crate::text;

/// One of the programs inside Python that read `pyvenv.cfg` when an interpreter starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// `Modules/getpath.c` of 3.10 and older.
    GetpathC,
    /// `Modules/getpath.py` of 3.11 and newer.
    GetpathPy,
    /// `Lib/site.py`, all releases.
    Site,
    /// `PC/venvlauncher.c`: what `python.exe` of a Windows environment is.
    Launcher,
}

/// A value as one reader takes it, and the line that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The line in the file.
    pub line: u32,
    /// The value exactly as that reader has it.
    pub value: String,
}

impl Config {
    /// `home` as `reader` takes it; `None` where it sees no such line.
    pub fn home(&self, reader: Reader) -> Option<Setting> {
        match reader {
            Reader::GetpathC => self.home_for_getpath_c(),
            Reader::GetpathPy => self.home_for_getpath_py(),
            Reader::Site => self.for_site("home"),
            Reader::Launcher => self.home_for_launcher(),
        }
    }

    /// Whether `site` lets the base's packages in, and the line that says so. Without a line it does
    /// (`Lib/site.py: venv`, `system_site = "true"`); any value but `true` in whatever case keeps them out.
    pub fn system_site(&self) -> (bool, Option<u32>) {
        match self.for_site("include-system-site-packages") {
            Some(setting) => (setting.value.to_lowercase() == "true", Some(setting.line)),
            None => (true, None),
        }
    }

    /// `Lib/site.py: venv`: every line that has a `=`; the key is what stands before the first one, stripped, in lower case. The
    /// last line wins, because each overwrites the one before.
    pub fn for_site(&self, key: &str) -> Option<Setting> {
        let line = self.line_of(key)?;
        Some(Setting { line: line.number, value: line.value.clone()? })
    }

    /// Whether `site` stops the interpreter, and the line: it opens the file as strict UTF-8.
    pub fn fatal_for_site(&self) -> Option<u32> {
        self.lines.iter().find(|line| text::is_lossy(&line.text)).map(|line| line.number)
    }

    /// Whether 3.11 and newer refuse the file for its size (`Modules/getpath.c: getpath_readlines`).
    pub fn fatal_for_getpath_py(&self) -> bool {
        self.state == super::State::TooBig || self.size() >= START_LIMIT
    }

    /// `Modules/getpath.py`, "CALCULATE (base_)executable … HOME": lines end at `\n` only, the first `home` counts, the key is
    /// stripped and in lower case. `getpath_readlines` stops at a NUL.
    fn home_for_getpath_py(&self) -> Option<Setting> {
        let seen = self.text.split('\0').next().unwrap_or_default();
        offsets(seen).find_map(|(start, line)| {
            let (key, value) = line.split_once('=')?;
            (strip(key).to_lowercase() == "home").then(|| self.setting(start + leading(key), strip(value)))
        })
    }

    /// `Modules/getpath.c: _Py_find_env_config_value` (3.8 to 3.10; `find_env_config_value` before): `fgets` into a fixed
    /// buffer, so a line that does not end in `\n` within it, for its length, a NUL or the end of the file, ends the reading.
    /// Words are cut by `wcstok`: `home` and `=` must each be a word; the value is the rest of the line, spaces and all.
    fn home_for_getpath_c(&self) -> Option<Setting> {
        for (start, line) in offsets_with_end(&self.text) {
            if !line.ends_with('\n') || line.contains('\0') || text::encode(line).len() > self.line_limit {
                return None;
            }
            if line.starts_with('#') {
                continue;
            }
            let Some((first, rest)) = token(line, &[' ', '\t', '\r', '\n']) else {
                continue;
            };
            let Some((second, rest)) = token(rest, &[' ', '\t']) else {
                continue;
            };
            let Some((value, _)) = token(rest, &['\r', '\n']) else {
                continue;
            };
            if first == "home" && second == "=" {
                return Some(self.setting(start, value));
            }
        }
        None
    }

    /// `PC/venvlauncher.c: find_home_value`: the first `home` that stands at the start of the file or of a line (the very first
    /// one found counts wherever it stands), then blanks, `=`, blanks, and the rest of the line without trailing white space.
    fn home_for_launcher(&self) -> Option<Setting> {
        let seen = self.text.split('\0').next().unwrap_or_default();
        let mut from = seen.find("home")?;
        loop {
            let rest = seen.get(from + 4..)?;
            if let Some(value) = rest.trim_start_matches([' ', '\t']).strip_prefix('=') {
                let line = value.split('\n').next().unwrap_or_default();
                return Some(self.setting(from, line.trim()));
            }
            from = from + 4 + rest.find("\nhome")? + 1;
        }
    }

    fn setting(&self, at: usize, value: &str) -> Setting {
        let line = self.lines.iter().rev().find(|line| line.start <= at).map_or(1, |line| line.number);
        Setting { line, value: value.to_owned() }
    }
}

/// The lines that end at `\n`, without it, each with the place where it starts.
fn offsets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    offsets_with_end(text).map(|(start, line)| (start, line.strip_suffix('\n').unwrap_or(line)))
}

fn offsets_with_end(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |next, line| {
        let start = *next;
        *next += line.len();
        Some((start, line))
    })
}

/// How far the key stands from the start of its line: with `\r` alone as line end, on a line of its own for an editor.
fn leading(key: &str) -> usize {
    key.len() - key.trim_start().len()
}

/// One step of C's `wcstok`: the next run of characters that are no delimiters, and what follows the delimiter that ended it.
fn token<'a>(text: &'a str, delimiters: &[char]) -> Option<(&'a str, &'a str)> {
    let text = text.trim_start_matches(delimiters);
    if text.is_empty() {
        return None;
    }
    match text.find(delimiters) {
        Some(end) => {
            let after = text[end..].chars().next().map_or(0, char::len_utf8);
            Some((&text[..end], &text[end + after..]))
        }
        None => Some((text, "")),
    }
}
