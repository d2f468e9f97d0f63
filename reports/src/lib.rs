//! Reports of rtmpspec: the model of `results.json` and the texts made from it.
//!
//! The crate knows the results schema and nothing else: no case, no network, no clock. A run is
//! written as [`Results`]; every output is a pure function of it.
//!
//! ```
//! # fn show(json: &str) -> Result<(), rtmp_report::LoadError> {
//! use rtmp_report::{Results, Style, console, junit, markdown};
//!
//! let results = Results::from_json(json)?;
//! print!("{}", console::summary(&results, Style { color: false, width: 100, report: None }));
//! let junit_xml = junit::render(&results);
//! let report_md = markdown::render(&results);
//! # Ok(())
//! # }
//! ```
//!
//! Strings in a result may come from the peer under test. Every output escapes what its format or a
//! terminal would act on (control characters, bidirectional overrides, markup) and bounds its length.
//! Stream keys are removed by whoever fills the model; this crate never sees them.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod console;
pub mod junit;
pub mod markdown;
mod names;
mod results;
mod text;

pub use console::{Style, progress_line};
pub use names::{Disposition, Level, Overlay, TargetKind, UnknownName, Verdict};
pub use results::{
    BaselineInfo, CaseResult, Environment, Finding, LoadError, Observation, Quarantined, Results, RuleRef,
    Run, StaleEntry, Summary, Target, Tool, exit_meaning,
};

/// Value of `schema` in a results file of this version.
pub const SCHEMA: &str = "rtmpspec-results-v1";

/// The JSON Schema (draft 2020-12) that a results file of this version satisfies.
pub const RESULTS_SCHEMA_JSON: &str = include_str!("../schema/results-v1.schema.json");
