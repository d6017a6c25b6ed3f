//! The environment that is meant is found as the contract says, and what is none is told apart from it.

#![allow(clippy::disallowed_methods, reason = "tests lay out folders")]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::Scratch;
use venv_explain::machine::Machine;
use venv_explain::machine::capture::Capture;
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::venv::locate::{Found, NotAnEnvironment, Why, locate};

struct Place {
    scratch: Scratch,
}

impl Place {
    fn new() -> Self {
        Self { scratch: Scratch::new("locate") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("room for a folder");
        fs::write(path, text).expect("room for a file");
    }

    /// An environment as `venv` leaves it, with a link to a Python that is there.
    fn environment(&self, name: &str) {
        self.write(&format!("{name}/pyvenv.cfg"), "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.12.1\n");
        self.write(&format!("{name}/bin/activate"), "VIRTUAL_ENV=x\n");
        fs::create_dir_all(self.path(&format!("{name}/lib/python3.12/site-packages"))).expect("room");
        self.write("base/bin/python3.12", "");
        symlink(self.path("base/bin/python3.12"), self.path(&format!("{name}/bin/python"))).expect("room for a link");
    }

    fn machine(&self, cwd: &str) -> Overlay {
        let mut machine = Overlay::new(Arc::new(Live::new()));
        machine.replace_vars(std::collections::BTreeMap::new());
        machine.set_cwd(&self.text(cwd));
        machine
    }

    fn named(&self, name: &str) -> Result<String, Why> {
        let named = self.text(name);
        locate(&self.machine("."), Some(&named)).map(|located| located.root).map_err(|error| error.why)
    }

    fn refused(&self, name: &str) -> NotAnEnvironment {
        locate(&self.machine("."), Some(&self.text(name))).expect_err("no environment")
    }
}

#[test]
fn the_folder_anything_in_it_and_the_project_around_it_mean_the_environment() {
    let place = Place::new();
    place.environment("app/.venv");
    place.write("app/.venv/lib/python3.12/site-packages/yaml/__init__.py", "");
    for name in [
        "app/.venv",
        "app/.venv/pyvenv.cfg",
        "app/.venv/bin/python",
        "app/.venv/bin",
        "app/.venv/lib/python3.12/site-packages",
        "app/.venv/lib/python3.12/site-packages/yaml/__init__.py",
        "app",
        "app/.venv/../.venv/",
    ] {
        assert_eq!(place.named(name), Ok(place.text("app/.venv")), "{name}");
    }
}

#[test]
fn a_project_may_call_it_by_three_names_and_the_first_one_wins() {
    let place = Place::new();
    place.environment("one/env");
    place.environment("two/env");
    place.environment("two/venv");
    place.environment("three/.venv");
    place.environment("three/venv");
    assert_eq!(place.named("one"), Ok(place.text("one/env")));
    assert_eq!(place.named("two"), Ok(place.text("two/venv")));
    assert_eq!(place.named("three"), Ok(place.text("three/.venv")));
}

#[test]
fn a_relative_name_is_taken_from_the_working_folder() {
    let place = Place::new();
    place.environment("app/.venv");
    let machine = place.machine("app");
    assert_eq!(locate(&machine, Some(".venv/bin/python")).expect("an environment").root, place.text("app/.venv"));
    assert_eq!(locate(&machine, Some(".")).expect("an environment").root, place.text("app/.venv"));
}

#[test]
fn without_a_name_the_active_environment_is_meant_and_else_the_nearest_one() {
    let place = Place::new();
    place.environment("app/.venv");
    place.environment("other");
    fs::create_dir_all(place.path("app/src/deep")).expect("room");
    let mut machine = place.machine("app/src/deep");
    let located = locate(&machine, None).expect("an environment");
    assert_eq!(located.root, place.text("app/.venv"));
    let Found::Searched { places } = located.found else { panic!("{:?}", located.found) };
    assert_eq!(places.first(), Some(&place.text("app/src/deep/.venv")));
    assert_eq!(places.last(), Some(&place.text("app/.venv")));
    machine.set_var("VIRTUAL_ENV", &place.text("other"));
    let located = locate(&machine, None).expect("an environment");
    assert_eq!((located.root, located.found), (place.text("other"), Found::VirtualEnv));
}

#[test]
fn an_empty_virtual_env_counts_as_unset_and_one_that_is_gone_is_named() {
    let place = Place::new();
    place.environment("app/.venv");
    let mut machine = place.machine("app");
    machine.set_var("VIRTUAL_ENV", "");
    assert_eq!(locate(&machine, None).expect("an environment").root, place.text("app/.venv"));
    machine.set_var("VIRTUAL_ENV", &place.text("gone"));
    let error = locate(&machine, None).expect_err("none");
    assert_eq!((&error.why, error.variable.as_deref()), (&Why::Missing, Some(place.text("gone").as_str())));
    assert!(error.to_string().starts_with(&format!("VIRTUAL_ENV is {}", place.text("gone"))), "{error}");
    assert!(error.to_string().contains("deactivate"), "{error}");
}

#[test]
fn a_capture_says_which_environment_it_is_about() {
    let text = "venv-explain: capture/1\nplatform: linux\ncwd: /\nenv: {VIRTUAL_ENV: /other}\nvenv: /p/.venv\nfiles:\n  /p/.venv/pyvenv.cfg: \"home = /usr/bin\\n\"\n  /other/pyvenv.cfg: \"home = /usr/bin\\n\"\n";
    let capture = Capture::parse("test.yaml", text.as_bytes()).expect("a capture");
    let located = locate(&capture, None).expect("an environment");
    assert_eq!((located.root.as_str(), located.found), ("/p/.venv", Found::Recorded));
}

#[test]
fn where_nothing_is_found_every_place_is_named() {
    let place = Place::new();
    fs::create_dir_all(place.path("a/b")).expect("room");
    fs::create_dir_all(place.path("a/venv/conda-meta")).expect("room");
    let error = locate(&place.machine("a/b"), None).expect_err("none");
    let Why::NothingFound { places, instead } = &error.why else { panic!("{error:?}") };
    assert_eq!(places[..4], [place.text("a/b/.venv"), place.text("a/b/venv"), place.text("a/b/env"), place.text("a/.venv")]);
    assert!(matches!(instead.as_deref(), Some(NotAnEnvironment { why: Why::Conda { .. }, .. })), "{instead:?}");
    assert!(error.to_string().contains(&place.text("a/b/.venv")), "{error}");
}

#[test]
fn what_is_no_environment_is_told_apart() {
    let place = Place::new();
    fs::create_dir_all(place.path("conda/conda-meta")).expect("room");
    place.write("conda/bin/python", "");
    place.write("conda/lib/python3.12/os.py", "");
    place.write("legacy/bin/python", "");
    place.write("legacy/bin/activate", "");
    place.write("legacy/bin/activate_this.py", "");
    place.write("legacy/lib/python3.8/orig-prefix.txt", "/usr");
    place.write("legacy/lib/python3.8/site.py", "");
    place.write("legacy/lib/python3.8/os.py", "");
    place.write("plain/bin/python3", "");
    place.write("plain/lib/python3.12/os.py", "");
    place.write("project/pyproject.toml", "");
    place.write("list/requirements.txt", "");
    place.write("folder/notes", "");
    fs::create_dir_all(place.path("empty")).expect("room");
    symlink("loop", place.path("loop")).expect("room");
    assert!(matches!(place.named("conda"), Err(Why::Conda { .. })));
    assert!(matches!(place.named("conda/bin/python"), Err(Why::Conda { .. })));
    assert!(matches!(place.named("legacy"), Err(Why::Legacy { told_by }) if told_by.ends_with("orig-prefix.txt")));
    assert!(matches!(place.named("plain"), Err(Why::Installation { python, .. }) if python.ends_with("plain/bin/python3")));
    assert!(matches!(place.named("plain/bin/python3"), Err(Why::Installation { .. })));
    assert_eq!(place.named("project"), Err(Why::Project { told_by: "pyproject.toml".into() }));
    assert_eq!(place.named("list"), Err(Why::Project { told_by: "requirements.txt".into() }));
    assert_eq!(place.named("folder"), Err(Why::Folder));
    assert_eq!(place.named("folder/notes"), Err(Why::File));
    assert_eq!(place.named("empty"), Err(Why::EmptyFolder));
    assert_eq!(place.named("nothing"), Err(Why::Missing));
    assert_eq!(place.named("folder/notes/below"), Err(Why::Missing));
    assert_eq!(place.named("loop"), Err(Why::Loop));
    assert_eq!(place.named("/dev/null"), Err(Why::Special));
    let unnamed = locate(&place.machine("."), Some("")).expect_err("none").to_string();
    assert!(unnamed.starts_with("the name of the environment is empty"), "{unnamed}");
}

#[test]
fn each_refusal_names_the_place_and_says_what_to_do() {
    let place = Place::new();
    place.write("project/pyproject.toml", "");
    fs::create_dir_all(place.path("empty")).expect("room");
    for (name, remedy) in [("project", "python3 -m venv"), ("empty", "python3 -m venv"), ("nothing", "python3 -m venv")] {
        let error = place.refused(name);
        let text = error.to_string();
        assert!(text.contains(&place.text(name)) && text.contains(remedy), "{text}");
        assert_eq!(text.lines().count(), 2, "{text}");
    }
}

#[test]
fn a_sick_environment_is_still_one() {
    let place = Place::new();
    for name in ["without", "folder", "loop", "dangling"] {
        place.environment(name);
    }
    let config = |name: &str| place.path(name).join("pyvenv.cfg");
    for name in ["without", "folder", "loop", "dangling"] {
        fs::remove_file(config(name)).expect("it was there");
    }
    fs::create_dir(config("folder")).expect("room");
    symlink("pyvenv.cfg", config("loop")).expect("room");
    symlink("gone", config("dangling")).expect("room");
    for name in ["without", "folder", "loop", "dangling"] {
        assert_eq!(place.named(name), Ok(place.text(name)), "{name}");
    }
    place.environment("bare");
    fs::remove_dir_all(place.path("bare/bin")).expect("it was there");
    assert_eq!(place.named("bare"), Ok(place.text("bare")));
    place.environment("baseless");
    fs::remove_dir_all(place.path("base")).expect("it was there");
    assert_eq!(place.named("baseless/bin/python"), Ok(place.text("baseless")));
}

#[test]
fn a_folder_that_may_not_be_read_is_said_to_be_so() {
    let place = Place::new();
    place.write("secret/inner/notes", "");
    fs::set_permissions(place.path("secret"), fs::Permissions::from_mode(0o000)).expect("it is ours");
    let answer = place.named("secret/inner");
    let denied = Live::new().list(&place.text("secret")).is_err();
    fs::set_permissions(place.path("secret"), fs::Permissions::from_mode(0o700)).expect("it is ours");
    // An administrator may read everything.
    assert_eq!(answer, Err(if denied { Why::Unreadable } else { Why::Folder }));
}

#[test]
fn a_command_that_links_into_an_environment_means_it() {
    let place = Place::new();
    place.environment("tools/black");
    place.write("tools/black/bin/black", "#!/x\n");
    fs::create_dir_all(place.path("local")).expect("room");
    symlink(place.path("tools/black/bin/black"), place.path("local/black")).expect("room");
    assert_eq!(place.named("local/black"), Ok(place.text("tools/black")));
}

#[test]
fn a_linked_folder_keeps_its_own_spelling() {
    let place = Place::new();
    place.environment("real");
    symlink("real", place.path("linked")).expect("room");
    assert_eq!(place.named("linked"), Ok(place.text("linked")));
    assert!(Path::new(&place.text("linked")).exists());
}
