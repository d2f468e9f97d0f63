//! The variable-length integer of AMF3: one to four bytes for 29 bits, seven bits in each of the first
//! three bytes and eight in the fourth (AMF3 1.3.1).

use alloc::vec::Vec;

use crate::EncodeError;

/// The largest number, 2^29 - 1. The table of AMF3 1.3.1 ends at 0x3FFFFFFF by mistake (errata E-51).
pub const MAX: u32 = (1 << 29) - 1;

/// The smallest signed integer, -2^28 (AMF3 3.6).
pub const INT_MIN: i32 = -(1 << 28);

/// The largest signed integer, 2^28 - 1 (AMF3 3.6).
pub const INT_MAX: i32 = (1 << 28) - 1;

/// Reads a number and gives it with the bytes after it; `None` where the input ends inside it. Longer
/// forms than needed are read like the shortest.
///
/// ```
/// use rtmp_amf::amf3::u29;
/// assert_eq!(u29::read(&[0x81, 0x00, 0x55]), Some((128, &[0x55][..])));
/// assert_eq!(u29::read(&[0x80, 0x80, 0x80, 0x00]), Some((0, &[][..])));
/// assert_eq!(u29::read(&[0x81]), None);
/// ```
#[must_use]
pub const fn read(input: &[u8]) -> Option<(u32, &[u8])> {
    match *input {
        [a, ref rest @ ..] if a < 0x80 => Some((a as u32, rest)),
        [a, b, ref rest @ ..] if b < 0x80 => Some((seven(0, a) << 7 | b as u32, rest)),
        [a, b, c, ref rest @ ..] if c < 0x80 => Some((seven(seven(0, a), b) << 7 | c as u32, rest)),
        [a, b, c, d, ref rest @ ..] => Some((seven(seven(seven(0, a), b), c) << 8 | d as u32, rest)),
        _ => None,
    }
}

const fn seven(high: u32, byte: u8) -> u32 {
    high << 7 | (byte & 0x7F) as u32
}

/// Appends a number in the fewest bytes.
///
/// # Errors
/// [`EncodeError::Amf3TooLong`] above [`MAX`]; `out` is then as it was.
pub fn write(number: u32, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let part = |shift: u32| (number >> shift) as u8 | 0x80;
    match number {
        0..=0x7F => out.push(number as u8),
        0x80..=0x3FFF => out.extend_from_slice(&[part(7), number as u8 & 0x7F]),
        0x4000..=0x1F_FFFF => out.extend_from_slice(&[part(14), part(7), number as u8 & 0x7F]),
        0x20_0000..=MAX => out.extend_from_slice(&[part(22), part(15), part(8), number as u8]),
        _ => return Err(EncodeError::Amf3TooLong(usize::try_from(number).unwrap_or(usize::MAX))),
    }
    Ok(())
}

/// The signed integer whose lowest 29 bits these are (AMF3 3.6).
#[must_use]
pub const fn signed(number: u32) -> i32 {
    (number << 3).cast_signed() >> 3
}

/// The lowest 29 bits of an integer between [`INT_MIN`] and [`INT_MAX`]; `None` outside, where a double
/// has to be written (AMF3 3.6; 3.7 says otherwise, errata E-52).
#[must_use]
pub const fn unsigned(integer: i32) -> Option<u32> {
    if integer < INT_MIN || integer > INT_MAX { None } else { Some(integer.cast_unsigned() & MAX) }
}
