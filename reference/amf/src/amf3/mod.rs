//! AMF3: a value model, a bounded decoder and an encoder.
//!
//! [`decode_all`] and [`encode_all`] are for a body that is AMF3 throughout, whose values share their
//! tables (AMF3 4.1). In RTMP messages AMF3 stands behind the marker 0x11 of AMF0, one value at a time:
//! [`crate::Decoder`] reads those.
//!
//! ```
//! use rtmp_amf::{Limits, amf3};
//!
//! // {a: 1}, and the same object again by reference.
//! let bytes = [0x0A, 0x0B, 0x01, 0x03, b'a', 0x04, 0x01, 0x01, 0x0A, 0x00];
//! let values = amf3::decode_all(&bytes, &Limits::default())?;
//! assert_eq!(values[0].property("a").and_then(amf3::Value::as_f64), Some(1.0));
//! assert_eq!(values[1], amf3::Value::Reference(0));
//! assert_eq!(amf3::resolve(&values, 0), Some(&values[0]));
//! assert_eq!(amf3::encode_all(&values)?, bytes);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decode;
mod encode;
mod marker;
mod tables;
pub mod u29;
mod value;

pub(crate) use decode::Reader;
pub use decode::{Decoder, decode_all};
pub(crate) use encode::{Expansion, Writer};
pub use encode::{encode, encode_all};
pub(crate) use tables::Tables;
pub(crate) use value::in_order;
pub use value::{Flex, FlexClass, Object, Opaque, Value, VectorObject, resolve};
