//! Reads the part of Python and xonsh that such scripts are written in: lines and their indentation become blocks.

use super::expressions::{Expression, Reader};
use std::rc::Rc;

/// Statements of one indentation.
pub(super) type Block = Rc<Vec<Statement>>;

/// A statement and its line.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) line: u32,
    pub(super) kind: Kind,
}

/// What a statement is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Assign(Expression, Expression),
    Delete(Expression),
    Expression(Expression),
    If(Vec<(Expression, Block)>, Option<Block>),
    For(Vec<String>, Expression, Block),
    /// The body; what runs when it raises, each with the classes it is for, none meaning all; what runs in any case.
    Try(Block, Vec<(Vec<String>, Block)>, Option<Block>),
    Function(String, Vec<(String, Option<Expression>)>, Block),
    Class(String, Block),
    /// Names and what they stand for.
    Import(Vec<(String, String)>),
    Return(Option<Expression>),
    /// The exception's class.
    Raise(String),
    Pass,
    Break,
    Continue,
}

/// A line, and what is wrong there.
pub(super) type Error = (u32, String);

/// One logical line: its number, its indentation, its text.
struct Line {
    number: u32,
    indent: usize,
    text: String,
}

const DEPTH: usize = 30;

/// The statements of a script.
pub(super) fn parse(text: &str) -> Result<Block, Error> {
    let lines = logical_lines(text)?;
    let mut at = 0;
    let block = block(&lines, &mut at, 0)?;
    match lines.get(at) {
        None => Ok(block),
        Some(line) => Err((line.number, "the indentation is not expected".to_owned())),
    }
}

/// Joins the lines inside brackets and texts in three quotes; leaves out remarks and empty lines.
fn logical_lines(text: &str) -> Result<Vec<Line>, Error> {
    let chars: Vec<char> = text.chars().collect();
    let (mut lines, mut at, mut number) = (Vec::new(), 0, 1_u32);
    while at < chars.len() {
        let (first, start) = (number, at);
        while chars.get(at).is_some_and(|c| matches!(c, ' ' | '\t')) {
            at += 1;
        }
        let indent = at - start;
        let (mut whole, mut depth) = (String::new(), 0_usize);
        while let Some(&c) = chars.get(at) {
            match c {
                '#' => {
                    while chars.get(at).is_some_and(|c| *c != '\n') {
                        at += 1;
                    }
                    continue;
                }
                '"' | '\'' => {
                    let from = at;
                    at = end_of_text(&chars, at).ok_or((number, "a quote is not closed".to_owned()))?;
                    let text = chars.get(from..at).unwrap_or_default();
                    number += text.iter().filter(|c| **c == '\n').count() as u32;
                    whole.extend(text);
                    continue;
                }
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                '\n' => {
                    number += 1;
                    at += 1;
                    if depth == 0 && !whole.ends_with('\\') {
                        break;
                    }
                    if whole.ends_with('\\') {
                        whole.pop();
                    }
                    whole.push(' ');
                    continue;
                }
                _ => {}
            }
            whole.push(c);
            at += 1;
        }
        if depth > 0 {
            return Err((first, "a bracket is not closed".to_owned()));
        }
        if !whole.trim().is_empty() {
            lines.push(Line { number: first, indent, text: whole.trim().to_owned() });
        }
    }
    Ok(lines)
}

/// Where the text in quotes that begins here ends.
pub(super) fn end_of_text(chars: &[char], at: usize) -> Option<usize> {
    let quote = *chars.get(at)?;
    let triple = chars.get(at + 1) == Some(&quote) && chars.get(at + 2) == Some(&quote);
    let mut position = at + if triple { 3 } else { 1 };
    loop {
        let c = *chars.get(position)?;
        if c == '\\' {
            position += 2;
        } else if c == quote && !triple {
            return Some(position + 1);
        } else if c == quote && chars.get(position + 1) == Some(&quote) && chars.get(position + 2) == Some(&quote) {
            return Some(position + 3);
        } else if c == '\n' && !triple {
            return None;
        } else {
            position += 1;
        }
    }
}

