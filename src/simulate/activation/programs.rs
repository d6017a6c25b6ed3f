//! Programs that activation scripts call and whose output follows from the machine: `uname`, `basename`, `dirname`, `realpath`,
//! `readlink -f`, `cygpath`. No program can change a variable of the shell that starts it.

use crate::machine::path::realpath;
use crate::machine::{Kind, Machine, Platform};

/// The folders where an operating system keeps its own programs. A recorded machine need not list what is in them.
const SYSTEM: &[&str] = &["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/run/current-system/sw/bin", "/usr/xpg7/bin"];

/// The programs that are understood here.
const UNDERSTOOD: &[&str] = &["uname", "basename", "dirname", "realpath", "readlink", "test"];

/// What a shell's variables tell about the system below it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told<'t> {
    /// `$OSTYPE`.
    pub(super) ostype: Option<&'t str>,
    /// `$MSYSTEM`, by which MSYS2 names its systems.
    pub(super) msystem: Option<&'t str>,
}

/// The file that a name means on this PATH; an empty item is the working folder.
pub(super) fn find_on(machine: &dyn Machine, path: &str, name: &str) -> Option<String> {
    let runs = |file: &str| machine.stat(file).is_ok_and(|meta| meta.kind == Kind::File && meta.runnable);
    if name.contains('/') {
        return runs(name).then(|| name.to_owned());
    }
    path.split(':').find_map(|folder| {
        let folder = if folder.is_empty() { "." } else { folder };
        let file = format!("{}/{name}", folder.trim_end_matches('/'));
        let assumed = machine.recorded() && SYSTEM.contains(&folder) && UNDERSTOOD.contains(&name);
        (assumed || runs(&file)).then_some(file)
    })
}

/// What a program prints; `Ok(None)` when it fails, `Err` tells why its output is not known.
pub(super) fn output(machine: &dyn Machine, file: &str, words: &[&str], told: Told, line: u32) -> Result<Option<String>, String> {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let folder = machine.platform().rules().normpath(folder);
    let folder = folder.strip_prefix('/').filter(|folder| folder.starts_with('/')).unwrap_or(&folder);
    let not_run = |what: &str| Err(format!("line {line}: what {what} prints is not known without running it"));
    if !SYSTEM.contains(&folder) && name != "cygpath" {
        return not_run(file);
    }
    let operands: Vec<&str> = words.iter().copied().filter(|word| *word != "--").collect();
    let text = match (name, operands.as_slice()) {
        ("uname", [] | ["-s"]) => uname(machine, told)?,
        ("basename", [path]) => basename(path, ""),
        ("basename", [path, suffix]) if !path.starts_with('-') => basename(path, suffix),
        ("dirname", [path]) => dirname(path),
        ("realpath", [path]) | ("readlink", ["-f", path]) if !path.starts_with('-') => match resolved(machine, path) {
            Some(path) => path,
            None => return Ok(None),
        },
        ("cygpath", ["-u", path] | [path]) => match cygpath(path, told) {
            Some(path) => path,
            None => return not_run(name),
        },
        _ => return not_run(name),
    };
    Ok(Some(text + "\n"))
}

fn uname(machine: &dyn Machine, told: Told) -> Result<String, String> {
    match (machine.platform(), told.ostype) {
        (Platform::Linux, _) => Ok("Linux".to_owned()),
        (Platform::Macos, _) => Ok("Darwin".to_owned()),
        (Platform::Windows, Some("cygwin")) => Ok("CYGWIN_NT-10.0".to_owned()),
        (Platform::Windows, Some("msys")) => match told.msystem {
            Some(system) if system.starts_with("MINGW") || system.starts_with("MSYS") => Ok(format!("{system}_NT-10.0")),
            _ => Err("which of MSYS2's systems this is, MSYSTEM would tell".to_owned()),
        },
        (Platform::Windows, _) => Err("whether the shell is of Cygwin or MSYS is not known; OSTYPE would tell".to_owned()),
    }
}

/// realpath(1) lets the last part be missing, but not a folder on the way.
fn resolved(machine: &dyn Machine, path: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    let real = realpath(machine, path);
    let parent = machine.platform().rules().dirname(&real);
    machine.stat(&parent).is_ok_and(|meta| meta.kind == Kind::Dir).then_some(real)
}

/// `D:\path` as `/d/path` (MSYS) or `/cygdrive/d/path` (Cygwin), where these folders are mounted by default.
fn cygpath(path: &str, told: Told) -> Option<String> {
    let drive = match told.ostype {
        Some("msys") => "/",
        Some("cygwin") => "/cygdrive/",
        _ => return None,
    };
    let slashed = path.replace('\\', "/");
    Some(match slashed.split_once(":/") {
        Some((letter, rest)) if letter.len() == 1 => format!("{drive}{}/{rest}", letter.to_lowercase()),
        _ => slashed,
    })
}

/// POSIX.1-2024, `basename`.
pub(super) fn basename(path: &str, suffix: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() { String::new() } else { "/".to_owned() };
    }
    let name = trimmed.rsplit('/').next().unwrap_or(trimmed);
    match name.strip_suffix(suffix) {
        Some(stem) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// POSIX.1-2024, `dirname`.
fn dirname(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        None if trimmed.is_empty() && !path.is_empty() => "/".to_owned(),
        None => ".".to_owned(),
        Some((folder, _)) => {
            let folder = folder.trim_end_matches('/');
            if folder.is_empty() { "/".to_owned() } else { folder.to_owned() }
        }
    }
}
