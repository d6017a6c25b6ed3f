//! Reads the words of a shell script: quoting, `$name`, `${…}`, `$(…)` (POSIX.1-2024, Shell Command Language, 2.2 and 2.6).

use super::Dialect;
use super::parser::{DEPTH, SyntaxError};
use super::pattern::End;
use super::tree::{Action, Parameter, Piece, Word};

/// The characters that end a word.
pub(super) const METACHARACTERS: &str = " \t\n;&|<>()";

/// The text of a script and how far it has been read.
pub(super) struct Chars<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
    depth: u32,
    /// The line being read.
    pub(super) line: u32,
}

/// What surrounds the text being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// Nothing: a word.
    Plain,
    /// Double quotes.
    Quoted,
    /// `${x…}` outside double quotes.
    Braces,
    /// `${x…}` inside double quotes.
    QuotedBraces,
}

impl<'t> Chars<'t> {
    pub(super) fn new(text: &'t str, line: u32, dialect: Dialect) -> Self {
        Self { text, at: 0, dialect, depth: 0, line }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.rest().chars().nth(ahead)
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        self.line += u32::from(c == '\n');
        Some(c)
    }

    pub(super) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    pub(super) fn starts_with(&self, sign: &str) -> bool {
        self.rest().starts_with(sign)
    }

    fn fail<T>(&self, what: &str) -> Result<T, SyntaxError> {
        Err(SyntaxError { line: self.line, what: what.to_owned() })
    }

    /// Steps over blanks, continued lines and a comment.
    pub(super) fn blanks(&mut self) {
        loop {
            if self.starts_with("\\\n") {
                self.skip(2);
            } else if matches!(self.peek(), Some(' ' | '\t')) {
                self.skip(1);
            } else if self.peek() == Some('#') {
                while !matches!(self.peek(), None | Some('\n')) {
                    self.next();
                }
            } else {
                return;
            }
        }
    }

    /// The rest of the line, without its end; `None` at the end of the script.
    pub(super) fn rest_of_line(&mut self) -> Option<String> {
        self.peek()?;
        let mut line = String::new();
        while let Some(c) = self.next() {
            if c == '\n' {
                break;
            }
            line.push(c);
        }
        Some(line)
    }

    /// How many digits stand directly before `<` or `>`, and so name what is redirected.
    pub(super) fn digits_before_redirection(&self) -> usize {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if matches!(self.rest().as_bytes().get(digits), Some(b'<' | b'>')) { digits } else { 0 }
    }

    /// The length of `( )` with only blanks inside, as behind a function's name.
    pub(super) fn blanks_between_parentheses(&self) -> Option<usize> {
        let inner = self.rest().strip_prefix('(')?;
        let blanks = inner.len() - inner.trim_start_matches([' ', '\t']).len();
        (inner.as_bytes().get(blanks) == Some(&b')')).then_some(blanks + 2)
    }

    /// `name=`, `name+=` or `name[index]=`, stepped over where it stands here.
    pub(super) fn assignment_head(&mut self) -> Option<(String, Option<String>, bool)> {
        let rest = self.rest();
        let length = name_length(rest);
        let name = rest.get(..length).filter(|name| !name.is_empty())?;
        let (mut behind, mut index) = (rest.get(length..)?, None);
        if self.dialect != Dialect::Dash
            && let Some(inside) = behind.strip_prefix('[')
            && let Some((text, after)) = inside.split_once(']')
            && after.starts_with(['=', '+'])
        {
            (index, behind) = (Some(text.to_owned()), after);
        }
        let append = self.dialect != Dialect::Dash && behind.starts_with("+=");
        let behind = behind.strip_prefix(if append { "+=" } else { "=" })?;
        let count = rest.get(..rest.len() - behind.len())?.chars().count();
        let name = name.to_owned();
        self.skip(count);
        Some((name, index, append))
    }

    /// An operator of `[[ … ]]`, as a word.
    pub(super) fn operator(&mut self) -> Word {
        let line = self.line;
        let length = if self.starts_with("&&") || self.starts_with("||") { 2 } else { 1 };
        let text: String = (0..length).filter_map(|_| self.next()).collect();
        Word { pieces: vec![Piece::Literal(text, false)], line }
    }

