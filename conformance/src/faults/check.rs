//! Proves that cases can fail: each fault is planted into an embedded reference server of its own, and its cases
//! have to fail with the declared cause while every other case stays as it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Fault;
use crate::case::Case;
use crate::outcome::Verdict;
use crate::probe::Probe;
use crate::runner::{self, Options};
use crate::target::{Target, fresh_names};

/// What came of planting one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// The fault's id.
    pub fault: &'static str,
    /// What is wrong: a case that did not fail as declared, or another that changed. Empty if all is well.
    pub problems: Vec<String>,
    /// Cases that ran.
    pub ran: usize,
}

/// Which cases run beside the fault's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nobody.
    Nobody,
    /// The other cases of the areas that its cases are in.
    Area,
    /// The whole catalogue.
    Everybody,
}

/// Plants one fault and judges the server with it.
///
/// # Errors
/// When the embedded server cannot be started.
pub async fn plant(fault: &'static Fault, beside: Beside, options: &Options) -> Result<Planted, String> {
    let all = crate::cases::all();
    let areas: BTreeSet<&str> = fault.cases.iter().filter_map(|(id, _)| id.split('/').next()).collect();
    let named = |case: &Case| fault.cases.iter().any(|(id, _)| *id == case.id);
    let selected: Vec<&'static Case> = all
        .iter()
        .copied()
        .filter(|case| {
            named(case)
                || match beside {
                    Beside::Nobody => false,
                    Beside::Area => areas.contains(case.area()),
                    Beside::Everybody => true,
                }
        })
        .collect();
    let plant = fault.plant;
    let mut target = Target::embedded(Some(Arc::new(plant)), fresh_names()).await?;
    // The honest probe: the control run must not learn from the fault what the target cannot do.
    let probe = Arc::new(honest_probe(options).await?);
    let (_keep, stop) = tokio::sync::watch::channel(false);
    let options = Options { allow_hostile: true, ..options.clone() };
    let report = runner::run(&all, &selected, &mut target, probe, &options, stop, |_| {}).await;
    target.shut_down().await;
    let mut problems = Vec::new();
    for (id, _) in fault.cases {
        if !all.iter().any(|c| c.id == *id) {
            problems.push(format!("names {id}, which does not exist"));
        }
    }
    if fault.cases.is_empty() || fault.cases.len() > 5 {
        problems.push(format!("names {} cases instead of one to five", fault.cases.len()));
    }
    for outcome in &report.outcomes {
        let judged = &outcome.judged;
        let because = judged.because.as_deref().unwrap_or("-");
        let declared = fault.cases.iter().find(|(id, _)| *id == outcome.case.id).map(|(_, cause)| *cause);
        let well = match declared {
            Some(cause) => {
                let hang_is_the_rule = cause == "barrier-unanswered" && judged.verdict == Verdict::Hung;
                because == cause && (judged.verdict == Verdict::Fail || hang_is_the_rule)
            }
            None => {
                !judged.verdict.is_bad()
                    && judged.verdict != Verdict::HarnessFault
                    && (judged.verdict != Verdict::Blocked || outcome.blocked_by.is_some())
            }
        };
        if !well {
            problems.push(format!(
                "{} ended as {} because {because} instead of {}: {}",
                outcome.case.id,
                judged.verdict.word(),
                declared.map_or("staying as it is".to_owned(), |cause| format!("fail because {cause}")),
                judged.detail.as_deref().unwrap_or("-")
            ));
        }
    }
    Ok(Planted { fault: fault.id, problems, ran: report.outcomes.len() })
}

async fn honest_probe(options: &Options) -> Result<Probe, String> {
    let target = Target::embedded(None, fresh_names()).await?;
    let probe = Probe::run(&target.place(), options.patience, options.seed, &target.counter()).await;
    target.shut_down().await;
    match probe.failed_step() {
        None => Ok(probe),
        Some(step) => Err(format!("the clean reference fails at {}: {}", step.name, step.detail)),
    }
}

/// Cases that no fault names: they are not finished.
#[must_use]
pub fn unproven() -> Vec<&'static str> {
    let proven: BTreeSet<&str> =
        super::all().iter().flat_map(|f| f.cases.iter().map(|(id, _)| *id)).collect();
    crate::cases::all().iter().map(|c| c.id).filter(|id| !proven.contains(id)).collect()
}
