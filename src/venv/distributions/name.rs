//! Names of distributions: how two spellings are compared, and what the folder of the papers tells of the name.
//!
//! The rules are those of the packaging specifications, [name normalization](https://packaging.python.org/en/latest/specifications/name-normalization/)
//! and [recording installed projects](https://packaging.python.org/en/latest/specifications/recording-installed-packages/).

/// The name as it is compared: lower case, each run of `-`, `_` and `.` as one `-`.
pub fn normalized(name: &str) -> String {
    let mut normalized = String::with_capacity(name.len());
    for character in name.trim().chars() {
        if !matches!(character, '-' | '_' | '.') {
            normalized.extend(character.to_lowercase());
        } else if !normalized.ends_with('-') {
            normalized.push('-');
        }
    }
    normalized
}

/// Whether the name could have been published: letters and digits at both ends, `-`, `_` and `.` between. pip passes over papers
/// with any other name (pip/_internal/metadata/base.py, `_VALID_NAME`).
pub fn is_valid(name: &str) -> bool {
    let edge = |character: Option<char>| character.is_some_and(|character| character.is_ascii_alphanumeric());
    let inner = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    edge(name.chars().next()) && edge(name.chars().next_back()) && name.chars().all(inner)
}

/// Name and version out of `NAME-VERSION.dist-info` or `NAME-VERSION-py3.12.egg-info`.
pub fn of_folder(folder: &str) -> (&str, Option<&str>) {
    let stem = folder.rsplit_once('.').map_or(folder, |(stem, _)| stem);
    let Some((name, rest)) = stem.split_once('-') else { return (stem, None) };
    // A version holds no hyphen; in an .egg-info the Python version follows behind one.
    let version = if folder.to_ascii_lowercase().ends_with(".dist-info") { rest } else { rest.split('-').next().unwrap_or(rest) };
    (name, Some(version).filter(|version| !version.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_kind_of_hyphen() {
        for name in ["Zope.Interface", "zope_interface", "zope-._interface"] {
            assert_eq!(normalized(name), "zope-interface");
        }
    }

    #[test]
    fn a_folder_tells_name_and_version() {
        assert_eq!(of_folder("PyYAML-6.0.2.dist-info"), ("PyYAML", Some("6.0.2")));
        assert_eq!(of_folder("distro-1.4.0-py3.8.egg-info"), ("distro", Some("1.4.0")));
        assert_eq!(of_folder("face.egg-info"), ("face", None));
    }
}
