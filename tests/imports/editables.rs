//! Projects of every build backend, installed in place by uv: each style of editable installation as its backend really writes it.

use crate::asked::{self, Memory};
use crate::support::interpreters::Interpreter;
use crate::support::process::{self, Run};
use crate::support::{Scratch, on_path};
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One project: its name, its backend, what that requires, what else stands in `pyproject.toml`, the folder of its package.
struct Project(&'static str, &'static str, &'static str, &'static str);

const SETUPTOOLS: &str = "setuptools.build_meta";

/// Every style. Where a table follows, it is what makes the style.
const PROJECTS: &[Project] = &[
    Project("st_src", SETUPTOOLS, "src/st_src", ""),
    Project("st_flat", SETUPTOOLS, "st_flat", ""),
    Project("st_two", SETUPTOOLS, "st_two", "[tool.setuptools]\npackages = ['st_two', 'st_two.deep']\npy-modules = ['st_module']\n"),
    Project(
        "st_folders",
        SETUPTOOLS,
        "code/a",
        "[tool.setuptools]\npackages = ['st_a', 'st_b.c']\n[tool.setuptools.package-dir]\nst_a = 'code/a'\n'st_b.c' = 'code/a'\n",
    ),
    Project("st_space", SETUPTOOLS, "space/st", "[tool.setuptools.packages.find]\nnamespaces = true\ninclude = ['space*']\n"),
    Project("st_space_src", SETUPTOOLS, "src/space/other", ""),
    Project("st_strict", SETUPTOOLS, "src/st_strict", ""),
    Project("st_compat", SETUPTOOLS, "src/st_compat", ""),
    Project("hatch_src", "hatchling.build", "src/hatch_src", ""),
    Project("hatch_flat", "hatchling.build", "hatch_flat", ""),
    Project("hatch_moved", "hatchling.build", "code/hatch_moved", "[tool.hatch.build.targets.wheel]\npackages = ['code/hatch_moved']\n"),
    Project("hatch_exact", "hatchling.build", "src/hatch_exact", "[tool.hatch.build]\ndev-mode-exact = true\n"),
    Project("flit_flat", "flit_core.buildapi", "flit_flat", ""),
    Project("flit_src", "flit_core.buildapi", "src/flit_src", ""),
    Project("poetry_src", "poetry.core.masonry.api", "src/poetry_src", ""),
    Project("poetry_flat", "poetry.core.masonry.api", "poetry_flat", ""),
    Project("uv_src", "uv_build", "src/uv_src", ""),
    Project("pdm_src", "pdm.backend", "src/pdm_src", ""),
    Project("pdm_exact", "pdm.backend", "src/pdm_exact", "[tool.pdm.build]\neditable-backend = 'editables'\n"),
];

/// What every package holds.
const FILES: &[&str] = &["__init__.py", "inner.py", "deep/__init__.py", "deep/leaf.py", "bare/leaf.py", "data.txt"];

/// The environment with all of them, or why there is none: no uv, no registry.
pub fn make(interpreter: &Interpreter, scratch: &Path) -> Result<PathBuf, String> {
    let uv = uv().ok_or("no uv is here")?;
    let venv = scratch.join("venv");
    let run = |words: &[&str], projects: &[&str]| {
        let projects = projects.iter().flat_map(|name| ["-e".into(), scratch.join(name).into_os_string()]);
        let mut run = Run::new(&uv).args(words).args(projects).online().var("VIRTUAL_ENV", &venv).cwd(scratch);
        run.limit = Duration::from_secs(120);
        let ended = process::run(&run).map_err(|error| error.to_string())?;
        if ended.status == Some(0) { Ok(()) } else { Err(ended.complaint()) }
    };
    for Project(name, backend, package, table) in PROJECTS {
        let root = scratch.join(name);
        let toml = format!(
            "[build-system]\nrequires = []\nbuild-backend = \"{backend}\"\n[project]\nname = \"{name}\"\nversion = \"0.1\"\ndescription = \"d\"\n{table}"
        );
        let files = FILES.iter().map(|file| format!("{package}/{file}")).chain(["st_module.py", "st_hidden.py"].map(str::to_owned));
        for file in files.filter(|file| !file.starts_with("st_") || file.contains('/') || *name == "st_two") {
            write(&root.join(file), "\"\"\"d\"\"\"\n")?;
        }
        write(&root.join("pyproject.toml"), &toml)?;
    }
    run(&["venv", "-q", "--python", &interpreter.path.display().to_string(), &venv.display().to_string()], &[])?;
    let backends = ["setuptools", "wheel", "hatchling", "flit-core", "poetry-core", "pdm-backend", "editables", "uv-build"];
    run(&[&["pip", "install", "-q"], &backends[..]].concat(), &[])?;
    let editable = ["pip", "install", "-q", "--no-build-isolation", "--no-deps"];
    let usual: Vec<&str> = PROJECTS.iter().map(|project| project.0).filter(|name| !matches!(*name, "st_strict" | "st_compat")).collect();
    run(&editable, &usual)?;
    for style in ["strict", "compat"] {
        run(&[&editable[..], &["-C", &format!("editable_mode={style}")]].concat(), &[&format!("st_{style}")])?;
    }
    Ok(venv)
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    let made = fs::create_dir_all(file.parent().unwrap_or(file)).and_then(|()| fs::write(file, text));
    made.map_err(|error| error.to_string())
}

fn uv() -> Option<PathBuf> {
    let beside = crate::support::interpreters::all().iter().filter_map(|known| Some(known.path.parent()?.join("uv")));
    beside.chain(on_path("uv")).find(|file| process::is_executable(file) && !file.display().to_string().contains("/shims/"))
}

/// Every module of every project, and names that are nearly there.
pub fn compare(venv: &Path, scratch: &Scratch) -> Result<(), Failed> {
    let tops = PROJECTS.iter().map(|project| project.0).chain([
        "st_a",
        "st_b",
        "st_b.c",
        "st_module",
        "st_hidden",
        "space",
        "space.st",
        "space.other",
        "code",
        "src",
    ]);
    let inner = ["", ".inner", ".deep", ".deep.leaf", ".deep.none", ".bare", ".bare.leaf", ".none", ".Inner", ".data"];
    let names: BTreeSet<String> = tops.flat_map(|top| inner.map(|inner| format!("{top}{inner}"))).collect();
    let names: Vec<String> = names.into_iter().collect();
    let app = scratch.path().join("elsewhere");
    fs::create_dir_all(&app)?;
    let compared = asked::compare(venv, &app, scratch.path(), &[], &names, Memory::Forgets)?;
    println!("editable installations: {} names compared, {} found", compared.names, compared.found);
    if compared.found < 100 {
        return Err(format!("only {} were found", compared.found).into());
    }
    asked::verdict(&compared.differences)
}
