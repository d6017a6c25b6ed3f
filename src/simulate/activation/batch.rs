//! Follows a batch file of Windows' cmd.
//!
//! cmd replaces `%NAME%` when it reads a line, or a whole block in parentheses, and only then runs it; so a variable that a block
//! sets keeps its old text until the block is over. Names are compared without case, and there are environment variables only.

mod syntax;

use super::state::{Fuel, LONGEST, TOO_LONG, Value, Variables};
use crate::machine::{Machine, text};
use crate::venv::Unknown;
use syntax::{Condition, Node};

/// How many statements are followed, `goto` included.
const STEPS: u32 = 20_000;
/// How deep batch files may call each other, and how large each may be.
const CALLS: u32 = 10;
const CALLED: usize = 1 << 20;

/// Where the file goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Flow {
    Next,
    Goto(String),
    Leave,
}

/// cmd in the middle of a batch file.
#[derive(Clone)]
pub(super) struct Batch<'m> {
    machine: &'m dyn Machine,
    pub(super) variables: Variables,
    pub(super) unknown: Vec<Unknown>,
    pub(super) messages: Vec<String>,
    script: String,
    fuel: Fuel,
    depth: u32,
}

impl<'m> Batch<'m> {
    /// cmd with these variables.
    pub(super) fn new(machine: &'m dyn Machine, script: &str, variables: Variables) -> Self {
        Self { machine, variables, unknown: Vec::new(), messages: Vec::new(), script: script.to_owned(), fuel: Fuel::new(STEPS), depth: 0 }
    }

    /// Runs the batch file.
    pub(super) fn source(&mut self, text: &str) {
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        let mut at = 0;
        while at < lines.len() {
            if !self.fuel.burn(1) {
                return self.lose(at as u32 + 1, "the batch file runs longer than is followed");
            }
            let line = at as u32 + 1;
            let Some(statement) = self.statement(&lines, &mut at) else { continue };
            let flow = match statement {
                Ok(node) => self.run(&node, line),
                Err(why) => return self.lose(line, &why),
            };
            match flow {
                Flow::Next => {}
                Flow::Leave => return,
                Flow::Goto(label) => match lines.iter().position(|line| is_label(line, &label)) {
                    Some(target) => at = target + 1,
                    None if label.eq_ignore_ascii_case(":eof") => return,
                    None => return self.messages.push(format!("line {line}: the label {label} is missing")),
                },
            }
        }
    }

    /// Types `deactivate`: the batch file of that name in the working folder or the first folder of PATH that has one.
    pub(super) fn call_deactivate(&mut self) {
        let rules = self.machine.platform().rules();
        let path = self.variables.get("PATH");
        let mut folders: Vec<String> = self.machine.cwd().into_iter().collect();
        folders.extend(path.text().unwrap_or_default().split(rules.list_separator()).map(|item| item.trim_matches('"').to_owned()));
        for folder in folders.iter().filter(|folder| !folder.is_empty()) {
            let file = rules.join(folder, "deactivate.bat");
            if let Ok(bytes) = self.machine.read(&file, CALLED) {
                self.script = file;
                return self.source(&text::decode(&bytes));
            }
        }
    }

    fn lose(&mut self, line: u32, why: &str) {
        let why = format!("line {line}: {why}");
        self.variables.forget_all(&why);
        self.unknown.push(Unknown { what: format!("what line {line} does"), why });
    }

    /// The next statement, with its variables replaced: a line, or as many as its parentheses need.
    fn statement(&mut self, lines: &[&str], at: &mut usize) -> Option<Result<Node, String>> {
        let (mut whole, mut open) = (Vec::new(), 0);
        let first = *at as u32 + 1;
        while let Some(line) = lines.get(*at) {
            *at += 1;
            let trimmed = line.trim();
            if whole.is_empty() && (trimmed.is_empty() || trimmed.starts_with(':') || syntax::is_remark(trimmed)) {
                return None;
            }
            if syntax::is_remark(trimmed) {
                whole.push(String::new());
            } else {
                match self.replaced(line) {
                    Ok(line) => whole.push(line),
                    Err(why) => return Some(Err(why)),
                }
            }
            open = whole.last().map_or(open, |line: &String| syntax::open_blocks(open, line));
            if open == 0 {
                break;
            }
        }
        Some(syntax::parse(&whole, first))
    }

