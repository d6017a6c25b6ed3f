//! The live machine tells what the disk holds, and an overlay tells what it would hold after the changes.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests make files to be read, and stop where that fails")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Arc;
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::machine::path::realpath;
use venv_explain::machine::{Fault, Kind, Machine};

/// A folder with `real/lib/a.py`, `real/lib64 -> lib`, `alias -> real` and two links that lead to each other.
fn tree() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir_all(root.join("real/lib")).unwrap();
    fs::write(root.join("real/lib/a.py"), "print(1)\n").unwrap();
    fs::set_permissions(root.join("real/lib/a.py"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("lib", root.join("real/lib64")).unwrap();
    symlink(root.join("real"), root.join("alias")).unwrap();
    symlink("round", root.join("about")).unwrap();
    symlink("about", root.join("round")).unwrap();
    (folder, root.to_str().unwrap().to_owned())
}

/// Paths of every kind that the kernel has an opinion on.
fn paths(root: &str) -> Vec<String> {
    let names = [
        "",
        "/",
        "/real",
        "/alias",
        "/alias/",
        "/alias/lib64/a.py",
        "/alias/lib64/../lib/a.py",
        "/alias/..",
        "/real/lib/a.py/",
        "/real/lib/a.py/.",
        "/real/lib/a.py/x",
        "/real/none",
        "/none/..",
        "/about",
        "/about/x",
        "/real/lib64",
        "/real/lib64/",
        "/./real//lib/.",
        "/moved/lib64/a.py",
        "/moved/lib/new.py",
        "/new/deep/file",
        "/new",
        "/moved",
    ];
    names.iter().map(|name| format!("{root}{name}")).collect()
}

/// Everything that can be asked of a path, except the sizes and times of folders.
fn answers(machine: &dyn Machine, path: &str) -> String {
    let shown = |meta: Result<venv_explain::machine::Meta, Fault>| {
        meta.map(|meta| (meta.kind, (meta.kind == Kind::File).then_some((meta.size, meta.exec, meta.runnable))))
    };
    let read = machine.read(path, 100).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let with_meta = machine.list_with_meta(path).map(|all| all.into_iter().map(|(name, meta)| (name, meta.kind)).collect::<Vec<_>>());
    format!(
        "{path}: {:?} {:?} {:?} {:?} {read:?} {with_meta:?} {}",
        shown(machine.lstat(path)),
        shown(machine.stat(path)),
        machine.link(path),
        machine.list(path),
        realpath(machine, path)
    )
}

fn assert_alike(overlay: &Overlay, root: &str) {
    for path in paths(root) {
        assert_eq!(answers(overlay, &path), answers(&Live::new(), &path));
    }
}

#[test]
fn an_overlay_that_changes_elsewhere_answers_as_the_kernel_does() {
    let (_folder, root) = tree();
    let mut overlay = Overlay::new(Arc::new(Live::new()));
    assert_alike(&overlay, &root);
    overlay.write("/nowhere/at/all", *b"x");
    assert_alike(&overlay, &root);
}

#[test]
fn changes_laid_over_equal_the_same_changes_made() {
    let (_folder, root) = tree();
    let mut overlay = Overlay::new(Arc::new(Live::new()));
    let at = |name: &str| format!("{root}/{name}");

    overlay.write(&at("alias/lib/new.py"), *b"new\n");
    overlay.write(&at("alias/lib64/a.py"), *b"changed\n");
    overlay.write(&at("new/deep/file"), *b"deep\n");
    assert!(overlay.mv(&at("real"), &at("moved")));
    assert!(overlay.hide(&at("round")));
    assert!(!overlay.hide(&at("round")));
    overlay.symlink(&at("round"), "moved");

    // The overlay is asked before the disk changes below it.
    let foreseen: Vec<String> = paths(&root).iter().map(|path| answers(&overlay, path)).collect();
    fs::write(at("alias/lib/new.py"), "new\n").unwrap();
    fs::write(at("alias/lib64/a.py"), "changed\n").unwrap();
    fs::create_dir_all(at("new/deep")).unwrap();
    fs::write(at("new/deep/file"), "deep\n").unwrap();
    fs::rename(at("real"), at("moved")).unwrap();
    fs::remove_file(at("round")).unwrap();
    symlink("moved", at("round")).unwrap();
    for (path, foreseen) in paths(&root).iter().zip(foreseen) {
        assert_eq!(foreseen, answers(&Live::new(), path));
    }
}

#[test]
fn variables_and_the_working_folder_are_laid_over_too() {
    let (_folder, root) = tree();
    let mut overlay = Overlay::new(Arc::new(Live::new()));
    overlay.set_cwd(&root);
    overlay.set_cwd("real");
    overlay.set_var("VIRTUAL_ENV", "/p");
    overlay.unset_var("PATH");
    assert_eq!(overlay.cwd().unwrap(), format!("{root}/real"));
    assert_eq!(overlay.list(".").unwrap(), ["lib", "lib64"]);
    assert_eq!((overlay.var("VIRTUAL_ENV").as_deref(), overlay.var("PATH")), (Some("/p"), None));
    assert!(Live::new().var("PATH").is_some());
}

#[test]
fn nothing_but_regular_files_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    let live = Live::new();
    let read = |path: &Path| live.read(path.to_str().unwrap(), 10);
    assert_eq!(read(&fifo), Err(Fault::NotAFile(Kind::Other)));
    assert_eq!(read(Path::new("/dev/zero")), Err(Fault::NotAFile(Kind::Other)));
    assert_eq!(read(folder.path()), Err(Fault::NotAFile(Kind::Dir)));
    assert_eq!(live.lstat("a\0b"), Err(Fault::Missing));
}

