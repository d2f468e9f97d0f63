//! Commands of the client (RTMP 7.2) and the answers to them.

use rtmp_amf::{Limits, Value};

use super::play::Synthetic;
use super::redact;
use super::session::Session;
use crate::pen::amf::{Amf, number, object, text};
use crate::pen::command as pen;
use crate::rule;
use crate::wire::MessageSeen;

/// Message streams of one connection.
const STREAMS: u32 = 16;

/// A command as it was read.
struct Call<'a> {
    name: &'a str,
    txn: f64,
    msid: u32,
    object: Option<&'a Value>,
    arguments: &'a [Value],
}

impl Session {
    pub(super) fn command(&mut self, message: &MessageSeen) {
        self.commands += 1;
        let body = match (message.kind, message.body.as_slice()) {
            (17, [0, rest @ ..]) => rest,
            (_, body) => body,
        };
        let limits = Limits { depth: 32, nodes: 4096, string_bytes: 64 << 10, ..Limits::default() };
        let values = match rtmp_amf::decode_all(body, &limits) {
            Ok(values) => values,
            Err(error) => {
                return self.log.broken(rule::CONN_001, format!("command that cannot be read: {error}"));
            }
        };
        let [Value::String(name), Value::Number(txn), rest @ ..] = values.as_slice() else {
            return self.log.broken(rule::CONN_001, "command without a name and a transaction id");
        };
        let call = Call {
            name,
            txn: *txn,
            msid: message.msid,
            object: rest.first(),
            arguments: rest.get(1..).unwrap_or(&[]),
        };
        if message.kind == 17 {
            let text = "a command of type 17: objectEncoding 3 was not agreed".to_owned();
            self.log.broken(if self.connected { rule::MSG_015 } else { rule::CONN_008 }, text);
        }
        if self.commands == 1 && call.name != "connect" {
            let text = format!("the first command is {}, not connect", self.log.foreign(call.name));
            self.log.broken(rule::CONN_006, text);
        }
        self.shape(&call);
        match call.name {
            "connect" => self.connect(&call),
            "createStream" => self.create_stream(&call),
            "publish" => self.publish(&call),
            "play" => self.play(&call),
            "deleteStream" | "closeStream" | "FCUnpublish" => self.end_stream(&call),
            "releaseStream" | "FCPublish" | "FCSubscribe" | "getStreamLength" => self.auxiliary(&call),
            "pause" | "pauseRaw" => self.pause(&call),
            "seek" => {
                self.log.step("seek: refused, the stream is live");
                self.send_status(call.msid, "error", "NetStream.Seek.Failed", "The stream is live");
            }
            "receiveAudio" | "receiveVideo" => {
                self.log.step(format!("{}: the stream goes on here", call.name))
            }
            "_result" | "_error" => self.log.step(format!("{} to transaction {}", call.name, call.txn)),
            _ => {
                let text = format!("command {} ({})", self.log.foreign(call.name), call.txn);
                self.log.step(text);
                self.refuse(&call, "NetConnection.Call.Failed", "Not known here");
            }
        }
    }

    /// CONN-001: what stands after the transaction id.
    fn shape(&mut self, call: &Call<'_>) {
        match call.object {
            None => {
                let text = format!("{} ends after the transaction id", self.log.foreign(call.name));
                self.log.lenient(rule::CONN_067, text);
            }
            Some(value) if value.properties().is_some() || value.is_nullish() => {}
            Some(_) => {
                let text =
                    format!("{}: the third value is neither object nor null", self.log.foreign(call.name));
                self.log.broken(rule::CONN_001, text);
            }
        }
    }

