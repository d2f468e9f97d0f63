//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use rtmp_proto::handshake::{HandshakeMode, Layout, RtmpeType};

/// The reference RTMP client and server.
///
/// Stream names count as secrets: they appear neither in messages nor in the log.
#[derive(Debug, Parser)]
#[command(name = "rtmpref", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  rtmpref serve
  rtmpref publish film.flv rtmp://127.0.0.1/live/key
  rtmpref play rtmp://127.0.0.1/live/key -o copy.flv

Exit codes:
  0    done; for `serve`: stopped by Ctrl-C or SIGTERM
  1    refused by the server, or failed
  2    wrong use of the command line
  5    the server cannot be reached
  130  publish and play: interrupted by Ctrl-C; what was received is in the file";

#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(Serve),
    Publish(Publish),
    Play(Play),
}

const SERVE_EXAMPLES: &str = "\
Examples:
  rtmpref serve
  rtmpref serve --listen 0.0.0.0:1935 --app live --app cam
  rtmpref serve --listen 127.0.0.1:0 --json     (a free port; the first line on stdout names it)

  ffmpeg -re -i film.mp4 -c copy -f flv rtmp://127.0.0.1/live/key
  ffplay rtmp://127.0.0.1/live/key

The line `listening on rtmp://ADDRESS:PORT` appears on stdout when connections are accepted.
The log goes to stderr.";

/// Relay live streams from publishers to players
///
/// One publisher and any number of players for each name. A second publisher is refused with
/// NetStream.Publish.BadName. Late joiners get metadata, sequence headers and all frames since the
/// newest key frame.
#[derive(Debug, clap::Args)]
#[command(after_help = SERVE_EXAMPLES)]
pub struct Serve {
    /// Address and port to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1935")]
    pub listen: SocketAddr,

    /// Admit only this application; may be repeated. Without it, any
    #[arg(long = "app", value_name = "NAME")]
    pub apps: Vec<String>,

    /// Connections at one time; further ones are closed at once
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,

    /// Chunk size for sending, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..=0xFF_FFFF))]
    pub chunk_size: u32,

    /// Time in seconds that players wait for a publisher that left, before their play is over
    #[arg(long, value_name = "SECS", default_value_t = 10.0, value_parser = parse_wait)]
    pub republish_wait: f64,

    /// Ask clients for this SWF file and log the answer; may be repeated. Needs a client that uses the
    /// handshake with digests
    #[arg(long, value_name = "FILE")]
    pub swf: Vec<PathBuf>,

    /// Log one JSON object per line
    #[arg(long)]
    pub json: bool,

    /// Log nothing
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

const PUBLISH_EXAMPLES: &str = "\
Examples:
  rtmpref publish film.flv rtmp://127.0.0.1/live/key
  rtmpref publish film.flv rtmp://127.0.0.1/live/key --loop 100
  rtmpref publish film.flv 'rtmp://user:pass@media.example:1935/live/key?token=t' --fast

Other files first become FLV: ffmpeg -i film.mp4 -c copy film.flv";

/// Publish an FLV file
///
/// Every audio, video and script tag goes out with its own timestamp and payload; onMetaData behind
/// @setDataFrame.
#[derive(Debug, clap::Args)]
#[command(after_help = PUBLISH_EXAMPLES)]
pub struct Publish {
    /// The FLV file
    pub file: PathBuf,

    /// Where to: rtmp://HOST[:PORT]/APP/NAME, or rtmpe:// for RTMPE
    pub url: String,

    /// The handshake to begin with
    #[arg(long, value_name = "FORM", default_value = "plain")]
    pub handshake: Handshake,

    /// Send as fast as the server takes it, not in real time
    #[arg(long)]
    pub fast: bool,

    /// Publish the file this many times in a row; timestamps go on growing
    #[arg(long = "loop", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,

    /// Longest time in seconds without an answer of the server
    #[arg(long, value_name = "SECS", default_value_t = 10.0, value_parser = parse_seconds)]
    pub timeout: f64,
}

const PLAY_EXAMPLES: &str = "\
Examples:
  rtmpref play rtmp://127.0.0.1/live/key -o copy.flv
  rtmpref play rtmp://127.0.0.1/live/key -o copy.flv --duration 60
  rtmpref play rtmp://127.0.0.1/live/key -o - | ffplay -

The file begins with metadata and sequence headers, and its time with 0.";

/// Play a stream into an FLV file
///
/// Ends when the server says that the stream is over, when the duration is over, or on Ctrl-C. The
/// file is complete in each case.
#[derive(Debug, clap::Args)]
#[command(after_help = PLAY_EXAMPLES)]
pub struct Play {
    /// What to play: rtmp://HOST[:PORT]/APP/NAME, or rtmpe:// for RTMPE
    pub url: String,

    /// The handshake to begin with
    #[arg(long, value_name = "FORM", default_value = "plain")]
    pub handshake: Handshake,

    /// The FLV file to write, replaced if it exists; - for stdout
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,

    /// Stop after this much media, in seconds
    #[arg(long, value_name = "SECS", value_parser = parse_seconds)]
    pub duration: Option<f64>,

    /// Longest time in seconds without an answer, or without media; waiting for a publisher counts
    #[arg(long, value_name = "SECS", default_value_t = 30.0, value_parser = parse_seconds)]
    pub timeout: f64,
}

/// Forms of the handshake. RTMPE hides the bytes from whoever only looks on; it authenticates nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Handshake {
    /// As RTMP 5.2 says
    Plain,
    /// With digests, in the first half of the packets
    Digest,
    /// With digests, in the second half of the packets
    DigestB,
    /// Encrypted: RTMPE type 6
    Rtmpe,
    /// Encrypted: RTMPE type 8, signatures enciphered with XTEA
    Rtmpe8,
    /// Encrypted: RTMPE type 9, signatures enciphered with Blowfish
    Rtmpe9,
}

impl From<Handshake> for HandshakeMode {
    fn from(form: Handshake) -> Self {
        match form {
            Handshake::Plain => Self::Plain,
            Handshake::Digest => Self::Digest(Layout::DigestFirst),
            Handshake::DigestB => Self::Digest(Layout::KeyFirst),
            Handshake::Rtmpe => Self::Rtmpe(RtmpeType::Type6, Layout::KeyFirst),
            Handshake::Rtmpe8 => Self::Rtmpe(RtmpeType::Type8, Layout::KeyFirst),
            Handshake::Rtmpe9 => Self::Rtmpe(RtmpeType::Type9, Layout::KeyFirst),
        }
    }
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 1e9 => Ok(seconds),
        _ => Err("expected a number of seconds above 0".into()),
    }
}

fn parse_wait(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=1e9).contains(&seconds) => Ok(seconds),
        _ => Err("expected a number of seconds".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Args::command().debug_assert();
    }
}