    /// One word; an empty one is an error.
    pub(super) fn word(&mut self) -> Result<Word, SyntaxError> {
        let line = self.line;
        let pieces = self.pieces(Context::Plain)?;
        if pieces.is_empty() {
            return match self.peek() {
                Some(c) => self.fail(&format!("{} is not expected here", c.escape_default())),
                None => self.fail("the script ends where a word should be"),
            };
        }
        Ok(Word { pieces, line })
    }

    fn pieces(&mut self, context: Context) -> Result<Vec<Piece>, SyntaxError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.fail("quotes and braces are nested too deeply to be followed");
        }
        let quoted = matches!(context, Context::Quoted | Context::QuotedBraces);
        let mut pieces = Vec::new();
        while let Some(c) = self.peek() {
            match (c, context) {
                (c, Context::Plain) if METACHARACTERS.contains(c) => break,
                ('"', Context::Quoted) | ('}', Context::Braces | Context::QuotedBraces) => break,
                ('\\', _) => self.escape(&mut pieces, context),
                ('\'', Context::Plain | Context::Braces) => self.single_quotes(&mut pieces)?,
                ('"', _) => {
                    self.next();
                    literal(&mut pieces, "", true);
                    pieces.extend(self.pieces(Context::Quoted)?);
                    if self.next() != Some('"') {
                        return self.fail("a double quote is not closed");
                    }
                }
                ('`', _) => self.backquotes(&mut pieces, quoted)?,
                ('$', _) => self.dollar(&mut pieces, quoted)?,
                (c, _) => {
                    self.next();
                    literal(&mut pieces, c.encode_utf8(&mut [0; 4]), quoted);
                }
            }
        }
        self.depth -= 1;
        Ok(pieces)
    }

    fn escape(&mut self, pieces: &mut Vec<Piece>, context: Context) {
        self.next();
        let plain = matches!(context, Context::Plain | Context::Braces);
        match self.peek() {
            Some('\n') => self.skip(1),
            Some(c) if plain || "$`\"\\".contains(c) || (c == '}' && context == Context::QuotedBraces) => {
                self.next();
                literal(pieces, c.encode_utf8(&mut [0; 4]), true);
            }
            _ => literal(pieces, "\\", true),
        }
    }

    fn single_quotes(&mut self, pieces: &mut Vec<Piece>) -> Result<(), SyntaxError> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('\'') => break,
                Some(c) => text.push(c),
                None => return self.fail("a single quote is not closed"),
            }
        }
        literal(pieces, &text, true);
        Ok(())
    }

    fn backquotes(&mut self, pieces: &mut Vec<Piece>, quoted: bool) -> Result<(), SyntaxError> {
        let line = self.line;
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('`') => break,
                Some('\\') => match self.peek() {
                    Some(c) if "$`\\".contains(c) || (quoted && c == '"') => text.extend(self.next()),
                    _ => text.push('\\'),
                },
                Some(c) => text.push(c),
                None => return self.fail("a backquote is not closed"),
            }
        }
        pieces.push(Piece::Command(text, line, quoted));
        Ok(())
    }

    fn dollar(&mut self, pieces: &mut Vec<Piece>, quoted: bool) -> Result<(), SyntaxError> {
        let line = self.line;
        if self.starts_with("$((") {
            self.skip(1);
            let text = self.balanced('(', ')')?;
            pieces.push(Piece::Opaque(format!("the arithmetic $({text})")));
        } else if self.starts_with("$(") {
            self.skip(1);
            let text = self.balanced('(', ')')?;
            pieces.push(Piece::Command(text, line, quoted));
        } else if self.starts_with("${") {
            self.skip(2);
            let parameter = self.braces(quoted)?;
            pieces.push(Piece::Parameter(Box::new(parameter), quoted));
        } else if self.starts_with("$'") && !quoted && self.dialect != Dialect::Dash {
            self.skip(1);
            self.ansi_quotes(pieces)?;
        } else {
            self.skip(1);
            let rest = self.rest();
            let length = match rest.chars().next() {
                Some(c) if "@*#?-$!".contains(c) || c.is_ascii_digit() => 1,
                _ => name_length(rest),
            };
            match rest.get(..length).filter(|name| !name.is_empty()) {
                Some(name) => pieces.push(Piece::Parameter(Box::new(Parameter::plain(name)), quoted)),
                None => literal(pieces, "$", quoted),
            }
            self.skip(length);
        }
        Ok(())
    }

    /// `$'…'`; escapes other than the common ones are kept as written, which no activation script uses.
    fn ansi_quotes(&mut self, pieces: &mut Vec<Piece>) -> Result<(), SyntaxError> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('\'') => break,
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('e') => text.push('\u{1b}'),
                    Some(c) if "'\"\\".contains(c) => text.push(c),
                    _ => return self.fail("an escape in $'…' is not followed"),
                },
                Some(c) => text.push(c),
                None => return self.fail("a single quote is not closed"),
            }
        }
        literal(pieces, &text, true);
        Ok(())
    }

    /// The text between a bracket that stands here and its partner; quotes hide brackets.
    fn balanced(&mut self, open: char, close: char) -> Result<String, SyntaxError> {
        let (mut depth, mut text) = (0_u32, String::new());
        while let Some(c) = self.next() {
            match c {
                '\\' => {
                    text.push(c);
                    text.extend(self.next());
                    continue;
                }
                '\'' | '"' => {
                    text.push(c);
                    self.copy_quoted(c, &mut text);
                    continue;
                }
                c if c == open => depth += 1,
                c if c == close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                text.remove(0);
                return Ok(text);
            }
            text.push(c);
        }
        self.fail(&format!("{close} is missing"))
    }

    fn copy_quoted(&mut self, quote: char, text: &mut String) {
        while let Some(c) = self.next() {
            text.push(c);
            if c == quote {
                return;
            }
            if c == '\\' && quote == '"' {
                text.extend(self.next());
            }
        }
    }

    /// `((…))` as a command, stepped over.
    pub(super) fn arithmetic_command(&mut self) -> Result<(), SyntaxError> {
        self.balanced('(', ')').map(drop)
    }

    /// What stands behind `${`, up to and with the closing brace.
    fn braces(&mut self, quoted: bool) -> Result<Parameter, SyntaxError> {
        let mut parameter = Parameter::plain("");
        if self.peek() == Some('(') {
            parameter.flags = Some(self.balanced('(', ')')?);
        }
        let length = self.starts_with("#") && self.peek_at(1).is_some_and(|c| c != '}' && (c == '_' || c.is_ascii_alphanumeric()));
        self.skip(usize::from(length));
        parameter.name = self.parameter_name();
        if self.peek() == Some('[') {
            parameter.index = Some(self.balanced('[', ']')?);
        }
        parameter.action = if length { Action::Length } else { self.action() };
        let special = matches!(parameter.action, Action::Strip(..));
        let context = if quoted && !special { Context::QuotedBraces } else { Context::Braces };
        parameter.word = Word { line: self.line, pieces: self.pieces(context)? };
        if parameter.action == Action::Plain && !parameter.word.pieces.is_empty() {
            parameter.action = Action::Other(format!("${{{}…}}", parameter.name));
        }
        if self.next() != Some('}') {
            return self.fail("a brace is not closed");
        }
        Ok(parameter)
    }

    fn parameter_name(&mut self) -> String {
        let rest = self.rest();
        let length = match rest.chars().next() {
            Some(c) if c.is_ascii_digit() => rest.bytes().take_while(u8::is_ascii_digit).count(),
            Some(c) if "@*#?-$".contains(c) => 1,
            // ksh93's own variables: `.sh.file`
            Some('.') => rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_.".contains(b)).count(),
            _ => name_length(rest),
        };
        let name = rest.get(..length).unwrap_or_default().to_owned();
        self.skip(name.len());
        name
    }

    fn action(&mut self) -> Action {
        let colon = self.peek() == Some(':');
        let action = match self.peek_at(usize::from(colon)) {
            Some('-') => Action::Default { colon },
            Some('=') => Action::Assign { colon },
            Some('?') => Action::Complain { colon },
            Some('+') => Action::Alternative { colon },
            Some(c @ ('#' | '%')) if !colon => {
                let end = if c == '#' { End::Prefix } else { End::Suffix };
                let largest = self.peek_at(1) == Some(c);
                self.skip(usize::from(largest));
                Action::Strip(end, largest)
            }
            _ => return Action::Plain,
        };
        self.skip(1 + usize::from(colon));
        action
    }
}

impl Parameter {
    fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), flags: None, index: None, action: Action::Plain, word: Word::default() }
    }
}

/// The length of the variable name at the beginning of a text.
fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count()
}

fn literal(pieces: &mut Vec<Piece>, text: &str, quoted: bool) {
    if let Some(Piece::Literal(before, same)) = pieces.last_mut()
        && *same == quoted
    {
        before.push_str(text);
    } else {
        pieces.push(Piece::Literal(text.to_owned(), quoted));
    }
}
