//! Opus packets in the body of coded frames: one for each stream (E-RTMP v2 "Enhanced Audio"; RFC 6716
//! 3 and appendix B).

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::{HeaderError, HeaderErrorKind, Unencodable};

/// The most bytes of a frame (RFC 6716 3.4, R2).
pub const MAX_OPUS_FRAME: usize = 1_275;

/// The longest duration of a packet in samples at 48 kHz: 120 ms (RFC 6716 3.4, R5).
pub const MAX_OPUS_DURATION: u32 = 5_760;

/// One packet of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpusPacket<'a> {
    /// Mode, bandwidth and frame size, of five bits (RFC 6716 table 2).
    pub config: u8,
    /// Two channels.
    pub stereo: bool,
    /// How the frames are packed.
    pub packing: OpusPacking,
    /// The frames; one without bytes was not transmitted.
    pub frames: Vec<&'a [u8]>,
}

/// The code of a packet (RFC 6716 3.2.2 to 3.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpusPacking {
    /// Code 0: one frame.
    One,
    /// Code 1: two frames of the same length.
    TwoEqual,
    /// Code 2: two frames.
    Two,
    /// Code 3: a count of frames.
    Counted {
        /// The frames have lengths of their own, rather than the same.
        vbr: bool,
        /// Bytes of padding behind the frames, if the packet says that there is some.
        padding: Option<usize>,
    },
}

const DURATION: &str = "Opus packet duration";
const FRAME_LENGTH: &str = "Opus frame length";

impl<'a> OpusPacket<'a> {
    /// The packets of a body with so many streams: all but the last delimit themselves (RFC 6716
    /// appendix B). What [`crate::config::OpusMapping::streams`] says, or 1 without a mapping.
    ///
    /// # Errors
    /// There are no streams, a packet breaks a rule of RFC 6716 3.4, or the packets last differently
    /// long, which E-RTMP v2 does not allow.
    pub fn decode_streams(body: &'a [u8], streams: u8) -> Result<Vec<Self>, HeaderError> {
        let mut cursor = Cursor::new(body);
        if streams == 0 {
            return Err(invalid(&cursor, "Opus stream count", 0));
        }
        let mut packets: Vec<Self> = Vec::new();
        for stream in 1..=streams {
            let at = cursor.clone();
            let packet = Self::decode(&mut cursor, stream < streams)?;
            let duration = packet.duration();
            if packets.first().is_some_and(|first| first.duration() != duration) {
                return Err(invalid(&at, DURATION, duration as usize));
            }
            packets.push(packet);
        }
        Ok(packets)
    }

    /// Appends a body with one packet for each stream.
    ///
    /// # Errors
    /// There is no packet, they last differently long, or one of them has no form on the wire. Nothing
    /// is appended then.
    pub fn encode_streams(packets: &[Self], out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let before = out.len();
        let written = Self::encode_all(packets, out);
        if written.is_err() {
            out.truncate(before);
        }
        written
    }

    /// Samples at 48 kHz.
    #[must_use]
    pub fn duration(&self) -> u32 {
        frame_duration(self.config).saturating_mul(self.frames.len() as u32)
    }

    fn decode(cursor: &mut Cursor<'a>, delimited: bool) -> Result<Self, HeaderError> {
        let at = cursor.clone();
        let toc = cursor.u8("Opus TOC")?;
        let (config, stereo) = (toc >> 3, toc & 4 != 0);
        let (packing, count) = match toc & 3 {
            0 => (OpusPacking::One, 1),
            1 => (OpusPacking::TwoEqual, 2),
            2 => (OpusPacking::Two, 2),
            _ => {
                let byte = cursor.u8("Opus frame count")?;
                let padding = if byte & 0x40 != 0 { Some(padding_length(cursor)?) } else { None };
                (OpusPacking::Counted { vbr: byte & 0x80 != 0, padding }, usize::from(byte & 0x3F))
            }
        };
        let duration = frame_duration(config) * count as u32;
        if duration == 0 || duration > MAX_OPUS_DURATION {
            return Err(invalid(&at, DURATION, duration as usize));
        }
        let lengths = packing.lengths(cursor, count, delimited)?;
        let mut frames = Vec::with_capacity(count);
        for len in lengths {
            if len > MAX_OPUS_FRAME {
                return Err(invalid(cursor, FRAME_LENGTH, len));
            }
            frames.push(cursor.take(len, "Opus frame")?);
        }
        cursor.take(packing.padding(), "Opus padding")?;
        Ok(Self { config, stereo, packing, frames })
    }

    fn encode_all(packets: &[Self], out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let Some((last, others)) = packets.split_last() else {
            return Err(Unencodable("an Opus body has a packet"));
        };
        for packet in others {
            if packet.duration() != last.duration() {
                return Err(Unencodable("Opus packets of a body last equally long"));
            }
            packet.encode(true, out)?;
        }
        last.encode(false, out)
    }

