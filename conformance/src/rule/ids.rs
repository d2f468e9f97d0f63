// Generated from conformance/requirements; do not edit. After a change there:
// UPDATE=1 cargo test -p rtmpspec rule

use super::Rule;

/// Connection starts with C0 (1 byte) then C1 (1536 bytes) from the initiator
pub const HS_001: Rule = Rule("HS-001");

/// S0 is 1 byte, S1 and S2 are exactly 1536 bytes each
pub const HS_002: Rule = Rule("HS-002");

/// C2 is sent only after S1 has been received
pub const HS_003: Rule = Rule("HS-003");

/// No chunk data before S2 has been received
pub const HS_004: Rule = Rule("HS-004");

/// S0/S1 are not sent before C0 is received
pub const HS_005: Rule = Rule("HS-005");

/// S0/S1 may be delayed until C1 has arrived as well
pub const HS_006: Rule = Rule("HS-006");

/// S2 is not sent before C1 was completely received
pub const HS_007: Rule = Rule("HS-007");

/// No chunk data from the server before C2 was received
pub const HS_008: Rule = Rule("HS-008");

/// Version byte for this protocol is 3
pub const HS_009: Rule = Rule("HS-009");

/// A server not knowing the requested version answers 3
pub const HS_010: Rule = Rule("HS-010");

/// Client receiving an S0 other than its own may degrade to 3 or give up
pub const HS_011: Rule = Rule("HS-011");

/// Versions 32..255 are never announced
pub const HS_012: Rule = Rule("HS-012");

/// Versions 0-2 are deprecated; a server may reject them
pub const HS_013: Rule = Rule("HS-013");

/// C1/S1 bytes 0-3 carry a 32-bit big-endian time
pub const HS_014: Rule = Rule("HS-014");

/// That time is the epoch for the endpoint's later chunk timestamps
pub const HS_015: Rule = Rule("HS-015");

/// Plain C1/S1 bytes 4-7 are zero
pub const HS_016: Rule = Rule("HS-016");

/// The 1528 remaining bytes are sufficiently random to tell own echo from peer's challenge
pub const HS_017: Rule = Rule("HS-017");

/// C2/S2 bytes 0-3 repeat the peer's S1/C1 time
pub const HS_018: Rule = Rule("HS-018");

/// C2/S2 bytes 4-7 hold the time at which the peer's packet was read
pub const HS_019: Rule = Rule("HS-019");

/// C2/S2 bytes 8-1535 echo the peer's random bytes
pub const HS_020: Rule = Rule("HS-020");

/// A non-matching echo from the peer is not a reason to fail or limit the session
pub const HS_021: Rule = Rule("HS-021");

/// C0+C1 may arrive in one segment, or byte-by-byte
pub const HS_022: Rule = Rule("HS-022");

/// C2 and the first chunk may arrive coalesced in one segment
pub const HS_023: Rule = Rule("HS-023");

/// S0+S1+S2 may arrive coalesced or split at any byte
pub const HS_024: Rule = Rule("HS-024");

/// Client may send C0C1C2 with C2 sent before S2 is read (early C2 right after S1)
pub const HS_025: Rule = Rule("HS-025");

/// C0C1 followed at once by a zero-filled C2 (client never reads) should not crash; may be tolerated
pub const HS_026: Rule = Rule("HS-026");

/// Unfinished handshake is timed out
pub const HS_027: Rule = Rule("HS-027");

/// Whether handshake bytes count toward the Acknowledgement sequence is unsettled (srs and gort count them, ngx does not)
pub const HS_028: Rule = Rule("HS-028");

/// With a plain C1 (bytes 4-7 zero) the server must use plain handshake
pub const HS_029: Rule = Rule("HS-029");

/// With non-zero version bytes but no valid digest, fall back to plain
pub const HS_030: Rule = Rule("HS-030");

/// Client accepts an S1 that copies C1 (several servers send S1=C1)
pub const HS_031: Rule = Rule("HS-031");

/// State order: Uninitialized, Version Sent, Ack Sent, Done
pub const HS_032: Rule = Rule("HS-032");

/// Client tolerates S2 whose time2 is zero or random
pub const HS_033: Rule = Rule("HS-033");

/// TCP half-close or RST during handshake frees the session
pub const HS_034: Rule = Rule("HS-034");

/// Handshake time may be 0 or any other value; the peer takes it as it comes
pub const HS_035: Rule = Rule("HS-035");

/// Bytes 4-7 of C1/S1 carry a non-zero 4-byte version when digests are used
pub const HSD_001: Rule = Rule("HSD-001");

/// After the 8-byte prefix C1/S1 are two 764-byte blocks: a digest block and a key block, in either order
pub const HSD_002: Rule = Rule("HSD-002");

/// Digest block = 4 offset bytes, then 760 bytes holding a 32-byte digest at (sum of offset bytes mod 728) after them
pub const HSD_003: Rule = Rule("HSD-003");

/// Layout A (digest first): offset bytes at 8..11, digest index = sum mod 728 + 12
pub const HSD_004: Rule = Rule("HSD-004");

/// Layout B (key first): offset bytes at 772..775, digest index = sum mod 728 + 776
pub const HSD_005: Rule = Rule("HSD-005");

/// Key block layout A: offset bytes at 1532..1535, 128-byte key at sum mod 632 + 772
pub const HSD_006: Rule = Rule("HSD-006");

/// Key block layout B: offset bytes at 768..771, key at sum mod 632 + 8
pub const HSD_007: Rule = Rule("HSD-007");

/// C1 digest = HMAC-SHA256 keyed with the 30-char player string over C1 minus its own 32 digest bytes (1504 bytes)
pub const HSD_008: Rule = Rule("HSD-008");

/// S1 digest = HMAC-SHA256 keyed with the 36-char media-server string over the other 1504 bytes
pub const HSD_009: Rule = Rule("HSD-009");

/// Server checks both layouts before giving up on the digest
pub const HSD_010: Rule = Rule("HSD-010");

/// S1 uses the same layout as the client's C1
pub const HSD_011: Rule = Rule("HSD-011");

/// S2 last 32 bytes = HMAC(HMAC(68-byte server key, C1 digest), first 1504 bytes of S2)
pub const HSD_012: Rule = Rule("HSD-012");

/// C2 last 32 bytes = HMAC(HMAC(62-byte player key, S1 digest), first 1504 bytes of C2)
pub const HSD_013: Rule = Rule("HSD-013");

/// Server does not reject a C2 with wrong signature (compat)
pub const HSD_014: Rule = Rule("HSD-014");

/// Client wanting digest accepts a plain server (S1\[4\]==0, type 3) and falls back
pub const HSD_015: Rule = Rule("HSD-015");

/// Client may fail if a claimed-genuine S2 signature is wrong
pub const HSD_016: Rule = Rule("HSD-016");

/// Full keys = ASCII string + same fixed 32-byte tail; total 62 and 68 bytes
pub const HSD_017: Rule = Rule("HSD-017");

/// Digest C1 from players is required for H.264/AAC delivery by FMS-era clients; so a server should implement it
pub const HSD_018: Rule = Rule("HSD-018");

/// Digest offset arithmetic uses the byte sum, not a 32-bit integer modulo
pub const HSD_019: Rule = Rule("HSD-019");

/// Echo rule HS-020 is void when digests are used
pub const HSD_020: Rule = Rule("HSD-020");

/// Digest C1 with C0=3 must not switch on encryption
pub const HSD_021: Rule = Rule("HSD-021");

/// A C1 whose random bytes accidentally verify in neither layout is treated as plain, never closed
pub const HSD_022: Rule = Rule("HSD-022");

/// Timestamps are integer milliseconds relative to an unspecified epoch
pub const TIME_001: Rule = Rule("TIME-001");

/// Timestamps are 32-bit and wrap
pub const TIME_002: Rule = Rule("TIME-002");

/// Comparison uses serial-number arithmetic (RFC 1982)
pub const TIME_003: Rule = Rule("TIME-003");

/// Adjacent timestamps are assumed within 2^31-1 ms
pub const TIME_004: Rule = Rule("TIME-004");

/// Deltas are unsigned, 24 or 32 bit
pub const TIME_005: Rule = Rule("TIME-005");

/// Streams need not start at 0
pub const TIME_006: Rule = Rule("TIME-006");

/// Timestamps do not go backwards within one message stream id and type unless the receiver asked (seek)
pub const TIME_007: Rule = Rule("TIME-007");

/// Cross-type ordering is not guaranteed (audio may overtake video)
pub const TIME_008: Rule = Rule("TIME-008");

/// Timestamps above 0x7FFFFFFF are legal values of the 32-bit field and are processed as such
pub const TIME_009: Rule = Rule("TIME-009");

/// Players get a stream rebased to 0 (AMS) or raw publisher time (nginx/SRS); both seen
pub const TIME_010: Rule = Rule("TIME-010");

/// Message control-type timestamps are ignored
pub const TIME_011: Rule = Rule("TIME-011");

/// FLV-derived timestamps are signed 32 (31 usable bits) — conversion must not sign-extend into errors
pub const TIME_012: Rule = Rule("TIME-012");

/// Basic header: top 2 bits fmt, low 6 bits csid code
pub const CHUNK_001: Rule = Rule("CHUNK-001");

/// Code 2..63 is the csid itself (1-byte form)
pub const CHUNK_002: Rule = Rule("CHUNK-002");

/// Code 0: csid = second byte + 64 (64..319)
pub const CHUNK_003: Rule = Rule("CHUNK-003");

/// Code 1: csid = third byte\*256 + second byte + 64 (64..65599), i.e. little-endian
pub const CHUNK_004: Rule = Rule("CHUNK-004");

/// Ids 64..319 in 3-byte form are the same streams as in 2-byte form
pub const CHUNK_005: Rule = Rule("CHUNK-005");

/// Sender uses the smallest form that holds the id
pub const CHUNK_006: Rule = Rule("CHUNK-006");

/// Ids 0 and 1 do not exist as streams; id 2 reserved for low-level control
pub const CHUNK_007: Rule = Rule("CHUNK-007");

/// Receiver supports the whole csid range 3..65599
pub const CHUNK_008: Rule = Rule("CHUNK-008");

/// fmt 0 message header = 11 bytes: ts24, len24, type8, msid32 little-endian
pub const CHUNK_009: Rule = Rule("CHUNK-009");

/// fmt 1 = 7 bytes: delta24, len24, type8; msid inherited
pub const CHUNK_010: Rule = Rule("CHUNK-010");

/// fmt 2 = 3 bytes: delta24; len, type, msid inherited
pub const CHUNK_011: Rule = Rule("CHUNK-011");

/// fmt 3 = 0 bytes, everything inherited from same csid
pub const CHUNK_012: Rule = Rule("CHUNK-012");

/// First chunk ever on a csid is fmt 0
pub const CHUNK_013: Rule = Rule("CHUNK-013");

/// A fresh csid beginning with fmt 1 is tolerated (librtmp pings)
pub const CHUNK_014: Rule = Rule("CHUNK-014");

/// A fresh csid beginning with fmt 2/3 is a fatal error
pub const CHUNK_015: Rule = Rule("CHUNK-015");

/// fmt 0 is used whenever the timestamp goes backwards
pub const CHUNK_016: Rule = Rule("CHUNK-016");

/// Sender uses the most compact header possible
pub const CHUNK_017: Rule = Rule("CHUNK-017");

/// Variable-size streams use fmt 1 for each message after the first
pub const CHUNK_018: Rule = Rule("CHUNK-018");

/// Constant-size streams use fmt 2
pub const CHUNK_019: Rule = Rule("CHUNK-019");

/// Continuation chunks of one message are fmt 3
pub const CHUNK_020: Rule = Rule("CHUNK-020");

/// Same size/stream/spacing: fmt 3 after a fmt 2
pub const CHUNK_021: Rule = Rule("CHUNK-021");

/// fmt 3 as start of new message adds the last delta
pub const CHUNK_022: Rule = Rule("CHUNK-022");

/// fmt 3 new message right after fmt 0: delta = that chunk's absolute timestamp
pub const CHUNK_023: Rule = Rule("CHUNK-023");

/// fmt 0 timestamp is absolute
pub const CHUNK_024: Rule = Rule("CHUNK-024");

/// fmt 1/2 field is a delta to the previous message on that csid
pub const CHUNK_025: Rule = Rule("CHUNK-025");

/// Delta base is the previous message on the same csid, not the same msid/type
pub const CHUNK_026: Rule = Rule("CHUNK-026");

/// Timestamp or delta \>= 0xFFFFFF: field is 0xFFFFFF and a 32-bit extended field follows
pub const CHUNK_027: Rule = Rule("CHUNK-027");

/// Exactly 0xFFFFFF needs the extended field; 0xFFFFFE does not
pub const CHUNK_028: Rule = Rule("CHUNK-028");

/// Below the threshold the 24-bit field holds the whole value
pub const CHUNK_029: Rule = Rule("CHUNK-029");

/// Extended field carries the complete 32-bit value, not an excess
pub const CHUNK_030: Rule = Rule("CHUNK-030");

/// Extended field is repeated in every fmt 3 continuation chunk while indicated
pub const CHUNK_031: Rule = Rule("CHUNK-031");

/// Extended field also present in fmt 3 chunks that start a new message
pub const CHUNK_032: Rule = Rule("CHUNK-032");

/// For fmt 1/2 the extended field is a delta, added not assigned
pub const CHUNK_033: Rule = Rule("CHUNK-033");

/// Repeated extended field in continuation is not added again
pub const CHUNK_034: Rule = Rule("CHUNK-034");

/// Receiver may probe whether a continuation carries the extended field (peers omitting it) by comparing the 4 bytes
pub const CHUNK_035: Rule = Rule("CHUNK-035");

/// The extended field is header, not payload: not counted in message length or chunk size
pub const CHUNK_036: Rule = Rule("CHUNK-036");

/// Switch back: fmt 0/1/2 with field \< 0xFFFFFF clears the extended state
pub const CHUNK_037: Rule = Rule("CHUNK-037");

/// Message length is 24 bits, max 16777215
pub const CHUNK_038: Rule = Rule("CHUNK-038");

/// Chunk payload = min(remaining, max chunk size) for all but last chunk
pub const CHUNK_039: Rule = Rule("CHUNK-039");

/// Message of length exactly k\*chunk size has no trailing empty chunk
pub const CHUNK_040: Rule = Rule("CHUNK-040");

/// Zero-length messages are legal: header only
pub const CHUNK_041: Rule = Rule("CHUNK-041");

/// Each chunk is sent completely before the next one
pub const CHUNK_042: Rule = Rule("CHUNK-042");

/// Chunks of messages on different csids may interleave
pub const CHUNK_043: Rule = Rule("CHUNK-043");

