//! `vectors check`, `vectors lint` and `vectors fmt`.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Place;
use crate::cli::{complain, print};
use crate::vectors::codec::{CodecJudged, judge_codec};
use crate::vectors::corpus::vectors;
use crate::vectors::json::{NotJson, position};
use crate::vectors::regenerate::{Regenerated, regenerate};
use crate::vectors::{Corpus, CorpusError, Document, Problem, layout, lint};

/// Documents that the command line names; a path that is one of the corpus is the same file.
fn documents(files: &[PathBuf]) -> Result<Vec<Document>, CorpusError> {
    files.iter().map(|path| Document::read(&path.canonicalize().unwrap_or_else(|_| path.clone()))).collect()
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(value).unwrap_or_default())
}

/// `rtmpspec vectors lint`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec vectors lint                    the corpus with manifest.json and ids.lock
  rtmpspec vectors lint my-vectors.json    a file, in the corpus or elsewhere
  rtmpspec vectors lint --lock             add the ids of new vectors to ids.lock

Every fault is a line `FILE:LINE:COLUMN: MESSAGE`. Checked are the JSON Schema and beyond it that
ids are unique and permanent (ids.lock), requirements exist, flags are explained and used, dates of
the provenance, hex digits, `error_at`, `feeds` and `cuts` within the bytes, names once per object,
counts and hashes of manifest.json.

Exit codes:
  0 no fault   1 faults   2 a file cannot be read, or the vectors are not there")]
pub(super) struct Lint {
    /// Files of vectors; none: the whole corpus.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Adds the ids of new vectors to ids.lock first.
    #[arg(long, conflicts_with = "files")]
    lock: bool,
    /// JSON instead of lines: objects with file, line, column and message.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

impl Lint {
    pub(super) fn run(self) -> Result<u8, CorpusError> {
        let mut corpus = Corpus::read(self.place.dir.as_deref())?;
        let named = documents(&self.files)?;
        if self.lock {
            let text = lint::locked(&corpus)?;
            if let Err(error) = fs::write(&corpus.lock.path, &text) {
                complain(&format!("{}: {error}", corpus.lock.shown));
                return Ok(2);
            }
            corpus.lock.text = text;
        }
        let problems = lint::lint(&corpus, &named)?;
        if self.json {
            print(&pretty(&json!(problems)));
        } else if problems.is_empty() {
            let files = if named.is_empty() { corpus.files.len() } else { named.len() };
            print(&format!("{}: no fault\n", many(files, "file")));
        } else {
            print(&lines(&problems));
        }
        if problems.is_empty() {
            return Ok(0);
        }
        complain(&many(problems.len(), "fault"));
        Ok(1)
    }
}

/// `rtmpspec vectors fmt`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec vectors fmt my-vectors.json
  rtmpspec vectors fmt --check             the corpus; changes nothing

The layout is that of the generator: a line per property, properties in a fixed order, notes by
name, ASCII. Values stay as they are.

Exit codes:
  0 in layout, or brought into it   1 with --check: a file is not   2 a file is no JSON or cannot be
  read or written, or the vectors are not there")]
pub(super) struct Fmt {
    /// Files; none: data/*.json and manifest.json of the corpus.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Names the files that are not in layout, and changes nothing.
    #[arg(long)]
    check: bool,
    /// JSON instead of lines: the files, each with its first line that is not in layout.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

impl Fmt {
    pub(super) fn run(self) -> Result<u8, CorpusError> {
        let files = if self.files.is_empty() {
            let corpus = Corpus::read(self.place.dir.as_deref())?;
            corpus.files.into_iter().chain([corpus.manifest]).collect()
        } else {
            documents(&self.files)?
        };
        let (mut different, mut broken) = (Vec::new(), false);
        for file in &files {
            match layout::canonical(&file.text) {
                Ok(text) if text == file.text => {}
                Ok(text) => {
                    different.push(first_difference(file, &text));
                    if !self.check
                        && let Err(error) = fs::write(&file.path, &text)
                    {
                        complain(&format!("{}: {error}", file.shown));
                        broken = true;
                    }
                }
                Err(NotJson { position: at, message }) => {
                    complain(&format!("{}:{}:{}: {message}", file.shown, at.line, at.column));
                    broken = true;
                }
            }
        }
        if self.json {
            print(&pretty(&json!(different)));
        } else if self.check {
            print(&lines(&different));
        } else {
            print(&different.iter().map(|d| format!("{}\n", d.file)).collect::<String>());
        }
        Ok(if broken { 2 } else { u8::from(self.check && !different.is_empty()) })
    }
}

/// Where a file leaves its layout.
fn first_difference(file: &Document, canonical: &str) -> Problem {
    let same = file.text.char_indices().zip(canonical.chars()).find(|((_, is), due)| is != due);
    let at = position(&file.text, same.map_or(file.text.len().min(canonical.len()), |((at, _), _)| at));
    Problem {
        file: file.shown.clone(),
        line: at.line,
        column: at.column,
        message: "not in layout from here on".into(),
    }
}

/// `rtmpspec vectors check`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec vectors check
  RTMPSPEC_REQUIRE_PEERS=1 rtmpspec vectors check    without Python 3.11 it fails
  cargo test -p rtmp-vectors                         the codec again, each vector under its own name

Checked are the faults that `lint` names, the layout of `fmt`, that gen/generate.py writes the same
bytes, and that the codec of this project passes every vector. `vectors run` judges other decoders.

Exit codes:
  0 all as it should be; regeneration may be skipped, which is said
  1 a fault, a file out of layout, other bytes, a vector that the codec does not pass; or, with
    RTMPSPEC_REQUIRE_PEERS=1, no regeneration
  2 a file cannot be read, or the vectors are not there")]
pub(super) struct Check {
    /// JSON instead of lines.
    #[arg(long)]
    json: bool,
    /// The Python that runs the generator.
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: String,
    /// Regeneration has to run.
    #[arg(
        long,
        env = "RTMPSPEC_REQUIRE_PEERS",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    require_peers: bool,
    #[command(flatten)]
    place: Place,
}

impl Check {
    pub(super) fn run(self) -> Result<u8, CorpusError> {
        let corpus = Corpus::read(self.place.dir.as_deref())?;
        let problems = lint::lint(&corpus, &[])?;
        let mut layout = Vec::new();
        for file in corpus.files.iter().chain([&corpus.manifest]) {
            // What is no JSON is among the faults.
            if let Ok(text) = layout::canonical(&file.text)
                && text != file.text
            {
                layout.push(first_difference(file, &text));
            }
        }
        let regenerated = regenerate(&corpus.dir, &self.python);
        // Files with faults are no questions to a decoder.
        let codec = if problems.is_empty() { Some(judge_codec(&corpus)?) } else { None };
        let failed = !problems.is_empty()
            || !layout.is_empty()
            || codec.as_ref().is_none_or(|codec| !codec.problems.is_empty())
            || match &regenerated {
                Regenerated::Same => false,
                Regenerated::Differs(_) => true,
                Regenerated::Skipped(_) => self.require_peers,
            };
        if self.json {
            let (status, details) = match &regenerated {
                Regenerated::Same => ("same", Vec::new()),
                Regenerated::Differs(lines) => ("differs", lines.clone()),
                Regenerated::Skipped(why) => ("skipped", vec![why.clone()]),
            };
            print(&pretty(&json!({
                "ok": !failed,
                "files": corpus.files.len(),
                "lint": problems,
                "layout": layout,
                "regeneration": {"status": status, "required": self.require_peers, "details": details},
                "codec": codec.as_ref().map(|codec| json!({"vectors": codec.asked, "failed": codec.problems})),
            })));
        } else {
            print(&self.report(&corpus, &problems, &layout, &regenerated, codec.as_ref()));
        }
        Ok(u8::from(failed))
    }

