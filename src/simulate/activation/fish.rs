//! Follows a script of fish, whose variables hold lists: <https://fishshell.com/docs/current/language.html>, fish 3 or newer.
//!
//! A variable whose name ends in `PATH` is a path variable: its text is split and joined at colons, others at spaces.

mod run;
mod syntax;

use super::state::{Fuel, LONGEST, TOO_LONG, Value, Variables};
use crate::machine::Machine;
use crate::venv::Unknown;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use syntax::{Piece, Statement, Word};

/// The items of a variable or of an expanded word, or why they are not known.
type List = Result<Vec<String>, String>;

/// Whether the script goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Return,
    Stop,
}

/// How deep functions may call each other, and how many commands are followed.
const CALLS: usize = 40;
const STEPS: u32 = 20_000;

/// fish in the middle of a script.
#[derive(Clone)]
pub(super) struct Fish<'m> {
    machine: &'m dyn Machine,
    script: String,
    pub(super) variables: Variables,
    pub(super) unknown: Vec<Unknown>,
    pub(super) messages: Vec<String>,
    lists: BTreeMap<String, Vec<String>>,
    /// The local variables of each running function.
    frames: Vec<BTreeMap<String, List>>,
    functions: BTreeMap<String, Rc<Vec<Statement>>>,
    /// Functions that fish itself or the user has, whose text is not read.
    foreign: BTreeSet<String>,
    status: Result<bool, String>,
    fuel: Fuel,
    /// Whether a command inside `( … )` was not found: fish then leaves out the command around it.
    missing: bool,
}

/// Whether fish keeps the text of this variable as a list joined by colons.
fn is_path(name: &str) -> bool {
    name.ends_with("PATH")
}

fn split(name: &str, text: &str) -> Vec<String> {
    if is_path(name) { text.split(':').map(str::to_owned).collect() } else { vec![text.to_owned()] }
}

fn join(name: &str, items: &[String]) -> String {
    items.join(if is_path(name) { ":" } else { " " })
}

impl<'m> Fish<'m> {
    /// fish with these variables, about to read `script`.
    pub(super) fn new(machine: &'m dyn Machine, script: &str, variables: Variables) -> Self {
        let lists = variables.known().into_iter().map(|(name, text)| (name.clone(), split(&name, &text))).collect();
        Self {
            machine,
            script: script.to_owned(),
            variables,
            unknown: Vec::new(),
            messages: Vec::new(),
            lists,
            frames: vec![BTreeMap::new()],
            functions: BTreeMap::new(),
            foreign: BTreeSet::from(["fish_prompt".to_owned()]),
            status: Ok(true),
            fuel: Fuel::new(STEPS),
            missing: false,
        }
    }

    /// Reads the script. fish reads a file whole first: with a syntax error nothing of it runs.
    pub(super) fn source(&mut self, text: &str) {
        match syntax::parse(text) {
            Ok(statements) => {
                self.block(&statements);
            }
            Err((line, what)) if what.contains("followed") => drop(self.lose(line, &what)),
            Err((line, what)) => self.messages.push(format!("line {line}: syntax error: {what}")),
        }
    }

    /// Calls a function of the script.
    pub(super) fn call(&mut self, name: &str) {
        if let Some(body) = self.functions.get(name).cloned() {
            self.function(&body, Vec::new());
        }
    }

    fn function(&mut self, body: &Rc<Vec<Statement>>, arguments: Vec<String>) -> Flow {
        if self.frames.len() > CALLS {
            return self.lose(0, "functions call each other too deeply to be followed");
        }
        self.frames.push(BTreeMap::from([("argv".to_owned(), Ok(arguments))]));
        let flow = self.block(body);
        self.frames.pop();
        if flow == Flow::Stop { flow } else { Flow::Next }
    }

    /// After something that may have changed any variable.
    fn lose(&mut self, line: u32, why: &str) -> Flow {
        let why = format!("line {line}: {why}");
        self.variables.forget_all(&why);
        self.lists.clear();
        self.status = Err(why.clone());
        self.unknown.push(Unknown { what: format!("what line {line} does"), why });
        Flow::Next
    }

    fn get(&self, name: &str) -> List {
        if let Some(list) = self.frames.last().and_then(|frame| frame.get(name)) {
            return list.clone();
        }
        match (name, self.lists.get(name)) {
            (_, Some(items)) => Ok(items.clone()),
            // Lists are kept as fish 3 keeps them, so the version is 3 or newer.
            ("FISH_VERSION" | "version", None) => Ok(vec!["3".to_owned()]),
            ("status", None) => self.status.clone().map(|well| vec![u8::from(!well).to_string()]),
            (_, None) => match self.variables.get(name) {
                Value::Unset => Ok(Vec::new()),
                other => Err(other.why()),
            },
        }
    }

