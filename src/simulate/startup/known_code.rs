//! Code that start-up runs and whose effect on `sys.path` is known by its text. Nothing is ever run here; every text that is not
//! recognised is told as unknown.

use super::disk::TEXT_LIMIT;
use super::modules;
use super::site::Site;
use super::steps;
use super::strings::strip;
use super::{Outcome, Step};
use crate::text;
use std::collections::BTreeMap;

/// What a line of code does to `sys.path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// It raises an exception before it could do anything.
    Fails,
    /// Appends this item as it stands.
    Append(String),
    /// Puts this item in front as it stands.
    Insert(String),
    /// Remembers the length of `sys.path` (first line of `easy-install.pth`).
    Mark,
    /// Moves what came after the mark to the front (its last line).
    MoveForward,
    /// Calls `site.addsitedir` on a folder.
    AddSiteDir(String),
    /// Anything else; why it is not known.
    Unknown(String),
}

/// The state that `easy-install.pth` keeps in `sys`: `sys.__plen` and `sys.__egginsert`.
#[derive(Debug, Default)]
pub(super) struct EasyInstall {
    pub mark: Option<usize>,
    pub inserted: usize,
}

/// Lines whose effect is known by a piece of their text, none of which touches `sys.path`: import hooks, namespace packages,
/// measuring of subprocesses.
const HARMLESS: &[&[&str]] = &[
    // setuptools: distutils-precedence.pth
    &["import os", "SETUPTOOLS_USE_DISTUTILS", "__import__('_distutils_hack')"],
    // setuptools: NAME-nspkg.pth makes a namespace package in sys.modules
    &["import sys, types, os", "has_mfs", "importlib.util", "module_from_spec"],
    &["import sys,types,os", "types.ModuleType"],
    &["import sys, types, os", "types.ModuleType"],
    // coverage, pytest-cov: only where their variables are set, and then they measure
    &["coverage.process_startup()"],
    &[COVERAGE],
    &["COV_CORE_SOURCE", "pytest_cov"],
    &["import importlib", "_distutils_hack"],
];

/// coverage from 7.10 on, `a1_coverage.pth`.
const COVERAGE: &str = "import sys; exec('import os\\n\\nif os.getenv(\"COVERAGE_PROCESS_START\") or os.getenv(\"COVERAGE_PROCESS_CONFIG\"):\\n try:\\n  \
    import coverage\\n except:\\n  pass\\n else:\\n  coverage.process_startup(slug=\"pth\")')";

/// Words by which a line could reach `sys.path` although it looks like a known one.
const REACHING: &[&str] = &["sys.path", "addsitedir", "from sys", "getattr", "chr("];

/// What one `import` line of a `.pth` file does.
pub(super) fn effect(site: &Site<'_, '_>, folder: &str, line: &str) -> Effect {
    let line = strip(line);
    if line.starts_with("import sys; sys.__plen = len(sys.path)") {
        return Effect::Mark;
    }
    if line.starts_with("import sys; new=sys.path[sys.__plen:]") && line.contains("sys.__egginsert") {
        return Effect::MoveForward;
    }
    let reaches_path = REACHING.iter().any(|word| line.contains(word));
    if !reaches_path && HARMLESS.iter().any(|pieces| pieces.iter().all(|piece| line.contains(piece))) {
        return Effect::None;
    }
    if let Some(path) = call(line, "import site; site.addsitedir(") {
        return Effect::AddSiteDir(path);
    }
    if let Some(path) = call(line, "import sys; sys.path.append(") {
        return Effect::Append(path);
    }
    if let Some(path) = call(line, "import sys; sys.path.insert(0, ").or_else(|| call(line, "import sys; sys.path.insert(0,")) {
        return Effect::Insert(path);
    }
    if let Some(effect) = editable_finder(site, folder, line) {
        return effect;
    }
    let names = line.strip_prefix("import").unwrap_or(line);
    if names.contains(';') || names.contains(" as ") {
        return Effect::Unknown("the line is code, which is not run here".to_owned());
    }
    imports(site, names)
}

/// The literal argument of a call that is the whole rest of the line.
fn call(line: &str, head: &str) -> Option<String> {
    literal(line.strip_prefix(head)?.strip_suffix(')')?)
}

/// A string literal without escapes, prefixes or another quote inside.
fn literal(text: &str) -> Option<String> {
    let text = strip(text);
    let inner =
        text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')).or_else(|| text.strip_prefix('"').and_then(|t| t.strip_suffix('"')))?;
    (!inner.contains(['\'', '"', '\\'])).then(|| inner.to_owned())
}

