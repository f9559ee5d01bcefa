//! Kademlia routing tables, and those of a network that has converged.

use std::hint::black_box;
use std::ops::Range;

use super::peer::{Id, Peer};
use super::peer_table::PeerTable;
use super::sample;

/// A Kademlia routing table (Maymounkov and Mazières, 2002): bucket i holds up to k peers that share exactly i
/// leading bits with the own id, first the one that was heard from longest ago. 4 B a contact and 2 B a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoutingTable {
    contacts: Box<[Peer]>,
    /// Where each bucket ends in `contacts`, up to the last one that has a contact.
    ends: Box<[u16]>,
}

impl RoutingTable {
    /// The contacts in bucket `index`; none beyond the last bucket.
    #[inline]
    pub fn bucket(&self, index: usize) -> &[Peer] {
        &self.contacts[self.span(index)]
    }

    /// Buckets up to the last one that has a contact.
    pub fn buckets(&self) -> usize {
        self.ends.len()
    }

    /// All contacts, by bucket.
    pub fn contacts(&self) -> &[Peer] {
        &self.contacts
    }

    /// Loads the contacts in the buckets from this one on.
    #[inline]
    pub(super) fn prefetch(&self, from: usize) {
        const A_LINE: usize = 64 / size_of::<Peer>();
        let first = if from == 0 {
            0
        } else {
            self.ends.get(from - 1).map_or(self.contacts.len(), |end| usize::from(*end))
        };
        black_box(self.contacts[first..].iter().step_by(A_LINE).fold(0, |sum, contact| sum ^ contact.0));
    }

    /// Marks a contact as heard from just now: the last of its bucket. Returns whether it is one.
    pub(super) fn note(&mut self, bucket: usize, peer: Peer) -> bool {
        let span = self.span(bucket);
        let contacts = &mut self.contacts[span];
        let Some(place) = contacts.iter().position(|contact| *contact == peer) else { return false };
        contacts[place..].rotate_left(1);
        true
    }

    /// Adds a contact, as the last of its bucket.
    pub(super) fn add(&mut self, bucket: usize, peer: Peer) {
        let mut ends = std::mem::take(&mut self.ends).into_vec();
        if bucket >= ends.len() {
            ends.resize(bucket + 1, self.contacts.len() as u16);
        }
        let mut contacts = std::mem::take(&mut self.contacts).into_vec();
        contacts.insert(usize::from(ends[bucket]), peer);
        ends[bucket..].iter_mut().for_each(|end| *end += 1);
        (self.contacts, self.ends) = (contacts.into(), ends.into());
    }

    /// Takes a contact out of its bucket. Returns whether it was there.
    pub(super) fn remove(&mut self, bucket: usize, peer: Peer) -> bool {
        let span = self.span(bucket);
        let Some(place) = self.contacts[span.clone()].iter().position(|contact| *contact == peer) else {
            return false;
        };
        let mut contacts = std::mem::take(&mut self.contacts).into_vec();
        contacts.remove(span.start + place);
        let mut ends = std::mem::take(&mut self.ends).into_vec();
        ends[bucket..].iter_mut().for_each(|end| *end -= 1);
        let before = |ends: &[u16]| ends.len().checked_sub(2).map_or(0, |before| ends[before]);
        while ends.last().is_some_and(|end| *end == before(&ends)) {
            ends.pop();
        }
        (self.contacts, self.ends) = (contacts.into(), ends.into());
        true
    }

    /// Where a bucket is in `contacts`.
    #[inline]
    fn span(&self, bucket: usize) -> Range<usize> {
        let Some(&end) = self.ends.get(bucket) else { return 0..0 };
        let start = if bucket == 0 { 0 } else { self.ends[bucket - 1] };
        start.into()..end.into()
    }

    /// Bytes of memory behind the table.
    pub fn heap_bytes(&self) -> usize {
        size_of_val(&*self.contacts) + size_of_val(&*self.ends)
    }
}

