//! What is run, and the options before it.

use super::{Layer, Slot};
use crate::case::{Case, Change};
use crate::probe::{CODE, MODULE};

pub fn layers() -> Vec<Layer> {
    let mut layers = flags();
    layers.extend(codes());
    layers.extend(scripts());
    layers
}

fn flags() -> Vec<Layer> {
    let lists: &[&[&str]] = &[
        &["-E"],
        &["-I"],
        &["-s"],
        &["-S"],
        &["-P"],
        &["-Es"],
        &["-sE", "-S"],
        &["-IS"],
        &["-IP"],
        &["-SE"],
        &["-B"],
        &["-O"],
        &["-OO"],
        &["-b"],
        &["-q"],
        &["-u"],
        &["-x"],
        &["-d"],
        &["-R"],
        &["-X", "utf8"],
        &["-Xutf8=0"],
        &["-X", "frozen_modules=off"],
        &["-X", "nosuch"],
        &["-X", "utf8=2"],
        &["-X", "utf8="],
        &["-X", "tracemalloc=x"],
        &["-X", "tracemalloc="],
        &["-X", "tracemalloc=65536"],
        &["-X", "int_max_str_digits"],
        &["-X", "int_max_str_digits=639"],
        &["-X", "frozen_modules=x"],
        &["-X", "frozen_modules="],
        &["-X", "cpu_count"],
        &["-X", "gil=0"],
        &["-X", "gil=1"],
        &["-X", "dev"],
        &["-W", "ignore"],
        &["-Wignore"],
        &["-W", "-S"],
        &["-WS"],
        &["-BWS"],
        &["-XS"],
        &["-sW", "-E"],
        &["--check-hash-based-pycs", "always"],
        &["--check-hash-based-pycs", "nosuch"],
        &["-R", "-X", "importtime"],
        &["-i"],
        &["-t"],
        &["-J"],
        &["-z"],
        &["--nosuch"],
        &["-"],
    ];
    let mut layers: Vec<Layer> = lists
        .iter()
        .filter(|list| **list != ["-"])
        .map(|list| {
            Layer::always(Slot::Flag, format!("options {}", list.join(" ")), move |_, case| {
                case.flags.extend(list.iter().map(ToString::to_string));
            })
        })
        .collect();
    for letters in ["I", "E", "S", "Is", "BS", "sE", "P", "ISq"] {
        layers.push(Layer::new(Slot::Flag, format!("-{letters}c in one word"), move |_, case| {
            let plain = case.start.first().is_some_and(|word| word == "-c") && case.flags.is_empty();
            if plain {
                case.start[0] = format!("-{letters}c");
            }
            plain
        }));
        layers.push(Layer::always(Slot::Flag, format!("-{letters}m in one word"), move |_, case| {
            module(case);
            case.start = vec![format!("-{letters}m"), MODULE.to_owned()];
        }));
    }
    layers
}

fn codes() -> Vec<Layer> {
    let start = |name: &str, words: &'static [&'static str], stdin: bool| {
        Layer::always(Slot::Start, name, move |_, case| {
            case.start = words.iter().map(|word| word.replace("{code}", CODE).replace("{module}", MODULE)).collect();
            case.from_stdin = stdin;
            if words.iter().any(|word| word.contains("{module}")) {
                module(case);
            }
        })
    };
    vec![
        start("-cCODE in one word", &["-c{code}"], false),
        start("-c with arguments", &["-c", "{code}", "-S", "-I", "--", "x"], false),
        start("-m", &["-m", "{module}"], false),
        start("-mMODULE in one word", &["-m{module}"], false),
        start("-m with arguments", &["-m", "{module}", "-S", "-c", "x"], false),
        start("standard input", &[], true),
        start("standard input as -", &["-"], true),
        start("standard input as - with arguments", &["-", "-S", "x"], true),
        start("standard input with -q", &["-q"], true),
        start("standard input after --", &["--"], true),
        Layer::always(Slot::Start, "-m from a package", |_, case| {
            case.write(format!("{}/pack/__init__.py", writable(case)), "");
            case.write(format!("{}/pack/__main__.py", writable(case)), CODE);
            case.start = vec!["-m".to_owned(), "pack".to_owned()];
            case.cwd = writable(case);
        }),
    ]
}

