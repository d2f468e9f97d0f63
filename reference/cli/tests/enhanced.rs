//! Late joiners of Enhanced RTMP streams with several tracks: what `rtmpref publish` sends as well as
//! what ffmpeg sends.
//!
//! ffmpeg has several tracks from version 7.1 on. The one of the Python package imageio-ffmpeg is used,
//! which `ci/setup.sh` installs. Without it its test is ignored, with the reason; with
//! `RTMPSPEC_REQUIRE_PEERS=1` it fails.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;
use std::{fs, io};

use bytes::Bytes;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rtmp_flv::video::{FrameType, PacketType};
use rtmp_flv::{
    CacheKey, CacheKind, FileHeader, FlvWriter, FourCc, MultitrackType, Tag, TagKind, audio, demux, video,
};
use rtmp_net::client::{MediaSink, PlayOptions, play};
use rtmp_proto::{MessageType, Timestamp};
use support::{PATIENCE, Program, rtmpref, serve};

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let trials = vec![
        Trial::test("rtmpref_joins_late", rtmpref_joins_late),
        Trial::ignorable_test("ffmpeg_publishes_tracks_and_joins_late", with_ffmpeg),
    ];
    libtest_mimic::run(&args, trials).exit_code()
}

fn with_ffmpeg() -> Result<Completion, Failed> {
    if let Some(ffmpeg) = newer_ffmpeg() {
        return ffmpeg_joins_late(&ffmpeg).map(|()| Completion::Completed);
    }
    let reason = "ffmpeg of the Python package imageio-ffmpeg not found (ci/setup.sh installs it)";
    let required = std::env::var_os("RTMPSPEC_REQUIRE_PEERS").is_some_and(|value| value == "1");
    if required { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) }
}

fn newer_ffmpeg() -> Option<PathBuf> {
    let peers = std::env::var_os("RTMPSPEC_PEERS_DIR").map(PathBuf::from);
    let peers =
        peers.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/rtmpspec-peers")))?;
    let programs = fs::read_dir(peers.join("python/imageio_ffmpeg/binaries")).ok()?;
    let found = programs.flatten().find(|file| file.file_name().to_string_lossy().starts_with("ffmpeg-"))?;
    Some(found.path())
}

const PUBLISH_STARTED: &str = r#""event":"publish-started""#;
const META: &[u8] = b"\x02\x00\x0aonMetaData\x08\0\0\0\0\0\0\x09";
const COLOR_INFO: &[u8] = b"\xd4hvc1\x02\x00\x09colorInfo\x03\0\0\x09";

/// Two pictures in each message of video; the file has nothing of its configuration after its begin.
fn rtmpref_joins_late() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let (film, early, late) =
        (dir.path().join("film.flv"), dir.path().join("early.flv"), dir.path().join("late.flv"));
    let tags = multitrack_film();
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    tags.iter().try_for_each(|tag| writer.write(tag))?;
    fs::write(&film, writer.take())?;

    let (mut server, url) = serve(&[]);
    let key = format!("{url}/live/key");
    let publisher = Program::start(rtmpref(&["publish", text(&film), &key]));
    server.line_with(PUBLISH_STARTED);
    for (file, duration) in [(&early, "0.5"), (&late, "1")] {
        succeed(rtmpref(&["play", &key, "-o", text(file), "--duration", duration]))?;
    }
    drop(publisher);

    let played: Vec<_> =
        demux(&fs::read(&late)?).tags.into_iter().map(|tag| (tag.kind, tag.payload)).collect();
    let published: Vec<_> = tags.into_iter().map(|tag| (tag.kind, tag.payload)).collect();
    check(played[0] == published[0], "metadata does not come first")?;
    check(played[1..5] == published[1..5], "the configuration is not what was published")?;
    let first = published.iter().position(|tag| *tag == played[5]).ok_or("a picture of nobody")?;
    check(first > 5, "the player did not come late")?;
    check(video::is_key_frame(&played[5].1), "no key frame comes first")?;
    check(published[first..].starts_with(&played[5..]), "the frames are no stretch of the film")?;
    check(played.len() > 20, "few frames")
}

