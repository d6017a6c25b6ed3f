//! Changes to single keys of `pyvenv.cfg`. Everything else in the file, its ends of lines included, stays as it is.

use super::{Attempt, WhatIfError};
use crate::machine::{Fault, Machine};
use crate::text;

/// No `pyvenv.cfg` is larger, and an error is better than half a file.
const LIMIT: usize = 1 << 20;

impl Attempt<'_> {
    /// `KEY=VALUE` gives every line of that key the value, or adds one at the end; `-KEY` takes its lines away.
    pub(super) fn config(&mut self, rest: &str) -> Result<(), WhatIfError> {
        let file = self.config_file();
        let old = match self.machine.read(&file, LIMIT) {
            Ok(bytes) => text::decode(&bytes),
            Err(Fault::Missing) if !rest.starts_with('-') => String::new(),
            Err(fault) => return Err(self.fault(&file, &fault)),
        };
        let new = match (rest.strip_prefix('-'), rest.split_once('=')) {
            (Some(key), _) if !key.trim().is_empty() => {
                without(&old, key).ok_or_else(|| self.error(format!("{file} has no line with the key {key}"), keys(&old)))?
            }
            (None, Some((key, value))) if !key.trim().is_empty() => with(&old, key.trim(), value.trim()),
            _ => return Err(self.error(format!("`{rest}` names no key"), "config:KEY=VALUE or config:-KEY")),
        };
        self.machine.write(&file, text::encode(&new));
        Ok(())
    }
}

fn key_of(line: &str) -> Option<String> {
    line.split_once('=').map(|(key, _)| key.trim().to_lowercase())
}

fn keys(old: &str) -> String {
    let keys: Vec<String> = old.lines().filter_map(key_of).collect();
    format!("one of the keys {}", keys.join(", "))
}

fn without(old: &str, key: &str) -> Option<String> {
    let key = key.trim().to_lowercase();
    let kept: String = old.split_inclusive('\n').filter(|line| key_of(line).as_deref() != Some(&key)).collect();
    (kept != old).then_some(kept)
}

fn with(old: &str, key: &str, value: &str) -> String {
    let lower = key.to_lowercase();
    let mut found = false;
    let mut new = String::new();
    for line in old.split_inclusive('\n') {
        if key_of(line).as_deref() == Some(&lower) {
            found = true;
            let end = &line[line.trim_end_matches(['\r', '\n']).len()..];
            let spelt = line.split_once('=').map_or(key, |(spelt, _)| spelt.trim());
            new.extend([spelt, " = ", value, end]);
        } else {
            new.push_str(line);
        }
    }
    if !found {
        if !new.is_empty() && !new.ends_with('\n') {
            new.push('\n');
        }
        new.extend([key, " = ", value, "\n"]);
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_replaced_where_it_stands_and_added_at_the_end() {
        assert_eq!(with("home = /a\r\nVersion=1\n", "version", "2"), "home = /a\r\nVersion = 2\n");
        assert_eq!(with("home = /a", "prompt", "x"), "home = /a\nprompt = x\n");
        assert_eq!(with("", "home", "/b"), "home = /b\n");
    }

    #[test]
    fn every_line_of_a_key_goes() {
        assert_eq!(without("home = /a\nx = 1\nHOME=/b\n", "home").as_deref(), Some("x = 1\n"));
        assert_eq!(without("x = 1\n", "home"), None);
    }
}
