//! How much memory a run will take, estimated before it starts.

use std::collections::BTreeSet;

use super::app::CentralApp;
use super::config::{Group, WorldConfig};
use super::demand::Demand;
use super::env::WorldNetwork;
use super::event::Event;
use super::host::HostState;
use super::load;
use super::observation::{Moment, Observation};
use super::reach::Reach;
use super::stock::Stock;
use crate::engine::{Engine, Queue};
use crate::network::{Place, Presence, Transport};
use crate::protocol::{self, CHUNK_ENTRIES, Chunk, Dissemination, Entry, Node, Peer};
use crate::units::{ByteSize, HostId, Time};

/// How long a copy of a broadcast is in flight, in seconds: latency, and the wait at two links.
const UNDER_WAY: f64 = 0.15;
/// Of the copies of one broadcast, those that are in flight together: in a tree the greatest term of a binomial distribution,
/// which is that of depths, for ten to twenty levels; without one most copies are sent when most have just heard it.
const TOGETHER_IN_TREE: f64 = 0.25;
const TOGETHER: f64 = 0.5;
/// What the allocator adds to small pieces, and vectors that grow by doubling to what is in them, on average.
const SPARE: f64 = 1.25;
/// Bytes of an entry in a tree or a hash table beside its key and value, and of the pointer to what is shared.
const INDEX: f64 = 22.0;
/// Bytes of a chunk that is waited for, in a hash table and a queue.
const WAITED: f64 = 80.0;
/// Bytes of the name of a node that has answered, in two trees.
const ANSWERED: f64 = 24.0;
/// A vector that grows step by step has up to twice the capacity that it needs.
const GROWTH: f64 = 1.4;

/// What a run needs memory for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The program itself.
    Program,
    /// Hosts, whatever they do.
    Hosts,
    /// Connections between hosts, and mappings of NATs.
    Connections,
    /// Broadcasts that each host remembers, so that it hears them once.
    Heard,
    /// Messages under way at the busiest moment.
    UnderWay,
    /// Messages that wait at overloaded links.
    Queues,
    /// Outcomes that are recorded, and the chunks that are made of them.
    Records,
    /// Queries, and what is noted of their answers.
    Queries,
    /// Broadcasts of broadcast workloads.
    Broadcasts,
    /// Datagrams of traffic, and calls for tasks.
    Datagrams,
    /// Lookups, by which nodes keep their routing tables.
    Lookups,
}

/// An estimate of the peak memory of a run, by what it is needed for, in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    parts: Vec<(Need, f64)>,
}

impl Memory {
    /// An estimate is at most so many times what a run takes, and at least what it takes divided by this; but for what waits at
    /// overloaded links, which is an upper bound.
    pub const FACTOR: f64 = 1.5;

