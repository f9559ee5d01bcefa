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
use super::observation::{About, Moment, Observation};
use super::residents::{PerHost, Residents};
use super::watch::Watch;
use crate::engine::Schedule;
use crate::units::{Duration, HostId, Time};
pub use event::{Event, Flight, Packet};
use host::Host;
pub use presence::begin;

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
/// sent ends in exactly one way, which the [`Watch`] is shown.
#[derive(Debug)]
pub struct Carrier<'a, T, W> {
    facts: &'a Facts<'a>,
    hosts: PerHost<Host<T>>,
    ledger: Ledger,
    watch: W,
}

impl<E> Turn<'_, '_, E> {
    /// `event` will happen to `host` at `time`, which must not lie in the past.
    #[inline]
    pub fn at(&mut self, time: Time, host: HostId, event: impl Into<E>) {
        self.schedule.at(time, host, event.into());
    }
}

impl<'a, T: Payload, W: Watch> Carrier<'a, T, W> {
    /// Idle links, and hosts that are not there before the events of [`begin`] let them join.
    pub fn new(facts: &'a Facts<'a>, watch: W) -> Carrier<'a, T, W> {
        Carrier::of(facts, &Residents::all(facts.hosts()), watch)
    }

    /// The network of some of the hosts.
    pub(super) fn of(facts: &'a Facts<'a>, residents: &Residents, watch: W) -> Carrier<'a, T, W> {
        Carrier {
            facts,
            hosts: residents.each(|host| Host::new(facts, host)),
            ledger: Ledger::default(),
            watch,
        }
    }

    /// A window of the run is over.
    pub(super) fn pause(&mut self) {
        self.watch.pause();
    }

    /// The run is over: tells the watch what each host carried, and gives it back.
    pub fn finish(mut self) -> W {
        for (host, carried) in self.hosts.iter() {
            let outbound = &carried.outbound;
            self.watch.load(host, outbound.sent, carried.received, outbound.up.rate());
        }
        self.watch
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
        let moment = Moment { now: turn.now, host: turn.host, cause: turn.schedule.cause() };
        self.watch.see(moment, what);
    }

    /// Reads what the arrival of a message at this host needs, so that it is at hand then; for
    /// [`Model::touch`](crate::engine::Model::touch).
    #[inline]
    pub fn touch(&self, host: HostId) {
        self.hosts[host].touch();
    }

    /// Reads what a message that this host sends needs.
    #[inline]
    pub fn touch_outbound(&self, host: HostId) {
        self.hosts[host].outbound.touch();
        self.facts.paths.touch(host);
    }
}

impl<T, W> Carrier<'_, T, W> {
    /// Memory that an idle host takes.
    pub(super) const BYTES_A_HOST: usize = size_of::<Host<T>>();
    /// Memory on top of that of a host which is measured or has connections.
    pub(super) const BYTES_OF_RARE: usize = Host::<T>::BYTES_OF_RARE;

    /// Whether a host is there now.
    #[inline]
    pub fn online(&self, host: HostId) -> bool {
        self.hosts[host].online()
    }

    /// Measures both directions of a host's link from now on, over this window, which must not be zero.
    pub fn measure(&mut self, host: HostId, window: Duration) {
        self.hosts[host].measure(window);
    }

    /// The used part of a host's uplink over the window of its meter, 0 to 1; 0 when it is not measured.
    pub fn uplink_used(&self, host: HostId, now: Time) -> f64 {
        self.hosts[host].uplink_used(now)
    }

    /// A host's own view of the network's load, 0 to 1: its measured inbound rate or the fuller of both queues, whichever
    /// is worse.
    pub fn network_load(&self, host: HostId, now: Time) -> f64 {
        self.hosts[host].network_load(now)
    }

    /// How long the next message of a host would wait for the uplink.
    pub fn uplink_wait(&self, host: HostId, now: Time) -> Duration {
        let uplink = self.hosts[host].outbound.up;
        uplink.rate().time_of(uplink.backlog(now))
    }

    /// Messages by their fate, up to now.
    pub fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// Messages that wait at their sender for a connection.
    pub fn waiting(&self) -> u64 {
        self.hosts.iter().map(|(_, host)| host.waiting()).sum::<usize>() as u64
    }
}
