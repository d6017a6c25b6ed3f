//! Every fact that the tool can state has a lesson: each kind of entry in a tree, each maker, each finding, each known key.

use venv_explain::lessons::Lessons;
use venv_explain::simulate::startup;
use venv_explain::venv::{config::keys, maker, roles};

#[test]
fn every_id_that_the_facts_name_has_a_lesson() {
    let lessons = Lessons::load("en", None).expect("the built-in lessons");
    let findings = venv_explain::diagnose::ids().map(|id| format!("finding/{id}"));
    let keys = keys::KEYS.iter().map(|key| format!("config/{}", key.name));
    let steps = startup::STEPS.iter().map(|id| id.replace('.', "/"));
    let fixed = roles::LESSONS.iter().chain(maker::LESSONS).map(ToString::to_string).chain(steps);
    let missing: Vec<String> = fixed.chain(findings).chain(keys).filter(|id| lessons.get(id).is_none()).collect();
    assert!(missing.is_empty(), "no lesson for {missing:?}");
}
