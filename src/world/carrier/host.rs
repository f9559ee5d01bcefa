use std::hint::black_box;

use super::Packet;
use crate::network::{Connections, Fifo, Meter, Place, Sessions, Transport};
use crate::random::{Draws, Purpose};
use crate::units::{Duration, HostId, Time};
use crate::world::Facts;

/// One machine with one access link, as the network sees it: one cache line for what comes in, and one for what goes
/// out.
#[derive(Debug)]
pub(super) struct Host<T> {
    pub down: Fifo,
    pub presence: Presence,
    pub transport: Transport,
    rare: Option<Box<Rare<T>>>,
    /// Bytes delivered.
    pub received: u64,
    pub outbound: Outbound,
}

/// What only a message that goes out looks at.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Outbound {
    pub up: Fifo,
    /// Messages put on the wire so far: the counter of their draws.
    pub wired: u64,
    /// Bytes put on the wire so far.
    pub sent: u64,
    /// The key of the draws.
    pub luck: u64,
    pub place: Place,
}

impl<T> Host<T> {
    pub const BYTES_OF_RARE: usize = size_of::<Rare<T>>();
}

/// What only some hosts have, behind one pointer.
#[derive(Debug)]
struct Rare<T> {
    /// QUIC connections, of hosts that have any.
    quic: Connections<Packet<T>>,
    /// Uplink and downlink meters, of hosts that are measured.
    meters: Option<(Meter, Meter)>,
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

impl Outbound {
    pub fn touch(&self) {
        black_box(self.wired);
    }
}

impl<T> Host<T> {
    /// A host with an idle link, not there yet.
    pub fn new(facts: &Facts<'_>, host: HostId) -> Host<T> {
        let (group, luck) = (facts.group(host), facts.luck(host));
        let access = group.link.draw(&mut facts.seed.stream(Purpose::Link, luck));
        Host {
            down: access.down,
            presence: Presence { joined: false, session: false, faults: 0, drawn: 0 },
            transport: group.transport,
            rare: None,
            received: 0,
            outbound: Outbound { up: access.up, wired: 0, sent: 0, luck, place: facts.place(host) },
        }
    }

    pub fn touch(&self) {
        black_box(self.transport);
    }

    pub fn online(&self) -> bool {
        self.presence.online()
    }

    /// Measures both directions of the link from now on, over this window.
    pub fn measure(&mut self, window: Duration) {
        let meter = Meter::new(window);
        self.rare().meters = Some((meter.clone(), meter));
    }

    /// The used part of the uplink over the window of its meter; 0 without one.
    pub fn uplink_used(&self, now: Time) -> f64 {
        self.meters().map_or(0.0, |(up, _)| up.used(now, self.outbound.up.rate()))
    }

    /// The own view of the network's load: the inbound rate or the fuller of both queues, whichever is worse.
    pub fn network_load(&self, now: Time) -> f64 {
        let inbound = self.meters().map_or(0.0, |(_, down)| down.used(now, self.down.rate()));
        inbound.max(self.outbound.up.fill(now)).max(self.down.fill(now))
    }

    /// Counts bytes that were put on the uplink.
    pub fn count_up(&mut self, now: Time, bytes: u32) {
        self.outbound.sent += u64::from(bytes);
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

    /// The host's QUIC connections, made when first asked for.
    pub fn quic(&mut self) -> &mut Connections<Packet<T>> {
        &mut self.rare().quic
    }

    /// The host's QUIC connections, if it ever had any.
    pub fn quic_if_any(&mut self) -> Option<&mut Connections<Packet<T>>> {
        self.rare.as_mut().map(|rare| &mut rare.quic)
    }

    /// How many messages wait for a handshake.
    pub fn waiting(&self) -> usize {
        self.rare.as_ref().map_or(0, |rare| rare.quic.waiting())
    }

    fn rare(&mut self) -> &mut Rare<T> {
        self.rare.get_or_insert_with(|| Box::new(Rare { quic: Connections::default(), meters: None }))
    }

    fn meters(&self) -> Option<&(Meter, Meter)> {
        self.rare.as_ref().and_then(|rare| rare.meters.as_ref())
    }

    fn meters_mut(&mut self) -> Option<&mut (Meter, Meter)> {
        self.rare.as_mut().and_then(|rare| rare.meters.as_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_two_cache_lines() {
        assert_eq!((size_of::<Host<u64>>(), align_of::<Host<u64>>()), (128, 64));
    }
}
