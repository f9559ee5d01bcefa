//! What a run deals out to hosts and pairs of hosts, looked at without one.

use std::ops::Range;

use super::reach::Way;
use super::{Access, Presence, Topology};
use crate::random::{Purpose, index};
use crate::units::{Duration, GroupId, HostId, Time};

/// Lengths of sessions and of absences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stays {
    /// Sessions.
    pub online: Vec<Duration>,
    /// Absences.
    pub offline: Vec<Duration>,
}

/// Pairs of hosts by how messages come from the first to the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// The second takes what anybody sends.
    pub open: u64,
    /// It has to send first, and a relay can ask it to.
    pub called: u64,
    /// It has to send first, and nobody can ask it to.
    pub answered: u64,
    /// They cannot meet, and a relay takes what they send.
    pub relayed: u64,
    /// They cannot meet, and nobody relays.
    pub shut: u64,
}

/// A span in which hosts that follow the time of day meet all hours.
const DAY: Duration = Duration::from_secs(86_400);
/// Multiples of the golden ratio, whose fractions are spread evenly however many there are of them.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Topology {
    /// The access link of a host, idle.
    pub fn access(&self, host: HostId) -> Access {
        self.group(host).link.draw(&mut self.seed().stream(Purpose::Link, self.key(host)))
    }

    /// Round trips between different hosts of two sets, over idle links and without jitter, by their relay if they need one: of all
    /// pairs, or, where there are more, of `most` of them, spread evenly. Pairs that never meet have none.
    pub fn round_trips(&self, from: &Range<u32>, to: &Range<u32>, most: u64) -> Vec<Duration> {
        let pairs = pairs(from, to, most).filter(|(a, b)| !self.way(*a, *b).is_shut());
        pairs.map(|(a, b)| self.round_trip(a, b)).collect()
    }

    /// How messages come from hosts of one set to different ones of another, of as many pairs.
    pub fn ways(&self, from: &Range<u32>, to: &Range<u32>, most: u64) -> Ways {
        let mut ways = Ways::default();
        for (from, to) in pairs(from, to, most) {
            *match self.way(from, to) {
                Way::Mapped(Some(_)) => &mut ways.called,
                Way::Mapped(None) => &mut ways.answered,
                way if way.is_shut() => &mut ways.shut,
                way if way.relay().is_some() => &mut ways.relayed,
                _ => &mut ways.open,
            } += 1;
        }
        ways
    }

    /// Round trips between hosts in one place: of each host with the next one there; or, where there are more, of about `most`
    /// hosts, spread evenly.
    pub fn round_trips_in_places(&self, most: u64) -> Vec<Duration> {
        let step = u64::from(self.hosts()).div_ceil(most.max(1)).max(1);
        let mut last = vec![None; self.places()];
        let pairs = (0..self.hosts()).map(HostId).filter_map(|host| {
            let before = last[usize::from(self.place(host).0)].replace(host)?;
            Some((before, host))
        });
        let some = pairs.step_by(step as usize);
        some.map(|(before, host)| self.round_trip(before, host)).collect()
    }

    /// Sessions and absences of the hosts of a group, about `wanted` of each. Those of a trace are whole and lie before `end`, as
    /// many as there are.
    pub fn stays(&self, group: GroupId, end: Time, wanted: u64) -> Stays {
        let hosts = self.hosts_of(group);
        match &self.group(HostId(hosts.start)).presence {
            Presence::Always => Stays::default(),
            Presence::Trace(_) => self.stays_of_trace(hosts, end),
            Presence::Churn(_) => self.stays_of_churn(&hosts, wanted),
        }
    }

    fn stays_of_churn(&self, hosts: &Range<u32>, wanted: u64) -> Stays {
        let count = hosts.len() as u64;
        let mut stays = Stays::default();
        for number in 0..wanted.max(1) {
            // The next host, or the next turn of each.
            let (host, turn) = (HostId(hosts.start + (number % count) as u32), number / count);
            let hour = Duration::from_nanos(index(number.wrapping_mul(GOLDEN), DAY.as_nanos()));
            let begins = self.turn(Time::ZERO + hour, host);
            stays.online.extend(self.sessions(host).next(true, 2 * turn, begins));
            stays.offline.extend(self.sessions(host).next(false, 2 * turn + 1, begins));
        }
        stays
    }

    fn stays_of_trace(&self, hosts: Range<u32>, end: Time) -> Stays {
        let mut stays = Stays::default();
        for host in hosts.map(HostId) {
            let (mut online, first) = self.sessions(host).first(self.turn(Time::ZERO, host));
            let mut now = first.map_or(Time::NEVER, |lasts| Time::ZERO + lasts);
            loop {
                online = !online;
                let lasts = self.sessions(host).next(online, 1, self.turn(now, host));
                let Some(lasts) = lasts.filter(|lasts| now != Time::NEVER && now + *lasts <= end) else {
                    break;
                };
                let of = if online { &mut stays.online } else { &mut stays.offline };
                of.push(lasts);
                now += lasts;
            }
        }
        stays
    }
}

