//! From the file that PATH leads to, station by station, to the program that runs in the end and the environment it has.

use super::first_line;
use super::in_force::{InForce, Memory};
use super::{Found, Hop, HopKind, Lookup, Searched, Shim, Stop, Way, habits, launchers, shims, traps, walk, windows};
use crate::machine::path::{Rules, realpath};
use crate::machine::{Fault, Kind, Machine, Platform};
use crate::simulate::activation::Shell;
use crate::simulate::startup::{Launch, start_with};
use crate::venv::Unknown;
use crate::venv::installation::Installation;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// More stations than Linux follows links (40) and first lines (5) together.
const STATIONS: usize = 50;

/// One moment: the machine with the variables in force, and PATH taken apart once for all commands.
pub(super) struct Scene<'a> {
    pub machine: InForce<'a>,
    road: Road,
    pub env_road: OnceCell<walk::Road>,
    started: RefCell<HashMap<String, Result<String, String>>>,
    /// What is compiled into each interpreter, by its real file: several names start one.
    installations: RefCell<HashMap<String, Installation>>,
}

enum Road {
    Posix(walk::Road),
    Windows(windows::Road),
}

/// What following one file has found so far.
#[derive(Default)]
pub(super) struct Trail {
    chain: Vec<Hop>,
    stop: Option<Stop>,
    pub shim: Option<Shim>,
    /// What the kernel was told to start last, before links are followed: Python's `argv[0]`.
    program: String,
    interpreter: Option<String>,
}

/// Where the trail goes on.
pub(super) enum Step {
    On(String),
    End,
}

impl<'a> Scene<'a> {
    /// The machine with `vars` in force, in `shell`.
    pub fn new(machine: &'a dyn Machine, vars: &'a BTreeMap<String, String>, memory: &'a Memory, shell: Shell) -> Self {
        let machine = InForce::new(machine, vars, memory);
        let by_windows_rules =
            machine.platform() == Platform::Windows && matches!(shell, Shell::Cmd | Shell::Powershell | Shell::Nushell | Shell::Xonsh);
        let road = if by_windows_rules {
            Road::Windows(windows::Road::new(&machine, shell))
        } else {
            Road::Posix(walk::Road::new(&machine, habits::of(shell, machine.var("SHELL").as_deref())))
        };
        Self { machine, road, env_road: OnceCell::new(), started: RefCell::default(), installations: RefCell::default() }
    }

    /// Looks `command` up and follows what is found.
    pub fn lookup(&self, command: &str) -> Lookup {
        let rules = self.machine.platform().rules();
        let is_path = command.is_empty() || command.contains('/') || (rules == Rules::Windows && command.contains('\\'));
        let (searched, resolved) = if is_path {
            (Vec::new(), self.runs(command).then(|| command.to_owned()))
        } else {
            let searched = self.search(command);
            let winner = searched.iter().find(|item| item.outcome == Found::Found).map(|item| item.candidate.clone());
            (searched, winner)
        };
        let default_path = match &self.road {
            Road::Posix(road) => road.default_path,
            Road::Windows(road) => road.default_path,
        };
        let trail = resolved.as_deref().map(|file| self.follow(file, (!is_path).then_some(command)));
        let environment = trail.as_ref().and_then(|trail| self.environment(trail));
        let (environment, no_environment) = match environment {
            Some(Ok(prefix)) => (Some(prefix), None),
            Some(Err(why)) => (None, Some(why)),
            None => (None, None),
        };
        let Trail { chain, stop, shim, interpreter, .. } = trail.unwrap_or_default();
        let traps = Vec::new();
        let mut lookup = Lookup { resolved, searched, chain, interpreter, environment, no_environment, stop, shim, traps, default_path };
        lookup.traps = traps::traps(command, &lookup, rules == Rules::Windows);
        lookup
    }

    /// The walk along PATH.
    pub fn search(&self, command: &str) -> Vec<Searched> {
        match &self.road {
            Road::Posix(road) => road.search(&self.machine, command),
            Road::Windows(road) => road.search(&self.machine, command),
        }
    }

    fn runs(&self, path: &str) -> bool {
        self.machine.stat(path).is_ok_and(|meta| meta.kind != Kind::Dir && meta.runnable)
    }

