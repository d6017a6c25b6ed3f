//! The finders of editable installations, which a `.pth` line installs. Their tables are read, their code is not run.
//!
//! setuptools writes `__editable___NAME_finder.py`, whose tables say where modules are (`setuptools/command/editable_wheel.py:
//! _FINDER_TEMPLATE`). hatchling (`dev-mode-exact`) and pdm-backend use the package `editables`: a module of calls, one for each name
//! (`editables/redirector.py: RedirectingFinder`).

use super::finder::{Answer, Folders};
use super::{Kind, Spec};
use crate::machine::path::Rules;
use crate::machine::{Machine, text};
use crate::simulate::startup::redirections;
use std::collections::BTreeMap;

const LIMIT: usize = 4 << 20;

/// One finder.
pub(super) struct Editable {
    /// Its file.
    pub file: String,
    /// The `.pth` file that installs it.
    pub pth: String,
    /// Where each module or package is.
    mapping: BTreeMap<String, String>,
    template: Template,
}

/// Who wrote it.
enum Template {
    /// setuptools: `MAPPING` names paths without suffix.
    Setuptools {
        /// `NAMESPACES`: the folders of each namespace package.
        namespaces: BTreeMap<String, Vec<String>>,
        /// `PATH_PLACEHOLDER`: the item of `sys.path` that makes Python ask for namespaces.
        placeholder: String,
    },
    /// `editables`: the files themselves.
    Redirecting,
}

/// The finders that the `.pth` files of a folder install, in their order.
pub(super) fn in_folder(machine: &dyn Machine, folder: &str) -> Vec<Editable> {
    let rules = machine.platform().rules();
    let names = machine.list(folder).unwrap_or_default();
    let mut found = Vec::new();
    for name in names.into_iter().filter(|name| name.ends_with(".pth") && !name.starts_with('.')) {
        let pth = rules.join(folder, &name);
        let Ok(content) = machine.read(&pth, LIMIT) else { continue };
        for line in text::decode(&content).lines() {
            let Some(module) = line.strip_prefix("import ").and_then(|rest| rest.split(';').next()).map(str::trim) else { continue };
            if module.contains(['/', '\\', '.', '\0']) {
                continue;
            }
            let file = rules.join(folder, &format!("{module}.py"));
            let Ok(bytes) = machine.read(&file, LIMIT) else { continue };
            found.extend(Editable::parse(&text::decode(&bytes), module, file, &pth));
        }
    }
    found
}

