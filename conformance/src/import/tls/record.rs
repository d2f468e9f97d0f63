//! The record layer (RFC 8446, 5.1; RFC 5246, 6.2).

/// Bytes of a record header.
pub const HEADER: usize = 5;
/// The longest body: 2^14 bytes of content and what TLS 1.2 allows protection to add (RFC 5246, 6.2.3). TLS 1.3
/// allows less; a receiver judges that, not an import.
pub const LONGEST: usize = (1 << 14) + 2048;

/// Content types.
pub const CHANGE_CIPHER_SPEC: u8 = 20;
/// Handshake messages.
pub const HANDSHAKE: u8 = 22;
/// Application data, and in TLS 1.3 everything that is protected.
pub const APPLICATION: u8 = 23;

/// A whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Content type, as it stands in the header.
    pub kind: u8,
    /// The header: additional data of TLS 1.3.
    pub header: [u8; HEADER],
    /// What follows it.
    pub body: &'a [u8],
}

/// What the bytes at the start of a buffer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<'a> {
    /// A whole record.
    Record(Record<'a>),
    /// More bytes are needed.
    More,
    /// No record of TLS.
    Wrong(&'static str),
}

/// The record at the start of `bytes`.
#[must_use]
pub fn next(bytes: &[u8]) -> Next<'_> {
    match bytes {
        [] => return Next::More,
        [20..=24] | [20..=24, 3, ..] => {}
        _ => return Next::Wrong("no TLS record begins here"),
    }
    let Some(header) = bytes.first_chunk::<HEADER>() else { return Next::More };
    let len = usize::from(u16::from_be_bytes([header[3], header[4]]));
    if len > LONGEST {
        return Next::Wrong("a TLS record is longer than 2^14 + 2048 bytes");
    }
    match bytes.get(HEADER..HEADER + len) {
        Some(body) => Next::Record(Record { kind: header[0], header: *header, body }),
        None => Next::More,
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Next, next};

    #[test]
    fn the_longest_record_and_one_byte_more() {
        let record = |len: usize| {
            [&[23, 3, 3][..], &u16::try_from(len).unwrap().to_be_bytes(), &vec![7; len]].concat()
        };
        let most = record(LONGEST);
        assert!(matches!(next(&most), Next::Record(r) if r.body.len() == LONGEST && r.kind == 23));
        assert_eq!(next(&most[..most.len() - 1]), Next::More);
        assert!(matches!(next(&record(LONGEST + 1)[..5]), Next::Wrong(_)));
        assert_eq!(next(&[]), Next::More);
        assert_eq!(next(&[22, 3]), Next::More);
        assert!(matches!(next(&[22, 2]), Next::Wrong(_)));
        assert!(matches!(next(b"P"), Next::Wrong(_)));
    }
}
