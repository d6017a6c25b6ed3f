//! How a path is said: `.venv/bin` and `~` as a person would, or `<venv>` and `<base>` where the output must be the same on every machine.

use crate::machine::path::Rules;
use crate::page::{Role, Span, Text};

/// The folders that the explained world is named after.
#[derive(Debug, Clone)]
pub struct Names {
    rules: Rules,
    /// Longest folder first.
    places: Vec<Place>,
    /// The working folder, with a separator behind it; `None` where paths are not to be said from there.
    here: Option<String>,
}

#[derive(Debug, Clone)]
struct Place {
    folder: String,
    said: String,
    /// How it is typed where that differs.
    typed: Option<String>,
    role: Role,
}

/// What [`Names::new`] needs to know of the explained machine.
#[derive(Debug, Clone, Default)]
pub struct Landmarks<'a> {
    /// The environment's folder, absolute.
    pub environment: Option<&'a str>,
    /// The base installation's prefix.
    pub base: Option<&'a str>,
    /// The home folder.
    pub home: Option<&'a str>,
    /// The working folder.
    pub cwd: Option<&'a str>,
    /// Whether output must be the same on every machine.
    pub stable: bool,
}

impl Names {
    /// Names for one explained machine.
    pub fn new(rules: Rules, marks: &Landmarks<'_>) -> Self {
        let home = marks.home.filter(|folder| rules.dirname(folder) != **folder);
        let tilde = |folder: &str| match home.and_then(|home| below(rules, folder, home)) {
            Some(rest) => format!("~{rest}"),
            None => folder.to_owned(),
        };
        let mut places = Vec::new();
        if let Some(folder) = marks.environment {
            let said = if marks.stable { "<venv>".to_owned() } else { said_from(rules, folder, marks.cwd) };
            // The last name alone leads nowhere from a working folder that is not above it.
            let is_below = marks.cwd.and_then(|cwd| below(rules, folder, cwd)).is_some_and(|rest| !rest.is_empty());
            let typed = (!marks.stable && !is_below).then(|| tilde(folder));
            places.push(Place { folder: folder.to_owned(), said, typed, role: Role::Own });
        }
        if let Some(folder) = marks.base.filter(|folder| rules.dirname(folder) != **folder) {
            let said = if marks.stable { "<base>".to_owned() } else { tilde(folder) };
            places.push(Place { folder: folder.to_owned(), said, typed: None, role: Role::Base });
        }
        if let Some(folder) = home {
            places.push(Place { folder: folder.to_owned(), said: "~".to_owned(), typed: None, role: Role::Code });
        }
        places.sort_by_key(|place| std::cmp::Reverse(place.folder.len()));
        let here = marks.cwd.filter(|cwd| !marks.stable && rules.dirname(cwd) != **cwd).map(|cwd| format!("{cwd}{}", rules.sep()));
        Self { rules, places, here }
    }

    /// A path as a person would say it, marked with whose it is.
    pub fn path(&self, path: &str) -> Span {
        if path.is_empty() {
            return Span { text: "''".to_owned(), role: Role::Code, link: None, typed: None };
        }
        for place in &self.places {
            if let Some(rest) = below(self.rules, path, &place.folder) {
                let typed = place.typed.as_ref().map(|typed| format!("{typed}{rest}"));
                return Span { text: format!("{}{rest}", place.said), role: place.role, link: None, typed };
            }
        }
        Span { text: path.to_owned(), role: Role::Code, link: None, typed: None }
    }

    /// A path as a text.
    pub fn say(&self, path: &str) -> Text {
        Text(vec![self.path(path)])
    }

    /// A text in which paths may stand anywhere (a PATH value, a shebang, a line of a script), each said as [`Names::path`] does.
    pub fn within(&self, text: &str) -> String {
        self.places.iter().fold(text.to_owned(), |text, place| replace_folder(&text, &place.folder, &place.said, self.rules))
    }

    /// A command in which whole paths stand, with those said shorter that lead to the same place from the working folder. A shell
    /// puts the home folder for `~` only where it is not quoted.
    pub fn within_command(&self, command: &str) -> String {
        let is_quoted = command.contains(['\'', '"']);
        let leads_there = |place: &&Place| place.typed.is_none() && !(is_quoted && place.said.starts_with('~'));
        let places = self.places.iter().filter(leads_there);
        let shorter = places.fold(command.to_owned(), |text, place| replace_folder(&text, &place.folder, &place.said, self.rules));
        // The home folder may have been put short before the working folder below it is seen.
        let folders = self.here.iter().flat_map(|here| [here.clone(), self.within(here)]);
        let starts = folders.flat_map(|here| [" ", " '", " \""].map(|before| (format!("{before}{here}"), before)));
        starts.fold(shorter, |text, (whole, before)| text.replace(&whole, before))
    }
}

