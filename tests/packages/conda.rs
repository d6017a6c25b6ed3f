//! conda's records beside the distributions that they are of, as conda writes them, and such as it never wrote.

use crate::real::Told;
use crate::support::Scratch;
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use venv_explain::simulate::packages::Packages;

/// The one trial.
pub fn trials() -> Vec<Trial> {
    vec![Trial::test("conda's records are of the papers that they list", records)]
}

/// A record in the form of `conda create`, of a package with these files.
fn record(meta: &Path, name: &str, version: &str, files: &[&str]) -> Result<(), Failed> {
    let source = serde_json::json!({"source": "/opt/conda/pkgs/x", "type": 1});
    let record = serde_json::json!({
        "arch": "x86_64", "build": "py312_0", "build_number": 0, "channel": null, "depends": ["python >=3.12"], "files": files,
        "fn": format!("{name}-{version}-py312_0.conda"), "link": source, "name": name, "noarch": null, "platform": "linux",
        "requested_spec": name, "subdir": "linux-64", "url": "https://conda.example.org/x", "version": version,
        "paths_data": {"paths": [], "paths_version": 1},
    });
    Ok(fs::write(meta.join(format!("{name}-{version}-py312_0.json")), record.to_string())?)
}

fn records() -> Result<(), Failed> {
    const SITE: &str = "lib/python3.12/site-packages";
    let scratch = Scratch::new("conda");
    let root = scratch.path().join("env");
    let (meta, site) = (root.join("conda-meta"), root.join(SITE));
    fs::create_dir_all(&meta)?;
    fs::create_dir_all(root.join("bin"))?;
    for (papers, file) in [
        ("torch-2.1.dist-info", "METADATA"),
        ("same-1.0.dist-info", "METADATA"),
        ("replaced-2.0.dist-info", "METADATA"),
        ("old-1.0-py3.12.egg-info", "PKG-INFO"),
        ("by_pip-1.0.dist-info", "METADATA"),
    ] {
        let (name, rest) = papers.split_once('-').ok_or("no name")?;
        let version = rest.split(['-', 'd', 'e']).next().unwrap_or_default().trim_end_matches('.');
        fs::create_dir_all(site.join(papers))?;
        fs::write(site.join(papers).join(file), format!("Name: {name}\nVersion: {version}\n"))?;
    }
    fs::write(site.join("single-1.0-py3.12.egg-info"), "Name: single\nVersion: 1.0\n")?;
    fs::write(root.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.1\n")?;
    let of = |papers: &str, file: &str| format!("{SITE}/{papers}/{file}");
    record(&meta, "pytorch", "2.1", &["bin/torchrun", &of("torch-2.1.dist-info", "METADATA"), &of("torch-2.1.dist-info", "RECORD")])?;
    record(&meta, "same", "1.0", &[&of("same-1.0.dist-info", "METADATA")])?;
    record(&meta, "replaced", "1.0", &[&of("replaced-1.0.dist-info", "METADATA")])?;
    record(&meta, "old", "1.0", &[&of("old-1.0-py3.12.egg-info", "PKG-INFO")])?;
    record(&meta, "single", "1.0", &[&format!("{SITE}/single-1.0-py3.12.egg-info")])?;
    record(&meta, "outside", "1.0", &["../../by_pip-1.0.dist-info/METADATA", "", "/", ".dist-info", "by_pip-1.0.dist-info/\u{0}"])?;
    fs::write(meta.join("history"), "==> 2026-01-01 00:00:00 <==\n# cmd: conda create\n")?;
    fs::write(meta.join("broken-1.0-0.json"), "{\"files\": [")?;
    fs::write(meta.join("list-1.0-0.json"), "[]")?;
    fs::write(meta.join("latin-1.0-0.json"), b"{\"files\": [\"\xfc\"]}")?;
    fs::write(meta.join("deep-1.0-0.json"), "[".repeat(1 << 20))?;
    fs::File::create(meta.join("huge-1.0-0.json"))?.set_len(1 << 40)?;
    fs::create_dir(meta.join("folder-1.0-0.json"))?;
    symlink("/dev/zero", meta.join("endless-1.0-0.json"))?;
    symlink("circle-1.0-0.json", meta.join("circle-1.0-0.json"))?;
    std::process::Command::new("mkfifo").arg(meta.join("pipe-1.0-0.json")).status()?;
    let mut told = Told::of(&root);
    told.packages = Packages::of(&told.machine, &told.environment, None);
    let file = |one: &str| meta.join(format!("{one}-py312_0.json")).display().to_string();
    let expected = [
        ("by_pip", None),
        ("old", Some(file("old-1.0"))),
        ("replaced", None),
        ("same", Some(file("same-1.0"))),
        ("single", Some(file("single-1.0"))),
        ("torch", Some(file("pytorch-2.1"))),
    ];
    let ours: Vec<(&str, Option<String>)> = told.packages.distributions.iter().map(|one| (one.name.as_str(), one.conda.clone())).collect();
    if ours != expected {
        return Err(format!("expected {expected:#?}, told {ours:#?}").into());
    }
    for kind in ["broken", "list", "latin", "deep", "huge", "folder", "endless", "circle", "pipe"] {
        let open = told.packages.unknown.iter().filter(|unknown| unknown.what.contains(&format!("/{kind}-1.0-0.json"))).count();
        if open != 1 {
            return Err(format!("{kind} is told {open} times as not known").into());
        }
    }
    Ok(())
}
