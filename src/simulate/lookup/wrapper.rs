//! Shell scripts whose one command is to start another program. Only what the text says literally is followed.

use super::first_line::words;

/// The program that the script's only command starts, a path or a bare name; `None` where the script does more.
pub(super) fn only_command(text: &str) -> Option<String> {
    let mut lines = text.lines().skip(1).map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#') && !harmless(line));
    let line = lines.next()?;
    if lines.next().is_some() {
        return None;
    }
    let command = line.strip_prefix("exec ").unwrap_or(line);
    let program = words(&command.replace("\"$@\"", " "))?.into_iter().next()?;
    let literal = !program.contains('=') && !program.starts_with('-') && !line.contains([';', '|', '&', '<', '>', '(', ')', '*', '{']);
    literal.then_some(program)
}

/// Lines that change nothing about which program is started.
fn harmless(line: &str) -> bool {
    matches!(line, "set -e" | "set -u" | "set -eu" | "set -euo pipefail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_with_one_command_leads_to_it_and_a_longer_one_does_not() {
        let wrapper = |path: &str| Some(path.to_owned());
        assert_eq!(
            only_command("#!/bin/sh\n# starts it\nset -e\nexec /p/.venv/bin/python -m tool \"$@\"\n"),
            wrapper("/p/.venv/bin/python")
        );
        assert_eq!(only_command("#!/bin/sh\nexec \"/p q/python\" \"$@\"\n"), wrapper("/p q/python"));
        assert_eq!(only_command("#!/bin/sh\nexec $HOME/python \"$@\"\n"), None);
        assert_eq!(only_command("#!/bin/sh\nif true; then exec /a; fi\n"), None);
        assert_eq!(only_command("#!/bin/sh\ncd /x\nexec /a\n"), None);
    }
}
