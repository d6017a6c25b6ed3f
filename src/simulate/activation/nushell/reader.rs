//! The signs of a nushell text: blanks, remarks, quotes, brackets.

use super::syntax::{Read, Wrong};
use crate::simulate::activation::characters::Characters;

/// How deep blocks and values may be nested.
const DEPTH: u32 = 40;

/// The reader of a text.
pub(super) struct Reader {
    pub(super) text: Characters,
    /// The names that `let` and parameters have given so far.
    pub(super) names: Vec<String>,
    /// The modules that the text defines.
    pub(super) modules: Vec<String>,
    /// Inside parentheses a line end is a blank.
    pub(super) flat: bool,
}

impl Reader {
    pub(super) fn new(text: &str, line: u32) -> Self {
        Self { text: Characters::new(text, line), names: Vec::new(), modules: Vec::new(), flat: false }
    }

    pub(super) fn refused<T>(&self, what: &str) -> Read<T> {
        Err(Wrong::Refused(self.text.line, what.to_owned()))
    }

    pub(super) fn unfollowed<T>(&self, what: &str) -> Read<T> {
        Err(Wrong::Unfollowed(self.text.line, what.to_owned()))
    }

    /// The word that comes next, left unread.
    pub(super) fn word_ahead(&self) -> String {
        self.text.chars.iter().skip(self.text.at).take(80).take_while(|c| !c.is_whitespace() && !"|;(){}[]".contains(**c)).collect()
    }

    pub(super) fn comment(&mut self) {
        while !matches!(self.text.peek(), None | Some('\n')) {
            self.text.next();
        }
    }

    /// Skips blanks; line ends too where they mean nothing.
    pub(super) fn blanks(&mut self) {
        while let Some(c) = self.text.peek() {
            match c {
                ' ' | '\t' => drop(self.text.next()),
                '\n' | '\r' if self.flat => drop(self.text.next()),
                '\r' if self.text.peek_at(1) == Some('\n') => drop(self.text.next()),
                '#' => self.comment(),
                _ => return,
            }
        }
    }

    /// Skips blanks and line ends.
    pub(super) fn space(&mut self) {
        let flat = std::mem::replace(&mut self.flat, true);
        self.blanks();
        self.flat = flat;
    }

    pub(super) fn separators(&mut self) {
        loop {
            self.space();
            if self.text.peek() != Some(';') {
                return;
            }
            self.text.next();
        }
    }

    pub(super) fn at_end(&self) -> bool {
        matches!(self.text.peek(), None | Some('\n' | '\r' | ';' | ')' | '}'))
    }

    pub(super) fn enter(&mut self) -> Read<()> {
        self.text.depth += 1;
        if self.text.depth > DEPTH { self.unfollowed("blocks are nested too deeply") } else { Ok(()) }
    }

    /// Where the bracket that opens here is closed: behind the closing one. nushell refuses a text in which one is missing.
    pub(super) fn matching(&self) -> Read<usize> {
        let (mut open, mut at) = (Vec::new(), self.text.at);
        let missing = |what: &str| Err(Wrong::Refused(self.text.line, format!("{what} is not closed")));
        while let Some(c) = self.text.chars.get(at).copied() {
            let before = if at > self.text.at { self.text.chars.get(at - 1).copied() } else { None };
            match c {
                '{' | '[' | '(' => open.push(c),
                '}' | ']' | ')' => {
                    let fits = open.pop().is_some_and(|opening| matches!((opening, c), ('{', '}') | ('[', ']') | ('(', ')')));
                    if !fits {
                        return Err(Wrong::Refused(self.text.line, format!("the {c} that closes it is another one")));
                    }
                    if open.is_empty() {
                        return Ok(at + 1);
                    }
                }
                '#' if before.is_none_or(char::is_whitespace) => {
                    while !matches!(self.text.chars.get(at), None | Some('\n')) {
                        at += 1;
                    }
                }
                '\'' | '"' | '`' => {
                    let Some(end) = self.quote_end(at) else { return missing("a quote") };
                    at = end;
                }
                'r' if before.is_none_or(|c| c.is_whitespace() || "([{".contains(c)) && self.text.chars.get(at + 1) == Some(&'#') => {
                    if let Some(end) = self.raw_end(at) {
                        at = end;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        missing(if open.len() > 1 { "a bracket inside this one" } else { "this bracket" })
    }

    /// The place of the quote that closes the one at `at`. A backslash hides a quote only between double ones.
    pub(super) fn quote_end(&self, at: usize) -> Option<usize> {
        let quote = *self.text.chars.get(at)?;
        let mut at = at + 1;
        loop {
            match *self.text.chars.get(at)? {
                '\\' if quote == '"' => at += 1,
                c if c == quote => return Some(at),
                _ => {}
            }
            at += 1;
        }
    }

    /// The place of the last `#` of a raw string `r#'…'#` that begins at `at`; `None` when it is none, or is not closed.
    pub(super) fn raw_end(&self, at: usize) -> Option<usize> {
        let sharps = self.text.chars.iter().skip(at + 1).take_while(|c| **c == '#').count();
        if sharps == 0 || self.text.chars.get(at + 1 + sharps) != Some(&'\'') {
            return None;
        }
        let mut end = at + 2 + sharps;
        loop {
            if *self.text.chars.get(end)? == '\''
                && self.text.chars.iter().skip(end + 1).take(sharps).filter(|c| **c == '#').count() == sharps
            {
                return Some(end + sharps);
            }
            end += 1;
        }
    }
}
