//! How far a broadcast comes and what that takes, estimated before a run starts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::config::WorldConfig;
use crate::network::{Presence, Transport};
use crate::protocol::{Config, Dissemination};
use crate::random::{index, mix, unit};
use crate::units::Time;

/// What becomes of a broadcast, on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// Nodes that hear it, its origin included.
    pub heard: f64,
    /// Nodes that hear it of those online.
    pub coverage: f64,
    /// Copies sent.
    pub copies: f64,
    /// The share of these that is not lost.
    pub arriving: f64,
    /// The share that finds its receiver there.
    pub received: f64,
    /// Nodes of the network, those that are offline included.
    pub members: f64,
    /// Nodes online, on average.
    pub online: f64,
    /// Messages of a lookup.
    pub lookup: f64,
}

/// A network in which broadcasts are disseminated.
struct Nodes<'a> {
    protocol: &'a Config,
    members: f64,
    /// Of a node's contacts, those that are online.
    there: f64,
    /// Of the copies, those that are not lost.
    arriving: f64,
}

/// The largest tree that is played through, as its depth: in deeper ones each level brings as much more as
/// these do on average.
const DEEPEST: u32 = 12;
/// Copies after which enough broadcasts were played through, and broadcasts: a sweep of thousands of points has this done at each.
const ENOUGH_COPIES: u32 = 1 << 14;
const ENOUGH_BROADCASTS: u32 = 1 << 11;

impl Reach {
    /// Broadcasts in this world, once all of its groups have joined.
    pub fn of(config: &WorldConfig) -> Reach {
        let count = |weight: &dyn Fn(&super::Group) -> f64| -> f64 {
            let nodes = |group: &super::Group| f64::from(group.hosts.count) * f64::from(group.shown());
            config.groups.iter().map(|group| nodes(group) * weight(group)).sum()
        };
        let end = Time::ZERO + config.duration;
        let since_joined = |group: &super::Group| group.hosts.outlook(group.hosts.joins, end).online;
        let (members, online) = (count(&|_| 1.0), count(&since_joined).max(1.0));
        let loss = config.network.loss.mean().get();
        let lost = |group: &super::Group| loss * config.sends_by(group, |it| it == Transport::Udp);
        let arriving = 1.0 - count(&lost) / members.max(1.0);
        let fallback = Config::default();
        let protocol = config.protocol.as_ref().unwrap_or(&fallback);
        let fresh =
            count(&|group| fresh(&group.hosts.presence, since_joined(group), protocol)) / members.max(1.0);
        let nodes = Nodes { protocol, members, there: fresh, arriving };
        // Each round of questions comes as many levels nearer as a bucket has contacts, by halving.
        let rounds = levels(online) / libm::log2(f64::from(protocol.bucket_size)).max(1.0);
        let lookup = match protocol.lookup_paths {
            1 => f64::from(protocol.alpha) * rounds.max(1.0),
            // Each goes on until as many as a bucket holds have answered.
            paths => f64::from(paths) * f64::from(protocol.bucket_size).max(rounds),
        };
        let (heard, copies) = match protocol.dissemination {
            _ if config.baseline.is_some() => (1.0, 1.0),
            Dissemination::Tree => nodes.tree(),
            Dissemination::Gossip => nodes.epidemic(f64::from(protocol.fanout), online),
            Dissemination::Flood => {
                let contacts = f64::from(protocol.bucket_size) * levels(members);
                nodes.epidemic(contacts.min(members - 1.0), online)
            }
            Dissemination::Lookup => (f64::from(protocol.bucket_size).min(online), lookup),
        };
        let heard = heard.clamp(1.0, online);
        Reach {
            heard,
            coverage: heard / online,
            copies,
            arriving,
            received: arriving * fresh,
            members,
            online,
            lookup,
        }
    }
}

/// How probable it is that a contact with this presence is online: as for any host (`online`), but that a contact which is
/// pinged is replaced when it is found to be away, and has been seen since the last ping half of an interval ago. Lengths count by their
/// means, as if they were exponential.
fn fresh(presence: &Presence, online: f64, protocol: &Config) -> f64 {
    let Presence::Churn(churn) = presence else { return online };
    let ping_every = protocol.maintenance.as_ref().and_then(|maintenance| maintenance.ping_every);
    let Some(ping_every) = ping_every else { return online };
    let rate = 1.0 / churn.sessions.mean() + 1.0 / churn.mean_absence();
    let interval = rate * ping_every.as_seconds();
    // The mean of exp(−rate · age) over ages up to the interval.
    let kept = if interval > 0.0 { -libm::expm1(-interval) / interval } else { 1.0 };
    online + (1.0 - online) * kept
}

