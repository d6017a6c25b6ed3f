//! Reads a PowerShell script: statements, pipelines, commands with arguments (`about_Parsing`).

use super::tree::{Argument, Block, Element, Expression, Kind, Part, Statement};
use crate::simulate::activation::characters::Characters;
use std::rc::Rc;

/// A line, and what is wrong there.
pub(super) type Error = (u32, String);

pub(super) const DEPTH: u32 = 60;

/// The statements of a script.
pub(super) fn parse(text: &str) -> Result<Vec<Statement>, Error> {
    let mut reader = Reader { text: Characters::new(text.trim_start_matches('\u{feff}'), 1) };
    // A signature block and other remarks may follow; they are remarks like any other.
    let statements = reader.statements()?;
    if reader.text.peek().is_some() { reader.fail("a brace is closed that was not opened") } else { Ok(statements) }
}

pub(super) struct Reader {
    pub(super) text: Characters,
}

impl Reader {
    pub(super) fn fail<T>(&self, what: &str) -> Result<T, Error> {
        Err((self.text.line, what.to_owned()))
    }

    pub(super) fn ahead(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(ahead, c)| self.text.chars.get(self.text.at + ahead).is_some_and(|here| here.eq_ignore_ascii_case(&c)))
    }

    /// Steps over blanks and remarks; over line ends too where `lines` says so.
    pub(super) fn space(&mut self, lines: bool) {
        loop {
            if self.ahead("<#") {
                while self.text.peek().is_some() && !self.ahead("#>") {
                    self.text.next();
                }
                self.text.skip(2);
            } else if self.text.peek() == Some('#') {
                while !matches!(self.text.peek(), None | Some('\n')) {
                    self.text.next();
                }
            } else if self.ahead("`\n") {
                self.text.skip(2);
            } else if self.ahead("`\r\n") {
                self.text.skip(3);
            } else if self.text.peek().is_some_and(|c| c.is_whitespace() && (lines || c != '\n')) {
                self.text.next();
            } else {
                return;
            }
        }
    }

    pub(super) fn word_ahead(&self, word: &str) -> bool {
        self.ahead(word) && self.text.chars.get(self.text.at + word.len()).is_none_or(|c| !c.is_alphanumeric() && *c != '-' && *c != '_')
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.word_ahead(word);
        if here {
            self.text.skip(word.len());
        }
        here
    }

    fn statements(&mut self) -> Result<Vec<Statement>, Error> {
        self.text.depth += 1;
        if self.text.depth > DEPTH {
            return self.fail("blocks are nested too deeply to be followed");
        }
        let mut statements = Vec::new();
        loop {
            self.space(true);
            match self.text.peek() {
                Some(';') => drop(self.text.next()),
                None | Some('}' | ')') => break,
                Some(_) => statements.push(self.statement()?),
            }
        }
        self.text.depth -= 1;
        Ok(statements)
    }

    fn block(&mut self) -> Result<Block, Error> {
        self.space(true);
        self.enclosed('{', '}')
    }

    pub(super) fn enclosed(&mut self, open: char, close: char) -> Result<Block, Error> {
        if self.text.next() != Some(open) {
            return self.fail(&format!("{open} is missing"));
        }
        let statements = self.statements()?;
        if self.text.next() != Some(close) {
            return self.fail(&format!("{close} is missing"));
        }
        Ok(Rc::new(statements))
    }

    fn statement(&mut self) -> Result<Statement, Error> {
        let line = self.text.line;
        let kind = if self.take("if") {
            self.conditional()?
        } else if self.take("function") {
            self.function()?
        } else if self.take("param") {
            self.space(true);
            self.parenthesised()?;
            Kind::Parameters
        } else if self.take("return") {
            self.space(false);
            let ends = matches!(self.text.peek(), None | Some('\n' | ';' | '}'));
            Kind::Return(if ends { Vec::new() } else { self.pipeline()? })
        } else if self.take("try") {
            let body = self.block()?;
            loop {
                self.space(true);
                if !self.take("catch") && !self.take("finally") {
                    break;
                }
                self.block()?;
            }
            Kind::Try(body)
        } else if self.take("throw") {
            self.space(false);
            self.pipeline()?;
            Kind::Other("throw".to_owned())
        } else if let Some(word) = ["foreach", "while", "for", "switch", "do", "trap"].iter().find(|word| self.word_ahead(word)) {
            return self.fail(&format!("{word} is not followed"));
        } else {
            self.simple()?
        };
        Ok(Statement { line, kind })
    }

    fn conditional(&mut self) -> Result<Kind, Error> {
        let mut branches = Vec::new();
        loop {
            self.space(true);
            if self.text.next() != Some('(') {
                return self.fail("( is missing behind if");
            }
            self.space(true);
            let condition = self.pipeline()?;
            self.space(true);
            if self.text.next() != Some(')') {
                return self.fail(") is missing behind if");
            }
            branches.push((condition, self.block()?));
            let here = (self.text.at, self.text.line);
            self.space(true);
            if self.take("elseif") {
                continue;
            }
            let last = if self.take("else") { Some(self.block()?) } else { None };
            if last.is_none() {
                (self.text.at, self.text.line) = here;
            }
            return Ok(Kind::If(branches, last));
        }
    }

    fn function(&mut self) -> Result<Kind, Error> {
        self.space(false);
        let mut name = String::new();
        while let Some(c) = self.text.peek().filter(|c| c.is_alphanumeric() || "_-:".contains(*c)) {
            name.push(c);
            self.text.next();
        }
        self.space(true);
        let mut parameters = Vec::new();
        if self.text.peek() == Some('(') {
            let inside = self.parenthesised()?;
            parameters = inside
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>().to_lowercase())
                .collect();
        }
        let name = name.to_lowercase();
        let name = name.rsplit(':').next().unwrap_or_default().to_owned();
        Ok(Kind::Function { name, parameters, body: self.block()? })
    }

    /// The text in parentheses that begin here.
    fn parenthesised(&mut self) -> Result<String, Error> {
        let (mut depth, mut text) = (0, String::new());
        while let Some(c) = self.text.next() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            text.push(c);
            if depth == 0 {
                return Ok(text);
            }
        }
        self.fail(") is missing")
    }

    fn simple(&mut self) -> Result<Kind, Error> {
        if self.text.peek() == Some('$') && !self.ahead("$(") {
            let start = (self.text.at, self.text.line);
            let target = self.postfix()?;
            self.space(false);
            let append = self.ahead("+=");
            if append || (self.text.peek() == Some('=') && !self.ahead("==")) {
                self.text.skip(if append { 2 } else { 1 });
                self.space(true);
                return Ok(Kind::Assign { target, append, value: self.pipeline()? });
            }
            (self.text.at, self.text.line) = start;
        }
        Ok(Kind::Pipeline(self.pipeline()?))
    }

    fn pipeline(&mut self) -> Result<Vec<Element>, Error> {
        let mut elements = vec![self.element()?];
        loop {
            self.space(false);
            if self.text.peek() != Some('|') {
                return Ok(elements);
            }
            self.text.next();
            self.space(true);
            elements.push(self.element()?);
        }
    }

    fn element(&mut self) -> Result<Element, Error> {
        self.space(false);
        let expression = self.ahead("-not") || self.text.peek().is_some_and(|c| "$\"'([@!{".contains(c) || c.is_ascii_digit());
        if expression {
            return Ok(Element::Value(self.binary()?));
        }
        if self.text.peek() == Some('&') {
            self.text.next();
            self.space(false);
        }
        let mut name = String::new();
        while let Some(c) = self.text.peek().filter(|c| !c.is_whitespace() && !";|){}(,\"'`".contains(*c)) {
            name.push(c);
            self.text.next();
        }
        if name.is_empty() {
            return self.fail("a command is missing");
        }
        let mut arguments = Vec::new();
        loop {
            self.space(false);
            match self.text.peek() {
                None | Some('\n' | ';' | '|' | ')' | '}') => return Ok(Element::Command { name, arguments }),
                Some('-') if self.text.chars.get(self.text.at + 1).is_some_and(|c| c.is_alphabetic()) => {
                    self.text.next();
                    let mut switch = String::new();
                    while let Some(c) = self.text.peek().filter(|c| c.is_alphanumeric() || *c == '_') {
                        switch.push(c.to_ascii_lowercase());
                        self.text.next();
                    }
                    arguments.push(Argument::Switch(switch));
                }
                Some('$' | '"' | '\'' | '(' | '[' | '{' | '@') => arguments.push(Argument::Value(self.postfix()?)),
                Some(',') => return self.fail("a list of arguments is not followed"),
                Some(_) => {
                    let mut word = String::new();
                    while let Some(c) = self.text.peek().filter(|c| !c.is_whitespace() && !";|){}(,".contains(*c)) {
                        word.push(c);
                        self.text.next();
                    }
                    if word.is_empty() {
                        return self.fail("an argument is not followed");
                    }
                    arguments.push(Argument::Value(Expression::Text(vec![Part::Literal(word)])));
                }
            }
        }
    }
}
