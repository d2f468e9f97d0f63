//! The hellos of both sides (RFC 8446, 4.1; RFC 5246, 7.4.1): only what choosing keys needs.

/// The random that makes a ServerHello a HelloRetryRequest (RFC 8446, 4.1.3): SHA-256 of "HelloRetryRequest".
pub const RETRY: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2,
    0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

const EARLY_DATA: u16 = 42;
const SUPPORTED_VERSIONS: u16 = 43;

/// A ClientHello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientHello {
    /// By it the secrets are named.
    pub random: [u8; 32],
    /// It announces data before the handshake is done (0-RTT).
    pub early_data: bool,
}

/// A ServerHello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerHello {
    /// Its random; [`RETRY`] asks for another ClientHello.
    pub random: [u8; 32],
    /// The version that was chosen: 0x0303 is TLS 1.2, 0x0304 TLS 1.3.
    pub version: u16,
    /// The cipher suite.
    pub suite: u16,
    /// The compression method; 0 is none.
    pub compression: u8,
}

/// Reads the body of a ClientHello; `None` if it is cut off or says more than it holds.
#[must_use]
pub fn client(body: &[u8]) -> Option<ClientHello> {
    let mut at = Cursor(body);
    at.u16()?;
    let random = *at.take(32)?.first_chunk()?;
    let session = at.u8()?;
    at.take(session.into())?;
    let suites = at.u16()?;
    at.take(suites.into())?;
    let methods = at.u8()?;
    at.take(methods.into())?;
    let mut early_data = false;
    at.extensions(|kind, _| early_data |= kind == EARLY_DATA)?;
    Some(ClientHello { random, early_data })
}

/// Reads the body of a ServerHello; `None` if it is cut off or says more than it holds.
#[must_use]
pub fn server(body: &[u8]) -> Option<ServerHello> {
    let mut at = Cursor(body);
    let mut version = at.u16()?;
    let random = *at.take(32)?.first_chunk()?;
    let session = at.u8()?;
    at.take(session.into())?;
    let suite = at.u16()?;
    let compression = at.u8()?;
    at.extensions(|kind, value| {
        if let (SUPPORTED_VERSIONS, [high, low]) = (kind, value) {
            version = u16::from_be_bytes([*high, *low]);
        }
    })?;
    Some(ServerHello { random, version, suite, compression })
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(*self.take(2)?.first_chunk()?))
    }

    /// Extensions may be absent altogether (RFC 5246, 7.4.1.2).
    fn extensions(&mut self, mut each: impl FnMut(u16, &'a [u8])) -> Option<()> {
        if self.0.is_empty() {
            return Some(());
        }
        let len = self.u16()?;
        let mut all = Cursor(self.take(len.into())?);
        while !all.0.is_empty() {
            let kind = all.u16()?;
            let len = all.u16()?;
            each(kind, all.take(len.into())?);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::{RETRY, client, server};

    #[test]
    fn the_retry_random_is_the_hash_of_its_name() {
        assert_eq!(Sha256::digest(b"HelloRetryRequest")[..], RETRY);
    }

    #[test]
    fn hellos_whole_and_cut_off_at_each_byte() {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([2, 1, 1]);
        body.extend([0, 4, 0x13, 1, 0x13, 2]);
        body.extend([1, 0]);
        let bare = body.len();
        body.extend([0, 9, 0, 42, 0, 0, 0, 10, 0, 1, 5]);
        let hello = client(&body).unwrap();
        assert_eq!((hello.random, hello.early_data), ([7; 32], true));
        assert!(!client(&body[..bare]).unwrap().early_data);
        for cut in (0..body.len()).filter(|cut| *cut != bare) {
            assert_eq!(client(&body[..cut]), None, "{cut}");
        }

        let mut body = vec![3, 3];
        body.extend([9; 32]);
        body.extend([0, 0x13, 3, 0]);
        let bare = body.len();
        body.extend([0, 6, 0, 43, 0, 2, 3, 4]);
        let hello = server(&body).unwrap();
        assert_eq!((hello.version, hello.suite, hello.compression), (0x0304, 0x1303, 0));
        assert_eq!(server(&body[..bare]).unwrap().version, 0x0303);
        for cut in (0..body.len()).filter(|cut| *cut != bare) {
            assert_eq!(server(&body[..cut]), None, "{cut}");
        }
    }
}
