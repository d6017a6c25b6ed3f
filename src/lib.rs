//! `venv-explain`: explains a Python virtual environment on the learner's own example, without running it.
//!
//! The map of the house. Data flows one way, top to bottom:
//!
//! - [`cli`] what was asked, word for word; [`scene`] the machine that is explained; [`subject`] the environment on it
//! - [`machine`] the one door to files, links and variables: live, recorded, or with changes laid over
//! - [`venv`] what is there: plain facts, each with where it was read
//! - [`simulate`] what would happen: activation, PATH, start-up
//! - [`diagnose`] what is wrong, each finding with evidence and remedy
//! - [`lessons`] the words; [`explain`] makes a [`page`] of facts and words
//! - [`render`] draws the page, or prints the facts as JSON; [`answer`] ties these to what was asked

pub mod answer;
pub mod cli;
pub mod diagnose;
pub mod explain;
pub mod lessons;
pub mod machine;
pub mod page;
pub mod render;
pub mod scene;
pub mod simulate;
pub mod subject;
pub mod text;
pub mod venv;
pub mod verify;
pub mod yaml;

use answer::{Explained, Facts};
use cli::{Asked, Command};
use explain::syspath::Beside;
use lessons::Lessons;
use machine::{Fault, Machine};
use simulate::lookup::which_now;
use simulate::startup::{Launch, Refused, refused, start};
use std::fmt;
use std::sync::Arc;
use subject::Subject;
use venv::NotAnEnvironment;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The answer, ready to print.
    pub text: String,
    /// The exit status.
    pub status: u8,
}

/// What the program was started in; `main` finds out.
pub struct Surroundings<'a> {
    /// Whether a person reads standard output.
    pub is_terminal: bool,
    /// The terminal's width.
    pub columns: Option<usize>,
    /// Reads standard input, when a capture is to come from there.
    pub input: &'a dyn Fn() -> Result<Vec<u8>, String>,
}

/// The command line or its input cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    what: String,
    next: String,
}

impl Unusable {
    /// What is wrong, and what to do next.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into() }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "error: {}", render::safe_lines(&self.what))?;
        if self.next.is_empty() { Ok(()) } else { writeln!(formatter, "{}", render::safe_lines(&self.next)) }
    }
}

/// The most that one file of lessons of one's own may hold, in bytes.
const LESSON_LIMIT: usize = 1 << 20;

/// Answers what was asked about the machine `here`, or about the one that the options name.
pub fn run(asked: &Asked, here: &Arc<dyn Machine>, surroundings: &Surroundings<'_>) -> Result<Outcome, Unusable> {
    let lessons = lessons(asked, here.as_ref())?;
    if asked.scene.sample.as_deref() == Some("list") {
        let facts = Facts::Samples(explain::samples::facts());
        let explained = Explained { machine: here.as_ref(), subject: None };
        return Ok(answer::print(asked, &lessons, &facts, &explained, here.as_ref(), surroundings));
    }
    let machine = scene::machine(&asked.scene, here.clone(), surroundings.input)?;
    program_can_start(asked, machine.as_ref())?;
    let located = match venv::locate::locate(machine.as_ref(), asked.named()) {
        Ok(located) => located,
        Err(error) => {
            let facts = without_environment(asked, machine.as_ref(), &error).ok_or_else(|| no_environment(asked, &error))??;
            let explained = Explained { machine: machine.as_ref(), subject: None };
            return Ok(answer::print(asked, &lessons, &facts, &explained, here.as_ref(), surroundings));
        }
    };
    let whatif =
        |error: venv::whatif::WhatIfError| Unusable::new(error.to_string(), "`venv-explain --help` names every change that there is.");
    let (changed, root) = venv::whatif::apply_all(machine.clone(), &located.root, &asked.scene.whatif).map_err(whatif)?;
    let unchanged = (!asked.scene.whatif.is_empty()).then(|| Subject::new(asked, machine, &located.root));
    let subject = Subject::new(asked, changed, &root);
    let facts = Facts::of(asked, &subject, unchanged.as_ref())?;
    let explained = Explained { machine: subject.machine.as_ref(), subject: Some(&subject) };
    Ok(answer::print(asked, &lessons, &facts, &explained, here.as_ref(), surroundings))
}

