//! Runs PowerShell's statements and works out its expressions.

use super::super::state::{LONGEST, TOO_LONG};
use super::tree::{Block, Element, Expression, Kind, Part, Statement};
use super::{CALLS, Flow, Item, PowerShell, text_of};
use std::collections::BTreeMap;

impl PowerShell<'_> {
    /// Runs statements; what the last pipeline gives is returned with it.
    pub(super) fn block(&mut self, statements: &[Statement]) -> (Flow, Item) {
        let mut last = Item::Null;
        for statement in statements {
            if !self.fuel.burn(1) {
                self.lose(statement.line, "the script runs longer than is followed");
                return (Flow::Stop, last);
            }
            let (flow, value) = self.statement(statement);
            if flow != Flow::Next {
                return (flow, value);
            }
            last = value;
        }
        (Flow::Next, last)
    }

    fn statement(&mut self, statement: &Statement) -> (Flow, Item) {
        let line = statement.line;
        match &statement.kind {
            Kind::Parameters => {}
            Kind::Other(what) => {
                self.lose(line, &format!("{what} is not followed"));
                return (Flow::Stop, Item::Null);
            }
            Kind::Function { name, parameters, body } => {
                self.functions.insert(name.clone(), (parameters.clone(), body.clone()));
                self.foreign.remove(name);
            }
            Kind::Try(body) => return self.block(body),
            Kind::Return(elements) => {
                let value = if elements.is_empty() { Item::Null } else { self.pipeline(elements, line) };
                return (Flow::Return(value), Item::Null);
            }
            Kind::Pipeline(elements) => return (Flow::Next, self.pipeline(elements, line)),
            Kind::If(branches, last) => return self.conditional(branches, last.as_ref(), line),
            Kind::Assign { target, append, value } => {
                let value = self.pipeline(value, line);
                let value = if *append { Self::added(&self.clone().expression(target, line), &value) } else { value };
                self.assign(target, value, line);
            }
        }
        (Flow::Next, Item::Null)
    }

    fn conditional(&mut self, branches: &[(Vec<Element>, Block)], last: Option<&Block>, line: u32) -> (Flow, Item) {
        let Some(((condition, body), rest)) = branches.split_first() else {
            return last.map_or((Flow::Next, Item::Null), |body| self.block(body));
        };
        match self.pipeline(condition, line).truth() {
            Ok(true) => self.block(body),
            Ok(false) => self.conditional(rest, last, line),
            Err(why) => {
                self.fuel.burn(10);
                let mut other = self.clone();
                let first = self.block(body);
                let second = other.conditional(rest, last, line);
                self.variables.merge(&other.variables, &why);
                for (name, item) in &mut self.globals {
                    if other.globals.get(name) != Some(item) {
                        *item = Item::Unknown(why.clone());
                    }
                }
                if first.0 != second.0 {
                    self.lose(line, &why);
                }
                (Flow::Next, Item::Unknown(why))
            }
        }
    }

    fn assign(&mut self, target: &Expression, value: Item, line: u32) {
        match target {
            Expression::Variable(name) => match name.split_once(':') {
                Some(("env", name)) => {
                    // A known name keeps its spelling; a new one is written in capitals, as is the custom.
                    let name = name.to_uppercase();
                    self.set_environment(&name, &value, line);
                }
                Some(("function", name)) => {
                    let name = name.trim_start_matches('\\').to_owned();
                    self.functions.remove(&name);
                    if value == Item::Null {
                        self.foreign.remove(&name)
                    } else {
                        self.foreign.insert(name)
                    };
                }
                Some(_) => self.lose(line, &format!("${name} is not followed")),
                None => {
                    if let Some(scope) = self.scopes.last_mut() {
                        scope.insert(name.clone(), value);
                    }
                }
            },
            Expression::Index(table, key) => {
                let key = self.expression(key, line);
                let (Expression::Variable(name), Ok(key)) = (table.as_ref(), text_of(&key)) else {
                    return self.lose(line, "an assignment is not followed");
                };
                let known = self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(name));
                if let Some(Item::Table(entries)) = known {
                    entries.insert(key.to_lowercase(), value);
                }
            }
            _ => self.lose(line, "an assignment is not followed"),
        }
    }

    pub(super) fn pipeline(&mut self, elements: &[Element], line: u32) -> Item {
        let mut value: Option<Item> = None;
        for element in elements {
            value = Some(match (element, value) {
                (Element::Value(expression), None) => self.expression(expression, line),
                (Element::Command { name, arguments }, input) => self.command(name, arguments, input, line),
                (Element::Value(_), Some(_)) => Item::Unknown(format!("line {line}: a pipeline is not followed")),
            });
        }
        value.unwrap_or(Item::Null)
    }

    /// The value of an expression.
    pub(super) fn expression(&mut self, expression: &Expression, line: u32) -> Item {
        match expression {
            Expression::Text(parts) => self.parts(parts, line),
            Expression::Number(number) => Item::Number(*number),
            Expression::Hash => Item::Table(BTreeMap::new()),
            Expression::Block(_) => Item::Body,
            Expression::Variable(name) => self.variable(name),
            Expression::Not(inner) => match self.expression(inner, line).truth() {
                Ok(truth) => Item::Truth(!truth),
                Err(why) => Item::Unknown(why),
            },
            Expression::Inner(block) => {
                let (flow, value) = self.block(block);
                if let Flow::Return(value) = flow { value } else { value }
            }
            Expression::Binary(operator, left, right) => self.binary(operator, left, right, line),
            Expression::Index(value, index) => {
                let (value, index) = (self.expression(value, line), self.expression(index, line));
                match (value, index) {
                    (Item::Table(entries), Item::Text(key)) => entries.get(&key.to_lowercase()).cloned().unwrap_or(Item::Null),
                    (Item::List(items), Item::Number(at)) => {
                        usize::try_from(at).ok().and_then(|at| items.get(at).cloned()).unwrap_or(Item::Null)
                    }
                    (Item::Text(text), Item::Number(0)) => text.chars().next().map_or(Item::Null, |c| Item::Text(c.to_string())),
                    (Item::Null, _) => Item::Null,
                    (Item::Unknown(why), _) | (_, Item::Unknown(why)) => Item::Unknown(why),
                    _ => Item::Unknown(format!("line {line}: an element is not followed")),
                }
            }
            Expression::Member(value, name) => {
                let value = self.expression(value, line);
                self.member(&value, name, line)
            }
            Expression::Method(value, name, arguments) => {
                let value = self.expression(value, line);
                let arguments: Vec<Item> = arguments.iter().map(|argument| self.expression(argument, line)).collect();
                Self::method(&value, name, &arguments, line)
            }
            Expression::Static(kind, member, arguments) => {
                let arguments: Option<Vec<Item>> =
                    arguments.as_ref().map(|all| all.iter().map(|argument| self.expression(argument, line)).collect());
                self.of_type(kind, member, arguments.as_deref(), line)
            }
        }
    }

    fn parts(&mut self, parts: &[Part], line: u32) -> Item {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Value(expression) => {
                    let value = self.expression(expression, line);
                    match text_of(&value) {
                        Ok(value) => text.push_str(&value),
                        Err(why) => return Item::Unknown(why),
                    }
                }
            }
        }
        if text.len() > LONGEST { Item::Unknown(TOO_LONG.to_owned()) } else { Item::Text(text) }
    }

    fn variable(&mut self, name: &str) -> Item {
        match name {
            "null" => return Item::Null,
            "true" => return Item::Truth(true),
            "false" => return Item::Truth(false),
            "_" => return self.variable("psitem"),
            "myinvocation" => return Item::Invocation,
            _ => {}
        }
        match name.split_once(':') {
            Some(("env", name)) => self.environment(name),
            Some(("function", name)) => {
                let known = self.functions.contains_key(name) || self.foreign.contains(name);
                if known { Item::Body } else { Item::Null }
            }
            Some(_) => Item::Unknown(format!("${name} is not followed")),
            None => {
                let local = self.scopes.iter().rev().find_map(|scope| scope.get(name));
                local.or_else(|| self.globals.get(name)).cloned().unwrap_or_else(|| match name {
                    "home" | "pwd" | "psversiontable" | "iswindows" | "host" | "profile" | "executioncontext" => {
                        Item::Unknown(format!("${name} is PowerShell's own"))
                    }
                    _ => Item::Null,
                })
            }
        }
    }

    fn binary(&mut self, operator: &str, left: &Expression, right: &Expression, line: u32) -> Item {
        let left = self.expression(left, line);
        if let "-and" | "-or" = operator {
            return match (left.truth(), operator) {
                (Ok(false), "-and") => Item::Truth(false),
                (Ok(true), "-or") => Item::Truth(true),
                (Ok(_), _) => self.expression(right, line).truth().map_or_else(Item::Unknown, Item::Truth),
                (Err(why), _) => Item::Unknown(why),
            };
        }
        let right = self.expression(right, line);
        match (operator, &left, &right) {
            (_, Item::Unknown(why), _) | (_, _, Item::Unknown(why)) => Item::Unknown(why.clone()),
            ("-", Item::Number(a), Item::Number(b)) => Item::Number(a.saturating_sub(*b)),
            ("+", ..) => Self::added(&left, &right),
            ("-eq" | "-ne", ..) => Item::Truth(Self::equal(&left, &right) == (operator == "-eq")),
            // `-split pattern, count`: the list has been split already; the count keeps the tail together.
            (",", Item::List(items), Item::Number(count)) => rejoined(items, *count),
            ("-split", Item::Text(text), Item::Text(pattern)) => {
                split(text, pattern).unwrap_or_else(|| Item::Unknown(format!("line {line}: -split {pattern} is not followed")))
            }
            _ => Item::Unknown(format!("line {line}: {operator} is not followed")),
        }
    }

    /// Texts are compared without case.
    fn equal(left: &Item, right: &Item) -> bool {
        match (left, right) {
            (Item::Null, Item::Null) => true,
            (Item::Null, _) | (_, Item::Null) => false,
            _ => text_of(left).unwrap_or_default().eq_ignore_ascii_case(&text_of(right).unwrap_or_default()),
        }
    }

    fn added(left: &Item, right: &Item) -> Item {
        match (text_of(left), text_of(right)) {
            (Ok(left), Ok(right)) if left.len() + right.len() > LONGEST => Item::Unknown(TOO_LONG.to_owned()),
            (Ok(left), Ok(right)) => Item::Text(left + &right),
            (Err(why), _) | (_, Err(why)) => Item::Unknown(why),
        }
    }

    /// Calls a function of the script; parameters are bound by name, in the order in which they are declared.
    pub(super) fn function(&mut self, name: &str, bound: BTreeMap<String, Item>) -> Item {
        let Some((_, body)) = self.functions.get(name).cloned() else { return Item::Null };
        if self.scopes.len() as u32 > CALLS {
            return Item::Unknown("functions call each other too deeply to be followed".to_owned());
        }
        self.scopes.push(bound);
        let (flow, value) = self.block(&body);
        self.scopes.pop();
        if let Flow::Return(value) = flow { value } else { value }
    }
}

