//! How the interpreter is called: by which of its names, by which path, through which links, by a bare name.

use super::{Layer, Slot};
use crate::case::{Case, Change};

pub fn layers() -> Vec<Layer> {
    let mut layers = spellings();
    layers.extend(links());
    layers.extend(bare_names());
    layers
}

/// The folder and the name of the program.
fn split(case: &Case) -> (String, String) {
    let (folder, name) = case.program.rsplit_once('/').unwrap_or(("", &case.program));
    (folder.to_owned(), name.to_owned())
}

/// Where the program's folder is reached through a link, `..` does not lead back, and the kernel spells the working folder otherwise.
fn direct(case: &Case) -> bool {
    !case.layers.iter().any(|layer| layer.contains("link"))
}

fn spellings() -> Vec<Layer> {
    let mut layers = Vec::new();
    for name in ["python3", "pythonX.Y", "pypy3", "pypy"] {
        layers.push(Layer::new(Slot::Program, format!("as {name}"), move |scene, case| {
            let (major, minor, _) = scene.interpreter.version;
            let name = name.replace("X.Y", &format!("{major}.{minor}"));
            let (folder, _) = split(case);
            case.program = format!("{folder}/{name}");
            scene.template.as_ref().is_some_and(|made| made.names.contains(&name))
        }));
    }
    for (name, folder, spelled) in [
        ("relative to the environment", "..", "bin/{name}"),
        ("relative with a dot", "..", "./bin/{name}"),
        ("relative from its bin", ".", "./{name}"),
        ("relative upwards from its bin", ".", "../bin/{name}"),
        ("relative with dots inside", "..", "bin/../bin/./{name}"),
        ("relative with a double slash", "..", "bin//{name}"),
        ("relative from two levels up", "../..", "{env}/bin/{name}"),
        ("relative from beside the environment", "../../work", "../{env}/bin/{name}"),
    ] {
        layers.push(Layer::new(Slot::Program, name, move |scene, case| {
            let (bin, name) = split(case);
            let env = bin.rsplit_once('/').map_or("", |(env, _)| env).to_owned();
            let (above, env_name) = env.rsplit_once('/').unwrap_or(("", &env));
            let spelled = spelled.replace("{name}", &name).replace("{env}", env_name);
            case.cwd = match folder {
                "." => bin.clone(),
                ".." => env.clone(),
                "../.." => above.to_owned(),
                _ => format!("{above}/work"),
            };
            if case.cwd.is_empty() {
                "/".clone_into(&mut case.cwd);
            }
            case.program = spelled;
            direct(case) && scene.template.is_some()
        }));
    }
    for (name, spelled) in [
        ("absolute with dots", "{folder}/../bin/./{name}"),
        ("absolute with a double slash", "{folder}//{name}"),
        ("absolute with two leading slashes", "/{folder}/{name}"),
        ("absolute with three leading slashes", "//{folder}/{name}"),
    ] {
        layers.push(Layer::new(Slot::Program, name, move |_, case| {
            let (folder, name) = split(case);
            case.program = spelled.replace("{folder}", &folder).replace("{name}", &name);
            direct(case)
        }));
    }
    layers
}

