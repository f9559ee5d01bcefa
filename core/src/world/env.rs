//! What an app, or what drives it, can see and do while it handles one event.

use super::app::NodeEvent;
use super::event::{AppMessage, Event};
use super::membership::Membership;
use super::observation::Observation;
use super::observer::{NetworkObserver, PartObserver};
use super::paranoid::Checks;
use super::plan::Plan;
use super::population::Population;
use crate::baseline;
use crate::network::{self, Network};
use crate::protocol::{self, Message, Output};
use crate::random::{Draws, Flow, Purpose};
use crate::units::{Duration, HostId, Time};

pub(super) type Context<'s, 'q> = network::Context<'s, 'q, Event>;

/// The network of a world, whose observer is `W`'s.
pub(super) type WorldNetwork<'a, W> = Network<'a, AppMessage, NetworkObserver<W>>;

/// The unchanging world around all hosts.
pub(super) struct Setting<'a> {
    pub population: &'a Population<'a>,
    pub plan: &'a Plan<'a>,
    /// Routing tables, keys, and the protocol's parameters; `None` in a run without the protocol.
    pub membership: Option<&'a Membership<'a>>,
    pub protocol: Option<&'a protocol::Config>,
    /// What runs in place of the protocol.
    pub baseline: Option<baseline::Config>,
    /// Time between two samples of a storage node's limiters.
    pub sample_every: Duration,
}

/// A host as its app and its market see it, while they handle one event.
pub(super) trait Env<'a> {
    /// The unchanging world around the host.
    fn setting(&self) -> &'a Setting<'a>;

    fn now(&self) -> Time;

    /// What the host's clock shows: time stamps are by it.
    fn clock(&self) -> Time;

    fn host(&self) -> HostId;

    /// Whether the host is online.
    fn is_online(&self) -> bool;

    /// The used part of the host's uplink, 0 to 1.
    fn uplink_used(&self) -> f64;

    /// The host's own view of the network's load, 0 to 1, as the protocol asks for it.
    fn network_load(&self) -> f64;

    /// How long the host's next message would wait for the uplink.
    fn uplink_wait(&self) -> Duration;

    /// The name of the next thing that follows from what is handled: an event, a message, a draw.
    #[inline(always)]
    fn follow(&mut self) -> Flow {
        let (flow, number) = self.follower();
        flow.nth(number)
    }

    /// The same, not made yet: what it follows from, and its number among what does.
    fn follower(&mut self) -> (Flow, u32);

    /// What is handled from now on goes by this name.
    fn enter(&mut self, flow: Flow);

    /// Sends a message to another host.
    fn send(&mut self, to: HostId, message: AppMessage);

    /// `event` will happen to this host at `time`.
    fn at(&mut self, time: Time, event: Event);

    /// Shows something to the observer.
    fn observe(&mut self, what: Observation);

    /// Checks a message that is about to be sent, in a run with `--paranoid`.
    fn check(&mut self, message: &Message);

    /// Whether the host has a market, which waits for the app's reports.
    fn is_listening(&self) -> bool;

    /// The host has a market from now on.
    fn listen(&mut self);

    /// The app reports something to the market and to its owner.
    fn report(&mut self, event: NodeEvent);

    /// Whether any report has not been processed yet.
    fn has_reports(&self) -> bool;

    /// The reports that have not been processed yet, in order.
    fn take_reports(&mut self) -> Vec<NodeEvent>;

    /// A buffer for the outputs of a node, reused from event to event to save its allocation.
    fn take_outbox(&mut self) -> Vec<Output>;

    /// Gives the buffer back.
    fn keep_outbox(&mut self, outbox: Vec<Output>);

    /// Who is who.
    fn population(&self) -> &'a Population<'a> {
        self.setting().population
    }

    /// The draws of this host for a purpose, for the next thing that follows from what is handled.
    fn draws(&mut self, purpose: Purpose) -> Draws {
        let flow = self.follow();
        self.population().draws(purpose, self.host(), flow.get().into())
    }
}

