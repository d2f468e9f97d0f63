//! Plain handshake packets (RTMP 5.2).

/// Length of C1, S1, C2 and S2 in bytes.
pub const PACKET: usize = 1536;

/// C0 for this protocol.
pub const VERSION: u8 = 3;

/// A plain C1: time, zero, 1528 bytes drawn from `seed`.
#[must_use]
pub fn c1(time: u32, seed: u64) -> Vec<u8> {
    let mut out = time.to_be_bytes().to_vec();
    out.extend([0; 4]);
    out.extend(noise(seed, PACKET - 8));
    out
}

/// The C2 that answers `s1`: its time, the time it was read, its random bytes.
#[must_use]
pub fn c2(s1: &[u8], read_at: u32) -> Vec<u8> {
    let mut out = s1.to_vec();
    out[4..8].copy_from_slice(&read_at.to_be_bytes());
    out
}

/// Bytes that look random and are the same for the same seed (xorshift64*).
#[must_use]
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..len)
        .map(|_| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8
        })
        .collect()
}
