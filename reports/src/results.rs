//! The model of `results.json`, schema `rtmpspec-results-v1`.
//!
//! Every field is always written (an absent value as `null`), so that a reader needs no defaults.
//! Reading is tolerant of unknown fields; `schema/results-v1.schema.json` is the strict description.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::{Disposition, Level, Overlay, SCHEMA, TargetKind, Verdict};

/// One run of the suite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// What was asked for.
    pub run: Run,
    /// The program that judged.
    pub tool: Tool,
    /// What was judged.
    pub target: Target,
    /// Where the suite ran.
    pub environment: Environment,
    /// Counts and the exit code.
    pub summary: Summary,
    /// One entry per selected case, in catalogue order.
    pub cases: Vec<CaseResult>,
    /// Observations about the run as a whole.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// The baseline compared with; `None` without `--baseline`.
    pub baseline: Option<BaselineInfo>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Name of the run, unique on one machine.
    pub id: String,
    /// Start in UTC, RFC 3339.
    pub started: String,
    /// Wall-clock duration in milliseconds.
    pub ms: u64,
    /// Seed of everything random in the run.
    pub seed: u64,
    /// Command line with stream keys redacted.
    pub command: Vec<String>,
    /// Cases run at the same time.
    pub jobs: usize,
    /// Patience per awaited event in milliseconds.
    pub timeout_ms: u64,
    /// Levels whose failures reach the exit code.
    pub levels: Vec<Level>,
    /// Profiles selected.
    pub profiles: Vec<String>,
    /// Cases selected, including those not run.
    pub selected: usize,
    /// Whether the run was cut short; `cases` then holds what was reached.
    pub interrupted: bool,
}

/// The program that judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Program name.
    pub name: String,
    /// Program version.
    pub version: String,
}

/// What was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// URL of the application, without a stream key.
    pub url: String,
    /// How it was reached.
    pub kind: TargetKind,
    /// The fingerprint taken by `doctor`. A string member `summary`, where present, is its one-line form.
    pub probe: Value,
    /// The relay's fidelity class, where the probe learned it.
    pub fidelity: Option<String>,
    /// Times the target was started again after a crash.
    pub restarts: u32,
}

/// Where the suite ran. Holds no host name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Operating system, as Rust names it.
    pub os: String,
    /// Processor architecture, as Rust names it.
    pub arch: String,
    /// Processors available to the suite.
    pub cpus: usize,
}

impl Environment {
    /// The environment of the calling process.
    pub fn current() -> Self {
        Self {
            os: std::env::consts::OS.into(),
            arch: std::env::consts::ARCH.into(),
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// Counts and the exit code. The ten verdict counts add up to `total`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Entries of `cases`.
    pub total: usize,
    /// Cases with this verdict.
    pub pass: usize,
    /// Cases with this verdict.
    pub lenient: usize,
    /// Cases with this verdict, expected ones and those at levels that do not count included.
    pub fail: usize,
    /// Cases with this verdict.
    pub info: usize,
    /// Cases with this verdict.
    pub unsupported: usize,
    /// Cases with this verdict.
    pub blocked: usize,
    /// Cases with this verdict.
    pub skipped: usize,
    /// Cases with this verdict.
    pub crashed: usize,
    /// Cases with this verdict.
    pub hung: usize,
    /// Cases with this verdict.
    pub harness_fault: usize,
    /// Failures of any kind that the baseline expects.
    pub expected_failures: usize,
    /// Failed, crashed and hung cases that count and that the baseline does not expect.
    pub new_failures: usize,
    /// Cases whose baseline entry no longer holds. Stale entries are listed in `baseline.stale`.
    pub stale: usize,
    /// Cases whose repetitions differ.
    pub flaky: usize,
    /// Exit code of the run.
    pub exit_code: u8,
    /// The exit code in words.
    pub exit_meaning: String,
}

impl Summary {
    /// Counts `cases`. The exit code, which depends on more than the cases, is the caller's.
    pub fn count(cases: &[CaseResult], exit_code: u8) -> Self {
        let mut sum = Self {
            total: cases.len(),
            exit_code,
            exit_meaning: exit_meaning(exit_code).into(),
            ..Self::default()
        };
        for case in cases {
            *sum.slot(case.verdict) += 1;
            match case.disposition() {
                Disposition::Expected => sum.expected_failures += 1,
                Disposition::Failed => sum.new_failures += 1,
                _ => {}
            }
            sum.stale += usize::from(case.overlay == Some(Overlay::Stale));
            sum.flaky += usize::from(case.overlay == Some(Overlay::Flaky));
        }
        sum
    }

    /// Cases with this verdict.
    pub fn of(&self, verdict: Verdict) -> usize {
        *self.clone().slot(verdict)
    }

    fn slot(&mut self, verdict: Verdict) -> &mut usize {
        match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Lenient => &mut self.lenient,
            Verdict::Fail => &mut self.fail,
            Verdict::Info => &mut self.info,
            Verdict::Unsupported => &mut self.unsupported,
            Verdict::Blocked => &mut self.blocked,
            Verdict::Skipped => &mut self.skipped,
            Verdict::Crashed => &mut self.crashed,
            Verdict::Hung => &mut self.hung,
            Verdict::HarnessFault => &mut self.harness_fault,
        }
    }
}

/// An exit code of rtmpspec in words.
pub fn exit_meaning(code: u8) -> &'static str {
    match code {
        0 => "as expected",
        1 => "new failures",
        2 => "wrong usage or configuration",
        3 => "only stale baseline entries",
        4 => "nothing was selected or no case reached a verdict",
        5 => "the target was never reachable",
        6 => "the suite itself went wrong",
        130 => "interrupted",
        _ => "unknown",
    }
}

