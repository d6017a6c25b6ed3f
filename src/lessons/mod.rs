//! The lessons: every sentence that teaches, one YAML file each, embedded in the program; a folder of one's own may be laid over them.
//!
//! A lesson is read when it is first asked for, so that a run pays for what it shows. What its file may hold is checked then; the
//! tests and `lessons check` read them all.

mod error;
mod file;
mod holes;
mod lesson;
mod markup;
mod values;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

pub use error::LessonError;
pub use lesson::{Lesson, Predict};
pub use values::{System, Values};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/lessons");

/// The language that has every lesson: what a translation lacks is told in it.
const COMPLETE: &str = "en";

/// The lessons of one language.
#[derive(Debug)]
pub struct Lessons {
    shelf: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    file: String,
    text: Cow<'static, str>,
    lesson: OnceLock<Result<Lesson, LessonError>>,
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
        let mut shelf = BTreeMap::new();
        let mut known = embedded_languages();
        shelf.extend(embedded(COMPLETE));
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
            if !shelf.contains_key(&id) {
                return Err(unused(&file, &id, &shelf));
            }
            laid.push(id.clone());
            shelf.insert(id, Entry { file, text: Cow::Owned(text), lesson: OnceLock::new() });
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
        self.read(id)?.as_ref().ok()
    }

    /// The ids of all lessons, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.shelf.keys().map(String::as_str)
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

    fn read(&self, id: &str) -> Option<&Result<Lesson, LessonError>> {
        let entry = self.shelf.get(id)?;
        Some(entry.lesson.get_or_init(|| file::read(id, &entry.file, &entry.text)))
    }

    /// Reads a lesson and looks whether those it points to are there.
    fn check(&self, id: &str) -> Result<(), LessonError> {
        let (Some(entry), Some(read)) = (self.shelf.get(id), self.read(id)) else { return Ok(()) };
        let lesson = read.as_ref().map_err(Clone::clone)?;
        match lesson.see().iter().find(|other| !self.shelf.contains_key(*other)) {
            None => Ok(()),
            Some(other) => {
                let place = file::place_of_see(&entry.text, other);
                Err(LessonError::at(&entry.file, place, format!("`{other}` under see"), "the id of a lesson: chapter/name"))
            }
        }
    }
}

fn embedded_languages() -> BTreeSet<String> {
    EMBEDDED.dirs().filter_map(|dir| Some(dir.path().to_str()?.to_owned())).collect()
}

fn embedded(language: &str) -> impl Iterator<Item = (String, Entry)> {
    let chapters = EMBEDDED.get_dir(language).into_iter().flat_map(Dir::dirs);
    chapters.flat_map(Dir::files).filter_map(move |file| {
        let path = file.path().to_str()?.replace('\\', "/");
        let id = path.strip_prefix(language)?.strip_prefix('/')?.strip_suffix(".yaml")?.to_owned();
        let text = Cow::Borrowed(file.contents_utf8()?);
        Some((id, Entry { file: format!("lessons/{path}"), text, lesson: OnceLock::new() }))
    })
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

fn unused(file: &str, id: &str, shelf: &BTreeMap<String, Entry>) -> LessonError {
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