/// Control messages may be interleaved between chunks of a large message and take effect at once
pub const CHUNK_044: Rule = Rule("CHUNK-044");

/// Set Chunk Size received mid-message of another csid applies to that message's next chunk
pub const CHUNK_045: Rule = Rule("CHUNK-045");

/// Default maximum chunk size is 128 in each direction
pub const CHUNK_046: Rule = Rule("CHUNK-046");

/// Chunk sizes are independent per direction
pub const CHUNK_047: Rule = Rule("CHUNK-047");

/// 64-byte default for audio does not exist in the spec
pub const CHUNK_048: Rule = Rule("CHUNK-048");

/// One csid may carry different msids sequentially with a new fmt 0
pub const CHUNK_049: Rule = Rule("CHUNK-049");

/// fmt 0 before the previous message on that csid is complete: abandon old or error; must not merge
pub const CHUNK_050: Rule = Rule("CHUNK-050");

/// fmt 1/2 in the middle of a message with same length: some senders do it; SRS accepts equal length
pub const CHUNK_051: Rule = Rule("CHUNK-051");

/// Changing length mid-message is an error
pub const CHUNK_052: Rule = Rule("CHUNK-052");

/// Timestamp established by an aborted message still is base for later deltas
pub const CHUNK_053: Rule = Rule("CHUNK-053");

/// msid is an arbitrary 32-bit value to the chunk layer, but stays \<= 16777215
pub const CHUNK_054: Rule = Rule("CHUNK-054");

/// Type ids other than 1,2,3,5,6 are opaque to the chunk layer
pub const CHUNK_055: Rule = Rule("CHUNK-055");

/// Integers are big-endian unless stated; only csid-64 (3-byte) and msid are little-endian
pub const CHUNK_056: Rule = Rule("CHUNK-056");

/// Reserved/padding bits are sent 0 and ignored on receipt
pub const CHUNK_057: Rule = Rule("CHUNK-057");

/// Parser detects truncation and aborts the element
pub const CHUNK_058: Rule = Rule("CHUNK-058");

/// Chunk headers may be split across TCP segments at any byte
pub const CHUNK_059: Rule = Rule("CHUNK-059");

/// Many chunks may arrive in one read (64 kB+)
pub const CHUNK_060: Rule = Rule("CHUNK-060");

/// csid counts must be bounded against memory abuse without refusing normal ids
pub const CHUNK_061: Rule = Rule("CHUNK-061");

/// Client accepts server messages on any csid \>= 3
pub const CHUNK_062: Rule = Rule("CHUNK-062");

/// Message length limits enforced by implementations (nginx 1 MiB default, gort 10 MiB) end the session cleanly
pub const CHUNK_063: Rule = Rule("CHUNK-063");

/// fmt 3 continuation in a csid \>= 64 repeats the full 2/3-byte basic header
pub const CHUNK_064: Rule = Rule("CHUNK-064");

/// Sender avoids fmt 3 directly after fmt 0 for a new message unless delta equals the absolute ts
pub const CHUNK_065: Rule = Rule("CHUNK-065");

/// A fmt 3 new message keeps type, length and msid
pub const CHUNK_066: Rule = Rule("CHUNK-066");

/// Message whose ts delta would be negative uses fmt 0, never a 2^32-x delta
pub const CHUNK_067: Rule = Rule("CHUNK-067");

/// Large delta encoded as wrap (0xFFFFFFEC = -20) on fmt 1 must be added modulo 2^32
pub const CHUNK_068: Rule = Rule("CHUNK-068");

/// Different msids multiplexed on one csid are demultiplexed by msid
pub const CHUNK_069: Rule = Rule("CHUNK-069");

/// Sender schedules and interleaves as it likes
pub const CHUNK_070: Rule = Rule("CHUNK-070");

/// Chunk stream state belongs to one direction: the same csid used both ways is two independent streams
pub const CHUNK_071: Rule = Rule("CHUNK-071");

/// A delta counts once per message: fmt 3 continuation chunks do not advance the timestamp
pub const CHUNK_072: Rule = Rule("CHUNK-072");

/// Types 1,2,3,5,6 are sent on msid 0
pub const CTRL_001: Rule = Rule("CTRL-001");

/// and on csid 2
pub const CTRL_002: Rule = Rule("CTRL-002");

/// They take effect when received; timestamps ignored
pub const CTRL_003: Rule = Rule("CTRL-003");

/// Receiver accepts control messages on other csids
pub const CTRL_004: Rule = Rule("CTRL-004");

/// Control type with non-zero msid: ignore or close; never misparse
pub const CTRL_005: Rule = Rule("CTRL-005");

/// Set Chunk Size payload: 4 bytes, top bit 0, 31-bit size
pub const CTRL_006: Rule = Rule("CTRL-006");

/// Valid sizes 1..0x7FFFFFFF
pub const CTRL_007: Rule = Rule("CTRL-007");

/// Sizes above 16777215 behave as 16777215
pub const CTRL_008: Rule = Rule("CTRL-008");

/// Chosen size is at least 128
pub const CTRL_009: Rule = Rule("CTRL-009");

/// Size 0 is invalid
pub const CTRL_010: Rule = Rule("CTRL-010");

/// Top bit set is invalid
pub const CTRL_011: Rule = Rule("CTRL-011");

/// New size governs all later chunks in that direction until changed
pub const CTRL_012: Rule = Rule("CTRL-012");

/// SCS itself is framed with the old size
pub const CTRL_013: Rule = Rule("CTRL-013");

/// Repeated SCS, up and down, at any time
pub const CTRL_014: Rule = Rule("CTRL-014");

/// Sending SCS before connect is accepted
pub const CTRL_015: Rule = Rule("CTRL-015");

/// Server raises its own chunk size (4096..65536) around the connect reply
pub const CTRL_016: Rule = Rule("CTRL-016");

/// Abort payload: 4 bytes csid, big-endian
pub const CTRL_017: Rule = Rule("CTRL-017");

/// Receiver discards the partial message on that csid and accepts a new one
pub const CTRL_018: Rule = Rule("CTRL-018");

/// Other csids are unaffected; it does not end the session
pub const CTRL_019: Rule = Rule("CTRL-019");

/// Abort for an idle or unknown csid is harmless
pub const CTRL_020: Rule = Rule("CTRL-020");

/// Abort must work for csid \>= 64
pub const CTRL_021: Rule = Rule("CTRL-021");

/// Acknowledgement payload: 4-byte count of bytes received so far
pub const CTRL_022: Rule = Rule("CTRL-022");

/// An Ack is sent after receiving window-size bytes since the last Ack or session start
pub const CTRL_023: Rule = Rule("CTRL-023");

/// Ack values are cumulative and non-decreasing modulo 2^32
pub const CTRL_024: Rule = Rule("CTRL-024");

/// Acking earlier/more often than the window is fine (SRS acks at half)
pub const CTRL_025: Rule = Rule("CTRL-025");

/// Counter is 32 bit: after 4 GiB it wraps modulo 2^32
pub const CTRL_026: Rule = Rule("CTRL-026");

/// Receiver of Acks tolerates wrap and reset
pub const CTRL_027: Rule = Rule("CTRL-027");

/// No Acks before any WAS was received are required
pub const CTRL_028: Rule = Rule("CTRL-028");

/// A sender not receiving Acks keeps sending (most) or stalls (FMS-like)
pub const CTRL_029: Rule = Rule("CTRL-029");

/// Window Ack Size payload: 4 bytes
pub const CTRL_030: Rule = Rule("CTRL-030");

/// WAS tells the peer how often the peer must ack the WAS sender's bytes
pub const CTRL_031: Rule = Rule("CTRL-031");

/// WAS of 0 must not cause division/ack storm
pub const CTRL_032: Rule = Rule("CTRL-032");

/// WAS of 1 must not flood unboundedly (ack per read acceptable)
pub const CTRL_033: Rule = Rule("CTRL-033");

/// Set Peer Bandwidth payload: 4-byte window + 1-byte limit type
pub const CTRL_034: Rule = Rule("CTRL-034");

/// Receiver answers with WAS if the window differs from the last one it sent
pub const CTRL_035: Rule = Rule("CTRL-035");

/// Type 0 Hard: limit unacked output to this window
pub const CTRL_036: Rule = Rule("CTRL-036");

/// Type 1 Soft: min of this and current
pub const CTRL_037: Rule = Rule("CTRL-037");

/// Type 2 Dynamic: as Hard if previous was Hard, else ignored
pub const CTRL_038: Rule = Rule("CTRL-038");

/// Limit type \> 2 is ignored
pub const CTRL_039: Rule = Rule("CTRL-039");

/// 4-byte SPB (no type) tolerated
pub const CTRL_040: Rule = Rule("CTRL-040");

/// Truncated control payload (\<4) is ignored or closes, no over-read
pub const CTRL_041: Rule = Rule("CTRL-041");

/// Oversized control payload: extra bytes ignored
pub const CTRL_042: Rule = Rule("CTRL-042");

/// The SPB sent on connect is usually type 2 (presence and order: CONN-034)
pub const CTRL_043: Rule = Rule("CTRL-043");

/// Client sends WAS after SPB
pub const CTRL_044: Rule = Rule("CTRL-044");

/// Ack may legally be sent with msid 0 on csid 2 during any message
pub const CTRL_045: Rule = Rule("CTRL-045");

/// Payload = 16-bit big-endian event type + event data
pub const UCM_001: Rule = Rule("UCM-001");

/// Sent on msid 0 and csid 2
pub const UCM_002: Rule = Rule("UCM-002");

/// Effective on receipt; timestamp ignored
pub const UCM_003: Rule = Rule("UCM-003");

/// Max chunk size is large enough to hold one UCM in one chunk
pub const UCM_004: Rule = Rule("UCM-004");

/// But a UCM split over chunks is still parsed
pub const UCM_005: Rule = Rule("UCM-005");

/// Event 0 StreamBegin: 4-byte stream id that became usable
pub const UCM_006: Rule = Rule("UCM-006");

/// StreamBegin for stream 0 after successful connect
pub const UCM_007: Rule = Rule("UCM-007");

/// Event 1 StreamEOF: 4-byte id, playback over, no more data without new command
pub const UCM_008: Rule = Rule("UCM-008");

/// Client discards later messages of that stream after EOF
pub const UCM_009: Rule = Rule("UCM-009");

/// Event 2 StreamDry: 4-byte id, no data for a while
pub const UCM_010: Rule = Rule("UCM-010");

/// Event 3 SetBufferLength: 4-byte id + 4-byte milliseconds
pub const UCM_011: Rule = Rule("UCM-011");

/// If sent, it is sent before the server starts processing the stream
pub const UCM_012: Rule = Rule("UCM-012");

/// Event 4 StreamIsRecorded: 4-byte id
pub const UCM_013: Rule = Rule("UCM-013");

/// Event 5 is not assigned; ignore
pub const UCM_014: Rule = Rule("UCM-014");

/// Event 6 PingRequest: 4-byte server time
pub const UCM_015: Rule = Rule("UCM-015");

/// Event 7 PingResponse echoes the same 4 bytes
pub const UCM_016: Rule = Rule("UCM-016");

/// Server answers a client's PingRequest too
pub const UCM_017: Rule = Rule("UCM-017");

/// Event 8 UDPRequest / 9 UDPResponse (old) are ignored
pub const UCM_018: Rule = Rule("UCM-018");

/// Event 15 BufferLimit, 16..25 unknown: ignored
pub const UCM_019: Rule = Rule("UCM-019");

/// Event 26 (0x1A) SWF verification request: 1 type byte (0x01), no stream id
pub const UCM_020: Rule = Rule("UCM-020");

/// Event 27 (0x1B) SWF verification response: 42 bytes
pub const UCM_021: Rule = Rule("UCM-021");

/// Event 31 StreamBufferEmpty, 4-byte id
pub const UCM_022: Rule = Rule("UCM-022");

/// Event 32 StreamBufferReady, 4-byte id
pub const UCM_023: Rule = Rule("UCM-023");

/// Event 34 FlowSync and 41 SetKeepalive belong to RTMFP, ignored on TCP
pub const UCM_024: Rule = Rule("UCM-024");

/// Unknown event never terminates the connection
pub const UCM_025: Rule = Rule("UCM-025");

/// UCM shorter than its event needs is ignored/closed safely
pub const UCM_026: Rule = Rule("UCM-026");

/// StreamBegin precedes the first media of that stream
pub const UCM_027: Rule = Rule("UCM-027");

/// Missing pong leads to close after a grace time
pub const UCM_028: Rule = Rule("UCM-028");

/// SRS sends StreamEOF on pause and StreamBegin on unpause
pub const UCM_029: Rule = Rule("UCM-029");

/// Virtual header = type8, length24, timestamp32, stream id24 — mapped to chunk headers, never sent literally on TCP
pub const MSG_001: Rule = Rule("MSG-001");

/// Limits: type 0..255, length \<= 16777215, msid \<= 16777215
pub const MSG_002: Rule = Rule("MSG-002");

/// Types 1-6 reserved for protocol/user control
pub const MSG_003: Rule = Rule("MSG-003");

/// Type 8 audio, type 9 video
pub const MSG_004: Rule = Rule("MSG-004");

/// Type 18 AMF0 data, 15 AMF3 data
pub const MSG_005: Rule = Rule("MSG-005");

/// Type 19 AMF0 shared object, 16 AMF3 shared object
pub const MSG_006: Rule = Rule("MSG-006");

/// Type 20 AMF0 command, 17 AMF3 command
pub const MSG_007: Rule = Rule("MSG-007");

/// Type 22 aggregate
pub const MSG_008: Rule = Rule("MSG-008");

/// Unknown types (7, 10-14, 21, 23+) are ignored
pub const MSG_009: Rule = Rule("MSG-009");

/// Type 17/15 payload begins with a format selector byte which must be 0
pub const MSG_010: Rule = Rule("MSG-010");

/// After selector, values are AMF0 unless prefixed 0x11
pub const MSG_011: Rule = Rule("MSG-011");

/// The switch to AMF3 covers one value only
pub const MSG_012: Rule = Rule("MSG-012");

/// Types 20/18 are AMF0 value sequences without selector
pub const MSG_013: Rule = Rule("MSG-013");

/// Receivers accept type 17 payload lacking the selector (first byte 0x02)
pub const MSG_014: Rule = Rule("MSG-014");

/// objectEncoding 0 negotiated: types 15/17 must not be sent
pub const MSG_015: Rule = Rule("MSG-015");

/// objectEncoding 3 negotiated: 20/18 or 17/15 may be mixed freely
pub const MSG_016: Rule = Rule("MSG-016");

