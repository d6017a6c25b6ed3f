//! `sys.path[0]`: what the program's own place adds in front, after everything else.

use super::command_line::{CommandLine, Program};
use super::disk::item;
use super::scene::{Flags, Halt, Scene};
use super::steps::{self, Account};
use super::{Origin, Outcome, PathItem, Step};
use crate::machine::{Fault, Kind, path::realpath};
use crate::venv::Source;
use crate::venv::installation::Implementation;

const RULE: &str = "Python/pathconfig.c: _PyPathConfig_ComputeSysPath0";

/// Longest archive in which the directory at its end is looked for.
const ARCHIVE_LIMIT: usize = 64 << 20;

/// The item that goes in front of `sys.path`, if one does; or why the program never runs.
pub(super) fn first_item(scene: &Scene<'_>, line: &CommandLine, flags: Flags, account: &mut Account) -> Result<Option<PathItem>, Halt> {
    let item = match &line.program {
        Program::File(file) => of_file(scene, file, flags)?,
        Program::Module(_) | Program::Code | Program::Input if flags.safe_path => None,
        Program::Module(_) => of_module(scene),
        Program::Code | Program::Input => Some(item(String::new(), Origin::Cwd, steps::FIRST_ITEM, Source::default())),
    };
    match &item {
        Some(item) => account.push(Step::new(steps::FIRST_ITEM, Outcome::Added, RULE).value(item.path.clone())),
        None => leave_out(scene, line, account),
    }
    Ok(item)
}

/// With `-I`, `-P` or `PYTHONSAFEPATH` the program's own place stays away.
fn leave_out(scene: &Scene<'_>, line: &CommandLine, account: &mut Account) {
    account.push(Step::new(steps::FIRST_ITEM, Outcome::Skipped, RULE));
    let cwd = scene.disk.machine.cwd().unwrap_or_default();
    let (folder, source) = match &line.program {
        Program::File(file) => {
            let real = realpath(scene.disk.machine, &scene.disk.rules.abspath(&cwd, file));
            (scene.disk.rules.dirname(&real), Origin::ScriptDir)
        }
        Program::Code | Program::Module(_) | Program::Input => (cwd, Origin::Cwd),
    };
    account.leave_out(&folder, source, steps::FIRST_ITEM, Source::default());
}

/// `-m`: the working folder since 3.7, an empty item before; none where the folder is gone.
fn of_module(scene: &Scene<'_>) -> Option<PathItem> {
    let path = if scene.release.at_least(7) { scene.disk.machine.cwd()? } else { String::new() };
    Some(item(path, Origin::Cwd, steps::FIRST_ITEM, Source::default()))
}

fn of_file(scene: &Scene<'_>, file: &str, flags: Flags) -> Result<Option<PathItem>, Halt> {
    let pypy = scene.installation.implementation == Implementation::PyPy;
    let absolute = match scene.disk.machine.cwd() {
        Some(cwd) if pypy => scene.disk.rules.abspath(&cwd, file),
        _ if scene.release.at_least(9) => made_absolute(scene, file),
        _ => file.to_owned(),
    };
    if holds_main(scene, &absolute)? {
        return Ok(Some(item(absolute, Origin::ScriptDir, steps::FIRST_ITEM, Source::default())));
    }
    if let Err(fault) = scene.disk.machine.stat(if pypy { &absolute } else { file }) {
        return Err(Halt::Fatal(cannot_open(scene, &absolute, &fault)));
    }
    if flags.safe_path {
        return Ok(None);
    }
    if pypy {
        // pypy/interpreter/app_main.py follows a link to the script, not the folders on the way.
        let folder = super::pypy::resolved_folder(scene, &absolute);
        return Ok(Some(item(folder, Origin::ScriptDir, steps::FIRST_ITEM, Source::default())));
    }
    let real = realpath(scene.disk.machine, &absolute);
    let folder = scene.disk.rules.dirname(&real);
    Ok(Some(item(folder, Origin::ScriptDir, steps::FIRST_ITEM, Source::default())))
}

fn cannot_open(scene: &Scene<'_>, file: &str, fault: &Fault) -> String {
    let reason = match fault {
        Fault::Missing => "[Errno 2] No such file or directory",
        Fault::Denied => "[Errno 13] Permission denied",
        Fault::NotADirectory => "[Errno 20] Not a directory",
        Fault::Loop => "[Errno 40] Too many levels of symbolic links",
        _ => "it cannot be read",
    };
    let name = scene.program.as_str();
    format!("{name}: can't open file '{file}': {reason}")
}

/// `config_run_filename_abspath` (3.9): the working folder in front, nothing normalised, `.` is the folder itself.
fn made_absolute(scene: &Scene<'_>, file: &str) -> String {
    match scene.disk.machine.cwd() {
        Some(cwd) if !scene.disk.rules.is_absolute(file) => {
            if file == "." && scene.release.at_least(11) {
                cwd
            } else {
                format!("{cwd}{}{file}", scene.disk.rules.sep())
            }
        }
        _ => file.to_owned(),
    }
}

/// Whether the argument is a folder or an archive that Python looks for `__main__` in.
fn holds_main(scene: &Scene<'_>, file: &str) -> Result<bool, Halt> {
    let machine = scene.disk.machine;
    match machine.stat(file).map(|meta| meta.kind) {
        Ok(Kind::Dir) => {
            let main = ["__main__.py", "__main__.pyc"].iter().any(|name| scene.disk.is_file(&scene.disk.rules.join(file, name)));
            let package = scene.disk.is_file(&scene.disk.rules.join(&scene.disk.rules.join(file, "__main__"), "__init__.py"));
            if main || package {
                return Ok(true);
            }
            Err(Halt::Fatal(format!("{}: can't find '__main__' module in '{file}'", scene.program)))
        }
        Ok(Kind::File) => match machine.read(file, ARCHIVE_LIMIT) {
            Ok(bytes) => Ok(is_archive(&bytes)),
            Err(Fault::TooBig { .. }) => Err(Halt::unknown("sys.path[0]", "the program is too large to be looked at")),
            Err(_) => Ok(false),
        },
        _ => Ok(false),
    }
}

/// `zipimport`: the end-of-central-directory record, followed by nothing but its comment.
fn is_archive(bytes: &[u8]) -> bool {
    const RECORD: usize = 22;
    const LONGEST_COMMENT: usize = 65_535;
    let start = bytes.len().saturating_sub(RECORD + LONGEST_COMMENT);
    bytes.get(start..).is_some_and(|tail| memchr::memmem::rfind(tail, b"PK\x05\x06").is_some_and(|at| at + RECORD <= tail.len()))
}
