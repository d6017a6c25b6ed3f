//! pyenv's shim: `pyenv-version-file`, `pyenv-version-name`, `pyenv-latest` and `pyenv-which` of pyenv 2.6.

use super::{Asked, Shim, VERSION_FILE, newest, runs, undecided};
use crate::machine::path::Rules;
use crate::machine::{Kind, Machine};
use crate::simulate::lookup::Manager;
use crate::text;
use crate::venv::Source;

/// Where pyenv's shim for `command` leads. `system` answers what the command is on PATH without the shims' folder.
pub(super) fn decide(machine: &dyn Machine, asked: &Asked<'_>) -> Shim {
    let Asked { path, command, system, script } = asked;
    let mut shim = Shim { unknown: None, ..undecided(Manager::Pyenv, path) };
    let root = script.lines().find_map(|line| line.trim().strip_prefix("export PYENV_ROOT="));
    let root = root.map(|root| root.trim_matches(['"', '\'']).to_owned());
    let home = || machine.var("HOME").map(|home| format!("{home}/.pyenv"));
    let Some(root) = root.or_else(|| machine.var("PYENV_ROOT")).or_else(home) else {
        shim.unknown = Some("neither the shim nor a variable names pyenv's folder".to_owned());
        return shim;
    };
    if let Some(hook) = hooks(machine, &root) {
        shim.unknown = Some(format!("pyenv runs the hook {hook} first"));
        return shim;
    }
    told(machine, &root, &mut shim);
    let mut wanted = shim.versions.clone();
    wanted.push("system".to_owned());
    for version in &wanted {
        let file = if version == "system" {
            system(&Rules::Posix.join(&root, "shims"))
        } else {
            match installed(machine, &root, version) {
                Ok(Some(folder)) => Some(format!("{folder}/bin/{command}")),
                Ok(None) => None,
                Err(why) => {
                    shim.unknown = Some(why);
                    return shim;
                }
            }
        };
        if let Some(file) = file.filter(|file| runs(machine, file)) {
            shim.leads_to = Some(file);
            return shim;
        }
    }
    shim
}

/// A hook of the kind that may change the version or the file, other than those that come with pyenv and pyenv-virtualenv
/// (which act only on files that are not there, or on `pip` without changing which one it is).
fn hooks(machine: &dyn Machine, root: &str) -> Option<String> {
    const KNOWN: &[&str] = &["pip-rehash.bash", "conda.bash", "python-config.bash", "system-site-packages.bash"];
    let own = format!("{root}/pyenv.d");
    let plugins = machine.list(&format!("{root}/plugins")).unwrap_or_default();
    let more = plugins.iter().map(|name| format!("{root}/plugins/{name}/etc/pyenv.d"));
    let listed = machine.var("PYENV_HOOK_PATH").unwrap_or_default();
    let listed = listed.split(':').filter(|path| !path.is_empty()).map(str::to_owned);
    let shared = ["/usr/etc/pyenv.d", "/usr/local/etc/pyenv.d", "/etc/pyenv.d", "/usr/lib/pyenv/hooks"].map(str::to_owned);
    for folder in std::iter::once(own).chain(more).chain(listed).chain(shared) {
        for kind in ["version-name", "which", "exec"] {
            let names = machine.list(&format!("{folder}/{kind}")).unwrap_or_default();
            let strange = names.iter().find(|name| Rules::Posix.splitext(name).1 == ".bash" && !KNOWN.contains(&name.as_str()));
            if let Some(name) = strange {
                return Some(format!("{folder}/{kind}/{name}"));
            }
        }
    }
    None
}

/// `pyenv-version-name`: the variable, else the nearest `.python-version`, else the global `version` file.
fn told(machine: &dyn Machine, root: &str, shim: &mut Shim) {
    if let Some(told) = machine.var("PYENV_VERSION").filter(|told| !told.is_empty()) {
        shim.variable = Some("PYENV_VERSION".to_owned());
        shim.versions = told.split(':').filter(|version| !version.is_empty()).map(str::to_owned).collect();
        return;
    }
    let starts = [machine.var("PYENV_DIR").filter(|dir| !dir.is_empty()), machine.cwd()];
    let local = starts.into_iter().flatten().find_map(|start| local_file(machine, &start));
    let file = local.unwrap_or_else(|| format!("{root}/version"));
    let content = machine.read(&file, VERSION_FILE).map(|bytes| text::decode(&bytes)).unwrap_or_default();
    for (number, line) in content.lines().enumerate() {
        let Some(word) = line.split_whitespace().next().filter(|word| !word.starts_with('#')) else { continue };
        // Names that lead out of pyenv's folder are ignored (CVE-2022-35861).
        if word == ".." || word.contains('/') {
            continue;
        }
        if shim.versions.is_empty() {
            shim.told_by = Source { file: Some(file.clone()), line: u32::try_from(number + 1).ok() };
        }
        shim.versions.push(word.to_owned());
    }
}

fn local_file(machine: &dyn Machine, start: &str) -> Option<String> {
    let mut folder = start.trim_end_matches('/');
    loop {
        let file = format!("{folder}/.python-version");
        if machine.stat(&file).is_ok_and(|meta| meta.kind == Kind::File) {
            return Some(file);
        }
        folder = &folder[..folder.rfind('/')?];
    }
}

/// The folder of an installed version: of that name, without `python-`, or the newest that begins so.
fn installed(machine: &dyn Machine, root: &str, version: &str) -> Result<Option<String>, String> {
    let bare = version.strip_prefix("python-").unwrap_or(version);
    for name in [version, bare] {
        let folder = format!("{root}/versions/{name}");
        if machine.stat(&folder).is_ok_and(|meta| meta.kind == Kind::Dir) {
            return Ok(Some(folder));
        }
    }
    match newest(&machine.list(&format!("{root}/versions")).unwrap_or_default(), bare) {
        Ok(name) => Ok(name.map(|name| format!("{root}/versions/{name}"))),
        Err(name) => Err(format!("pyenv chooses the newest of the versions that begin with {bare}, among them {name}")),
    }
}
