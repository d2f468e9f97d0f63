//! What the chunks of a message show about their writer (RTMP 5.3.1), and the bound on unfinished messages.

use std::collections::BTreeMap;

use super::event::Log;
use crate::rule;
use crate::wire::MessageSeen;

/// Chunk streams of one connection that are told apart.
const STREAMS: usize = 1024;
/// Bytes of unfinished messages that are kept, with chunks of at least 128 bytes.
const UNFINISHED: u64 = 8 << 20;
/// The same with smaller chunks, whose bookkeeping is larger than they are.
const UNFINISHED_SMALL: u64 = 256 << 10;

/// Judges the chunk headers of one connection.
#[derive(Debug)]
pub(super) struct Chunks {
    /// Chunk type that started the newest message of each chunk stream, and the timestamp.
    last: BTreeMap<u32, (u8, u32)>,
    fed: u64,
    finished: u64,
    smallest: usize,
}

impl Default for Chunks {
    fn default() -> Self {
        Self { last: BTreeMap::new(), fed: 0, finished: 0, smallest: 128 }
    }
}

impl Chunks {
    /// Counts what is given to the reader.
    pub fn fed(&mut self, bytes: usize, chunk_size: usize) {
        self.fed += bytes as u64;
        self.smallest = self.smallest.min(chunk_size);
    }

    /// Why no more is read, if a bound is passed.
    pub fn beyond(&self) -> Option<String> {
        let unfinished = self.fed - self.finished.min(self.fed);
        let most = if self.smallest < 128 { UNFINISHED_SMALL } else { UNFINISHED };
        if unfinished > most {
            return Some(format!("{unfinished} B of unfinished messages, at most {most} B are kept here"));
        }
        (self.last.len() > STREAMS)
            .then(|| format!("more than {STREAMS} chunk streams are not told apart here"))
    }

    /// Judges the chunks of a finished message.
    pub fn judge(&mut self, message: &MessageSeen, log: &mut Log) {
        let csid = message.csid;
        for chunk in &message.chunks {
            self.finished += (chunk.payload.end - chunk.offset) as u64;
        }
        let Some(first) = message.chunks.first() else { return };
        match self.last.insert(csid, (first.fmt, message.ts)) {
            None if first.fmt == 0 => log.right_once(rule::CHUNK_013, "chunk streams begin with a type 0 chunk"),
            None => {
                log.broken(rule::CHUNK_013, format!("chunk stream {csid} begins with a type {} chunk", first.fmt));
            }
            // After timestamp 0 both readings give the same.
            Some((0, 1..)) if first.fmt == 3 => log.broken(
                rule::CHUNK_065,
                format!(
                    "type 3 starts a message right after type 0 on chunk stream {csid}: the delta is the whole \
                     timestamp by the text, 0 for some receivers (errata E-15c)"
                ),
            ),
            Some(_) => {}
        }
        let smallest_form = match csid {
            0..64 => 1,
            64..320 => 2,
            _ => 3,
        };
        if first.basic_len != smallest_form {
            log.broken(
                rule::CHUNK_006,
                format!("{} byte basic header for chunk stream {csid}", first.basic_len),
            );
        }
        if csid == 2 && matches!(message.kind, 8 | 9 | 15 | 18 | 22) {
            log.broken(
                rule::CHUNK_007,
                format!("type {} on chunk stream 2, reserved for control", message.kind),
            );
        } else if csid == 2 && matches!(message.kind, 17 | 20) {
            log.lenient(rule::CHUNK_007, "a command on chunk stream 2, reserved for control (errata E-11b)");
        }
        if first.fmt < 3 && first.extended.is_some_and(|value| value < 0xFF_FFFF) {
            log.broken(rule::CHUNK_029, "extended timestamp for a value that 24 bits hold");
        }
        if let (1 | 2, Some(delta @ 0x8000_0000..)) = (first.fmt, first.extended) {
            let text = format!(
                "type {} on chunk stream {csid} goes back by a wrapped delta, {} ms to {}; type 0 is for that",
                first.fmt,
                delta.cast_signed(),
                message.ts
            );
            log.broken(rule::CHUNK_067, text);
        }
        self.continuations(message, log);
    }

    fn continuations(&self, message: &MessageSeen, log: &mut Log) {
        let [first, rest @ ..] = message.chunks.as_slice() else { return };
        if rest.is_empty() {
            return;
        }
        log.right_once(
            rule::CHUNK_039,
            &format!("messages are cut at the chunk size, {} B", message.chunk_size),
        );
        if let Some(odd) = rest.iter().find(|c| c.fmt != 3) {
            log.broken(rule::CHUNK_020, format!("a message goes on in a type {} chunk, not type 3", odd.fmt));
        }
        if first.extended.is_some() {
            log_extended(rest.iter().filter(|c| c.fmt == 3).all(|c| c.extended.is_some()), message.csid, log);
        }
    }
}

fn log_extended(repeated: bool, csid: u32, log: &mut Log) {
    if repeated {
        log.right_once(rule::CHUNK_031, "type 3 chunks repeat the extended timestamp");
    } else {
        let text =
            format!("type 3 chunks on chunk stream {csid} leave the extended timestamp out (errata E-15)");
        log.broken(rule::CHUNK_031, text);
    }
}

#[cfg(test)]
mod tests {
    use super::Chunks;
    use crate::listen::event::Log;
    use crate::pen::chunk::{Form, Header};
    use crate::wire::reader::Reader;

    fn judge(wire: &[u8]) -> Vec<String> {
        let (mut log, mut chunks) = (Log::new(1), Chunks::default());
        for message in Reader::default().feed(wire) {
            chunks.judge(&message, &mut log);
        }
        log.take().iter().map(crate::listen::Event::judgement).collect()
    }

    fn header(fmt: u8, csid: u32, time: u32, len: usize) -> Vec<u8> {
        Header { fmt, csid, form: Form::Smallest, time, len, kind: 9, msid: 1 }.bytes()
    }

    #[test]
    fn an_extended_timestamp_has_to_be_repeated() {
        let body = [0xAB; 72];
        let first = [header(0, 6, 0x100_0000, 200), vec![0xAB; 128]].concat();
        let repeated = [first.clone(), vec![0xC6, 1, 0, 0, 0], body.to_vec()].concat();
        assert!(
            judge(&repeated)
                .contains(&"ok       type 3 chunks repeat the extended timestamp  [CHUNK-031]".into())
        );
        let omitted = [first, vec![0xC6], body.to_vec()].concat();
        assert!(
            judge(&omitted).iter().any(|l| l.starts_with("WRONG    type 3 chunks on chunk stream 6 leave"))
        );
    }

    #[test]
    fn the_first_chunk_is_type_0() {
        let lines = judge(&[header(1, 4, 0, 1), vec![1]].concat());
        assert_eq!(lines, ["WRONG    chunk stream 4 begins with a type 1 chunk  [CHUNK-013]"]);
    }

    #[test]
    fn unfinished_bytes_are_bounded() {
        let mut chunks = Chunks::default();
        chunks.fed(8 << 20, 128);
        assert_eq!(chunks.beyond(), None);
        chunks.fed(0, 1);
        assert!(chunks.beyond().is_some());
    }
}
