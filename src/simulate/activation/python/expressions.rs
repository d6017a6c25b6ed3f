//! Reads Python's expressions, with xonsh's `$NAME` and `${...}`.

use super::syntax::{Error, end_of_text};
use crate::simulate::activation::characters::Characters;

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    Text(String),
    /// `b"…"`
    Bytes(Box<Expression>),
    /// `f"…{name}…"`: texts and names by turns.
    Format(Vec<(String, Option<Box<Expression>>)>),
    Name(String),
    /// `$NAME`
    Variable(String),
    /// `${...}`, the whole environment.
    Environment,
    Attribute(Box<Expression>, String),
    Index(Box<Expression>, Box<Expression>),
    /// `[from:to]`
    Slice(Box<Expression>, Option<Box<Expression>>, Option<Box<Expression>>),
    Number(i64),
    /// `-value`
    Negative(Box<Expression>),
    /// `name := value`
    Bind(String, Box<Expression>),
    /// `item for name in values if condition`
    Each(Box<Each>),
    /// What is called, with plain and named arguments.
    Call(Box<Expression>, Vec<Expression>, Vec<(String, Expression)>),
    List(Vec<Expression>),
    /// `*items` inside a list.
    Spread(Box<Expression>),
    Not(Box<Expression>),
    Binary(&'static str, Box<Expression>, Box<Expression>),
    /// `a if condition else b`
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
}

/// A comprehension, or a generator.
#[derive(Debug, Clone)]
pub(super) struct Each {
    pub(super) item: Expression,
    pub(super) name: String,
    pub(super) values: Expression,
    pub(super) condition: Option<Expression>,
    /// Whether it stands in `[…]`; else each item is made when it is asked for.
    pub(super) is_list: bool,
}

const DEPTH: u32 = 40;

/// The text of one logical line and how far it has been read.
pub(super) struct Reader {
    text: Characters,
}

