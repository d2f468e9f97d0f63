//! Reading a file as its bytes arrive.

use alloc::vec::Vec;

use bytes::{Buf, Bytes, BytesMut};

use crate::tag::tag_header;
use crate::{Error, ErrorKind, FileHeader, Tag};

/// Takes bytes in any portions and gives tags. It holds at most what was pushed and not yet taken
/// as tags; nothing is allocated for a declared length.
#[derive(Debug, Default)]
pub struct FlvReader {
    buffer: BytesMut,
    /// Offset in the file of the first byte of `buffer`.
    offset: u64,
    state: State,
    header: Option<FileHeader>,
    mismatched_sizes: u64,
    failed: Option<Error>,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Header,
    /// Bytes between the header and the data offset.
    Skip(u32),
    /// The size of the tag before, header included.
    PreviousSize(u32),
    Tag,
}

const PREVIOUS_SIZE_LEN: usize = 4;

impl FlvReader {
    /// A reader at the beginning of a file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next tag; `None` when more bytes are needed. A tag comes as soon as its payload is
    /// there.
    ///
    /// # Errors
    /// Any [`ErrorKind`] but `Truncated`. An error is final: later calls return it again.
    pub fn next_tag(&mut self) -> Result<Option<Tag>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            let step = self.step().map_err(|kind| Error { kind, offset: self.offset });
            match step.inspect_err(|error| self.failed = Some(*error))? {
                Step::NeedMore => return Ok(None),
                Step::Tag(tag) => return Ok(Some(tag)),
                Step::Again => {}
            }
        }
    }

    /// Says at the end of the file whether it ended where a file may end. Tags that
    /// [`FlvReader::next_tag`] was not asked for are lost.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`], or the error that `next_tag` gave.
    pub fn finish(mut self) -> Result<(), Error> {
        while self.next_tag()?.is_some() {}
        let present = self.buffer.len();
        let (inside, whole) = match self.state {
            State::Header => ("the file header", FileHeader::LEN as u64),
            State::Skip(left) => ("the file header", u64::from(left)),
            State::PreviousSize(_) => ("a previous-tag size", PREVIOUS_SIZE_LEN as u64),
            State::Tag if present == 0 => return Ok(()),
            State::Tag => match tag_header(&self.buffer) {
                Ok((_, header)) => ("a tag", (Tag::HEADER_LEN + header.len) as u64),
                Err(_) => ("a tag header", Tag::HEADER_LEN as u64),
            },
        };
        let present = present as u64;
        let kind = ErrorKind::Truncated { inside, present, missing: whole.saturating_sub(present) };
        Err(Error { kind, offset: self.offset })
    }

    /// The header of the file, once it was there.
    #[must_use]
    pub fn header(&self) -> Option<FileHeader> {
        self.header
    }

    /// Offset in the file, in bytes, of what is read next.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many previous-tag sizes did not fit the tag before them (FLV E.3). They are not needed
    /// for reading, so they do no harm.
    #[must_use]
    pub fn mismatched_sizes(&self) -> u64 {
        self.mismatched_sizes
    }

    fn step(&mut self) -> Result<Step, ErrorKind> {
        match self.state {
            State::Header => {
                let signature = &FileHeader::SIGNATURE[..self.buffer.len().min(FileHeader::SIGNATURE.len())];
                if !self.buffer.starts_with(signature) {
                    return Err(ErrorKind::NotFlv);
                }
                let Some(bytes) = self.buffer.first_chunk::<{ FileHeader::LEN }>() else {
                    return Ok(Step::NeedMore);
                };
                let header = FileHeader::decode(bytes)?;
                self.header = Some(header);
                self.advance(FileHeader::LEN);
                self.state = State::Skip(header.data_offset - FileHeader::LEN as u32);
            }
            State::Skip(0) => self.state = State::PreviousSize(0),
            State::Skip(left) => {
                if self.buffer.is_empty() {
                    return Ok(Step::NeedMore);
                }
                let skipped = u32::try_from(self.buffer.len()).unwrap_or(u32::MAX).min(left);
                self.advance(skipped as usize);
                self.state = State::Skip(left - skipped);
            }
            State::PreviousSize(expected) => {
                let Some(bytes) = self.buffer.first_chunk::<PREVIOUS_SIZE_LEN>() else {
                    return Ok(Step::NeedMore);
                };
                self.mismatched_sizes += u64::from(u32::from_be_bytes(*bytes) != expected);
                self.advance(PREVIOUS_SIZE_LEN);
                self.state = State::Tag;
            }
            State::Tag => return self.tag(),
        }
        Ok(Step::Again)
    }

    fn tag(&mut self) -> Result<Step, ErrorKind> {
        let Ok((body, header)) = tag_header(&self.buffer) else {
            return Ok(Step::NeedMore);
        };
        if header.encrypted {
            return Err(ErrorKind::Encrypted);
        }
        let Some(payload) = body.get(..header.len) else {
            return Ok(Step::NeedMore);
        };
        // A copy: a tag that is kept must not keep the buffer around it.
        let payload = Bytes::copy_from_slice(payload);
        let size = Tag::HEADER_LEN + header.len;
        self.advance(size);
        self.state = State::PreviousSize(size as u32);
        Ok(Step::Tag(Tag { kind: header.kind, timestamp: header.timestamp, payload }))
    }

    fn advance(&mut self, len: usize) {
        self.buffer.advance(len);
        self.offset += len as u64;
    }
}

enum Step {
    NeedMore,
    Again,
    Tag(Tag),
}

/// What [`demux`] found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demuxed {
    /// The header, if it was good.
    pub header: Option<FileHeader>,
    /// All tags up to the end or the error.
    pub tags: Vec<Tag>,
    /// Why the file was not read to its end.
    pub error: Option<Error>,
}

/// Reads a whole file that is in memory. A broken or cut file gives the tags before the fault.
#[must_use]
pub fn demux(file: &[u8]) -> Demuxed {
    let mut reader = FlvReader::new();
    reader.push(file);
    let mut tags = Vec::new();
    while let Ok(Some(tag)) = reader.next_tag() {
        tags.push(tag);
    }
    Demuxed { header: reader.header(), tags, error: reader.finish().err() }
}
