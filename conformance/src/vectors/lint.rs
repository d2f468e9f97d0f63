//! All that is wrong with files of vectors, with the place of each fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::corpus::{Corpus, CorpusError, Document};
use super::json::{Node, NotJson, parse};
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
    /// Flags that another file explains: of a file of `gen/added`, the family's.
    pub flags: BTreeSet<String>,
}

/// Lints `named`, or without any the whole corpus with `manifest.json` and `ids.lock`. The problems come in the
/// order of the files and of the places in them.
///
/// # Errors
/// The schema of the corpus is broken.
pub fn lint(corpus: &Corpus, named: &[Document]) -> Result<Vec<Problem>, CorpusError> {
    let schemas = schema::Schemas::new(&corpus.schema)?;
    let (lock, mut lock_problems) = read_lock(&corpus.lock);
    let mut context = Context { ids: BTreeMap::new(), lock, own: true, flags: BTreeSet::new() };
    let mut problems = Vec::new();
    let whole = named.is_empty();
    for file in &corpus.files {
        let linted = whole || named.iter().any(|n| n.path == file.path);
        let found = lint_file(&schemas, file, &mut context);
        if linted {
            problems.extend(found);
        }
    }
    let mut added = Added { ids: BTreeMap::new(), lock: read_lock(&corpus.lock).0, generated: true };
    for file in &corpus.added {
        let found = added.lint(&schemas, corpus, file);
        if whole || named.iter().any(|n| n.path == file.path) {
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
        } else if !corpus.files.iter().chain(&corpus.added).any(|f| f.path == file.path) {
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

/// Files of `gen/added`. Their vectors are in `data/` too, once the generator has run.
struct Added<'a> {
    ids: BTreeMap<String, Seen>,
    lock: BTreeMap<&'a str, bool>,
    /// Whether they have to be in `data/`.
    generated: bool,
}

impl Added<'_> {
    fn lint(&mut self, schemas: &schema::Schemas<'_>, corpus: &Corpus, file: &Document) -> Vec<Problem> {
        let name = file.path.file_name().unwrap_or_default();
        let family = corpus.files.iter().find(|f| f.path.file_name() == Some(name));
        let Some(family) = family else {
            let names: Vec<_> = corpus.files.iter().filter_map(|f| f.path.file_name()?.to_str()).collect();
            let message =
                format!("no family has this file name: it is that of a file of data/: {}", names.join(", "));
            return vec![Problem::new(file, 0, message)];
        };
        // What is wrong with the family's file is said there.
        let (Ok((_, root)), Ok((_, own))) = (parse(&family.text), parse(&file.text)) else {
            return lint_file(schemas, file, &mut self.context(BTreeSet::new()));
        };
        let flags = root.find("notes").map_or(&[][..], Node::members);
        let flags = flags.iter().map(|(key, _)| key.name.clone()).collect();
        let mut context = self.context(flags);
        let mut problems = lint_file(schemas, file, &mut context);
        self.ids = context.ids;
        let schema = |root: &Node| root.find("schema").and_then(Node::text).map(str::to_owned);
        if schema(&own) != schema(&root) {
            let at = own.find("schema").unwrap_or(&own).at;
            let message = format!(
                "data/{} is of family {}, and this file is to have the same",
                name.to_string_lossy(),
                schema(&root).unwrap_or_default()
            );
            problems.push(Problem::new(file, at, message));
        } else if self.generated {
            let held: BTreeSet<&str> = ids(&root).map(|(_, id)| id).collect();
            for (node, id) in ids(&own).filter(|(_, id)| !held.contains(id)) {
                let message = format!(
                    "the vector `{id}` is not in {} yet: run `python3 {}`",
                    family.shown,
                    super::corpus::shown(&corpus.dir.join("gen/generate.py"))
                );
                problems.push(Problem::new(file, node.at, message));
            }
        }
        problems.sort();
        problems
    }

    fn context(&mut self, flags: BTreeSet<String>) -> Context<'_> {
        Context { ids: std::mem::take(&mut self.ids), lock: self.lock.clone(), own: false, flags }
    }
}

/// The ids of a file, with their nodes.
fn ids(root: &Node) -> impl Iterator<Item = (&Node, &str)> {
    let groups = root.find("groups").map_or(&[][..], Node::items);
    let tests = groups.iter().flat_map(|group| group.find("tests").map_or(&[][..], Node::items));
    tests.filter_map(|test| test.find("id").and_then(|node| Some((node, node.text()?))))
}

/// Lints a file of `gen/added` that the generator has not read yet.
///
/// # Errors
/// The schema of the corpus is broken.
pub(super) fn candidate(corpus: &Corpus, file: &Document) -> Result<Vec<Problem>, CorpusError> {
    let schemas = schema::Schemas::new(&corpus.schema)?;
    let mut added = Added { ids: BTreeMap::new(), lock: read_lock(&corpus.lock).0, generated: false };
    Ok(added.lint(&schemas, corpus, file))
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
    let files = corpus.parsed()?;
    Ok(lock_with(&corpus.lock, super::corpus::vectors(&files).map(|vector| vector.id())))
}

/// `ids.lock` with more ids.
pub(super) fn lock_with<'a>(lock: &'a Document, more: impl Iterator<Item = &'a str>) -> String {
    let (mut lock, _) = read_lock(lock);
    for id in more {
        lock.entry(id).or_insert(false);
    }
    let line = |(id, gone): (&&str, &bool)| format!("{}{id}\n", if *gone { "- " } else { "" });
    HEAD.to_owned() + &lock.iter().map(line).collect::<String>()
}

/// Whether `ids.lock` knows an id, and whether its vector is withdrawn.
pub(super) fn in_lock(lock: &Document, id: &str) -> Option<bool> {
    read_lock(lock).0.get(id).copied()
}
