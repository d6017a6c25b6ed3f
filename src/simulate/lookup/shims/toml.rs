//! TOML as values: how mise and rye write their configuration, and projects their own.

use super::told_in;
use crate::machine::Machine;
use serde_json::Value;

/// What the file holds; `None` where it is not there, cannot be read, or is no TOML.
pub(super) fn read(machine: &dyn Machine, file: &str) -> Option<Value> {
    toml::from_str(&told_in(machine, file)?).ok()
}
