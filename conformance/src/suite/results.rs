//! From the outcomes of a run to what results.json holds.

use std::time::Duration;

use rtmp_report as report;

use super::{Suite, reaches_exit_code, transcript_folder};
use crate::baseline::{Baseline, Context};
use crate::case::{Case, Level};
use crate::catalogue::Catalogue;
use crate::outcome::Verdict;
use crate::probe::Probe;
use crate::runner::{Options, Outcome, RunReport};
use crate::target::{Address, Target, Wanted, is_near};

/// What results are made from.
pub(super) struct Build<'a> {
    pub(super) suite: &'a Suite,
    pub(super) probe: &'a Probe,
    pub(super) target: &'a Target,
    pub(super) baseline: Option<&'a Baseline>,
    pub(super) context: Context,
}

impl Build<'_> {
    pub(super) fn results(
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
            descriptors: outcome.descriptors,
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
