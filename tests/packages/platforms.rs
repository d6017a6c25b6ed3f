//! Real wheels of other platforms, processors and versions, unpacked where they do not belong: whether each compiled file can be loaded,
//! as the real interpreter finds out by loading it, and whether the tags fit, as pip sees it.

use crate::real::{self, Told};
use crate::support::process::{self, Run};
use crate::support::{Scratch, interpreters};
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use venv_explain::machine::live::Live;
use venv_explain::simulate::packages::anatomy::Anatomy;
use venv_explain::simulate::packages::fit::Fitness;
use venv_explain::venv::binary::Binary;

/// Distribution, platform, version of Python, ABI: plain and stable interface, compiled by mypyc, for one processor and for two.
const WHEELS: &[(&str, &str, &str, &str)] = &[
    ("markupsafe", "manylinux2014_x86_64", "312", "cp312"),
    ("markupsafe", "manylinux2014_x86_64", "311", "cp311"),
    ("markupsafe", "manylinux2014_x86_64", "313", "cp313"),
    ("markupsafe", "manylinux2014_x86_64", "313", "cp313t"),
    ("markupsafe", "manylinux2014_aarch64", "312", "cp312"),
    ("markupsafe", "manylinux2014_i686", "312", "cp312"),
    ("markupsafe", "musllinux_1_2_x86_64", "312", "cp312"),
    ("markupsafe", "macosx_11_0_arm64", "312", "cp312"),
    ("markupsafe", "win_amd64", "312", "cp312"),
    ("markupsafe", "win32", "312", "cp312"),
    ("markupsafe", "win_arm64", "312", "cp312"),
    ("charset-normalizer", "macosx_10_13_universal2", "312", "cp312"),
    ("charset-normalizer", "manylinux2014_x86_64", "312", "cp312"),
    ("cryptography", "manylinux2014_x86_64", "312", "abi3"),
    ("cryptography", "macosx_10_9_universal2", "312", "abi3"),
    ("pynacl", "win_amd64", "312", "abi3"),
    ("pynacl", "manylinux2014_x86_64", "312", "abi3"),
    ("cffi", "manylinux2014_x86_64", "312", "cp312"),
    ("pyyaml", "manylinux2014_aarch64", "312", "cp312"),
];

/// What the interpreter looks for, what it says to each file, and which tags pip takes.
const PROBE: &str = r#"
import importlib.machinery as machinery, importlib.util, json, os, subprocess, sys
from pip._vendor.packaging.tags import parse_tag, sys_tags
own, answers = set(sys_tags()), {}
LOAD = "import importlib.machinery as m, importlib.util as u, sys; u.module_from_spec(m.ModuleSpec(sys.argv[1], \
m.ExtensionFileLoader(sys.argv[1], sys.argv[2]), origin=sys.argv[2]))"
REFUSED = "invalid ELF header", "wrong ELF class", "cannot open shared object file"
for folder, _, files in os.walk(sys.argv[1]):
    if "/site-packages/pip" in folder:
        continue
    for file in files:
        path = os.path.join(folder, file)
        if file == "WHEEL":
            tags = [line.split(":")[1].strip() for line in open(path) if line.startswith("Tag:")]
            answers["tags"] = any(own & parse_tag(tag) for tag in tags)
        elif file.endswith((".so", ".pyd", ".dll", ".dylib")):
            name, _, suffix = file.partition(".")
            if "." + suffix not in machinery.EXTENSION_SUFFIXES:
                answers[path] = False
                continue
            ended = subprocess.run([sys.executable, "-I", "-c", LOAD, name, path], stderr=subprocess.PIPE)
            answers[path] = not any(word in ended.stderr.decode() for word in REFUSED)
print(json.dumps(answers))
"#;

