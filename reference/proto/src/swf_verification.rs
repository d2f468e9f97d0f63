//! SWF verification: a server asks whether a player was loaded from a SWF file that it knows (SWFV-001 to
//! SWFV-006).
//!
//! The request is user control event 26 with one byte, the kind 1; the answer is event 27 with a
//! [`SwfResponse`]. Its proof is HMAC-SHA256 over the file's hash, keyed with the last 32 bytes of S1, so
//! both need the handshake with digests. Whoever has the file, or its hash, can answer: this authenticates
//! nobody.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::handshake::{PLAYER_KEY, PLAYER_NAME_LEN, hmac_sha256, is_hmac_sha256};
use crate::{DecodeError, UserControl};

/// Event type of the request (RTMP 6.2 leaves it unassigned).
pub(crate) const REQUEST: u16 = 26;
/// Event type of the response.
pub(crate) const RESPONSE: u16 = 27;
/// The only kind of verification there is.
const KIND: u8 = 1;

/// What a server knows of a SWF file, and a player of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SwfHash {
    /// Length of the uncompressed file in bytes.
    pub size: u32,
    /// HMAC-SHA256 over the uncompressed file, keyed with the 30 bytes `Genuine Adobe Flash Player 001`
    /// (SWFV-004).
    pub hash: [u8; 32],
}

/// Why a file has no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SwfError {
    /// It does not begin with the 8 bytes of a SWF header.
    NotSwf,
    /// It is compressed in a way that this build does not read: LZMA, or zlib without the feature `swf`.
    Compression,
    /// The compressed part is broken or cut off.
    Corrupt,
    /// Uncompressed it is longer than allowed.
    TooLong {
        /// The greatest length in bytes.
        maximum: u32,
    },
}

impl core::fmt::Display for SwfError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NotSwf => f.write_str("this is no SWF file"),
            Self::Compression => f.write_str("the compression of this SWF file is not supported"),
            Self::Corrupt => f.write_str("the SWF file is broken or cut off"),
            Self::TooLong { maximum } => write!(f, "the SWF file is longer than {maximum} bytes"),
        }
    }
}

impl core::error::Error for SwfError {}

/// Length of a SWF file's header that is never compressed.
const HEADER_LEN: usize = 8;

impl SwfHash {
    /// Hashes a SWF file: uncompressed (`FWS`) or, with the feature `swf`, compressed with zlib (`CWS`). The
    /// uncompressed form is hashed as it arises and never held; `maximum` bounds its length in bytes.
    ///
    /// # Errors
    /// See [`SwfError`]. The length that the file declares is not compared.
    pub fn of(file: &[u8], maximum: u32) -> Result<Self, SwfError> {
        let Some((header, body)) = file.split_first_chunk::<HEADER_LEN>() else {
            return Err(SwfError::NotSwf);
        };
        let mut hasher = Hasher::new(maximum);
        // The hash is that of the uncompressed form, signature included.
        let mut uncompressed = *header;
        uncompressed[0] = b'F';
        hasher.update(&uncompressed)?;
        match &header[..3] {
            b"FWS" => hasher.update(body)?,
            b"CWS" => inflate(body, &mut hasher)?,
            b"ZWS" => return Err(SwfError::Compression),
            _ => return Err(SwfError::NotSwf),
        }
        Ok(Self { size: hasher.size, hash: hasher.mac.finalize().into_bytes().into() })
    }

    /// What a player with this file answers. `key` is the last 32 bytes of S1.
    #[must_use]
    pub fn response(&self, key: &[u8; 32]) -> SwfResponse {
        SwfResponse { kind: KIND, sizes: [self.size; 2], proof: hmac_sha256(key, &[&self.hash]) }
    }

    /// Whether `response` proves that the player has this file. `key` is the last 32 bytes of S1.
    #[must_use]
    pub fn is_proved_by(&self, response: &SwfResponse, key: &[u8; 32]) -> bool {
        response.sizes == [self.size; 2] && is_hmac_sha256(key, &[&self.hash], &response.proof)
    }
}

struct Hasher {
    mac: Hmac<Sha256>,
    size: u32,
    maximum: u32,
}

impl Hasher {
    fn new(maximum: u32) -> Self {
        let mac =
            Hmac::new_from_slice(&PLAYER_KEY[..PLAYER_NAME_LEN]).expect("HMAC takes keys of every length");
        Self { mac, size: 0, maximum }
    }

