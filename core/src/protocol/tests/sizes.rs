//! How much memory nodes and messages take.

use std::sync::Arc;

use super::super::harness::next;
use super::super::*;

#[test]
fn an_idle_node_and_its_table_fit_into_two_kib() {
    // 145 contacts and 24 buckets: a million nodes with k = 8.
    let table = 145 * size_of::<Peer>() + 24 * size_of::<u16>();
    assert!(size_of::<Node>() <= 320, "{}", size_of::<Node>());
    assert!(size_of::<Node>() + table <= 1024);
}

#[test]
fn what_goes_out_is_small() {
    assert!(size_of::<Output>() <= 32, "{}", size_of::<Output>());
    assert!(size_of::<Input>() <= 40, "{}", size_of::<Input>());
    assert!(size_of::<Observation>() <= 24, "{}", size_of::<Observation>());
}

#[test]
fn a_table_of_a_large_network_is_as_large_as_expected() {
    let count = 100_000;
    let shared = Arc::new(Shared::generate(Config::default(), [4; 32], count));
    let members: Vec<Peer> = (0..count).map(Peer).collect();
    let converged = Converged::new(&shared.peers, &members);
    let mut state = 1;
    let table = converged.table(Peer(77), 8, || next(&mut state));
    // log2(100,000 / 8) full buckets of 8, and a few more.
    assert!((100..135).contains(&table.contacts().len()), "{}", table.contacts().len());
    assert!(table.heap_bytes() < 600);
}
