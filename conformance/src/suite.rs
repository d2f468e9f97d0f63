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

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use rtmp_report as report;

use crate::baseline::{Baseline, Context};
use crate::case::{Case, Level, Profile};
use crate::catalogue::Catalogue;
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

struct Build<'a> {
    suite: &'a Suite,
    probe: &'a Probe,
    target: &'a Target,
    baseline: Option<&'a Baseline>,
    context: Context,
}

impl Build<'_> {
    fn results(
        &self,
        selected: &[&'static Case],
        run: &RunReport,
        interrupted: bool,
        started: jiff::Timestamp,
        took: Duration,
    ) -> report::Results {
        let mut cases: Vec<report::CaseResult> = run.outcomes.iter().map(|o| self.case(o, run)).collect();
        let ran: Vec<_> =
            run.outcomes.iter().map(|o| (o.case.id, o.judged.verdict, o.judged.because.clone())).collect();
        let stale = self.baseline.map(|b| b.stale(&ran, &self.context)).unwrap_or_default();
        for case in &mut cases {
            if case.overlay.is_none() && stale.iter().any(|s| s.case == case.id) {
                case.overlay = Some(report::Overlay::Stale);
            }
        }
        let mut findings: Vec<report::Finding> = run
            .notes
            .iter()
            .map(|n| report::Finding {
                code: n.kind.into(),
                level: None,
                text: n.text.clone(),
                cases: n.cases.iter().map(|c| (*c).to_owned()).collect(),
                counts: n.counts,
            })
            .collect();
        if let Some(fidelity) = self.probe.fidelity.filter(|f| f.describe() != "verbatim") {
            findings.push(report::Finding {
                code: "relay-fidelity".into(),
                level: None,
                text: format!(
                    "the relay is not verbatim: {}; echo cases compare what it keeps",
                    fidelity.describe()
                ),
                cases: Vec::new(),
                counts: false,
            });
        }
        let exit = exit_code(&cases, &findings, !stale.is_empty(), interrupted);
        let mut probe = serde_json::to_value(self.probe).unwrap_or_default();
        if let Some(object) = probe.as_object_mut() {
            object.insert("summary".into(), self.probe.summary().into());
        }
        report::Results {
            schema: report::SCHEMA.into(),
            run: report::Run {
                id: format!("{}-{}", started.strftime("%Y%m%dT%H%M%SZ"), self.target.kind()),
                started: started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                seed: self.suite.options.seed,
                command: self.suite.command.clone(),
                jobs: self.suite.options.jobs.max(1),
                timeout_ms: u64::try_from(self.suite.options.patience.as_millis()).unwrap_or(u64::MAX),
                levels: self.suite.levels.iter().map(|l| level(*l)).collect(),
                profiles: self.suite.profiles.iter().map(|p| p.word().to_owned()).collect(),
                selected: selected.len(),
                interrupted,
            },
            tool: report::Tool { name: "rtmpspec".into(), version: env!("CARGO_PKG_VERSION").into() },
            target: report::Target {
                url: self.target.url.clone(),
                kind: match self.target.kind() {
                    "embedded" => report::TargetKind::Embedded,
                    "spawn" => report::TargetKind::Spawn,
                    _ => report::TargetKind::Url,
                },
                probe,
                fidelity: self.probe.fidelity.map(|f| f.describe()),
                restarts: self.target.restarts,
            },
            environment: report::Environment::current(),
            summary: report::Summary::count(&cases, exit),
            cases,
            findings,
            baseline: self.baseline.map(|b| report::BaselineInfo {
                path: self.suite.baseline.as_ref().map(|p| p.display().to_string()).unwrap_or_default(),
                entries: b.len(),
                matched: ran
                    .iter()
                    .filter(|(id, v, c)| self.expected(b, id, *v, c.as_deref()).is_some())
                    .count(),
                stale,
                quarantined: selected
                    .iter()
                    .filter_map(|c| {
                        b.quarantined(c.id)
                            .map(|reason| report::Quarantined { case: c.id.into(), reason: reason.into() })
                    })
                    .collect(),
            }),
        }
    }

    /// The reason of the baseline entry that expects this, unless it has expired.
    fn expected(&self, b: &Baseline, id: &str, verdict: Verdict, because: Option<&str>) -> Option<String> {
        b.expects(id, verdict, because, &self.context)
    }

    fn case(&self, outcome: &Outcome, run: &RunReport) -> report::CaseResult {
        let case = outcome.case;
        let judged = &outcome.judged;
        let because = judged.because.as_deref();
        let reason = self.baseline.and_then(|b| self.expected(b, case.id, judged.verdict, because));
        let once = match (&reason, self.baseline) {
            (None, Some(b)) => b.expected_once(case.id, judged.verdict, because, &self.context),
            _ => None,
        };
        let reaches = reaches_exit_code(&self.suite.levels, case, judged.verdict);
        let counts = match judged.verdict {
            Verdict::Blocked => {
                reaches && reason.is_none() && once.is_none() && !self.blocker_expected(outcome, run)
            }
            _ => reaches,
        };
        let flaky = outcome.attempts.windows(2).any(|w| w[0] != w[1]) && self.suite.repeat > 1;
        let overlay = if flaky {
            Some(report::Overlay::Flaky)
        } else if reason.is_some() {
            Some(report::Overlay::Expected)
        } else if once.is_some() {
            Some(report::Overlay::Stale)
        } else if judged.verdict.is_bad() && self.baseline.is_some() {
            Some(report::Overlay::New)
        } else {
            None
        };
        let deciding =
            judged.decided_by.and_then(|i| outcome.observations.get(i)).or(outcome.observations.last());
        let catalogue = Catalogue::builtin();
        let kept = !outcome.transcript.connections().is_empty();
        report::CaseResult {
            id: case.id.into(),
            title: case.title.into(),
            area: case.area().into(),
            rules: case
                .rules
                .iter()
                .filter_map(|r| catalogue.get(r.id()))
                .map(|row| report::RuleRef {
                    id: row.id.clone(),
                    level: level(row.level),
                    source: row.source.clone(),
                    text: row.text.clone(),
                })
                .collect(),
            level: level(case.level),
            profile: case.profile.word().into(),
            hostile: case.hostile(),
            verdict: verdict(judged.verdict),
            because: judged.because.clone(),
            detail: judged.detail.clone(),
            blocked_by: outcome.blocked_by.map(str::to_owned),
            observations: outcome
                .observations
                .iter()
                .map(|o| report::Observation {
                    label: o.label.clone(),
                    expected: o.expect.describe(),
                    seen: o.seen.describe(),
                    ok: o.matched().is_some(),
                    raw: serde_json::to_value(o).unwrap_or_default(),
                })
                .collect(),
            expected: deciding.map(|o| o.expect.describe()).unwrap_or_default(),
            seen: deciding.map(|o| o.seen.describe()).unwrap_or_default(),
            ms: outcome.took.as_secs_f64() * 1e3,
            overlay,
            counts,
            attempts: outcome.attempts.iter().map(|v| verdict(*v)).collect(),
            transcript: kept.then(|| format!("{}/wire.txt", transcript_folder(case.id))),
            transcript_tail: if judged.verdict.is_bad() { outcome.transcript.tail(8) } else { Vec::new() },
            stderr_tail: outcome.stderr.clone(),
            rerun: self.rerun(case.id),
            rss_kib: outcome.rss_kib,
            descriptors: None,
            baseline_reason: reason.or(once),
        }
    }

    /// Whether the case that blocks this one is an expected failure, or about a feature that is not offered.
    fn blocker_expected(&self, outcome: &Outcome, run: &RunReport) -> bool {
        let Some(by) = outcome.blocked_by else { return false };
        run.outcomes.iter().chain(&run.prerequisites).filter(|o| o.case.id == by).any(|o| {
            if o.judged.verdict == Verdict::Unsupported {
                return true;
            }
            let Some(baseline) = self.baseline else { return false };
            let because = o.judged.because.as_deref();
            self.expected(baseline, by, o.judged.verdict, because).is_some()
                || baseline.expected_once(by, o.judged.verdict, because, &self.context).is_some()
                || (o.judged.verdict == Verdict::Blocked && self.blocker_expected(o, run))
        })
    }

    fn rerun(&self, id: &str) -> String {
        let suite = self.suite;
        let mut words: Vec<String> = ["rtmpspec", "server"].map(str::to_owned).to_vec();
        match &suite.wanted {
            Wanted::Embedded => {}
            Wanted::Url(_) => words.push(self.target.url.clone()),
            Wanted::Spawn { argv, address } => {
                let argv = shlex::try_join(argv.iter().map(String::as_str)).unwrap_or_default();
                words.extend(["--spawn".into(), argv]);
                words.extend(address.as_ref().map(Address::tc_url));
            }
        }
        words.push(id.into());
        if let Some(play) = &suite.play {
            words.extend(["--play-url".into(), play.tc_url()]);
        }
        if suite.options.allow_hostile && !is_near(self.target.place().addr.ip()) {
            words.push("--allow-hostile".into());
        }
        if suite.options.patience != Options::default().patience {
            words.extend(["--timeout".into(), suite.options.patience.as_secs_f64().to_string()]);
        }
        words.extend(["--seed".into(), suite.options.seed.to_string()]);
        shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default()
    }
}

