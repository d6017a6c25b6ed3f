//! The modules of the standard library that every start imports: whether they are there, and whether a file of the same name on
//! `PYTHONPATH` stands in for one of them.
//!
//! `Python/codecs.c` imports `encodings` before a single file name can be read, `Python/pylifecycle.c` imports `io` for the standard
//! streams and then `site`. From 3.11 on most of them are frozen into the interpreter and no file is asked.

use super::command_line::{CommandLine, Program};
use super::locale::Codec;
use super::modules;
use super::scene::{Flags, Halt, Paths, Scene};
use super::steps::{self, Account};
use super::{Origin, Outcome, PathItem, Probe, Step};
use crate::machine::{Platform, path::realpath};
use crate::venv::installation::{Implementation, Vendor, vendor_of};

const RULE: &str = "Python/codecs.c: init_fs_encoding imports encodings";
const PYPY_RULE: &str = "pypy/interpreter/app_main.py";

/// Longest `encodings/aliases.py`.
const ALIASES_LIMIT: usize = 256 << 10;

/// When a module is needed, and so how Python says that it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// To read file names.
    FileNames,
    /// For `sys.stdout` and its like.
    Streams,
    /// By `site`.
    Site,
}

/// Finds what is needed before `site`: `encodings` and the codecs, then what the standard streams need. The first flags are those
/// before the paths were worked out.
pub(super) fn find_early(
    scene: &Scene<'_>,
    line: &CommandLine,
    (read_before, flags): (Flags, Flags),
    paths: &Paths,
    account: &mut Account,
) -> Result<(), Halt> {
    let rule = if scene.installation.implementation == Implementation::PyPy { PYPY_RULE } else { RULE };
    if scene.installation.build.frozen_encodings.unwrap_or_else(|| scene.release.freezes_encodings()) {
        account.push(Step::new(steps::ENCODINGS, Outcome::Skipped, rule));
        return Ok(());
    }
    let library = Library::new(scene, line, flags, paths);
    let mut looked = Vec::new();
    let Some(encodings) = library.find("encodings", &mut looked) else {
        account.push(Step::new(steps::ENCODINGS, Outcome::Fatal, rule).looked(looked));
        return Err(library.missing("encodings", Stage::FileNames));
    };
    let stands_in = library.stands_in(&encodings);
    let outcome = if stands_in { Outcome::Unknown } else { Outcome::Found };
    account.push(Step::new(steps::ENCODINGS, outcome, rule).file(&encodings.file).looked(looked));
    if stands_in {
        tell_stand_in(account, "encodings", &encodings.file);
    }
    let folder = (!stands_in && !library.is_recorded()).then(|| library.codecs(&encodings)).flatten();
    if let Some(folder) = &folder {
        library.find_codecs(folder)?;
    }
    library.find_all(Stage::FileNames, account)?;
    library.find_all(Stage::Streams, account)?;
    folder.map_or(Ok(()), |folder| library.find_stream_codec(read_before, &folder))
}

/// Finds `site` and what it imports; whose `site` it is.
pub(super) fn find_site(scene: &Scene<'_>, line: &CommandLine, flags: Flags, paths: &Paths, account: &mut Account) -> Result<Vendor, Halt> {
    let library = Library::new(scene, line, flags, paths);
    library.find_all(Stage::Site, account)?;
    Ok(library.vendor_of_site())
}

/// From 3.13 on, `-c` imports `linecache` when `sys.path[0]` is there already (`Python/pythonrun.c: _PyRun_StringFlagsWithName`).
pub(super) fn find_linecache(scene: &Scene<'_>, line: &CommandLine, items: &[PathItem], account: &mut Account) -> Result<(), Halt> {
    let imports = scene.release.at_least(13) && scene.installation.implementation == Implementation::CPython;
    if !imports || line.program != Program::Code {
        return Ok(());
    }
    let library = items.iter().find(|item| is_library(item) && scene.disk.is_file(&scene.disk.rules.join(&item.path, "linecache.py")));
    let ahead: Vec<PathItem> = items.iter().take_while(|item| Some(*item) != library).filter(|item| !is_library(item)).cloned().collect();
    match modules::find(scene.disk, &ahead, "linecache").0 {
        Some(file) => tell_stand_in(account, "linecache", &file),
        None if library.is_some() || scene.disk.machine.recorded() || modules::find(scene.disk, items, "linecache").0.is_some() => {}
        None => return Err(Halt::Fatal("ModuleNotFoundError: No module named 'linecache'".to_owned())),
    }
    Ok(())
}

