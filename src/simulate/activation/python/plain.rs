//! What Python itself offers to a script that it runs, as far as `activate_this.py` uses it: `os.environ`, `sys`, `site`, methods of
//! texts and lists.

use super::expressions::{Each, Expression};
use super::values::{light, lost, text};
use super::{Dialect, Done, Halt, Item, Python};
use crate::machine::Machine;
use crate::simulate::activation::state::Variables;
use crate::venv::Unknown;
use std::collections::BTreeMap;

/// The Python that runs the script.
pub(in crate::simulate::activation) trait Host {
    /// Its version to the patch level.
    fn version(&self) -> Option<&str>;
    /// Whether it is `PyPy`.
    fn is_pypy(&self) -> bool;
    /// What `sys.path` is after `site.addsitedir(folder)`, and what of it cannot be known.
    fn add_site_dir(&self, path: &[String], folder: &str) -> Result<(Vec<String>, Vec<Unknown>), String>;
}

/// Every name that Python knows without an import and that is no exception (`dir(builtins)`).
const BUILTINS: &[&str] = &[
    "__build_class__",
    "__debug__",
    "__doc__",
    "__import__",
    "__loader__",
    "__name__",
    "__package__",
    "__spec__",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "license",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
    "Ellipsis",
    "NotImplemented",
    "StopIteration",
    "StopAsyncIteration",
    "GeneratorExit",
    "KeyboardInterrupt",
    "SystemExit",
];

/// The names of modules that are followed.
const NAMES: &[&str] = &[
    "os.environ",
    "os.environ.get",
    "os.environ.pop",
    "os.environ.setdefault",
    "os.getenv",
    "os.path",
    "os.path.abspath",
    "os.path.basename",
    "os.path.dirname",
    "os.path.exists",
    "os.path.join",
    "os.path.normpath",
    "os.path.realpath",
    "site.addsitedir",
];

/// Whether a module is known to have such a name.
pub(super) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Whether what is called makes a new list each time.
fn is_fresh(what: &Expression) -> bool {
    match what {
        Expression::Name(name) => matches!(name.as_str(), "list" | "tuple"),
        Expression::Attribute(_, name) => name == "split",
        _ => false,
    }
}

/// A name that the script has not bound.
pub(super) fn builtin(name: &str, line: u32) -> Done<Item> {
    let is_exception = ["Error", "Exception", "Warning", "ExceptionGroup"].iter().any(|end| name.ends_with(end));
    match name {
        name if BUILTINS.contains(&name) || is_exception => Ok(Item::Foreign(name.to_owned())),
        name if name.starts_with("__") => lost(line, name),
        _ => Err(Halt::Raised("NameError", format!("line {line}: the name {name} is not defined"))),
    }
}

impl<'m> Python<'m> {
    /// A running Python with these variables; `attributes` are those of `sys`, by their whole names.
    pub(in crate::simulate::activation) fn plain(
        machine: &'m dyn Machine,
        script: &str,
        variables: Variables,
        host: &'m dyn Host,
        attributes: BTreeMap<String, Item>,
    ) -> Self {
        let mut python = Self::new(machine, script, variables, Dialect::Plain);
        let rules = machine.platform().rules();
        let separators = [("os.pathsep", rules.list_separator()), ("os.path.pathsep", rules.list_separator())];
        let all = separators.into_iter().chain([("os.sep", rules.sep()), ("os.path.sep", rules.sep())]);
        python.globals.extend(all.map(|(name, sign)| (name.to_owned(), Item::Text(sign.to_string()))));
        python.globals.extend(attributes);
        python.host = Some(host);
        python
    }

