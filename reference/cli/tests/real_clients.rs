//! Programs of others against `rtmpref serve`: what one publishes, one of the same family plays.
//!
//! A program that is not installed makes its test ignored, with the reason; with
//! `RTMPSPEC_REQUIRE_PEERS=1` it makes it fail.

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rtmp_flv::{Tag, TagKind, demux};
use support::{Program, film, serve};

type Outcome = Result<Completion, Failed>;

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let trials = vec![
        Trial::ignorable_test("ffmpeg_publishes_and_plays", || with(&[FFMPEG], ffmpeg)),
        Trial::ignorable_test("ffmpeg_joins_late", || with(&[FFMPEG], ffmpeg_joins_late)),
        Trial::ignorable_test("gstreamer_rtmp2sink_to_rtmp2src", || with(&[GSTREAMER], gstreamer)),
        Trial::ignorable_test("librtmp_curl_publishes_rtmpdump_plays", || with(&[CURL, RTMPDUMP], librtmp)),
        Trial::ignorable_test("librtmp_over_rtmpe", || with(&[CURL, RTMPDUMP], librtmp_over_rtmpe)),
        Trial::ignorable_test("rtmpdump_verifies_a_swf_file", || with(&[RTMPDUMP], swf_verification)),
    ];
    libtest_mimic::run(&args, trials).exit_code()
}

/// What has to be there, and a command whose success and output show that it is.
struct Peer {
    name: &'static str,
    probe: &'static [&'static str],
    shows: &'static str,
}

const FFMPEG: Peer = Peer {
    name: "ffmpeg with protocol rtmp",
    probe: &["ffmpeg", "-hide_banner", "-protocols"],
    shows: "rtmp",
};
const GSTREAMER: Peer = Peer {
    name: "GStreamer with elements rtmp2sink, rtmp2src, flvmux, flvdemux, h264parse and aacparse",
    probe: &["sh", "-c", GST_PROBE],
    shows: "all there",
};
const GST_PROBE: &str = "command -v gst-launch-1.0 && for e in rtmp2sink rtmp2src flvmux flvdemux h264parse aacparse; \
     do gst-inspect-1.0 --exists $e || exit 1; done && echo all there";
const CURL: Peer = Peer { name: "curl with protocol rtmp", probe: &["curl", "-V"], shows: " rtmp " };
const RTMPDUMP: Peer =
    Peer { name: "rtmpdump", probe: &["sh", "-c", "command -v rtmpdump"], shows: "rtmpdump" };

impl Peer {
    fn is_there(&self) -> bool {
        let mut command = Command::new(self.probe[0]);
        command.args(&self.probe[1..]).stdin(Stdio::null());
        command.output().is_ok_and(|output| {
            output.status.success() && String::from_utf8_lossy(&output.stdout).contains(self.shows)
        })
    }
}

fn with(peers: &[Peer], test: fn() -> Result<(), Failed>) -> Outcome {
    let Some(missing) = peers.iter().find(|peer| !peer.is_there()) else {
        return test().map(|()| Completion::Completed);
    };
    let reason = format!("{} not found", missing.name);
    let required = std::env::var_os("RTMPSPEC_REQUIRE_PEERS").is_some_and(|value| value == "1");
    if required { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) }
}

const PLAY_STARTED: &str = r#""event":"play-started""#;
const PUBLISH_STARTED: &str = r#""event":"publish-started""#;

fn ffmpeg() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let copy = dir.path().join("copy.flv");
    let (mut server, url) = serve(&[]);
    let key = format!("{url}/live/key");
    let player = start("ffmpeg", &["-v", "error", "-i", &key, "-c", "copy", "-f", "flv", text(&copy)]);
    server.line_with(PLAY_STARTED);
    succeed(start("ffmpeg", &["-v", "error", "-i", text(&film()), "-c", "copy", "-f", "flv", &key]))?;
    succeed(player)?;
    // Where it plays, ffmpeg checks the digest and the signature of the server, and signs itself.
    handshake_was(&server, "digest, digest first, signed")?;
    same("frame hashes", &frame_hashes(&copy)?, &frame_hashes(&film())?)
}

fn handshake_was(server: &Program, form: &str) -> Result<(), Failed> {
    let wanted = format!(r#""event":"handshake","form":"{form}""#);
    if server.output.contains(&wanted) {
        Ok(())
    } else {
        Err(format!("not {form}:\n{}", server.output).into())
    }
}

/// A player that comes while the film runs in a loop sees frames of the film only, starting at a
/// key frame, in the film's order.
fn ffmpeg_joins_late() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let copy = dir.path().join("copy.flv");
    let (mut server, url) = serve(&[]);
    let key = format!("{url}/live/key");
    let film = film();
    let loops =
        ["-v", "error", "-re", "-stream_loop", "-1", "-i", text(&film), "-c", "copy", "-f", "flv", &key];
    let publisher = start("ffmpeg", &loops);
    server.line_with(PUBLISH_STARTED);
    succeed(start(
        "ffmpeg",
        &["-v", "error", "-i", &key, "-t", "3", "-c", "copy", "-f", "flv", text(&copy)],
    ))?;
    drop(publisher);
    let played = frame_hashes(&copy)?;
    let video = |hashes: &[String]| -> Vec<String> {
        hashes.iter().filter(|hash| hash.starts_with("0 ")).cloned().collect()
    };
    let (film, played) = (video(&frame_hashes(&film)?), video(&played));
    let twice = [&film[..], &film[..]].concat();
    let in_order = (0..film.len()).any(|at| twice[at..].starts_with(&played));
    if played.len() >= 10 && in_order {
        return Ok(());
    }
    Err(format!("{} pictures were played that are no stretch of the film", played.len()).into())
}

