//! Encoding and reading among nodes that share a peer table.

use std::sync::{Arc, OnceLock};

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::harness::{chunk, shared};
use super::super::*;
use crate::units::Time;

const PEERS: u32 = 20;

pub(super) fn network() -> &'static Shared {
    static NETWORK: OnceLock<Shared> = OnceLock::new();
    NETWORK.get_or_init(|| shared(PEERS))
}

pub(super) fn peer() -> impl Strategy<Value = Peer> {
    (0..PEERS).prop_map(Peer)
}

fn query() -> impl Strategy<Value = QueryId> {
    (peer(), any::<u32>()).prop_map(|(asker, sequence)| QueryId { asker, sequence })
}

fn record() -> impl Strategy<Value = Record> {
    let event =
        (0..6_usize, peer(), any::<u64>(), any::<i32>()).prop_map(|(kind, subject, reference, magnitude)| {
            let detail = Detail { reference, magnitude };
            Record::Event(Event { kind: EventKind::ALL[kind], subject, detail })
        });
    prop_oneof![
        3 => event,
        1 => (any::<u32>(), peer()).prop_map(|(query, target)| Record::QuerySent { query, target }),
        1 => (any::<u32>(), peer(), proptest::option::of(any::<[u8; 16]>()), any::<bool>(), any::<u32>())
            .prop_map(|(query, from, seal, in_time, chunks)| {
                Record::AnswerReceived { query, from, yes: seal.map(Seal), in_time, chunks }
            }),
        1 => (query(), any::<bool>()).prop_map(|(query, yes)| Record::AnswerSent { query, yes }),
        1 => (any::<u32>(), any::<u32>())
            .prop_map(|(length, events)| Record::ChunkPushed { length, events }),
        1 => (any::<u32>(), peer(), any::<bool>())
            .prop_map(|(length, from, yes)| Record::StoreAnswerReceived { length, from, yes }),
        1 => (peer(), any::<u32>(), any::<bool>()).prop_map(|(recorder, length, yes)| {
            Record::StoreAnswerSent { chunk: ChunkId { recorder, length }, yes }
        }),
    ]
}

fn signature() -> impl Strategy<Value = Signature> {
    any::<[u8; 32]>().prop_map(|half| {
        let mut signature = [7; 64];
        signature[..32].copy_from_slice(&half);
        Signature(signature)
    })
}

fn receipt() -> impl Strategy<Value = Receipt> {
    (peer(), any::<u64>(), signature()).prop_map(|(by, nanos, signature)| Receipt {
        by,
        at: Time::from_nanos(nanos),
        signature,
    })
}

fn claim() -> impl Strategy<Value = Claim> {
    let outcome = proptest::option::of((0..6_usize, any::<i32>()));
    (any::<u32>(), any::<u64>(), peer(), any::<u64>(), outcome).prop_map(
        |(number, nanos, subject, reference, outcome)| {
            let outcome = outcome.map(|(kind, magnitude)| (EventKind::ALL[kind], magnitude));
            Claim { number, at: Time::from_nanos(nanos), subject, reference, outcome }
        },
    )
}

fn any_chunk() -> impl Strategy<Value = Arc<Chunk>> {
    let entry =
        (any::<u64>(), record()).prop_map(|(nanos, record)| Entry { at: Time::from_nanos(nanos), record });
    let receipts = vec(proptest::option::of(receipt()), 10);
    (peer(), any::<u32>(), any::<u64>(), any::<[u8; 32]>(), vec(entry, 0..=10), any::<[u8; 32]>(), receipts)
        .prop_map(|(recorder, length, nanos, anchor, entries, half, receipts)| {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&half);
            let id = ChunkId { recorder, length };
            let at = Time::from_nanos(nanos);
            let chunk = Chunk::new(id, at, anchor, &entries, Signature(signature), &network().peers);
            // Half of all chunks have none.
            if half[0] < 128 {
                return Arc::new(chunk);
            }
            let of_outcome =
                |(entry, receipt): (&Entry, Option<Receipt>)| receipt.filter(|_| entry.event().is_some());
            let receipts = entries.iter().zip(receipts).map(of_outcome).collect();
            let signer = network().signer(recorder);
            Arc::new(chunk.with_receipts(receipts, &*signer, &network().peers))
        })
}

fn content() -> impl Strategy<Value = Content> {
    let intent = (any::<u32>(), vec(peer(), 0..=10), any::<u32>(), any::<u32>(), any::<[u8; 32]>()).prop_map(
        |(length, subjects, events, size, hash)| {
            Content::StoreIntent(StoreIntent { length, subjects: subjects.into(), events, size, hash })
        },
    );
    prop_oneof![
        intent,
        peer().prop_map(|target| Content::Query { target }),
        (0..5_000_u32).prop_map(|size| Content::Opaque { size }),
    ]
}

