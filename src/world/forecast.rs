//! How many events a run will handle, estimated before it starts.

use super::config::WorldConfig;
use super::demand::{Demand, Source};
use super::run::sample_every;
use crate::network::Presence;
use crate::protocol::{self, Dissemination};
use crate::units::Duration;

/// What makes a run handle events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Work that arrives, and all that is done about it.
    Work(Source),
    /// Hosts of a group that come and go.
    Presence(usize),
    /// Routing tables that are kept fresh.
    Maintenance,
    /// Holders that are looked after.
    Repair,
    /// Hosts that join, are hit by faults, and are sampled.
    Hosts,
}

/// The events of a run, by what causes them: an estimate that is good to an order of magnitude.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Each cause, with its events.
    pub parts: Vec<(Cause, f64)>,
}

/// A message leaves its sender's link in one event, and comes off its receiver's in another.
const EVENTS_A_MESSAGE: f64 = 2.0;
/// Work is generated in one event, and begun in another.
const EVENTS_A_WORK: f64 = 2.0;
/// Chunks that a recorder looks after.
const REPAIRED: f64 = 64.0;

impl Forecast {
    /// The events of a run of this world.
    pub fn of(config: &WorldConfig) -> Forecast {
        let around = Around::of(config);
        let mut parts = vec![(Cause::Hosts, around.of_hosts(config))];
        for (source, demand) in Demand::by_source(config) {
            parts.push((Cause::Work(source), around.of_demand(&demand)));
        }
        for (place, group) in config.groups.iter().enumerate() {
            let turns = turns(group.hosts.presence, config.duration) * f64::from(group.hosts.count);
            parts.push((Cause::Presence(place), turns));
        }
        if let Some(protocol) = config.protocol.as_ref().filter(|_| config.baseline.is_none()) {
            parts.push((Cause::Maintenance, around.of_maintenance(protocol, config.duration)));
            let repairs = times_in(config.duration, protocol.repair_every) * around.online;
            let chunks = (Demand::of(config).chunks / around.online).clamp(1.0, REPAIRED);
            let messages = 2.0 * chunks * around.replicas;
            parts.push((
                Cause::Repair,
                if config.records() { repairs * (1.0 + messages * EVENTS_A_MESSAGE) } else { 0.0 },
            ));
        }
        parts.retain(|(_, events)| *events > 0.0);
        Forecast { parts }
    }

    /// All events.
    pub fn events(&self) -> f64 {
        self.parts.iter().map(|(_, events)| events).sum()
    }

