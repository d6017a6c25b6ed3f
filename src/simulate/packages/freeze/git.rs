//! Which commit of which repository a folder is a checkout of, read from `.git` (gitrepository-layout(5)) without running git.

use crate::machine::{Kind, Machine};
use crate::text;
use crate::venv::distributions::direct_url::without_credentials;

/// `config`, `HEAD` and `packed-refs` are read up to this size.
const LIMIT: usize = 4 << 20;

/// How many folders upwards a repository is looked for.
const CLIMB: usize = 64;

/// A checkout.
pub(super) struct Checkout {
    /// The URL as pip writes it; `None` where no remote is configured.
    pub remote: Option<String>,
    /// The commit that is checked out.
    pub commit: String,
    /// The folder's place below the repository's root.
    pub below: Option<String>,
}

/// The checkout that `folder` lies in; `None` where there is none, or no commit yet.
pub(super) fn checkout(machine: &dyn Machine, folder: &str) -> Option<Checkout> {
    let rules = machine.platform().rules();
    let mut root = folder.to_owned();
    for _ in 0..CLIMB {
        let git = rules.join(&root, ".git");
        if machine.stat(&git).is_ok_and(|meta| meta.kind == Kind::Dir) {
            let read = |name: &str| machine.read(&rules.join(&git, name), LIMIT).ok().map(|bytes| text::decode(&bytes));
            let commit = commit(&read)?;
            let remote = read("config").and_then(|config| remote(&config));
            let below = folder.strip_prefix(&root).map(|rest| rest.trim_start_matches(rules.sep())).filter(|rest| !rest.is_empty());
            return Some(Checkout { remote, commit, below: below.map(str::to_owned) });
        }
        let above = rules.dirname(&root);
        if above == root {
            return None;
        }
        root = above;
    }
    None
}

/// `HEAD` holds a commit, or names the branch that does: as a file of its own, or a line of `packed-refs`.
fn commit(read: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let head = read("HEAD")?;
    let Some(branch) = head.trim().strip_prefix("ref:").map(str::trim) else { return Some(head.trim().to_owned()) };
    if branch.contains("..") || branch.starts_with('/') {
        return None;
    }
    if let Some(commit) = read(branch) {
        return Some(commit.trim().to_owned());
    }
    let packed = read("packed-refs")?;
    let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(_, name)| *name == branch).map(|(commit, _)| commit.to_owned())
}

/// The URL of `origin`, else of the first remote (pip/_internal/vcs/git.py, `get_remote_url()`).
fn remote(config: &str) -> Option<String> {
    let mut section = String::new();
    let mut found: Vec<(bool, String)> = Vec::new();
    for line in config.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((key, url)) = line.split_once('=')
            && section.starts_with("remote ")
            && key.trim() == "url"
        {
            found.push((section == "remote \"origin\"", url.trim().to_owned()));
        }
    }
    let url = found.iter().find(|(is_origin, _)| *is_origin).or(found.first())?.1.clone();
    Some(format!("git+{}", without_credentials(&pip_url(&url))))
}

/// `git@host:path` is `ssh://git@host/path`; a folder is a `file:` URL.
fn pip_url(url: &str) -> String {
    match url.split_once(':') {
        _ if url.contains("://") => url.to_owned(),
        _ if url.starts_with('/') => format!("file://{url}"),
        Some((host, path)) if !host.contains('/') => format!("ssh://{host}/{}", path.trim_start_matches('/')),
        _ => url.to_owned(),
    }
}
