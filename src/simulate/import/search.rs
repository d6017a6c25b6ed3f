//! The search itself: the finders in order, for the first part of the name, then for each part in what its parent says.

use super::archive::{Archive, Opened};
use super::editable::{self, Editable};
use super::finder::{Answer, Folders};
use super::started::{Importer, Started};
use super::{Finder, Import, Kind, Parent, Searched, Spec, absent, owner, shim, started, suffixes};
use crate::machine::path::Rules;
use crate::machine::{Machine, Platform};
use crate::simulate::startup::{Origin, PathItem, Startup};
use crate::venv::Unknown;
use crate::venv::installation::compiled_in::CompiledIn;
use crate::venv::installation::{Implementation, Installation};

/// No module is nested deeper.
const PARTS: usize = 64;

/// Where `import module` leads for the interpreter that starts as `startup` tells.
pub fn import(machine: &dyn Machine, startup: &Startup, installation: &Installation, module: &str) -> Import {
    answer(&Search::new(machine, startup, installation), startup, module)
}

/// The same for several modules; the interpreter is read once.
pub fn imports(machine: &dyn Machine, startup: &Startup, installation: &Installation, modules: &[String]) -> Vec<Import> {
    let search = Search::new(machine, startup, installation);
    modules.iter().map(|module| answer(&search, startup, module)).collect()
}

fn answer(search: &Search<'_>, startup: &Startup, module: &str) -> Import {
    let mut import = search.dotted(module);
    search.own(&mut import);
    if import.found {
        search.shadowed(&mut import);
    } else {
        absent::explain(search, startup, &mut import);
    }
    import
}

/// All that the search asks.
pub(super) struct Search<'m> {
    pub machine: &'m dyn Machine,
    pub rules: Rules,
    pub folders: Folders<'m>,
    pub path: &'m [PathItem],
    pub editables: Vec<Editable>,
    minor: u32,
    compiled: CompiledIn,
    /// The `.pth` file that puts setuptools' distutils first.
    shim: Option<String>,
    standard: Option<String>,
    started: Started,
    unknown: Vec<Unknown>,
}

/// What was found, and how.
struct Found {
    spec: Spec,
    finder: Finder,
    index: Option<usize>,
    searched: Vec<Searched>,
}

impl<'m> Search<'m> {
    fn new(machine: &'m dyn Machine, startup: &'m Startup, installation: &Installation) -> Self {
        let path = startup.sys_path.as_deref().unwrap_or_default();
        let of = |wanted: &[Origin]| -> Vec<String> {
            path.iter().filter(|item| wanted.contains(&item.source)).map(|item| item.path.clone()).collect()
        };
        let version = installation.version().or(startup.version.as_deref()).unwrap_or_default();
        let minor = version.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(0);
        let library = of(&[Origin::Stdlib, Origin::Platstdlib]);
        let sites = of(&[Origin::SitePackages, Origin::DistPackages, Origin::UserSite]);
        let shim = shim::switched_on(machine, &sites);
        let editables: Vec<Editable> = sites.iter().flat_map(|site| editable::in_folder(machine, site)).collect();
        let importers = [
            startup.user_site_enabled.map(|_| Importer::Site),
            shim.as_ref().map(|_| Importer::Shim),
            editables.iter().any(Editable::is_of_setuptools).then_some(Importer::Finder),
        ];
        let importers = importers.into_iter().flatten().collect();
        Self {
            machine,
            rules: machine.platform().rules(),
            folders: Folders::new(machine, suffixes::all(machine, installation, &library)),
            path,
            editables,
            minor,
            compiled: compiled(machine, installation, minor),
            shim,
            standard: of(&[Origin::Stdlib]).into_iter().next(),
            started: Started { minor, windows: machine.platform() == Platform::Windows, importers },
            unknown: startup.unknown.clone(),
        }
    }

    fn windows(&self) -> bool {
        self.machine.platform() == Platform::Windows
    }

