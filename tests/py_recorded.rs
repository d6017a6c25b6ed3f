//! What the `py` launcher and batch files start on recorded Windows machines.

use venv_explain::machine::Machine;
use venv_explain::machine::capture::Capture;
use venv_explain::simulate::activation::{Activation, Shell};
use venv_explain::simulate::lookup::{Lookup, Stop, Way, which};

const WINDOWS: &str = r"
venv-explain: capture/1
platform: windows
cwd: C:\work
interpreters:
  C:\Python312\python.exe: {implementation: cpython, version: 3.12.4, library: C:\Python312\python312.dll}
files:
  C:\Windows\py.exe: {exec: true}
  C:\Windows\pyw.exe: {exec: true}
  C:\Python39\python.exe: {exec: true}
  C:\Python312\python.exe: {exec: true}
  C:\Python312\python312.dll: {}
  C:\Python312\Lib\os.py: {}
  C:\Python312\Lib\encodings\__init__.py: {}
  C:\Windows\pip.bat: {exec: true, text: '@C:\Python312\python.exe -m pip %*'}
  C:\Windows\tool.bat: {exec: true, text: '@pyenv exec %~n0 %*'}
";

const BOTH: &str = r"
  HKLM\Software\Python\PythonCore\3.9\InstallPath: C:\Python39\
  HKCU\Software\Python\PythonCore\3.12\InstallPath: C:\Python312\
  HKCU\Software\Python\PythonCore\3.12\InstallPath\ExecutablePath: C:\Python312\python.exe
  HKLM\Software\WOW6432Node\Python\PythonCore\3.12-32\InstallPath: C:\Python312-32\
  HKLM\Software\Python\Another\9.0\InstallPath: C:\Another";

fn lookup(command: &str, registry: &str, vars: &[(&str, &str)], ini: &str) -> Lookup {
    let vars: Vec<String> = vars.iter().map(|(name, value)| format!(", {name}: '{value}'")).collect();
    let registry = if registry.is_empty() { " {}" } else { registry };
    let env = format!(r"env: {{Path: 'C:\Windows', PATHEXT: '.EXE;.BAT', LOCALAPPDATA: 'C:\Local'{}}}", vars.concat());
    let yaml = format!("{WINDOWS}{ini}\n{env}\nregistry:{registry}\n");
    let machine = Capture::parse("test.yaml", yaml.as_bytes()).expect("a sound capture");
    let activation = Activation::leaving(Shell::Cmd, machine.vars());
    which(&machine, &[command.to_owned()], &activation).commands.remove(0).after.expect("an activation")
}

/// What `py` starts, or why that is unknown.
fn py(registry: &str, vars: &[(&str, &str)], ini: &str) -> Result<String, String> {
    let found = lookup("py", registry, vars, ini);
    assert_eq!(found.chain[0].way, Way::PyLauncher);
    match (&found.chain[0].next, &found.stop) {
        (Some(next), _) => Ok(next.clone()),
        (None, Some(Stop::Unknown(unknown))) => Err(unknown.why.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn py_takes_the_newest_registered_version_of_cpython() {
    assert_eq!(py(BOTH, &[], ""), Ok(r"C:\Python312\python.exe".to_owned()));
    assert_eq!(lookup("py", BOTH, &[], "").environment.as_deref(), Some(r"C:\Python312"));
    let windowed = |registry: &str| lookup("pyw", registry, &[], "").chain[0].next.clone();
    assert_eq!(windowed(BOTH).as_deref(), Some(r"C:\Python312\python.exe"));
    let named = "\n  HKCU\\Software\\Python\\PythonCore\\3.12\\InstallPath\\WindowedExecutablePath: C:\\Python312\\pythonw.exe";
    assert_eq!(windowed(&format!("{BOTH}{named}")).as_deref(), Some(r"C:\Python312\pythonw.exe"));
    let old = "\n  HKLM\\Software\\Python\\PythonCore\\2.7\\InstallPath: C:\\Python27\\";
    assert_eq!(windowed(old).as_deref(), Some(r"C:\Python27\pythonw.exe"));
    let another = "\n  HKLM\\Software\\Python\\Another\\9.0\\InstallPath: C:\\Another";
    assert_eq!(py(another, &[], ""), Ok(r"C:\Another\python.exe".to_owned()));
    assert!(py("", &[], "").expect_err("unknown").contains("none is known"));
}

#[test]
fn a_variable_and_py_ini_tell_py_what_to_take() {
    let old = Ok(r"C:\Python39\python.exe".to_owned());
    let local = "  C:\\Local\\py.ini: \"[defaults]\\r\\npython = 3.9\\r\\n\"";
    let beside = "  C:\\Windows\\py.ini: \"; ours\\n[commands]\\npython=no\\n[defaults]\\nPython=3.9\\n\"";
    assert_eq!(py(BOTH, &[("PY_PYTHON", "3.9")], ""), old);
    assert_eq!(py(BOTH, &[], local), old);
    assert_eq!(py(BOTH, &[], beside), old);
    assert_eq!(py(BOTH, &[("PY_PYTHON", "3.12")], local), Ok(r"C:\Python312\python.exe".to_owned()));
    assert_eq!(py(BOTH, &[("PY_PYTHON", "3-32")], ""), Ok(r"C:\Python312-32\python.exe".to_owned()));
    assert_eq!(py(BOTH, &[("PY_PYTHON", "Another/9")], ""), Ok(r"C:\Another\python.exe".to_owned()));
    assert_eq!(py(BOTH, &[("PY_PYTHON", "3"), ("PY_PYTHON3", "3.12")], ""), Ok(r"C:\Python312\python.exe".to_owned()));
    assert!(py(BOTH, &[("PY_PYTHON", "3"), ("PY_PYTHON3", "3.9")], "").expect_err("unknown").contains("before 3.11"));
    assert!(py(BOTH, &[("PY_PYTHON", "3.1")], "").expect_err("unknown").contains("no such version"));
    assert!(py(BOTH, &[("PYLAUNCHER_LIMIT_TO_COMPANY", "Another")], "").is_err());
}

#[test]
fn a_python_from_the_store_counts_by_its_version() {
    let folder = r"C:\Local\Microsoft\WindowsApps\PythonSoftwareFoundation.Python.3.13_qbz5n2kfra8p0";
    assert_eq!(py(BOTH, &[], &format!(r"  {folder}\python.exe: {{size: 0}}")), Ok(format!(r"{folder}\python.exe")));
}

#[test]
fn a_batch_file_that_only_starts_a_program_is_followed() {
    let pip = lookup("pip", "", &[], "");
    assert_eq!((pip.chain[0].way, pip.chain[0].next.as_deref()), (Way::Wrapper, Some(r"C:\Python312\python.exe")));
    assert_eq!(pip.environment.as_deref(), Some(r"C:\Python312"));
    let tool = lookup("tool", "", &[], "");
    assert!(tool.chain[0].next.is_none() && matches!(tool.stop, Some(Stop::Unknown(_))), "{tool:?}");
}
