//! What is wrong with a capture, in terms of its file: where, what was found, what was expected, what to do.

use std::fmt;

/// A capture that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureError {
    /// The file as it was named.
    pub file: String,
    /// The line, counted from 1, where one is to blame.
    pub line: Option<u32>,
    /// The column, counted from 1 in characters, where one is to blame.
    pub column: Option<u32>,
    /// What stands there.
    pub found: String,
    /// What should stand there instead.
    pub expected: String,
    /// What to do next, where that does not follow from what is expected.
    pub advice: Option<String>,
}

impl CaptureError {
    /// An error about a whole file.
    pub(super) fn of_file(file: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, column: None, found: found.into(), expected: expected.into(), advice: None }
    }

    /// The same error with the place to blame, line and column from 1.
    pub(super) fn at(self, place: (u32, u32)) -> Self {
        Self { line: Some(place.0), column: Some(place.1), ..self }
    }

    /// The same error with a sentence on what to do.
    pub(super) fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// `FILE:LINE:COLUMN: FOUND; expected EXPECTED. ADVICE`, in one line and without control characters, which a broken file may well hold.
impl fmt::Display for CaptureError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = [self.line, self.column].into_iter().flatten().map(|number| format!(":{number}"));
        let place: String = numbers.collect();
        let advice = self.advice.as_ref().map(|advice| format!(". {advice}")).unwrap_or_default();
        let message = format!("{}{place}: {}; expected {}{advice}", self.file, self.found, self.expected);
        message.chars().try_for_each(|character| {
            if character.is_control() { write!(to, "{}", character.escape_debug()) } else { write!(to, "{character}") }
        })
    }
}

impl std::error::Error for CaptureError {}
