//! The relay without sockets.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use rtmp_proto::{MessageType, Timestamp};
use tokio::sync::Notify;

use super::*;

mod enhanced;

const META: &[u8] = b"\x02\x00\x0aonMetaData\x08\0\0\0\0\0\0\x09";
const SET_META: &[u8] = b"\x02\x00\x0d@setDataFrame\x02\x00\x0aonMetaData\x08\0\0\0\0\0\0\x09";
const CLEAR_META: &[u8] = b"\x02\x00\x0f@clearDataFrame\x02\x00\x0aonMetaData";
const CUE: &[u8] = b"\x02\x00\x0aonCuePoint\x05";
const VIDEO_HEADER: &[u8] = &[0x17, 0, 0, 0, 0, 1];
const AUDIO_HEADER: &[u8] = &[0xAF, 0, 0x12, 0x10];

fn key_frame(n: u8) -> Vec<u8> {
    vec![0x17, 1, 0, 0, 0, n]
}

fn inter_frame(n: u8) -> Vec<u8> {
    vec![0x27, 1, 0, 0, 0, n]
}

fn sound(n: u8) -> Vec<u8> {
    vec![0xAF, 1, n]
}

struct Bench {
    hub: Arc<Hub>,
    publisher: Option<Publisher>,
}

impl Bench {
    fn new() -> Self {
        Self::with_gop(GopLimits::default())
    }

    fn with_gop(gop: GopLimits) -> Self {
        let hub = Hub::new(gop);
        let publisher = Some(hub.publish(key()).unwrap());
        Self { hub, publisher }
    }

    fn send(&self, kind: MessageType, timestamp: u32, payload: &[u8]) {
        let publisher = self.publisher.as_ref().unwrap();
        publisher.push(kind, Timestamp(timestamp), Bytes::copy_from_slice(payload));
    }

    fn video(&self, timestamp: u32, payload: &[u8]) {
        self.send(MessageType::VIDEO, timestamp, payload);
    }

    fn audio(&self, timestamp: u32, payload: &[u8]) {
        self.send(MessageType::AUDIO, timestamp, payload);
    }

    fn data(&self, timestamp: u32, payload: &[u8]) {
        self.send(MessageType::DATA_AMF0, timestamp, payload);
    }

    fn headers(&self) {
        self.data(0, SET_META);
        self.video(0, VIDEO_HEADER);
        self.audio(0, AUDIO_HEADER);
    }

    fn join(&self) -> Subscription {
        self.join_with(QueueLimits::default())
    }

    fn join_with(&self, limits: QueueLimits) -> Subscription {
        let queue = PlayerQueue::new(limits, Arc::new(Notify::new()));
        self.hub.subscribe(key(), true, queue).unwrap()
    }
}

fn key() -> StreamKey {
    StreamKey::new("live", "key")
}

/// What waits, as (timestamp, payload); notices as their name.
fn take(player: &Subscription) -> Vec<(u32, Vec<u8>)> {
    std::iter::from_fn(|| player.queue().pop().unwrap())
        .map(|item| match item {
            Item::Frame(frame) => (frame.timestamp.0, frame.payload.to_vec()),
            Item::Notice(notice) => (u32::MAX, format!("{notice:?}").into_bytes()),
        })
        .collect()
}

fn published() -> (u32, Vec<u8>) {
    (u32::MAX, b"Published".to_vec())
}

fn unpublished() -> (u32, Vec<u8>) {
    (u32::MAX, b"Unpublished".to_vec())
}

#[test]
fn a_late_joiner_gets_metadata_headers_and_the_newest_group_first() {
    let bench = Bench::new();
    bench.headers();
    for (at, frame) in [(0, key_frame(0)), (40, inter_frame(1)), (80, key_frame(2))] {
        bench.video(at, &frame);
    }
    bench.audio(90, &sound(1));
    bench.video(120, &inter_frame(3));
    let player = bench.join();
    bench.video(160, &inter_frame(4));
    assert_eq!(
        take(&player),
        [
            (80, META.to_vec()),
            (80, VIDEO_HEADER.to_vec()),
            (80, AUDIO_HEADER.to_vec()),
            (80, key_frame(2)),
            (90, sound(1)),
            (120, inter_frame(3)),
            (160, inter_frame(4)),
        ]
    );
}

#[test]
fn everything_is_relayed_in_order_and_unmodified() {
    let bench = Bench::new();
    let player = bench.join();
    bench.data(0, META);
    bench.video(0, &inter_frame(1));
    bench.audio(5, &[]);
    bench.data(5, CUE);
    bench.video(3, &key_frame(2));
    bench.video(u32::MAX, &[0x27]);
    bench.data(7, &[0, 1, 2, 3]);
    assert_eq!(
        take(&player),
        [
            (0, META.to_vec()),
            (0, inter_frame(1)),
            (5, vec![]),
            (5, CUE.to_vec()),
            (3, key_frame(2)),
            (u32::MAX, vec![0x27]),
        ],
        "a data message without a name goes nowhere"
    );
}

