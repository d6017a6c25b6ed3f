//! The view of one import: what is found and where, whose it is, what it hides; or why nothing is found.

use super::{Depth, Teller};
use crate::lessons::Values;
use crate::page::{Block, Page, Role, Section, Table, Text};
use crate::simulate::import::{Elsewhere, Finder, Import, Invisible, Kind, Parent};
use crate::simulate::startup::{Origin, PathItem, Startup};

const VIEW: &str = "view/import";

/// The whole page of `import`; `startup` is the start that decides where it looks.
pub fn page(teller: &Teller<'_>, import: &Import, startup: Option<&Startup>) -> Page {
    let values = teller.common.clone().with("module", Text::of(Role::Code, &import.module));
    let (word, role) = match import.found {
        true if starts_beside(import, startup).is_some() && !import.shadows.is_empty() => ("found-instead", Role::Warning),
        true => ("found", Role::Good),
        false => ("not-found", Role::Warning),
    };
    let status = Text::of(role, teller.word(VIEW, word, &values).characters());
    let intro = if import.found { answer(teller, import, startup, &values) } else { absent(teller, import, &values) };
    let mut sections = Vec::new();
    if let Some(items) = startup.and_then(|startup| startup.sys_path.as_deref()).filter(|_| !import.searched.is_empty()) {
        let mut blocks = vec![places(teller, import, items.iter().map(|item| item.path.as_str()), &values)];
        if teller.depth == Depth::Deep {
            blocks.push(tried(teller, import, &values));
        }
        let section = teller.section("import", &values, blocks);
        // Below a package it is not sys.path that is searched.
        let parent = import.module.rsplit_once('.').map(|(parent, _)| values.clone().with("name", Text::of(Role::Code, parent)));
        let lead = match parent.filter(|_| import.found || matches!(import.parent, Some(Parent::Searched(_)))) {
            Some(values) => section.lead.map(|_| teller.word(VIEW, "lead-below", &values)),
            None => section.lead,
        };
        sections.push(Section { lead, ..section });
    }
    if !import.found && !import.unknown.is_empty() {
        let title = teller.word(VIEW, "unknown", &values);
        sections.push(Section { id: "unknown".into(), title, lead: None, blocks: vec![teller.unknowns(&import.unknown)] });
    }
    Page { title: teller.word(VIEW, "title", &values), status: Some(status), intro, sections }
}

/// The first item of `sys.path`, where the match comes from it and it depends on where one starts.
fn starts_beside<'s>(import: &Import, startup: Option<&'s Startup>) -> Option<&'s PathItem> {
    let item = startup?.sys_path.as_ref()?.get(import.sys_path_index?)?;
    matches!(item.source, Origin::Cwd | Origin::ScriptDir).then_some(item)
}

/// What was found.
fn answer(teller: &Teller<'_>, import: &Import, startup: Option<&Startup>, values: &Values) -> Vec<Block> {
    let values = values.clone().with("file", finder_file(teller, import));
    let lesson = import.kind.map_or("import/missing", lesson);
    let mut rows =
        vec![vec![teller.word(VIEW, "found", &values), place(teller, import)], vec![Text::default(), teller.summary(lesson, &values)]];
    if import.kind == Some(Kind::Namespace) {
        rows.extend(import.locations.iter().skip(1).map(|folder| {
            vec![Text::default(), teller.names.say(folder).and(Role::Plain, "  ").then(teller.word(VIEW, "portion", &values))]
        }));
    }
    let mut told = vec![lesson];
    let item = import.sys_path_index.zip(startup).and_then(|(index, startup)| Some((index, startup.sys_path.as_ref()?.get(index)?)));
    if let Some((index, item)) = item {
        let beside = starts_beside(import, startup).is_some();
        let through = Text::of(Role::Code, format!("sys.path[{index}]")).and(Role::Plain, "  ").then(teller.names.say(&item.path));
        rows.push(vec![teller.word(VIEW, "through", &values), through]);
        if beside {
            rows.push(vec![Text::default(), teller.summary("import/script-shadows", &values)]);
        }
        if beside && !import.shadows.is_empty() {
            told.push("import/script-shadows");
        }
    }
    if let Some(special) = import.finder.as_ref().and_then(special) {
        rows.push(vec![teller.word(VIEW, "through", &values), teller.summary(special, &values)]);
        told.push(special);
    }
    if let Some(distribution) = &import.distribution {
        rows.push(vec![teller.word(VIEW, "belongs", &values), Text::of(Role::Strong, distribution)]);
    }
    rows.extend(import.shadows.iter().map(|path| {
        let path = Text::of(Role::Shadowed, teller.names.path(path).text);
        vec![teller.word(VIEW, "hides", &values), path.and(Role::Plain, "  ").then(teller.word(VIEW, "hidden", &values))]
    }));
    let mut blocks = vec![Block::Table(Table { head: Vec::new(), rows })];
    blocks.extend(at_length(teller, &told, &values));
    blocks
}