    /// A name of several parts: the parent is imported first, and says where to go on.
    fn dotted(&self, module: &str) -> Import {
        let mut import = nothing(module);
        if let Some(alias) = started::alias(module, self.windows()) {
            self.take(&mut import, self.top(alias), alias);
            return import;
        }
        let parts: Vec<&str> = module.split('.').take(PARTS + 1).collect();
        let splits = |part: &&str| part.contains(['/', '\0']) || (self.windows() && part.contains('\\'));
        if parts.len() > PARTS || parts.iter().any(|part| part.is_empty() || splits(part)) {
            return import;
        }
        if module == "__main__" {
            import.unknown.push(Unknown {
                what: "where __main__ is".to_owned(),
                why: "it is the program that runs, for which no file is looked for".to_owned(),
            });
            return import;
        }
        let mut name = String::new();
        let mut parent: Option<Found> = None;
        let mut index = None;
        for part in &parts {
            let whole = if name.is_empty() { (*part).to_owned() } else { format!("{name}.{part}") };
            let result = match (&parent, started::alias(&whole, self.windows())) {
                (None, _) => self.top(&whole),
                (Some(_), Some(alias)) => self.top(alias),
                (Some(parent), None) => {
                    let Some(path) = self.package_path(&name, &parent.spec) else {
                        let origin = parent.spec.origin.clone().unwrap_or_default();
                        import.unknown.extend(self.doubt_of_code(&name, &parent.spec));
                        import.parent = Some(Parent::NotAPackage(name.clone(), origin));
                        return import;
                    };
                    self.below(&whole, part, &path, index)
                }
            };
            match result {
                Ok(found) => {
                    index = if parent.is_none() { found.index } else { index };
                    parent = Some(Found { index, ..found });
                }
                Err(searched) => {
                    import.searched = searched;
                    import.unknown = self.doubt(&name, parent.as_ref().map(|parent| &parent.spec));
                    if !name.is_empty() {
                        import.parent = Some(if whole == module { Parent::Searched(name) } else { Parent::Missing(whole) });
                    } else if whole != module {
                        import.parent = Some(Parent::Missing(whole));
                    }
                    return import;
                }
            }
            name = whole;
        }
        if let Some(found) = parent {
            self.take(&mut import, Ok(found), module);
        }
        import
    }

    /// The folders in which the parts below a package are looked for; `None` for what is no package.
    fn package_path(&self, name: &str, spec: &Spec) -> Option<Vec<String>> {
        // The shim's module is the package that setuptools carries, with its own __path__.
        if name == "distutils" && spec.locations.is_none() && self.shim.is_some() {
            return spec.origin.as_deref().map(|origin| vec![self.rules.dirname(origin)]);
        }
        spec.locations.clone()
    }

    fn take(&self, import: &mut Import, result: Result<Found, Vec<Searched>>, name: &str) {
        match result {
            Ok(found) => {
                import.found = true;
                import.origin = found.spec.origin.filter(|_| !started::has_no_origin(name, self.minor));
                if found.spec.kind == Kind::Namespace && self.minor <= 6 {
                    import.origin = Some("namespace".to_owned());
                }
                import.kind = Some(found.spec.kind);
                import.locations = found.spec.locations.unwrap_or_default();
                import.sys_path_index = found.index;
                import.searched = found.searched;
                import.finder = Some(found.finder);
            }
            Err(searched) => import.searched = searched,
        }
    }