#[test]
fn set_data_frame_is_stripped_and_clear_data_frame_forgets() {
    let bench = Bench::new();
    let early = bench.join();
    bench.data(0, SET_META);
    assert_eq!(take(&bench.join()), [(0, META.to_vec())]);
    bench.data(0, CLEAR_META);
    assert_eq!(take(&bench.join()), []);
    assert_eq!(take(&early), [(0, META.to_vec())]);
}

#[test]
fn newest_headers_replace_old_ones_and_what_depends_on_them() {
    let bench = Bench::new();
    bench.headers();
    bench.video(0, &key_frame(1));
    bench.video(40, VIDEO_HEADER);
    let same = take(&bench.join());
    assert_eq!(same.last(), Some(&(0, key_frame(1))), "a repeated header changes nothing");
    let new_header = [0x17, 0, 0, 0, 0, 2];
    bench.video(80, &new_header);
    let player = bench.join();
    let headers = [(80, META.to_vec()), (80, new_header.to_vec()), (80, AUDIO_HEADER.to_vec())];
    assert_eq!(take(&player), headers);
    bench.video(90, &inter_frame(2));
    bench.video(120, &key_frame(3));
    bench.video(160, &inter_frame(4));
    assert_eq!(take(&player), [(120, key_frame(3)), (160, inter_frame(4))]);
}

#[test]
fn a_group_too_large_is_not_kept_and_joiners_start_at_the_next_key_frame() {
    for gop in [GopLimits { bytes: 20, frames: 100 }, GopLimits { bytes: 1000, frames: 3 }] {
        let bench = Bench::with_gop(gop);
        bench.video(0, &key_frame(0));
        for n in 1..9 {
            bench.video(u32::from(n) * 40, &inter_frame(n));
        }
        let player = bench.join();
        bench.audio(400, &sound(1));
        bench.video(400, &inter_frame(10));
        bench.video(440, &key_frame(11));
        bench.video(480, &inter_frame(12));
        assert_eq!(take(&player), [(400, sound(1)), (440, key_frame(11)), (480, inter_frame(12))]);
    }
}

#[test]
fn one_publisher_per_name_and_the_name_is_free_at_once() {
    let mut bench = Bench::new();
    let player = bench.join();
    assert_eq!(bench.hub.publish(key()).unwrap_err(), PublishRefused);
    bench.audio(1, &sound(1));
    bench.publisher = None;
    bench.publisher = Some(bench.hub.publish(key()).unwrap());
    bench.audio(2, &sound(2));
    assert_eq!(take(&player), [(1, sound(1)), unpublished(), published(), (2, sound(2))]);
}

#[test]
fn a_name_without_publisher_is_waited_for_or_refused() {
    let hub = Hub::new(GopLimits::default());
    let queue = || PlayerQueue::new(QueueLimits::default(), Arc::new(Notify::new()));
    assert_eq!(hub.subscribe(key(), false, queue()).unwrap_err(), SubscribeRefused);
    let waiting = hub.subscribe(key(), true, queue()).unwrap();
    assert_eq!(hub.subscribe(key(), false, queue()).unwrap_err(), SubscribeRefused);
    let publisher = hub.publish(key()).unwrap();
    assert!(hub.subscribe(key(), false, queue()).is_ok());
    assert_eq!(take(&waiting), [published()]);
    drop((publisher, waiting));
    assert_eq!(hub.counts(), (0, 0, 0), "nothing is left behind");
}

#[test]
fn nothing_of_an_old_publisher_reaches_players_of_the_next() {
    let mut bench = Bench::new();
    bench.headers();
    bench.video(0, &key_frame(1));
    bench.publisher = None;
    bench.publisher = Some(bench.hub.publish(key()).unwrap());
    assert_eq!(take(&bench.join()), []);
}

#[test]
fn a_slow_player_skips_to_the_next_key_frame() {
    let bench = Bench::new();
    let slow = bench.join_with(QueueLimits { soft_bytes: 32, hard_bytes: 1000 });
    let quick = bench.join();
    bench.video(0, VIDEO_HEADER);
    bench.video(0, &key_frame(0));
    for n in 1..6 {
        bench.video(u32::from(n) * 40, &inter_frame(n));
        bench.audio(u32::from(n) * 40, &sound(n));
    }
    bench.data(210, CUE);
    bench.video(240, &key_frame(6));
    bench.video(280, &inter_frame(7));
    assert_eq!(
        take(&slow),
        [(0, VIDEO_HEADER.to_vec()), (210, CUE.to_vec()), (240, key_frame(6)), (280, inter_frame(7))]
    );
    assert_eq!(slow.queue().skipped(), 11);
    assert_eq!(take(&quick).len(), 15, "others get every frame");
}

#[test]
fn a_skipping_player_of_sound_alone_goes_on_with_the_newest() {
    let bench = Bench::new();
    let slow = bench.join_with(QueueLimits { soft_bytes: 9, hard_bytes: 1000 });
    for n in 1..=5 {
        bench.audio(u32::from(n), &sound(n));
    }
    assert_eq!(take(&slow), [(4, sound(4)), (5, sound(5))]);
}