/// The exit code of design "Command line": 130, 6, 1, 4, 3, 0, in this order of precedence.
fn exit_code(
    cases: &[report::CaseResult],
    findings: &[report::Finding],
    stale: bool,
    interrupted: bool,
) -> u8 {
    use report::{Disposition, Verdict as V};
    let any = |f: &dyn Fn(&report::CaseResult) -> bool| cases.iter().any(f);
    if interrupted {
        130
    } else if any(&|c| c.verdict == V::HarnessFault) {
        6
    } else if any(&|c| c.disposition() == Disposition::Failed)
        || any(&|c| c.verdict == V::Blocked && c.counts)
        || findings.iter().any(|f| f.counts)
    {
        1
    } else if !any(&|c| matches!(c.verdict, V::Pass | V::Lenient | V::Info | V::Fail | V::Hung | V::Crashed))
    {
        4
    } else if stale {
        3
    } else {
        0
    }
}

fn level(level: Level) -> report::Level {
    match level {
        Level::Must => report::Level::Must,
        Level::Should => report::Level::Should,
        Level::May => report::Level::May,
        Level::DeFacto => report::Level::DeFacto,
        Level::Safety => report::Level::Safety,
    }
}

fn verdict(verdict: Verdict) -> report::Verdict {
    match verdict {
        Verdict::Pass => report::Verdict::Pass,
        Verdict::Lenient => report::Verdict::Lenient,
        Verdict::Info => report::Verdict::Info,
        Verdict::Fail => report::Verdict::Fail,
        Verdict::Unsupported => report::Verdict::Unsupported,
        Verdict::Blocked => report::Verdict::Blocked,
        Verdict::Skipped => report::Verdict::Skipped,
        Verdict::Crashed => report::Verdict::Crashed,
        Verdict::Hung => report::Verdict::Hung,
        Verdict::HarnessFault => report::Verdict::HarnessFault,
    }
}
