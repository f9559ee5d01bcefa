//! Who can send to whom: what keeps others from a host, who helps them to it, and the way of a pair that comes of both. None of
//! it changes during a run. What it takes to be behind something has a file below; what hosts do about it is in `nat`.

mod helper;
mod nat;

use std::ops::Range;

use helper::one_of;
pub use nat::{DEFAULT_MAPPING, Nat, NatShares};

use crate::random::Draws;
use crate::units::{Duration, HostId};

/// What keeps others from the hosts of a group, and what these do for others.
#[derive(Clone, Debug, PartialEq)]
pub struct Reachability {
    /// What translates their addresses.
    pub nat: NatShares,
    /// Whether they relay for others that cannot meet, and let those meet that can. They must be reached by everybody.
    pub relays: bool,
}

/// Help that the hosts of a group cannot give, since they are what they are. Keys are names of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The key by which they are to help.
    pub help: &'static str,
    /// The key that keeps them from it.
    pub with: &'static str,
    /// Why, in words that follow on a colon.
    pub why: &'static str,
    /// What the other key may be instead.
    pub allowed: &'static str,
}

/// What keeps messages from sharing the links of the hosts of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unshared {
    /// The name of the field.
    pub key: &'static str,
    /// Why, in words that follow on a colon.
    pub why: &'static str,
    /// What it may be instead.
    pub allowed: &'static str,
}

impl Reachability {
    /// Everybody can send to them, and they help nobody.
    pub fn open() -> Reachability {
        Reachability { nat: NatShares::only(Nat::Public), relays: false }
    }

    /// Whether others cannot send to each of them unasked.
    pub fn is_limited(&self) -> bool {
        let Reachability { nat, relays: _ } = self;
        !nat.is_none()
    }

    /// Whether they do anything for those that cannot be reached.
    pub fn helps(&self) -> bool {
        let Reachability { nat: _, relays } = self;
        *relays
    }

    /// The help that they cannot give.
    pub fn contradictions(&self) -> impl Iterator<Item = Contradiction> + use<> {
        let Reachability { nat, relays } = self;
        let behind_nat = Contradiction {
            help: "relays",
            with: "nat",
            why: "relays must be reached by everybody",
            allowed: "`nat` = \"none\"",
        };
        [(*relays && !nat.is_none(), behind_nat)].into_iter().filter_map(said)
    }

    /// What keeps messages from sharing their links.
    pub fn unshared(&self) -> impl Iterator<Item = Unshared> + use<> {
        let Reachability { nat, relays: _ } = self;
        let behind_nat = Unshared {
            key: "nat",
            why: "rates are not agreed on through relays",
            allowed: "`nat` = \"none\"",
        };
        [(!nat.is_none(), behind_nat)].into_iter().filter_map(said)
    }
}

fn said<T>((is, what): (bool, T)) -> Option<T> {
    is.then_some(what)
}

/// How messages come from one host to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The receiver takes what anybody sends, or the sender is a relay, to which it keeps its port open.
    Open,
    /// The receiver has to send first. The relay, if there is one, can ask it to.
    Mapped(Option<HostId>),
    /// They cannot meet. This relay takes what they send.
    Relayed(HostId),
    /// They cannot meet, and nobody relays.
    Shut,
}

impl Way {
    /// Whether nothing ever comes by this way.
    pub(crate) const fn is_shut(self) -> bool {
        match self {
            Way::Open | Way::Mapped(_) | Way::Relayed(_) => false,
            Way::Shut => true,
        }
    }

    /// Who takes what is sent this way, and passes it on.
    pub(crate) const fn relay(self) -> Option<HostId> {
        match self {
            Way::Relayed(relay) => Some(relay),
            Way::Open | Way::Mapped(_) | Way::Shut => None,
        }
    }
}

/// What a draw for a host is about. The number is part of every result: add new ones at the end, change none.
#[repr(u64)]
enum Draw {
    Nat = 0,
}

/// What all hosts are behind, and who relays.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// By hosts; those that are missing at the end are public. Empty where everybody is.
    nats: Vec<Nat>,
    /// In the order of hosts.
    relays: Vec<HostId>,
    /// Whether anything keeps anybody from others.
    is_limited: bool,
    /// How long a mapping that nothing uses lasts.
    mapping: Duration,
}

impl Reach {
    /// Memory of what a host is behind.
    pub(super) const BYTES_A_HOST: usize = size_of::<Nat>();

    /// Nobody is behind anything, so far.
    pub(super) fn new(mapping: Option<Duration>) -> Reach {
        let mapping = mapping.unwrap_or(DEFAULT_MAPPING);
        Reach { nats: Vec::new(), relays: Vec::new(), is_limited: false, mapping }
    }

    /// Adds hosts of a group. What each of them is behind is drawn by its own draws, each thing by those of its own counter.
    pub(super) fn add(
        &mut self,
        hosts: Range<u32>,
        group: &Reachability,
        draws: impl Fn(HostId, u64) -> Draws,
    ) {
        let first = hosts.start as usize;
        let hosts = hosts.map(HostId);
        if !group.nat.is_none() {
            self.nats.resize(first, Nat::Public);
            self.nats.extend(hosts.clone().map(|host| group.nat.draw(draws(host, Draw::Nat as u64))));
        }
        if group.relays {
            self.relays.extend(hosts);
        }
        self.is_limited |= group.is_limited();
    }

    /// Whether anybody is behind anything.
    #[inline]
    pub(super) fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// How messages come from one host to another, which have these keys.
    pub(super) fn way(&self, (from, to): (HostId, HostId), key: impl Fn(HostId) -> u64) -> Way {
        let (sender, receiver) = (self.nat(from), self.nat(to));
        if receiver == Nat::Public || self.relays.binary_search(&from).is_ok() {
            return Way::Open;
        }
        let relay = one_of(&self.relays, (from, to), key);
        match (sender.meets(receiver), relay) {
            (true, relay) => Way::Mapped(relay),
            (false, Some(relay)) => Way::Relayed(relay),
            (false, None) => Way::Shut,
        }
    }

    /// What translates a host's addresses.
    pub(super) fn nat(&self, host: HostId) -> Nat {
        self.nats.get(host.index()).copied().unwrap_or_default()
    }

    /// How long a mapping that nothing uses lasts.
    pub(super) fn mapping(&self) -> Duration {
        self.mapping
    }

    /// Whether there are relays, to which everybody who is behind something keeps a port open.
    pub(super) fn has_relays(&self) -> bool {
        !self.relays.is_empty()
    }
}
