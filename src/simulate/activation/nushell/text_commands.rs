//! nushell's commands for texts and paths: `str …`, `path …`, `split row`, `char`.

use super::run::lost;
use super::{Done, Item, Nushell};
use crate::machine::path::realpath;

impl Nushell<'_> {
    /// A command that makes a value of texts; a list of texts is gone through.
    pub(super) fn of_text(&self, name: &str, flags: &[&str], values: &[Item], input: &Item, line: u32) -> Done<Item> {
        let texts: Option<Vec<&str>> =
            values.iter().map(|value| if let Item::Text(text) = value { Some(text.as_str()) } else { None }).collect();
        let Some(texts) = texts else { return lost(line, name) };
        if !flags.is_empty() {
            return lost(line, &format!("this option of {name}"));
        }
        let rules = self.machine.platform().rules();
        Ok(match (name, texts.as_slice(), input) {
            ("char", [word], _) => match named_char(word, rules.sep(), rules.list_separator()) {
                Some(c) => Item::Text(c.to_string()),
                None => return lost(line, &format!("char {word}")),
            },
            ("path join", parts, Item::List(items)) => {
                let Some(first) = texts_of(items) else { return lost(line, name) };
                Item::Text(self.path_of(first.into_iter().chain(parts.iter().copied())))
            }
            ("str join", separator, Item::List(items)) if separator.len() < 2 => {
                let Some(texts) = texts_of(items) else { return lost(line, name) };
                Item::Text(texts.join(separator.first().copied().unwrap_or_default()))
            }
            (name, texts, Item::List(items)) => {
                let values: Vec<Item> = texts.iter().map(|text| Item::Text((*text).to_owned())).collect();
                let each = items.iter().map(|item| match item {
                    Item::Text(_) => self.of_text(name, flags, &values, item, line),
                    _ => lost(line, name),
                });
                Item::List(each.collect::<Done<Vec<Item>>>()?)
            }
            (name, texts, Item::Text(text)) => return self.of_one(name, texts, text, line),
            _ => return lost(line, name),
        })
    }

    fn of_one(&self, name: &str, texts: &[&str], text: &str, line: u32) -> Done<Item> {
        let rules = self.machine.platform().rules();
        let said = |text: &str| Item::Text(text.to_owned());
        Ok(match (name, texts) {
            ("path basename", []) => said(file_name(text, |c| rules.is_sep(c))),
            ("path dirname", []) => said(&rules.dirname(text.trim_end_matches(|c| rules.is_sep(c)))),
            ("path join", parts) => Item::Text(self.path_of(std::iter::once(text).chain(parts.iter().copied()))),
            ("path exists", []) => Item::Truth(self.machine.stat(&self.at_home(text)).is_ok()),
            ("path expand", []) => {
                let path = rules.abspath(&self.machine.cwd().unwrap_or_default(), &self.at_home(text));
                Item::Text(realpath(self.machine, &path))
            }
            ("split row", [separator]) => Item::List(text.split(separator).map(said).collect()),
            ("str downcase", []) => Item::Text(text.to_lowercase()),
            ("str upcase", []) => Item::Text(text.to_uppercase()),
            ("str trim", []) => said(text.trim()),
            ("str contains", [part]) => Item::Truth(text.contains(part)),
            ("str starts-with", [part]) => Item::Truth(text.starts_with(part)),
            ("str ends-with", [part]) => Item::Truth(text.ends_with(part)),
            ("str replace", [old, new]) => Item::Text(text.replacen(old, new, 1)),
            _ => return lost(line, name),
        })
    }

    /// Parts as Rust's `PathBuf::push` joins them.
    fn path_of<'t>(&self, parts: impl Iterator<Item = &'t str>) -> String {
        let rules = self.machine.platform().rules();
        parts
            .fold(None, |path: Option<String>, part| Some(path.map_or_else(|| part.to_owned(), |path| rules.join(&path, part))))
            .unwrap_or_default()
    }
}

fn texts_of(items: &[Item]) -> Option<Vec<&str>> {
    items.iter().map(|item| if let Item::Text(text) = item { Some(text.as_str()) } else { None }).collect()
}

/// Rust's `Path::file_name`: nothing for a path that ends in `..`.
fn file_name(path: &str, is_separator: impl Fn(char) -> bool) -> &str {
    let name = path.rsplit(is_separator).find(|part| !part.is_empty() && *part != ".").unwrap_or_default();
    if name == ".." { "" } else { name }
}

/// The characters that `char` has names for and scripts use.
fn named_char(name: &str, separator: char, list_separator: char) -> Option<char> {
    Some(match name {
        "newline" | "enter" | "nl" | "line_feed" | "lf" => '\n',
        "carriage_return" | "cr" => '\r',
        "tab" => '\t',
        "sp" | "space" => ' ',
        "pipe" => '|',
        "left_brace" | "lbrace" => '{',
        "right_brace" | "rbrace" => '}',
        "left_paren" | "lp" | "lparen" => '(',
        "right_paren" | "rp" | "rparen" => ')',
        "left_bracket" | "lbracket" => '[',
        "right_bracket" | "rbracket" => ']',
        "single_quote" | "squote" | "sq" => '\'',
        "double_quote" | "dquote" | "dq" => '"',
        "path_sep" | "psep" | "separator" => separator,
        "esep" | "env_sep" => list_separator,
        "tilde" | "twiddle" | "squiggly" | "home" => '~',
        "hash" | "hashtag" | "pound_sign" | "sharp" | "root" => '#',
        "escape" => '\u{1b}',
        _ => return None,
    })
}
