//! No command: the whole explanation, part by part.

use super::{Depth, Teller, config, health, overview, syspath, tree, which};
use crate::diagnose::Report;
use crate::explain::overview::Overview;
use crate::page::{Page, Section, Text};
use crate::simulate::activation::Activation;
use crate::simulate::lookup::Which;
use crate::simulate::startup::Startup;
use crate::subject::Subject;
use crate::venv::config::ConfigReport;
use crate::venv::tree::Tree;
use serde::Serialize;

/// How many entries of one folder the whole explanation shows; `tree` shows more.
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
        let activate = subject.activation();
        let commands = ["python", "python3", "pip"].map(str::to_owned);
        let which = subject.which(&commands, &activate);
        let doctor = subject.health();
        Self {
            schema: "venv-explain/explain/1",
            overview: Overview::of(subject, &which),
            tree,
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
    page.sections.push(config::section(teller, &whole.config));
    page.sections.push(which::section(teller, &whole.which, &environment.root, which::Told::LastOfAll));
    page.sections.extend(whole.syspath.as_ref().map(|startup| syspath::section(teller, startup)));
    page.sections.extend(health::section(teller, &whole.doctor));
    if teller.depth > Depth::Facts {
        let blocks = teller.tries(VIEW, &teller.common);
        if !blocks.is_empty() {
            page.sections.push(Section { id: "try".into(), title: Text::default(), lead: None, blocks });
        }
    }
    page
}