impl Nodes<'_> {
    /// Nodes that a tree reaches, and copies. Where each part of a tree is told once, each level has its half told with the
    /// probability that the copy comes to a contact who is there; where more copies race, they are played through, as far as
    /// [`DEEPEST`].
    fn tree(&self) -> (f64, f64) {
        let depth = libm::log2(self.members.max(1.0));
        if self.protocol.redundancy.min(self.protocol.bucket_size) == 1 {
            let told = self.there * self.arriving;
            let heard = libm::pow(1.0 + told, depth);
            return (heard, if told > 0.0 { (heard - 1.0) / told } else { depth });
        }
        let played = (depth as u32).min(DEEPEST);
        let (heard, copies) = self.play(played);
        let a_level = if played == 0 { 2.0 } else { libm::pow(heard, 1.0 / f64::from(played)) };
        let grown = libm::pow(a_level, depth - f64::from(played));
        (heard * grown, copies * grown)
    }

    /// The means over some broadcasts in a complete tree of this depth. The contact that a node has in another part of the
    /// tree can be any node there.
    fn play(&self, depth: u32) -> (f64, f64) {
        let mut luck = Luck(u64::from(depth));
        let (mut heard, mut copies, mut broadcasts) = (0, 0, 0);
        while broadcasts < ENOUGH_BROADCASTS && copies < ENOUGH_COPIES {
            let (nodes, sent) = self.broadcast(depth, &mut luck);
            (heard, copies, broadcasts) = (heard + nodes, copies + sent, broadcasts + 1);
            if depth == 0 {
                break;
            }
        }
        (f64::from(heard) / f64::from(broadcasts), f64::from(copies) / f64::from(broadcasts))
    }

    /// One broadcast. Copies arrive after times that scatter: so a copy for a small part of the tree may come before one for a
    /// large part, and only the first is passed on.
    fn broadcast(&self, depth: u32, luck: &mut Luck) -> (u32, u32) {
        let nodes = 1_u64 << depth;
        let mut is_there: Vec<bool> = (0..nodes).map(|_| luck.is(self.there)).collect();
        let (mut heard, mut copies) = (0, 0);
        let origin = luck.below(nodes);
        is_there[origin as usize] = true;
        let mut under_way = BinaryHeap::from([Reverse((0_u64, origin, 0_u32))]);
        while let Some(Reverse((at, node, from))) = under_way.pop() {
            // Who has heard it is no longer there to hear it.
            if !std::mem::take(&mut is_there[node as usize]) {
                continue;
            }
            heard += 1;
            for level in from..depth {
                let below = depth - level - 1;
                let part = (node >> below ^ 1) << below;
                let size = 1_u64 << below;
                let most = u64::from(self.protocol.redundancy.min(self.protocol.bucket_size)).min(size);
                // An odd step meets no node twice.
                let (first, step) = (luck.next(), luck.next() | 1);
                for other in 0..most {
                    copies += 1;
                    let to = part | first.wrapping_add(other.wrapping_mul(step)) & (size - 1);
                    if is_there[to as usize] && luck.is(self.arriving) {
                        under_way.push(Reverse((at + luck.below(1 << 32), to, level + 1)));
                    }
                }
            }
        }
        (heard, copies)
    }

    /// Nodes that are reached, and copies, when each passes a broadcast on to so many: the final size of an epidemic (Kermack
    /// and McKendrick 1927), or the progeny of a branching process that dies out.
    fn epidemic(&self, contacts: f64, online: f64) -> (f64, f64) {
        let told = contacts * self.there * self.arriving;
        let share = (0..200).fold(1.0, |share, _| -libm::expm1(-told * share));
        let dies_out = if told < 0.99 { 1.0 / (1.0 - told) } else { 1.0 };
        let heard = (share * online).max(dies_out).min(online);
        (heard, heard * contacts)
    }
}

/// How often a network of so many nodes can be halved.
fn levels(nodes: f64) -> f64 {
    f64::from((nodes as u64 + 1).ilog2()).max(1.0)
}

/// Chances of the estimate's own.
struct Luck(u64);

impl Luck {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    fn below(&mut self, n: u64) -> u64 {
        index(self.next(), n)
    }

