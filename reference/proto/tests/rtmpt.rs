//! RTMP in HTTP: what is written can be read, in any portions; every limit at the limit and one above; both
//! sides of a session.
#![cfg(feature = "rtmpt")]

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use rtmp_proto::rtmpt::{
    Arrival, ClientTunnel, HttpResponse, HttpTraits, POLLING_INTERVALS, RequestDecoder, RequestKind,
    ResponseDecoder, Seat, ServerTunnel, SessionId, TunnelCommand, TunnelLimits, TunnelRefusal,
    TunnelRequest, TunnelResponse,
};
use rtmp_proto::{LimitExceeded, SessionError};

fn id(text: &str) -> SessionId {
    SessionId::new(text).unwrap()
}

fn encoded(request: &TunnelRequest) -> Vec<u8> {
    let mut out = Vec::new();
    request.encode("media.example:80", &mut out).unwrap();
    out
}

fn answered(response: &HttpResponse) -> Vec<u8> {
    let mut out = Vec::new();
    response.encode(&mut out);
    out
}

/// All requests in the bytes, read in portions of `size`.
fn requests(limits: &TunnelLimits, bytes: &[u8], size: usize) -> (Vec<TunnelRequest>, Option<TunnelRefusal>) {
    let (mut decoder, mut input, mut found) = (RequestDecoder::new(limits.clone()), BytesMut::new(), vec![]);
    for portion in bytes.chunks(size) {
        input.extend_from_slice(portion);
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(request)) => found.push(request),
                Ok(None) => break,
                Err(refusal) => {
                    assert_eq!(decoder.decode(&mut input), Err(refusal.clone()), "it fails for good");
                    return (found, Some(refusal));
                }
            }
        }
    }
    (found, None)
}

fn responses(limits: &TunnelLimits, bytes: &[u8], size: usize) -> (Vec<HttpResponse>, Option<SessionError>) {
    let (mut decoder, mut input, mut found) = (ResponseDecoder::new(limits.clone()), BytesMut::new(), vec![]);
    for portion in bytes.chunks(size) {
        input.extend_from_slice(portion);
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(response)) => found.push(response),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.decode(&mut input), Err(error.clone()), "it fails for good");
                    return (found, Some(error));
                }
            }
        }
    }
    (found, None)
}

fn a_session_id() -> impl Strategy<Value = SessionId> {
    let characters = prop::sample::select(
        b"abcXYZ0189-._~!$&'()*+,;=:@".iter().map(|byte| char::from(*byte)).collect::<Vec<_>>(),
    );
    prop::collection::vec(characters, 1..=SessionId::MAX_LEN)
        .prop_map(|text| text.into_iter().collect::<String>())
        .prop_filter_map("a step in a path", |text| SessionId::new(&text).ok())
}

fn a_command() -> impl Strategy<Value = TunnelCommand> {
    let seat = || (a_session_id(), any::<u32>()).prop_map(|(session, sequence)| Seat { session, sequence });
    prop_oneof![
        Just(TunnelCommand::Ident),
        Just(TunnelCommand::Open),
        seat().prop_map(TunnelCommand::Send),
        seat().prop_map(TunnelCommand::Idle),
        seat().prop_map(TunnelCommand::Close),
    ]
}

fn a_status() -> impl Strategy<Value = u16> {
    prop::sample::select(vec![200, 400, 404, 431, 503, 599])
}

fn some_traits() -> impl Strategy<Value = HttpTraits> {
    any::<[bool; 3]>().prop_map(|[keep_alive, fcs, http10]| HttpTraits { keep_alive, fcs, http10 })
}

fn a_body() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200).prop_map(Bytes::from),
        Just(Bytes::from_static(b"\r\n\r\nPOST /open/1 HTTP/1.1\r\n\r\n")),
    ]
}

