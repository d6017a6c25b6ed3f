//! What the operating system starts when the learner types a name: a file found along PATH, behind a redirector or a stub.
//!
//! On Windows an environment's `python.exe` is a small program that starts the base's; a macOS framework's `bin/python3.X` is a stub
//! that becomes the program inside an application bundle. Both tell the interpreter who was called in `__PYVENV_LAUNCHER__`.

use super::disk::{Disk, Listings};
use super::generation::Release;
use super::scene::Halt;
use super::strings::strip;
use crate::machine::path::{Rules, realpath};
use crate::machine::{Fault, Kind, Machine, Platform, text};
use crate::venv::installation::Installation;

/// The interpreter that runs in the end.
pub(super) struct Started {
    /// `argv[0]` as it finds it.
    pub program: String,
    /// Its file.
    pub file: String,
    /// What is compiled into it.
    pub installation: Installation,
    /// `__PYVENV_LAUNCHER__`, where something on the way set it.
    pub launcher: Option<String>,
}

/// Longest `pyvenv.cfg` that the redirector reads.
const CONFIG_LIMIT: usize = 1 << 20;

/// Finds what `program`, as typed, starts; `known` is an installation that has been read already.
pub(super) fn find(disk: Disk<'_>, program: &str, known: Option<&Installation>) -> Result<Started, Halt> {
    let file = typed_file(disk, program).ok_or_else(|| not_started(disk, program))?;
    let installation = Installation::of_one_perhaps_known(disk.machine, &file, known);
    let started = Started { program: program.to_owned(), installation, file, launcher: None };
    match disk.machine.platform() {
        Platform::Windows => redirected(disk, started),
        Platform::Macos => Ok(behind_stub(disk, started)),
        Platform::Linux => Ok(started),
    }
}

/// As a shell says it.
fn not_started(disk: Disk<'_>, program: &str) -> Halt {
    let reason = match disk.machine.stat(program) {
        _ if !program.contains(disk.rules.sep()) => "command not found",
        Ok(meta) if meta.kind == Kind::Dir => "Is a directory",
        Ok(_) | Err(Fault::Denied) => "Permission denied",
        Err(Fault::NotADirectory) => "Not a directory",
        Err(Fault::Loop) => "Too many levels of symbolic links",
        Err(_) => "No such file or directory",
    };
    Halt::Fatal(format!("{program}: {reason}"))
}

/// Why a program cannot be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A bare name that no folder of PATH holds; everywhere it was looked for.
    NotOnPath(Vec<String>),
    /// Nothing is there, or a link that leads nowhere.
    Missing,
    /// A folder.
    Folder,
    /// A file that may not be run.
    NotExecutable,
}

impl Refused {
    fn of(disk: Disk<'_>, program: &str) -> Refused {
        if !names_a_file(disk, program) {
            return Refused::NotOnPath(candidates(disk, program));
        }
        match disk.machine.stat(program).map(|meta| meta.kind) {
            Ok(Kind::Dir) => Refused::Folder,
            Ok(_) | Err(Fault::Denied) => Refused::NotExecutable,
            Err(_) => Refused::Missing,
        }
    }
}

/// Why `program`, as typed, cannot be started on `machine`; `None` where it can, or where a link says what was meant.
pub fn refused(machine: &dyn Machine, program: &str) -> Option<Refused> {
    let listings = Listings::default();
    let disk = Disk::new(machine, &listings);
    let is_link = names_a_file(disk, program) && machine.link(program).is_ok();
    (typed_file(disk, program).is_none() && !is_link).then(|| Refused::of(disk, program))
}

fn names_a_file(disk: Disk<'_>, program: &str) -> bool {
    program.contains(disk.rules.sep()) || disk.rules.is_absolute(program)
}

/// As typed where there is a separator, else the first program of that name along PATH.
fn typed_file(disk: Disk<'_>, program: &str) -> Option<String> {
    if names_a_file(disk, program) {
        let runs = disk.is_executable(program) || (disk.machine.recorded() && disk.is_file(program));
        let known = runs || disk.machine.interpreter(program).is_some();
        return known.then(|| program.to_owned());
    }
    candidates(disk, program).into_iter().find(|file| disk.is_executable(file))
}

