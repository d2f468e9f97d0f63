//! The requirement catalogue: the rows of `conformance/requirements`, read once, with their errata and sources.
//!
//! ```
//! # fn show(catalogue: &rtmpspec::catalogue::Catalogue) {
//! let row = catalogue.get("CHUNK-031").unwrap();
//! println!("{}: {}", row.id, row.text);
//! print!("{}", catalogue.explain_rule("CHUNK-031").unwrap());
//! # }
//! # show(rtmpspec::catalogue::Catalogue::builtin());
//! ```

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use toml::Spanned;

mod accounting;
mod coverage;
mod explain;

pub use accounting::{Account, AccountKind, Accounting};
pub use coverage::{AreaCoverage, CaseRef, Counts, CoverageReport, RowCoverage, Status};

/// All rows of the catalogue with what belongs to them.
#[derive(Debug)]
pub struct Catalogue {
    areas: Vec<Area>,
    requirements: Vec<Requirement>,
    by_id: HashMap<String, usize>,
    errata: Vec<Erratum>,
    sources: Vec<Source>,
    accounting: Accounting,
}

/// One area of the catalogue: the rows whose ids share a prefix.
#[derive(Clone, Eq, PartialEq, Debug)]
pub struct Area {
    /// The prefix of the ids, such as `CHUNK`.
    pub key: String,
    /// What the area is about.
    pub title: String,
    rows: Range<usize>,
}

/// One checkable claim about RTMP.
#[derive(Clone, Eq, PartialEq, Debug, Serialize)]
pub struct Requirement {
    /// Permanent id, such as `CHUNK-031`.
    pub id: String,
    /// The force of the source.
    pub source_level: Level,
    /// The level the suite judges by, after rulings.
    pub level: Level,
    /// Which end of a connection can violate the row.
    pub binds: Binds,
    /// The claim.
    pub text: String,
    /// Where it stands: clauses behind the keys of [`Catalogue::sources`].
    pub source: String,
    /// How it is seen; the bracketed words are described in `requirements/README.md`.
    pub observe: String,
    /// What each reading gets, where the text leaves a choice.
    pub ruling: Option<String>,
    /// The source uses an RFC 2119 keyword in capitals.
    pub literal_keyword: bool,
    /// A codec test is the only oracle.
    pub codec_only: bool,
}

impl Requirement {
    /// The area in front of the number of the id.
    pub fn area(&self) -> &str {
        self.id.split_once('-').map_or(self.id.as_str(), |(area, _)| area)
    }
}

/// The force of a row, strongest statement of the specification first.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Obligatory; definitions of formats count as such.
    Must,
    /// Recommended.
    Should,
    /// Permitted.
    May,
    /// In no normative text, but relied on by the field.
    DeFacto,
    /// A violation is a crash, a hang, unbounded memory or harm to another connection.
    Safety,
}

impl Level {
    /// The level as it is written in files and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
            Self::DeFacto => "de-facto",
            Self::Safety => "safety",
        }
    }

    /// Reads the word; `None` for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Must, Self::Should, Self::May, Self::DeFacto, Self::Safety]
            .into_iter()
            .find(|level| level.word() == word)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Which end of a connection a row binds.
#[derive(Copy, Clone, Eq, PartialEq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Binds {
    /// The end that opened the connection.
    Client,
    /// The end that accepted it.
    Server,
    /// Either end.
    Both,
}

impl fmt::Display for Binds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Both => "client and server",
        })
    }
}

/// A place where a specification is wrong, contradicts itself or is silent.
#[derive(Clone, Eq, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erratum {
    /// Permanent id, such as `E-15`.
    pub id: String,
    /// The area it concerns first.
    pub area: String,
    /// What it is about, in a few words.
    pub title: String,
    /// What the texts say and what is seen.
    #[serde(default)]
    pub text: String,
    /// What the suite does about it.
    pub policy: Option<String>,
    /// The rows it concerns.
    #[serde(default)]
    pub rules: Vec<String>,
}

/// A document or program that rows refer to by a key.
#[derive(Clone, Eq, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The key used in [`Requirement::source`], such as `R` or `I:ngx`.
    pub key: String,
    /// Full title.
    pub title: String,
    /// What was read of it.
    pub basis: String,
}

/// A mistake in the catalogue's files, with its place.
#[derive(Clone, Eq, PartialEq, Debug)]
pub struct CatalogueError {
    /// File name below `conformance/requirements`.
    pub file: String,
    /// Line, counted from 1, where known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for CatalogueError {}

/// A file of the catalogue: its name and its text.
#[derive(Copy, Clone, Debug)]
pub struct File<'a> {
    /// Name for messages.
    pub name: &'a str,
    /// TOML text.
    pub text: &'a str,
}

