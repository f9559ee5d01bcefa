//! How much memory a run will take, estimated before it starts.

use std::collections::BTreeSet;

use super::config::WorldConfig;
use super::demand::Demand;
use super::env::WorldNetwork;
use super::event::Event;
use super::host::HostState;
use super::observation::{Moment, Observation};
use crate::engine::{Engine, Queue};
use crate::network::{Place, Presence};
use crate::protocol::{self, CHUNK_ENTRIES, Chunk, Dissemination, Entry, Peer};
use crate::units::{ByteSize, HostId};

// What follows is measured at eighteen of the scenarios that come with the program: no type tells it.
/// What the allocator and tables that grow step by step add to what hosts take.
const SPARE: f64 = 1.24;
/// Of the events that could wait at the busiest moment, those that do.
const WAITING: f64 = 0.3;
/// Of the answers of holders, those of which both sides keep a note; and of the announcements of chunks.
const NOTED_ANSWERS: f64 = 0.55;
const NOTED_ANNOUNCEMENTS: f64 = 0.2;

/// How long a copy of a broadcast is in flight, in seconds: latency, and the wait at two links.
const UNDER_WAY: f64 = 0.5;
/// Bytes of an entry in a tree or a hash table beside its key and value, and of the pointer to what is shared.
const INDEX: f64 = 22.0;
/// Bytes of a chunk that is waited for, in a hash table and a queue.
const WAITED: f64 = 80.0;
/// A vector that grows step by step has up to twice the capacity that it needs.
const GROWTH: f64 = 2.0;

/// What a run needs memory for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The program itself.
    Program,
    /// Hosts, whatever they do.
    Hosts,
    /// Broadcasts that each host remembers, so that it hears them once.
    Heard,
    /// Messages under way at the busiest moment.
    UnderWay,
    /// Outcomes that are recorded, and the chunks that are made of them.
    Records,
    /// Queries, and what is noted of their answers.
    Queries,
    /// Broadcasts of broadcast workloads.
    Broadcasts,
    /// Datagrams of traffic, and calls for tasks.
    Datagrams,
}

/// An estimate of the peak memory of a run, by what it is needed for, in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    parts: Vec<(Need, f64)>,
}

impl Memory {
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
            Need::Program | Need::Hosts => 0.0,
            Need::Heard | Need::UnderWay => demand.busiest,
            Need::Records => demand.records,
            Need::Queries => demand.queries,
            Need::Broadcasts => demand.broadcasts,
            Need::Datagrams => demand.datagrams,
        }
    }
}

/// An estimate of the peak memory of a world on `threads` threads, without its observer. What waits at overloaded links is
/// not included.
pub fn memory(config: &WorldConfig, threads: usize) -> Memory {
    let demand = Demand::of(config);
    let population = HostCounts::of(config);
    let mut memory = Memory::default();
    let idle = population.hosts * bytes_a_host(config, threads, &Demand::default(), &population);
    let busy = population.hosts * bytes_a_host(config, threads, &demand, &population);
    let hosts = idle
        + population.storers * WorldNetwork::<'_, ()>::BYTES_OF_METERS as f64
        + population.connected * WorldNetwork::<'_, ()>::BYTES_OF_CONNECTIONS as f64;
    memory.add(Need::Hosts, SPARE * hosts);
    memory.add(Need::Heard, SPARE * (busy - idle));
    memory.add(Need::UnderWay, WAITING * under_way(config, threads, &demand, &population));
    kept(config, &demand, &population, &mut memory);
    memory
}

struct HostCounts {
    hosts: f64,
    storers: f64,
    /// Hosts that have connections.
    connected: f64,
    /// Hosts that come and go.
    passing: f64,
}

impl HostCounts {
    fn of(config: &WorldConfig) -> HostCounts {
        let count = |wanted: &dyn Fn(&super::Group) -> bool| -> f64 {
            config.groups.iter().filter(|group| wanted(group)).map(|group| f64::from(group.hosts.count)).sum()
        };
        let calls = config.groups.iter().any(|group| group.hosts.transport.has_connections());
        HostCounts {
            hosts: count(&|_| true),
            storers: count(&|group| group.stores),
            // Any host can be called by one that has connections, and then has some itself.
            connected: if calls { count(&|_| true) } else { 0.0 },
            passing: count(&|group| group.hosts.presence != Presence::Always),
        }
    }
}

