//! Follows a script of the Bourne shell family, as bash, zsh, dash, ksh93 or mksh would run it, without running anything.
//!
//! Commands are walked in order over the variables of the explained machine. Where a condition is not known, both ways are
//! followed and only what they agree upon is kept.

mod builtins;
mod expand;
mod parser;
pub(super) mod pattern;
mod programs;
mod test;
mod tree;
mod ways;
mod words;

use super::state::{Fuel, Value, Variable, Variables};
use crate::machine::Machine;
use crate::venv::Unknown;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use tree::{AndOr, Command, Joint, List, Node, Pipeline, Redirect, Simple, Target};

/// The shells of this family, where their behaviour differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// GNU bash.
    Bash,
    /// zsh.
    Zsh,
    /// dash, and `sh` where that is no other shell.
    Dash,
    /// ksh93.
    Ksh,
    /// mksh.
    Mksh,
}

/// What a command leaves behind beside its effects.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Flow {
    /// The next command follows.
    Next,
    /// The function or the script returns.
    Return,
    /// The loop ends, or goes on with its next turn.
    Break,
    /// The next turn of a loop.
    Continue,
    /// The shell gives up reading the script: an error, or `exit`.
    Stop,
}

/// An exit status, or why it is not known.
type Status = Result<i32, String>;

/// How many commands are followed, loops included, before the script counts as endless.
const STEPS: u32 = 20_000;
/// How deep functions may call each other.
const CALLS: u32 = 40;

/// A shell in the middle of a script.
#[derive(Clone)]
pub(super) struct Interpreter<'m> {
    machine: &'m dyn Machine,
    dialect: Dialect,
    /// The script being read, as it was named to the shell.
    script: String,
    /// The shell's variables.
    pub(super) variables: Variables,
    /// What could not be followed.
    pub(super) unknown: Vec<Unknown>,
    /// What the script says.
    pub(super) messages: Vec<String>,
    functions: BTreeMap<String, Rc<Command>>,
    aliases: BTreeSet<String>,
    arguments: Vec<Value>,
    /// The variables that a running function has made its own, as they were outside.
    scopes: Vec<Vec<(String, Option<Variable>)>>,
    /// What is written inside `$(…)`.
    captured: Option<Value>,
    status: Status,
    /// How the last `$(…)` of the running command ended: a command without a name ends so too.
    substituted: Option<Status>,
    /// How many loops are running.
    loops: u32,
    fuel: Fuel,
    /// `set -u`.
    nounset: bool,
    /// Once set, nothing that follows is certain to be reached.
    lost: Option<String>,
}

impl<'m> Interpreter<'m> {
    /// A shell that has these variables and is about to read `script`.
    pub(super) fn new(machine: &'m dyn Machine, dialect: Dialect, script: &str, variables: Variables, nounset: bool) -> Self {
        Self {
            machine,
            dialect,
            script: script.to_owned(),
            variables,
            unknown: Vec::new(),
            messages: Vec::new(),
            functions: BTreeMap::new(),
            aliases: BTreeSet::new(),
            arguments: Vec::new(),
            scopes: Vec::new(),
            captured: None,
            status: Ok(0),
            substituted: None,
            loops: 0,
            fuel: Fuel::new(STEPS),
            nounset,
            lost: None,
        }
    }

    /// Reads the script, as `source` does.
    pub(super) fn source(&mut self, text: &str) {
        self.read(text, 1);
    }

    /// Types a command after it: what `deactivate` does.
    pub(super) fn call(&mut self, name: &str) {
        self.lost = None;
        if let Some(body) = self.functions.get(name).cloned() {
            self.run_function(&body, Vec::new());
        }
    }

    fn read(&mut self, text: &str, first_line: u32) -> Flow {
        let (lists, error) = parser::parse(text, first_line, self.dialect);
        // ksh93 reads a sourced script whole before it runs any of it (b_dot_cmd in src/cmd/ksh93/bltins/misc.c).
        if self.dialect != Dialect::Ksh || error.is_none() {
            for list in &lists {
                match self.list(list) {
                    Flow::Next => {}
                    other => return other,
                }
            }
        }
        let Some(error) = error else { return Flow::Next };
        self.messages.push(format!("line {}: syntax error: {}", error.line, error.what));
        self.status = Ok(2);
        Flow::Stop
    }

