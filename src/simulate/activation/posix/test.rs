//! `test`, `[ … ]` and `[[ … ]]` (POSIX.1-2024, `test`; bash's manual, "Conditional Constructs").

use super::tree::Word;
use super::{Dialect, Flow, Interpreter, Value};
use crate::machine::path::realpath;
use crate::machine::{Fault, Kind};

type Truth = Result<bool, String>;

const UNARY: &[&str] = &[
    "-n", "-z", "-d", "-e", "-f", "-x", "-r", "-w", "-s", "-L", "-h", "-p", "-S", "-b", "-c", "-o", "-v", "-t", "-a", "-g", "-u", "-k",
    "-O", "-G",
];
const BINARY: &[&str] = &["=", "==", "!=", "-ef", "-nt", "-ot", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "<", ">", "=~"];

/// The words of one test and how far they have been read.
struct Terms<'w> {
    words: &'w [Value],
    /// The words unexpanded, for the patterns of `[[`; empty for `[`.
    sources: &'w [Word],
    at: usize,
    depth: u32,
}

impl Terms<'_> {
    fn text(&self, ahead: usize) -> Option<&str> {
        self.words.get(self.at + ahead).and_then(Value::text)
    }

    fn take(&mut self, signs: &[&str]) -> bool {
        let here = self.text(0).is_some_and(|text| signs.contains(&text));
        self.at += usize::from(here);
        here
    }
}

