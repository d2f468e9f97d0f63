//! Raw observations, what was expected of them, and the one function that derives a verdict.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Cause codes that any case can end with: code, meaning.
pub const COMMON_CAUSES: &[(&str, &str)] = &[
    ("closed-before-barrier", "the target closed the connection where it had to go on"),
    ("no-answer", "the target did not answer within the time allowed, the connection stayed open"),
    ("barrier-unanswered", "the target went silent: neither answer nor close after the stimulus"),
    ("still-open", "the target neither refused nor closed where it had to"),
    ("frame-lost", "a published message did not reach the player"),
    ("payload-changed", "a relayed message has other bytes or another length than was published"),
    ("wrong-timestamp", "a relayed message has another timestamp difference than was published"),
    ("unexpected-frame", "the player received a message that was never published, or received it twice"),
    ("fresh-connect-refused", "after the case a fresh connection was no longer served"),
    ("bystander-glitch", "a healthy publisher and player beside the case lost or received damaged media"),
    ("process-ended", "the target's process ended, or stopped accepting connections"),
];

/// Why a case stopped before it could judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Set-up that the case needs did not work.
    Blocked {
        /// What was being set up.
        by: String,
        /// What was seen instead.
        why: String,
    },
    /// Not run, for a reason that lies with the run and not with the target.
    Skipped(String),
    /// A probe showed that the target does not offer the feature at all.
    Unsupported {
        /// What the probe did and saw.
        proof: String,
    },
    /// The suite itself is at fault.
    Harness(String),
}

impl Stop {
    /// Set-up failure.
    pub fn blocked(by: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Blocked { by: by.into(), why: why.into() }
    }
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseHow {
    /// Orderly: FIN.
    Fin,
    /// Reset: RST.
    Rst,
}

/// One relayed message as the player received it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaItem {
    /// Name of the frame in the case, e.g. `inter-2`; `?` for one that was never published.
    pub label: String,
    /// Message type id: 8, 9, 18.
    pub kind: u8,
    /// Payload length in bytes.
    pub len: usize,
    /// First 8 bytes of the payload's SHA-256 in hex.
    pub sha: String,
    /// Timestamp difference to the synchronising frame, in ms, modulo 2^32 as signed.
    pub dt: i64,
}

/// What was observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "saw", rename_all = "kebab-case")]
pub enum Seen {
    /// A barrier was answered: everything before it was accepted.
    Answered {
        /// `ping` or `createStream`.
        by: String,
    },
    /// The peer closed.
    Closed {
        /// FIN or RST.
        how: CloseHow,
        /// Milliseconds after the stimulus.
        after_ms: u64,
    },
    /// Nothing came, the connection stayed open.
    Silent {
        /// Milliseconds waited.
        waited_ms: u64,
        /// Whether the wait was for a barrier's answer.
        barrier: bool,
    },
    /// A command message.
    Command {
        /// `_result`, `_error`, `onStatus`, ...
        name: String,
        /// Transaction id.
        txn: f64,
        /// Message stream id.
        msid: u32,
        /// Chunk stream id.
        csid: u32,
        /// `code` of the information object.
        code: Option<String>,
        /// `level` of the information object.
        level: Option<String>,
        /// All values after the transaction id.
        values: Vec<Value>,
    },
    /// Messages relayed to the player, up to a marker.
    Media {
        /// In order of arrival.
        items: Vec<MediaItem>,
        /// `marker`, `closed`, `publisher-closed` or `timeout`.
        ended: String,
    },
    /// A fact.
    Fact {
        /// Its value.
        value: Value,
    },
}

impl Seen {
    /// A fact.
    pub fn fact(value: impl Into<Value>) -> Self {
        Self::Fact { value: value.into() }
    }

    /// One line for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Answered { by } => format!("answered ({by})"),
            Self::Closed { how: CloseHow::Fin, after_ms } => format!("closed by FIN after {after_ms} ms"),
            Self::Closed { how: CloseHow::Rst, after_ms } => format!("closed by RST after {after_ms} ms"),
            Self::Silent { waited_ms, .. } => format!("silence for {waited_ms} ms, connection open"),
            Self::Command { name, txn, msid, code, level, .. } => {
                let mut text = format!("{} (transaction {txn}, message stream {msid})", short(name));
                if let Some(code) = code {
                    text += &format!(" {}", short(code));
                }
                if let Some(level) = level {
                    text += &format!(" level {}", short(level));
                }
                text
            }
            Self::Media { items, ended } => {
                let mut list: Vec<String> = items.iter().take(DESCRIBED).map(describe_item).collect();
                if items.len() > DESCRIBED {
                    list.push(format!("{} more", items.len() - DESCRIBED));
                }
                format!(
                    "{} (until {ended})",
                    if list.is_empty() { "nothing".into() } else { list.join(", ") }
                )
            }
            Self::Fact { value: Value::String(text) } => short(text).into_owned(),
            Self::Fact { value } => short(&value.to_string()).into_owned(),
        }
    }
}

