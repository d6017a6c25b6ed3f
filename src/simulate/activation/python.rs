//! Follows scripts that are written in Python: xonsh's `activate.xsh`, which has `$NAME` for the environment's variables, and
//! `activate_this.py`, which a running Python reads.
//!
//! Only what such scripts consist of is understood: classes with methods, assignments, conditions, loops over lists, calls of a few
//! functions. Whatever else a script does is told as unknown.

mod expressions;
mod plain;
mod run;
mod syntax;
mod values;

use super::programs::find_on;
use super::state::{Fuel, Value, Variables};
use crate::machine::Machine;
use crate::venv::Unknown;
use expressions::Expression;
pub(super) use plain::Host;
use std::collections::BTreeMap;
use syntax::Block;

/// A value of the script.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    None,
    Truth(bool),
    Number(i64),
    Text(String),
    /// A list, or a tuple.
    List(Vec<Item>),
    /// A set, of which only what is in it is known, not the order.
    Set(Vec<Item>),
    /// An object by its number; its attributes live in [`Python::objects`].
    Object(usize),
    /// A class or a function of the script, by name.
    Named(String),
    /// A method of an object.
    Method(usize, String),
    /// Something of Python or xonsh, by its dotted name: `os.path.join`, `__xonsh__.env`.
    Foreign(String),
}

impl From<&str> for Item {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What goes on after a statement.
#[derive(Debug, Clone, PartialEq)]
enum Flow {
    Next,
    Return(Item),
    Break,
    Continue,
}

/// Whose script it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// xonsh's, of 0.13 or older, which has no `__xonsh__.imp`.
    OldXonsh,
    /// xonsh's.
    Xonsh,
    /// Python's own.
    Plain,
}

/// The class of an exception, as an `except` names it.
type Exception = &'static str;

/// Why the script goes no further: a Python exception with its text, or something that is not followed.
#[derive(Debug, Clone, PartialEq)]
enum Halt {
    Raised(Exception, String),
    Lost(String),
}

type Done<T> = Result<T, Halt>;

const STEPS: u32 = 20_000;
const CALLS: usize = 40;

/// A function: its parameters with their defaults, and its body.
#[derive(Debug, Clone)]
struct Function {
    parameters: Vec<(String, Option<Expression>)>,
    body: Block,
}

/// Python in the middle of a script.
pub(super) struct Python<'m> {
    machine: &'m dyn Machine,
    script: String,
    pub(super) variables: Variables,
    pub(super) unknown: Vec<Unknown>,
    pub(super) messages: Vec<String>,
    /// Whether the script was not followed to its end.
    pub(super) is_lost: bool,
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
    dialect: Dialect,
    /// The Python that runs the script, where it is not xonsh's.
    host: Option<&'m dyn Host>,
    /// The line that last wrote each attribute of `sys`.
    lines: BTreeMap<String, u32>,
}

impl<'m> Python<'m> {
    /// xonsh with these variables.
    pub(super) fn xonsh(machine: &'m dyn Machine, script: &str, variables: Variables) -> Self {
        let old = version(machine).is_some_and(|version| version < (0, 14));
        Self::new(machine, script, variables, if old { Dialect::OldXonsh } else { Dialect::Xonsh })
    }

    fn new(machine: &'m dyn Machine, script: &str, variables: Variables, dialect: Dialect) -> Self {
        Self {
            machine,
            script: script.to_owned(),
            variables,
            unknown: Vec::new(),
            messages: Vec::new(),
            is_lost: false,
            functions: BTreeMap::new(),
            classes: BTreeMap::new(),
            objects: Vec::new(),
            globals: BTreeMap::new(),
            locals: Vec::new(),
            aliases: BTreeMap::new(),
            fuel: Fuel::new(STEPS),
            dialect,
            host: None,
            lines: BTreeMap::new(),
        }
    }

    /// Reads the script.
    pub(super) fn source(&mut self, text: &str) {
        match syntax::parse(text) {
            Ok(block) => {
                let result = self.block(&block).and_then(|flow| match flow {
                    Flow::Next => Ok(()),
                    _ => Err(Halt::Lost("a return, break or continue outside of what it leaves is not followed".to_owned())),
                });
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
            Err(Halt::Raised(_, message)) => self.messages.push(message),
            Err(Halt::Lost(why)) => {
                self.is_lost = true;
                self.variables.forget_all(&why);
                self.unknown.push(Unknown { what: "what the rest of the script does".to_owned(), why });
            }
        }
    }

    /// Whether this is the environment, as scripts name it.
    fn is_environment(&self, name: &str) -> bool {
        name == if self.dialect == Dialect::Plain { "os.environ" } else { "__xonsh__.env" }
    }

    /// Whether xonsh keeps this variable as a list of folders: any whose name ends in `PATH` (xonsh.environ, `re_path`).
    fn is_list(&self, name: &str) -> bool {
        self.dialect != Dialect::Plain && (name.ends_with("PATH") || name.ends_with("DIRS"))
    }

    fn separator(&self) -> char {
        self.machine.platform().rules().list_separator()
    }

    fn environment(&self, name: &str) -> Done<Option<Item>> {
        match self.variables.get(name) {
            Value::Unset => Ok(None),
            Value::Text(text) if self.is_list(name) => {
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
            Item::List(items) if self.dialect != Dialect::Plain => {
                let texts: Done<Vec<String>> = items.iter().map(|item| values::text(item, line)).collect();
                texts?.join(&self.separator().to_string())
            }
            other => values::text(other, line)?,
        };
        // Python refuses such a variable; a shell's script has none.
        if name.is_empty() || name.contains(['=', '\0']) || text.contains('\0') {
            return Err(Halt::Lost(format!("line {line}: a variable of that name or value is not followed")));
        }
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
