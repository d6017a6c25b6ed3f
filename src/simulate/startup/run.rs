//! The order of the stages.

use super::command_line::{self, CommandLine, Program, Stop};
use super::disk::{Disk, Listings};
use super::generation::{Core, Release};
use super::locale::{Codec, Encodings};
use super::scene::{Flags, Halt, Paths, Scene};
use super::steps::{self, Account};
use super::strings::Strings;
use super::{Launch, Origin, Outcome, PathItem, Startup, Step};
use super::{argv0, classic, library, modern, modules, pypy, settings, site, started};
use crate::machine::{Machine, Platform};
use crate::venv::installation::{Implementation, Installation};
use std::collections::HashSet;

/// What the interpreter named in `launch` ends up with when it is started on `machine`: prefixes, `sys.path`, and every step on the
/// way. Follows `Modules/getpath.*`, `Lib/site.py` and `Modules/main.c` of the interpreter's own release.
pub fn start(machine: &dyn Machine, launch: &Launch) -> Startup {
    start_with(machine, launch, None)
}

/// The same, where an installation has been read already that may be the one that is started.
pub fn start_with(machine: &dyn Machine, launch: &Launch, known: Option<&Installation>) -> Startup {
    let mut account = Account::default();
    let mut told = Told::default();
    let listings = Listings::default();
    let disk = Disk::new(machine, &listings);
    let halt = follow(disk, launch, known, &mut account, &mut told).err();
    finish(disk, told, account, halt)
}

/// What is known of the result at any moment.
#[derive(Default)]
pub(super) struct Told {
    implementation: Option<String>,
    version: Option<String>,
    paths: Option<Paths>,
    user_site: Option<bool>,
    sys_path: Option<Vec<PathItem>>,
}

fn follow(disk: Disk<'_>, launch: &Launch, known: Option<&Installation>, account: &mut Account, told: &mut Told) -> Result<(), Halt> {
    let scene = set_the_scene(disk, launch, known, account, told)?;
    let arguments = if launch.arguments.is_empty() { vec!["-c".to_owned(), "pass".to_owned()] } else { launch.arguments.clone() };
    let line = command_line::parse(&arguments, scene.release, scene.installation.implementation).map_err(|stop| stopped(&stop))?;
    let mut flags = settle_flags(&scene, &line);
    let shown = arguments.join(" ");
    account.push(Step::new(steps::COMMAND_LINE, Outcome::Set, "Python/initconfig.c: config_parse_cmdline").value(shown));
    settings::check(&scene, &line, flags, account)?;
    // A `._pth` file switches variables off only once it is found; what was read before counts.
    let read_before = flags;
    let paths = match (scene.installation.implementation, scene.release.core()) {
        (Implementation::CPython, Core::Modern) => modern::paths(&scene, &mut flags, account)?,
        (Implementation::CPython, Core::Classic) if scene.platform == Platform::Windows => {
            classic::windows::paths(&scene, &mut flags, account)?
        }
        (Implementation::CPython, Core::Classic) => classic::paths(&scene, flags, account)?,
        (Implementation::PyPy, _) => pypy::paths(&scene, flags, account)?,
        (Implementation::GraalPy, _) => return Err(Halt::unknown("sys.path", "GraalPy's rules are not known")),
    };
    told.paths = Some(paths.clone());
    library::find_early(&scene, &line, (read_before, flags), &paths, account)?;
    let mut items = paths.items.clone();
    if flags.no_site {
        account.push(Step::new(steps::SITE, Outcome::Skipped, "Python/pylifecycle.c: init_import_site"));
    } else {
        match library::find_site(&scene, &line, flags, &paths, account) {
            // PyPy prints "'import site' failed" and goes on.
            Err(Halt::SiteFailed) => account.push(Step::new(steps::SITE, Outcome::Fatal, "pypy/interpreter/app_main.py")),
            Err(halt) => return Err(halt),
            Ok(vendor) => {
                let ended = site::run(&scene, vendor, flags, paths, account)?;
                told.user_site = ended.user_site;
                items = ended.path;
                told.paths = Some(ended.paths);
            }
        }
    }
    if let Some(first) = argv0::first_item(&scene, &line, flags, account)? {
        items.insert(0, first);
    }
    library::find_linecache(&scene, &line, &items, account)?;
    if let Program::Module(name) = &line.program
        && let Some(why) = modules::no_name(name).or_else(|| {
            let certain = account.unknown.is_empty() && !account.hooks_imports();
            certain.then(|| modules::not_runnable(scene.disk, &items, name)).flatten()
        })
    {
        let executable = told.paths.as_ref().map_or(scene.program.as_str(), |paths| paths.executable.as_str());
        return Err(Halt::Fatal(format!("{executable}: {why}")));
    }
    told.sys_path = Some(items);
    Ok(())
}

fn stopped(stop: &Stop) -> Halt {
    match stop {
        Stop::Asked(what) => Halt::Fatal(format!("Python prints its {what} and stops; no program runs")),
        Stop::Unusable(message) => Halt::Fatal(message.clone()),
    }
}