/// The result of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// Permanent id, for example `chunk/extended-timestamp/type-3-repeats`.
    pub id: String,
    /// The rule in one line.
    pub title: String,
    /// Area of the catalogue, for example `chunk`.
    pub area: String,
    /// Rules the case cites; the first is the one it judges.
    pub rules: Vec<RuleRef>,
    /// Level of the case.
    pub level: Level,
    /// Profile of the case.
    pub profile: String,
    /// Whether the case is meant to stress the target and therefore runs alone.
    pub hostile: bool,
    /// The derived verdict.
    pub verdict: Verdict,
    /// Stable cause code, for example `closed-before-barrier`. Also the code of a skip or of a proof.
    pub because: Option<String>,
    /// The cause in one sentence.
    pub detail: Option<String>,
    /// For Blocked: the case or step that stood in the way.
    pub blocked_by: Option<String>,
    /// Everything that was compared, in order.
    #[serde(default)]
    pub observations: Vec<Observation>,
    /// What the deciding observation asked for.
    pub expected: String,
    /// What the deciding observation saw.
    pub seen: String,
    /// Duration in milliseconds; written with microsecond precision.
    #[serde(serialize_with = "finite_ms")]
    pub ms: f64,
    /// Comparison with the baseline or with repetitions; `None` where there is nothing to say.
    pub overlay: Option<Overlay>,
    /// Whether a failure of this case reaches the exit code. For Blocked: whether the obstacle does.
    pub counts: bool,
    /// Verdict of each repetition, in order; empty without `--repeat`.
    #[serde(default)]
    pub attempts: Vec<Verdict>,
    /// Transcript, relative to the directory of the results file.
    pub transcript: Option<String>,
    /// Last lines of the transcript.
    #[serde(default)]
    pub transcript_tail: Vec<String>,
    /// Last lines a spawned target wrote to stderr during the case.
    #[serde(default)]
    pub stderr_tail: Vec<String>,
    /// Command line that runs this case again, ready to paste.
    pub rerun: String,
    /// Resident memory of a spawned target after the case, in KiB.
    pub rss_kib: Option<u64>,
    /// Open descriptors of a spawned target after the case.
    pub descriptors: Option<u64>,
    /// `reason` of the baseline entry that matched.
    pub baseline_reason: Option<String>,
}