/// Messages that a line names.
const DESCRIBED: usize = 200;
/// Characters of one string that a line shows: it may come from the target.
const SHOWN: usize = 1_000;

fn short(text: &str) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]).into(),
        None => text.into(),
    }
}

fn describe_item(item: &MediaItem) -> String {
    let label = if item.label == "?" { "(never published)" } else { &item.label };
    format!("{label} {:+} ms {} B", item.dt, item.len)
}

/// What is compared of relayed messages; learned by the probe's control run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Payload bytes come back unchanged.
    pub payload: bool,
    /// Timestamp differences come back unchanged.
    pub timestamps: bool,
}

/// A shape that an observation may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "kebab-case")]
pub enum Want {
    /// A barrier was answered.
    Answered,
    /// The connection was closed, either way.
    Closed,
    /// Nothing came.
    Silent,
    /// `_result` of the call.
    Result,
    /// `_error` of the call.
    Error,
    /// `onStatus` (or another command) whose information object has this code; `*` at the end matches any
    /// rest.
    Status {
        /// Code or prefix with `*`.
        code: String,
        /// Level, where it matters.
        level: Option<String>,
    },
    /// Exactly these messages, in this order, in the relay's fidelity class.
    Media {
        /// Expected items.
        items: Vec<MediaItem>,
        /// What is compared.
        class: Class,
    },
    /// A fact equal to this.
    Equal {
        /// The value.
        value: Value,
    },
    /// A numeric fact within bounds, both inclusive.
    Within {
        /// Least.
        least: f64,
        /// Most.
        most: f64,
    },
    /// Anything.
    Anything,
}

impl Want {
    fn matches(&self, seen: &Seen) -> bool {
        match (self, seen) {
            (Self::Anything, _)
            | (Self::Answered, Seen::Answered { .. })
            | (Self::Closed, Seen::Closed { .. })
            | (Self::Silent, Seen::Silent { .. }) => true,
            (Self::Result, Seen::Command { name, .. }) => name == "_result",
            (Self::Error, Seen::Command { name, .. }) => name == "_error",
            (Self::Status { code, level }, Seen::Command { code: Some(c), level: l, .. }) => {
                let code_fits = match code.strip_suffix('*') {
                    Some(prefix) => c.starts_with(prefix),
                    None => c == code,
                };
                code_fits && level.as_ref().is_none_or(|level| l.as_ref() == Some(level))
            }
            (Self::Media { items, class }, Seen::Media { items: got, ended }) => {
                ended == "marker" && media_cause(items, got, *class).is_none()
            }
            (Self::Equal { value }, Seen::Fact { value: got }) => value == got,
            (Self::Within { least, most }, Seen::Fact { value }) => {
                value.as_f64().is_some_and(|v| v >= *least && v <= *most)
            }
            _ => false,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Answered => "answered".into(),
            Self::Closed => "closed".into(),
            Self::Silent => "silence".into(),
            Self::Result => "_result".into(),
            Self::Error => "_error".into(),
            Self::Status { code, level: Some(level) } => format!("{code} level {level}"),
            Self::Status { code, level: None } => code.clone(),
            Self::Media { items, .. } => items.iter().map(describe_item).collect::<Vec<_>>().join(", "),
            Self::Equal { value: Value::String(text) } => text.clone(),
            Self::Equal { value } => value.to_string(),
            Self::Within { least, most } => format!("{least} to {most}"),
            Self::Anything => "anything".into(),
        }
    }
}

/// The first difference between what was published and what arrived, as a cause code. The order of messages of
/// different types is free (TIME-008): audio may overtake video.
fn media_cause(expected: &[MediaItem], got: &[MediaItem], class: Class) -> Option<&'static str> {
    let cause = sequence_cause(expected, got, class)?;
    let of_kind = |items: &[MediaItem], kind| -> Vec<MediaItem> {
        items.iter().filter(|item| item.kind == kind).cloned().collect()
    };
    let mut kinds = expected.iter().chain(got).map(|item| item.kind);
    let each_fits =
        kinds.all(|kind| sequence_cause(&of_kind(expected, kind), &of_kind(got, kind), class).is_none());
    (!each_fits).then_some(cause)
}

