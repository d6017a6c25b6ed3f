//! Draws a folder and what is in it, every annotation in one column. The only file that knows ptree.
//!
//! ptree walks the page's own nodes and draws the branches; it knows neither annotations nor wrapping. So each of its lines
//! is taken up again: branches and name, then the note in the column that the whole tree shares, its further lines
//! under it with the branches going on.

use std::borrow::Cow;
use std::io;

use ptree::print_config::{PrintConfig, StyleWhen, UTF_CHARS};
use ptree::{Style, TreeItem};

use super::annotated::{Annotated, annotate};
use super::line::{Line, Paint, Run, runs};
use crate::page::{Node, Role};

/// What stands between the branches and the name in ptree's lines. Names are safe to print, so none contains it.
const SEAM: char = '\u{1}';

/// A node, or the place where deeper ones are left out.
#[derive(Clone, Copy)]
enum View<'a> {
    Node { node: &'a Node, deeper: usize },
    Cut { left_out: usize },
}

impl View<'_> {
    fn name(&self) -> Vec<Run> {
        match self {
            Self::Node { node, .. } => runs(&node.label),
            Self::Cut { left_out } => {
                vec![Run::words(format!("… {left_out} deeper"), Paint::Role(Role::Note))]
            }
        }
    }

    fn note(&self) -> Vec<Run> {
        match self {
            Self::Node { node, .. } => runs(&node.note),
            Self::Cut { .. } => Vec::new(),
        }
    }

    fn inside(&self) -> Vec<Self> {
        match *self {
            Self::Node { node, .. } if node.children.is_empty() => Vec::new(),
            Self::Node { node, deeper: 0 } => vec![Self::Cut { left_out: node.children.len() }],
            Self::Node { node, deeper } => node.children.iter().map(|node| Self::Node { node, deeper: deeper - 1 }).collect(),
            Self::Cut { .. } => Vec::new(),
        }
    }
}

impl TreeItem for View<'_> {
    type Child = Self;

    fn write_self<W: io::Write>(&self, f: &mut W, style: &Style) -> io::Result<()> {
        let name: String = self.name().into_iter().map(|run| run.text).collect();
        write!(f, "{SEAM}{}", style.paint(name))
    }

    fn children(&self) -> Cow<'_, [Self]> {
        Cow::Owned(self.inside())
    }
}

/// The lines of the tree, none wider than `width`.
pub fn tree(root: &Node, width: usize) -> Vec<Line> {
    let (indent, depth) = indent(height(root), width);
    let view = View::Node { node: root, deeper: depth };
    let config = PrintConfig {
        indent,
        styled: StyleWhen::Never,
        characters: UTF_CHARS.into(),
        // Our own bound holds before; this one is for ptree, which recurses.
        depth: u32::try_from(depth + 1).unwrap_or(u32::MAX),
        ..PrintConfig::default()
    };
    let mut drawn = Vec::new();
    // Writing into a Vec cannot fail, nor can the items.
    let _ = ptree::write_tree_with(&view, &mut drawn, &config);
    let drawn = String::from_utf8_lossy(&drawn).into_owned();
    let branches = drawn.lines().map(|line| line.split(SEAM).next().unwrap_or("").to_owned());
    let mut views = Vec::new();
    in_order(view, &mut views);
    let entries: Vec<Annotated> = branches
        .zip(views)
        .map(|(guide, view)| Annotated { guide, name: view.name(), note: view.note(), opens: !view.inside().is_empty() })
        .collect();
    annotate(&entries, width)
}

fn in_order<'a>(view: View<'a>, all: &mut Vec<View<'a>>) {
    all.push(view);
    view.inside().into_iter().for_each(|inside| in_order(inside, all));
}

/// The deepest tree that is looked at.
pub const DEEPEST: usize = 64;

fn height(root: &Node) -> usize {
    let mut level: Vec<&Node> = vec![root];
    let mut height = 0;
    while height < DEEPEST {
        level = level.into_iter().flat_map(|node| &node.children).collect();
        if level.is_empty() {
            break;
        }
        height += 1;
    }
    height
}

/// How far each level is indented, and how many levels are drawn: branches may take a third of the width.
fn indent(height: usize, width: usize) -> (usize, usize) {
    let room = width / 3;
    let indent = [4, 3, 2].into_iter().find(|indent| indent * height <= room).unwrap_or(2);
    (indent, height.min(room / indent).max(1))
}