    fn update(&mut self, bytes: &[u8]) -> Result<(), SwfError> {
        let size = u32::try_from(bytes.len()).ok().and_then(|length| self.size.checked_add(length));
        self.size =
            size.filter(|size| *size <= self.maximum).ok_or(SwfError::TooLong { maximum: self.maximum })?;
        self.mac.update(bytes);
        Ok(())
    }
}

#[cfg(not(feature = "swf"))]
fn inflate(_: &[u8], _: &mut Hasher) -> Result<(), SwfError> {
    Err(SwfError::Compression)
}

#[cfg(feature = "swf")]
fn inflate(mut input: &[u8], hasher: &mut Hasher) -> Result<(), SwfError> {
    use miniz_oxide::inflate::TINFLStatus;
    use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

    /// The distance that deflate may refer back.
    const WINDOW: usize = 32 << 10;
    let mut state = alloc::boxed::Box::<DecompressorOxide>::default();
    let mut window = alloc::vec![0; WINDOW];
    let mut at = 0;
    loop {
        let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER | inflate_flags::TINFL_FLAG_COMPUTE_ADLER32;
        let (status, taken, made) = decompress(&mut state, input, &mut window, at, flags);
        input = &input[taken..];
        hasher.update(&window[at..at + made])?;
        at = (at + made) % WINDOW;
        match status {
            TINFLStatus::Done => return Ok(()),
            TINFLStatus::HasMoreOutput if taken + made > 0 => {}
            _ => return Err(SwfError::Corrupt),
        }
    }
}

/// The body of user control event 27, 42 bytes (SWFV-002).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwfResponse {
    /// 1; stands in the first two bytes.
    pub kind: u8,
    /// Length of the uncompressed file in bytes, twice.
    pub sizes: [u32; 2],
    /// HMAC-SHA256 over the file's hash, keyed with the last 32 bytes of S1 (SWFV-003).
    pub proof: [u8; 32],
}

impl SwfResponse {
    /// Length of the encoded form in bytes.
    pub const LEN: usize = 42;

    /// Reads what follows the event type. Bytes after the 42 are ignored.
    ///
    /// # Errors
    /// Fewer than 42 bytes, or a kind other than 1.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let error = |what| DecodeError { what, clause: "SWFV-002" };
        let data =
            data.first_chunk::<{ Self::LEN }>().ok_or(error("SWF verification shorter than 42 bytes"))?;
        if data[..2] != [KIND; 2] {
            return Err(error("SWF verification of an unknown kind"));
        }
        let mut proof = [0; 32];
        proof.copy_from_slice(&data[10..]);
        let size = |at: usize| u32::from_be_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]);
        Ok(Self { kind: KIND, sizes: [size(2), size(6)], proof })
    }

    /// What follows the event type.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut data = [0; Self::LEN];
        data[..2].fill(self.kind);
        data[2..6].copy_from_slice(&self.sizes[0].to_be_bytes());
        data[6..10].copy_from_slice(&self.sizes[1].to_be_bytes());
        data[10..].copy_from_slice(&self.proof);
        data
    }

    /// The whole event.
    #[must_use]
    pub fn into_event(self) -> UserControl {
        UserControl::Unknown { event: RESPONSE, data: Bytes::copy_from_slice(&self.encode()) }
    }
}

/// What a server makes of a client's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SwfVerdict {
    /// The client has the file at this place of the list that was expected, counted from 0.
    Verified {
        /// Its place.
        file: usize,
    },
    /// The client has none of the files.
    Unknown,
    /// The answer is too short or of another kind.
    Malformed,
}

impl SwfVerdict {
    pub(crate) fn of(answer: &[u8], expected: &[SwfHash], key: &[u8; 32]) -> Self {
        let Ok(response) = SwfResponse::decode(answer) else { return Self::Malformed };
        match expected.iter().position(|hash| hash.is_proved_by(&response, key)) {
            Some(file) => Self::Verified { file },
            None => Self::Unknown,
        }
    }
}

/// The event with which a server asks.
pub(crate) fn request() -> UserControl {
    UserControl::Unknown { event: REQUEST, data: Bytes::from_static(&[KIND]) }
}

/// Whether the data of event 26 ask for the kind of verification that this module knows.
pub(crate) fn is_answerable(request: &[u8]) -> bool {
    request.first().is_none_or(|kind| *kind <= KIND)
}
