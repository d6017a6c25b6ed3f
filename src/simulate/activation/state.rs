//! The variables of a shell while its script is followed: values, who sees them, and the line that wrote each one.
//!
//! A value is text only where it follows from the script and the machine. Everything else says why it is not known, and the
//! reason travels with the value into whatever is made from it, so that nothing is ever guessed.

use super::Change;
use crate::machine::Machine;
use crate::venv::Unknown;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How much of a script is still followed: shared by the shells that follow the two ways of one condition, so that a script of
/// many conditions takes no longer than any other.
#[derive(Debug, Clone)]
pub(super) struct Fuel(Rc<Cell<u32>>);

impl Fuel {
    /// Enough for this many commands.
    pub(super) fn new(commands: u32) -> Self {
        Self(Rc::new(Cell::new(commands)))
    }

    /// Takes what one command costs; `false` when nothing is left.
    pub(super) fn burn(&self, commands: u32) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(commands));
        left > 0
    }
}

/// The longest text that is kept, in bytes. A loop that doubles a variable reaches it in some twenty turns.
pub(super) const LONGEST: usize = 1 << 18;

/// Why a longer one is not.
pub(super) const TOO_LONG: &str = "the text has become too long to be followed";

/// What a variable, a word or an output holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing: the variable is not set.
    Unset,
    /// This text.
    Text(String),
    /// Set and not empty, but which text is not known.
    Filled(String),
    /// Not known, perhaps not even set; the reason.
    Unknown(String),
}

impl Value {
    /// The text as a shell expands it, unset being empty; `None` when it is not known.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Unset => Some(""),
            Self::Text(text) => Some(text),
            Self::Filled(_) | Self::Unknown(_) => None,
        }
    }

    /// Why the text is not known; empty where it is.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Unset | Self::Text(_) => String::new(),
            Self::Filled(why) | Self::Unknown(why) => why.clone(),
        }
    }

    /// Whether it expands to no character at all.
    pub(super) fn is_empty(&self) -> Result<bool, String> {
        match self {
            Self::Unset => Ok(true),
            Self::Text(text) => Ok(text.is_empty()),
            Self::Filled(_) => Ok(false),
            Self::Unknown(why) => Err(why.clone()),
        }
    }

    /// Whether the variable is set.
    pub(super) fn is_set(&self) -> Result<bool, String> {
        match self {
            Self::Unset => Ok(false),
            Self::Text(_) | Self::Filled(_) => Ok(true),
            Self::Unknown(why) => Err(why.clone()),
        }
    }

    /// This value with another behind it, as two neighbouring parts of one word.
    pub(super) fn followed_by(self, next: &Self) -> Self {
        match (&self, next) {
            (_, Self::Unset) => self,
            (Self::Unset, _) => next.clone(),
            (Self::Text(a), Self::Text(b)) if a.len() + b.len() > LONGEST => Self::Filled(TOO_LONG.to_owned()),
            (Self::Text(a), Self::Text(b)) => Self::Text(format!("{a}{b}")),
            (Self::Text(a), Self::Unknown(why)) if a.is_empty() => Self::Unknown(why.clone()),
            (Self::Unknown(why), Self::Text(b)) if b.is_empty() => Self::Unknown(why.clone()),
            (Self::Unknown(why), Self::Unknown(_)) => Self::Unknown(why.clone()),
            (Self::Text(_), Self::Filled(why) | Self::Unknown(why)) | (Self::Filled(why) | Self::Unknown(why), _) => {
                Self::Filled(why.clone())
            }
        }
    }

    /// What is known when either of two values may be the one.
    fn or(&self, other: &Self, why: &str) -> Self {
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Self::Filled(_), Self::Filled(_)) => Self::Filled(why.to_owned()),
            (Self::Filled(_), Self::Text(text)) | (Self::Text(text), Self::Filled(_)) if !text.is_empty() => Self::Filled(why.to_owned()),
            (Self::Text(a), Self::Text(b)) if !a.is_empty() && !b.is_empty() => Self::Filled(why.to_owned()),
            _ => Self::Unknown(why.to_owned()),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    /// Its value.
    pub(super) value: Value,
    /// Whether programs started from the shell see it.
    pub(super) exported: bool,
    /// The line that last wrote it.
    pub(super) line: Option<u32>,
}

/// How names of variables are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// As written.
    Exact,
    /// Without case: the environment of Windows.
    Folded,
}

/// All variables of a shell.
#[derive(Debug, Clone)]
pub(super) struct Variables {
    map: BTreeMap<String, Variable>,
    names: Names,
}

impl Variables {
    /// The variables that a shell starts with: the machine's. `private` tells which of them are the shell's own and not seen
    /// by programs, because a recorded machine lists both kinds together.
    pub(super) fn of(machine: &dyn Machine, names: Names, private: impl Fn(&str) -> bool) -> Self {
        let variable = |name: &str, value| Variable { value: Value::Text(value), exported: !private(name), line: None };
        let map = machine.vars().into_iter().map(|(name, value)| (name.clone(), variable(&name, value))).collect();
        Self { map, names }
    }

