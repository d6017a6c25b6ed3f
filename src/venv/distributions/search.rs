//! Where distributions are: the papers that lie in one item of `sys.path`, found by name as `importlib.metadata` finds them.

use crate::machine::{Kind, Machine};

/// In which form a distribution's papers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A folder `.dist-info`: what pip, uv and every installer of today writes.
    DistInfo,
    /// A folder `.egg-info`: setuptools of old, and projects that are installed in place.
    EggInfo,
    /// A single file `.egg-info`: distutils.
    EggInfoFile,
    /// `EGG-INFO` inside a folder `.egg`: `easy_install`.
    Egg,
}

impl Form {
    /// The form that papers inside of a zip file are taken for: a single file is looked into as if it were a folder.
    #[must_use]
    pub fn in_archive(self) -> Self {
        if self == Self::EggInfoFile { Self::EggInfo } else { self }
    }
}

/// Where the papers of one distribution lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Papers {
    /// The folder, or the file, itself.
    pub path: String,
    /// Its name.
    pub file: String,
    /// The folder that holds it: what paths in `RECORD` start from.
    pub site: String,
    /// The item of `sys.path`.
    pub item: String,
    /// In which form they are.
    pub form: Form,
}

/// What one item of `sys.path` holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Papers, in the order of their names.
    pub papers: Vec<Papers>,
    /// What an interrupted uninstall left: papers whose name starts with `~`.
    pub leftovers: Vec<String>,
    /// Files `.egg-link`, which name a project folder.
    pub links: Vec<String>,
}

/// What lies in the folder of one item of `sys.path`; nothing where it is no folder. The empty item is the working folder
/// (Lib/importlib/metadata, `Lookup.__init__()`; pip/_internal/metadata/importlib/_envs.py).
pub fn search(machine: &dyn Machine, item: &str) -> Found {
    const ENDS: [&str; 3] = [".dist-info", ".egg-info", ".egg-link"];
    let rules = machine.platform().rules();
    let site = if item.is_empty() { machine.cwd().unwrap_or_default() } else { item.to_owned() };
    let is_egg = rules.basename(&site).to_ascii_lowercase().ends_with(".egg");
    let mut found = Found::default();
    let is_paper = |file: &str| {
        let ends =
            |end: &&str| file.len().checked_sub(end.len()).and_then(|at| file.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end));
        ENDS.iter().any(ends) || (is_egg && file.eq_ignore_ascii_case("egg-info"))
    };
    for file in machine.list_some(&site, &is_paper).unwrap_or_default() {
        let lower = file.to_ascii_lowercase();
        let ends = |end: &str| lower.ends_with(end);
        let form = match () {
            () if ends(".dist-info") => Form::DistInfo,
            () if ends(".egg-info") => Form::EggInfo,
            () if is_egg && lower == "egg-info" => Form::Egg,
            () if ends(".egg-link") => {
                found.links.push(rules.join(&site, &file));
                continue;
            }
            () => continue,
        };
        let path = rules.join(&site, &file);
        if file.starts_with('~') {
            found.leftovers.push(path);
            continue;
        }
        let is_file = form == Form::EggInfo && machine.stat(&path).is_ok_and(|meta| meta.kind == Kind::File);
        let form = if is_file { Form::EggInfoFile } else { form };
        found.papers.push(Papers { path, file, site: site.clone(), item: item.to_owned(), form });
    }
    found
}
