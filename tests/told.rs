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

#[test]
fn a_command_of_this_program_names_the_machine_that_it_was_asked_about() {
    let page = told("packages --sample uv");
    assert!(page.contains("venv-explain --sample uv package httpx --venv .venv"), "{page}");
    let page = told("import nosuch.part --sample linux --env A=b --whatif config:prompt=x");
    let again = "venv-explain --sample linux --env A=b --whatif config:prompt=x import nosuch --venv .venv";
    assert!(page.contains(again), "{page}");
    assert!(!told("packages --sample linux --cwd /home/ada").contains("venv-explain package "));
}

#[test]
fn before_an_environment_is_emptied_what_is_installed_is_written_down() {
    let page = told("--sample linux --whatif remove:/home/ada/app/requirements.txt --whatif base-removed");
    let list = page.find("venv-explain packages .venv --format requirements --output").expect("the list");
    let clear = page.find("python3 -m venv --clear .venv").expect("the new environment");
    let install = page.find("-m pip install -r").expect("what was installed");
    assert!(list < clear && clear < install, "{page}");
    let listed = told("--sample linux --whatif base-removed");
    assert!(!listed.contains("--format requirements") && listed.contains("-m pip install -r"), "{listed}");
    // What is there for another version is not reached, so nothing could be written down.
    assert!(
        !told("--sample linux --whatif remove:/home/ada/app/requirements.txt --whatif base-upgraded:3.13.1")
            .contains("--format requirements")
    );
}

#[test]
fn a_python_that_is_gone_installs_nothing() {
    let page = told("--sample linux --whatif base-removed");
    assert!(page.contains("Commands that cannot start") && !page.contains("--force-reinstall"), "{page}");
}

#[test]
fn uv_makes_an_environment_anew_for_the_same_version() {
    let page = told("--sample uv --whatif base-removed");
    assert!(page.contains("uv venv --clear --python 3.12 .venv") && page.contains("uv pip install --python .venv -r"), "{page}");
}

#[test]
fn what_the_maker_asked_for_is_not_told_as_asked_for_by_the_reader() {
    let why = |page: &str, name: &str| page.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default().to_owned();
    let page = told("packages --sample linux");
    assert!(why(&page, "pip ").contains("asked for by venv") && !why(&page, "requests ").contains("by venv"), "{page}");
    let without = "write:/home/ada/app/.venv/pyvenv.cfg=home=/usr/bin%command=/usr/bin/python3.12".replace('%', "\n");
    let page = told(&format!("packages --sample linux --whatif {without}\u{a0}--without-pip"));
    assert!(!page.contains("asked for by venv"), "{page}");
}

#[test]
fn missing_files_are_put_back_and_missing_bytecode_is_no_harm() {
    let folder = "/home/ada/app/.venv/lib/python3.12/site-packages/requests";
    let page = told(&format!("package requests --sample linux --whatif remove:{folder}/api.py"));
    assert!(page.contains("files are missing") && page.contains("install --force-reinstall --no-deps requests==2.34.2"), "{page}");
    let record = "/home/ada/app/.venv/lib/python3.12/site-packages/requests-2.34.2.dist-info/RECORD";
    let page = told(&format!("package requests --sample linux --whatif write:{record}=requests/__pycache__/api.cpython-312.pyc,,"));
    assert!(page.contains("as recorded, bytecode aside") && !page.contains("--force-reinstall"), "{page}");
}

#[test]
fn a_file_that_takes_the_place_of_a_module_is_found_with_a_warning() {
    let page = told("import random --sample linux --whatif write:/home/ada/app/random.py=x --whatif write:/usr/lib/python3.12/random.py=x");
    assert!(page.contains("found, in place of another"), "{page}");
    assert!(!told("import mine --sample linux --whatif write:/home/ada/app/mine.py=x").contains("in place of"));
}

#[test]
fn what_is_not_found_has_a_way_on() {
    let page = told("import yaml --sample linux");
    assert!(page.contains("has to be installed in this environment"), "{page}");
    assert!(!told("import json.nosuch --sample linux").contains("has to be installed"));
}

#[test]
fn a_compiled_file_for_another_python_is_told_and_no_other_file() {
    let site = "/home/ada/app/.venv/lib/python3.12/site-packages";
    let ask = |file: &str| told(&format!("import fast --sample linux --whatif write:{site}/{file}=x"));
    for file in ["fast.cpython-311-x86_64-linux-gnu.so", "fast.cp312-win_amd64.pyd", "fast.pyd", "fast.pypy310-pp73-x86_64-linux-gnu.so"] {
        let page = ask(file);
        let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("{file} was compiled for another")), "{page}");
        assert!(page.lines().any(|line| line.contains("site-packages  ") && line.contains("for another Python or system")), "{page}");
    }
    for file in ["fast.1.so", "fast.txt", "faster.cpython-311-x86_64-linux-gnu.so"] {
        assert!(!ask(file).contains("for another"), "{file}");
    }
    let owned = format!(
        "import requests.fast --sample linux --whatif write:{site}/requests/fast.cpython-311-darwin.so=x --whatif \
         write:{site}/requests-2.34.2.dist-info/RECORD=requests/fast.cpython-311-darwin.so,,"
    );
    let page = told(&owned);
    assert!(page.contains("pip install --force-reinstall --no-deps requests"), "{page}");
}

#[test]
fn commands_lead_to_the_environment_from_wherever_one_stands() {
    let from = |cwd: &str| told(&format!("--sample linux --cwd {cwd} packages /home/ada/app/.venv"));
    assert!(from("/home/ada/app").contains("package requests --venv .venv"), "{}", from("/home/ada/app"));
    for cwd in ["/home/ada/app/.venv", "/home/ada/app/.venv/bin", "/usr"] {
        assert!(from(cwd).contains("package requests --venv ~/app/.venv"), "{cwd}: {}", from(cwd));
    }
    let mended = told("--sample linux --cwd /usr --whatif base-removed /home/ada/app/.venv");
    assert!(mended.contains("venv --clear ~/app/.venv") || mended.contains("venv --clear /home/ada/app/.venv"), "{mended}");
}

#[test]
fn the_same_remedy_is_told_once() {
    let page = told("--sample linux --whatif base-removed --whatif moved:/home/ada/app/other");
    assert!(page.contains("The base Python is gone") && page.contains("The environment was moved or copied"), "{page}");
    assert_eq!(page.matches("-m venv --clear").count(), 1, "{page}");
    assert_eq!(page.matches("The commands above mend this too.").count(), 1, "{page}");
}
