//! The interpreter that distributions are judged for: which version, which system, which processor. What no file tells stays open,
//! and a requirement that depends on it is not judged.

use crate::machine::{Machine, Platform};
use crate::simulate::import::extension_suffixes;
use crate::simulate::startup::{Origin, Startup};
use crate::venv::Environment;
use crate::venv::binary::Binary;
use crate::venv::distributions::name;
use pep508_rs::{ExtraName, MarkerEnvironment, MarkerEnvironmentBuilder, Requirement, VerbatimUrl};
use std::str::FromStr;

/// A requirement longer than this is not judged: the longest known has some 600 characters.
const LONGEST: usize = 4096;

/// So many conditions in one marker are not judged, nor so many parentheses inside each other.
const CONDITIONS: usize = 64;

/// One interpreter on one system.
pub struct Scene {
    /// `3.12.4`; `None` where start-up does not tell.
    pub version: Option<String>,
    /// `cpython`, `pypy`.
    pub implementation: String,
    /// The system.
    pub platform: Platform,
    /// The processor as the system names it (`x86_64`, `arm64`, `AMD64`); `None` where no file tells.
    pub processor: Option<String>,
    /// Whether the interpreter was built without the global lock.
    pub free_threaded: bool,
    /// The suffixes of extension modules that it looks for; none where it is not known.
    pub suffixes: Vec<String>,
    /// Whether the system's kernel is known.
    kernel: bool,
    /// One for each processor that it may be: several only where no file tells.
    environments: Vec<MarkerEnvironment>,
}

impl Scene {
    /// Reads what is needed of the interpreter that `startup` starts.
    pub fn read(machine: &dyn Machine, environment: &Environment, startup: Option<&Startup>) -> Self {
        let platform = machine.platform();
        let named = |name: &'static str| match (platform, name) {
            (Platform::Windows, "x86_64") => "AMD64",
            (Platform::Windows, "aarch64") => "ARM64",
            (Platform::Windows, "i686") => "x86",
            (_, name) => name,
        };
        // A redirector of Windows was made for the processor of the python.exe that it starts.
        let base = environment.base.as_ref().map(|base| base.file.as_str());
        let binary = environment.interpreter().into_iter().chain(base).find_map(|file| Binary::read(machine, file));
        // A file for two processors runs as the one that the machine has.
        let processor = binary.filter(|binary| binary.machines.len() == 1).and_then(|binary| binary.machines.first().copied()).map(named);
        let possible: Vec<&str> = match (processor, platform) {
            (Some(processor), _) => vec![processor],
            (None, Platform::Linux) => vec!["x86_64", "aarch64"],
            (None, Platform::Macos) => vec!["x86_64", "arm64"],
            (None, Platform::Windows) => vec!["AMD64", "ARM64"],
        };
        let version = startup.and_then(|startup| startup.version.clone());
        let implementation = startup.and_then(|startup| startup.implementation.clone()).unwrap_or_else(|| "cpython".to_owned());
        let base = environment.base.as_ref().map(|base| &base.build);
        let own = base.and_then(|build| build.implementation_version.clone());
        let free_threaded = base.and_then(|build| build.abiflags.as_deref()).is_some_and(|flags| flags.contains('t'));
        let kernel = |file: &str| {
            let text = if platform == Platform::Linux { machine.head(file, 512).ok() } else { None };
            text.map(|bytes| crate::text::decode(&bytes).trim().to_owned()).unwrap_or_default()
        };
        let (release, built) = (kernel("/proc/sys/kernel/osrelease"), kernel("/proc/sys/kernel/version"));
        let environments = version.iter().flat_map(|version| {
            let (implementation, own, release, built) = (&implementation, &own, &release, &built);
            possible.iter().filter_map(move |processor| {
                let facts = Facts { platform, implementation, version, own: own.as_deref(), processor, release, built };
                facts.markers()
            })
        });
        let library = startup.and_then(|startup| startup.sys_path.as_deref()).into_iter().flatten();
        let library: Vec<String> =
            library.filter(|item| matches!(item.source, Origin::Stdlib | Origin::Platstdlib)).map(|item| item.path.clone()).collect();
        let suffixes = environment.base.as_ref().map(|base| extension_suffixes(machine, base, &library)).unwrap_or_default();
        Self {
            suffixes,
            environments: environments.collect(),
            kernel: !release.is_empty(),
            processor: processor.map(str::to_owned),
            version,
            implementation,
            platform,
            free_threaded,
        }
    }

    /// The first two numbers of the version.
    pub fn minor(&self) -> Option<(u32, u32)> {
        let mut numbers = self.version.as_deref()?.split('.');
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    }

    /// `gnu` or `musl`: the C library, as the suffix of its extension modules tells it.
    pub fn libc(&self) -> Option<&str> {
        let own = self.suffixes.first()?.strip_suffix(".so")?;
        ["gnu", "musl"].into_iter().find(|libc| own.rsplit('-').next().is_some_and(|last| last.starts_with(libc)))
    }

    /// Whether a requirement applies here, given these extras; else what it depends on that is not known.
    pub fn applies(&self, requirement: &Requirement<VerbatimUrl>, extras: &[ExtraName]) -> Result<bool, &'static str> {
        // Without a condition it applies wherever it is installed, also where no Python can be asked.
        let marker = &requirement.marker;
        if marker.is_true() {
            return Ok(true);
        }
        let of_kernel = |text: String| text.contains("platform_release") || text.contains("platform_version");
        if !self.kernel && marker.try_to_string().is_some_and(of_kernel) {
            return Err("it depends on the release of the system, which no file here tells");
        }
        let mut answers = self.environments.iter().map(|environment| requirement.evaluate_markers(environment, extras));
        let first = answers.next().ok_or("it depends on this Python, whose version is not known")?;
        if answers.all(|answer| answer == first) { Ok(first) } else { Err("it depends on the processor, which no file here tells") }
    }
}

