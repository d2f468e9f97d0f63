//! Playing.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use rtmp_proto::{ClientEvent, HandshakeMode, Limits, PlayStart, RtmpUrl};
use tokio::time::Instant;

use super::driver::{Driver, Terms, Turn};
use super::error::{ClientError, Step};
use super::sink::MediaSink;
use super::{Counts, Ended, Summary, Update};

/// How to play.
#[derive(Debug, Clone)]
pub struct PlayOptions {
    /// Bounds of the session.
    pub limits: Limits,
    /// Which handshake to begin. Default plain; a URL of the scheme `rtmpe` asks for RTMPE in any case.
    pub handshake: HandshakeMode,
    /// Where to start.
    pub start: PlayStart,
    /// Media time after which to stop. Default: never.
    pub duration: Option<Duration>,
    /// How long the server may leave an answer out. Default 10 s.
    pub timeout: Duration,
    /// How long to wait for the first media, and for more media. Default: for ever.
    pub media_timeout: Option<Duration>,
}

impl Default for PlayOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            handshake: HandshakeMode::Plain,
            start: PlayStart::LiveOrRecorded,
            duration: None,
            timeout: Duration::from_secs(10),
            media_timeout: None,
        }
    }
}

/// How long the server may take to close after the end of a play.
const GRACE: Duration = Duration::from_secs(2);

/// Plays the name in `url` into `sink` until the stream ends, the duration is over or `stop`
/// completes; deleteStream goes out before the connection closes.
///
/// # Errors
/// See [`ClientError`].
pub async fn play(
    url: &RtmpUrl,
    sink: &mut (dyn MediaSink + Send),
    options: &PlayOptions,
    stop: impl Future<Output = ()> + Send,
    mut progress: impl FnMut(Update),
) -> Result<Summary, ClientError> {
    let Some(name) = url.stream_key() else {
        return Err(ClientError::Unsupported { what: "the URL names no stream to play".into() });
    };
    let mut summary = Summary::new();
    let stop = pin!(stop);
    let terms = Terms { limits: options.limits.clone(), handshake: options.handshake };
    let Some(mut driver) = Driver::connect(url, terms, options.timeout, stop).await? else {
        return Ok(summary);
    };
    driver.session.play(name, options.start, -1.0, true)?;
    summary.ended = receive(&mut driver, sink, options, &mut summary.counts, &mut progress).await?;
    driver.session.delete_stream();
    (summary.received, summary.sent) = driver.counts();
    summary.handshake = driver.session.handshake_report();
    let _ = driver.close(GRACE).await;
    Ok(summary)
}

async fn receive(
    driver: &mut Driver<'_>,
    sink: &mut (dyn MediaSink + Send),
    options: &PlayOptions,
    counts: &mut Counts,
    progress: &mut impl FnMut(Update),
) -> Result<Ended, ClientError> {
    let mut patience = Some(options.timeout);
    let mut since = Instant::now();
    loop {
        let event = match driver.turn(patience.map(|patience| since + patience), false).await? {
            Turn::Event(event) => event,
            Turn::Due => {
                let after = patience.unwrap_or_default();
                return Err(ClientError::Timeout { step: driver.step, after });
            }
            Turn::Closed if counts.audio + counts.video > 0 => return Ok(Ended::Closed),
            Turn::Closed => return Err(ClientError::Closed { step: driver.step }),
            Turn::Stopped => return Ok(Ended::Stopped),
            Turn::Room => continue,
        };
        match event {
            ClientEvent::Connected { .. } => {
                driver.step = Step::Play;
                since = Instant::now();
                progress(Update::Connected);
            }
            ClientEvent::PlayStarted { .. } => {
                driver.step = Step::Media;
                patience = options.media_timeout;
                since = Instant::now();
                progress(Update::Started);
            }
            ClientEvent::Media { kind, timestamp, payload } => {
                driver.step = Step::Media;
                patience = options.media_timeout;
                since = Instant::now();
                counts.add(kind, timestamp, payload.len());
                sink.message(kind, timestamp, payload).map_err(ClientError::Sink)?;
                progress(Update::Media(*counts));
                if options.duration.is_some_and(|duration| counts.media_time >= duration) {
                    return Ok(Ended::Duration);
                }
            }
            ClientEvent::StreamEof { .. } if driver.step == Step::Media => return Ok(Ended::EndOfStream),
            ClientEvent::Status { info, .. } if is_end(&info.code) && driver.step == Step::Media => {
                return Ok(Ended::EndOfStream);
            }
            ClientEvent::Rejected { info, .. } => {
                return Err(ClientError::Refused { step: driver.step, info });
            }
            ClientEvent::Closed => return Err(ClientError::Closed { step: driver.step }),
            _ => {}
        }
    }
}

fn is_end(code: &str) -> bool {
    matches!(code, "NetStream.Play.UnpublishNotify" | "NetStream.Play.Stop" | "NetStream.Play.Complete")
}
