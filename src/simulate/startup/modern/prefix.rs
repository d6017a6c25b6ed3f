//! `prefix` and `exec_prefix`: `._pth`, build tree, `home`, landmarks, and what is compiled in.

use super::{Getpath, PthAdjacent};
use crate::machine::Platform;
use crate::simulate::startup::disk::ReadFault;
use crate::simulate::startup::scene::Halt;
use crate::simulate::startup::steps;
use crate::simulate::startup::{Outcome, Probe, Step};

const RULE: &str = "Modules/getpath.py: CALCULATE prefix AND exec_prefix";

impl Getpath<'_, '_> {
    /// DETECT _pth FILE: beside the library, the executable and the file that it really is, on every system.
    pub(super) fn read_adjacent_pth(&mut self) {
        let rule = "Modules/getpath.py: DETECT _pth FILE";
        let mut looked = Vec::new();
        for path in [self.scene.library().unwrap_or_default(), self.executable.clone(), self.real_executable.clone()] {
            if path.is_empty() {
                continue;
            }
            let lower = path.to_ascii_lowercase();
            let strips = self.scene.platform == Platform::Windows && (lower.ends_with("exe") || lower.ends_with("dll"));
            let stem = if strips { path.rsplit_once('.').map_or("", |(stem, _)| stem) } else { &path };
            let file = format!("{stem}._pth");
            let read = self.scene.disk.readlines(&file);
            looked.push(Probe { path: file.clone(), found: read.is_ok() });
            let Ok(lines) = read else { continue };
            let dir = self.dirname(&file);
            self.account.push(Step::new(steps::PTH_ADJACENT, Outcome::Found, rule).file(&file).value(dir.clone()).looked(looked));
            if !dir.is_empty() {
                self.flags.ignore_environment = true;
                self.home = Some(dir.clone());
            }
            self.pth = Some(PthAdjacent { file, dir, lines });
            return;
        }
        self.account.push(Step::new(steps::PTH_ADJACENT, Outcome::NotFound, rule).looked(looked));
    }

    /// CHECK FOR BUILD DIRECTORY.
    pub(super) fn detect_build_tree(&mut self) -> Result<(), Halt> {
        let rule = "Modules/getpath.py: CHECK FOR BUILD DIRECTORY";
        if self.real_executable_dir.is_empty() {
            return Ok(());
        }
        let dir = self.real_executable_dir.clone();
        let marker = self.join(&dir, "pybuilddir.txt");
        let vpath = self.scene.installation.build.vpath.clone().unwrap_or_default();
        match self.scene.disk.readlines(&marker) {
            Ok(lines) => {
                self.platstdlib_dir = lines.first().map_or_else(|| dir.clone(), |line| self.join(&dir, line));
                self.build_prefix = Some(self.join(&dir, &vpath));
                self.account.push(Step::new(steps::BUILD_TREE, Outcome::Found, rule).file(&marker).value(dir.clone()));
            }
            Err(ReadFault::Absent) => {}
            Err(ReadFault::Denied) if self.scene.release.unreadable_is_absent() => {}
            Err(fault) => return Err(Halt::getpath(fault.exception(), &marker)),
        }
        if self.build_prefix.is_none() && self.scene.release.setup_local_marks_build() {
            self.detect_setup_local(&dir, &vpath);
        }
        if let Some(build_prefix) = self.build_prefix.clone() {
            self.adopt_build_tree(&build_prefix);
        }
        Ok(())
    }

    fn detect_setup_local(&mut self, dir: &str, vpath: &str) {
        let windows = self.scene.platform == Platform::Windows;
        let landmark = if windows { format!("{vpath}\\Modules\\Setup.local") } else { "Modules/Setup.local".to_owned() };
        let landmark = self.join(dir, &landmark);
        if self.scene.disk.is_file(&landmark) {
            self.build_prefix = Some(self.join(dir, vpath));
            if windows {
                dir.clone_into(&mut self.platstdlib_dir);
            }
            let rule = "Modules/getpath.py: BUILD_LANDMARK";
            self.account.push(Step::new(steps::BUILD_TREE, Outcome::Found, rule).file(&landmark).value(dir));
        }
    }