    /// A name without a dot, through every finder.
    fn top(&self, name: &str) -> Result<Found, Vec<Searched>> {
        if let (Some(pth), "distutils") = (&self.shim, name) {
            let setuptools = self.top("setuptools").ok().and_then(|found| found.spec.locations).unwrap_or_default();
            if let Some((spec, _)) = shim::find(self.rules, &self.folders, &setuptools) {
                return Ok(Found { spec, finder: Finder::Distutils(pth.clone()), index: None, searched: Vec::new() });
            }
        }
        if let Some(found) = self.inside(name) {
            return Ok(found);
        }
        let items = |before: bool| -> Vec<(Option<usize>, &str)> {
            let items = self.path.iter().enumerate();
            let items = items.filter(|(_, item)| !before || !matches!(item.source, Origin::Cwd | Origin::ScriptDir));
            items.map(|(index, item)| (Some(index), item.path.as_str())).collect()
        };
        // What start-up did not find, it did not import.
        let before = if self.started.imports(name) { self.along(name, name, &items(true)).ok() } else { None };
        before.map_or_else(|| self.along(name, name, &items(false)), Ok)
    }

    /// A part below a package.
    fn below(&self, whole: &str, part: &str, path: &[String], index: Option<usize>) -> Result<Found, Vec<Searched>> {
        if let Some(found) = self.inside(whole) {
            return Ok(found);
        }
        let items: Vec<(Option<usize>, &str)> = path.iter().map(|folder| (index, folder.as_str())).collect();
        self.along(whole, part, &items)
    }

    /// `BuiltinImporter` and `FrozenImporter`.
    fn inside(&self, name: &str) -> Option<Found> {
        let found = |origin: &str, kind, locations, finder| Found {
            spec: Spec { origin: Some(origin.to_owned()), kind, locations },
            finder,
            index: None,
            searched: Vec::new(),
        };
        if self.compiled.built_in.contains(name) {
            return Some(found("built-in", Kind::Builtin, None, Finder::BuiltIn));
        }
        let package = *self.compiled.frozen.get(name)?;
        // FrozenImporter.find_spec of 3.11: the folder in the standard library, unless the module goes under another name.
        let folder = self.standard.as_deref().filter(|_| self.minor >= 11 && !name.starts_with("__phello_alias__"));
        let locations = package.then(|| folder.map(|library| self.rules.join(library, &name.replace('.', "/"))).into_iter().collect());
        Some(found("frozen", Kind::Frozen, locations, Finder::Frozen))
    }

    /// `PathFinder`, then the finders that editable installations append to `sys.meta_path`.
    fn along(&self, whole: &str, tail: &str, items: &[(Option<usize>, &str)]) -> Result<Found, Vec<Searched>> {
        let mut searched = Vec::new();
        let mut portions: Vec<String> = Vec::new();
        let mut first = None;
        let hooked = self.editables.iter().map(Editable::placeholder);
        let missing: Vec<(Option<usize>, &str)> = if whole == tail {
            hooked.filter(|item| !item.is_empty() && items.iter().all(|(_, known)| known != item)).map(|item| (None, item)).collect()
        } else {
            Vec::new()
        };
        for (index, item) in items.iter().chain(&missing) {
            let mut tried = Vec::new();
            let (answer, finder) = self.at(item, whole, tail, &mut tried);
            let is_placeholder = missing.iter().any(|(_, placeholder)| placeholder == item);
            let found = answer != Answer::Nothing;
            if !is_placeholder || found {
                searched.push(Searched { item: (*item).to_owned(), tried, found });
            }
            match answer {
                Answer::Module(spec) => return Ok(Found { spec, finder, index: *index, searched }),
                Answer::Portions(more) => {
                    first = first.or(Some((*index, finder)));
                    portions.extend(more);
                }
                Answer::Nothing => {}
            }
        }
        if let Some((index, finder)) = first {
            let spec = Spec { origin: None, kind: Kind::Namespace, locations: Some(portions) };
            return Ok(Found { spec, finder, index, searched });
        }
        for editable in &self.editables {
            let mut tried = Vec::new();
            let spec = editable.find(self.rules, &self.folders, whole, &mut tried);
            if !tried.is_empty() {
                searched.push(Searched { item: editable.file.clone(), tried, found: spec.is_some() });
            }
            if let Some(spec) = spec {
                return Ok(Found { spec, finder: Finder::Editable(editable.file.clone()), index: None, searched });
            }
        }
        Err(searched)
    }

