#![no_main]
//! A whole server session, handshake to media, in portions and in one piece.

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use rtmp_proto::{Limits, MessageType, Millis, ServerEvent, ServerSession, Timestamp};

fn limits() -> Limits {
    Limits { partial_bytes: 1 << 20, chunk_streams: 64, transmit_backlog: 1 << 20, ..Limits::default() }
}

/// Serves one connection; what the peer would receive, and the events.
fn serve<'a>(portions: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, bool) {
    let mut session = ServerSession::new(limits(), [7; 32], Millis(0));
    let (mut input, mut events) = (BytesMut::new(), Vec::new());
    for bytes in portions {
        input.extend_from_slice(bytes);
        let failed = session.handle_input(Millis(5), &mut input).is_err();
        while let Some(event) = session.poll_event() {
            events.push(format!("{event:?}"));
            match event {
                ServerEvent::Connect { id, .. } => session.accept(id).expect("asked once"),
                ServerEvent::Publish { id, .. } => session.accept(id).expect("asked once"),
                ServerEvent::Play { id, stream, .. } => {
                    session.accept(id).expect("asked once");
                    let _ = session.send_media(
                        stream,
                        MessageType::VIDEO,
                        Timestamp(1),
                        Bytes::from_static(&[0x17, 1, 0, 0, 0, 1]),
                    );
                }
                _ => {}
            }
            let _ = session.handle_input(Millis(5), &mut input);
        }
        while session.poll_transmit().is_some() {}
        if failed || session.should_close() {
            assert!(session.should_close());
            break;
        }
    }
    let _ = session.handle_timeout(Millis(100_000));
    (events, session.error().is_some())
}

fuzz_target!(|data: &[u8]| {
    let Some((portion, stream)) = data.split_first() else { return };
    let whole = serve(core::iter::once(stream));
    let split = serve(stream.chunks(64 * usize::from(*portion) + 1));
    assert_eq!(whole.0, split.0);
});
