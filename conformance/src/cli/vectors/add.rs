//! `vectors add`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::Place;
use crate::cli::{complain, print};
use crate::vectors::Corpus;
use crate::vectors::add::{Addition, FlagNote, Given, Plan, Refused, family, plan};
use crate::vectors::add_capture::{self, Pick, What};
use crate::vectors::add_draft::{self, Reading};
use crate::vectors::corpus::vectors;
use crate::vectors::regenerate::{Regenerated, generate};

/// Bytes of one vector. Longer inputs repeat themselves: they are `runs`, from a module in gen/.
const MOST: usize = 1 << 20;
/// Bytes of a JSON file that is read for `--yields`.
const GIVEN: u64 = 16 << 20;

/// `rtmpspec vectors add`
#[derive(Args)]
#[command(after_help = "Examples:
  A message on chunk stream 3, from its bytes (one line in a shell):
    rtmpspec vectors add chunk-stream --id empty-message-csid-3 --title 'a message without a body'
      --requirement CHUNK-008 --state chunk_size=128 --bytes '03 000000 000000 08 01000000'
      --result valid --yields yields.json
      --source-name generated --tool 'by hand' --tool-version 1

  The body of a client's first message, from a capture that `rtmpspec vectors capture` made, or from
  the wire.pcapng of a case:
    rtmpspec vectors add message --id connect-of-my-encoder --title 'connect of My Encoder 2.1'
      --requirement CONN-001 --state type=20 --from-capture 'live.pcapng#1:to_server:message=1'
      --result valid --yields - --tool 'My Encoder' --tool-version 2.1 <yields.json

The vector is checked as `vectors lint` does before anything is written. Then it is put into
gen/added/FAMILY.json, its id into ids.lock, and gen/generate.py writes data/ and manifest.json.

Expected values come from the specification. Never copy them from the decoder that the vector is to
judge. --draft writes what two readers find (for most families one) to a file, as a beginning.
`rtmpspec vectors explain ID` shows the form with a vector of the family, and vectors/README.md
describes it.

Exit codes:
  0 added; with --dry-run: could be added; with --draft: the draft is written
  1 added, but gen/generate.py could not be run: the command that is left to do is printed
  2 refused, with option and place of each fault, or a file cannot be read or written; nothing is
    written")]
