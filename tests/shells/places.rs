//! The environments whose scripts are followed: by every maker, in ordinary and in odd folders, moved, and edited by hand.

use crate::support::environments::{self, Kind};
use crate::support::interpreters::{self, Interpreter};
use crate::support::process::{self, Run};
use std::path::{Path, PathBuf};

/// One environment.
pub struct Place {
    /// Its name in test names.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
    /// Tells places apart in file names.
    pub number: usize,
    /// How many conditions it takes.
    pub share: Share,
}

/// How many of the conditions are tried in a place. Those with and without `set -u` and nothing else are in every share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All.
    Whole,
    /// A third of them, each place another: its script differs little from those of the next release.
    Third,
    /// One of the first few: the place is here for being odd itself.
    Few,
}

impl Share {
    /// Whether the condition of that number is tried in the place of that number.
    pub fn takes(self, condition: usize, place: usize) -> bool {
        match self {
            _ if condition < 2 => true,
            Self::Whole => true,
            Self::Third => (condition + place).is_multiple_of(3),
            Self::Few => condition < 6 && (condition + place).is_multiple_of(4),
        }
    }
}

/// Makes them all below `scratch`.
pub fn all(scratch: &Path) -> Vec<Place> {
    let mut places = Places { scratch, all: Vec::new() };
    let python: Vec<&Interpreter> = interpreters::all().iter().filter(|known| known.implementation == "cpython").collect();
    for (number, interpreter) in python.iter().enumerate() {
        let share = if number == 0 || number + 1 == python.len() { Share::Whole } else { Share::Third };
        places.make(interpreter, Kind::Venv, "env", share);
    }
    let Some(newest) = python.last() else { return places.all };
    places.make(newest, Kind::Virtualenv, "env", Share::Whole);
    places.make(newest, Kind::Uv, "env", Share::Whole);
    if let Some(oldest) = python.first() {
        places.make(oldest, Kind::Virtualenv, "env", Share::Whole);
    }
    places.commands(newest);
    for name in ["with space", "it's", "dol$lar", "back`tick", "quo\"te", "é", "back\\slash", "new\nline", "star*"] {
        for interpreter in
            [python.first().copied(), Some(*newest), python.iter().find(|known| known.version.1 == 11).copied()].into_iter().flatten()
        {
            places.make(interpreter, Kind::Venv, name, Share::Few);
        }
        places.make(newest, Kind::Virtualenv, name, Share::Few);
        places.make(newest, Kind::Uv, name, Share::Few);
    }
    places.moved();
    places.edited();
    places.all
}

struct Places<'s> {
    scratch: &'s Path,
    all: Vec<Place>,
}

