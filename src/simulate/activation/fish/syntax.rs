//! Reads a fish script: statements, blocks that end with `end`, words.

use crate::simulate::activation::characters::Characters;

/// One statement and the line on which it begins.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) line: u32,
    pub(super) kind: Kind,
}

/// What a statement is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Commands joined by `|`; whether all output is thrown away.
    Pipeline { commands: Vec<Vec<Word>>, silent: bool },
    /// `function name … end`
    Function(String, std::rc::Rc<Vec<Statement>>),
    /// `if … else if … else … end`: conditions with bodies, and the last body.
    If(Vec<(Vec<Statement>, Vec<Statement>)>, Vec<Statement>),
    /// `begin … end`
    Begin(Vec<Statement>),
    /// A block that is not followed: `for`, `while`, `switch`.
    Block(&'static str),
}

/// One word.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) pieces: Vec<Piece>,
    pub(super) line: u32,
    /// Whether nothing of it is quoted or expanded.
    pub(super) bare: bool,
}

/// A part of a word.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Text(String),
    Variable {
        name: String,
        slice: Option<String>,
        quoted: bool,
    },
    Substitution(Vec<Statement>, bool),
    /// `*`: files whose names match.
    Files,
    /// `~` at the start of a word.
    Home,
}

/// A line, and what is wrong there. What "is not followed" is right in fish's eyes.
pub(super) type Error = (u32, String);

const DEPTH: u32 = 40;

/// The statements of a whole script.
pub(super) fn parse(text: &str) -> Result<Vec<Statement>, Error> {
    let mut reader = Reader { text: Characters::new(text, 1) };
    let statements = reader.statements(&[])?;
    match reader.text.peek() {
        None => Ok(statements),
        Some(c) => Err((reader.text.line, format!("{c} is not expected"))),
    }
}

struct Reader {
    text: Characters,
}

impl Reader {
    fn blanks(&mut self) {
        loop {
            if self.text.starts_with("\\\n") {
                self.text.next();
                self.text.next();
            } else if matches!(self.text.peek(), Some(' ' | '\t' | '\r')) {
                self.text.next();
            } else if self.text.peek() == Some('#') {
                while !matches!(self.text.peek(), None | Some('\n')) {
                    self.text.next();
                }
            } else {
                return;
            }
        }
    }

