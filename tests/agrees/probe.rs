//! The real start and the foretold one, and where they differ.

use crate::case::Case;
use crate::disk::os;
use crate::support::process::{self, Run};
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use venv_explain::machine::text;
use venv_explain::machine::{live::Live, overlay::Overlay};
use venv_explain::simulate::startup::{self, Launch};

/// The program that the real interpreter runs. It tells what it finds as hexadecimal bytes, so that no encoding of the output
/// can blur it, and imports nothing, so that it works however broken the standard library is.
pub const CODE: &str = "import sys;\
h=lambda v:'-' if v is None else '='+''.join('%02x'%b for b in v.encode('utf-8','surrogateescape'));\
s=sys.modules.get('site');u=getattr(s,'ENABLE_USER_SITE',None);\
n=('executable','_base_executable','prefix','exec_prefix','base_prefix','base_exec_prefix');\
sys.stdout.write('\\n@@started '+' '.join([h(getattr(sys,k,None)) for k in n]+['-' if u is None else str(bool(u))]+[h(p) for p in sys.path])+'\\n')\n";

/// The name of the module that holds [`CODE`] for `-m`.
pub const MODULE: &str = "venv_explain_probe";

/// What a start ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The program's first line runs.
    Started(Box<State>),
    /// It stops before.
    Fatal(String),
}

/// All that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// `executable`, `_base_executable`, `prefix`, `exec_prefix`, `base_prefix`, `base_exec_prefix` of `sys`.
    pub places: [Option<String>; 6],
    /// `site.ENABLE_USER_SITE`.
    pub user_site: Option<bool>,
    /// `sys.path`.
    pub path: Vec<String>,
}

const PLACES: [&str; 6] = ["executable", "base_executable", "prefix", "exec_prefix", "base_prefix", "base_exec_prefix"];

impl Ending {
    /// The names of the fields in which the other differs.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let (Self::Started(ours), Self::Started(theirs)) = (self, other) else {
            return match (self, other) {
                (Self::Fatal(_), Self::Fatal(_)) => Vec::new(),
                _ => vec!["fatal"],
            };
        };
        let places = PLACES.iter().zip(ours.places.iter().zip(&theirs.places));
        let mut names: Vec<&str> = places.filter(|(_, (a, b))| a != b).map(|(name, _)| *name).collect();
        names.extend((ours.user_site != theirs.user_site).then_some("user_site_enabled"));
        names.extend((ours.path != theirs.path).then_some("sys_path"));
        names
    }

    /// One line a field.
    pub fn describe(&self) -> String {
        match self {
            Self::Fatal(why) => format!("  fatal: {}\n", why.lines().rev().take(3).collect::<Vec<_>>().join(" <- ")),
            Self::Started(state) => {
                let mut shown = String::new();
                for (name, value) in PLACES.iter().zip(&state.places) {
                    let _ = writeln!(shown, "  {name}: {value:?}");
                }
                let _ = writeln!(shown, "  user_site_enabled: {:?}", state.user_site);
                for item in &state.path {
                    let _ = writeln!(shown, "  sys.path: {item:?}");
                }
                shown
            }
        }
    }
}

/// Why a case says nothing.
pub enum Refusal {
    /// The command could not be executed, or the probe's module lies where this command line does not look.
    NotComparable,
    /// Something that should not happen: it ran into the time limit.
    Broken(String),
}

/// Starts the real interpreter.
pub fn real(case: &Case) -> Result<Ending, Refusal> {
    let executed = case.executed().ok_or(Refusal::NotComparable)?;
    let run = Run {
        program: os(&executed).into(),
        arg0: Some(os(&case.program)),
        arguments: case.arguments().iter().map(|word| os(word)).collect(),
        vars: case.vars.iter().map(|(name, value)| (os(name), os(value))).collect(),
        cwd: Some(os(&case.cwd).into()),
        stdin: if case.from_stdin { CODE.into() } else { Vec::new() },
        limit: Duration::from_secs(180),
    };
    let ended = match process::run(&run) {
        Ok(ended) => ended,
        Err(error) if error.kind() == std::io::ErrorKind::TimedOut => return Err(Refusal::Broken(error.to_string())),
        Err(_) => return Err(Refusal::NotComparable),
    };
    let stdout = ended.text();
    match stdout.lines().find_map(|line| line.strip_prefix("@@started ")) {
        Some(line) => parse(line).ok_or_else(|| Refusal::Broken(format!("the probe said {line:?}"))),
        None if ended.complaint().contains(&format!("No module named {MODULE}")) => Err(Refusal::NotComparable),
        None => Ok(Ending::Fatal(format!("status {:?}\n{}", ended.status, ended.complaint()))),
    }
}

fn parse(line: &str) -> Option<Ending> {
    let mut words = line.split(' ');
    let mut places = [const { None }; 6];
    for place in &mut places {
        *place = value(words.next()?);
    }
    let user_site = match words.next()? {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    };
    let path = words.map(value).collect::<Option<Vec<String>>>()?;
    Some(Ending::Started(Box::new(State { places, user_site, path })))
}

/// A value as the probe writes it: `-` for `None`, else `=` and its bytes.
fn value(word: &str) -> Option<String> {
    let bytes = data_encoding::HEXLOWER.decode(word.strip_prefix('=')?.as_bytes()).ok()?;
    Some(text::decode(&bytes))
}

/// What the simulation foretells, and what it says that it cannot know.
pub fn foretold(case: &Case) -> (Ending, Vec<String>) {
    let mut machine = Overlay::new(Arc::new(Live::new()));
    machine.replace_vars(case.vars.clone());
    machine.set_cwd(&case.cwd);
    let launch = Launch { program: case.program.clone(), arguments: case.arguments() };
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| startup::start(&machine, &launch)));
    let Ok(startup) = outcome else { return (Ending::Fatal("the simulation panicked".to_owned()), Vec::new()) };
    let unknown = startup.unknown.iter().map(|unknown| format!("{}: {}", unknown.what, unknown.why)).collect();
    let ending = match (startup.fatal, startup.sys_path) {
        (Some(why), _) => Ending::Fatal(why),
        (None, path) => Ending::Started(Box::new(State {
            places: [
                startup.executable,
                startup.base_executable,
                startup.prefix,
                startup.exec_prefix,
                startup.base_prefix,
                startup.base_exec_prefix,
            ],
            user_site: startup.user_site_enabled,
            path: path.unwrap_or_default().into_iter().map(|item| item.path).collect(),
        })),
    };
    (ending, unknown)
}
