//! Scripts in `bin/` or `Scripts\`: which program runs them. The kernel reads only the first line; the makers of scripts know
//! two ways around its limits, and on Windows, where it reads none, a small program in front of the script does it.

mod launcher;
mod posix;

pub(super) use posix::shell_word;

use crate::machine::{Kind, Machine};

/// What is read of a script: `#!` lines are bounded by the kernel (`BINPRM_BUF_SIZE`, 256), the ways around need a little more.
const HEAD: usize = 8192;

/// The first line of a script, and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shebang {
    /// The line that names the program, as written (for [`Form::ExecTrick`] the second one), without its end.
    pub text: String,
    /// On which line of the file that is; `None` inside a Windows launcher.
    pub line: Option<u32>,
    /// How the program is named.
    pub form: Form,
    /// The program that the kernel starts, as written: the interpreter itself, `/usr/bin/env` or `/bin/sh`.
    pub kernel: String,
    /// The program that runs the script in the end.
    pub program: Program,
    /// What the script's line gives it before the script's own name.
    pub arguments: Vec<String>,
}

/// How a script names its interpreter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `#!/path/of/program`.
    Direct,
    /// `#!/usr/bin/env program`: looked up on PATH.
    Env,
    /// `#!/bin/sh`, then `'''exec' /path/of/program "$0" "$@"`: for paths that are too long or have blanks.
    ExecTrick,
    /// The same, with the program beside the script, wherever that is.
    Relocatable,
    /// A Windows `.exe` with a `#!` line and an archive behind it.
    Launcher,
    /// A Windows `.exe` as uv makes it, with the interpreter's path behind it.
    Trampoline,
}

/// A program as a script names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Program {
    /// By its path, absolute unless written otherwise.
    Path(String),
    /// By its bare name: whatever PATH finds first.
    OnPath(String),
}

impl Program {
    /// The path or name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Path(name) | Self::OnPath(name) => name,
        }
    }

    /// The path, unless it is a bare name.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            Self::OnPath(_) => None,
        }
    }
}

impl Shebang {
    /// What runs the script at `path` (links followed); `None` for anything that is no regular file, or names no program.
    pub fn read(machine: &dyn Machine, path: &str) -> Option<Self> {
        let meta = machine.stat(path).ok()?;
        if meta.kind != Kind::File {
            return None;
        }
        let head = machine.head(path, HEAD).ok()?;
        if head.starts_with(b"MZ") {
            return launcher::read(machine, path);
        }
        let shebang = posix::parse(&head, || folder(machine, path))?;
        Some(shebang)
    }
}

/// `dirname(realpath(script))`, from which relocatable scripts start.
fn folder(machine: &dyn Machine, path: &str) -> String {
    let rules = machine.platform().rules();
    rules.dirname(&crate::machine::path::realpath(machine, path))
}
