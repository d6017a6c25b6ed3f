//! The view of what is installed: the distributions of each item of `sys.path`, what does not fit together, or who requires whom.

mod part;
mod tree;

pub use part::part;

use super::{Depth, Teller, counted, size};
use crate::lessons::Values;
use crate::page::{Block, Page, Role, Section, Table, Text};
use crate::simulate::packages::requirements::Branch;
use crate::simulate::packages::{Listed, Packages, Problem, Trouble};
use crate::venv::distributions::direct_url::Origin;
use crate::venv::distributions::name::normalized;
use crate::venv::distributions::search::Form;

const VIEW: &str = "view/packages";

/// How many problems of one kind are shown without `--verbose`.
const PROBLEMS: usize = 20;

/// The whole page of `packages`; with a `forest`, who requires whom takes the place of the lists.
pub fn page(teller: &Teller<'_>, packages: &Packages, forest: Option<&[Branch]>, environment: &str) -> Page {
    let values = values(teller, packages, environment);
    let mut sections = match forest {
        Some(forest) => vec![tree::required(teller, packages, forest, &values)],
        None => lists(teller, packages, &values),
    };
    sections.extend(problems(teller, packages, &values));
    sections.extend(hidden(teller, packages, &values));
    sections.extend(unknown(teller, packages, &values));
    if forest.is_none() {
        sections.extend(teller.closing(VIEW, &values));
    }
    let word = if teller.stable || total(packages).is_none() { "title-stable" } else { "title" };
    Page { title: teller.word(VIEW, word, &values), status: Some(status(teller, packages, &values)), intro: Vec::new(), sections }
}

fn values(teller: &Teller<'_>, packages: &Packages, environment: &str) -> Values {
    let counting = packages.distributions.iter().filter(|one| one.counts).count();
    teller
        .common
        .clone()
        .with("venv", teller.names.say(environment))
        .with("count", counted(counting, "distribution", "distributions"))
        .with("size", size(total(packages).unwrap_or(0)))
        .with("problems", misfits(packages).count().to_string())
        .with("example", example(packages).map(|one| one.name.clone()).unwrap_or_default())
}

/// One worth looking at: what the reader has installed by name, rather than what came along or what installs.
fn example(packages: &Packages) -> Option<&Listed> {
    let own = || packages.distributions.iter().filter(|one| one.counts && !is_installer(one));
    let by_name = own().find(|one| is_asked_for(one)).or_else(|| own().find(|one| one.needed_by.is_empty()));
    by_name.or_else(|| packages.distributions.iter().find(|one| one.counts))
}

/// pip, and what makers of environments install together with it.
fn is_installer(one: &Listed) -> bool {
    ["pip", "setuptools", "wheel"].contains(&normalized(&one.name).as_str())
}

fn total(packages: &Packages) -> Option<u64> {
    packages.distributions.iter().filter(|one| one.counts).filter_map(|one| one.size).reduce(u64::saturating_add)
}

/// What does not fit together. A copy that a later folder of `sys.path` holds is none of it: hiding the base's copies is what an
/// environment is for, and a project's own folder keeps the notes of its last build.
fn misfits(packages: &Packages) -> impl Iterator<Item = &Problem> {
    packages.problems.iter().filter(|problem| problem.kind != Trouble::Shadowed)
}

fn status(teller: &Teller<'_>, packages: &Packages, values: &Values) -> Text {
    let (role, word) = match misfits(packages).count() {
        0 => (Role::Good, "fits"),
        count => {
            let role = if packages.problems.iter().any(|problem| problem.kind.is_severe()) { Role::Bad } else { Role::Warning };
            (role, if count == 1 { "one-problem" } else { "problems" })
        }
    };
    Text::of(role, teller.word(VIEW, word, values).characters())
}

