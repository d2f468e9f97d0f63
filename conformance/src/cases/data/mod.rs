//! Data messages and metadata (RTMP 7.1.2).

mod custom;
mod metadata;
mod odd;

use crate::case::Case;
use crate::outcome::Stop;
use crate::pen::Msg;
use crate::stage::{Echo, EchoOptions, Stage};

/// In catalogue order.
pub const CASES: &[&Case] = &[
    &metadata::SET_DATA_FRAME,
    &metadata::PLAIN,
    &metadata::OBJECT,
    &custom::RELAYED,
    &odd::FOUR_BYTES,
    &odd::LARGE,
];

/// The data messages that a player gets between synchronisation and a marker behind `message`, decoded.
async fn data_after(s: &mut Stage, message: &Msg) -> Result<(Echo, Vec<Vec<rtmp_amf::Value>>), Stop> {
    let mut echo = s.echo(EchoOptions::default()).await?;
    // What was cached from before comes around the first frames.
    let _ = echo.collect(&[], 100).await;
    let from = echo.view.link.mark();
    echo.live.send(message).await;
    let _ = echo.collect(&[], 200).await;
    // Data may come later than the marker, which is video.
    let _ = echo.view.link.wait(|v| v.heard[from..].iter().any(|h| h.message.kind == 18).then_some(())).await;
    let data = echo.view.link.heard()[from..]
        .iter()
        .filter(|h| h.message.kind == 18)
        .filter_map(|h| rtmp_amf::decode_all(&h.message.body, &rtmp_amf::Limits::default()).ok())
        .collect();
    Ok((echo, data))
}