    /// The `sys.prefix` of the interpreter at the trail's end, or why there is none; each program is started once only.
    fn environment(&self, trail: &Trail) -> Option<Result<String, String>> {
        let interpreter = trail.interpreter.as_ref()?;
        if let Some(known) = self.started.borrow().get(&trail.program) {
            return Some(known.clone());
        }
        let mut installations = self.installations.borrow_mut();
        let read = || Installation::of(&self.machine, interpreter);
        let installation = installations.entry(interpreter.clone()).or_insert_with(read);
        let launch = Launch { program: trail.program.clone(), arguments: Vec::new() };
        let startup = start_with(&self.machine, &launch, Some(installation));
        let reasons = startup.fatal.into_iter().chain(startup.unknown.into_iter().map(|unknown| unknown.why));
        let why = reasons.reduce(|all, why| format!("{all}; {why}")).unwrap_or_default();
        let prefix = startup.prefix.ok_or(why);
        self.started.borrow_mut().insert(trail.program.clone(), prefix.clone());
        Some(prefix)
    }

    /// Follows `file`; `typed` is the bare name that the shell passes on as `argv[0]`.
    fn follow(&self, file: &str, typed: Option<&str>) -> Trail {
        let mut trail = Trail { program: typed.unwrap_or(file).to_owned(), ..Trail::default() };
        let mut seen = BTreeSet::new();
        let mut path = file.to_owned();
        loop {
            if !seen.insert(path.clone()) || seen.len() > STATIONS {
                trail.stop = Some(Stop::Circle(path));
                return trail;
            }
            match self.station(&path, &mut trail) {
                Step::On(next) => path = next,
                Step::End => return trail,
            }
        }
    }

    fn station(&self, path: &str, trail: &mut Trail) -> Step {
        match self.machine.lstat(path).map(|meta| meta.kind) {
            Ok(Kind::Link) => self.link(path, trail),
            Ok(Kind::File) => self.file(path, trail),
            Ok(Kind::Other) if launchers::is_store_alias(&self.machine, path) => self.file(path, trail),
            Ok(Kind::Dir | Kind::Other) => trail.end(Stop::NotAFile(path.to_owned())),
            Err(Fault::Loop) => trail.end(Stop::Circle(path.to_owned())),
            Err(_) => trail.end(Stop::Missing(path.to_owned())),
        }
    }

    fn link(&self, path: &str, trail: &mut Trail) -> Step {
        let Ok(target) = self.machine.link(path) else {
            return trail.end(Stop::Missing(path.to_owned()));
        };
        let next = self.target(path, &target);
        trail.push(path, HopKind::Symlink, Way::Link, Some(next.clone()), None);
        Step::On(next)
    }

    /// Where a link leads, without `..` wherever that names the same file for the kernel, which takes `..` after links.
    fn target(&self, path: &str, target: &str) -> String {
        let rules = self.machine.platform().rules();
        let spelt = rules.join(&rules.dirname(path), target);
        let short = rules.normpath(&spelt);
        let same = !spelt.contains("..") || realpath(&self.machine, &short) == realpath(&self.machine, &spelt);
        if same { short } else { spelt }
    }

    fn file(&self, path: &str, trail: &mut Trail) -> Step {
        if !trail.chain.is_empty() && !self.runs(path) && self.machine.platform() != Platform::Windows {
            return trail.end(Stop::NotExecutable(path.to_owned()));
        }
        if self.machine.platform() == Platform::Windows {
            return self.windows_file(path, trail);
        }
        let head = match self.machine.head(path, first_line::limit(self.machine.platform()) + 1) {
            Ok(head) => head,
            Err(fault) => return self.unread(path, &fault, trail),
        };
        if head.starts_with(b"#!") {
            return self.script(path, &head, trail);
        }
        if is_program(&head) {
            return self.program(path, trail);
        }
        trail.without_first_line(path, &head)
    }

    fn windows_file(&self, path: &str, trail: &mut Trail) -> Step {
        let (hop, stop) = launchers::hop(&self.machine, path);
        if hop.kind == HopKind::Binary {
            return self.program(path, trail);
        }
        let next = hop.next.clone();
        // The redirector is the environment's Python as far as start-up is concerned: what it starts is told so.
        let starts_anew = hop.way != Way::Redirector;
        trail.chain.push(hop);
        trail.stop = stop;
        match next {
            Some(next) if starts_anew => trail.exec(next),
            Some(next) => {
                path.clone_into(&mut trail.program);
                Step::On(next)
            }
            None => Step::End,
        }
    }

