//! `vectors run`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rtmp_vectors::{FILES, File, MANIFEST, hex};

use super::Place;
use crate::cli::{complain, print};
use crate::vectors::corpus::vectors;
use crate::vectors::run::matrix::{Decoder, Matrix};
use crate::vectors::run::report::{Causes, Comparison, Report, Row, SCHEMA, Selected};
use crate::vectors::run::{Bounds, Item, Program, judge, serve};
use crate::vectors::{Corpus, select};

/// `rtmpspec vectors run`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec vectors run --cmd 'python3 vectors/adapters/python/amf.py'
  rtmpspec vectors run --cmd ./my-adapter family:chunk-stream '!flag:ExtTsType3'
  rtmpspec vectors run --cmd ./my-adapter ts-0-1-3 --failures all
  rtmpspec vectors run --matrix vectors/adapters/matrix.toml --out matrix/
  rtmpspec vectors run --cmd ./my-adapter --json > then.json
  rtmpspec vectors run --cmd ./my-adapter --baseline then.json    only what changed counts

PROGRAM reads requests from its standard input and writes answers to its standard output, one JSON
object per line. vectors/PROTOCOL.md describes them, vectors/adapters/ has programs to start from.
A decoder is asked every vector of the families it names, whole, in the reads of the vector and byte
by byte. SELECT is that of `rtmpspec vectors list`.

Exit codes:
  0 all that was asked passed, failed as in the baseline, or failed on habits of the field or options
    only (levels de-facto and may; shown, and counted in parentheses)
  1 a failure, crash or hang, or a fault of the adapter
  2 usage, or the vectors are not there
  3 as 0, but failures of the baseline are gone
  4 no vector selected, or a decoder could be asked none of them
  5 a decoder could not be started, or answers the hello wrongly
  130 interrupted")]
pub struct Run {
    /// Ids or globs, `family:`, `rule:`, `flag:`, `result:`, `!PATTERN`; none: all.
    #[arg(value_name = "SELECT")]
    select: Vec<String>,
    /// The adapter and its arguments, split without a shell.
    #[arg(long, value_name = "PROGRAM", required_unless_present_any = ["matrix", "serve"])]
    cmd: Option<String>,
    /// Several decoders: a file like vectors/adapters/matrix.toml.
    #[arg(long, value_name = "FILE", conflicts_with = "cmd")]
    matrix: Option<PathBuf>,
    /// Only these decoders of the matrix.
    #[arg(long, value_name = "NAME", requires = "matrix", value_delimiter = ',')]
    only: Vec<String>,
    /// Be the program: answer with the codec of this project.
    #[arg(long, exclusive = true)]
    serve: bool,
    /// An earlier report (--json): failures that stand there are expected.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write results.json and matrix.md there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Failures to show of each decoder: a number, or `all`.
    #[arg(long, value_name = "N", default_value = "20", value_parser = failures)]
    failures: usize,
    /// Seconds for one answer.
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// MiB that an adapter may have resident (Linux).
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(16..))]
    memory: u64,
    /// JSON instead of the table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

fn failures(text: &str) -> Result<usize, String> {
    if text == "all" { Ok(usize::MAX) } else { text.parse().map_err(|_| "a number, or `all`".to_owned()) }
}

/// The corpus as text: of a checkout, or what this program holds.
struct Texts {
    files: Vec<File>,
    manifest: String,
    chosen: Option<Vec<String>>,
}

