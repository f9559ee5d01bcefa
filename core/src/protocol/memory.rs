//! What nodes take in memory, before there are any.

use super::asker::Asker;
use super::config::{Config, Dissemination, Signatures};
use super::lookup::Lookups;
use super::peer::{Id, Peer};
use super::recorder::Recorder;
use super::routing_maintenance::RoutingMaintenance;
use super::seen_cache::SeenCache;
use super::signature::Ed25519;
use super::storer::Storer;

/// What the allocator adds to a piece of memory, about.
const ALLOCATION: u64 = 16;

/// Bytes behind a node in a converged network of so many members that has heard nothing: its routing table. Rather too much
/// than too little.
pub fn bytes_behind_node(config: &Config, members: u32) -> u64 {
    let k = u64::from(config.bucket_size);
    // Buckets that k members or more could be in are full; those beyond have about k members together.
    let full = (u64::from(members) / k.max(1)).checked_ilog2().map_or(0, |bits| u64::from(bits) + 1);
    let contacts = (k * (full + 1)).min(u64::from(members));
    let buckets = full + u64::from(k.max(1).ilog2()) + 4;
    let table = size_of::<Peer>() as u64 * contacts + size_of::<u16>() as u64 * buckets;
    // As many spares as contacts, in a vector a bucket.
    let maintenance = size_of::<RoutingMaintenance>() as u64
        + buckets * RoutingMaintenance::BYTES_A_BUCKET
        + size_of::<Peer>() as u64 * contacts;
    let maintenance = if config.learns() { maintenance } else { 0 };
    let looks_up = config.learns() || config.dissemination == Dissemination::Lookup;
    let lookups = if looks_up { size_of::<Lookups>() as u64 } else { 0 };
    table + maintenance + lookups + 4 * ALLOCATION
}

/// Bytes in which a node remembers broadcasts, of which it has heard so many from so many origins, and in the busiest second
/// so many.
pub fn bytes_of_broadcasts(config: &Config, broadcasts: u64, busiest: f64, origins: u32) -> u64 {
    let within = (2.0 * config.remember_for.as_seconds() * busiest) as u64;
    SeenCache::bytes(broadcasts, config.seen, within, origins)
}

/// Bytes of what is made for nodes that record, store, or ask, when they first do.
pub const BYTES_A_RECORDER: u64 = size_of::<Recorder>() as u64 + ALLOCATION;
/// As [`BYTES_A_RECORDER`], for a node that stores.
pub const BYTES_A_STORER: u64 = size_of::<Storer>() as u64 + ALLOCATION;
/// As [`BYTES_A_RECORDER`], for a node that asks.
pub const BYTES_AN_ASKER: u64 = size_of::<Asker>() as u64 + ALLOCATION;
/// Bytes of a chunk that its recorder looks for holders of.
pub const BYTES_A_PUSH: u64 = Recorder::BYTES_A_PUSH + ALLOCATION;

/// Bytes of a node's key, and of its place in the peer table of a simulated network.
pub fn bytes_a_peer(config: &Config) -> u64 {
    let key = match config.signatures {
        Signatures::Modelled => size_of::<usize>() + size_of::<usize>(),
        Signatures::Real => size_of::<Ed25519>(),
    };
    ALLOCATION + (key + size_of::<Id>() + size_of::<Peer>()) as u64
}

#[cfg(test)]
mod tests {
    use super::super::harness::next;
    use super::super::peer_table::PeerTable;
    use super::super::routing::Converged;
    use super::super::signature::KeyGenerator;
    use super::*;

    #[test]
    fn a_table_takes_as_much_as_was_said_and_not_half_of_it() {
        for (members, bucket_size) in [(2, 8), (100, 8), (3000, 8), (3000, 1), (3000, 20), (200, 255)] {
            let config = Config { bucket_size, ..Config::default() };
            let keys = KeyGenerator::new(Signatures::Modelled, [1; 32]);
            let table = PeerTable::simulated(&keys, members);
            let peers: Vec<Peer> = (0..members).map(Peer).collect();
            let converged = Converged::new(&table, &peers);
            let mut state = 1;
            let mut bytes =
                |peer| converged.table(peer, bucket_size, || next(&mut state)).heap_bytes() as u64;
            let mean = peers.iter().map(|peer| bytes(*peer)).sum::<u64>() / u64::from(members);
            let said = bytes_behind_node(&config, members) - 4 * ALLOCATION;
            assert!(mean <= said, "{members} × {bucket_size}: {mean} B, not {said} B");
            assert!(said <= 2 * mean + 40, "{members} × {bucket_size}: {mean} B, not {said} B");
        }
    }
}