    fn key(&self, name: &str) -> String {
        if self.names == Names::Folded
            && let Some(key) = self.map.keys().find(|key| key.eq_ignore_ascii_case(name))
        {
            return key.clone();
        }
        name.to_owned()
    }

    /// A variable's value.
    pub(super) fn get(&self, name: &str) -> Value {
        self.map.get(&self.key(name)).map_or(Value::Unset, |variable| variable.value.clone())
    }

    /// Whether programs see it.
    pub(super) fn exported(&self, name: &str) -> bool {
        self.map.get(&self.key(name)).is_some_and(|variable| variable.exported)
    }

    /// The whole variable, to be put back later.
    pub(super) fn variable(&self, name: &str) -> Option<Variable> {
        self.map.get(&self.key(name)).cloned()
    }

    /// Puts back what [`Variables::variable`] told.
    pub(super) fn restore(&mut self, name: &str, variable: Option<Variable>) {
        let key = self.key(name);
        match variable {
            Some(variable) => self.map.insert(key, variable),
            None => self.map.remove(&key),
        };
    }

    /// Gives a value; who sees the variable stays as it was.
    pub(super) fn set(&mut self, name: &str, value: Value, line: u32) {
        let key = self.key(name);
        let variable = self.map.entry(key).or_insert(Variable { value: Value::Unset, exported: false, line: None });
        variable.value = match value {
            Value::Text(text) if text.len() > LONGEST => Value::Filled(TOO_LONG.to_owned()),
            value => value,
        };
        variable.line = Some(line);
    }

    /// Gives a value and shows it to programs.
    pub(super) fn set_exported(&mut self, name: &str, value: Value, line: u32) {
        self.set(name, value, line);
        self.export(name, true);
    }

    /// Shows a variable to programs, or hides it.
    pub(super) fn export(&mut self, name: &str, exported: bool) {
        let key = self.key(name);
        self.map.entry(key).or_insert(Variable { value: Value::Unset, exported, line: None }).exported = exported;
    }

    /// Puts back every variable that is another one in `active`, and says that this line did it.
    pub(super) fn restore_from(&mut self, active: &Self, line: u32) {
        for name in active.map.keys().filter(|name| !self.map.contains_key(*name)).cloned().collect::<Vec<_>>() {
            self.map.insert(name, Variable { value: Value::Unset, exported: false, line: None });
        }
        self.attribute_changes(active, line);
    }

    /// Removes a variable.
    pub(super) fn unset(&mut self, name: &str, line: u32) {
        let key = self.key(name);
        if self.map.contains_key(&key) {
            self.map.insert(key, Variable { value: Value::Unset, exported: false, line: Some(line) });
        }
    }

    /// After something that may have changed every variable.
    pub(super) fn forget_all(&mut self, why: &str) {
        for variable in self.map.values_mut() {
            variable.value = Value::Unknown(why.to_owned());
        }
    }

    /// What a variable must be on one way of a condition; no line has written it.
    pub(super) fn assume(&mut self, name: &str, value: Value) {
        let key = self.key(name);
        if let Some(variable) = self.map.get_mut(&key) {
            variable.value = value;
        }
    }

    /// Says that what has changed since `before` was changed by this line.
    pub(super) fn attribute_changes(&mut self, before: &Self, line: u32) {
        for (name, variable) in &mut self.map {
            if before.map.get(name).is_none_or(|old| old.value != variable.value) {
                variable.line = Some(line);
            }
        }
    }

    /// Keeps what two possible courses of a script agree upon.
    pub(super) fn merge(&mut self, other: &Self, why: &str) {
        let names: Vec<String> = self.map.keys().chain(other.map.keys()).cloned().collect();
        for name in names {
            let (mine, theirs) = (self.get(&name), other.get(&name));
            if mine != theirs {
                let exported = self.exported(&name) || other.exported(&name);
                let value = mine.or(&theirs, why);
                self.map.insert(name, Variable { value, exported, line: None });
            }
        }
    }

    /// The rows of what changed from `before` to now, and what cannot be told.
    pub(super) fn changes_since(&self, before: &Self) -> (Vec<Change>, Vec<Unknown>) {
        let (mut rows, mut unknown) = (Vec::new(), Vec::new());
        let names: std::collections::BTreeSet<&String> = self.map.keys().chain(before.map.keys()).collect();
        for name in names {
            let (old, new) = (before.get(name), self.get(name));
            if old == new {
                continue;
            }
            match (&old, &new) {
                (_, Value::Filled(why) | Value::Unknown(why)) | (Value::Filled(why) | Value::Unknown(why), _) => {
                    unknown.push(Unknown { what: name.clone(), why: why.clone() });
                }
                _ => rows.push(Change {
                    name: name.clone(),
                    before: known(&old),
                    after: known(&new),
                    exported: if new == Value::Unset { before.exported(name) } else { self.exported(name) },
                    line: self.map.get(name).and_then(|variable| variable.line),
                }),
            }
        }
        (rows, unknown)
    }

    /// Every variable whose text is known.
    pub(super) fn known(&self) -> BTreeMap<String, String> {
        self.map.iter().filter_map(|(name, variable)| Some((name.clone(), known(&variable.value)?))).collect()
    }
}

fn known(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}
