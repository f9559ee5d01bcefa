//! An estimate of the memory that observing a run takes.

use super::Cell;
use super::broadcasts::Broadcasts;
use super::host_set::HostSet;
use super::queries::QueryRecord;
use super::routing::Routing;
use super::storage::Storage;
use super::tally::Tally;
use super::traffic::Traffic;
use crate::network::Presence;
use crate::protocol::{Config, Dissemination};
use crate::units::Share;
use crate::world::{Demand, Group, Memory, Need, WorldConfig};

/// Cells that a row of a query takes in the tables about queries, and a row of a broadcast. These are smaller than the
/// tables' widths: measured at eighteen of the scenarios that come with the program.
const CELLS_OF_QUERY: usize = 10;
const CELLS_OF_BROADCAST: usize = 3;
/// Bytes of a chunk's state, and of its name among all.
const CHUNK: f64 = 100.0;

/// An estimate of the peak memory of a collector, with the tallies of `threads` threads, before it makes its tables.
pub fn memory(config: &WorldConfig, threads: usize) -> Memory {
    let demand = Demand::of(config);
    let hosts: f64 = config.groups.iter().map(|group| f64::from(group.hosts.count)).sum();
    // In the collector's own tally, each thread's, and an empty one.
    let tallies = (threads + 3) * Tally::BYTES_A_HOST;
    let truth = size_of::<(u32, u32)>();
    let a_host =
        Broadcasts::BYTES_A_HOST + Storage::BYTES_A_HOST + Routing::BYTES_A_HOST + 2 * truth + tallies;
    let unreached = if stays_incomplete(config) { hosts * HostSet::BYTES_A_HOST } else { 0.0 };
    let mut memory = Memory::default();
    memory.add(Need::Hosts, hosts * a_host as f64);
    let broadcast = Broadcasts::BYTES_A_BROADCAST as f64 + unreached;
    memory.add(Need::Queries, demand.queries * (size_of::<QueryRecord>() as f64 + broadcast));
    memory.add(Need::Records, demand.chunks * (CHUNK + broadcast));
    memory.add(Need::Broadcasts, demand.broadcasts * broadcast);
    memory.add(Need::Datagrams, demand.datagrams * Traffic::BYTES_A_DATAGRAM as f64);
    memory
}

/// Whether many broadcasts end before they have reached everybody; of those it is kept whom they have not.
fn stays_incomplete(config: &WorldConfig) -> bool {
    let comes_and_goes = |group: &Group| group.hosts.presence != Presence::Always;
    let to_some =
        |protocol: &Config| matches!(protocol.dissemination, Dissemination::Gossip | Dissemination::Lookup);
    config.network.loss > Share::ZERO
        || !config.faults.is_empty()
        || config.groups.iter().any(comes_and_goes)
        || config.protocol.as_ref().is_some_and(to_some)
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
    memory
}
