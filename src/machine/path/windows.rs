//! Python's `ntpath`, as it is on every system (`Lib/ntpath.py`), so without asking Windows.

const SEPARATORS: [char; 2] = ['\\', '/'];

fn is_sep(character: char) -> bool {
    SEPARATORS.contains(&character)
}

/// `\\server\share`, `\\?\UNC\server\share` and `\\.\device\x` are drives; otherwise one character and a colon is.
pub(super) fn splitroot(path: &str) -> (&str, &str, &str) {
    let mut characters = path.chars();
    let first = characters.next();
    if first.is_some_and(is_sep) {
        let (root, tail) = path.split_at(1);
        return if tail.starts_with(SEPARATORS) { split_share(path) } else { ("", root, tail) };
    }
    if characters.next() != Some(':') {
        return ("", "", path);
    }
    let (drive, rest) = path.split_at(path.find(':').map_or(0, |colon| colon + 1));
    let (root, tail) = rest.split_at(usize::from(rest.starts_with(SEPARATORS)));
    (drive, root, tail)
}

fn split_share(path: &str) -> (&str, &str, &str) {
    let is_unc = path.get(..8).is_some_and(|start| normcase(start) == r"\\?\unc\");
    let mut separators = path.char_indices().skip(if is_unc { 8 } else { 2 }).filter(|(_, character)| is_sep(*character));
    let Some((end, _)) = separators.nth(1) else { return (path, "", "") };
    let (drive, rest) = path.split_at(end);
    let (root, tail) = rest.split_at(1);
    (drive, root, tail)
}

/// With a drive and a root, or a share; `\name` is not (3.13, and `_Py_isabs` ever since there is one).
pub(super) fn is_absolute(path: &str) -> bool {
    let mut start = path.chars().take(3);
    match (start.next(), start.next(), start.next()) {
        (Some(a), Some(b), _) if is_sep(a) && is_sep(b) => true,
        (Some(_), Some(':'), Some(c)) => is_sep(c),
        _ => false,
    }
}

pub(super) fn join(first: &str, second: &str) -> String {
    let (drive, root, tail) = splitroot(first);
    let (drive_2, root_2, tail_2) = splitroot(second);
    if !root_2.is_empty() {
        let kept = if !drive_2.is_empty() || drive.is_empty() { drive_2 } else { drive };
        return assemble(kept, root_2, tail_2);
    }
    if !drive_2.is_empty() && drive_2.to_lowercase() != drive.to_lowercase() {
        return assemble(drive_2, root_2, tail_2);
    }
    let drive = if drive_2.is_empty() { drive } else { drive_2 };
    let between = if tail.is_empty() || tail.ends_with(SEPARATORS) { "" } else { "\\" };
    assemble(drive, root, &format!("{tail}{between}{tail_2}"))
}

/// A share and a relative name need a separator between them.
fn assemble(drive: &str, root: &str, tail: &str) -> String {
    let bare_share = root.is_empty() && !drive.is_empty() && !drive.ends_with([':', '\\', '/']);
    let root = if bare_share && !tail.is_empty() { "\\" } else { root };
    format!("{drive}{root}{tail}")
}

pub(super) fn normcase(path: &str) -> String {
    path.replace('/', "\\").to_lowercase()
}

pub(super) fn normpath(path: &str) -> String {
    let path = path.replace('/', "\\");
    let (drive, root, tail) = splitroot(&path);
    let mut parts: Vec<&str> = Vec::new();
    for part in tail.split('\\') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if parts.is_empty() && !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    let normal = format!("{drive}{root}{}", parts.join("\\"));
    if normal.is_empty() { ".".to_owned() } else { normal }
}

pub(super) fn abspath(cwd: &str, path: &str) -> String {
    let joined = join(cwd, path);
    let (drive, root, tail) = splitroot(&joined);
    if root.is_empty() && drive.ends_with(':') { normpath(&format!("{drive}\\{tail}")) } else { normpath(&joined) }
}

pub(super) fn split(path: &str) -> (&str, &str) {
    let (drive, root, rest) = splitroot(path);
    let base = drive.len() + root.len();
    let name = rest.rfind(SEPARATORS).map_or(0, |at| at + 1);
    let (head, tail) = path.split_at(base + name);
    let folder = rest.get(..name).map_or(0, |folder| folder.trim_end_matches(SEPARATORS).len());
    (head.get(..base + folder).unwrap_or(head), tail)
}