    fn connect(&mut self, call: &Call<'_>) {
        if self.connected {
            self.log.lenient(rule::CONN_037, "a second connect on this connection");
            return self.refuse(call, "NetConnection.Connect.Rejected", "Connected already");
        }
        let member = |key: &str| call.object.and_then(|o| o.property(key));
        let string = |key: &str| member(key).and_then(Value::as_str);
        let (app, url) = (string("app"), string("tcUrl"));
        if self.commands == 1 {
            self.log.judge(
                rule::CONN_006,
                call.txn == 1.0,
                "connect is the first command, transaction id 1",
                format!("connect has transaction id {}, not 1", call.txn),
            );
        }
        if call.msid == 0 {
            self.log.right_once(rule::CONN_054, "connection commands on message stream 0");
        } else {
            self.log.broken(rule::CONN_054, format!("connect on message stream {}, not 0", call.msid));
        }
        match app {
            Some(app) => self.log.right(rule::CONN_010, format!("app={}", redact::app(app))),
            None => self.log.broken(rule::CONN_010, "connect without a string app"),
        }
        match url {
            Some(url) => self.log.right(rule::CONN_011, format!("tcUrl={}", redact::url(url))),
            None => self.log.broken(rule::CONN_011, "connect without a string tcUrl"),
        }
        if let (Some(app), Some(url)) = (app, url) {
            self.app_and_url(app, url);
        }
        match string("flashVer").or_else(|| string("flashver")) {
            Some(version) => {
                let text = format!("flashVer={}", self.log.foreign(version));
                self.log.step(text);
            }
            None => self.log.remark(rule::CONN_015, "no flashVer; some servers tell encoders by it"),
        }
        match member("objectEncoding").map(|v| (v, v.as_f64())) {
            None => self.log.right(rule::CONN_025, "no objectEncoding, that is 0"),
            Some((_, Some(n))) if n == 0.0 || n == 3.0 => {
                self.log.right(rule::CONN_025, format!("objectEncoding={n}"));
            }
            Some((_, Some(n))) => {
                self.log.broken(rule::CONN_025, format!("objectEncoding={n}, neither 0 nor 3"))
            }
            Some(_) => self.log.broken(rule::CONN_025, "objectEncoding is no number"),
        }
        self.announced_codecs = member("audioCodecs").is_some() && member("videoCodecs").is_some();
        self.enhanced(call);
        self.connected = true;
        self.send_opening();
        let mut info = vec![
            ("level", text("status")),
            ("code", text("NetConnection.Connect.Success")),
            ("description", text("Connected")),
            ("objectEncoding", number(0.0)),
        ];
        if self.announced_enhanced {
            // 4: can forward (E-RTMP v2, FourCcInfoMask).
            info.push(("videoFourCcInfoMap", object(&[("*", number(4.0))])));
            info.push(("audioFourCcInfoMap", object(&[("*", number(4.0))])));
        }
        let properties = object(&[("fmsVer", text("FMS/3,5,3,888")), ("capabilities", number(31.0))]);
        self.send(&pen::command("_result", call.txn, properties, &[object(&info)]));
    }

