//! Broadcasts by gossip: to a few contacts at random.

use super::dissemination::Spread;
use super::peer::Peer;
use super::routing::RoutingTable;

/// Draws of one contact before the first one left is taken: what is likely is found long before.
const PATIENCE: u32 = 64;

/// Sends to `fanout` different contacts drawn nearly uniformly from the network (all, when there are no more), to
/// nobody in `skip`.
///
/// Bucket i knows random members of a subtree with 2^-(i+1) of all nodes. So a bucket is drawn with that weight, the last
/// one with what is left, and then one of its contacts.
pub(super) fn infect(table: &RoutingTable, fanout: u8, skip: [Peer; 2], spread: &mut impl Spread) {
    let mut left: Vec<Peer> = table.contacts().iter().copied().filter(|peer| !skip.contains(peer)).collect();
    if left.len() <= usize::from(fanout) {
        return left.into_iter().for_each(|peer| spread.send(peer, 0));
    }
    for _ in 0..fanout {
        let mut one = || {
            let bits = spread.draw();
            let last = table.buckets() - 1;
            let bucket = table.bucket((bits.leading_zeros() as usize).min(last));
            let place = (bits & 0xFFFF_FFFF) as usize % bucket.len().max(1);
            bucket.get(place).and_then(|peer| left.iter().position(|other| other == peer))
        };
        let place = (0..PATIENCE).find_map(|_| one()).unwrap_or(0);
        spread.send(left.remove(place), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{Config, Dissemination};
    use super::super::harness::Net;
    use super::super::observation::Observation;
    use super::*;

    /// Share of the network that each of some broadcasts reaches, origin included.
    fn coverage(nodes: u32, fanout: u8, broadcasts: u32) -> Vec<f64> {
        let config = Config { dissemination: Dissemination::Gossip, fanout, ..Config::default() };
        let mut net = Net::new(nodes, 7, config, |_| false);
        let shares = (0..broadcasts).map(|number| {
            net.seen.clear();
            net.broadcast(Peer(number * (nodes / broadcasts)), 10);
            net.run();
            let heard = net.count(|seen| matches!(seen, Observation::BroadcastHeard { .. }));
            (heard + 1) as f64 / f64::from(nodes)
        });
        shares.collect()
    }

    /// The root of s = 1 − e^(−f·s) above zero: the final size of an epidemic (Kermack and McKendrick 1927).
    fn final_size(fanout: f64) -> f64 {
        (0..200).fold(1.0, |size, _| 1.0 - libm::exp(-fanout * size))
    }

    #[test]
    fn a_broadcast_that_takes_off_reaches_what_the_epidemic_formula_says() {
        for (fanout, figure) in [(2, 0.797), (3, 0.940), (4, 0.980)] {
            let shares: Vec<f64> =
                coverage(10_000, fanout, 12).into_iter().filter(|share| *share > 0.05).collect();
            let mean = shares.iter().sum::<f64>() / shares.len() as f64;
            assert!((final_size(f64::from(fanout)) - figure).abs() < 5e-4);
            assert!(
                shares.len() >= 6 && (mean - figure).abs() < 0.005,
                "{fanout}: {mean} of {}",
                shares.len()
            );
        }
    }

    #[test]
    fn who_knows_few_tells_all_of_them() {
        assert_eq!(coverage(3, 5, 1), [1.0]);
    }
}
