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
mod bits;
mod cache_key;
mod capabilities;
pub mod config;
mod cursor;
mod error;
mod file_header;
mod four_cc;
mod header_error;
mod mod_ex;
mod multitrack;
mod reader;
mod tag;
pub mod video;
mod writer;

pub use cache_key::{CacheKey, CacheKind, TrackSet};
pub use capabilities::{CapsEx, FourCcInfo};
pub use error::{Error, ErrorKind, PayloadTooLong};
pub use file_header::FileHeader;
pub use four_cc::FourCc;
pub use header_error::{HeaderError, HeaderErrorKind, Unencodable};
pub use mod_ex::{MAX_MOD_EX, MAX_MOD_EX_DATA, MAX_NANO_OFFSET, ModEx, ModExBuf, ModExList, ModExType};
pub use multitrack::{MAX_TRACKS, MultitrackType};
pub use reader::{Demuxed, Event, FlvReader, ReaderLimits, demux, demux_tolerant};
pub use tag::{MAX_PAYLOAD_LEN, Tag, TagKind};
pub use writer::{FlvWriter, OnMetaData, Patch, Placeholders};