#[test]
fn reading_keeps_within_its_bound() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ten");
    fs::write(&file, "0123456789").unwrap();
    let (live, file) = (Live::new(), file.to_str().unwrap());
    assert_eq!(live.read(file, 10).unwrap().len(), 10);
    assert_eq!(live.read(file, 9), Err(Fault::TooBig { limit: 9 }));
    assert_eq!(&*live.head(file, 3).unwrap(), b"012");
    assert_eq!(&*live.head(file, 30).unwrap(), b"0123456789");
}

#[test]
fn names_that_are_not_utf8_are_found_again() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"od\xffd")), "x").unwrap();
    let (live, root) = (Live::new(), folder.path().to_str().unwrap());
    let names = live.list(root).unwrap();
    assert_eq!(venv_explain::text::encode(&names[0]), b"od\xffd");
    assert_eq!(&*live.read(&format!("{root}/{}", names[0]), 9).unwrap(), b"x");
}

#[test]
fn an_open_folder_answers_as_whole_paths_do() {
    let (_folder, root) = tree();
    let lib = format!("{root}/real/lib");
    symlink("../../alias/lib/a.py", format!("{lib}/linked.py")).unwrap();
    symlink("nowhere", format!("{lib}/broken.py")).unwrap();
    symlink("/dev/null", format!("{lib}/device")).unwrap();
    fs::create_dir(format!("{lib}/inner")).unwrap();
    fs::write(format!("{lib}/inner/empty"), "").unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, format!("{lib}/fifo"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let names = [
        "a.py",
        "linked.py",
        "broken.py",
        "device",
        "fifo",
        "inner",
        "inner/empty",
        "inner/none",
        "a.py/x",
        "none",
        "../lib/a.py",
        "../../about",
    ];
    let live: Arc<dyn Machine> = Arc::new(Live::new());
    let mut changed = Overlay::new(live.clone());
    changed.write(&format!("{lib}/inner/empty"), *b"no more");
    changed.hide(&format!("{lib}/linked.py"));
    let machines: [&dyn Machine; 3] = [&*live, &Overlay::new(live.clone()), &changed];
    for machine in machines {
        let folder = machine.folder(&lib).unwrap();
        for name in names {
            let path = format!("{lib}/{name}");
            for limit in [0, 3, 1000] {
                assert_eq!(folder.head(name, limit), machine.head(&path, limit), "{name}");
                assert_eq!(folder.read(name, limit), machine.read(&path, limit), "{name}");
            }
            assert_eq!(folder.has_file(name), machine.stat(&path).is_ok_and(|meta| meta.kind == Kind::File), "{name}");
        }
        assert_eq!(machine.folder(&format!("{lib}/a.py")).err(), Some(Fault::NotADirectory));
        assert_eq!(machine.folder(&format!("{lib}/none")).err(), Some(Fault::Missing));
    }
}
