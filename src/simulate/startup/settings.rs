//! The variables and `-X` options that can stop a start before any path is looked for: what Python demands of their values.
//!
//! Follows `Python/preconfig.c`, `config_read_complex_options` in `Python/initconfig.c` and, before 3.8, `Modules/main.c`. `PyPy`
//! reads them in `pypy/interpreter/app_main.py`, some even with `-E`.

use super::command_line::CommandLine;
use super::generation::Release;
use super::scene::{Flags, Halt, Scene};
use super::steps::{self, Account};
use super::{Outcome, Step};
use crate::venv::installation::Implementation;

const RULE: &str = "Python/initconfig.c: config_read_complex_options";

/// A setting that Python does not accept.
struct Refused {
    /// `PYTHONHASHSEED`, `-X utf8`.
    name: &'static str,
    value: String,
    /// The C function that Python names in its message.
    function: &'static str,
    message: String,
}

/// Stops where Python refuses a setting.
pub(super) fn check(scene: &Scene<'_>, line: &CommandLine, flags: Flags, account: &mut Account) -> Result<(), Halt> {
    let settings = Settings { scene, line, flags };
    let refused = match scene.installation.implementation {
        Implementation::CPython => settings.refused(),
        Implementation::PyPy => settings.refused_by_pypy(),
        Implementation::GraalPy => None,
    };
    let Some(refused) = refused else { return Ok(()) };
    let message = match (scene.installation.implementation, scene.release.minor()) {
        (Implementation::CPython, 7..) if !refused.function.is_empty() => {
            format!("Fatal Python error: {}: {}", refused.function, refused.message)
        }
        (Implementation::CPython, _) => format!("Fatal Python error: {}", refused.message),
        _ => refused.message,
    };
    let step = Step::new(steps::SETTINGS, Outcome::Fatal, RULE).value(format!("{}={}", refused.name, refused.value));
    account.push(step);
    Err(Halt::Fatal(message))
}

struct Settings<'s, 'm> {
    scene: &'s Scene<'m>,
    line: &'s CommandLine,
    flags: Flags,
}

/// A `-X` option.
struct XOption<'l> {
    /// What follows its `=`, where there is one.
    value: Option<&'l str>,
}

impl XOption<'_> {
    /// The value, nothing where there is none.
    fn or_empty(&self) -> String {
        self.value.unwrap_or_default().to_owned()
    }
}

impl Settings<'_, '_> {
    fn release(&self) -> Release {
        self.scene.release
    }

    /// A variable that counts.
    fn var(&self, name: &str) -> Option<String> {
        self.scene.python_var(name, self.flags)
    }

    /// A variable for which 3.6 asks before it has read more of the command line than `-E` (`Modules/main.c`).
    fn early_var(&self, name: &str) -> Option<String> {
        let early = !self.release().at_least(7) && !self.line.typed_e;
        if early { self.scene.var(name).filter(|value| !value.is_empty()) } else { self.var(name) }
    }

