//! Every key of `pyvenv.cfg` that some maker of environments writes: who writes it, and who reads it again.
//!
//! Learnt by making environments with each of them and reading their sources; that a key changes nothing for Python was tried
//! by giving it a false value.

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The key, in lower case.
    pub name: &'static str,
    /// Tools that write it.
    pub written_by: &'static [&'static str],
    /// Programs that read it again.
    pub read_by: &'static [&'static str],
}

/// Where a key comes from and goes to, or `None` for a key that nobody writes.
pub fn known(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// All known keys.
pub const KEYS: &[Key] = &[
    key("home", &["venv", "virtualenv", "uv"], &["getpath", "site", "venvlauncher", "uv", "pdm", "pipx"]),
    key("include-system-site-packages", &["venv", "virtualenv", "uv"], &["site", "pip", "uv", "poetry", "pdm"]),
    key("version", &["venv", "virtualenv"], &["uv", "vscode"]),
    key("version_info", &["virtualenv", "uv"], &["uv", "vscode"]),
    key("python-version", &["virtualenv"], &[]),
    key("prompt", &["venv", "virtualenv", "uv"], &["Activate.ps1", "vscode", "starship"]),
    key("executable", &["venv", "virtualenv"], &[]),
    key("command", &["venv", "virtualenv"], &[]),
    key("implementation", &["virtualenv", "uv"], &[]),
    key("virtualenv", &["virtualenv"], &["uv", "nox"]),
    key("uv", &["uv"], &["uv", "nox"]),
    key("gourgeist", &["uv"], &[]),
    key("base-prefix", &["virtualenv"], &["nox"]),
    key("base-exec-prefix", &["virtualenv"], &[]),
    key("base-executable", &["virtualenv"], &[]),
    key("relocatable", &["uv"], &["uv"]),
    key("seed", &["uv"], &["uv"]),
    key("extends-environment", &["uv"], &["uv"]),
    key("venvlauncher_command", &["venv", "virtualenv", "uv"], &["venvlauncher"]),
];

const fn key(name: &'static str, written_by: &'static [&'static str], read_by: &'static [&'static str]) -> Key {
    Key { name, written_by, read_by }
}
