//! Server and clients over loopback.

mod support;

use std::io::Cursor;
use std::time::Duration;

use bytes::Bytes;
use rtmp_flv::{FileHeader, FlvWriter, Tag, TagKind, demux};
use rtmp_net::client::{
    ClientError, Ended, FlvSink, FlvSource, PlayOptions, PublishOptions, Update, play, publish,
};
use rtmp_net::relay::QueueLimits;
use rtmp_net::{Apps, Pace, ServerConfig};
use rtmp_proto::{ClientEvent, MessageType, PlayStart, PublishMode};
use support::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

const AUDIO: MessageType = MessageType::AUDIO;
const VIDEO: MessageType = MessageType::VIDEO;
const DATA: MessageType = MessageType::DATA_AMF0;

/// A file with metadata, headers, and pictures and sounds of many sizes.
fn film(frames: u32) -> Bytes {
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    let mut tag = |kind, timestamp, payload: Vec<u8>| {
        writer.write(&Tag { kind, timestamp, payload: payload.into() }).unwrap();
    };
    tag(TagKind::Script, 0, META.to_vec());
    tag(TagKind::Video, 0, VIDEO_HEADER.to_vec());
    tag(TagKind::Audio, 0, AUDIO_HEADER.to_vec());
    for n in 0..frames {
        let len = [9, 127, 128, 4096, 4097, 70_000][n as usize % 6];
        tag(TagKind::Video, n * 40, picture(n % 25 == 0, n, len));
        tag(TagKind::Audio, n * 40 + 20, vec![0xAF, 1, n as u8, (n >> 8) as u8]);
    }
    tag(TagKind::Script, frames * 40, b"\x02\x00\x0aonCuePoint\x05".to_vec());
    writer.take()
}

fn fast() -> PublishOptions {
    PublishOptions { pace: Pace::Fast, timeout: PATIENCE, ..PublishOptions::default() }
}

#[tokio::test]
async fn a_published_file_is_played_byte_for_byte() {
    let server = serve(ServerConfig::default()).await;
    let addr = server.local_addr();
    let film = film(60);
    let (started, start) = oneshot::channel();
    let player = tokio::spawn(async move {
        let mut sink = FlvSink::new(Cursor::new(Vec::new()));
        let mut started = Some(started);
        let options =
            PlayOptions { timeout: PATIENCE, media_timeout: Some(PATIENCE), ..PlayOptions::default() };
        let on_update = |update| {
            if update == Update::Started {
                let _ = started.take().unwrap().send(());
            }
        };
        let key = url(addr, "live/key");
        let summary = play(&key, &mut sink, &options, std::future::pending(), on_update).await.unwrap();
        (summary, sink.finish().unwrap().into_inner())
    });
    start.await.unwrap();
    let source = FlvSource::from_bytes(film.clone()).unwrap();
    let key = url(addr, "live/key?token=x");
    let sent = publish(&key, source, &fast(), std::future::pending(), |_| {}).await.unwrap();
    assert_eq!(sent.ended, Ended::EndOfStream);
    let (received, file) = timeout(PATIENCE, player).await.unwrap().unwrap();
    assert_eq!(received.ended, Ended::EndOfStream);
    assert_eq!((received.counts.video, received.counts.audio), (sent.counts.video, sent.counts.audio));
    assert_eq!(demux(&file).tags, demux(&film).tags);
    server.shutdown().await;
}

