//! Nothing is found: what may have been meant, and where the module is although Python does not look there.

use super::archive::{Archive, Opened};
use super::finder::Answer;
use super::search::Search;
use super::{Elsewhere, Foreign, Import, Invisible, Kind, Parent, Similar, owner};
use crate::machine::Kind as Thing;
use crate::machine::text;
use crate::simulate::startup::{Origin, Startup};
use crate::venv::Source;
use std::collections::BTreeSet;

/// How alike two names have to be.
const ALIKE: f64 = 0.86;
/// How many names are offered.
const OFFERS: usize = 3;
/// How many neighbours are looked at for other environments.
const NEIGHBOURS: usize = 200;
const RECORD_LIMIT: usize = 16 << 20;

/// Fills in `foreign`, `elsewhere` and `similar`.
pub(super) fn explain(search: &Search<'_>, startup: &Startup, import: &mut Import) {
    import.foreign = foreign(search, import);
    if !import.foreign.is_empty() {
        import.suffixes =
            search.folders.suffixes().filter(|(_, kind)| *kind == Kind::Extension).map(|(suffix, _)| suffix.clone()).collect();
    }
    let top = import.module.split('.').next().unwrap_or_default().to_owned();
    if top.is_empty() || !matches!(&import.parent, None | Some(Parent::Missing(_))) {
        return;
    }
    import.elsewhere = elsewhere(search, startup, &top);
    import.similar = similar(search, &top);
}

/// The compiled files `tail.*` in the places that were searched: their suffix is none of this interpreter's, or one would have been
/// found (`importlib.machinery.EXTENSION_SUFFIXES`).
fn foreign(search: &Search<'_>, import: &Import) -> Vec<Foreign> {
    let (parent, tail) = import.module.rsplit_once('.').unwrap_or(("", &import.module));
    let start = format!("{tail}.");
    let mut found = Vec::new();
    // The places are those of the last part only where its parent was found.
    let is_of_tail = parent.is_empty() || matches!(&import.parent, Some(Parent::Searched(_)));
    for place in import.searched.iter().filter(|_| is_of_tail && !tail.is_empty()) {
        let folder = if place.item.is_empty() { "." } else { &place.item };
        for name in search.folders.names(folder).iter().filter(|name| name.strip_prefix(&start).is_some_and(is_compiled)) {
            let path = search.rules.join(&place.item, name);
            let site = search.path.iter().find(|item| !item.path.is_empty() && search.rules.is_within(&path, &item.path));
            let distribution = site.and_then(|site| owner::of_path(search.machine, &site.path, &path));
            found.push(Foreign { path, item: place.item.clone(), distribution });
        }
    }
    found
}

/// Whether the rest of a name, behind the first dot, is how some Python names its compiled files: a tag and an ending, or the ending
/// of another system alone. `tool.1.so` is a library of another kind.
fn is_compiled(rest: &str) -> bool {
    const TAGS: [&str; 6] = ["cpython-", "cp2", "cp3", "pypy", "graalpy", "abi"];
    let (tag, end) = rest.rsplit_once('.').unwrap_or(("", rest));
    matches!(end, "so" | "pyd") && (tag.is_empty() || TAGS.iter().any(|start| tag.starts_with(start)))
}

fn elsewhere(search: &Search<'_>, startup: &Startup, top: &str) -> Vec<Elsewhere> {
    let mut places: Vec<(String, Invisible, Source)> = Vec::new();
    for left in &startup.left_out {
        let why = match (left.source, left.cause.file.is_some()) {
            (Origin::UserSite, _) => Invisible::UserSite,
            (Origin::SitePackages | Origin::DistPackages, true) => Invisible::Isolated,
            _ => Invisible::NotOnPath,
        };
        places.push((left.path.clone(), why, left.cause.clone()));
    }
    for (site, config) in other_environments(search, startup) {
        places.push((site, Invisible::OtherEnvironment, Source { file: Some(config), line: None }));
    }
    let mut found: Vec<Elsewhere> = Vec::new();
    for (folder, why, cause) in places {
        if search.path.iter().any(|item| item.path == folder) || found.iter().any(|known| known.folder == folder) {
            continue;
        }
        let path = match search.at(&folder, top, top, &mut Vec::new()).0 {
            Answer::Module(spec) => spec.origin,
            Answer::Portions(folders) => folders.into_iter().next(),
            Answer::Nothing => None,
        };
        if let Some(path) = path {
            let distribution = owner::of_path(search.machine, &folder, &path);
            found.push(Elsewhere { path, folder, distribution, why, cause });
        }
    }
    found
}

/// The `site-packages` of the environments beside this one, and of the one that is active in this shell.
fn other_environments(search: &Search<'_>, startup: &Startup) -> Vec<(String, String)> {
    let rules = search.rules;
    let mut roots: Vec<String> = search.machine.var("VIRTUAL_ENV").into_iter().collect();
    if let Some(prefix) = &startup.prefix {
        let folder = rules.dirname(prefix);
        let names = search.machine.list(&folder).unwrap_or_default();
        roots.extend(names.into_iter().take(NEIGHBOURS).map(|name| rules.join(&folder, &name)));
        roots.retain(|root| !rules.same(root, prefix));
    }
    let mut sites = Vec::new();
    for root in roots {
        let config = rules.join(&root, "pyvenv.cfg");
        if !search.folders.is_file(&config) {
            continue;
        }
        sites.push((rules.join(&root, "Lib\\site-packages"), config.clone()));
        let library = rules.join(&root, "lib");
        let versions = search.machine.list(&library).unwrap_or_default();
        let pythons = versions.into_iter().filter(|name| name.starts_with("python") || name.starts_with("pypy"));
        sites.extend(pythons.map(|name| (rules.join(&rules.join(&library, &name), "site-packages"), config.clone())));
    }
    sites
}

