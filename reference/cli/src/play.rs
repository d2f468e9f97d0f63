//! `rtmpref play`.

use std::fs::File;
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use rtmp_net::client::{Ended, FlvSink, MediaSink, PlayOptions, play};
use rtmp_proto::{MessageType, Timestamp};

use crate::args::Play;
use crate::failure::{Failure, parse_url};
use crate::output::{Progress, describe, handshake};

pub async fn run(args: Play) -> Result<(), Failure> {
    let url = parse_url(&args.url)?;
    let mut output = Output::new(&args.output)?;
    let timeout = Duration::from_secs_f64(args.timeout);
    let options = PlayOptions {
        duration: args.duration.map(Duration::from_secs_f64),
        timeout,
        media_timeout: Some(timeout),
        handshake: args.handshake.into(),
        ..PlayOptions::default()
    };
    let target = format!("{} into {}", url.redacted(), args.output.display());
    let mut progress = Progress::new("play", &target, None);
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let result = play(&url, &mut output, &options, stop, |update| progress.update(update)).await;
    progress.finish();
    // What came before a failure is worth keeping, too.
    output.finish().map_err(|error| Failure::new(format!("{}: {error}", args.output.display())))?;
    let summary = result?;
    let counts = describe(&summary.counts);
    eprintln!("play: {}: {counts}{}", how(summary.ended), handshake(summary.handshake));
    match summary.ended {
        Ended::Stopped => Err(Failure::interrupted()),
        _ => Ok(()),
    }
}

fn how(ended: Ended) -> &'static str {
    match ended {
        Ended::EndOfStream => "the stream is over",
        Ended::Duration => "the duration is over",
        Ended::Closed => "the server closed the connection",
        _ => "stopped",
    }
}

/// Where the FLV file goes. A file is only created, or an old one replaced, once media comes.
enum Output {
    Later(PathBuf),
    File(FlvSink<BufWriter<File>>),
    Stdout(FlvSink<Stdout>),
}

impl Output {
    fn new(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self::Stdout(FlvSink::new(io::stdout())));
        }
        if path.is_dir() {
            return Err(Failure::usage(format!("{} is a directory; name a file", path.display())));
        }
        match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() && !parent.is_dir() => {
                let message = format!("there is no directory {}", parent.display());
                Err(Failure::usage(message).next_step("Create it, or choose another --output."))
            }
            _ => Ok(Self::Later(path.into())),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Later(_) => Ok(()),
            Self::File(sink) => sink.finish().map(drop),
            Self::Stdout(_) => io::stdout().flush(),
        }
    }
}

impl MediaSink for Output {
    fn message(&mut self, kind: MessageType, timestamp: Timestamp, payload: Bytes) -> io::Result<()> {
        if let Self::Later(path) = self {
            *self = Self::File(FlvSink::new(BufWriter::new(File::create(path)?)));
        }
        match self {
            Self::File(sink) => sink.message(kind, timestamp, payload),
            Self::Stdout(sink) => sink.message(kind, timestamp, payload),
            Self::Later(_) => Ok(()),
        }
    }
}
