//! The learner's own values, which fill the holes of a lesson.
//!
//! A value is a [`Text`]: it is put in after the lesson's markup was read, so whatever a path or a key holds stays what it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::page::Text;

/// On which kind of system a command is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum System {
    /// Linux, macOS and their like; words are quoted as `shlex.quote` of Python does.
    #[default]
    Posix,
    /// Windows; words are quoted with double quotes, which cmd and `PowerShell` both take.
    Windows,
}

/// Whether the values are what one would type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Real,
    Placeholders,
}

/// Hole names and what fills them.
#[derive(Debug, Clone, Default)]
pub struct Values {
    // Shared, as a view makes many copies that differ in a value or two.
    texts: BTreeMap<Arc<str>, Arc<Text>>,
    lists: BTreeMap<Arc<str>, Arc<[String]>>,
    system: System,
    kind: Kind,
}

impl Values {
    /// No values yet, for a POSIX system.
    pub fn new() -> Self {
        Self::default()
    }

    /// These values with one more.
    #[must_use]
    pub fn with(mut self, hole: &str, value: impl Into<Text>) -> Self {
        self.set(hole, value);
        self
    }

    /// These values with several words, of which each is quoted by itself in a command.
    #[must_use]
    pub fn with_words(mut self, hole: &str, words: &[&str]) -> Self {
        self.lists.insert(hole.into(), words.iter().map(|&word| word.to_owned()).collect());
        self.with(hole, words.join(" "))
    }

    /// These values, for commands that are typed on this system.
    #[must_use]
    pub fn on(mut self, system: System) -> Self {
        self.system = system;
        self
    }

    /// These values, which hold placeholders such as `<venv>` that nobody types as they stand: commands quote nothing.
    #[must_use]
    pub fn placeholders(mut self) -> Self {
        self.kind = Kind::Placeholders;
        self
    }

    /// Whether commands are typed on Windows.
    pub fn on_windows(&self) -> bool {
        self.system == System::Windows
    }

    /// Where commands are typed.
    pub(super) fn system(&self) -> System {
        self.system
    }

    /// Adds a value, or replaces it.
    pub fn set(&mut self, hole: &str, value: impl Into<Text>) {
        self.texts.insert(hole.into(), Arc::new(value.into()));
    }

    /// The value of a hole.
    pub fn get(&self, hole: &str) -> Option<&Text> {
        self.texts.get(hole).map(AsRef::as_ref)
    }

    /// The value as one word of a command line; `None` where there is none, or where no quoting makes it safe to type.
    pub fn word(&self, hole: &str) -> Option<String> {
        match self.lists.get(hole) {
            Some(words) => words.iter().map(|word| self.quoted(word.clone())).collect::<Option<Vec<_>>>().map(|words| words.join(" ")),
            None => self.quoted(self.get(hole)?.typed()),
        }
    }

    fn quoted(&self, value: String) -> Option<String> {
        // What starts with a hyphen would be taken for an option.
        if value.is_empty() || value.starts_with('-') || value.chars().any(char::is_control) {
            return None;
        }
        match self.system {
            _ if self.stands_as_it_is(&value) => Some(value),
            // The shell puts the home folder for ~ only where it is not quoted.
            System::Posix => match value.strip_prefix("~/") {
                Some(below) if self.stands_as_it_is(below) => Some(value),
                Some(below) => Some(format!("~/{}", single_quoted(below))),
                None => Some(single_quoted(&value)),
            },
            // cmd expands %…% and ! inside double quotes, PowerShell $ and `: such a name cannot be typed the same way in both.
            System::Windows if value.contains(['"', '%', '!', '$', '`']) => None,
            System::Windows => Some(format!("\"{value}\"")),
        }
    }

    /// The value for a place that the lesson's author put in quotes; `None` unless it is the same in any quotes.
    pub(super) fn bare(&self, hole: &str) -> Option<String> {
        self.get(hole).map(Text::typed).filter(|value| !value.is_empty() && self.stands_as_it_is(value))
    }

    /// Whether a shell takes the word without quotes: the set of `shlex.quote`, on Windows with the backslash.
    fn stands_as_it_is(&self, word: &str) -> bool {
        let plain = |character: char| match character {
            '%' => self.system == System::Posix,
            '\\' => self.system == System::Windows,
            _ => character.is_ascii_alphanumeric() || "_@+=:,./-".contains(character),
        };
        match self.kind {
            Kind::Real => word.chars().all(plain),
            Kind::Placeholders => !word.chars().any(char::is_control),
        }
    }
}

fn single_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\"'\"'"))
}
