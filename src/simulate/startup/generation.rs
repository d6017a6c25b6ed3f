//! Which rules a version of Python follows when it starts.
//!
//! The rules changed between patch releases too, and some changes were made in several branches at once; so every question
//! here is answered from major, minor and micro, next to the change that is its reason.

use std::fmt;
use std::str::FromStr;

/// A release of the language: `3.12.4`, `3.15.0rc1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Release {
    major: u32,
    minor: u32,
    micro: u32,
    stage: Stage,
}

/// How finished a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Alpha, beta or release candidate.
    Preview,
    Final,
}

impl FromStr for Release {
    type Err = ();

    fn from_str(text: &str) -> Result<Release, ()> {
        let mut numbers = text.trim().splitn(3, '.');
        let mut next = || numbers.next().and_then(leading_number);
        let major = next().ok_or(())?;
        let minor = next().ok_or(())?;
        let micro = next().unwrap_or(0);
        let last = text.rsplit('.').next().unwrap_or("");
        let suffix = last.trim_start_matches(|c: char| c.is_ascii_digit());
        let stage = if suffix.starts_with(['a', 'b', 'r', 'c']) { Stage::Preview } else { Stage::Final };
        Ok(Release { major, minor, micro, stage })
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).map_or(text, |end| text.get(..end).unwrap_or(""));
    digits.parse().ok()
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

/// How often `site` reads the `.pth` files of an environment, and what it does with their lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PthLines {
    /// Up to 3.12.3: text of the locale, cut at line ends.
    Locale,
    /// 3.12.4 and 3.13 on: UTF-8 with or without byte order mark, else the locale; cut as `str.splitlines` does (gh-77102).
    Utf8,
}

/// Which program computes the first paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Core {
    /// `Modules/getpath.c`: 3.10 and older.
    Classic,
    /// `Modules/getpath.py`, frozen into the interpreter: 3.11 and newer.
    Modern,
}

impl Release {
    /// A release for tests.
    #[cfg(test)]
    pub(crate) const fn new(minor: u32, micro: u32) -> Release {
        Release { major: 3, minor, micro, stage: Stage::Final }
    }

