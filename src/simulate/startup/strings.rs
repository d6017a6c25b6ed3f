//! Path arithmetic as start-up does it, which is neither `os.path`'s nor the kernel's.
//!
//! `CPython` computes its first paths before any Python module can be imported, with string functions of its own in C. Their
//! quirks decide what `sys.executable` and `sys.prefix` look like, so they are kept here to the letter: the older functions
//! ([`reduce`], [`classic_join`]) never normalise, the newer ones ([`Strings`]) do so at every join.

use crate::machine::path::Rules;

/// The string functions that `getpath.py` (3.11 and newer) is given by `Modules/getpath.c`.
#[derive(Debug, Clone)]
pub(super) struct Strings {
    rules: Rules,
    cwd: Option<String>,
}

impl Strings {
    /// For a platform's rules and the working folder, `None` where that is gone.
    pub(super) fn new(rules: Rules, cwd: Option<String>) -> Strings {
        Strings { rules, cwd }
    }

    /// The platform's rules.
    pub(super) fn rules(&self) -> Rules {
        self.rules
    }

    /// `getpath_dirname`: all before the last separator; nothing when there is none, and nothing for `/x`.
    pub(super) fn dirname(&self, path: &str) -> String {
        match self.rules {
            Rules::Posix => reduce(path).to_owned(),
            Rules::Windows => {
                let cut = path.trim_end_matches('\\').rfind('\\').map_or("", |at| path.get(..at).unwrap_or(""));
                // `C:` alone would mean the drive's current folder.
                if cut.len() == 2 && cut.ends_with(':') { format!("{cut}\\") } else { cut.to_owned() }
            }
        }
    }

    /// `getpath_basename`.
    pub(super) fn basename<'p>(&self, path: &'p str) -> &'p str {
        path.rsplit(self.rules.sep()).next().unwrap_or(path)
    }

    /// `getpath_joinpath`: join and normalise. A left part of exactly one character other than the separator gets no
    /// separator (`join_relfile` in `Python/fileutils.c` adds one only where `dirlen > 1`), so `.` and `lib` make `.lib`.
    pub(super) fn join(&self, first: &str, second: &str) -> String {
        match self.rules {
            Rules::Windows => self.rules.normpath(&self.rules.join(first, second)),
            Rules::Posix => {
                if second.starts_with('/') || first.is_empty() {
                    return normpath(second);
                }
                let separator = if first.len() > 1 && !first.ends_with('/') { "/" } else { "" };
                normpath(&format!("{first}{separator}{second}"))
            }
        }
    }

    /// `getpath_abspath`: a relative path is normalised first and then put behind the working folder, so a leading `..` stays.
    pub(super) fn abspath(&self, path: &str) -> String {
        match self.rules {
            Rules::Windows => self.rules.abspath(self.cwd.as_deref().unwrap_or(""), path),
            Rules::Posix => {
                let path = normpath(path);
                match &self.cwd {
                    Some(cwd) if path.is_empty() || path == "." => cwd.clone(),
                    Some(cwd) if !path.starts_with('/') => format!("{cwd}/{path}"),
                    _ => path,
                }
            }
        }
    }

    /// Where `getpath.py` looks upwards from: the folder and its parents, stopping before the root.
    pub(super) fn upwards(&self, from: &str) -> Vec<String> {
        let mut folders = Vec::new();
        let mut folder = from.to_owned();
        while !folder.is_empty() && folders.len() < UPWARDS {
            let above = self.dirname(&folder);
            let same = above == folder;
            folders.push(folder);
            folder = if same { String::new() } else { above };
        }
        folders
    }
}

/// More parents than a path of 4096 bytes can have.
const UPWARDS: usize = 2100;

/// `reduce` of `Modules/getpath.c` (3.10 and older): cut at the last slash; nothing is left of `/x` and of `x`.
pub(super) fn reduce(path: &str) -> &str {
    path.rfind('/').and_then(|at| path.get(..at)).unwrap_or("")
}

/// `joinpath` of `Modules/getpath.c` (3.10 and older): no normalising.
pub(super) fn classic_join(first: &str, second: &str) -> String {
    if second.starts_with('/') {
        return second.to_owned();
    }
    let separator = if first.is_empty() || first.ends_with('/') { "" } else { "/" };
    format!("{first}{separator}{second}")
}

/// `_Py_normpath` (`Python/fileutils.c`) on POSIX: like `posixpath.normpath`, but what vanishes altogether stays empty.
pub(super) fn normpath(path: &str) -> String {
    if path.is_empty() || path == "." {
        return path.to_owned();
    }
    let slashes = path.len() - path.trim_start_matches('/').len();
    // POSIX lets two leading slashes mean something of their own; three are one.
    let root = match slashes {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if root.is_empty() => parts.push(".."),
                _ => {}
            },
            _ => parts.push(part),
        }
    }
    format!("{root}{}", parts.join("/"))
}

/// Whether `str.strip()` takes the character away: Unicode's white space and the four ASCII separators.
pub(super) fn is_python_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

/// `str.strip()`.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_python_space)
}

/// `str.splitlines()`, which also cuts at vertical tab, form feed, the ASCII separators, NEL and U+2028/9.
pub(super) fn splitlines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'));
        let Some(end) = end else {
            lines.push(rest);
            break;
        };
        let (line, tail) = rest.split_at(end);
        lines.push(line);
        rest = match tail.strip_prefix("\r\n") {
            Some(after) => after,
            None => tail.get(tail.chars().next().map_or(0, char::len_utf8)..).unwrap_or(""),
        };
    }
    lines
}

/// The lines of a file that Python opened as text: universal newlines.
pub(super) fn universal_lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posix() -> Strings {
        Strings::new(Rules::Posix, Some("/w".to_owned()))
    }

    #[test]
    fn a_left_part_of_one_character_gets_no_separator() {
        assert_eq!(posix().join(".", "lib"), ".lib");
        assert_eq!(posix().join("q", "python"), "qpython");
        assert_eq!(posix().join("/", "x"), "/x");
        assert_eq!(posix().join("ab", "x"), "ab/x");
    }

    #[test]
    fn joining_normalises_from_3_11_on_and_not_before() {
        assert_eq!(posix().join("/a/../b", "./c//d"), "/b/c/d");
        assert_eq!(classic_join("/a/../b", "./c//d"), "/a/../b/./c//d");
    }

    #[test]
    fn making_absolute_keeps_leading_parent_folders() {
        assert_eq!(posix().abspath("../x"), "/w/../x");
        assert_eq!(posix().abspath("./x/../y"), "/w/y");
        assert_eq!(posix().abspath(""), "/w");
        assert_eq!(posix().abspath("/a//b/"), "/a/b");
        assert_eq!(posix().abspath("//x/y"), "//x/y");
    }

    #[test]
    fn the_search_upwards_never_reaches_the_root() {
        assert_eq!(posix().upwards("/a/b"), ["/a/b", "/a"]);
        assert_eq!(Strings::new(Rules::Windows, None).upwards("C:\\P\\x"), ["C:\\P\\x", "C:\\P", "C:\\"]);
    }

    #[test]
    fn lines_are_cut_where_python_cuts_them() {
        assert_eq!(splitlines("a\r\nb\x0cc\u{2028}d\n"), ["a", "b", "c", "d"]);
        assert_eq!(universal_lines("a\rb\r\nc"), ["a", "b", "c"]);
        assert_eq!(strip("\u{a0}\x1d x \n"), "x");
    }
}
