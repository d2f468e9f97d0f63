//! What a relay keeps for players that come late.

use core::fmt;

/// What a cached payload is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CacheKind {
    /// Decoder configuration of audio.
    AudioSequenceHeader,
    /// Order of the audio channels (E-RTMP v2 "Enhanced Audio").
    MultichannelConfig,
    /// Decoder configuration of video.
    VideoSequenceHeader,
    /// Video metadata such as colorInfo (E-RTMP v2 "Metadata Frame").
    VideoMetadata,
}

/// Under which name a relay keeps a payload: the newest payload of each kind for each set of
/// tracks. [`crate::audio::cache_key`] and [`crate::video::cache_key`] give it.
///
/// A payload without multitrack part counts as track 0, the default track: publishers send the
/// default track so, and the others as multitrack payloads beside it.
///
/// ```
/// use rtmp_flv::{CacheKind, video};
/// let key = video::cache_key(b"\x90hvc1").unwrap();
/// assert_eq!(key.kind, CacheKind::VideoSequenceHeader);
/// assert!(key.tracks.iter().eq([0]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheKey {
    /// What it is for.
    pub kind: CacheKind,
    /// The tracks that it is for.
    pub tracks: TrackSet,
}

impl CacheKey {
    /// Whether a payload with this key makes one with the key `older` useless: the kind is the same
    /// and all its tracks are among those of this one.
    #[must_use]
    pub fn replaces(&self, older: &Self) -> bool {
        self.kind == older.kind && older.tracks.is_subset(&self.tracks)
    }
}

/// A set of track ids.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TrackSet([u64; 4]);

impl TrackSet {
    /// No track.
    pub const EMPTY: Self = Self([0; 4]);

    /// Adds a track.
    pub fn insert(&mut self, track_id: u8) {
        self.0[usize::from(track_id >> 6)] |= 1 << (track_id & 63);
    }

    /// Whether the track is in it.
    #[must_use]
    pub fn contains(&self, track_id: u8) -> bool {
        self.0[usize::from(track_id >> 6)] & (1 << (track_id & 63)) != 0
    }

    /// Whether there is no track in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// Whether all its tracks are in `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| own & !other == 0)
    }

    /// The track ids, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u8> + use<> {
        let set = *self;
        (0..=u8::MAX).filter(move |id| set.contains(*id))
    }
}

impl FromIterator<u8> for TrackSet {
    fn from_iter<I: IntoIterator<Item = u8>>(ids: I) -> Self {
        let mut set = Self::EMPTY;
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}

impl fmt::Debug for TrackSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
