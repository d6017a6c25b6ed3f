//! What `pip freeze` prints, from the disk alone (pip/_internal/operations/freeze.py).

mod git;

use super::{Listed, Packages, Scene};
use crate::machine::Machine;
use crate::simulate::packages::requirements::version;
use crate::venv::distributions::direct_url::{DirectUrl, Origin};
use crate::venv::distributions::name;
use git::Checkout;

/// The lines of `pip freeze`, sorted by name without case.
pub fn freeze(machine: &dyn Machine, scene: &Scene, packages: &Packages) -> String {
    let mut frozen: Vec<(String, String)> = packages
        .distributions
        .iter()
        .filter(|one| one.counts && !left_out(scene, one) && !is_in_wheel(one))
        .map(|one| (name_of(one).to_lowercase(), requirement(machine, one)))
        .collect();
    frozen.sort_by(|a, b| a.0.cmp(&b.0));
    frozen.into_iter().map(|(_, lines)| lines + "\n").collect()
}

/// A value that stays within its line: a control character, which no real name or URL has, as `%0A`.
fn on_a_line(value: &str) -> String {
    let escaped = |character: char| if character.is_control() { format!("%{:02X}", u32::from(character)) } else { character.to_string() };
    value.chars().map(escaped).collect()
}

/// What pip takes to belong to the installation itself (pip/_internal/commands/freeze.py, `_dev_pkgs()`; `stdlib_pkgs`). Python
/// brings no setuptools from 3.12 on, so from then on it is listed.
fn left_out(scene: &Scene, one: &Listed) -> bool {
    let key = one.details.key();
    let tools = ["setuptools", "distribute", "wheel"];
    matches!(key.as_str(), "pip" | "python" | "wsgiref" | "argparse")
        || (scene.minor().is_some_and(|minor| minor < (3, 12)) && tools.contains(&key.as_str()))
}

/// Papers inside of a wheel on `sys.path` are no installation (pip/_internal/metadata/importlib/_envs.py, `_looks_like_wheel()`).
fn is_in_wheel(one: &Listed) -> bool {
    one.sys_path_item.ends_with(".whl")
}

fn requirement(machine: &dyn Machine, one: &Listed) -> String {
    if let Some(project) = &one.editable {
        return editable(machine, one, project);
    }
    match &one.details.direct_url {
        Some(url) => on_a_line(&direct(&name_of(one), url)),
        None => pinned(one),
    }
}

/// As `METADATA` spells it, else as the folder does, in its normal form (pip/_internal/metadata/importlib/_dists.py, `raw_name`).
fn name_of(one: &Listed) -> String {
    let stated = one.details.metadata.as_ref().ok().and_then(|metadata| metadata.get("Name"));
    stated.map_or_else(|| one.details.key(), str::to_owned)
}

/// `name==version`, the version in its normal form; `===` for what is no version, Python's `None` where none is stated.
fn pinned(one: &Listed) -> String {
    let stated = one.details.compared_version().or(one.version.as_deref()).unwrap_or("None");
    match version(stated) {
        Some(version) => format!("{}=={version}", on_a_line(&name_of(one))),
        None => on_a_line(&format!("{}==={stated}", name_of(one))),
    }
}

/// (`pip/_internal/utils/direct_url_helpers.py`, `direct_url_as_pep440_direct_reference()`)
fn direct(name: &str, url: &DirectUrl) -> String {
    let mut fragments = Vec::new();
    let place = match &url.origin {
        Origin::Vcs { system, commit } => format!("{system}+{}@{commit}", url.url),
        Origin::Archive { hash } => {
            fragments.extend(hash.clone());
            url.url.clone()
        }
        Origin::Folder | Origin::Editable => url.url.clone(),
    };
    fragments.extend(url.subdirectory.as_ref().map(|folder| format!("subdirectory={folder}")));
    let fragment = if fragments.is_empty() { String::new() } else { format!("#{}", fragments.join("&")) };
    format!("{name} @ {place}{fragment}")
}

/// `-e` with the repository where the folder is a checkout of one, else with the folder itself and a remark above.
fn editable(machine: &dyn Machine, one: &Listed, project: &str) -> String {
    let rules = machine.platform().rules();
    let folder = on_a_line(&rules.normcase(&rules.normpath(project)));
    let shown = pinned(one);
    let without = |said: String| format!("# Editable {said}\n-e {folder}");
    match git::checkout(machine, &folder) {
        // pip asks the program of each of these systems; where it is absent, pip writes no remark.
        None if [".hg", ".svn", ".bzr"].iter().any(|name| machine.stat(&rules.join(&folder, name)).is_ok()) => format!("-e {folder}"),
        None => without(format!("install with no version control ({shown})")),
        Some(Checkout::NoRemote) => without(format!("Git install with no remote ({shown})")),
        Some(Checkout::OddRemote(url)) => {
            without(format!("Git install ({shown}) with either a deleted local remote or invalid URI:\n# '{url}'"))
        }
        Some(Checkout::NoCommit) => format!("## !! Could not determine repository location\n-e {folder}"),
        Some(Checkout::At { remote, commit, below }) => {
            let subdirectory = below.map(|below| format!("&subdirectory={below}")).unwrap_or_default();
            let name = name_of(one);
            let egg = name.replace('-', "_");
            let egg = if name::is_valid(&egg) { egg } else { name };
            format!("-e {remote}@{commit}#egg={egg}{subdirectory}")
        }
    }
}
