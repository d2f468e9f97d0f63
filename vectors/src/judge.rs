//! The rules of README.md "Judging a decoder".

use crate::hmac::hmac;
use crate::{
    Allowed, Amf0, Amf3, Control, DigestHandshake, Entry, Event, Expected, Found, Member, Message, Property,
    RtmpeHandshake, Vector, Yield, hex,
};

/// What a decoder made of the bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What it found before the error, if there was one.
    pub yields: Vec<Yield>,
    /// Why it gave up.
    pub error: Option<String>,
}

/// What a decoder found, in the families that name it.
#[must_use]
pub fn found(found: Found) -> Yield {
    Yield::Found(Box::new(found))
}

/// Whether the outcome for all bytes passes.
///
/// # Errors
/// In words, what was expected and what was found.
pub fn judge(vector: &Vector, outcome: &Outcome) -> Result<(), String> {
    let same = |yields: &[Yield]| equal(yields, &outcome.yields);
    let begun = |yields: &[Yield]| {
        outcome.yields.len() <= yields.len() && equal(&yields[..outcome.yields.len()], &outcome.yields)
    };
    let failed = outcome.error.is_some();
    let allowed = |what: &Allowed| match what {
        Allowed::Accept => !failed && same(&vector.yields),
        Allowed::Close => {
            failed
                && (is_handshake(&vector.yields)
                    || begun(&vector.yields)
                    || vector.alternatives.iter().any(|a| begun(&a.yields)))
        }
        Allowed::Alternative => !failed && vector.alternatives.iter().any(|a| same(&a.yields)),
    };
    let fine = match vector.result {
        Expected::Valid => !failed && same(&vector.yields),
        Expected::Invalid if vector.allow.is_empty() => failed && same(&vector.yields),
        Expected::Invalid | Expected::Lenient => vector.allow.iter().any(allowed),
    };
    if fine {
        return Ok(());
    }
    let error = outcome.error.as_deref().unwrap_or("none");
    Err(format!(
        "{}{}\n expected {}\n found    {}\n error    {error:.500}",
        asked(vector),
        parting(&vector.yields, &outcome.yields),
        told(&vector.yields),
        told(&outcome.yields),
    ))
}

/// What a vector asks, in its own words.
fn asked(vector: &Vector) -> String {
    let word = |value: serde_json::Result<serde_json::Value>| match value {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    };
    let allow: Vec<String> = vector.allow.iter().map(|a| word(serde_json::to_value(a))).collect();
    let result = word(serde_json::to_value(vector.result));
    if allow.is_empty() { result } else { format!("{result}, allowed: {}", allow.join(", ")) }
}

/// Where two lists of some length part.
fn parting(expected: &[Yield], found: &[Yield]) -> String {
    if expected.len().max(found.len()) < 2 {
        return String::new();
    }
    let same = expected.iter().zip(found).take_while(|pair| matches(pair.0, pair.1)).count();
    if same == expected.len() && same == found.len() {
        return String::new();
    }
    format!("; from yields[{same}] on it differs ({} expected, {} found)", expected.len(), found.len())
}

