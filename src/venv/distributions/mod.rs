//! The installed distributions, by their papers (`.dist-info`, `.egg-info`): where they lie, and what each file in them says.
//!
//! Two depths: [`installed`] reads folder names and `INSTALLER`, enough for a count; [`Details`] reads all the papers.

pub mod conda;
mod details;
pub mod direct_url;
pub mod entry_points;
pub mod metadata;
pub mod name;
pub mod record;
pub mod search;
pub mod zipped;

pub use details::Details;

use super::environment::Environment;
use crate::machine::Machine;
use crate::text;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// `INSTALLER` holds one short word.
const INSTALLER_LIMIT: usize = 256;

/// One installed distribution, by the folder of its papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// Its name, as the folder of its papers spells it.
    pub name: String,
    /// Its version, as that folder spells it; `None` where the name holds none.
    pub version: Option<String>,
    /// The folder (or file) of its papers.
    pub path: String,
    /// What `INSTALLER` says: `pip`, `uv` …
    pub installer: Option<String>,
}

/// Every distribution in the environment's own `site-packages` folders, in the order of their names.
pub fn installed(machine: &dyn Machine, environment: &Environment) -> Vec<Distribution> {
    let found: Vec<_> = environment.site_packages.iter().flat_map(|site| search::search(machine, site).papers).collect();
    let mut found: Vec<Distribution> = found.into_par_iter().map(|papers| read(machine, papers)).collect();
    found.sort_by(|a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()).then_with(|| a.path.cmp(&b.path)));
    found
}

/// The installers of `distributions` with how many each put there, the busiest first.
pub fn installers(distributions: &[Distribution]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for installer in distributions.iter().filter_map(|one| one.installer.as_deref()) {
        *counts.entry(installer).or_default() += 1;
    }
    let mut counted: Vec<_> = counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted
}

fn read(machine: &dyn Machine, papers: search::Papers) -> Distribution {
    let (name, version) = name::of_folder(&papers.file);
    let installer = machine.read(&machine.platform().rules().join(&papers.path, "INSTALLER"), INSTALLER_LIMIT).ok();
    let installer = installer.map(|bytes| text::decode(&bytes).trim().to_owned()).filter(|text| !text.is_empty());
    Distribution { name: name.to_owned(), version: version.map(str::to_owned), installer, path: papers.path }
}
