//! The standard library: modules that are missing, and files that stand in for them; what `-m` finds and what it cannot run.

use super::{Layer, Slot};
use crate::case::Change;
use crate::probe::CODE;
use crate::scene::Scene;

/// Modules that some release imports while it starts, and one that none does.
const STARTING: &[&str] = &[
    "codecs",
    "io",
    "abc",
    "site",
    "stat",
    "posixpath",
    "_collections_abc",
    "_sitebuiltins",
    "_bootlocale",
    "_weakrefset",
    "sysconfig",
    "linecache",
    "traceback",
];

pub fn layers() -> Vec<Layer> {
    let mut layers = missing();
    layers.extend(standing_in());
    layers.extend(modules());
    layers
}

/// Whether a start of this release imports the module only to print the error of a line of code in a `.pth` file: virtualenv's line
/// is one where its code is newer than the release.
fn prints_errors(scene: &Scene, module: &str) -> bool {
    matches!(module, "linecache" | "traceback") && !scene.interpreter.is_cpython_from(13)
}

fn missing() -> Vec<Layer> {
    let mut layers = Vec::new();
    for module in STARTING {
        let file: &'static str = Box::leak(format!("{module}.py").into_boxed_str());
        layers.push(Layer::new(Slot::Base, format!("a base without {file}"), move |scene, case| {
            let prefix = format!("{}/base", case.root);
            case.changes.push(Change::Installation(prefix.clone(), vec![file]));
            case.rebase(scene, &format!("{prefix}/bin"));
            !prints_errors(scene, module)
        }));
    }
    for file in ["aliases.py", "utf_8.py", "latin_1.py", "ascii.py"] {
        layers.push(Layer::always(Slot::Base, format!("a base without encodings/{file}"), move |scene, case| {
            let prefix = format!("{}/base", case.root);
            let folder = format!("{prefix}/{}/encodings", scene.stdlib_below_prefix().display());
            case.changes.push(Change::Installation(prefix.clone(), vec!["encodings"]));
            let real = scene.interpreter.stdlib.join("encodings");
            for name in std::fs::read_dir(&real).into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().into_string().ok()) {
                if name != file && name != "__pycache__" {
                    case.link(format!("{folder}/{name}"), real.join(&name).display().to_string());
                }
            }
            case.rebase(scene, &format!("{prefix}/bin"));
        }));
    }
    layers
}

/// A file on `PYTHONPATH`, or beside the program, by the name of a module of the library.
fn standing_in() -> Vec<Layer> {
    let mut layers = Vec::new();
    for module in STARTING.iter().chain(&["encodings", "os", "sitecustomize"]) {
        let stands_in = move |case: &mut crate::case::Case, folder: String| {
            let below = if *module == "encodings" { "encodings/__init__".to_owned() } else { (*module).to_owned() };
            case.write(format!("{folder}/{below}.py"), "raise ValueError('on purpose')\n");
        };
        layers.push(Layer::new(Slot::Variable, format!("PYTHONPATH with another {module}"), move |scene, case| {
            let folder = format!("{}/stand-in", case.root);
            stands_in(case, folder.clone());
            case.var("PYTHONPATH", Some(&folder));
            !prints_errors(scene, module)
        }));
        layers.push(Layer::always(Slot::Cwd, format!("a working folder with another {module}"), move |_, case| {
            case.cwd = format!("{}/stand-in", case.root);
            stands_in(case, case.cwd.clone());
        }));
    }
    layers.push(Layer::always(Slot::Variable, "PYTHONPATH with sitecustomize in a zip", |_, case| {
        let file = format!("{}/code.zip", case.root);
        case.changes.push(Change::Zip(file.clone(), "sitecustomize.py", "import sys\nsys.path.append('/zipped')\n".to_owned()));
        case.var("PYTHONPATH", Some(&file));
    }));
    layers.push(Layer::always(Slot::Variable, "PYTHONPATH with sitecustomize deep in a zip", |_, case| {
        let file = format!("{}/code.zip", case.root);
        case.changes.push(Change::Zip(file.clone(), "a/b/sitecustomize.py", "import sys\nsys.path.append('/zipped')\n".to_owned()));
        case.var("PYTHONPATH", Some(&format!("{file}/a/b")));
    }));
    layers
}

/// `-m` with names that are packages, portions, relative, missing.
fn modules() -> Vec<Layer> {
    let names = [
        "pack",
        "pack.sub",
        "pack.nosuch",
        "pack/sub",
        "pack.",
        "pack..sub",
        "main",
        "main.__main__",
        "portion",
        "portion-main",
        ".pack",
        "nosuch",
        "nosuch.sub",
        "",
        "email",
    ];
    let mut layers = Vec::new();
    for name in names {
        layers.push(Layer::always(Slot::Start, format!("-m with the name {name:?}"), move |_, case| {
            let here = super::starts::writable(case);
            for (file, text) in [
                ("pack/__init__.py", ""),
                ("pack/sub.py", CODE),
                ("main/__init__.py", ""),
                ("main/__main__.py", CODE),
                ("portion/text", ""),
                ("portion-main/__main__.py", CODE),
            ] {
                case.write(format!("{here}/{file}"), text);
            }
            case.cwd = here;
            case.start = vec!["-m".to_owned(), name.to_owned()];
        }));
    }
    layers
}
