//! Messages between nodes whose peer tables have nothing in common at first.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::*;
use super::wire::{any_message, network, peer};

/// Bytes that a node of the network would send.
fn encoded(message: &Message, peers: &PeerTable) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(peers, &mut bytes);
    bytes
}

fn growing() -> PeerTable {
    PeerTable::growing(1000)
}

/// Addresses at which a host can listen.
fn address() -> impl Strategy<Value = SocketAddr> {
    let v4 = any::<[u8; 3]>().prop_map(|[a, b, c]| Ipv4Addr::new(192, a, b, c).into());
    let v6 =
        any::<[u16; 7]>().prop_map(|[a, b, c, d, e, f, g]| Ipv6Addr::new(0x2001, a, b, c, d, e, f, g).into());
    (prop_oneof![v4, v6], 1..=u16::MAX).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}

/// Contacts with different ids.
fn contacts() -> impl Strategy<Value = Vec<Contact>> {
    vec((any::<[u8; 31]>(), address()), 0..20).prop_map(|all| {
        let contact = |(number, (id, address)): (usize, ([u8; 31], SocketAddr))| {
            let mut bytes = [number as u8; 32];
            bytes[1..].copy_from_slice(&id);
            Contact { id: Id(bytes), address }
        };
        all.into_iter().enumerate().map(contact).collect()
    })
}

proptest! {
    #[test]
    fn a_message_between_strangers_says_the_same_in_both_tables(message in any_message()) {
        let bytes = encoded(&message, &network().peers);
        let peers = growing();
        let read = Message::decode(&bytes, &peers).expect("strangers are interned");
        prop_assert_eq!(read.encoded_len() as usize, bytes.len());
        prop_assert_eq!(encoded(&read, &peers), bytes);
    }

    #[test]
    fn addresses_travel_with_their_peers(contacts in contacts(), question: u32) {
        let (here, there) = (growing(), growing());
        let nodes: Box<[Peer]> = contacts.iter().map(|&contact| here.meet(contact).expect("room")).collect();
        let message = Message::Nodes(Arc::new(Nodes::new(question, nodes, &here)));
        let bytes = encoded(&message, &here);
        prop_assert_eq!(bytes.len(), message.encoded_len() as usize);
        let Ok(Message::Nodes(read)) = Message::decode(&bytes, &there) else { panic!("it can be read") };
        let read: Vec<(Id, Option<SocketAddr>)> =
            read.peers().iter().map(|&peer| (*there.id(peer), there.address(peer))).collect();
        let sent: Vec<(Id, Option<SocketAddr>)> =
            contacts.iter().map(|contact| (contact.id, Some(contact.address))).collect();
        prop_assert_eq!(read, sent);
    }

    #[test]
    fn a_contact_takes_38_bytes_unless_somebody_listens_at_an_ipv6_address(contacts in contacts()) {
        let peers = growing();
        let nodes: Box<[Peer]> = contacts.iter().map(|&contact| peers.meet(contact).expect("room")).collect();
        let message = Message::Nodes(Arc::new(Nodes::new(0, nodes, &peers)));
        let wide = contacts.iter().any(|contact| contact.address.is_ipv6());
        prop_assert_eq!(message.encoded_len() as usize, 4 + contacts.len() * if wide { 50 } else { 38 });
    }

    #[test]
    fn garbage_leaves_no_trace(
        message in any_message(), at: prop::sample::Index, value: u8, cut: prop::sample::Index,
    ) {
        let mut bytes = encoded(&message, &network().peers);
        let place = at.index(bytes.len());
        bytes[place] = value;
        let cut = cut.index(bytes.len() + 1);
        for bytes in [&bytes[..], &bytes[..cut]] {
            let peers = growing();
            if Message::decode(bytes, &peers).is_err() {
                prop_assert!(peers.is_empty());
            }
        }
    }

    #[test]
    fn a_table_never_outgrows_its_capacity(messages in vec(any_message(), 1..10), capacity in 0..30_u32) {
        let peers = PeerTable::growing(capacity);
        for message in messages {
            let bytes = encoded(&message, &network().peers);
            match Message::decode(&bytes, &peers) {
                Ok(read) => prop_assert_eq!(encoded(&read, &peers), bytes),
                Err(error) => prop_assert_eq!(error, DecodeError::TableFull),
            }
            prop_assert!(peers.len() <= capacity as usize);
        }
    }

    #[test]
    fn a_signature_is_checked_by_who_has_never_heard_of_the_recorder(recorder in peer(), subject in peer()) {
        let config = Config { signatures: Signatures::Real, ..Config::default() };
        let network = Shared::generate(config.clone(), [1; 32], 20);
        let chunk = super::super::harness::chunk(&network, recorder, 10, &[(subject, 2, 1)]);
        let bytes = encoded(&Message::Chunk(chunk), &network.peers);
        let stranger = Shared::new(config, growing(), Box::new(Ed25519Verifier), Box::default());
        let Ok(Message::Chunk(read)) = Message::decode(&bytes, &stranger.peers) else { panic!("it can be read") };
        prop_assert!(read.verify(&stranger));
        let mut forged = bytes;
        *forged.last_mut().expect("it is not empty") ^= 1;
        let Ok(Message::Chunk(read)) = Message::decode(&forged, &stranger.peers) else { panic!("it can be read") };
        prop_assert!(!read.verify(&stranger));
    }
}

