//! The cmdlets, methods and .NET members that activation scripts use.

use super::tree::{Argument, Expression};
use super::{Item, PowerShell, text_of};
use crate::machine::{Kind, text};
use std::collections::BTreeMap;

/// How large a file that the script reads may be.
const READ: usize = 1 << 16;

/// A command's arguments: by name, and the others in order.
struct Given {
    named: BTreeMap<String, Item>,
    plain: Vec<Item>,
}

impl Given {
    /// A parameter by name, or by its place.
    fn get(&self, name: &str, place: usize) -> Item {
        self.named.get(name).or_else(|| self.plain.get(place)).cloned().unwrap_or(Item::Null)
    }
}

impl PowerShell<'_> {
    /// Runs a command.
    pub(super) fn command(&mut self, name: &str, arguments: &[Argument], input: Option<Item>, line: u32) -> Item {
        let lower = name.to_lowercase();
        if lower == "foreach-object" {
            return self.for_each(arguments, input, line);
        }
        if let Some((parameters, _)) = self.functions.get(&lower).cloned() {
            let given = self.given(arguments, &parameters, line);
            let mut bound = given.named;
            let free: Vec<String> = parameters.iter().filter(|name| !bound.contains_key(*name)).cloned().collect();
            bound.extend(free.into_iter().zip(given.plain));
            return self.function(&lower, bound);
        }
        let given = self.given(arguments, &[], line);
        match lower.as_str() {
            "write-verbose" | "write-host" | "write-output" | "write-debug" | "out-null" | "set-strictmode" => Item::Null,
            "write-error" | "write-warning" => {
                self.messages.extend(text_of(&given.get("message", 0)));
                Item::Null
            }
            "test-path" => self.drive(&given.get("path", 0), line, Self::has),
            "remove-item" => self.drive(&given.get("path", 0), line, Self::remove),
            "copy-item" => self.copy(&given, line),
            "get-variable" | "remove-variable" => self.global(&lower, &given, line),
            "new-variable" | "set-variable" => {
                if let Ok(name) = text_of(&given.get("name", 0)) {
                    // New-Variable refuses a name that is there already.
                    if lower == "set-variable" || !self.globals.contains_key(&name.to_lowercase()) {
                        self.set_global(&name, given.get("value", 1), line);
                    }
                }
                Item::Null
            }
            "split-path" => self.split_path(&given),
            "get-item" | "resolve-path" => match text_of(&given.get("path", 0)) {
                Ok(path) => Item::Folder(path),
                Err(why) => Item::Unknown(why),
            },
            "join-path" => self.join_path(&given, line),
            "get-content" => self.content(&given.get("path", 0), line),
            "get-location" => self.machine.cwd().map_or_else(|| Item::Unknown("there is no working folder".to_owned()), Item::Folder),
            _ if self.foreign.contains(&lower) => Item::Unknown(format!("line {line}: what the function {name} gives is not followed")),
            "." | "invoke-expression" | "iex" | "set-item" | "new-item" | "set-content" | "set-location" | "import-module"
            | "clear-item" => {
                self.lose(line, &format!("{name} is not followed"));
                Item::Unknown(format!("line {line}: {name} is not followed"))
            }
            _ => Item::Unknown(format!("line {line}: what {name} gives is not known without running it")),
        }
    }

    /// Pairs names with the values behind them. Switches, which have none, are those that these commands declare.
    fn given(&mut self, arguments: &[Argument], parameters: &[String], line: u32) -> Given {
        const SWITCHES: &[&str] = &["parent", "leaf", "force", "nonewline", "resolve", "nondestructive", "recurse", "passthru"];
        let mut given = Given { named: BTreeMap::new(), plain: Vec::new() };
        let mut waiting: Option<String> = None;
        for argument in arguments {
            match argument {
                Argument::Switch(name) => {
                    let name = parameters.iter().find(|known| known.starts_with(name.as_str())).unwrap_or(name).clone();
                    if SWITCHES.contains(&name.as_str()) {
                        given.named.insert(name, Item::Truth(true));
                    } else {
                        waiting = Some(name);
                    }
                }
                Argument::Value(expression) => {
                    let value = self.expression(expression, line);
                    match waiting.take() {
                        Some(name) => drop(given.named.insert(name, value)),
                        None => given.plain.push(value),
                    }
                }
            }
        }
        given
    }

    fn for_each(&mut self, arguments: &[Argument], input: Option<Item>, line: u32) -> Item {
        let Some(Argument::Value(Expression::Block(body))) = arguments.first() else {
            return Item::Unknown(format!("line {line}: ForEach-Object is not followed"));
        };
        let items = match input {
            Some(Item::List(items)) => items,
            Some(Item::Null) | None => Vec::new(),
            Some(Item::Unknown(why)) => {
                self.lose(line, &why);
                return Item::Unknown(why);
            }
            Some(one) => vec![one],
        };
        for item in items {
            if let Some(scope) = self.scopes.last_mut() {
                scope.insert("psitem".to_owned(), item);
            }
            drop(self.block(body));
        }
        Item::Null
    }

    /// Asks one of the drives `Env:`, `Function:`, `Variable:` about a name.
    fn drive(&mut self, path: &Item, line: u32, ask: fn(&mut Self, &str, &str, u32) -> Item) -> Item {
        let path = match text_of(path) {
            Ok(path) => path,
            Err(why) => return Item::Unknown(why),
        };
        match path.split_once(':') {
            Some((drive, name)) if drive.chars().count() > 1 => ask(self, &drive.to_lowercase(), name.trim_start_matches('\\'), line),
            _ => Item::Unknown(format!("line {line}: {path} is not followed")),
        }
    }

    fn has(&mut self, drive: &str, name: &str, _: u32) -> Item {
        let lower = name.to_lowercase();
        match drive {
            "env" => self.variables.get(name).is_set().map_or_else(Item::Unknown, |set| Item::Truth(set && self.variables.exported(name))),
            "function" => Item::Truth(self.functions.contains_key(&lower) || self.foreign.contains(&lower)),
            _ => Item::Truth(self.globals.contains_key(&lower)),
        }
    }

    fn remove(&mut self, drive: &str, name: &str, line: u32) -> Item {
        let lower = name.to_lowercase();
        match drive {
            "env" => self.variables.unset(name, line),
            "function" => {
                self.functions.remove(&lower);
                self.foreign.remove(&lower);
            }
            _ => {
                self.globals.remove(&lower);
                self.variables.unset(name, line);
            }
        }
        Item::Null
    }

    fn copy(&mut self, given: &Given, line: u32) -> Item {
        let (Ok(from), Ok(to)) = (text_of(&given.get("path", 0)), text_of(&given.get("destination", 1))) else {
            return Item::Unknown(format!("line {line}: Copy-Item is not followed"));
        };
        match (from.split_once(':'), to.split_once(':')) {
            (Some((a, from)), Some((b, to))) if a.eq_ignore_ascii_case("env") && b.eq_ignore_ascii_case("env") => {
                let value = self.environment(from);
                if value != Item::Null {
                    self.set_environment(to, &value, line);
                }
            }
            (Some((a, from)), Some((b, to))) if a.eq_ignore_ascii_case("function") && b.eq_ignore_ascii_case("function") => {
                let (from, to) = (from.to_lowercase(), to.to_lowercase());
                match self.functions.get(&from).cloned() {
                    Some(body) => drop(self.functions.insert(to, body)),
                    None if self.foreign.contains(&from) => {
                        self.functions.remove(&to);
                        self.foreign.insert(to);
                    }
                    None => {}
                }
            }
            _ => self.lose(line, "Copy-Item is not followed"),
        }
        Item::Null
    }

    fn global(&mut self, command: &str, given: &Given, line: u32) -> Item {
        let Ok(name) = text_of(&given.get("name", 0)) else { return Item::Unknown(format!("line {line}: {command} is not followed")) };
        if command == "get-variable" {
            return Item::Truth(self.globals.contains_key(&name.to_lowercase()));
        }
        self.remove("variable", &name, line)
    }

    fn split_path(&self, given: &Given) -> Item {
        let rules = self.machine.platform().rules();
        match text_of(&given.get("path", 0)) {
            Ok(path) if given.named.contains_key("leaf") => Item::Text(rules.basename(path.trim_end_matches(|c| rules.is_sep(c)))),
            Ok(path) => Item::Text(rules.dirname(&path)),
            Err(why) => Item::Unknown(why),
        }
    }

    fn join_path(&mut self, given: &Given, line: u32) -> Item {
        let (Ok(folder), Ok(child)) = (text_of(&given.get("path", 0)), text_of(&given.get("childpath", 1))) else {
            return Item::Unknown(format!("line {line}: Join-Path is not followed"));
        };
        let path = self.machine.platform().rules().join(&folder, &child);
        if given.named.contains_key("resolve") && self.machine.stat(&path).is_err() {
            self.messages.push(format!("line {line}: {path} is missing"));
            return Item::Null;
        }
        Item::Text(path)
    }

    fn content(&mut self, path: &Item, line: u32) -> Item {
        let Ok(path) = text_of(path) else { return Item::Unknown(format!("line {line}: which file is read is not known")) };
        match self.machine.read(&path, READ) {
            Ok(bytes) => {
                Item::List(text::decode(&bytes).trim_start_matches('\u{feff}').lines().map(|line| Item::Text(line.to_owned())).collect())
            }
            Err(fault) => Item::Unknown(format!("line {line}: {path}: {fault}")),
        }
    }

    /// A property.
    pub(super) fn member(&self, value: &Item, name: &str, line: u32) -> Item {
        let rules = self.machine.platform().rules();
        match (value, name) {
            (Item::Folder(path), "fullname" | "path" | "providerpath") => Item::Text(path.clone()),
            (Item::Folder(path), "name") => Item::Text(rules.basename(path)),
            (Item::Folder(path), "parent") => Item::Folder(rules.dirname(path)),
            (Item::Text(text), "length") => Item::Number(i64::try_from(text.encode_utf16().count()).unwrap_or(i64::MAX)),
            (Item::Unknown(why), _) => Item::Unknown(why.clone()),
            (Item::Invocation, "mycommand") => Item::Invocation,
            (Item::Invocation, "definition" | "path" | "source") => Item::Text(self.script.clone()),
            _ => Item::Unknown(format!("line {line}: .{name} is not followed")),
        }
    }

    /// A method of a text.
    pub(super) fn method(value: &Item, name: &str, arguments: &[Item], line: u32) -> Item {
        let value = match value {
            Item::Unknown(why) => return Item::Unknown(why.clone()),
            other => text_of(other).unwrap_or_default(),
        };
        let texts: Vec<String> = arguments.iter().map(|argument| text_of(argument).unwrap_or_default()).collect();
        match (name, arguments) {
            ("trimend", _) => {
                let signs: Vec<char> = texts.iter().flat_map(|text| text.chars()).collect();
                Item::Text(value.trim_end_matches(|c| signs.contains(&c)).to_owned())
            }
            ("contains", [_]) => Item::Truth(texts.first().is_some_and(|text| value.contains(text))),
            ("startswith", [_]) => Item::Truth(texts.first().is_some_and(|text| value.starts_with(text))),
            ("substring", [Item::Number(from)]) => Item::Text(value.chars().skip(usize::try_from(*from).unwrap_or(0)).collect()),
            ("substring", [Item::Number(from), Item::Number(count)]) => {
                let (from, count) = (usize::try_from(*from).unwrap_or(0), usize::try_from(*count).unwrap_or(0));
                Item::Text(value.chars().skip(from).take(count).collect())
            }
            _ => Item::Unknown(format!("line {line}: .{name}() is not followed")),
        }
    }

    /// A static member of a .NET type.
    pub(super) fn of_type(&self, kind: &str, member: &str, arguments: Option<&[Item]>, line: u32) -> Item {
        let rules = self.machine.platform().rules();
        let texts: Result<Vec<String>, String> = arguments.unwrap_or_default().iter().map(text_of).collect();
        let texts = match texts {
            Ok(texts) => texts,
            Err(why) => return Item::Unknown(why),
        };
        match (kind, member, texts.as_slice()) {
            ("io.path", "pathseparator", []) => Item::Text(rules.list_separator().to_string()),
            ("io.path", "directoryseparatorchar", []) => Item::Text(rules.sep().to_string()),
            ("io.path", "altdirectoryseparatorchar", []) => Item::Text("/".to_owned()),
            ("io.path", "getdirectoryname", [path]) => Item::Text(rules.dirname(path)),
            ("io.path", "getfilename", [path]) => Item::Text(rules.basename(path)),
            ("io.path", "combine", [first, rest @ ..]) => Item::Text(rest.iter().fold(first.clone(), |path, part| rules.join(&path, part))),
            ("io.file", "exists", [path]) => Item::Truth(self.machine.stat(path).is_ok_and(|meta| meta.kind == Kind::File)),
            ("io.file", "readalllines", [path]) => match self.machine.read(path, READ) {
                Ok(bytes) => Item::List(
                    text::decode(&bytes).trim_start_matches('\u{feff}').lines().map(|line| Item::Text(line.to_owned())).collect(),
                ),
                Err(fault) => Item::Unknown(format!("line {line}: {path}: {fault}")),
            },
            _ => Item::Unknown(format!("line {line}: [{kind}]::{member} is not followed")),
        }
    }
}
