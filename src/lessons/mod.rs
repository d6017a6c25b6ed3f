//! The lessons: every sentence that teaches, one YAML file each, embedded in the program; a folder of one's own may be laid over them.
//!
//! A lesson is read when it is first asked for, so that a run pays for what it shows. The build has turned the embedded ones into
//! JSON for that; their YAML is for checking: the tests and `lessons check` read it all, and say where in it a mistake stands.

mod error;
mod file;
mod holes;
mod lesson;
mod markup;
mod raw;
mod values;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

pub use error::LessonError;
pub use lesson::{Lesson, Predict};
pub use values::{System, Values};

/// A lesson that is part of the program.
#[derive(Debug)]
struct Embedded {
    /// `chapter/name`.
    id: &'static str,
    /// Its path in the project.
    file: &'static str,
    /// Its text.
    yaml: &'static str,
    /// The fields of the text.
    json: &'static str,
}

/// The lessons of each language, sorted by id.
static EMBEDDED: &[(&str, &[Embedded])] = include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// The language that has every lesson: what a translation lacks is told in it.
const COMPLETE: &str = "en";

/// The lessons of one language.
#[derive(Debug)]
pub struct Lessons {
    shelf: BTreeMap<Cow<'static, str>, Entry>,
}

#[derive(Debug)]
struct Entry {
    origin: Origin,
    lesson: OnceLock<Option<Box<Lesson>>>,
}

#[derive(Debug)]
enum Origin {
    Embedded(&'static Embedded),
    Laid { file: String, text: String },
}

impl Entry {
    fn new(origin: Origin) -> Self {
        Self { origin, lesson: OnceLock::new() }
    }

    /// The lesson, every part of it checked.
    fn check(&self, id: &str) -> Result<Lesson, LessonError> {
        file::read(id, self.file(), self.yaml())
    }

    fn file(&self) -> &str {
        match &self.origin {
            Origin::Embedded(lesson) => lesson.file,
            Origin::Laid { file, .. } => file,
        }
    }

    fn yaml(&self) -> &str {
        match &self.origin {
            Origin::Embedded(lesson) => lesson.yaml,
            Origin::Laid { text, .. } => text,
        }
    }
}

/// Where lessons and the ids that the program uses do not meet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Ids that have no lesson.
    pub missing: Vec<String>,
    /// Lessons that no id uses.
    pub unused: Vec<String>,
}

impl Lessons {
    /// The lessons of `language`, with the texts of `overlay` (file names relative to its folder: `en/config/home.yaml`, or
    /// `config/home.yaml` for the language asked for) laid over them. Files that are no `.yaml` are passed over, as are other languages.
    /// Overlaid lessons are read and checked here, embedded ones when they are asked for.
    pub fn load(language: &str, overlay: Option<Vec<(String, String)>>) -> Result<Self, LessonError> {
        let mut shelf: BTreeMap<_, _> = embedded(COMPLETE).collect();
        let mut known: BTreeSet<String> = EMBEDDED.iter().map(|(language, _)| (*language).to_owned()).collect();
        if language != COMPLETE {
            shelf.extend(embedded(language));
        }
        let mut laid = Vec::new();
        for (file, text) in overlay.unwrap_or_default() {
            let Some((tongue, id)) = name(&file, language)? else { continue };
            known.insert(tongue.to_owned());
            if tongue != language {
                continue;
            }
            if !shelf.contains_key(id.as_str()) {
                return Err(unused(&file, &id, &shelf));
            }
            laid.push(id.clone());
            shelf.insert(Cow::Owned(id), Entry::new(Origin::Laid { file, text }));
        }
        if !known.contains(language) {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(LessonError::of_file("lessons", format!("no language `{language}`"), format!("one of {known}")));
        }
        let lessons = Self { shelf };
        laid.iter().try_for_each(|id| lessons.check(id))?;
        Ok(lessons)
    }

    /// The lesson of this id (`config/home`); `None` where there is none, or where its file is broken (see [`Lessons::check_all`]).
    pub fn get(&self, id: &str) -> Option<&Lesson> {
        let entry = self.shelf.get(id)?;
        let read = || match &entry.origin {
            Origin::Embedded(lesson) => serde_json::from_str(lesson.json).ok().map(|raw| Box::new(Lesson::of(id, raw))),
            Origin::Laid { .. } => entry.check(id).ok().map(Box::new),
        };
        entry.lesson.get_or_init(read).as_deref()
    }

    /// The ids of all lessons, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.shelf.keys().map(AsRef::as_ref)
    }

    /// Everything that is wrong with any lesson.
    pub fn check_all(&self) -> Vec<LessonError> {
        self.ids().filter_map(|id| self.check(id).err()).collect()
    }

    /// Compares the lessons with the ids that the program uses.
    pub fn coverage<'a>(&self, used: impl IntoIterator<Item = &'a str>) -> Coverage {
        let used: BTreeSet<&str> = used.into_iter().collect();
        Coverage {
            missing: used.iter().filter(|id| !self.shelf.contains_key(**id)).map(|id| (*id).to_owned()).collect(),
            unused: self.ids().filter(|id| !used.contains(id)).map(str::to_owned).collect(),
        }
    }

    /// Reads a lesson and looks whether those it points to are there.
    fn check(&self, id: &str) -> Result<(), LessonError> {
        let Some(entry) = self.shelf.get(id) else { return Ok(()) };
        let lesson = entry.check(id)?;
        match lesson.see().iter().find(|other| !self.shelf.contains_key(other.as_str())) {
            None => Ok(()),
            Some(other) => {
                let place = file::place_of_see(entry.yaml(), other);
                Err(LessonError::at(entry.file(), place, format!("`{other}` under see"), "the id of a lesson: chapter/name"))
            }
        }
    }
}

fn embedded(language: &str) -> impl Iterator<Item = (Cow<'static, str>, Entry)> {
    let lessons = EMBEDDED.iter().find(|(known, _)| *known == language).map(|(_, lessons)| *lessons);
    lessons.unwrap_or_default().iter().map(|lesson| (Cow::Borrowed(lesson.id), Entry::new(Origin::Embedded(lesson))))
}

/// The language and the id that an overlaid file's name says; `None` for a file that is no lesson.
fn name<'a>(file: &'a str, language: &'a str) -> Result<Option<(&'a str, String)>, LessonError> {
    let Some(stem) = file.strip_suffix(".yaml") else { return Ok(None) };
    match stem.split(['/', '\\']).collect::<Vec<_>>().as_slice() {
        [chapter, name] if *chapter != language => Ok(Some((language, format!("{chapter}/{name}")))),
        [tongue, chapter, name] => Ok(Some((tongue, format!("{chapter}/{name}")))),
        _ => Err(LessonError::of_file(file, "a lesson at this place", format!("{language}/CHAPTER/NAME.yaml"))),
    }
}

fn unused(file: &str, id: &str, shelf: &BTreeMap<Cow<'static, str>, Entry>) -> LessonError {
    let chapter = id.split('/').next().unwrap_or_default();
    let prefix = format!("{chapter}/");
    let siblings: Vec<&str> = shelf.keys().filter_map(|known| known.strip_prefix(&prefix)).collect();
    let expected = if siblings.is_empty() {
        format!("one of the chapters {}", holes::chapters())
    } else {
        format!("one of the names of the chapter {chapter}: {}", siblings.join(", "))
    };
    LessonError::of_file(file, format!("the lesson `{id}`, which nothing shows"), expected)
}
