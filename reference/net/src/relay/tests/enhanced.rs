//! Enhanced RTMP: several tracks, metadata, and the order of channels.

use super::*;

const HEVC_0: &[u8] = b"\x90hvc1C0";
const HEVC_1: &[u8] = b"\x96\x00hvc1\x01C1";
const AV1_2: &[u8] = b"\x96\x00av01\x02C2";
const COLOR: &[u8] = b"\xd4hvc1\x02\x00\x09colorInfo\x03\0\0\x09";
const COLOR_RESET: &[u8] = b"\xd4hvc1\x02\x00\x09colorInfo\x06";
const OPUS_0: &[u8] = b"\x90OpusOpusHead";
const OPUS_1: &[u8] = b"\x95\x00Opus\x01OpusHead";
const CHANNELS: &[u8] = b"\x94Opus\x00\x06";

fn picture(track: u8, is_key: bool, n: u8) -> Vec<u8> {
    let first = if is_key { 0x90 } else { 0xA0 };
    match track {
        0 => [&[first | 3], &b"hvc1"[..], &[n]].concat(),
        1 => [&[first | 6, 0x03], &b"hvc1"[..], &[1, n]].concat(),
        _ => [&[first | 6, 0x03], &b"av01"[..], &[track, n]].concat(),
    }
}

fn opus(n: u8) -> Vec<u8> {
    [b"\x91Opus", &[n][..]].concat()
}

fn payloads(player: &Subscription) -> Vec<Vec<u8>> {
    take(player).into_iter().map(|(_, payload)| payload).collect()
}

fn owned<const N: usize>(payloads: [&[u8]; N]) -> Vec<Vec<u8>> {
    payloads.map(<[u8]>::to_vec).into()
}

#[test]
fn a_late_joiner_gets_the_configuration_of_every_track_before_the_group() {
    let bench = Bench::new();
    bench.data(0, SET_META);
    for header in [OPUS_0, OPUS_1, CHANNELS] {
        bench.audio(0, header);
    }
    for header in [HEVC_0, HEVC_1, AV1_2, COLOR] {
        bench.video(0, header);
    }
    let group: Vec<_> = (0..3).map(|track| picture(track, true, 1)).collect();
    for payload in &group {
        bench.video(40, payload);
    }
    bench.audio(40, &opus(1));
    bench.video(80, &picture(2, false, 2));
    let expected = [
        owned([META, HEVC_0, HEVC_1, AV1_2, COLOR, OPUS_0, OPUS_1, CHANNELS]),
        group,
        vec![opus(1), picture(2, false, 2)],
    ]
    .concat();
    let player = bench.join();
    let got = take(&player);
    assert!(got[..8].iter().all(|(timestamp, _)| *timestamp == 40), "at the time of the key frame: {got:?}");
    assert_eq!(got.into_iter().map(|(_, payload)| payload).collect::<Vec<_>>(), expected);

    // Video alone comes back with its configurations.
    player.set_video(false);
    bench.audio(80, &opus(2));
    player.set_video(true);
    let video = expected.iter().filter(|payload| !payload.starts_with(b"\x02"));
    let video = video.filter(|payload| !payload.windows(4).any(|four| four == b"Opus"));
    assert_eq!(payloads(&player), [&opus(2)].into_iter().chain(video).cloned().collect::<Vec<_>>());
}

#[test]
fn new_color_information_replaces_the_old_and_keeps_the_group() {
    let bench = Bench::new();
    for payload in [HEVC_0, COLOR, &picture(0, true, 1), COLOR_RESET] {
        bench.video(0, payload);
    }
    assert_eq!(payloads(&bench.join()), owned([HEVC_0, COLOR_RESET, &picture(0, true, 1)]));
}

