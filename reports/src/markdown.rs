//! Markdown (GitHub flavour): a summary table, failures grouped by cause, the rest folded.

use std::fmt::Write as _;

use crate::{
    CaseResult, Disposition, Results, Verdict,
    console::{attempts, cause, code, fold, is_new_block, probe_line},
    text::{clean, clip, counted, duration},
};

/// Characters kept of one string from a peer.
const CELL: usize = 300;
/// Ids named per group.
const IDS: usize = 40;

/// Renders the report.
pub fn render(results: &Results) -> String {
    let mut out = String::new();
    header(&mut out, results);
    totals(&mut out, results);
    failures(&mut out, results);
    folded(
        &mut out,
        "Blocked by something the baseline does not expect",
        &fold(results.cases.iter().filter(|case| is_new_block(case)), |case| {
            case.blocked_by.clone().unwrap_or_else(|| code(case))
        }),
    );
    folded(
        &mut out,
        "Expected failures",
        &fold(results.cases.iter().filter(|case| case.disposition() == Disposition::Expected), code),
    );
    baseline(&mut out, results);
    findings(&mut out, results);
    folded(
        &mut out,
        "Lenient",
        &fold(results.cases.iter().filter(|case| case.verdict == Verdict::Lenient), code),
    );
    folded(
        &mut out,
        "Recorded, not judged",
        &fold(results.cases.iter().filter(|case| case.verdict == Verdict::Info), code),
    );
    let ignored =
        results.cases.iter().filter(|case| case.disposition() == Disposition::Ignored && !is_new_block(case));
    folded(
        &mut out,
        "Not run to a verdict",
        &fold(ignored, |case| match (&case.blocked_by, case.verdict) {
            (Some(by), Verdict::Blocked) => format!("blocked by {by}"),
            _ => format!("{}: {}", case.verdict, code(case)),
        }),
    );
    out
}

fn header(out: &mut String, results: &Results) {
    let sum = &results.summary;
    let _ = writeln!(out, "# {}: {}\n", text(&results.tool.name), text(&sum.exit_meaning));
    let _ = writeln!(out, "| | |\n|---|---|");
    let mut row = |name: &str, value: String| {
        let _ = writeln!(out, "| {name} | {value} |");
    };
    row("target", format!("{} ({})", code_cell(&results.target.url), results.target.kind));
    let probe = probe_line(&results.target.probe, results.target.fidelity.as_deref());
    if !probe.is_empty() {
        row("probe", text(&probe));
    }
    row("tool", text(&format!("{} {}", results.tool.name, results.tool.version)));
    row("started", text(&results.run.started));
    row("duration", duration(results.run.ms as f64));
    row("command", code_cell(&results.run.command.join(" ")));
    row(
        "levels that count",
        results.run.levels.iter().map(|level| level.as_str()).collect::<Vec<_>>().join(", "),
    );
    row("profiles", text(&results.run.profiles.join(", ")));
    row("seed", results.run.seed.to_string());
    row(
        "environment",
        text(&format!(
            "{} {}, {}",
            results.environment.os,
            results.environment.arch,
            counted(results.environment.cpus, "processor")
        )),
    );
    row("exit code", format!("{} ({})", sum.exit_code, text(&sum.exit_meaning)));
    if results.run.interrupted {
        row("interrupted", format!("{} of {} selected cases ran", sum.total, results.run.selected));
    }
}

fn totals(out: &mut String, results: &Results) {
    let sum = &results.summary;
    let _ = writeln!(out, "\n## Totals\n\n| verdict | cases |\n|---|---:|");
    for verdict in Verdict::ALL {
        let _ = writeln!(out, "| {verdict} | {} |", sum.of(*verdict));
    }
    let _ = writeln!(out, "| **total** | **{}** |", sum.total);
    let _ = writeln!(
        out,
        "\nNew failures: {}. Expected failures: {}. Stale: {}. Flaky: {}.",
        sum.new_failures, sum.expected_failures, sum.stale, sum.flaky
    );
}

fn failures(out: &mut String, results: &Results) {
    let failed: Vec<&CaseResult> = results
        .cases
        .iter()
        .filter(|case| matches!(case.disposition(), Disposition::Failed | Disposition::Errored))
        .collect();
    let whole_run = || results.findings.iter().filter(|finding| finding.counts);
    if failed.is_empty() && whole_run().next().is_none() {
        return;
    }
    let _ = writeln!(out, "\n## Failures");
    for finding in whole_run() {
        let _ = writeln!(out, "\n### {} (whole run)\n\n{}", code_span(&finding.code), text(&finding.text));
        if !finding.cases.is_empty() {
            let _ = writeln!(
                out,
                "\nCases: {}",
                ids(&finding.cases.iter().map(String::as_str).collect::<Vec<_>>())
            );
        }
    }
    for (cause, members) in fold(failed.iter().copied(), code) {
        let _ = writeln!(out, "\n### {} ({})\n", code_span(&cause), counted(members.len(), "case"));
        let _ =
            writeln!(out, "| case | verdict | level | rules | expected | got |\n|---|---|---|---|---|---|");
        let of_cause = || failed.iter().filter(|case| clean(&code(case)) == cause);
        for case in of_cause() {
            let rules: Vec<String> =
                case.rules.iter().map(|rule| text(&format!("{} ({})", rule.id, rule.source))).collect();
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                code_cell(&case.id),
                case.verdict,
                case.level,
                rules.join(", "),
                text(&case.expected),
                code_cell(&case.seen)
            );
        }
        for case in of_cause() {
            details(out, case);
        }
    }
}

