//! The JSON that programs rely on: every key of the public contract is there, of the kind that it promises, on every sample.
//!
//! Each shape is written as the contract has it: a path into the object (`[]` for every item of a list) and the kinds of value that may
//! stand there, or the words that may. More keys may be there; none may be missing.

#![allow(clippy::disallowed_methods, reason = "tests run the program")]

mod support;

use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

/// Where in the object, and what may stand there.
type Shape = &'static [(&'static str, &'static str)];

const SYSPATH: Shape = &[
    ("implementation", "text|null"),
    ("version", "text|null"),
    ("executable", "text|null"),
    ("base_executable", "text|null"),
    ("prefix", "text|null"),
    ("exec_prefix", "text|null"),
    ("base_prefix", "text|null"),
    ("base_exec_prefix", "text|null"),
    ("user_site_enabled", "bool|null"),
    ("sys_path[].path", "text"),
    (
        "sys_path[].source",
        "=script-dir|=cwd|=pythonpath|=pth-file-adjacent|=zip|=stdlib|=platstdlib|=user-site|=site-packages|=dist-packages|=pth|=code",
    ),
    ("sys_path[].exists", "bool|null"),
    ("sys_path[].cause.file", "text|null"),
    ("sys_path[].cause.line", "number|null"),
    ("steps[].id", "text"),
    ("steps[].outcome", "text"),
    ("steps[].file", "text|null"),
    ("steps[].line", "number|null"),
    ("steps[].value", "text|null"),
    ("unknown[].what", "text"),
    ("unknown[].why", "text"),
];

const ACTIVATE: Shape = &[
    ("shell", "=bash|=zsh|=sh|=ksh|=fish|=csh|=tcsh|=powershell|=cmd|=nushell|=xonsh"),
    ("script", "text|null"),
    ("activate[].name", "text"),
    ("activate[].before", "text|null"),
    ("activate[].after", "text|null"),
    ("activate[].exported", "bool|null"),
    ("activate[].line", "number|null"),
    ("deactivate[].name", "text"),
    ("deactivate[].before", "text|null"),
    ("deactivate[].after", "text|null"),
    ("deactivate[].exported", "bool|null"),
    ("deactivate[].line", "number|null"),
];

const LOOKUP: Shape = &[
    ("commands[].command", "text"),
    ("commands[].before.resolved", "text|null"),
    ("commands[].before.searched[].dir", "text"),
    ("commands[].before.searched[].candidate", "text"),
    ("commands[].before.searched[].outcome", "=missing|=not-a-file|=not-executable|=found|=shadowed|=repeated"),
    ("commands[].before.chain[].path", "text"),
    ("commands[].before.chain[].kind", "=symlink|=script|=binary|=launcher"),
    ("commands[].before.chain[].next", "text|null"),
    ("commands[].before.interpreter", "text|null"),
    ("commands[].before.environment", "text|null"),
    ("commands[].after.resolved", "text|null"),
    ("commands[].after.searched[].outcome", "=missing|=not-a-file|=not-executable|=found|=shadowed|=repeated"),
    ("commands[].after.chain[].kind", "=symlink|=script|=binary|=launcher"),
    ("commands[].after.environment", "text|null"),
];

const PACKAGES: Shape = &[
    ("distributions[].name", "text|null"),
    ("distributions[].version", "text|null"),
    ("distributions[].path", "text"),
    ("distributions[].installer", "text|null"),
    ("distributions[].requested", "bool|null"),
    ("distributions[].editable", "text|null"),
    ("distributions[].sys_path_item", "text"),
    ("distributions[].size", "number|null"),
    ("problems[].kind", "text"),
    ("problems[].name", "text|null"),
    ("problems[].required_by", "text|null"),
    ("problems[].requirement", "text|null"),
    ("problems[].found", "text|null"),
];

const PACKAGE: Shape = &[
    ("name", "text"),
    ("version", "text|null"),
    ("path", "text"),
    ("files[].name", "text"),
    ("files[].lesson", "text"),
    ("record.entries", "number"),
    ("record.missing", "list"),
    ("record.changed", "list"),
    ("record.unrecorded", "list"),
    ("would_remove", "list"),
    ("would_leave", "list"),
];

const IMPORT: Shape = &[
    ("module", "text"),
    ("found", "bool"),
    ("origin", "text|null"),
    ("kind", "=package|=source|=bytecode|=extension|=namespace|=builtin|=frozen|null"),
    ("locations", "list|null"),
    ("sys_path_index", "number|null"),
    ("distribution", "text|null"),
    ("searched[].item", "text"),
    ("searched[].tried", "list"),
    ("searched[].found", "bool"),
    ("shadows", "list"),
];

const TREE: Shape = &[
    ("root.name", "text"),
    ("root.path", "text"),
    ("root.kind", "=folder|=file|=link|=other"),
    ("root.children[].name", "text"),
    ("root.children[].path", "text"),
    ("root.children[].kind", "=folder|=file|=link|=other"),
    ("root.children[].target", "text|null"),
    ("root.children[].size", "number|null"),
    ("root.children[].lesson", "text"),
    ("root.children[].owner", "text|null"),
    ("root.children[].children", "list"),
    ("root.children[].folded", "number"),
];

