use super::event::Packet;
use super::facts::Facts;
use crate::network::{Access, Connections, Meter, Sessions, Transport};
use crate::protocol;
use crate::random::{Draws, Purpose};
use crate::units::{Duration, HostId, Time};

/// One machine with one access link. The node that runs on it is kept beside it, in [`World::nodes`](super::model::World).
pub(super) struct Host {
    pub access: Access,
    pub presence: Presence,
    /// Messages put on the wire so far: the counter of their draws.
    pub wired: u64,
    /// Inputs given to the protocol so far: the counter of its draws.
    pub inputs: u64,
    pub rare: Rare,
}

/// What only some hosts have, behind one pointer.
#[derive(Default)]
pub(super) struct Rare(Option<Box<RareParts>>);

#[derive(Default)]
pub(super) struct RareParts {
    /// QUIC connections, of hosts that have any.
    pub quic: Connections<Packet>,
    /// Uplink and downlink meters, of storage nodes.
    pub meters: Option<(Meter, Meter)>,
    /// Timers that fell due while the host was away.
    pub deferred: Vec<protocol::Timer>,
}

impl Rare {
    pub fn get(&self) -> Option<&RareParts> {
        self.0.as_deref()
    }

    pub fn get_mut(&mut self) -> Option<&mut RareParts> {
        self.0.as_deref_mut()
    }

    /// The parts, made when first asked for.
    pub fn make(&mut self) -> &mut RareParts {
        self.0.get_or_insert_default()
    }
}

/// Whether a host is there: it has joined, it is in a session, and no fault keeps it away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presence {
    joined: bool,
    session: bool,
    /// Faults that keep it away now.
    faults: u32,
    /// Sessions and absences drawn so far: the counter of their draws.
    drawn: u32,
}

impl Presence {
    pub fn online(&self) -> bool {
        self.joined && self.session && self.faults == 0
    }

    /// A fault begins, or one that had begun ends.
    pub fn fault(&mut self, begins: bool) {
        self.faults = if begins { self.faults + 1 } else { self.faults - 1 };
    }

    /// The host joins: its sessions begin, in equilibrium. Returns when the first ends.
    pub fn join(&mut self, sessions: Sessions, mut draws: Draws) -> Option<Duration> {
        let (session, lasts) = sessions.first(&mut draws);
        self.joined = true;
        self.session = session;
        lasts
    }

    /// A session or absence ends. Returns how long what follows will last.
    pub fn turn(&mut self, sessions: Sessions, mut draws: Draws) -> Option<Duration> {
        self.session = !self.session;
        sessions.next(self.session, &mut draws)
    }

    /// The counter of the next draw.
    pub fn next_draw(&mut self) -> u64 {
        self.drawn += 1;
        u64::from(self.drawn)
    }
}

impl Host {
    /// A host with an idle link, not there yet.
    pub fn new(facts: &Facts<'_>, host: HostId) -> Host {
        let group = facts.group(host);
        let mut rare = Rare::default();
        if let (true, Some(protocol)) = (group.stores, &facts.config.protocol) {
            let meter = Meter::new(protocol.limiter.window);
            rare.make().meters = Some((meter.clone(), meter));
        }
        if group.transport == Transport::Quic {
            rare.make();
        }
        Host {
            access: group.link.draw(&mut facts.seed.stream(Purpose::Link, facts.luck(host))),
            presence: Presence { joined: false, session: false, faults: 0, drawn: 0 },
            wired: 0,
            inputs: 0,
            rare,
        }
    }

    pub fn online(&self) -> bool {
        self.presence.online()
    }

    /// The used part of the uplink over the limiter's window.
    pub fn uplink_used(&self, now: Time) -> f64 {
        self.meters().map_or(0.0, |(up, _)| up.used(now, self.access.up.rate()))
    }

    /// The own view of the network's load: the inbound rate or the fuller of both queues, whichever is worse.
    pub fn network_load(&self, now: Time) -> f64 {
        let inbound = self.meters().map_or(0.0, |(_, down)| down.used(now, self.access.down.rate()));
        inbound.max(self.access.up.fill(now)).max(self.access.down.fill(now))
    }

    /// Counts bytes that were put on the uplink.
    pub fn count_up(&mut self, now: Time, bytes: u32) {
        if let Some((up, _)) = self.meters_mut() {
            up.add(now, u64::from(bytes));
        }
    }

    /// Counts bytes that came to the downlink.
    pub fn count_down(&mut self, now: Time, bytes: u32) {
        if let Some((_, down)) = self.meters_mut() {
            down.add(now, u64::from(bytes));
        }
    }

    fn meters(&self) -> Option<&(Meter, Meter)> {
        self.rare.get().and_then(|rare| rare.meters.as_ref())
    }

    fn meters_mut(&mut self) -> Option<&mut (Meter, Meter)> {
        self.rare.get_mut().and_then(|rare| rare.meters.as_mut())
    }
}
