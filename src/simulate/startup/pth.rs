//! Folders of packages and the `.pth` files in them.

use super::disk::TEXT_LIMIT;
use super::generation::PthLines;
use super::known_code::{self, Effect};
use super::locale::Codec;
use super::scene::Halt;
use super::site::Site;
use super::steps;
use super::strings::{is_python_space, splitlines, strip, universal_lines};
use super::undecodable;
use super::{Origin, Outcome, Probe, Step};
use crate::venv::Source;

const ADD_SITE_DIR: &str = "Lib/site.py: addsitedir";
const ADD_PACKAGE: &str = "Lib/site.py: addpackage";

/// More `.pth` files and folders than any start goes through; a `.pth` line can name its own folder through `site.addsitedir`.
const FOLDERS: usize = 4096;
/// How deep `site.addsitedir` in a `.pth` file may lead to another such file; Python itself goes on to its recursion limit.
const NESTED: usize = 20;
/// More lines than any `.pth` file has; each may cost a look at the disk.
const LINES: usize = 20_000;

/// What 3.15 puts off until all folders are known: code lines, in order.
#[derive(Debug, Default)]
pub(super) struct Batch {
    folders: std::collections::HashSet<String>,
    imports: Vec<(String, Source, String)>,
    starts: Vec<(String, Source, String)>,
}

impl Site<'_, '_> {
    /// `addsitedir`: the folder itself, then its `.pth` files in the order of their names.
    pub(super) fn add_folder(&mut self, folder: &str, source: Origin, cause: &Source) -> Result<(), Halt> {
        self.folders += 1;
        if self.folders > FOLDERS {
            return Ok(());
        }
        let folder = self.absolute(folder);
        if self.batch.is_some() {
            return self.collect_folder(&folder, source, cause);
        }
        if self.is_new(&folder) {
            let step = if source == Origin::UserSite { steps::USER_SITE } else { steps::SITE_PACKAGES };
            self.append(folder.clone(), source, step, cause.clone());
        }
        for name in self.names_ending(&folder, ".pth") {
            self.add_package(&folder, &name)?;
        }
        Ok(())
    }

    fn names_ending(&mut self, folder: &str, suffix: &str) -> Vec<String> {
        let names = self.disk.names(folder);
        let (hidden, visible): (Vec<String>, Vec<String>) = names
            .iter()
            .filter(|name| name.ends_with(suffix))
            .cloned()
            .partition(|name| name.starts_with('.') && self.scene.release.skips_hidden_pth());
        for name in hidden {
            let file = self.disk.rules.join(folder, &name);
            self.account.push(Step::new(steps::PTH_FILE, Outcome::Ignored, ADD_SITE_DIR).file(&file));
        }
        visible
    }

    /// `addpackage`: one `.pth` file, line by line.
    fn add_package(&mut self, folder: &str, name: &str) -> Result<(), Halt> {
        let file = self.disk.rules.join(folder, name);
        let Some(lines) = self.pth_lines(&file)? else { return Ok(()) };
        self.account.push(Step::new(steps::PTH_FILE, Outcome::Found, ADD_PACKAGE).file(&file));
        for (line, number) in lines.iter().zip(1u32..) {
            let source = Source { file: Some(file.clone()), line: Some(number) };
            if line.starts_with('#') || (self.scene.release.at_least(10) && strip(line).is_empty()) {
                continue;
            }
            if line.starts_with("import ") || line.starts_with("import\t") {
                if !self.run_line(folder, line, &source)? {
                    break;
                }
                continue;
            }
            if !self.add_line(folder, line.trim_end_matches(is_python_space), &source) {
                break;
            }
        }
        Ok(())
    }

    /// A line that names a place; false where it is an error that ends the file.
    fn add_line(&mut self, folder: &str, line: &str, source: &Source) -> bool {
        let path = self.absolute(&self.disk.rules.join(folder, line));
        let step = Step::new(steps::PTH_LINE, Outcome::Ignored, ADD_PACKAGE).cause(source).value(path.clone());
        // os.path.exists raises ValueError for an embedded NUL, or for what the file system's encoding lacks, before 3.8; later
        // it is false.
        let unnameable = path.contains('\0') || (self.flags.encodings.file_system == Codec::Ascii && !line.is_ascii());
        if unnameable && !self.scene.release.at_least(8) {
            self.account.push(step);
            return false;
        }
        if self.is_known(&path) {
            self.account.push(step);
            return true;
        }
        let found = !unnameable && self.disk.exists(&path);
        let outcome = if found { Outcome::Added } else { Outcome::NotFound };
        self.account.push(Step { outcome, looked: vec![Probe { path: path.clone(), found }], ..step });
        if found {
            self.is_new(&path);
            self.append(path, Origin::Pth, steps::PTH_LINE, source.clone());
        } else {
            self.account.leave_out(&path, Origin::Pth, steps::PTH_LINE, source.clone());
        }
        true
    }

