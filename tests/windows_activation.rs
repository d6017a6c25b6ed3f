//! Activation in cmd and PowerShell, which do not run here: the real scripts that uv and virtualenv write are followed on a recorded
//! Windows machine, and each variable is compared with what those shells' rules make of it.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use support::environments::{self, Kind};
use support::interpreters;
use venv_explain::machine::capture::Capture;
use venv_explain::simulate::activation::{Activation, Change, Shell, Strictness, activate_in};

#[allow(clippy::disallowed_methods, reason = "tests read the disk")]
fn read(path: &Path) -> Result<String, Failed> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

const VENV: &str = r"C:\Users\ada\my app\.venv";
const SCRIPTS: &str = r"C:\Users\ada\my app\.venv\Scripts";
const PATH: &str = r"C:\Windows\system32;C:\Program Files (x86)\Tools";

type Row = (&'static str, Option<String>, Option<String>);

fn main() {
    let arguments = Arguments::from_args();
    let trials = vec![
        trial("cmd and the script of uv", Kind::Uv, cmd_of_uv),
        trial("cmd and the script of uv, active already", Kind::Uv, cmd_of_uv_twice),
        trial("PowerShell and the script of uv", Kind::Uv, powershell_of_uv),
        trial("PowerShell and the script of virtualenv", Kind::Virtualenv, powershell_of_virtualenv),
        trial("PowerShell and the script of venv", Kind::Venv, powershell_of_venv),
        Trial::test("cmd reads a block whole before it runs it", || blocks().map_err(Failed::from)),
        batch("cmd and the script of virtualenv", cmd_of_virtualenv),
        batch("cmd and the script of virtualenv, active already", cmd_of_virtualenv_twice),
        batch("cmd and the script of virtualenv, the prompt left alone", cmd_of_virtualenv_without_prompt),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

/// A trial on an environment that the real maker has made; skipped where the maker is absent.
fn trial(name: &str, kind: Kind, check: fn(&Path) -> Result<(), Failed>) -> Trial {
    let scratch = support::Scratch::new("windows");
    let folder = scratch.path().join("env");
    let made =
        interpreters::all().iter().rfind(|known| known.implementation == "cpython").map(|python| environments::make(python, kind, &folder));
    // Older scripts do less; what is expected below is of those that set VIRTUAL_ENV_PROMPT.
    let newer = |script: &str| read(&folder.join("bin").join(script)).is_ok_and(|text| text.contains("VIRTUAL_ENV_PROMPT"));
    let there = matches!(made, Some(Ok(()))) && (newer("activate.ps1") || newer("Activate.ps1"));
    Trial::test(name, move || check(&scratch.path().join("env"))).with_ignored_flag(!there)
}

/// A trial on the batch files that virtualenv would write on Windows, which lie in its own package; skipped where that is not installed.
#[allow(clippy::disallowed_methods, reason = "tests read the disk")]
fn batch(name: &str, check: fn(&Path) -> Result<(), Failed>) -> Trial {
    // Beside an interpreter, or in an environment of its own from which a link on PATH leads to the command.
    let beside = interpreters::all().iter().map(|python| python.stdlib.clone());
    let commands = support::every_on_path("virtualenv").into_iter().filter_map(|file| file.canonicalize().ok());
    let libraries = commands.filter_map(|file| std::fs::read_dir(file.parent()?.with_file_name("lib")).ok());
    let own = libraries.flatten().flatten().map(|entry| entry.path());
    let folders = beside.chain(own).map(|library| library.join("site-packages/virtualenv/activation/batch"));
    // Older ones do less, and name other places to fill.
    let newer = |folder: &Path| read(&folder.join("activate.bat")).is_ok_and(|text| text.contains("__VIRTUAL_ENV_CALL__"));
    let folder = folders.into_iter().find(|folder| newer(folder));
    let there = folder.is_some();
    Trial::test(name, move || check(&folder.unwrap_or_default())).with_ignored_flag(!there)
}

/// virtualenv's batch files with their places filled as `virtualenv/activation/via_template.py` does it.
fn filled(folder: &Path, tcl: &str, tk: &str) -> Result<[(&'static str, String); 2], Failed> {
    let fill = |name: &'static str| {
        let text = read(&folder.join(name))?;
        let values = [
            ("__VIRTUAL_ENV_CALL__", VENV),
            ("__VIRTUAL_ENV__", VENV),
            ("__VIRTUAL_PROMPT__", ""),
            ("__BIN_NAME__", "Scripts"),
            ("__TCL_LIBRARY__", tcl),
            ("__TK_LIBRARY__", tk),
        ];
        Ok::<_, Failed>((name, values.into_iter().fold(text, |text, (place, value)| text.replace(place, value))))
    };
    Ok([fill("activate.bat")?, fill("deactivate.bat")?])
}

/// The script as its maker writes it on Windows: the same text with that environment's folder and `Scripts`.
fn on_windows(folder: &Path, script: &str) -> Result<String, Failed> {
    let text = read(&folder.join("bin").join(script))?;
    let folder = folder.to_str().ok_or("an odd folder")?;
    Ok(text
        .replace(folder, VENV)
        .replace("\\bin;", "\\Scripts;")
        .replace("/bin:", "\\Scripts;")
        .replace("'bin'", "'Scripts'")
        .replace("+ ':' +", "+ ';' +")
        .replace("VIRTUAL_ENV/\"", "VIRTUAL_ENV\\\""))
}

fn machine(vars: &[(&str, &str)], files: &[(&str, String)]) -> Capture {
    let mut all: BTreeMap<String, serde_json::Value> =
        files.iter().map(|(name, text)| (format!("{SCRIPTS}\\{name}"), json!(text))).collect();
    all.insert(format!("{VENV}\\pyvenv.cfg"), json!("home = C:\\Python\nprompt = 'mine'\n"));
    let env: BTreeMap<&str, &str> = vars.iter().copied().collect();
    let capture = json!({"venv-explain": "capture/1", "platform": "windows", "cwd": r"C:\Users\ada", "env": env, "files": all});
    Capture::parse("test", capture.to_string().as_bytes()).expect("a sound capture")
}

fn follow(capture: &Capture, shell: Shell) -> Activation {
    activate_in(capture, SCRIPTS, shell, Strictness::Lenient)
}

/// Compares rows whole: name, before, after; and each must name a line.
fn same(rows: &[Change], expected: &[Row]) -> Result<(), Failed> {
    let said: Vec<(String, Option<String>, Option<String>)> =
        rows.iter().map(|row| (row.name.clone(), row.before.clone(), row.after.clone())).collect();
    let expected: Vec<_> = expected.iter().map(|(name, before, after)| ((*name).to_owned(), before.clone(), after.clone())).collect();
    if said != expected {
        return Err(format!("said     {said:#?}\nexpected {expected:#?}").into());
    }
    if rows.iter().all(|row| row.line.is_some()) { Ok(()) } else { Err("a row has no line".into()) }
}

fn known(activation: &Activation) -> Result<(), Failed> {
    if activation.unknown.is_empty() { Ok(()) } else { Err(format!("{:?}", activation.unknown).into()) }
}

#[allow(clippy::unnecessary_wraps, reason = "it stands for a variable that is set")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn back(rows: &[Row]) -> Vec<Row> {
    rows.iter().map(|(name, before, after)| (*name, after.clone(), before.clone())).collect()
}

fn cmd_of_uv(folder: &Path) -> Result<(), Failed> {
    let files = [("activate.bat", on_windows(folder, "activate.bat")?), ("deactivate.bat", on_windows(folder, "deactivate.bat")?)];
    let capture = machine(&[("PATH", PATH), ("PROMPT", "$P$G"), ("PYTHONHOME", r"C:\Py")], &files);
    let said = follow(&capture, Shell::Cmd);
    known(&said)?;
    let expected = [
        ("PATH", some(PATH), Some(format!("{SCRIPTS};{PATH}"))),
        ("PROMPT", some("$P$G"), some("(.venv) $P$G")),
        ("PYTHONHOME", some(r"C:\Py"), None),
        ("VIRTUAL_ENV", None, some(VENV)),
        ("VIRTUAL_ENV_PROMPT", None, some(".venv")),
        ("_OLD_VIRTUAL_PATH", None, some(PATH)),
        ("_OLD_VIRTUAL_PROMPT", None, some("$P$G")),
        ("_OLD_VIRTUAL_PYTHONHOME", None, some(r"C:\Py")),
    ];
    same(&said.activate, &expected)?;
    same(&said.deactivate, &back(&expected))
}

fn cmd_of_uv_twice(folder: &Path) -> Result<(), Failed> {
    let files = [("activate.bat", on_windows(folder, "activate.bat")?), ("deactivate.bat", on_windows(folder, "deactivate.bat")?)];
    let active = format!("{SCRIPTS};{PATH}");
    let vars = [
        ("Path", active.as_str()),
        ("PROMPT", "(.venv) $P$G"),
        ("VIRTUAL_ENV", VENV),
        ("VIRTUAL_ENV_PROMPT", ".venv"),
        ("_OLD_VIRTUAL_PATH", PATH),
        ("_OLD_VIRTUAL_PROMPT", "$P$G"),
    ];
    let said = follow(&machine(&vars, &files), Shell::Cmd);
    known(&said)?;
    same(&said.activate, &[])
}

const TCL: &str = r"C:\Py\tcl\tcl8.6";
const TK: &str = r"C:\Py\tcl\tk8.6";

fn cmd_of_virtualenv(folder: &Path) -> Result<(), Failed> {
    let vars = [("PATH", PATH), ("PROMPT", "$P$G"), ("PYTHONHOME", r"C:\Py"), ("TCL_LIBRARY", r"C:\tcl")];
    let said = follow(&machine(&vars, &filled(folder, TCL, TK)?), Shell::Cmd);
    known(&said)?;
    let expected = [
        ("PATH", some(PATH), Some(format!("{SCRIPTS};{PATH}"))),
        ("PKG_CONFIG_PATH", None, Some(format!(r"{VENV}\lib\pkgconfig"))),
        ("PROMPT", some("$P$G"), some("(.venv) $P$G")),
        ("PYTHONHOME", some(r"C:\Py"), None),
        ("TCL_LIBRARY", some(r"C:\tcl"), some(TCL)),
        ("TK_LIBRARY", None, some(TK)),
        ("VIRTUAL_ENV", None, some(VENV)),
        ("VIRTUAL_ENV_PROMPT", None, some(".venv")),
        ("_OLD_VIRTUAL_PATH", None, some(PATH)),
        ("_OLD_VIRTUAL_PROMPT", None, some("$P$G")),
        ("_OLD_VIRTUAL_PYTHONHOME", None, some(r"C:\Py")),
        ("_OLD_VIRTUAL_TCL_LIBRARY", None, some(r"C:\tcl")),
    ];
    same(&said.activate, &expected)?;
    same(&said.deactivate, &back(&expected))
}

fn cmd_of_virtualenv_twice(folder: &Path) -> Result<(), Failed> {
    let (active, config) = (format!("{SCRIPTS};{PATH}"), format!(r"{VENV}\lib\pkgconfig"));
    let vars = [
        ("Path", active.as_str()),
        ("PKG_CONFIG_PATH", config.as_str()),
        ("PROMPT", "(.venv) $P$G"),
        ("TCL_LIBRARY", TCL),
        ("TK_LIBRARY", TK),
        ("VIRTUAL_ENV", VENV),
        ("VIRTUAL_ENV_PROMPT", ".venv"),
        ("_OLD_VIRTUAL_PATH", PATH),
        ("_OLD_VIRTUAL_PROMPT", "$P$G"),
    ];
    let said = follow(&machine(&vars, &filled(folder, TCL, TK)?), Shell::Cmd);
    known(&said)?;
    same(&said.activate, &[])
}

/// Without `PROMPT`, cmd's usual one is written down, and stays behind.
fn cmd_of_virtualenv_without_prompt(folder: &Path) -> Result<(), Failed> {
    let vars = [("PATH", PATH), ("VIRTUAL_ENV_DISABLE_PROMPT", "1")];
    let said = follow(&machine(&vars, &filled(folder, "", "")?), Shell::Cmd);
    known(&said)?;
    let expected = [
        ("PATH", some(PATH), Some(format!("{SCRIPTS};{PATH}"))),
        ("PKG_CONFIG_PATH", None, Some(format!(r"{VENV}\lib\pkgconfig"))),
        ("PROMPT", None, some("$P$G")),
        ("VIRTUAL_ENV", None, some(VENV)),
        ("VIRTUAL_ENV_PROMPT", None, some(".venv")),
        ("_OLD_VIRTUAL_PATH", None, some(PATH)),
    ];
    same(&said.activate, &expected)?;
    let left: Vec<Row> = back(&expected).into_iter().filter(|(name, ..)| *name != "PROMPT").collect();
    same(&said.deactivate, &left)
}

fn powershell_of_uv(folder: &Path) -> Result<(), Failed> {
    let capture = machine(&[("PATH", PATH)], &[("activate.ps1", on_windows(folder, "activate.ps1")?)]);
    let said = follow(&capture, Shell::Powershell);
    known(&said)?;
    let expected = [
        ("PATH", some(PATH), Some(format!("{SCRIPTS};{PATH}"))),
        ("VIRTUAL_ENV", None, some(VENV)),
        ("VIRTUAL_ENV_PROMPT", None, some(".venv")),
        ("_OLD_VIRTUAL_PATH", None, some(PATH)),
    ];
    same(&said.activate, &expected)?;
    same(&said.deactivate, &back(&expected))
}

fn powershell_of_virtualenv(folder: &Path) -> Result<(), Failed> {
    let capture = machine(&[("PATH", PATH), ("PYTHONHOME", r"C:\Py")], &[("activate.ps1", on_windows(folder, "activate.ps1")?)]);
    let said = follow(&capture, Shell::Powershell);
    known(&said)?;
    let expected = [
        ("PATH", some(PATH), Some(format!("{SCRIPTS};{PATH}"))),
        ("PKG_CONFIG_PATH", None, Some(format!("{VENV}\\lib\\pkgconfig"))),
        ("PYTHONHOME", some(r"C:\Py"), None),
        ("VIRTUAL_ENV", None, some(VENV)),
        ("VIRTUAL_ENV_PROMPT", None, some("mine")),
        ("_OLD_VIRTUAL_PATH", None, some(PATH)),
        ("_OLD_VIRTUAL_PYTHONHOME", None, some(r"C:\Py")),
        ("_PYTHON_VENV_PROMPT_PREFIX", None, some("mine")),
    ];
    same(&said.activate, &expected)?;
    same(&said.deactivate, &back(&expected))
}

fn powershell_of_venv(folder: &Path) -> Result<(), Failed> {
    let capture = machine(
        &[("PATH", PATH), ("PYTHONHOME", r"C:\Py"), ("HOME", r"C:\Users\ada"), ("PROMPT", "$P$G")],
        &[("Activate.ps1", on_windows(folder, "Activate.ps1")?)],
    );
    let said = follow(&capture, Shell::Powershell);
    known(&said)?;
    let expected = [
        ("PATH", some(PATH), Some(format!("{SCRIPTS};{PATH}"))),
        ("PYTHONHOME", some(r"C:\Py"), None),
        ("VIRTUAL_ENV", None, some(VENV)),
        ("VIRTUAL_ENV_PROMPT", None, some("mine")),
        ("_OLD_VIRTUAL_PATH", None, some(PATH)),
        ("_OLD_VIRTUAL_PYTHONHOME", None, some(r"C:\Py")),
        ("_PYTHON_VENV_PROMPT_PREFIX", None, some("mine")),
    ];
    same(&said.activate, &expected)?;
    same(&said.deactivate, &back(&expected))
}

/// `%NAME%` in a block is replaced before the block runs; parentheses in a text are no blocks; `goto` skips lines.
fn blocks() -> Result<(), String> {
    let script = "@echo off\r\nset A=1\r\nif defined A (\r\n  set A=2\r\n  set \"B=%A%\"\r\n) else (\r\n  set C=never\r\n)\r\n\
                  if not defined B set PATH=\r\nset D=%PATH%\r\ngoto over\r\nset E=never\r\n:over\r\n\
                  for %%i in (\"C:\\x\\y z\") do set \"F=%%~nxi\"\r\nset G=%D:Windows=W%\r\nset A=\r\nrem set H=never\r\n";
    let said = follow(&machine(&[("PATH", PATH)], &[("activate.bat", script.to_owned())]), Shell::Cmd);
    let expected =
        [("B", None, some("1")), ("D", None, some(PATH)), ("F", None, some("y z")), ("G", None, Some(PATH.replace("Windows", "W")))];
    known(&said).and_then(|()| same(&said.activate, &expected)).map_err(|failed| failed.message().unwrap_or_default().to_owned())
}
