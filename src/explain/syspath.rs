//! The view of start-up: the items of `sys.path` with their causes, what was left out, and on request every step.

use super::{Depth, Teller};
use crate::lessons::Values;
use crate::page::{Block, Page, Role, Section, Table, Text};
use crate::simulate::startup::{LeftOut, Origin, Outcome, PathItem, Startup, Step, WARNING};
use crate::venv::Source;
use crate::verify::Verified;

const VIEW: &str = "view/syspath";

/// What stands beside a foretold start.
pub enum Beside {
    /// Nothing.
    Nothing,
    /// What the real interpreter says (`--verify`).
    Real(Verified),
    /// The start as it is without the change (`--whatif`).
    Unchanged(Box<Startup>),
}

/// The whole page of `syspath`.
pub fn page(teller: &Teller<'_>, startup: &Startup, command: &str, beside: &Beside) -> Page {
    let values = values(teller, startup, None);
    let mut sections = match beside {
        Beside::Nothing => Vec::new(),
        Beside::Real(verified) => vec![comparison(teller, verified)],
        Beside::Unchanged(before) => vec![change(teller, before, startup)],
    };
    sections.push(section(teller, startup));
    sections.extend(prefixes(teller, startup).map(|table| Section {
        id: "prefixes".into(),
        title: teller.word(VIEW, "prefixes", &values),
        lead: None,
        blocks: vec![table],
    }));
    if teller.depth > Depth::Facts {
        let blocks = startup.steps.iter().flat_map(|step| told(teller, startup, step)).collect();
        sections.push(Section {
            id: "steps".into(),
            title: teller.word(VIEW, "steps", &values),
            lead: Some(teller.word(VIEW, "steps-lead", &values)),
            blocks,
        });
    }
    Page { title: Text::of(Role::Code, teller.names.within(command)), status: None, intro: Vec::new(), sections }
}

/// What was foretold beside what the real interpreter says; what differs is marked.
fn comparison(teller: &Teller<'_>, verified: &Verified) -> Section {
    let said = |value: &Option<String>, role: Role| match value {
        Some(value) if role == Role::Plain => teller.names.say(value),
        Some(value) => Text::of(role, teller.names.path(value).text),
        None => teller.word("view/verify", "nothing", &teller.common),
    };
    let rows = verified.compared.iter().map(|one| {
        let role = if one.agrees() { Role::Plain } else { Role::Bad };
        let mut real = said(&one.real, role);
        if !one.agrees() {
            real = real.and(Role::Bad, "  ").then(teller.word("view/verify", "different", &teller.common));
        }
        vec![Text::of(Role::Key, &one.what), said(&one.foretold, role), real]
    });
    let head = ["what", "foretold", "real"].map(|word| teller.word("view/verify", word, &teller.common)).to_vec();
    let mut blocks = vec![Block::Table(Table { head, rows: rows.collect() })];
    if verified.compared.is_empty() {
        blocks = vec![Block::Prose(teller.word("view/verify", "both-stop", &teller.common))];
    }
    if verified.without_first {
        blocks.push(Block::Prose(teller.word("view/verify", "without-first", &teller.common)));
    }
    teller.section("verify", &teller.common, blocks)
}

