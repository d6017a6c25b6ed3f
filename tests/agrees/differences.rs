//! What came out: counts, and the differences grouped by what they have in common.

use crate::case::Case;
use crate::disk;
use crate::probe::{CODE, Ending};
use crate::scene::Scene;
use crate::support;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

/// One case in which the simulation is not the interpreter's equal.
#[derive(Debug, Clone)]
pub struct Difference {
    layers: Vec<String>,
    fields: Vec<String>,
    scene: String,
    script: String,
    real: String,
    ours: String,
    unknown: Vec<String>,
}

/// The count.
#[derive(Default)]
pub struct Tally {
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    equal: usize,
    senseless: usize,
    different: Vec<Difference>,
    unknown: Vec<Difference>,
    interpreters: BTreeSet<String>,
    scenes: BTreeSet<String>,
}

impl Difference {
    /// A difference in `fields`.
    pub fn new(case: &Case, scene: &Scene, fields: Vec<&'static str>, real: &Ending, ours: &Ending, unknown: Vec<String>) -> Self {
        Self {
            layers: case.layers.clone(),
            fields: fields.into_iter().map(str::to_owned).collect(),
            scene: name(scene),
            script: disk::script(case, scene),
            real: real.describe(),
            ours: ours.describe(),
            unknown,
        }
    }

    /// A case that could not be carried out.
    pub fn broken(case: &Case, scene: &Scene, why: String) -> Self {
        Self {
            layers: case.layers.clone(),
            fields: vec![why],
            scene: name(scene),
            script: disk::script(case, scene),
            real: String::new(),
            ours: String::new(),
            unknown: Vec::new(),
        }
    }

    fn key(&self) -> (String, String) {
        (self.layers.join(" + "), self.fields.join(", "))
    }

    /// What both say, the lines that both have marked by a space, the others by `-` (real) and `+` (ours).
    fn side_by_side(&self) -> String {
        let (real, ours): (Vec<&str>, Vec<&str>) = (self.real.lines().collect(), self.ours.lines().collect());
        let mut shown = String::new();
        for line in &real {
            let _ = writeln!(shown, "{}{line}", if ours.contains(line) { "  " } else { "- " });
        }
        for line in ours.iter().filter(|line| !real.contains(line)) {
            let _ = writeln!(shown, "+ {line}");
        }
        if real.iter().all(|line| ours.contains(line)) && real.len() == ours.len() {
            let _ = writeln!(shown, "  ours, in another order:\n{}", self.ours);
        }
        for line in &self.unknown {
            let _ = writeln!(shown, "? unknown: {line}");
        }
        shown
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (layers, fields) = self.key();
        writeln!(formatter, "{} [{layers}]: {fields} (- real, + ours)", self.scene)?;
        writeln!(formatter, "{}{}", self.side_by_side(), self.script)
    }
}

impl Tally {
    /// A case agrees.
    pub fn equal(&self, scene: &Scene) {
        self.with(scene, |counts| counts.equal += 1);
    }

    /// A case says nothing: its parts exclude each other, or the command line cannot be executed.
    pub fn senseless(&self) {
        if let Ok(mut counts) = self.counts.lock() {
            counts.senseless += 1;
        }
    }

    /// A case depends on code that is never run.
    pub fn unknown(&self, scene: &Scene, difference: Difference) {
        self.with(scene, |counts| counts.unknown.push(difference));
    }

    /// A case differs.
    pub fn different(&self, scene: &Scene, difference: Difference) {
        self.with(scene, |counts| counts.different.push(difference));
    }

    fn with(&self, scene: &Scene, change: impl FnOnce(&mut Counts)) {
        let Ok(mut counts) = self.counts.lock() else { return };
        counts.interpreters.insert(scene.interpreter.name.clone());
        counts.scenes.insert(name(scene));
        change(&mut counts);
    }

    /// Prints the count and the differences by name; writes all of them where a file was asked for.
    pub fn report(&self) {
        let Ok(counts) = self.counts.lock() else { return };
        let mut stdout = std::io::stdout().lock();
        let mut shown = format!("\n{}\n", counts.summary());
        for (title, differences) in [("differ", &counts.different), ("depend on code", &counts.unknown)] {
            for ((layers, fields), group) in grouped(differences) {
                let _ = writeln!(shown, "  {title}: [{layers}] in {fields}: {} times, {}", group.len(), scenes(&group));
            }
        }
        let _ = stdout.write_all(shown.as_bytes());
        if let Some(file) = support::setting("VENV_EXPLAIN_DIFFERENCES") {
            let written = std::fs::write(&file, counts.listing(&std::fs::read_to_string(&file).unwrap_or_default()));
            let _ = writeln!(stdout, "differences: {file} ({written:?})");
        }
    }
}

impl Counts {
    fn summary(&self) -> String {
        format!(
            "compared {} starts on {} interpreters in {} places: {} agree, {} depend on code that is never run, {} differ ({} combinations made no sense)",
            self.equal + self.unknown.len() + self.different.len(),
            self.interpreters.len(),
            self.scenes.len(),
            self.equal,
            self.unknown.len(),
            self.different.len(),
            self.senseless,
        )
    }

    fn listing(&self, before: &str) -> String {
        let earlier: Vec<&str> = before.lines().take_while(|line| line.starts_with("run ")).collect();
        let mut text = format!("run {} UTC: {}\n", time(), self.summary());
        text += &earlier.join("\n");
        let _ = write!(text, "\n\nPROBE='{}'\n", CODE.replace('\'', "'\\''"));
        for (title, differences) in [("DIFFERENT", &self.different), ("DEPENDS ON CODE", &self.unknown)] {
            let mut groups: Vec<_> = grouped(differences).into_iter().collect();
            groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
            for ((layers, fields), group) in groups {
                let _ = write!(text, "\n==== {title} {} times: [{layers}] in {fields}\n     {}\n", group.len(), scenes(&group));
                if let Some(first) = group.first() {
                    let _ = writeln!(text, "{first}");
                }
            }
        }
        text
    }
}

type Groups<'a> = BTreeMap<(String, String), Vec<&'a Difference>>;

fn grouped(differences: &[Difference]) -> Groups<'_> {
    let mut groups = Groups::new();
    for difference in differences {
        groups.entry(difference.key()).or_default().push(difference);
    }
    groups
}

fn scenes(group: &[&Difference]) -> String {
    let mut by_interpreter: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for difference in group {
        let (interpreter, kind) = difference.scene.split_once('/').unwrap_or((&difference.scene, ""));
        by_interpreter.entry(interpreter).or_default().insert(kind);
    }
    let shown = by_interpreter.iter().map(|(name, kinds)| format!("{name} ({})", kinds.iter().copied().collect::<Vec<_>>().join(" ")));
    shown.collect::<Vec<_>>().join(", ")
}

fn name(scene: &Scene) -> String {
    format!("{}/{}", scene.interpreter.name, scene.kind.map_or("none", support::environments::Kind::name))
}

fn time() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
