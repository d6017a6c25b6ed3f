//! Roles of what stands in `site-packages`, in a `.dist-info` folder and in a package.

use super::{Entry, Place, Role, Roles};
use crate::machine::{Kind, Meta};

impl Roles<'_> {
    pub(super) fn in_site_packages(&self, entry: Entry<'_>) -> (Role, Place) {
        let folder = entry.meta.kind == Kind::Dir;
        if entry.meta.kind == Kind::Link && self.machine.stat(entry.path).is_err() {
            return (self.link(entry), Place::Elsewhere);
        }
        let owner = || self.owners.of_module(entry.name);
        let (lesson, place) = match entry.name {
            name if name.starts_with('~') => ("tree/leftover", Place::Elsewhere),
            name if folder && name.ends_with(".dist-info") => {
                let owner = self.owners.of_papers(entry.path).map(str::to_owned);
                return (Role::new("tree/dist-info").owned(owner.or_else(|| Some(stem(name)))), Place::Papers);
            }
            name if name.ends_with(".egg-info") => {
                return (Role::new("tree/egg-info").owned(Some(stem(name))), Place::Papers);
            }
            name if extension(name) == "egg-link" => return (Role::new("tree/egg-link").owned(Some(stem(name))), Place::Elsewhere),
            name if extension(name) == "egg" => return (Role::new("tree/egg").owned(Some(stem(name))), Place::Package),
            "__pycache__" if folder => ("tree/pycache", Place::Package),
            "_distutils_hack" if folder => ("tree/distutils-hack", Place::Package),
            "_virtualenv.py" => ("tree/virtualenv-py", Place::Elsewhere),
            name if !folder && name.ends_with(".virtualenv") => ("tree/virtualenv-marker", Place::Elsewhere),
            name if !folder && extension(name) == "pth" => (pth(name), Place::Elsewhere),
            name if !folder && is_editable(name) && extension(name) == "py" => ("tree/editable-finder", Place::Elsewhere),
            name if folder && name.ends_with("-stubs") => ("tree/stubs", Place::Package),
            name if folder && extension(name) == "libs" => ("tree/libs-folder", Place::Package),
            _ => (self.code(entry), Place::Package),
        };
        (Role::of_code(lesson, owner()), place)
    }

    /// What can be imported, by its name and, for a folder, by whether `__init__` is in it.
    fn code(&self, entry: Entry<'_>) -> &'static str {
        let rules = self.machine.platform().rules();
        if entry.meta.kind == Kind::Link {
            return "tree/link";
        }
        if entry.meta.kind == Kind::Dir {
            let names = self.machine.list(entry.path).unwrap_or_default();
            return match names.iter().any(|name| name.starts_with("__init__.") && is_code(name)) {
                true => "tree/package",
                false if names.iter().any(|name| is_code(name) || is_package(self, &rules.join(entry.path, name))) => {
                    "tree/namespace-package"
                }
                false => "tree/data-folder",
            };
        }
        match extension(entry.name) {
            "py" => "tree/module",
            "pyc" => "tree/bytecode",
            "pyi" => "tree/stubs",
            "so" | "pyd" => "tree/extension",
            _ => "tree/data",
        }
    }

    pub(super) fn in_papers(&self, entry: Entry<'_>) -> (Role, Place) {
        let upper = entry.name.to_ascii_uppercase();
        let licence = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS"].iter().any(|stem| upper.starts_with(stem));
        let (lesson, place) = match entry.name {
            "METADATA" | "PKG-INFO" => ("tree/metadata", Place::Elsewhere),
            "RECORD" => ("tree/record", Place::Elsewhere),
            "WHEEL" => ("tree/wheel", Place::Elsewhere),
            "INSTALLER" => ("tree/installer", Place::Elsewhere),
            "REQUESTED" => ("tree/requested", Place::Elsewhere),
            "direct_url.json" => ("tree/direct-url", Place::Elsewhere),
            "entry_points.txt" => ("tree/entry-points", Place::Elsewhere),
            "top_level.txt" => ("tree/top-level", Place::Elsewhere),
            "uv_cache.json" | "uv_build.json" => ("tree/uv-notes", Place::Elsewhere),
            "sboms" => ("tree/sboms", Place::Licences),
            _ if licence => ("tree/licences", Place::Licences),
            _ => ("tree/dist-info-other", Place::Licences),
        };
        (Role::new(lesson).owned(self.owner_of_papers(entry.path)), place)
    }

    pub(super) fn in_package(&self, entry: Entry<'_>) -> (Role, Place) {
        let owner = self.owner_below(entry.path);
        let lesson = match (entry.name, entry.meta.kind) {
            ("__pycache__", Kind::Dir) => "tree/pycache",
            (_, Kind::Link) => return (self.link(entry).owned(owner), Place::Package),
            _ => self.code(entry),
        };
        (Role::of_code(lesson, owner), Place::Package)
    }

    /// The distribution in whose papers `path` stands, at whatever depth.
    pub(super) fn owner_of_papers(&self, path: &str) -> Option<String> {
        let (site, name) = self.top(path)?;
        let rules = self.machine.platform().rules();
        let owner = self.owners.of_papers(&rules.join(&site, &name)).map(str::to_owned);
        owner.or_else(|| Some(stem(&name)))
    }

    fn owner_below(&self, path: &str) -> Option<String> {
        self.owners.of_module(&self.top(path)?.1)
    }

    /// The `site-packages` folder that `path` stands in, and its entry there.
    fn top(&self, path: &str) -> Option<(String, String)> {
        let sep = self.machine.platform().rules().sep();
        self.environment.site_packages.iter().find_map(|site| {
            let below = path.strip_prefix(site.as_str())?.strip_prefix(sep)?;
            Some((site.clone(), below.split(sep).next()?.to_owned()))
        })
    }
}

impl Role {
    /// Code to import is told apart by whether the `RECORD` of a distribution names it.
    fn of_code(lesson: &'static str, owner: Option<String>) -> Self {
        let lesson = match (lesson, &owner) {
            ("tree/package", None) => "tree/package-unowned",
            ("tree/module", None) => "tree/module-unowned",
            (lesson, _) => lesson,
        };
        Self::new(lesson).owned(owner)
    }
}

fn is_package(known: &Roles<'_>, path: &str) -> bool {
    let rules = known.machine.platform().rules();
    let is_file = |meta: Meta| meta.kind == Kind::File;
    known.machine.stat(&rules.join(path, "__init__.py")).is_ok_and(is_file)
}

fn is_code(name: &str) -> bool {
    matches!(extension(name), "py" | "pyc" | "so" | "pyd")
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// `name-version.kind` without what follows the name.
fn stem(name: &str) -> String {
    let whole = name.rsplit_once('.').map_or(name, |(whole, _)| whole);
    whole.split_once('-').map_or(whole, |(name, _)| name).to_owned()
}

/// Names that setuptools (`__editable__`), hatchling (`_editable_impl_`) and `editables` (`_editable_`) give.
fn is_editable(name: &str) -> bool {
    name.starts_with("__editable__") || name.starts_with("_editable_impl_") || name.starts_with("__editables_")
}

fn pth(name: &str) -> &'static str {
    match name {
        "_virtualenv.pth" => "tree/virtualenv-pth",
        "distutils-precedence.pth" => "tree/distutils-precedence-pth",
        "easy-install.pth" => "tree/easy-install-pth",
        _ if is_editable(name) => "tree/editable-pth",
        _ => "tree/pth",
    }
}