fn sequence_cause(expected: &[MediaItem], got: &[MediaItem], class: Class) -> Option<&'static str> {
    let same = |a: &MediaItem, b: &MediaItem| {
        a.kind == b.kind && (!class.payload || (a.len == b.len && a.sha == b.sha))
    };
    let mut rest = got.iter().peekable();
    for item in expected {
        match rest.peek() {
            None => return Some("frame-lost"),
            Some(arrived) if same(item, arrived) => {
                if class.timestamps && arrived.dt != item.dt {
                    return Some("wrong-timestamp");
                }
                rest.next();
            }
            Some(arrived) if arrived.label != "?" => {
                let later = expected.iter().any(|e| e.label == arrived.label);
                return Some(if later && got.iter().any(|g| g.label == item.label) {
                    "unexpected-frame"
                } else {
                    "frame-lost"
                });
            }
            Some(_) => return Some("payload-changed"),
        }
    }
    rest.peek().map(|_| "unexpected-frame")
}

/// What an alternative is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Conforms.
    Pass,
    /// Recorded, not judged.
    Info,
    /// Tolerated by a ruling or by the field's habit; reported.
    Lenient,
}

/// One alternative.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Worth.
    pub grade: Grade,
    /// Shape.
    pub want: Want,
    /// Why it is lenient or only recorded; empty for a pass.
    pub note: String,
}

/// What an observation is held against: alternatives, and the cause code when none fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expect {
    /// In order of preference.
    pub alternatives: Vec<Alternative>,
    /// Cause code when no alternative fits and no common cause says it better.
    pub cause: String,
}

/// Starts an expectation.
#[must_use]
pub fn expect(want: Want) -> Expect {
    Expect {
        alternatives: vec![Alternative { grade: Grade::Pass, want, note: String::new() }],
        cause: "unexpected".into(),
    }
}

impl Expect {
    /// Another shape that conforms.
    #[must_use]
    pub fn or(self, want: Want) -> Self {
        self.add(Grade::Pass, want, "")
    }

    /// A shape that is tolerated, and why.
    #[must_use]
    pub fn or_lenient(self, want: Want, note: &str) -> Self {
        self.add(Grade::Lenient, want, note)
    }

    /// A shape that is recorded and not judged, and why.
    #[must_use]
    pub fn or_info(self, want: Want, note: &str) -> Self {
        self.add(Grade::Info, want, note)
    }

    /// The cause code when nothing fits.
    #[must_use]
    pub fn cause(mut self, code: &str) -> Self {
        self.cause = code.into();
        self
    }

    fn add(mut self, grade: Grade, want: Want, note: &str) -> Self {
        self.alternatives.push(Alternative { grade, want, note: note.into() });
        self
    }

    /// One line for people.
    #[must_use]
    pub fn describe(&self) -> String {
        let list: Vec<String> = self
            .alternatives
            .iter()
            .map(|a| match a.grade {
                Grade::Pass => a.want.describe(),
                Grade::Info | Grade::Lenient => format!("({})", a.want.describe()),
            })
            .collect();
        list.join(" or ")
    }
}

/// Shorthands for the usual shapes.
pub mod want {
    use super::{Value, Want};

    /// A barrier was answered.
    pub const ANSWERED: Want = Want::Answered;
    /// The connection was closed.
    pub const CLOSED: Want = Want::Closed;
    /// Nothing came.
    pub const SILENT: Want = Want::Silent;
    /// `_result`.
    pub const RESULT: Want = Want::Result;
    /// `_error`.
    pub const ERROR: Want = Want::Error;

    /// A status code; `*` at the end matches any rest.
    #[must_use]
    pub fn status(code: &str) -> Want {
        Want::Status { code: code.into(), level: None }
    }

    /// A status code with its level.
    #[must_use]
    pub fn status_level(code: &str, level: &str) -> Want {
        Want::Status { code: code.into(), level: Some(level.into()) }
    }

    /// A fact.
    pub fn equal(value: impl Into<Value>) -> Want {
        Want::Equal { value: value.into() }
    }

    /// A numeric fact.
    #[must_use]
    pub fn within(least: f64, most: f64) -> Want {
        Want::Within { least, most }
    }
}

/// One raw observation with what was expected of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// What was looked at.
    pub label: String,
    /// What was expected.
    pub expect: Expect,
    /// What was seen.
    pub seen: Seen,
}

impl Observation {
    /// The alternative that fits.
    #[must_use]
    pub fn matched(&self) -> Option<&Alternative> {
        self.expect.alternatives.iter().find(|a| a.want.matches(&self.seen))
    }

