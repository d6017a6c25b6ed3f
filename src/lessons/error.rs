//! What is wrong with a lesson file, in terms of the file: where, what was found, what was expected.

use std::fmt;

/// A lesson that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonError {
    /// The file as it was handed in, or its path in the project for an embedded lesson.
    pub file: String,
    /// The line, counted from 1, where one is to blame.
    pub line: Option<u32>,
    /// The column, counted from 1 in characters, where one is to blame.
    pub column: Option<u32>,
    /// What stands there.
    pub found: String,
    /// What should stand there instead.
    pub expected: String,
}

impl LessonError {
    /// An error about a whole file.
    pub(super) fn of_file(file: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, column: None, found: found.into(), expected: expected.into() }
    }

    /// An error about one place in a file.
    pub(super) fn at(file: &str, place: Place, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { line: Some(place.line), column: Some(place.column), ..Self::of_file(file, found, expected) }
    }
}

/// `FILE:LINE:COLUMN: FOUND; expected EXPECTED`, in one line and without control characters, which a broken file may well hold.
impl fmt::Display for LessonError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = [self.line, self.column].into_iter().flatten().map(|number| format!(":{number}"));
        let place: String = numbers.collect();
        let message = format!("{}{place}: {}; expected {}", self.file, self.found, self.expected);
        message.chars().try_for_each(|character| {
            if character.is_control() { write!(to, "{}", character.escape_debug()) } else { write!(to, "{character}") }
        })
    }
}

impl std::error::Error for LessonError {}

/// A place in a lesson file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1 in characters.
    pub column: u32,
}
