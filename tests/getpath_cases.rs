//! The cases of `CPython`'s own test of its path configuration, `Lib/test/test_getpath.py` of 3.11 to 3.13, as recorded machines.
//!
//! Each test has the name of the case there. The mocks' version 9.8 is every release in turn, because the rules differ: from 3.14 on
//! an environment's prefix is its own folder already here. `-S` leaves `site` out, as the original does. `test_explicitly_set_stdlib_dir`
//! is the one case without a counterpart: only an embedding program can set that field of its `PyConfig`.

use serde_json::{Map, Value, json};
use venv_explain::machine::capture::Capture;
use venv_explain::simulate::startup::{Launch, Startup, start};

/// One release of each set of rules of `getpath.py`.
const RELEASES: [&str; 8] = ["3.11.7", "3.12.1", "3.13.0", "3.13.15", "3.14.2", "3.14.10", "3.15.0", "3.15.2"];

/// A machine and a start on it; `X.Y` and `XY` in its texts stand for the release.
struct Case {
    platform: &'static str,
    cwd: &'static str,
    env: Vec<(&'static str, &'static str)>,
    interpreters: Map<String, Value>,
    files: Map<String, Value>,
    registry: Map<String, Value>,
    program: &'static str,
    options: &'static str,
}

impl Case {
    fn posix(program: &'static str) -> Case {
        Case {
            platform: "linux",
            cwd: "/Absolute",
            env: Vec::new(),
            interpreters: Map::new(),
            files: Map::new(),
            registry: Map::new(),
            program,
            options: "-S",
        }
    }

    fn macos(program: &'static str) -> Case {
        Case { platform: "macos", ..Case::posix(program) }
    }

    fn windows(program: &'static str) -> Case {
        Case { platform: "windows", cwd: "C:\\Absolute", ..Case::posix(program) }
    }

    fn var(mut self, name: &'static str, value: &'static str) -> Case {
        self.env.push((name, value));
        self
    }

    /// An interpreter with what is compiled into it.
    fn python(mut self, path: &str, facts: Value) -> Case {
        self.interpreters.insert(path.to_owned(), facts);
        self.program_file(path)
    }

    fn program_file(mut self, path: &str) -> Case {
        self.files.insert(path.to_owned(), json!({"exec": true}));
        self
    }

    fn file(mut self, path: &str, text: &str) -> Case {
        self.files.insert(path.to_owned(), json!(text));
        self
    }

    fn dir(mut self, path: &str) -> Case {
        self.files.insert(path.to_owned(), json!({"dir": true}));
        self
    }

    fn link(mut self, path: &str, target: &str) -> Case {
        self.files.insert(path.to_owned(), json!({"link": target}));
        self
    }

    fn registered(mut self, key: &str, value: &str) -> Case {
        self.registry.insert(key.to_owned(), json!(value));
        self
    }

    fn start(&self, release: &str) -> Startup {
        let mut interpreters = self.interpreters.clone();
        for facts in interpreters.values_mut() {
            let facts = facts.as_object_mut().expect("the facts are a mapping");
            facts.insert("version".to_owned(), json!(release));
            // The mocks have no encodings package; the original does not go on to look for it.
            facts.insert("frozen_encodings".to_owned(), json!(true));
        }
        let env: Map<String, Value> = self.env.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let capture = json!({
            "venv-explain": "capture/1", "platform": self.platform, "cwd": self.cwd, "env": env,
            "interpreters": interpreters, "files": self.files, "registry": self.registry,
        });
        let text = of_release(&capture.to_string(), release);
        let machine = Capture::parse("case", text.as_bytes()).expect("the case is a capture");
        let program = of_release(self.program, release);
        start(&machine, &Launch { program, arguments: vec![self.options.to_owned(), "-c".to_owned(), "pass".to_owned()] })
    }

