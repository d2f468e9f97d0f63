//! What a relay asks of each payload.

use rtmp_flv::{CacheKey, CacheKind, TrackSet, audio, video};

use super::hex;

#[test]
fn key_frames_are_coded_frames() {
    for key in [
        "1701000050aa",
        "11ff",
        "12aa",
        "42aa",
        "4701000000aa",
        "9168766331000050aa",
        "9368766331aa",
        "9361763031aa",
        "970207a1200361766331aa",
        "1c01000000aa",
        "1d01000000aa",
        "96016876633101000000aa",
        "961168766331000000050000004142010000050000004142",
        "96216876633100000005000000414261763031010000024142",
    ] {
        assert!(video::is_key_frame(&hex(key)), "{key}");
        assert!(!video::is_sequence_header(&hex(key)), "{key}");
        assert_eq!(video::cache_key(&hex(key)), None, "{key}");
    }
    for other in [
        "",
        "17",
        "1700000000",
        "1702000000",
        "2701ffffd8",
        "22",
        "32",
        "5700",
        "9068766331",
        "9268766331",
        "9468766331",
        "a368766331",
        "d100",
        "9361",
        // Dialects: configuration, end, inter frame, commands in both layouts.
        "1c00000000aa",
        "1d00000000aa",
        "1c02000000aa",
        "2c01000000aa",
        "2d01000000aa",
        "5c00",
        "5d0100000000aa",
        // Frame types 0, 3, 6 and 7.
        "8368766331aa",
        "b368766331aa",
        "e368766331aa",
        "f368766331aa",
        // Nothing to decode, in all or in one of the tracks.
        "11",
        "12",
        "42",
        "1701000050",
        "9168766331000050",
        "9368766331",
        "96036876633101",
        "96016876633101000000",
        "96136876633100000001aa01000000",
        // A command with the packet type of a multitrack payload.
        "d600",
        "960168766331",
        "961168766331",
        "96116876633100000005000000414201000005000000",
        "a6016876633101000000aa",
    ] {
        assert!(!video::is_key_frame(&hex(other)), "{other}");
    }
}

#[test]
fn sequence_headers() {
    for header in ["1700000000", "1c00000000", "9068766331", "9561763031", "9600687663310101"] {
        assert!(video::is_sequence_header(&hex(header)), "{header}");
    }
    for other in
        ["", "17", "1700", "1701000000", "1200000000", "9168766331000000", "90687663", "570000000000", "d000"]
    {
        assert!(!video::is_sequence_header(&hex(other)), "{other}");
    }
    for header in ["af001210", "af00", "904f707573", "95004f70757301"] {
        assert!(audio::is_sequence_header(&hex(header)), "{header}");
    }
    for other in ["", "af", "af01", "2f00", "914f707573", "904f7075", "95004f707573", "94000000000102"] {
        assert!(!audio::is_sequence_header(&hex(other)), "{other}");
    }
}

fn key(kind: CacheKind, tracks: impl IntoIterator<Item = u8>) -> Option<CacheKey> {
    Some(CacheKey { kind, tracks: tracks.into_iter().collect() })
}

#[test]
fn what_late_joiners_need() {
    use CacheKind::{AudioSequenceHeader, MultichannelConfig, VideoMetadata, VideoSequenceHeader};
    for (payload, expected) in [
        ("1700000000", key(VideoSequenceHeader, [0])),
        ("1c00000000", key(VideoSequenceHeader, [0])),
        ("1d00000000", key(VideoSequenceHeader, [0])),
        ("5c0000000000", None),
        ("9068766331", key(VideoSequenceHeader, [0])),
        ("9561763031", key(VideoSequenceHeader, [0])),
        ("96006876633102aa", key(VideoSequenceHeader, [2])),
        ("96106876633100000001aaff000001bb", key(VideoSequenceHeader, [0, 255])),
        ("96206876633100000001aa6176303101000001bb", key(VideoSequenceHeader, [0, 1])),
        ("9468766331", key(VideoMetadata, [0])),
        ("d468766331", key(VideoMetadata, [0])),
        ("960468766331030200", key(VideoMetadata, [3])),
        ("961068766331", None),
        ("96106876633100000002aa", None),
        ("9268766331", None),
        ("d000", None),
        ("", None),
    ] {
        assert_eq!(video::cache_key(&hex(payload)), expected, "{payload}");
    }
    for (payload, expected) in [
        ("af001210", key(AudioSequenceHeader, [0])),
        ("904f707573", key(AudioSequenceHeader, [0])),
        ("944f70757301060000003f", key(MultichannelConfig, [0])),
        ("95044f707573010002", key(MultichannelConfig, [1])),
        ("95204f707573000000006d703461010000021210", key(AudioSequenceHeader, [0, 1])),
        ("95204f707573000000006d7034610100000212", None),
        ("af01", None),
        ("2f", None),
        ("", None),
    ] {
        assert_eq!(audio::cache_key(&hex(payload)), expected, "{payload}");
    }
}

#[test]
fn a_payload_replaces_older_ones_for_the_same_tracks() {
    let header = |ids: &[u8]| key(CacheKind::VideoSequenceHeader, ids.iter().copied()).unwrap();
    let metadata = key(CacheKind::VideoMetadata, [0]).unwrap();
    assert!(header(&[0, 1]).replaces(&header(&[1])));
    assert!(header(&[1]).replaces(&header(&[1])));
    assert!(!header(&[1]).replaces(&header(&[0, 1])));
    assert!(!header(&[0]).replaces(&metadata));
}

#[test]
fn track_sets_hold_every_id() {
    let all: TrackSet = (0..=255).collect();
    assert!(all.iter().eq(0..=255));
    let some: TrackSet = [255, 0, 64, 63, 64].into_iter().collect();
    assert!(some.iter().eq([0, 63, 64, 255]));
    assert!(some.contains(63) && !some.contains(62));
    assert!(some.is_subset(&all) && !all.is_subset(&some) && TrackSet::EMPTY.is_subset(&some));
    assert_eq!(format!("{some:?}"), "{0, 63, 64, 255}");
}

#[test]
fn nothing_decoded_owns_memory() {
    fn borrows_at_most<T: Copy>() {}
    borrows_at_most::<video::Header<'_>>();
    borrows_at_most::<video::Track<'_>>();
    borrows_at_most::<audio::Header<'_>>();
    borrows_at_most::<audio::Track<'_>>();
    borrows_at_most::<rtmp_flv::HeaderError>();
    borrows_at_most::<CacheKey>();
}