/// Texts that come near to heads.
const LIKE_HTTP: &str = concat!(
    "(POST |HTTP/1[.]1 )?(/(open/1|idle/a/0)|200)?( HTTP/1[.]1)?",
    "(\r?\n((Content-Length: ?[0-9]{1,2}|[A-Za-z-]{1,9}:[ a-z0-9]{0,9}))?){0,6}",
    "[\r\n\\x00-\\x7f]{0,40}"
);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn requests_are_read_as_they_were_written(
        asked in prop::collection::vec((a_command(), a_body(), some_traits()), 0..4),
        size in 1usize..300,
    ) {
        let asked: Vec<_> =
            asked.into_iter().map(|(command, body, http)| TunnelRequest { command, body, http }).collect();
        let bytes: Vec<u8> = asked.iter().flat_map(encoded).collect();
        prop_assert_eq!(requests(&TunnelLimits::default(), &bytes, size), (asked, None));
    }

    #[test]
    fn responses_are_read_as_they_were_written(
        said in prop::collection::vec((a_status(), a_body(), some_traits()), 0..4),
        size in 1usize..300,
    ) {
        let said: Vec<_> =
            said.into_iter().map(|(status, body, http)| HttpResponse { status, http, body }).collect();
        let bytes: Vec<u8> = said.iter().flat_map(answered).collect();
        prop_assert_eq!(responses(&TunnelLimits::default(), &bytes, size), (said, None));
    }

    #[test]
    fn meanings_are_read_as_they_were_written(session in a_session_id(), interval: u8, rtmp in a_body()) {
        for (kind, said) in [
            (RequestKind::Ident, TunnelResponse::Ident { status: 404 }),
            (RequestKind::Open, TunnelResponse::Opened(session.clone())),
            (RequestKind::Send, TunnelResponse::Data { interval, rtmp: rtmp.clone() }),
            (RequestKind::Idle, TunnelResponse::Data { interval, rtmp: rtmp.clone() }),
            (RequestKind::Close, TunnelResponse::Data { interval, rtmp: rtmp.clone() }),
        ] {
            prop_assert_eq!(TunnelResponse::read(kind, &said.clone().into_http()), Ok(said));
        }
    }

    /// Any bytes, the first ones right: no panic, and the portions do not matter.
    #[test]
    fn portions_do_not_matter(
        text in LIKE_HTTP,
        size in 1usize..20,
    ) {
        let (limits, whole) = (TunnelLimits::default(), text.len().max(1));
        prop_assert_eq!(requests(&limits, text.as_bytes(), size), requests(&limits, text.as_bytes(), whole));
        prop_assert_eq!(responses(&limits, text.as_bytes(), size), responses(&limits, text.as_bytes(), whole));
    }
}

fn over(limit: &'static str, maximum: u64) -> SessionError {
    SessionError::Limit(LimitExceeded { limit, value: maximum + 1, maximum })
}

#[test]
fn the_head_at_its_limit_and_above() {
    let request = encoded(&TunnelRequest::new(TunnelCommand::Open, Bytes::from_static(&[0])));
    let response = answered(&TunnelResponse::Opened(id("a")).into_http());
    for size in [1, 7, 1000] {
        let (request_head, response_head) = (request.len() - 1, response.len() - 2);
        let limits = |head_bytes| TunnelLimits { head_bytes, ..TunnelLimits::default() };
        assert_eq!(requests(&limits(request_head), &request, size).0.len(), 1);
        assert_eq!(responses(&limits(response_head), &response, size).0.len(), 1);
        let refusal = requests(&limits(request_head - 1), &request, size).1.unwrap();
        assert_eq!((refusal.status, refusal.error), (431, over("head_bytes", request_head as u64 - 1)));
        let error = responses(&limits(response_head - 1), &response, size).1.unwrap();
        assert_eq!(error, over("head_bytes", response_head as u64 - 1));
    }
    let endless = [b"POST /open/1 HTTP/1.1\r\n".as_slice(), &[b'a'; 9000]].concat();
    assert_eq!(requests(&TunnelLimits::default(), &endless, 1).1.unwrap().error, over("head_bytes", 8192));
    assert_eq!(requests(&TunnelLimits::default(), &endless[..8192], 1).1, None);
}

#[test]
fn header_fields_at_their_limit_and_above() {
    for (limit, allowed) in [(5, 5), (64, 64), (1000, 64)] {
        let limits = TunnelLimits { headers: limit, ..TunnelLimits::default() };
        let with = |count: usize| {
            let more = "X: 1\r\n".repeat(count - 1);
            (
                format!("POST /open/1 HTTP/1.1\r\n{more}Content-Length: 0\r\n\r\n"),
                format!("HTTP/1.1 200 OK\r\n{more}Content-Length: 0\r\n\r\n"),
            )
        };
        let (request, response) = with(allowed);
        assert_eq!(requests(&limits, request.as_bytes(), 50).0.len(), 1);
        assert_eq!(responses(&limits, response.as_bytes(), 50).0.len(), 1);
        let (request, response) = with(allowed + 1);
        let refusal = requests(&limits, request.as_bytes(), 50).1.unwrap();
        assert_eq!((refusal.status, refusal.error), (431, over("headers", allowed as u64)));
        let error = responses(&limits, response.as_bytes(), 50).1.unwrap();
        assert_eq!(error, over("headers", allowed as u64));
    }
}