/// What follows `folder` in `path`, with its separator; `None` when the path is not inside it.
fn below<'p>(rules: Rules, path: &'p str, folder: &str) -> Option<&'p str> {
    let start = path.get(..folder.len())?;
    let same = if rules == Rules::Windows { start.eq_ignore_ascii_case(folder) } else { start == folder };
    let rest = path.get(folder.len()..)?;
    (same && (rest.is_empty() || rest.starts_with(rules.sep()))).then_some(rest)
}

/// A folder as said from the working folder: relative when it is below it, else its last name.
fn said_from(rules: Rules, folder: &str, cwd: Option<&str>) -> String {
    let relative = cwd.and_then(|cwd| below(rules, folder, cwd)).map(|rest| rest.trim_start_matches(rules.sep()));
    match relative {
        Some(relative) if !relative.is_empty() => relative.to_owned(),
        _ => match rules.basename(folder) {
            name if name.is_empty() => folder.to_owned(),
            name => name,
        },
    }
}

/// Replaces `folder` where it stands as whole leading components of a path inside `text`.
fn replace_folder(text: &str, folder: &str, said: &str, rules: Rules) -> String {
    if folder.is_empty() || folder == said {
        return text.to_owned();
    }
    // Lower-casing ASCII alone keeps every byte offset.
    let (haystack, needle) = match rules {
        Rules::Windows => (text.to_ascii_lowercase(), folder.to_ascii_lowercase()),
        Rules::Posix => (text.to_owned(), folder.to_owned()),
    };
    let mut replaced = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in haystack.match_indices(&needle) {
        let end = at + needle.len();
        let before = text[..at].chars().next_back();
        let after = text[end..].chars().next();
        if before.is_some_and(continues_a_name) || after.is_some_and(|c| continues_a_name(c) && c != '/' && c != '\\') {
            continue;
        }
        replaced.push_str(&text[done..at]);
        replaced.push_str(said);
        done = end;
    }
    replaced.push_str(&text[done..]);
    replaced
}

/// Whether a character next to a folder's name makes it another name (`/usr` in `/opt/usr` or in `/usr2`).
fn continues_a_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '/' | '\\' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(stable: bool) -> Names {
        let marks = Landmarks {
            environment: Some("/home/ada/app/.venv"),
            base: Some("/usr"),
            home: Some("/home/ada"),
            cwd: Some("/home/ada/app"),
            stable,
        };
        Names::new(Rules::Posix, &marks)
    }

    #[test]
    fn a_path_is_said_from_where_one_stands() {
        assert_eq!(names(false).path("/home/ada/app/.venv/bin/pip").text, ".venv/bin/pip");
        assert_eq!(names(false).path("/home/ada/.local").text, "~/.local");
        assert_eq!(names(false).path("/usr/bin").text, "/usr/bin");
        assert_eq!(names(false).path("/usr2/bin").text, "/usr2/bin");
    }

    #[test]
    fn a_command_names_a_folder_so_that_it_is_found_from_there() {
        let typed = |cwd: &str| {
            let marks =
                Landmarks { environment: Some("/home/ada/app/.venv"), home: Some("/home/ada"), cwd: Some(cwd), ..Landmarks::default() };
            Names::new(Rules::Posix, &marks).say("/home/ada/app/.venv/bin/python").typed()
        };
        assert_eq!(typed("/home/ada/app"), ".venv/bin/python");
        assert_eq!(typed("/home/ada"), "app/.venv/bin/python");
        assert_eq!(typed("/home/ada/app/.venv"), "~/app/.venv/bin/python");
        assert_eq!(typed("/elsewhere"), "~/app/.venv/bin/python");
        assert_eq!(names(false).within_command("python3 -m venv --clear /home/ada/app/.venv"), "python3 -m venv --clear .venv");
        assert_eq!(names(false).within_command("pip -r /home/ada/app/x.txt '/home/ada/app/a b'"), "pip -r x.txt 'a b'");
        assert_eq!(names(false).within_command("pip -r /home/ada/app/x.txt /home/ada/other"), "pip -r x.txt ~/other");
        assert_eq!(names(false).within_command("cd /home/ada/x '/home/ada/a b'"), "cd /home/ada/x '/home/ada/a b'");
    }

    #[test]
    fn stable_names_are_the_same_on_every_machine() {
        assert_eq!(names(true).within("/home/ada/app/.venv/bin:/usr/bin:/opt/usr:/usr2"), "<venv>/bin:<base>/bin:/opt/usr:/usr2");
        assert_eq!(names(true).path("/usr/bin").text, "<base>/bin");
    }
}