/// Type 17 accepted even if encoding 0 negotiated
pub const MSG_017: Rule = Rule("MSG-017");

/// Type 15 with selector 0: data decodes like type 18
pub const MSG_018: Rule = Rule("MSG-018");

/// Media messages belong to the msid of their stream, not 0
pub const MSG_019: Rule = Rule("MSG-019");

/// Media on an unknown msid is dropped, no crash
pub const MSG_020: Rule = Rule("MSG-020");

/// Media before publish accepted-and-dropped
pub const MSG_021: Rule = Rule("MSG-021");

/// Aggregate body = repeated (11-byte header, data, 4-byte back pointer)
pub const MSG_022: Rule = Rule("MSG-022");

/// Aggregate's msid overrides the sub-messages'
pub const MSG_023: Rule = Rule("MSG-023");

/// Sub ts are shifted by (aggregate ts - first sub ts)
pub const MSG_024: Rule = Rule("MSG-024");

/// First sub ts equals aggregate ts (offset 0)
pub const MSG_025: Rule = Rule("MSG-025");

/// Back pointer = size of preceding sub-message incl. header (11+len)
pub const MSG_026: Rule = Rule("MSG-026");

/// Sub header timestamp uses FLV order (low 24 bits then high 8)
pub const MSG_027: Rule = Rule("MSG-027");

/// Missing last back pointer tolerated; wrong pointer ignored
pub const MSG_028: Rule = Rule("MSG-028");

/// Sub length beyond the aggregate end is an error without over-read
pub const MSG_029: Rule = Rule("MSG-029");

/// Nested aggregate (22 in 22) is rejected/bounded
pub const MSG_030: Rule = Rule("MSG-030");

/// Data messages (18) inside aggregates are kept
pub const MSG_031: Rule = Rule("MSG-031");

/// Zero-length audio is "silence"; relay must not treat as error
pub const MSG_032: Rule = Rule("MSG-032");

/// Zero-length video is ignorable
pub const MSG_033: Rule = Rule("MSG-033");

/// Zero-length command/data is ignorable or closes
pub const MSG_034: Rule = Rule("MSG-034");

/// Each value starts with a 1-byte marker
pub const AMF0_001: Rule = Rule("AMF0-001");

/// 0x00 number: 8-byte IEEE-754 big-endian
pub const AMF0_002: Rule = Rule("AMF0-002");

/// 0x01 boolean: one byte, 0 false, anything else true
pub const AMF0_003: Rule = Rule("AMF0-003");

/// 0x02 string: 16-bit byte length + UTF-8
pub const AMF0_004: Rule = Rule("AMF0-004");

/// Length counts bytes, not characters
pub const AMF0_005: Rule = Rule("AMF0-005");

/// Strings over 65535 bytes use 0x0C long string (32-bit length)
pub const AMF0_006: Rule = Rule("AMF0-006");

/// A short string coded as 0x0C is accepted
pub const AMF0_007: Rule = Rule("AMF0-007");

/// 0x03 object: (16-bit key, value)\* then 00 00 09
pub const AMF0_008: Rule = Rule("AMF0-008");

/// 0x04 movieclip and 0x0E recordset are reserved, not serialised
pub const AMF0_009: Rule = Rule("AMF0-009");

/// 0x05 null, 0x06 undefined: marker only
pub const AMF0_010: Rule = Rule("AMF0-010");

/// 0x07 reference: 16-bit index into earlier complex objects, from 0
pub const AMF0_011: Rule = Rule("AMF0-011");

/// Complex types for references: object, typed object, strict array, ECMA array
pub const AMF0_012: Rule = Rule("AMF0-012");

/// A repeated identical instance is sent by reference
pub const AMF0_013: Rule = Rule("AMF0-013");

/// The reference table resets per message
pub const AMF0_014: Rule = Rule("AMF0-014");

/// Out-of-range reference is a clean error
pub const AMF0_015: Rule = Rule("AMF0-015");

/// Self-containing reference (cycle) does not hang encoder/decoder
pub const AMF0_016: Rule = Rule("AMF0-016");

/// 0x08 ECMA array: 32-bit count, properties, 00 00 09
pub const AMF0_017: Rule = Rule("AMF0-017");

/// ECMA count is approximate: decoding ends at the end marker
pub const AMF0_018: Rule = Rule("AMF0-018");

/// ECMA array lacking the end marker at end of message accepted
pub const AMF0_019: Rule = Rule("AMF0-019");

/// Readers accept ECMA array where object expected and vice versa
pub const AMF0_020: Rule = Rule("AMF0-020");

/// Writers use object for property bags (except onMetaData, which is ECMA)
pub const AMF0_021: Rule = Rule("AMF0-021");

/// 0x09 only ends an object/ECMA list, preceded by empty key
pub const AMF0_022: Rule = Rule("AMF0-022");

/// Empty key followed by a non-09 marker is an empty-named property or error
pub const AMF0_023: Rule = Rule("AMF0-023");

/// 0x0A strict array: 32-bit count, values, no end marker
pub const AMF0_024: Rule = Rule("AMF0-024");

/// Sparse holes are written as undefined
pub const AMF0_025: Rule = Rule("AMF0-025");

/// 0x0B date: double ms since epoch UTC + 16-bit zone
pub const AMF0_026: Rule = Rule("AMF0-026");

/// Date zone is written 0 and not used
pub const AMF0_027: Rule = Rule("AMF0-027");

/// 0x0D unsupported: marker only; reader may raise an error
pub const AMF0_028: Rule = Rule("AMF0-028");

/// 0x0F XML document: 32-bit length UTF-8
pub const AMF0_029: Rule = Rule("AMF0-029");

/// 0x10 typed object: class name, then properties, 00 00 09
pub const AMF0_030: Rule = Rule("AMF0-030");

/// 0x11 switches to AMF3 for the following value
pub const AMF0_031: Rule = Rule("AMF0-031");

/// Decoder without AMF3 reports an unknown type on 0x11
pub const AMF0_032: Rule = Rule("AMF0-032");

/// UTF-8 is unmodified (no C0 80, no surrogates CESU)
pub const AMF0_033: Rule = Rule("AMF0-033");

/// Unknown marker (0x12..0xFF) is a decode error
pub const AMF0_034: Rule = Rule("AMF0-034");

/// Truncated value is an error
pub const AMF0_035: Rule = Rule("AMF0-035");

/// Nesting depth bounded
pub const AMF0_036: Rule = Rule("AMF0-036");

/// Claimed array counts don't pre-allocate
pub const AMF0_037: Rule = Rule("AMF0-037");

/// Key order preserved on relay
pub const AMF0_038: Rule = Rule("AMF0-038");

/// Duplicate keys: last wins or first wins, no crash
pub const AMF0_039: Rule = Rule("AMF0-039");

/// Keys may be up to 65535 bytes
pub const AMF0_040: Rule = Rule("AMF0-040");

/// Embedded NUL in strings survives or is rejected, no truncation-based auth bypass
pub const AMF0_041: Rule = Rule("AMF0-041");

/// Number may be -0, infinity or NaN; decoding then encoding keeps the value (NaN payload bits may change)
pub const AMF0_042: Rule = Rule("AMF0-042");

/// U29: 1-4 bytes, 7+7+7+8 bits, high bit continues for first three bytes
pub const AMF3_001: Rule = Rule("AMF3-001");

/// U29 maximum 2^29-1; larger is a range error on encode
pub const AMF3_002: Rule = Rule("AMF3-002");

/// 4th byte contributes all 8 bits
pub const AMF3_003: Rule = Rule("AMF3-003");

/// Over-long U29 (80 01 for 1, 80 80 80 00 for 0) accepted on decode
pub const AMF3_004: Rule = Rule("AMF3-004");

/// 0x00 undefined, 0x01 null, 0x02 false, 0x03 true: marker only
pub const AMF3_005: Rule = Rule("AMF3-005");

/// 0x04 integer: U29 sign-extended from 29 bits
pub const AMF3_006: Rule = Rule("AMF3-006");

/// ints outside -2^28..2^28-1 are written as double
pub const AMF3_007: Rule = Rule("AMF3-007");

/// 0x05 double: 8-byte big-endian
pub const AMF3_008: Rule = Rule("AMF3-008");

/// 0x06 string: U29 low bit 1 = literal of len bytes, 0 = reference
pub const AMF3_009: Rule = Rule("AMF3-009");

/// Empty string is 0x01 and never enters the reference table
pub const AMF3_010: Rule = Rule("AMF3-010");

/// String table shared by values, keys, class names, member names
pub const AMF3_011: Rule = Rule("AMF3-011");

/// XML/XMLDocument text is not put in the string table
pub const AMF3_012: Rule = Rule("AMF3-012");

/// 0x07 XMLDocument: object-table reference or length + text
pub const AMF3_013: Rule = Rule("AMF3-013");

/// 0x08 date: reference or flag + double ms UTC, no zone
pub const AMF3_014: Rule = Rule("AMF3-014");

/// 0x09 array: dense count, associative part ended by empty key, then dense values
pub const AMF3_015: Rule = Rule("AMF3-015");

/// 0x0A object: reference / trait ref / traits inline / externalizable, by low bits
pub const AMF3_016: Rule = Rule("AMF3-016");

/// Trait flags: bit0 instance, bit1 inline traits, bit2 externalizable, bit3 dynamic, rest sealed count
pub const AMF3_017: Rule = Rule("AMF3-017");

/// Order: class name, sealed names, sealed values in same order, dynamic pairs to empty key
pub const AMF3_018: Rule = Rule("AMF3-018");

/// Anonymous object has empty class name
pub const AMF3_019: Rule = Rule("AMF3-019");

/// Externalizable body is opaque: undecodable without a class agreement
pub const AMF3_020: Rule = Rule("AMF3-020");

/// Known externalizables (flex ArrayCollection / ObjectProxy) hold one nested value
pub const AMF3_021: Rule = Rule("AMF3-021");

/// 0x0B XML: object table, length + text
pub const AMF3_022: Rule = Rule("AMF3-022");

/// 0x0C ByteArray: reference or length + raw bytes
pub const AMF3_023: Rule = Rule("AMF3-023");

/// 0x0D/0E/0F Vector int/uint/double: count, fixed flag byte, fixed-width items
pub const AMF3_024: Rule = Rule("AMF3-024");

/// 0x10 Vector object: count, fixed flag, type name (string-table), values
pub const AMF3_025: Rule = Rule("AMF3-025");

/// 0x11 Dictionary: count, weak flag, key/value pairs of any type
pub const AMF3_026: Rule = Rule("AMF3-026");

/// Integer dictionary keys are serialised as decimal strings
pub const AMF3_027: Rule = Rule("AMF3-027");

/// Three independent tables: strings, objects, traits
pub const AMF3_028: Rule = Rule("AMF3-028");

/// Object table receives objects, arrays, dates, XML, ByteArray, Vector, Dictionary
pub const AMF3_029: Rule = Rule("AMF3-029");

/// Instance enters the table before its members are read (cycles)
pub const AMF3_030: Rule = Rule("AMF3-030");

/// Tables reset per message (context header or body)
pub const AMF3_031: Rule = Rule("AMF3-031");

/// Table scope inside one type-17 message: one per 0x11 switch or per message — differs
pub const AMF3_032: Rule = Rule("AMF3-032");

/// Markers above 0x11 are errors
pub const AMF3_033: Rule = Rule("AMF3-033");

/// Bad reference index is an error
pub const AMF3_034: Rule = Rule("AMF3-034");

/// Lengths limited to 2^28-1
pub const AMF3_035: Rule = Rule("AMF3-035");

/// Length/count claims bounded by remaining input before allocation
pub const AMF3_036: Rule = Rule("AMF3-036");

/// Undefined may be mapped to null by non-AVM peers
pub const AMF3_037: Rule = Rule("AMF3-037");

/// Trait reference to externalizable trait handled
pub const AMF3_038: Rule = Rule("AMF3-038");

/// Nesting depth bounded
pub const AMF3_039: Rule = Rule("AMF3-039");

/// Date: the U29 bits above the flag bit are unused
pub const AMF3_040: Rule = Rule("AMF3-040");

/// Strings are unmodified UTF-8 and the length counts bytes
pub const AMF3_041: Rule = Rule("AMF3-041");

/// Body: name, current version, flags, then events
pub const SO_001: Rule = Rule("SO-001");

/// Name is an unmarked 16-bit-length UTF-8 string
pub const SO_002: Rule = Rule("SO-002");

/// Version is 32-bit big-endian
pub const SO_003: Rule = Rule("SO-003");

/// Flags are 8 bytes: first 32-bit word 2 = persistent in red5/FP practice, second word 0; FMS captures show 16/32/48
pub const SO_004: Rule = Rule("SO-004");

/// Event = type byte, 32-bit data length, data
pub const SO_005: Rule = Rule("SO-005");

/// One message may hold several events
pub const SO_006: Rule = Rule("SO-006");

/// 1 Use: client announces/joins a named object
pub const SO_007: Rule = Rule("SO-007");

/// 2 Release: client leaves
pub const SO_008: Rule = Rule("SO-008");

/// 3 RequestChange: key + AMF value
pub const SO_009: Rule = Rule("SO-009");

/// 4 Change goes to every client but the originator
pub const SO_010: Rule = Rule("SO-010");

/// 5 Success goes to the originator when accepted
pub const SO_011: Rule = Rule("SO-011");

/// 6 SendMessage: request broadcast
pub const SO_012: Rule = Rule("SO-012");

/// SendMessage is broadcast to all including the sender
pub const SO_013: Rule = Rule("SO-013");

/// 7 Status: error notice (two strings code, level)
pub const SO_014: Rule = Rule("SO-014");

/// 8 Clear: sent on Use and to wipe
pub const SO_015: Rule = Rule("SO-015");

/// 9 Remove: client must delete the slot
pub const SO_016: Rule = Rule("SO-016");

/// 10 RequestRemove: key string
pub const SO_017: Rule = Rule("SO-017");

/// 11 UseSuccess after accepted Use
pub const SO_018: Rule = Rule("SO-018");

/// Reply to Use carries UseSuccess, then Clear; initial values follow as Changes (field practice)
pub const SO_019: Rule = Rule("SO-019");

/// Event types 12, 13, 14 seen with FMS; ignore if unknown
pub const SO_020: Rule = Rule("SO-020");

/// Type 16 body begins with selector 0 and uses AMF3 values via 0x11
pub const SO_021: Rule = Rule("SO-021");

/// Servers without SO support ignore types 16/19
pub const SO_022: Rule = Rule("SO-022");

/// SO messages travel on msid 0, csid 3 in Flash clients
pub const SO_023: Rule = Rule("SO-023");

/// Truncated SO event data is dropped safely
pub const SO_024: Rule = Rule("SO-024");

