//! One run of the suite from what was asked for to the results: the entry point of the program, of `cargo test`
//! and of anybody's own `#[test]`.
//!
//! ```no_run
//! # async fn example() -> Result<(), rtmpspec::suite::SuiteError> {
//! use rtmpspec::suite::Suite;
//! use rtmpspec::target::{Address, Wanted};
//!
//! let address = Address::parse("rtmp://127.0.0.1:1935/live").unwrap();
//! let judged = Suite::new(Wanted::Url(address)).select(["conn/**"]).run(|_| {}).await?;
//! assert_eq!(judged.results.summary.exit_code, 0, "{}", judged.console(false));
//! # Ok(())
//! # }
//! ```

mod results;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use results::Build;
use rtmp_report as report;

use crate::baseline::{Baseline, Context};
use crate::case::{Case, Level, Profile};
use crate::outcome::Verdict;
use crate::probe::Probe;
use crate::runner::{self, Options, Outcome, Progress, RunReport};
use crate::select;
use crate::target::{Address, Target, Wanted, fresh_names, is_near};
use crate::wire::redact;

/// Why a run did not come to results; carries the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteError {
    /// 2 configuration, 4 nothing selected, 5 target never reachable.
    pub exit: u8,
    /// A sentence with the next step.
    pub text: String,
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for SuiteError {}

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Suite {
    /// The server.
    pub wanted: Wanted,
    /// How cases are run.
    pub options: Options,
    /// SELECT arguments; none selects everything.
    pub select: Vec<String>,
    /// Cases that were bad in the last run, for SELECT `failed`.
    pub last_failed: Vec<String>,
    /// Levels that reach the exit code.
    pub levels: Vec<Level>,
    /// Profiles to run.
    pub profiles: Vec<Profile>,
    /// File of expected failures.
    pub baseline: Option<PathBuf>,
    /// How often everything is run.
    pub repeat: usize,
    /// Template of stream names, a secret; `{n}` is replaced by a number.
    pub stream: Option<String>,
    /// Where players connect, if elsewhere.
    pub play: Option<Address>,
    /// Ends the run early when it turns true.
    pub stop: Option<tokio::sync::watch::Receiver<bool>>,
    /// The command line, for the report.
    pub command: Vec<String>,
}

