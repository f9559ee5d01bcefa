//! What an app, or what drives it, can see and do while it handles one event.

use super::app::NodeEvent;
use super::event::{AppMessage, Event};
use super::membership::Membership;
use super::observation::Observation;
use super::observer::{NetworkObserver, PartObserver};
use super::paranoid::Checks;
use super::plan::Plan;
use super::population::Population;
use crate::network::{self, Network};
use crate::protocol::{self, Output};
use crate::units::{Duration, HostId, Time};
use crate::{baseline, random};

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

/// One event at one host: the surroundings of its app.
pub(super) struct Env<'e, 'a, 's, 'q, W> {
    pub ctx: &'e mut Context<'s, 'q>,
    pub network: &'e mut WorldNetwork<'a, W>,
    pub setting: &'a Setting<'a>,
    pub checks: &'e mut Option<Checks>,
    /// Scratch space for what a node puts out.
    pub outbox: &'e mut Vec<Output>,
    /// What the app has reported and nobody has processed yet, in order.
    pub events: &'e mut Vec<NodeEvent>,
    /// Whether the host has a market, which waits for the app's events.
    pub listening: bool,
}

impl<'a, W: PartObserver> Env<'_, 'a, '_, '_, W> {
    pub fn now(&self) -> Time {
        self.ctx.now
    }

    pub fn host(&self) -> HostId {
        self.ctx.host
    }

    pub fn population(&self) -> &'a Population<'a> {
        self.setting.population
    }

    /// The draws of this host for a purpose.
    pub fn draws(&self, purpose: random::Purpose, counter: u64) -> random::Draws {
        self.setting.population.draws(purpose, self.ctx.host, counter)
    }

    pub fn is_online(&self) -> bool {
        self.network.is_online(self.ctx.host)
    }

    /// Sends a message to another host.
    #[inline]
    pub fn send(&mut self, to: HostId, message: AppMessage) {
        self.network.send(self.ctx, to, message);
    }

    /// `event` will happen to this host at `time`.
    #[inline]
    pub fn at(&mut self, time: Time, event: Event) {
        self.ctx.at(time, self.ctx.host, event);
    }

    /// Shows something to the observer.
    #[inline]
    pub fn observe(&mut self, what: Observation) {
        self.network.observer().0.observe(self.ctx.schedule.moment(), what);
    }
}
