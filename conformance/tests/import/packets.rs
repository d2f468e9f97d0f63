//! Connections as captures, and the program that reads them.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rtmpspec::import::{Account, Import, Options, read};
use rtmpspec::wire::pcapng::{FIN, SYN, SYN_ACK, Synthetic, Writer};
use rtmpspec::wire::transcript::Direction;

/// Bytes of one side, true for the client.
pub type Sent = (bool, Vec<u8>);

/// A capture of these connections, in segments of at most `size` bytes. `lost` names a segment, counted over all
/// data segments of a file, that the capture misses.
pub fn capture(connections: &[Vec<Sent>], size: usize, lost: Option<usize>) -> Vec<u8> {
    let mut file = Writer::new(Vec::new(), "a test".into()).unwrap();
    let mut count = 0;
    for (index, sent) in connections.iter().enumerate() {
        let mut wire = Synthetic::new(40_000 + index as u16, 7_000);
        let mut emit = |packet: &[u8]| file.packet(Duration::from_secs(1), packet, None).unwrap();
        emit(&wire.packet(Direction::Sent, SYN, &[]));
        emit(&wire.packet(Direction::Heard, SYN_ACK, &[]));
        for (client, bytes) in sent {
            let direction = if *client { Direction::Sent } else { Direction::Heard };
            for segment in bytes.chunks(size) {
                let packet = wire.packet(direction, rtmpspec::wire::pcapng::DATA, segment);
                if lost != Some(count) {
                    emit(&packet);
                }
                count += 1;
            }
        }
        for direction in [Direction::Sent, Direction::Heard] {
            emit(&wire.packet(direction, FIN, &[]));
        }
    }
    file.into_inner()
}

/// Reads a capture of one connection; every byte has to be accounted for.
pub fn account(capture: &[u8], options: Options) -> Account {
    let Import { mut connections, .. } = read(capture, options, &mut ()).unwrap();
    assert_eq!(connections.len(), 1);
    let account = connections.remove(0);
    for direction in [&account.to_server, &account.to_client] {
        assert_eq!(direction.accounted(), direction.total, "{direction:?}");
    }
    account
}

/// Adds a Decryption Secrets Block at the end of a pcapng file.
pub fn with_secrets(capture: &[u8], log: &str) -> Vec<u8> {
    let little = capture[8] == 0x4D;
    let word = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let padded = log.len().next_multiple_of(4);
    let total = u32::try_from(20 + padded).unwrap();
    let mut out = capture.to_vec();
    for n in [10, total, 0x544C_534B, u32::try_from(log.len()).unwrap()] {
        out.extend(word(n));
    }
    out.extend(log.as_bytes());
    out.resize(out.len() + padded - log.len(), 0);
    out.extend(word(total));
    out
}

/// Runs `rtmpspec vectors import FILE --out OUT MORE`: exit code, stdout, stderr.
pub fn import(file: &Path, out: &Path, more: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtmpspec"));
    command.args(["vectors", "import"]).arg(file).arg("--out").arg(out).args(more);
    let ran = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}
