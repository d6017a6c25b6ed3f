//! The folders that PATH is made of, and the PATHs made of them. `@` stands for the folder that holds them all.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

/// The commands asked for under every condition: in some folders, in one, behind links, in none.
pub const COMMANDS: &[&str] = &["tool", "python", "python3", "pip", "only-b", "nosuch-command"];

/// A name, and PATH; `None` is unset.
pub const CONDITIONS: &[(&str, Option<&str>)] = &[
    ("two folders", Some("@/a:@/b")),
    ("the other way round", Some("@/b:@/a")),
    ("a folder that is not there", Some("@/nope:@/b")),
    ("a file in place of a folder", Some("@/file:@/b")),
    ("below a file", Some("@/file/sub:@/b")),
    ("an empty item first", Some(":@/a")),
    ("an empty item in the middle", Some("@/dangling::@/a")),
    ("an empty item last", Some("@/b:")),
    ("two empty items", Some("::@/a")),
    ("an empty item first and last", Some(":@/a:")),
    ("only a colon", Some(":")),
    ("set to nothing", Some("")),
    ("unset", None),
    ("a dot", Some(".:@/a")),
    ("a dot with a slash", Some("./:@/a")),
    ("a relative folder", Some("rel:@/a")),
    ("a relative folder with a dot", Some("./rel:@/a")),
    ("a relative folder that is not there", Some("nope:@/b")),
    ("one folder up", Some("../b:@/a")),
    ("up and down again", Some("@/b/../a:@/b")),
    ("up from a folder that is not there", Some("@/nope/../a:@/b")),
    ("up from a link", Some("@/link/../a:@/b")),
    ("a tilde", Some("~/own:@/a")),
    ("a tilde alone", Some("~:@/a")),
    ("a tilde inside", Some("@/~/own:@/a")),
    ("another account's tilde", Some("~nobody-of-that-name/own:@/a")),
    ("the same folder twice", Some("@/a:@/b:@/a")),
    ("the same folder with a slash", Some("@/a:@/a/:@/b")),
    ("the same folder with two slashes", Some("@/a:/@/a:@/b")),
    ("the same folder with a dot in it", Some("@/a:@/./a:@/b")),
    ("the same folder by a link", Some("@/a:@/link:@/b")),
    ("the working folder twice", Some("@/cwd::@/a")),
    ("not executable, then executable", Some("@/plain:@/a")),
    ("executable, then not executable", Some("@/a:@/plain")),
    ("not executable only", Some("@/plain")),
    ("a folder of that name", Some("@/folder:@/a")),
    ("a folder of that name only", Some("@/folder")),
    ("a link to nothing", Some("@/dangling:@/a")),
    ("a link to itself", Some("@/circle:@/a")),
    ("a link to a command", Some("@/links:@/a:@/b")),
    ("a FIFO", Some("@/fifo:@/a")),
    ("a blank in the name", Some("@/sp ace:@/a")),
    ("quotes around an item", Some("\"@/a\":@/b")),
    ("a slash at the end", Some("@/a/:@/b/")),
    ("slashes in the middle", Some("@//a:@/b")),
    ("an unusual letter", Some("@/prächtig:@/a")),
    ("many folders", Some("@/n1:@/n2:@/n3:@/n4:@/n5:@/n6:@/n7:@/n8:@/n9:@/n10:@/b:@/plain:@/a")),
];

/// Makes the folders.
pub fn make(root: &Path) {
    let command = |path: &str| {
        fs::write(root.join(path), "#!/bin/sh\necho ran\n").expect("written");
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(0o755)).expect("allowed");
    };
    for folder in
        ["a", "b", "cwd/rel", "own/own", "plain", "folder/tool", "folder/pip", "dangling", "circle", "links", "fifo", "sp ace", "prächtig"]
    {
        fs::create_dir_all(root.join(folder)).expect("made");
    }
    for name in ["tool", "python", "pip"] {
        for folder in ["a", "b", "cwd", "cwd/rel", "own/own", "sp ace", "prächtig"] {
            command(&format!("{folder}/{name}"));
        }
    }
    command("b/only-b");
    command("b/python3");
    for name in ["tool", "pip"] {
        fs::write(root.join(format!("plain/{name}")), "#!/bin/sh\n").expect("written");
        symlink("nowhere", root.join(format!("dangling/{name}"))).expect("linked");
        symlink(name, root.join(format!("circle/{name}"))).expect("linked");
        symlink(format!("../a/{name}"), root.join(format!("links/{name}"))).expect("linked");
    }
    symlink("a", root.join("link")).expect("linked");
    fs::write(root.join("file"), "").expect("written");
    rustix::fs::mkfifoat(rustix::fs::CWD, root.join("fifo/tool"), rustix::fs::Mode::from_raw_mode(0o755)).expect("made");
}