/// Why nothing was found, and what may help.
fn absent(teller: &Teller<'_>, import: &Import, values: &Values) -> Vec<Block> {
    let mut blocks = Vec::new();
    let lesson = match &import.parent {
        _ if import.module == "__main__" => "import/main",
        None if !is_name(&import.module) => "import/no-name",
        // Whether it is one, its code decides.
        Some(Parent::NotAPackage(..)) if !import.unknown.is_empty() => "import/missing",
        _ if !import.foreign.is_empty() => "import/foreign",
        Some(Parent::NotAPackage(..)) => "import/not-a-package",
        Some(Parent::Missing(_)) => "import/parent-missing",
        Some(Parent::Searched(_)) | None => "import/missing",
    };
    let name = match &import.parent {
        Some(Parent::NotAPackage(name, _) | Parent::Missing(name) | Parent::Searched(name)) => name,
        None => &import.module,
    };
    let mut values = values.clone().with("name", Text::of(Role::Code, name));
    if let Some(file) = import.foreign.first() {
        values.set("path", teller.names.say(&file.path));
        values.set("value", Text::of(Role::Code, import.suffixes.join(" ")));
        values.set("distribution", file.distribution.clone().unwrap_or_default());
    }
    blocks.push(Block::Prose(teller.summary(lesson, &values)));
    // What to do is the reader's question wherever nothing is at hand that answers it.
    let is_unhelped = import.elsewhere.is_empty() && import.similar.is_empty() && !matches!(import.parent, Some(Parent::Searched(_)));
    if teller.depth == Depth::Usual && (is_unhelped || !import.foreign.is_empty()) {
        blocks.extend(teller.body(lesson, &values));
    }
    let mut told = vec![lesson];
    let there: Vec<Vec<Text>> = import.elsewhere.iter().map(|place| invisible(teller, place, &values, &mut told)).collect();
    if !there.is_empty() {
        let table = Block::Table(Table { head: Vec::new(), rows: there });
        blocks.push(Block::Group { title: teller.word(VIEW, "elsewhere", &values), blocks: vec![table] });
    }
    let meant: Vec<Vec<Text>> = import
        .similar
        .iter()
        .map(|similar| {
            let is_case = similar.module.to_lowercase() == import.module.to_lowercase();
            let lesson = match similar.by_distribution {
                true => "import/distribution-name",
                false if is_case => "import/letter-case",
                false => "import/similar-name",
            };
            let owner = similar.distribution.clone().unwrap_or_default();
            let values =
                values.clone().with("name", Text::of(Role::Code, &similar.module)).with("distribution", Text::of(Role::Strong, &owner));
            vec![Text::of(Role::Code, format!("import {}", similar.module)), teller.summary(lesson, &values)]
        })
        .collect();
    if !meant.is_empty() {
        let table = Block::Table(Table { head: Vec::new(), rows: meant });
        blocks.push(Block::Group { title: teller.word(VIEW, "similar", &values), blocks: vec![table] });
    }
    let distribution = import.elsewhere.iter().find_map(|place| place.distribution.clone());
    let values = values.with("name", Text::of(Role::Code, distribution.unwrap_or_else(|| name.clone())));
    blocks.extend(at_length(teller, &told, &values));
    blocks
}

/// Whether an `import` statement could hold it.
fn is_name(module: &str) -> bool {
    let is_part = |part: &str| {
        let starts = part.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
        starts && part.chars().all(|character| character.is_alphanumeric() || character == '_')
    };
    module.split('.').all(is_part)
}

/// A place that has the module and is not searched, and the line that decides so.
fn invisible(teller: &Teller<'_>, place: &Elsewhere, values: &Values, told: &mut Vec<&str>) -> Vec<Text> {
    let lesson = match place.why {
        Invisible::Isolated => "import/isolated",
        Invisible::UserSite => "import/user-site",
        Invisible::OtherEnvironment => "import/other-environment",
        Invisible::NotOnPath => "import/not-on-path",
    };
    if !told.contains(&lesson) {
        told.push(lesson);
    }
    let line = place.cause.line.zip(teller.config).filter(|(_, config)| Some(&config.file) == place.cause.file.as_ref());
    let because = line.and_then(|(number, config)| Some((number, config.line(number)?))).map(|(number, line)| {
        Text::of(Role::Note, format!("pyvenv.cfg:{number}  ")).and(Role::Code, teller.names.within(line.text.trim()))
    });
    vec![teller.names.say(&place.path), teller.summary(lesson, values), because.unwrap_or_default()]
}

