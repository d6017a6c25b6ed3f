//! One distribution taken apart: each file of its papers, `RECORD` held against the disk, what uninstalling does, and whether its
//! compiled files can be loaded.

use super::uninstall::{Uninstall, uninstall};
use super::verify::{Verified, files_below, recorded_by_others, verify};
use super::{Listed, Packages, Scene, fit};
use crate::machine::Machine;
use crate::venv::binary::Binary;
use crate::venv::distributions::record;
use crate::venv::distributions::search::Form;
use crate::venv::{Environment, Unknown};
use serde::Serialize;

/// The `package` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Anatomy {
    /// `venv-explain/package/1`.
    pub schema: &'static str,
    /// Its name as `METADATA` spells it.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its papers.
    pub path: String,
    /// Each file of the papers.
    pub files: Vec<Paper>,
    /// `RECORD` held against the disk; `null` where there is none.
    pub record: Option<Verified>,
    /// What `pip uninstall` would remove.
    pub would_remove: Vec<String>,
    /// What it would leave in the folders of the distribution, or refuse to touch.
    pub would_leave: Vec<String>,
    /// What cannot be known.
    pub unknown: Vec<Unknown>,
    /// The distribution as the list has it.
    #[serde(skip)]
    pub listed: Box<Listed>,
    /// What uninstalling does, in full.
    #[serde(skip)]
    pub uninstall: Uninstall,
    /// Whether a tag of `WHEEL` fits; `None` where it has none.
    #[serde(skip)]
    pub fits: Option<bool>,
    /// Compiled files, each with whether it can be loaded here.
    #[serde(skip)]
    pub compiled: Vec<(String, fit::Fitness)>,
}

/// A file of the papers. Field names are the public contract's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paper {
    /// Its path from the folder of the papers, with `/`.
    pub name: String,
    /// The lesson on it.
    pub lesson: &'static str,
    /// Its size in bytes.
    #[serde(skip)]
    pub size: Option<u64>,
}

impl Anatomy {
    /// Takes `one` of `packages` apart.
    pub fn of(machine: &dyn Machine, environment: &Environment, scene: &Scene, packages: &Packages, one: &Listed) -> Self {
        let rules = machine.platform().rules();
        let papers = &one.details.papers;
        let bytes =
            if papers.form == Form::DistInfo { machine.read(&rules.join(&papers.path, "RECORD"), record::LIMIT).ok() } else { None };
        let entries = bytes.map(|bytes| record::entries(&bytes));
        let others = || {
            let others = packages.distributions.iter().filter(|other| other.path != one.path);
            let papers: Vec<_> = others.map(|other| (other.details.papers.site.clone(), other.path.clone())).collect();
            recorded_by_others(machine, &papers)
        };
        let (record, uninstall) = rayon::join(
            || entries.as_deref().map(|entries| verify(machine, &environment.root, &papers.site, entries, &others)),
            || uninstall(machine, scene, &environment.root, &environment.scripts_dir, one, entries.as_deref()),
        );
        let mut unknown: Vec<Unknown> = record.iter().flat_map(|record| record.unknown.clone()).collect();
        if record.is_none() {
            let why = one.details.unread("RECORD").map_or_else(|| "its papers hold no RECORD".to_owned(), ToString::to_string);
            unknown.push(Unknown { what: "record".to_owned(), why });
        }
        unknown.extend(super::problems::unread(rules, &one.details));
        if let Some(fault) = one.details.unread("METADATA") {
            unknown.push(Unknown { what: format!("what {} says", papers.path), why: fault.to_string() });
        }
        if one.version.is_none() {
            unknown.push(Unknown { what: "version".to_owned(), why: "its papers do not tell".to_owned() });
        }
        let recorded = entries.iter().flatten().map(|entry| super::verify::place(rules, &papers.site, &entry.path));
        let beside = record.iter().flat_map(|record| record.unrecorded.iter().cloned());
        let is_missing = |place: &String| record.as_ref().is_some_and(|record| record.missing.contains(place));
        let there = recorded.chain(beside).filter(|place| is_compiled(machine, place) && !is_missing(place));
        let compiled: Vec<_> = there.map(|place| compiled(machine, scene, place)).collect();
        for (path, fitness) in &compiled {
            if let fit::Fitness::Unknown(why) = fitness {
                unknown.push(Unknown { what: format!("whether {path} can be loaded"), why: (*why).to_owned() });
            }
        }
        Self {
            schema: "venv-explain/package/1",
            name: one.name.clone(),
            version: one.version.clone(),
            path: one.path.clone(),
            files: files(machine, one),
            compiled,
            fits: (!one.details.tags.is_empty()).then(|| !fit::no_tag_fits(scene, &one.details.tags)),
            record,
            would_remove: uninstall.removed.clone(),
            would_leave: uninstall.left.iter().chain(&uninstall.refused).cloned().collect(),
            unknown,
            listed: Box::new(one.clone()),
            uninstall,
        }
    }
}