    /// The first `-X` option of that name, with its value where there is a `=`.
    fn option(&self, name: &str) -> Option<XOption<'_>> {
        self.line.x_options.iter().find_map(|option| match option.split_once('=') {
            Some((key, value)) => (key == name).then_some(XOption { value: Some(value) }),
            None => (option == name).then_some(XOption { value: None }),
        })
    }

    fn refused(&self) -> Option<Refused> {
        self.utf8()
            .or_else(|| self.allocator())
            .or_else(|| self.hash_seed())
            .or_else(|| self.import_time())
            .or_else(|| self.tracemalloc())
            .or_else(|| self.int_max_str_digits())
            .or_else(|| self.cpu_count())
            .or_else(|| self.gil())
            .or_else(|| self.switches_of_3_14())
            .or_else(|| self.frozen_modules())
    }

    fn refused_by_pypy(&self) -> Option<Refused> {
        let always = |name: &str| self.scene.var(name).filter(|value| !value.is_empty());
        let refuse = |name, value: String, message: String| Some(Refused { name, value, function: "", message });
        if let Some(value) = always("PYTHONHASHSEED").filter(|value| !is_hash_seed(value)) {
            return refuse("PYTHONHASHSEED", value, HASH_SEED.to_owned());
        }
        if let Some(value) = self.var("PYTHONUTF8").filter(|value| !matches!(value.as_str(), "0" | "1")) {
            let message = format!("Fatal Python error: invalid PYTHONUTF8 environment variable value '{value}'");
            return refuse("PYTHONUTF8", value, message);
        }
        // `int(value)`, which knows no range.
        let limits = |value: &str| value.trim().parse::<i64>().is_ok_and(|digits| digits == 0 || digits >= LEAST_DIGITS);
        if let Some(value) = self.var("PYTHONINTMAXSTRDIGITS").filter(|value| !limits(value)) {
            let message = format!("invalid value '{value}' for 'PYTHONINTMAXSTRDIGITS'");
            return refuse("PYTHONINTMAXSTRDIGITS", value, message);
        }
        let value = self.option("int_max_str_digits")?.or_empty();
        if limits(&value) {
            return None;
        }
        refuse("-X int_max_str_digits", value.clone(), format!("invalid value '{value}' for '-X int_max_str_digits'"))
    }

    /// `preconfig_init_utf8_mode` (3.7): the option, and only where there is none the variable.
    fn utf8(&self) -> Option<Refused> {
        if !self.release().at_least(7) {
            return None;
        }
        let function = if self.release().at_least(8) { "preconfig_init_utf8_mode" } else { "config_init_utf8_mode" };
        match self.option("utf8").map(|option| option.value) {
            Some(None | Some("0" | "1")) => None,
            Some(Some(value)) => {
                Some(Refused { name: "-X utf8", value: value.to_owned(), function, message: "invalid -X utf8 option value".to_owned() })
            }
            None => {
                let value = self.var("PYTHONUTF8").filter(|value| !matches!(value.as_str(), "0" | "1"))?;
                let message = "invalid PYTHONUTF8 environment variable value".to_owned();
                Some(Refused { name: "PYTHONUTF8", value, function, message })
            }
        }
    }

    /// `preconfig_init_allocator`.
    fn allocator(&self) -> Option<Refused> {
        let known = |value: &String| match value.as_str() {
            "debug" | "malloc" | "malloc_debug" | "pymalloc" | "pymalloc_debug" => true,
            "default" => self.release().at_least(7),
            "mimalloc" | "mimalloc_debug" => self.release().at_least(13),
            _ => false,
        };
        let value = self.early_var("PYTHONMALLOC").filter(|value| !known(value))?;
        let (function, message) = match self.release().minor() {
            ..=6 => ("", format!("Error in PYTHONMALLOC: unknown allocator \"{value}\"!")),
            7 => ("_Py_InitializeCore_impl", "Unknown PYTHONMALLOC allocator".to_owned()),
            _ => ("preconfig_init_allocator", "PYTHONMALLOC: unknown allocator".to_owned()),
        };
        Some(Refused { name: "PYTHONMALLOC", value, function, message })
    }

    /// `config_init_hash_seed`; from 3.7 on `-R` takes its place.
    fn hash_seed(&self) -> Option<Refused> {
        if self.line.random_hashes && self.release().at_least(7) {
            return None;
        }
        let value = self.early_var("PYTHONHASHSEED").filter(|value| !is_hash_seed(value))?;
        Some(Refused { name: "PYTHONHASHSEED", value, function: "config_init_hash_seed", message: HASH_SEED.to_owned() })
    }

    /// `config_init_import_time` (3.14).
    fn import_time(&self) -> Option<Refused> {
        const REST: &str = "values other than 1 and 2 are reserved for future use.";
        if !self.release().at_least(14) {
            return None;
        }
        let reserved = |value: &str| number(value).is_some_and(|level| !(0..=2).contains(&level));
        let function = "config_init_import_time";
        if let Some(value) = self.var("PYTHONPROFILEIMPORTTIME").filter(|value| reserved(value)) {
            let message = format!("PYTHONPROFILEIMPORTTIME: numeric {REST}");
            return Some(Refused { name: "PYTHONPROFILEIMPORTTIME", value, function, message });
        }
        let value = self.option("importtime").and_then(|option| option.value).filter(|value| !value.is_empty() && reserved(value))?;
        Some(Refused { name: "-X importtime", value: value.to_owned(), function, message: format!("-X importtime: {REST}") })
    }

    /// `config_init_tracemalloc`: how many frames are kept. Zero was refused up to 3.7; 3.6 looks at the option only where there is no
    /// variable; since 3.9 more than 65535 frames are refused, later and with another message.
    fn tracemalloc(&self) -> Option<Refused> {
        const MOST: i64 = 65_535;
        let least = i64::from(!self.release().at_least(8));
        let most = if self.release().at_least(9) { MOST } else { i64::from(i32::MAX) };
        let variable = self.var("PYTHONTRACEMALLOC");
        let option =
            self.option("tracemalloc").and_then(|option| option.value).filter(|_| variable.is_none() || self.release().at_least(7));
        // The option's frames are the ones that count.
        let refuse = |name: &'static str, value: &str, message: &str, counts: bool| {
            // wcstol of an empty text is 0.
            let frames = if value.is_empty() { Some(0) } else { number(value) };
            let refused = |function, message: String| Some(Refused { name, value: value.to_owned(), function, message });
            match frames {
                Some(frames) if frames >= least && frames <= most => None,
                Some(frames) if frames > MOST && self.release().at_least(9) => {
                    let what = if self.release().at_least(12) { "start" } else { "initialize" };
                    let message = format!("can't {what} tracemalloc\nValueError: the number of frames must be in range [1; {MOST}]");
                    if counts { refused("init_interp_main", message) } else { None }
                }
                _ => refused("config_init_tracemalloc", message.to_owned()),
            }
        };
        variable
            .and_then(|value| refuse("PYTHONTRACEMALLOC", &value, "PYTHONTRACEMALLOC: invalid number of frames", option.is_none()))
            .or_else(|| refuse("-X tracemalloc", option?, "-X tracemalloc=NFRAME: invalid number of frames", true))
    }

    /// `config_init_int_max_str_digits` (gh-95778).
    fn int_max_str_digits(&self) -> Option<Refused> {
        const REST: &str = "invalid limit; must be >= 640 or 0 for unlimited.";
        if !self.release().limits_int_digits() {
            return None;
        }
        let accepted = |value: &str| number(value).is_some_and(|digits| digits == 0 || digits >= LEAST_DIGITS);
        let function = "config_init_int_max_str_digits";
        if let Some(value) = self.var("PYTHONINTMAXSTRDIGITS").filter(|value| !accepted(value)) {
            let message = format!("PYTHONINTMAXSTRDIGITS: {REST}");
            return Some(Refused { name: "PYTHONINTMAXSTRDIGITS", value, function, message });
        }
        let value = self.option("int_max_str_digits")?.or_empty();
        let message = format!("-X int_max_str_digits: {REST}");
        (!accepted(&value)).then_some(Refused { name: "-X int_max_str_digits", value, function, message })
    }

    /// `config_init_cpu_count` (3.13): the option, and only where there is none the variable.
    fn cpu_count(&self) -> Option<Refused> {
        if !self.release().at_least(13) {
            return None;
        }
        let (name, value) = match self.option("cpu_count") {
            Some(option) => ("-X cpu_count", option.or_empty()),
            None => ("PYTHON_CPU_COUNT", self.var("PYTHON_CPU_COUNT")?),
        };
        let accepted = value == "default" || number(&value).is_some_and(|count| count >= 1);
        let message = "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0".to_owned();
        (!accepted).then_some(Refused { name, value, function: "config_init_cpu_count", message })
    }

    /// `config_read_gil` (3.13): only a free-threaded build can do without the lock.
    fn gil(&self) -> Option<Refused> {
        if !self.release().at_least(13) {
            return None;
        }
        let variable = self.var("PYTHON_GIL").map(|value| ("PYTHON_GIL", value));
        let option = self.option("gil").map(|option| ("-X gil", option.or_empty()));
        let free = self.scene.thread_suffix() == "t";
        variable.into_iter().chain(option).find_map(|(name, value)| {
            let message = match value.as_str() {
                "1" => return None,
                "0" if free => return None,
                "0" => "Disabling the GIL is not supported by this build",
                _ => "PYTHON_GIL / -X gil must be \"0\" or \"1\"",
            };
            Some(Refused { name, value, function: "config_read_gil", message: message.to_owned() })
        })
    }

    /// Two switches of 3.14 that are 0 or 1.
    fn switches_of_3_14(&self) -> Option<Refused> {
        if !self.release().at_least(14) {
            return None;
        }
        let switches = [
            (
                ["PYTHON_THREAD_INHERIT_CONTEXT", "thread_inherit_context", "-X thread_inherit_context"],
                "config_init_thread_inherit_context",
            ),
            (
                ["PYTHON_CONTEXT_AWARE_WARNINGS", "context_aware_warnings", "-X context_aware_warnings"],
                "config_init_context_aware_warnings",
            ),
        ];
        let accepted = |value: &str| matches!(number(value), Some(0 | 1));
        switches.into_iter().find_map(|([variable, option, shown], function)| {
            if let Some(value) = self.var(variable).filter(|value| !accepted(value)) {
                return Some(Refused { name: variable, value, function, message: format!("{variable}=N: N is missing or invalid") });
            }
            let value = self.option(option)?.or_empty();
            let message = format!("{shown}=n: n is missing or invalid");
            (!accepted(&value)).then_some(Refused { name: shown, value, function, message })
        })
    }

    /// `config_init_import`: `-X frozen_modules` (3.11) and its variable (3.13).
    fn frozen_modules(&self) -> Option<Refused> {
        if !self.release().at_least(11) {
            return None;
        }
        let accepted = |value: &str| matches!(value, "on" | "off");
        if self.release().at_least(13)
            && let Some(value) = self.var("PYTHON_FROZEN_MODULES").filter(|value| !accepted(value))
        {
            let message = "bad value for PYTHON_FROZEN_MODULES (expected \"on\" or \"off\")".to_owned();
            return Some(Refused { name: "PYTHON_FROZEN_MODULES", value, function: "", message });
        }
        let value = self.option("frozen_modules").and_then(|option| option.value).filter(|value| !value.is_empty() && !accepted(value))?;
        let message = "bad value for option -X frozen_modules (expected \"on\" or \"off\")".to_owned();
        Some(Refused { name: "-X frozen_modules", value: value.to_owned(), function: "", message })
    }
}

const HASH_SEED: &str = "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";

/// `_PY_LONG_MAX_STR_DIGITS_THRESHOLD`.
const LEAST_DIGITS: i64 = 640;

/// `_Py_str_to_int`: white space, a sign and digits, nothing after them; within the range of a C `int`.
fn number(text: &str) -> Option<i64> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let number: i64 = text.parse().ok()?;
    i32::try_from(number).ok().map(i64::from)
}

/// `random`, or what `strtoul` reads as a number of 32 bits.
fn is_hash_seed(value: &str) -> bool {
    let digits = value.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    value == "random" || digits.parse::<u32>().is_ok() || digits == "-0"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        assert_eq!((number(" 12"), number("+1"), number("-1")), (Some(12), Some(1), Some(-1)));
        assert_eq!((number("1 "), number(""), number("0x1"), number("2147483648")), (None, None, None, None));
        assert!(is_hash_seed("random") && is_hash_seed("4294967295") && is_hash_seed("+1"));
        assert!(!is_hash_seed("4294967296") && !is_hash_seed("-1") && !is_hash_seed("1 "));
    }
}
