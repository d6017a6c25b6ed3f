//! `direct_url.json` (PEP 610): where a distribution came from, when it came from no index.

use crate::machine::path::Rules;
use serde::Deserialize;

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

#[derive(Deserialize)]
struct Raw {
    url: String,
    subdirectory: Option<String>,
    dir_info: Option<RawFolder>,
    archive_info: Option<RawArchive>,
    vcs_info: Option<RawVcs>,
}

#[derive(Deserialize)]
struct RawFolder {
    #[serde(default)]
    editable: bool,
}

#[derive(Deserialize)]
struct RawArchive {
    hash: Option<String>,
}

#[derive(Deserialize)]
struct RawVcs {
    vcs: String,
    commit_id: String,
}

impl DirectUrl {
    /// Reads the file's bytes; `None` where they say nothing usable.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let raw: Raw = serde_json::from_slice(bytes).ok()?;
        let origin = match (raw.dir_info, raw.archive_info, raw.vcs_info) {
            (Some(folder), None, None) if folder.editable => Origin::Editable,
            (Some(_), None, None) => Origin::Folder,
            (None, Some(archive), None) => Origin::Archive { hash: archive.hash },
            (None, None, Some(vcs)) => Origin::Vcs { system: vcs.vcs, commit: vcs.commit_id },
            _ => return None,
        };
        Some(Self { url: without_credentials(&raw.url), subdirectory: raw.subdirectory, origin })
    }

    /// The project folder of an editable installation.
    pub fn editable_project(&self, rules: Rules) -> Option<String> {
        if self.origin == Origin::Editable { path_of_url(&self.url, rules) } else { None }
    }
}

/// The URL without what stands before `@` in its authority. `git@` names no secret: it is the account that every user of an SSH
/// server shares (`pip/_internal/models/direct_url.py`, `_remove_auth_from_netloc()`).
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((user, host)) if user != "git" => format!("{scheme}://{host}{path}"),
        _ => url.to_owned(),
    }
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
    }

    #[test]
    fn the_project_of_an_editable_installation_is_a_path() {
        let read = |url: &str| DirectUrl::parse(format!(r#"{{"url": "{url}", "dir_info": {{"editable": true}}}}"#).as_bytes()).unwrap();
        assert_eq!(read("file:///home/ada/a%20b").editable_project(Rules::Posix).as_deref(), Some("/home/ada/a b"));
        assert_eq!(read("file:///C:/Users/Ada/b").editable_project(Rules::Windows).as_deref(), Some("C:\\Users\\Ada\\b"));
        assert_eq!(DirectUrl::parse(b"{}"), None);
    }
}