#[tokio::test]
async fn a_late_joiner_starts_with_metadata_headers_and_key_frame() {
    let server = serve(ServerConfig::default()).await;
    let mut publisher = Client::publisher(server.local_addr(), "key").await;
    let mut early = Client::player(server.local_addr(), "key").await;
    publisher.send(DATA, 0, SET_META).await;
    publisher.send(VIDEO, 0, VIDEO_HEADER).await;
    publisher.send(AUDIO, 0, AUDIO_HEADER).await;
    publisher.send(VIDEO, 0, &picture(true, 0, 9)).await;
    publisher.send(VIDEO, 40, &picture(true, 1, 9)).await;
    publisher.send(VIDEO, 80, &picture(false, 2, 9)).await;
    while early.media().await.1 != 80 {}
    let mut late = Client::player(server.local_addr(), "key").await;
    publisher.send(AUDIO, 90, &[0xAF, 1, 3]).await;
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(late.media().await);
    }
    let expected: [(MessageType, u32, Vec<u8>); 6] = [
        (DATA, 40, META.to_vec()),
        (VIDEO, 40, VIDEO_HEADER.to_vec()),
        (AUDIO, 40, AUDIO_HEADER.to_vec()),
        (VIDEO, 40, picture(true, 1, 9)),
        (VIDEO, 80, picture(false, 2, 9)),
        (AUDIO, 90, vec![0xAF, 1, 3]),
    ];
    assert_eq!(seen, expected.map(|(kind, timestamp, payload)| (kind, timestamp, payload.into())));
}

#[tokio::test]
async fn a_second_publisher_is_refused_and_disturbs_nobody() {
    let server = serve(ServerConfig::default()).await;
    let mut first = Client::publisher(server.local_addr(), "key").await;
    let mut player = Client::player(server.local_addr(), "key").await;
    let mut second = Client::connect(server.local_addr()).await;
    second.session.publish("key?token=other", PublishMode::Live).unwrap();
    second.wait_for_status("NetStream.Publish.BadName").await;

    let source = FlvSource::from_bytes(film(1)).unwrap();
    let key = url(server.local_addr(), "live/key");
    let error = publish(&key, source, &fast(), std::future::pending(), |_| {}).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Refused { info, .. } if info.code == "NetStream.Publish.BadName"),
        "{error}"
    );

    second.reset();
    first.send(AUDIO, 5, &[0xAF, 1, 1]).await;
    assert_eq!(player.media().await, (AUDIO, 5, Bytes::from_static(&[0xAF, 1, 1])));
}

#[tokio::test]
async fn a_lost_publisher_frees_the_name_and_its_player_waits_for_the_next() {
    let server = serve(ServerConfig { republish_wait_ms: 3_600_000, ..ServerConfig::default() }).await;
    let mut player = Client::player(server.local_addr(), "key").await;
    for reset in [true, false] {
        let mut publisher = Client::publisher(server.local_addr(), "key").await;
        player.wait_for_status("NetStream.Play.PublishNotify").await;
        publisher.send(AUDIO, 1, &[0xAF, 1, u8::from(reset)]).await;
        assert_eq!(player.media().await.2[2], u8::from(reset));
        if reset {
            publisher.reset();
        } else {
            drop(publisher);
        }
        player.wait_for_status("NetStream.Play.UnpublishNotify").await;
    }
    assert_eq!(server.stats().publishers, 0);
}

#[tokio::test]
async fn a_play_is_over_when_the_publisher_does_not_come_back() {
    let server = serve(ServerConfig { republish_wait_ms: 1, ..ServerConfig::default() }).await;
    let mut player = Client::player(server.local_addr(), "key").await;
    drop(Client::publisher(server.local_addr(), "key").await);
    player.wait_for_status("NetStream.Play.UnpublishNotify").await;
    player.wait_for_status("NetStream.Play.Stop").await;
    player.wait_for(|event| matches!(event, ClientEvent::StreamEof { .. })).await;
}

#[tokio::test]
async fn a_live_play_of_an_unknown_name_is_refused() {
    let server = serve(ServerConfig::default()).await;
    for start in [PlayStart::Live, PlayStart::Recorded(0.0)] {
        let mut player = Client::connect(server.local_addr()).await;
        player.session.play("nobody", start, -1.0, true).unwrap();
        player.wait_for_status("NetStream.Play.StreamNotFound").await;
    }
    assert_eq!(server.stats().names, 0);
}

