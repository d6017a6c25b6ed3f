//! Reads nushell's statements and blocks: <https://www.nushell.sh/lang-guide/>.
//!
//! nushell refuses a whole file for one mistake, wherever it stands. So a mistake that is certain ([`Wrong::Refused`]) is kept apart
//! from text that is only not understood here ([`Wrong::Unfollowed`]) and may be one.

use super::expressions::Expression;
use super::reader::Reader;
use std::rc::Rc;

/// What is wrong with a text, and the line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wrong {
    /// nushell refuses it.
    Refused(u32, String),
    /// It is not understood here.
    Unfollowed(u32, String),
}

pub(super) type Read<T> = Result<T, Wrong>;

/// The statements of a block.
pub(super) type Body = Rc<Vec<Statement>>;

/// One statement and its line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    pub(super) line: u32,
    pub(super) kind: Kind,
}

/// What a statement is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Elements joined by `|`.
    Pipeline(Vec<Element>),
    /// `let`, `mut`, `const`.
    Let(String, Vec<Element>),
    /// `$env.NAME = …`, `$name ++= …`: the path, the operator before `=`, the value.
    Assign(Expression, String, Vec<Element>),
    /// `def`: the name, and what it does as a closure.
    Def(String, Expression),
    /// `alias`: the name and the text.
    Alias(String, String),
    /// `export-env { … }`
    ExportEnv(Body),
    /// `for name in … { … }`
    For(String, Expression, Body),
    /// `module` and `use` at the top of a file: they name things, and run nothing when the file is used as an overlay.
    Module,
}

/// One element of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Element {
    pub(super) line: u32,
    pub(super) kind: Step,
}

/// What an element is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Value(Expression),
    Command(String, Vec<Expression>),
    /// `if … { … } else if … { … } else { … }`
    If(Vec<(Expression, Body)>, Option<Body>),
}

/// A parameter of a command or closure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) default: Option<Expression>,
    /// `...name` takes all that are left.
    pub(super) rest: bool,
}

/// The statements of a module's file.
pub(super) fn module(text: &str) -> Read<Vec<Statement>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::new(text, 1);
    // Scripts for nushell before 0.68 are no modules: they were sourced.
    let is_module = text.contains("export-env");
    let mut statements = Vec::new();
    loop {
        reader.separators();
        if reader.text.peek().is_none() {
            return Ok(statements);
        }
        let (line, word) = (reader.text.line, reader.word_ahead());
        match word.as_str() {
            "def" | "const" | "extern" | "alias" | "use" | "module" | "export" | "export-env" => {}
            _ if is_module => return Err(Wrong::Refused(line, format!("{word} may not stand outside of export-env in a module"))),
            _ => {
                let what = format!("{word} outside of export-env, which today's nushell refuses and that of the time before overlays ran,");
                return Err(Wrong::Unfollowed(line, what));
            }
        }
        statements.push(reader.statement(true)?);
    }
}

impl Reader {
    /// Statements up to the closing sign, which is left unread, or the end.
    pub(super) fn statements(&mut self) -> Read<Vec<Statement>> {
        self.enter()?;
        let known = self.names.len();
        let mut statements = Vec::new();
        loop {
            self.separators();
            if matches!(self.text.peek(), None | Some(')' | '}')) {
                self.text.depth -= 1;
                self.names.truncate(known);
                return Ok(statements);
            }
            statements.push(self.statement(false)?);
        }
    }

    fn statement(&mut self, top: bool) -> Read<Statement> {
        let line = self.text.line;
        if self.word_ahead() == "export" {
            self.text.skip(6);
            self.blanks();
        }
        let word = self.word_ahead();
        let kind = match word.as_str() {
            "let" | "mut" | "const" => {
                self.text.skip(word.chars().count());
                self.blanks();
                let name = self.name()?;
                self.blanks();
                if self.text.peek() == Some(':') {
                    return self.unfollowed("the type of a variable");
                }
                if self.text.peek() != Some('=') {
                    return self.refused("a variable without =");
                }
                self.text.next();
                let value = self.pipeline()?;
                if word == "const"
                    && value.iter().any(|element| matches!(&element.kind, Step::Command(name, _) if !name.starts_with("path ")))
                {
                    return self.unfollowed("the value of a constant");
                }
                self.names.push(name.clone());
                Kind::Let(name, value)
            }
            "def" => {
                self.text.skip(3);
                self.def()?
            }
            "alias" => {
                self.text.skip(5);
                self.alias()?
            }
            "export-env" => {
                self.text.skip(10);
                self.blanks();
                Kind::ExportEnv(self.block()?)
            }
            "for" => {
                self.text.skip(3);
                self.blanks();
                let name = self.name()?;
                self.blanks();
                if self.word_ahead() != "in" {
                    return self.refused("for without in");
                }
                self.text.skip(2);
                let values = self.value()?;
                self.names.push(name.clone());
                let body = self.block()?;
                self.names.pop();
                Kind::For(name, values, body)
            }
            "module" | "use" | "extern" if top => {
                self.text.skip(word.chars().count());
                self.blanks();
                let name = self.word_ahead();
                if word == "module" {
                    self.text.skip(name.chars().count());
                    self.modules.push(name);
                    self.block()?;
                } else if word == "use" && !self.modules.contains(&name) {
                    return self.unfollowed(&format!("the module {name}"));
                }
                self.definition()?;
                Kind::Module
            }
            _ => self.pipeline_or_assignment()?,
        };
        self.blanks();
        if !self.at_end() {
            return self.unfollowed(&format!("{:?} is not expected", self.word_ahead()));
        }
        Ok(Statement { line, kind })
    }

