//! What of a person's machine does not belong into a capture: variables that decide nothing, and credentials in URLs.

use crate::machine::Platform;
use std::sync::Arc;

/// Variables that decide how something resolves; a `*` stands for any ending.
const KEPT: [&str; 15] = [
    "PATH",
    "HOME",
    "USERPROFILE",
    "APPDATA",
    "SHELL",
    "PATHEXT",
    "PYTHON*",
    "VIRTUAL_ENV*",
    "CONDA*",
    "_OLD_VIRTUAL_*",
    "PS1",
    "__PYVENV_LAUNCHER__",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
];

/// Whether a variable goes into a capture: it is one of those that decide, or an activation script names it.
pub(super) fn is_kept(name: &str, platform: Platform, scripts: &[&[u8]]) -> bool {
    let name = if platform == Platform::Windows { name.to_uppercase() } else { name.to_owned() };
    let decides = KEPT.iter().any(|kept| match kept.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => *kept == name,
    });
    // The shell's `_` holds the last command; a script that writes `_` does not mean it.
    decides || (name != "_" && scripts.iter().any(|script| names(script, &name)))
}

/// Whether `name` stands in the script as a word of its own.
fn names(script: &[u8], name: &str) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memchr::memmem::find_iter(script, name).any(|at| {
        let before = at.checked_sub(1).and_then(|before| script.get(before));
        !part(before) && !part(script.get(at + name.len()))
    })
}

/// Whether the bytes are a text that YAML can show.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// The same bytes, without user names and passwords where they are a text with URLs.
pub(super) fn bytes_without_credentials(bytes: &Arc<[u8]>) -> Arc<[u8]> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("://") => without_credentials(text).into_bytes().into(),
        _ => bytes.clone(),
    }
}

/// The text with `user:password@` taken out of each URL (RFC 3986, 3.2.1: what stands before the `@` of the authority).
pub(super) fn without_credentials(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        kept.push_str(before);
        let authority_end = after.find(|c: char| c.is_whitespace() || "/?#\"'<>`\\".contains(c)).unwrap_or(after.len());
        let (authority, _) = after.split_at(authority_end);
        let credentials = authority.rfind('@').map_or(0, |at| at + 1);
        rest = after.get(credentials..).unwrap_or_default();
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_out_of_every_url_and_of_nothing_else() {
        let cases = [
            ("https://ada:secret@example.org/x@y", "https://example.org/x@y"),
            ("git+ssh://git@example.org:22/a.git", "git+ssh://example.org:22/a.git"),
            ("a://u@h b://v:w@i", "a://h b://i"),
            ("http://a:p@ss@h", "http://h"),
            ("see https://example.org or write to ada@example.org", "see https://example.org or write to ada@example.org"),
            ("url = \"https://tok@h\"://", "url = \"https://h\"://"),
        ];
        for (text, kept) in cases {
            assert_eq!(without_credentials(text), kept);
        }
    }

    #[test]
    fn only_variables_that_decide_or_that_a_script_names_are_kept() {
        let script = b"hash -r ; echo $MY_TOOL_HOME".as_slice();
        let kept = |name| is_kept(name, Platform::Linux, &[script]);
        assert!(kept("PATH") && kept("PYTHONPATH") && kept("CONDA_PREFIX") && kept("MY_TOOL_HOME"));
        assert!(!kept("MY_TOOL") && !kept("TOOL_HOME") && !kept("AWS_SECRET_ACCESS_KEY") && !kept("_") && !kept("PATHS"));
        assert!(is_kept("Path", Platform::Windows, &[]) && !is_kept("Path", Platform::Linux, &[]));
    }
}