    /// The lines of a `.pth` file; `None` where it cannot be opened, which is silent.
    fn pth_lines(&mut self, file: &str) -> Result<Option<Vec<String>>, Halt> {
        let bytes = match self.disk.machine.read(file, TEXT_LIMIT) {
            Ok(bytes) => bytes,
            Err(crate::machine::Fault::NotRecorded) => {
                self.account.unknown(format!("sys.path after {file}"), "the capture did not record the file's text");
                return Ok(None);
            }
            Err(_) => return Ok(None),
        };
        if let Some((line, message)) = undecodable::utf8_error(&bytes) {
            return Err(self.failure(steps::PTH_FILE, file, Some(line), &message));
        }
        let content = String::from_utf8_lossy(&bytes);
        let lines = match self.scene.release.pth_lines() {
            PthLines::Utf8 => super::disk::lines_of(content.strip_prefix('\u{feff}').unwrap_or(&content)),
            PthLines::Locale => {
                if let Some((line, message)) = undecodable::ascii_error(&bytes).filter(|_| self.flags.encodings.pth == Codec::Ascii) {
                    return Err(self.failure(steps::PTH_FILE, file, Some(line), &message));
                }
                universal_lines(&content)
            }
        };
        if lines.len() > LINES {
            self.account.unknown(format!("sys.path after {file}"), format!("the file has {} lines, which is too many", lines.len()));
            return Ok(None);
        }
        Ok(Some(lines))
    }

    /// A line of code: known code has its known effect, all other code is told as unknown. False where it is known to fail.
    fn run_line(&mut self, folder: &str, line: &str, source: &Source) -> Result<bool, Halt> {
        let effect = known_code::effect(self, folder, line);
        let step = Step::new(steps::PTH_IMPORT, Outcome::Skipped, ADD_PACKAGE).cause(source).value(strip(line));
        match effect {
            Effect::None => self.account.push(step),
            Effect::Fails => {
                self.account.push(Step { outcome: Outcome::Ignored, ..step });
                return Ok(false);
            }
            Effect::Append(path) => {
                self.append(path, Origin::Code, steps::PTH_IMPORT, source.clone());
                self.account.push(Step { outcome: Outcome::Added, ..step });
            }
            Effect::Insert(path) => {
                self.path.insert(0, super::disk::item(path, Origin::Code, steps::PTH_IMPORT, source.clone()));
                self.account.push(Step { outcome: Outcome::Added, ..step });
            }
            Effect::Mark => {
                self.easy_install.mark = Some(self.path.len());
                self.account.push(step);
            }
            Effect::MoveForward => {
                self.move_forward();
                self.account.push(step);
            }
            Effect::AddSiteDir(path) => {
                self.account.push(Step { outcome: Outcome::Added, ..step });
                self.add_site_dir_anew(&path, source)?;
            }
            Effect::Unknown(why) => {
                self.account.push(Step { outcome: Outcome::Unknown, ..step });
                let file = source.file.as_deref().unwrap_or_default();
                self.account.unknown(format!("what line {} of {file} does to sys.path", source.line.unwrap_or_default()), why);
            }
        }
        Ok(true)
    }

    /// What the last line of an `easy-install.pth` does: its items go in front.
    fn move_forward(&mut self) {
        let Some(mark) = self.easy_install.mark.filter(|&mark| mark <= self.path.len()) else { return };
        let moved = self.path.split_off(mark);
        let at = self.easy_install.inserted.min(self.path.len());
        self.easy_install.inserted = at + moved.len();
        self.path.splice(at..at, moved);
    }

