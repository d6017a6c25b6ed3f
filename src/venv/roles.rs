//! What each file and folder of an environment is for: the id of its lesson, and the values that its annotation names.
//!
//! What a name means depends on the folder it stands in, so roles are found by going down from the environment's folder, one
//! [`Place`] at a time; nothing is looked into but the one entry that is asked for.

mod packages;
mod scripts;

use super::environment::Environment;
use super::owners::Owners;
use crate::machine::{Fault, Kind, Machine, Meta, Platform};
use std::collections::BTreeMap;

/// The id of the lesson on every kind of thing that a tree may show.
pub const LESSONS: &[&str] = &[
    "tree/activate",
    "tree/activate-bat",
    "tree/activate-csh",
    "tree/activate-fish",
    "tree/activate-nu",
    "tree/activate-ps1",
    "tree/activate-this",
    "tree/activate-windows",
    "tree/activate-xsh",
    "tree/bin",
    "tree/bytecode",
    "tree/cachedir-tag",
    "tree/console-launcher",
    "tree/console-script",
    "tree/data",
    "tree/data-folder",
    "tree/deactivate-bat",
    "tree/deactivate-csh",
    "tree/deactivate-other",
    "tree/direct-url",
    "tree/dist-info",
    "tree/dist-info-other",
    "tree/distutils-hack",
    "tree/distutils-precedence-pth",
    "tree/easy-install",
    "tree/easy-install-pth",
    "tree/editable-finder",
    "tree/editable-pth",
    "tree/egg",
    "tree/egg-info",
    "tree/egg-link",
    "tree/entry-points",
    "tree/environment",
    "tree/extension",
    "tree/file",
    "tree/folder",
    "tree/gitignore",
    "tree/include",
    "tree/include-python",
    "tree/installer",
    "tree/leftover",
    "tree/launcher",
    "tree/lib",
    "tree/lib-python",
    "tree/lib-windows",
    "tree/lib64",
    "tree/lib64-folder",
    "tree/libs-folder",
    "tree/licences",
    "tree/link",
    "tree/link-broken",
    "tree/link-closed",
    "tree/link-loop",
    "tree/lock",
    "tree/metadata",
    "tree/module",
    "tree/module-unowned",
    "tree/namespace-package",
    "tree/package",
    "tree/package-unowned",
    "tree/pip",
    "tree/pip-alias",
    "tree/pip-launcher",
    "tree/pip-selfcheck",
    "tree/program",
    "tree/pth",
    "tree/pycache",
    "tree/pydoc-bat",
    "tree/python-alias",
    "tree/python-copy",
    "tree/python-library",
    "tree/python-link",
    "tree/python-redirector",
    "tree/pythonw-redirector",
    "tree/pyvenv-cfg",
    "tree/record",
    "tree/requested",
    "tree/sboms",
    "tree/script",
    "tree/script-other",
    "tree/scripts",
    "tree/share",
    "tree/site-packages",
    "tree/special-file",
    "tree/src",
    "tree/stubs",
    "tree/top-level",
    "tree/unreadable",
    "tree/uv-notes",
    "tree/virtualenv-marker",
    "tree/virtualenv-pth",
    "tree/virtualenv-py",
    "tree/wheel",
];

/// What one entry is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The lesson on it; one of [`LESSONS`].
    pub lesson: &'static str,
    /// The distribution that put it there.
    pub owner: Option<String>,
    /// What fills the holes of the lesson, beside what is the same all over the environment.
    pub values: BTreeMap<&'static str, String>,
}

impl Role {
    /// A role with no values of its own yet.
    pub(super) fn new(lesson: &'static str) -> Self {
        Self { lesson, owner: None, values: BTreeMap::new() }
    }

    pub(super) fn with(mut self, hole: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(hole, value.into());
        self
    }

    /// Owned by `owner`, which also fills the hole `distribution`.
    pub(super) fn owned(mut self, owner: Option<String>) -> Self {
        if let Some(owner) = &owner {
            self.values.insert("distribution", owner.clone());
        }
        self.owner = owner;
        self
    }
}

/// What kind of folder an entry stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The environment's own folder.
    Root,
    /// `bin`, `Scripts`.
    Scripts,
    /// `include`.
    Include,
    /// `lib`, or `lib64` where that is a folder.
    Lib,
    /// `lib/pythonX.Y`; on Windows `Lib`.
    LibPython,
    /// `site-packages`.
    SitePackages,
    /// A `.dist-info` folder.
    Papers,
    /// `licenses` in a `.dist-info` folder, and what is below.
    Licences,
    /// A package, and what is below.
    Package,
    /// `share` and other folders with a distribution's data, and what is below.
    Data,
    /// Anywhere else.
    Elsewhere,
}

