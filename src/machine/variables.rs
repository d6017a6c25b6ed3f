//! Environment variables of a machine that is not the live one; on Windows names are compared without case.

use super::Platform;
use std::collections::BTreeMap;

/// Variables by name, each under the spelling it was last set with.
#[derive(Debug, Clone)]
pub(super) struct Variables {
    platform: Platform,
    by_key: BTreeMap<String, (String, String)>,
}

impl Variables {
    pub(super) fn new(platform: Platform, named: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut variables = Self { platform, by_key: BTreeMap::new() };
        for (name, value) in named {
            variables.set(&name, value);
        }
        variables
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.by_key.get(&self.key(name)).map(|(_, value)| value.clone())
    }

    pub(super) fn set(&mut self, name: &str, value: String) {
        self.by_key.insert(self.key(name), (name.to_owned(), value));
    }

    pub(super) fn unset(&mut self, name: &str) {
        self.by_key.remove(&self.key(name));
    }

    pub(super) fn all(&self) -> BTreeMap<String, String> {
        self.by_key.values().cloned().collect()
    }

    fn key(&self, name: &str) -> String {
        match self.platform {
            Platform::Windows => name.to_uppercase(),
            Platform::Linux | Platform::Macos => name.to_owned(),
        }
    }
}