    /// Compares for every release; `venv` is the prefix that an environment has from 3.14 on.
    fn gives(&self, expected: &Expected) {
        for release in RELEASES {
            let started = self.start(release);
            let own_prefix = matches!(release.get(..4), Some("3.14" | "3.15"));
            let prefix = if own_prefix { expected.venv.unwrap_or(expected.prefix) } else { expected.prefix };
            let exec_prefix = if own_prefix { expected.venv.unwrap_or(expected.exec_prefix) } else { expected.exec_prefix };
            let wanted = [expected.executable, expected.base_executable, prefix, exec_prefix, expected.prefix, expected.exec_prefix];
            let wanted = wanted.map(|path| Some(of_release(path, release)));
            let found = [
                started.executable.clone(),
                started.base_executable.clone(),
                started.prefix.clone(),
                started.exec_prefix.clone(),
                started.base_prefix.clone(),
                started.base_exec_prefix.clone(),
            ];
            assert_eq!(found, wanted, "{release}: {:?} {:?}", started.fatal, started.unknown);
            let path: Vec<String> = expected.path.iter().map(|item| of_release(item, release)).collect();
            assert_eq!(items(&started), path, "{release}");
        }
    }
}

fn of_release(text: &str, release: &str) -> String {
    let dotted = release.rsplit_once('.').expect("three numbers").0;
    text.replace("X.Y", dotted).replace("XY", &dotted.replace('.', ""))
}

/// `sys.path` without the item that `-c` puts in front.
fn items(started: &Startup) -> Vec<String> {
    started.sys_path.iter().flatten().skip(1).map(|item| item.path.clone()).collect()
}

struct Expected {
    executable: &'static str,
    base_executable: &'static str,
    prefix: &'static str,
    exec_prefix: &'static str,
    venv: Option<&'static str>,
    path: &'static [&'static str],
}

const WINDOWS_PATH: &[&str] = &["C:\\Python\\pythonXY.zip", "C:\\Python\\DLLs", "C:\\Python\\Lib", "C:\\Python"];
const USR_PATH: &[&str] = &["/usr/lib/pythonXY.zip", "/usr/lib/pythonX.Y", "/usr/lib/pythonX.Y/lib-dynload"];

/// All four prefixes the same, and the base executable the executable itself.
fn plain(executable: &'static str, prefix: &'static str, path: &'static [&'static str]) -> Expected {
    Expected { executable, base_executable: executable, prefix, exec_prefix: prefix, venv: None, path }
}

/// `VPATH` on Windows is a constant of the build.
fn windows_facts() -> Value {
    json!({"vpath": "..\\.."})
}

fn windows_installation(case: Case) -> Case {
    case.python("C:\\Python\\python.exe", windows_facts()).file("C:\\Python\\Lib\\os.py", "").dir("C:\\Python\\DLLs")
}

fn usr_library(case: Case) -> Case {
    case.file("/usr/lib/pythonX.Y/os.py", "").dir("/usr/lib/pythonX.Y/lib-dynload")
}

#[test]
fn normal_win32() {
    let case = windows_installation(Case::windows("C:\\Python\\python.exe"));
    case.gives(&plain("C:\\Python\\python.exe", "C:\\Python", WINDOWS_PATH));
}

const BUILD_PATH: &[&str] = &["C:\\CPython\\PCbuild\\amd64\\pythonXY.zip", "C:\\CPython\\PCbuild\\amd64", "C:\\CPython\\Lib"];

#[test]
fn buildtree_win32() {
    let program = "C:\\CPython\\PCbuild\\amd64\\python.exe";
    let case = Case::windows(program).python(program, windows_facts());
    let case = case.file("C:\\CPython\\Lib\\os.py", "").file("C:\\CPython\\PCbuild\\amd64\\pybuilddir.txt", "");
    case.gives(&plain(program, "C:\\CPython", BUILD_PATH));
}

#[test]
fn venv_win32() {
    let case = windows_installation(Case::windows("C:\\Python\\python.exe"))
        .var("__PYVENV_LAUNCHER__", "C:\\venv\\Scripts\\python.exe")
        .program_file("C:\\venv\\Scripts\\python.exe")
        .file("C:\\venv\\pyvenv.cfg", "home = C:\\Python\n");
    let expected = Expected {
        executable: "C:\\venv\\Scripts\\python.exe",
        base_executable: "C:\\Python\\python.exe",
        prefix: "C:\\Python",
        exec_prefix: "C:\\Python",
        venv: Some("C:\\venv"),
        path: WINDOWS_PATH,
    };
    case.gives(&expected);
}

#[test]
fn venv_win32_through_its_redirector() {
    let case = windows_installation(Case::windows("C:\\venv\\Scripts\\python.exe"))
        .program_file("C:\\venv\\Scripts\\python.exe")
        .file("C:\\venv\\pyvenv.cfg", "home = C:\\Python\n");
    let expected = Expected {
        executable: "C:\\venv\\Scripts\\python.exe",
        base_executable: "C:\\Python\\python.exe",
        prefix: "C:\\Python",
        exec_prefix: "C:\\Python",
        venv: Some("C:\\venv"),
        path: WINDOWS_PATH,
    };
    case.gives(&expected);
}

