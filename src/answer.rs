//! One answer: the facts that a command shows, printed as JSON or made into a page and drawn.

use crate::cli::{Asked, Command, Format, When};
use crate::explain::names::{Landmarks, Names};
use crate::explain::samples::{self, Samples};
use crate::explain::syspath::Beside;
use crate::explain::whole::{self, Whole};
use crate::explain::{self, Depth, Teller};
use crate::lessons::Lessons;
use crate::machine::Machine;
use crate::page::Page;
use crate::render::{self, Ink};
use crate::simulate::activation::{Activation, ScriptLine};
use crate::simulate::import::Import;
use crate::simulate::lookup::Which;
use crate::simulate::packages::Packages;
use crate::simulate::packages::anatomy::Anatomy;
use crate::simulate::packages::freeze::freeze;
use crate::simulate::packages::requirements::{Branch, forest};
use crate::simulate::startup::{Startup, switches};
use crate::subject::Subject;
use crate::venv::config::ConfigReport;
use crate::venv::tree::Tree;
use crate::verify::{Verified, verify};
use crate::{Outcome, Surroundings, Unusable};

use serde::Serialize;

/// The width when no terminal tells one.
const USUAL_WIDTH: usize = 100;

/// Keys of JSON whose numbers differ from machine to machine.
const UNSTABLE: [&str; 2] = ["size", "last_used"];

/// How many entries of one folder `tree` shows.
const TREE_FOLD: usize = 12;

/// How many the whole explanation shows, which has other things to tell too.
const WHOLE_FOLD: usize = 5;

/// What each command shows. As JSON, these are the objects of the public contract.
pub enum Facts {
    /// `tree`.
    Tree(Tree),
    /// `config`.
    Config(ConfigReport),
    /// `which`.
    Which(Which),
    /// `activate`, and the script's lines for the page.
    Activate(Activation, Vec<ScriptLine>),
    /// `syspath`, the command line for the page, and what it is to be compared with.
    Syspath(Box<Startup>, String, Beside),
    /// `import`, and the start-up that decides where it looks.
    Import(Box<Import>, Option<Box<Startup>>),
    /// No command: all of them.
    Whole(Box<Whole>),
    /// `packages`, and who requires whom where that is asked for.
    Packages(Box<Packages>, Option<Vec<Branch>>),
    /// `package`.
    Package(Box<Anatomy>),
    /// `packages --format requirements`: the text itself.
    Requirements(String),
    /// `--sample list`.
    Samples(Samples),
}

impl Facts {
    /// What `asked` shows of `subject`; `unchanged` is the same before the changes of `--whatif`.
    pub fn of(asked: &Asked, subject: &Subject, unchanged: Option<&Subject>) -> Result<Self, Unusable> {
        if asked.look.format == Format::Requirements {
            return requirements(asked, subject);
        }
        Ok(match &asked.command {
            Some(Command::Package { name, .. }) => Self::Package(Box::new(subject.package(name)?)),
            Some(Command::Packages { tree, .. }) => {
                let packages = subject.packages();
                let forest = tree.then(|| forest(&subject.packaging_scene(), &packages.distributions));
                Self::Packages(Box::new(packages), forest)
            }
            None => Self::Whole(Box::new(Whole::of(subject, subject.tree(&asked.extent, WHOLE_FOLD)))),
            Some(Command::Tree { .. }) => Self::Tree(subject.tree(&asked.extent, TREE_FOLD)),
            Some(Command::Config { .. }) => Self::Config(ConfigReport::of(&subject.environment.config)),
            Some(Command::Which { commands, .. }) => Self::Which(subject.which(commands, &subject.activation())),
            Some(Command::Import { module, .. }) => {
                Self::Import(Box::new(subject.import(module)?), subject.usual_startup().cloned().map(Box::new))
            }
            Some(Command::Activate { .. }) => Self::Activate(subject.whole_activation(), subject.script_lines()),
            Some(Command::Syspath { arguments, verify, .. }) => {
                let program = subject.program()?;
                let startup = subject.startup(&program, arguments);
                let beside = match unchanged.and_then(|unchanged| Some(unchanged.startup(&unchanged.program().ok()?, arguments))) {
                    _ if *verify => Beside::Real(verified(asked, subject.machine.as_ref(), &program, arguments, &startup)?),
                    Some(before) => Beside::Unchanged(Box::new(before)),
                    None => Beside::Nothing,
                };
                Self::Syspath(Box::new(startup), command_line(&program, arguments), beside)
            }
        })
    }

