//! What this account may not look into is unknown, never absent: a folder of the environment, or the way to its base.
//!
//! On recorded machines, since an administrator, as whom tests often run, may read everything on a live one.

use venv_explain::diagnose::findings;
use venv_explain::machine::capture::Capture;
use venv_explain::machine::path::Rules;
use venv_explain::machine::{Fault, Machine};
use venv_explain::simulate::startup::{Launch, start};
use venv_explain::venv::Environment;
use venv_explain::venv::layout::ChainEnd;

const ROOT: &str = "/home/ada/.venv";

const FILES: [&str; 9] = [
    "/opt/python/bin/python3.12: {exec: true}",
    "/opt/python/lib/python3.12/os.py: {}",
    "/opt/python/lib/python3.12/encodings/__init__.py: {}",
    "/opt/python/lib/python3.12/lib-dynload: {dir: true}",
    "/home/ada/.venv/pyvenv.cfg: \"home = /opt/python/bin\\ninclude-system-site-packages = false\\n\"",
    "/home/ada/.venv/bin/python: {link: /opt/python/bin/python3.12}",
    "/home/ada/.venv/bin/activate: \"VIRTUAL_ENV=/home/ada/.venv\\n\"",
    "/home/ada/.venv/lib/python3.12/site-packages/pip/__init__.py: \"\"",
    "/home/ada/.venv/lib/python3.12/site-packages/pip-25.0.dist-info/METADATA: \"Name: pip\\nVersion: 25.0\\n\"",
];

/// The machine with `closed`, a folder that may not be looked into; what lies below was not recorded then.
fn machine(closed: &str) -> Capture {
    let files: Vec<&str> = FILES.into_iter().filter(|line| closed.is_empty() || !line.starts_with(&format!("{closed}/"))).collect();
    let closed = if closed.is_empty() { String::new() } else { format!("\n  {closed}: {{dir: true, denied: true}}") };
    let yaml = format!(
        "venv-explain: capture/1\nplatform: linux\ncwd: /home/ada\nenv: {{PATH: /bin, HOME: /home/ada}}\ninterpreters:\n  \
         /opt/python/bin/python3.12: {{implementation: cpython, version: 3.12.4, prefix: /opt/python, exec_prefix: /opt/python}}\n\
         files:\n  {}{closed}\n",
        files.join("\n  ")
    );
    Capture::parse("test.yaml", yaml.as_bytes()).expect("a sound capture")
}

fn ids(machine: &dyn Machine) -> Vec<&'static str> {
    findings(machine, &Environment::read(machine, ROOT)).iter().map(|finding| finding.id).collect()
}

#[test]
fn the_environment_is_sound_where_everything_may_be_read() {
    assert_eq!(ids(&machine("")), Vec::<&str>::new());
}

#[test]
fn a_closed_folder_is_one_finding_and_hides_nothing_behind_others() {
    for inside in ["bin", "lib", "lib/python3.12", "lib/python3.12/site-packages"] {
        let folder = Rules::Posix.join(ROOT, inside);
        let machine = machine(&folder);
        assert_eq!(machine.list(&folder), Err(Fault::Denied), "{inside}");
        assert_eq!(ids(&machine), ["folder-closed"], "{inside}");
        let closed = Environment::read(&machine, ROOT).closed_folders(&machine);
        assert_eq!(closed.iter().map(|unknown| unknown.what.as_str()).collect::<Vec<_>>(), [folder]);
    }
}

#[test]
fn a_base_behind_a_closed_folder_is_neither_gone_nor_fine() {
    let machine = machine("/opt/python");
    let environment = Environment::read(&machine, ROOT);
    assert_eq!(environment.layout.pythons[0].end, ChainEnd::Denied);
    assert_eq!(ids(&machine), ["base-closed"]);
    let program = "/home/ada/.venv/bin/python".to_owned();
    let startup = start(&machine, &Launch { program: program.clone(), arguments: Vec::new() });
    assert_eq!(startup.fatal, Some(format!("{program}: Permission denied")));
}
