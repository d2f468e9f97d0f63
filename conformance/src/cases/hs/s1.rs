//! What stands in S1 (RTMP 5.2.3).

use sha2::{Digest as _, Sha256};

use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::handshake::{self, PACKET};
use crate::stage::Stage;

/// The key of the digest in an S1 (HSD-009).
const SERVER_KEY: &[u8] = b"Genuine Adobe Flash Media Server 001";

/// S1 in answer to a plain C1 of the given time, and that C1.
async fn s1(s: &mut Stage, time: u32) -> Result<(Vec<u8>, Vec<u8>), Stop> {
    let mut link = s.open("client").await?;
    let c1 = handshake::c1(time, s.fresh_seed());
    link.bytes(&format!("C0 C1 (plain, time {time})"), &[&[handshake::VERSION], &c1[..]].concat()).await;
    let bytes = link
        .wait(|v| (v.handshake.len() > PACKET).then(|| v.handshake[1..=PACKET].to_vec()))
        .await
        .map_err(|seen| Stop::blocked("S0 S1", seen.describe()))?;
    Ok((bytes, c1))
}

case! {
    /// RTMP 5.2.3: the field after the time must be all zeros. The rule does not hold for an S1 with a digest,
    /// whose version stands there (errata E-04). The C1 has a time, because a known server copies it there.
    ZERO = "hs/s1/zero-field" {
        title: "Bytes 4 to 7 of a plain S1 are zero",
        rules: [HS_016],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("s1-not-zero", "bytes 4-7 of an S1 without a digest are not zero")],
    }
    async fn(s) {
        let (s1, _) = s1(s, 0x0102_0304).await?;
        let field = match (&s1[4..8], has_digest(&s1)) {
            ([0, 0, 0, 0], _) => "zero".to_owned(),
            (_, true) => "the version of a digest handshake".to_owned(),
            (bytes, false) => format!("{bytes:02x?}"),
        };
        s.check_fact(
            "bytes 4-7 of S1",
            field,
            expect(want::equal("zero"))
                .or_info(want::equal("the version of a digest handshake"), "S1 carries a digest, errata E-04")
                .cause("s1-not-zero"),
        );
        Ok(())
    }
}

case! {
    /// RTMP 5.2.3: the random data should let an endpoint tell the answer to its own handshake from the
    /// handshake of its peer. An S1 with the body of C1 cannot be told (errata E-05b; several servers do it, and
    /// the row asks for no more than a warning: it is a recommendation). The same S1 on two connections is
    /// allowed.
    OWN_RANDOM = "hs/s1/has-its-own-random-bytes" {
        title: "The random bytes of S1 are not those of C1",
        rules: [HS_017],
        level: Should, profile: Core, company: Shared,
        after: [],
        causes: [("s1-is-c1", "S1 bytes 8-1535 are those of C1")],
    }
    async fn(s) {
        let (s1, c1) = s1(s, 0).await?;
        s.check_fact("S1 differs from C1", s1[8..] != c1[8..], expect(want::equal(true)).cause("s1-is-c1"));
        Ok(())
    }
}

/// Whether a valid digest of a server stands in `packet`, in either layout (HSD-004, HSD-005).
fn has_digest(packet: &[u8]) -> bool {
    [8, 772].into_iter().any(|offsets| {
        let sum: usize = packet[offsets..offsets + 4].iter().map(|b| usize::from(*b)).sum();
        let at = offsets + 4 + sum % 728;
        let rest = [&packet[..at], &packet[at + 32..]].concat();
        hmac_sha256(SERVER_KEY, &rest)[..] == packet[at..at + 32]
    })
}

/// HMAC-SHA256 (RFC 2104) with a key of at most 64 bytes.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|i| key.get(i).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5C)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{SERVER_KEY, has_digest, hmac_sha256};

    /// RFC 4231, test case 2.
    #[test]
    fn hmac_of_the_rfc() {
        let hex: String = hmac_sha256(b"Jefe", b"what do ya want for nothing?")
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_digest_is_found_in_both_layouts_and_nowhere_else() {
        for offsets in [8, 772] {
            let mut packet = crate::pen::handshake::c1(0, 7);
            assert!(!has_digest(&packet));
            let sum: usize = packet[offsets..offsets + 4].iter().map(|b| usize::from(*b)).sum();
            let at = offsets + 4 + sum % 728;
            let digest = hmac_sha256(SERVER_KEY, &[&packet[..at], &packet[at + 32..]].concat());
            packet[at..at + 32].copy_from_slice(&digest);
            assert!(has_digest(&packet));
        }
    }
}
