//! `pip` and `python` that belong to different environments: packages are installed where that Python never looks.

use super::{Lookup, Which};

/// Before or after activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// In the shell as it is.
    Before,
    /// In the shell once the environment is activated.
    After,
}

/// A `pip` that installs elsewhere than the `python` of the same shell looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// When it is so.
    pub when: When,
    /// The `pip` command as typed.
    pub pip: String,
    /// The `sys.prefix` that it installs into.
    pub pip_environment: String,
    /// The `python` command as typed.
    pub python: String,
    /// Its `sys.prefix`.
    pub python_environment: String,
    /// The command that is always right for that `python`.
    pub instead: String,
}

/// Every pair of a `pip` and the `python` of the same version suffix (else the first `python` asked for) that differ.
pub fn mismatch(which: &Which) -> Vec<Mismatch> {
    let mut found = Vec::new();
    for when in [When::Before, When::After] {
        let led: Vec<(&str, &Lookup)> = which
            .commands
            .iter()
            .filter_map(|command| {
                let lookup = if when == When::Before { Some(&command.before) } else { command.after.as_ref() };
                Some((command.command.as_str(), lookup?))
            })
            .collect();
        for (pip, lookup) in &led {
            let Some(suffix) = pip.strip_prefix("pip").filter(|suffix| is_version(suffix)) else { continue };
            let Some((python, other)) = partner(&led, suffix) else { continue };
            found.extend(compare(when, (pip, lookup), (python, other)));
        }
    }
    found
}

fn partner<'a>(led: &[(&'a str, &'a Lookup)], suffix: &str) -> Option<(&'a str, &'a Lookup)> {
    let python = |name: &str| name.strip_prefix("python").filter(|rest| is_version(rest)).map(str::to_owned);
    let same = led.iter().find(|(name, lookup)| lookup.environment.is_some() && python(name).as_deref() == Some(suffix));
    let any = || led.iter().find(|(name, lookup)| lookup.environment.is_some() && python(name).is_some());
    same.or_else(any).copied()
}

fn compare(when: When, (pip, installs): (&str, &Lookup), (python, looks): (&str, &Lookup)) -> Option<Mismatch> {
    let (pip_environment, python_environment) = (installs.environment.clone()?, looks.environment.clone()?);
    (pip_environment != python_environment).then(|| Mismatch {
        when,
        pip: pip.to_owned(),
        pip_environment,
        python: python.to_owned(),
        python_environment,
        instead: format!("{python} -m pip"),
    })
}

fn is_version(suffix: &str) -> bool {
    suffix.chars().all(|character| character.is_ascii_digit() || character == '.')
}
