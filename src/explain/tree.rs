//! The view of the disk: each file and folder with what it is for.

use super::{Depth, Teller, size};
use crate::lessons::Values;
use crate::page::{Block, Entry, Node, Page, Role, Section, Text};
use crate::venv::tree::{self, NodeKind, Tree};

/// The whole page of `tree`.
pub fn page(teller: &Teller<'_>, tree: &Tree) -> Page {
    Page { title: teller.names.say(&tree.root.path), status: None, intro: Vec::new(), sections: vec![section(teller, tree)] }
}

/// The annotated tree: the part that the whole explanation shows too.
pub fn section(teller: &Teller<'_>, tree: &Tree) -> Section {
    let mut root = node(teller, &tree.root);
    // Its annotation is the section's lead.
    root.note = Text::default();
    teller.section("tree", &teller.common, vec![Block::Tree(root)])
}

fn node(teller: &Teller<'_>, entry: &tree::Node) -> Node {
    let mut label = entry.name.clone();
    let mut entry = entry;
    // lib/python3.12/site-packages on one line: three folders with nothing beside each other say one thing.
    while let ([only], 0, NodeKind::Folder) = (entry.children.as_slice(), entry.folded, entry.kind) {
        if only.kind != NodeKind::Folder || entry.lesson == "tree/environment" {
            break;
        }
        let sep = if only.path.contains('/') { '/' } else { '\\' };
        label = format!("{label}{sep}{}", only.name);
        entry = only;
    }
    let mut label = Text::of(role(entry), label);
    if let Some(target) = &entry.target {
        label = label.arrow("link to").then(teller.names.say(target));
    }
    let mut children: Vec<Node> = entry.children.iter().map(|child| node(teller, child)).collect();
    children.extend(folded(teller, entry));
    Node { label, note: note(teller, entry), children, entry: kind(entry.kind) }
}

fn note(teller: &Teller<'_>, entry: &tree::Node) -> Text {
    let summary = teller.summary(entry.lesson, &values(teller, entry));
    // Many notes name the owner themselves.
    let is_unnamed = |owner: &&String| teller.owners && !summary.characters().contains(owner.as_str());
    let summary = match entry.owner.as_ref().filter(is_unnamed) {
        Some(owner) => Text::of(Role::Key, owner).and(Role::Note, " · ").then(summary),
        None => summary,
    };
    match entry.size.filter(|_| teller.depth == Depth::Deep && !teller.stable) {
        Some(bytes) => summary.and(Role::Note, format!("  ({})", size(bytes))),
        None => summary,
    }
}

fn values(teller: &Teller<'_>, entry: &tree::Node) -> Values {
    entry.values.iter().fold(teller.common.clone(), |values, (hole, value)| values.with(hole, teller.names.say(value)))
}

fn folded(teller: &Teller<'_>, entry: &tree::Node) -> Option<Node> {
    let values = Values::new().with("count", entry.folded.to_string());
    (entry.folded > 0).then(|| Node {
        label: Text::of(Role::Note, teller.word("view/tree", "more", &values).characters()),
        note: teller.word("view/tree", "more-note", &values),
        children: Vec::new(),
        entry: Entry::Folded,
    })
}

fn role(entry: &tree::Node) -> Role {
    match entry.lesson {
        "tree/link-broken" | "tree/link-closed" | "tree/link-loop" | "tree/unreadable" => Role::Bad,
        "tree/leftover" => Role::Warning,
        _ => Role::Own,
    }
}

fn kind(kind: NodeKind) -> Entry {
    match kind {
        NodeKind::Folder => Entry::Folder,
        NodeKind::Link => Entry::Link,
        NodeKind::File | NodeKind::Other => Entry::Plain,
    }
}
