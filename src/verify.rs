//! `--verify`: runs the real interpreter once and compares what it says with what was foretold. The only file that starts a process.

use crate::machine::Machine;
use crate::simulate::startup::{Origin, PathItem, Startup, Switches};
use crate::text;
use data_encoding::HEXLOWER_PERMISSIVE;
use serde::Serialize;
use std::ffi::OsString;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long the interpreter may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most that is read of what it prints, in bytes.
const OUTPUT_LIMIT: u64 = 4 << 20;

/// Prints each value as the hexadecimal digits of its bytes, so that no name can be mistaken: six attributes, the flag, then `sys.path`.
/// Imports nothing that `sys.path` could be changed by, and runs on every Python 3.
const PROBE: &str = "import sys
h = lambda v: '-' if v is None else '=' + ''.join('%02x' % b for b in v.encode('utf-8', 'surrogateescape'))
u = getattr(sys.modules.get('site'), 'ENABLE_USER_SITE', None)
n = 'executable _base_executable prefix exec_prefix base_prefix base_exec_prefix'.split()
sys.stdout.write('\\nfound ' + ' '.join([h(getattr(sys, k, None)) for k in n] + ['-' if u is None else str(bool(u))] + [h(p) for p in sys.path]) + '\\n')
";

/// What the comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Whether everything that was compared is equal.
    pub agrees: bool,
    /// Everything that was compared, in order.
    pub compared: Vec<Compared>,
    /// Whether `sys.path[0]` was left out, because the program asked for was not run.
    pub without_first: bool,
}

/// One value, foretold and real.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// `sys.prefix`, `sys.path[2]` …
    pub what: String,
    /// What was foretold.
    pub foretold: Option<String>,
    /// What the interpreter says.
    pub real: Option<String>,
}

impl Compared {
    /// Whether both are the same.
    pub fn agrees(&self) -> bool {
        self.foretold == self.real
    }
}

/// Runs `program` with these switches and compares what it says with `startup`.
/// The error says why nothing could be compared.
pub fn verify(machine: &dyn Machine, program: &str, switches: &Switches, startup: &Startup) -> Result<Verified, String> {
    let has_program = switches.other_program;
    let printed = run(machine, program, &switches.options, startup)?;
    let Some(words) = printed.lines().rev().find_map(|line| line.strip_prefix("found ")) else {
        return if startup.sys_path.is_none() && startup.fatal.is_some() {
            Ok(Verified { agrees: true, compared: Vec::new(), without_first: false })
        } else {
            Err("it stopped before its first line".to_owned())
        };
    };
    let mut real = words.split(' ').map(decoded);
    let names = ["sys.executable", "sys._base_executable", "sys.prefix", "sys.exec_prefix", "sys.base_prefix", "sys.base_exec_prefix"];
    let foretold = [
        &startup.executable,
        &startup.base_executable,
        &startup.prefix,
        &startup.exec_prefix,
        &startup.base_prefix,
        &startup.base_exec_prefix,
    ];
    let mut compared: Vec<Compared> = names
        .into_iter()
        .zip(foretold)
        .map(|(name, value)| Compared { what: name.to_owned(), foretold: value.clone(), real: real.next().flatten() })
        .collect();
    let flag = |on: bool| if on { "True" } else { "False" }.to_owned();
    compared.push(Compared {
        what: "site.ENABLE_USER_SITE".to_owned(),
        foretold: startup.user_site_enabled.map(flag),
        real: real.next().flatten(),
    });
    let skipped = usize::from(has_program);
    let first = |item: &PathItem| matches!(item.source, Origin::ScriptDir | Origin::Cwd);
    // The probe is always `-c`; of another program, the first item is its own.
    let ours = startup.sys_path.iter().flatten().filter(|item| !(has_program && first(item))).map(|item| Some(item.path.clone()));
    let theirs: Vec<Option<String>> = real.collect();
    let theirs = if has_program && theirs.first().is_some_and(|first| first.as_deref() == Some("")) { &theirs[1..] } else { &theirs[..] };
    compared.extend(paired(&ours.collect::<Vec<_>>(), theirs, skipped));
    Ok(Verified { agrees: compared.iter().all(Compared::agrees), compared, without_first: has_program })
}

fn paired(ours: &[Option<String>], theirs: &[Option<String>], skipped: usize) -> Vec<Compared> {
    let length = ours.len().max(theirs.len());
    let pick = |list: &[Option<String>], index: usize| list.get(index).cloned().flatten();
    (0..length)
        .map(|index| Compared { what: format!("sys.path[{}]", index + skipped), foretold: pick(ours, index), real: pick(theirs, index) })
        .collect()
}

fn decoded(word: &str) -> Option<String> {
    match word.strip_prefix('=') {
        Some(digits) => HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok().map(|bytes| text::decode(&bytes)),
        None if word == "-" => None,
        None => Some(word.to_owned()),
    }
}

#[expect(clippy::disallowed_methods, reason = "running the real interpreter is what --verify is for")]
fn run(machine: &dyn Machine, program: &str, options: &[String], startup: &Startup) -> Result<String, String> {
    let has_folder = program.contains(['/', '\\']);
    let file = if has_folder { Some(program) } else { startup.executable.as_deref().filter(|file| !file.is_empty()) };
    let file = file.ok_or_else(|| format!("{program} was not found on PATH"))?;
    let mut command = Command::new(native(file));
    command.args(options.iter().map(|option| native(option))).args(["-c", PROBE]).env_clear();
    command.envs(machine.vars().into_iter().map(|(name, value)| (native(&name), native(&value))));
    if let Some(folder) = machine.cwd() {
        command.current_dir(native(&folder));
    }
    name_as_typed(&mut command, program);
    command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{file}: {error}"))?;
    let mut pipe = child.stdout.take().ok_or("it has no output")?;
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error still counts; nobody is listening any more once time is up.
        let _ = pipe.by_ref().take(OUTPUT_LIMIT).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    let begun = Instant::now();
    while child.try_wait().map_err(|error| error.to_string())?.is_none() {
        if begun.elapsed() > PATIENCE {
            // Killing a process that has just ended is no failure.
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("it did not start within {} seconds", PATIENCE.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    // A process that start-up code left behind may hold the pipe open for ever.
    let bytes = receiver.recv_timeout(PATIENCE).map_err(|_| "its output did not end".to_owned())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Lets the interpreter see `argv[0]` as it was typed: a bare name is looked up by Python itself.
#[cfg(unix)]
fn name_as_typed(command: &mut Command, program: &str) {
    use std::os::unix::process::CommandExt as _;
    command.arg0(native(program));
}

#[cfg(not(unix))]
fn name_as_typed(_: &mut Command, _: &str) {}

#[cfg(unix)]
fn native(text: &str) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(text::encode(text))
}

#[cfg(not(unix))]
fn native(text: &str) -> OsString {
    OsString::from(text)
}