    fn adopt_build_tree(&mut self, build_prefix: &str) {
        let stdlib_prefix = if self.scene.platform == Platform::Windows {
            Some(build_prefix.to_owned())
        } else {
            self.search_up(build_prefix, &["Lib/os.py"], false, &mut Vec::new())
        };
        self.stdlib_dir = self.join(stdlib_prefix.as_deref().unwrap_or(build_prefix), "Lib");
        self.prefix = stdlib_prefix.unwrap_or_default();
        build_prefix.clone_into(&mut self.exec_prefix);
    }

    /// CALCULATE prefix AND `exec_prefix`.
    pub(super) fn find_prefixes(&mut self) -> Result<(), Halt> {
        if let Some(home) = &self.home {
            let (prefix, exec_prefix) = home.split_once(self.names.delimiter).unwrap_or((home, home));
            (self.prefix, self.exec_prefix) = (prefix.to_owned(), exec_prefix.to_owned());
            self.stdlib_dir = String::new();
        }
        let mut looked = Vec::new();
        self.prefix_beside_library(&mut looked);
        self.prefix_by_zip(&mut looked);
        self.prefix_by_stdlib(&mut looked);
        let outcome = if self.prefix.is_empty() { Outcome::NotFound } else { Outcome::Found };
        if self.prefix.is_empty() {
            self.prefix = self.scene.compiled_prefix()?;
            let mut found = false;
            for landmark in self.stdlib_landmarks() {
                found |= self.probe(&self.prefix, landmark, false, &mut looked);
            }
            if !found && !self.prefix.is_empty() {
                self.account.warn(steps::NO_STDLIB, RULE);
            }
        }
        if self.prefix.is_empty() {
            self.prefix = self.scene.strings.abspath("");
            self.account.warn(steps::NO_STDLIB, RULE);
        }
        self.account.push(Step::new(steps::PREFIX, outcome, RULE).cause(&self.home_line).value(self.prefix.clone()).looked(looked));
        self.find_exec_prefix()
    }

    fn prefix_beside_library(&mut self, looked: &mut Vec<Probe>) {
        let Some(library) = self.scene.library().filter(|_| self.prefix.is_empty()) else { return };
        let folder = self.dirname(&library);
        if self.scene.platform == Platform::Windows {
            if self.probe(&folder, &self.names.zip_landmark, false, looked) {
                self.prefix.clone_from(&folder);
            }
        } else {
            self.prefix = self.search_up(&folder, &[&self.names.zip_landmark], false, looked).unwrap_or_default();
        }
        if self.prefix.is_empty() && self.stdlib_landmarks().iter().any(|landmark| self.probe(&folder, landmark, false, looked)) {
            self.stdlib_dir = self.join(&folder, &self.names.stdlib_subdir);
            self.prefix = folder;
        }
    }

    /// A zip file of the standard library is looked for before `os.py`; an empty file will do.
    fn prefix_by_zip(&mut self, looked: &mut Vec<Probe>) {
        if !self.prefix.is_empty() || self.executable_dir.is_empty() {
            return;
        }
        let dir = self.executable_dir.clone();
        let found = if self.scene.platform == Platform::Windows {
            self.probe(&dir, &self.names.zip_landmark, false, looked).then_some(dir)
        } else {
            self.search_up(&dir, &[&self.names.zip_landmark], false, looked)
        };
        if let Some(prefix) = found {
            let stdlib = self.join(&prefix, &self.names.stdlib_subdir);
            self.stdlib_dir = if self.scene.disk.is_dir(&stdlib) { stdlib } else { String::new() };
            self.prefix = prefix;
        }
    }

