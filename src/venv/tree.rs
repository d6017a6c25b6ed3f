//! The environment as a tree: what the contract's `tree` object shows. Only folders that are shown are looked into; their sizes
//! come from one walk over everything. Links are never followed, so no circle of links can trap it.

use super::environment::Environment;
use super::roles::{Entry, Place, Role, Roles};
use super::size::{Size, Sizes};
use crate::machine::{Fault, Kind, Machine, Platform};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many levels below the environment's folder; `None`: down to the entries of `bin` and `site-packages`.
    pub depth: Option<usize>,
    /// How many entries of one folder; `None`: all.
    pub fold: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { depth: None, fold: Some(9) }
    }
}

/// The `tree` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tree {
    /// `venv-explain/tree/1`.
    pub schema: &'static str,
    /// The environment's folder.
    pub root: Node,
}

/// A file or folder. Field names are the public contract's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its full path.
    pub path: String,
    /// What it is.
    pub kind: NodeKind,
    /// Where a link points, as written.
    pub target: Option<String>,
    /// Bytes: of a file its own, of a folder all below.
    pub size: Option<u64>,
    /// The id of the lesson on it.
    pub lesson: &'static str,
    /// The distribution that put it there.
    pub owner: Option<String>,
    /// What is in it, as far as shown.
    pub children: Vec<Self>,
    /// How many entries of it are not shown.
    pub folded: usize,
    /// What fills the holes of its annotation.
    #[serde(skip)]
    pub values: BTreeMap<&'static str, String>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    /// A folder.
    Folder,
    /// A regular file.
    File,
    /// A link, not followed.
    Link,
    /// A FIFO, socket or device.
    Other,
}

/// Paths cannot be nested deeper than the system takes; this bounds the recursion all the same.
const DEEPEST: usize = 128;

struct Walk<'a> {
    machine: &'a dyn Machine,
    roles: &'a Roles<'a>,
    sizes: &'a Sizes,
    options: Options,
}

impl Tree {
    /// The tree of `environment`, whose folders have these `sizes`.
    pub fn read(machine: &dyn Machine, environment: &Environment, sizes: &Sizes, options: Options) -> Self {
        let roles = Roles::new(machine, environment);
        Self::with(machine, environment, &roles, sizes, options)
    }

    /// The same with roles that are already known.
    pub fn with(machine: &dyn Machine, environment: &Environment, roles: &Roles<'_>, sizes: &Sizes, options: Options) -> Self {
        let walk = Walk { machine, roles, sizes, options };
        let name = machine.platform().rules().basename(&environment.root);
        let mut root = node(&name, &environment.root, NodeKind::Folder, roles.root());
        walk.fill(&mut root, Place::Root, 0);
        root.size = sizes.of(&environment.root).and_then(known);
        Self { schema: "venv-explain/tree/1", root }
    }
}

impl Walk<'_> {
    fn fill(&self, folder: &mut Node, place: Place, level: usize) {
        let rules = self.machine.platform().rules();
        let mut names = match self.machine.list(&folder.path) {
            Ok(names) => names,
            Err(Fault::Denied) => {
                folder.lesson = "tree/unreadable";
                return;
            }
            Err(_) => return,
        };
        names.sort_by_cached_key(|name| (rank(self.machine.platform(), place, name), name.clone()));
        let shown = match self.options.fold {
            // A line that says "1 more" takes the place of that one.
            Some(limit) if names.len() > limit + 1 => limit,
            _ => names.len(),
        };
        folder.folded = names.len() - shown;
        // Only what is shown is asked for: the walk for sizes has asked for everything once.
        for name in names.iter().take(shown) {
            let path = rules.join(&folder.path, name);
            let Ok(meta) = self.machine.lstat(&path) else { continue };
            let (role, inner) = self.roles.entry(Entry { place, path: &path, name, meta: &meta });
            let mut child = node(name, &path, kind(meta.kind), role);
            match meta.kind {
                Kind::Dir if self.opens(inner, level + 1) => self.fill(&mut child, inner, level + 1),
                Kind::Link => child.target = self.machine.link(&path).ok(),
                _ => {}
            }
            child.size = match meta.kind {
                Kind::Dir => self.sizes.of(&path).and_then(known),
                Kind::File => meta.size,
                Kind::Link | Kind::Other => None,
            };
            folder.children.push(child);
        }
    }

    /// Whether the entries of a folder at this level are shown.
    fn opens(&self, place: Place, level: usize) -> bool {
        match self.options.depth {
            Some(depth) => level < depth.min(DEEPEST),
            None => matches!(place, Place::Scripts | Place::Lib | Place::LibPython | Place::SitePackages),
        }
    }
}

fn node(name: &str, path: &str, kind: NodeKind, role: Role) -> Node {
    Node {
        name: name.to_owned(),
        path: path.to_owned(),
        kind,
        target: None,
        size: None,
        lesson: role.lesson,
        owner: role.owner,
        children: Vec::new(),
        folded: 0,
        values: role.values,
    }
}

fn kind(kind: Kind) -> NodeKind {
    match kind {
        Kind::Dir => NodeKind::Folder,
        Kind::File => NodeKind::File,
        Kind::Link => NodeKind::Link,
        Kind::Other => NodeKind::Other,
    }
}

/// A size with gaps is not a size.
fn known(size: Size) -> Option<u64> {
    (!size.incomplete).then_some(size.bytes)
}

/// What comes first in a folder: what makes the environment work, then what one types, then the rest by name.
fn rank(platform: Platform, place: Place, name: &str) -> usize {
    let lower = name.to_ascii_lowercase();
    let order: &[&str] = match place {
        Place::Root => &["pyvenv.cfg", "bin", "scripts", "lib", "lib64", "include", "share"],
        Place::Scripts => return rank_of_script(platform, &lower),
        Place::SitePackages => return usize::from(is_secondary(&lower)),
        _ => &["site-packages"],
    };
    order.iter().position(|known| *known == lower).unwrap_or(order.len())
}

fn rank_of_script(platform: Platform, name: &str) -> usize {
    let stem = name.strip_suffix(".exe").unwrap_or(name);
    match stem {
        "python" => 0,
        _ if is_python_name(stem) => 1,
        "pip" => 2,
        "activate" => 3,
        "activate.bat" | "activate.ps1" if platform == Platform::Windows => 4,
        "activate.fish" | "activate.csh" => 4,
        _ if stem.starts_with("pip") => 5,
        _ if stem.starts_with("activate") || stem.starts_with("deactivate") => 7,
        _ => 6,
    }
}

/// `python3`, `python3.12`, `pypy`: the other names of the interpreter, one of which leads to the base.
fn is_python_name(stem: &str) -> bool {
    let rest = stem.strip_prefix("python").or_else(|| stem.strip_prefix("pypy"));
    rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b't' | b'w')))
}

/// What is not itself installed for its own sake: caches, markers, leftovers and single hidden files come last.
fn is_secondary(name: &str) -> bool {
    name == "__pycache__" || name.starts_with('~') || name.ends_with(".virtualenv") || name.starts_with('.')
}
