use crate::{self as vectors, Event, Found, State};
use rtmp_proto::{Limits, MessageType, SharedObject, SharedObjectEvent};

use super::amf0;
use crate::hex;
use crate::judge::{Outcome, found};

pub fn decode(bytes: &[u8], state: &State) -> Outcome {
    match read(bytes, state) {
        Ok(object) => Outcome { yields: vec![found(Found::SharedObject(form(&object)))], error: None },
        Err(error) => Outcome { yields: vec![], error: Some(error) },
    }
}

pub fn encode(bytes: &[u8], state: &State) -> Result<Vec<u8>, String> {
    read(bytes, state)?.encode(kind(state)).map(|bytes| bytes.to_vec()).map_err(|error| error.to_string())
}

fn read(bytes: &[u8], state: &State) -> Result<SharedObject, String> {
    SharedObject::decode(kind(state), bytes, &Limits::default()).map_err(|error| error.to_string())
}

fn kind(state: &State) -> MessageType {
    MessageType(state.kind.expect("the group names the message type"))
}

fn form(object: &SharedObject) -> vectors::SharedObject {
    vectors::SharedObject {
        name: object.name.clone(),
        version: object.version,
        flags: [object.flags, object.reserved],
        events: object.events.iter().map(event).collect(),
    }
}

fn event(event: &SharedObjectEvent) -> Event {
    use SharedObjectEvent as From;
    match event {
        From::Use => Event::Use,
        From::Release => Event::Release,
        From::RequestChange(slots) => Event::RequestChange { slots: amf0::properties(slots) },
        From::Change(slots) => Event::Change { slots: amf0::properties(slots) },
        From::Success(key) => Event::Success { key: key.clone() },
        From::SendMessage(values) => Event::SendMessage { values: values.iter().map(amf0::form).collect() },
        From::Status { code, level } => Event::Status { code: code.clone(), level: level.clone() },
        From::Clear => Event::Clear,
        From::Remove(key) => Event::Remove { key: key.clone() },
        From::RequestRemove(key) => Event::RequestRemove { key: key.clone() },
        From::UseSuccess => Event::UseSuccess,
        From::Unknown { event, data } => Event::Unknown { event: *event, data: hex::encode(data) },
    }
}
