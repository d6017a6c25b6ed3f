//! The machine that the tests explain: this one's disk, with the variables of one condition.

use std::collections::BTreeMap;
use std::sync::Arc;
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;

/// This machine with exactly these variables.
pub fn with(vars: BTreeMap<String, String>, cwd: &str) -> Overlay {
    let mut machine = Overlay::new(Arc::new(Live::new()));
    machine.replace_vars(vars);
    machine.set_cwd(cwd);
    machine
}
