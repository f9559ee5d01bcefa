//! How much work the workloads of a run will bring, estimated before it starts.

use super::config::{Arrivals, Work, WorldConfig};
use crate::protocol::CHUNK_ENTRIES;

/// How much work a run is expected to bring, over all hosts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// Outcomes recorded.
    pub records: f64,
    /// Chunks announced, at the most.
    pub chunks: f64,
    /// Queries issued, those for tasks included.
    pub queries: f64,
    /// Tasks requested.
    pub tasks: f64,
    /// Broadcasts of broadcast workloads.
    pub broadcasts: f64,
    /// Datagrams of traffic workloads.
    pub datagrams: f64,
    /// Broadcasts of all kinds in the busiest second.
    pub busiest: f64,
}

impl Demand {
    /// The work of all workloads.
    pub fn of(config: &WorldConfig) -> Demand {
        let flushed = config.protocol.as_ref().is_some_and(|protocol| protocol.flush_after.is_some());
        // With a flush time-out, a chunk may carry a single outcome.
        let chunks_a_record = if flushed { 1.0 } else { 1.0 / CHUNK_ENTRIES as f64 };
        let mut sum = Demand::default();
        for workload in &config.workloads {
            let end = config.duration.as_seconds().min(workload.stop.as_seconds());
            let (count, rate) = expected(&workload.arrivals, end - workload.start.as_seconds());
            match workload.work {
                Work::Record { .. } => {
                    sum.records += count;
                    sum.chunks += count * chunks_a_record;
                    sum.busiest += rate * chunks_a_record;
                }
                Work::Query { .. } => {
                    sum.queries += count;
                    sum.busiest += rate;
                }
                Work::Broadcast { .. } => {
                    sum.broadcasts += count;
                    sum.busiest += rate;
                }
                Work::Traffic { .. } => sum.datagrams += count,
                Work::Tasks(ref tasks) => {
                    let candidates = f64::from(tasks.considered(config));
                    sum.tasks += count;
                    sum.datagrams += count * if tasks.ask { 2.0 * candidates + 2.0 } else { 2.0 };
                    let records = count * tasks.recorded_by.count();
                    sum.records += records;
                    sum.chunks += records * chunks_a_record;
                    let queries = if tasks.ask { candidates } else { 0.0 };
                    sum.queries += count * queries;
                    sum.busiest += rate * (queries + tasks.recorded_by.count() * chunks_a_record);
                }
            }
        }
        sum
    }

    /// Broadcasts of all kinds.
    pub fn all_broadcasts(&self) -> f64 {
        self.chunks + self.queries + self.broadcasts
    }
}

/// The expected number of arrivals in the first `seconds`, and the rate in the busiest of them; a ramp is counted to its
/// end.
fn expected(arrivals: &Arrivals, seconds: f64) -> (f64, f64) {
    let seconds = seconds.max(0.0);
    match *arrivals {
        Arrivals::Poisson(rate) => (rate.as_per_second() * seconds, rate.as_per_second()),
        Arrivals::Every(interval) => (seconds / interval.as_seconds(), 1.0 / interval.as_seconds()),
        Arrivals::Ramp { from, to, rise, hold, fall } => {
            let (from, to) = (from.as_per_second(), to.as_per_second());
            let slopes = f64::midpoint(rise.as_seconds(), fall.as_seconds());
            let higher = (to - from) * (slopes + hold.as_seconds());
            ((from * seconds + higher).clamp(0.0, from.max(to) * seconds), from.max(to))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Duration, Frequency};

    #[test]
    fn arrivals_are_counted_as_their_rates_say() {
        let rate = Frequency::per_second;
        assert_eq!(expected(&Arrivals::Poisson(rate(3.0)), 20.0), (60.0, 3.0));
        assert_eq!(expected(&Arrivals::Every(Duration::from_secs(2)), 20.0), (10.0, 0.5));
        let [rise, hold, fall] = [4, 6, 2].map(Duration::from_secs);
        let ramp = Arrivals::Ramp { from: rate(1.0), to: rate(11.0), rise, hold, fall };
        // 20 s at 1 /s; 10 /s more for 6 s, and half of that on the slopes.
        assert_eq!(expected(&ramp, 20.0), (110.0, 11.0));
        assert_eq!(expected(&ramp, -1.0), (0.0, 11.0));
    }
}