/// All of them, one after the other; what cannot be downloaded is left out, and at least half has to be there.
pub fn foreign() -> Result<(), Failed> {
    let known = interpreters::all().iter().filter(|known| known.is_cpython_from(12)).min_by_key(|known| known.version);
    let known = known.ok_or("no CPython from 3.12 on is here")?;
    let scratch = Scratch::new("foreign");
    let venv = scratch.path().join("venv");
    process::run(&Run::new(&known.path).args(["-m", "venv"]).arg(&venv))?;
    let site = PathBuf::from(Told::of(&venv).environment.site_packages.first().cloned().ok_or("no site-packages")?);
    let before: BTreeSet<PathBuf> = names(&site);
    let (mut wheels_seen, mut fitting, mut others) = (0, 0, 0);
    for (name, platform, version, abi) in WHEELS {
        let wheels = scratch.path().join(format!("{name}-{platform}-{version}-{abi}"));
        let run = Run::new(venv.join("bin/python")).args(["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]);
        let run = run.args(["--platform", platform, "--python-version", version, "--abi", abi, name, "-d"]).arg(&wheels);
        process::run(&run.online())?;
        let Some(wheel) = names(&wheels).pop_first() else { continue };
        zip::ZipArchive::new(fs::File::open(wheel)?)?.extract(&site)?;
        let what = format!("{name} for {platform}, {version}, {abi}");
        let judged = compare(&venv, &site, name).map_err(|failed| format!("{what}: {}", failed.message().unwrap_or_default()))?;
        headers(&site, platform).map_err(|failed| format!("{what}: {}", failed.message().unwrap_or_default()))?;
        (wheels_seen, fitting, others) = (wheels_seen + 1, fitting + judged.0, others + judged.1);
        for added in names(&site).difference(&before) {
            if added.is_dir() { fs::remove_dir_all(added)? } else { fs::remove_file(added)? }
        }
    }
    println!("{wheels_seen} of {} wheels, {fitting} compiled files that fit and {others} that do not", WHEELS.len());
    if wheels_seen * 2 < WHEELS.len() || fitting == 0 || others == 0 { Err("too few were downloaded".into()) } else { Ok(()) }
}

fn names(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// The header of each compiled file names the processors that the wheel's platform does.
fn headers(folder: &Path, platform: &str) -> Result<(), Failed> {
    let expected: &[&str] = match platform {
        "win32" => &["i686"],
        platform if platform.ends_with("universal2") => &["arm64", "x86_64"],
        platform if platform.ends_with("i686") => &["i686"],
        platform if platform.starts_with("macosx") => &["arm64"],
        platform if platform.ends_with("arm64") || platform.ends_with("aarch64") => &["aarch64"],
        _ => &["x86_64"],
    };
    for path in names(folder) {
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if path.is_dir() && !path.ends_with("pip") {
            headers(&path, platform)?;
        } else if ["so", "pyd"].contains(&kind) {
            let read = Binary::read(&Live::new(), &path.display().to_string()).map(|binary| binary.machines).unwrap_or_default();
            let read: BTreeSet<&str> = read.into_iter().collect();
            if read != expected.iter().copied().collect() {
                return Err(format!("{}: {read:?}", path.display()).into());
            }
        }
    }
    Ok(())
}

/// How many compiled files fit, and how many do not.
fn compare(venv: &Path, site: &Path, name: &str) -> Result<(usize, usize), Failed> {
    let told = Told::of(venv);
    let one = told.packages.named(name).ok_or("not found")?;
    let anatomy = Anatomy::of(&told.machine, &told.environment, &told.scene(), &told.packages, one);
    let script = format!("import sys; sys.argv.append({:?})\n{}", site.display().to_string(), PROBE);
    let real = real::python(venv, &script)?;
    let mut expected = BTreeSet::new();
    for (path, answer) in real.as_object().into_iter().flatten() {
        expected.insert(format!("{path}: {answer}"));
    }
    let mut ours: BTreeSet<String> =
        anatomy.compiled.iter().map(|(path, fitness)| format!("{path}: {}", *fitness == Fitness::Fits)).collect();
    ours.insert(format!("tags: {}", anatomy.fits.unwrap_or(true)));
    if ours.len() < 2 {
        return Err("no compiled file".into());
    }
    real::same("what fits", &expected, &ours)?;
    let fitting = anatomy.compiled.iter().filter(|(_, fitness)| *fitness == Fitness::Fits).count();
    Ok((fitting, anatomy.compiled.len() - fitting))
}
