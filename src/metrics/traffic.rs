//! Delays and throughput of a workload of datagrams.

use crate::units::{Duration, Time};
use crate::world::{Work, WorldConfig};

use super::figures::{mean, quantile};
use super::window::Window;

/// Datagrams of one traffic workload.
pub(super) struct Traffic {
    pub name: String,
    /// Payload of a datagram in bytes.
    size: u64,
    sent: Vec<Time>,
    /// When each delivered one was handed over, and how long it took.
    delivered: Vec<(Time, Duration)>,
}

/// Figures of a traffic workload over a window.
pub(super) struct TrafficFigures {
    pub sent: u64,
    pub delivered: u64,
    pub delay_mean_s: Option<f64>,
    /// Delays in seconds, ascending.
    pub delays_s: Vec<f64>,
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
        let within = self.delivered.iter().filter(|(handed_over, _)| window.contains(*handed_over));
        let mut delays_s: Vec<f64> = within.map(|(_, delay)| delay.as_seconds()).collect();
        let delay_mean_s = mean(delays_s.iter().copied());
        delays_s.sort_by(f64::total_cmp);
        let bits = (delays_s.len() as u64 * self.size * 8) as f64;
        TrafficFigures {
            sent: self.sent.iter().filter(|time| window.contains(**time)).count() as u64,
            delivered: delays_s.len() as u64,
            delay_mean_s,
            throughput_bps: (window.seconds() > 0.0).then(|| bits / window.seconds()),
            delays_s,
        }
    }
}

impl TrafficFigures {
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        quantile(&self.delays_s, share)
    }
}