/// Why it is so, where depth is asked for; else the commands to type.
fn at_length(teller: &Teller<'_>, lessons: &[&str], values: &Values) -> Vec<Block> {
    match teller.depth {
        Depth::Facts => Vec::new(),
        Depth::Usual => lessons.last().map(|id| teller.tries(id, values)).unwrap_or_default(),
        Depth::Deep => lessons.iter().map(|id| Block::Group { title: teller.title(id, values), blocks: teller.long(id, values) }).collect(),
    }
}

/// The items of `sys.path` (or of the parent's folders) in order, and what came of each.
fn places<'i>(teller: &Teller<'_>, import: &Import, items: impl Iterator<Item = &'i str>, values: &Values) -> Block {
    let mut rows: Vec<Vec<Text>> = Vec::new();
    let mut row = |item: &str, role: Option<Role>, word: &str| {
        let mut path = teller.names.path(item);
        path.role = role.unwrap_or(path.role);
        rows.push(vec![Text(vec![path]), teller.word(VIEW, word, values)]);
    };
    // A folder without __init__ is a portion of a namespace package, and a package or module in a later place outranks it.
    let winner = import.searched.iter().rposition(|place| place.found);
    for (at, place) in import.searched.iter().enumerate() {
        match (place.found, place.tried.is_empty()) {
            (true, _) if import.kind != Some(Kind::Namespace) && Some(at) != winner => row(&place.item, None, "outranked"),
            (true, _) => row(&place.item, Some(Role::Wins), "match"),
            (false, true) => row(&place.item, Some(Role::Absent), "absent"),
            (false, false) if import.foreign.iter().any(|file| file.item == place.item) => row(&place.item, Some(Role::Warning), "foreign"),
            (false, false) => row(&place.item, None, "none"),
        }
    }
    if !import.module.contains('.') && import.sys_path_index.is_some() && import.kind != Some(Kind::Namespace) {
        let searched: Vec<&str> = import.searched.iter().map(|place| place.item.as_str()).collect();
        for (at, item) in items.enumerate().filter(|(_, item)| !searched.contains(item)) {
            // What start-up itself imports is imported before the first item is put in front.
            let is_later = import.sys_path_index.is_some_and(|index| at < index);
            row(item, Some(Role::Absent), if is_later { "later" } else { "after" });
        }
    }
    Block::Table(Table { head: Vec::new(), rows })
}

/// Every candidate, place by place.
fn tried(teller: &Teller<'_>, import: &Import, values: &Values) -> Block {
    let mut rows = Vec::new();
    for place in &import.searched {
        let last = place.tried.len();
        for (number, path) in place.tried.iter().enumerate() {
            let hit = place.found && number + 1 == last;
            let role = if hit { Role::Wins } else { Role::Absent };
            rows.push(vec![
                Text::of(role, teller.names.path(path).text),
                if hit { teller.word(VIEW, "match", values) } else { Text::default() },
            ]);
        }
    }
    Block::Group { title: teller.word(VIEW, "tried", values), blocks: vec![Block::Table(Table { head: Vec::new(), rows })] }
}

/// Where it is: the file, or what stands for one.
fn place(teller: &Teller<'_>, import: &Import) -> Text {
    match (&import.origin, import.kind) {
        (_, Some(Kind::Namespace)) | (None, _) => import.locations.first().map(|folder| teller.names.say(folder)).unwrap_or_default(),
        (Some(origin), Some(Kind::Builtin | Kind::Frozen)) => Text::of(Role::Code, origin),
        (Some(origin), _) => teller.names.say(origin),
    }
}

fn finder_file(teller: &Teller<'_>, import: &Import) -> Text {
    match &import.finder {
        Some(Finder::Archive(file) | Finder::Editable(file) | Finder::Distutils(file)) => teller.names.say(file),
        _ => Text::default(),
    }
}

/// The lesson on a finder that is not the usual one.
fn special(finder: &Finder) -> Option<&'static str> {
    match finder {
        Finder::BuiltIn | Finder::Frozen | Finder::Path(_) => None,
        Finder::Archive(_) => Some("import/zip"),
        Finder::Editable(_) => Some("import/editable"),
        Finder::Distutils(_) => Some("import/distutils"),
    }
}

fn lesson(kind: Kind) -> &'static str {
    match kind {
        Kind::Package => "import/package",
        Kind::Source => "import/source",
        Kind::Bytecode => "import/bytecode",
        Kind::Extension => "import/extension",
        Kind::Namespace => "import/namespace",
        Kind::Builtin => "import/builtin",
        Kind::Frozen => "import/frozen",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_told_from_what_no_import_statement_holds() {
        assert!(["a", "_a.b1", "caf\u{e9}.x"].into_iter().all(super::is_name));
        assert!(["", ".a", "a.", "a..b", "a-b", "1a", "a b", "a/b", "a,b"].into_iter().all(|name| !super::is_name(name)));
    }
}
