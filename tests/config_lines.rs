//! Which line of `pyvenv.cfg` counts: what each reader's rule says is compared with what the real interpreters of this machine do.
//!
//! Two stand-ins for base installations (`one`, `two`) hold links to the interpreter's own library, so that `sys.base_prefix` tells
//! which `home` line `getpath` took, and `sys._home` which one `site` took.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use support::Scratch;
use support::interpreters::{self, Interpreter};
use support::process::{self, Run};
use venv_explain::machine::Platform;
use venv_explain::venv::Config;
use venv_explain::venv::config::Reader;

/// Contents of the file: `{1}` and `{2}` stand for the `bin` folders of the two bases.
const CONTENTS: &[(&str, &[u8])] = &[
    ("as written", b"home = {1}\ninclude-system-site-packages = false\n"),
    ("no blanks", b"home={1}\ninclude-system-site-packages=false\n"),
    ("blank before", b"home ={1}\n"),
    ("blank behind", b"home= {1}\n"),
    ("indented", b"   home = {1}\n   include-system-site-packages = false\n"),
    ("tabs", b"home\t=\t{1}\n"),
    ("tab before", b"home\t= {1}\n"),
    ("upper case", b"HOME = {1}\nINCLUDE-SYSTEM-SITE-PACKAGES = FALSE\n"),
    ("mixed case", b"Home = {1}\nInclude-System-Site-Packages = True\n"),
    ("colon", b"home: {1}\ninclude-system-site-packages: false\n"),
    ("trailing blanks", b"home = {1}   \n"),
    ("many blanks", b"home  =   {1}\n"),
    ("two blanks before", b"home  = {1}\n"),
    ("no last end of line", b"include-system-site-packages = false\nhome = {1}"),
    ("windows line ends", b"home = {1}\r\ninclude-system-site-packages = false\r\n"),
    ("old mac line ends", b"home = {1}\rinclude-system-site-packages = false\r"),
    ("mac line end before home", b"a = b\rhome = {1}\n"),
    ("comment", b"# home = {2}\nhome = {1}\n"),
    ("comment behind", b"home = {1} # here\ninclude-system-site-packages = true # no\n"),
    ("indented comment", b"  # home = {2}\nhome = {1}\n"),
    ("section", b"[venv]\nhome = {1}\ninclude-system-site-packages = false\n"),
    ("byte order mark", b"\xef\xbb\xbfhome = {1}\ninclude-system-site-packages = false\n"),
    ("mark before another key", b"\xef\xbb\xbfversion = 3\nhome = {1}\n"),
    ("twice", b"home = {1}\nhome = {2}\n"),
    ("twice, other order", b"home = {2}\nhome = {1}\n"),
    ("twice, first in upper case", b"HOME = {1}\nhome = {2}\n"),
    ("system twice", b"home = {1}\ninclude-system-site-packages = true\ninclude-system-site-packages = false\n"),
    ("system twice, other order", b"home = {1}\ninclude-system-site-packages = false\ninclude-system-site-packages = true\n"),
    ("quoted", b"home = \"{1}\"\ninclude-system-site-packages = \"true\"\n"),
    ("two signs", b"home == {1}\n"),
    ("sign in the value", b"home = {1}\nprompt = a=b\n"),
    ("no home", b"include-system-site-packages = false\n"),
    ("empty home", b"home = \ninclude-system-site-packages = false\n"),
    ("empty home first", b"home =\nhome = {1}\n"),
    ("no line at all", b""),
    ("blank lines", b"\n\n  \nhome = {1}\n\n"),
    ("no sign", b"home\ninclude-system-site-packages\nhome = {1}\n"),
    ("system yes", b"home = {1}\ninclude-system-site-packages = yes\n"),
    ("system one", b"home = {1}\ninclude-system-site-packages = 1\n"),
    ("system in upper case", b"home = {1}\ninclude-system-site-packages = TRUE\n"),
    ("system empty", b"home = {1}\ninclude-system-site-packages =\n"),
    ("system with underscores", b"home = {1}\ninclude_system_site_packages = false\n"),
    ("system missing", b"home = {1}\n"),
    ("nul before", b"a = \0\nhome = {1}\n"),
    ("nul behind", b"home = {1}\nprompt = \0\n"),
    ("nul in the line", b"home = {1}\0\n"),
    ("not utf-8", b"home = {1}\n# caf\xe9\n"),
    ("not utf-8 before", b"prompt = \xff\nhome = {1}\n"),
    ("no-break space", b"home\xc2\xa0=\xc2\xa0{1}\n"),
    ("unit separator", b"home = {1}\x1f\ninclude-system-site-packages = true\x1c\n"),
    ("form feed", b"home = {1}\x0c\n"),
    ("form feed alone", b"\x0chome = {1}\n"),
    ("line separator", b"a = \xe2\x80\xa8home = {2}\nhome = {1}\n"),
    ("trailing slash", b"home = {1}/\n"),
    ("a folder that is not there", b"home = /nowhere/bin\n"),
];

/// What one start says: the two prefixes, what `site` took for `home`, and whether it lets the base in.
const QUESTION: &str = "import sys, site\nprint(repr(sys.base_prefix))\nprint(repr(getattr(sys, '_home', None)))\n\
                        print(sys.base_prefix in site.PREFIXES or len(site.PREFIXES) > 1)";

