//! How many events a run will handle, estimated before it starts.

use super::config::{Group, Work, WorldConfig};
use super::demand::{Demand, Source};
use super::reach::Reach;
use super::run::sample_every;
use super::stock::Stock;
use super::{load, memory};
use crate::network::{Fault, FaultKind, HostGroup, LinkProfile, Recurrence, Transport};
use crate::protocol::{self, Dissemination};
use crate::units::{Duration, GroupId, Time};

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
    /// Hosts that join, connect, are hit by faults, and are sampled.
    Hosts,
}

/// The events of a run, by what causes them: within a factor of one and a half of those that come, where links carry what is
/// sent and chance brings what is expected, and an upper bound elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Each cause, with its events.
    pub parts: Vec<(Cause, f64)>,
}

/// Work is generated in one event, and begun in another.
const EVENTS_A_WORK: f64 = 2.0;
/// Bytes of a message that a sender with a window sends at a time, at the least.
const FLIGHT: f64 = 14_480.0;
/// How long a connection of TCP stays open that is not used, in seconds.
const IDLE: f64 = 60.0;

impl Forecast {
    /// The events of a run of this world.
    pub fn of(config: &WorldConfig) -> Forecast {
        let around = Around::of(config);
        let mut parts = vec![(Cause::Hosts, around.of_hosts(config) + around.of_handshakes(config))];
        for (source, demand) in Demand::by_source(config) {
            parts.push((Cause::Work(source), around.of_demand(config, source, &demand)));
        }
        for (place, group) in config.groups.iter().enumerate() {
            let turns = turns(&group.hosts, config.duration) * f64::from(group.hosts.count);
            parts.push((Cause::Presence(place), turns));
        }
        if let Some(protocol) = config.protocol.as_ref().filter(|_| config.baseline.is_none()) {
            parts.push((Cause::Maintenance, around.of_maintenance(config, protocol)));
            parts.push((Cause::Repair, around.of_repair(config, protocol)));
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

/// How often hosts of a group come or go, on average.
pub fn turns(group: &HostGroup, duration: Duration) -> f64 {
    group.outlook(Time::ZERO, Time::ZERO + duration).turns
}

/// Lookups of a run.
pub fn lookups(config: &WorldConfig) -> f64 {
    let Some(protocol) = config.protocol.as_ref().filter(|_| config.baseline.is_none()) else { return 0.0 };
    let of_broadcasts = match protocol.dissemination {
        Dissemination::Lookup => Demand::of(config).all_broadcasts(),
        _ => 0.0,
    };
    // How far broadcasts come is dear to estimate, and of no account to those who need not find their place.
    let own = if protocol.learns() { Around::of(config).own_lookups(config, protocol) } else { 0.0 };
    of_broadcasts + own
}

/// Of all work what the network makes of each piece.
struct Around {
    hosts: f64,
    /// The share of hosts whose downlink takes time, so that a message passes it in an event of its own.
    slow: f64,
    /// The share of messages that are acknowledged one by one.
    acknowledged: f64,
    reach: Reach,
    stock: Stock,
}

/// The share of datagrams that are acknowledged one by one, where hosts send nothing else.
fn acknowledged_of_traffic(config: &WorldConfig) -> Option<f64> {
    if config.protocol.is_some() || config.baseline.is_some() {
        return None;
    }
    let (mut all, mut acknowledged) = (0.0, 0.0);
    for (source, demand) in Demand::by_source(config) {
        let Source::Workload(place) = source else { return None };
        let Work::Traffic { from, to, response, .. } = config.workloads[place].work else { continue };
        let is = |from: GroupId, to: GroupId| {
            let hosts = &config.groups[usize::from(from.0)].hosts;
            f64::from(u8::from(hosts.transport_to(to).acknowledges_each()))
        };
        let share = if response.is_some() { f64::midpoint(is(from, to), is(to, from)) } else { is(from, to) };
        all += demand.datagrams;
        acknowledged += demand.datagrams * share;
    }
    (all > 0.0).then(|| acknowledged / all)
}

impl Around {
    fn of(config: &WorldConfig) -> Around {
        let reach = Reach::of(config);
        let takes_time = |group: &&Group| match group.hosts.link {
            LinkProfile::Exact { down, .. } => !down.is_unlimited(),
            _ => true,
        };
        let count = |groups: &mut dyn Iterator<Item = &Group>| -> f64 {
            groups.map(|group| f64::from(group.hosts.count)).sum()
        };
        let hosts = count(&mut config.groups.iter());
        let slow = count(&mut config.groups.iter().filter(takes_time)) / hosts.max(1.0);
        let acknowledged = acknowledged_of_traffic(config).unwrap_or_else(|| {
            let by = |group: &Group| config.sends_by(group, Transport::acknowledges_each);
            let of = |group: &Group| f64::from(group.hosts.count) * by(group);
            config.groups.iter().map(of).sum::<f64>() / hosts.max(1.0)
        });
        Around { hosts, slow, acknowledged, reach, stock: Stock::of(config, &reach) }
    }

    /// Events of a message to a node that any other could be: what is not lost comes to its receiver's link, and if that is
    /// online it passes it, and may be acknowledged.
    fn a_message(&self) -> f64 {
        self.reach.arriving + self.reach.received * (self.slow + self.acknowledged)
    }

    /// Events of a message to a node that is known to be there.
    fn an_answer(&self) -> f64 {
        self.reach.arriving * (1.0 + self.slow + self.acknowledged)
    }

    /// Events of a datagram of this source, in the mean over those that ask and those that answer.
    fn a_datagram(&self, config: &WorldConfig, source: Source) -> f64 {
        let Source::Workload(place) = source else { return self.a_message() };
        let Work::Traffic { from, to, size, response } = &config.workloads[place].work else {
            return self.a_message();
        };
        let there = self.of_payload(config, (*from, *to), size.mean());
        let back = response.map_or(there, |size| self.of_payload(config, (*to, *from), size.mean()));
        f64::midpoint(there, back)
    }

    /// Events of a message of this size from a group to another. A large one whose sender has a window goes in trains, and the first packet
    /// of each is an event of its own: at most, as trains grow with the window.
    fn of_payload(&self, config: &WorldConfig, (from, to): (GroupId, GroupId), size: f64) -> f64 {
        let transport = config.groups[usize::from(from.0)].hosts.transport_to(to);
        let goes_whole = !transport.has_connections() || size <= FLIGHT;
        if goes_whole && !transport.acknowledges_each() {
            return self.reach.arriving + self.reach.received * self.slow;
        }
        let trains = (size / FLIGHT).ceil().max(1.0);
        let heads = if size > FLIGHT / 10.0 { 1.0 } else { 0.0 };
        trains * (self.reach.arriving + self.reach.received * (self.slow + 1.0 + heads))
    }

    /// Events of the handshakes of senders that have a window: a message whose pair of hosts has not been in touch for a minute
    /// waits for one.
    fn of_handshakes(&self, config: &WorldConfig) -> f64 {
        if self.acknowledged == 0.0 {
            return 0.0;
        }
        let demand = Demand::of(config);
        let pairs = memory::pairs(config, &demand, &self.reach, &self.stock);
        let answers = demand.queries * self.stock.asked + demand.chunks * self.stock.told;
        let messages = demand.datagrams + demand.all_broadcasts() * self.reach.copies + answers;
        let pairs = pairs.min(messages);
        let between = config.duration.as_seconds() * pairs / messages.max(1.0);
        let handshakes = pairs + (messages - pairs) * libm::exp(-IDLE / between.max(f64::MIN_POSITIVE));
        // A call, its answer and the timer for it.
        self.acknowledged * handshakes * (2.0 * self.an_answer() + 1.0)
    }

    fn of_demand(&self, config: &WorldConfig, source: Source, demand: &Demand) -> f64 {
        let work = demand.arrivals * EVENTS_A_WORK;
        let datagrams =
            demand.datagrams * load::carried(config, source, demand) * self.a_datagram(config, source);
        if config.baseline.is_some() {
            // A request, its response, and a time-out.
            let requests = demand.records + demand.queries;
            return work + datagrams + requests * (2.0 * self.an_answer() + 1.0);
        }
        let answers =
            demand.queries * self.stock.asked + demand.chunks * (self.stock.told + self.stock.replicas);
        let lookup =
            config.protocol.as_ref().is_some_and(|protocol| protocol.dissemination == Dissemination::Lookup);
        // A collection ends by a timer; so does a question of a lookup, which is answered.
        let (copies, timers) =
            if lookup { (2.0 * self.reach.copies, self.reach.copies) } else { (self.reach.copies, 0.0) };
        let broadcasts = demand.all_broadcasts() * (copies * self.a_message() + timers) + demand.queries;
        work + datagrams + broadcasts + answers * self.an_answer()
    }

    fn of_hosts(&self, config: &WorldConfig) -> f64 {
        let samples = if config.protocol.is_some() {
            times_in(config.duration, Some(sample_every(config.duration)))
        } else {
            0.0
        };
        let end = Time::ZERO + config.duration;
        // A fault that comes again is an event for those that it takes offline alone.
        let is_event =
            |fault: &&Fault| fault.recurs == Recurrence::Never || matches!(fault.kind, FaultKind::Offline(_));
        let faults: f64 = config.faults.values().filter(is_event).map(|fault| fault.times(end)).sum();
        self.hosts * (2.0 + 2.0 * faults) + samples * self.stock.storers
    }

    /// Lookups by which nodes find their place, and keep their tables fresh.
    fn own_lookups(&self, config: &WorldConfig, protocol: &protocol::Config) -> f64 {
        if !protocol.learns() {
            return 0.0;
        }
        let comes = |group: &Group| f64::from(group.hosts.count) * turns(&group.hosts, config.duration) / 2.0;
        let sessions: f64 = config.groups.iter().map(comes).sum();
        let joins = 2.0 * (self.reach.members + if protocol.maintenance.is_some() { sessions } else { 0.0 });
        let refresh_every = protocol.maintenance.as_ref().and_then(|maintenance| maintenance.refresh_every);
        joins + times_in(config.duration, refresh_every) * (self.buckets() + 1.0) * self.reach.online
    }

    /// Buckets of a table that have contacts.
    fn buckets(&self) -> f64 {
        libm::log2(self.reach.members.max(2.0))
    }

    fn of_maintenance(&self, config: &WorldConfig, protocol: &protocol::Config) -> f64 {
        // A question, and its answer if there is one; and a timer for it.
        let question = self.a_message() + self.reach.received * self.an_answer() + 1.0;
        let ping_every = protocol.maintenance.as_ref().and_then(|maintenance| maintenance.ping_every);
        let pings =
            times_in(config.duration, ping_every) * (self.buckets() * question + 1.0) * self.reach.online;
        self.own_lookups(config, protocol) * self.reach.lookup * question + pings
    }

    fn of_repair(&self, config: &WorldConfig, protocol: &protocol::Config) -> f64 {
        if protocol.repair_every.is_none() || !config.records() {
            return 0.0;
        }
        // Who does not record looks after nothing.
        let demand = Demand::of(config);
        let recorders = demand.origins.min(self.reach.online);
        let chunks = (demand.chunks / recorders.max(1.0)).clamp(1.0, f64::from(protocol.repair_chunks));
        let rounds = times_in(config.duration, protocol.repair_every) * recorders;
        rounds
            * chunks
            * (1.0 + self.stock.replicas * (self.a_message() + self.reach.received * self.an_answer()))
    }
}

fn times_in(duration: Duration, period: Option<Duration>) -> f64 {
    period.map_or(0.0, |period| duration.as_seconds() / period.as_seconds())
}

#[cfg(test)]
mod tests {
    use super::super::harness::{every_second, group, play, world};
    use super::*;
    use crate::conduct::{AdversaryKind, Conduct};
    use crate::network::{Absences, Churn, Lengths, Presence, Start, Transport};
    use crate::units::{ByteSize, Frequency, GroupId, Share};
    use crate::world::{KindMix, Observers};

    /// Within a factor of one and a half of what comes.
    fn assert_near(config: &WorldConfig) {
        let (said, came) = (Forecast::of(config).events(), play(config).0.events as f64);
        assert!(came / 1.5 < said && said < came * 1.5, "{said} for {came}");
    }

    #[test]
    fn a_forecast_is_near_what_comes() {
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
    fn acknowledgements_trains_and_handshakes_are_counted() {
        let mut config = world(vec![group("all", 100)]);
        config.protocol = None;
        let traffic = |size| {
            let size = ByteSize::from_bytes(size).into();
            Work::Traffic { from: GroupId(0), to: GroupId(0), size, response: None }
        };
        for transport in [Transport::Tcp, Transport::Udp] {
            config.groups[0].hosts.transport = transport;
            for hosts in [2, 100] {
                config.groups[0].hosts.count = hosts;
                for size in [100, 14_000] {
                    config.workloads = vec![every_second("t", traffic(size))];
                    assert_near(&config);
                }
            }
        }
    }

    #[test]
    fn what_goes_by_the_transport_of_a_pair_is_counted_so() {
        let mut config = world(vec![group("all", 20), group("others", 20)]);
        config.protocol = None;
        let size = ByteSize::from_bytes(100).into();
        let work = Work::Traffic { from: GroupId(0), to: GroupId(1), size, response: None };
        config.workloads = vec![every_second("t", work)];
        for (own, other) in [(Transport::Tcp, Transport::Udp), (Transport::Udp, Transport::Tcp)] {
            config.groups[0].hosts.transport = own;
            config.groups[0].hosts.transport_to = vec![(GroupId(1), other)];
            assert_near(&config);
        }
    }

    #[test]
    fn hosts_that_come_and_go_are_counted() {
        let (online, offline) = (Duration::from_millis(20), Duration::from_millis(30));
        let mut config = world(vec![group("all", 10)]);
        config.groups[0].hosts.presence = Presence::exponential(online, offline);
        let forecast = Forecast::of(&config);
        // 10 hosts, 60 s, two turns in 50 ms.
        let (cause, events) = forecast.largest().expect("it has causes");
        assert!(cause == Cause::Presence(0) && (events - 24_000.0).abs() < 1e-6, "{cause:?}: {events}");
        assert_near(&config);
    }
    #[test]
    fn what_hosts_do_is_counted_by_who_is_there_during_the_run() {
        let ask = Work::Query { from: GroupId(0), about: vec![GroupId(0)] };
        let mut config = world(vec![group("all", 100)]);
        config.workloads = vec![every_second("ask", ask)];
        let lengths = |seconds| Lengths::Exponential { mean: Duration::from_secs(seconds) };
        let absences = Absences::Last(lengths(9 * 3600));
        let churn = Churn { sessions: lengths(3600), absences, start: Start::Fresh };
        config.groups[0].hosts.presence = Presence::Churn(churn);
        assert_near(&config);
        let rows = (0..100).map(|host| format!("{host},60,offline\n{host},31536000,online\n"));
        let rows = rows.collect::<Vec<_>>().concat();
        let trace = crate::network::Trace::parse(&format!("host,time_s,state\n{rows}")).expect("a trace");
        config.groups[0].hosts.presence = Presence::Trace(std::sync::Arc::new(trace));
        assert_near(&config);
    }
}
