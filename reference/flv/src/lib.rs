//! FLV: an incremental reader, a writer, and the codec headers at the start of audio and video
//! payloads, which RTMP carries unchanged as messages of type 8 and 9. `no_std` with `alloc`.
//!
//! ```
//! use rtmp_flv::{FileHeader, FlvReader, FlvWriter, Tag, TagKind};
//!
//! let tag = Tag { kind: TagKind::Audio, timestamp: 40, payload: vec![0xaf, 0x01, 0x21].into() };
//! let mut writer = FlvWriter::new(FileHeader::new(true, false));
//! writer.write(&tag)?;
//!
//! let mut reader = FlvReader::new();
//! reader.push(&writer.take());
//! assert_eq!(reader.next_tag()?, Some(tag));
//! assert_eq!(reader.next_tag()?, None);
//! reader.finish()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod audio;
mod codec;
mod error;
mod ex_header;
mod file_header;
mod reader;
mod tag;
pub mod video;
mod writer;

pub use codec::{Codec, FourCc, Multitrack, MultitrackType};
pub use error::{Error, ErrorKind, PayloadTooLong};
pub use file_header::FileHeader;
pub use reader::{Demuxed, FlvReader, demux};
pub use tag::{MAX_PAYLOAD_LEN, Tag, TagKind};
pub use writer::FlvWriter;
