//! `site.main()`: what the standard library's own start-up module adds to `sys.path`, in its order.
//!
//! Up to 3.14 each folder is handled at once, so that in an environment every `.pth` file is read twice; 3.15 (PEP 829)
//! collects first and runs code afterwards. Both follow the `Lib/site.py` of their release.

use super::disk::{Disk, TEXT_LIMIT, item};
use super::scene::{Flags, Halt, Paths, Scene};
use super::steps::{self, Account};
use super::strings::{strip, universal_lines};
use super::{Origin, Outcome, PathItem, Probe, Step};
use super::{library, undecodable};
use crate::machine::path::Rules;
use crate::machine::{Fault, Platform};
use crate::venv::Source;
use crate::venv::installation::{Implementation, Vendor};
use std::collections::HashSet;

/// `site` at work: `sys.path`, what is known to be on it, and the prefixes that it goes through.
pub(super) struct Site<'s, 'm> {
    pub(super) scene: &'s Scene<'m>,
    pub(super) account: &'s mut Account,
    pub(super) disk: Disk<'m>,
    pub(super) cwd: Option<String>,
    pub(super) path: Vec<PathItem>,
    pub(super) known: HashSet<String>,
    pub(super) batch: Option<super::pth::Batch>,
    pub(super) easy_install: super::known_code::EasyInstall,
    pub(super) folders: usize,
    pub(super) nested: usize,
    pub(super) flags: Flags,
    vendor: Vendor,
    found: Paths,
    prefixes: Vec<String>,
    in_venv: bool,
    /// `site.ENABLE_USER_SITE`.
    user_enabled: Option<bool>,
    /// Why user site and base site-packages stay away.
    isolated_by: Source,
    /// Why the base's site-packages are there.
    system_site_by: Source,
}

/// What `site` ends with.
pub(super) struct SiteEnd {
    pub paths: Paths,
    pub path: Vec<PathItem>,
    pub user_site: Option<bool>,
}

const MAIN: &str = "Lib/site.py: main";
const VENV: &str = "Lib/site.py: venv";

/// Runs `site.main()` as `vendor` has changed it.
pub(super) fn run(scene: &Scene<'_>, vendor: Vendor, flags: Flags, mut paths: Paths, account: &mut Account) -> Result<SiteEnd, Halt> {
    account.push(Step::new(steps::SITE, Outcome::Found, MAIN));
    let path = std::mem::take(&mut paths.items);
    let mut site = Site { vendor, ..Site::new(scene, flags, paths, path, account) };
    match site.main() {
        Ok(()) => Ok(SiteEnd { paths: site.found, path: site.path, user_site: site.user_enabled }),
        Err(Halt::SiteFailed) => Ok(SiteEnd { paths: site.found, path: site.path, user_site: None }),
        Err(halt) => Err(halt),
    }
}

impl<'s, 'm> Site<'s, 'm> {
    fn new(scene: &'s Scene<'m>, flags: Flags, paths: Paths, path: Vec<PathItem>, account: &'s mut Account) -> Self {
        Self {
            disk: scene.disk,
            cwd: scene.disk.machine.cwd(),
            prefixes: vec![paths.prefix.clone(), paths.exec_prefix.clone()],
            known: HashSet::new(),
            batch: scene.release.batches_site().then(super::pth::Batch::default),
            easy_install: super::known_code::EasyInstall::default(),
            folders: 0,
            nested: 0,
            flags,
            in_venv: paths.prefix != paths.base_prefix,
            user_enabled: None,
            isolated_by: Source::default(),
            system_site_by: Source::default(),
            scene,
            vendor: scene.installation.vendor,
            account,
            path,
            found: paths,
        }
    }

    /// As the module is in a program that runs, where `sys.path` is `path`.
    pub(super) fn running(scene: &'s Scene<'m>, flags: Flags, path: &[String], account: &'s mut Account) -> Self {
        let items = path.iter().map(|path| item(path.clone(), Origin::Code, steps::SITE_PACKAGES, Source::default()));
        Self::new(scene, flags, Paths::default(), items.collect(), account)
    }
}

