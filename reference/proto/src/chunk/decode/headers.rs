//! Chunk headers from inputs that may end within one.

use core::num::NonZeroUsize;

use nom::{Err::Incomplete, IResult, Needed};

use super::{ChunkDecoder, Habit};
use crate::{
    ChunkStreamId,
    chunk::{
        arrived::Header,
        header::{self, MAX_HEADER_LEN, MessageHeader, Repeated},
    },
    tamper::Tamper,
};

impl ChunkDecoder {
    /// The next chunk header, or the number of bytes that are missing.
    #[inline(always)]
    pub(super) fn read_header(
        &mut self,
        input: &[u8],
        taken: &mut usize,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Header, NonZeroUsize> {
        let input = &input[*taken..];
        if self.pending_len > 0 {
            return self.read_split_header(input, taken, tamper);
        }
        match self.parse_header(input, tamper) {
            Ok((_, header)) => {
                *taken += header.len;
                self.consumed += header.len as u64;
                Ok(header)
            }
            Err(error) => {
                self.pending[..input.len()].copy_from_slice(input);
                self.pending_len = input.len() as u8;
                *taken += input.len();
                self.consumed += input.len() as u64;
                Err(missing(&error))
            }
        }
    }

    /// As [`Self::read_header`] when the first bytes came with an earlier input.
    #[cold]
    fn read_split_header(
        &mut self,
        input: &[u8],
        taken: &mut usize,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Header, NonZeroUsize> {
        let old = usize::from(self.pending_len);
        let added = input.len().min(MAX_HEADER_LEN - old);
        self.pending[old..old + added].copy_from_slice(&input[..added]);
        let bytes = self.pending;
        let (used, result) = match self.parse_header(&bytes[..old + added], tamper) {
            Ok((_, header)) => {
                self.pending.copy_within(header.len.min(old)..old, 0);
                self.pending_len = (old - header.len.min(old)) as u8;
                (header.len.saturating_sub(old), Ok(header))
            }
            Err(error) => {
                self.pending_len += added as u8;
                (added, Err(missing(&error)))
            }
        };
        *taken += used;
        self.consumed += used as u64;
        result
    }

    #[inline(always)]
    fn parse_header<'a>(
        &self,
        input: &'a [u8],
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> IResult<&'a [u8], Header> {
        let (rest, basic) = header::basic_header(input)?;
        // The basic header cannot say 0 or 1.
        let mut id = ChunkStreamId::new(basic.id).unwrap_or(ChunkStreamId::CONTROL);
        if let Some(tamper) = tamper {
            id = tamper.chunk_stream(&input[..usize::from(basic.len)], id);
        }
        let stream = self.streams.find(id.value());
        let mut inherited = MessageHeader::default();
        let mut repeated = Repeated::Absent;
        if let Some(stream) = stream {
            let state = &self.streams[stream];
            inherited = state.header;
            if basic.fmt == 3 && inherited.extended {
                repeated = match self.habit {
                    _ if tamper.as_mut().is_some_and(|t| !t.type3_has_extended(state.partial.is_none())) => {
                        Repeated::Absent
                    }
                    Habit::Omits => Repeated::Absent,
                    Habit::Unknown if state.partial.is_some() => {
                        Repeated::Unknown { rest: inherited.length - state.received() as u32 }
                    }
                    _ => Repeated::Present,
                };
            }
        }
        let (rest, (message, extended)) = header::message_header(rest, basic.fmt, &inherited, repeated)?;
        let len = input.len() - rest.len();
        Ok((rest, Header { len, basic, id, stream, message, extended, repeated }))
    }
}

fn missing(error: &nom::Err<nom::error::Error<&[u8]>>) -> NonZeroUsize {
    match error {
        Incomplete(Needed::Size(missing)) => *missing,
        _ => NonZeroUsize::MIN,
    }
}
