//! Delays and throughput of a workload of datagrams.

use crate::units::{Duration, Time};
use crate::world::{Work, WorldConfig};

use super::figures::{Waits, ratio};
use super::window::Window;

/// Datagrams of one traffic workload.
pub(super) struct Traffic {
    pub name: String,
    /// Payload of a datagram in bytes.
    pub size: u64,
    pub sent: Vec<Time>,
    /// When each delivered one was handed over, and how long it took.
    pub delivered: Vec<(Time, Duration)>,
}

/// Figures of a traffic workload over a window.
pub(super) struct TrafficFigures {
    pub sent: u64,
    pub delivered: u64,
    /// Delays in seconds.
    pub delays: Waits,
    pub throughput_bps: Option<f64>,
}

impl Traffic {
    /// When it was sent, when it was delivered and after how long; and its delay among all, in order.
    pub(super) const BYTES_A_DATAGRAM: usize =
        size_of::<Time>() + size_of::<(Time, Duration)>() + size_of::<f64>();

    /// One entry a workload; `None` for workloads of other kinds.
    pub(super) fn all(config: &WorldConfig) -> Vec<Option<Traffic>> {
        let of = |workload: &crate::world::Workload| match workload.work {
            Work::Traffic { size, .. } => Some(Traffic {
                name: workload.name.clone(),
                size: size.as_bytes(),
                sent: Vec::new(),
                delivered: Vec::new(),
            }),
            _ => None,
        };
        config.workloads.iter().map(of).collect()
    }

    pub(super) fn sent(&mut self, now: Time) {
        self.sent.push(now);
    }

    pub(super) fn delivered(&mut self, now: Time, handed_over: Time) {
        self.delivered.push((handed_over, now.since(handed_over)));
    }

    pub(super) fn figures(&self, window: Window) -> TrafficFigures {
        let sent = || self.sent.iter().filter(|time| window.contains(**time));
        let delivered = || self.delivered.iter().filter(|(handed_over, _)| window.contains(*handed_over));
        let (handed_over, arrived) = (sent().count(), delivered().count());
        let never = std::iter::repeat_n(None, handed_over.saturating_sub(arrived));
        let first = sent().min();
        let last = delivered().map(|(handed_over, delay)| *handed_over + *delay).max();
        let seconds = first.zip(last).map(|(first, last)| last.since(*first).as_seconds());
        let bits = (arrived as u64 * self.size * 8) as f64;
        TrafficFigures {
            sent: handed_over as u64,
            delivered: arrived as u64,
            delays: Waits::of(delivered().map(|(_, delay)| Some(delay.as_seconds())).chain(never)),
            throughput_bps: seconds.and_then(|seconds| ratio(bits, seconds)),
        }
    }
}
