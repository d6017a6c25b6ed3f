//! Lookups on recorded machines: what no shell of one Linux machine can show.

use venv_explain::machine::Machine;
use venv_explain::machine::capture::Capture;
use venv_explain::simulate::activation::{Activation, Shell};
use venv_explain::simulate::lookup::{Found, HopKind, Lookup, Shim, Stop, Trap, Way, When, mismatch, which};
use venv_explain::venv::Source;

fn machine(yaml: &str) -> Capture {
    Capture::parse("test.yaml", yaml.as_bytes()).expect("a sound capture")
}

/// What one command comes to in `shell`, with the capture's own variables.
fn lookup(machine: &dyn Machine, shell: Shell, command: &str) -> Lookup {
    let activation = Activation::leaving(shell, machine.vars());
    which(machine, &[command.to_owned()], &activation).commands.remove(0).after.expect("an activation")
}

fn outcomes(lookup: &Lookup) -> Vec<(&str, Found)> {
    lookup.searched.iter().map(|item| (item.candidate.as_str(), item.outcome)).collect()
}

fn stations(lookup: &Lookup) -> Vec<(&str, HopKind, Option<&str>)> {
    lookup.chain.iter().map(|hop| (hop.path.as_str(), hop.kind, hop.next.as_deref())).collect()
}

const LINUX: &str = r##"
venv-explain: capture/1
platform: linux
cwd: /home/ada
env: {HOME: /home/ada, PATH: "/locked:/v/bin:/usr/bin"}
interpreters:
  /usr/bin/python3.12: {implementation: cpython, version: 3.12.4, prefix: /usr, exec_prefix: /usr}
files:
  /locked: {dir: true, denied: true}
  /usr/bin/python3.12: {exec: true}
  /usr/bin/python3: {link: python3.12}
  /usr/lib/python3.12/os.py: {}
  /usr/lib/python3.12/encodings/__init__.py: {}
  /usr/lib/python3.12/lib-dynload: {dir: true}
  /usr/bin/env: {exec: true}
  /usr/bin/bash: {exec: true}
  /bin: {link: usr/bin}
  /bin/sh: {exec: true}
  /v/pyvenv.cfg: "home = /usr/bin\n"
  /v/bin/python: {link: /usr/bin/python3.12}
  /v/bin/pip: {exec: true, text: "#!/v/bin/python\nimport sys\n"}
  /v/bin/by-env: {exec: true, text: "#!/usr/bin/env python3\n"}
  /v/bin/by-env-here: {exec: true, text: "#!/usr/bin/env -S python -I\n"}
  /v/bin/by-env-badly: {exec: true, text: "#!/usr/bin/env python3 -I\n"}
  /v/bin/by-env-unknown: {exec: true, text: "#!/usr/bin/env -iS python3\n"}
  /v/bin/long: {exec: true, text: "#!/bin/sh\n'''exec' /v/bin/python \"$0\" \"$@\"\n' '''\n"}
  /v/bin/movable: {exec: true, text: "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n' '''\n"}
  /v/bin/wrapped: {exec: true, text: "#!/bin/sh\nexec /v/bin/python -m tool \"$@\"\n"}
  /v/bin/moved: {exec: true, text: "#!/old/bin/python\n"}
  /v/bin/itself: {exec: true, text: "#!/v/bin/itself\n"}
  /v/bin/windows-lines: {exec: true, text: "#!/v/bin/python\r\n"}
  /v/bin/plain: {exec: true, text: "echo hello\n"}
"##;

#[test]
fn a_folder_that_may_not_be_looked_into_is_passed_over_and_told() {
    let found = lookup(&machine(LINUX), Shell::Bash, "pip");
    assert_eq!(found.resolved.as_deref(), Some("/v/bin/pip"));
    assert_eq!((found.searched[0].outcome, found.searched[0].lesson()), (Found::Missing, "lookup/denied-folder"));
}

