//! What a connection contains, in lines for people. Codec names are read from the bytes here; `rtmp-flv` has to
//! agree that the headers are whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rtmpspec::import::handshake::{First, Layout, WHOLE};
use rtmpspec::import::{Account, Direction};
use rtmpspec::outcome::Seen;
use rtmpspec::wire::describe::command_seen;
use rtmpspec::wire::reader::{MessageSeen, Reader};

pub fn describe<'a>(out: &mut String, index: usize, account: &Account, stream: impl Fn(bool) -> &'a [u8]) {
    let kind = account.handshake.as_ref().map_or("no handshake".to_owned(), |h| {
        let first = |f: Option<First>| {
            f.map_or("none".to_owned(), |f| {
                let version = f.version.map(|b| b.to_string()).join(".");
                format!("{version} digest {}", f.digest.map_or("none", Layout::name))
            })
        };
        let echoes = |e: Option<bool>| match e {
            Some(true) => "echo",
            Some(false) => "no echo",
            None => "none",
        };
        format!(
            "{}: C1 {}, S1 {}, C2 {}, S2 {}",
            h.kind.name(),
            first(h.c1),
            first(h.s1),
            echoes(h.c2_echoes),
            echoes(h.s2_echoes)
        )
    });
    writeln!(out, " {:03}  {kind}", index + 1).unwrap();
    for (to_server, direction) in [(true, &account.to_server), (false, &account.to_client)] {
        let label = if to_server { "to_server" } else { "to_client" };
        writeln!(out, "   {label}  {}", sums(direction)).unwrap();
        if direction.handshake == WHOLE as u64 && direction.encrypted.is_none() {
            chunks(out, &stream(to_server)[WHOLE..]);
        }
    }
}

fn sums(direction: &Direction) -> String {
    let mut text = format!("{} bytes", direction.total);
    if direction.handshake > 0 {
        write!(
            text,
            " = {} handshake + {} in {} messages",
            direction.handshake,
            direction.message_bytes,
            direction.messages.len()
        )
        .unwrap();
    }
    if let Some(tail) = &direction.tail {
        write!(text, " + {} tail ({}", tail.bytes, tail.cause.name()).unwrap();
        for m in &tail.unfinished {
            write!(text, ": type {} with {} of {} bytes", m.kind, m.received, m.len).unwrap();
        }
        text += ")";
    }
    if let Some(named) = direction.encrypted {
        write!(text, " = {} {}", named.bytes, named.kind).unwrap();
    }
    text
}

/// Messages, first and last timestamp.
#[derive(Default)]
struct Media {
    count: usize,
    first: u32,
    last: u32,
}

impl Media {
    fn add(&mut self, ts: u32) {
        if self.count == 0 {
            self.first = ts;
        }
        self.count += 1;
        self.last = ts;
    }
}

