//! The view of PATH: its folders before and after activation, which of them wins for each command, and where that file leads.

use super::{Depth, Teller};
use crate::lessons::Values;
use crate::page::{Block, Hop, Page, Role, Section, Sides, Table, Text};
use crate::simulate::lookup::{Command, Found, Lookup, Stop, Trap, Way, When, Which, mismatch};
use crate::venv::maker::Tool;

const VIEW: &str = "view/which";

/// The whole page of `which`.
pub fn page(teller: &Teller<'_>, which: &Which, environment: &str) -> Page {
    let names: Vec<&str> = which.commands.iter().map(|command| command.command.as_str()).collect();
    let section = section(teller, which, environment, Told::Each);
    Page { title: Text::of(Role::Code, names.join("  ")), status: None, intro: Vec::new(), sections: vec![section] }
}

/// The part that the whole explanation shows too, which tells of the last command alone where it leads.
pub fn section(teller: &Teller<'_>, which: &Which, environment: &str, told: Told) -> Section {
    let shell = super::activate::shell_name(which.shell);
    let values = teller.common.clone().with("venv", teller.names.say(environment)).with("shell", shell);
    let mut blocks: Vec<Block> = folders(teller, which, &values).into_iter().collect();
    blocks.extend(no_environment(teller, which, &values));
    match told {
        Told::LastOfAll => blocks.extend(which.commands.last().map(|command| {
            let values = values.clone().with("command", Text::of(Role::Code, &command.command));
            chain(teller, command, command.latest(), environment, &values)
        })),
        Told::Each => blocks.extend(which.commands.iter().flat_map(|command| chains(teller, command, environment, &values))),
    }
    blocks.extend(mismatches(teller, which, environment, &values));
    if told == Told::Each {
        blocks.extend(traps(teller, which, &values));
    }
    if teller.depth == Depth::Deep && told == Told::Each {
        blocks.extend(which.commands.iter().map(|command| candidates(teller, command, &values)));
    }
    if teller.depth > Depth::Facts && told == Told::Each {
        let names: Vec<&str> = which.commands.iter().map(|command| command.command.as_str()).collect();
        blocks.extend(teller.tries(VIEW, &values.clone().with_words("commands", &names)));
    }
    let section = teller.section("which", &values, blocks);
    match told {
        Told::Each => Section { title: teller.word(VIEW, "title-each", &values), ..section },
        Told::LastOfAll => section,
    }
}

/// That there is nothing to activate, why, and how to change that; `None` where there is an environment.
fn no_environment(teller: &Teller<'_>, which: &Which, values: &Values) -> Option<Block> {
    which.commands.iter().all(|command| command.after.is_none()).then(|| {
        let why = which.unknown.first().map(|unknown| teller.names.within(&unknown.why)).unwrap_or_default();
        let instead = if values.on_windows() { "py -m venv .venv" } else { "python3 -m venv .venv" };
        let values = values.clone().with("reason", why).with("instead", Text::of(Role::Code, instead));
        Block::Prose(teller.word(VIEW, "no-environment", &values))
    })
}

/// Of which commands it is told where they lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Of each, before and after activation.
    Each,
    /// Of the last one, after activation.
    LastOfAll,
}

/// PATH as a column of folders, before and after; as one column where there is no environment to activate. Folders in which nothing
/// was found are counted, not listed, unless depth is asked for.
fn folders(teller: &Teller<'_>, which: &Which, values: &Values) -> Option<Block> {
    let walked = |lookup: fn(&Command) -> Option<&Lookup>| -> Vec<Folder> {
        let longest = which.commands.iter().filter_map(lookup).max_by_key(|lookup| lookup.searched.len());
        let folders = longest.map(|lookup| lookup.searched.iter().map(|item| item.dir.clone()).collect::<Vec<_>>()).unwrap_or_default();
        folders.into_iter().enumerate().map(|(index, dir)| Folder { hits: hits(which, lookup, index), dir }).collect()
    };
    let (before, after) = (walked(|command| Some(&command.before)), walked(|command| command.after.as_ref()));
    let only_now = which.commands.iter().all(|command| command.after.is_none());
    if before.is_empty() && after.is_empty() {
        return None;
    }
    let mut rows = Vec::new();
    let mut silent = 0;
    let pairs = if only_now { before.iter().map(|folder| (Some(folder), Some(folder))).collect() } else { paired(&before, &after) };
    for (left, right) in pairs {
        let quiet = left.iter().chain(&right).all(|folder| folder.hits.is_empty());
        // A folder that only one side has is what activation changed: always shown.
        if quiet && left.is_some() && right.is_some() && teller.depth < Depth::Deep && before.len() > 8 {
            silent += 1;
            continue;
        }
        flush(teller, values, &mut rows, &mut silent);
        rows.push((cells(teller, left, values), cells(teller, right, values)));
    }
    flush(teller, values, &mut rows, &mut silent);
    let now = teller.word(VIEW, "before", values);
    if only_now {
        let rows = rows.into_iter().map(|(left, _)| left).collect();
        return Some(Block::Group { title: now, blocks: vec![Block::Table(Table { head: Vec::new(), rows })] });
    }
    Some(Block::Sides(Sides { left: now, right: teller.word(VIEW, "after", values), rows }))
}

