//! Writing a file.

use bytes::{Bytes, BytesMut};

use crate::{FileHeader, PayloadTooLong, Tag};

/// Makes the bytes of a file. They gather until [`FlvWriter::take`].
///
/// The first tag of a file has timestamp 0 (FLV E.4.1): shifting the timestamps is the caller's
/// part.
#[derive(Debug)]
pub struct FlvWriter {
    out: BytesMut,
}

impl FlvWriter {
    /// Begins a file: a header of nine bytes with these flags, and the first previous-tag size,
    /// which is 0 (FLV E.3).
    #[must_use]
    pub fn new(header: FileHeader) -> Self {
        let mut out = BytesMut::new();
        let header = FileHeader { data_offset: FileHeader::LEN as u32, ..header };
        out.extend_from_slice(&header.encode());
        out.extend_from_slice(&[0; 4]);
        Self { out }
    }

    /// Appends a tag and its size, 11 bytes more than its payload (FLV E.3).
    ///
    /// # Errors
    /// The payload is too long; nothing is written then.
    pub fn write(&mut self, tag: &Tag) -> Result<(), PayloadTooLong> {
        let header = tag.header()?;
        self.out.extend_from_slice(&header);
        self.out.extend_from_slice(&tag.payload);
        let size = Tag::HEADER_LEN + tag.payload.len();
        self.out.extend_from_slice(&(size as u32).to_be_bytes());
        Ok(())
    }

    /// The bytes since the last call.
    #[must_use]
    pub fn take(&mut self) -> Bytes {
        self.out.split().freeze()
    }
}
