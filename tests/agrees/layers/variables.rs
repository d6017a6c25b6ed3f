//! Environment variables that decide the outcome, and some that must not.

use super::{Layer, Slot};

/// Variable, and its values; `{root}/extra` is a folder that exists.
const VALUES: &[(&str, &[&str])] = &[
    (
        "PYTHONPATH",
        &[
            "",
            "rel",
            ":",
            "::",
            ":{root}/extra",
            "{root}/extra:",
            "{root}/extra::{root}/p1",
            "{root}/extra",
            "{root}/extra/",
            "{root}/extra//",
            "{root}/p1/../extra",
            "./rel",
            "../extra",
            ".",
            "..",
            "./",
            "x",
            "{root}/extra:{root}/extra",
            "{root}/extra:{root}/extra/:{root}/p1/../extra",
            "{root}/nosuch",
            "{root}/nosuch.zip",
            "/",
            "//",
            "/{root}/extra",
            "//{root}/extra",
            "{site}",
            "{user}",
            "{base}/lib",
            "~/x",
            "{root}/a b:{root}/c",
            "{root}/prächtig",
            "{root}/caf\u{10FFE9}",
            "{root}/extra;{root}/p1",
            "{work}",
            "{env}",
            " ",
        ],
    ),
    (
        "PYTHONHOME",
        &[
            "",
            "{base}",
            "{base}/",
            "{base}//",
            "{base}:{base}",
            "{base}:/nosuch",
            "/nosuch:{base}",
            "{base}:{base}:x",
            ":{base}",
            "{base}:",
            ":",
            "/nosuch",
            ".",
            "rel",
            "{base}/lib/..",
            "{bin}",
            "{env}",
            "/",
            "/usr",
        ],
    ),
    ("PYTHONSAFEPATH", &["1", "0", "", "x"]),
    ("PYTHONNOUSERSITE", &["1", "0", "x", "", "00", "-1", " 1", "1x", "0x0", "99999999999999999999", "+0", " 0"]),
    ("PYTHONPLATLIBDIR", &["lib", "lib64", "", "lib/", "./lib", "/lib", "{base}/lib"]),
    (
        "PYTHONUSERBASE",
        &[
            "{root}/userbase",
            "userbase",
            "",
            "~/userbase",
            "{root}/userbase/",
            "{root}/nosuch",
            ".",
            "../userbase",
            "{root}/p1/../userbase",
        ],
    ),
    (
        "PYTHONEXECUTABLE",
        &["/nosuch/bin/python", "{env}/bin/python", "{bin}/python3", "", "python", "bin/python", "{root}/extra/python", "../x/./python"],
    ),
    ("__PYVENV_LAUNCHER__", &["/nosuch/bin/python", "{env}/bin/python", "{bin}/python3", "", "python", "{root}/extra/python"]),
    ("PYTHONUTF8", &["1", "0", "2", ""]),
    ("PYTHONHASHSEED", &["random", "0", " 1", "1 ", "-1", "abc", "4294967295", "4294967296"]),
    ("PYTHONTRACEMALLOC", &["x", "0", "1", "65536", "-1"]),
    ("PYTHONMALLOC", &["nosuch", "default", "malloc", "mimalloc"]),
    ("PYTHONINTMAXSTRDIGITS", &["x", "0", "639", "640", "2147483648"]),
    ("PYTHON_CPU_COUNT", &["x", "0", "2", "default"]),
    ("PYTHON_GIL", &["x", "0", "1"]),
    ("PYTHONIOENCODING", &["nosuch", "UTF8", "latin-1:replace", ":nosuch", "rot13", "iso 8859-1", "mbcs"]),
    ("PYTHONCOERCECLOCALE", &["0", "1"]),
    ("PYTHONDONTWRITEBYTECODE", &["1"]),
    ("PYTHONOPTIMIZE", &["2"]),
    ("PYTHONDEVMODE", &["1"]),
    ("PYTHONSTARTUP", &["{root}/nosuch.py"]),
    ("PYTHONINSPECT", &["1"]),
    ("PYTHONNOSUCH", &["1"]),
    ("PYTHONCASEOK", &["1"]),
    ("PYTHONVERBOSE", &["0"]),
    ("PYTHONPYCACHEPREFIX", &["{root}/cache"]),
    ("PYTHONFROZEN_MODULES", &["off"]),
    ("PYTHON_FROZEN_MODULES", &["off", "x"]),
    ("VIRTUAL_ENV", &["{root}/extra", "{env}"]),
    ("HOME", &["", "home", "{home}/", "/", "/nosuch", "{root}/p1/../home", "//"]),
    ("PATH", &["", "/nosuch", "{env}/bin:/usr/bin:/bin"]),
    ("LANG", &["C", "POSIX", "xx_XX.nosuch", "en_US.ISO-8859-1"]),
    ("LC_ALL", &["C", "POSIX", "C.UTF-8", "xx_XX.nosuch"]),
    ("LC_CTYPE", &["C", "POSIX", "C.UTF-8"]),
    ("XDG_DATA_HOME", &["{root}/extra"]),
    ("APPDATA", &["{root}/extra"]),
];

pub fn layers() -> Vec<Layer> {
    let mut layers = Vec::new();
    for (variable, values) in VALUES {
        for value in *values {
            let shown = venv_explain::machine::text::printable(value);
            layers.push(Layer::always(Slot::Variable, format!("{variable}={shown}"), move |scene, case| {
                let user = case.user_site.split_once("/.local/").map_or(String::new(), |(_, below)| below.to_owned());
                for folder in ["{root}/extra", "{root}/p1", "{work}/rel", "{work}/x", "{root}/caf\u{10FFE9}"] {
                    let folder = case.fill(folder);
                    case.folder(folder);
                }
                if *variable == "PYTHONUSERBASE" {
                    for base in ["{root}", "{work}"] {
                        let folder = format!("{}/userbase/{user}", case.fill(base));
                        case.folder(folder);
                    }
                }
                let value = value.replace("{bin}/python3", &format!("{{bin}}/{}", scene.executable_name()));
                case.var(variable, Some(&value));
            }));
        }
    }
    for variable in ["HOME", "PATH", "LANG"] {
        layers.push(Layer::always(Slot::Variable, format!("{variable} unset"), move |_, case| case.var(variable, None)));
    }
    layers
}