    fn encode(&self, delimited: bool, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let count = self.frames.len();
        let equal = self.frames.iter().all(|frame| frame.len() == self.frames[0].len());
        let fits = match self.packing {
            OpusPacking::One => count == 1,
            OpusPacking::TwoEqual => count == 2 && equal,
            OpusPacking::Two => count == 2,
            OpusPacking::Counted { vbr, .. } => (1..=48).contains(&count) && (vbr || equal),
        };
        if !fits || self.config > 31 || self.duration() > MAX_OPUS_DURATION {
            return Err(Unencodable("configuration, packing and frames of an Opus packet do not fit"));
        }
        if self.frames.iter().any(|frame| frame.len() > MAX_OPUS_FRAME) {
            return Err(Unencodable("an Opus frame has at most 1,275 bytes"));
        }
        out.push(self.config << 3 | u8::from(self.stereo) << 2 | self.packing.code());
        if let OpusPacking::Counted { vbr, padding } = self.packing {
            out.push(u8::from(vbr) << 7 | u8::from(padding.is_some()) << 6 | count as u8);
            let mut left = padding;
            while let Some(padding) = left {
                out.push(padding.min(255) as u8);
                left = if padding >= 255 { Some(padding - 254) } else { None };
            }
        }
        let stated = self.packing.stated(count, delimited);
        for frame in &self.frames[..stated] {
            push_length(frame.len(), out);
        }
        self.frames.iter().for_each(|frame| out.extend_from_slice(frame));
        out.resize(out.len() + self.packing.padding(), 0);
        Ok(())
    }
}

impl OpusPacking {
    fn code(self) -> u8 {
        match self {
            Self::One => 0,
            Self::TwoEqual => 1,
            Self::Two => 2,
            Self::Counted { .. } => 3,
        }
    }

    fn padding(self) -> usize {
        match self {
            Self::Counted { padding, .. } => padding.unwrap_or(0),
            _ => 0,
        }
    }

    fn is_equal(self) -> bool {
        matches!(self, Self::One | Self::TwoEqual | Self::Counted { vbr: false, .. })
    }

    /// How many lengths stand in the packet. A packet that delimits itself has one more.
    fn stated(self, count: usize, delimited: bool) -> usize {
        let own = if self.is_equal() { 0 } else { count - 1 };
        own + usize::from(delimited)
    }

    /// The length of each frame.
    fn lengths(
        self,
        cursor: &mut Cursor<'_>,
        count: usize,
        delimited: bool,
    ) -> Result<Vec<usize>, HeaderError> {
        let mut lengths = Vec::with_capacity(count);
        for _ in 0..self.stated(count, delimited) {
            lengths.push(frame_length(cursor)?);
        }
        if !delimited {
            let taken = lengths.iter().sum::<usize>().saturating_add(self.padding());
            let left = cursor.rest().len();
            let Some(left) = left.checked_sub(taken) else {
                let kind = HeaderErrorKind::Truncated { field: "Opus frame", needed: taken, left };
                return Err(cursor.error(kind));
            };
            let shares = if self.is_equal() { count } else { 1 };
            if left % shares != 0 {
                return Err(invalid(cursor, FRAME_LENGTH, left));
            }
            lengths.push(left / shares);
        }
        if let (true, Some(len)) = (self.is_equal(), lengths.last().copied()) {
            lengths.resize(count, len);
        }
        Ok(lengths)
    }
}

/// Samples at 48 kHz of a frame (RFC 6716 table 2).
fn frame_duration(config: u8) -> u32 {
    match config & 31 {
        silk @ 0..=11 => [480, 960, 1_920, 2_880][usize::from(silk & 3)],
        hybrid @ 12..=15 => [480, 960][usize::from(hybrid & 1)],
        celt => 120 << (celt & 3),
    }
}

/// A length of one or two bytes (RFC 6716 3.2.1).
fn frame_length(cursor: &mut Cursor<'_>) -> Result<usize, HeaderError> {
    let first = usize::from(cursor.u8(FRAME_LENGTH)?);
    if first < 252 { Ok(first) } else { Ok(first + 4 * usize::from(cursor.u8(FRAME_LENGTH)?)) }
}

fn push_length(len: usize, out: &mut Vec<u8>) {
    if len < 252 {
        out.push(len as u8);
    } else {
        let first = 252 + (len & 3);
        out.extend_from_slice(&[first as u8, ((len - first) / 4) as u8]);
    }
}

/// The length of the padding (RFC 6716 3.2.5): each byte of 255 stands for 254, and goes on.
fn padding_length(cursor: &mut Cursor<'_>) -> Result<usize, HeaderError> {
    let mut len = 0;
    loop {
        match cursor.u8("Opus padding length")? {
            255 => len += 254,
            last => return Ok(len + usize::from(last)),
        }
    }
}

fn invalid(cursor: &Cursor<'_>, field: &'static str, value: usize) -> HeaderError {
    cursor.error(HeaderErrorKind::Invalid { field, value: u32::try_from(value).unwrap_or(u32::MAX) })
}
