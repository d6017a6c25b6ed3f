//! `Modules/getpath.py`: how 3.11 and newer compute their first paths, in its order.
//!
//! The variables keep the names that they have there, so that both can be read side by side.

mod executable;
mod items;
mod prefix;
mod venv;

use super::scene::{Flags, Halt, Paths, Scene};
use super::steps::{self, Account};
use super::{Outcome, Probe, Step};
use crate::machine::Platform;
use crate::venv::Source;

/// The variables of `getpath.py`.
pub(super) struct Getpath<'s, 'm> {
    scene: &'s Scene<'m>,
    account: &'s mut Account,
    flags: &'s mut Flags,
    names: Names,
    executable: String,
    base_executable: String,
    real_executable: String,
    executable_dir: String,
    real_executable_dir: String,
    base_executable_dir: Option<String>,
    home: Option<String>,
    venv_prefix: Option<String>,
    /// The `home` line of `pyvenv.cfg`, where it decides.
    home_line: Source,
    pth: Option<PthAdjacent>,
    build_prefix: Option<String>,
    prefix: String,
    exec_prefix: String,
    base_prefix: String,
    base_exec_prefix: String,
    stdlib_dir: String,
    platstdlib_dir: String,
}

/// A `._pth` file: where it is and what it says.
struct PthAdjacent {
    file: String,
    dir: String,
    lines: Vec<String>,
}

/// The landmarks, as this platform, release and build spell them.
struct Names {
    platlibdir: String,
    stdlib_subdir: String,
    stdlib_landmarks: [String; 2],
    platstdlib_landmark: String,
    zip_landmark: String,
    delimiter: char,
    default_program: String,
}

impl Names {
    fn of(scene: &Scene<'_>, platlibdir: &str) -> Names {
        let release = scene.release;
        let thread = scene.thread_suffix();
        match scene.platform {
            Platform::Windows => Names {
                platlibdir: platlibdir.to_owned(),
                stdlib_subdir: "Lib".to_owned(),
                stdlib_landmarks: ["Lib\\os.py".to_owned(), "Lib\\os.pyc".to_owned()],
                platstdlib_landmark: platlibdir.to_owned(),
                zip_landmark: format!("python{}.zip", release.undotted()),
                delimiter: ';',
                default_program: "python".to_owned(),
            },
            Platform::Linux | Platform::Macos => {
                let subdir = format!("{platlibdir}/python{}{thread}", release.dotted());
                Names {
                    platlibdir: platlibdir.to_owned(),
                    stdlib_landmarks: [format!("{subdir}/os.py"), format!("{subdir}/os.pyc")],
                    platstdlib_landmark: format!("{subdir}/lib-dynload"),
                    stdlib_subdir: subdir,
                    zip_landmark: format!("{platlibdir}/python{}{thread}.zip", release.undotted()),
                    delimiter: ':',
                    default_program: format!("python{}", release.major()),
                }
            }
        }
    }
}

/// Runs `getpath.py`.
pub(super) fn paths(scene: &Scene<'_>, flags: &mut Flags, account: &mut Account) -> Result<Paths, Halt> {
    let platlibdir = scene.platlibdir(*flags);
    let mut getpath = Getpath {
        names: Names::of(scene, &platlibdir),
        scene,
        account,
        flags,
        executable: String::new(),
        base_executable: String::new(),
        real_executable: scene.real_executable.clone().unwrap_or_default(),
        executable_dir: String::new(),
        real_executable_dir: String::new(),
        base_executable_dir: None,
        home: None,
        venv_prefix: None,
        home_line: Source::default(),
        pth: None,
        build_prefix: None,
        prefix: String::new(),
        exec_prefix: String::new(),
        base_prefix: String::new(),
        base_exec_prefix: String::new(),
        stdlib_dir: String::new(),
        platstdlib_dir: String::new(),
    };
    getpath.find_executable();
    getpath.read_launcher_variables();
    getpath.read_pythonhome();
    getpath.read_pyvenv_cfg()?;
    getpath.find_real_executable();
    getpath.read_adjacent_pth();
    getpath.detect_build_tree()?;
    getpath.find_prefixes()?;
    getpath.adopt_venv_prefix();
    let mut items = getpath.list_items();
    getpath.apply_build_quirk();
    if let Some(listed) = getpath.list_adjacent_pth() {
        items = listed;
    }
    Ok(getpath.finish(items))
}

impl Getpath<'_, '_> {
    /// `PYTHONHOME`, unless the environment is ignored or it is empty.
    fn read_pythonhome(&mut self) {
        let rule = "Modules/getpath.py: CALCULATE (default) home";
        let value = self.scene.var("PYTHONHOME").filter(|value| !value.is_empty());
        let Some(value) = value else { return };
        if self.flags.ignore_environment {
            self.account.push(Step::new(steps::PYTHONHOME, Outcome::Ignored, rule).value(value));
        } else {
            self.account.push(Step::new(steps::PYTHONHOME, Outcome::Set, rule).value(value.clone()));
            self.home = Some(value);
        }
    }

    fn join(&self, first: &str, second: &str) -> String {
        self.scene.strings.join(first, second)
    }

    fn dirname(&self, path: &str) -> String {
        self.scene.strings.dirname(path)
    }

    /// `search_up`: the nearest folder, upwards from `from`, in which one of the landmarks passes the test.
    fn search_up(&self, from: &str, landmarks: &[&str], dir: bool, looked: &mut Vec<Probe>) -> Option<String> {
        self.scene
            .strings
            .upwards(from)
            .into_iter()
            .find(|folder| landmarks.iter().any(|landmark| self.probe(folder, landmark, dir, looked)))
    }

    /// Whether a landmark is in a folder.
    fn probe(&self, folder: &str, landmark: &str, dir: bool, looked: &mut Vec<Probe>) -> bool {
        let path = self.join(folder, landmark);
        let found = if dir { self.scene.disk.is_dir(&path) } else { self.scene.disk.is_file(&path) };
        looked.push(Probe { path, found });
        found
    }

    fn stdlib_landmarks(&self) -> [&str; 2] {
        let [source, compiled] = &self.names.stdlib_landmarks;
        [source, compiled]
    }
}
