//! AMF0 and AMF3, the value formats of RTMP commands and data messages: value models, bounded decoders
//! and encoders. `no_std` with `alloc`.
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
//! [`Decoder::next_value_ref`] reads the same with the text lent from the message. The switch to AMF3
//! (marker 0x11) is followed for one value, a [`Value::AvmPlus`]; module [`amf3`] also reads and writes
//! AMF3 alone.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod amf3;

mod cursor;
mod decode;
mod encode;
mod error;
mod limits;
mod marker;
mod tree;
mod value;
mod value_ref;

pub use decode::{Decoder, decode_all, decode_all_ref};
pub use encode::{encode, encode_all};
pub use error::{Amf3Table, ClassName, EncodeError, Error, ErrorKind};
pub use limits::{Limits, MAX_DEPTH};
pub use value::{TypedObject, Value, resolve, resolve_amf3};
pub use value_ref::{TypedObjectRef, ValueRef};
