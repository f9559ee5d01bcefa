//! What single decisions come to: of those that answer, tell and leave out in ways of their own.

use std::ops::Range;
use std::sync::Arc;

use super::forking::{Equivocator, Forks};
use super::omitting::OmittingRecorder;
use super::racing::Racer;
use super::spoofing::{OriginSpoofer, SPOOFED_FROM, Sent};
use crate::conduct::behaviour::{Behaviour, Deceit, Filtered, Outgoing, Scene, Spontaneous};
use crate::protocol::harness::{chunk, event, shared};
use crate::protocol::{
    Body, Broadcast, BroadcastId, Chunk, ChunkId, Claim, Command, Content, Detail, EventKind, Input, Message,
    Peer, QueryId, Receipt, Receipts, Refusal, Series, Shared, Signed, StoreIntent,
};
use crate::random::{Purpose, Seed};
use crate::units::{Frequency, Time};

const OWN: Peer = Peer(0);
const FRIEND: Peer = Peer(7);

/// Lets one decide something in a scene of its own.
fn decide<R>(shared: &Shared, counter: u64, decide: impl FnOnce(&mut Scene<'_>) -> R) -> R {
    let mut draws = Seed(1).draws(Purpose::Conduct, 0, counter);
    decide(&mut Scene { now: Time::ZERO, own: OWN, identity: 0, shared, draws: &mut draws })
}

fn copy(origin: Peer, sequence: u32, content: Content) -> Message {
    let body = Arc::new(Body::new(BroadcastId { origin, sequence }, content));
    Message::Broadcast(Broadcast { depth: 3, hops: 1, body })
}

fn heard(message: Message) -> Input {
    Input::Message { from: Peer(9), message }
}

fn replaced(filtered: Filtered) -> (Message, Option<Deceit>) {
    match filtered {
        Filtered::Replaced(Outgoing::Message(message), deceit) => (message, deceit),
        _ => unreachable!("another message leaves in its place"),
    }
}

fn only(peer: Peer) -> Vec<Range<u32>> {
    std::iter::once(peer.0..peer.0 + 1).collect()
}

#[test]
fn an_omitting_recorder_leaves_out_only_the_outcomes_of_a_kind_and_of_its_friends() {
    let shared = shared(10);
    let kept = |good, kind, subject| {
        let command = Command::Record { kind, subject, detail: Detail::default() };
        let mut recorder = OmittingRecorder { good, targets: only(FRIEND) };
        decide(&shared, 0, |scene| recorder.rewrite_command(scene, command)) == Some(command)
    };
    let (well, badly) = (EventKind::DisputeResolved, EventKind::DisputeFailed);
    assert!(!kept(false, badly, FRIEND) && kept(false, well, FRIEND) && kept(false, badly, Peer(6)));
    assert!(!kept(true, well, FRIEND) && kept(true, badly, FRIEND) && kept(true, well, Peer(6)));
}

#[test]
fn a_racer_says_yes_once_and_keeps_what_then_comes_from_its_node() {
    let shared = shared(10);
    let mut racer = Racer::new(false);
    let announced = chunk(&shared, Peer(3), 10, &[(FRIEND, 8, 2)]);
    let intent = Content::StoreIntent(StoreIntent::of(&announced));
    let mut first = |origin| {
        let input = heard(copy(origin, 4, intent.clone()));
        decide(&shared, 0, |scene| racer.answer_first(scene, &input))
    };
    let yes = |recorder| Message::StoreAnswer { chunk: ChunkId { recorder, length: 10 }, refused: None };
    assert_eq!(first(Peer(3)), Some((Peer(3), yes(Peer(3)), Deceit::Raced)));
    assert_eq!((first(Peer(3)), first(OWN)), (None, None));
    let no = Message::StoreAnswer { chunk: announced.id(), refused: Some(Refusal::RateLimited) };
    let filtered = decide(&shared, 0, |scene| racer.filter_output(scene, Peer(3), &no));
    assert!(matches!(filtered, Filtered::Dropped(None)));
    let mut comes = |chunk: &Arc<Chunk>| {
        let input = heard(Message::Chunk(Arc::clone(chunk)));
        decide(&shared, 0, |scene| racer.filter_input(scene, &input))
    };
    assert_eq!(comes(&announced), Err(Deceit::Discarded(announced.id())));
    assert_eq!(comes(&chunk(&shared, Peer(4), 10, &[(FRIEND, 1, 0)])), Ok(()));
}

#[test]
fn a_racer_that_forges_answers_each_query_once_with_what_no_signature_is_for() {
    let shared = shared(10);
    let mut racer = Racer::new(true);
    let announced = chunk(&shared, Peer(3), 10, &[(FRIEND, 8, 2)]);
    let intent = heard(copy(Peer(3), 4, Content::StoreIntent(StoreIntent::of(&announced))));
    let query = heard(copy(Peer(5), 1, Content::Query { target: FRIEND }));
    let first = |racer: &mut Racer, input| decide(&shared, 0, |scene| racer.answer_first(scene, input));
    assert!(first(&mut racer, &query).is_none(), "it has nothing yet");
    first(&mut racer, &intent);
    let sent = heard(Message::Chunk(announced));
    assert!(decide(&shared, 0, |scene| racer.filter_input(scene, &sent)).is_err());
    let (to, message, _) = first(&mut racer, &query).expect("an answer");
    let Message::Yes(answer) = message else { unreachable!("it says YES") };
    let forged = &answer.chunks()[0];
    assert_eq!((to, answer.query()), (Peer(5), QueryId { asker: Peer(5), sequence: 1 }));
    assert_eq!((forged.counts_about(FRIEND).positive, forged.verify(&shared)), (2, false));
    assert!(first(&mut racer, &query).is_none(), "another copy");
}

#[test]
fn all_copies_of_a_spoofed_query_leave_in_the_name_of_one_victim() {
    let shared = shared(10);
    let mut spoofer = OriginSpoofer {
        pace: Spontaneous::at(Frequency::per_second(1.0)),
        victims: std::iter::once(3..5).collect(),
        subjects: only(FRIEND),
        sent: Sent::default(),
    };
    let mut names = Vec::new();
    for sequence in [0, 1] {
        let query = copy(OWN, sequence, Content::Query { target: FRIEND });
        let mut leaves = |counter| {
            let filtered = decide(&shared, counter, |scene| spoofer.filter_output(scene, Peer(8), &query));
            replaced(filtered)
        };
        let first = leaves(10 * u64::from(sequence));
        let second = leaves(10 * u64::from(sequence) + 1);
        assert_eq!(first, second);
        let (Message::Broadcast(copy), Some(Deceit::Spoofed)) = first else { unreachable!("a copy") };
        assert_eq!((copy.depth, copy.hops, copy.body.content()), (3, 1, &Content::Query { target: FRIEND }));
        let id = copy.body.id();
        assert!((3..5).contains(&id.origin.0) && id.sequence >= SPOOFED_FROM, "{id:?}");
        names.push(id);
    }
    assert_ne!(names[0], names[1]);
    // What it passes on for others, and what it announces, keeps its name.
    for other in
        [copy(Peer(2), 0, Content::Query { target: FRIEND }), copy(OWN, 2, Content::Opaque { size: 9 })]
    {
        let filtered = decide(&shared, 1, |scene| spoofer.filter_output(scene, Peer(8), &other));
        assert!(matches!(filtered, Filtered::Unchanged));
    }
}

#[test]
fn both_versions_of_a_forked_chunk_have_one_name_and_a_good_signature() {
    let shared = shared(40);
    let mut forker =
        Equivocator { signer: shared.signer(OWN), targets: only(FRIEND), forks: Forks::default() };
    let mut series = Series::new(OWN);
    for number in 0..10 {
        let subject = if number < 4 { FRIEND } else { Peer(6) };
        series.append(event(number, EventKind::DisputeResolved, subject), &shared.peers);
    }
    let id = ChunkId { recorder: OWN, length: 10 };
    let (anchor, entries) = (series.head(&shared.peers), series.range(0..10));
    let signer = shared.signer(OWN);
    let first = Arc::new(Chunk::signed(id, Time::ZERO, anchor, entries, &*signer, &shared.peers));
    let second = decide(&shared, 0, |scene| forker.on_pushed(scene, &first, &series)).expect("a fork");
    assert!(second.verify(&shared) && second.id() == id && second.hash() != first.hash());
    let good = |chunk: &Chunk, subject| chunk.counts_about(subject).positive;
    assert_eq!((good(&first, FRIEND), good(&second, FRIEND), good(&second, Peer(6))), (4, 0, 6));
    let intent = copy(OWN, 0, Content::StoreIntent(StoreIntent::of(&first)));
    let told = (1..40).map(Peer).filter(|&to| {
        let filtered = decide(&shared, 0, |scene| forker.filter_output(scene, to, &intent));
        let other = shared.peers.id(to).bit(0) != shared.peers.id(OWN).bit(0);
        match filtered {
            Filtered::Unchanged => assert!(!other),
            filtered => {
                let (Message::Broadcast(copy), None) = replaced(filtered) else { unreachable!("a copy") };
                assert_eq!(copy.body.content(), &Content::StoreIntent(StoreIntent::of(&second)));
                assert!(other);
            }
        }
        other
    });
    // Of 39 ids half begin with either bit, with a standard deviation of 3.
    assert!((6..34).contains(&told.count()));
}

/// Of ten outcomes four are turned into their opposites: what the other party has signed as it was holds for six, and a deal for all.
#[test]
fn a_second_branch_carries_the_receipts_that_hold_for_it_and_no_others() {
    for (sign, carried) in [(Signed::Outcome, 6), (Signed::Deal, 10)] {
        let mut shared = shared(10);
        shared.config.receipts = Some(Receipts { sign, ..Receipts::default() });
        let mut forker =
            Equivocator { signer: shared.signer(OWN), targets: only(FRIEND), forks: Forks::default() };
        let mut series = Series::new(OWN);
        for number in 0..10 {
            let subject = if number < 4 { FRIEND } else { Peer(6) };
            series.append(event(number, EventKind::DisputeResolved, subject), &shared.peers);
        }
        let receipts = series.range(0..10).iter().map(|entry| {
            let event = entry.event()?;
            let claim = Claim::of(0, entry.at, event, sign);
            let signature = claim.signed(OWN, &*shared.signer(event.subject), &shared.peers);
            Some(Receipt { by: event.subject, at: entry.at, signature })
        });
        let (id, signer) = (ChunkId { recorder: OWN, length: 10 }, shared.signer(OWN));
        let anchor = series.head(&shared.peers);
        let first = Chunk::signed(id, Time::ZERO, anchor, series.range(0..10), &*signer, &shared.peers);
        let first = Arc::new(first.with_receipts(receipts.collect(), &*signer, &shared.peers));
        let second = decide(&shared, 0, |scene| forker.on_pushed(scene, &first, &series)).expect("a fork");
        assert!(second.verify(&shared));
        assert_eq!((first.receipts(), second.receipts()), (10, carried), "{sign:?}");
    }
}