/// The error for a `--program` that nothing can be told of, because there is no such program.
fn program_can_start(asked: &Asked, machine: &dyn Machine) -> Result<(), Unusable> {
    const NEXT: &str = "--program takes an interpreter as typed: a path, or a name that PATH leads to.";
    let Some(program) = &asked.scene.program else { return Ok(()) };
    let what = match refused(machine, program) {
        None => return Ok(()),
        Some(Refused::Missing) => format!("{program} is not there"),
        Some(Refused::Folder) => format!("{program} is a folder, not a program"),
        Some(Refused::NotExecutable) => format!("{program} is not a program that may be run"),
        Some(Refused::NotOnPath(looked)) => {
            let places = match looked.as_slice() {
                _ if machine.var("PATH").is_none_or(|path| path.is_empty()) => "PATH is unset or empty".to_owned(),
                looked => format!("looked for {}", looked.join(", ")),
            };
            format!("no program called {program} is on PATH: {places}")
        }
    };
    Err(Unusable::new(what, NEXT))
}

/// What can be told where there is no environment: the start-up of an interpreter that `--program` names, and what commands lead
/// to as things are. Changes of an environment (`--whatif`) need one.
fn without_environment(asked: &Asked, machine: &dyn Machine, error: &NotAnEnvironment) -> Option<Result<Facts, Unusable>> {
    if let (Some(Command::Which { commands, .. }), None, []) = (&asked.command, asked.named(), asked.scene.whatif.as_slice()) {
        let shell = subject::shell(asked, machine);
        return Some(Ok(Facts::Which(which_now(machine, commands, shell, &error.reason()))));
    }
    if let (Some(Command::Import { module, .. }), Some(program), None) = (&asked.command, &asked.scene.program, asked.named()) {
        let startup = start(machine, &Launch { program: program.clone(), arguments: Vec::new() });
        let import = subject::import_by(machine, &startup, module, None);
        return Some(import.map(|import| Facts::Import(Box::new(import), Some(Box::new(startup)))));
    }
    let (Some(Command::Syspath { arguments, verify, .. }), Some(program), None) = (&asked.command, &asked.scene.program, asked.named())
    else {
        return None;
    };
    let startup = start(machine, &Launch { program: program.clone(), arguments: arguments.clone() });
    let beside =
        if *verify { answer::verified(asked, machine, program, arguments, &startup).map(Beside::Real) } else { Ok(Beside::Nothing) };
    Some(beside.map(|beside| Facts::Syspath(Box::new(startup), answer::command_line(program, arguments), beside)))
}

/// The error for a place that is no environment; a name that is nearly a command's is taken for a slip of the fingers.
fn no_environment(asked: &Asked, error: &NotAnEnvironment) -> Unusable {
    let meant = asked.venv.as_deref().filter(|_| error.why == venv::locate::Why::Missing).and_then(cli::nearest_command);
    let next = meant.map(|command| format!("Or did you mean the command `venv-explain {command}`?"));
    Unusable::new(error.to_string(), next.unwrap_or_default())
}

/// The lessons of the language asked for, with the texts of `--lessons` laid over them.
fn lessons(asked: &Asked, here: &dyn Machine) -> Result<Lessons, Unusable> {
    let overlay = asked.look.lessons.as_deref().map(|folder| own_lessons(here, folder)).transpose()?;
    Lessons::load(&asked.look.lang, overlay).map_err(|error| Unusable::new(error.to_string(), String::new()))
}

/// Every `.yaml` file in `folder` and two levels below it (`en/chapter/lesson.yaml`), by its path from there.
fn own_lessons(here: &dyn Machine, folder: &str) -> Result<Vec<(String, String)>, Unusable> {
    let rules = here.platform().rules();
    let next = "--lessons names a folder that holds <chapter>/<lesson>.yaml.";
    let failed = |path: &str, fault: &Fault| Unusable::new(format!("cannot read the lessons in {path}: {fault}"), next);
    let mut texts = Vec::new();
    let mut folders = vec![(String::new(), 0)];
    while let Some((inner, depth)) = folders.pop() {
        let names = match here.list(&rules.join(folder, &inner)) {
            Err(Fault::NotADirectory) if depth > 0 => continue,
            names => names.map_err(|fault| failed(&rules.join(folder, &inner), &fault))?,
        };
        for name in names {
            let below = if inner.is_empty() { name.clone() } else { format!("{inner}/{name}") };
            if rules.splitext(&name).1 == ".yaml" {
                let file = rules.join(folder, &below);
                let bytes = here.read(&file, LESSON_LIMIT).map_err(|fault| failed(&file, &fault))?;
                texts.push((below, text::decode(&bytes)));
            } else if depth < 2 {
                folders.push((below, depth + 1));
            }
        }
    }
    if texts.is_empty() { Err(Unusable::new(format!("there are no lessons in {folder}"), next)) } else { Ok(texts) }
}
