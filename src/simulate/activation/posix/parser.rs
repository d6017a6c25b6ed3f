//! Reads a shell script into a tree, by POSIX.1-2024, Shell Command Language, 2.3 and 2.10, with the additions of bash, zsh and ksh
//! that activation scripts use.
//!
//! Written here because the script is anyone's: a reader must keep its depth bounded and never stop the program, and must, like
//! a shell, keep the commands that stand before a syntax error, since the shell has already run them when it gets there.

use super::Dialect;
use super::tree::{AndOr, Assignment, Command, Joint, List, Node, Pipeline, Redirect, Simple, Target, Word};
use super::words::Chars;
use std::rc::Rc;

/// How deep commands and words may nest. A real script stays below ten.
pub(super) const DEPTH: u32 = 60;

/// Where reading ends, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// The line.
    pub(super) line: u32,
    /// What is wrong there.
    pub(super) what: String,
}

type Read<T> = Result<T, SyntaxError>;

/// The lists of a script up to its end or up to the first syntax error. Each list is what the shell runs before it reads on.
pub(super) fn parse(text: &str, first_line: u32, dialect: Dialect) -> (Vec<List>, Option<SyntaxError>) {
    let mut parser = Parser { chars: Chars::new(text, first_line, dialect), dialect, depth: 0, documents: Vec::new() };
    let mut lists = Vec::new();
    loop {
        match parser.line() {
            Ok(Some(list)) => lists.push(list),
            Ok(None) => return (lists, None),
            Err(error) => return (lists, Some(error)),
        }
    }
}

struct Parser<'t> {
    chars: Chars<'t>,
    dialect: Dialect,
    depth: u32,
    /// Here-documents whose text begins after this line: the word that ends each, and whether tabs are removed.
    documents: Vec<(String, bool)>,
}

