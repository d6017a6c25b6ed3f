//! Follows nushell's activation script, a module that `overlay use` lays over the shell: <https://www.nushell.sh/book/overlays.html>.
//!
//! A module is read whole before anything of it runs, and what it changes comes into force all at once or, after an error, not at
//! all. `overlay hide` takes all of it away again. Values have types here; programs see them as text, and closures and lists not at all.

mod commands;
mod expressions;
mod reader;
mod run;
mod syntax;
mod text_commands;

use super::state::{Fuel, Value, Variable, Variables};
use crate::machine::{Machine, Platform};
use crate::venv::Unknown;
use std::collections::BTreeMap;
use std::rc::Rc;
use syntax::{Body, Kind, Parameter, Statement, Wrong};

/// A value.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Nothing,
    Truth(bool),
    Whole(i64),
    Text(String),
    List(Vec<Item>),
    Record(Vec<(String, Item)>),
    Closure(Rc<Closure>),
    /// A value that no file tells; the reason.
    Unclear(String),
}

/// A closure or a command of the script.
#[derive(Debug, PartialEq)]
struct Closure {
    parameters: Vec<Parameter>,
    body: Body,
    /// As the script spells it, which is what `view source` shows.
    source: String,
    /// The names that it saw where it was made.
    seen: BTreeMap<String, Item>,
    /// Whether what it changes in the environment outlives it: `def --env`.
    keeps: bool,
}

/// Why the script goes no further.
#[derive(Debug, Clone, PartialEq)]
enum Halt {
    /// nushell reports an error.
    Raised(String),
    /// `return`, with its value.
    Return(Item),
    /// What it does here is not followed.
    Lost(String),
}

type Done<T> = Result<T, Halt>;

const STEPS: u32 = 20_000;
const CALLS: usize = 40;

/// A variable of the environment: its value, and the line that wrote it.
type Environment = BTreeMap<String, (Item, Option<u32>)>;

/// nushell in the middle of a script.
pub(super) struct Nushell<'m> {
    machine: &'m dyn Machine,
    script: String,
    pub(super) variables: Variables,
    pub(super) unknown: Vec<Unknown>,
    pub(super) messages: Vec<String>,
    environment: Environment,
    /// The line that hid a variable.
    hidden: BTreeMap<String, u32>,
    names: BTreeMap<String, Item>,
    commands: BTreeMap<String, Rc<Closure>>,
    /// What the script exports under a name, and the line: the text of an alias.
    aliases: BTreeMap<String, (String, u32)>,
    depth: usize,
    fuel: Fuel,
    /// The state to which `overlay hide` returns; `None` while the overlay is not in force.
    below: Option<Variables>,
}

impl<'m> Nushell<'m> {
    /// nushell, started with these variables and about to use `script` as an overlay.
    pub(super) fn new(machine: &'m dyn Machine, script: &str, variables: Variables) -> Self {
        let mut environment: Environment = BTreeMap::new();
        let known = variables.known();
        let path = known.keys().find(|name| *name == "PATH").or_else(|| known.keys().find(|name| is_path(name))).cloned();
        let separator = machine.platform().rules().list_separator();
        for (name, text) in known {
            let item = if Some(&name) == path.as_ref() {
                Item::List(text.split(separator).map(|folder| Item::Text(folder.to_owned())).collect())
            } else {
                Item::Text(text)
            };
            environment.insert(name, (item, None));
        }
        let mut nushell = Self {
            machine,
            script: script.to_owned(),
            variables,
            unknown: Vec::new(),
            messages: Vec::new(),
            environment,
            hidden: BTreeMap::new(),
            names: BTreeMap::new(),
            commands: BTreeMap::new(),
            aliases: BTreeMap::new(),
            depth: 0,
            fuel: Fuel::new(STEPS),
            below: None,
        };
        // PATH is a list from the start, and programs see `~` in it expanded.
        nushell.show_variables();
        nushell
    }

    /// Uses the script as an overlay, as `overlay use` does.
    pub(super) fn source(&mut self, text: &str) {
        let statements = match syntax::module(text) {
            Ok(statements) => statements,
            Err(Wrong::Refused(line, what)) => return self.messages.push(format!("line {line}: {what}")),
            Err(Wrong::Unfollowed(line, what)) => return self.lose(format!("line {line}: {what} is not followed")),
        };
        let before = self.variables.clone();
        match self.overlay(&statements) {
            Ok(()) => {
                self.show_variables();
                self.below = Some(before);
            }
            Err(Halt::Raised(message)) => self.messages.push(message),
            Err(Halt::Return(_)) => {}
            Err(Halt::Lost(why)) => self.lose(why),
        }
    }

    fn overlay(&mut self, statements: &[Statement]) -> Done<()> {
        for statement in statements {
            match &statement.kind {
                Kind::ExportEnv(_) | Kind::Module => {}
                _ => drop(self.statement(statement, &Item::Nothing)?),
            }
        }
        // Of several such blocks the last one counts.
        let last =
            statements.iter().rev().find_map(|statement| if let Kind::ExportEnv(body) = &statement.kind { Some(body) } else { None });
        if let Some(body) = last {
            // Where the script stands, nushell writes down itself (`overlay use` in nu-cmd-lang, overlay_use.rs).
            let folder = self.machine.platform().rules().dirname(&self.script);
            self.environment.insert("CURRENT_FILE".to_owned(), (Item::Text(self.script.clone()), None));
            self.environment.insert("FILE_PWD".to_owned(), (Item::Text(folder), None));
            self.block(body, &Item::Nothing)?;
        }
        Ok(())
    }

