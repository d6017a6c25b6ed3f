//! Facts as JSON, without prose. Bytes that are not UTF-8 print as `\xNN`, and an object that holds some says so with `lossy`.

use crate::text;
use serde::Serialize;
use serde_json::{Map, Value};

/// The JSON text of `facts`, indented, with a final newline. `said` turns each string into what is printed of it (the names of
/// `--stable`); `left_out` names the keys whose numbers differ from machine to machine and become `null`.
pub fn object(facts: &impl Serialize, said: &dyn Fn(&str) -> String, left_out: &[&str]) -> String {
    let value = serde_json::to_value(facts).unwrap_or(Value::Null);
    let mut lossy = false;
    let mut value = walk(value, said, left_out, &mut lossy);
    if let (true, Value::Object(fields)) = (lossy, &mut value) {
        fields.insert("lossy".to_owned(), Value::Bool(true));
    }
    let mut printed = harmless(&serde_json::to_string_pretty(&value).unwrap_or_default());
    printed.push('\n');
    printed
}

/// Escapes what RFC 8259 allows raw inside strings, but a terminal obeys: DEL, the C1 controls (U+009B starts an escape sequence)
/// and the marks that turn the direction of writing. Such characters stand nowhere in JSON text but inside strings.
fn harmless(json: &str) -> String {
    use std::fmt::Write as _;
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                // Writing into a String cannot fail.
                let _ = write!(shown, "\\u{:04x}", u32::from(character));
            }
            _ => shown.push(character),
        }
    }
    shown
}

fn walk(value: Value, said: &dyn Fn(&str) -> String, left_out: &[&str], lossy: &mut bool) -> Value {
    match value {
        Value::String(string) => Value::String(spelled(&string, said, lossy)),
        Value::Array(items) => items.into_iter().map(|item| walk(item, said, left_out, lossy)).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(key, value)| {
                    let value = if value.is_number() && left_out.contains(&key.as_str()) {
                        Value::Null
                    } else {
                        walk(value, said, left_out, lossy)
                    };
                    (key, value)
                })
                .collect::<Map<_, _>>(),
        ),
        other => other,
    }
}

fn spelled(string: &str, said: &dyn Fn(&str) -> String, lossy: &mut bool) -> String {
    *lossy |= text::is_lossy(string);
    text::printable(&said(string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_reads_back_as_it_was() {
        let facts = serde_json::json!({"path": "/a\u{9b}31m\u{7f}\u{202e}\u{2066}\u{1b}[1mé"});
        let printed = object(&facts, &str::to_owned, &[]);
        assert_eq!(printed, "{\n  \"path\": \"/a\\u009b31m\\u007f\\u202e\\u2066\\u001b[1mé\"\n}\n");
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), facts);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_escaped_and_said() {
        let facts = serde_json::json!({"path": text::decode(b"/a\xff"), "size": 3});
        let printed = object(&facts, &str::to_owned, &["size"]);
        let read: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(read, serde_json::json!({"path": "/a\\xff", "size": null, "lossy": true}));
    }
}