/// Command = name (string), transaction id (number), command object (object/null), optional args
pub const CONN_001: Rule = Rule("CONN-001");

/// Optional args are zero or more AMF values of any type, not one object
pub const CONN_002: Rule = Rule("CONN-002");

/// Replies carry the request's transaction id
pub const CONN_003: Rule = Rule("CONN-003");

/// Reply name is \_result or \_error
pub const CONN_004: Rule = Rule("CONN-004");

/// Other names are method calls on the receiver
pub const CONN_005: Rule = Rule("CONN-005");

/// connect is the first command and has transaction id 1
pub const CONN_006: Rule = Rule("CONN-006");

/// connect with another txn id is answered with that id
pub const CONN_007: Rule = Rule("CONN-007");

/// connect is sent in type 20 unless AMF3 support is known
pub const CONN_008: Rule = Rule("CONN-008");

/// connect in type 17 accepted
pub const CONN_009: Rule = Rule("CONN-009");

/// Command object holds app (REQUIRED string)
pub const CONN_010: Rule = Rule("CONN-010");

/// tcUrl REQUIRED string
pub const CONN_011: Rule = Rule("CONN-011");

/// app = path+query of URI without leading slash
pub const CONN_012: Rule = Rule("CONN-012");

/// tcUrl keeps full path and query
pub const CONN_013: Rule = Rule("CONN-013");

/// userinfo and fragment are stripped from tcUrl
pub const CONN_014: Rule = Rule("CONN-014");

/// flashVer string ("FMLE/3.0 ..." triggers FMLE paths) — spec spells it flashver
pub const CONN_015: Rule = Rule("CONN-015");

/// swfUrl, pageUrl strings
pub const CONN_016: Rule = Rule("CONN-016");

/// fpad boolean: proxy in use
pub const CONN_017: Rule = Rule("CONN-017");

/// audioCodecs number bit field, default 0
pub const CONN_018: Rule = Rule("CONN-018");

/// videoCodecs number bit field, default 0
pub const CONN_019: Rule = Rule("CONN-019");

/// A playing client sends both codec fields with its supported codecs
pub const CONN_020: Rule = Rule("CONN-020");

/// Server may filter media by these bits
pub const CONN_021: Rule = Rule("CONN-021");

/// audioCodecs bits: 1 none, 2 ADPCM, 4 MP3, 8 intel, 0x10 unused, 0x20 Nelly8, 0x40 Nelly, 0x80 G711A, 0x100 G711U, 0x200 Nelly16, 0x400 AAC, 0x800 Speex, all 0xFFF
pub const CONN_022: Rule = Rule("CONN-022");

/// videoCodecs bits: 1 unused, 2 JPEG, 4 Sorenson, 8 Homebrew, 0x10 VP6, 0x20 VP6A, 0x40 HomebrewV, 0x80 H264, all 0xFF
pub const CONN_023: Rule = Rule("CONN-023");

/// videoFunction: 1 client seek; E-RTMP adds 2 HDR, 4 metadata packet, 8 large-scale tile
pub const CONN_024: Rule = Rule("CONN-024");

/// objectEncoding optional, default 0, legal 0 or 3
pub const CONN_025: Rule = Rule("CONN-025");

/// Reply value never exceeds what client offered (no 3 if client sent 0/none)
pub const CONN_026: Rule = Rule("CONN-026");

/// Reply 3 only if the server can parse types 15/17/AMF3
pub const CONN_027: Rule = Rule("CONN-027");

/// objectEncoding is present in the info object of \_result
pub const CONN_028: Rule = Rule("CONN-028");

/// capabilities number (e.g. 239 client, 31/127/255 server)
pub const CONN_029: Rule = Rule("CONN-029");

/// Success: \_result, txn 1, properties object, information object
pub const CONN_030: Rule = Rule("CONN-030");

/// Properties contain fmsVer and capabilities
pub const CONN_031: Rule = Rule("CONN-031");

/// Info has level "status", code NetConnection.Connect.Success, description
pub const CONN_032: Rule = Rule("CONN-032");

/// Properties may be null (zen) — clients must cope
pub const CONN_033: Rule = Rule("CONN-033");

/// Order: WAS, then SPB, then (StreamBegin 0), then \_result
pub const CONN_034: Rule = Rule("CONN-034");

/// Failure: \_error with same txn and info level "error"
pub const CONN_035: Rule = Rule("CONN-035");

/// Refusal code NetConnection.Connect.Rejected / InvalidApp; then close
pub const CONN_036: Rule = Rule("CONN-036");

/// Second connect on one connection: error or close, no state mix
pub const CONN_037: Rule = Rule("CONN-037");

/// createStream/publish before connect: refused or closed
pub const CONN_038: Rule = Rule("CONN-038");

/// App name forms "app", "app/", "app/inst", "app?token=x" resolve
pub const CONN_039: Rule = Rule("CONN-039");

/// vhost via host part or query "vhost=" — implementation specific
pub const CONN_040: Rule = Rule("CONN-040");

/// 302-style redirect: \_error/onStatus Rejected with ex.code 302 and ex.redirect tcUrl
pub const CONN_041: Rule = Rule("CONN-041");

/// A generic call = procedure name, txn id, command object or null, args
pub const CONN_042: Rule = Rule("CONN-042");

/// "call" is not itself a wire command name
pub const CONN_043: Rule = Rule("CONN-043");

/// Txn id 0 means no reply wanted
pub const CONN_044: Rule = Rule("CONN-044");

/// Unknown method with txn \> 0 gets \_error NetConnection.Call.Failed
pub const CONN_045: Rule = Rule("CONN-045");

/// Reply to a call: \_result/\_error, txn, null/object, value
pub const CONN_046: Rule = Rule("CONN-046");

/// "close" command on NetConnection
pub const CONN_047: Rule = Rule("CONN-047");

/// createStream: name, txn id, null/object, on msid 0
pub const CONN_048: Rule = Rule("CONN-048");

/// \_result, same txn, null or object, number stream id
pub const CONN_049: Rule = Rule("CONN-049");

/// Stream id is not 0 (0 is the NetConnection)
pub const CONN_050: Rule = Rule("CONN-050");

/// A NetConnection can have several streams, with distinct ids
pub const CONN_051: Rule = Rule("CONN-051");

/// Two publishes on two streams of one connection work independently
pub const CONN_052: Rule = Rule("CONN-052");

/// Refusal: \_error with information object
pub const CONN_053: Rule = Rule("CONN-053");

/// Protocol messages and connection commands use msid 0
pub const CONN_054: Rule = Rule("CONN-054");

/// deleteStream is a NetConnection command on msid 0, 4th value is the id
pub const CONN_055: Rule = Rule("CONN-055");

/// deleteStream sent on the stream's msid accepted too
pub const CONN_056: Rule = Rule("CONN-056");

/// No reply to deleteStream
pub const CONN_057: Rule = Rule("CONN-057");

/// deleteStream stops play/publish of that id only
pub const CONN_058: Rule = Rule("CONN-058");

/// Deleted id may be reused by createStream
pub const CONN_059: Rule = Rule("CONN-059");

/// deleteStream of unknown id harmless
pub const CONN_060: Rule = Rule("CONN-060");

/// TCP close ends all streams; name becomes publishable again
pub const CONN_061: Rule = Rule("CONN-061");

/// connect user args (strings) can serve as credentials
pub const CONN_062: Rule = Rule("CONN-062");

/// Client tolerates extra messages (onBWDone, SetChunkSize, UCM) before \_result
pub const CONN_063: Rule = Rule("CONN-063");

/// Client matches replies by txn id, not order
pub const CONN_064: Rule = Rule("CONN-064");

/// Command names are case-sensitive
pub const CONN_065: Rule = Rule("CONN-065");

/// rtmp-userinfo parts become connect string args, percent-decoded
pub const CONN_066: Rule = Rule("CONN-066");

/// Values missing at the tail of a command are treated as absent, not as errors
pub const CONN_067: Rule = Rule("CONN-067");

/// Extra trailing values are ignored
pub const CONN_068: Rule = Rule("CONN-068");

/// publish: name, txn 0, null, publishing name, publishing type, on the stream's msid
pub const NSP_001: Rule = Rule("NSP-001");

/// Type is live, record or append
pub const NSP_002: Rule = Rule("NSP-002");

/// Missing type = live
pub const NSP_003: Rule = Rule("NSP-003");

/// Unknown type: BadName/error or treated as live
pub const NSP_004: Rule = Rule("NSP-004");

/// An onStatus command marks the beginning of publish (code NetStream.Publish.Start: STAT-017)
pub const NSP_005: Rule = Rule("NSP-005");

/// onStatus is sent on the publishing msid
pub const NSP_006: Rule = Rule("NSP-006");

/// onStatus: txn 0, null, info with level/code/description
pub const NSP_007: Rule = Rule("NSP-007");

/// publish with non-zero txn still gets onStatus txn 0
pub const NSP_008: Rule = Rule("NSP-008");

/// UCM StreamBegin(id) precedes Publish.Start
pub const NSP_009: Rule = Rule("NSP-009");

/// The \_result in the 7.3.1 diagram is onStatus in practice
pub const NSP_010: Rule = Rule("NSP-010");

/// Name conflict refused: NetStream.Publish.BadName, level error
pub const NSP_011: Rule = Rule("NSP-011");

/// Refused publisher's media is ignored; connection may stay or close
pub const NSP_012: Rule = Rule("NSP-012");

/// live: relay without recording
pub const NSP_013: Rule = Rule("NSP-013");

/// record: new file, overwrites
pub const NSP_014: Rule = Rule("NSP-014");

/// append: appends, creates if missing
pub const NSP_015: Rule = Rule("NSP-015");

/// Record.Start / Record.Stop statuses when recording
pub const NSP_016: Rule = Rule("NSP-016");

/// Audio, video and data messages published reach any player of that name
pub const NSP_017: Rule = Rule("NSP-017");

/// Payload bytes are relayed unmodified
pub const NSP_018: Rule = Rule("NSP-018");

/// Publisher may send media before Publish.Start arrives
pub const NSP_019: Rule = Rule("NSP-019");

/// Pipelining connect+createStream+publish without waiting: tolerate or fail cleanly
pub const NSP_020: Rule = Rule("NSP-020");

/// Name with query "key?token=x" resolves to "key"
pub const NSP_021: Rule = Rule("NSP-021");

/// Prefixes "mp4:", "flv:" accepted
pub const NSP_022: Rule = Rule("NSP-022");

/// Empty name refused (or = unpublish)
pub const NSP_023: Rule = Rule("NSP-023");

/// deleteStream of a publishing stream stops it (closeStream and TCP close: same effect, de-facto)
pub const NSP_024: Rule = Rule("NSP-024");

/// NetStream.Unpublish.Success on unpublish
pub const NSP_025: Rule = Rule("NSP-025");

/// closeStream leaves stream id usable: publish again
pub const NSP_026: Rule = Rule("NSP-026");

/// Republishing same name within one connection works
pub const NSP_027: Rule = Rule("NSP-027");

/// Sequence headers are cached and sent to late joiners first
pub const NSP_028: Rule = Rule("NSP-028");

/// onMetaData is cached for late joiners
pub const NSP_029: Rule = Rule("NSP-029");

/// Last GOP may be cached
pub const NSP_030: Rule = Rule("NSP-030");

/// New sequence header mid-stream is forwarded in order
pub const NSP_031: Rule = Rule("NSP-031");

/// A publisher with audio only or video only works
pub const NSP_032: Rule = Rule("NSP-032");

/// Video-before-audio or no metadata accepted
pub const NSP_033: Rule = Rule("NSP-033");

/// Interleaved out-of-order audio/video timestamps accepted
pub const NSP_034: Rule = Rule("NSP-034");

/// Idle publisher is dropped only after a documented time
pub const NSP_035: Rule = Rule("NSP-035");

/// publish on msid 0 or unallocated id: refuse or tolerate
pub const NSP_036: Rule = Rule("NSP-036");

/// play on a publishing stream id is refused or closes the publish
pub const NSP_037: Rule = Rule("NSP-037");

/// play: txn 0, null, name, optional start, duration, reset
pub const NSS_001: Rule = Rule("NSS-001");

/// play only after createStream succeeded
pub const NSS_002: Rule = Rule("NSS-002");

/// start default -2: live, else recorded, else wait for live
pub const NSS_003: Rule = Rule("NSS-003");

/// start -1: live only
pub const NSS_004: Rule = Rule("NSS-004");

/// start \>= 0: recorded from that second; if none, next playlist item
pub const NSS_005: Rule = Rule("NSS-005");

/// start and duration are seconds
pub const NSS_006: Rule = Rule("NSS-006");

/// duration default -1 = until end; other negatives = -1
pub const NSS_007: Rule = Rule("NSS-007");

/// duration 0 = single frame; \>0 = that long
pub const NSS_008: Rule = Rule("NSS-008");

/// reset is boolean or number; true flushes the playlist
pub const NSS_009: Rule = Rule("NSS-009");

/// On accept: (SetChunkSize), StreamIsRecorded (recorded), StreamBegin, Play.Reset (if reset), Play.Start
pub const NSS_010: Rule = Rule("NSS-010");

/// NetStream.Play.Reset only when reset flag set
pub const NSS_011: Rule = Rule("NSS-011");

/// NetStream.Play.Start on success
pub const NSS_012: Rule = Rule("NSS-012");

/// Unknown stream: onStatus NetStream.Play.StreamNotFound (level: STAT-015)
pub const NSS_013: Rule = Rule("NSS-013");

/// Live servers may accept and wait instead (idle streams)
pub const NSS_014: Rule = Rule("NSS-014");

/// StreamIsRecorded not sent for live
pub const NSS_015: Rule = Rule("NSS-015");

/// Media follow after Play.Start
pub const NSS_016: Rule = Rule("NSS-016");

/// First video delivered is sequence header then key frame
pub const NSS_017: Rule = Rule("NSS-017");

/// Data message named \`\|RtmpSampleAccess\` (two booleans) may precede media
pub const NSS_018: Rule = Rule("NSS-018");

/// Data message onStatus NetStream.Data.Start may precede media
pub const NSS_019: Rule = Rule("NSS-019");

/// NetStream.Play.PublishNotify when a publisher appears, UnpublishNotify when it leaves
pub const NSS_020: Rule = Rule("NSS-020");

/// Playlist: repeated play with reset false appends
pub const NSS_021: Rule = Rule("NSS-021");

/// NetStream.Play.Switch / Complete (via onPlayStatus data) at playlist moves
pub const NSS_022: Rule = Rule("NSS-022");

/// NetStream.Play.Stop when recorded stream ends
pub const NSS_023: Rule = Rule("NSS-023");

