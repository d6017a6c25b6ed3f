//! Path rules are Python's: both families are compared with a real interpreter's `posixpath` and `ntpath`, function by function.
//!
//! Without a `CPython` from 3.12 on this machine the comparison is reported as skipped.

#![allow(clippy::disallowed_methods, reason = "tests read the disk and run the real programs")]
#![allow(clippy::print_stdout, reason = "the test tells how much it compared")]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use support::interpreters::{self, Interpreter};
use support::process::{self, Run};
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::machine::path::{Rules, realpath};

/// Asks one module about all paths. What 3.12 answers otherwise than 3.13, `isabs` of `\x`, is put right for 3.12; `abspath` is taken
/// as Windows itself does it for `D:x`, which the module leaves to the system.
const QUESTIONS: &str = r"
import importlib, json, sys
asked = json.load(sys.stdin)
path = importlib.import_module(asked['module'])
windows = path.__name__ == 'ntpath'
def isabs(p):
    drive, root, _ = path.splitroot(p)
    return path.isabs(p) and (not windows or sys.version_info >= (3, 13) or bool(drive))
def abspath(cwd, p):
    joined = path.join(cwd, p)
    drive, root, tail = path.splitroot(joined)
    return path.normpath(drive + '\\' + tail if windows and drive.endswith(':') and not root else joined)
def relpath(p, start):
    try:
        return path.relpath(p, start)
    except ValueError:
        return path.normpath(p)
one = {'normpath': path.normpath, 'normcase': path.normcase, 'split': path.split, 'splitdrive': path.splitdrive, 'splitext': path.splitext,
       'splitroot': path.splitroot, 'dirname': path.dirname, 'basename': path.basename, 'isabs': isabs}
print(json.dumps({
    'one': [{name: ask(p) for name, ask in one.items()} for p in asked['paths']],
    'join': [path.join(a, b) for a, b in asked['pairs']],
    'abspath': [abspath(asked['cwd'], p) for p in asked['paths']],
    'relpath': [relpath(a, b) for a, b in asked['absolute']],
}))
";

const PARTS: [&str; 26] = [
    "a", "A", "b.py", "lib", ".", "..", "...", "", "", ".x", "x.", "a.tar.gz", "..b", "é", "ÄÖ", "Σ", "c:", "C:", "D:x", "?", "UNC", "unc",
    "server", " ", "日本", "a b",
];
const STARTS: [&str; 22] = [
    "",
    "/",
    "//",
    "///",
    "\\",
    "\\\\",
    "C:",
    "c:\\",
    "C:/",
    "D:\\",
    "//server/share",
    r"\\server\share\",
    r"\\?\C:\",
    r"\\?\UNC\s\h\",
    "//?/unc/s/h/",
    r"\\.\dev\",
    r"\\server",
    r"\\\a",
    "é:",
    "é:/",
    "ab:",
    r"\\?\UNC\s",
];

fn main() {
    let arguments = Arguments::from_args();
    let newest = if arguments.list { None } else { interpreters::all().iter().rfind(|known| known.is_cpython_from(12)) };
    let trials = [(Rules::Posix, "posixpath"), (Rules::Windows, "ntpath")].map(|(rules, module)| {
        let compared = Trial::test(format!("{module} is answered alike"), move || match newest {
            Some(interpreter) => compare(interpreter, rules, module),
            None => Err("no CPython from 3.12 here".into()),
        });
        compared.with_ignored_flag(newest.is_none())
    });
    let followed = Trial::test("links are followed alike", move || match newest {
        Some(interpreter) => compare_links(interpreter),
        None => Err("no CPython from 3.12 here".into()),
    });
    let trials = trials.into_iter().chain([followed.with_ignored_flag(newest.is_none())]);
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

/// `os.path.realpath` over a tree with links to links, to folders, upwards, to nothing and in circles.
fn compare_links(interpreter: &Interpreter) -> Result<(), Failed> {
    let scratch = support::Scratch::new("links");
    let root = scratch.path().to_str().ok_or("a folder in UTF-8")?;
    std::fs::create_dir_all(scratch.path().join("real/lib/deep"))?;
    std::fs::write(scratch.path().join("real/lib/file"), "")?;
    let links = [
        ("lib64", "real/lib"),
        ("real/up", ".."),
        ("abs", &format!("{root}/real/./lib//deep/..")),
        ("chain", "lib64"),
        ("chain2", "chain/deep/../file"),
        ("dangling", "none/../real"),
        ("loop", "loop"),
        ("a", "b"),
        ("b", "a"),
        ("through", "a/x"),
        ("root", "/"),
        ("twice", "lib64/../up/lib64"),
        ("slashes", "//"),
    ];
    for (name, target) in links {
        std::os::unix::fs::symlink(target, scratch.path().join(name))?;
    }
    let tails = ["", "/", "/deep", "/../file", "/./deep/..", "/file/x", "/none/../file", "/up/chain", "/lib64/file", "/../.."];
    let names = links.iter().map(|(name, _)| *name).chain(["real", "real/lib", "none", ".", "..", ""]);
    let relative: Vec<String> = names.flat_map(|name| tails.map(|tail| format!("{name}{tail}"))).collect();
    let paths: Vec<String> =
        relative.iter().flat_map(|path| [path.clone(), format!("{root}/{path}"), format!("//{root}//{path}")]).collect();
    let code = "import json, os, sys; print(json.dumps([os.path.realpath(p) for p in json.load(sys.stdin)]))";
    let mut run = Run::new(&interpreter.path).args(["-I", "-X", "utf8", "-c", code]).cwd(scratch.path());
    run.stdin = json!(paths).to_string().into_bytes();
    let ended = process::run(&run)?;
    let real: Vec<String> = serde_json::from_slice(&ended.stdout).map_err(|error| format!("{error}: {}", ended.complaint()))?;
    let mut machine = Overlay::new(Arc::new(Live::new()));
    machine.set_cwd(root);
    for (path, real) in paths.iter().zip(&real) {
        let ours = realpath(&machine, path);
        if ours != *real {
            return Err(format!("{path}\n  ours {ours}\n  real {real}").into());
        }
    }
    println!("realpath: {} paths", real.len());
    if real.len() == paths.len() { Ok(()) } else { Err("fewer answers than questions".into()) }
}

/// Every start with up to four parts, chosen and separated by a fixed sequence of numbers.
fn paths() -> Vec<String> {
    let mut state = 1_u64;
    let mut next = move |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).map_or(0, |number| number % bound)
    };
    let mut paths = BTreeSet::new();
    for start in STARTS {
        paths.insert(start.to_owned());
        for _ in 0..120 {
            let mut path = start.to_owned();
            for _ in 0..=next(4) {
                path += PARTS[next(PARTS.len())];
                path += ["/", "\\", "/", "", "//"][next(5)];
            }
            paths.insert(path);
        }
    }
    paths.into_iter().collect()
}

