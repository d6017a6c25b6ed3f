//! How each real shell is asked where commands are: one start of the shell for all commands of one condition, with nothing
//! but what is built into it, because PATH is the thing under test.

use super::support::process::{self, Ended, Run};
use super::support::{behind_npm, on_path};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use venv_explain::simulate::activation::Shell;

/// A real shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Real {
    pub name: &'static str,
    pub shell: Shell,
    options: &'static [&'static str],
    /// Asks for the command `@`: the file that runs, then a line `++`, then every match where the shell can list them.
    asks: &'static str,
    pub lists_all: bool,
}

pub const SHELLS: &[Real] = &[
    Real {
        name: "bash",
        shell: Shell::Bash,
        options: &["--norc", "--noprofile"],
        asks: "command -v @; echo '++'; type -ap @; echo '==';",
        lists_all: true,
    },
    Real { name: "zsh", shell: Shell::Zsh, options: &["-f"], asks: "command -v @; echo '++'; whence -ap @; echo '==';", lists_all: true },
    Real { name: "dash", shell: Shell::Sh, options: &[], asks: "command -v @; echo '++'; echo '==';", lists_all: false },
    Real { name: "ksh93", shell: Shell::Ksh, options: &[], asks: "command -v @; echo '++'; whence -ap @; echo '==';", lists_all: true },
    Real { name: "mksh", shell: Shell::Ksh, options: &[], asks: "command -v @; echo '++'; echo '==';", lists_all: false },
    Real {
        name: "fish",
        shell: Shell::Fish,
        options: &["--no-config"],
        asks: "command -v @; echo '++'; command -a @; echo '==';",
        lists_all: true,
    },
    Real { name: "tcsh", shell: Shell::Tcsh, options: &["-f"], asks: "which @; echo '++'; where @; echo '==';", lists_all: true },
    Real {
        name: "xonsh",
        shell: Shell::Xonsh,
        options: &["--no-rc"],
        asks: "print(__xonsh__.commands_cache.locate_binary('@') or ''); print('++'); print('==');",
        lists_all: false,
    },
    Real {
        name: "nu",
        shell: Shell::Nushell,
        options: &["-n"],
        asks: "let found = (try { which -a @ | where type == external } catch { [] }); print ($found | first 1 | each {|f| $f.path } | str join); print '++'; print ($found | each {|f| $f.path } | str join (char nl)); print '==';",
        lists_all: true,
    },
];

/// What a script prints before the answers ends here.
pub const BEGIN: &str = "begin\n";

/// What a shell says of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub runs: Option<String>,
    pub all: Vec<String>,
}

impl Real {
    /// Its program; `None` where it is not installed.
    pub fn program(&self) -> Option<PathBuf> {
        on_path(self.name).map(behind_npm)
    }

    /// Runs `before`, then asks for each command, in a shell with these variables, standing in `cwd`. Also what was said before
    /// [`BEGIN`].
    pub fn ask(&self, before: &str, commands: &[&str], vars: &BTreeMap<String, String>, cwd: &Path) -> (String, Vec<Said>) {
        let questions: String = commands.iter().map(|command| self.asks.replace('@', command)).collect();
        let ended = self.run(&format!("{before}\n{questions}"), vars, cwd);
        let text = ended.text();
        let (first, text) = text.split_once(BEGIN).unwrap_or(("", &text));
        let answers: Vec<&str> = text.split("==\n").collect();
        assert_eq!(answers.len(), commands.len() + 1, "{} answered {text} and complained {}", self.name, ended.complaint());
        (first.to_owned(), commands.iter().zip(answers).map(|(command, answer)| said(command, answer)).collect())
    }

    /// How a script ends.
    pub fn run(&self, script: &str, vars: &BTreeMap<String, String>, cwd: &Path) -> Ended {
        let program = self.program().expect("asked only where it is installed");
        let mut run = Run::new(program).args(self.options).args(["-c", script]).cwd(cwd);
        for (name, value) in vars {
            run = run.var(name, value);
        }
        process::run(&run).expect("the shell starts")
    }
}

fn said(command: &str, answer: &str) -> Said {
    let (runs, all) = answer.split_once("++\n").unwrap_or_else(|| panic!("asked for {command}, it answered {answer}"));
    let is_path = |line: &&str| !line.is_empty() && !line.ends_with(": Command not found.") && *line != format!("{command} not found");
    // ksh quotes what has blanks; Debian's tcsh says nothing else before a path.
    let plain = |line: &str| line.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(line).to_owned();
    Said { runs: runs.lines().find(is_path).map(plain), all: all.lines().filter(is_path).map(plain).collect() }
}
