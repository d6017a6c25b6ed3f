//! Real shells: how each is started, made to source a script and call `deactivate`, and asked for its variables.

use super::conditions::Condition;
use crate::support::process::{self, Run};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use venv_explain::simulate::activation::Shell;

/// The variables of a shell at one moment: value, and whether programs see it.
pub type Variables = BTreeMap<String, (String, bool)>;

/// What a shell went through.
pub struct Observed {
    /// Before the script is sourced.
    pub before: Variables,
    /// After it.
    pub activated: Variables,
    /// After `deactivate`; `None` when the shell gave up in it and could not tell.
    pub deactivated: Option<Variables>,
}

/// A shell of this machine.
#[derive(Debug, Clone)]
pub struct RealShell {
    /// The program's name.
    pub name: &'static str,
    /// Which shell it is.
    pub shell: Shell,
    /// Where it is; `None` when it is absent.
    pub program: Option<PathBuf>,
}

/// The shells that are compared.
pub fn all() -> Vec<RealShell> {
    [
        ("bash", Shell::Bash),
        ("zsh", Shell::Zsh),
        ("dash", Shell::Sh),
        ("ksh93", Shell::Ksh),
        ("mksh", Shell::Ksh),
        ("fish", Shell::Fish),
        ("tcsh", Shell::Tcsh),
        ("xonsh", Shell::Xonsh),
        ("nu", Shell::Nushell),
    ]
    .into_iter()
    .map(|(name, shell)| RealShell { name, shell, program: crate::support::on_path(name).map(crate::support::behind_npm) })
    .collect()
}

/// Variables that the shells themselves change while they run, or that only the test sets.
const NOISE: &[&str] = &[
    "_",
    "LINENO",
    "RANDOM",
    "SRANDOM",
    "SECONDS",
    "EPOCHSECONDS",
    "EPOCHREALTIME",
    "PIPESTATUS", // change at every command
    "BASHOPTS",
    "SHELLOPTS",
    "BASH_LINENO",
    "BASH_SOURCE",
    "FUNCNAME",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_COMMAND",
    "BASH_EXECUTION_STRING", // tell where bash is
    "POSIXLY_CORRECT",       // set by the test to have bash print variables only
    "PROMPT",
    "PS1_", // zsh: other names of PS1
    "?",
    "status",
    "ZSH_EVAL_CONTEXT",
    "ZSH_DEBUG_CMD",
    "ZSH_SUBSHELL",
    "TTYIDLE",
    "ERRNO",
    "0",
    "#",
    "-",
    "*",
    "@",
    "!",
    "$",
    "ARGC",
    "argv",          // zsh: tell where zsh is
    "WATCHFMT",      // zsh: appears when its module is loaded
    "_AST_FEATURES", // ksh93: its own notes
    "path",
    "newline", // csh: another name of PATH; a line end, which set does not tell from its own
    "LAST_RETURN_CODE",
    "OPTIND",
    "OPTARG",
    "KSH_MATCH",
    "SHLVL",
];

/// Whether a variable is left out of the comparison.
pub fn is_noise(name: &str) -> bool {
    NOISE.contains(&name) || name.starts_with("__") || name.starts_with(".sh") || name.starts_with("BASH_")
}

