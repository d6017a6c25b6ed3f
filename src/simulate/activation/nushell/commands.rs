//! nushell's own commands, as far as activation scripts use them.

use super::expressions::Expression;
use super::run::{fields, lost, member, options, put, raised};
use super::{Done, Halt, Item, Nushell, is_path, shown};
use crate::simulate::activation::state::Value;

/// Commands that fail with nothing, change nothing, and whose value no file tells.
const OPEN: &[&str] = &["date now", "random int", "random chars", "random uuid", "sys", "whoami", "ls", "pwd", "history", "config"];

impl Nushell<'_> {
    /// Runs one command with what came through the pipe.
    pub(super) fn command(&mut self, name: &str, arguments: &[Expression], input: &Item, line: u32) -> Done<Item> {
        if let Some(command) = self.commands.get(name).cloned() {
            let values = self.values(&arguments.iter().collect::<Vec<_>>(), line, input)?;
            return self.call(&command, values, input, line);
        }
        let (flags, plain) = options(arguments);
        match name {
            "get" => return self.get(&flags, &plain, input, line),
            "try" => return self.attempt(&plain, input, line),
            "hide-env" => return self.hide(&flags, &plain, line),
            _ => {}
        }
        let values = self.values(&plain, line, input)?;
        if let Item::Unclear(_) = input
            && !matches!(name, "load-env" | "print" | "ignore" | "do")
        {
            return Ok(input.clone());
        }
        match (name, flags.as_slice(), values.as_slice()) {
            ("load-env", [], []) => self.load(input, line),
            ("load-env", [], [record]) => self.load(record, line),
            ("print" | "echo", _, values) => {
                let words: Vec<String> = values.iter().filter_map(|value| shown(value).text().map(str::to_owned)).collect();
                if name == "print" {
                    self.messages.push(words.join("\n"));
                }
                Ok(Item::Nothing)
            }
            ("ignore", ..) => Ok(Item::Nothing),
            ("return", [], values) => Err(Halt::Return(values.first().cloned().unwrap_or(Item::Nothing))),
            ("error make", _, values) => {
                let said = values.first().map(fields).and_then(|fields| match fields.get("msg") {
                    Some(Item::Text(text)) => Some(text.clone()),
                    _ => None,
                });
                raised(line, &said.unwrap_or_else(|| "the script makes an error".to_owned()))
            }
            ("path self", [], []) => Ok(Item::Text(self.script.clone())),
            ("version", [], []) => Ok(Item::Record(vec![("version".to_owned(), Item::Text(self.version()))])),
            ("do", flags, [Item::Closure(closure), rest @ ..]) => {
                let ignores = flags.iter().any(|flag| matches!(*flag, "-i" | "--ignore-errors"));
                if flags.len() > usize::from(ignores) {
                    return lost(line, "this option of do");
                }
                match self.call(closure, rest.to_vec(), input, line) {
                    Err(Halt::Raised(_)) if ignores => Ok(Item::Nothing),
                    other => other,
                }
            }
            ("each" | "all" | "any" | "filter", [], [Item::Closure(closure)]) => {
                let items = match input {
                    Item::List(items) => items.clone(),
                    one => vec![one.clone()],
                };
                let mut results = Vec::new();
                for item in &items {
                    results.push(self.call(closure, vec![item.clone()], item, line)?);
                }
                let truths: Option<Vec<bool>> =
                    results.iter().map(|item| if let Item::Truth(truth) = item { Some(*truth) } else { None }).collect();
                Ok(match (name, truths) {
                    ("each", _) => Item::List(results.into_iter().filter(|item| *item != Item::Nothing).collect()),
                    ("all", Some(truths)) => Item::Truth(truths.iter().all(|truth| *truth)),
                    ("any", Some(truths)) => Item::Truth(truths.iter().any(|truth| *truth)),
                    ("filter", Some(truths)) => {
                        Item::List(items.into_iter().zip(truths).filter_map(|(item, kept)| kept.then_some(item)).collect())
                    }
                    _ => return lost(line, &format!("{name} with this closure")),
                })
            }
            (name, ..) if OPEN.contains(&name) => {
                Ok(Item::Unclear(format!("line {line}: what {name} tells is not known without running it")))
            }
            _ => self.pure(name, &flags, &values, input, line),
        }
    }

    fn values(&mut self, arguments: &[&Expression], line: u32, input: &Item) -> Done<Vec<Item>> {
        let mut values = Vec::new();
        for argument in arguments {
            match argument {
                Expression::Spread(inner) => match self.evaluate(inner, line, input)? {
                    Item::List(items) => values.extend(items),
                    _ => return lost(line, "what is spread"),
                },
                other => values.push(self.evaluate(other, line, input)?),
            }
        }
        Ok(values)
    }

    fn load(&mut self, record: &Item, line: u32) -> Done<Item> {
        let Item::Record(fields) = record else { return lost(line, "what load-env is given") };
        for (name, item) in fields {
            self.assign(name, item.clone(), line)?;
        }
        Ok(Item::Nothing)
    }

    /// `hide-env`, whose names are words or values.
    fn hide(&mut self, flags: &[&str], names: &[&Expression], line: u32) -> Done<Item> {
        let ignores = flags.iter().any(|flag| matches!(*flag, "-i" | "--ignore-errors"));
        if flags.len() > usize::from(ignores) {
            return lost(line, "this option of hide-env");
        }
        for value in self.values(names, line, &Item::Nothing)? {
            let Item::Text(name) = value else { return lost(line, "what hide-env is given") };
            if is_path(&name) {
                return lost(line, "a PATH that is hidden, which programs still see,");
            }
            if self.environment.remove(&name).is_some() {
                self.hidden.insert(name, line);
            } else if !ignores {
                return raised(line, &format!("{name} is not set"));
            }
        }
        Ok(Item::Nothing)
    }

    /// `get`: a bare word may hold several names joined by dots.
    fn get(&mut self, flags: &[&str], names: &[&Expression], input: &Item, line: u32) -> Done<Item> {
        let optional = match flags {
            [] => false,
            ["-i" | "-o" | "--optional" | "--ignore-errors"] => true,
            _ => return lost(line, "this option of get"),
        };
        let [name] = names else { return lost(line, "get with several names") };
        if let Expression::Text(text, true) = name {
            let mut value = input.clone();
            for part in text.split('.') {
                value = member(&value, part.trim_end_matches('?'), optional || part.ends_with('?'), line)?;
            }
            return Ok(value);
        }
        match self.evaluate(name, line, input)? {
            Item::Text(name) => member(input, &name, optional, line),
            Item::Whole(at) => member(input, &at.to_string(), optional, line),
            _ => lost(line, "what get is given"),
        }
    }

    /// `try { … } catch { … }`
    fn attempt(&mut self, arguments: &[&Expression], input: &Item, line: u32) -> Done<Item> {
        let (tried, handler) = match arguments {
            [tried @ Expression::Closure { .. }] => (tried, None),
            [tried @ Expression::Closure { .. }, Expression::Text(word, true), handler @ Expression::Closure { .. }] if word == "catch" => {
                (tried, Some(handler))
            }
            _ => return lost(line, "try"),
        };
        let Expression::Closure { body, .. } = tried else { return lost(line, "try") };
        let result = self.block(body, input);
        if let Err(Halt::Raised(_)) = result {
            self.assign("LAST_EXIT_CODE", Item::Whole(1), line)?;
        }
        match (result, handler) {
            (Err(Halt::Raised(_)), None) => Ok(Item::Nothing),
            (Err(Halt::Raised(message)), Some(handler)) => {
                let Item::Closure(handler) = self.evaluate(handler, line, input)? else { return lost(line, "catch") };
                let error = Item::Record(vec![("msg".to_owned(), Item::Unclear(message))]);
                if handler.parameters.is_empty() {
                    self.block(&handler.body, &error)
                } else {
                    self.call(&handler, vec![error.clone()], &error, line)
                }
            }
            (result, _) => result,
        }
    }

    /// Commands that only make a value of others.
    fn pure(&self, name: &str, flags: &[&str], values: &[Item], input: &Item, line: u32) -> Done<Item> {
        let list = |items: &Item| match items {
            Item::List(items) => Some(items.clone()),
            Item::Nothing => Some(Vec::new()),
            Item::Text(_) | Item::Whole(_) | Item::Truth(_) => Some(vec![items.clone()]),
            _ => None,
        };
        if !flags.is_empty() {
            return self.of_text(name, flags, values, input, line);
        }
        Ok(match (name, values, input) {
            ("describe", [], item) => Item::Text(kind(item)),
            ("is-empty" | "is-not-empty", [], item) => {
                let is_empty = match item {
                    Item::Nothing => true,
                    Item::Text(text) => text.is_empty(),
                    Item::List(items) => items.is_empty(),
                    Item::Record(fields) => fields.is_empty(),
                    _ => false,
                };
                Item::Truth(is_empty == (name == "is-empty"))
            }
            ("prepend" | "append", [more], item) => match (list(more), list(item)) {
                (Some(more), Some(items)) if name == "prepend" => Item::List(more.into_iter().chain(items).collect()),
                (Some(more), Some(items)) => Item::List(items.into_iter().chain(more).collect()),
                _ => return lost(line, name),
            },
            ("take" | "first", [Item::Whole(count)], Item::List(items)) => {
                Item::List(items.iter().take(usize::try_from(*count).unwrap_or(0)).cloned().collect())
            }
            ("skip", [Item::Whole(count)], Item::List(items)) => {
                Item::List(items.iter().skip(usize::try_from(*count).unwrap_or(0)).cloned().collect())
            }
            ("first", [], Item::List(items)) if !items.is_empty() => items.first().cloned().unwrap_or(Item::Nothing),
            ("last", [], Item::List(items)) if !items.is_empty() => items.last().cloned().unwrap_or(Item::Nothing),
            ("reverse", [], Item::List(items)) => Item::List(items.iter().rev().cloned().collect()),
            ("uniq", [], Item::List(items)) => {
                let mut kept: Vec<Item> = Vec::new();
                for item in items {
                    if !kept.contains(item) {
                        kept.push(item.clone());
                    }
                }
                Item::List(kept)
            }
            ("length", [], Item::List(items)) => Item::Whole(i64::try_from(items.len()).unwrap_or(i64::MAX)),
            ("columns", [], Item::Record(fields)) => Item::List(fields.iter().map(|(name, _)| Item::Text(name.clone())).collect()),
            ("default", [value], Item::Nothing) => value.clone(),
            ("default", [_], item) => item.clone(),
            ("merge", [Item::Record(more)], Item::Record(fields)) => {
                let mut fields = fields.clone();
                for (name, item) in more {
                    put(&mut fields, name, item.clone());
                }
                Item::Record(fields)
            }
            ("insert" | "upsert" | "update", [Item::Text(field), item], Item::Record(fields)) if !matches!(item, Item::Closure(_)) => {
                let known = fields.iter().any(|(name, _)| name == field);
                if known == (name == "insert") && name != "upsert" {
                    return raised(line, &format!("the field {field} is {}there", if known { "already " } else { "not " }));
                }
                let mut fields = fields.clone();
                put(&mut fields, field, item.clone());
                Item::Record(fields)
            }
            ("reject", [Item::Text(field)], Item::Record(fields)) => {
                Item::Record(fields.iter().filter(|(name, _)| name != field).cloned().collect())
            }
            ("into bool", [], item) => match item {
                Item::Truth(_) => item.clone(),
                Item::Whole(number) => Item::Truth(*number != 0),
                Item::Text(text) => match text.trim().to_lowercase().as_str() {
                    "true" => Item::Truth(true),
                    "false" => Item::Truth(false),
                    number => match number.parse::<f64>() {
                        Ok(number) => Item::Truth(number.abs() >= f64::EPSILON),
                        Err(_) => return raised(line, &format!("{text:?} is neither true nor false")),
                    },
                },
                _ => return lost(line, name),
            },
            ("into int", [], Item::Text(text)) => match text.trim().parse() {
                Ok(number) => Item::Whole(number),
                Err(_) => return raised(line, &format!("{text:?} is no whole number")),
            },
            ("into int", [], Item::Whole(_)) => input.clone(),
            ("into string" | "to text", [], item) => match shown(item) {
                Value::Text(text) => Item::Text(text),
                other => Item::Unclear(other.why()),
            },
            _ => return self.of_text(name, flags, values, input, line),
        })
    }
}

/// What `describe` says.
fn kind(item: &Item) -> String {
    let inner = |items: &[Item]| match items {
        [first, rest @ ..] if rest.iter().all(|item| kind(item) == kind(first)) => kind(first),
        _ => "any".to_owned(),
    };
    match item {
        Item::Nothing => "nothing".to_owned(),
        Item::Truth(_) => "bool".to_owned(),
        Item::Whole(_) => "int".to_owned(),
        Item::Text(_) | Item::Unclear(_) => "string".to_owned(),
        Item::List(items) => format!("list<{}>", inner(items)),
        Item::Record(fields) => {
            format!("record<{}>", fields.iter().map(|(name, item)| format!("{name}: {}", kind(item))).collect::<Vec<_>>().join(", "))
        }
        Item::Closure(_) => "closure".to_owned(),
    }
}