#[test]
fn a_player_beyond_the_hard_limit_is_given_up() {
    let bench = Bench::new();
    let slow = bench.join_with(QueueLimits { soft_bytes: 10, hard_bytes: 40 });
    for n in 0..5 {
        bench.data(n, CUE);
    }
    assert_eq!(slow.queue().pop().unwrap_err(), GaveUp { waiting: 42, maximum: 40 });
    bench.data(9, CUE);
    assert!(slow.queue().pop().is_err());
}

#[test]
fn after_a_pause_a_player_gets_what_it_missed_of_the_group() {
    let bench = Bench::new();
    let player = bench.join();
    bench.video(0, &key_frame(0));
    assert_eq!(take(&player).len(), 1);
    player.pause();
    bench.video(40, &inter_frame(1));
    bench.video(80, &inter_frame(2));
    assert_eq!(take(&player), []);
    player.resume();
    bench.video(120, &inter_frame(3));
    assert_eq!(take(&player), [(40, inter_frame(1)), (80, inter_frame(2)), (120, inter_frame(3))]);

    player.pause();
    bench.video(160, &inter_frame(4));
    bench.video(200, &key_frame(5));
    bench.video(240, &inter_frame(6));
    player.resume();
    assert_eq!(take(&player), [(200, key_frame(5)), (240, inter_frame(6))]);
}

#[test]
fn video_comes_back_with_its_header_at_a_key_frame() {
    let bench = Bench::new();
    bench.headers();
    let player = bench.join();
    take(&player);
    player.set_video(false);
    player.queue().set_audio(false);
    bench.video(0, &key_frame(0));
    bench.audio(20, &sound(1));
    bench.video(40, &inter_frame(1));
    assert_eq!(take(&player), []);
    player.queue().set_audio(true);
    player.set_video(true);
    bench.audio(60, &sound(2));
    bench.video(80, &inter_frame(2));
    assert_eq!(
        take(&player),
        [
            (0, VIDEO_HEADER.to_vec()),
            (0, key_frame(0)),
            (40, inter_frame(1)),
            (60, sound(2)),
            (80, inter_frame(2)),
        ]
    );
}

#[test]
fn players_share_the_chunked_frame() {
    let bench = Bench::new();
    let players = [bench.join(), bench.join()];
    bench.video(0, &key_frame(0));
    let wires = players.each_ref().map(|player| match player.queue().pop().unwrap() {
        Some(Item::Frame(frame)) => frame.wire(4096),
        other => panic!("{other:?}"),
    });
    assert_eq!(wires[0].as_ptr(), wires[1].as_ptr());
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Key,
    Inter,
    Sound,
    Cue,
    Take(u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => Just(Act::Key),
        6 => Just(Act::Inter),
        4 => Just(Act::Sound),
        1 => Just(Act::Cue),
        3 => (0..6u8).prop_map(Act::Take),
    ]
}

proptest! {
    /// However slow a player is: what it gets is in order, each picture can be decoded from what came
    /// before it, and no data message is missing.
    #[test]
    fn a_slow_player_can_decode_all_that_it_gets(acts in prop::collection::vec(act(), 0..300)) {
        let bench = Bench::new();
        let player = bench.join_with(QueueLimits { soft_bytes: 64, hard_bytes: 100_000 });
        let mut got = Vec::new();
        let mut cues = 0;
        for (at, act) in (0..).zip(&acts) {
            match act {
                Act::Key => bench.video(at, &key_frame(0)),
                Act::Inter => bench.video(at, &inter_frame(0)),
                Act::Sound => bench.audio(at, &sound(0)),
                Act::Cue => {
                    cues += 1;
                    bench.data(at, CUE);
                }
                Act::Take(n) => {
                    for _ in 0..*n {
                        if let Some(Item::Frame(frame)) = player.queue().pop().unwrap() {
                            got.push(frame);
                        }
                    }
                }
            }
        }
        while let Some(Item::Frame(frame)) = player.queue().pop().unwrap() {
            got.push(frame);
        }
        prop_assert!(got.is_sorted_by(|a, b| a.timestamp.0 < b.timestamp.0));
        prop_assert_eq!(got.iter().filter(|frame| frame.class() == FrameClass::Data).count(), cues);
        let pictures: Vec<u32> = (0..).zip(&acts)
            .filter_map(|(at, act)| matches!(act, Act::Key | Act::Inter).then_some(at))
            .collect();
        let mut before = None;
        for frame in got.iter().filter(|frame| frame.kind == MessageType::VIDEO) {
            let place = pictures.iter().position(|at| *at == frame.timestamp.0);
            if frame.class() == FrameClass::Video {
                let follows = before.map_or(place == Some(0), |before: usize| place == Some(before + 1));
                prop_assert!(follows, "a picture without the one before it");
            }
            before = place;
        }
    }
}