/// play2: txn 0, null, options object (NetStreamPlayOptions)
pub const NSS_024: Rule = Rule("NSS-024");

/// play2 switches bitrate keeping the timeline
pub const NSS_025: Rule = Rule("NSS-025");

/// play2 fields: streamName, oldStreamName, start, len, offset, transition
pub const NSS_026: Rule = Rule("NSS-026");

/// NetStream.Play.Transition reply
pub const NSS_027: Rule = Rule("NSS-027");

/// receiveAudio / receiveVideo: txn 0, null, boolean
pub const NSS_028: Rule = Rule("NSS-028");

/// false: stop that media kind, no reply
pub const NSS_029: Rule = Rule("NSS-029");

/// true: Seek.Notify and Play.Start, media resumes
pub const NSS_030: Rule = Rule("NSS-030");

/// Video resumes at a key frame
pub const NSS_031: Rule = Rule("NSS-031");

/// seek: txn 0, null, milliseconds
pub const NSS_032: Rule = Rule("NSS-032");

/// Success: NetStream.Seek.Notify; failure: \_error
pub const NSS_033: Rule = Rule("NSS-033");

/// Failure in practice is onStatus NetStream.Seek.Failed/InvalidTime
pub const NSS_034: Rule = Rule("NSS-034");

/// Backward seek starts with fmt 0 timestamp
pub const NSS_035: Rule = Rule("NSS-035");

/// pause: txn 0, null, boolean, milliseconds
pub const NSS_036: Rule = Rule("NSS-036");

/// NetStream.Pause.Notify / Unpause.Notify
pub const NSS_037: Rule = Rule("NSS-037");

/// After resume only messages with ts greater than the given value
pub const NSS_038: Rule = Rule("NSS-038");

/// While paused no media is sent
pub const NSS_039: Rule = Rule("NSS-039");

/// pauseRaw is an alias used by Flash
pub const NSS_040: Rule = Rule("NSS-040");

/// Pause failure is \_error
pub const NSS_041: Rule = Rule("NSS-041");

/// closeStream: stops play/publish on its msid, no documented args
pub const NSS_042: Rule = Rule("NSS-042");

/// play "" or false stops
pub const NSS_043: Rule = Rule("NSS-043");

/// Slow reader: server drops frames or closes; never blocks others
pub const NSS_044: Rule = Rule("NSS-044");

/// Two players and one publisher see identical payload sequence
pub const NSS_045: Rule = Rule("NSS-045");

/// Player on N connections for same stream
pub const NSS_046: Rule = Rule("NSS-046");

/// NetStream commands/status use the stream's msid
pub const NSS_047: Rule = Rule("NSS-047");

/// Player switching name on the same stream id with play reset true
pub const NSS_048: Rule = Rule("NSS-048");

/// mp3: / mp4: prefixes select file kinds
pub const NSS_049: Rule = Rule("NSS-049");

/// Client ignores a leading StreamEOF / Play.Stop for another stream
pub const NSS_050: Rule = Rule("NSS-050");

/// Info object has at least level, code, description
pub const STAT_001: Rule = Rule("STAT-001");

/// level is "status", "warning" or "error"
pub const STAT_002: Rule = Rule("STAT-002");

/// Extra properties (details, clientid)
pub const STAT_003: Rule = Rule("STAT-003");

/// Client tolerates a missing description
pub const STAT_004: Rule = Rule("STAT-004");

/// NetConnection.Connect.Success = status
pub const STAT_005: Rule = Rule("STAT-005");

/// NetConnection.Connect.Rejected = error
pub const STAT_006: Rule = Rule("STAT-006");

/// NetConnection.Connect.Failed = error
pub const STAT_007: Rule = Rule("STAT-007");

/// NetConnection.Connect.Closed = status
pub const STAT_008: Rule = Rule("STAT-008");

/// NetConnection.Connect.AppShutdown = error
pub const STAT_009: Rule = Rule("STAT-009");

/// NetConnection.Call.Failed = error
pub const STAT_010: Rule = Rule("STAT-010");

/// NetConnection.Connect.ReconnectRequest = status
pub const STAT_011: Rule = Rule("STAT-011");

/// NetConnection.Proxy.NotResponding = error
pub const STAT_012: Rule = Rule("STAT-012");

/// NetConnection.Connect.InvalidApp = error
pub const STAT_013: Rule = Rule("STAT-013");

/// NetStream.Play.Start / Reset = status
pub const STAT_014: Rule = Rule("STAT-014");

/// NetStream.Play.StreamNotFound = error
pub const STAT_015: Rule = Rule("STAT-015");

/// NetStream.Seek.Notify, Pause.Notify, Unpause.Notify = status
pub const STAT_016: Rule = Rule("STAT-016");

/// NetStream.Publish.Start = status, BadName = error
pub const STAT_017: Rule = Rule("STAT-017");

/// NetStream.Unpublish.Success = status
pub const STAT_018: Rule = Rule("STAT-018");

/// NetStream.Play.PublishNotify / UnpublishNotify = status
pub const STAT_019: Rule = Rule("STAT-019");

/// NetStream.Play.Stop, Play.Failed, Play.InsufficientBW, Data.Start, Buffer.\* exist
pub const STAT_020: Rule = Rule("STAT-020");

/// Unknown codes are judged by level only
pub const STAT_021: Rule = Rule("STAT-021");

/// onStatus level error during publish ends publishing
pub const STAT_022: Rule = Rule("STAT-022");

/// releaseStream(txn, null, name) is accepted; missing reply must not stall clients
pub const AUX_001: Rule = Rule("AUX-001");

/// FCPublish(txn, null, name) accepted, \_result optional
pub const AUX_002: Rule = Rule("AUX-002");

/// onFCPublish command (NetStream.Publish.Start) may be sent
pub const AUX_003: Rule = Rule("AUX-003");

/// FCUnpublish(txn, null, name) stops the stream; onFCUnpublish may follow
pub const AUX_004: Rule = Rule("AUX-004");

/// FCSubscribe(txn, null, name) gets onFCSubscribe NetStream.Play.Start (Limelight/Akamai)
pub const AUX_005: Rule = Rule("AUX-005");

/// Any order of releaseStream, FCPublish, createStream works
pub const AUX_006: Rule = Rule("AUX-006");

/// \_checkbw(txn, null) tolerated
pub const AUX_007: Rule = Rule("AUX-007");

/// onBWDone(txn 0, null, \[kbps\]) may arrive after connect; client may answer \_checkbw
pub const AUX_008: Rule = Rule("AUX-008");

/// \_onbwcheck call is answered with \_result; \_onbwdone ignored
pub const AUX_009: Rule = Rule("AUX-009");

/// getStreamLength(txn, null, name) returns number seconds or is ignored
pub const AUX_010: Rule = Rule("AUX-010");

/// set\_playlist, secureTokenResponse, bgHasStream etc. are ignored if unknown
pub const AUX_011: Rule = Rule("AUX-011");

/// "ping" command answered "pong"
pub const AUX_012: Rule = Rule("AUX-012");

/// "close" command from server ends the session
pub const AUX_013: Rule = Rule("AUX-013");

/// These commands use msid 0
pub const AUX_014: Rule = Rule("AUX-014");

/// setPeerInfo / keepalive (RTMFP clients on TCP) tolerated
pub const AUX_015: Rule = Rule("AUX-015");

/// Data message = AMF sequence, handler name first
pub const DATA_001: Rule = Rule("DATA-001");

/// Metadata name is "onMetaData" with one ECMA array argument
pub const DATA_002: Rule = Rule("DATA-002");

/// An object argument is accepted instead of ECMA array
pub const DATA_003: Rule = Rule("DATA-003");

/// "@setDataFrame" + "onMetaData" + value: store and strip the first string for players
pub const DATA_004: Rule = Rule("DATA-004");

/// Plain "onMetaData" from publisher also accepted
pub const DATA_005: Rule = Rule("DATA-005");

/// "@clearDataFrame" + name removes the stored frame
pub const DATA_006: Rule = Rule("DATA-006");

/// Other data events (onTextData, onCuePoint, custom) relayed in order
pub const DATA_007: Rule = Rule("DATA-007");

/// Types of the listed properties: numbers except creationdate string, canSeekToEnd/stereo boolean
pub const DATA_008: Rule = Rule("DATA-008");

/// audiocodecid/videocodecid = FLV ids or FourCC as number
pub const DATA_009: Rule = Rule("DATA-009");

/// codec ids as strings ("avc1","mp4a") tolerated
pub const DATA_010: Rule = Rule("DATA-010");

/// FFmpeg's 4-byte data message (timecode) is ignored
pub const DATA_011: Rule = Rule("DATA-011");

/// Data message with msid 0 before publish ignored
pub const DATA_012: Rule = Rule("DATA-012");

/// Metadata stays unencrypted even if media are encrypted
pub const DATA_013: Rule = Rule("DATA-013");

/// Server may add/replace properties (server name)
pub const DATA_014: Rule = Rule("DATA-014");

/// Metadata of \>64 kB or deep nesting handled
pub const DATA_015: Rule = Rule("DATA-015");

/// RTMP audio/video/data payload equals FLV tag body of type 8/9/18
pub const FLV_001: Rule = Rule("FLV-001");

/// File header: "FLV", version 1, flags (bit2 audio, bit0 video, others 0), data offset 9
pub const FLV_002: Rule = Rule("FLV-002");

/// Body: 32-bit PreviousTagSize0 = 0, then tag, size, ...
pub const FLV_003: Rule = Rule("FLV-003");

/// PreviousTagSize = 11 + DataSize
pub const FLV_004: Rule = Rule("FLV-004");

/// Tag: 2 reserved bits, filter bit, 5-bit type; size24; ts24 + ext8; stream id 0
pub const FLV_005: Rule = Rule("FLV-005");

/// Ext byte is the high 8 bits, value is signed 32
pub const FLV_006: Rule = Rule("FLV-006");

/// First tag has timestamp 0 in a file
pub const FLV_007: Rule = Rule("FLV-007");

/// Tag types 8, 9, 18; E-RTMP adds 15 (AMF3 script)
pub const FLV_008: Rule = Rule("FLV-008");

/// Multi-byte integers big-endian
pub const FLV_009: Rule = Rule("FLV-009");

/// Audio byte: format(4) rate(2) size(1) type(1)
pub const FLV_010: Rule = Rule("FLV-010");

/// Formats 0 LPCM platform, 1 ADPCM, 2 MP3, 3 LPCM LE, 4 Nelly16, 5 Nelly8, 6 Nelly, 7 G711A, 8 G711U, 10 AAC, 11 Speex, 14 MP3-8k, 15 device (7, 8, 14, 15 called reserved); 9, 12, 13 reserved (9 = ExHeader in E-RTMP)
pub const FLV_011: Rule = Rule("FLV-011");

/// Rate 0..3 = 5.5, 11, 22, 44 kHz
pub const FLV_012: Rule = Rule("FLV-012");

/// Size 0 = 8 bit, 1 = 16 bit (uncompressed only)
pub const FLV_013: Rule = Rule("FLV-013");

/// Format 3: 8-bit unsigned, 16-bit signed LE, interleaved L R
pub const FLV_014: Rule = Rule("FLV-014");

/// Format 0 is not used
pub const FLV_015: Rule = Rule("FLV-015");

/// Nelly 8/16 kHz: rate and type bits ignored
pub const FLV_016: Rule = Rule("FLV-016");

/// AAC: rate = 3 and type = 1 regardless of real values (byte 0xAF)
pub const FLV_017: Rule = Rule("FLV-017");

/// Reader takes AAC parameters from the AudioSpecificConfig, not the header bits
pub const FLV_018: Rule = Rule("FLV-018");

/// Speex: rate 0, size 1, type 0 (byte 0xB2)
pub const FLV_019: Rule = Rule("FLV-019");

/// AAC second byte: 0 = AudioSpecificConfig, 1 = raw frame
pub const FLV_020: Rule = Rule("FLV-020");

/// ASC is not an esds box and raw AAC has no ADTS header
pub const FLV_021: Rule = Rule("FLV-021");

/// ASC precedes the first raw frame
pub const FLV_022: Rule = Rule("FLV-022");

/// Video byte: frame type(4) codec(4)
pub const FLV_023: Rule = Rule("FLV-023");

/// Frame types 1 key, 2 inter, 3 disposable (H.263), 4 generated key, 5 info/command
pub const FLV_024: Rule = Rule("FLV-024");

/// Codec ids 2 H.263, 3 Screen, 4 VP6, 5 VP6A, 6 ScreenV2, 7 AVC
pub const FLV_025: Rule = Rule("FLV-025");

/// Id 12 = HEVC and 13 = AV1 legacy Chinese-CDN extension
pub const FLV_026: Rule = Rule("FLV-026");

/// Frame type 5: body is one byte, 0 seek start, 1 seek end (with codec id 7 the table puts the 4 AVC header bytes before it; E2 does not)
pub const FLV_027: Rule = Rule("FLV-027");

/// AVC: packet type byte + SI24 composition time follow
pub const FLV_028: Rule = Rule("FLV-028");

/// AVC packet type 0 config record, 1 NALUs, 2 end of sequence
pub const FLV_029: Rule = Rule("FLV-029");

/// Composition time is 0 for types 0 and 2
pub const FLV_030: Rule = Rule("FLV-030");

/// Composition time signed 24-bit ms; pts = ts + cts
pub const FLV_031: Rule = Rule("FLV-031");

/// Type 0 carries an AVCDecoderConfigurationRecord
pub const FLV_032: Rule = Rule("FLV-032");

/// Type 1 carries length-prefixed NALUs of one full frame (no Annex B)
pub const FLV_033: Rule = Rule("FLV-033");

/// NALU length size from lengthSizeMinusOne (1, 2 or 4)
pub const FLV_034: Rule = Rule("FLV-034");

/// Sequence header frame type is key (0x17)
pub const FLV_035: Rule = Rule("FLV-035");

/// VP6 body starts with an adjustment byte (VP6A adds 24-bit alpha offset)
pub const FLV_036: Rule = Rule("FLV-036");

/// Script tag: name string + value
pub const FLV_037: Rule = Rule("FLV-037");

/// SCRIPTDATA date carries zone offset in minutes
pub const FLV_038: Rule = Rule("FLV-038");

/// Timing is taken from tag timestamps only
pub const FLV_039: Rule = Rule("FLV-039");

/// One audio and one video stream per file (pre-E-RTMP)
pub const FLV_040: Rule = Rule("FLV-040");

/// Unknown codec ids are relayed untouched by a relay
pub const FLV_041: Rule = Rule("FLV-041");

/// Audio/video payload shorter than its header is ignored, not fatal
pub const FLV_042: Rule = Rule("FLV-042");

