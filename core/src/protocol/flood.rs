//! Broadcasts by flooding: to every contact.

use super::peer::Peer;
use super::routing::RoutingTable;

/// Sends to every contact, but to nobody in `skip`.
pub(super) fn tell_all(table: &RoutingTable, skip: [Peer; 2], send: impl FnMut(Peer)) {
    table.contacts().iter().copied().filter(|peer| !skip.contains(peer)).for_each(send);
}

#[cfg(test)]
mod tests {
    use super::super::config::{Config, Dissemination};
    use super::super::harness::Net;
    use super::super::observation::Observation;
    use super::*;

    #[test]
    fn everybody_hears_once_and_each_contact_is_told_by_all_who_know_it() {
        let config = Config { dissemination: Dissemination::Flood, ..Config::default() };
        let mut net = Net::new(300, 3, config, |_| false);
        net.broadcast(Peer(5), 10);
        net.run();
        assert_eq!(net.count(|seen| matches!(seen, Observation::BroadcastHeard { .. })), 299);
        let contacts: usize = net.nodes.iter().map(|node| node.table().contacts().len()).sum();
        // Nobody sends it back to whom it has it from, or to the origin.
        assert!(net.sent < contacts && net.sent > contacts - 2 * 300, "{} of {contacts}", net.sent);
    }
}
