//! Command and data messages as the suite writes them (RTMP 7.1.1, 7.1.2, 7.2).

use super::amf::{Amf, number, object, sequence, text};
use super::chunk::Msg;

/// A command message in AMF0 on chunk stream 3, message stream 0.
#[must_use]
pub fn command(name: &str, txn: f64, object: Amf, arguments: &[Amf]) -> Msg {
    let mut values = vec![text(name), number(txn), object];
    values.extend_from_slice(arguments);
    raw_command(name, &values)
}

/// A command message made of any values.
#[must_use]
pub fn raw_command(label: &str, values: &[Amf]) -> Msg {
    Msg { csid: 3, ts: 0, kind: 20, msid: 0, body: sequence(values), label: label.into() }
}

/// What an ordinary encoder puts into connect, in its order.
#[must_use]
pub fn connect_members(app: &str, tc_url: &str) -> Vec<(String, Amf)> {
    let Amf::Object(members) = object(&[
        ("app", text(app)),
        ("type", text("nonprivate")),
        ("flashVer", text("FMLE/3.0 (compatible; rtmpspec)")),
        ("tcUrl", text(tc_url)),
    ]) else {
        unreachable!("object() makes an object")
    };
    members
}

/// connect with transaction id 1 (RTMP 7.2.1.1).
#[must_use]
pub fn connect(app: &str, tc_url: &str) -> Msg {
    command("connect", 1.0, Amf::Object(connect_members(app, tc_url)), &[])
}

/// createStream (RTMP 7.2.1.3).
#[must_use]
pub fn create_stream(txn: f64) -> Msg {
    command("createStream", txn, Amf::Null, &[])
}

/// publish on the stream's message stream id (RTMP 7.2.2.6).
#[must_use]
pub fn publish(msid: u32, name: &str, kind: &str) -> Msg {
    command("publish", 0.0, Amf::Null, &[text(name), text(kind)]).for_stream(msid).on(8)
}

/// play with an explicit start, on the stream's message stream id (RTMP 7.2.2.1).
#[must_use]
pub fn play(msid: u32, name: &str, rest: &[Amf]) -> Msg {
    let mut arguments = vec![text(name)];
    arguments.extend_from_slice(rest);
    command("play", 0.0, Amf::Null, &arguments).for_stream(msid).on(8)
}

/// deleteStream on message stream 0 (RTMP 7.2.2.3, errata E-22).
#[must_use]
pub fn delete_stream(txn: f64, msid: u32) -> Msg {
    command("deleteStream", txn, Amf::Null, &[number(f64::from(msid))])
}

/// An AMF0 data message on chunk stream 5 (RTMP 7.1.2).
#[must_use]
pub fn data(msid: u32, label: &str, values: &[Amf]) -> Msg {
    Msg { csid: 5, ts: 0, kind: 18, msid, body: sequence(values), label: label.into() }
}
