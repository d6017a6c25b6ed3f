//! The program itself over unusable and hostile input: what it exits with, that errors leave standard output empty, and that
//! nothing a file or a variable holds reaches the terminal as a command to it.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests lay out folders and run the program")]

mod support;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::Scratch;

/// One run's exit status, standard output and standard error.
struct Told {
    status: Option<i32>,
    shown: String,
    complaint: String,
}

/// The program with an environment of its own: a PATH and what `vars` names.
fn run(folder: &Path, words: &[&OsStr], vars: &[(&str, &OsStr)]) -> Told {
    let mut command = Command::new(env!("CARGO_BIN_EXE_venv-explain"));
    command.env_clear().env("PATH", "/usr/bin:/bin").envs(vars.iter().copied()).current_dir(folder).args(words).stdin(Stdio::null());
    let output = command.output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let told = Told { status: output.status.code(), shown: text(output.stdout), complaint: text(output.stderr) };
    assert!(!told.complaint.contains("panicked"), "{words:?}: {}", told.complaint);
    assert_eq!((obeyed(&told.shown), obeyed(&told.complaint)), (None, None), "{words:?} commands the terminal");
    told
}

fn words(line: &str) -> Vec<&OsStr> {
    line.split(' ').map(OsStr::new).collect()
}

