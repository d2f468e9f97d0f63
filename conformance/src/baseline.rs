//! Expected failures, two-way: what fails otherwise is new, and what no longer fails as stated is stale.
//!
//! ```toml
//! [[expect]]
//! case = "ctrl/abort/**"             # a glob; one that matches no case of the catalogue is an error
//! outcome = "fail"                   # fail, hung, crashed or blocked
//! because = "payload-changed"        # a cause code, compared exactly
//! reason = "parses and ignores Abort"
//! when = { fidelity = "verbatim" }   # optional, all must match: transport, version, fidelity, barrier
//! until = "2027-06-01"               # optional; afterwards the entry is stale
//! quarantine = true                  # optional: the only way not to run a case
//! ```
//!
//! An entry whose glob covers several cases stands for each of them: it is stale for every one that ran and did
//! not end as stated.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use rtmp_report::StaleEntry;
use serde::Deserialize;

use crate::outcome::Verdict;
use crate::probe::Probe;
use crate::select::glob;

/// What `when` is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// `rtmp`.
    pub transport: String,
    /// Version that the target tells in connect's reply, digits and dots only; `None` if it tells none.
    pub version: Option<String>,
    /// The relay's fidelity class.
    pub fidelity: String,
    /// `ping` or `create-stream`.
    pub barrier: String,
    /// For `until`.
    pub today: jiff::civil::Date,
}

impl Context {
    /// From what the control run learned.
    #[must_use]
    pub fn of(probe: &Probe) -> Self {
        let version = probe.features.get("fmsVer").and_then(|v| v.as_str()).map(|v| {
            let digits = v.find(|c: char| c.is_ascii_digit()).map_or("", |at| &v[at..]);
            digits.replace(',', ".").chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect()
        });
        let barrier = serde_json::to_value(probe.barrier).ok();
        Self {
            transport: "rtmp".into(),
            version,
            fidelity: probe.fidelity.map_or_else(|| "none".into(), |f| f.describe()),
            barrier: barrier.as_ref().and_then(|v| v.as_str()).unwrap_or_default().into(),
            today: jiff::Zoned::now().date(),
        }
    }
}

/// A baseline that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineError(String);

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BaselineError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    #[allow(dead_code, reason = "for people")]
    target: Option<TargetNote>,
    #[serde(default)]
    expect: Vec<toml::Spanned<RawEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for people")]
struct TargetNote {
    name: Option<String>,
    version: Option<String>,
    notes: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    case: String,
    outcome: String,
    because: String,
    reason: String,
    #[serde(default)]
    when: BTreeMap<String, String>,
    until: Option<String>,
    #[serde(default)]
    quarantine: bool,
}

#[derive(Debug, Clone)]
struct Entry {
    cases: Vec<String>,
    outcome: Verdict,
    because: String,
    reason: String,
    when: BTreeMap<String, String>,
    until: Option<jiff::civil::Date>,
    quarantine: bool,
}

/// A loaded baseline.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    entries: Vec<Entry>,
}