    fn is_set(&self, name: &str) -> Result<bool, String> {
        if self.frames.last().is_some_and(|frame| frame.contains_key(name)) {
            return Ok(true);
        }
        self.variables.get(name).is_set()
    }

    fn set_global(&mut self, name: &str, items: List, line: u32) {
        match items {
            Ok(items) => {
                let items = if is_path(name) { items.iter().flat_map(|item| split(name, item)).collect() } else { items };
                // An empty item of PATH means the working folder, and fish writes it so.
                let items: Vec<String> = if name == "PATH" {
                    items.into_iter().map(|item| if item.is_empty() { ".".to_owned() } else { item }).collect()
                } else {
                    items
                };
                self.variables.set(name, Value::Text(join(name, &items)), line);
                self.lists.insert(name.to_owned(), items);
            }
            Err(why) => {
                self.lists.remove(name);
                self.variables.set(name, Value::Unknown(why), line);
            }
        }
    }

    fn erase(&mut self, name: &str, line: u32) -> bool {
        if self.frames.last_mut().and_then(|frame| frame.remove(name)).is_some() {
            return true;
        }
        let was = self.variables.get(name) != Value::Unset;
        self.lists.remove(name);
        self.variables.unset(name, line);
        was
    }

    /// The words as a command sees them; each variable and substitution may give any number of them.
    fn expand(&mut self, words: &[Word]) -> List {
        let mut all = Vec::new();
        for word in words {
            all.extend(self.expand_word(word)?);
            if all.len() > 10_000 || all.iter().map(String::len).sum::<usize>() > LONGEST {
                return Err(format!("line {}: {TOO_LONG}", word.line));
            }
        }
        Ok(all)
    }

    fn expand_word(&mut self, word: &Word) -> List {
        let mut made = vec![String::new()];
        for piece in &word.pieces {
            let items = match piece {
                Piece::Text(text) => vec![text.clone()],
                Piece::Variable { name, slice, quoted } => {
                    let items = slice_of(self.get(name)?, slice.as_deref())?;
                    if *quoted { vec![join(name, &items)] } else { items }
                }
                Piece::Home => match self.variables.get("HOME") {
                    Value::Text(home) => vec![home],
                    Value::Unset => vec![self.machine.account_home().ok_or("no home folder is known")?],
                    other => return Err(other.why()),
                },
                Piece::Files => return Err(format!("line {}: file names that match a pattern are not followed", word.line)),
                Piece::Substitution(statements, quoted) => {
                    let text = self.output(statements, word.line)?;
                    let text = text.strip_suffix('\n').unwrap_or(&text);
                    if *quoted {
                        vec![text.to_owned()]
                    } else if text.is_empty() {
                        Vec::new()
                    } else {
                        text.split('\n').map(str::to_owned).collect()
                    }
                }
            };
            if made.len().saturating_mul(items.len()) > 10_000 {
                return Err(format!("line {}: a word becomes too many", word.line));
            }
            let length = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
            if length(&made).saturating_mul(items.len().max(1)).saturating_add(length(&items).saturating_mul(made.len())) > LONGEST {
                return Err(format!("line {}: {TOO_LONG}", word.line));
            }
            made = made.iter().flat_map(|before| items.iter().map(move |item| format!("{before}{item}"))).collect();
        }
        Ok(made)
    }
}

/// `$name[2..-1]`, `$name[1]`: fish counts from 1, and from the end with negative numbers.
fn slice_of(items: Vec<String>, slice: Option<&str>) -> List {
    let Some(slice) = slice else { return Ok(items) };
    let position = |text: &str| -> Result<usize, String> {
        let number: i64 = text.trim().parse().map_err(|_| format!("the index [{slice}] is not followed"))?;
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        Ok(usize::try_from(if number < 0 { length + 1 + number } else { number }).unwrap_or(0))
    };
    let (from, to) = match slice.split_once("..") {
        Some((from, to)) => (position(from)?, position(to)?.min(items.len())),
        None => (position(slice)?, position(slice)?),
    };
    if from == 0 || from > to {
        return Ok(Vec::new());
    }
    Ok(items.get(from - 1..to).map(<[String]>::to_vec).unwrap_or_default())
}
