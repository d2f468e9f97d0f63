#![no_main]
//! A whole client session that plays or publishes, in portions and in one piece.

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use rtmp_proto::{ClientSession, ConnectParams, Limits, Millis, PlayStart, PublishMode};

fn limits() -> Limits {
    Limits { partial_bytes: 1 << 20, chunk_streams: 64, transmit_backlog: 1 << 20, ..Limits::default() }
}

fn play<'a>(publish: bool, portions: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let params = ConnectParams::new("live", "rtmp://localhost/live");
    let mut session = ClientSession::new(limits(), [7; 32], Millis(0), params);
    match publish {
        true => session.publish("x", PublishMode::Live).expect("the first request"),
        false => session.play("x", PlayStart::Live, -1.0, true).expect("the first request"),
    }
    let (mut input, mut events) = (BytesMut::new(), Vec::new());
    while session.poll_transmit().is_some() {}
    for bytes in portions {
        input.extend_from_slice(bytes);
        let failed = session.handle_input(Millis(5), &mut input).is_err();
        while let Some(event) = session.poll_event() {
            events.push(format!("{event:?}"));
        }
        while session.poll_transmit().is_some() {}
        if failed || session.should_close() {
            assert!(session.should_close());
            break;
        }
    }
    let _ = session.handle_timeout(Millis(100_000));
    events
}

fuzz_target!(|data: &[u8]| {
    let Some((portion, stream)) = data.split_first() else { return };
    let publish = portion & 1 != 0;
    let whole = play(publish, core::iter::once(stream));
    let split = play(publish, stream.chunks(64 * usize::from(*portion) + 1));
    assert_eq!(whole, split);
});
