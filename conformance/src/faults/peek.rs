//! What a fault looks at in a message to stay narrow.

use bytes::Bytes;
use rtmp_proto::tamper::{InputRuling, Tamper};
use rtmp_proto::{ChunkStreamId, Message, MessageStreamId, MessageType, Timestamp};

use super::Hooks;

/// The first four bytes as a number.
pub fn word(payload: &[u8]) -> Option<u32> {
    payload.first_chunk::<4>().map(|b| u32::from_be_bytes(*b))
}

/// The event type of a user control message.
pub fn event(message: &Message) -> Option<u16> {
    let first = message.payload.first_chunk::<2>().map(|b| u16::from_be_bytes(*b));
    first.filter(|_| message.kind == MessageType::USER_CONTROL)
}

/// Name and transaction id of an AMF0 command message.
pub fn command(message: &Message) -> Option<(&[u8], f64)> {
    if message.kind != MessageType::COMMAND_AMF0 {
        return None;
    }
    let rest = message.payload.strip_prefix(&[2])?;
    let (len, rest) = rest.split_first_chunk::<2>()?;
    let (name, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    let number = rest.strip_prefix(&[0])?.first_chunk::<8>()?;
    Some((name, f64::from_be_bytes(*number)))
}

/// Another control message like those that a session sends.
pub fn control(kind: MessageType, payload: &[u8]) -> Message {
    Message {
        chunk_stream: ChunkStreamId::CONTROL,
        timestamp: Timestamp(0),
        kind,
        stream: MessageStreamId::CONNECTION,
        payload: Bytes::copy_from_slice(payload),
    }
}

/// A session that gives `ruling` on every whole message that `fits`.
pub fn rules(ruling: InputRuling, fits: impl Fn(&Message) -> bool + Send + 'static) -> Box<dyn Tamper> {
    Hooks::default().message_in(move |m| if fits(m) { ruling } else { InputRuling::Process }).boxed()
}

/// A session that closes on every whole message that `fits`.
pub fn closes_on(fits: impl Fn(&Message) -> bool + Send + 'static) -> Box<dyn Tamper> {
    rules(InputRuling::Close, fits)
}

/// A session that goes silent on the first message that `fits`.
pub fn stalls_on(fits: impl Fn(&Message) -> bool + Send + 'static) -> Box<dyn Tamper> {
    rules(InputRuling::Stall, fits)
}

/// A session that changes what it sends wherever `change` answers with something else.
pub fn sends(mut change: impl FnMut(&Message) -> Option<Vec<Message>> + Send + 'static) -> Box<dyn Tamper> {
    Hooks::default()
        .message_out(move |messages| {
            *messages = messages.drain(..).flat_map(|m| change(&m).unwrap_or_else(|| vec![m])).collect();
        })
        .boxed()
}

/// Whether a command's name is this.
pub fn is_command(message: &Message, name: &str) -> bool {
    command(message).is_some_and(|(n, _)| n == name.as_bytes())
}
