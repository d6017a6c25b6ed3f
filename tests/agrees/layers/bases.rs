//! The base installation: copied elsewhere, incomplete, with odd files beside the executable.

use super::{Layer, Slot};
use crate::case::{Case, Change};
use crate::scene::Scene;

pub fn layers() -> Vec<Layer> {
    let mut layers = vec![
        Layer::new(Slot::Base, "the installation is copied elsewhere", |scene, case| {
            scene.relocated().is_ok_and(|prefix| {
                case.rebase(scene, &format!("{prefix}/bin"));
                true
            })
        }),
        base("a base of links", &[], |_, _, _| {}),
        base("a base without os.py", &["os.py", "os.pyc"], |_, _, _| {}),
        base("a base without lib-dynload", &["lib-dynload"], |_, _, _| {}),
        base("a base without encodings", &["encodings"], |_, _, _| {}),
        base("a base without site.py", &["site.py"], |_, _, _| {}),
        base("a base whose lib-dynload is a file", &["lib-dynload"], |scene, case, prefix| {
            case.write(format!("{prefix}/{}/lib-dynload", scene.stdlib_below_prefix().display()), "");
        }),
        base("an empty zip of the standard library in the base", &[], |scene, case, prefix| {
            case.write(format!("{prefix}/lib/{}", zip_name(scene)), "");
        }),
        base("an empty zip in place of os.py", &["os.py", "os.pyc"], |scene, case, prefix| {
            case.write(format!("{prefix}/lib/{}", zip_name(scene)), "");
        }),
        base("a folder called like the zip", &[], |scene, case, prefix| {
            case.folder(format!("{prefix}/lib/{}", zip_name(scene)));
        }),
        base("pybuilddir.txt beside the base", &[], |_, case, prefix| {
            case.write(format!("{prefix}/bin/pybuilddir.txt"), "build/lib.linux-x86_64");
        }),
        base("an empty pybuilddir.txt beside the base", &[], |_, case, prefix| {
            case.write(format!("{prefix}/bin/pybuilddir.txt"), "");
        }),
        base("Modules/Setup.local beside the base", &[], |_, case, prefix| {
            case.write(format!("{prefix}/bin/Modules/Setup.local"), "");
        }),
        base("Modules/Setup beside the base", &[], |_, case, prefix| {
            case.write(format!("{prefix}/bin/Modules/Setup"), "");
        }),
        base("the base's lib is called lib64", &[], |_, case, prefix| {
            case.changes.push(Change::Move(format!("{prefix}/lib"), format!("{prefix}/lib64")));
            case.var("PYTHONPLATLIBDIR", Some("lib64"));
        }),
        base("the base's bin has only the versioned name", &[], |scene, case, prefix| {
            for name in scene.executable_aliases() {
                case.changes.push(Change::Remove(format!("{prefix}/bin/{name}")));
            }
            if scene.template.is_some() {
                let real = format!("{prefix}/bin/{}", scene.executable_name());
                for (name, _) in &scene.template.as_ref().map(|made| made.links_to_base.clone()).unwrap_or_default() {
                    case.link(format!("{}/bin/{name}", case.env), &real);
                }
            }
        }),
        base("pyvenv.cfg in the base's prefix", &[], |_, case, prefix| {
            case.write(format!("{prefix}/pyvenv.cfg"), "include-system-site-packages = false\n");
        }),
        base("pyvenv.cfg in the base's bin", &[], |_, case, prefix| {
            case.write(format!("{prefix}/bin/pyvenv.cfg"), format!("home = {prefix}/bin\n"));
        }),
        base("sitecustomize in the base's site-packages", &[], |scene, case, prefix| {
            let site = format!("{prefix}/{}/site-packages", scene.stdlib_below_prefix().display());
            case.write(format!("{site}/sitecustomize.py"), "import sys\n");
            case.write(format!("{site}/base.pth"), "below\n");
            case.folder(format!("{site}/below"));
        }),
    ];
    layers.extend(pth_adjacent());
    layers.push(Layer::inside(Slot::Base, "the base is reached through a link to its bin", |scene, case| {
        let link = format!("{}/base-bin", case.root);
        let bin = case.base_bin.clone();
        case.link(&link, bin);
        case.rebase(scene, &link);
    }));
    layers.push(Layer::new(Slot::Base, "the base's executable is a link outside of its tree", |scene, case| {
        let bin = format!("{}/links/bin", case.root);
        let real = scene.interpreter.path.display().to_string();
        for name in scene.executable_aliases().into_iter().chain([scene.executable_name()]) {
            case.link(format!("{bin}/{name}"), &real);
        }
        case.rebase(scene, &bin);
        true
    }));
    layers.push(Layer::new(Slot::Base, "the base's executable is a copy alone", |scene, case| {
        let bin = format!("{}/alone/bin", case.root);
        let real = scene.interpreter.path.display().to_string();
        for name in scene.executable_aliases().into_iter().chain([scene.executable_name()]) {
            case.changes.push(Change::Executable(format!("{bin}/{name}"), real.clone()));
        }
        case.rebase(scene, &bin);
        true
    }));
    layers
}

/// A base of links at `base`, changed further.
fn base(name: &'static str, without: &'static [&'static str], change: impl Fn(&Scene, &mut Case, &str) + Send + Sync + 'static) -> Layer {
    Layer::always(Slot::Base, name, move |scene, case| {
        let prefix = format!("{}/base", case.root);
        case.changes.push(Change::Installation(prefix.clone(), without.to_vec()));
        case.rebase(scene, &format!("{prefix}/bin"));
        change(scene, case, &prefix);
    })
}

/// A `._pth` file beside the base's executable, and beside the one that is started.
fn pth_adjacent() -> Vec<Layer> {
    let contents = [
        ("with the library", "../{lib}\n../{lib}/lib-dynload\n"),
        ("with site", "../{lib}\n../{lib}/lib-dynload\nimport site\n"),
        ("with comments", "# first\n../{lib} # the library\n\n  ../{lib}/lib-dynload  \n#import site\n"),
        ("with another import", "../{lib}\nimport os\nimport  site\n"),
        ("empty", ""),
    ];
    let mut layers = Vec::new();
    for (name, text) in contents {
        let beside_base = format!("._pth beside the base, {name}");
        layers.push(base(Box::leak(beside_base.into_boxed_str()), &[], move |scene, case, prefix| {
            let lib = scene.stdlib_below_prefix().display().to_string();
            case.write(format!("{prefix}/bin/{}._pth", scene.executable_name()), text.replace("{lib}", &lib));
        }));
        layers.push(Layer::inside(Slot::Base, format!("._pth beside the environment's python, {name}"), move |scene, case| {
            let lib = scene.interpreter.stdlib.display().to_string();
            case.write(format!("{}/bin/python._pth", case.env), text.replace("../{lib}", &lib));
        }));
    }
    layers
}

fn zip_name(scene: &Scene) -> String {
    let (major, minor, _) = scene.interpreter.version;
    format!("python{major}{minor}.zip")
}
