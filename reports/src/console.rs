//! The summary that a run prints, and the live line before it.

use std::{collections::BTreeMap, fmt::Write as _};

use anstyle::{AnsiColor, Effects, Style as Paint};
use serde_json::Value;

use crate::{
    CaseResult, Disposition, Finding, Overlay, Results, RuleRef, Verdict,
    text::{clean, clip, counted, duration, listed, wrap},
};

/// How [`summary`] draws.
#[derive(Clone, Copy, Debug)]
pub struct Style<'a> {
    /// Whether to colour with ANSI escapes.
    pub color: bool,
    /// Columns to fill; values below 60 count as 60. Commands to paste are never broken.
    pub width: usize,
    /// Directory that holds the report files, for the last line and for the paths of transcripts.
    pub report: Option<&'a str>,
}

impl Default for Style<'_> {
    fn default() -> Self {
        Self { color: false, width: 100, report: None }
    }
}

const RED: Paint = AnsiColor::Red.on_default().effects(Effects::BOLD);
const GREEN: Paint = AnsiColor::Green.on_default().effects(Effects::BOLD);
const YELLOW: Paint = AnsiColor::Yellow.on_default();
const DIM: Paint = Paint::new().effects(Effects::DIMMED);
const BOLD: Paint = Paint::new().effects(Effects::BOLD);

/// Transcript lines shown per failure.
const TAIL: usize = 6;
/// Lines of stderr shown per crash or hang.
const STDERR_TAIL: usize = 4;
/// Column of the text behind a label.
const INDENT: usize = 16;

/// The summary of a run: failures in full, everything else folded, totals, the result sentence.
///
/// ```
/// # fn show(results: &rtmp_report::Results) {
/// use rtmp_report::{Style, console};
/// print!("{}", console::summary(results, Style { color: true, width: 100, report: Some(".rtmpspec/last") }));
/// # }
/// ```
pub fn summary(results: &Results, style: Style<'_>) -> String {
    let mut page = Page { out: String::new(), style: Style { width: style.width.max(60), ..style } };
    page.header(results);
    page.failures(results);
    page.blocked(results);
    page.expected(results);
    page.stale(results);
    page.findings(results);
    page.lenient(results);
    page.not_judged(results);
    page.totals(results);
    page.result(results);
    page.out
}

/// One line for a terminal while a run is under way; at most 79 columns, no line feed, no escapes.
///
/// ```
/// assert_eq!(rtmp_report::progress_line(7, 120, 1, "chunk/abort/drops"), "[  7/120] 1 failed  chunk/abort/drops");
/// ```
pub fn progress_line(done: usize, total: usize, failed: usize, current: &str) -> String {
    let digits = total.to_string().len();
    let failed = if failed == 0 { String::new() } else { format!(" {failed} failed ") };
    clip(format!("[{done:>digits$}/{total}]{failed} {}", clean(&clip(current, 79))).trim_end(), 79)
}

struct Page<'a> {
    out: String,
    style: Style<'a>,
}

