//! An estimate of the memory that observing a run takes.

use super::Cell;
use super::broadcasts::Broadcasts;
use super::host_set::HostSet;
use super::queries::QueryRecord;
use super::routing::Routing;
use super::storage::Storage;
use super::tally::Tally;
use super::traffic::Traffic;
use crate::baseline::Waited;
use crate::protocol::Found;
use crate::units::{HostId, Time};
use crate::world::{self, Demand, Group, Memory, Need, Reach, WorldConfig};

/// Cells that a row of a query takes in the tables about queries, and a row of a broadcast. These are smaller than the
/// tables' widths: measured at eighteen of the scenarios that come with the program.
const CELLS_OF_QUERY: usize = 10;
const CELLS_OF_BROADCAST: usize = 3;
/// The widths of the tables of lookups and of operations.
const CELLS_OF_LOOKUP: usize = 6;
const CELLS_OF_OPERATION: usize = 4;
/// Bytes of a chunk's state, and of its name among all.
const CHUNK: f64 = 100.0;

/// An estimate of the peak memory of a collector, with the tallies of `threads` threads, before it makes its tables.
pub fn memory(config: &WorldConfig, threads: usize) -> Memory {
    let demand = Demand::of(config);
    let hosts: f64 = config.groups.iter().map(|group| f64::from(group.hosts.count)).sum();
    let of_peers = |group: &Group| f64::from(group.hosts.count) * f64::from(group.identities());
    let peers: f64 = config.groups.iter().map(of_peers).sum();
    // In the collector's own tally, each thread's, and an empty one.
    let tallies = (threads + 3) * Tally::BYTES_A_HOST;
    let truth = size_of::<(u32, u32)>();
    let a_host = Storage::BYTES_A_HOST + Routing::BYTES_A_HOST + tallies;
    let a_peer = Broadcasts::BYTES_A_PEER + Storage::BYTES_A_PEER + 2 * truth;
    let unreached = if config.baseline.is_some() { 0.0 } else { unreached(hosts, &Reach::of(config)) };
    let mut memory = Memory::default();
    memory.add(Need::Hosts, hosts * a_host as f64 + peers * a_peer as f64);
    let broadcast = Broadcasts::BYTES_A_BROADCAST as f64 + unreached;
    memory.add(Need::Queries, demand.queries * (size_of::<QueryRecord>() as f64 + broadcast));
    memory.add(Need::Records, demand.chunks * (CHUNK + broadcast));
    memory.add(Need::Broadcasts, demand.broadcasts * broadcast);
    memory.add(Need::Datagrams, demand.datagrams * Traffic::BYTES_A_DATAGRAM as f64);
    memory.add(Need::Lookups, world::lookups(config) * size_of::<(Time, Found)>() as f64);
    if config.baseline.is_some() {
        // When each operation began and how it ended, and its wait among all, in order.
        let operations = demand.records + demand.queries;
        memory.add(Need::Records, operations * (size_of::<(Time, Waited)>() + size_of::<f64>()) as f64);
    }
    memory
}

/// Bytes of whom a broadcast has not reached: a bit for each host, or a list of them once these are few.
fn unreached(hosts: f64, reach: &Reach) -> f64 {
    let missed = hosts * (1.0 - reach.coverage) * reach.online / reach.members;
    let listed = missed * size_of::<HostId>() as f64;
    if 2.0 * listed <= hosts * HostSet::BYTES_A_HOST { listed } else { hosts * HostSet::BYTES_A_HOST }
}

/// An estimate of the memory of the tables that are made of a run when its world is gone.
pub fn table_memory(config: &WorldConfig) -> Memory {
    let demand = Demand::of(config);
    let row = |cells: usize| (cells * size_of::<Cell>()) as f64;
    let (query, broadcast) = (row(CELLS_OF_QUERY), row(CELLS_OF_BROADCAST));
    let mut memory = Memory::default();
    memory.add(Need::Queries, demand.queries * (query + broadcast));
    memory.add(Need::Records, demand.chunks * broadcast);
    memory.add(Need::Broadcasts, demand.broadcasts * broadcast);
    memory.add(Need::Datagrams, demand.datagrams * (Traffic::BYTES_A_DATAGRAM / 2) as f64);
    memory.add(Need::Lookups, world::lookups(config) * row(CELLS_OF_LOOKUP));
    if config.baseline.is_some() {
        memory.add(Need::Records, (demand.records + demand.queries) * row(CELLS_OF_OPERATION));
    }
    memory
}