    /// `site.addsitedir(path)` called by code: what is on `sys.path` by then is known, nothing else.
    pub(super) fn add_site_dir_anew(&mut self, path: &str, source: &Source) -> Result<(), Halt> {
        let known = std::mem::take(&mut self.known);
        let existing: Vec<String> = self.path.iter().filter(|item| self.disk.exists(&item.path)).map(|item| item.path.clone()).collect();
        for item in existing {
            let absolute = self.absolute(&item);
            self.is_new(&absolute);
        }
        let before = self.path.len();
        self.nested += 1;
        let result = if self.nested > NESTED {
            let file = source.file.as_deref().unwrap_or_default();
            self.account.unknown("how often items are repeated on sys.path", format!("{file} adds folders that lead back to it"));
            Ok(())
        } else {
            self.add_folder(path, Origin::Code, source)
        };
        self.nested -= 1;
        for item in self.path.iter_mut().skip(before).filter(|item| item.source == Origin::Code) {
            item.step = steps::PTH_IMPORT;
        }
        self.known = known;
        result
    }

    /// 3.15: paths now, code later; each folder once.
    fn collect_folder(&mut self, folder: &str, source: Origin, cause: &Source) -> Result<(), Halt> {
        let case = self.disk.rules.normcase(folder);
        if !self.batch.as_mut().is_some_and(|batch| batch.folders.insert(case)) {
            return Ok(());
        }
        if !self.path.iter().any(|item| self.disk.rules.normcase(&item.path) == self.disk.rules.normcase(folder)) {
            let step = if source == Origin::UserSite { steps::USER_SITE } else { steps::SITE_PACKAGES };
            self.append(folder.to_owned(), source, step, cause.clone());
        }
        let starts = self.names_ending(folder, ".start");
        for name in self.names_ending(folder, ".pth") {
            let silenced = name.strip_suffix(".pth").is_some_and(|stem| starts.contains(&format!("{stem}.start")));
            self.collect_package(folder, &name, silenced)?;
        }
        for name in starts {
            self.collect_start(folder, &name);
        }
        Ok(())
    }

    fn collect_package(&mut self, folder: &str, name: &str, silenced: bool) -> Result<(), Halt> {
        let file = self.disk.rules.join(folder, name);
        let Some(lines) = self.pth_lines(&file)? else { return Ok(()) };
        self.account.push(Step::new(steps::PTH_FILE, Outcome::Found, ADD_PACKAGE).file(&file));
        self.known = self.path.iter().map(|item| self.disk.rules.normcase(&item.path)).collect();
        for (line, number) in lines.iter().zip(1u32..) {
            let source = Source { file: Some(file.clone()), line: Some(number) };
            let line = strip(line);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with("import ") || line.starts_with("import\t") {
                if silenced {
                    self.account.push(Step::new(steps::PTH_IMPORT, Outcome::Ignored, "PEP 829").cause(&source).value(line));
                } else if let Some(batch) = &mut self.batch {
                    batch.imports.push((folder.to_owned(), source, line.to_owned()));
                }
                continue;
            }
            self.add_line(folder, line, &source);
        }
        Ok(())
    }

    fn collect_start(&mut self, folder: &str, name: &str) {
        let file = self.disk.rules.join(folder, name);
        let Ok(bytes) = self.disk.machine.read(&file, TEXT_LIMIT) else { return };
        let Ok(content) = std::str::from_utf8(&bytes) else { return };
        self.account.push(Step::new(steps::START_FILE, Outcome::Found, "PEP 829").file(&file));
        for (line, number) in splitlines(content.strip_prefix('\u{feff}').unwrap_or(content)).into_iter().zip(1u32..) {
            let line = strip(line);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let source = Source { file: Some(file.clone()), line: Some(number) };
            if let Some(batch) = &mut self.batch {
                batch.starts.push((folder.to_owned(), source, line.to_owned()));
            }
        }
    }

    /// 3.15: the code lines of all `.pth` files, then the entry points of all `.start` files.
    pub(super) fn process_batch(&mut self) -> Result<(), Halt> {
        let Some(batch) = self.batch.as_mut().map(std::mem::take) else { return Ok(()) };
        for (folder, source, line) in batch.imports {
            self.run_line(&folder, &line, &source)?;
        }
        for (_, source, line) in batch.starts {
            self.account.push(Step::new(steps::START_FILE, Outcome::Unknown, "PEP 829").cause(&source).value(line.clone()));
            self.account.unknown(format!("what {line} does to sys.path"), "a .start file names it as code to run");
        }
        Ok(())
    }
}
