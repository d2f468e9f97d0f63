//! Which of the requirements that only a codec shows have vectors.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::corpus::{CorpusError, Vector};
use super::unbreakable::Unbreakable;
use crate::catalogue::{Catalogue, Level, Status, wrap};

/// Numbers of vectors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Accepted by every decoder.
    pub valid: usize,
    /// Refused by every decoder.
    pub invalid: usize,
    /// With a choice.
    pub lenient: usize,
}

/// A requirement and its vectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Requirement id.
    pub id: String,
    /// The level it is judged by.
    pub level: Level,
    /// The claim.
    pub text: String,
    /// How many vectors cite it.
    #[serde(flatten)]
    pub counts: Counts,
    /// Their ids, in the order of the files.
    pub vectors: Vec<String>,
    /// Why no bytes can violate it.
    pub unbreakable: Option<String>,
    /// What it still needs.
    pub missing: Vec<Need>,
    /// Without vectors: what the catalogue's accounting says of it.
    pub account: Option<Status>,
}

/// A vector that a requirement needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// One that every decoder accepts.
    Valid,
    /// One that every decoder refuses, or the reason why there can be none.
    Invalid,
}

impl Row {
    /// Whether it has the vectors that it needs, or the accounting says why it has none.
    #[must_use]
    pub fn is_accounted(&self) -> bool {
        match &self.account {
            Some(account) => account.is_accounted(),
            None => self.missing.is_empty(),
        }
    }

    /// What its vectors show, or what is missing.
    #[must_use]
    pub fn verdict(&self) -> String {
        match (&self.account, &self.missing[..], &self.unbreakable) {
            (Some(Status::Implied { by, reason }), ..) => format!("implied by {}: {reason}", by.join(", ")),
            (Some(Status::Untestable { reason }), ..) => format!("untestable: {reason}"),
            (Some(Status::Contradictory { errata, reason }), ..) => {
                format!("contradictory, {}: {reason}", errata.join(", "))
            }
            (Some(Status::Open { reason: Some(reason) }), ..) => format!("no vector; planned: {reason}"),
            (Some(_), ..) => format!("no vector: {}", self.text),
            (None, [], None) => "valid + invalid".into(),
            (None, [], Some(because)) => format!("valid, cannot be broken: {because}"),
            (None, [Need::Valid], _) => format!("no valid vector: {}", self.text),
            (None, [Need::Invalid], _) => {
                format!("no invalid vector, and unbreakable.toml does not say why: {}", self.text)
            }
            (None, ..) => format!("no valid and no invalid vector: {}", self.text),
        }
    }
}

/// The rows of one area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Area {
    /// Its key.
    pub area: String,
    /// What it is about.
    pub title: String,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// All requirements that a codec shows by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Requirements.
    pub total: usize,
    /// Those with a vector.
    pub covered: usize,
    /// Those with a valid vector.
    pub with_valid: usize,
    /// Those with an invalid vector.
    pub with_invalid: usize,
    /// Those that no bytes can violate.
    pub unbreakable: usize,
    /// Those that lack a vector, and nothing says why.
    pub open: usize,
    /// Areas that have such requirements, in the order of the catalogue.
    pub areas: Vec<Area>,
}

