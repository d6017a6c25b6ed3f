//! The finders that setuptools writes for editable installations (`setuptools/command/editable_wheel.py: _FINDER_TEMPLATE`): a `.pth`
//! line installs `__editable___NAME_finder.py`, whose two tables say where modules are. The tables are read, the code is not run.

use super::finder::{Answer, Folders};
use super::{Kind, Spec};
use crate::machine::path::Rules;
use crate::machine::{Machine, text};
use std::collections::BTreeMap;

const LIMIT: usize = 4 << 20;

/// One finder.
pub(super) struct Editable {
    /// Its file.
    pub file: String,
    /// The `.pth` file that installs it.
    pub pth: String,
    /// `MAPPING`: where each module or package is, without suffix.
    mapping: BTreeMap<String, String>,
    /// `NAMESPACES`: the folders of each namespace package.
    namespaces: BTreeMap<String, Vec<String>>,
    /// `PATH_PLACEHOLDER`: the item of `sys.path` that makes Python ask for namespaces.
    pub placeholder: String,
}

/// The finders that the `.pth` files of a folder install, in their order.
pub(super) fn in_folder(machine: &dyn Machine, folder: &str) -> Vec<Editable> {
    let rules = machine.platform().rules();
    let names = machine.list(folder).unwrap_or_default();
    let pths = names.into_iter().filter(|name| name.ends_with(".pth") && name.starts_with("__editable__"));
    pths.filter_map(|name| {
        let pth = rules.join(folder, &name);
        let content = text::decode(&machine.read(&pth, LIMIT).ok()?);
        let line = content.lines().find(|line| line.starts_with("import __editable__"))?;
        let module = line.strip_prefix("import ")?.split(';').next()?.trim();
        let file = rules.join(folder, &format!("{module}.py"));
        Editable::parse(&text::decode(&machine.read(&file, LIMIT).ok()?), file, pth)
    })
    .collect()
}

impl Editable {
    fn parse(content: &str, file: String, pth: String) -> Option<Self> {
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
        Some(Self { file, pth, mapping, namespaces, placeholder: format!("{name}{suffix}") })
    }

    /// `_EditableFinder.find_spec`.
    pub(super) fn find(&self, rules: Rules, folders: &Folders<'_>, name: &str, tried: &mut Vec<String>) -> Option<Spec> {
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
        let mut paths = self.namespaces.get(name)?.clone();
        if paths.is_empty() {
            paths.extend(self.mapping.get(name).cloned());
        }
        paths.push(self.placeholder.clone());
        Some(paths)
    }

    /// The top-level names that it can find.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        self.mapping.keys().chain(self.namespaces.keys()).map(|name| name.split('.').next().unwrap_or(name))
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