    /// Runs the script, unless its syntax is newer than this Python or not read here.
    pub(in crate::simulate::activation) fn read(&mut self, text: &str) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let minor =
            self.host.and_then(Host::version).and_then(|version| version.split('.').nth(1)?.parse::<u32>().ok()).unwrap_or_default();
        for (line, number) in text.lines().zip(1_u32..) {
            let indented = line.len() - line.trim_start().len();
            let what = match () {
                () if line.get(..indented).is_some_and(|indent| indent.contains(['\t', '\x0c'])) => "an indentation with tabs",
                () if line.contains(":=") && minor < 8 => ":= in a Python before 3.8",
                () if line.trim_start().starts_with("import os.") && line.trim() != "import os.path" => "such an import",
                () if line.contains(['\r', '\0']) => "such a line end",
                () => "",
            };
            if !what.is_empty() {
                return self.conclude(lost(number, what));
            }
            if line.trim() == "from __future__ import annotations" && minor < 7 {
                let message = format!("line {number}: future feature annotations is not defined");
                return self.conclude(Err(Halt::Raised("SyntaxError", message)));
            }
        }
        self.source(text);
    }

    /// The attributes of `sys` with the line that last wrote each.
    pub(in crate::simulate::activation) fn attributes(&self) -> impl Iterator<Item = (&str, &Item, Option<u32>)> {
        let of_sys = self.globals.iter().filter(|(name, _)| name.starts_with("sys."));
        of_sys.map(|(name, item)| (name.as_str(), item, self.lines.get(name).copied()))
    }

    /// Refuses a second name for one list, and a name for a generator: a change would show under both names.
    pub(super) fn refuse_alias(&self, expression: &Expression, value: &Item, line: u32) -> Done<()> {
        let is_generator = matches!(expression, Expression::Each(each) if !each.is_list);
        let may_alias = match expression {
            Expression::Name(_) | Expression::Attribute(..) | Expression::Choice(..) | Expression::Index(..) | Expression::Call(..) => {
                !matches!(expression, Expression::Call(what, ..) if is_fresh(what))
            }
            Expression::Binary(sign, ..) => matches!(*sign, "or" | "and"),
            _ => false,
        };
        let is_refused = is_generator || (may_alias && matches!(value, Item::List(_)));
        if self.dialect == Dialect::Plain && is_refused { lost(line, "a second name for a list") } else { Ok(()) }
    }

    /// `import`: only of what every Python has loaded, as other modules run code of their own.
    pub(super) fn import(&mut self, module: &str, line: u32) -> Done<()> {
        let first = module.split('.').next().unwrap_or_default();
        let is_loaded = matches!(module, "os" | "sys" | "site") || first == "__future__";
        if is_loaded || is_known(module) || self.globals.contains_key(module) {
            Ok(())
        } else {
            lost(line, &format!("the code of the module {first}"))
        }
    }

    pub(super) fn set_attribute(&mut self, name: &str, value: Item, line: u32) -> Done<()> {
        if !name.starts_with("sys.") || (name == "sys.path" && !matches!(value, Item::List(_))) {
            return lost(line, &format!("an assignment to {name}"));
        }
        self.lines.insert(name.to_owned(), line);
        self.globals.insert(name.to_owned(), value);
        Ok(())
    }

    /// Where `[from:to]` begins and ends in something so long.
    pub(super) fn bounds(&mut self, from: Option<&Expression>, to: Option<&Expression>, length: usize, line: u32) -> Done<(usize, usize)> {
        let mut bound = |expression: Option<&Expression>, default: usize| match expression.map(|inner| self.evaluate(inner, line)) {
            None => Ok(default),
            Some(value) => match value? {
                Item::None => Ok(default),
                Item::Number(at) if at < 0 => Ok(usize::try_from(at.saturating_add(length_of(length))).unwrap_or(0)),
                Item::Number(at) => Ok(usize::try_from(at).unwrap_or(0).min(length)),
                _ => lost(line, "a part"),
            },
        };
        let from = bound(from, 0)?;
        let to = bound(to, length)?;
        Ok((from, to.max(from)))
    }

    pub(super) fn slice(&mut self, whole: &Item, from: Option<&Expression>, to: Option<&Expression>, line: u32) -> Done<Item> {
        match whole {
            Item::Text(text) => {
                let chars: Vec<char> = text.chars().collect();
                let (from, to) = self.bounds(from, to, chars.len(), line)?;
                Ok(Item::Text(chars.get(from..to).unwrap_or_default().iter().collect()))
            }
            Item::List(items) => {
                let (from, to) = self.bounds(from, to, items.len(), line)?;
                Ok(Item::List(items.get(from..to).unwrap_or_default().to_vec()))
            }
            _ => lost(line, "a part"),
        }
    }

    /// The items of a comprehension; its name is its own.
    pub(super) fn each(&mut self, each: &Each, line: u32) -> Done<Item> {
        let Item::List(values) = self.evaluate(&each.values, line)? else { return lost(line, "a comprehension") };
        let mut items = Vec::new();
        self.locals.push(self.locals.last().cloned().unwrap_or_default());
        let mut result = Ok(());
        for value in values {
            if !self.fuel.burn(1) {
                result = lost(line, "a comprehension of so many items");
                break;
            }
            self.bind(&each.name, value);
            match each.condition.as_ref().map_or(Ok(true), |condition| self.truth(condition, line)) {
                Ok(false) => {}
                Ok(true) => match self.evaluate(&each.item, line) {
                    Ok(item) => items.push(item),
                    Err(halt) => result = Err(halt),
                },
                Err(halt) => result = Err(halt),
            }
            if result.is_err() {
                break;
            }
        }
        self.locals.pop();
        result.map(|()| Item::List(items))
    }

    /// A function of Python's own; `None` where it is one that xonsh's scripts call the same way.
    pub(super) fn plain_function(&mut self, name: &str, arguments: &[Item], line: u32) -> Done<Option<Item>> {
        let rules = self.machine.platform().rules();
        Ok(Some(match (name, arguments) {
            ("len", [Item::Text(text)]) => Item::Number(length_of(text.chars().count())),
            ("len", [Item::List(items)]) => Item::Number(length_of(items.len())),
            ("list" | "tuple", [Item::List(items)]) => Item::List(items.clone()),
            ("list" | "tuple", []) => Item::List(Vec::new()),
            ("set", [Item::List(items)]) => Item::Set(items.clone()),
            ("str", [Item::Text(text)]) => Item::Text(text.clone()),
            ("str", [Item::Number(number)]) => Item::Text(number.to_string()),
            ("bool", [value]) => Item::Truth(self.is_true(value, line)?),
            ("print", words) => {
                let words: Done<Vec<String>> = words.iter().map(|word| text(word, line)).collect();
                self.messages.push(words?.join(" "));
                Item::None
            }
            ("hasattr", [Item::Foreign(owner), Item::Text(attribute)]) if owner == "sys" => {
                match (self.globals.contains_key(&format!("sys.{attribute}")), attribute.as_str()) {
                    (true, _) => Item::Truth(true),
                    (false, "pypy_version_info") => Item::Truth(self.host.is_some_and(Host::is_pypy)),
                    (false, "real_prefix" | "frozen") => Item::Truth(false),
                    _ => return lost(line, "hasattr()"),
                }
            }
            ("os.path.abspath", [path]) => {
                let Some(cwd) = self.machine.cwd() else { return lost(line, "a path below a folder that is gone") };
                Item::Text(rules.abspath(&cwd, &text(path, line)?))
            }
            ("os.path.normpath", [path]) => Item::Text(rules.normpath(&text(path, line)?)),
            ("os.path.exists", [path]) => Item::Truth(self.machine.stat(&text(path, line)?).is_ok()),
            ("os.getenv", [variable, rest @ ..]) if rest.len() < 2 => {
                let known = self.environment(&text(variable, line)?)?;
                known.unwrap_or_else(|| rest.first().cloned().unwrap_or(Item::None))
            }
            ("os.environ.setdefault", [variable, value]) => {
                let variable = text(variable, line)?;
                if let Some(known) = self.environment(&variable)? {
                    known
                } else {
                    self.set_environment(&variable, value, line)?;
                    value.clone()
                }
            }
            ("site.addsitedir", [folder]) => self.add_site_dir(&text(folder, line)?, line)?,
            ("os.path.join" | "os.path.basename" | "os.path.dirname" | "os.path.realpath" | "os.environ.get" | "os.environ.pop", _) => {
                return Ok(None);
            }
            _ => return lost(line, &format!("{name}()")),
        }))
    }

    fn add_site_dir(&mut self, folder: &str, line: u32) -> Done<Item> {
        let (Some(host), Some(Item::List(items))) = (self.host, self.globals.get("sys.path")) else {
            return lost(line, "site.addsitedir()");
        };
        let path: Done<Vec<String>> = items.iter().map(|item| text(item, line)).collect();
        let (path, unknown) = host.add_site_dir(&path?, folder).map_err(|why| Halt::Lost(format!("line {line}: {why}")))?;
        self.unknown.extend(unknown);
        self.set_attribute("sys.path", Item::List(path.into_iter().map(Item::Text).collect()), line)?;
        Ok(Item::None)
    }
}

