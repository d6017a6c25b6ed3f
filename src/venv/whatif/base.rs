//! Changes to the installation that an environment was made from: gone, or of another version.

use super::super::environment::Environment;
use super::super::installation::{Installation, Vendor};
use super::{Attempt, WhatIfError};
use crate::machine::path::{Rules, realpath};
use crate::machine::{Build, Machine, Platform};

/// Folders that hold more than one Python: an installation there goes without taking the rest along.
const SHARED: &[&str] = &["/", "/usr", "/usr/local", "/opt", "/opt/local", "/opt/homebrew"];

/// The base as it is before the change.
struct Base {
    installation: Installation,
    folder: String,
    minor: String,
}

impl Attempt<'_> {
    fn base(&self) -> Result<Base, WhatIfError> {
        let environment = Environment::read(&self.machine, &self.root);
        let folder = environment.base_folder();
        let (Some(installation), Some(folder)) = (environment.base, folder) else {
            return Err(self.error("the base is not there", "an environment whose base exists"));
        };
        let Some(minor) = installation.minor_version() else {
            return Err(self.error(format!("no file tells the version of {}", installation.file), "a base of known version"));
        };
        Ok(Base { installation, folder, minor })
    }

    /// The base with its program and its standard library is gone; what else lives in a shared folder such as `/usr` stays.
    pub(super) fn base_removed(&mut self) -> Result<(), WhatIfError> {
        let base = self.base()?;
        let rules = self.machine.platform().rules();
        let home = self.machine.var("HOME").or_else(|| self.machine.account_home());
        let shared = SHARED.contains(&base.folder.as_str()) || home.is_some_and(|home| rules.same(&home, &base.folder));
        let around = rules.normcase(&self.root).starts_with(&format!("{}{}", rules.normcase(&base.folder), rules.sep()));
        if !shared && !around {
            self.machine.hide(&base.folder);
            return Ok(());
        }
        for name in self.names_of(&base) {
            self.machine.hide(&name);
        }
        self.machine.hide(&base.installation.file);
        for library in self.libraries(&base.folder, &base.minor) {
            self.machine.hide(&library);
        }
        Ok(())
    }

    /// The base has another version, in its own place or, where its folder is named after the version, in the folder of the
    /// new one, as package managers do it.
    pub(super) fn base_upgraded(&mut self, version: &str) -> Result<(), WhatIfError> {
        let Some((version, minor)) = parse(version) else {
            return Err(self.error(format!("`{version}` is no version"), "base-upgraded:3.13.1"));
        };
        let base = self.base()?;
        let old = base.installation.build.version.clone().unwrap_or_default();
        if old == version {
            return Err(self.error(format!("the base is {version} already"), "another version"));
        }
        let rules = self.machine.platform().rules();
        let folder = renamed(&base.folder, &[(&old, &version), (&base.minor, &minor)], self.machine.platform());
        if folder != base.folder {
            let siblings = self.links_to(&base.folder);
            if !self.machine.mv(&base.folder, &folder) {
                return Err(self.error(format!("{} cannot become {folder}", base.folder), "a version whose folder is free"));
            }
            for link in siblings.into_iter().filter(|_| minor == base.minor) {
                self.machine.symlink(&link, &rules.basename(&folder));
            }
        }
        let file = base.installation.file.replacen(&base.folder, &folder, 1);
        let inside = Base { folder: folder.clone(), minor: base.minor.clone(), installation: Installation { file, ..base.installation } };
        let file = if minor == base.minor { inside.installation.file.clone() } else { self.rename_inside(&inside, &minor) };
        let build = upgraded(&inside.installation, &base.folder, &folder, (&base.minor, &minor), version);
        self.machine.set_build(&file, build);
        Ok(())
    }

    /// Gives program, links and library the names of the new minor version; returns the program's new path.
    fn rename_inside(&mut self, base: &Base, minor: &str) -> String {
        let rules = self.machine.platform().rules();
        let platform = self.machine.platform();
        let names = self.names_of(base);
        let rename = |path: &str| {
            let name = renamed(&rules.basename(path), &[(&base.minor, minor)], platform);
            rules.join(&rules.dirname(path), &name)
        };
        let file = rename(&base.installation.file);
        for library in self.libraries(&base.folder, &base.minor) {
            let to = rename(&library);
            self.machine.mv(&library, &to);
        }
        if file != base.installation.file {
            self.machine.mv(&base.installation.file, &file);
        }
        for name in names.into_iter().filter(|name| *name != base.installation.file) {
            let to = rename(&name);
            self.machine.hide(&name);
            self.machine.symlink(&to, &rules.basename(&file));
        }
        file
    }

    /// The names beside the program that lead to it: `python3`, `python`.
    fn names_of(&self, base: &Base) -> Vec<String> {
        let rules = self.machine.platform().rules();
        let folder = rules.dirname(&base.installation.file);
        let names = self.machine.list(&folder).unwrap_or_default();
        let python = names.into_iter().filter(|name| name.starts_with("py")).map(|name| rules.join(&folder, &name));
        python.filter(|path| realpath(&self.machine, path) == base.installation.file).collect()
    }

    /// The standard library's folder and zip, and on Windows the DLL.
    fn libraries(&self, folder: &str, minor: &str) -> Vec<String> {
        let rules = self.machine.platform().rules();
        let short = minor.replace('.', "");
        let names: Vec<String> = match self.machine.platform() {
            Platform::Windows => vec![format!("python{short}.dll"), format!("python{short}.zip")],
            Platform::Linux | Platform::Macos => ["lib", "lib64"]
                .iter()
                .flat_map(|lib| [format!("{lib}/python{minor}"), format!("{lib}/pypy{minor}"), format!("{lib}/python{short}.zip")])
                .collect(),
        };
        names.iter().map(|name| rules.join(folder, name)).filter(|path| self.machine.lstat(path).is_ok()).collect()
    }

    /// Links beside `folder` that lead to it, as uv keeps one for each minor version.
    fn links_to(&self, folder: &str) -> Vec<String> {
        let rules = self.machine.platform().rules();
        let parent = rules.dirname(folder);
        let names = self.machine.list(&parent).unwrap_or_default();
        let links = names.iter().map(|name| rules.join(&parent, name)).filter(|path| self.machine.link(path).is_ok());
        links.filter(|path| realpath(&self.machine, path) == folder).collect()
    }
}

