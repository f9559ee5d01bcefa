//! Questions that go through others.

use super::super::config::{Config, Relaying};
use super::super::harness::Net;
use super::super::*;
use crate::units::{Duration, Share};

const ASKER: Peer = Peer(90);
const TARGET: Peer = Peer(4);

/// A network of 100 in which ten store, and everybody knows of a target.
fn net(stem: f64) -> Net {
    let queries = Some(Relaying { stem: Share::clamped(stem), wait: Duration::from_secs(1) });
    let mut net = Net::new(100, 7, Config { queries, ..Config::default() }, |peer| peer.0 < 10);
    net.history(Peer(50), TARGET, 8, 2);
    net
}

/// Whom a query named in its copies.
fn named(net: &Net) -> Vec<Peer> {
    let origins = net.seen.iter().filter_map(|(_, seen)| match seen {
        Observation::BroadcastStarted { id, .. } => Some(id.origin),
        _ => None,
    });
    origins.filter(|origin| *origin != Peer(50)).collect()
}

fn carried(net: &Net) -> Vec<QueryId> {
    let back = net.seen.iter().filter_map(|(_, seen)| match seen {
        Observation::Carried { back, .. } => Some(*back),
        _ => None,
    });
    back.collect()
}

#[test]
fn a_question_is_broadcast_by_somebody_else_and_its_answers_come_back() {
    let mut net = net(0.0);
    let collected = net.ask(ASKER, TARGET);
    assert_eq!((collected.derived.positive, collected.derived.sources), (8, 3));
    let (named, carried) = (named(&net), carried(&net));
    assert_eq!((named.len(), carried.len()), (1, 1));
    assert_ne!(named[0], ASKER);
    assert_eq!(carried[0].asker, ASKER);
    let unrequested = |seen: &Observation| matches!(seen, Observation::Rejected { .. });
    assert_eq!(net.count(unrequested), 0);
}

#[test]
fn a_stem_hides_the_asker_from_the_later_of_its_relays() {
    let mut net = net(0.8);
    let mut longest = 0;
    for target in 0..10 {
        net.ask(ASKER, if target == 0 { TARGET } else { Peer(20 + target) });
        let all = carried(&net);
        let asker = |back: &QueryId| back.asker == ASKER;
        assert!(asker(&all[0]), "the first relay has it from the asker");
        longest = longest.max(all.len());
        assert!(all.len() == 1 || !named(&net).contains(&ASKER));
    }
    // 0.8^2 of stems have three relays or more.
    assert!(longest > 2, "{longest}");
}

#[test]
fn who_does_not_hear_its_question_broadcast_turns_to_another_relay() {
    let mut net = net(0.0);
    // Three in ten are there, so that of twenty first relays eleven or more are with a chance of 0.02. Of five in turn one is with 0.83.
    net.absent = (20..90).map(Peer).filter(|peer| *peer != Peer(50)).collect();
    let answered = (0..20).filter(|_| net.ask(ASKER, TARGET).derived.sources > 0).count();
    assert!((11..20).contains(&answered), "{answered}");
}

#[test]
fn an_answer_of_somebody_who_was_not_asked_is_refused() {
    let mut net = net(0.0);
    net.ask(ASKER, TARGET);
    let query = QueryId { asker: ASKER, sequence: 0 };
    let passed = Passed::new(Peer(3), Message::No { query, held: 1 }).expect("an answer");
    let refused = |net: &Net| {
        net.count(|seen| matches!(seen, Observation::Rejected { reason: Rejection::Unrequested, .. }))
    };
    let before = refused(&net);
    net.send(ASKER, Peer(91), Message::Passed(std::sync::Arc::new(passed)));
    assert_eq!(refused(&net), before + 1, "who has asked nothing");
    net.give(ASKER, Input::Command(Command::Query { target: TARGET }));
    let open = QueryId { asker: ASKER, sequence: 1 };
    for by in 60..65 {
        let passed = Passed::new(Peer(3), Message::No { query: open, held: 1 }).expect("an answer");
        net.send(Peer(by), ASKER, Message::Passed(std::sync::Arc::new(passed)));
    }
    // One of them may be the relay.
    assert!(refused(&net) >= before + 5, "who was not handed the question");
}

#[test]
fn nobody_asks_for_others_where_that_is_not_wanted() {
    let mut net = Net::new(20, 7, Config::default(), |peer| peer.0 < 10);
    net.send(Peer(3), Peer(4), Message::Ask { number: 0, target: TARGET });
    net.run();
    let refused =
        |seen: &Observation| matches!(seen, Observation::Rejected { reason: Rejection::Unrequested, .. });
    assert_eq!((net.count(refused), carried(&net).len()), (1, 0));
}
