//! The view of one distribution: its papers, `RECORD` held against the disk, what uninstalling removes, and its compiled files.

use super::packages::short_list;
use super::{Depth, Teller, counted, size};
use crate::lessons::Values;
use crate::page::{Block, Page, Role, Section, Table, Text};
use crate::simulate::packages::anatomy::{Anatomy, Paper};
use crate::simulate::packages::fit::{Fitness, Misfit};
use crate::simulate::packages::uninstall::Failure;
use crate::simulate::packages::verify::{Odd, Verified};
use crate::venv::binary::Container;
use crate::venv::distributions::entry_points::commands;
use std::collections::BTreeMap;

const VIEW: &str = "view/package";

/// How many paths of one kind are shown without `--verbose`.
const SHOWN: usize = 8;

/// How many names of modules, commands and distributions stand in a row, without and with `--verbose`.
const NAMES: usize = 12;
const NAMES_DEEP: usize = 500;

/// How many licences, or other files of one lesson, are shown before the rest is folded.
const ALIKE: usize = 2;

/// The whole page of `package`.
pub fn page(teller: &Teller<'_>, anatomy: &Anatomy, environment: &str) -> Page {
    let values = values(teller, anatomy, environment);
    let mut sections = vec![papers(teller, anatomy, &values)];
    sections.extend(anatomy.record.as_ref().map(|record| on_disk(teller, anatomy, record, &values)));
    sections.extend(compiled(teller, anatomy, &values));
    sections.push(uninstalling(teller, anatomy, &values));
    sections.extend(teller.closing(VIEW, &values));
    Page {
        title: teller.word(VIEW, "title", &values),
        status: Some(status(teller, anatomy, &values)),
        intro: vec![Block::Table(Table { head: Vec::new(), rows: summary(teller, anatomy, &values) })],
        sections,
    }
}

fn values(teller: &Teller<'_>, anatomy: &Anatomy, environment: &str) -> Values {
    let one = &anatomy.listed;
    let values = teller
        .common
        .clone()
        .with("name", Text::of(Role::Own, &anatomy.name))
        .with("version", anatomy.version.as_deref().unwrap_or("?"))
        .with("venv", teller.names.say(environment))
        .with("path", teller.names.say(&anatomy.path))
        .with("site_packages", teller.names.say(&one.details.papers.site))
        .with("installer", one.installer.as_deref().unwrap_or_default())
        .with("count", anatomy.record.as_ref().map_or(0, |record| record.entries).to_string())
        .with("project", one.editable.as_deref().map(|project| teller.names.say(project)).unwrap_or_default());
    match pin(teller, anatomy) {
        Some(pin) => values.with_words("pin", &[&pin]),
        None => values,
    }
}

/// `name==version`, where installing that once more brings back files that are missing or changed: it lies in this environment,
/// and came from an index.
fn pin(teller: &Teller<'_>, anatomy: &Anatomy) -> Option<String> {
    let one = &anatomy.listed;
    let record = anatomy.record.as_ref()?;
    let is_broken = record.missing.iter().any(|path| !is_bytecode(path)) || !record.changed.is_empty();
    let is_here = teller.names.path(&one.details.papers.site).role == Role::Own;
    let from_index = one.details.direct_url.is_none() && one.editable.is_none() && one.conda.is_none();
    let pin = format!("{}=={}", anatomy.name, anatomy.version.as_deref()?);
    (is_broken && is_here && from_index).then_some(pin)
}

/// A file that Python writes by itself, or the folder that it writes them into; installers record them where they compiled the code.
fn is_bytecode(path: &str) -> bool {
    path.ends_with(".pyc") || path.ends_with("__pycache__")
}

fn status(teller: &Teller<'_>, anatomy: &Anatomy, values: &Values) -> Text {
    let word = match &anatomy.record {
        None if anatomy.listed.details.unread("RECORD").is_some() => (Role::Note, "not-all-checked"),
        None => (Role::Warning, "no-record"),
        Some(record) if record.missing.iter().any(|path| !is_bytecode(path)) => (Role::Bad, "files-missing"),
        Some(record) if !record.changed.is_empty() => (Role::Warning, "files-changed"),
        Some(record) if !record.unknown.is_empty() => (Role::Note, "not-all-checked"),
        Some(record) if !record.missing.is_empty() => (Role::Good, "as-recorded-but-bytecode"),
        Some(_) => (Role::Good, "as-recorded"),
    };
    Text::of(word.0, teller.word(VIEW, word.1, values).characters())
}

