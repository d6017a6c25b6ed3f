//! `pyvenv.cfg` as `getpath.py` reads it, and the base executable that follows from its `home`.

use super::Getpath;
use crate::machine::Platform;
use crate::simulate::startup::disk::{ReadFault, first_value};
use crate::simulate::startup::scene::Halt;
use crate::simulate::startup::steps;
use crate::simulate::startup::{Outcome, Probe, Step};
use crate::venv::Source;

const RULE: &str = "Modules/getpath.py: READ pyvenv.cfg";

impl Getpath<'_, '_> {
    /// READ pyvenv.cfg: one level above the executable first, then beside it; links are not followed.
    pub(super) fn read_pyvenv_cfg(&mut self) -> Result<(), Halt> {
        if self.home.is_some() && !self.scene.release.core_sets_venv_prefix() {
            self.account.push(Step::new(steps::PYVENV_CFG, Outcome::Skipped, RULE));
            return Ok(());
        }
        let beside = if self.executable_dir.is_empty() { self.dirname(&self.executable) } else { self.executable_dir.clone() };
        let above = self.dirname(&beside);
        let mut looked = Vec::new();
        let Some((folder, file, lines)) = self.first_readable([above, beside], &mut looked)? else {
            self.account.push(Step::new(steps::PYVENV_CFG, Outcome::NotFound, RULE).looked(looked));
            return Ok(());
        };
        self.account.push(Step::new(steps::PYVENV_CFG, Outcome::Found, RULE).file(&file).value(folder.clone()).looked(looked));
        let home = first_value(&lines, "home");
        if home.is_some() || self.scene.release.core_sets_venv_prefix() {
            self.venv_prefix = Some(folder);
        }
        match home {
            None => self.account.push(Step::new(steps::HOME, Outcome::NotFound, RULE).file(&file)),
            Some((line, value)) if self.home.is_some() => {
                self.account.push(Step::new(steps::HOME, Outcome::Ignored, RULE).file(&file).line(line).value(value));
            }
            Some((line, value)) => {
                self.account.push(Step::new(steps::HOME, Outcome::Set, RULE).file(&file).line(line).value(value.clone()));
                self.home_line = Source { file: Some(file), line: Some(line) };
                self.follow_home(&value);
            }
        }
        Ok(())
    }

    fn first_readable(&self, folders: [String; 2], looked: &mut Vec<Probe>) -> Result<Option<(String, String, Vec<String>)>, Halt> {
        for folder in folders {
            let file = self.join(&folder, "pyvenv.cfg");
            match self.scene.disk.readlines(&file) {
                Ok(lines) => {
                    looked.push(Probe { path: file.clone(), found: true });
                    return Ok(Some((folder, file, lines)));
                }
                Err(ReadFault::Absent) => looked.push(Probe { path: file, found: false }),
                Err(ReadFault::Denied) if self.scene.release.unreadable_is_absent() => looked.push(Probe { path: file, found: false }),
                Err(fault) => return Err(Halt::getpath(fault.exception(), &file)),
            }
        }
        Ok(None)
    }

    /// `home` replaces the folder from which the prefixes are searched.
    fn follow_home(&mut self, home: &str) {
        home.clone_into(&mut self.executable_dir);
        home.clone_into(&mut self.real_executable_dir);
        if self.base_executable.is_empty() {
            self.base_executable = self.base_from_home(home);
        }
        if self.scene.release.resolved_base_beats_home() && self.scene.disk.is_file(&self.base_executable) {
            let folder = self.dirname(&self.base_executable);
            let mut landmarks = self.stdlib_landmarks().to_vec();
            landmarks.insert(0, &self.names.zip_landmark);
            let sees = self.scene.disk.is_file(&self.join(&folder, "pybuilddir.txt"))
                || self.search_up(&folder, &landmarks, false, &mut Vec::new()).is_some();
            if sees {
                self.executable_dir.clone_from(&folder);
                self.real_executable_dir.clone_from(&folder);
            }
            self.base_executable_dir = Some(folder);
        }
    }

    /// The base executable: where the link leads, else the same name in `home`, else a usual name there.
    fn base_from_home(&self, home: &str) -> String {
        let disk = self.scene.disk;
        match disk.chase_modern(&self.scene.strings, &self.executable) {
            Some(end) if end != self.executable => return end,
            _ => {}
        }
        let name = self.scene.strings.basename(&self.executable);
        let same_name = self.join(home, name);
        let falls_back = self.scene.platform != Platform::Windows && self.scene.release.base_name_falls_back();
        if !falls_back || disk.is_file(&same_name) {
            return same_name;
        }
        let usual = [self.names.default_program.clone(), format!("python{}", self.scene.release.dotted())];
        usual.iter().filter(|usual| *usual != name).map(|usual| self.join(home, usual)).find(|path| disk.is_file(path)).unwrap_or(same_name)
    }
}