#[test]
fn pip_leads_to_the_environments_python_and_from_there_to_the_base() {
    let found = lookup(&machine(LINUX), Shell::Bash, "pip");
    assert_eq!(
        stations(&found),
        [
            ("/v/bin/pip", HopKind::Script, Some("/v/bin/python")),
            ("/v/bin/python", HopKind::Symlink, Some("/usr/bin/python3.12")),
            ("/usr/bin/python3.12", HopKind::Binary, None),
        ]
    );
    assert_eq!(found.interpreter.as_deref(), Some("/usr/bin/python3.12"));
    assert_eq!(found.environment.as_deref(), Some("/v"));
}

#[test]
fn env_searches_path_once_more() {
    let machine = machine(LINUX);
    let next = |command: &str| lookup(&machine, Shell::Bash, command).chain[0].next.clone();
    assert_eq!(next("by-env").as_deref(), Some("/usr/bin/python3"));
    assert_eq!(next("by-env-here").as_deref(), Some("/v/bin/python"));
    assert_eq!(lookup(&machine, Shell::Bash, "by-env-here").environment.as_deref(), Some("/v"));
    let badly = lookup(&machine, Shell::Bash, "by-env-badly");
    assert_eq!(badly.stop, Some(Stop::NotOnPath("python3 -I".to_owned())));
    let unknown = lookup(&machine, Shell::Bash, "by-env-unknown");
    assert!(matches!(unknown.stop, Some(Stop::Unknown(_))), "{:?}", unknown.stop);
}

#[test]
fn a_script_for_a_long_path_and_a_wrapper_lead_to_the_same_python() {
    let machine = machine(LINUX);
    for (command, way) in [("long", Way::Trampoline), ("movable", Way::Trampoline), ("wrapped", Way::Wrapper)] {
        let found = lookup(&machine, Shell::Bash, command);
        assert_eq!((found.chain[0].way, found.chain[0].next.as_deref()), (way, Some("/v/bin/python")), "{command}");
        assert_eq!(found.environment.as_deref(), Some("/v"), "{command}");
    }
}

#[test]
fn a_chain_that_breaks_says_where() {
    let machine = machine(LINUX);
    let stop = |command: &str| lookup(&machine, Shell::Bash, command).stop;
    assert_eq!(stop("moved"), Some(Stop::Missing("/old/bin/python".to_owned())));
    assert_eq!(stop("itself"), Some(Stop::Circle("/v/bin/itself".to_owned())));
    assert_eq!(stop("windows-lines"), Some(Stop::Missing("/v/bin/python\r".to_owned())));
    assert_eq!(stop("plain"), None);
}

#[test]
fn a_name_with_a_slash_is_not_looked_up() {
    let found = lookup(&machine(LINUX), Shell::Bash, "/v/bin/python");
    assert_eq!((found.resolved.as_deref(), found.searched.len()), (Some("/v/bin/python"), 0));
    assert_eq!(found.environment.as_deref(), Some("/v"));
    assert_eq!(lookup(&machine(LINUX), Shell::Bash, "/v/bin/nothing").resolved, None);
}

#[test]
fn pip_and_python_of_different_environments_are_pointed_out() {
    let mut after = machine(LINUX).vars();
    after.insert("PATH".to_owned(), "/usr/bin:/v/bin".to_owned());
    let commands = ["pip", "python3"].map(str::to_owned);
    let which = which(&machine(LINUX), &commands, &Activation::leaving(Shell::Bash, after));
    let found = mismatch(&which);
    assert_eq!(found.iter().map(|one| one.when).collect::<Vec<_>>(), [When::Before, When::After]);
    let found = &found[1];
    assert_eq!((found.pip_environment.as_str(), found.python_environment.as_str()), ("/v", "/usr"));
    assert_eq!(found.instead, "python3 -m pip");
}