/// What it is, in some rows.
fn summary(teller: &Teller<'_>, anatomy: &Anatomy, values: &Values) -> Vec<Vec<Text>> {
    let one = &anatomy.listed;
    let mut rows = Vec::new();
    let mut row = |label: &str, value: Text| {
        if !value.is_empty() {
            rows.push(vec![Text::of(Role::Key, teller.word(VIEW, label, values).characters()), value]);
        }
    };
    let stated = |key: &str| one.details.metadata.as_ref().ok().and_then(|metadata| metadata.get(key)).unwrap_or_default();
    row("about", Text::plain(stated("Summary")));
    row("folder", teller.names.say(&one.details.papers.site));
    row("editable", one.editable.as_deref().map(|project| teller.names.say(project)).unwrap_or_default());
    row("source", Text::plain(one.details.direct_url.as_ref().map(|url| teller.names.within(&url.url)).unwrap_or_default()));
    let listed = |names: &mut dyn Iterator<Item = &str>| {
        short_list(teller, &names.collect::<Vec<_>>(), if teller.depth == Depth::Deep { NAMES_DEEP } else { NAMES }, values)
    };
    row("imports", Text::of(Role::Code, listed(&mut one.details.modules.iter().map(String::as_str))));
    row("commands", Text::of(Role::Code, listed(&mut commands(&one.details.entry_points).iter().map(String::as_str))));
    row("needs", Text::plain(listed(&mut one.needs.iter().map(String::as_str))));
    row("needed-by", Text::plain(listed(&mut one.needed_by.iter().map(String::as_str))));
    rows
}

/// Each file of the papers: what it says here, who writes it, who reads it.
fn papers(teller: &Teller<'_>, anatomy: &Anatomy, values: &Values) -> Section {
    let mut rows = Vec::new();
    for alike in anatomy.files.chunk_by(|one, next| one.lesson == next.lesson) {
        let shown = if teller.depth == Depth::Deep || alike.len() == ALIKE + 1 { alike.len() } else { ALIKE };
        rows.extend(alike.iter().take(shown).map(|paper| {
            let values = values.clone().with("file", Text::of(Role::Code, &paper.name));
            vec![Text::of(Role::Own, &paper.name), says(teller, anatomy, paper, &values), teller.summary(paper.lesson, &values)]
        }));
        if alike.len() > shown {
            let values = values.clone().with("count", (alike.len() - shown).to_string());
            rows.push(vec![Text::of(Role::Note, teller.word(VIEW, "and-more", &values).characters())]);
        }
    }
    let mut blocks = vec![Block::Table(Table { head: Vec::new(), rows })];
    if teller.depth == Depth::Deep {
        let mut told: Vec<&str> = Vec::new();
        for paper in &anatomy.files {
            if !told.contains(&paper.lesson) {
                told.push(paper.lesson);
                blocks.push(Block::Group { title: Text::of(Role::Key, &paper.name), blocks: teller.long(paper.lesson, values) });
            }
        }
    }
    if anatomy.files.is_empty() {
        blocks = vec![Block::Prose(match anatomy.listed.details.unread("METADATA") {
            Some(fault) => teller.word(VIEW, "papers-unread", &values.clone().with("value", fault.to_string())),
            None => teller.word(VIEW, "no-papers", values),
        })];
    }
    let lead = (teller.depth > Depth::Facts).then(|| teller.word(VIEW, "papers-lead", values));
    Section { id: "papers".into(), title: teller.word(VIEW, "papers", values), lead, blocks }
}

fn says(teller: &Teller<'_>, anatomy: &Anatomy, paper: &Paper, values: &Values) -> Text {
    let details = &anatomy.listed.details;
    if let Some(fault) = details.unread(&paper.name) {
        return Text::of(Role::Warning, fault.to_string());
    }
    match paper.lesson {
        "package/metadata" => {
            let (all, here) = (details.requirements.len(), anatomy.listed.needs.len());
            let values = values.clone().with("count", counted(all, "requirement", "requirements")).with("here", here.to_string());
            let word = match (all, here) {
                (0, _) => "says-metadata-none",
                (_, 0) => "says-metadata-none-here",
                _ if here < all => "says-metadata-in-part",
                _ => "says-metadata",
            };
            teller.word(VIEW, word, &values)
        }
        "package/record" => {
            let count = anatomy.record.as_ref().map_or(0, |record| record.entries);
            Text::plain(counted(count, "file", "files"))
        }
        "package/wheel" => {
            let role = if anatomy.fits == Some(false) { Role::Bad } else { Role::Code };
            // Several tags differ in how they name the same system: the shortest say enough.
            let shortest = details.tags.iter().map(String::len).min();
            let tags: Vec<&str> = details.tags.iter().filter(|tag| Some(tag.len()) == shortest).map(String::as_str).collect();
            Text::of(role, short_list(teller, &tags, ALIKE, values))
        }
        "package/installer" => Text::of(Role::Code, details.installer.as_deref().unwrap_or_default()),
        "package/requested" => teller.word(VIEW, "says-empty", values),
        "package/direct-url" => match &anatomy.listed.editable {
            Some(_) => teller.word(VIEW, "says-editable", values),
            None => Text::plain(details.direct_url.as_ref().map(|url| teller.names.within(&url.url)).unwrap_or_default()),
        },
        "package/entry-points" => {
            let commands = commands(&details.entry_points).len();
            let plugins = details.entry_points.len().saturating_sub(commands);
            let parts = [(commands, "command", "commands"), (plugins, "plug-in", "plug-ins")];
            let parts: Vec<String> = parts.iter().filter(|part| part.0 > 0).map(|part| counted(part.0, part.1, part.2)).collect();
            Text::plain(parts.join(", "))
        }
        "package/top-level" => Text::of(Role::Code, details.modules.iter().take(4).cloned().collect::<Vec<_>>().join(", ")),
        _ if teller.stable => Text::default(),
        _ => Text::of(Role::Note, paper.size.map(size).unwrap_or_default()),
    }
}