/// One section for each item of `sys.path` that brings something in.
fn lists(teller: &Teller<'_>, packages: &Packages, values: &Values) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut rest = packages.distributions.as_slice();
    while let Some(first) = rest.first() {
        let many = rest.iter().take_while(|one| one.sys_path_item == first.sys_path_item).count();
        let (here, after) = rest.split_at(many.max(1));
        rest = after;
        let values = values
            .clone()
            .with("count", counted(here.len(), "distribution", "distributions"))
            .with("installers", installer_words(here).join(", "));
        let title = if first.sys_path_item.is_empty() {
            teller.word(VIEW, "working-folder", &values)
        } else {
            teller.names.say(&first.sys_path_item)
        };
        let lead = (teller.depth > Depth::Facts).then(|| teller.word(VIEW, lead(here), &values));
        let several = installer_words(here).len() > 1;
        let rows = here.iter().map(|one| row(teller, one, several, &values)).collect();
        let blocks = vec![Block::Table(Table { head: Vec::new(), rows })];
        sections.push(Section { id: format!("packages-{}", sections.len() + 1), title, lead, blocks });
    }
    if sections.is_empty() {
        let blocks = vec![Block::Prose(teller.word(VIEW, "nothing", values))];
        sections.push(Section { id: "packages".into(), title: teller.title(VIEW, values), lead: None, blocks });
    }
    sections
}

fn installer_words(here: &[Listed]) -> Vec<String> {
    let mut words: Vec<String> = here.iter().filter_map(|one| one.installer.clone()).collect();
    words.sort();
    words.dedup();
    words
}

/// How the lead puts it: who installed them, or that no file tells. Debian's own packages have no `INSTALLER`.
fn lead(here: &[Listed]) -> &'static str {
    let is_debian = |one: &Listed| one.sys_path_item.starts_with("/usr/lib/") && one.sys_path_item.ends_with("/dist-packages");
    match here.iter().any(|one| one.installer.is_some()) {
        true => "lead",
        false if here.iter().all(is_debian) => "lead-debian",
        false => "lead-unsaid",
    }
}

/// Name, version, size, and why it is here.
fn row(teller: &Teller<'_>, one: &Listed, several: bool, values: &Values) -> Vec<Text> {
    let role = if one.counts { Role::Own } else { Role::Absent };
    let mut cells = vec![Text::of(role, &one.name), Text::plain(one.version.as_deref().unwrap_or("?"))];
    let mut parts = Vec::new();
    if !one.counts && !one.sys_path_item.is_empty() {
        parts.push(Text::of(Role::Warning, teller.word(VIEW, "does-not-count", values).characters()));
    }
    if one.counts {
        parts.push(why(teller, one, values));
    }
    parts.extend(from(teller, one, values));
    let modules: Vec<&str> = one.details.modules.iter().map(String::as_str).filter(|module| is_for_people(module)).collect();
    let is_own_name = modules.iter().all(|module| normalized(module) == normalized(&one.name));
    if !is_own_name || teller.depth == Depth::Deep {
        let listed = short_list(teller, &modules, if teller.depth == Depth::Deep { 12 } else { 3 }, values);
        if !modules.is_empty() {
            parts.push(teller.word(VIEW, "imports", &values.clone().with("modules", Text::of(Role::Code, listed))));
        }
    }
    let commands = crate::venv::distributions::entry_points::commands(&one.details.entry_points);
    if !commands.is_empty() {
        let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
        let word = if commands.len() == 1 { "command" } else { "commands" };
        let listed = short_list(teller, &commands, if teller.depth == Depth::Deep { 12 } else { 3 }, values);
        parts.push(teller.word(VIEW, word, &values.clone().with("commands", Text::of(Role::Code, listed))));
    }
    if let Some(installer) = one.installer.as_ref().filter(|_| several || teller.depth == Depth::Deep) {
        parts.push(teller.word(VIEW, "put-there", &values.clone().with("installer", installer.as_str())));
    }
    parts.extend(one.size.filter(|_| !teller.stable).map(|bytes| Text::of(Role::Note, size(bytes).replace(' ', "\u{a0}"))));
    cells.push(joined(parts));
    cells
}

/// Private modules, and the shared code of mypyc under a name made of a hash, are not what one imports.
fn is_for_people(module: &str) -> bool {
    !module.starts_with('_') && !module.ends_with("__mypyc")
}

fn joined(parts: Vec<Text>) -> Text {
    let mut all = Text::default();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        all = if all.is_empty() { part } else { all.and(Role::Note, "\u{a0}· ").then(part) };
    }
    all
}

