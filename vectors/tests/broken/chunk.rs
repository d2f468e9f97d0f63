//! A decoder that does not read the extended timestamp of a type 3 chunk (RTMP 5.3.1.3).

use std::collections::BTreeMap;

use rtmp_vectors::State;

#[derive(Clone, Copy)]
struct Stream {
    length: usize,
    kind: u8,
    extended: Option<[u8; 4]>,
    left: usize,
}

/// Bytes in which an intact decoder reads what such a decoder reads in `bytes`: before the four bytes that it takes
/// for payload stands a copy of them, which the intact one reads as the timestamp.
pub fn extended_timestamp_doubled(bytes: &[u8], state: &State) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut chunk_size = state.chunk_size.unwrap_or(128) as usize;
    let (mut streams, mut rest) = (BTreeMap::new(), bytes);
    while let Some(used) = chunk(rest, &mut streams, &mut chunk_size, &mut out) {
        rest = &rest[used..];
    }
    out.extend_from_slice(rest);
    out
}

/// Copies one chunk and gives its length, or nothing where the bytes end inside it.
fn chunk(
    input: &[u8],
    streams: &mut BTreeMap<u32, Stream>,
    chunk_size: &mut usize,
    out: &mut Vec<u8>,
) -> Option<usize> {
    let first = *input.first()?;
    let (id, basic) = match first & 0x3F {
        0 => (64 + u32::from(*input.get(1)?), 2),
        1 => (64 + u32::from(*input.get(1)?) + 256 * u32::from(*input.get(2)?), 3),
        id => (u32::from(id), 1),
    };
    let fmt = usize::from(first >> 6);
    let fields = input.get(basic..)?.get(..[11, 7, 3, 0][fmt])?;
    let mut header = basic + fields.len();
    let mut stream =
        streams.get(&id).copied().unwrap_or(Stream { length: 0, kind: 0, extended: None, left: 0 });
    if fmt < 3 {
        stream.extended = None;
        if fields[..3] == [0xFF; 3] {
            stream.extended = input.get(header..)?.first_chunk().copied();
            header += stream.extended?.len();
        }
    }
    if fmt < 2 {
        stream.length = be(&fields[3..6]);
        stream.kind = fields[6];
    }
    if stream.left == 0 {
        stream.left = stream.length;
    }
    let end = header + stream.left.min(*chunk_size);
    let payload = input.get(header..end)?;
    if stream.kind == 1 && payload.len() >= 4 {
        *chunk_size = be(&payload[..4]).clamp(1, 0xFF_FFFF);
    }
    out.extend_from_slice(&input[..basic]);
    if fmt == 3 {
        out.extend(stream.extended.into_iter().flatten());
    }
    out.extend_from_slice(&input[basic..end]);
    stream.left -= payload.len();
    streams.insert(id, stream);
    Some(end)
}

fn be(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
