//! Which Python the `py` launcher of Windows chooses when it is called without a version and no environment is active.
//!
//! `PC/launcher2.c` of `CPython`: `checkDefaults` (`PY_PYTHON`, then `py.ini`), `registrySearch` and `appxSearch` (PEP 514 and the
//! Store), `_compareTag` and `_selectEnvironment` (PEP 397).

use crate::machine::Machine;
use crate::machine::path::Rules;
use std::cmp::Ordering;

const INI: usize = 64 * 1024;

/// Where Pythons are registered, in the order in which the first of two equal ones counts, and whether they are 32-bit ones.
const ROOTS: &[(&str, bool)] =
    &[(r"HKCU\Software\Python", false), (r"HKLM\Software\Python", false), (r"HKLM\Software\WOW6432Node\Python", true)];

/// A Python that is registered.
struct Registered {
    company: String,
    tag: String,
    program: String,
    is_32_bit: bool,
}

/// The program that `launcher` starts, or why that is not known; `program` is `python.exe` or `pythonw.exe`.
pub(super) fn choose(machine: &dyn Machine, launcher: &str, program: &str) -> Result<String, String> {
    if let Some(company) = machine.var("PYLAUNCHER_LIMIT_TO_COMPANY").filter(|company| !company.is_empty()) {
        return Err(format!("PYLAUNCHER_LIMIT_TO_COMPANY limits py to {company}"));
    }
    let pythons = registered(machine, program);
    if pythons.is_empty() {
        return Err("py chooses among the registered versions, and none is known here".to_owned());
    }
    let Some(wanted) = told(machine, launcher, "python") else {
        return pythons.into_iter().next().map(|python| python.program).ok_or_else(String::new);
    };
    let found = |wanted: &str| pythons.iter().find(|python| python.is_meant(wanted)).map(|python| python.program.clone());
    let newest =
        found(&wanted).ok_or_else(|| format!("{wanted} is asked for by PY_PYTHON or py.ini, and no such version is registered"))?;
    // The launcher before 3.11 goes on to PY_PYTHON3 then, the newer one does not.
    let further = matches!(wanted.as_str(), "2" | "3").then(|| told(machine, launcher, &format!("python{wanted}"))).flatten();
    match further.filter(|further| found(further).as_ref() != Some(&newest)) {
        Some(further) => Err(format!("the py of releases before 3.11 takes {further} here, and the newer one takes the newest {wanted}")),
        None => Ok(newest),
    }
}

/// What a variable says, else `py.ini` in the account's folder, else the one beside the launcher.
fn told(machine: &dyn Machine, launcher: &str, name: &str) -> Option<String> {
    let variable = machine.var(&format!("PY_{}", name.to_uppercase())).filter(|value| !value.is_empty());
    let account = machine.var("LOCALAPPDATA").filter(|folder| !folder.is_empty());
    let folders = account.into_iter().chain([Rules::Windows.dirname(launcher)]);
    variable.or_else(|| folders.into_iter().find_map(|folder| in_ini(machine, &Rules::Windows.join(&folder, "py.ini"), name)))
}

