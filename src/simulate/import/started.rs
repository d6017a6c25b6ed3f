//! Modules that start-up itself imports: they are in `sys.modules` before the first item of `sys.path` is put there, so a file of
//! that name beside the script is never asked. And names under which `sys.modules` holds another module.

use crate::venv::installation::Implementation;

/// Imported by `Python/pylifecycle.c`, also under `-S`.
const FIRST: &[&str] = &["encodings", "codecs", "io", "abc"];

/// Imported by `Lib/site.py`, where it runs.
const BY_SITE: &[&str] =
    &["site", "os", "stat", "genericpath", "_collections_abc", "_sitebuiltins", "sitecustomize", "usercustomize", "_virtualenv"];

/// What imports modules before the program begins, beside the interpreter itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Importer {
    /// `Lib/site.py`.
    Site,
    /// The `.pth` line of setuptools' shim.
    Shim,
    /// The `.pth` line of an editable installation by setuptools, whose finder has imports of its own.
    Finder,
}

/// How the interpreter started.
#[derive(Debug, Clone)]
pub(super) struct Started {
    /// The minor version.
    pub minor: u32,
    /// Whether it runs on Windows.
    pub windows: bool,
    /// What imported modules.
    pub importers: Vec<Importer>,
}

impl Started {
    /// Whether start-up imports the module of that name (the first part of a dotted one) before the program begins, where it finds it.
    pub(super) fn imports(&self, name: &str) -> bool {
        let by = |importer| self.importers.contains(&importer);
        let path = if self.windows { "ntpath" } else { "posixpath" };
        let by_site = || BY_SITE.contains(&name) || name == path || name.starts_with("__editable__");
        FIRST.contains(&name)
            || (self.minor <= 7 && matches!(name, "_bootlocale" | "_weakrefset"))
            || (by(Importer::Site) && by_site())
            || (by(Importer::Shim) && name == "_distutils_hack")
            || (by(Importer::Finder) && self.finder_imports(name))
    }

    /// What the finder's own lines import of the standard library: `importlib.util`, `pathlib`, and what these import in turn
    /// (`setuptools/command/editable_wheel.py: _FINDER_TEMPLATE`).
    fn finder_imports(&self, name: &str) -> bool {
        let minor = self.minor;
        match name {
            "collections" | "copyreg" | "enum" | "fnmatch" | "functools" | "importlib" | "keyword" | "ntpath" | "operator" | "pathlib"
            | "re" | "reprlib" | "types" | "warnings" => true,
            "contextlib" => minor != 12,
            "urllib" => minor <= 12,
            "sre_compile" | "sre_constants" | "sre_parse" => minor <= 10,
            "heapq" | "_heapq" => minor <= 9,
            "glob" | "grp" => minor >= 13,
            "ipaddress" => matches!(minor, 11 | 12),
            "math" => minor == 12,
            "typing" => minor == 9,
            "weakref" => minor <= 6,
            _ => false,
        }
    }
}

/// The module that `sys.modules` holds under `name`, where that is another one.
pub(super) fn alias(name: &str, windows: bool) -> Option<&'static str> {
    match name {
        "os.path" => Some(if windows { "ntpath" } else { "posixpath" }),
        "importlib._bootstrap" => Some("_frozen_importlib"),
        "importlib._bootstrap_external" => Some("_frozen_importlib_external"),
        _ => None,
    }
}

/// Built-in and frozen modules whose spec has no origin: made before importlib could say so (`_bootstrap._setup`).
pub(super) fn has_no_origin(name: &str, minor: u32) -> bool {
    match name {
        "_frozen_importlib" => minor <= 7,
        "sys" | "builtins" | "_imp" => minor <= 8,
        _ => false,
    }
}

/// Built-in modules of every POSIX build (`Modules/config.c.in`, `Modules/Setup.bootstrap.in`), for interpreters whose table cannot be read.
const ALWAYS: &[&str] = &[
    "_abc",
    "_ast",
    "_codecs",
    "_collections",
    "_functools",
    "_imp",
    "_io",
    "_locale",
    "_operator",
    "_signal",
    "_sre",
    "_stat",
    "_string",
    "_symtable",
    "_thread",
    "_tracemalloc",
    "_warnings",
    "_weakref",
    "atexit",
    "builtins",
    "errno",
    "faulthandler",
    "gc",
    "itertools",
    "marshal",
    "sys",
    "time",
];