/// Pairs of different hosts of two sets: all, or `most` of them, spread evenly.
fn pairs(from: &Range<u32>, to: &Range<u32>, most: u64) -> impl Iterator<Item = (HostId, HostId)> {
    let (rows, columns) = (from.len() as u64, to.len() as u64);
    let (all, from, to) = (rows * columns, from.start, to.start);
    let pair = move |number: u64| {
        let number = if all <= most { number } else { index(number.wrapping_mul(GOLDEN), all) };
        (HostId(from + (number / columns) as u32), HostId(to + (number % columns) as u32))
    };
    (0..all.min(most)).map(pair).filter(|(a, b)| a != b)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::network::{HostGroup, Latency, NetworkConfig, Trace};
    use crate::random::Seed;

    fn topology(latency: Latency, groups: Vec<HostGroup>) -> Topology {
        let mut topology = Topology::new(&NetworkConfig::new(latency), Seed(1));
        for group in groups {
            topology.add(group);
        }
        topology
    }

    /// The share of values below a quantile of n pairs is as exact as the hosts are many: 1000 hosts at 222 places are all places.
    #[test]
    fn the_world_has_the_round_trips_of_its_fit() {
        let topology = topology(Latency::World, vec![HostGroup::new("a", 888)]);
        let mut seen = topology.round_trips(&(0..888), &(0..888), 100_000);
        seen.sort_unstable();
        for (share, ms) in [(0.25, 79.0), (0.5, 146.0), (0.75, 219.0), (0.99, 356.0)] {
            let found = seen[(share * seen.len() as f64) as usize].as_seconds() * 1e3;
            assert!((found / ms - 1.0).abs() < 0.03, "{share}: {found} ms instead of {ms} ms");
        }
        // All pairs, where they are few; each twice, and none with itself.
        assert_eq!(topology.round_trips(&(0..10), &(0..10), 100).len(), 90);
        assert_eq!(topology.round_trips(&(0..10), &(10..13), 100).len(), 30);
        let near = topology.round_trips_in_places(1000);
        assert_eq!(near.len(), 666);
        assert!(near.iter().all(|span| *span == Duration::from_nanos(200_000)));
    }

    #[test]
    fn stays_are_those_of_their_distribution_or_trace() {
        let churn = Presence::exponential(Duration::from_secs(300), Duration::from_secs(60));
        let rows = "host,time_s,state\n0,5,online\n0,9,offline\n0,20,online\n1,3,offline\n1,4,online\n1,50,offline\n";
        let trace = Presence::Trace(Arc::new(Trace::parse(rows).expect("a trace")));
        let groups = vec![
            HostGroup { presence: churn, ..HostGroup::new("a", 7) },
            HostGroup { presence: trace, ..HostGroup::new("b", 2) },
            HostGroup::new("c", 3),
        ];
        let topology = topology(Latency::World, groups);
        assert_eq!([0, 1, 2].map(|group| topology.hosts_of(GroupId(group))), [0..7, 7..9, 9..12]);
        let end = Time::ZERO + Duration::from_secs(40);
        let of = |group| topology.stays(GroupId(group), end, 4000);
        for (stays, mean) in [(of(0).online, 300.0), (of(0).offline, 60.0)] {
            let found = stays.iter().map(|stay| stay.as_seconds()).sum::<f64>() / stays.len() as f64;
            // Five standard errors of a mean whose standard deviation is itself.
            assert!((found / mean - 1.0).abs() < 5.0 / 4000_f64.sqrt() && stays.len() == 4000, "{found}");
        }
        let secs = |spans: &[u64]| spans.iter().copied().map(Duration::from_secs).collect::<Vec<_>>();
        assert_eq!(of(1), Stays { online: secs(&[4]), offline: secs(&[11, 1]) });
        assert_eq!(of(2), Stays::default());
    }
}