#[tokio::test]
async fn a_slow_player_is_dropped_and_others_see_every_frame() {
    const FRAMES: u32 = 200;
    const IN_FLIGHT: usize = 10;
    let config = ServerConfig {
        queue: QueueLimits { soft_bytes: 64 << 20, hard_bytes: 2 << 20 },
        linger_ms: 100,
        ..ServerConfig::default()
    };
    let server = serve(config).await;
    let mut slow = Client::player(server.local_addr(), "key").await;
    let mut quick = Client::player(server.local_addr(), "key").await;
    let mut publisher = Client::publisher(server.local_addr(), "key").await;
    // The publisher runs ahead of the quick player, but not far enough to make it a slow one.
    let (arrived, mut arrivals) = mpsc::channel(IN_FLIGHT);
    let watch = tokio::spawn(async move {
        for n in 0..FRAMES {
            let (_, timestamp, payload) = quick.media().await;
            assert_eq!((timestamp, &payload[..]), (n, &picture(n == 0, n, 100_000)[..]));
            arrived.send(()).await.unwrap();
        }
    });
    for n in 0..FRAMES {
        if n as usize >= IN_FLIGHT {
            timeout(PATIENCE, arrivals.recv()).await.unwrap();
        }
        timeout(PATIENCE, publisher.send(VIDEO, n, &picture(n == 0, n, 100_000))).await.unwrap();
    }
    while arrivals.recv().await.is_some() {}
    timeout(PATIENCE, watch).await.unwrap().unwrap();
    let mut rest = Vec::new();
    let _ =
        timeout(PATIENCE, slow.stream.read_to_end(&mut rest)).await.expect("the slow player is not closed");
    assert!(rest.len() < FRAMES as usize * 100_000);
    publisher.send(VIDEO, FRAMES, &picture(false, 1, 9)).await;
}

