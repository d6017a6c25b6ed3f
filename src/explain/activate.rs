//! The view of activation: each variable before and after, then the script that does it, line by line, and how to do without.

use super::{Depth, Teller};
use crate::lessons::Values;
use crate::page::{Block, Line, Listing, Page, Role, Section, Syntax, Table, Text};
use crate::simulate::activation::{Activation, Change, ScriptLine, Shell};

const VIEW: &str = "view/activate";

/// The whole page of `activate`.
pub fn page(teller: &Teller<'_>, activation: &Activation, script: &[ScriptLine]) -> Page {
    let values = values(teller, activation);
    let is_followed = activation.unknown.is_empty() && activation.script.is_some();
    let mut first = changes(teller, "activate", &activation.activate, is_followed, &values);
    if !activation.messages.is_empty() {
        let said = activation.messages.iter().map(|message| Text::of(Role::Warning, teller.names.within(message))).collect();
        first.blocks.push(Block::Group { title: teller.word(VIEW, "messages", &values), blocks: vec![Block::Bullets(said)] });
    }
    // A shell keeps PS1 to itself, so a program that it starts sees none.
    if teller.depth > Depth::Facts && activation.activate.iter().any(|change| change.name == "PS1" && change.before.is_none()) {
        first.blocks.push(Block::Prose(teller.word(VIEW, "prompt-unseen", &values)));
    }
    if teller.depth > Depth::Facts && is_followed && hides_prompt(activation) {
        first.blocks.push(Block::Prose(teller.word(VIEW, "prompt-unseen-csh", &values)));
    }
    let mut sections = vec![first];
    sections.push(changes(teller, "deactivate", &activation.deactivate, is_followed, &values));
    if !activation.unknown.is_empty() {
        let blocks = vec![teller.unknowns(&activation.unknown)];
        sections.push(Section { id: "unknown".into(), title: teller.word(VIEW, "unknown", &values), lead: None, blocks });
    }
    if teller.depth > Depth::Facts {
        if !script.is_empty() {
            sections.push(teller.section("script", &values, vec![Block::Listing(listing(teller, activation, script, &values))]));
        }
        let without = teller.long("activation/without-activating", &values);
        sections.push(Section {
            id: "without".into(),
            title: teller.title("activation/without-activating", &values),
            lead: Some(teller.summary("activation/without-activating", &values)),
            blocks: without,
        });
    }
    sections.extend(activation.activate_this.as_ref().map(|told| super::activate_this::section(teller, told, &values)));
    let title = match &activation.script {
        Some(_) => Text::of(Role::Code, teller.word(VIEW, "command", &values).characters()),
        None => teller.word(VIEW, "no-script", &values),
    };
    Page { title, status: None, intro: Vec::new(), sections }
}

/// Whether it is csh, whose script would change a `prompt` that is set, and none is seen here.
fn hides_prompt(activation: &Activation) -> bool {
    let is_set = |name: &str| activation.after.contains_key(name);
    matches!(activation.shell, Shell::Csh | Shell::Tcsh) && !is_set("prompt") && !is_set("VIRTUAL_ENV_DISABLE_PROMPT")
}

fn values(teller: &Teller<'_>, activation: &Activation) -> Values {
    let script = activation.script.as_deref().unwrap_or_default();
    let mut values = teller.common.clone().with("shell", shell_name(activation.shell)).with("script", teller.names.say(script));
    if values.get("python").is_none() {
        // Where there is none, the lesson still says how it would be typed.
        let typed = if values.on_windows() { "\\python" } else { "/python" };
        let python = values.get("bin").cloned().unwrap_or_default().and(Role::Own, typed);
        values.set("python", python);
    }
    let typed = values.word("script").unwrap_or_else(|| teller.names.path(script).text);
    values.with("command", Text::of(Role::Code, source_command(activation.shell, &typed)))
}

/// What is typed in that shell to activate; `script` is quoted where the shell wants it.
fn source_command(shell: Shell, script: &str) -> String {
    match shell {
        Shell::Bash | Shell::Zsh | Shell::Fish | Shell::Csh | Shell::Tcsh | Shell::Xonsh => format!("source {script}"),
        Shell::Sh | Shell::Ksh => format!(". {script}"),
        // A text in quotes is a value there, unless & runs it.
        Shell::Powershell if script.starts_with(['"', '\'']) => format!("& {script}"),
        Shell::Powershell | Shell::Cmd => script.to_owned(),
        Shell::Nushell => format!("overlay use {script}"),
    }
}