/// The start as it is beside the start with the change: what differs, and why.
fn change(teller: &Teller<'_>, before: &Startup, after: &Startup) -> Section {
    const CHANGE: &str = "view/change";
    let word = |key: &str| teller.word(CHANGE, key, &teller.common);
    let said = |path: Option<&str>, role: Role| path.map(|path| Text::of(role, teller.names.path(path).text)).unwrap_or_default();
    let values = [
        ("sys.prefix", &before.prefix, &after.prefix),
        ("sys.base_prefix", &before.base_prefix, &after.base_prefix),
        ("sys._base_executable", &before.base_executable, &after.base_executable),
    ];
    let differing = values.into_iter().filter(|(_, old, new)| old != new);
    let rows: Vec<Vec<Text>> = differing
        .map(|(name, old, new)| vec![Text::of(Role::Key, name), said(old.as_deref(), Role::Absent), said(new.as_deref(), Role::Strong)])
        .collect();
    let (old, new): (Vec<_>, Vec<_>) = (before.sys_path.iter().flatten().collect(), after.sys_path.iter().flatten().collect());
    // What stays is in the list below.
    let items = aligned(&old, &new).into_iter().filter_map(|pair| match pair {
        (Some(old), None) => Some(vec![word("gone"), said(Some(&old.path), Role::Absent), Text::default()]),
        (None, Some(new)) => {
            let why = because(teller, after, &Put::of(new));
            Some(vec![word("new"), said(Some(&new.path), Role::Strong), why])
        }
        _ => None,
    });
    let items: Vec<Vec<Text>> = items.collect();
    let mut blocks = Vec::new();
    if rows.is_empty() && items.is_empty() && after.fatal == before.fatal {
        blocks.push(Block::Prose(word("nothing")));
    }
    if !rows.is_empty() {
        let head = ["what", "before", "after"].map(word).to_vec();
        blocks.push(Block::Table(Table { head, rows }));
    }
    if !items.is_empty() {
        let table = Block::Table(Table { head: Vec::new(), rows: items });
        blocks.push(Block::Group { title: Text::of(Role::Key, "sys.path"), blocks: vec![table] });
    }
    teller.section("change", &teller.common, blocks)
}

/// Both lists in their order, equal items beside each other.
fn aligned<'a>(old: &[&'a PathItem], new: &[&'a PathItem]) -> Vec<(Option<&'a PathItem>, Option<&'a PathItem>)> {
    let mut rows = Vec::new();
    let mut at = 0;
    for item in new {
        match old.iter().skip(at).position(|candidate| candidate.path == item.path) {
            Some(ahead) => {
                rows.extend(old[at..at + ahead].iter().map(|gone| (Some(*gone), None)));
                rows.push((Some(old[at + ahead]), Some(*item)));
                at += ahead + 1;
            }
            None => rows.push((None, Some(*item))),
        }
    }
    rows.extend(old[at..].iter().map(|gone| (Some(*gone), None)));
    rows
}

/// `sys.path` itself: the part that the whole explanation shows too.
pub fn section(teller: &Teller<'_>, startup: &Startup) -> Section {
    let values = values(teller, startup, None);
    let mut blocks = Vec::new();
    match (&startup.sys_path, &startup.fatal) {
        (Some(items), _) => blocks.push(Block::Table(Table {
            head: Vec::new(),
            rows: items.iter().enumerate().map(|(index, item)| row(teller, startup, index, item)).collect(),
        })),
        (None, Some(message)) => {
            blocks.push(Block::Prose(teller.word(VIEW, "fatal", &values)));
            blocks.extend(message.lines().map(|line| Block::Prose(Text::of(Role::Bad, line))));
        }
        (None, None) => blocks.push(Block::Prose(teller.word(VIEW, "cannot-tell", &values))),
    }
    blocks.extend(warnings(teller, startup, &values));
    if !startup.left_out.is_empty() {
        let rows = startup.left_out.iter().map(|left| left_out(teller, startup, left)).collect();
        blocks.push(Block::Group {
            title: teller.word(VIEW, "left-out", &values),
            blocks: vec![Block::Table(Table { head: Vec::new(), rows })],
        });
    }
    if !startup.unknown.is_empty() {
        blocks.push(Block::Group { title: teller.word(VIEW, "unknown", &values), blocks: vec![teller.unknowns(&startup.unknown)] });
    }
    teller.section("syspath", &values, blocks)
}

