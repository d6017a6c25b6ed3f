//! Makes a machine of a capture's YAML, and names the place of what cannot be.

use super::raw::{self, Pairs, Raw, RawEntry, SIZE_LIMIT, spoken};
use super::tree::{Entry, Files};
use super::{Capture, CaptureError, registry_key};
use crate::machine::resolve::{Last, Resolver};
use crate::machine::variables::Variables;
use crate::machine::{Build, Platform};
use crate::yaml::place;
use serde_yaml::Spanned;
use std::collections::BTreeMap;

const VERSION: &str = "capture/1";
/// Links met one below another while an entry written below a link finds its place.
const LINKS_AT_MOST: usize = 40;

/// Reads a capture; see [`Capture::parse`].
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Capture, CaptureError> {
    let reader = Reader { file, text: text_of(file, bytes)? };
    let raw = reader.raw()?;
    reader.check_version(raw.version.as_ref())?;
    let platform = reader.platform(raw.platform.as_ref())?;
    let rules = platform.rules();
    let absolute = |path: Option<Spanned<String>>| path.map(|path| reader.absolute(platform, &path)).transpose();
    let cwd = absolute(raw.cwd)?;
    let mut files = reader.files(platform, raw.files)?;
    if let Some(cwd) = &cwd {
        // A link or a file may well be recorded there: then that is what it is.
        drop(files.add(cwd, Entry::folder()));
    }
    let mut interpreters = BTreeMap::new();
    for (path, build) in raw.interpreters.0 {
        reader.check_build(&path, &build)?;
        interpreters.insert(rules.normcase(&reader.absolute(platform, &path)?), build);
    }
    Ok(Capture {
        platform,
        cwd,
        variables: Variables::new(platform, raw.env.0.into_iter().map(|(name, value)| (name.value, value))),
        venv: absolute(raw.venv)?,
        user_home: raw.user_home.map(|home| home.value),
        interpreters,
        registry: raw.registry.0.into_iter().map(|(key, value)| (registry_key(&key.value), value)).collect(),
        files,
        resolver: Resolver::new(rules),
    })
}