const CONFIG: Shape = &[
    ("file", "text"),
    ("lines[].number", "number"),
    ("lines[].text", "text"),
    ("lines[].key", "text|null"),
    ("lines[].value", "text|null"),
    ("lines[].known", "bool"),
    ("lines[].written_by", "list"),
    ("lines[].read_by", "list"),
    ("lines[].effective", "bool|object"),
];

const DOCTOR: Shape = &[
    ("ok", "bool"),
    ("findings[].id", "text"),
    ("findings[].severity", "=error|=warning|=note"),
    ("findings[].title", "text|null"),
    ("findings[].evidence[].file", "text|null"),
    ("findings[].evidence[].line", "number|null"),
    ("findings[].evidence[].text", "text|null"),
    ("findings[].fix", "list"),
];

/// Each command line that prints one object, and the object's name.
const COMMANDS: &[(&str, &str, Shape)] = &[
    ("syspath", "syspath", SYSPATH),
    ("activate", "activate", ACTIVATE),
    ("which python pip nothing", "which", LOOKUP),
    ("packages", "packages", PACKAGES),
    ("import json", "import", IMPORT),
    ("import idna", "import", IMPORT),
    ("tree", "tree", TREE),
    ("config", "config", CONFIG),
];

/// The part of the whole explanation with each name.
const PARTS: &[(&str, Shape)] =
    &[("syspath", SYSPATH), ("activate", ACTIVATE), ("which", LOOKUP), ("tree", TREE), ("config", CONFIG), ("doctor", DOCTOR)];

const SAMPLES: [&str; 4] = ["linux", "windows", "macos", "uv"];

fn json(line: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_venv-explain"));
    let output = command.args(line.split(' ')).args(["--format", "json"]).stdin(Stdio::null()).output().expect("the program runs");
    assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{line}: {error}"))
}

/// Every value at `path`; a key that is missing is told.
fn at<'a>(value: &'a Value, path: &str, missing: &mut Vec<String>) -> Vec<&'a Value> {
    path.split('.').fold(vec![value], |values, part| {
        let key = part.trim_end_matches("[]");
        let mut inner = Vec::new();
        for value in values.into_iter().filter(|value| !value.is_null()) {
            match value.get(key) {
                None => missing.push(format!("no {key} of {path}")),
                Some(Value::Array(items)) if part.ends_with("[]") => inner.extend(items),
                Some(_) if part.ends_with("[]") && value[key].is_null() => {}
                Some(value) => inner.push(value),
            }
        }
        inner
    })
}

