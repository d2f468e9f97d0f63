//! Bytes expanded from the seed of a handshake.

/// What is needed of a seed. With digests each use has a value of its own, from which neither the seed nor
/// the values of other uses follow: the filler of C1 and S1 is seen by everybody, the private key is not.
#[derive(Clone)]
pub(super) struct Seed([u8; 32]);

impl Seed {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    pub(super) fn filler(&self) -> Filler {
        #[cfg(feature = "digest")]
        let seed = self.derived(b"filler");
        #[cfg(not(feature = "digest"))]
        let seed = self.0;
        Filler::new(&seed)
    }

    /// HMAC-SHA256 keyed with the seed over the purpose and a counter: one block of the expansion of RFC 5869.
    #[cfg(feature = "digest")]
    pub(super) fn derived(&self, purpose: &[u8]) -> [u8; 32] {
        super::hmac_sha256(&self.0, &[purpose, &[1]])
    }
}

/// A small generator (xoshiro256++ after a mix of the seed): the handshake's random bytes have to tell
/// two endpoints apart, they are no secret (RTMP 5.2.3).
pub(super) struct Filler([u64; 4]);

impl Filler {
    fn new(seed: &[u8; 32]) -> Self {
        let mut state = [0; 4];
        for (index, (word, bytes)) in state.iter_mut().zip(seed.chunks_exact(8)).enumerate() {
            let bytes = bytes.try_into().expect("chunks of eight bytes");
            // An odd constant per word keeps the all-zero seed from being a fixed point.
            *word = u64::from_le_bytes(bytes) ^ 0x9E37_79B9_7F4A_7C15u64.wrapping_mul(index as u64 + 1);
        }
        Self(state)
    }

    pub(super) fn fill(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            piece.copy_from_slice(&self.next().to_le_bytes()[..piece.len()]);
        }
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }
}
