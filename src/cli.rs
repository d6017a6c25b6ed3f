//! What was asked, word for word: the command line. The only file that knows clap; it decides nothing.

use crate::simulate::activation::Shell;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "Examples:
  venv-explain                          the environment that is active here, or .venv in this folder
  venv-explain ~/app/.venv tree         what is on disk
  venv-explain which python pip         which file runs, before and after activation
  venv-explain syspath .venv -- -I -c 'pass'
  venv-explain --sample windows         a recorded environment, when none is at hand

Exit status: 0 done; 1 something was found wrong, missing or different; 2 the command line or its input is unusable.";

/// Explains a Python virtual environment on your own example. It reads the disk and never runs the environment's code.
#[derive(Debug, Clone, Parser)]
#[command(name = "venv-explain", version, styles = STYLES, subcommand_precedence_over_arg = true, max_term_width = 100, after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Asked {
    /// The environment: its folder, anything inside it, or a project folder that holds .venv, venv or env
    pub venv: Option<String>,
    /// How the answer is shown.
    #[command(flatten)]
    pub look: Look,
    /// What is explained.
    #[command(flatten)]
    pub scene: Scene,
    /// How much of it.
    #[command(flatten)]
    pub extent: Extent,
    /// Which part.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// How the answer is shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct Look {
    /// Output format
    #[arg(long, global = true, value_enum, default_value_t = Format::Terminal)]
    pub format: Format,
    /// Write to FILE instead of standard output
    #[arg(long, global = true, value_name = "FILE")]
    pub output: Option<String>,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub color: When,
    /// Width in columns, 40 or more [default: the terminal's, else 100]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    pub width: Option<u16>,
    /// The same output on every machine: <venv>, <base> and ~ for paths, no sizes and times
    #[arg(long, global = true)]
    pub stable: bool,
    /// Language of the lessons
    #[arg(long, global = true, default_value = "en", value_name = "LANG")]
    pub lang: String,
    /// Folder with lessons of your own, laid over the built-in ones
    #[arg(long, global = true, value_name = "DIR")]
    pub lessons: Option<String>,
    /// Explain more deeply: where it looked, and the source of each rule
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Only the facts, without leads and hints
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// What sets the scene: which machine, and what is taken to be different on it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The scene")]
pub struct Scene {
    /// Explain a recorded machine instead of this one (- reads standard input)
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "sample")]
    pub capture: Option<String>,
    /// Explain a built-in recorded environment; "list" lists them
    #[arg(long, global = true, value_name = "NAME")]
    pub sample: Option<String>,
    /// As if the environment variable were set (repeatable)
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
    /// As if the environment variable were unset (repeatable)
    #[arg(long, global = true, value_name = "NAME")]
    pub unset: Vec<String>,
    /// As if started from there
    #[arg(long, global = true, value_name = "DIR")]
    pub cwd: Option<String>,
    /// The shell whose rules apply
    #[arg(long, global = true, value_enum, value_name = "SHELL")]
    pub shell: Option<ShellName>,
    /// The interpreter as typed: a path, or a bare name looked up on PATH [default: the environment's own]
    #[arg(long, global = true, value_name = "ARGV0")]
    pub program: Option<String>,
    /// As if changed first (repeatable): no-config, config:KEY=VALUE, config:-KEY, moved:DIR, base-removed, base-upgraded:VERSION, remove:PATH, write:PATH=TEXT
    #[arg(long, global = true, value_name = "CHANGE")]
    pub whatif: Vec<String>,
}

impl Scene {
    /// The options that say which machine it is, each with its value: what a command line needs to lead to the same one.
    pub fn options(&self) -> Vec<(&'static str, &str)> {
        let each: [(&'static str, &[String]); 6] = [
            ("--capture", self.capture.as_slice()),
            ("--sample", self.sample.as_slice()),
            ("--env", &self.env),
            ("--unset", &self.unset),
            ("--cwd", self.cwd.as_slice()),
            ("--whatif", &self.whatif),
        ];
        each.into_iter().flat_map(|(option, values)| values.iter().map(move |value| (option, value.as_str()))).collect()
    }
}

/// How much is shown.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Extent {
    /// Show every entry of long folders
    #[arg(long, global = true)]
    pub all: bool,
    /// Tell for each entry of the tree which distribution put it there
    #[arg(long, global = true)]
    pub owners: bool,
    /// How many folders deep the tree goes
    #[arg(long, global = true, value_name = "N")]
    pub depth: Option<usize>,
}

