//! What a downtime leaves of a node.

use super::super::harness::Net;
use super::super::*;

const SUBJECT: Peer = Peer(1);
const STORER: Peer = Peer(2);

/// A record of ten good deeds, kept by the only storer; then `who` restarts.
fn after_restart(persist: Persist, who: Peer) -> Net {
    let config = Config { series: SeriesConfig { persist }, ..Config::default() };
    let mut net = Net::new(5, 1, config, |peer| peer == STORER);
    net.history(SUBJECT, SUBJECT, 10, 0);
    assert_eq!(net.ask(Peer(4), SUBJECT).derived.positive, 10);
    net.seen.clear();
    net.give(who, Input::Restart);
    net
}

#[test]
fn a_storer_keeps_others_chunks_only_if_all_is_kept() {
    for (persist, found, dropped) in [(Persist::All, 10, 0), (Persist::Own, 0, 1), (Persist::Nothing, 0, 1)] {
        let mut net = after_restart(persist, STORER);
        assert_eq!(net.count(|seen| matches!(seen, Observation::Dropped(_))), dropped);
        assert_eq!(net.ask(Peer(4), SUBJECT).derived.positive, found, "{persist:?}");
    }
}

#[test]
fn a_recorder_keeps_its_series_unless_nothing_is_kept() {
    for (persist, entries) in [(Persist::All, true), (Persist::Own, true), (Persist::Nothing, false)] {
        let net = after_restart(persist, SUBJECT);
        assert_eq!(!net.node(SUBJECT).series().is_empty(), entries, "{persist:?}");
    }
}

/// A finding: who has lost its series begins it again under the same names, and its broadcasts too are numbered from 0
/// again. Others take these for what they have heard, so that its new deeds do not exist for them.
#[test]
fn a_series_that_begins_again_is_not_heard() {
    let mut net = after_restart(Persist::Nothing, SUBJECT);
    net.history(SUBJECT, SUBJECT, 0, 10);
    let derived = net.ask(Peer(4), SUBJECT).derived;
    assert_eq!((derived.positive, derived.negative), (10, 0));
}

/// The same, when it is heard because the storer has forgotten what it heard: the chunk's name is taken.
#[test]
fn a_chunk_under_a_name_that_is_taken_is_not_wanted() {
    let mut net = after_restart(Persist::Nothing, SUBJECT);
    net.nodes[SUBJECT.index()].skip_broadcasts(100);
    net.history(SUBJECT, SUBJECT, 0, 10);
    let derived = net.ask(Peer(4), SUBJECT).derived;
    assert_eq!((derived.positive, derived.negative), (10, 0));
    assert_eq!(
        net.count(|seen| matches!(seen, Observation::Rejected { reason: Rejection::Repeated, .. })),
        0
    );
}
