//! conda's own records of what it put into a prefix: `conda-meta/NAME-VERSION-BUILD.json`. conda, mamba and pixi write them alike.
//!
//! The name of a conda package need not be that of the distribution in it (`pytorch` holds `torch`), and pip may have put another
//! version in its place; so a record belongs to the papers that it lists among its files, as conda itself takes it
//! (`conda/core/prefix_data.py`, `PrefixData._load_site_packages()`).

use crate::machine::Machine;
use crate::venv::Unknown;
use rayon::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A record longer than this is not read; the longest known list some ten thousand files.
const LIMIT: usize = 16 << 20;

/// No prefix has more records.
const RECORDS: usize = 1 << 14;

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    files: Vec<String>,
}

/// The records of one prefix.
#[derive(Debug, Default)]
pub struct Records {
    /// The record of each papers' folder or file, both absolute.
    pub of: BTreeMap<String, String>,
    /// Records that cannot be read, and why.
    pub unknown: Vec<Unknown>,
}

impl Records {
    /// Reads every record in the folder `conda-meta` of `prefix`; none where it is no prefix of conda's.
    pub fn read(machine: &dyn Machine, prefix: &str) -> Self {
        let rules = machine.platform().rules();
        let folder = rules.join(prefix, "conda-meta");
        let files = machine.list_some(&folder, &|file| file.ends_with(".json")).unwrap_or_default();
        let read = files.into_par_iter().take(RECORDS).map(|file| {
            let record = rules.join(&folder, &file);
            let parsed = machine.read(&record, LIMIT).map_err(|fault| fault.to_string());
            let parsed = parsed.and_then(|bytes| parse(&bytes));
            (record, parsed)
        });
        let mut records = Self::default();
        for (record, parsed) in read.collect::<Vec<_>>() {
            match parsed {
                Ok(parsed) => {
                    let papers = parsed.files.iter().filter_map(|file| papers(file));
                    let papers = papers.map(|papers| rules.join(prefix, &papers.replace('/', rules.sep().to_string().as_str())));
                    records.of.extend(papers.map(|papers| (rules.normpath(&papers), record.clone())));
                }
                Err(why) => records.unknown.push(Unknown { what: format!("which distributions {record} is of"), why }),
            }
        }
        records
    }
}

fn parse(bytes: &[u8]) -> Result<Record, String> {
    // A list would be taken for the fields in their order.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err("it is no JSON object".to_owned());
    }
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// The folder or file of the papers that a recorded file is, or lies in.
fn papers(file: &str) -> Option<&str> {
    let parts = file.split_inclusive('/').scan(0, |end, part| {
        *end += part.len();
        Some((*end, part.trim_end_matches('/')))
    });
    let is_papers = |part: &str| [".dist-info", ".egg-info"].iter().any(|end| part.ends_with(end));
    let end = parts.into_iter().find(|(_, part)| is_papers(part)).map(|(end, _)| end)?;
    file.get(..end).map(|papers| papers.trim_end_matches('/'))
}
