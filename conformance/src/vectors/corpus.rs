//! The folder `vectors` of a checkout.

use std::fmt;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::json::{self, Node, NotJson, Position, parse};

const SCHEMA: &str = "schema/vectors-v1.schema.json";
/// Bytes of a file that are read; the largest of the corpus has about 1 MiB.
const MOST: u64 = 64 << 20;

/// The files of a corpus, as text.
#[derive(Debug)]
pub struct Corpus {
    /// The folder.
    pub dir: PathBuf,
    /// Schema of the files (JSON Schema, draft 2020-12).
    pub schema: Value,
    /// `data/*.json`, by name.
    pub files: Vec<Document>,
    /// `gen/added/*.json`, by name: vectors that were added without a generator of their own. They are in `files` too.
    pub added: Vec<Document>,
    /// `manifest.json`.
    pub manifest: Document,
    /// `ids.lock`; empty if it is not there.
    pub lock: Document,
}

/// A file.
#[derive(Debug)]
pub struct Document {
    /// Where it is.
    pub path: PathBuf,
    /// The path for people: below the current folder where it is.
    pub shown: String,
    /// Its text.
    pub text: String,
}

/// Why there is no corpus.
#[derive(Debug)]
pub struct CorpusError(String);

impl fmt::Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CorpusError {}

impl CorpusError {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, is larger than 64 MiB or is no UTF-8, with the place of the byte.
    pub fn read(path: &Path) -> Result<Self, CorpusError> {
        let shown = shown(path);
        let mut bytes = Vec::new();
        let read = fs::File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes));
        match read {
            Ok(_) if bytes.len() as u64 > MOST => {
                let size = MOST >> 20;
                Err(CorpusError(format!("{shown}: larger than {size} MiB: no file of vectors is")))
            }
            Ok(_) => Self::utf8(path, shown, bytes),
            Err(error) => Err(CorpusError(format!("{shown}: {error}"))),
        }
    }

    fn utf8(path: &Path, shown: String, bytes: Vec<u8>) -> Result<Self, CorpusError> {
        String::from_utf8(bytes)
            .map(|text| Self { path: path.to_path_buf(), shown: shown.clone(), text })
            .map_err(|error| {
                let end = error.utf8_error().valid_up_to();
                let bytes = error.as_bytes();
                let at = json::position(&String::from_utf8_lossy(&bytes[..end]), end);
                CorpusError(format!(
                    "{shown}:{}:{}: the byte {:02x} is no UTF-8 here: save the file as UTF-8",
                    at.line, at.column, bytes[end]
                ))
            })
    }

    /// Where the byte at `offset` stands.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        json::position(&self.text, offset)
    }
}

/// The JSON files of a folder, by name.
fn documents(folder: &Path) -> Result<Vec<Document>, CorpusError> {
    let failed = |error| CorpusError(format!("{}: {error}", shown(folder)));
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|e| e == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| Document::read(path)).collect()
}

/// A path for people: below the current folder where it is.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok().and_then(|here| here.canonicalize().ok());
    let below = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}

impl Corpus {
    /// The folder of the vectors: `dir`, which may be the root of a checkout too, or the one beside the sources
    /// this program was built from.
    ///
    /// # Errors
    /// There is none.
    pub fn folder(dir: Option<&Path>) -> Result<PathBuf, CorpusError> {
        let Some(dir) = dir else {
            let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
            return built.canonicalize().ok().filter(|dir| dir.join(SCHEMA).is_file()).ok_or_else(|| {
                CorpusError(
                    "the vectors are not there: this program runs outside the checkout it was built in; \
                     name the folder `vectors` of a checkout with --dir"
                        .into(),
                )
            });
        };
        let found = [dir.to_path_buf(), dir.join("vectors")].into_iter().find(|d| d.join(SCHEMA).is_file());
        let found = found.ok_or_else(|| {
            CorpusError(format!("--dir {}: no vectors there: {SCHEMA} is missing", dir.display()))
        })?;
        found.canonicalize().map_err(|error| CorpusError(format!("--dir {}: {error}", dir.display())))
    }

