//! Whether a version satisfies specifiers, pre-releases included, as pip and uv of today decide it: each operator is a range of the
//! total order of versions (packaging/_ranges.py, `standard_ranges()`, `wildcard_ranges()`).
//!
//! [Version specifiers](https://packaging.python.org/en/latest/specifications/version-specifiers/#version-specifiers). The crate's own
//! answer leaves out pre-releases of a pre-release (`1.0a1` of `<1.0b1`) and takes `1` for `==1.1.*`.

use pep440_rs::{Operator, Version, VersionSpecifier};

/// Whether all of `specifiers` hold for `version`.
pub fn satisfies<'s>(version: &Version, specifiers: impl IntoIterator<Item = &'s VersionSpecifier>) -> bool {
    specifiers.into_iter().all(|specifier| holds(version, *specifier.operator(), specifier.version()))
}

fn holds(version: &Version, operator: Operator, stated: &Version) -> bool {
    let is_equal = || if stated.is_local() { version == stated } else { version.clone().without_local() == *stated };
    match operator {
        Operator::Equal => is_equal(),
        Operator::NotEqual => !is_equal(),
        Operator::ExactEqual => version.to_string() == stated.to_string(),
        Operator::EqualStar => starts_with(version, stated, stated.release()),
        Operator::NotEqualStar => !starts_with(version, stated, stated.release()),
        Operator::TildeEqual => version >= stated && *version < after(stated, &stated.release()[..stated.release().len() - 1]),
        Operator::GreaterThanEqual => version >= stated,
        Operator::LessThanEqual => version.clone().without_local() <= *stated,
        // No pre-release of the stated version, unless that is one itself.
        Operator::LessThan if stated.any_prerelease() => version < stated,
        Operator::LessThan => *version < stated.clone().with_dev(Some(0)).without_local(),
        Operator::GreaterThan => is_greater(version, stated),
    }
}

/// Neither the stated version under a local label, nor a post-release of it.
fn is_greater(version: &Version, stated: &Version) -> bool {
    if let Some(number) = stated.dev() {
        return *version >= stated.clone().with_dev(Some(number.saturating_add(1))).without_local();
    }
    if let Some(number) = stated.post() {
        return *version >= stated.clone().with_post(Some(number.saturating_add(1))).with_dev(Some(0)).without_local();
    }
    // Equal but for `.post`, `.dev` and the local label: of one family.
    let head = |version: &Version| version.clone().with_post(None).with_dev(None).without_local();
    version > stated && head(version) != head(stated)
}

/// `==1.2.*`: from `1.2.dev0` up to `1.3.dev0`.
fn starts_with(version: &Version, stated: &Version, release: &[u64]) -> bool {
    let first = Version::new(release).with_epoch(stated.epoch()).with_dev(Some(0));
    *version >= first && *version < after(stated, release)
}

/// The first version whose release begins with more than `release`.
fn after(stated: &Version, release: &[u64]) -> Version {
    let mut release = release.to_vec();
    if let Some(last) = release.last_mut() {
        *last = last.saturating_add(1);
    }
    Version::new(release).with_epoch(stated.epoch()).with_dev(Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pep440_rs::VersionSpecifiers;
    use std::str::FromStr;

    /// Answers of `packaging.specifiers.SpecifierSet(…).contains(…, prereleases=True)`, version 26.
    #[test]
    fn each_operator_is_a_range_of_versions() {
        let rows = [
            ("<1.0b1", "1.0a1 1.0.dev3 0.9.post1", "1.0b1 1.0"),
            ("<2.0rc1", "2.0.dev3 2.0a1", "2.0rc1 2.0"),
            ("<1.0", "0.9 0.9.post1", "1.0a1 1.0.dev0 1.0"),
            ("<1.0.post2", "1.0a1 1.0 1.0+local 1.0.post1", "1.0.post2 1.0.post2.dev1"),
            ("<=1.0", "1.0 1.0+local 1.0rc1", "1.0.post1 1.0.1"),
            (">1.0", "1.0.1 1.1a1 1.0.1.dev0", "1.0 1.0+local 1.0.post1 1.0a1"),
            (">1.0rc0", "1.0.post1 1.0 1.0rc1", "1.0rc0 1.0rc0+x 1.0rc0.post1"),
            (">1.0.post1", "1.0.post2 1.0.post2.dev1", "1.0.post1 1.0.post1+x"),
            (">1.0.dev1", "1.0.dev2 1.0", "1.0.dev1 1.0.dev1+x"),
            (">=1.0", "1.0 1.0+local 1.0.post1", "1.0rc1"),
            ("==1.0", "1 1.0.0 1.0+local", "1.0.post1 1.0a1"),
            ("==1.0+a.1", "1.0+a.1 1.0+A-1", "1.0 1.0+b"),
            ("!=1.0", "1.0.post1 2", "1.0+local 1"),
            ("==1.1.*", "1.1 1.1.dev1 1.1.9+x 1.1a1", "1 1.2 1.2.dev0"),
            ("==1.0.*", "1 1.0.dev0 1.0.0.1", "1!1 0.9"),
            ("!=1.1.*", "1 1.2.dev0", "1.1.post1 1.1rc1"),
            ("~=1.4.5", "1.4.5 1.4.9 1.4.99.dev1", "1.5.dev0 1.4.5rc1 1.4"),
            ("~=1.4", "1.4 1.99", "2.0.dev1 1.3"),
            ("===1.0", "1.0", "1 1.0.0 1.0+local"),
            (">=1!1.0", "1!1.0 2!0", "2024.1"),
            (">=1,<2", "1 1.9", "2 2.0a1 0.9"),
        ];
        for (specifiers, inside, outside) in rows {
            let all = VersionSpecifiers::from_str(specifiers).unwrap();
            let holds = |version: &str| satisfies(&Version::from_str(version).unwrap(), all.iter());
            assert!(inside.split(' ').all(holds), "{specifiers}: {inside}");
            assert!(!outside.split(' ').any(holds), "{specifiers}: {outside}");
        }
    }
}
