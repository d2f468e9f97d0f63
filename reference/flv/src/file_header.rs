//! The header of a file (FLV E.2).

use nom::IResult;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u32};

use crate::ErrorKind;

/// The first nine bytes of a file, after the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileHeader {
    /// Bit 2 says that audio tags are present, bit 0 video tags; all others are 0.
    pub flags: u8,
    /// Length of the header in bytes: 9 in version 1. Readers skip to it.
    pub data_offset: u32,
}

const VERSION: u8 = 1;
const AUDIO: u8 = 0b100;
const VIDEO: u8 = 0b001;

impl FileHeader {
    /// Length in bytes of the header of version 1.
    pub const LEN: usize = 9;

    pub(crate) const SIGNATURE: [u8; 3] = *b"FLV";

    /// A header of version 1.
    #[must_use]
    pub const fn new(audio: bool, video: bool) -> Self {
        let flags = if audio { AUDIO } else { 0 } | if video { VIDEO } else { 0 };
        Self { flags, data_offset: Self::LEN as u32 }
    }

    /// Whether audio tags are announced. Files exist where this is wrong.
    #[must_use]
    pub const fn has_audio(self) -> bool {
        self.flags & AUDIO != 0
    }

    /// Whether video tags are announced. Files exist where this is wrong.
    #[must_use]
    pub const fn has_video(self) -> bool {
        self.flags & VIDEO != 0
    }

    /// The flags that are neither audio nor video; 0 in a good file.
    #[must_use]
    pub const fn reserved_flags(self) -> u8 {
        self.flags & !(AUDIO | VIDEO)
    }

    /// The header in bytes. A data offset above 9 promises that many bytes before the first
    /// previous-tag size; they are not part of this array.
    #[must_use]
    pub fn encode(self) -> [u8; Self::LEN] {
        let [a, b, c, d] = self.data_offset.to_be_bytes();
        [b'F', b'L', b'V', VERSION, self.flags, a, b, c, d]
    }

    /// Reads a header. Flags are taken as they are.
    ///
    /// # Errors
    /// [`ErrorKind::NotFlv`], [`ErrorKind::UnknownVersion`] or [`ErrorKind::DataOffset`].
    pub fn decode(bytes: &[u8; Self::LEN]) -> Result<Self, ErrorKind> {
        let parsed: IResult<&[u8], _, ()> = (take(Self::SIGNATURE.len()), be_u8, be_u8, be_u32).parse(bytes);
        let (_, (signature, version, flags, data_offset)) = parsed.map_err(|_| ErrorKind::NotFlv)?;
        if signature != Self::SIGNATURE {
            return Err(ErrorKind::NotFlv);
        }
        if version != VERSION {
            return Err(ErrorKind::UnknownVersion(version));
        }
        if (data_offset as usize) < Self::LEN {
            return Err(ErrorKind::DataOffset(data_offset));
        }
        Ok(Self { flags, data_offset })
    }
}
