//! `pyvenv.cfg` as the C code of 3.10 and older reads it, far stricter than `site` does.

use super::Getpath;
use crate::machine::{Fault, Kind, text};
use crate::simulate::startup::disk::{Disk, TEXT_LIMIT};
use crate::simulate::startup::steps;
use crate::simulate::startup::strings::{classic_join, reduce};
use crate::simulate::startup::{Outcome, Probe, Step};
use crate::venv::Source;

const RULE: &str = "Modules/getpath.c: calculate_read_pyenv";

impl Getpath<'_, '_> {
    /// Beside the real executable first, then one level above; the first that opens counts.
    pub(super) fn read_pyvenv_cfg(&mut self) {
        let folders = [self.start.clone(), reduce(&self.start).to_owned()];
        let mut looked = Vec::new();
        for folder in folders {
            let file = classic_join(&folder, "pyvenv.cfg");
            let Some(bytes) = open(self.scene.disk, &file) else {
                looked.push(Probe { path: file, found: false });
                continue;
            };
            looked.push(Probe { path: file.clone(), found: true });
            self.account.push(Step::new(steps::PYVENV_CFG, Outcome::Found, RULE).file(&file).value(folder).looked(looked));
            match find_value(&bytes, "home") {
                Some((line, value)) => {
                    self.account.push(Step::new(steps::HOME, Outcome::Set, RULE).file(&file).line(line).value(value.clone()));
                    self.home_line = Source { file: Some(file), line: Some(line) };
                    self.start = value;
                }
                None => self.account.push(Step::new(steps::HOME, Outcome::NotFound, RULE).file(&file)),
            }
            return;
        }
        self.account.push(Step::new(steps::PYVENV_CFG, Outcome::NotFound, RULE).looked(looked));
    }
}

/// `fopen`: a folder opens and reads as nothing.
pub(in crate::simulate::startup) fn open(disk: Disk<'_>, file: &str) -> Option<Vec<u8>> {
    match disk.machine.read(file, TEXT_LIMIT) {
        Ok(bytes) => Some(bytes.to_vec()),
        Err(Fault::NotAFile(Kind::Dir) | Fault::NotRecorded) => Some(Vec::new()),
        Err(_) => None,
    }
}

/// `find_env_config_value`: `key = value` with `=` as a word of its own and a line end; anything malformed ends the reading.
pub(in crate::simulate::startup) fn find_value(bytes: &[u8], key: &str) -> Option<(u32, String)> {
    // fgets into a buffer of 2 * MAXPATHLEN + 1 bytes.
    const LONGEST: usize = 8191;
    for (line, number) in bytes.split_inclusive(|&byte| byte == b'\n').zip(1u32..) {
        if line.last() != Some(&b'\n') || line.len() > LONGEST || line.contains(&0) {
            return None;
        }
        if line.first() == Some(&b'#') {
            continue;
        }
        let line = text::decode(line);
        let mut rest = line.as_str();
        if token(&mut rest, &[' ', '\t', '\r', '\n']) == Some(key)
            && token(&mut rest, &[' ', '\t']) == Some("=")
            && let Some(value) = token(&mut rest, &['\r', '\n'])
        {
            return Some((number, value.to_owned()));
        }
    }
    None
}

/// `wcstok`: skips delimiters, takes all up to the next one, and swallows that one.
fn token<'t>(rest: &mut &'t str, delimiters: &[char]) -> Option<&'t str> {
    let start = rest.trim_start_matches(delimiters);
    if start.is_empty() {
        return None;
    }
    let end = start.find(delimiters).unwrap_or(start.len());
    let (token, tail) = start.split_at(end);
    *rest = tail.get(1..).unwrap_or("");
    Some(token)
}

#[cfg(test)]
mod tests {
    use super::find_value;

    fn home(text: &str) -> Option<String> {
        find_value(text.as_bytes(), "home").map(|(_, value)| value)
    }

    #[test]
    fn only_the_exact_form_counts() {
        assert_eq!(home("home = /usr/bin\n").as_deref(), Some("/usr/bin"));
        assert_eq!(home("  home\t=\t/usr/bin\r\n").as_deref(), Some("/usr/bin"));
        assert_eq!(home("home =  /usr/bin \n").as_deref(), Some(" /usr/bin "));
        for wrong in ["home=/usr/bin\n", "home =/usr/bin\n", "HOME = /usr/bin\n", "home = /usr/bin", "home = \n", "\u{feff}home = /x\n"] {
            assert_eq!(home(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_first_of_two_counts_and_a_broken_line_ends_the_reading() {
        assert_eq!(home("home = /a\nhome = /b\n").as_deref(), Some("/a"));
        assert_eq!(home("x\0y\nhome = /b\n"), None);
        assert_eq!(home(&format!("{}\nhome = /b\n", "x".repeat(9000))), None);
        assert_eq!(home("# c\nx = 1\nhome = a=b\n").as_deref(), Some("a=b"));
    }
}