fn block(lines: &[Line], at: &mut usize, depth: usize) -> Result<Block, Error> {
    let mut statements = Vec::new();
    let Some(indent) = lines.get(*at).map(|line| line.indent) else { return Ok(Rc::new(statements)) };
    if depth > DEPTH {
        return Err((0, "blocks are nested too deeply to be followed".to_owned()));
    }
    while let Some(line) = lines.get(*at).filter(|line| line.indent == indent) {
        let number = line.number;
        let kind = statement(lines, at, depth)?;
        statements.push(Statement { line: number, kind });
    }
    Ok(Rc::new(statements))
}

/// The block below a line that ends with a colon, or what stands behind the colon.
fn body(lines: &[Line], at: &mut usize, depth: usize, behind: &str, indent: usize) -> Result<Block, Error> {
    let number = lines.get(*at).map_or(0, |line| line.number);
    *at += 1;
    if !behind.trim().is_empty() {
        let inline = [Line { number, indent: 0, text: behind.trim().to_owned() }];
        return block(&inline, &mut 0, depth + 1);
    }
    match lines.get(*at) {
        Some(line) if line.indent > indent => block(lines, at, depth + 1),
        _ => Err((number, "an indented block is missing".to_owned())),
    }
}

fn statement(lines: &[Line], at: &mut usize, depth: usize) -> Result<Kind, Error> {
    let Some(line) = lines.get(*at) else { return Ok(Kind::Pass) };
    let (number, indent) = (line.number, line.indent);
    let (word, rest) =
        line.text.split_once([' ', ':']).map_or((line.text.as_str(), ""), |(word, _)| (word, line.text[word.len()..].trim_start()));
    let simple = |kind: Kind, at: &mut usize| {
        *at += 1;
        Ok(kind)
    };
    match word {
        "if" => {
            let mut branches = Vec::new();
            let (condition, behind) = header(rest, number)?;
            branches.push((condition, body(lines, at, depth, &behind, indent)?));
            let mut last = None;
            while let Some(line) = lines.get(*at).filter(|line| line.indent == indent) {
                if let Some(rest) = line.text.strip_prefix("elif ") {
                    let (condition, behind) = header(rest, line.number)?;
                    branches.push((condition, body(lines, at, depth, &behind, indent)?));
                } else if let Some(behind) = line.text.strip_prefix("else:") {
                    last = Some(body(lines, at, depth, behind, indent)?);
                } else {
                    break;
                }
            }
            Ok(Kind::If(branches, last))
        }
        "for" => {
            let Some((names, tail)) = rest.split_once(" in ") else { return Err((number, "a loop is not followed".to_owned())) };
            let names = names.split(',').map(|name| name.trim().to_owned()).collect();
            let (values, behind) = header(tail, number)?;
            Ok(Kind::For(names, values, body(lines, at, depth, &behind, indent)?))
        }
        "try" => attempt(lines, at, depth, rest, indent),
        "def" => {
            let mut reader = Reader::new(rest, number);
            let name = reader.name();
            let parameters = reader.parameters()?;
            let behind = reader.rest().trim_start().strip_prefix(':').unwrap_or_default().to_owned();
            Ok(Kind::Function(name, parameters, body(lines, at, depth, &behind, indent)?))
        }
        "class" => {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            Ok(Kind::Class(name, body(lines, at, depth, "", indent)?))
        }
        "pass" => simple(Kind::Pass, at),
        "break" => simple(Kind::Break, at),
        "continue" => simple(Kind::Continue, at),
        "raise" => {
            if !rest.is_empty() {
                let mut reader = Reader::new(rest, number);
                reader.expression()?;
                let behind = reader.rest();
                match behind.trim().strip_prefix("from ") {
                    Some(cause) => drop(whole(cause, number)?),
                    None if behind.trim().is_empty() => {}
                    None => return Err((number, format!("{} is not followed", behind.trim()))),
                }
            }
            simple(Kind::Raise(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()), at)
        }
        "return" => {
            let value = if rest.is_empty() { None } else { Some(whole(rest, number)?) };
            simple(Kind::Return(value), at)
        }
        "del" => simple(Kind::Delete(whole(rest, number)?), at),
        "import" | "from" => simple(imports(&line.text, number)?, at),
        "while" | "with" | "async" | "global" | "nonlocal" | "@" | "assert" => Err((number, format!("{word} is not followed"))),
        _ => {
            let mut reader = Reader::new(&line.text, number);
            let left = reader.expression()?;
            let tail = reader.rest().trim_start().to_owned();
            if let Some(value) = tail.strip_prefix("+=") {
                let sum = Expression::Binary("+", Box::new(left.clone()), Box::new(whole(value, number)?));
                return simple(Kind::Assign(left, sum), at);
            }
            let kind = match tail.strip_prefix('=').filter(|tail| !tail.starts_with('=')) {
                Some(value) => Kind::Assign(left, whole(value, number)?),
                None if tail.is_empty() => Kind::Expression(left),
                None => return Err((number, format!("{tail} is not followed"))),
            };
            simple(kind, at)
        }
    }
}

