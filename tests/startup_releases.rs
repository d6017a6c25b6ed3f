//! Rules of single releases that no interpreter of a usual machine shows: what changed with 3.14 and 3.15, distributors' builds,
//! free-threaded builds, Windows and macOS. Each is a recorded machine and what `sys` holds on it.

use venv_explain::machine::capture::Capture;
use venv_explain::simulate::startup::{Launch, Startup, start};

/// Starts `words` (the program and its arguments) on a machine in which `X.Y` stands for the release.
fn started(release: &str, capture: &str, words: &str) -> Startup {
    let dotted = release.rsplit_once('.').expect("three numbers").0;
    let text = capture.replace("RELEASE", release).replace("X.Y", dotted);
    let machine = Capture::parse("case", format!("venv-explain: capture/1\n{text}").as_bytes()).expect("the case is a capture");
    let mut words = words.replace("X.Y", dotted).split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter();
    let program = words.next().expect("a program");
    start(&machine, &Launch { program, arguments: words.collect() })
}

fn path(started: &Startup) -> Vec<&str> {
    started.sys_path.iter().flatten().map(|item| item.path.as_str()).collect()
}

fn prefix(started: &Startup) -> &str {
    started.prefix.as_deref().unwrap_or("none")
}

fn base(started: &Startup) -> &str {
    started.base_prefix.as_deref().unwrap_or("none")
}

/// A Python in `/usr` with an environment in `/p/v`; a test adds to its files.
fn usual(more: &str) -> String {
    format!(
        "platform: linux
cwd: /p
env: {{HOME: /home/ada, PATH: /p/v/bin}}
interpreters:
  /usr/bin/pythonX.Y: {{version: RELEASE, prefix: /usr, exec_prefix: /usr}}
files:
  /usr/bin/pythonX.Y: {{exec: true}}
  /usr/lib/pythonX.Y/os.py: {{}}
  /usr/lib/pythonX.Y/encodings/__init__.py: {{}}
  /usr/lib/pythonX.Y/lib-dynload: {{dir: true}}
  /p/v/bin/python: {{link: /usr/bin/pythonX.Y}}
  /p/v/lib/pythonX.Y/site-packages: {{dir: true}}
{more}"
    )
}

const CONFIG: &str = "  /p/v/pyvenv.cfg: \"home = /usr/bin\\n\"\n";

#[test]
fn from_3_14_on_an_environment_has_its_prefix_even_without_site() {
    for (release, expected) in [("3.10.13", "/usr"), ("3.13.5", "/usr"), ("3.14.0", "/p/v"), ("3.15.2", "/p/v")] {
        let started = started(release, &usual(CONFIG), "/p/v/bin/python -S -c pass");
        assert_eq!((prefix(&started), base(&started)), (expected, "/usr"), "{release}");
    }
}

#[test]
fn from_3_14_on_the_folder_of_a_config_beside_the_program_is_the_prefix() {
    let machine = usual("  /p/v/bin/pyvenv.cfg: \"home = /usr/bin\\n\"\n");
    for (release, expected) in [("3.9.18", "/p/v"), ("3.13.5", "/p/v"), ("3.14.0", "/p/v/bin")] {
        assert_eq!(prefix(&started(release, &machine, "/p/v/bin/python")), expected, "{release}");
    }
}

#[test]
fn from_3_14_on_a_config_that_is_a_folder_makes_an_environment() {
    let machine = usual("  /p/v/pyvenv.cfg: {dir: true}\n");
    for (release, expected) in [("3.13.5", "/usr"), ("3.14.0", "/p/v")] {
        assert_eq!(prefix(&started(release, &machine, "/p/v/bin/python")), expected, "{release}");
    }
}

#[test]
fn from_3_14_on_pythonhome_leaves_the_environment_its_prefix() {
    let machine = usual(CONFIG).replace("PATH: ", "PYTHONHOME: /usr, PATH: ");
    for release in ["3.13.5", "3.14.0"] {
        let started = started(release, &machine, "/p/v/bin/python -S -c pass");
        let expected = if release == "3.14.0" { "/p/v" } else { "/usr" };
        assert_eq!((prefix(&started), base(&started)), (expected, "/usr"), "{release}");
    }
}

#[test]
fn a_relative_item_of_path_makes_executable_and_prefix_relative() {
    let machine = usual(CONFIG).replace("PATH: /p/v/bin", "PATH: \"env/bin\"").replace("/p/v/", "/p/env/");
    for (release, expected) in [("3.10.13", "/p/env/bin/python"), ("3.13.5", "env/bin/python"), ("3.14.0", "env/bin/python")] {
        let started = started(release, &machine, "python");
        assert_eq!(started.executable.as_deref(), Some(expected), "{release}");
        assert_eq!(prefix(&started), if release == "3.14.0" { "env" } else { "/p/env" }, "{release}");
    }
}

