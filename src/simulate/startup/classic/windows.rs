//! `PC/getpathp.c`: how 3.10 and older compute their first paths on Windows.

use super::config::{find_value, open};
use crate::machine::text;
use crate::simulate::startup::disk::item;
use crate::simulate::startup::scene::{Flags, Halt, Paths, Scene};
use crate::simulate::startup::steps::{self, Account};
use crate::simulate::startup::{Origin, Outcome, PathItem, Probe, Step};
use crate::venv::Source;

const RULE: &str = "PC/getpathp.c: calculate_path_impl";

/// The variables of `getpathp.c`.
struct Getpath<'s, 'm> {
    scene: &'s Scene<'m>,
    account: &'s mut Account,
    executable: String,
    /// `argv0_path`.
    start: String,
    home: Option<String>,
    home_line: Source,
    prefix: String,
}

/// Runs `calculate_path`.
pub(in crate::simulate::startup) fn paths(scene: &Scene<'_>, flags: &mut Flags, account: &mut Account) -> Result<Paths, Halt> {
    let running = scene.real_executable.clone().unwrap_or_else(|| scene.program.clone());
    let launcher = scene.var("__PYVENV_LAUNCHER__").filter(|value| !value.is_empty());
    let executable = launcher.clone().unwrap_or_else(|| running.clone());
    account.push(Step::new(steps::EXECUTABLE, Outcome::Set, RULE).value(executable.clone()));
    let start = scene.strings.dirname(&executable);
    let home = scene.python_var("PYTHONHOME", *flags);
    let mut getpath = Getpath { scene, account, executable, start, home, home_line: Source::default(), prefix: String::new() };
    let items = if let Some(items) = getpath.read_adjacent_pth(flags)? {
        items
    } else {
        getpath.read_pyvenv_cfg();
        getpath.find_prefix();
        getpath.list_items(*flags)
    };
    let base = if launcher.is_some() { running } else { getpath.executable.clone() };
    let attribute = scene.release.has_base_executable() || launcher.is_some();
    Ok(Paths {
        base_executable: attribute.then_some(base),
        executable: getpath.executable,
        base_prefix: getpath.prefix.clone(),
        base_exec_prefix: getpath.prefix.clone(),
        exec_prefix: getpath.prefix.clone(),
        prefix: getpath.prefix,
        platlibdir: scene.platlibdir(*flags),
        items,
    })
}

impl Getpath<'_, '_> {
    fn join(&self, first: &str, second: &str) -> String {
        self.scene.strings.join(first, second)
    }

    /// `read_pth_file`: beside the DLL, then beside the executable, before anything else.
    fn read_adjacent_pth(&mut self, flags: &mut Flags) -> Result<Option<Vec<PathItem>>, Halt> {
        let candidates = self.scene.library().into_iter().chain([self.executable.clone()]);
        let files: Vec<String> = candidates.map(|path| with_extension(&path, "._pth")).collect();
        let Some((file, bytes)) = files.iter().find_map(|file| open(self.scene.disk, file).map(|bytes| (file, bytes))) else {
            return Ok(None);
        };
        flags.isolated = true;
        flags.ignore_environment = true;
        flags.no_site = true;
        flags.safe_path = true;
        self.prefix = self.scene.strings.dirname(file);
        let mut items = Vec::new();
        for (line, number) in text::decode(&bytes).split('\n').zip(1u32..) {
            let line = line.split('\r').next().unwrap_or("");
            let source = Source { file: Some(file.clone()), line: Some(number) };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line == "import site" {
                flags.no_site = false;
            } else if line.starts_with("import ") {
                return Err(Halt::Fatal("Fatal Python error: only 'import site' is supported in ._pth file".to_owned()));
            } else {
                items.push(item(self.join(&self.prefix, line), Origin::PthFileAdjacent, steps::PTH_ADJACENT, source));
            }
        }
        self.account.push(Step::new(steps::PTH_ADJACENT, Outcome::Found, "PC/getpathp.c: read_pth_file").file(file));
        Ok(Some(items))
    }

