//! Papers that no installer should have written: each is told, none brings the tool down or makes it slow.

use crate::real::Told;
use crate::support::Scratch;
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use venv_explain::simulate::packages::anatomy::Anatomy;
use venv_explain::simulate::packages::requirements::{Branch, forest};
use venv_explain::simulate::packages::uninstall::Failure;
use venv_explain::simulate::packages::verify::Odd;
use venv_explain::simulate::packages::{Packages, Trouble};

/// Every trial.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("odd papers are findings of their own", odd_papers),
        Trial::test("an odd RECORD is checked line by line", odd_record),
        Trial::test("circles of requirements end", circles),
        Trial::test("a chain of five thousand requirements is told in pieces", chain),
        Trial::test("pipes, devices and circles of links in place of papers are never waited for", pipes),
        Trial::test("thousands of names, and names that are commands, are told shortly and safely", many),
        Trial::test("requirements that would take for ever are not read", endless),
    ]
}

fn environment(scratch: &Scratch) -> PathBuf {
    let root = scratch.path().join("env");
    fs::create_dir_all(root.join("bin")).expect("room");
    fs::create_dir_all(root.join("lib/python3.12/site-packages")).expect("room");
    fs::write(root.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.1\n").expect("room");
    root
}

fn site(root: &Path) -> PathBuf {
    root.join("lib/python3.12/site-packages")
}

fn papers(root: &Path, folder: &str, metadata: &[u8]) {
    fs::create_dir_all(site(root).join(folder)).expect("room");
    fs::write(site(root).join(folder).join("METADATA"), metadata).expect("room");
}

/// Told without a start-up: the environment's own folders are looked into.
fn told(root: &Path) -> Told {
    let mut told = Told::of(root);
    told.packages = Packages::of(&told.machine, &told.environment, None);
    told
}

fn kinds(told: &Told) -> BTreeSet<(Trouble, String)> {
    told.packages.problems.iter().map(|problem| (problem.kind, problem.name.clone())).collect()
}

fn equal<T: PartialEq + std::fmt::Debug>(expected: &T, ours: &T) -> Result<(), Failed> {
    if expected == ours { Ok(()) } else { Err(format!("expected {expected:#?}, told {ours:#?}").into()) }
}

fn odd_papers() -> Result<(), Failed> {
    let scratch = Scratch::new("odd");
    let root = environment(&scratch);
    papers(&root, "nameless-1.0.dist-info", b"Version: 1.0\n\n");
    papers(&root, "latin-1.0.dist-info", b"Name: latin\nVersion: 1.0\nAuthor: J\xfcrgen\n");
    papers(&root, "old-2004d.dist-info", b"Name: old\nVersion: 2004d-final\n");
    papers(&root, "~ip-24.0.dist-info", b"Name: pip\nVersion: 24.0\n");
    papers(&root, "two-1.0.dist-info", b"Name: two\nVersion: 1.0\n");
    papers(&root, "two-2.0.dist-info", b"Name: two\nVersion: 2.0\n");
    fs::create_dir_all(site(&root).join("gone-1.0.dist-info"))?;
    fs::write(site(&root).join("lost.egg-link"), "/nonexistent/project\n.")?;
    fs::write(site(&root).join("distutils-1.0.egg-info"), "Name: distutils-made\nVersion: 1.0\n")?;
    let mut big = b"Name: big\nVersion: 1.0\n\n".to_vec();
    big.resize(50 << 20, b'x');
    papers(&root, "big-1.0.dist-info", &big);
    let start = Instant::now();
    let told = told(&root);
    let expected = [
        (Trouble::Duplicate, "two"),
        (Trouble::Leftover, "~ip-24.0.dist-info"),
        (Trouble::NoMetadata, "gone"),
        (Trouble::NoName, "nameless"),
        (Trouble::Encoding, "latin"),
        (Trouble::BadVersion, "old"),
        (Trouble::BrokenLink, "lost.egg-link"),
    ];
    equal(&expected.map(|(kind, name)| (kind, name.to_owned())).into_iter().collect(), &kinds(&told))?;
    equal(&Some("distutils-made"), &told.packages.named("Distutils_Made").map(|one| one.name.as_str()))?;
    equal(&true, &(start.elapsed() < Duration::from_secs(60)))
}

fn odd_record() -> Result<(), Failed> {
    let scratch = Scratch::new("record");
    let root = environment(&scratch);
    papers(&root, "odd-1.0.dist-info", b"Name: odd\nVersion: 1.0\n");
    let outside = scratch.path().join("outside.txt");
    fs::write(&outside, "outside")?;
    fs::create_dir_all(site(&root).join("odd/folder"))?;
    fs::write(site(&root).join("odd/__init__.py"), "")?;
    symlink(&outside, site(&root).join("odd/link.txt"))?;
    symlink("circle", site(&root).join("odd/circle"))?;
    let empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0";
    let record = format!(
        "odd/__init__.py,{empty}\nodd/__init__.py,{empty}\nodd/folder,,\n{0},,\n../../../../outside.txt,,\nodd/link.txt,{empty}\nodd/circle,,\n\
         \"odd/un\"\"quoted\n,,\n\u{0},,\nodd-1.0.dist-info/METADATA,md5=abc,\nodd-1.0.dist-info/RECORD,,\n",
        outside.display()
    );
    fs::write(site(&root).join("odd-1.0.dist-info/RECORD"), record)?;
    let told = told(&root);
    let one = told.packages.named("odd").ok_or("not found")?;
    let anatomy = Anatomy::of(&told.machine, &told.environment, &told.scene(), &told.packages, one);
    let record = anatomy.record.as_ref().ok_or("no RECORD")?;
    let odd: BTreeSet<Odd> = record.odd.iter().map(|(odd, _)| *odd).collect();
    equal(&[Odd::Folder, Odd::Outside, Odd::Repeated].into_iter().collect(), &odd)?;
    let path = |name: &str| site(&root).join(name).display().to_string();
    equal(&vec![path("odd/link.txt")], &record.changed)?;
    equal(&true, &record.missing.contains(&path("odd/circle")))?;
    equal(&false, &anatomy.would_remove.contains(&outside.display().to_string()))?;
    equal(&true, &anatomy.would_leave.contains(&outside.display().to_string()))
}

fn circles() -> Result<(), Failed> {
    let scratch = Scratch::new("circles");
    let root = environment(&scratch);
    for number in 0..200 {
        let metadata =
            format!("Name: c{number}\nVersion: 1\nRequires-Dist: c{}\nRequires-Dist: c{number}\nRequires-Dist: c0\n", (number + 1) % 200);
        papers(&root, &format!("c{number}-1.dist-info"), metadata.as_bytes());
    }
    let told = told(&root);
    let trees = forest(&told.scene(), &told.packages.distributions);
    equal(&false, &trees.is_empty())
}

fn chain() -> Result<(), Failed> {
    const LONG: usize = 5000;
    let scratch = Scratch::new("chain");
    let root = environment(&scratch);
    for number in 0..LONG {
        let metadata = format!("Name: c{number}\nVersion: 1\nRequires-Dist: c{}\n", (number + 1) % LONG);
        papers(&root, &format!("c{number}-1.dist-info"), metadata.as_bytes());
    }
    let told = told(&root);
    equal(&LONG, &told.packages.distributions.iter().filter(|one| one.needed_by.len() == 1).count())?;
    let trees = forest(&told.scene(), &told.packages.distributions);
    let mut open: Vec<(&Branch, usize)> = trees.iter().map(|tree| (tree, 1)).collect();
    let (mut told, mut deepest, mut count) = (BTreeSet::new(), 0, 0);
    while let Some((branch, depth)) = open.pop() {
        (deepest, count) = (deepest.max(depth), count + 1);
        told.insert(branch.wanted.clone());
        open.extend(branch.branches.iter().map(|below| (below, depth + 1)));
    }
    equal(&(LONG, true, true), &(told.len(), deepest < 100, count < 2 * LONG))
}

fn endless() -> Result<(), Failed> {
    let scratch = Scratch::new("endless");
    let root = environment(&scratch);
    let deep = format!("a ; {}python_version > '3'{}", "(".repeat(3000), ")".repeat(3000));
    let wide = (0..2000).map(|number| format!("extra == 'a{number}'")).collect::<Vec<_>>().join(" or ");
    let metadata =
        format!("Name: x\nVersion: 1\nRequires-Dist: {deep}\nRequires-Dist: b ; {wide} or extra != 'z'\nRequires-Dist: \u{fc}\u{fc}[\n");
    papers(&root, "x-1.dist-info", metadata.as_bytes());
    let start = Instant::now();
    let told = told(&root);
    equal(&true, &(start.elapsed() < Duration::from_secs(60)))?;
    let _ = told;
    Ok(())
}

/// Puts something at a path.
type Place<'p> = &'p dyn Fn(&Path);

/// Each file of the papers as a pipe that nobody writes to, an endless device, and a link to itself.
fn pipes() -> Result<(), Failed> {
    const FILES: [&str; 8] =
        ["METADATA", "RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt", "top_level.txt", "WHEEL"];
    let scratch = Scratch::new("pipes");
    let root = environment(&scratch);
    let pipe = |path: PathBuf| std::process::Command::new("mkfifo").arg(path).status();
    let kinds: [(&str, Place<'_>); 3] = [
        ("pipe", &|path| drop(pipe(path.to_owned()))),
        ("endless", &|path| drop(symlink("/dev/zero", path))),
        ("circle", &|path| drop(symlink(path.file_name().unwrap_or_default(), path))),
    ];
    for (kind, place) in kinds {
        for file in FILES {
            let name = format!("{kind}_{}", file.split('.').next().unwrap_or_default().to_lowercase());
            papers(&root, &format!("{name}-1.dist-info"), format!("Name: {name}\nVersion: 1\n").as_bytes());
            let path = site(&root).join(format!("{name}-1.dist-info")).join(file);
            if path.exists() {
                fs::remove_file(&path)?;
            }
            place(&path);
        }
    }
    pipe(site(&root).join("stray.egg-info"))?;
    pipe(site(&root).join("stray.egg-link"))?;
    pipe(site(&root).join("stray.dist-info"))?;
    let told = told(&root);
    equal(&true, &(told.packages.distributions.len() >= 24))?;
    // What cannot be read is told as unknown, file by file, and never as absent. That REQUESTED is there says all.
    let doubted = |name: &str| told.packages.unknown.iter().any(|unknown| unknown.what.contains(&format!("/{name}-1.dist-info")));
    for (kind, _) in kinds {
        for file in FILES.iter().filter(|file| **file != "REQUESTED") {
            let name = format!("{kind}_{}", file.split('.').next().unwrap_or_default().to_lowercase());
            equal(&(true, name.clone()), &(doubted(&name), name))?;
        }
    }
    for one in &told.packages.distributions {
        let anatomy = Anatomy::of(&told.machine, &told.environment, &told.scene(), &told.packages, one);
        if one.name.ends_with("_record") {
            equal(&(None, Some(Failure::Unread)), &(anatomy.record.map(|record| record.entries), anatomy.uninstall.fails))?;
        }
    }
    Ok(())
}

/// What the commands themselves print.
fn many() -> Result<(), Failed> {
    let scratch = Scratch::new("many");
    let root = environment(&scratch);
    let requirements: String = (0..20_000).map(|number| format!("Requires-Dist: nothing{number}\n")).collect();
    papers(&root, "wants-1.dist-info", format!("Name: wants\nVersion: 1\n{requirements}").as_bytes());
    papers(&root, "odd-1.dist-info", b"Name: $(touch x);\x1b[31m--help\nVersion: 1\x1b]0;x\x07\nSummary: <script>\n");
    papers(&root, "modules-1.dist-info", b"Name: modules\nVersion: 1\n");
    let record: String = (0..20_000).map(|number| format!("module{number}/__init__.py,,\n")).collect();
    fs::write(site(&root).join("modules-1.dist-info/RECORD"), record)?;
    let venv = root.display().to_string();
    for command in [
        &["packages", &venv][..],
        &["package", "modules", "--venv", &venv],
        &["package", "wants", "--venv", &venv],
        &["package", "odd", "--venv", &venv],
        &[&venv],
    ] {
        for format in ["terminal", "html", "markdown"] {
            let run = crate::support::process::Run::new(env!("CARGO_BIN_EXE_venv-explain")).args(command).args(["--format", format]);
            let ended = crate::support::process::run(&run.cwd(scratch.path()))?;
            let text = ended.text();
            equal(&Some(0), &ended.status)?;
            let is_html = format == "html";
            equal(&true, &(text.lines().count() < if is_html { 1400 } else { 400 }))?;
            equal(&(false, false), &(text.contains('\u{1b}'), is_html && text.contains("<script>\n")))?;
        }
    }
    Ok(())
}
