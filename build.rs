//! Builds the lessons in: their YAML as it stands, and beside it the same fields as JSON, which is read many times faster when the
//! program runs. A lesson that is no YAML, or has other fields, stops the build.

#![allow(clippy::print_stdout, reason = "printing is how a build script speaks to cargo")]
#![allow(clippy::disallowed_methods, reason = "a build script reads and writes files")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "src/lessons/raw.rs"]
mod raw;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/lessons/raw.rs");
    println!("cargo:rerun-if-changed=lessons");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut code = String::from("&[");
    for (language, folder) in entries(&root.join("lessons"))? {
        write!(code, "({language:?}, &[")?;
        for (id, file) in lessons(&folder)? {
            let place = format!("lessons/{language}/{id}.yaml");
            let json = serde_json::to_string(&read(&file).map_err(|error| format!("{place}: {error}"))?)?;
            let (id, yaml) = (id.as_str(), file.display().to_string());
            writeln!(code, "Embedded {{ id: {id:?}, file: {place:?}, yaml: include_str!({yaml:?}), json: {json:?} }},")?;
        }
        code.push_str("]),");
    }
    code.push(']');
    fs::write(Path::new(&std::env::var("OUT_DIR")?).join("lessons.rs"), code)?;
    Ok(())
}

/// Every lesson of a language by its id: `chapter/name`.
fn lessons(language: &Path) -> Result<BTreeMap<String, PathBuf>, Box<dyn Error>> {
    let mut found = BTreeMap::new();
    for (chapter, folder) in entries(language)? {
        for (name, file) in entries(&folder)? {
            if let Some(name) = name.strip_suffix(".yaml") {
                found.insert(format!("{chapter}/{name}"), file);
            }
        }
    }
    Ok(found)
}

/// The visible entries of a folder by name; none where it is a file.
fn entries(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Box<dyn Error>> {
    let mut found = BTreeMap::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|name| format!("{}: not UTF-8", name.display()))?;
            if !name.starts_with('.') {
                found.insert(name, entry.path());
            }
        }
    }
    Ok(found)
}

fn read(file: &Path) -> Result<raw::Raw<String>, Box<dyn Error>> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    Ok(serde_yaml::from_str_with_options(&fs::read_to_string(file)?, options)?)
}
