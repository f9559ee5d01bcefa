//! Broadcasts down a tree: each contact is delegated the part of the key space behind it.

use super::peer::Peer;
use super::routing::RoutingTable;
use super::sample;

/// What it takes to spread a broadcast from a node.
pub(super) trait Spread {
    /// 64 random bits.
    fn draw(&mut self) -> u64;

    /// Sends a copy, with the depth that its receiver becomes responsible for.
    fn send(&mut self, to: Peer, depth: u8);
}

/// Kademlia bucket delegation: hands each bucket from this one on, as far as it has contacts, to `redundancy` of them drawn
/// at random (all, when there are no more), and sends each the depth that it becomes responsible for.
///
/// The subtree of bucket i is that of all nodes which share exactly i leading bits with this one; for each of its
/// members these are the buckets from i + 1 on, and itself. So with one contact a bucket, complete tables and no loss,
/// everybody is told exactly once. Nobody in `skip` is sent anything.
#[inline(always)]
pub(super) fn delegate(
    table: &RoutingTable,
    from: usize,
    redundancy: u8,
    skip: [Peer; 2],
    spread: &mut impl Spread,
) {
    for index in from..table.buckets() {
        let bucket = table.bucket(index);
        // Bucket 255 can have one member at most, whose further buckets are all empty.
        let depth = u8::try_from(index + 1).unwrap_or(u8::MAX);
        if redundancy != 1 {
            tell_several(bucket, usize::from(redundancy), depth, skip, spread);
        } else if let Some(place) = sample::one(bucket.len(), || spread.draw()) {
            if !skip.contains(&bucket[place]) {
                spread.send(bucket[place], depth);
            }
        }
    }
}

/// Hands a bucket to several of its contacts.
#[inline(never)]
fn tell_several(bucket: &[Peer], count: usize, depth: u8, skip: [Peer; 2], spread: &mut impl Spread) {
    let mut chosen: Vec<usize> = Vec::with_capacity(count.min(bucket.len()));
    sample::distinct(
        bucket.len(),
        count,
        || spread.draw(),
        |place| {
            let new = !chosen.contains(&place);
            chosen.extend(new.then_some(place));
            new
        },
    );
    for peer in chosen.into_iter().map(|place| bucket[place]).filter(|peer| !skip.contains(peer)) {
        spread.send(peer, depth);
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{Net, broadcast_config};
    use super::super::observation::Observation;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// A broadcast in a still network: copies sent, and who heard it, each as often as it did.
    fn shout(count: u32, k: u8, redundancy: u8, origin: u32, seed: u64) -> (usize, Vec<Peer>) {
        let mut net = Net::new(count, seed, broadcast_config(k, redundancy), |_| false);
        net.broadcast(Peer(origin), 100);
        net.run();
        let heard = net.seen.iter().filter_map(|(peer, observation)| match observation {
            Observation::BroadcastHeard { .. } => Some(*peer),
            _ => None,
        });
        (net.sent, heard.collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn with_one_contact_a_bucket_everybody_is_told_exactly_once(
            count in 1_u32..300, k in 1_u8..12, origin: u32, seed: u64,
        ) {
            let origin = origin % count;
            let (sent, heard) = shout(count, k, 1, origin, seed);
            prop_assert_eq!(sent as u32, count - 1);
            let others: BTreeSet<Peer> = (0..count).map(Peer).filter(|&peer| peer != Peer(origin)).collect();
            prop_assert_eq!(heard.len(), others.len());
            prop_assert_eq!(heard.into_iter().collect::<BTreeSet<_>>(), others);
        }

        #[test]
        fn with_more_contacts_everybody_acts_once_and_hears_more_copies(
            count in 3_u32..200, redundancy in 2_u8..5, seed: u64,
        ) {
            let (sent, heard) = shout(count, 8, redundancy, 0, seed);
            let distinct: BTreeSet<Peer> = heard.iter().copied().collect();
            prop_assert_eq!(heard.len(), distinct.len());
            prop_assert!(sent >= heard.len());
            // Each node covers each bucket at most once, and most buckets are deep and thin.
            prop_assert!(sent as u32 <= u32::from(redundancy) * (count.ilog2() + 4) * count);
        }
    }

    #[test]
    fn the_smallest_networks_work() {
        assert_eq!(shout(1, 1, 1, 0, 1), (0, vec![]));
        assert_eq!(shout(2, 1, 1, 0, 1), (1, vec![Peer(1)]));
        for seed in 0..20 {
            let (sent, heard) = shout(3, 1, 1, 1, seed);
            assert_eq!((sent, heard.len()), (2, 2));
        }
    }

    #[test]
    fn redundancy_carries_a_broadcast_past_absent_nodes() {
        let reached = |redundancy| {
            let mut net = Net::new(300, 5, broadcast_config(8, redundancy), |_| false);
            net.absent = (1..300).filter(|number| number % 7 == 0).map(Peer).collect();
            net.broadcast(Peer(0), 100);
            net.run();
            let heard = |observation: &Observation| matches!(observation, Observation::BroadcastHeard { .. });
            net.seen.iter().filter(|(_, observation)| heard(observation)).count()
        };
        let (once, thrice) = (reached(1), reached(3));
        assert!(once < 230, "{once}");
        assert!(thrice > 245, "{thrice}");
    }
}