impl Baseline {
    /// Reads a file; globs are matched against `all` case ids.
    ///
    /// # Errors
    /// Names file, line and what is wrong.
    pub fn load(path: &Path, all: &[&str]) -> Result<Self, BaselineError> {
        let name = path.display();
        let text =
            std::fs::read_to_string(path).map_err(|e| BaselineError(format!("baseline {name}: {e}")))?;
        let file: File = toml::from_str(&text).map_err(|e| BaselineError(format!("baseline {name}: {e}")))?;
        let mut entries = Vec::new();
        for raw in file.expect {
            let line = text[..raw.span().start].matches('\n').count() + 1;
            let entry = entry(raw.into_inner(), all)
                .map_err(|what| BaselineError(format!("baseline {name}, line {line}: {what}")))?;
            entries.push(entry);
        }
        Ok(Self { entries })
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is expected to fail.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Why a case is not to be run.
    #[must_use]
    pub fn quarantined(&self, id: &str) -> Option<&str> {
        self.entries.iter().find(|e| e.quarantine && e.covers(id)).map(|e| e.reason.as_str())
    }

    /// Cases that are expected to end the target.
    #[must_use]
    pub fn crashing(&self, context: &Context) -> Vec<String> {
        self.entries
            .iter()
            .filter(|e| e.outcome == Verdict::Crashed && e.applies(context))
            .flat_map(|e| e.cases.iter().cloned())
            .collect()
    }

    /// The reason of the entry that expects this outcome and has not expired.
    #[must_use]
    pub fn expects(
        &self,
        id: &str,
        verdict: Verdict,
        because: Option<&str>,
        context: &Context,
    ) -> Option<String> {
        self.entries
            .iter()
            .find(|e| e.covers(id) && e.states(verdict, because) && e.applies(context) && !e.expired(context))
            .map(|e| e.reason.clone())
    }

    /// The reason of the entry that expected this outcome until a day that has passed: stale, not new.
    #[must_use]
    pub fn expected_once(
        &self,
        id: &str,
        verdict: Verdict,
        because: Option<&str>,
        context: &Context,
    ) -> Option<String> {
        self.entries
            .iter()
            .find(|e| e.covers(id) && e.states(verdict, because) && e.applies(context) && e.expired(context))
            .map(|e| e.reason.clone())
    }

    /// Entries that no longer hold, one per case that ran.
    #[must_use]
    pub fn stale(
        &self,
        ran: &[(&'static str, Verdict, Option<String>)],
        context: &Context,
    ) -> Vec<StaleEntry> {
        let mut stale = Vec::new();
        for entry in self.entries.iter().filter(|e| !e.quarantine && e.applies(context)) {
            for (id, verdict, because) in ran {
                if !entry.covers(id) || *verdict == Verdict::Skipped {
                    continue;
                }
                let why = if !entry.states(*verdict, because.as_deref()) {
                    // Several entries may stand for one case under different causes.
                    if self.expects(id, *verdict, because.as_deref(), context).is_some() {
                        continue;
                    }
                    match because {
                        None => "it passed".to_owned(),
                        Some(because) => format!("it ended as {} because {because}", verdict.word()),
                    }
                } else if entry.expired(context) {
                    // Another entry for the same outcome may still hold.
                    if self.expects(id, *verdict, because.as_deref(), context).is_some() {
                        continue;
                    }
                    format!("it expired on {}", entry.until.map(|d| d.to_string()).unwrap_or_default())
                } else {
                    continue;
                };
                stale.push(StaleEntry {
                    case: (*id).to_owned(),
                    outcome: report_verdict(entry.outcome),
                    because: Some(entry.because.clone()),
                    reason: entry.reason.clone(),
                    why,
                });
            }
        }
        stale
    }
}

impl Entry {
    fn covers(&self, id: &str) -> bool {
        self.cases.iter().any(|c| c == id)
    }

    fn states(&self, verdict: Verdict, because: Option<&str>) -> bool {
        verdict == self.outcome && because == Some(self.because.as_str())
    }

    fn expired(&self, context: &Context) -> bool {
        self.until.is_some_and(|until| context.today > until)
    }

    fn applies(&self, context: &Context) -> bool {
        self.when.iter().all(|(key, want)| match key.as_str() {
            "transport" => *want == context.transport,
            "fidelity" => *want == context.fidelity,
            "barrier" => *want == context.barrier,
            "version" => context.version.as_deref().is_some_and(|have| version_fits(have, want)),
            _ => false,
        })
    }
}

fn entry(raw: RawEntry, all: &[&str]) -> Result<Entry, String> {
    let pattern = glob(&raw.case).map_err(|why| format!("case `{}` is no glob: {why}", raw.case))?;
    let cases: Vec<String> =
        all.iter().filter(|id| pattern.is_match(id)).map(|id| (*id).to_owned()).collect();
    if cases.is_empty() {
        return Err(format!("case `{}` matches no case; `rtmpspec list` shows them all", raw.case));
    }
    let outcome = [Verdict::Fail, Verdict::Hung, Verdict::Crashed, Verdict::Blocked]
        .into_iter()
        .find(|v| v.word() == raw.outcome)
        .ok_or_else(|| format!("outcome `{}`: fail, hung, crashed or blocked", raw.outcome))?;
    if raw.reason.trim().is_empty() {
        return Err(format!("the entry for `{}` gives no reason: say why it is expected", raw.case));
    }
    for (key, want) in &raw.when {
        match key.as_str() {
            "transport" | "fidelity" | "barrier" => {}
            "version" if comparison(want).is_some() => {}
            "version" => {
                return Err(format!("when.version `{want}`: write <1.3, <=1.3, =1.3, >=1.3 or >1.3"));
            }
            _ => return Err(format!("when.{key}: transport, version, fidelity or barrier")),
        }
    }
    let until = raw
        .until
        .map(|day| day.parse().map_err(|_| format!("until `{day}` is no date like 2027-06-01")))
        .transpose()?;
    Ok(Entry {
        cases,
        outcome,
        because: raw.because,
        reason: raw.reason,
        when: raw.when,
        until,
        quarantine: raw.quarantine,
    })
}

/// An operator and a dotted version.
fn comparison(text: &str) -> Option<(&str, Vec<u32>)> {
    let operator = ["<=", ">=", "<", ">", "="].into_iter().find(|o| text.starts_with(o))?;
    Some((operator, parts(text[operator.len()..].trim())?))
}

fn parts(version: &str) -> Option<Vec<u32>> {
    version.trim_end_matches('.').split('.').map(|p| p.parse().ok()).collect()
}

fn version_fits(have: &str, want: &str) -> bool {
    let (Some((operator, want)), Some(have)) = (comparison(want), parts(have)) else { return false };
    let order = have.cmp(&want);
    match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        "=" => order.is_eq(),
        ">=" => order.is_ge(),
        _ => order.is_gt(),
    }
}

fn report_verdict(verdict: Verdict) -> rtmp_report::Verdict {
    match verdict {
        Verdict::Hung => rtmp_report::Verdict::Hung,
        Verdict::Crashed => rtmp_report::Verdict::Crashed,
        Verdict::Blocked => rtmp_report::Verdict::Blocked,
        _ => rtmp_report::Verdict::Fail,
    }
}

/// What [`bless`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blessed {
    /// Entries added, each with an empty reason.
    pub added: usize,
    /// Entries removed.
    pub removed: usize,
}

/// Adds an entry for each unexpected failure (case, outcome, cause, what was seen) and removes entries that are
/// stale; comments and order stay. Reasons are left empty: loading the file is an error until somebody wrote them.
///
/// # Errors
/// When the file cannot be read as TOML or written.
pub fn bless(
    path: &Path,
    unexpected: &[(String, String, String, String)],
    stale: &[StaleEntry],
) -> std::io::Result<Blessed> {
    use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e),
    };
    let mut document: DocumentMut = text.parse().map_err(std::io::Error::other)?;
    let entries = document.entry("expect").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(entries) = entries.as_array_of_tables_mut() else {
        return Err(std::io::Error::other("`expect` is not an array of tables"));
    };
    let before = entries.len();
    // Only an entry for exactly one case can be told to be wholly stale.
    entries.retain(|table| {
        let field = |key| table.get(key).and_then(Item::as_str);
        !stale
            .iter()
            .any(|s| field("case") == Some(s.case.as_str()) && field("because") == s.because.as_deref())
    });
    let removed = before - entries.len();
    for (case, outcome, because, detail) in unexpected {
        let mut table = Table::new();
        let seen: String = detail.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
        table.decor_mut().set_prefix(format!("\n# seen: {seen}\n"));
        table["case"] = value(case);
        table["outcome"] = value(outcome);
        table["because"] = value(because);
        table["reason"] = value("");
        entries.push(table);
    }
    std::fs::write(path, document.to_string())?;
    Ok(Blessed { added: unexpected.len(), removed })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Baseline, Context, bless, version_fits};
    use crate::outcome::Verdict;

    const ALL: &[&str] = &["ctrl/abort/idle", "ctrl/abort/partial", "hs/s2/echoes-c1"];

    fn context() -> Context {
        Context {
            transport: "rtmp".into(),
            version: Some("3.0.1".into()),
            fidelity: "verbatim".into(),
            barrier: "ping".into(),
            today: jiff::civil::date(2026, 11, 20),
        }
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("b.toml");
        std::fs::write(&path, text).unwrap();
        (dir, path)
    }

    fn load(text: &str) -> Result<Baseline, String> {
        let (_dir, path) = file(text);
        Baseline::load(&path, ALL).map_err(|e| e.to_string())
    }

    const ABORT: &str =
        "[[expect]]\ncase = \"ctrl/abort/**\"\noutcome = \"fail\"\nbecause = \"payload-changed\"\n";

    #[test]
    fn both_ways() {
        let b = load(&format!("{ABORT}reason = \"ignores Abort\"\n")).unwrap();
        let as_stated = ("ctrl/abort/idle", Verdict::Fail, Some("payload-changed".to_owned()));
        assert!(b.expects(as_stated.0, as_stated.1, as_stated.2.as_deref(), &context()).is_some());
        assert!(b.expects(as_stated.0, Verdict::Hung, as_stated.2.as_deref(), &context()).is_none());
        assert!(b.expects(as_stated.0, Verdict::Fail, Some("frame-lost"), &context()).is_none());
        let ran = [as_stated, ("ctrl/abort/partial", Verdict::Pass, None)];
        let stale = b.stale(&ran, &context());
        assert_eq!(stale.len(), 1);
        assert_eq!((stale[0].case.as_str(), stale[0].why.as_str()), ("ctrl/abort/partial", "it passed"));
        // What did not run is not judged.
        assert!(b.stale(&[], &context()).is_empty());
    }

    #[test]
    fn conditions_and_expiry() {
        let with = |more: &str| load(&format!("{ABORT}reason = \"r\"\n{more}\n")).unwrap();
        let holds = |b: &Baseline| {
            b.expects("ctrl/abort/idle", Verdict::Fail, Some("payload-changed"), &context()).is_some()
        };
        assert!(holds(&with("when = { transport = \"rtmp\", version = \"<3.1\" }")));
        assert!(!holds(&with("when = { transport = \"rtmps\" }")));
        assert!(!holds(&with("until = \"2026-11-19\"")));
        assert!(holds(&with("until = \"2026-11-20\"")));
        let ran = [("ctrl/abort/idle", Verdict::Fail, Some("payload-changed".to_owned()))];
        assert!(with("until = \"2026-11-19\"").stale(&ran, &context())[0].why.contains("expired"));
        assert!(version_fits("1.22.1", ">=1.22") && !version_fits("1.9", ">1.10"));
    }

    #[test]
    fn errors_name_line_and_cause() {
        for (text, what) in [
            (
                "[[expect]]\ncase = \"nothing/**\"\noutcome = \"fail\"\nbecause = \"x\"\nreason = \"r\"\n",
                "nothing/**",
            ),
            (
                "[[expect]]\ncase = \"hs/**\"\noutcome = \"pass\"\nbecause = \"x\"\nreason = \"r\"\n",
                "outcome `pass`",
            ),
            (
                "[[expect]]\ncase = \"hs/**\"\noutcome = \"fail\"\nbecause = \"x\"\nreason = \" \"\n",
                "gives no reason",
            ),
            (
                "[[expect]]\ncase = \"hs/**\"\noutcome = \"fail\"\nbecause = \"x\"\nreason = \"r\"\nwhen = { os = \"x\" }\n",
                "when.os",
            ),
            ("[[expect]]\ncase = \"hs/**\"\nsurprise = 1\n", "surprise"),
        ] {
            let error = load(text).unwrap_err();
            assert!(error.contains(what) && error.contains("b.toml"), "{error}");
        }
    }

    #[test]
    fn bless_keeps_comments_and_asks_for_reasons() {
        let (_dir, path) = file(&format!(
            "# about this server\n\n[[expect]]\ncase = \"hs/s2/echoes-c1\"\noutcome = \"fail\"\nbecause = \"gone\"\nreason = \"old\"\n\n# why aborts fail\n{ABORT}reason = \"ignores Abort\"\n"
        ));
        let stale = [super::StaleEntry {
            case: "hs/s2/echoes-c1".into(),
            outcome: rtmp_report::Verdict::Fail,
            because: Some("gone".into()),
            reason: "old".into(),
            why: "it passed".into(),
        }];
        let new = [("hs/s2/echoes-c1".into(), "fail".into(), "s2-echo".into(), "got\nfalse".into())];
        let blessed = bless(&path, &new, &stale).unwrap();
        assert_eq!((blessed.added, blessed.removed), (1, 1));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("# why aborts fail") && text.contains("# seen: got false"), "{text}");
        assert!(!text.contains("gone"));
        assert!(Baseline::load(&path, ALL).unwrap_err().to_string().contains("gives no reason"));
    }
}