/// Counts the vectors of each codec-only requirement.
///
/// # Errors
/// An entry of `unbreakable` is for a requirement that has an invalid vector.
pub fn coverage(
    catalogue: &Catalogue,
    vectors: &[Vector<'_>],
    unbreakable: &Unbreakable,
) -> Result<Coverage, CorpusError> {
    let mut citing: HashMap<&str, Vec<&Vector<'_>>> = HashMap::new();
    for vector in vectors {
        for rule in vector.requirements() {
            citing.entry(rule).or_default().push(vector);
        }
    }
    let without_cases = catalogue.coverage(&[]).codec_only();
    let areas: Vec<Area> = without_cases
        .areas
        .into_iter()
        .map(|area| {
            let rows = area.rows.into_iter().map(|row| {
                let cited = citing.get(row.id.as_str()).map_or(&[][..], Vec::as_slice);
                let mut counts = Counts::default();
                let mut invalid = Vec::new();
                for vector in cited {
                    match vector.result() {
                        "valid" => counts.valid += 1,
                        "invalid" => invalid.push(vector.id()),
                        _ => counts.lenient += 1,
                    }
                }
                counts.invalid = invalid.len();
                let because = unbreakable.reason(&row.id, &invalid)?;
                let mut missing = Vec::new();
                if counts.valid == 0 {
                    missing.push(Need::Valid);
                }
                if invalid.is_empty() && because.is_none() {
                    missing.push(Need::Invalid);
                }
                Ok(Row {
                    text: catalogue.get(&row.id).map_or(String::new(), |r| r.text.clone()),
                    id: row.id,
                    level: row.level,
                    counts,
                    vectors: cited.iter().map(|v| v.id().to_owned()).collect(),
                    unbreakable: because.map(str::to_owned),
                    missing,
                    account: cited.is_empty().then_some(row.status),
                })
            });
            let rows = rows.collect::<Result<_, CorpusError>>()?;
            Ok(Area { area: area.area, title: area.title, rows })
        })
        .collect::<Result<_, CorpusError>>()?;
    let count = |keep: fn(&Row) -> bool| areas.iter().flat_map(|a| &a.rows).filter(|row| keep(row)).count();
    Ok(Coverage {
        total: count(|_| true),
        covered: count(|row| !row.vectors.is_empty()),
        with_valid: count(|row| row.counts.valid > 0),
        with_invalid: count(|row| row.counts.invalid > 0),
        unbreakable: count(|row| row.unbreakable.is_some()),
        open: count(|row| !row.is_accounted()),
        areas,
    })
}

const WIDTH: usize = 100;
/// Where the ids of vectors and the verdict begin.
const COLUMN: usize = 45;
/// Ids of vectors on a row of the details.
const NAMED: usize = 6;

impl Coverage {
    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.areas.iter().flat_map(|area| &area.rows)
    }

    /// A table of at most 100 columns: a line per area, the rows that lack something, and with `details` every row.
    #[must_use]
    pub fn table(&self, details: bool) -> String {
        let mut out = String::new();
        line(&mut out, "area", "title", ["rows", "vectors", "valid", "invalid", "lenient", "none"]);
        for area in &self.areas {
            numbers(&mut out, &area.area, &area.title, &area.rows.iter().collect::<Vec<_>>());
        }
        numbers(&mut out, "all", "", &self.rows().collect::<Vec<_>>());
        let Self { total, covered, with_valid, with_invalid, unbreakable, open, .. } = self;
        out += &format!(
            "\n{covered} of {total} requirements that only a codec shows have vectors;\n{with_valid} have a valid one, \
             {with_invalid} an invalid one, {unbreakable} cannot be broken; {open} lack one.\n"
        );
        for row in self.rows() {
            if row.account.is_none() && row.missing.is_empty() {
                continue;
            }
            let why = wrap(&row.verdict(), 22, 22, WIDTH);
            out += &format!("  {:<10} {:<8} {why}\n", row.id, row.level.word());
        }
        if details {
            for area in &self.areas {
                out += &format!("\n{}  {}\n", area.area, area.title);
                area.rows.iter().for_each(|row| row.details(&mut out));
            }
        }
        out
    }

    /// The same as JSON.
    ///
    /// # Panics
    /// Never: it holds strings and numbers only.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("strings and numbers only")
    }
}

impl Row {
    fn details(&self, out: &mut String) {
        let Counts { valid, invalid, lenient } = self.counts;
        let mut named = self.vectors.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        if self.vectors.len() > NAMED {
            named += &format!(" and {} more", self.vectors.len() - NAMED);
        }
        let text = wrap(&named, COLUMN, COLUMN, WIDTH);
        let line = format!(
            "  {:<10} {:<8} {valid:>6} {invalid:>6} {lenient:>6}   {text}",
            self.id,
            self.level.word()
        );
        *out += line.trim_end();
        let verdict = wrap(&self.verdict(), COLUMN, COLUMN, WIDTH);
        *out += &format!("\n{:COLUMN$}{verdict}\n", "");
    }
}

fn numbers(out: &mut String, area: &str, title: &str, rows: &[&Row]) {
    let sum = |of: fn(&Row) -> usize| rows.iter().map(|row| of(row)).sum::<usize>().to_string();
    let numbers = [
        sum(|_| 1),
        // A vector counts once for each row it cites.
        sum(|row| row.vectors.len()),
        sum(|row| row.counts.valid),
        sum(|row| row.counts.invalid),
        sum(|row| row.counts.lenient),
        sum(|row| usize::from(row.vectors.is_empty())),
    ];
    line(out, area, title, numbers.each_ref().map(String::as_str));
}

fn line(
    out: &mut String,
    area: &str,
    title: &str,
    [rows, vectors, valid, invalid, lenient, none]: [&str; 6],
) {
    writeln!(
        out,
        "{area:<6} {title:<50}{rows:>5} {vectors:>7} {valid:>6} {invalid:>7} {lenient:>7} {none:>5}"
    )
    .expect("writing to a String");
}
