//! mise's shim: the version of a variable, else of the nearest of mise's many configuration files, else of the account's own
//! (mise documentation, "Configuration", "Shims" and "Python"; `config/mod.rs` and `shims.rs` of mise 2026).

use super::{Asked, Shim, Source, newest, runs, toml, tool_versions, undecided, upwards, variable};
use crate::machine::path::Rules;
use crate::machine::{Kind, Machine};
use crate::simulate::lookup::Manager;
use serde_json::Value;

/// The names that are looked for in each folder, the first outranks the others.
const NAMES: &[&str] = &[
    ".mise.local.toml",
    "mise.local.toml",
    ".rtx.local.toml",
    "mise/config.local.toml",
    ".mise/config.local.toml",
    ".config/mise.local.toml",
    ".config/mise/mise.local.toml",
    ".config/mise/config.local.toml",
    ".mise.toml",
    "mise.toml",
    ".rtx.toml",
    "mise/config.toml",
    ".mise/config.toml",
    ".config/mise.toml",
    ".config/mise/mise.toml",
    ".config/mise/config.toml",
];

/// The names in the folders of the account and of the system.
const OWN_NAMES: &[&str] = &["mise.local.toml", "config.local.toml", "mise.toml", "config.toml"];

/// Variables that change where mise looks or what it takes.
const OTHER_WAYS: &[&str] = &[
    "MISE_ENV",
    "MISE_NO_CONFIG",
    "MISE_DISABLE_TOOLS",
    "MISE_IGNORED_CONFIG_PATHS",
    "MISE_CEILING_PATHS",
    "MISE_DEFAULT_CONFIG_FILENAME",
    "MISE_DEFAULT_TOOL_VERSIONS_FILENAME",
    "MISE_OVERRIDE_CONFIG_FILENAMES",
    "MISE_OVERRIDE_TOOL_VERSIONS_FILENAMES",
];

/// Where mise's shim leads.
pub(super) fn decide(machine: &dyn Machine, asked: &Asked<'_>) -> Shim {
    let mut shim = Shim { unknown: None, ..undecided(Manager::Mise, asked.path) };
    match follow(machine, asked, &mut shim) {
        Ok(file) => shim.leads_to = file,
        Err(why) => shim.unknown = Some(why),
    }
    shim
}

fn follow(machine: &dyn Machine, asked: &Asked<'_>, shim: &mut Shim) -> Result<Option<String>, String> {
    if let Some(name) = OTHER_WAYS.iter().find(|name| variable(machine, name).is_some()) {
        return Err(format!("{name} is set, which changes where mise looks"));
    }
    let home = machine.var("HOME").unwrap_or_default();
    let data = variable(machine, "XDG_DATA_HOME").unwrap_or_else(|| format!("{home}/.local/share"));
    let data = variable(machine, "MISE_DATA_DIR").unwrap_or_else(|| format!("{data}/mise"));
    told(machine, &home, shim)?;
    let installs = format!("{data}/installs");
    let mut absent = None;
    for version in &shim.versions {
        if version == "system" {
            break;
        }
        match folder(machine, &format!("{installs}/python"), version)? {
            Some(folder) => {
                let file = format!("{folder}/bin/{}", asked.command);
                if runs(machine, &file) {
                    return Ok(Some(file));
                }
            }
            None => absent = absent.or(Some(version)),
        }
    }
    if let Some(tool) = other_tool(machine, &installs, asked.command) {
        return Err(format!("{tool} of mise has a command {} too", asked.command));
    }
    match absent {
        Some(version) => Err(format!("python {version} is not installed, and mise may install it first")),
        None => Ok((asked.system)(&Rules::Posix.dirname(asked.path))),
    }
}

/// The versions to use, and what tells them.
fn told(machine: &dyn Machine, home: &str, shim: &mut Shim) -> Result<(), String> {
    if let Some(value) = variable(machine, "MISE_PYTHON_VERSION") {
        shim.versions = value.split_whitespace().map(str::to_owned).collect();
        shim.variable = Some("MISE_PYTHON_VERSION".to_owned());
        return Ok(());
    }
    for folder in upwards(machine) {
        if in_files(machine, &folder, NAMES, ".config/mise/conf.d", shim)? {
            return Ok(());
        }
        if let Some((versions, source)) = tool_versions(machine, &format!("{folder}/.tool-versions"), "python") {
            (shim.versions, shim.told_by) = (versions, source);
            return Ok(());
        }
        let other = format!("{folder}/.python-version");
        if machine.stat(&other).is_ok() {
            return Err(format!("whether mise reads {other} depends on its release and its settings"));
        }
    }
    let config = variable(machine, "XDG_CONFIG_HOME").unwrap_or_else(|| format!("{home}/.config"));
    let config = variable(machine, "MISE_CONFIG_DIR").unwrap_or_else(|| format!("{config}/mise"));
    let own = match variable(machine, "MISE_GLOBAL_CONFIG_FILE") {
        Some(file) => in_file(machine, &file, shim)?,
        None => in_files(machine, &config, OWN_NAMES, "conf.d", shim)?,
    };
    if !own {
        in_files(machine, "/etc/mise", OWN_NAMES, "conf.d", shim)?;
    }
    Ok(())
}