#[test]
fn the_body_at_its_limit_and_above() {
    let limits = TunnelLimits { body_bytes: 1000, ..TunnelLimits::default() };
    let send = |len| {
        let seat = Seat { session: id("a"), sequence: 0 };
        encoded(&TunnelRequest::new(TunnelCommand::Send(seat), vec![1; len].into()))
    };
    let answer = |len| answered(&HttpResponse { body: vec![1; len].into(), ..HttpResponse::refusal(200) });
    assert_eq!(requests(&limits, &send(1000), 100).0.len(), 1);
    assert_eq!(responses(&limits, &answer(1000), 100).0.len(), 1);
    // The head is enough.
    let refusal = requests(&limits, &send(1001)[..150], 100).1;
    assert!(refusal.is_none_or(|refusal| refusal.status == 413));
    let refusal = requests(&limits, &send(1001), 100).1.unwrap();
    assert_eq!((refusal.status, refusal.error), (413, over("body_bytes", 1000)));
    assert_eq!(responses(&limits, &answer(1001), 100).1.unwrap(), over("body_bytes", 1000));
}

#[test]
fn interim_responses_at_their_limit_and_above() {
    let most = ResponseDecoder::MAX_INTERIM as usize;
    let last = answered(&TunnelResponse::Ident { status: 200 }.into_http());
    let with = |count| [HttpResponse::CONTINUE.repeat(count), last.clone()].concat();
    assert_eq!(responses(&TunnelLimits::default(), &with(most).repeat(2), 10).0.len(), 2);
    let error = responses(&TunnelLimits::default(), &with(most + 1), 10).1.unwrap();
    assert_eq!(error, over("interim", most as u64));
}

#[test]
fn the_backlog_at_its_limit_and_above() {
    let mut tunnel = ClientTunnel::new(TunnelLimits { backlog: 100, ..TunnelLimits::default() });
    tunnel.send(&[1; 60]).unwrap();
    tunnel.send(&[1; 40]).unwrap();
    assert_eq!(tunnel.send(&[1]), Err(over("backlog", 100)));
}

#[test]
fn a_client_that_waits_for_100_continue() {
    let text = b"POST /open/1 HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n";
    let mut input = BytesMut::from(&text[..]);
    let mut decoder = RequestDecoder::new(TunnelLimits::default());
    assert_eq!(decoder.decode(&mut input), Ok(None));
    assert!(decoder.expects_continue() && !decoder.is_between(&input));
    input.extend_from_slice(&[0]);
    assert_eq!(decoder.decode(&mut input).unwrap().unwrap().command, TunnelCommand::Open);
    assert!(!decoder.expects_continue() && decoder.is_between(&input));
}

