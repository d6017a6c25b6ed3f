//! What activation and deactivation change, followed through the text of the activation script itself.

mod activate_this;
mod annotate;
mod batch;
mod characters;
mod csh;
mod fish;
mod nushell;
mod posix;
mod powershell;
mod programs;
mod python;
mod state;

pub use activate_this::{ActivateThis, Held, InPython, activate_this};
pub use annotate::{ScriptLine, annotate, annotations, lesson_ids};

use crate::machine::{Fault, Machine, Platform, text};
use crate::venv::Unknown;
use crate::venv::environment::Environment;
use serde::Serialize;
use state::{Names, Variables};

/// The shells that have an activation script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shell {
    /// GNU bash.
    Bash,
    /// zsh.
    Zsh,
    /// A plain POSIX shell: dash, busybox.
    Sh,
    /// `KornShell`: ksh93, mksh.
    Ksh,
    /// fish.
    Fish,
    /// csh.
    Csh,
    /// tcsh.
    Tcsh,
    /// `PowerShell`.
    Powershell,
    /// Windows' cmd.
    Cmd,
    /// Nushell.
    Nushell,
    /// xonsh.
    Xonsh,
}

/// What a shell ends up with. Field names and meaning are the public contract's `activate` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activation {
    /// `venv-explain/activate/1`.
    pub schema: &'static str,
    /// For which shell.
    pub shell: Shell,
    /// The script that was followed; `None` when this environment has none for that shell.
    pub script: Option<String>,
    /// One row for each variable whose value changes by sourcing the script.
    pub activate: Vec<Change>,
    /// One row for each variable whose value changes by `deactivate` afterwards.
    pub deactivate: Vec<Change>,
    /// What `activate_this.py` does inside a running Python; `None` where there is none or it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activate_this: Option<ActivateThis>,
    /// What could not be followed, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Unknown>,
    /// The variables after activation, for what depends on them (PATH lookup).
    #[serde(skip)]
    pub after: std::collections::BTreeMap<String, String>,
    /// What the script prints or says on the way, such as a warning that the environment was moved.
    #[serde(skip)]
    pub messages: Vec<String>,
}

impl Activation {
    /// One that followed no script and left these variables.
    pub fn leaving(shell: Shell, after: std::collections::BTreeMap<String, String>) -> Self {
        Self {
            schema: "venv-explain/activate/1",
            shell,
            script: None,
            activate: Vec::new(),
            deactivate: Vec::new(),
            activate_this: None,
            unknown: Vec::new(),
            after,
            messages: Vec::new(),
        }
    }
}

/// One variable that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// Its value before; `None` is unset.
    pub before: Option<String>,
    /// Its value after; `None` is unset.
    pub after: Option<String>,
    /// Whether programs started from the shell see it.
    pub exported: bool,
    /// The script's line that does it.
    pub line: Option<u32>,
}

/// How large an activation script may be; real ones have below 10 kB.
const SCRIPT: usize = 1 << 20;

/// What the shell's options add to its variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// An unset variable expands to nothing.
    #[default]
    Lenient,
    /// An unset variable is an error: `set -u`.
    Nounset,
}

/// The activation script of an environment for a shell: its path and text. `Ok(None)` when there is none.
pub fn script(machine: &dyn Machine, scripts_dir: &str, shell: Shell) -> Result<Option<(String, String)>, Unknown> {
    let rules = machine.platform().rules();
    for name in shell.script_names() {
        let path = rules.join(scripts_dir, name);
        match machine.read(&path, SCRIPT) {
            Ok(bytes) => return Ok(Some((path, text::decode(&bytes)))),
            Err(Fault::Missing | Fault::NotADirectory) => {}
            Err(fault) => return Err(Unknown { what: path, why: fault.to_string() }),
        }
    }
    Ok(None)
}

/// Follows an environment's activation script: see [`activate_in`].
pub fn activate(machine: &dyn Machine, environment: &Environment, shell: Shell) -> Activation {
    activate_in(machine, &environment.scripts_dir, shell, Strictness::Lenient)
}

/// Follows the activation script that stands in `scripts_dir`, then what `deactivate` does: the variables that change, and the
/// lines that change them. The shell is taken as freshly started with the machine's variables.
pub fn activate_in(machine: &dyn Machine, scripts_dir: &str, shell: Shell, strictness: Strictness) -> Activation {
    let mut result = Activation::leaving(shell, machine.vars());
    match script(machine, scripts_dir, shell) {
        Ok(Some((path, text))) => {
            result.script = Some(path.clone());
            result.take(follow(machine, &path, &text, shell, strictness));
        }
        Ok(None) => {}
        Err(unknown) => {
            result.script = Some(unknown.what.clone());
            result.unknown.push(unknown);
        }
    }
    result
}

/// The states that a shell goes through.
struct Course {
    before: Variables,
    activated: Variables,
    deactivated: Variables,
    unknown: Vec<Unknown>,
    messages: Vec<String>,
}

impl Activation {
    fn take(&mut self, course: Course) {
        let (rows, unknown) = course.activated.changes_since(&course.before);
        self.activate = rows;
        self.unknown = course.unknown;
        // What made every variable unknown is told once, and for the one that matters most.
        let told: Vec<String> = self.unknown.iter().map(|unknown| unknown.why.clone()).collect();
        let news = |unknown: &Unknown| unknown.what.eq_ignore_ascii_case("PATH") || !told.contains(&unknown.why);
        self.unknown.extend(unknown.into_iter().filter(news));
        let (rows, unknown) = course.deactivated.changes_since(&course.activated);
        self.deactivate = rows;
        for unknown in unknown {
            if !self.unknown.contains(&unknown) && !told.contains(&unknown.why) {
                self.unknown.push(unknown);
            }
        }
        self.after = course.activated.known();
        self.messages = course.messages;
    }
}