/// Whether a file of these names in `folder` tells the version; then it is in `shim`.
fn in_files(machine: &dyn Machine, folder: &str, names: &[&str], more: &str, shim: &mut Shim) -> Result<bool, String> {
    let mut parts = machine.list(&format!("{folder}/{more}")).unwrap_or_default();
    parts.retain(|name| Rules::Posix.splitext(name).1 == ".toml");
    parts.sort_unstable_by(|one, other| other.cmp(one));
    let parts = parts.into_iter().map(|name| format!("{folder}/{more}/{name}"));
    for file in names.iter().map(|name| format!("{folder}/{name}")).chain(parts) {
        if in_file(machine, &file, shim)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn in_file(machine: &dyn Machine, file: &str, shim: &mut Shim) -> Result<bool, String> {
    if !machine.stat(file).is_ok_and(|meta| meta.kind == Kind::File) {
        return Ok(false);
    }
    let Some(config) = toml::read(machine, file) else { return Err(format!("{file} cannot be read, or is not TOML")) };
    for way in ["/alias/python", "/tool_alias/python", "/settings/disable_tools"] {
        if config.pointer(way).is_some() {
            return Err(format!("{file} sets {}, which changes what mise takes", way.trim_start_matches('/').replace('/', ".")));
        }
    }
    let Some(tool) = ["/tools/python", "/tools/core:python"].iter().find_map(|way| config.pointer(way)) else { return Ok(false) };
    let lock = format!("{}/mise.lock", Rules::Posix.dirname(file));
    if machine.stat(&lock).is_ok() {
        return Err(format!("{lock} may say the exact version"));
    }
    let all = tool.as_array().map_or_else(|| std::slice::from_ref(tool), Vec::as_slice);
    let versions: Option<Vec<String>> = all.iter().map(version).collect();
    shim.versions = versions.ok_or_else(|| format!("{file} says more of python than its version"))?;
    shim.told_by = Source { file: Some(file.to_owned()), line: None };
    Ok(true)
}

/// `"3.12"` or `{ version = "3.12" }`, without a template.
fn version(tool: &Value) -> Option<String> {
    let version = match tool {
        Value::Object(options) if options.len() == 1 => options.get("version")?.as_str()?,
        other => other.as_str()?,
    };
    (!version.contains("{{")).then(|| version.to_owned())
}

/// The folder of an installed version: of that very name, else the newest that begins so.
fn folder(machine: &dyn Machine, installs: &str, version: &str) -> Result<Option<String>, String> {
    if let Some((kind, rest)) = version.split_once(':') {
        return match kind {
            "path" if rest.starts_with('/') => Ok(Some(rest.to_owned())),
            "prefix" => folder(machine, installs, rest),
            _ => Err(format!("python {version} is resolved by mise itself")),
        };
    }
    // mise keeps links such as `3.12` and `latest` beside the versions; they follow the newest one.
    let is_real = |name: &String| machine.lstat(&format!("{installs}/{name}")).is_ok_and(|meta| meta.kind == Kind::Dir);
    let names: Vec<String> = machine.list(installs).unwrap_or_default().into_iter().filter(is_real).collect();
    if names.iter().any(|name| name == version) {
        return Ok(Some(format!("{installs}/{version}")));
    }
    let wanted = if version == "latest" { "" } else { version };
    if !wanted.chars().all(|character| character.is_ascii_digit() || character == '.') {
        return Err(format!("python {version} is resolved by mise itself"));
    }
    match newest(&names, wanted) {
        Ok(name) => Ok(name.map(|name| format!("{installs}/{name}"))),
        Err(_) if wanted.is_empty() => {
            let plain: Vec<String> = names.iter().filter(|name| name.starts_with(|first: char| first.is_ascii_digit())).cloned().collect();
            let found = newest(&plain, wanted).map_err(|name| format!("mise chooses the newest version, and {name} is among them"))?;
            Ok(found.map(|name| format!("{installs}/{name}")))
        }
        Err(name) => Err(format!("mise chooses the newest version that begins with {wanted}, among them {name}")),
    }
}

/// Another tool that is installed and has the command.
fn other_tool(machine: &dyn Machine, installs: &str, command: &str) -> Option<String> {
    let tools = machine.list(installs).unwrap_or_default().into_iter().filter(|tool| tool != "python");
    tools.into_iter().find(|tool| {
        let versions = machine.list(&format!("{installs}/{tool}")).unwrap_or_default();
        versions.iter().any(|version| runs(machine, &format!("{installs}/{tool}/{version}/bin/{command}")))
    })
}
