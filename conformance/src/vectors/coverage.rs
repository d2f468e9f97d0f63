//! Which of the requirements that only a codec shows have vectors.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::corpus::Vector;
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
    /// Without vectors: what the catalogue's accounting says of it.
    pub account: Option<Status>,
}

impl Row {
    /// Whether it has vectors, or the accounting says why it has none.
    #[must_use]
    pub fn is_accounted(&self) -> bool {
        self.account.as_ref().is_none_or(Status::is_accounted)
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
    /// Those with an invalid or lenient vector.
    pub with_broken: usize,
    /// Those without a vector that the accounting does not settle either.
    pub open: usize,
    /// Areas that have such requirements, in the order of the catalogue.
    pub areas: Vec<Area>,
}

/// Counts the vectors of each codec-only requirement.
#[must_use]
pub fn coverage(catalogue: &Catalogue, vectors: &[Vector<'_>]) -> Coverage {
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
                for vector in cited {
                    match vector.result() {
                        "valid" => counts.valid += 1,
                        "invalid" => counts.invalid += 1,
                        _ => counts.lenient += 1,
                    }
                }
                Row {
                    text: catalogue.get(&row.id).map_or(String::new(), |r| r.text.clone()),
                    id: row.id,
                    level: row.level,
                    counts,
                    vectors: cited.iter().map(|v| v.id().to_owned()).collect(),
                    account: cited.is_empty().then_some(row.status),
                }
            });
            Area { area: area.area, title: area.title, rows: rows.collect() }
        })
        .collect();
    let count = |keep: fn(&Row) -> bool| areas.iter().flat_map(|a| &a.rows).filter(|row| keep(row)).count();
    Coverage {
        total: count(|_| true),
        covered: count(|row| !row.vectors.is_empty()),
        with_valid: count(|row| row.counts.valid > 0),
        with_broken: count(|row| row.counts.invalid + row.counts.lenient > 0),
        open: count(|row| !row.is_accounted()),
        areas,
    }
}

const WIDTH: usize = 100;
const COLUMN: usize = 45;
/// Ids of vectors on a row of the details.
const NAMED: usize = 6;

impl Coverage {
    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.areas.iter().flat_map(|area| &area.rows)
    }

    /// A table of at most 100 columns: a line per area, the rows without vectors, and with `details` every row.
    #[must_use]
    pub fn table(&self, details: bool) -> String {
        let mut out = String::new();
        line(&mut out, "area", "title", ["rows", "vectors", "valid", "invalid", "lenient", "none"]);
        for area in &self.areas {
            numbers(&mut out, &area.area, &area.title, &area.rows.iter().collect::<Vec<_>>());
        }
        numbers(&mut out, "all", "", &self.rows().collect::<Vec<_>>());
        let Self { total, covered, with_valid, with_broken, .. } = self;
        out += &format!(
            "\n{covered} of {total} requirements that only a codec shows have vectors;\n{with_valid} have a valid one, \
             {with_broken} an invalid or lenient one.\n"
        );
        for row in self.rows() {
            let why = match &row.account {
                Some(Status::Implied { by, reason }) => format!("implied by {}: {reason}", by.join(", ")),
                Some(Status::Untestable { reason }) => format!("untestable: {reason}"),
                Some(Status::Contradictory { errata, reason }) => {
                    format!("contradictory, {}: {reason}", errata.join(", "))
                }
                Some(Status::Open { reason: Some(reason) }) => format!("no vector; planned: {reason}"),
                Some(_) => format!("no vector: {}", row.text),
                None if row.counts.valid == 0 => format!("no valid vector: {}", row.text),
                None => continue,
            };
            out += &format!("  {:<10} {:<8} {}\n", row.id, row.level.word(), wrap(&why, 22, 22, WIDTH));
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
        out.push('\n');
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
