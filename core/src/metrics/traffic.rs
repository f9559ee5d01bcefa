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
    /// When each that was answered was handed over, and how long it took until the answer was delivered; `None` where nobody
    /// answers.
    answered: Option<Vec<Answered>>,
}

/// A datagram whose answer was delivered: when it was handed over, and how long that took.
pub(super) type Answered = (Time, Duration);

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
    /// Times until answers were there, in seconds; `None` where nobody answers.
    pub responses: Option<Waits>,
}

impl Traffic {
    /// When it was sent, when it was delivered and after how long; and its delay among all, in order.
    pub(super) const BYTES_A_DATAGRAM: usize =
        size_of::<Time>() + size_of::<(Time, Duration)>() + size_of::<f64>();

    /// One entry a workload; `None` for workloads of other kinds.
    pub(super) fn all(config: &WorldConfig) -> Vec<Option<Traffic>> {
        let of = |workload: &crate::world::Workload| match workload.work {
            Work::Traffic { size, response, .. } => Some(Traffic {
                name: workload.name.clone(),
                size,
                sent: Vec::new(),
                delivered: Vec::new(),
                payloads: Vec::new(),
                answered: response.map(|_| Vec::new()),
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

    pub(super) fn answered(&mut self, now: Time, handed_over: Time) {
        if let Some(answered) = &mut self.answered {
            answered.push((handed_over, now.since(handed_over)));
        }
    }

    /// Those whose answer was delivered.
    pub(super) fn all_answered(&self) -> &[Answered] {
        self.answered.as_deref().unwrap_or_default()
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
            responses: self.answered.as_ref().map(|answered| within(answered, window, handed_over)),
        }
    }
}

/// The times until answers to those of `sent` datagrams that were handed over in a window.
fn within(answered: &[Answered], window: Window, sent: usize) -> Waits {
    let its = answered.iter().filter(|(handed_over, _)| window.contains(*handed_over));
    let times: Vec<_> = its.map(|(_, took)| Some(took.as_seconds())).collect();
    let never = std::iter::repeat_n(None, sent.saturating_sub(times.len()));
    Waits::of(times.into_iter().chain(never))
}
