//! The YAML of a capture as it is written: its keys, the forms of an entry, and the parser's complaints in plain words.

use super::CaptureError;
use super::tree::Entry;
use crate::machine::{Build, Kind};
use crate::yaml::Mistake;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde_yaml::Spanned;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// The largest capture that is read, in bytes.
pub(super) const SIZE_LIMIT: usize = 64 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    #[serde(rename = "venv-explain")]
    pub version: Option<Spanned<String>>,
    pub platform: Option<Spanned<String>>,
    pub cwd: Option<Spanned<String>>,
    #[serde(default)]
    pub env: Pairs<String>,
    pub venv: Option<Spanned<String>>,
    pub user_home: Option<Spanned<String>>,
    #[serde(default)]
    pub interpreters: Pairs<Build>,
    #[serde(default)]
    pub files: Pairs<RawEntry>,
    #[serde(default)]
    pub registry: Pairs<String>,
}

/// The one line that says whether the rest can be understood.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "venv-explain")]
    version: Option<Spanned<String>>,
}

/// A mapping in the order of the file, each key with its place.
pub(super) struct Pairs<V>(pub Vec<(Spanned<String>, V)>);

impl<V> Default for Pairs<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OfPairs<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for OfPairs<V> {
            type Value = Pairs<V>;
            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        from.deserialize_map(OfPairs(PhantomData))
    }
}

/// What stands at one path: its text, or what is known of it.
pub(super) enum RawEntry {
    Text(String),
    Facts(Facts),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Facts {
    dir: bool,
    link: Option<String>,
    exec: bool,
    text: Option<String>,
    base64: Option<String>,
    size: Option<u64>,
    mtime: Option<i64>,
    denied: bool,
}

impl<'de> Deserialize<'de> for RawEntry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OfEntry;
        impl<'de> Visitor<'de> for OfEntry {
            type Value = RawEntry;
            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a file's text in quotes, or a mapping like {exec: true}; {} where only its existence is known")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<RawEntry, E> {
                Ok(RawEntry::Text(text.to_owned()))
            }
            fn visit_string<E: serde::de::Error>(self, text: String) -> Result<RawEntry, E> {
                Ok(RawEntry::Text(text))
            }
            fn visit_unit<E: serde::de::Error>(self) -> Result<RawEntry, E> {
                Err(E::invalid_type(serde::de::Unexpected::Other("nothing"), &self))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawEntry, A::Error> {
                Facts::deserialize(MapAccessDeserializer::new(map)).map(RawEntry::Facts)
            }
        }
        from.deserialize_any(OfEntry)
    }
}

impl RawEntry {
    /// The entry, or what was found and what was expected instead.
    pub(super) fn entry(self) -> Result<Entry, (String, String)> {
        match self {
            Self::Text(text) => Ok(Entry { kind: Kind::File, bytes: Some(text.into_bytes().into()), ..Entry::folder() }),
            Self::Facts(facts) => facts.entry(),
        }
    }
}

impl Facts {
    fn entry(self) -> Result<Entry, (String, String)> {
        self.check_together()?;
        let bytes: Option<Arc<[u8]>> = match (self.text, &self.base64) {
            (Some(text), _) => Some(text.into_bytes().into()),
            (None, Some(encoded)) => Some(decoded(encoded)?.into()),
            (None, None) => None,
        };
        let length = bytes.as_ref().and_then(|bytes| u64::try_from(bytes.len()).ok());
        if let (Some(size), Some(length)) = (self.size, length)
            && size != length
        {
            return Err((format!("size {size}"), format!("{length}, the length of the recorded text, or no size at all")));
        }
        let kind = match (&self.link, self.dir) {
            (Some(_), _) => Kind::Link,
            (None, true) => Kind::Dir,
            (None, false) => Kind::File,
        };
        Ok(Entry { kind, target: self.link, bytes, size: self.size, mtime: self.mtime, exec: self.exec, denied: self.denied })
    }

    fn check_together(&self) -> Result<(), (String, String)> {
        let given = [
            ("dir", self.dir),
            ("link", self.link.is_some()),
            ("text", self.text.is_some()),
            ("base64", self.base64.is_some()),
            ("denied", self.denied),
        ];
        let given: Vec<&str> = given.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
        match given.as_slice() {
            [] | [_] | ["dir", "denied"] => {}
            several => return Err((several.join(" and "), "only one of dir, link, text, base64 and denied at one path".to_owned())),
        }
        if self.exec && (self.dir || self.link.is_some()) {
            return Err(("exec of what is not a file".to_owned(), "exec at files only".to_owned()));
        }
        if self.link.as_deref() == Some("") {
            return Err(("an empty link".to_owned(), "the path that the link leads to".to_owned()));
        }
        Ok(())
    }
}

fn decoded(encoded: &str) -> Result<Vec<u8>, (String, String)> {
    let plain: String = encoded.split_whitespace().collect();
    data_encoding::BASE64.decode(plain.as_bytes()).map_err(|error| {
        (
            format!("base64 that cannot be decoded ({error})"),
            "characters A-Z, a-z, 0-9, + and /, filled up with = to a multiple of four".to_owned(),
        )
    })
}

/// The capture as written.
pub(super) fn parse(text: &str) -> Result<Raw, serde_yaml::Error> {
    serde_yaml::from_str_with_options(text, options())
}

/// Which version a capture says it is of, where only that line can be understood.
pub(super) fn version(text: &str) -> Option<Spanned<String>> {
    serde_yaml::from_str_with_options::<Head>(text, options()).ok()?.version
}

fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_yaml::budget! {
            max_documents: 1,
            max_depth: 16,
            max_nodes: 2_000_000,
            max_events: 5_000_000,
            max_anchors: 1_000,
            max_aliases: 1_000,
            max_total_scalar_bytes: SIZE_LIMIT,
        },
        alias_limits: serde_yaml::alias_limits! { max_total_replayed_events: 10_000, max_replay_stack_depth: 4 },
    }
}

/// The parser's complaint about the capture `text`.
pub(super) fn spoken(file: &str, text: &str, error: &serde_yaml::Error) -> CaptureError {
    let mistake = Mistake::of(text, error);
    let second = mistake.found.starts_with("budget breached: Documents");
    let spoken = if second {
        CaptureError::of_file(file, "a second document", "one capture in a file")
    } else {
        CaptureError::of_file(file, mistake.found.as_str(), mistake.expected_or("a capture in YAML or JSON"))
    };
    mistake.place.into_iter().fold(spoken, CaptureError::at)
}
