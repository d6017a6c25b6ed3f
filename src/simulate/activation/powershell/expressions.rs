//! Reads PowerShell's expressions: operators, members, texts in quotes (`about_Operators`, `about_Quoting_Rules`).

use super::syntax::{DEPTH, Error, Reader};
use super::tree::{Expression, Part};

const OPERATORS: [&str; 14] =
    ["-eq", "-ne", "-and", "-or", "-split", "-match", "-replace", "-notmatch", "-like", "-contains", "-lt", "-gt", "-is", "-join"];

impl Reader {
    /// Operators are read from left to right without ranks, which no activation script relies on beyond `a op b -and c op d`.
    pub(super) fn binary(&mut self) -> Result<Expression, Error> {
        let mut left = self.comparison()?;
        loop {
            self.space(false);
            let Some(operator) = ["-and", "-or"].into_iter().find(|operator| self.word_ahead(operator)) else { return Ok(left) };
            self.text.skip(operator.len());
            self.space(true);
            left = Expression::Binary(operator.to_owned(), Box::new(left), Box::new(self.comparison()?));
        }
    }

    fn comparison(&mut self) -> Result<Expression, Error> {
        let mut left = self.unary()?;
        loop {
            self.space(false);
            let operator = if self.text.peek() == Some('+') && !self.ahead("+=") {
                "+"
            } else if self.text.peek() == Some(',') {
                // `-split pattern, count`
                ","
            } else if let Some(operator) =
                OPERATORS.into_iter().find(|operator| self.word_ahead(operator) && !matches!(*operator, "-and" | "-or"))
            {
                operator
            } else {
                return Ok(left);
            };
            self.text.skip(operator.len());
            self.space(true);
            left = Expression::Binary(operator.to_owned(), Box::new(left), Box::new(self.unary()?));
        }
    }

    fn unary(&mut self) -> Result<Expression, Error> {
        self.text.depth += 1;
        if self.text.depth > DEPTH {
            return self.fail("an expression is nested too deeply to be followed");
        }
        self.space(true);
        let expression = if self.text.peek() == Some('!') || self.word_ahead("-not") {
            self.text.skip(if self.text.peek() == Some('!') { 1 } else { 4 });
            Expression::Not(Box::new(self.unary()?))
        } else {
            self.postfix()?
        };
        self.text.depth -= 1;
        Ok(expression)
    }