fn text_of<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, CaptureError> {
    if bytes.len() > SIZE_LIMIT {
        return Err(CaptureError::of_file(file, format!("{} bytes", bytes.len()), format!("a capture of at most {SIZE_LIMIT} bytes")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count() as u32 + 1;
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(before.get(line_start..).unwrap_or_default()).chars().count() as u32 + 1;
        let advice = "Record such a file's bytes as {base64: …}";
        CaptureError::of_file(file, "bytes that are not UTF-8", "YAML in UTF-8").at((line, column)).advise(advice)
    })?;
    if text.trim().is_empty() {
        return Err(CaptureError::of_file(file, "an empty file", format!("a capture, beginning `venv-explain: {VERSION}`")));
    }
    Ok(text)
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn raw(&self) -> Result<Raw, CaptureError> {
        raw::parse(self.text).map_err(|error| {
            // A capture of another version may hold what this one does not know; then the version is the mistake to name.
            match raw::version(self.text).map(|version| self.check_version(Some(&version))) {
                Some(Err(other_version)) => other_version,
                _ => spoken(self.file, self.text, &error),
            }
        })
    }

    fn check_version(&self, version: Option<&Spanned<String>>) -> Result<(), CaptureError> {
        let expected = format!("`venv-explain: {VERSION}`");
        match version {
            None => Err(CaptureError::of_file(self.file, "no line `venv-explain: …`", expected).advise("Is this a capture?")),
            Some(version) if version.value == VERSION => Ok(()),
            Some(version) => Err(CaptureError::of_file(self.file, format!("`venv-explain: {}`", version.value), expected)
                .at(place(version.referenced))
                .advise("A capture of a later version needs a later venv-explain")),
        }
    }

    fn platform(&self, platform: Option<&Spanned<String>>) -> Result<Platform, CaptureError> {
        let expected = "`platform: linux`, `platform: macos` or `platform: windows`";
        let Some(platform) = platform else { return Err(CaptureError::of_file(self.file, "no platform", expected)) };
        match platform.value.as_str() {
            "linux" => Ok(Platform::Linux),
            "macos" => Ok(Platform::Macos),
            "windows" => Ok(Platform::Windows),
            other => Err(CaptureError::of_file(self.file, format!("the platform `{other}`"), expected).at(place(platform.referenced))),
        }
    }

    fn absolute(&self, platform: Platform, path: &Spanned<String>) -> Result<String, CaptureError> {
        let rules = platform.rules();
        if rules.is_absolute(&path.value) && !path.value.contains('\0') {
            return Ok(rules.normpath(&path.value));
        }
        let example = if platform == Platform::Windows { r"C:\Users\Ada" } else { "/home/ada" };
        let found = format!("the path `{}`", path.value);
        Err(CaptureError::of_file(self.file, found, format!("an absolute path, like {example}")).at(place(path.referenced)))
    }

    fn check_build(&self, path: &Spanned<String>, build: &Build) -> Result<(), CaptureError> {
        let known = [
            ("implementation", &build.implementation, &["cpython", "pypy", "graalpy"][..]),
            ("vendor", &build.vendor, &["debian", "fedora", "none"][..]),
        ];
        for (key, value, allowed) in known {
            if let Some(value) = value.as_deref().filter(|value| !allowed.contains(value)) {
                let found = format!("the {key} `{value}` of {}", path.value);
                return Err(CaptureError::of_file(self.file, found, format!("one of {}", allowed.join(", "))).at(place(path.referenced)));
            }
        }
        Ok(())
    }

    fn files(&self, platform: Platform, raw: Pairs<RawEntry>) -> Result<Files, CaptureError> {
        let rules = platform.rules();
        let mut entries = Vec::with_capacity(raw.0.len());
        for (path, entry) in raw.0 {
            let wrong = |(found, expected): (String, String)| {
                CaptureError::of_file(self.file, format!("{found} at {}", path.value), expected).at(place(path.referenced))
            };
            entries.push((self.absolute(platform, &path)?, entry.entry().map_err(wrong)?, path));
        }
        // Folders before what is in them, so that a link is known before an entry that is written below it.
        entries.sort_by_cached_key(|(path, ..)| rules.normcase(path));
        if let Some([first, second]) =
            entries.windows(2).find(|pair| matches!(pair, [a, b] if rules.normcase(&a.0) == rules.normcase(&b.0)))
        {
            let (first, second) = if place(first.2.referenced) <= place(second.2.referenced) { (first, second) } else { (second, first) };
            let found = format!("a second entry at {} (the first is in line {})", second.2.value, first.2.referenced.line());
            return Err(CaptureError::of_file(self.file, found, "one entry for each path").at(place(second.2.referenced)));
        }
        let mut files = Files::new(rules);
        // What is written below a link waits until all is there that the link may lead to.
        entries.retain(|(path, entry, _)| files.add(path, entry.clone()).is_err());
        for (path, entry, written) in entries {
            if let Err(in_the_way) = add(&mut files, &Resolver::new(rules), path, &entry) {
                let found = format!("{}, which would be below {in_the_way}, and that is not a folder", written.value);
                let error = CaptureError::of_file(self.file, found, "folders above every path").at(place(written.referenced));
                return Err(error.advise("One of the two entries is wrong, or the link that it goes through leads nowhere"));
            }
        }
        Ok(files)
    }
}

/// Adds an entry; one that is written below a link goes where the link leads. `Err` is the path in its way.
fn add(files: &mut Files, resolver: &Resolver, mut path: String, entry: &Entry) -> Result<(), String> {
    for _ in 0..LINKS_AT_MOST {
        let Err(in_the_way) = files.add(&path, entry.clone()) else { return Ok(()) };
        let led = resolver.resolve(files, &in_the_way, Last::Follow).ok().filter(|led| *led != in_the_way);
        match (led, path.strip_prefix(&in_the_way)) {
            (Some(led), Some(rest)) => path = format!("{led}{rest}"),
            _ => return Err(in_the_way),
        }
    }
    Err(path)
}
