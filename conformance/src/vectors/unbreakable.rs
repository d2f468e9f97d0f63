//! `unbreakable.toml`: the requirements that no bytes can violate.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::corpus::{CorpusError, Document};
use super::{did_you_mean, nearest};
use crate::catalogue::Catalogue;

const NAME: &str = "unbreakable.toml";

/// The entries of the file, by requirement.
#[derive(Debug, Default)]
pub struct Unbreakable {
    shown: String,
    entries: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    because: String,
    line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    row: Vec<Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    because: String,
}

impl Unbreakable {
    /// Reads the file in the folder of the vectors; without one nothing is unbreakable.
    ///
    /// # Errors
    /// It cannot be read or is no TOML of this form; an entry names no requirement, one that not only a codec
    /// shows, one that has an entry already, or gives no reason. File and line are named.
    pub fn read(folder: &Path, catalogue: &Catalogue) -> Result<Self, CorpusError> {
        let path = folder.join(NAME);
        if !path.exists() {
            return Ok(Self::default());
        }
        let file = Document::read(&path)?;
        let failed = |offset: usize, why: String| {
            let line = file.position(offset).line;
            CorpusError::new(format!("{}:{line}: {why}", file.shown))
        };
        let read: File = toml::from_str(&file.text).map_err(|error| {
            let why = error.message().replace('\n', ", ");
            failed(error.span().map_or(0, |span| span.start), why)
        })?;
        let mut entries: HashMap<String, Entry> = HashMap::new();
        for row in read.row {
            let offset = row.span().start;
            let Row { id, because } = row.into_inner();
            match catalogue.get(&id) {
                None => {
                    let ids = catalogue.requirements().iter().map(|row| row.id.as_str());
                    let near = did_you_mean(&nearest(ids, &id, 0.9));
                    return Err(failed(offset, format!("no such requirement: {id}{near}")));
                }
                Some(known) if !known.codec_only => {
                    let why = "is shown by connections too: cases break it, and it needs no entry here";
                    return Err(failed(offset, format!("{id} {why}")));
                }
                Some(_) => {}
            }
            if because.trim().is_empty() {
                return Err(failed(offset, format!("{id}: `because` is empty")));
            }
            if let Some(first) = entries.get(&id) {
                return Err(failed(offset, format!("{id} stands in line {} already", first.line)));
            }
            let line = file.position(offset).line;
            entries.insert(id, Entry { because, line });
        }
        Ok(Self { shown: file.shown, entries })
    }

    /// Why nothing can violate the requirement; `invalid` vectors that do so are a contradiction.
    pub(super) fn reason(&self, id: &str, invalid: &[&str]) -> Result<Option<&str>, CorpusError> {
        let Some(entry) = self.entries.get(id) else { return Ok(None) };
        let Some(first) = invalid.first() else { return Ok(Some(&entry.because)) };
        Err(CorpusError::new(format!(
            "{}:{}: {id} has an invalid vector, `{first}`: remove the entry",
            self.shown, entry.line
        )))
    }
}