struct Folder {
    dir: String,
    hits: Vec<(String, Found)>,
}

fn hits(which: &Which, lookup: fn(&Command) -> Option<&Lookup>, index: usize) -> Vec<(String, Found)> {
    let outcome = |command: &Command| lookup(command)?.searched.get(index).map(|item| (command.command.clone(), item.outcome));
    which.commands.iter().filter_map(outcome).filter(|(_, outcome)| !matches!(outcome, Found::Missing | Found::Repeated)).collect()
}

/// Rows in which equal folders stand beside each other; both lists keep their order. Activation changes the front of the list, so what
/// both have in common at the end is matched first.
fn paired<'a>(before: &'a [Folder], after: &'a [Folder]) -> Vec<(Option<&'a Folder>, Option<&'a Folder>)> {
    let common = before.iter().rev().zip(after.iter().rev()).take_while(|(left, right)| left.dir == right.dir).count();
    let (before, left_end) = before.split_at(before.len() - common);
    let (after, right_end) = after.split_at(after.len() - common);
    let mut rows = Vec::new();
    let (mut left, mut right) = (before.iter().peekable(), after.iter().peekable());
    let mut rest = before.iter().map(|folder| folder.dir.as_str()).collect::<std::collections::VecDeque<_>>();
    while let Some(folder) = right.peek() {
        match left.peek() {
            Some(own) if own.dir == folder.dir => {
                rest.pop_front();
                rows.push((left.next(), right.next()));
            }
            Some(_) if rest.contains(&folder.dir.as_str()) => {
                rest.pop_front();
                rows.push((left.next(), None));
            }
            _ => rows.push((None, right.next())),
        }
    }
    rows.extend(left.map(|folder| (Some(folder), None)));
    rows.extend(left_end.iter().zip(right_end).map(|(left, right)| (Some(left), Some(right))));
    rows
}

fn flush(teller: &Teller<'_>, values: &Values, rows: &mut Vec<(Vec<Text>, Vec<Text>)>, silent: &mut usize) {
    if *silent > 0 {
        let count = super::counted(*silent, "folder", "folders");
        let text = teller.word(VIEW, "silent", &values.clone().with("count", count));
        rows.push((vec![text.clone()], vec![text]));
        *silent = 0;
    }
}

fn cells(teller: &Teller<'_>, folder: Option<&Folder>, values: &Values) -> Vec<Text> {
    let Some(folder) = folder else { return Vec::new() };
    let name = if folder.dir.is_empty() { teller.word(VIEW, "empty-item", values) } else { teller.names.say(&folder.dir) };
    let mut marks = Text::default();
    for (command, outcome) in &folder.hits {
        let role = match outcome {
            Found::Found => Role::Wins,
            Found::Shadowed => Role::Shadowed,
            _ => Role::Absent,
        };
        if !marks.is_empty() {
            marks = marks.and(Role::Plain, "  ");
        }
        marks = marks.and(role, command);
        if let Some(word) = trouble(*outcome) {
            marks = marks.and(Role::Note, " ").then(teller.word(VIEW, word, values));
        }
    }
    vec![name, marks]
}

fn trouble(outcome: Found) -> Option<&'static str> {
    match outcome {
        Found::NotAFile => Some("not-a-file"),
        Found::NotExecutable => Some("not-executable"),
        Found::Missing | Found::Found | Found::Shadowed | Found::Repeated => None,
    }
}