fn tell_stand_in(account: &mut Account, module: &str, file: &str) {
    let why = format!("{file} is run in place of the standard library's module {module}; it is not run here");
    account.unknown("the prefixes, and what is on sys.path in the end", why);
}

fn is_library(item: &PathItem) -> bool {
    matches!(item.source, Origin::Zip | Origin::Stdlib | Origin::Platstdlib | Origin::PthFileAdjacent)
}

/// The first items of `sys.path`, as the import of a library module sees them.
struct Library<'s, 'm> {
    scene: &'s Scene<'m>,
    flags: Flags,
    /// Those that are there.
    items: Vec<&'s PathItem>,
    frozen: bool,
    all: &'s [PathItem],
}

/// Where a module is.
struct Place<'s> {
    file: String,
    item: &'s PathItem,
}

impl<'s, 'm> Library<'s, 'm> {
    fn new(scene: &'s Scene<'m>, line: &CommandLine, flags: Flags, paths: &'s Paths) -> Self {
        let option = line.x_options.iter().find_map(|option| option.strip_prefix("frozen_modules="));
        let variable = if scene.release.at_least(13) { scene.python_var("PYTHON_FROZEN_MODULES", flags) } else { None };
        let frozen = scene.release.at_least(11) && option.or(variable.as_deref()) != Some("off");
        let items = paths.items.iter().filter(|item| item.path.is_empty() || scene.disk.exists(&item.path)).collect();
        Self { scene, flags, items, frozen, all: &paths.items }
    }

    /// The distributor of the module `site` that runs: the interpreter's own where that is frozen in, else that of the file, which may
    /// be another installation's (`PYTHONHOME`).
    fn vendor_of_site(&self) -> Vendor {
        let own = self.scene.installation.vendor;
        if self.frozen || self.is_pypy() || self.is_recorded() {
            return own;
        }
        let folder = self.find("site", &mut Vec::new()).map(|place| self.scene.disk.rules.dirname(&place.file));
        folder.map_or(own, |folder| vendor_of(self.scene.disk.machine, &folder))
    }

    fn is_pypy(&self) -> bool {
        self.scene.installation.implementation == Implementation::PyPy
    }

    /// A capture names only the files that matter.
    fn is_recorded(&self) -> bool {
        self.scene.disk.machine.recorded()
    }

