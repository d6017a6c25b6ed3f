//! Reads one statement of a batch file, its variables already replaced: `if … else …`, `for … do …`, blocks, commands.

use crate::machine::path::Rules;
use crate::simulate::activation::characters::Characters;

/// Stands for `%%`, the sign of a loop's variable, until the loop runs.
pub(super) const LOOP: char = '\u{e000}';
/// Stands for a text that is not known.
pub(super) const UNKNOWN: char = '\u{e001}';

/// A statement.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// One command as written, and its line.
    Command { line: u32, words: String },
    /// `( … )`, or commands joined by `&`.
    Block(Vec<Node>),
    /// `if [not] …`
    If { condition: Condition, negated: bool, then: Box<Node>, otherwise: Option<Box<Node>> },
    /// `for %%x in (…) do …`; the items, or why they are not known.
    For { variable: char, items: Result<Vec<String>, String>, body: Box<Node> },
}

/// What `if` asks.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// `defined NAME`
    Defined(String),
    /// `a==b`
    Equal(String, String),
    /// `exist path`
    Exists(String),
}

const DEPTH: u32 = 30;

/// Whether a line is a remark.
pub(super) fn is_remark(line: &str) -> bool {
    let line = line.trim_start_matches('@').trim_start();
    line.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("rem"))
        && line.get(3..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// How many blocks are open behind a line, `open` before it. A parenthesis opens one at the end of a line and closes one at the
/// beginning; any other belongs to a command's text.
pub(super) fn open_blocks(open: usize, line: &str) -> usize {
    let line = line.trim().trim_start_matches('@');
    open.saturating_sub(usize::from(line.starts_with(')'))) + usize::from(line.ends_with('('))
}

/// The statement in these lines, the first of which has this number.
pub(super) fn parse(lines: &[String], first: u32) -> Result<Node, String> {
    let mut reader = Reader { text: Characters::new(&lines.join("\n"), first) };
    let node = reader.statement(false)?;
    reader.blanks();
    if reader.text.peek().is_some() { Err("something stands behind a closing parenthesis".to_owned()) } else { Ok(node) }
}

struct Reader {
    text: Characters,
}

impl Reader {
    fn blanks(&mut self) {
        while self.text.peek().is_some_and(|c| c.is_whitespace() || c == '@') {
            self.text.next();
        }
    }

    /// Steps over this word if it comes next, in any case.
    fn take(&mut self, word: &str) -> bool {
        self.blanks();
        let ahead: String = self.text.chars.iter().skip(self.text.at).take(word.len()).collect();
        let ends = self.text.chars.get(self.text.at + word.len()).is_none_or(|c| c.is_whitespace() || "(\"/".contains(*c));
        let here = ahead.eq_ignore_ascii_case(word) && ends;
        if here {
            self.text.at += word.len();
        }
        here
    }

    fn statement(&mut self, inside: bool) -> Result<Node, String> {
        self.text.depth += 1;
        if self.text.depth > DEPTH {
            return Err("blocks are nested too deeply to be followed".to_owned());
        }
        self.blanks();
        let node = if self.text.peek() == Some('(') {
            self.text.next();
            let mut nodes = Vec::new();
            loop {
                self.blanks();
                match self.text.peek() {
                    Some(')') => break,
                    Some(_) => nodes.push(self.statement(true)?),
                    None => return Err(") is missing".to_owned()),
                }
            }
            self.text.next();
            Node::Block(nodes)
        } else if self.take("if") {
            self.conditional(inside)?
        } else if self.take("for") {
            self.for_loop(inside)?
        } else {
            self.command(inside)
        };
        self.text.depth -= 1;
        Ok(node)
    }

    /// A word, or a text in quotes with them.
    fn word(&mut self, stop: &str) -> String {
        self.blanks();
        let (mut word, mut quoted) = (String::new(), false);
        while let Some(c) = self.text.peek() {
            if !quoted && (c.is_whitespace() || (stop.contains(c) && !stop.is_empty())) {
                break;
            }
            quoted ^= c == '"';
            word.push(c);
            self.text.next();
        }
        word
    }

    fn conditional(&mut self, inside: bool) -> Result<Node, String> {
        let fold = self.take("/i");
        let mut negated = self.take("not");
        let condition = if self.take("defined") {
            Condition::Defined(self.word("("))
        } else if self.take("exist") {
            Condition::Exists(self.word("(").trim_matches('"').to_owned())
        } else {
            let left = self.word("=");
            self.blanks();
            if self.text.peek() == Some('=') {
                self.text.next();
                self.text.next();
            } else {
                let operator = self.word("");
                match operator.to_ascii_uppercase().as_str() {
                    "EQU" => {}
                    "NEQ" => negated = !negated,
                    _ => return Err(format!("if {operator} is not followed")),
                }
            }
            let right = self.word("");
            if fold { Condition::Equal(left.to_lowercase(), right.to_lowercase()) } else { Condition::Equal(left, right) }
        };
        let then = Box::new(self.statement(inside)?);
        let here = (self.text.at, self.text.line);
        let otherwise = if matches!(*then, Node::Block(_)) && self.take("else") { Some(Box::new(self.statement(inside)?)) } else { None };
        if otherwise.is_none() {
            (self.text.at, self.text.line) = here;
        }
        Ok(Node::If { condition, negated, then, otherwise })
    }

    fn for_loop(&mut self, inside: bool) -> Result<Node, String> {
        let command = self.take("/f");
        let mut word = self.word("");
        if command && word.starts_with('"') {
            word = self.word("");
        }
        let Some(variable) = word.strip_prefix(LOOP).and_then(|name| name.chars().next()) else {
            return Err("a loop that is not followed".to_owned());
        };
        if !self.take("in") {
            return Err("a loop without in".to_owned());
        }
        self.blanks();
        let mut list = String::new();
        let mut quoted = false;
        self.text.next();
        while let Some(c) = self.text.next() {
            quoted ^= c == '"';
            if c == ')' && !quoted {
                break;
            }
            list.push(c);
        }
        let items = match list.trim() {
            _ if command => Err("it is what a command prints".to_owned()),
            list if list.contains(['*', '?', UNKNOWN]) => Err("which files match is not followed".to_owned()),
            list if list.starts_with('"') && list.matches('"').count() == 2 => Ok(vec![list.to_owned()]),
            list => Ok(list.split_whitespace().map(str::to_owned).collect()),
        };
        if !self.take("do") {
            return Err("a loop without do".to_owned());
        }
        Ok(Node::For { variable, items, body: Box::new(self.statement(inside)?) })
    }

    fn command(&mut self, inside: bool) -> Node {
        self.blanks();
        let (line, mut words, mut quoted) = (self.text.line, String::new(), false);
        while let Some(c) = self.text.peek() {
            if c == '\n' || (!quoted && (c == '&' || (c == ')' && inside))) {
                if c == '&' {
                    self.text.next();
                }
                break;
            }
            quoted ^= c == '"';
            words.push(c);
            self.text.next();
        }
        Node::Command { line, words: words.trim_end_matches('\r').to_owned() }
    }
}

impl Node {
    /// The body of a loop with the loop's variable put in: `%%x`, `%%~x` without quotes, `%%~fx` as full path, `%%~nxx` as name.
    pub(super) fn with(&self, variable: char, item: &str, rules: Rules) -> Result<Self, String> {
        self.replaced(&|text| put_in(text, variable, item, rules))
    }

    /// The body of a loop whose variable is not known.
    pub(super) fn with_unknown(&self, variable: char) -> Self {
        let mark =
            |text: &str| Ok(text.replace([LOOP], &UNKNOWN.to_string()).replace(&format!("{UNKNOWN}{variable}"), &UNKNOWN.to_string()));
        self.replaced(&mark).unwrap_or_else(|_: String| self.clone())
    }

    fn replaced(&self, change: &impl Fn(&str) -> Result<String, String>) -> Result<Self, String> {
        Ok(match self {
            Self::Command { line, words } => Self::Command { line: *line, words: change(words)? },
            Self::Block(nodes) => Self::Block(nodes.iter().map(|node| node.replaced(change)).collect::<Result<_, _>>()?),
            Self::If { condition, negated, then, otherwise } => Self::If {
                condition: match condition {
                    Condition::Equal(a, b) => Condition::Equal(change(a)?, change(b)?),
                    other => other.clone(),
                },
                negated: *negated,
                then: Box::new(then.replaced(change)?),
                otherwise: otherwise.as_ref().map(|node| node.replaced(change).map(Box::new)).transpose()?,
            },
            Self::For { variable, items, body } => {
                Self::For { variable: *variable, items: items.clone(), body: Box::new(body.replaced(change)?) }
            }
        })
    }
}

fn put_in(text: &str, variable: char, item: &str, rules: Rules) -> Result<String, String> {
    let plain = item.trim_matches('"');
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once(LOOP) {
        out.push_str(before);
        let forms = [("", item.to_owned()), ("~", plain.to_owned()), ("~f", rules.normpath(plain)), ("~nx", rules.basename(plain))];
        let found = forms.iter().rev().find_map(|(form, value)| Some((after.strip_prefix(form)?.strip_prefix(variable)?, value)));
        let Some((tail, value)) = found else { return Err("a loop's variable is used in a way that is not followed".to_owned()) };
        out.push_str(value);
        rest = tail;
    }
    Ok(out + rest)
}
