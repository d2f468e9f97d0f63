//! All that is wrong with files of vectors, with the place of each fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::corpus::{Corpus, CorpusError, Document};
use super::json::{NotJson, parse};
use super::{manifest, rules, schema};

/// A fault and its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file, as [`Document::shown`].
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl Problem {
    pub(super) fn new(file: &Document, offset: usize, message: impl Into<String>) -> Self {
        let at = file.position(offset);
        // A name out of a file must not end the line or reach a terminal as a command.
        let message = message.into().chars().fold(String::new(), |mut text, c| {
            if c.is_control() {
                text.extend(c.escape_default())
            } else {
                text.push(c)
            }
            text
        });
        Self { file: file.shown.clone(), line: at.line, column: at.column, message }
    }
}

/// Where an id was seen first.
pub(super) struct Seen {
    pub place: String,
    pub family: String,
}

/// What the rules of one file know of the others.
pub(super) struct Context<'a> {
    /// Ids so far.
    pub ids: BTreeMap<String, Seen>,
    /// Ids of `ids.lock`: whether the vector is gone.
    pub lock: BTreeMap<&'a str, bool>,
    /// A file of the corpus: its ids have to be in `ids.lock`.
    pub own: bool,
}

/// Lints `named`, or without any the whole corpus with `manifest.json` and `ids.lock`. The problems come in the
/// order of the files and of the places in them.
///
/// # Errors
/// The schema of the corpus is broken.
pub fn lint(corpus: &Corpus, named: &[Document]) -> Result<Vec<Problem>, CorpusError> {
    let schemas = schema::Schemas::new(&corpus.schema)?;
    let (lock, mut lock_problems) = read_lock(&corpus.lock);
    let mut context = Context { ids: BTreeMap::new(), lock, own: true };
    let mut problems = Vec::new();
    let whole = named.is_empty();
    for file in &corpus.files {
        let linted = whole || named.iter().any(|n| n.path == file.path);
        let found = lint_file(&schemas, file, &mut context);
        if linted {
            problems.extend(found);
        }
    }
    if whole {
        problems.extend(manifest::lint(corpus));
        let held: BTreeSet<&str> = context.ids.keys().map(String::as_str).collect();
        lock_problems.extend(vanished(&corpus.lock, &held));
        lock_problems.sort();
        problems.extend(lock_problems);
    }
    context.own = false;
    for file in named {
        if file.path == corpus.manifest.path {
            problems.extend(manifest::lint(corpus));
        } else if !corpus.files.iter().any(|f| f.path == file.path) {
            problems.extend(lint_file(&schemas, file, &mut context));
        }
    }
    Ok(problems)
}

fn lint_file(schemas: &schema::Schemas<'_>, file: &Document, context: &mut Context<'_>) -> Vec<Problem> {
    let (value, root) = match parse(&file.text) {
        Ok(read) => read,
        Err(NotJson { position, message }) => {
            let (line, column) = (position.line, position.column);
            return vec![Problem { file: file.shown.clone(), line, column, message }];
        }
    };
    let mut problems = schemas.lint(file, &value, &root);
    problems.extend(rules::lint(file, &root, context));
    problems.sort();
    problems.dedup();
    problems
}

const HEAD: &str =
    "# Ids of vectors are permanent. A vector that is withdrawn keeps its line, marked with `- `.\n";

/// `ids.lock`: ids, and whether the vector is gone.
fn read_lock(lock: &Document) -> (BTreeMap<&str, bool>, Vec<Problem>) {
    let (mut ids, mut problems, mut offset) = (BTreeMap::new(), Vec::new(), 0);
    for line in lock.text.split_inclusive('\n') {
        let entry = line.trim_end();
        if !entry.is_empty() && !entry.starts_with('#') {
            let id = entry.strip_prefix("- ").unwrap_or(entry);
            if ids.insert(id, entry.len() != id.len()).is_some() {
                problems.push(Problem::new(lock, offset, format!("`{id}` stands twice")));
            }
        }
        offset += line.len();
    }
    (ids, problems)
}

fn vanished(lock: &Document, held: &BTreeSet<&str>) -> Vec<Problem> {
    let (mut problems, mut offset) = (Vec::new(), 0);
    for line in lock.text.split_inclusive('\n') {
        let id = line.trim_end();
        if !id.is_empty() && !id.starts_with(['#', '-']) && !held.contains(id) {
            let message = format!(
                "the vector `{id}` is gone: ids are permanent; bring it back, or withdraw it with `- ` in front"
            );
            problems.push(Problem::new(lock, offset, message));
        }
        offset += line.len();
    }
    problems
}

/// `ids.lock` with the new ids of the corpus; those that are in it stay.
///
/// # Errors
/// A file is no JSON.
pub fn locked(corpus: &Corpus) -> Result<String, CorpusError> {
    let (mut lock, _) = read_lock(&corpus.lock);
    let files = corpus.parsed()?;
    for vector in super::corpus::vectors(&files) {
        lock.entry(vector.id()).or_insert(false);
    }
    let line = |(id, gone): (&&str, &bool)| format!("{}{id}\n", if *gone { "- " } else { "" });
    Ok(HEAD.to_owned() + &lock.iter().map(line).collect::<String>())
}