    /// What is imported from files, by the stage that needs it (seen in `sys.modules` of each release).
    fn names(&self, stage: Stage) -> &'static [&'static str] {
        if self.is_pypy() {
            return match stage {
                Stage::FileNames => &["codecs", "abc", "os", "stat", "posixpath", "genericpath", "_collections_abc"],
                Stage::Streams => &[],
                Stage::Site => &["site", "io", "_sitebuiltins"],
            };
        }
        match (stage, self.scene.release.minor()) {
            _ if self.frozen => &[],
            (Stage::FileNames, _) => &["codecs"],
            (Stage::Streams, ..=6) => &["io", "abc", "_weakrefset"],
            (Stage::Streams, _) => &["io", "abc"],
            (Stage::Site, ..=6) => &["site", "os", "stat", "posixpath", "genericpath", "_collections_abc", "_sitebuiltins", "sysconfig"],
            (Stage::Site, _) => &["site", "os", "stat", "posixpath", "genericpath", "_collections_abc", "_sitebuiltins"],
        }
    }

    /// Up to 3.9 `_bootlocale` is imported where it is there.
    fn wanted(&self, stage: Stage) -> &'static [&'static str] {
        let old = self.is_pypy() || !self.scene.release.at_least(10);
        if old && stage == Stage::Streams { &["_bootlocale"] } else { &[] }
    }

    fn find_all(&self, stage: Stage, account: &mut Account) -> Result<(), Halt> {
        for name in self.wanted(stage) {
            if let Some(place) = self.find(name, &mut Vec::new()).filter(|place| self.stands_in(place)) {
                tell_stand_in(account, name, &place.file);
            }
        }
        for name in self.names(stage) {
            match self.find(name, &mut Vec::new()) {
                Some(place) if self.stands_in(&place) => tell_stand_in(account, name, &place.file),
                Some(_) => {}
                None if self.is_recorded() => {}
                None => return Err(self.missing(name, stage)),
            }
        }
        Ok(())
    }

    fn find(&self, name: &str, looked: &mut Vec<Probe>) -> Option<Place<'s>> {
        let place = self.items.iter().find_map(|item| Some(Place { file: self.file_in(item, name, looked)?, item }));
        if place.is_none() && looked.is_empty() {
            looked.extend(self.all.iter().map(|item| Probe { path: item.path.clone(), found: false }));
        }
        looked.truncate(64);
        place
    }

    /// The file of the module in one item. In the library itself it is where it always is.
    fn file_in(&self, item: &PathItem, name: &str, looked: &mut Vec<Probe>) -> Option<String> {
        let rules = self.scene.disk.rules;
        let usual = if name == "encodings" { rules.join(name, "__init__.py") } else { format!("{name}.py") };
        let usual = rules.join(&item.path, &usual);
        let found = self.scene.disk.is_file(&usual);
        looked.push(Probe { path: usual.clone(), found });
        if found {
            return Some(usual);
        }
        modules::find(self.scene.disk, std::slice::from_ref(item), name).0
    }

    /// Whether the module is not the library's own.
    fn stands_in(&self, place: &Place<'_>) -> bool {
        let machine = self.scene.disk.machine;
        !is_library(place.item)
            && !self.all.iter().any(|item| is_library(item) && realpath(machine, &item.path) == realpath(machine, &place.item.path))
    }

    /// The folder of codecs; `None` where it lies inside an archive.
    fn codecs(&self, encodings: &Place<'_>) -> Option<String> {
        let item = &encodings.item.path;
        (!self.scene.disk.is_file(item)).then(|| self.scene.disk.rules.join(item, "encodings"))
    }

    fn has_codec(&self, folder: &str, name: &str) -> bool {
        let rules = self.scene.disk.rules;
        ["py", "pyc"].iter().any(|suffix| self.scene.disk.is_file(&rules.join(folder, &format!("{name}.{suffix}"))))
    }

    /// `aliases` and the codec of file names; up to 3.9 also UTF-8 and Latin-1, for the standard streams.
    fn find_codecs(&self, folder: &str) -> Result<(), Halt> {
        if !self.has_codec(folder, "aliases") {
            return Err(self.stopped(Stage::FileNames, "ImportError: cannot import name 'aliases' from 'encodings'"));
        }
        let (codec, name) = match self.flags.encodings.file_system {
            Codec::Utf8 => ("utf_8", "UTF-8"),
            Codec::Ascii => ("ascii", "ANSI_X3.4-1968"),
        };
        if !self.has_codec(folder, codec) {
            return Err(self.stopped(Stage::FileNames, &format!("LookupError: unknown encoding: {name}")));
        }
        let also: &[&str] = match self.scene.release.minor() {
            _ if self.is_pypy() => &["utf_8"],
            ..=9 => &["utf_8", "latin_1"],
            _ => &[],
        };
        match also.iter().find(|name| !self.has_codec(folder, name)) {
            Some(name) => Err(self.missing(&format!("encodings.{name}"), Stage::Streams)),
            None => Ok(()),
        }
    }

    /// `PYTHONIOENCODING` has to name a codec that makes text of bytes (`Lib/encodings/__init__.py: search_function`).
    fn find_stream_codec(&self, flags: Flags, folder: &str) -> Result<(), Halt> {
        const NO_TEXT: &[&str] = &["base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"];
        let value = self.scene.python_var("PYTHONIOENCODING", flags).unwrap_or_default();
        let name = value.split(':').next().unwrap_or_default();
        if name.is_empty() {
            return Ok(());
        }
        let words: Vec<&str> =
            name.split(|letter: char| !(letter.is_alphanumeric() || letter == '.')).filter(|word| !word.is_empty()).collect();
        let module = words.join("_").to_lowercase().replace('.', "_");
        let aliases = self.scene.disk.machine.read(&self.scene.disk.rules.join(folder, "aliases.py"), ALIASES_LIMIT).unwrap_or_default();
        let aliases = String::from_utf8_lossy(&aliases);
        let alias = aliases.lines().find_map(|line| {
            let (key, codec) = line.split_once(':')?;
            (key.trim().trim_matches('\'') == module).then(|| codec.trim().trim_matches([',', '\'']).to_owned())
        });
        let codec = alias.unwrap_or(module);
        if NO_TEXT.contains(&codec.as_str()) {
            // From 3.8 on by the codec's own name (Python/pylifecycle.c: config_get_codec_name).
            let own = codec.trim_end_matches("_codec").replace('_', "-");
            let name = if self.scene.release.at_least(8) { own.as_str() } else { name };
            let error = format!("LookupError: '{name}' is not a text encoding; use codecs.open() to handle arbitrary codecs");
            return Err(self.stopped(Stage::Streams, &error));
        }
        // Windows' own code pages, and what is no codec although it lies there.
        let elsewhere = matches!(codec.as_str(), "mbcs" | "oem") && self.scene.platform != Platform::Windows;
        let no_codec = elsewhere || matches!(codec.as_str(), "aliases" | "undefined" | "__init__");
        if self.has_codec(folder, &codec) && !no_codec {
            return Ok(());
        }
        let error = format!("LookupError: unknown encoding: {name}");
        Err(match self.scene.release.minor() {
            8.. if !self.is_pypy() => Halt::Fatal(format!(
                "Fatal Python error: init_stdio_encoding: failed to get the Python codec name of the stdio encoding\n{error}"
            )),
            _ => self.stopped(Stage::Streams, &error),
        })
    }

    fn missing(&self, module: &str, stage: Stage) -> Halt {
        if self.is_pypy() && stage == Stage::Site {
            return Halt::SiteFailed;
        }
        self.stopped(stage, &format!("ModuleNotFoundError: No module named '{module}'"))
    }

    /// The message, whose first line changed with the releases; 3.8 misspells the name of its function.
    fn stopped(&self, stage: Stage, error: &str) -> Halt {
        if self.is_pypy() {
            return Halt::Fatal(error.to_owned());
        }
        let head = match (stage, self.scene.release.minor()) {
            (Stage::FileNames, ..=6) => "Fatal Python error: Py_Initialize: Unable to get the locale encoding",
            (Stage::FileNames, 7) => "Fatal Python error: initfsencoding: Unable to get the locale encoding",
            (Stage::FileNames, 13..) if !error.starts_with("LookupError") => "Fatal Python error: Failed to import encodings module",
            (Stage::FileNames, _) => "Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding",
            (Stage::Streams, ..=6) => "Fatal Python error: Py_Initialize: can't initialize sys standard streams",
            (Stage::Streams, _) => "Fatal Python error: init_sys_streams: can't initialize sys standard streams",
            (Stage::Site, minor) => site_failed(minor),
        };
        Halt::Fatal(format!("{head}\n{error}"))
    }
}

/// The first line that Python prints where `site` ends with an exception.
pub(super) fn site_failed(minor: u32) -> &'static str {
    match minor {
        ..=6 => "Failed to import the site module",
        7 => "Fatal Python error: initsite: Failed to import the site module",
        8 => "Fatal Python error: init_import_size: Failed to import the site module",
        _ => "Fatal Python error: init_import_site: Failed to import the site module",
    }
}
