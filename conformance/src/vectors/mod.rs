//! The corpus of test vectors as files: found, checked with positions, laid out, selected, explained.
//!
//! What a vector says is described in `vectors/README.md`. [`codec`] judges the codec of this workspace, [`run`] any
//! other decoder.

pub mod add;
pub mod add_capture;
pub mod add_draft;
pub mod codec;
pub mod corpus;
pub mod coverage;
pub mod explain;
pub mod json;
pub mod layout;
pub mod lint;
mod manifest;
pub mod regenerate;
mod rules;
pub mod run;
mod schema;
pub mod select;
mod unbreakable;

pub use corpus::{Corpus, CorpusError, Document, Vector};
pub use lint::Problem;
pub use unbreakable::Unbreakable;

/// At most three of `names` that look like `name`.
fn nearest<'a>(names: impl Iterator<Item = &'a str>, name: &str, least: f64) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> = names.map(|n| (strsim::jaro_winkler(name, n), n)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by_key(|(_, name)| *name);
    scored.into_iter().filter(|(score, _)| *score > least).take(3).map(|(_, name)| name).collect()
}

/// `; did you mean ...?`, or nothing.
fn did_you_mean(near: &[&str]) -> String {
    match near {
        [] => String::new(),
        [one] => format!("; did you mean {one}?"),
        many => format!("; did you mean one of {}?", many.join(", ")),
    }
}