/// Where the command leads before and after activation; once where both are the same.
fn chains(teller: &Teller<'_>, command: &Command, environment: &str, values: &Values) -> Vec<Block> {
    let values = values.clone().with("command", Text::of(Role::Code, &command.command));
    let told = |lookup: &Lookup, when: &str| Block::Group {
        title: teller.word(VIEW, when, &values),
        blocks: vec![chain(teller, command, lookup, environment, &values)],
    };
    match &command.after {
        None => vec![told(&command.before, "chain-before")],
        // The same way from another place in PATH is still the same way.
        Some(after) if after.resolved == command.before.resolved && after.chain == command.before.chain => {
            vec![told(after, "chain-always")]
        }
        Some(after) => vec![told(&command.before, "chain-before"), told(after, "chain-after")],
    }
}

fn chain(teller: &Teller<'_>, command: &Command, lookup: &Lookup, environment: &str, values: &Values) -> Block {
    let Some(resolved) = &lookup.resolved else {
        let text = Text::of(Role::Code, &command.command).and(Role::Plain, "  ").then(teller.word(VIEW, "nothing-found", values));
        return Block::Prose(text);
    };
    let mut hops = vec![Hop { label: Text::of(Role::Code, &command.command), note: Text::default() }];
    let manager = lookup.shim.as_ref().map(|shim| shim.manager.name()).unwrap_or_default();
    let values = &values.clone().with("other", manager);
    for hop in &lookup.chain {
        let values = values
            .clone()
            .with("path", teller.names.say(&hop.path))
            .with("target", hop.next.as_deref().map(|next| teller.names.say(next)).unwrap_or_default())
            .with("shebang", Text::of(Role::Code, teller.names.within(hop.shebang.as_deref().unwrap_or_default())));
        // The usual ways are said in two words; what is out of the ordinary has its lesson.
        let note = match usual(hop.way) {
            Some(word) => teller.word(VIEW, word, &values),
            None => teller.summary(hop.lesson(), &values),
        };
        hops.push(Hop { label: teller.names.say(&hop.path), note });
    }
    if let Some(stop) = &lookup.stop {
        let target = stop.target().map(|target| teller.names.say(target)).unwrap_or_default();
        let values = values.clone().with("target", target.clone()).with("path", target);
        let note = match stop {
            Stop::Unknown(unknown) => Text::of(Role::Note, teller.names.within(&unknown.why)),
            _ => Text::default(),
        };
        hops.push(Hop { label: Text::of(Role::Bad, teller.summary(stop.lesson(), &values).characters()), note });
    }
    if lookup.chain.is_empty() {
        hops.push(Hop { label: teller.names.say(resolved), note: Text::default() });
    }
    if let Some(interpreter) = lookup.interpreter.as_ref().filter(|file| lookup.chain.last().is_none_or(|hop| &hop.path != *file)) {
        hops.push(Hop { label: teller.names.say(interpreter), note: Text::default() });
    }
    if let Some(prefix) = &lookup.environment {
        let word = if prefix == environment { "this-environment" } else { "another-environment" };
        hops.push(Hop {
            label: teller.word(VIEW, word, &values.clone().with("environment", teller.names.say(prefix))),
            note: Text::default(),
        });
    }
    Block::Chain(hops)
}

fn usual(way: Way) -> Option<&'static str> {
    match way {
        Way::Link => Some("symlink"),
        Way::Shebang => Some("script"),
        Way::Program => Some("binary"),
        Way::Launcher => Some("launcher"),
        _ => None,
    }
}

