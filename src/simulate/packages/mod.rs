//! What is installed where `sys.path` reaches, whether it fits together, and what pip would do with it.
//!
//! The stages: [`Scene`] is the interpreter that counts, [`Packages::of`] gathers the distributions of each item of `sys.path`,
//! `problems` judges them as `pip check` does, [`freeze`] writes them as `pip freeze` does.

pub mod anatomy;
pub mod fit;
pub mod freeze;
mod problems;
pub mod requirements;
mod satisfied;
pub mod scene;
pub mod uninstall;
pub mod verify;

pub use scene::Scene;

use crate::machine::folder::Folder;
use crate::machine::{Fault, Kind, Machine};
use crate::simulate::startup::Startup;
use crate::venv::distributions::conda::Records;
use crate::venv::distributions::search::Papers;
use crate::venv::distributions::zipped::Zipped;
use crate::venv::distributions::{Details, name, search};
use crate::venv::{Environment, Unknown};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The `packages` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Packages {
    /// `venv-explain/packages/1`.
    pub schema: &'static str,
    /// Every distribution, by the items of `sys.path` and then by name.
    pub distributions: Vec<Listed>,
    /// What does not fit together.
    pub problems: Vec<Problem>,
    /// What cannot be known.
    pub unknown: Vec<Unknown>,
}

/// One distribution. Field names are the public contract's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name as `METADATA` spells it.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its papers: the `.dist-info` or `.egg-info` itself.
    pub path: String,
    /// What put it there.
    pub installer: Option<String>,
    /// Whether it was asked for by name.
    pub requested: bool,
    /// The project folder of an editable installation.
    pub editable: Option<String>,
    /// The item of `sys.path` that brings it in.
    pub sys_path_item: String,
    /// The bytes that `RECORD` adds up to.
    pub size: Option<u64>,
    /// All that its papers say.
    #[serde(skip)]
    pub details: Details,
    /// Whether it is the first of its name, the one that counts.
    #[serde(skip)]
    pub counts: bool,
    /// The names of the distributions that need it, sorted.
    #[serde(skip)]
    pub needed_by: Vec<String>,
    /// The names of the distributions that it needs, as installed or as required, sorted.
    #[serde(skip)]
    pub needs: Vec<String>,
    /// conda's own record of it.
    #[serde(skip)]
    pub conda: Option<String>,
}

/// Something that does not fit together. Field names are the public contract's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// What kind of thing.
    pub kind: Trouble,
    /// The distribution that is missing, or wrong.
    pub name: String,
    /// The distribution that asks for it.
    pub required_by: Option<String>,
    /// What it asks for, as it spells it.
    pub requirement: Option<String>,
    /// What is there instead.
    pub found: Option<String>,
}

/// Kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Nothing of that name is installed.
    Missing,
    /// Another version is installed.
    Version,
    /// Another version of Python is needed.
    Python,
    /// It was packaged for another interpreter or system.
    Platform,
    /// Papers of two versions lie side by side.
    Duplicate,
    /// A copy that comes later on `sys.path` and does not count.
    Shadowed,
    /// What an interrupted uninstall left behind.
    Leftover,
    /// Papers without `METADATA`.
    NoMetadata,
    /// `METADATA` without a name.
    NoName,
    /// `METADATA` that is not UTF-8.
    Encoding,
    /// A version that is none.
    BadVersion,
    /// A requirement that cannot be read.
    BadRequirement,
    /// An `.egg-link` that leads nowhere.
    BrokenLink,
}

impl Trouble {
    /// The lesson on it.
    pub fn lesson(self) -> &'static str {
        match self {
            Self::Missing => "package/missing",
            Self::Version => "package/version",
            Self::Python => "package/python",
            Self::Platform => "package/platform",
            Self::Duplicate => "package/duplicate",
            Self::Shadowed => "package/shadowed",
            Self::Leftover => "package/leftover",
            Self::NoMetadata => "package/no-metadata",
            Self::NoName => "package/no-name",
            Self::Encoding => "package/encoding",
            Self::BadVersion => "package/bad-version",
            Self::BadRequirement => "package/bad-requirement",
            Self::BrokenLink => "package/broken-link",
        }
    }

    /// Whether something is broken by it, rather than odd.
    pub fn is_severe(self) -> bool {
        matches!(self, Self::Missing | Self::Version | Self::Python | Self::Platform)
    }
}

/// What lies in the items of one `sys.path`.
struct Reached {
    distributions: Vec<Listed>,
    leftovers: Vec<String>,
    broken_links: Vec<String>,
    unknown: Vec<Unknown>,
}

impl Packages {
    /// What `environment`'s own Python reaches, started as `startup` tells; without it, the environment's own folders.
    pub fn of(machine: &dyn Machine, environment: &Environment, startup: Option<&Startup>) -> Self {
        let scene = Scene::read(machine, environment, startup);
        let items: Vec<String> = match startup.and_then(|startup| startup.sys_path.as_ref()) {
            Some(items) => items.iter().map(|item| item.path.clone()).collect(),
            None => environment.site_packages.clone(),
        };
        let mut prefixes = vec![environment.root.as_str()];
        prefixes.extend(startup.and_then(|startup| startup.base_prefix.as_deref()));
        let mut reached = reach(machine, &prefixes, &items);
        let judged = problems::judge(machine, &scene, &mut reached);
        Self {
            schema: "venv-explain/packages/1",
            unknown: reached.unknown.into_iter().chain(judged.unknown).collect(),
            problems: judged.problems,
            distributions: reached.distributions,
        }
    }