impl Reader {
    pub(super) fn new(text: &str, line: u32) -> Self {
        Self { text: Characters::new(text, line) }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> String {
        self.text.rest()
    }

    fn fail<T>(&self, what: &str) -> Result<T, Error> {
        Err((self.text.line, what.to_owned()))
    }

    fn space(&mut self) {
        while self.text.peek().is_some_and(char::is_whitespace) {
            self.text.at += 1;
        }
    }

    fn take(&mut self, sign: &str) -> bool {
        self.space();
        let length = sign.chars().count();
        let here = self.text.chars.get(self.text.at..self.text.at + length).is_some_and(|ahead| ahead.iter().copied().eq(sign.chars()));
        let word = sign.chars().all(char::is_alphabetic)
            && self.text.chars.get(self.text.at + length).is_some_and(|c| c.is_alphanumeric() || *c == '_');
        if here && !word {
            self.text.at += length;
        }
        here && !word
    }

    /// A name; empty where none stands.
    pub(super) fn name(&mut self) -> String {
        self.space();
        let mut name = String::new();
        while let Some(c) = self.text.peek().filter(|c| c.is_alphanumeric() || *c == '_') {
            name.push(c);
            self.text.at += 1;
        }
        name
    }

    /// `(self, name, other=None)`
    pub(super) fn parameters(&mut self) -> Result<Vec<(String, Option<Expression>)>, Error> {
        if !self.take("(") {
            return self.fail("( is missing");
        }
        let mut all = Vec::new();
        while !self.take(")") {
            let name = self.name();
            if name.is_empty() {
                return self.fail("a parameter is not followed");
            }
            let default = if self.take("=") { Some(self.expression()?) } else { None };
            all.push((name, default));
            self.take(",");
        }
        Ok(all)
    }

    pub(super) fn expression(&mut self) -> Result<Expression, Error> {
        self.text.depth += 1;
        if self.text.depth > DEPTH {
            return self.fail("an expression is nested too deeply to be followed");
        }
        let value = self.either()?;
        if let Expression::Name(name) = &value
            && self.take(":=")
        {
            let value = Expression::Bind(name.clone(), Box::new(self.expression()?));
            self.text.depth -= 1;
            return Ok(value);
        }
        let value = if self.take("if") {
            let condition = self.either()?;
            if !self.take("else") {
                return self.fail("else is missing");
            }
            Expression::Choice(Box::new(condition), Box::new(value), Box::new(self.expression()?))
        } else {
            value
        };
        self.text.depth -= 1;
        Ok(value)
    }

    fn either(&mut self) -> Result<Expression, Error> {
        let mut left = self.both()?;
        while self.take("or") {
            left = Expression::Binary("or", Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expression, Error> {
        let mut left = self.negated()?;
        while self.take("and") {
            left = Expression::Binary("and", Box::new(left), Box::new(self.negated()?));
        }
        Ok(left)
    }

    fn negated(&mut self) -> Result<Expression, Error> {
        if self.take("not") {
            return Ok(Expression::Not(Box::new(self.negated()?)));
        }
        let left = self.sum()?;
        let here = self.text.at;
        for (sign, name) in
            [("==", "=="), ("!=", "!="), ("not", "not in"), ("in", "in"), ("is", "is"), ("<=", "<="), (">=", ">="), ("<", "<"), (">", ">")]
        {
            if !self.take(sign) {
                continue;
            }
            if sign == "not" && !self.take("in") {
                self.text.at = here;
                continue;
            }
            let inverted = sign == "is" && self.take("not");
            let right = Box::new(self.sum()?);
            let whole = Expression::Binary(name, Box::new(left), right);
            return Ok(if inverted { Expression::Not(Box::new(whole)) } else { whole });
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expression, Error> {
        let mut left = self.postfix()?;
        loop {
            self.space();
            let sign = match self.text.peek() {
                Some('+') => "+",
                Some('-') => "-",
                _ => return Ok(left),
            };
            if self.text.chars.get(self.text.at + 1) == Some(&'=') {
                return Ok(left);
            }
            self.text.at += 1;
            left = Expression::Binary(sign, Box::new(left), Box::new(self.postfix()?));
        }
    }

    fn postfix(&mut self) -> Result<Expression, Error> {
        let mut value = self.atom()?;
        loop {
            if self.text.peek() == Some('.') {
                self.text.at += 1;
                let name = self.name();
                if name.is_empty() {
                    return self.fail("a name is missing behind a dot");
                }
                value = Expression::Attribute(Box::new(value), name);
            } else if self.text.peek() == Some('(') {
                self.text.at += 1;
                let (plain, named) = self.arguments()?;
                value = Expression::Call(Box::new(value), plain, named);
            } else if self.text.peek() == Some('[') {
                self.text.at += 1;
                let from = if self.take(":") { None } else { Some(self.expression()?) };
                value = match from {
                    Some(from) if !self.take(":") => Expression::Index(Box::new(value), Box::new(from)),
                    from => {
                        self.space();
                        let to = if self.text.peek() == Some(']') { None } else { Some(Box::new(self.expression()?)) };
                        Expression::Slice(Box::new(value), from.map(Box::new), to)
                    }
                };
                if !self.take("]") {
                    return self.fail("an element is not followed");
                }
            } else {
                return Ok(value);
            }
        }
    }

    #[allow(clippy::type_complexity)]
    fn arguments(&mut self) -> Result<(Vec<Expression>, Vec<(String, Expression)>), Error> {
        let (mut plain, mut named) = (Vec::new(), Vec::new());
        while !self.take(")") {
            if self.take("*") {
                plain.push(Expression::Spread(Box::new(self.postfix()?)));
                if !self.take(",") && self.text.peek() != Some(')') {
                    return self.fail("an argument is not followed");
                }
                continue;
            }
            let here = self.text.at;
            let name = self.name();
            if !name.is_empty() && self.take("=") && self.text.peek() != Some('=') {
                named.push((name, self.expression()?));
            } else {
                self.text.at = here;
                let value = self.expression()?;
                plain.push(self.each(value, false)?);
            }
            if !self.take(",") && self.text.peek() != Some(')') {
                return self.fail("an argument is not followed");
            }
        }
        Ok((plain, named))
    }

    /// `item`, or what stands behind it makes a comprehension of.
    fn each(&mut self, item: Expression, is_list: bool) -> Result<Expression, Error> {
        if !self.take("for") {
            return Ok(item);
        }
        let name = self.name();
        if name.is_empty() || !self.take("in") {
            return self.fail("a comprehension is not followed");
        }
        let values = self.either()?;
        let condition = if self.take("if") { Some(self.either()?) } else { None };
        Ok(Expression::Each(Box::new(Each { item, name, values, condition, is_list })))
    }

    fn items(&mut self, close: &str) -> Result<(Vec<Expression>, bool), Error> {
        let (mut items, mut comma) = (Vec::new(), false);
        while !self.take(close) {
            items.push(if self.take("*") {
                Expression::Spread(Box::new(self.postfix()?))
            } else {
                let item = self.expression()?;
                self.each(item, close == "]")?
            });
            self.space();
            if self.take(",") {
                comma = true;
            } else if self.text.peek() != close.chars().next() {
                return self.fail("a list is not followed");
            }
        }
        Ok((items, comma))
    }

    fn atom(&mut self) -> Result<Expression, Error> {
        self.space();
        if self.take("${...}") {
            return Ok(Expression::Environment);
        }
        match self.text.peek() {
            Some('$') => {
                self.text.at += 1;
                let name = self.name();
                if name.is_empty() { self.fail("$ without a name") } else { Ok(Expression::Variable(name)) }
            }
            Some('(') => {
                self.text.at += 1;
                let (mut items, comma) = self.items(")")?;
                let one = items.len() == 1 && !comma && !matches!(items.first(), Some(Expression::Spread(_)));
                Ok(if one { items.remove(0) } else { Expression::List(items) })
            }
            Some('[') => {
                self.text.at += 1;
                let (mut items, _) = self.items("]")?;
                let is_each = items.len() == 1 && matches!(items.first(), Some(Expression::Each(_)));
                Ok(if is_each { items.remove(0) } else { Expression::List(items) })
            }
            Some('"' | '\'') => self.text(""),
            Some('-') => {
                self.text.at += 1;
                Ok(Expression::Negative(Box::new(self.postfix()?)))
            }
            Some(c) if c.is_ascii_digit() => match self.name() {
                digits if digits.len() > 1 && digits.starts_with('0') => self.fail("a number is not followed"),
                digits => digits.parse().map(Expression::Number).map_err(|_| (self.text.line, "a number is not followed".to_owned())),
            },
            Some(c) if c.is_alphabetic() || c == '_' => {
                let name = self.name();
                match self.text.peek() {
                    Some('"' | '\'') if name.to_lowercase().contains('b') => Ok(Expression::Bytes(Box::new(self.text("")?))),
                    Some('"' | '\'') if name.len() <= 2 => self.text(&name.to_lowercase()),
                    _ => Ok(Expression::Name(name)),
                }
            }
            _ => self.fail("an expression is not followed"),
        }
    }

    fn text(&mut self, prefix: &str) -> Result<Expression, Error> {
        let Some(end) = end_of_text(&self.text.chars, self.text.at) else { return self.fail("a quote is not closed") };
        let whole = self.text.chars.get(self.text.at..end).unwrap_or_default();
        self.text.at = end;
        let quotes = if whole.len() >= 6 && whole.get(1) == whole.first() && whole.get(2) == whole.first() { 3 } else { 1 };
        let inner: String = whole.get(quotes..whole.len() - quotes).unwrap_or_default().iter().collect();
        let text = if prefix.contains('r') {
            inner
        } else {
            match unescaped(&inner) {
                Some(text) => text,
                None => return self.fail("an escape in a text is not followed"),
            }
        };
        if !prefix.contains('f') {
            return Ok(Expression::Text(text));
        }
        if text.contains("{{") || text.contains("}}") {
            return self.fail("a doubled brace is not followed");
        }
        let (mut parts, mut rest) = (Vec::new(), text.as_str());
        while let Some((before, tail)) = rest.split_once('{') {
            let Some((name, behind)) = tail.split_once('}') else { return self.fail("a brace is not closed") };
            let mut reader = Self::new(name, self.text.line);
            reader.text.depth = self.text.depth + 1;
            parts.push((before.to_owned(), Some(Box::new(reader.expression()?))));
            if !reader.rest().trim().is_empty() {
                return self.fail("a format is not followed");
            }
            rest = behind;
        }
        parts.push((rest.to_owned(), None));
        Ok(Expression::Format(parts))
    }
}

/// The escapes that Python's `repr` writes.
fn unescaped(text: &str) -> Option<String> {
    let (mut out, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let digits = match chars.next()? {
            'n' => {
                out.push('\n');
                continue;
            }
            't' => {
                out.push('\t');
                continue;
            }
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c @ ('\\' | '\'' | '"') => {
                out.push(c);
                continue;
            }
            _ => return None,
        };
        let code: String = chars.by_ref().take(digits).collect();
        out.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
    }
    Some(out)
}
