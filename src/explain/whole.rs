//! No command: the whole explanation, part by part.

use super::{Teller, config, health, overview, packages, syspath, tree, which};
use crate::diagnose::Report;
use crate::explain::overview::Overview;
use crate::page::Page;
use crate::simulate::activation::Activation;
use crate::simulate::lookup::Which;
use crate::simulate::packages::Packages;
use crate::simulate::startup::Startup;
use crate::subject::Subject;
use crate::venv::config::ConfigReport;
use crate::venv::tree::Tree;
use serde::Serialize;

const VIEW: &str = "view/whole";

/// Everything, each part under its command's name.
#[derive(Debug, Clone, Serialize)]
pub struct Whole {
    /// `venv-explain/explain/1`.
    pub schema: &'static str,
    /// The first screen.
    pub overview: Overview,
    /// What is on disk.
    pub tree: Tree,
    /// What is installed.
    pub packages: Packages,
    /// `pyvenv.cfg`.
    pub config: ConfigReport,
    /// `python`, `python3` and `pip` through PATH.
    pub which: Which,
    /// What activation changes.
    pub activate: Activation,
    /// Start-up; `null` where there is no python to start.
    pub syspath: Option<Startup>,
    /// What is wrong.
    pub doctor: Report,
}

impl Whole {
    /// Works out every part but the tree, which has options of its own.
    pub fn of(subject: &Subject, tree: Tree) -> Self {
        let activate = subject.whole_activation();
        let commands = ["python", "python3", "pip"].map(str::to_owned);
        let which = subject.which(&commands, &activate);
        let doctor = subject.health();
        Self {
            schema: "venv-explain/explain/1",
            overview: Overview::of(subject, &which),
            tree,
            packages: subject.packages(),
            config: ConfigReport::of(&subject.environment.config),
            which,
            activate,
            syspath: subject.usual_startup().cloned(),
            doctor,
        }
    }
}

/// The first screen, then each part.
pub fn page(teller: &Teller<'_>, whole: &Whole, subject: &Subject) -> Page {
    let environment = &subject.environment;
    let titles = health::titles(teller, &whole.doctor);
    let mut page = overview::page(teller, &whole.overview, environment, &titles, health::is_severe(&whole.doctor));
    page.sections.push(tree::section(teller, &whole.tree));
    let not_here = whole.overview.is_environment == Some(false);
    page.sections.push(packages::part(teller, &whole.packages, &environment.root, not_here));
    page.sections.push(config::section(teller, &whole.config));
    page.sections.push(which::section(teller, &whole.which, &environment.root, which::Told::LastOfAll));
    page.sections.extend(whole.syspath.as_ref().map(|startup| syspath::section(teller, startup)));
    page.sections.extend(health::section(teller, &whole.doctor));
    let mut values = teller.common.clone();
    // A Python that stops at once shows nothing of what is promised.
    if let Some(python) = values.get("python").cloned().filter(|_| whole.overview.is_environment.is_some()) {
        values.set("starting_python", python);
    }
    page.sections.extend(teller.closing(VIEW, &values));
    page
}
