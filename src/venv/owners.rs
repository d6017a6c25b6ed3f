//! Which distribution put a file there, as the `RECORD` files of the environment tell (the core metadata specification,
//! "Recording installed projects"). Paths in it are relative to `site-packages`, with `../../../bin/x` for what lies elsewhere.

use super::environment::Environment;
use crate::machine::Machine;
use crate::text;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A `RECORD` bigger than this is not read: the biggest known have some 2 MiB.
const RECORD_LIMIT: usize = 16 << 20;

/// The header lines of `METADATA` stand at its start.
const METADATA_HEAD: usize = 4096;

/// Who owns what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners {
    /// By the first part of a path below a `site-packages` folder; several distributions may share one.
    modules: BTreeMap<String, Vec<String>>,
    /// By the full path of files outside `site-packages`.
    elsewhere: BTreeMap<String, String>,
    /// Names of distributions by the folder of their papers.
    papers: BTreeMap<String, String>,
}

struct Distribution {
    papers: String,
    name: String,
    modules: Vec<String>,
    elsewhere: Vec<String>,
}

impl Owners {
    /// Reads every `RECORD` below the environment's `site-packages` folders.
    pub fn read(machine: &dyn Machine, environment: &Environment) -> Self {
        let rules = machine.platform().rules();
        let folders: Vec<(&str, String)> = environment
            .site_packages
            .iter()
            .flat_map(|site| machine.list(site).unwrap_or_default().into_iter().map(move |name| (site.as_str(), name)))
            .filter(|(_, name)| name.ends_with(".dist-info") && !name.starts_with('~'))
            .collect();
        let read: Vec<Distribution> =
            folders.par_iter().map(|(site, name)| distribution(machine, site, rules.join(site, name), name)).collect();
        let mut owners = Self::default();
        for one in read {
            for module in one.modules {
                let names = owners.modules.entry(module).or_default();
                if !names.contains(&one.name) {
                    names.push(one.name.clone());
                }
            }
            owners.elsewhere.extend(one.elsewhere.into_iter().map(|path| (path, one.name.clone())));
            owners.papers.insert(one.papers, one.name);
        }
        owners
    }

    /// The distributions that own the entry `name` of a `site-packages` folder.
    pub fn of_module(&self, name: &str) -> Option<String> {
        self.modules.get(name).map(|names| names.join(", "))
    }

    /// The distribution that owns a file outside `site-packages`, or the first of those that own something below a folder.
    pub fn elsewhere(&self, path: &str, sep: char) -> Option<&str> {
        if let Some(name) = self.elsewhere.get(path) {
            return Some(name);
        }
        let below = format!("{path}{sep}");
        self.elsewhere.range(below.clone()..).next().filter(|(file, _)| file.starts_with(&below)).map(|(_, name)| name.as_str())
    }

    /// The name of the distribution whose papers lie in this folder.
    pub fn of_papers(&self, folder: &str) -> Option<&str> {
        self.papers.get(folder).map(String::as_str)
    }

    /// How many distributions have papers here.
    pub fn count(&self) -> usize {
        self.papers.len()
    }
}

fn distribution(machine: &dyn Machine, site: &str, papers: String, folder: &str) -> Distribution {
    let rules = machine.platform().rules();
    let stated = machine.head(&rules.join(&papers, "METADATA"), METADATA_HEAD).ok().and_then(|head| stated_name(&head));
    let name = stated.unwrap_or_else(|| name_of_folder(folder));
    let record = machine.read(&rules.join(&papers, "RECORD"), RECORD_LIMIT).ok();
    let mut modules: Vec<String> = Vec::new();
    let mut elsewhere = Vec::new();
    for line in record.iter().flat_map(|bytes| bytes.split(|&byte| byte == b'\n')) {
        let path = path_of(line);
        let Some(first) = path.split(|&byte| byte == b'/').next().filter(|first| !first.is_empty()) else { continue };
        if first == b".." || first == b"." {
            elsewhere.push(rules.normpath(&rules.join(site, &text::decode(path))));
        } else if modules.last().is_none_or(|last| last.as_bytes() != first) {
            modules.push(text::decode(first));
        }
    }
    Distribution { papers, name, modules, elsewhere }
}

/// The first field of a line of CSV.
fn path_of(line: &[u8]) -> &[u8] {
    match line.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|&byte| byte == b'"').next().unwrap_or_default(),
        None => line.split(|&byte| byte == b',').next().unwrap_or_default(),
    }
}

/// `Name:` as `METADATA` spells it.
fn stated_name(head: &[u8]) -> Option<String> {
    let text = text::decode(head);
    let header = text.lines().take_while(|line| !line.trim().is_empty());
    header.filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case("name")).map(|(_, name)| name.trim().to_owned())
}

/// `name-version.dist-info`.
fn name_of_folder(folder: &str) -> String {
    let stem = folder.strip_suffix(".dist-info").unwrap_or(folder);
    stem.split_once('-').map_or(stem, |(name, _)| name).to_owned()
}