#[test]
fn a_new_configuration_of_one_track_drops_the_group() {
    let bench = Bench::new();
    for payload in [HEVC_0, HEVC_1, &picture(0, true, 1), &picture(1, true, 1), HEVC_1] {
        bench.video(0, payload);
    }
    let (repeated, group) = (owned([HEVC_0, HEVC_1]), vec![picture(0, true, 1), picture(1, true, 1)]);
    assert_eq!(payloads(&bench.join()), [repeated, group].concat(), "a repeated one changes nothing");
    let changed = b"\x96\x00hvc1\x01C9";
    bench.video(0, changed);
    let player = bench.join();
    bench.video(40, &picture(0, false, 2));
    bench.video(40, &picture(1, true, 2));
    bench.video(80, &picture(0, true, 3));
    assert_eq!(payloads(&player), owned([HEVC_0, changed, &picture(0, true, 3)]));

    bench.audio(80, OPUS_0);
    bench.audio(80, &opus(1));
    bench.audio(80, b"\x90OpusOther");
    assert_eq!(payloads(&bench.join()), owned([HEVC_0, changed, b"\x90OpusOther", &picture(0, true, 3)]));
}

#[test]
fn only_key_frames_of_the_leading_track_begin_a_group() {
    let bench = Bench::new();
    for payload in [HEVC_1, HEVC_0, &picture(0, true, 1), &picture(1, true, 2), &picture(0, false, 3)] {
        bench.video(0, payload);
    }
    let got = payloads(&bench.join());
    assert_eq!(
        got,
        owned([HEVC_1, HEVC_0, &picture(0, true, 1), &picture(1, true, 2), &picture(0, false, 3)])
    );
    let both = b"\x96\x13hvc1\x01\x00\x00\x01K\x00\x00\x00\x01K";
    bench.video(40, both);
    assert_eq!(payloads(&bench.join()), owned([HEVC_1, HEVC_0, both]));

    let bench = Bench::new();
    for payload in [AV1_2, &picture(2, true, 1), &picture(2, false, 2), &picture(2, true, 3)] {
        bench.video(0, payload);
    }
    assert_eq!(payloads(&bench.join()), owned([AV1_2, &picture(2, true, 3)]), "no default track");
}

#[test]
fn a_slow_player_goes_on_where_the_leading_track_can_be_decoded() {
    let bench = Bench::new();
    let slow = bench.join_with(QueueLimits { soft_bytes: 50, hard_bytes: 1000 });
    for payload in [HEVC_0, HEVC_1, COLOR, &picture(0, true, 1), &picture(0, false, 2), COLOR_RESET] {
        bench.video(0, payload);
    }
    bench.video(40, &picture(1, true, 3));
    bench.video(40, &picture(0, false, 3));
    bench.video(80, &picture(0, true, 4));
    assert_eq!(payloads(&slow), owned([HEVC_0, HEVC_1, COLOR, COLOR_RESET, &picture(0, true, 4)]));
}

#[test]
fn after_a_pause_a_player_gets_the_configurations_that_it_missed() {
    let bench = Bench::new();
    for payload in [HEVC_0, COLOR, &picture(0, true, 1)] {
        bench.video(0, payload);
    }
    bench.audio(0, OPUS_0);
    let player = bench.join();
    assert_eq!(take(&player).len(), 4);
    bench.video(20, &picture(0, false, 2));
    assert_eq!(take(&player).len(), 1);
    player.pause();
    bench.video(40, COLOR_RESET);
    bench.audio(40, CHANNELS);
    bench.video(40, &picture(0, false, 3));
    player.resume();
    assert_eq!(payloads(&player), owned([COLOR_RESET, CHANNELS, &picture(0, false, 3)]));
}

#[test]
fn the_configurations_of_an_old_publisher_are_forgotten() {
    let mut bench = Bench::new();
    bench.video(0, HEVC_0);
    bench.video(0, COLOR);
    bench.audio(0, CHANNELS);
    bench.publisher = None;
    bench.publisher = Some(bench.hub.publish(key()).unwrap());
    bench.video(0, AV1_2);
    bench.video(0, &picture(2, true, 1));
    assert_eq!(payloads(&bench.join()), owned([AV1_2, &picture(2, true, 1)]));
}
