//! Python's own command line: which options stand before the program, and what the program is.
//!
//! Follows `_PyOS_GetOpt` (`Python/getopt.c`) and `config_parse_cmdline` (`Python/initconfig.c`): short options may be written
//! together, `-c` and `-m` end the options and take the rest of their word or the next one.

use super::generation::Release;
use crate::venv::installation::Implementation;

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Program {
    /// `-c code`.
    Code,
    /// `-m module`.
    Module(String),
    /// A file, folder or zip archive.
    File(String),
    /// Standard input, or the interactive prompt.
    Input,
}

/// What the options before the program say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "these are independent options, one for one")]
pub(super) struct CommandLine {
    /// `-I`.
    pub isolated: bool,
    /// `-E` (or `-I`).
    pub ignore_environment: bool,
    /// `-E` itself.
    pub typed_e: bool,
    /// `-s` (or `-I`).
    pub no_user_site: bool,
    /// `-S`.
    pub no_site: bool,
    /// `-P` (or `-I`).
    pub safe_path: bool,
    /// `-R`.
    pub random_hashes: bool,
    /// `-X` options, in order.
    pub x_options: Vec<String>,
    /// What is run.
    pub program: Program,
}

/// Why Python stops while it reads its command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// It prints something and ends, as asked: `-V`, `-h`.
    Asked(&'static str),
    /// It does not understand the command line; the message that it prints.
    Unusable(String),
}

/// The options of a command line, each a word of its own, and whether a program other than `-c` follows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switches {
    /// `-I`, `-X utf8` …
    pub options: Vec<String>,
    /// Whether a module, a file or standard input is run.
    pub other_program: bool,
}

/// The switches of `arguments`, for starting the same Python with another program; `None` where `version` cannot be read, or does
/// not understand them.
pub fn switches(arguments: &[String], version: &str) -> Option<Switches> {
    let line = parse(arguments, version.parse().ok()?, Implementation::CPython).ok()?;
    let flags = [
        (line.isolated, "-I"),
        (line.ignore_environment && !line.isolated, "-E"),
        (line.no_user_site && !line.isolated, "-s"),
        (line.no_site, "-S"),
        (line.safe_path && !line.isolated, "-P"),
    ];
    let mut options: Vec<String> = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| (*flag).to_owned()).collect();
    options.extend(line.x_options.iter().map(|option| format!("-X{option}")));
    Some(Switches { options, other_program: !arguments.is_empty() && line.program != Program::Code })
}

/// Reads what follows the interpreter on its command line.
pub(super) fn parse(arguments: &[String], release: Release, implementation: Implementation) -> Result<CommandLine, Stop> {
    let mut line = CommandLine {
        isolated: false,
        ignore_environment: false,
        typed_e: false,
        no_user_site: false,
        no_site: false,
        safe_path: false,
        random_hashes: false,
        x_options: Vec::new(),
        program: Program::Input,
    };
    let mut rest = arguments.iter();
    while let Some(word) = rest.clone().next() {
        if !word.starts_with('-') || word == "-" {
            break;
        }
        rest.next();
        if word == "--" {
            break;
        }
        if word.starts_with("--") {
            long_option(word, &mut rest, release)?;
        } else if short_options(word, &mut rest, (release, implementation), &mut line)? {
            return Ok(finish(line));
        }
    }
    match rest.next() {
        Some(word) if word != "-" => line.program = Program::File(word.clone()),
        _ => {}
    }
    Ok(finish(line))
}

/// `-I` implies the three others (`config_init_import`, `preconfig_init_...`).
fn finish(mut line: CommandLine) -> CommandLine {
    if line.isolated {
        line.ignore_environment = true;
        line.no_user_site = true;
        line.safe_path = true;
    }
    line
}

type Words<'a> = std::slice::Iter<'a, String>;