/// Finds the program, and what is compiled into it.
pub(super) fn set_the_scene<'m>(
    disk: Disk<'m>,
    launch: &Launch,
    known: Option<&Installation>,
    account: &mut Account,
    told: &mut Told,
) -> Result<Scene<'m>, Halt> {
    let machine = disk.machine;
    let platform = machine.platform();
    let started = started::find(disk, &launch.program, known)?;
    let installation = started.installation;
    told.implementation = Some(installation.implementation.name().to_owned());
    told.version.clone_from(&installation.build.version);
    if let Some(library) = &installation.missing_library {
        let message = format!("error while loading shared libraries: {library}: cannot open shared object file: No such file or directory");
        return Err(Halt::Fatal(format!("{}: {message}", launch.program)));
    }
    let release = installation.build.version.as_deref().and_then(|version| version.parse::<Release>().ok());
    let Some(release) = release else {
        return Err(Halt::unknown("version", "no file tells which version of Python this program is"));
    };
    if !release.at_least(6) {
        return Err(Halt::unknown("sys.path", "the rules of Python before 3.6 are not followed"));
    }
    let step =
        Step::new(steps::INSTALLATION, Outcome::Found, "include/pythonX.Y/patchlevel.h, _sysconfigdata_*.py").value(release.to_string());
    account.push(match &installation.version_from.file {
        Some(file) => step.file(file),
        None => step,
    });
    Ok(Scene {
        strings: Strings::new(disk.rules, machine.cwd()),
        disk,
        platform,
        release,
        program: started.program,
        real_executable: (platform != Platform::Linux).then_some(started.file),
        launcher: started.launcher,
        installation,
    })
}

/// `PyConfig` after command line and variables.
pub(super) fn settle_flags(scene: &Scene<'_>, line: &CommandLine) -> Flags {
    let mut flags = Flags {
        isolated: line.isolated,
        ignore_environment: line.ignore_environment,
        no_user_site: line.no_user_site,
        no_site: line.no_site,
        safe_path: line.safe_path,
        encodings: Encodings { pth: Codec::Utf8, file_system: Codec::Utf8 },
    };
    flags.encodings = Encodings::of(scene, line, flags);
    if let Some(value) = scene.python_var("PYTHONNOUSERSITE", flags) {
        let number = scene.release.flags_are_numbers() && scene.installation.implementation == Implementation::CPython;
        flags.no_user_site |= !number || is_switched_on(&value);
    }
    if scene.release.has_safe_path() && scene.python_var("PYTHONSAFEPATH", flags).is_some() {
        flags.safe_path = true;
    }
    flags
}

/// `_Py_get_env_flag`: a number other than zero, or anything that is no number.
fn is_switched_on(value: &str) -> bool {
    let digits = value.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    digits.is_empty() || digits.chars().any(|digit| digit != '0')
}

fn finish(disk: Disk<'_>, told: Told, account: Account, halt: Option<Halt>) -> Startup {
    let mut account = account;
    let fatal = match halt {
        Some(Halt::Fatal(message)) => Some(message),
        Some(Halt::Unknown { what, why }) => {
            if told.paths.is_none() {
                account.unknown("the executable and the prefixes", why.clone());
            }
            if told.sys_path.is_none() {
                account.unknown("sys.path", why.clone());
            }
            account.unknown(what, why);
            None
        }
        Some(Halt::SiteFailed) | None => None,
    };
    if let (Some("pypy"), Some(version)) = (told.implementation.as_deref(), &told.version)
        && version.matches('.').count() < 2
    {
        account.unknown("version", format!("no small file tells the patch level of PyPy {version}"));
    }
    let mut sys_path = told.sys_path;
    for item in sys_path.iter_mut().flatten() {
        item.exists = if item.path.is_empty() { disk.machine.cwd().is_some() } else { disk.exists(&item.path) };
    }
    if let Some(items) = &sys_path {
        let there: HashSet<&str> = items.iter().map(|item| item.path.as_str()).collect();
        account.left_out.retain(|left| !there.contains(left.path.as_str()));
    }
    account.left_out.retain(|left| left.source != Origin::Pth || sys_path.is_some());
    let failed = fatal.is_some();
    let paths = told.paths.filter(|_| !failed);
    let of = |field: fn(&Paths) -> &String| paths.as_ref().map(|paths| field(paths).clone());
    Startup {
        schema: "venv-explain/syspath/1",
        implementation: told.implementation,
        version: told.version,
        executable: of(|paths| &paths.executable),
        base_executable: paths.as_ref().and_then(|paths| paths.base_executable.clone()),
        prefix: of(|paths| &paths.prefix),
        exec_prefix: of(|paths| &paths.exec_prefix),
        base_prefix: of(|paths| &paths.base_prefix),
        base_exec_prefix: of(|paths| &paths.base_exec_prefix),
        user_site_enabled: told.user_site,
        sys_path,
        steps: account.steps,
        unknown: account.unknown,
        fatal,
        left_out: account.left_out,
    }
}