fn main() {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = interpreters::all()
        .iter()
        .filter(|interpreter| interpreter.implementation == "cpython")
        .map(|interpreter| Trial::test(interpreter.name.clone(), move || agree(interpreter)))
        .collect();
    if trials.is_empty() {
        trials.push(Trial::test("no CPython on this machine", || Ok(())).with_ignored_flag(true));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn agree(interpreter: &Interpreter) -> Result<(), Failed> {
    let scratch = Scratch::new("config-lines");
    let bench = Bench::make(interpreter, scratch.path()).map_err(|error| format!("cannot lay out the bases: {error}"))?;
    let long = [b"a = ".to_vec(), vec![b'x'; 9000], b"\nhome = {1}\n".to_vec()].concat();
    let big = [b"home = {1}\n".to_vec(), b"# a comment that fills the file\n".repeat(1100)].concat();
    let grown = [("a long line", long.as_slice()), ("32 KiB", big.as_slice())];
    let mut wrong = Vec::new();
    for (name, content) in CONTENTS.iter().copied().chain(grown) {
        if let Err(difference) = bench.compare(content) {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

struct Bench<'a> {
    interpreter: &'a Interpreter,
    root: &'a Path,
}

impl<'a> Bench<'a> {
    /// Two bases that are links to the real one, and an environment whose program is what that release reads `home` for: a
    /// copy up to 3.10 (which looks beside the file that a link leads to), a link from 3.11 on.
    fn make(interpreter: &'a Interpreter, root: &'a Path) -> std::io::Result<Self> {
        use std::os::unix::fs::symlink;
        let lib = format!("lib/python{}.{}", interpreter.version.0, interpreter.version.1);
        for base in ["one", "two"] {
            std::fs::create_dir_all(root.join(base).join("bin"))?;
            std::fs::create_dir_all(root.join(base).join("lib"))?;
            symlink(&interpreter.stdlib, root.join(base).join(&lib))?;
        }
        std::fs::create_dir_all(root.join("env/bin"))?;
        std::fs::create_dir_all(root.join("env").join(&lib).join("site-packages"))?;
        let python = root.join("env/bin/python");
        if interpreter.is_cpython_from(11) {
            symlink(interpreter.file(), python)?;
        } else {
            std::fs::copy(interpreter.file(), python)?;
        }
        Ok(Self { interpreter, root })
    }

    fn compare(&self, content: &[u8]) -> Result<(), String> {
        let one = self.root.join("one/bin").display().to_string();
        let two = self.root.join("two/bin").display().to_string();
        let content = replaced(&replaced(content, b"{1}", one.as_bytes()), b"{2}", two.as_bytes());
        let file = self.root.join("env/pyvenv.cfg");
        std::fs::write(&file, &content).map_err(|error| error.to_string())?;
        let config = Config::of_text("pyvenv.cfg", &venv_explain::text::decode(&content), Platform::Linux);
        let run = Run::new(self.root.join("env/bin/python")).args(["-c", QUESTION]).cwd("/").var("LANG", "C.UTF-8");
        let ended = process::run(&run).map_err(|error| error.to_string())?;
        // 3.6 goes on to `sysconfig`, which asks the system for the folder `sys._home`, and no path may hold a NUL.
        let asked = !self.interpreter.is_cpython_from(7) && config.home(Reader::Site).is_some_and(|home| home.value.contains('\0'));
        let refused = self.interpreter.is_cpython_from(11) && config.fatal_for_getpath_py();
        let fatal = config.fatal_for_site().is_some() || refused || asked;
        if ended.status != Some(0) || fatal {
            return equal("start", &fatal, &(ended.status != Some(0)));
        }
        let said = ended.text();
        let mut lines = said.lines();
        let mut next = || lines.next().unwrap_or_default();
        let (base, home, system) = (next(), next(), next());
        let reader = if self.interpreter.is_cpython_from(11) { Reader::GetpathPy } else { Reader::GetpathC };
        equal("base_prefix", &self.base(&config, reader), &base.to_owned())?;
        let stated = config.home(Reader::Site).map_or("None".to_owned(), |setting| quoted(&setting.value));
        equal("sys._home", &stated, &home.to_owned())?;
        equal("system site", &config.system_site().0, &(system == "True"))
    }

    /// The base that the `home` line leads to: the stand-in above it, or the interpreter's own prefix.
    fn base(&self, config: &Config, reader: Reader) -> String {
        let home = config.home(reader).map(|setting| setting.value).unwrap_or_default();
        let stand_in = ["one", "two"].map(|name| self.root.join(name)).into_iter().find(|base| Path::new(&home).starts_with(base));
        quoted(&stand_in.unwrap_or_else(|| self.interpreter.prefix.clone()).display().to_string())
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '\0' => "\\x00".to_owned(),
        '\'' if !text.contains('"') => "'".to_owned(),
        _ => character.to_string(),
    });
    format!("'{}'", escaped.collect::<String>())
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|part| part == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}: worked out {ours:?}, Python has {theirs:?}")) }
}
