//! Stream keys leave no trace in what is written: the same number of `x` stands in their place, in text, in
//! bytes and across chunk boundaries alike.

use super::reader::Reader;
use super::transcript::{Connection, Direction};
use crate::pen::handshake;

/// Replaces every secret in text.
#[must_use]
pub fn text(input: &str, secrets: &[String]) -> String {
    secrets
        .iter()
        .filter(|s| !s.is_empty())
        .fold(input.to_owned(), |text, secret| text.replace(secret.as_str(), &"x".repeat(secret.len())))
}

/// Replaces every secret in the packets of a connection, both directions.
pub fn connection(connection: &mut Connection, secrets: &[String]) {
    for direction in [Direction::Sent, Direction::Heard] {
        let mut stream: Vec<u8> = connection
            .packets
            .iter()
            .filter(|p| p.direction == direction)
            .flat_map(|p| p.bytes.iter().copied())
            .collect();
        redact_stream(&mut stream, secrets);
        let mut at = 0;
        for packet in connection.packets.iter_mut().filter(|p| p.direction == direction) {
            let len = packet.bytes.len();
            packet.bytes.copy_from_slice(&stream[at..at + len]);
            at += len;
        }
    }
}

fn redact_stream(stream: &mut [u8], secrets: &[String]) {
    let skip = (1 + 2 * handshake::PACKET).min(stream.len());
    for message in Reader::default().feed(&stream[skip..]) {
        let places: Vec<usize> = message.chunks.iter().flat_map(|c| c.payload.clone()).collect();
        for place in find(&message.body, secrets) {
            if let Some(at) = places.get(place) {
                stream[skip + at] = b'x';
            }
        }
    }
    for place in find(stream, secrets) {
        stream[place] = b'x';
    }
}

/// Every index that is part of a secret.
fn find(bytes: &[u8], secrets: &[String]) -> Vec<usize> {
    let mut places = Vec::new();
    for secret in secrets.iter().map(String::as_bytes).filter(|s| !s.is_empty()) {
        for (start, window) in bytes.windows(secret.len()).enumerate() {
            if window == secret {
                places.extend(start..start + secret.len());
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::pen::command;
    use crate::wire::transcript::{Connection, Direction, Packet};

    #[test]
    fn a_key_across_a_chunk_boundary_is_found() {
        let secrets = vec!["topsecretkey".to_owned()];
        let message = command::publish(1, &format!("{}topsecretkey", "p".repeat(90)), "live");
        let mut bytes = vec![0; 3073];
        bytes.extend(message.chunks(128).concat());
        let packet =
            |bytes: &[u8]| Packet { at: Duration::ZERO, direction: Direction::Sent, bytes: bytes.to_vec() };
        let mut connection = Connection {
            packets: vec![packet(&bytes[..3100]), packet(&bytes[3100..])],
            ..Connection::default()
        };
        super::connection(&mut connection, &secrets);
        let after: Vec<u8> = connection.packets.iter().flat_map(|p| p.bytes.clone()).collect();
        assert_eq!(after.len(), bytes.len());
        assert_eq!(after.iter().zip(&bytes).filter(|(a, b)| a != b).count(), "topsecretkey".len());
        assert_eq!(super::text("publish topsecretkey!", &secrets), "publish xxxxxxxxxxxx!");
    }
}
