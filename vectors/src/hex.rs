//! Hexadecimal as the corpus writes it.

use sha2::{Digest, Sha256};

/// The bytes of hexadecimal text; spaces mean nothing.
///
/// # Errors
/// Another character, or an odd number of digits.
pub fn decode(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != ' ')
        .map(|c| c.to_digit(16).map(|d| d as u8).ok_or_else(|| format!("bad hexadecimal: {c:?}")))
        .collect::<Result<_, _>>()?;
    if !digits.len().is_multiple_of(2) {
        return Err("an odd number of hexadecimal digits".into());
    }
    Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Lower-case hexadecimal.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256, hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    encode(&Sha256::digest(bytes))
}
