//! An activation script is anyone's text: whatever it holds, following it ends soon and never stops the program.

mod support;

use serde_json::json;
use std::time::{Duration, Instant};
use support::environments::{self, Kind};
use support::interpreters;
use venv_explain::machine::Machine;
use venv_explain::machine::capture::Capture;
use venv_explain::simulate::activation::{Shell, Strictness, activate_in, annotate};

const SHELLS: [(Shell, &str); 10] = [
    (Shell::Bash, "activate"),
    (Shell::Zsh, "activate"),
    (Shell::Sh, "activate"),
    (Shell::Ksh, "activate"),
    (Shell::Fish, "activate.fish"),
    (Shell::Tcsh, "activate.csh"),
    (Shell::Powershell, "activate.ps1"),
    (Shell::Cmd, "activate.bat"),
    (Shell::Xonsh, "activate.xsh"),
    (Shell::Nushell, "activate.nu"),
];

/// The scripts in one file are followed for this long at most, on a machine that has other things to do, too.
const SOON: Duration = Duration::from_secs(20);

fn follow(shell: Shell, name: &str, text: &str) -> Duration {
    let path = format!("/e/bin/{name}");
    let capture = json!({"venv-explain": "capture/1", "platform": "linux", "cwd": "/", "env": {"PATH": "/usr/bin", "PS1": "$ "}, "files": {path: text}});
    let capture = Capture::parse("test", capture.to_string().as_bytes()).expect("a sound capture");
    let begin = Instant::now();
    let said = activate_in(&capture, "/e/bin", shell, Strictness::Nounset);
    assert!(said.script.is_some());
    annotate(text, shell);
    begin.elapsed()
}

#[test]
fn a_script_that_nests_or_loops_without_end_is_given_up() {
    let deep = |open: &str, close: &str| format!("x={}a{}\n", open.repeat(3000), close.repeat(3000));
    let mut scripts = vec![
        deep("$(", ")"),
        deep("${a:-", "}"),
        deep("(", ")"),
        deep("\"$(", ")\""),
        deep("$((", "))"),
        deep("@(", ")"),
        deep("[", "]"),
        "{".repeat(5000),
        "if true; then ".repeat(3000),
        "if (1) {".repeat(3000),
        "begin;".repeat(3000),
        "if defined A (\n".repeat(3000),
        "if x:\n".repeat(500),
        "while true; do :; done\n".to_owned(),
        "while :; do x=$x$x$x; done\n".to_owned(),
        "while do done\n".to_owned(),
        "set -- a\n".to_owned() + &"set -- \"$@\" \"$@\"\n".repeat(40),
        "$a='xx'\n".to_owned() + &"$a=\"$a$a$a\"\n".repeat(60),
        "$A='xx'\n".to_owned() + &"$A=f'{$A}{$A}{$A}'\n".repeat(60),
        "set a=xx\n".to_owned() + &"set a=\"$a$a$a\"\n".repeat(60),
        "f() { if [ -n \"$RANDOM_$$\" ]; then f; else f; fi; }; f\n".to_owned(),
        "f() { f; }; f\nf() { if $(date); then f; else f; fi; }; f\n".to_owned(),
        "eval \"$(cat)\"; . /e/bin/activate\n".to_owned(),
        ":a\r\ngoto a\r\n".to_owned(),
        ":a\r\nset X=%X%%X%b\r\ngoto a\r\n".to_owned(),
        "call \"/e/bin/activate.bat\"\r\n".to_owned(),
        "function f\nf\nend\nf\n".to_owned(),
        "function f { f }\nf\n".to_owned(),
        "function f { if ($PID) { f } else { f } }\nf\n".to_owned(),
        "alias a 'a; a'\na\nsource /e/bin/activate.csh\n".to_owned(),
        "def f():\n    f()\nf()\n".to_owned(),
        "export-env {\n  def f [] { f }\n  f\n}\n".to_owned(),
        "export-env {\n  def f [x] { for i in [1 2 3] { f $i } }\n  f 1\n}\n".to_owned(),
        format!("export-env {{\n  $env.A = 'xx'\n{}}}\n", "  $env.A = $'($env.A)($env.A)($env.A)'\n".repeat(60)),
        format!("export-env {{\n  $env.A = [a b]\n{}}}\n", "  $env.A = [...$env.A ...$env.A]\n".repeat(60)),
        format!("export-env {{\n  $env.A = {}1{}\n}}\n", "[".repeat(3000), "]".repeat(3000)),
        format!("export-env {{\n  $env.A = {}1{}\n}}\n", "$'(".repeat(3000), ")'".repeat(3000)),
        format!("export-env {{\n  $env.A = {}1\n}}\n", "not ".repeat(3000)),
        "set -gx A $A $A $A\n".repeat(2000),
        "echo 99999999999999999999>x; y=~99999999999999999999; z=${9999999999999999999999}\n".to_owned(),
        "x=${PATH%%*a*b*c*d*e*f*g*h*i*j*k*}\n".repeat(200),
    ];
    scripts.push(["export A=1", "é", "\u{0}", "\u{feff}", "'", "\"", "`", "$", "\\", "${", "$(", "%", "%%~nx"].join("\n"));
    for (shell, name) in SHELLS {
        let mut spent = Duration::ZERO;
        for script in &scripts {
            let time = follow(shell, name, script);
            assert!(time < SOON, "{shell:?} took {time:?} for {}", &script.chars().take(60).collect::<String>());
            spent += time;
        }
        assert!(spent < 3 * SOON, "{shell:?} took {spent:?}");
    }
}

