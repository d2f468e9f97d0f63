//! Reading and writing fields that do not keep to bytes, and the exponential Golomb codes of
//! H.264 9.1.

use alloc::vec::Vec;

use crate::config::{Error, ErrorKind};

/// Reads a structure bit by bit. It knows the name of the structure for its errors.
#[derive(Debug, Clone)]
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits taken so far.
    at: usize,
    inside: &'static str,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(inside: &'static str, bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, inside }
    }

    pub(crate) fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    /// The rest from the next byte boundary on.
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at.div_ceil(8)..]
    }

    pub(crate) fn error(&self, field: &'static str, kind: ErrorKind) -> Error {
        Error { inside: self.inside, field, bit: self.at, kind }
    }

    /// The next `len` bits, at most 32, most significant first.
    pub(crate) fn bits(&mut self, field: &'static str, len: usize) -> Result<u32, Error> {
        debug_assert!(len <= 32);
        self.need(field, len)?;
        let first = self.at / 8;
        let mut window = 0_u64;
        for offset in 0..5 {
            window = window << 8 | u64::from(self.bytes.get(first + offset).copied().unwrap_or(0));
        }
        let value = window >> (40 - self.at % 8 - len) & ((1_u64 << len) - 1);
        self.at += len;
        Ok(value as u32)
    }

    /// The next `len` bits, at most 8.
    pub(crate) fn small(&mut self, field: &'static str, len: usize) -> Result<u8, Error> {
        debug_assert!(len <= 8);
        Ok(self.bits(field, len)? as u8)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, Error> {
        Ok(self.bits(field, 16)? as u16)
    }

    pub(crate) fn flag(&mut self, field: &'static str) -> Result<bool, Error> {
        Ok(self.bits(field, 1)? == 1)
    }

    pub(crate) fn skip(&mut self, field: &'static str, len: usize) -> Result<(), Error> {
        self.need(field, len)?;
        self.at += len;
        Ok(())
    }

    /// Goes on to the next byte boundary.
    pub(crate) fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }

    /// The next `len` bytes, from a byte boundary.
    pub(crate) fn bytes(&mut self, field: &'static str, len: usize) -> Result<&'a [u8], Error> {
        self.align();
        self.need(field, len.saturating_mul(8))?;
        let start = self.at / 8;
        self.at += len * 8;
        Ok(&self.bytes[start..start + len])
    }

    /// An unsigned exponential Golomb code, ue(v) (H.264 9.1).
    pub(crate) fn ue(&mut self, field: &'static str) -> Result<u32, Error> {
        let zeros = self.leading_zeros(field)?;
        if zeros == 32 {
            // 2^32 - 1 is the largest value that the code has; it occurs nowhere.
            return Err(self.error(field, ErrorKind::ExpGolomb));
        }
        let suffix = self.bits(field, zeros)?;
        Ok(((1_u64 << zeros) - 1) as u32 + suffix)
    }

    /// A signed exponential Golomb code, se(v) (H.264 9.1.1).
    pub(crate) fn se(&mut self, field: &'static str) -> Result<i32, Error> {
        let code = i64::from(self.ue(field)?);
        Ok(if code % 2 == 0 { -(code / 2) } else { code / 2 + 1 } as i32)
    }

    /// uvlc() of AV1 4.10.3, whose prefix of 32 zeros stands for 2^32 - 1. Longer ones are refused.
    pub(crate) fn uvlc(&mut self, field: &'static str) -> Result<u32, Error> {
        let zeros = self.leading_zeros(field)?;
        if zeros == 32 {
            return Ok(u32::MAX);
        }
        let suffix = self.bits(field, zeros)?;
        Ok(((1_u64 << zeros) - 1) as u32 + suffix)
    }

    /// A count, at most `max`.
    pub(crate) fn count(&mut self, field: &'static str, max: u32) -> Result<u32, Error> {
        let found = self.ue(field)?;
        self.at_most(field, found, max)?;
        Ok(found)
    }

    pub(crate) fn at_most(&self, field: &'static str, found: u32, max: u32) -> Result<(), Error> {
        if found > max {
            return Err(self.error(field, ErrorKind::TooMany { found, max }));
        }
        Ok(())
    }

    /// Takes the zeros before a one, and the one: at most 32 zeros.
    fn leading_zeros(&mut self, field: &'static str) -> Result<usize, Error> {
        for zeros in 0..=32 {
            if self.flag(field)? {
                return Ok(zeros);
            }
        }
        Err(self.error(field, ErrorKind::ExpGolomb))
    }

    fn need(&self, field: &'static str, len: usize) -> Result<(), Error> {
        match len.checked_sub(self.left()) {
            None | Some(0) => Ok(()),
            Some(missing_bits) => Err(self.error(field, ErrorKind::Truncated { missing_bits })),
        }
    }
}