#[test]
fn registry_win32() {
    let key = "HKLM\\Software\\Python\\PythonCore\\X.Y\\PythonPath";
    let case = windows_installation(Case::windows("C:\\Python\\python.exe"))
        .registered(&format!("{key}\\Path1"), "path1-dir")
        .registered(&format!("{key}\\Path1\\Subdir"), "not-subdirs");
    let path = &["C:\\Python\\pythonXY.zip", "path1-dir", "C:\\Python\\DLLs", "C:\\Python\\Lib", "C:\\Python"];
    case.gives(&plain("C:\\Python\\python.exe", "C:\\Python", path));
    let ignoring = Case { options: "-ES", ..case };
    ignoring.gives(&plain("C:\\Python\\python.exe", "C:\\Python", WINDOWS_PATH));
}

#[test]
fn symlink_normal_win32() {
    let case =
        windows_installation(Case::windows("C:\\LinkedFrom\\python.exe")).link("C:\\LinkedFrom\\python.exe", "C:\\Python\\python.exe");
    case.gives(&plain("C:\\LinkedFrom\\python.exe", "C:\\Python", WINDOWS_PATH));
}

#[test]
fn symlink_buildtree_win32() {
    let real = "C:\\CPython\\PCbuild\\amd64\\python.exe";
    let case = Case::windows("C:\\LinkedFrom\\python.exe")
        .python(real, windows_facts())
        .link("C:\\LinkedFrom\\python.exe", real)
        .file("C:\\CPython\\Lib\\os.py", "")
        .file("C:\\CPython\\PCbuild\\amd64\\pybuilddir.txt", "");
    case.gives(&plain("C:\\LinkedFrom\\python.exe", "C:\\CPython", BUILD_PATH));
}

#[test]
fn buildtree_pythonhome_win32() {
    let case = Case::windows("C:\\Out\\python.exe")
        .var("PYTHONHOME", "C:\\CPython")
        .python("C:\\Out\\python.exe", windows_facts())
        .file("C:\\CPython\\Lib\\os.py", "")
        .file("C:\\Out\\pybuilddir.txt", "");
    let path = &["C:\\Out\\pythonXY.zip", "C:\\Out", "C:\\CPython\\Lib"];
    case.gives(&plain("C:\\Out\\python.exe", "C:\\CPython", path));
}

#[test]
fn no_dlls_win32() {
    let case = Case::windows("C:\\Python\\python.exe").python("C:\\Python\\python.exe", windows_facts()).file("C:\\Python\\Lib\\os.py", "");
    let path = &["C:\\Python\\pythonXY.zip", "C:\\Python", "C:\\Python\\Lib"];
    case.gives(&plain("C:\\Python\\python.exe", "C:\\Python", path));
}

#[test]
fn normal_posix() {
    let case = usr_library(Case::posix("python").var("PATH", "/usr/bin").python("/usr/bin/python", json!({"prefix": "/usr"})));
    case.gives(&plain("/usr/bin/python", "/usr", USR_PATH));
}

const BUILT: &[&str] = &["/usr/local/lib/pythonXY.zip", "/home/cpython/Lib", "/home/cpython/build/lib.linux-x86_64-X.Y"];

fn build_tree(case: Case) -> Case {
    case.python("/home/cpython/python", json!({"prefix": "/usr/local"}))
        .program_file("/usr/local/bin/python")
        .file("/home/cpython/pybuilddir.txt", "build/lib.linux-x86_64-X.Y")
        .file("/home/cpython/Lib/os.py", "")
        .dir("/home/cpython/lib-dynload")
}

#[test]
fn buildpath_posix() {
    build_tree(Case::posix("/home/cpython/python")).gives(&plain("/home/cpython/python", "/usr/local", BUILT));
}

/// What an environment in `/venv` of the Python in `/usr` gives.
fn usr_venv(base_executable: &'static str) -> Expected {
    let executable = "/venv/bin/python";
    Expected { executable, base_executable, prefix: "/usr", exec_prefix: "/usr", venv: Some("/venv"), path: USR_PATH }
}

