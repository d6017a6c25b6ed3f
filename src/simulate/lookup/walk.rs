//! The walk along PATH as POSIX shells do it: item by item, the first file that may be executed wins.

use super::habits::{Accepts, Habits, Here, Join, Tilde};
use super::{Found, Place, Searched, Spelling};
use crate::machine::path::{Rules, realpath};
use crate::machine::{Fault, Kind, Machine, Meta};
use std::collections::BTreeMap;

/// PATH taken apart, each folder looked at once, ready to search for any number of commands.
pub(super) struct Road {
    items: Vec<Item>,
    habits: Habits,
    cwd: Option<String>,
    /// Whether PATH was unset.
    pub default_path: bool,
}

/// One item of PATH, before any command is looked for.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// As written.
    pub dir: String,
    /// The folder that is searched; `None` where the shell searches none.
    pub folder: Option<String>,
    /// What it is.
    pub place: Place,
    /// How it is written.
    pub spelling: Spelling,
    /// Whether an earlier item names the same folder by the same path.
    pub repeated: bool,
    /// An earlier item that is the same folder.
    pub same_as: Option<String>,
}

impl Road {
    /// Takes the PATH in force apart. `machine` answers with the variables that are in force.
    pub fn new(machine: &dyn Machine, habits: Habits) -> Self {
        let path = machine.var("PATH");
        let default_path = path.is_none();
        let path = path.unwrap_or_else(|| habits.unset.to_owned());
        let items = match path.as_str() {
            "" => vec![item(machine, "", (habits.blank != Here::Nowhere).then(|| ".".to_owned()), Spelling::Empty)],
            path => path.split(separator(machine, path)).map(|dir| posix_item(machine, habits, dir)).collect(),
        };
        let mut habits = habits;
        if path.is_empty() {
            habits.empty = habits.blank;
        }
        let mut road = Self { items, habits, cwd: machine.cwd(), default_path };
        mark_repeated(machine, &mut road.items);
        road
    }

    /// Looks for `name` in every folder, in order.
    pub fn search(&self, machine: &dyn Machine, name: &str) -> Vec<Searched> {
        let mut winner = false;
        self.items
            .iter()
            .map(|item| {
                let candidate = self.candidate(item, name);
                let asked = match (&item.folder, item.place) {
                    (Some(_), Place::Folder) => machine.stat(&candidate),
                    _ => Err(Fault::Missing),
                };
                settle(machine, item, candidate, &asked, self.habits.accepts, &mut winner)
            })
            .collect()
    }

    /// The file looked for, spelt as this shell shows it.
    fn candidate(&self, item: &Item, name: &str) -> String {
        let folder = item.folder.as_deref().unwrap_or(&item.dir);
        let cwd = self.cwd.as_deref().unwrap_or(".");
        if item.spelling == Spelling::Empty {
            return match self.habits.empty {
                Here::Dot => format!("./{name}"),
                Here::Bare => name.to_owned(),
                Here::Absolute | Here::Nowhere => one_slash(cwd, name),
            };
        }
        let relative = !folder.starts_with('/');
        match self.habits.join {
            Join::OneSlash | Join::Lexical => one_slash(folder, name),
            Join::AlwaysSlash => format!("{folder}/{name}"),
            Join::RelativeMadeAbsolute if !relative => one_slash(folder, name),
            Join::RelativeMadeAbsolute | Join::Canonical => Rules::Posix.normpath(&Rules::Posix.join(cwd, &one_slash(folder, name))),
        }
    }
}

/// What one item comes to, given what the file system said of its candidate.
pub(super) fn settle(
    machine: &dyn Machine,
    item: &Item,
    candidate: String,
    asked: &Result<Meta, Fault>,
    accepts: Accepts,
    winner: &mut bool,
) -> Searched {
    let plain = judge(asked, accepts);
    let matches = plain == Found::Found;
    let outcome = match (plain, item.repeated) {
        (_, true) => Found::Repeated,
        (Found::Found, false) if *winner => Found::Shadowed,
        (other, false) => other,
    };
    *winner |= outcome == Found::Found;
    let place = if matches!(asked, Err(Fault::Denied)) { Place::Denied } else { item.place };
    let dangling = match asked {
        Err(_) if place == Place::Folder => machine.link(&candidate).ok(),
        _ => None,
    };
    let (dir, spelling, same_as) = (item.dir.clone(), item.spelling, item.same_as.clone());
    Searched { dir, candidate, outcome, place, spelling, same_as, dangling, matches }
}

