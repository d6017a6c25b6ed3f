//! The first `sys.path`, before `site`: `PYTHONPATH`, zip, standard library, its compiled modules.

use super::{Getpath, PthAdjacent};
use crate::machine::Platform;
use crate::simulate::startup::disk::item;
use crate::simulate::startup::scene::Paths;
use crate::simulate::startup::steps;
use crate::simulate::startup::strings::strip;
use crate::simulate::startup::{Origin, Outcome, PathItem, Step};
use crate::venv::Source;

const RULE: &str = "Modules/getpath.py: UPDATE pythonpath (sys.path)";

impl Getpath<'_, '_> {
    /// UPDATE pythonpath (sys.path). Nothing is tested for existence.
    pub(super) fn list_items(&mut self) -> Vec<PathItem> {
        let mut items = Vec::new();
        self.list_pythonpath(&mut items);
        self.list_zip(&mut items);
        if self.scene.platform == Platform::Windows && !self.flags.ignore_environment {
            self.list_registry(&mut items);
        }
        if self.stdlib_dir.is_empty() && !self.base_prefix.is_empty() {
            self.stdlib_dir = self.join(&self.base_prefix, &self.names.stdlib_subdir);
        }
        if self.platstdlib_dir.is_empty() && !self.base_exec_prefix.is_empty() {
            self.platstdlib_dir = self.join(&self.base_exec_prefix, &self.names.platstdlib_landmark);
        }
        self.warn_of_library();
        let stdlib = item(self.stdlib_dir.clone(), Origin::Stdlib, steps::STDLIB, self.home_line.clone());
        let platstdlib = item(self.platstdlib_dir.clone(), Origin::Platstdlib, steps::PLATSTDLIB, self.home_line.clone());
        let ordered = if self.scene.platform == Platform::Windows { [platstdlib, stdlib] } else { [stdlib, platstdlib] };
        for library in ordered.into_iter().filter(|library| !library.path.is_empty()) {
            self.account.push(Step::new(library.step, Outcome::Added, RULE).cause(&library.cause).value(library.path.clone()));
            items.push(library);
        }
        let dir = self.executable_dir.clone();
        if self.scene.platform == Platform::Windows && !dir.is_empty() && items.iter().all(|item| item.path != dir) {
            self.account.push(Step::new(steps::PLATSTDLIB, Outcome::Added, RULE).value(dir.clone()));
            items.push(item(dir, Origin::Platstdlib, steps::PLATSTDLIB, self.home_line.clone()));
        }
        items
    }

    /// From 3.15 on a standard library that is nowhere is told once more, unless a `._pth` file lists the path.
    fn warn_of_library(&mut self) {
        let tells = self.scene.release.at_least(15) && self.pth.is_none() && !self.scene.disk.machine.recorded();
        if tells && !self.scene.disk.is_dir(&self.stdlib_dir) {
            let prefix = &self.prefix;
            let message = format!("WARN: Could not find the standard library directory! sys.prefix is set to {prefix}, is this correct?");
            self.account.warn(message, RULE);
        }
    }

    /// Each item of `PYTHONPATH` is made absolute; an empty one is the working folder.
    fn list_pythonpath(&mut self, items: &mut Vec<PathItem>) {
        let Some(value) = self.scene.var("PYTHONPATH").filter(|value| !value.is_empty()) else { return };
        if self.flags.ignore_environment {
            for path in value.split(self.names.delimiter) {
                let path = self.scene.strings.abspath(path);
                self.account.leave_out(&path, Origin::Pythonpath, steps::PYTHONPATH, Source::default());
            }
            self.account.push(Step::new(steps::PYTHONPATH, Outcome::Ignored, RULE).value(value));
            return;
        }
        let paths = value.split(self.names.delimiter).map(|path| self.scene.strings.abspath(path));
        items.extend(paths.map(|path| item(path, Origin::Pythonpath, steps::PYTHONPATH, Source::default())));
        self.account.push(Step::new(steps::PYTHONPATH, Outcome::Added, RULE).value(value));
    }

