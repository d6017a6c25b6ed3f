//! Expands words: parameters, command substitutions, splitting into fields (POSIX.1-2024, Shell Command Language, 2.6).

use super::pattern::{self, Item};
use super::tree::{Action, Parameter, Piece, Simple, Word};
use super::{Dialect, Flow, Interpreter, Value};
use crate::machine::Platform;

/// An expanded part of a word.
struct Chunk {
    value: Value,
    /// Whether it is split into fields and read as a pattern.
    quoted: bool,
    /// Whether it comes from an expansion: only that is split.
    expanded: bool,
}

/// Texts longer than this are not matched against patterns that hold wildcards.
const MATCHED: usize = 4096;

/// More words than this are not given to one command.
const WORDS: usize = 10_000;

impl Interpreter<'_> {
    /// The word as one text, nothing split: as in an assignment.
    pub(super) fn value(&mut self, word: &Word) -> Result<Value, Flow> {
        let chunks = self.chunks(word)?;
        Ok(chunks.into_iter().fold(Value::from(""), |all, chunk| all.followed_by(&chunk.value)))
    }

    /// The words as a command sees them.
    pub(super) fn fields(&mut self, words: &[Word]) -> Result<Vec<Value>, Flow> {
        let mut fields = Vec::new();
        for word in words {
            self.split(word, &mut fields)?;
            if fields.len() > WORDS {
                return self.stop(word.line, "more words than are followed");
            }
        }
        Ok(fields)
    }

    fn split(&mut self, word: &Word, fields: &mut Vec<Value>) -> Result<(), Flow> {
        if let [Piece::Parameter(parameter, true)] = word.pieces.as_slice()
            && parameter.name == "@"
            && parameter.action == Action::Plain
        {
            fields.extend(self.arguments.iter().cloned());
            return Ok(());
        }
        let mut current: Option<Value> = None;
        for chunk in self.chunks(word)? {
            let splits = chunk.expanded && !chunk.quoted && !self.keeps_words(word);
            match (chunk.value.text(), splits) {
                (Some(text), true) => {
                    if text.starts_with([' ', '\t', '\n']) {
                        fields.extend(current.take());
                    }
                    for (at, part) in text.split_ascii_whitespace().enumerate() {
                        if at > 0 {
                            fields.extend(current.take());
                        }
                        current = Some(current.take().unwrap_or(Value::Unset).followed_by(&Value::from(part)));
                    }
                    if text.ends_with([' ', '\t', '\n']) {
                        fields.extend(current.take());
                    }
                }
                (Some(""), false) if !chunk.quoted => {}
                _ => {
                    let value = if !chunk.quoted && !chunk.expanded && names_files(&chunk.value) {
                        Value::Unknown(format!("line {}: file names that match a pattern are not followed", word.line))
                    } else {
                        chunk.value
                    };
                    current = Some(current.take().unwrap_or(Value::Unset).followed_by(&value));
                }
            }
        }
        fields.extend(current);
        Ok(())
    }

    /// zsh does not split what a parameter expands to, only what a command prints.
    fn keeps_words(&self, word: &Word) -> bool {
        self.dialect == Dialect::Zsh && !word.pieces.iter().any(|piece| matches!(piece, Piece::Command(..)))
    }

    /// The word as a pattern; `Err` inside tells why it is not known.
    pub(super) fn pattern(&mut self, word: &Word) -> Result<Result<Vec<Item>, String>, Flow> {
        let mut items = Vec::new();
        for chunk in self.chunks(word)? {
            match chunk.value.text() {
                // zsh takes wildcards that come from a parameter as plain text.
                Some(text) => pattern::push(&mut items, text, chunk.quoted || (chunk.expanded && self.dialect == Dialect::Zsh)),
                None => return Ok(Err(chunk.value.why())),
            }
        }
        Ok(Ok(items))
    }

    /// Whether a text matches a pattern.
    pub(super) fn matches(&mut self, value: &Value, word: &Word) -> Result<Result<bool, String>, Flow> {
        let items = match self.pattern(word)? {
            Ok(items) => items,
            Err(why) => return Ok(Err(why)),
        };
        Ok(match value.text() {
            Some(text) => Ok(pattern::matches(&items, &text.chars().collect::<Vec<_>>())),
            None if items == [Item::Many] => Ok(true),
            None => Err(value.why()),
        })
    }

    fn chunks(&mut self, word: &Word) -> Result<Vec<Chunk>, Flow> {
        let mut chunks = Vec::new();
        for (at, piece) in word.pieces.iter().enumerate() {
            chunks.push(match piece {
                Piece::Literal(text, quoted) => {
                    let value = if at == 0 && !quoted && text.starts_with('~') { self.tilde(text) } else { Value::from(text.as_str()) };
                    Chunk { value, quoted: *quoted, expanded: false }
                }
                Piece::Home(user) => Chunk { value: self.tilde(user), quoted: true, expanded: true },
                Piece::Parameter(parameter, quoted) => {
                    Chunk { value: self.parameter(parameter, word.line)?, quoted: *quoted, expanded: true }
                }
                Piece::Command(text, line, quoted) => Chunk { value: self.output(text, *line)?, quoted: *quoted, expanded: true },
                Piece::Opaque(what) => {
                    Chunk { value: Value::Unknown(format!("line {}: {what} is not followed", word.line)), quoted: true, expanded: true }
                }
            });
        }
        Ok(chunks)
    }

    fn tilde(&self, text: &str) -> Value {
        let (user, rest) = text.split_once('/').map_or((text, String::new()), |(user, rest)| (user, format!("/{rest}")));
        if user != "~" {
            return Value::Unknown(format!("the home folder of {user} is not looked up"));
        }
        match self.variables.get("HOME") {
            // These two ask no list of accounts.
            Value::Unset if matches!(self.dialect, Dialect::Dash | Dialect::Mksh) => Value::from(text),
            Value::Unset => {
                self.machine.account_home().map_or(Value::Unknown("no home folder is known".to_owned()), |home| Value::Text(home + &rest))
            }
            home => home.followed_by(&Value::from(rest)),
        }
    }

    /// What `$(…)` leaves: the output without its last line ends.
    fn output(&mut self, text: &str, line: u32) -> Result<Value, Flow> {
        // bash and ksh93 go on without the output of a command that cannot be read; the others give the script up.
        if matches!(self.dialect, Dialect::Zsh | Dialect::Dash | Dialect::Mksh)
            && let Some(error) = super::parser::parse(text, line, self.dialect).1
        {
            self.messages.push(format!("line {}: syntax error: {}", error.line, error.what));
            self.status = Ok(1);
            return Err(Flow::Stop);
        }
        let mut inside = self.clone();
        inside.captured = Some(Value::from(""));
        inside.scopes.push(Vec::new());
        if inside.scopes.len() as u32 > super::CALLS {
            return Ok(Value::Unknown(format!("line {line}: commands inside commands are nested too deeply to be followed")));
        }
        inside.read(text, line);
        self.substituted = Some(inside.status);
        self.messages = inside.messages;
        Ok(match inside.captured.unwrap_or(Value::Unset) {
            Value::Text(text) => Value::from(text.trim_end_matches('\n')),
            Value::Filled(why) => Value::Unknown(why),
            other => other,
        })
    }

    fn parameter(&mut self, parameter: &Parameter, line: u32) -> Result<Value, Flow> {
        match &parameter.flags {
            Some(flags) if self.dialect == Dialect::Zsh => return Ok(self.flagged(flags, parameter, line)),
            Some(flags) => return self.stop(line, &format!("${{({flags})…}}: bad substitution")),
            None if parameter.name.starts_with('.') && self.dialect != Dialect::Ksh => {
                return self.stop(line, &format!("${{{}}}: bad substitution", parameter.name));
            }
            None => {}
        }
        let value = match &parameter.index {
            Some(index) => self.element(&parameter.name, index, line)?,
            None => self.named(&parameter.name),
        };
        let word = &parameter.word;
        let missing = |colon: bool| if colon { value.is_empty() } else { value.is_set().map(|set| !set) };
        match &parameter.action {
            Action::Plain if value == Value::Unset && self.nounset && !"@*".contains(parameter.name.as_str()) => {
                self.stop(line, &format!("{}: unbound variable", parameter.name))
            }
            Action::Plain => Ok(value),
            Action::Length => Ok(match value.text() {
                Some(text) => Value::from(text.chars().count().to_string()),
                None => Value::Filled(value.why()),
            }),
            Action::Default { colon } => match missing(*colon) {
                Ok(true) => self.value(word),
                Ok(false) => Ok(value),
                Err(why) => Ok(Value::Unknown(why)),
            },
            Action::Alternative { colon } => match missing(*colon) {
                Ok(true) => Ok(Value::from("")),
                Ok(false) => self.value(word),
                Err(why) => Ok(Value::Unknown(why)),
            },
            Action::Assign { colon } => match missing(*colon) {
                Ok(false) => Ok(value),
                Ok(true) => {
                    let value = self.value(word)?;
                    self.assign(&parameter.name, value.clone(), line);
                    Ok(value)
                }
                Err(why) => {
                    self.assign(&parameter.name, Value::Unknown(why.clone()), line);
                    Ok(Value::Unknown(why))
                }
            },
            Action::Complain { colon } => match missing(*colon) {
                Ok(true) => self.stop(line, &format!("{} is not set", parameter.name)),
                _ => Ok(value),
            },
            Action::Strip(end, largest) => {
                let (end, largest) = (*end, *largest);
                let items = self.pattern(word)?;
                Ok(match (value.text(), items) {
                    (None, _) => Value::Unknown(value.why()),
                    (_, Err(why)) => Value::Unknown(why),
                    (Some(text), Ok(_)) if text.len() > MATCHED => {
                        Value::Unknown(format!("line {line}: {} is too long to be matched", parameter.name))
                    }
                    (Some(text), Ok(items)) => Value::from(pattern::strip(&items, text, end, largest)),
                })
            }
            Action::Other(what) if self.dialect == Dialect::Dash => self.stop(line, &format!("{what}: bad substitution")),
            Action::Other(what) => Ok(Value::Unknown(format!("line {line}: {what} is not followed"))),
        }
    }

    /// zsh's `${(%):-%x}`: the file being read, as its prompt would show it.
    fn flagged(&self, flags: &str, parameter: &Parameter, line: u32) -> Value {
        let file = matches!(parameter.word.pieces.as_slice(), [Piece::Literal(text, _)] if text == "%x" || text == "%N");
        if flags == "%" && parameter.name.is_empty() && file {
            return Value::from(self.script.as_str());
        }
        Value::Unknown(format!("line {line}: ${{({flags})…}} is not followed"))
    }

    fn element(&mut self, name: &str, index: &str, line: u32) -> Result<Value, Flow> {
        if self.dialect == Dialect::Dash {
            return self.stop(line, &format!("${{{name}[{index}]}}: bad substitution"));
        }
        let index: Option<usize> = index.trim().parse().ok();
        if self.dialect == Dialect::Zsh && name == "psvar" {
            let Some(index) = index else { return Ok(Value::Unknown(format!("line {line}: an element of psvar"))) };
            let all = self.variables.get("PSVAR");
            return Ok(match (&all, all.text()) {
                (Value::Unset, _) => Value::Unset,
                (_, Some(text)) => text.split(':').nth(index.saturating_sub(1)).map_or(Value::Unset, Value::from),
                _ => all,
            });
        }
        match (self.dialect, index) {
            (Dialect::Zsh, _) | (_, None) => Ok(Value::Unknown(format!("line {line}: {name}[…] is not followed"))),
            (_, Some(0)) => Ok(self.named(name)),
            (_, Some(_)) => match self.named(name) {
                Value::Unset | Value::Text(_) => Ok(Value::Unset),
                other => Ok(other),
            },
        }
    }

    /// A variable, a positional parameter, or what the shell itself provides.
    pub(super) fn named(&self, name: &str) -> Value {
        if let Ok(position) = name.parse::<usize>() {
            return match position.checked_sub(1) {
                None => self.zero(),
                Some(at) => self.arguments.get(at).cloned().unwrap_or(Value::Unset),
            };
        }
        let own = |what: &str| Value::Filled(format!("{what} is the running shell's own"));
        match name {
            "#" => Value::from(self.arguments.len().to_string()),
            "?" => self.status.clone().map_or_else(Value::Unknown, |status| Value::from(status.to_string())),
            "$" | "!" | "-" => Value::Unknown(format!("${name} is the running shell's own")),
            "@" | "*" => self.arguments.iter().fold(Value::Unset, |all, next| {
                if all == Value::Unset { next.clone() } else { all.followed_by(&Value::from(" ")).followed_by(next) }
            }),
            "BASH_SOURCE" if self.dialect == Dialect::Bash => Value::from(self.script.as_str()),
            ".sh.file" if self.dialect == Dialect::Ksh => Value::from(self.script.as_str()),
            "BASH" | "BASH_VERSION" | "BASH_VERSINFO" if self.dialect == Dialect::Bash => own(name),
            "ZSH_VERSION" | "ZSH_NAME" if self.dialect == Dialect::Zsh => own(name),
            "KSH_VERSION" if matches!(self.dialect, Dialect::Ksh | Dialect::Mksh) => own(name),
            "PPID" | "RANDOM" | "SECONDS" | "LINENO" | "EUID" | "UID" if self.variables.get(name) == Value::Unset => own(name),
            "PWD" => match (self.variables.get(name), self.machine.cwd()) {
                (Value::Unset, Some(cwd)) => Value::from(cwd),
                (value, _) => value,
            },
            "OSTYPE" => self.ostype(),
            _ => self.variables.get(name),
        }
    }

    /// `$0`: zsh names the file being read (its option `FUNCTION_ARGZERO`), the others the shell.
    fn zero(&self) -> Value {
        match self.dialect {
            Dialect::Zsh => Value::from(self.script.as_str()),
            _ => Value::Filled("$0 is the running shell's own".to_owned()),
        }
    }

    /// `$OSTYPE`, which bash and zsh provide themselves.
    pub(super) fn ostype(&self) -> Value {
        let told = self.variables.get("OSTYPE");
        if told != Value::Unset || !matches!(self.dialect, Dialect::Bash | Dialect::Zsh) {
            return told;
        }
        match self.machine.platform() {
            Platform::Linux => Value::from("linux-gnu"),
            Platform::Macos => Value::from("darwin"),
            Platform::Windows => Value::Unknown("whether the shell is of Cygwin or MSYS is not known; OSTYPE would tell".to_owned()),
        }
    }

    /// An error at which the shell stops reading the script.
    pub(super) fn stop<T>(&mut self, line: u32, message: &str) -> Result<T, Flow> {
        self.messages.push(format!("line {line}: {message}"));
        self.status = Ok(1);
        Err(Flow::Stop)
    }

    /// The assignments of a command.
    pub(super) fn assignments(&mut self, simple: &Simple) -> Flow {
        for assignment in &simple.assignments {
            if assignment.list {
                let why = format!("line {}: a list of values is not followed", assignment.line);
                self.assign(&assignment.name, Value::Unknown(why), assignment.line);
                continue;
            }
            let value = match self.value(&assignment.value) {
                Ok(value) => value,
                Err(flow) => return flow,
            };
            self.assign_spelled(&assignment.name, assignment.index.as_deref(), assignment.append, value, assignment.line);
        }
        Flow::Next
    }

    /// `name=value`, `name+=value`, `name[index]=value`.
    pub(super) fn assign_spelled(&mut self, name: &str, index: Option<&str>, append: bool, value: Value, line: u32) {
        let value = if append { self.named(name).followed_by(&value) } else { value };
        match index.map(|index| index.trim().parse::<usize>()) {
            None => self.assign(name, value, line),
            Some(Ok(at)) if self.dialect == Dialect::Zsh && name == "psvar" && (1..=64).contains(&at) => {
                self.assign_psvar(at, &value, line);
            }
            Some(Ok(0)) if self.dialect != Dialect::Zsh => self.assign(name, value, line),
            Some(_) => self.assign(name, Value::Unknown(format!("line {line}: an element of {name}, whose list is not followed")), line),
        }
    }

    /// zsh ties the array `psvar` to `PSVAR`, the same list joined by colons (zshparam(1)).
    fn assign_psvar(&mut self, at: usize, value: &Value, line: u32) {
        let old = self.variables.get("PSVAR");
        let (Some(old), Some(new)) = (old.text(), value.text()) else {
            return self.assign("PSVAR", Value::Unknown(value.why()), line);
        };
        let mut items: Vec<&str> = if old.is_empty() { Vec::new() } else { old.split(':').collect() };
        items.resize(items.len().max(at), "");
        if let Some(item) = items.get_mut(at - 1) {
            *item = new;
        }
        let joined = items.join(":");
        self.assign("PSVAR", Value::Text(joined), line);
    }
}

/// Whether unquoted text would be replaced by names of files.
fn names_files(value: &Value) -> bool {
    value.text().is_some_and(|text| text.contains(['*', '?']) || (text.contains('[') && text.contains(']')))
}
