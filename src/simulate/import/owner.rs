//! Which distribution a found file belongs to, as the `RECORD` beside it tells; for an editable installation, whose `.pth` file led there.

use crate::machine::{Machine, text};
use crate::venv::distributions::zipped::Zipped;

const RECORD_LIMIT: usize = 16 << 20;
const HEAD: usize = 4096;

/// The distributions in `site` that list `path`, or something below it.
pub(super) fn of_path(machine: &dyn Machine, site: &str, path: &str) -> Option<String> {
    match Zipped::open(machine, site) {
        Ok(Some(archive)) => among(&archive, site, path),
        _ => among(machine, site, path),
    }
}

fn among(machine: &dyn Machine, site: &str, path: &str) -> Option<String> {
    let rules = machine.platform().rules();
    if !rules.is_within(path, site) {
        return None;
    }
    let relative = rules.relpath(path, site).replace(rules.sep(), "/");
    let names = machine.list(site).ok()?;
    let mut owners: Vec<String> = Vec::new();
    for folder in &names {
        let papers = rules.join(site, folder);
        let owns = if folder.ends_with(".dist-info") && !folder.starts_with('~') {
            lists(machine, &rules.join(&papers, "RECORD"), &relative, "")
        } else if folder.ends_with(".egg-info") {
            // Paths in it are relative to the .egg-info folder itself (distutils' `--record` as pip of old wrote it).
            lists(machine, &rules.join(&papers, "installed-files.txt"), &relative, "../") || is_top_level(machine, &papers, &relative)
        } else {
            // An egg holds one distribution, and its papers.
            folder == "EGG-INFO" && site.to_ascii_lowercase().ends_with(".egg")
        };
        if owns {
            let name = name(machine, &papers, folder);
            if !owners.contains(&name) {
                owners.push(name);
            }
        }
    }
    (!owners.is_empty()).then(|| owners.join(", "))
}

/// The distribution whose `RECORD` in the folder of `file` lists it.
pub(super) fn of_file(machine: &dyn Machine, file: &str) -> Option<String> {
    of_path(machine, &machine.platform().rules().dirname(file), file)
}

/// Whether a record has a line for this path, or for something below it.
fn lists(machine: &dyn Machine, record: &str, relative: &str, before: &str) -> bool {
    let Ok(bytes) = machine.read(record, RECORD_LIMIT) else { return false };
    let wanted = text::encode(&format!("{before}{relative}"));
    memchr::memmem::find_iter(&bytes, &wanted).any(|at| {
        let starts = at == 0 || matches!(bytes.get(at - 1), Some(b'\n' | b'"'));
        starts && matches!(bytes.get(at + wanted.len()), None | Some(b',' | b'/' | b'\n' | b'\r' | b'"'))
    })
}

fn is_top_level(machine: &dyn Machine, papers: &str, relative: &str) -> bool {
    let Ok(bytes) = machine.read(&machine.platform().rules().join(papers, "top_level.txt"), HEAD) else { return false };
    let top = relative.split('/').next().unwrap_or(relative);
    let top = top.split('.').next().unwrap_or(top);
    text::decode(&bytes).lines().any(|line| line.trim() == top)
}

/// A distribution's name as METADATA spells it, else as the folder of its papers does.
pub(super) fn name(machine: &dyn Machine, papers: &str, folder: &str) -> String {
    let rules = machine.platform().rules();
    let stated = ["METADATA", "PKG-INFO"].iter().find_map(|file| {
        let head = text::decode(&machine.head(&rules.join(papers, file), HEAD).ok()?);
        let header = head.lines().take_while(|line| !line.trim().is_empty());
        header
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case("name"))
            .map(|(_, name)| name.trim().to_owned())
    });
    stated.unwrap_or_else(|| folder.split('-').next().unwrap_or(folder).to_owned())
}