    /// A file whose bytes are not known: a capture names interpreters, and a program may be run without being readable.
    fn unread(&self, path: &str, fault: &Fault, trail: &mut Trail) -> Step {
        let end = realpath(&self.machine, path);
        let known = self.machine.interpreter(&end).is_some() || trail.shim_of(&end).is_some() || shims::is_rye(&self.machine, path);
        if known || is_python(&self.machine.platform().rules().basename(path)) {
            return self.program(path, trail);
        }
        trail.push(path, HopKind::Binary, Way::Program, None, None);
        let what = format!("what {path} is");
        trail.end(Stop::Unknown(Unknown { what, why: fault.to_string() }))
    }

    fn program(&self, path: &str, trail: &mut Trail) -> Step {
        trail.push(path, HopKind::Binary, Way::Program, None, None);
        let end = realpath(&self.machine, path);
        if self.machine.platform() == Platform::Windows && !trail.program.contains('\\') {
            // Windows tells a program its whole path, whatever was typed (GetModuleFileName).
            path.clone_into(&mut trail.program);
        }
        let linked = trail.shim_of(&end);
        let rye = || shims::is_rye(&self.machine, path).then(|| (shims::Manager::Rye, path.to_owned()));
        if let Some((manager, first)) = linked.or_else(rye) {
            let shim = self.shim(&first, manager, "");
            if let Some(hop) = trail.chain.iter_mut().find(|hop| hop.path == first) {
                hop.way = Way::Shim;
            }
            if let Some(hop) = trail.chain.last_mut() {
                hop.next.clone_from(&shim.leads_to);
            }
            return trail.through_shim(shim);
        }
        let rules = self.machine.platform().rules();
        if is_python(&rules.basename(&end)) || is_python(&rules.basename(path)) || self.machine.interpreter(&end).is_some() {
            trail.interpreter = Some(end);
        }
        Step::End
    }
}

impl Trail {
    pub fn push(&mut self, path: &str, kind: HopKind, way: Way, next: Option<String>, shebang: Option<String>) {
        self.chain.push(Hop { path: path.to_owned(), kind, next, shebang, way });
    }

    fn without_first_line(&mut self, path: &str, head: &[u8]) -> Step {
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if first.contains(&0) {
            self.push(path, HopKind::Binary, Way::Program, None, None);
            return self.end(Stop::NotAProgram(path.to_owned()));
        }
        self.push(path, HopKind::Script, Way::ShellItself, None, None);
        Step::End
    }

    /// The manager whose program stands at the end of a link of another name, and that link.
    fn shim_of(&self, end: &str) -> Option<(shims::Manager, String)> {
        let first = self.chain.first().filter(|hop| hop.way == Way::Link)?;
        shims::of_link(&first.path, end).map(|manager| (manager, first.path.clone()))
    }

    pub fn end(&mut self, stop: Stop) -> Step {
        self.stop = Some(stop);
        Step::End
    }

    /// On to where a shim leads, or the end there.
    pub fn through_shim(&mut self, shim: Shim) -> Step {
        if let Some(next) = shim.leads_to.clone() {
            self.shim = Some(shim);
            return self.exec(next);
        }
        let why = shim.unknown.clone();
        self.stop = Some(match why {
            Some(why) => Stop::Unknown(Unknown { what: format!("where {} leads", shim.path), why }),
            None => Stop::NotOnPath(Rules::Posix.basename(&shim.path)),
        });
        self.shim = Some(shim);
        Step::End
    }

    pub fn exec(&mut self, program: String) -> Step {
        self.program.clone_from(&program);
        Step::On(program)
    }

    pub fn exec_named(&mut self, file: String, name: String) -> Step {
        self.program = name;
        Step::On(file)
    }
}

/// ELF, Mach-O (one or several architectures) and Windows programs.
fn is_program(head: &[u8]) -> bool {
    const MAGIC: [&[u8]; 7] =
        [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xfe\xed\xfa\xce", b"\xca\xfe\xba\xbe", b"MZ"];
    MAGIC.iter().any(|magic| head.starts_with(magic))
}

/// Whether a program's file name is one that Python interpreters have: `python3.12`, `pypy3.10`, `graalpy`, `python.exe`.
fn is_python(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    ["python", "pythonw", "pypy", "graalpy"].iter().any(|stem| {
        name.strip_prefix(stem)
            .is_some_and(|rest| rest.chars().all(|part| part.is_ascii_digit() || matches!(part, '.' | '-' | 't' | 'd' | 'm' | 'c')))
    })
}
