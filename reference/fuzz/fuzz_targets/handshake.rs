#![no_main]
//! Handshakes of every form, in portions and in one piece.

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use rtmp_proto::handshake::{ClientHandshake, HandshakeState, Layout, RtmpeType, ServerHandshake};
use rtmp_proto::{HandshakeMode, SessionError};

/// What was sent, what was left, and how it ended.
type Came = (Vec<u8>, Vec<u8>, String);

fn fed<'a>(
    portions: impl Iterator<Item = &'a [u8]>,
    mut handle: impl FnMut(&mut BytesMut, &mut Vec<Bytes>) -> Result<HandshakeState, SessionError>,
) -> Came {
    let (mut input, mut out) = (BytesMut::new(), Vec::new());
    let mut last = handle(&mut input, &mut out);
    for bytes in portions {
        input.extend_from_slice(bytes);
        if matches!(last, Ok(HandshakeState::NeedMore)) {
            last = handle(&mut input, &mut out);
        }
    }
    (out.concat(), input.to_vec(), format!("{last:?}"))
}

fuzz_target!(|data: &[u8]| {
    let Some((portion, stream)) = data.split_first() else { return };
    let portion = 7 * usize::from(*portion) + 1;

    let server = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut handshake = ServerHandshake::new(1, [3; 32]);
        let came = fed(pieces, |input, out| handshake.handle(input, out, None));
        (came, handshake.report(), handshake.ciphers().is_some(), handshake.bytes_consumed())
    };
    let whole = server(&mut core::iter::once(stream));
    let split = server(&mut stream.chunks(portion));
    assert_eq!(whole.1, split.1);
    assert_eq!((whole.0.0, whole.2), (split.0.0, split.2));

    let modes = [
        HandshakeMode::Plain,
        HandshakeMode::Digest(Layout::DigestFirst),
        HandshakeMode::Digest(Layout::KeyFirst),
        HandshakeMode::Rtmpe(RtmpeType::Type6, Layout::KeyFirst),
        HandshakeMode::Rtmpe(RtmpeType::Type9, Layout::DigestFirst),
    ];
    let mode = modes[stream.len() % modes.len()];
    let client = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut handshake = ClientHandshake::new(1, [5; 32]);
        handshake.set_mode(mode);
        let came = fed(pieces, |input, out| handshake.handle(input, out, None));
        (came.0, handshake.report(), handshake.ciphers().is_some())
    };
    assert_eq!(client(&mut core::iter::once(stream)), client(&mut stream.chunks(portion)));
});
