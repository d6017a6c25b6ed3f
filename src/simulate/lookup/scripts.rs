//! A script as a station: its first line, `env`, a version manager's shim, or a shell script that only starts another program.

use super::chain::{Scene, Step, Trail};
use super::first_line::{self, Env};
use super::{Found, HopKind, Searched, Shim, Stop, Way, habits, shims, walk, wrapper};
use crate::machine::Machine;
use crate::machine::path::Rules;
use crate::text;
use crate::venv::Unknown;
use crate::venv::scripts::{Form, Shebang};

/// A wrapper worth following is short; its whole text must be read to know that it does nothing else.
const SCRIPT: usize = 64 * 1024;

impl Scene<'_> {
    /// A file that begins with `#!`.
    pub fn script(&self, path: &str, head: &[u8], trail: &mut Trail) -> Step {
        let platform = self.machine.platform();
        if first_line::too_long(head, platform) {
            trail.push(path, HopKind::Script, Way::Shebang, None, None);
            return trail.end(Stop::FirstLineTooLong { path: path.to_owned(), limit: first_line::limit(platform) });
        }
        let first = text::decode(head.split(|byte| *byte == b'\n').next().unwrap_or_default());
        let shebang = Shebang::read(&self.machine, path);
        let kernel = first.strip_prefix("#!").and_then(|command| command.split_ascii_whitespace().next()).unwrap_or_default();
        let kernel = Rules::Posix.basename(kernel);
        // Asked before `shebang` is: env may be told more than which program to search, and then it is not known what it does.
        if kernel == "env" {
            return self.env(path, &first, trail);
        }
        let Some(shebang) = &shebang else {
            trail.push(path, HopKind::Script, Way::ShellItself, None, Some(first));
            return Step::End;
        };
        let next = shebang.program.as_str().to_owned();
        if matches!(shebang.form, Form::ExecTrick | Form::Relocatable) {
            trail.push(path, HopKind::Script, Way::Trampoline, Some(next.clone()), Some(shebang.text.clone()));
            return trail.exec(next);
        }
        if is_shell(&kernel)
            && let Some(step) = self.shell_script(path, &first, trail)
        {
            return step;
        }
        trail.push(path, HopKind::Script, Way::Shebang, Some(next.clone()), Some(first));
        trail.exec(next)
    }

    fn env(&self, path: &str, first: &str, trail: &mut Trail) -> Step {
        let shown = Some(first.to_owned());
        let command = match first_line::env(&first_line::arguments(first, self.machine.platform())) {
            Env::Command(command) => command,
            Env::Unknown(why) => {
                trail.push(path, HopKind::Script, Way::EnvShebang, None, shown);
                return trail.end(Stop::Unknown(Unknown { what: format!("what {path} starts"), why }));
            }
        };
        if is_shell(&Rules::Posix.basename(&command))
            && let Some(step) = self.shell_script(path, first, trail)
        {
            return step;
        }
        let found = if command.contains('/') { Some(command.clone()) } else { self.on_env_path(&command) };
        trail.push(path, HopKind::Script, Way::EnvShebang, found.clone(), shown);
        match found {
            Some(file) => trail.exec_named(file, command),
            None => trail.end(Stop::NotOnPath(command)),
        }
    }

    /// What `env` finds: the C library's search along the exported PATH.
    fn on_env_path(&self, command: &str) -> Option<String> {
        let road = self.env_road.get_or_init(|| walk::Road::new(&self.machine, habits::EXECVP));
        let found = road.search(&self.machine, command);
        found.into_iter().find(|item| item.outcome == Found::Found).map(|item| item.candidate)
    }

    /// Follows a shell script that does nothing but start another program; `None` where it does more, so that the shell
    /// itself is what runs.
    fn shell_script(&self, path: &str, first: &str, trail: &mut Trail) -> Option<Step> {
        let content = text::decode(&self.machine.read(path, SCRIPT).ok()?);
        if let Some(manager) = shims::of_script(path, &content) {
            let shim = self.shim(path, manager, &content);
            trail.push(path, HopKind::Script, Way::Shim, shim.leads_to.clone(), Some(first.to_owned()));
            return Some(trail.through_shim(shim));
        }
        let program = wrapper::only_command(&content).filter(|program| program.contains('/'))?;
        trail.push(path, HopKind::Script, Way::Wrapper, Some(program.clone()), Some(first.to_owned()));
        Some(trail.exec(program))
    }

    /// Where a version manager's shim leads; `script` is its text, empty where it is none.
    pub fn shim(&self, path: &str, manager: shims::Manager, script: &str) -> Shim {
        let command = Rules::Posix.basename(path);
        let system = |folder: &str| self.outside(folder, &command);
        shims::decide(&self.machine, manager, &shims::Asked { path, command: &command, script, system: &system })
    }

    /// What `command` is on PATH without `folder`: bash's `command -v`, which managers use for their version `system`.
    fn outside(&self, folder: &str, command: &str) -> Option<String> {
        let other = |item: &Searched| item.dir.trim_end_matches('/') != folder && item.matches;
        self.search(command).into_iter().find(other).map(|item| item.candidate)
    }
}

fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "mksh")
}