    pub(super) fn postfix(&mut self) -> Result<Expression, Error> {
        let mut value = self.primary()?;
        loop {
            match self.text.peek() {
                Some('[') => {
                    self.text.next();
                    let index = self.binary()?;
                    self.space(true);
                    if self.text.next() != Some(']') {
                        return self.fail("] is missing");
                    }
                    value = Expression::Index(Box::new(value), Box::new(index));
                }
                Some('.') if self.text.chars.get(self.text.at + 1).is_some_and(|c| c.is_alphabetic()) => {
                    self.text.next();
                    let name = self.name();
                    value = if self.text.peek() == Some('(') {
                        Expression::Method(Box::new(value), name, self.arguments()?)
                    } else {
                        Expression::Member(Box::new(value), name)
                    };
                }
                _ => return Ok(value),
            }
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.text.peek().filter(|c| c.is_alphanumeric() || *c == '_') {
            name.push(c.to_ascii_lowercase());
            self.text.next();
        }
        name
    }

    fn arguments(&mut self) -> Result<Vec<Expression>, Error> {
        self.text.next();
        let mut all = Vec::new();
        loop {
            self.space(true);
            match self.text.peek() {
                Some(')') => {
                    self.text.next();
                    return Ok(all);
                }
                Some(',') => drop(self.text.next()),
                Some(_) => all.push(self.argument()?),
                None => return self.fail(") is missing"),
            }
        }
    }

    fn argument(&mut self) -> Result<Expression, Error> {
        let mut left = self.unary()?;
        loop {
            self.space(true);
            let Some(sign) = self.text.peek().filter(|sign| matches!(sign, '+' | '-')) else { return Ok(left) };
            if sign == '-' && self.text.chars.get(self.text.at + 1).is_some_and(|c| c.is_alphabetic()) {
                return self.fail("an operator inside an argument is not followed");
            }
            self.text.next();
            left = Expression::Binary(sign.to_string(), Box::new(left), Box::new(self.unary()?));
        }
    }

    fn primary(&mut self) -> Result<Expression, Error> {
        match self.text.peek() {
            Some('$') if self.ahead("$(") => {
                self.text.next();
                Ok(Expression::Inner(self.enclosed('(', ')')?))
            }
            Some('$') => {
                self.text.next();
                Ok(Expression::Variable(self.variable()?))
            }
            Some('\'') => self.single(),
            Some('"') => self.double(),
            Some('(') => Ok(Expression::Inner(self.enclosed('(', ')')?)),
            Some('{') => Ok(Expression::Block(self.enclosed('{', '}')?)),
            Some('@') if self.ahead("@{") => {
                self.text.skip(2);
                self.space(true);
                if self.text.next() == Some('}') { Ok(Expression::Hash) } else { self.fail("a table of values is not followed") }
            }
            Some('[') => self.type_literal(),
            Some(c) if c.is_ascii_digit() => {
                let mut digits = String::new();
                while let Some(c) = self.text.peek().filter(char::is_ascii_digit) {
                    digits.push(c);
                    self.text.next();
                }
                digits.parse().map(Expression::Number).or_else(|_| self.fail("a number is too large"))
            }
            Some(c) => self.fail(&format!("{} is not expected here", c.escape_default())),
            None => self.fail("the script ends where a value should be"),
        }
    }

    fn type_literal(&mut self) -> Result<Expression, Error> {
        self.text.next();
        let mut name = String::new();
        while let Some(c) = self.text.next().filter(|c| *c != ']') {
            name.push(c.to_ascii_lowercase());
        }
        if self.ahead("::") {
            self.text.skip(2);
            let member = self.name();
            let arguments = if self.text.peek() == Some('(') { Some(self.arguments()?) } else { None };
            let name = name.strip_prefix("system.").unwrap_or(&name).to_owned();
            return Ok(Expression::Static(name, member, arguments));
        }
        // A cast; what it casts is kept as it is.
        self.postfix()
    }

    /// The name behind `$`, its scope left off where that changes nothing.
    fn variable(&mut self) -> Result<String, Error> {
        let mut name = String::new();
        if self.text.peek() == Some('{') {
            self.text.next();
            while let Some(c) = self.text.next().filter(|c| *c != '}') {
                name.push(c.to_ascii_lowercase());
            }
        } else {
            while let Some(c) = self.text.peek() {
                let colon = c == ':'
                    && !self.ahead("::")
                    && self.text.chars.get(self.text.at + 1).is_some_and(|c| c.is_alphanumeric() || *c == '_' || *c == '\\');
                if !(c.is_alphanumeric() || c == '_' || colon || (c == '?' && name.is_empty())) {
                    break;
                }
                name.push(c.to_ascii_lowercase());
                self.text.next();
            }
        }
        for scope in ["script:", "global:", "local:", "variable:"] {
            if let Some(rest) = name.strip_prefix(scope) {
                return Ok(rest.to_owned());
            }
        }
        if name.is_empty() { self.fail("$ without a name") } else { Ok(name) }
    }

    fn single(&mut self) -> Result<Expression, Error> {
        let line = self.text.line;
        self.text.next();
        let mut text = String::new();
        loop {
            match self.text.next() {
                Some('\'') if self.text.peek() == Some('\'') => text.extend(self.text.next()),
                Some('\'') => return Ok(Expression::Text(vec![Part::Literal(text)])),
                Some(c) => text.push(c),
                None => return Err((line, "a quote is not closed".to_owned())),
            }
        }
    }

    fn double(&mut self) -> Result<Expression, Error> {
        let line = self.text.line;
        self.text.next();
        let (mut parts, mut text) = (Vec::new(), String::new());
        loop {
            match self.text.peek() {
                Some('"') => {
                    self.text.next();
                    if self.text.peek() == Some('"') {
                        text.push('"');
                        self.text.next();
                        continue;
                    }
                    parts.push(Part::Literal(text));
                    return Ok(Expression::Text(parts));
                }
                Some('`') => {
                    self.text.next();
                    match self.text.next() {
                        Some('n') => text.push('\n'),
                        Some('t') => text.push('\t'),
                        Some(c) => text.push(c),
                        None => {}
                    }
                }
                Some('$') if self.text.chars.get(self.text.at + 1).is_some_and(|c| c.is_alphanumeric() || "_({".contains(*c)) => {
                    parts.push(Part::Literal(std::mem::take(&mut text)));
                    // In a text a variable's name ends before `[` and `.`, so no postfix is read.
                    parts.push(Part::Value(self.primary()?));
                }
                Some(c) => {
                    text.push(c);
                    self.text.next();
                }
                None => return Err((line, "a quote is not closed".to_owned())),
            }
        }
    }
}
