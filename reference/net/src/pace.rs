//! When a frame is due.

use std::time::Duration;

use rtmp_proto::Timestamp;
use tokio::time::Instant;

/// How fast a file is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// Each frame at its timestamp, as a live encoder would.
    #[default]
    RealTime,
    /// As fast as the server takes it.
    Fast,
}

/// A step in the timestamps longer than this, in ms and in either direction, is not waited for.
const LONGEST_GAP: u32 = 10_000;

/// Turns timestamps into points in time.
#[derive(Debug)]
pub struct Clock {
    pace: Pace,
    newest: Option<(Timestamp, Instant)>,
}

impl Clock {
    pub fn new(pace: Pace) -> Self {
        Self { pace, newest: None }
    }

    /// When a frame with this timestamp is due; `now` where the clock starts or jumps.
    pub fn due(&mut self, timestamp: Timestamp, now: Instant) -> Instant {
        if self.pace == Pace::Fast {
            return now;
        }
        let due = match self.newest {
            None => now,
            Some((newest, at)) => match timestamp.since(newest) {
                step if step.unsigned_abs() > LONGEST_GAP => now,
                step if step <= 0 => return at,
                step => at + Duration::from_millis(u64::from(step.unsigned_abs())),
            },
        };
        self.newest = Some((timestamp, due));
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_due_at_their_timestamps() {
        let start = Instant::now();
        let ms = |ms| start + Duration::from_millis(ms);
        let mut clock = Clock::new(Pace::RealTime);
        assert_eq!(clock.due(Timestamp(u32::MAX), ms(0)), ms(0));
        assert_eq!(clock.due(Timestamp(39), ms(1)), ms(40));
        assert_eq!(clock.due(Timestamp(20), ms(1)), ms(40), "backwards is due at once");
        assert_eq!(clock.due(Timestamp(79), ms(1)), ms(80));
        assert_eq!(clock.due(Timestamp(9_000_000), ms(90)), ms(90), "a gap is not waited for");
        assert_eq!(clock.due(Timestamp(9_000_040), ms(91)), ms(130));
        assert_eq!(clock.due(Timestamp(0), ms(140)), ms(140), "nor is a new beginning");
        assert_eq!(clock.due(Timestamp(40), ms(140)), ms(180));
        assert_eq!(Clock::new(Pace::Fast).due(Timestamp(5), ms(7)), ms(7));
    }
}
