//! Tracks of a video payload.

use super::header::composition_time;
use super::{Codec, Header, PacketType};
use crate::HeaderError;
use crate::cursor::Cursor;
use crate::multitrack::RawTracks;

/// One track of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Track<'a> {
    /// Which track: 0 is the default track, and what a payload without multitrack part is for. The
    /// number says nothing of quality (E-RTMP v2 "Multitrack Media Message Guidelines").
    pub track_id: u8,
    /// The codec.
    pub codec: Codec,
    /// What the body holds.
    pub packet: PacketType,
    /// Composition time offset in ms, 0 where there is none.
    pub composition_time: i32,
    /// What is for the decoder. [`bytes::Bytes::slice_ref`] of the payload shares it.
    pub body: &'a [u8],
}

/// Iterator over the tracks of a payload; see [`Header::tracks`]. It ends after the first error.
#[derive(Clone)]
pub struct Tracks<'a> {
    parts: Parts<'a>,
    packet: PacketType,
}

#[derive(Clone)]
enum Parts<'a> {
    One(Option<Track<'a>>),
    Many(RawTracks<'a>),
}

impl<'a> Tracks<'a> {
    pub(super) fn new(header: &Header<'a>, body: &'a [u8]) -> Self {
        let packet = header.packet;
        let parts = match (header.multitrack, header.codec) {
            (Some(kind), codec) => {
                let shared = if let Codec::FourCc(four_cc) = codec { Some(four_cc) } else { None };
                Parts::Many(RawTracks::new(body, header.encoded_len(), kind, shared))
            }
            (None, codec) => Parts::One(header.command.is_none().then_some(Track {
                track_id: 0,
                codec,
                packet,
                composition_time: header.composition_time,
                body,
            })),
        };
        Self { parts, packet }
    }
}

impl<'a> Iterator for Tracks<'a> {
    type Item = Result<Track<'a>, HeaderError>;

    fn next(&mut self) -> Option<Self::Item> {
        let tracks = match &mut self.parts {
            Parts::One(track) => return track.take().map(Ok),
            Parts::Many(tracks) => tracks,
        };
        let raw = match tracks.next()? {
            Ok(raw) => raw,
            Err(error) => return Some(Err(error)),
        };
        let mut cursor = Cursor::at(raw.body, raw.offset);
        let time = composition_time(&mut cursor, self.packet, raw.four_cc);
        if time.is_err() {
            self.parts = Parts::One(None);
        }
        Some(time.map(|composition_time| Track {
            track_id: raw.track_id,
            codec: Codec::FourCc(raw.four_cc),
            packet: self.packet,
            composition_time,
            body: cursor.rest(),
        }))
    }
}
