//! Where the shims of asdf, mise and rye lead on recorded machines, by the rules that their documentation and sources tell.

use std::collections::BTreeMap;
use venv_explain::machine::Machine;
use venv_explain::machine::capture::Capture;
use venv_explain::simulate::activation::{Activation, Shell};
use venv_explain::simulate::lookup::{HopKind, Lookup, Manager, Stop, Trap, which};

/// What `command` comes to on the machine with more files (lines of a capture) and variables.
fn lookup(machine: &str, files: &[&str], vars: &[(&str, &str)], command: &str) -> Lookup {
    let files: Vec<String> = files.iter().map(|line| format!("  {line}\n")).collect();
    let machine = Capture::parse("test.yaml", format!("{machine}{}", files.concat()).as_bytes()).expect("a sound capture");
    let mut after: BTreeMap<String, String> = machine.vars();
    after.extend(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let activation = Activation::leaving(Shell::Bash, after);
    which(&machine, &[command.to_owned()], &activation).commands.remove(0).after.expect("an activation")
}

/// Where the shim leads, or why that is unknown; nowhere is the empty text.
fn leads(found: &Lookup, manager: Manager) -> Result<String, String> {
    let shim = found.shim.as_ref().expect("a shim");
    assert_eq!((shim.manager, found.traps.contains(&Trap::Shim)), (manager, true));
    match (&shim.leads_to, &shim.unknown, &found.stop) {
        (Some(file), None, _) => {
            assert!(found.chain.iter().any(|hop| hop.next.as_ref() == Some(file)), "{:?}", found.chain);
            Ok(file.clone())
        }
        (None, Some(why), Some(Stop::Unknown(unknown))) if unknown.why == *why => Err(why.clone()),
        (None, None, Some(Stop::NotOnPath(_))) => Ok(String::new()),
        other => panic!("{other:?}"),
    }
}

/// Each case: more files, variables, the command, and where it leads or a part of the reason why that is unknown.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str, Result<&'a str, &'a str>);

fn check(machine: &str, manager: Manager, cases: &[Case<'_>]) {
    for (files, vars, command, expected) in cases {
        let found = leads(&lookup(machine, files, vars, command), manager);
        match (&found, expected) {
            (Ok(file), Ok(expected)) => assert_eq!(file, expected, "{command} with {files:?} and {vars:?}"),
            (Err(why), Err(part)) => assert!(why.contains(part), "{command} with {files:?} and {vars:?}: {why}"),
            _ => panic!("{command} with {files:?} and {vars:?}: {found:?}"),
        }
    }
}

const ASDF: &str = r##"
venv-explain: capture/1
platform: linux
cwd: /home/ada/project/src
env: {HOME: /home/ada, PATH: "/home/ada/.asdf/shims:/usr/bin"}
interpreters:
  /home/ada/.asdf/installs/python/3.12.1/bin/python3.12: {implementation: cpython, version: 3.12.1, prefix: /home/ada/.asdf/installs/python/3.12.1, exec_prefix: /home/ada/.asdf/installs/python/3.12.1}
files:
  /home/ada/.asdf/shims/python: {exec: true, text: "#!/usr/bin/env bash\n# asdf-plugin: python 3.11.7\n# asdf-plugin: python 3.12.1\nexec asdf exec \"python\" \"$@\"\n"}
  /home/ada/.asdf/shims/only-old: {exec: true, text: "#!/usr/bin/env bash\n# asdf-plugin: python 3.11.7\nexec /opt/asdf/bin/asdf exec \"only-old\" \"$@\"\n"}
  /home/ada/.asdf/shims/both: {exec: true, text: "#!/usr/bin/env bash\n# asdf-plugin: python 3.11.7\n# asdf-plugin: nodejs 20.1.0\nexec asdf exec \"both\" \"$@\"\n"}
  /home/ada/.asdf/shims/poetry: {exec: true, text: "#!/usr/bin/env bash\n# asdf-plugin: poetry 1.8.2\nexec asdf exec \"poetry\" \"$@\"\n"}
  /home/ada/.asdf/installs/python/3.11.7/bin/python: {exec: true}
  /home/ada/.asdf/installs/python/3.11.7/bin/only-old: {exec: true}
  /home/ada/.asdf/installs/python/3.12.1/bin/python: {link: python3.12}
  /home/ada/.asdf/installs/python/3.12.1/bin/python3.12: {exec: true}
  /home/ada/.asdf/installs/python/3.12.1/lib/python3.12/os.py: {}
  /home/ada/.asdf/installs/python/3.12.1/lib/python3.12/encodings/__init__.py: {}
  /home/ada/.asdf/installs/python/3.12.1/lib/python3.12/lib-dynload: {dir: true}
  /home/ada/.asdf/installs/poetry/1.8.2/bin/poetry: {exec: true}
  /usr/bin/python: {exec: true}
  /usr/bin/bash: {exec: true}
"##;

#[test]
fn a_shim_of_asdf_takes_the_first_version_that_is_told_and_has_the_command() {
    const NEW: &str = "/home/ada/.asdf/installs/python/3.12.1/bin/python";
    const OLD: &str = "/home/ada/.asdf/installs/python/3.11.7/bin/python";
    let here = r#"/home/ada/project/.tool-versions: "nodejs 20.1.0\npython 3.12.1 3.11.7 # the team's\n""#;
    let home = r#"/home/ada/.tool-versions: "python 3.11.7\npoetry 1.8.2\n""#;
    let system = r#"/home/ada/project/src/.tool-versions: "python system\n""#;
    let legacy = r#"/home/ada/.asdfrc: "legacy_version_file = yes\n""#;
    let pinned = r#"/home/ada/project/.python-version: "3.11.7\n""#;
    let callback = "/home/ada/.asdf/plugins/python/bin/exec-path: {exec: true}";
    let only_old = "/home/ada/.asdf/installs/python/3.11.7/bin/only-old";
    check(
        ASDF,
        Manager::Asdf,
        &[
            (&[here, home], &[], "python", Ok(NEW)),
            (&[home], &[], "python", Ok(OLD)),
            (&[here, system], &[], "python", Ok("/usr/bin/python")),
            (&[here], &[], "only-old", Ok(only_old)),
            (&[home], &[], "poetry", Ok("/home/ada/.asdf/installs/poetry/1.8.2/bin/poetry")),
            (&[here], &[("ASDF_PYTHON_VERSION", "3.11.7")], "python", Ok(OLD)),
            (&[here], &[("ASDF_PYTHON_VERSION", "3.13.0 system")], "python", Ok("/usr/bin/python")),
            (&[here], &[("ASDF_PYTHON_VERSION", "3.13.0")], "python", Ok("")),
            (&[here], &[("ASDF_DATA_DIR", "/elsewhere")], "python", Ok("")),
            (&[], &[], "python", Ok("")),
            (&[here, legacy], &[], "python", Ok(NEW)),
            (&[here, legacy, pinned], &[], "python", Err("other files too")),
            (&[here, callback], &[], "python", Err("exec-path")),
            (&[here], &[], "both", Err("several tools")),
        ],
    );
    let found = lookup(ASDF, &[here], &[], "python");
    assert_eq!(found.environment.as_deref(), Some("/home/ada/.asdf/installs/python/3.12.1"));
    let told_by = found.shim.expect("a shim").told_by;
    assert_eq!((told_by.file.as_deref(), told_by.line), (Some("/home/ada/project/.tool-versions"), Some(2)));
}

const MISE: &str = r#"
venv-explain: capture/1
platform: linux
cwd: /home/ada/project/src
env: {HOME: /home/ada, PATH: "/home/ada/.local/share/mise/shims:/usr/bin"}
files:
  /usr/bin/mise: {exec: true}
  /usr/bin/python: {exec: true}
  /home/ada/.local/share/mise/shims/python: {link: /usr/bin/mise}
  /home/ada/.local/share/mise/shims/only-old: {link: /usr/bin/mise}
  /home/ada/.local/share/mise/shims/ruff: {link: /usr/bin/mise}
  /home/ada/.local/share/mise/installs/python/3.11.7/bin/python: {exec: true}
  /home/ada/.local/share/mise/installs/python/3.11.7/bin/only-old: {exec: true}
  /home/ada/.local/share/mise/installs/python/3.12.4/bin/python: {exec: true}
  /home/ada/.local/share/mise/installs/python/3.12.10/bin/python: {exec: true}
  /home/ada/.local/share/mise/installs/python/3.12: {link: ./3.12.4}
  /home/ada/.local/share/mise/installs/ruff/0.5.0/bin/ruff: {exec: true}
"#;

#[test]
fn a_shim_of_mise_takes_the_version_of_the_nearest_file_and_the_newest_that_begins_so() {
    const SHARE: &str = "/home/ada/.local/share/mise/installs/python";
    let python = |version: &str| format!("{SHARE}/{version}/bin/python");
    let (old, middle, newest) = (python("3.11.7"), python("3.12.4"), python("3.12.10"));
    let (old, middle, newest) = (Ok(old.as_str()), Ok(middle.as_str()), Ok(newest.as_str()));
    let old_command = format!("{SHARE}/3.11.7/bin/only-old");
    let prefix = r#"/home/ada/project/mise.toml: "[tools]\nnode = '20'\npython = '3.12'\n""#;
    let local = r#"/home/ada/project/mise.local.toml: "[tools]\npython = '3.11.7'\n""#;
    let several = r#"/home/ada/project/src/.mise.toml: "[tools]\npython = ['3.12.4', {version = '3.11'}]\n""#;
    let versions = r#"/home/ada/project/src/.tool-versions: "python 3.12.4\n""#;
    let own = r#"/home/ada/.config/mise/config.toml: "[tools]\npython = 'latest'\n""#;
    let system = r#"/home/ada/project/mise.toml: "[tools]\npython = 'system'\n""#;
    let absent = r#"/home/ada/project/mise.toml: "[tools]\npython = '3.13'\n""#;
    let template = r#"/home/ada/project/mise.toml: "[tools]\npython = '{{ env.PY }}'\n""#;
    let alias = r#"/home/ada/project/mise.toml: "[tools]\npython = 'ours'\n[tool_alias.python.versions]\nours = '3.11'\n""#;
    let broken = r#"/home/ada/project/mise.toml: "[tools\n""#;
    let pinned = r#"/home/ada/project/.python-version: "3.11.7\n""#;
    let lock = r#"/home/ada/project/mise.lock: """#;
    check(
        MISE,
        Manager::Mise,
        &[
            (&[prefix, own], &[], "python", newest),
            (&[prefix, local], &[], "python", old),
            (&[prefix, several], &[], "python", middle),
            (&[prefix, several], &[], "only-old", Ok(&old_command)),
            (&[prefix, versions], &[], "python", middle),
            (&[own], &[], "python", newest),
            (&[system], &[], "python", Ok("/usr/bin/python")),
            (&[], &[], "python", Ok("/usr/bin/python")),
            (&[prefix], &[("MISE_PYTHON_VERSION", "3.11")], "python", old),
            (&[prefix], &[("MISE_PYTHON_VERSION", "prefix:3.12")], "python", newest),
            (&[prefix], &[("MISE_PYTHON_VERSION", "ref:main")], "python", Err("ref:main")),
            (&[prefix], &[("MISE_ENV", "test")], "python", Err("MISE_ENV")),
            (&[absent], &[], "python", Err("is not installed")),
            (&[template], &[], "python", Err("more of python than its version")),
            (&[alias], &[], "python", Err("tool_alias.python")),
            (&[broken], &[], "python", Err("not TOML")),
            (&[prefix, lock], &[], "python", Err("mise.lock")),
            (&[pinned, own], &[], "python", Err(".python-version")),
            (&[prefix], &[], "ruff", Err("ruff of mise")),
        ],
    );
    let kinds: Vec<HopKind> = lookup(MISE, &[prefix], &[], "python").chain.iter().map(|hop| hop.kind).collect();
    assert_eq!(kinds, [HopKind::Symlink, HopKind::Binary, HopKind::Binary]);
}

const RYE: &str = r#"
venv-explain: capture/1
platform: linux
cwd: /home/ada/project/src
env: {HOME: /home/ada, PATH: "/home/ada/.rye/shims:/usr/bin"}
interpreters:
  /home/ada/.rye/py/cpython@3.12.1/bin/python3: {implementation: cpython, version: 3.12.1, prefix: /home/ada/.rye/py/cpython@3.12.1, exec_prefix: /home/ada/.rye/py/cpython@3.12.1}
files:
  /home/ada/.rye/shims/rye: {exec: true}
  /home/ada/.rye/shims/python: {exec: true}
  /home/ada/.rye/shims/pip: {exec: true}
  /home/ada/.rye/shims/tool: {link: rye}
  /home/ada/.rye/py/cpython@3.12.1/bin/python3: {exec: true}
  /home/ada/.rye/py/cpython@3.12.1/lib/python3.12/os.py: {}
  /home/ada/.rye/py/cpython@3.12.1/lib/python3.12/encodings/__init__.py: {}
  /home/ada/.rye/py/cpython@3.12.1/lib/python3.12/lib-dynload: {dir: true}
  /usr/bin/python: {exec: true}
  /usr/bin/tool: {exec: true}
"#;

#[test]
fn a_shim_of_rye_runs_the_environment_of_the_project() {
    let project = r#"/home/ada/project/pyproject.toml: "[tool.rye]\nmanaged = true\n""#;
    let foreign = r#"/home/ada/project/pyproject.toml: "[project]\nname = 'x'\n""#;
    let python = "/home/ada/project/.venv/bin/python: {link: /home/ada/.rye/py/cpython@3.12.1/bin/python3}";
    let config = r#"/home/ada/project/.venv/pyvenv.cfg: "home = /home/ada/.rye/py/cpython@3.12.1/bin\n""#;
    let note = r#"/home/ada/project/.venv/rye-venv.json: '{"python": "cpython@3.12.1"}'"#;
    let tool = "/home/ada/project/.venv/bin/tool: {exec: true}";
    let pin = r#"/home/ada/project/.python-version: "3.12.1\n""#;
    let newer = r#"/home/ada/project/.python-version: "3.13.0\n""#;
    let partly = r#"/home/ada/project/.python-version: "3.12\n""#;
    let global = r#"/home/ada/.rye/config.toml: "[behavior]\nglobal-python = true\n""#;
    let workspace = r#"/home/ada/pyproject.toml: "[tool.rye.workspace]\nmembers = ['p*']\n""#;
    let venv = "/home/ada/project/.venv/bin/python";
    check(
        RYE,
        Manager::Rye,
        &[
            (&[project, python, config, note, pin], &[], "python", Ok(venv)),
            (&[project, python, config, note, partly], &[], "python", Ok(venv)),
            (&[project, python, config, note, newer], &[], "python", Err("3.13.0 first")),
            (&[project, python, config, note], &[], "pip", Ok(venv)),
            (&[project, python, config, note, tool], &[], "tool", Ok("/home/ada/project/.venv/bin/tool")),
            (&[project, python, config, note], &[], "tool", Ok("/usr/bin/tool")),
            (&[project], &[], "python", Err("would do so first")),
            (&[foreign, python, config], &[], "python", Ok(venv)),
            (&[foreign, python, config, workspace], &[], "python", Err("workspace")),
            (&[foreign], &[], "python", Ok("/usr/bin/python")),
            (&[], &[], "python", Ok("/usr/bin/python")),
            (&[global, pin], &[], "python", Ok("/home/ada/.rye/py/cpython@3.12.1/bin/python3")),
            (&[global, newer], &[], "python", Ok("")),
            (&[global, partly], &[], "python", Err("newest 3.12")),
            (&[pin], &[], "tool", Ok("/usr/bin/tool")),
        ],
    );
    let found = lookup(RYE, &[project, python, config, note], &[], "python");
    assert_eq!(found.environment.as_deref(), Some("/home/ada/project/.venv"));
}
