//! What a script does that may go one way or the other: both are followed, and what they agree upon is kept.

use super::tree::List;
use super::{Flow, Interpreter, Value};
use std::rc::Rc;

impl Interpreter<'_> {
    /// What a subshell does stays there, but for what it prints and how it ends.
    pub(super) fn apart(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let mut inside = self.clone();
        run(&mut inside);
        self.status = inside.status;
        self.captured = inside.captured;
        self.messages = inside.messages;
        Flow::Next
    }

    /// Follows both ways of a condition that is not known, and keeps what they agree upon.
    pub(super) fn either(&mut self, why: &str, first: impl FnOnce(&mut Self) -> Flow, second: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.fuel.burn(10);
        let mut other = self.clone();
        let flows = (first(self), second(&mut other));
        self.variables.merge(&other.variables, why);
        if self.status != other.status {
            self.status = Err(why.to_owned());
        }
        if self.captured != other.captured && self.captured.is_some() {
            self.captured = Some(Value::Unknown(why.to_owned()));
        }
        let differing: Vec<String> = other.functions.keys().chain(self.functions.keys()).cloned().collect();
        for name in differing {
            match (self.functions.get(&name), other.functions.get(&name)) {
                (Some(a), Some(b)) if Rc::ptr_eq(a, b) => {}
                _ => self.lost = Some(why.to_owned()),
            }
        }
        if flows.0 == flows.1 {
            return flows.0;
        }
        self.lost = Some(why.to_owned());
        Flow::Next
    }

    /// One of these bodies runs, or none.
    pub(super) fn any_of(&mut self, bodies: &[&List], why: &str) -> Flow {
        match bodies.split_first() {
            None => Flow::Next,
            Some((body, rest)) => self.either(why, |shell| shell.list(body), |shell| shell.any_of(rest, why)),
        }
    }

    /// After a loop whose turns are not known: every variable may have been written.
    pub(super) fn forget_written(&mut self, body: &List) {
        let line = body.first().and_then(|item| item.first.commands.first()).map_or(0, |command| command.line);
        let why = self.lost.clone().unwrap_or_else(|| "how often a loop runs is not known".to_owned());
        let before = self.variables.clone();
        self.list(body);
        for name in self.variables.changes_since(&before).0.into_iter().map(|change| change.name) {
            self.variables.set(&name, Value::Unknown(why.clone()), line);
        }
    }
}