    fn is(&mut self, chance: f64) -> bool {
        chance >= 1.0 || unit(self.next()) < chance
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{group, world};
    use super::*;
    use crate::units::{Duration, Share};

    fn presence(online: u64, offline: u64) -> Presence {
        Presence::exponential(Duration::from_secs(online), Duration::from_secs(offline))
    }

    fn reach(hosts: u32, presence: Presence, protocol: Config) -> Reach {
        let mut config = world(vec![group("all", hosts)]);
        config.groups[0].hosts.presence = presence;
        config.protocol = Some(protocol);
        Reach::of(&config)
    }

    fn near(value: f64, wanted: f64, share: f64) {
        assert!((value / wanted - 1.0).abs() < share, "{value} for {wanted}");
    }

    #[test]
    fn where_everybody_is_there_all_are_told_once_by_one_contact_a_bucket() {
        for hosts in [1, 2, 3, 100, 4096, 1_000_000] {
            let Reach { heard, copies, coverage, .. } = reach(hosts, Presence::Always, Config::default());
            near(heard, f64::from(hosts), 1e-9);
            near(copies + 1.0, f64::from(hosts), 1e-9);
            near(coverage, 1.0, 1e-9);
        }
    }

    /// (1 + p)^depth nodes hear it, for ((1 + p)^depth − 1)/p copies; and that is what comes of broadcasts that are played.
    #[test]
    fn where_some_are_away_a_tree_reaches_what_the_formula_says() {
        let protocol = Config::default();
        for there in [0.5, 0.2, 0.9] {
            let nodes = Nodes { protocol: &protocol, members: 4096.0, there, arriving: 1.0 };
            let (heard, copies) = nodes.tree();
            near(heard, libm::pow(1.0 + there, 12.0), 1e-9);
            near(copies, (heard - 1.0) / there, 1e-9);
            // 16,384 copies: standard errors of about 6 %.
            let played = nodes.play(12);
            near(played.0, heard, 0.2);
            near(played.1, copies, 0.2);
        }
        let nobody = Nodes { protocol: &protocol, members: 4096.0, there: 0.0, arriving: 1.0 };
        assert_eq!(nobody.tree(), (1.0, 12.0));
    }

    #[test]
    fn deeper_trees_go_on_as_those_that_are_played_through() {
        let twice = Config { redundancy: 2, ..Config::default() };
        let [small, large] = [4096, 65_536].map(|hosts| reach(hosts, presence(1, 1), twice.clone()).heard);
        let [once, more] = [4096, 65_536].map(|hosts| reach(hosts, presence(1, 1), Config::default()).heard);
        near(more / once, libm::pow(1.5, 4.0), 1e-9);
        // Between what one copy a level brings, and what finds everybody who is there.
        assert!((more / once..16.0).contains(&(large / small)), "{small} and {large}");
    }

    #[test]
    fn contacts_that_are_pinged_are_there_more_often() {
        let pinged = |ping_every: u64| {
            let ping_every = Some(Duration::from_secs(ping_every));
            let maintenance = Some(crate::protocol::Maintenance { ping_every, refresh_every: None });
            let reach = reach(1000, presence(600, 600), Config { maintenance, ..Config::default() });
            reach.received
        };
        near(pinged(1), 1.0, 0.01);
        // Times of 300 s: (1 − e^(−1))/1 of what is above a half is kept.
        near(pinged(300), 0.5 + 0.5 * 0.632, 0.01);
        near(pinged(1_000_000), 0.5, 0.01);
    }

    #[test]
    fn gossip_reaches_the_final_size_of_an_epidemic() {
        let gossip = Config { dissemination: Dissemination::Gossip, fanout: 3, ..Config::default() };
        near(reach(5000, Presence::Always, gossip.clone()).coverage, 0.9405, 0.001);
        // Of three contacts 0.3 are there: each tells fewer than one.
        near(reach(5000, presence(1, 9), gossip).heard, 1.0 / 0.7, 0.001);
    }

    #[test]
    fn losses_count_for_datagrams() {
        let mut config = world(vec![group("all", 4096)]);
        config.network.loss = Share::clamped(0.5).into();
        near(Reach::of(&config).heard, libm::pow(1.5, 12.0), 1e-9);
        config.groups[0].hosts.transport = Transport::Quic;
        near(Reach::of(&config).coverage, 1.0, 1e-9);
    }
}