fn fits(value: &Value, kinds: &str) -> bool {
    kinds.split('|').any(|kind| match (kind, value) {
        ("null", Value::Null)
        | ("text", Value::String(_))
        | ("bool", Value::Bool(_))
        | ("number", Value::Number(_))
        | ("list", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        (kind, Value::String(text)) => kind.strip_prefix('=') == Some(text),
        _ => false,
    })
}

/// What of `shape` the object does not keep.
fn broken(object: &Value, name: &str, shape: Shape) -> Vec<String> {
    let mut wrong = Vec::new();
    if object["schema"] != format!("venv-explain/{name}/1") {
        wrong.push(format!("the schema of {name} is {}", object["schema"]));
    }
    for (path, kinds) in shape {
        for value in at(object, path, &mut wrong) {
            if !fits(value, kinds) {
                wrong.push(format!("{path} is {value}, not {kinds}"));
            }
        }
    }
    // What is not known is null, and `unknown` says why.
    for unknown in object["unknown"].as_array().into_iter().flatten() {
        if !unknown["what"].is_string() || !unknown["why"].is_string() {
            wrong.push(format!("an odd unknown: {unknown}"));
        }
    }
    wrong
}

#[test]
fn every_object_has_the_keys_and_kinds_that_the_contract_promises() {
    let mut wrong = Vec::new();
    for sample in SAMPLES {
        for (line, name, shape) in COMMANDS {
            let object = json(&format!("{line} --sample {sample}"));
            wrong.extend(broken(&object, name, shape).into_iter().map(|what| format!("{sample}, {line}: {what}")));
        }
        let installed = json(&format!("packages --sample {sample}"));
        let name = installed["distributions"][0]["name"].as_str().expect("something is installed").to_owned();
        let package = json(&format!("package {name} --sample {sample}"));
        wrong.extend(broken(&package, "package", PACKAGE).into_iter().map(|what| format!("{sample}, package {name}: {what}")));
        let whole = json(&format!("--sample {sample}"));
        for (name, shape) in PARTS {
            wrong.extend(broken(&whole[*name], name, shape).into_iter().map(|what| format!("{sample}, the whole: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_start_that_fails_has_a_reason_and_no_path() {
    let object = json("syspath --sample linux --env PYTHONHOME=/nowhere");
    assert!(object["fatal"].is_string(), "{object}");
    assert_eq!(object.get("sys_path"), Some(&Value::Null));
}

#[test]
fn a_sick_environment_keeps_the_shapes_too() {
    for change in ["no-config", "base-removed", "moved:/somewhere/else", "remove:/home/ada/app/.venv/bin", "config:-home"] {
        let whole = json(&format!("--sample linux --whatif {change}"));
        let wrong: Vec<_> =
            PARTS.iter().filter(|(name, _)| !whole[*name].is_null()).flat_map(|(name, shape)| broken(&whole[*name], name, shape)).collect();
        assert!(wrong.is_empty(), "{change}: {}", wrong.join("\n"));
    }
}

#[cfg(unix)]
#[test]
fn bytes_that_are_not_utf_8_are_told_and_marked() {
    use std::os::unix::ffi::OsStrExt as _;
    let scratch = support::Scratch::new("contract");
    std::fs::create_dir_all(scratch.path().join(".venv/bin")).expect("room");
    std::fs::write(scratch.path().join(".venv/pyvenv.cfg"), "home = /usr/bin\n").expect("room");
    for (path, dir, lossy) in [(&b"/odd\xff"[..], r"/odd\xff", Some(true)), (b"/even", "/even", None)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_venv-explain"));
        command.args(["which", "python", "--format", "json"]).env("PATH", std::ffi::OsStr::from_bytes(path)).env_remove("VIRTUAL_ENV");
        let output = command.current_dir(scratch.path()).stdin(Stdio::null()).output().expect("the program runs");
        let object: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(object["commands"][0]["before"]["searched"][0]["dir"], dir);
        assert_eq!(object.get("lossy").and_then(Value::as_bool), lossy, "{object}");
    }
}

#[test]
fn which_answers_without_an_environment_and_says_what_it_cannot_tell() {
    let scratch = support::Scratch::new("contract");
    let capture = scratch.path().join("machine.yaml");
    let python = scratch.path().join("python3");
    std::fs::write(&python, "#!/bin/sh\n").expect("room");
    std::fs::set_permissions(&python, std::fs::Permissions::from_mode(0o755)).expect("ours");
    let (folder, python) = (scratch.path().display(), python.display().to_string());
    let recorded =
        format!("venv-explain: capture/1\nplatform: linux\ncwd: /p\nenv: {{PATH: {folder}}}\nfiles:\n  {python}: {{exec: true}}\n");
    std::fs::write(&capture, recorded).expect("room");
    let capture = capture.to_str().expect("a plain name");
    let run = |words: &[&str], vars: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_venv-explain"));
        command.env_clear().env("PATH", scratch.path()).envs(vars.iter().copied()).current_dir(scratch.path()).stdin(Stdio::null());
        command.args(["which", "python3", "nothing-of-that-name"]).args(words).output().expect("the program runs")
    };
    let here: &[(&str, &str)] = &[];
    let cases = [
        (vec![], here, "no virtual environment was found in "),
        (vec!["--capture", capture], here, "no virtual environment was found in /p or above it"),
        (vec![], &[("VIRTUAL_ENV", "/gone")], "VIRTUAL_ENV is /gone, but /gone does not exist"),
    ];
    for (words, vars, why) in cases {
        let output = run(&[&words[..], &["--format", "json"]].concat(), vars);
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
        let object: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(object["commands"][0]["before"]["resolved"], python);
        assert!(object["commands"].as_array().expect("a list").iter().all(|command| command["after"].is_null()), "{object}");
        assert_eq!(object["unknown"][0]["what"], "after activation");
        assert!(object["unknown"][0]["why"].as_str().expect("a reason").starts_with(why), "{object}");
        let page = String::from_utf8(run(&words, vars).stdout).expect("UTF-8");
        assert!(page.contains("Nothing to activate") && page.contains("python3, now") && !page.contains("after activation"), "{page}");
    }
    let named = run(&["--venv", "/nowhere"], here);
    assert_eq!((named.status.code(), named.stdout.len()), (Some(2), 0));
}

#[test]
fn where_a_way_ends_in_the_unknown_the_page_gives_its_reason() {
    let scratch = support::Scratch::new("contract");
    let capture = scratch.path().join("machine.yaml");
    let recorded = "venv-explain: capture/1\nplatform: windows\ncwd: 'C:\\w'\nenv: {Path: 'C:\\Windows', PY_PYTHON: '3.13'}\n\
                    files: {'C:\\Windows\\py.exe': {exec: true}}\n\
                    registry: {'HKLM\\Software\\Python\\PythonCore\\3.12\\InstallPath': 'C:\\P'}\n";
    std::fs::write(&capture, recorded).expect("room");
    let mut command = Command::new(env!("CARGO_BIN_EXE_venv-explain"));
    command.args(["which", "py", "--width", "300", "--capture"]).arg(&capture).stdin(Stdio::null());
    let page = String::from_utf8(command.output().expect("the program runs").stdout).expect("UTF-8");
    assert!(page.contains("3.13 is asked for by PY_PYTHON or py.ini, and no such version is registered"), "{page}");
}