impl Suite {
    /// Everything against a server, with the defaults of the command line.
    #[must_use]
    pub fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            options: Options::default(),
            select: Vec::new(),
            last_failed: Vec::new(),
            levels: vec![Level::Must, Level::Safety],
            profiles: Profile::ALL.to_vec(),
            baseline: None,
            repeat: 1,
            stream: None,
            play: None,
            stop: None,
            command: Vec::new(),
        }
    }

    /// Only these cases; see SELECT on the command line.
    #[must_use]
    pub fn select<S: Into<String>>(mut self, select: impl IntoIterator<Item = S>) -> Self {
        self.select = select.into_iter().map(Into::into).collect();
        self
    }

    /// With expected failures.
    #[must_use]
    pub fn baseline(mut self, path: impl Into<PathBuf>) -> Self {
        self.baseline = Some(path.into());
        self
    }

    /// The cases that the selection and the profiles name.
    ///
    /// # Errors
    /// Exit 4 when nothing matches, with the nearest ids.
    pub fn selected(&self) -> Result<Vec<&'static Case>, SuiteError> {
        let all = crate::cases::all();
        let mut selected = select::select(&all, &self.select, &self.last_failed)
            .map_err(|e| SuiteError { exit: 4, text: e.to_string() })?;
        selected.retain(|c| self.profiles.contains(&c.profile));
        if selected.is_empty() {
            let text = "nothing is selected: no case has both the selection and the profile".into();
            return Err(SuiteError { exit: 4, text });
        }
        Ok(selected)
    }

    /// Starts or finds the target, probes it, runs the cases and compares with the baseline.
    ///
    /// # Errors
    /// See [`SuiteError`].
    pub async fn run(mut self, mut progress: impl FnMut(Progress<'_>)) -> Result<Judgement, SuiteError> {
        let began = Instant::now();
        let started = jiff::Timestamp::try_from(SystemTime::now()).unwrap_or_default();
        let all = crate::cases::all();
        let selected = self.selected()?;
        let ids: Vec<&str> = all.iter().map(|c| c.id).collect();
        let baseline = match &self.baseline {
            None => None,
            Some(path) => {
                Some(Baseline::load(path, &ids).map_err(|e| SuiteError { exit: 2, text: e.to_string() })?)
            }
        };
        let names = self.stream.clone().unwrap_or_else(fresh_names);
        if !names.contains("{n}") {
            // One name for everybody: one case at a time.
            self.options.jobs = 1;
        }
        let (_never, never) = tokio::sync::watch::channel(false);
        let mut stop = self.stop.clone().unwrap_or(never);
        let ready = tokio::select! {
            ready = self.ready(names) => ready,
            _ = stop.wait_for(|raised| *raised) => {
                Err(SuiteError { exit: 130, text: "interrupted before any case ran".into() })
            }
        };
        let (mut target, probe) = ready?;
        self.options.allow_hostile |= is_near(target.place().addr.ip());
        let quarantined = |c: &Case| baseline.as_ref().is_some_and(|b| b.quarantined(c.id).is_some());
        // Quarantined cases do not run as something that others come after either.
        let all: Vec<&'static Case> = all.into_iter().filter(|c| !quarantined(c)).collect();
        let runnable: Vec<&'static Case> = selected.iter().copied().filter(|c| !quarantined(c)).collect();
        let context = Context::of(&probe);
        self.options.last = baseline.as_ref().map(|b| b.crashing(&context)).unwrap_or_default();
        let halt = Arc::clone(&self.options.halt);
        let mut runs = Vec::new();
        for _ in 0..self.repeat.max(1) {
            let watched = |told: Progress<'_>| {
                if let (true, Progress::Ended(outcome)) = (self.options.fail_fast, told) {
                    let (case, judged) = (outcome.case, &outcome.judged);
                    let counts = reaches_exit_code(&self.levels, case, judged.verdict);
                    let expected = baseline.as_ref().is_some_and(|b| {
                        let because = judged.because.as_deref();
                        b.expects(case.id, judged.verdict, because, &context).is_some()
                            || b.expected_once(case.id, judged.verdict, because, &context).is_some()
                    });
                    if judged.verdict.is_bad() && counts && !expected {
                        halt.store(true, Ordering::Relaxed);
                    }
                }
                progress(told);
            };
            let probe = Arc::clone(&probe);
            let run =
                runner::run(&all, &runnable, &mut target, probe, &self.options, stop.clone(), watched).await;
            let cut_short = run.interrupted;
            runs.push(run);
            if cut_short {
                break;
            }
        }
        let interrupted = *stop.borrow();
        let run = merge(runs);
        let secrets = self.secrets();
        let mut results =
            Build { suite: &self, probe: &probe, target: &target, baseline: baseline.as_ref(), context }
                .results(&selected, &run, interrupted, started, began.elapsed());
        redact_results(&mut results, &secrets);
        target.shut_down().await;
        Ok(Judgement { results, run, secrets, started_unix: unix(started) })
    }

    /// The target, reachable, and what the control run says of it.
    async fn ready(&self, names: String) -> Result<(Target, Arc<Probe>), SuiteError> {
        let unreachable = |text: String| SuiteError { exit: 5, text };
        let mut target = Target::start(self.wanted.clone(), names).await.map_err(unreachable)?;
        if let Some(play) = &self.play {
            target.play_at(play.resolve().await.map_err(unreachable)?, play);
        }
        let place = target.place();
        Probe::reach(place.addr, self.options.patience).await.map_err(unreachable)?;
        let probe = Probe::run(&place, self.options.patience, self.options.seed, &target.counter()).await;
        Ok((target, Arc::new(probe)))
    }

    /// Strings that must not be written: the fixed parts of the stream template and the queries of URLs.
    fn secrets(&self) -> Vec<String> {
        let url = match &self.wanted {
            Wanted::Url(address) | Wanted::Spawn { address: Some(address), .. } => Some(address),
            _ => None,
        };
        redact::secrets(self.stream.as_deref(), url.into_iter().chain(&self.play).map(|a| a.app.as_str()))
    }
}

/// Replaces the secrets in everything of the results that can hold one; what the schema fixes (ids, verdicts,
/// levels) is left alone, so that a key that looks like a word of ours cannot damage the report.
fn redact_results(results: &mut report::Results, secrets: &[String]) {
    let clean = |text: &mut String| *text = redact::text(text, secrets);
    results.run.command.iter_mut().for_each(clean);
    clean(&mut results.target.url);
    redact::json(&mut results.target.probe, secrets);
    results.findings.iter_mut().for_each(|f| clean(&mut f.text));
    for case in &mut results.cases {
        case.detail.iter_mut().for_each(clean);
        case.transcript_tail.iter_mut().chain(&mut case.stderr_tail).for_each(clean);
        for text in [&mut case.expected, &mut case.seen, &mut case.rerun] {
            clean(text);
        }
        for observation in &mut case.observations {
            clean(&mut observation.expected);
            clean(&mut observation.seen);
            redact::json(&mut observation.raw, secrets);
        }
    }
    if let Some(baseline) = &mut results.baseline {
        clean(&mut baseline.path);
    }
}

/// Whether a verdict of this case can reach the exit code.
fn reaches_exit_code(levels: &[Level], case: &Case, verdict: Verdict) -> bool {
    match verdict {
        Verdict::Crashed => true,
        Verdict::Hung => levels.contains(&case.level) || case.hostile(),
        _ => levels.contains(&case.level),
    }
}