    /// Reads the folder of the vectors, as [`Corpus::folder`] finds it.
    ///
    /// # Errors
    /// It is not there, or a file cannot be read, or the schema is no JSON.
    pub fn read(dir: Option<&Path>) -> Result<Self, CorpusError> {
        let dir = Self::folder(dir)?;
        let schema = Document::read(&dir.join(SCHEMA))?;
        let schema = serde_json::from_str(&schema.text)
            .map_err(|error| CorpusError(format!("{}: {error}", schema.shown)))?;
        let files = documents(&dir.join("data"))?;
        let added = dir.join("gen/added");
        let added = if added.is_dir() { documents(&added)? } else { Vec::new() };
        let manifest = Document::read(&dir.join("manifest.json"))?;
        let lock = dir.join("ids.lock");
        let lock = if lock.exists() {
            Document::read(&lock)?
        } else {
            Document { shown: shown(&lock), path: lock, text: String::new() }
        };
        Ok(Self { dir, schema, files, added, manifest, lock })
    }

    /// The files with the places of their values.
    ///
    /// # Errors
    /// A file is no JSON; `rtmpspec vectors lint` lists all that is wrong.
    pub fn parsed(&self) -> Result<Vec<(&Document, Node)>, CorpusError> {
        let mut parsed = Vec::new();
        for file in &self.files {
            let (_, root) = parse(&file.text).map_err(|NotJson { position: at, message }| {
                CorpusError(format!("{}:{}:{}: {message}", file.shown, at.line, at.column))
            })?;
            parsed.push((file, root));
        }
        Ok(parsed)
    }
}

/// A vector within its file.
#[derive(Debug, Clone, Copy)]
pub struct Vector<'a> {
    /// The file.
    pub file: &'a Document,
    /// All of the file.
    pub root: &'a Node,
    /// Its group.
    pub group: &'a Node,
    /// The vector.
    pub node: &'a Node,
}

/// The vectors of parsed files, in order. What has no id is left out.
pub fn vectors<'a>(files: &'a [(&'a Document, Node)]) -> impl Iterator<Item = Vector<'a>> {
    files.iter().flat_map(|(file, root)| {
        let groups = root.find("groups").map_or(&[][..], Node::items);
        groups.iter().flat_map(move |group| {
            let tests = group.find("tests").map_or(&[][..], Node::items);
            tests
                .iter()
                .filter(|node| node.find("id").and_then(Node::text).is_some())
                .map(move |node| Vector { file, root, group, node })
        })
    })
}

impl<'a> Vector<'a> {
    fn text(&self, name: &str) -> &'a str {
        self.node.find(name).and_then(Node::text).unwrap_or_default()
    }

    /// Its permanent id.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.text("id")
    }

    /// One line.
    #[must_use]
    pub fn title(&self) -> &'a str {
        self.text("title")
    }

    /// `valid`, `invalid` or `lenient`.
    #[must_use]
    pub fn result(&self) -> &'a str {
        self.text("result")
    }

    /// Family and version, such as `amf0-v1`.
    #[must_use]
    pub fn schema(&self) -> &'a str {
        self.root.find("schema").and_then(Node::text).unwrap_or_default()
    }

    /// The family without its version.
    #[must_use]
    pub fn family(&self) -> &'a str {
        let schema = self.schema();
        schema.rsplit_once("-v").map_or(schema, |(family, _)| family)
    }

    /// Requirement ids.
    pub fn requirements(&self) -> impl Iterator<Item = &'a str> {
        self.node.texts("requirements").map(|(_, text)| text)
    }

    /// Flags.
    pub fn flags(&self) -> impl Iterator<Item = &'a str> {
        self.node.texts("flags").map(|(_, text)| text)
    }

    /// The parts of its bytes: hexadecimal, and how often.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'a str, usize)> {
        parts(self.node)
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> usize {
        length(&self.parts())
    }
}

pub(super) fn parts(test: &Node) -> Vec<(&str, usize)> {
    if let Some(bytes) = test.find("bytes").and_then(Node::text) {
        return bytes.split(' ').filter(|part| !part.is_empty()).map(|part| (part, 1)).collect();
    }
    let runs = test.find("runs").map_or(&[][..], Node::items);
    runs.iter()
        .map(|run| {
            let hex = run.find("hex").and_then(Node::text).unwrap_or_default();
            (hex, run.find("times").and_then(Node::number).unwrap_or(0))
        })
        .collect()
}

pub(super) fn length(parts: &[(&str, usize)]) -> usize {
    parts.iter().fold(0, |sum, (hex, times)| sum.saturating_add((hex.len() / 2).saturating_mul(*times)))
}
