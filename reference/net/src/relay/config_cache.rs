//! What decoders of one medium need before the first frame: sequence headers, and metadata beside
//! them.

use std::sync::Arc;

use rtmp_flv::{CacheKey, CacheKind};

use super::frame::MediaFrame;

/// Most payloads that a cache keeps, and their bytes together. A publisher needs one or two for each
/// track, each a few hundred bytes long.
pub(super) const MAX_FRAMES: usize = 64;
pub(super) const MAX_BYTES: usize = 1 << 20;

/// The newest configuration of every track, of video or of audio.
///
/// Players get sequence headers first and then metadata (colorInfo, the order of channels), each in
/// their order of arrival: metadata is for the frames that follow it (E-RTMP v2 "Metadata Frame"), and
/// a publisher that repeats a sequence header does not always repeat its metadata.
#[derive(Debug, Default)]
pub(super) struct ConfigCache {
    entries: Vec<Entry>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    key: CacheKey,
    number: u64,
    frame: Arc<MediaFrame>,
}

impl ConfigCache {
    /// Keeps `frame`, the message with this number, in place of what it replaces. One that does not fit
    /// beside the others is not kept, and what it replaces is gone all the same.
    ///
    /// Returns whether it changes the codec configuration of a track, so that earlier frames of the
    /// track cannot be decoded with it.
    pub fn insert(&mut self, key: CacheKey, number: u64, frame: &Arc<MediaFrame>) -> bool {
        let changes = is_sequence_header(&key) && self.differs(&key, frame);
        self.entries.retain(|entry| !key.replaces(&entry.key));
        self.bytes = self.entries.iter().map(|entry| entry.frame.len()).sum();
        if self.entries.len() < MAX_FRAMES && self.bytes + frame.len() <= MAX_BYTES {
            self.bytes += frame.len();
            let at = if is_sequence_header(&key) {
                self.entries.partition_point(|entry| is_sequence_header(&entry.key))
            } else {
                self.entries.len()
            };
            self.entries.insert(at, Entry { key, number, frame: frame.clone() });
        }
        changes
    }

    /// The kept frames with their numbers, in the order in which players get them.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Arc<MediaFrame>)> {
        self.entries.iter().map(|entry| (entry.number, &entry.frame))
    }

    fn differs(&self, key: &CacheKey, frame: &MediaFrame) -> bool {
        let tracks: Vec<u8> = key.tracks.iter().collect();
        self.entries.iter().any(|entry| {
            entry.key.kind == key.kind
                && tracks.iter().any(|track| entry.key.tracks.contains(*track))
                && entry.frame.payload != frame.payload
        })
    }
}

fn is_sequence_header(key: &CacheKey) -> bool {
    matches!(key.kind, CacheKind::AudioSequenceHeader | CacheKind::VideoSequenceHeader)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rtmp_flv::video;
    use rtmp_proto::{MessageType, Timestamp};

    use super::*;

    fn frame(payload: &[u8]) -> (CacheKey, Arc<MediaFrame>) {
        let key = video::cache_key(payload).expect("a configuration frame");
        let payload = Bytes::copy_from_slice(payload);
        (key, Arc::new(MediaFrame::new(MessageType::VIDEO, Timestamp(0), payload)))
    }

    fn insert(cache: &mut ConfigCache, payload: &[u8]) -> bool {
        let (key, frame) = frame(payload);
        cache.insert(key, 0, &frame)
    }

    fn kept(cache: &ConfigCache) -> Vec<Bytes> {
        cache.iter().map(|(_, frame)| frame.payload.clone()).collect()
    }

    /// A sequence header of one track, as a multitrack payload.
    fn header(track: u8, body: &[u8]) -> Vec<u8> {
        [b"\x96\x00hvc1".as_slice(), &[track], body].concat()
    }

    #[test]
    fn each_track_has_its_own_and_metadata_follows_the_headers() {
        let mut cache = ConfigCache::default();
        for payload in [b"\x90hvc1A".to_vec(), b"\xd4hvc1M".to_vec(), header(1, b"B"), header(2, b"C")] {
            assert!(!insert(&mut cache, &payload));
        }
        assert!(!insert(&mut cache, b"\x90hvc1A"), "the same again");
        assert_eq!(
            kept(&cache),
            [&header(1, b"B")[..], &header(2, b"C"), b"\x90hvc1A", b"\xd4hvc1M"].map(Bytes::copy_from_slice)
        );
        assert!(insert(&mut cache, &header(2, b"D")));
        assert!(!insert(&mut cache, b"\xd4hvc1N"), "metadata is no codec configuration");
        let all = b"\x96\x10hvc1\x00\x00\x00\x01A\x01\x00\x00\x01B\x02\x00\x00\x01D";
        assert!(insert(&mut cache, all));
        assert_eq!(kept(&cache), [&all[..], b"\xd4hvc1N"].map(Bytes::copy_from_slice));
        assert!(insert(&mut cache, &header(1, b"E")), "differs from one part of the payload for all");
        assert_eq!(cache.iter().count(), 3, "of which the rest is still needed");
    }

    #[test]
    fn the_number_of_frames_is_bounded() {
        let mut cache = ConfigCache::default();
        for track in 0..MAX_FRAMES {
            insert(&mut cache, &header(track as u8, b"A"));
        }
        assert_eq!(cache.iter().count(), MAX_FRAMES);
        insert(&mut cache, &header(MAX_FRAMES as u8, b"A"));
        assert_eq!(cache.iter().count(), MAX_FRAMES);
        assert!(!kept(&cache).contains(&header(MAX_FRAMES as u8, b"A").into()), "the first stay");
        insert(&mut cache, &header(0, b"B"));
        assert_eq!(kept(&cache).last(), Some(&header(0, b"B").into()), "and can be replaced");
    }

    #[test]
    fn the_number_of_bytes_is_bounded() {
        let mut cache = ConfigCache::default();
        let small = header(0, b"A");
        let largest = vec![0; MAX_BYTES - small.len() - header(1, b"").len()];
        insert(&mut cache, &small);
        insert(&mut cache, &header(1, &largest));
        assert_eq!((cache.iter().count(), cache.bytes), (2, MAX_BYTES));
        assert!(insert(&mut cache, &header(0, b"AB")), "one byte too many");
        assert_eq!(kept(&cache), [Bytes::from(header(1, &largest))], "what it replaced is no longer true");
        insert(&mut cache, &header(0, b"C"));
        assert_eq!((cache.iter().count(), cache.bytes), (2, MAX_BYTES));
    }
}