    fn list_zip(&mut self, items: &mut Vec<PathItem>) {
        let compiled_in = self.build_prefix.is_some() || (self.venv_prefix.is_some() && !self.scene.release.base_name_falls_back());
        let folder = match self.scene.platform {
            Platform::Windows => self.scene.library().map_or_else(|| self.executable_dir.clone(), |library| self.dirname(&library)),
            // gh-99370: 3.11.0 used PREFIX in an environment too.
            _ if compiled_in => self.scene.compiled_prefix().unwrap_or_default(),
            _ => self.base_prefix.clone(),
        };
        let zip = self.join(&folder, &self.names.zip_landmark);
        self.account.push(Step::new(steps::ZIP, Outcome::Added, RULE).value(zip.clone()));
        items.push(item(zip, Origin::Zip, steps::ZIP, Source::default()));
    }

    /// Windows also lists paths of the registry: the default value of each sub-key.
    fn list_registry(&mut self, items: &mut Vec<PathItem>) {
        for hive in ["HKCU", "HKLM"] {
            let key = format!("{hive}\\Software\\Python\\PythonCore\\{}\\PythonPath", self.scene.winver());
            let mut values = self.scene.registry_subkeys(&key);
            if self.home.is_none() && self.stdlib_dir.is_empty() {
                values.extend(self.scene.disk.machine.registry(&key).map(|value| (key.clone(), value)));
            }
            for (name, value) in values {
                self.account.push(Step::new(steps::REGISTRY, Outcome::Added, RULE).file(&name).value(value.clone()));
                let source = Source { file: Some(name), line: None };
                items.extend(value.split(';').map(|path| item(path, Origin::Stdlib, steps::REGISTRY, source.clone())));
            }
        }
    }

    /// SET pythonpath FROM _PTH FILE: its lines are the whole of `sys.path`.
    pub(super) fn list_adjacent_pth(&mut self) -> Option<Vec<PathItem>> {
        let PthAdjacent { file, dir, lines } = self.pth.take()?;
        // `if pth:` is false for a file without any line, which then only moves `home`.
        if lines.is_empty() {
            return None;
        }
        self.flags.isolated = true;
        self.flags.ignore_environment = true;
        self.flags.no_site = true;
        self.flags.safe_path = true;
        if self.scene.release.pth_file_disables_user_site() {
            self.flags.no_user_site = true;
        }
        let mut items = Vec::new();
        for (line, number) in lines.iter().zip(1u32..) {
            let rule = "Modules/getpath.py: SET pythonpath FROM _PTH FILE";
            let text = strip(line.split('#').next().unwrap_or(""));
            let source = Source { file: Some(file.clone()), line: Some(number) };
            if text == "import site" {
                self.flags.no_site = false;
                self.account.push(Step::new(steps::PTH_ADJACENT, Outcome::Set, rule).cause(&source).value(text));
            } else if text.starts_with("import ") {
                self.account.push(Step::new(steps::PTH_ADJACENT, Outcome::Ignored, rule).cause(&source).value(text));
                self.account.warn("unsupported 'import' line in ._pth file", rule);
            } else if !text.is_empty() {
                let path = self.join(&dir, text);
                self.account.push(Step::new(steps::PTH_ADJACENT, Outcome::Added, rule).cause(&source).value(path.clone()));
                items.push(item(path, Origin::PthFileAdjacent, steps::PTH_ADJACENT, source));
            }
        }
        Some(items)
    }

    /// What the rest of start-up goes on with.
    pub(super) fn finish(self, items: Vec<PathItem>) -> Paths {
        Paths {
            executable: self.executable,
            base_executable: Some(self.base_executable),
            prefix: self.prefix,
            exec_prefix: self.exec_prefix,
            base_prefix: self.base_prefix,
            base_exec_prefix: self.base_exec_prefix,
            platlibdir: self.names.platlibdir,
            items,
        }
    }
}