#[tokio::test]
async fn fifty_players_see_the_same() {
    const FRAMES: u32 = 50;
    let server = serve(ServerConfig::default()).await;
    let addr = server.local_addr();
    let mut players = Vec::new();
    for _ in 0..50 {
        players.push(Client::player(addr, "key").await);
    }
    assert_eq!(server.stats().players, 50);
    let mut publisher = Client::publisher(addr, "key").await;
    let watch: Vec<_> = players
        .into_iter()
        .map(|mut player| {
            tokio::spawn(async move {
                for n in 0..FRAMES {
                    assert_eq!(player.media().await, (VIDEO, n, picture(n == 0, n, 5000).into()));
                }
            })
        })
        .collect();
    for n in 0..FRAMES {
        publisher.send(VIDEO, n, &picture(n == 0, n, 5000)).await;
    }
    for player in watch {
        timeout(PATIENCE, player).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn unknown_apps_and_too_many_connections_are_turned_away() {
    let config =
        ServerConfig { apps: Apps::Only(vec!["vod".into()]), max_connections: 1, ..ServerConfig::default() };
    let server = serve(config).await;
    let mut first = Client::connect(server.local_addr()).await;
    first.session.publish("key", PublishMode::Live).unwrap();
    first.wait_for(|event| matches!(event, ClientEvent::Rejected { .. })).await;
    while first.event().await.is_some() {}
    // The first connection counts until its task is over.
    drop(first);
    let held = loop {
        let mut client = Client::connect(server.local_addr()).await;
        client.flush().await;
        let mut byte = [0];
        if matches!(timeout(PATIENCE, client.stream.read(&mut byte)).await.unwrap(), Ok(1)) {
            break client;
        }
    };
    let mut refused = Client::connect(server.local_addr()).await;
    assert!(refused.event().await.is_none());
    drop(held);
}

#[tokio::test]
async fn a_peer_that_never_speaks_is_closed() {
    let mut config = ServerConfig::default();
    config.limits.handshake_ms = 50;
    let server = serve(config).await;
    let mut stream = tokio::net::TcpStream::connect(server.local_addr()).await.unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert!(rest.is_empty());
}

#[tokio::test]
async fn a_paused_player_gets_what_it_missed_and_video_comes_back_at_a_key_frame() {
    let server = serve(ServerConfig::default()).await;
    let mut player = Client::player(server.local_addr(), "key").await;
    let mut bystander = Client::player(server.local_addr(), "key").await;
    let mut publisher = Client::publisher(server.local_addr(), "key").await;
    publisher.send(VIDEO, 0, VIDEO_HEADER).await;
    publisher.send(VIDEO, 0, &picture(true, 0, 9)).await;
    assert_eq!(player.media().await.2, VIDEO_HEADER);
    assert_eq!(player.media().await.2, picture(true, 0, 9));

    player.session.pause(true, 0.0);
    player.wait_for_status("NetStream.Pause.Notify").await;
    publisher.send(VIDEO, 40, &picture(false, 1, 9)).await;
    while bystander.media().await.1 != 40 {}
    player.session.pause(false, 0.0);
    player.wait_for_status("NetStream.Unpause.Notify").await;
    assert_eq!(player.media().await, (VIDEO, 40, picture(false, 1, 9).into()));

    player.session.receive_video(false);
    publisher.send(AUDIO, 50, &[0xAF, 1, 1]).await;
    while player.media().await.0 != AUDIO {}
    player.session.receive_video(true);
    player.wait_for_status("NetStream.Seek.Notify").await;
    assert_eq!(player.media().await.2, VIDEO_HEADER);
    assert_eq!(player.media().await, (VIDEO, 0, picture(true, 0, 9).into()));
    assert_eq!(player.media().await, (VIDEO, 40, picture(false, 1, 9).into()));
}

#[tokio::test]
async fn a_peer_that_asks_for_answers_and_reads_none_is_closed() {
    let config = ServerConfig { no_progress_ms: 100, ..ServerConfig::default() };
    let server = serve(config).await;
    let mut peer = Client::player(server.local_addr(), "key").await;
    // User control messages (RTMP 6.2), each a Ping Request.
    let ping = [2, 0, 0, 0, 0, 0, 6, 4, 0, 0, 0, 0, 0, 6, 0, 0, 0, 1];
    let flood = ping.repeat(4096);
    let flooded = async { while peer.stream.write_all(&flood).await.is_ok() {} };
    timeout(PATIENCE, flooded).await.expect("the server puts up with it for ever");
}

#[tokio::test]
async fn shutdown_closes_every_connection() {
    let server = serve(ServerConfig::default()).await;
    let mut player = Client::player(server.local_addr(), "key").await;
    let _publisher = Client::publisher(server.local_addr(), "key").await;
    let stopped = tokio::spawn(server.shutdown());
    while player.event().await.is_some() {}
    drop((player, _publisher));
    timeout(PATIENCE, stopped).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stopped_publisher_ends_in_good_order() {
    let server = serve(ServerConfig::default()).await;
    let mut player = Client::player(server.local_addr(), "key").await;
    let (stop, stopped) = oneshot::channel::<()>();
    let mut stop = Some(stop);
    let source = FlvSource::from_bytes(film(1000)).unwrap();
    let options = PublishOptions { timeout: PATIENCE, ..PublishOptions::default() };
    let stopped = async {
        let _ = stopped.await;
    };
    let key = url(server.local_addr(), "live/key");
    let summary = publish(&key, source, &options, stopped, |update| {
        if let Some(stop) = stop.take_if(|_| matches!(update, Update::Media(_))) {
            let _ = stop.send(());
        }
    });
    let summary = timeout(PATIENCE, summary).await.unwrap().unwrap();
    assert_eq!(summary.ended, Ended::Stopped);
    player.wait_for_status("NetStream.Play.UnpublishNotify").await;
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let source = FlvSource::from_bytes(film(1)).unwrap();
    let result = publish(&url(addr, "live/key"), source, &fast(), std::future::pending(), |_| {}).await;
    assert!(result.is_err_and(|error| error.is_unreachable()));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let source = FlvSource::from_bytes(film(1)).unwrap();
    let options = PublishOptions { timeout: Duration::from_millis(50), ..fast() };
    let key = url(listener.local_addr().unwrap(), "live/key");
    let error = publish(&key, source, &options, std::future::pending(), |_| {}).await.unwrap_err();
    assert!(matches!(error, ClientError::Timeout { .. }), "{error}");
}
