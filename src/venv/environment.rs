//! One environment: everything that is read of it before anything is worked out.

use super::Unknown;
use super::config::{self, Config, Reader};
use super::installation::Installation;
use super::layout::{ChainEnd, Layout};
use super::maker::Maker;
use crate::machine::path::realpath;
use crate::machine::{Kind, Machine, Platform};

/// What is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its folder, absolute.
    pub root: String,
    /// The platform that it is read on.
    pub platform: Platform,
    /// `…/bin` or `…\Scripts`.
    pub scripts_dir: String,
    /// The file to start its Python with; `None` where the scripts folder has none.
    pub python: Option<String>,
    /// Its `pyvenv.cfg`, every line.
    pub config: Config,
    /// Who made it.
    pub maker: Maker,
    /// Its `site-packages` folders that are there.
    pub site_packages: Vec<String>,
    /// What stands where in it.
    pub layout: Layout,
    /// The installation that it was made from; `None` where that is gone.
    pub base: Option<Installation>,
}

impl Environment {
    /// Reads the environment in the folder `root`. Never fails: a sick environment has findings, not errors.
    pub fn read(machine: &dyn Machine, root: &str) -> Self {
        let rules = machine.platform().rules();
        let root = rules.abspath(&machine.cwd().unwrap_or_default(), root);
        let layout = Layout::read(machine, &root);
        let config = Config::read(machine, &rules.join(&root, config::NAME));
        let maker = Maker::of(machine, &root, &config, &layout);
        let base = base(machine, &root, &layout, &config);
        Self {
            base,
            platform: machine.platform(),
            scripts_dir: layout.scripts_dir.clone(),
            python: layout.pythons.first().map(|python| python.path.clone()),
            site_packages: layout.site_packages(),
            config,
            maker,
            layout,
            root,
        }
    }

    /// The interpreter that every name of Python here leads to; `None` where there is none, or the links lead nowhere.
    pub fn interpreter(&self) -> Option<&str> {
        let python = self.layout.pythons.iter().find(|python| python.end == ChainEnd::File)?;
        Some(python.chain.last().map_or(python.path.as_str(), String::as_str))
    }

    /// The folder of the base installation: the one around the `bin` folder that its program stands in, on Windows the
    /// program's own. Where the base is gone, the one that `home` meant. What start-up works out as `sys.base_prefix` is more
    /// exact, and dearer.
    pub fn base_folder(&self) -> Option<String> {
        let rules = self.platform.rules();
        let folder = match &self.base {
            Some(base) => rules.dirname(&base.file),
            None => rules.normpath(&self.config.home(Reader::GetpathPy).filter(|home| !home.value.is_empty())?.value),
        };
        Some(if rules.basename(&folder) == "bin" { rules.dirname(&folder) } else { folder })
    }

    /// Its folders that are there but cannot be listed, with the reason: scripts, libraries, `site-packages`.
    pub fn closed_folders(&self, machine: &dyn Machine) -> Vec<Unknown> {
        let sites = self.site_packages.iter().filter_map(|site| Some((site, machine.list(site).err()?)));
        let sites = sites.map(|(site, fault)| Unknown { what: site.clone(), why: fault.to_string() });
        self.layout.closed.iter().cloned().chain(sites).collect()
    }

    /// Whether uv made it so that it can be moved (`relocatable = true`).
    pub fn relocatable(&self) -> bool {
        self.config.value("relocatable").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The Python version that `pyvenv.cfg` states, as it stands there, and its line: `version`, else `version_info`.
    pub fn stated_version(&self) -> Option<(&str, u32)> {
        ["version", "version_info", "python-version"].iter().find_map(|key| {
            let line = self.config.line_of(key)?;
            Some((line.value.as_deref()?, line.number))
        })
    }
}

/// The installation behind the environment: where the links of `python` lead, if that is outside; for a copy, and for the
/// starter of a Windows environment, the program of the same name in the folder that `home` names (`Modules/getpath.py`, `base_executable`;
/// `PC/venvlauncher.c`).
fn base(machine: &dyn Machine, root: &str, layout: &Layout, config: &Config) -> Option<Installation> {
    let rules = machine.platform().rules();
    let python = layout.pythons.iter().find(|python| python.end == ChainEnd::File)?;
    let real = realpath(machine, &python.path);
    let inside = [root.to_owned(), realpath(machine, root)].into_iter().any(|folder| {
        let folder = rules.normcase(&folder);
        rules.normcase(&real).strip_prefix(&folder).is_some_and(|rest| rest.starts_with(rules.sep()))
    });
    if !inside {
        return Some(Installation::of(machine, python.chain.last().unwrap_or(&python.path)));
    }
    let home = config.home(Reader::GetpathPy)?.value;
    let versioned = layout.pythons.iter().map(|python| python.name.clone()).max_by_key(String::len);
    let names = [Some(python.name.clone()), versioned, Some("python3".to_owned()), Some("python".to_owned())];
    let is_file = |path: &String| machine.stat(path).is_ok_and(|meta| meta.kind == Kind::File);
    let program = names.into_iter().flatten().map(|name| rules.join(&home, &name)).find(is_file)?;
    Some(Installation::of(machine, &program))
}