fn compare(interpreter: &Interpreter, rules: Rules, module: &str) -> Result<(), Failed> {
    let paths = paths();
    let cwd = if rules == Rules::Posix { "/home/ada" } else { r"C:\Users\Ada" };
    let pairs: Vec<(&String, &String)> = paths.iter().zip(paths.iter().rev()).chain(paths.iter().zip(paths.iter().skip(1))).collect();
    let absolute: Vec<&String> = paths.iter().filter(|path| rules.is_absolute(path)).collect();
    let absolute: Vec<(&String, &String)> = absolute.iter().zip(absolute.iter().skip(3)).map(|(a, b)| (*a, *b)).collect();
    let asked = json!({"module": module, "paths": paths, "pairs": pairs, "absolute": absolute, "cwd": cwd});
    let mut run = Run::new(&interpreter.path).args(["-I", "-X", "utf8", "-c", QUESTIONS]);
    run.stdin = asked.to_string().into_bytes();
    let ended = process::run(&run)?;
    let real: Value = serde_json::from_slice(&ended.stdout).map_err(|error| format!("{error}: {}", ended.complaint()))?;
    let ours = json!({
        "one": paths.iter().map(|path| one(rules, path)).collect::<Vec<_>>(),
        "join": pairs.iter().map(|(a, b)| rules.join(a, b)).collect::<Vec<_>>(),
        "abspath": paths.iter().map(|path| rules.abspath(cwd, path)).collect::<Vec<_>>(),
        "relpath": absolute.iter().map(|(a, b)| rules.relpath(a, b)).collect::<Vec<_>>(),
    });
    println!("{module}: {} paths, {} joins, {} relative ones, with {}", paths.len(), pairs.len(), absolute.len(), interpreter.name);
    let inputs = [("one", json!(paths)), ("join", json!(pairs)), ("abspath", json!(paths)), ("relpath", json!(absolute))];
    let mut differences = String::new();
    for (question, input) in &inputs {
        let rows = |answers: &Value| answers[question].as_array().cloned().unwrap_or_default();
        let (ours, real, input) = (rows(&ours), rows(&real), input.as_array().cloned().unwrap_or_default());
        if ours.len() != real.len() || ours.is_empty() {
            return Err(format!("{question}: {} answers of ours, {} real ones", ours.len(), real.len()).into());
        }
        for ((ours, real), input) in ours.iter().zip(&real).zip(input).filter(|((ours, real), _)| ours != real).take(5) {
            write!(differences, "\n{question} of {input}\n  ours {ours}\n  real {real}")?;
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.into()) }
}

fn one(rules: Rules, path: &str) -> Value {
    json!({
        "normpath": rules.normpath(path),
        "normcase": rules.normcase(path),
        "split": rules.split(path),
        "splitdrive": rules.splitdrive(path),
        "splitext": rules.splitext(path),
        "splitroot": rules.splitroot(path),
        "dirname": rules.dirname(path),
        "basename": rules.basename(path),
        "isabs": rules.is_absolute(path),
    })
}
