//! The folder that an activation script was written for, where it names one as a plain text: what a moved environment betrays
//! itself by. What a script does when it is run is worked out in `simulate::activation`.

use super::layout::Activator;
use super::scripts::shell_word;
use crate::machine::Machine;
use crate::text;

/// Activation scripts have 1 to 10 KB.
const LIMIT: usize = 64 << 10;

/// The folder, and the line that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The script.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The line as written.
    pub text: String,
    /// The folder.
    pub folder: String,
}

/// The folder that `activator` names; `None` for a script that finds out where it stands, and for shells whose scripts do not
/// name it in a line of its own.
pub fn named_folder(machine: &dyn Machine, activator: &Activator) -> Option<Named> {
    let text = text::decode(&machine.head(&activator.path, LIMIT).ok()?);
    let read: fn(&str) -> Option<String> = match activator.name.as_str() {
        "activate" => of_sh,
        "activate.fish" => |line| of_words(line, "set -gx VIRTUAL_ENV "),
        "activate.csh" => |line| of_words(line, "setenv VIRTUAL_ENV "),
        "activate.bat" => of_batch,
        _ => return None,
    };
    // Git Bash spells `C:\x` as `/c/x`: that names no folder by the platform's own rules, so it tells nothing.
    let rules = machine.platform().rules();
    let named = |line| read(line).filter(|folder| rules.is_absolute(folder));
    let mut lines = text.lines().enumerate();
    let (number, line, folder) = lines.find_map(|(number, line)| Some((number, line, named(line)?)))?;
    Some(Named { file: activator.path.clone(), line: number as u32 + 1, text: line.trim().to_owned(), folder })
}

fn of_sh(line: &str) -> Option<String> {
    let line = line.trim_start();
    of_words(line.strip_prefix("export ").unwrap_or(line), "VIRTUAL_ENV=")
}

fn of_words(line: &str, assignment: &str) -> Option<String> {
    let value = line.trim_start().strip_prefix(assignment)?;
    if value.contains('$') || value.contains('`') {
        return None;
    }
    let (word, rest) = shell_word(value)?;
    rest.trim().is_empty().then_some(word)
}

/// `set VIRTUAL_ENV=C:\x`, `set "VIRTUAL_ENV=C:\x"`, with `@` before in virtualenv's.
fn of_batch(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches('@');
    let rest = line.get(..4).filter(|start| start.eq_ignore_ascii_case("set ")).and(line.get(4..))?.trim_start();
    let rest = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(rest);
    let value = rest.strip_prefix("VIRTUAL_ENV=")?;
    (!value.contains('%')).then(|| value.to_owned())
}
