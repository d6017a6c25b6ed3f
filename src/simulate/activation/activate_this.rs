//! What `activate_this.py` changes: the script that virtualenv and uv write for a Python that runs already.

use super::Change;
use super::python::{Host, Item, Python};
use super::state::{Names, Variables};
use super::{SCRIPT, is_private};
use crate::machine::{Fault, Machine, Platform};
use crate::simulate::startup::{Launch, Startup, add_site_dir, start_with};
use crate::venv::Unknown;
use crate::venv::environment::Environment;
use crate::venv::installation::Installation;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a running Python ends up with. Field names are part of the public contract's `activate` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActivateThis {
    /// The script that was followed.
    pub script: String,
    /// The Python that runs it: the base of the environment, started as for `-c`.
    pub python: Option<String>,
    /// One row for each variable of `os.environ` that changes.
    pub variables: Vec<Change>,
    /// One row for each attribute of `sys` that changes.
    pub attributes: Vec<InPython>,
    /// What could not be followed, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Unknown>,
    /// What the script prints, or the error that ends it.
    #[serde(skip)]
    pub messages: Vec<String>,
}

/// An attribute of `sys` that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InPython {
    /// Its whole name: `sys.prefix`.
    pub name: String,
    /// Its value before; `None` where it did not exist.
    pub before: Option<Held>,
    /// Its value after.
    pub after: Option<Held>,
    /// The script's line that last wrote it.
    pub line: Option<u32>,
}

/// What an attribute of `sys` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Held {
    /// A text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

/// The base of an environment while it runs the script.
struct Running<'m> {
    machine: &'m dyn Machine,
    launch: Launch,
    base: &'m Installation,
    startup: Startup,
}

impl Host for Running<'_> {
    fn version(&self) -> Option<&str> {
        self.startup.version.as_deref()
    }

    fn is_pypy(&self) -> bool {
        self.startup.implementation.as_deref() == Some("pypy")
    }

    fn add_site_dir(&self, path: &[String], folder: &str) -> Result<(Vec<String>, Vec<Unknown>), String> {
        add_site_dir(self.machine, &self.launch, Some(self.base), path, folder)
    }
}

/// Follows the `activate_this.py` of an environment, as the environment's base Python runs it; `None` where there is no such script.
pub fn activate_this(machine: &dyn Machine, environment: &Environment) -> Option<ActivateThis> {
    let script = machine.platform().rules().join(&environment.scripts_dir, "activate_this.py");
    let text = machine.read(&script, SCRIPT);
    if matches!(text, Err(Fault::Missing | Fault::NotADirectory)) {
        return None;
    }
    let python = environment.base.as_ref().map(|base| base.file.clone());
    let (variables, attributes, messages) = (Vec::new(), Vec::new(), Vec::new());
    let mut told = ActivateThis { script, python, variables, attributes, unknown: Vec::new(), messages };
    let followed = match (text, &environment.base) {
        (Err(fault), _) => Err(fault.to_string()),
        (Ok(bytes), _) if std::str::from_utf8(&bytes).is_err() => Err("the script is not UTF-8".to_owned()),
        (_, None) => Err("the base Python of this environment, which would run it, is not known".to_owned()),
        (Ok(bytes), Some(base)) => told.follow(machine, base, &String::from_utf8_lossy(&bytes)),
    };
    if let Err(why) = followed {
        told.unknown.push(Unknown { what: told.script.clone(), why });
    }
    Some(told)
}

impl ActivateThis {
    /// The error says why nothing of it is known.
    fn follow(&mut self, machine: &dyn Machine, base: &Installation, text: &str) -> Result<(), String> {
        let launch = Launch { program: base.file.clone(), arguments: Vec::new() };
        let startup = start_with(machine, &launch, Some(base));
        if let Some(fatal) = &startup.fatal {
            return Err(format!("{} does not start: {fatal}", base.file));
        }
        let Some(attributes) = attributes(machine.platform(), &startup) else {
            return Err(format!("what {} starts with is not known", base.file));
        };
        // The patch level matters to nothing that a script does.
        self.unknown = startup.unknown.iter().filter(|unknown| unknown.what != "version").cloned().collect();
        let names = if machine.platform() == Platform::Windows { Names::Folded } else { Names::Exact };
        let before = Variables::of(machine, names, is_private);
        let running = Running { machine, launch, base, startup };
        let mut python = Python::plain(machine, &self.script, before.clone(), &running, attributes.clone());
        python.read(text);
        let is_lost = python.is_lost;
        self.unknown.append(&mut python.unknown);
        self.messages = std::mem::take(&mut python.messages);
        if is_lost {
            return Ok(());
        }
        self.variables = python.variables.changes_since(&before).0;
        for (name, after, line) in python.attributes() {
            let before = attributes.get(name);
            if before == Some(after) {
                continue;
            }
            match (before.map(held).transpose(), held(after)) {
                (Ok(before), Ok(after)) => self.attributes.push(InPython { name: name.to_owned(), before, after: Some(after), line }),
                (_, Err(why)) | (Err(why), _) => self.unknown.push(Unknown { what: name.to_owned(), why }),
            }
        }
        Ok(())
    }
}

/// What `sys` holds that scripts ask for; `None` where start-up leaves the paths unknown.
fn attributes(platform: Platform, startup: &Startup) -> Option<BTreeMap<String, Item>> {
    let texts = |items: &[String]| Item::List(items.iter().cloned().map(Item::Text).collect());
    let path: Vec<String> = startup.sys_path.as_ref()?.iter().map(|item| item.path.clone()).collect();
    let (system, name) = match platform {
        Platform::Linux => ("linux", "posix"),
        Platform::Macos => ("darwin", "posix"),
        Platform::Windows => ("win32", "nt"),
    };
    let mut all: BTreeMap<String, Item> = BTreeMap::from([
        ("sys.path".to_owned(), texts(&path)),
        ("sys.platform".to_owned(), Item::from(system)),
        ("os.name".to_owned(), Item::from(name)),
    ]);
    let known = [
        ("sys.prefix", &startup.prefix),
        ("sys.exec_prefix", &startup.exec_prefix),
        ("sys.base_prefix", &startup.base_prefix),
        ("sys.base_exec_prefix", &startup.base_exec_prefix),
        ("sys.executable", &startup.executable),
    ];
    for (name, value) in known {
        all.insert(name.to_owned(), Item::from(value.as_deref()?));
    }
    // A pre-release tells its level behind the numbers: then it stays unknown.
    let numbers: Option<Vec<i64>> = startup.version.as_deref().map(|version| version.split('.').map(|part| part.parse().ok()).collect())?;
    if let Some(numbers) = numbers.filter(|numbers| numbers.len() == 3) {
        let mut info: Vec<Item> = numbers.into_iter().map(Item::Number).collect();
        info.extend([Item::from("final"), Item::Number(0)]);
        all.insert("sys.version_info".to_owned(), Item::List(info));
    }
    Some(all)
}

fn held(item: &Item) -> Result<Held, String> {
    let unknown = || "what the script makes of it is no text and no list of texts".to_owned();
    match item {
        Item::Text(text) => Ok(Held::Text(text.clone())),
        Item::List(items) => {
            let text = |item: &Item| if let Item::Text(text) = item { Some(text.clone()) } else { None };
            items.iter().map(text).collect::<Option<Vec<String>>>().map(Held::List).ok_or_else(unknown)
        }
        _ => Err(unknown()),
    }
}