impl Run {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        if self.serve {
            return match serve::serve(io::stdin().lock(), io::stdout().lock()) {
                Ok(()) => 0,
                Err(error) => {
                    complain(&error.to_string());
                    2
                }
            };
        }
        match self.judged() {
            Ok(code) => code,
            Err((code, why)) => {
                complain(&why);
                code
            }
        }
    }

    fn judged(&self) -> Result<u8, (u8, String)> {
        let (decoders, select) = self.decoders().map_err(|why| (2, why))?;
        let earlier = self.baseline.as_deref().map(read_report).transpose().map_err(|why| (2, why))?;
        let texts = self.texts(&select)?;
        let items: Vec<Item<'_>> = items(&texts);
        if items.is_empty() {
            return Err((4, "no vector matches all of these".into()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| (2, error.to_string()))?;
        let (mut rows, mut stale, mut interrupted) = (Vec::new(), Vec::new(), false);
        for decoder in &decoders {
            let causes =
                Causes::new(&decoder.causes).map_err(|why| (2, format!("{}: {why}", decoder.name)))?;
            let asked = runtime.block_on(async {
                tokio::select! {
                    row = self.row(decoder, &items, &causes) => Some(row),
                    _ = tokio::signal::ctrl_c() => None,
                }
            });
            let Some(row) = asked else {
                interrupted = true;
                break;
            };
            if self.select.is_empty() && row.hello.is_some() {
                stale.extend(causes.stale(&row).iter().map(|glob| format!("{}: {glob}", decoder.name)));
            }
            rows.push(row);
        }
        let report =
            Report { schema: SCHEMA.into(), corpus: selected(&items, &texts.manifest), decoders: rows };
        self.write(&report).map_err(|why| (2, why))?;
        if let Some(dir) = &self.out {
            anstream::eprintln!("written: {0}/results.json, {0}/matrix.md", dir.display());
        }
        let comparison = earlier.as_ref().map(|earlier| report.against(earlier));
        if self.json {
            print(&pretty(&report));
        } else {
            print(&report.text(self.failures));
        }
        if let Some(comparison) = &comparison {
            tell(comparison);
        }
        for glob in stale {
            complain(&format!("a known cause matches no failure any more: {glob}"));
        }
        if interrupted {
            complain("interrupted: what was judged so far stands above");
            return Ok(130);
        }
        Ok(exit_code(&report, comparison.as_ref()))
    }

    /// Which decoders, and the vectors they are asked.
    fn decoders(&self) -> Result<(Vec<Decoder>, Vec<String>), String> {
        if let Some(path) = &self.matrix {
            let Matrix { select, decoder: mut decoders } = Matrix::read(path)?;
            let select = if self.select.is_empty() { select } else { self.select.clone() };
            for name in &self.only {
                if !decoders.iter().any(|decoder| decoder.name == *name) {
                    return Err(format!("--only {name}: {} has no such decoder", path.display()));
                }
            }
            decoders.retain(|decoder| self.only.is_empty() || self.only.contains(&decoder.name));
            return Ok((decoders, select));
        }
        let cmd = self.cmd.clone().unwrap_or_default();
        // The program says its name.
        let decoder = Decoder { name: cmd.clone(), cmd, setup: None, cwd: None, causes: Default::default() };
        Ok((vec![decoder], self.select.clone()))
    }

    async fn row(&self, decoder: &Decoder, items: &[Item<'_>], causes: &Causes) -> Row {
        let argv = match shlex::split(&decoder.cmd) {
            Some(argv) if !argv.is_empty() => argv,
            _ => return Row::absent(&decoder.name, format!("`{}` is no command line", decoder.cmd)),
        };
        let program = Program { argv: own(argv), cwd: decoder.cwd.clone() };
        let bounds =
            Bounds { patience: Duration::from_secs(self.timeout), memory: self.memory, ..Bounds::default() };
        let bar =
            ProgressBar::with_draw_target(Some(items.len() as u64), ProgressDrawTarget::stderr_with_hz(4));
        if let Ok(style) = ProgressStyle::with_template("{prefix} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(decoder.name.clone());
        let judged = judge(&program, items, &bounds, |item, _| {
            bar.inc(1);
            bar.set_message(item.vector.id.clone());
        })
        .await;
        bar.finish_and_clear();
        match judged {
            Ok(judged) => {
                let name = if self.matrix.is_some() { &decoder.name } else { &judged.hello.name };
                Row::new(name, &judged, items, causes)
            }
            Err(why) => {
                let setup = decoder.setup.as_ref().map_or(String::new(), |how| format!("; set it up: {how}"));
                Row::absent(&decoder.name, format!("{why}{setup}"))
            }
        }
    }

    fn texts(&self, select: &[String]) -> Result<Texts, (u8, String)> {
        let unavailable = |error: &dyn std::fmt::Display| (2, error.to_string());
        match Corpus::read(self.place.dir.as_deref()) {
            Ok(corpus) => {
                let parsed = corpus.parsed().map_err(|error| unavailable(&error))?;
                let all: Vec<_> = vectors(&parsed).collect();
                let chosen = select::select(&all, select).map_err(|why| (4, why))?;
                let read = |file: &crate::vectors::Document| {
                    serde_json::from_str(&file.text).map_err(|error| {
                        (2, format!("{}: {error}; rtmpspec vectors lint says more", file.shown))
                    })
                };
                Ok(Texts {
                    files: corpus.files.iter().map(read).collect::<Result<_, _>>()?,
                    manifest: corpus.manifest.text.clone(),
                    chosen: Some(chosen.iter().map(|vector| vector.id().to_owned()).collect()),
                })
            }
            // Outside a checkout: the corpus that was built in, as a whole.
            Err(error) if self.place.dir.is_some() || !select.is_empty() => Err(unavailable(&error)),
            Err(_) => Ok(Texts {
                files: FILES.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect(),
                manifest: MANIFEST.to_owned(),
                chosen: None,
            }),
        }
    }

    fn write(&self, report: &Report) -> Result<(), String> {
        let Some(dir) = &self.out else { return Ok(()) };
        let failed = |error: io::Error| format!("{}: {error}", dir.display());
        fs::create_dir_all(dir).map_err(failed)?;
        fs::write(dir.join("results.json"), pretty(report)).map_err(failed)?;
        fs::write(dir.join("matrix.md"), report.markdown()).map_err(failed)
    }
}

/// `rtmpspec` in a command line is this program.
fn own(mut argv: Vec<String>) -> Vec<String> {
    if argv[0] == "rtmpspec"
        && let Some(path) = std::env::current_exe().ok().and_then(|path| path.to_str().map(str::to_owned))
    {
        argv[0] = path;
    }
    argv
}

fn items(texts: &Texts) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    for file in &texts.files {
        for group in &file.groups {
            items.extend(group.tests.iter().map(|vector| Item::new(file, group, vector)));
        }
    }
    if let Some(chosen) = &texts.chosen {
        let chosen: std::collections::BTreeSet<&str> = chosen.iter().map(String::as_str).collect();
        items.retain(|item| chosen.contains(item.vector.id.as_str()));
    }
    items
}

fn selected(items: &[Item<'_>], manifest: &str) -> Selected {
    let mut families = std::collections::BTreeMap::new();
    items.iter().for_each(|item| *families.entry(item.family.to_owned()).or_default() += 1);
    Selected { vectors: items.len(), families, manifest: hex::sha256(manifest.as_bytes()) }
}

fn read_report(path: &Path) -> Result<Report, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("--baseline {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("--baseline {}: {error}", path.display()))
}

fn pretty(report: &Report) -> String {
    format!("{}\n", serde_json::to_string_pretty(report).unwrap_or_default())
}

fn tell(comparison: &Comparison) {
    let lines = [
        ("new", &comparison.new),
        ("gone", &comparison.gone),
        ("the baseline does not have", &comparison.unknown),
    ];
    for (what, found) in lines {
        found.iter().for_each(|line| anstream::eprintln!("baseline: {what}: {line}"));
    }
    if comparison.new.is_empty() && comparison.gone.is_empty() && comparison.unknown.is_empty() {
        anstream::eprintln!("baseline: nothing changed");
    }
}

fn exit_code(report: &Report, comparison: Option<&Comparison>) -> u8 {
    let any = |words: &[&str]| report.decoders.iter().any(|row| row.count(words) > 0);
    if report.decoders.iter().any(|row| row.hello.is_none()) {
        return 5;
    }
    let verdicts = ["passed", "shallow", "failed", "crashed", "hung", "memory", "fault", "not-asked"];
    if report.decoders.iter().any(|row| row.count(&verdicts) == 0) {
        return 4;
    }
    let failed = report.decoders.iter().any(|row| row.weighty() > 0);
    match comparison {
        _ if any(&["fault", "not-asked"]) => 1,
        None => u8::from(failed),
        Some(then) if !then.new.is_empty() || (!then.unknown.is_empty() && failed) => 1,
        Some(then) if !then.gone.is_empty() => 3,
        Some(_) => 0,
    }
}
