//! Environments really made here, by every maker for every Python of this machine: who made them is told, and everything in them
//! has a role of its own.

#![allow(clippy::disallowed_methods, reason = "tests walk over real environments")]

mod support;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::{Path, PathBuf};
use support::environments::{self, Kind};
use support::interpreters::{self, Interpreter};
use support::process::{self, Run};
use support::{Scratch, on_path};
use venv_explain::diagnose::{self, Severity};
use venv_explain::machine::live::Live;
use venv_explain::venv::Environment;
use venv_explain::venv::maker::Tool;
use venv_explain::venv::roles::{LESSONS, Roles};
use venv_explain::venv::scripts::Shebang;
use venv_explain::venv::size::Sizes;
use venv_explain::venv::tree::{Node, Options, Tree};

fn main() {
    let arguments = Arguments::from_args();
    let scratch = Scratch::new("makers");
    let mut trials = Vec::new();
    for interpreter in interpreters::all() {
        for kind in Kind::ALL {
            let name = format!("{} by {}", interpreter.name, kind.name());
            let folder = scratch.path().join(&name).join(".venv");
            trials.push(Trial::ignorable_test(name, move || match environments::make(interpreter, kind, &folder) {
                Ok(()) => is_told(interpreter, kind, &folder).map(|()| Completion::Completed),
                Err(why) => Ok(Completion::ignored_with(why)),
            }));
        }
    }
    trials.extend(with_pip(scratch.path()));
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(scratch);
    conclusion.exit();
}

fn is_told(interpreter: &Interpreter, kind: Kind, folder: &Path) -> Result<(), Failed> {
    let machine = Live::new();
    let root = folder.display().to_string();
    let environment = Environment::read(&machine, &root);
    let tool = match kind {
        Kind::Venv | Kind::SystemSite | Kind::Copies | Kind::Symlinks => Tool::Venv,
        Kind::Virtualenv => Tool::Virtualenv,
        Kind::Uv => Tool::Uv,
    };
    equal("the maker", &tool, &environment.maker.tool)?;
    let version = format!("{}.{}.{}", interpreter.version.0, interpreter.version.1, interpreter.version.2);
    let minor = format!("{}.{}", interpreter.version.0, interpreter.version.1);
    if tool == Tool::Venv {
        equal("the version", &Some(version.clone()), &environment.maker.version)?;
    }
    let base = environment.base.as_ref().and_then(|base| base.version().map(str::to_owned));
    // The patch level of PyPy stands only in its library of some 60 MB, which is not read.
    let expected = if interpreter.implementation == "pypy" { minor } else { version };
    equal("the base's version", &Some(expected), &base)?;
    equal("system site", &(kind == Kind::SystemSite), &environment.config.system_site().0)?;
    let site = folder.join("lib").join(environment.layout.libraries[0].path.rsplit('/').next().unwrap_or_default()).join("site-packages");
    equal("site-packages", &site.display().to_string(), &environment.site_packages[0])?;
    let wrong: Vec<_> =
        diagnose::findings(&machine, &environment).into_iter().filter(|finding| finding.severity != Severity::Note).collect();
    equal("findings", &"[]".to_owned(), &format!("{wrong:?}"))?;
    every_entry_has_a_role(&environment)
}

/// Nothing that a maker writes is "not part of the environment itself".
fn every_entry_has_a_role(environment: &Environment) -> Result<(), Failed> {
    let machine = Live::new();
    let sizes = Sizes::walk(&machine, &environment.root);
    let tree = Tree::read(&machine, environment, &sizes, Options { depth: None, fold: None });
    let mut nodes = vec![&tree.root];
    let roles = Roles::new(&machine, environment);
    while let Some(node) = nodes.pop() {
        if !LESSONS.contains(&node.lesson) || matches!(node.lesson, "tree/file" | "tree/folder" | "tree/link" | "tree/script-other") {
            return Err(format!("{} is {}", node.path, node.lesson).into());
        }
        let alone = roles.of(&node.path).map(|role| role.lesson);
        equal("the role asked for alone", &Some(node.lesson), &alone)?;
        nodes.extend(&node.children);
    }
    equal("the number of files", &count(Path::new(&environment.root)), &sizes.total().files)?;
    Ok(())
}

fn count(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.file_type().is_ok_and(|kind| kind.is_dir()) { count(&entry.path()) } else { 1 }).sum()
}

/// One environment with pip in it, whose scripts name the environment's own Python.
fn with_pip(scratch: &Path) -> Option<Trial> {
    let interpreter = interpreters::all().iter().rev().find(|interpreter| interpreter.is_cpython_from(11) && interpreter.brings_pip())?;
    let folder = scratch.join("a folder with pip");
    Some(Trial::ignorable_test("the scripts of pip are read, behind a path with blanks", move || {
        let run = Run::new(&interpreter.path).args(["-m", "venv"]).arg(&folder).var("PATH", "/usr/bin:/bin").cwd("/");
        if process::run(&run)?.status != Some(0) {
            return Ok(Completion::ignored_with("this Python makes no environment with pip"));
        }
        pip_is_read(&folder).map(|()| Completion::Completed)
    }))
}

fn pip_is_read(folder: &Path) -> Result<(), Failed> {
    let machine = Live::new();
    let root = folder.display().to_string();
    let environment = Environment::read(&machine, &root);
    let pip = folder.join("bin/pip").display().to_string();
    let shebang = Shebang::read(&machine, &pip).ok_or("no first line")?;
    let program = PathBuf::from(shebang.program.as_str());
    equal("the folder of the program", &Some(folder.join("bin").as_path()), &program.parent())?;
    let roles = Roles::new(&machine, &environment);
    let role = roles.of(&pip).ok_or("no role")?;
    equal("the lesson", &"tree/pip", &role.lesson)?;
    equal("the owner", &Some("pip".to_owned()), &role.owner)?;
    let sizes = Sizes::walk(&machine, &root);
    let tree = Tree::read(&machine, &environment, &sizes, Options { depth: Some(usize::MAX), fold: None });
    equal("every file is in the tree", &sizes.total().files, &leaves(&tree.root))?;
    let du = on_path("du").ok_or("no du here")?;
    let ended = process::run(&Run::new(du).args(["-sb", "--apparent-size"]).arg(folder)).map_err(|error| error.to_string())?;
    let theirs: u64 = ended.text().split_whitespace().next().unwrap_or_default().parse().map_err(|_| "du said nothing")?;
    // du counts the folders themselves too.
    equal("no more bytes than du counts", &true, &(sizes.total().bytes < theirs && sizes.total().bytes * 2 > theirs))
}

fn leaves(node: &Node) -> u64 {
    let own = u64::from(node.kind != venv_explain::venv::tree::NodeKind::Folder);
    own + node.children.iter().map(leaves).sum::<u64>()
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, ours: &T) -> Result<(), Failed> {
    if expected == ours { Ok(()) } else { Err(format!("{what}: expected {expected:?}, told {ours:?}").into()) }
}
