//! Which rows are covered by which case, and what is open.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::{AccountKind, Catalogue, Level, Requirement, wrap};
use crate::rule::Rule;

/// What coverage needs to know of a case or vector.
#[derive(Copy, Clone, Debug)]
pub struct CaseRef<'a> {
    /// The case's permanent id.
    pub id: &'a str,
    /// The rows it cites.
    pub rules: &'a [Rule],
}

/// The coverage of every row.
#[derive(Clone, Eq, PartialEq, Debug, Serialize)]
pub struct CoverageReport {
    /// Sums over all areas.
    #[serde(flatten)]
    pub counts: Counts,
    /// The areas that have rows, in the order of the catalogue.
    pub areas: Vec<AreaCoverage>,
}

/// The coverage of one area.
#[derive(Clone, Eq, PartialEq, Debug, Serialize)]
pub struct AreaCoverage {
    /// The area's key.
    pub area: String,
    /// The area's title.
    pub title: String,
    /// Sums over its rows.
    #[serde(flatten)]
    pub counts: Counts,
    /// Its rows in order.
    pub rows: Vec<RowCoverage>,
}

/// The coverage of one row.
#[derive(Clone, Eq, PartialEq, Debug, Serialize)]
pub struct RowCoverage {
    /// The row's id.
    pub id: String,
    /// The level it is judged by.
    pub level: Level,
    /// A codec test is its only oracle.
    pub codec_only: bool,
    /// What covers it.
    #[serde(flatten)]
    pub status: Status,
}

/// What covers a row.
#[derive(Clone, Eq, PartialEq, Debug, Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Status {
    /// Cases cite it.
    Covered {
        /// Their ids, sorted.
        cases: Vec<String>,
    },
    /// Other rows say the same.
    Implied {
        /// Their ids.
        by: Vec<String>,
        /// Why.
        reason: String,
    },
    /// Nothing a peer sends can violate it, or no peer can see it.
    Untestable {
        /// Why.
        reason: String,
    },
    /// The text gives no single answer.
    Contradictory {
        /// The errata that describe it.
        errata: Vec<String>,
        /// Why.
        reason: String,
    },
    /// Not accounted for.
    Open {
        /// What it waits for, when it is planned.
        reason: Option<String>,
    },
}

/// Numbers of rows.
#[derive(Copy, Clone, Eq, PartialEq, Default, Debug, Serialize)]
pub struct Counts {
    /// All rows.
    pub total: usize,
    /// Cited by a case.
    pub covered: usize,
    /// Implied by other rows.
    pub implied: usize,
    /// Not testable.
    pub untestable: usize,
    /// Contradictory in the text.
    pub contradictory: usize,
    /// Not accounted for, planned or not.
    pub open: usize,
    /// Those of the open rows that are planned.
    pub planned: usize,
}

impl Counts {
    /// Rows that a case covers or that are implied, untestable or contradictory.
    pub const fn accounted(&self) -> usize {
        self.total - self.open
    }

    fn of<'a>(statuses: impl Iterator<Item = &'a Status>) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            counts.total += 1;
            match status {
                Status::Covered { .. } => counts.covered += 1,
                Status::Implied { .. } => counts.implied += 1,
                Status::Untestable { .. } => counts.untestable += 1,
                Status::Contradictory { .. } => counts.contradictory += 1,
                Status::Open { reason } => {
                    counts.open += 1;
                    counts.planned += usize::from(reason.is_some());
                }
            }
        }
        counts
    }
}

impl Status {
    /// Whether nothing is left to do for the row.
    pub const fn is_accounted(&self) -> bool {
        !matches!(self, Self::Open { .. })
    }

    /// The word for it in tables and JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Covered { .. } => "covered",
            Self::Implied { .. } => "implied",
            Self::Untestable { .. } => "untestable",
            Self::Contradictory { .. } => "contradictory",
            Self::Open { .. } => "open",
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Covered { cases } => cases.join(", "),
            Self::Implied { by, reason } => format!("by {}: {reason}", by.join(", ")),
            Self::Untestable { reason } => reason.clone(),
            Self::Contradictory { errata, reason } => format!("{}: {reason}", errata.join(", ")),
            Self::Open { reason: Some(reason) } => format!("planned: {reason}"),
            Self::Open { reason: None } => String::new(),
        }
    }
}

