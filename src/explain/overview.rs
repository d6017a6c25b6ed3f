//! The first screen: what it is, what made it, which Python runs, whether it is isolated, what is installed, whether it is
//! active and healthy.

use super::{Teller, counted, size};
use crate::lessons::Values;
use crate::machine::Platform;
use crate::page::{Block, Page, Role, Table, Text};
use crate::simulate::lookup::Which;
use crate::simulate::startup::{Origin, Startup};
use crate::subject::Subject;
use crate::venv::layout::ChainEnd;
use crate::venv::maker::Tool;
use crate::venv::{Environment, Unknown, distributions};
use serde::Serialize;

const VIEW: &str = "view/overview";

/// What the first screen tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The environment's folder.
    pub environment: String,
    /// What made it, where that is known.
    pub maker: Option<String>,
    /// That tool's version.
    pub maker_version: Option<String>,
    /// The interpreter's implementation.
    pub implementation: Option<String>,
    /// The interpreter's version.
    pub version: Option<String>,
    /// The interpreter that runs in the end, links followed.
    pub interpreter: Option<String>,
    /// The base installation's prefix.
    pub base_prefix: Option<String>,
    /// Whether the base's packages are out of sight; `None` where start-up fails.
    pub isolated: Option<bool>,
    /// How many distributions are installed; `None` where a folder of them may not be read.
    pub packages: Option<usize>,
    /// What put them there.
    pub installers: Vec<String>,
    /// Size on disk in bytes.
    pub size: Option<u64>,
    /// Whether it is active in this shell.
    pub active: bool,
    /// The environment that is active instead.
    pub other_active: Option<String>,
    /// What is not known, and why.
    pub unknown: Vec<Unknown>,
    /// Whether its Python takes the folder for an environment; `None` where it does not start.
    #[serde(skip)]
    pub is_environment: Option<bool>,
    /// What `python3` (or `python`) is in this shell: the name, and the file.
    #[serde(skip)]
    pub now: Option<(String, String)>,
}

impl Overview {
    /// Gathers what the first screen tells; `which` holds the walks for `python` and `python3`.
    pub fn of(subject: &Subject, which: &Which) -> Self {
        let environment = &subject.environment;
        let machine = subject.machine.as_ref();
        let rules = machine.platform().rules();
        let startup = subject.usual_startup();
        let active = machine.var("VIRTUAL_ENV").filter(|folder| !folder.is_empty());
        let is_active = active.as_deref().is_some_and(|folder| rules.same(folder, &environment.root));
        // The name that people type on this system, else the other one.
        let usual = if environment.platform == Platform::Windows { "python" } else { "python3" };
        let pythons = which.commands.iter().filter(|command| command.command.starts_with("python"));
        let mut now: Vec<_> = pythons.filter_map(|command| Some((command.command.clone(), command.before.resolved.clone()?))).collect();
        now.sort_by_key(|(command, _)| command != usual);
        let distributions = distributions::installed(machine, environment);
        let unknown = environment.closed_folders(machine);
        let all_seen = unknown.iter().all(|folder| folder.what == environment.scripts_dir);
        let size = subject.sizes().total();
        Self {
            environment: environment.root.clone(),
            maker: (environment.maker.tool != Tool::Unknown).then(|| environment.maker.tool.name().to_owned()),
            maker_version: environment.maker.version.clone(),
            implementation: startup.and_then(|startup| startup.implementation.clone()),
            version: startup.and_then(|startup| startup.version.clone()),
            interpreter: environment
                .base
                .as_ref()
                .map(|base| base.executable.clone())
                .or_else(|| environment.interpreter().map(str::to_owned)),
            base_prefix: startup.and_then(|startup| startup.base_prefix.clone()),
            isolated: startup.and_then(isolated),
            is_environment: startup.filter(|startup| startup.sys_path.is_some()).map(|startup| startup.prefix != startup.base_prefix),
            installers: distributions::installers(&distributions).into_iter().map(|(name, _)| name).collect(),
            packages: all_seen.then_some(distributions.len()),
            unknown,
            size: (!size.incomplete).then_some(size.bytes),
            active: is_active,
            other_active: active.filter(|_| !is_active),
            now: now.into_iter().next(),
        }
    }
}

/// The page's first line and the rows under it.
pub fn page(teller: &Teller<'_>, overview: &Overview, environment: &Environment, titles: &[Text], severe: bool) -> Page {
    let values = values(teller, overview);
    let said = teller.word(VIEW, title_word(overview), &values);
    let status = match titles.len() {
        0 => Text::of(Role::Good, teller.word(VIEW, "healthy", &values).characters()),
        count => {
            let text =
                teller.word(VIEW, if count == 1 { "one-finding" } else { "findings" }, &values.clone().with("count", count.to_string()));
            Text::of(if severe { Role::Bad } else { Role::Warning }, text.characters())
        }
    };
    let mut rows = vec![python(teller, overview, environment, &values), packages(teller, overview, &values)];
    rows.extend(on_disk(teller, overview, &values));
    rows.push(isolation(teller, overview, environment, &values));
    rows.push(active(teller, overview, &values));
    rows.extend(titles.first().map(|first| health(teller, first, titles.len() - 1, severe, &values)));
    let table = Block::Table(Table { head: Vec::new(), rows });
    Page {
        title: teller.names.say(&environment.root).and(Role::Plain, "   ").then(said),
        status: Some(status),
        intro: vec![table],
        sections: Vec::new(),
    }
}

