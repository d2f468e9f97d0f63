//! NAL units inside configuration records: a 16-bit length, then the unit.

use alloc::vec::Vec;

use bytes::Bytes;

use super::error::{Error, ErrorKind, OutOfRange, at_most};
use crate::bits::BitReader;

/// The longest NAL unit of a record in bytes.
pub const MAX_NAL_LEN: usize = 0xFFFF;

/// Reads `count` units. Each takes at least three bytes, so that the memory is bounded by the input.
pub(crate) fn units(
    reader: &mut BitReader<'_>,
    field: &'static str,
    count: usize,
) -> Result<Vec<Bytes>, Error> {
    let mut units = Vec::new();
    for _ in 0..count {
        units.push(unit(reader, field)?);
    }
    Ok(units)
}

fn unit(reader: &mut BitReader<'_>, field: &'static str) -> Result<Bytes, Error> {
    let len = reader.u16(field)?;
    if len == 0 {
        return Err(
            reader.error(field, ErrorKind::Value { found: 0, allowed: "a unit of at least one byte" })
        );
    }
    Ok(Bytes::copy_from_slice(reader.bytes(field, usize::from(len))?))
}

pub(crate) fn write(out: &mut Vec<u8>, field: &'static str, units: &[Bytes]) -> Result<(), OutOfRange> {
    for unit in units {
        if unit.is_empty() {
            return Err(OutOfRange { field, value: 0, max: MAX_NAL_LEN });
        }
        let len = at_most(field, unit.len(), MAX_NAL_LEN)?;
        out.extend_from_slice(&(len as u16).to_be_bytes());
        out.extend_from_slice(unit);
    }
    Ok(())
}

/// The most NAL units in an HEVC or VVC record, all arrays together.
pub const MAX_RECORD_UNITS: usize = 256;

/// NAL units of one type in an HEVC or VVC record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NalArray {
    /// array_completeness: all units of this type are here, and none in the stream.
    pub complete: bool,
    /// nal_unit_type.
    pub nal_type: u8,
    /// The units, headers included.
    pub units: Vec<Bytes>,
}

impl NalArray {
    /// Takes units from a record that has `before` of them already.
    pub(crate) fn units(
        reader: &mut BitReader<'_>,
        count: u16,
        before: &mut usize,
    ) -> Result<Vec<Bytes>, Error> {
        *before += usize::from(count);
        reader.at_most("numNalus", *before as u32, MAX_RECORD_UNITS as u32)?;
        units(reader, "nalUnitLength", count.into())
    }
}

/// The first unit of a type.
pub(crate) fn first(arrays: &[NalArray], nal_type: u8) -> Option<&Bytes> {
    arrays.iter().find(|array| array.nal_type == nal_type)?.units.first()
}

/// That the record may have so many units.
pub(crate) fn check_total(arrays: &[NalArray]) -> Result<(), OutOfRange> {
    let total = arrays.iter().map(|array| array.units.len()).sum();
    at_most("NAL units", total, MAX_RECORD_UNITS).map(|_| ())
}
