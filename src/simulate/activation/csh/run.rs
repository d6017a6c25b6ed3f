//! Runs csh's lines: `if … then … else … endif`, `set`, `setenv`, `alias`, `source`, and commands joined by `;`, `&&` and `||`.

use super::super::posix::pattern;
use super::super::programs;
use super::super::state::Value;
use super::words::{lines, words};
use super::{Csh, DEPTH, Halt};

/// How large a sourced file may be.
const SOURCED: usize = 1 << 20;

impl Csh<'_> {
    pub(super) fn read(&mut self, text: &str) -> Result<(), Halt> {
        let lines = lines(text);
        // For each `if` that is open: whether its present branch runs, and whether one has run already.
        let mut open: Vec<(bool, bool)> = Vec::new();
        for (number, line) in &lines {
            if !self.fuel.burn(1) {
                return Err(Halt::Lost(format!("line {number}: the script runs longer than is followed")));
            }
            let running = open.iter().all(|(runs, _)| *runs);
            let trimmed = line.trim_matches([' ', '\t']);
            let first = trimmed.split([' ', '\t', '(']).next().unwrap_or_default();
            match first {
                "endif" => drop(open.pop()),
                "else" => {
                    let outside = open.iter().rev().skip(1).all(|(runs, _)| *runs);
                    let rest = trimmed.strip_prefix("else").unwrap_or_default().trim_matches([' ', '\t']);
                    let Some((_, done)) = open.last().copied() else { continue };
                    let runs = outside && !done && (rest.is_empty() || self.condition(rest, *number)?.0);
                    if let Some(last) = open.last_mut() {
                        *last = (runs, done || runs);
                    }
                }
                "if" if trimmed.ends_with("then") => {
                    let runs = running && self.condition(trimmed, *number)?.0;
                    open.push((runs, runs));
                }
                _ if !running => {}
                "if" => {
                    let (runs, rest) = self.condition(trimmed, *number)?;
                    if runs {
                        self.commands(&rest, *number)?;
                    }
                }
                "while" | "foreach" | "switch" | "goto" | "repeat" | "breaksw" | "onintr" => {
                    return Err(Halt::Lost(format!("line {number}: {first} is not followed")));
                }
                "exit" => return Ok(()),
                _ => self.commands(trimmed, *number)?,
            }
        }
        if open.is_empty() { Ok(()) } else { Err(Halt::Error("then: then/endif not found.".to_owned())) }
    }

    /// `if (expression) rest`: whether it holds, and the rest.
    fn condition(&mut self, text: &str, line: u32) -> Result<(bool, String), Halt> {
        let all = words(text.strip_prefix("if").unwrap_or(text))?;
        let mut depth = 0_i32;
        let close = all.iter().position(|word| {
            depth += i32::from(word == "(") - i32::from(word == ")");
            depth == 0
        });
        let Some(close) = close.filter(|close| *close > 0) else { return Err(Halt::Error("if: Expression Syntax.".to_owned())) };
        let inner: Vec<String> = all.get(1..close).unwrap_or_default().to_vec();
        let truth = self.expression(&inner, line)?;
        Ok((truth, all.get(close + 1..).unwrap_or_default().join(" ")))
    }

    fn expression(&mut self, tokens: &[String], line: u32) -> Result<bool, Halt> {
        for (sign, short) in [("||", true), ("&&", false)] {
            if let Some(at) = tokens.iter().position(|token| token == sign) {
                let left = self.expression(tokens.get(..at).unwrap_or_default(), line)?;
                return if left == short { Ok(short) } else { self.expression(tokens.get(at + 1..).unwrap_or_default(), line) };
            }
        }
        if let Some((first, rest)) = tokens.split_first()
            && let Some(glued) = first.strip_prefix('!').filter(|glued| !glued.starts_with('='))
        {
            let mut rest = rest.to_vec();
            if !glued.is_empty() {
                rest.insert(0, glued.to_owned());
            }
            return self.expression(&rest, line).map(|truth| !truth);
        }
        match tokens {
            [open, inner @ .., close] if open == "(" && close == ")" => self.expression(inner, line),
            [only] => Ok(!matches!(self.expand(only, line)?.as_str(), "" | "0")),
            // An unquoted variable that is empty leaves no word at all.
            [left, operator, right] if operator == "==" || operator == "!=" => {
                let equal = self.expand(left, line)? == self.expand(right, line)?;
                Ok(equal == (operator == "=="))
            }
            [left, operator, right] if operator == "=~" || operator == "!~" => {
                let text: Vec<char> = self.expand(left, line)?.chars().collect();
                let mut items = Vec::new();
                // The unquoted stars of the pattern stand around its quoted parts.
                for part in right.split_inclusive('*') {
                    let (literal, star) = part.strip_suffix('*').map_or((part, ""), |literal| (literal, "*"));
                    let literal = self.expand(literal, line)?;
                    pattern::push(&mut items, &literal, true);
                    pattern::push(&mut items, star, false);
                }
                Ok(pattern::matches(&items, &text) == (operator == "=~"))
            }
            _ => Err(Halt::Lost(format!("line {line}: the expression {} is not followed", tokens.join(" ")))),
        }
    }

    /// Commands joined by `;`, `&&`, `||`.
    pub(super) fn commands(&mut self, text: &str, line: u32) -> Result<(), Halt> {
        let all = words(text)?;
        let (mut command, mut well, mut skip) = (Vec::new(), true, false);
        for word in all.iter().map(String::as_str).chain([";"]) {
            match word {
                ";" | "&&" | "||" => {
                    if !skip && !command.is_empty() {
                        well = self.command(&std::mem::take(&mut command), line)?;
                    }
                    command.clear();
                    skip = match word {
                        "&&" => !well,
                        "||" => well,
                        _ => false,
                    };
                }
                "|" | "&" | "<" | ">" | ">>" | ">&" | "(" | ")"
                    if command.first().is_none_or(|name: &String| name != "set" && name != "alias") =>
                {
                    return Err(Halt::Lost(format!("line {line}: {word} is not followed")));
                }
                _ => command.push(word.to_owned()),
            }
        }
        Ok(())
    }

    fn command(&mut self, command: &[String], line: u32) -> Result<bool, Halt> {
        let Some((name, arguments)) = command.split_first() else { return Ok(true) };
        if !self.fuel.burn(1) {
            return Err(Halt::Lost(format!("line {line}: the script runs longer than is followed")));
        }
        if let Some((text, defined)) = self.aliases.get(name).cloned() {
            return self.alias(&text, arguments, defined);
        }
        if name == "set" {
            return self.set(arguments, line).map(|()| true);
        }
        if name == "alias" {
            if let Some((alias, text)) = arguments.split_first() {
                let mut words = Vec::new();
                for word in text {
                    words.push(self.expand(word, line)?);
                }
                self.aliases.insert(alias.clone(), (words.join(" "), line));
            }
            return Ok(true);
        }
        let mut expanded = Vec::new();
        for word in arguments {
            expanded.push(self.expand(word, line)?);
        }
        let arguments: Vec<&str> = expanded.iter().map(String::as_str).collect();
        match (name.as_str(), arguments.as_slice()) {
            ("setenv", [variable]) => self.variables.set_exported(variable, Value::from(""), line),
            ("setenv", [variable, value]) => self.variables.set_exported(variable, Value::from(*value), line),
            ("setenv", _) => return Err(Halt::Error("setenv: Too many arguments.".to_owned())),
            ("unsetenv", names) => names
                .iter()
                .filter(|name| self.variables.exported(name))
                .copied()
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|name| self.variables.unset(name, line)),
            ("unset", names) => names
                .iter()
                .filter(|name| !self.variables.exported(name))
                .copied()
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|name| self.variables.unset(name, line)),
            ("unalias", names) => names.iter().for_each(|name| drop(self.aliases.remove(*name))),
            ("source", [file]) => self.source_other(file, line)?,
            ("echo", words) => self.messages.push(words.join(" ")),
            (":" | "rehash" | "hashstat" | "bindkey" | "complete" | "uncomplete" | "umask" | "limit" | "true", _) => {}
            ("eval" | "cd" | "chdir" | "pushd" | "popd" | "@" | "shift" | "exec" | "glob" | "source", _) => {
                return Err(Halt::Lost(format!("line {line}: {name} is not followed")));
            }
            _ => return self.program(name, &arguments, line),
        }
        Ok(true)
    }

    fn program(&mut self, name: &str, arguments: &[&str], line: u32) -> Result<bool, Halt> {
        let path = self.get("PATH").unwrap_or_default();
        let Some(_) = programs::find_on(self.machine, &path, name) else {
            // The shell that was started to run it says so and ends; the script goes on.
            self.messages.push(format!("line {line}: {name}: Command not found."));
            return Ok(false);
        };
        match (name, arguments) {
            ("test", [a, "!=", b]) => Ok(a != b),
            ("test", [a, "=", b]) => Ok(a == b),
            _ => Err(Halt::Lost(format!("line {line}: whether {name} succeeds is not followed"))),
        }
    }

    /// `set name`, `set name = word`, `set name=word`.
    fn set(&mut self, arguments: &[String], line: u32) -> Result<(), Halt> {
        let (name, value) = match arguments {
            [] => return Ok(()),
            [name, sign, value] if sign == "=" => (name.as_str(), Some(value.as_str())),
            [name, sign] if sign == "=" => (name.as_str(), Some("")),
            [whole] => whole.split_once('=').map_or((whole.as_str(), None), |(name, value)| (name, Some(value))),
            _ => return Err(Halt::Lost(format!("line {line}: a list of values is not followed"))),
        };
        let value = self.expand(value.unwrap_or_default(), line)?;
        if self.variables.exported(name) {
            return Err(Halt::Lost(format!(
                "line {line}: {name} is both a shell variable and an environment variable, which is not followed"
            )));
        }
        self.variables.set(name, Value::Text(value), line);
        Ok(())
    }

    fn alias(&mut self, text: &str, arguments: &[String], line: u32) -> Result<bool, Halt> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Halt::Lost(format!("line {line}: aliases are nested too deeply to be followed")));
        }
        let given = arguments.join(" ");
        let text = if text.contains("!:*") || text.contains("!*") {
            text.replace("\\!:*", &given).replace("!:*", &given).replace("\\!*", &given).replace("!*", &given)
        } else if given.is_empty() {
            text.to_owned()
        } else {
            format!("{text} {given}")
        };
        let result = self.commands(&text, line);
        self.depth -= 1;
        result.map(|()| true)
    }

    fn source_other(&mut self, file: &str, line: u32) -> Result<(), Halt> {
        let Ok(bytes) = self.machine.read(file, SOURCED) else { return Err(Halt::Error(format!("{file}: No such file or directory."))) };
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Halt::Lost(format!("line {line}: files source each other too deeply to be followed")));
        }
        let before = self.variables.clone();
        let result = self.read(&crate::machine::text::decode(&bytes));
        // The lines of another file would be mistaken for the script's; `deactivate` has its own file to name.
        if !self.typed {
            self.variables.attribute_changes(&before, line);
        }
        self.depth -= 1;
        result
    }
}