/// The files a catalogue is made of.
#[derive(Copy, Clone, Debug)]
pub struct Files<'a> {
    /// One file per area, in the order of the catalogue.
    pub areas: &'a [File<'a>],
    /// `errata.toml`
    pub errata: File<'a>,
    /// `sources.toml`
    pub sources: File<'a>,
    /// `accounting.toml`
    pub accounting: File<'a>,
}

macro_rules! file {
    ($name:literal) => {
        File { name: $name, text: include_str!(concat!("../requirements/", $name)) }
    };
}

const BUILTIN: Files<'static> = Files {
    areas: &[
        file!("hs.toml"),
        file!("hsd.toml"),
        file!("time.toml"),
        file!("chunk.toml"),
        file!("ctrl.toml"),
        file!("ucm.toml"),
        file!("msg.toml"),
        file!("amf0.toml"),
        file!("amf3.toml"),
        file!("so.toml"),
        file!("conn.toml"),
        file!("nsp.toml"),
        file!("nss.toml"),
        file!("stat.toml"),
        file!("aux-commands.toml"),
        file!("data.toml"),
        file!("flv.toml"),
        file!("erv.toml"),
        file!("era.toml"),
        file!("erm.toml"),
        file!("erc.toml"),
        file!("uri.toml"),
        file!("rtmps.toml"),
        file!("rtmpt.toml"),
        file!("rtmpe.toml"),
        file!("auth.toml"),
        file!("swfv.toml"),
        file!("rtmfp.toml"),
        file!("rob.toml"),
    ],
    errata: file!("errata.toml"),
    sources: file!("sources.toml"),
    accounting: file!("accounting.toml"),
};

impl Catalogue {
    /// The catalogue this program was built with.
    ///
    /// # Panics
    /// When a file of it is wrong; a test of this crate reads them all.
    pub fn builtin() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| match Self::from_files(&BUILTIN) {
            Ok(catalogue) => catalogue,
            Err(error) => panic!("conformance/requirements/{error}"),
        })
    }

    /// Reads and checks a catalogue.
    ///
    /// # Errors
    /// Names the file and line of TOML that does not parse, of an id that does not exist, is misplaced or is used
    /// twice, and of a level that differs from its source without a ruling.
    pub fn from_files(files: &Files<'_>) -> Result<Self, CatalogueError> {
        let mut catalogue = Self {
            areas: Vec::new(),
            requirements: Vec::new(),
            by_id: HashMap::new(),
            errata: Vec::new(),
            sources: Vec::new(),
            accounting: Accounting::default(),
        };
        for file in files.areas {
            catalogue.add_area(*file)?;
        }
        catalogue.add_errata(files.errata)?;
        catalogue.add_sources(files.sources)?;
        catalogue.accounting = Accounting::read(files.accounting, &catalogue)?;
        Ok(catalogue)
    }

    /// All rows, areas in order.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// The row with exactly this id.
    pub fn get(&self, id: &str) -> Option<&Requirement> {
        self.by_id.get(id).map(|&index| &self.requirements[index])
    }

    /// The areas in the order of the catalogue.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The area with exactly this key.
    pub fn area(&self, key: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.key == key)
    }

    /// The rows of an area in order; none for an unknown key.
    pub fn in_area(&self, key: &str) -> &[Requirement] {
        self.area(key).map_or(&[], |area| &self.requirements[area.rows.clone()])
    }

    /// All errata in order.
    pub fn errata(&self) -> &[Erratum] {
        &self.errata
    }

    /// The erratum with exactly this id (`E-15`).
    pub fn erratum(&self, id: &str) -> Option<&Erratum> {
        self.errata.iter().find(|erratum| erratum.id == id)
    }

    /// The errata that concern a row.
    pub fn errata_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Erratum> {
        self.errata.iter().filter(move |erratum| erratum.rules.iter().any(|rule| rule == id))
    }

    /// The documents and programs that rows refer to.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Why rows have no case.
    pub fn accounting(&self) -> &Accounting {
        &self.accounting
    }

    fn add_area(&mut self, file: File<'_>) -> Result<(), CatalogueError> {
        let raw: AreaFile = file.parse()?;
        if self.area(&raw.area.key).is_some() {
            return Err(file.error(None, format!("area {} is defined twice", raw.area.key)));
        }
        let first = self.requirements.len();
        for rule in raw.rules {
            let at = Some(rule.id.span());
            let row = rule.checked(&raw.area.key).map_err(|message| file.error(at.clone(), message))?;
            if self.requirements.get(first..).and_then(<[_]>::last).is_some_and(|last| last.id >= row.id) {
                return Err(file.error(at, format!("{} is out of order or used twice", row.id)));
            }
            self.by_id.insert(row.id.clone(), self.requirements.len());
            self.requirements.push(row);
        }
        let rows = first..self.requirements.len();
        self.areas.push(Area { key: raw.area.key, title: raw.area.title, rows });
        Ok(())
    }

    fn add_errata(&mut self, file: File<'_>) -> Result<(), CatalogueError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct ErrataFile {
            #[serde(default)]
            erratum: Vec<Spanned<Erratum>>,
        }
        let mut seen = HashSet::new();
        for spanned in file.parse::<ErrataFile>()?.erratum {
            let at = Some(spanned.span());
            let erratum = spanned.into_inner();
            let id = &erratum.id;
            if !seen.insert(id.clone()) {
                return Err(file.error(at, format!("{id} is used twice")));
            }
            if self.area(&erratum.area).is_none() {
                return Err(file.error(at, format!("{id}: there is no area {:?}", erratum.area)));
            }
            if let Some(rule) = erratum.rules.iter().find(|rule| self.get(rule).is_none()) {
                return Err(file.error(at, format!("{id}: there is no requirement {rule:?}")));
            }
            self.errata.push(erratum);
        }
        Ok(())
    }

    fn add_sources(&mut self, file: File<'_>) -> Result<(), CatalogueError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct SourcesFile {
            #[serde(default)]
            source: Vec<Source>,
        }
        self.sources = file.parse::<SourcesFile>()?.source;
        let mut seen = HashSet::new();
        match self.sources.iter().find(|source| !seen.insert(source.key.as_str())) {
            Some(source) => Err(file.error(None, format!("source {:?} is used twice", source.key))),
            None => Ok(()),
        }
    }
}