/// A network whose tables have converged: everybody knows up to k random members of every subtree next to its own.
pub struct Converged<'a> {
    peers: &'a PeerTable,
    sorted: Vec<Peer>,
    /// The first 64 bits of their ids: what most steps of a search look at.
    prefixes: Vec<u64>,
    /// Where those begin whose ids have these first bits, for all values of so many bits; and the end.
    starts: Vec<u32>,
    bits: u32,
}

impl<'a> Converged<'a> {
    /// The network of `members`, in any order.
    pub fn new(peers: &'a PeerTable, members: &[Peer]) -> Converged<'a> {
        let sorted = peers.sort(members);
        let prefixes: Vec<u64> = sorted.iter().map(|&peer| peers.id(peer).prefix()).collect();
        // As many values as members: beyond these bits few of them are left to search.
        let bits = sorted.len().checked_ilog2().unwrap_or(0);
        let mut starts = vec![0; (1 << bits) + 1];
        prefixes.iter().for_each(|prefix| starts[value(*prefix, bits) + 1] += 1);
        (1..starts.len()).for_each(|value| starts[value] += starts[value - 1]);
        Converged { peers, sorted, prefixes, starts, bits }
    }

    /// The table of `peer`, a member or not, with at most `k` contacts a bucket; at most one draw a contact.
    /// O(log² N + contacts).
    pub fn table(&self, peer: Peer, k: u8, mut draw: impl FnMut() -> u64) -> RoutingTable {
        let spans = self.subtrees(peer);
        let len = |span: &Range<usize>| span.len().min(usize::from(k));
        let buckets = spans.iter().rposition(|span| !span.is_empty()).map_or(0, |last| last + 1);
        // Of the size that they will have: what grows leaves gaps behind, with a million tables.
        let mut contacts = Vec::with_capacity(spans.iter().map(len).sum());
        let mut ends = Vec::with_capacity(buckets);
        for span in &spans[..buckets] {
            self.draw_from(span.clone(), k, &mut draw, &mut contacts);
            // 256 buckets of 255 contacts are fewer than 2^16.
            ends.push(contacts.len() as u16);
        }
        RoutingTable { contacts: contacts.into(), ends: ends.into() }
    }

    /// The subtrees next to that of `peer`, by depth, down to where it is alone.
    fn subtrees(&self, peer: Peer) -> Vec<Range<usize>> {
        let own = self.peers.id(peer);
        // Below the depth at which most are alone, few are left.
        let mut spans = Vec::with_capacity(self.bits as usize + 8);
        let mut near = 0..self.sorted.len();
        for depth in 0..Id::BITS {
            if near.is_empty() || (near.len() == 1 && self.sorted[near.start] == peer) {
                break;
            }
            let middle = self.first_one(&near, depth, own);
            let (zeros, ones) = (near.start..middle, middle..near.end);
            let (same, other) = if own.bit(depth) { (ones, zeros) } else { (zeros, ones) };
            spans.push(other);
            near = same;
        }
        spans
    }

    /// Where in `range`, whose ids share `depth` bits, those begin that have a one at `depth`.
    fn first_one(&self, range: &Range<usize>, depth: usize, own: &Id) -> usize {
        if depth < self.bits as usize {
            // The bits up to this depth, a one, and zeros.
            let first = (own.prefix() >> (63 - depth) | 1) << (63 - depth);
            return self.starts[value(first, self.bits)] as usize;
        }
        let ones = if depth < 64 {
            self.prefixes[range.clone()].partition_point(|prefix| prefix << depth >> 63 == 0)
        } else {
            self.sorted[range.clone()].partition_point(|&peer| !self.peers.id(peer).bit(depth))
        };
        range.start + ones
    }

    fn draw_from(&self, range: Range<usize>, k: u8, draw: impl FnMut() -> u64, contacts: &mut Vec<Peer>) {
        let first = contacts.len();
        sample::distinct(range.len(), usize::from(k), draw, |offset| {
            let peer = self.sorted[range.start + offset];
            let new = !contacts[first..].contains(&peer);
            if new {
                contacts.push(peer);
            }
            new
        });
    }
}

/// The first bits of a prefix, as a number.
fn value(prefix: u64, bits: u32) -> usize {
    prefix.checked_shr(u64::BITS - bits).unwrap_or(0) as usize
}

#[cfg(test)]
mod tests {
    use super::super::config::Signatures;
    use super::super::harness::next;
    use super::super::signature::KeyGenerator;
    use super::*;
    use proptest::prelude::*;

