//! A PowerShell script as a tree.

use std::rc::Rc;

/// Statements in braces.
pub(super) type Block = Rc<Vec<Statement>>;

/// A statement and its line.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) line: u32,
    pub(super) kind: Kind,
}

/// What a statement is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// `$x = …`, `$x += …`
    Assign { target: Expression, append: bool, value: Vec<Element> },
    /// Elements joined by `|`.
    Pipeline(Vec<Element>),
    /// `if … elseif … else …`
    If(Vec<(Vec<Element>, Block)>, Option<Block>),
    /// `function name(parameters) { … }`
    Function { name: String, parameters: Vec<String>, body: Block },
    /// `return …`
    Return(Vec<Element>),
    /// `try { … } catch { … }`; only the first part is followed.
    Try(Block),
    /// `param( … )`
    Parameters,
    /// What has no reader here.
    Other(String),
}

/// One element of a pipeline.
#[derive(Debug, Clone)]
pub(super) enum Element {
    Value(Expression),
    Command { name: String, arguments: Vec<Argument> },
}

/// One argument of a command.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    /// `-Name`
    Switch(String),
    /// A value.
    Value(Expression),
}

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    Text(Vec<Part>),
    Number(i64),
    /// `$name`, `$scope:name`, in lower case.
    Variable(String),
    Member(Box<Expression>, String),
    Method(Box<Expression>, String, Vec<Expression>),
    Index(Box<Expression>, Box<Expression>),
    /// `[Type]::Member` or `[Type]::Method(…)`
    Static(String, String, Option<Vec<Expression>>),
    Not(Box<Expression>),
    Binary(String, Box<Expression>, Box<Expression>),
    /// `( … )` and `$( … )`
    Inner(Block),
    /// `@{ }`
    Hash,
    Block(Block),
}

/// A part of a text in quotes.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Literal(String),
    Value(Expression),
}
