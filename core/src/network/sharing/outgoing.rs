//! The flows over an uplink.

use std::collections::BTreeMap;

use super::event::Number;
use super::fair::{differ, level};
use crate::engine::Ticket;
use crate::network::event::Packet;
use crate::network::transport::Transmission;
use crate::units::{Duration, HostId, Time};

/// Messages that leave a host.
#[derive(Debug)]
pub(super) struct Outgoing<P> {
    flows: BTreeMap<Number, Sending<P>>,
    next: Number,
    /// When the flows are looked at again.
    pub wakes: Option<(Time, Ticket)>,
}

/// A message that leaves its host.
#[derive(Debug)]
pub(super) struct Sending<P> {
    pub to: HostId,
    pub packet: Packet<P>,
    pub sent: Transmission,
    pub begun: Time,
    /// Of all its bytes.
    pub latency: Duration,
    /// Whether the receiver is to know of it.
    pub is_announced: bool,
    /// The rate, and whether the uplink holds it to that, as the receiver was told.
    pub told: Option<(f64, bool)>,
    /// What the receiver's downlink has room for, in bit/s.
    limit: f64,
    /// Whether the uplink has no more for it, so that what has not left waits for that.
    waits_here: bool,
    /// In bit/s.
    rate: f64,
    /// Bits that had not left when it was given that rate.
    left: f64,
    since: Time,
    ends: Time,
}

impl<P> Sending<P> {
    /// A message that begins to leave now, over a path to a receiver with a downlink of this rate.
    pub(super) fn new(
        now: Time,
        (to, packet, sent): (HostId, Packet<P>, Transmission),
        (latency, limit, is_announced): (Duration, f64, bool),
    ) -> Sending<P> {
        let left = f64::from(packet.bytes) * 8.0;
        let (begun, since, ends) = (now, now, Time::NEVER);
        Sending {
            to,
            packet,
            sent,
            begun,
            latency,
            is_announced,
            told: None,
            limit,
            waits_here: true,
            rate: 0.0,
            left,
            since,
            ends,
        }
    }

    /// Bits that have not left.
    fn left(&self, now: Time) -> f64 {
        if now >= self.ends {
            return 0.0;
        }
        (self.left - self.rate * now.since(self.since).as_seconds()).max(0.0)
    }

    /// Bytes that have not left whole.
    pub(super) fn bytes_left(&self, now: Time) -> u32 {
        libm::ceil(self.left(now) / 8.0) as u32
    }

    fn set_rate(&mut self, now: Time, rate: f64) {
        if !differ(rate, self.rate) {
            return;
        }
        self.left = self.left(now);
        (self.rate, self.since) = (rate, now);
        self.ends = now + Duration::from_nanos(libm::ceil(self.left / rate * 1e9) as u64);
    }
}

impl<P> Outgoing<P> {
    pub(super) fn new() -> Outgoing<P> {
        Outgoing { flows: BTreeMap::new(), next: 0, wakes: None }
    }

    pub(super) fn add(&mut self, flow: Sending<P>) {
        self.flows.insert(self.next, flow);
        self.next = self.next.wrapping_add(1);
    }

    /// How many messages there are.
    pub(super) fn count(&self) -> usize {
        self.flows.len()
    }

    /// Bytes of all of them that have not left.
    pub(super) fn backlog(&self, now: Time) -> u64 {
        self.flows.values().map(|flow| u64::from(flow.bytes_left(now))).sum()
    }

    /// Whether there is room for a message of so many bytes: in the queue of the uplink, for what this holds back, and in that of the
    /// receiver's downlink, for what that holds back of this host's. A link that holds nothing back takes one of any size.
    pub(super) fn has_room(&self, now: Time, to: HostId, bytes: u32, (up, down): (u64, u64)) -> bool {
        let (mut here, mut there) = (0, 0);
        for flow in self.flows.values() {
            if flow.waits_here {
                here += u64::from(flow.bytes_left(now));
            } else if flow.to == to {
                there += u64::from(flow.bytes_left(now));
            }
        }
        let fits = |waiting: u64, queue: u64| waiting == 0 || waiting.saturating_add(bytes.into()) <= queue;
        fits(here, up) && fits(there, down)
    }

    /// A receiver has room for this rate.
    pub(super) fn allow(&mut self, number: Number, rate: f64) -> bool {
        let Some(flow) = self.flows.get_mut(&number) else { return false };
        flow.limit = rate;
        true
    }

    /// Gives each flow its rate over an uplink of this one. Shows those of which the receiver is to be told, and returns when the
    /// first one ends.
    pub(super) fn divide(
        &mut self,
        now: Time,
        uplink: f64,
        mut tell: impl FnMut(Number, &Sending<P>, bool),
    ) -> Option<Time> {
        let level = level(uplink, self.flows.values().map(|flow| flow.limit));
        for (number, flow) in &mut self.flows {
            let rate = flow.limit.min(level);
            let held = level < flow.limit && differ(level, flow.limit);
            flow.set_rate(now, rate);
            flow.waits_here = held || !differ(level, flow.limit);
            // What takes no time comes all at once.
            let is_known = flow.told.is_some_and(|(told, was_held)| !differ(told, rate) && was_held == held);
            if is_known || !flow.is_announced || rate.is_infinite() {
                continue;
            }
            let is_first = flow.told.replace((rate, held)).is_none();
            tell(*number, flow, is_first);
        }
        self.flows.values().map(|flow| flow.ends).min()
    }

    /// The flows that have ended, in their order.
    pub(super) fn take_ended(&mut self, now: Time) -> Vec<(Number, Sending<P>)> {
        let ended = self.flows.iter().filter(|(_, flow)| flow.ends <= now).map(|(number, _)| *number);
        let ended: Vec<Number> = ended.collect();
        ended.into_iter().filter_map(|number| self.flows.remove_entry(&number)).collect()
    }

    /// All flows, in their order.
    pub(super) fn take_all(&mut self) -> BTreeMap<Number, Sending<P>> {
        std::mem::take(&mut self.flows)
    }
}