/// What Python prints while it starts, and goes on all the same.
fn warnings(teller: &Teller<'_>, startup: &Startup, values: &Values) -> Option<Block> {
    let printed = startup.steps.iter().filter(|step| step.id == WARNING).filter_map(|step| step.value.as_deref());
    let mut blocks: Vec<Block> = printed.map(|message| Block::Prose(Text::of(Role::Bad, teller.names.within(message)))).collect();
    if blocks.is_empty() {
        return None;
    }
    blocks.push(Block::Prose(teller.summary("startup/warning", values)));
    Some(Block::Group { title: teller.word(VIEW, "warnings", values), blocks })
}

fn row(teller: &Teller<'_>, startup: &Startup, index: usize, item: &PathItem) -> Vec<Text> {
    let values = values(teller, startup, None);
    let mut path = teller.names.path(&item.path);
    if !item.exists && !item.path.is_empty() {
        path.role = Role::Absent;
    }
    let meaning = teller.word(VIEW, &origin(item.source), &values);
    let absent = !item.exists && !item.path.is_empty();
    let because = match (because(teller, startup, &Put::of(item)), absent) {
        (because, false) => because,
        (_, true) => teller.word(VIEW, "absent", &values),
    };
    vec![Text::of(Role::Note, index.to_string()), Text(vec![path]), meaning, because]
}

fn left_out(teller: &Teller<'_>, startup: &Startup, left: &LeftOut) -> Vec<Text> {
    let mut path = teller.names.path(&left.path);
    path.role = Role::Absent;
    let because = because(teller, startup, &Put { path: &left.path, cause: &left.cause, step: left.step, source: left.source });
    vec![Text(vec![path]), because]
}

/// A place, and what put it on `sys.path` or kept it away.
struct Put<'s> {
    path: &'s str,
    cause: &'s Source,
    step: &'static str,
    source: Origin,
}

impl<'s> Put<'s> {
    fn of(item: &'s PathItem) -> Self {
        Self { path: &item.path, cause: &item.cause, step: item.step, source: item.source }
    }
}

/// The file and line that decided, with what stands there; the step's annotation where no line did.
fn because(teller: &Teller<'_>, startup: &Startup, put: &Put<'_>) -> Text {
    let Put { path, cause, step, source: source_of } = *put;
    let source = said_source(teller, cause).map(|source| source.and(Role::Plain, "  "));
    let line = teller.config.filter(|config| Some(&config.file) == cause.file.as_ref()).and_then(|config| config.line(cause.line?));
    if let Some(line) = line {
        return source.unwrap_or_default().and(Role::Code, teller.names.within(line.text.trim()));
    }
    if let (Some(source), None, Origin::SitePackages) = (&source, cause.line, source_of) {
        return source.clone().then(teller.word(VIEW, "makes-prefix", &values(teller, startup, None)));
    }
    // One step for each folder: the one of this folder says how it went.
    let steps = || startup.steps.iter().filter(|candidate| candidate.id == step);
    let found = steps().find(|candidate| candidate.value.as_deref() == Some(path));
    let found = found.or_else(|| steps().find(|candidate| cause.file.is_none() || candidate.file == cause.file));
    let found = found.or_else(|| startup.steps.iter().find(|candidate| candidate.id == step));
    source.unwrap_or_default().then(ended(teller, &step.replacen('.', "/", 1), found, &values(teller, startup, found)))
}

/// What a step's lesson says of the way it ended, else its annotation.
fn ended(teller: &Teller<'_>, id: &str, step: Option<&Step>, values: &Values) -> Text {
    let word = step.and_then(|step| teller.lessons.get(id)?.word(outcome(step.outcome), values));
    word.unwrap_or_else(|| teller.summary(id, values))
}

/// `pyvenv.cfg:2`: a file by its last name, with the line.
fn said_source(teller: &Teller<'_>, cause: &Source) -> Option<Text> {
    let file = cause.file.as_deref()?;
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let role = teller.names.path(file).role;
    Some(Text::of(role, cause.line.map_or_else(|| name.to_owned(), |line| format!("{name}:{line}"))))
}

