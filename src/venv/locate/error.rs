//! What stands in the place of an environment, each kind with what to do about it.

use crate::text::printable;
use std::fmt;

/// There is no environment where one was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnEnvironment {
    /// The place.
    pub path: String,
    /// What is there instead.
    pub why: Why,
    /// The value of `VIRTUAL_ENV`, where that named the place.
    pub variable: Option<String>,
}

/// What is there instead of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing.
    Missing,
    /// Something that may not be read.
    Unreadable,
    /// Links that lead in a circle.
    Loop,
    /// A file that is no part of an environment.
    File,
    /// A FIFO, socket or device.
    Special,
    /// A conda environment.
    Conda {
        /// Its folder of records.
        told_by: String,
    },
    /// What virtualenv before 20 made.
    Legacy {
        /// The file that only it left.
        told_by: String,
    },
    /// A Python installation: an interpreter with its own standard library.
    Installation {
        /// The interpreter.
        python: String,
        /// A file of its standard library.
        library: String,
    },
    /// A project's folder without an environment.
    Project {
        /// The name of the file that shows that it is one.
        told_by: String,
    },
    /// A folder with nothing in it.
    EmptyFolder,
    /// Any other folder.
    Folder,
    /// Nothing was named, and nothing found.
    NothingFound {
        /// Where was looked.
        places: Vec<String>,
        /// The nearest thing that is none.
        instead: Option<Box<NotAnEnvironment>>,
    },
    /// The working folder has been deleted.
    CwdGone,
    /// The system answered something else.
    Failed(String),
}

impl NotAnEnvironment {
    /// That `path` is none, and why.
    pub fn new(path: &str, why: Why) -> Self {
        Self { path: path.to_owned(), why, variable: None }
    }

    /// The same, found by way of `VIRTUAL_ENV`.
    pub(super) fn found_by_variable(self, value: &str) -> Self {
        Self { variable: Some(value.to_owned()), ..self }
    }

    /// In one line why there is none, without what to do about it.
    pub fn reason(&self) -> String {
        let what = match &self.why {
            Why::NothingFound { .. } => format!("no virtual environment was found in {} or above it", printable(&self.path)),
            _ => self.what(),
        };
        match &self.variable {
            Some(value) => format!("VIRTUAL_ENV is {}, but {what}", printable(value)),
            None => what,
        }
    }

    /// What to do next, as one or two sentences with a command.
    pub fn remedy(&self) -> String {
        if self.variable.is_some() {
            let only = "name an environment instead: venv-explain FOLDER";
            return match self.why {
                Why::Missing => format!(
                    "The environment was deleted or moved after it was activated. Leave it with `deactivate` (or `unset VIRTUAL_ENV`), or {only}"
                ),
                _ => format!("Leave it with `deactivate` (or `unset VIRTUAL_ENV`), or {only}"),
            };
        }
        let path = word(&self.path);
        match &self.why {
            Why::Missing if self.path.is_empty() => "Name its folder, or leave the name out to have it looked for.".to_owned(),
            Why::Missing => format!("Check the spelling, or make one there: python3 -m venv {path}"),
            Why::Unreadable => format!("Ask its owner for the right to read it, or see who that is: ls -ld {path}"),
            Why::Loop => format!("See where its links lead: ls -l {path}"),
            Why::File | Why::Special | Why::Folder => {
                "Name an environment's folder, something in it, or the project that holds it as .venv, venv or env.".to_owned()
            }
            Why::Conda { .. } => format!("conda explains its own environments: conda list --prefix {path}"),
            Why::Legacy { .. } => {
                format!("Make it anew with a newer tool: {path}/bin/pip freeze > requirements.txt, then python3 -m venv NEW-FOLDER")
            }
            Why::Installation { python, .. } => format!("Make an environment from it: {} -m venv .venv", word(python)),
            Why::Project { .. } => format!("Make one for it: python3 -m venv {path}/.venv"),
            Why::EmptyFolder => format!("Make one in it: python3 -m venv {path}"),
            Why::NothingFound { .. } => "Make one: python3 -m venv .venv, or name one: venv-explain FOLDER".to_owned(),
            Why::CwdGone => "Go to a folder that exists, or name an environment by its full path.".to_owned(),
            Why::Failed(_) => "Try again, or name another path.".to_owned(),
        }
    }

    fn what(&self) -> String {
        let path = printable(&self.path);
        match &self.why {
            Why::Missing if path.is_empty() => "the name of the environment is empty".to_owned(),
            Why::Missing => format!("{path} does not exist"),
            Why::Unreadable => format!("{path} may not be read"),
            Why::Loop => format!("{path} cannot be followed: its links lead in a circle"),
            Why::File => format!("{path} is a file, and no folder above it is a virtual environment"),
            Why::Special => format!("{path} is neither a file nor a folder, and no folder above it is a virtual environment"),
            Why::Conda { told_by } => {
                format!(
                    "{path} is a conda environment, not a virtual environment: it has {}, and a whole Python of its own",
                    printable(told_by)
                )
            }
            Why::Legacy { told_by } => format!(
                "{path} was made by virtualenv before version 20, which wrote no pyvenv.cfg but changed the standard library: {} is there",
                printable(told_by)
            ),
            Why::Installation { python, library } => format!(
                "{path} is a Python installation, not a virtual environment: {} has its standard library beside it ({})",
                printable(python),
                printable(library)
            ),
            Why::Project { told_by } => {
                format!("{path} is a project ({told_by} is there), but holds no virtual environment as .venv, venv or env")
            }
            Why::EmptyFolder => format!("{path} is an empty folder, not a virtual environment"),
            Why::Folder => format!("{path} is not a virtual environment: it has no pyvenv.cfg, and no .venv, venv or env with one"),
            Why::NothingFound { places, instead } => nothing_found(places, instead.as_deref()),
            Why::CwdGone => "the current folder has been deleted, so there is nowhere to look for an environment".to_owned(),
            Why::Failed(why) => format!("{path} cannot be read: {why}"),
        }
    }
}

/// A path as one word of a command line: as `shlex.quote` for sh; a path of Windows in double quotes.
fn word(path: &str) -> String {
    let shown = printable(path);
    let plain = |character: char| character.is_alphanumeric() || "@%+=:,./\\-_~".contains(character);
    match shown.chars().all(plain) {
        true => shown,
        false if shown.contains('\\') => format!("\"{shown}\""),
        false => format!("'{}'", shown.replace('\'', "'\"'\"'")),
    }
}

fn nothing_found(places: &[String], instead: Option<&NotAnEnvironment>) -> String {
    use std::fmt::Write as _;
    let mut text = "no virtual environment found. VIRTUAL_ENV is not set, and none of these is one:".to_owned();
    let shown = 9;
    for place in places.iter().take(shown) {
        // Writing into a String cannot fail.
        let _ = write!(text, "\n  {}", printable(place));
    }
    if places.len() > shown {
        let _ = write!(text, "\n  … and the same names in the folders above ({} more)", places.len() - shown);
    }
    if let Some(instead) = instead {
        let _ = write!(text, "\n{}", instead.what());
    }
    text
}

impl fmt::Display for NotAnEnvironment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(value) = &self.variable {
            write!(out, "VIRTUAL_ENV is {}, but ", printable(value))?;
        }
        write!(out, "{}\n{}", self.what(), self.remedy())
    }
}

impl std::error::Error for NotAnEnvironment {}