fn title_word(overview: &Overview) -> &'static str {
    match (&overview.maker, overview.implementation.is_some() && overview.version.is_some()) {
        (Some(_), true) => "title",
        (None, true) => "title-maker-unknown",
        (Some(_), false) => "title-short",
        (None, false) => "title-bare",
    }
}

fn values(teller: &Teller<'_>, overview: &Overview) -> Values {
    let mut values = teller.common.clone().with("installers", overview.installers.join(", "));
    if let Some(maker) = &overview.maker {
        values.set("maker", Text::of(Role::Strong, maker));
    }
    let implementation = match overview.implementation.as_deref() {
        Some("cpython") => "CPython",
        Some("pypy") => "PyPy",
        Some("graalpy") => "GraalPy",
        other => other.unwrap_or_default(),
    };
    values.set("implementation", implementation);
    values.set("version", overview.version.as_deref().unwrap_or_default());
    values.set("base", overview.base_prefix.as_deref().map(|base| teller.names.say(base)).unwrap_or_default());
    values
}

fn row(teller: &Teller<'_>, label: &str, value: Text, note: Text, values: &Values) -> Vec<Text> {
    vec![Text::of(Role::Key, teller.word(VIEW, label, values).characters()), value, note]
}

fn python(teller: &Teller<'_>, overview: &Overview, environment: &Environment, values: &Values) -> Vec<Text> {
    let first = environment.layout.pythons.first();
    let value = match (&overview.interpreter, first.and_then(|python| python.chain.last())) {
        (Some(interpreter), _) => teller.names.say(interpreter),
        (None, Some(end)) => Text::of(Role::Bad, teller.names.path(end).text),
        (None, None) => teller.word(VIEW, "not-known", values),
    };
    let word = match first {
        None if environment.layout.is_closed(&environment.scripts_dir) => "closed",
        None => "no-python",
        Some(python) if python.end == ChainEnd::Denied => "base-closed",
        Some(python) if python.end != ChainEnd::File => "dangling",
        Some(python) if !python.chain.is_empty() => "link",
        Some(_) if environment.platform == Platform::Windows => "redirector",
        Some(_) => "copy",
    };
    row(teller, "python", value, teller.word(VIEW, word, values), values)
}

fn packages(teller: &Teller<'_>, overview: &Overview, values: &Values) -> Vec<Text> {
    let Some(count) = overview.packages else {
        return row(teller, "packages", teller.word(VIEW, "not-known", values), teller.word(VIEW, "packages-closed", values), values);
    };
    let said = counted(count, "distribution", "distributions");
    let word = match (count, overview.installers.is_empty()) {
        (0, _) => "nothing-installed",
        (_, true) => "installer-unknown",
        (_, false) => "put-there",
    };
    row(teller, "packages", Text::plain(said), teller.word(VIEW, word, values), values)
}

/// How big the folder is. The distributions' own size is another one: what is compiled at run time is in no `RECORD`.
fn on_disk(teller: &Teller<'_>, overview: &Overview, values: &Values) -> Option<Vec<Text>> {
    let bytes = overview.size.filter(|_| !teller.stable)?;
    Some(row(teller, "size", Text::plain(size(bytes)), teller.word(VIEW, "size-note", values), values))
}

fn isolation(teller: &Teller<'_>, overview: &Overview, environment: &Environment, values: &Values) -> Vec<Text> {
    let (value, note) = match overview.isolated {
        Some(true) => ("isolated", "isolated-note"),
        Some(false) if overview.is_environment == Some(false) => ("open", "not-an-environment"),
        Some(false) => ("open", "open-note"),
        None if environment.python.is_none() => ("not-known", "isolation-unseen"),
        None => ("not-known", "isolation-unknown"),
    };
    row(teller, "isolation", teller.word(VIEW, value, values), teller.word(VIEW, note, values), values)
}

fn active(teller: &Teller<'_>, overview: &Overview, values: &Values) -> Vec<Text> {
    let value = teller.word(VIEW, if overview.active { "active-yes" } else { "active-no" }, values);
    let note = match (&overview.other_active, &overview.now) {
        (Some(other), _) => teller.word(VIEW, "active-other-note", &values.clone().with("other", teller.names.say(other))),
        (None, Some((command, path))) => {
            let values = values.clone().with("command", Text::of(Role::Code, command)).with("path", teller.names.say(path));
            teller.word(VIEW, "active-note", &values)
        }
        (None, None) => teller.word(VIEW, "active-none-note", values),
    };
    row(teller, "active", value, note, values)
}

/// The worst of what was found, and how much else there is.
fn health(teller: &Teller<'_>, first: &Text, more: usize, severe: bool, values: &Values) -> Vec<Text> {
    let values = values.clone().with("title", first.clone()).with("count", more.to_string());
    let role = if severe { Role::Bad } else { Role::Warning };
    let value = Text::of(role, teller.word(VIEW, if severe { "ill" } else { "unsure" }, &values).characters());
    row(teller, "health", value, teller.word(VIEW, if more == 0 { "ill-note" } else { "more-findings" }, &values), &values)
}

/// Whether the base's packages are out of sight of this start-up; `None` where Python does not start.
fn isolated(startup: &Startup) -> Option<bool> {
    let items = startup.sys_path.as_ref()?;
    let prefix = startup.prefix.as_deref()?;
    // Without a pyvenv.cfg the packages of the prefix are the base's.
    if startup.base_prefix.as_deref() == Some(prefix) {
        return Some(false);
    }
    let packages = items.iter().filter(|item| matches!(item.source, Origin::SitePackages | Origin::DistPackages));
    Some(packages.into_iter().all(|item| item.path.starts_with(prefix)))
}
