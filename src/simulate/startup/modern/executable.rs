//! `sys.executable`, and the file that it really is.

use super::Getpath;
use crate::machine::Platform;
use crate::simulate::startup::steps;
use crate::simulate::startup::{Outcome, Probe, Step};

const EXECUTABLE_RULE: &str = "Modules/getpath.py: CALCULATE executable";

impl Getpath<'_, '_> {
    /// CALCULATE `program_name` and executable.
    pub(super) fn find_executable(&mut self) {
        let mut name = self.scene.program.clone();
        if name.is_empty() {
            name.clone_from(&self.names.default_program);
        }
        if self.scene.platform == Platform::Windows && !name.to_ascii_lowercase().ends_with(".exe") {
            let with_suffix = format!("{name}.exe");
            if self.scene.disk.is_executable(&with_suffix) {
                name = with_suffix;
            }
        }
        if name.contains(self.scene.strings.rules().sep()) {
            self.executable = self.scene.strings.abspath(&name);
        }
        if self.executable.is_empty() {
            self.executable.clone_from(&self.real_executable);
        } else if self.scene.platform == Platform::Macos {
            // The path as typed is the one that is believed (gh-quirk in getpath.py for embedding tests).
            self.real_executable.clone_from(&self.executable);
        }
        let mut looked = Vec::new();
        if self.executable.is_empty() {
            self.search_path(&name, &mut looked);
        }
        if self.executable.is_empty() {
            self.executable_dir = self.scene.strings.abspath(".");
            self.real_executable_dir.clone_from(&self.executable_dir);
            self.account.push(Step::new(steps::EXECUTABLE, Outcome::NotFound, EXECUTABLE_RULE).value(name).looked(looked));
        } else {
            self.account.push(Step::new(steps::EXECUTABLE, Outcome::Set, EXECUTABLE_RULE).value(self.executable.clone()).looked(looked));
        }
    }

    /// A bare name is looked up on PATH, also with `-E` and `-I`; the result is not made absolute.
    fn search_path(&mut self, name: &str, looked: &mut Vec<Probe>) {
        let Some(path) = self.scene.var("PATH").filter(|path| !path.is_empty()) else { return };
        for folder in path.split(self.names.delimiter) {
            let candidate = self.join(folder, name);
            let found = self.scene.disk.is_executable(&candidate);
            looked.push(Probe { path: candidate.clone(), found });
            if found {
                self.executable = candidate;
                return;
            }
        }
    }

    /// `PYTHONEXECUTABLE` and `__PYVENV_LAUNCHER__`, on every system and even with `-I`.
    pub(super) fn read_launcher_variables(&mut self) {
        let set = |name: &str| self.scene.var(name).filter(|value| !value.is_empty());
        let Some((variable, value)) = set("PYTHONEXECUTABLE")
            .map(|value| ("PYTHONEXECUTABLE", value))
            .or_else(|| set("__PYVENV_LAUNCHER__").map(|value| ("__PYVENV_LAUNCHER__", value)))
        else {
            return;
        };
        let build = &self.scene.installation.build;
        self.base_executable = match (&build.framework, &build.library) {
            (Some(_), Some(library)) if self.scene.platform == Platform::Macos => {
                format!("{}/bin/python{}", self.dirname(library), self.scene.release.dotted())
            }
            _ if self.scene.release.launcher_keeps_base() && !self.real_executable.is_empty() => self.real_executable.clone(),
            _ => self.executable.clone(),
        };
        if self.real_executable.is_empty() {
            self.real_executable.clone_from(&self.base_executable);
        }
        self.executable_dir = self.dirname(&value);
        self.executable.clone_from(&value);
        let rule = "Modules/getpath.py: ENV_PYTHONEXECUTABLE or ENV___PYVENV_LAUNCHER__";
        self.account.push(Step::new(steps::LAUNCHER, Outcome::Set, rule).file(variable).value(value));
    }

    /// CALCULATE `base_executable`, `real_executable` and `executable_dir`.
    pub(super) fn find_real_executable(&mut self) {
        if self.base_executable.is_empty() {
            self.base_executable = if self.executable.is_empty() { self.real_executable.clone() } else { self.executable.clone() };
        }
        if self.real_executable.is_empty() {
            self.real_executable.clone_from(&self.base_executable);
        }
        if let Some(end) = self.scene.disk.chase_modern(&self.scene.strings, &self.real_executable) {
            self.real_executable = end;
        }
        self.look_beside_library();
        let real_dir = self.dirname(&self.real_executable);
        // 3.13 and newer ask for a real executable first; a name that was not found leaves none.
        let known = !self.real_executable.is_empty() || !self.scene.release.launcher_keeps_base();
        if self.executable_dir.is_empty() && known {
            self.executable_dir.clone_from(&real_dir);
            self.real_executable_dir.clone_from(&real_dir);
        }
        if self.real_executable_dir.is_empty() && known {
            self.real_executable_dir = real_dir;
        }
        self.account.push(Step::new(steps::BASE_EXECUTABLE, Outcome::Set, EXECUTABLE_RULE).value(self.base_executable.clone()));
    }

    /// macOS looks beside its library early.
    fn look_beside_library(&mut self) {
        let Some(library) = self.scene.library() else { return };
        if self.scene.platform != Platform::Macos || !self.executable_dir.is_empty() {
            return;
        }
        let folder = self.dirname(&library);
        if self.stdlib_landmarks().iter().any(|landmark| self.probe(&folder, landmark, false, &mut Vec::new())) {
            let folder = self.scene.disk.chase_modern(&self.scene.strings, &folder).unwrap_or(folder);
            self.executable_dir.clone_from(&folder);
            self.real_executable_dir = folder;
        }
    }
}
