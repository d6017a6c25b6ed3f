//! Python's `posixpath`.

/// Two slashes at the start are a root of their own, three or more are one (POSIX leaves `//` to the system).
pub(super) fn splitroot(path: &str) -> (&str, &str, &str) {
    let slashes = path.len() - path.trim_start_matches('/').len();
    let root = if slashes == 2 { 2 } else { slashes.min(1) };
    let (root, tail) = path.split_at(root);
    ("", root, tail)
}

pub(super) fn join(first: &str, second: &str) -> String {
    if second.starts_with('/') {
        second.to_owned()
    } else if first.is_empty() || first.ends_with('/') {
        [first, second].concat()
    } else {
        [first, "/", second].concat()
    }
}

pub(super) fn normpath(path: &str) -> String {
    let (_, root, tail) = splitroot(path);
    // Most paths are normal already.
    if !tail.is_empty() && tail.split('/').all(|part| !matches!(part, "" | "." | "..")) {
        return [root, tail].concat();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in tail.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if parts.is_empty() && !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    let normal = format!("{root}{}", parts.join("/"));
    if normal.is_empty() { ".".to_owned() } else { normal }
}

pub(super) fn split(path: &str) -> (&str, &str) {
    let (head, tail) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
    let stripped = head.trim_end_matches('/');
    (if stripped.is_empty() { head } else { stripped }, tail)
}
