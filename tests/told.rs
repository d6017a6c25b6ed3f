//! What the pages tell is true of the environment that they tell of, and what they advise can be typed there.

#![allow(clippy::disallowed_methods, reason = "tests run the program")]

use std::process::Command;

/// What the program says to these words about a recorded machine, in lines that are not wrapped.
fn told(line: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_venv-explain"));
    let output = command.env_clear().args(line.split(' ')).args(["--color", "never", "--width", "300"]).output().expect("the program runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn where_there_is_no_pip_nobody_is_told_to_type_python_m_pip() {
    let page = told("--sample uv");
    assert!(!page.contains("-m pip"), "{page}");
    let base = "write:/home/ada/.local/share/uv/python/cpython-3.12.1-linux-x86_64-gnu/lib/python3.12/site-packages/six.py=x";
    let import = told(&format!("import six --sample uv --whatif {base}"));
    assert!(import.contains("uv pip install --python .venv six"), "{import}");
    let with_pip = told("import six --sample linux --whatif write:/usr/lib/python3.12/site-packages/six.py=x");
    assert!(with_pip.contains(".venv/bin/python -m pip install six"), "{with_pip}");
}

#[test]
fn a_python_that_does_not_start_is_not_to_be_tried() {
    assert!(told("--sample linux").contains(".venv/bin/python -m site"));
    for change in ["--whatif base-removed", "--env PYTHONHOME=/nosuch"] {
        let page = told(&format!("--sample linux {change}"));
        assert!(!page.contains("-m site"), "{change}: {page}");
    }
}

#[test]
fn pythonhome_is_worse_where_python_stops_because_of_it() {
    assert!(told("--sample linux --env PYTHONHOME=/nosuch").contains("broken  PYTHONHOME is set"));
    assert!(told("--sample linux --env PYTHONHOME=/usr").contains("look  PYTHONHOME is set"));
}

#[test]
fn a_requirement_without_a_condition_is_told_without_a_python_too() {
    let page = told("--sample linux --whatif base-removed");
    assert!(page.lines().any(|line| line.contains("certifi ") && line.contains("needed by requests")), "{page}");
}

#[test]
fn a_folder_that_is_no_environment_any_more_is_called_so() {
    let page = told("--sample linux --whatif no-config");
    assert_eq!(page.matches("Python does not take .venv for an environment").count(), 2, "{page}");
    assert!(!page.contains("Python reads home and"), "there are no lines of which this could be said: {page}");
}

#[test]
fn a_folder_without_init_is_no_match_where_a_package_outranks_it() {
    let page = told("import requests --sample linux --whatif write:/home/ada/app/requests/notes.txt=x");
    let here: Vec<&str> = page.lines().filter(|line| line.trim_end().ends_with(" here")).collect();
    assert_eq!(here.len(), 1, "{page}");
    assert!(here.iter().all(|line| line.contains("site-packages")), "{page}");
    assert!(page.contains("counts only where nothing else is found"), "{page}");
}

#[test]
fn below_a_package_its_folders_are_searched_and_not_sys_path() {
    let page = told("import requests.adapters --sample linux");
    assert!(page.contains("in the folders of its parent, requests") && !page.contains("Each item of sys.path"), "{page}");
}

#[test]
fn a_change_is_told_by_what_it_makes_different() {
    assert!(told("syspath --sample linux --whatif config:version=9").contains("Nothing: Python starts as before."));
    let page = told("syspath --sample linux --whatif no-config");
    let change = page.split("How sys.path comes about").next().unwrap_or_default();
    assert!(change.contains("gone") && !change.contains("python312.zip"), "{change}");
}

#[test]
fn a_copy_that_the_environment_hides_is_no_misfit() {
    let metadata = "write:/usr/lib/python3.12/site-packages/requests-2.0.dist-info/METADATA=Name:requests\nVersion:2.0\n";
    let page = told(&format!("packages --sample linux --whatif config:include-system-site-packages=true --whatif {metadata}"));
    assert!(page.contains("all requirements are met") && page.contains("Copies that do not count"), "{page}");
}

#[test]
fn a_command_that_mends_is_not_led_in_twice() {
    for format in ["terminal", "plain", "markdown", "html"] {
        let page = told(&format!("--sample linux --env PYTHONHOME=/nosuch --format {format}"));
        let mend = page.split("To mend it:").nth(1).unwrap_or_default();
        let until = mend.split("unset PYTHONHOME").next().unwrap_or_default();
        assert!(mend.contains("unset PYTHONHOME") && !until.contains("Try it"), "{format}: {page}");
    }
}

#[test]
fn what_a_shell_remembers_is_no_trap_where_activation_makes_it_forget() {
    let after = told("which python3 --sample linux");
    assert!(!after.contains("may still run"), "{after}");
}

#[test]
fn a_prompt_that_no_program_can_see_is_not_told_as_absent_without_a_word() {
    let unseen = told("activate --sample linux --shell bash --unset PS1");
    assert!(unseen.contains("No PS1 can be seen from here"), "{unseen}");
    let seen = told("activate --sample linux --shell bash --env PS1=$");
    assert!(!seen.contains("No PS1 can be seen from here"), "{seen}");
    assert!(!told("activate --sample linux --shell fish").contains("No PS1"));
    assert!(told("activate --sample linux --shell tcsh --unset prompt").contains("No prompt can be seen from here"));
    assert!(!told("activate --sample linux --shell tcsh --env prompt=%").contains("No prompt"));
}

#[test]
fn folders_stand_beside_themselves_where_the_environment_is_on_path_already() {
    let page = told("which python3 --sample linux --env PATH=/usr/local/bin:/usr/bin:/home/ada/app/.venv/bin");
    let beside = |folder: &str| page.lines().any(|line| line.split_whitespace().filter(|word| *word == folder).count() == 2);
    assert!(beside("/usr/local/bin") && beside("/usr/bin") && beside(".venv/bin"), "{page}");
}

#[test]
fn a_home_that_is_gone_is_not_told_to_lead_anywhere() {
    let page = told("config --sample linux --whatif base-removed --whatif remove:/usr/bin --quiet");
    assert!(page.contains("home = /usr/bin") && !page.contains("it leads to the standard library"), "{page}");
    assert!(page.contains("names a folder that is not there"), "{page}");
}