    fn cause(&self) -> String {
        let barrier_or_media =
            self.expect.alternatives.iter().any(|a| matches!(a.want, Want::Answered | Want::Media { .. }));
        match &self.seen {
            Seen::Closed { .. } => "closed-before-barrier".into(),
            Seen::Silent { barrier: true, .. } => "barrier-unanswered".into(),
            Seen::Silent { .. } if self.expect.cause == "unexpected" => "no-answer".into(),
            Seen::Answered { .. } if !barrier_or_media && self.expect.cause == "unexpected" => {
                "still-open".into()
            }
            Seen::Media { items, ended } => {
                let wanted = self.expect.alternatives.iter().find_map(|a| match &a.want {
                    Want::Media { items, class } => Some((items, *class)),
                    _ => None,
                });
                match (wanted, ended.as_str()) {
                    (_, "closed" | "publisher-closed") => "closed-before-barrier".into(),
                    (Some((wanted, class)), _) => {
                        media_cause(wanted, items, class).unwrap_or("frame-lost").into()
                    }
                    (None, _) => self.expect.cause.clone(),
                }
            }
            _ => self.expect.cause.clone(),
        }
    }
}

/// The outcome of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As the rule says.
    Pass,
    /// Tolerated by a ruling or by the field's habit.
    Lenient,
    /// Recorded, not judged.
    Info,
    /// The rule is broken.
    Fail,
    /// The feature is not offered; proven by a probe.
    Unsupported,
    /// What the case needs did not work.
    Blocked,
    /// Not run.
    Skipped,
    /// The target's process ended.
    Crashed,
    /// The target went silent.
    Hung,
    /// The suite is at fault.
    HarnessFault,
}

impl Verdict {
    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Lenient => "lenient",
            Self::Info => "info",
            Self::Fail => "fail",
            Self::Unsupported => "unsupported",
            Self::Blocked => "blocked",
            Self::Skipped => "skipped",
            Self::Crashed => "crashed",
            Self::Hung => "hung",
            Self::HarnessFault => "harness-fault",
        }
    }

    /// Whether the target did wrong.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Fail | Self::Crashed | Self::Hung)
    }
}

/// A verdict with its stable cause code and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Outcome.
    pub verdict: Verdict,
    /// Stable cause code; `None` for a plain pass.
    pub because: Option<String>,
    /// A sentence for people; `None` for a plain pass.
    pub detail: Option<String>,
    /// Index of the deciding observation.
    pub decided_by: Option<usize>,
}

/// Derives the verdict: the first observation that fits no alternative decides; without one, the most
/// remarkable alternative that was taken.
#[must_use]
pub fn derive(observations: &[Observation], stop: Option<&Stop>) -> Judged {
    let failing = observations.iter().position(|o| o.matched().is_none());
    if let Some(index) = failing {
        let observation = &observations[index];
        let cause = observation.cause();
        let verdict = match cause.as_str() {
            "barrier-unanswered" => Verdict::Hung,
            "process-ended" => Verdict::Crashed,
            _ => Verdict::Fail,
        };
        return Judged {
            verdict,
            because: Some(cause),
            detail: Some(format!(
                "{}: expected {}, got {}",
                observation.label,
                observation.expect.describe(),
                observation.seen.describe()
            )),
            decided_by: Some(index),
        };
    }
    match stop {
        Some(Stop::Blocked { by, why }) => stopped(Verdict::Blocked, "set-up-failed", format!("{by}: {why}")),
        Some(Stop::Skipped(why)) => stopped(Verdict::Skipped, "skipped", why.clone()),
        Some(Stop::Unsupported { proof }) => stopped(Verdict::Unsupported, "unsupported", proof.clone()),
        Some(Stop::Harness(why)) => stopped(Verdict::HarnessFault, "harness-fault", why.clone()),
        None if observations.is_empty() => {
            stopped(Verdict::HarnessFault, "harness-fault", "the case observed nothing".into())
        }
        None => accepted(observations),
    }
}

fn stopped(verdict: Verdict, because: &str, detail: String) -> Judged {
    Judged { verdict, because: Some(because.into()), detail: Some(detail), decided_by: None }
}

fn accepted(observations: &[Observation]) -> Judged {
    let remarkable = observations
        .iter()
        .enumerate()
        .filter_map(|(i, o)| o.matched().map(|a| (i, o, a)))
        .filter(|(_, _, a)| a.grade != Grade::Pass)
        .max_by_key(|(i, _, a)| (a.grade, usize::MAX - i));
    match remarkable {
        None => Judged { verdict: Verdict::Pass, because: None, detail: None, decided_by: None },
        Some((index, observation, alternative)) => Judged {
            verdict: if alternative.grade == Grade::Lenient { Verdict::Lenient } else { Verdict::Info },
            because: Some(if alternative.grade == Grade::Lenient { "lenient" } else { "recorded" }.into()),
            detail: Some(format!(
                "{}: {} ({})",
                observation.label,
                observation.seen.describe(),
                alternative.note
            )),
            decided_by: Some(index),
        },
    }
}
