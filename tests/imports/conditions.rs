//! The same names under other conditions: switches of the interpreter, the base instead of the environment, the account's own packages;
//! and packages whose code changes where their parts are looked for.

use crate::asked::{self, Memory};
use crate::places;
use crate::support::Scratch;
use crate::support::environments::{self, Kind};
use crate::support::interpreters::{self, Interpreter};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::path::Path;

const NAMES: &str = "account beside colorsys cmd json os os.path.x site stat pip setuptools installed installed.part nothing_of_that_name \
    encodings sitecustomize odd-name 0digit None class \u{fc}mlaut cafe\u{301} caf\u{e9}";

/// A trial for each interpreter, and one for what is not known.
pub fn trials() -> Vec<Trial> {
    let known = interpreters::all().iter().filter(|known| known.prefix.join("bin/python").exists());
    let conditions = known.map(|known| Trial::test(format!("{} under every condition", known.name), move || under_conditions(known)));
    let unknown = Trial::test("what code of a parent makes below it is told as not known", own_path);
    let unknown = unknown.with_ignored_flag(interpreters::all().is_empty());
    conditions.chain([unknown]).collect()
}

fn write(path: &Path) -> Result<(), Failed> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    Ok(fs::write(path, "")?)
}

fn under_conditions(interpreter: &Interpreter) -> Result<(), Failed> {
    let scratch = Scratch::new("conditions");
    let (app, venv) = (scratch.path().join("app"), scratch.path().join("venv"));
    environments::make(interpreter, Kind::SystemSite, &venv)?;
    let site = places::site_packages(&venv).ok_or("no site-packages")?;
    write(&scratch.path().join(&interpreter.user_site).join("account.py"))?;
    for name in [
        "beside.py",
        "colorsys.py",
        "site.py",
        "stat.py",
        "cmd/__init__.py",
        "odd-name.py",
        "0digit.py",
        "class.py",
        "\u{fc}mlaut.py",
        "cafe\u{301}.py",
    ] {
        write(&app.join(name))?;
    }
    write(&site.join("installed/part.py"))?;
    let names: Vec<String> = NAMES.split_whitespace().map(str::to_owned).collect();
    let mut count = 0;
    for root in [&venv, &interpreter.prefix] {
        for switches in [&[][..], &["-I"], &["-s"], &["-E"], &["-S"], &["-Ss"], &["-P"]] {
            if switches == ["-P"] && !interpreter.is_cpython_from(11) {
                continue;
            }
            let compared = asked::compare(root, &app, scratch.path(), switches, &names, Memory::Forgets)?;
            count += compared.names;
            let verdict = asked::verdict(&compared.differences);
            verdict.map_err(|failed| format!("{switches:?} {}: {}", root.display(), failed.message().unwrap_or_default()))?;
        }
    }
    println!("{}: {count} names compared under its conditions", interpreter.name);
    Ok(())
}

fn own_path() -> Result<(), Failed> {
    let scratch = Scratch::new("path");
    let interpreter = interpreters::all().last().ok_or("no interpreter")?;
    let venv = scratch.path().join("venv");
    environments::make(interpreter, Kind::Venv, &venv)?;
    let site = places::site_packages(&venv).ok_or("no site-packages")?;
    let codes = [
        ("extended", "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"),
        ("declared", "__import__('pkg_resources').declare_namespace(__name__)\n"),
        ("appended", "import os\n__path__.append(os.path.dirname(__file__) + '/more')\n"),
        ("plain", "value = 1\n"),
    ];
    let modules = [("lone", "import sys\nsys.modules[__name__ + '.part'] = sys\n"), ("finding", "import sys\nsys.meta_path.append(sys)\n")];
    for (name, code) in codes {
        fs::create_dir_all(site.join(name))?;
        fs::write(site.join(name).join("__init__.py"), code)?;
    }
    for (name, code) in modules {
        fs::write(site.join(name).with_extension("py"), code)?;
    }
    let names: Vec<String> = codes.iter().chain(&modules).map(|(name, _)| format!("{name}.part")).collect();
    for import in asked::ours(&venv, scratch.path(), scratch.path(), &[], &names) {
        let is_open = import.unknown.iter().any(|unknown| unknown.why.contains("is code that"));
        if import.found || is_open == (import.module == "plain.part") {
            return Err(format!("{}: {:?}", import.module, import.unknown).into());
        }
    }
    // The program itself is never looked for, not even in a file of that name.
    fs::write(scratch.path().join("__main__.py"), "")?;
    for import in asked::ours(&venv, scratch.path(), scratch.path(), &[], &["__main__".to_owned()]) {
        if import.found || import.unknown.is_empty() {
            return Err(format!("__main__: {:?}", import.origin).into());
        }
    }
    Ok(())
}
