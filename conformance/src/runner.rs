//! Runs cases against a target: shared ones in parallel, hostile ones alone beside a bystander, and whatever
//! hung or crashed in company again on its own, so that nobody is blamed for a neighbour.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::case::{Case, Company};
use crate::outcome::{Judged, Observation, Stop, Verdict, derive, expect, want};
use crate::probe::Probe;
use crate::stage::{Bystander, Stage};
use crate::target::Target;
use crate::wire::Transcript;

/// Why the rest is skipped when a target has ended.
const GONE: &str = "the target ended and could not be started again";

/// How a run is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Shared cases in flight at one time.
    pub jobs: usize,
    /// How long one event is waited for.
    pub patience: Duration,
    /// Seed of everything random.
    pub seed: u64,
    /// Stop after the first new failure.
    pub fail_fast: bool,
    /// Whether hostile cases may run against a target that is neither on loopback nor private.
    pub allow_hostile: bool,
    /// Cases known to end this target: they run alone after all others, so that a target which nobody starts
    /// again is judged by everything else first.
    pub last: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: 8,
            patience: Duration::from_secs(5),
            seed: 1,
            fail_fast: false,
            allow_hostile: false,
            last: Vec::new(),
        }
    }
}

/// What came of one case.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The case.
    pub case: &'static Case,
    /// Its verdict.
    pub judged: Judged,
    /// Everything observed.
    pub observations: Vec<Observation>,
    /// The case that blocked it.
    pub blocked_by: Option<&'static str>,
    /// Duration.
    pub took: Duration,
    /// Verdicts of every attempt; more than one after a rerun or with `--repeat`.
    pub attempts: Vec<Verdict>,
    /// The record.
    pub transcript: Arc<Transcript>,
    /// Resident memory of the target afterwards, in KiB.
    pub rss_kib: Option<u64>,
    /// What the target wrote to stderr meanwhile.
    pub stderr: Vec<String>,
}

impl Outcome {
    fn made(case: &'static Case, judged: Judged) -> Self {
        Self {
            case,
            attempts: vec![judged.verdict],
            judged,
            observations: Vec::new(),
            blocked_by: None,
            took: Duration::ZERO,
            transcript: Arc::default(),
            rss_kib: None,
            stderr: Vec::new(),
        }
    }

    fn blocked(case: &'static Case, by: &'static str, verdict: Verdict) -> Self {
        let judged = Judged {
            verdict: Verdict::Blocked,
            because: Some("prerequisite-failed".into()),
            detail: Some(format!("{by} ended as {}", verdict.word())),
            decided_by: None,
        };
        Self { blocked_by: Some(by), ..Self::made(case, judged) }
    }

    fn skipped(case: &'static Case, why: &str) -> Self {
        let judged = derive(&[], Some(&Stop::Skipped(why.into())));
        Self::made(case, judged)
    }
}

/// What happens during a run, for progress lines.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A case began.
    Began(&'static Case),
    /// A case ended.
    Ended(&'a Outcome),
}

/// Something about the run as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Stable name, e.g. `unattributed-crash`.
    pub kind: &'static str,
    /// A sentence.
    pub text: String,
    /// Cases concerned.
    pub cases: Vec<&'static str>,
    /// Whether it counts as a failure.
    pub counts: bool,
}

/// Everything that came of a run.
#[derive(Debug)]
pub struct RunReport {
    /// In the order of the catalogue; selected cases only.
    pub outcomes: Vec<Outcome>,
    /// Cases that ran only because selected ones come after them.
    pub prerequisites: Vec<Outcome>,
    /// About the run as a whole.
    pub notes: Vec<Note>,
    /// Whether it was cut short.
    pub interrupted: bool,
}

/// The cases that have to run for `selected`: themselves and what they come after.
#[must_use]
pub fn with_prerequisites(all: &[&'static Case], selected: &[&'static Case]) -> Vec<&'static Case> {
    let by_id: BTreeMap<&str, &'static Case> = all.iter().map(|c| (c.id, *c)).collect();
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&'static Case> = selected.to_vec();
    while let Some(case) = open.pop() {
        if wanted.insert(case.id) {
            open.extend(case.after.iter().filter_map(|id| by_id.get(id).copied()));
        }
    }
    all.iter().copied().filter(|c| wanted.contains(c.id)).collect()
}

