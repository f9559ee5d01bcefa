//! One machine with one access link, as the network sees it.

use std::hint::black_box;

use super::downlink::Overflow;
use super::pace::Pace;
use super::presence::OnlineState;
use super::transport::Stack;
use super::{Downlink, Exit, Fifo, Meter, Payload, Place, Topology, Transport};
use crate::units::{Duration, HostId, Time};

/// The state of a host: one cache line for what comes in, and one for what goes out.
#[derive(Debug)]
pub(super) struct Host<P> {
    pub down: Downlink,
    pub presence: OnlineState,
    pub stack: Stack<P>,
    /// Meters of uplink and downlink, if the host is measured.
    meters: Option<Box<(Meter, Meter)>>,
    /// Bytes delivered. Here, as most hosts of a broadcast have had most copies of it already, and send nothing for them.
    pub received: u64,
    pub outbound: Outbound,
}

/// What mostly sending needs.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Outbound {
    pub up: Fifo,
    /// Bytes put on the wire so far.
    pub sent: u64,
    /// When the session ends that the host is in; faults may cut it short.
    pub session_ends: Time,
    /// The key of the luck that its messages have on their paths.
    pub key: u64,
    pub place: Place,
    /// By which the host sends; `None` if that depends on the receiver.
    pub transport: Option<Transport>,
    /// Whether what was given to the uplink leaves although the session ends.
    pub is_graceful: bool,
}

impl Outbound {
    pub(super) fn prefetch(&self) {
        black_box(self.sent);
    }
}

impl<P: Payload> Host<P> {
    /// A host with an idle link, offline until it joins.
    pub(super) fn new(topology: &Topology, host: HostId) -> Host<P> {
        let (group, key) = (topology.group(host), topology.key(host));
        let access = topology.access(host);
        Host {
            down: Downlink::new(access.down),
            presence: OnlineState::default(),
            stack: Stack::default(),
            meters: None,
            received: 0,
            outbound: Outbound {
                up: access.up,
                sent: 0,
                session_ends: Time::NEVER,
                key,
                place: topology.place(host),
                transport: Some(group.transport).filter(|_| group.transport_to.is_empty()),
                is_graceful: group.departure == Exit::Graceful,
            },
        }
    }
}

impl<P> Host<P> {
    /// Memory of a host that is measured, on top of its own.
    pub(super) const BYTES_OF_METERS: usize = size_of::<(Meter, Meter)>();

    pub(super) fn prefetch(&self) {
        black_box(self.down.rate());
    }

    #[inline]
    pub(super) fn is_online(&self) -> bool {
        self.presence.is_online()
    }

    /// Measures both directions of the link from now on, over this window.
    pub(super) fn measure(&mut self, window: Duration) {
        let meter = Meter::new(window);
        self.meters = Some(Box::new((meter.clone(), meter)));
    }

    /// The used part of the uplink over the window of its meter; 0 without one.
    pub(super) fn uplink_used(&self, now: Time) -> f64 {
        self.meters.as_ref().map_or(0.0, |meters| meters.0.used(now, self.outbound.up.rate()))
    }

    /// The used part of the downlink over the window of its meter; 0 without one.
    pub(super) fn downlink_used(&self, now: Time) -> f64 {
        self.meters.as_ref().map_or(0.0, |meters| meters.1.used(now, self.down.rate()))
    }

    /// The last `bytes` of a message of `whole` bytes have come to the downlink. Returns when the last one will have passed.
    ///
    /// # Errors
    /// What of it the queue has no room for; the other packets pass.
    #[inline(always)]
    pub(super) fn admit(
        &mut self,
        now: Time,
        (bytes, whole): (u32, u32),
        pace: Pace<'_>,
    ) -> Result<Time, Overflow> {
        let passes = self.down.admit(now, (bytes, whole), pace);
        let dropped = passes.as_ref().map_or_else(|overflow| overflow.bytes, |_| 0);
        self.count_down(now, whole - dropped);
        passes
    }

    /// A message of so many bytes has come to the downlink, all at once. Returns when the last byte will have passed; `None`, with
    /// nothing changed, where there is more to it: if it comes in vain, or others come in beside it.
    #[inline(always)]
    pub(super) fn queue(&mut self, now: Time, bytes: u32) -> Option<Time> {
        let passes = if self.is_online() { self.down.queue(now, bytes)? } else { return None };
        self.count_down(now, bytes);
        Some(passes)
    }

    /// A message of so many bytes is delivered, which has come from a host by some transport.
    #[inline(always)]
    pub(super) fn take_in(&mut self, now: Time, from: HostId, bytes: u32, by: impl FnOnce() -> Transport)
    where
        P: Payload,
    {
        self.received += u64::from(bytes);
        self.stack.on_payload(now, from, by);
    }

    /// Counts bytes that were put on the uplink.
    #[inline(always)]
    pub(super) fn count_up(&mut self, now: Time, bytes: u32) {
        self.outbound.sent += u64::from(bytes);
        if let Some(meters) = &mut self.meters {
            meters.0.add(now, u64::from(bytes));
        }
    }

    /// Counts bytes that came to the downlink.
    #[inline]
    pub(super) fn count_down(&mut self, now: Time, bytes: u32) {
        if let Some(meters) = &mut self.meters {
            meters.1.add(now, u64::from(bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_two_cache_lines() {
        assert_eq!((size_of::<Host<u32>>(), align_of::<Host<u32>>()), (128, 64));
    }
}