/// `RECORD` against the disk.
fn on_disk(teller: &Teller<'_>, anatomy: &Anatomy, record: &Verified, values: &Values) -> Section {
    let (bytecode, missing): (Vec<String>, Vec<String>) = record.missing.iter().cloned().partition(|path| is_bytecode(path));
    let kinds =
        [("missing", Role::Bad, &missing), ("changed", Role::Warning, &record.changed), ("unrecorded", Role::Note, &record.unrecorded)];
    let mut blocks = Vec::new();
    for (word, role, paths) in kinds {
        if !paths.is_empty() {
            let values = values.clone().with("count", counted(paths.len(), "file", "files"));
            blocks.push(Block::Group { title: teller.word(VIEW, word, &values), blocks: vec![list(teller, paths, role, &values)] });
        }
    }
    let odd = record.odd.iter().map(|(odd, path)| {
        let word = match odd {
            Odd::Folder => "odd-folder",
            Odd::Outside => "odd-outside",
            Odd::Repeated => "odd-repeated",
        };
        vec![Text::of(Role::Warning, teller.names.path(path).text), teller.word(VIEW, word, values)]
    });
    let odd: Vec<_> = odd.take(if teller.depth == Depth::Deep { usize::MAX } else { SHOWN }).collect();
    if !odd.is_empty() {
        blocks.push(Block::Table(Table { head: Vec::new(), rows: odd }));
    }
    if !bytecode.is_empty() {
        let values = values.clone().with("count", counted(bytecode.len(), "file", "files"));
        blocks.push(Block::Prose(teller.word(VIEW, "bytecode-missing", &values)));
    }
    let is_well = blocks.is_empty();
    if !record.unknown.is_empty() {
        if is_well {
            blocks.push(Block::Prose(teller.word(VIEW, "all-there", values)));
        }
        blocks.push(unchecked(teller, record, values));
    } else if is_well {
        let word = if anatomy.listed.editable.is_some() { "all-well-editable" } else { "all-well" };
        blocks.push(Block::Prose(teller.word(VIEW, word, values)));
    }
    let lead = (teller.depth > Depth::Facts).then(|| teller.word(VIEW, "disk-lead", values));
    Section { id: "record".into(), title: teller.word(VIEW, "disk", values), lead, blocks }
}

