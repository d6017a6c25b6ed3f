//! Carries out what a case asks of the disk, and says the same as lines of a shell script.

use crate::case::{Case, Change};
use crate::scene::Scene;
use crate::support::copy;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use venv_explain::machine::text;

/// A text with carried bytes, as the system has it.
pub fn os(text: &str) -> OsString {
    OsString::from_vec(text::encode(text))
}

fn path(text: &str) -> PathBuf {
    PathBuf::from(os(text))
}

/// Does all that the case asks for.
pub fn prepare(case: &Case, scene: &Scene) -> io::Result<()> {
    for change in &case.changes {
        carry_out(change, scene).map_err(|error| io::Error::new(error.kind(), format!("{change:?}: {error}")))?;
    }
    Ok(())
}

fn carry_out(change: &Change, scene: &Scene) -> io::Result<()> {
    match change {
        Change::Folder(at) => fs::create_dir_all(path(at)),
        Change::Write(at, bytes) => {
            clear(&path(at))?;
            fs::write(path(at), bytes)
        }
        Change::Link(at, target) => {
            clear(&path(at))?;
            symlink(os(target), path(at))
        }
        Change::Remove(at) => remove(&path(at)),
        Change::Move(from, to) => fs::rename(path(from), path(to)),
        Change::Environment(at) => match &scene.template {
            Some(template) => copy::folder(&template.root, &path(at)),
            None => Ok(()),
        },
        Change::Executable(at, of) => {
            clear(&path(at))?;
            copy::file(&path(of).canonicalize()?, &path(at))
        }
        Change::Installation(at, without) => installation(&path(at), without, scene),
        Change::Zip(at, name, text) => {
            clear(&path(at))?;
            let mut archive = zip::ZipWriter::new(fs::File::create(path(at))?);
            let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            archive.start_file(*name, stored)?;
            archive.write_all(text.as_bytes())?;
            archive.finish()?;
            Ok(())
        }
    }
}

/// Room for a new file: its folder made, what was there removed. Never written through: it may be a link, or share its
/// content with the maker's copy.
fn clear(at: &Path) -> io::Result<()> {
    fs::create_dir_all(at.parent().unwrap_or(Path::new("/")))?;
    remove(at)
}

fn remove(at: &Path) -> io::Result<()> {
    match fs::symlink_metadata(at) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(at),
        Ok(_) => fs::remove_file(at),
        Err(_) => Ok(()),
    }
}

/// The executable as a copy under its own name, `python3` and `python` as links to it; the standard library as a folder of links.
fn installation(at: &Path, without: &[&str], scene: &Scene) -> io::Result<()> {
    let interpreter = scene.interpreter;
    let name = scene.executable_name();
    let bin = at.join("bin");
    fs::create_dir_all(&bin)?;
    copy::file(&interpreter.file(), &bin.join(&name))?;
    for link in scene.executable_aliases() {
        symlink(&name, bin.join(link))?;
    }
    let below = scene.stdlib_below_prefix();
    let stdlib = at.join(&below);
    fs::create_dir_all(stdlib.join("site-packages"))?;
    for entry in fs::read_dir(scene.library_links().map_err(io::Error::other)?)? {
        let entry = entry?;
        let file = entry.file_name();
        if !file.to_str().is_some_and(|file| without.contains(&file)) {
            copy::link(&entry.path(), &stdlib.join(&file))?;
        }
    }
    link_headers(scene, at)
}

/// Fills a new folder with links to all that is in the standard library but its packages.
pub fn link_library(stdlib: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(stdlib)? {
        let file = entry?.file_name();
        if file != "site-packages" && file != "dist-packages" {
            symlink(stdlib.join(&file), folder.join(&file))?;
        }
    }
    Ok(())
}

/// The C headers, by a link to the real ones: they tell the version.
pub fn link_headers(scene: &Scene, at: &Path) -> io::Result<()> {
    let below = scene.stdlib_below_prefix();
    let headers = Path::new("include").join(below.file_name().unwrap_or_default());
    fs::create_dir_all(at.join("include"))?;
    for suffix in ["", "m", "t"] {
        let mut spelled = headers.clone().into_os_string();
        spelled.push(suffix);
        let real = scene.interpreter.prefix.join(&spelled);
        if real.is_dir() {
            symlink(real, at.join(&spelled))?;
        }
    }
    Ok(())
}

/// The case as a shell script that anybody can run.
pub fn script(case: &Case, scene: &Scene) -> String {
    let mut lines: Vec<String> = case.changes.iter().map(|change| line(change, scene)).collect();
    lines.push(format!("cd {}", quoted(&case.cwd)));
    let vars: Vec<String> = case.vars.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    let words: Vec<String> =
        case.arguments().iter().map(|word| if word == crate::probe::CODE { "\"$PROBE\"".to_owned() } else { quoted(word) }).collect();
    let input = if case.from_stdin { " <<< \"$PROBE\"" } else { "" };
    lines.push(format!("env -i {} {} {}{input}", vars.join(" "), quoted(&case.program), words.join(" ")));
    lines.join("\n")
}

fn line(change: &Change, scene: &Scene) -> String {
    match change {
        Change::Folder(at) => format!("mkdir -p {}", quoted(at)),
        Change::Write(at, bytes) => {
            let shown = if bytes.ends_with(crate::probe::CODE.as_bytes()) { "\"$PROBE\"".into() } else { quoted(&text::decode(bytes)) };
            if shown.len() > 2_000 {
                format!("# {} bytes are written to {}", bytes.len(), quoted(at))
            } else {
                format!("printf %s {shown} > {}", quoted(at))
            }
        }
        Change::Link(at, target) => format!("ln -sfn {} {}", quoted(target), quoted(at)),
        Change::Remove(at) => format!("rm -rf {}", quoted(at)),
        Change::Move(from, to) => format!("mv {} {}", quoted(from), quoted(to)),
        Change::Environment(at) => match scene.kind {
            Some(kind) => format!("# {} makes {} with {}", kind.name(), quoted(at), scene.interpreter.path.display()),
            None => String::new(),
        },
        Change::Executable(at, of) => format!("cp -L {} {}", quoted(of), quoted(at)),
        Change::Installation(at, without) => {
            format!("# {} with links to the standard library, without {without:?}, at {}", scene.interpreter.name, quoted(at))
        }
        Change::Zip(at, name, _) => format!("# a zip file with {name} at {}", quoted(at)),
    }
}

fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:=,@%".contains(&byte);
    let bytes = text::encode(word);
    if !bytes.is_empty() && bytes.iter().all(|byte| plain(*byte)) {
        return word.to_owned();
    }
    let escaped: String = bytes
        .iter()
        .map(|byte| match byte {
            b'\'' => "\\'".to_owned(),
            b'\\' => "\\\\".to_owned(),
            b'\n' => "\\n".to_owned(),
            b' '..=b'~' => char::from(*byte).to_string(),
            other => format!("\\x{other:02x}"),
        })
        .collect();
    format!("$'{escaped}'")
}