pub struct Add {
    /// Family, such as chunk-stream or amf0.
    family: String,
    /// Permanent id: a to z, 0 to 9, hyphens between.
    #[arg(long)]
    id: Option<String>,
    /// One line that says what the bytes are.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Requirement ids, such as CHUNK-031; several with commas, or the option again.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    requirement: Vec<String>,
    /// What passes.
    #[arg(long, value_parser = ["valid", "invalid", "lenient"])]
    result: Option<String>,
    /// The bytes, hexadecimal; spaces between parts.
    #[arg(long, value_name = "HEX", group = "input")]
    bytes: Option<String>,
    /// A file that is the bytes.
    #[arg(long, value_name = "FILE", group = "input")]
    file: Option<PathBuf>,
    /// The bytes out of a packet capture: connection and message from 1 as `vectors import` numbers them, bytes
    /// from 0 with the handshake. Without message or bytes: what the family has, the handshake or all after it.
    #[arg(long, value_name = "CAPTURE#N:to_server|to_client[:message=N|:bytes=A-B]", group = "input")]
    from_capture: Option<Pick>,
    /// JSON array of what a decoder is to find: a file, `-` for standard input, or the array; `[]` for nothing.
    #[arg(long, value_name = "FILE|-|JSON")]
    yields: Option<String>,
    /// In place of --yields: write what readers find to FILE, for you to compare with the specification.
    /// Nothing is added.
    #[arg(long, value_name = "FILE", conflicts_with = "yields")]
    draft: Option<PathBuf>,
    /// JSON array of {"reading": TEXT, "yields": [...]}: what other readings find.
    #[arg(long, value_name = "FILE|JSON")]
    alternatives: Option<String>,
    /// Outcomes that pass besides: accept, close, alternative.
    #[arg(long, value_name = "OUTCOME", value_delimiter = ',')]
    allow: Vec<String>,
    /// What a decoder starts from, such as chunk_size=128.
    #[arg(long, value_name = "NAME=VALUE")]
    state: Vec<String>,
    /// Sizes of successive reads; what is left is one last read.
    #[arg(long, value_name = "N,N,...", value_delimiter = ',')]
    feeds: Vec<u64>,
    /// No error may be reported for the bytes before this offset alone.
    #[arg(long, value_name = "N")]
    error_at: Option<u64>,
    /// The bytes end within a message or the handshake.
    #[arg(long)]
    pending: bool,
    /// Ranges of lengths: the beginnings of the bytes that are refused.
    #[arg(long, value_name = "A-B,...", value_delimiter = ',')]
    cuts: Vec<String>,
    /// The bytes are what an encoder writes.
    #[arg(long)]
    canonical: bool,
    /// A remark for the reader.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// What is special: `rtmpspec vectors list --by flag` shows those there are.
    #[arg(long, value_name = "FLAG", value_delimiter = ',')]
    flag: Vec<String>,
    /// Explains a new flag: ambiguity, choice, de-facto, hostile or interop.
    #[arg(long, value_name = "KIND", help_heading = "A new flag")]
    note_kind: Option<String>,
    /// The requirement that the flag is about.
    #[arg(long, value_name = "ID", help_heading = "A new flag")]
    note_rule: Option<String>,
    /// What goes wrong in decoders.
    #[arg(long, value_name = "TEXT", help_heading = "A new flag")]
    note_effect: Option<String>,
    /// Where it is discussed; https.
    #[arg(long, value_name = "URL", help_heading = "A new flag")]
    note_link: Vec<String>,
    /// Where the bytes are from: generated, captured or spec. With --from-capture: captured.
    #[arg(long, value_name = "NAME", help_heading = "Provenance")]
    source_name: Option<String>,
    /// What made the bytes: a program, or the document that prints them.
    #[arg(long, value_name = "TEXT", help_heading = "Provenance")]
    tool: Option<String>,
    /// Its version.
    #[arg(long, value_name = "TEXT", help_heading = "Provenance")]
    tool_version: Option<String>,
    /// When, YYYY-MM-DD; default: today.
    #[arg(long, value_name = "DATE", help_heading = "Provenance")]
    made: Option<String>,
    /// Check, and print what would be written; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// JSON instead of text.
    #[arg(long)]
    json: bool,
    /// The Python that runs the generator.
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: String,
    #[command(flatten)]
    place: Place,
}

