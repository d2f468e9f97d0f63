//! The message streams of one connection (RTMP 7.2.2).

use alloc::string::String;
use alloc::vec::Vec;

use crate::{MessageStreamId, Timestamp};

/// EA 7: message stream ids are at most 24 bits long.
const MAX_STREAM_ID: u32 = 0xFF_FFFF;

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) id: MessageStreamId,
    pub(super) role: Role,
    /// receiveAudio and receiveVideo hold for all later plays on the stream.
    pub(super) audio: bool,
    pub(super) video: bool,
}

#[derive(Debug)]
pub(super) enum Role {
    Idle,
    Publishing { name: String },
    Playing(Play),
}

#[derive(Debug, Default)]
pub(super) struct Play {
    pub(super) name: String,
    pub(super) paused: bool,
    /// Video was left out, so the next to go out has to be a key frame.
    pub(super) wants_key_frame: bool,
    /// Only what is later than this goes out (RTMP 7.2.2.8).
    pub(super) resume_after: Option<Timestamp>,
    pub(super) last_sent: Option<Timestamp>,
}

#[derive(Debug, Default)]
pub(super) struct Streams {
    streams: Vec<Stream>,
    last_id: u32,
}

impl Streams {
    /// A stream with an id that no other has; ids of deleted streams come back last.
    pub(super) fn create(&mut self, maximum: u32) -> Option<MessageStreamId> {
        if self.streams.len() as u64 >= u64::from(maximum) {
            return None;
        }
        let id = loop {
            self.last_id = self.last_id % MAX_STREAM_ID + 1;
            let id = MessageStreamId(self.last_id);
            if self.find(id).is_none() {
                break id;
            }
        };
        self.streams.push(Stream { id, role: Role::Idle, audio: true, video: true });
        Some(id)
    }

    pub(super) fn find(&mut self, id: MessageStreamId) -> Option<&mut Stream> {
        self.streams.iter_mut().find(|stream| stream.id == id)
    }

    pub(super) fn play(&mut self, id: MessageStreamId) -> Option<&mut Play> {
        match self.find(id) {
            Some(Stream { role: Role::Playing(play), .. }) => Some(play),
            _ => None,
        }
    }

    pub(super) fn is_publishing(&mut self, id: MessageStreamId) -> bool {
        matches!(self.find(id), Some(Stream { role: Role::Publishing { .. }, .. }))
    }

    /// The stream that publishes `name`; a query behind either name does not matter.
    pub(super) fn publisher_of(&self, name: &str) -> Option<MessageStreamId> {
        let wanted = name.split_once('?').map_or(name, |(name, _)| name);
        // Looks at no more of a name than is wanted: names are long if a client likes, and calls short.
        let is_wanted = |name: &str| {
            name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('?'))
        };
        self.streams.iter().find_map(|stream| match &stream.role {
            Role::Publishing { name } if is_wanted(name) => Some(stream.id),
            _ => None,
        })
    }

    pub(super) fn remove(&mut self, id: MessageStreamId) {
        self.streams.retain(|stream| stream.id != id);
    }

    pub(super) fn ids(&self) -> Vec<MessageStreamId> {
        self.streams.iter().map(|stream| stream.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishers_are_found_by_name_without_query() {
        let mut streams = Streams::default();
        for name in ["key", "ke", "k?key=1"] {
            let id = streams.create(9).unwrap();
            streams.find(id).unwrap().role = Role::Publishing { name: name.into() };
        }
        for (name, id) in [
            ("key", Some(1)),
            ("ke?x", Some(2)),
            ("k", Some(3)),
            ("k?y", Some(3)),
            ("keys", None),
            ("", None),
        ] {
            assert_eq!(streams.publisher_of(name), id.map(MessageStreamId), "{name}");
        }
    }

    #[test]
    fn ids_are_distinct_and_not_0_and_wrap() {
        let mut streams = Streams::default();
        assert_eq!(streams.create(3), Some(MessageStreamId(1)));
        assert_eq!(streams.create(3), Some(MessageStreamId(2)));
        streams.remove(MessageStreamId(1));
        assert_eq!(streams.create(3), Some(MessageStreamId(3)));
        streams.last_id = MAX_STREAM_ID - 1;
        assert_eq!(streams.create(3), Some(MessageStreamId(MAX_STREAM_ID)));
        assert_eq!(streams.create(3), None);
        assert_eq!(streams.create(4), Some(MessageStreamId(1)));
        assert_eq!(streams.create(5), Some(MessageStreamId(4)));
    }
}
