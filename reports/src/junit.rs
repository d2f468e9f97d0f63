//! JUnit XML: one test suite per area, one test case per case.
//!
//! | case | in JUnit |
//! |---|---|
//! | pass, lenient, info | passed; lenient and info say so in `system-out` |
//! | failure that the baseline expects | passed, with the reason in `system-out` |
//! | failure at a level that does not count | passed, with the finding in `system-out` |
//! | unsupported, skipped, blocked | `skipped` with the reason |
//! | fail, crashed, hung | `failure` with the cause code as type |
//! | harness-fault | `error` |
//!
//! Findings about the whole run that count stand in a test suite `run`.

use std::{collections::BTreeMap, time::Duration};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{
    CaseResult, Disposition, Overlay, Results, Verdict,
    console::{attempts, cause, is_new_block},
    text::{clean, clip},
};

/// Characters kept of one line from a peer.
const LINE: usize = 1000;

/// Renders the report as an XML document that satisfies `schema/junit.xsd`.
pub fn render(results: &Results) -> String {
    let mut report = Report::new(clean(&results.tool.name));
    report.timestamp = results.run.started.parse().ok();
    report.set_time(Duration::from_millis(results.run.ms));
    let mut areas: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for case in &results.cases {
        areas.entry(&case.area).or_default().push(case);
    }
    if let Some(suite) = whole_run(results) {
        report.add_test_suite(suite);
    }
    for (area, cases) in areas {
        let mut suite = TestSuite::new(clean(area));
        suite.timestamp = report.timestamp;
        suite.set_time(cases.iter().map(|case| millis(case.ms)).sum());
        suite.add_property(("target", clean(&results.target.url).as_str()));
        suite.add_property(("target-kind", results.target.kind.as_str()));
        suite.add_property(("seed", results.run.seed.to_string().as_str()));
        suite.add_test_cases(cases.into_iter().map(test_case));
        report.add_test_suite(suite);
    }
    report.to_string().expect("writing XML into memory does not fail")
}

fn whole_run(results: &Results) -> Option<TestSuite> {
    let mut suite = TestSuite::new("run");
    suite.timestamp = results.run.started.parse().ok();
    for finding in results.findings.iter().filter(|finding| finding.counts) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let text = clip(&clean(&finding.text), LINE);
        status.set_type(clean(&finding.code)).set_message(text.clone());
        let cases: Vec<String> = finding.cases.iter().map(|id| clean(id)).collect();
        status.set_description(format!("{text}\ncases: {}", cases.join(", ")));
        let mut case = TestCase::new(clean(&finding.code), status);
        case.set_classname("run");
        suite.add_test_case(case);
    }
    (!suite.test_cases.is_empty()).then_some(suite)
}

fn test_case(case: &CaseResult) -> TestCase {
    let (status, note) = match case.disposition() {
        Disposition::Ok => (TestCaseStatus::success(), ok_note(case)),
        Disposition::Expected => {
            let reason = case.baseline_reason.as_deref().unwrap_or("no reason given");
            let stale = if case.overlay == Some(Overlay::Stale) { " (the entry is stale)" } else { "" };
            let note = format!("failure expected by the baseline{stale}: {reason}\n{}", one_line(case));
            (TestCaseStatus::success(), Some(note))
        }
        Disposition::Finding => {
            let note = format!("finding at level {}, not counted\n{}", case.level, one_line(case));
            (TestCaseStatus::success(), Some(note))
        }
        Disposition::Ignored => {
            let mut status = TestCaseStatus::skipped();
            status.set_type(case.verdict.as_str()).set_message(block(&skip_reason(case)));
            (status, None)
        }
        Disposition::Failed => (non_success(case, NonSuccessKind::Failure), None),
        Disposition::Errored => (non_success(case, NonSuccessKind::Error), None),
    };
    let mut test = TestCase::new(clean(&case.id), status);
    test.set_classname(clean(&case.area)).set_time(millis(case.ms));
    if let Some(note) = note {
        test.set_system_out(block(&note));
    }
    if !case.stderr_tail.is_empty() {
        test.set_system_err(lines(&case.stderr_tail));
    }
    test
}

fn ok_note(case: &CaseResult) -> Option<String> {
    let mut note = match case.verdict {
        Verdict::Lenient | Verdict::Info => format!("{}: {}", case.verdict, one_line(case)),
        _ => String::new(),
    };
    match case.overlay {
        Some(Overlay::Stale) => note.push_str("\nthe baseline expects a failure here: stale entry"),
        Some(Overlay::Flaky) => note.push_str(&format!("\nflaky: {}", attempts(case))),
        _ => {}
    }
    (!note.is_empty()).then(|| note.trim_start().to_owned())
}

fn skip_reason(case: &CaseResult) -> String {
    let by = case.blocked_by.as_deref().map_or(String::new(), |by| format!(" by {by}"));
    let new = if is_new_block(case) { " (not in the baseline, counts)" } else { "" };
    let cause = cause(case);
    let colon = if cause.is_empty() { "" } else { ": " };
    format!("{}{by}{new}{colon}{cause}", case.verdict)
}

fn non_success(case: &CaseResult, kind: NonSuccessKind) -> TestCaseStatus {
    let mut text = vec![format!("{} ({})", case.title, case.level)];
    text.extend(
        case.rules
            .iter()
            .map(|rule| format!("rule: {} {} {}: {}", rule.id, rule.level, rule.source, rule.text)),
    );
    if !(case.expected.is_empty() && case.seen.is_empty()) {
        text.push(format!("expected: {}", case.expected));
        text.push(format!("got: {}", case.seen));
    }
    text.push(format!("cause: {}", cause(case)));
    if case.overlay == Some(Overlay::Flaky) {
        text.push(format!("flaky: {}", attempts(case)));
    }
    text.push(format!("rerun: {}", case.rerun));
    if !case.transcript_tail.is_empty() {
        text.push("transcript, last lines:".into());
        text.extend(case.transcript_tail.iter().map(|line| format!("  {line}")));
    }
    if let Some(transcript) = &case.transcript {
        text.push(format!("transcript: {transcript}"));
    }
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_type(clean(case.because.as_deref().unwrap_or(case.verdict.as_str())))
        .set_message(clip(&clean(&format!("{}: {}", case.verdict, one_line(case))), LINE))
        .set_description(lines(&text));
    status
}

fn one_line(case: &CaseResult) -> String {
    if case.expected.is_empty() && case.seen.is_empty() {
        return cause(case);
    }
    format!(
        "expected {}; got {} [{}]",
        case.expected,
        case.seen,
        case.because.as_deref().unwrap_or("no cause given")
    )
}

/// Keeps the line breaks of a text made here, escapes everything else.
fn block(text: &str) -> String {
    text.split('\n').map(|line| clip(&clean(line), LINE)).collect::<Vec<_>>().join("\n")
}

/// One line per item, each fully escaped.
fn lines(items: &[String]) -> String {
    items.iter().map(|line| clip(&clean(line), LINE)).collect::<Vec<_>>().join("\n")
}

fn millis(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default()
}
