//! Who requires whom, as a drawn tree.

use super::{VIEW, joined};
use crate::explain::{Depth, Teller};
use crate::lessons::Values;
use crate::page::{Block, Node, Role, Section, Text};
use crate::simulate::packages::Packages;
use crate::simulate::packages::requirements::{Branch, Cut};

/// Who requires whom: one tree for each distribution that nothing here needs.
pub(super) fn required(teller: &Teller<'_>, packages: &Packages, forest: &[Branch], values: &Values) -> Section {
    let lead = (teller.depth > Depth::Facts).then(|| teller.word(VIEW, "tree-lead", values));
    let root = Node {
        label: teller.word(VIEW, "tree-root", values),
        children: forest.iter().map(|branch| node(teller, packages, branch, values)).collect(),
        ..Node::default()
    };
    Section { id: "required".into(), title: teller.word(VIEW, "tree-title", values), lead, blocks: vec![Block::Tree(root)] }
}

fn node(teller: &Teller<'_>, packages: &Packages, branch: &Branch, values: &Values) -> Node {
    let one = branch.at.and_then(|at| packages.distributions.get(at));
    let label = match one {
        Some(one) => Text::of(if branch.satisfied { Role::Own } else { Role::Bad }, &one.name)
            .and(Role::Plain, " ")
            .and(Role::Plain, one.version.as_deref().unwrap_or("?")),
        None => Text::of(Role::Bad, &branch.wanted),
    };
    let asked = branch.requirement.as_deref().map(constraint).filter(|text| !text.is_empty());
    let values = values.clone().with("requirement", Text::of(Role::Code, asked.unwrap_or_default()));
    let mut parts = Vec::new();
    match (one, branch.satisfied) {
        (None, _) => parts.push(teller.word(VIEW, "tree-missing", &values)),
        (Some(_), false) => parts.push(teller.word(VIEW, "tree-wrong", &values)),
        (Some(_), true) if asked.is_some() => parts.push(teller.word(VIEW, "tree-wants", &values)),
        (Some(_), true) => {}
    }
    match branch.cut {
        Cut::No => {}
        Cut::Circle => parts.push(teller.word(VIEW, "tree-circle", &values)),
        Cut::Above => parts.push(teller.word(VIEW, "tree-above", &values)),
        Cut::Deep => parts.push(teller.word(VIEW, "tree-deep", &values)),
    }
    let children = branch.branches.iter().map(|branch| node(teller, packages, branch, &values)).collect();
    Node { label, note: joined(parts), children, ..Node::default() }
}

/// What a requirement says of the version: `>=2,<3` of `six (>=2,<3) ; python_version > '3'`.
fn constraint(requirement: &str) -> &str {
    let wanted = requirement.split(';').next().unwrap_or_default();
    let start = wanted.find(['<', '>', '=', '!', '~', '@']).unwrap_or(wanted.len());
    wanted.get(start..).unwrap_or_default().trim_end_matches([' ', ')']).trim()
}