/// Whether `REQUESTED` tells that it was asked for. uv marks everything that is named to `uv pip install` by itself as asked for, and
/// its other commands mark everything, so there only the requirements tell.
fn is_asked_for(one: &Listed) -> bool {
    one.requested && one.installer.as_deref() != Some("uv")
}

/// Who put it there without being told to, when that was the maker of the environment. `ensurepip`, which venv runs, gives pip's name
/// to pip, so `REQUESTED` stands there (`Lib/ensurepip/__init__.py`: `_bootstrap()`); virtualenv unpacks its seeds without that file.
fn maker_of(teller: &Teller<'_>, one: &Listed) -> Option<&'static str> {
    let is_here = teller.names.path(&one.sys_path_item).role == Role::Own;
    let maker = teller.common.get("maker").map(Text::characters).filter(|_| is_here && is_installer(one))?;
    let was_without = || teller.config.is_some_and(|config| config.lines.iter().any(|line| line.text.contains("--without-pip")));
    match maker.as_str() {
        "venv" if is_asked_for(one) && !was_without() => Some("asked-for-by-maker"),
        "virtualenv" if !one.requested && one.needed_by.is_empty() => Some("put-there-by-maker"),
        _ => None,
    }
}

/// Asked for, or pulled in.
fn why(teller: &Teller<'_>, one: &Listed, values: &Values) -> Text {
    if let Some(word) = maker_of(teller, one) {
        return teller.word(VIEW, word, values);
    }
    if is_asked_for(one) {
        return teller.word(VIEW, "asked-for", values);
    }
    if one.needed_by.is_empty() {
        return teller.word(VIEW, "nobody-needs", values);
    }
    let names: Vec<&str> = one.needed_by.iter().map(String::as_str).collect();
    let listed = short_list(teller, &names, if teller.depth == Depth::Deep { 12 } else { 2 }, values);
    teller.word(VIEW, "needed-by", &values.clone().with("names", listed))
}

/// The first names of a list, and how many more there are.
pub(super) fn short_list(teller: &Teller<'_>, names: &[&str], most: usize, values: &Values) -> String {
    // Telling of one more is no shorter than telling its name.
    let most = if names.len() == most + 1 { names.len() } else { most };
    let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} {}", teller.word(VIEW, "and-more", &values.clone().with("count", more.to_string())).characters()),
    }
}

/// Where it came from, when that is no index; what is odd about its papers.
fn from(teller: &Teller<'_>, one: &Listed, values: &Values) -> Vec<Text> {
    let mut parts = Vec::new();
    if let Some(project) = &one.editable {
        parts.push(teller.word(VIEW, "editable", &values.clone().with("project", teller.names.say(project))));
    } else if let Some(url) = &one.details.direct_url {
        let word = match &url.origin {
            Origin::Vcs { .. } => "from-vcs",
            Origin::Archive { .. } => "from-archive",
            Origin::Folder | Origin::Editable => "from-folder",
        };
        let commit = if let Origin::Vcs { commit, .. } = &url.origin { commit.chars().take(9).collect::<String>() } else { String::new() };
        let url = Text::of(Role::Code, teller.names.within(&url.url));
        parts.push(teller.word(VIEW, word, &values.clone().with("url", url).with("commit", commit)));
    }
    if let Some(record) = &one.conda {
        parts.push(teller.word(VIEW, "conda", &values.clone().with("path", teller.names.say(record))));
    }
    match one.details.papers.form {
        Form::DistInfo => {}
        Form::EggInfo => parts.push(teller.word(VIEW, "egg-info", values)),
        Form::EggInfoFile => parts.push(teller.word(VIEW, "egg-info-file", values)),
        Form::Egg => parts.push(teller.word(VIEW, "egg", values)),
    }
    parts
}

/// What does not fit together, each with its lesson.
fn problems(teller: &Teller<'_>, packages: &Packages, values: &Values) -> Option<Section> {
    let found: Vec<&Problem> = misfits(packages).collect();
    let kinds = found.chunk_by(|one, next| one.kind == next.kind);
    let told = kinds.filter_map(|here| Some((here.first()?.kind.lesson(), of_one_kind(teller, here, values))));
    let blocks: Vec<Block> = told.map(|(id, blocks)| Block::Group { title: teller.title(id, values), blocks }).collect();
    let title = teller.word(VIEW, "problems-title", values);
    (!blocks.is_empty()).then(|| Section { id: "problems".into(), title, lead: None, blocks })
}