impl Site<'_, '_> {
    fn main(&mut self) -> Result<(), Halt> {
        self.remove_duplicates();
        self.venv()?;
        if self.user_enabled.is_none() {
            self.user_enabled = Some(!self.flags.no_user_site);
        }
        self.add_user_site()?;
        self.add_base_site_packages()?;
        self.process_batch()?;
        self.customize("sitecustomize", steps::SITECUSTOMIZE);
        if self.user_enabled == Some(true) {
            self.customize("usercustomize", steps::USERCUSTOMIZE);
        }
        Ok(())
    }

    /// `makepath`: join and make absolute; where the working folder is gone, as joined.
    pub(super) fn absolute(&self, path: &str) -> String {
        match &self.cwd {
            Some(cwd) => self.disk.rules.abspath(cwd, path),
            None if self.disk.rules.is_absolute(path) => self.disk.rules.normpath(path),
            None => path.to_owned(),
        }
    }

    fn case(&self, path: &str) -> String {
        self.disk.rules.normcase(path)
    }

    /// Whether an absolute path is new to `sys.path`; it is known from then on.
    pub(super) fn is_new(&mut self, path: &str) -> bool {
        let case = self.case(path);
        self.known.insert(case)
    }

    /// Whether it is known already.
    pub(super) fn is_known(&self, path: &str) -> bool {
        self.known.contains(&self.case(path))
    }

    /// `removeduppaths`: every item absolute, the first of equals stays.
    fn remove_duplicates(&mut self) {
        let before: Vec<String> = self.path.iter().map(|item| item.path.clone()).collect();
        for mut item in std::mem::take(&mut self.path) {
            item.path = self.absolute(&item.path);
            if self.is_new(&item.path) {
                self.path.push(item);
            }
        }
        if self.scene.release.batches_site() {
            self.known.clear();
        }
        let changed = !before.iter().eq(self.path.iter().map(|item| &item.path));
        let outcome = if changed { Outcome::Set } else { Outcome::Skipped };
        self.account.push(Step::new(steps::ABSOLUTE, outcome, "Lib/site.py: removeduppaths"));
    }

    /// `venv`: a `pyvenv.cfg` beside the executable or one level above makes an environment.
    fn venv(&mut self) -> Result<(), Halt> {
        let executable = match self.scene.platform {
            // The launcher variable is still in `os.environ` up to 3.10.
            Platform::Macos if !self.scene.release.at_least(11) => {
                self.scene.var("__PYVENV_LAUNCHER__").unwrap_or_else(|| self.found.executable.clone())
            }
            _ => self.found.executable.clone(),
        };
        let rules = self.disk.rules;
        let exe_dir = rules.dirname(&self.absolute(&executable));
        let site_prefix = rules.dirname(&exe_dir);
        let candidates = [&exe_dir, &site_prefix].map(|folder| rules.join(folder, "pyvenv.cfg"));
        let (found, looked) = self.disk.first(candidates.clone(), Disk::is_file);
        let Some(file) = found.and_then(|index| candidates.get(index)) else {
            self.account.push(Step::new(steps::SITE_VENV, Outcome::NotFound, VENV).looked(looked));
            return Ok(());
        };
        self.account.push(Step::new(steps::SITE_VENV, Outcome::Found, VENV).file(file).value(site_prefix.clone()).looked(looked));
        let (system_site, line) = self.read_config(file)?;
        let by_core = self.scene.release.core_sets_venv_prefix() && self.scene.installation.implementation == Implementation::CPython;
        if by_core {
            self.warn_of_prefixes(&site_prefix);
        } else {
            self.found.prefix.clone_from(&site_prefix);
            self.found.exec_prefix.clone_from(&site_prefix);
        }
        self.in_venv = self.found.prefix != self.found.base_prefix;
        let prefix = self.found.prefix.clone();
        let cause = Source { file: Some(file.clone()), line: None };
        self.add_site_packages(std::slice::from_ref(&prefix), &cause, false)?;
        let cause = Source { file: Some(file.clone()), line };
        let outcome = if system_site { Outcome::Set } else { Outcome::Skipped };
        let value = if system_site { "true" } else { "false" };
        self.account.push(Step::new(steps::SYSTEM_SITE, outcome, VENV).cause(&cause).value(value));
        if system_site {
            if by_core {
                self.prefixes.extend([self.found.base_prefix.clone(), self.found.base_exec_prefix.clone()]);
            } else {
                self.prefixes.insert(0, prefix);
            }
            self.system_site_by = cause;
        } else {
            self.tell_isolated(&cause);
            if !by_core {
                self.prefixes = vec![prefix];
            }
            self.user_enabled = Some(false);
            self.isolated_by = cause;
        }
        Ok(())
    }

