//! Writing a file.

use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};

use crate::{FileHeader, PayloadTooLong, Tag, TagKind};

/// Makes the bytes of a file. They gather until [`FlvWriter::take`].
///
/// The first tag of a file has timestamp 0 (FLV E.4.1): shifting the timestamps is the caller's
/// part. Every prefix of what it makes is a file that a player reads up to its last whole tag; what
/// is known only at the end, [`FlvWriter::patches`] puts in place.
#[derive(Debug)]
pub struct FlvWriter {
    out: BytesMut,
    /// Bytes of the file so far, taken or not.
    position: u64,
    contents: FileHeader,
    duration_ms: u32,
    placeholders: Option<Placeholders>,
}

/// Where in the file the numbers of onMetaData stand that are known only at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholders {
    /// Offset of the eight bytes of `duration`.
    pub duration: u64,
    /// Offset of the eight bytes of `filesize`.
    pub filesize: u64,
}

/// Bytes to be written over a place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Offset in the file.
    pub offset: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

const FLAGS_OFFSET: u64 = 4;

impl FlvWriter {
    /// Begins a file: a header of nine bytes with these flags, and the first previous-tag size,
    /// which is 0 (FLV E.3).
    #[must_use]
    pub fn new(header: FileHeader) -> Self {
        let mut writer = Self {
            out: BytesMut::new(),
            position: 0,
            contents: FileHeader::new(false, false),
            duration_ms: 0,
            placeholders: None,
        };
        let header = FileHeader { data_offset: FileHeader::LEN as u32, ..header };
        writer.append(&header.encode());
        writer.append(&[0; 4]);
        writer
    }

    /// Appends a tag and its size, 11 bytes more than its payload (FLV E.3).
    ///
    /// # Errors
    /// The payload is too long; nothing is written then.
    pub fn write(&mut self, tag: &Tag) -> Result<(), PayloadTooLong> {
        let header = tag.header()?;
        self.append(&header);
        self.append(&tag.payload);
        let size = Tag::HEADER_LEN + tag.payload.len();
        self.append(&(size as u32).to_be_bytes());
        let audio = self.contents.has_audio() || tag.kind == TagKind::Audio;
        let video = self.contents.has_video() || tag.kind == TagKind::Video;
        self.contents = FileHeader::new(audio, video);
        self.duration_ms = self.duration_ms.max(tag.timestamp);
        Ok(())
    }

    /// Appends onMetaData as a script tag at timestamp 0 with a duration and a file size of 0, which
    /// [`FlvWriter::patches`] replaces.
    ///
    /// # Errors
    /// The metadata is too long; nothing is written then.
    pub fn write_metadata(&mut self, metadata: &OnMetaData) -> Result<Placeholders, PayloadTooLong> {
        let start = self.position + Tag::HEADER_LEN as u64;
        let payload = metadata.encode();
        self.write(&Tag { kind: TagKind::Script, timestamp: 0, payload: payload.into() })?;
        let placeholders = Placeholders {
            duration: start + OnMetaData::DURATION as u64,
            filesize: start + OnMetaData::FILESIZE as u64,
        };
        self.placeholders = Some(placeholders);
        Ok(placeholders)
    }

    /// The bytes since the last call.
    #[must_use]
    pub fn take(&mut self) -> Bytes {
        self.out.split().freeze()
    }

    /// Bytes of the file so far, taken or not.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// What is to be written over the file when it is complete: the flags of the header, and
    /// duration and file size of the metadata, if [`FlvWriter::write_metadata`] wrote it. The
    /// duration is the largest timestamp. The file is good without, so a recording that nobody
    /// completed stays playable.
    #[must_use]
    pub fn patches(&self) -> Vec<Patch> {
        let mut patches = Vec::new();
        patches.push(Patch { offset: FLAGS_OFFSET, bytes: [self.contents.flags].to_vec() });
        if let Some(places) = self.placeholders {
            let seconds = f64::from(self.duration_ms) / 1_000.0;
            patches.push(Patch { offset: places.duration, bytes: seconds.to_be_bytes().to_vec() });
            let len = self.position as f64;
            patches.push(Patch { offset: places.filesize, bytes: len.to_be_bytes().to_vec() });
        }
        patches
    }

    fn append(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
        self.position += bytes.len() as u64;
    }
}

/// The payload of an onMetaData script tag (FLV E.5): an ECMA array of AMF0 (errata E-54) with
/// `duration` and `filesize` first, both 0, and then what is added. Its count is exact (errata E-55).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnMetaData {
    properties: Vec<u8>,
    count: u32,
}

impl Default for OnMetaData {
    fn default() -> Self {
        Self::new()
    }
}

impl OnMetaData {
    const NAME: &[u8] = b"onMetaData";
    const NUMBER: u8 = 0;
    const BOOLEAN: u8 = 1;
    const STRING: u8 = 2;
    const ECMA_ARRAY: u8 = 8;
    const END: [u8; 3] = [0, 0, 9];
    /// Marker, length and text of the name, marker and count of the array.
    const PROPERTIES: usize = 3 + Self::NAME.len() + 5;
    /// Offset of the number in the payload, behind length and text of its name and its marker.
    const DURATION: usize = Self::PROPERTIES + 2 + 8 + 1;
    const FILESIZE: usize = Self::DURATION + 8 + 2 + 8 + 1;

    /// Metadata of `duration` and `filesize` alone.
    #[must_use]
    pub fn new() -> Self {
        Self { properties: Vec::new(), count: 0 }.number("duration", 0.0).number("filesize", 0.0)
    }

    /// Adds a number, such as `width`, `framerate` or `videocodecid`.
    #[must_use]
    pub fn number(mut self, name: &str, value: f64) -> Self {
        self.name(name, Self::NUMBER);
        self.properties.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// Adds a boolean, such as `stereo`.
    #[must_use]
    pub fn boolean(mut self, name: &str, value: bool) -> Self {
        self.name(name, Self::BOOLEAN);
        self.properties.push(u8::from(value));
        self
    }

    /// Adds a string, such as `encoder`. What is longer than 65,535 bytes is cut at a character.
    #[must_use]
    pub fn string(mut self, name: &str, value: &str) -> Self {
        self.name(name, Self::STRING);
        self.text(value);
        self
    }

    /// The payload of the tag.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::PROPERTIES + self.properties.len() + Self::END.len());
        out.extend_from_slice(&[Self::STRING, 0, Self::NAME.len() as u8]);
        out.extend_from_slice(Self::NAME);
        out.push(Self::ECMA_ARRAY);
        out.extend_from_slice(&self.count.to_be_bytes());
        out.extend_from_slice(&self.properties);
        out.extend_from_slice(&Self::END);
        out
    }

    fn name(&mut self, name: &str, marker: u8) {
        self.text(name);
        self.properties.push(marker);
        self.count += 1;
    }

    fn text(&mut self, text: &str) {
        let mut len = text.len().min(usize::from(u16::MAX));
        while !text.is_char_boundary(len) {
            len -= 1;
        }
        self.properties.extend_from_slice(&(len as u16).to_be_bytes());
        self.properties.extend_from_slice(&text.as_bytes()[..len]);
    }
}