impl Places<'_> {
    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.scratch.join(format!("p{}", self.all.len())).join(name);
        std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
        folder
    }

    fn add(&mut self, name: String, folder: PathBuf, share: Share) {
        self.all.push(Place { name, folder, number: self.all.len(), share });
    }

    fn make(&mut self, interpreter: &Interpreter, kind: Kind, name: &str, share: Share) {
        let folder = self.folder(name);
        if environments::make(interpreter, kind, &folder).is_ok() {
            self.add(format!("{} of {} in {name:?}", kind.name(), interpreter.name), folder, share);
        }
    }

    /// What needs options that the shared makers do not have: a prompt, uv's relocatable kind.
    fn commands(&mut self, interpreter: &Interpreter) {
        let bare = |program: &Path| Run::new(program).var("HOME", self.scratch).var("PATH", "/usr/bin:/bin").cwd("/");
        let beside = |name: &str| {
            interpreters::all()
                .iter()
                .map(|known| known.path.with_file_name(name))
                .chain(crate::support::every_on_path(name))
                .find(|file| process::is_executable(file))
        };
        let mut runs = Vec::new();
        for (number, prompt) in ["my project", "a 'b' \"c\" $d `e`", "%n \\u"].into_iter().enumerate() {
            runs.push((
                format!("venv --prompt {prompt:?}"),
                bare(&interpreter.path).args(["-m", "venv", "--without-pip", "--prompt", prompt]),
                number,
            ));
            if let Some(uv) = beside("uv") {
                runs.push((
                    format!("uv --prompt {prompt:?}"),
                    bare(&uv)
                        .args(["venv", "--offline", "--no-config", "--no-project", "--prompt", prompt, "--python"])
                        .arg(&interpreter.path),
                    number,
                ));
            }
            if let Some(virtualenv) = beside("virtualenv") {
                runs.push((
                    format!("virtualenv --prompt {prompt:?}"),
                    bare(&virtualenv).args(["--no-seed", "--no-periodic-update", "--prompt", prompt, "-p"]).arg(&interpreter.path),
                    number,
                ));
            }
        }
        if let Some(uv) = beside("uv") {
            runs.push((
                "uv --relocatable".to_owned(),
                bare(&uv).args(["venv", "--offline", "--no-config", "--no-project", "--relocatable", "--python"]).arg(&interpreter.path),
                0,
            ));
        }
        for (name, run, _) in runs {
            let folder = self.folder("env");
            if process::run(&run.arg(&folder)).is_ok_and(|ended| ended.status == Some(0)) {
                let share = if name == "uv --relocatable" { Share::Whole } else { Share::Few };
                self.add(name, folder, share);
            }
        }
    }

    /// The same environments in another folder than their scripts were written for.
    fn moved(&mut self) {
        let ordinary: Vec<(String, PathBuf)> =
            self.all.iter().filter(|place| place.share != Share::Few).map(|place| (place.name.clone(), place.folder.clone())).collect();
        for (name, from) in ordinary {
            let folder = self.folder("moved");
            copy(&from, &folder);
            // The scripts speak of a folder that is no longer there.
            for script in scripts(&folder) {
                let text = std::fs::read_to_string(&script).unwrap();
                std::fs::write(&script, text.replace(from.to_str().unwrap(), "/home/ada/gone")).unwrap();
            }
            self.add(format!("{name}, moved"), folder, Share::Few);
        }
    }

    /// Scripts that somebody has changed, or that end too early.
    fn edited(&mut self) {
        let ordinary: Vec<(String, PathBuf)> =
            self.all.iter().filter(|place| place.share != Share::Few).map(|place| (place.name.clone(), place.folder.clone())).collect();
        for (name, from) in ordinary.into_iter().rev().take(6) {
            for (change, tail) in
                [("added to", ADDED), ("with a broken end", "if [ -n \"$PATH\" ]; then\n"), ("with a quote left open", "export X='1\n")]
            {
                let folder = self.folder("edited");
                copy(&from, &folder);
                let script = folder.join("bin/activate");
                std::fs::write(&script, std::fs::read_to_string(&script).unwrap() + tail).unwrap();
                let script = folder.join("bin/activate.fish");
                if change == "added to" && script.exists() {
                    std::fs::write(&script, std::fs::read_to_string(&script).unwrap() + ADDED_TO_FISH).unwrap();
                }
                std::fs::write(folder.join("bin/settings"), "export MORE=\"$VIRTUAL_ENV/more\"\n").unwrap();
                self.add(format!("{name}, {change}"), folder, Share::Few);
            }
            let folder = self.folder("windows");
            copy(&from, &folder);
            for script in scripts(&folder) {
                let text = std::fs::read_to_string(&script).unwrap().replace('\n', "\r\n");
                std::fs::write(&script, text).unwrap();
            }
            self.add(format!("{name}, with the line ends of Windows"), folder, Share::Few);
            let folder = self.folder("truncated");
            copy(&from, &folder);
            let script = folder.join("bin/activate");
            let text = std::fs::read_to_string(&script).unwrap();
            let cut = text.lines().take(text.lines().count() * 3 / 4).collect::<Vec<_>>().join("\n");
            std::fs::write(&script, cut).unwrap();
            self.add(format!("{name}, truncated"), folder, Share::Few);
        }
    }
}

/// What people write at the end of their script.
const ADDED: &str = r#"
export DJANGO_SETTINGS_MODULE="app.settings" EMPTY=
PATH="$PATH:$HOME/tools"
if [ -f "$VIRTUAL_ENV/bin/settings" ]; then . "$VIRTUAL_ENV/bin/settings"; fi # it sets MORE
[ -d /nowhere ] && export NOWHERE=1
name=${VIRTUAL_ENV##*/}; parent=${VIRTUAL_ENV%/*}
for item in one "two three" $name; do list="${list:-}$item;"; done
case $name in env) kind=plain;; e*) kind=edited;; *) kind="other"; esac
: "${FALLBACK:=given}"
both() { inner="$1-$2"; return 3; echo never; }
both a b || failed=yes
count=$(echo "$PATH" > /dev/null; echo 4)
i=x; while [ "$i" != xxxx ]; do i=x$i; done
eval "evaluated=\"\$name\""
(PATH=/inside; export INSIDE=1)
BEFORE=only true
colon=a:~/b:~:"~/c"; export later=~/d:~
KEPT=1 export ALSO=2
typeset typed=1; declare declared=1
. /dev/null
export -n 2>/dev/null
AFTER=export
"#;

/// The same for fish.
const ADDED_TO_FISH: &str = r#"
test -n "$HOME" && set -gx AND 1 || set -gx OR 1
set -gx COUNTED (count a b c)
set -gx AT_HOME ~/tools "~/tools"
export ASSIGNED=value
contains b a b c; and set -gx CONTAINED yes
"#;

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join("bin")).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.file_name().unwrap().to_str().unwrap().to_lowercase().trim_start_matches("de").starts_with("activate"))
        .collect()
}

/// The parts of an environment that a script may ask for.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("bin")).unwrap();
    std::fs::copy(from.join("pyvenv.cfg"), to.join("pyvenv.cfg")).unwrap();
    for script in scripts(from) {
        std::fs::copy(&script, to.join("bin").join(script.file_name().unwrap())).unwrap();
    }
}