    /// Adds what is needed for something.
    pub fn add(&mut self, need: Need, bytes: f64) {
        match self.parts.iter_mut().find(|(known, _)| *known == need) {
            Some((_, sum)) => *sum += bytes,
            None => self.parts.push((need, bytes)),
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: &Memory) -> Memory {
        other.parts.iter().for_each(|(need, bytes)| self.add(*need, *bytes));
        self
    }

    /// All of it.
    pub fn total(&self) -> ByteSize {
        ByteSize::from_bytes(self.parts.iter().map(|(_, bytes)| bytes).sum::<f64>() as u64)
    }

    /// What a run takes at the least, where the estimate is as good as it is said to be ([`Memory::FACTOR`]).
    pub fn least(&self) -> ByteSize {
        ByteSize::from_bytes(
            ((self.total().as_bytes() as f64 - self.of(Need::Queues)) / Memory::FACTOR) as u64,
        )
    }

    /// Whether it is an upper bound rather than a mean: what waits at overloaded links is a good part of it.
    pub fn is_bound(&self) -> bool {
        self.of(Need::Queues) > self.total().as_bytes() as f64 / 4.0
    }

    fn of(&self, need: Need) -> f64 {
        self.parts.iter().find(|(known, _)| *known == need).map_or(0.0, |(_, bytes)| *bytes)
    }

    /// What the most is needed for, and how much.
    pub fn largest(&self) -> Option<(Need, ByteSize)> {
        let largest = self.parts.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        largest.map(|(need, bytes)| (*need, ByteSize::from_bytes(*bytes as u64)))
    }
}

impl Need {
    /// How much of this some demand brings.
    pub fn of(self, demand: &Demand) -> f64 {
        match self {
            Need::Program | Need::Hosts | Need::Lookups => 0.0,
            Need::Heard | Need::UnderWay | Need::Connections => demand.busiest,
            Need::Queues => demand.busiest + demand.rush,
            Need::Records => demand.records,
            Need::Queries => demand.queries,
            Need::Broadcasts => demand.broadcasts,
            Need::Datagrams => demand.datagrams,
        }
    }
}

/// An estimate of the peak memory of a world on `threads` threads, without its observer.
pub fn memory(config: &WorldConfig, threads: usize) -> Memory {
    let reach = Reach::of(config);
    let stock = Stock::of(config, &reach);
    let demand = Demand::of(config);
    let mut memory = Memory::default();
    let hosts: f64 =
        config.groups.iter().map(|group| bytes_of_group(config, threads, group, reach.members)).sum();
    memory.add(Need::Hosts, SPARE * hosts + traces(config));
    memory.add(Need::Connections, connections(config, &demand, &reach, &stock));
    memory.add(Need::Connections, mappings(config, &demand, &reach, &stock));
    memory.add(Need::Heard, SPARE * heard(config, &demand, &reach));
    memory.add(Need::UnderWay, under_way(config, threads, &demand, &reach));
    let waiting = load::waiting(config, &reach, &stock);
    memory.add(Need::Queues, waiting * Queue::<Event>::BYTES_AN_EVENT as f64);
    kept(config, &demand, &stock, &mut memory);
    memory
}

/// Traces of when hosts come and go, which all threads share.
fn traces(config: &WorldConfig) -> f64 {
    let bytes = config.groups.iter().map(|group| match &group.hosts.presence {
        Presence::Trace(trace) => trace.bytes(),
        Presence::Always | Presence::Churn(_) => 0,
    });
    bytes.sum::<usize>() as f64
}

/// What the hosts of a group take while nothing happens, in a network of so many nodes.
fn bytes_of_group(config: &WorldConfig, threads: usize, group: &Group, members: f64) -> f64 {
    let setting = size_of::<u16>() + size_of::<Place>() + 2 * size_of::<HostId>() + size_of::<u8>();
    // One engine a thread and one for the source of workloads.
    let engines = if threads > 1 { threads + 1 } else { 1 };
    let own = WorldNetwork::<'_, ()>::BYTES_A_HOST
        + size_of::<HostState>()
        + Engine::<Event>::BYTES_A_HOST * engines
        + if group.stores { WorldNetwork::<'_, ()>::BYTES_OF_METERS } else { 0 };
    let hosts = f64::from(group.hosts.count);
    let Some(protocol) = &config.protocol else { return hosts * (own + setting) as f64 };
    let epochs: BTreeSet<_> = config.groups.iter().map(|group| group.hosts.joins).collect();
    let sorted = epochs.len() * (size_of::<Peer>() + size_of::<u64>());
    let host = (own + setting) as f64;
    let peer = (sorted as u64 + protocol::bytes_a_peer(protocol)) as f64;
    if config.baseline.is_some() {
        return hosts * (host + peer + size_of::<CentralApp>() as f64);
    }
    let behind = protocol::bytes_behind_node(protocol, members as u32) as f64;
    let others = f64::from(group.shown() - 1) * (behind + size_of::<Option<Node>>() as f64);
    hosts * (host + behind + others + peer * f64::from(group.identities()))
}

/// What nodes remember of broadcasts, who hear them while they are online.
fn heard(config: &WorldConfig, demand: &Demand, reach: &Reach) -> f64 {
    let Some(protocol) = config.protocol.as_ref().filter(|_| config.baseline.is_none()) else { return 0.0 };
    // Where the closest nodes are looked up nothing is told to everybody.
    if protocol.dissemination == Dissemination::Lookup {
        return 0.0;
    }
    let end = Time::ZERO + config.duration;
    let of = |group: &Group| {
        let part = reach.coverage * group.hosts.outlook(Time::ZERO, end).online;
        let each = protocol::bytes_of_broadcasts(
            protocol,
            (demand.all_broadcasts() * part) as u64,
            demand.busiest * reach.coverage,
            demand.origins.min(reach.members) as u32,
        );
        f64::from(group.hosts.count) * f64::from(group.shown()) * each as f64
    };
    config.groups.iter().map(of).sum()
}

/// Pairs of hosts that have a connection: a host has one to each contact that it has sent something to, or who has sent it
/// something, and to whom it answers.
pub(super) fn pairs(config: &WorldConfig, demand: &Demand, reach: &Reach, stock: &Stock) -> f64 {
    let speaks = |group: &Group| group.hosts.transports().any(Transport::has_connections);
    pairs_of(config, speaks, demand, (reach, stock))
}

/// Pairs of hosts of which one sends to the other, and is one of those who speak.
fn pairs_of(
    config: &WorldConfig,
    speaks: impl Fn(&Group) -> bool,
    demand: &Demand,
    (reach, stock): (&Reach, &Stock),
) -> f64 {
    let speakers = config.groups.iter().filter(|group| speaks(group));
    let speakers: f64 = speakers.map(|group| f64::from(group.hosts.count)).sum();
    if speakers == 0.0 {
        return 0.0;
    }
    let hosts: f64 = config.groups.iter().map(|group| f64::from(group.hosts.count)).sum();
    let contacts = config.protocol.as_ref().filter(|_| config.baseline.is_none()).map_or(0.0, |protocol| {
        let all = (f64::from(protocol.bucket_size) * libm::log2(reach.members.max(2.0))).min(reach.members);
        let sent = demand.all_broadcasts() * reach.copies / reach.online;
        -all * libm::expm1(-sent / all)
    });
    let answers = demand.queries * stock.asked + demand.chunks * stock.told;
    (answers + demand.datagrams).min(hosts * hosts / 2.0) + speakers * contacts
}

/// Memory of connections.
fn connections(config: &WorldConfig, demand: &Demand, reach: &Reach, stock: &Stock) -> f64 {
    let pairs = pairs(config, demand, reach, stock);
    if pairs == 0.0 {
        return 0.0;
    }
    let hosts: f64 = config.groups.iter().map(|group| f64::from(group.hosts.count)).sum();
    let of = WorldNetwork::<'_, ()>::bytes_a_connection;
    let each =
        config.groups.iter().flat_map(|group| group.hosts.transports()).map(of).max().unwrap_or_default();
    // Any host can be called by one that has connections, and then has some itself.
    let ends = (2.0 * pairs).min(hosts * hosts) * each as f64;
    ends + hosts * WorldNetwork::<'_, ()>::BYTES_OF_CONNECTIONS as f64
}

/// Memory of what hosts remember of others because not everybody can be reached: both ends of a pair do.
fn mappings(config: &WorldConfig, demand: &Demand, reach: &Reach, stock: &Stock) -> f64 {
    if !config.limits_reach() {
        return 0.0;
    }
    let hosts: f64 = config.groups.iter().map(|group| f64::from(group.hosts.count)).sum();
    let pairs = pairs_of(config, |_| true, demand, (reach, stock));
    let [host, peer] = WorldNetwork::<'_, ()>::BYTES_OF_REACH;
    (2.0 * pairs).min(hosts * hosts) * peer as f64 + hosts * host as f64
}

/// Memory of the events that wait at the busiest moment, where links are not overloaded.
fn under_way(config: &WorldConfig, threads: usize, demand: &Demand, reach: &Reach) -> f64 {
    let tree = config.protocol.as_ref().is_some_and(|protocol| protocol.dissemination == Dissemination::Tree);
    let each = if tree { TOGETHER_IN_TREE } else { TOGETHER };
    // Broadcasts that go on at the same time on average, and when chance brings more: two standard deviations.
    let going = demand.busiest * UNDER_WAY / each;
    let together = each * (going + 2.0 * going.sqrt()).max(1.0).min(demand.all_broadcasts());
    let messages = reach.copies * reach.arriving * together + demand.rush * UNDER_WAY;
    let hosts: f64 = config.groups.iter().map(|group| f64::from(group.hosts.count)).sum();
    let passes = |group: &&Group| group.hosts.presence != Presence::Always;
    let passing: f64 = config.groups.iter().filter(passes).map(|group| f64::from(group.hosts.count)).sum();
    let faults = 2.0 * config.faults.len() as f64;
    let protocol = config.protocol.as_ref();
    // Collections that are open, and the next ping and refresh of each node.
    let open =
        protocol.map_or(0.0, |protocol| protocol.window.as_seconds() * demand.busiest.min(demand.queries));
    let kept = protocol.is_some_and(|protocol| protocol.maintenance.is_some());
    let timers = if kept { 2.0 * reach.members } else { 0.0 };
    // At the start everybody joins, and learns who the members are.
    let first = hosts * (2.0 + faults);
    let waiting = first.max(messages + open + timers + passing + hosts * faults);
    // With several threads what a window shows is kept twice: while the observer sees one, the next is filled.
    let seen =
        if threads > 1 { messages * 2.0 * size_of::<(Moment, Observation)>() as f64 / 4.0 } else { 0.0 };
    waiting * Queue::<Event>::BYTES_AN_EVENT as f64 + seen
}

/// Nodes that record, and nodes that ask.
fn doers(config: &WorldConfig) -> (f64, f64) {
    let of = |much: &dyn Fn(&Demand) -> f64| {
        let sources = Demand::by_source(config).into_iter();
        // Chance comes to few where there is little to be done.
        sources
            .map(|(_, demand)| -demand.origins * libm::expm1(-much(&demand) / demand.origins.max(1.0)))
            .sum()
    };
    (of(&|demand| demand.records), of(&|demand| demand.queries))
}

/// What is never forgotten: series, and chunks with all who hold them.
fn kept(config: &WorldConfig, demand: &Demand, stock: &Stock, memory: &mut Memory) {
    let Some(protocol) = &config.protocol else { return };
    let entry = size_of::<Entry>() as f64 * GROWTH;
    if config.baseline.is_some() {
        return;
    }
    // A recorder and each storer note what they said of a chunk; an asker and each holder, of a query.
    let (told, asked) = (stock.told, stock.asked);
    let of_records = demand.records + demand.chunks * (1.0 + 2.0 * told);
    let of_queries = demand.queries * (1.0 + 2.0 * asked);
    let content = size_of::<Chunk>() + CHUNK_ENTRIES * (size_of::<Entry>() + 3 * size_of::<Peer>());
    // A holder finds a chunk by its name and by each of its subjects.
    let index = INDEX * (1.0 + stock.subjects);
    // Every storer says YES to chunks of which few get it, and waits for a while.
    let waited = demand.chunks.min(demand.busiest * protocol.chunk_wait.as_seconds());
    let chunks = demand.chunks * (content as f64 + stock.replicas * index) + told * waited * WAITED;
    // For a while a recorder knows who has answered the announcement of a chunk.
    let open = protocol.push_window.as_seconds() / config.duration.as_seconds();
    let pushes = demand.chunks * open.min(1.0) * (protocol::BYTES_A_PUSH as f64 + told * ANSWERED);
    let (recorders, askers) = doers(config);
    let roles = recorders * protocol::BYTES_A_RECORDER as f64 + stock.told * protocol::BYTES_A_STORER as f64;
    memory.add(Need::Records, of_records * entry + chunks + pushes + roles);
    memory.add(Need::Queries, of_queries * entry + askers * protocol::BYTES_AN_ASKER as f64);
}
