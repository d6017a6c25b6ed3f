//! What does not fit together, as `pip check` and `uv pip check` judge it, and papers that are not in order.

use super::requirements::{self, Edges};
use super::satisfied::satisfies;
use super::{Listed, Problem, Reached, Scene, Trouble, fit};
use crate::machine::path::{Rules, realpath};
use crate::machine::{Fault, Machine};
use crate::venv::Unknown;
use crate::venv::distributions::search::Form;
use crate::venv::distributions::{Details, name};
use pep440_rs::VersionSpecifiers;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::str::FromStr;

pub(super) struct Judged {
    pub problems: Vec<Problem>,
    pub unknown: Vec<Unknown>,
}

/// Judges every distribution that counts, and writes down who needs whom.
pub(super) fn judge(machine: &dyn Machine, scene: &Scene, reached: &mut Reached) -> Judged {
    let mut judged = Judged { problems: Vec::new(), unknown: Vec::new() };
    let index = requirements::index(&reached.distributions);
    let distributions = &reached.distributions;
    let empty = Vec::new();
    let edges: Vec<Edges> = distributions
        .par_iter()
        .map(|one| if one.counts { requirements::of(scene, distributions, &index, one, &empty) } else { Edges::default() })
        .collect();
    for (one, edges) in distributions.iter().zip(&edges) {
        judged.of_requirements(distributions, one, edges);
    }
    for one in distributions {
        judged.of_papers(machine.platform().rules(), scene, one);
    }
    judged.copies(machine, distributions);
    let rules = machine.platform().rules();
    let odd = |kind: Trouble, path: &String| Problem { found: Some(path.clone()), ..problem(kind, rules.basename(path)) };
    judged.problems.extend(reached.leftovers.iter().map(|path| odd(Trouble::Leftover, path)));
    judged.problems.extend(reached.broken_links.iter().map(|path| odd(Trouble::BrokenLink, path)));
    judged.problems.sort();
    judged.problems.dedup();
    write_down(&mut reached.distributions, &edges);
    judged
}

fn problem(kind: Trouble, name: impl Into<String>) -> Problem {
    Problem { kind, name: name.into(), required_by: None, requirement: None, found: None }
}

impl Judged {
    fn of_requirements(&mut self, distributions: &[Listed], one: &Listed, edges: &Edges) {
        for edge in &edges.apply {
            let by = Problem {
                required_by: Some(one.name.clone()),
                requirement: Some(edge.text.clone()),
                ..problem(Trouble::Missing, &edge.wanted)
            };
            match edge.target.and_then(|at| distributions.get(at)) {
                None => self.problems.push(by),
                Some(target) if edge.satisfied == Some(false) => {
                    let found = target.version.clone();
                    self.problems.push(Problem { kind: Trouble::Version, name: target.name.clone(), found, ..by });
                }
                Some(_) => {}
            }
        }
        for text in &edges.bad {
            self.problems.push(Problem { requirement: Some(text.clone()), ..problem(Trouble::BadRequirement, &one.name) });
        }
        self.unknown.extend(
            edges.open.iter().map(|(text, why)| Unknown { what: format!("whether {} requires {text}", one.name), why: (*why).to_owned() }),
        );
    }

