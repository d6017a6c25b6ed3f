//! Follows xonsh's activation script, which is Python with `$NAME` for the environment's variables.
//!
//! Only what such scripts consist of is understood: classes with methods, assignments, conditions, loops over tuples, calls of a few
//! functions. Whatever else a script does is told as unknown.

mod expressions;
mod run;
mod syntax;
mod values;

use super::programs::find_on;
use super::state::{Fuel, Value, Variables};
use crate::machine::Machine;
use crate::venv::Unknown;
use expressions::Expression;
use std::collections::BTreeMap;
use syntax::Block;

/// A value of the script.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    None,
    Truth(bool),
    Text(String),
    List(Vec<Item>),
    /// An object by its number; its attributes live in [`Xonsh::objects`].
    Object(usize),
    /// A class or a function of the script, by name.
    Named(String),
    /// A method of an object.
    Method(usize, String),
    /// Something of Python or xonsh, by its dotted name: `os.path.join`, `__xonsh__.env`.
    Foreign(String),
}

/// What goes on after a statement.
#[derive(Debug, Clone, PartialEq)]
enum Flow {
    Next,
    Return(Item),
    Break,
    Continue,
}

/// Why the script goes no further: a Python exception with its text, or something that is not followed.
#[derive(Debug, Clone, PartialEq)]
enum Halt {
    Raised(String),
    Lost(String),
}

type Done<T> = Result<T, Halt>;

const STEPS: u32 = 20_000;
const CALLS: usize = 40;
/// xonsh's environment, as scripts name it.
const ENVIRONMENT: &str = "__xonsh__.env";

/// A function: its parameters with their defaults, and its body.
#[derive(Debug, Clone)]
struct Function {
    parameters: Vec<(String, Option<Expression>)>,
    body: Block,
}

/// xonsh in the middle of a script.
pub(super) struct Xonsh<'m> {
    machine: &'m dyn Machine,
    script: String,
    pub(super) variables: Variables,
    pub(super) unknown: Vec<Unknown>,
    pub(super) messages: Vec<String>,
    functions: BTreeMap<String, Function>,
    /// Each class: its methods, and its own attributes.
    classes: BTreeMap<String, BTreeMap<String, Function>>,
    /// The class and the attributes of each object.
    objects: Vec<(String, BTreeMap<String, Item>)>,
    /// Names of the script; attributes of classes and of foreign things by their dotted names.
    globals: BTreeMap<String, Item>,
    locals: Vec<BTreeMap<String, Item>>,
    aliases: BTreeMap<String, Item>,
    fuel: Fuel,
    /// Whether this xonsh is 0.13 or older, which has no `__xonsh__.imp`.
    old: bool,
}

impl<'m> Xonsh<'m> {
    /// xonsh with these variables.
    pub(super) fn new(machine: &'m dyn Machine, script: &str, variables: Variables) -> Self {
        Self {
            machine,
            script: script.to_owned(),
            variables,
            unknown: Vec::new(),
            messages: Vec::new(),
            functions: BTreeMap::new(),
            classes: BTreeMap::new(),
            objects: Vec::new(),
            globals: BTreeMap::new(),
            locals: Vec::new(),
            aliases: BTreeMap::new(),
            fuel: Fuel::new(STEPS),
            old: version(machine).is_some_and(|version| version < (0, 14)),
        }
    }

    /// Reads the script.
    pub(super) fn source(&mut self, text: &str) {
        match syntax::parse(text) {
            Ok(block) => {
                let result = self.block(&block).map(drop);
                self.conclude(result);
            }
            Err((line, what)) => self.conclude(Err(Halt::Lost(format!("line {line}: {what}")))),
        }
    }

    /// Types the name of an alias.
    pub(super) fn call_alias(&mut self, name: &str) {
        if let Some(target) = self.aliases.get(name).cloned() {
            let result = self.call(&target, vec![Item::List(Vec::new())], 0).map(drop);
            self.conclude(result);
        }
    }

    fn conclude(&mut self, result: Done<()>) {
        match result {
            Ok(()) => {}
            Err(Halt::Raised(message)) => self.messages.push(message),
            Err(Halt::Lost(why)) => {
                self.variables.forget_all(&why);
                self.unknown.push(Unknown { what: "what the rest of the script does".to_owned(), why });
            }
        }
    }

    /// Whether xonsh keeps this variable as a list of folders: any whose name ends in `PATH` (xonsh.environ, `re_path`).
    fn is_list(name: &str) -> bool {
        name.ends_with("PATH") || name.ends_with("DIRS")
    }

    fn separator(&self) -> char {
        self.machine.platform().rules().list_separator()
    }

    fn environment(&self, name: &str) -> Done<Option<Item>> {
        match self.variables.get(name) {
            Value::Unset => Ok(None),
            Value::Text(text) if Self::is_list(name) => {
                let items = if text.is_empty() {
                    Vec::new()
                } else {
                    text.split(self.separator()).map(|item| Item::Text(item.to_owned())).collect()
                };
                Ok(Some(Item::List(items)))
            }
            Value::Text(text) => Ok(Some(Item::Text(text))),
            other => Err(Halt::Lost(other.why())),
        }
    }

    fn set_environment(&mut self, name: &str, value: &Item, line: u32) -> Done<()> {
        let text = match value {
            Item::List(items) => {
                let texts: Done<Vec<String>> = items.iter().map(|item| values::text(item, line)).collect();
                texts?.join(&self.separator().to_string())
            }
            other => values::text(other, line)?,
        };
        self.variables.set_exported(name, Value::Text(text), line);
        Ok(())
    }
}

/// The xonsh that these variables or this machine's PATH lead to: `$XONSH_VERSION`, which xonsh exports, else the name of the
/// metadata beside the program's library. `None` where nothing tells; then a recent one is meant.
fn version(machine: &dyn Machine) -> Option<(u32, u32)> {
    let number = |text: &str| {
        let mut parts = text.split(['.', '-']).map(|part| part.parse::<u32>().ok());
        Some((parts.next()??, parts.next()??))
    };
    if let Some(told) = machine.var("XONSH_VERSION") {
        return number(&told);
    }
    let rules = machine.platform().rules();
    let program = find_on(machine, &machine.var("PATH")?, "xonsh")?;
    let lib = rules.join(&rules.dirname(&rules.dirname(&program)), "lib");
    let pythons = machine.list(&lib).ok()?.into_iter().filter(|name| name.starts_with("python3"));
    let folders = pythons.flat_map(|name| ["site-packages", "dist-packages"].map(|folder| rules.join(&rules.join(&lib, &name), folder)));
    let names = folders.filter_map(|folder| machine.list(&folder).ok()).flatten();
    let metadata = |name: String| number(name.strip_prefix("xonsh-").filter(|rest| rest.contains("info"))?);
    names.into_iter().find_map(metadata)
}