/// A run with its results.
#[derive(Debug)]
pub struct Judgement {
    /// What results.json holds.
    pub results: report::Results,
    /// The outcomes with their transcripts.
    pub run: RunReport,
    secrets: Vec<String>,
    started_unix: Duration,
}

impl Judgement {
    /// The summary for a terminal.
    #[must_use]
    pub fn console(&self, color: bool) -> String {
        report::console::summary(&self.results, report::Style { color, width: 100, report: None })
    }

    /// Writes results.json, junit.xml and the transcripts under `dir`; report.md where asked for.
    ///
    /// # Errors
    /// When a file cannot be written; the error names it.
    pub fn write(&self, dir: &Path, markdown: bool, all_transcripts: bool) -> std::io::Result<()> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |e: std::io::Error| std::io::Error::new(e.kind(), format!("{}: {e}", path.display()))
        };
        let put = |path: PathBuf, bytes: &[u8]| std::fs::write(&path, bytes).map_err(at(&path));
        std::fs::create_dir_all(dir).map_err(at(dir))?;
        for outcome in &self.run.outcomes {
            if outcome.transcript.connections().is_empty()
                || !(all_transcripts || outcome.judged.verdict.is_bad())
            {
                continue;
            }
            let folder = dir.join(transcript_folder(outcome.case.id));
            std::fs::create_dir_all(&folder).map_err(at(&folder))?;
            let text = redact::text(&outcome.transcript.text(), &self.secrets);
            put(folder.join("wire.txt"), text.as_bytes())?;
            let mut connections = outcome.transcript.connections();
            if !self.secrets.is_empty() {
                connections.iter_mut().for_each(|c| redact::connection(c, &self.secrets));
            }
            let capture = crate::wire::pcapng::file(outcome.case.id, &connections, self.started_unix)?;
            put(folder.join("wire.pcapng"), &capture)?;
        }
        put(dir.join("junit.xml"), report::junit::render(&self.results).as_bytes())?;
        if markdown {
            put(dir.join("report.md"), report::markdown::render(&self.results).as_bytes())?;
        }
        put(dir.join("results.json"), self.results.to_json().as_bytes())
    }

    /// New failures as a baseline's entries: case, verdict, cause, what was seen.
    #[must_use]
    pub fn unexpected(&self) -> Vec<(String, String, String, String)> {
        self.results
            .cases
            .iter()
            .filter(|c| {
                let blocked_by_itself =
                    c.verdict == report::Verdict::Blocked && c.counts && c.blocked_by.is_none();
                (matches!(
                    c.verdict,
                    report::Verdict::Fail | report::Verdict::Hung | report::Verdict::Crashed
                ) || blocked_by_itself)
                    && c.overlay != Some(report::Overlay::Expected)
            })
            .map(|c| {
                (
                    c.id.clone(),
                    c.verdict.to_string(),
                    c.because.clone().unwrap_or_default(),
                    c.detail.clone().unwrap_or_default(),
                )
            })
            .collect()
    }
}

/// Where a case's transcript lies, relative to the run's directory.
fn transcript_folder(id: &str) -> String {
    format!("cases/{}", id.replace('/', "__"))
}

fn unix(at: jiff::Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(at.as_microsecond()).unwrap_or(0))
}

/// Puts repetitions together: the worst outcome of each case stands for it, all verdicts are kept.
fn merge(runs: Vec<RunReport>) -> RunReport {
    let repeated = runs.len() > 1;
    let mut runs = runs;
    if repeated {
        // What hung beside others and passed alone is no difference between runs.
        for outcome in runs.iter_mut().flat_map(|run| &mut run.outcomes) {
            outcome.attempts = vec![outcome.judged.verdict];
        }
    }
    let mut merged: Option<RunReport> = None;
    for run in runs {
        let Some(all) = &mut merged else {
            merged = Some(run);
            continue;
        };
        all.interrupted |= run.interrupted;
        all.notes.extend(run.notes);
        let mut next: BTreeMap<&str, Outcome> = run.outcomes.into_iter().map(|o| (o.case.id, o)).collect();
        for outcome in &mut all.outcomes {
            let Some(mut other) = next.remove(outcome.case.id) else { continue };
            let mut attempts = std::mem::take(&mut outcome.attempts);
            attempts.append(&mut other.attempts);
            if other.judged.verdict > outcome.judged.verdict {
                *outcome = other;
            }
            outcome.attempts = attempts;
        }
    }
    let mut merged = merged.unwrap_or(RunReport {
        outcomes: Vec::new(),
        prerequisites: Vec::new(),
        notes: Vec::new(),
        interrupted: false,
    });
    if !repeated {
        for outcome in &mut merged.outcomes {
            if outcome.attempts.len() == 1 {
                outcome.attempts.clear();
            }
        }
    }
    merged
}