/// The parts of an explanation, each a command of its own.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// The annotated tree: what is on disk, and what each thing is for
    Tree {
        /// The environment
        venv: Option<String>,
    },
    /// pyvenv.cfg, key by key
    Config {
        /// The environment
        venv: Option<String>,
    },
    /// How each command resolves through PATH, before and after activation
    Which {
        /// The commands, as typed
        #[arg(required = true, value_name = "COMMAND")]
        commands: Vec<String>,
        /// The environment
        #[arg(long = "venv", value_name = "VENV")]
        environment: Option<String>,
    },
    /// What activation and deactivation change, and the script that does it
    Activate {
        /// The environment
        venv: Option<String>,
    },
    /// Where a module is found, and everything it was looked for in
    Import {
        /// The module's name, as in an import statement
        #[arg(value_name = "MODULE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
        module: String,
        /// The environment
        #[arg(long = "venv", value_name = "VENV")]
        environment: Option<String>,
    },
    /// Installed distributions: where sys.path finds them, who needs them, and whether they fit together
    Packages {
        /// The environment
        venv: Option<String>,
        /// Show who requires whom
        #[arg(long)]
        tree: bool,
    },
    /// One installed distribution: its papers, its files held against the disk, and what uninstalling removes
    Package {
        /// The distribution, by the name that it is installed by
        name: String,
        /// The environment
        #[arg(long = "venv", value_name = "VENV")]
        environment: Option<String>,
    },
    /// How sys.path and the prefixes come about, step by step
    Syspath {
        /// The environment
        venv: Option<String>,
        /// Run the environment's own python and compare (the one option that runs it)
        #[arg(long)]
        verify: bool,
        /// The interpreter's own arguments, as they would be typed
        #[arg(last = true, value_name = "PYTHON-ARGS")]
        arguments: Vec<String>,
    },
}

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For the eye: columns, guides, colour where allowed
    Terminal,
    /// For the ear and for plain files: words instead of drawing characters
    Plain,
    /// For documents
    Markdown,
    /// One file for a browser
    Html,
    /// A picture
    Svg,
    /// For programs
    Json,
    /// (packages) What pip freeze prints
    Requirements,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless the variable `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The shells by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "each name is its own description")]
pub enum ShellName {
    Bash,
    Zsh,
    Sh,
    Ksh,
    Fish,
    Csh,
    Tcsh,
    Powershell,
    Cmd,
    Nushell,
    Xonsh,
}

impl From<ShellName> for Shell {
    fn from(name: ShellName) -> Self {
        match name {
            ShellName::Bash => Self::Bash,
            ShellName::Zsh => Self::Zsh,
            ShellName::Sh => Self::Sh,
            ShellName::Ksh => Self::Ksh,
            ShellName::Fish => Self::Fish,
            ShellName::Csh => Self::Csh,
            ShellName::Tcsh => Self::Tcsh,
            ShellName::Powershell => Self::Powershell,
            ShellName::Cmd => Self::Cmd,
            ShellName::Nushell => Self::Nushell,
            ShellName::Xonsh => Self::Xonsh,
        }
    }
}

impl Asked {
    /// Reads the process's `arguments`, its own name first; prints help or a usage error and exits where they say so.
    pub fn from_arguments(arguments: Vec<String>) -> Self {
        Self::parse_from(arguments)
    }

    /// The environment as named on the command line, before or after the command's name.
    pub fn named(&self) -> Option<&str> {
        let inner = match &self.command {
            Some(
                Command::Tree { venv }
                | Command::Config { venv }
                | Command::Activate { venv }
                | Command::Syspath { venv, .. }
                | Command::Packages { venv, .. },
            ) => venv.as_deref(),
            Some(Command::Which { environment, .. } | Command::Package { environment, .. } | Command::Import { environment, .. }) => {
                environment.as_deref()
            }
            None => None,
        };
        inner.or(self.venv.as_deref())
    }
}

/// The command whose name is nearest to a mistyped word; `None` where none is near.
pub fn nearest_command(word: &str) -> Option<String> {
    let names =
        <Asked as clap::CommandFactory>::command().get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>();
    let scored = names.into_iter().map(|name| (strsim::jaro_winkler(&name, word), name)).filter(|(score, _)| *score > 0.8);
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Asked::command().debug_assert();
    }

    #[test]
    fn options_and_the_environment_may_stand_on_either_side_of_the_command() {
        for words in
            [&["tree", ".venv", "--color", "never"][..], &["--color=never", "tree", ".venv"], &[".venv", "--color", "never", "tree"]]
        {
            let asked = Asked::try_parse_from(std::iter::once(&"venv-explain").chain(words)).unwrap();
            assert_eq!(asked.named(), Some(".venv"));
            assert!(matches!(asked.command, Some(Command::Tree { .. })));
            assert_eq!(asked.look.color, When::Never);
        }
    }

    #[test]
    fn what_follows_two_dashes_belongs_to_python() {
        let asked = Asked::try_parse_from(["venv-explain", "syspath", ".venv", "--", "-I", "-c", "pass"]).unwrap();
        let Some(Command::Syspath { venv, arguments, .. }) = asked.command else { panic!("not syspath") };
        assert_eq!((venv.as_deref(), arguments.len()), (Some(".venv"), 3));
    }
}
