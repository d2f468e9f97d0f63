//! Reading a file as its bytes arrive.

use alloc::vec::Vec;

use bytes::{Buf, Bytes, BytesMut};

use crate::tag::{TagHeader, tag_header};
use crate::{Error, ErrorKind, FileHeader, MAX_PAYLOAD_LEN, Tag, TagKind};

/// Takes bytes in any portions and gives tags. It holds at most what was pushed and not yet taken
/// as tags; nothing is allocated for a declared length.
///
/// There are three degrees of severity:
/// - [`FlvReader::new`] reads every tag there is, whatever its type and stream id, and counts wrong
///   previous-tag sizes. What it cannot read is an error.
/// - [`FlvReader::tolerant`] also goes on where the other two give up: it searches the next tag
///   behind garbage, and passes over encrypted tags.
/// - [`FlvReader::strict`] makes an error of everything that FLV E.2 to E.4.1 do not allow.
#[derive(Debug, Default)]
pub struct FlvReader {
    buffer: BytesMut,
    /// Offset in the file of the first byte of `buffer`.
    offset: u64,
    state: State,
    mode: Mode,
    limits: ReaderLimits,
    header: Option<FileHeader>,
    seen: Seen,
    mismatched_sizes: u64,
    ended: bool,
    failed: Option<Error>,
}

/// What a reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderLimits {
    /// Longest payload of a tag in bytes: 16,777,215 by default, which is all that a header can
    /// declare. A reader holds as much when a file has such a tag.
    pub max_payload: usize,
    /// How many bytes a tolerant reader passes over in search of the next tag: 1 MiB by default.
    pub max_resync: u64,
}

impl Default for ReaderLimits {
    fn default() -> Self {
        Self { max_payload: MAX_PAYLOAD_LEN, max_resync: 1 << 20 }
    }
}

/// What [`FlvReader::next_event`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A tag.
    Tag(Tag),
    /// Something is wrong, and reading goes on. A strict reader fails with the same error, or with
    /// one that came of it.
    Tolerated(Error),
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Strict,
    #[default]
    Plain,
    Tolerant,
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
    /// The rest of the payload of an encrypted tag of this size.
    Encrypted {
        left: usize,
        size: u32,
    },
    /// The search for a tag since this offset.
    Search {
        since: u64,
    },
    /// The input ended inside this tag, and no other one is in what is there of it.
    Cut,
}

/// The kinds of tags that came.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    any: bool,
    audio: bool,
    video: bool,
}

const PREVIOUS_SIZE_LEN: usize = 4;
/// Script data in AMF3 (E-RTMP v2).
const AMF3_SCRIPT: TagKind = TagKind::Other(15);

impl FlvReader {
    /// A reader at the beginning of a file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader that goes on behind faults. A tag counts as found where type (8, 9 or 18), stream
    /// id and the previous-tag size behind it fit together.
    #[must_use]
    pub fn tolerant() -> Self {
        Self { mode: Mode::Tolerant, ..Self::default() }
    }

    /// A reader that allows nothing that FLV E.2 to E.4.1 do not allow.
    #[must_use]
    pub fn strict() -> Self {
        Self { mode: Mode::Strict, ..Self::default() }
    }

    /// The same reader with other limits.
    #[must_use]
    pub fn with_limits(self, limits: ReaderLimits) -> Self {
        Self { limits, ..self }
    }

    /// Appends bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Says that no more bytes come. A tolerant reader needs this to give up waiting for the rest of
    /// what only looked like a tag, or of a tag whose length is wrong: it goes on with the next whole
    /// tag then, if there is one.
    pub fn end_of_input(&mut self) {
        self.ended = true;
    }

