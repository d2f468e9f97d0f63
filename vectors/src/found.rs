use serde::{Deserialize, Serialize};

use crate::{Amf0, Amf3, Property};

/// What a decoder finds, in the families that name it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// A value (`amf3-v1`).
    Amf3(Amf3),
    /// A message in an aggregate (`aggregate-v1`).
    SubMessage(SubMessage),
    /// A shared object message (`shared-object-v1`).
    SharedObject(SharedObject),
    /// An audio payload (`flv-tag-v1`, `enhanced-rtmp-v1`).
    Audio(Audio),
    /// A video payload (`flv-tag-v1`, `enhanced-rtmp-v1`).
    Video(Video),
    /// The header of a file (`flv-file-v1`).
    FlvHeader(FlvHeader),
    /// A tag (`flv-file-v1`).
    FlvTag(FlvTag),
    /// A timestamp against another (`timestamp-v1`).
    Timestamp(Timestamp),
    /// A URL (`url-v1`).
    Url(Url),
    /// What an object says of Enhanced RTMP (`capability-v1`).
    Capabilities(Capabilities),
    /// What a rejection asks for (`auth-v1`).
    Auth(Auth),
    /// SWF verification (`swf-verification-v1`).
    SwfVerification(SwfVerification),
    /// C1 or S1 (`handshake-digest-v1`, `rtmpe-v1`).
    DigestPacket(DigestPacket),
    /// C2 or S2 (`handshake-digest-v1`).
    Signature(Signature),
    /// Where the handshake stands (`handshake-digest-v1`).
    DigestHandshake(DigestHandshake),
    /// Diffie-Hellman and what is made of it (`rtmpe-v1`).
    KeyExchange(KeyExchange),
    /// Bytes after a cipher (`rtmpe-v1`).
    Cipher(Cipher),
    /// Where the handshake stands (`rtmpe-v1`).
    RtmpeHandshake(RtmpeHandshake),
    /// A request of a tunnel (`rtmpt-v1`).
    TunnelRequest(TunnelRequest),
    /// A response of a tunnel (`rtmpt-v1`).
    TunnelResponse(TunnelResponse),
}

/// A message in an aggregate (RTMP 7.1.6).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SubMessage {
    /// Message type id.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Shifted timestamp in ms, modulo 2^32.
    pub ts: u32,
    /// Message stream id.
    pub msid: u32,
    /// Bytes of the payload.
    pub len: usize,
    /// SHA-256 of the payload, hexadecimal.
    pub sha256: String,
}

/// A shared object message (RTMP 7.1.3).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SharedObject {
    /// Name of the object.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Both words of flags.
    pub flags: [u32; 2],
    /// Events in order.
    pub events: Vec<Event>,
}

/// An event of a shared object.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// Event 1.
    Use,
    /// Event 2.
    Release,
    /// Event 3.
    RequestChange {
        /// Slots and their values.
        slots: Vec<Property>,
    },
    /// Event 4.
    Change {
        /// Slots and their values.
        slots: Vec<Property>,
    },
    /// Event 5.
    Success {
        /// Slot.
        key: String,
    },
    /// Event 6.
    SendMessage {
        /// Values.
        values: Vec<Amf0>,
    },
    /// Event 7.
    Status {
        /// Code.
        code: String,
        /// Level.
        level: String,
    },
    /// Event 8.
    Clear,
    /// Event 9.
    Remove {
        /// Slot.
        key: String,
    },
    /// Event 10.
    RequestRemove {
        /// Slot.
        key: String,
    },
    /// Event 11.
    UseSuccess,
    /// An event that is not understood.
    Unknown {
        /// Event type.
        event: u8,
        /// Its data, hexadecimal.
        data: String,
    },
}

/// Packet type: its name, or its number where the text has none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Packet {
    /// E.g. `coded-frames`.
    Name(String),
    /// As on the wire.
    Number(u8),
}

/// An audio payload (FLV E.4.2; E-RTMP v2 "Enhanced Audio").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Audio {
    /// Packet type; `silence` for an empty payload.
    pub packet: Packet,
    /// Sound format of a legacy header.
    pub format: Option<u8>,
    /// Its bits for the rate, 0 to 3.
    pub rate: Option<u8>,
    /// Its bits per sample, 8 or 16.
    pub bits: Option<u8>,
    /// Its channels, 1 or 2.
    pub channels: Option<u8>,
    /// In Hz, where the header decides it and it is a whole number.
    pub sample_rate: Option<u32>,
    /// What follows a legacy header, hexadecimal.
    pub body: Option<String>,
    /// Offset in ns (E-RTMP v2 "ModEx").
    pub nanos: Option<u32>,
    /// Layout of the tracks.
    pub multitrack: Option<String>,
    /// Tracks of an extended header; one without an id where there is no multitrack.
    pub tracks: Option<Vec<Track>>,
}