/// Those of Windows besides (`PC/config.c`).
const WINDOWS: &[&str] = &[
    "_bisect",
    "_blake2",
    "_codecs_cn",
    "_codecs_hk",
    "_codecs_iso2022",
    "_codecs_jp",
    "_codecs_kr",
    "_codecs_tw",
    "_contextvars",
    "_csv",
    "_datetime",
    "_heapq",
    "_json",
    "_lsprof",
    "_md5",
    "_multibytecodec",
    "_opcode",
    "_pickle",
    "_random",
    "_sha1",
    "_sha3",
    "_statistics",
    "_struct",
    "_winapi",
    "array",
    "audioop",
    "binascii",
    "cmath",
    "math",
    "mmap",
    "msvcrt",
    "nt",
    "winreg",
    "xxsubtype",
    "zlib",
];

/// `PyPy`'s own (`pypy/config/pypyoption.py`).
const PYPY: &[&str] = &[
    "__exceptions__",
    "__pypy__",
    "_bz2",
    "_cffi_backend",
    "_continuation",
    "_cppyy",
    "_csv",
    "_hpy_universal",
    "_jitlog",
    "_lsprof",
    "_md5",
    "_minimal_curses",
    "_multibytecodec",
    "_multiprocessing",
    "_opcode",
    "_pickle_support",
    "_posixsubprocess",
    "_pypyjson",
    "_random",
    "_rawffi",
    "_socket",
    "_struct",
    "_testing",
    "_vmprof",
    "array",
    "binascii",
    "cmath",
    "cpyext",
    "fcntl",
    "math",
    "mmap",
    "parser",
    "posix",
    "pwd",
    "pyexpat",
    "pypyjit",
    "select",
    "symbol",
    "termios",
    "token",
    "unicodedata",
    "zlib",
];

/// Not built into `PyPy`.
const NOT_IN_PYPY: &[&str] = &["_functools", "_stat", "_symtable", "_tracemalloc"];

/// Built-in modules known without reading the program.
pub(super) fn usual_built_in(minor: u32, implementation: Implementation, windows: bool) -> Vec<String> {
    let pypy = implementation != Implementation::CPython;
    let mut names: Vec<&str> = ALWAYS.to_vec();
    if pypy {
        names.retain(|name| !NOT_IN_PYPY.contains(name));
        names.extend(PYPY);
    } else if windows {
        names.extend(WINDOWS);
    } else {
        names.extend(["posix", "pwd"]);
    }
    let newer = [("_tokenize", 11), ("_typing", 12), ("_suggestions", 13), ("_sysconfig", 13)];
    names.extend(newer.iter().filter(|(_, since)| minor >= *since && !pypy).map(|(name, _)| *name));
    if minor <= 7 && !pypy {
        names.push("zipimport");
    }
    names.into_iter().map(str::to_owned).collect()
}

/// Frozen modules known without reading the program (`Python/frozen.c`), true where it is a package.
pub(super) fn usual_frozen(minor: u32, implementation: Implementation) -> Vec<(String, bool)> {
    if implementation != Implementation::CPython {
        return Vec::new();
    }
    let mut names = vec!["_frozen_importlib", "_frozen_importlib_external", "__hello__", "__phello__.spam"];
    if minor >= 8 {
        names.push("zipimport");
    }
    if minor >= 11 {
        names.extend([
            "abc",
            "codecs",
            "io",
            "_collections_abc",
            "_sitebuiltins",
            "genericpath",
            "ntpath",
            "posixpath",
            "os.path",
            "os",
            "site",
            "stat",
            "importlib.util",
            "importlib.machinery",
            "runpy",
            "__hello_alias__",
            "__hello_only__",
            "__phello_alias__.spam",
            "__phello__.__init__",
            "__phello__.ham.__init__",
            "__phello__.ham.eggs",
        ]);
    }
    let packages: &[&str] = if minor >= 11 { &["__phello__", "__phello_alias__", "__phello__.ham"] } else { &["__phello__"] };
    names.into_iter().map(|name| (name.to_owned(), false)).chain(packages.iter().map(|name| ((*name).to_owned(), true))).collect()
}