/// `import a, b.c`: nothing happens where all are modules of the standard library; a missing one is an error.
fn imports(site: &Site<'_, '_>, names: &str) -> Effect {
    let names: Vec<&str> = names.split('#').next().unwrap_or_default().split(',').map(strip).collect();
    if !names.iter().all(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')) {
        return Effect::Unknown("the line is code, which is not run here".to_owned());
    }
    if names.iter().any(|name| name.is_empty()) {
        // `import` without a name, or with one too few: a syntax error.
        return Effect::Fails;
    }
    for name in names {
        let top = name.split('.').next().unwrap_or(name);
        if modules::BUILT_IN.contains(&top) {
            continue;
        }
        match modules::find(site.disk, &site.path, top).0 {
            None if modules::OFTEN_BUILT_IN.contains(&top) => {}
            None => return Effect::Fails,
            Some(file) if HARMLESS_MODULES.contains(&top) || is_standard(site, &file) => {}
            Some(file) if site.disk.machine.read(&file, TEXT_LIMIT).is_ok_and(|text| redirections(&text::decode(&text)).is_some()) => {
                // Its first line imports the package whose finder it fills.
                if modules::find(site.disk, &site.path, "editables").0.is_none() {
                    return Effect::Fails;
                }
            }
            Some(file) => return Effect::Unknown(format!("{file} is code, which is not run here")),
        }
    }
    Effect::None
}

/// The names that a module maps to files, where it does nothing else: the bootstrap of the package `editables`
/// (`editables/__init__.py`, `EditableProject.bootstrap()`).
pub fn redirections(text: &str) -> Option<BTreeMap<String, String>> {
    let mut lines = text.lines().map(strip).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let head = ["from editables.redirector import RedirectingFinder as F", "F.install()"];
    if head.iter().any(|expected| lines.next() != Some(expected)) {
        return None;
    }
    let pair = |line: &str| {
        let (name, path) = line.strip_prefix("F.map_module(")?.strip_suffix(')')?.split_once(", ")?;
        Some((literal(name)?, literal(path)?))
    };
    lines.map(pair).collect()
}

/// Modules outside the standard library whose import at start-up is known to leave `sys.path` alone.
const HARMLESS_MODULES: &[&str] = &["_virtualenv", "_distutils_hack"];

fn is_standard(site: &Site<'_, '_>, file: &str) -> bool {
    use super::Origin::{Platstdlib, Stdlib, Zip};
    let folder = site.disk.rules.dirname(file);
    site.path.iter().any(|item| matches!(item.source, Stdlib | Platstdlib | Zip) && item.path == folder)
}

/// setuptools' editable installs: a finder is added to `sys.meta_path`; where the project has namespace packages, a place that
/// does not exist is appended to `sys.path` to make Python ask it.
fn editable_finder(site: &Site<'_, '_>, folder: &str, line: &str) -> Option<Effect> {
    let module = line.strip_prefix("import ")?.split(';').next().map(strip)?;
    if !module.starts_with("__editable__") || !line.ends_with(&format!("{module}.install()")) {
        return None;
    }
    let file = site.disk.rules.join(folder, &format!("{module}.py"));
    let Ok(bytes) = site.disk.machine.read(&file, TEXT_LIMIT) else { return Some(Effect::Fails) };
    let text = String::from_utf8_lossy(&bytes);
    let value = |name: &str| {
        let at = text.lines().find(|line| line.starts_with(name))?;
        at.split_once(" = ").map(|(_, value)| strip(value).to_owned())
    };
    let Some(namespaces) = value("NAMESPACES") else { return Some(Effect::None) };
    if namespaces == "{}" {
        return Some(Effect::None);
    }
    // setuptools' template: the name of the finder, + ".__path_hook__".
    let placeholder = value("PATH_PLACEHOLDER").and_then(|value| match value.strip_suffix(" + \".__path_hook__\"") {
        Some(name) => Some(literal(name)? + ".__path_hook__"),
        None => literal(&value),
    });
    Some(match placeholder {
        Some(item) if site.path.iter().any(|there| there.path == item) => Effect::None,
        Some(item) => Effect::Append(item),
        None => Effect::Unknown(format!("{file} is code, which is not run here")),
    })
}

impl Site<'_, '_> {
    /// `execsitecustomize` and `execusercustomize`: an ordinary import, after all else and without `sys.path[0]`.
    pub(super) fn customize(&mut self, module: &str, id: &'static str) {
        let rule = "Lib/site.py: execsitecustomize";
        let (found, looked) = modules::find(self.disk, &self.path, module);
        let Some(file) = found else {
            self.account.push(Step::new(id, Outcome::NotFound, rule).looked(looked));
            return;
        };
        let text = self.disk.machine.read(&file, TEXT_LIMIT).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let known = text.is_ok_and(|text| is_harmless(&text));
        let outcome = if known { Outcome::Found } else { Outcome::Unknown };
        self.account.push(Step::new(id, outcome, rule).file(&file).looked(looked));
        if !known {
            self.account
                .unknown("what is on sys.path in the end", format!("{file} is code that Python runs while it starts; it is not run here"));
        }
        debug_assert!(id == steps::SITECUSTOMIZE || id == steps::USERCUSTOMIZE);
    }
}

/// Whether a module's text can have no effect on `sys.path`: comments only, or Debian's crash reporter.
fn is_harmless(text: &str) -> bool {
    let code: Vec<&str> = text.lines().map(strip).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let apport = ["try:", "import apport_python_hook", "except ImportError:", "pass", "else:", "apport_python_hook.install()"];
    code.is_empty() || code == ["pass"] || code == apport
}