/// Encrypted tags (filter bit) never appear inside RTMP payload
pub const FLV_043: Rule = Rule("FLV-043");

/// Top bit of the first video byte = IsExHeader; then frame type is 3 bits
pub const ERV_001: Rule = Rule("ERV-001");

/// With the bit set, low 4 bits are the packet type, not a codec id
pub const ERV_002: Rule = Rule("ERV-002");

/// With the bit clear legacy parsing is unchanged
pub const ERV_003: Rule = Rule("ERV-003");

/// FourCC is 4 ASCII bytes as big-endian UI32 after the first byte (after the ModEx and multitrack bytes, if any)
pub const ERV_004: Rule = Rule("ERV-004");

/// v1 FourCC: av01, vp09, hvc1
pub const ERV_005: Rule = Rule("ERV-005");

/// v2 adds vp08, avc1, vvc1
pub const ERV_006: Rule = Rule("ERV-006");

/// Packet type 0 SequenceStart carries the configuration record
pub const ERV_007: Rule = Rule("ERV-007");

/// Type 1 CodedFrames; for avc1/hvc1/vvc1 an SI24 composition time precedes data
pub const ERV_008: Rule = Rule("ERV-008");

/// For av01/vp08/vp09 CodedFrames has no composition time
pub const ERV_009: Rule = Rule("ERV-009");

/// Type 2 SequenceEnd: no payload
pub const ERV_010: Rule = Rule("ERV-010");

/// Type 3 CodedFramesX: composition time absent, equals 0 (avc1/hvc1/vvc1)
pub const ERV_011: Rule = Rule("ERV-011");

/// CodedFramesX with av01/vp09 is undefined; receivers should treat as CodedFrames or drop
pub const ERV_012: Rule = Rule("ERV-012");

/// Type 4 Metadata: AMF name/value pairs, frame type ignored
pub const ERV_013: Rule = Rule("ERV-013");

/// Type 5 MPEG2TSSequenceStart (av01: AV1 video descriptor)
pub const ERV_014: Rule = Rule("ERV-014");

/// SequenceStart and MPEG2TSSequenceStart are mutually exclusive
pub const ERV_015: Rule = Rule("ERV-015");

/// Type 6 Multitrack (v2)
pub const ERV_016: Rule = Rule("ERV-016");

/// Type 7 ModEx (v2)
pub const ERV_017: Rule = Rule("ERV-017");

/// Types 8-15 reserved: parse fails in a controlled way
pub const ERV_018: Rule = Rule("ERV-018");

/// Unknown FourCC: controlled failure
pub const ERV_019: Rule = Rule("ERV-019");

/// Frame type 0, 6, 7 reserved (frame type is not looked at for Metadata, ERV-013)
pub const ERV_020: Rule = Rule("ERV-020");

/// Frame type 5 with packet type != Metadata: one command byte (0 start, 1 end), no FourCC, no body
pub const ERV_021: Rule = Rule("ERV-021");

/// hvc1 config = HEVCDecoderConfigurationRecord
pub const ERV_022: Rule = Rule("ERV-022");

/// av01 config = AV1CodecConfigurationRecord
pub const ERV_023: Rule = Rule("ERV-023");

/// vp08/vp09 config = VPCodecConfigurationRecord
pub const ERV_024: Rule = Rule("ERV-024");

/// avc1 config = AVCDecoderConfigurationRecord; vvc1 = VVCDecoderConfigurationRecord
pub const ERV_025: Rule = Rule("ERV-025");

/// av01 coded data = OBUs of exactly one temporal unit
pub const ERV_026: Rule = Rule("ERV-026");

/// VP9/NALU bodies hold full frames
pub const ERV_027: Rule = Rule("ERV-027");

/// Whole message is consumed (several tracks / metadata)
pub const ERV_028: Rule = Rule("ERV-028");

/// SequenceStart is sent with frame type key
pub const ERV_029: Rule = Rule("ERV-029");

/// Relay to a client that did not announce the codec: implementation-defined
pub const ERV_030: Rule = Rule("ERV-030");

/// No version bump in handshake or FLV header
pub const ERV_031: Rule = Rule("ERV-031");

/// A pre-2023 server relays bit-7 frames opaquely or closes; must not crash
pub const ERV_032: Rule = Rule("ERV-032");

/// Key-frame detection for GOP cache/wait-key uses bits 4-6 only
pub const ERV_033: Rule = Rule("ERV-033");

/// Support for a FourCC video codec is signalled in connect (fourCcList or videoFourCcInfoMap)
pub const ERV_034: Rule = Rule("ERV-034");

/// SoundFormat 9 = ExHeader; low 4 bits are AudioPacketType
pub const ERA_001: Rule = Rule("ERA-001");

/// FourCC follows: ac-3, ec-3, Opus, .mp3, fLaC, mp4a
pub const ERA_002: Rule = Rule("ERA-002");

/// Type 0 SequenceStart; 1 CodedFrames; 2 SequenceEnd
pub const ERA_003: Rule = Rule("ERA-003");

/// Type 4 MultichannelConfig; 5 Multitrack; 7 ModEx; 3, 6, 8-15 reserved
pub const ERA_004: Rule = Rule("ERA-004");

/// mp4a SequenceStart = AudioSpecificConfig
pub const ERA_005: Rule = Rule("ERA-005");

/// fLaC SequenceStart = "fLaC" + STREAMINFO block first
pub const ERA_006: Rule = Rule("ERA-006");

/// Opus SequenceStart = ID header (RFC 7845 5.1), may be empty
pub const ERA_007: Rule = Rule("ERA-007");

/// Empty Opus header: use MultichannelConfig if present else mono/stereo
pub const ERA_008: Rule = Rule("ERA-008");

/// ac-3/ec-3 and .mp3 have no sequence start payload defined; frames are self-describing
pub const ERA_009: Rule = Rule("ERA-009");

/// Opus multi-stream packing: N-1 self-delimited packets then one undelimited; equal duration
pub const ERA_010: Rule = Rule("ERA-010");

/// MultichannelConfig: order byte, channel count byte
pub const ERA_011: Rule = Rule("ERA-011");

/// Order 0 unspecified, 1 native (UI32 mask), 2 custom (count mapping bytes)
pub const ERA_012: Rule = Rule("ERA-012");

/// Channel enum 0..23, 0xFE unused, 0xFF unknown
pub const ERA_013: Rule = Rule("ERA-013");

/// Mask bit n corresponds to channel n (FrontLeft 1 ... BottomFrontRight 0x800000)
pub const ERA_014: Rule = Rule("ERA-014");

/// SequenceEnd means at least what the silence message means
pub const ERA_015: Rule = Rule("ERA-015");

/// Zero-length audio message is legal and means silence; the reaction is system dependent (Flash: play out, flush, use wall clock)
pub const ERA_016: Rule = Rule("ERA-016");

/// Unknown packet type/FourCC fails controlled
pub const ERA_017: Rule = Rule("ERA-017");

/// Support for a FourCC audio codec is signalled in connect (fourCcList or audioFourCcInfoMap)
pub const ERA_018: Rule = Rule("ERA-018");

/// Legacy 0xAF AAC stays valid beside mp4a
pub const ERA_019: Rule = Rule("ERA-019");

/// Audio sequence headers of every FourCC are cached for late joiners
pub const ERA_020: Rule = Rule("ERA-020");

/// AAC object types 1, 2, 5 supported via mp4a
pub const ERA_021: Rule = Rule("ERA-021");

/// ModEx: size byte + 1; if that is 256 the size is UI16 + 1
pub const ERM_001: Rule = Rule("ERM-001");

/// After data: 4-bit ModEx type and 4-bit next packet type; loop while type is ModEx
pub const ERM_002: Rule = Rule("ERM-002");

/// ModEx type 0 = TimestampOffsetNano, UI24, at least 3 bytes, max 999999
pub const ERM_003: Rule = Rule("ERM-003");

/// Offset affects presentation of this message only; RTMP ts unchanged
pub const ERM_004: Rule = Rule("ERM-004");

/// Unknown ModEx types are skipped by size
pub const ERM_005: Rule = Rule("ERM-005");

/// Nano data longer than 3 bytes: first 3 bytes used
pub const ERM_006: Rule = Rule("ERM-006");

/// Multitrack: 4-bit multitrack type + 4-bit inner packet type
pub const ERM_007: Rule = Rule("ERM-007");

/// Inner packet type is never Multitrack
pub const ERM_008: Rule = Rule("ERM-008");

/// Types 0 OneTrack, 1 ManyTracks, 2 ManyTracksManyCodecs; 3-15 reserved
pub const ERM_009: Rule = Rule("ERM-009");

/// OneTrack/ManyTracks: one FourCC before tracks; MTMC: FourCC per track
pub const ERM_010: Rule = Rule("ERM-010");

/// Each track: UI8 trackId; UI24 size unless OneTrack
pub const ERM_011: Rule = Rule("ERM-011");

/// Size counts bytes after the size field (this track only)
pub const ERM_012: Rule = Rule("ERM-012");

/// Each multitrack message states its trackId; not persistent
pub const ERM_013: Rule = Rule("ERM-013");

/// All tracks of a message are processed
pub const ERM_014: Rule = Rule("ERM-014");

/// trackId 0 is the default track; extra variants use distinct positive ids
pub const ERM_015: Rule = Rule("ERM-015");

/// Receivers do not infer quality from trackId
pub const ERM_016: Rule = Rule("ERM-016");

/// onMetaData describes each track (audioTrackIdInfoMap / videoTrackIdInfoMap, keys from 1)
pub const ERM_017: Rule = Rule("ERM-017");

/// Maps may hold only differences or full descriptors
pub const ERM_018: Rule = Rule("ERM-018");

/// A play-capable client announcing Multitrack can play multitrack streams
pub const ERM_019: Rule = Rule("ERM-019");

/// Publisher aware of server multitrack may publish it
pub const ERM_020: Rule = Rule("ERM-020");

/// Default track sent un-multitracked, others as OneTrack (OBS style) mix in one stream
pub const ERM_021: Rule = Rule("ERM-021");

/// Per-track sequence headers cached per (kind, trackId)
pub const ERM_022: Rule = Rule("ERM-022");

/// Script methods carry trackId and mediaType as object members
pub const ERM_023: Rule = Rule("ERM-023");

/// Truncated track (size \> rest) fails controlled
pub const ERM_024: Rule = Rule("ERM-024");

/// Metadata packet is sent before the frames it affects
pub const ERM_025: Rule = Rule("ERM-025");

/// New colorInfo replaces the old
pub const ERM_026: Rule = Rule("ERM-026");

/// Reset via colorInfo = undefined; empty object also valid
pub const ERM_027: Rule = Rule("ERM-027");

/// colorInfo members: colorConfig{bitDepth,colorPrimaries,transferCharacteristics,matrixCoefficients}, hdrCll{maxFall,maxCLL}, hdrMdcv{red/green/blue/whitePoint X,Y, maxLuminance, minLuminance}
pub const ERM_028: Rule = Rule("ERM-028");

/// bitDepth 8, 10 or 12; H.273 indices 0-255 provided
pub const ERM_029: Rule = Rule("ERM-029");

/// Ranges: maxFall/maxCLL 0.0001-10000; x 0.0001-0.7400; y 0.0001-0.8400; maxLum 5-10000; minLum 0.0001-5
pub const ERM_030: Rule = Rule("ERM-030");

/// Pair encoding: AMF0 string marker + "colorInfo", then object
pub const ERM_031: Rule = Rule("ERM-031");

/// Dolby Vision dynamic metadata is not duplicated in the container
pub const ERM_032: Rule = Rule("ERM-032");

/// A parsed colorInfo takes effect from the first frame of the video section that follows it
pub const ERM_033: Rule = Rule("ERM-033");

/// Mastering-display x/y coordinates are given with four decimal places
pub const ERM_034: Rule = Rule("ERM-034");

/// HDR colorInfo includes hdrMdcv
pub const ERM_035: Rule = Rule("ERM-035");

/// fourCcList, if sent: strict array of 4-byte strings ("\*" excepted) in the connect command object
pub const ERC_001: Rule = Rule("ERC-001");

/// "\*" entry means any codec
pub const ERC_002: Rule = Rule("ERC-002");

/// New clients use audioFourCcInfoMap / videoFourCcInfoMap
pub const ERC_003: Rule = Rule("ERC-003");

/// Servers understand both fourCcList and the maps
pub const ERC_004: Rule = Rule("ERC-004");

/// Map values: 1 CanDecode, 2 CanEncode, 4 CanForward, OR-able numbers
pub const ERC_005: Rule = Rule("ERC-005");

/// "\*" key overrides per-codec flags
pub const ERC_006: Rule = Rule("ERC-006");

/// capsEx number: 1 Reconnect, 2 Multitrack, 4 ModEx, 8 TimestampNanoOffset
pub const ERC_007: Rule = Rule("ERC-007");

/// Server states its support in the \_result object
pub const ERC_008: Rule = Rule("ERC-008");

/// Unknown connect properties are ignored
pub const ERC_009: Rule = Rule("ERC-009");

/// fourCcList in a reply only if client sent it (some clients fail on arrays)
pub const ERC_010: Rule = Rule("ERC-010");

/// Location of server caps: information object (zen) vs properties object — accept both
pub const ERC_011: Rule = Rule("ERC-011");

/// A flag may mean full support or parse-and-degrade
pub const ERC_012: Rule = Rule("ERC-012");

/// ReconnectRequest: onStatus on NetConnection, txn 0, null, info{code, level "status"}
pub const ERC_013: Rule = Rule("ERC-013");

/// Remapping requires tcUrl in info
pub const ERC_014: Rule = Rule("ERC-014");

/// tcUrl absolute or relative; relative resolves against current tcUrl
pub const ERC_015: Rule = Rule("ERC-015");

/// Without tcUrl, reconnect to the current one
pub const ERC_016: Rule = Rule("ERC-016");

/// Client continues to next media boundary, opens new connection, leaves the old
pub const ERC_017: Rule = Rule("ERC-017");

/// Old server keeps processing until the client leaves
pub const ERC_018: Rule = Rule("ERC-018");

/// Overlap of old and new connection must not hurt QoS
pub const ERC_019: Rule = Rule("ERC-019");

/// ReconnectRequest only to clients that announced capsEx Reconnect
pub const ERC_020: Rule = Rule("ERC-020");

/// Client without support ignores the event
pub const ERC_021: Rule = Rule("ERC-021");

/// Default-value assumptions (null/undefined) are not made
pub const ERC_022: Rule = Rule("ERC-022");

/// objectEncoding 3 covers types (18,15), (19,16), (20,17)
pub const ERC_023: Rule = Rule("ERC-023");