fn usr_venv_case() -> Case {
    usr_library(Case::posix("python").var("PATH", "/venv/bin:/usr/bin")).file("/venv/pyvenv.cfg", "home = /usr/bin\n")
}

#[test]
fn venv_posix() {
    let facts = json!({"prefix": "/usr"});
    let case = usr_venv_case().program_file("/usr/bin/python").python("/venv/bin/python", facts);
    case.gives(&usr_venv("/usr/bin/python"));
}

#[test]
fn venv_changed_name_posix() {
    let case = usr_venv_case().python("/usr/bin/python3", json!({"prefix": "/usr"})).link("/venv/bin/python", "/usr/bin/python3");
    case.gives(&usr_venv("/usr/bin/python3"));
}

#[test]
fn venv_non_installed_zip_path_posix() {
    let base = "/path/to/non-installed";
    let case = Case::posix("/venv/bin/python")
        .var("PATH", "/venv/bin:/usr/bin")
        .python("/path/to/non-installed/bin/python", json!({"prefix": "/usr"}))
        .link("/venv/bin/python", "/path/to/non-installed/bin/python")
        .file("/path/to/non-installed/lib/pythonX.Y/os.py", "")
        .dir("/path/to/non-installed/lib/pythonX.Y/lib-dynload")
        .file("/venv/pyvenv.cfg", "home = /path/to/non-installed\n");
    let expected = Expected {
        executable: "/venv/bin/python",
        base_executable: "/path/to/non-installed/bin/python",
        prefix: base,
        exec_prefix: base,
        venv: Some("/venv"),
        path: &[
            "/path/to/non-installed/lib/pythonXY.zip",
            "/path/to/non-installed/lib/pythonX.Y",
            "/path/to/non-installed/lib/pythonX.Y/lib-dynload",
        ],
    };
    case.gives(&expected);
}

#[test]
fn venv_changed_name_copy_posix() {
    // The original's base is called python9: the default program name of major version 9.
    let case = usr_venv_case().program_file("/usr/bin/python3").python("/venv/bin/python", json!({"prefix": "/usr"}));
    case.gives(&usr_venv("/usr/bin/python3"));
}

#[test]
fn symlink_normal_posix() {
    let case = usr_library(Case::posix("/linkfrom/python"))
        .python("/usr/bin/python", json!({"prefix": "/usr"}))
        .link("/linkfrom/python", "/usr/bin/python");
    case.gives(&plain("/linkfrom/python", "/usr", USR_PATH));
}

#[test]
fn symlink_buildpath_posix() {
    let case = build_tree(Case::posix("/linkfrom/python")).link("/linkfrom/python", "/home/cpython/python");
    case.gives(&plain("/linkfrom/python", "/usr/local", BUILT));
}

#[test]
fn custom_platlibdir_posix() {
    let case = Case::posix("/linkfrom/python")
        .python("/linkfrom/python", json!({"prefix": "/usr", "platlibdir": "lib64"}))
        .program_file("/usr/bin/python")
        .file("/usr/lib64/pythonX.Y/os.py", "")
        .dir("/usr/lib64/pythonX.Y/lib-dynload");
    let path = &["/usr/lib64/pythonXY.zip", "/usr/lib64/pythonX.Y", "/usr/lib64/pythonX.Y/lib-dynload"];
    case.gives(&plain("/linkfrom/python", "/usr", path));
}

/// A framework of the given name; its `bin/pythonX.Y` is a stub in front of the program in the bundle.
fn framework(case: Case, name: &str) -> Case {
    let root = format!("/Library/Frameworks/{name}.framework/Versions/X.Y");
    let facts = json!({"prefix": root, "exec_prefix": root, "framework": name, "library": format!("{root}/{name}")});
    case.python(&format!("{root}/bin/pythonX.Y"), facts.clone())
        .python(&format!("{root}/Resources/Python.app/Contents/MacOS/{name}"), facts)
        .file(&format!("{root}/{name}"), "")
        .file(&format!("{root}/lib/pythonX.Y/os.py"), "")
        .dir(&format!("{root}/lib/pythonX.Y/lib-dynload"))
}

