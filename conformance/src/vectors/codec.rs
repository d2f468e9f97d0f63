//! The codec of this workspace, judged by the corpus.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rtmp_vectors::judge::Outcome;
use rtmp_vectors::trial::{Trial, trials};
use rtmp_vectors::{File, Group, Vector, hex, reference};

use super::corpus::{Corpus, CorpusError, vectors};
use super::lint::Problem;

/// What came of it.
#[derive(Debug, Default)]
pub struct CodecJudged {
    /// Vectors that the codec was asked.
    pub asked: usize,
    /// Those that it does not pass, at their places.
    pub problems: Vec<Problem>,
}

/// Asks this workspace's codec every vector: whole, in its `feeds`, byte by byte, and its beginnings; where a vector
/// is canonical, the codec has to write it too.
///
/// # Errors
/// A file is no JSON, or not of the form of the corpus; `rtmpspec vectors lint` says what is wrong.
pub fn judge_codec(corpus: &Corpus) -> Result<CodecJudged, CorpusError> {
    let parsed = corpus.parsed()?;
    let places: std::collections::BTreeMap<&str, _> =
        vectors(&parsed).map(|vector| (vector.id(), (vector.file, vector.node.at))).collect();
    let mut judged = CodecJudged::default();
    for document in &corpus.files {
        let file: File = serde_json::from_str(&document.text)
            .map_err(|error| CorpusError::new(format!("{}: {error}", document.shown)))?;
        for group in &file.groups {
            for vector in &group.tests {
                judged.asked += 1;
                let Err(why) = passes(&file.schema, group, vector) else { continue };
                let (at, shown) = match places.get(vector.id.as_str()) {
                    Some((file, at)) => (file.position(*at), file.shown.clone()),
                    None => (document.position(0), document.shown.clone()),
                };
                judged.problems.push(Problem {
                    file: shown,
                    line: at.line,
                    column: at.column,
                    message: format!("{}: our codec: {why}", vector.id),
                });
            }
        }
    }
    Ok(judged)
}

fn passes(family: &str, group: &Group, vector: &Vector) -> Result<(), String> {
    let bytes = vector.input()?;
    for trial in trials(family, &group.state, vector, bytes.len()) {
        let given = &bytes[..trial.end];
        let split = trial.reads.sizes(given.len());
        let decoded =
            catch_unwind(AssertUnwindSafe(|| reference::decode(family, &group.state, given, &split)));
        let outcomes = decoded.map_err(|_| format!("{}: a panic", trial.words()))?;
        each(&trial, vector, &outcomes)?;
    }
    if vector.canonical {
        let written = catch_unwind(AssertUnwindSafe(|| reference::encode(family, &group.state, &bytes)));
        let written = written.map_err(|_| "writing it: a panic".to_owned())??;
        if written != bytes {
            return Err(format!("written again it is {:.300}", hex::encode(&written)));
        }
    }
    Ok(())
}

fn each(trial: &Trial, vector: &Vector, outcomes: &[Outcome]) -> Result<(), String> {
    if outcomes.is_empty() {
        return Err("no decoder for this family".into());
    }
    outcomes.iter().try_for_each(|outcome| trial.judge(vector, outcome))
}
