//! Where a player's media goes.

use std::io::{self, Seek, SeekFrom, Write};

use bytes::Bytes;
use rtmp_flv::{CacheKey, FileHeader, FlvWriter, Tag, TagKind, audio, video};
use rtmp_proto::{MessageType, Timestamp};

/// Takes what a player receives.
pub trait MediaSink {
    /// An audio, video or data message.
    ///
    /// # Errors
    /// When it cannot be kept; the player stops then.
    fn message(&mut self, kind: MessageType, timestamp: Timestamp, payload: Bytes) -> io::Result<()>;
}

/// Counts and forgets.
#[derive(Debug, Default)]
pub struct Discard;

impl MediaSink for Discard {
    fn message(&mut self, _: MessageType, _: Timestamp, _: Bytes) -> io::Result<()> {
        Ok(())
    }
}

/// Writes an FLV file: onMetaData first, then sequence headers and metadata of every video and audio
/// track, timestamps from 0.
#[derive(Debug)]
pub struct FlvSink<W> {
    out: W,
    writer: FlvWriter,
    start: Option<Start>,
    metadata: Option<Bytes>,
    /// Configuration of video and of audio that came before the first frame.
    configs: Vec<(CacheKey, Tag)>,
    has_audio: bool,
    has_video: bool,
}

/// Configurations that wait for the first frame, and their bytes together.
const MAX_CONFIGS: usize = 128;
const MAX_CONFIG_BYTES: usize = 8 << 20;

/// The clock of the file: time since the first frame, across wraps of the 32-bit timestamps.
#[derive(Debug, Clone, Copy)]
struct Start {
    newest: Timestamp,
    elapsed: i64,
}

impl<W: Write> FlvSink<W> {
    /// A file of which nothing is written yet.
    pub fn new(out: W) -> Self {
        Self {
            out,
            writer: FlvWriter::new(FileHeader::new(true, true)),
            start: None,
            metadata: None,
            configs: Vec::new(),
            has_audio: false,
            has_video: false,
        }
    }

    fn begin(&mut self, timestamp: Timestamp) -> io::Result<()> {
        self.start = Some(Start { newest: timestamp, elapsed: 0 });
        if let Some(payload) = self.metadata.take() {
            self.write(Tag { kind: TagKind::Script, timestamp: 0, payload })?;
        }
        let (video, audio): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.configs).into_iter().partition(|(_, tag)| tag.kind == TagKind::Video);
        video.into_iter().chain(audio).try_for_each(|(_, tag)| self.write(tag))
    }

    fn time(&mut self, timestamp: Timestamp) -> u32 {
        let Some(start) = &mut self.start else { return 0 };
        start.elapsed += i64::from(timestamp.since(start.newest));
        start.newest = timestamp;
        start.elapsed.clamp(0, i64::from(u32::MAX)) as u32
    }

    fn write(&mut self, tag: Tag) -> io::Result<()> {
        self.has_audio |= tag.kind == TagKind::Audio;
        self.has_video |= tag.kind == TagKind::Video;
        self.writer.write(&tag).map_err(io::Error::other)?;
        self.out.write_all(&self.writer.take())
    }
}

impl<W: Write + Seek> FlvSink<W> {
    /// Completes the file, also where no frame came, and says in its header what it holds.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        if self.start.is_none() {
            self.begin(Timestamp(0))?;
            self.out.write_all(&self.writer.take())?;
        }
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&FileHeader::new(self.has_audio, self.has_video).encode())?;
        self.out.seek(SeekFrom::End(0))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> MediaSink for FlvSink<W> {
    fn message(&mut self, kind: MessageType, timestamp: Timestamp, payload: Bytes) -> io::Result<()> {
        let tag_kind = match kind {
            MessageType::AUDIO => TagKind::Audio,
            MessageType::VIDEO => TagKind::Video,
            MessageType::DATA_AMF0 => TagKind::Script,
            _ => return Ok(()),
        };
        if tag_kind == TagKind::Script && is_for_players_only(&payload) {
            return Ok(());
        }
        if self.start.is_none() {
            let key = match tag_kind {
                TagKind::Script if is_named(&payload, b"onMetaData") => {
                    self.metadata = Some(payload);
                    return Ok(());
                }
                TagKind::Audio => audio::cache_key(&payload),
                TagKind::Video => video::cache_key(&payload),
                _ => None,
            };
            let tag = Tag { kind: tag_kind, timestamp: 0, payload };
            let waiting: usize = self.configs.iter().map(|(_, tag)| tag.payload.len()).sum();
            let fits = self.configs.len() < MAX_CONFIGS && waiting + tag.payload.len() <= MAX_CONFIG_BYTES;
            let Some(key) = key.filter(|_| fits) else {
                self.begin(timestamp)?;
                return self.write(tag);
            };
            self.configs.retain(|(older, _)| !key.replaces(older));
            self.configs.push((key, tag));
            return Ok(());
        }
        let timestamp = self.time(timestamp);
        self.write(Tag { kind: tag_kind, timestamp, payload })
    }
}

