//! Runs fish's statements and the commands that activation scripts consist of.

use super::super::programs;
use super::super::state::Value;
use super::syntax::{Kind, Statement, Word};
use super::{Fish, Flow};
use std::rc::Rc;

/// Commands of fish's own that are on no PATH.
const OWN: &[&str] = &[
    "abbr",
    "argparse",
    "bg",
    "breakpoint",
    "cdh",
    "contains",
    "dirh",
    "dirs",
    "disown",
    "fg",
    "fish_add_path",
    "funced",
    "funcsave",
    "history",
    "isatty",
    "jobs",
    "math",
    "nextd",
    "open",
    "path",
    "popd",
    "prevd",
    "prompt_pwd",
    "psub",
    "pushd",
    "pwd",
    "random",
    "seq",
    "setenv",
    "status",
    "suspend",
    "time",
    "trap",
    "ulimit",
    "umask",
    "vared",
    "wait",
];

impl Fish<'_> {
    pub(super) fn block(&mut self, statements: &[Statement]) -> Flow {
        for statement in statements {
            if !self.fuel.burn(1) {
                self.lose(statement.line, "the script runs longer than is followed");
                return Flow::Stop;
            }
            let flow = self.statement(statement);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &Statement) -> Flow {
        match &statement.kind {
            Kind::Function(name, body) => {
                self.functions.insert(name.clone(), Rc::clone(body));
                self.status = Ok(true);
                Flow::Next
            }
            Kind::Begin(body) => self.block(body),
            Kind::Block(word) => self.lose(statement.line, &format!("the block {word} is not followed")),
            Kind::If(branches, last) => self.conditional(branches, last),
            Kind::Pipeline { commands, silent } => {
                if let [words] = commands.as_slice() {
                    return self.words(words, statement.line, *silent);
                }
                // The parts of a pipeline run for what they print; the builtins among them that set variables are few.
                self.status = Err(format!("line {}: what a pipeline does is not followed", statement.line));
                let names = commands.iter().filter_map(|words| words.first().and_then(Word::text));
                let sets = names.into_iter().any(|name| matches!(name.as_str(), "set" | "read" | "source" | "." | "eval"));
                if sets { self.lose(statement.line, "what a pipeline sets is not followed") } else { Flow::Next }
            }
        }
    }

    fn conditional(&mut self, branches: &[(Vec<Statement>, Vec<Statement>)], last: &[Statement]) -> Flow {
        let Some(((condition, body), rest)) = branches.split_first() else { return self.block(last) };
        let flow = self.block(condition);
        if flow != Flow::Next {
            return flow;
        }
        match self.status.clone() {
            Ok(true) => self.block(body),
            Ok(false) => {
                self.status = Ok(true);
                self.conditional(rest, last)
            }
            Err(why) => self.either(&why, |fish| fish.block(body), |fish| fish.conditional(rest, last)),
        }
    }

    fn either(&mut self, why: &str, first: impl FnOnce(&mut Self) -> Flow, second: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.fuel.burn(10);
        let mut other = self.clone();
        let flows = (first(self), second(&mut other));
        self.variables.merge(&other.variables, why);
        let known = self.variables.known();
        self.lists.retain(|name, items| known.contains_key(name) && other.lists.get(name) == Some(items));
        self.status = Err(why.to_owned());
        if flows.0 == flows.1 {
            return flows.0;
        }
        self.lose(0, &format!("how the script goes on is not known ({why})"));
        Flow::Next
    }

    fn words(&mut self, words: &[Word], line: u32, silent: bool) -> Flow {
        let name = words.first().filter(|word| word.bare).and_then(Word::text).unwrap_or_default();
        match name.as_str() {
            "and" | "or" => {
                let wanted = name == "and";
                return match self.status.clone() {
                    Ok(well) if well == wanted => self.words(words.get(1..).unwrap_or_default(), line, silent),
                    Ok(_) => Flow::Next,
                    Err(why) => {
                        let rest = words.get(1..).unwrap_or_default();
                        self.either(&why, |fish| fish.words(rest, line, silent), |_| Flow::Next)
                    }
                };
            }
            "not" | "!" => {
                let flow = self.words(words.get(1..).unwrap_or_default(), line, silent);
                self.status = self.status.clone().map(|well| !well);
                return flow;
            }
            "builtin" | "command"
                if !matches!(words.get(1).and_then(Word::text).as_deref(), Some("-s" | "-v" | "-q" | "--search" | "--query") | None) =>
            {
                return self.words(words.get(1..).unwrap_or_default(), line, silent);
            }
            "set" => return self.set(words.get(1..).unwrap_or_default(), line),
            _ => {}
        }
        let expanded = match self.expand(words) {
            Ok(expanded) => expanded,
            Err(why) => {
                self.status = Err(why.clone());
                return if matches!(name.as_str(), "source" | "." | "eval") { self.lose(line, &why) } else { Flow::Next };
            }
        };
        if self.left_out() {
            return Flow::Next;
        }
        let Some((name, arguments)) = expanded.split_first() else { return Flow::Next };
        self.run(name, arguments, line, silent)
    }

    fn run(&mut self, name: &str, arguments: &[String], line: u32, silent: bool) -> Flow {
        if let Some(body) = self.functions.get(name).cloned() {
            return self.function(&body, arguments.to_vec());
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.status = match (name, arguments.as_slice()) {
            ("test" | "[", _) => self.test(&arguments),
            ("functions", [flags, name, rest @ ..]) => self.functions(flags, name, rest.first().copied()),
            ("return", _) => {
                self.status = Ok(arguments.first().is_none_or(|status| *status == "0"));
                return Flow::Return;
            }
            ("exit", _) => return Flow::Stop,
            ("export", assignments) => {
                // A function of fish's own (share/functions/export.fish).
                for assignment in assignments {
                    match assignment.split_once('=') {
                        Some((name, value)) => {
                            self.set_global(name, Ok(vec![value.to_owned()]), line);
                            self.variables.export(name, true);
                        }
                        None => self.variables.export(assignment, true),
                    }
                }
                Ok(true)
            }
            ("true" | ":" | "set_color" | "builtin" | "alias" | "abbr" | "bind" | "complete" | "emit" | "hash", _) => Ok(true),
            ("false", _) => Ok(false),
            ("source" | "." | "eval" | "read" | "fish_add_path" | "cd" | "exec" | "argparse", _) => {
                return self.lose(line, &format!("{name} is not followed"));
            }
            _ => match self.printed(name, &arguments, line) {
                Ok(Some(text)) => {
                    if !silent && !text.is_empty() && matches!(name, "echo" | "printf") {
                        self.messages.push(text.trim_end().to_owned());
                    }
                    Ok(!(text.is_empty() && name == "string"))
                }
                Ok(None) => Ok(false),
                Err(why) => Err(why),
            },
        };
        Flow::Next
    }

    fn left_out(&mut self) -> bool {
        let missing = std::mem::take(&mut self.missing);
        if missing {
            self.status = Ok(false);
        }
        missing
    }

    fn functions(&mut self, flags: &str, name: &str, to: Option<&str>) -> Result<bool, String> {
        let known = self.functions.contains_key(name) || self.foreign.contains(name);
        match flags {
            "-q" | "--query" => {}
            "-e" | "--erase" => {
                self.functions.remove(name);
                // fish_prompt is loaded again from fish's own folder when it is asked for.
                if name != "fish_prompt" {
                    self.foreign.remove(name);
                }
            }
            "-c" | "--copy" => {
                if let (Some(to), true) = (to, known) {
                    match self.functions.get(name).cloned() {
                        Some(body) => drop(self.functions.insert(to.to_owned(), body)),
                        None => drop(self.foreign.insert(to.to_owned())),
                    }
                }
            }
            _ => return Err(format!("functions {flags} is not followed")),
        }
        Ok(known)
    }

    fn set(&mut self, words: &[Word], line: u32) -> Flow {
        let mut flags = String::new();
        let mut rest = words;
        while let Some((word, tail)) = rest.split_first()
            && let Some(option) = word.text().filter(|text| text.starts_with('-') && text.len() > 1)
        {
            flags.push_str(match option.as_str() {
                "--global" => "g",
                "--export" => "x",
                "--erase" => "e",
                "--query" => "q",
                "--local" => "l",
                "--unexport" => "u",
                "--universal" => "U",
                other => other.trim_start_matches('-'),
            });
            rest = tail;
        }
        let Some((name, values)) = rest.split_first() else { return Flow::Next };
        let names = match self.expand_word(name) {
            Ok(names) => names,
            Err(why) => return self.lose(line, &why),
        };
        let [name] = names.as_slice() else { return Flow::Next };
        if name.contains('[') || flags.contains(['U', 'a', 'p', 'n', 'S']) {
            return self.lose(line, &format!("set -{flags} {name} is not followed"));
        }
        if flags.contains('q') {
            self.status = self.is_set(name);
        } else if flags.contains('e') {
            let was = self.erase(name, line);
            self.status = Ok(was);
        } else {
            let items = self.expand(values);
            if self.left_out() {
                return Flow::Next;
            }
            let local = flags.contains('l')
                || flags.contains('f')
                || (!flags.contains('g') && self.frames.len() > 1 && self.is_set(name) != Ok(true));
            let shadowed = self.frames.last().is_some_and(|frame| frame.contains_key(name)) && !flags.contains('g');
            if local || shadowed {
                if let Some(frame) = self.frames.last_mut() {
                    frame.insert(name.clone(), items);
                }
            } else {
                self.set_global(name, items, line);
                if flags.contains('x') {
                    self.variables.export(name, true);
                } else if flags.contains('u') {
                    self.variables.export(name, false);
                }
            }
            self.status = Ok(true);
        }
        Flow::Next
    }

    fn test(&self, words: &[&str]) -> Result<bool, String> {
        let words = if let [rest @ .., "]"] = words { rest } else { words };
        match words {
            [] => Ok(false),
            ["!", rest @ ..] if rest.len() != 1 || rest == [""] => self.test(rest).map(|truth| !truth),
            [word] | ["-n", word] => Ok(!word.is_empty()),
            ["-z", word] => Ok(word.is_empty()),
            ["-d", path] => Ok(self.machine.stat(path).is_ok_and(|meta| meta.kind == crate::machine::Kind::Dir)),
            ["-f", path] => Ok(self.machine.stat(path).is_ok_and(|meta| meta.kind == crate::machine::Kind::File)),
            ["-e", path] => Ok(self.machine.stat(path).is_ok()),
            [a, "=" | "==", b] => Ok(a == b),
            [a, "!=", b] => Ok(a != b),
            [a, operator @ ("-lt" | "-gt" | "-eq" | "-ne" | "-le" | "-ge"), b] => {
                let (Ok(a), Ok(b)) = (a.parse::<f64>(), b.parse::<f64>()) else { return Ok(false) };
                Ok(match *operator {
                    "-lt" => a < b,
                    "-gt" => a > b,
                    "-eq" => (a - b).abs() < f64::EPSILON,
                    "-ne" => (a - b).abs() >= f64::EPSILON,
                    "-le" => a <= b,
                    _ => a >= b,
                })
            }
            _ => Err(format!("the test {} is not followed", words.join(" "))),
        }
    }

    /// What `( … )` gives.
    pub(super) fn output(&mut self, statements: &[Statement], line: u32) -> Result<String, String> {
        let [Statement { kind: Kind::Pipeline { commands, .. }, .. }] = statements else {
            return Err(format!("line {line}: what several commands print is not followed"));
        };
        let mut text: Option<String> = None;
        for words in commands {
            let words = self.expand(words)?;
            if self.missing {
                return Ok(String::new());
            }
            let Some((name, arguments)) = words.split_first() else { return Err(format!("line {line}: a command is missing")) };
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            text = match (text, name.as_str(), arguments.as_slice()) {
                (Some(input), "head", ["-c", count]) => Some(input.chars().take(count.parse().unwrap_or(0)).collect()),
                (Some(input), "tr", [from, to]) if from.len() == 1 => Some(input.replace(*from, &to.replace("\\n", "\n"))),
                (None, ..) => self.call_for_output(name, &arguments, line)?,
                _ => return Err(format!("line {line}: what {name} prints is not followed")),
            };
        }
        Ok(text.unwrap_or_default())
    }

    fn call_for_output(&mut self, name: &str, arguments: &[&str], line: u32) -> Result<Option<String>, String> {
        if self.functions.contains_key(name) || self.foreign.contains(name) {
            return Err(format!("line {line}: what the function {name} prints is not followed"));
        }
        let text = self.printed(name, arguments, line)?;
        self.status = Ok(text.is_some());
        self.missing |= text.is_none() && self.find(name)?.is_none() && !matches!(name, "string" | "command" | "type");
        Ok(Some(text.unwrap_or_default()))
    }

    /// What a command prints; `None` when it fails.
    fn printed(&mut self, name: &str, arguments: &[&str], line: u32) -> Result<Option<String>, String> {
        let not_followed = || Err(format!("line {line}: what {name} prints is not followed"));
        Ok(Some(match (name, arguments) {
            ("echo", words) if !words.first().is_some_and(|word| word.starts_with('-')) => words.join(" ") + "\n",
            ("status", ["-f" | "--current-filename" | "filename" | "current-filename"]) => format!("{}\n", self.script),
            ("string", ["sub", "-s", "1", "-l", count, text]) => text.chars().take(count.parse().unwrap_or(0)).collect::<String>() + "\n",
            ("string", ["match", "-qr" | "-rq", pattern, texts @ ..]) if pattern.chars().all(|c| c.is_ascii_alphanumeric() || c == '|') => {
                if !texts.iter().any(|text| pattern.split('|').any(|part| text.contains(part))) {
                    return Ok(None);
                }
                "matched".to_owned()
            }
            ("command" | "type", ["-s" | "-v" | "-q" | "--search" | "--query", program]) => match self.find(program)? {
                Some(path) => path + "\n",
                None => return Ok(None),
            },
            ("count", items) => format!("{}\n", items.len()),
            ("contains", [item, items @ ..]) if !item.starts_with('-') => {
                if !items.contains(item) {
                    return Ok(None);
                }
                String::new()
            }
            ("printf" | "echo" | "string" | "type", _) => return not_followed(),
            (name, _) if OWN.contains(&name) => return not_followed(),
            _ => match self.find(name)? {
                None => {
                    self.messages.push(format!("line {line}: {name}: command not found"));
                    return Ok(None);
                }
                Some(file) => return programs::output(self.machine, &file, arguments, programs::Told::default(), line),
            },
        }))
    }

    fn find(&self, name: &str) -> Result<Option<String>, String> {
        let path = match self.variables.get("PATH") {
            // Without PATH fish looks in the folders where it was built to look (get_default_path in fish's src/path.cpp).
            Value::Unset => "/usr/bin:/bin".to_owned(),
            _ => self.get("PATH")?.join(":"),
        };
        Ok(programs::find_on(self.machine, &path, name))
    }
}
