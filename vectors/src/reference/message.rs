use crate::{State, Yield};
use rtmp_amf::{Decoder, Limits as AmfLimits, Value};
use rtmp_proto::{Command, Data, Limits, MessageType};

use super::amf0;
use crate::judge::Outcome;

/// The values one by one, and what [`Data`] and [`Command`] make of them, which has to agree.
pub fn decode(bytes: &[u8], state: &State) -> Outcome {
    let kind = state.kind.expect("the group names the message type");
    let escaped = matches!(kind, 15 | 17);
    let data = Data::decode(MessageType(if escaped { 15 } else { 18 }), bytes, &Limits::default());
    let mut error = data.as_ref().err().map(ToString::to_string);
    if matches!(kind, 17 | 20) {
        let command = Command::decode(MessageType(kind), bytes, &Limits::default());
        if let (Ok(data), Ok(command)) = (&data, &command) {
            assert_eq!(data.handler, command.name);
            let transaction = data.values.first().and_then(Value::as_f64).unwrap_or_default();
            assert_eq!(transaction, command.transaction.0);
            assert_eq!(data.values.get(2..).unwrap_or_default(), command.arguments);
        }
        error = command.err().map(|error| error.to_string());
        assert!(error.is_some() || data.is_ok(), "read as a command, not as values: {data:?}");
    }
    // Behind another selector there is nothing.
    let body = match bytes {
        [0, body @ ..] if escaped => body,
        [2, ..] | [] => bytes,
        _ if escaped => &[],
        body => body,
    };
    let limits = AmfLimits::default();
    let mut decoder = Decoder::new(body, &limits);
    let mut yields = Vec::new();
    while let Ok(Some(value)) = decoder.next_value() {
        yields.push(Yield::Amf0(amf0::form(&value)));
    }
    if let Ok(data) = &data {
        assert_eq!(yields.len(), 1 + data.values.len());
    }
    Outcome { yields, error }
}

pub fn encode(bytes: &[u8], state: &State) -> Result<Vec<u8>, String> {
    let kind = state.kind.expect("the group names the message type");
    let data = MessageType(if matches!(kind, 15 | 17) { 15 } else { 18 });
    let message = Data::decode(data, bytes, &Limits::default()).map_err(|error| error.to_string())?;
    message.encode(data).map(|bytes| bytes.to_vec()).map_err(|error| error.to_string())
}