/// Writes a structure bit by bit.
#[derive(Debug, Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits used of the last byte; 0 when it is full.
    used: usize,
}

impl BitWriter {
    /// Appends the low `len` bits of `value`, at most 32.
    pub(crate) fn bits(&mut self, value: u32, len: usize) {
        for shift in (0..len).rev() {
            if self.used == 0 {
                self.bytes.push(0);
            }
            let bit = (value >> shift & 1) as u8;
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << (7 - self.used);
            }
            self.used = (self.used + 1) % 8;
        }
    }

    pub(crate) fn flag(&mut self, value: bool) {
        self.bits(u32::from(value), 1);
    }

    /// The bytes, the last one filled up with zeros.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// A NAL unit without its emulation prevention bytes: the 3 of each 00 00 03 (H.264 7.3.1).
pub(crate) fn unescape(nal: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(nal.len());
    let mut zeros = 0;
    for &byte in nal {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_codes_of_table_9_2() {
        // Codes 0 to 6: 1, 010, 011, 00100, 00101, 00110, 00111.
        let bytes = [0b1010_0110, 0b0100_0010, 0b1001_1000, 0b1110_0000];
        let mut reader = BitReader::new("test", &bytes);
        for expected in 0..7 {
            assert_eq!(reader.ue("code"), Ok(expected));
        }
        let mut reader = BitReader::new("test", &bytes);
        for expected in [0, 1, -1, 2, -2, 3, -3] {
            assert_eq!(reader.se("code"), Ok(expected));
        }
    }

    #[test]
    fn a_code_has_at_most_31_zeros() {
        let mut bytes = [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe];
        assert_eq!(BitReader::new("test", &bytes).ue("code"), Ok(u32::MAX - 1));
        bytes[3] = 0;
        let error = BitReader::new("test", &bytes).ue("code").unwrap_err();
        assert_eq!(error.kind, ErrorKind::ExpGolomb);
        assert_eq!(BitReader::new("test", &bytes).uvlc("code"), Ok(u32::MAX));
        bytes[4] = 0x7f;
        assert_eq!(BitReader::new("test", &bytes).ue("code").unwrap_err().kind, ErrorKind::ExpGolomb);
        assert!(BitReader::new("test", &bytes[..3]).ue("code").is_err());
    }

    #[test]
    fn what_is_missing_is_said() {
        let mut reader = BitReader::new("test", &[0xff, 0xff]);
        reader.skip("first", 5).unwrap();
        let error = reader.bits("second", 13).unwrap_err();
        assert_eq!(
            error,
            Error { inside: "test", field: "second", bit: 5, kind: ErrorKind::Truncated { missing_bits: 2 } }
        );
        assert_eq!(reader.bytes("third", usize::MAX).unwrap_err().field, "third");
    }

    #[test]
    fn emulation_prevention_is_undone() {
        assert_eq!(unescape(&[0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3]), [0, 0, 1, 0, 0, 0, 0, 3]);
        assert_eq!(unescape(&[0, 3, 0, 0, 3]), [0, 3, 0, 0]);
    }

    proptest! {
        #[test]
        fn reading_undoes_writing(fields in proptest::collection::vec((any::<u32>(), 0_usize..=32), 0..40)) {
            let mut writer = BitWriter::default();
            for (value, len) in &fields {
                writer.bits(*value, *len);
            }
            let bytes = writer.finish();
            let mut reader = BitReader::new("test", &bytes);
            for (value, len) in fields {
                let expected = (u64::from(value) & ((1_u64 << len) - 1)) as u32;
                prop_assert_eq!(reader.bits("field", len), Ok(expected));
            }
            prop_assert!(reader.left() < 8);
        }
    }
}
