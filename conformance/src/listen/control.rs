//! Protocol control and user control messages of the client (RTMP 5.4, 6.2, 7.1.7).

use super::session::Session;
use crate::rule;
use crate::wire::MessageSeen;

/// Chunk size from which nginx-rtmp closes the connection.
const NGINX_MOST: u32 = 10 << 20;

impl Session {
    pub(super) fn control(&mut self, message: &MessageSeen) {
        let name = name(message.kind);
        let home = (message.msid == 0, message.csid == 2);
        if message.kind == 4 {
            if home == (true, true) {
                self.log
                    .right_once(rule::UCM_002, "user control messages on chunk stream 2, message stream 0");
            } else {
                let text =
                    format!("{name} on chunk stream {}, message stream {}", message.csid, message.msid);
                self.log.broken(rule::UCM_002, text);
            }
        } else {
            if home.0 {
                self.log.right_once(rule::CTRL_001, "protocol control messages on message stream 0");
            } else {
                self.log.broken(rule::CTRL_001, format!("{name} on message stream {}, not 0", message.msid));
            }
            if home.1 {
                self.log.right_once(rule::CTRL_002, "protocol control messages on chunk stream 2");
            } else {
                self.log.broken(rule::CTRL_002, format!("{name} on chunk stream {}, not 2", message.csid));
            }
        }
        let word = message.body.first_chunk::<4>().map(|b| u32::from_be_bytes(*b));
        match (message.kind, word, message.body.len()) {
            (1, Some(size), 4) => self.chunk_size(size),
            (1, _, len) => self.log.broken(rule::CTRL_006, format!("Set Chunk Size of {len} B, not 4")),
            (2, Some(csid), 4) => self.log.step(format!("Abort of the message on chunk stream {csid}")),
            (2, _, len) => self.log.broken(rule::CTRL_017, format!("Abort of {len} B, not 4")),
            (3, Some(count), 4) => self.acknowledged(count),
            (3, _, len) => self.log.broken(rule::CTRL_022, format!("Acknowledgement of {len} B, not 4")),
            (5, Some(window), 4) => {
                self.client_window = Some(window);
                self.log.right(rule::CTRL_030, format!("Window Acknowledgement Size {window}"));
            }
            (5, _, len) => {
                self.log.broken(rule::CTRL_030, format!("Window Acknowledgement Size of {len} B, not 4"));
            }
            (6, Some(window), 5) => {
                let limit = message.body[4];
                self.log.right(rule::CTRL_034, format!("Set Peer Bandwidth {window}, limit type {limit}"));
            }
            (6, _, len) => self.log.broken(rule::CTRL_034, format!("Set Peer Bandwidth of {len} B, not 5")),
            _ => self.user_control(&message.body),
        }
    }

    fn chunk_size(&mut self, size: u32) {
        let size = match size {
            0 => return self.log.broken(rule::CTRL_010, "Set Chunk Size 0"),
            0x8000_0000.. => {
                return self
                    .log
                    .broken(rule::CTRL_011, format!("Set Chunk Size {size:#x}: the top bit is set"));
            }
            size => size,
        };
        self.log.right(rule::CTRL_006, format!("Set Chunk Size {size}"));
        if size < 128 {
            self.log.broken(rule::CTRL_009, format!("chunk size {size} is less than 128"));
        }
        if size > NGINX_MOST {
            self.log.remark(
                rule::CTRL_008,
                format!("chunk size {size} is legal, but nginx-rtmp closes above {NGINX_MOST}"),
            );
        }
    }

    fn acknowledged(&mut self, count: u32) {
        self.acks += 1;
        // Both byte bases are accepted (errata E-16); `sent` holds the larger, with the handshake.
        if u64::from(count) > self.sent {
            let text = format!("Acknowledgement of {count} B, but only {} were sent", self.sent);
            self.log.broken(rule::CTRL_024, text);
        } else if self.last_ack.is_some_and(|last| count < last) {
            self.log.broken(rule::CTRL_024, format!("Acknowledgement goes back to {count} B"));
        } else {
            self.log.right_once(rule::CTRL_024, &format!("Acknowledgement of {count} B of {}", self.sent));
        }
        self.last_ack = Some(count);
        self.sent_at_ack = self.sent;
    }

    fn user_control(&mut self, body: &[u8]) {
        let Some((event, data)) = body.split_first_chunk::<2>() else {
            return self.log.broken(rule::UCM_001, format!("user control message of {} B", body.len()));
        };
        match (u16::from_be_bytes(*event), data) {
            (3, [a, b, c, d, e, f, g, h]) => {
                let stream = u32::from_be_bytes([*a, *b, *c, *d]);
                let ms = u32::from_be_bytes([*e, *f, *g, *h]);
                self.log.right(rule::UCM_011, format!("Set Buffer Length of stream {stream}: {ms} ms"));
                if self.playing.is_some() {
                    self.log.remark(rule::UCM_012, "Set Buffer Length came after play");
                }
            }
            (3, data) => {
                self.log
                    .broken(rule::UCM_011, format!("Set Buffer Length with {} B of data, not 8", data.len()));
            }
            (6, [a, b, c, d]) => {
                let value = u32::from_be_bytes([*a, *b, *c, *d]);
                self.log.step(format!(
                    "Ping Request {value}, answered (by the text only servers send it: errata E-21c)"
                ));
                self.send(&crate::pen::control::ping_response(value));
            }
            (7, [a, b, c, d]) => self.pong(u32::from_be_bytes([*a, *b, *c, *d])),
            (7, data) => {
                self.log.broken(rule::UCM_016, format!("Ping Response with {} B of data, not 4", data.len()))
            }
            (event @ (0 | 1 | 2 | 4), _) => {
                self.log.note(format!("user control event {event} is the server's to send"))
            }
            (event, data) => self.log.step(format!("user control event {event}, {} B of data", data.len())),
        }
    }

    fn pong(&mut self, value: u32) {
        match self.ping.take_if(|ping| ping.value == value) {
            Some(ping) => {
                let took = self.now.saturating_sub(ping.at);
                if ping.unacknowledged {
                    return self.read_up_to_ping(&ping);
                }
                let text = format!("Ping Response {value:#x} after {:.1} ms", took.as_secs_f64() * 1e3);
                if ping.judged { self.log.step(text) } else { self.log.right(rule::UCM_016, text) }
            }
            None => match &self.ping {
                Some(ping) => {
                    let text = format!("Ping Response {value:#x} to Ping Request {:#x}", ping.value);
                    self.log.broken(rule::UCM_016, text);
                }
                None => self.log.note(format!("Ping Response {value:#x} to no Ping Request")),
            },
        }
    }
}

fn name(kind: u8) -> &'static str {
    match kind {
        1 => "Set Chunk Size",
        2 => "Abort",
        3 => "Acknowledgement",
        4 => "a user control message",
        5 => "Window Acknowledgement Size",
        _ => "Set Peer Bandwidth",
    }
}