    /// From 3.14 on `site` only compares the prefixes with what it expects.
    fn warn_of_prefixes(&mut self, expected: &str) {
        for (name, value) in [("sys.prefix", &self.found.prefix), ("sys.exec_prefix", &self.found.exec_prefix)] {
            if value != expected {
                self.account.warn(format!("RuntimeWarning: Unexpected value in {name}, expected {expected}, got {value}"), VENV);
            }
        }
    }

    /// `site`'s reading of `pyvenv.cfg`: strict UTF-8, universal newlines, the last line of a key wins. Gives whether the base's
    /// packages are let in, and the line that says so.
    fn read_config(&mut self, file: &str) -> Result<(bool, Option<u32>), Halt> {
        let bytes = match self.disk.machine.read(file, TEXT_LIMIT) {
            Ok(bytes) => bytes,
            Err(Fault::NotRecorded) => return Err(Halt::unknown("sys.prefix", "the capture did not record the text of pyvenv.cfg")),
            Err(fault) => {
                let message = match fault {
                    Fault::Denied => format!("PermissionError: [Errno 13] Permission denied: '{file}'"),
                    other => format!("OSError: {other}: '{file}'"),
                };
                return Err(self.failure(steps::SITE_VENV, file, None, &message));
            }
        };
        if let Some((line, message)) = undecodable::utf8_error(&bytes) {
            return Err(self.failure(steps::SITE_VENV, file, Some(line), &message));
        }
        let content = String::from_utf8_lossy(&bytes);
        let mut system_site = (true, None);
        let mut home = (String::new(), None);
        for (text, number) in universal_lines(&content).iter().zip(1u32..) {
            let Some((key, value)) = text.split_once('=') else { continue };
            match strip(key).to_lowercase().as_str() {
                "include-system-site-packages" => system_site = (strip(value).to_lowercase() == "true", Some(number)),
                "home" => home = (strip(value).to_owned(), Some(number)),
                _ => {}
            }
        }
        // Up to 3.6 site asks sysconfig for the user base, and that module looks for a build tree in sys._home.
        if home.0.contains('\0') && !self.scene.release.at_least(7) {
            return Err(self.failure(steps::SITE_VENV, file, home.1, "ValueError: embedded null byte"));
        }
        Ok(system_site)
    }

    /// An exception that `site` does not catch: `CPython` stops, `PyPy` prints "'import site' failed" and goes on.
    pub(super) fn failure(&mut self, id: &'static str, file: &str, line: Option<u32>, message: &str) -> Halt {
        let step = Step { line, ..Step::new(id, Outcome::Fatal, MAIN).file(file).value(message) };
        self.account.push(step);
        if self.scene.installation.implementation == Implementation::PyPy {
            return Halt::SiteFailed;
        }
        Halt::Fatal(format!("{}\n{message}", library::site_failed(self.scene.release.minor())))
    }

