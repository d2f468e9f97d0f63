//! ModEx: parts before the body of an extended header that modify the message (E-RTMP v2 "Enhanced
//! Audio", "Enhanced Video").

use alloc::vec::Vec;
use core::fmt;

use crate::cursor::Cursor;
use crate::{HeaderError, HeaderErrorKind, Unencodable};

/// How many ModEx parts a header may have. One type is defined, and a second part of it would
/// replace the first, so this leaves room for what is to come.
pub const MAX_MOD_EX: usize = 16;

/// The longest data of a ModEx part in bytes.
pub const MAX_MOD_EX_DATA: usize = 0x1_0000;

/// The largest nanosecond offset that a sender may state; more is a millisecond of its own.
pub const MAX_NANO_OFFSET: u32 = 999_999;

/// The packet type that announces a ModEx part, in audio and in video.
pub(crate) const MOD_EX: u8 = 7;

/// Type of a ModEx part, of four bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ModExType(pub u8);

impl ModExType {
    /// Nanoseconds to add to the presentation time of this message, in 24 bits. The RTMP timestamp
    /// stays as it is.
    pub const TIMESTAMP_OFFSET_NANO: Self = Self(0);
}

/// One part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModEx<'a> {
    /// What the data is. Unknown types are skipped by their length.
    pub kind: ModExType,
    /// 1 to 65,536 bytes.
    pub data: &'a [u8],
}

impl ModEx<'_> {
    /// The offset in ns of a part of type [`ModExType::TIMESTAMP_OFFSET_NANO`]: the first three
    /// bytes, as they are, even above [`MAX_NANO_OFFSET`]. `None` for other types, and for data
    /// shorter than the three bytes that it must have.
    #[must_use]
    pub fn nano_offset(&self) -> Option<u32> {
        match (self.kind, self.data) {
            (ModExType::TIMESTAMP_OFFSET_NANO, [a, b, c, ..]) => Some(u32::from_be_bytes([0, *a, *b, *c])),
            _ => None,
        }
    }
}

/// The parts of one header, as they stand on the wire. Empty for most headers.
///
/// Two lists are equal if their parts are, whatever form their lengths are written in.
#[derive(Clone, Copy, Default)]
pub struct ModExList<'a> {
    /// Length, data and type of each part. The low four bits of the last byte, the packet type that
    /// follows, belong to the header.
    bytes: &'a [u8],
}

impl<'a> ModExList<'a> {
    /// No parts.
    pub const EMPTY: Self = Self { bytes: &[] };

    /// The parts in their order.
    pub fn iter(&self) -> impl Iterator<Item = ModEx<'a>> + use<'a> {
        let mut cursor = Cursor::new(self.bytes);
        core::iter::from_fn(move || part(&mut cursor).ok().map(|(part, _)| part))
    }

    /// Whether there is no part.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Length on the wire in bytes.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        self.bytes.len()
    }

    /// Nanoseconds to add to the presentation time of this message; of several, the last.
    #[must_use]
    pub fn nano_offset(&self) -> Option<u32> {
        if self.is_empty() {
            return None;
        }
        self.iter().filter_map(|part| part.nano_offset()).last()
    }

    /// Reads parts up to a packet type other than ModEx, and returns that one.
    pub(crate) fn decode(cursor: &mut Cursor<'a>, mut packet: u8) -> Result<(Self, u8), HeaderError> {
        if packet != MOD_EX {
            return Ok((Self::EMPTY, packet));
        }
        let start = cursor.clone();
        let mut count = 0;
        while packet == MOD_EX {
            count += 1;
            if count > MAX_MOD_EX {
                return Err(cursor.error(HeaderErrorKind::TooManyModEx));
            }
            (_, packet) = part(cursor)?;
        }
        let bytes = &start.rest()[..cursor.offset() - start.offset()];
        Ok((Self { bytes }, packet))
    }

    /// Writes the first byte of an extended header, whose high four bits are `high`, and the parts.
    pub(crate) fn encode(&self, high: u8, packet: u8, out: &mut Vec<u8>) {
        let Some((types, parts)) = self.bytes.split_last() else {
            out.push(high | packet);
            return;
        };
        out.push(high | MOD_EX);
        out.extend_from_slice(parts);
        out.push(types & 0xF0 | packet);
    }
}

