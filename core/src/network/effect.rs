//! What a fault does while it lasts, and to whom. Each answer is a function of the hosts and of which time the fault comes alone.

use super::Place;
use super::config::{HostSet, Way};
use super::fate::Side;
use super::fault::{Fault, FaultKind, Skew};
use super::kinds::{MessageKind, MessageKinds};
use crate::random::{NumberedDraws, Purpose, Seed, key_of, mix, unit};
use crate::units::{Duration, GroupId, Share};

/// What of a host decides which faults hit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub group: GroupId,
    pub place: Place,
    /// By which the draws of the host go.
    pub key: u64,
}

/// What sets out on a path: from whom, to whom, and a message of which kind, if it is one of the model's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crossing {
    pub from: Site,
    pub to: Site,
    pub kind: Option<MessageKind>,
}

/// What a fault can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// Whether hosts are online.
    Presence,
    /// What happens to messages on their paths.
    Paths,
    /// Whether datagrams come twice.
    Datagrams,
    /// The rates of access links.
    Links,
    /// What clocks show.
    Clocks,
}

/// A fault with the draws that decide whom it hits.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    kind: FaultKind,
    messages: MessageKinds,
    draws: NumberedDraws,
}

impl Effect {
    /// That of a fault of this name: its hosts are the same whatever other faults there are.
    pub(super) fn of(name: &str, fault: &Fault, seed: Seed) -> Effect {
        let draws = seed.numbered(Purpose::Fault, key_of(name));
        Effect { kind: fault.kind.clone(), messages: fault.messages, draws }
    }

    /// Whether it ever changes anything there: else none of the questions about that need be asked.
    pub(super) fn is_at(&self, what: Touched) -> bool {
        let touched: &[Touched] = match self.kind {
            FaultKind::Offline(_) => &[Touched::Presence],
            FaultKind::Partition(_) | FaultKind::Cut(_) | FaultKind::Delay(..) | FaultKind::Loss(..) => {
                &[Touched::Paths]
            }
            FaultKind::Duplicate(..) => &[Touched::Paths, Touched::Datagrams],
            FaultKind::Slow(..) => &[Touched::Links],
            FaultKind::Clock(..) => &[Touched::Clocks],
        };
        touched.contains(&what)
    }

    /// The share of its rate that it leaves a host's link.
    pub(super) fn share_of_rate(&self, nth: u32, host: Site, side: Side) -> Share {
        match &self.kind {
            FaultKind::Slow(hosts, links) if self.has(nth, hosts, host) => match side {
                Side::Uplink => links.uplink,
                Side::Downlink => links.downlink,
            },
            _ => Share::ONE,
        }
    }

    /// How far it puts a host's clock off, the `nth` time that it comes.
    pub(super) fn skew(&self, nth: u32, host: Site) -> Skew {
        match &self.kind {
            FaultKind::Clock(hosts, skew) if self.has(nth, hosts, host) => *skew,
            _ => Skew::default(),
        }
    }

    /// Whether it keeps a host offline, the `nth` time that it comes.
    pub(super) fn is_offline(&self, nth: u32, host: Site) -> bool {
        matches!(&self.kind, FaultKind::Offline(hosts) if self.has(nth, hosts, host))
    }

    /// Whether nothing passes.
    pub(super) fn blocks(&self, nth: u32, what: Crossing) -> bool {
        match &self.kind {
            FaultKind::Partition(hosts) => {
                self.messages.has(what.kind)
                    && self.has(nth, hosts, what.from) != self.has(nth, hosts, what.to)
            }
            FaultKind::Cut(way) => self.is(nth, way, what),
            _ => false,
        }
    }

    /// How much longer than usual it takes.
    pub(super) fn extra_delay(&self, nth: u32, what: Crossing) -> Duration {
        match &self.kind {
            FaultKind::Delay(way, extra) if self.is(nth, way, what) => *extra,
            _ => Duration::ZERO,
        }
    }

    /// With what probability a packet is lost that would have passed.
    pub(super) fn loss(&self, nth: u32, what: Crossing) -> Share {
        match &self.kind {
            FaultKind::Loss(way, loss) if self.is(nth, way, what) => *loss,
            _ => Share::ZERO,
        }
    }

    /// With what probability a datagram comes twice.
    pub(super) fn duplication(&self, nth: u32, what: Crossing) -> Share {
        match &self.kind {
            FaultKind::Duplicate(way, share) if self.is(nth, way, what) => *share,
            _ => Share::ZERO,
        }
    }

    fn is(&self, nth: u32, way: &Way, what: Crossing) -> bool {
        self.messages.has(what.kind) && self.has(nth, &way.from, what.from) && self.has(nth, &way.to, what.to)
    }

    fn has(&self, nth: u32, hosts: &HostSet, host: Site) -> bool {
        (hosts.groups.is_empty() || hosts.groups.contains(&host.group))
            && (hosts.regions.is_empty() || hosts.regions.iter().any(|region| region.0 == host.place.0))
            && (hosts.share == Share::ONE
                || unit(self.draws.draws(drawn_for(nth, host)).next()) < hosts.share.get())
    }
}

/// What the draw is about whether the fault hits the host, the `nth` time that it comes.
fn drawn_for(nth: u32, host: Site) -> u64 {
    if nth == 0 { host.key } else { mix(host.key.wrapping_add(u64::from(nth))) }
}
