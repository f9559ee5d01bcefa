//! Delays and throughput of a workload of datagrams.

use crate::units::{Duration, Time};
use crate::world::{Sizes, Work, WorldConfig};

use super::figures::{Waits, ratio};
use super::window::Window;

/// Datagrams of one traffic workload.
pub(super) struct Traffic {
    pub name: String,
    size: Sizes,
    pub sent: Vec<Time>,
    /// When each delivered one was handed over, and how long it took.
    delivered: Vec<(Time, Duration)>,
    /// The payloads of these in bytes, if they differ.
    payloads: Vec<u32>,
}

/// A datagram that was delivered.
pub(super) struct Delivered {
    pub handed_over: Time,
    pub delay: Duration,
    /// Payload in bytes.
    pub payload: u64,
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
                size,
                sent: Vec::new(),
                delivered: Vec::new(),
                payloads: Vec::new(),
            }),
            _ => None,
        };
        config.workloads.iter().map(of).collect()
    }

    pub(super) fn sent(&mut self, now: Time) {
        self.sent.push(now);
    }

    pub(super) fn delivered(&mut self, now: Time, handed_over: Time, payload: u32) {
        self.delivered.push((handed_over, now.since(handed_over)));
        if self.size.fixed().is_none() {
            self.payloads.push(payload);
        }
    }

    /// Those that were delivered.
    pub(super) fn all_delivered(&self) -> impl Iterator<Item = Delivered> + '_ {
        let all = self.delivered.iter().enumerate();
        all.map(|(place, (handed_over, delay))| Delivered {
            handed_over: *handed_over,
            delay: *delay,
            payload: match self.size.fixed() {
                Some(size) => size.as_bytes(),
                None => self.payloads[place].into(),
            },
        })
    }

    pub(super) fn figures(&self, window: Window) -> TrafficFigures {
        let sent = || self.sent.iter().filter(|time| window.contains(**time));
        let delivered = || self.all_delivered().filter(|datagram| window.contains(datagram.handed_over));
        let (handed_over, arrived) = (sent().count(), delivered().count());
        let never = std::iter::repeat_n(None, handed_over.saturating_sub(arrived));
        let first = sent().min();
        let last = delivered().map(|datagram| datagram.handed_over + datagram.delay).max();
        let seconds = first.zip(last).map(|(first, last)| last.since(*first).as_seconds());
        let bits = (delivered().map(|datagram| datagram.payload).sum::<u64>() * 8) as f64;
        TrafficFigures {
            sent: handed_over as u64,
            delivered: arrived as u64,
            delays: Waits::of(delivered().map(|datagram| Some(datagram.delay.as_seconds())).chain(never)),
            throughput_bps: seconds.and_then(|seconds| ratio(bits, seconds)),
        }
    }
}