impl Parser<'_> {
    fn fail<T>(&self, what: &str) -> Read<T> {
        Err(SyntaxError { line: self.chars.line, what: what.to_owned() })
    }

    fn line(&mut self) -> Read<Option<List>> {
        self.newlines();
        if self.chars.peek().is_none() {
            return Ok(None);
        }
        let mut list = Vec::new();
        while !matches!(self.chars.peek(), None | Some('\n')) {
            list.push(self.and_or()?);
            self.chars.blanks();
        }
        Ok(Some(list))
    }

    fn newlines(&mut self) {
        loop {
            self.chars.blanks();
            if self.chars.peek() != Some('\n') {
                return;
            }
            self.newline();
        }
    }

    /// Steps over a line end, and over the here-documents that begin there.
    fn newline(&mut self) {
        self.chars.next();
        for (end, tabs) in std::mem::take(&mut self.documents) {
            while let Some(line) = self.chars.rest_of_line() {
                if (if tabs { line.trim_start_matches('\t') } else { &line }) == end {
                    break;
                }
            }
        }
    }

    /// Commands up to one of the reserved words or closing signs, which is left unread.
    fn list(&mut self, ends: &[&str]) -> Read<List> {
        let mut list = Vec::new();
        loop {
            self.newlines();
            if ends.iter().any(|end| self.at(end)) {
                return if list.is_empty() && self.dialect != Dialect::Zsh { self.fail("a command is missing") } else { Ok(list) };
            }
            if self.chars.peek().is_none() {
                return self.fail(&format!("the script ends before {}", ends.join(" or ")));
            }
            list.push(self.and_or()?);
        }
    }

    /// Whether the reserved word or sign stands here.
    fn at(&mut self, sign: &str) -> bool {
        self.chars.blanks();
        if !self.chars.starts_with(sign) {
            return false;
        }
        let alone = self.chars.peek_at(sign.chars().count()).is_none_or(|c| super::words::METACHARACTERS.contains(c));
        alone || sign.starts_with([')', ';'])
    }

    fn take(&mut self, sign: &str) -> bool {
        let here = self.at(sign);
        if here {
            self.chars.skip(sign.chars().count());
        }
        here
    }

    fn expect(&mut self, sign: &str) -> Read<()> {
        if self.take(sign) { Ok(()) } else { self.fail(&format!("{sign} is missing")) }
    }

    fn and_or(&mut self) -> Read<AndOr> {
        let mut list = AndOr { first: self.pipeline()?, rest: Vec::new(), background: false };
        loop {
            self.chars.blanks();
            let joint = if self.chars.starts_with("&&") {
                Joint::And
            } else if self.chars.starts_with("||") {
                Joint::Or
            } else {
                break;
            };
            self.chars.skip(2);
            self.newlines();
            list.rest.push((joint, self.pipeline()?));
        }
        match self.chars.peek() {
            Some('&') => {
                list.background = true;
                self.chars.next();
            }
            Some(';') if !self.chars.starts_with(";;") => self.chars.skip(1),
            None | Some('\n' | ')' | ';') => {}
            Some(other) => return self.fail(&format!("{other} is not expected here")),
        }
        Ok(list)
    }

    fn pipeline(&mut self) -> Read<Pipeline> {
        let mut negated = false;
        while self.take("!") {
            negated = !negated;
        }
        let mut commands = vec![self.command()?];
        loop {
            self.chars.blanks();
            if !self.chars.starts_with("|") || self.chars.starts_with("||") {
                return Ok(Pipeline { negated, commands });
            }
            self.chars.skip(if self.chars.starts_with("|&") { 2 } else { 1 });
            self.newlines();
            commands.push(self.command()?);
        }
    }

    fn command(&mut self) -> Read<Command> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.fail("commands are nested too deeply to be followed");
        }
        self.chars.blanks();
        let line = self.chars.line;
        let node = self.compound()?;
        let mut command = match node {
            Some(node) => Command { node, line, redirects: Vec::new() },
            None => self.simple()?,
        };
        while let Some(redirect) = self.redirect()? {
            command.redirects.extend(redirect);
        }
        self.depth -= 1;
        Ok(command)
    }

    fn compound(&mut self) -> Read<Option<Node>> {
        if self.chars.starts_with("((") {
            self.chars.arithmetic_command()?;
            return Ok(Some(Node::Arithmetic));
        }
        if self.take("if") {
            return self.conditional().map(Some);
        }
        if self.take("case") {
            return self.case().map(Some);
        }
        let until = self.at("until");
        if self.take("while") || self.take("until") {
            let condition = self.list(&["do"])?;
            return Ok(Some(Node::While { until, condition, body: self.body()? }));
        }
        if self.take("for") {
            return self.for_loop().map(Some);
        }
        if self.take("{") {
            let list = self.list(&["}"])?;
            self.expect("}")?;
            return Ok(Some(Node::Group(list)));
        }
        if self.chars.starts_with("(") {
            self.chars.skip(1);
            let list = self.list(&[")"])?;
            self.expect(")")?;
            return Ok(Some(Node::Subshell(list)));
        }
        if self.dialect != Dialect::Dash && self.take("[[") {
            return self.extended_test().map(Some);
        }
        if self.dialect != Dialect::Dash && self.take("function") {
            self.chars.blanks();
            let name = self.chars.word()?;
            let Some(name) = name.bare().map(str::to_owned) else { return self.fail("a function's name is missing") };
            self.parentheses();
            return self.function(name).map(Some);
        }
        Ok(None)
    }

    fn conditional(&mut self) -> Read<Node> {
        let mut branches = Vec::new();
        loop {
            let condition = self.list(&["then"])?;
            self.expect("then")?;
            branches.push((condition, self.list(&["elif", "else", "fi"])?));
            if self.take("elif") {
                continue;
            }
            let otherwise = if self.take("else") { self.list(&["fi"])? } else { Vec::new() };
            self.expect("fi")?;
            return Ok(Node::If(branches, otherwise));
        }
    }

    fn case(&mut self) -> Read<Node> {
        self.chars.blanks();
        let word = self.chars.word()?;
        self.newlines();
        self.expect("in")?;
        let mut items = Vec::new();
        loop {
            self.newlines();
            if self.take("esac") {
                return Ok(Node::Case(word, items));
            }
            items.push(self.case_item()?);
        }
    }

    fn case_item(&mut self) -> Read<(Vec<Word>, List)> {
        self.take("(");
        let mut patterns = Vec::new();
        loop {
            self.chars.blanks();
            patterns.push(self.chars.word()?);
            self.chars.blanks();
            match self.chars.next() {
                Some('|') => {}
                Some(')') => break,
                _ => return self.fail(") is missing behind the patterns of case"),
            }
        }
        let mut body = Vec::new();
        loop {
            self.newlines();
            if self.chars.starts_with(";&") || self.chars.starts_with(";;&") {
                return self.fail("a case item that falls through is not followed");
            }
            if self.take(";;") || self.at("esac") {
                return Ok((patterns, body));
            }
            if self.chars.peek().is_none() {
                return self.fail("the script ends before esac");
            }
            body.push(self.and_or()?);
        }
    }

    fn for_loop(&mut self) -> Read<Node> {
        self.chars.blanks();
        let Some(name) = self.chars.word()?.bare().map(str::to_owned) else { return self.fail("for without a variable") };
        self.newlines();
        let mut words = None;
        if self.take("in") {
            let mut list = Vec::new();
            loop {
                self.chars.blanks();
                match self.chars.peek() {
                    None | Some('\n' | ';') => break,
                    _ => list.push(self.chars.word()?),
                }
            }
            words = Some(list);
        }
        self.chars.blanks();
        if self.chars.peek() == Some(';') {
            self.chars.next();
        }
        self.newlines();
        Ok(Node::For { name, words, body: self.body()? })
    }

    fn body(&mut self) -> Read<List> {
        self.expect("do")?;
        let list = self.list(&["done"])?;
        self.expect("done")?;
        Ok(list)
    }

    fn extended_test(&mut self) -> Read<Node> {
        let mut words = Vec::new();
        loop {
            self.newlines();
            if self.take("]]") {
                return Ok(Node::Test(words));
            }
            words.push(match self.chars.peek() {
                Some('&' | '|' | '(' | ')' | '<' | '>') => self.chars.operator(),
                Some(';') | None => return self.fail("]] is missing"),
                Some(_) => self.chars.word()?,
            });
        }
    }

    fn parentheses(&mut self) -> bool {
        self.chars.blanks();
        let Some(inside) = self.chars.blanks_between_parentheses() else { return false };
        self.chars.skip(inside);
        true
    }

    fn function(&mut self, name: String) -> Read<Node> {
        self.newlines();
        Ok(Node::Function(name, Rc::new(self.command()?)))
    }

    fn simple(&mut self) -> Read<Command> {
        let (mut simple, mut redirects, line) = (Simple::default(), Vec::new(), self.chars.line);
        loop {
            self.chars.blanks();
            if let Some(more) = self.redirect()? {
                redirects.extend(more);
                continue;
            }
            match self.chars.peek() {
                None | Some('\n' | ';' | '&' | '|' | ')') => break,
                Some('(') => {
                    let name = simple.words.first().and_then(Word::bare).map(str::to_owned);
                    if let (Some(name), 1, true) = (name, simple.words.len(), self.parentheses()) {
                        return Ok(Command { node: self.function(name)?, line, redirects });
                    }
                    return self.fail("( is not expected here");
                }
                Some(_) => {}
            }
            let declares = simple.words.first().and_then(Word::bare).is_some_and(|name| DECLARERS.contains(&name));
            if (simple.words.is_empty() || declares)
                && let Some(assignment) = self.assignment()?
            {
                if declares {
                    simple.words.push(assignment.spelled());
                } else {
                    simple.assignments.push(assignment);
                }
                continue;
            }
            let word = self.chars.word()?;
            if simple.words.is_empty() && simple.assignments.is_empty() && word.bare().is_some_and(|word| CLOSERS.contains(&word)) {
                return self.fail(&format!("{} is not expected here", word.bare().unwrap_or_default()));
            }
            simple.words.push(word);
        }
        if simple.words.is_empty() && simple.assignments.is_empty() && redirects.is_empty() {
            return self.fail("a command is missing");
        }
        Ok(Command { node: Node::Simple(simple), line, redirects })
    }

    fn assignment(&mut self) -> Read<Option<Assignment>> {
        let line = self.chars.line;
        let Some((name, index, append)) = self.chars.assignment_head() else { return Ok(None) };
        if self.chars.peek() == Some('(') && self.dialect != Dialect::Dash {
            self.chars.skip(1);
            loop {
                self.newlines();
                match self.chars.peek() {
                    Some(')') => break,
                    None => return self.fail(") is missing behind a list"),
                    Some('(' | ';' | '&' | '|' | '<' | '>') => return self.fail("a list holds a sign that is not expected"),
                    Some(_) => self.chars.word().map(drop)?,
                }
            }
            self.chars.skip(1);
            return Ok(Some(Assignment { name, index, append, value: Word::default(), list: true, line }));
        }
        let value = match self.chars.peek() {
            None | Some(' ' | '\t' | '\n' | ';' | '&' | '|' | ')' | '<' | '>') => Word { pieces: Vec::new(), line },
            Some(_) => self.chars.word()?.assigned(),
        };
        Ok(Some(Assignment { name, index, append, value, list: false, line }))
    }

    /// One redirection: `None` where none stands here, an empty list for one that concerns no output.
    fn redirect(&mut self) -> Read<Option<Vec<Redirect>>> {
        self.chars.blanks();
        let digits = self.chars.digits_before_redirection();
        let from = if digits == 1 { self.chars.peek().and_then(|c| c.to_digit(10)).map(|d| d as u8) } else { None };
        let both = self.dialect != Dialect::Dash && self.chars.starts_with("&>");
        if !both && !matches!(self.chars.peek_at(digits), Some('<' | '>')) {
            return Ok(None);
        }
        self.chars.skip(digits + usize::from(both));
        if self.chars.starts_with("<<") && !self.chars.starts_with("<<<") {
            return self.here_document();
        }
        let reads = self.chars.peek() == Some('<');
        let operator = ["<<<", "<>", "<&", "<", ">>", ">&", ">|", ">"].into_iter().find(|sign| self.chars.starts_with(sign)).unwrap_or(">");
        self.chars.skip(operator.len());
        self.chars.blanks();
        if matches!(self.chars.peek(), None | Some('\n' | ';' | '|' | ')' | '(' | '<' | '>')) {
            return self.fail("a redirection leads nowhere");
        }
        let word = self.chars.word()?;
        let to = match (operator, word.bare()) {
            (">&", Some("1")) => Target::Output,
            (">&", Some("2")) => Target::Error,
            _ => Target::File,
        };
        let both = both || (operator == ">&" && from.is_none() && to == Target::File);
        Ok(Some(match (reads, both, from) {
            (true, ..) => Vec::new(),
            (_, true, _) => vec![Redirect { from: 0, to }],
            (_, _, None | Some(1)) => vec![Redirect { from: 1, to }],
            (_, _, Some(2)) => vec![Redirect { from: 2, to }],
            _ => Vec::new(),
        }))
    }

    fn here_document(&mut self) -> Read<Option<Vec<Redirect>>> {
        self.chars.skip(2);
        let tabs = self.chars.peek() == Some('-');
        self.chars.skip(usize::from(tabs));
        self.chars.blanks();
        let end = self
            .chars
            .word()?
            .pieces
            .into_iter()
            .map(|piece| if let super::tree::Piece::Literal(text, _) = piece { text } else { String::new() });
        self.documents.push((end.collect(), tabs));
        Ok(Some(Vec::new()))
    }
}