/// A video payload (FLV E.4.3; E-RTMP v2 "Enhanced Video").
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Video {
    /// Frame type.
    pub frame_type: u8,
    /// Packet type.
    pub packet: Packet,
    /// Codec id of a legacy header.
    pub codec: Option<u8>,
    /// In ms, of a legacy header that has one.
    pub composition_time: Option<i32>,
    /// What follows a legacy header, hexadecimal.
    pub body: Option<String>,
    /// What VP6 bodies begin with.
    pub vp6: Option<Vp6>,
    /// Command of a frame of type 5.
    pub command: Option<u8>,
    /// Offset in ns (E-RTMP v2 "ModEx").
    pub nanos: Option<u32>,
    /// Layout of the tracks.
    pub multitrack: Option<String>,
    /// Tracks of an extended header; one without an id where there is no multitrack.
    pub tracks: Option<Vec<Track>>,
    /// Names and values of metadata.
    pub metadata: Option<Vec<Amf0>>,
    /// The `colorInfo` in effect, null if none is (E-RTMP v2 "Metadata Frame"); where the group has `before`.
    pub color: Option<Amf0>,
}

/// A track of an extended header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// Track id of a multitrack payload.
    pub id: Option<u8>,
    /// Codec.
    pub fourcc: String,
    /// In ms; absent where the packet has none.
    pub composition_time: Option<i32>,
    /// What follows, hexadecimal.
    pub body: String,
    /// What a channel configuration says.
    pub channels: Option<Channels>,
}

/// Order of channels (E-RTMP v2 "MultichannelConfig").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// Type of the order.
    pub order: u8,
    /// Number of channels.
    pub count: u8,
    /// Mask of the native order.
    pub mask: Option<u32>,
    /// Channels of a custom order.
    pub mapping: Option<Vec<u8>>,
}

/// Adjustment before a VP6 picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Vp6 {
    /// Pixels to cut from the width.
    pub horizontal: u8,
    /// Pixels to cut from the height.
    pub vertical: u8,
    /// Bytes to the alpha picture.
    pub alpha_offset: Option<u32>,
}

/// The header of a file (FLV E.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FlvHeader {
    /// Version.
    pub version: u8,
    /// Whether audio is announced.
    pub audio: bool,
    /// Whether video is announced.
    pub video: bool,
    /// Bytes to the first previous-tag size.
    pub data_offset: u32,
}

/// A tag of a file (FLV E.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FlvTag {
    /// Tag type.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Timestamp in ms, signed.
    pub ts: i32,
    /// Bytes of the payload.
    pub len: usize,
    /// SHA-256 of the payload, hexadecimal.
    pub sha256: String,
}

/// A timestamp against another (RTMP 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Timestamp {
    /// Milliseconds from the other to it.
    pub since: i32,
    /// Whether it is the earlier one.
    pub before: bool,
}

/// A URL (RTMP URI 3 to 7).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Url {
    /// In lower case.
    pub scheme: String,
    /// Without brackets.
    pub host: String,
    /// That of the scheme where the URL has none.
    pub port: u16,
    /// Application.
    pub app: String,
    /// Stream name.
    pub key: Option<String>,
    /// What connect sends.
    pub tc_url: String,
    /// Parts of the userinfo, decoded.
    pub arguments: Vec<String>,
}

/// What an object says of Enhanced RTMP. What is absent was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// `capsEx`.
    pub caps_ex: Option<u32>,
    /// `fourCcList`.
    pub fourcc_list: Option<Vec<String>>,
    /// `videoFourCcInfoMap`.
    pub video: Option<Vec<FourCcFlags>>,
    /// `audioFourCcInfoMap`.
    pub audio: Option<Vec<FourCcFlags>>,
    /// `audioCodecs`.
    pub audio_codecs: Option<Mask>,
    /// `videoCodecs`.
    pub video_codecs: Option<Mask>,
    /// `videoFunction`.
    pub video_function: Option<Mask>,
}

/// A mask of RTMP 7.2.1.1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mask {
    /// The number.
    pub mask: u32,
    /// Names of the bits in it that are defined, from the lowest.
    pub names: Vec<String>,
}

