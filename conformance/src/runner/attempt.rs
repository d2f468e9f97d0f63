//! One attempt at one case, in a task of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Outcome;
use crate::case::{Case, Company};
use crate::outcome::{Judged, Stop, derive, expect, want};
use crate::stage::Stage;

/// Returns when the run is interrupted.
pub(super) async fn raised(stop: &mut tokio::sync::watch::Receiver<bool>) {
    if stop.wait_for(|raised| *raised).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The outcome of a task; a panic is a harness fault and not the end of the run.
pub(super) fn finished(
    joined: Result<(tokio::task::Id, Outcome), tokio::task::JoinError>,
    names: &BTreeMap<tokio::task::Id, &'static Case>,
) -> Outcome {
    match joined {
        Ok((_, outcome)) => outcome,
        Err(error) => harness_fault(names[&error.id()], &error),
    }
}

pub(super) fn harness_fault(case: &'static Case, error: &tokio::task::JoinError) -> Outcome {
    Outcome::made(case, derive(&[], Some(&Stop::Harness(error.to_string()))))
}

/// [`attempt`] in a task of its own; `None` if the run is interrupted first.
pub(super) async fn guarded(
    case: &'static Case,
    stage: Stage,
    stop: &mut tokio::sync::watch::Receiver<bool>,
) -> Option<Outcome> {
    let mut task = tokio::spawn(attempt(case, stage));
    tokio::select! {
        joined = &mut task => Some(joined.unwrap_or_else(|error| harness_fault(case, &error))),
        () = raised(stop) => {
            task.abort();
            let _ = task.await;
            None
        }
    }
}

/// One attempt at one case.
pub(super) async fn attempt(case: &'static Case, mut stage: Stage) -> Outcome {
    let began = Instant::now();
    let limit = stage.patience * 20 + Duration::from_secs(10);
    let transcript = Arc::clone(&stage.transcript);
    let mut stop = match tokio::time::timeout(limit, (case.run)(&mut stage)).await {
        Ok(step) => step.err(),
        // Every wait of a case ends with its patience: it is the target that makes so many of them long.
        Err(_) => {
            Some(Stop::blocked("the case as a whole", format!("not over within {} s", limit.as_secs())))
        }
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
