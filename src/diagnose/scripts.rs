//! Scripts in `bin` that another Python runs, or that nothing can run.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::machine::{Fault, Kind};
use crate::venv::Evidence;
use crate::venv::scripts::{Form, Program, Shebang};

pub(super) const IDS: &[&str] = &["script-dead", "script-foreign", "script-line-end"];

/// A folder of scripts may hold thousands; the first ones tell.
const LOOKED_AT: usize = 500;

/// How many are named as evidence.
const NAMED: usize = 5;

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let (mut dead, mut foreign, mut carriage) = (Vec::new(), Vec::new(), Vec::new());
    let mut other = None;
    for (path, shebang) in shebangs(patient) {
        let evidence = Evidence { file: Some(path), line: shebang.line, text: Some(shebang.text.clone()) };
        let Program::Path(program) = &shebang.program else { continue };
        match verdict(patient, program) {
            Verdict::Fine => continue,
            Verdict::CarriageReturn => carriage.push(evidence),
            Verdict::Dead => dead.push(evidence),
            Verdict::Foreign => foreign.push(evidence),
        }
        other.get_or_insert_with(|| program.clone());
    }
    let groups = [
        (dead, Finding::error("script-dead")),
        (foreign, Finding::warning("script-foreign")),
        (carriage, Finding::error("script-line-end")),
    ];
    let python = remedy::quote(patient, &patient.python());
    groups
        .into_iter()
        .filter(|(evidence, _)| !evidence.is_empty())
        .map(|(evidence, finding)| {
            let count = evidence.len().to_string();
            let finding = finding.seen(evidence.into_iter().take(NAMED)).with("count", count);
            let finding = finding.with("other", other.clone().unwrap_or_default());
            // Where Python does not start, nothing can be installed with it; making the environment anew mends these commands too.
            let starts = patient.environment.interpreter().is_some();
            finding.mend(starts.then(|| format!("{python} -m pip install --force-reinstall --no-deps PACKAGE")))
        })
        .collect()
}

enum Verdict {
    Fine,
    CarriageReturn,
    Dead,
    Foreign,
}

/// Only Python's scripts are judged: a script for `/bin/sh` is nobody's mistake.
fn verdict(patient: &Patient<'_>, program: &str) -> Verdict {
    if program.ends_with('\r') {
        return Verdict::CarriageReturn;
    }
    // Scripts of the folder that the environment was moved from have the same cause as that finding.
    if patient.made_for.iter().any(|named| patient.below(program, &named.folder)) {
        return Verdict::Fine;
    }
    let name = patient.rules.basename(program).to_ascii_lowercase();
    if !name.starts_with("python") && !name.starts_with("pypy") {
        return Verdict::Fine;
    }
    match patient.machine.stat(program) {
        Err(Fault::Missing | Fault::NotADirectory | Fault::Loop) => Verdict::Dead,
        Ok(_) if !patient.inside(program) && !patient.same_folder(program) => Verdict::Foreign,
        _ => Verdict::Fine,
    }
}

fn shebangs(patient: &Patient<'_>) -> Vec<(String, Shebang)> {
    let folder = &patient.environment.scripts_dir;
    let entries = patient.machine.list(folder).unwrap_or_default();
    let paths = entries.into_iter().take(LOOKED_AT).map(|name| patient.rules.join(folder, &name));
    paths
        .filter(|path| patient.machine.lstat(path).is_ok_and(|meta| meta.kind == Kind::File))
        .filter_map(|path| Shebang::read(patient.machine, &path).map(|shebang| (path, shebang)))
        .filter(|(_, shebang)| shebang.form != Form::Env)
        .collect()
}

impl Patient<'_> {
    /// Whether `program` stands in the environment's scripts folder, by another spelling of it.
    fn same_folder(&self, program: &str) -> bool {
        self.same_place(&self.rules.dirname(program), &self.environment.scripts_dir)
    }
}
