//! Works out Python's expressions and calls: the script's own functions, xonsh's environment and aliases, a few functions of `os.path`.

use super::super::programs::basename;
use super::super::state::{LONGEST, TOO_LONG};
use super::expressions::Expression;
use super::plain;
use super::{CALLS, Dialect, Done, Flow, Function, Halt, Item, Python};
use crate::machine::path::realpath;
use std::collections::BTreeMap;

/// A value as a text; anything else than a text is not followed.
pub(super) fn text(value: &Item, line: u32) -> Done<String> {
    match value {
        Item::Text(text) if text.len() > LONGEST => Err(Halt::Lost(format!("line {line}: {TOO_LONG}"))),
        Item::Text(text) => Ok(text.clone()),
        _ => Err(Halt::Lost(format!("line {line}: a value that is no text is not followed"))),
    }
}

/// How much a value holds: its characters, and so many more for each item.
pub(super) fn weight(value: &Item) -> usize {
    match value {
        Item::Text(text) => 16 + text.len(),
        Item::List(items) | Item::Set(items) => 16 + items.iter().map(weight).sum::<usize>(),
        _ => 16,
    }
}

/// Refuses a value that has become too large to be carried around.
pub(super) fn light(weight: usize, line: u32) -> Done<()> {
    if weight > 2 * LONGEST { Err(Halt::Lost(format!("line {line}: {TOO_LONG}"))) } else { Ok(()) }
}

pub(super) fn lost<T>(line: u32, what: &str) -> Done<T> {
    Err(Halt::Lost(format!("line {line}: {what} is not followed")))
}