fn scripts() -> Vec<Layer> {
    let mut layers = Vec::new();
    for (name, typed) in [
        ("script", "script.py"),
        ("script with a dot", "./script.py"),
        ("script in a folder", "below/script.py"),
        ("script upwards", "below/../script.py"),
        ("script with a double slash", "below//script.py"),
        ("script, absolute", "{here}/below/script.py"),
        ("script, absolute with dots", "{here}/below/../below/./script.py"),
        ("script by a link beside it", "link.py"),
        ("script by a link to another folder", "link-below.py"),
        ("script by an absolute link", "link-absolute.py"),
        ("script by a chain of links", "link-chain.py"),
        ("script through a linked folder", "linked/script.py"),
        ("script by a link in a linked folder", "linked/link-up.py"),
        ("script without suffix", "below/tool"),
        ("folder", "folder"),
        ("folder with a slash", "folder/"),
        ("folder with a dot", "./folder"),
        ("folder, absolute", "{here}/folder"),
        ("folder, absolute with dots and a slash", "{here}/below/../folder/"),
        ("folder by a link", "linked-folder"),
        ("the working folder", "."),
        ("the folder above", "below/.."),
        ("zip", "app.zip"),
        ("zip with a dot", "./app.zip"),
        ("zip, absolute", "{here}/app.zip"),
        ("zip by a link", "linked.zip"),
        ("zip without suffix", "below/app"),
    ] {
        layers.push(script(name, typed, &[]));
    }
    layers.push(script("script with arguments", "script.py", &["-S", "-I", "-c", "x"]));
    layers.push(script("folder with arguments", "folder", &["-S"]));
    layers.push(Layer::always(Slot::Start, "script after --", |_, case| {
        programs(case);
        case.start = vec!["--".to_owned(), "below/script.py".to_owned()];
    }));
    layers.push(Layer::always(Slot::Start, "script that is missing", |_, case| {
        case.start = vec!["nosuch.py".to_owned()];
    }));
    layers.push(Layer::always(Slot::Start, "folder without __main__.py", |_, case| {
        let folder = format!("{}/empty", writable(case));
        case.folder(folder.clone());
        case.start = vec![folder];
    }));
    layers
}

fn script(name: &'static str, typed: &'static str, arguments: &'static [&'static str]) -> Layer {
    Layer::always(Slot::Start, name, move |_, case| {
        programs(case);
        let here = case.cwd.clone();
        case.start = [typed].iter().chain(arguments).map(|word| word.replace("{here}", &here)).collect();
    })
}

/// Where files may be written: the working folder, where it is the case's own.
pub(super) fn writable(case: &Case) -> String {
    if case.cwd.starts_with(&case.root) { case.cwd.clone() } else { format!("{}/work", case.root) }
}

/// Scripts, folders and zip files of the probe in the working folder, which moves to the case's own where it must not be written.
fn programs(case: &mut Case) {
    case.cwd = writable(case);
    let here = case.cwd.clone();
    for file in ["script.py", "below/script.py", "below/tool", "folder/__main__.py", "__main__.py"] {
        // `-x` skips the first line of a script.
        case.write(format!("{here}/{file}"), format!("#!/usr/bin/env python\n{CODE}"));
    }
    for (link, target) in [
        ("link.py", "script.py".to_owned()),
        ("link-below.py", "below/script.py".to_owned()),
        ("link-absolute.py", format!("{here}/below/script.py")),
        ("link-chain.py", "link-below.py".to_owned()),
        ("below/link-up.py", "../script.py".to_owned()),
        ("linked", "below".to_owned()),
        ("linked-folder", "folder".to_owned()),
        ("linked.zip", "below/app".to_owned()),
    ] {
        case.link(format!("{here}/{link}"), target);
    }
    for file in ["app.zip", "below/app"] {
        case.changes.push(Change::Zip(format!("{here}/{file}"), "__main__.py", CODE.to_owned()));
    }
}

/// The probe as a module, in the working folder and in site-packages, so that it is found also where the first is not looked in.
fn module(case: &mut Case) {
    let here = writable(case);
    case.write(format!("{here}/{MODULE}.py"), CODE);
    case.write(format!("{}/{MODULE}.py", case.site), CODE);
}
