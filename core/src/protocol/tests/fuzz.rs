//! Bytes that nobody meant, and what nodes of each role make of them.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::harness::{Net, chunk};
use super::super::*;
use crate::units::{ByteSize, Duration};

const STORER: Peer = Peer(0);
const RECORDER: Peer = Peer(3);
const ASKER: Peer = Peer(4);
const BYSTANDER: Peer = Peer(5);
const STRANGER: Peer = Peer(6);

/// A storer that holds something, a recorder whose chunks look for holders, and an asker that waits for answers.
fn busy(proofs: bool, dissemination: Dissemination) -> Net {
    let second = Some(Duration::from_secs(1));
    let store = StoreConfig {
        capacity: Some(ByteSize::from_bytes(2000)),
        when_full: WhenFull::LeastRecentlyAsked,
        ..Config::default().store
    };
    let config = Config {
        proofs,
        dissemination,
        store,
        repair_every: Some(Duration::from_secs(5)),
        repush_after: second,
        flush_after: second,
        ..Config::default()
    };
    let mut net = Net::new(8, 5, config, |peer| peer == STORER);
    for _ in 0..12 {
        net.record(RECORDER, EventKind::DisputeResolved, ASKER);
    }
    net.run_until(crate::units::Time::ZERO + Duration::from_secs(2));
    net.give(ASKER, Input::Command(Command::Query { target: ASKER }));
    net.give(ASKER, Input::Command(Command::Query { target: RECORDER }));
    net
}

/// One of each kind of message, as these nodes could get it.
fn genuine(net: &Net) -> Vec<Message> {
    let known = net.node(STORER).store().and_then(|store| store.iter().next().cloned());
    let known = known.expect("the storer keeps a chunk");
    let new = chunk(&net.shared, STRANGER, 10, &[(ASKER, 3, 2), (RECORDER, 0, 1)]);
    let series = Series::new(STRANGER);
    let proof = Proof::of(&new, &series, 0, series.head(&net.shared.peers));
    let body = |content| {
        let id = BroadcastId { origin: STRANGER, sequence: 9 };
        Message::Broadcast(Broadcast { depth: 0, hops: 1, body: Arc::new(Body::new(id, content)) })
    };
    let query = QueryId { asker: ASKER, sequence: 0 };
    let id = known.id();
    vec![
        body(Content::StoreIntent(StoreIntent::of(&new))),
        body(Content::Query { target: ASKER }),
        body(Content::Opaque { size: 3 }),
        Message::Yes(Arc::new(Answer::new(query, vec![known, Arc::clone(&new)]))),
        Message::Proven(Arc::new(Proven::new(Arc::clone(&new), proof, &net.shared.peers))),
        Message::Chunk(new),
        Message::No { query, held: 1 },
        Message::StoreAnswer { chunk: id, refused: None },
        Message::Holds { chunk: id },
        Message::Held { chunk: id, yes: true },
        Message::Find(Arc::new(Find { question: 0, target: *net.shared.peers.id(ASKER), serves: true })),
        Message::Claim(Arc::new(Claim {
            number: 0,
            at: net.now,
            subject: ASKER,
            reference: 1,
            outcome: Some((EventKind::DisputeResolved, 3)),
        })),
        Message::Receipt(Arc::new(Countersigned { number: 0, signature: Some(Signature([3; 64])) })),
        Message::Passed(Arc::new(Passed::new(STORER, Message::No { query, held: 2 }).expect("an answer"))),
        Message::Ask { number: 0, target: ASKER },
        Message::Ping { question: 0, serves: true },
        Message::Pong { question: 0 },
        Message::Nodes(Arc::new(Nodes::new(0, [STORER, ASKER, BYSTANDER].into(), &net.shared.peers))),
    ]
}

fn dissemination() -> impl Strategy<Value = Dissemination> {
    use Dissemination::{Flood, Gossip, Lookup, Tree};
    prop::sample::select(vec![Tree, Flood, Gossip, Lookup])
}

/// Which message, where it is changed, and into what.
type Change = (prop::sample::Index, prop::sample::Index, u8);

/// Gives bytes to a node of each role, and lets them get on with it. Every message that they send in turn is encoded and
/// read back on its way. Returns whether they could be read; when not, each node must have counted them.
fn show(net: &mut Net, bytes: &[u8]) -> bool {
    let malformed =
        |seen: &Observation| matches!(seen, Observation::Rejected { reason: Rejection::Malformed, .. });
    let before = net.count(malformed);
    let nodes = [STORER, RECORDER, ASKER, BYSTANDER];
    for to in nodes {
        net.give(to, Input::Bytes { from: STRANGER, bytes: bytes.into() });
    }
    let refused = net.count(malformed) - before;
    let readable = Message::decode(bytes, &net.shared.peers).is_ok();
    assert_eq!(refused, if readable { 0 } else { nodes.len() });
    readable
}

proptest! {
    #[test]
    fn no_bytes_make_a_node_of_any_role_panic_or_break_its_series(
        proofs: bool,
        way in dissemination(),
        changes in vec(any::<Change>(), 1..30),
        noise in vec(vec(any::<u8>(), 0..60), 0..5),
    ) {
        let mut net = busy(proofs, way);
        let messages = genuine(&net);
        for (which, at, value) in changes {
            let mut bytes = Vec::new();
            messages[which.index(messages.len())].encode(&net.shared.peers, &mut bytes);
            show(&mut net, &bytes);
            let place = at.index(bytes.len());
            show(&mut net, &bytes[..place]);
            bytes[place] = value;
            show(&mut net, &bytes);
        }
        for bytes in noise {
            show(&mut net, &bytes);
        }
        net.run_until(crate::units::Time::ZERO + Duration::from_secs(60));
        prop_assert!(net.nodes.iter().all(|node| node.series().verify(&net.shared.peers)));
        prop_assert!(net.node(STORER).store().is_some_and(|store| store.bytes() <= 2000));
        let false_chunk = |chunk: &Arc<Chunk>| !chunk.verify(&net.shared);
        prop_assert!(!net.node(STORER).store().is_some_and(|store| store.iter().any(false_chunk)));
    }
}

#[test]
fn each_kind_of_message_reaches_its_node_unless_it_is_changed() {
    let mut net = busy(false, Dissemination::Tree);
    for message in genuine(&net) {
        let mut bytes = Vec::new();
        message.encode(&net.shared.peers, &mut bytes);
        assert!(show(&mut net, &bytes), "{message:?}");
        bytes[0] ^= 1;
        assert!(!show(&mut net, &bytes), "{message:?}");
    }
    let refused = |seen: &Observation| matches!(seen, Observation::Rejected { .. });
    assert!(net.count(refused) > 0);
}
