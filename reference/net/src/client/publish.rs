//! Publishing.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use rtmp_flv::{Tag, TagKind};
use rtmp_proto::{ClientEvent, HandshakeMode, Limits, MessageType, PublishMode, RtmpUrl, Timestamp};
use tokio::time::Instant;

use super::driver::{Driver, Terms, Turn};
use super::error::{ClientError, Step};
use super::source::FlvSource;
use super::{Counts, Ended, Summary, Update};
use crate::pace::{Clock, Pace};

/// How to publish.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// Bounds of the session.
    pub limits: Limits,
    /// Which handshake to begin. Default plain; a URL of the scheme `rtmpe` asks for RTMPE in any case.
    pub handshake: HandshakeMode,
    /// How fast.
    pub pace: Pace,
    /// How long the server may leave an answer out, or take no bytes. Default 10 s.
    pub timeout: Duration,
}

impl Default for PublishOptions {
    fn default() -> Self {
        Self {
            limits: Limits { transmit_backlog: 36 << 20, ..Limits::default() },
            handshake: HandshakeMode::Plain,
            pace: Pace::RealTime,
            timeout: Duration::from_secs(10),
        }
    }
}

/// Publishes `source` under the name in `url` until its end, or until `stop` completes; either
/// way with FCUnpublish and deleteStream before the connection closes. onMetaData goes out behind
/// `@setDataFrame`, everything else as it stands in the file.
///
/// # Errors
/// See [`ClientError`]. Where the source turns out to be broken, what came before is published and
/// the stream ended in good order.
pub async fn publish(
    url: &RtmpUrl,
    mut source: FlvSource,
    options: &PublishOptions,
    stop: impl Future<Output = ()> + Send,
    mut progress: impl FnMut(Update),
) -> Result<Summary, ClientError> {
    let Some(name) = url.stream_key() else {
        return Err(ClientError::Unsupported { what: "the URL names no stream to publish".into() });
    };
    let mut summary = Summary::new();
    let stop = pin!(stop);
    let terms = Terms { limits: options.limits.clone(), handshake: options.handshake };
    let Some(mut driver) = Driver::connect(url, terms, options.timeout, stop).await? else {
        return Ok(summary);
    };
    driver.session.publish(name, PublishMode::Live)?;
    if start(&mut driver, options.timeout, &mut progress).await? {
        driver.step = Step::Media;
        let result = stream(&mut driver, &mut source, options.pace, &mut summary.counts, &mut progress).await;
        match result {
            Ok(ended) => summary.ended = ended,
            // The connection is good, so what was published gets a proper end.
            Err(error @ ClientError::Source(_)) => {
                driver.session.delete_stream();
                driver.close(options.timeout).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        }
    }
    driver.session.delete_stream();
    driver.step = Step::Finish;
    (summary.received, summary.sent) = driver.counts();
    summary.handshake = driver.session.handshake_report();
    driver.close(options.timeout).await?;
    Ok(summary)
}

/// False when the caller wants an end before the server said Publish.Start.
async fn start(
    driver: &mut Driver<'_>,
    patience: Duration,
    progress: &mut impl FnMut(Update),
) -> Result<bool, ClientError> {
    let mut until = Instant::now() + patience;
    loop {
        match driver.turn(Some(until), false).await? {
            Turn::Event(ClientEvent::Connected { .. }) => {
                driver.step = Step::Publish;
                until = Instant::now() + patience;
                progress(Update::Connected);
            }
            Turn::Event(ClientEvent::PublishStarted { .. }) => {
                progress(Update::Started);
                return Ok(true);
            }
            Turn::Event(event) => refusal(driver, event)?,
            Turn::Due => return Err(ClientError::Timeout { step: driver.step, after: patience }),
            Turn::Closed => return Err(ClientError::Closed { step: driver.step }),
            Turn::Stopped => return Ok(false),
            Turn::Room => {}
        }
    }
}

async fn stream(
    driver: &mut Driver<'_>,
    source: &mut FlvSource,
    pace: Pace,
    counts: &mut Counts,
    progress: &mut impl FnMut(Update),
) -> Result<Ended, ClientError> {
    let mut clock = Clock::new(pace);
    while let Some(tag) = source.next_tag()? {
        let Some((kind, payload)) = message(&tag) else { continue };
        let timestamp = Timestamp(tag.timestamp);
        let due = clock.due(timestamp, Instant::now());
        loop {
            let late = Instant::now() >= due;
            match driver.turn((!late).then_some(due), late).await? {
                Turn::Room => break,
                Turn::Due => {}
                Turn::Event(event) => refusal(driver, event)?,
                Turn::Closed => return Err(ClientError::Closed { step: driver.step }),
                Turn::Stopped => return Ok(Ended::Stopped),
            }
        }
        driver.session.send_media(kind, timestamp, payload)?;
        counts.add(kind, timestamp, tag.payload.len());
        counts.position = source.position();
        progress(Update::Media(*counts));
    }
    Ok(Ended::EndOfStream)
}

/// The message that a tag becomes; `None` for tags that RTMP has no message for.
fn message(tag: &Tag) -> Option<(MessageType, Bytes)> {
    match tag.kind {
        TagKind::Audio => Some((MessageType::AUDIO, tag.payload.clone())),
        TagKind::Video => Some((MessageType::VIDEO, tag.payload.clone())),
        TagKind::Script if tag.payload.starts_with(ON_METADATA) => {
            let mut wrapped = BytesMut::with_capacity(SET_DATA_FRAME.len() + tag.payload.len());
            wrapped.put_slice(SET_DATA_FRAME);
            wrapped.put_slice(&tag.payload);
            Some((MessageType::DATA_AMF0, wrapped.freeze()))
        }
        TagKind::Script => Some((MessageType::DATA_AMF0, tag.payload.clone())),
        TagKind::Other(_) => None,
    }
}

/// AMF0 strings: marker 2, 16-bit length, text.
const ON_METADATA: &[u8] = b"\x02\x00\x0aonMetaData";
const SET_DATA_FRAME: &[u8] = b"\x02\x00\x0d@setDataFrame";

fn refusal(driver: &Driver<'_>, event: ClientEvent) -> Result<(), ClientError> {
    match event {
        ClientEvent::Rejected { info, .. } => Err(ClientError::Refused { step: driver.step, info }),
        ClientEvent::Closed => Err(ClientError::Closed { step: driver.step }),
        _ => Ok(()),
    }
}
