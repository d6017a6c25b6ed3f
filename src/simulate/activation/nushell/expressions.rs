//! Reads nushell's pipelines and expressions: values, operators, calls of commands.

use super::reader::Reader;
use super::syntax::{Body, Element, Kind, Parameter, Read, Statement, Step, Wrong};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Nothing,
    Truth(bool),
    Whole(i64),
    /// A text, and whether it stands bare.
    Text(String, bool),
    /// `$'…(…)…'`: text and expressions in turn.
    Interpolated(Vec<Expression>),
    /// `$name`
    Name(String),
    List(Vec<Expression>),
    /// `...value` in a list or a call.
    Spread(Box<Expression>),
    Record(Vec<(Expression, Expression)>),
    Closure {
        parameters: Vec<Parameter>,
        body: Body,
        source: String,
        keeps: bool,
    },
    /// `(…)`
    Statements(Vec<Statement>),
    /// `value.member`, and whether a `?` allows that it is missing.
    Member(Box<Expression>, String, bool),
    Not(Box<Expression>),
    Binary(String, Box<Expression>, Box<Expression>),
}

/// Operators, the loosest first; those of one row bind alike.
const OPERATORS: &[&[&str]] = &[
    &["or", "xor"],
    &["and"],
    &["==", "!=", "<=", ">=", "<", ">", "=~", "!~", "in", "not-in", "has", "not-has", "starts-with", "ends-with"],
    &["++", "+", "-"],
];

impl Reader {
    /// A pipeline, to the end of the statement.
    pub(super) fn pipeline(&mut self) -> Read<Vec<Element>> {
        let mut elements = Vec::new();
        loop {
            self.blanks();
            elements.push(self.element()?);
            // A line may begin with the sign that goes on with the one before.
            let (at, line) = (self.text.at, self.text.line);
            self.space();
            if self.text.peek() == Some('|') {
                self.text.next();
                self.space();
            } else {
                (self.text.at, self.text.line) = (at, line);
                return Ok(elements);
            }
        }
    }

    /// A pipeline, or `$env.NAME = …`.
    pub(super) fn pipeline_or_assignment(&mut self) -> Read<Kind> {
        let elements = self.pipeline()?;
        self.blanks();
        let operator =
            ["++=", "+=", "-=", "="].into_iter().find(|operator| self.text.starts_with(operator) && !self.text.starts_with("=="));
        match (operator, elements.as_slice()) {
            (Some(operator), [Element { kind: Step::Value(target), .. }]) => {
                let target = target.clone();
                self.text.skip(operator.len());
                let value = self.pipeline()?;
                Ok(Kind::Assign(target, operator.trim_end_matches('=').to_owned(), value))
            }
            _ => Ok(Kind::Pipeline(elements)),
        }
    }

    fn element(&mut self) -> Read<Element> {
        let (line, word) = (self.text.line, self.word_ahead());
        let kind = match word.as_str() {
            "if" => self.conditional()?,
            "match" | "while" | "loop" | "where" => return self.unfollowed(&word),
            "not" | "true" | "false" | "null" => Step::Value(self.expression()?),
            _ => match self.text.peek() {
                None | Some('\n' | '\r' | ';' | '|' | ')' | '}') => return self.unfollowed("a command is missing"),
                Some('$' | '(' | '[' | '{' | '\'' | '"' | '`' | '0'..='9') => Step::Value(self.expression()?),
                Some('r') if self.text.starts_with("r#") => Step::Value(self.expression()?),
                Some('^' | '-' | '.' | '/' | '~' | '%' | '*') => return self.unfollowed(&format!("the program {word}")),
                Some(_) => self.command()?,
            },
        };
        Ok(Element { line, kind })
    }