impl Add {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        match self.add() {
            Ok(code) => code,
            Err(faults) => {
                faults.iter().for_each(|fault| complain(fault));
                2
            }
        }
    }

    fn add(self) -> Result<u8, Vec<String>> {
        let corpus = Corpus::read(self.place.dir.as_deref()).map_err(|error| vec![error.to_string()])?;
        let told = |all: Vec<Refused>| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let family = family(&corpus, &self.family).map_err(told)?;
        self.complete(&corpus)?;
        let addition = self.addition(family)?;
        let planned = plan(&corpus, &addition).map_err(told)?;
        if let Some(path) = &self.draft {
            return self.draft(path, &planned, &addition.bytes).map(|()| 0).map_err(|why| vec![why]);
        }
        if self.dry_run {
            self.report(&corpus, &planned, None);
            return Ok(0);
        }
        planned.write().map_err(|why| vec![why])?;
        let generated = generate(&corpus.dir, &self.python);
        let refused = match &generated {
            Regenerated::Differs(lines) => lines.clone(),
            Regenerated::Same if !self.is_there(&addition.id) => {
                vec!["it does not read gen/added".to_owned()]
            }
            _ => Vec::new(),
        };
        if !refused.is_empty() {
            let mut faults =
                vec!["gen/generate.py does not take the vector, so nothing was added:".to_owned()];
            faults.extend(refused);
            faults.extend(planned.undo().err());
            return Err(faults);
        }
        self.report(&corpus, &planned, Some(&generated));
        Ok(u8::from(matches!(generated, Regenerated::Skipped(_))))
    }

    /// Writes what readers find, and says that it is no expected value.
    fn draft(&self, path: &Path, plan: &Plan, digits: &str) -> Result<(), String> {
        let bytes = rtmp_vectors::hex::decode(&digits.replace(' ', ""))?;
        let readings = add_draft::readings(&plan.family, &plan.state, &bytes)?;
        let Some(first) = readings.first() else { return Ok(()) };
        let lines: Vec<String> = first.yields.iter().map(|found| format!(" {found}")).collect();
        let text =
            if lines.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", lines.join(",\n")) };
        let failed = |error| format!("--draft {}: {error}", path.display());
        let mut file = fs::File::create_new(path).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        let same = |reading: &Reading| {
            reading.yields == first.yields && reading.error.is_some() == first.error.is_some()
        };
        if self.json {
            let told = |r: &Reading| json!({"reader": r.reader, "found": r.yields, "error": r.error, "same": same(r)});
            let readings: Vec<Value> = readings.iter().map(told).collect();
            let report = json!({"draft": path.display().to_string(), "added": false, "readings": readings});
            print(&format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default()));
            return Ok(());
        }
        let mut out = format!("draft      {}, nothing is added\n", path.display());
        for reading in &readings {
            let error =
                reading.error.as_ref().map_or_else(|| "no error".to_owned(), |e| format!("an error: {e}"));
            let differs = if same(reading) { "" } else { "; NOT what is in the draft" };
            out += &format!("{} finds {}, {error}{differs}\n", reading.reader, reading.yields.len());
        }
        out += "\nThis is what decoders find, not what they are to find. Compare each value with the specification,\n\
                correct the draft, and add the vector with --yields in place of --draft:\n";
        out += &format!("  --yields {}\n", path.display());
        print(&out);
        Ok(())
    }

    /// Whether the corpus has the vector.
    fn is_there(&self, id: &str) -> bool {
        let corpus = Corpus::read(self.place.dir.as_deref()).ok();
        let files = corpus.as_ref().and_then(|corpus| corpus.parsed().ok());
        files.is_some_and(|files| vectors(&files).any(|vector| vector.id() == id))
    }

    /// Names all options that are missing at once.
    fn complete(&self, corpus: &Corpus) -> Result<(), Vec<String>> {
        let mut missing = Vec::new();
        let mut need = |there: bool, what: &str| {
            if !there {
                missing.push(what.to_owned());
            }
        };
        need(
            self.id.is_some(),
            "--id is missing: the permanent name of the vector, such as ext-ts-omitted-129",
        );
        need(self.title.is_some(), "--title is missing: one line that says what the bytes are");
        need(
            !self.requirement.is_empty(),
            "--requirement is missing: what the vector shows; `rtmpspec coverage --codec --details` lists them",
        );
        need(self.result.is_some(), "--result is missing: valid, invalid or lenient");
        need(
            self.bytes.is_some() || self.file.is_some() || self.from_capture.is_some(),
            "the bytes are missing: --bytes HEX, --file FILE or --from-capture CAPTURE#N:to_server",
        );
        need(
            self.source_name.is_some() || self.from_capture.is_some(),
            "provenance: --source-name is missing: generated, captured or spec",
        );
        need(
            self.tool.is_some(),
            "provenance: --tool is missing: the program that made the bytes, or the document",
        );
        need(self.tool_version.is_some(), "provenance: --tool-version is missing: the version of --tool");
        if self.yields.is_none() && self.draft.is_none() {
            let example = example(corpus, &self.family);
            missing.push(format!(
                "--yields is missing: a JSON array of what the specification says a decoder finds; `[]` for \
                 nothing{example}"
            ));
        }
        let note = [&self.note_kind, &self.note_rule, &self.note_effect];
        if note.iter().any(|part| part.is_some()) || !self.note_link.is_empty() {
            for (part, name) in note.iter().zip(["--note-kind", "--note-rule", "--note-effect"]) {
                if part.is_none() {
                    missing.push(format!(
                        "{name} is missing: a new flag needs --note-kind, --note-rule and --note-effect"
                    ));
                }
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(missing) }
    }

    fn addition(&self, family: String) -> Result<Addition, Vec<String>> {
        let mut faults = Vec::new();
        let mut keep = |result: Result<Given, String>| {
            result.unwrap_or_else(|why| {
                faults.push(why);
                Given::default()
            })
        };
        let yields = keep(given("--yields", self.yields.as_deref().unwrap_or("[]")));
        let alternatives = self.alternatives.as_deref().map(|v| keep(given("--alternatives", v)));
        let (mut bytes, mut origin) = (String::new(), "--bytes");
        match self.hex(&family) {
            Ok(found) => (bytes, origin) = found,
            Err(why) => faults.push(why),
        }
        if bytes.len() / 2 > MOST {
            let message = format!("{} bytes are too many for one vector, {MOST} at most", bytes.len() / 2);
            let next = match &self.from_capture {
                Some(_) => "take a part with :bytes=FIRST-LAST",
                None => "bytes that repeat are `runs`, which a module in gen/ writes",
            };
            faults.push(format!("{origin}: {message}: {next}"));
        }
        let (mut cuts, mut state) = (Vec::new(), Vec::new());
        for cut in &self.cuts {
            match cut.split_once('-').and_then(|(a, b)| Some([a.parse().ok()?, b.parse().ok()?])) {
                Some(range) => cuts.push(range),
                None => faults.push(format!("--cuts: `{cut}` is no range of lengths, such as 1-8")),
            }
        }
        for word in &self.state {
            match word.split_once('=') {
                Some((name, value)) => state.push((name.to_owned(), value.to_owned())),
                None => faults.push(format!("--state: `{word}` is not NAME=VALUE, such as chunk_size=128")),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let word = |option: &Option<String>| option.clone().unwrap_or_default();
        let note_of_flag = self.note_kind.as_ref().map(|kind| FlagNote {
            kind: kind.clone(),
            rule: word(&self.note_rule),
            effect: word(&self.note_effect),
            links: self.note_link.clone(),
        });
        let mut requirements = self.requirement.clone();
        requirements.sort();
        Ok(Addition {
            family,
            id: word(&self.id),
            title: word(&self.title),
            requirements,
            bytes,
            origin,
            result: word(&self.result),
            yields,
            alternatives,
            feeds: self.feeds.clone(),
            flags: self.flag.clone(),
            note_of_flag,
            allow: self.allow.clone(),
            error_at: self.error_at,
            pending: self.pending,
            cuts,
            canonical: self.canonical,
            note: self.note.clone(),
            state,
            source: self.source_name.clone().unwrap_or_else(|| "captured".into()),
            tool: word(&self.tool),
            tool_version: word(&self.tool_version),
            made: self.made.clone().unwrap_or_else(|| jiff::Zoned::now().date().to_string()),
        })
    }

    /// The bytes in hexadecimal, and the option they are from.
    fn hex(&self, family: &str) -> Result<(String, &'static str), String> {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        if let Some(path) = &self.file {
            let failed = |error| format!("--file {}: {error}", path.display());
            let mut bytes = Vec::new();
            let file = fs::File::open(path).map_err(failed)?;
            file.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
            return Ok((hex(&bytes), "--file"));
        }
        if let Some(pick) = &self.from_capture {
            let bytes = add_capture::bytes(pick, family).map_err(|why| format!("--from-capture {why}"))?;
            return Ok((hex(&bytes), "--from-capture"));
        }
        // The case of digits means nothing, and neither does a line break at the end.
        let bytes = self.bytes.as_deref().unwrap_or_default();
        Ok((bytes.trim_end().to_ascii_lowercase(), "--bytes"))
    }

    fn report(&self, corpus: &Corpus, plan: &Plan, generated: Option<&Regenerated>) {
        let id = self.id.as_deref().unwrap_or_default();
        let script = format!("{} {}", self.python, corpus.dir.join("gen/generate.py").display());
        let mut remarks = plan.remarks.clone();
        if let Some(pick) = &self.from_capture {
            let secrets = "the bytes are as captured: look for stream keys and user names in them before they are \
                           published";
            remarks.push(secrets.to_owned());
            if matches!(pick.what, What::Bytes(first, _) if first > 0) {
                let begin = "is --state what a decoder knows at the first of these bytes? A chunk that is not of type \
                             0 needs those before it";
                remarks.push(begin.to_owned());
            }
        }
        let mut next = Vec::new();
        match generated {
            None => next.push("the same command without --dry-run".to_owned()),
            Some(Regenerated::Skipped(_)) => next.push(script),
            Some(_) => {}
        }
        if generated.is_some() {
            next.push("rtmpspec vectors check".to_owned());
            next.push(format!("cargo test -p rtmp-vectors {id}"));
        }
        if self.json {
            let vector: Value = serde_json::from_str(&plan.vector).unwrap_or_default();
            let (status, why) = match generated {
                None => ("not run", None),
                Some(Regenerated::Skipped(why)) => ("skipped", Some(why.as_str())),
                Some(_) => ("done", None),
            };
            let report = json!({
                "id": id,
                "family": plan.family,
                "written": generated.is_some(),
                "file": plan.shown,
                "line": plan.line,
                "lock": corpus.lock.shown,
                "generator": {"status": status, "why": why},
                "vector": vector,
                "remarks": remarks,
                "next": next,
            });
            print(&format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default()));
            return;
        }
        let mut out = String::new();
        match generated {
            None => {
                out +=
                    &format!("would be added to {}, line {}:\n\n{}\n\n", plan.shown, plan.line, plan.vector);
                out += &format!("and to {}: {id}\n", corpus.lock.shown);
            }
            Some(done) => {
                out += &format!("added      {id}, {}\n", plan.family);
                out += &format!("in         {}:{}\n", plan.shown, plan.line);
                out += &format!("id in      {}\n", corpus.lock.shown);
                out += &match done {
                    Regenerated::Skipped(why) => format!("generator  NOT run, data/ is as before: {why}\n"),
                    _ => "generator  data/ and manifest.json are written\n".to_owned(),
                };
            }
        }
        remarks.iter().for_each(|remark| out += &format!("note: {remark}\n"));
        out += "next:\n";
        next.iter().for_each(|step| out += &format!("  {step}\n"));
        print(&out);
    }
}