    /// The rest of `module`, `use` or `extern`, whose blocks may take several lines.
    fn definition(&mut self) -> Read<()> {
        while !self.at_end() {
            match self.text.peek() {
                Some('{' | '[' | '(') => {
                    let end = self.matching()?;
                    self.text.skip(end - self.text.at);
                }
                _ => drop(self.text.next()),
            }
        }
        Ok(())
    }

    /// A name after `let` or in a parameter list; the dollar sign may stand there.
    pub(super) fn name(&mut self) -> Read<String> {
        if self.text.peek() == Some('$') {
            self.text.next();
        }
        let mut name = String::new();
        while let Some(c) = self.text.peek().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) {
            name.push(c);
            self.text.next();
        }
        if name.is_empty() { self.unfollowed("a name is expected") } else { Ok(name) }
    }

    fn def(&mut self) -> Read<Kind> {
        let mut keeps = false;
        loop {
            self.blanks();
            match self.word_ahead().as_str() {
                "--env" => keeps = true,
                "--wrapped" => return self.unfollowed("def --wrapped"),
                _ => break,
            }
            self.text.skip(5);
        }
        let name = match self.text.peek() {
            Some('"' | '\'' | '`') => return self.unfollowed("a command whose name is quoted"),
            _ => self.name()?,
        };
        if self.text.peek() == Some('[') {
            return self.refused("a blank is missing behind the name of a command");
        }
        self.blanks();
        if self.text.peek() != Some('[') {
            return self.unfollowed("the parameters of a command");
        }
        self.text.next();
        let known = self.names.len();
        let parameters = self.parameters(']')?;
        self.blanks();
        if self.text.peek() == Some(':') {
            while !matches!(self.text.peek(), None | Some('{')) {
                self.text.next();
            }
        }
        self.names.extend(parameters.iter().map(|parameter| parameter.name.clone()));
        let body = self.block()?;
        self.names.truncate(known);
        Ok(Kind::Def(name, Expression::Closure { parameters, body, source: String::new(), keeps }))
    }

    /// Parameters up to the sign that ends them.
    pub(super) fn parameters(&mut self, end: char) -> Read<Vec<Parameter>> {
        let mut all = Vec::new();
        loop {
            self.space();
            match self.text.peek() {
                Some(c) if c == end => {
                    self.text.next();
                    return Ok(all);
                }
                Some(',') => {
                    self.text.next();
                    continue;
                }
                Some('-') => return self.unfollowed("an option of a command"),
                None => return self.refused("a list of parameters is not closed"),
                _ => {}
            }
            let rest = self.text.starts_with("...");
            if rest {
                self.text.skip(3);
            }
            let name = self.name()?;
            let mut default = None;
            if self.text.peek() == Some('?') {
                self.text.next();
                default = Some(Expression::Nothing);
            }
            self.blanks();
            if self.text.peek() == Some(':') {
                self.text.next();
                self.blanks();
                while self.text.peek().is_some_and(|c| c.is_alphanumeric() || "<>:-".contains(c)) {
                    self.text.next();
                }
                self.blanks();
            }
            if self.text.peek() == Some('=') {
                self.text.next();
                default = Some(self.value()?);
            }
            all.push(Parameter { name, default, rest });
        }
    }

    fn alias(&mut self) -> Read<Kind> {
        self.blanks();
        let name = self.name()?;
        self.blanks();
        if self.text.peek() != Some('=') {
            return self.refused("alias without =");
        }
        self.text.next();
        let mut text = String::new();
        while let Some(c) = self.text.peek().filter(|c| !matches!(c, '\n' | ';' | '}')) {
            text.push(c);
            self.text.next();
        }
        let text = text.split(" #").next().unwrap_or_default().trim().to_owned();
        Ok(Kind::Alias(name, text))
    }

    /// `{ … }` as a block of statements.
    pub(super) fn block(&mut self) -> Read<Body> {
        self.blanks();
        if self.text.peek() != Some('{') {
            return self.refused("a block is expected");
        }
        let end = self.matching()?;
        self.text.next();
        self.body(end)
    }

    /// The statements up to `end`, where the closing sign is behind.
    pub(super) fn body(&mut self, end: usize) -> Read<Body> {
        let flat = std::mem::replace(&mut self.flat, false);
        let statements = self.statements()?;
        self.flat = flat;
        if self.text.at + 1 != end {
            return self.unfollowed("a closing sign that is not expected");
        }
        self.text.next();
        Ok(Rc::new(statements))
    }
}