struct Facts<'a> {
    platform: Platform,
    implementation: &'a str,
    version: &'a str,
    own: Option<&'a str>,
    processor: &'a str,
    release: &'a str,
    built: &'a str,
}

impl Facts<'_> {
    /// The values of [environment markers](https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers).
    fn markers(&self) -> Option<MarkerEnvironment> {
        let (os_name, sys_platform, platform_system) = match self.platform {
            Platform::Linux => ("posix", "linux", "Linux"),
            Platform::Macos => ("posix", "darwin", "Darwin"),
            Platform::Windows => ("nt", "win32", "Windows"),
        };
        let minor = self.version.match_indices('.').nth(1).map_or(self.version, |(at, _)| &self.version[..at]);
        let builder = MarkerEnvironmentBuilder {
            implementation_name: self.implementation,
            implementation_version: self.own.unwrap_or(self.version),
            os_name,
            platform_machine: self.processor,
            platform_python_implementation: match self.implementation {
                "pypy" => "PyPy",
                "graalpy" => "GraalVM",
                _ => "CPython",
            },
            platform_release: self.release,
            platform_system,
            platform_version: self.built,
            python_full_version: self.version,
            python_version: minor,
            sys_platform,
        };
        MarkerEnvironment::try_from(builder).ok()
    }
}

/// A requirement as the papers spell it; `None` where it cannot be read.
pub fn parse(text: &str) -> Option<Requirement<VerbatimUrl>> {
    let mut depth = 0_usize;
    let deepest = text.chars().map(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth
    });
    // What is read here is read by descent, and decided on a tree of all conditions: both need a bound.
    if text.len() > LONGEST || deepest.max() > Some(CONDITIONS) || text.matches(" or ").count() + text.matches(" and ").count() > CONDITIONS
    {
        return None;
    }
    Requirement::from_str(text).ok().or_else(|| Requirement::from_str(&spelt_out(text)?).ok())
}

/// What `packaging` reads and the crate does not (packaging/_parser.py): a comma behind the last specifier, as in `(>=1.0,)`, and no
/// space beside the quotes and parentheses of a marker.
fn spelt_out(text: &str) -> Option<String> {
    let (head, marker) = text.split_once(';').map_or((text, None), |(head, marker)| (head, Some(marker)));
    if head.contains('@') {
        return None;
    }
    let head = head.trim_end();
    let (head, end) = head.strip_suffix(')').map_or((head, ""), |head| (head.trim_end(), ")"));
    let mut spelt = format!("{}{end}", head.strip_suffix(',').unwrap_or(head));
    let mut quote = None;
    for character in marker.map(|marker| format!(";{marker}")).unwrap_or_default().chars() {
        let is_quote = matches!(character, '"' | '\'');
        match quote {
            Some(open) if open == character => {
                quote = None;
                spelt.extend([character, ' ']);
            }
            None if is_quote || character == '(' => {
                quote = is_quote.then_some(character);
                spelt.extend([' ', character]);
            }
            _ => spelt.push(character),
        }
    }
    Some(spelt)
}

/// Whether a requirement belongs to an extra alone, told without reading it: most do, and reading takes its time.
pub fn only_for_an_extra(text: &str) -> bool {
    let Some((_, marker)) = text.split_once(';') else { return false };
    let has_choice = || marker.split(|character: char| !character.is_alphanumeric() && character != '_').any(|word| word == "or");
    marker.contains("extra ==") && !marker.contains("!=") && !has_choice()
}

/// The extras that a requirement names.
pub fn extras(names: &[String]) -> Vec<ExtraName> {
    names.iter().filter_map(|extra| ExtraName::from_str(&name::normalized(extra)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_read_as_packaging_reads_them() {
        for (text, spelt) in [
            ("a>=1.0,", "a>=1.0"),
            ("a (>=1.0, )", "a>=1.0"),
            ("a(<2,>=1,); os_name=='nt'", "a>=1,<2; os_name == 'nt'"),
            ("a;python_version<\"3\"or(sys_platform=='linux')", "a; python_version < '3' or sys_platform == 'linux'"),
        ] {
            assert_eq!(parse(text).map(|read| read.to_string()), parse(spelt).map(|read| read.to_string()), "{text}");
            assert!(parse(spelt).is_some(), "{spelt}");
        }
        assert!(["a>=1,,", "a>=1;", "a>=1 <2", ""].iter().all(|text| parse(text).is_none()));
        let of_an_extra = ["a; extra == 'doctor'", "a>1 ; python_version > '3' and extra == 'x'"];
        assert!(of_an_extra.iter().all(|text| only_for_an_extra(text)));
        assert!(!only_for_an_extra("a; extra == 'x'or(os_name == 'nt')"));
    }
}
