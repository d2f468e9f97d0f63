//! Data messages, types 18 and 15 (RTMP 7.1.2), on their way out of a session.

use bytes::Bytes;
use rtmp_amf::{Decoder, Value};

use crate::command::{amf_limits, amf0_body};
use crate::{Limits, Message, MessageType};

/// The type and body in which media leave a session: data messages without the format selector of type
/// 15, because object encoding 0 was agreed (EA 8.1.1). `None` for other types and for data messages
/// that do not start with a handler name.
pub(crate) fn relayed_form(message: &Message, limits: &Limits) -> Option<(MessageType, Bytes)> {
    let payload = &message.payload;
    match message.kind {
        MessageType::AUDIO | MessageType::VIDEO => Some((message.kind, payload.clone())),
        MessageType::DATA_AMF0 | MessageType::DATA_AMF3 => {
            let body = amf0_body(message.kind, payload).ok()?;
            match Decoder::new(body, &amf_limits(limits)).next_value() {
                Ok(Some(Value::String(_))) => Some((MessageType::DATA_AMF0, payload.slice_ref(body))),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChunkStreamId, MessageStreamId, Timestamp};

    fn form(kind: MessageType, payload: &'static [u8]) -> Option<(MessageType, Bytes)> {
        let message = Message {
            chunk_stream: ChunkStreamId::COMMAND,
            timestamp: Timestamp(0),
            kind,
            stream: MessageStreamId(1),
            payload: Bytes::from_static(payload),
        };
        relayed_form(&message, &Limits::default())
    }

    #[test]
    fn data_needs_a_handler_name_and_loses_its_selector() {
        let named: &[u8] = &[2, 0, 1, b'f', 0x0d];
        assert_eq!(form(MessageType::DATA_AMF0, named), Some((MessageType(18), Bytes::from_static(named))));
        assert_eq!(
            form(MessageType::DATA_AMF3, &[0, 2, 0, 1, b'f']),
            Some((MessageType(18), Bytes::from_static(&[2, 0, 1, b'f'])))
        );
        // What follows the name is not read: a cut value does not matter.
        assert!(form(MessageType::DATA_AMF0, &[2, 0, 1, b'f', 3, 0, 9]).is_some());
        assert_eq!(form(MessageType::DATA_AMF0, &[0, 1, 2, 3]), None);
        assert_eq!(form(MessageType::DATA_AMF0, &[]), None);
        assert_eq!(form(MessageType::DATA_AMF3, &[1, 2, 0, 1, b'f']), None);
        assert_eq!(form(MessageType::COMMAND_AMF0, named), None);
    }
}
