//! What is said about a connection: events, their two written forms, and the bounds on how much is said.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::redact;
use crate::catalogue::{Catalogue, Level};
use crate::rule::Rule;

/// Lines per connection, summaries and the final account aside; what comes after is counted.
const LINES: usize = 400;
/// Lines about the same rule in the same sense.
const SAME: usize = 3;
/// Longest text of an event in characters.
const LONGEST: usize = 700;

/// What an event says about the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something happened; nothing is judged.
    Step,
    /// It is as the rule says.
    Right,
    /// A rule of level must is broken.
    Wrong,
    /// Not as the rule says, but of a lower level, or generally tolerated.
    Lenient,
    /// Worth knowing, no rule behind it or no verdict.
    Note,
}

impl Kind {
    /// The word in front of a text line.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Step => "--",
            Self::Right => "ok",
            Self::Wrong => "WRONG",
            Self::Lenient => "lenient",
            Self::Note => "note",
        }
    }
}

/// One thing that is said about a connection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// Milliseconds since the connection was accepted.
    pub at_ms: f64,
    /// Number of the connection, from 1.
    pub connection: u64,
    /// What it says about the client.
    pub kind: Kind,
    /// The requirement it is judged by.
    pub rule: Option<Rule>,
    /// One line, free of control characters and of stream keys.
    pub text: String,
}

impl Event {
    /// `#1 +12.4ms  ok       connect app=live  [CONN-006]`
    #[must_use]
    pub fn line(&self) -> String {
        format!("#{} +{:.1}ms  {}", self.connection, self.at_ms, self.judgement())
    }

    /// The line without number and time.
    #[must_use]
    pub fn judgement(&self) -> String {
        let rule = self.rule.map_or(String::new(), |rule| format!("  [{rule}]"));
        format!("{:<8} {}{rule}", self.kind.mark(), self.text)
    }

    /// The event as one line of JSON.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// How many judgements of each sense there were, printed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// As the rules say.
    pub right: u64,
    /// Rules of level must broken.
    pub wrong: u64,
    /// Tolerated.
    pub lenient: u64,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} right, {} wrong, {} lenient", self.right, self.wrong, self.lenient)
    }
}

/// Collects the events of one connection.
#[derive(Debug)]
pub(super) struct Log {
    connection: u64,
    now: Duration,
    events: Vec<Event>,
    tally: Tally,
    seen: BTreeMap<(Kind, &'static str), u64>,
    lines: usize,
    held_back: u64,
    secrets: Vec<String>,
}

impl Log {
    pub fn new(connection: u64) -> Self {
        Self {
            connection,
            now: Duration::ZERO,
            events: Vec::new(),
            tally: Tally::default(),
            seen: BTreeMap::new(),
            lines: 0,
            held_back: 0,
            secrets: Vec::new(),
        }
    }

    /// Sets the time of what follows.
    pub fn at(&mut self, now: Duration) {
        self.now = now;
    }

    pub fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub fn connection(&self) -> u64 {
        self.connection
    }

    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Remembers a stream name: it is masked wherever the client repeats it.
    pub fn secret(&mut self, name: &str) {
        for part in [name, name.split('?').next().unwrap_or(name)] {
            if !part.is_empty() && self.secrets.len() < 16 && !self.secrets.iter().any(|s| s == part) {
                self.secrets.push(part.into());
            }
        }
        self.secrets.sort_by_key(|s| std::cmp::Reverse(s.len()));
    }

    /// Text that the client wrote, made fit to print.
    pub fn foreign(&self, text: &str) -> String {
        redact::foreign(text, &self.secrets)
    }

    /// Something happened.
    pub fn step(&mut self, text: impl Into<String>) {
        self.push(Kind::Step, None, text.into());
    }

    /// Worth knowing.
    pub fn note(&mut self, text: impl Into<String>) {
        self.push(Kind::Note, None, text.into());
    }

    /// Worth knowing about a rule, no verdict.
    pub fn remark(&mut self, rule: Rule, text: impl Into<String>) {
        self.push(Kind::Note, Some(rule), text.into());
    }

    /// As the rule says.
    pub fn right(&mut self, rule: Rule, text: impl Into<String>) {
        self.push(Kind::Right, Some(rule), text.into());
    }

    /// As the rule says; said and counted once per connection.
    pub fn right_once(&mut self, rule: Rule, text: &str) {
        if !self.said(Kind::Right, rule) {
            self.right(rule, text);
        }
    }

