//! AMF0, the value format of RTMP commands and data messages: a value model, a bounded decoder and
//! an encoder. `no_std` with `alloc`.
//!
//! A [`Decoder`] spans one message, because the reference table of AMF0 does (AMF0 4.1.3):
//!
//! ```
//! use rtmp_amf::{Decoder, Limits, Value};
//!
//! let payload = [0x02, 0, 4, b'p', b'l', b'a', b'y', 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0x05];
//! let limits = Limits::default();
//! let mut decoder = Decoder::new(&payload, &limits);
//! assert_eq!(decoder.next_value()?.as_ref().and_then(Value::as_str), Some("play"));
//! assert_eq!(decoder.next_value()?, Some(Value::Number(0.0)));
//! assert_eq!(decoder.next_value()?, Some(Value::Null));
//! assert_eq!(decoder.next_value()?, None);
//! # Ok::<(), rtmp_amf::Error>(())
//! ```
//!
//! The switch to AMF3 (marker 0x11) is not followed: the rest of the message is kept as
//! [`Value::AvmPlus`], unread and intact.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod decode;
mod encode;
mod error;
mod limits;
mod marker;
mod value;

pub use decode::{Decoder, decode_all};
pub use encode::{encode, encode_all};
pub use error::{EncodeError, Error, ErrorKind};
pub use limits::{Limits, MAX_DEPTH};
pub use value::{Value, resolve};
