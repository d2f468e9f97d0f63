//! Where a publisher's media comes from.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use rtmp_flv::{FlvReader, Tag};

const READ_SIZE: usize = 64 << 10;

/// An FLV file that is read tag by tag, once or several times in a row.
pub struct FlvSource {
    input: Box<dyn Input>,
    len: u64,
    reader: FlvReader,
    scratch: Box<[u8]>,
    rounds_left: u32,
    /// Added to the timestamps of the file, in ms.
    shift: u32,
    newest: u32,
    last_step: u32,
    tags: u64,
}

trait Input: Read + Seek + Send {}
impl<T: Read + Seek + Send> Input for T {}

/// Why a source gives nothing more.
#[derive(Debug)]
pub enum SourceError {
    /// The file could not be read.
    Read(io::Error),
    /// The file is not good FLV. The tags before the fault were given.
    Flv {
        /// What is wrong, and at which byte.
        error: rtmp_flv::Error,
        /// Tags before the fault.
        tags: u64,
    },
    /// The file is good, but holds no audio, video or script tag.
    Empty,
}

impl FlvSource {
    /// Opens a file and checks its header. Nothing else is read yet.
    ///
    /// # Errors
    /// When the file cannot be read, or does not begin as an FLV file does.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let file = File::open(path).map_err(SourceError::Read)?;
        if file.metadata().map_err(SourceError::Read)?.is_dir() {
            return Err(SourceError::Read(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        Self::new(Box::new(file))
    }

    /// A file that is in memory.
    ///
    /// # Errors
    /// When it does not begin as an FLV file does.
    pub fn from_bytes(file: Bytes) -> Result<Self, SourceError> {
        Self::new(Box::new(Cursor::new(file)))
    }

    fn new(mut input: Box<dyn Input>) -> Result<Self, SourceError> {
        let len = input.seek(SeekFrom::End(0)).map_err(SourceError::Read)?;
        input.rewind().map_err(SourceError::Read)?;
        let mut source = Self {
            input,
            len,
            reader: FlvReader::new(),
            scratch: vec![0; READ_SIZE].into(),
            rounds_left: 0,
            shift: 0,
            newest: 0,
            last_step: 0,
            tags: 0,
        };
        let header = rtmp_flv::FileHeader::LEN;
        let mut begin = vec![0; header.min(usize::try_from(len).unwrap_or(header))];
        source.input.read_exact(&mut begin).map_err(SourceError::Read)?;
        source.input.rewind().map_err(SourceError::Read)?;
        let mut probe = FlvReader::new();
        probe.push(&begin);
        probe.next_tag().map_err(|error| SourceError::Flv { error, tags: 0 })?;
        if probe.header().is_none() {
            let error = probe
                .finish()
                .err()
                .unwrap_or(rtmp_flv::Error { kind: rtmp_flv::ErrorKind::NotFlv, offset: 0 });
            return Err(SourceError::Flv { error, tags: 0 });
        }
        Ok(source)
    }

    /// Gives the file `times` times altogether, at least once; timestamps go on growing.
    #[must_use]
    pub fn repeated(mut self, times: u32) -> Self {
        self.rounds_left = times.saturating_sub(1);
        self
    }

    /// Bytes of the file.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of the file that were given in this round.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.reader.offset()
    }

    /// The next tag of any kind; `None` at the end of the last round.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn next_tag(&mut self) -> Result<Option<Tag>, SourceError> {
        loop {
            let found = self.reader.next_tag();
            if let Some(mut tag) = found.map_err(|error| SourceError::Flv { error, tags: self.tags })? {
                tag.timestamp = tag.timestamp.wrapping_add(self.shift);
                self.note(&tag);
                return Ok(Some(tag));
            }
            let n = match self.input.read(&mut self.scratch) {
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(SourceError::Read(e)),
            };
            if n > 0 {
                self.reader.push(&self.scratch[..n]);
            } else if !self.next_round()? {
                return Ok(None);
            }
        }
    }

    fn note(&mut self, tag: &Tag) {
        self.tags += 1;
        let step = tag.timestamp.wrapping_sub(self.newest);
        if step > 0 && step <= i32::MAX as u32 {
            self.last_step = step.min(1000);
            self.newest = tag.timestamp;
        }
    }

    fn next_round(&mut self) -> Result<bool, SourceError> {
        let reader = std::mem::take(&mut self.reader);
        reader.finish().map_err(|error| SourceError::Flv { error, tags: self.tags })?;
        if self.tags == 0 {
            return Err(SourceError::Empty);
        }
        if self.rounds_left == 0 {
            return Ok(false);
        }
        self.rounds_left -= 1;
        self.shift = self.newest.wrapping_add(self.last_step.max(1));
        self.input.rewind().map_err(SourceError::Read)?;
        Ok(true)
    }
}

impl fmt::Debug for FlvSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlvSource").field("len", &self.len).field("tags", &self.tags).finish_non_exhaustive()
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(e) => write!(f, "cannot read: {e}"),
            Self::Flv { error, tags: 0 } => error.fmt(f),
            Self::Flv { error, tags } => write!(f, "{error}; the {tags} tags before are good"),
            Self::Empty => f.write_str("the file holds no tags"),
        }
    }
}

impl std::error::Error for SourceError {}

#[cfg(test)]
mod tests {
    use rtmp_flv::{FileHeader, FlvWriter, TagKind};

    use super::*;

    fn file(times: &[u32]) -> Bytes {
        let mut writer = FlvWriter::new(FileHeader::new(true, false));
        for &timestamp in times {
            let tag = Tag { kind: TagKind::Audio, timestamp, payload: Bytes::from_static(&[0xAF, 1, 2]) };
            writer.write(&tag).unwrap();
        }
        writer.take()
    }

    fn times(mut source: FlvSource) -> Vec<u32> {
        std::iter::from_fn(|| source.next_tag().unwrap()).map(|tag| tag.timestamp).collect()
    }

    #[test]
    fn rounds_go_on_in_time() {
        let source = FlvSource::from_bytes(file(&[0, 40, 80])).unwrap().repeated(3);
        assert_eq!(times(source), [0, 40, 80, 120, 160, 200, 240, 280, 320]);
    }

    #[test]
    fn a_cut_file_gives_its_tags_and_then_says_where_it_ends() {
        let whole = file(&[0, 40]);
        let mut source = FlvSource::from_bytes(whole.slice(..whole.len() - 6)).unwrap();
        assert!(source.next_tag().unwrap().is_some());
        let error = source.next_tag().unwrap_err();
        assert!(matches!(error, SourceError::Flv { tags: 1, .. }), "{error}");
    }

    #[test]
    fn other_files_are_refused_at_once() {
        for bytes in [&b"MP4 and more"[..], b"", b"FLV"] {
            let error = FlvSource::from_bytes(Bytes::from_static(bytes)).unwrap_err();
            assert!(matches!(error, SourceError::Flv { tags: 0, .. }), "{error}");
        }
    }
}
