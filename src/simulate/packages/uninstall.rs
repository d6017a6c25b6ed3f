//! What `pip uninstall` would do (`pip/_internal/req/req_uninstall.py`, `UninstallPathSet`): which files it removes, which it leaves,
//! and when it refuses.

use super::verify::{FILES, files_below, is_below, place};
use super::{Listed, Scene};
use crate::machine::path::realpath;
use crate::machine::{Kind, Machine, Platform};
use crate::text;
use crate::venv::distributions::record::Entry;
use crate::venv::distributions::search::Form;
use std::collections::{BTreeMap, BTreeSet};

/// Lists of files and names are read up to this size.
const LIST_LIMIT: usize = 8 << 20;

/// What would happen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uninstall {
    /// The files that go, absolute.
    pub removed: Vec<String>,
    /// The files that stay in the folders of the distribution.
    pub left: Vec<String>,
    /// Recorded files outside of the environment, which pip does not touch.
    pub refused: Vec<String>,
    /// Why pip does nothing.
    pub fails: Option<Failure>,
}

/// Why pip does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No `RECORD`: pip cannot know which files belong to it.
    NoRecord,
    /// A `RECORD` that cannot be read, which pip takes for none.
    Unread,
    /// distutils installed it and recorded nothing.
    Distutils,
    /// It lies outside of this environment.
    Outside,
}

struct Collected<'a> {
    machine: &'a dyn Machine,
    prefix: String,
    /// What stands between the stem of a source and the end of its bytecode's name: `.cpython-312.pyc`; `None` where the version is
    /// not known.
    tag: Option<String>,
    removed: Vec<String>,
    refused: Vec<String>,
    /// Folders that were looked into: many files share one.
    /// `None` where a folder is not there, or may not be entered.
    folders: BTreeMap<String, Option<Folder>>,
}

/// What uninstalling `one` would do in the environment in `root`, whose commands are in `scripts`; `recorded` are the lines of its
/// `RECORD`, where it has one.
pub fn uninstall(machine: &dyn Machine, scene: &Scene, root: &str, scripts: &str, one: &Listed, recorded: Option<&[Entry]>) -> Uninstall {
    let rules = machine.platform().rules();
    let papers = &one.details.papers;
    let fails = |failure| Uninstall { fails: Some(failure), ..Uninstall::default() };
    let prefix = realpath(machine, root);
    let installed = one.details.egg_link.is_none();
    if installed && !is_below(rules, &realpath(machine, &papers.site), &prefix) {
        return fails(Failure::Outside);
    }
    let mut collected = Collected { machine, prefix, tag: tag(scene), removed: Vec::new(), refused: Vec::new(), folders: BTreeMap::new() };
    match papers.form {
        Form::EggInfoFile => return fails(Failure::Distutils),
        Form::DistInfo => {
            let failure = if one.details.unread("RECORD").is_some() { Failure::Unread } else { Failure::NoRecord };
            let Some(recorded) = recorded else { return fails(failure) };
            for entry in recorded {
                collected.add_recorded(&place(rules, &papers.site, &entry.path));
            }
        }
        // An old editable installation: the link goes, the project stays.
        Form::EggInfo if one.details.egg_link.is_some() => one.details.egg_link_file.iter().for_each(|link| collected.add(link)),
        Form::EggInfo => collected.add_old(one),
        Form::Egg => collected.add(&papers.site),
    }
    collected.add_scripts(scripts, one);
    for paths in [&mut collected.removed, &mut collected.refused] {
        paths.sort_unstable();
        paths.dedup();
    }
    let left = collected.left();
    Uninstall { removed: collected.removed, left, refused: collected.refused, fails: None }
}

/// `cache_from_source()` (PEP 3147): what follows the stem.
fn tag(scene: &Scene) -> Option<String> {
    let (major, minor) = scene.minor()?;
    Some(match scene.implementation.as_str() {
        "pypy" => format!(".pypy{major}{minor}.pyc"),
        other => format!(".{other}-{major}{minor}.pyc"),
    })
}

/// The folder of bytecode (PEP 3147).
const CACHE: &str = "__pycache__";

