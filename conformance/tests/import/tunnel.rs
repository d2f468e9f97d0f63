//! RTMPT: one session over one connection and over two.

use std::io::BufReader;

use rtmpspec::import::{Account, Cause, Observer, Options, read};

use crate::packets::{Sent, account, capture};
use crate::rtmp;

fn request(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /{path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-fcs\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn response(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-fcs\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The session as requests and responses: open, then what the client says by send, what the server says by idle.
fn exchanges() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut out = vec![
        (request("fcs/ident2", &[0]), b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()),
        (request("open/1", &[0]), response(b"q1w2e3\n")),
    ];
    for (sequence, (client, bytes)) in rtmp::session().into_iter().enumerate() {
        out.push(if client {
            (request(&format!("send/q1w2e3/{sequence}"), &bytes), response(&[1]))
        } else {
            (request(&format!("idle/q1w2e3/{sequence}"), &[0]), response(&[&[3], &bytes[..]].concat()))
        });
    }
    out.push((request("close/q1w2e3/99", &[0]), response(&[0])));
    out
}

fn sent(exchanges: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<Sent> {
    exchanges.into_iter().flat_map(|(request, response)| [(true, request), (false, response)]).collect()
}

fn same_as_plain(seen: &Account) {
    let plain = account(&capture(&[rtmp::session()], 1_400, None), Options::default());
    assert_eq!(seen.handshake, plain.handshake);
    for (seen, plain) in [(&seen.to_server, &plain.to_server), (&seen.to_client, &plain.to_client)] {
        assert_eq!((&seen.messages, &seen.tail), (&plain.messages, &plain.tail));
        assert_eq!(seen.undecodable, None);
    }
}

#[derive(Default)]
struct Rtmp([Vec<u8>; 2]);

impl Observer for Rtmp {
    fn bytes(&mut self, _: usize, _: bool, _: &[u8]) {}

    fn rtmp(&mut self, connection: usize, to_server: bool, bytes: &[u8]) {
        assert_eq!(connection, 0);
        self.0[usize::from(!to_server)].extend_from_slice(bytes);
    }
}

#[test]
fn one_connection() {
    for size in [1, 100, 16_000] {
        let wire = sent(exchanges());
        let seen = account(&capture(std::slice::from_ref(&wire), size, None), Options::default());
        same_as_plain(&seen);
        for (client, direction) in [(true, &seen.to_server), (false, &seen.to_client)] {
            let rtmp = rtmp::side(&rtmp::session(), client).len() as u64;
            assert_eq!(direction.tunnel.unwrap().bytes, rtmp::side(&wire, client).len() as u64 - rtmp);
            assert_eq!((direction.session, direction.carried, direction.from_others), (Some(0), 0, 0));
        }
    }
}

#[test]
fn two_connections_in_turn() {
    let all = exchanges();
    // The second connection carries what lies between; packets of one file come one connection after the other,
    // so the first ends before the second begins.
    let (first, second) = all.split_at(7);
    let file = capture(&[sent(first.to_vec()), sent(second.to_vec())], 1_400, None);
    let mut rtmp = Rtmp::default();
    let read = read(BufReader::new(&file[..]), Options::default(), &mut rtmp).unwrap();
    let [own, other] = &read.connections[..] else { panic!("two connections") };
    same_as_plain(own);
    assert_eq!(rtmp.0, [true, false].map(|client| rtmp::side(&rtmp::session(), client)));
    for (own, other) in [(&own.to_server, &other.to_server), (&own.to_client, &other.to_client)] {
        assert_eq!((own.accounted(), other.accounted()), (own.total, other.total));
        assert_eq!((own.session, other.session), (Some(0), Some(0)));
        assert!(other.messages.is_empty() && other.carried > 0);
        assert_eq!(own.from_others, other.carried);
    }
}

#[test]
fn what_is_no_tunnel_and_what_is_cut_off() {
    let mut wire = sent(exchanges());
    wire.truncate(8);
    let whole = rtmp::side(&wire, true).len() as u64;
    wire.push((true, request("send/q1w2e3/9", &[7; 50])[..100].to_vec()));
    let seen = account(&capture(std::slice::from_ref(&wire), 1_400, None), Options::default());
    let tail = seen.to_server.tail.as_ref().unwrap();
    assert_eq!((tail.record, tail.cause), (100, Cause::Fin));

    wire.pop();
    wire.push((true, b"GET / HTTP/1.1\r\n\r\n".to_vec()));
    let seen = account(&capture(&[wire], 1_400, None), Options::default());
    let wrong = seen.to_server.undecodable.as_ref().unwrap();
    assert_eq!((wrong.offset, wrong.bytes), (whole, 18));

    // A session whose beginning is not in the capture: nothing is read of it.
    let middle = sent(exchanges()[4..].to_vec());
    let seen = account(&capture(std::slice::from_ref(&middle), 1_400, None), Options::default());
    assert_eq!(seen.to_server.tunnel.unwrap().bytes, rtmp::side(&middle, true).len() as u64);
    assert_eq!(seen.undecodable(), None);
}
