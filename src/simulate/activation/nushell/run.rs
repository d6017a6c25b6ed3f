//! Runs nushell's statements and works out its expressions.

use super::expressions::Expression;
use super::syntax::{Body, Element, Kind, Statement, Step};
use super::{CALLS, Closure, Done, Halt, Item, Nushell, shown};
use crate::machine::Platform;
use crate::simulate::activation::state::{LONGEST, TOO_LONG, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// nushell's version where no variable tells it: one that can read every script of today.
const VERSION: &str = "0.108.0";

/// Something that is not followed.
pub(super) fn lost<T>(line: u32, what: &str) -> Done<T> {
    Err(Halt::Lost(format!("line {line}: {what} is not followed")))
}

/// An error of nushell's.
pub(super) fn raised<T>(line: u32, what: &str) -> Done<T> {
    Err(Halt::Raised(format!("line {line}: {what}")))
}

impl Nushell<'_> {
    /// Runs a block; its value is that of its last statement. Names given in it end with it.
    pub(super) fn block(&mut self, body: &Body, input: &Item) -> Done<Item> {
        let names = self.names.clone();
        let result = self.statements(body, input);
        self.names = names;
        result
    }

    fn statements(&mut self, statements: &[Statement], input: &Item) -> Done<Item> {
        // An empty block hands on what it is given.
        let mut value = if statements.is_empty() { input.clone() } else { Item::Nothing };
        for statement in statements {
            value = self.statement(statement, input)?;
        }
        Ok(value)
    }

    pub(super) fn statement(&mut self, statement: &Statement, input: &Item) -> Done<Item> {
        let line = statement.line;
        if !self.fuel.burn(1) {
            return Err(Halt::Lost(format!("line {line}: the script runs longer than is followed")));
        }
        match &statement.kind {
            Kind::Pipeline(elements) => return self.pipeline(elements, input),
            Kind::Let(name, value) => {
                let value = self.pipeline(value, input)?;
                self.names.insert(name.clone(), value);
            }
            Kind::Assign(target, operator, value) => {
                let mut value = self.pipeline(value, input)?;
                if !operator.is_empty() {
                    let old = self.evaluate(target, line, input)?;
                    value = binary(operator, &old, &value, line)?;
                }
                match target {
                    Expression::Member(owner, name, _) if **owner == Expression::Name("env".to_owned()) => {
                        let name = self.spelled(name).unwrap_or_else(|| name.clone());
                        self.assign(&name, value, line)?;
                    }
                    // A `mut` that stands outside of the block keeps what is assigned inside, which `names` does not.
                    _ => return lost(line, "an assignment to something else than $env"),
                }
            }
            Kind::Def(name, closure) => {
                if let Item::Closure(closure) = self.evaluate(closure, line, input)? {
                    self.commands.insert(name.clone(), closure);
                }
            }
            Kind::Alias(name, text) => drop(self.aliases.insert(name.clone(), (text.clone(), line))),
            Kind::ExportEnv(body) => drop(self.block(body, &Item::Nothing)?),
            Kind::For(name, values, body) => {
                let Item::List(items) = self.evaluate(values, line, input)? else { return lost(line, "what a loop goes over") };
                for item in items {
                    self.names.insert(name.clone(), item);
                    self.block(body, &Item::Nothing)?;
                }
                self.names.remove(name);
            }
            Kind::Module => {}
        }
        Ok(Item::Nothing)
    }

    /// Writes a variable of the environment, as a script may.
    pub(super) fn assign(&mut self, name: &str, value: Item, line: u32) -> Done<()> {
        if matches!(name, "PWD" | "FILE_PWD" | "CURRENT_FILE") {
            return raised(line, &format!("{name} may not be set by a script"));
        }
        self.hidden.remove(name);
        self.environment.insert(name.to_owned(), (value, Some(line)));
        Ok(())
    }

    /// How a variable of the environment is spelled: `$env.path` is PATH.
    fn spelled(&self, name: &str) -> Option<String> {
        let exact = self.environment.contains_key(name).then(|| name.to_owned());
        exact.or_else(|| self.environment.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned())
    }

    pub(super) fn pipeline(&mut self, elements: &[Element], input: &Item) -> Done<Item> {
        let mut value = input.clone();
        for (at, element) in elements.iter().enumerate() {
            let line = element.line;
            if !self.fuel.burn(1) {
                return Err(Halt::Lost(format!("line {line}: the script runs longer than is followed")));
            }
            value = match &element.kind {
                Step::Value(expression) => self.evaluate(expression, line, &value)?,
                Step::If(branches, last) => self.conditional(branches, last.as_ref(), line, &value)?,
                Step::Command(name, arguments) => {
                    let given = if at == 0 && !self.commands.contains_key(name) { input } else { &value };
                    let given = given.clone();
                    self.command(name, arguments, &given, line)?
                }
            };
        }
        Ok(value)
    }

    fn conditional(&mut self, branches: &[(Expression, Body)], last: Option<&Body>, line: u32, input: &Item) -> Done<Item> {
        for (condition, body) in branches {
            if self.truth(condition, line, input)? {
                return self.block(body, input);
            }
        }
        last.map_or(Ok(Item::Nothing), |body| self.block(body, input))
    }

    fn truth(&mut self, condition: &Expression, line: u32, input: &Item) -> Done<bool> {
        match self.evaluate(condition, line, input)? {
            Item::Truth(truth) => Ok(truth),
            Item::Unclear(why) => Err(Halt::Lost(why)),
            _ => raised(line, "a condition must be true or false"),
        }
    }

    pub(super) fn evaluate(&mut self, expression: &Expression, line: u32, input: &Item) -> Done<Item> {
        Ok(match expression {
            Expression::Nothing => Item::Nothing,
            Expression::Truth(truth) => Item::Truth(*truth),
            Expression::Whole(number) => Item::Whole(*number),
            Expression::Text(text, _) => Item::Text(text.clone()),
            Expression::Interpolated(parts) => {
                let mut whole = Value::Text(String::new());
                for part in parts {
                    let part = self.evaluate(part, line, input)?;
                    whole = whole.followed_by(&if let Item::Closure(_) = part {
                        return lost(line, "a closure in a text");
                    } else {
                        shown(&part)
                    });
                }
                match whole {
                    Value::Text(text) if text.len() <= LONGEST => Item::Text(text),
                    Value::Text(_) => return Err(Halt::Lost(format!("line {line}: {TOO_LONG}"))),
                    other => Item::Unclear(other.why()),
                }
            }
            Expression::Name(name) => self.named(name, line, input)?,
            Expression::List(parts) => {
                let mut items = Vec::new();
                for part in parts {
                    match part {
                        Expression::Spread(inner) => match self.evaluate(inner, line, input)? {
                            Item::List(more) => items.extend(more),
                            _ => return lost(line, "what is spread"),
                        },
                        part => items.push(self.evaluate(part, line, input)?),
                    }
                    if items.len() > 10_000 {
                        return lost(line, "a list of so many items");
                    }
                }
                Item::List(items)
            }
            Expression::Spread(_) => return lost(line, "what is spread"),
            Expression::Record(parts) => {
                let mut fields = Vec::new();
                for (name, value) in parts {
                    let Item::Text(name) = self.evaluate(name, line, input)? else { return lost(line, "the name of a field") };
                    let value = self.evaluate(value, line, input)?;
                    put(&mut fields, &name, value);
                }
                Item::Record(fields)
            }
            Expression::Closure { parameters, body, source, keeps } => Item::Closure(Rc::new(Closure {
                parameters: parameters.clone(),
                body: Rc::clone(body),
                source: source.clone(),
                seen: self.names.clone(),
                keeps: *keeps,
            })),
            Expression::Statements(statements) => {
                let names = self.names.clone();
                let result = self.statements(statements, input);
                self.names = names;
                result?
            }
            Expression::Member(owner, name, optional) => {
                if **owner == Expression::Name("env".to_owned()) {
                    let found = self.spelled(name).and_then(|name| self.environment.get(&name).map(|(item, _)| item.clone()));
                    return found.or(optional.then_some(Item::Nothing)).map_or_else(|| raised(line, &format!("{name} is not set")), Ok);
                }
                let owner = self.evaluate(owner, line, input)?;
                member(&owner, name, *optional, line)?
            }
            Expression::Not(inner) => Item::Truth(!self.truth(inner, line, input)?),
            Expression::Binary(operator, left, right) if matches!(operator.as_str(), "and" | "or") => {
                let left = self.truth(left, line, input)?;
                Item::Truth(if left == (operator == "or") { left } else { self.truth(right, line, input)? })
            }
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.evaluate(left, line, input)?, self.evaluate(right, line, input)?);
                binary(operator, &left, &right, line)?
            }
        })
    }

    fn named(&self, name: &str, line: u32, input: &Item) -> Done<Item> {
        Ok(match name {
            "in" => input.clone(),
            "env" => Item::Record(self.environment.iter().map(|(name, (item, _))| (name.clone(), item.clone())).collect()),
            "nu" => {
                let (name, family) = match self.machine.platform() {
                    Platform::Linux => ("linux", "unix"),
                    Platform::Macos => ("macos", "unix"),
                    Platform::Windows => ("windows", "windows"),
                };
                let text = |text: &str| Item::Text(text.to_owned());
                let system = vec![("name".to_owned(), text(name)), ("family".to_owned(), text(family))];
                Item::Record(vec![("os-info".to_owned(), Item::Record(system))])
            }
            _ => match self.names.get(name) {
                Some(value) => value.clone(),
                None => return lost(line, &format!("${name}, which is not known here,")),
            },
        })
    }

    /// nushell's version, which it tells the programs that it starts.
    pub(super) fn version(&self) -> String {
        self.machine.var("NU_VERSION").unwrap_or_else(|| VERSION.to_owned())
    }

    /// Calls a closure or a command of the script.
    pub(super) fn call(&mut self, closure: &Rc<Closure>, arguments: Vec<Item>, input: &Item, line: u32) -> Done<Item> {
        self.depth += 1;
        if self.depth > CALLS {
            return lost(line, "a call that is nested so deeply");
        }
        let (names, environment, hidden) = (self.names.clone(), self.environment.clone(), self.hidden.clone());
        self.names.clone_from(&closure.seen);
        let mut given = arguments.into_iter();
        let mut missing = None;
        for parameter in &closure.parameters {
            let value = if parameter.rest {
                Item::List(given.by_ref().collect())
            } else {
                match (given.next(), &parameter.default) {
                    (Some(value), _) => value,
                    (None, Some(default)) => self.evaluate(default, line, &Item::Nothing)?,
                    (None, None) => {
                        missing = Some(parameter.name.clone());
                        Item::Nothing
                    }
                }
            };
            self.names.insert(parameter.name.clone(), value);
        }
        let result = match missing {
            Some(name) => raised(line, &format!("the argument {name} is missing")),
            None => self.block(&closure.body, input),
        };
        self.names = names;
        if !closure.keeps {
            (self.environment, self.hidden) = (environment, hidden);
        }
        self.depth -= 1;
        match result {
            Err(Halt::Return(value)) => Ok(value),
            other => other,
        }
    }
}

