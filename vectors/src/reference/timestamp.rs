use crate::{self as vectors, Found, State};
use rtmp_proto::Timestamp;

use crate::judge::{Outcome, found};

pub fn decode(bytes: &[u8], state: &State) -> Outcome {
    let timestamp = Timestamp(u32::from_be_bytes(bytes.try_into().expect("four bytes")));
    let reference = Timestamp(state.reference.expect("the group has a reference"));
    let form =
        vectors::Timestamp { since: timestamp.since(reference), before: timestamp.is_before(reference) };
    Outcome { yields: vec![found(Found::Timestamp(form))], error: None }
}
