//! Roles of what stands in `bin` or `Scripts`.

use super::{Entry, Role, Roles};
use crate::machine::{Kind, Platform};
use crate::venv::layout::is_python;
use crate::venv::scripts::{Form, Shebang};

impl Roles<'_> {
    pub(super) fn in_scripts(&self, entry: Entry<'_>) -> Role {
        if is_python(self.machine.platform(), entry.name) {
            return self.python(entry);
        }
        if entry.meta.kind == Kind::Dir {
            return if entry.name == "__pycache__" { Role::new("tree/pycache") } else { self.plain(entry) };
        }
        if let Some((lesson, shell)) = activation(self.machine.platform(), entry.name) {
            return Role::new(lesson).with("shell", shell);
        }
        if entry.meta.kind == Kind::Link && self.machine.stat(entry.path).is_err() {
            return self.link(entry);
        }
        self.script(entry)
    }

    fn python(&self, entry: Entry<'_>) -> Role {
        let windows = self.machine.platform() == Platform::Windows;
        if entry.meta.kind != Kind::Link {
            let lower = entry.name.to_ascii_lowercase();
            return Role::new(match entry.meta.kind {
                Kind::Dir => return self.plain(entry),
                _ if windows && lower.contains('w') => "tree/pythonw-redirector",
                _ if windows => "tree/python-redirector",
                _ => "tree/python-copy",
            });
        }
        let target = self.machine.link(entry.path).unwrap_or_default();
        let whole = if target.contains(['/', '\\']) { "tree/python-link" } else { "tree/python-alias" };
        Role::new(self.broken(entry).unwrap_or(whole)).with("target", target)
    }

    fn script(&self, entry: Entry<'_>) -> Role {
        let stem = entry.name.strip_suffix(".exe").or_else(|| entry.name.strip_suffix(".EXE")).unwrap_or(entry.name);
        let owner = self.elsewhere(entry.path);
        let Some(shebang) = Shebang::read(self.machine, entry.path) else {
            return Role::new(self.without_first_line(entry)).owned(owner);
        };
        let launcher = matches!(shebang.form, Form::Launcher | Form::Trampoline);
        let lesson = match (launcher, &owner) {
            (false, _) if stem == "pip" => "tree/pip",
            (true, _) if stem == "pip" => "tree/pip-launcher",
            _ if is_installer(stem, "pip") => "tree/pip-alias",
            _ if is_installer(stem, "easy_install") => "tree/easy-install",
            (true, Some(_)) => "tree/console-launcher",
            (false, Some(_)) => "tree/console-script",
            (true, None) => "tree/launcher",
            (false, None) => "tree/script",
        };
        Role::new(lesson).with("interpreter", shebang.program.as_str()).owned(owner)
    }

    fn without_first_line(&self, entry: Entry<'_>) -> &'static str {
        let lower = entry.name.to_ascii_lowercase();
        let has = |extension: &str| lower.ends_with(extension);
        if has(".dll") || has(".dylib") || has(".pyd") || has(".so") || lower.contains(".so.") {
            return "tree/python-library";
        }
        let head = self.machine.head(entry.path, 4).unwrap_or_default();
        // ELF, PE, Mach-O of both byte orders and of several architectures.
        let program = head.starts_with(b"\x7fELF")
            || head.starts_with(b"MZ")
            || [[0xcf, 0xfa, 0xed, 0xfe], [0xfe, 0xed, 0xfa, 0xcf], [0xca, 0xfe, 0xba, 0xbe]].iter().any(|magic| head.starts_with(magic));
        if program || has(".exe") { "tree/program" } else { "tree/script-other" }
    }
}

/// `pip`, `pip3`, `pip3.12`, `pip-3.12`; the same for `easy_install`.
fn is_installer(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|rest| {
        let version = rest.strip_prefix('-').unwrap_or(rest);
        version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// The lesson on a script of activation, and the shells that it is for.
fn activation(platform: Platform, name: &str) -> Option<(&'static str, &'static str)> {
    let lower = name.to_ascii_lowercase();
    Some(match lower.as_str() {
        "activate" if platform == Platform::Windows => ("tree/activate-windows", "bash"),
        "activate" => ("tree/activate", "bash"),
        "activate.bat" => ("tree/activate-bat", "cmd"),
        "activate.csh" => ("tree/activate-csh", "csh"),
        "activate.fish" => ("tree/activate-fish", "fish"),
        "activate.nu" => ("tree/activate-nu", "nushell"),
        "activate.ps1" => ("tree/activate-ps1", "powershell"),
        "activate.xsh" => ("tree/activate-xsh", "xonsh"),
        "activate_this.py" => ("tree/activate-this", "python"),
        "deactivate.bat" => ("tree/deactivate-bat", "cmd"),
        "deactivate.csh" => ("tree/deactivate-csh", "csh"),
        "pydoc.bat" => ("tree/pydoc-bat", "cmd"),
        _ if lower.strip_prefix("deactivate.").is_some() => ("tree/deactivate-other", ""),
        _ => return None,
    })
}
