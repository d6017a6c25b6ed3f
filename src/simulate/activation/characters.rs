//! The characters of a script, read one after the other: what the readers of several shells' languages share.

/// The characters, how far they are read, and how deep the reader is in what is nested.
pub(super) struct Characters {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    /// The line of the next one.
    pub(super) line: u32,
    pub(super) depth: u32,
}

impl Characters {
    /// Those of `text`, whose first line has this number.
    pub(super) fn new(text: &str, line: u32) -> Self {
        Self { chars: text.chars().collect(), at: 0, line, depth: 0 }
    }

    /// The next one, left unread.
    pub(super) fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    /// The one behind `ahead` others.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Reads the next one.
    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        self.line += u32::from(c == '\n');
        Some(c)
    }

    /// Reads so many.
    pub(super) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    /// Whether `text` comes next.
    pub(super) fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek_at(ahead) == Some(c))
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> String {
        self.chars.get(self.at..).unwrap_or_default().iter().collect()
    }
}
