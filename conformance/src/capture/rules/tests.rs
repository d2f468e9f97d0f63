use super::{Told, by_place, by_value};
use crate::capture::follow::{Kind, Part};
use crate::capture::secrets::Secrets;
use crate::pen::amf::{Amf, number, object, sequence, text};

fn part(kind: u8, body: Vec<u8>) -> Part {
    let len = body.len();
    Part { kind: Kind::Message(kind), body, pieces: vec![(0, len)], whole: true }
}

/// The body with everything replaced, as text.
fn masked(part: &Part, from_client: bool, secrets: &mut Secrets) -> String {
    let mut told = Vec::new();
    let mut ranges = by_place(part, from_client, secrets, &mut told);
    ranges.extend(by_value(part, from_client, secrets));
    let mut body = part.body.clone();
    ranges.into_iter().for_each(|r| body[r].fill(b'x'));
    assert_eq!(body.len(), part.body.len());
    String::from_utf8_lossy(&body).into_owned()
}

fn client(values: &[Amf], secrets: &mut Secrets) -> String {
    masked(&part(20, sequence(values)), true, secrets)
}

#[test]
fn names_of_streams_in_every_command() {
    for name in [
        "publish",
        "play",
        "releaseStream",
        "FCPublish",
        "FCUnpublish",
        "getStreamLength",
        "FCSubscribe",
        "_checkStream",
    ] {
        let mut secrets = Secrets::default();
        let values = [text(name), number(4.0), Amf::Null, text("k3y-of-mine?t=tok3n-abc"), text("live")];
        let seen = client(&values, &mut secrets);
        assert!(!seen.contains("k3y") && !seen.contains("tok3n") && seen.contains(name), "{name}: {seen}");
        assert!(name != "publish" || seen.ends_with("live"), "{seen}");
        let status = part(
            20,
            sequence(&[
                text("onStatus"),
                number(0.0),
                Amf::Null,
                object(&[
                    ("code", text("NetStream.Publish.Start")),
                    ("description", text("Started publishing k3y-of-mine?t=tok3n-abc.")),
                ]),
            ]),
        );
        let seen = masked(&status, false, &mut secrets);
        assert!(!seen.contains("tok3n") && seen.contains("NetStream.Publish.Start"), "{seen}");
    }
}

#[test]
fn a_name_in_amf3_and_in_play2() {
    let mut secrets = Secrets::default();
    let mut body = vec![0];
    body.extend(sequence(&[text("publish"), number(4.0), Amf::Null]));
    body.extend([0x11, 0x06, 0x15]);
    body.extend(b"k3yk3yk3y!");
    let seen = masked(&part(17, body), true, &mut secrets);
    assert!(seen.ends_with("xxxxxxxxxx"), "{seen}");
    let play2 = object(&[("streamName", text("k3ytwo")), ("transition", text("switch"))]);
    let seen = client(&[text("play2"), number(0.0), Amf::Null, play2], &mut secrets);
    assert!(!seen.contains("k3ytwo") && seen.contains("switch") && seen.contains("streamName"), "{seen}");
}

#[test]
fn connect_keeps_what_says_nothing() {
    let mut secrets = Secrets::default();
    let members = object(&[
        ("app", text("live/inst?authmod=adobe&user=me&response=abcd1234==")),
        ("type", text("nonprivate")),
        ("flashVer", text("FMLE/3.0")),
        ("tcUrl", text("rtmp://u5er:pa55@host:1935/live/inst?authmod=adobe&user=me&response=abcd1234==")),
        ("pageUrl", text("https://example.net/watch/me?session=s3ss10n#frag")),
        ("token", text("t0ken")),
        ("fourCcList", Amf::Strict(vec![text("av01")])),
    ]);
    let mut told = Vec::new();
    let body = part(20, sequence(&[text("connect"), number(1.0), members, text("0ptional")]));
    by_place(&body, true, &mut secrets, &mut told);
    assert_eq!(told, [Told::App("live/xxxx?authmod=adobe&user=xx&response=xxxxxxxxxx".into())]);
    let seen = masked(&body, true, &mut secrets);
    for secret in ["inst", "user=me", "abcd1234", "u5er", "pa55", "s3ss10n", "frag", "t0ken", "0ptional"] {
        assert!(!seen.contains(secret), "{secret}: {seen}");
    }
    for harmless in [
        "rtmp://xxxx:xxxx@host:1935/live/xxxx?authmod=adobe&",
        "nonprivate",
        "FMLE/3.0",
        "av01",
        "https://example.net/watch/me?session=",
    ] {
        assert!(seen.contains(harmless), "{harmless}: {seen}");
    }
}

#[test]
fn a_refusal_with_a_challenge_and_a_redirection() {
    let mut secrets = Secrets::default();
    let refusal = object(&[
        ("code", text("NetConnection.Connect.Rejected")),
        (
            "description",
            text(
                "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=me2&challenge=c4allenge",
            ),
        ),
        ("redirect", text("rtmp://edge.example/live?token=t0k")),
    ]);
    let seen =
        masked(&part(20, sequence(&[text("_error"), number(1.0), Amf::Null, refusal])), false, &mut secrets);
    assert!(!seen.contains("me2") && !seen.contains("c4all") && !seen.contains("t0k"), "{seen}");
    assert!(
        seen.contains("reason=needauth&user=xxx") && seen.contains("edge.example/live?token=xxx"),
        "{seen}"
    );
}

#[test]
fn what_is_no_amf_in_a_command_is_replaced() {
    let mut secrets = Secrets::default();
    let mut body = sequence(&[text("publish"), number(4.0), Amf::Null]);
    body.extend(b"\x77k3yk3y");
    assert!(masked(&part(20, body), true, &mut secrets).ends_with("xxxxxxx"));
}

#[test]
fn a_command_that_is_cut_within_its_name() {
    let mut secrets = Secrets::default();
    let body = sequence(&[text("publish"), number(4.0), Amf::Null, text("k3y-of-mine")]);
    let cut = Part { whole: false, ..part(20, body[..body.len() - 4].to_vec()) };
    assert!(masked(&cut, true, &mut secrets).ends_with("xxxxxxx"));
    secrets.stream(b"k3y-of-mine");
    let body = sequence(&[text("onStatus"), number(0.0), Amf::Null, text("k3y-of-mine is live")]);
    let cut = Part { whole: false, ..part(20, body[..body.len() - 14].to_vec()) };
    assert!(masked(&cut, false, &mut secrets).ends_with("xxxxx"));
}

#[test]
fn bytes_that_cannot_be_read() {
    let mut secrets = Secrets::default();
    let opaque = |bytes: &[u8]| Part { kind: Kind::Opaque, ..part(0, bytes.to_vec()) };
    // Nothing is known: nothing is kept.
    assert_eq!(masked(&opaque(b"GET /live/k3y"), true, &mut secrets), "x".repeat(13));
    secrets.stream(b"k3y-of-mine");
    assert_eq!(masked(&opaque(b"a k3y-o\xC3f-mine b"), true, &mut secrets), "a xxxxx\u{FFFD}xxxxxx b");
    let other = [b"a \x02\0\x07pub\xC3lish", &b"\0\x02\0\x04k3y2"[..]].concat();
    let seen = masked(&opaque(&other), true, &mut secrets);
    assert!(seen.starts_with("a \u{2}\0\u{7}pub\u{FFFD}lishx") && !seen.contains("k3y2"), "{seen}");
}
