//! Protocol control and user control messages (RTMP 5.4, 6.2, 7.1.7), on chunk stream 2, message stream 0.

use super::chunk::Msg;

fn control(kind: u8, body: Vec<u8>, label: String) -> Msg {
    Msg { csid: 2, ts: 0, kind, msid: 0, body, label }
}

/// Set Chunk Size (RTMP 5.4.1). The caller changes its own writing after it.
#[must_use]
pub fn set_chunk_size(size: u32) -> Msg {
    control(1, size.to_be_bytes().to_vec(), format!("Set Chunk Size {size}"))
}

/// Abort (RTMP 5.4.2).
#[must_use]
pub fn abort(csid: u32) -> Msg {
    control(2, csid.to_be_bytes().to_vec(), format!("Abort {csid}"))
}

/// Acknowledgement (RTMP 5.4.3).
#[must_use]
pub fn acknowledgement(bytes: u32) -> Msg {
    control(3, bytes.to_be_bytes().to_vec(), format!("Acknowledgement {bytes}"))
}

/// Window Acknowledgement Size (RTMP 5.4.4).
#[must_use]
pub fn window_ack_size(bytes: u32) -> Msg {
    control(5, bytes.to_be_bytes().to_vec(), format!("Window Acknowledgement Size {bytes}"))
}

/// Set Peer Bandwidth (RTMP 5.4.5); `limit` 0 hard, 1 soft, 2 dynamic.
#[must_use]
pub fn set_peer_bandwidth(bytes: u32, limit: u8) -> Msg {
    let mut body = bytes.to_be_bytes().to_vec();
    body.push(limit);
    control(6, body, format!("Set Peer Bandwidth {bytes} type {limit}"))
}

/// A user control message with any event (RTMP 6.2).
#[must_use]
pub fn user_control(event: u16, data: &[u8]) -> Msg {
    let mut body = event.to_be_bytes().to_vec();
    body.extend(data);
    control(4, body, format!("User Control event {event}"))
}

/// Ping Request, event 6 (RTMP 7.1.7).
#[must_use]
pub fn ping_request(value: u32) -> Msg {
    Msg { label: format!("Ping Request {value}"), ..user_control(6, &value.to_be_bytes()) }
}

/// Ping Response, event 7 (RTMP 7.1.7).
#[must_use]
pub fn ping_response(value: u32) -> Msg {
    Msg { label: format!("Ping Response {value}"), ..user_control(7, &value.to_be_bytes()) }
}

/// Set Buffer Length, event 3 (RTMP 7.1.7).
#[must_use]
pub fn set_buffer_length(msid: u32, ms: u32) -> Msg {
    let mut data = msid.to_be_bytes().to_vec();
    data.extend(ms.to_be_bytes());
    Msg { label: format!("Set Buffer Length {msid} {ms} ms"), ..user_control(3, &data) }
}

#[cfg(test)]
mod tests {
    /// The worked vectors, section V5.
    #[test]
    fn writes_the_worked_vectors() {
        let hex = |m: super::Msg| m.chunks(128)[0].iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(hex(super::set_chunk_size(4096)), "02000000000004010000000000001000");
        assert_eq!(hex(super::abort(6)), "02000000000004020000000000000006");
        assert_eq!(hex(super::acknowledgement(0x1234_5678)), "02000000000004030000000012345678");
        assert_eq!(hex(super::window_ack_size(2_500_000)), "020000000000040500000000002625a0");
        assert_eq!(hex(super::set_peer_bandwidth(2_500_000, 2)), "020000000000050600000000002625a002");
        assert_eq!(hex(super::set_buffer_length(1, 3000)), "0200000000000a040000000000030000000100000bb8");
        assert_eq!(hex(super::ping_request(0x0102_0304)), "020000000000060400000000000601020304");
    }
}