impl Editable {
    fn parse(content: &str, module: &str, file: String, pth: &str) -> Option<Self> {
        let pth = pth.to_owned();
        if let Some(mapping) = redirections(content) {
            return Some(Self { file, pth, mapping, template: Template::Redirecting });
        }
        if !module.starts_with("__editable__") {
            return None;
        }
        let value = |name: &str| {
            let line = content.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ':', '='])))?;
            Some(line.split_once(" = ")?.1)
        };
        let strings = |value: Literal| if let Literal::Text(text) = value { Some(text) } else { None };
        let Literal::Table(mapping) = Literal::parse(value("MAPPING")?)? else { return None };
        let mapping = mapping.into_iter().filter_map(|(name, value)| Some((name, strings(value)?))).collect();
        let namespaces = match value("NAMESPACES").and_then(Literal::parse) {
            Some(Literal::Table(table)) => table
                .into_iter()
                .filter_map(|(name, value)| match value {
                    Literal::List(paths) => Some((name, paths.into_iter().filter_map(strings).collect())),
                    _ => None,
                })
                .collect(),
            _ => BTreeMap::new(),
        };
        let placeholder = value("PATH_PLACEHOLDER").unwrap_or_default();
        let name = Literal::parse(placeholder).and_then(strings).unwrap_or_default();
        let suffix = if placeholder.contains("+ \".__path_hook__\"") { ".__path_hook__" } else { "" };
        Some(Self { file, pth, mapping, template: Template::Setuptools { namespaces, placeholder: format!("{name}{suffix}") } })
    }

    /// Whether setuptools wrote it.
    pub(super) fn is_of_setuptools(&self) -> bool {
        matches!(self.template, Template::Setuptools { .. })
    }

    /// The item of `sys.path` that makes Python ask it for namespaces; empty where there is none.
    pub(super) fn placeholder(&self) -> &str {
        if let Template::Setuptools { placeholder, .. } = &self.template { placeholder } else { "" }
    }

    /// `_EditableFinder.find_spec`.
    pub(super) fn find(&self, rules: Rules, folders: &Folders<'_>, name: &str, tried: &mut Vec<String>) -> Option<Spec> {
        if let Template::Redirecting = self.template {
            // Names with a dot are left to the packages themselves.
            let file = self.mapping.get(name).filter(|_| !name.contains('.'))?;
            return Self::redirected(rules, folders, file, tried);
        }
        if let Some(path) = self.mapping.get(name) {
            return Self::at(rules, folders, path, tried);
        }
        let (parent, child) = name.rsplit_once('.')?;
        match folders.find(self.mapping.get(parent)?, child, tried) {
            Answer::Module(spec) => Some(spec),
            Answer::Portions(locations) => Some(Spec { origin: None, kind: Kind::Namespace, locations: Some(locations) }),
            Answer::Nothing => None,
        }
    }

    /// `spec_from_file_location`, which does not ask whether the file is there.
    fn redirected(rules: Rules, folders: &Folders<'_>, file: &str, tried: &mut Vec<String>) -> Option<Spec> {
        tried.push(file.to_owned());
        let (_, kind) = folders.suffixes().find(|(suffix, _)| file.ends_with(suffix.as_str()))?;
        let is_package = rules.basename(file).split('.').next() == Some("__init__");
        let locations = is_package.then(|| vec![rules.dirname(file)]);
        Some(Spec { origin: Some(file.to_owned()), kind: if is_package { Kind::Package } else { *kind }, locations })
    }

    fn at(rules: Rules, folders: &Folders<'_>, path: &str, tried: &mut Vec<String>) -> Option<Spec> {
        let init = rules.join(path, "__init__.py");
        tried.push(init.clone());
        if folders.is_file(&init) {
            return Some(Spec { origin: Some(init), kind: Kind::Package, locations: Some(vec![path.to_owned()]) });
        }
        // pathlib's with_suffix: what the name has for a suffix is replaced.
        let stem = rules.splitext(path).0;
        folders.all_suffixes().find_map(|(suffix, kind)| {
            let file = format!("{stem}{suffix}");
            tried.push(file.clone());
            folders.is_file(&file).then_some(Spec { origin: Some(file), kind: *kind, locations: None })
        })
    }

    /// `_EditableNamespaceFinder.find_spec`: the portions of a namespace package, the placeholder last.
    pub(super) fn portions(&self, name: &str) -> Option<Vec<String>> {
        let Template::Setuptools { namespaces, placeholder } = &self.template else { return None };
        let mut paths = namespaces.get(name)?.clone();
        if paths.is_empty() {
            paths.extend(self.mapping.get(name).cloned());
        }
        paths.push(placeholder.clone());
        Some(paths)
    }

    /// The top-level names that it can find.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        let namespaces = if let Template::Setuptools { namespaces, .. } = &self.template { Some(namespaces) } else { None };
        self.mapping.keys().chain(namespaces.into_iter().flat_map(BTreeMap::keys)).map(|name| name.split('.').next().unwrap_or(name))
    }
}

/// A Python literal as `repr` writes tables of strings.
enum Literal {
    Text(String),
    List(Vec<Literal>),
    Table(Vec<(String, Literal)>),
}

impl Literal {
    fn parse(text: &str) -> Option<Self> {
        Reader { rest: text }.value(0)
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn skip(&mut self, wanted: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Option<Literal> {
        if depth > 3 {
            return None;
        }
        if self.skip('[') {
            let mut items = Vec::new();
            while !self.skip(']') {
                items.push(self.value(depth + 1)?);
                self.skip(',');
            }
            return Some(Literal::List(items));
        }
        if self.skip('{') {
            let mut entries = Vec::new();
            while !self.skip('}') {
                let key = self.text()?;
                if !self.skip(':') {
                    return None;
                }
                entries.push((key, self.value(depth + 1)?));
                self.skip(',');
            }
            return Some(Literal::Table(entries));
        }
        self.text().map(Literal::Text)
    }

    /// A string as `repr` writes it: `\\`, `\'`, `\n`, `\xNN`, `\uNNNN`.
    fn text(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let quote = self.rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let mut characters = self.rest.get(1..)?.char_indices();
        let mut text = String::new();
        while let Some((at, character)) = characters.next() {
            match character {
                _ if character == quote => {
                    self.rest = self.rest.get(at + 2..)?;
                    return Some(text);
                }
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    code @ ('x' | 'u' | 'U') => {
                        let length = if code == 'x' {
                            2
                        } else if code == 'u' {
                            4
                        } else {
                            8
                        };
                        let digits: String = characters.by_ref().take(length).map(|(_, digit)| digit).collect();
                        text.push(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)?);
                    }
                    other => text.push(other),
                },
                _ => text.push(character),
            }
        }
        None
    }
}
