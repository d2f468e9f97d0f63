//! The events of a session that wait for the application.

use alloc::collections::VecDeque;

use crate::body::Weight;
use crate::{LimitExceeded, Limits, SessionError};

/// Text and bytes that count as one value.
const BYTES_PER_VALUE: usize = 64;

/// At most [`Limits::events`], oldest first.
pub(crate) struct Events<E> {
    queue: VecDeque<(E, usize)>,
    /// AMF values in all of them.
    values: usize,
    most: usize,
    /// With so many values, no event with values is added.
    most_values: usize,
}

impl<E> Events<E> {
    pub(crate) fn new(limits: &Limits) -> Self {
        let most = limits.events as usize;
        let most_values = most.saturating_add(limits.amf_nodes as usize);
        Self { queue: VecDeque::new(), values: 0, most, most_values }
    }

    /// Adds an event that holds `weight` more than what arrived for it.
    pub(crate) fn push(&mut self, event: E, weight: Weight) -> Result<(), SessionError> {
        let values = weight.nodes as usize + weight.bytes / BYTES_PER_VALUE;
        let (count, held) = (self.queue.len(), self.values);
        if count >= self.most {
            return Err(exceeded(count + 1, self.most));
        }
        if values > 0 && held >= self.most_values {
            return Err(exceeded(held + values, self.most_values));
        }
        self.values += values;
        self.queue.push_back((event, values));
        Ok(())
    }

    pub(crate) fn pop(&mut self) -> Option<E> {
        let (event, values) = self.queue.pop_front()?;
        self.values -= values;
        Some(event)
    }
}

fn exceeded(value: usize, maximum: usize) -> SessionError {
    LimitExceeded { limit: "events", value: value as u64, maximum: maximum as u64 }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> Events<char> {
        Events::new(&Limits { events: 3, amf_nodes: 10, ..Limits::default() })
    }

    #[test]
    fn so_many_events_wait_and_no_more() {
        let mut events = events();
        for name in ['a', 'b', 'c'] {
            events.push(name, Weight::default()).unwrap();
        }
        assert_eq!(events.push('d', Weight::default()), Err(exceeded(4, 3)));
        assert_eq!(events.pop(), Some('a'));
        events.push('d', Weight::default()).unwrap();
    }

    #[test]
    fn so_many_values_wait_in_them_and_one_message_more() {
        let nodes = |nodes| Weight { nodes, bytes: 0 };
        let mut events = events();
        events.push('a', nodes(12)).unwrap();
        events.push('b', nodes(10)).unwrap();
        assert_eq!(events.push('c', nodes(1)), Err(exceeded(23, 13)));
        assert_eq!(events.push('c', Weight { nodes: 0, bytes: 64 }), Err(exceeded(23, 13)));
        events.push('c', Weight { nodes: 0, bytes: 63 }).unwrap();
        assert_eq!(events.pop(), Some('a'));
        events.push('d', nodes(3)).unwrap();
        assert_eq!(events.pop(), Some('b'));
        assert_eq!(events.values, 3);
    }
}
