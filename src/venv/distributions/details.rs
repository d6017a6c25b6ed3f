//! Everything that the papers of one distribution say, read once.

use super::direct_url::{self, DirectUrl};
use super::entry_points::{self, EntryPoint};
use super::metadata::Metadata;
use super::search::{Form, Papers};
use super::{INSTALLER_LIMIT, name, record};
use crate::machine::folder::Folder;
use crate::machine::{Fault, Machine};
use crate::text;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// `top_level.txt` and `requires.txt` are lists of some lines.
const LIST_LIMIT: usize = 1 << 20;

/// More files than these beside `METADATA` are always asked for: where none can be read, the folder cannot.
const READ_BESIDE: usize = 4;

/// `WHEEL` has some lines.
const WHEEL_LIMIT: usize = 1 << 16;

/// One distribution as its papers tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Where the papers lie.
    pub papers: Papers,
    /// Its name as `METADATA` spells it, else as the folder does.
    pub name: String,
    /// Its version likewise; the names of older papers tell none.
    pub version: Option<String>,
    /// The header of `METADATA`; the fault where it cannot be read.
    pub metadata: Result<Metadata, Fault>,
    /// The word in `INSTALLER`.
    pub installer: Option<String>,
    /// Whether `REQUESTED` is there.
    pub requested: bool,
    /// What `direct_url.json` says.
    pub direct_url: Option<DirectUrl>,
    /// Commands and plug-ins.
    pub entry_points: Vec<EntryPoint>,
    /// What `RECORD` adds up to; `None` where there is none.
    pub record: Option<record::Summary>,
    /// The names to import.
    pub modules: BTreeSet<String>,
    /// The lines `Tag:` of `WHEEL`.
    pub tags: Vec<String>,
    /// The project folder that an `.egg-link` names.
    pub egg_link: Option<String>,
    /// That `.egg-link` itself.
    pub egg_link_file: Option<String>,
    /// The requirements, each as the papers spell it.
    pub requirements: Vec<String>,
    /// Files that are there and cannot be read, beside `METADATA`.
    pub unread: Vec<(String, Fault)>,
}

impl Details {
    /// Reads the papers, `site` being the folder that holds them. Never fails: what is absent is told as absent.
    pub fn read(machine: &dyn Machine, site: &dyn Folder, papers: Papers) -> Self {
        let rules = machine.platform().rules();
        let is_folder = papers.form != Form::EggInfoFile;
        let inside = |file: &str| rules.join(&papers.file, file);
        let unread = RefCell::new(Vec::new());
        let bytes = |file: &str, limit: usize| {
            let read = if is_folder { site.read(&inside(file), limit) } else { Err(Fault::Missing) };
            read.map_err(|fault| unread.borrow_mut().push((file.to_owned(), fault))).ok()
        };
        let short = |file: &str, limit: usize| bytes(file, limit).map(|bytes| text::decode(&bytes));
        let told = if is_folder { vec![inside("METADATA"), inside("PKG-INFO")] } else { vec![papers.file.clone()] };
        let metadata = Metadata::read(&told, |file, limit| site.head(file, limit)).map(|read| read.of_folder(rules, &papers.site));
        let record = bytes("RECORD", record::LIMIT);
        let record = record.map(|bytes| record::summary(&bytes));
        let declared = short("top_level.txt", LIST_LIMIT).unwrap_or_default();
        let mut modules: BTreeSet<String> = declared.split_whitespace().map(str::to_owned).collect();
        if modules.is_empty() {
            modules = record.as_ref().map(|record| record.modules.clone()).unwrap_or_default();
        }
        let stated = |key: &str| metadata.as_ref().ok().and_then(|metadata| metadata.get(key)).map(str::to_owned);
        let (folder_name, folder_version) = of_papers(machine, &papers);
        let requirements = requirements(&metadata, || short("requires.txt", LIST_LIMIT));
        let installer = short("INSTALLER", INSTALLER_LIMIT).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty());
        let direct_url = short("direct_url.json", direct_url::LIMIT).and_then(|json| DirectUrl::parse(json.as_bytes()));
        let entry_points = entry_points::parse(&short("entry_points.txt", entry_points::LIMIT).unwrap_or_default());
        let tags = short("WHEEL", WHEEL_LIMIT).map(|wheel| tags(&wheel)).unwrap_or_default();
        let mut unread = unread.into_inner();
        unread.retain(|(_, fault)| !matches!(fault, Fault::Missing | Fault::NotADirectory));
        Self {
            name: stated("Name").unwrap_or(folder_name),
            version: stated("Version").or(folder_version),
            installer,
            requested: is_folder && site.has_file(&inside("REQUESTED")),
            direct_url,
            entry_points,
            tags,
            unread,
            egg_link: None,
            egg_link_file: None,
            requirements,
            metadata,
            record,
            modules,
            papers,
        }
    }

    /// The name by which the papers are compared: pip takes the folder's (pip/_internal/metadata/importlib/_compat.py,
    /// `get_dist_canonical_name()`).
    pub fn key(&self) -> String {
        match self.papers.form {
            Form::DistInfo | Form::EggInfo | Form::EggInfoFile => name::normalized(name::of_folder(&self.papers.file).0),
            Form::Egg => name::normalized(&self.name),
        }
    }

    /// The version by which the papers are compared: that of a `.dist-info` folder, else the stated one.
    pub fn compared_version(&self) -> Option<&str> {
        let of_folder = if self.papers.form == Form::DistInfo { name::of_folder(&self.papers.file).1 } else { None };
        of_folder.or(self.version.as_deref())
    }

    /// Why a file of the papers cannot be read; `None` where it can, or is not there.
    pub fn unread(&self, file: &str) -> Option<&Fault> {
        let of_metadata = || self.metadata.as_ref().err().filter(|fault| !matches!(fault, Fault::Missing | Fault::NotADirectory));
        match file {
            "METADATA" | "PKG-INFO" => of_metadata(),
            _ => self.unread.iter().find(|(unread, _)| unread == file).map(|(_, fault)| fault),
        }
    }

    /// Whether that is so of the folder, and not of single files.
    pub fn is_unread(&self) -> bool {
        self.unread.len() > READ_BESIDE && self.unread.iter().all(|(_, fault)| self.metadata.as_ref().err() == Some(fault))
    }

    /// The project folder of an editable installation.
    pub fn project(&self, machine: &dyn Machine) -> Option<String> {
        let rules = machine.platform().rules();
        self.direct_url.as_ref().and_then(|url| url.editable_project(rules)).or_else(|| self.egg_link.clone())
    }
}

