//! Facts, simulation and lessons become a page. One file for each view; this one holds what they share: the [`Teller`].

pub mod activate;
pub mod activate_this;
pub mod config;
pub mod health;
pub mod import;
pub mod names;
pub mod overview;
pub mod package;
pub mod packages;
pub mod samples;
pub mod syspath;
pub mod tree;
pub mod which;
pub mod whole;

use crate::lessons::{Lesson, Lessons, System, Values};
use crate::machine::{Fault, Kind, Platform};
use crate::page::{Block, Role, Section, Text};
use crate::simulate::startup::Origin;
use crate::subject::Subject;
use crate::venv::config::Reader;
use crate::venv::{Config, Unknown};
use names::Names;

/// The headings inside a lesson that is told at length.
const LESSON: &str = "view/lesson";

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Facts alone (`--quiet`).
    Facts,
    /// Facts with their annotations.
    Usual,
    /// Also where it looked, why it is so, and the source of each rule (`--verbose`).
    Deep,
}

/// Finds the words for facts: lessons by id, and paths as a person says them.
pub struct Teller<'a> {
    /// All lessons of the language.
    pub lessons: &'a Lessons,
    /// How paths are said.
    pub names: Names,
    /// How much is told.
    pub depth: Depth,
    /// Whether sizes and times are left out.
    pub stable: bool,
    /// Whether each entry of the tree tells which distribution put it there.
    pub owners: bool,
    /// What any lesson may name: the environment, its base, its version.
    pub common: Values,
    /// `pyvenv.cfg`, for showing the line that decided.
    pub config: Option<&'a Config>,
    /// Which wording of the lesson on `home` is true here, where start-up tells.
    pub home_counts: Option<&'static str>,
}

impl Teller<'_> {
    /// The one-line annotation of a lesson, its holes filled.
    pub fn summary(&self, id: &str, values: &Values) -> Text {
        self.lesson(id, |lesson| lesson.summary(values))
    }

    /// A lesson's title, its holes filled.
    pub fn title(&self, id: &str, values: &Values) -> Text {
        self.lesson(id, |lesson| lesson.title(values))
    }

    /// A line of a file as it stands there: `~` for the home folder would be a lie, since nobody expands it in a file. Only what has to
    /// be the same on every machine is said otherwise.
    pub fn verbatim(&self, text: &str) -> String {
        if self.stable { self.names.within(text) } else { text.to_owned() }
    }

    /// One of the short texts of a view's lesson (`words` in its file), its holes filled.
    pub fn word(&self, id: &str, key: &str, values: &Values) -> Text {
        self.lesson(id, |lesson| lesson.word(key, values).unwrap_or_else(|| missing(&format!("{id} ({key})"))))
    }

    /// The long form of a lesson: why it is so, what happens without, how to see it, where it is written.
    pub fn long(&self, id: &str, values: &Values) -> Vec<Block> {
        let Some(lesson) = self.lessons.get(id) else { return Vec::new() };
        let mut blocks = lesson.body(values);
        let without = lesson.without(values);
        if !without.is_empty() {
            blocks.push(Block::Group { title: self.word(LESSON, "without", values), blocks: without });
        }
        blocks.extend(lesson.tries(values));
        let sources = lesson.sources();
        if !sources.is_empty() {
            blocks.push(Block::Group { title: self.word(LESSON, "sources", values), blocks: vec![Block::Bullets(sources)] });
        }
        blocks
    }

    /// The commands of a lesson that can be typed here.
    pub fn tries(&self, id: &str, values: &Values) -> Vec<Block> {
        self.lessons.get(id).map(|lesson| lesson.tries(values)).unwrap_or_default()
    }

    /// The end of a page: the commands of a view's lesson, unless facts alone are wanted.
    pub fn closing(&self, id: &str, values: &Values) -> Option<Section> {
        let blocks = if self.depth > Depth::Facts { self.tries(id, values) } else { Vec::new() };
        (!blocks.is_empty()).then(|| Section { id: "try".into(), title: Text::default(), lead: None, blocks })
    }

    /// Why it is so: the body of a lesson alone.
    pub fn body(&self, id: &str, values: &Values) -> Vec<Block> {
        self.lessons.get(id).map(|lesson| lesson.body(values)).unwrap_or_default()
    }

    /// What cannot be known, each with the reason.
    pub fn unknowns(&self, unknowns: &[Unknown]) -> Block {
        // What one reason makes unknown is told at once.
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for unknown in unknowns {
            match reasons.iter_mut().find(|(why, _)| *why == unknown.why) {
                Some((_, whats)) => whats.push(&unknown.what),
                None => reasons.push((&unknown.why, vec![&unknown.what])),
            }
        }
        let said = |(why, whats): (&str, Vec<&str>)| {
            Text::of(Role::Warning, self.names.within(&whats.join(", "))).and(Role::Plain, ": ").and(Role::Note, self.names.within(why))
        };
        Block::Bullets(reasons.into_iter().map(said).collect())
    }

    /// A section whose heading and lead are a view's lesson.
    pub fn section(&self, id: &str, values: &Values, blocks: Vec<Block>) -> Section {
        let lesson = format!("view/{id}");
        let lead = (self.depth > Depth::Facts).then(|| self.summary(&lesson, values));
        Section { id: id.to_owned(), title: self.title(&lesson, values), lead, blocks }
    }

    fn lesson(&self, id: &str, part: impl FnOnce(&Lesson) -> Text) -> Text {
        self.lessons.get(id).map_or_else(|| missing(id), part)
    }
}