/// The files that a bare name may be, in the order of PATH.
fn candidates(disk: Disk<'_>, program: &str) -> Vec<String> {
    let rules = disk.rules;
    let path = disk.machine.var("PATH").unwrap_or_default();
    let folders = path.split(rules.list_separator());
    let spelled = folders.map(|folder| if folder.is_empty() { program.to_owned() } else { rules.join(folder, program) });
    let with_suffix = |file: String| match rules {
        Rules::Windows => vec![format!("{file}.exe"), file],
        Rules::Posix => vec![file],
    };
    let mut seen = std::collections::HashSet::new();
    spelled.flat_map(with_suffix).filter(|file| seen.insert(file.clone())).collect()
}

/// `PC/venvlauncher.c`: `home` of the `pyvenv.cfg` beside the program or one level above names the folder of the real one.
fn redirected(disk: Disk<'_>, started: Started) -> Result<Started, Halt> {
    let rules = disk.rules;
    let absolute = rules.abspath(&disk.machine.cwd().unwrap_or_default(), &started.file);
    let folder = rules.dirname(&absolute);
    let mut configs = [folder.clone(), rules.dirname(&folder)].into_iter().map(|folder| rules.join(&folder, "pyvenv.cfg"));
    if started.installation.version().is_some() {
        return Ok(started);
    }
    let Some(config) = configs.find(|config| disk.is_file(config)) else {
        // Only an environment's redirector is called so and lies there.
        let is_redirector = disk.machine.recorded() && rules.basename(&folder).eq_ignore_ascii_case("scripts");
        return if is_redirector { Err(Halt::Fatal("failed to locate pyvenv.cfg".to_owned())) } else { Ok(started) };
    };
    let bytes = disk.machine.read(&config, CONFIG_LIMIT).map_err(|fault| Halt::Fatal(format!("{config}: {fault}")))?;
    let content = text::decode(&bytes);
    let Some(home) = launcher_home(&content) else {
        return Err(Halt::Fatal(format!("No pyvenv.cfg home: {config}")));
    };
    let file = rules.join(home, &rules.basename(&started.file));
    if !disk.is_file(&file) {
        return Err(Halt::Fatal(format!("No Python at '\"{file}'")));
    }
    let installation = Installation::of(disk.machine, &file);
    let newer = installation.version().and_then(|version| version.parse::<Release>().ok()).is_none_or(|release| release.at_least(13));
    // Up to 3.12 the redirector (PC/launcher.c) puts the real program's path in front of the arguments.
    let program = if newer { started.program } else { file.clone() };
    Ok(Started { program, file, installation, launcher: Some(absolute) })
}

/// `find_home_value`: the first `home` of the file, later ones only at the start of a line.
fn launcher_home(content: &str) -> Option<&str> {
    let first = content.find("home").into_iter();
    let later = content.match_indices("\nhome").map(|(at, _)| at + 1);
    first.chain(later).find_map(|at| {
        let rest = content.get(at + "home".len()..)?.trim_start_matches([' ', '\t']);
        let value = rest.strip_prefix('=')?.lines().next()?;
        Some(strip(value)).filter(|value| !value.is_empty())
    })
}

/// `Mac/Tools/pythonw.c`: the stub resolves the folder that it lies in, not itself, and becomes the bundle's program.
fn behind_stub(disk: Disk<'_>, started: Started) -> Started {
    let build = &started.installation.build;
    let (Some(framework), Some(library)) = (&build.framework, &build.library) else { return started };
    let rules = disk.rules;
    let bundle = format!("{}/Resources/Python.app/Contents/MacOS/{framework}", rules.dirname(library));
    if rules.same(&started.installation.file, &bundle) {
        return started;
    }
    let absolute = rules.abspath(&disk.machine.cwd().unwrap_or_default(), &started.file);
    let folder = realpath(disk.machine, &rules.dirname(&absolute));
    let launcher = rules.join(&folder, &rules.basename(&absolute));
    Started { program: bundle.clone(), file: bundle, launcher: Some(launcher), ..started }
}