/// The shell as its users write it.
pub fn shell_name(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Sh => "sh",
        Shell::Ksh => "ksh",
        Shell::Fish => "fish",
        Shell::Csh => "csh",
        Shell::Tcsh => "tcsh",
        Shell::Powershell => "PowerShell",
        Shell::Cmd => "cmd",
        Shell::Nushell => "nushell",
        Shell::Xonsh => "xonsh",
    }
}

fn changes(teller: &Teller<'_>, id: &str, changes: &[Change], is_followed: bool, values: &Values) -> Section {
    let head = ["variable", "was", "becomes", "meaning"].map(|word| teller.word(VIEW, word, values)).to_vec();
    let rows: Vec<Vec<Text>> = changes.iter().map(|change| variable_row(teller, change, values)).collect();
    let blocks = match (rows.is_empty(), is_followed) {
        (false, _) => vec![Block::Table(Table { head, rows })],
        (true, true) => vec![Block::Prose(teller.word(VIEW, "nothing", values))],
        (true, false) => vec![Block::Prose(teller.word(VIEW, "not-followed", values))],
    };
    teller.section(id, values, blocks)
}

/// A variable, its values, and what it is for.
pub(super) fn variable_row(teller: &Teller<'_>, change: &Change, values: &Values) -> Vec<Text> {
    let (before, after) =
        (said(teller, change.before.as_deref(), None, values), said(teller, change.after.as_deref(), change.before.as_deref(), values));
    let values = values.clone().with("name", Text::of(Role::Key, &change.name)).with("before", before.clone()).with("after", after.clone());
    let id = variable_lesson(&change.name);
    let mut note =
        if teller.lessons.get(&id).is_some() { teller.summary(&id, &values) } else { teller.summary("activation/other-variable", &values) };
    if !change.exported {
        note = note.and(Role::Note, "; ").then(teller.word(VIEW, "not-exported", &values));
    }
    vec![Text::of(Role::Key, &change.name), before, after, note]
}

/// A value as it is read best: a long list of folders is counted, and what it was before is not said twice.
pub(super) fn said(teller: &Teller<'_>, value: Option<&str>, before: Option<&str>, values: &Values) -> Text {
    let Some(value) = value else { return teller.word(VIEW, "unset", values) };
    if value.is_empty() {
        return teller.word(VIEW, "empty", values);
    }
    let code = |text: &str| Text::of(Role::Code, teller.names.within(text));
    if teller.depth == Depth::Deep {
        return code(value);
    }
    let separator = if value.contains(';') { ';' } else { ':' };
    let counted = |list: &str| values.clone().with("count", super::counted(list.split(separator).count(), "folder", "folders"));
    let is_long = |list: &str| list.matches(separator).count() >= 5;
    match before.filter(|before| is_long(before)) {
        Some(before) if value.ends_with(before) => code(value.strip_suffix(before).unwrap_or_default().trim_end_matches(separator))
            .then(teller.word(VIEW, "and-the-same", &counted(before))),
        _ if is_long(value) => teller.word(VIEW, "folders", &counted(value)),
        _ => code(value),
    }
}

/// The lesson of a variable: `activation/variable-virtual-env` for `VIRTUAL_ENV`.
fn variable_lesson(name: &str) -> String {
    format!("activation/variable-{}", name.trim_start_matches('_').to_ascii_lowercase().replace('_', "-"))
}

fn listing(teller: &Teller<'_>, activation: &Activation, script: &[ScriptLine], values: &Values) -> Listing {
    let mut previous: Option<&str> = None;
    let lines = script.iter().map(|line| {
        // A lesson that explains several lines stands beside the first of them.
        let note = match line.lesson {
            Some(id) if previous != Some(id) => teller.summary(id, values),
            _ => Text::default(),
        };
        previous = line.lesson.or(previous.filter(|_| line.text.trim().is_empty()));
        Line { number: Some(line.number), text: teller.verbatim(&line.text), note }
    });
    Listing {
        file: activation.script.as_deref().map(|script| teller.names.say(script)).unwrap_or_default(),
        syntax: syntax(activation.shell),
        lines: lines.collect(),
    }
}

fn syntax(shell: Shell) -> Syntax {
    match shell {
        Shell::Bash | Shell::Zsh | Shell::Sh | Shell::Ksh => Syntax::Sh,
        Shell::Fish => Syntax::Fish,
        Shell::Csh | Shell::Tcsh => Syntax::Csh,
        Shell::Powershell => Syntax::PowerShell,
        Shell::Cmd => Syntax::Batch,
        Shell::Nushell => Syntax::Nu,
        Shell::Xonsh => Syntax::Python,
    }
}