/// Runs `selected` (and what they come after). `stop` ends the run early with what was reached.
pub async fn run(
    all: &[&'static Case],
    selected: &[&'static Case],
    target: &mut Target,
    probe: Arc<Probe>,
    options: &Options,
    stop: tokio::sync::watch::Receiver<bool>,
    mut progress: impl FnMut(Progress<'_>),
) -> RunReport {
    let wanted: BTreeSet<&str> = selected.iter().map(|c| c.id).collect();
    let mut run = Run {
        probe,
        options: options.clone(),
        done: BTreeMap::new(),
        notes: Vec::new(),
        stop,
        counter: target.counter(),
    };
    let (last, others) = known_to_end_it(with_prerequisites(all, selected), &options.last);
    let (alone, shared): (Vec<_>, Vec<_>) = others.into_iter().partition(|c| c.company == Company::Hostile);
    let suspects = run.shared(&shared, target, &mut progress).await;
    run.again_alone(suspects, target, &mut progress).await;
    run.hostile(&alone, target, &mut progress).await;
    run.one_by_one(&last, target, &mut progress).await;
    let interrupted = run.stopped();
    let outcomes =
        all.iter().filter(|c| wanted.contains(c.id)).filter_map(|c| run.done.remove(c.id)).collect();
    let prerequisites = run.done.into_values().collect();
    RunReport { outcomes, prerequisites, notes: run.notes, interrupted }
}

/// Splits off the cases of `last` and whatever comes after them.
fn known_to_end_it(cases: Vec<&'static Case>, last: &[String]) -> (Vec<&'static Case>, Vec<&'static Case>) {
    let mut ids: BTreeSet<&str> =
        cases.iter().map(|c| c.id).filter(|id| last.iter().any(|l| l == id)).collect();
    loop {
        let before = ids.len();
        ids.extend(
            cases
                .iter()
                .filter(|c| c.after.iter().any(|a| ids.contains(a)))
                .map(|c| c.id)
                .collect::<Vec<_>>(),
        );
        if ids.len() == before {
            break;
        }
    }
    cases.into_iter().partition(|c| ids.contains(c.id))
}

struct Run {
    probe: Arc<Probe>,
    options: Options,
    done: BTreeMap<&'static str, Outcome>,
    notes: Vec<Note>,
    stop: tokio::sync::watch::Receiver<bool>,
    counter: Arc<AtomicU64>,
}

impl Run {
    fn stopped(&self) -> bool {
        *self.stop.borrow()
            || (self.options.fail_fast && self.done.values().any(|o| o.judged.verdict.is_bad()))
    }

    fn stage(&self, target: &Target, case: &Case) -> Stage {
        let salt = case.id.bytes().fold(0_u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)));
        Stage::new(
            target.place(),
            Arc::clone(&self.probe),
            self.options.patience,
            self.options.seed ^ salt,
            Arc::clone(&self.counter),
        )
    }

    /// The prerequisite that did not work, if all are decided; `Err` while one is still open.
    fn blocker(&self, case: &Case) -> Result<Option<(&'static str, Verdict)>, ()> {
        for id in case.after {
            match self.done.get(id) {
                None => return Err(()),
                Some(outcome) => match outcome.judged.verdict {
                    Verdict::Pass | Verdict::Lenient | Verdict::Info => {}
                    verdict => return Ok(Some((*id, verdict))),
                },
            }
        }
        Ok(None)
    }

    /// Runs cases in parallel as their prerequisites get decided; returns those whose verdict has to be
    /// confirmed alone.
    async fn shared(
        &mut self,
        cases: &[&'static Case],
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Vec<&'static Case> {
        let mut waiting: Vec<&'static Case> = cases.to_vec();
        let mut suspects = Vec::new();
        let mut running = JoinSet::new();
        let mut names = BTreeMap::new();
        loop {
            let mut at = 0;
            while at < waiting.len() && running.len() < self.options.jobs.max(1) && !self.stopped() {
                match self.blocker(waiting[at]) {
                    Err(()) => at += 1,
                    Ok(Some((by, verdict))) => {
                        let outcome = Outcome::blocked(waiting.remove(at), by, verdict);
                        progress(Progress::Ended(&outcome));
                        self.done.insert(outcome.case.id, outcome);
                        at = 0;
                    }
                    Ok(None) => {
                        let case = waiting.remove(at);
                        progress(Progress::Began(case));
                        let handle = running.spawn(attempt(case, self.stage(target, case)));
                        names.insert(handle.id(), case);
                    }
                }
            }
            let outcome = match running.join_next_with_id().await {
                None => break,
                Some(Ok((_, outcome))) => outcome,
                Some(Err(error)) => {
                    let case = names[&error.id()];
                    Outcome::made(case, derive(&[], Some(&Stop::Harness(error.to_string()))))
                }
            };
            if !target.is_alive().await {
                // Whoever is in flight is a candidate, nobody is blamed yet.
                suspects.push(outcome.case);
                while let Some(other) = running.join_next_with_id().await {
                    if let Ok((_, other)) = other {
                        suspects.push(other.case);
                    }
                }
                let text = "the target ended while these cases were in flight; they ran again alone";
                self.notes.push(Note {
                    kind: "unattributed-crash",
                    text: text.into(),
                    cases: suspects.iter().map(|c| c.id).collect(),
                    counts: true,
                });
                if !target.restart().await {
                    break;
                }
                // Their dependants wait for the second attempt.
                for case in suspects.clone() {
                    self.alone(case, target, progress).await;
                }
                if suspects.iter().any(|c| self.done[c.id].judged.verdict == Verdict::Crashed) {
                    self.notes.retain(|n| n.kind != "unattributed-crash");
                }
                suspects.clear();
                continue;
            }
            if matches!(outcome.judged.verdict, Verdict::Hung | Verdict::Crashed) && self.options.jobs > 1 {
                suspects.push(outcome.case);
            } else {
                progress(Progress::Ended(&outcome));
            }
            self.done.insert(outcome.case.id, outcome);
        }
        for case in waiting {
            if !self.stopped() {
                let outcome = Outcome::skipped(case, GONE);
                progress(Progress::Ended(&outcome));
                self.done.insert(case.id, outcome);
            }
        }
        suspects
    }

    /// Confirms hangs and crashes that were seen in company.
    async fn again_alone(
        &mut self,
        suspects: Vec<&'static Case>,
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        for case in suspects {
            if self.stopped() || !target.is_alive().await {
                return;
            }
            self.alone(case, target, progress).await;
        }
    }

    /// Cases that are known to end the target, in catalogue order.
    async fn one_by_one(
        &mut self,
        cases: &[&'static Case],
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        for case in cases {
            if self.stopped() {
                return;
            }
            let outcome = match self.blocker(case) {
                Ok(Some((by, verdict))) => Outcome::blocked(case, by, verdict),
                _ if !target.is_alive().await => Outcome::skipped(case, GONE),
                Ok(None) if case.hostile() => {
                    self.hostile(&[case], target, progress).await;
                    continue;
                }
                Ok(None) => {
                    self.alone(case, target, progress).await;
                    continue;
                }
                Err(()) => Outcome::skipped(case, "a case that it comes after was not reached"),
            };
            progress(Progress::Ended(&outcome));
            self.done.insert(case.id, outcome);
        }
    }

    async fn alone(
        &mut self,
        case: &'static Case,
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        progress(Progress::Began(case));
        let mut outcome = guarded(case, self.stage(target, case)).await;
        if let Some(before) = self.done.remove(case.id) {
            outcome.attempts.splice(0..0, before.attempts);
        }
        self.crash(&mut outcome, target).await;
        progress(Progress::Ended(&outcome));
        self.done.insert(case.id, outcome);
    }

    /// Turns the outcome into a crash if the target is gone, and starts the target again.
    async fn crash(&mut self, outcome: &mut Outcome, target: &mut Target) {
        outcome.rss_kib = target.rss_kib();
        outcome.stderr = target.take_stderr();
        if target.is_alive().await {
            return;
        }
        outcome.judged = Judged {
            verdict: Verdict::Crashed,
            because: Some("process-ended".into()),
            detail: Some(target.obituary()),
            decided_by: None,
        };
        if let Some(last) = outcome.attempts.last_mut() {
            *last = Verdict::Crashed;
        }
        target.restart().await;
    }

    /// Hostile cases, one after the other, beside a bystander.
    async fn hostile(
        &mut self,
        cases: &[&'static Case],
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        let mut bystander = None;
        for case in cases {
            if self.stopped() {
                return;
            }
            let outcome = match self.blocker(case) {
                Ok(Some((by, verdict))) => Outcome::blocked(case, by, verdict),
                Err(()) => Outcome::skipped(case, "a case that it comes after was not reached"),
                Ok(None) if !self.options.allow_hostile => Outcome::skipped(
                    case,
                    "hostile cases need --allow-hostile against an address that is neither loopback nor private",
                ),
                Ok(None) if !target.is_alive().await => Outcome::skipped(case, GONE),
                Ok(None) => {
                    progress(Progress::Began(case));
                    if bystander.is_none() {
                        bystander = Bystander::start(self.stage(target, case)).await.ok();
                    }
                    let mut outcome = guarded(case, self.stage(target, case)).await;
                    self.crash(&mut outcome, target).await;
                    if outcome.judged.verdict == Verdict::Crashed {
                        bystander = None;
                    } else if let Some(other) = &bystander {
                        let seen = other.check().await;
                        let observation = Observation {
                            label: "a healthy publisher and player beside the case".into(),
                            expect: expect(want::equal("unbroken")).cause("bystander-glitch"),
                            seen,
                        };
                        if observation.matched().is_none() {
                            bystander = None;
                        }
                        outcome.observations.push(observation);
                        if !matches!(
                            outcome.judged.verdict,
                            Verdict::HarnessFault | Verdict::Blocked | Verdict::Skipped
                        ) {
                            outcome.judged = derive(&outcome.observations, None);
                            outcome.attempts = vec![outcome.judged.verdict];
                        }
                    }
                    outcome
                }
            };
            progress(Progress::Ended(&outcome));
            self.done.insert(case.id, outcome);
        }
    }
}

/// [`attempt`] in a task of its own, so that a panic is a harness fault and not the end of the run.
async fn guarded(case: &'static Case, stage: Stage) -> Outcome {
    match tokio::spawn(attempt(case, stage)).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::made(case, derive(&[], Some(&Stop::Harness(error.to_string())))),
    }
}

/// One attempt at one case.
async fn attempt(case: &'static Case, mut stage: Stage) -> Outcome {
    let began = Instant::now();
    let limit = stage.patience * 20 + Duration::from_secs(10);
    let transcript = Arc::clone(&stage.transcript);
    let mut stop = match tokio::time::timeout(limit, (case.run)(&mut stage)).await {
        Ok(step) => step.err(),
        Err(_) => Some(Stop::Harness(format!("the case did not end within {limit:?}"))),
    };
    if case.company != Company::Shared && stop.is_none() {
        let seen = stage.fresh_connection().await;
        stage.check(
            "a fresh connection afterwards",
            seen,
            expect(want::equal("served")).cause("fresh-connect-refused"),
        );
    }
    let mut judged = derive(&stage.observations, stop.as_ref());
    if let Some(code) = unknown_cause(case, &judged) {
        stop = Some(Stop::Harness(format!("the cause code `{code}` is not declared by the case")));
        judged = derive(&[], stop.as_ref());
    }
    Outcome {
        attempts: vec![judged.verdict],
        observations: stage.observations,
        took: began.elapsed(),
        transcript,
        ..Outcome::made(case, judged)
    }
}

/// A failing cause code that is neither common nor declared by the case.
fn unknown_cause<'a>(case: &Case, judged: &'a Judged) -> Option<&'a str> {
    let code = judged.because.as_deref().filter(|_| judged.verdict.is_bad())?;
    let known = crate::outcome::COMMON_CAUSES.iter().chain(case.causes).any(|(known, _)| *known == code);
    (!known).then_some(code)
}
