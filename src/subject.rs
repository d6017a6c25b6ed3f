//! What is explained: one environment on one machine. Each part of the explanation is worked out here, when it is asked for.

use crate::Unusable;
use crate::cli::{Asked, Extent};
use crate::diagnose::{self, Report};
use crate::machine::{Machine, Platform};
use crate::simulate::activation::{self, Activation, ScriptLine, Shell, activate, activate_this};
use crate::simulate::import::{Import, import};
use crate::simulate::lookup::{Which, which};
use crate::simulate::packages::anatomy::Anatomy;
use crate::simulate::packages::{self, Packages};
use crate::simulate::startup::{Launch, Startup, start_with};
use crate::venv::Environment;
use crate::venv::installation::Installation;
use crate::venv::size::Sizes;
use crate::venv::tree::{Options, Tree};
use std::sync::{Arc, OnceLock};

/// One environment on one machine.
pub struct Subject {
    /// The machine, with every change laid over it.
    pub machine: Arc<dyn Machine>,
    /// What is there.
    pub environment: Environment,
    /// The shell whose rules apply.
    pub shell: Shell,
    /// The interpreter as typed, where `--program` says so.
    named_program: Option<String>,
    usual: OnceLock<Option<Startup>>,
    sizes: OnceLock<Sizes>,
}

impl Subject {
    /// Reads the environment in `root`.
    pub fn new(asked: &Asked, machine: Arc<dyn Machine>, root: &str) -> Self {
        let environment = Environment::read(machine.as_ref(), root);
        let shell = shell(asked, machine.as_ref());
        Self { machine, environment, shell, named_program: asked.scene.program.clone(), usual: OnceLock::new(), sizes: OnceLock::new() }
    }

    /// The interpreter that is started: as `--program` says, else the environment's own.
    pub fn program(&self) -> Result<String, Unusable> {
        self.named_program.clone().or_else(|| self.environment.python.clone()).ok_or_else(|| {
            let folder = &self.environment.scripts_dir;
            if self.environment.layout.is_closed(folder) {
                return Unusable::new(
                    format!("{folder} may not be looked into, so its python is not known"),
                    "Name an interpreter with --program, or ask for the right to read the folder.",
                );
            }
            Unusable::new(
                format!("there is no python in {folder}"),
                "Name an interpreter with --program, or look at `venv-explain tree` to see what is there.",
            )
        })
    }

    /// The environment's own interpreter as said within it: `bin/python`.
    pub fn python_within(&self) -> String {
        let rules = self.machine.platform().rules();
        let python = self.environment.python.clone().unwrap_or_else(|| rules.join(&self.environment.scripts_dir, "python"));
        rules.relpath(&python, &self.environment.root)
    }

    /// What start-up ends with, for `arguments` of the interpreter.
    pub fn startup(&self, program: &str, arguments: &[String]) -> Startup {
        let usual = self.usual_startup().filter(|_| arguments.is_empty() && self.program().is_ok_and(|usual| usual == program));
        usual.cloned().unwrap_or_else(|| self.foretell(program, arguments))
    }

    fn foretell(&self, program: &str, arguments: &[String]) -> Startup {
        let launch = Launch { program: program.to_owned(), arguments: arguments.to_vec() };
        start_with(self.machine.as_ref(), &launch, self.environment.base.as_ref())
    }

    /// What the environment's own `python -c` ends with; `None` where there is no python.
    pub fn usual_startup(&self) -> Option<&Startup> {
        self.usual.get_or_init(|| self.program().ok().map(|program| self.foretell(&program, &[]))).as_ref()
    }

    /// Where `import module` leads for the interpreter that is started.
    pub fn import(&self, module: &str) -> Result<Import, Unusable> {
        self.program()?;
        let Some(startup) = self.usual_startup() else {
            return Err(Unusable::new("there is no Python to ask", String::new()));
        };
        import_by(self.machine.as_ref(), startup, module, self.environment.base.as_ref())
    }

    /// What activation changes.
    pub fn activation(&self) -> Activation {
        activate(self.machine.as_ref(), &self.environment, self.shell)
    }

    /// The same, and what `activate_this.py` changes inside a running Python.
    pub fn whole_activation(&self) -> Activation {
        Activation { activate_this: activate_this(self.machine.as_ref(), &self.environment), ..self.activation() }
    }