    fn prefix_by_stdlib(&mut self, looked: &mut Vec<Probe>) {
        if !self.prefix.is_empty() || self.executable_dir.is_empty() {
            return;
        }
        if let Some(prefix) = self.search_up(&self.executable_dir, &self.stdlib_landmarks(), false, looked) {
            if self.stdlib_dir.is_empty() {
                self.stdlib_dir = self.join(&prefix, &self.names.stdlib_subdir);
            }
            self.prefix = prefix;
        }
    }

    fn find_exec_prefix(&mut self) -> Result<(), Halt> {
        let mut looked = Vec::new();
        let windows = self.scene.platform == Platform::Windows;
        if self.exec_prefix.is_empty() {
            self.exec_prefix = if windows { self.prefix.clone() } else { self.search_exec_prefix(&mut looked)? };
            let landmark = self.names.platstdlib_landmark.clone();
            let found = !self.exec_prefix.is_empty() && self.probe(&self.exec_prefix, &landmark, true, &mut looked);
            if !found && windows && self.platstdlib_dir.is_empty() {
                self.platstdlib_dir.clone_from(&self.exec_prefix);
            }
            if !found && !windows {
                self.account.warn(steps::NO_PLATSTDLIB, RULE);
            }
        }
        if self.exec_prefix.is_empty() {
            self.exec_prefix.clone_from(&self.prefix);
        }
        let outcome = if looked.iter().any(|probe| probe.found) { Outcome::Found } else { Outcome::Set };
        self.account.push(Step::new(steps::EXEC_PREFIX, outcome, RULE).value(self.exec_prefix.clone()).looked(looked));
        Ok(())
    }

    fn search_exec_prefix(&self, looked: &mut Vec<Probe>) -> Result<String, Halt> {
        let landmark = self.names.platstdlib_landmark.as_str();
        if self.scene.release.exec_prefix_follows_prefix() && self.probe(&self.prefix, landmark, true, looked) {
            return Ok(self.prefix.clone());
        }
        let starts = self.base_executable_dir.iter().filter(|dir| **dir != self.executable_dir).chain([&self.executable_dir]);
        for start in starts {
            if let Some(found) = self.search_up(start, &[landmark], true, looked) {
                return Ok(found);
            }
        }
        self.scene.compiled_exec_prefix()
    }

    /// From 3.14 on, `prefix` and `exec_prefix` become the environment's here; what they were is the base.
    pub(super) fn adopt_venv_prefix(&mut self) {
        self.base_prefix.clone_from(&self.prefix);
        self.base_exec_prefix.clone_from(&self.exec_prefix);
        if let Some(venv) = &self.venv_prefix
            && self.scene.release.core_sets_venv_prefix()
        {
            // An empty venv_prefix is false in Python: a relative executable at the top leaves the prefix alone.
            if !venv.is_empty() {
                self.prefix.clone_from(venv);
                self.exec_prefix.clone_from(venv);
            }
            let rule = "Modules/getpath.py: For a venv, update the main prefix/exec_prefix (3.14)";
            self.account.push(Step::new(steps::VENV_PREFIX, Outcome::Set, rule).value(venv.clone()));
        }
    }

    /// POSIX `prefix`/`exec_prefix` QUIRKS: in a build tree, the prefixes are the compiled-in ones once the path is listed.
    pub(super) fn apply_build_quirk(&mut self) {
        if self.build_prefix.is_none() || self.scene.platform == Platform::Windows {
            return;
        }
        let prefix = self.scene.compiled_prefix().unwrap_or_default();
        let exec_prefix = self.scene.compiled_exec_prefix().ok().filter(|path| !path.is_empty()).unwrap_or_else(|| prefix.clone());
        let in_venv = self.venv_prefix.as_ref().is_some_and(|venv| !venv.is_empty());
        if !(in_venv && self.scene.release.core_sets_venv_prefix()) {
            self.prefix.clone_from(&prefix);
            self.exec_prefix.clone_from(&exec_prefix);
        }
        self.base_prefix = prefix;
        self.base_exec_prefix = exec_prefix;
    }
}
