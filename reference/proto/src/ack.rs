//! When an Acknowledgement is due (RTMP 5.4.3, 5.4.4).

/// Counts the bytes received and says when to acknowledge them.
#[derive(Debug, Clone, Default)]
pub struct AckWindow {
    window: u32,
    received: u64,
    acknowledged: u64,
}

impl AckWindow {
    /// No window yet: nothing is ever due (CTRL-028).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The peer's Window Acknowledgement Size, in bytes. 0 turns acknowledgements off.
    pub fn set_window(&mut self, window: u32) {
        self.window = window;
    }

    /// Counts `bytes` from the transport, the handshake included.
    pub fn add(&mut self, bytes: usize) {
        self.received += bytes as u64;
    }

    /// Bytes received so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The sequence number of the Acknowledgement that is due, if at least a window of bytes arrived
    /// since the last one or since the start: the number of bytes received modulo 2^32. What is
    /// returned counts as acknowledged.
    pub fn take_due(&mut self) -> Option<u32> {
        if self.window == 0 || self.received - self.acknowledged < u64::from(self.window) {
            return None;
        }
        self.acknowledged = self.received;
        Some(self.received as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_is_due_after_each_window() {
        let mut ack = AckWindow::new();
        ack.add(3073);
        assert_eq!(ack.take_due(), None);
        ack.set_window(5000);
        assert_eq!(ack.take_due(), None);
        ack.add(1927);
        assert_eq!(ack.take_due(), Some(5000));
        assert_eq!(ack.take_due(), None);
        ack.add(4999);
        assert_eq!(ack.take_due(), None);
        ack.add(12_001);
        assert_eq!(ack.take_due(), Some(22_000));
    }

    #[test]
    fn the_count_wraps_at_32_bits() {
        let mut ack = AckWindow::new();
        ack.set_window(0xFFFF_FFFF);
        ack.add(0xFFFF_FFFE);
        assert_eq!(ack.take_due(), None);
        ack.add(3);
        assert_eq!(ack.take_due(), Some(1));
        ack.set_window(10);
        ack.add(10);
        assert_eq!(ack.take_due(), Some(11));
    }

    #[test]
    fn a_window_of_zero_turns_acknowledgements_off() {
        let mut ack = AckWindow::new();
        ack.set_window(1);
        ack.add(7);
        assert_eq!(ack.take_due(), Some(7));
        ack.set_window(0);
        ack.add(1 << 40);
        assert_eq!(ack.take_due(), None);
    }
}
