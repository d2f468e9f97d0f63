//! Which strings of a message are secret: what a message says by its place ([`by_place`]), and what other messages
//! have shown to be a secret ([`by_value`]). Both give ranges of the body that are to be replaced.

use std::ops::Range;

use super::follow::{Kind, Part, is_amf};
use super::secrets::{LONG, Secrets, split};
use super::strings::{Found, strings};
use crate::wire::redact::find_in_chunks;

/// Commands whose arguments are names of streams.
const NAMING: [&str; 14] = [
    "publish",
    "play",
    "play2",
    "releaseStream",
    "FCPublish",
    "FCUnpublish",
    "FCSubscribe",
    "FCUnsubscribe",
    "getStreamLength",
    "deleteStream",
    "closeStream",
    "DVRGetStreamInfo",
    "initStream",
    "startTransmit",
];
/// Kinds of publishing, and other arguments that are no name (RTMP 7.2.2.6; play2's transitions).
const KINDS: [&str; 10] = [
    "live",
    "record",
    "append",
    "appendWithGap",
    "reset",
    "switch",
    "stop",
    "swap",
    "resume",
    "append-and-wait",
];
/// Answers; they name no stream by their place.
const ANSWERS: [&str; 3] = ["_result", "_error", "onStatus"];
/// Members of connect's object that say nothing secret (RTMP 7.2.1.1, E-RTMP v2).
const HARMLESS: [&str; 7] =
    ["type", "flashVer", "fourCcList", "videoFourCcInfoMap", "audioFourCcInfoMap", "swfHash", "capsEx"];

/// What a client's command says, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// connect: the app.
    App(String),
    /// publish: the name as `x`.
    Publish(String),
    /// play: the name as `x`.
    Play(String),
}

type Ranges = Vec<Range<usize>>;

/// Bytes in front of the AMF0 values of a message (RTMP 7.1.1: types 15 and 17 begin with a byte).
fn lead(kind: u8, body: &[u8]) -> usize {
    usize::from(matches!(kind, 15 | 17) && body.first() == Some(&0))
}

struct Message<'a> {
    body: &'a [u8],
    found: Vec<Found>,
    /// Where AMF ends and something else begins.
    stopped: Option<usize>,
}

impl<'a> Message<'a> {
    fn read(kind: u8, whole: &'a [u8]) -> Self {
        let lead = lead(kind, whole);
        let walked = strings(&whole[lead..]);
        let shift = |r: Range<usize>| r.start + lead..r.end + lead;
        let found = walked
            .found
            .into_iter()
            .map(|f| Found { range: shift(f.range), member: f.member.map(shift), ..f })
            .collect();
        Self { body: whole, found, stopped: walked.stopped.map(|at| at + lead) }
    }

    fn text(&self, range: &Range<usize>) -> &'a [u8] {
        &self.body[range.clone()]
    }

    fn is(&self, range: &Range<usize>, words: &[&str]) -> bool {
        words.iter().any(|word| word.as_bytes() == self.text(range))
    }

    /// The name of the command, or the handler of data.
    fn name(&self) -> &'a [u8] {
        self.found.iter().find(|f| f.top == 0 && f.alone).map_or(&[], |f| self.text(&f.range))
    }

    fn member_is(&self, found: &Found, words: &[&str]) -> bool {
        found.member.as_ref().is_some_and(|m| self.is(m, words))
    }
}

/// What is secret by its place in a message; the secrets become known. `from_client`: client to server.
pub fn by_place(part: &Part, from_client: bool, secrets: &mut Secrets, told: &mut Vec<Told>) -> Ranges {
    let mut out = Vec::new();
    let Kind::Message(kind) = part.kind else { return out };
    if !is_amf(kind) {
        return out;
    }
    let message = Message::read(kind, &part.body);
    if from_client && matches!(kind, 17 | 20) {
        command(&message, secrets, told, &mut out);
        // What is no AMF any more could be anything.
        out.extend(message.stopped.map(|at| at..part.body.len()));
    }
    for found in message.found.iter().filter(|f| !f.name) {
        credentials(&message, found, secrets, &mut out);
    }
    out
}

