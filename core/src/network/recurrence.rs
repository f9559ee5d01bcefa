//! When a fault comes again.

use super::fault::{Fault, Recurrence};
use crate::random::{NumberedDraws, exponential};
use crate::units::{Duration, Time};

/// When a fault begins, each time, rising: until `end` only, but for one that comes once.
pub(super) fn beginnings(fault: &Fault, draws: NumberedDraws, end: Time) -> Vec<Time> {
    match fault.recurs {
        Recurrence::Never => vec![fault.at],
        Recurrence::Every(period) => {
            let next = |begins: &Time| Some(*begins + period);
            std::iter::successors(Some(fault.at), next).take_while(|begins| *begins < end).collect()
        }
        Recurrence::Exponential(mean) => {
            let mut draws = draws.draws(0);
            let mut next = |begins: Time| {
                let seconds = exponential(draws.next()) * mean.as_seconds();
                begins + Duration::from_seconds(seconds).max(Duration::from_nanos(1))
            };
            let first = next(fault.at);
            std::iter::successors(Some(first), |begins| Some(next(*begins)))
                .take_while(|begins| *begins < end)
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{FaultKind, HostSet};
    use crate::random::{Purpose, Seed};

    fn begins(recurs: Recurrence, seconds: u64) -> Vec<Time> {
        let at = Time::ZERO + Duration::from_secs(10);
        let kind = FaultKind::Offline(HostSet::default());
        let fault = Fault { recurs, ..Fault::new(at, Duration::from_secs(1), kind) };
        let draws = Seed(1).numbered(Purpose::Recurrence, 7);
        beginnings(&fault, draws, Time::ZERO + Duration::from_secs(seconds))
    }

    #[test]
    fn a_fault_comes_once_or_every_so_often_before_the_end() {
        let seconds = |times: Vec<Time>| times.into_iter().map(Time::as_seconds).collect::<Vec<f64>>();
        assert_eq!(seconds(begins(Recurrence::Never, 5)), [10.0]);
        assert_eq!(seconds(begins(Recurrence::Every(Duration::from_secs(20)), 70)), [10.0, 30.0, 50.0]);
    }

    /// Poisson: as many as the time over the mean, give or take four times the root of that, and as evenly as that.
    #[test]
    fn at_random_intervals_it_comes_as_often_as_their_mean_says() {
        let mean = Recurrence::Exponential(Duration::from_secs(5));
        let all = begins(mean, 50_010);
        let deviation = (all.len() as f64 - 10_000.0) / 100.0;
        assert!(deviation.abs() < 4.0, "{deviation}");
        assert!(all.is_sorted() && all[0] > Time::ZERO + Duration::from_secs(10));
        // A shorter run has the first of them.
        let some = begins(mean, 1000);
        assert!(some.len() > 100 && all.starts_with(&some));
        // Of exponential intervals a share of e⁻¹ is longer than their mean.
        let longer =
            all.windows(2).filter(|pair| pair[1].since(pair[0]) > Duration::from_secs(5)).count() as f64;
        let p = libm::exp(-1.0);
        let n = (all.len() - 1) as f64;
        assert!((longer / n - p).abs() < 4.0 * (p * (1.0 - p) / n).sqrt(), "{longer} of {n}");
    }
}
