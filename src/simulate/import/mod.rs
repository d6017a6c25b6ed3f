//! Where `import` finds a module: what `importlib.util.find_spec` would answer, worked out from files alone.
//!
//! The finders stand in the order of `sys.meta_path`: setuptools' shim for `distutils`, built-in modules, frozen modules, the items of
//! `sys.path`, setuptools' editable finders. A dotted name is looked for in what its parent says (`Lib/importlib/_bootstrap.py: _find_spec`,
//! `Lib/importlib/util.py: find_spec`).

mod absent;
mod archive;
mod editable;
mod finder;
mod owner;
mod search;
mod shim;
mod started;
mod suffixes;

pub use search::{import, imports};
pub use suffixes::extensions as extension_suffixes;

use crate::venv::{Source, Unknown};
use serde::Serialize;

/// Where a module is found. Field names and meaning are the public contract's `import` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    /// `venv-explain/import/1`.
    pub schema: &'static str,
    /// The module's name, as in an `import` statement.
    pub module: String,
    /// Whether anything is found.
    pub found: bool,
    /// `ModuleSpec.origin`: the file, `built-in`, `frozen`; `None` for a namespace package.
    pub origin: Option<String>,
    /// What kind of module it is.
    pub kind: Option<Kind>,
    /// `ModuleSpec.submodule_search_locations`.
    pub locations: Vec<String>,
    /// Through which item of `sys.path` it, or for a dotted name its first part, is found.
    pub sys_path_index: Option<usize>,
    /// The distribution that the file belongs to.
    pub distribution: Option<String>,
    /// The places that were searched, in order, up to the one that won.
    pub searched: Vec<Searched>,
    /// What would be found if the winner were not there.
    pub shadows: Vec<String>,
    /// What cannot be known without running code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Unknown>,
    /// Which finder found it.
    #[serde(skip)]
    pub finder: Option<Finder>,
    /// For a dotted name whose parent is in the way: the parent.
    #[serde(skip)]
    pub parent: Option<Parent>,
    /// Compiled files of that name in the places that were searched, which this interpreter passes over.
    #[serde(skip)]
    pub foreign: Vec<Foreign>,
    /// What the names of compiled files have to end with for this interpreter, where `foreign` is not empty.
    #[serde(skip)]
    pub suffixes: Vec<String>,
    /// Where it is although it cannot be seen from here.
    #[serde(skip)]
    pub elsewhere: Vec<Elsewhere>,
    /// Names that can be imported here and look alike, with the distribution that brings each where it is known.
    #[serde(skip)]
    pub similar: Vec<Similar>,
}

/// What kind of module was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A folder with `__init__`.
    Package,
    /// A `.py` file.
    Source,
    /// A `.pyc` file without its source.
    Bytecode,
    /// A compiled extension module.
    Extension,
    /// A folder without `__init__`, or several (PEP 420).
    Namespace,
    /// Compiled into the interpreter.
    Builtin,
    /// Python code that is compiled into the interpreter.
    Frozen,
}

/// One place that was searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Searched {
    /// The item of `sys.path`, or for a dotted name the parent's folder.
    pub item: String,
    /// The candidates, in order, up to the one that is there.
    pub tried: Vec<String>,
    /// Whether the module, or a portion of it, is here.
    pub found: bool,
}

/// Who found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finder {
    /// `BuiltinImporter`.
    BuiltIn,
    /// `FrozenImporter`.
    Frozen,
    /// An item of `sys.path`, or the parent's folder.
    Path(String),
    /// A zip file on it.
    Archive(String),
    /// A finder that setuptools wrote for an editable installation: its file.
    Editable(String),
    /// setuptools' own `distutils`, through `_distutils_hack`: the `.pth` file that switches it on.
    Distutils(String),
}

/// Why a dotted name cannot be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// Nothing of the parent's name is found.
    Missing(String),
    /// The parent is a module, not a package; the second is its origin.
    NotAPackage(String, String),
    /// The parent is a package, and this is not in it.
    Searched(String),
}

/// A place that has the module and that Python does not search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The file or folder.
    pub path: String,
    /// The folder that would have to be on `sys.path`.
    pub folder: String,
    /// The distribution it belongs to there.
    pub distribution: Option<String>,
    /// Why it is not searched.
    pub why: Invisible,
    /// The file and line that decide so.
    pub cause: Source,
}

/// A compiled file that was made for another interpreter or system, as its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The file.
    pub path: String,
    /// The item of `sys.path`, or the parent's folder, that holds it.
    pub item: String,
    /// The distribution it belongs to.
    pub distribution: Option<String>,
}

/// Why a place is not searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invisible {
    /// The environment is isolated from the base.
    Isolated,
    /// The account's own packages are switched off.
    UserSite,
    /// It belongs to another environment.
    OtherEnvironment,
    /// It is not on `sys.path`.
    NotOnPath,
}

/// Something that can be imported here and may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// The name to import.
    pub module: String,
    /// The distribution that brings it.
    pub distribution: Option<String>,
    /// Whether that distribution, and not the module, has the name that was asked for.
    pub by_distribution: bool,
}

/// What a finder answers: `ModuleSpec`, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spec {
    origin: Option<String>,
    kind: Kind,
    /// `submodule_search_locations`; `None` for what is no package.
    locations: Option<Vec<String>>,
}
