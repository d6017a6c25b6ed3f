//! Copies of folders that cost next to nothing: files and links become further names of the same ones where the file system lets them.
//!
//! To make and remove thousands of new files or links keeps some file systems busier than all that the tests run. What is copied so is
//! never to be written through: whoever changes a file of the copy removes it first.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

/// A folder with all that is in it; links stay links.
pub fn folder(from: &Path, to: &Path) -> io::Result<()> {
    folder_without(from, to, &[])
}

/// [`folder`] without what has one of these names, at any depth.
pub fn folder_without(from: &Path, to: &Path, without: &[&str]) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| without.contains(&name)) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            link(&source, &target)?;
        } else if kind.is_dir() {
            folder_without(&source, &target, without)?;
        } else {
            file(&source, &target)?;
        }
    }
    Ok(())
}

/// A file.
pub fn file(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop))
}

/// A symbolic link, which still leads where it led.
pub fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to).or_else(|_| symlink(fs::read_link(from)?, to))
}
