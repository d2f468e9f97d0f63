//! What both ends say at connect about codecs and Enhanced RTMP (RTMP 7.2.1.1; E-RTMP v2 "Enhancing
//! NetConnection connect Command").

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rtmp_amf::Value;
use rtmp_flv::{CapsEx, FourCc, FourCcInfo};

mod legacy;

pub use legacy::{AudioCodecs, VideoCodecs, VideoFunction};

/// The members of the command object of connect, or of the answer, that say what an end can do. A member
/// that was not sent is `None`: nothing is assumed in its place (ERC-022).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// `fourCcList` (E-RTMP v1): codecs of audio and video that are supported in some way.
    pub four_cc_list: Option<Vec<CodecKey>>,
    /// `videoFourCcInfoMap` (E-RTMP v2).
    pub video: Option<FourCcInfoMap>,
    /// `audioFourCcInfoMap` (E-RTMP v2).
    pub audio: Option<FourCcInfoMap>,
    /// `capsEx` (E-RTMP v2).
    pub caps_ex: Option<CapsEx>,
    /// `audioCodecs` (RTMP 7.2.1.1).
    pub audio_codecs: Option<AudioCodecs>,
    /// `videoCodecs` (RTMP 7.2.1.1).
    pub video_codecs: Option<VideoCodecs>,
    /// `videoFunction` (RTMP 7.2.1.1; E-RTMP).
    pub video_function: Option<VideoFunction>,
}

/// A codec in `fourCcList`, or a key of an info map.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum CodecKey {
    /// `*`, every codec (ERC-002).
    Any,
    /// Four bytes.
    FourCc(FourCc),
    /// A text of another length, which names no codec. Kept as it is.
    Other(String),
}

/// `audioFourCcInfoMap` or `videoFourCcInfoMap`: codecs and what can be done with them, in the order of
/// the wire.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FourCcInfoMap(pub Vec<(CodecKey, FourCcInfo)>);

impl Capabilities {
    /// Entries of a list or map that are read; the rest is left out. Worst case 40 bytes and the text of
    /// its name for each entry.
    pub const MAX_ENTRIES: usize = 64;

    /// An end that passes on what it gets and looks into nothing: every codec can be forwarded, multitrack
    /// payloads and ModEx headers do no harm.
    #[must_use]
    pub fn forwarding() -> Self {
        let any = FourCcInfoMap::any(FourCcInfo::CAN_FORWARD);
        let caps_ex = CapsEx::MULTITRACK | CapsEx::MOD_EX | CapsEx::TIMESTAMP_NANO_OFFSET;
        Self { video: Some(any.clone()), audio: Some(any), caps_ex: Some(caps_ex), ..Self::default() }
    }

    /// What an object says: the command object of connect, or one of the answer. Never fails: members
    /// and entries of another type than theirs, and masks that are no whole numbers of 32 bits, count as
    /// not sent; of each list and map the first [`Self::MAX_ENTRIES`] entries are read.
    #[must_use]
    pub fn from_value(object: &Value) -> Self {
        let number = |key: &str| object.property(key).and_then(Value::as_f64);
        Self {
            four_cc_list: object.property("fourCcList").and_then(codec_keys),
            video: object.property("videoFourCcInfoMap").and_then(FourCcInfoMap::from_value),
            audio: object.property("audioFourCcInfoMap").and_then(FourCcInfoMap::from_value),
            caps_ex: number("capsEx").and_then(CapsEx::from_f64),
            audio_codecs: number("audioCodecs").and_then(AudioCodecs::from_f64),
            video_codecs: number("videoCodecs").and_then(VideoCodecs::from_f64),
            video_function: number("videoFunction").and_then(VideoFunction::from_f64),
        }
    }

    /// What the answer to connect says: each member from its information object, else from its properties
    /// (ERC-011, errata E-65).
    #[must_use]
    pub fn from_result(properties: &Value, information: &Value) -> Self {
        let (first, second) = (Self::from_value(information), Self::from_value(properties));
        Self {
            four_cc_list: first.four_cc_list.or(second.four_cc_list),
            video: first.video.or(second.video),
            audio: first.audio.or(second.audio),
            caps_ex: first.caps_ex.or(second.caps_ex),
            audio_codecs: first.audio_codecs.or(second.audio_codecs),
            video_codecs: first.video_codecs.or(second.video_codecs),
            video_function: first.video_function.or(second.video_function),
        }
    }

    /// The members for an object.
    #[must_use]
    pub fn into_properties(self) -> Vec<(String, Value)> {
        let list = |keys: Vec<CodecKey>| {
            Value::StrictArray(keys.into_iter().map(|key| Value::String(key.into_string())).collect())
        };
        let members = [
            ("audioCodecs", self.audio_codecs.map(|mask| Value::Number(mask.as_f64()))),
            ("videoCodecs", self.video_codecs.map(|mask| Value::Number(mask.as_f64()))),
            ("videoFunction", self.video_function.map(|mask| Value::Number(mask.as_f64()))),
            ("fourCcList", self.four_cc_list.map(list)),
            ("videoFourCcInfoMap", self.video.map(FourCcInfoMap::into_value)),
            ("audioFourCcInfoMap", self.audio.map(FourCcInfoMap::into_value)),
            ("capsEx", self.caps_ex.map(|caps| Value::Number(caps.as_f64()))),
        ];
        members.into_iter().filter_map(|(key, value)| Some((key.into(), value?))).collect()
    }