    /// What an isolated environment keeps away: the base's packages and the account's own.
    fn tell_isolated(&mut self, cause: &Source) {
        let bases = [self.found.base_prefix.clone(), self.found.base_exec_prefix.clone()];
        let was = std::mem::replace(&mut self.in_venv, false);
        for (path, source) in self.site_packages_of(&bases) {
            self.account.leave_out(&path, source, steps::SYSTEM_SITE, cause.clone());
        }
        self.in_venv = was;
    }

    /// `addusersitepackages`.
    fn add_user_site(&mut self) -> Result<(), Halt> {
        const RULE: &str = "Lib/site.py: addusersitepackages";
        let folder = self.user_site_folder();
        if self.user_enabled != Some(true) {
            let step = Step::new(steps::USER_SITE, Outcome::Skipped, RULE).cause(&self.isolated_by).value(folder.clone());
            self.account.push(step);
            let folder = self.absolute(&folder);
            self.account.leave_out(&folder, Origin::UserSite, steps::USER_SITE, self.isolated_by.clone());
            return Ok(());
        }
        let found = self.disk.is_dir(&folder);
        let looked = vec![Probe { path: folder.clone(), found }];
        let outcome = if found { Outcome::Added } else { Outcome::NotFound };
        self.account.push(Step::new(steps::USER_SITE, outcome, RULE).value(folder.clone()).looked(looked));
        if found {
            return self.add_folder(&folder, Origin::UserSite, &Source::default());
        }
        let folder = self.absolute(&folder);
        self.account.leave_out(&folder, Origin::UserSite, steps::USER_SITE, Source::default());
        Ok(())
    }

    /// `addsitepackages` for the prefixes that `venv` left.
    fn add_base_site_packages(&mut self) -> Result<(), Halt> {
        let mut prefixes = self.prefixes.clone();
        if self.vendor == Vendor::Fedora && self.user_enabled == Some(true) && self.scene.var("RPM_BUILD_ROOT").is_none() {
            // Fedora's 00251-change-user-install-location.patch.
            prefixes.insert(0, "/usr/local".to_owned());
        }
        let cause = self.system_site_by.clone();
        self.add_site_packages(&prefixes, &cause, true)
    }

    fn add_site_packages(&mut self, prefixes: &[String], cause: &Source, tell: bool) -> Result<(), Halt> {
        for (folder, source) in self.site_packages_of(prefixes) {
            let found = self.disk.is_dir(&folder);
            // `main` asks for the environment's folder a second time, after `venv` has added it.
            let outcome = match (found, self.is_known(&folder)) {
                (true, false) => Outcome::Added,
                (true, true) => Outcome::Skipped,
                (false, _) => Outcome::NotFound,
            };
            let looked = vec![Probe { path: folder.clone(), found }];
            let step =
                Step::new(steps::SITE_PACKAGES, outcome, "Lib/site.py: addsitepackages").cause(cause).value(folder.clone()).looked(looked);
            self.account.push(step);
            if found {
                self.add_folder(&folder, source, cause)?;
            } else if tell {
                self.account.leave_out(&folder, source, steps::SITE_PACKAGES, cause.clone());
            }
        }
        Ok(())
    }

    /// `getsitepackages`, with the distributors' changes.
    fn site_packages_of(&self, prefixes: &[String]) -> Vec<(String, Origin)> {
        let mut seen = HashSet::new();
        let mut folders = Vec::new();
        for prefix in prefixes.iter().filter(|prefix| !prefix.is_empty()) {
            if seen.insert(prefix) {
                match self.disk.rules {
                    Rules::Posix => self.posix_site_packages(prefix, &mut folders),
                    Rules::Windows => self.windows_site_packages(prefix, &mut folders),
                }
            }
        }
        folders
    }

