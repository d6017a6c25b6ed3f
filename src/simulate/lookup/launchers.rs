//! Windows programs that start another program: what installers put in place of scripts, the `python.exe` of an environment,
//! app execution aliases, and `py`.
//!
//! Sources: `CPython` `PC/venvlauncher.c` (`home` of `pyvenv.cfg`), PEP 486 (`py` and `VIRTUAL_ENV`); the launchers that pip and
//! uv write are read by [`crate::venv::scripts`].

use super::{Hop, HopKind, Stop, Way, batch, py};
use crate::machine::path::Rules;
use crate::machine::{Fault, Machine};
use crate::text;
use crate::venv::Unknown;
use crate::venv::config::{Config, Reader};
use crate::venv::scripts::{Program, Shebang};

/// A batch file worth following is short.
const BATCH: usize = 64 * 1024;

/// What a file of a Windows machine is, and where it leads: the hop, and why it ends where it does.
pub(super) fn hop(machine: &dyn Machine, path: &str) -> (Hop, Option<Stop>) {
    let rules = Rules::Windows;
    let name = rules.basename(path).to_lowercase();
    let (stem, extension) = rules.splitext(&name);
    if machine.interpreter(path).is_some() {
        return (leads(path, HopKind::Binary, Way::Program, None), None);
    }
    if is_store_alias(machine, path) {
        let stop = unknown(path, "Windows decides which installed app this empty file stands for");
        return (leads(path, HopKind::Launcher, Way::StoreAlias, None), Some(stop));
    }
    let is_batch = matches!(extension.as_str(), ".bat" | ".cmd");
    let text = || machine.read(path, BATCH).map(|bytes| text::decode(&bytes)).ok();
    if let Some(program) = is_batch.then(text).flatten().and_then(|text| batch::only_program(path, &text)) {
        return (leads(path, HopKind::Script, Way::Wrapper, Some(program)), None);
    }
    if is_batch || extension == ".ps1" {
        let stop = unknown(path, "what a batch file or PowerShell script starts is decided while it runs");
        return (leads(path, HopKind::Script, Way::Shebang, None), Some(stop));
    }
    if matches!(stem.as_str(), "py" | "pyw") {
        return launcher(machine, path, &stem);
    }
    if let Some(home) = stem.starts_with("python").then(|| home(machine, path)).flatten() {
        let program = if stem.starts_with("pythonw") { "pythonw.exe" } else { "python.exe" };
        return (leads(path, HopKind::Launcher, Way::Redirector, Some(rules.join(&home, program))), None);
    }
    if stem.starts_with("python") {
        return (leads(path, HopKind::Binary, Way::Program, None), None);
    }
    appended(machine, path)
}

/// Whether `path` is an app execution alias: a file of no bytes in `WindowsApps`.
pub(super) fn is_store_alias(machine: &dyn Machine, path: &str) -> bool {
    let folder = Rules::Windows.dirname(path).to_lowercase();
    folder.ends_with("\\microsoft\\windowsapps") && machine.lstat(path).is_ok_and(|meta| meta.size == Some(0))
}

fn launcher(machine: &dyn Machine, path: &str, stem: &str) -> (Hop, Option<Stop>) {
    let program = if stem == "pyw" { "pythonw.exe" } else { "python.exe" };
    let active = machine.var("VIRTUAL_ENV").filter(|folder| !folder.is_empty());
    let active = active.map(|folder| Rules::Windows.join(&folder, &format!("Scripts\\{program}")));
    let active = active.filter(|file| machine.stat(file).is_ok());
    match active.map_or_else(|| py::choose(machine, path, program), Ok) {
        Ok(next) => (leads(path, HopKind::Launcher, Way::PyLauncher, Some(next)), None),
        Err(why) => (leads(path, HopKind::Launcher, Way::PyLauncher, None), Some(unknown(path, &why))),
    }
}

/// `home` of the `pyvenv.cfg` beside the program or one folder up.
fn home(machine: &dyn Machine, path: &str) -> Option<String> {
    let folder = Rules::Windows.dirname(path);
    let above = Rules::Windows.dirname(&folder);
    let mut configs = [folder, above].into_iter().map(|folder| Config::read(machine, &Rules::Windows.join(&folder, "pyvenv.cfg")));
    let config = configs.find(Config::is_read)?;
    config.home(Reader::Launcher).map(|setting| setting.value)
}

fn appended(machine: &dyn Machine, path: &str) -> (Hop, Option<Stop>) {
    if let Err(Fault::NotRecorded) = machine.head(path, 2) {
        let stop = unknown(path, "the capture did not record what is in it");
        return (leads(path, HopKind::Launcher, Way::Launcher, None), Some(stop));
    }
    let Some(shebang) = Shebang::read(machine, path) else {
        return (leads(path, HopKind::Binary, Way::Program, None), None);
    };
    let folder = Rules::Windows.dirname(path);
    let next = match &shebang.program {
        Program::Path(program) => match program.strip_prefix("<launcher_dir>\\") {
            Some(inside) => Rules::Windows.join(&folder, inside),
            None => Rules::Windows.normpath(&Rules::Windows.join(&folder, program)),
        },
        Program::OnPath(name) => Rules::Windows.join(&folder, name),
    };
    let mut hop = leads(path, HopKind::Launcher, Way::Launcher, Some(next));
    hop.shebang = Some(shebang.text);
    (hop, None)
}

fn leads(path: &str, kind: HopKind, way: Way, next: Option<String>) -> Hop {
    Hop { path: path.to_owned(), kind, next, shebang: None, way }
}

fn unknown(path: &str, why: &str) -> Stop {
    Stop::Unknown(Unknown { what: format!("where {path} leads"), why: why.to_owned() })
}