/// Puts a field into a record; one of that name is replaced.
pub(super) fn put(fields: &mut Vec<(String, Item)>, name: &str, value: Item) {
    match fields.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => *old = value,
        None => fields.push((name.to_owned(), value)),
    }
}

/// `owner.name`
pub(super) fn member(owner: &Item, name: &str, optional: bool, line: u32) -> Done<Item> {
    let found = match (owner, name.parse::<usize>()) {
        (Item::Unclear(_), _) => return Ok(owner.clone()),
        (Item::Record(fields), _) => fields.iter().find(|(known, _)| known == name).map(|(_, item)| item.clone()),
        (Item::List(items), Ok(at)) => items.get(at).cloned(),
        (Item::Nothing, _) if optional => None,
        _ => return lost(line, &format!(".{name} of this value")),
    };
    match found {
        Some(item) => Ok(item),
        None if optional => Ok(Item::Nothing),
        None => raised(line, &format!("there is no {name}")),
    }
}

fn binary(operator: &str, left: &Item, right: &Item, line: u32) -> Done<Item> {
    if let Item::Unclear(_) = left {
        return Ok(left.clone());
    }
    if let Item::Unclear(_) = right {
        return Ok(right.clone());
    }
    let holds = |truth: bool| Ok(Item::Truth(truth));
    match (operator, left, right) {
        ("==", left, right) => holds(left == right),
        ("!=", left, right) => holds(left != right),
        ("<", Item::Whole(a), Item::Whole(b)) => holds(a < b),
        ("<=", Item::Whole(a), Item::Whole(b)) => holds(a <= b),
        (">", Item::Whole(a), Item::Whole(b)) => holds(a > b),
        (">=", Item::Whole(a), Item::Whole(b)) => holds(a >= b),
        ("+", Item::Whole(a), Item::Whole(b)) => {
            a.checked_add(*b).map_or_else(|| raised(line, "the sum is too large"), |sum| Ok(Item::Whole(sum)))
        }
        ("in", part, whole) | ("has", whole, part) => holds(contains(whole, part, line)?),
        ("not-in", part, whole) | ("not-has", whole, part) => holds(!contains(whole, part, line)?),
        ("starts-with", Item::Text(a), Item::Text(b)) => holds(a.starts_with(b.as_str())),
        ("ends-with", Item::Text(a), Item::Text(b)) => holds(a.ends_with(b.as_str())),
        ("+" | "++", Item::Text(a), Item::Text(b)) => Ok(Item::Text(format!("{a}{b}"))),
        ("++", Item::List(a), Item::List(b)) => Ok(Item::List(a.iter().chain(b).cloned().collect())),
        _ => lost(line, &format!("{operator} between these values")),
    }
}

fn contains(whole: &Item, part: &Item, line: u32) -> Done<bool> {
    match (whole, part) {
        (Item::List(items), part) => Ok(items.contains(part)),
        (Item::Record(fields), Item::Text(name)) => Ok(fields.iter().any(|(known, _)| known == name)),
        (Item::Text(whole), Item::Text(part)) => Ok(whole.contains(part.as_str())),
        _ => lost(line, "in between these values"),
    }
}

/// The names that a call sees by option: `--optional`, `-i`.
pub(super) fn options(arguments: &[Expression]) -> (Vec<&str>, Vec<&Expression>) {
    let mut flags = Vec::new();
    let mut plain = Vec::new();
    for argument in arguments {
        match argument {
            Expression::Text(text, true) if text.starts_with('-') && text.len() > 1 => flags.push(text.as_str()),
            other => plain.push(other),
        }
    }
    (flags, plain)
}

/// The fields of a record as a map, for what is asked often.
pub(super) fn fields(item: &Item) -> BTreeMap<&str, &Item> {
    if let Item::Record(fields) = item { fields.iter().map(|(name, item)| (name.as_str(), item)).collect() } else { BTreeMap::new() }
}