impl Shell {
    /// The names that makers of environments give to this shell's script.
    fn script_names(self) -> &'static [&'static str] {
        match self {
            Self::Bash | Self::Zsh | Self::Sh | Self::Ksh => &["activate"],
            Self::Fish => &["activate.fish"],
            Self::Csh | Self::Tcsh => &["activate.csh"],
            Self::Powershell => &["Activate.ps1", "activate.ps1"],
            Self::Cmd => &["activate.bat"],
            Self::Nushell => &["activate.nu"],
            Self::Xonsh => &["activate.xsh"],
        }
    }
}

/// Variables that a recorded machine lists although they are the shell's own: what decides the prompt and what an activation
/// saved (contract, section 4).
fn is_private(name: &str) -> bool {
    matches!(
        name,
        "PS1" | "PS2" | "PROMPT" | "prompt" | "PSVAR" | "deactivate_script" | "_OLD_PKG_CONFIG_PATH" | "_OLD_SCRIPT_PATH" | "SCRIPT_PATH"
    ) || name.starts_with("_OLD_VIRTUAL_")
}

fn follow(machine: &dyn Machine, path: &str, text: &str, shell: Shell, strictness: Strictness) -> Course {
    match shell {
        Shell::Bash | Shell::Zsh | Shell::Sh | Shell::Ksh => follow_posix(machine, path, text, shell, strictness),
        Shell::Fish => follow_fish(machine, path, text),
        Shell::Csh | Shell::Tcsh => follow_csh(machine, text, shell),
        Shell::Powershell => follow_powershell(machine, path, text),
        Shell::Cmd => follow_batch(machine, path, text),
        Shell::Xonsh => follow_xonsh(machine, path, text),
        Shell::Nushell => follow_nushell(machine, path, text),
    }
}

fn follow_posix(machine: &dyn Machine, path: &str, text: &str, shell: Shell, strictness: Strictness) -> Course {
    let mksh = || machine.var("KSH_VERSION").is_some_and(|version| version.contains("MIRBSD") || version.contains("LEGACY"));
    let dialect = match shell {
        Shell::Zsh => posix::Dialect::Zsh,
        Shell::Sh => posix::Dialect::Dash,
        Shell::Ksh if mksh() => posix::Dialect::Mksh,
        Shell::Ksh => posix::Dialect::Ksh,
        _ => posix::Dialect::Bash,
    };
    let before = Variables::of(machine, Names::Exact, is_private);
    let nounset = strictness == Strictness::Nounset;
    let mut interpreter = posix::Interpreter::new(machine, dialect, path, before.clone(), nounset);
    interpreter.source(text);
    let activated = interpreter.variables.clone();
    interpreter.call("deactivate");
    Course { before, activated, deactivated: interpreter.variables, unknown: interpreter.unknown, messages: interpreter.messages }
}

fn follow_fish(machine: &dyn Machine, path: &str, text: &str) -> Course {
    // What fish's scripts save is exported.
    let before = Variables::of(machine, Names::Exact, |_| false);
    let mut fish = fish::Fish::new(machine, path, before.clone());
    fish.source(text);
    let activated = fish.variables.clone();
    fish.call("deactivate");
    Course { before, activated, deactivated: fish.variables, unknown: fish.unknown, messages: fish.messages }
}

fn follow_csh(machine: &dyn Machine, text: &str, shell: Shell) -> Course {
    let before = Variables::of(machine, Names::Exact, is_private);
    let mut csh = csh::Csh::new(machine, before.clone(), shell == Shell::Tcsh);
    csh.source(text);
    let activated = csh.variables.clone();
    csh.call("deactivate");
    Course { before, activated, deactivated: csh.variables, unknown: csh.unknown, messages: csh.messages }
}

fn follow_batch(machine: &dyn Machine, path: &str, text: &str) -> Course {
    let before = Variables::of(machine, Names::Folded, |_| false);
    let mut batch = batch::Batch::new(machine, path, before.clone());
    batch.source(text);
    let activated = batch.variables.clone();
    batch.call_deactivate();
    Course { before, activated, deactivated: batch.variables, unknown: batch.unknown, messages: batch.messages }
}

fn follow_powershell(machine: &dyn Machine, path: &str, text: &str) -> Course {
    let before = Variables::of(machine, Names::Folded, |_| false);
    let mut powershell = powershell::PowerShell::new(machine, path, before.clone());
    powershell.source(text);
    let activated = powershell.variables.clone();
    powershell.call("deactivate");
    Course { before, activated, deactivated: powershell.variables, unknown: powershell.unknown, messages: powershell.messages }
}

fn follow_nushell(machine: &dyn Machine, path: &str, text: &str) -> Course {
    let names = if machine.platform() == Platform::Windows { Names::Folded } else { Names::Exact };
    let mut nushell = nushell::Nushell::new(machine, path, Variables::of(machine, names, |_| false));
    let before = nushell.variables.clone();
    nushell.source(text);
    let activated = nushell.variables.clone();
    nushell.deactivate();
    Course { before, activated, deactivated: nushell.variables, unknown: nushell.unknown, messages: nushell.messages }
}

fn follow_xonsh(machine: &dyn Machine, path: &str, text: &str) -> Course {
    let before = Variables::of(machine, Names::Exact, |_| false);
    let mut xonsh = python::Python::xonsh(machine, path, before.clone());
    xonsh.source(text);
    let activated = xonsh.variables.clone();
    xonsh.call_alias("deactivate");
    Course { before, activated, deactivated: xonsh.variables, unknown: xonsh.unknown, messages: xonsh.messages }
}