impl Catalogue {
    /// Which rows the given cases cover, and what stands in `accounting.toml` about the others.
    pub fn coverage(&self, cases: &[CaseRef<'_>]) -> CoverageReport {
        let mut citing: HashMap<&str, Vec<String>> = HashMap::new();
        for case in cases {
            for rule in case.rules {
                citing.entry(rule.id()).or_default().push(case.id.to_owned());
            }
        }
        let areas = self
            .areas()
            .iter()
            .map(|area| {
                let rows = self.in_area(&area.key).iter().map(|row| self.row_coverage(row, &mut citing));
                AreaCoverage::new(area.key.clone(), area.title.clone(), rows.collect())
            })
            .collect();
        CoverageReport::new(areas)
    }

    fn row_coverage(&self, row: &Requirement, citing: &mut HashMap<&str, Vec<String>>) -> RowCoverage {
        let status = match citing.remove(row.id.as_str()) {
            Some(mut cases) => {
                cases.sort();
                cases.dedup();
                Status::Covered { cases }
            }
            None => self.uncovered(row),
        };
        RowCoverage { id: row.id.clone(), level: row.level, codec_only: row.codec_only, status }
    }

    fn uncovered(&self, row: &Requirement) -> Status {
        let Some(account) = self.accounting().of(row) else {
            return Status::Open { reason: None };
        };
        let reason = account.reason.clone();
        match account.kind {
            AccountKind::Implied => Status::Implied { by: account.by.clone(), reason },
            AccountKind::Untestable => Status::Untestable { reason },
            AccountKind::Contradictory => Status::Contradictory { errata: account.errata.clone(), reason },
            AccountKind::Planned => Status::Open { reason: Some(reason) },
        }
    }
}

impl AreaCoverage {
    fn new(area: String, title: String, rows: Vec<RowCoverage>) -> Self {
        Self { area, title, counts: Counts::of(rows.iter().map(|row| &row.status)), rows }
    }
}

impl CoverageReport {
    fn new(mut areas: Vec<AreaCoverage>) -> Self {
        areas.retain(|area| !area.rows.is_empty());
        let counts = Counts::of(areas.iter().flat_map(|area| &area.rows).map(|row| &row.status));
        Self { counts, areas }
    }

    /// Only the rows for which `keep` says so; areas left without rows go.
    #[must_use]
    pub fn filtered(self, keep: impl Fn(&RowCoverage) -> bool) -> Self {
        let areas = self.areas.into_iter().map(|area| {
            let rows = area.rows.into_iter().filter(|row| keep(row)).collect();
            AreaCoverage::new(area.area, area.title, rows)
        });
        Self::new(areas.collect())
    }

    /// Only the rows whose single oracle is a codec test (`--codec`).
    #[must_use]
    pub fn codec_only(self) -> Self {
        self.filtered(|row| row.codec_only)
    }

    /// All rows in the order of the catalogue.
    pub fn rows(&self) -> impl Iterator<Item = &RowCoverage> {
        self.areas.iter().flat_map(|area| &area.rows)
    }

    /// The rows that nothing accounts for (`--strict` fails on them).
    pub fn strict(&self) -> Vec<&RowCoverage> {
        self.rows().filter(|row| !row.status.is_accounted()).collect()
    }

    /// The report as JSON: the sums, then `areas[]` with the same sums and `rows[]`.
    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("strings and numbers only")
    }

    /// A plain table of at most 100 columns: one line per area, and with `details` one entry per row.
    pub fn table(&self, details: bool) -> String {
        let mut out = String::new();
        table_line(&mut out, ["area", "title", "rows", "covered", "implied", "untest.", "contrad.", "open"]);
        for area in &self.areas {
            counts_line(&mut out, &area.area, &area.title, &area.counts);
        }
        counts_line(&mut out, "all", "", &self.counts);
        let Counts { total, open, planned, .. } = self.counts;
        let accounted = self.counts.accounted();
        writeln!(out, "\n{accounted} of {total} rows accounted for; {open} open, {planned} of them planned.")
            .expect("writing to a String");
        if details {
            for area in &self.areas {
                area.details(&mut out);
            }
        }
        out
    }
}

const WIDTH: usize = 100;
const DETAIL_COLUMN: usize = 36;

impl AreaCoverage {
    fn details(&self, out: &mut String) {
        writeln!(out, "\n{}  {}", self.area, self.title).expect("writing to a String");
        for row in &self.rows {
            let status = row.status.name();
            let text = wrap(&row.status.describe(), DETAIL_COLUMN, DETAIL_COLUMN, WIDTH);
            let line = format!("  {:<10} {:<8} {status:<14}{text}", row.id, row.level.word());
            writeln!(out, "{}", line.trim_end()).expect("writing to a String");
        }
    }
}

fn counts_line(out: &mut String, area: &str, title: &str, counts: &Counts) {
    let numbers =
        [counts.total, counts.covered, counts.implied, counts.untestable, counts.contradictory, counts.open]
            .map(|number| number.to_string());
    let [rows, covered, implied, untestable, contradictory, open] = &numbers;
    table_line(out, [area, title, rows, covered, implied, untestable, contradictory, open]);
}

fn table_line(out: &mut String, [area, title, rows, covered, implied, untest, contrad, open]: [&str; 8]) {
    writeln!(
        out,
        "{area:<6} {title:<50}{rows:>4} {covered:>7} {implied:>7} {untest:>7} {contrad:>8} {open:>4}"
    )
    .expect("writing to a String");
}