impl Collected<'_> {
    /// What is there goes, if it is inside of the environment; with a source goes its bytecode.
    fn add(&mut self, path: &str) {
        let (head, tail) = self.machine.platform().rules().split(path);
        self.add_name(&head, &tail, false);
    }

    /// A line of `RECORD`: the file, and beside a source the bytecode of old.
    fn add_recorded(&mut self, path: &str) {
        let (head, tail) = self.machine.platform().rules().split(path);
        self.add_name(&head, &tail, true);
    }

    fn add_name(&mut self, head: &str, name: &str, with_old_bytecode: bool) {
        let (machine, rules) = (self.machine, self.machine.platform().rules());
        if !self.folders.contains_key(head) {
            self.folders.insert(head.to_owned(), Folder::read(machine, head));
        }
        let Some(Some(folder)) = self.folders.get(head) else { return };
        let stem = name.strip_suffix(".py");
        let may_have_old = with_old_bytecode && stem.is_some() && folder.old_bytecode;
        let path = rules.join(&folder.real, name);
        if folder.has(machine, &path, name) {
            let cache = stem.zip(self.tag.as_ref()).filter(|_| folder.cache);
            let cache = cache.map(|(stem, tag)| (rules.join(&folder.real, CACHE), [stem, tag].concat()));
            let list = if is_below(rules, &path, &self.prefix) { &mut self.removed } else { &mut self.refused };
            list.push(path);
            if let Some((folder, name)) = cache {
                self.add_name(&folder, &name, false);
            }
        }
        if may_have_old {
            for end in ["c", "o"] {
                self.add_name(head, &[name, end].concat(), false);
            }
        }
    }

    /// Papers of setuptools: by `installed-files.txt`, whose paths start from the papers, else by `top_level.txt`.
    fn add_old(&mut self, one: &Listed) {
        let rules = self.machine.platform().rules();
        let papers = &one.details.papers;
        let list = |file: &str| {
            let bytes = self.machine.read(&rules.join(&papers.path, file), LIST_LIMIT).ok();
            bytes.map(|bytes| text::decode(&bytes).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        };
        let (files, modules) = (list("installed-files.txt"), list("top_level.txt").unwrap_or_default());
        let namespaces = list("namespace_packages.txt").unwrap_or_default();
        self.add(&papers.path);
        if let Some(files) = files {
            for file in &files {
                self.add(&place(rules, &papers.path, file));
            }
            return;
        }
        for module in modules.iter().filter(|module| !namespaces.contains(module)) {
            let path = rules.join(&papers.site, module);
            for end in ["", ".py", ".pyc", ".pyo"] {
                self.add(&format!("{path}{end}"));
            }
        }
    }

    /// Commands of `entry_points.txt`, and scripts that distutils wrote.
    fn add_scripts(&mut self, scripts: &str, one: &Listed) {
        let rules = self.machine.platform().rules();
        let folder = rules.join(&one.details.papers.path, "scripts");
        for name in self.machine.list(&folder).unwrap_or_default() {
            self.add(&rules.join(scripts, &name));
        }
        for point in &one.details.entry_points {
            let is_gui = point.group == "gui_scripts";
            if !is_gui && point.group != "console_scripts" {
                continue;
            }
            let program = rules.join(scripts, &point.name);
            self.add(&program);
            if self.machine.platform() == Platform::Windows {
                let script = if is_gui { "-script.pyw" } else { "-script.py" };
                for end in [".exe", ".exe.manifest", script] {
                    self.add(&format!("{program}{end}"));
                }
            }
        }
    }

    /// What stays in the folders of its packages and papers.
    fn left(&self) -> Vec<String> {
        let rules = self.machine.platform().rules();
        let is_marker = |path: &&String| rules.basename(path) == "__init__.py" || path.contains(".dist-info");
        let mut folders: Vec<String> = Vec::new();
        let named: BTreeSet<String> = self.removed.iter().filter(is_marker).map(|path| rules.dirname(path)).collect();
        for folder in named {
            // A folder comes before what is in it.
            if !folders.iter().any(|outer| is_below(rules, &folder, outer)) {
                folders.push(folder);
            }
        }
        let mut files = files_below(self.machine, folders.into_iter(), FILES);
        files.retain(|path| self.removed.binary_search(path).is_err());
        files
    }
}

/// One folder, read once: pip asks for up to four files beside each recorded one, of which most are not there.
struct Folder {
    /// Its path, links followed.
    real: String,
    /// What is in it, sorted by name; `None` where it may not be listed and has to be asked for each name.
    names: Option<Vec<(String, Kind)>>,
    /// Whether a folder of bytecode can be in it.
    cache: bool,
    /// Whether bytecode can lie beside its source in it.
    old_bytecode: bool,
}

impl Folder {
    /// Looks into the folder at `path`; `None` where nothing can be reached through it: a record may name hundreds of thousands of
    /// such places, and none is worth following its links.
    fn read(machine: &dyn Machine, path: &str) -> Option<Self> {
        machine.stat(&machine.platform().rules().join(path, ".")).ok()?;
        let real = realpath(machine, path);
        let names = machine.list_with_kind(&real).ok();
        let may_hold = |is_it: fn(&str) -> bool| names.as_ref().is_none_or(|names| names.iter().any(|(name, _)| is_it(name)));
        let is_old =
            |name: &str| ["pyc", "pyo"].iter().any(|end| name.rsplit('.').next().is_some_and(|tail| tail.eq_ignore_ascii_case(end)));
        Some(Self { cache: may_hold(|name| name.eq_ignore_ascii_case(CACHE)), old_bytecode: may_hold(is_old), real, names })
    }

    /// Whether something is at `path`, which is `name` in this folder, links followed.
    fn has(&self, machine: &dyn Machine, path: &str, name: &str) -> bool {
        let kind = self.names.as_ref().and_then(|names| {
            let at = names.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
            names.get(at).map(|(_, kind)| *kind)
        });
        // A name that is spelt otherwise may be there all the same: not every file system minds capitals.
        if matches!(kind, None | Some(Kind::Link)) { machine.stat(path).is_ok() } else { true }
    }
}
