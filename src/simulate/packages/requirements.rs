//! Who requires whom: the requirements of each distribution that apply in this environment, led to the distribution that answers.

use super::Listed;
use super::satisfied::satisfies;
use super::scene::{Scene, extras, only_for_an_extra, parse};
use crate::venv::distributions::name;
use pep440_rs::Version;
use pep508_rs::{Requirement, VerbatimUrl, VersionOrUrl};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// One requirement that applies.
pub struct Edge {
    /// As the papers spell it.
    pub text: String,
    /// The name that is required, normalised.
    pub wanted: String,
    /// The installed distribution of that name, by its place in the list.
    pub target: Option<usize>,
    /// Whether its version will do; `None` where one of the two is no version.
    pub satisfied: Option<bool>,
}

/// The requirements of one distribution.
#[derive(Default)]
pub struct Edges {
    /// Those that apply.
    pub apply: Vec<Edge>,
    /// Those that cannot be read.
    pub bad: Vec<String>,
    /// Those that depend on what is not known, each with what that is.
    pub open: Vec<(String, &'static str)>,
}

/// The installed distributions that can answer a requirement, by normalised name. Papers without `METADATA` answer none
/// (pip/_internal/operations/check.py, `create_package_set_from_installed()`).
pub fn index(distributions: &[Listed]) -> BTreeMap<String, usize> {
    let counting = distributions.iter().enumerate().filter(|(_, one)| one.counts && one.details.metadata.is_ok());
    counting.map(|(at, one)| (one.details.key(), at)).collect()
}

/// The requirements of `one` that apply without extras, as `pip check` takes them (pip/_internal/operations/check.py).
pub fn of(scene: &Scene, distributions: &[Listed], index: &BTreeMap<String, usize>, one: &Listed, with: &[String]) -> Edges {
    let mut edges = Edges::default();
    let extras = extras(with);
    for text in &one.details.requirements {
        if extras.is_empty() && only_for_an_extra(text) {
            continue;
        }
        let Some(requirement) = parse(text) else {
            edges.bad.push(text.clone());
            continue;
        };
        match scene.applies(&requirement, &extras) {
            Ok(true) => edges.apply.push(edge(text, &requirement, distributions, index)),
            Ok(false) => {}
            Err(why) => edges.open.push((text.clone(), why)),
        }
    }
    edges
}

fn edge(text: &str, requirement: &Requirement<VerbatimUrl>, distributions: &[Listed], index: &BTreeMap<String, usize>) -> Edge {
    let wanted = name::normalized(requirement.name.as_ref());
    let target = index.get(&wanted).copied();
    let version = target.and_then(|at| distributions.get(at)).and_then(|one| one.details.compared_version()).map(version);
    let satisfied = match (&requirement.version_or_url, version) {
        (Some(VersionOrUrl::VersionSpecifier(specifiers)), Some(version)) => version.map(|version| satisfies(&version, specifiers.iter())),
        _ => Some(true),
    };
    Edge { text: text.to_owned(), wanted, target, satisfied }
}

/// A version; `None` for what is none (old times knew `2004d` and `1.0-final-2`).
pub fn version(text: &str) -> Option<Version> {
    if text.len() > 256 { None } else { Version::from_str(text).ok() }
}

/// A distribution and what it requires, for a drawn tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The normalised name that is required.
    pub wanted: String,
    /// The distribution, by its place in the list; `None` where it is missing.
    pub at: Option<usize>,
    /// The requirement that leads here; `None` at the root.
    pub requirement: Option<String>,
    /// Whether the version will do.
    pub satisfied: bool,
    /// What it requires in turn.
    pub branches: Vec<Branch>,
    /// Why it is not unfolded further.
    pub cut: Cut,
}

/// Why a branch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It is told in full.
    No,
    /// It leads back to a distribution above it.
    Circle,
    /// It was unfolded further up.
    Above,
    /// It lies too deep.
    Deep,
}

/// No deeper than this: no real chain of requirements is.
const DEEPEST: usize = 64;

/// Every distribution that no other needs, with what it requires below it; then circles that nothing leads into.
pub fn forest(scene: &Scene, distributions: &[Listed]) -> Vec<Branch> {
    let index = index(distributions);
    let edges: Vec<Edges> = distributions.iter().map(|one| of(scene, distributions, &index, one, &[])).collect();
    let needed: BTreeSet<usize> = edges
        .iter()
        .enumerate()
        .flat_map(|(at, edges)| edges.apply.iter().filter_map(move |edge| edge.target.filter(|target| *target != at)))
        .collect();
    let mut walk = Walk { edges: &edges, path: Vec::new(), unfolded: BTreeSet::new() };
    let mut roots = Vec::new();
    for (at, one) in distributions.iter().enumerate().filter(|(at, one)| one.counts && !needed.contains(at)) {
        roots.push(walk.branch(one.details.key(), Some(at), None, true));
    }
    for (at, one) in distributions.iter().enumerate() {
        if one.counts && !walk.unfolded.contains(&at) {
            roots.push(walk.branch(one.details.key(), Some(at), None, true));
        }
    }
    roots
}

struct Walk<'a> {
    edges: &'a [Edges],
    path: Vec<usize>,
    unfolded: BTreeSet<usize>,
}

impl Walk<'_> {
    fn branch(&mut self, wanted: String, at: Option<usize>, requirement: Option<String>, satisfied: bool) -> Branch {
        let mut branch = Branch { wanted, at, requirement, satisfied, branches: Vec::new(), cut: Cut::No };
        let Some(at) = at else { return branch };
        let edges = self.edges.get(at).map(|edges| edges.apply.as_slice()).unwrap_or_default();
        branch.cut = match () {
            () if self.path.contains(&at) => Cut::Circle,
            () if self.unfolded.contains(&at) && !edges.is_empty() => Cut::Above,
            () if self.path.len() >= DEEPEST => Cut::Deep,
            () => Cut::No,
        };
        if branch.cut != Cut::No {
            return branch;
        }
        self.unfolded.insert(at);
        self.path.push(at);
        for edge in edges {
            let below = self.branch(edge.wanted.clone(), edge.target, Some(edge.text.clone()), edge.satisfied != Some(false));
            branch.branches.push(below);
        }
        self.path.pop();
        branch.branches.sort_by(|a, b| a.wanted.cmp(&b.wanted));
        branch
    }
}
