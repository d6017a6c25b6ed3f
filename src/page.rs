//! The page: the one thing that a renderer sees. It holds meaning (this is a path of the environment, this is broken), never
//! ink (colours, widths, glyphs), and knows nothing of virtual environments.
//!
//! Every format is drawn from the same page, so a block that one renderer cannot show does not exist.

/// What a piece of text means; a renderer decides how that looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Role {
    /// Running text.
    #[default]
    Plain,
    /// Something that must not be overlooked.
    Strong,
    /// Emphasis in prose.
    Emphasis,
    /// Something to type, or a literal value.
    Code,
    /// Something of the environment's own: its paths, its commands.
    Own,
    /// Something of the base installation or the rest of the machine.
    Base,
    /// Something looked for that is not there, or that does not count.
    Absent,
    /// Broken, and in need of mending.
    Bad,
    /// Worth a look, not broken.
    Warning,
    /// All is well.
    Good,
    /// The name of a key, variable or column.
    Key,
    /// A remark beside the thing itself.
    Note,
    /// The first match of a search, the one that counts: a drawn format puts `●` in front, a spoken one says so in words.
    Wins,
    /// A match that comes too late to count: `○` in front, or in words.
    Shadowed,
    /// A step from one thing to another. The text is how it is said aloud (`link to`, `leads to`); drawn formats show `→`.
    Arrow,
}

/// A run of characters with one meaning. The text may hold anything, control characters too: renderers make it safe.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// The characters.
    pub text: String,
    /// What they mean.
    pub role: Role,
    /// Where a reader may go on, for formats with links.
    pub link: Option<String>,
    /// How it is typed in a command, where that is not how it is said: a folder that is not below the working folder.
    pub typed: Option<String>,
}

/// One line or paragraph: spans that a renderer may wrap at spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub Vec<Span>);

impl Text {
    /// A text of one span.
    pub fn of(role: Role, text: impl Into<String>) -> Self {
        Self(vec![Span { text: text.into(), role, link: None, typed: None }])
    }

    /// Running text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::of(Role::Plain, text)
    }

    /// This text with one more span.
    #[must_use]
    pub fn and(mut self, role: Role, text: impl Into<String>) -> Self {
        self.0.push(Span { text: text.into(), role, link: None, typed: None });
        self
    }

    /// This text with another one behind it.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// This text with an arrow behind it; `said` is how the arrow is read aloud: `link to`, `leads to`.
    #[must_use]
    pub fn arrow(self, said: &str) -> Self {
        self.and(Role::Arrow, said)
    }

    /// This text as a sentence of its own: with a full stop where it has no end yet. An annotation beside a thing has none.
    #[must_use]
    pub fn sentence(self) -> Self {
        let ended = self.characters().ends_with(['.', '!', '?', ':']) || self.is_empty();
        if ended { self } else { self.and(Role::Plain, ".") }
    }

    /// The characters as they stand in a command.
    pub fn typed(&self) -> String {
        self.0.iter().map(|span| span.typed.as_deref().unwrap_or(&span.text)).collect()
    }

    /// The characters alone. An arrow counts as the words it is said with.
    pub fn characters(&self) -> String {
        let mut all = String::new();
        for span in &self.0 {
            let space = if span.role == Role::Arrow { " " } else { "" };
            all.extend([space, &span.text, space]);
        }
        all
    }

    /// Whether it has no characters.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.text.is_empty())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

/// What one command shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// What is explained: the first line.
    pub title: Text,
    /// The answer in a word, at the end of the first line: healthy, 2 findings.
    pub status: Option<Text>,
    /// What comes before the first section.
    pub intro: Vec<Block>,
    /// The parts, in order.
    pub sections: Vec<Section>,
}

impl Page {
    /// This page with each part's lead as a sentence of its own.
    #[must_use]
    pub fn with_sentences(mut self) -> Self {
        for section in &mut self.sections {
            section.lead = section.lead.take().map(Text::sentence);
        }
        self
    }
}

/// One part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Stable name, for links: `syspath`.
    pub id: String,
    /// Heading.
    pub title: Text,
    /// One sentence that says what is to be seen.
    pub lead: Option<Text>,
    /// What is to be seen.
    pub blocks: Vec<Block>,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Prose(Text),
    /// Points of a list.
    Bullets(Vec<Text>),
    /// Rows whose cells line up.
    Table(Table),
    /// A folder and what is in it, each entry with its annotation.
    Tree(Node),
    /// A text file, line by line, each line with its annotation.
    Listing(Listing),
    /// One thing that leads to the next: a link to its target, a script to its interpreter.
    Chain(Vec<Hop>),
    /// Two columns to be compared row by row: side by side where there is room, else one below the other.
    Sides(Sides),
    /// A command to type, and what it shows here. One that shows nothing mends something.
    Try {
        /// The command line.
        command: String,
        /// What it shows, or why to run it.
        shows: Text,
    },
    /// Blocks that belong together under a small heading.
    Group {
        /// The small heading.
        title: Text,
        /// What stands under it.
        blocks: Vec<Block>,
    },
}

/// Rows whose cells line up. The last column is the annotation: it wraps, and its continuation lines hang under it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Column headings; empty where the columns explain themselves.
    pub head: Vec<Text>,
    /// The rows; shorter rows leave their last cells empty.
    pub rows: Vec<Vec<Text>>,
}

/// What an entry of a tree is; said in words where nothing is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Entry {
    /// Nothing to say: a file, or a name for several things.
    #[default]
    Plain,
    /// A folder.
    Folder,
    /// A link; its label holds a [`Role::Arrow`] span before the target.
    Link,
    /// Entries that are not shown one by one: `… 7 more`.
    Folded,
}

/// An entry of a drawn tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// The entry's name, with a link's arrow and target.
    pub label: Text,
    /// Its annotation.
    pub note: Text,
    /// What is in it.
    pub children: Vec<Node>,
    /// What it is.
    pub entry: Entry,
}

/// The lines of a text file with their annotations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Where the text stands.
    pub file: Text,
    /// Which highlighting suits it.
    pub syntax: Syntax,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The line's number in its file, counted from 1; `None` for lines left out.
    pub number: Option<u32>,
    /// The line without its end.
    pub text: String,
    /// What it does.
    pub note: Text,
}

/// The language of a listing, chosen by what the file is for, never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Syntax {
    /// No highlighting.
    #[default]
    Plain,
    /// `key = value` lines of `pyvenv.cfg`.
    Config,
    /// The sh family: bash, zsh, dash, ksh.
    Sh,
    /// fish.
    Fish,
    /// csh and tcsh.
    Csh,
    /// `PowerShell`.
    PowerShell,
    /// cmd batch files.
    Batch,
    /// Nushell.
    Nu,
    /// Python and xonsh.
    Python,
}

/// One station of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hop {
    /// What stands here.
    pub label: Text,
    /// What it is, or how it leads on.
    pub note: Text,
}

/// Two columns that are compared row by row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sides {
    /// Heading of the left column.
    pub left: Text,
    /// Heading of the right column.
    pub right: Text,
    /// The rows: what stands left, what stands right.
    pub rows: Vec<(Vec<Text>, Vec<Text>)>,
}

impl Sides {
    /// The left cells of each row.
    pub fn lefts(&self) -> impl Iterator<Item = &[Text]> {
        self.rows.iter().map(|(left, _)| left.as_slice())
    }

    /// The right cells of each row.
    pub fn rights(&self) -> impl Iterator<Item = &[Text]> {
        self.rows.iter().map(|(_, right)| right.as_slice())
    }
}
