//! Screen Video and Screen Video 2: the header that both have in common.

use alloc::vec::Vec;

use super::PictureSize;
use crate::cursor::Cursor;
use crate::{HeaderError, Unencodable};

/// Start of a Screen Video picture, whose compressed blocks follow; in version 2 after a byte of
/// flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScreenHeader {
    /// Size of the picture, each side at most 4,095.
    pub size: PictureSize,
    /// Width of a block in pixels: a multiple of 16 from 16 to 256.
    pub block_width: u16,
    /// Height of a block in pixels, in the same bounds.
    pub block_height: u16,
}

impl ScreenHeader {
    /// The header at the start of a picture and what follows it.
    ///
    /// # Errors
    /// There are fewer than 4 bytes.
    pub fn decode(body: &[u8]) -> Result<(Self, &[u8]), HeaderError> {
        let mut cursor = Cursor::new(body);
        let mut side = || {
            let side = cursor.u16("Screen Video header")?;
            Ok(((side >> 12) * 16 + 16, side & 0xFFF))
        };
        let (block_width, width) = side()?;
        let (block_height, height) = side()?;
        Ok((Self { size: PictureSize { width, height }, block_width, block_height }, cursor.rest()))
    }

    /// Appends the header.
    ///
    /// # Errors
    /// A side is out of its bounds.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let side = |block: u16, side: u16| {
            if !block.is_multiple_of(16) || !(16..=256).contains(&block) || side > 0xFFF {
                return Err(Unencodable("a side has 12 bits, a block 16, 32, ... 256 pixels"));
            }
            Ok(((block / 16 - 1) << 12 | side).to_be_bytes())
        };
        let width = side(self.block_width, self.size.width)?;
        let height = side(self.block_height, self.size.height)?;
        out.extend_from_slice(&width);
        out.extend_from_slice(&height);
        Ok(())
    }
}
