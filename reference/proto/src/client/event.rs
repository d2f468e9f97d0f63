//! What a client session is started with, and what it tells the application.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use rtmp_amf::Value;

use crate::url::{shown, without_query};
use crate::{Capabilities, MessageStreamId, MessageType, RtmpUrl, SharedObject, StatusInfo, Timestamp};

/// What `connect` says (RTMP 7.2.1.1). `Debug` crosses out queries and userinfo, and leaves out further
/// properties and arguments.
#[derive(Clone, PartialEq)]
pub struct ConnectParams {
    /// `app`, without a leading slash (EA 8.1.3).
    pub app: String,
    /// `tcUrl`, without userinfo and fragment (EA 8.1.2).
    pub tc_url: String,
    /// `flashVer`.
    pub flash_ver: String,
    /// Further properties of the command object. One named like a property that is sent anyway takes its
    /// place.
    pub extra: Vec<(String, Value)>,
    /// Values after the command object (EA 8.1.5).
    pub arguments: Vec<Value>,
}

impl ConnectParams {
    /// For an application and its URL, with a flashVer of this crate.
    #[must_use]
    pub fn new(app: &str, tc_url: &str) -> Self {
        Self {
            app: app.into(),
            tc_url: tc_url.into(),
            flash_ver: FLASH_VER.into(),
            extra: Vec::new(),
            arguments: Vec::new(),
        }
    }

    /// For a URL; the parts of its userinfo become string arguments (RTMP URI 4.2).
    #[must_use]
    pub fn from_url(url: &RtmpUrl) -> Self {
        let arguments = url.connect_arguments().into_iter().map(Value::from).collect();
        Self { arguments, ..Self::new(url.app(), &url.tc_url()) }
    }

    /// With these capabilities announced. A member that `extra` has already, and the masks that are sent
    /// anyway, are replaced.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.extra.extend(capabilities.into_properties());
        self
    }

    /// With object encoding 3 offered: the server may then send AMF3, which the session reads (EA 8.1.1).
    #[must_use]
    pub fn with_amf3(mut self) -> Self {
        self.extra.push(("objectEncoding".into(), Value::Number(3.0)));
        self
    }

    pub(super) fn into_values(self) -> (Value, Vec<Value>) {
        let mut properties: Vec<(String, Value)> = Vec::from([
            ("app".into(), Value::String(self.app)),
            ("type".into(), Value::from("nonprivate")),
            ("flashVer".into(), Value::String(self.flash_ver)),
            ("tcUrl".into(), Value::String(self.tc_url)),
            ("fpad".into(), Value::Boolean(false)),
            ("capabilities".into(), Value::Number(15.0)),
            // Every codec of the tables of RTMP 7.2.1.1: this session passes media through.
            ("audioCodecs".into(), Value::Number(f64::from(0x0FFF))),
            ("videoCodecs".into(), Value::Number(f64::from(0x00FF))),
            ("objectEncoding".into(), Value::Number(0.0)),
        ]);
        for (key, value) in self.extra {
            match properties.iter_mut().find(|(name, _)| *name == key) {
                Some(property) => property.1 = value,
                None => properties.push((key, value)),
            }
        }
        (Value::Object(properties), self.arguments)
    }
}

/// The form that encoders use; some servers look for the prefix.
const FLASH_VER: &str = concat!("FMLE/3.0 (compatible; rtmp-proto ", env!("CARGO_PKG_VERSION"), ")");

