//! Runs the statements of a script.

use super::expressions::Expression;
use super::syntax::{Kind, Statement};
use super::values;
use super::{Dialect, Done, Exception, Flow, Function, Halt, Item, Python};
use std::collections::BTreeMap;

/// The exceptions that a script may raise by itself.
const EXCEPTIONS: [Exception; 9] = [
    "AssertionError",
    "AttributeError",
    "EnvironmentError",
    "Exception",
    "ImportError",
    "KeyError",
    "NameError",
    "RuntimeError",
    "ValueError",
];

/// Whether an `except` with these classes catches an exception of that class.
fn catches(names: &[String], class: Exception) -> bool {
    let wider: &[&str] = match class {
        "KeyError" => &["LookupError"],
        _ => &[],
    };
    names.is_empty()
        || names
            .iter()
            .any(|name| name == class || ["Exception", "BaseException"].contains(&name.as_str()) || wider.contains(&name.as_str()))
}

impl Python<'_> {
    pub(super) fn block(&mut self, statements: &[Statement]) -> Done<Flow> {
        for statement in statements {
            if !self.fuel.burn(1) {
                return Err(Halt::Lost(format!("line {}: the script runs longer than is followed", statement.line)));
            }
            let flow = self.statement(statement)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, statement: &Statement) -> Done<Flow> {
        let line = statement.line;
        match &statement.kind {
            Kind::Pass => {}
            Kind::Break => return Ok(Flow::Break),
            Kind::Continue => return Ok(Flow::Continue),
            Kind::Raise(name) => {
                let message = format!("line {line}: the script raises an error");
                let known = EXCEPTIONS.iter().find(|known| *known == name);
                return Err(known.map_or_else(|| Halt::Lost(message.clone()), |known| Halt::Raised(known, message.clone())));
            }
            Kind::Return(value) => {
                let value = value.as_ref().map_or(Ok(Item::None), |value| self.evaluate(value, line))?;
                return Ok(Flow::Return(value));
            }
            Kind::Expression(expression) => drop(self.evaluate(expression, line)?),
            Kind::Assign(target, value) => {
                let made = self.evaluate(value, line)?;
                self.refuse_alias(value, &made, line)?;
                self.assign(target, made, line)?;
            }
            Kind::Delete(target) => self.delete(target, line)?,
            Kind::Import(names) => {
                for (name, stands_for) in names {
                    if self.dialect == Dialect::Plain {
                        self.import(stands_for, line)?;
                    }
                    self.bind(name, Item::Foreign(stands_for.clone()));
                }
            }
            Kind::Function(name, parameters, body) => {
                self.functions.insert(name.clone(), Function { parameters: parameters.clone(), body: body.clone() });
                self.bind(name, Item::Named(name.clone()));
            }
            Kind::Class(..) if self.dialect == Dialect::Plain => return Err(Halt::Lost(format!("line {line}: a class is not followed"))),
            Kind::Class(name, body) => self.class(name, body, line)?,
            Kind::If(branches, last) => {
                for (condition, body) in branches {
                    if self.truth(condition, line)? {
                        return self.block(body);
                    }
                }
                return last.as_ref().map_or(Ok(Flow::Next), |body| self.block(body));
            }
            Kind::For(names, values, body) => return self.for_each(names, values, body, line),
            Kind::Try(body, handlers, last) => {
                let mut result = self.block(body);
                if let Err(Halt::Raised(class, _)) = &result
                    && let Some((_, handler)) = handlers.iter().find(|(names, _)| catches(names, class))
                {
                    result = self.block(handler);
                }
                if let (Some(last), false) = (last, matches!(result, Err(Halt::Lost(_)))) {
                    match self.block(last)? {
                        Flow::Next => {}
                        other => return Ok(other),
                    }
                }
                return result;
            }
        }
        Ok(Flow::Next)
    }

    fn class(&mut self, name: &str, body: &[Statement], line: u32) -> Done<()> {
        let mut methods = BTreeMap::new();
        for statement in body {
            match &statement.kind {
                Kind::Function(name, parameters, body) => {
                    methods.insert(name.clone(), Function { parameters: parameters.clone(), body: body.clone() });
                }
                Kind::Assign(Expression::Name(attribute), value) => {
                    let value = self.evaluate(value, line)?;
                    self.globals.insert(format!("{name}.{attribute}"), value);
                }
                Kind::Expression(_) | Kind::Pass => {}
                _ => return Err(Halt::Lost(format!("line {}: what stands in a class is not followed", statement.line))),
            }
        }
        self.classes.insert(name.to_owned(), methods);
        self.bind(name, Item::Named(name.to_owned()));
        Ok(())
    }

    fn for_each(&mut self, names: &[String], values: &Expression, body: &[Statement], line: u32) -> Done<Flow> {
        let Item::List(items) = self.evaluate(values, line)? else {
            return Err(Halt::Lost(format!("line {line}: what a loop goes over is not followed")));
        };
        let whole = items.clone();
        let has_name = self.dialect == Dialect::Plain && matches!(values, Expression::Name(_) | Expression::Attribute(..));
        for item in items {
            if has_name && self.evaluate(values, line)? != Item::List(whole.clone()) {
                return Err(Halt::Lost(format!("line {line}: a loop over a list that it changes is not followed")));
            }
            match (names, item) {
                ([name], item) => self.bind(name, item),
                (names, Item::List(parts)) if parts.len() == names.len() => {
                    for (name, part) in names.iter().zip(parts) {
                        self.bind(name, part);
                    }
                }
                _ => return Err(Halt::Lost(format!("line {line}: a loop is not followed"))),
            }
            match self.block(body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                returned @ Flow::Return(_) => return Ok(returned),
            }
        }
        Ok(Flow::Next)
    }

    pub(super) fn bind(&mut self, name: &str, value: Item) {
        let scope = self.locals.last_mut().unwrap_or(&mut self.globals);
        scope.insert(name.to_owned(), value);
    }

    pub(super) fn truth(&mut self, condition: &Expression, line: u32) -> Done<bool> {
        let value = self.evaluate(condition, line)?;
        self.is_true(&value, line)
    }

    pub(super) fn is_true(&self, value: &Item, line: u32) -> Done<bool> {
        Ok(match value {
            Item::None => false,
            Item::Truth(truth) => *truth,
            Item::Number(number) => *number != 0,
            Item::Text(text) => !text.is_empty(),
            Item::List(items) | Item::Set(items) => !items.is_empty(),
            Item::Foreign(name) if self.dialect == Dialect::Plain => {
                return Err(Halt::Lost(format!("line {line}: {name} is not followed")));
            }
            _ => true,
        })
    }

    pub(super) fn assign(&mut self, target: &Expression, value: Item, line: u32) -> Done<()> {
        values::light(values::weight(&value), line)?;
        match target {
            Expression::Name(name) => self.bind(name, value),
            Expression::Variable(name) => self.set_environment(name, &value, line)?,
            Expression::Attribute(owner, name) => match self.evaluate(owner, line)? {
                Item::Object(number) => {
                    if let Some((_, attributes)) = self.objects.get_mut(number) {
                        attributes.insert(name.clone(), value);
                    }
                }
                Item::Foreign(owner) if self.dialect == Dialect::Plain => self.set_attribute(&format!("{owner}.{name}"), value, line)?,
                Item::Foreign(owner) => drop(self.globals.insert(format!("{owner}.{name}"), value)),
                _ => return Err(Halt::Lost(format!("line {line}: an assignment is not followed"))),
            },
            Expression::Index(owner, key) => {
                let (owner, key) = (self.evaluate(owner, line)?, self.evaluate(key, line)?);
                let key = values::text(&key, line)?;
                match owner {
                    Item::Foreign(owner) if owner == "aliases" => drop(self.aliases.insert(key, value)),
                    Item::Foreign(owner) if self.is_environment(&owner) => self.set_environment(&key, &value, line)?,
                    _ => return Err(Halt::Lost(format!("line {line}: an assignment is not followed"))),
                }
            }
            Expression::Slice(owner, from, to) => {
                let (Item::List(mut items), Item::List(new)) = (self.evaluate(owner, line)?, value) else {
                    return Err(Halt::Lost(format!("line {line}: an assignment is not followed")));
                };
                let (from, to) = self.bounds(from.as_deref(), to.as_deref(), items.len(), line)?;
                items.splice(from..to, new);
                self.assign(owner, Item::List(items), line)?;
            }
            _ => return Err(Halt::Lost(format!("line {line}: an assignment is not followed"))),
        }
        Ok(())
    }

    fn delete(&mut self, target: &Expression, line: u32) -> Done<()> {
        match target {
            Expression::Variable(name) => self.remove(name, line),
            Expression::Index(owner, key) => {
                let (owner, key) = (self.evaluate(owner, line)?, self.evaluate(key, line)?);
                let key = values::text(&key, line)?;
                match owner {
                    Item::Foreign(owner) if owner == "aliases" => self
                        .aliases
                        .remove(&key)
                        .map(drop)
                        .ok_or_else(|| Halt::Raised("KeyError", format!("line {line}: there is no alias {key}"))),
                    Item::Foreign(owner) if self.is_environment(&owner) => self.remove(&key, line),
                    _ => Err(Halt::Lost(format!("line {line}: del is not followed"))),
                }
            }
            Expression::Attribute(owner, name) => match self.evaluate(owner, line)? {
                Item::Object(number) => {
                    let removed = self.objects.get_mut(number).and_then(|(_, attributes)| attributes.remove(name));
                    removed.map(drop).ok_or_else(|| Halt::Raised("AttributeError", format!("line {line}: there is no attribute {name}")))
                }
                Item::Foreign(owner) if self.dialect != Dialect::Plain => {
                    self.globals.remove(&format!("{owner}.{name}"));
                    Ok(())
                }
                _ => Err(Halt::Lost(format!("line {line}: del is not followed"))),
            },
            _ => Err(Halt::Lost(format!("line {line}: del is not followed"))),
        }
    }

    /// Removes a variable; a missing one is an error.
    pub(super) fn remove(&mut self, name: &str, line: u32) -> Done<()> {
        if self.environment(name)?.is_none() {
            return Err(Halt::Raised("KeyError", format!("line {line}: {name} is not set")));
        }
        self.variables.unset(name, line);
        Ok(())
    }
}
