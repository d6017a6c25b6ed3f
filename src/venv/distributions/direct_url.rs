//! `direct_url.json` (PEP 610): where a distribution came from, when it came from no index.

use crate::machine::path::Rules;
use serde_json::{Map, Value};

/// The file is a few lines long.
pub const LIMIT: usize = 1 << 16;

/// Where a distribution came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectUrl {
    /// The URL, without user name and password.
    pub url: String,
    /// The folder below the URL that holds the project.
    pub subdirectory: Option<String>,
    /// What stands there.
    pub origin: Origin,
}

/// What stands at a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A folder of this machine from which the code is still read.
    Editable,
    /// A folder of this machine; its files were copied.
    Folder,
    /// A file: a wheel, or an archive of sources.
    Archive {
        /// `algorithm=digest`.
        hash: Option<String>,
    },
    /// A version control system.
    Vcs {
        /// `git`, `hg`, `svn`, `bzr`.
        system: String,
        /// What was checked out.
        commit: String,
    },
}

/// The file says nothing that an installer would take.
struct Unusable;

impl DirectUrl {
    /// Reads the file's bytes; `None` where they say nothing usable.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        Self::take(bytes).ok()
    }

    /// (`pip/_internal/models/direct_url.py`: `from_dict()`, `_get()`)
    fn take(bytes: &[u8]) -> Result<Self, Unusable> {
        let value: Value = serde_json::from_slice(bytes).map_err(|_| Unusable)?;
        let object = value.as_object().ok_or(Unusable)?;
        let text = |object, key: &str| Ok(field(object, key, Value::as_str)?.map(str::to_owned));
        let part = |key: &str| field(object, key, Value::as_object);
        let origin = match (part("dir_info")?, part("archive_info")?, part("vcs_info")?) {
            (Some(folder), None, None) if field(folder, "editable", Value::as_bool)? == Some(true) => Origin::Editable,
            (Some(_), None, None) => Origin::Folder,
            (None, Some(archive), None) => {
                let hash = text(archive, "hash")?;
                field(archive, "hashes", Value::as_object)?;
                if hash.as_ref().is_some_and(|hash| !hash.contains('=')) {
                    return Err(Unusable);
                }
                Origin::Archive { hash }
            }
            (None, None, Some(vcs)) => {
                text(vcs, "requested_revision")?;
                let required = |key: &str| text(vcs, key)?.ok_or(Unusable);
                Origin::Vcs { system: required("vcs")?, commit: required("commit_id")? }
            }
            _ => return Err(Unusable),
        };
        let url = text(object, "url")?.ok_or(Unusable)?;
        Ok(Self { url: without_credentials(&url), subdirectory: text(object, "subdirectory")?, origin })
    }

    /// The project folder of an editable installation.
    pub fn editable_project(&self, rules: Rules) -> Option<String> {
        if self.origin == Origin::Editable { path_of_url(&self.url, rules) } else { None }
    }
}

/// A field of one kind, where it is there; something else in its place, `null` too, makes the whole file unusable.
fn field<'v, T>(object: &'v Map<String, Value>, key: &str, kind: impl Fn(&'v Value) -> Option<T>) -> Result<Option<T>, Unusable> {
    object.get(key).map(|value| kind(value).ok_or(Unusable)).transpose()
}

/// The URL without what stands before `@` in its authority. `git@` names no secret: it is the account that every user of an SSH
/// server shares; nor do `${NAME}` and `${NAME}:${NAME}` (`pip/_internal/models/direct_url.py`: `_remove_auth_from_netloc()`, `ENV_VAR_RE`).
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((user, host)) if user != "git" && !user.split(':').all(is_variable) => format!("{scheme}://{host}{path}"),
        _ => url.to_owned(),
    }
}

fn is_variable(text: &str) -> bool {
    let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character)))
}

/// The path that a `file:` URL names (pip/_internal/utils/urls.py, `url_to_path()`).
pub fn path_of_url(url: &str, rules: Rules) -> Option<String> {
    let rest = url.strip_prefix("file:")?;
    let path = match rest.strip_prefix("//") {
        Some(rest) => rest.strip_prefix("localhost").filter(|rest| rest.starts_with('/')).unwrap_or(rest),
        None => rest,
    };
    let path = percent_decoded(path);
    Some(match rules {
        Rules::Posix => path,
        Rules::Windows => path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':')).unwrap_or(&path).replace('/', "\\"),
    })
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(value) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            decoded.push(value);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    crate::text::decode(&decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_taken_out_of_urls() {
        assert_eq!(without_credentials("https://ada:secret@example.org/a@b"), "https://example.org/a@b");
        assert_eq!(without_credentials("ssh://git@example.org/a"), "ssh://git@example.org/a");
        assert_eq!(without_credentials("file:///a@b"), "file:///a@b");
        assert_eq!(without_credentials("https://${USER}:${TOKEN}@example.org/a"), "https://${USER}:${TOKEN}@example.org/a");
        assert_eq!(without_credentials("https://${USER}:secret@example.org/a"), "https://example.org/a");
    }

    #[test]
    fn the_project_of_an_editable_installation_is_a_path() {
        let read = |url: &str| DirectUrl::parse(format!(r#"{{"url": "{url}", "dir_info": {{"editable": true}}}}"#).as_bytes()).unwrap();
        assert_eq!(read("file:///home/ada/a%20b").editable_project(Rules::Posix).as_deref(), Some("/home/ada/a b"));
        assert_eq!(read("file:///C:/Users/Ada/b").editable_project(Rules::Windows).as_deref(), Some("C:\\Users\\Ada\\b"));
        assert_eq!(DirectUrl::parse(b"{}"), None);
    }
}
