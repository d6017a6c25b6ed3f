//! What is there: plain facts about an environment, each with the file and line that it was read from. Nothing here says what
//! would happen (that is `simulate`) or what it means (that is `lessons`).

pub mod activation_folder;
pub mod archive;
pub mod binary;
pub mod config;
pub mod distributions;
pub mod environment;
pub mod installation;
pub mod layout;
pub mod locate;
pub mod maker;
pub mod owners;
pub mod roles;
pub mod scripts;
pub mod size;
pub mod tree;
pub mod whatif;

use serde::Serialize;

pub use config::Config;
pub use environment::Environment;
pub use locate::{Located, NotAnEnvironment};
pub use maker::Maker;
pub use scripts::Shebang;

/// Where a fact was read: a file, and the line in it where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Source {
    /// The file.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: Option<u32>,
}

/// Something that cannot be known from the disk, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// What is not known.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// What a statement rests on: a file, a line of it, or an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Evidence {
    /// The file; `None` for an environment variable.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// What stands there: the line, where a link points, or `NAME=value`.
    pub text: Option<String>,
}

impl Evidence {
    /// That `file` is there.
    pub fn file(file: &str) -> Self {
        Self { file: Some(file.to_owned()), ..Self::default() }
    }

    /// What `file` says as a whole: where a link points, what the system answers.
    pub fn says(file: &str, text: impl Into<String>) -> Self {
        Self { file: Some(file.to_owned()), line: None, text: Some(text.into()) }
    }

    /// One line of `file`.
    pub fn line(file: &str, line: u32, text: impl Into<String>) -> Self {
        Self { file: Some(file.to_owned()), line: Some(line), text: Some(text.into()) }
    }

    /// An environment variable.
    pub fn variable(name: &str, value: &str) -> Self {
        Self { file: None, line: None, text: Some(format!("{name}={value}")) }
    }
}