/// A host of a simulated world.
pub(super) struct SimulatedEnv<'e, 'a, 's, 'q, W> {
    pub ctx: &'e mut Context<'s, 'q>,
    pub network: &'e mut WorldNetwork<'a, W>,
    pub setting: &'a Setting<'a>,
    pub scratch: &'e mut Scratch,
    pub listening: bool,
    /// The name of what is handled, and how much has followed from it.
    pub flow: Flow,
    pub followed: u32,
}

/// Buffers and checks that are kept from event to event.
#[derive(Default)]
pub(super) struct Scratch {
    pub checks: Option<Checks>,
    outbox: Vec<Output>,
    reports: Vec<NodeEvent>,
}

impl<'a, W: PartObserver> Env<'a> for SimulatedEnv<'_, 'a, '_, '_, W> {
    #[inline]
    fn setting(&self) -> &'a Setting<'a> {
        self.setting
    }

    #[inline]
    fn now(&self) -> Time {
        self.ctx.now
    }

    #[inline]
    fn clock(&self) -> Time {
        self.network.clock(self.ctx.host, self.ctx.now)
    }

    #[inline]
    fn host(&self) -> HostId {
        self.ctx.host
    }

    fn is_online(&self) -> bool {
        self.network.is_online(self.ctx.host)
    }

    fn uplink_used(&self) -> f64 {
        self.network.uplink_used(self.ctx.host, self.ctx.now)
    }

    fn network_load(&self) -> f64 {
        let (network, host, now) = (&*self.network, self.ctx.host, self.ctx.now);
        let inbound = network.downlink_used(host, now);
        // Inbound rate and queues over what the link can do: the worst of the three counts.
        inbound.max(network.uplink_fill(host, now)).max(network.downlink_fill(host, now))
    }

    fn uplink_wait(&self) -> Duration {
        self.network.uplink_wait(self.ctx.host, self.ctx.now)
    }

    #[inline(always)]
    fn follower(&mut self) -> (Flow, u32) {
        self.followed += 1;
        (self.flow, self.followed - 1)
    }

    fn enter(&mut self, flow: Flow) {
        (self.flow, self.followed) = (flow, 0);
    }

    #[inline(always)]
    fn send(&mut self, to: HostId, message: AppMessage) {
        let flow = self.follow();
        self.network.send(self.ctx, to, message, flow);
    }

    #[inline]
    fn at(&mut self, time: Time, event: Event) {
        self.ctx.at(time, self.ctx.host, event);
    }

    // Inlined, only the arm of the observation at hand remains at each call site.
    #[inline(always)]
    fn observe(&mut self, what: Observation) {
        self.network.observer().0.observe(self.ctx.schedule.moment(), what);
    }

    #[inline]
    fn check(&mut self, message: &Message) {
        if let Some(checks) = &mut self.scratch.checks {
            checks.message(message);
        }
    }

    #[inline]
    fn is_listening(&self) -> bool {
        self.listening
    }

    fn listen(&mut self) {
        self.listening = true;
    }

    fn report(&mut self, event: NodeEvent) {
        self.scratch.reports.push(event);
    }

    #[inline]
    fn has_reports(&self) -> bool {
        !self.scratch.reports.is_empty()
    }

    fn take_reports(&mut self) -> Vec<NodeEvent> {
        std::mem::take(&mut self.scratch.reports)
    }

    #[inline]
    fn take_outbox(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.scratch.outbox)
    }

    #[inline(always)]
    fn keep_outbox(&mut self, outbox: Vec<Output>) {
        let taken = std::mem::replace(&mut self.scratch.outbox, outbox);
        debug_assert_eq!(taken.capacity(), 0, "it is taken and given back by turns");
        // It owns nothing, and would have to be looked at to be dropped.
        std::mem::forget(taken);
    }
}