    fn conditional(&mut self) -> Read<Step> {
        let mut branches = Vec::new();
        loop {
            self.text.skip(2);
            if self.text.peek().is_some_and(|c| !c.is_whitespace()) {
                return self.unfollowed("what stands right behind if");
            }
            let condition = self.expression()?;
            branches.push((condition, self.block()?));
            if self.word_ahead().starts_with("else") {
                return self.refused("a blank is missing behind a block");
            }
            let (at, line) = (self.text.at, self.text.line);
            self.space();
            if self.word_ahead() != "else" {
                (self.text.at, self.text.line) = (at, line);
                return Ok(Step::If(branches, None));
            }
            self.text.skip(4);
            if self.text.peek() == Some('{') {
                return self.refused("a blank is missing behind else");
            }
            self.space();
            if self.word_ahead() != "if" {
                return Ok(Step::If(branches, Some(self.block()?)));
            }
        }
    }

    /// Words of a name that have spaces in them: `path join`, `str replace`.
    fn command(&mut self) -> Read<Step> {
        let mut name = self.bare();
        if matches!(name.as_str(), "path" | "str" | "into" | "split" | "error" | "overlay" | "date" | "random" | "url" | "config") {
            self.blanks();
            if self.text.peek().is_some_and(char::is_alphabetic) {
                name = format!("{name} {}", self.bare());
            }
        }
        let mut arguments = Vec::new();
        loop {
            self.blanks();
            if matches!(self.text.peek(), None | Some('\n' | '\r' | ';' | '|' | ')' | '}' | ']')) {
                return Ok(Step::Command(name, arguments));
            }
            arguments.push(self.value()?);
        }
    }

    fn bare(&mut self) -> String {
        let end = self.word_end().unwrap_or(self.text.at);
        let text = self.text.chars.get(self.text.at..end).unwrap_or_default().iter().collect();
        self.text.skip(end - self.text.at);
        text
    }

    /// Where the word that stands here ends: at a blank or a sign outside of quotes. `None` when a quote is not closed.
    fn word_end(&self) -> Option<usize> {
        let mut at = self.text.at;
        while let Some(c) = self.text.chars.get(at).filter(|c| !c.is_whitespace() && !"|;(){}[],".contains(**c)) {
            at = if matches!(c, '\'' | '"' | '`') { self.quote_end(at)? } else { at } + 1;
        }
        Some(at)
    }

    /// An expression with operators.
    pub(super) fn expression(&mut self) -> Read<Expression> {
        self.operation(0)
    }

    fn operation(&mut self, level: usize) -> Read<Expression> {
        let Some(row) = OPERATORS.get(level) else { return self.operand() };
        let mut left = self.operation(level + 1)?;
        loop {
            self.blanks();
            let word = self.word_ahead();
            let Some(operator) = row.iter().find(|operator| **operator == word) else { return Ok(left) };
            self.text.skip(operator.chars().count());
            self.enter()?;
            let right = self.operation(level + 1)?;
            self.text.depth -= 1;
            left = Expression::Binary((*operator).to_owned(), Box::new(left), Box::new(right));
        }
    }

    fn operand(&mut self) -> Read<Expression> {
        self.blanks();
        if self.word_ahead() == "not" {
            self.text.skip(3);
            if self.text.peek().is_some_and(|c| !c.is_whitespace()) {
                return self.unfollowed("what stands right behind not");
            }
            self.enter()?;
            let inner = self.operand()?;
            self.text.depth -= 1;
            return Ok(Expression::Not(Box::new(inner)));
        }
        self.value()
    }

    /// One value, with the members that are taken of it.
    pub(super) fn value(&mut self) -> Read<Expression> {
        self.blanks();
        self.enter()?;
        let mut value = self.plain()?;
        self.text.depth -= 1;
        let has_members = !matches!(value, Expression::Text(_, true) | Expression::Whole(_) | Expression::Spread(_));
        while has_members
            && self.text.peek() == Some('.')
            && self.text.peek_at(1).is_some_and(|c| c.is_alphanumeric() || "_\"'".contains(c))
        {
            self.text.next();
            let name = match self.text.peek() {
                Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
                _ => self.name()?,
            };
            let optional = self.text.peek() == Some('?');
            self.text.skip(usize::from(optional));
            if self.text.peek() == Some('!') {
                return self.unfollowed("a name without case");
            }
            value = Expression::Member(Box::new(value), name, optional);
        }
        if self.text.peek().is_some_and(|c| c.is_alphanumeric() || matches!(c, '\'' | '"' | '`' | '_' | '$')) {
            return self.unfollowed("what stands right behind a value");
        }
        Ok(value)
    }