/// A chunk with a proof that may be another chunk's.
fn proven() -> impl Strategy<Value = Proven> {
    (any_chunk(), any_chunk(), any::<[u8; 32]>(), any::<u32>()).prop_map(|(chunk, other, before, from)| {
        let peers = &network().peers;
        let mut series = Series::new(chunk.recorder());
        other.entries().iter().for_each(|entry| series.append(*entry, peers));
        let from = from % (other.entries().len() as u32 + 1);
        Proven::new(Arc::clone(&chunk), Proof::of(&chunk, &series, from, before), peers)
    })
}

pub(super) fn any_message() -> impl Strategy<Value = Message> {
    let broadcast = (any::<u8>(), any::<u8>(), peer(), any::<u32>(), content()).prop_map(
        |(depth, hops, origin, sequence, content)| {
            let body = Arc::new(Body::new(BroadcastId { origin, sequence }, content));
            Message::Broadcast(Broadcast { depth, hops, body })
        },
    );
    prop_oneof![
        broadcast,
        (peer(), any::<u32>(), 0..3_u8).prop_map(|(recorder, length, code)| {
            let refused = Refusal::decode(code).expect("codes are 0 to 2");
            Message::StoreAnswer { chunk: ChunkId { recorder, length }, refused }
        }),
        any_chunk().prop_map(Message::Chunk),
        (query(), vec(any_chunk(), 0..6))
            .prop_map(|(query, chunks)| Message::Yes(Arc::new(Answer::new(query, chunks)))),
        (query(), any::<u32>()).prop_map(|(query, held)| Message::No { query, held }),
        (peer(), any::<u32>())
            .prop_map(|(recorder, length)| Message::Holds { chunk: ChunkId { recorder, length } }),
        (peer(), any::<u32>(), any::<bool>())
            .prop_map(|(recorder, length, yes)| Message::Held { chunk: ChunkId { recorder, length }, yes }),
        claim().prop_map(|claim| Message::Claim(Arc::new(claim))),
        (any::<u32>(), proptest::option::of(signature())).prop_map(|(number, signature)| {
            Message::Receipt(Arc::new(Countersigned { number, signature }))
        }),
        (any::<u32>(), peer()).prop_map(|(number, target)| Message::Ask { number, target }),
        (peer(), query(), any::<u32>())
            .prop_map(|(holder, query, held)| passed(holder, Message::No { query, held })),
        (peer(), query(), vec(any_chunk(), 0..3)).prop_map(|(holder, query, chunks)| {
            passed(holder, Message::Yes(Arc::new(Answer::new(query, chunks))))
        }),
        proven().prop_map(|proven| Message::Proven(Arc::new(proven))),
        (any::<u32>(), any::<[u8; 32]>()).prop_map(|(question, target)| {
            Message::Find(Arc::new(Find { question, target: Id(target), serves: question % 2 == 0 }))
        }),
        (any::<u32>(), vec(peer(), 0..20)).prop_map(|(question, peers)| Message::Nodes(Arc::new(
            Nodes::new(question, peers.into(), &network().peers)
        ))),
    ]
}

fn passed(holder: Peer, answer: Message) -> Message {
    Message::Passed(Arc::new(Passed::new(holder, answer).expect("an answer")))
}

fn encoded(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&network().peers, &mut bytes);
    bytes
}

fn decoded(bytes: &[u8]) -> Result<Message, DecodeError> {
    Message::decode(bytes, &network().peers)
}