impl Page<'_> {
    fn paint(&self, paint: Paint, text: &str) -> String {
        if self.style.color {
            format!("{}{text}{}", paint.render(), paint.render_reset())
        } else {
            text.into()
        }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn heading(&mut self, title: &str, note: &str) {
        let note = clip(note, self.style.width.saturating_sub(title.chars().count() + 1));
        let heading = format!("\n{} {}", self.paint(BOLD, title), self.paint(DIM, &note));
        self.line(&heading);
    }

    /// `label:` and a text over at most `max` lines.
    fn labelled(&mut self, label: &str, text: &str, max: usize) {
        let text = clean(text);
        let text = if text.is_empty() { "(nothing)" } else { &text };
        for (i, part) in wrap(text, self.style.width - INDENT, max).iter().enumerate() {
            self.row(if i == 0 { label } else { "" }, part, Paint::new());
        }
    }

    fn row(&mut self, label: &str, text: &str, paint: Paint) {
        let label = if label.is_empty() { String::new() } else { format!("{label}:") };
        let row = format!("      {}{}", self.paint(DIM, &format!("{label:<10}")), self.paint(paint, text));
        self.line(&row);
    }

    fn header(&mut self, results: &Results) {
        let target = &results.target;
        let head = format!(
            "{} {}  {}  ({}, {})",
            clean(&results.tool.name),
            clean(&results.tool.version),
            clean(&target.url),
            target.kind,
            counted(results.run.selected, "case")
        );
        let head = self.paint(BOLD, &clip(&head, self.style.width));
        self.line(&head);
        let probe = probe_line(&target.probe, target.fidelity.as_deref());
        if !probe.is_empty() {
            let probe = clip(&format!("probe: {probe}"), self.style.width);
            let probe = self.paint(DIM, &probe);
            self.line(&probe);
        }
    }

    fn failures(&mut self, results: &Results) {
        let mut areas: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
        for case in &results.cases {
            if matches!(case.disposition(), Disposition::Failed | Disposition::Errored) {
                areas.entry(&case.area).or_default().push(case);
            }
        }
        let whole_run: Vec<&Finding> = results.findings.iter().filter(|finding| finding.counts).collect();
        if areas.is_empty() && whole_run.is_empty() {
            return;
        }
        let failures = areas.values().map(Vec::len).sum::<usize>() + whole_run.len();
        self.heading("FAILURES", &format!("({failures})"));
        for finding in whole_run {
            let text = clip(&clean(&finding.code), self.style.width - 12);
            let text = format!("\n  {} {}", self.paint(RED, "WHOLE RUN"), self.paint(BOLD, &text));
            self.line(&text);
            self.labelled("got", &finding.text, 3);
            if !finding.cases.is_empty() {
                let ids: Vec<&str> = finding.cases.iter().map(String::as_str).collect();
                self.labelled("cases", &listed(&ids, 3 * (self.style.width - INDENT)), 4);
            }
        }
        for (area, cases) in areas {
            let area = format!("\n{}", self.paint(BOLD, &clip(&clean(area), self.style.width)));
            self.line(&area);
            for (i, case) in cases.into_iter().enumerate() {
                if i > 0 {
                    self.line("");
                }
                self.failure(case);
            }
        }
    }

    fn failure(&mut self, case: &CaseResult) {
        let verdict = case.verdict.as_str().to_uppercase();
        let room = self.style.width.saturating_sub(verdict.len() + 5);
        let facts = format!("  ({}, {})", case.level, duration(case.ms));
        let id = clip(&clean(&case.id), room.saturating_sub(facts.chars().count()).max(20));
        let head =
            format!("  {}  {}{}", self.paint(RED, &verdict), self.paint(BOLD, &id), self.paint(DIM, &facts));
        self.line(&head);
        for part in wrap(&clean(&case.title), self.style.width - 6, 2) {
            self.line(&format!("      {part}"));
        }
        for (i, rule) in case.rules.iter().enumerate() {
            self.rule(rule, i == 0);
        }
        if !(case.expected.is_empty() && case.seen.is_empty()) {
            self.labelled("expected", &case.expected, 3);
            self.labelled("got", &case.seen, 3);
        }
        let cause = cause(case);
        if !cause.is_empty() {
            self.labelled("cause", &cause, 3);
        }
        if case.overlay == Some(Overlay::Flaky) {
            self.labelled("flaky", &attempts(case), 2);
        }
        self.lines("wire", &case.transcript_tail, TAIL);
        if matches!(case.verdict, Verdict::Crashed | Verdict::Hung) {
            self.lines("stderr", &case.stderr_tail, STDERR_TAIL);
        }
        if let Some(transcript) = &case.transcript {
            let path = match self.style.report {
                Some(dir) => format!("{}/{transcript}", dir.trim_end_matches('/')),
                None => transcript.clone(),
            };
            self.row("see", &clean(&path), Paint::new());
        }
        self.row("rerun", &clean(&case.rerun), BOLD);
    }

    fn rule(&mut self, rule: &RuleRef, first: bool) {
        let head = format!("{} {} {}", clean(&rule.id), level_words(rule), clean(&rule.source));
        if first {
            self.labelled("rule", &head, 2);
            for part in wrap(&clean(&rule.text), self.style.width - INDENT, 3) {
                self.row("", &part, Paint::new());
            }
        } else {
            self.labelled("also", &head, 1);
        }
    }

    fn lines(&mut self, label: &str, lines: &[String], max: usize) {
        let shown = &lines[lines.len().saturating_sub(max)..];
        for (i, line) in shown.iter().enumerate() {
            let line = clip(&clean(&clip(line, 400)), self.style.width - INDENT);
            self.row(if i == 0 { label } else { "" }, &line, Paint::new());
        }
    }

    /// Blocked cases whose blocker the baseline does not expect: they reach the exit code.
    fn blocked(&mut self, results: &Results) {
        let blocked = results.cases.iter().filter(|case| is_new_block(case));
        let folded = fold(blocked, |case| {
            case.blocked_by.clone().or_else(|| case.because.clone()).unwrap_or_else(|| "unknown".into())
        });
        self.folded("BLOCKED", "(not judged; counted because the obstacle is not in the baseline)", &folded);
    }

    fn expected(&mut self, results: &Results) {
        let expected = results.cases.iter().filter(|case| case.disposition() == Disposition::Expected);
        let note = results.baseline.as_ref().map_or(String::new(), |baseline| {
            format!(
                "(baseline {}: {} of {} held)",
                clean(&baseline.path),
                baseline.matched,
                counted_entries(baseline.entries)
            )
        });
        self.folded("EXPECTED FAILURES", &note, &fold(expected, code));
    }

    fn stale(&mut self, results: &Results) {
        let Some(baseline) = &results.baseline else { return };
        if !baseline.stale.is_empty() {
            self.heading("STALE BASELINE ENTRIES", &format!("({})", baseline.stale.len()));
            for entry in &baseline.stale {
                let because = entry.because.as_deref().map_or(String::new(), |code| format!(" {code}"));
                let text = format!(
                    "{} ({}{because}): {}; reason was: {}",
                    entry.case, entry.outcome, entry.why, entry.reason
                );
                for (i, part) in wrap(&clean(&text), self.style.width - 4, 3).iter().enumerate() {
                    let part = format!("{}{part}", if i == 0 { "  " } else { "    " });
                    let part = self.paint(YELLOW, &part);
                    self.line(&part);
                }
            }
        }
        if !baseline.quarantined.is_empty() {
            self.heading("QUARANTINED", "(kept from running by the baseline)");
            for entry in &baseline.quarantined {
                let text = clip(&clean(&format!("  {}: {}", entry.case, entry.reason)), self.style.width);
                self.line(&text);
            }
        }
    }

    fn findings(&mut self, results: &Results) {
        let cases: Vec<&CaseResult> =
            results.cases.iter().filter(|case| case.disposition() == Disposition::Finding).collect();
        let notes: Vec<&Finding> = results.findings.iter().filter(|finding| !finding.counts).collect();
        if cases.is_empty() && notes.is_empty() {
            return;
        }
        self.heading("FINDINGS", "(not counted)");
        for finding in notes {
            let level = finding.level.map_or("note", |level| level.as_str());
            let text =
                clip(&clean(&format!("{level:<9} {}: {}", finding.code, finding.text)), self.style.width - 2);
            self.line(&format!("  {text}"));
        }
        for case in cases {
            let text = format!("{:<9} {}  {}", case.level, case.id, cause(case));
            let text = clip(&clean(&text), self.style.width - 2);
            self.line(&format!("  {text}"));
        }
    }

    fn lenient(&mut self, results: &Results) {
        let lenient = results.cases.iter().filter(|case| case.verdict == Verdict::Lenient);
        self.folded("LENIENT", "(tolerated, not called passed)", &fold(lenient, code));
    }

    fn not_judged(&mut self, results: &Results) {
        let rest = results
            .cases
            .iter()
            .filter(|case| case.disposition() == Disposition::Ignored && !is_new_block(case));
        let folded = fold(rest, |case| match (&case.blocked_by, case.verdict) {
            (Some(by), Verdict::Blocked) => format!("blocked by {by}"),
            _ => format!("{}: {}", case.verdict, code(case)),
        });
        self.folded("NOT JUDGED", "", &folded);
    }

    /// One line per group: how many, why, which.
    fn folded(&mut self, title: &str, note: &str, groups: &[(String, Vec<&str>)]) {
        if groups.is_empty() {
            return;
        }
        self.heading(title, note);
        let widest = groups.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(36);
        for (name, ids) in groups {
            let name = clip(name, 36);
            let room = self.style.width.saturating_sub(widest + 10);
            let row = format!("  {:>4}  {name:<widest$}  {}", ids.len(), listed(ids, room));
            self.line(&row);
        }
    }

    fn totals(&mut self, results: &Results) {
        let sum = &results.summary;
        let run = if results.run.interrupted {
            format!(
                "({} of {} selected, {})",
                sum.total,
                results.run.selected,
                duration(results.run.ms as f64)
            )
        } else {
            format!("({}, {})", counted(sum.total, "case"), duration(results.run.ms as f64))
        };
        self.heading("TOTALS", &run);
        let mut line = format!(
            "  {}",
            self.paint(if sum.pass > 0 { GREEN } else { DIM }, &format!("{} passed", sum.pass))
        );
        let failed =
            self.paint(if sum.new_failures > 0 { RED } else { DIM }, &format!("{} failed", sum.fail));
        let _ = write!(line, "   {failed}");
        for (n, name) in [(sum.crashed, "crashed"), (sum.hung, "hung"), (sum.harness_fault, "harness-fault")]
        {
            if n > 0 {
                let _ = write!(line, "   {}", self.paint(RED, &format!("{n} {name}")));
            }
        }
        self.line(&line);
        let failing = sum.fail + sum.crashed + sum.hung;
        if failing > 0 {
            let not_counted = failing.saturating_sub(sum.new_failures + sum.expected_failures);
            self.line(&format!(
                "  failures: {} new, {} expected, {not_counted} not counted",
                sum.new_failures, sum.expected_failures
            ));
        }
        let apart = format!(
            "not called passed: {} lenient, {} info, {} unsupported, {} skipped, {} blocked",
            sum.lenient, sum.info, sum.unsupported, sum.skipped, sum.blocked
        );
        for part in wrap(&apart, self.style.width - 2, 3) {
            let part = self.paint(DIM, &format!("  {part}"));
            self.line(&part);
        }
        let stale = results.baseline.as_ref().map_or(0, |baseline| baseline.stale.len()).max(sum.stale);
        let mut oddities = Vec::new();
        if stale > 0 {
            oddities.push(format!("{stale} stale"));
        }
        if sum.flaky > 0 {
            oddities.push(format!("{} flaky", sum.flaky));
        }
        if results.target.restarts > 0 {
            oddities.push(format!("target restarted {}", counted(results.target.restarts as usize, "time")));
        }
        if !oddities.is_empty() {
            let oddities = self.paint(YELLOW, &format!("  {}", oddities.join("   ")));
            self.line(&oddities);
        }
    }

    fn result(&mut self, results: &Results) {
        let sum = &results.summary;
        self.line("");
        let sentence = clean(&format!("result: {} (exit {})", sum.exit_meaning, sum.exit_code));
        let paint = match sum.exit_code {
            0 => GREEN,
            3 | 4 | 130 => YELLOW.effects(Effects::BOLD),
            _ => RED,
        };
        let sentence = self.paint(paint, &sentence);
        self.line(&sentence);
        if let Some(dir) = self.style.report {
            self.line(&format!("report: {}", clean(dir)));
        }
    }
}

