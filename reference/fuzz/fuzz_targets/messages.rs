#![no_main]
//! Bodies of every message type.

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use rtmp_proto::{
    Aggregate, AggregateBuilder, Capabilities, ChunkStreamId, Command, Control, Data, Limits, Message,
    MessageStreamId, MessageType, ReconnectRequest, SharedObject, StatusInfo, Timestamp, UserControl,
};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    for kind in (0..=6).map(MessageType) {
        if let Ok(control) = Control::decode(kind, data) {
            let message = control.encode();
            assert_eq!(Control::decode(message.kind, &message.payload).as_ref(), Ok(&control));
        }
    }
    if let Ok(event) = UserControl::decode(data) {
        assert_eq!(UserControl::decode(&event.encode().payload).as_ref(), Ok(&event));
    }
    for kind in [MessageType::COMMAND_AMF0, MessageType::COMMAND_AMF3] {
        if let Ok(command) = Command::decode(kind, data, &limits) {
            if let Ok(bytes) = command.encode_as(kind) {
                let again = Command::decode(kind, &bytes, &limits).expect("what was encoded can be decoded");
                assert_eq!(again.encode_as(kind).as_ref(), Ok(&bytes));
            }
            for value in &command.arguments {
                let _ = (StatusInfo::from_value(value), ReconnectRequest::from_value(value));
                let _ = Capabilities::from_value(value).into_properties();
            }
        }
    }
    for kind in [MessageType::DATA_AMF0, MessageType::DATA_AMF3] {
        if let Ok(found) = Data::decode(kind, data, &limits) {
            let _ = (found.frame(), found.metadata());
            if let Ok(bytes) = found.encode(kind) {
                let again = Data::decode(kind, &bytes, &limits).expect("what was encoded can be decoded");
                assert_eq!(again.encode(kind).as_ref(), Ok(&bytes));
            }
        }
    }
    for kind in [MessageType::SHARED_OBJECT_AMF0, MessageType::SHARED_OBJECT_AMF3] {
        if let Ok(object) = SharedObject::decode(kind, data, &limits) {
            if let Ok(bytes) = object.encode(kind) {
                let again =
                    SharedObject::decode(kind, &bytes, &limits).expect("what was encoded can be decoded");
                assert_eq!(again.encode(kind).as_ref(), Ok(&bytes));
            }
        }
    }

    let outer = Message {
        chunk_stream: ChunkStreamId::COMMAND,
        timestamp: Timestamp(data.len() as u32),
        kind: MessageType::AGGREGATE,
        stream: MessageStreamId(1),
        payload: Bytes::copy_from_slice(data),
    };
    let inner: Vec<_> = Aggregate::new(outer).map_while(Result::ok).collect();
    let mut builder = AggregateBuilder::new();
    let fits = inner.iter().all(|m| builder.push(m.kind, m.timestamp, &m.payload).is_ok());
    if let Some(message) = builder.finish(ChunkStreamId::COMMAND, MessageStreamId(1)).filter(|_| fits) {
        let again: Vec<_> = Aggregate::new(message).map(Result::unwrap).collect();
        assert_eq!(again, inner);
    }
});
