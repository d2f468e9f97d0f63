//! Stream keys leave no trace in what is written: the same number of `x` stands in their place, in text, in
//! bytes and across chunk boundaries alike.

use super::reader::Reader;
use super::transcript::{Connection, Direction};
use crate::pen::handshake;

/// Characters of one string and members of one list that a report holds.
const LONGEST: usize = 4_000;
const MOST: usize = 2_000;
/// Shorter parts of a template are no secret; replacing them would make the rest unreadable.
const SHORTEST: usize = 3;
/// Comparisons of one search for secrets with chunk headers in them.
const STEPS: usize = 1 << 20;
const STEPS_PER_BYTE: usize = 512;

/// Strings that must not be written: the fixed parts of the stream template, and the queries of URLs whole and
/// by value. The longest come first, so that no rest of one is left where another is part of it.
#[must_use]
pub fn secrets<'a>(template: Option<&str>, apps: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut secrets: Vec<String> =
        template.into_iter().flat_map(|t| t.split("{n}")).map(str::to_owned).collect();
    for query in apps.into_iter().filter_map(|app| app.split_once('?').map(|(_, query)| query)) {
        secrets.push(query.to_owned());
        secrets.extend(query.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, v)| v.to_owned()));
    }
    secrets.retain(|s| s.len() >= SHORTEST);
    secrets.sort_by_key(|s| std::cmp::Reverse(s.len()));
    secrets.dedup();
    secrets
}

/// A URL for an error message: its query and what stands before an `@` are replaced.
#[must_use]
pub fn url(url: &str) -> String {
    let (rest, query) = url.split_once('?').map_or((url, None), |(rest, query)| (rest, Some(query)));
    let (scheme, rest) = rest.split_once("://").map_or(("", rest), |(scheme, rest)| (scheme, rest));
    let authority = rest.split('/').next().unwrap_or_default();
    let shown = match authority.rsplit_once('@') {
        Some((who, _)) => format!("{}{}", "x".repeat(who.len()), &rest[who.len()..]),
        None => rest.to_owned(),
    };
    let colon = if scheme.is_empty() { "" } else { "://" };
    let query = query.map(|q| format!("?{}", "x".repeat(q.len()))).unwrap_or_default();
    format!("{scheme}{colon}{shown}{query}")
}

/// Replaces every secret in text.
#[must_use]
pub fn text(input: &str, secrets: &[String]) -> String {
    secrets
        .iter()
        .filter(|s| !s.is_empty())
        .fold(input.to_owned(), |text, secret| text.replace(secret.as_str(), &"x".repeat(secret.len())))
}