    /// What causes the most events, and how many.
    pub fn largest(&self) -> Option<(Cause, f64)> {
        self.parts.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// How often a host comes or goes.
pub(crate) fn turns(presence: Presence, duration: Duration) -> f64 {
    match presence {
        Presence::Always => 0.0,
        Presence::Exponential { online, offline } => {
            2.0 * duration.as_seconds() / (online.as_seconds() + offline.as_seconds())
        }
    }
}

/// Of all work what the network makes of each piece.
struct Around {
    hosts: f64,
    /// Hosts online on average.
    online: f64,
    storers: f64,
    replicas: f64,
    /// Messages of a broadcast.
    copies: f64,
    /// Messages of a lookup.
    lookup: f64,
}

impl Around {
    fn of(config: &WorldConfig) -> Around {
        let count = |wanted: &dyn Fn(&super::Group) -> f64| -> f64 {
            config.groups.iter().map(|group| f64::from(group.hosts.count) * wanted(group)).sum()
        };
        let online = count(&|group| share_online(group.hosts.presence)).max(1.0);
        let storers = count(&|group| f64::from(u8::from(group.stores)));
        let protocol = config.protocol.clone().unwrap_or_default();
        let lookup = f64::from(protocol.alpha) * levels(online);
        let replicas =
            if protocol.replicas == 0 { storers } else { f64::from(protocol.replicas).min(storers) };
        let copies = match protocol.dissemination {
            _ if config.baseline.is_some() => 1.0,
            Dissemination::Tree => online * f64::from(protocol.redundancy),
            Dissemination::Gossip => online * f64::from(protocol.fanout),
            Dissemination::Flood => online * f64::from(protocol.bucket_size) * levels(online),
            Dissemination::Lookup => lookup,
        };
        Around { hosts: count(&|_| 1.0), online, storers, replicas, copies, lookup }
    }

    fn of_demand(&self, demand: &Demand) -> f64 {
        let answers = demand.queries * 2.0 * self.replicas + demand.chunks * (self.storers + self.replicas);
        let messages = demand.all_broadcasts() * self.copies + answers + demand.datagrams;
        let work = demand.records + demand.queries + demand.tasks + demand.broadcasts + demand.datagrams;
        messages * EVENTS_A_MESSAGE + work * EVENTS_A_WORK
    }

    fn of_hosts(&self, config: &WorldConfig) -> f64 {
        let samples = if config.protocol.is_some() {
            times_in(config.duration, Some(sample_every(config.duration)))
        } else {
            0.0
        };
        self.hosts * (2.0 + 2.0 * config.faults.len() as f64) + samples * self.storers
    }

    fn of_maintenance(&self, protocol: &protocol::Config, duration: Duration) -> f64 {
        let joins = if protocol.learns() { 2.0 * self.lookup } else { 0.0 };
        let Some(maintenance) = &protocol.maintenance else { return joins * self.online * EVENTS_A_MESSAGE };
        let buckets = levels(self.online);
        let pings = times_in(duration, maintenance.ping_every) * buckets * 2.0;
        let refreshes = times_in(duration, maintenance.refresh_every) * buckets * 2.0 * self.lookup;
        (pings + refreshes + joins) * self.online * EVENTS_A_MESSAGE
    }
}

fn share_online(presence: Presence) -> f64 {
    match presence {
        Presence::Always => 1.0,
        Presence::Exponential { online, offline } => {
            online.as_seconds() / (online.as_seconds() + offline.as_seconds())
        }
    }
}

fn times_in(duration: Duration, period: Option<Duration>) -> f64 {
    period.map_or(0.0, |period| duration.as_seconds() / period.as_seconds())
}

/// How often a network of so many nodes can be halved.
fn levels(nodes: f64) -> f64 {
    f64::from((nodes as u64 + 1).ilog2()).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::config::Work;
    use super::super::harness::{every_second, group, play, world};
    use super::*;
    use crate::conduct::{AdversaryKind, Conduct};
    use crate::units::Share;
    use crate::units::{Frequency, GroupId};
    use crate::world::{Group, KindMix, Observers};

    /// Within a factor of three of what comes.
    fn assert_near(config: &WorldConfig) {
        let (said, came) = (Forecast::of(config).events(), play(config).0.events as f64);
        assert!(came / 3.0 < said && said < came * 3.0, "{said} for {came}");
    }

    #[test]
    fn a_forecast_has_the_order_of_magnitude_of_what_comes() {
        let all = vec![GroupId(0)];
        let kinds = KindMix { ecosystem: Share::ONE, dispute: Share::ZERO, consensus: Share::ZERO };
        let mut config = world(vec![group("all", 100)]);
        config.workloads = vec![every_second("ask", Work::Query { from: GroupId(0), about: all.clone() })];
        assert_near(&config);
        let by = Observers::Subject;
        config.workloads.push(every_second("tell", Work::Record { about: all.clone(), by, kinds }));
        assert_near(&config);
        let flood = AdversaryKind::QueryFlooder { rate: Frequency::per_second(1.0), about: all };
        config.groups.push(Group { conduct: Some(Conduct::always(flood)), ..group("flood", 5) });
        assert_near(&config);
        let largest = Forecast::of(&config).largest().map(|(cause, _)| cause);
        assert_eq!(largest, Some(Cause::Work(Source::Conduct(1))));
    }

    #[test]
    fn hosts_that_come_and_go_are_counted() {
        let (online, offline) = (Duration::from_millis(20), Duration::from_millis(30));
        let mut config = world(vec![group("all", 10)]);
        config.groups[0].hosts.presence = Presence::Exponential { online, offline };
        let forecast = Forecast::of(&config);
        // 10 hosts, 60 s, two turns in 50 ms.
        assert_eq!(forecast.largest(), Some((Cause::Presence(0), 24_000.0)));
        assert_near(&config);
    }
}