    /// One item, through the hook that takes it (`sys.path_hooks`: zip files, folders, the placeholders of editable installations).
    pub(super) fn at(&self, item: &str, whole: &str, tail: &str, tried: &mut Vec<String>) -> (Answer, Finder) {
        if let Some(editable) = self.editables.iter().find(|one| one.placeholder() == item && !item.is_empty()) {
            let answer = editable.portions(whole).map_or(Answer::Nothing, Answer::Portions);
            return (answer, Finder::Editable(editable.file.clone()));
        }
        let Some(cwd) = self.machine.cwd().or_else(|| self.rules.is_absolute(item).then(String::new)) else {
            return (Answer::Nothing, Finder::Path(item.to_owned()));
        };
        let folder = if item.is_empty() { cwd } else { self.rules.join(&cwd, item) };
        // _path_join takes separators off the end; the root alone keeps its own.
        let trimmed = folder.trim_end_matches(self.rules.sep());
        let folder = if trimmed.is_empty() { folder.as_str() } else { trimmed };
        if self.folders.is_dir(folder) {
            return (self.folders.find(folder, tail, tried), Finder::Path(folder.to_owned()));
        }
        match Archive::open(self.machine, folder, self.minor) {
            Opened::Archive(archive) => (archive.find(tail, tried), Finder::Archive(archive.file)),
            Opened::TooBig | Opened::Nothing => (Answer::Nothing, Finder::Path(folder.to_owned())),
        }
    }

    /// What code might still do where nothing was found.
    fn doubt(&self, parent: &str, spec: Option<&Spec>) -> Vec<Unknown> {
        let mut unknown = self.unknown.clone();
        if self.compiled.file.is_none() && parent.is_empty() {
            unknown.push(Unknown {
                what: "which modules are compiled into this interpreter".to_owned(),
                why: "no file tells; the usual ones of its version are taken".to_owned(),
            });
        }
        unknown.extend(spec.and_then(|spec| self.doubt_of_code(parent, spec)));
        unknown
    }

    /// Code of a parent that changes where its parts are looked for, or makes them itself, as `six` does. The standard library's own
    /// is known.
    fn doubt_of_code(&self, parent: &str, spec: &Spec) -> Option<Unknown> {
        const WORDS: [(&str, &str); 4] = [
            ("__path__", "changes __path__"),
            ("declare_namespace", "changes __path__"),
            ("sys.modules", "puts modules into sys.modules"),
            ("meta_path", "adds a finder of its own"),
        ];
        let origin = spec.origin.as_deref().filter(|_| matches!(spec.kind, Kind::Package | Kind::Source))?;
        if self.standard.as_deref().is_some_and(|library| {
            self.rules.is_within(origin, library) && !self.rules.is_within(origin, &self.rules.join(library, "site-packages"))
        }) {
            return None;
        }
        let bytes = self.machine.read(origin, 1 << 20).ok()?;
        let (_, does) = WORDS.iter().find(|(word, _)| memchr::memmem::find(&bytes, word.as_bytes()).is_some())?;
        Some(Unknown {
            what: format!("where {parent} looks for its parts"),
            why: format!("{origin} is code that {does}; it is not run here"),
        })
    }

    /// Which distribution the module belongs to.
    fn own(&self, import: &mut Import) {
        let Some(finder) = &import.finder else { return };
        import.distribution = match finder {
            Finder::BuiltIn | Finder::Frozen => None,
            Finder::Editable(file) => owner::of_file(self.machine, file).or_else(|| {
                let pth = self.editables.iter().find(|one| one.file == *file).map(|one| one.pth.clone())?;
                owner::of_file(self.machine, &pth)
            }),
            Finder::Distutils(pth) => owner::of_file(self.machine, pth),
            Finder::Path(_) | Finder::Archive(_) => {
                let item = import.sys_path_index.and_then(|index| self.path.get(index));
                let path =
                    import.origin.clone().filter(|_| import.kind != Some(Kind::Namespace)).or_else(|| import.locations.first().cloned());
                item.zip(path).and_then(|(item, path)| self.owner_on(item, &path))
            }
        };
    }

