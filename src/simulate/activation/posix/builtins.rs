//! The commands that a shell carries out itself, and the order in which it looks for a command at all: function, builtin, PATH
//! (POSIX.1-2024, Shell Command Language, 2.9.1.4).

use super::programs::Found;
use super::{Dialect, Flow, Interpreter, Value};

/// Builtins that change no variable, print nothing that matters here and succeed.
const SILENT: &[&str] = &[
    ":", "true", "hash", "rehash", "alias", "bind", "complete", "compdef", "autoload", "bindkey", "zle", "shopt", "setopt", "unsetopt",
    "umask", "ulimit", "trap", "wait", "jobs", "disown", "enable", "zstyle", "zmodload", "history", "fc", "times", "stty",
];

/// The special builtins: what is assigned in front of one stays (POSIX.1-2024, 2.15). bash does so in its POSIX mode only, zsh never.
pub(super) const SPECIAL: &[&str] =
    &["break", ":", "continue", ".", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times", "trap", "unset"];

/// How large a file that the script sources may be.
const SOURCED: usize = 1 << 20;

impl Interpreter<'_> {
    /// Runs a command by its name.
    pub(super) fn run(&mut self, name: &str, arguments: &[Value], line: u32) -> Flow {
        if let Some(body) = self.functions.get(name).cloned() {
            return self.run_function(&body, arguments.to_vec());
        }
        self.status = Ok(0);
        if self.lacks(name) {
            return self.program(name, arguments, line);
        }
        if name == "local" && self.scopes.is_empty() && matches!(self.dialect, Dialect::Bash | Dialect::Dash) {
            self.messages.push(format!("line {line}: local outside of a function"));
            self.status = Ok(if self.dialect == Dialect::Bash { 1 } else { 2 });
            return if self.dialect == Dialect::Bash { Flow::Next } else { Flow::Stop };
        }
        match name {
            "export" | "readonly" | "local" | "typeset" | "declare" => self.declare(name, arguments, line),
            "unset" => self.unset(arguments, line),
            "test" | "[" => self.bracket(name, arguments),
            "return" => self.leave(arguments, Flow::Return),
            "exit" | "logout" | "exec" => self.leave(arguments, Flow::Stop),
            // Outside of a loop they do nothing.
            "break" | "continue" if self.loops == 0 => Flow::Next,
            "break" => Flow::Break,
            "continue" => Flow::Continue,
            "false" => self.succeed(false),
            "echo" | "printf" | "print" => self.print(name, arguments),
            "pwd" => {
                self.emit(&self.named("PWD").followed_by(&Value::from("\n")));
                Flow::Next
            }
            "cd" | "chdir" => self.change_directory(arguments, line),
            "set" => self.options(arguments, line),
            "shift" => {
                let count = arguments.first().and_then(Value::text).and_then(|n| n.parse().ok()).unwrap_or(1);
                self.arguments.drain(..self.arguments.len().min(count));
                Flow::Next
            }
            "command" | "builtin" | "type" | "which" | "whence" => self.command_builtin(name, arguments, line),
            "alias" | "unalias" => self.alias(name, arguments),
            "read" => {
                for variable in arguments.iter().filter_map(Value::text).filter(|name| !name.starts_with('-')) {
                    self.assign(variable, Value::Unknown(format!("line {line}: it is read from the input")), line);
                }
                Flow::Next
            }
            "eval" => self.evaluate(arguments, line),
            "." | "source" => self.source_other(arguments, line),
            _ if SILENT.contains(&name) => Flow::Next,
            "pushd" | "popd" | "dirs" | "let" | "getopts" | "mapfile" | "readarray" | "emulate" | "coproc" => {
                let why = format!("line {line}: {name} is not followed");
                self.lose(line, &why);
                self.status = Err(why);
                Flow::Next
            }
            _ => self.program(name, arguments, line),
        }
    }

    /// Whether a word that others have as a builtin is none in this shell.
    fn lacks(&self, name: &str) -> bool {
        match self.dialect {
            Dialect::Dash => matches!(name, "typeset" | "declare" | "source" | "print" | "whence" | "builtin" | "let" | "shopt" | "setopt"),
            Dialect::Ksh => matches!(name, "declare" | "local" | "shopt" | "setopt"),
            Dialect::Mksh => matches!(name, "declare" | "shopt" | "setopt"),
            Dialect::Bash => matches!(name, "whence" | "print" | "setopt" | "rehash"),
            Dialect::Zsh => name == "shopt",
        }
    }

    fn succeed(&mut self, well: bool) -> Flow {
        self.status = Ok(i32::from(!well));
        Flow::Next
    }

    fn leave(&mut self, arguments: &[Value], flow: Flow) -> Flow {
        if let Some(value) = arguments.first() {
            self.status = value
                .text()
                .map_or_else(|| Err(value.why()), |text| text.parse().map_err(|_| "an exit status that is no number".to_owned()));
        }
        flow
    }

    fn declare(&mut self, name: &str, arguments: &[Value], line: u32) -> Flow {
        let flags: String = arguments.iter().map_while(Value::text).take_while(|text| text.starts_with(['-', '+'])).collect();
        // An option that a special builtin does not have ends the script (POSIX.1-2024, 2.8.1); bash and zsh go on.
        let knows = |flag: char| matches!(flag, '-' | '+' | 'p');
        if matches!(name, "export" | "readonly")
            && !flags.chars().all(knows)
            && matches!(self.dialect, Dialect::Dash | Dialect::Ksh | Dialect::Mksh)
        {
            self.messages.push(format!("line {line}: {name} has no option {flags}"));
            self.status = Ok(2);
            return Flow::Stop;
        }
        let export = match name {
            "export" if flags.contains('n') => Some(false),
            "export" => Some(true),
            _ if flags.contains("+x") => Some(false),
            _ if flags.contains('x') => Some(true),
            _ => None,
        };
        let inner = self.scopes.last().is_some() && !matches!(name, "export" | "readonly") && !flags.contains('g');
        for argument in arguments.iter().filter(|argument| !argument.text().is_some_and(|text| text.starts_with(['-', '+']))) {
            let Some((name, value)) = self.declared(argument, line) else { continue };
            if inner && let Some(scope) = self.scopes.last_mut() {
                scope.push((name.clone(), self.variables.variable(&name)));
            }
            if let Some((index, append, value)) = value {
                self.assign_spelled(&name, index.as_deref(), append, value, line);
            }
            if let Some(export) = export {
                self.variables.export(&name, export);
            }
        }
        Flow::Next
    }

    /// `name`, `name=value`, `name[index]+=value`, where only the value may be unknown.
    #[allow(clippy::type_complexity)]
    fn declared(&mut self, argument: &Value, line: u32) -> Option<(String, Option<(Option<String>, bool, Value)>)> {
        let Some(text) = argument.text() else {
            // The parser has put the name in front of the value; which name it was is in the reason only.
            let why = argument.why();
            self.lose(line, &why);
            return None;
        };
        let Some((left, value)) = text.split_once('=') else { return Some((text.to_owned(), None)) };
        let (left, append) = left.strip_suffix('+').map_or((left, false), |left| (left, true));
        let (name, index) = match left.strip_suffix(']').and_then(|left| left.split_once('[')) {
            Some((name, index)) => (name, Some(index.to_owned())),
            None => (left, None),
        };
        Some((name.to_owned(), Some((index, append, Value::from(value)))))
    }

    fn unset(&mut self, arguments: &[Value], line: u32) -> Flow {
        let functions = arguments.first().and_then(Value::text) == Some("-f");
        for argument in arguments {
            match argument.text() {
                None => self.lose(line, &argument.why()),
                Some(option) if option.starts_with('-') => {}
                Some(name) if functions => self.status = Ok(i32::from(self.functions.remove(name).is_none())),
                Some(name) => match &self.lost {
                    Some(why) => self.variables.set(name, Value::Unknown(why.clone()), line),
                    None => self.variables.unset(name, line),
                },
            }
        }
        Flow::Next
    }

    fn print(&mut self, name: &str, arguments: &[Value]) -> Flow {
        let text = |value: &Value| value.text().map(str::to_owned);
        let (mut line_end, mut words) = (name != "printf", arguments);
        let mut sure = true;
        while let Some(option) = words.first().and_then(text).filter(|option| option.len() > 1 && option.starts_with('-')) {
            if name == "printf" {
                break;
            }
            match option.as_str() {
                "-n" => line_end = false,
                "-r" | "--" | "-E" => {}
                _ => sure = false,
            }
            words = words.get(1..).unwrap_or_default();
        }
        if name == "printf" {
            match words.split_first() {
                Some((format, rest)) if matches!(format.text(), Some("%s" | "%s\\n")) && rest.len() == 1 => {
                    line_end = format.text() == Some("%s\\n");
                    words = rest;
                }
                Some((format, [])) if format.text().is_some_and(|text| !text.contains(['%', '\\'])) => {}
                _ => sure = false,
            }
        } else if words.iter().any(|word| word.text().is_some_and(|text| text.contains('\\'))) {
            sure = self.captured.is_none();
        }
        let mut out = Value::from("");
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                out = out.followed_by(&Value::from(" "));
            }
            out = out.followed_by(word);
        }
        if line_end {
            out = out.followed_by(&Value::from("\n"));
        }
        self.emit(&if sure { out } else { Value::Unknown(format!("what {name} prints is not followed")) });
        Flow::Next
    }

    fn change_directory(&mut self, arguments: &[Value], line: u32) -> Flow {
        let words: Vec<&Value> = arguments.iter().filter(|value| !matches!(value.text(), Some("--" | "-P" | "-L"))).collect();
        let [directory] = words.as_slice() else { return self.unknown_directory(line, "cd") };
        let (Some(directory), Some(from)) = (directory.text(), self.named("PWD").text().map(str::to_owned)) else {
            return self.unknown_directory(line, "cd");
        };
        let rules = self.machine.platform().rules();
        let target = rules.normpath(&rules.join(&from, directory));
        match self.machine.stat(&target) {
            Ok(meta) if meta.kind == crate::machine::Kind::Dir => {
                self.assign("OLDPWD", Value::Text(from), line);
                self.assign("PWD", Value::Text(target), line);
                Flow::Next
            }
            Ok(_) | Err(crate::machine::Fault::Missing | crate::machine::Fault::NotADirectory) => self.succeed(false),
            Err(_) => self.unknown_directory(line, "cd"),
        }
    }

    fn unknown_directory(&mut self, line: u32, name: &str) -> Flow {
        let why = format!("line {line}: where {name} leads is not known");
        for variable in ["PWD", "OLDPWD"] {
            self.assign(variable, Value::Unknown(why.clone()), line);
        }
        self.status = Err(why);
        Flow::Next
    }

    fn options(&mut self, arguments: &[Value], line: u32) -> Flow {
        let words: Vec<Option<&str>> = arguments.iter().map(Value::text).collect();
        match words.as_slice() {
            [Some("-u")] | [Some("-o"), Some("nounset")] => self.nounset = true,
            [Some("+u")] | [Some("+o"), Some("nounset")] => self.nounset = false,
            [Some("--"), ..] => self.arguments = arguments.get(1..).unwrap_or_default().to_vec(),
            [Some(flag), ..] if flag.starts_with(['-', '+']) && !flag.contains(['a', 'e', 'n', 'A']) => {}
            [] => {}
            _ => self.lose(line, "what set changes is not followed"),
        }
        Flow::Next
    }

    fn command_builtin(&mut self, name: &str, arguments: &[Value], line: u32) -> Flow {
        let asks = !matches!(name, "command" | "builtin") || matches!(arguments.first().and_then(Value::text), Some("-v" | "-V"));
        let words: Vec<Value> = arguments.iter().filter(|word| !word.text().is_some_and(|text| text.starts_with('-'))).cloned().collect();
        let Some((first, rest)) = words.split_first() else { return Flow::Next };
        let Some(target) = first.text().map(str::to_owned) else {
            self.status = Err(first.why());
            return Flow::Next;
        };
        if !asks {
            let function = self.functions.remove(&target);
            let flow = self.run(&target, rest, line);
            if let Some(body) = function {
                self.functions.entry(target).or_insert(body);
            }
            return flow;
        }
        let (status, printed) = match self.find(&target) {
            Found::Here(path) => (Ok(0), Value::Text(format!("{path}\n"))),
            Found::Nowhere => (Ok(1), Value::from("")),
            Found::Unknown(why) => (Err(why.clone()), Value::Unknown(why)),
        };
        let inside = self.functions.contains_key(&target) || is_builtin(&target);
        let (status, printed) = if inside { (Ok(0), Value::Text(format!("{target}\n"))) } else { (status, printed) };
        self.status = status;
        self.emit(&if name == "command" { printed } else { Value::Unknown(format!("what {name} prints is not followed")) });
        Flow::Next
    }

    fn alias(&mut self, name: &str, arguments: &[Value]) -> Flow {
        for text in arguments.iter().filter_map(Value::text) {
            match (name, text.split_once('=')) {
                ("alias", Some((alias, _))) => drop(self.aliases.insert(alias.to_owned())),
                ("alias", None) => self.status = Ok(i32::from(!self.aliases.contains(text))),
                _ => self.status = Ok(i32::from(!self.aliases.remove(text))),
            }
        }
        Flow::Next
    }

    fn evaluate(&mut self, arguments: &[Value], line: u32) -> Flow {
        let words: Option<Vec<&str>> = arguments.iter().map(Value::text).collect();
        match words {
            Some(words) if (self.scopes.len() as u32) < super::CALLS => {
                self.scopes.push(Vec::new());
                let flow = self.read(&words.join(" "), line);
                let kept = self.scopes.pop().unwrap_or_default();
                if let Some(scope) = self.scopes.last_mut() {
                    scope.extend(kept);
                }
                flow
            }
            _ => {
                self.lose(line, "eval of text that is not known");
                self.status = Err(format!("line {line}: eval of text that is not known"));
                Flow::Next
            }
        }
    }

    fn source_other(&mut self, arguments: &[Value], line: u32) -> Flow {
        let why = |what: &str| format!("line {line}: {what}");
        let path = match arguments.first().map(|path| (path, path.text())) {
            Some((_, Some(path))) if path.contains('/') => path.to_owned(),
            Some((_, Some(path))) => return self.not_followed(line, &why(&format!("which file {path} is depends on PATH"))),
            Some((path, None)) => return self.not_followed(line, &path.why()),
            None => return self.succeed(false),
        };
        if path == "/dev/null" {
            return Flow::Next;
        }
        match self.machine.read(&path, SOURCED) {
            Ok(bytes) if bytes.contains(&0) => self.not_followed(line, &why(&format!("{path} is no text"))),
            Ok(bytes) if (self.scopes.len() as u32) < super::CALLS => {
                let text = crate::machine::text::decode(&bytes);
                let outer = std::mem::replace(&mut self.script, path.clone());
                let kept: Vec<_> = self.unknown.clone();
                self.scopes.push(Vec::new());
                let before = self.variables.clone();
                let flow = self.read(&text, 1);
                self.scopes.pop();
                self.script = outer;
                self.unknown = kept;
                // The lines of another file would be mistaken for the script's: the row names the line that sources it.
                self.variables.attribute_changes(&before, line);
                // bash and zsh go on behind the line that sources a file with a syntax error; the others give up.
                let goes_on = matches!(self.dialect, Dialect::Bash | Dialect::Zsh) && self.status == Ok(2);
                if flow == Flow::Return || goes_on { Flow::Next } else { flow }
            }
            Err(crate::machine::Fault::Missing | crate::machine::Fault::NotADirectory) => self.succeed(false),
            _ => self.not_followed(line, &why(&format!("what {path} does is not followed"))),
        }
    }

    fn not_followed(&mut self, line: u32, why: &str) -> Flow {
        self.lose(line, why);
        self.status = Err(why.to_owned());
        Flow::Next
    }
}

/// Whether a shell of this family has such a builtin.
fn is_builtin(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "export", "readonly", "local", "typeset", "unset", "test", "[", "return", "exit", "exec", "break", "continue", "false", "echo",
        "printf", "pwd", "cd", "set", "shift", "command", "type", "unalias", "read", "eval", ".",
    ];
    SILENT.contains(&name) || OTHERS.contains(&name)
}