fn long_option(word: &str, rest: &mut Words<'_>, release: Release) -> Result<(), Stop> {
    match word {
        "--help" => Err(Stop::Asked("help")),
        "--version" => Err(Stop::Asked("version")),
        "--help-all" | "--help-env" | "--help-xoptions" if release.at_least(11) => Err(Stop::Asked("help")),
        "--check-hash-based-pycs" if release.at_least(7) => match rest.next() {
            Some(value) if !matches!(value.as_str(), "default" | "always" | "never") => {
                Err(Stop::Unusable(format!("{word} must be one of 'default', 'always', or 'never'")))
            }
            Some(_) => Ok(()),
            None => Err(Stop::Unusable(format!("Argument expected for the {word} option"))),
        },
        _ => Err(Stop::Unusable(if release.at_least(7) { format!("unknown option {word}") } else { "Unknown option: --".to_owned() })),
    }
}

/// Reads one word of short options; true when `-c` or `-m` ended the options.
fn short_options(word: &str, rest: &mut Words<'_>, of: (Release, Implementation), line: &mut CommandLine) -> Result<bool, Stop> {
    let (release, implementation) = of;
    let mut letters = word.chars();
    letters.next();
    while let Some(letter) = letters.next() {
        match letter {
            'I' => line.isolated = true,
            'E' => (line.ignore_environment, line.typed_e) = (true, true),
            's' => line.no_user_site = true,
            'S' => line.no_site = true,
            'P' if release.has_safe_path() => line.safe_path = true,
            't' | 'x' | 'J' if implementation == Implementation::PyPy => return Err(Stop::Unusable(format!("Unknown option: -{letter}"))),
            'R' => line.random_hashes = true,
            'b' | 'B' | 'd' | 'i' | 'O' | 'q' | 't' | 'u' | 'v' | 'x' => {}
            'V' => return Err(Stop::Asked("version")),
            'h' | '?' => return Err(Stop::Asked("help")),
            'J' => return Err(Stop::Unusable("-J is reserved for Jython".to_owned())),
            'c' | 'm' | 'W' | 'X' => return argument(letter, letters.as_str(), rest, line),
            _ => return Err(Stop::Unusable(format!("Unknown option: -{letter}"))),
        }
    }
    Ok(false)
}

fn argument(letter: char, tail: &str, rest: &mut Words<'_>, line: &mut CommandLine) -> Result<bool, Stop> {
    let value = if tail.is_empty() { rest.next().cloned() } else { Some(tail.to_owned()) };
    let Some(value) = value else {
        return Err(Stop::Unusable(format!("Argument expected for the -{letter} option")));
    };
    match letter {
        'c' => line.program = Program::Code,
        'm' => line.program = Program::Module(value),
        'X' => line.x_options.push(value),
        _ => {}
    }
    Ok(matches!(letter, 'c' | 'm'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str], minor: u32) -> Result<CommandLine, Stop> {
        parse(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>(), Release::new(minor, 0), Implementation::CPython)
    }

    #[test]
    fn options_written_together_are_read_one_by_one() {
        let line = parsed(&["-Isc", "pass", "-S"], 12).unwrap();
        assert!(line.isolated && line.no_user_site && !line.no_site);
        assert_eq!(line.program, Program::Code);
    }

    #[test]
    fn an_option_takes_the_rest_of_its_word_or_the_next_word() {
        let line = parsed(&["-Xdev", "-X", "utf8", "-Wignore", "-Smsite", "-s"], 12).unwrap();
        assert_eq!(line.x_options, ["dev", "utf8"]);
        assert!(line.no_site && !line.no_user_site);
        assert_eq!(line.program, Program::Module("site".to_owned()));
        assert_eq!(parsed(&["-c"], 12), Err(Stop::Unusable("Argument expected for the -c option".to_owned())));
    }

    #[test]
    fn what_follows_the_script_is_the_scripts_own() {
        let line = parsed(&["-E", "x.py", "-I"], 12).unwrap();
        assert_eq!(line.program, Program::File("x.py".to_owned()));
        assert!(!line.isolated);
        assert_eq!(parsed(&["-E", "-", "-I"], 12).unwrap().program, Program::Input);
        assert_eq!(parsed(&["--", "-I"], 12).unwrap().program, Program::File("-I".to_owned()));
    }

    #[test]
    fn safe_path_is_an_unknown_option_before_3_11() {
        assert!(parsed(&["-Pc", "pass"], 11).unwrap().safe_path);
        assert_eq!(parsed(&["-Pc", "pass"], 10), Err(Stop::Unusable("Unknown option: -P".to_owned())));
    }
}
