//! The network as a component: it carries a model's messages between hosts and tells what became of them.
//!
//! A model of one's own has a [`Carrier`] beside its own state, and an event type that holds the carrier's events
//! beside its own. It hands messages to [`Carrier::send`], gives the carrier's events to [`Carrier::handle`], and is
//! told by a [`Notice`] what was delivered and which hosts came and left. `examples/rumour.rs` is such a model.

mod event;
mod host;
mod presence;
mod quic;
mod way;

use super::Facts;
use super::ledger::Ledger;
use super::observation::{About, Observation, Probe};
use crate::engine::Schedule;
use crate::units::{Duration, HostId, Time};
pub use event::{Event, Flight, Packet};
use host::Host;

/// What a model sends.
pub trait Payload {
    /// Bytes that the transport is given.
    fn size(&self) -> u32;

    /// What it says, in 64 bits, for the fingerprint; the same on every platform.
    fn digest(&self) -> u64;

    /// What the message is for, as far as a watcher asks.
    fn about(&self, _from: HostId, _receiver: HostId) -> About {
        About::Other
    }
}

/// The moment of one event: when, at which host, and where new events go.
#[derive(Debug)]
pub struct Turn<'s, 'q, E> {
    pub now: Time,
    pub host: HostId,
    pub schedule: &'s mut Schedule<'q, E>,
}

/// What a model has to know of what the network did at the host.
#[derive(Clone, Debug)]
pub enum Notice<T> {
    /// A message has passed the downlink, and the host is there.
    Delivered { from: HostId, payload: T },
    /// The host came.
    Came,
    /// The host left: its connections are gone.
    Left,
}

/// The network's half of all hosts: transport → uplink → path → downlink → receiver, if present. Every message that was
/// sent ends in exactly one way, which the [`Probe`] is shown.
#[derive(Debug)]
pub struct Carrier<'a, T, P> {
    facts: &'a Facts<'a>,
    hosts: Vec<Host<T>>,
    ledger: Ledger,
    probe: &'a mut P,
}

impl<E> Turn<'_, '_, E> {
    /// `event` will happen to `host` at `time`, which must not lie in the past.
    #[inline]
    pub fn at(&mut self, time: Time, host: HostId, event: impl Into<E>) {
        self.schedule.at(time, host, event.into());
    }
}

impl<'a, T: Payload, P: Probe> Carrier<'a, T, P> {
    /// Idle links, and hosts that are not there before [`Carrier::begin`] lets them join.
    pub fn new(facts: &'a Facts<'a>, probe: &'a mut P) -> Carrier<'a, T, P> {
        let hosts = (0..facts.hosts()).map(|host| Host::new(facts, HostId(host))).collect();
        Carrier { facts, hosts, ledger: Ledger::default(), probe }
    }

    /// What happens to the turn's host: the message that was delivered, or that the host came or left.
    #[inline]
    pub fn handle(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        event: Event<T>,
    ) -> Option<Notice<T>> {
        match event {
            Event::Arrive(packet) => return self.arrive(turn, packet),
            Event::Pass(packet) => return self.pass(turn, packet),
            Event::Repair(flight) => self.repair(turn, flight),
            Event::Unanswered { peer, begun } => self.unanswered(turn, peer, begun),
            Event::Session => return self.session(turn),
            Event::Fault { begins } => return self.fault(turn, begins),
            Event::Join => return self.join(turn),
        }
        None
    }

    /// Shows something to whoever watches.
    #[inline]
    pub fn see<E>(&mut self, turn: &Turn<'_, '_, E>, what: Observation) {
        self.probe.observe(turn.now, turn.host, what);
    }

    /// Reads what the arrival of a message at this host needs, so that it is at hand then; for
    /// [`Model::touch`](crate::engine::Model::touch).
    #[inline]
    pub fn touch(&self, host: HostId) {
        self.hosts[host.index()].touch();
    }

    /// Reads what a message that this host sends needs.
    #[inline]
    pub fn touch_outbound(&self, host: HostId) {
        self.hosts[host.index()].outbound.touch();
        self.facts.paths.touch(host);
    }
}

impl<T, P> Carrier<'_, T, P> {
    /// Whether a host is there now.
    #[inline]
    pub fn online(&self, host: HostId) -> bool {
        self.hosts[host.index()].online()
    }

    /// Measures both directions of a host's link from now on, over this window, which must not be zero.
    pub fn measure(&mut self, host: HostId, window: Duration) {
        self.hosts[host.index()].measure(window);
    }

    /// The used part of a host's uplink over the window of its meter, 0 to 1; 0 when it is not measured.
    pub fn uplink_used(&self, host: HostId, now: Time) -> f64 {
        self.hosts[host.index()].uplink_used(now)
    }

    /// A host's own view of the network's load, 0 to 1: its measured inbound rate or the fuller of both queues, whichever
    /// is worse.
    pub fn network_load(&self, host: HostId, now: Time) -> f64 {
        self.hosts[host.index()].network_load(now)
    }

    /// How long the next message of a host would wait for the uplink.
    pub fn uplink_wait(&self, host: HostId, now: Time) -> Duration {
        let uplink = self.hosts[host.index()].outbound.up;
        uplink.rate().time_of(uplink.backlog(now))
    }

    /// Messages by their fate, up to now.
    pub fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// Messages under way, counted one by one: in the `events` that wait, and at hosts that wait for a handshake.
    pub fn under_way<'e>(&self, events: impl Iterator<Item = &'e Event<T>>) -> u64
    where
        T: 'e,
    {
        let waiting: usize = self.hosts.iter().map(Host::waiting).sum();
        (events.filter(|event| event.is_message()).count() + waiting) as u64
    }
}
