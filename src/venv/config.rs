//! `pyvenv.cfg`, with every line kept as it stands: an explainer needs the odd lines most.
//!
//! The file has no grammar of its own, only readers, and they disagree: see [`readers`] for which line counts for whom. So
//! nothing here decides; it splits the text into the lines that an editor shows, and writes down what is odd about them.

pub mod keys;
pub mod oddity;
pub mod readers;
pub mod report;

use crate::machine::{Fault, Kind, Machine, Platform};
pub use oddity::Oddity;
pub use readers::{Reader, Setting};
pub use report::{ConfigReport, Effective};

/// The name that `getpath` and `site` look for.
pub const NAME: &str = "pyvenv.cfg";

/// What is held of the file at most. Real ones have under 1 KiB.
pub const READ_LIMIT: usize = 1 << 20;

/// From this size on 3.11 and newer do not start (`Modules/getpath.c: getpath_readlines`, `MAX_FILE`).
pub const START_LIMIT: usize = 32 * 1024;

/// One `pyvenv.cfg`: where it is, whether it could be read, and every line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file.
    pub file: String,
    /// Whether there is such a file, and whether it can be read.
    pub state: State,
    /// Its lines, split as Python's text files are: at `\n`, `\r\n` and `\r`.
    pub lines: Vec<Line>,
    /// What is out of the ordinary, in the order of the lines.
    pub oddities: Vec<Oddity>,
    /// The whole text; bytes that are not UTF-8 as [`crate::text`] carries them.
    pub(super) text: String,
    /// How long a line may be for the reader of 3.10 and older, its end counted.
    pub(super) line_limit: usize,
}

/// Whether the file is there and readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It was read.
    Read,
    /// There is no such file.
    Missing,
    /// It may not be read.
    Denied,
    /// It is a folder, FIFO, socket or device.
    NotAFile(Kind),
    /// A link that leads in a circle.
    Loop,
    /// Larger than [`READ_LIMIT`]; the lines are not held.
    TooBig,
    /// A capture names it without its text.
    NotRecorded,
    /// The system answered something else.
    Failed(String),
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: u32,
    /// The line as it stands, without its end.
    pub text: String,
    /// What stands before the first `=`, stripped and in lower case; `None` without `=`.
    pub key: Option<String>,
    /// What stands behind the first `=`, stripped.
    pub value: Option<String>,
    /// How it ends.
    pub end: End,
    /// Where it starts in the text, in bytes.
    pub(super) start: usize,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// `\n`.
    Lf,
    /// `\r\n`.
    CrLf,
    /// `\r`: an end of line for `site`, an ordinary character for `getpath`.
    Cr,
    /// The file ends without one.
    None,
}

impl Config {
    /// Reads the file at `file`. Never fails: what stands in the way is the [`State`].
    pub fn read(machine: &dyn Machine, file: &str) -> Self {
        let (state, text) = match machine.read(file, READ_LIMIT) {
            Ok(bytes) => (State::Read, crate::text::decode(&bytes)),
            Err(fault) => (State::of(fault), String::new()),
        };
        Self::parse(file, state, text, line_limit(machine.platform()))
    }

    /// The lines of `text`, for the readers of `platform`.
    pub fn of_text(file: &str, text: &str, platform: Platform) -> Self {
        Self::parse(file, State::Read, text.to_owned(), line_limit(platform))
    }

    fn parse(file: &str, state: State, text: String, line_limit: usize) -> Self {
        let lines = lines(&text);
        let oddities = oddity::of(&text, &lines, line_limit);
        Self { file: file.to_owned(), state, lines, oddities, text, line_limit }
    }

    /// Whether the file was read.
    pub fn is_read(&self) -> bool {
        self.state == State::Read
    }

    /// Whether something by that name is there, readable or not.
    pub fn exists(&self) -> bool {
        self.state != State::Missing
    }

    /// The last value of `key` (lower case), as `site` and most tools take it.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.line_of(key)?.value.as_deref()
    }

    /// The last line with `key` (lower case).
    pub fn line_of(&self, key: &str) -> Option<&Line> {
        self.lines.iter().rev().find(|line| line.key.as_deref() == Some(key))
    }

    /// The line by its number.
    pub fn line(&self, number: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.number == number)
    }

    /// Whether the text starts with a byte order mark, which every reader takes for a part of the first key.
    pub fn text_has_mark(&self) -> bool {
        self.text.starts_with('\u{feff}')
    }

    /// The size of the text in bytes.
    pub fn size(&self) -> usize {
        crate::text::encode(&self.text).len()
    }
}

impl State {
    fn of(fault: Fault) -> Self {
        match fault {
            Fault::Missing | Fault::NotADirectory => Self::Missing,
            Fault::Denied => Self::Denied,
            Fault::NotAFile(kind) => Self::NotAFile(kind),
            Fault::Loop => Self::Loop,
            Fault::TooBig { .. } => Self::TooBig,
            Fault::NotRecorded => Self::NotRecorded,
            Fault::Io(why) => Self::Failed(why),
        }
    }
}

/// `char buffer[MAXPATHLEN * 2 + 1]` and `fgets(buffer, sizeof - 1)` of `getpath.c` (3.10 and older): `MAXPATHLEN` is 4096 on
/// Linux, 1024 on macOS and 256 on Windows.
fn line_limit(platform: Platform) -> usize {
    match platform {
        Platform::Linux => 4096 * 2 - 1,
        Platform::Macos => 1024 * 2 - 1,
        Platform::Windows => 256 * 2 - 1,
    }
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let (length, end) = match rest.find(['\n', '\r']) {
            None => (rest.len(), End::None),
            Some(at) if rest[at..].starts_with("\r\n") => (at, End::CrLf),
            Some(at) if rest[at..].starts_with('\r') => (at, End::Cr),
            Some(at) => (at, End::Lf),
        };
        let line = &rest[..length];
        let pair = line.split_once('=');
        lines.push(Line {
            number: lines.len() as u32 + 1,
            text: line.to_owned(),
            key: pair.map(|(key, _)| strip(key).to_lowercase()),
            value: pair.map(|(_, value)| strip(value).to_owned()),
            end,
            start,
        });
        start += length
            + match end {
                End::None => 0,
                End::CrLf => 2,
                End::Lf | End::Cr => 1,
            };
    }
    lines
}

/// `str.strip()`: the white space of Unicode and the four separators U+001C to U+001F, which Rust does not count among it.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character))
}
