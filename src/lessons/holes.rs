//! Which holes the lessons of each chapter may have: what the programs that show the chapter can fill.

/// A chapter, and the holes of its lessons.
const CHAPTERS: &[(&str, &[&str])] = &[
    ("activation", &["after", "before", "bin", "command", "line", "name", "path", "prompt", "python", "script", "shell", "venv"]),
    ("config", &["base", "effective", "file", "home", "key", "line", "maker", "python", "stdlib", "value", "venv", "version"]),
    (
        "finding",
        &["base", "bin", "command", "count", "expected", "file", "line", "other", "path", "python", "value", "variable", "venv", "version"],
    ),
    (
        "import",
        &[
            "command",
            "dir",
            "distribution",
            "file",
            "item",
            "kind",
            "line",
            "module",
            "name",
            "origin",
            "other",
            "path",
            "pip_python",
            "python",
            "tool",
            "uv_venv",
            "value",
            "venv",
        ],
    ),
    ("lookup", &["candidate", "command", "dir", "environment", "interpreter", "other", "path", "shebang", "shell", "target"]),
    ("maker", &["evidence", "name", "venv", "version"]),
    (
        "package",
        &[
            "command",
            "count",
            "file",
            "installer",
            "line",
            "name",
            "other",
            "path",
            "paths",
            "pip_python",
            "project",
            "python",
            "requirement",
            "requirements",
            "site_packages",
            "size",
            "uv_venv",
            "value",
            "venv",
            "version",
        ],
    ),
    (
        "startup",
        &[
            "base_prefix",
            "executable",
            "file",
            "flag",
            "home",
            "line",
            "path",
            "prefix",
            "script",
            "site_packages",
            "stdlib",
            "user_site",
            "value",
            "variable",
            "version",
        ],
    ),
    (
        "tree",
        &[
            "base",
            "bin",
            "count",
            "distribution",
            "interpreter",
            "maker",
            "name",
            "path",
            "python",
            "shell",
            "site_packages",
            "size",
            "target",
            "venv",
            "version",
        ],
    ),
];

/// The chapter whose lessons frame whole views: each says what its view can fill, so any hole may stand there.
const FREE: &str = "view";

/// What a chapter's lessons may have in their holes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holes {
    /// Anything.
    Any,
    /// These.
    Of(&'static [&'static str]),
}

impl Holes {
    /// The holes of a chapter; `None` for a chapter that does not exist.
    pub(super) fn of_chapter(chapter: &str) -> Option<Self> {
        if chapter == FREE {
            return Some(Self::Any);
        }
        CHAPTERS.iter().find(|(name, _)| *name == chapter).map(|(_, holes)| Self::Of(holes))
    }

    /// Whether a hole of this name may stand there.
    pub(super) fn knows(self, hole: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of(names) => names.contains(&hole),
        }
    }

    /// The names, for an error.
    pub(super) fn names(self) -> String {
        match self {
            Self::Any => "any name".to_owned(),
            Self::Of(names) => names.join(", "),
        }
    }
}

/// The names of the chapters, for an error.
pub(super) fn chapters() -> String {
    let mut names: Vec<&str> = CHAPTERS.iter().map(|(name, _)| *name).chain([FREE]).collect();
    names.sort_unstable();
    names.join(", ")
}