/// Replaces every secret in the strings of a JSON value, and bounds what a target can make a report hold.
pub fn json(value: &mut serde_json::Value, secrets: &[String]) {
    use serde_json::Value;
    match value {
        Value::String(s) => {
            if s.chars().nth(LONGEST).is_some() {
                *s = s.chars().take(LONGEST).chain(['…']).collect();
            }
            *s = text(s, secrets);
        }
        Value::Array(list) => {
            list.truncate(MOST);
            list.iter_mut().for_each(|v| json(v, secrets));
        }
        Value::Object(map) => {
            let old = std::mem::take(map);
            map.extend(old.into_iter().take(MOST).map(|(key, mut value)| {
                json(&mut value, secrets);
                (text(&key, secrets), value)
            }));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Replaces every secret in the packets of a connection, both directions.
pub fn connection(connection: &mut Connection, secrets: &[String]) {
    for direction in [Direction::Sent, Direction::Heard] {
        let mut stream: Vec<u8> = connection
            .packets
            .iter()
            .filter(|p| p.direction == direction)
            .flat_map(|p| p.bytes.iter().copied())
            .collect();
        redact_stream(&mut stream, secrets);
        let mut at = 0;
        for packet in connection.packets.iter_mut().filter(|p| p.direction == direction) {
            let len = packet.bytes.len();
            packet.bytes.copy_from_slice(&stream[at..at + len]);
            at += len;
        }
    }
}

fn redact_stream(stream: &mut [u8], secrets: &[String]) {
    let skip = (1 + 2 * handshake::PACKET).min(stream.len());
    for message in Reader::default().feed(&stream[skip..]) {
        let places: Vec<usize> = message.chunks.iter().flat_map(|c| c.payload.clone()).collect();
        for place in find(&message.body, secrets) {
            if let Some(at) = places.get(place) {
                stream[skip + at] = b'x';
            }
        }
    }
    let Some(places) = find_in_chunks(stream, secrets) else { return stream[skip..].fill(b'x') };
    for place in find(stream, secrets).into_iter().chain(places) {
        stream[place] = b'x';
    }
}

/// Every index that is part of a secret with continuation headers in it: for streams that the reader gives up,
/// such as those with lies in them. `None`: bytes made to take long, in which every byte begins something like a
/// secret.
pub(crate) fn find_in_chunks<S: AsRef<[u8]>>(bytes: &[u8], secrets: &[S]) -> Option<Vec<usize>> {
    let mut places = Vec::new();
    let mut steps = STEPS.saturating_add(STEPS_PER_BYTE.saturating_mul(bytes.len()));
    for secret in secrets.iter().map(AsRef::as_ref).filter(|s| s.len() > 1) {
        for start in bytes.iter().enumerate().filter(|(_, b)| **b == secret[0]).map(|(i, _)| i) {
            let (mut at, mut met) = (start, Vec::with_capacity(secret.len()));
            while met.len() < secret.len() && at < bytes.len() {
                steps = steps.checked_sub(1)?;
                if bytes[at] == secret[met.len()] {
                    met.push(at);
                    at += 1;
                } else if bytes[at] >= 0xC0 && !met.is_empty() {
                    // A type 3 basic header of one, two or three bytes.
                    at += match bytes[at] & 0x3F {
                        0 => 2,
                        1 => 3,
                        _ => 1,
                    };
                } else {
                    break;
                }
            }
            if met.len() == secret.len() {
                places.append(&mut met);
            }
        }
    }
    Some(places)
}

/// Every index that is part of a secret.
fn find(bytes: &[u8], secrets: &[String]) -> Vec<usize> {
    let mut places = Vec::new();
    for secret in secrets.iter().map(String::as_bytes).filter(|s| !s.is_empty()) {
        for (start, window) in bytes.windows(secret.len()).enumerate() {
            if window == secret {
                places.extend(start..start + secret.len());
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::pen::command;
    use crate::wire::transcript::{Connection, Direction, Packet};

    #[test]
    fn a_key_across_a_chunk_boundary_is_found() {
        let secrets = vec!["topsecretkey".to_owned()];
        let message = command::publish(1, &format!("{}topsecretkey", "p".repeat(90)), "live");
        let mut bytes = vec![0; 3073];
        bytes.extend(message.chunks(128).concat());
        let packet =
            |bytes: &[u8]| Packet { at: Duration::ZERO, direction: Direction::Sent, bytes: bytes.to_vec() };
        let mut connection = Connection {
            packets: vec![packet(&bytes[..3100]), packet(&bytes[3100..])],
            ..Connection::default()
        };
        super::connection(&mut connection, &secrets);
        let after: Vec<u8> = connection.packets.iter().flat_map(|p| p.bytes.clone()).collect();
        assert_eq!(after.len(), bytes.len());
        assert_eq!(after.iter().zip(&bytes).filter(|(a, b)| a != b).count(), "topsecretkey".len());
        assert_eq!(super::text("publish topsecretkey!", &secrets), "publish xxxxxxxxxxxx!");
    }

    #[test]
    fn a_key_across_a_chunk_boundary_after_a_lie_is_found() {
        let secrets = vec!["topsecretkey".to_owned()];
        let message = command::publish(1, &format!("{}topsecretkey", "p".repeat(90)), "live");
        let mut stream = vec![0; 3073];
        stream.push(0x87); // a type 2 chunk first: unreadable
        stream.extend(message.chunks(128).concat());
        let before = stream.clone();
        super::redact_stream(&mut stream, &secrets);
        assert_eq!(stream.iter().zip(&before).filter(|(a, b)| a != b).count(), "topsecretkey".len());
    }

    #[test]
    fn a_search_that_would_take_long_ends() {
        let secrets: Vec<Vec<u8>> = (0..=255).map(|n| [&[b'a'; 500][..], &[b'b', n]].concat()).collect();
        assert_eq!(super::find_in_chunks(&[b'a'; 100_000], &secrets), None);
        assert_eq!(super::find_in_chunks(b"a\xC3ab", &[b"aab"]), Some(vec![0, 2, 3]));
    }

    #[test]
    fn secrets_of_templates_and_queries() {
        let secrets = super::secrets(Some("k-abc{n}z"), ["live?token=abcdef&v=1", "live"]);
        assert_eq!(secrets, ["token=abcdef&v=1", "abcdef", "k-abc"]);
        assert_eq!(super::text("abcdef k-abc7z", &secrets), "xxxxxx xxxxx7z");
        assert_eq!(super::url("rtmps://me:pw@host/app?key=1"), "rtmps://xxxxx@host/app?xxxxx");
        assert_eq!(super::url("host/app"), "host/app");
        let mut value = serde_json::json!({"abcdef": ["xabcdef", "y".repeat(9_000)]});
        super::json(&mut value, &secrets);
        assert_eq!(value["xxxxxx"][0], "xxxxxxx");
        assert_eq!(value["xxxxxx"][1].as_str().unwrap().chars().count(), 4_001);
    }
}
