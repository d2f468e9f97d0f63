//! `server`: judge a server.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

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
  RTMPSPEC_STREAM='key{\u{1b}[0mn}' rtmpspec server rtmp://ingest.example/app")]
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
    /// Stop after the first failure that reaches the exit code.
    #[arg(long)]
    fail_fast: bool,
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    // clap takes a bare {n} for a line end; the escape between is not printed.
    #[arg(
        long,
        help = "Template of stream names, {\u{1b}[0mn} is replaced by a number; better given as \
        RTMPSPEC_STREAM, which keeps a key out of the process list. Without {\u{1b}[0mn}: one case at a time",
        env = "RTMPSPEC_STREAM",
        hide_env_values = true,
        value_name = "TEMPLATE"
    )]
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
        if let Some(Err(error)) = self.out.as_deref().map(writable) {
            complain(&format!("the run cannot be written: {error}"));
            return 2;
        }
        let all = crate::cases::all();
        let runs = suite.selected().map_or(0, |s| crate::runner::with_prerequisites(&all, &s).len());
        let total = runs * self.repeat.max(1);
        let bar = progress_bar(total as u64);
        bar.set_message("looking at the target");
        let (mut done, mut failed) = (0, 0);
        let secrets = redact::secrets(self.stream.as_deref(), []);
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
            [url] => Some(Address::parse(url).map_err(|why| format!("{}: {why}", redact::url(url)))?),
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
        let patience = super::patience(self.timeout)?;
        let select: Vec<String> = select.into_iter().cloned().collect();
        let last_failed = if select.iter().any(|s| s.trim_start_matches('!') == "failed") {
            last_failed()?
        } else {
            Vec::new()
        };
        let secrets = redact::secrets(self.stream.as_deref(), []);
        Ok(Suite {
            options: Options {
                jobs: self.jobs.max(1),
                patience,
                seed: self.seed,
                fail_fast: self.fail_fast,
                allow_hostile: self.allow_hostile,
                ..Options::default()
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
                Some(url) => Some(
                    Address::parse(url).map_err(|why| format!("--play-url {}: {why}", redact::url(url)))?,
                ),
            },
            stop: Some(interrupt()),
            command: std::env::args()
                .map(|a| redact::text(&if a.contains("://") { redact::url(&a) } else { a }, &secrets))
                .collect(),
            ..Suite::new(wanted)
        })
    }

    fn report(&self, judged: &Judgement) -> u8 {
        let dir = self.out.clone().unwrap_or_else(|| default_dir(&judged.results.run.id));
        let markdown = self.report.iter().any(|f| f == "md");
        let written = judged.write(&dir, markdown, self.trace == "all");
        let shown = dir.display().to_string();
        let style = rtmp_report::Style {
            // anstream removes colours where stdout does not show them.
            color: true,
            width: 100,
            report: written.is_ok().then_some(&shown),
        };
        print(&rtmp_report::console::summary(&judged.results, style));
        if let Err(error) = written {
            complain(&format!("the run cannot be written: {error}"));
            return 2;
        }
        remember(&dir, self.out.is_none());
        if let (true, Some(path)) = (self.bless, &self.baseline) {
            let stale = judged.results.baseline.as_ref().map(|b| b.stale.clone()).unwrap_or_default();
            match crate::baseline::bless(path, &judged.unexpected(), &stale) {
                Ok(blessed) => {
                    print(&format!(
                        "{}: {} entries added, {} removed; fill in each empty reason\n",
                        path.display(),
                        blessed.added,
                        blessed.removed
                    ));
                }
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

/// Whether files can be put there; found before the run and not after it.
fn writable(dir: &Path) -> std::io::Result<()> {
    let named = |e: std::io::Error| std::io::Error::new(e.kind(), format!("{}: {e}", dir.display()));
    std::fs::create_dir_all(dir).map_err(named)?;
    let trial = dir.join(".rtmpspec-trial");
    std::fs::write(&trial, b"").and_then(|()| std::fs::remove_file(&trial)).map_err(named)
}

/// Turns true at the first Ctrl-C, SIGTERM or SIGHUP: a started target is ended, results are kept.
fn interrupt() -> tokio::sync::watch::Receiver<bool> {
    let (send, receive) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        signal().await;
        let _ = send.send(true);
        // The sender lives as long as the program.
        std::future::pending::<()>().await;
    });
    receive
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut hangup)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup()))
    else {
        return ctrl_c().await;
    };
    tokio::select! {
        () = ctrl_c() => {}
        _ = term.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    ctrl_c().await;
}

async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
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