/// The value of `name` in the section `[defaults]`.
fn in_ini(machine: &dyn Machine, file: &str, name: &str) -> Option<String> {
    let content = crate::text::decode(&machine.read(file, INI).ok()?);
    let lines = content.trim_start_matches('\u{feff}').lines().map(str::trim);
    let section = lines.skip_while(|line| !line.eq_ignore_ascii_case("[defaults]")).skip(1).take_while(|line| !line.starts_with('['));
    let mut values = section.filter_map(|line| line.split_once('='));
    let value = values.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?.1.trim();
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// Every Python that is registered, the one that py takes without further instructions first.
fn registered(machine: &dyn Machine, program: &str) -> Vec<Registered> {
    let mut pythons: Vec<Registered> = Vec::new();
    for (root, is_32_bit) in ROOTS {
        for company in machine.registry_subkeys(root) {
            for tag in machine.registry_subkeys(&format!(r"{root}\{company}")) {
                let key = format!(r"{root}\{company}\{tag}\InstallPath");
                let named: &[&str] = match program {
                    _ if is_before_pep_514(&company, &tag) => &[],
                    "pythonw.exe" => &["WindowedExecutablePath", "ExecutablePath"],
                    _ => &["ExecutablePath"],
                };
                let path = named.iter().find_map(|name| machine.registry(&format!(r"{key}\{name}")));
                let path = path.or_else(|| Some(Rules::Windows.join(&machine.registry(&key)?, program)));
                let is_32_bit = *is_32_bit || tag.ends_with("-32");
                pythons.extend(path.map(|program| Registered { company: company.clone(), tag, program, is_32_bit }));
            }
        }
    }
    pythons.extend(from_store(machine, program));
    // Of equal ones the first counts: the sort keeps their order.
    pythons.sort_by(Registered::order);
    pythons
}

/// Releases that registered only their folder (`_isLegacyVersion`).
fn is_before_pep_514(company: &str, tag: &str) -> bool {
    let version = tag.split('-').next().unwrap_or_default();
    let parts = version.split_once('.').and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)));
    company.eq_ignore_ascii_case("PythonCore") && parts.is_some_and(|parts| parts.0 == 2 || (parts.0 == 3 && parts.1 <= 5))
}

/// Pythons that were installed from the Microsoft Store.
fn from_store(machine: &dyn Machine, program: &str) -> Vec<Registered> {
    let Some(folder) = machine.var("LOCALAPPDATA") else { return Vec::new() };
    let folder = Rules::Windows.join(&folder, r"Microsoft\WindowsApps");
    let packages = machine.list(&folder).unwrap_or_default().into_iter();
    let found = packages.filter_map(|package| {
        let tag = package.strip_prefix("PythonSoftwareFoundation.Python.")?.split('_').next()?.to_owned();
        let program = Rules::Windows.join(&folder, &format!(r"{package}\{program}"));
        machine.lstat(&program).ok()?;
        Some(Registered { company: "pythoncore".to_owned(), tag, program, is_32_bit: false })
    });
    found.collect()
}

impl Registered {
    fn is_core(&self) -> bool {
        self.company.eq_ignore_ascii_case("PythonCore")
    }

    /// `PythonCore` first, then by company; of one company the highest tag first.
    fn order(&self, other: &Self) -> Ordering {
        let company = |one: &Self| (!one.is_core(), one.company.to_lowercase());
        company(self).cmp(&company(other)).then_with(|| compare_tags(&other.tag, &self.tag))
    }

    /// Whether `3`, `3.11`, `3.11-32` or `Company/Tag` means this one.
    fn is_meant(&self, wanted: &str) -> bool {
        let begins = |wanted: &str| {
            let tag = self.tag.to_lowercase();
            tag.strip_prefix(&wanted.to_lowercase()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        };
        if let Some((company, tag)) = wanted.split_once('/') {
            return self.company.eq_ignore_ascii_case(company) && begins(tag);
        }
        let (tag, fits) = match (wanted.strip_suffix("-32"), wanted.strip_suffix("-64")) {
            (Some(tag), _) => (tag, self.is_32_bit),
            (_, Some(tag)) => (tag, !self.is_32_bit),
            _ => (wanted, true),
        };
        self.is_core() && fits && begins(tag)
    }
}

/// Versions by number up to the first hyphen; of equal ones, the one without a hyphen is the higher one.
fn compare_tags(one: &str, other: &str) -> Ordering {
    let parts = |tag: &str| tag.split_once('-').map_or((tag.to_lowercase(), None), |(tag, end)| (tag.to_lowercase(), Some(end.to_owned())));
    let ((one, one_end), (other, other_end)) = (parts(one), parts(other));
    let by_number = by_numbers(&one).cmp(&by_numbers(&other));
    by_number.then_with(|| match (one_end, other_end) {
        (Some(one), Some(other)) => other.cmp(&one),
        (one, other) => other.is_some().cmp(&one.is_some()),
    })
}

/// A text with its digits as numbers, as `CompareString` with `SORT_DIGITSASNUMBERS` sees it.
fn by_numbers(text: &str) -> Vec<(u64, &str)> {
    text.split('.').map(|part| part.parse().map_or((0, part), |number| (number, ""))).collect()
}