    fn simulated(seed: u8, count: u32) -> PeerTable {
        PeerTable::simulated(&KeyGenerator::new(Signatures::Modelled, [seed; 32]), count)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_bucket_holds_k_distinct_members_at_its_depth(seed: u8, count in 1_u32..200, k in 1_u8..20) {
            let peers = simulated(seed, count);
            let members: Vec<Peer> = (0..count).step_by(2).map(Peer).collect();
            let converged = Converged::new(&peers, &members);
            let mut state = u64::from(seed);
            for peer in (0..count).map(Peer) {
                let table = converged.table(peer, k, || next(&mut state));
                for index in 0..Id::BITS {
                    let there = members
                        .iter()
                        .filter(|&&member| peers.id(peer).shared_bits(peers.id(member)) == index)
                        .count();
                    let bucket = table.bucket(index);
                    prop_assert_eq!(bucket.len(), there.min(usize::from(k)));
                    let mut sorted = bucket.to_vec();
                    sorted.sort_unstable();
                    sorted.dedup();
                    prop_assert_eq!(sorted.len(), bucket.len());
                    for contact in bucket {
                        prop_assert!(members.contains(contact));
                        prop_assert_eq!(peers.id(peer).shared_bits(peers.id(*contact)), index);
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_table_holds_what_was_added_and_not_removed_in_the_order_in_which_it_was_heard_from(
            steps in prop::collection::vec((0..3_u8, 0..6_usize, 0..8_u32), 0..80),
        ) {
            let mut table = RoutingTable::default();
            let mut model = vec![Vec::new(); 6];
            for (step, bucket, peer) in steps {
                let peer = Peer(8 * bucket as u32 + peer);
                let place = model[bucket].iter().position(|other| *other == peer);
                match (step, place) {
                    (0, None) => {
                        table.add(bucket, peer);
                        model[bucket].push(peer);
                    }
                    (1, _) => {
                        prop_assert_eq!(table.remove(bucket, peer), place.is_some());
                        model[bucket].retain(|other| *other != peer);
                    }
                    _ => {
                        prop_assert_eq!(table.note(bucket, peer), place.is_some());
                        if let Some(place) = place {
                            model[bucket].remove(place);
                            model[bucket].push(peer);
                        }
                    }
                }
                for (number, bucket) in model.iter().enumerate() {
                    prop_assert_eq!(table.bucket(number), bucket.as_slice());
                }
                let filled = model.iter().rposition(|bucket| !bucket.is_empty()).map_or(0, |last| last + 1);
                prop_assert_eq!(table.buckets(), filled);
            }
        }
    }

    #[test]
    fn a_node_alone_has_an_empty_table() {
        let peers = simulated(1, 1);
        let table = Converged::new(&peers, &[Peer(0)]).table(Peer(0), 8, || 0);
        assert_eq!(table, RoutingTable::default());
        assert_eq!(Converged::new(&peers, &[]).table(Peer(0), 8, || 0).buckets(), 0);
    }

    #[test]
    fn a_table_costs_four_bytes_a_contact_and_two_a_bucket() {
        let peers = simulated(1, 10_000);
        let members: Vec<Peer> = (0..10_000).map(Peer).collect();
        let mut state = 1;
        let table = Converged::new(&peers, &members).table(Peer(0), 8, || next(&mut state));
        assert!((70..110).contains(&table.contacts().len()), "{}", table.contacts().len());
        assert_eq!(table.heap_bytes(), 4 * table.contacts().len() + 2 * table.buckets());
    }
}
