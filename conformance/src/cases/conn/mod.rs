//! NetConnection: connect, calls, createStream, deleteStream, and what the end of a connection frees.

mod app;
mod call;
mod connect;
mod create_stream;
mod delete_stream;
mod refusal;
mod several_streams;
mod teardown;

use std::time::Duration;

use serde_json::Value as Json;

pub(in crate::cases) use app::arrives;

use crate::case::Case;
use crate::outcome::{Expect, Seen, Stop};
use crate::pen::{Amf, Msg, command};
use crate::stage::{Publisher, Stage};
use crate::wire::Link;
use crate::wire::link::command_seen;

/// Cases of this area.
pub const CASES: &[&Case] = &[
    &connect::RESULT,
    &connect::STATUS_INFORMATION,
    &connect::ORDER,
    &connect::TRANSACTION_FIVE,
    &connect::OBJECT_ENCODING_OFFER,
    &connect::OBJECT_ENCODING_PRESENT,
    &connect::USER_ARGUMENTS,
    &connect::TYPE_17,
    &connect::MEMBERS,
    &connect::REQUIRED_MEMBERS,
    &refusal::UNKNOWN_APP,
    &refusal::CODE,
    &refusal::SECOND_CONNECT,
    &refusal::BEFORE_CONNECT,
    &app::FORMS,
    &app::KEY_FORMS,
    &call::TRANSACTION_ID,
    &call::UNKNOWN_METHOD,
    &call::TRANSACTION_ZERO,
    &create_stream::RESULT,
    &create_stream::DISTINCT,
    &create_stream::NO_COMMAND_OBJECT,
    &create_stream::FURTHER_VALUES,
    &several_streams::TWO_PUBLISHERS,
    &several_streams::DELETES_ONE,
    &delete_stream::FREES_NAME,
    &delete_stream::ON_ITS_STREAM,
    &delete_stream::NO_REPLY,
    &delete_stream::UNKNOWN_ID,
    &teardown::FIN,
    &teardown::RST,
];

/// Time between two attempts at something that the target may need a moment for.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Any `_result` or `_error` among the messages from `mark` on, whatever its transaction id.
pub(in crate::cases) async fn any_reply(link: &mut Link, mark: usize) -> Seen {
    link.wait(|v| v.heard.iter().skip(mark).find_map(|h| command_seen(&h.message).filter(is_reply)))
        .await
        .unwrap_or_else(|seen| seen)
}

/// Whether it is a `_result` or an `_error`.
pub(super) fn is_reply(seen: &Seen) -> bool {
    matches!(seen, Seen::Command { name, .. } if name == "_result" || name == "_error")
}

/// Gives a command that fits nothing this cause; silence and closing keep their own.
pub(in crate::cases) fn if_answered(expect: Expect, seen: &Seen, cause: &str) -> Expect {
    if matches!(seen, Seen::Silent { .. } | Seen::Closed { .. }) { expect } else { expect.cause(cause) }
}

/// The transaction id as a fact; anything but a command as it is.
pub(in crate::cases) fn transaction_of(seen: Seen) -> Seen {
    match seen {
        Seen::Command { txn, .. } => Seen::fact(txn),
        other => other,
    }
}

/// What stands at `index` after the transaction id: `object`, `null`, `number`, ..., or `absent`.
pub(super) fn shape(seen: &Seen, index: usize) -> &'static str {
    let Seen::Command { values, .. } = seen else { return "absent" };
    match values.get(index) {
        None => "absent",
        Some(Json::Object(_)) => "object",
        Some(Json::Null) => "null",
        Some(Json::Number(_)) => "number",
        Some(Json::String(_)) => "string",
        Some(Json::Bool(_)) => "boolean",
        Some(Json::Array(_)) => "array",
    }
}

/// A connection with the handshake done, connect sent with these values after the transaction id, and the
/// reply to it.
pub(in crate::cases) async fn connect_with(
    s: &mut Stage,
    name: &str,
    object: Amf,
    arguments: &[Amf],
) -> Result<(Link, Seen), Stop> {
    let mut link = s.shaken(name).await?;
    link.send(&command::command("connect", 1.0, object, arguments)).await;
    let seen = link.reply(1.0).await;
    Ok((link, seen))
}

/// What an ordinary encoder puts into connect, and further members.
pub(in crate::cases) fn members(s: &Stage, more: &[(&str, Amf)]) -> Vec<(String, Amf)> {
    let mut members = command::connect_members(&s.place.app, &s.place.tc_url);
    members.extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    members
}

/// All chunks of a message as bytes.
pub(in crate::cases) fn wire(link: &Link, message: &Msg) -> Vec<u8> {
    message.chunks(link.chunk_size).concat()
}

/// Publishes under `name` on new connections until it is accepted or the patience ends; the publisher, or the
/// last answer.
pub(super) async fn publishable(s: &mut Stage, name: &str) -> Result<Publisher, Seen> {
    let deadline = tokio::time::Instant::now() + s.patience;
    let mut attempts = tokio::time::interval(AGAIN_AFTER);
    loop {
        attempts.tick().await;
        let link = s.connected("next publisher").await.map_err(stopped)?;
        match s.publish_on(link, name).await {
            Ok(publisher) => return Ok(publisher),
            // The name may still be taken: the target has not noticed the end yet.
            Err(_) if tokio::time::Instant::now() < deadline => {}
            Err(stop) => return Err(stopped(stop)),
        }
    }
}

/// [`publishable`] as a fact: `accepted` or why not.
pub(super) async fn name_is_free(s: &mut Stage, name: &str) -> Seen {
    match publishable(s, name).await {
        Ok(_) => Seen::fact("accepted"),
        Err(seen) => seen,
    }
}

fn stopped(stop: Stop) -> Seen {
    match stop {
        Stop::Blocked { by, why } => Seen::fact(format!("{by}: {why}")),
        Stop::Skipped(why) | Stop::Harness(why) | Stop::Unsupported { proof: why } => Seen::fact(why),
    }
}

/// The reply with transaction id `wanted`; the fact `ignored` if the one to `behind` comes without it.
pub(in crate::cases) async fn first_reply(link: &mut Link, mark: usize, wanted: f64, behind: f64) -> Seen {
    link.wait(|v| {
        v.heard.iter().skip(mark).filter_map(|h| command_seen(&h.message)).filter(is_reply).find_map(|seen| {
            let Seen::Command { txn, .. } = &seen else { return None };
            if *txn == wanted { Some(seen) } else { (*txn == behind).then(|| Seen::fact("ignored")) }
        })
    })
    .await
    .unwrap_or_else(|seen| seen)
}
