//! The list of built-in recorded environments.

use super::Teller;
use crate::lessons::Values;
use crate::machine::capture::samples;
use crate::page::{Block, Page, Role, Section, Table, Text};
use serde::Serialize;

/// What `--sample list` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Samples {
    /// `venv-explain/samples/1`.
    pub schema: &'static str,
    /// Every sample.
    pub samples: Vec<Listed>,
}

/// One sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name, for `--sample`.
    pub name: &'static str,
    /// What it stands for.
    pub about: &'static str,
}

/// Every built-in sample.
pub fn facts() -> Samples {
    let samples = samples().iter().map(|sample| Listed { name: sample.name, about: sample.about });
    Samples { schema: "venv-explain/samples/1", samples: samples.collect() }
}

/// The page of `--sample list`.
pub fn page(teller: &Teller<'_>, facts: &Samples) -> Page {
    let values = Values::new();
    let rows = facts.samples.iter().map(|sample| vec![Text::of(Role::Code, sample.name), Text::plain(sample.about)]);
    let table = Block::Table(Table { head: Vec::new(), rows: rows.collect() });
    let blocks = std::iter::once(table).chain(teller.tries("view/samples", &values)).collect();
    let section = teller.section("samples", &values, blocks);
    Page {
        title: section.title,
        status: None,
        intro: section.lead.map(Text::sentence).map(Block::Prose).into_iter().chain(section.blocks).collect(),
        sections: Vec::<Section>::new(),
    }
}
