//! The same names asked of the real interpreter and foretold here.

use crate::support::process::{self, Run};
use libtest_mimic::Failed;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use venv_explain::machine::live::Live;
use venv_explain::machine::overlay::Overlay;
use venv_explain::simulate::import::{Import, imports};
use venv_explain::simulate::startup::{Launch, start};
use venv_explain::venv::installation::Installation;

const PROBE: &str = include_str!("probe.py");

/// Whether the interpreter forgets what a question imported before it is asked the next one. Some extension modules cannot be loaded a
/// second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// It does.
    Forgets,
    /// It does not.
    Keeps,
}

/// What was compared.
pub struct Compared {
    /// How many names.
    pub names: usize,
    /// How many of them are found.
    pub found: usize,
    /// Where the answers differ: name, real answer, ours.
    pub differences: Vec<(Import, String, String)>,
}

/// Asks both for every name, in the environment `venv`, from the working folder `app`, with arguments such as `-I`.
pub fn compare(venv: &Path, app: &Path, home: &Path, arguments: &[&str], names: &[String], memory: Memory) -> Result<Compared, Failed> {
    let real = real(venv, app, home, arguments, names, memory)?;
    let ours = ours(venv, app, home, arguments, names);
    if real.len() != names.len() {
        return Err(format!("{} names, {} answers", names.len(), real.len()).into());
    }
    let mut compared = Compared { names: 0, found: 0, differences: Vec::new() };
    for (answer, import) in real.iter().zip(ours).filter(|(answer, _)| answer["silent"].is_null()) {
        compared.names += 1;
        compared.found += usize::from(import.found);
        let (expected, foretold) = (said(answer), format!("{} {:?} {:?}", import.found, import.origin.as_deref(), import.locations));
        if expected != foretold {
            compared.differences.push((import, expected, foretold));
        }
    }
    Ok(compared)
}

/// What the real interpreter says of one name.
fn said(answer: &serde_json::Value) -> String {
    let locations: Vec<&str> =
        answer["locations"].as_array().map(|all| all.iter().filter_map(serde_json::Value::as_str).collect()).unwrap_or_default();
    let error = answer["error"].as_str().unwrap_or_default();
    format!("{}{error} {:?} {locations:?}", answer["found"], answer["origin"].as_str())
}

fn variables(home: &Path) -> [(&'static str, String); 3] {
    [("HOME", home.display().to_string()), ("PATH", "/usr/bin:/bin".to_owned()), ("LC_ALL", "C.UTF-8".to_owned())]
}

/// What the environment's own interpreter answers, started in `app`.
fn real(
    venv: &Path,
    app: &Path,
    home: &Path,
    arguments: &[&str],
    names: &[String],
    memory: Memory,
) -> Result<Vec<serde_json::Value>, Failed> {
    let probe = if memory == Memory::Keeps { PROBE.replace("\nforget()\n", "\n").replace("    forget()\n", "") } else { PROBE.to_owned() };
    let mut run = Run::new(venv.join("bin/python")).args(arguments).args(["-B", "-c", &probe]).cwd(app);
    run.limit = Duration::from_secs(300);
    for (name, value) in variables(home) {
        run = run.var(name, value);
    }
    run.stdin = names.join("\n").into_bytes();
    let ended = process::run(&run).map_err(|error| error.to_string())?;
    if ended.status != Some(0) {
        return Err(ended.complaint().into());
    }
    ended.text().lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}").into())).collect()
}

/// What this tool foretells.
pub fn ours(venv: &Path, app: &Path, home: &Path, arguments: &[&str], names: &[String]) -> Vec<Import> {
    let mut machine = Overlay::new(Arc::new(Live::new()));
    machine.replace_vars(variables(home).into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    machine.set_cwd(&app.display().to_string());
    let program = venv.join("bin/python").display().to_string();
    let startup = start(
        &machine,
        &Launch { program: program.clone(), arguments: arguments.iter().chain(&["-c", "pass"]).map(|word| (*word).to_owned()).collect() },
    );
    let installation = Installation::of(&machine, startup.base_executable.as_deref().unwrap_or(&program));
    imports(&machine, &startup, &installation, names)
}

/// Fails where there are differences, and shows the first of them.
pub fn verdict(differences: &[(Import, String, String)]) -> Result<(), Failed> {
    let said = |(import, real, ours): &(Import, String, String)| format!("{}:\n   real {real}\n   ours {ours}", import.module);
    let shown: Vec<String> = differences.iter().map(said).take(20).collect();
    if shown.is_empty() { Ok(()) } else { Err(format!("{} differ:\n{}", differences.len(), shown.join("\n")).into()) }
}