/// Where the form of `--yields` is shown: a valid vector of the family.
fn example(corpus: &Corpus, family: &str) -> String {
    let Ok(files) = corpus.parsed() else { return String::new() };
    let mut all = vectors(&files).filter(|v| v.family() == family || v.schema() == family);
    all.find(|v| v.result() == "valid").map_or_else(String::new, |v| {
        format!("; `rtmpspec vectors explain {} --json` shows the form", v.id())
    })
}

/// JSON from a file, standard input or the command line.
fn given(option: &str, value: &str) -> Result<Given, String> {
    if value.trim_start().starts_with(['[', '{']) {
        return Ok(Given { shown: option.to_owned(), text: value.to_owned() });
    }
    let (shown, read) = if value == "-" {
        let mut bytes = Vec::new();
        ("standard input".to_owned(), std::io::stdin().take(GIVEN + 1).read_to_end(&mut bytes).map(|_| bytes))
    } else {
        let mut bytes = Vec::new();
        let read = fs::File::open(value).and_then(|file| file.take(GIVEN + 1).read_to_end(&mut bytes));
        (value.to_owned(), read.map(|_| bytes))
    };
    let bytes = read.map_err(|error| format!("{option} {shown}: {error}"))?;
    if bytes.len() as u64 > GIVEN {
        return Err(format!("{option} {shown}: larger than {} MiB", GIVEN >> 20));
    }
    let text = String::from_utf8(bytes).map_err(|_| format!("{option} {shown}: no UTF-8"))?;
    Ok(Given { shown, text })
}