/// `try:` with what belongs to it.
fn attempt(lines: &[Line], at: &mut usize, depth: usize, rest: &str, indent: usize) -> Result<Kind, Error> {
    let number = lines.get(*at).map_or(0, |line| line.number);
    let first = body(lines, at, depth, rest.trim_start_matches(':'), indent)?;
    let (mut handlers, mut last) = (Vec::new(), None);
    while let Some(line) = lines.get(*at).filter(|line| line.indent == indent && last.is_none()) {
        let (head, behind) = line.text.split_once(':').unwrap_or((&line.text, ""));
        let behind = behind.to_owned();
        if let Some(classes) = head.strip_prefix("except") {
            let classes = classes.split(" as ").next().unwrap_or_default().trim_matches(['(', ')', ' ']);
            let classes = classes.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
            handlers.push((classes, body(lines, at, depth, &behind, indent)?));
        } else if head.trim() == "finally" {
            last = Some(body(lines, at, depth, &behind, indent)?);
        } else {
            break;
        }
    }
    if handlers.is_empty() && last.is_none() {
        return Err((number, "try has no except".to_owned()));
    }
    Ok(Kind::Try(first, handlers, last))
}

/// An expression up to a colon, and what stands behind that.
fn header(text: &str, number: u32) -> Result<(Expression, String), Error> {
    let mut reader = Reader::new(text, number);
    let expression = reader.expression()?;
    match reader.rest().trim_start().strip_prefix(':') {
        Some(behind) => Ok((expression, behind.to_owned())),
        None => Err((number, "a colon is missing".to_owned())),
    }
}

fn whole(text: &str, number: u32) -> Result<Expression, Error> {
    let mut reader = Reader::new(text, number);
    let expression = reader.expression()?;
    if reader.rest().trim().is_empty() { Ok(expression) } else { Err((number, format!("{} is not followed", reader.rest().trim()))) }
}

/// `import a.b`, `from a import b, c as d`.
fn imports(text: &str, number: u32) -> Result<Kind, Error> {
    let renamed = |item: &str, before: &str| {
        let (name, known) = item.split_once(" as ").map_or((item.trim(), None), |(name, known)| (name.trim(), Some(known.trim())));
        let known = known.unwrap_or_else(|| if before.is_empty() { name.split('.').next().unwrap_or(name) } else { name });
        let stands_for =
            if before.is_empty() { if known == name { name.to_owned() } else { known.to_owned() } } else { format!("{before}.{name}") };
        (known.to_owned(), stands_for)
    };
    if let Some(names) = text.strip_prefix("import ") {
        return Ok(Kind::Import(names.split(',').map(|item| renamed(item, "")).collect()));
    }
    let Some((module, names)) = text.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) else {
        return Err((number, "an import is not followed".to_owned()));
    };
    let names = names.trim_matches(['(', ')']);
    Ok(Kind::Import(names.split(',').filter(|item| !item.trim().is_empty()).map(|item| renamed(item, module.trim())).collect()))
}