    /// The next tag; `None` when more bytes are needed. A tag comes as soon as its payload is
    /// there.
    ///
    /// # Errors
    /// Any [`ErrorKind`] but `Truncated`. An error is final: later calls return it again.
    pub fn next_tag(&mut self) -> Result<Option<Tag>, Error> {
        loop {
            match self.next_event()? {
                Some(Event::Tag(tag)) => return Ok(Some(tag)),
                Some(Event::Tolerated(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// The next tag or fault; `None` when more bytes are needed.
    ///
    /// # Errors
    /// As [`FlvReader::next_tag`].
    pub fn next_event(&mut self) -> Result<Option<Event>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            match self.step().inspect_err(|error| self.failed = Some(*error))? {
                Step::NeedMore => return Ok(None),
                Step::Event(event) => return Ok(Some(event)),
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
        self.end_of_input();
        while self.next_tag()?.is_some() {}
        let present = self.buffer.len();
        let (inside, whole) = match self.state {
            State::Header => ("the file header", FileHeader::LEN as u64),
            State::Skip(left) => ("the file header", u64::from(left)),
            State::PreviousSize(_) => ("a previous-tag size", PREVIOUS_SIZE_LEN as u64),
            State::Encrypted { left, .. } => ("an encrypted tag", left as u64),
            State::Tag | State::Search { .. } | State::Cut if present == 0 => return Ok(()),
            State::Tag | State::Search { .. } | State::Cut => match tag_header(&self.buffer) {
                Ok((_, header)) => ("a tag", (Tag::HEADER_LEN + header.len) as u64),
                Err(_) => ("a tag header", Tag::HEADER_LEN as u64),
            },
        };
        let present = present as u64;
        let kind = ErrorKind::Truncated { inside, present, missing: whole.saturating_sub(present) };
        Err(self.error(kind))
    }

    /// The header of the file, once it was there. A tolerant reader also gives a broken one.
    #[must_use]
    pub fn header(&self) -> Option<FileHeader> {
        self.header
    }

    /// The header that would announce the tags so far.
    #[must_use]
    pub fn contents(&self) -> FileHeader {
        FileHeader::new(self.seen.audio, self.seen.video)
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

    fn step(&mut self) -> Result<Step, Error> {
        match self.state {
            State::Header => self.file_header(),
            State::Skip(0) => {
                self.state = State::PreviousSize(0);
                Ok(Step::Again)
            }
            State::Skip(left) => {
                if self.buffer.is_empty() {
                    return Ok(Step::NeedMore);
                }
                let skipped = u32::try_from(self.buffer.len()).unwrap_or(u32::MAX).min(left);
                self.advance(skipped as usize);
                self.state = State::Skip(left - skipped);
                Ok(Step::Again)
            }
            State::PreviousSize(expected) => self.previous_size(expected),
            State::Tag => self.tag(),
            State::Encrypted { left, size } => {
                let skipped = self.buffer.len().min(left);
                self.advance(skipped);
                if skipped < left {
                    self.state = State::Encrypted { left: left - skipped, size };
                    return Ok(Step::NeedMore);
                }
                self.state = State::PreviousSize(size);
                Ok(Step::Again)
            }
            State::Search { since } => self.search(since),
            State::Cut => Ok(Step::NeedMore),
        }
    }

    fn file_header(&mut self) -> Result<Step, Error> {
        let signature = &FileHeader::SIGNATURE[..self.buffer.len().min(FileHeader::SIGNATURE.len())];
        if !self.buffer.starts_with(signature) {
            let error = self.error(ErrorKind::NotFlv);
            self.state = State::Search { since: self.offset };
            return self.tolerate(error);
        }
        let Some(bytes) = self.buffer.first_chunk::<{ FileHeader::LEN }>() else {
            return Ok(Step::NeedMore);
        };
        let (header, fault) = match FileHeader::decode(bytes) {
            Ok(header) if header.reserved_flags() != 0 && self.mode == Mode::Strict => {
                return Err(self.error(ErrorKind::Flags(header.flags)));
            }
            // A tolerant reader looks for tags right here rather than far away.
            Ok(header)
                if self.mode == Mode::Tolerant && u64::from(header.data_offset) > self.limits.max_resync =>
            {
                (header, Some(ErrorKind::DataOffset(header.data_offset)))
            }
            Ok(header) => (header, None),
            Err(kind) => (FileHeader { flags: bytes[4], data_offset: FileHeader::LEN as u32 }, Some(kind)),
        };
        let offset = self.offset;
        if let Some(kind) = fault
            && self.mode != Mode::Tolerant
        {
            return Err(Error { kind, offset });
        }
        self.header = Some(header);
        self.advance(FileHeader::LEN);
        let Some(kind) = fault else {
            self.state = State::Skip(header.data_offset - FileHeader::LEN as u32);
            return Ok(Step::Again);
        };
        self.state = State::PreviousSize(0);
        Ok(Step::Event(Event::Tolerated(Error { kind, offset })))
    }

    fn previous_size(&mut self, expected: u32) -> Result<Step, Error> {
        let Some(bytes) = self.buffer.first_chunk::<PREVIOUS_SIZE_LEN>() else {
            return Ok(Step::NeedMore);
        };
        let found = u32::from_be_bytes(*bytes);
        if found != expected && self.mode == Mode::Tolerant {
            // Whether the number is wrong or does not stand here, what follows says.
            match tag_header(&self.buffer[PREVIOUS_SIZE_LEN..]) {
                Ok((_, header)) if !self.is_plausible(&header) => {
                    self.state = State::Search { since: self.offset };
                    return Ok(Step::Again);
                }
                Err(_) if !self.ended => return Ok(Step::NeedMore),
                _ => {}
            }
        }
        let error = self.error(ErrorKind::PreviousSize { found, expected });
        if found != expected && self.mode == Mode::Strict {
            return Err(error);
        }
        self.advance(PREVIOUS_SIZE_LEN);
        self.state = State::Tag;
        if found == expected {
            return Ok(Step::Again);
        }
        self.mismatched_sizes += 1;
        Ok(Step::Event(Event::Tolerated(error)))
    }

    fn tag(&mut self) -> Result<Step, Error> {
        let Ok((body, header)) = tag_header(&self.buffer) else {
            return Ok(Step::NeedMore);
        };
        if self.mode == Mode::Tolerant && !self.is_due(&header) {
            self.state = State::Search { since: self.offset };
            return Ok(Step::Again);
        }
        self.check(&header)?;
        let size = Tag::HEADER_LEN + header.len;
        if header.encrypted {
            let error = self.error(ErrorKind::Encrypted);
            if self.mode == Mode::Tolerant {
                self.advance(Tag::HEADER_LEN);
                self.state = State::Encrypted { left: header.len, size: size as u32 };
            }
            return self.tolerate(error);
        }
        let Some(payload) = body.get(..header.len) else {
            if self.mode != Mode::Tolerant || !self.ended {
                return Ok(Step::NeedMore);
            }
            // The file is cut here, or the length is wrong and hides the tags behind it.
            let found = self.hides_a_tag();
            self.state = if found { State::Search { since: self.offset } } else { State::Cut };
            return Ok(Step::Again);
        };
        // A copy: a tag that is kept must not keep the buffer around it.
        let payload = Bytes::copy_from_slice(payload);
        self.advance(size);
        self.state = State::PreviousSize(size as u32);
        self.seen.any = true;
        self.seen.audio |= header.kind == TagKind::Audio;
        self.seen.video |= header.kind == TagKind::Video;
        Ok(Step::Event(Event::Tag(Tag { kind: header.kind, timestamp: header.timestamp, payload })))
    }

    /// What only some readers mind.
    fn check(&self, header: &TagHeader) -> Result<(), Error> {
        let max = self.limits.max_payload;
        if header.len > max {
            return Err(self.error(ErrorKind::TagTooLong { len: header.len, max }));
        }
        if self.mode != Mode::Strict {
            return Ok(());
        }
        let announced = match header.kind {
            TagKind::Audio => self.header.is_none_or(FileHeader::has_audio),
            TagKind::Video => self.header.is_none_or(FileHeader::has_video),
            _ => true,
        };
        let kind = if header.reserved != 0 {
            ErrorKind::ReservedBits(header.reserved)
        } else if !is_known(header.kind) {
            ErrorKind::TagType(header.kind.tag_type())
        } else if header.stream_id != 0 {
            ErrorKind::StreamId(header.stream_id)
        } else if !announced {
            ErrorKind::Unannounced(header.kind)
        } else if !self.seen.any && header.timestamp != 0 {
            ErrorKind::FirstTimestamp(header.timestamp)
        } else {
            return Ok(());
        };
        Err(self.error(kind))
    }

    /// Whether a tag may begin like this where one is due, for a tolerant reader. Some writers
    /// number their streams.
    fn is_due(&self, header: &TagHeader) -> bool {
        header.reserved == 0
            && is_known(header.kind)
            && !(header.encrypted && header.kind == AMF3_SCRIPT)
            && header.len <= self.limits.max_payload
    }

    /// Whether a tag may begin like this in the midst of faults.
    fn is_plausible(&self, header: &TagHeader) -> bool {
        header.stream_id == 0 && self.is_due(header)
    }

    /// Whether a whole tag begins in the bytes that are there, behind the first.
    fn hides_a_tag(&self) -> bool {
        let max = usize::try_from(self.limits.max_resync).unwrap_or(usize::MAX);
        let places = 1..self.buffer.len().min(max.saturating_add(1));
        places.into_iter().any(|passed| matches!(self.judge(&self.buffer[passed..]), Verdict::Tag))
    }

    /// Passes over bytes until a whole tag follows. Every byte is looked at once: while a candidate
    /// is not whole, the search waits.
    fn search(&mut self, since: u64) -> Result<Step, Error> {
        let left = self.limits.max_resync.saturating_sub(self.offset - since);
        let max = usize::try_from(left).unwrap_or(usize::MAX);
        let mut passed = 0;
        let found = loop {
            let candidate = &self.buffer[passed..];
            match self.judge(candidate) {
                Verdict::Tag => break true,
                Verdict::Wait => break false,
                Verdict::None if passed == max || candidate.is_empty() => {
                    self.advance(passed);
                    let kind = ErrorKind::NoTag { searched: self.offset - since };
                    return Err(Error { kind, offset: since });
                }
                Verdict::None => passed += 1,
            }
        };
        self.advance(passed);
        if !found {
            return Ok(Step::NeedMore);
        }
        self.state = State::Tag;
        match self.offset - since {
            0 => Ok(Step::Again),
            len => {
                Ok(Step::Event(Event::Tolerated(Error { kind: ErrorKind::Garbage { len }, offset: since })))
            }
        }
    }

    fn judge(&self, candidate: &[u8]) -> Verdict {
        let wait = if self.ended { Verdict::None } else { Verdict::Wait };
        if candidate.first().is_some_and(|first| !matches!(first, 8 | 9 | 18)) {
            return Verdict::None;
        }
        let Ok((body, header)) = tag_header(candidate) else { return wait };
        if !self.is_plausible(&header) {
            return Verdict::None;
        }
        let Some(after) = body.get(header.len..header.len + PREVIOUS_SIZE_LEN) else { return wait };
        let size = (Tag::HEADER_LEN + header.len) as u32;
        if after == size.to_be_bytes() { Verdict::Tag } else { Verdict::None }
    }

    /// Fails, or says that reading goes on.
    fn tolerate(&self, error: Error) -> Result<Step, Error> {
        if self.mode == Mode::Tolerant { Ok(Step::Event(Event::Tolerated(error))) } else { Err(error) }
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error { kind, offset: self.offset }
    }

    fn advance(&mut self, len: usize) {
        self.buffer.advance(len);
        self.offset += len as u64;
    }
}

fn is_known(kind: TagKind) -> bool {
    matches!(kind, TagKind::Audio | TagKind::Video | TagKind::Script) || kind == AMF3_SCRIPT
}

enum Step {
    NeedMore,
    Again,
    Event(Event),
}

enum Verdict {
    Tag,
    /// Not to be decided before more bytes come.
    Wait,
    None,
}

/// What [`demux`] found in a file. It takes up to fifteen times the memory of the file where all tags
/// are empty and all their sizes wrong; [`FlvReader`] keeps none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demuxed {
    /// The header, if there was one. [`demux_tolerant`] also takes a broken one, whose flags count.
    pub header: Option<FileHeader>,
    /// All tags up to the end or the error.
    pub tags: Vec<Tag>,
    /// What was wrong and did not end the reading.
    pub tolerated: Vec<Error>,
    /// Why the file was not read to its end.
    pub error: Option<Error>,
}

/// Reads a whole file that is in memory. A broken or cut file gives the tags before the fault.
#[must_use]
pub fn demux(file: &[u8]) -> Demuxed {
    drain(FlvReader::new(), file)
}

/// Reads a whole file that is in memory with a [`FlvReader::tolerant`] reader. A broken file gives
/// the tags behind its faults too.
#[must_use]
pub fn demux_tolerant(file: &[u8]) -> Demuxed {
    drain(FlvReader::tolerant(), file)
}

fn drain(mut reader: FlvReader, file: &[u8]) -> Demuxed {
    reader.push(file);
    reader.end_of_input();
    let mut tags = Vec::new();
    let mut tolerated = Vec::new();
    while let Ok(Some(event)) = reader.next_event() {
        match event {
            Event::Tag(tag) => tags.push(tag),
            Event::Tolerated(error) => tolerated.push(error),
        }
    }
    Demuxed { header: reader.header(), tags, tolerated, error: reader.finish().err() }
}