    /// Replaces `%NAME%`, `%NAME:from=to%`, `%~dp0` and `%%`. A text that is not known becomes a mark that only `set` may carry.
    fn replaced(&self, line: &str) -> Result<String, String> {
        let (mut out, mut rest) = (String::new(), line);
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(tail) = after.strip_prefix('%') {
                out.push(syntax::LOOP);
                rest = tail;
            } else if let Some(tail) = after.strip_prefix("~dp0") {
                let rules = self.machine.platform().rules();
                out.push_str(&rules.dirname(&self.script));
                out.push(rules.sep());
                rest = tail;
            } else if after.starts_with(|c: char| c.is_ascii_digit() || c == '*' || c == '~') {
                return Err("the arguments of a batch file are not followed".to_owned());
            } else if let Some((inside, tail)) = after.split_once('%') {
                let (name, change) = inside.split_once(':').map_or((inside, None), |(name, change)| (name, Some(change)));
                let value = self.variables.get(name);
                match (value.text(), change.and_then(|change| change.split_once('='))) {
                    (None, _) => {
                        out.push(syntax::UNKNOWN);
                    }
                    (Some(text), None) if change.is_none() => out.push_str(text),
                    (Some(text), Some((from, to))) if !from.is_empty() && !from.starts_with('*') => {
                        out.push_str(&replace_folded(text, from, to));
                    }
                    _ => return Err(format!("%{inside}% is not followed")),
                }
                rest = tail;
            } else {
                rest = after;
            }
        }
        if out.len() > LONGEST { Err(TOO_LONG.to_owned()) } else { Ok(out + rest) }
    }

    fn run(&mut self, node: &Node, line: u32) -> Flow {
        match node {
            Node::Block(nodes) => {
                for node in nodes {
                    let flow = self.run(node, line);
                    if flow != Flow::Next {
                        return flow;
                    }
                }
                Flow::Next
            }
            Node::If { condition, negated, then, otherwise } => self.conditional(condition, *negated, then, otherwise.as_deref()),
            Node::For { variable, items, body } => self.for_each(*variable, items, body, line),
            Node::Command { line, words } => self.command(words, *line),
        }
    }

    fn conditional(&mut self, condition: &Condition, negated: bool, then: &Node, otherwise: Option<&Node>) -> Flow {
        let truth = match condition {
            Condition::Defined(name) => self.variables.get(name).is_set(),
            Condition::Equal(a, b) if a.contains(syntax::UNKNOWN) || b.contains(syntax::UNKNOWN) => {
                Err("a comparison with a text that is not known".to_owned())
            }
            Condition::Equal(a, b) => Ok(a == b),
            Condition::Exists(path) => Ok(self.machine.stat(path).is_ok()),
        };
        match truth {
            Ok(truth) if truth != negated => self.run(then, 0),
            Ok(_) => otherwise.map_or(Flow::Next, |node| self.run(node, 0)),
            Err(why) => self.either(condition, negated, then, otherwise, &why),
        }
    }

    /// Both ways of a condition that is not known; in each, what the condition asked is then known.
    fn either(&mut self, condition: &Condition, negated: bool, then: &Node, otherwise: Option<&Node>, why: &str) -> Flow {
        self.fuel.burn(10);
        let mut other = self.clone();
        if let Condition::Defined(name) = condition {
            let (yes, no) = if negated { (&mut other, &mut *self) } else { (&mut *self, &mut other) };
            yes.variables.assume(name, Value::Filled(why.to_owned()));
            no.variables.assume(name, Value::Unset);
        }
        let flow = self.run(then, 0);
        let other_flow = otherwise.map_or(Flow::Next, |node| other.run(node, 0));
        self.variables.merge(&other.variables, why);
        if flow != other_flow {
            self.lose(0, why);
        }
        Flow::Next
    }

    fn for_each(&mut self, variable: char, items: &Result<Vec<String>, String>, body: &Node, line: u32) -> Flow {
        if let Ok(items) = items {
            for item in items {
                if !self.fuel.burn(1) {
                    self.lose(line, "a loop runs longer than is followed");
                    return Flow::Leave;
                }
                match body.with(variable, item, self.machine.platform().rules()) {
                    Ok(body) => {
                        let flow = self.run(&body, line);
                        if flow != Flow::Next {
                            return flow;
                        }
                    }
                    Err(why) => self.lose(line, &why),
                }
            }
        } else {
            // What a command prints is not known, nor how many lines, so its `set` may or may not happen.
            let before = self.variables.clone();
            let flow = self.run(&body.with_unknown(variable), line);
            self.variables.merge(&before, &format!("line {line}: it is taken from what a command prints"));
            if flow != Flow::Next {
                self.lose(line, "a loop over what a command prints is not followed");
            }
        }
        Flow::Next
    }

    fn command(&mut self, words: &str, line: u32) -> Flow {
        let (name, rest) = words.split_once([' ', '\t']).map_or((words, ""), |(name, rest)| (name, rest.trim_start()));
        match name.to_ascii_lowercase().as_str() {
            "set" => self.set(rest, line),
            "goto" => return Flow::Goto(rest.trim_start_matches(':').trim().to_owned()).normal(rest),
            "exit" => return Flow::Leave,
            "call" => self.call(rest, line),
            "echo" if !matches!(rest.trim().to_ascii_lowercase().as_str(), "off" | "on" | "") => self.messages.push(rest.trim().to_owned()),
            "echo" | "rem" | "chcp" | "title" | "cls" | "prompt" | "setlocal" | "endlocal" | "pushd" | "popd" | "cd" | "path" | "color"
            | "doskey" => {
                if matches!(name.to_ascii_lowercase().as_str(), "prompt" | "path" | "setlocal" | "endlocal") {
                    self.lose(line, &format!("{name} is not followed"));
                }
            }
            _ if is_batch_file(name) => {
                self.lose(line, &format!("{name} takes over and is not followed"));
                return Flow::Leave;
            }
            // Any other program cannot change the variables of the cmd that starts it.
            _ => {}
        }
        Flow::Next
    }

    /// `set "NAME=value"`, `set NAME=value`; nothing behind the sign removes the variable.
    fn set(&mut self, rest: &str, line: u32) {
        if rest.starts_with('/') {
            return self.lose(line, "set with a switch is not followed");
        }
        let inner = rest.strip_prefix('"').map_or(rest, |inner| inner.rfind('"').map_or(inner, |end| inner.get(..end).unwrap_or(inner)));
        let Some((name, value)) = inner.split_once('=') else { return };
        if value.is_empty() {
            self.variables.unset(name, line);
        } else if value.contains(syntax::UNKNOWN) {
            let why = format!("line {line}: it is made from a text that is not known");
            self.variables.set_exported(name, Value::Filled(why), line);
        } else {
            self.variables.set_exported(name, Value::from(value), line);
        }
    }

    fn call(&mut self, rest: &str, line: u32) {
        let file = rest.trim().trim_matches('"');
        let Ok(bytes) = self.machine.read(file, CALLED) else {
            return self.messages.push(format!("line {line}: {file} cannot be called"));
        };
        self.depth += 1;
        if self.depth > CALLS {
            return self.lose(line, "batch files call each other too deeply to be followed");
        }
        let (before, outer) = (self.variables.clone(), std::mem::replace(&mut self.script, file.to_owned()));
        self.source(&text::decode(&bytes));
        self.variables.attribute_changes(&before, line);
        self.script = outer;
        self.depth -= 1;
    }
}

impl Flow {
    /// `goto :eof` ends the file.
    fn normal(self, target: &str) -> Self {
        if target.trim().eq_ignore_ascii_case(":eof") { Self::Leave } else { self }
    }
}

fn is_label(line: &str, label: &str) -> bool {
    line.trim().strip_prefix(':').is_some_and(|name| name.split_whitespace().next().is_some_and(|name| name.eq_ignore_ascii_case(label)))
}

/// `%NAME:from=to%` replaces every place, letters compared without case.
fn replace_folded(text: &str, from: &str, to: &str) -> String {
    let (folded, from) = (text.to_ascii_lowercase(), from.to_ascii_lowercase());
    let (mut out, mut at) = (String::new(), 0);
    while let Some(found) = folded.get(at..).and_then(|rest| rest.find(&from)) {
        out.push_str(text.get(at..at + found).unwrap_or_default());
        out.push_str(to);
        at += found + from.len();
    }
    out + text.get(at..).unwrap_or_default()
}

/// Whether a command is another batch file, which would not come back to this one.
fn is_batch_file(name: &str) -> bool {
    let name = name.trim_matches('"');
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("bat") || extension.eq_ignore_ascii_case("cmd"))
}
