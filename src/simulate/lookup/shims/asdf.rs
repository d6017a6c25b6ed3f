//! asdf's shim: the tool and the versions that have the command stand in the shim itself, the version to use in a variable or in
//! `.tool-versions` (asdf 0.16, `internal/resolve` and `internal/shims`; documentation, "Versions" and "Configuration").

use super::{Asked, Shim, Source, runs, told_in, tool_versions, undecided, upwards, variable};
use crate::machine::Machine;
use crate::simulate::lookup::Manager;

/// Where asdf's shim leads.
pub(super) fn decide(machine: &dyn Machine, asked: &Asked<'_>) -> Shim {
    let mut shim = Shim { unknown: None, ..undecided(Manager::Asdf, asked.path) };
    if let Err(why) = follow(machine, asked, &mut shim) {
        shim.unknown = Some(why);
    }
    shim
}

fn follow(machine: &dyn Machine, asked: &Asked<'_>, shim: &mut Shim) -> Result<(), String> {
    let home = machine.var("HOME").unwrap_or_default();
    let data = variable(machine, "ASDF_DATA_DIR").unwrap_or_else(|| format!("{home}/.asdf"));
    let known: Vec<(&str, &str)> = asked.script.lines().filter_map(known).collect();
    let Some((tool, _)) = known.first().copied() else { return Err("the shim does not say which tool it stands in for".to_owned()) };
    if known.iter().any(|(other, _)| *other != tool) {
        return Err(format!("several tools of asdf have a command {}", asked.command));
    }
    for callback in ["exec-path", "list-bin-paths"] {
        let file = format!("{data}/plugins/{tool}/bin/{callback}");
        if machine.stat(&file).is_ok() {
            return Err(format!("asdf asks {file} where the command is"));
        }
    }
    if let Some((versions, source, variable)) = told(machine, &home, tool)? {
        (shim.versions, shim.told_by, shim.variable) = (versions, source, variable);
    }
    for version in &shim.versions {
        let file = match version.split_once(':') {
            _ if version == "system" => (asked.system)(&format!("{data}/shims")),
            // A version that the shim does not list has no such command, as far as asdf knows.
            _ if !known.iter().any(|(_, has)| has == version) => None,
            Some(("path", folder)) => Some(format!("{}/bin/{}", folder.replacen('~', &home, 1), asked.command)),
            Some(("ref", name)) => Some(format!("{data}/installs/{tool}/ref-{name}/bin/{}", asked.command)),
            _ => Some(format!("{data}/installs/{tool}/{version}/bin/{}", asked.command)),
        };
        shim.leads_to = file.filter(|file| runs(machine, file));
        if shim.leads_to.is_some() {
            break;
        }
    }
    Ok(())
}

/// `# asdf-plugin: python 3.12.1`.
fn known(line: &str) -> Option<(&str, &str)> {
    let mut words = line.strip_prefix("# asdf-plugin: ")?.split(' ');
    Some((words.next()?, words.next()?))
}

type Told = (Vec<String>, Source, Option<String>);

/// The versions to use: the variable, else the nearest file upwards that names the tool, else the one in the home folder.
fn told(machine: &dyn Machine, home: &str, tool: &str) -> Result<Option<Told>, String> {
    let name = format!("ASDF_{}_VERSION", tool.to_uppercase().replace('-', "_"));
    if let Some(value) = variable(machine, &name) {
        return Ok(Some((value.split_whitespace().map(str::to_owned).collect(), Source::default(), Some(name))));
    }
    let config = variable(machine, "ASDF_CONFIG_FILE").unwrap_or_else(|| format!("{home}/.asdfrc"));
    let config = told_in(machine, &config).unwrap_or_default();
    let reads_others = config
        .lines()
        .filter_map(|line| line.split_once('='))
        .any(|(key, value)| key.trim() == "legacy_version_file" && value.trim() == "yes");
    let file = variable(machine, "ASDF_DEFAULT_TOOL_VERSIONS_FILENAME").or_else(|| variable(machine, "ASDF_TOOL_VERSIONS_FILENAME"));
    let file = file.unwrap_or_else(|| ".tool-versions".to_owned());
    for folder in upwards(machine).into_iter().chain([home.to_owned()]) {
        let other = format!("{folder}/.python-version");
        if reads_others && (tool != "python" || machine.stat(&other).is_ok()) {
            return Err(format!("asdf asks its plugin {tool} about other files too, as .asdfrc says"));
        }
        if let Some((versions, source)) = tool_versions(machine, &format!("{folder}/{file}"), tool) {
            return Ok(Some((versions, source, None)));
        }
    }
    Ok(None)
}