fn chunks(out: &mut String, bytes: &[u8]) {
    let messages = Reader::default().feed(bytes);
    let mut types: BTreeMap<u8, usize> = BTreeMap::new();
    let mut media: BTreeMap<String, Media> = BTreeMap::new();
    let (mut sizes, mut commands): (Vec<String>, Vec<(String, usize)>) = (Vec::new(), Vec::new());
    let (mut extended, mut repeated, mut left_out) = (0, 0, 0);
    let mut data: BTreeMap<String, usize> = BTreeMap::new();
    for message in &messages {
        *types.entry(message.kind).or_default() += 1;
        match message.kind {
            1 => sizes.push(u32::from_be_bytes(message.body[..4].try_into().unwrap()).to_string()),
            8 => media.entry(format!("audio {}", audio(&message.body))).or_default().add(message.ts),
            9 => media.entry(format!("video {}", video(&message.body))).or_default().add(message.ts),
            18 => *data.entry(first_string(message)).or_default() += 1,
            17 | 20 => {
                let command = command(message);
                match commands.last_mut() {
                    Some((last, count)) if *last == command => *count += 1,
                    _ => commands.push((command, 1)),
                }
            }
            _ => {}
        }
        if message.chunks[0].extended.is_some() {
            extended += 1;
            for chunk in &message.chunks[1..] {
                if chunk.extended.is_some() { repeated += 1 } else { left_out += 1 }
            }
        }
    }
    let list: Vec<String> = types.iter().map(|(kind, count)| format!("{kind}:{count}")).collect();
    writeln!(out, "     types     {}", list.join(" ")).unwrap();
    let list: Vec<String> = commands
        .iter()
        .map(|(text, count)| if *count == 1 { text.clone() } else { format!("{text} x{count}") })
        .collect();
    if !list.is_empty() {
        writeln!(out, "     commands  {}", list.join(", ")).unwrap();
    }
    for (name, count) in data {
        writeln!(out, "     data      {name} x{count}").unwrap();
    }
    for (name, Media { count, first, last }) in media {
        writeln!(out, "     {name} x{count}, ts {first} to {last}").unwrap();
    }
    if !sizes.is_empty() {
        writeln!(out, "     chunk size set to {}", sizes.join(", ")).unwrap();
    }
    if extended > 0 {
        writeln!(
            out,
            "     extended timestamps on {extended} messages; in type 3 repeated {repeated}, left out {left_out}"
        )
        .unwrap();
    }
}

/// The command with its status code, and no argument.
fn command(message: &MessageSeen) -> String {
    match command_seen(message) {
        Some(Seen::Command { name, code, .. }) => match code {
            Some(code) => format!("{name} {code}"),
            None => name,
        },
        _ => "unreadable".into(),
    }
}

/// The name of a data message, and of what it sets.
fn first_string(message: &MessageSeen) -> String {
    let values = rtmp_amf::decode_all(&message.body, &rtmp_amf::Limits::default()).unwrap();
    let names: Vec<&str> = values.iter().map_while(|v| v.as_str()).collect();
    names.join(" ")
}

fn audio(body: &[u8]) -> String {
    let Some(&first) = body.first() else { return "empty".into() };
    rtmp_flv::audio::Header::decode(body).unwrap();
    let packet = |n: u8| match n {
        0 => "sequence header".to_owned(),
        1 => "frames".to_owned(),
        2 => "sequence end".to_owned(),
        4 => "multichannel".to_owned(),
        n => format!("packet type {n}"),
    };
    match first >> 4 {
        9 => format!("{} {}", four_cc(&body[1..5]), packet(first & 15)),
        10 => format!("AAC {}", packet(body[1])),
        1 => "ADPCM".into(),
        2 => "MP3".into(),
        7 => "G.711 A-law".into(),
        8 => "G.711 mu-law".into(),
        11 => "Speex".into(),
        n => format!("format {n}"),
    }
}

fn video(body: &[u8]) -> String {
    let Some(&first) = body.first() else { return "empty".into() };
    rtmp_flv::video::Header::decode(body).unwrap();
    let frame = |n: u8| match n {
        1 => "key".to_owned(),
        2 => "inter".to_owned(),
        3 => "disposable inter".to_owned(),
        5 => "command".to_owned(),
        n => format!("frame type {n}"),
    };
    if first & 0x80 != 0 {
        let packet = match first & 15 {
            0 => "sequence header".to_owned(),
            1 | 3 => format!("{} frames", frame(first >> 4 & 7)),
            2 => "sequence end".to_owned(),
            4 => "metadata".to_owned(),
            n => format!("packet type {n}"),
        };
        return format!("{} {packet}", four_cc(&body[1..5]));
    }
    match first & 15 {
        2 => format!("Sorenson H.263 {}", frame(first >> 4)),
        3 => format!("Screen Video {}", frame(first >> 4)),
        7 => match body[1] {
            0 => "AVC sequence header".into(),
            1 => format!("AVC {} frames", frame(first >> 4)),
            2 => "AVC sequence end".into(),
            n => format!("AVC packet type {n}"),
        },
        n => format!("codec {n} {}", frame(first >> 4)),
    }
}

fn four_cc(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}