/// As the files write it, cut at 2,000 characters.
fn told(yields: &[Yield]) -> String {
    let text = serde_json::to_value(yields).map(without_null).unwrap_or_default().to_string();
    match text.char_indices().nth(2000) {
        Some((end, _)) => format!("{}... ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}

/// A value without members that are null, at any depth.
#[must_use]
pub fn without_null(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_null(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_null).collect()),
        other => other,
    }
}

/// After an error nothing of the handshake's state is to be seen.
fn is_handshake(yields: &[Yield]) -> bool {
    matches!(yields, [Yield::Handshake(_)])
}

/// Whether the outcome for a beginning that `cuts` names passes: there has to be an error.
///
/// # Errors
/// In words, what was found.
pub fn judge_cut(vector: &Vector, outcome: &Outcome) -> Result<(), String> {
    let begun = |yields: &[Yield]| {
        outcome.yields.len() <= yields.len() && equal(&yields[..outcome.yields.len()], &outcome.yields)
    };
    let readings = std::iter::once(&vector.yields).chain(vector.alternatives.iter().map(|a| &a.yields));
    if outcome.error.is_some() && readings.into_iter().any(|yields| begun(yields)) {
        return Ok(());
    }
    Err(format!("an error is due, found {}", told(&outcome.yields)))
}

fn equal(expected: &[Yield], found: &[Yield]) -> bool {
    expected.len() == found.len() && expected.iter().zip(found).all(|pair| matches(pair.0, pair.1))
}

fn matches(expected: &Yield, found: &Yield) -> bool {
    match (expected, found) {
        (Yield::Amf0(expected), Yield::Amf0(found)) => same_value(expected, found),
        (Yield::Handshake(expected), Yield::Handshake(found)) => {
            let [least, most] = expected.sent;
            (least..=most).contains(&found.sent[0])
                && (expected.done, expected.consumed, expected.peer_version)
                    == (found.done, found.consumed, found.peer_version)
                && (!third_sent(found.sent)
                    || (expected.echo_time.is_none() || expected.echo_time == found.echo_time)
                        && (expected.echo_random_sha256.is_none()
                            || expected.echo_random_sha256 == found.echo_random_sha256))
        }
        (Yield::Found(expected), Yield::Found(found)) => same_found(expected, found),
        (Yield::Message(expected), Yield::Message(found)) => plain_message(expected) == plain_message(found),
        (expected, found) => expected == found,
    }
}

/// Whether S2 or C2 is among the bytes that were sent. One that may be due later has nothing to compare.
fn third_sent(sent: [usize; 2]) -> bool {
    sent[0] > 2 * 1536
}

/// Chunk sizes above the length of the longest message are the same (RTMP 5.4.1).
fn plain_message(message: &Message) -> Message {
    let mut plain = message.clone();
    if let Some(Control::SetChunkSize { size }) = &mut plain.control {
        *size = (*size).min(0xFF_FFFF);
    }
    plain
}

fn same_found(expected: &Found, found: &Found) -> bool {
    match (expected, found) {
        (Found::Amf3(expected), Found::Amf3(found)) => plain3(expected) == plain3(found),
        (Found::SharedObject(expected), Found::SharedObject(found)) => {
            let events = |events: &[Event]| events.iter().map(plain_event).collect::<Vec<_>>();
            (&expected.name, expected.version, expected.flags) == (&found.name, found.version, found.flags)
                && events(&expected.events) == events(&found.events)
        }
        (Found::Video(expected), Found::Video(found)) => {
            let mut pair = (expected.clone(), found.clone());
            for video in [&mut pair.0, &mut pair.1] {
                video.metadata = video.metadata.as_ref().map(|values| values.iter().map(plain).collect());
                video.color = video.color.as_ref().map(plain);
            }
            pair.0 == pair.1
        }
        (Found::DigestHandshake(expected), Found::DigestHandshake(found)) => same_digest(expected, found),
        (Found::RtmpeHandshake(expected), Found::RtmpeHandshake(found)) => same_rtmpe(expected, found),
        (Found::Auth(expected), Found::Auth(found)) => {
            let mut found = found.clone();
            if expected.append.is_none() {
                found.append = None;
            }
            *expected == found
        }
        (expected, found) => expected == found,
    }
}

fn same_digest(expected: &DigestHandshake, found: &DigestHandshake) -> bool {
    let [least, most] = expected.sent;
    let mut told = DigestHandshake { sent: expected.sent, answer: None, ..found.clone() };
    if !third_sent(found.sent) {
        told.answer_key.clone_from(&expected.answer_key);
        told.echo_time = expected.echo_time;
        told.echo_random_sha256.clone_from(&expected.echo_random_sha256);
    } else if let Some(answer) = found.answer.as_deref().and_then(packet) {
        if expected.answer_key.is_some() {
            told.answer_key = signed_with(expected.answer_key.as_deref(), &answer);
        } else {
            told.echo_time = Some(u32::from_be_bytes([answer[0], answer[1], answer[2], answer[3]]));
            told.echo_random_sha256 = Some(hex::sha256(&answer[8..]));
        }
    }
    (least..=most).contains(&found.sent[0]) && *expected == told
}

/// Types 8 and 9 encipher the signature; the vectors of the step `signature` show how.
fn same_rtmpe(expected: &RtmpeHandshake, found: &RtmpeHandshake) -> bool {
    let mut told = RtmpeHandshake { answer: None, ..found.clone() };
    match (found.version, found.answer.as_deref().and_then(packet)) {
        (8 | 9, _) => told.answer_key.clone_from(&expected.answer_key),
        (_, Some(answer)) => told.answer_key = signed_with(expected.answer_key.as_deref(), &answer),
        _ => {}
    }
    *expected == told
}

/// C2 or S2 from hexadecimal.
fn packet(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).ok().filter(|bytes| bytes.len() == 1536)
}

/// The key, if the signature of a C2 or S2 verifies under it.
fn signed_with(key: Option<&str>, answer: &[u8]) -> Option<String> {
    let (data, signature) = answer.split_at(1536 - 32);
    key.filter(|key| hex::decode(key).is_ok_and(|key| hmac(&key, data) == signature)).map(str::to_owned)
}

/// Numbers by their bits, NaN as NaN, texts written out, the readers' copy of numbers left out.
fn same_value(expected: &Amf0, found: &Amf0) -> bool {
    plain(expected) == plain(found)
}

fn plain(value: &Amf0) -> Amf0 {
    match value {
        Amf0::Number { bits, .. } => Amf0::Number { bits: plain_bits(bits), value: None },
        Amf0::Date { bits, zone, .. } => Amf0::Date { bits: plain_bits(bits), value: None, zone: *zone },
        Amf0::String { value, times } => Amf0::String { value: written(value, *times), times: None },
        Amf0::XmlDocument { value, times } => {
            Amf0::XmlDocument { value: written(value, *times), times: None }
        }
        Amf0::Object { properties } => Amf0::Object { properties: plain_properties(properties) },
        Amf0::EcmaArray { count, properties } => {
            Amf0::EcmaArray { count: *count, properties: plain_properties(properties) }
        }
        Amf0::TypedObject { class, properties } => {
            Amf0::TypedObject { class: class.clone(), properties: plain_properties(properties) }
        }
        Amf0::StrictArray { items } => Amf0::StrictArray { items: items.iter().map(plain).collect() },
        Amf0::Amf3 { value } => Amf0::Amf3 { value: plain3(value) },
        other => other.clone(),
    }
}