/// A machine with nothing to do.
struct Idle;

impl Env for Idle {
    fn random(&mut self) -> u64 {
        7
    }

    fn uplink_used(&self) -> f64 {
        0.0
    }

    fn network_load(&self) -> f64 {
        0.0
    }
}

/// A storage node with a table of its own, and a stranger that its transport vouches for.
fn alone(capacity: u32) -> (Node, Arc<Shared>, Peer) {
    let config = Config { start: Start::Cold, signatures: Signatures::Real, ..Config::default() };
    let signer = Ed25519::new([1; 32]);
    let peers = PeerTable::growing(capacity);
    let met = |id, port| peers.meet(Contact { id, address: ([127, 0, 0, 1], port).into() }).expect("room");
    let own = met(Id::of(&signer.public_key()), 1);
    let stranger = met(Id([9; 32]), 2);
    let shared = Arc::new(Shared::new(config, peers, Box::new(Ed25519Verifier), Box::default()));
    let node = Node::new(own, Box::new(signer), true, Arc::clone(&shared), RoutingTable::default());
    (node, shared, stranger)
}

fn answers(node: &mut Node, from: Peer, bytes: &[u8]) -> Vec<Output> {
    let mut out = Vec::new();
    node.handle(crate::units::Time::ZERO, Input::Bytes { from, bytes: bytes.into() }, &mut Idle, &mut out);
    out
}

proptest! {
    #[test]
    fn a_node_with_a_small_table_takes_whatever_strangers_name(
        messages in vec((any_message(), any::<prop::sample::Index>(), any::<u8>()), 1..30), capacity in 4..60_u32,
    ) {
        let (mut node, shared, stranger) = alone(capacity);
        for (message, at, value) in messages {
            let mut bytes = encoded(&message, &network().peers);
            answers(&mut node, stranger, &bytes);
            let place = at.index(bytes.len());
            bytes[place] = value;
            for output in answers(&mut node, stranger, &bytes) {
                if let Output::Send { message, .. } = output {
                    prop_assert_eq!(encoded(&message, &shared.peers).len(), message.encoded_len() as usize);
                }
            }
        }
        prop_assert!(shared.peers.len() <= capacity as usize);
        prop_assert!(node.series().verify(&shared.peers));
    }
}

#[test]
fn a_node_whose_table_is_full_of_made_up_names_still_serves_the_peers_that_it_knows() {
    let (mut node, shared, stranger) = alone(100);
    let mut refused = 0;
    for number in 0..200_u8 {
        let mut forged = vec![VERSION, 1, 255, 0];
        forged.extend([number; 32]);
        forged.push(0);
        forged.extend([number; 32]);
        let full = Observation::Rejected { from: stranger, reason: Rejection::TableFull };
        refused += u32::from(answers(&mut node, stranger, &forged).contains(&Output::Observe(full)));
    }
    assert_eq!(shared.peers.len(), 75);
    assert_eq!(refused, 126, "two peers were met before, and one of the names is the stranger's");
    let newcomer = Contact { id: Id([250; 32]), address: ([127, 0, 0, 1], 3).into() };
    let newcomer = shared.peers.meet(newcomer).expect("a quarter is kept for those who are really there");
    let pongs =
        answers(&mut node, newcomer, &encoded(&Message::Ping { question: 5, serves: true }, &shared.peers));
    let pong = Output::Send { to: newcomer, message: Message::Pong { question: 5 } };
    assert!(pongs.contains(&pong), "{pongs:?}");
}

#[test]
fn an_address_that_is_not_known_is_all_zeros() {
    let peers = growing();
    let nameless = peers.intern(&Id([7; 32])).expect("there is room");
    let message = Message::Nodes(Arc::new(Nodes::new(0, [nameless].into(), &peers)));
    let bytes = encoded(&message, &peers);
    assert_eq!(bytes[bytes.len() - 6..], [0; 6]);
    let other = growing();
    Message::decode(&bytes, &other).expect("it can be read");
    assert_eq!(other.find(&Id([7; 32])).map(|peer| other.address(peer)), Some(None));
}
