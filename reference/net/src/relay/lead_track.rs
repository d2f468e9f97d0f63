//! Which of several video tracks decides where a group of pictures begins.

use rtmp_flv::video::{Header, PacketType};

/// The track whose key frames players can join and go on at.
///
/// It is the default track, 0, once a configuration or a picture of it was seen, and before that the
/// first video track that was seen. Key frames of the other tracks are pictures like all others: a
/// player that starts at a key frame of the leading track sees another one from its next key frame
/// on, which publishers that align their tracks send at the same time. The lead is free again when its
/// track ends, or is gone without a word.
#[derive(Debug, Default)]
pub(super) struct LeadTrack {
    track: Option<u8>,
    /// Video messages since one had a part for the leading track.
    silent: u32,
}

/// Video messages of other tracks after which a track is gone: some seconds of many tracks.
const MAX_SILENT: u32 = 1024;

impl LeadTrack {
    /// Looks at a video payload. Returns whether it has a part for the leading track.
    pub fn follow(&mut self, payload: &[u8]) -> bool {
        let Ok((header, body)) = Header::decode(payload) else { return false };
        if header.command.is_some() || header.is_metadata() {
            return false;
        }
        let tracks = header.track_ids(body).unwrap_or_default();
        if tracks.is_empty() {
            return false;
        }
        if header.packet == PacketType::SequenceEnd {
            self.track = self.track.filter(|lead| !tracks.contains(*lead));
            return false;
        }
        if tracks.contains(0) {
            self.track = Some(0);
        } else if self.track.is_none() || self.silent == MAX_SILENT {
            self.track = tracks.iter().next();
        }
        let leads = self.track.is_some_and(|lead| tracks.contains(lead));
        self.silent = if leads { 0 } else { self.silent + 1 };
        leads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER_HEADER: &[u8] = b"\x96\x00hvc1\x02C";
    const OTHER_KEY: &[u8] = b"\x96\x03hvc1\x02K";
    const OTHER_END: &[u8] = b"\x96\x02hvc1\x02";
    const THIRD_KEY: &[u8] = b"\x96\x03hvc1\x05K";
    const BOTH_KEYS: &[u8] = b"\x96\x13hvc1\x02\x00\x00\x01K\x05\x00\x00\x01K";

    #[test]
    fn the_default_track_leads_when_it_is_there() {
        let mut lead = LeadTrack::default();
        assert!(lead.follow(OTHER_HEADER), "the first that is seen");
        assert!(lead.follow(OTHER_KEY));
        assert!(!lead.follow(THIRD_KEY));
        assert!(lead.follow(BOTH_KEYS));
        assert!(lead.follow(b"\x90hvc1C"), "a payload without multitrack part is for track 0");
        assert!(!lead.follow(OTHER_KEY));
        assert!(!lead.follow(BOTH_KEYS));
        assert!(lead.follow(&[0x17, 1, 0, 0, 0, 9]));
    }

    #[test]
    fn the_lead_is_free_after_the_end_of_its_track() {
        let mut lead = LeadTrack::default();
        assert!(lead.follow(b"\x93hvc1K"));
        assert!(!lead.follow(OTHER_END));
        assert!(!lead.follow(OTHER_KEY), "the end of another track changes nothing");
        assert!(!lead.follow(b"\x92hvc1"));
        assert!(lead.follow(OTHER_KEY));
        assert!(!lead.follow(THIRD_KEY));
    }

    #[test]
    fn a_track_that_is_gone_does_not_lead_for_ever() {
        let mut lead = LeadTrack::default();
        for _ in 0..2 {
            assert!(lead.follow(b"\x93hvc1K"));
            for _ in 0..MAX_SILENT {
                assert!(!lead.follow(THIRD_KEY));
            }
        }
        assert!(lead.follow(THIRD_KEY), "one more");
        assert!(!lead.follow(OTHER_KEY));
    }

    #[test]
    fn what_is_no_picture_does_not_lead() {
        let mut lead = LeadTrack::default();
        for payload in
            [&b""[..], b"\x9f", b"\xd4hvc1M", b"\xd0\x00", b"\x96\x33hvc1", &[0x57, 0], b"\x96\x13hvc1"]
        {
            assert!(!lead.follow(payload), "{payload:?}");
        }
        assert!(lead.follow(THIRD_KEY));
    }
}