/// `pass 17, fail 3 of 20`.
pub(crate) fn attempts(case: &CaseResult) -> String {
    if case.attempts.is_empty() {
        return "repetitions differ".into();
    }
    let counts: Vec<String> = Verdict::ALL
        .iter()
        .map(|verdict| (verdict, case.attempts.iter().filter(|attempt| *attempt == verdict).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(verdict, n)| format!("{verdict} {n}"))
        .collect();
    format!("{} of {}", counts.join(", "), case.attempts.len())
}

/// Cause code and sentence.
pub(crate) fn cause(case: &CaseResult) -> String {
    match (&case.because, &case.detail) {
        (Some(code), Some(detail)) => format!("{code}: {detail}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => String::new(),
    }
}

/// Cause code as the name of a group.
pub(crate) fn code(case: &CaseResult) -> String {
    case.because.clone().or_else(|| case.detail.clone()).unwrap_or_else(|| "no cause given".into())
}

/// Groups in order of size, then of first appearance.
pub(crate) fn fold<'a>(
    cases: impl Iterator<Item = &'a CaseResult>,
    name: impl Fn(&CaseResult) -> String,
) -> Vec<(String, Vec<&'a str>)> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    let mut index = BTreeMap::new();
    for case in cases {
        let name = clean(&name(case));
        let at = *index.entry(name.clone()).or_insert_with(|| {
            groups.push((name, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(&case.id);
    }
    groups.sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len()));
    groups
}

/// Whether the case is Blocked by something that the baseline does not expect.
pub(crate) fn is_new_block(case: &CaseResult) -> bool {
    case.verdict == Verdict::Blocked
        && case.counts
        && !matches!(case.overlay, Some(Overlay::Expected | Overlay::Stale))
}

/// The level of a rule; a habit of the field is never called non-conformant.
fn level_words(rule: &RuleRef) -> &'static str {
    match rule.level {
        crate::Level::DeFacto => "de-facto (interoperability)",
        level => level.as_str(),
    }
}

fn counted_entries(n: usize) -> String {
    if n == 1 { "1 entry".into() } else { format!("{n} entries") }
}

/// The probe in one line: its own `summary`, or else its plain members.
pub(crate) fn probe_line(probe: &Value, fidelity: Option<&str>) -> String {
    let mut parts = Vec::new();
    match probe.get("summary").and_then(Value::as_str) {
        Some(summary) => parts.push(clean(&clip(summary, 400))),
        None => {
            for (name, value) in probe.as_object().into_iter().flatten().take(40) {
                let name = clean(&clip(name, 40)).replace('_', " ");
                match value {
                    Value::Bool(true) => parts.push(name),
                    Value::Bool(false) => parts.push(format!("no {name}")),
                    Value::Number(number) => parts.push(format!("{name} {number}")),
                    Value::String(text) => parts.push(format!("{name} {}", clean(&clip(text, 80)))),
                    _ => {}
                }
            }
        }
    }
    if let Some(fidelity) = fidelity.filter(|class| !parts.iter().any(|part| part.contains(class))) {
        parts.push(format!("relay {}", clean(fidelity)));
    }
    parts.join(", ")
}
