//! What hosts are behind, and who relays.

use std::ops::Range;

use super::class::Nat;
use crate::network::HostGroup;
use crate::random::{Draws, Purpose, index, mix};
use crate::units::{Duration, HostId};

/// How long a NAT keeps a mapping that nothing uses, unless the configuration says otherwise: the least that RFC 4787 allows for
/// UDP (section 4.3, REQ-5). Of home gateways in use many keep it for less, from 30 s on (Hätönen et al., "An Experimental Study
/// of Home Gateway Characteristics", IMC 2010).
pub const DEFAULT_MAPPING: Duration = Duration::from_secs(120);

/// What hosts are behind, and who relays.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// By hosts; those that are missing at the end are public. Empty where everybody is.
    classes: Vec<Nat>,
    /// In the order of hosts.
    relays: Vec<HostId>,
    /// How long a mapping that nothing uses lasts.
    mapping: Duration,
}

impl Reach {
    /// Nobody is behind anything, so far.
    pub(crate) fn new(mapping: Option<Duration>) -> Reach {
        Reach { classes: Vec::new(), relays: Vec::new(), mapping: mapping.unwrap_or(DEFAULT_MAPPING) }
    }

    /// Adds hosts of a group. What each of them is behind is drawn by its own draws.
    pub(crate) fn add(
        &mut self,
        hosts: Range<u32>,
        group: &HostGroup,
        draws: impl Fn(Purpose, HostId) -> Draws,
    ) {
        let first = hosts.start as usize;
        let hosts = hosts.map(HostId);
        if !group.nat.is_none() {
            self.classes.resize(first, Nat::Public);
            self.classes.extend(hosts.clone().map(|host| group.nat.draw(draws(Purpose::Nat, host))));
        }
        if group.relays {
            self.relays.extend(hosts);
        }
    }

    /// Whether anybody is behind anything.
    #[inline]
    pub(crate) fn is_limited(&self) -> bool {
        !self.classes.is_empty()
    }

    /// What a host is behind.
    pub(crate) fn class(&self, host: HostId) -> Nat {
        self.classes.get(host.index()).copied().unwrap_or_default()
    }

    /// How long a mapping that nothing uses lasts.
    pub(crate) fn mapping(&self) -> Duration {
        self.mapping
    }

    /// Whether there are relays, to which everybody who is behind something keeps a port open.
    pub(crate) fn has_relays(&self) -> bool {
        !self.relays.is_empty()
    }

    /// Whether a host relays.
    pub(super) fn is_relay(&self, host: HostId) -> bool {
        self.relays.binary_search(&host).is_ok()
    }

    /// The relay of a pair: one of all, by the keys of both.
    pub(super) fn relay(&self, keys: (u64, u64)) -> Option<HostId> {
        let bits = mix(mix(keys.0).wrapping_add(mix(keys.1)));
        let place = index(bits, self.relays.len() as u64) as usize;
        self.relays.get(place).copied()
    }
}
