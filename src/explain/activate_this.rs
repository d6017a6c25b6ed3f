//! The part of the view of activation that tells what `activate_this.py` does inside a running Python.

use super::activate::{said, variable_row};
use super::{Depth, Teller};
use crate::lessons::Values;
use crate::page::{Block, Role, Section, Table, Text};
use crate::simulate::activation::{ActivateThis, Held, InPython};

const VIEW: &str = "view/activate";
const HERE: &str = "view/activate-this";

/// What changes, each with the line that does it, then what the script says and what cannot be followed.
pub fn section(teller: &Teller<'_>, told: &ActivateThis, values: &Values) -> Section {
    let values = &values.clone().with("script", teller.names.say(&told.script));
    let line = |line: Option<u32>| Text::plain(line.map(|line| line.to_string()).unwrap_or_default());
    let mut head = ["variable", "was", "becomes", "meaning"].map(|word| teller.word(VIEW, word, values)).to_vec();
    head.insert(1, teller.word(HERE, "line", values));
    let variables = told.variables.iter().map(|change| (variable_row(teller, change, values), change.line));
    let attributes = told.attributes.iter().map(|change| (attribute_row(teller, change, values), change.line));
    let rows: Vec<Vec<Text>> = variables
        .chain(attributes)
        .map(|(mut row, number)| {
            row.insert(1, line(number));
            row
        })
        .collect();
    let mut blocks = Vec::new();
    if rows.is_empty() {
        blocks.push(Block::Prose(teller.word(VIEW, if told.unknown.is_empty() { "nothing" } else { "not-followed" }, values)));
    } else {
        blocks.push(Block::Table(Table { head, rows }));
    }
    if let Some(python) = told.python.as_deref().filter(|_| teller.depth > Depth::Facts) {
        let values = values.clone().with("interpreter", teller.names.say(python));
        blocks.push(Block::Prose(teller.word(HERE, "which-python", &values)));
    }
    if !told.messages.is_empty() {
        let said = told.messages.iter().map(|message| Text::of(Role::Warning, teller.names.within(message))).collect();
        blocks.push(Block::Group { title: teller.word(VIEW, "messages", values), blocks: vec![Block::Bullets(said)] });
    }
    if !told.unknown.is_empty() {
        let unknowns = vec![teller.unknowns(&told.unknown)];
        blocks.push(Block::Group { title: teller.word(VIEW, "unknown", values), blocks: unknowns });
    }
    if teller.depth > Depth::Facts {
        blocks.extend(teller.body(HERE, values));
    }
    teller.section("activate-this", values, blocks)
}

fn attribute_row(teller: &Teller<'_>, change: &InPython, values: &Values) -> Vec<Text> {
    let before = held(teller, change.before.as_ref(), None, values);
    let after = held(teller, change.after.as_ref(), change.before.as_ref(), values);
    let id = format!("activation/attribute-{}", change.name.trim_start_matches("sys.").replace('_', "-"));
    let id = if teller.lessons.get(&id).is_some() { id.as_str() } else { "activation/other-attribute" };
    let values = values.clone().with("name", Text::of(Role::Key, &change.name)).with("before", before.clone()).with("after", after.clone());
    vec![Text::of(Role::Key, &change.name), before, after, teller.summary(id, &values)]
}

/// A value as it is read best: of a list that only grew in front, what is new.
fn held(teller: &Teller<'_>, value: Option<&Held>, before: Option<&Held>, values: &Values) -> Text {
    let items = match value {
        None => return teller.word(HERE, "absent", values),
        Some(Held::Text(text)) => return said(teller, Some(text), None, values),
        Some(Held::List(items)) => items,
    };
    let counted = |count: usize| values.clone().with("count", super::counted(count, "item", "items"));
    let listed = |items: &[String]| {
        let shown: Vec<String> =
            items.iter().map(|item| if item.is_empty() { "''".to_owned() } else { teller.names.within(item) }).collect();
        Text::of(Role::Code, shown.join(", "))
    };
    if teller.depth == Depth::Deep {
        return listed(items);
    }
    match before {
        Some(Held::List(old)) if items.len() > old.len() && items.ends_with(old) => {
            listed(items.get(..items.len() - old.len()).unwrap_or_default()).then(teller.word(VIEW, "and-the-same", &counted(old.len())))
        }
        _ => teller.word(VIEW, "folders", &counted(items.len())),
    }
}
