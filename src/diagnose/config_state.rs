//! `pyvenv.cfg` is missing, cannot be read, or is too big.

use super::patient::Patient;
use super::{Finding, remedy};
use crate::venv::Evidence;
use crate::venv::config::{START_LIMIT, State};

pub(super) const IDS: &[&str] = &["config-missing", "config-unreadable", "config-not-a-file", "config-too-big"];

/// Without the file the environment's Python is the base's (`Lib/site.py: venv` finds nothing). One that may not be read stops
/// `site`, which opens what it found; a folder is passed over by `site`, but makes an environment for 3.14 and newer.
pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let config = &patient.environment.config;
    let file = &config.file;
    let name = remedy::quote(patient, file);
    let finding = match &config.state {
        State::Missing => {
            let linked = patient.machine.link(file).ok().map(|target| Evidence::says(file, target));
            Finding::error("config-missing").seen([linked.unwrap_or_else(|| Evidence::file(file))]).mend(remedy::remake(patient))
        }
        State::Denied => Finding::error("config-unreadable").seen([Evidence::file(file)]).mend([format!("chmod u+r {name}")]),
        State::Failed(why) => Finding::error("config-unreadable").seen([Evidence::says(file, why.clone())]),
        State::NotAFile(_) | State::Loop => Finding::error("config-not-a-file")
            .seen([Evidence::file(file)])
            .mend([format!("mv {name} {name}.old")])
            .mend(remedy::remake(patient)),
        State::TooBig => too_big(patient),
        State::Read if config.size() >= START_LIMIT => too_big(patient).with("value", config.size().to_string()),
        State::Read | State::NotRecorded => return Vec::new(),
    };
    vec![finding]
}

fn too_big(patient: &Patient<'_>) -> Finding {
    Finding::error("config-too-big").seen([Evidence::file(&patient.environment.config.file)]).mend(remedy::remake(patient))
}
