//! VP6 with and without alpha channel: what FLV puts before a picture, and the size in a key frame.

use alloc::vec::Vec;

use super::PictureSize;
use crate::cursor::Cursor;
use crate::{HeaderError, HeaderErrorKind, Unencodable};

/// The adjustment byte before every VP6 picture: by how much the picture is smaller than its
/// macroblocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Vp6Crop {
    /// Pixels to cut from the width, 0 to 15.
    pub horizontal: u8,
    /// Pixels to cut from the height, 0 to 15.
    pub vertical: u8,
}

impl Vp6Crop {
    /// The byte at the start of a body and the picture after it.
    ///
    /// # Errors
    /// The body is empty.
    pub fn decode(body: &[u8]) -> Result<(Self, &[u8]), HeaderError> {
        let mut cursor = Cursor::new(body);
        Ok((Self::read(&mut cursor)?, cursor.rest()))
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, HeaderError> {
        let byte = cursor.u8("VP6 adjustment")?;
        Ok(Self { horizontal: byte >> 4, vertical: byte & 0x0F })
    }

    /// Appends the byte.
    ///
    /// # Errors
    /// A value is over 15.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        if self.horizontal > 15 || self.vertical > 15 {
            return Err(Unencodable("a VP6 adjustment is at most 15"));
        }
        out.push(self.horizontal << 4 | self.vertical);
        Ok(())
    }

    /// The size to show of a picture of the size `coded`.
    #[must_use]
    pub fn apply(self, coded: PictureSize) -> PictureSize {
        PictureSize {
            width: coded.width.saturating_sub(self.horizontal.into()),
            height: coded.height.saturating_sub(self.vertical.into()),
        }
    }
}

/// What stands before the two pictures of VP6 with alpha: the colours, then the alpha channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Vp6Alpha {
    /// The adjustment of both pictures.
    pub crop: Vp6Crop,
    /// Offset of the alpha picture in bytes from the start of the colour picture, of 24 bits.
    pub alpha_offset: u32,
}

impl Vp6Alpha {
    /// The four bytes at the start of a body and the pictures after them. The offset is not
    /// compared with what is there: [`Vp6Alpha::split`] does that.
    ///
    /// # Errors
    /// The body has fewer bytes.
    pub fn decode(body: &[u8]) -> Result<(Self, &[u8]), HeaderError> {
        let mut cursor = Cursor::new(body);
        let crop = Vp6Crop::read(&mut cursor)?;
        let alpha_offset = cursor.u24("VP6 alpha offset")?;
        Ok((Self { crop, alpha_offset }, cursor.rest()))
    }

    /// The colour picture and the alpha picture. `None` if the offset leads out of the body.
    #[must_use]
    pub fn split<'a>(&self, pictures: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        pictures.split_at_checked(self.alpha_offset as usize)
    }

    /// Appends the four bytes.
    ///
    /// # Errors
    /// A value has too many bits.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let [0, offset @ ..] = self.alpha_offset.to_be_bytes() else {
            return Err(Unencodable("a VP6 alpha offset has 24 bits"));
        };
        self.crop.encode(out)?;
        out.extend_from_slice(&offset);
        Ok(())
    }
}

/// What the header of a VP6 key frame says of sizes, in macroblocks of 16 by 16 pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Vp6KeyFrame {
    /// Rows that are coded.
    pub rows: u8,
    /// Columns that are coded.
    pub columns: u8,
}

impl Vp6KeyFrame {
    /// Reads the header of a picture.
    ///
    /// # Errors
    /// The picture is no key frame or ends inside the header.
    pub fn decode(picture: &[u8]) -> Result<Self, HeaderError> {
        let mut cursor = Cursor::new(picture);
        let first = cursor.u8("VP6 frame header")?;
        if first & 0x80 != 0 {
            let kind = HeaderErrorKind::Invalid { field: "VP6 frame mode of a key frame", value: 1 };
            return Err(HeaderError { kind, offset: 0 });
        }
        let second = cursor.u8("VP6 frame header")?;
        // The offset of the second partition: with separated coefficients, and in the simple profile.
        if first & 0x01 != 0 || second & 0x06 == 0 {
            cursor.u16("VP6 partition offset")?;
        }
        Ok(Self { rows: cursor.u8("VP6 rows")?, columns: cursor.u8("VP6 columns")? })
    }

    /// Size of the coded picture in pixels, before [`Vp6Crop::apply`].
    #[must_use]
    pub fn coded_size(&self) -> PictureSize {
        PictureSize { width: u16::from(self.columns) * 16, height: u16::from(self.rows) * 16 }
    }
}
