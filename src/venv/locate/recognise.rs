//! What a folder is: an environment, or one of the things that are mistaken for one.

use super::Why;
use crate::machine::{Fault, Kind, Machine, Platform};
use crate::venv::config;
use crate::venv::layout::Layout;

/// What a folder was recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// An environment, healthy or not.
    Environment,
    /// Something else that has an interpreter of its own.
    Other(Why),
    /// Nothing of the kind.
    Neither,
}

/// What `folder` is.
pub fn recognise(machine: &dyn Machine, folder: &str) -> Recognised {
    let rules = machine.platform().rules();
    if !machine.stat(folder).is_ok_and(|meta| meta.kind == Kind::Dir) {
        return Recognised::Neither;
    }
    let conda = rules.join(folder, "conda-meta");
    if machine.stat(&conda).is_ok_and(|meta| meta.kind == Kind::Dir) {
        return Recognised::Other(Why::Conda { told_by: conda });
    }
    let config = rules.join(folder, config::NAME);
    let is_file = machine.stat(&config).is_ok_and(|meta| meta.kind == Kind::File);
    // A capture may know of the file without its text.
    if is_file && matches!(machine.head(&config, 1), Ok(_) | Err(Fault::NotRecorded)) {
        return Recognised::Environment;
    }
    let layout = Layout::read(machine, folder);
    if let Some(told_by) = legacy(machine, folder, &layout) {
        return Recognised::Other(Why::Legacy { told_by });
    }
    if let Some(why) = installation(machine, folder, &layout) {
        return Recognised::Other(why);
    }
    let runs = !layout.pythons.is_empty() || !layout.activators.is_empty();
    let there = !matches!(machine.lstat(&config), Err(Fault::Missing | Fault::NotADirectory));
    if runs && (there || !layout.activators.is_empty() || layout.libraries.iter().any(|library| library.site_packages.is_some())) {
        return Recognised::Environment;
    }
    if machine.platform() != Platform::Windows && denied(machine, folder) {
        return Recognised::Other(Why::Unreadable);
    }
    Recognised::Neither
}

fn denied(machine: &dyn Machine, folder: &str) -> bool {
    matches!(machine.list(folder), Err(Fault::Denied))
}

/// virtualenv before 20: a `site.py` and `orig-prefix.txt` of its own in the library, `activate_this.py` in `bin`.
fn legacy(machine: &dyn Machine, folder: &str, layout: &Layout) -> Option<String> {
    let rules = machine.platform().rules();
    let libraries = layout.libraries.iter().map(|library| library.path.clone());
    let windows = (machine.platform() == Platform::Windows).then(|| rules.join(folder, "Lib"));
    libraries.chain(windows).map(|library| rules.join(&library, "orig-prefix.txt")).find(|file| machine.lstat(file).is_ok())
}

/// An interpreter with its standard library beside it; where there are several, that of `CPython`.
fn installation(machine: &dyn Machine, folder: &str, layout: &Layout) -> Option<Why> {
    let rules = machine.platform().rules();
    let with_library = layout.libraries.iter().filter_map(|library| {
        let file = rules.join(&library.path, "os.py");
        machine.stat(&file).is_ok_and(|meta| meta.kind == Kind::File).then_some((library.implementation.unwrap_or("python"), file))
    });
    let (implementation, library) = with_library.max_by_key(|(implementation, _)| *implementation == "python")?;
    let named = layout.pythons.iter().find(|python| python.name.starts_with(implementation));
    let beside = rules.join(folder, "python.exe");
    let python = named.map(|python| python.path.clone()).or_else(|| machine.lstat(&beside).ok().map(|_| beside))?;
    Some(Why::Installation { python, library })
}

/// What a folder without any Python in it is.
pub(super) fn folder(machine: &dyn Machine, path: &str) -> Why {
    let names = match machine.list(path) {
        Ok(names) => names,
        Err(fault) => return Why::of_fault(fault),
    };
    if names.is_empty() {
        return Why::EmptyFolder;
    }
    let marks = [
        "pyproject.toml",
        "requirements.txt",
        "setup.py",
        "setup.cfg",
        "Pipfile",
        "uv.lock",
        "poetry.lock",
        "environment.yml",
        "tox.ini",
        "manage.py",
    ];
    match marks.iter().find(|mark| names.iter().any(|name| name == *mark)) {
        Some(mark) => Why::Project { told_by: (*mark).to_owned() },
        None => Why::Folder,
    }
}