/// The prefixes; `None` where the start ends before there are any.
fn prefixes(teller: &Teller<'_>, startup: &Startup) -> Option<Block> {
    let rows = [
        ("sys.executable", &startup.executable, "executable"),
        ("sys.prefix", &startup.prefix, "prefix"),
        ("sys.exec_prefix", &startup.exec_prefix, "exec-prefix"),
        ("sys.base_prefix", &startup.base_prefix, "base-prefix"),
        ("sys.base_exec_prefix", &startup.base_exec_prefix, "base-exec-prefix"),
    ];
    let empty = values(teller, startup, None);
    let rows: Vec<Vec<Text>> = rows
        .into_iter()
        .filter_map(|(name, value, word)| {
            value.as_ref().map(|value| vec![Text::of(Role::Key, name), teller.names.say(value), teller.word(VIEW, word, &empty)])
        })
        .collect();
    (!rows.is_empty()).then(|| Block::Table(Table { head: Vec::new(), rows }))
}

/// One step: the question it asks, how it ended, and at depth where it looked and why.
fn told(teller: &Teller<'_>, startup: &Startup, step: &Step) -> Vec<Block> {
    let id = step.id.replacen('.', "/", 1);
    let values = values(teller, startup, Some(step));
    let how = teller.word(VIEW, outcome(step.outcome), &values);
    let mut rows = vec![vec![how, ended(teller, &id, Some(step), &values)]];
    if let Some(value) = &step.value {
        let source = said_source(teller, &Source { file: step.file.clone(), line: step.line }).unwrap_or_default();
        rows.push(vec![source, Text::of(Role::Code, teller.names.within(value))]);
    }
    let mut blocks = vec![Block::Table(Table { head: Vec::new(), rows })];
    if teller.depth == Depth::Deep {
        blocks.extend(looked(teller, &values, step));
        blocks.extend(teller.lessons.get(&id).map(|lesson| lesson.body(&values)).unwrap_or_default());
        blocks.push(Block::Prose(Text::of(Role::Note, step.rule)));
    }
    vec![Block::Group { title: teller.title(&id, &values), blocks }]
}

fn looked(teller: &Teller<'_>, values: &Values, step: &Step) -> Option<Block> {
    if step.looked.is_empty() {
        return None;
    }
    let rows = step.looked.iter().map(|probe| {
        let word = teller.word(VIEW, if probe.found { "there" } else { "not-there" }, values);
        let mut path = teller.names.path(&probe.path);
        if !probe.found {
            path.role = Role::Absent;
        }
        vec![Text(vec![path]), word]
    });
    Some(Block::Table(Table { head: Vec::new(), rows: rows.collect() }))
}

/// Everything that lessons about start-up may name.
fn values(teller: &Teller<'_>, startup: &Startup, step: Option<&Step>) -> Values {
    let mut values = teller.common.clone();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            values.set(name, teller.names.say(value));
        }
    };
    put("executable", startup.executable.as_deref());
    put("prefix", startup.prefix.as_deref());
    put("base_prefix", startup.base_prefix.as_deref());
    put("version", startup.version.as_deref());
    let items = startup.sys_path.iter().flatten();
    put(
        "site_packages",
        items.clone().find(|item| matches!(item.source, Origin::SitePackages | Origin::DistPackages)).map(|item| item.path.as_str()),
    );
    put("stdlib", items.clone().find(|item| item.source == Origin::Stdlib).map(|item| item.path.as_str()));
    if let Some(step) = step {
        put("value", step.value.as_deref());
        put("path", step.value.as_deref());
        put("file", step.file.as_deref());
        put("line", step.line.map(|line| line.to_string()).as_deref());
    }
    values
}

fn origin(source: Origin) -> String {
    serde_json::to_value(source).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Found => "found",
        Outcome::NotFound => "not-found",
        Outcome::Set => "set",
        Outcome::Added => "added",
        Outcome::Skipped => "skipped",
        Outcome::Ignored => "ignored",
        Outcome::Fatal => "stops",
        Outcome::Unknown => "not-known",
    }
}
