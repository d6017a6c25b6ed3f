//! The first promise, watched from outside: a run starts no other program, opens no socket and opens nothing for writing.
//!
//! Only the kernel can tell, so `strace` watches; where it is absent or may not trace, the trials are reported as skipped.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests lay out folders and run the program under strace")]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use support::Scratch;

const COMMANDS: [&str; 9] = [
    "--format terminal",
    "tree --all --format plain",
    "config --format markdown",
    "which python pip ls --format json",
    "activate --shell bash",
    "activate --shell fish --format json",
    "syspath -v -- -I -c pass",
    "syspath --program python3 --format json",
    "packages --tree",
];

/// The calls that change the disk, start programs or open sockets, and those that open files.
const CALLS: &str = "trace=execve,execveat,socket,connect,open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,link,linkat,symlink,symlinkat,truncate,ftruncate";

fn main() {
    let arguments = Arguments::from_args();
    let watched = can_trace();
    let trials =
        COMMANDS.iter().map(|line| Trial::test(format!("only reads: {line}"), move || only_reads(line)).with_ignored_flag(!watched));
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    traced.is_ok_and(|status| status.success())
}

/// An environment whose every part would do harm if it were run.
fn environment(root: &Path) {
    let env = root.join(".venv");
    fs::create_dir_all(env.join("bin")).expect("room");
    fs::create_dir_all(env.join("lib/python3.12/site-packages")).expect("room");
    fs::write(env.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.1\n").expect("room");
    for name in ["bin/python", "bin/pip"] {
        fs::write(env.join(name), "#!/bin/sh\ntouch it-was-run\n").expect("room");
        fs::set_permissions(env.join(name), fs::Permissions::from_mode(0o755)).expect("ours");
    }
    fs::write(env.join("bin/activate"), format!("VIRTUAL_ENV='{}'\nX=$(touch it-was-run)\n", env.display())).expect("room");
    fs::write(env.join("lib/python3.12/site-packages/x.pth"), "import os; os.system('touch it-was-run')\n").expect("room");
}

fn only_reads(line: &str) -> Result<(), Failed> {
    let scratch = Scratch::new("reading-only");
    environment(scratch.path());
    let log = Scratch::new("reading-only-log");
    let log = log.path().join("calls");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(&log).args(["-e", CALLS, env!("CARGO_BIN_EXE_venv-explain")]).args(line.split(' '));
    let output = strace.current_dir(scratch.path()).env_remove("VIRTUAL_ENV").stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(format!("{line} exits with {}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    let calls = fs::read_to_string(&log)?;
    let started = calls.lines().filter(|call| call.contains("execve")).count();
    if started != 1 {
        return Err(format!("{started} programs were started:\n{calls}").into());
    }
    let reads = |call: &str| call.contains("execve(") || (call.contains("open") && call.contains("O_RDONLY") && !call.contains("O_CREAT"));
    // strace tells a call that another thread interrupts in two lines; the first holds what was asked. A thread that ends with the
    // program before its call could be read is told as `???(` and as detached: it asked for nothing.
    let asks = |call: &str| !["resumed>", "+++", "---", "???(", "<detached ...>"].iter().any(|telling| call.contains(telling));
    let beyond: Vec<&str> = calls.lines().filter(|call| asks(call) && !reads(call)).collect();
    if beyond.is_empty() { Ok(()) } else { Err(format!("more than reading:\n{}", beyond.join("\n")).into()) }
}