fn command(message: &Message<'_>, secrets: &mut Secrets, told: &mut Vec<Told>, out: &mut Ranges) {
    let name = message.name();
    let named = std::str::from_utf8(name).unwrap_or_default();
    if ANSWERS.contains(&named) {
        return;
    }
    let values = message.found.iter().filter(|f| !(f.name || f.top == 0 && f.alone));
    if named == "connect" {
        for found in values {
            connect_member(message, found, secrets, told, out);
        }
        return;
    }
    let naming = NAMING.contains(&named);
    let mut first = true;
    for found in values {
        let text = message.text(&found.range);
        if !std::mem::take(&mut first) && message.is(&found.range, &KINDS) {
            continue;
        }
        out.push(found.range.clone());
        if naming {
            secrets.stream(text);
            let shown = "x".repeat(text.len().min(64));
            match named {
                "publish" if told.len() < 32 => told.push(Told::Publish(shown)),
                "play" | "play2" if told.len() < 32 => told.push(Told::Play(shown)),
                _ => {}
            }
        } else if text.len() >= LONG {
            secrets.add(text);
        }
    }
}

/// connect: queries, user info, path beyond the application, and whatever is not known to be harmless.
fn connect_member(
    message: &Message<'_>,
    found: &Found,
    secrets: &mut Secrets,
    told: &mut Vec<Told>,
    out: &mut Ranges,
) {
    let text = message.text(&found.range);
    let mut ranges = Vec::new();
    let is = |words| found.top < 3 && message.member_is(found, words);
    if is(&["app"]) {
        path(text, 0, &mut ranges);
        if told.len() < 32 {
            let mut app = text.to_vec();
            ranges.iter().cloned().for_each(|r| app[r].fill(b'x'));
            told.push(Told::App(String::from_utf8_lossy(&app).into_owned()));
        }
    } else if is(&["tcUrl"]) {
        url(text, true, &mut ranges);
    } else if is(&["swfUrl", "pageUrl", "referrer"]) {
        url(text, false, &mut ranges);
    } else if !is(&HARMLESS) {
        ranges.push(0..text.len());
    }
    for range in ranges {
        secrets.add(&text[range.clone()]);
        out.push(found.range.start + range.start..found.range.start + range.end);
    }
}

/// URLs and authentication parameters in any string: what a redirection or a refusal carries.
fn credentials(message: &Message<'_>, found: &Found, secrets: &mut Secrets, out: &mut Ranges) {
    let text = message.text(&found.range);
    let mut ranges = Vec::new();
    if memchr::memmem::find(text, b"://").is_some() {
        url(text, false, &mut ranges);
    }
    if memchr::memmem::find(text, b"authmod=").is_some()
        && let Some(at) = text.iter().position(|b| *b == b'?')
    {
        query(text, at + 1, &mut ranges);
    }
    for range in ranges {
        if range.len() >= LONG {
            secrets.add(&text[range.clone()]);
        }
        out.push(found.range.start + range.start..found.range.start + range.end);
    }
}

/// User info, fragment and query of a URL; with `deep` what follows the first segment of the path.
fn url(text: &[u8], deep: bool, out: &mut Ranges) {
    let begin = memchr::memmem::find(text, b"://").map_or(0, |at| at + 3);
    let end = text[begin..].iter().position(|b| matches!(b, b'/' | b'?' | b'#'));
    let end = end.map_or(text.len(), |at| begin + at);
    if let Some(at) = text[begin..end].iter().rposition(|b| *b == b'@') {
        // Name and password on their own, because the colon between them is none of either.
        let mut from = begin;
        for piece in text[begin..begin + at].split(|b| *b == b':') {
            out.push(from..from + piece.len());
            from += piece.len() + 1;
        }
    }
    if deep {
        path(text, end, out);
    } else if let Some(at) = text[end..].iter().position(|b| *b == b'?') {
        query(text, end + at + 1, out);
    }
}

/// A path from `begin` on: the segments after the first, where encoders put keys, and the query.
fn path(text: &[u8], begin: usize, out: &mut Ranges) {
    let end = text[begin..].iter().position(|b| matches!(b, b'?' | b'#')).map_or(text.len(), |at| begin + at);
    let lead = text[begin..end].iter().take_while(|b| **b == b'/').count();
    let mut from = begin + lead;
    for (i, segment) in text[from..end].split(|b| *b == b'/').enumerate() {
        if i > 0 && segment != b"_definst_" && !segment.is_empty() {
            out.push(from..from + segment.len());
        }
        from += segment.len() + 1;
    }
    if end < text.len() {
        query(text, end + 1, out);
    }
}

