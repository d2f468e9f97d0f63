//! A tiny synthetic stream for players: black pictures and silence, in real time.

use std::time::Duration;

use crate::pen::{Msg, media};

/// Time between two pictures.
const PICTURE: Duration = Duration::from_millis(40);
/// Audio frames are 1024 samples of 44.1 kHz.
const AUDIO_SAMPLES: u64 = 1024;
const SAMPLE_RATE: u64 = 44_100;
/// Bytes of a picture, mostly filler data, so that a player has something to acknowledge.
const PICTURE_LEN: usize = 4000;
/// Messages made at once after a delay; the rest of the delay is left out.
const AT_ONCE: usize = 64;

/// Decoder configuration: H.264 baseline, 160x90, 25 pictures per second.
const AVC_CONFIG: [u8; 39] = [
    0x01, 0x42, 0xC0, 0x0B, 0xFF, 0xE1, 0x00, 0x17, 0x67, 0x42, 0xC0, 0x0B, 0xDC, 0x28, 0xDF, 0x93, 0x01,
    0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0x20, 0xF1, 0x42, 0xB8, 0x01, 0x00, 0x05,
    0x68, 0xCE, 0x0F, 0x2C, 0x80,
];
/// Two black key pictures that differ in idr_pic_id, as successive ones have to (ISO 14496-10 7.4.3).
const BLACK: [&[u8]; 2] = [
    &[
        0x65, 0x88, 0x82, 0x01, 0x3F, 0x26, 0x28, 0x00, 0x0E, 0xEF, 0xC9, 0xC9, 0xC9, 0xC9, 0xC9, 0xC9, 0xC9,
        0xC9, 0xC9, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75,
        0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D,
        0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5E,
    ],
    &[
        0x65, 0x88, 0x84, 0x04, 0xFC, 0x98, 0xA0, 0x00, 0x3B, 0xBF, 0x27, 0x27, 0x27, 0x27, 0x27, 0x27, 0x27,
        0x27, 0x27, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7,
        0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x75,
        0xD7, 0x5D, 0x75, 0xD7, 0x5D, 0x78,
    ],
];
/// One silent AAC LC frame in stereo.
const SILENCE: [u8; 6] = [0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C];

/// The stream as one player sees it.
#[derive(Debug)]
pub(super) struct Synthetic {
    msid: u32,
    began: Duration,
    pictures: u64,
    sounds: u64,
    /// Paused since.
    pub paused: bool,
}

impl Synthetic {
    pub fn new(msid: u32, now: Duration) -> Self {
        Self { msid, began: now, pictures: 0, sounds: 0, paused: false }
    }

    pub fn msid(&self) -> u32 {
        self.msid
    }

    /// Metadata and sequence headers.
    pub fn opening(&self) -> Vec<Msg> {
        let metadata = crate::pen::command::data(
            self.msid,
            "onMetaData",
            &[crate::pen::amf::text("onMetaData"), media::metadata_array()],
        );
        let mut video = media::avc_header().for_stream(self.msid);
        video.body.truncate(5);
        video.body.extend(AVC_CONFIG);
        vec![metadata, video, media::aac_header().for_stream(self.msid)]
    }

    /// When the next message is due.
    pub fn due(&self) -> Option<Duration> {
        (!self.paused).then(|| self.began + self.picture_at().min(self.sound_at()))
    }

    /// What is due by now, bounded.
    pub fn messages(&mut self, now: Duration) -> Vec<Msg> {
        let mut out = Vec::new();
        while self.due().is_some_and(|due| due <= now) && out.len() < AT_ONCE {
            let picture = self.picture_at() <= self.sound_at();
            let ts = millis(if picture { self.picture_at() } else { self.sound_at() });
            let (kind, csid, body) = if picture {
                self.pictures += 1;
                (9, media::VIDEO_CSID, black(self.pictures))
            } else {
                self.sounds += 1;
                (8, media::AUDIO_CSID, [&[0xAF, 1][..], &SILENCE].concat())
            };
            out.push(Msg { csid, ts, kind, msid: self.msid, body, label: String::new() });
        }
        if let Some(due) = self.due().filter(|due| *due + Duration::from_secs(1) < now) {
            self.began += now - due;
        }
        out
    }

    /// Goes on after a pause.
    pub fn resume(&mut self, now: Duration) {
        self.paused = false;
        self.began = now.saturating_sub(self.picture_at().min(self.sound_at()));
    }

    fn picture_at(&self) -> Duration {
        PICTURE * u32::try_from(self.pictures).unwrap_or(u32::MAX)
    }

    fn sound_at(&self) -> Duration {
        Duration::from_micros(self.sounds * AUDIO_SAMPLES * 1_000_000 / SAMPLE_RATE)
    }
}

/// A key frame message: the picture, then filler data (ISO 14496-10 7.3.2.7).
fn black(n: u64) -> Vec<u8> {
    let picture = BLACK[usize::from(n.is_multiple_of(2))];
    let mut body = vec![0x17, 1, 0, 0, 0];
    let mut unit = |bytes: &[u8]| {
        body.extend(u32::try_from(bytes.len()).unwrap_or(0).to_be_bytes());
        body.extend(bytes);
    };
    unit(picture);
    let mut filler = vec![0xFF; PICTURE_LEN - picture.len() - 14];
    filler[0] = 0x0C;
    filler.push(0x80);
    unit(&filler);
    body
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis() & 0xFFFF_FFFF).unwrap_or(0)
}
