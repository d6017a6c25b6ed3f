//! Hostile folders: pipes and sockets where texts are expected, circles of links, giant files and folders, names that would
//! command a terminal. Each is survived within bounds and said to be what it is.

#![allow(clippy::type_complexity, reason = "a table of cases reads best as it is")]
#![allow(clippy::disallowed_methods, reason = "tests lay out folders")]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::Scratch;
use venv_explain::diagnose;
use venv_explain::machine::live::Live;
use venv_explain::venv::config::State;
use venv_explain::venv::locate::locate;
use venv_explain::venv::scripts::Shebang;
use venv_explain::venv::size::Sizes;
use venv_explain::venv::tree::{Options, Tree};
use venv_explain::venv::{Environment, maker::Tool};

/// An environment made by hand, healthy until a test spoils it.
fn environment(scratch: &Scratch) -> PathBuf {
    let root = scratch.path().join("env");
    fs::create_dir_all(root.join("bin")).expect("room");
    fs::create_dir_all(root.join("lib/python3.12/site-packages")).expect("room");
    fs::create_dir_all(scratch.path().join("base/bin")).expect("room");
    fs::write(scratch.path().join("base/bin/python3.12"), "").expect("room");
    let home = scratch.path().join("base/bin").display().to_string();
    fs::write(root.join("pyvenv.cfg"), format!("home = {home}\ninclude-system-site-packages = false\nversion = 3.12.1\n")).expect("room");
    symlink(scratch.path().join("base/bin/python3.12"), root.join("bin/python")).expect("room");
    fs::write(root.join("bin/activate"), format!("VIRTUAL_ENV=\"{}\"\n", root.display())).expect("room");
    root
}

fn read(root: &Path) -> Environment {
    Environment::read(&Live::new(), &root.display().to_string())
}

fn ids(root: &Path) -> Vec<&'static str> {
    let environment = read(root);
    let found = diagnose::findings(&Live::new(), &environment).into_iter();
    found
        .map(|finding| finding.id)
        .filter(|id| !matches!(*id, "no-pip" | "other-active" | "active-gone" | "pythonpath" | "conda-active"))
        .collect()
}

fn fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo");
    assert!(made.success());
}

#[test]
fn a_healthy_environment_has_no_findings() {
    let scratch = Scratch::new("hostile");
    assert_eq!(ids(&environment(&scratch)), Vec::<&str>::new());
}

#[test]
fn whatever_stands_in_the_place_of_pyvenv_cfg_is_said_to_be_what_it_is() {
    let spoil: [(&str, fn(&Path)); 7] = [
        ("config-missing", |_| ()),
        ("config-not-a-file", |path| fs::create_dir(path).expect("room")),
        ("config-not-a-file", fifo),
        ("config-not-a-file", |path| drop(UnixListener::bind(path).expect("room"))),
        ("config-not-a-file", |path| symlink("pyvenv.cfg", path).expect("room")),
        ("config-missing", |path| symlink("gone", path).expect("room")),
        ("config-too-big", |path| fs::File::create(path).and_then(|file| file.set_len(1 << 30)).expect("room")),
    ];
    for (id, spoil) in spoil {
        let scratch = Scratch::new("hostile");
        let root = environment(&scratch);
        fs::remove_file(root.join("pyvenv.cfg")).expect("it was there");
        spoil(&root.join("pyvenv.cfg"));
        assert_eq!(ids(&root), [id]);
        let named = root.display().to_string();
        assert_eq!(locate(&Live::new(), Some(&named)).expect("an environment").root, named);
    }
}

#[test]
fn an_unreadable_pyvenv_cfg_is_a_finding() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    fs::set_permissions(root.join("pyvenv.cfg"), fs::Permissions::from_mode(0o000)).expect("ours");
    // An administrator may read everything.
    let denied = fs::read(root.join("pyvenv.cfg")).is_err();
    assert_eq!(ids(&root), if denied { vec!["config-unreadable"] } else { vec![] });
}

#[test]
fn odd_contents_of_pyvenv_cfg_are_findings() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    let home = scratch.path().join("base/bin").display().to_string();
    let rest = "include-system-site-packages = false\n";
    let cases: [(Vec<u8>, &[&str]); 9] = [
        (b"".to_vec(), &["config-no-home"]),
        (rest.into(), &["config-no-home"]),
        (format!("\u{feff}home = {home}\n{rest}").into(), &["config-home-unseen"]),
        ([b"a = \0\nhome = ".to_vec(), home.clone().into(), b"\n".to_vec(), rest.into()].concat(), &["config-home-unseen"]),
        ([format!("home = {home}\n{rest}").into_bytes(), b"# \xff\n".to_vec()].concat(), &["config-bad-bytes"]),
        (format!("home = {home}\nhome = /x\n{rest}").into(), &["config-repeated"]),
        (format!("[venv]\nhome = {home}\nnonsense\n{rest}").into(), &["config-odd-lines"]),
        (format!("home = {home}\r\n{}\r\n", rest.trim()).into(), &[]),
        (format!("home = {home}\n").into(), &["system-site-by-default"]),
    ];
    for (text, expected) in cases {
        fs::write(root.join("pyvenv.cfg"), &text).expect("room");
        assert_eq!(ids(&root), expected, "{}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn links_in_circles_trap_neither_walk_nor_interpreter() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    fs::remove_file(root.join("bin/python")).expect("it was there");
    symlink("python3", root.join("bin/python")).expect("room");
    symlink("python", root.join("bin/python3")).expect("room");
    symlink("..", root.join("lib/up")).expect("room");
    symlink("/", root.join("everything")).expect("room");
    assert_eq!(ids(&root), ["base-gone"]);
    let sizes = Sizes::walk(&Live::new(), &root.display().to_string());
    assert_eq!(sizes.total().files, 6);
    let tree = Tree::read(&Live::new(), &read(&root), &sizes, Options { depth: Some(usize::MAX), fold: None });
    assert!(tree.root.children.iter().all(|child| child.name != "everything" || child.children.is_empty()));
}

#[test]
fn a_hundred_thousand_files_in_one_folder_fold() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    let site = root.join("lib/python3.12/site-packages");
    for number in 0..100_000 {
        fs::File::create(site.join(format!("m{number:06}.py"))).expect("room");
    }
    let started = Instant::now();
    let environment = read(&root);
    let sizes = Sizes::walk(&Live::new(), &root.display().to_string());
    let tree = Tree::read(&Live::new(), &environment, &sizes, Options::default());
    assert!(started.elapsed() < Duration::from_secs(90), "{:?}", started.elapsed());
    assert_eq!(sizes.total().files, 100_003);
    let folder = find(&tree.root, "site-packages").expect("shown");
    assert_eq!((folder.children.len(), folder.folded), (9, 99_991));
}