/// What happened on the connection. `Debug` leaves out what the server wrote for people and information
/// objects: servers often repeat the stream name there.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ClientEvent {
    /// `_result` of connect.
    Connected {
        /// First object of the result, often with `fmsVer`; null where there is none.
        properties: Value,
        /// Information object.
        information: Value,
    },
    /// `_result` of createStream.
    StreamReady {
        /// The id that the server chose.
        stream: MessageStreamId,
    },
    /// onStatus `NetStream.Publish.Start`: media may be sent.
    PublishStarted {
        /// The stream.
        stream: MessageStreamId,
    },
    /// onStatus `NetStream.Play.Start`.
    PlayStarted {
        /// The stream.
        stream: MessageStreamId,
    },
    /// Any other onStatus whose level is not `error`.
    Status {
        /// The stream; 0 for the connection.
        stream: MessageStreamId,
        /// Level, code and description.
        info: StatusInfo,
        /// The whole information object.
        information: Value,
    },
    /// The server refused: `_error` of connect or createStream, or an onStatus of level `error`. After
    /// `_error` of connect the connection is to be closed.
    Rejected {
        /// The stream; 0 for the connection.
        stream: MessageStreamId,
        /// Level, code and description.
        info: StatusInfo,
        /// The whole information object.
        information: Value,
    },
    /// onStatus `NetConnection.Connect.ReconnectRequest` (E-RTMP v2 "Reconnect Request"): go on to the
    /// next media boundary, connect to `url`, then leave this connection (ERC-017). Sent to clients that
    /// announce [`rtmp_flv::CapsEx::RECONNECT`]. One that names a target outside the RTMP family comes as
    /// [`ClientEvent::Status`].
    ReconnectRequested {
        /// The application to connect to, resolved against the current one, without a stream key.
        url: RtmpUrl,
        /// For people.
        description: Option<String>,
    },
    /// A shared object message (RTMP 7.1.3). The session does nothing about it.
    SharedObject {
        /// What it says.
        message: SharedObject,
    },
    /// A message that this session has no use for, as it came: of a type that is not known (MSG-009), an
    /// empty command or shared object message, or data of the stream that plays that are empty or without
    /// a handler name (MSG-034, DATA-011). It can be ignored.
    Other {
        /// The stream; 0 for the connection.
        stream: MessageStreamId,
        /// Its type.
        kind: MessageType,
        /// As sent.
        timestamp: Timestamp,
        /// As sent; may be empty.
        payload: Bytes,
    },
    /// Media that is played. Sub-messages of an aggregate and data messages of type 15 arrive as types
    /// 8, 9 and 18.
    Media {
        /// 8, 9 or 18.
        kind: MessageType,
        /// As sent.
        timestamp: Timestamp,
        /// As sent; may be empty.
        payload: Bytes,
    },
    /// StreamBegin (RTMP 7.1.7).
    StreamBegin {
        /// The stream; 0 for the connection.
        stream: MessageStreamId,
    },
    /// StreamEOF: the playback that was asked for is over (RTMP 7.1.7).
    StreamEof {
        /// The stream.
        stream: MessageStreamId,
    },
    /// StreamDry: no data for a while (RTMP 7.1.7).
    StreamDry {
        /// The stream.
        stream: MessageStreamId,
    },
    /// The server asked for the end with the command `close`.
    Closed,
}

impl fmt::Debug for ConnectParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectParams")
            .field("app", &without_query(&self.app))
            .field("tc_url", &shown(&self.tc_url))
            .field("flash_ver", &self.flash_ver)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = |f: &mut fmt::Formatter<'_>, name, stream: &MessageStreamId, info: &StatusInfo| {
            f.debug_struct(name)
                .field("stream", stream)
                .field("level", &info.level)
                .field("code", &info.code)
                .finish_non_exhaustive()
        };
        let of = |f: &mut fmt::Formatter<'_>, name, stream: &MessageStreamId| {
            f.debug_struct(name).field("stream", stream).finish()
        };
        match self {
            Self::Connected { .. } => f.debug_struct("Connected").finish_non_exhaustive(),
            Self::StreamReady { stream } => of(f, "StreamReady", stream),
            Self::PublishStarted { stream } => of(f, "PublishStarted", stream),
            Self::PlayStarted { stream } => of(f, "PlayStarted", stream),
            Self::Status { stream, info, .. } => status(f, "Status", stream, info),
            Self::Rejected { stream, info, .. } => status(f, "Rejected", stream, info),
            Self::ReconnectRequested { url, .. } => {
                f.debug_struct("ReconnectRequested").field("url", url).finish_non_exhaustive()
            }
            Self::SharedObject { message } => message.fmt(f),
            Self::Other { stream, kind, timestamp, payload } => f
                .debug_struct("Other")
                .field("stream", stream)
                .field("kind", kind)
                .field("timestamp", timestamp)
                .field("payload", &payload.len())
                .finish(),
            Self::Media { kind, timestamp, payload } => f
                .debug_struct("Media")
                .field("kind", kind)
                .field("timestamp", timestamp)
                .field("payload", payload)
                .finish(),
            Self::StreamBegin { stream } => of(f, "StreamBegin", stream),
            Self::StreamEof { stream } => of(f, "StreamEof", stream),
            Self::StreamDry { stream } => of(f, "StreamDry", stream),
            Self::Closed => f.write_str("Closed"),
        }
    }
}
