//! Chunk headers and chunked messages (RTMP 5.3.1).

/// Which of the three basic header forms is written (RTMP 5.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The smallest that holds the id.
    Smallest,
    /// Two bytes: ids 64..=319.
    Two,
    /// Three bytes: ids 64..=65599.
    Three,
}

/// A chunk header to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Chunk type 0..=3.
    pub fmt: u8,
    /// Chunk stream id 2..=65599.
    pub csid: u32,
    /// Basic header form.
    pub form: Form,
    /// Timestamp (fmt 0) or delta (fmt 1, 2) in ms; from 16,777,215 on the extended field is written.
    /// For fmt 3: the value of the extended field in force, if it is one.
    pub time: u32,
    /// Message length (fmt 0, 1).
    pub len: usize,
    /// Message type id (fmt 0, 1).
    pub kind: u8,
    /// Message stream id (fmt 0).
    pub msid: u32,
}

impl Header {
    /// The header's bytes.
    ///
    /// # Panics
    /// When the chunk stream id does not fit the form, which is a fault of the suite.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = basic(self.fmt, self.csid, self.form);
        let extended = self.time >= 0xFF_FFFF;
        let field = if extended { 0xFF_FFFF } else { self.time };
        if self.fmt <= 2 {
            out.extend(&field.to_be_bytes()[1..]);
        }
        if self.fmt <= 1 {
            let len = u32::try_from(self.len).expect("a message length");
            assert!(len <= 0xFF_FFFF, "a message length has 24 bits");
            out.extend(&len.to_be_bytes()[1..]);
            out.push(self.kind);
        }
        if self.fmt == 0 {
            out.extend(self.msid.to_le_bytes());
        }
        if extended {
            out.extend(self.time.to_be_bytes());
        }
        out
    }
}

/// A basic header (RTMP 5.3.1.1).
///
/// # Panics
/// When the id does not fit the form, which is a fault of the suite.
#[must_use]
pub fn basic(fmt: u8, csid: u32, form: Form) -> Vec<u8> {
    let top = fmt << 6;
    match form {
        Form::Smallest if (2..=63).contains(&csid) => vec![top | csid as u8],
        Form::Smallest if csid <= 319 => basic(fmt, csid, Form::Two),
        Form::Smallest => basic(fmt, csid, Form::Three),
        Form::Two => {
            assert!((64..=319).contains(&csid), "two bytes hold ids 64 to 319");
            vec![top, (csid - 64) as u8]
        }
        Form::Three => {
            assert!((64..=65_599).contains(&csid), "three bytes hold ids 64 to 65599");
            let [low, high] = ((csid - 64) as u16).to_le_bytes();
            vec![top | 1, low, high]
        }
    }
}

/// A whole message to be sent, with one type 0 chunk first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Msg {
    /// Chunk stream id.
    pub csid: u32,
    /// Absolute timestamp in ms.
    pub ts: u32,
    /// Message type id.
    pub kind: u8,
    /// Message stream id.
    pub msid: u32,
    /// Body.
    pub body: Vec<u8>,
    /// What it is, for the transcript and for the report.
    pub label: String,
}

impl Msg {
    /// The same message at another timestamp.
    #[must_use]
    pub fn at(mut self, ts: u32) -> Self {
        self.ts = ts;
        self
    }

    /// The same message on another chunk stream.
    #[must_use]
    pub fn on(mut self, csid: u32) -> Self {
        self.csid = csid;
        self
    }

    /// The same message for another message stream.
    #[must_use]
    pub fn for_stream(mut self, msid: u32) -> Self {
        self.msid = msid;
        self
    }

    /// Its type 0 header.
    #[must_use]
    pub fn header(&self) -> Header {
        Header {
            fmt: 0,
            csid: self.csid,
            form: Form::Smallest,
            time: self.ts,
            len: self.body.len(),
            kind: self.kind,
            msid: self.msid,
        }
    }

    /// Its chunks at the given chunk size: a type 0 chunk, then type 3.
    #[must_use]
    pub fn chunks(&self, chunk_size: usize) -> Vec<Vec<u8>> {
        chunks(self.header(), &self.body, chunk_size)
    }
}

/// A message that starts with `first` as its header, cut at `chunk_size`; continuation chunks are type 3 and
/// repeat the extended timestamp (RTMP 5.3.1.3).
#[must_use]
pub fn chunks(first: Header, body: &[u8], chunk_size: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = body;
    let mut header = first;
    loop {
        let (now, later) = rest.split_at(rest.len().min(chunk_size));
        let mut chunk = header.bytes();
        chunk.extend(now);
        out.push(chunk);
        rest = later;
        if rest.is_empty() {
            return out;
        }
        header = Header { fmt: 3, ..first };
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Header, Msg, basic, chunks};

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The worked vectors, section V4.
    #[test]
    fn writes_the_worked_vectors() {
        for (csid, fmt0, fmt3) in [
            (2, "02", "c2"),
            (63, "3f", "ff"),
            (64, "0000", "c000"),
            (319, "00ff", "c0ff"),
            (320, "010001", "c10001"),
            (365, "012d01", "c12d01"),
            (65_599, "01ffff", "c1ffff"),
        ] {
            assert_eq!(hex(&basic(0, csid, Form::Smallest)), fmt0);
            assert_eq!(hex(&basic(3, csid, Form::Smallest)), fmt3);
        }
        assert_eq!(hex(&basic(0, 319, Form::Three)), "01ff00");
        let video = Header { fmt: 0, csid: 6, form: Form::Smallest, time: 0, len: 200, kind: 9, msid: 1 };
        for (time, bytes) in [
            (0xFF_FFFE, "06fffffe0000c80901000000"),
            (0xFF_FFFF, "06ffffff0000c8090100000000ffffff"),
            (0xFFFF_FFFF, "06ffffff0000c80901000000ffffffff"),
        ] {
            assert_eq!(hex(&Header { time, ..video }.bytes()), bytes);
        }
        assert_eq!(hex(&Header { fmt: 2, time: 0xFF_FFFF, ..video }.bytes()), "86ffffff00ffffff");
    }

    #[test]
    fn example_two_of_the_specification() {
        let msg = Msg { csid: 4, ts: 1000, kind: 9, msid: 12_346, body: vec![0; 307], label: String::new() };
        let sizes: Vec<usize> = msg.chunks(128).iter().map(Vec::len).collect();
        assert_eq!(sizes, [140, 129, 52]);
    }

    #[test]
    fn whole_multiples_have_no_empty_chunk_and_nothing_is_one_header() {
        let header = Header { fmt: 0, csid: 4, form: Form::Smallest, time: 0, len: 256, kind: 8, msid: 1 };
        assert_eq!(chunks(header, &[0; 256], 128).len(), 2);
        assert_eq!(chunks(Header { len: 0, ..header }, &[], 128).len(), 1);
    }
}
