//! The broken decoders: the intact one, with bytes or state changed on the way in or the outcome on the way out.

mod chunk;

use rtmp_vectors::judge::Outcome;
use rtmp_vectors::{
    Amf0, Amf3, Control, DigestPacket, Found, Packet, Property, State, Track, Url, Vector, Yield, reference,
};

/// What a decoder is given.
pub struct Question<'a> {
    pub family: &'a str,
    pub state: &'a State,
    pub bytes: &'a [u8],
    pub split: &'a [usize],
    /// Only for [`EVERYWHERE`]: a decoder does not see it.
    pub vector: &'a Vector,
}

type Decode = fn(&Question<'_>) -> Vec<Outcome>;

/// A decoder with one mistake.
pub struct Broken {
    pub family: &'static str,
    pub name: &'static str,
    /// The failure and where it was seen, or the requirement it breaks.
    pub seen: &'static str,
    pub decode: Decode,
}

/// Name of the entry of [`EVERYWHERE`] that never reports an error.
pub const NO_ERRORS: &str = "knows-no-error";

/// Wrong in every family.
pub const EVERYWHERE: [(&str, Decode); 4] = [
    ("finds-nothing", |_| vec![Outcome { yields: vec![], error: None }]),
    ("refuses-everything", |_| vec![refusal()]),
    (NO_ERRORS, |q| vec![Outcome { yields: q.vector.yields.clone(), error: None }]),
    ("forgets-the-last", |q| {
        let cut = |mut outcome: Outcome| {
            outcome.yields.pop();
            outcome
        };
        intact(q).into_iter().map(cut).collect()
    }),
];

const fn broken(family: &'static str, name: &'static str, seen: &'static str, decode: Decode) -> Broken {
    Broken { family, name, seen, decode }
}

/// At least one for each family.
pub const CODECS: &[Broken] = &[
    broken("aggregate-v1", "timestamps-not-shifted", "MSG-024", |q| {
        let first = q.bytes.get(4..8).map_or(0, |t| u32::from_be_bytes([t[3], t[0], t[1], t[2]]));
        let offset = q.state.ts.unwrap_or(0).wrapping_sub(first);
        each(q, |found| {
            if let Found::SubMessage(message) = found {
                message.ts = message.ts.wrapping_sub(offset);
            }
        })
    }),
    broken("amf0-v1", "ecma-count-trusted", "W60, ossrs/srs#852", |q| {
        refusing(q, |y| matches!(y, Yield::Amf0(value) if any(value, &false_count)))
    }),
    broken("amf0-v1", "strict-array-unknown", "W58, bluenviron/mediamtx#3188", |q| {
        refusing(q, |y| matches!(y, Yield::Amf0(value) if any(value, &is_strict_array)))
    }),
    broken("amf3-v1", "integers-unsigned", "AMF3-006", |q| {
        each(q, |found| {
            if let Found::Amf3(Amf3::Integer { value }) = found {
                *value &= (1 << 29) - 1;
            }
        })
    }),
    broken("amf3-v1", "byte-array-unknown", "W63, bluenviron/mediamtx#2986", |q| {
        refusing(
            q,
            |y| matches!(y, Yield::Found(found) if matches!(**found, Found::Amf3(Amf3::ByteArray { .. }))),
        )
    }),
    broken("auth-v1", "opaque-not-used", "AUTH-006", |q| {
        let text = String::from_utf8_lossy(q.bytes).replace("opaque=", "other=");
        given(q, q.state, text.as_bytes())
    }),
    broken("capability-v1", "strict-array-unknown", "W58, bluenviron/mediamtx#3188", |q| {
        each(q, |found| {
            if let Found::Capabilities(said) = found {
                said.fourcc_list = None;
            }
        })
    }),
    broken("chunk-stream-v1", "extended-timestamp-on-type-3-not-read", "W14, yutopp/go-rtmp#72", |q| {
        given(q, q.state, &chunk::extended_timestamp_doubled(q.bytes, q.state))
    }),
    broken("chunk-stream-v1", "long-chunk-stream-ids-without-64", "W20, ossrs/srs#4680", |q| {
        messages(q, |message| {
            if message.csid >= 64 {
                message.csid -= 64;
            }
        })
    }),
    broken("chunk-stream-v1", "message-stream-id-big-endian", "W25, PHZ76/rtmp#13", |q| {
        messages(q, |message| message.msid = message.msid.swap_bytes())
    }),
    broken("control-v1", "unknown-event-is-fatal", "W41, bluenviron/mediamtx#5512", |q| {
        refusing(
            q,
            |y| matches!(y, Yield::Message(message) if matches!(message.control, Some(Control::UnknownEvent { .. }))),
        )
    }),
    broken("control-v1", "sizes-signed", "W37, koush/scrypted#1980", |q| {
        messages(q, |message| {
            if let Some(Control::Acknowledgement { bytes }) = &mut message.control {
                *bytes &= 0x7FFF_FFFF;
            }
        })
    }),
    broken("enhanced-rtmp-v1", "composition-time-unsigned", "W68, bluenviron/gortmplib#88", |q| {
        each(q, |found| {
            if let Found::Video(video) = found {
                video.tracks.iter_mut().flatten().for_each(unsigned_time);
            }
        })
    }),
    broken("enhanced-rtmp-v1", "extended-header-read-as-legacy", "W77, bluenviron/mediamtx#1621", |q| {
        let mut bytes = q.bytes.to_vec();
        if let (Some(first), Some("video")) = (bytes.first_mut(), q.state.medium.as_deref()) {
            *first &= 0x7F;
        }
        given(q, q.state, &bytes)
    }),
    broken("flv-file-v1", "extended-timestamp-not-read", "FLV-006", |q| {
        each(q, |found| {
            if let Found::FlvTag(tag) = found {
                tag.ts &= 0xFF_FFFF;
            }
        })
    }),
    broken("flv-tag-v1", "composition-time-unsigned", "W68, bluenviron/gortmplib#88", |q| {
        each(q, |found| {
            if let Found::Video(video) = found {
                video.composition_time = video.composition_time.map(|time| time & 0xFF_FFFF);
            }
        })
    }),
    broken("flv-tag-v1", "end-of-sequence-refused", "W73, q191201771/lal#135", |q| {
        refusing(q, |y| match y {
            Yield::Found(found) => {
                matches!(&**found, Found::Video(video) if video.packet == Packet::Name("sequence-end".to_owned()))
            }
            _ => false,
        })
    }),
    broken("handshake-v1", "own-time-in-the-echo", "W01, datarhei/restreamer#966", |q| {
        handshakes(q, |stand| stand.echo_time = stand.echo_time.map(|_| 0))
    }),
    broken("handshake-v1", "each-packet-in-one-read", "W05, begeekmyfriend/yasea#570", |q| {
        let mut at = 0;
        let apart = q.split.iter().any(|size| {
            at += size;
            at < q.bytes.len() && !matches!(at, 1 | 1537 | 3073)
        });
        if apart { vec![refusal()] } else { intact(q) }
    }),
    broken("handshake-digest-v1", "one-layout-only", "W07, ant-media/Ant-Media-Server#7787", |q| {
        each(q, |found| {
            if let Found::DigestPacket(DigestPacket { layout, digest, .. }) = found
                && layout.as_deref() == Some("B")
            {
                (*layout, *digest) = (None, None);
            }
        })
    }),
    broken("handshake-digest-v1", "no-fallback", "W03, ossrs/srs#1084", |q| {
        let without = |outcome: &Outcome| {
            outcome.yields.iter().any(|y| match y {
                Yield::Found(found) => {
                    matches!(&**found, Found::DigestHandshake(stand) if stand.layout.is_none())
                }
                _ => false,
            })
        };
        intact(q).into_iter().map(|outcome| if without(&outcome) { refusal() } else { outcome }).collect()
    }),
    broken("message-v1", "format-selector-not-removed", "W62, arut/nginx-rtmp-module#1043", |q| {
        let kind = q.state.kind.map(|kind| match kind {
            15 => 18,
            17 => 20,
            other => other,
        });
        given(q, &State { kind, ..q.state.clone() }, q.bytes)
    }),
    broken("rtmpe-v1", "leading-zeros-of-keys-dropped", "W10, bluenviron/mediamtx#2269", |q| {
        each(q, |found| {
            if let Found::KeyExchange(keys) = found {
                for key in [&mut keys.public, &mut keys.secret] {
                    while let Some(shorter) = key.strip_prefix("00") {
                        *key = shorter.to_owned();
                    }
                }
            }
        })
    }),
    broken("rtmpt-v1", "newline-kept-in-the-session-id", "RTMPT-005", |q| {
        each(q, |found| {
            if let Found::TunnelResponse(response) = found
                && let Some(session) = &mut response.session
            {
                session.push('\n');
            }
        })
    }),
    broken("rtmpt-v1", "interval-taken-for-rtmp", "RTMPT-018", |q| {
        each(q, |found| {
            if let Found::TunnelResponse(response) = found {
                response.len = response.len.map(|len| len + 1);
            }
        })
    }),
    broken("rtmpt-v1", "any-session-taken", "W88, Red5/red5-server#461", |q| {
        let asked = String::from_utf8_lossy(q.bytes).split([' ', '/']).nth(3).map(str::to_owned);
        let session = q.state.session.as_ref().and(asked.filter(|id| !id.is_empty()));
        given(q, &State { session: session.or(q.state.session.clone()), ..q.state.clone() }, q.bytes)
    }),
    broken("shared-object-v1", "format-selector-not-removed", "SO-021", |q| {
        given(q, &State { kind: Some(19), ..q.state.clone() }, q.bytes)
    }),
    broken("swf-verification-v1", "key-from-the-start-of-s1", "SWFV-003", |q| {
        let s1_tail = q.state.s1_tail.as_ref().map(|tail| "00".repeat(tail.len() / 2));
        given(q, &State { s1_tail, ..q.state.clone() }, q.bytes)
    }),
    broken("swf-verification-v1", "size-once", "SWFV-002", |q| {
        each(q, |found| {
            if let Found::SwfVerification(swf) = found
                && let Some(response) = &mut swf.response
            {
                response.replace_range(16..24, "");
            }
        })
    }),
    broken("timestamp-v1", "plain-comparison", "W19, popcornmix/omxplayer#189", |q| {
        let reference = q.state.reference.unwrap_or(0);
        let own = q.bytes.try_into().map_or(0, u32::from_be_bytes);
        each(q, |found| {
            if let Found::Timestamp(timestamp) = found {
                timestamp.before = own < reference;
            }
        })
    }),
    broken("url-v1", "default-port-of-rtmps-1935", "W56, HaishinKit/HaishinKit.swift#843", |q| {
        let stated = String::from_utf8_lossy(q.bytes).contains(":443");
        urls(q, |url| {
            if url.scheme == "rtmps" && !stated {
                url.port = 1935;
            }
        })
    }),
    broken("url-v1", "brackets-lost-in-tc-url", "W56, creytiv/re#166", |q| {
        urls(q, |url| url.tc_url = url.tc_url.replace(['[', ']'], ""))
    }),
];

/// This workspace's codec.
pub fn intact(q: &Question<'_>) -> Vec<Outcome> {
    reference::decode(q.family, q.state, q.bytes, q.split)
}

/// The intact codec with other bytes or another state, which arrive at once.
fn given(q: &Question<'_>, state: &State, bytes: &[u8]) -> Vec<Outcome> {
    reference::decode(q.family, state, bytes, &[])
}

fn refusal() -> Outcome {
    Outcome { yields: vec![], error: Some("refused".to_owned()) }
}

/// With something changed in what was found.
fn changed(q: &Question<'_>, change: impl Fn(&mut Yield)) -> Vec<Outcome> {
    let mut outcomes = intact(q);
    outcomes.iter_mut().flat_map(|outcome| &mut outcome.yields).for_each(change);
    outcomes
}

fn each(q: &Question<'_>, change: impl Fn(&mut Found)) -> Vec<Outcome> {
    changed(q, |y| {
        if let Yield::Found(found) = y {
            change(found);
        }
    })
}

fn messages(q: &Question<'_>, change: impl Fn(&mut rtmp_vectors::Message)) -> Vec<Outcome> {
    changed(q, |y| {
        if let Yield::Message(message) = y {
            change(message);
        }
    })
}

fn handshakes(q: &Question<'_>, change: impl Fn(&mut rtmp_vectors::Handshake)) -> Vec<Outcome> {
    changed(q, |y| {
        if let Yield::Handshake(stand) = y {
            change(stand);
        }
    })
}

fn urls(q: &Question<'_>, change: impl Fn(&mut Url)) -> Vec<Outcome> {
    each(q, |found| {
        if let Found::Url(url) = found {
            change(url);
        }
    })
}

/// Gives up at the first thing it does not understand.
fn refusing(q: &Question<'_>, unknown: impl Fn(&Yield) -> bool) -> Vec<Outcome> {
    let refuse = |mut outcome: Outcome| {
        if let Some(at) = outcome.yields.iter().position(&unknown) {
            outcome.yields.truncate(at);
            outcome.error = Some("refused".to_owned());
        }
        outcome
    };
    intact(q).into_iter().map(refuse).collect()
}

/// Whether it holds for the value or for one inside it.
fn any(value: &Amf0, holds: &dyn Fn(&Amf0) -> bool) -> bool {
    let inside = |properties: &[Property]| properties.iter().any(|property| any(&property.value, holds));
    holds(value)
        || match value {
            Amf0::Object { properties }
            | Amf0::EcmaArray { properties, .. }
            | Amf0::TypedObject { properties, .. } => inside(properties),
            Amf0::StrictArray { items } => items.iter().any(|item| any(item, holds)),
            _ => false,
        }
}

fn false_count(value: &Amf0) -> bool {
    matches!(value, Amf0::EcmaArray { count, properties } if *count as usize != properties.len())
}

fn is_strict_array(value: &Amf0) -> bool {
    matches!(value, Amf0::StrictArray { .. })
}

fn unsigned_time(track: &mut Track) {
    track.composition_time = track.composition_time.map(|time| time & 0xFF_FFFF);
}