/// No value yet: for commands that are typed on that platform, or that nobody types, because their output is the same everywhere.
pub fn values_of_system(platform: Platform, stable: bool) -> Values {
    let values = if platform == Platform::Windows { Values::new().on(System::Windows) } else { Values::new() };
    if stable { values.placeholders() } else { values }
}

/// The program with the `options` that lead to the same machine, as one types it: what a lesson's `{{ tool }}` stands for. The bare program
/// where a value cannot be typed.
pub fn tool(values: &Values, options: &[(&str, &str)]) -> Text {
    let quoted = |value: &str| if value == "-" { Some(value.to_owned()) } else { values.clone().with("value", value).word("value") };
    let typed: Option<Vec<String>> = options.iter().map(|(option, value)| Some(format!(" {option} {}", quoted(value)?))).collect();
    Text::of(Role::Code, format!("venv-explain{}", typed.unwrap_or_default().concat()))
}

/// What any lesson may name of `subject`, its paths said as `names` says them, added to `values`.
pub fn common_values(values: Values, names: &Names, subject: &Subject) -> Values {
    let environment = &subject.environment;
    let mut values = values
        .with("venv", names.say(&environment.root))
        .with("bin", names.say(&environment.scripts_dir))
        .with("maker", environment.maker.tool.name())
        .with("program", Text::of(Role::Own, subject.python_within()));
    if let Some(python) = &environment.python {
        values.set("python", names.say(python));
    }
    match values.get("python").cloned().filter(|_| has_pip(subject)) {
        Some(python) => values.set("pip_python", python),
        None => values.set("uv_venv", names.say(&environment.root)),
    }
    let startup = subject.usual_startup();
    // Where the start cannot be followed, the files still tell the base's folder.
    let base = startup.and_then(|startup| startup.base_prefix.clone()).or_else(|| environment.base_folder());
    if let Some(base) = base {
        values.set("base", names.say(&base));
    }
    if let Some(startup) = startup {
        let stdlib = startup.sys_path.iter().flatten().find(|item| item.source == Origin::Stdlib);
        values.set("stdlib", stdlib.map(|item| names.say(&item.path)).unwrap_or_default());
        values.set("version", startup.version.as_deref().unwrap_or_default());
    }
    values
}

/// Whether `python -m pip` can answer: the environment's Python starts and reaches pip's code. Else uv can be asked for the same.
fn has_pip(subject: &Subject) -> bool {
    let machine = subject.machine.as_ref();
    let items = subject.usual_startup().and_then(|startup| startup.sys_path.as_deref()).unwrap_or_default();
    let code = items.iter().filter(|item| !item.path.is_empty()).map(|item| machine.platform().rules().join(&item.path, "pip"));
    code.into_iter().any(|folder| machine.stat(&folder).is_ok_and(|meta| meta.kind == Kind::Dir))
}

/// What the line `home` does at this start: `counts` where the standard library comes from it, `link` where the link `python`
/// leads there, `fallback` where neither does, `gone` where Python does not start and the folder is not there.
pub fn home_counts(subject: &Subject) -> Option<&'static str> {
    let startup = subject.usual_startup()?;
    let Some(stdlib) = startup.sys_path.iter().flatten().find(|item| item.source == Origin::Stdlib) else {
        let home = subject.environment.config.home(Reader::GetpathPy)?.value;
        let machine = subject.machine.as_ref();
        let is_gone = machine.platform().rules().is_absolute(&home) && matches!(machine.stat(&home), Err(Fault::Missing));
        return is_gone.then_some("gone");
    };
    if stdlib.cause.file.as_deref() == Some(&subject.environment.config.file) {
        return Some("counts");
    }
    let is_link = subject.environment.layout.pythons.first().is_some_and(|python| !python.chain.is_empty());
    Some(if is_link { "link" } else { "fallback" })
}

/// What stands where a lesson should be. The tests see to it that it never does.
fn missing(id: &str) -> Text {
    Text::of(Role::Bad, format!("(no lesson {id})"))
}

/// `1 package`, `2 packages`.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

/// A size as people say it, in powers of 1000 as disks are sold: `38 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return counted(bytes as usize, "byte", "bytes");
    }
    let mut amount = bytes / 1000;
    let mut tenths = bytes % 1000 / 100;
    let mut unit = 0;
    while amount >= 1000 && unit + 1 < UNITS.len() {
        tenths = amount % 1000 / 100;
        amount /= 1000;
        unit += 1;
    }
    if amount < 10 && tenths > 0 { format!("{amount}.{tenths} {}", UNITS[unit]) } else { format!("{amount} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_read_as_people_say_them() {
        assert_eq!((size(1), size(999)), ("1 byte".into(), "999 bytes".into()));
        assert_eq!(size(1_234), "1.2 kB");
        assert_eq!(size(38_400_000), "38 MB");
        assert_eq!((counted(1, "package", "packages"), counted(2, "package", "packages")), ("1 package".into(), "2 packages".into()));
    }
}
