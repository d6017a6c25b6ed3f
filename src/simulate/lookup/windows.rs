//! The walk along PATH as cmd and `PowerShell` do it on Windows: a name without an extension is tried with each one of
//! PATHEXT, and cmd looks into the current folder before PATH.
//!
//! cmd: the current folder first unless `NoDefaultCurrentDirectoryInExePath` is set; items of PATH may be quoted.
//! `PowerShell`: no current folder; `.ps1` before PATHEXT; `~` replaced (`CommandDiscovery.GetLookupDirectoryPaths`).

use super::habits::Accepts;
use super::walk::{Item, item, mark_repeated, settle};
use super::{Place, Searched, Spelling};
use crate::machine::path::Rules;
use crate::machine::{Fault, Kind, Machine};
use crate::simulate::activation::Shell;

/// What both shells take where PATHEXT is unset.
const PATHEXT: &str = ".COM;.EXE;.BAT;.CMD;.VBS;.JS;.WS;.MSC";

/// PATH taken apart by the rules of Windows.
pub(super) struct Road {
    items: Vec<Item>,
    extensions: Vec<String>,
    /// Whether PATH was unset.
    pub default_path: bool,
}

impl Road {
    /// Takes the PATH in force apart as `shell` does.
    pub fn new(machine: &dyn Machine, shell: Shell) -> Self {
        let path = machine.var("PATH");
        let default_path = path.is_none();
        let mut items = Vec::new();
        if shell == Shell::Cmd && machine.var("NoDefaultCurrentDirectoryInExePath").is_none() {
            items.push(item(machine, ".", Some(".".to_owned()), Spelling::CurrentFolder));
        }
        let written = path.as_deref().filter(|path| !path.is_empty()).map(|path| split(path, shell)).unwrap_or_default();
        items.extend(written.iter().map(|dir| windows_item(machine, dir, shell)));
        mark_repeated(machine, &mut items);
        let listed = machine.var("PATHEXT").filter(|list| !list.is_empty()).unwrap_or_else(|| PATHEXT.to_owned());
        let mut extensions: Vec<String> = listed.split(';').filter(|ext| !ext.is_empty()).map(str::to_lowercase).collect();
        if shell == Shell::Powershell {
            extensions.insert(0, ".ps1".to_owned());
        }
        Self { items, extensions, default_path }
    }

    /// Looks for `name` in every folder, in order.
    pub fn search(&self, machine: &dyn Machine, name: &str) -> Vec<Searched> {
        let mut winner = false;
        let names = self.names(name);
        self.items
            .iter()
            .map(|item| {
                let (candidate, asked) = look(machine, item, &names);
                settle(machine, item, candidate, &asked, Accepts::RegularFiles, &mut winner)
            })
            .collect()
    }

    /// The file names to try in each folder: as typed where it has an extension, then with each one of PATHEXT. The first
    /// is the one to show where none is found, so `.exe` stands for the others.
    fn names(&self, name: &str) -> Vec<String> {
        let typed = Rules::Windows.splitext(name).1;
        let exact = (!typed.is_empty()).then(|| name.to_owned());
        exact.into_iter().chain(self.extensions.iter().map(|ext| format!("{name}{ext}"))).collect()
    }
}

fn look(machine: &dyn Machine, item: &Item, names: &[String]) -> (String, Result<crate::machine::Meta, Fault>) {
    let folder = match (item.spelling, machine.cwd()) {
        (Spelling::CurrentFolder, Some(cwd)) => cwd,
        _ => item.folder.clone().unwrap_or_else(|| item.dir.clone()),
    };
    let mut passed_over = None;
    if item.place == Place::Folder {
        for name in names {
            let path = Rules::Windows.join(&folder, name);
            match machine.stat(&path) {
                Ok(meta) if meta.kind == Kind::File => {
                    let path = Rules::Windows.join(&folder, &as_listed(machine, &folder, name));
                    return (path, Ok(crate::machine::Meta { runnable: true, ..meta }));
                }
                // An app execution alias is a reparse point that only the loader can follow.
                Ok(meta) if meta.kind == Kind::Other && meta.size == Some(0) => {
                    return (path, Ok(crate::machine::Meta { kind: Kind::File, runnable: true, ..meta }));
                }
                Ok(meta) => passed_over = passed_over.or(Some((path, Ok(meta)))),
                Err(_) => {}
            }
        }
    }
    passed_over.unwrap_or_else(|| {
        let shown = names.iter().find(|name| Rules::Windows.splitext(name).1 == ".exe").or_else(|| names.first());
        (Rules::Windows.join(&folder, shown.map_or("", String::as_str)), Err(Fault::Missing))
    })
}

/// The name as the folder lists it: Windows compares without case and shows the stored spelling.
fn as_listed(machine: &dyn Machine, folder: &str, name: &str) -> String {
    let listed = machine.list(folder).unwrap_or_default();
    listed.into_iter().find(|listed| listed.eq_ignore_ascii_case(name)).unwrap_or_else(|| name.to_owned())
}

fn windows_item(machine: &dyn Machine, dir: &str, shell: Shell) -> Item {
    let plain = if shell == Shell::Cmd { dir.replace('"', "") } else { dir.trim_start().to_owned() };
    if plain.is_empty() {
        return item(machine, dir, None, Spelling::Empty);
    }
    if shell == Shell::Powershell && (plain == "~" || plain.starts_with("~\\")) {
        let home = machine.var("USERPROFILE").or_else(|| machine.account_home()).unwrap_or_default();
        return item(machine, dir, Some(format!("{home}{}", &plain[1..])), Spelling::Home);
    }
    let spelling = if Rules::Windows.is_absolute(&plain) { Spelling::Absolute } else { Spelling::Relative };
    item(machine, dir, Some(plain), spelling)
}

/// PATH's items; in cmd a semicolon between quotes is part of a name.
fn split(path: &str, shell: Shell) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut quoted = false;
    for character in path.chars() {
        quoted ^= character == '"' && shell == Shell::Cmd;
        match items.last_mut() {
            Some(last) if character != ';' || quoted => last.push(character),
            _ => items.push(String::new()),
        }
    }
    items
}
