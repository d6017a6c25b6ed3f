//! Which lesson explains each line of an activation script.
//!
//! A line is told by what it names (a variable, a command) and by whether it stands in `deactivate`, in whatever shell's language;
//! what the script does is not decided here but by following it.

use super::{Shell, script};
use crate::machine::Machine;
use crate::venv::environment::Environment;

/// One line of the script, and the lesson that explains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptLine {
    /// Counted from 1.
    pub number: u32,
    /// The line without its end.
    pub text: String,
    /// The lesson's id.
    pub lesson: Option<&'static str>,
}

/// Where a rule holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Inside what `deactivate` runs.
    Leaving,
    /// Outside of it.
    Entering,
    /// Everywhere.
    Both,
}

use Part::{Both, Entering, Leaving};

/// What a line names, in lower case; where; and the lesson. The first that fits counts.
const RULES: &[(&[&str], Part, &str)] = &[
    (
        &[
            "must source",
            "exit 33",
            "is meant to be used with",
            "source'dness",
            "error make",
            "module warning",
            "use warning",
            "path self",
            "= \"$0\" ]",
        ],
        Entering,
        "activation/sourced-only",
    ),
    (&["function _bashify_path", "function _fishify_path", "bashy_path", "fishy_path"], Both, "activation/path-as-list"),
    (
        &[
            "deactivate nondestructive",
            "deactivate -nondestructive",
            "deactivate([\"nondestructive\"",
            "deactivate.bat\"",
            "deactivate.csh\"",
            "=%_old_virtual_prompt%",
            "=%_old_virtual_path%",
            "=%_old_virtual_pythonhome%",
        ],
        Entering,
        "activation/undo-first",
    ),
    (&["if not defined prompt (", "prompt=$p$g"], Entering, "activation/usual-prompt"),
    (
        &[
            "unset -f deactivate",
            "functions -e deactivate",
            "function:deactivate",
            "nondestructive",
            "self destruct",
            "del aliases[\"deactivate",
            "functions -e _bashify",
            "functions -e _fishify",
            "function:pydoc",
        ],
        Leaving,
        "activation/self-destruct",
    ),
    (
        &[
            "alias deactivate",
            "overlay hide",
            "deactivate_script",
            "aliases[\"deactivate\"]",
            "deactivate ()",
            "function deactivate",
            "function global:deactivate",
            "def deactivate",
            "def _deactivate",
        ],
        Both,
        "activation/deactivate",
    ),
    (&["pydoc"], Both, "activation/pydoc"),
    (&["hash -r", "rehash"], Both, "activation/hash"),
    (
        &["_old_pkg_config_path", "_old_virtual_tcl_library", "_old_virtual_tk_library", "pkg_config_path", "tcl_library", "tk_library"],
        Leaving,
        "activation/restore-others",
    ),
    (&["pythonhome"], Leaving, "activation/restore-pythonhome"),
    (
        &[
            "ps1",
            "psvar",
            "prompt_override",
            "fish_prompt",
            "old_virtual_prompt",
            "$prompt",
            "%prompt%",
            "fish_function_path",
            "venv_prompt_prefix",
        ],
        Leaving,
        "activation/restore-prompt",
    ),
    (&["virtual_env_prompt", "virtual_env"], Leaving, "activation/forget-variables"),
    (&["path"], Leaving, "activation/restore-path"),
    (&["uname", "cygpath", "ostype", "cygwin", "msys"], Entering, "activation/convert-path"),
    (&["chcp", "codepage"], Entering, "activation/code-page"),
    // An assignment is told by what it sets, not by what it takes the value from.
    (&["$env:path =", "$env:path="], Entering, "activation/set-path"),
    (&["$env:virtual_env =", "$env:virtual_env="], Entering, "activation/set-virtual-env"),
    (&["$env:virtual_env_prompt =", "$env:virtual_env_prompt="], Entering, "activation/prompt-name"),
    (
        &[
            "script_path",
            "bash_source",
            "%:-%x",
            ".sh.file",
            "current_path",
            "current_dir",
            "current_env",
            "relocat",
            "does not exist",
            "venvexec",
            "$venvdir",
            "this_path",
            "(__file__)",
            "base_dir",
            "[ ! -d",
        ],
        Entering,
        "activation/own-place",
    ),
    (&["pyvenvcfg", "pyvenv.cfg", "pyvenvconfig", "$keyval", "$val.", "$val =", "configdir"], Entering, "activation/read-config"),
    (&["pythonhome"], Entering, "activation/unset-pythonhome"),
    (&["disable_prompt"], Entering, "activation/disable-prompt"),
    (&["tcl_library", "tk_library"], Entering, "activation/tcl-library"),
    (&["pkg_config"], Entering, "activation/pkg-config-path"),
    (
        &[
            "ps1",
            "psvar",
            "_virtual_prompt",
            "_virtual_rest",
            "_virtual_char",
            "fish_prompt",
            "prompt_override",
            "old_virtual_prompt",
            "set prompt",
            "\"prompt=",
            "%prompt%",
            "$prompt",
            "prompt_command",
            "virtual_prefix",
            "do_prompt",
            "env_name",
            "venv_prompt_prefix",
            "global:prompt",
            "virtualenv_prompt",
            "new_prompt",
        ],
        Entering,
        "activation/prompt",
    ),
    (&["virtual_env_prompt", "virtual_prompt"], Entering, "activation/prompt-name"),
    (&["_old_virtual_path", "_bashify_path", "_fishify_path", "variable=path", "_save("], Entering, "activation/save-path"),
    (
        &["path=", "export path", "gx path", "setenv path", "env:path", "\"path\"", "$path", "new_path", "path_name", "venv_path"],
        Entering,
        "activation/set-path",
    ),
    (&["virtual_env", "load-env"], Entering, "activation/set-virtual-env"),
];

