//! RTMPT: RTMP in HTTP requests (RTMPT-001 to RTMPT-018), without I/O.
//!
//! Adobe published nothing about it. The catalogue's area RTMPT records what a write-up of 2006 and the
//! sources of clients say; errors name its rows, and RFC 9112 where it is HTTP that was broken.
//!
//! | request | body | body of the answer |
//! |---|---|---|
//! | `POST /fcs/ident2` | one byte | none that counts; 404 is as good as 200 |
//! | `POST /open/1` | one byte | session id, newline |
//! | `POST /send/ID/SEQ` | RTMP | polling interval (one byte), RTMP |
//! | `POST /idle/ID/SEQ` | one byte | the same |
//! | `POST /close/ID/SEQ` | one byte | the same |
//!
//! `SEQ` counts from 0 after each open. The RTMP bytes of all bodies, one after the other, are the two
//! directions of a connection: [`crate::ServerSession`] and [`crate::ClientSession`] take and give them as
//! they would from a socket, and the interval byte is not among them (RTMPT-018).
//!
//! - [`RequestDecoder`] and [`ResponseDecoder`] take whole HTTP messages off the front of a buffer;
//!   [`TunnelRequest::encode`] and [`HttpResponse::encode`] write them. [`TunnelResponse::read`] says what a
//!   response means, which depends on its request.
//! - [`ServerTunnel`] and [`ClientTunnel`] keep one session: ids, sequence numbers, polling, expiry.
//!
//! ```
//! use bytes::BytesMut;
//! use rtmp_proto::rtmpt::{RequestDecoder, TunnelCommand, TunnelLimits};
//!
//! let mut input = BytesMut::from(&b"POST /open/1 HTTP/1.1\r\nContent-Length: 1\r\n\r\n\0"[..]);
//! let mut decoder = RequestDecoder::new(TunnelLimits::default());
//! let request = decoder.decode(&mut input).expect("it is well-formed").expect("it is complete");
//! assert_eq!(request.command, TunnelCommand::Open);
//! ```

mod client;
mod head;
mod limits;
mod request;
mod response;
mod server;
mod session_id;

pub use client::ClientTunnel;
pub use head::HttpTraits;
pub use limits::TunnelLimits;
pub use request::{RequestDecoder, RequestKind, Seat, TunnelCommand, TunnelRefusal, TunnelRequest};
pub use response::{HttpResponse, ResponseDecoder, TunnelResponse};
pub use server::{Arrival, POLLING_INTERVALS, ServerTunnel};
pub use session_id::SessionId;

/// Content type of requests and responses (RTMPT-001, RTMPT-002).
pub const CONTENT_TYPE: &str = "application/x-fcs";