    /// Not as the rule says: wrong where the catalogue's level is must, lenient below.
    pub fn broken(&mut self, rule: Rule, text: impl Into<String>) {
        let level = Catalogue::builtin().get(rule.id()).map(|row| row.level);
        let kind = if level == Some(Level::Must) { Kind::Wrong } else { Kind::Lenient };
        self.push(kind, Some(rule), text.into());
    }

    /// Not as the rule says, and generally tolerated.
    pub fn lenient(&mut self, rule: Rule, text: impl Into<String>) {
        self.push(Kind::Lenient, Some(rule), text.into());
    }

    /// `right` or `broken`.
    pub fn judge(&mut self, rule: Rule, fine: bool, right: impl Into<String>, broken: impl Into<String>) {
        if fine { self.right(rule, right) } else { self.broken(rule, broken) }
    }

    /// A line that is not held back: the account of each second and of the end, which time bounds.
    pub fn account(&mut self, kind: Kind, text: impl Into<String>) {
        self.write(kind, None, text.into());
    }

    pub fn said(&self, kind: Kind, rule: Rule) -> bool {
        self.seen.contains_key(&(kind, rule.id()))
    }

    /// What was broken more often than it was printed.
    pub fn repeated(&self) -> Vec<String> {
        self.seen
            .iter()
            .filter(|((kind, _), n)| matches!(kind, Kind::Wrong | Kind::Lenient) && **n > SAME as u64)
            .map(|((_, rule), n)| format!("{rule} {n} times"))
            .collect()
    }

    pub fn held_back(&self) -> u64 {
        self.held_back
    }

    fn push(&mut self, kind: Kind, rule: Option<Rule>, text: String) {
        match kind {
            Kind::Right => self.tally.right += 1,
            Kind::Wrong => self.tally.wrong += 1,
            Kind::Lenient => self.tally.lenient += 1,
            Kind::Step | Kind::Note => {}
        }
        let mut times = 1;
        if let Some(rule) = rule {
            let count = self.seen.entry((kind, rule.id())).or_default();
            *count += 1;
            times = *count;
        }
        if times > SAME as u64 || self.lines >= LINES {
            self.held_back += 1;
            return;
        }
        self.lines += 1;
        let text = if times == SAME as u64 && matches!(kind, Kind::Wrong | Kind::Lenient) {
            format!("{text} (further ones are counted only)")
        } else {
            text
        };
        self.write(kind, rule, text);
    }

    fn write(&mut self, kind: Kind, rule: Option<Rule>, text: String) {
        self.events.push(Event {
            at_ms: (self.now.as_secs_f64() * 1e4).round() / 10.0,
            connection: self.connection,
            kind,
            rule,
            text: redact::printable(&text, LONGEST),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Kind, Log};
    use crate::rule::{CHUNK_013, CTRL_009};

    #[test]
    fn a_line_and_its_json() {
        let mut log = Log::new(2);
        log.at(Duration::from_micros(12_430));
        log.broken(CHUNK_013, "type 1 first");
        let event = log.take().remove(0);
        assert_eq!(event.line(), "#2 +12.4ms  WRONG    type 1 first  [CHUNK-013]");
        assert_eq!(
            event.json(),
            r#"{"at_ms":12.4,"connection":2,"kind":"wrong","rule":"CHUNK-013","text":"type 1 first"}"#
        );
    }

    #[test]
    fn only_must_rows_are_wrong() {
        let mut log = Log::new(1);
        log.broken(CTRL_009, "chunk size 64");
        assert_eq!(log.take()[0].kind, Kind::Lenient);
        assert_eq!(log.tally().to_string(), "0 right, 0 wrong, 1 lenient");
    }

    #[test]
    fn what_repeats_is_counted_and_not_printed() {
        let mut log = Log::new(1);
        for _ in 0..1000 {
            log.broken(CHUNK_013, "again");
        }
        for _ in 0..1000 {
            log.note("chatter");
        }
        let events = log.take();
        assert_eq!(events.len(), super::LINES);
        assert!(events[2].text.ends_with("(further ones are counted only)"));
        assert_eq!(log.tally().wrong, 1000);
        assert_eq!(log.repeated(), ["CHUNK-013 1000 times"]);
        assert_eq!(log.held_back(), 1600);
    }
}