/// Finds the role of any entry of one environment.
pub struct Roles<'a> {
    pub(super) machine: &'a dyn Machine,
    pub(super) environment: &'a Environment,
    pub(super) owners: Owners,
    /// Values that are the same all over the environment.
    common: BTreeMap<&'static str, String>,
}

/// What fills the holes that mean the whole environment; a value that is not known is left out.
fn common(environment: &Environment) -> BTreeMap<&'static str, String> {
    let version = environment.base.as_ref().and_then(super::installation::Installation::minor_version);
    let known = [
        ("base", environment.base_folder()),
        ("bin", Some(environment.scripts_dir.clone())),
        ("maker", Some(environment.maker.tool.name().to_owned())),
        ("python", environment.python.clone()),
        ("site_packages", environment.site_packages.first().cloned()),
        ("venv", Some(environment.root.clone())),
        ("version", version),
    ];
    known.into_iter().filter_map(|(hole, value)| Some((hole, value?))).collect()
}

/// An entry of a folder: where it is, its name there, and what the file system says of it.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The kind of folder that it stands in.
    pub place: Place,
    /// Its full path.
    pub path: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub meta: &'a Meta,
}

impl<'a> Roles<'a> {
    /// Roles of the entries of `environment`; reads the `RECORD` files to know their owners.
    pub fn new(machine: &'a dyn Machine, environment: &'a Environment) -> Self {
        Self { machine, environment, owners: Owners::read(machine, environment), common: common(environment) }
    }

    /// Who owns what.
    pub fn owners(&self) -> &Owners {
        &self.owners
    }

    /// The role of the environment's own folder.
    pub fn root(&self) -> Role {
        let mut role = Role::new("tree/environment");
        role.values.clone_from(&self.common);
        role
    }

    /// The role of any path in the environment; `None` for what is not there, or not in it.
    pub fn of(&self, path: &str) -> Option<Role> {
        let rules = self.machine.platform().rules();
        let mut below = Vec::new();
        let mut here = rules.normpath(path);
        while !rules.same(&here, &self.environment.root) {
            let (parent, name) = rules.split(&here);
            if parent == here || name.is_empty() {
                return None;
            }
            below.push((here, name));
            here = parent;
        }
        let mut found = (self.root(), Place::Root);
        for (path, name) in below.iter().rev() {
            let meta = self.machine.lstat(path).ok()?;
            found = self.entry(Entry { place: found.1, path, name, meta: &meta });
        }
        Some(found.0)
    }

    /// The role of one entry, and what kind of folder it is, if it is one.
    pub fn entry(&self, entry: Entry<'_>) -> (Role, Place) {
        if entry.meta.kind == Kind::Other {
            return (Role::new("tree/special-file"), Place::Elsewhere);
        }
        let (role, place) = match entry.place {
            Place::Root => self.in_root(entry),
            Place::Scripts => (self.in_scripts(entry), Place::Elsewhere),
            Place::Include if entry.name.starts_with("python") || entry.name.starts_with("pypy") || entry.name == "site" => {
                let version = entry.name.trim_start_matches(|character: char| !character.is_ascii_digit());
                (Role::new("tree/include-python").with("version", version), Place::Data)
            }
            Place::Include => (self.plain(entry), Place::Data),
            Place::Lib => self.in_lib(entry),
            Place::LibPython => self.in_library(entry),
            Place::SitePackages => self.in_site_packages(entry),
            Place::Papers => self.in_papers(entry),
            Place::Licences => (Role::new("tree/licences").owned(self.owner_of_papers(entry.path)), Place::Licences),
            Place::Package => self.in_package(entry),
            Place::Data => (self.data(entry), Place::Data),
            Place::Elsewhere => (self.plain(entry), Place::Elsewhere),
        };
        let mut role = role.with("name", entry.name).with("path", entry.path);
        for (hole, value) in &self.common {
            role.values.entry(hole).or_insert_with(|| value.clone());
        }
        (role, place)
    }