impl CaseResult {
    /// What a report or a test runner makes of the case.
    ///
    /// A failure whose entry in the baseline has expired stays [`Disposition::Expected`]: the stale
    /// entry has its own exit code.
    pub fn disposition(&self) -> Disposition {
        match self.verdict {
            Verdict::Pass | Verdict::Lenient | Verdict::Info => Disposition::Ok,
            Verdict::Unsupported | Verdict::Blocked | Verdict::Skipped => Disposition::Ignored,
            Verdict::HarnessFault => Disposition::Errored,
            Verdict::Fail | Verdict::Crashed | Verdict::Hung => match self.overlay {
                Some(Overlay::Expected | Overlay::Stale) => Disposition::Expected,
                _ if !self.counts => Disposition::Finding,
                _ => Disposition::Failed,
            },
        }
    }
}

/// A rule as a report needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    /// Requirement id, for example `CHUNK-031`.
    pub id: String,
    /// Level of the rule.
    pub level: Level,
    /// Document and clause, for example `RTMP 5.3.1.3`.
    pub source: String,
    /// The rule in the catalogue's words.
    pub text: String,
}

/// One comparison inside a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// What was looked at.
    pub label: String,
    /// What would have been right.
    pub expected: String,
    /// What came.
    pub seen: String,
    /// Whether the two agree.
    pub ok: bool,
    /// Raw material for judging again (events, bytes, times); its form belongs to the case.
    #[serde(default)]
    pub raw: Value,
}

/// An observation about the run as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, for example `unattributed-crash` or `relay-fidelity`.
    pub code: String,
    /// Level, where the finding has one.
    pub level: Option<Level>,
    /// One sentence.
    pub text: String,
    /// Cases concerned, for example the candidates of a crash.
    #[serde(default)]
    pub cases: Vec<String>,
    /// Whether the finding reaches the exit code.
    pub counts: bool,
}

/// The baseline compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineInfo {
    /// File, as given on the command line.
    pub path: String,
    /// Entries in the file.
    pub entries: usize,
    /// Entries that applied and held.
    pub matched: usize,
    /// Entries that no longer hold.
    #[serde(default)]
    pub stale: Vec<StaleEntry>,
    /// Entries that keep a case from running.
    #[serde(default)]
    pub quarantined: Vec<Quarantined>,
}

/// An entry of the baseline that no longer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleEntry {
    /// The entry's glob.
    pub case: String,
    /// The entry's outcome.
    pub outcome: Verdict,
    /// The entry's cause code.
    pub because: Option<String>,
    /// The entry's reason.
    pub reason: String,
    /// Why the entry is stale, in one sentence.
    pub why: String,
}

/// An entry of the baseline that keeps a case from running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// The entry's glob.
    pub case: String,
    /// The entry's reason.
    pub reason: String,
}

impl Results {
    /// Reads a results file.
    ///
    /// # Errors
    /// [`LoadError::Json`] for text that is not JSON or not of this shape, [`LoadError::Schema`] for
    /// another schema version.
    pub fn from_json(json: &str) -> Result<Self, LoadError> {
        #[derive(Deserialize)]
        struct Head {
            #[serde(default)]
            schema: Option<String>,
        }
        let head: Head = serde_json::from_str(json).map_err(LoadError::Json)?;
        match head.schema.as_deref() {
            Some(SCHEMA) => serde_json::from_str(json).map_err(LoadError::Json),
            other => Err(LoadError::Schema(other.map(|s| crate::text::clip(&crate::text::clean(s), 60)))),
        }
    }

    /// The results file: indented JSON that ends in a line feed.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("the model has only string keys");
        json.push('\n');
        json
    }
}

/// Why a results file was not read.
#[derive(Debug)]
pub enum LoadError {
    /// Not JSON, or a field is missing or of another type.
    Json(serde_json::Error),
    /// The file says it has another schema, or none.
    Schema(Option<String>),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => {
                write!(
                    f,
                    "not a results file: {}",
                    crate::text::clip(&crate::text::clean(&error.to_string()), 300)
                )
            }
            Self::Schema(Some(found)) => {
                write!(f, "results schema is \"{found}\"; this version reads \"{SCHEMA}\"")
            }
            Self::Schema(None) => write!(f, "no results schema is named; this version reads \"{SCHEMA}\""),
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::Schema(_) => None,
        }
    }
}

fn finite_ms<S: Serializer>(ms: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    let finite = if ms.is_finite() && *ms > 0.0 { *ms } else { 0.0 };
    serializer.serialize_f64((finite * 1000.0).round() / 1000.0)
}
