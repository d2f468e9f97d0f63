//! What came of one case.

use std::sync::Arc;
use std::time::Duration;

use crate::case::Case;
use crate::outcome::{Judged, Observation, Stop, Verdict, derive};
use crate::target::Target;
use crate::wire::Transcript;

/// How long a target that closed a connection is given to be seen ending.
const ENDING: Duration = Duration::from_millis(100);

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
    /// Open descriptors of the target afterwards.
    pub descriptors: Option<u64>,
    /// What the target wrote to stderr meanwhile.
    pub stderr: Vec<String>,
}

impl Outcome {
    pub(super) fn made(case: &'static Case, judged: Judged) -> Self {
        Self {
            case,
            attempts: vec![judged.verdict],
            judged,
            observations: Vec::new(),
            blocked_by: None,
            took: Duration::ZERO,
            transcript: Arc::default(),
            rss_kib: None,
            descriptors: None,
            stderr: Vec::new(),
        }
    }

    /// Lets a target end that may just be doing so.
    pub(super) async fn settle(&self, target: &mut Target) {
        if !matches!(self.judged.verdict, Verdict::Pass | Verdict::Lenient | Verdict::Info) {
            target.settle(ENDING).await;
        }
    }

    pub(super) fn crashed(&mut self, obituary: String) {
        self.judged = Judged {
            verdict: Verdict::Crashed,
            because: Some("process-ended".into()),
            detail: Some(obituary),
            decided_by: None,
        };
        if let Some(last) = self.attempts.last_mut() {
            *last = Verdict::Crashed;
        }
    }

    pub(super) fn blocked(case: &'static Case, by: &'static str, verdict: Verdict) -> Self {
        let judged = Judged {
            verdict: Verdict::Blocked,
            because: Some("prerequisite-failed".into()),
            detail: Some(format!("{by} ended as {}", verdict.word())),
            decided_by: None,
        };
        Self { blocked_by: Some(by), ..Self::made(case, judged) }
    }

    pub(super) fn skipped(case: &'static Case, why: &str) -> Self {
        let judged = derive(&[], Some(&Stop::Skipped(why.into())));
        Self::made(case, judged)
    }
}