    fn read_pyvenv_cfg(&mut self) {
        let folders = [self.start.clone(), self.scene.strings.dirname(&self.start)];
        let files = folders.map(|folder| self.join(&folder, "pyvenv.cfg"));
        let Some((file, bytes)) = files.iter().find_map(|file| open(self.scene.disk, file).map(|bytes| (file, bytes))) else {
            self.account.push(Step::new(steps::PYVENV_CFG, Outcome::NotFound, RULE));
            return;
        };
        self.account.push(Step::new(steps::PYVENV_CFG, Outcome::Found, RULE).file(file));
        if let Some((line, value)) = find_value(&bytes, "home") {
            self.account.push(Step::new(steps::HOME, Outcome::Set, RULE).file(file).line(line).value(value.clone()));
            self.home_line = Source { file: Some(file.clone()), line: Some(line) };
            self.start = value;
        }
    }

    fn zip(&self) -> String {
        let library = self.scene.library();
        let stem = library.unwrap_or_else(|| self.join(&self.start, &format!("python{}.dll", self.scene.release.undotted())));
        with_extension(&stem, ".zip")
    }

    /// `calculate_home_prefix`.
    fn find_prefix(&mut self) {
        let zip = self.zip();
        let mut looked = Vec::new();
        if let Some(home) = &self.home {
            home.split(';').next().unwrap_or(home).clone_into(&mut self.prefix);
        } else if self.scene.disk.exists(&zip) {
            self.prefix = self.scene.strings.dirname(&zip);
            self.home = Some(self.prefix.clone());
        } else {
            let found = self.scene.strings.upwards(&self.start).into_iter().find(|folder| {
                let path = self.join(folder, "lib\\os.py");
                let found = self.scene.disk.is_file(&path);
                looked.push(Probe { path, found });
                found
            });
            self.home.clone_from(&found);
            self.prefix = found.unwrap_or_default();
        }
        self.account.push(Step::new(steps::PREFIX, Outcome::Set, RULE).cause(&self.home_line).value(self.prefix.clone()).looked(looked));
    }

    /// `calculate_module_search_path`.
    fn list_items(&mut self, flags: Flags) -> Vec<PathItem> {
        let mut items = Vec::new();
        let pythonpath = self.scene.python_var("PYTHONPATH", flags);
        if let Some(value) = &pythonpath {
            self.account.push(Step::new(steps::PYTHONPATH, Outcome::Added, RULE).value(value.clone()));
            items.extend(value.split(';').map(|path| item(path, Origin::Pythonpath, steps::PYTHONPATH, Source::default())));
        }
        let zip = self.zip();
        self.account.push(Step::new(steps::ZIP, Outcome::Added, RULE).value(zip.clone()));
        items.push(item(zip, Origin::Zip, steps::ZIP, Source::default()));
        let registered = self.list_registry(flags, &mut items);
        let libraries = [("DLLs", Origin::Platstdlib, steps::PLATSTDLIB), ("lib", Origin::Stdlib, steps::STDLIB)];
        let default = pythonpath.is_none() && !registered;
        for (name, source, id) in libraries {
            let path = match &self.home {
                Some(_) => format!("{}\\{name}", self.prefix),
                None if default => format!(".\\{name}"),
                None => continue,
            };
            self.account.push(Step::new(id, Outcome::Added, RULE).cause(&self.home_line).value(path.clone()));
            items.push(item(path, source, id, self.home_line.clone()));
        }
        items.push(item(self.start.clone(), Origin::Platstdlib, steps::PLATSTDLIB, self.home_line.clone()));
        items
    }

    fn list_registry(&mut self, flags: Flags, items: &mut Vec<PathItem>) -> bool {
        let mut any = false;
        for hive in ["HKCU", "HKLM"] {
            if flags.ignore_environment {
                break;
            }
            let key = format!("{hive}\\Software\\Python\\PythonCore\\{}\\PythonPath", self.scene.winver());
            let mut values = self.scene.registry_subkeys(&key);
            if self.home.is_none() {
                values.extend(self.scene.disk.machine.registry(&key).map(|value| (key.clone(), value)));
            }
            for (name, value) in values {
                any = true;
                self.account.push(Step::new(steps::REGISTRY, Outcome::Added, RULE).file(&name).value(value.clone()));
                let source = Source { file: Some(name), line: None };
                items.extend(value.split(';').map(|path| item(path, Origin::Stdlib, steps::REGISTRY, source.clone())));
            }
        }
        any
    }
}

/// `change_ext`.
fn with_extension(path: &str, extension: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    format!("{stem}{extension}")
}