/// `-split "\s*=\s*"`: a sign with blanks on both sides, the only pattern that is understood. The pieces keep what joined them.
fn split(text: &str, pattern: &str) -> Option<Item> {
    let sign = pattern.strip_prefix("\\s*").and_then(|rest| rest.strip_suffix("\\s*")).unwrap_or(pattern);
    if sign.is_empty() || sign.chars().any(|c| "\\.[]()*+?^$|{}".contains(c)) {
        return None;
    }
    let blanks = sign != pattern;
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(sign) {
        let (kept, tail) = if blanks { (before.trim_end(), after.trim_start()) } else { (before, after) };
        pieces.push(Item::List(vec![Item::Text(kept.to_owned()), Item::Text(rest.to_owned())]));
        rest = tail;
    }
    pieces.push(Item::List(vec![Item::Text(rest.to_owned()), Item::Text(rest.to_owned())]));
    Some(Item::List(pieces))
}

/// The first pieces of a split, and the rest of the text unsplit as the last.
fn rejoined(items: &[Item], count: i64) -> Item {
    let count = usize::try_from(count).unwrap_or(0).max(1);
    let piece = |item: &Item, whole: bool| match item {
        Item::List(pair) => pair.get(usize::from(whole)).cloned().unwrap_or(Item::Null),
        other => other.clone(),
    };
    Item::List(items.iter().take(count).enumerate().map(|(at, item)| piece(item, at + 1 == count)).collect())
}