/// Redirect target abuse: client restricts scheme to rtmp family
pub const ERC_024: Rule = Rule("ERC-024");

/// rtmp:// default TCP port 1935
pub const URI_001: Rule = Rule("URI-001");

/// rtmps:// default TCP port 443
pub const URI_002: Rule = Rule("URI-002");

/// rtmfp:// default UDP port 1935
pub const URI_003: Rule = Rule("URI-003");

/// Host is never empty in rtmp/rtmps
pub const URI_004: Rule = Rule("URI-004");

/// IPv6 literals in brackets, with port
pub const URI_005: Rule = Rule("URI-005");

/// Path+query identify the target resource; number of segments is not presumed
pub const URI_006: Rule = Rule("URI-006");

/// Fragment names the stream (secondary resource), percent-decoded
pub const URI_007: Rule = Rule("URI-007");

/// Userinfo = ":"-separated connect args, percent-decoded, may be empty
pub const URI_008: Rule = Rule("URI-008");

/// Userinfo and fragment removed from tcUrl
pub const URI_009: Rule = Rule("URI-009");

/// Common split: last path segment = stream name, rest = app
pub const URI_010: Rule = Rule("URI-010");

/// rtmpt/rtmpts/rtmpe/rtmpte schemes with ports 80/443/1935/80
pub const URI_011: Rule = Rule("URI-011");

/// librtmp "key=value" options after a space are not part of the URI
pub const URI_012: Rule = Rule("URI-012");

/// rtmps = TLS on TCP, then the identical chunk stream
pub const RTMPS_001: Rule = Rule("RTMPS-001");

/// Certificate validated by default (text only asks for security acceptable to both ends)
pub const RTMPS_002: Rule = Rule("RTMPS-002");

/// SNI sent
pub const RTMPS_003: Rule = Rule("RTMPS-003");

/// TLS 1.2+
pub const RTMPS_004: Rule = Rule("RTMPS-004");

/// Plain RTMP bytes to a TLS port close fast
pub const RTMPS_005: Rule = Rule("RTMPS-005");

/// Client certificates as authorisation
pub const RTMPS_006: Rule = Rule("RTMPS-006");

/// tcUrl keeps scheme rtmps
pub const RTMPS_007: Rule = Rule("RTMPS-007");

/// Ack counts plaintext RTMP bytes, not TLS bytes
pub const RTMPS_008: Rule = Rule("RTMPS-008");

/// Only POST, HTTP/1.1, keep-alive, Content-Type application/x-fcs
pub const RTMPT_001: Rule = Rule("RTMPT-001");

/// Responses are 200 with Content-Type application/x-fcs
pub const RTMPT_002: Rule = Rule("RTMPT-002");

/// Optional probe POST /fcs/ident2; 404 is normal
pub const RTMPT_003: Rule = Rule("RTMPT-003");

/// POST /open/1 with 1-byte body starts a session
pub const RTMPT_004: Rule = Rule("RTMPT-004");

/// Reply body to open = session id + newline, no interval byte
pub const RTMPT_005: Rule = Rule("RTMPT-005");

/// POST /send/ID/SEQ carries RTMP bytes
pub const RTMPT_006: Rule = Rule("RTMPT-006");

/// POST /idle/ID/SEQ with 1-byte body polls
pub const RTMPT_007: Rule = Rule("RTMPT-007");

/// POST /close/ID/SEQ ends the session
pub const RTMPT_008: Rule = Rule("RTMPT-008");

/// SEQ increases by one per request, from 0 after open
pub const RTMPT_009: Rule = Rule("RTMPT-009");

/// First body byte of every non-open reply = polling interval
pub const RTMPT_010: Rule = Rule("RTMPT-010");

/// Interval 0x01 after data, growing on empty replies to 0x21 (steps 01,03,05,09,11,21)
pub const RTMPT_011: Rule = Rule("RTMPT-011");

/// Remaining bytes are the server's RTMP output, any length
pub const RTMPT_012: Rule = Rule("RTMPT-012");

/// Unknown ID gives an HTTP error
pub const RTMPT_013: Rule = Rule("RTMPT-013");

/// Handshake and chunks identical inside the tunnel
pub const RTMPT_014: Rule = Rule("RTMPT-014");

/// Session expires without polling
pub const RTMPT_015: Rule = Rule("RTMPT-015");

/// Default port 80; rtmpts = HTTPS 443
pub const RTMPT_016: Rule = Rule("RTMPT-016");

/// Requests of one session are processed in SEQ order even if pipelined on two sockets
pub const RTMPT_017: Rule = Rule("RTMPT-017");

/// Interval byte does not count as RTMP bytes for Ack
pub const RTMPT_018: Rule = Rule("RTMPT-018");

/// C0 = 06 (08 XTEA, 09 Blowfish variants)
pub const RTMPE_001: Rule = Rule("RTMPE-001");

/// S0 mirrors 06/08/09
pub const RTMPE_002: Rule = Rule("RTMPE-002");

/// C1/S1 carry both digest and a 128-byte DH public key
pub const RTMPE_003: Rule = Rule("RTMPE-003");

/// DH group: 1024-bit Oakley group 2 prime, generator 2
pub const RTMPE_004: Rule = Rule("RTMPE-004");

/// Public key is written before the digest is computed
pub const RTMPE_005: Rule = Rule("RTMPE-005");

/// Client commonly uses layout B (key first); server replies in same layout
pub const RTMPE_006: Rule = Rule("RTMPE-006");

/// Public keys are validated (y != 1, p-1; y^q = 1)
pub const RTMPE_007: Rule = Rule("RTMPE-007");

/// Shared secret is 128 bytes, left-padded with zeros
pub const RTMPE_008: Rule = Rule("RTMPE-008");

/// Sender key = first 16 bytes of HMAC-SHA256(key = secret, data = receiver's public key)
pub const RTMPE_009: Rule = Rule("RTMPE-009");

/// Both RC4 streams are advanced 1536 bytes after handshake
pub const RTMPE_010: Rule = Rule("RTMPE-010");

/// Handshake itself (C0..C2,S0..S2) is not RC4-encrypted
pub const RTMPE_011: Rule = Rule("RTMPE-011");

/// Types 8/9 encrypt the 32-byte C2/S2 signature in 8-byte blocks, key index = digest-key byte mod 15
pub const RTMPE_012: Rule = Rule("RTMPE-012");

/// RTMPE gives no authentication (no trust anchor): document as obfuscation
pub const RTMPE_013: Rule = Rule("RTMPE-013");

/// Server without RTMPE answers 03 or closes
pub const RTMPE_014: Rule = Rule("RTMPE-014");

/// RTMP itself has no auth mechanism; apps use args, query, names, calls, client certs
pub const AUTH_001: Rule = Rule("AUTH-001");

/// authmod=adobe step 1: \_error Rejected with description containing "code=403 need auth" and "authmod=adobe"
pub const AUTH_002: Rule = Rule("AUTH-002");

/// Step 2: reconnect with "?authmod=adobe&user=U" appended to app and tcUrl
pub const AUTH_003: Rule = Rule("AUTH-003");

/// Step 3: \_error description with "?reason=needauth&user=&salt=&challenge=&opaque="
pub const AUTH_004: Rule = Rule("AUTH-004");

/// hash1 = base64(md5(user+salt+password))
pub const AUTH_005: Rule = Rule("AUTH-005");

/// response = base64(md5(hash1 + (opaque or challenge) + clientChallenge))
pub const AUTH_006: Rule = Rule("AUTH-006");

/// Client challenge = base64 of 4 random bytes (8 chars)
pub const AUTH_007: Rule = Rule("AUTH-007");

/// Step 4: append "&challenge=&response=&opaque="
pub const AUTH_008: Rule = Rule("AUTH-008");

/// Wrong password: "?reason=authfailed"; unknown: "?reason=nosuchuser"
pub const AUTH_009: Rule = Rule("AUTH-009");

/// Each step uses a new TCP connection
pub const AUTH_010: Rule = Rule("AUTH-010");

/// Base64 values are not percent-encoded in app/tcUrl
pub const AUTH_011: Rule = Rule("AUTH-011");

/// authmod=llnw step 1: same 403 with authmod=llnw
pub const AUTH_012: Rule = Rule("AUTH-012");

/// llnw h1 = md5hex(user:live:password)
pub const AUTH_013: Rule = Rule("AUTH-013");

/// llnw h2 = md5hex("publish:/" + app\[/instance\]), "\_definst\_" if no instance
pub const AUTH_014: Rule = Rule("AUTH-014");

/// llnw response = md5hex(h1:nonce:nc:cnonce:auth:h2), nc = 00000001
pub const AUTH_015: Rule = Rule("AUTH-015");

/// Appended "&nonce=&cnonce=&nc=&response="
pub const AUTH_016: Rule = Rule("AUTH-016");

/// llnw failure string is "?reason=authfail" (no "ed")
pub const AUTH_017: Rule = Rule("AUTH-017");

/// Client does not loop on repeated 403
pub const AUTH_018: Rule = Rule("AUTH-018");

/// Challenge/salt differ per attempt (replay resistance)
pub const AUTH_019: Rule = Rule("AUTH-019");

/// Token in stream key or query is the dominant field practice
pub const AUTH_020: Rule = Rule("AUTH-020");

/// Server asks with UCM 26, data byte = verification type (1)
pub const SWFV_001: Rule = Rule("SWFV-001");

/// Reply UCM 27: 01 01, SWF size twice (32-bit BE), 32-byte HMAC = 42 bytes
pub const SWFV_002: Rule = Rule("SWFV-002");

/// HMAC-SHA256 key = last 32 bytes of S1, data = SWF hash
pub const SWFV_003: Rule = Rule("SWFV-003");

/// SWF hash = HMAC-SHA256 keyed "Genuine Adobe Flash Player 001" over the decompressed SWF
pub const SWFV_004: Rule = Rule("SWFV-004");

/// Client lacking SWF ignores the request
pub const SWFV_005: Rule = Rule("SWFV-005");

/// SWF verification needs the digest handshake
pub const SWFV_006: Rule = Rule("SWFV-006");

/// Protocol control types 1,2,3,5,6 are not used; ignored if received
pub const RTMFP_001: Rule = Rule("RTMFP-001");

/// Message limits as in MSG-002
pub const RTMFP_002: Rule = Rule("RTMFP-002");

/// Flow metadata identifies stream id; flags incl. receive intent
pub const RTMFP_003: Rule = Rule("RTMFP-003");

/// Message = type, timestamp (32 bit), payload in a flow user message
pub const RTMFP_004: Rule = Rule("RTMFP-004");

/// UCM 34 Flow Synchronization, 41 Set Keepalive Timers
pub const RTMFP_005: Rule = Rule("RTMFP-005");

/// Aggregates and pings should not be used
pub const RTMFP_006: Rule = Rule("RTMFP-006");

/// DH/AES session per RFC 7425 4; endpoint discriminator ancillary data = URI
pub const RTMFP_007: Rule = Rule("RTMFP-007");

/// Random bytes after handshake never crash or hang the process
pub const ROB_001: Rule = Rule("ROB-001");

/// Bit-flip fuzz of a valid session
pub const ROB_002: Rule = Rule("ROB-002");

/// Announced 16 MB messages on many csids do not allocate up front
pub const ROB_003: Rule = Rule("ROB-003");

/// Slow-loris handshake/chunk times out
pub const ROB_004: Rule = Rule("ROB-004");

/// Thousands of createStream calls bounded
pub const ROB_005: Rule = Rule("ROB-005");

/// Publisher flood without reading replies does not deadlock
pub const ROB_006: Rule = Rule("ROB-006");

/// Chunk size 1 media at 1 Mbit/s works
pub const ROB_007: Rule = Rule("ROB-007");

/// Abort storms
pub const ROB_008: Rule = Rule("ROB-008");

/// Errors are isolated to one connection
pub const ROB_009: Rule = Rule("ROB-009");

/// Implementations have means to detect malformed input
pub const ROB_010: Rule = Rule("ROB-010");

/// UTF-8 invalid names handled
pub const ROB_011: Rule = Rule("ROB-011");

/// Path traversal in app/stream name (record/VOD) refused
pub const ROB_012: Rule = Rule("ROB-012");

/// Malicious server: huge chunk size, huge message, endless messages before \_result
pub const ROB_013: Rule = Rule("ROB-013");

/// Reconnect storm: 1000 connects/s
pub const ROB_014: Rule = Rule("ROB-014");

