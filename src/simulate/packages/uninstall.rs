//! What `pip uninstall` would do (`pip/_internal/req/req_uninstall.py`, `UninstallPathSet`): which files it removes, which it leaves,
//! and when it refuses.

use super::verify::{files_below, is_below, place};
use super::{Listed, Scene};
use crate::machine::path::realpath;
use crate::machine::{Machine, Platform};
use crate::text;
use crate::venv::distributions::record;
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
    /// distutils installed it and recorded nothing.
    Distutils,
    /// It lies outside of this environment.
    Outside,
}

struct Collected<'a> {
    machine: &'a dyn Machine,
    scene: &'a Scene,
    prefix: String,
    removed: BTreeSet<String>,
    refused: BTreeSet<String>,
    /// Folders with their links followed: many files share one.
    folders: BTreeMap<String, String>,
}

/// What uninstalling `one` would do in the environment in `root`, whose commands are in `scripts`.
pub fn uninstall(machine: &dyn Machine, scene: &Scene, root: &str, scripts: &str, one: &Listed) -> Uninstall {
    let rules = machine.platform().rules();
    let papers = &one.details.papers;
    let fails = |failure| Uninstall { fails: Some(failure), ..Uninstall::default() };
    let prefix = realpath(machine, root);
    let installed = one.details.egg_link.is_none();
    if installed && !is_below(rules, &realpath(machine, &papers.site), &prefix) {
        return fails(Failure::Outside);
    }
    let mut collected = Collected { machine, scene, prefix, removed: BTreeSet::new(), refused: BTreeSet::new(), folders: BTreeMap::new() };
    match papers.form {
        Form::EggInfoFile => return fails(Failure::Distutils),
        Form::DistInfo => {
            let Ok(bytes) = machine.read(&rules.join(&papers.path, "RECORD"), record::LIMIT) else { return fails(Failure::NoRecord) };
            for entry in record::entries(&bytes) {
                collected.add_recorded(&place(rules, &papers.site, &entry.path));
            }
        }
        // An old editable installation: the link goes, the project stays.
        Form::EggInfo if one.details.egg_link.is_some() => one.details.egg_link_file.iter().for_each(|link| collected.add(link)),
        Form::EggInfo => collected.add_old(one),
        Form::Egg => collected.add(&papers.site),
    }
    collected.add_scripts(scripts, one);
    let left = collected.left();
    Uninstall { removed: collected.removed.into_iter().collect(), left, refused: collected.refused.into_iter().collect(), fails: None }
}

impl Collected<'_> {
    /// What is there goes, if it is inside of the environment; with a source goes its bytecode.
    fn add(&mut self, path: &str) {
        let rules = self.machine.platform().rules();
        // What is not there needs no following of links, and a record may name hundreds of thousands of such files.
        if self.machine.stat(path).is_err() {
            return;
        }
        let (head, tail) = rules.split(path);
        let machine = self.machine;
        let folder = self.folders.entry(head).or_insert_with_key(|head| realpath(machine, head));
        let path = rules.join(folder, &tail);
        let set = if is_below(rules, &path, &self.prefix) { &mut self.removed } else { &mut self.refused };
        set.insert(path.clone());
        if let Some(cache) = path.strip_suffix(".py").and_then(|_| self.bytecode(&path)) {
            self.add(&cache);
        }
    }

    /// `cache_from_source()` (PEP 3147).
    fn bytecode(&self, source: &str) -> Option<String> {
        let rules = self.machine.platform().rules();
        let (folder, file) = rules.split(source);
        let (major, minor) = self.scene.minor()?;
        let tag = match self.scene.implementation.as_str() {
            "pypy" => format!("pypy{major}{minor}"),
            other => format!("{other}-{major}{minor}"),
        };
        let stem = file.strip_suffix(".py")?;
        Some(rules.join(&rules.join(&folder, "__pycache__"), &format!("{stem}.{tag}.pyc")))
    }

    /// A line of `RECORD`: the file, and beside a source the bytecode of old.
    fn add_recorded(&mut self, path: &str) {
        self.add(path);
        if path.strip_suffix(".py").is_some() {
            self.add(&format!("{path}c"));
            self.add(&format!("{path}o"));
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
        let mut files = files_below(self.machine, folders.into_iter());
        files.retain(|path| !self.removed.contains(path));
        files
    }
}