/// Data messages between server and player that are no part of the stream.
fn is_for_players_only(payload: &[u8]) -> bool {
    is_named(payload, b"|RtmpSampleAccess") || is_named(payload, b"onStatus")
}

fn is_named(payload: &[u8], name: &[u8]) -> bool {
    let [2, high, low, rest @ ..] = payload else { return false };
    usize::from(u16::from_be_bytes([*high, *low])) == name.len() && rest.starts_with(name)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use rtmp_flv::demux;

    use super::*;

    const META: &[u8] = b"\x02\x00\x0aonMetaData\x08\0\0\0\0\0\0\x09";
    const ACCESS: &[u8] = b"\x02\x00\x11|RtmpSampleAccess\x01\x01\x01\x01";

    #[test]
    fn headers_come_first_and_time_starts_at_0() {
        let mut sink = FlvSink::new(Cursor::new(Vec::new()));
        let audio_header: &[u8] = &[0xAF, 0, 0x12, 0x10];
        let video_header: &[u8] = &[0x17, 0, 0, 0, 0, 1];
        let messages: [(MessageType, u32, &[u8]); 9] = [
            (MessageType::DATA_AMF0, 0, ACCESS),
            (MessageType::AUDIO, 0, audio_header),
            (MessageType::VIDEO, 0, video_header),
            (MessageType::DATA_AMF0, 0, META),
            (MessageType::VIDEO, u32::MAX - 10, &[0x17, 1, 0, 0, 0, 9]),
            (MessageType::AUDIO, u32::MAX - 20, &[0xAF, 1, 1]),
            (MessageType::AUDIO, 9, &[0xAF, 1, 2]),
            (MessageType::VIDEO, 29, &[0x27, 1, 0, 0, 0, 8]),
            (MessageType::VIDEO, 40, &[]),
        ];
        for (kind, timestamp, payload) in messages {
            sink.message(kind, Timestamp(timestamp), Bytes::from_static(payload)).unwrap();
        }
        let file = demux(sink.finish().unwrap().get_ref());
        assert_eq!(file.error, None);
        let seen: Vec<_> = file.tags.iter().map(|tag| (tag.kind, tag.timestamp, &tag.payload[..])).collect();
        assert_eq!(
            seen,
            [
                (TagKind::Script, 0, META),
                (TagKind::Video, 0, video_header),
                (TagKind::Audio, 0, audio_header),
                (TagKind::Video, 0, &[0x17, 1, 0, 0, 0, 9]),
                (TagKind::Audio, 0, &[0xAF, 1, 1]),
                (TagKind::Audio, 20, &[0xAF, 1, 2]),
                (TagKind::Video, 40, &[0x27, 1, 0, 0, 0, 8]),
                (TagKind::Video, 51, &[]),
            ]
        );
    }

    #[test]
    fn every_track_has_its_configuration_at_the_begin() {
        let (first, second, color) = (b"\x90hvc1A", b"\x96\x00hvc1\x01B", b"\xd4hvc1C");
        let (opus, channels) = (b"\x90OpusOpusHead", b"\x94Opus\x00\x02");
        let mut sink = FlvSink::new(Cursor::new(Vec::new()));
        let messages: [(MessageType, &[u8]); 8] = [
            (MessageType::VIDEO, b"\x90hvc1old"),
            (MessageType::AUDIO, opus),
            (MessageType::VIDEO, first),
            (MessageType::VIDEO, second),
            (MessageType::AUDIO, channels),
            (MessageType::VIDEO, color),
            (MessageType::DATA_AMF0, META),
            (MessageType::VIDEO, b"\x93hvc1K"),
        ];
        for (kind, payload) in messages {
            sink.message(kind, Timestamp(9), Bytes::from_static(payload)).unwrap();
        }
        let file = demux(sink.finish().unwrap().get_ref());
        let seen: Vec<_> = file.tags.iter().map(|tag| (tag.timestamp, &tag.payload[..])).collect();
        let wanted: [&[u8]; 7] = [META, first, second, color, opus, channels, b"\x93hvc1K"];
        assert_eq!(seen, wanted.map(|payload| (0, payload)));
    }

    #[test]
    fn configurations_that_wait_are_bounded() {
        let mut sink = FlvSink::new(Cursor::new(Vec::new()));
        for track in 0..MAX_CONFIGS as u8 {
            let payload = [b"\x96\x00hvc1", &[track][..]].concat();
            sink.message(MessageType::VIDEO, Timestamp(0), payload.into()).unwrap();
        }
        assert!(sink.start.is_none());
        sink.message(MessageType::VIDEO, Timestamp(0), Bytes::from_static(b"\x96\x00hvc1\xff")).unwrap();
        assert!(sink.start.is_some());
        assert_eq!(demux(sink.finish().unwrap().get_ref()).tags.len(), MAX_CONFIGS + 1);
    }

    #[test]
    fn a_file_without_frames_is_a_good_file() {
        let sink = FlvSink::new(Cursor::new(Vec::new()));
        let file = demux(sink.finish().unwrap().get_ref());
        assert_eq!(file.error, None);
        assert!(file.header.is_some_and(|header| !header.has_audio() && !header.has_video()));
    }
}