impl Python<'_> {
    pub(super) fn evaluate(&mut self, expression: &Expression, line: u32) -> Done<Item> {
        match expression {
            Expression::Text(text) => Ok(Item::Text(text.clone())),
            Expression::Bytes(_) if self.dialect == Dialect::Plain => lost(line, "a value of bytes"),
            // xonsh's scripts decode them where they stand.
            Expression::Bytes(text) => self.evaluate(text, line),
            Expression::Format(parts) => {
                let mut whole = String::new();
                for (before, value) in parts {
                    whole.push_str(before);
                    if let Some(value) = value {
                        let value = self.evaluate(value, line)?;
                        whole.push_str(&text(&value, line)?);
                        light(whole.len(), line)?;
                    }
                }
                Ok(Item::Text(whole))
            }
            Expression::Name(name) => self.name(name, line),
            Expression::Variable(name) => {
                self.environment(name)?.ok_or_else(|| Halt::Raised("KeyError", format!("line {line}: {name} is not set")))
            }
            Expression::Environment => Ok(Item::Foreign("__xonsh__.env".to_owned())),
            Expression::Attribute(owner, name) => {
                let owner = self.evaluate(owner, line)?;
                self.attribute(&owner, name, line)
            }
            Expression::Index(owner, key) => {
                let (owner, key) = (self.evaluate(owner, line)?, self.evaluate(key, line)?);
                match owner {
                    Item::Foreign(owner) if self.is_environment(&owner) => {
                        let name = text(&key, line)?;
                        self.environment(&name)?.ok_or_else(|| Halt::Raised("KeyError", format!("line {line}: {name} is not set")))
                    }
                    Item::List(items) => match key {
                        Item::Number(at) => {
                            let at = if at < 0 { at.saturating_add(plain::length_of(items.len())) } else { at };
                            let item = usize::try_from(at).ok().and_then(|at| items.get(at));
                            item.cloned().ok_or_else(|| Halt::Raised("IndexError", format!("line {line}: there is no such element")))
                        }
                        _ => lost(line, "an element"),
                    },
                    _ => lost(line, "an element"),
                }
            }
            Expression::Slice(owner, from, to) => {
                let owner = self.evaluate(owner, line)?;
                self.slice(&owner, from.as_deref(), to.as_deref(), line)
            }
            Expression::Number(number) => Ok(Item::Number(*number)),
            Expression::Negative(inner) => match self.evaluate(inner, line)? {
                Item::Number(number) => Ok(Item::Number(-number)),
                _ => lost(line, "a minus"),
            },
            Expression::Bind(name, value) => {
                let made = self.evaluate(value, line)?;
                self.refuse_alias(value, &made, line)?;
                self.bind(name, made.clone());
                Ok(made)
            }
            Expression::Each(each) => self.each(each, line),
            Expression::List(items) => {
                let (mut all, mut carried) = (Vec::new(), 0);
                for item in items {
                    let known = all.len();
                    match item {
                        Expression::Spread(inner) => match self.evaluate(inner, line)? {
                            Item::List(items) => all.extend(items),
                            _ => return lost(line, "what a star spreads"),
                        },
                        item => all.push(self.evaluate(item, line)?),
                    }
                    carried += all.iter().skip(known).map(weight).sum::<usize>();
                    light(carried, line)?;
                }
                Ok(Item::List(all))
            }
            Expression::Spread(_) => lost(line, "a star"),
            Expression::Not(inner) => Ok(Item::Truth(!self.truth(inner, line)?)),
            Expression::Choice(condition, yes, no) => {
                let chosen = if self.truth(condition, line)? { yes } else { no };
                self.evaluate(chosen, line)
            }
            Expression::Binary(sign, left, right) => self.binary(sign, left, right, line),
            Expression::Call(what, plain, named) => self.called(what, plain, named, line),
        }
    }

    fn name(&self, name: &str, line: u32) -> Done<Item> {
        let known = self.locals.last().and_then(|scope| scope.get(name)).or_else(|| self.globals.get(name));
        Ok(match (known, name) {
            (Some(value), _) => value.clone(),
            (None, "None") => Item::None,
            (None, "True") => Item::Truth(true),
            (None, "False") => Item::Truth(false),
            (None, "__file__") => Item::Text(self.script.clone()),
            _ if self.dialect == Dialect::Plain => return plain::builtin(name, line),
            (None, "__xonsh__" | "aliases" | "hasattr" | "print" | "set" | "__import__" | "os" | "len" | "list" | "str") => {
                Item::Foreign(name.to_owned())
            }
            _ => return Err(Halt::Raised("NameError", format!("line {line}: the name {name} is not defined"))),
        })
    }

    fn attribute(&self, owner: &Item, name: &str, line: u32) -> Done<Item> {
        match owner {
            Item::Object(number) => {
                let Some((class, attributes)) = self.objects.get(*number) else { return lost(line, "an object") };
                if let Some(value) = attributes.get(name) {
                    return Ok(value.clone());
                }
                if self.classes.get(class).is_some_and(|methods| methods.contains_key(name)) {
                    return Ok(Item::Method(*number, name.to_owned()));
                }
                let of_class = self.globals.get(&format!("{class}.{name}")).cloned();
                of_class.ok_or_else(|| Halt::Raised("AttributeError", format!("line {line}: there is no attribute {name}")))
            }
            Item::Foreign(owner) if self.dialect == Dialect::OldXonsh && owner == "__xonsh__" && name == "imp" => {
                Err(Halt::Raised("AttributeError", format!("line {line}: this version of xonsh has no __xonsh__.imp")))
            }
            Item::Foreign(owner) => {
                let whole = format!("{owner}.{name}");
                match self.globals.get(&whole) {
                    Some(known) => Ok(known.clone()),
                    // Whether there is such a name at all is not known.
                    None if self.dialect == Dialect::Plain && !plain::is_known(&whole) => lost(line, &whole),
                    None => Ok(Item::Foreign(whole)),
                }
            }
            _ => lost(line, &format!(".{name}")),
        }
    }

    fn binary(&mut self, sign: &str, left: &Expression, right: &Expression, line: u32) -> Done<Item> {
        if sign == "or" || sign == "and" {
            let first = self.truth(left, line)?;
            return self.evaluate(if first == (sign == "or") { left } else { right }, line);
        }
        let (left, right) = (self.evaluate(left, line)?, self.evaluate(right, line)?);
        Ok(match sign {
            "==" | "!=" | "is" if self.dialect == Dialect::Plain => Item::Truth(plain::equal(&left, &right, sign, line)? == (sign != "!=")),
            "<" | ">" | "<=" | ">=" => Item::Truth(plain::compared(&left, &right, sign, line)?),
            "==" | "is" => Item::Truth(left == right),
            "!=" => Item::Truth(left != right),
            "+" => match (left, right) {
                (Item::List(mut first), Item::List(second)) => {
                    light(first.iter().chain(&second).map(weight).sum(), line)?;
                    first.extend(second);
                    Item::List(first)
                }
                (Item::Number(first), Item::Number(second)) => Item::Number(first.saturating_add(second)),
                (left, right) => Item::Text(text(&left, line)? + &text(&right, line)?),
            },
            "-" => match (left, right) {
                (Item::Number(first), Item::Number(second)) => Item::Number(first.saturating_sub(second)),
                _ => return lost(line, "a minus"),
            },
            _ => {
                let holds = match &right {
                    Item::Foreign(owner) if self.is_environment(owner) => self.environment(&text(&left, line)?)?.is_some(),
                    Item::Foreign(owner) if owner == "aliases" => self.aliases.contains_key(&text(&left, line)?),
                    Item::List(items) | Item::Set(items) => items.contains(&left),
                    Item::Text(whole) => whole.contains(&text(&left, line)?),
                    _ => return lost(line, sign),
                };
                Item::Truth(holds == (sign == "in"))
            }
        })
    }

    fn called(&mut self, what: &Expression, plain: &[Expression], named: &[(String, Expression)], line: u32) -> Done<Item> {
        let Item::List(arguments) = self.evaluate(&Expression::List(plain.to_vec()), line)? else { return lost(line, "a call") };
        let mut options = BTreeMap::new();
        for (name, argument) in named {
            let value = self.evaluate(argument, line)?;
            options.insert(name.as_str(), value);
        }
        // A list changes in place, so what holds it is written again.
        if let Expression::Attribute(holder, method) = what
            && matches!(method.as_str(), "add" | "append" | "clear" | "discard" | "remove" | "insert" | "extend")
            && let Item::List(mut items) = self.evaluate(holder, line)?
        {
            if self.dialect == Dialect::Plain && matches!(method.as_str(), "add" | "discard") {
                return lost(line, &format!(".{method}()"));
            }
            if self.dialect == Dialect::Plain && method == "remove" {
                plain::remove_first(&mut items, &arguments, line)?;
            } else {
                changed(&mut items, method, &arguments, &options, line)?;
            }
            return self.assign(holder, Item::List(items), line).map(|()| Item::None);
        }
        if let Expression::Attribute(holder, method) = what
            && let Item::Text(holder) = self.evaluate(holder, line)?
        {
            if self.dialect == Dialect::Plain {
                return plain::method(&holder, method, &arguments, line);
            }
            return match method.as_str() {
                "decode" | "strip" => Ok(Item::Text(holder)),
                _ => lost(line, &format!(".{method}()")),
            };
        }
        let target = self.evaluate(what, line)?;
        if self.dialect == Dialect::Plain {
            let names_a_list = plain.iter().any(|argument| matches!(argument, Expression::Name(_) | Expression::Attribute(..)))
                && arguments.iter().any(|argument| matches!(argument, Item::List(_)));
            let is_print = target == Item::Foreign("print".to_owned());
            if (!named.is_empty() && !is_print) || (names_a_list && matches!(target, Item::Named(_))) {
                return lost(line, "an argument");
            }
        }
        self.call(&target, arguments, line)
    }

    /// Calls a function, a method, a class or something foreign.
    pub(super) fn call(&mut self, target: &Item, arguments: Vec<Item>, line: u32) -> Done<Item> {
        match target {
            Item::Named(name) if self.classes.contains_key(name) => {
                self.objects.push((name.clone(), BTreeMap::new()));
                let object = Item::Object(self.objects.len() - 1);
                if let Some(method) = self.classes.get(name).and_then(|methods| methods.get("__init__")).cloned() {
                    let mut all = vec![object.clone()];
                    all.extend(arguments);
                    self.run(&method, all, line)?;
                }
                Ok(object)
            }
            Item::Named(name) => match self.functions.get(name).cloned() {
                Some(function) => self.run(&function, arguments, line),
                None => lost(line, name),
            },
            Item::Method(number, name) => {
                let class = self.objects.get(*number).map(|(class, _)| class.clone()).unwrap_or_default();
                let Some(method) = self.classes.get(&class).and_then(|methods| methods.get(name)).cloned() else { return lost(line, name) };
                let mut all = vec![Item::Object(*number)];
                all.extend(arguments);
                self.run(&method, all, line)
            }
            Item::Foreign(name) => self.foreign(&name.clone(), &arguments, line),
            _ => lost(line, "a call"),
        }
    }

    fn run(&mut self, function: &Function, arguments: Vec<Item>, line: u32) -> Done<Item> {
        if self.locals.len() > CALLS {
            return lost(line, "a call that is nested so deeply");
        }
        let mut scope = BTreeMap::new();
        let mut given = arguments.into_iter();
        for (name, default) in &function.parameters {
            let value = match (given.next(), default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.evaluate(default, line)?,
                (None, None) => return Err(Halt::Raised("TypeError", format!("line {line}: the argument {name} is missing"))),
            };
            scope.insert(name.clone(), value);
        }
        self.locals.push(scope);
        let result = self.block(&function.body);
        self.locals.pop();
        Ok(if let Flow::Return(value) = result? { value } else { Item::None })
    }

    fn foreign(&mut self, name: &str, arguments: &[Item], line: u32) -> Done<Item> {
        if self.dialect == Dialect::Plain
            && let Some(value) = self.plain_function(name, arguments, line)?
        {
            return Ok(value);
        }
        let rules = self.machine.platform().rules();
        Ok(match (name, arguments) {
            ("os.path.join", [first, rest @ ..]) => {
                let mut path = text(first, line)?;
                for part in rest {
                    path = rules.join(&path, &text(part, line)?);
                }
                Item::Text(path)
            }
            ("os.path.basename", [path]) => Item::Text(rules.basename(&text(path, line)?)),
            ("os.path.dirname", [path]) => Item::Text(rules.dirname(&text(path, line)?)),
            ("os.path.realpath", [path]) => Item::Text(realpath(self.machine, &text(path, line)?)),
            ("xonsh.tools.get_sep", []) => Item::Text(rules.sep().to_string()),
            ("__import__", [module]) => Item::Foreign(text(module, line)?),
            ("os.fsdecode" | "str", [value]) => value.clone(),
            ("set" | "list", []) => Item::List(Vec::new()),
            ("print", words) => {
                self.messages.extend(words.iter().filter_map(|word| if let Item::Text(text) = word { Some(text.clone()) } else { None }));
                Item::None
            }
            ("hasattr", [owner, name]) => {
                let name = text(name, line)?;
                match owner {
                    Item::Object(number) => {
                        Item::Truth(self.objects.get(*number).is_some_and(|(_, attributes)| attributes.contains_key(&name)))
                    }
                    Item::Foreign(owner) => Item::Truth(self.globals.contains_key(&format!("{owner}.{name}"))),
                    _ => return lost(line, "hasattr"),
                }
            }
            ("__xonsh__.imp.types.SimpleNamespace" | "types.SimpleNamespace", []) => {
                self.objects.push((String::new(), BTreeMap::new()));
                Item::Object(self.objects.len() - 1)
            }
            ("aliases.pop", [name, ..]) => self.aliases.remove(&text(name, line)?).unwrap_or(Item::None),
            ("aliases.get", [name, ..]) => self.aliases.get(&text(name, line)?).cloned().unwrap_or(Item::None),
            (_, [name_of, rest @ ..]) if name.strip_suffix(".get").is_some_and(|owner| self.is_environment(owner)) => {
                self.environment(&text(name_of, line)?)?.unwrap_or_else(|| rest.first().cloned().unwrap_or(Item::None))
            }
            (_, [name_of, rest @ ..]) if name.strip_suffix(".pop").is_some_and(|owner| self.is_environment(owner)) => {
                let variable = text(name_of, line)?;
                match (self.environment(&variable)?, rest.first()) {
                    (Some(value), _) => {
                        self.variables.unset(&variable, line);
                        value
                    }
                    (None, Some(default)) => default.clone(),
                    (None, None) => return Err(Halt::Raised("KeyError", format!("line {line}: {variable} is not set"))),
                }
            }
            _ => return lost(line, &format!("{}()", basename(name, ""))),
        })
    }
}

/// `add`, `append`, `clear` and others, of a list, a set and xonsh's `EnvPath`.
fn changed(items: &mut Vec<Item>, method: &str, arguments: &[Item], options: &BTreeMap<&str, Item>, line: u32) -> Done<()> {
    let yes = |name: &str| options.get(name) == Some(&Item::Truth(true));
    match (method, arguments) {
        ("clear", []) => items.clear(),
        ("append", [item]) => items.push(item.clone()),
        ("insert", [Item::Number(at), item]) => {
            let at = if *at < 0 { at.saturating_add(plain::length_of(items.len())).max(0) } else { *at };
            items.insert(usize::try_from(at).unwrap_or(usize::MAX).min(items.len()), item.clone());
        }
        ("extend", [Item::List(more)]) => items.extend(more.iter().cloned()),
        ("add", [item]) => {
            if yes("replace") {
                items.retain(|known| known != item);
            }
            if !items.contains(item) {
                items.insert(if yes("front") { 0 } else { items.len() }, item.clone());
            }
        }
        ("discard" | "remove", [item]) => items.retain(|known| known != item),
        _ => return lost(line, &format!(".{method}()")),
    }
    Ok(())
}
