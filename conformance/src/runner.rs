//! Runs cases against a target: shared ones in parallel, hostile ones alone beside a bystander, and whatever
//! hung or crashed in company again on its own, so that nobody is blamed for a neighbour.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::case::{Case, Company};
use crate::outcome::{Observation, Stop, Verdict, derive, expect, want};
use crate::probe::Probe;
use crate::stage::{Bystander, Stage};
use crate::target::Target;

mod attempt;
mod outcome;

use attempt::{attempt, finished, guarded, raised};
pub use outcome::Outcome;

/// Why the rest is skipped when a target has ended.
const GONE: &str = "the target ended and could not be started again";
/// Why a case has no verdict that was seen to hang or end the target only beside others.
const UNCONFIRMED: &str =
    "in flight when the target ended or went silent; it could not run again alone, and nobody is blamed";
/// Why a case is skipped that waits for another.
const NOT_REACHED: &str = "a case that it comes after did not run";

/// How a run is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Shared cases in flight at one time.
    pub jobs: usize,
    /// How long one event is waited for.
    pub patience: Duration,
    /// Seed of everything random.
    pub seed: u64,
    /// Stop after the first failure that reaches the exit code; [`crate::suite::Suite`] decides which.
    pub fail_fast: bool,
    /// No further case begins once this is true.
    pub halt: Arc<AtomicBool>,
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
            halt: Arc::default(),
            allow_hostile: false,
            last: Vec::new(),
        }
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
    run.shared(&shared, target, &mut progress).await;
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
        *self.stop.borrow() || self.options.halt.load(Ordering::Relaxed)
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

    /// The prerequisite that did not work, if all are decided; `Err` while one is open or was skipped.
    fn blocker(&self, case: &Case) -> Result<Option<(&'static str, Verdict)>, ()> {
        for id in case.after {
            match self.done.get(id) {
                None => return Err(()),
                Some(outcome) => match outcome.judged.verdict {
                    Verdict::Pass | Verdict::Lenient | Verdict::Info => {}
                    // Not run is not broken: what comes after it is not run either.
                    Verdict::Skipped => return Err(()),
                    verdict => return Ok(Some((*id, verdict))),
                },
            }
        }
        Ok(None)
    }

    /// Keeps an outcome and tells of it.
    fn put(&mut self, outcome: Outcome, progress: &mut impl FnMut(Progress<'_>)) {
        progress(Progress::Ended(&outcome));
        self.done.insert(outcome.case.id, outcome);
    }

    /// Runs cases in parallel as their prerequisites get decided. What hung beside others runs again alone, and
    /// what comes after it waits for that second verdict.
    async fn shared(
        &mut self,
        cases: &[&'static Case],
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        let mut waiting: Vec<&'static Case> = cases.to_vec();
        let mut suspects: Vec<Outcome> = Vec::new();
        let mut running = JoinSet::new();
        let mut names = BTreeMap::new();
        let mut stop = self.stop.clone();
        let mut gone = false;
        loop {
            let mut at = 0;
            while at < waiting.len() && running.len() < self.options.jobs.max(1) && !self.stopped() {
                match self.blocker(waiting[at]) {
                    Err(()) => at += 1,
                    Ok(Some((by, verdict))) => {
                        self.put(Outcome::blocked(waiting.remove(at), by, verdict), progress);
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
            let joined = tokio::select! {
                joined = running.join_next_with_id() => joined,
                () = raised(&mut stop) => {
                    running.shutdown().await;
                    return;
                }
            };
            let outcome = match joined {
                Some(joined) => finished(joined, &names),
                None if suspects.is_empty() => break,
                None => {
                    for suspect in std::mem::take(&mut suspects) {
                        self.again(suspect, target, progress).await;
                    }
                    continue;
                }
            };
            outcome.settle(target).await;
            if !target.is_alive().await {
                let mut candidates = vec![outcome];
                while let Some(joined) = running.join_next_with_id().await {
                    candidates.push(finished(joined, &names));
                }
                self.ended_in_company(candidates, target, progress).await;
                gone = !target.is_alive().await;
                if gone {
                    break;
                }
            } else if matches!(outcome.judged.verdict, Verdict::Hung | Verdict::Crashed)
                && self.options.jobs > 1
            {
                suspects.push(outcome);
            } else {
                self.put(outcome, progress);
            }
        }
        if self.stopped() {
            return;
        }
        for suspect in suspects {
            self.put(Outcome::skipped(suspect.case, UNCONFIRMED), progress);
        }
        for case in waiting {
            let outcome = match self.blocker(case) {
                Ok(Some((by, verdict))) => Outcome::blocked(case, by, verdict),
                _ if gone => Outcome::skipped(case, GONE),
                _ => Outcome::skipped(case, NOT_REACHED),
            };
            self.put(outcome, progress);
        }
    }

    /// The target ended while `candidates` were in flight: nobody is blamed unless it happens again alone, or
    /// there was only one.
    async fn ended_in_company(
        &mut self,
        candidates: Vec<Outcome>,
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        let obituary = target.obituary();
        let stderr = target.last_words().await;
        let cases: Vec<&'static str> = candidates.iter().map(|o| o.case.id).collect();
        let back = target.restart().await;
        let mut reproduced = false;
        let single = candidates.len() == 1;
        for mut outcome in candidates {
            if *self.stop.borrow() {
                return;
            }
            if back && target.is_alive().await {
                let id = outcome.case.id;
                self.again(outcome, target, progress).await;
                reproduced |= self.done.get(id).is_some_and(|o| o.judged.verdict == Verdict::Crashed);
            } else if single {
                outcome.crashed(obituary.clone());
                outcome.stderr.clone_from(&stderr);
                reproduced = true;
                self.put(outcome, progress);
            } else {
                self.put(Outcome::skipped(outcome.case, UNCONFIRMED), progress);
            }
        }
        if !reproduced {
            self.notes.push(Note {
                kind: "unattributed-crash",
                text: format!("{obituary} while these cases were in flight; none of them ends it when alone"),
                cases,
                counts: true,
            });
            if let (false, Some(note)) = (back, self.notes.last_mut()) {
                note.text = format!("{obituary} while these cases were in flight; {GONE}");
            }
        }
    }

    /// A second attempt, alone, at what hung or ended in company; only its verdict counts.
    async fn again(
        &mut self,
        suspect: Outcome,
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        if self.stopped() {
            return;
        }
        if !target.is_alive().await {
            self.put(Outcome::skipped(suspect.case, UNCONFIRMED), progress);
            return;
        }
        let id = suspect.case.id;
        self.alone(suspect.case, target, progress).await;
        if let Some(outcome) = self.done.get_mut(id) {
            outcome.attempts.splice(0..0, suspect.attempts);
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
                Err(()) => Outcome::skipped(case, NOT_REACHED),
            };
            self.put(outcome, progress);
        }
    }

    /// One case with the target to itself; nothing is kept if the run is interrupted meanwhile.
    async fn alone(
        &mut self,
        case: &'static Case,
        target: &mut Target,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        progress(Progress::Began(case));
        target.take_stderr();
        let Some(mut outcome) = guarded(case, self.stage(target, case), &mut self.stop.clone()).await else {
            return;
        };
        self.crash(&mut outcome, target).await;
        self.put(outcome, progress);
    }

    /// Turns the outcome into a crash if the target is gone, and starts the target again.
    async fn crash(&mut self, outcome: &mut Outcome, target: &mut Target) {
        outcome.rss_kib = target.rss_kib();
        outcome.descriptors = target.descriptors();
        outcome.settle(target).await;
        if target.is_alive().await {
            outcome.stderr = target.take_stderr();
            return;
        }
        outcome.crashed(target.obituary());
        outcome.stderr = target.last_words().await;
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
                Err(()) => Outcome::skipped(case, NOT_REACHED),
                Ok(None) if !self.options.allow_hostile => Outcome::skipped(
                    case,
                    "hostile cases need --allow-hostile against an address that is neither loopback nor private",
                ),
                Ok(None) if !target.is_alive().await => Outcome::skipped(case, GONE),
                Ok(None) => {
                    progress(Progress::Began(case));
                    let mut stop = self.stop.clone();
                    if bystander.is_none() {
                        let started = tokio::select! {
                            started = Bystander::start(self.stage(target, case)) => started,
                            () = raised(&mut stop) => return,
                        };
                        match started {
                            Ok(started) => bystander = Some(started),
                            Err(why) => self.without_bystander(case, &why),
                        }
                    }
                    target.take_stderr();
                    let Some(mut outcome) = guarded(case, self.stage(target, case), &mut stop).await else {
                        return;
                    };
                    self.crash(&mut outcome, target).await;
                    if outcome.judged.verdict == Verdict::Crashed {
                        bystander = None;
                    } else if let Some(other) = &bystander {
                        let observation = Observation {
                            label: "a healthy publisher and player beside the case".into(),
                            expect: expect(want::equal("unbroken")).cause("bystander-glitch"),
                            seen: other.check().await,
                        };
                        let unbroken = observation.matched().is_some();
                        outcome.observations.push(observation);
                        if !unbroken {
                            bystander = None;
                            if matches!(
                                outcome.judged.verdict,
                                Verdict::Pass | Verdict::Lenient | Verdict::Info | Verdict::Unsupported
                            ) {
                                outcome.judged = derive(&outcome.observations, None);
                                outcome.attempts = vec![outcome.judged.verdict];
                            }
                        }
                    }
                    outcome
                }
            };
            self.put(outcome, progress);
        }
    }

    /// Says once per reason that hostile cases ran without a bystander.
    fn without_bystander(&mut self, case: &'static Case, why: &Stop) {
        let text = match why {
            Stop::Blocked { by, why } => format!("hostile cases ran without a bystander: {by}: {why}"),
            _ => "hostile cases ran without a bystander".into(),
        };
        match self.notes.iter_mut().find(|n| n.kind == "no-bystander") {
            Some(note) => note.cases.push(case.id),
            None => {
                self.notes.push(Note { kind: "no-bystander", text, cases: vec![case.id], counts: false });
            }
        }
    }
}