    fn in_root(&self, entry: Entry<'_>) -> (Role, Place) {
        let windows = self.machine.platform() == Platform::Windows;
        let spelled = if windows { entry.name.to_ascii_lowercase() } else { entry.name.to_owned() };
        let folder = entry.meta.kind == Kind::Dir;
        match (spelled.as_str(), folder) {
            ("pyvenv.cfg", _) => (Role::new("tree/pyvenv-cfg"), Place::Elsewhere),
            ("bin", true) => (Role::new("tree/bin"), Place::Scripts),
            ("scripts" | "Scripts", true) => (Role::new("tree/scripts"), Place::Scripts),
            ("include" | "Include", true) => (Role::new("tree/include"), Place::Include),
            ("lib", true) if windows => (Role::new("tree/lib-windows"), Place::LibPython),
            ("lib", true) => (Role::new("tree/lib"), Place::Lib),
            ("lib64", true) => (Role::new("tree/lib64-folder"), Place::Lib),
            ("lib64", false) if self.leads_to(entry.path, "lib") => (Role::new("tree/lib64").with("target", "lib"), Place::Elsewhere),
            ("share", true) => (Role::new("tree/share").owned(self.elsewhere(entry.path)), Place::Data),
            ("src", true) => (Role::new("tree/src"), Place::Data),
            (".gitignore", false) => (Role::new("tree/gitignore"), Place::Elsewhere),
            ("cachedir.tag" | "CACHEDIR.TAG", false) => (Role::new("tree/cachedir-tag"), Place::Elsewhere),
            (".lock", false) => (Role::new("tree/lock"), Place::Elsewhere),
            ("pip-selfcheck.json", false) => (Role::new("tree/pip-selfcheck"), Place::Elsewhere),
            (_, true) if self.elsewhere(entry.path).is_some() => (self.data(entry), Place::Data),
            _ => (self.plain(entry), Place::Elsewhere),
        }
    }

    fn in_lib(&self, entry: Entry<'_>) -> (Role, Place) {
        let library = self.environment.layout.libraries.iter().find(|library| library.path == entry.path);
        match library {
            Some(library) => {
                let version = library.version.clone().unwrap_or_default();
                (Role::new("tree/lib-python").with("version", version), Place::LibPython)
            }
            None => (self.plain(entry), Place::Data),
        }
    }

    fn in_library(&self, entry: Entry<'_>) -> (Role, Place) {
        if entry.name.eq_ignore_ascii_case("site-packages") && entry.meta.kind == Kind::Dir {
            return (Role::new("tree/site-packages"), Place::SitePackages);
        }
        (self.plain(entry), Place::Elsewhere)
    }

    /// Something without a meaning of its own: a link, a file or a folder.
    pub(super) fn plain(&self, entry: Entry<'_>) -> Role {
        let role = match entry.meta.kind {
            Kind::Link => return self.link(entry),
            Kind::Dir => Role::new("tree/folder"),
            Kind::File | Kind::Other => Role::new("tree/file"),
        };
        role.owned(self.elsewhere(entry.path))
    }

    /// What a distribution keeps outside `site-packages`.
    pub(super) fn data(&self, entry: Entry<'_>) -> Role {
        let owner = self.elsewhere(entry.path);
        match (entry.meta.kind, owner) {
            (Kind::Link, _) => self.link(entry),
            (Kind::Dir, Some(owner)) => Role::new("tree/data-folder").owned(Some(owner)),
            (Kind::File, Some(owner)) => Role::new("tree/data").owned(Some(owner)),
            _ => self.plain(entry),
        }
    }

    /// A link, whole or broken.
    pub(super) fn link(&self, entry: Entry<'_>) -> Role {
        let target = self.machine.link(entry.path).unwrap_or_default();
        Role::new(self.broken(entry).unwrap_or("tree/link")).with("target", target)
    }

    /// The lesson on a link that does not lead to anything that can be seen; `None` where it does.
    pub(super) fn broken(&self, entry: Entry<'_>) -> Option<&'static str> {
        match self.machine.stat(entry.path).err()? {
            Fault::Denied => Some("tree/link-closed"),
            Fault::Loop => Some("tree/link-loop"),
            _ => Some("tree/link-broken"),
        }
    }

    pub(super) fn elsewhere(&self, path: &str) -> Option<String> {
        self.owners.elsewhere(path, self.machine.platform().rules().sep()).map(str::to_owned)
    }

    fn leads_to(&self, path: &str, target: &str) -> bool {
        self.machine.link(path).is_ok_and(|found| found.trim_end_matches('/') == target)
    }
}