    /// The distribution of that name that counts, names compared as the specification says.
    pub fn named(&self, wanted: &str) -> Option<&Listed> {
        let wanted = name::normalized(wanted);
        let is_it = |one: &&Listed| one.details.key() == wanted || name::normalized(&one.name) == wanted;
        self.distributions.iter().filter(is_it).min_by_key(|one| !one.counts)
    }
}

fn reach(machine: &dyn Machine, prefixes: &[&str], items: &[String]) -> Reached {
    let rules = machine.platform().rules();
    let mut reached = Reached { distributions: Vec::new(), leftovers: Vec::new(), broken_links: Vec::new(), unknown: Vec::new() };
    let mut found = Vec::new();
    let mut zipped: Vec<Details> = Vec::new();
    let mut links: BTreeMap<String, String> = BTreeMap::new();
    for item in items {
        match if item.is_empty() { Ok(None) } else { Zipped::open(machine, item) } {
            Ok(Some(archive)) => {
                let papers = search::search(&archive, item).papers.into_iter();
                // In an archive only folders of papers are read (Lib/importlib/metadata, `PathDistribution.read_text()`).
                let papers = papers.map(|papers| Papers { form: papers.form.in_archive(), ..papers });
                if let Ok(site) = archive.folder(item) {
                    zipped.extend(papers.map(|papers| Details::read(&archive, &*site, papers)));
                }
            }
            Err(fault @ (Fault::TooBig { .. } | Fault::Denied | Fault::NotRecorded | Fault::Io(_))) => {
                reached.unknown.push(Unknown { what: format!("distributions inside {item}"), why: fault.to_string() });
            }
            Ok(None) | Err(_) => {}
        }
        let here = search::search(machine, item);
        for link in here.links {
            match linked(machine, item, &link) {
                Some(project) => drop(links.insert(rules.normpath(&project), link)),
                None => reached.broken_links.push(link),
            }
        }
        reached.leftovers.extend(here.leftovers);
        found.extend(opened(machine, here.papers));
    }
    // Old pip looks where an .egg-link leads even when no line of easy-install.pth names that folder.
    for project in links.keys().filter(|project| !items.iter().any(|item| rules.same(item, project))) {
        found.extend(opened(machine, search::search(machine, project).papers));
    }
    let mut details: Vec<Details> = found.into_par_iter().map(|(site, papers)| Details::read(machine, &*site, papers)).collect();
    details.append(&mut zipped);
    for one in &mut details {
        if let Some(link) = links.get(&rules.normpath(&one.papers.site)) {
            one.egg_link_file = Some(link.clone());
            one.egg_link = Some(one.papers.site.clone());
        }
    }
    // A prefix from which nothing is taken needs no look at its records: there are hundreds.
    let holds = |prefix: &&&str| details.iter().any(|one| rules.is_within(&one.papers.site, prefix));
    let mut conda = Records::default();
    for records in prefixes.iter().filter(holds).map(|prefix| Records::read(machine, prefix)) {
        conda.of.extend(records.of);
        reached.unknown.extend(records.unknown);
    }
    let conda = |details: &Details| conda.of.get(&rules.normpath(&details.papers.path)).cloned();
    reached.distributions = details.into_iter().map(|details| listed(machine, conda(&details), details)).collect();
    sort(&mut reached.distributions, items);
    count(&mut reached.distributions);
    reached
}

/// Each with the folder that holds them all.
fn opened(machine: &dyn Machine, papers: Vec<Papers>) -> Vec<(Arc<dyn Folder + '_>, Papers)> {
    let site = papers.first().and_then(|first| machine.folder(&first.site).ok()).map(Arc::from);
    site.map(|site: Arc<dyn Folder + '_>| papers.into_iter().map(|papers| (site.clone(), papers)).collect()).unwrap_or_default()
}

fn listed(machine: &dyn Machine, conda: Option<String>, details: Details) -> Listed {
    Listed {
        name: details.name.clone(),
        version: details.version.clone(),
        path: details.papers.path.clone(),
        installer: details.installer.clone(),
        requested: details.requested,
        editable: details.project(machine),
        sys_path_item: details.papers.item.clone(),
        size: details.record.as_ref().and_then(|record| record.size),
        conda,
        counts: false,
        needed_by: Vec::new(),
        needs: Vec::new(),
        details,
    }
}

/// By the items of `sys.path` in their order, then by name.
fn sort(distributions: &mut [Listed], items: &[String]) {
    let rank = |one: &Listed| items.iter().position(|item| *item == one.sys_path_item).unwrap_or(items.len());
    distributions.sort_by_cached_key(|one| (rank(one), one.details.key(), one.path.clone()));
}

/// Marks the first of each name. The working folder (the empty item) depends on where one stands: what lies there hides nothing.
fn count(distributions: &mut [Listed]) {
    let mut seen = std::collections::BTreeSet::new();
    for one in distributions.iter_mut().filter(|one| !one.sys_path_item.is_empty()) {
        let has_metadata = one.details.metadata.is_ok();
        one.counts = name::is_valid(name::of_folder(&one.details.papers.file).0) && has_metadata && seen.insert(one.details.key());
    }
    // Papers without METADATA count where there are no others.
    for one in distributions.iter_mut().filter(|one| !one.counts && !one.sys_path_item.is_empty()) {
        one.counts = name::is_valid(name::of_folder(&one.details.papers.file).0) && seen.insert(one.details.key());
    }
}

/// The project folder that an `.egg-link` names in its first line; `None` where nothing is there.
fn linked(machine: &dyn Machine, item: &str, link: &str) -> Option<String> {
    let text = crate::text::decode(&machine.read(link, 1 << 16).ok()?);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let folder = machine.platform().rules().join(item, first);
    machine.stat(&folder).is_ok_and(|meta| meta.kind == Kind::Dir).then_some(folder)
}
