//! Which commit of which repository a folder is a checkout of, read from `.git` (gitrepository-layout(5)) without running git; the
//! answers are those of pip (pip/_internal/vcs/git.py).

mod config;

use crate::machine::path::Rules;
use crate::machine::{Kind, Machine};
use crate::text;
use crate::venv::distributions::direct_url::without_credentials;

/// `config`, `HEAD` and `packed-refs` are read up to this size.
const LIMIT: usize = 4 << 20;

/// How many folders upwards a repository, or a project, is looked for.
const CLIMB: usize = 64;

/// What pip says of a folder that lies in a checkout.
pub(super) enum Checkout {
    /// No remote is configured.
    NoRemote,
    /// The remote's URL is none that pip can write.
    OddRemote(String),
    /// There is no commit yet.
    NoCommit,
    /// What can be installed again.
    At {
        /// The URL as pip writes it.
        remote: String,
        /// The commit that is checked out.
        commit: String,
        /// The project's folder, seen from the folder around `.git`.
        below: Option<String>,
    },
}

struct Repository<'m> {
    machine: &'m dyn Machine,
    rules: Rules,
    /// The folder `.git`, or where a file `.git` leads: that of a worktree or a submodule.
    own: String,
    /// Where branches and settings are: another folder for a worktree.
    common: String,
}

/// The checkout that `folder` lies in; `None` where there is none.
pub(super) fn checkout(machine: &dyn Machine, folder: &str) -> Option<Checkout> {
    let repository = Repository::around(machine, folder)?;
    let Some(url) = repository.read(&repository.common, "config").and_then(|config| config::remote(&config)) else {
        return Some(Checkout::NoRemote);
    };
    let Some(remote) = pip_url(machine, &url) else { return Some(Checkout::OddRemote(url)) };
    let Some(commit) = repository.commit() else { return Some(Checkout::NoCommit) };
    Some(Checkout::At { remote: format!("git+{}", without_credentials(&remote)), commit, below: repository.below(folder) })
}

impl<'m> Repository<'m> {
    fn around(machine: &'m dyn Machine, folder: &str) -> Option<Self> {
        let rules = machine.platform().rules();
        let mut root = folder.to_owned();
        for _ in 0..CLIMB {
            let git = rules.join(&root, ".git");
            let own = match machine.stat(&git).map(|meta| meta.kind) {
                Ok(Kind::Dir) => Some(git),
                Ok(Kind::File) => led_to(machine, &git).map(|place| rules.normpath(&rules.join(&root, &place))),
                _ => None,
            };
            if let Some(own) = own {
                let common = led_to(machine, &rules.join(&own, "commondir"));
                let common = common.map_or_else(|| own.clone(), |place| rules.normpath(&rules.join(&own, &place)));
                return Some(Self { machine, rules, own, common });
            }
            let above = rules.dirname(&root);
            if above == root {
                return None;
            }
            root = above;
        }
        None
    }

    fn read(&self, folder: &str, name: &str) -> Option<String> {
        self.machine.read(&self.rules.join(folder, name), LIMIT).ok().map(|bytes| text::decode(&bytes))
    }

    /// `HEAD` holds a commit, or names the branch that does: as a file of its own, or a line of `packed-refs`.
    fn commit(&self) -> Option<String> {
        let head = self.read(&self.own, "HEAD")?;
        let Some(branch) = head.trim().strip_prefix("ref:").map(str::trim) else { return Some(head.trim().to_owned()) };
        if branch.contains("..") || branch.starts_with('/') {
            return None;
        }
        if let Some(commit) = self.read(&self.common, branch) {
            return Some(commit.trim().to_owned());
        }
        let packed = self.read(&self.common, "packed-refs")?;
        let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
        lines.find(|(_, name)| *name == branch).map(|(commit, _)| commit.to_owned())
    }

    /// Where the project is, seen from the folder around the repository's own; `None` where it is that folder, or where there is no
    /// project (`get_subdirectory()`, `find_path_to_project_root_from_repo_root()`).
    fn below(&self, folder: &str) -> Option<String> {
        let is_file = |path: &str| self.machine.stat(path).is_ok_and(|meta| meta.kind == Kind::File);
        let root = self.rules.dirname(&self.own);
        let mut project = folder.to_owned();
        for _ in 0..CLIMB {
            if ["pyproject.toml", "setup.py"].iter().any(|name| is_file(&self.rules.join(&project, name))) {
                return (!self.rules.same(&project, &root)).then(|| self.rules.relpath(&project, &root));
            }
            let above = self.rules.dirname(&project);
            if above == project {
                return None;
            }
            project = above;
        }
        None
    }
}

/// The path in a file of one line: `gitdir: ../.git/modules/a`, or `../..`.
fn led_to(machine: &dyn Machine, file: &str) -> Option<String> {
    let line = text::decode(&machine.read(file, LIMIT).ok()?);
    let place = line.trim_end_matches(['\n', '\r']);
    Some(place.strip_prefix("gitdir:").map_or(place, str::trim_start).to_owned()).filter(|place| !place.is_empty())
}

/// `git@host:path` is `ssh://git@host/path`; a folder is a `file:` URL (`_git_remote_to_pip_url()`, `SCP_REGEX`).
fn pip_url(machine: &dyn Machine, url: &str) -> Option<String> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| !scheme.is_empty() && scheme.chars().all(is_word)) {
        return Some(url.to_owned());
    }
    if machine.platform().rules().is_absolute(url) && machine.stat(url).is_ok() {
        return Some(format!("file://{url}"));
    }
    let (host, path) = url.split_once(':')?;
    let (user, server) = host.split_once('@').filter(|(user, _)| !user.is_empty() && user.chars().all(is_word)).unwrap_or(("", host));
    let fits = !server.is_empty() && !host.contains('/') && path.starts_with(is_word) && !path.contains(':');
    let user = if user.is_empty() { String::new() } else { format!("{user}@") };
    fits.then(|| format!("ssh://{user}{server}/{path}"))
}