/// 60 s with one audio and two video tracks; every payload is there once.
fn multitrack_film() -> Vec<Tag> {
    let tag = |kind, timestamp, payload: Vec<u8>| Tag { kind, timestamp, payload: payload.into() };
    let mut tags = vec![
        tag(TagKind::Script, 0, META.to_vec()),
        tag(TagKind::Video, 0, two_tracks(FrameType::KEY, PacketType::SequenceStart, [b"first", b"second"])),
        tag(TagKind::Video, 0, COLOR_INFO.to_vec()),
        tag(TagKind::Audio, 0, opus(audio::PacketType::SequenceStart, b"OpusHead")),
        tag(TagKind::Audio, 0, opus(audio::PacketType::MultichannelConfig, &[0, 2])),
    ];
    for n in 0..1500u32 {
        let frame_type = if n % 10 == 0 { FrameType::KEY } else { FrameType::INTER };
        let body = n.to_be_bytes();
        let pictures = two_tracks(frame_type, PacketType::CodedFramesX, [&body, b"and another"]);
        tags.push(tag(TagKind::Video, n * 40, pictures));
        tags.push(tag(TagKind::Audio, n * 40 + 20, opus(audio::PacketType::CodedFrames, &body)));
    }
    tags
}

fn two_tracks(frame_type: FrameType, packet: PacketType, bodies: [&[u8]; 2]) -> Vec<u8> {
    let mut header = video::Header::enhanced(frame_type, FourCc::HEVC, packet);
    header.multitrack = Some(MultitrackType::MANY_TRACKS);
    let tracks = [0, 1].map(|id| video::Track {
        track_id: id,
        codec: header.codec,
        packet,
        composition_time: 0,
        body: bodies[usize::from(id)],
    });
    let mut payload = Vec::new();
    header.encode_with_tracks(&tracks, &mut payload).expect("two tracks fit");
    payload
}

fn opus(packet: audio::PacketType, body: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    audio::Header::enhanced(FourCc::OPUS, packet).encode(&mut payload).expect("the header is good");
    payload.extend_from_slice(body);
    payload
}

/// Two HEVC and two Opus tracks, one of them 5.1: sequence headers of the default tracks and of the
/// others, MultichannelConfig, and colorInfo.
fn ffmpeg_joins_late(ffmpeg: &Path) -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let (film, hashes) = (dir.path().join("film.flv"), dir.path().join("played.txt"));
    let mut encode = Command::new(ffmpeg);
    encode.args(ENCODE.split_whitespace()).arg(&film);
    succeed(encode)?;

    let (mut server, url) = serve(&[]);
    let key = format!("{url}/live/key");
    let mut publish = Command::new(ffmpeg);
    publish.args(["-v", "error", "-re", "-i", text(&film), "-map", "0", "-c", "copy", "-f", "flv", &key]);
    let publisher = Program::start(publish);
    server.line_with(PUBLISH_STARTED);
    collect(&key, 0.5)?;
    starts_with_every_configuration(&collect(&key, 1.0)?, &film)?;

    // ffmpeg comes late, too: it knows every track, and decodes without a complaint.
    let mut player = Command::new(ffmpeg);
    let tracks = ["-map", "0:v", "-map", "0:a", "-t", "2"];
    player.args(["-v", "error", "-i", &key]).args(tracks).args(["-c", "copy", "-f", "framemd5"]).arg(&hashes);
    player.args(tracks).args(["-c:v", "rawvideo", "-c:a", "pcm_s16le", "-f", "null", "-"]);
    let complaints = succeed(player)?;
    drop(publisher);
    check(complaints.is_empty(), &complaints)?;
    let mut reference = Command::new(ffmpeg);
    reference.args(["-v", "error", "-i", text(&film), "-map", "0", "-c", "copy", "-f", "framemd5", "-"]);
    let (published, played) = (by_track(&succeed(reference)?), by_track(&fs::read_to_string(&hashes)?));
    check(played.len() == 4 && published.len() == 4, &format!("{} tracks were played", played.len()))?;
    for (track, (played, published)) in played.values().zip(published.values()).enumerate() {
        let first = published.iter().position(|hash| *hash == played[0]).ok_or("a frame of nobody")?;
        check(published[first..].starts_with(played), &format!("track {track} is no stretch of the film"))?;
        check(played.len() >= 15, &format!("few frames on track {track}"))?;
        check(track > 1 || first > 0 && first % 5 == 0, "video does not begin at a late key frame")?;
    }
    Ok(())
}