    /// The exit status: 1 where something was found wrong, missing or different.
    fn status(&self) -> u8 {
        let differs = matches!(self, Self::Syspath(_, _, Beside::Real(verified)) if !verified.agrees);
        let absent = matches!(self, Self::Import(import, _) if !import.found);
        u8::from(differs || absent)
    }

    /// The facts as JSON text.
    fn json(&self, said: &dyn Fn(&str) -> String, left_out: &[&str]) -> String {
        match self {
            Self::Tree(facts) => render::json::object(facts, said, left_out),
            Self::Config(facts) => render::json::object(facts, said, left_out),
            Self::Which(facts) => render::json::object(facts, said, left_out),
            Self::Activate(facts, _) => render::json::object(facts, said, left_out),
            Self::Syspath(facts, _, Beside::Nothing | Beside::Unchanged(_)) => render::json::object(facts, said, left_out),
            Self::Syspath(facts, _, Beside::Real(verified)) => render::json::object(&WithVerified { facts, verified }, said, left_out),
            Self::Import(facts, _) => render::json::object(facts, said, left_out),
            Self::Whole(facts) => render::json::object(facts, said, left_out),
            Self::Packages(facts, _) => render::json::object(facts.as_ref(), said, left_out),
            Self::Package(facts) => render::json::object(facts.as_ref(), said, left_out),
            Self::Requirements(text) => text.clone(),
            Self::Samples(facts) => render::json::object(facts, said, left_out),
        }
    }

    /// The facts told; `subject` is missing only for what needs no environment.
    fn page(&self, teller: &Teller<'_>, subject: Option<&Subject>) -> Page {
        let root = subject.map(|subject| subject.environment.root.as_str()).unwrap_or_default();
        match (self, subject) {
            (Self::Tree(facts), _) => explain::tree::page(teller, facts),
            (Self::Config(facts), _) => explain::config::page(teller, facts),
            (Self::Which(facts), _) => explain::which::page(teller, facts, root),
            (Self::Activate(facts, script), _) => explain::activate::page(teller, facts, script),
            (Self::Syspath(facts, line, beside), _) => explain::syspath::page(teller, facts, line, beside),
            (Self::Import(facts, startup), _) => explain::import::page(teller, facts, startup.as_deref()),
            (Self::Whole(facts), Some(subject)) => whole::page(teller, facts, subject),
            (Self::Packages(facts, forest), _) => explain::packages::page(teller, facts, forest.as_deref(), root),
            (Self::Package(facts), _) => explain::package::page(teller, facts, root),
            (Self::Whole(_), None) | (Self::Requirements(_), _) => Page::default(),
            (Self::Samples(facts), _) => samples::page(teller, facts),
        }
    }
}

/// `syspath` with what the real interpreter says beside it.
#[derive(Serialize)]
struct WithVerified<'a> {
    #[serde(flatten)]
    facts: &'a Startup,
    verified: &'a Verified,
}

/// Runs the real interpreter, where there is one: not for a recorded or a changed machine.
pub fn verified(
    asked: &Asked,
    machine: &dyn Machine,
    program: &str,
    arguments: &[String],
    startup: &Startup,
) -> Result<Verified, Unusable> {
    if machine.recorded() || !asked.scene.whatif.is_empty() {
        return Err(Unusable::new(
            "--verify has nothing to run here",
            "It runs a real interpreter: leave out --capture, --sample and --whatif.",
        ));
    }
    let switches = startup.version.as_deref().and_then(|version| switches(arguments, version));
    let switches = switches.ok_or_else(|| {
        Unusable::new(
            format!("--verify cannot tell what {program} would do with these arguments"),
            "Check them, or leave them out; `syspath` without --verify says more.",
        )
    })?;
    verify(machine, program, &switches, startup).map_err(|why| Unusable::new(format!("the real {program} could not be asked: {why}"), ""))
}

/// `--format requirements`, which `packages` alone has.
fn requirements(asked: &Asked, subject: &Subject) -> Result<Facts, Unusable> {
    if !matches!(asked.command, Some(Command::Packages { .. })) {
        return Err(Unusable::new(
            "--format requirements is a format of `packages` alone",
            "Run `venv-explain packages --format requirements`.",
        ));
    }
    Ok(Facts::Requirements(freeze(subject.machine.as_ref(), &subject.packaging_scene(), &subject.packages())))
}