impl Interpreter<'_> {
    /// `[ … ]` and `test …`.
    pub(super) fn bracket(&mut self, name: &str, arguments: &[Value]) -> Flow {
        let words = match (name, arguments.split_last()) {
            ("[", Some((last, words))) if last.text() == Some("]") => words,
            ("[", _) => {
                self.status = Ok(2);
                return Flow::Next;
            }
            _ => arguments,
        };
        let mut terms = Terms { words, sources: &[], at: 0, depth: 0 };
        let result = match words {
            [] => Ok(Ok(false)),
            [word] => Ok(word.is_empty().map(|empty| !empty)),
            _ => self.either_term(&mut terms),
        };
        self.conclude(result)
    }

    /// `[[ … ]]`, in which words are not split and the right side of `==` is a pattern.
    pub(super) fn extended_test(&mut self, sources: &[Word]) -> Result<Truth, Flow> {
        let mut words = Vec::new();
        for source in sources {
            words.push(self.value(source)?);
        }
        match words.as_slice() {
            [word] => Ok(word.is_empty().map(|empty| !empty)),
            _ => self.either_term(&mut Terms { words: &words, sources, at: 0, depth: 0 }),
        }
    }

    fn either_term(&mut self, terms: &mut Terms) -> Result<Truth, Flow> {
        terms.depth += 1;
        if terms.depth > super::CALLS {
            return Ok(Err("a test is nested too deeply to be followed".to_owned()));
        }
        let mut result = self.both_terms(terms)?;
        while terms.take(&["-o", "||"]) {
            let next = self.both_terms(terms)?;
            result = match (result, next) {
                (Ok(true), _) | (_, Ok(true)) => Ok(true),
                (Ok(false), other) | (other, Ok(false)) => other,
                (Err(why), _) => Err(why),
            };
        }
        terms.depth -= 1;
        Ok(result)
    }

    fn both_terms(&mut self, terms: &mut Terms) -> Result<Truth, Flow> {
        let mut result = self.negated_term(terms)?;
        while terms.take(&["-a", "&&"]) {
            let next = self.negated_term(terms)?;
            result = match (result, next) {
                (Ok(false), _) | (_, Ok(false)) => Ok(false),
                (Ok(true), other) | (other, Ok(true)) => other,
                (Err(why), _) => Err(why),
            };
        }
        Ok(result)
    }

    fn negated_term(&mut self, terms: &mut Terms) -> Result<Truth, Flow> {
        let mut negated = false;
        while !terms.text(1).is_some_and(|next| BINARY.contains(&next)) && terms.words.len() > terms.at + 1 && terms.take(&["!"]) {
            negated = !negated;
        }
        let truth = self.term(terms)?;
        Ok(if negated { truth.map(|truth| !truth) } else { truth })
    }

    fn term(&mut self, terms: &mut Terms) -> Result<Truth, Flow> {
        let Some(first) = terms.words.get(terms.at).cloned() else { return Ok(Err("a test has too few words".to_owned())) };
        if let Some(operator) = terms.text(1).filter(|next| BINARY.contains(next)).map(str::to_owned)
            && let Some(right) = terms.words.get(terms.at + 2).cloned()
        {
            let source = terms.sources.get(terms.at + 2).cloned();
            terms.at += 3;
            return self.compare(&first, &operator, &right, source.as_ref());
        }
        if terms.take(&["("]) {
            let inner = self.either_term(terms)?;
            terms.take(&[")"]);
            return Ok(inner);
        }
        if let Some(operator) = first.text().filter(|text| UNARY.contains(text))
            && let Some(operand) = terms.words.get(terms.at + 1).cloned()
        {
            terms.at += 2;
            return Ok(self.ask(operator, &operand));
        }
        terms.at += 1;
        Ok(first.is_empty().map(|empty| !empty))
    }

    fn compare(&mut self, left: &Value, operator: &str, right: &Value, source: Option<&Word>) -> Result<Truth, Flow> {
        if let (Some(source), "=" | "==" | "!=") = (source, operator) {
            let truth = self.matches(left, source)?;
            return Ok(if operator == "!=" { truth.map(|truth| !truth) } else { truth });
        }
        let (Some(a), Some(b)) = (left.text(), right.text()) else {
            // What is filled cannot be equal to nothing.
            let filled = matches!((left, right.text()), (Value::Filled(_), Some("")))
                || matches!((left.text(), right), (Some(""), Value::Filled(_)));
            // $0 names a shell; the script's own path ends in a name that no shell has.
            let source = [left, right].iter().any(|value| value.text() == Some(self.script.as_str()))
                && [left, right].iter().any(|v| v.why().starts_with("$0"));
            let why = [left, right].map(Value::why).into_iter().find(|why| !why.is_empty()).unwrap_or_default();
            return Ok(match operator {
                "=" | "==" if filled || source => Ok(false),
                "!=" if filled || source => Ok(true),
                _ => Err(why),
            });
        };
        Ok(match operator {
            // dash's and mksh's `test` know only `=`; with `==` dash says "unexpected operator", which is a failure.
            "==" if self.dialect == Dialect::Dash => Ok(false),
            "=" | "==" => Ok(a == b),
            "!=" => Ok(a != b),
            "-ef" => Ok(self.machine.stat(a).is_ok() && realpath(self.machine, a) == realpath(self.machine, b)),
            "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => numbers(a, operator, b),
            _ => Err(format!("the test {operator} is not followed")),
        })
    }

    fn ask(&self, operator: &str, operand: &Value) -> Truth {
        match operator {
            "-n" => return operand.is_empty().map(|empty| !empty),
            "-z" => return operand.is_empty(),
            _ => {}
        }
        let Some(text) = operand.text() else { return Err(operand.why()) };
        match operator {
            "-o" if matches!(text, "ksharrays" | "KSH_ARRAYS" | "kshglob") => Ok(false),
            "-v" => self.named(text).is_set(),
            "-L" | "-h" => Self::is(&self.machine.lstat(text), |kind| kind == Kind::Link),
            "-d" => Self::is(&self.machine.stat(text), |kind| kind == Kind::Dir),
            "-f" => Self::is(&self.machine.stat(text), |kind| kind == Kind::File),
            "-e" | "-a" => Self::is(&self.machine.stat(text), |_| true),
            "-x" => match self.machine.stat(text) {
                Ok(meta) => Ok(meta.runnable || meta.kind == Kind::Dir),
                fault => Self::is(&fault, |_| true),
            },
            _ => Err(format!("the test {operator} is not followed")),
        }
    }

    fn is(answer: &Result<crate::machine::Meta, Fault>, wanted: impl Fn(Kind) -> bool) -> Truth {
        match answer {
            Ok(meta) => Ok(wanted(meta.kind)),
            Err(Fault::NotRecorded) => Err("the capture did not record it".to_owned()),
            Err(_) => Ok(false),
        }
    }
}

fn numbers(a: &str, operator: &str, b: &str) -> Truth {
    let (Ok(a), Ok(b)) = (a.trim().parse::<i64>(), b.trim().parse::<i64>()) else {
        return Err("a test of numbers has no number".to_owned());
    };
    Ok(match operator {
        "-eq" => a == b,
        "-ne" => a != b,
        "-lt" => a < b,
        "-le" => a <= b,
        "-gt" => a > b,
        _ => a >= b,
    })
}