    fn posix_site_packages(&self, prefix: &str, folders: &mut Vec<(String, Origin)>) {
        let name = self.library_folder();
        let mut push = |parts: &str, source| folders.push((self.disk.rules.join(prefix, parts), source));
        if self.vendor == Vendor::Debian {
            if self.in_venv {
                push(&format!("lib/{name}/site-packages"), Origin::SitePackages);
            }
            push(&format!("local/lib/{name}/dist-packages"), Origin::DistPackages);
            push("lib/python3/dist-packages", Origin::DistPackages);
            if self.scene.installation.implementation == Implementation::CPython {
                push(&format!("lib/{name}/dist-packages"), Origin::DistPackages);
            }
            return;
        }
        let platlibdir = self.found.platlibdir.as_str();
        push(&format!("{platlibdir}/{name}/site-packages"), Origin::SitePackages);
        if platlibdir != "lib" {
            push(&format!("lib/{name}/site-packages"), Origin::SitePackages);
        }
        if let Some(framework) = &self.scene.installation.build.framework
            && self.scene.platform == Platform::Macos
            && !self.scene.release.at_least(7)
        {
            folders.push((format!("/Library/{framework}/{}/site-packages", self.scene.release.dotted()), Origin::SitePackages));
        }
    }

    fn windows_site_packages(&self, prefix: &str, folders: &mut Vec<(String, Origin)>) {
        folders.push((prefix.to_owned(), Origin::SitePackages));
        let parts = if self.scene.release.at_least(11) { "Lib\\site-packages" } else { "lib\\site-packages" };
        folders.push((self.disk.rules.join(prefix, parts), Origin::SitePackages));
    }

    /// `python3.12`, `python3.13t`, `pypy3.9`: the folder below `lib`.
    fn library_folder(&self) -> String {
        let thread = self.scene.thread_suffix();
        match self.scene.installation.implementation {
            Implementation::PyPy => format!("pypy{}", self.scene.release.dotted()),
            _ => format!("python{}{thread}", self.scene.release.dotted()),
        }
    }

    /// `USER_SITE`, as `getusersitepackages` computes it.
    fn user_site_folder(&self) -> String {
        let release = self.scene.release;
        let framework = self.scene.installation.build.framework.as_deref().filter(|_| self.scene.platform == Platform::Macos);
        let own = self.scene.var("PYTHONUSERBASE").filter(|base| !base.is_empty());
        let name = match self.scene.installation.implementation {
            Implementation::PyPy => "PyPy",
            _ => "Python",
        };
        if self.disk.rules == Rules::Windows {
            let base = own.unwrap_or_else(|| {
                let base = self.scene.var("APPDATA").filter(|base| !base.is_empty()).unwrap_or_else(|| self.home());
                self.disk.rules.join(&base, name)
            });
            let suffix = if release.at_least(10) { self.scene.winver().replace('.', "") } else { release.undotted() };
            return format!("{base}\\{name}{suffix}\\site-packages");
        }
        let base = own.unwrap_or_else(|| match framework {
            Some(framework) => format!("{}/Library/{framework}/{}", self.home(), release.dotted()),
            None => format!("{}/.local", self.home()),
        });
        match framework {
            Some(_) => format!("{base}/lib/python/site-packages"),
            None => format!("{base}/lib/{}/site-packages", self.library_folder()),
        }
    }

    /// `os.path.expanduser("~")`; where no home is known, a literal `~`.
    fn home(&self) -> String {
        let machine = self.disk.machine;
        let home = match self.disk.rules {
            Rules::Posix => machine.var("HOME").or_else(|| machine.account_home()).map(|home| home.trim_end_matches('/').to_owned()),
            Rules::Windows => machine.var("USERPROFILE").or_else(|| {
                let path = machine.var("HOMEPATH")?;
                Some(self.disk.rules.join(&machine.var("HOMEDRIVE").unwrap_or_default(), &path))
            }),
        };
        home.unwrap_or_else(|| "~".to_owned())
    }

    /// Adds one item at the end.
    pub(super) fn append(&mut self, path: String, source: Origin, step: &'static str, cause: Source) {
        self.path.push(item(path, source, step, cause));
    }
}