fn is_compiled(machine: &dyn Machine, path: &str) -> bool {
    matches!(machine.platform().rules().splitext(path).1.as_str(), ".so" | ".pyd" | ".dylib" | ".dll")
}

fn compiled(machine: &dyn Machine, scene: &Scene, place: String) -> (String, fit::Fitness) {
    let binary = Binary::read(machine, &place);
    let fitness = fit::fitness(scene, &machine.platform().rules().basename(&place), binary.as_ref());
    (place, fitness)
}

/// No papers have more files: a link may make a folder of theirs that is any other.
const PAPERS: usize = 10_000;

/// Every file of the papers, those of the specification first.
fn files(machine: &dyn Machine, one: &Listed) -> Vec<Paper> {
    let rules = machine.platform().rules();
    let folder = &one.details.papers.path;
    if one.details.papers.form == Form::EggInfoFile {
        let size = machine.stat(folder).ok().and_then(|meta| meta.size);
        return vec![Paper { name: one.details.papers.file.clone(), lesson: "package/metadata", size }];
    }
    let mut files: Vec<Paper> = files_below(machine, std::iter::once(folder.clone()), PAPERS)
        .into_iter()
        .map(|path| {
            let name = path.get(folder.len()..).unwrap_or_default().trim_start_matches(rules.sep()).replace(rules.sep(), "/");
            Paper { lesson: lesson(&name), size: machine.lstat(&path).ok().and_then(|meta| meta.size), name }
        })
        .collect();
    files.sort_by_cached_key(|paper| (rank(&paper.name), paper.name.clone()));
    files
}

const ORDER: [&str; 9] =
    ["METADATA", "PKG-INFO", "RECORD", "WHEEL", "INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt", "top_level.txt"];

fn rank(name: &str) -> usize {
    ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len())
}

fn lesson(name: &str) -> &'static str {
    let upper = name.rsplit('/').next().unwrap_or(name).to_ascii_uppercase();
    let is_licence = name.starts_with("licenses/") || ["LICEN", "COPYING", "NOTICE", "AUTHORS"].iter().any(|stem| upper.starts_with(stem));
    match name {
        "METADATA" | "PKG-INFO" => "package/metadata",
        "RECORD" => "package/record",
        "WHEEL" => "package/wheel",
        "INSTALLER" => "package/installer",
        "REQUESTED" => "package/requested",
        "direct_url.json" => "package/direct-url",
        "entry_points.txt" => "package/entry-points",
        "top_level.txt" => "package/top-level",
        "requires.txt" => "package/requires",
        "SOURCES.txt" | "installed-files.txt" => "package/file-list",
        "uv_cache.json" | "uv_build.json" => "package/uv-notes",
        "zip-safe" | "not-zip-safe" | "namespace_packages.txt" | "dependency_links.txt" => "package/setuptools-notes",
        _ if name.starts_with("sboms/") => "package/sboms",
        _ if is_licence => "package/licences",
        _ => "package/other-file",
    }
}