    /// The activation script, line by line, each with its lesson.
    pub fn script_lines(&self) -> Vec<ScriptLine> {
        activation::annotations(self.machine.as_ref(), &self.environment, self.shell)
    }

    /// How commands resolve, before and after `activation`.
    pub fn which(&self, commands: &[String], activation: &Activation) -> Which {
        which(self.machine.as_ref(), commands, activation)
    }

    /// What is on disk, with at most `fold` entries of one folder.
    pub fn tree(&self, extent: &Extent, fold: usize) -> Tree {
        let options = Options { depth: extent.depth, fold: (!extent.all).then_some(fold) };
        Tree::read(self.machine.as_ref(), &self.environment, self.sizes(), options)
    }

    /// How big everything is.
    pub fn sizes(&self) -> &Sizes {
        self.sizes.get_or_init(|| Sizes::walk(self.machine.as_ref(), &self.environment.root))
    }

    /// What is installed where its Python looks.
    pub fn packages(&self) -> Packages {
        Packages::of(self.machine.as_ref(), &self.environment, self.usual_startup())
    }

    /// One distribution taken apart.
    pub fn package(&self, name: &str) -> Result<Anatomy, Unusable> {
        let packages = self.packages();
        let one = packages.named(name).ok_or_else(|| not_installed(&packages, name, &self.environment.root))?;
        Ok(Anatomy::of(self.machine.as_ref(), &self.environment, &self.packaging_scene(), &packages, one))
    }

    /// The interpreter that distributions have to fit.
    pub fn packaging_scene(&self) -> packages::Scene {
        packages::Scene::read(self.machine.as_ref(), &self.environment, self.usual_startup())
    }

    /// What is wrong with it.
    pub fn health(&self) -> Report {
        diagnose::report(self.machine.as_ref(), &self.environment)
    }
}

/// The error for a name that nothing is installed by; what one imports may go by another name.
fn not_installed(packages: &Packages, name: &str, root: &str) -> Unusable {
    let provides = packages.distributions.iter().find(|one| one.details.modules.contains(name));
    let near = packages.distributions.iter().map(|one| (strsim::jaro_winkler(&one.name.to_lowercase(), &name.to_lowercase()), one));
    let near = near.filter(|(score, _)| *score > 0.85).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, one)| one);
    let next = match (provides, near) {
        (Some(one), _) => format!("The module {name} comes from {}: try `venv-explain package {}`.", one.name, one.name),
        (None, Some(one)) => format!("Did you mean {}?", one.name),
        (None, None) => "`venv-explain packages` lists what is installed.".to_owned(),
    };
    Unusable::new(format!("no distribution called {name} is installed where {root} looks"), next)
}

/// Where `import module` leads after this start; `known` is an installation that has been read already.
pub fn import_by(machine: &dyn Machine, startup: &Startup, module: &str, known: Option<&Installation>) -> Result<Import, Unusable> {
    if let Some(message) = &startup.fatal {
        return Err(Unusable::new(
            format!("this Python does not start, so it imports nothing: {message}"),
            "`venv-explain syspath` shows why.",
        ));
    }
    let program = startup.base_executable.as_deref().or(startup.executable.as_deref()).unwrap_or_default();
    Ok(import(machine, startup, &Installation::of_one_perhaps_known(machine, program, known), module))
}

/// The shell that was asked for, else the one that the account uses, else the platform's usual one.
pub fn shell(asked: &Asked, machine: &dyn Machine) -> Shell {
    if let Some(name) = asked.scene.shell {
        return name.into();
    }
    if machine.platform() == Platform::Windows {
        return Shell::Cmd;
    }
    let login = machine.var("SHELL").unwrap_or_default();
    match login.rsplit('/').next().unwrap_or_default() {
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        "csh" => Shell::Csh,
        "tcsh" => Shell::Tcsh,
        "ksh" | "ksh93" | "mksh" => Shell::Ksh,
        "sh" | "dash" => Shell::Sh,
        "nu" => Shell::Nushell,
        "pwsh" => Shell::Powershell,
        "xonsh" => Shell::Xonsh,
        _ => Shell::Bash,
    }
}
