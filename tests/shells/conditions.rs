//! The states in which a shell may be when somebody activates an environment.

/// One state: what is set before the script is sourced.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    /// Its name in test names.
    pub name: &'static str,
    /// Exported variables; `ENV` stands for the environment's folder.
    pub exported: Vec<(&'static str, &'static str)>,
    /// The shell's own variables.
    pub private: Vec<(&'static str, &'static str)>,
    /// Whether the script has been sourced before.
    pub twice: bool,
    /// Whether unset variables are errors.
    pub nounset: bool,
}

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
const PROMPT: &str = "$ ";

fn usual(name: &'static str) -> Condition {
    Condition { name, exported: vec![("PATH", PATH), ("HOME", "/home/ada")], private: vec![("PS1", PROMPT)], ..Condition::default() }
}

impl Condition {
    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.exported.retain(|(known, _)| *known != name);
        self.exported.push((name, value));
        self
    }

    fn own(mut self, name: &'static str, value: &'static str) -> Self {
        self.private.retain(|(known, _)| *known != name);
        self.private.push((name, value));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.exported.retain(|(known, _)| *known != name);
        self.private.retain(|(known, _)| *known != name);
        self
    }

    fn strict(mut self) -> Self {
        self.nounset = true;
        self
    }

    fn twice(mut self) -> Self {
        self.twice = true;
        self
    }
}

/// Every condition. The first few are also used with the environments that are odd in themselves.
pub fn all() -> Vec<Condition> {
    let active = |name| {
        usual(name)
            .with("VIRTUAL_ENV", "ENV")
            .with("VIRTUAL_ENV_PROMPT", "env")
            .with("PATH", "ENV/bin:/usr/bin:/bin")
            .own("_OLD_VIRTUAL_PATH", "/usr/bin:/bin")
            .own("_OLD_VIRTUAL_PS1", "$ ")
            .own("PS1", "(env) $ ")
    };
    let other = |name| {
        usual(name)
            .with("VIRTUAL_ENV", "/home/ada/other")
            .with("PATH", "/home/ada/other/bin:/usr/bin:/bin")
            .own("_OLD_VIRTUAL_PATH", "/usr/bin:/bin")
            .own("_OLD_VIRTUAL_PS1", "> ")
            .own("PS1", "(other) > ")
    };
    vec![
        usual("usual"),
        usual("set -u").strict(),
        usual("nothing set").without("PS1").without("PATH").without("HOME"),
        usual("no prompt").without("PS1"),
        usual("no prompt, set -u").without("PS1").strict(),
        usual("empty prompt").own("PS1", ""),
        usual("prompt with escapes").own("PS1", "\\u@\\h:\\w\\$ "),
        usual("prompt with quotes").own("PS1", "it's \"me\" `x` %n é> "),
        usual("PATH empty").with("PATH", ""),
        usual("PATH unset").without("PATH"),
        usual("PATH unset, set -u").without("PATH").strict(),
        usual("PATH with empty items").with("PATH", ":/usr/bin::/bin:"),
        usual("PATH with relative items").with("PATH", ".:bin:/usr/bin:/bin"),
        usual("PATH repeated").with("PATH", "/usr/bin:/bin:/usr/bin:ENV/bin"),
        usual("PATH with spaces").with("PATH", "/usr/bin:/bin:/opt/my tools/bin:~/bin"),
        usual("PYTHONHOME").with("PYTHONHOME", "/opt/python"),
        usual("PYTHONHOME, set -u").with("PYTHONHOME", "/opt/python").strict(),
        usual("PYTHONHOME empty").with("PYTHONHOME", ""),
        usual("PYTHONHOME saved").own("_OLD_VIRTUAL_PYTHONHOME", "/opt/old"),
        usual("prompt disabled").with("VIRTUAL_ENV_DISABLE_PROMPT", "1"),
        usual("prompt disabled by nothing").with("VIRTUAL_ENV_DISABLE_PROMPT", ""),
        usual("prompt named before").with("VIRTUAL_ENV_PROMPT", "mine"),
        active("active"),
        active("active, set -u").strict(),
        active("active, PATH edited since").with("PATH", "/opt/new:ENV/bin:/usr/bin:/bin"),
        other("another active"),
        other("another active with PYTHONHOME saved").own("_OLD_VIRTUAL_PYTHONHOME", "/opt/python"),
        other("another active, prompt disabled").with("VIRTUAL_ENV_DISABLE_PROMPT", "1"),
        usual("active in the shell above").with("VIRTUAL_ENV", "/home/ada/other").with("PATH", "/home/ada/other/bin:/usr/bin:/bin"),
        usual("VIRTUAL_ENV empty").with("VIRTUAL_ENV", ""),
        usual("saved PATH empty").own("_OLD_VIRTUAL_PATH", ""),
        usual("saved prompt empty").own("_OLD_VIRTUAL_PS1", ""),
        usual("PKG_CONFIG_PATH").with("PKG_CONFIG_PATH", "/opt/lib/pkgconfig"),
        usual("PKG_CONFIG_PATH empty").with("PKG_CONFIG_PATH", ""),
        usual("PKG_CONFIG_PATH saved").own("_OLD_PKG_CONFIG_PATH", "/opt/lib/pkgconfig"),
        usual("TCL_LIBRARY").with("TCL_LIBRARY", "/opt/tcl").with("TK_LIBRARY", "/opt/tk"),
        usual("OSTYPE msys").with("OSTYPE", "msys"),
        usual("OSTYPE cygwin").with("OSTYPE", "cygwin"),
        usual("SCRIPT_PATH").own("SCRIPT_PATH", "/somewhere"),
        usual("twice").twice(),
        usual("twice with PYTHONHOME").with("PYTHONHOME", "/opt/python").twice(),
        usual("twice, prompt disabled").with("VIRTUAL_ENV_DISABLE_PROMPT", "1").twice(),
    ]
}