    /// Whether any member of Enhanced RTMP was sent.
    #[must_use]
    pub const fn is_enhanced(&self) -> bool {
        self.four_cc_list.is_some() || self.video.is_some() || self.audio.is_some() || self.caps_ex.is_some()
    }

    /// What a server with these capabilities answers to a client: the members of Enhanced RTMP (ERC-008),
    /// and none to a client that sent none. `fourCcList` only to a client that sent one itself: some
    /// clients end at an array in the answer (ERC-010, errata E-68). The masks of RTMP 7.2.1.1 are the
    /// client's to send.
    #[must_use]
    pub fn answer_to(&self, client: &Self) -> Self {
        if !client.is_enhanced() {
            return Self::default();
        }
        Self {
            four_cc_list: self.four_cc_list.clone().filter(|_| client.four_cc_list.is_some()),
            audio_codecs: None,
            video_codecs: None,
            video_function: None,
            ..self.clone()
        }
    }

    /// What both ends understand beyond codecs.
    #[must_use]
    pub fn common_caps_ex(&self, peer: &Self) -> CapsEx {
        match (self.caps_ex, peer.caps_ex) {
            (Some(ours), Some(theirs)) => ours.common(theirs),
            _ => CapsEx::NONE,
        }
    }

    /// Whether this end may send video of a codec with a FourCC to `peer`: this end can encode or forward
    /// it, the peer can decode or forward it, or either lists it without saying what for.
    #[must_use]
    pub fn may_send_video(&self, peer: &Self, codec: FourCc) -> bool {
        self.may_send(peer, codec, |capabilities| capabilities.video.as_ref())
    }

    /// As [`Self::may_send_video`], for audio.
    #[must_use]
    pub fn may_send_audio(&self, peer: &Self, codec: FourCc) -> bool {
        self.may_send(peer, codec, |capabilities| capabilities.audio.as_ref())
    }

    fn may_send(&self, peer: &Self, codec: FourCc, map: fn(&Self) -> Option<&FourCcInfoMap>) -> bool {
        let able = |end: &Self, flag: FourCcInfo| {
            let info = map(end).map_or(FourCcInfo::NONE, |map| map.info(codec));
            let listed =
                || end.four_cc_list.as_ref().is_some_and(|list| list.iter().any(|k| k.covers(codec)));
            !info.common(flag | FourCcInfo::CAN_FORWARD).is_empty() || listed()
        };
        able(self, FourCcInfo::CAN_ENCODE) && able(peer, FourCcInfo::CAN_DECODE)
    }
}

impl CodecKey {
    /// The codec that a text names.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        match (text, <[u8; 4]>::try_from(text.as_bytes())) {
            ("*", _) => Self::Any,
            (_, Ok(code)) => Self::FourCc(FourCc(code)),
            _ => Self::Other(text.into()),
        }
    }

    /// The text on the wire. A FourCC that is not UTF-8, which no wire can have brought, loses what is
    /// not.
    #[must_use]
    pub fn into_string(self) -> String {
        match self {
            Self::Any => "*".into(),
            Self::FourCc(FourCc(code)) => String::from_utf8_lossy(&code).into_owned(),
            Self::Other(text) => text,
        }
    }

    /// Whether this stands for the codec.
    #[must_use]
    pub fn covers(&self, codec: FourCc) -> bool {
        match self {
            Self::Any => true,
            Self::FourCc(own) => *own == codec,
            Self::Other(_) => false,
        }
    }
}

impl FourCcInfoMap {
    /// The same for every codec.
    #[must_use]
    pub fn any(info: FourCcInfo) -> Self {
        Self(Vec::from([(CodecKey::Any, info)]))
    }

    /// What can be done with a codec: what stands under its FourCC and what stands under `*` (ERC-006,
    /// errata E-66: added, because the text and its example differ).
    #[must_use]
    pub fn info(&self, codec: FourCc) -> FourCcInfo {
        let infos = self.0.iter().filter(|(key, _)| key.covers(codec));
        infos.fold(FourCcInfo::NONE, |sum, (_, info)| sum | *info)
    }

    fn from_value(value: &Value) -> Option<Self> {
        let entries =
            value.properties()?.iter().take(Capabilities::MAX_ENTRIES).filter_map(|(key, value)| {
                Some((CodecKey::from_text(key), FourCcInfo::from_f64(value.as_f64()?)?))
            });
        Some(Self(entries.collect()))
    }

    fn into_value(self) -> Value {
        Value::object(self.0.into_iter().map(|(key, info)| (key.into_string(), info.as_f64())))
    }
}

/// A strict array of strings (ERC-001); an ECMA array is read as well.
fn codec_keys(value: &Value) -> Option<Vec<CodecKey>> {
    let key = |value: &Value| value.as_str().map(CodecKey::from_text);
    match (value.as_array(), value) {
        (Some(items), _) => Some(items.iter().take(Capabilities::MAX_ENTRIES).filter_map(key).collect()),
        (None, Value::EcmaArray { properties, .. }) => {
            let items = properties.iter().take(Capabilities::MAX_ENTRIES);
            Some(items.filter_map(|(_, value)| key(value)).collect())
        }
        _ => None,
    }
}

impl fmt::Display for CodecKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::FourCc(codec) => codec.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for CodecKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodecKey({:?})", self.clone().into_string())
    }
}