    /// The owner of `path` below an item of `sys.path`: by its RECORD there, or by the `.pth` file that put the item on `sys.path`.
    fn owner_on(&self, item: &PathItem, path: &str) -> Option<String> {
        match item.source {
            Origin::Stdlib | Origin::Platstdlib | Origin::Cwd | Origin::ScriptDir | Origin::Pythonpath => None,
            _ => {
                let by_record = owner::of_path(self.machine, &item.path, path);
                by_record.or_else(|| {
                    item.cause.file.as_deref().filter(|file| file.ends_with(".pth")).and_then(|pth| owner::of_file(self.machine, pth))
                })
            }
        }
    }

    /// What would be found if the winner were not there, in the order in which it would be.
    fn shadowed(&self, import: &mut Import) {
        let module = import.module.clone();
        let (top, tail) = (module.split('.').next().unwrap_or_default(), module.rsplit('.').next().unwrap_or_default());
        let from = match (import.sys_path_index, &import.finder) {
            _ if top != tail || import.kind == Some(Kind::Namespace) => return,
            (Some(index), _) => index,
            (None, Some(Finder::BuiltIn | Finder::Frozen | Finder::Distutils(_))) => 0,
            (None, _) => return,
        };
        for item in self.path.iter().skip(from) {
            if let (Answer::Module(spec), _) = self.at(&item.path, tail, tail, &mut Vec::new()) {
                let origin = spec.origin.unwrap_or_default();
                if Some(&origin) != import.origin.as_ref() && !import.shadows.contains(&origin) {
                    // A frozen module of the standard library has its own source beside it: the same module, not another one.
                    let own_source = import.kind == Some(Kind::Frozen) && matches!(item.source, Origin::Stdlib | Origin::Zip);
                    if !own_source {
                        import.shadows.push(origin);
                    }
                }
            }
            self.beside(import, item, tail);
        }
    }

    /// A module file beside a package of the same name.
    fn beside(&self, import: &mut Import, item: &PathItem, tail: &str) {
        let Some(cwd) = self.machine.cwd() else { return };
        let folder = self.rules.join(&cwd, &item.path);
        let is_package = import.origin.as_deref().is_some_and(|origin| self.rules.dirname(&self.rules.dirname(origin)) == folder);
        if !is_package || import.kind != Some(Kind::Package) {
            return;
        }
        let names = self.folders.names(&folder);
        for (suffix, _) in self.folders.all_suffixes() {
            let name = format!("{tail}{suffix}");
            let file = self.rules.join(&folder, &name);
            if names.contains(&name) && self.folders.is_file(&file) && !import.shadows.contains(&file) {
                import.shadows.push(file);
            }
        }
    }
}

/// The tables of the interpreter, else what is usual.
fn compiled(machine: &dyn Machine, installation: &Installation, minor: u32) -> CompiledIn {
    let known =
        (installation.implementation == Implementation::CPython).then(|| CompiledIn::read(machine, &installation.file, minor)).flatten();
    known.unwrap_or_else(|| CompiledIn {
        built_in: started::usual_built_in(minor, installation.implementation, machine.platform() == Platform::Windows)
            .into_iter()
            .collect(),
        frozen: started::usual_frozen(minor, installation.implementation).into_iter().collect(),
        file: None,
    })
}

fn nothing(module: &str) -> Import {
    Import {
        schema: "venv-explain/import/1",
        module: module.to_owned(),
        found: false,
        origin: None,
        kind: None,
        locations: Vec::new(),
        sys_path_index: None,
        distribution: None,
        searched: Vec::new(),
        shadows: Vec::new(),
        unknown: Vec::new(),
        finder: None,
        parent: None,
        foreign: Vec::new(),
        suffixes: Vec::new(),
        elsewhere: Vec::new(),
        similar: Vec::new(),
    }
}