#[test]
fn a_relative_environment_named_with_one_letter_is_left_from_3_14_on() {
    // join_relfile() puts no separator behind a single character: it looks for `vpyvenv.cfg`.
    let machine = usual(CONFIG).replace("PATH: /p/v/bin", "PATH: \"v/bin\"");
    for (release, expected) in [("3.13.5", "/p/v"), ("3.14.0", "/usr")] {
        assert_eq!(prefix(&started(release, &machine, "python")), expected, "{release}");
    }
}

#[test]
fn the_resolved_base_beats_home_from_3_14_10_and_3_15_2_on() {
    let machine = "platform: linux
cwd: /p
env: {HOME: /home/ada}
interpreters:
  /opt/py/bin/pythonX.Y: {version: RELEASE, prefix: /elsewhere, exec_prefix: /elsewhere, frozen_encodings: true}
files:
  /opt/py/bin/pythonX.Y: {exec: true}
  /opt/py/lib/pythonX.Y/os.py: {}
  /opt/py/lib/pythonX.Y/lib-dynload: {dir: true}
  /home/ada/bin/pythonX.Y: {link: /opt/py/bin/pythonX.Y}
  /p/v/bin/python: {link: /home/ada/bin/pythonX.Y}
  /p/v/pyvenv.cfg: \"home = /home/ada/bin\\n\"
";
    for (release, expected) in [
        ("3.10.13", "/opt/py"),
        ("3.13.5", "/elsewhere"),
        ("3.14.9", "/elsewhere"),
        ("3.14.10", "/opt/py"),
        ("3.15.1", "/elsewhere"),
        ("3.15.2", "/opt/py"),
    ] {
        assert_eq!(base(&started(release, machine, "/p/v/bin/python")), expected, "{release}");
    }
}

#[test]
fn setup_local_beside_the_program_makes_a_build_tree_until_3_13_14_and_3_14_6() {
    let machine = usual("  /usr/bin/Modules/Setup.local: \"\"\n");
    for (release, is_build) in [("3.13.14", true), ("3.13.15", false), ("3.14.6", true), ("3.14.7", false), ("3.15.0", false)] {
        let started = started(release, &machine, "/usr/bin/pythonX.Y -S -c pass");
        // In a build tree the library is looked for in `Lib`, where there is none here: no encodings, no start.
        assert_eq!(started.fatal.is_some(), is_build, "{release}: {:?}", path(&started));
    }
}

#[test]
fn free_threaded_builds_have_a_t_in_their_folders() {
    let machine = usual("").replace("exec_prefix: /usr}", "exec_prefix: /usr, abiflags: t}").replace("/lib/pythonX.Y/", "/lib/pythonX.Yt/");
    let started = started("3.14.0", &machine, "/usr/bin/pythonX.Y -I -c pass");
    assert_eq!(path(&started), ["/usr/lib/python314t.zip", "/usr/lib/python3.14t", "/usr/lib/python3.14t/lib-dynload"]);
}

#[test]
fn a_lib64_build_has_two_folders_of_packages() {
    let more = "  /p/v/lib64: {link: lib}\n  /p/v/pyvenv.cfg: \"home = /usr/bin\\ninclude-system-site-packages = false\\n\"\n";
    let machine = usual(more).replace("exec_prefix: /usr}", "exec_prefix: /usr, platlibdir: lib64}").replace("/usr/lib/", "/usr/lib64/");
    let started = started("3.12.4", &machine, "/p/v/bin/python -I -c pass");
    let packages = ["/p/v/lib64/python3.12/site-packages", "/p/v/lib/python3.12/site-packages"];
    assert_eq!(path(&started).split_off(3), packages);
}

#[test]
fn fedora_puts_usr_local_in_front_of_its_own_packages() {
    let more = "  /usr/lib/pythonX.Y/site-packages: {dir: true}\n  /usr/local/lib/pythonX.Y/site-packages: {dir: true}\n";
    let machine = usual(more).replace("exec_prefix: /usr}", "exec_prefix: /usr, vendor: fedora}");
    let found = started("3.12.4", &machine, "/usr/bin/pythonX.Y");
    assert_eq!(path(&found).split_off(4), ["/usr/local/lib/python3.12/site-packages", "/usr/lib/python3.12/site-packages"]);
    let isolated = started("3.12.4", &machine, "/usr/bin/pythonX.Y -I -c pass");
    assert_eq!(path(&isolated).split_off(3), ["/usr/lib/python3.12/site-packages"]);
}