fn judge(asked: &Result<Meta, Fault>, accepts: Accepts) -> Found {
    match asked {
        Err(_) => Found::Missing,
        Ok(meta) if meta.kind == Kind::Dir => Found::NotAFile,
        Ok(meta) if meta.kind != Kind::File && accepts == Accepts::RegularFiles => Found::NotAFile,
        Ok(meta) if !meta.runnable => Found::NotExecutable,
        Ok(_) => Found::Found,
    }
}

/// An item whose folder is looked at now.
pub(super) fn item(machine: &dyn Machine, dir: &str, folder: Option<String>, spelling: Spelling) -> Item {
    let place = folder.as_deref().map_or(Place::Missing, |folder| match machine.stat(folder) {
        Ok(meta) if meta.kind == Kind::Dir => Place::Folder,
        Ok(_) | Err(Fault::NotADirectory) => Place::NotAFolder,
        Err(Fault::Denied) => Place::Denied,
        Err(_) => Place::Missing,
    });
    Item { dir: dir.to_owned(), folder, place, spelling, repeated: false, same_as: None }
}

/// A POSIX shell on Windows is given PATH with semicolons, or already translated to colons.
fn separator(machine: &dyn Machine, path: &str) -> char {
    let rules = machine.platform().rules();
    if rules == Rules::Windows && !path.contains(';') && path.starts_with('/') { ':' } else { rules.list_separator() }
}

fn posix_item(machine: &dyn Machine, habits: Habits, dir: &str) -> Item {
    if dir.is_empty() {
        return item(machine, dir, (habits.empty != Here::Nowhere).then(|| ".".to_owned()), Spelling::Empty);
    }
    if dir == "~" || dir.starts_with("~/") {
        let home = (habits.tilde == Tilde::Home).then(|| machine.var("HOME").or_else(|| machine.account_home()));
        return match home.flatten() {
            Some(home) => item(machine, dir, Some(format!("{home}{}", &dir[1..])), Spelling::Home),
            None => item(machine, dir, Some(dir.to_owned()), Spelling::UnexpandedHome),
        };
    }
    let absolute = machine.platform().rules().is_absolute(dir) || dir.starts_with('/');
    let spelling = if absolute { Spelling::Absolute } else { Spelling::Relative };
    if !absolute && !habits.relative {
        return item(machine, dir, None, spelling);
    }
    let folder = match machine.cwd() {
        Some(cwd) if habits.join == Join::Lexical => Rules::Posix.abspath(&cwd, dir),
        _ => dir.to_owned(),
    };
    item(machine, dir, Some(folder), spelling)
}

/// Marks items whose folder an earlier one names by the same path, and those that are an earlier one's folder in the end.
///
/// Only what cannot change the folder is taken away for the first comparison: doubled and trailing slashes and `.`. A
/// folder reached through a link, or from the working folder, counts as searched anew: `type -a` lists it by that path too.
pub(super) fn mark_repeated(machine: &dyn Machine, items: &mut [Item]) {
    let rules = machine.platform().rules();
    let cwd = machine.cwd().unwrap_or_default();
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    let mut ends: BTreeMap<String, String> = BTreeMap::new();
    for item in items {
        let Some(folder) = &item.folder else { continue };
        let absolute = rules.join(&cwd, folder);
        let key = plain_key(rules, folder);
        if let Some(earlier) = paths.get(&key) {
            item.repeated = true;
            item.same_as = Some(earlier.clone());
            continue;
        }
        paths.insert(key, item.dir.clone());
        if item.place == Place::Folder {
            let end = rules.normcase(&realpath(machine, &absolute));
            item.same_as = ends.get(&end).cloned();
            ends.entry(end).or_insert_with(|| item.dir.clone());
        }
    }
}

fn plain_key(rules: Rules, path: &str) -> String {
    let path = rules.normcase(path);
    let root = if path.starts_with(rules.sep()) { "/" } else { "" };
    let kept: Vec<&str> = path.split(rules.sep()).filter(|part| !part.is_empty() && *part != ".").collect();
    format!("{root}{}", kept.join("/"))
}

fn one_slash(folder: &str, name: &str) -> String {
    let slash = if folder.ends_with('/') { "" } else { "/" };
    format!("{folder}{slash}{name}")
}