fn find<'a>(node: &'a venv_explain::venv::tree::Node, name: &str) -> Option<&'a venv_explain::venv::tree::Node> {
    if node.name == name { Some(node) } else { node.children.iter().find_map(|child| find(child, name)) }
}

#[test]
fn folders_in_folders_end_somewhere() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    let mut deep = root.join("lib/python3.12/site-packages");
    for _ in 0..300 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).expect("room");
    let sizes = Sizes::walk(&Live::new(), &root.display().to_string());
    assert!(sizes.total().incomplete);
    let tree = Tree::read(&Live::new(), &read(&root), &sizes, Options { depth: Some(usize::MAX), fold: None });
    assert_eq!(tree.root.size, None);
}

#[test]
fn names_that_would_command_a_terminal_are_a_finding() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    for name in ["\u{1b}[2Jx.py", "line\nbreak", "r\u{202e}yp.exe", "~ip"] {
        fs::create_dir(root.join("lib/python3.12/site-packages").join(name)).expect("room");
    }
    assert_eq!(ids(&root), ["odd-name", "leftover"]);
}

#[test]
fn a_script_that_is_no_text_is_not_read() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    let path = root.join("bin/tool");
    let text = path.display().to_string();
    fifo(&path);
    assert_eq!(Shebang::read(&Live::new(), &text), None);
    fs::remove_file(&path).expect("ours");
    fs::File::create(&path).and_then(|file| file.set_len(1 << 30)).expect("room");
    assert_eq!(Shebang::read(&Live::new(), &text), None);
    fs::write(&path, [b"#!".to_vec(), vec![b'x'; 1 << 20]].concat()).expect("room");
    assert!(Shebang::read(&Live::new(), &text).is_some_and(|shebang| shebang.text.len() < 10_000));
    fs::write(&path, b"MZ\0\0PK\x05\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").expect("room");
    assert_eq!(Shebang::read(&Live::new(), &text), None);
}

#[test]
fn what_goes_wrong_in_practice_is_found() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    fs::rename(&root, scratch.path().join("renamed")).expect("room");
    let root = scratch.path().join("renamed");
    assert_eq!(ids(&root), ["moved"]);
    fs::write(root.join("bin/activate"), format!("VIRTUAL_ENV='{}'\n", root.display())).expect("room");
    fs::write(root.join("bin/tool"), "#!/gone/bin/python\n").expect("room");
    fs::write(root.join("bin/other"), format!("#!{}\n", scratch.path().join("base/bin/python3.12").display())).expect("room");
    fs::write(root.join("bin/crlf"), "#!/usr/bin/python3\r\n").expect("room");
    assert_eq!(ids(&root), ["script-dead", "script-line-end", "script-foreign"]);
    for name in ["tool", "other", "crlf"] {
        fs::remove_file(root.join("bin").join(name)).expect("ours");
    }
    fs::rename(root.join("lib/python3.12"), root.join("lib/python3.11")).expect("room");
    assert_eq!(ids(&root), ["version-mismatch"]);
    fs::rename(root.join("lib/python3.11"), root.join("lib/python3.12")).expect("room");
    fs::remove_file(root.join("bin/activate")).expect("ours");
    assert_eq!(ids(&root), ["half-made"]);
    fs::remove_file(scratch.path().join("base/bin/python3.12")).expect("ours");
    assert!(ids(&root).contains(&"base-gone"));
    assert_eq!(read(&root).maker.tool, Tool::Venv);
}

#[test]
fn an_environment_without_its_file_still_tells_who_made_it() {
    let scratch = Scratch::new("hostile");
    let root = environment(&scratch);
    fs::remove_file(root.join("pyvenv.cfg")).expect("ours");
    for (text, tool) in [
        ("# This file must be used with \"source bin/activate\" *from bash*\n", Tool::Venv),
        ("# This file must be used with \"source bin/activate\" *from bash*\necho \"You must source this script\"\n", Tool::Virtualenv),
        ("# Copyright (c) 2020-202x The virtualenv developers\n", Tool::Uv),
        ("PATH=x\n", Tool::Unknown),
    ] {
        fs::write(root.join("bin/activate"), text).expect("room");
        let environment = read(&root);
        assert_eq!((environment.maker.tool, &environment.config.state), (tool, &State::Missing));
    }
}
