//! The fields of a lesson file, as they stand there: the form of the YAML, and of what the build makes of it (`build.rs` reads this
//! file too).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One lesson's fields. `T` is a text, or a text that knows where it stands.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Raw<T> {
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<T>,
    /// The annotation in trees and tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<T>,
    /// Why it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<T>,
    /// What happens when it is missing or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<T>,
    /// Commands to type.
    #[serde(default = "Vec::new", rename = "try", skip_serializing_if = "Vec::is_empty")]
    pub tries: Vec<RawTry<T>>,
    /// Where it is written that this is so.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<T>,
    /// Lessons to go on with.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub see: Vec<T>,
    /// A question to answer before one looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predict: Option<RawPredict<T>>,
    /// The short texts of a view.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, T>,
}

/// A command to type, and what it shows.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawTry<T> {
    /// The one kind of system that has this command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<RawSystem>,
    /// What to type.
    pub command: T,
    /// What is seen then.
    pub shows: T,
}

/// A kind of system.
#[derive(Deserialize, Serialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub enum RawSystem {
    /// Linux, macOS and their like.
    Posix,
    /// Windows.
    Windows,
}

/// A question to answer before one looks.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawPredict<T> {
    /// What is asked.
    pub question: T,
    /// What may be answered.
    pub choices: Vec<T>,
    /// The choice that is right, word for word.
    pub answer: T,
    /// Why.
    pub because: T,
}
