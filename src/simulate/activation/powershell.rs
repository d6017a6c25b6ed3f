//! Follows a PowerShell script: the environment as `$env:NAME`, PowerShell's own variables, functions as `function:NAME`.
//!
//! The script runs in a scope of its own, so of its variables only the global ones and the environment remain.

mod cmdlets;
mod expressions;
mod run;
mod syntax;
mod tree;

use super::state::{Fuel, Value, Variables};
use crate::machine::Machine;
use crate::venv::Unknown;
use std::collections::{BTreeMap, BTreeSet};
use tree::Block;

/// A value of PowerShell.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Null,
    Truth(bool),
    Number(i64),
    Text(String),
    List(Vec<Item>),
    Table(BTreeMap<String, Item>),
    /// A folder, as `Get-Item` gives it.
    Folder(String),
    /// `$MyInvocation`, and its `MyCommand`.
    Invocation,
    /// A function's body, which only passes from one name to another.
    Body,
    Unknown(String),
}

/// Where the script goes on.
#[derive(Debug, Clone, PartialEq)]
enum Flow {
    Next,
    Return(Item),
    Stop,
}

/// How many statements are followed, and how deep functions may call each other.
const STEPS: u32 = 20_000;
const CALLS: u32 = 30;

/// PowerShell in the middle of a script.
#[derive(Clone)]
pub(super) struct PowerShell<'m> {
    machine: &'m dyn Machine,
    script: String,
    /// The environment, exported; and PowerShell's global variables that hold a text.
    pub(super) variables: Variables,
    pub(super) unknown: Vec<Unknown>,
    pub(super) messages: Vec<String>,
    /// Global variables by their names in lower case, those with `$null` included.
    globals: BTreeMap<String, Item>,
    /// Variables of the script and of each running function.
    scopes: Vec<BTreeMap<String, Item>>,
    functions: BTreeMap<String, (Vec<String>, Block)>,
    /// Functions whose text is not read: PowerShell's own `prompt`, and copies of it.
    foreign: BTreeSet<String>,
    fuel: Fuel,
}

impl<'m> PowerShell<'m> {
    /// PowerShell with these variables.
    pub(super) fn new(machine: &'m dyn Machine, script: &str, variables: Variables) -> Self {
        // What an activation saved is in the environment (venv) or in a global variable (virtualenv, uv); a recorded machine
        // does not tell which, so a script finds it where it looks. `PROMPT` is cmd's, and no variable here.
        let globals = variables.known().into_iter().filter(|(name, _)| name.to_ascii_uppercase().starts_with("_OLD_VIRTUAL_"));
        Self {
            machine,
            script: script.to_owned(),
            globals: globals.map(|(name, text)| (name.to_lowercase(), Item::Text(text))).collect(),
            variables,
            unknown: Vec::new(),
            messages: Vec::new(),
            scopes: vec![BTreeMap::new()],
            functions: BTreeMap::new(),
            foreign: BTreeSet::from(["prompt".to_owned()]),
            fuel: Fuel::new(STEPS),
        }
    }

    /// Runs the script. PowerShell reads it whole first: with a syntax error nothing of it runs.
    pub(super) fn source(&mut self, text: &str) {
        match syntax::parse(text) {
            Ok(statements) => drop(self.block(&statements)),
            Err((line, what)) => self.lose(line, &what),
        }
    }

    /// Calls a function of the script.
    pub(super) fn call(&mut self, name: &str) {
        self.scopes = vec![BTreeMap::new()];
        if let Some((_, body)) = self.functions.get(name).cloned() {
            self.scopes.push(BTreeMap::new());
            drop(self.block(&body));
            self.scopes.pop();
        }
    }

    fn lose(&mut self, line: u32, why: &str) {
        let why = format!("line {line}: {why}");
        self.variables.forget_all(&why);
        self.unknown.push(Unknown { what: format!("what line {line} does"), why });
    }

    fn environment(&self, name: &str) -> Item {
        if !self.variables.exported(name) {
            return Item::Null;
        }
        match self.variables.get(name) {
            Value::Unset => Item::Null,
            Value::Text(text) => Item::Text(text),
            other => Item::Unknown(other.why()),
        }
    }

    /// `$env:NAME = value`; nothing or an empty text removes the variable (`about_Environment_Variables`).
    fn set_environment(&mut self, name: &str, value: &Item, line: u32) {
        match text_of(value) {
            Ok(text) if text.is_empty() => self.variables.unset(name, line),
            Ok(text) => self.variables.set_exported(name, Value::Text(text), line),
            Err(why) => self.variables.set_exported(name, Value::Unknown(why), line),
        }
    }

    fn set_global(&mut self, name: &str, value: Item, line: u32) {
        match text_of(&value) {
            _ if value == Item::Null => self.variables.unset(name, line),
            Ok(text) => self.variables.set(name, Value::Text(text), line),
            Err(_) if value == Item::Body => {}
            Err(why) => self.variables.set(name, Value::Unknown(why), line),
        }
        self.globals.insert(name.to_lowercase(), value);
    }
}

/// A value as a text.
fn text_of(value: &Item) -> Result<String, String> {
    Ok(match value {
        Item::Null => String::new(),
        Item::Truth(truth) => if *truth { "True" } else { "False" }.to_owned(),
        Item::Number(number) => number.to_string(),
        Item::Text(text) | Item::Folder(text) => text.clone(),
        Item::List(items) => items.iter().map(text_of).collect::<Result<Vec<_>, _>>()?.join(" "),
        Item::Table(_) => "System.Collections.Hashtable".to_owned(),
        Item::Body | Item::Invocation => return Err("it has no text that is followed".to_owned()),
        Item::Unknown(why) => return Err(why.clone()),
    })
}

impl Item {
    /// Whether a condition holds (`about_Booleans`).
    fn truth(&self) -> Result<bool, String> {
        Ok(match self {
            Self::Null => false,
            Self::Truth(truth) => *truth,
            Self::Number(number) => *number != 0,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => match items.as_slice() {
                [] => false,
                [only] => only.truth()?,
                _ => true,
            },
            Self::Table(_) | Self::Folder(_) | Self::Body | Self::Invocation => true,
            Self::Unknown(why) => return Err(why.clone()),
        })
    }
}