/// What is compiled into the new program: what the old one had, with version and places exchanged.
fn upgraded(old: &Installation, from: &str, to: &str, (minor, new_minor): (&str, &str), version: String) -> Build {
    let moved = |path: &Option<String>| path.as_ref().map(|path| path.replacen(from, to, 1));
    let vendor = match old.vendor {
        Vendor::Debian => "debian",
        Vendor::Fedora => "fedora",
        Vendor::None => "none",
    };
    let (short, new_short) = (minor.replace('.', ""), new_minor.replace('.', ""));
    let library = moved(&old.build.library).map(|file| file.replace(&format!("python{short}"), &format!("python{new_short}")));
    Build {
        implementation: Some(old.implementation.name().to_owned()),
        version: Some(version),
        prefix: moved(&old.build.prefix),
        exec_prefix: moved(&old.build.exec_prefix),
        library,
        vendor: Some(vendor.to_owned()),
        ..old.build.clone()
    }
}

/// The version to the patch level, and its first two numbers.
fn parse(version: &str) -> Option<(String, String)> {
    let mut parts = version.split('.');
    let major: u32 = parts.next()?.parse().ok()?;
    let minor: u32 = parts.next()?.parse().ok()?;
    let patch = parts.next().unwrap_or("0");
    let plain = patch.starts_with(|first: char| first.is_ascii_digit()) && patch.chars().all(|each| each.is_ascii_alphanumeric());
    (plain && parts.next().is_none()).then(|| (format!("{major}.{minor}.{patch}"), format!("{major}.{minor}")))
}

/// A path with one version for another, wherever it stands as a whole number; on Windows in the form `312` too.
fn renamed(path: &str, pairs: &[(&str, &str)], platform: Platform) -> String {
    for (old, new) in pairs {
        let mut forms = vec![((*old).to_owned(), (*new).to_owned())];
        if platform.rules() == Rules::Windows {
            forms.push((old.replace('.', ""), new.replace('.', "")));
        }
        for (old, new) in forms {
            let whole = |at: &usize| !path[at + old.len()..].starts_with(|next: char| next.is_ascii_digit() || next == '.');
            if let Some(at) = path.rmatch_indices(&old).map(|(at, _)| at).find(whole) {
                return format!("{}{new}{}", &path[..at], &path[at + old.len()..]);
            }
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_named_after_the_version_is_named_after_the_new_one() {
        let to = [("3.12.1", "3.13.0"), ("3.12", "3.13")];
        let linux = |path: &str| renamed(path, &to, Platform::Linux);
        assert_eq!(linux("/h/.pyenv/versions/3.12.1"), "/h/.pyenv/versions/3.13.0");
        assert_eq!(linux("/opt/cpython-3.12-linux"), "/opt/cpython-3.13-linux");
        assert_eq!(linux("/opt/3.12.14"), "/opt/3.12.14");
        assert_eq!(linux("/usr"), "/usr");
        assert_eq!(renamed("C:\\Python312", &to, Platform::Windows), "C:\\Python313");
    }

    #[test]
    fn a_version_has_two_or_three_numbers() {
        assert_eq!(parse("3.13"), Some(("3.13.0".to_owned(), "3.13".to_owned())));
        assert_eq!(parse("3.15.0rc1").map(|(version, _)| version).as_deref(), Some("3.15.0rc1"));
        assert_eq!(["3", "3.x", "3.1.2.3", ""].map(parse), [const { None }; 4]);
    }
}
