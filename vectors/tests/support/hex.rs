use rtmp_vectors::Vector;
use sha2::{Digest, Sha256};

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

pub fn bytes_of(vector: &Vector) -> Result<Vec<u8>, String> {
    match (&vector.bytes, &vector.runs) {
        (Some(text), None) => decode(text),
        (None, Some(runs)) => {
            let mut out = Vec::new();
            for run in runs {
                let part = decode(&run.hex)?;
                out.extend(std::iter::repeat_n(part, run.times).flatten());
            }
            Ok(out)
        }
        _ => Err("neither bytes nor runs, or both".into()),
    }
}

pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    encode(&Sha256::digest(bytes))
}
