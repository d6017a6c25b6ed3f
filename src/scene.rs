//! Sets the scene: from what was asked, the machine that is explained. Live, recorded or a sample, with changes laid over it.

use crate::Unusable;
use crate::cli::Scene;
use crate::machine::capture::Capture;
use crate::machine::overlay::Overlay;
use crate::machine::{Fault, Kind, Machine};
use std::sync::Arc;

/// The most that a capture may hold, in bytes.
const CAPTURE_LIMIT: usize = 64 << 20;

/// The machine to explain: `here`, or what `--capture` or `--sample` names, with `--env`, `--unset` and `--cwd` laid over it.
pub fn machine(scene: &Scene, here: Arc<dyn Machine>, input: &dyn Fn() -> Result<Vec<u8>, String>) -> Result<Arc<dyn Machine>, Unusable> {
    let machine: Arc<dyn Machine> = match (&scene.capture, &scene.sample) {
        (Some(file), _) => Arc::new(capture(file, here.as_ref(), input)?),
        (None, Some(name)) => Arc::new(Capture::sample(name).map_err(|error| Unusable::new(error.to_string(), ""))?),
        (None, None) => here,
    };
    if scene.env.is_empty() && scene.unset.is_empty() && scene.cwd.is_none() {
        return Ok(machine);
    }
    let rules = machine.platform().rules();
    let start = machine.cwd();
    let mut overlay = Overlay::new(machine);
    for assignment in &scene.env {
        match assignment.split_once('=') {
            Some((name, value)) if !name.is_empty() => overlay.set_var(name, value),
            _ => {
                return Err(Unusable::new(
                    format!("--env {assignment}: no variable and value"),
                    "Write it as NAME=VALUE; an empty VALUE is allowed.",
                ));
            }
        }
    }
    for name in &scene.unset {
        if name.is_empty() || name.contains('=') {
            let next = "Name the variable alone: --unset NAME.";
            return Err(Unusable::new(format!("--unset {name}: no name that a variable can have"), next));
        }
        overlay.unset_var(name);
    }
    if let Some(folder) = &scene.cwd {
        let folder = rules.abspath(start.as_deref().unwrap_or_default(), folder);
        folder_to_start_from(&overlay, &folder)?;
        overlay.set_cwd(&folder);
    }
    Ok(Arc::new(overlay))
}

/// Nothing starts in a folder that is not one. A recorded machine need not hold a folder that nobody asked about.
fn folder_to_start_from(machine: &dyn Machine, folder: &str) -> Result<(), Unusable> {
    let why = match machine.stat(folder) {
        Ok(meta) if meta.kind == Kind::Dir => return Ok(()),
        Err(Fault::Missing | Fault::NotRecorded) if machine.recorded() => return Ok(()),
        Ok(_) => Fault::NotADirectory,
        Err(fault) => fault,
    };
    Err(Unusable::new(format!("--cwd {folder}: {why}"), "Name the folder to start from."))
}

fn capture(file: &str, here: &dyn Machine, input: &dyn Fn() -> Result<Vec<u8>, String>) -> Result<Capture, Unusable> {
    let (name, bytes) = if file == "-" {
        ("standard input", input().map_err(|error| Unusable::new("cannot read standard input", error))?)
    } else {
        let bytes = here
            .read(file, CAPTURE_LIMIT)
            .map_err(|fault| Unusable::new(format!("cannot read the capture {file}"), format!("{fault}.")))?;
        (file, bytes.to_vec())
    };
    Capture::parse(name, &bytes).map_err(|error| Unusable::new(error.to_string(), ""))
}
