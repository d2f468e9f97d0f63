//! What a publisher makes of a rejection.

use crate::{Auth, Found, State};
use rtmp_proto::auth::{AuthRequest, AuthStage, Credentials};

use crate::judge::{Outcome, found};

/// Reads the description.
pub fn read(bytes: &[u8], state: &State) -> Outcome {
    let has = |text: &Option<String>| text.clone().expect("the group has it");
    let credentials = Credentials {
        user: has(&state.user),
        password: has(&state.password),
        client_challenge: has(&state.client_challenge),
        client_nonce: has(&state.cnonce),
    };
    let app = has(&state.app);
    let description = core::str::from_utf8(bytes).expect("descriptions are text");
    let request = AuthRequest::read(description);
    let stage = match request.map(|request| request.stage) {
        None => "none",
        Some(AuthStage::Needed) => "needed",
        Some(AuthStage::Challenge { .. }) => "challenge",
        Some(AuthStage::Failed) => "failed",
        Some(AuthStage::NoSuchUser) => "no-such-user",
    };
    let append = request.and_then(|request| request.answer(&credentials, &app));
    Outcome {
        yields: vec![found(Found::Auth(Auth {
            module: request.map(|request| request.scheme.as_str().to_owned()),
            stage: stage.to_owned(),
            response: request.and_then(|request| request.response(&credentials, &app)),
            append,
        }))],
        error: None,
    }
}