/// Every rule, areas and rows in the order of the catalogue.
#[rustfmt::skip]
pub const ALL: [Rule; 819] = [
    HS_001,
    HS_002,
    HS_003,
    HS_004,
    HS_005,
    HS_006,
    HS_007,
    HS_008,
    HS_009,
    HS_010,
    HS_011,
    HS_012,
    HS_013,
    HS_014,
    HS_015,
    HS_016,
    HS_017,
    HS_018,
    HS_019,
    HS_020,
    HS_021,
    HS_022,
    HS_023,
    HS_024,
    HS_025,
    HS_026,
    HS_027,
    HS_028,
    HS_029,
    HS_030,
    HS_031,
    HS_032,
    HS_033,
    HS_034,
    HS_035,
    HSD_001,
    HSD_002,
    HSD_003,
    HSD_004,
    HSD_005,
    HSD_006,
    HSD_007,
    HSD_008,
    HSD_009,
    HSD_010,
    HSD_011,
    HSD_012,
    HSD_013,
    HSD_014,
    HSD_015,
    HSD_016,
    HSD_017,
    HSD_018,
    HSD_019,
    HSD_020,
    HSD_021,
    HSD_022,
    TIME_001,
    TIME_002,
    TIME_003,
    TIME_004,
    TIME_005,
    TIME_006,
    TIME_007,
    TIME_008,
    TIME_009,
    TIME_010,
    TIME_011,
    TIME_012,
    CHUNK_001,
    CHUNK_002,
    CHUNK_003,
    CHUNK_004,
    CHUNK_005,
    CHUNK_006,
    CHUNK_007,
    CHUNK_008,
    CHUNK_009,
    CHUNK_010,
    CHUNK_011,
    CHUNK_012,
    CHUNK_013,
    CHUNK_014,
    CHUNK_015,
    CHUNK_016,
    CHUNK_017,
    CHUNK_018,
    CHUNK_019,
    CHUNK_020,
    CHUNK_021,
    CHUNK_022,
    CHUNK_023,
    CHUNK_024,
    CHUNK_025,
    CHUNK_026,
    CHUNK_027,
    CHUNK_028,
    CHUNK_029,
    CHUNK_030,
    CHUNK_031,
    CHUNK_032,
    CHUNK_033,
    CHUNK_034,
    CHUNK_035,
    CHUNK_036,
    CHUNK_037,
    CHUNK_038,
    CHUNK_039,
    CHUNK_040,
    CHUNK_041,
    CHUNK_042,
    CHUNK_043,
    CHUNK_044,
    CHUNK_045,
    CHUNK_046,
    CHUNK_047,
    CHUNK_048,
    CHUNK_049,
    CHUNK_050,
    CHUNK_051,
    CHUNK_052,
    CHUNK_053,
    CHUNK_054,
    CHUNK_055,
    CHUNK_056,
    CHUNK_057,
    CHUNK_058,
    CHUNK_059,
    CHUNK_060,
    CHUNK_061,
    CHUNK_062,
    CHUNK_063,
    CHUNK_064,
    CHUNK_065,
    CHUNK_066,
    CHUNK_067,
    CHUNK_068,
    CHUNK_069,
    CHUNK_070,
    CHUNK_071,
    CHUNK_072,
    CTRL_001,
    CTRL_002,
    CTRL_003,
    CTRL_004,
    CTRL_005,
    CTRL_006,
    CTRL_007,
    CTRL_008,
    CTRL_009,
    CTRL_010,
    CTRL_011,
    CTRL_012,
    CTRL_013,
    CTRL_014,
    CTRL_015,
    CTRL_016,
    CTRL_017,
    CTRL_018,
    CTRL_019,
    CTRL_020,
    CTRL_021,
    CTRL_022,
    CTRL_023,
    CTRL_024,
    CTRL_025,
    CTRL_026,
    CTRL_027,
    CTRL_028,
    CTRL_029,
    CTRL_030,
    CTRL_031,
    CTRL_032,
    CTRL_033,
    CTRL_034,
    CTRL_035,
    CTRL_036,
    CTRL_037,
    CTRL_038,
    CTRL_039,
    CTRL_040,
    CTRL_041,
    CTRL_042,
    CTRL_043,
    CTRL_044,
    CTRL_045,
    UCM_001,
    UCM_002,
    UCM_003,
    UCM_004,
    UCM_005,
    UCM_006,
    UCM_007,
    UCM_008,
    UCM_009,
    UCM_010,
    UCM_011,
    UCM_012,
    UCM_013,
    UCM_014,
    UCM_015,
    UCM_016,
    UCM_017,
    UCM_018,
    UCM_019,
    UCM_020,
    UCM_021,
    UCM_022,
    UCM_023,
    UCM_024,
    UCM_025,
    UCM_026,
    UCM_027,
    UCM_028,
    UCM_029,
    MSG_001,
    MSG_002,
    MSG_003,
    MSG_004,
    MSG_005,
    MSG_006,
    MSG_007,
    MSG_008,
    MSG_009,
    MSG_010,
    MSG_011,
    MSG_012,
    MSG_013,
    MSG_014,
    MSG_015,
    MSG_016,
    MSG_017,
    MSG_018,
    MSG_019,
    MSG_020,
    MSG_021,
    MSG_022,
    MSG_023,
    MSG_024,
    MSG_025,
    MSG_026,
    MSG_027,
    MSG_028,
    MSG_029,
    MSG_030,
    MSG_031,
    MSG_032,
    MSG_033,
    MSG_034,
    AMF0_001,
    AMF0_002,
    AMF0_003,
    AMF0_004,
    AMF0_005,
    AMF0_006,
    AMF0_007,
    AMF0_008,
    AMF0_009,
    AMF0_010,
    AMF0_011,
    AMF0_012,
    AMF0_013,
    AMF0_014,
    AMF0_015,
    AMF0_016,
    AMF0_017,
    AMF0_018,
    AMF0_019,
    AMF0_020,
    AMF0_021,
    AMF0_022,
    AMF0_023,
    AMF0_024,
    AMF0_025,
    AMF0_026,
    AMF0_027,
    AMF0_028,
    AMF0_029,
    AMF0_030,
    AMF0_031,
    AMF0_032,
    AMF0_033,
    AMF0_034,
    AMF0_035,
    AMF0_036,
    AMF0_037,
    AMF0_038,
    AMF0_039,
    AMF0_040,
    AMF0_041,
    AMF0_042,
    AMF3_001,
    AMF3_002,
    AMF3_003,
    AMF3_004,
    AMF3_005,
    AMF3_006,
    AMF3_007,
    AMF3_008,
    AMF3_009,
    AMF3_010,
    AMF3_011,
    AMF3_012,
    AMF3_013,
    AMF3_014,
    AMF3_015,
    AMF3_016,
    AMF3_017,
    AMF3_018,
    AMF3_019,
    AMF3_020,
    AMF3_021,
    AMF3_022,
    AMF3_023,
    AMF3_024,
    AMF3_025,
    AMF3_026,
    AMF3_027,
    AMF3_028,
    AMF3_029,
    AMF3_030,
    AMF3_031,
    AMF3_032,
    AMF3_033,
    AMF3_034,
    AMF3_035,
    AMF3_036,
    AMF3_037,
    AMF3_038,
    AMF3_039,
    AMF3_040,
    AMF3_041,
    SO_001,
    SO_002,
    SO_003,
    SO_004,
    SO_005,
    SO_006,
    SO_007,
    SO_008,
    SO_009,
    SO_010,
    SO_011,
    SO_012,
    SO_013,
    SO_014,
    SO_015,
    SO_016,
    SO_017,
    SO_018,
    SO_019,
    SO_020,
    SO_021,
    SO_022,
    SO_023,
    SO_024,
    CONN_001,
    CONN_002,
    CONN_003,
    CONN_004,
    CONN_005,
    CONN_006,
    CONN_007,
    CONN_008,
    CONN_009,
    CONN_010,
    CONN_011,
    CONN_012,
    CONN_013,
    CONN_014,
    CONN_015,
    CONN_016,
    CONN_017,
    CONN_018,
    CONN_019,
    CONN_020,
    CONN_021,
    CONN_022,
    CONN_023,
    CONN_024,
    CONN_025,
    CONN_026,
    CONN_027,
    CONN_028,
    CONN_029,
    CONN_030,
    CONN_031,
    CONN_032,
    CONN_033,
    CONN_034,
    CONN_035,
    CONN_036,
    CONN_037,
    CONN_038,
    CONN_039,
    CONN_040,
    CONN_041,
    CONN_042,
    CONN_043,
    CONN_044,
    CONN_045,
    CONN_046,
    CONN_047,
    CONN_048,
    CONN_049,
    CONN_050,
    CONN_051,
    CONN_052,
    CONN_053,
    CONN_054,
    CONN_055,
    CONN_056,
    CONN_057,
    CONN_058,
    CONN_059,
    CONN_060,
    CONN_061,
    CONN_062,
    CONN_063,
    CONN_064,
    CONN_065,
    CONN_066,
    CONN_067,
    CONN_068,
    NSP_001,
    NSP_002,
    NSP_003,
    NSP_004,
    NSP_005,
    NSP_006,
    NSP_007,
    NSP_008,
    NSP_009,
    NSP_010,
    NSP_011,
    NSP_012,
    NSP_013,
    NSP_014,
    NSP_015,
    NSP_016,
    NSP_017,
    NSP_018,
    NSP_019,
    NSP_020,
    NSP_021,
    NSP_022,
    NSP_023,
    NSP_024,
    NSP_025,
    NSP_026,
    NSP_027,
    NSP_028,
    NSP_029,
    NSP_030,
    NSP_031,
    NSP_032,
    NSP_033,
    NSP_034,
    NSP_035,
    NSP_036,
    NSP_037,
    NSS_001,
    NSS_002,
    NSS_003,
    NSS_004,
    NSS_005,
    NSS_006,
    NSS_007,
    NSS_008,
    NSS_009,
    NSS_010,
    NSS_011,
    NSS_012,
    NSS_013,
    NSS_014,
    NSS_015,
    NSS_016,
    NSS_017,
    NSS_018,
    NSS_019,
    NSS_020,
    NSS_021,
    NSS_022,
    NSS_023,
    NSS_024,
    NSS_025,
    NSS_026,
    NSS_027,
    NSS_028,
    NSS_029,
    NSS_030,
    NSS_031,
    NSS_032,
    NSS_033,
    NSS_034,
    NSS_035,
    NSS_036,
    NSS_037,
    NSS_038,
    NSS_039,
    NSS_040,
    NSS_041,
    NSS_042,
    NSS_043,
    NSS_044,
    NSS_045,
    NSS_046,
    NSS_047,
    NSS_048,
    NSS_049,
    NSS_050,
    STAT_001,
    STAT_002,
    STAT_003,
    STAT_004,
    STAT_005,
    STAT_006,
    STAT_007,
    STAT_008,
    STAT_009,
    STAT_010,
    STAT_011,
    STAT_012,
    STAT_013,
    STAT_014,
    STAT_015,
    STAT_016,
    STAT_017,
    STAT_018,
    STAT_019,
    STAT_020,
    STAT_021,
    STAT_022,
    AUX_001,
    AUX_002,
    AUX_003,
    AUX_004,
    AUX_005,
    AUX_006,
    AUX_007,
    AUX_008,
    AUX_009,
    AUX_010,
    AUX_011,
    AUX_012,
    AUX_013,
    AUX_014,
    AUX_015,
    DATA_001,
    DATA_002,
    DATA_003,
    DATA_004,
    DATA_005,
    DATA_006,
    DATA_007,
    DATA_008,
    DATA_009,
    DATA_010,
    DATA_011,
    DATA_012,
    DATA_013,
    DATA_014,
    DATA_015,
    FLV_001,
    FLV_002,
    FLV_003,
    FLV_004,
    FLV_005,
    FLV_006,
    FLV_007,
    FLV_008,
    FLV_009,
    FLV_010,
    FLV_011,
    FLV_012,
    FLV_013,
    FLV_014,
    FLV_015,
    FLV_016,
    FLV_017,
    FLV_018,
    FLV_019,
    FLV_020,
    FLV_021,
    FLV_022,
    FLV_023,
    FLV_024,
    FLV_025,
    FLV_026,
    FLV_027,
    FLV_028,
    FLV_029,
    FLV_030,
    FLV_031,
    FLV_032,
    FLV_033,
    FLV_034,
    FLV_035,
    FLV_036,
    FLV_037,
    FLV_038,
    FLV_039,
    FLV_040,
    FLV_041,
    FLV_042,
    FLV_043,
    ERV_001,
    ERV_002,
    ERV_003,
    ERV_004,
    ERV_005,
    ERV_006,
    ERV_007,
    ERV_008,
    ERV_009,
    ERV_010,
    ERV_011,
    ERV_012,
    ERV_013,
    ERV_014,
    ERV_015,
    ERV_016,
    ERV_017,
    ERV_018,
    ERV_019,
    ERV_020,
    ERV_021,
    ERV_022,
    ERV_023,
    ERV_024,
    ERV_025,
    ERV_026,
    ERV_027,
    ERV_028,
    ERV_029,
    ERV_030,
    ERV_031,
    ERV_032,
    ERV_033,
    ERV_034,
    ERA_001,
    ERA_002,
    ERA_003,
    ERA_004,
    ERA_005,
    ERA_006,
    ERA_007,
    ERA_008,
    ERA_009,
    ERA_010,
    ERA_011,
    ERA_012,
    ERA_013,
    ERA_014,
    ERA_015,
    ERA_016,
    ERA_017,
    ERA_018,
    ERA_019,
    ERA_020,
    ERA_021,
    ERM_001,
    ERM_002,
    ERM_003,
    ERM_004,
    ERM_005,
    ERM_006,
    ERM_007,
    ERM_008,
    ERM_009,
    ERM_010,
    ERM_011,
    ERM_012,
    ERM_013,
    ERM_014,
    ERM_015,
    ERM_016,
    ERM_017,
    ERM_018,
    ERM_019,
    ERM_020,
    ERM_021,
    ERM_022,
    ERM_023,
    ERM_024,
    ERM_025,
    ERM_026,
    ERM_027,
    ERM_028,
    ERM_029,
    ERM_030,
    ERM_031,
    ERM_032,
    ERM_033,
    ERM_034,
    ERM_035,
    ERC_001,
    ERC_002,
    ERC_003,
    ERC_004,
    ERC_005,
    ERC_006,
    ERC_007,
    ERC_008,
    ERC_009,
    ERC_010,
    ERC_011,
    ERC_012,
    ERC_013,
    ERC_014,
    ERC_015,
    ERC_016,
    ERC_017,
    ERC_018,
    ERC_019,
    ERC_020,
    ERC_021,
    ERC_022,
    ERC_023,
    ERC_024,
    URI_001,
    URI_002,
    URI_003,
    URI_004,
    URI_005,
    URI_006,
    URI_007,
    URI_008,
    URI_009,
    URI_010,
    URI_011,
    URI_012,
    RTMPS_001,
    RTMPS_002,
    RTMPS_003,
    RTMPS_004,
    RTMPS_005,
    RTMPS_006,
    RTMPS_007,
    RTMPS_008,
    RTMPT_001,
    RTMPT_002,
    RTMPT_003,
    RTMPT_004,
    RTMPT_005,
    RTMPT_006,
    RTMPT_007,
    RTMPT_008,
    RTMPT_009,
    RTMPT_010,
    RTMPT_011,
    RTMPT_012,
    RTMPT_013,
    RTMPT_014,
    RTMPT_015,
    RTMPT_016,
    RTMPT_017,
    RTMPT_018,
    RTMPE_001,
    RTMPE_002,
    RTMPE_003,
    RTMPE_004,
    RTMPE_005,
    RTMPE_006,
    RTMPE_007,
    RTMPE_008,
    RTMPE_009,
    RTMPE_010,
    RTMPE_011,
    RTMPE_012,
    RTMPE_013,
    RTMPE_014,
    AUTH_001,
    AUTH_002,
    AUTH_003,
    AUTH_004,
    AUTH_005,
    AUTH_006,
    AUTH_007,
    AUTH_008,
    AUTH_009,
    AUTH_010,
    AUTH_011,
    AUTH_012,
    AUTH_013,
    AUTH_014,
    AUTH_015,
    AUTH_016,
    AUTH_017,
    AUTH_018,
    AUTH_019,
    AUTH_020,
    SWFV_001,
    SWFV_002,
    SWFV_003,
    SWFV_004,
    SWFV_005,
    SWFV_006,
    RTMFP_001,
    RTMFP_002,
    RTMFP_003,
    RTMFP_004,
    RTMFP_005,
    RTMFP_006,
    RTMFP_007,
    ROB_001,
    ROB_002,
    ROB_003,
    ROB_004,
    ROB_005,
    ROB_006,
    ROB_007,
    ROB_008,
    ROB_009,
    ROB_010,
    ROB_011,
    ROB_012,
    ROB_013,
    ROB_014,
];
