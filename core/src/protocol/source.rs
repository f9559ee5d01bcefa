//! Whom a node takes for one, when others answer it, keep its chunks, or have recorded something.
//!
//! Who owns an identity nobody can tell; at which address it is, whoever gets a message from it can. An owner has as many
//! identities as it likes, and of addresses those that it pays for.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use super::Shared;
use super::config::Sources;
use super::peer::Peer;
use super::peer_table::PeerTable;

/// One that is counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// Whoever is at this address.
    At(IpAddr),
    /// An identity whose address nobody vouches for.
    Named(Peer),
}

impl Source {
    /// The source that an identity is, where addresses count.
    ///
    /// Only addresses that the transport vouches for: else somebody could say of an honest node that it is where others are.
    pub(super) fn by_address(peer: Peer, peers: &PeerTable) -> Source {
        peers.vouched_ip(peer).map_or(Source::Named(peer), |ip| Source::At(site(ip)))
    }
}

/// Whether two identities are one source.
pub(super) fn is_same(one: Peer, other: Peer, shared: &Shared) -> bool {
    let at_one = || {
        let of = |peer| Source::by_address(peer, &shared.peers);
        of(one) == of(other)
    };
    one == other || shared.config.sources == Sources::Addresses && at_one()
}

/// How many sources these identities are, each of which is named once.
pub(super) fn count(identities: impl ExactSizeIterator<Item = Peer>, shared: &Shared) -> usize {
    match shared.config.sources {
        Sources::Identities => identities.len(),
        Sources::Addresses => {
            identities.map(|peer| Source::by_address(peer, &shared.peers)).collect::<BTreeSet<_>>().len()
        }
    }
}

/// What is given to one subscriber: an address of IPv4, or 64 bits of IPv6 (RFC 6177), below which a host takes as many as it likes.
fn site(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::super::contact::Contact;
    use super::super::harness::shared;
    use super::super::peer::Id;
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_source_and_hearsay_makes_none() {
        let table = PeerTable::growing(20);
        let meet = |number: u8, address: &str| {
            let address: SocketAddr = address.parse().expect("an address");
            table.meet(Contact { id: Id([number; 32]), address }).expect("there is room")
        };
        let source = |peer| Source::by_address(peer, &table);
        let (one, two) = (meet(1, "192.0.2.1:1"), meet(2, "192.0.2.1:2"));
        assert_eq!(source(one), source(two));
        assert_ne!(source(one), source(meet(3, "192.0.2.2:1")));
        let (six, seven) = (meet(4, "[2001:db8::1]:1"), meet(5, "[2001:db8::2:0:0:1]:1"));
        assert_eq!(source(six), source(seven));
        assert_ne!(source(six), source(meet(6, "[2001:db8:0:1::1]:1")));
        let heard = table.intern(&Id([7; 32])).expect("there is room");
        table.hear_address(heard, "192.0.2.1:3".parse().expect("an address"));
        assert_eq!(source(heard), Source::Named(heard));
    }

    #[test]
    fn identities_are_counted_by_themselves_unless_addresses_count() {
        let mut shared = shared(6);
        // 4 and 5 are further identities of 1 and 2.
        shared.peers = shared.peers.with_further_identities(vec![Peer(1), Peer(2)]);
        let all = || (0..6).map(Peer).collect::<Vec<_>>().into_iter();
        assert_eq!((count(all(), &shared), is_same(Peer(1), Peer(4), &shared)), (6, false));
        shared.config.sources = Sources::Addresses;
        assert_eq!((count(all(), &shared), is_same(Peer(1), Peer(4), &shared)), (4, true));
        assert!(!is_same(Peer(4), Peer(5), &shared) && is_same(Peer(3), Peer(3), &shared));
    }
}