/// An entry of an info map.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FourCcFlags {
    /// FourCC, or `*`.
    pub fourcc: String,
    /// What can be done with it.
    pub flags: u32,
}

/// What a rejection asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// `adobe`, `llnw` or none.
    #[serde(rename = "mod")]
    pub module: Option<String>,
    /// `needed`, `challenge`, `failed`, `no-such-user` or `none`.
    pub stage: String,
    /// The proof to send.
    pub response: Option<String>,
    /// What is appended to application and tcUrl.
    pub append: Option<String>,
}

/// SWF verification.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SwfVerification {
    /// Hash of a file, hexadecimal.
    pub hash: Option<String>,
    /// Its length in bytes.
    pub size: Option<u32>,
    /// Body of the user control message that answers, hexadecimal.
    pub response: Option<String>,
}

/// Offsets in C1 or S1, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DigestPacket {
    /// `A`, `B`, or none where no digest verifies.
    pub layout: Option<String>,
    /// Offset of the digest in layout A, in bytes.
    pub digest_a: usize,
    /// In layout B.
    pub digest_b: usize,
    /// Offset of the public key in layout A.
    pub key_a: usize,
    /// In layout B.
    pub key_b: usize,
    /// The digest, hexadecimal.
    pub digest: Option<String>,
    /// The public key, hexadecimal.
    pub public_key: Option<String>,
}

/// The signature of C2 or S2.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// HMAC key, hexadecimal.
    pub answer_key: String,
    /// Whether it verifies.
    pub valid: bool,
}

/// Where the digest handshake stands after the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DigestHandshake {
    /// Whether it is over.
    pub done: bool,
    /// Bytes that belong to it.
    pub consumed: usize,
    /// C0 or S0.
    pub peer_version: u8,
    /// The least and the most bytes that the receiver may have sent by then.
    pub sent: [usize; 2],
    /// `A`, `B`, or none for the plain handshake.
    pub layout: Option<String>,
    /// HMAC key of the signature in the receiver's S2 or C2, hexadecimal.
    pub answer_key: Option<String>,
    /// Of a plain answer: bytes 0 to 3.
    pub echo_time: Option<u32>,
    /// Of a plain answer: SHA-256 of bytes 8 to 1535, hexadecimal.
    pub echo_random_sha256: Option<String>,
    /// Only in what a decoder found, in place of the three above: its S2 or C2, hexadecimal.
    pub answer: Option<String>,
}

/// Diffie-Hellman and the keys made of it, all hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KeyExchange {
    /// Own public key.
    pub public: String,
    /// Shared secret.
    pub secret: String,
    /// RC4 key for what is sent.
    pub send_key: String,
    /// RC4 key for what is received.
    pub receive_key: String,
}

/// Bytes after a cipher.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cipher {
    /// Hexadecimal.
    pub hex: String,
}

/// Where the RTMPE handshake stands after the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RtmpeHandshake {
    /// Whether it is over.
    pub done: bool,
    /// Bytes that belong to it.
    pub consumed: usize,
    /// S0.
    pub version: u8,
    /// `A`, `B`, or none for the plain handshake.
    pub layout: Option<String>,
    /// HMAC key of the signature in S2, which types 8 and 9 encipher afterwards, hexadecimal.
    pub answer_key: Option<String>,
    /// Only in what a decoder found, in place of the key: its S2, hexadecimal.
    pub answer: Option<String>,
}

/// A request of a tunnel (RTMPT-001 to RTMPT-009).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TunnelRequest {
    /// `ident2`, `open`, `send`, `idle` or `close`.
    pub command: String,
    /// Session id; of the last three commands, as the number.
    pub session: Option<String>,
    /// Number of the request.
    pub sequence: Option<u32>,
    /// Bytes of RTMP; of `send`, as their hash.
    pub len: Option<usize>,
    /// SHA-256 of the RTMP bytes, hexadecimal.
    pub sha256: Option<String>,
}

/// A response of a tunnel (RTMPT-002, RTMPT-005, RTMPT-010 to RTMPT-012).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TunnelResponse {
    /// The command of the request it answers.
    pub to: String,
    /// Status code of the answer to `ident2`.
    pub status: Option<u16>,
    /// The id that the server gives in its answer to `open`.
    pub session: Option<String>,
    /// Polling interval; of the other answers, as what follows.
    pub interval: Option<u8>,
    /// Bytes of RTMP, without the interval.
    pub len: Option<usize>,
    /// SHA-256 of the RTMP bytes, hexadecimal.
    pub sha256: Option<String>,
}