fn plain_properties(properties: &[Property]) -> Vec<Property> {
    properties
        .iter()
        .map(|p| Property { key: written(&p.key, p.key_times), key_times: None, value: plain(&p.value) })
        .collect()
}

fn plain_event(event: &Event) -> Event {
    match event {
        Event::RequestChange { slots } => Event::RequestChange { slots: plain_properties(slots) },
        Event::Change { slots } => Event::Change { slots: plain_properties(slots) },
        Event::SendMessage { values } => Event::SendMessage { values: values.iter().map(plain).collect() },
        other => other.clone(),
    }
}

fn plain3(value: &Amf3) -> Amf3 {
    let members = |members: &[Member]| {
        members.iter().map(|m| Member { key: m.key.clone(), value: plain3(&m.value) }).collect()
    };
    let all = |values: &[Amf3]| values.iter().map(plain3).collect();
    match value {
        Amf3::Double { bits, .. } => Amf3::Double { bits: plain_bits(bits), value: None },
        Amf3::Date { bits, .. } => Amf3::Date { bits: plain_bits(bits), value: None },
        Amf3::String { value, times } => Amf3::String { value: written(value, *times), times: None },
        Amf3::Xml { value, times } => Amf3::Xml { value: written(value, *times), times: None },
        Amf3::XmlDocument { value, times } => {
            Amf3::XmlDocument { value: written(value, *times), times: None }
        }
        Amf3::Array { associative, dense } => {
            Amf3::Array { associative: members(associative), dense: all(dense) }
        }
        Amf3::Object { class, dynamic, sealed, members: dynamics } => Amf3::Object {
            class: class.clone(),
            dynamic: *dynamic,
            sealed: members(sealed),
            members: members(dynamics),
        },
        Amf3::Externalizable { class, hex, value } => Amf3::Externalizable {
            class: class.clone(),
            hex: hex.clone(),
            value: value.as_ref().map(|value| Box::new(plain3(value))),
        },
        Amf3::VectorDouble { fixed, items } => {
            Amf3::VectorDouble { fixed: *fixed, items: items.iter().map(|bits| plain_bits(bits)).collect() }
        }
        Amf3::VectorObject { fixed, class, items } => {
            Amf3::VectorObject { fixed: *fixed, class: class.clone(), items: all(items) }
        }
        Amf3::Dictionary { weak, entries } => Amf3::Dictionary {
            weak: *weak,
            entries: entries.iter().map(|e| Entry { key: plain3(&e.key), value: plain3(&e.value) }).collect(),
        },
        other => other.clone(),
    }
}

fn written(text: &str, times: Option<usize>) -> String {
    text.repeat(times.unwrap_or(1))
}

/// One NaN is as good as another.
fn plain_bits(bits: &str) -> String {
    match u64::from_str_radix(bits, 16).map(f64::from_bits) {
        Ok(number) if number.is_nan() => "nan".to_owned(),
        _ => bits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Handshake;

    fn client(sent: [usize; 2], echo_time: Option<u32>) -> Yield {
        Yield::Handshake(Handshake {
            done: false,
            consumed: 1537,
            peer_version: 3,
            sent,
            echo_time,
            echo_random_sha256: echo_time.map(|time| time.to_string()),
        })
    }

    #[test]
    fn an_echo_is_compared_once_it_was_sent() {
        let expected = client([1537, 3073], Some(5));
        for (sent, echo, passes) in [
            (1536, None, false),
            (1537, None, true),
            (3073, Some(5), true),
            (3073, Some(6), false),
            (3073, None, false),
            (3074, Some(5), false),
        ] {
            assert_eq!(matches(&expected, &client([sent; 2], echo)), passes, "{sent} {echo:?}");
        }
        let due = client([3073, 3073], Some(5));
        assert!(!matches(&due, &client([1537; 2], None)), "S2 or C2 is due");
    }

    #[test]
    fn a_signature_is_compared_once_it_was_sent() {
        let form = |sent: usize, key: Option<&str>, answer: Option<String>| DigestHandshake {
            done: false,
            consumed: 1537,
            peer_version: 3,
            sent: [sent; 2],
            layout: Some("A".to_owned()),
            answer_key: key.map(str::to_owned),
            echo_time: None,
            echo_random_sha256: None,
            answer,
        };
        let expected = DigestHandshake { sent: [1537, 3073], ..form(0, Some("00"), None) };
        assert!(same_digest(&expected, &form(1537, None, None)));
        assert!(!same_digest(&expected, &form(3073, None, None)), "no C2 among the bytes sent");
        assert!(!same_digest(&expected, &form(3073, None, Some("00".repeat(1536)))), "a wrong signature");
    }
}