/// What each host takes while nothing happens.
fn bytes_a_host(config: &WorldConfig, threads: usize, demand: &Demand, population: &HostCounts) -> f64 {
    let setting = size_of::<u16>() + size_of::<Place>() + 2 * size_of::<HostId>() + size_of::<u8>();
    // One engine a thread and one for the source of workloads.
    let engines = if threads > 1 { threads + 1 } else { 1 };
    let own = WorldNetwork::<'_, ()>::BYTES_A_HOST
        + size_of::<HostState>()
        + Engine::<Event>::BYTES_A_HOST * engines;
    let Some(protocol) = &config.protocol else { return (own + setting) as f64 };
    let epochs: BTreeSet<_> = config.groups.iter().map(|group| group.hosts.joins).collect();
    let sorted = epochs.len() * (size_of::<Peer>() + size_of::<u64>());
    // Where the closest nodes are looked up nothing is told to everybody.
    let told = protocol.dissemination != Dissemination::Lookup;
    let broadcasts = if told { demand.all_broadcasts() as u64 } else { 0 };
    let node = protocol::bytes_behind_node(protocol, population.hosts as u32, broadcasts, demand.busiest)
        + protocol::bytes_a_peer(protocol);
    (own + setting + sorted) as f64 + node as f64
}

/// Memory of the events that wait at the busiest moment.
fn under_way(config: &WorldConfig, threads: usize, demand: &Demand, population: &HostCounts) -> f64 {
    let copies = config.protocol.as_ref().map_or(0.0, |protocol| f64::from(protocol.redundancy));
    let together = demand.all_broadcasts().min(1.0 + demand.busiest * UNDER_WAY);
    let messages = population.hosts * copies * together + demand.datagrams.min(population.hosts);
    let faults = 2.0 * config.faults.len() as f64;
    // At the start everybody joins, and learns who the members are.
    let first = population.hosts * (2.0 + faults);
    let waiting = first.max(messages + population.passing + population.hosts * faults);
    // With several threads what a window shows is kept twice: while the observer sees one, the next is filled.
    let seen =
        if threads > 1 { messages * 2.0 * size_of::<(Moment, Observation)>() as f64 / 4.0 } else { 0.0 };
    waiting * Queue::<Event>::BYTES_AN_EVENT as f64 + seen
}

/// What is never forgotten: series, and chunks with all who hold them.
fn kept(config: &WorldConfig, demand: &Demand, population: &HostCounts, memory: &mut Memory) {
    let Some(protocol) = &config.protocol else { return };
    let storers = population.storers;
    let replicas = match protocol.replicas {
        0 => storers,
        replicas => f64::from(replicas).min(storers),
    };
    let chunks_about_one = (demand.chunks * replicas / population.hosts).max(1.0);
    let holders = storers.min(replicas * chunks_about_one);
    // A recorder and each storer note what they said of a chunk; an asker and each holder, of a query.
    let of_records = demand.records + NOTED_ANNOUNCEMENTS * demand.chunks * (1.0 + 2.0 * storers);
    let of_queries = NOTED_ANSWERS * demand.queries * (1.0 + 2.0 * holders);
    let content = size_of::<Chunk>() + CHUNK_ENTRIES * (size_of::<Entry>() + 3 * size_of::<Peer>());
    // A holder finds a chunk by its name and by each of its subjects.
    let index = INDEX * (1.0 + CHUNK_ENTRIES as f64);
    // Every storer says YES to chunks of which few get it, and waits for a while.
    let waited = demand.chunks.min(demand.busiest * protocol.chunk_wait.as_seconds());
    let entry = size_of::<Entry>() as f64 * GROWTH;
    let chunks = demand.chunks * (content as f64 + replicas * index) + storers * waited * WAITED;
    memory.add(Need::Records, of_records * entry + chunks);
    memory.add(Need::Queries, of_queries * entry);
}