/// The copies that do not count, as an earlier folder of `sys.path` holds another.
fn hidden(teller: &Teller<'_>, packages: &Packages, values: &Values) -> Option<Section> {
    let copies: Vec<&Problem> = packages.problems.iter().filter(|problem| problem.kind == Trouble::Shadowed).collect();
    let title = teller.title(Trouble::Shadowed.lesson(), values);
    let blocks = of_one_kind(teller, &copies, values);
    (!copies.is_empty()).then(|| Section { id: "hidden".into(), title, lead: None, blocks })
}

/// The problems of one kind, folded where there are many, and what their lesson says.
fn of_one_kind(teller: &Teller<'_>, here: &[&Problem], values: &Values) -> Vec<Block> {
    let Some(id) = here.first().map(|problem| problem.kind.lesson()) else { return Vec::new() };
    let shown = if teller.depth == Depth::Deep || here.len() == PROBLEMS + 1 { here.len() } else { PROBLEMS };
    let mut rows: Vec<Vec<Text>> = here.iter().take(shown).map(|problem| told(teller, problem, values)).collect();
    if here.len() > shown {
        let values = values.clone().with("count", (here.len() - shown).to_string());
        rows.push(vec![Text::of(Role::Note, teller.word(VIEW, "folded", &values).characters()), teller.word(VIEW, "all-deep", &values)]);
    }
    let mut blocks = vec![Block::Table(Table { head: Vec::new(), rows })];
    if teller.depth > Depth::Facts {
        let values = to_mend(teller, here, values);
        blocks.extend(if teller.depth == Depth::Deep {
            teller.long(id, &values)
        } else {
            [teller.body(id, &values), teller.tries(id, &values)].concat()
        });
    }
    blocks
}

/// What a command that mends all of them names; nothing where they are too many for one line.
fn to_mend(teller: &Teller<'_>, here: &[&Problem], values: &Values) -> Values {
    if here.len() > PROBLEMS {
        return values.clone();
    }
    let unique = |texts: &mut dyn Iterator<Item = String>| -> Vec<String> {
        let mut unique: Vec<String> = texts.collect();
        unique.sort();
        unique.dedup();
        unique
    };
    let words = |values: Values, hole: &str, texts: Vec<String>| {
        if texts.is_empty() { values } else { values.with_words(hole, &texts.iter().map(String::as_str).collect::<Vec<_>>()) }
    };
    let requirements = unique(&mut here.iter().filter_map(|problem| problem.requirement.clone()));
    let paths = unique(&mut here.iter().filter_map(|problem| Some(teller.names.path(problem.found.as_deref()?).text)));
    words(words(values.clone(), "requirements", requirements), "paths", paths)
}

/// The name that it is about, and what is wrong.
fn told(teller: &Teller<'_>, problem: &Problem, values: &Values) -> Vec<Text> {
    let role = if problem.kind.is_severe() { Role::Bad } else { Role::Warning };
    vec![Text::of(role, &problem.name), teller.summary(problem.kind.lesson(), &of_problem(teller, problem, values))]
}

fn of_problem(teller: &Teller<'_>, problem: &Problem, values: &Values) -> Values {
    let said = |text: &Option<String>| Text::plain(teller.names.within(text.as_deref().unwrap_or_default()));
    values
        .clone()
        .with("name", problem.name.as_str())
        .with("other", said(&problem.required_by))
        .with("requirement", Text::of(Role::Code, problem.requirement.as_deref().unwrap_or_default()))
        .with("version", said(&problem.found))
        .with("path", said(&problem.found))
        .with("value", said(&problem.found))
}

/// What cannot be known, where depth is asked for.
fn unknown(teller: &Teller<'_>, packages: &Packages, values: &Values) -> Option<Section> {
    if packages.unknown.is_empty() || teller.depth < Depth::Deep {
        return None;
    }
    let blocks = vec![teller.unknowns(&packages.unknown)];
    Some(Section { id: "unknown".into(), title: teller.word(VIEW, "unknown", values), lead: None, blocks })
}