/// Real scripts with parts cut out, doubled and swapped, by a fixed sequence.
#[test]
fn a_mutilated_script_is_followed_or_given_up() {
    #[allow(clippy::disallowed_methods, reason = "the test reads the scripts that were made")]
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).ok();
    let scratch = support::Scratch::new("hostile");
    let mut seed = 1_u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % below.max(1)
    };
    let mut scripts: Vec<(Shell, &str, String)> = Vec::new();
    let sample = Capture::sample("linux").expect("a sample");
    let root = sample.recorded_venv().expect("it has an environment");
    for (shell, name) in SHELLS {
        let recorded = sample.read(&format!("{root}/bin/{name}"), 1 << 20).ok();
        scripts.extend(recorded.and_then(|text| Some((shell, name, String::from_utf8(text.to_vec()).ok()?))));
    }
    assert!(scripts.len() > 4, "the sample holds its scripts");
    // Those of the makers that are here.
    let python = interpreters::all().iter().rfind(|known| known.implementation == "cpython");
    for (python, kind) in python.into_iter().flat_map(|python| [Kind::Venv, Kind::Virtualenv, Kind::Uv].map(|kind| (python, kind))) {
        let folder = scratch.path().join(kind.name());
        if environments::make(python, kind, &folder).is_ok() {
            scripts.extend(SHELLS.into_iter().filter_map(|(shell, name)| Some((shell, name, read(folder.join("bin").join(name))?))));
        }
    }
    for (shell, name, text) in scripts {
        let chars: Vec<char> = text.chars().collect();
        for _ in 0..40 {
            let mut changed = chars.clone();
            for _ in 0..=random(4) {
                let from = random(changed.len());
                let to = (from + random(60)).min(changed.len());
                let part: Vec<char> = changed[from..to].to_vec();
                match random(3) {
                    0 => drop(changed.drain(from..to)),
                    1 => changed.splice(from..from, part).for_each(drop),
                    _ => {
                        let at = random(changed.len());
                        changed.splice(at..at, part).for_each(drop);
                    }
                }
            }
            let script: String = changed.into_iter().collect();
            let time = follow(shell, name, &script);
            assert!(time < SOON, "{shell:?} took {time:?} for\n{script}");
        }
    }
}