/// Runs the shell through one condition; the error is what it said.
pub fn observe(
    real: &RealShell,
    script: &str,
    environment: &str,
    condition: &Condition,
    folder: &Path,
    cwd: &str,
) -> Result<Observed, String> {
    let program = real.program.clone().ok_or("absent")?;
    let options: &[&str] = match real.name {
        "bash" => &["--norc", "--noprofile"],
        "zsh" => &["-f"],
        "fish" => &["--no-config"],
        _ => &[],
    };
    if real.shell == Shell::Xonsh {
        return observe_xonsh(program, script, environment, condition, folder, cwd, real);
    }
    if real.shell == Shell::Tcsh {
        return observe_csh(program, script, environment, condition, folder, cwd, real);
    }
    if real.shell == Shell::Nushell {
        return observe_nushell(&program, script, environment, condition, folder, cwd, real);
    }
    let text = if real.shell == Shell::Fish {
        fish(script, environment, condition, folder)
    } else {
        posix(real.name, script, environment, condition, folder)
    };
    let mut run = Run::new(program).args(options).args(["-c", &text]).cwd(cwd);
    for (name, value) in &condition.exported {
        run = run.var(name, value.replace("ENV", environment));
    }
    let ended = process::run(&run).map_err(|error| error.to_string())?;
    let at = |moment| read(real, folder, moment).ok_or_else(|| format!("{moment}: {}\n{}", ended.complaint(), ended.text()));
    let deactivated = if condition.nounset { at("deactivated").ok() } else { Some(at("deactivated")?) };
    Ok(Observed { before: at("before")?, activated: at("activated")?, deactivated })
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The commands for a shell of the Bourne family. The trap sees to it that a shell which gives up still tells its state.
fn posix(name: &str, script: &str, environment: &str, condition: &Condition, folder: &Path) -> String {
    let folder = quoted(folder.to_str().unwrap());
    let list = match name {
        "bash" => "( set -o posix; set )",
        "zsh" => {
            "for __n in ${(k)parameters}; do [[ ${parameters[$__n]} == scalar* && $__n != IFS ]] && printf '%s\\0%s\\0' $__n \"${(P)__n}\"; done"
        }
        _ => "set",
    };
    let mut text = String::new();
    if name == "zsh" {
        text += "zmodload zsh/parameter\n";
    }
    let _ = writeln!(text, "__dump() {{ /usr/bin/env -0 > {folder}/$1.env; {list} > {folder}/$1.set; }}");
    for private in ["PS1", "PATH"] {
        let absent = !condition.private.iter().chain(&condition.exported).any(|(known, _)| *known == private);
        if absent {
            let _ = writeln!(text, "unset {private}");
        }
    }
    for (name, value) in &condition.private {
        let _ = writeln!(text, "{name}={}", quoted(&value.replace("ENV", environment)));
    }
    let source = format!(". {}\n", quoted(script));
    if condition.twice {
        text += &source;
    }
    text += "__phase=1\n__finish() {\n\
             if [ $__phase = 1 ]; then __phase=2; __dump activated; deactivate; __phase=3; __dump deactivated\n\
             elif [ $__phase = 2 ]; then __phase=3; __dump deactivated; fi\n}\n\
             trap __finish EXIT\n__dump before\n";
    if condition.nounset {
        text += "set -u\n";
    }
    text + &source + "__phase=2\n__dump activated\ndeactivate\n__phase=3\n__dump deactivated\n"
}

/// The commands for fish, which has no `set -u`, no prompt variable and exports what it saves.
fn fish(script: &str, environment: &str, condition: &Condition, folder: &Path) -> String {
    let quote = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let folder = quote(folder.to_str().unwrap());
    let mut text = format!(
        "function __dump\n/usr/bin/env -0 > {folder}/$argv[1].env\nfor __n in (set -n)\nset -q $__n; and printf '%s\\0%s\\0' $__n \"$$__n\"\nend > {folder}/$argv[1].set\nend\n"
    );
    if !condition.exported.iter().any(|(name, _)| *name == "PATH") {
        text += "set -e PATH\n";
    }
    for (name, value) in &condition.private {
        let _ = writeln!(text, "set -gx {name} {}", quote(&value.replace("ENV", environment)));
    }
    let source = format!("source {}\n", quote(script));
    if condition.twice {
        text += &source;
    }
    format!("{text}__dump before\n{source}__dump activated\ndeactivate\n__dump deactivated\n")
}

/// csh is told what to do line by line, as somebody would type it, because an error ends a script but not an interactive shell.
fn observe_csh(
    program: PathBuf,
    script: &str,
    environment: &str,
    condition: &Condition,
    folder: &Path,
    cwd: &str,
    real: &RealShell,
) -> Result<Observed, String> {
    let quote = |text: &str| format!("'{}'", text.replace('\'', "'\\''").replace('!', "\\!").replace('\n', "\\\n"));
    let place = quote(folder.to_str().unwrap());
    let mut text = format!("alias __dump '/usr/bin/env -0 > '{place}'/\\!:1.env; set > '{place}'/\\!:1.set'\nunset prompt\n");
    if !condition.exported.iter().any(|(name, _)| *name == "PATH") {
        text += "unsetenv PATH\n";
    }
    for (name, value) in &condition.private {
        let name = match *name {
            "PS1" => "prompt",
            "_OLD_VIRTUAL_PS1" => "_OLD_VIRTUAL_PROMPT",
            other => other,
        };
        let _ = writeln!(text, "set {name} = {}", quote(&value.replace("ENV", environment)));
    }
    let source = format!("source {}\n", quote(script));
    if condition.twice {
        text += &source;
    }
    let text = format!("{text}__dump before\n{source}__dump activated\ndeactivate\n__dump deactivated\n");
    let mut run = Run::new(program).args(["-f", "-i"]).cwd(cwd);
    run.stdin = text.into_bytes();
    for (name, value) in &condition.exported {
        run = run.var(name, value.replace("ENV", environment));
    }
    let ended = process::run(&run).map_err(|error| error.to_string())?;
    let at = |moment| read(real, folder, moment).ok_or_else(|| format!("{moment}: {}\n{}", ended.complaint(), ended.text()));
    Ok(Observed { before: at("before")?, activated: at("activated")?, deactivated: at("deactivated").ok() })
}

/// xonsh, whose variables are all exported.
fn observe_xonsh(
    program: PathBuf,
    script: &str,
    environment: &str,
    condition: &Condition,
    folder: &Path,
    cwd: &str,
    real: &RealShell,
) -> Result<Observed, String> {
    let place = folder.to_str().unwrap();
    let mut text = format!(
        "def __dump(moment):\n    with open({place:?} + '/' + moment + '.env', 'w', encoding='utf-8') as file:\n        \
         file.write(''.join(f'{{name}}={{value}}\\0' for name, value in __xonsh__.env.detype().items()))\n    \
         open({place:?} + '/' + moment + '.set', 'w').close()\n"
    );
    // PYTHONHOME would stop the Python that xonsh is written in, so it is set inside.
    let inside = |name: &str| name == "PYTHONHOME";
    for (name, value) in condition.private.iter().chain(condition.exported.iter().filter(|(name, _)| inside(name))) {
        let _ = writeln!(text, "${name} = {:?}", value.replace("ENV", environment));
    }
    let source = format!("source {script:?}\n");
    if condition.twice {
        text += &source;
    }
    let text = format!("{text}__dump('before')\n{source}__dump('activated')\ndeactivate\n__dump('deactivated')\n");
    std::fs::write(folder.join("driver.xsh"), text).map_err(|error| error.to_string())?;
    let mut run = Run::new(program).arg("--no-rc").arg(folder.join("driver.xsh")).cwd(cwd);
    for (name, value) in condition.exported.iter().filter(|(name, _)| !inside(name)) {
        run = run.var(name, value.replace("ENV", environment));
    }
    let ended = process::run(&run).map_err(|error| error.to_string())?;
    let at = |moment| read(real, folder, moment).ok_or_else(|| format!("{moment}: {}\n{}", ended.complaint(), ended.text()));
    Ok(Observed { before: at("before")?, activated: at("activated")?, deactivated: Some(at("deactivated")?) })
}

/// nushell, which reads a file whole before it runs any of it, and ends at an error: then nothing has changed.
fn observe_nushell(
    program: &Path,
    script: &str,
    environment: &str,
    condition: &Condition,
    folder: &Path,
    cwd: &str,
    real: &RealShell,
) -> Result<Observed, String> {
    let quote = |text: &str| format!("r####'{text}'####");
    let place = folder.to_str().unwrap();
    let own = "ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS NU_VERSION PWD PROCESS_PATH config";
    let mut text = format!(
        "def dump [moment: string] {{\n    $env | transpose name value | where name not-in ({own:?} | split row ' ')\n    \
         | each {{|row| $row.name + \"\\u{{0}}\" + (if 'closure' in ($row.value | describe) {{ view source $row.value }} \
         else if 'list' in ($row.value | describe) {{ $row.value | str join (char esep) }} else {{ $row.value | into string }}) + \"\\u{{0}}\" }}\n    \
         | str join | save -f ($\"{place}/($moment).set\")\n    ^/usr/bin/env -0 | save -f ($\"{place}/($moment).env\")\n}}\n"
    );
    for (name, value) in &condition.private {
        let name = if *name == "PS1" { "PROMPT_COMMAND" } else { name };
        let _ = writeln!(text, "load-env {{ {name}: {} }}", quote(&value.replace("ENV", environment)));
    }
    let before = format!("{text}dump before\n");
    let text = format!("{before}overlay use {}\ndump activated\ndeactivate\ndump deactivated\n", quote(script));
    let run = |text: &str| {
        std::fs::write(folder.join("driver.nu"), text).map_err(|error| error.to_string())?;
        let mut run = Run::new(program).arg("-n").arg(folder.join("driver.nu")).cwd(cwd);
        for (name, value) in &condition.exported {
            run = run.var(name, value.replace("ENV", environment));
        }
        process::run(&run).map_err(|error| error.to_string())
    };
    let mut ended = run(&text)?;
    if read(real, folder, "before").is_none() {
        // A mistake in the script keeps the whole driver from running.
        ended = run(&before)?;
    }
    let complaint = || format!("{}\n{}", ended.complaint(), ended.text());
    let before = read(real, folder, "before").ok_or_else(complaint)?;
    let activated = read(real, folder, "activated").unwrap_or_else(|| before.clone());
    Ok(Observed { before, activated, deactivated: read(real, folder, "deactivated") })
}

/// What csh's `set` prints: a name, a tab, the value; lists stand in parentheses and are left out.
fn printed_by_csh(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('\n').filter_map(|line| line.split_once('\t')).filter(|(_, value)| !value.starts_with("(/") && *value != "()");
    pairs.map(|(name, value)| (name.to_owned(), value.replace("\\303\\251", "é"))).collect()
}

fn read(real: &RealShell, folder: &Path, moment: &str) -> Option<Variables> {
    let environment = std::fs::read(folder.join(format!("{moment}.env"))).ok()?;
    let all = std::fs::read(folder.join(format!("{moment}.set"))).ok()?;
    let environment = String::from_utf8_lossy(&environment).into_owned();
    let all = String::from_utf8_lossy(&all).into_owned();
    let mut variables = Variables::new();
    let pairs = if real.shell == Shell::Tcsh {
        printed_by_csh(&all)
    } else if matches!(real.name, "zsh" | "fish" | "nu") {
        zero_separated(&all)
    } else {
        printed_by_set(&all)
    };
    for (name, value) in pairs {
        variables.insert(name, (value, false));
    }
    for entry in environment.split('\0') {
        let Some((name, value)) = entry.split_once('=') else { continue };
        variables.insert(name.to_owned(), (value.to_owned(), true));
    }
    // zsh's `prompt` is another name of PS1.
    variables.retain(|name, _| !is_noise(name) && (name != "prompt" || real.shell == Shell::Tcsh));
    Some(variables)
}

fn zero_separated(text: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = text.split('\0').collect();
    parts.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

/// What `set` prints: `name=value`, the value quoted in any of the ways that these shells have.
fn printed_by_set(text: &str) -> Vec<(String, String)> {
    let (mut pairs, mut rest) = (Vec::new(), text);
    while let Some((name, tail)) = rest.split_once('=') {
        let (mut value, mut chars) = (String::new(), tail.char_indices().peekable());
        let (mut end, mut bytes) = (tail.len(), Vec::new());
        while let Some((at, c)) = chars.next() {
            match c {
                '\n' => {
                    end = at + 1;
                    break;
                }
                '$' if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                    chars.next();
                    while let Some((_, c)) = chars.next() {
                        match c {
                            '\'' => break,
                            '\\' => match chars.next().map(|(_, c)| c) {
                                Some('n') => value.push('\n'),
                                Some('t') => value.push('\t'),
                                Some('E' | 'e') => value.push('\u{1b}'),
                                Some('u') => {
                                    let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                                    value.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                                }
                                Some('x') => {
                                    let digits: String = chars.by_ref().take(2).map(|(_, c)| c).collect();
                                    bytes.extend(u8::from_str_radix(&digits, 16));
                                    if let Ok(text) = std::str::from_utf8(&bytes) {
                                        value.push_str(text);
                                        bytes.clear();
                                    }
                                }
                                Some(c) => value.push(c),
                                None => {}
                            },
                            c => value.push(c),
                        }
                    }
                }
                '\'' => value.extend(chars.by_ref().map(|(_, c)| c).take_while(|c| *c != '\'')),
                '"' => value.extend(chars.by_ref().map(|(_, c)| c).take_while(|c| *c != '"')),
                '\\' => value.extend(chars.next().map(|(_, c)| c)),
                c => value.push(c),
            }
        }
        if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
            pairs.push((name.to_owned(), value));
        }
        rest = &tail[end..];
    }
    pairs
}

/// The script of a shell.
pub fn script(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash | Shell::Zsh | Shell::Sh | Shell::Ksh => "activate",
        Shell::Fish => "activate.fish",
        Shell::Csh | Shell::Tcsh => "activate.csh",
        Shell::Xonsh => "activate.xsh",
        Shell::Powershell => "activate.ps1",
        Shell::Cmd => "activate.bat",
        Shell::Nushell => "activate.nu",
    }
}

/// Whether a capture would list this variable although it is the shell's own.
pub fn is_told(name: &str) -> bool {
    matches!(name, "PS1" | "prompt" | "PSVAR" | "deactivate_script" | "SCRIPT_PATH" | "_OLD_PKG_CONFIG_PATH")
        || name.starts_with("_OLD_VIRTUAL_")
}

/// Whether the line that changes a variable must spell its name: zsh's PSVAR is written through `psvar`, the scripts of xonsh and nushell
/// pass names on.
pub fn is_named_in_its_line(name: &str, shell: Shell) -> bool {
    name != "PSVAR" && !matches!(shell, Shell::Xonsh | Shell::Nushell)
}
