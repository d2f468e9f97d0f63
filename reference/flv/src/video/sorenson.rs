//! Sorenson H.263: the header of a picture, which is a variant of that of ITU-T H.263.

use alloc::vec::Vec;

use super::PictureSize;
use crate::{HeaderError, HeaderErrorKind, Unencodable};

/// Picture type, of two bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PictureType(pub u8);

impl PictureType {
    /// Needs no other picture.
    pub const INTRA: Self = Self(0);
    /// Needs the one before.
    pub const INTER: Self = Self(1);
    /// Needs the one before, and no other needs it.
    pub const DISPOSABLE_INTER: Self = Self(2);
}

/// Start of a Sorenson H.263 picture, up to the quantizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SorensonHeader {
    /// Format version, of five bits: 0 or 1.
    pub version: u8,
    /// Running number of the picture.
    pub temporal_reference: u8,
    /// Size of the picture; `None` for the reserved size code 7.
    pub size: Option<PictureSize>,
    /// Picture type.
    pub picture: PictureType,
    /// Whether the deblocking filter is wanted.
    pub deblocking: bool,
    /// Quantizer, of five bits.
    pub quantizer: u8,
}

/// Sizes of the codes 2 to 6; 0 and 1 are followed by sides of 8 and of 16 bits.
const SIZES: [PictureSize; 5] = [
    PictureSize::new(352, 288),
    PictureSize::new(176, 144),
    PictureSize::new(128, 96),
    PictureSize::new(320, 240),
    PictureSize::new(160, 120),
];

const FIELD: &str = "Sorenson H.263 picture header";
/// Bits before the size: start code, version, temporal reference.
const START_CODE: u32 = 17;

impl SorensonHeader {
    /// The header at the start of a picture.
    ///
    /// # Errors
    /// The start code is missing, or the body ends inside the header.
    pub fn decode(body: &[u8]) -> Result<Self, HeaderError> {
        let mut bits = Bits::new(body);
        let start = bits.take(START_CODE)?;
        if start != 1 {
            let kind = HeaderErrorKind::Invalid { field: "Sorenson H.263 start code", value: start };
            return Err(HeaderError { kind, offset: 0 });
        }
        let version = bits.take(5)? as u8;
        let temporal_reference = bits.take(8)? as u8;
        let size = match bits.take(3)? {
            0 => Some(PictureSize::new(bits.take(8)? as u16, bits.take(8)? as u16)),
            1 => Some(PictureSize::new(bits.take(16)? as u16, bits.take(16)? as u16)),
            code => SIZES.get(code as usize - 2).copied(),
        };
        Ok(Self {
            version,
            temporal_reference,
            size,
            picture: PictureType(bits.take(2)? as u8),
            deblocking: bits.take(1)? == 1,
            quantizer: bits.take(5)? as u8,
        })
    }

    /// Appends the header with the shortest code for the size. Bits up to the end of the last byte
    /// are 0: the extra information flag, which ends it, and the first bits of the picture.
    ///
    /// # Errors
    /// A field has too many bits.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        if self.version > 31 || self.picture.0 > 3 || self.quantizer > 31 {
            return Err(Unencodable("version and quantizer have five bits, a picture type two"));
        }
        let mut value = 1u128 << (128 - START_CODE);
        let mut end = START_CODE;
        let mut put = |bits: u32, field: u32| {
            end += bits;
            value |= u128::from(field) << (128 - end);
        };
        put(5, self.version.into());
        put(8, self.temporal_reference.into());
        match self.size {
            None => put(3, 7),
            Some(size) => match SIZES.iter().position(|known| *known == size) {
                Some(code) => put(3, code as u32 + 2),
                None => {
                    let long = size.width.max(size.height) > 0xFF;
                    put(3, long.into());
                    let side = if long { 16 } else { 8 };
                    put(side, size.width.into());
                    put(side, size.height.into());
                }
            },
        }
        put(2, self.picture.0.into());
        put(1, self.deblocking.into());
        put(5, self.quantizer.into());
        put(1, 0);
        out.extend_from_slice(&value.to_be_bytes()[..end.div_ceil(8) as usize]);
        Ok(())
    }
}

/// The first 16 bytes as bits, which is more than a header has.
struct Bits {
    value: u128,
    left: u32,
    bytes: usize,
}

impl Bits {
    fn new(body: &[u8]) -> Self {
        let bytes = body.len().min(16);
        let mut value = [0; 16];
        value[..bytes].copy_from_slice(&body[..bytes]);
        Self { value: u128::from_be_bytes(value), left: bytes as u32 * 8, bytes }
    }

    fn take(&mut self, bits: u32) -> Result<u32, HeaderError> {
        if bits > self.left {
            let needed = self.bytes + 1;
            let kind = HeaderErrorKind::Truncated { field: FIELD, needed, left: self.bytes };
            return Err(HeaderError { kind, offset: 0 });
        }
        self.left -= bits;
        let taken = (self.value >> (128 - bits)) as u32;
        self.value <<= bits;
        Ok(taken)
    }
}
