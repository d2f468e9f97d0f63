//! `vectors list` and `vectors explain`.

use clap::Args;
use serde_json::json;

use super::Place;
use crate::cli::{complain, print};
use crate::vectors::{Corpus, CorpusError, Vector, corpus, explain, select};

/// `rtmpspec vectors list`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec vectors list
  rtmpspec vectors list 'amf0-*' result:invalid
  rtmpspec vectors list family:chunk-stream flag:ExtTsType3
  rtmpspec vectors list rule:CHUNK-031 '!rule:CHUNK-033' --json

Selecting: several patterns of one kind are alternatives, different kinds all have to match.
  GLOB           ids
  family:GLOB    such as amf0, or amf0-v1
  rule:GLOB      requirements, such as CHUNK-031
  flag:GLOB      flags, such as Depth
  result:RESULT  valid, invalid, lenient
  !PATTERN       none of these

Exit codes:
  0 listed   2 the vectors are not there or cannot be read   4 nothing selected")]
pub(super) struct List {
    /// Ids or globs, `family:`, `rule:`, `flag:`, `result:`, `!PATTERN`; none: all.
    #[arg(value_name = "SELECT")]
    select: Vec<String>,
    /// JSON instead of lines.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

impl List {
    pub(super) fn run(self) -> Result<u8, CorpusError> {
        let corpus = Corpus::read(self.place.dir.as_deref())?;
        let files = corpus.parsed()?;
        let all: Vec<Vector<'_>> = corpus::vectors(&files).collect();
        let chosen = match select::select(&all, &self.select) {
            Ok(chosen) if chosen.is_empty() => {
                complain("no vector matches all of these");
                return Ok(4);
            }
            Ok(chosen) => chosen,
            Err(why) => {
                complain(&why);
                return Ok(4);
            }
        };
        if self.json {
            let list: Vec<_> = chosen.iter().map(entry).collect();
            print(&format!("{}\n", serde_json::to_string_pretty(&list).unwrap_or_default()));
            return Ok(0);
        }
        let widest = |of: fn(&Vector<'_>) -> usize| chosen.iter().map(of).max().unwrap_or(0);
        let (ids, families) = (widest(|v| v.id().len()), widest(|v| v.family().len()));
        let mut out = String::new();
        for vector in &chosen {
            let (id, family) = (vector.id(), vector.family());
            out += &format!("{id:ids$}  {family:families$}  {:7}  {}\n", vector.result(), vector.title());
        }
        out += &match chosen.len() {
            1 => "1 vector\n".to_owned(),
            many => format!("{many} vectors\n"),
        };
        print(&out);
        Ok(0)
    }
}

fn entry(vector: &Vector<'_>) -> serde_json::Value {
    json!({
        "id": vector.id(),
        "title": vector.title(),
        "schema": vector.schema(),
        "result": vector.result(),
        "requirements": vector.requirements().collect::<Vec<_>>(),
        "flags": vector.flags().collect::<Vec<_>>(),
        "length": vector.length(),
        "file": vector.file.shown,
        "line": vector.file.position(vector.node.at).line,
    })
}

/// `rtmpspec vectors explain`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec vectors explain amf0-number-1
  rtmpspec vectors explain amf0-number-1 --json

Offsets of bytes are decimal. Long bytes and values are cut; --full shows all.

Exit codes:
  0 explained   2 the vectors are not there or cannot be read   4 no such vector")]
pub(super) struct Explain {
    /// Id of a vector, or a glob that names one.
    id: String,
    /// JSON instead of text: the vector with its state, source, notes and requirements.
    #[arg(long)]
    json: bool,
    /// All bytes and values, however long.
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    place: Place,
}

impl Explain {
    pub(super) fn run(self) -> Result<u8, CorpusError> {
        let corpus = Corpus::read(self.place.dir.as_deref())?;
        let files = corpus.parsed()?;
        let all: Vec<Vector<'_>> = corpus::vectors(&files).collect();
        let chosen = match select::select(&all, std::slice::from_ref(&self.id)) {
            Ok(chosen) => chosen,
            Err(why) => {
                complain(&why);
                return Ok(4);
            }
        };
        let [vector] = &chosen[..] else {
            let first: Vec<&str> = chosen.iter().take(10).map(Vector::id).collect();
            let more = if chosen.len() > first.len() { ", ..." } else { "" };
            complain(&format!("`{}` names {} vectors: {}{more}", self.id, chosen.len(), first.join(", ")));
            return Ok(4);
        };
        if self.json {
            let text = serde_json::to_string_pretty(&explain::value(vector)).unwrap_or_default();
            print(&format!("{text}\n"));
        } else {
            print(&explain::text(vector, self.full));
        }
        Ok(0)
    }
}