/// What could not be compared: how many files for each reason, each by itself where depth is asked for.
fn unchecked(teller: &Teller<'_>, record: &Verified, values: &Values) -> Block {
    if teller.depth == Depth::Deep {
        return teller.unknowns(&record.unknown);
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for unknown in &record.unknown {
        *reasons.entry(unknown.why.as_str()).or_default() += 1;
    }
    let points = reasons.into_iter().map(|(why, count)| {
        let values = values.clone().with("count", counted(count, "file", "files")).with("value", teller.names.within(why));
        teller.word(VIEW, "not-compared", &values)
    });
    Block::Bullets(points.collect())
}

fn list(teller: &Teller<'_>, paths: &[String], role: Role, values: &Values) -> Block {
    let shown = if teller.depth == Depth::Deep { paths.len() } else { paths.len().min(SHOWN) };
    let mut points: Vec<Text> = paths.iter().take(shown).map(|path| Text::of(role, teller.names.path(path).text)).collect();
    if paths.len() > shown {
        points.push(teller.word(VIEW, "and-more", &values.clone().with("count", (paths.len() - shown).to_string())));
    }
    Block::Bullets(points)
}

/// Compiled files, and whether this Python can load them.
fn compiled(teller: &Teller<'_>, anatomy: &Anatomy, values: &Values) -> Option<Section> {
    if anatomy.compiled.is_empty() && anatomy.fits != Some(false) {
        return None;
    }
    let mut blocks = Vec::new();
    if anatomy.fits == Some(false) {
        let values = values.clone().with("value", anatomy.listed.details.tags.join(" "));
        blocks.push(Block::Prose(Text::of(Role::Bad, teller.summary("package/platform", &values).characters())));
    }
    let rows: Vec<Vec<Text>> = anatomy
        .compiled
        .iter()
        .filter_map(|(path, fitness)| {
            let Fitness::Not(misfit) = fitness else { return None };
            let (word, value) = match misfit {
                Misfit::Name(tag) => ("misfit-name", tag.clone()),
                Misfit::System(Container::Elf) => ("misfit-system", "Linux".to_owned()),
                Misfit::System(Container::MachO) => ("misfit-system", "macOS".to_owned()),
                Misfit::System(Container::Pe) => ("misfit-system", "Windows".to_owned()),
                Misfit::Processor(processors) => ("misfit-processor", processors.join(", ")),
            };
            Some(vec![Text::of(Role::Bad, teller.names.path(path).text), teller.word(VIEW, word, &values.clone().with("value", value))])
        })
        .collect();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, fitness) in &anatomy.compiled {
        if let Fitness::Unknown(why) = fitness {
            *reasons.entry(why).or_default() += 1;
        }
    }
    let unknown: Vec<Text> = reasons
        .into_iter()
        .map(|(why, count)| {
            let count = counted(count, "compiled file", "compiled files");
            teller.word(VIEW, "not-judged", &values.clone().with("count", count).with("value", why))
        })
        .collect();
    if rows.is_empty() && unknown.is_empty() {
        let count = counted(anatomy.compiled.len(), "compiled file", "compiled files");
        blocks.push(Block::Prose(teller.word(VIEW, "compiled-well", &values.clone().with("count", count))));
    }
    if !rows.is_empty() {
        blocks.push(Block::Table(Table { head: Vec::new(), rows }));
    }
    if !unknown.is_empty() {
        blocks.push(Block::Bullets(unknown));
    }
    Some(Section { id: "compiled".into(), title: teller.word(VIEW, "compiled", values), lead: None, blocks })
}

/// What `pip uninstall` would do.
fn uninstalling(teller: &Teller<'_>, anatomy: &Anatomy, values: &Values) -> Section {
    let uninstall = &anatomy.uninstall;
    let mut blocks = Vec::new();
    if let Some(failure) = uninstall.fails {
        let id = match failure {
            Failure::NoRecord => "package/uninstall-no-record",
            Failure::Unread => "package/uninstall-unread",
            Failure::Distutils => "package/uninstall-distutils",
            Failure::Outside => "package/uninstall-outside",
        };
        blocks.push(Block::Prose(Text::of(Role::Bad, teller.summary(id, values).characters())));
        if teller.depth > Depth::Facts {
            blocks.extend(teller.body(id, values));
        }
    }
    let kinds = [
        ("would-remove", Role::Own, folded(teller, &uninstall.removed)),
        ("would-leave", Role::Warning, uninstall.left.clone()),
        ("would-refuse", Role::Bad, uninstall.refused.clone()),
    ];
    let counts = [uninstall.removed.len(), uninstall.left.len(), uninstall.refused.len()];
    for ((word, role, paths), count) in kinds.into_iter().zip(counts) {
        if count > 0 {
            let values = values.clone().with("count", counted(count, "file", "files"));
            blocks.push(Block::Group { title: teller.word(VIEW, word, &values), blocks: vec![list(teller, &paths, role, &values)] });
        }
    }
    if blocks.is_empty() {
        blocks.push(Block::Prose(teller.word(VIEW, "would-find-nothing", values)));
    }
    Section { id: "uninstall".into(), title: teller.word(VIEW, "uninstall", values), lead: None, blocks }
}

/// Files of one folder as the folder with `*`, as pip's question shows them; each by itself where depth is asked for.
fn folded(teller: &Teller<'_>, files: &[String]) -> Vec<String> {
    if teller.depth == Depth::Deep {
        return files.to_vec();
    }
    let mut folders: Vec<String> = Vec::new();
    let parent = |path: &str| path.rfind(['/', '\\']).map(|at| path[..=at].to_owned());
    let is_marker = |path: &&String| path.ends_with("__init__.py") || path.contains(".dist-info");
    for folder in files.iter().filter(is_marker).filter_map(|path| parent(path)) {
        if !folders.iter().any(|outer| folder.starts_with(outer.as_str())) {
            folders.retain(|inner| !inner.starts_with(folder.as_str()));
            folders.push(folder);
        }
    }
    let mut shown: Vec<String> = files
        .iter()
        .filter(|path| !folders.iter().any(|folder| path.starts_with(folder.as_str())) && path.strip_suffix(".pyc").is_none())
        .cloned()
        .collect();
    shown.extend(folders.iter().map(|folder| format!("{folder}*")));
    shown.sort();
    shown
}
