//! An interpreter and the environment that one maker makes for it; made once, copied for every case.

use crate::disk;
use crate::support::copy;
use crate::support::environments::{self, Kind};
use crate::support::interpreters::Interpreter;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Where cases take place.
pub struct Scene {
    /// The interpreter.
    pub interpreter: &'static Interpreter,
    /// The maker; `None`: no environment.
    pub kind: Option<Kind>,
    /// The environment as made.
    pub template: Option<Template>,
    /// The folder of the base executable.
    pub base_bin: String,
    folder: PathBuf,
    usual_unknown: OnceLock<Vec<String>>,
    library_links: OnceLock<Result<PathBuf, String>>,
}

/// An environment as its maker left it.
pub struct Template {
    /// Its folder.
    pub root: PathBuf,
    /// Its site-packages, from its folder.
    pub site: String,
    /// The text of its `pyvenv.cfg`.
    pub config: String,
    /// What the text calls `home`.
    pub home: String,
    /// The links in `bin` that lead out of the environment: name and target.
    pub links_to_base: Vec<(String, String)>,
    /// The names in `bin` that start the interpreter.
    pub names: Vec<String>,
}

impl Scene {
    /// Makes the environment in `folder`. The error says why there is none.
    pub fn set(interpreter: &'static Interpreter, kind: Option<Kind>, folder: &Path) -> Result<Self, String> {
        let base_bin = interpreter.path.parent().unwrap_or(Path::new("/")).display().to_string();
        let folder = folder.join(&interpreter.name).join(kind.map_or("none", Kind::name));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let template = match kind {
            Some(kind) => {
                let root = folder.join("made");
                environments::make(interpreter, kind, &root)?;
                Some(Template::read(root)?)
            }
            None => None,
        };
        let base_bin = template.as_ref().map_or(base_bin, |template| template.home.clone());
        Ok(Self { interpreter, kind, template, base_bin, folder, usual_unknown: OnceLock::new(), library_links: OnceLock::new() })
    }

    /// The folder for one case.
    pub fn case_root(&self, number: usize) -> String {
        self.folder.join(number.to_string()).display().to_string()
    }

    /// What the simulation does not know of the plain start; `ask` is called once.
    pub fn usual_unknown(&self, ask: impl FnOnce() -> Vec<String>) -> &[String] {
        self.usual_unknown.get_or_init(ask)
    }

    /// The name of the real executable: `python3.12`.
    pub fn executable_name(&self) -> String {
        let file = self.interpreter.file();
        file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The other names under which an installation has it.
    pub fn executable_aliases(&self) -> Vec<String> {
        let (major, minor, _) = self.interpreter.version;
        let mut names = vec!["python3".to_owned(), "python".to_owned(), format!("python{major}.{minor}")];
        if self.interpreter.implementation == "pypy" {
            names.extend(["pypy3".to_owned(), "pypy".to_owned(), format!("pypy{major}.{minor}")]);
        }
        let real = self.executable_name();
        names.retain(|name| *name != real);
        names
    }

    /// Where the standard library is, from the prefix: `lib/python3.12`.
    pub fn stdlib_below_prefix(&self) -> PathBuf {
        let interpreter = self.interpreter;
        let below = interpreter.stdlib.strip_prefix(&interpreter.prefix).unwrap_or(&interpreter.stdlib);
        below.to_owned()
    }

    /// A folder of links to all that is in the standard library but its packages, made once for all cases.
    pub fn library_links(&self) -> Result<&Path, String> {
        let made = self.library_links.get_or_init(|| {
            let folder = self.folder.join("library-links");
            disk::link_library(&self.interpreter.stdlib, &folder).map_err(|error| error.to_string())?;
            Ok(folder)
        });
        made.as_deref().map_err(Clone::clone)
    }

    /// The whole installation copied to another place: its prefix. Made once for all cases.
    pub fn relocated(&self) -> Result<String, String> {
        static MADE: OnceLock<std::sync::Mutex<std::collections::BTreeMap<String, String>>> = OnceLock::new();
        let mut made = MADE.get_or_init(Default::default).lock().map_err(|error| error.to_string())?;
        if let Some(prefix) = made.get(&self.interpreter.name) {
            return Ok(prefix.clone());
        }
        let prefix = self.folder.parent().unwrap_or(&self.folder).join("relocated");
        self.copy_installation(&prefix).map_err(|error| error.to_string())?;
        let prefix = prefix.display().to_string();
        made.insert(self.interpreter.name.clone(), prefix.clone());
        Ok(prefix)
    }

    fn copy_installation(&self, to: &Path) -> std::io::Result<()> {
        let name = self.executable_name();
        fs::create_dir_all(to.join("bin"))?;
        copy::file(&self.interpreter.file(), &to.join("bin").join(&name))?;
        for alias in self.executable_aliases() {
            std::os::unix::fs::symlink(&name, to.join("bin").join(alias))?;
        }
        let below = self.stdlib_below_prefix();
        copy::folder_without(&self.interpreter.stdlib, &to.join(&below), &["test", "site-packages", "dist-packages"])?;
        fs::create_dir_all(to.join(&below).join("site-packages"))?;
        disk::link_headers(self, to)
    }
}

impl Template {
    fn read(root: PathBuf) -> Result<Self, String> {
        let config = fs::read_to_string(root.join("pyvenv.cfg")).map_err(|error| error.to_string())?;
        let home = config.lines().find_map(|line| line.strip_prefix("home = ")).ok_or("no home in pyvenv.cfg")?.to_owned();
        let lib = entries(&root.join("lib")).into_iter().find(|name| root.join("lib").join(name).join("site-packages").is_dir());
        let site = format!("lib/{}/site-packages", lib.ok_or("no site-packages")?);
        let bin = root.join("bin");
        let names: Vec<String> = entries(&bin)
            .into_iter()
            .filter(|name| (name.starts_with("python") || name.starts_with("pypy")) && bin.join(name).is_file())
            .collect();
        let links_to_base = names
            .iter()
            .filter_map(|name| Some((name.clone(), fs::read_link(bin.join(name)).ok()?.display().to_string())))
            .filter(|(_, target)| target.starts_with('/'))
            .collect();
        Ok(Self { root, site, config, home, links_to_base, names })
    }
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    names
}
