//! Gate: heap memory of one server session with `Limits::embedded()`, beyond the message that is being
//! assembled. A program without the test harness, whose threads would allocate, too.

use std::process::ExitCode;

use bytes::{Bytes, BytesMut};
use rtmp_bench::counting::{self, Counting};
use rtmp_proto::{
    ChunkEncoder, ChunkStreamId, Control, Limits, Message, MessageStreamId, MessageType, Millis, ServerEvent,
    ServerSession, Timestamp,
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The figure that Espressif gives for its stack.
const BOUND: usize = 16_872;
/// Bytes of a read, as one segment on Ethernet carries.
const READ: usize = 1460;

fn main() -> ExitCode {
    let script = Script::new();
    // The application's, which shares it among all players.
    let frame = Bytes::from(vec![0x27; FRAME]);
    let start = counting::live();
    let mut meter = Meter { start, worst: 0 };
    counting::reset_peaks();
    let now = Millis(0);
    let mut session = Box::new(ServerSession::new(Limits::embedded(), [7; 32], now));
    println!("{:8} bytes: the session itself", size_of::<ServerSession>());
    meter.note("created", 0);
    for (name, wire, message) in &script.steps {
        for piece in wire.chunks(READ) {
            session.handle_input(now, &mut BytesMut::from(piece)).expect("the script is well-formed");
            obey(&mut session);
        }
        meter.note(name, *message);
    }
    for time in 0..3 {
        let (time, kind) = (Timestamp(time * 40), MessageType::VIDEO);
        let sent = session.send_media(MessageStreamId(2), kind, time, frame.clone());
        sent.expect("the script plays on message stream 2");
        obey(&mut session);
        // Its chunks: a header of 12 bytes, and of 1 byte for each further chunk.
        meter.note("sends video of 20,000 bytes", FRAME + 12 + FRAME / 4096);
    }
    println!("{:8} bytes at most, bound {BOUND}", meter.worst);
    if meter.worst > BOUND {
        println!("FAILED: above the bound");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Length of a media message in bytes.
const FRAME: usize = 20_000;

struct Meter {
    start: usize,
    worst: usize,
}

impl Meter {
    /// The peak since the last call, without the `message` bytes that are being assembled or sent.
    /// A block that grows in place is that message; where the allocator has to copy it, the figure in
    /// parentheses is what both blocks take for a moment.
    fn note(&mut self, what: &str, message: usize) {
        let beyond = |peak: usize| (peak - self.start).saturating_sub(message);
        let (peak, copying) = (beyond(counting::peak()), beyond(counting::copying_peak()));
        // Afterwards no message is on its way: what is left is the session's own.
        self.worst = self.worst.max(peak).max(counting::live() - self.start);
        println!("{peak:8} bytes at most ({copying}), {} afterwards: {what}", counting::live() - self.start);
        counting::reset_peaks();
    }
}

/// Accepts what is asked for, and takes what is to be sent.
fn obey(session: &mut ServerSession) {
    loop {
        while session.poll_transmit().is_some() {}
        match session.poll_event() {
            Some(
                ServerEvent::Connect { id, .. }
                | ServerEvent::Publish { id, .. }
                | ServerEvent::Play { id, .. },
            ) => session.accept(id).expect("the request waits"),
            Some(_) => {}
            None => return,
        }
    }
}

/// What a client sends, made before anything is measured: name, bytes, length of the message that is
/// being assembled.
struct Script {
    steps: Vec<(&'static str, Vec<u8>, usize)>,
    encoder: ChunkEncoder,
}

impl Script {
    fn new() -> Self {
        let mut script = Self { steps: Vec::new(), encoder: ChunkEncoder::new() };
        script.steps.push(("handshake", [&[3][..], &[0; 2 * 1536]].concat(), 0));
        let bodies = rtmp_bench::amf::messages();
        let command = |name: &str| {
            let body = bodies.iter().find(|body| body[3..].starts_with(name.as_bytes()));
            body.cloned().expect("the command is one of the bodies")
        };
        script.add("connect", MessageType::COMMAND_AMF0, 0, 0, command("connect"));
        script.set_chunk_size(4096);
        script.add("createStream", MessageType::COMMAND_AMF0, 0, 0, command("createStream"));
        script.add("publish", MessageType::COMMAND_AMF0, 1, 0, command("publish"));
        script.add("metadata", MessageType::DATA_AMF0, 1, 0, command("@setDataFrame"));
        for time in 0..3 {
            script.add("video of 20,000 bytes", MessageType::VIDEO, 1, 40 * time, vec![0x27; FRAME]);
            script.add("audio", MessageType::AUDIO, 1, 40 * time, vec![0xaf; 350]);
        }
        script.add("createStream", MessageType::COMMAND_AMF0, 0, 0, command("createStream"));
        script.add("play", MessageType::COMMAND_AMF0, 2, 0, command("play"));
        script
    }

    fn add(&mut self, name: &'static str, kind: MessageType, stream: u32, time: u32, payload: Vec<u8>) {
        let id = match kind {
            MessageType::VIDEO => 6,
            MessageType::AUDIO => 4,
            _ => 3,
        };
        let length = payload.len();
        let message = Message {
            chunk_stream: ChunkStreamId::new(id).expect("an id between 2 and 65599"),
            timestamp: Timestamp(time),
            kind,
            stream: MessageStreamId(stream),
            payload: payload.into(),
        };
        let mut wire = BytesMut::new();
        self.encoder.encode(&message, &mut wire);
        self.steps.push((name, wire.to_vec(), length));
    }

    fn set_chunk_size(&mut self, size: u32) {
        let mut wire = BytesMut::new();
        self.encoder.encode(&Control::SetChunkSize(size).encode(), &mut wire);
        self.encoder.set_chunk_size(size);
        self.steps.push(("Set Chunk Size", wire.to_vec(), 0));
    }
}
