//! git's own settings, as far as they name remotes (git-config(1), "Syntax").

/// The URL of `origin`, else the first one (pip/_internal/vcs/git.py: `get_remote_url()`, which takes it up to the first space).
pub(super) fn remote(config: &str) -> Option<String> {
    let mut reader = Reader { rest: config };
    let mut section = Section::default();
    let mut found: Vec<(bool, String)> = Vec::new();
    while let Some(character) = reader.rest.chars().next() {
        match character {
            _ if character.is_whitespace() => reader.skip(1),
            '#' | ';' => reader.line(),
            '[' => section = reader.section(),
            _ => {
                let (key, value) = reader.setting();
                if section.is_remote && key.eq_ignore_ascii_case("url") {
                    let value = value.split(' ').next().unwrap_or_default().to_owned();
                    found.push((section.is_origin, value));
                }
            }
        }
    }
    found.iter().find(|(is_origin, _)| *is_origin).or(found.first()).map(|(_, url)| url.clone())
}

#[derive(Default)]
struct Section {
    is_remote: bool,
    is_origin: bool,
}

struct Reader<'c> {
    rest: &'c str,
}

impl Reader<'_> {
    fn skip(&mut self, characters: usize) {
        let mut left = self.rest.chars();
        left.by_ref().take(characters).for_each(drop);
        self.rest = left.as_str();
    }

    fn line(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
    }

    /// `[remote "origin"]`; the old spelling is `[remote.origin]`.
    fn section(&mut self) -> Section {
        let inner = self.rest.strip_prefix('[').unwrap_or(self.rest);
        let mut quoted = false;
        let end = inner.char_indices().find(|(_, character)| {
            quoted ^= *character == '"';
            *character == '\n' || (*character == ']' && !quoted)
        });
        let (inner, rest) = inner.split_at(end.map_or(inner.len(), |(at, _)| at));
        self.rest = rest.strip_prefix(']').unwrap_or(rest);
        let (name, of) = inner.split_once([' ', '\t', '.']).unwrap_or((inner, ""));
        let of = of.trim().trim_matches('"');
        Section { is_remote: name.trim().eq_ignore_ascii_case("remote") && !of.is_empty(), is_origin: of == "origin" }
    }

    /// `key = value`, the value without comment and quotes, over several lines where these end with a backslash.
    fn setting(&mut self) -> (String, String) {
        let end = self.rest.find(['=', '\n']).unwrap_or(self.rest.len());
        let (key, rest) = self.rest.split_at(end);
        let key = key.trim().to_owned();
        let Some(rest) = rest.strip_prefix('=') else {
            self.rest = rest;
            return (key, String::new());
        };
        let mut characters = rest.chars();
        let (mut value, mut quoted, mut kept) = (String::new(), false, 0);
        while let Some(character) = characters.next() {
            match character {
                '\n' => break,
                '"' => quoted = !quoted,
                '#' | ';' if !quoted => {
                    characters.by_ref().find(|character| *character == '\n');
                    break;
                }
                '\\' => match characters.next() {
                    Some('n') => value.push('\n'),
                    Some('t') => value.push('\t'),
                    Some('\n') | None => {}
                    Some(other) => value.push(other),
                },
                _ if character.is_whitespace() && !quoted && value.is_empty() => continue,
                _ => value.push(character),
            }
            // Spaces at the end count inside of quotes alone.
            if quoted || !character.is_whitespace() {
                kept = value.len();
            }
        }
        self.rest = characters.as_str();
        value.truncate(kept);
        (key, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_is_read_as_git_reads_it() {
        let url = |config: &str| remote(config).unwrap_or_default();
        assert_eq!(url("[core]\n\turl = x\n[remote \"a\"]\n\turl = one\n[remote \"origin\"]\n\tURL=two ; said\n"), "two");
        assert_eq!(url("[Remote \"origin\"] url = \"https://x/a#b\" # c\n"), "https://x/a#b");
        assert_eq!(url("[remote \"o]x\"]\nurl = ht\\\ntps  \n[remote \"b\"]\nurl = c"), "https");
        assert_eq!(url("[remote]\nurl = none\n[remote.origin]\nurl\nurl = old"), "");
        for odd in ["[", "[remote \"", "=", "a", "[remote \"a\"]\nurl = \\", "\u{0}", "[a]\n\"=\""] {
            assert_eq!(url(odd), "");
        }
    }
}