#[test]
fn statuses_of_refusals() {
    for (text, status) in [
        ("GET /", 405),
        ("POST /live HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 404),
        ("POST /idle/a/4294967296 HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 404),
        ("POST /open/1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
        ("POST /open/1 HTTP/1.1\r\n\r\n", 400),
        ("POST /open/1 HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST /open/1 HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
    ] {
        let refusal = requests(&TunnelLimits::default(), text.as_bytes(), 1).1.unwrap();
        assert_eq!(refusal.status, status, "{text}: {refusal}");
    }
}

#[test]
fn offsets_count_from_the_start_of_the_connection() {
    let good = encoded(&TunnelRequest::new(TunnelCommand::Open, Bytes::from_static(&[0])));
    let (found, refusal) = requests(&TunnelLimits::default(), &[good.clone(), b"GET /".to_vec()].concat(), 9);
    let SessionError::Peer(error) = refusal.unwrap().error else { panic!("the peer is to blame") };
    assert_eq!((found.len(), error.offset), (1, good.len() as u64));
}

#[test]
fn hosts_that_would_add_a_line() {
    let request = TunnelRequest::new(TunnelCommand::Open, Bytes::new());
    for host in ["", "a\r\nX: 1", "a b", "a\0"] {
        assert!(request.encode(host, &mut Vec::new()).is_err(), "{host:?}");
    }
}

#[test]
fn bodies_do_not_reach_a_log() {
    let secret = Bytes::from_static(b"live_secret_key");
    let seat = Seat { session: id("a"), sequence: 0 };
    let request = TunnelRequest::new(TunnelCommand::Send(seat), secret.clone());
    let said = TunnelResponse::Data { interval: 1, rtmp: secret };
    let shown = format!("{request:?} {said:?} {:?}", said.clone().into_http());
    assert!(!shown.contains("secret"), "{shown}");
}

fn ask(kind: fn(Seat) -> TunnelCommand, sequence: u32, body: &'static [u8]) -> TunnelRequest {
    TunnelRequest::new(kind(Seat { session: id("s"), sequence }), Bytes::from_static(body))
}

#[test]
fn a_server_takes_requests_in_order() {
    let mut tunnel = ServerTunnel::new(id("s"), &TunnelLimits::default(), 0);
    let send = ask(TunnelCommand::Send, 0, b"abc");
    assert_eq!(tunnel.accept(&send, 1), Ok(Arrival::Rtmp(Bytes::from_static(b"abc"))));
    let answer = tunnel.answer(Bytes::from_static(b"xyz"));
    assert_eq!(answer.body, &b"\x01xyz"[..]);

    // The same again: the same answer. Another command with that number, a gap, an older number: refused.
    assert_eq!(tunnel.accept(&send, 2), Ok(Arrival::Repeated(answer)));
    for wrong in [ask(TunnelCommand::Idle, 0, b"\0"), ask(TunnelCommand::Idle, 2, b"\0")] {
        assert_eq!(tunnel.accept(&wrong, 3).unwrap_err().status, 400);
    }
    assert_eq!(tunnel.accept(&ask(TunnelCommand::Idle, 1, b"\0"), 4), Ok(Arrival::Rtmp(Bytes::new())));
    let _ = tunnel.answer(Bytes::new());
    assert_eq!(tunnel.accept(&send, 5).unwrap_err().status, 400);

    let mut other = ask(TunnelCommand::Idle, 2, b"\0");
    other.command = TunnelCommand::Idle(Seat { session: id("t"), sequence: 2 });
    assert_eq!(tunnel.accept(&other, 6).unwrap_err().status, 404);

    let close = ask(TunnelCommand::Close, 2, b"\0");
    assert_eq!(tunnel.accept(&close, 7), Ok(Arrival::Closed));
    assert_eq!(tunnel.answer(Bytes::new()).body, &[0][..]);
    assert!(tunnel.is_closed());
    assert_eq!(tunnel.accept(&ask(TunnelCommand::Idle, 3, b"\0"), 8).unwrap_err().status, 404);
    assert!(matches!(tunnel.accept(&close, 9), Ok(Arrival::Repeated(_))));
}

#[test]
fn the_last_number_of_a_session() {
    let mut tunnel = ServerTunnel::new(id("s"), &TunnelLimits::default(), 0).with_next(u32::MAX);
    tunnel.accept(&ask(TunnelCommand::Idle, u32::MAX, b"\0"), 0).unwrap();
    let _ = tunnel.answer(Bytes::new());
    assert_eq!(tunnel.accept(&ask(TunnelCommand::Idle, 0, b"\0"), 0).unwrap_err().status, 400);
}

/// RTMPT-011: 01, 03, 05, 09, 11, 21, a step after every ten empty answers, back to 01 with data.
#[test]
fn polling_slows_down_while_there_is_nothing() {
    let mut tunnel = ServerTunnel::new(id("s"), &TunnelLimits::default(), 0);
    let mut number = 0;
    let mut poll = |tunnel: &mut ServerTunnel, rtmp: &'static [u8]| {
        tunnel.accept(&ask(TunnelCommand::Idle, number, b"\0"), 0).unwrap();
        number += 1;
        tunnel.answer(Bytes::from_static(rtmp)).body[0]
    };
    assert_eq!(poll(&mut tunnel, b"x"), 0x01);
    for interval in POLLING_INTERVALS {
        for _ in 0..10 {
            assert_eq!(poll(&mut tunnel, b""), interval);
        }
    }
    for _ in 0..100 {
        assert_eq!(poll(&mut tunnel, b""), 0x21);
    }
    assert_eq!(poll(&mut tunnel, b"x"), 0x01);
    assert_eq!(poll(&mut tunnel, b""), 0x01);
}

#[test]
fn a_session_expires_without_requests() {
    let limits = TunnelLimits { expiry_ms: 500, ..TunnelLimits::default() };
    let mut tunnel = ServerTunnel::new(id("s"), &limits, 1000);
    assert_eq!(tunnel.expires_ms(), 1500);
    tunnel.accept(&ask(TunnelCommand::Idle, 0, b"\0"), 1400).unwrap();
    assert_eq!(tunnel.expires_ms(), 1900);
    // A request that is refused keeps nothing alive.
    tunnel.accept(&ask(TunnelCommand::Idle, 9, b"\0"), 1800).unwrap_err();
    assert_eq!(tunnel.expires_ms(), 1900);
}

#[test]
fn a_client_asks_when_it_has_to() {
    let mut tunnel = ClientTunnel::new(TunnelLimits { body_bytes: 4, ..TunnelLimits::default() });
    let data = |interval, rtmp: &'static [u8]| {
        TunnelResponse::Data { interval, rtmp: Bytes::from_static(rtmp) }.into_http()
    };
    let due = |tunnel: &mut ClientTunnel, now| {
        tunnel.poll_request(now).unwrap().map(|request| (request.command, request.body))
    };
    let body = Bytes::from_static;
    tunnel.send(b"abcdef").unwrap();
    assert_eq!(due(&mut tunnel, 0), Some((TunnelCommand::Open, body(b"\0"))));
    assert_eq!((due(&mut tunnel, 0), tunnel.due_ms()), (None, None));
    tunnel.handle_response(&TunnelResponse::Opened(id("s")).into_http(), 10).unwrap();

    let seat = |sequence| Seat { session: id("s"), sequence };
    assert_eq!(due(&mut tunnel, 10), Some((TunnelCommand::Send(seat(0)), body(b"abcd"))));
    assert_eq!(tunnel.handle_response(&data(0x40, b"xy"), 20).unwrap(), body(b"xy"));
    assert_eq!(due(&mut tunnel, 20), Some((TunnelCommand::Send(seat(1)), body(b"ef"))));
    assert_eq!(tunnel.handle_response(&data(0x40, b""), 30).unwrap(), Bytes::new());

    // 0x40 are 64 of 64ths of a second.
    assert_eq!((due(&mut tunnel, 1029), tunnel.due_ms()), (None, Some(1030)));
    assert_eq!(due(&mut tunnel, 1030), Some((TunnelCommand::Idle(seat(2)), body(b"\0"))));
    tunnel.handle_response(&data(1, b""), 1040).unwrap();

    tunnel.send(b"z").unwrap();
    tunnel.close();
    assert!(tunnel.send(b"more").is_err());
    assert_eq!(due(&mut tunnel, 1040), Some((TunnelCommand::Send(seat(3)), body(b"z"))));
    tunnel.handle_response(&data(1, b""), 1050).unwrap();
    assert_eq!(due(&mut tunnel, 1050), Some((TunnelCommand::Close(seat(4)), body(b"\0"))));
    tunnel.handle_response(&data(0, b"bye"), 1060).unwrap();
    assert!(tunnel.is_closed());
    assert_eq!((due(&mut tunnel, 2000), tunnel.due_ms()), (None, None));
}

#[test]
fn a_client_that_is_refused() {
    let mut tunnel = ClientTunnel::new(TunnelLimits::default());
    assert!(tunnel.handle_response(&HttpResponse::refusal(200), 0).is_err(), "no request was made");
    let mut tunnel = ClientTunnel::new(TunnelLimits::default());
    tunnel.poll_request(0).unwrap().unwrap();
    let error = tunnel.handle_response(&HttpResponse::refusal(404), 0).unwrap_err();
    assert!(matches!(error, SessionError::Peer(_)) && tunnel.is_closed());
}

#[test]
fn both_sides_over_http() {
    let limits = TunnelLimits { body_bytes: 1000, ..TunnelLimits::default() };
    let mut client = ClientTunnel::new(limits.clone());
    let mut server = ServerTunnel::new(id("s"), &limits, 0);
    let (sent, reply): (Vec<u8>, Vec<u8>) = ((0..5000u32).map(|n| n as u8).collect(), vec![7; 3000]);
    client.send(&sent).unwrap();
    client.close();
    let (mut arrived, mut returned, mut waiting) = (vec![], vec![], reply.chunks(700));
    let (mut up, mut down) = (RequestDecoder::new(limits.clone()), ResponseDecoder::new(limits));
    let (mut to_server, mut to_client, mut out) = (BytesMut::new(), BytesMut::new(), vec![]);
    while let Some(request) = client.poll_request(0).unwrap() {
        to_server.extend_from_slice(&encoded(&request));
        let request = up.decode(&mut to_server).unwrap().unwrap();
        let answer = if request.command == TunnelCommand::Open {
            TunnelResponse::Opened(server.session().clone()).into_http()
        } else {
            if let Arrival::Rtmp(rtmp) = server.accept(&request, 0).unwrap() {
                arrived.extend_from_slice(&rtmp);
            }
            server.answer(Bytes::copy_from_slice(waiting.next().unwrap_or_default()))
        };
        out.clear();
        answer.encode(&mut out);
        to_client.extend_from_slice(&out);
        returned.extend(client.handle_response(&down.decode(&mut to_client).unwrap().unwrap(), 0).unwrap());
    }
    assert!(arrived == sent && returned == reply && client.is_closed() && server.is_closed());
}
