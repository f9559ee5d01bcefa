//! Routing tables: which contacts they hold, and which of these are online.

use std::ops::Range;

use super::figures::ratio;
use super::spans::{Integrals, Spans};
use super::window::Window;
use crate::units::{Duration, HostId, Time};

/// The routing tables of all hosts, where they change by what nodes hear. The tables of a host's identities are one.
pub(super) struct Routing {
    hosts: Vec<Host>,
    now: Now,
    /// Contacts, those that are away, and hosts, over time.
    integrals: Integrals<3>,
    /// Those that were completed, in that order.
    pub joins: Vec<Join>,
    /// When contacts were given up.
    pub lost: Vec<Time>,
}

/// A join that is complete.
#[derive(Clone, Copy, Debug)]
pub(super) struct Join {
    pub host: HostId,
    /// When the node started.
    pub began: Time,
    pub took: Duration,
}

#[derive(Clone, Default)]
struct Host {
    online: bool,
    /// Whether it was online at any time, and whether a node of it has completed a join.
    came: bool,
    joined: bool,
    contacts: Vec<HostId>,
    /// The hosts that have it as a contact.
    known_by: Vec<HostId>,
}

/// Sums over the tables of hosts that are online, as of now.
#[derive(Default)]
struct Now {
    hosts: u64,
    contacts: u64,
    away: u64,
}

impl Routing {
    pub(super) const BYTES_A_HOST: usize = size_of::<Host>();

    pub(super) fn new(hosts: u32, spans: &Spans) -> Routing {
        Routing {
            hosts: vec![Host::default(); hosts as usize],
            now: Now::default(),
            integrals: Integrals::new(spans),
            joins: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// A node has completed its join.
    pub(super) fn joined(&mut self, join: Join) {
        self.hosts[join.host.index()].joined = true;
        self.joins.push(join);
    }

    /// Contacts between identities of one host do not count: both are online or neither is.
    pub(super) fn gained(&mut self, now: Time, host: HostId, contact: HostId) {
        if host == contact {
            return;
        }
        self.advance(now);
        self.hosts[host.index()].contacts.push(contact);
        self.hosts[contact.index()].known_by.push(host);
        if self.hosts[host.index()].online {
            self.now.contacts += 1;
            self.now.away += u64::from(!self.hosts[contact.index()].online);
        }
    }

    pub(super) fn gave_up(&mut self, now: Time, host: HostId, contact: HostId) {
        self.lost.push(now);
        if host == contact {
            return;
        }
        self.advance(now);
        remove(&mut self.hosts[host.index()].contacts, contact);
        remove(&mut self.hosts[contact.index()].known_by, host);
        if self.hosts[host.index()].online {
            self.now.contacts -= 1;
            self.now.away -= u64::from(!self.hosts[contact.index()].online);
        }
    }

    pub(super) fn presence(&mut self, now: Time, host: HostId, online: bool) {
        self.advance(now);
        let known_by = self.online_of(&self.hosts[host.index()].known_by);
        let contacts = self.hosts[host.index()].contacts.len() as u64;
        let there = self.online_of(&self.hosts[host.index()].contacts);
        let state = &mut self.hosts[host.index()];
        state.online = online;
        state.came |= online;
        if online {
            self.now.away -= known_by;
            self.now.hosts += 1;
            self.now.contacts += contacts;
            self.now.away += contacts - there;
        } else {
            self.now.away += known_by;
            self.now.hosts -= 1;
            self.now.contacts -= contacts;
            self.now.away -= contacts - there;
        }
    }

    /// Sums up to the end of the run.
    pub(super) fn finish(&mut self, now: Time) {
        self.advance(now);
    }

    /// Contacts of an online host, averaged over a window.
    pub(super) fn contacts_mean(&self, window: Window) -> Option<f64> {
        let [contacts, _, hosts] = self.integrals.within(window);
        ratio(contacts, hosts)
    }

    /// Share of these contacts that are offline.
    pub(super) fn away_ratio(&self, window: Window) -> Option<f64> {
        let [contacts, away, _] = self.integrals.within(window);
        ratio(away, contacts)
    }

    /// Seconds of contacts of online hosts, of those of them that are offline, and of online hosts.
    pub(super) fn seconds(&self, spans: Range<usize>) -> [f64; 3] {
        self.integrals.over(spans)
    }

    /// Hosts that came online.
    pub(super) fn came(&self) -> usize {
        self.hosts.iter().filter(|host| host.came).count()
    }

    /// Hosts that came online, and completed no join.
    pub(super) fn without_join(&self) -> impl Iterator<Item = HostId> + '_ {
        let hosts = (0..).map(HostId).zip(&self.hosts);
        hosts.filter(|(_, host)| host.came && !host.joined).map(|(host, _)| host)
    }

    fn online_of(&self, hosts: &[HostId]) -> u64 {
        hosts.iter().filter(|host| self.hosts[host.index()].online).count() as u64
    }

    fn advance(&mut self, now: Time) {
        let values = [self.now.contacts as f64, self.now.away as f64, self.now.hosts as f64];
        self.integrals.advance(now, values);
    }
}

fn remove(from: &mut Vec<HostId>, what: HostId) {
    if let Some(place) = from.iter().position(|host| *host == what) {
        from.swap_remove(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::WorldConfig;
    use crate::world::harness::{group, world};

    #[test]
    fn contacts_of_those_who_are_there_are_counted_and_those_of_them_that_are_away() {
        let at = |second| Time::ZERO + Duration::from_secs(second);
        let config = WorldConfig { duration: Duration::from_secs(40), ..world(vec![group("all", 3)]) };
        let mut routing = Routing::new(3, &Spans::of(&config, &[]));
        (0..3).for_each(|host| routing.presence(at(0), HostId(host), true));
        routing.gained(at(0), HostId(0), HostId(1));
        routing.gained(at(0), HostId(0), HostId(2));
        routing.gained(at(0), HostId(1), HostId(2));
        routing.gained(at(0), HostId(1), HostId(1));
        // Ten seconds of three contacts, ten in which two of them are away, ten with one host's two contacts.
        routing.presence(at(10), HostId(2), false);
        routing.presence(at(20), HostId(1), false);
        routing.gave_up(at(30), HostId(0), HostId(1));
        routing.gave_up(at(30), HostId(0), HostId(2));
        routing.presence(at(30), HostId(1), true);
        routing.finish(at(40));
        let whole = Window::counted(&config);
        let is = |value: Option<f64>, expected: f64| (value.expect("a value") - expected).abs() < 1e-9;
        assert!(is(routing.away_ratio(whole), 50.0 / 90.0));
        assert!(is(routing.contacts_mean(whole), 90.0 / (30.0 + 20.0 + 10.0 + 20.0)));
        assert_eq!(routing.lost.len(), 2);
    }
}
