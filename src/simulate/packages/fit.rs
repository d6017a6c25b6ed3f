//! Whether what was packaged fits the interpreter: the tags of a wheel, and the headers of its compiled files.
//!
//! A wheel's tag is `python-abi-platform` ([compatibility tags](https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/)).

use super::Scene;
use crate::machine::Platform;
use crate::venv::binary::{Binary, Container};

/// Whether there are tags and none of them fits; what is not known about the interpreter is taken to fit.
pub fn no_tag_fits(scene: &Scene, tags: &[String]) -> bool {
    !tags.is_empty() && scene.version.is_some() && !tags.iter().any(|tag| fits(scene, tag))
}

/// Whether one tag fits the interpreter. Its three parts may be sets, joined by dots.
pub fn fits(scene: &Scene, tag: &str) -> bool {
    let mut parts = tag.split('-');
    let (Some(python), Some(abi), Some(platform)) = (parts.next(), parts.next(), parts.next()) else { return true };
    let any = |set: &str, fits: &dyn Fn(&str) -> bool| set.split('.').any(fits);
    any(platform, &|platform| platform_fits(scene, platform)) && any(python, &|python| any(abi, &|abi| python_fits(scene, python, abi)))
}

/// (packaging/tags.py: `cpython_tags()`, `compatible_tags()`, `generic_tags()`)
fn python_fits(scene: &Scene, python: &str, abi: &str) -> bool {
    let Some((major, minor)) = scene.minor() else { return true };
    let digits = |prefix: &str| {
        let digits = python.strip_prefix(prefix)?;
        Some((digits.get(..1)?.parse::<u32>().ok()?, digits.get(1..).filter(|rest| !rest.is_empty()).map(str::parse::<u32>)))
    };
    let not_newer = |tag: (u32, Option<Result<u32, _>>)| match tag {
        (one, None) => one == major,
        (one, Some(Ok(two))) => one == major && two <= minor,
        (_, Some(Err(std::num::ParseIntError { .. }))) => false,
    };
    if let Some(tag) = digits("py") {
        return abi == "none" && not_newer(tag);
    }
    let prefix = match scene.implementation.as_str() {
        "pypy" => "pp",
        "cpython" => "cp",
        _ => return true,
    };
    let Some(tag) = digits(prefix) else { return false };
    let is_own = tag == (major, Some(Ok(minor)));
    match abi {
        "none" => is_own || tag == (major, None),
        "abi3" => not_newer(tag) && !scene.free_threaded,
        _ if prefix == "pp" => is_own,
        _ => is_own && abi.trim_start_matches(|character: char| !character.is_ascii_digit()).ends_with('t') == scene.free_threaded,
    }
}

fn platform_fits(scene: &Scene, platform: &str) -> bool {
    if platform == "any" {
        return true;
    }
    let (system, processors): (bool, &[&str]) = match scene.platform {
        Platform::Linux => {
            let of_libc = |word: &str, libc: &str| platform.starts_with(word) && scene.libc().is_none_or(|own| own == libc);
            (platform.starts_with("linux_") || of_libc("manylinux", "gnu") || of_libc("musllinux", "musl"), &[])
        }
        Platform::Macos => (platform.starts_with("macosx_"), &["universal2", "fat64", "intel", "universal"]),
        Platform::Windows => return windows_fits(scene, platform),
    };
    let Some(processor) = &scene.processor else { return system };
    system && (platform.ends_with(processor.as_str()) || processors.iter().any(|several| platform.ends_with(several)))
}

fn windows_fits(scene: &Scene, platform: &str) -> bool {
    match (scene.processor.as_deref(), platform) {
        (None, platform) => platform.starts_with("win"),
        (Some("AMD64"), platform) => platform == "win_amd64",
        (Some("ARM64"), platform) => platform == "win_arm64",
        (Some(_), platform) => platform == "win32",
    }
}

/// Why a compiled file cannot be loaded here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// It is named for another interpreter: `cpython-311-x86_64-linux-gnu`.
    Name(String),
    /// It is made for another system.
    System(Container),
    /// It is made for other processors.
    Processor(Vec<&'static str>),
}

/// Whether a compiled file can be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fitness {
    /// Nothing speaks against it.
    Fits,
    /// It cannot.
    Not(Misfit),
    /// Why that is not known.
    Unknown(&'static str),
}

/// Whether the compiled file called `file` can be loaded, by the tag in its name and by its header; `binary` is `None` where no header
/// could be read.
pub fn fitness(scene: &Scene, file: &str, binary: Option<&Binary>) -> Fitness {
    if let Some(tag) = tag_of_file(file).filter(|tag| !name_fits(scene, tag)) {
        return Fitness::Not(Misfit::Name(tag.to_owned()));
    }
    let Some(binary) = binary else { return Fitness::Unknown("its header tells no processor that is known here") };
    let container = match scene.platform {
        Platform::Linux => Container::Elf,
        Platform::Macos => Container::MachO,
        Platform::Windows => Container::Pe,
    };
    if binary.container != container {
        return Fitness::Not(Misfit::System(binary.container));
    }
    let own = match scene.processor.as_deref() {
        None => return Fitness::Unknown("no file tells this machine's processor"),
        Some("AMD64") => "x86_64",
        Some("ARM64") => "aarch64",
        Some("x86") => "i686",
        Some(other) => other,
    };
    if binary.machines.contains(&own) { Fitness::Fits } else { Fitness::Not(Misfit::Processor(binary.machines.clone())) }
}

/// What stands between the module's name and the last extension; `None` where nothing does.
fn tag_of_file(file: &str) -> Option<&str> {
    let stem = file.strip_suffix(".so").or_else(|| file.strip_suffix(".pyd"))?;
    stem.split_once('.').map(|(_, tag)| tag)
}

/// `cpython-312-x86_64-linux-gnu`, `cp312-win_amd64`, `abi3`, `pypy39-pp73-x86_64-linux-gnu`. Other words are no tags of Python's.
/// Python looks for its own tag to the letter (`Python/dynload_shlib.c`: `_PyImport_DynLoadFiletab`).
fn name_fits(scene: &Scene, tag: &str) -> bool {
    let is_tag = tag == "abi3" || ["cpython-", "pypy"].iter().any(|start| tag.starts_with(start));
    let is_tag = is_tag || tag.strip_prefix("cp").is_some_and(|rest| rest.starts_with(|character: char| character.is_ascii_digit()));
    if !is_tag || scene.suffixes.is_empty() {
        return true;
    }
    scene.suffixes.iter().any(|suffix| suffix.strip_prefix('.').and_then(|rest| rest.rsplit_once('.')).is_some_and(|(own, _)| own == tag))
}