const PYENV: &str = r##"
venv-explain: capture/1
platform: linux
cwd: /home/ada/project/src
env: {HOME: /home/ada, PATH: "/home/ada/.pyenv/shims:/usr/bin"}
files:
  /home/ada/.pyenv/shims/python: &shim {exec: true, text: "#!/usr/bin/env bash\nset -e\nprogram=\"${0##*/}\"\nexport PYENV_ROOT=\"/home/ada/.pyenv\"\nexec \"/home/ada/.pyenv/libexec/pyenv\" exec \"$program\" \"$@\"\n"}
  /home/ada/.pyenv/shims/only-newest: *shim
  /home/ada/.pyenv/shims/nowhere: *shim
  /home/ada/.pyenv/version: "3.11.7\n"
  /home/ada/project/.python-version: "# the team's choice\n3.12\n3.11.7\n"
  /home/ada/.pyenv/versions/3.11.7/bin/python: {exec: true}
  /home/ada/.pyenv/versions/3.12.1/bin/python: {exec: true}
  /home/ada/.pyenv/versions/3.12.10/bin/python: {exec: true}
  /home/ada/.pyenv/versions/3.12.10/bin/only-newest: {exec: true}
  /home/ada/.pyenv/versions/3.13.0rc1/bin/python: {exec: true}
  /usr/bin/python: {exec: true}
  /usr/bin/bash: {exec: true}
"##;

fn shim(variable: Option<&str>, command: &str) -> Shim {
    let machine = machine(PYENV);
    let mut after = machine.vars();
    after.extend(variable.map(|value| ("PYENV_VERSION".to_owned(), value.to_owned())));
    let which = which(&machine, &[command.to_owned()], &Activation::leaving(Shell::Bash, after));
    which.commands[0].after.as_ref().and_then(|after| after.shim.clone()).expect("a shim")
}

#[test]
fn a_shim_of_pyenv_is_followed_by_its_rules() {
    let versions = "/home/ada/.pyenv/versions";
    let local = shim(None, "python");
    assert_eq!(local.leads_to, Some(format!("{versions}/3.12.10/bin/python")));
    assert_eq!(local.told_by, Source { file: Some("/home/ada/project/.python-version".to_owned()), line: Some(2) });
    assert_eq!(shim(None, "only-newest").leads_to, Some(format!("{versions}/3.12.10/bin/only-newest")));
    assert_eq!(shim(Some("3.11.7"), "python").leads_to, Some(format!("{versions}/3.11.7/bin/python")));
    assert_eq!(shim(Some("system"), "python").leads_to.as_deref(), Some("/usr/bin/python"));
    assert_eq!(shim(Some("2.7"), "python").leads_to.as_deref(), Some("/usr/bin/python"));
    assert_eq!(shim(None, "nowhere").leads_to, None);
}

const WINDOWS: &str = r#"
venv-explain: capture/1
platform: windows
cwd: C:\work
env:
  Path: 'C:\app\.venv\Scripts;C:\Python312;"C:\odd;name";;C:\Users\Ada\AppData\Local\Microsoft\WindowsApps;C:\Windows;c:\python312\'
  PATHEXT: .COM;.EXE;.BAT;.CMD
  USERPROFILE: C:\Users\Ada
interpreters:
  C:\Python312\python.exe: {implementation: cpython, version: 3.12.4, library: C:\Python312\python312.dll}
files:
  C:\work\here.bat: {exec: true}
  C:\app\.venv\pyvenv.cfg: 'home = C:\Python312'
  C:\app\.venv\Scripts\python.exe: {exec: true}
  C:\app\.venv\Scripts\Tool.exe: {exec: true}
  C:\app\.venv\Scripts\tool.bat: {exec: true}
  C:\app\.venv\Scripts\tool.ps1: {exec: true}
  C:\Python312\python.exe: {exec: true}
  C:\Python312\python312.dll: {}
  C:\Python312\Lib\os.py: {}
  C:\Python312\Lib\encodings\__init__.py: {}
  C:\odd;name\quoted.exe: {exec: true}
  C:\Users\Ada\AppData\Local\Microsoft\WindowsApps\python3.exe: {size: 0}
  C:\Windows\py.exe: {exec: true}
"#;

