//! The program: reads the command line, calls the library, prints, sets the exit status.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use venv_explain::cli::Asked;
use venv_explain::machine::Machine;
use venv_explain::machine::live::{self, Live};
use venv_explain::{Outcome, Surroundings, Unusable, run};

/// The most that is read from standard input, in bytes.
const INPUT_LIMIT: u64 = 64 << 20;

fn main() -> ExitCode {
    let asked = Asked::from_arguments(live::arguments());
    let surroundings = Surroundings {
        is_terminal: std::io::stdout().is_terminal(),
        columns: terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0)),
        input: &read_input,
    };
    let here: Arc<dyn Machine> = Arc::new(Live::new());
    match run(&asked, &here, &surroundings).and_then(|outcome| deliver(&asked, &outcome)) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            // Nothing is left to do when even standard error is closed.
            drop(std::io::stderr().write_all(error.to_string().as_bytes()));
            ExitCode::from(2)
        }
    }
}

/// Standard input as a whole, for `--capture -`.
fn read_input() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(INPUT_LIMIT).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Prints the answer, or writes it to the file that `--output` names. A reader that closes the pipe early has seen enough.
fn deliver(asked: &Asked, outcome: &Outcome) -> Result<u8, Unusable> {
    let bytes = outcome.text.as_bytes();
    let written = match &asked.look.output {
        Some(file) => write_whole(file, bytes),
        None => std::io::stdout().write_all(bytes).and_then(|()| std::io::stdout().flush()),
    };
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let target = asked.look.output.as_deref().unwrap_or("standard output");
            Err(Unusable::new(format!("cannot write to {target}"), error.to_string()))
        }
        _ => Ok(outcome.status),
    }
}

/// Writes beside the target first and renames, so that an interrupted run leaves no half-written file. What is no regular
/// file (a terminal, `/dev/null`, a pipe) is written to as it is.
fn write_whole(file: &str, bytes: &[u8]) -> std::io::Result<()> {
    let native = live::to_os(file);
    // A link stays a link: what it leads to is what is written.
    let path = std::fs::canonicalize(&native).unwrap_or_else(|_| std::path::PathBuf::from(&native));
    if path.exists() && !path.is_file() {
        return std::fs::write(&path, bytes);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = std::path::PathBuf::from(beside);
    std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, &path)).inspect_err(|_| drop(std::fs::remove_file(&beside)))
}