/// Python's command line as it would be typed.
pub fn command_line(program: &str, arguments: &[String]) -> String {
    let words = std::iter::once(program).chain(arguments.iter().map(String::as_str));
    words
        .map(|word| if word.is_empty() || word.contains(' ') { format!("'{word}'") } else { word.to_owned() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// What the facts are about: the machine, and the environment on it where there is one.
pub struct Explained<'a> {
    /// The machine, with every change laid over it.
    pub machine: &'a dyn Machine,
    /// The environment.
    pub subject: Option<&'a Subject>,
}

/// Prints `facts` in the format that was asked for. `here` is the machine that the answer is printed on, whose variables decide
/// on colour.
pub fn print(
    asked: &Asked,
    lessons: &Lessons,
    facts: &Facts,
    explained: &Explained<'_>,
    here: &dyn Machine,
    surroundings: &Surroundings<'_>,
) -> Outcome {
    let names = names(asked, facts, explained);
    let text = if let Facts::Requirements(text) = facts {
        text.split_inclusive('\n').map(|line| render::safe_lines(line) + "\n").collect()
    } else if asked.look.format == Format::Json {
        let said = |text: &str| if asked.look.stable { names.within(text) } else { text.to_owned() };
        facts.json(&said, if asked.look.stable { &UNSTABLE } else { &[] })
    } else {
        let page = facts.page(&teller(asked, lessons, names, explained), explained.subject).with_sentences();
        let width = asked.look.width.map_or_else(|| surroundings.columns.unwrap_or(USUAL_WIDTH).max(40), usize::from);
        match asked.look.format {
            Format::Plain => render::plain(&page, width),
            Format::Markdown => render::markdown(&page),
            Format::Html => render::html(&page, &render::HtmlOptions { language: asked.look.lang.clone() }),
            Format::Svg => render::svg(&page, width),
            Format::Terminal | Format::Json | Format::Requirements => {
                render::terminal(&page, &Ink { colour: colour(asked, here, surroundings.is_terminal), width })
            }
        }
    };
    Outcome { text, status: facts.status() }
}

/// The one who finds the words, with what is known of `subject`.
fn teller<'a>(asked: &Asked, lessons: &'a Lessons, names: Names, explained: &Explained<'a>) -> Teller<'a> {
    let subject = explained.subject;
    let depth = match (asked.look.quiet, asked.look.verbose) {
        (true, _) => Depth::Facts,
        (false, 0) => Depth::Usual,
        (false, _) => Depth::Deep,
    };
    let common = explain::values_of_system(explained.machine.platform(), asked.look.stable);
    let tool = explain::tool(&common, &asked.scene.options());
    let common = common.with("tool", tool);
    let common = match subject {
        Some(subject) => explain::common_values(common, &names, subject),
        None => common,
    };
    Teller {
        lessons,
        names,
        common,
        depth,
        stable: asked.look.stable,
        owners: asked.extent.owners,
        config: subject.map(|subject| &subject.environment.config),
        home_counts: subject.and_then(explain::home_counts),
    }
}

/// How paths are said: by the environment, its base, and the home folder of the explained machine.
fn names(asked: &Asked, facts: &Facts, explained: &Explained<'_>) -> Names {
    let machine = explained.machine;
    let base = match (explained.subject, facts) {
        (Some(subject), _) => subject.usual_startup().and_then(|startup| startup.base_prefix.as_deref()),
        (None, Facts::Import(_, Some(startup)) | Facts::Syspath(startup, _, _)) => startup.base_prefix.as_deref(),
        (None, _) => None,
    };
    let home = machine.var("HOME").or_else(|| machine.var("USERPROFILE")).or_else(|| machine.account_home());
    let cwd = machine.cwd();
    let marks = Landmarks {
        environment: explained.subject.map(|subject| subject.environment.root.as_str()),
        base,
        home: home.as_deref(),
        cwd: cwd.as_deref(),
        stable: asked.look.stable,
    };
    Names::new(machine.platform().rules(), &marks)
}

/// Whether to use colour: the option, then the usual variables (<https://no-color.org>, <https://bixense.com/clicolors>), then
/// whether a person reads it.
fn colour(asked: &Asked, here: &dyn Machine, is_terminal: bool) -> bool {
    let is_set = |name: &str| here.var(name).is_some_and(|value| !value.is_empty() && value != "0");
    match asked.look.color {
        When::Always => true,
        When::Never => false,
        When::Auto if here.var("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        When::Auto if is_set("CLICOLOR_FORCE") => true,
        When::Auto if here.var("CLICOLOR").is_some_and(|value| value == "0") || here.var("TERM").is_some_and(|term| term == "dumb") => {
            false
        }
        When::Auto => is_terminal && asked.look.output.is_none(),
    }
}