#[test]
fn cmd_looks_into_the_current_folder_first_and_powershell_does_not() {
    let machine = machine(WINDOWS);
    let cmd = lookup(&machine, Shell::Cmd, "here");
    assert_eq!(cmd.resolved.as_deref(), Some("C:\\work\\here.bat"));
    assert_eq!(cmd.traps, [Trap::CurrentFolder]);
    assert_eq!(lookup(&machine, Shell::Powershell, "here").resolved, None);
}

#[test]
fn extensions_are_tried_in_the_order_of_pathext() {
    let machine = machine(WINDOWS);
    assert_eq!(lookup(&machine, Shell::Cmd, "tool").resolved.as_deref(), Some("C:\\app\\.venv\\Scripts\\Tool.exe"));
    assert_eq!(lookup(&machine, Shell::Cmd, "tool.bat").resolved.as_deref(), Some("C:\\app\\.venv\\Scripts\\tool.bat"));
    assert_eq!(lookup(&machine, Shell::Powershell, "tool").resolved.as_deref(), Some("C:\\app\\.venv\\Scripts\\tool.ps1"));
}

#[test]
fn quotes_hold_an_item_of_path_together_in_cmd_only() {
    let machine = machine(WINDOWS);
    assert_eq!(lookup(&machine, Shell::Cmd, "quoted").resolved.as_deref(), Some("C:\\odd;name\\quoted.exe"));
    assert_eq!(lookup(&machine, Shell::Powershell, "quoted").resolved, None);
}

#[test]
fn a_folder_is_the_same_in_any_case_and_with_a_backslash_at_the_end() {
    let found = lookup(&machine(WINDOWS), Shell::Cmd, "python");
    assert_eq!(
        outcomes(&found),
        [
            ("C:\\work\\python.exe", Found::Missing),
            ("C:\\app\\.venv\\Scripts\\python.exe", Found::Found),
            ("C:\\Python312\\python.exe", Found::Shadowed),
            ("C:\\odd;name\\python.exe", Found::Missing),
            ("python.exe", Found::Missing),
            ("C:\\Users\\Ada\\AppData\\Local\\Microsoft\\WindowsApps\\python.exe", Found::Missing),
            ("C:\\Windows\\python.exe", Found::Missing),
            ("c:\\python312\\python.exe", Found::Repeated),
        ]
    );
}

#[test]
fn the_python_of_an_environment_starts_the_one_of_home() {
    let found = lookup(&machine(WINDOWS), Shell::Cmd, "python");
    assert_eq!(
        stations(&found),
        [
            ("C:\\app\\.venv\\Scripts\\python.exe", HopKind::Launcher, Some("C:\\Python312\\python.exe")),
            ("C:\\Python312\\python.exe", HopKind::Binary, None),
        ]
    );
    assert_eq!(found.interpreter.as_deref(), Some("C:\\Python312\\python.exe"));
    assert_eq!(found.environment.as_deref(), Some("C:\\app\\.venv"));
}

#[test]
fn a_store_alias_and_the_py_launcher_are_told() {
    let machine = machine(WINDOWS);
    let alias = lookup(&machine, Shell::Cmd, "python3");
    assert_eq!((alias.chain[0].way, alias.chain[0].kind), (Way::StoreAlias, HopKind::Launcher));
    assert_eq!(alias.traps, [Trap::StoreAlias]);
    let py = lookup(&machine, Shell::Cmd, "py");
    assert_eq!((py.chain[0].way, py.chain[0].next.as_deref()), (Way::PyLauncher, None));
    let mut after = machine.vars();
    after.insert("VIRTUAL_ENV".to_owned(), "C:\\app\\.venv".to_owned());
    let active = which(&machine, &["py".to_owned()], &Activation::leaving(Shell::Cmd, after));
    let active = active.commands[0].after.as_ref().expect("an activation");
    assert_eq!(active.chain[0].next.as_deref(), Some("C:\\app\\.venv\\Scripts\\python.exe"));
    assert_eq!(active.environment.as_deref(), Some("C:\\app\\.venv"));
}