    fn list(&mut self, list: &List) -> Flow {
        for item in list {
            let flow = if item.background { self.apart(|shell| shell.and_or(item)) } else { self.and_or(item) };
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    fn and_or(&mut self, item: &AndOr) -> Flow {
        let mut flow = self.pipeline(&item.first);
        for (joint, pipeline) in &item.rest {
            if flow != Flow::Next {
                return flow;
            }
            flow = match (self.status.clone(), joint) {
                (Ok(0), Joint::And) => self.pipeline(pipeline),
                (Ok(status), Joint::Or) if status != 0 => self.pipeline(pipeline),
                (Ok(_), _) => Flow::Next,
                (Err(why), _) => self.either(&why, |shell| shell.pipeline(pipeline), |_| Flow::Next),
            };
        }
        flow
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Flow {
        let flow = match pipeline.commands.as_slice() {
            [command] => self.command(command),
            commands => {
                let line = commands.first().map_or(0, |command| command.line);
                self.emit(&Value::Unknown(format!("line {line}: what a pipeline prints is not followed")));
                if matches!(self.dialect, Dialect::Zsh | Dialect::Ksh)
                    && let Some(Command { node: Node::Simple(_), .. }) = commands.last()
                {
                    // These two run the last command in the shell itself, where `read` would set variables.
                } else if matches!(self.dialect, Dialect::Zsh | Dialect::Ksh) {
                    self.variables.forget_all(&format!("line {line}: a pipeline that may change variables is not followed"));
                }
                self.status = Err(format!("line {line}: whether a pipeline succeeds is not followed"));
                Flow::Next
            }
        };
        if pipeline.negated {
            self.status = self.status.clone().map(|status| i32::from(status == 0));
        }
        flow
    }

    fn command(&mut self, command: &Command) -> Flow {
        if !self.fuel.burn(1) {
            self.lose(command.line, "the script runs longer than is followed");
            return Flow::Stop;
        }
        let outputs = self.redirected(&command.redirects);
        let (hidden, messages) = (self.captured.clone(), self.messages.len());
        let flow = self.node(command);
        if outputs.output != Target::Output {
            self.captured = hidden;
        }
        if outputs.error == Target::File {
            self.messages.truncate(messages);
        }
        flow
    }

    fn redirected(&self, redirects: &[Redirect]) -> Outputs {
        let mut outputs = Outputs { output: Target::Output, error: Target::Error };
        for redirect in redirects {
            let to = match redirect.to {
                Target::Output => outputs.output,
                Target::Error => outputs.error,
                Target::File => Target::File,
            };
            if redirect.from != 2 {
                outputs.output = to;
            }
            if redirect.from != 1 {
                outputs.error = to;
            }
        }
        // Not captured, standard output is the screen as much as standard error is.
        if self.captured.is_none() && outputs.output == Target::File {
            outputs.error = if redirects.iter().any(|r| r.from == 2 && r.to == Target::Error) { outputs.error } else { Target::File };
        }
        outputs
    }

    fn node(&mut self, command: &Command) -> Flow {
        match &command.node {
            Node::Simple(simple) => self.simple(simple, command.line),
            Node::If(branches, otherwise) => self.conditional(branches, otherwise),
            Node::Case(word, items) => self.case(word, items, command.line),
            Node::While { until, condition, body } => self.repeat(*until, condition, body),
            Node::For { name, words, body } => self.for_each(name, words.as_deref(), body, command.line),
            Node::Group(list) => self.list(list),
            Node::Subshell(list) => self.apart(|shell| shell.list(list)),
            Node::Function(name, body) => {
                self.functions.insert(name.clone(), Rc::clone(body));
                self.status = Ok(0);
                Flow::Next
            }
            Node::Test(words) => {
                let result = self.extended_test(words);
                self.conclude(result)
            }
            Node::Arithmetic => {
                self.lose(command.line, "arithmetic is not followed");
                self.status = Err(format!("line {}: arithmetic is not followed", command.line));
                Flow::Next
            }
        }
    }

    fn conditional(&mut self, branches: &[(List, List)], otherwise: &List) -> Flow {
        let Some(((condition, body), rest)) = branches.split_first() else {
            if otherwise.is_empty() {
                self.status = Ok(0);
            }
            return self.list(otherwise);
        };
        let flow = self.list(condition);
        if flow != Flow::Next {
            return flow;
        }
        match self.status.clone() {
            Ok(0) => self.list(body),
            Ok(_) => self.conditional(rest, otherwise),
            Err(why) => self.either(&why, |shell| shell.list(body), |shell| shell.conditional(rest, otherwise)),
        }
    }

    fn case(&mut self, word: &tree::Word, items: &[(Vec<tree::Word>, List)], line: u32) -> Flow {
        let value = match self.value(word) {
            Ok(value) => value,
            Err(flow) => return flow,
        };
        self.status = Ok(0);
        for (patterns, body) in items {
            for pattern in patterns {
                match self.matches(&value, pattern) {
                    Ok(Ok(true)) => return self.list(body),
                    Ok(Ok(false)) => {}
                    Ok(Err(why)) => {
                        let all: Vec<&List> = items.iter().map(|(_, body)| body).collect();
                        return self.any_of(&all, &format!("line {line}: {why}"));
                    }
                    Err(flow) => return flow,
                }
            }
        }
        Flow::Next
    }

    fn repeat(&mut self, until: bool, condition: &List, body: &List) -> Flow {
        loop {
            if !self.fuel.burn(1) {
                self.lose(0, "a loop runs longer than is followed");
                return Flow::Stop;
            }
            let flow = self.list(condition);
            if flow != Flow::Next {
                return flow;
            }
            match self.status.clone() {
                Ok(status) if (status == 0) == until => break,
                Ok(_) => {}
                Err(why) => {
                    self.lost = Some(why);
                    self.apart(|shell| shell.list(body));
                    self.forget_written(body);
                    break;
                }
            }
            self.loops += 1;
            let flow = self.list(body);
            self.loops -= 1;
            match flow {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                other => return other,
            }
        }
        self.lost = None;
        self.status = Ok(0);
        Flow::Next
    }

    fn for_each(&mut self, name: &str, words: Option<&[tree::Word]>, body: &List, line: u32) -> Flow {
        let values = match words {
            Some(words) => match self.fields(words) {
                Ok(values) => values,
                Err(flow) => return flow,
            },
            None => self.arguments.clone(),
        };
        for value in values {
            if !self.fuel.burn(1) {
                self.lose(line, "a loop runs longer than is followed");
                return Flow::Stop;
            }
            self.assign(name, value, line);
            self.loops += 1;
            let flow = self.list(body);
            self.loops -= 1;
            match flow {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                other => return other,
            }
        }
        Flow::Next
    }

    fn simple(&mut self, simple: &Simple, line: u32) -> Flow {
        self.substituted = None;
        let words = match self.fields(&simple.words) {
            Ok(words) => words,
            Err(flow) => return flow,
        };
        let Some((name, arguments)) = words.split_first() else {
            let flow = self.assignments(simple);
            if flow == Flow::Next {
                self.status = self.substituted.take().unwrap_or(Ok(0));
            }
            return flow;
        };
        let Some(name) = name.text().map(str::to_owned) else {
            let why = format!("line {line}: which command runs is not known ({})", name.why());
            self.lose(line, &why);
            self.status = Err(why);
            return Flow::Next;
        };
        // Assignments in front of a command are seen by that command only.
        if simple.assignments.is_empty() {
            return self.run(&name, arguments, line);
        }
        let kept: Vec<_> = simple.assignments.iter().map(|a| (a.name.clone(), self.variables.variable(&a.name))).collect();
        let flow = self.assignments(simple);
        if flow != Flow::Next {
            return flow;
        }
        let keeps = matches!(self.dialect, Dialect::Dash | Dialect::Ksh | Dialect::Mksh);
        let kept =
            if keeps && builtins::SPECIAL.contains(&name.as_str()) && !self.functions.contains_key(&name) { Vec::new() } else { kept };
        if kept.is_empty() && self.dialect == Dialect::Ksh {
            simple.assignments.iter().for_each(|assignment| self.variables.export(&assignment.name, true));
        }
        let flow = self.run(&name, arguments, line);
        for (name, variable) in kept {
            self.variables.restore(&name, variable);
        }
        flow
    }

    fn run_function(&mut self, body: &Rc<Command>, arguments: Vec<Value>) -> Flow {
        if self.scopes.len() as u32 >= CALLS {
            self.lose(body.line, "functions call each other too deeply to be followed");
            return Flow::Stop;
        }
        let outer = std::mem::replace(&mut self.arguments, arguments);
        self.scopes.push(Vec::new());
        let flow = self.command(body);
        for (name, variable) in self.scopes.pop().unwrap_or_default().into_iter().rev() {
            self.variables.restore(&name, variable);
        }
        self.arguments = outer;
        if flow == Flow::Return { Flow::Next } else { flow }
    }

    /// Gives a value to a variable; once it is not certain that this line is reached, the value is not known either.
    fn assign(&mut self, name: &str, value: Value, line: u32) {
        let value = match &self.lost {
            Some(why) => Value::Unknown(why.clone()),
            None => value,
        };
        self.variables.set(name, value, line);
    }

    fn lose(&mut self, line: u32, why: &str) {
        let why = if why.starts_with("line ") { why.to_owned() } else { format!("line {line}: {why}") };
        self.variables.forget_all(&why);
        self.unknown.push(Unknown { what: format!("what line {line} does"), why: why.clone() });
    }

    /// Writes to standard output.
    fn emit(&mut self, text: &Value) {
        match self.captured.take() {
            Some(captured) => self.captured = Some(captured.followed_by(text)),
            None => self.messages.extend(text.text().map(|text| text.trim_end_matches('\n').to_owned())),
        }
    }

    fn conclude(&mut self, result: Result<Result<bool, String>, Flow>) -> Flow {
        match result {
            Ok(truth) => {
                self.status = truth.map(|truth| i32::from(!truth));
                Flow::Next
            }
            Err(flow) => flow,
        }
    }
}

/// Where a command's two outputs go.
struct Outputs {
    output: Target,
    error: Target,
}
