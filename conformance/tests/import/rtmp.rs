//! Two sides of a publishing session.

use rtmpspec::pen::{command, handshake};

use crate::packets::Sent;

pub const KEY: &str = "t0psecret-key";

/// A message of one type 0 chunk and type 3 chunks of 128 bytes.
fn message(csid: u8, kind: u8, ts: u32, msid: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![csid];
    out.extend(&ts.to_be_bytes()[1..]);
    out.extend(&(body.len() as u32).to_be_bytes()[1..]);
    out.push(kind);
    out.extend([msid, 0, 0, 0]);
    for (index, chunk) in body.chunks(128).enumerate() {
        if index > 0 {
            out.push(0xC0 | csid);
        }
        out.extend(chunk);
    }
    out
}

/// A publishing session with a token, a key that crosses a chunk boundary, and media.
pub fn session() -> Vec<Sent> {
    let (c1, s1) = (handshake::c1(1, 2), handshake::c1(3, 4));
    let long = format!("{}{KEY}?sign=0123456789abcdef", "a".repeat(90));
    let connect =
        command::connect("live?token=hunter2hunter2", "rtmp://me:pass@host/live?token=hunter2hunter2");
    let status = [
        &[2, 0, 8][..],
        b"onStatus",
        &[0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0, 33],
        b"publishing ",
        KEY.as_bytes(),
        b" as asked",
    ]
    .concat();
    let mut video = Vec::new();
    for index in 0..40_u32 {
        video.extend(message(6, 9, index * 40, 1, &handshake::noise(index.into(), 900)));
    }
    vec![
        (true, [&[3], &c1[..]].concat()),
        (false, [&[3], &s1[..], &handshake::c2(&c1, 6)].concat()),
        (true, [&handshake::c2(&s1, 5)[..], &connect.chunks(128).concat()].concat()),
        (false, message(2, 5, 0, 0, &[0, 38, 37, 160])),
        (true, command::publish(1, &long, "live").chunks(128).concat()),
        (true, command::publish(1, KEY, "live").chunks(128).concat()),
        (false, message(5, 20, 0, 1, &status)),
        (true, video),
        (false, message(2, 3, 0, 0, &[0, 0, 140, 160])),
        // A command that does not come to its end.
        (true, command::publish(1, KEY, "live").chunks(128).concat()[..45].to_vec()),
    ]
}

/// All bytes of a side, in order.
pub fn side(sent: &[Sent], client: bool) -> Vec<u8> {
    sent.iter().filter(|(from, _)| *from == client).flat_map(|(_, bytes)| bytes.iter().copied()).collect()
}
