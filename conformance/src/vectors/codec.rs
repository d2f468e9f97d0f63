//! The codec of this workspace, judged by the corpus.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rtmp_vectors::{File, Group, Vector, reference};

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

/// A panic of the codec fails its vector, and nothing else.
fn passes(family: &str, group: &Group, vector: &Vector) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| reference::passes(family, &group.state, vector)))
        .unwrap_or_else(|_| Err("a panic".to_owned()))
}