/// The values of a query; `authmod` and `reason` say only which method is used.
fn query(text: &[u8], begin: usize, out: &mut Ranges) {
    let mut from = begin.min(text.len());
    for pair in text[from..].split(|b| matches!(b, b'&' | b'?' | b'#')) {
        let (name, value) = split(pair, b'=');
        match value {
            Some(value) if !matches!(name, b"authmod" | b"reason") => {
                let at = from + name.len() + 1;
                out.push(at..at + value.len());
            }
            None => out.push(from..from + pair.len()),
            Some(_) => {}
        }
        from += pair.len() + 1;
    }
    out.retain(|r| !r.is_empty());
}

/// Where secrets that are known by now stand.
pub fn by_value(part: &Part, from_client: bool, secrets: &Secrets) -> Ranges {
    let body = &part.body[..];
    let Kind::Message(kind) = part.kind else {
        return if part.kind == Kind::Opaque { opaque(body, part.whole, secrets) } else { whole(part) };
    };
    let mut out = secrets.in_bytes(body);
    if !part.whole {
        out.extend(secrets.at_end(body, if is_amf(kind) { 1 } else { 3 }));
    }
    if matches!(kind, 16 | 19) {
        out.extend(secrets.in_text(body));
    }
    if !is_amf(kind) {
        return out;
    }
    let message = Message::read(kind, body);
    let is_command = matches!(kind, 17 | 20);
    // A client's command is judged by place. In answers and data a short name is looked for in the values.
    if !(from_client && is_command && !ANSWERS.iter().any(|a| a.as_bytes() == message.name())) {
        for found in message.found.iter().filter(|f| !(f.name || f.top == 0 && f.alone)) {
            if message.member_is(found, &["code", "level"]) {
                continue;
            }
            let text = message.text(&found.range);
            if secrets.full {
                out.push(found.range.clone());
            }
            let shifted = |r: Range<usize>| found.range.start + r.start..found.range.start + r.end;
            out.extend(secrets.in_text(text).into_iter().map(shifted));
        }
        if let Some(at) = message.stopped {
            let rest = secrets.in_text(&body[at..]);
            out.extend(rest.into_iter().map(|r| at + r.start..at + r.end));
        }
    }
    out
}

/// All of a body; a blind part has none but its places.
fn whole(part: &Part) -> Ranges {
    let len = part.pieces.iter().map(|(_, n)| n).sum();
    std::iter::once(0..len).collect()
}

/// Bytes that cannot be read: known secrets, and all from the next command on that names a stream; all of them
/// where no name is known yet.
fn opaque(body: &[u8], last: bool, secrets: &Secrets) -> Ranges {
    if !secrets.named || secrets.full {
        return std::iter::once(0..body.len()).collect();
    }
    let mut out = secrets.in_text(body);
    let Some(places) = find_in_chunks(body, &secrets.needles()) else {
        return std::iter::once(0..body.len()).collect();
    };
    out.extend(places.into_iter().map(|at| at..at + 1));
    if !last {
        out.extend(secrets.at_end(body, 3));
    }
    out.extend(naming_command(body).map(|at| at..body.len()));
    out
}

/// Where a command that names a stream ends its own name, in bytes that cannot be read as chunks.
#[must_use]
pub fn naming_command(body: &[u8]) -> Option<usize> {
    let names = NAMING.iter().chain(&["connect"]);
    let patterns: Vec<Vec<u8>> = names
        .flat_map(|name| {
            let len = name.len() as u8;
            [[&[0, len], name.as_bytes()].concat(), [&[6, len << 1 | 1], name.as_bytes()].concat()]
        })
        .collect();
    // The name may be cut by chunk headers: it ends at the last byte of the places.
    patterns
        .iter()
        .filter_map(|p| {
            let places = find_in_chunks(body, &[&p[..]]).unwrap_or_default();
            places.get(p.len() - 1).map(|at| at + 1)
        })
        .min()
}

#[cfg(test)]
mod tests;
