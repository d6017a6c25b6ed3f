//! `search_for_prefix` and `search_for_exec_prefix`.

use super::{Found, Getpath, absolute, is_module_folder};
use crate::machine::text;
use crate::simulate::startup::disk::Disk;
use crate::simulate::startup::scene::Halt;
use crate::simulate::startup::steps;
use crate::simulate::startup::strings::{classic_join, reduce};
use crate::simulate::startup::{Outcome, Probe, Step};

impl Getpath<'_, '_> {
    /// The folder of `os.py`: `PYTHONHOME`, build tree, upwards from the start, compiled in.
    pub(super) fn find_prefix(&mut self) -> Result<(String, Found), Halt> {
        const RULE: &str = "Modules/getpath.c: search_for_prefix";
        let mut looked = Vec::new();
        let (folder, found) = self.search_prefix(&mut looked)?;
        let outcome = if found == Found::Nowhere { Outcome::NotFound } else { Outcome::Found };
        self.account.push(Step::new(steps::PREFIX, outcome, RULE).cause(&self.home_line).value(folder.clone()).looked(looked));
        Ok((folder, found))
    }

    fn search_prefix(&self, looked: &mut Vec<Probe>) -> Result<(String, Found), Halt> {
        if let Some(home) = &self.home {
            let first = home.split(':').next().unwrap_or(home);
            return Ok((classic_join(first, &self.names.lib_python), Found::Installed));
        }
        if let Some(folder) = self.build_tree() {
            return Ok((folder, Found::BuildTree));
        }
        let found = self.search_up(&self.names.lib_python, is_module_folder, looked);
        if let Some(folder) = found {
            return Ok((folder, Found::Installed));
        }
        let compiled = classic_join(&self.scene.compiled_prefix()?, &self.names.lib_python);
        let there = is_module_folder(self.scene.disk, &compiled);
        looked.push(Probe { path: compiled.clone(), found: there });
        Ok((compiled, if there { Found::Installed } else { Found::Nowhere }))
    }

    /// `Modules/Setup.local` (3.8; `Modules/Setup` before) and the sources' `os.py` make a build tree.
    fn build_tree(&self) -> Option<String> {
        let landmark = if self.scene.release.at_least(8) { "Modules/Setup.local" } else { "Modules/Setup" };
        if !self.scene.disk.is_file(&classic_join(&self.start, landmark)) {
            return None;
        }
        let vpath = self.scene.installation.build.vpath.as_deref().unwrap_or("");
        let folder = classic_join(&classic_join(&self.start, vpath), "Lib");
        is_module_folder(self.scene.disk, &folder).then_some(folder)
    }

    /// Upwards from the start, stopping before the root.
    fn search_up(&self, below: &str, test: fn(Disk<'_>, &str) -> bool, looked: &mut Vec<Probe>) -> Option<String> {
        let mut folder = absolute(self.scene, &self.start);
        loop {
            let candidate = classic_join(&folder, below);
            let found = test(self.scene.disk, &candidate);
            looked.push(Probe { path: candidate.clone(), found });
            if found {
                return Some(candidate);
            }
            folder = reduce(&folder).to_owned();
            if folder.is_empty() {
                return None;
            }
        }
    }

    /// The folder of compiled modules.
    pub(super) fn find_exec_prefix(&mut self) -> Result<(String, Found), Halt> {
        const RULE: &str = "Modules/getpath.c: search_for_exec_prefix";
        let mut looked = Vec::new();
        let (folder, found) = self.search_exec_prefix(&mut looked)?;
        let outcome = if found == Found::Nowhere { Outcome::NotFound } else { Outcome::Found };
        self.account.push(Step::new(steps::EXEC_PREFIX, outcome, RULE).cause(&self.home_line).value(folder.clone()).looked(looked));
        Ok((folder, found))
    }

    fn search_exec_prefix(&self, looked: &mut Vec<Probe>) -> Result<(String, Found), Halt> {
        let below = classic_join(&self.names.lib_python, "lib-dynload");
        if let Some(home) = &self.home {
            let second = home.split_once(':').map_or(home.as_str(), |(_, second)| second);
            return Ok((classic_join(second, &below), Found::Installed));
        }
        let marker = classic_join(&self.start, "pybuilddir.txt");
        if self.scene.disk.is_file(&marker)
            && let Ok(bytes) = self.scene.disk.machine.head(&marker, 1023)
        {
            // The file's text as it is, a line end included.
            let text = text::decode(bytes.split(|&byte| byte == 0).next().unwrap_or(&[]));
            return Ok((classic_join(&self.start, &text), Found::BuildTree));
        }
        if let Some(folder) = self.search_up(&below, |disk, path| disk.is_dir(path), looked) {
            return Ok((folder, Found::Installed));
        }
        let compiled = self.scene.compiled_exec_prefix()?;
        let folder = classic_join(&compiled, &below);
        let there = self.scene.disk.is_dir(&folder);
        looked.push(Probe { path: folder.clone(), found: there });
        if there {
            return Ok((folder, Found::Installed));
        }
        // Without the `pythonX.Y` part, as the C code has it.
        Ok((classic_join(&compiled, &classic_join(&self.names.platlibdir, "lib-dynload")), Found::Nowhere))
    }
}
