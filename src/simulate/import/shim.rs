//! setuptools' own `distutils`: `distutils-precedence.pth` puts a finder in front of all others (`_distutils_hack/__init__.py`:
//! `DistutilsMetaFinder.spec_for_distutils`).

use super::finder::Folders;
use super::{Kind, Spec};
use crate::machine::{Machine, path::Rules, text};

const LIMIT: usize = 64 << 10;
const VARIABLE: &str = "SETUPTOOLS_USE_DISTUTILS";

/// The `.pth` file among `sites` that switches the shim on; `None` where nothing does.
pub(super) fn switched_on(machine: &dyn Machine, sites: &[String]) -> Option<String> {
    let rules = machine.platform().rules();
    sites.iter().map(|site| rules.join(site, "distutils-precedence.pth")).find(|pth| {
        let Ok(bytes) = machine.read(pth, LIMIT) else { return false };
        let line = text::decode(&bytes);
        let usual = line.split("os.environ.get(var, '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default().to_owned();
        line.contains(VARIABLE) && machine.var(VARIABLE).unwrap_or(usual) == "local"
    })
}

/// What the shim answers: the package that setuptools carries, told as a module without folders.
pub(super) fn find(rules: Rules, folders: &Folders<'_>, setuptools: &[String]) -> Option<(Spec, String)> {
    let folder = setuptools.iter().map(|folder| rules.join(folder, "_distutils")).find(|folder| folders.is_dir(folder))?;
    let init = rules.join(&folder, "__init__.py");
    folders.is_file(&init).then_some((Spec { origin: Some(init), kind: Kind::Source, locations: None }, folder))
}