fn details(out: &mut String, case: &CaseResult) {
    let _ =
        writeln!(out, "\n<details><summary>{}</summary>\n", html(&format!("{}: {}", case.id, case.title)));
    for rule in &case.rules {
        let _ =
            writeln!(out, "- {} {} {}: {}", text(&rule.id), rule.level, text(&rule.source), text(&rule.text));
    }
    let cause = cause(case);
    if !cause.is_empty() {
        let _ = writeln!(out, "- cause: {}", text(&cause));
    }
    if !case.attempts.is_empty() {
        let _ = writeln!(out, "- attempts: {}", attempts(case));
    }
    let mut lines: Vec<String> = case.transcript_tail.iter().map(|line| clip(&clean(line), CELL)).collect();
    lines.extend(case.stderr_tail.iter().map(|line| format!("stderr: {}", clip(&clean(line), CELL))));
    if !lines.is_empty() {
        fenced(out, &lines);
    }
    fenced(out, &[clean(&case.rerun)]);
    let _ = writeln!(out, "\n</details>");
}

fn baseline(out: &mut String, results: &Results) {
    let Some(baseline) = &results.baseline else { return };
    if !baseline.stale.is_empty() {
        let _ = writeln!(
            out,
            "\n## Stale baseline entries\n\n| case | outcome | because | why | reason |\n|---|---|---|---|---|"
        );
        for entry in &baseline.stale {
            let because = entry.because.as_deref().map_or(String::new(), code_cell);
            let _ = writeln!(
                out,
                "| {} | {} | {because} | {} | {} |",
                code_cell(&entry.case),
                entry.outcome,
                text(&entry.why),
                text(&entry.reason)
            );
        }
    }
    if !baseline.quarantined.is_empty() {
        let _ = writeln!(out, "\n## Quarantined\n\n| case | reason |\n|---|---|");
        for entry in &baseline.quarantined {
            let _ = writeln!(out, "| {} | {} |", code_cell(&entry.case), text(&entry.reason));
        }
    }
}

fn findings(out: &mut String, results: &Results) {
    let cases: Vec<&CaseResult> =
        results.cases.iter().filter(|case| case.disposition() == Disposition::Finding).collect();
    let notes: Vec<_> = results.findings.iter().filter(|finding| !finding.counts).collect();
    if cases.is_empty() && notes.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## Findings (not counted)\n\n| level | what | finding |\n|---|---|---|");
    for finding in notes {
        let level = finding.level.map_or("", |level| level.as_str());
        let _ = writeln!(out, "| {level} | {} | {} |", code_cell(&finding.code), text(&finding.text));
    }
    for case in cases {
        let _ = writeln!(
            out,
            "| {} | {} | {}: {} |",
            case.level,
            code_cell(&case.id),
            case.verdict,
            text(&cause(case))
        );
    }
}

fn folded(out: &mut String, title: &str, groups: &[(String, Vec<&str>)]) {
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## {title}\n\n| n | cause | cases |\n|---:|---|---|");
    for (name, members) in groups {
        let _ = writeln!(out, "| {} | {} | {} |", members.len(), text(name), ids(members));
    }
}

fn ids(ids: &[&str]) -> String {
    let mut out: Vec<String> = ids.iter().take(IDS).map(|id| code_cell(id)).collect();
    if ids.len() > IDS {
        out.push(format!("and {} more", ids.len() - IDS));
    }
    out.join(", ")
}

/// Plain text: nothing in it is markup, a mention, a reference or a link.
fn text(input: &str) -> String {
    let mut out = String::new();
    for c in clip(&clean(input), CELL).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '|' => out.push_str("&#124;"),
            '\\' => out.push_str("&#92;"),
            '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// Text inside an HTML block, where Markdown's backslashes mean nothing.
fn html(input: &str) -> String {
    let input = clip(&clean(input), CELL);
    input.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "&#64;")
}

/// A code span for running text.
fn code_span(input: &str) -> String {
    let input = clip(&clean(input), CELL);
    if input.trim().is_empty() {
        return "(nothing)".into();
    }
    let fence = "`".repeat(longest_run(&input) + 1);
    let pad = if input.starts_with('`') || input.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{input}{pad}{fence}")
}

/// Code for a table cell, where a pipe would end the cell even inside a code span.
fn code_cell(input: &str) -> String {
    if input.contains('|') { format!("<code>{}</code>", text(input)) } else { code_span(input) }
}

fn fenced(out: &mut String, lines: &[String]) {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let _ = writeln!(out, "\n{fence}text\n{}\n{fence}", lines.join("\n"));
}

fn longest_run(input: &str) -> usize {
    input.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_disarms_markup() {
        assert_eq!(
            text("<b>|x|</b> @all #1 https://a.example `c` [l](u) a_b\n"),
            "&lt;b&gt;&#124;x&#124;&lt;/b&gt; &#64;all \\#1 https&#58;//a.example \\`c\\` \\[l\\](u) a\\_b&#92;n"
        );
    }

    #[test]
    fn code_outgrows_its_content() {
        assert_eq!(code_span("a``b`"), "``` a``b` ```");
        assert_eq!(code_cell("a\\|b"), "<code>a&#92;&#124;b</code>");
        assert_eq!(code_cell(" "), "(nothing)");
    }

    #[test]
    fn fences_outgrow_their_content() {
        let mut out = String::new();
        fenced(&mut out, &["````".into()]);
        assert_eq!(out, "\n`````text\n````\n`````\n");
    }
}