impl<'a> File<'a> {
    fn parse<T: Deserialize<'a>>(&self) -> Result<T, CatalogueError> {
        toml::from_str(self.text).map_err(|error| self.error(error.span(), error.message().to_owned()))
    }

    fn error(&self, span: Option<Range<usize>>, message: String) -> CatalogueError {
        let before = span.and_then(|span| self.text.as_bytes().get(..span.start));
        let line = before.map(|before| 1 + before.iter().filter(|&&byte| byte == b'\n').count());
        CatalogueError { file: self.name.to_owned(), line, message }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaFile {
    area: AreaHead,
    #[serde(rename = "rule")]
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaHead {
    key: String,
    title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    source_level: Level,
    level: Level,
    binds: Binds,
    text: String,
    source: String,
    observe: String,
    ruling: Option<String>,
    #[serde(default)]
    literal_keyword: bool,
    #[serde(default)]
    codec_only: bool,
}

impl RawRule {
    fn checked(self, area: &str) -> Result<Requirement, String> {
        let id = self.id.into_inner();
        let number = id.strip_prefix(area).and_then(|rest| rest.strip_prefix('-'));
        if !number.is_some_and(|n| n.len() == 3 && n.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(format!("{id:?} is not {area}- and three digits"));
        }
        if self.text.trim().is_empty() {
            return Err(format!("{id} has no text"));
        }
        if self.source_level == Level::Safety {
            return Err(format!("{id}: safety is a level of rulings, not of a source"));
        }
        if self.level != self.source_level && self.ruling.is_none() {
            return Err(format!(
                "{id} is judged as {} instead of {} without a ruling",
                self.level, self.source_level
            ));
        }
        Ok(Requirement {
            id,
            source_level: self.source_level,
            level: self.level,
            binds: self.binds,
            text: self.text,
            source: self.source,
            observe: self.observe,
            ruling: self.ruling,
            literal_keyword: self.literal_keyword,
            codec_only: self.codec_only,
        })
    }
}

/// Breaks text into lines of at most `width` characters, the lines after the first indented by `indent` spaces,
/// which count towards the width. The first line starts at column `column`. A longer word is cut.
pub(crate) fn wrap(text: &str, column: usize, indent: usize, width: usize) -> String {
    let mut out = String::new();
    let mut at = column;
    let mut fresh = true;
    for word in text.split_whitespace() {
        let mut rest = word;
        let length = word.chars().count();
        if !fresh && at + 1 + length > width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            (at, fresh) = (indent, true);
        }
        if !fresh {
            out.push(' ');
            at += 1;
        }
        while at + rest.chars().count() > width && at < width {
            let cut = rest.char_indices().nth(width - at).map_or(rest.len(), |(index, _)| index);
            out.push_str(&rest[..cut]);
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            (rest, at) = (&rest[cut..], indent);
        }
        out.push_str(rest);
        at += rest.chars().count();
        fresh = false;
    }
    out
}

#[cfg(test)]
mod tests;