fn of_papers(machine: &dyn Machine, papers: &Papers) -> (String, Option<String>) {
    let file = if papers.form == Form::Egg { machine.platform().rules().basename(&papers.site) } else { papers.file.clone() };
    let (name, version) = name::of_folder(&file);
    // What stands in the names of older papers is not asked for (pip/_internal/metadata/importlib/_compat.py,
    // `parse_name_and_version_from_info_directory()`).
    (name.to_owned(), version.filter(|_| papers.form == Form::DistInfo).map(str::to_owned))
}

fn tags(wheel: &str) -> Vec<String> {
    let fields = wheel.lines().filter_map(|line| line.split_once(':'));
    fields.filter(|(key, _)| key.eq_ignore_ascii_case("tag")).map(|(_, tag)| tag.trim().to_owned()).collect()
}

/// `Requires-Dist` of the header, else the sections of `requires.txt` with their markers written out
/// (Lib/importlib/metadata, `_convert_egg_info_reqs_to_simple_reqs()`).
fn requirements(metadata: &Result<Metadata, Fault>, requires: impl FnOnce() -> Option<String>) -> Vec<String> {
    let stated: Vec<String> = metadata.iter().flat_map(|metadata| metadata.all("Requires-Dist")).map(str::to_owned).collect();
    if !stated.is_empty() {
        return stated;
    }
    let mut section = (String::new(), String::new());
    let mut found = Vec::new();
    let requires = requires().unwrap_or_default();
    for line in requires.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(head) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let (extra, marker) = head.split_once(':').unwrap_or((head, ""));
            section = (name::normalized(extra), marker.trim().to_owned());
            continue;
        }
        // Behind a URL a semicolon would belong to it.
        let space = if line.contains('@') { " " } else { "" };
        found.push(match (section.0.as_str(), section.1.as_str()) {
            ("", "") => line.to_owned(),
            ("", marker) => format!("{line}{space}; {marker}"),
            (extra, "") => format!("{line}{space}; extra == \"{extra}\""),
            (extra, marker) => format!("{line}{space}; ({marker}) and extra == \"{extra}\""),
        });
    }
    found
}
