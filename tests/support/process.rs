//! Programs run with an empty environment and a time limit.
//!
//! The environment is empty unless told otherwise, so that nothing of the developer's shell (PYTHONPATH, an active environment,
//! pyenv's shims) decides a test's result. Each program leads a process group of its own, and what is left of that group when the
//! time is over is killed with it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// What is run, and with what.
pub struct Run {
    /// The file that is executed.
    pub program: PathBuf,
    /// `argv[0]`, where it differs from `program`.
    pub arg0: Option<OsString>,
    /// `argv[1]` and following.
    pub arguments: Vec<OsString>,
    /// The whole environment.
    pub vars: BTreeMap<OsString, OsString>,
    /// The working folder; the test's own when `None`.
    pub cwd: Option<PathBuf>,
    /// What is written to its standard input.
    pub stdin: Vec<u8>,
    /// After which it is killed.
    pub limit: Duration,
}

/// How it ended.
pub struct Ended {
    /// Exit status; `None` when it was killed by a signal.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Run {
    /// `program` without arguments, variables or input. The limit is there for what hangs: even a busy machine needs far less.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arg0: None,
            arguments: Vec::new(),
            vars: BTreeMap::new(),
            cwd: None,
            stdin: Vec::new(),
            limit: Duration::from_secs(180),
        }
    }

    /// With further arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// With one more argument.
    pub fn arg(self, argument: impl AsRef<OsStr>) -> Self {
        self.args([argument])
    }

    /// With a variable.
    pub fn var(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.vars.insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        self
    }

    /// With the developer's own home folder and settings of installers: by these a registry is reached.
    pub fn online(self) -> Self {
        let starts = ["PIP_", "UV_", "SSL_", "REQUESTS_", "HTTP", "http", "NO_PROXY", "no_proxy"];
        let is_kept = |name: &str| name == "HOME" || starts.iter().any(|start| name.starts_with(start));
        let kept = std::env::vars().filter(|(name, _)| is_kept(name));
        kept.fold(self.var("PATH", "/usr/bin:/bin").var("LANG", "C.UTF-8"), |run, (name, value)| run.var(name, value))
    }

    /// In a working folder.
    pub fn cwd(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cwd = Some(folder.into());
        self
    }
}

impl Ended {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// Runs it to its end. A program that exceeds its time is killed and is an error of kind `TimedOut`.
pub fn run(run: &Run) -> io::Result<Ended> {
    let mut command = Command::new(&run.program);
    command.args(&run.arguments).env_clear().envs(&run.vars).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(arg0) = &run.arg0 {
        command.arg0(arg0);
    }
    if let Some(cwd) = &run.cwd {
        command.current_dir(cwd);
    }
    let end = Instant::now() + run.limit;
    let mut child = start(&mut command, end)?;
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    if let Some(stdin) = child.stdin.take() {
        feed(stdin, &run.stdin);
    }
    let ended = stdout.recv_timeout(remaining(end)).ok().zip(stderr.recv_timeout(remaining(end)).ok());
    if let Some(((stdout, stderr), status)) = ended.zip(wait(&mut child, end)?) {
        return Ok(Ended { status: status.code(), stdout, stderr });
    }
    kill(&mut child);
    Err(io::Error::new(io::ErrorKind::TimedOut, format!("still running after {} seconds", run.limit.as_secs())))
}

/// A program that was just written is busy while a process that another thread started in that moment still holds it open.
fn start(command: &mut Command, end: Instant) -> io::Result<Child> {
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && !remaining(end).is_zero() => {
                std::thread::sleep(Duration::from_millis(10));
            }
            started => return started,
        }
    }
}

/// Whether a file is there that may be executed.
pub fn is_executable(file: &Path) -> bool {
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Writes the input; what is longer than a pipe holds by a thread, as the program may not read it. One that stops before it has read
/// everything closes the pipe; that is its right.
fn feed(mut stdin: impl Write + Send + 'static, input: &[u8]) {
    const PIPE: usize = 4096;
    if input.len() <= PIPE {
        let _ = stdin.write_all(input);
        return;
    }
    let input = input.to_owned();
    std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

fn remaining(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}

/// Waits for the end of a program that has closed its output: nearly always it has ended by then.
fn wait(child: &mut Child, end: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        let status = child.try_wait()?;
        if status.is_some() || remaining(end).is_zero() {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Kills the program and all that it started and that stayed in its group.
fn kill(child: &mut Child) {
    let leader = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(leader) = leader {
        let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
