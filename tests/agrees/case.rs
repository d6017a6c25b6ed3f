//! One start of an interpreter, as data: what is put on the disk first, with which variables, from where, and the command line.
//!
//! Data and not code, so that a case can be carried out, foretold by the simulation, and printed as a shell script for whoever
//! wants to see the difference with their own eyes. Texts may carry bytes that are not UTF-8 (`venv_explain::machine::text`).

use crate::scene::Scene;
use std::collections::BTreeMap;

/// Something done to the disk before the start.
#[derive(Debug, Clone)]
pub enum Change {
    /// A folder, with its parents.
    Folder(String),
    /// A file with these bytes; replaces what is there.
    Write(String, Vec<u8>),
    /// A symbolic link; replaces what is there.
    Link(String, String),
    /// A file or folder removed, where it is there.
    Remove(String),
    /// Moved from the first to the second.
    Move(String, String),
    /// A copy of the environment that its maker made.
    Environment(String),
    /// A copy of an executable file.
    Executable(String, String),
    /// An installation: a copy of the executable, and the standard library as links to the real one, without these names.
    Installation(String, Vec<&'static str>),
    /// A zip file that holds one file of this name and text.
    Zip(String, &'static str, String),
}

/// One start.
#[derive(Debug, Clone)]
pub struct Case {
    /// The layers that it is made of.
    pub layers: Vec<String>,
    /// The folder in which everything of it lies.
    pub root: String,
    /// What is done to the disk, in order.
    pub changes: Vec<Change>,
    /// The whole environment of the process.
    pub vars: BTreeMap<String, String>,
    /// The working folder, as the kernel spells it.
    pub cwd: String,
    /// `argv[0]`.
    pub program: String,
    /// Options of the interpreter.
    pub flags: Vec<String>,
    /// What is run: `-c CODE`, a script with its arguments, …
    pub start: Vec<String>,
    /// Whether the program comes from standard input.
    pub from_stdin: bool,
    /// The environment's folder, also where there is none.
    pub env: String,
    /// The folder that receives `.pth` files and modules: the environment's, else the user's site-packages.
    pub site: String,
    /// The `bin` of the base installation.
    pub base_bin: String,
    /// The user's site-packages below the home folder.
    pub user_site: String,
}

impl Case {
    /// The plain start: `-c`, a home folder without packages, an empty working folder.
    pub fn plain(scene: &Scene, root: String) -> Self {
        let env = format!("{root}/env");
        let home = format!("{root}/home");
        let mut changes = vec![Change::Folder(format!("{root}/work")), Change::Folder(home.clone())];
        let user_site = format!("{home}/{}", scene.interpreter.user_site.display());
        let (program, site) = match &scene.template {
            Some(template) => {
                changes.push(Change::Environment(env.clone()));
                (format!("{env}/bin/python"), format!("{env}/{}", template.site))
            }
            None => (scene.interpreter.path.display().to_string(), user_site.clone()),
        };
        let vars = [("HOME", home.as_str()), ("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")];
        Self {
            layers: Vec::new(),
            changes,
            vars: vars.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            cwd: format!("{root}/work"),
            program,
            flags: Vec::new(),
            start: vec!["-c".to_owned(), crate::probe::CODE.to_owned()],
            from_stdin: false,
            env,
            site,
            base_bin: scene.base_bin.clone(),
            user_site,
            root,
        }
    }

    /// `text` with this case's places for `{root}`, `{work}`, `{env}`, `{home}`, `{site}`, `{user}`, `{bin}` (of the base), `{base}`.
    pub fn fill(&self, text: &str) -> String {
        let base = self.base_bin.strip_suffix("/bin").unwrap_or(&self.base_bin);
        let work = format!("{}/work", self.root);
        let home = format!("{}/home", self.root);
        let holes = [
            ("{root}", &self.root),
            ("{work}", &work),
            ("{env}", &self.env),
            ("{home}", &home),
            ("{site}", &self.site),
            ("{user}", &self.user_site),
            ("{bin}", &self.base_bin),
        ];
        let text = holes.iter().fold(text.to_owned(), |text, (hole, value)| text.replace(hole, value));
        text.replace("{base}", base)
    }

    /// A file is written, its folder made.
    pub fn write(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.changes.push(Change::Write(path.into(), bytes.into()));
    }

    /// A folder is made.
    pub fn folder(&mut self, path: impl Into<String>) {
        self.changes.push(Change::Folder(path.into()));
    }

    /// A link is made.
    pub fn link(&mut self, at: impl Into<String>, target: impl Into<String>) {
        self.changes.push(Change::Link(at.into(), target.into()));
    }

    /// A variable is set, `None` unsets it.
    pub fn var(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(|value| self.fill(value));
        match value {
            Some(value) => self.vars.insert(name.to_owned(), value),
            None => self.vars.remove(name),
        };
    }

    /// The environment stands on another base installation, whose executables are in `bin`.
    pub fn rebase(&mut self, scene: &Scene, bin: &str) {
        if let Some(template) = &scene.template {
            for (name, target) in &template.links_to_base {
                let file = target.rsplit('/').next().unwrap_or(target);
                self.link(format!("{}/bin/{name}", self.env), format!("{bin}/{file}"));
            }
            let config = template.config.replace(&format!("home = {}", template.home), &format!("home = {bin}"));
            self.write(format!("{}/pyvenv.cfg", self.env), config);
        } else {
            self.program = format!("{bin}/{}", scene.executable_name());
        }
        bin.clone_into(&mut self.base_bin);
    }

    /// `argv[1]` and following.
    pub fn arguments(&self) -> Vec<String> {
        self.flags.iter().chain(&self.start).cloned().collect()
    }

    /// The file that is executed: `argv[0]`, or what `execvp` finds for a bare name. `None`: nothing can be run.
    pub fn executed(&self) -> Option<String> {
        let from_cwd = |path: &str| if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", self.cwd) };
        if self.program.contains('/') {
            return Some(from_cwd(&self.program));
        }
        self.vars
            .get("PATH")?
            .split(':')
            .map(|item| from_cwd(item) + "/" + &self.program)
            .find(|file| crate::support::process::is_executable(std::path::Path::new(&crate::disk::os(file))))
    }
}
