use crate::{Found, State, SwfVerification};
use rtmp_proto::{SwfHash, UserControl};

use crate::hex;
use crate::judge::{Outcome, found};

pub fn decode(bytes: &[u8], state: &State) -> Outcome {
    let form = match state.step.as_deref() {
        Some("hash") => match SwfHash::of(bytes, u32::MAX) {
            Ok(file) => {
                SwfVerification { hash: Some(hex::encode(&file.hash)), size: Some(file.size), response: None }
            }
            Err(error) => return Outcome { yields: vec![], error: Some(error.to_string()) },
        },
        _ => {
            let key = |text: &Option<String>| -> [u8; 32] {
                hex::decode(text.as_deref().expect("the group has it")).unwrap().try_into().unwrap()
            };
            let asked = match UserControl::decode(bytes) {
                Ok(UserControl::Unknown { event: 26, data }) => data.first() == Some(&1),
                _ => false,
            };
            if !asked {
                return Outcome { yields: vec![], error: None };
            }
            let file =
                SwfHash { size: state.swf_size.expect("the group has a size"), hash: key(&state.swf_hash) };
            let event = file.response(&key(&state.s1_tail)).into_event();
            let response = Some(hex::encode(&event.encode().payload));
            SwfVerification { hash: None, size: None, response }
        }
    };
    Outcome { yields: vec![found(Found::SwfVerification(form))], error: None }
}