    fn of_papers(&mut self, rules: Rules, scene: &Scene, one: &Listed) {
        let details = &one.details;
        let found = |kind: Trouble, found: String| Problem { found: Some(found), ..problem(kind, &one.name) };
        self.unknown.extend(unread(rules, details));
        match &details.metadata {
            Err(Fault::Missing | Fault::NotADirectory) => self.problems.push(found(Trouble::NoMetadata, one.path.clone())),
            Err(fault) => self.unknown.push(Unknown { what: format!("what {} says", one.path), why: fault.to_string() }),
            Ok(metadata) => {
                if metadata.get("Name").is_none() {
                    self.problems.push(found(Trouble::NoName, metadata.file.clone()));
                }
                if let Some(line) = metadata.not_utf8 {
                    self.problems.push(found(Trouble::Encoding, format!("{}:{line}", metadata.file)));
                }
            }
        }
        if !one.counts {
            return;
        }
        match details.compared_version() {
            Some(version) if requirements::version(version).is_none() => {
                self.problems.push(found(Trouble::BadVersion, version.to_owned()));
            }
            None => self.unknown.push(Unknown { what: format!("the version of {}", one.name), why: "its papers do not tell".to_owned() }),
            Some(_) => {}
        }
        if let Some(wanted) = wrong_python(scene, details) {
            self.problems.push(Problem {
                required_by: Some(one.name.clone()),
                requirement: Some(wanted),
                found: scene.version.clone(),
                ..problem(Trouble::Python, "Python")
            });
        }
        if details.papers.form == Form::DistInfo && fit::no_tag_fits(scene, &details.tags) {
            self.problems.push(found(Trouble::Platform, details.tags.join(" ")));
        }
        if one.size.is_none() {
            let why = match &details.record {
                Some(_) => "its RECORD tells no sizes",
                None if details.unread("RECORD").is_some() => "its RECORD cannot be read",
                None => "no RECORD lists its files",
            };
            self.unknown.push(Unknown { what: format!("the size of {}", one.name), why: why.to_owned() });
        }
    }

    /// Two of one name: side by side, or one before the other on `sys.path`.
    fn copies(&mut self, machine: &dyn Machine, distributions: &[Listed]) {
        let mut first: BTreeMap<String, &Listed> = BTreeMap::new();
        for one in distributions.iter().filter(|one| one.counts) {
            first.insert(one.details.key(), one);
        }
        for one in distributions.iter().filter(|one| !one.counts && !one.sys_path_item.is_empty()) {
            let Some(winner) = first.get(&one.details.key()) else { continue };
            let beside = one.details.papers.site == winner.details.papers.site;
            // lib64 is often a link to lib: the same papers by another path are no copy.
            if !beside && realpath(machine, &one.path) == realpath(machine, &winner.path) {
                continue;
            }
            let kind = if beside { Trouble::Duplicate } else { Trouble::Shadowed };
            self.problems.push(Problem { found: Some(one.path.clone()), ..problem(kind, &winner.name) });
        }
    }
}

/// What cannot be read of the papers beside `METADATA`.
pub(super) fn unread(rules: Rules, details: &Details) -> impl Iterator<Item = Unknown> {
    let path = move |file: &str| rules.join(&details.papers.path, file);
    details
        .unread
        .iter()
        .filter(|_| !details.is_unread())
        .map(move |(file, fault)| Unknown { what: format!("what {} says", path(file)), why: fault.to_string() })
}

/// `Requires-Python`, where it shuts this Python out.
fn wrong_python(scene: &Scene, details: &Details) -> Option<String> {
    let wanted = details.metadata.as_ref().ok()?.get("Requires-Python")?;
    let specifiers = VersionSpecifiers::from_str(wanted.strip_suffix(',').unwrap_or(wanted)).ok()?;
    let version = requirements::version(scene.version.as_deref()?)?;
    (!satisfies(&version, specifiers.iter())).then(|| wanted.to_owned())
}

fn write_down(distributions: &mut [Listed], edges: &[Edges]) {
    let mut needed_by: Vec<Vec<String>> = vec![Vec::new(); distributions.len()];
    for (at, edges) in edges.iter().enumerate() {
        let Some(name) = distributions.get(at).map(|one| one.name.clone()) else { continue };
        for target in edges.apply.iter().filter_map(|edge| edge.target).filter(|target| *target != at) {
            needed_by[target].push(name.clone());
        }
        let mut needs: Vec<String> = edges
            .apply
            .iter()
            .map(|edge| edge.target.and_then(|target| distributions.get(target)).map_or(edge.wanted.clone(), |one| one.name.clone()))
            .collect();
        needs.sort_by_key(|name| name::normalized(name));
        needs.dedup();
        distributions[at].needs = needs;
    }
    for (one, mut names) in distributions.iter_mut().zip(needed_by) {
        names.sort_by_key(|name| name::normalized(name));
        names.dedup();
        one.needed_by = names;
    }
}
