//! `vectors list` and `vectors explain`.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::Place;
use crate::catalogue::{Catalogue, wrap};
use crate::cli::{complain, print};
use crate::vectors::json::Node;
use crate::vectors::{Corpus, CorpusError, Vector, corpus, explain, select};

const WIDTH: usize = 100;

/// `rtmpspec vectors list`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec vectors list
  rtmpspec vectors list 'amf0-*' result:invalid
  rtmpspec vectors list family:chunk-stream flag:ExtTsType3
  rtmpspec vectors list rule:CHUNK-031 '!rule:CHUNK-033' --json
  rtmpspec vectors list --by flag               how many vectors have which flag, and what it means
  rtmpspec vectors list family:amf3 --by rule   the requirements that these vectors show

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
    /// Counts instead of vectors.
    #[arg(long, value_name = "KIND")]
    by: Option<By>,
    /// JSON instead of lines.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// What vectors are counted by.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Family,
    Rule,
    Flag,
    Result,
}

/// Names with their vectors, and what a name means.
fn counted(chosen: &[Vector<'_>], by: By) -> BTreeMap<String, (usize, String)> {
    let mut counts: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for vector in chosen {
        let names: Vec<&str> = match by {
            By::Family => vec![vector.family()],
            By::Rule => vector.requirements().collect(),
            By::Flag => vector.flags().collect(),
            By::Result => vec![vector.result()],
        };
        for name in names {
            let entry = counts.entry(name.to_owned()).or_insert_with(|| (0, meaning(vector, by, name)));
            entry.0 += 1;
        }
    }
    counts
}

fn meaning(vector: &Vector<'_>, by: By, name: &str) -> String {
    match by {
        By::Family | By::Result => String::new(),
        By::Rule => Catalogue::builtin().get(name).map_or_else(String::new, |row| row.text.clone()),
        By::Flag => {
            let note = vector.root.find("notes").and_then(|notes| notes.find(name));
            let word = |key| note.and_then(|note| note.find(key)).and_then(Node::text).unwrap_or_default();
            format!("{}: {}", word("kind"), word("effect"))
        }
    }
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
        if let Some(by) = self.by {
            let counts = counted(&chosen, by);
            if self.json {
                let list: Vec<_> = counts
                    .iter()
                    .map(|(name, (count, means))| json!({"name": name, "vectors": count, "meaning": means}))
                    .collect();
                print(&format!("{}\n", serde_json::to_string_pretty(&list).unwrap_or_default()));
                return Ok(0);
            }
            let widest = counts.keys().map(|name| name.len()).max().unwrap_or(0);
            let line = |(name, (count, means)): (&String, &(usize, String))| {
                let text =
                    format!("{count:5}  {name:widest$}  {}", wrap(means, widest + 9, widest + 9, WIDTH));
                format!("{}\n", text.trim_end())
            };
            print(&counts.iter().map(line).collect::<String>());
            return Ok(0);
        }
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
