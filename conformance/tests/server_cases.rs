//! Every server case under its own name, against the embedded reference or against `RTMPSPEC_TARGET`.
//!
//! `RTMPSPEC_TARGET=rtmp://...`, `RTMPSPEC_BASELINE`, `RTMPSPEC_PROFILE`, `RTMPSPEC_LEVEL` and
//! `RTMPSPEC_STREAM` mirror the options of `rtmpspec server`. Outcomes: pass, lenient, info and failures that
//! the baseline expects are ok; unsupported, skipped and blocked are ignored with the reason; the rest fails.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rtmp_report::{CaseResult, Disposition};
use rtmpspec::case::{Level, Profile};
use rtmpspec::suite::{Judgement, Suite, SuiteError};
use rtmpspec::target::{Address, Wanted};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = match suite() {
        Ok(suite) => suite,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::from(2);
        }
    };
    if arguments.list {
        let trials = listed(&suite).into_iter().map(|id| Trial::test(id, || Ok(()))).collect();
        return libtest_mimic::run(&arguments, trials).exit_code();
    }
    // The cases run together, as the runner wants them (shared ones in parallel, hostile ones alone, what they
    // come after first); the trials then only tell what came of each.
    let wanted: Vec<String> = listed(&suite).into_iter().filter(|id| is_wanted(&arguments, id)).collect();
    if wanted.is_empty() {
        return libtest_mimic::run(&arguments, Vec::new()).exit_code();
    }
    match judge(suite.select(wanted)) {
        Ok(judged) => libtest_mimic::run(&arguments, trials(&judged)).exit_code(),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit)
        }
    }
}

fn suite() -> Result<Suite, String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let wanted = match variable("RTMPSPEC_TARGET") {
        None => Wanted::Embedded,
        Some(url) => {
            Wanted::Url(Address::parse(&url).map_err(|why| format!("RTMPSPEC_TARGET={url}: {why}"))?)
        }
    };
    let mut suite = Suite::new(wanted);
    suite.stream = variable("RTMPSPEC_STREAM");
    suite.baseline = variable("RTMPSPEC_BASELINE").map(Into::into);
    if let Some(list) = variable("RTMPSPEC_LEVEL") {
        suite.levels = list
            .split(',')
            .map(|w| Level::parse(w.trim()).ok_or_else(|| format!("RTMPSPEC_LEVEL: `{w}` is no level")))
            .collect::<Result<_, _>>()?;
    }
    if let Some(list) = variable("RTMPSPEC_PROFILE") {
        suite.profiles = list
            .split(',')
            .map(|w| Profile::parse(w.trim()).ok_or_else(|| format!("RTMPSPEC_PROFILE: `{w}` is no profile")))
            .collect::<Result<_, _>>()?;
    }
    Ok(suite)
}

fn listed(suite: &Suite) -> Vec<String> {
    suite.selected().map(|cases| cases.iter().map(|c| c.id.to_owned()).collect()).unwrap_or_default()
}

/// The filters of the libtest command line.
fn is_wanted(arguments: &Arguments, id: &str) -> bool {
    let hit = |pattern: &String| if arguments.exact { id == pattern } else { id.contains(pattern.as_str()) };
    arguments.filter.as_ref().is_none_or(hit) && !arguments.skip.iter().any(hit)
}

fn judge(suite: Suite) -> Result<Judgement, SuiteError> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|e| SuiteError { exit: 6, text: format!("no runtime: {e}") })?;
    runtime.block_on(suite.run(|_| {}))
}

fn trials(judged: &Judgement) -> Vec<Trial> {
    let reports: BTreeMap<&str, Arc<CaseResult>> =
        judged.results.cases.iter().map(|c| (c.id.as_str(), Arc::new(c.clone()))).collect();
    reports
        .into_iter()
        .map(|(id, case)| {
            let told = Arc::clone(&case);
            Trial::ignorable_test(id, move || outcome(&told))
        })
        .collect()
}

fn outcome(case: &CaseResult) -> Result<Completion, Failed> {
    match case.disposition() {
        Disposition::Ok | Disposition::Expected | Disposition::Finding => Ok(Completion::Completed),
        Disposition::Ignored => {
            let detail = one_line(case.detail.as_deref().unwrap_or_default());
            Ok(Completion::ignored_with(format!("{}: {detail}", case.verdict)))
        }
        Disposition::Failed | Disposition::Errored => Err(Failed::from(format!(
            "{} because {}\n  expected {}\n  got      {}\n  {}\n  rerun: {}",
            case.verdict,
            case.because.as_deref().unwrap_or("-"),
            case.expected,
            case.seen,
            case.transcript_tail.join("\n  "),
            case.rerun,
        ))),
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect()
}
