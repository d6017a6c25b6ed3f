//! Where the environment is, and from where the interpreter is started.

use super::{Layer, Slot};
use crate::case::Change;

pub fn layers() -> Vec<Layer> {
    let mut layers = Vec::new();
    for (name, folder) in [
        ("in a folder with spaces", "my env"),
        ("in a folder with a name of one character", "e"),
        ("in a folder beyond ASCII", "prächtig-環境"),
        ("in a folder whose name is not UTF-8", "caf\u{10FFE9}"),
        ("in a folder with a colon", "a:b"),
        ("in a folder that starts with a dot", ".venv"),
        ("in a folder with a line break", "two\nlines"),
        ("in a folder with a dollar", "$HOME"),
        ("deep down", "a/b/c/d/e/f/env"),
    ] {
        layers.push(Layer::inside(Slot::Place, name, move |_, case| moved(case, folder)));
    }
    layers.push(Layer::inside(Slot::Place, "through a linked folder", |_, case| {
        let real = format!("{}/real", case.root);
        case.folder(real.clone());
        case.changes.push(Change::Move(case.env.clone(), format!("{real}/env")));
        case.link(format!("{}/linked", case.root), "real");
        at(case, "linked/env");
    }));
    layers.push(Layer::inside(Slot::Place, "through a link to the environment", |_, case| {
        case.link(format!("{}/link-to-env", case.root), "env");
        at(case, "link-to-env");
    }));
    layers.push(Layer::inside(Slot::Place, "inside another environment", |_, case| {
        let outer = format!("{}/outer", case.root);
        case.changes.push(Change::Environment(outer.clone()));
        case.changes.push(Change::Move(case.env.clone(), format!("{outer}/env")));
        at(case, "outer/env");
    }));
    layers.push(Layer::inside(Slot::Place, "an environment by copies made from it", |scene, case| {
        let first = case.env.clone();
        at(case, "second");
        case.changes.push(Change::Executable(format!("{}/bin/python", case.env), scene.interpreter.path.display().to_string()));
        case.write(format!("{}/pyvenv.cfg", case.env), format!("home = {first}/bin\ninclude-system-site-packages = false\n"));
        case.folder(case.site.clone());
    }));
    layers.push(Layer::inside(Slot::Place, "its bin is a link to a folder elsewhere", |_, case| {
        let elsewhere = format!("{}/other/programs", case.root);
        case.folder(format!("{}/other", case.root));
        case.changes.push(Change::Move(format!("{}/bin", case.env), elsewhere));
        case.link(format!("{}/bin", case.env), "../other/programs");
    }));
    layers.push(Layer::inside(Slot::Place, "its lib is a link to a folder elsewhere", |_, case| {
        case.folder(format!("{}/other", case.root));
        case.changes.push(Change::Move(format!("{}/lib", case.env), format!("{}/other/lib", case.root)));
        case.link(format!("{}/lib", case.env), "../other/lib");
    }));
    layers.push(Layer::inside(Slot::Place, "its site-packages is removed", |_, case| {
        case.changes.push(Change::Remove(case.site.clone()));
    }));
    layers.push(Layer::inside(Slot::Place, "with lib64 as a folder of its own", |_, case| {
        let site = case.site.replacen("/lib/", "/lib64/", 1);
        case.changes.push(Change::Remove(format!("{}/lib64", case.env)));
        case.folder(site.clone());
        case.write(format!("{site}/six-four.pth"), format!("{}/extra\n", case.root));
        case.folder(format!("{}/extra", case.root));
    }));
    for (name, folder) in [
        ("from the environment", "{env}"),
        ("from its bin", "{env}/bin"),
        ("from its site-packages", "{site}"),
        ("from the root", "/"),
        ("from the home folder", "{home}"),
        ("from above", "{root}"),
        ("from the base's bin", "{bin}"),
    ] {
        layers.push(Layer::new(Slot::Cwd, name, move |scene, case| {
            let folder = case.fill(folder);
            let inside = folder.starts_with(&case.env) || folder == case.site;
            // The working folder is what the kernel calls it: no links on the way.
            let linked = case.layers.iter().any(|layer| layer.contains("link"));
            case.cwd = folder;
            (scene.template.is_some() || !inside) && !linked && !case.layers.iter().any(|layer| layer.contains("removed"))
        }));
    }
    layers
}

fn at(case: &mut crate::case::Case, folder: &str) {
    let old = case.env.clone();
    case.env = format!("{}/{folder}", case.root);
    case.site = case.site.replacen(&old, &case.env, 1);
    case.program = case.program.replacen(&old, &case.env, 1);
}

fn moved(case: &mut crate::case::Case, folder: &str) {
    let old = case.env.clone();
    at(case, folder);
    let parent = case.env.rsplit_once('/').map_or(String::new(), |(parent, _)| parent.to_owned());
    case.folder(parent);
    case.changes.push(Change::Move(old, case.env.clone()));
}
