//! Finds what the words of a listing are: comment, string, variable. The only file that knows syntect.
//!
//! The syntax definitions are decoded when the first listing with colours is drawn and not before, because most calls need none.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

use crate::page::Syntax;

/// What a word of a listing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Token {
    /// Nothing in particular.
    Code,
    /// A remark for people.
    Comment,
    /// A word of the language.
    Keyword,
    /// A command or function.
    Command,
    /// A variable or key.
    Name,
    /// A string or number.
    Value,
}

/// Lines longer than this are not highlighted: nothing that a person wrote is so long, and matching takes its time.
const LONGEST: usize = 2_000;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Names in the collection of syntaxes. It has none for csh, whose comments, strings and variables bash's definition finds
/// well enough, and none for Nushell.
fn definition(syntax: Syntax) -> Option<&'static SyntaxReference> {
    let name = match syntax {
        Syntax::Plain | Syntax::Nu => return None,
        Syntax::Config => "INI",
        Syntax::Sh | Syntax::Csh => "Bourne Again Shell (bash)",
        Syntax::Fish => "Fish",
        Syntax::PowerShell => "PowerShell",
        Syntax::Batch => "Batch File",
        Syntax::Python => "Python",
    };
    SYNTAXES.find_syntax_by_name(name)
}

/// Reads a listing line by line; a string or block may go over several.
pub struct Highlighter {
    definition: Option<&'static SyntaxReference>,
    state: Option<(ParseState, ScopeStack)>,
}

impl Highlighter {
    /// One for this language. `Syntax::Plain` loads nothing.
    pub fn new(syntax: Syntax) -> Self {
        Self { definition: definition(syntax), state: None }
    }

    /// Forgets the lines before, as where lines are left out.
    pub fn restart(&mut self) {
        self.state = None;
    }

    /// The words of the next line, which is already safe to print. Their characters put together are the line.
    pub fn line(&mut self, line: &str) -> Vec<(Token, String)> {
        self.try_line(line).unwrap_or_else(|| vec![(Token::Code, line.to_owned())])
    }

    fn try_line(&mut self, line: &str) -> Option<Vec<(Token, String)>> {
        let definition = self.definition?;
        if line.len() > LONGEST {
            return None;
        }
        let (state, stack) = self.state.get_or_insert_with(|| (ParseState::new(definition), ScopeStack::new()));
        let ended = format!("{line}\n");
        let mut words: Vec<(Token, String)> = Vec::new();
        let mut start = 0;
        for (at, operation) in state.parse_line(&ended, &SYNTAXES).ok()? {
            add(&mut words, token(stack), line.get(start..at.min(line.len())).unwrap_or(""));
            start = at;
            stack.apply(&operation).ok()?;
        }
        add(&mut words, token(stack), line.get(start..).unwrap_or(""));
        Some(words)
    }
}

fn add(words: &mut Vec<(Token, String)>, token: Token, text: &str) {
    match words.last_mut() {
        _ if text.is_empty() => {}
        Some((last, word)) if *last == token => word.push_str(text),
        _ => words.push((token, text.to_owned())),
    }
}

/// The innermost scope that says something; names as in Sublime Text's scope naming.
fn token(stack: &ScopeStack) -> Token {
    const MEANINGS: [(&str, Token); 13] = [
        ("comment", Token::Comment),
        ("variable.function", Token::Command),
        ("support.function.test", Token::Code),
        ("support.function", Token::Command),
        ("entity.name.function", Token::Command),
        ("keyword.operator", Token::Code),
        ("keyword.name", Token::Name),
        ("keyword", Token::Keyword),
        ("storage", Token::Keyword),
        ("variable.parameter", Token::Code),
        ("variable", Token::Name),
        ("string", Token::Value),
        ("constant", Token::Value),
    ];
    stack
        .as_slice()
        .iter()
        .rev()
        .find_map(|scope| {
            let name = scope.build_string();
            MEANINGS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, token)| *token)
        })
        .unwrap_or(Token::Code)
}