    fn report(
        &self,
        corpus: &Corpus,
        problems: &[Problem],
        layout: &[Problem],
        regenerated: &Regenerated,
        codec: Option<&CodecJudged>,
    ) -> String {
        let told = |found: &[Problem], good: String, bad: &str| {
            if found.is_empty() { good } else { many(found.len(), bad) }
        };
        let files = many(corpus.files.len(), "file");
        let held = corpus.parsed().map_or(0, |parsed| vectors(&parsed).count());
        let held = format!("{} in {files}: no fault", many(held, "vector"));
        let mut out = lines(problems) + &lines(layout);
        out += &codec.map_or(String::new(), |codec| lines(&codec.problems));
        out += &format!("lint          {}\n", told(problems, held, "fault"));
        out +=
            &format!("layout        {}\n", told(layout, format!("{files}: in layout"), "file out of layout"));
        match regenerated {
            Regenerated::Same => out += "regeneration  gen/generate.py --check: the same bytes\n",
            Regenerated::Differs(lines) => {
                out += "regeneration  gen/generate.py --check FAILED\n";
                lines.iter().for_each(|line| out += &format!("              {line}\n"));
            }
            Regenerated::Skipped(why) if self.require_peers => {
                out += &format!("regeneration  FAILED, it is required (RTMPSPEC_REQUIRE_PEERS): {why}\n");
            }
            Regenerated::Skipped(why) => out += &format!("regeneration  skipped: {why}\n"),
        }
        out += &match codec {
            None => "codec         not asked: the files have faults\n".to_owned(),
            Some(codec) if codec.problems.is_empty() => {
                format!("codec         {}: all passed\n", many(codec.asked, "vector"))
            }
            Some(codec) => {
                format!("codec         {} of {} FAILED\n", codec.problems.len(), many(codec.asked, "vector"))
            }
        };
        out
    }
}