fn links() -> Vec<Layer> {
    let there = |case: &Case, below: &str| format!("{}/{below}", case.root);
    vec![
        Layer::always(Slot::Program, "by a link elsewhere", move |_, case| {
            case.link(there(case, "links/python"), case.program.clone());
            case.program = there(case, "links/python");
        }),
        Layer::always(Slot::Program, "by a link with another name", move |_, case| {
            case.link(there(case, "links/mypy"), case.program.clone());
            case.program = there(case, "links/mypy");
        }),
        Layer::inside(Slot::Program, "by a relative link elsewhere", move |_, case| {
            let below = case.program.replacen(&case.root, "..", 1);
            case.link(there(case, "links/python"), below);
            case.program = there(case, "links/python");
        }),
        Layer::always(Slot::Program, "by a chain of links", move |_, case| {
            case.link(there(case, "links/a"), case.program.clone());
            case.link(there(case, "links/b"), "a");
            case.link(there(case, "more/python"), "../links/b");
            case.program = there(case, "more/python");
        }),
        Layer::always(Slot::Program, "by a link in a bin of its own", move |_, case| {
            case.link(there(case, "own/bin/python"), case.program.clone());
            case.program = there(case, "own/bin/python");
        }),
        Layer::inside(Slot::Program, "by a link in a folder below bin", move |_, case| {
            case.link(format!("{}/bin/sub/python", case.env), "../python");
            case.program = format!("{}/bin/sub/python", case.env);
        }),
        Layer::inside(Slot::Program, "by a link in the environment's folder", move |_, case| {
            case.link(format!("{}/python", case.env), "bin/python");
            case.program = format!("{}/python", case.env);
        }),
        Layer::always(Slot::Program, "by a relative link, from the working folder", move |_, case| {
            case.link(format!("{}/py", case.cwd), case.program.clone());
            "./py".clone_into(&mut case.program);
        }),
        Layer::always(Slot::Program, "through a linked bin", move |_, case| {
            let (folder, name) = split(case);
            case.link(there(case, "linked-bin"), folder);
            case.program = format!("{}/{name}", there(case, "linked-bin"));
        }),
        Layer::always(Slot::Program, "by a copy elsewhere", move |_, case| {
            let copy = there(case, "copied/bin/python");
            case.changes.push(Change::Executable(copy.clone(), case.program.clone()));
            case.program = copy;
        }),
        Layer::inside(Slot::Program, "by a copy in the environment's bin", move |_, case| {
            let copy = format!("{}/bin/copied", case.env);
            case.changes.push(Change::Executable(copy.clone(), case.program.clone()));
            case.program = copy;
        }),
    ]
}

fn bare_names() -> Vec<Layer> {
    let mut layers = Vec::new();
    for (name, path, cwd) in [
        ("by name", "{bin}:/usr/bin", None),
        ("by name, after a missing folder", "/nosuch:{bin}", None),
        ("by name, in a folder with a trailing slash", "{bin}/:/usr/bin", None),
        ("by name, in a folder with dots", "{bin}/../bin", None),
        ("by name, after a folder with a folder of that name", "{root}/folder-of-that-name:{bin}", None),
        ("by name, after a folder with a text of that name", "{root}/text-of-that-name:{bin}", None),
        ("by name, in a relative folder", "bin:/usr/bin", Some("..")),
        ("by name, in a relative folder with a dot", "./bin:/usr/bin", Some("..")),
        ("by name, in the working folder as .", ".:/usr/bin", Some(".")),
        ("by name, in the working folder as an empty item", ":/usr/bin", Some(".")),
        ("by name, in the working folder as a last empty item", "/nosuch:", Some(".")),
        ("by name, from above", "../env/bin", Some("../work")),
        ("by name, in a relative folder of one character", "l", Some("links")),
    ] {
        layers.push(Layer::new(Slot::Program, name, move |scene, case| {
            let (bin, program) = split(case);
            let env = bin.rsplit_once('/').map_or("", |(env, _)| env).to_owned();
            case.folder(format!("{}/folder-of-that-name/{program}", case.root));
            case.write(format!("{}/text-of-that-name/{program}", case.root), "not a program\n");
            let path = path.replace("{bin}", &bin);
            let path = case.fill(&path);
            case.cwd = match cwd {
                None => case.cwd.clone(),
                Some("links") => {
                    case.link(format!("{}/links/l", case.root), &bin);
                    format!("{}/links", case.root)
                }
                Some(".") => bin,
                Some("..") => env,
                Some(_) => format!("{}/work", case.root),
            };
            case.var("PATH", Some(&path));
            case.program = program;
            direct(case) && (cwd.is_none() || scene.template.is_some())
        }));
    }
    layers
}
