//! JPEG pictures under codec id 1, a dialect: each body is a whole JPEG file.

use super::PictureSize;

/// The size in the frame header (ITU-T T.81 B.2.2), found by following the segments before it.
pub(super) fn picture_size(body: &[u8]) -> Option<PictureSize> {
    let mut rest = body.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let [0xFF, marker, after @ ..] = rest else { return None };
        match marker {
            // A fill byte.
            0xFF => rest = &rest[1..],
            // Markers without a segment; after the start of a scan there is no more to follow.
            0x01 | 0xD0..=0xD7 => rest = after,
            0xD8..=0xDA => return None,
            // Frame headers; C4, C8 and CC are tables and an extension.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let [_, _, _, h1, h0, w1, w0, ..] = after else { return None };
                return Some(PictureSize {
                    width: u16::from_be_bytes([*w1, *w0]),
                    height: u16::from_be_bytes([*h1, *h0]),
                });
            }
            _ => {
                let [high, low, ..] = after else { return None };
                let len = usize::from(u16::from_be_bytes([*high, *low]));
                rest = after.get(len.max(2)..)?;
            }
        }
    }
}
