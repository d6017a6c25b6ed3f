//! A recording of a real environment answers as the disk did; without a Python that can make one, this is reported as skipped.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use support::environments::{self, Kind as Maker};
use support::{Scratch, interpreters};
use venv_explain::machine::capture::Capture;
use venv_explain::machine::live::Live;
use venv_explain::machine::path::realpath;
use venv_explain::machine::recorder::Recorder;
use venv_explain::machine::{Fault, Kind, Machine, Meta};

fn main() {
    let arguments = Arguments::from_args();
    let scratch = Scratch::new("recording");
    let trials = [Maker::Venv, Maker::Copies, Maker::Virtualenv, Maker::Uv].map(|maker| {
        let folder = scratch.path().join(maker.name());
        let python = if arguments.list { None } else { interpreters::all().iter().rfind(|known| known.is_cpython_from(6)) };
        let made = python.is_some_and(|python| environments::make(python, maker, &folder).is_ok());
        let trial = Trial::test(format!("an environment of {} replays as it was", maker.name()), move || replays(&folder));
        trial.with_ignored_flag(!made)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.into());
    drop(scratch);
    conclusion.exit();
}

fn replays(folder: &Path) -> Result<(), Failed> {
    let root = folder.to_str().ok_or("a folder in UTF-8")?;
    let recorder = Recorder::new(Arc::new(Live::new()));
    let mut told = Vec::new();
    all_answers(&recorder, root, 12, &mut told);
    let yaml = recorder.to_yaml(Some(root), &BTreeMap::new());
    let replayed = Capture::parse("replayed.yaml", yaml.as_bytes()).map_err(|error| format!("{error}\n{yaml}"))?;
    let mut retold = Vec::new();
    all_answers(&replayed, root, 12, &mut retold);
    if told.len() < 10 {
        return Err(format!("only {} answers", told.len()).into());
    }
    if let Some((told, retold)) = told.iter().zip(&retold).find(|(told, retold)| told != retold) {
        return Err(format!("the disk:   {told}\nthe replay: {retold}").into());
    }
    if told.len() == retold.len() && recorder.to_yaml(Some(root), &BTreeMap::new()) == yaml {
        Ok(())
    } else {
        Err("not the same twice".into())
    }
}

/// Asks everything about every path below a folder and about some that are missing, and writes the answers down.
fn all_answers(machine: &dyn Machine, folder: &str, depth: usize, told: &mut Vec<String>) {
    let mut names = machine.list(folder).unwrap_or_default();
    told.push(format!("{folder}: {names:?}"));
    names.push("missing".to_owned());
    for name in names {
        let path = format!("{folder}/{name}");
        let meta = machine.lstat(&path);
        told.push(format!(
            "{path}: {:?} {:?} {:?} {}",
            known(meta.clone()),
            known(machine.stat(&path)),
            machine.link(&path),
            realpath(machine, &path)
        ));
        told.push(format!("{path}: {:?}", text(machine, &path)));
        if depth > 0 && meta.is_ok_and(|meta| meta.kind == Kind::Dir) {
            all_answers(machine, &path, depth - 1, told);
        }
    }
}

/// What a capture can hold: the sizes and times of folders and links decide nothing and are not in it, owners neither.
fn known(meta: Result<Meta, Fault>) -> Result<(Kind, Option<Meta>), Fault> {
    meta.map(|meta| (meta.kind, (meta.kind == Kind::File).then_some(Meta { uid: None, ..meta })))
}

/// The text; programs are not recorded, so that theirs are not compared.
fn text(machine: &dyn Machine, path: &str) -> Result<Option<String>, Fault> {
    match machine.read(path, 1 << 20) {
        Ok(bytes) => Ok(std::str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0')).map(str::to_owned)),
        Err(Fault::NotRecorded | Fault::TooBig { .. }) => Ok(None),
        Err(fault) => Err(fault),
    }
}
