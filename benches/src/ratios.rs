//! Interleaved measurement of many functions in one process, so that their ratios mean something on a
//! machine that is not quiet.

use std::time::Duration;

/// Something to measure.
pub struct Row<'a> {
    /// What is done, e.g. `decode lent`.
    pub group: &'static str,
    /// On which input.
    pub input: &'static str,
    /// By whom.
    pub who: &'static str,
    /// One pass; returns the number of messages, or says what went wrong.
    pub pass: Box<dyn FnMut() -> Result<u64, String> + 'a>,
}

/// What came out.
pub struct Measured {
    /// See [`Row::group`].
    pub group: &'static str,
    /// See [`Row::input`].
    pub input: &'static str,
    /// See [`Row::who`].
    pub who: &'static str,
    /// Nanoseconds per message, or what went wrong.
    pub ns: Result<Nanoseconds, String>,
}

/// Nanoseconds per message.
#[derive(Debug, Clone, Copy)]
pub struct Nanoseconds {
    /// Of all rounds.
    pub median: f64,
    /// Of the quietest round.
    pub least: f64,
}

/// Shortest time that counts as one sample.
const SAMPLE: Duration = Duration::from_millis(8);

/// Processor time of this thread: what other processes take from it does not count.
#[cfg(unix)]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
fn now() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// Runs all rows `rounds` times in turn. A row that does not yield `expected` messages is not measured.
#[must_use]
pub fn measure(rows: Vec<Row<'_>>, expected: u64, rounds: usize) -> Vec<Measured> {
    struct State<'a> {
        row: Row<'a>,
        passes: u32,
        samples: Vec<f64>,
        failed: Option<String>,
    }
    fn begin(mut row: Row<'_>, expected: u64) -> State<'_> {
        let result = (row.pass)();
        let start = now();
        let again = (row.pass)();
        let took = (now() - start).max(Duration::from_nanos(1));
        let failed = match result.and(again) {
            Ok(count) if count == expected => None,
            Ok(count) => Some(format!("{count} of {expected} messages")),
            Err(error) => Some(error),
        };
        let passes = (SAMPLE.as_nanos() / took.as_nanos()).clamp(1, 1000) as u32;
        State { row, passes, samples: Vec::new(), failed }
    }
    let mut states: Vec<_> = rows.into_iter().map(|row| begin(row, expected)).collect();
    for _ in 0..rounds {
        for state in states.iter_mut().filter(|state| state.failed.is_none()) {
            let start = now();
            for _ in 0..state.passes {
                if let Err(error) = (state.row.pass)() {
                    state.failed = Some(error);
                }
            }
            let messages = f64::from(state.passes) * expected as f64;
            state.samples.push((now() - start).as_nanos() as f64 / messages);
        }
    }
    let finish = |mut state: State<'_>| {
        state.samples.sort_by(f64::total_cmp);
        let ns = match (state.failed, &state.samples[..]) {
            (Some(error), _) => Err(error),
            (None, []) => Err("no sample".to_owned()),
            (None, all) => Ok(Nanoseconds { median: all[all.len() / 2], least: all[0] }),
        };
        Measured { group: state.row.group, input: state.row.input, who: state.row.who, ns }
    };
    states.into_iter().map(finish).collect()
}