impl PartialEq for ModExList<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for ModExList<'_> {}

impl fmt::Debug for ModExList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Length, data, and the byte of type and next packet type.
fn part<'a>(cursor: &mut Cursor<'a>) -> Result<(ModEx<'a>, u8), HeaderError> {
    let mut len = usize::from(cursor.u8("ModEx length")?) + 1;
    // 256 is no length: it says that 16 bits follow (errata E-62).
    if len == 256 {
        len = usize::from(cursor.u16("ModEx length")?) + 1;
    }
    let data = cursor.take(len, "ModEx data")?;
    let types = cursor.u8("ModEx type")?;
    Ok((ModEx { kind: ModExType(types >> 4), data }, types & 0x0F))
}

/// Parts on their way into a header.
///
/// ```
/// use rtmp_flv::{FourCc, ModExBuf, video};
///
/// let mut parts = ModExBuf::new();
/// parts.push_nano_offset(500_000)?;
/// let header = video::Header {
///     mod_ex: parts.list(),
///     ..video::Header::enhanced(video::FrameType::KEY, FourCc::AVC, video::PacketType::CodedFramesX)
/// };
/// let mut payload = Vec::new();
/// header.encode(&mut payload)?;
/// assert_eq!(payload, b"\x97\x02\x07\xa1\x20\x03avc1");
/// # Ok::<(), rtmp_flv::Unencodable>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ModExBuf {
    bytes: Vec<u8>,
    count: usize,
}

impl ModExBuf {
    /// No parts.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), count: 0 }
    }

    /// Adds a part.
    ///
    /// # Errors
    /// The data has no byte or more than [`MAX_MOD_EX_DATA`], the type has more than four bits, or
    /// there are [`MAX_MOD_EX`] parts already.
    pub fn push(&mut self, part: ModEx<'_>) -> Result<(), Unencodable> {
        let len = part.data.len();
        if len == 0 || len > MAX_MOD_EX_DATA {
            return Err(Unencodable("the data of a ModEx part has 1 to 65,536 bytes"));
        }
        if part.kind.0 > 0x0F {
            return Err(Unencodable("the type of a ModEx part has four bits"));
        }
        if self.count == MAX_MOD_EX {
            return Err(Unencodable("too many ModEx parts"));
        }
        self.count += 1;
        let minus_one = (len - 1) as u16;
        match u8::try_from(minus_one) {
            Ok(short) if short != u8::MAX => self.bytes.push(short),
            _ => {
                self.bytes.push(u8::MAX);
                self.bytes.extend_from_slice(&minus_one.to_be_bytes());
            }
        }
        self.bytes.extend_from_slice(part.data);
        self.bytes.push(part.kind.0 << 4 | MOD_EX);
        Ok(())
    }

    /// Adds a nanosecond offset.
    ///
    /// # Errors
    /// It is over [`MAX_NANO_OFFSET`], or as [`ModExBuf::push`].
    pub fn push_nano_offset(&mut self, nanos: u32) -> Result<(), Unencodable> {
        if nanos > MAX_NANO_OFFSET {
            return Err(Unencodable("a nanosecond offset is at most 999,999"));
        }
        let [_, data @ ..] = nanos.to_be_bytes();
        self.push(ModEx { kind: ModExType::TIMESTAMP_OFFSET_NANO, data: &data })
    }

    /// The parts, for a header.
    #[must_use]
    pub fn list(&self) -> ModExList<'_> {
        ModExList { bytes: &self.bytes }
    }
}