    fn plain(&mut self) -> Read<Expression> {
        match self.text.peek() {
            None => self.unfollowed("a value is missing"),
            Some('`') => self.unfollowed("a word between backquotes"),
            Some(quote @ ('\'' | '"')) => Ok(Expression::Text(self.quoted(quote)?, false)),
            Some('$') if matches!(self.text.peek_at(1), Some('\'' | '"')) => self.interpolated(),
            Some('$') => {
                let name = self.name()?;
                if matches!(name.as_str(), "env" | "in" | "nu") || self.names.contains(&name) {
                    Ok(Expression::Name(name))
                } else {
                    self.refused(&format!("there is no variable ${name}"))
                }
            }
            Some('(') => {
                let end = self.matching()?;
                self.text.next();
                let flat = std::mem::replace(&mut self.flat, true);
                let statements = self.statements()?;
                self.flat = flat;
                if self.text.at + 1 != end {
                    return self.unfollowed("what stands in parentheses");
                }
                self.text.next();
                Ok(Expression::Statements(statements))
            }
            Some('[') => self.list(),
            Some('{') => self.braces(),
            Some('r') if self.raw_end(self.text.at).is_some() => {
                let end = self.raw_end(self.text.at).unwrap_or(self.text.at);
                let sharps = self.text.chars.iter().skip(self.text.at + 1).take_while(|c| **c == '#').count();
                let text = self.text.chars.get(self.text.at + sharps + 2..end.saturating_sub(sharps)).unwrap_or_default().iter().collect();
                self.text.skip(end + 1 - self.text.at);
                Ok(Expression::Text(text, false))
            }
            Some('.') if self.text.starts_with("...") && matches!(self.text.peek_at(3), Some('$' | '(' | '[')) => {
                self.text.skip(3);
                Ok(Expression::Spread(Box::new(self.value()?)))
            }
            Some(_) => {
                let text = self.bare();
                Ok(match text.as_str() {
                    "" => return self.unfollowed(&format!("{:?} as a value", self.text.peek().unwrap_or(' '))),
                    "true" => Expression::Truth(true),
                    "false" => Expression::Truth(false),
                    "null" => Expression::Nothing,
                    _ => match text.parse() {
                        Ok(number) => Expression::Whole(number),
                        // Fractions, sizes, durations, dates.
                        Err(_) if text.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit()) => {
                            return self.unfollowed(&format!("the number {text}"));
                        }
                        Err(_) => Expression::Text(text, true),
                    },
                })
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Read<String> {
        let Some(end) = self.word_end() else { return self.refused("a quote is not closed") };
        if end < self.text.at + 2 || self.text.chars.get(end - 1) != Some(&quote) {
            return self.refused("something stands behind a closing quote");
        }
        // Only the outermost quotes of a word are taken away: 'a'b'c' is a'b'c.
        let inside: String = self.text.chars.get(self.text.at + 1..end - 1).unwrap_or_default().iter().collect();
        self.text.skip(end - self.text.at);
        if quote == '"' { unescaped(&inside, self.text.line) } else { Ok(inside) }
    }

    /// `$'…'` and `$"…"`: what stands in parentheses is run.
    fn interpolated(&mut self) -> Read<Expression> {
        self.text.next();
        let (quote, escapes) = (self.text.peek(), self.text.peek() == Some('"'));
        let Some(end) = self.word_end() else { return self.refused("a quote is not closed") };
        let end = end.saturating_sub(1);
        if end <= self.text.at || self.text.chars.get(end).copied() != quote {
            return self.unfollowed("a quote inside of a text");
        }
        self.text.next();
        let (mut parts, mut text, mut began) = (Vec::new(), String::new(), self.text.line);
        while self.text.at < end {
            match self.text.peek() {
                Some('(') => {
                    if self.matching()? > end {
                        return self.refused("a parenthesis is not closed");
                    }
                    let before = std::mem::take(&mut text);
                    parts.push(Expression::Text(if escapes { unescaped(&before, began)? } else { before }, false));
                    parts.push(self.plain()?);
                    began = self.text.line;
                }
                Some('\\') if escapes => text.extend([self.text.next(), self.text.next()].into_iter().flatten()),
                _ => text.extend(self.text.next()),
            }
        }
        self.text.next();
        parts.push(Expression::Text(if escapes { unescaped(&text, began)? } else { text }, false));
        Ok(Expression::Interpolated(parts))
    }

    fn list(&mut self) -> Read<Expression> {
        let end = self.matching()?;
        self.text.next();
        let flat = std::mem::replace(&mut self.flat, true);
        let mut items = Vec::new();
        loop {
            self.blanks();
            match self.text.peek() {
                Some(']') => break,
                Some(',') => drop(self.text.next()),
                Some(';') => return self.unfollowed("a table"),
                _ => items.push(self.value()?),
            }
        }
        self.flat = flat;
        self.text.skip(end - self.text.at);
        Ok(Expression::List(items))
    }

    /// `{…}` as a value: a closure, a record or a block.
    fn braces(&mut self) -> Read<Expression> {
        let (end, begin, known) = (self.matching()?, self.text.at, self.names.len());
        let (at, line) = (self.text.at, self.text.line);
        self.text.next();
        self.space();
        let mut parameters = Vec::new();
        if self.text.peek() == Some('|') {
            self.text.next();
            parameters = self.parameters('|')?;
        } else if let Some(record) = self.record(end)? {
            return Ok(record);
        } else {
            (self.text.at, self.text.line) = (at, line);
            self.text.next();
        }
        self.names.extend(parameters.iter().map(|parameter| parameter.name.clone()));
        let body = self.body(end)?;
        self.names.truncate(known);
        let source = self.text.chars.get(begin..end).unwrap_or_default().iter().collect();
        Ok(Expression::Closure { parameters, body, source, keeps: false })
    }

    /// The fields of a record; `None` when the braces hold something else.
    fn record(&mut self, end: usize) -> Read<Option<Expression>> {
        let flat = std::mem::replace(&mut self.flat, true);
        let mut fields = Vec::new();
        loop {
            self.blanks();
            match self.text.peek() {
                Some('}') => break,
                Some(',') => {
                    self.text.next();
                    continue;
                }
                _ => {}
            }
            let key = if matches!(self.text.peek(), Some('$' | '(' | '"' | '\'')) {
                self.plain()
            } else {
                let text: String = self.word_ahead().chars().take_while(|c| *c != ':').collect();
                self.text.skip(text.chars().count());
                Ok(Expression::Text(text, false))
            };
            self.blanks();
            if fields.is_empty() && (key.is_err() || self.text.peek() != Some(':')) {
                self.flat = flat;
                return Ok(None);
            }
            let key = key?;
            if self.text.peek() != Some(':') {
                return self.refused("a field of a record without a colon");
            }
            self.text.next();
            fields.push((key, self.value()?));
        }
        self.flat = flat;
        self.text.skip(end - self.text.at);
        Ok(Some(Expression::Record(fields)))
    }
}

/// What stands between double quotes.
fn unescaped(text: &str, line: u32) -> Read<String> {
    let (mut plain, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        plain.push(match chars.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('e') => '\u{1b}',
            Some('a') => '\u{7}',
            Some(c @ ('"' | '\'' | '\\' | '/' | '(' | ')' | '{' | '}' | '$' | '^' | '#' | '|' | '~')) => c,
            Some('u') => return Err(Wrong::Unfollowed(line, "an escape with a number".to_owned())),
            other => return Err(Wrong::Refused(line, format!("\\{} is no escape", other.map(String::from).unwrap_or_default()))),
        });
    }
    Ok(plain)
}