/// Words that close or continue a block and belong to what stands before them.
const CONTINUING: &[&str] =
    &["fi", "end", "endif", "}", ")", "else", "then", ";;", "esac", "done", "{", "*)", "} else {", ") else (", "pass", ":", "];", "})"];

/// How the scripts of these shells mark a remark.
fn is_remark(line: &str, shell: Shell) -> bool {
    match shell {
        Shell::Cmd => line.trim_start_matches('@').to_ascii_lowercase().starts_with("rem"),
        _ => line.starts_with('#'),
    }
}

/// Every line of the environment's script for that shell; empty where it has none.
pub fn annotations(machine: &dyn Machine, environment: &Environment, shell: Shell) -> Vec<ScriptLine> {
    match script(machine, &environment.scripts_dir, shell) {
        Ok(Some((_, text))) => annotate(&text, shell),
        _ => Vec::new(),
    }
}

/// Every line of a script.
pub fn annotate(text: &str, shell: Shell) -> Vec<ScriptLine> {
    let mut lines: Vec<ScriptLine> = Vec::new();
    let mut leaving = false;
    let mut remark = false;
    for (at, text) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let bare = text.trim();
        if leaving && !text.starts_with([' ', '\t']) && !bare.is_empty() && !matches!(bare, "}" | "end" | "{") {
            leaving = false;
        }
        let lower = bare.to_ascii_lowercase();
        // `<# … #>`, PowerShell's remark of several lines, and `Write-Verbose` tell what the script is for, and do nothing.
        let begins_remark = shell == Shell::Powershell && !remark && bare.starts_with("<#");
        let in_remark = remark || begins_remark;
        remark = in_remark && !bare.ends_with("#>");
        let lesson = if in_remark || (shell == Shell::Powershell && lower.starts_with("write-verbose")) {
            None
        } else if CONTINUING.contains(&bare) {
            lines.iter().rev().find(|line| !line.text.trim().is_empty()).and_then(|line| line.lesson)
        } else if bare.is_empty() || is_remark(bare, shell) {
            None
        } else {
            RULES
                .iter()
                .find(|(needles, part, _)| fits(*part, leaving) && needles.iter().any(|needle| lower.contains(needle)))
                .map(|(.., id)| *id)
        };
        lines.push(ScriptLine { number: at as u32 + 1, text: text.trim_end_matches('\r').to_owned(), lesson });
        let begins = lesson == Some("activation/deactivate") && !lower.contains("alias") && !lower.contains("overlay");
        let ends = matches!(bare, "}" | "end") && !text.starts_with([' ', '\t']);
        leaving = begins || (leaving && !ends);
    }
    give_remarks_their_lesson(&mut lines, shell);
    lines
}

fn fits(part: Part, leaving: bool) -> bool {
    match part {
        Both => true,
        Leaving => leaving,
        Entering => !leaving,
    }
}

/// A remark is explained by the lesson of the line that it stands above.
fn give_remarks_their_lesson(lines: &mut [ScriptLine], shell: Shell) {
    let mut below = None;
    for line in lines.iter_mut().rev() {
        let bare = line.text.trim();
        if is_remark(bare, shell) && bare != "#>" {
            line.lesson = below;
        } else {
            below = line.lesson;
        }
    }
}

/// Every lesson that a line may have.
pub fn lesson_ids() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(.., id)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lessons(text: &str, shell: Shell) -> Vec<Option<&'static str>> {
        annotate(text, shell).into_iter().map(|line| line.lesson.and_then(|id| id.strip_prefix("activation/"))).collect()
    }

    #[test]
    fn a_line_is_told_by_what_it_names_and_where_it_stands() {
        let script = "deactivate () {\n    if [ -n \"${_OLD_VIRTUAL_PATH:-}\" ] ; then\n        PATH=\"$_OLD_VIRTUAL_PATH\"\n    fi\n    unset VIRTUAL_ENV\n}\n\n# keep PATH\n_OLD_VIRTUAL_PATH=\"$PATH\"\nPATH=\"$VIRTUAL_ENV/bin:$PATH\"\nexport FOO=1\n";
        let expected = [
            Some("deactivate"),
            Some("restore-path"),
            Some("restore-path"),
            Some("restore-path"),
            Some("forget-variables"),
            Some("forget-variables"),
            None,
            Some("save-path"),
            Some("save-path"),
            Some("set-path"),
            None,
        ];
        assert_eq!(lessons(script, Shell::Bash), expected);
    }

    #[test]
    fn csh_and_cmd_are_told_too() {
        let csh = "alias deactivate 'unsetenv VIRTUAL_ENV'\nsetenv VIRTUAL_ENV '/e'\nrehash\n";
        assert_eq!(lessons(csh, Shell::Tcsh), [Some("deactivate"), Some("set-virtual-env"), Some("hash")]);
        let batch = "@REM a remark\r\n@set \"PATH=%VIRTUAL_ENV%\\Scripts;%PATH%\"\r\n";
        assert_eq!(lessons(batch, Shell::Cmd), [Some("set-path"), Some("set-path")]);
        let powershell = "<#\nPushes python to the front of $Env:PATH.\n#>\n<# PATH #>\n$Env:PATH = \"x;$Env:PATH\"\n";
        assert_eq!(lessons(powershell, Shell::Powershell), [None, None, None, None, Some("set-path")]);
    }
}