    /// `3.12`.
    pub(crate) fn dotted(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// `312`.
    pub(crate) fn undotted(self) -> String {
        format!("{}{}", self.major, self.minor)
    }

    /// `3`.
    pub(crate) fn major(self) -> u32 {
        self.major
    }

    /// The second number.
    pub(crate) fn minor(self) -> u32 {
        self.minor
    }

    /// Whether it is 3.`minor` or newer.
    pub(crate) fn at_least(self, minor: u32) -> bool {
        self.major > 3 || (self.major == 3 && self.minor >= minor)
    }

    /// Whether a change is in: made in each listed (minor, micro), and in every branch newer than the last one listed.
    fn has_change(self, made_in: &[(u32, u32)]) -> bool {
        let newest = made_in.iter().map(|change| change.0).max().unwrap_or(0);
        self.at_least(newest + 1) || made_in.iter().any(|&(minor, micro)| self.major == 3 && self.minor == minor && self.micro >= micro)
    }

    /// Which program computes the first paths.
    pub(crate) fn core(self) -> Core {
        if self.at_least(11) { Core::Modern } else { Core::Classic }
    }

    /// `PYTHONPLATLIBDIR` and `sys.platlibdir` (3.9).
    pub(crate) fn has_platlibdir(self) -> bool {
        self.at_least(9)
    }

    /// `-P` and `PYTHONSAFEPATH` (3.11, gh-57684).
    pub(crate) fn has_safe_path(self) -> bool {
        self.at_least(11)
    }

    /// Whether `PYTHONNOUSERSITE=0` means off: the value is read as a number since 3.7 (`_Py_get_env_flag`).
    pub(crate) fn flags_are_numbers(self) -> bool {
        self.at_least(7)
    }

    /// Whether `getpath.py` sets the prefix of an environment itself (3.14, gh-126985); before, only `site` does.
    pub(crate) fn core_sets_venv_prefix(self) -> bool {
        self.at_least(14)
    }

    /// Whether the folder of the resolved base executable beats `home` (gh-106045).
    pub(crate) fn resolved_base_beats_home(self) -> bool {
        self.has_change(&[(14, 10), (15, 2)])
    }

    /// Whether `Modules/Setup.local` marks a build tree (until gh-151544, CVE-2026-12003).
    pub(crate) fn setup_local_marks_build(self) -> bool {
        !self.has_change(&[(13, 15), (14, 7), (15, 0)])
    }

    /// Whether the base executable's name falls back to `python3` and `python3.X` (3.11.1, gh-99204).
    pub(crate) fn base_name_falls_back(self) -> bool {
        self.has_change(&[(11, 1)])
    }

    /// Whether a file that may not be read counts as absent for `getpath.py` (3.11.1, gh-96005).
    pub(crate) fn unreadable_is_absent(self) -> bool {
        self.has_change(&[(11, 1)])
    }

    /// Whether the launcher variables leave the real executable as the base (3.13).
    pub(crate) fn launcher_keeps_base(self) -> bool {
        self.at_least(13)
    }

    /// Whether `exec_prefix` follows `prefix` before anything is searched (3.14, gh-66409).
    pub(crate) fn exec_prefix_follows_prefix(self) -> bool {
        self.at_least(14)
    }

    /// Whether a `._pth` file switches the account's own packages off too (3.15, gh-120037).
    pub(crate) fn pth_file_disables_user_site(self) -> bool {
        self.at_least(15)
    }

    /// Whether the length of numbers as text has a limit (gh-95778).
    pub(crate) fn limits_int_digits(self) -> bool {
        self.has_change(&[(7, 14), (8, 14), (9, 14), (10, 7), (11, 0)])
    }

    /// How `.pth` files are read.
    pub(crate) fn pth_lines(self) -> PthLines {
        if self.has_change(&[(12, 4)]) { PthLines::Utf8 } else { PthLines::Locale }
    }

    /// Whether `.pth` files whose name starts with a dot are passed over (gh-113659).
    pub(crate) fn skips_hidden_pth(self) -> bool {
        self.has_change(&[(8, 19), (9, 19), (10, 14), (11, 8), (12, 2)])
    }

    /// Whether `site` collects all folders first and runs code afterwards, and reads `.start` files (3.15, PEP 829).
    pub(crate) fn batches_site(self) -> bool {
        self.at_least(15)
    }

    /// Whether `encodings` is part of the program itself, as the release has it (previews of 3.15; gh-145278).
    pub(crate) fn freezes_encodings(self) -> bool {
        self.at_least(16) || (self.at_least(15) && self.micro == 0 && self.stage == Stage::Preview)
    }

    /// Whether `sys._base_executable` exists everywhere (3.8).
    pub(crate) fn has_base_executable(self) -> bool {
        self.at_least(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> Release {
        text.parse().unwrap()
    }

    #[test]
    fn a_change_made_in_several_branches_is_found_in_each() {
        for (version, expected) in
            [("3.8.18", false), ("3.8.19", true), ("3.11.7", false), ("3.11.8", true), ("3.12.1", false), ("3.13.0", true)]
        {
            assert_eq!(release(version).skips_hidden_pth(), expected, "{version}");
        }
        assert!(!release("3.14.9").resolved_base_beats_home() && release("3.14.10").resolved_base_beats_home());
        assert!(!release("3.15.1").resolved_base_beats_home() && release("3.15.2").resolved_base_beats_home());
    }

    #[test]
    fn previews_are_read() {
        assert!(release("3.15.0rc1").freezes_encodings() && !release("3.15.0").freezes_encodings());
        assert!("x".parse::<Release>().is_err());
    }
}