/// Names that can be imported here and look like `top`; first what a distribution of exactly that name brings.
fn similar(search: &Search<'_>, top: &str) -> Vec<Similar> {
    let mut offers = by_distribution(search, top);
    let wanted = normalised(top);
    let mut scored: Vec<(f64, String, Option<String>)> = Vec::new();
    for (name, site) in names(search) {
        let score = if normalised(&name) == wanted {
            1.0
        } else {
            strsim::normalized_damerau_levenshtein(&normalised(&name), &wanted)
                .max(strsim::jaro_winkler(&normalised(&name), &wanted) - 0.06)
        };
        if score >= ALIKE && name != top && name.starts_with('_') == top.starts_with('_') && offers.iter().all(|offer| offer.module != name)
        {
            scored.push((score, name, site));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.dedup_by(|later, first| later.1 == first.1);
    // Whose it is, is read of those alone that are offered.
    let room = OFFERS.saturating_sub(offers.len());
    offers.extend(scored.into_iter().take(room).map(|(_, module, site)| {
        let distribution = site.and_then(|site| owned(search, &site, &module));
        Similar { module, distribution, by_distribution: false }
    }));
    offers.truncate(OFFERS);
    offers
}

fn owned(search: &Search<'_>, site: &str, module: &str) -> Option<String> {
    match search.at(site, module, module, &mut Vec::new()).0 {
        Answer::Module(spec) => owner::of_path(search.machine, site, &spec.origin?),
        Answer::Portions(folders) => owner::of_path(search.machine, site, folders.first()?),
        Answer::Nothing => None,
    }
}

/// The modules of a distribution that has the name that was asked for: `pip install PyYAML` brings `yaml`.
fn by_distribution(search: &Search<'_>, top: &str) -> Vec<Similar> {
    let wanted = normalised(top);
    let mut offers: Vec<Similar> = Vec::new();
    for item in search.path.iter().filter(|item| !matches!(item.source, Origin::Stdlib | Origin::Platstdlib)) {
        for folder in search.folders.names(&item.path).iter().filter(|name| name.ends_with(".dist-info") && !name.starts_with('~')) {
            if normalised(folder.split('-').next().unwrap_or_default()) != wanted {
                continue;
            }
            let papers = search.rules.join(&item.path, folder);
            let name = owner::name(search.machine, &papers, folder);
            for module in recorded(search, &search.rules.join(&papers, "RECORD")) {
                if offers.iter().all(|offer| offer.module != module) {
                    offers.push(Similar { module, distribution: Some(name.clone()), by_distribution: true });
                }
            }
        }
    }
    // Private names are no offer where there are others.
    if offers.iter().any(|offer| !offer.module.starts_with('_')) {
        offers.retain(|offer| !offer.module.starts_with('_'));
    }
    offers
}

/// The top-level modules that a RECORD lists.
fn recorded(search: &Search<'_>, record: &str) -> BTreeSet<String> {
    let Ok(bytes) = search.machine.read(record, RECORD_LIMIT) else { return BTreeSet::new() };
    let content = text::decode(&bytes);
    content
        .lines()
        .filter_map(|line| line.trim_start_matches('"').split([',', '/']).next())
        .filter_map(|name| module_of(search, name))
        .collect()
}

/// The module that a file or folder of that name would be.
fn module_of(search: &Search<'_>, name: &str) -> Option<String> {
    let stem = search.folders.all_suffixes().find_map(|(suffix, _)| name.strip_suffix(suffix.as_str())).unwrap_or(name);
    let identifier =
        !stem.is_empty() && !stem.starts_with(|c: char| c.is_ascii_digit()) && stem.chars().all(|c| c.is_alphanumeric() || c == '_');
    (identifier && stem != "__pycache__").then(|| stem.to_owned())
}

/// Every name that the items of `sys.path` and the editable finders can import, with the folder where it is an installed one.
fn names(search: &Search<'_>) -> Vec<(String, Option<String>)> {
    let mut all = Vec::new();
    for item in search.path {
        let installed = !matches!(item.source, Origin::Stdlib | Origin::Platstdlib | Origin::Cwd | Origin::ScriptDir);
        let site = installed.then(|| item.path.clone());
        if !search.folders.is_dir(&item.path) {
            if let (false, Opened::Archive(archive)) = (item.path.is_empty(), Archive::open(search.machine, &item.path, 0)) {
                all.extend(archive.modules().filter_map(|name| module_of(search, name)).map(|name| (name, None)));
            }
            continue;
        }
        for name in search.folders.names(&item.path).iter() {
            let is_module =
                name.contains('.') || search.machine.stat(&search.rules.join(&item.path, name)).is_ok_and(|meta| meta.kind == Thing::Dir);
            if let Some(module) = module_of(search, name).filter(|_| is_module) {
                all.push((module, site.clone()));
            }
        }
    }
    all.extend(search.editables.iter().flat_map(|one| one.modules().map(|name| (name.to_owned(), None))));
    all
}

/// Names compared as packages are: without case, with `-`, `_` and `.` alike.
fn normalised(name: &str) -> String {
    name.to_lowercase().replace(['-', '.'], "_")
}
