//! The flows over a downlink.

use std::collections::BTreeMap;

use super::event::{Coming, Number};
use super::fair::{differ, level};
use crate::units::{Duration, HostId, Time};

/// Messages that come to a host.
#[derive(Debug)]
pub(super) struct Incoming {
    flows: BTreeMap<(HostId, Number), Receiving>,
    /// Of all of them, in bit/s.
    rate: f64,
    /// Whether their rates are about to be looked at.
    pub is_due: bool,
    /// The part of its rate that the link keeps for what waits there, and until when.
    kept: (f64, Time),
    /// How often they were at one instant.
    rounds: (Time, u32),
}

#[derive(Debug)]
struct Receiving {
    /// In bit/s.
    rate: f64,
    /// What the sender's uplink holds it to; infinite if it is this downlink that does.
    limit: f64,
    /// What the sender is allowed.
    allowed: f64,
}

/// Where messages take no time, hosts agree within an instant: the link with the lowest level first, then the next one, so that it
/// takes a few rounds for each. This bounds them whatever rounding does.
const MOST_ROUNDS: u32 = 10_000;

/// What waits is to have passed after about this time.
const DRAINS: Duration = Duration::from_millis(200);
/// The largest part of its rate that a link keeps for that.
const MOST_KEPT: f64 = 0.5;
/// What rounding, or a packet, makes wait is no queue.
const NO_QUEUE: Duration = Duration::from_millis(1);

impl Incoming {
    pub(super) fn new() -> Incoming {
        Incoming {
            flows: BTreeMap::new(),
            rate: 0.0,
            is_due: false,
            kept: (0.0, Time::ZERO),
            rounds: (Time::ZERO, 0),
        }
    }

    /// A flow comes at this rate from now on. Unless it begins, its beginning must have been seen.
    pub(super) fn comes(&mut self, it: Coming, downlink: f64) {
        let key = (it.from, it.number);
        if it.is_first {
            self.flows.insert(key, Receiving { rate: 0.0, limit: 0.0, allowed: downlink });
        }
        let Some(flow) = self.flows.get_mut(&key) else { return };
        self.rate += it.rate - flow.rate;
        flow.rate = it.rate;
        flow.limit = if it.held { it.rate } else { f64::INFINITY };
    }

    /// A flow has ended. Returns whether its beginning was seen.
    pub(super) fn ended(&mut self, from: HostId, number: Number) -> bool {
        let Some(flow) = self.flows.remove(&(from, number)) else { return false };
        self.rate = if self.flows.is_empty() { 0.0 } else { self.rate - flow.rate };
        true
    }

    /// All of them together, in bit/s.
    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    /// Whether there is something to divide.
    pub(super) fn is_shared(&self, downlink: f64) -> bool {
        let alone = |flow: &Receiving| differ(flow.allowed, downlink);
        self.flows.len() > 1 || self.flows.values().any(alone)
    }

    /// Keeps a part of the rate for what waits at the link, which takes so long to pass: as switches with explicit rates do that hold
    /// their queues short (ERICA+: Kalyanaraman, Jain, Fahmy, Goyal and Vandalore, 2000), linear in the delay. Returns when to divide it
    /// again, if it does; not before, or each answer of a sender would begin another round.
    pub(super) fn keep_back(&mut self, now: Time, waits: Duration) -> Option<Time> {
        if now < self.kept.1 {
            return None;
        }
        let part = (waits.as_seconds() / DRAINS.as_seconds()).min(MOST_KEPT);
        self.kept = if waits < NO_QUEUE { (0.0, now) } else { (part, now + DRAINS) };
        (self.kept.0 > 0.0).then_some(self.kept.1)
    }

    /// Finds the rates that a downlink of this one has room for, and shows those of which the sender is to be told.
    pub(super) fn divide(&mut self, now: Time, downlink: f64, mut tell: impl FnMut(HostId, Number, f64)) {
        self.rounds = if self.rounds.0 == now { (now, self.rounds.1 + 1) } else { (now, 0) };
        if self.rounds.1 > MOST_ROUNDS {
            return;
        }
        let level = level(downlink * (1.0 - self.kept.0), self.flows.values().map(|flow| flow.limit));
        for ((from, number), flow) in &mut self.flows {
            let held = level < flow.limit && differ(level, flow.limit);
            // Whom the uplink holds to less may have all of it, as far as this link is concerned: should it want more, it says so.
            let allowed = if held { level } else { downlink };
            if differ(allowed, flow.allowed) {
                flow.allowed = allowed;
                tell(*from, *number, allowed);
            }
        }
    }

    /// The host has left.
    pub(super) fn clear(&mut self) {
        self.flows.clear();
        self.rate = 0.0;
    }
}