const ENCODE: &str = "-v error -f lavfi -i testsrc2=s=160x90:r=10 -f lavfi -i testsrc=s=96x64:r=10 \
    -f lavfi -i sine=r=48000 -f lavfi -i anoisesrc=r=48000 -map 0:v -map 1:v -map 2:a -map 3:a -t 60 \
    -pix_fmt yuv420p -c:v libx265 -preset ultrafast \
    -x265-params keyint=5:min-keyint=5:scenecut=0:open-gop=0:log-level=none:pools=1:frame-threads=1 \
    -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc \
    -c:a libopus -compression_level 0 -b:a 48k -filter:a:0 aformat=channel_layouts=5.1 -f flv";

/// Audio, video and metadata in order of arrival, from joining until this much of it came, in seconds.
fn collect(url: &str, seconds: f64) -> Result<Vec<(TagKind, Bytes)>, Failed> {
    let options = PlayOptions {
        duration: Some(Duration::from_secs_f64(seconds)),
        timeout: PATIENCE,
        media_timeout: Some(PATIENCE),
        ..PlayOptions::default()
    };
    let mut messages = Messages(Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(play(&url.parse()?, &mut messages, &options, std::future::pending(), |_| {}))?;
    Ok(messages.0)
}

struct Messages(Vec<(TagKind, Bytes)>);

impl MediaSink for Messages {
    fn message(&mut self, kind: MessageType, _: Timestamp, payload: Bytes) -> io::Result<()> {
        match kind {
            MessageType::AUDIO => self.0.push((TagKind::Audio, payload)),
            MessageType::VIDEO => self.0.push((TagKind::Video, payload)),
            _ if payload.starts_with(&META[..13]) => self.0.push((TagKind::Script, payload)),
            _ => {}
        }
        Ok(())
    }
}

fn starts_with_every_configuration(played: &[(TagKind, Bytes)], film: &Path) -> Result<(), Failed> {
    check(played[0].0 == TagKind::Script, "metadata does not come first")?;
    let mut wanted = BTreeMap::new();
    for tag in demux(&fs::read(film)?).tags {
        wanted.extend(cache_key(tag.kind, &tag.payload).map(|key| (key, tag.payload)));
    }
    let configs: Vec<_> = played[1..].iter().map_while(|(kind, payload)| cache_key(*kind, payload)).collect();
    let by_order = [
        CacheKind::VideoSequenceHeader,
        CacheKind::VideoMetadata,
        CacheKind::AudioSequenceHeader,
        CacheKind::MultichannelConfig,
    ];
    let order: Vec<_> =
        configs.iter().map(|key| by_order.iter().position(|kind| *kind == key.kind)).collect();
    check(order.is_sorted() && order.len() == 7, &format!("the configurations are {configs:?}"))?;
    for (key, (_, payload)) in configs.iter().zip(&played[1..]) {
        check(wanted.remove(key).is_some_and(|wanted| wanted == payload), &format!("{key:?} differs"))?;
    }
    check(wanted.is_empty(), &format!("{:?} is missing", wanted.keys()))?;
    let (_, first) = &played[1 + configs.len()];
    check(first.starts_with(b"\x91hvc1") || first.starts_with(b"\x93hvc1"), "no key frame of track 0 follows")
}

fn cache_key(kind: TagKind, payload: &[u8]) -> Option<CacheKey> {
    match kind {
        TagKind::Audio => audio::cache_key(payload),
        TagKind::Video => video::cache_key(payload),
        _ => None,
    }
}

/// The hashes of each track's packets.
fn by_track(framemd5: &str) -> BTreeMap<String, Vec<String>> {
    let mut tracks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in framemd5.lines().filter(|line| !line.starts_with('#')) {
        if let (Some((track, _)), Some((_, hash))) = (line.split_once(','), line.rsplit_once(", ")) {
            tracks.entry(track.into()).or_default().push(hash.into());
        }
    }
    tracks
}

fn succeed(command: Command) -> Result<String, Failed> {
    let (status, output) = Program::start(command).finish();
    if status.success() { Ok(output) } else { Err(format!("{status}:\n{output}").into()) }
}

fn check(holds: bool, what: &str) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(what.into()) }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of the tests are text")
}