/// The first character that a terminal obeys instead of showing it.
fn obeyed(text: &str) -> Option<char> {
    let marks = [
        '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    text.chars().find(|character| (character.is_control() && *character != '\n') || marks.contains(character))
}

fn environment(root: &Path) -> PathBuf {
    let packages = root.join("lib/python3.12/site-packages");
    fs::create_dir_all(&packages).expect("room");
    fs::create_dir_all(root.join("bin")).expect("room");
    fs::write(root.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.1\n").expect("room");
    symlink("/usr/bin/python3", root.join("bin/python")).expect("room");
    fs::write(root.join("bin/activate"), format!("VIRTUAL_ENV=\"{}\"\n", root.display())).expect("room");
    packages
}

const COMMANDS: [&str; 6] = ["", "tree --all", "config", "which python pip", "activate", "syspath"];
const FORMATS: [&str; 4] = ["terminal", "plain", "markdown", "json"];

/// Runs every command in every format, in `folder`, and returns what was told.
fn everything(folder: &Path, vars: &[(&str, &OsStr)]) -> Vec<Told> {
    let asked = COMMANDS.iter().flat_map(|command| FORMATS.iter().map(move |format| format!("{command} --format {format} --width 40")));
    asked.map(|line| run(folder, &words(line.trim_start()), vars)).collect()
}

#[test]
fn unusable_input_exits_with_2_says_why_and_prints_nothing() {
    let scratch = Scratch::new("bad-input");
    let room = scratch.path();
    fs::write(room.join("later.yaml"), "venv-explain: capture/2\n").expect("room");
    fs::write(room.join("broken.yaml"), "venv-explain: capture/1\nplatform: [\n").expect("room");
    fs::write(room.join("deep.yaml"), format!("venv-explain: capture/1\nfiles: {}", "[".repeat(100_000))).expect("room");
    fs::write(room.join("file"), "").expect("room");
    fs::create_dir(room.join("empty")).expect("room");
    symlink("round", room.join("round")).expect("room");
    for (line, says) in [
        ("", "no virtual environment found"),
        ("nowhere", "nowhere"),
        ("empty", "empty"),
        ("file", "file"),
        ("round", "round"),
        ("--capture nowhere.yaml", "nowhere.yaml"),
        ("--capture empty", "empty"),
        ("--capture later.yaml", "later.yaml:1:15"),
        ("--capture broken.yaml", "broken.yaml:2:"),
        ("--capture deep.yaml", "deep.yaml:"),
        ("--sample nowhere", "expected one of"),
        ("--sample linux --lessons nowhere", "nowhere"),
        ("--sample linux --lessons empty", "no lessons in empty"),
        ("--sample linux --env NAME", "NAME"),
        ("--sample linux --unset NAME=VALUE", "NAME=VALUE"),
        ("--sample linux --cwd /home/ada/app/.venv/pyvenv.cfg", "not a folder"),
        ("--cwd nowhere", "nowhere"),
        ("--cwd file", "file"),
        ("--sample linux --whatif nonsense", "nonsense"),
        ("--sample linux --width 39", "39"),
        ("--sample linux --shell nonsense", "nonsense"),
        ("--sample linux --format nonsense", "nonsense"),
        ("--sample linux --output nowhere/page.txt", "nowhere/page.txt"),
        ("which", "COMMAND"),
    ] {
        let line = words(line).into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
        let told = run(room, &line, &[]);
        assert_eq!((told.status, told.shown.as_str()), (Some(2), ""), "{line:?}: {}", told.complaint);
        assert!(told.complaint.contains(says), "{line:?}: {}", told.complaint);
    }
    assert!(!room.join("nowhere").exists());
}

#[test]
fn names_and_texts_that_would_command_a_terminal_are_shown_harmless_in_every_format() {
    let scratch = Scratch::new("bad-input");
    let names: [&[u8]; 8] = [
        b"\x1b[31mred",
        b"new\nline",
        b"cr\rtab\t",
        "\u{202e}gnp.exe".as_bytes(),
        "\u{9b}31m".as_bytes(),
        b"\xff\xfe",
        b"\x7f",
        "\u{2066}x".as_bytes(),
    ];
    for name in names {
        let root = scratch.path().join(OsStr::from_bytes(name));
        let packages = environment(&root);
        let mut config = fs::read(root.join("pyvenv.cfg")).expect("just written");
        for name in names {
            fs::write(packages.join(OsStr::from_bytes(name)), "").expect("room");
            fs::write(root.join("bin").join(OsStr::from_bytes(name)), [b"#!", name].concat()).expect("room");
            let papers = packages.join(OsStr::from_bytes(&[name, b"-1.0.dist-info"].concat()));
            fs::create_dir(&papers).expect("room");
            fs::write(papers.join("METADATA"), [b"Name: ", name, b"\nVersion: ", name, b"\n"].concat()).expect("room");
            config = [&config, name, b" = ", name, b"\n"].concat();
        }
        fs::write(root.join("pyvenv.cfg"), config).expect("room");
    }
    let root = scratch.path().join(OsStr::from_bytes(names[0]));
    let path = OsString::from("/usr/bin:/\u{1b}[1m:/new\nline:rel::");
    for told in everything(&root, &[("VIRTUAL_ENV", root.as_os_str()), ("PATH", &path), ("PYTHONPATH", OsStr::from_bytes(b"/\xff\x1b[2J"))])
    {
        assert_eq!(told.status, Some(0), "{}", told.complaint);
    }
    for name in names {
        let told = run(scratch.path(), &[OsStr::from_bytes(name), OsStr::new("--format=json")], &[]);
        assert_eq!((told.status, told.complaint.as_str()), (Some(0), ""), "{name:?}");
    }
}

#[test]
fn what_is_no_regular_file_is_neither_waited_for_nor_read() {
    let scratch = Scratch::new("bad-input");
    let root = scratch.path().join("env");
    let packages = environment(&root);
    for name in ["bin/activate", "bin/python"] {
        fs::remove_file(root.join(name)).expect("ours");
    }
    let pipes = [root.join("bin/activate"), root.join("bin/pip"), packages.join("a.pth"), root.join("lib/pipe")];
    assert!(Command::new("mkfifo").arg("-m").arg("777").args(&pipes).status().expect("mkfifo").success());
    let _socket = UnixListener::bind(root.join("bin/python")).expect("a socket");
    symlink("b.pth", packages.join("b.pth")).expect("room");
    fs::create_dir_all(packages.join("x-1.0.dist-info/RECORD")).expect("room");
    fs::create_dir_all(packages.join("x-1.0.dist-info/METADATA")).expect("room");
    let big = fs::File::create(root.join("bin/wheel")).expect("room");
    big.set_len(1 << 30).expect("a sparse file");
    big.set_permissions(fs::Permissions::from_mode(0o755)).expect("ours");
    for told in everything(&root, &[("VIRTUAL_ENV", root.as_os_str())]) {
        match told.status {
            Some(0) => assert!(!told.shown.is_empty()),
            // Without a usable python there is no start to foretell.
            Some(2) => assert!(told.shown.is_empty() && told.complaint.contains("bin"), "{}", told.complaint),
            other => panic!("exits with {other:?}"),
        }
    }
}

#[test]
fn a_deleted_working_folder_is_named_as_such() {
    let scratch = Scratch::new("bad-input");
    let gone = scratch.path().join("gone");
    fs::create_dir(&gone).expect("room");
    let script = format!("rmdir '{}' && exec '{}'", gone.display(), env!("CARGO_BIN_EXE_venv-explain"));
    let output = Command::new("sh").args(["-c", &script]).env_remove("VIRTUAL_ENV").current_dir(&gone).output().expect("sh runs");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("deleted"));
}

#[test]
fn a_reader_that_closes_the_pipe_early_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_venv-explain"))
        .args(["--sample", "linux", "--format", "json", "-v", "tree", "--all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let mut complaint = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut complaint).expect("UTF-8");
    assert_eq!((child.wait().expect("it ends").code(), complaint.as_str()), (Some(0), ""));
}

#[test]
fn what_stands_on_standard_input_is_a_capture_only_where_it_is_one() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_venv-explain"))
        .args(["--capture", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("piped").write_all(b"\x1b[31m\xff\x00").expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert_eq!(obeyed(&String::from_utf8_lossy(&output.stderr)), None);
    assert!(!output.stderr.is_empty());
}
