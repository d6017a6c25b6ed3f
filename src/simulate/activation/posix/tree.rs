//! A shell script as a tree: the part of POSIX shell grammar (and of bash, zsh and ksh) that is followed.

use std::rc::Rc;

/// Commands one after another.
pub(super) type List = Vec<AndOr>;

/// Pipelines joined by `&&` and `||`.
#[derive(Debug, Clone)]
pub(super) struct AndOr {
    /// The first pipeline.
    pub(super) first: Pipeline,
    /// The others, each with whether it runs after success (`&&`) or after failure (`||`).
    pub(super) rest: Vec<(Joint, Pipeline)>,
    /// Whether `&` follows.
    pub(super) background: bool,
}

/// What stands between two pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
#[derive(Debug, Clone)]
pub(super) struct Pipeline {
    /// Whether `!` stands in front.
    pub(super) negated: bool,
    /// The commands.
    pub(super) commands: Vec<Command>,
}

/// One command with its redirections.
#[derive(Debug, Clone)]
pub(super) struct Command {
    /// What it is.
    pub(super) node: Node,
    /// The line on which it begins.
    pub(super) line: u32,
    /// Where its outputs go.
    pub(super) redirects: Vec<Redirect>,
}

/// A redirection of an output; the others do not matter here.
#[derive(Debug, Clone)]
pub(super) struct Redirect {
    /// Standard output (1), standard error (2) or both (0).
    pub(super) from: u8,
    /// Where to: `&1`, `&2`, or a file.
    pub(super) to: Target,
}

/// Where a redirected output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// To where standard output goes.
    Output,
    /// To where standard error goes.
    Error,
    /// Into a file, so not to be seen.
    File,
}

/// The kinds of commands.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// Assignments, a name and arguments.
    Simple(Simple),
    /// `if`: conditions with their bodies, and `else`.
    If(Vec<(List, List)>, List),
    /// `case`: the word, and for each item its patterns and body.
    Case(Word, Vec<(Vec<Word>, List)>),
    /// `while`, or `until` where the flag is set.
    While { until: bool, condition: List, body: List },
    /// `for`; no words means the positional parameters.
    For { name: String, words: Option<Vec<Word>>, body: List },
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    /// A function's definition.
    Function(String, Rc<Command>),
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic,
}

/// A simple command.
#[derive(Debug, Clone, Default)]
pub(super) struct Simple {
    /// Assignments in front of the name.
    pub(super) assignments: Vec<Assignment>,
    /// The name and the arguments.
    pub(super) words: Vec<Word>,
}

/// `name=value`, `name+=value`, `name[index]=value`, `name=(…)`.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    /// The variable.
    pub(super) name: String,
    /// What stands in brackets.
    pub(super) index: Option<String>,
    /// Whether it appends.
    pub(super) append: bool,
    /// The value.
    pub(super) value: Word,
    /// Whether the value is a list in parentheses, which is not followed.
    pub(super) list: bool,
    /// Its line.
    pub(super) line: u32,
}

/// One word.
#[derive(Debug, Clone, Default)]
pub(super) struct Word {
    /// Its parts.
    pub(super) pieces: Vec<Piece>,
    /// Its line.
    pub(super) line: u32,
}

impl Word {
    /// The word's text where no part of it is quoted or expanded: what a reserved word looks like.
    pub(super) fn bare(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Literal(text, false)] => Some(text),
            _ => None,
        }
    }

    /// The word as the value of an assignment, where a tilde counts at the start and behind every colon (POSIX.1-2024, 2.6.1).
    pub(super) fn assigned(self) -> Self {
        let mut pieces = Vec::new();
        for (at, piece) in self.pieces.into_iter().enumerate() {
            let Piece::Literal(text, false) = piece else {
                pieces.push(piece);
                continue;
            };
            for (number, part) in text.split_inclusive(':').enumerate() {
                let end = part.find(['/', ':']).unwrap_or(part.len());
                let counts = part.starts_with('~') && (at == 0 || number > 0);
                let (user, rest) = part.split_at(if counts { end } else { 0 });
                if counts {
                    pieces.push(Piece::Home(user.to_owned()));
                }
                pieces.push(Piece::Literal(rest.to_owned(), false));
            }
        }
        Self { pieces, line: self.line }
    }
}

/// One part of a word; the flag tells whether it is quoted.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Text.
    Literal(String, bool),
    /// `~` or `~name`, to be replaced by a home folder.
    Home(String),
    /// `$name`, `${…}`
    Parameter(Box<Parameter>, bool),
    /// `$(…)` or backquotes, the text and its first line.
    Command(String, u32, bool),
    /// `$((…))` and whatever else has no reader here.
    Opaque(String),
}

/// A parameter expansion.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    /// The name, or one of `@*#?-$!0` and the digits.
    pub(super) name: String,
    /// zsh's flags: `${(%):-%x}`.
    pub(super) flags: Option<String>,
    /// What stands in brackets behind the name.
    pub(super) index: Option<String>,
    /// What is done with it.
    pub(super) action: Action,
    /// The word behind the operator.
    pub(super) word: Word,
}

/// What is done with a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// `${x}`
    Plain,
    /// `${#x}`
    Length,
    /// `${x-word}`, and with a colon also when empty.
    Default { colon: bool },
    /// `${x=word}`
    Assign { colon: bool },
    /// `${x?word}`
    Complain { colon: bool },
    /// `${x+word}`
    Alternative { colon: bool },
    /// `${x#pattern}`, `${x##pattern}`, `${x%pattern}`, `${x%%pattern}`
    Strip(super::pattern::End, bool),
    /// Any other, as it is written.
    Other(String),
}