/// Reserved words that close or continue a command and so cannot begin one.
const CLOSERS: [&str; 8] = ["then", "elif", "else", "fi", "do", "done", "esac", "}"];

/// Builtins whose arguments are assignments: their values are not split into words.
const DECLARERS: [&str; 7] = ["export", "readonly", "local", "typeset", "declare", "integer", "float"];

impl Assignment {
    /// The assignment as one word, as `export` takes it.
    fn spelled(self) -> Word {
        use super::tree::Piece;
        let index = self.index.map(|index| format!("[{index}]")).unwrap_or_default();
        let sign = if self.append { "+=" } else { "=" };
        let mut pieces = vec![Piece::Literal(format!("{}{index}{sign}", self.name), true)];
        if self.list {
            pieces.push(Piece::Opaque("a list of values".to_owned()));
        }
        // In an assignment nothing is split; quoting each part says so.
        pieces.extend(self.value.pieces.into_iter().map(|piece| match piece {
            Piece::Literal(text, _) => Piece::Literal(text, true),
            Piece::Parameter(parameter, _) => Piece::Parameter(parameter, true),
            Piece::Command(text, line, _) => Piece::Command(text, line, true),
            other @ (Piece::Opaque(_) | Piece::Home(_)) => other,
        }));
        Word { pieces, line: self.line }
    }
}