    /// Types `deactivate`, which the script defines as an alias of `overlay hide`.
    pub(super) fn deactivate(&mut self) {
        let Some((text, line)) = self.aliases.get("deactivate").cloned() else { return };
        let words: Vec<&str> = text.split_whitespace().collect();
        let file = self.machine.platform().rules().basename(&self.script);
        let overlay = file.strip_suffix(".nu").unwrap_or(&file);
        match (words.as_slice(), self.below.take()) {
            (["overlay", "hide", name], Some(below)) if name.trim_matches(['\'', '"', '`']) == overlay => {
                let active = std::mem::replace(&mut self.variables, below);
                self.variables.restore_from(&active, line);
            }
            (["overlay", "hide", name], _) if !name.starts_with('-') => {
                self.messages.push(format!("line {line}: there is no overlay {name}"));
            }
            _ => self.lose(format!("line {line}: deactivate stands for {text}, which is not followed")),
        }
    }

    fn lose(&mut self, why: String) {
        self.variables.forget_all(&why);
        self.unknown.push(Unknown { what: "what the script does".to_owned(), why });
    }

    /// Writes what programs would see into the variables.
    fn show_variables(&mut self) {
        let paths: Vec<String> = self.environment.keys().filter(|name| is_path(name)).cloned().collect();
        let is_chance = paths.len() > 1 && self.environment.iter().any(|(name, (_, line))| is_path(name) && line.is_some());
        let path = paths.iter().find(|name| *name == "PATH").or(paths.first());
        for (name, line) in std::mem::take(&mut self.hidden) {
            self.variables.unset(&name, line);
        }
        for (name, (item, line)) in self.environment.clone() {
            let is_path = Some(&name) == path;
            let value = match &item {
                // `get_env_var_insensitive` takes the first of a table without order.
                Item::List(_) if is_chance && paths.contains(&name) => {
                    Value::Unknown(format!("nushell joins one of {} for programs, and which one is chance", paths.join(" and ")))
                }
                item if is_path => self.joined(item),
                item => shown(item),
            };
            if line.is_none() && self.variables.get(&name) == value {
                continue;
            }
            let exported = is_path || matches!(item, Item::Text(_) | Item::Whole(_) | Item::Truth(_));
            self.variables.restore(&name, Some(Variable { value, exported, line }));
        }
    }

    /// PATH as programs see it (`env_to_strings` and `path_str` in nu-engine's env.rs): a home folder is spelled out.
    fn joined(&self, item: &Item) -> Value {
        let Item::List(items) = item else { return shown(item) };
        let rules = self.machine.platform().rules();
        let mut all = Value::Text(String::new());
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                all = all.followed_by(&Value::Text(rules.list_separator().to_string()));
            }
            all = all.followed_by(&match item {
                Item::Text(text) if text.starts_with('~') && !text.starts_with("~/") && text != "~" => {
                    Value::Filled(format!("which folder {text} is, the list of accounts would tell"))
                }
                Item::Text(text) => Value::Text(self.at_home(text)),
                other => shown(other),
            });
        }
        all
    }

    /// `~` and `~/…` as the home folder; another account's home is left as it is.
    fn at_home(&self, path: &str) -> String {
        let home = if self.machine.platform() == Platform::Windows { self.machine.var("USERPROFILE") } else { self.machine.var("HOME") };
        match (path.strip_prefix('~'), home.filter(|home| !home.is_empty()).or_else(|| self.machine.account_home())) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => home.trim_end_matches('/').to_owned() + rest,
            _ => path.to_owned(),
        }
    }
}

fn is_path(name: &str) -> bool {
    name.eq_ignore_ascii_case("PATH")
}

/// The text of a value, as a string with `$"($value)"` in it would show it.
fn shown(item: &Item) -> Value {
    let list = |items: Vec<(String, Value)>, open: &str, close: &str| {
        let mut all = Value::Text(open.to_owned());
        for (at, (before, value)) in items.into_iter().enumerate() {
            all = all.followed_by(&Value::Text(format!("{}{before}", if at > 0 { ", " } else { "" }))).followed_by(&value);
        }
        all.followed_by(&Value::Text(close.to_owned()))
    };
    match item {
        Item::Nothing => Value::Text(String::new()),
        Item::Truth(truth) => Value::Text(truth.to_string()),
        Item::Whole(number) => Value::Text(number.to_string()),
        Item::Text(text) => Value::Text(text.clone()),
        Item::List(items) => list(items.iter().map(|item| (String::new(), shown(item))).collect(), "[", "]"),
        Item::Record(fields) => list(fields.iter().map(|(name, item)| (format!("{name}: "), shown(item))).collect(), "{", "}"),
        Item::Closure(closure) => Value::Text(closure.source.clone()),
        Item::Unclear(why) => Value::Unknown(why.clone()),
    }
}