    /// Whether one of these words comes next; it is left unread.
    fn word_ahead(&self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|word| {
            self.text.starts_with(word) && self.text.chars.get(self.text.at + word.chars().count()).is_none_or(|c| " \t\r\n;)".contains(*c))
        })
    }

    fn separators(&mut self) {
        loop {
            self.blanks();
            if matches!(self.text.peek(), Some('\n' | ';')) {
                self.text.next();
            } else {
                return;
            }
        }
    }

    fn statements(&mut self, ends: &[&'static str]) -> Result<Vec<Statement>, Error> {
        self.text.depth += 1;
        if self.text.depth > DEPTH {
            return Err((self.text.line, "blocks are nested too deeply to be followed".to_owned()));
        }
        let mut statements = Vec::new();
        loop {
            self.separators();
            if matches!(self.text.peek(), None | Some(')')) || self.word_ahead(ends).is_some() {
                self.text.depth -= 1;
                return Ok(statements);
            }
            statements.push(self.statement()?);
            self.joined(&mut statements)?;
        }
    }

    /// What `&&` and `||` join to the last statement, as `and` and `or` on lines of their own would.
    fn joined(&mut self, statements: &mut Vec<Statement>) -> Result<(), Error> {
        loop {
            self.blanks();
            let word = match () {
                () if self.text.starts_with("&&") => "and",
                () if self.text.starts_with("||") => "or",
                () => return Ok(()),
            };
            self.text.at += 2;
            while matches!(self.text.peek(), Some('\n' | '\r' | ' ' | '\t')) {
                self.text.next();
            }
            let mut statement = self.statement()?;
            let Kind::Pipeline { commands, .. } = &mut statement.kind else {
                return Err((statement.line, "a block behind && or || is not followed".to_owned()));
            };
            if let Some(first) = commands.first_mut() {
                first.insert(0, Word { pieces: vec![Piece::Text(word.to_owned())], line: statement.line, bare: true });
            }
            statements.push(statement);
        }
    }

    fn end(&mut self) -> Result<(), Error> {
        self.separators();
        let Some(_) = self.word_ahead(&["end"]) else { return Err((self.text.line, "end is missing".to_owned())) };
        self.text.at += 3;
        Ok(())
    }

    fn statement(&mut self) -> Result<Statement, Error> {
        let line = self.text.line;
        let kind = match self.word_ahead(&["function", "if", "begin", "for", "while", "switch", "end", "else"]) {
            Some("function") => {
                self.text.at += 8;
                let words = self.words()?;
                let Some(name) = words.0.first().and_then(Word::text) else { return Err((line, "a function without a name".to_owned())) };
                let body = self.statements(&["end"])?;
                self.end()?;
                Kind::Function(name, std::rc::Rc::new(body))
            }
            Some("if") => self.conditional()?,
            Some("begin") => {
                self.text.at += 5;
                let body = self.statements(&["end"])?;
                self.end()?;
                Kind::Begin(body)
            }
            Some(word @ ("for" | "while" | "switch")) => {
                self.text.at += word.len();
                self.words()?;
                self.statements(&["end"])?;
                self.end()?;
                Kind::Block(word)
            }
            Some(word) => return Err((line, format!("{word} is not expected here"))),
            None => self.pipeline()?,
        };
        Ok(Statement { line, kind })
    }

    /// `if`, whose condition goes on with `and` and `or` on the following lines.
    fn conditional(&mut self) -> Result<Kind, Error> {
        self.text.at += 2;
        let mut branches = Vec::new();
        loop {
            let mut condition = Vec::new();
            loop {
                self.blanks();
                let line = self.text.line;
                let kind = self.pipeline()?;
                condition.push(Statement { line, kind });
                self.joined(&mut condition)?;
                self.separators();
                if self.word_ahead(&["and", "or"]).is_none() {
                    break;
                }
            }
            let body = self.statements(&["else", "end"])?;
            branches.push((condition, body));
            if self.word_ahead(&["else"]).is_none() {
                self.end()?;
                return Ok(Kind::If(branches, Vec::new()));
            }
            self.text.at += 4;
            self.blanks();
            if self.word_ahead(&["if"]).is_some() {
                self.text.at += 2;
                continue;
            }
            let last = self.statements(&["end"])?;
            self.end()?;
            return Ok(Kind::If(branches, last));
        }
    }

    fn pipeline(&mut self) -> Result<Kind, Error> {
        let mut commands = Vec::new();
        loop {
            let (words, silent) = self.words()?;
            if words.is_empty() {
                return Err((self.text.line, "a command is missing".to_owned()));
            }
            commands.push(words);
            if self.text.peek() != Some('|') || self.text.starts_with("||") {
                return Ok(Kind::Pipeline { commands, silent });
            }
            self.text.next();
        }
    }

    /// The words of one command, and whether its output is redirected.
    fn words(&mut self) -> Result<(Vec<Word>, bool), Error> {
        let (mut words, mut silent) = (Vec::new(), false);
        loop {
            self.blanks();
            match self.text.peek() {
                None | Some('\n' | ';' | '|' | ')') => return Ok((words, silent)),
                Some('&') if self.text.starts_with("&&") => return Ok((words, silent)),
                // What runs in the background.
                Some('&') if !self.text.starts_with("&>") => drop(self.text.next()),
                Some('<' | '>' | '&') => silent |= self.redirection()?,
                Some('2') if self.text.starts_with("2>") => drop(self.redirection()?),
                Some(_) => words.push(self.word()?),
            }
        }
    }

    fn redirection(&mut self) -> Result<bool, Error> {
        let output = self.text.starts_with(">") || self.text.starts_with("&>");
        while matches!(self.text.peek(), Some('<' | '>' | '&' | '2' | '1' | '?')) {
            self.text.next();
        }
        self.blanks();
        if !matches!(self.text.peek(), None | Some('\n' | ';' | '|' | ')')) {
            self.word()?;
        }
        Ok(output)
    }

    fn word(&mut self) -> Result<Word, Error> {
        let (line, mut pieces, mut bare) = (self.text.line, Vec::new(), true);
        while let Some(c) = self.text.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '|' | ')' | '<' | '>' | '&' => break,
                '~' if pieces.is_empty() && self.text.chars.get(self.text.at + 1).is_none_or(|c| " \t\r\n;|)/".contains(*c)) => {
                    bare = false;
                    self.text.next();
                    pieces.push(Piece::Home);
                }
                '*' => {
                    bare = false;
                    self.text.next();
                    pieces.push(Piece::Files);
                }
                '\'' => {
                    bare = false;
                    self.single(&mut pieces)?;
                }
                '"' => {
                    bare = false;
                    self.double(&mut pieces)?;
                }
                '$' | '(' => {
                    bare = false;
                    self.expansion(&mut pieces, false)?;
                }
                '\\' => {
                    bare = false;
                    self.text.next();
                    match self.text.next() {
                        Some('n') => text(&mut pieces, '\n'),
                        Some('t') => text(&mut pieces, '\t'),
                        Some('e') => text(&mut pieces, '\u{1b}'),
                        Some(c) => text(&mut pieces, c),
                        None => {}
                    }
                }
                c => {
                    self.text.next();
                    text(&mut pieces, c);
                }
            }
        }
        Ok(Word { pieces, line, bare })
    }

    fn single(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Error> {
        let line = self.text.line;
        self.text.next();
        pieces.push(Piece::Text(String::new()));
        loop {
            match self.text.next() {
                Some('\'') => return Ok(()),
                Some('\\') if matches!(self.text.peek(), Some('\'' | '\\')) => {
                    if let Some(c) = self.text.next() {
                        text(pieces, c);
                    }
                }
                Some(c) => text(pieces, c),
                None => return Err((line, "a quote is not closed".to_owned())),
            }
        }
    }

    fn double(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Error> {
        let line = self.text.line;
        self.text.next();
        pieces.push(Piece::Text(String::new()));
        loop {
            match self.text.peek() {
                Some('"') => {
                    self.text.next();
                    return Ok(());
                }
                Some('\\') => {
                    self.text.next();
                    match self.text.peek() {
                        Some('\n') => drop(self.text.next()),
                        Some(c @ ('"' | '$' | '\\')) => {
                            self.text.next();
                            text(pieces, c);
                        }
                        _ => text(pieces, '\\'),
                    }
                }
                Some('$') => self.expansion(pieces, true)?,
                Some(c) => {
                    self.text.next();
                    text(pieces, c);
                }
                None => return Err((line, "a quote is not closed".to_owned())),
            }
        }
    }

    /// `$name`, `$name[…]`, `(…)`, `$(…)`.
    fn expansion(&mut self, pieces: &mut Vec<Piece>, quoted: bool) -> Result<(), Error> {
        let line = self.text.line;
        if self.text.peek() == Some('$') {
            self.text.next();
        }
        if self.text.peek() == Some('(') {
            self.text.next();
            let statements = self.statements(&[])?;
            if self.text.next() != Some(')') {
                return Err((line, ") is missing".to_owned()));
            }
            pieces.push(Piece::Substitution(statements, quoted));
            return Ok(());
        }
        let mut name = String::new();
        while let Some(c) = self.text.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            name.push(c);
            self.text.next();
        }
        if name.is_empty() {
            return Err((line, "$ without a name".to_owned()));
        }
        let mut slice = None;
        if self.text.peek() == Some('[') {
            self.text.next();
            let mut inside = String::new();
            loop {
                match self.text.next() {
                    Some(']') => break,
                    Some(c) => inside.push(c),
                    None => return Err((line, "] is missing".to_owned())),
                }
            }
            slice = Some(inside);
        }
        pieces.push(Piece::Variable { name, slice, quoted });
        Ok(())
    }
}

impl Word {
    /// The text of a word that holds no expansion.
    pub(super) fn text(&self) -> Option<String> {
        self.pieces.iter().map(|piece| if let Piece::Text(text) = piece { Some(text.as_str()) } else { None }).collect()
    }
}

fn text(pieces: &mut Vec<Piece>, c: char) {
    if let Some(Piece::Text(before)) = pieces.last_mut() {
        before.push(c);
    } else {
        pieces.push(Piece::Text(c.to_string()));
    }
}