const PYTHON_FRAMEWORK: &[&str] = &[
    "/Library/Frameworks/Python.framework/Versions/X.Y/lib/pythonXY.zip",
    "/Library/Frameworks/Python.framework/Versions/X.Y/lib/pythonX.Y",
    "/Library/Frameworks/Python.framework/Versions/X.Y/lib/pythonX.Y/lib-dynload",
];
const DEBUG_FRAMEWORK: &[&str] = &[
    "/Library/Frameworks/DebugPython.framework/Versions/X.Y/lib/pythonXY.zip",
    "/Library/Frameworks/DebugPython.framework/Versions/X.Y/lib/pythonX.Y",
    "/Library/Frameworks/DebugPython.framework/Versions/X.Y/lib/pythonX.Y/lib-dynload",
];

#[test]
fn framework_macos() {
    let program = "/Library/Frameworks/Python.framework/Versions/X.Y/bin/pythonX.Y";
    let case = framework(Case::macos(program), "Python");
    case.gives(&plain(program, "/Library/Frameworks/Python.framework/Versions/X.Y", PYTHON_FRAMEWORK));
}

#[test]
fn alt_framework_macos() {
    let program = "/Library/Frameworks/DebugPython.framework/Versions/X.Y/bin/pythonX.Y";
    let case = framework(Case::macos(program), "DebugPython");
    case.gives(&plain(program, "/Library/Frameworks/DebugPython.framework/Versions/X.Y", DEBUG_FRAMEWORK));
}

fn framework_venv(case: Case, name: &str) -> Case {
    let bin = format!("/Library/Frameworks/{name}.framework/Versions/X.Y/bin");
    framework(case, name)
        .dir("/tmp/workdir/venv/lib/pythonX.Y")
        .link("/tmp/workdir/venv/bin/python", &format!("{bin}/pythonX.Y"))
        .file("/tmp/workdir/venv/pyvenv.cfg", &format!("home = {bin}\n"))
}

#[test]
fn venv_framework_macos() {
    let case = framework_venv(Case::macos("/tmp/workdir/venv/bin/python"), "Python");
    let expected = Expected {
        executable: "/tmp/workdir/venv/bin/python",
        base_executable: "/Library/Frameworks/Python.framework/Versions/X.Y/bin/pythonX.Y",
        prefix: "/Library/Frameworks/Python.framework/Versions/X.Y",
        exec_prefix: "/Library/Frameworks/Python.framework/Versions/X.Y",
        venv: Some("/tmp/workdir/venv"),
        path: PYTHON_FRAMEWORK,
    };
    case.gives(&expected);
}

#[test]
fn venv_alt_framework_macos() {
    let case = framework_venv(Case::macos("/tmp/workdir/venv/bin/python"), "DebugPython");
    let expected = Expected {
        executable: "/tmp/workdir/venv/bin/python",
        base_executable: "/Library/Frameworks/DebugPython.framework/Versions/X.Y/bin/pythonX.Y",
        prefix: "/Library/Frameworks/DebugPython.framework/Versions/X.Y",
        exec_prefix: "/Library/Frameworks/DebugPython.framework/Versions/X.Y",
        venv: Some("/tmp/workdir/venv"),
        path: DEBUG_FRAMEWORK,
    };
    case.gives(&expected);
}

#[test]
fn venv_macos() {
    let case = usr_library(Case::macos("/usr/bin/python"))
        .var("__PYVENV_LAUNCHER__", "/framework/PythonX.Y/python")
        .python("/usr/bin/python", json!({"prefix": "/usr"}))
        .program_file("/framework/PythonX.Y/python")
        .file("/framework/PythonX.Y/pyvenv.cfg", "home = /usr/bin\n");
    let expected = Expected {
        executable: "/framework/PythonX.Y/python",
        base_executable: "/usr/bin/python",
        prefix: "/usr",
        exec_prefix: "/usr",
        // The file lies beside the program, so its folder is the prefix.
        venv: Some("/framework/PythonX.Y"),
        path: USR_PATH,
    };
    case.gives(&expected);
}

#[test]
fn symlink_normal_macos() {
    let case = usr_library(Case::macos("python").var("PATH", "/linkfrom:/usr/bin"))
        .python("/usr/bin/python", json!({"prefix": "/usr"}))
        .link("/linkfrom/python", "/usr/bin/python");
    case.gives(&plain("/linkfrom/python", "/usr", USR_PATH));
}

#[test]
fn symlink_buildpath_macos() {
    let case = build_tree(Case::macos("python").var("PATH", "/linkfrom:/usr/bin")).link("/linkfrom/python", "/home/cpython/python");
    case.gives(&plain("/linkfrom/python", "/usr/local", BUILT));
}
