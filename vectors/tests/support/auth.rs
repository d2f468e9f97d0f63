//! What a publisher makes of a rejection.

use rtmp_proto::auth::{AuthRequest, AuthStage, Credentials};
use rtmp_vectors::{Auth, Expected, Found, State, Vector};

use super::judge::{Outcome, found};

/// Reads the description. Where a vector does not say what is appended, or the proof, neither is compared.
pub fn read(bytes: &[u8], vector: &Vector, state: &State) -> Outcome {
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
    let wanted = vector.yields.iter().find_map(|item| match item {
        rtmp_vectors::Yield::Found(form) => match &**form {
            Found::Auth(auth) => Some(auth),
            _ => None,
        },
        _ => None,
    });
    let append = request.and_then(|request| request.answer(&credentials, &app));
    assert!(vector.result != Expected::Valid || wanted.is_some());
    Outcome {
        yields: vec![found(Found::Auth(Auth {
            module: request.map(|request| request.scheme.as_str().to_owned()),
            stage: stage.to_owned(),
            response: request.and_then(|request| request.response(&credentials, &app)),
            append: append.filter(|_| wanted.is_some_and(|auth| auth.append.is_some())),
        }))],
        error: None,
    }
}