    fn app_and_url(&mut self, app: &str, url: &str) {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') || url.contains('#') {
            self.log.broken(rule::CONN_014, "tcUrl holds user info or a fragment");
        }
        let plain = |s: &str| s.trim_matches('/').to_owned();
        if plain(path) != plain(app) {
            self.log.broken(rule::CONN_012, "app is not the path and query of tcUrl");
        }
    }

    /// What connect says about Enhanced RTMP (E-RTMP v2 "Enhancing NetConnection connect Command").
    fn enhanced(&mut self, call: &Call<'_>) {
        let Some(object) = call.object else { return };
        let mut said = Vec::new();
        if let Some(list) = object.property("fourCcList").and_then(Value::as_array) {
            let codes: Vec<String> =
                list.iter().take(12).filter_map(Value::as_str).map(|s| self.log.foreign(s)).collect();
            said.push(format!("fourCcList {}", codes.join(",")));
        }
        for key in ["videoFourCcInfoMap", "audioFourCcInfoMap"] {
            if let Some(map) = object.property(key).and_then(Value::properties) {
                let codes: Vec<String> = map.iter().take(12).map(|(k, _)| self.log.foreign(k)).collect();
                said.push(format!("{key} {}", codes.join(",")));
            }
        }
        self.announced_enhanced = !said.is_empty();
        if let Some(caps) = object.property("capsEx").and_then(Value::as_f64) {
            said.push(format!("capsEx {caps}"));
        }
        if !said.is_empty() {
            self.log.step(format!("Enhanced RTMP: {}", said.join("; ")));
        }
    }

    fn create_stream(&mut self, call: &Call<'_>) {
        self.ordered("createStream");
        if call.msid == 0 {
            self.log.right(
                rule::CONN_048,
                format!("createStream on message stream 0, transaction id {}", call.txn),
            );
        } else {
            self.log.broken(rule::CONN_048, format!("createStream on message stream {}, not 0", call.msid));
        }
        if call.txn == 0.0 {
            self.log.remark(rule::CONN_044, "createStream with transaction id 0 asks for no answer");
        }
        if !self.connected {
            return self.refuse(call, "NetConnection.Call.Failed", "connect comes first");
        }
        if self.streams == STREAMS {
            return self.refuse(call, "NetConnection.Call.Failed", "No more streams");
        }
        self.streams += 1;
        self.send(&pen::command("_result", call.txn, Amf::Null, &[number(f64::from(self.streams))]));
    }

    fn publish(&mut self, call: &Call<'_>) {
        let Some(name) = self.stream_name(call) else {
            return self.log.broken(rule::NSP_001, "publish without a stream name");
        };
        if !self.published && !self.order.is_empty() {
            self.log.step(format!("before publish: {}", self.order.join(", ")));
        }
        let shown = redact::masked(&name);
        match call.arguments.get(1) {
            Some(Value::String(kind)) if matches!(kind.as_str(), "live" | "record" | "append") => {
                self.log.right(rule::NSP_002, format!("publishing type {kind}"));
            }
            Some(Value::String(kind)) => self.log.broken(
                rule::NSP_002,
                format!("publishing type of {} B, none of live, record, append", kind.len()),
            ),
            Some(_) => self.log.broken(rule::NSP_002, "publishing type that is no string"),
            None => self.log.broken(rule::NSP_002, "no publishing type; servers take it for live"),
        }
        self.on_stream(call, rule::NSP_001, &format!("publish {shown}"));
        self.published = true;
        self.unpublished = false;
        self.publishing.insert(call.msid);
        self.publish_later(call.msid);
    }

    fn play(&mut self, call: &Call<'_>) {
        let Some(name) = self.stream_name(call) else {
            return self.log.broken(rule::NSS_001, "play without a stream name");
        };
        let shown = redact::masked(&name);
        let numbers: Vec<f64> = call.arguments.iter().skip(1).take(2).filter_map(Value::as_f64).collect();
        self.on_stream(call, rule::NSS_001, &format!("play {shown} {numbers:?}"));
        if let Some(start) = numbers.first().filter(|n| **n < -2.0) {
            let text = format!(
                "start {start}: the text has seconds, -1 and -2; taken for milliseconds (errata E-31)"
            );
            self.log.lenient(rule::NSS_006, text);
        }
        if !self.announced_codecs {
            self.log.broken(rule::CONN_020, "a player's connect names no audioCodecs and videoCodecs");
        }
        if self.playing.is_some() {
            return self.log.note("a second play on this connection is not served here");
        }
        self.played = true;
        self.send(&crate::pen::control::user_control(0, &call.msid.to_be_bytes()));
        if call.arguments.get(3).is_some_and(|reset| reset.as_bool() == Some(true)) {
            self.send_status(call.msid, "status", "NetStream.Play.Reset", "Resetting");
        }
        self.send_status(call.msid, "status", "NetStream.Play.Start", "Playing");
        let player = Synthetic::new(call.msid, self.now);
        for message in player.opening() {
            self.send(&message);
        }
        self.sent_at_ack = self.sent;
        self.playing = Some(player);
        self.log.step("a synthetic stream is sent: H.264 160x90 and AAC");
        self.send_ping();
    }

    /// What publish and play have in common: transaction id, third value, message stream.
    fn on_stream(&mut self, call: &Call<'_>, rule: crate::rule::Rule, what: &str) {
        let text = format!("{what} on message stream {}", call.msid);
        if call.msid == 0 || call.msid > self.streams {
            let why = if call.msid == 0 { "that is the connection" } else { "createStream did not give it" };
            self.log.broken(rule, format!("{text}: {why}"));
        } else if call.txn != 0.0 {
            self.log.lenient(rule, format!("{text}, transaction id {} where the text has 0", call.txn));
        } else {
            self.log.right(rule, text);
        }
    }

    fn end_stream(&mut self, call: &Call<'_>) {
        let text = match call.name {
            "deleteStream" => {
                let id = call.arguments.first().and_then(Value::as_f64);
                let text =
                    format!("deleteStream {}", id.map_or("without a stream id".into(), |n| n.to_string()));
                match (call.msid, id) {
                    (0, Some(_)) => self.log.right(rule::CONN_055, text),
                    (_, None) => self.log.broken(rule::CONN_055, text),
                    (msid, _) => self.log.lenient(
                        rule::CONN_055,
                        format!(
                            "{text} on message stream {msid}; a connection command is on 0 (errata E-22)"
                        ),
                    ),
                }
                if let Some(id) = id {
                    self.publishing.retain(|msid| f64::from(*msid) != id);
                    if self.playing.as_ref().is_some_and(|p| f64::from(p.msid()) == id) {
                        self.playing = None;
                    }
                }
                self.unpublished |= id.is_some();
                return;
            }
            "FCUnpublish" => {
                let name = self.stream_name(call).map_or(String::new(), |name| redact::masked(&name));
                self.aux_home(call);
                format!("FCUnpublish {name}")
            }
            _ => {
                self.publishing.remove(&call.msid);
                if self.playing.as_ref().is_some_and(|p| p.msid() == call.msid) {
                    self.playing = None;
                }
                format!("closeStream on message stream {}", call.msid)
            }
        };
        self.unpublished = true;
        self.log.step(text);
    }

    fn auxiliary(&mut self, call: &Call<'_>) {
        let name =
            self.stream_name(call).map_or("without a stream name".into(), |name| redact::masked(&name));
        match call.name {
            "releaseStream" => self.ordered("releaseStream"),
            "FCPublish" => self.ordered("FCPublish"),
            _ => {}
        }
        self.log.step(format!("{} {name}", call.name));
        self.aux_home(call);
        match call.name {
            "FCSubscribe" => {
                let info = object(&[("level", text("status")), ("code", text("NetStream.Play.Start"))]);
                self.send(&pen::command("onFCSubscribe", 0.0, Amf::Null, &[info]));
            }
            "getStreamLength" => self.send(&pen::command("_result", call.txn, Amf::Null, &[number(0.0)])),
            _ if call.txn != 0.0 => self.send(&pen::command("_result", call.txn, Amf::Null, &[Amf::Null])),
            _ => {}
        }
    }

    fn aux_home(&mut self, call: &Call<'_>) {
        if call.msid != 0 {
            self.log.broken(rule::AUX_014, format!("{} on message stream {}, not 0", call.name, call.msid));
        }
    }

    fn pause(&mut self, call: &Call<'_>) {
        let on = call.arguments.first().and_then(Value::as_bool).unwrap_or(true);
        let now = self.now;
        let Some(player) = &mut self.playing else { return self.log.note("pause without play") };
        let code = if on {
            player.paused = true;
            "NetStream.Pause.Notify"
        } else {
            player.resume(now);
            "NetStream.Unpause.Notify"
        };
        self.log.step(format!("{}: {on}", call.name));
        self.send_status(call.msid, "status", code, "As asked");
    }

    /// The stream name, remembered as a secret.
    fn stream_name(&mut self, call: &Call<'_>) -> Option<String> {
        let name = call.arguments.first().and_then(Value::as_str)?;
        self.log.secret(name);
        Some(name.to_owned())
    }

    fn ordered(&mut self, name: &'static str) {
        if self.order.len() < 8 {
            self.order.push(name);
        }
    }

    fn refuse(&mut self, call: &Call<'_>, code: &str, description: &str) {
        if call.txn != 0.0 {
            let info =
                object(&[("level", text("error")), ("code", text(code)), ("description", text(description))]);
            self.send(&pen::command("_error", call.txn, Amf::Null, &[info]));
        }
    }
}
