//! `server`: judge a server.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget};

use super::{complain, print};
use crate::case::Profile;
use crate::runner::{Options, Progress};
use crate::suite::{Judgement, Suite};
use crate::target::{Address, Wanted};
use crate::wire::redact;

/// `rtmpspec server`
#[derive(Args)]
#[command(after_help = "SELECT:
  chunk/**  chunk  chunk/abort/idle   globs over case ids, folders, one id
  rule:CHUNK-031  level:must  profile:relay  failed (of the last run)  !PATTERN

Examples:
  rtmpspec server
  rtmpspec server rtmp://127.0.0.1:1935/live
  rtmpspec server rtmp://127.0.0.1/live 'chunk/**' '!chunk/basic-header/**'
  rtmpspec server rtmp://127.0.0.1/live --baseline conformance/baselines/nginx-rtmp.toml
  rtmpspec server --spawn 'ci/peers/nginx-rtmp.sh run {port}'
  RTMPSPEC_STREAM='key{n}' rtmpspec server rtmp://ingest.example/app")]
pub struct Server {
    /// rtmp://HOST[:PORT]/APP of a running server (none: the embedded reference), then SELECT.
    #[arg(value_name = "URL|SELECT")]
    arguments: Vec<String>,
    /// Profiles to run, a comma list: core, publish, play, relay.
    #[arg(long, env = "RTMPSPEC_PROFILE", value_delimiter = ',')]
    profile: Vec<String>,
    /// Levels whose failures reach the exit code, a comma list of must, should, may, de-facto, safety.
    #[arg(long, env = "RTMPSPEC_LEVEL", default_value = "must,safety")]
    level: String,
    /// Cases in flight at one time.
    #[arg(long, default_value_t = 8)]
    jobs: usize,
    /// Patience per awaited event, in seconds.
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS")]
    timeout: f64,
    /// Run everything N times and report cases whose verdicts differ.
    #[arg(long, default_value_t = 1, value_name = "N")]
    repeat: usize,
    /// Expected failures; see conformance/baselines.
    #[arg(long, env = "RTMPSPEC_BASELINE", value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write new failures into the baseline (reasons have to be filled in) and remove stale entries.
    #[arg(long, requires = "baseline")]
    bless: bool,
    /// Further report files, a comma list: md (results.json and junit.xml are always written).
    #[arg(long, value_delimiter = ',', value_name = "FORMAT")]
    report: Vec<String>,
    /// Where the run is written [default: .rtmpspec/runs/<UTC>-<target>].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Which transcripts are written: failed, all.
    #[arg(long, default_value = "all", value_name = "WHICH")]
    trace: String,
    /// Start the target: argv without a shell, with {host}, {port}, {url} replaced.
    #[arg(long, value_name = "CMD")]
    spawn: Option<String>,
    /// How a started target shows that it is ready: tcp (it accepts connections).
    #[arg(long, default_value = "tcp", value_name = "HOW")]
    ready: String,
    /// Stop after the first failure.
    #[arg(long)]
    fail_fast: bool,
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Template of stream names, `{n}` is replaced by a number; better given as RTMPSPEC_STREAM, which keeps
    /// a key out of the process list. Without `{n}`: one case at a time.
    #[arg(long, env = "RTMPSPEC_STREAM", hide_env_values = true, value_name = "TEMPLATE")]
    stream: Option<String>,
    /// rtmp://HOST[:PORT]/APP where players connect, if elsewhere.
    #[arg(long, value_name = "URL")]
    play_url: Option<String>,
    /// Run hostile cases even if the address is neither loopback nor private.
    #[arg(long)]
    allow_hostile: bool,
}

impl Server {
    /// Runs it; the exit code.
    pub async fn run(self) -> u8 {
        let suite = match self.suite() {
            Ok(suite) => suite,
            Err(why) => {
                complain(&why);
                return 2;
            }
        };
        let suite = match suite.selected() {
            Ok(_) => suite,
            Err(error) => {
                complain(&error.text);
                return error.exit;
            }
        };
        let total = suite.selected().map_or(0, |s| s.len()) * self.repeat.max(1);
        let bar = progress_bar(total as u64);
        let (mut done, mut failed) = (0, 0);
        let secrets: Vec<String> =
            self.stream.iter().flat_map(|s| s.split("{n}")).map(str::to_owned).collect();
        let judged = suite
            .run(|progress| match progress {
                Progress::Began(case) => {
                    bar.set_message(rtmp_report::progress_line(done, total, failed, case.id))
                }
                Progress::Ended(outcome) => {
                    done += 1;
                    failed += usize::from(outcome.judged.verdict.is_bad());
                    bar.set_position(done as u64);
                    bar.set_message(rtmp_report::progress_line(done, total, failed, outcome.case.id));
                }
            })
            .await;
        bar.finish_and_clear();
        match judged {
            Ok(judged) => self.report(&judged),
            Err(error) => {
                complain(&redact::text(&error.text, &secrets));
                error.exit
            }
        }
    }

    fn suite(&self) -> Result<Suite, String> {
        let (url, select): (Vec<&String>, Vec<&String>) =
            self.arguments.iter().partition(|a| a.contains("://"));
        let address = match url.as_slice() {
            [] => None,
            [url] => Some(Address::parse(url).map_err(|why| format!("{url}: {why}"))?),
            _ => return Err("more than one URL: one target at a time".into()),
        };
        let wanted = match (&self.spawn, address) {
            (Some(command), address) => Wanted::Spawn {
                argv: shlex::split(command)
                    .filter(|argv| !argv.is_empty())
                    .ok_or_else(|| format!("--spawn {command}: the quotes do not match, or it is empty"))?,
                address,
            },
            (None, Some(address)) => Wanted::Url(address),
            (None, None) => Wanted::Embedded,
        };
        if self.ready != "tcp" {
            return Err(format!("--ready {}: only tcp is known", self.ready));
        }
        if !["failed", "all"].contains(&self.trace.as_str()) {
            return Err(format!("--trace {}: failed or all", self.trace));
        }
        if let Some(format) = self.report.iter().find(|f| !["json", "junit", "md"].contains(&f.as_str())) {
            return Err(format!("--report {format}: json, junit or md"));
        }
        let profiles = match self.profile.as_slice() {
            [] => Profile::ALL.to_vec(),
            list => list
                .iter()
                .map(|word| {
                    Profile::parse(word)
                        .ok_or_else(|| format!("--profile {word}: core, publish, play or relay"))
                })
                .collect::<Result<_, _>>()?,
        };
        let patience = Duration::try_from_secs_f64(self.timeout)
            .ok()
            .filter(|t| (Duration::from_millis(50)..=Duration::from_secs(600)).contains(t))
            .ok_or_else(|| format!("--timeout {}: 0.05 to 600 seconds", self.timeout))?;
        let select: Vec<String> = select.into_iter().cloned().collect();
        let last_failed = if select.iter().any(|s| s == "failed") { last_failed()? } else { Vec::new() };
        let secrets: Vec<String> =
            self.stream.iter().flat_map(|s| s.split("{n}")).map(str::to_owned).collect();
        Ok(Suite {
            options: Options {
                jobs: self.jobs.max(1),
                patience,
                seed: self.seed,
                fail_fast: self.fail_fast,
                allow_hostile: self.allow_hostile,
                last: Vec::new(),
            },
            select,
            last_failed,
            levels: super::catalogue::levels(&self.level).map_err(|why| format!("--level: {why}"))?,
            profiles,
            baseline: self.baseline.clone().filter(|path| path.exists() || !self.bless),
            repeat: self.repeat,
            stream: self.stream.clone(),
            play: match &self.play_url {
                None => None,
                Some(url) => Some(Address::parse(url).map_err(|why| format!("--play-url {url}: {why}"))?),
            },
            stop: Some(interrupt()),
            command: std::env::args().map(|a| redact::text(&a, &secrets)).collect(),
            ..Suite::new(wanted)
        })
    }

    fn report(&self, judged: &Judgement) -> u8 {
        let dir = self.out.clone().unwrap_or_else(|| default_dir(&judged.results.run.id));
        let markdown = self.report.iter().any(|f| f == "md");
        if let Err(error) = judged.write(&dir, markdown, self.trace == "all") {
            complain(&format!("the run cannot be written: {error}"));
            return 2;
        }
        remember(&dir, self.out.is_none());
        let shown = dir.display().to_string();
        let style = rtmp_report::Style {
            // anstream removes colours where stdout does not show them.
            color: true,
            width: 100,
            report: Some(&shown),
        };
        print(&rtmp_report::console::summary(&judged.results, style));
        if let (true, Some(path)) = (self.bless, &self.baseline) {
            let stale = judged.results.baseline.as_ref().map(|b| b.stale.clone()).unwrap_or_default();
            match crate::baseline::bless(path, &judged.unexpected(), &stale) {
                Ok(blessed) => print(&format!(
                    "{}: {} entries added, {} removed; fill in each empty reason\n",
                    path.display(),
                    blessed.added,
                    blessed.removed
                )),
                Err(error) => {
                    complain(&format!("{}: {error}", path.display()));
                    return 2;
                }
            }
        }
        judged.results.summary.exit_code
    }
}

fn progress_bar(total: u64) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(total), target);
    if let Ok(style) = indicatif::ProgressStyle::with_template("{msg}") {
        bar.set_style(style);
    }
    bar
}

/// Turns true at the first Ctrl-C.
fn interrupt() -> tokio::sync::watch::Receiver<bool> {
    let (send, receive) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = send.send(true);
        }
        // The sender lives as long as the program, so that a second Ctrl-C is not needed.
        std::future::pending::<()>().await;
    });
    receive
}

fn default_dir(id: &str) -> PathBuf {
    let base = Path::new(".rtmpspec/runs");
    let first = base.join(id);
    if !first.exists() {
        return first;
    }
    (2_u32..).map(|n| base.join(format!("{id}-{n}"))).find(|p| !p.exists()).unwrap_or(first)
}

/// Notes where the last run lies, for SELECT `failed`.
fn remember(dir: &Path, default: bool) {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    if default || Path::new(".rtmpspec").is_dir() {
        let _ = std::fs::write(".rtmpspec/last", absolute.display().to_string());
    }
}

fn last_failed() -> Result<Vec<String>, String> {
    let missing = "`failed` needs a run before it: none is noted in .rtmpspec/last";
    let dir = std::fs::read_to_string(".rtmpspec/last").map_err(|_| missing.to_owned())?;
    let path = Path::new(dir.trim()).join("results.json");
    let json = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let results = rtmp_report::Results::from_json(&json).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(results.cases.into_iter().filter(|c| c.verdict.is_failure()).map(|c| c.id).collect())
}
