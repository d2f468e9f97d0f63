//! Audio frames that describe themselves: AC-3 and E-AC-3 (ETSI TS 102 366 4.3 and E.1.3), and MP3
//! (ISO/IEC 11172-3 2.4.1.3).

use super::error::{Error, ErrorKind};
use super::summary::Summary;
use super::vp::expect;
use crate::bits::BitReader;

/// Channels by acmod, without low frequency effects (ETSI TS 102 366 table 4.3).
const AC3_CHANNELS: [u16; 8] = [2, 1, 2, 3, 3, 4, 4, 5];
const AC3_RATES: [u32; 3] = [48_000, 44_100, 32_000];

/// Rate and channels of the syncframe at the start of an AC-3 or E-AC-3 payload. Of an E-AC-3 frame
/// with several substreams, the first counts.
///
/// # Errors
/// It does not begin with a syncword, has a reserved sampling rate or an unknown bit stream
/// identification, or ends too early.
pub fn ac3_frame(frame: &[u8]) -> Result<Summary, Error> {
    const BSID_AT: usize = 40;
    let mut reader = BitReader::new("AC-3 syncframe", frame);
    expect(&mut reader, "syncword", 16, 0x0B77, "2935")?;
    let mut ahead = reader.clone();
    ahead.skip("bsid", BSID_AT - 16)?;
    let at = ahead.clone();
    match ahead.bits("bsid", 5)? {
        // 9 and 10 are the same at half and quarter rate.
        bsid @ 0..=10 => ac3(&mut reader, bsid.saturating_sub(8)),
        11..=16 => eac3(&mut reader),
        found => Err(at.error("bsid", ErrorKind::Value { found, allowed: "0 to 16" })),
    }
}

fn ac3(reader: &mut BitReader<'_>, halvings: u32) -> Result<Summary, Error> {
    reader.skip("crc1", 16)?;
    let at = reader.clone();
    let found = reader.bits("fscod", 2)?;
    let Some(rate) = AC3_RATES.get(found as usize) else {
        return Err(at.error("fscod", ErrorKind::Value { found, allowed: "0 to 2" }));
    };
    reader.skip("frmsizecod, bsid and bsmod", 6 + 5 + 3)?;
    let acmod = reader.bits("acmod", 3)?;
    if acmod & 1 == 1 && acmod != 1 {
        reader.skip("cmixlev", 2)?;
    }
    if acmod & 4 != 0 {
        reader.skip("surmixlev", 2)?;
    }
    if acmod == 2 {
        reader.skip("dsurmod", 2)?;
    }
    let lfe = reader.bits("lfeon", 1)? as u16;
    Ok(Summary::audio("AC-3", rate >> halvings, AC3_CHANNELS[acmod as usize & 7] + lfe))
}

fn eac3(reader: &mut BitReader<'_>) -> Result<Summary, Error> {
    reader.skip("strmtyp, substreamid and frmsiz", 2 + 3 + 11)?;
    let rate = match reader.bits("fscod", 2)? {
        3 => {
            let at = reader.clone();
            let found = reader.bits("fscod2", 2)?;
            let rate = AC3_RATES.get(found as usize).map(|rate| rate / 2);
            rate.ok_or_else(|| at.error("fscod2", ErrorKind::Value { found, allowed: "0 to 2" }))?
        }
        fscod => {
            reader.skip("numblkscod", 2)?;
            AC3_RATES[fscod as usize]
        }
    };
    let acmod = reader.bits("acmod", 3)?;
    let lfe = reader.bits("lfeon", 1)? as u16;
    Ok(Summary::audio("E-AC-3", rate, AC3_CHANNELS[acmod as usize & 7] + lfe))
}

/// Rate and channels of the frame at the start of an MP3 payload.
///
/// # Errors
/// It does not begin with a syncword, has a reserved version, layer or rate, or ends too early.
pub fn mp3_frame(frame: &[u8]) -> Result<Summary, Error> {
    const RATES: [u32; 3] = [44_100, 48_000, 32_000];
    let mut reader = BitReader::new("MP3 frame header", frame);
    expect(&mut reader, "syncword", 11, 0x7FF, "2047")?;
    let at = reader.clone();
    // MPEG-2.5, MPEG-2 and MPEG-1: a quarter, a half and all of the rate.
    let shift = match reader.bits("version", 2)? {
        0 => 2,
        2 => 1,
        3 => 0,
        found => return Err(at.error("version", ErrorKind::Value { found, allowed: "0, 2 or 3" })),
    };
    let at = reader.clone();
    let codec = match reader.bits("layer", 2)? {
        1 => "MP3",
        2 => "MP2",
        3 => "MP1",
        found => return Err(at.error("layer", ErrorKind::Value { found, allowed: "1 to 3" })),
    };
    reader.skip("protection_bit and bitrate_index", 5)?;
    let at = reader.clone();
    let found = reader.bits("sampling_frequency", 2)?;
    let Some(rate) = RATES.get(found as usize) else {
        return Err(at.error("sampling_frequency", ErrorKind::Value { found, allowed: "0 to 2" }));
    };
    reader.skip("padding_bit and private_bit", 2)?;
    let mono = reader.bits("mode", 2)? == 3;
    Ok(Summary::audio(codec, rate >> shift, if mono { 1 } else { 2 }))
}