#[test]
fn debian_names_its_folders_dist_packages_and_adds_them_in_environments_too() {
    let more = "  /usr/lib/python3/dist-packages: {dir: true}
  /usr/local/lib/pythonX.Y/dist-packages: {dir: true}
  /p/v/lib/python3/dist-packages: {dir: true}
  /p/v/pyvenv.cfg: \"home = /usr/bin\\ninclude-system-site-packages = true\\n\"
";
    let machine = usual(more).replace("exec_prefix: /usr}", "exec_prefix: /usr, vendor: debian}");
    let debian = ["/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages"];
    let found = started("3.11.2", &machine, "/usr/bin/pythonX.Y");
    assert_eq!(path(&found).split_off(4), debian);
    let found = started("3.11.2", &machine, "/p/v/bin/python");
    let own = ["/p/v/lib/python3.11/site-packages", "/p/v/lib/python3/dist-packages"];
    assert_eq!(path(&found).split_off(4), [&own[..], &debian[..]].concat());
}

#[test]
fn an_adjacent_pth_file_switches_the_user_site_off_from_3_15_on() {
    let more =
        "  /usr/bin/pythonX.Y._pth: \"/usr/lib/pythonX.Y\\nimport site\\n\"\n  /home/ada/.local/lib/pythonX.Y/site-packages: {dir: true}\n";
    for (release, expected) in [("3.14.0", true), ("3.15.0", false)] {
        let started = started(release, &usual(more), "/usr/bin/pythonX.Y");
        assert_eq!(started.user_site_enabled, Some(expected), "{release}");
    }
}

