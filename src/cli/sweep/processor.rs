//! Processor time of a thread: what its work takes, however busy the machine is with others.

use std::fs;

use crate::results::Stopwatch;

/// Counts the processor time of the thread that has started it; where the system does not tell it, wall time.
pub(super) struct Processor {
    wall: Stopwatch,
    started: Option<f64>,
}

impl Processor {
    /// Starts now.
    pub(super) fn start() -> Processor {
        Processor { wall: Stopwatch::start(), started: spent() }
    }

    /// Seconds since the start.
    pub(super) fn seconds(&self) -> f64 {
        self.started.zip(spent()).map_or_else(|| self.wall.seconds(), |(from, to)| to - from)
    }
}

/// What this thread has spent so far, from Linux's `/proc`.
fn spent() -> Option<f64> {
    nanoseconds(&fs::read_to_string("/proc/thread-self/schedstat").ok()?)
}

/// The first of three numbers, in seconds; kernels that do not count have 0.
fn nanoseconds(schedstat: &str) -> Option<f64> {
    let spent: u64 = schedstat.split_whitespace().next()?.parse().ok()?;
    (spent > 0).then_some(spent as f64 * 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_read_where_it_is_counted() {
        assert_eq!(nanoseconds("1500000000 82332 17\n"), Some(1.5));
        assert_eq!(["0 0 0\n", "", "none"].map(nanoseconds), [None; 3]);
    }

    #[test]
    fn work_takes_processor_time_and_no_more_than_there_is() {
        let (processor, wall) = (Processor::start(), Stopwatch::start());
        let digest = (0..2_000_u32).fold(blake3::hash(b""), |last, _| blake3::hash(last.as_bytes()));
        let spent = processor.seconds();
        assert!(digest != blake3::hash(b"") && (0.0..=wall.seconds() + 0.02).contains(&spent), "{spent}");
    }
}