fn gstreamer() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let (copy, direct) = (dir.path().join("copy.flv"), dir.path().join("direct.flv"));
    // rtmp2src ends with StreamEOF and drops what it holds then, hence the wait before StreamEOF.
    let (mut server, url) = serve(&["--republish-wait", "3"]);
    let key = format!("location={url}/live/key");
    let player = start("gst-launch-1.0", &["-q", "rtmp2src", &key, "!", "filesink", &at(&copy)]);
    server.line_with(PLAY_STARTED);
    succeed(remux(&["rtmp2sink", "sync=false", &key]))?;
    succeed(player)?;
    succeed(remux(&["filesink", &at(&direct)]))?;
    same("payloads", &payloads(&copy)?, &payloads(&direct)?)
}

/// The film through GStreamer's own FLV muxer into `sink`.
fn remux(sink: &[&str]) -> Program {
    let source = at(&film());
    let demux =
        ["-q", "filesrc", &source, "!", "flvdemux", "name=d", "flvmux", "name=m", "streamable=true", "!"];
    let tracks = "d.video ! queue ! h264parse ! m. d.audio ! queue ! aacparse ! m.";
    let args: Vec<&str> = demux.iter().chain(sink).copied().chain(tracks.split(' ')).collect();
    start("gst-launch-1.0", &args)
}

fn librtmp() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let copy = dir.path().join("copy.flv");
    let (mut server, url) = serve(&[]);
    let key = format!("{url}/live/key");
    let player = start("rtmpdump", &["-q", "-v", "-r", &key, "-o", text(&copy)]);
    server.line_with(PLAY_STARTED);
    succeed(start("curl", &["-sS", "-T", text(&film()), &key]))?;
    succeed(player)?;
    same("payloads", &payloads(&copy)?, &payloads(&film())?)
}

/// librtmp checks the server's signature.
fn librtmp_over_rtmpe() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let copy = dir.path().join("copy.flv");
    let (mut server, url) = serve(&[]);
    let key = format!("{}/live/key", url.replace("rtmp://", "rtmpe://"));
    let player = start("rtmpdump", &["-q", "-v", "-r", &key, "-o", text(&copy)]);
    server.line_with(PLAY_STARTED);
    handshake_was(&server, "RTMPE type 6, key first, signed")?;
    succeed(start("curl", &["-sS", "-T", text(&film()), &key]))?;
    succeed(player)?;
    same("payloads", &payloads(&copy)?, &payloads(&film())?)
}

/// rtmpdump fetches the file by HTTP.
fn swf_verification() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("player.swf");
    fs::write(&file, SWF)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", SWF.len());
            let _ = stream.write_all(&[head.as_bytes(), SWF].concat());
        }
    });
    let (mut server, url) = serve(&["--swf", text(&file)]);
    let (key, swf) = (format!("{url}/live/key"), format!("http://{address}/player.swf"));
    let mut command = Command::new("rtmpdump");
    // rtmpdump keeps what it knows of SWF files in its home.
    command.env("HOME", dir.path());
    command.args(["-q", "-v", "-r", &key, "--swfVfy", &swf, "-o", text(&dir.path().join("copy.flv"))]);
    let player = Program::start(command);
    server.line_with(r#""event":"swf-verification""#);
    drop(player);
    if server.output.contains(r#""verified":true"#) { Ok(()) } else { Err(server.output.clone().into()) }
}

/// A header that declares 12 bytes, and four bytes compressed with zlib.
const SWF: &[u8] = b"CWS\x05\x0c\0\0\0\x78\xda\x4b\x4c\x4a\x4e\x01\x00\x03\xd8\x01\x8b";

fn start(program: &str, args: &[&str]) -> Program {
    let mut command = Command::new(program);
    command.args(args);
    Program::start(command)
}

fn succeed(program: Program) -> Result<(), Failed> {
    let (status, output) = program.finish();
    if status.success() { Ok(()) } else { Err(format!("{status}:\n{output}").into()) }
}

/// Stream number and hash of each packet, in file order.
fn frame_hashes(file: &Path) -> Result<Vec<String>, Failed> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i", text(file), "-c", "copy", "-f", "framemd5", "-"])
        .stdin(Stdio::null())
        .output()?;
    let mut hashes: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            format!("{} {}", fields[0], fields[fields.len() - 1])
        })
        .collect();
    // The order between the streams is the muxer's choice.
    hashes.sort_by(|a, b| a[..1].cmp(&b[..1]));
    if hashes.is_empty() {
        return Err(format!("no frames: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(hashes)
}

/// Audio and video of an FLV file, first all audio. librtmp and rtmp2src drop video messages that are
/// nothing but a header, such as AVC's end of sequence.
fn payloads(file: &Path) -> Result<Vec<Tag>, Failed> {
    let mut tags = demux(&fs::read(file)?).tags;
    tags.retain(|tag| tag.kind == TagKind::Audio || tag.kind == TagKind::Video && tag.payload.len() > 5);
    let first = tags.first().ok_or("no frames")?.timestamp;
    for tag in &mut tags {
        tag.timestamp = tag.timestamp.wrapping_sub(first);
    }
    tags.sort_by_key(|tag| tag.kind.tag_type());
    Ok(tags)
}

fn same<T: PartialEq>(what: &str, played: &[T], published: &[T]) -> Result<(), Failed> {
    if played == published {
        return Ok(());
    }
    let differs = played.iter().zip(published).position(|(a, b)| a != b);
    let at = differs.unwrap_or(played.len().min(published.len()));
    let counts = format!("{} played, {} published", played.len(), published.len());
    Err(format!("{what} differ from number {at} on; {counts}").into())
}

fn at(file: &Path) -> String {
    format!("location={}", text(file))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of the tests are text")
}