/// A `pip` that installs where the `python` of the same shell never looks, and what to type instead.
fn mismatches(teller: &Teller<'_>, which: &Which, environment: &str, values: &Values) -> Option<Block> {
    let points: Vec<Text> = mismatch(which)
        .iter()
        .map(|found| {
            // Without a pip of its own, `python -m pip` has nothing to run.
            let bare = found.python_environment == environment && values.get("pip_python").is_none();
            let by_uv = values.get("maker").is_some_and(|maker| maker.characters() == Tool::Uv.name());
            let instead = match (bare, by_uv) {
                (false, _) => found.instead.clone(),
                (true, true) => "uv pip install".to_owned(),
                (true, false) => format!("{} -m ensurepip", found.python),
            };
            let values = values
                .clone()
                .with("command", Text::of(Role::Code, &found.pip))
                .with("environment", teller.names.say(&found.pip_environment))
                .with("other", Text::of(Role::Code, &found.python))
                .with("path", teller.names.say(&found.python_environment))
                .with("instead", Text::of(Role::Code, instead));
            let word = match (found.when, bare) {
                (When::Before, false) => "mismatch-before",
                (When::Before, true) => "mismatch-before-no-pip",
                (When::After, false) => "mismatch-after",
                (When::After, true) => "mismatch-after-no-pip",
            };
            teller.word(VIEW, word, &values)
        })
        .collect();
    (!points.is_empty()).then(|| Block::Group { title: teller.word(VIEW, "mismatch-title", values), blocks: vec![Block::Bullets(points)] })
}

/// What may make the shell run something other than what PATH says, each said once.
fn traps(teller: &Teller<'_>, which: &Which, values: &Values) -> Option<Block> {
    // What holds for several commands alike is said once, for all of them.
    let mut points: Vec<(Text, Vec<&str>)> = Vec::new();
    for command in &which.commands {
        let after = command.after.as_ref().map(|lookup| (lookup, When::After));
        for (lookup, when) in std::iter::once((&command.before, When::Before)).chain(after) {
            for trap in lookup.traps.iter().filter(|trap| is_new(command, when, trap)) {
                let told = trapped(teller, command, lookup, trap, values);
                match points.iter_mut().find(|(known, _)| *known == told) {
                    Some((_, commands)) if commands.contains(&command.command.as_str()) => {}
                    Some((_, commands)) => commands.push(&command.command),
                    None => points.push((told, vec![&command.command])),
                }
            }
        }
    }
    let points: Vec<Text> =
        points.into_iter().map(|(told, commands)| Text::of(Role::Code, commands.join(", ")).and(Role::Plain, ": ").then(told)).collect();
    (!points.is_empty()).then(|| Block::Group { title: teller.word(VIEW, "traps", values), blocks: vec![Block::Bullets(points)] })
}

/// Whether a trap says something that the ways above do not. Who answers for a name is a step of its way. What a shell remembers is
/// forgotten when activation changes PATH (POSIX.1-2024, 2.9.1.4), so it matters only where activation leads to the same file.
fn is_new(command: &Command, when: When, trap: &Trap) -> bool {
    match trap {
        Trap::Shim | Trap::StoreAlias | Trap::PyLauncher => false,
        Trap::HashTable { .. } => when == When::After && command.latest().resolved == command.before.resolved && command.after.is_some(),
        _ => true,
    }
}

fn trapped(teller: &Teller<'_>, command: &Command, lookup: &Lookup, trap: &Trap, values: &Values) -> Text {
    let said = |path: &str| teller.names.say(path);
    let mut values = values.clone().with("command", Text::of(Role::Code, &command.command));
    match trap {
        Trap::HashTable { other } => values.set("other", said(other)),
        Trap::RelativeItem { dir } | Trap::UnexpandedHome { dir } => values.set("dir", Text::of(Role::Code, dir)),
        _ => {}
    }
    values.set("path", lookup.resolved.as_deref().map(said).unwrap_or_default());
    teller.summary(trap.lesson(), &values)
}

/// Every file that was looked for after activation, where there is one, and what came of it.
fn candidates(teller: &Teller<'_>, command: &Command, values: &Values) -> Block {
    let rows = command.latest().searched.iter().map(|item| {
        let mut values = values
            .clone()
            .with("command", Text::of(Role::Code, &command.command))
            .with("dir", teller.names.say(&item.dir))
            .with("candidate", teller.names.say(&item.candidate));
        if let Some(same) = &item.same_as {
            values.set("other", teller.names.say(same));
        }
        let mut path = teller.names.path(&item.candidate);
        if matches!(item.outcome, Found::Missing | Found::Repeated) {
            path.role = Role::Absent;
        }
        vec![Text(vec![path]), teller.summary(item.lesson(), &values)]
    });
    let title = teller.word(VIEW, "candidates", &values.clone().with("command", Text::of(Role::Code, &command.command)));
    Block::Group { title, blocks: vec![Block::Table(Table { head: Vec::new(), rows: rows.collect() })] }
}
