//! Late joiners of an Enhanced RTMP stream with several tracks, over loopback.

#[allow(dead_code, reason = "each test program uses its part")]
mod support;

use bytes::Bytes;
use rtmp_flv::video::{self, FrameType, PacketType};
use rtmp_flv::{FourCc, MultitrackType, audio};
use rtmp_net::ServerConfig;
use rtmp_proto::MessageType;
use support::*;

const AUDIO: MessageType = MessageType::AUDIO;
const VIDEO: MessageType = MessageType::VIDEO;
const DATA: MessageType = MessageType::DATA_AMF0;

/// A video payload as OBS sends it: the default track without multitrack part, others as one track.
fn picture(track_id: u8, frame_type: FrameType, packet: PacketType, body: &[u8]) -> Vec<u8> {
    let mut header = video::Header::enhanced(frame_type, FourCc::HEVC, packet);
    header.multitrack = (track_id != 0).then_some(MultitrackType::ONE_TRACK);
    let track = video::Track { track_id, codec: header.codec, packet, composition_time: 0, body };
    let mut payload = Vec::new();
    header.encode_with_tracks(&[track], &mut payload).unwrap();
    payload
}

fn sound(track_id: u8, packet: audio::PacketType, body: &[u8]) -> Vec<u8> {
    let mut header = audio::Header::enhanced(FourCc::OPUS, packet);
    header.multitrack = (track_id != 0).then_some(MultitrackType::ONE_TRACK);
    let mut payload = Vec::new();
    header
        .encode_with_tracks(&[audio::Track { track_id, codec: header.codec, packet, body }], &mut payload)
        .unwrap();
    payload
}

#[tokio::test]
async fn a_late_joiner_gets_the_sequence_headers_of_three_tracks() {
    let server = serve(ServerConfig::default()).await;
    let mut publisher = Client::publisher(server.local_addr(), "key").await;
    let mut early = Client::player(server.local_addr(), "key").await;
    publisher.send(DATA, 0, SET_META).await;
    let key = |track, n| picture(track, FrameType::KEY, PacketType::CodedFramesX, &[track, n]);
    let mut configs = Vec::new();
    for track in 0..3 {
        let body = [&b"record of "[..], &[track]].concat();
        configs.push((VIDEO, picture(track, FrameType::KEY, PacketType::SequenceStart, &body)));
    }
    configs.push((VIDEO, b"\xd4hvc1\x02\x00\x09colorInfo\x03\0\0\x09".to_vec()));
    for track in 0..3 {
        let body = [&b"OpusHead"[..], &[track]].concat();
        configs.push((AUDIO, sound(track, audio::PacketType::SequenceStart, &body)));
    }
    configs.push((AUDIO, sound(0, audio::PacketType::MultichannelConfig, &[0, 2])));
    for (kind, payload) in &configs {
        publisher.send(*kind, 0, payload).await;
    }
    for n in 0..2 {
        for track in 0..3 {
            publisher.send(VIDEO, n * 1000, &key(track, n as u8)).await;
        }
    }
    let last = sound(2, audio::PacketType::CodedFrames, b"last");
    publisher.send(AUDIO, 1020, &last).await;
    while early.media().await.1 != 1020 {}

    let mut late = Client::player(server.local_addr(), "key").await;
    let mut expected = vec![(DATA, 1000, Bytes::from_static(META))];
    expected.extend(configs.into_iter().map(|(kind, payload)| (kind, 1000, payload.into())));
    expected.extend((0..3).map(|track| (VIDEO, 1000, key(track, 1).into())));
    expected.push((AUDIO, 1020, last.into()));
    for (at, message) in expected.into_iter().enumerate() {
        assert_eq!(late.media().await, message, "message {at}");
    }
}
