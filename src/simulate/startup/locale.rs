//! Which encoding a start uses for the text of `.pth` files and for file names.
//!
//! The names in a `.pth` file are bytes until some codec reads them, and the codec hangs on the locale, on the C locale's coercion
//! to UTF-8 (PEP 538) and on UTF-8 mode (PEP 540). Under plain ASCII a single `ä` in a `.pth` file ends the interpreter.

use super::command_line::CommandLine;
use super::scene::{Flags, Scene};
use crate::machine::Platform;
use crate::venv::installation::Implementation;

/// What turns bytes into text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// UTF-8.
    Utf8,
    /// ASCII: every byte above 127 is an error.
    Ascii,
}

/// The two encodings that decide about paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encodings {
    /// Of `.pth` files, where the release reads them by the locale.
    pub pth: Codec,
    /// Of file names.
    pub file_system: Codec,
}

impl Encodings {
    /// What `Python/preconfig.c` settles from the variables and `-X utf8`.
    pub(super) fn of(scene: &Scene<'_>, line: &CommandLine, flags: Flags) -> Encodings {
        // Elsewhere the file system's encoding is UTF-8 whatever the locale says; macOS has no ASCII locale, and a Windows
        // code page has a character for nearly every byte.
        if scene.platform != Platform::Linux {
            return Encodings { pth: Codec::Utf8, file_system: Codec::Utf8 };
        }
        if scene.installation.implementation == Implementation::PyPy {
            return Encodings::of_pypy(scene, line, flags);
        }
        let legacy = is_c_locale(scene);
        let locale = if legacy && !is_coerced(scene, flags) { Codec::Ascii } else { Codec::Utf8 };
        let named = if utf8_mode(scene, line, flags, legacy) { Codec::Utf8 } else { locale };
        // Lib/site.py: open(fullname) until 3.9, encoding="locale" since 3.10, which heeds UTF-8 mode in 3.10 only.
        Encodings { pth: if scene.release.at_least(11) { locale } else { named }, file_system: named }
    }

    /// `PyPy` has UTF-8 mode for texts, but names files by the locale all the same, and coerces nothing. Where `setlocale` fails it
    /// keeps UTF-8 for names. As 7.3.11 does it.
    fn of_pypy(scene: &Scene<'_>, line: &CommandLine, flags: Flags) -> Encodings {
        let ascii_if = |is: bool| if is { Codec::Ascii } else { Codec::Utf8 };
        let legacy = is_c_locale(scene);
        let text = ascii_if(legacy && !utf8_mode(scene, line, flags, legacy));
        Encodings { pth: text, file_system: ascii_if(matches!(locale_name(scene).as_deref(), None | Some("C" | "POSIX"))) }
    }
}

/// Whether `setlocale(LC_CTYPE, "")` ends in the C locale: by its names, or because the named locale is not installed.
fn is_c_locale(scene: &Scene<'_>) -> bool {
    match locale_name(scene).as_deref() {
        None | Some("C" | "POSIX") => true,
        Some(name) => !is_installed(scene, name),
    }
}

fn locale_name(scene: &Scene<'_>) -> Option<String> {
    let set = |name: &str| scene.var(name).filter(|value| !value.is_empty());
    set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"))
}

fn is_installed(scene: &Scene<'_>, name: &str) -> bool {
    let (language, codeset) = name.split_once('.').unwrap_or((name, ""));
    let codeset: String = codeset.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    // glibc has C.UTF-8 built in since 2.35; a capture seldom lists the system's locales.
    if (language == "C" && codeset == "utf8") || scene.disk.machine.recorded() {
        return true;
    }
    let folder = format!("/usr/lib/locale/{language}.{codeset}");
    [folder.as_str(), &format!("/usr/lib/locale/{name}"), "/usr/lib/locale/locale-archive"].iter().any(|path| scene.disk.exists(path))
}

/// `_Py_CoerceLegacyLocale`: since 3.7 the C locale becomes C.UTF-8, unless `LC_ALL` says C or `PYTHONCOERCECLOCALE=0`.
fn is_coerced(scene: &Scene<'_>, flags: Flags) -> bool {
    let forced = scene.var("LC_ALL").is_some_and(|value| !value.is_empty());
    scene.release.at_least(7) && !forced && scene.python_var("PYTHONCOERCECLOCALE", flags).as_deref() != Some("0")
}

/// `preconfig_init_utf8_mode`: `-X utf8`, else `PYTHONUTF8`, else on in the C locale; always on by default since 3.15 (PEP 686).
fn utf8_mode(scene: &Scene<'_>, line: &CommandLine, flags: Flags, legacy: bool) -> bool {
    if !scene.release.at_least(7) {
        return false;
    }
    let option = line.x_options.iter().find_map(|option| match option.split_once('=') {
        Some(("utf8", value)) => Some(value != "0"),
        _ => (option == "utf8").then_some(true),
    });
    let variable = || scene.python_var("PYTHONUTF8", flags).map(|value| value != "0");
    option.or_else(variable).unwrap_or(legacy || scene.release.at_least(15))
}