proptest! {
    #[test]
    fn a_message_comes_back_as_it_was(message in any_message()) {
        let bytes = encoded(&message);
        prop_assert_eq!(bytes.len() as u32, message.encoded_len());
        let back = decoded(&bytes).expect("what was encoded can be read");
        prop_assert_eq!(back.digest(), message.digest());
        prop_assert_eq!(back, message);
    }

    #[test]
    fn a_message_cut_short_or_with_more_behind_it_is_refused(message in any_message(), cut: prop::sample::Index) {
        let mut bytes = encoded(&message);
        prop_assert!(decoded(&bytes[..cut.index(bytes.len())]).is_err());
        bytes.push(0);
        prop_assert!(decoded(&bytes).is_err());
    }

    #[test]
    fn bytes_that_can_be_read_are_the_only_spelling_of_their_message(
        message in any_message(), at: prop::sample::Index, value: u8,
    ) {
        let mut bytes = encoded(&message);
        let at = at.index(bytes.len());
        bytes[at] = value;
        if let Ok(other) = decoded(&bytes) {
            let again = encoded(&other);
            if let Message::Nodes(_) = other {
                // What it says of addresses is not what this table believes.
                prop_assert_eq!(again.len(), bytes.len());
                prop_assert_eq!(decoded(&again), Ok(other));
            } else {
                prop_assert_eq!(again, bytes);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in vec(any::<u8>(), 0..400), kind in 0..20_u8, real: bool) {
        let _ = decoded(&bytes);
        bytes.splice(0..0, [VERSION, kind]);
        if real && bytes.len() >= 36 {
            bytes[4..36].copy_from_slice(&network().peers.id(Peer(3)).0);
        }
        let _ = decoded(&bytes);
    }
}

fn with_id(head: &[u8], peer: Peer, tail: &[u8]) -> Vec<u8> {
    [head, &network().peers.id(peer).0, tail].concat()
}

#[test]
fn what_is_wrong_is_named() {
    let claims_a_million_chunks = with_id(&[VERSION, 5], Peer(1), &[0, 10, 0xc0, 0x84, 0x3d]);
    assert_eq!(decoded(&claims_a_million_chunks), Err(DecodeError::Truncated));
    let claims_a_million_subjects = with_id(&[VERSION, 0, 0, 0], Peer(1), &[0, 10, 0xc0, 0x84, 0x3d]);
    assert_eq!(decoded(&claims_a_million_subjects), Err(DecodeError::TooMany(1_000_000, 10)));
    let huge_payload = with_id(&[VERSION, 2, 0, 0], Peer(1), &[0, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert_eq!(decoded(&huge_payload), Err(DecodeError::Truncated));
    assert_eq!(decoded(&with_id(&[VERSION, 2, 0, 0], Peer(1), &[0, 1, 9])), Err(DecodeError::Payload));
    assert_eq!(decoded(&with_id(&[VERSION, 3], Peer(1), &[10, 3])), Err(DecodeError::Reply(3)));
    assert_eq!(decoded(&with_id(&[VERSION, 11], Peer(1), &[10, 2])), Err(DecodeError::Flag(2)));
    assert_eq!(decoded(&with_id(&[VERSION, 5], Peer(1), &[0, 7, 0])), Err(DecodeError::Total(7)));
    assert_eq!(decoded(&with_id(&[VERSION, 6], Peer(1), &[0, 2, 3])), Err(DecodeError::Reply(2)));
    assert_eq!(decoded(&with_id(&[VERSION, 6], Peer(1), &[0, 0, 3, 9, 9])), Err(DecodeError::Trailing(2)));
    assert_eq!(decoded(&[9, 6]), Err(DecodeError::Version(9)));
    assert_eq!(decoded(&[VERSION, 99]), Err(DecodeError::Kind(99)));
    let claims_a_million_contacts = [VERSION, 8, 0, 0xc0, 0x84, 0x3d];
    assert_eq!(decoded(&claims_a_million_contacts), Err(DecodeError::Truncated));
    let at_port_zero = with_id(&[VERSION, 8, 0, 1], Peer(1), &[9, 9, 9, 9, 0, 0]);
    assert_eq!(decoded(&at_port_zero), Err(DecodeError::Address));
    let at_everybody_s = with_id(&[VERSION, 8, 0, 1], Peer(1), &[255, 255, 255, 255, 0, 1]);
    assert_eq!(decoded(&at_everybody_s), Err(DecodeError::Address));
    let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 9, 9, 9, 9, 0, 1];
    assert_eq!(decoded(&with_id(&[VERSION, 14, 0, 1], Peer(1), &mapped)), Err(DecodeError::Address));
    assert_eq!(decoded(&[VERSION, 14, 0, 0]), Err(DecodeError::Address));
    assert_eq!(decoded(&[[VERSION, 6].as_slice(), &[0; 34]].concat()), Err(DecodeError::UnknownPeer));
    assert_eq!(decoded(&[]), Err(DecodeError::Truncated));
    assert!(DecodeError::Version(9).to_string().ends_with("this is version 2"));
}

#[test]
fn a_chunk_of_ten_reports_about_oneself_takes_less_than_300_bytes() {
    let chunk = chunk(network(), Peer(1), 10, &[(Peer(1), 8, 2)]);
    let message = Message::Chunk(chunk);
    assert_eq!(encoded(&message).len() as u32, message.encoded_len());
    assert!((150..300).contains(&message.encoded_len()), "{}", message.encoded_len());
}

#[test]
fn a_broadcast_of_200_bytes_takes_39_more() {
    let id = BroadcastId { origin: Peer(0), sequence: 5 };
    let body = Arc::new(Body::new(id, Content::Opaque { size: 200 }));
    let message = Message::Broadcast(Broadcast { depth: 3, hops: 2, body });
    assert_eq!(message.encoded_len(), 200 + 39);
}