#[test]
fn a_pth_file_is_read_in_full_and_its_code_runs_last_from_3_15_on() {
    let more = format!(
        "{CONFIG}  /p/v/lib/pythonX.Y/site-packages/a.pth: \"import sys; sys.path.append('/code')\\nimport nosuchmodule\\n  /one\\n/none\\n\"
  /p/v/lib/pythonX.Y/site-packages/b.pth: \"/two\\n\"
  /one: {{dir: true}}
  /two: {{dir: true}}
"
    );
    let packages = |release: &str| {
        let started = started(release, &usual(&more), "/p/v/bin/python -I -c pass");
        path(&started).split_off(3).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(packages("3.15.0"), ["/p/v/lib/python3.15/site-packages", "/one", "/two", "/code"]);
    // Before, the line that fails ends its file, and both files are read twice in an environment.
    assert_eq!(packages("3.14.0"), ["/p/v/lib/python3.14/site-packages", "/code", "/two", "/code"]);
}

#[test]
fn a_start_file_silences_the_code_of_its_pth_file() {
    let more = format!(
        "{CONFIG}  /p/v/lib/pythonX.Y/site-packages/a.pth: \"import sys; sys.path.append('/code')\\n\"
  /p/v/lib/pythonX.Y/site-packages/a.start: \"\"
"
    );
    let silent = started("3.15.0", &usual(&more), "/p/v/bin/python -I -c pass");
    assert_eq!(path(&silent).last(), Some(&"/p/v/lib/python3.15/site-packages"));
    let loud = started("3.14.0", &usual(&more), "/p/v/bin/python -I -c pass");
    assert_eq!(path(&loud).last(), Some(&"/code"));
}

#[test]
fn a_recorded_copy_without_facts_of_its_own_has_those_of_its_base() {
    let machine = usual(CONFIG).replace("/p/v/bin/python: {link: /usr/bin/pythonX.Y}", "/p/v/bin/python: {exec: true}");
    let found = started("3.12.4", &machine, "/p/v/bin/python");
    assert_eq!((prefix(&found), base(&found)), ("/p/v", "/usr"));
    assert_eq!(found.base_executable.as_deref(), Some("/usr/bin/python3.12"));
}

/// Python in `C:\Python` with an environment in `C:\v`.
const WINDOWS: &str = r#"platform: windows
cwd: 'C:\w'
env: {APPDATA: 'C:\Users\ada\AppData\Roaming', PATH: 'C:\Windows'}
interpreters:
  'C:\Python\python.exe': {version: RELEASE, library: 'C:\Python\pythonXY.dll', frozen_encodings: true}
files:
  'C:\Python\python.exe': {exec: true}
  'C:\Python\Lib\os.py': {}
  'C:\Python\Lib\site-packages': {dir: true}
  'C:\Python\DLLs': {dir: true}
  'C:\v\Scripts\python.exe': {exec: true}
  'C:\v\Lib\site-packages': {dir: true}
  'C:\v\pyvenv.cfg': "home = C:\\Python\ninclude-system-site-packages = true\n"
  'C:\Users\ada\AppData\Roaming\Python\PythonXY\site-packages': {dir: true}
"#;

fn windows(release: &str) -> String {
    let undotted = release.rsplit_once('.').expect("three numbers").0.replace('.', "");
    WINDOWS.replace("XY", &undotted)
}

#[test]
fn a_windows_environment_is_reached_through_its_redirector() {
    for release in ["3.10.5", "3.12.4", "3.13.5", "3.14.2"] {
        let found = started(release, &windows(release), r"C:\v\Scripts\python.exe");
        assert_eq!(found.executable.as_deref(), Some(r"C:\v\Scripts\python.exe"), "{release}");
        assert_eq!(found.base_executable.as_deref(), Some(r"C:\Python\python.exe"), "{release}");
        assert_eq!((prefix(&found), base(&found)), (r"C:\v", r"C:\Python"), "{release}");
        let library = if release == "3.10.5" { r"C:\Python\lib" } else { r"C:\Python\Lib" };
        let undotted = release.rsplit_once('.').expect("three numbers").0.replace('.', "");
        let zip = format!(r"C:\Python\python{undotted}.zip");
        let user = format!(r"C:\Users\ada\AppData\Roaming\Python\Python{undotted}\site-packages");
        let own = if release == "3.10.5" { r"C:\v\lib\site-packages" } else { r"C:\v\Lib\site-packages" };
        let packages = if release == "3.10.5" { r"C:\Python\lib\site-packages" } else { r"C:\Python\Lib\site-packages" };
        let wanted = ["", &zip, r"C:\Python\DLLs", library, r"C:\Python", r"C:\v", own, &user, packages];
        assert_eq!(path(&found), wanted, "{release}");
    }
}

#[test]
fn a_windows_environment_whose_base_is_gone_says_so() {
    let machine = windows("3.12.4").replace("home = C:\\\\Python", "home = C:\\\\Gone");
    let found = started("3.12.4", &machine, r"C:\v\Scripts\python.exe");
    assert_eq!(found.fatal.as_deref(), Some("No Python at '\"C:\\Gone\\python.exe'"));
    assert_eq!(found.sys_path, None);
}

#[test]
fn a_mac_framework_keeps_user_packages_in_its_own_folder() {
    let machine = "platform: macos
cwd: /Users/ada
env: {HOME: /Users/ada}
interpreters:
  /F/Versions/X.Y/bin/pythonX.Y: {version: RELEASE, prefix: /F/Versions/X.Y, framework: Python, library: /F/Versions/X.Y/Python, frozen_encodings: true}
files:
  /F/Versions/X.Y/bin/pythonX.Y: {exec: true}
  /F/Versions/X.Y/lib/pythonX.Y/os.py: {}
  /F/Versions/X.Y/lib/pythonX.Y/lib-dynload: {dir: true}
  /Users/ada/Library/Python/X.Y/lib/python/site-packages: {dir: true}
";
    for release in ["3.9.18", "3.12.4"] {
        let dotted = release.rsplit_once('.').expect("three numbers").0;
        let found = started(release, machine, "/F/Versions/X.Y/bin/pythonX.Y");
        let user = format!("/Users/ada/Library/Python/{dotted}/lib/python/site-packages");
        assert_eq!(path(&found).last(), Some(&user.as_str()), "{release}");
        assert_eq!(found.executable, Some(format!("/F/Versions/{dotted}/bin/python{dotted}")), "{release}");
    }
}

#[test]
fn a_pth_file_that_adds_its_own_folder_is_told_as_unknown() {
    let line = "import site; site.addsitedir('/p/v/lib/pythonX.Y/site-packages')";
    let more = format!("{CONFIG}  /p/v/lib/pythonX.Y/site-packages/a.pth: \"{line}\\n/one\\n\"\n  /one: {{dir: true}}\n");
    let found = started("3.12.4", &usual(&more), "/p/v/bin/python -I -c pass");
    assert_eq!(found.unknown.len(), 1);
    assert_eq!(path(&found).get(3..5), Some(&["/p/v/lib/python3.12/site-packages", "/one"][..]));
}

#[test]
fn a_pth_file_of_far_too_many_lines_is_told_as_unknown() {
    let more = format!("{CONFIG}  /p/v/lib/pythonX.Y/site-packages/a.pth: \"{}\"\n", "x\\n".repeat(30_000));
    let found = started("3.12.4", &usual(&more), "/p/v/bin/python -I -c pass");
    assert_eq!(found.unknown.len(), 1);
    assert_eq!(path(&found).last(), Some(&"/p/v/lib/python3.12/site-packages"));
}