/// A length as a number of the script.
pub(super) fn length_of(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// A method of a text.
pub(super) fn method(holder: &str, name: &str, arguments: &[Item], line: u32) -> Done<Item> {
    Ok(match (name, arguments) {
        ("split", [Item::Text(sign)]) if !sign.is_empty() => {
            Item::List(holder.split(sign).map(|part| Item::Text(part.to_owned())).collect())
        }
        ("join", [Item::List(items)]) => {
            let parts: Done<Vec<String>> = items.iter().map(|item| text(item, line)).collect();
            let parts = parts?;
            light(parts.iter().map(|part| part.len().saturating_add(holder.len())).sum(), line)?;
            Item::Text(parts.join(holder))
        }
        ("startswith", [Item::Text(start)]) => Item::Truth(holder.starts_with(start)),
        ("endswith", [Item::Text(end)]) => Item::Truth(holder.ends_with(end)),
        ("replace", [Item::Text(old), Item::Text(new)]) if !old.is_empty() => {
            light(holder.len().saturating_add(holder.matches(old.as_str()).count().saturating_mul(new.len())), line)?;
            Item::Text(holder.replace(old.as_str(), new))
        }
        ("lower", []) if holder.is_ascii() => Item::Text(holder.to_ascii_lowercase()),
        ("upper", []) if holder.is_ascii() => Item::Text(holder.to_ascii_uppercase()),
        ("rstrip", [Item::Text(signs)]) => Item::Text(holder.trim_end_matches(|c| signs.contains(c)).to_owned()),
        ("format", values) => formatted(holder, values, line)?,
        _ => return lost(line, &format!(".{name}()")),
    })
}

/// `"{}.{}".format(…)`, of texts and numbers.
fn formatted(pattern: &str, values: &[Item], line: u32) -> Done<Item> {
    let parts: Vec<&str> = pattern.split("{}").collect();
    if values.len() + 1 < parts.len() || parts.iter().any(|part| part.contains(['{', '}'])) {
        return lost(line, ".format()");
    }
    let mut whole = String::new();
    for (at, part) in parts.iter().enumerate() {
        whole.push_str(part);
        match values.get(at).filter(|_| at + 1 < parts.len()) {
            Some(Item::Number(number)) => whole.push_str(&number.to_string()),
            Some(value) => whole.push_str(&text(value, line)?),
            None => {}
        }
    }
    Ok(Item::Text(whole))
}

/// `==` and `is`, of values whose equality is known.
pub(super) fn equal(left: &Item, right: &Item, sign: &str, line: u32) -> Done<bool> {
    match (left, right) {
        (Item::Foreign(_), _) | (_, Item::Foreign(_)) => lost(line, "a comparison"),
        (Item::None, _) | (_, Item::None) | (Item::Truth(_), Item::Truth(_)) => Ok(left == right),
        (Item::Text(_), Item::Text(_)) | (Item::Number(_), Item::Number(_)) | (Item::List(_), Item::List(_)) if sign != "is" => {
            Ok(left == right)
        }
        (Item::Text(_) | Item::Number(_) | Item::List(_), Item::Text(_) | Item::Number(_) | Item::List(_)) if sign != "is" => Ok(false),
        _ => lost(line, "a comparison"),
    }
}

/// `<` and its like, of numbers and of tuples that hold numbers up to where they differ.
pub(super) fn compared(left: &Item, right: &Item, sign: &str, line: u32) -> Done<bool> {
    let ordering = match (left, right) {
        (Item::Number(left), Item::Number(right)) => left.cmp(right),
        (Item::List(first), Item::List(second)) => match first.iter().zip(second).find(|(left, right)| left != right) {
            Some((Item::Number(left), Item::Number(right))) => left.cmp(right),
            Some(_) => return lost(line, "a comparison"),
            None => first.len().cmp(&second.len()),
        },
        _ => return lost(line, "a comparison"),
    };
    Ok(match sign {
        "<" => ordering.is_lt(),
        ">" => ordering.is_gt(),
        "<=" => ordering.is_le(),
        _ => ordering.is_ge(),
    })
}

/// `list.remove`: the first that is equal, else an error.
pub(super) fn remove_first(items: &mut Vec<Item>, arguments: &[Item], line: u32) -> Done<()> {
    let [wanted] = arguments else { return lost(line, ".remove()") };
    match items.iter().position(|item| item == wanted) {
        Some(at) => drop(items.remove(at)),
        None => return Err(Halt::Raised("ValueError", format!("line {line}: the list holds no such item"))),
    }
    Ok(())
}
