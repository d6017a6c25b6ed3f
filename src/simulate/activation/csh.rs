//! Follows a script of csh or tcsh (tcsh(1)): shell variables and environment variables live apart, and `$name` asks the former first.
//!
//! A variable that is not set is an error at which csh leaves the script, as is a program's name inside backquotes that is not known.

mod run;
mod words;

use super::state::{Fuel, Value, Variables};
use crate::machine::Machine;
use crate::venv::Unknown;
use std::collections::BTreeMap;

/// Why a script goes no further.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Halt {
    /// An error of csh, with its message: the shell leaves the script.
    Error(String),
    /// Something that is not followed.
    Lost(String),
}

/// How many lines are followed, sourced files and aliases included.
const STEPS: u32 = 20_000;
/// How deep aliases and sourced files may nest.
const DEPTH: u32 = 20;

/// csh in the middle of a script.
pub(super) struct Csh<'m> {
    machine: &'m dyn Machine,
    /// Environment and shell variables together; the shell's own are not exported.
    pub(super) variables: Variables,
    pub(super) unknown: Vec<Unknown>,
    pub(super) messages: Vec<String>,
    /// What each alias stands for, and the line that says so.
    aliases: BTreeMap<String, (String, u32)>,
    /// Whether `$?tcsh` holds.
    tcsh: bool,
    /// Whether a command is being typed, rather than a script read: then a sourced file is the one whose lines count.
    typed: bool,
    fuel: Fuel,
    depth: u32,
}

impl<'m> Csh<'m> {
    /// A shell with these variables.
    pub(super) fn new(machine: &'m dyn Machine, variables: Variables, tcsh: bool) -> Self {
        Self {
            machine,
            variables,
            unknown: Vec::new(),
            messages: Vec::new(),
            aliases: BTreeMap::new(),
            tcsh,
            typed: false,
            fuel: Fuel::new(STEPS),
            depth: 0,
        }
    }

    /// Reads the script.
    pub(super) fn source(&mut self, text: &str) {
        let result = self.read(text);
        self.conclude(result);
    }

    /// Types the name of an alias.
    pub(super) fn call(&mut self, name: &str) {
        if self.aliases.contains_key(name) {
            self.typed = true;
            let result = self.commands(name, 0);
            self.conclude(result);
        }
    }

    fn conclude(&mut self, result: Result<(), Halt>) {
        match result {
            Ok(()) => {}
            Err(Halt::Error(message)) => self.messages.push(message),
            Err(Halt::Lost(why)) => {
                self.variables.forget_all(&why);
                self.unknown.push(Unknown { what: "what the rest of the script does".to_owned(), why });
            }
        }
    }

    /// `$name`: `Err` when it is not set.
    fn get(&self, name: &str) -> Result<String, Halt> {
        match self.variables.get(name) {
            Value::Text(text) => Ok(text),
            Value::Unset if name == "tcsh" && self.tcsh => Err(Halt::Lost("tcsh's version is the running shell's own".to_owned())),
            Value::Unset => Err(Halt::Error(format!("{name}: Undefined variable."))),
            other => Err(Halt::Lost(other.why())),
        }
    }

    fn is_set(&self, name: &str) -> Result<bool, Halt> {
        if name == "tcsh" {
            return Ok(self.tcsh);
        }
        self.variables.get(name).is_set().map_err(Halt::Lost)
    }
}
