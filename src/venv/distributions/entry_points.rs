//! `entry_points.txt`: commands and plug-ins, in sections of `name = object` lines
//! ([entry points](https://packaging.python.org/en/latest/specifications/entry-points/)).

/// The file has a line a plug-in; the biggest known have some hundreds.
pub const LIMIT: usize = 1 << 20;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPoint {
    /// The section: `console_scripts`, `gui_scripts`, or what a program looks plug-ins up by.
    pub group: String,
    /// The command's, or the plug-in's, name.
    pub name: String,
    /// `module:object`.
    pub object: String,
}

/// Every line that declares something (Lib/importlib/metadata, `Sectioned`).
pub fn parse(text: &str) -> Vec<EntryPoint> {
    let mut group = String::new();
    let mut points = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.trim().clone_into(&mut group);
        } else if let Some((name, object)) = line.split_once('=').filter(|_| !group.is_empty()) {
            points.push(EntryPoint { group: group.clone(), name: name.trim().to_owned(), object: object.trim().to_owned() });
        }
    }
    points
}

/// The names of the commands.
pub fn commands(points: &[EntryPoint]) -> Vec<String> {
    let is_command = |point: &&EntryPoint| matches!(point.group.as_str(), "console_scripts" | "gui_scripts");
    points.iter().filter(is_command).map(|point| point.name.clone()).collect()
}
