//! Storage, queries, silence, reputation and confidence.

use std::sync::Arc;

use super::*;
use crate::conduct::{AdversaryKind, Conduct};
use crate::metrics::Sample;
use crate::network::{Absence, Fate};
use crate::protocol::harness::{chunk, shared};
use crate::protocol::{self, Chunk, ChunkId, Collected, Confidence, Derived, Peer, QueryId, Rejection};
use crate::units::Duration;
use crate::world::harness::{every_second, group, world};
use crate::world::{About, IdentityMap, Work};

const TARGET: u32 = 0;
const ASKER: u32 = 5;

/// Five hosts that are asked about, and one that asks.
fn config() -> WorldConfig {
    let mut config = world(vec![group("asked", 5), group("askers", 1)]);
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(1), about: vec![GroupId(0)] }));
    config
}

fn about_target() -> Arc<Chunk> {
    chunk(&shared(6), Peer(TARGET), 1, &[(Peer(TARGET), 3, 1)])
}

impl Run<'_> {
    fn protocol(&mut self, second: u64, host: u32, what: protocol::Observation) {
        self.see(second, host, Observation::Protocol(what));
    }

    fn all_online(&mut self) {
        (0..6).for_each(|host| self.see(0, host, Observation::Network(network::Observation::Online(true))));
    }

    fn deeds(&mut self, good: u32, bad: u32) {
        for number in 0..good + bad {
            self.see(0, TARGET, Observation::Outcome { subject: Peer(TARGET), good: number < good });
        }
    }

    fn issue(&mut self, second: u64, sequence: u32) -> QueryId {
        let query = QueryId { asker: Peer(ASKER), sequence };
        self.protocol(second, ASKER, protocol::Observation::QueryIssued { query, target: Peer(TARGET) });
        query
    }

    fn answer(&mut self, second: u64, query: QueryId, holder: u32, yes: bool) {
        self.protocol(
            second,
            holder,
            protocol::Observation::QueryReached { query, target: Peer(TARGET), chunks: 1 },
        );
        self.protocol(second, holder, protocol::Observation::AnswerSent { query, yes });
        let received =
            protocol::Observation::AnswerReceived { query, from: Peer(holder), yes, in_time: true };
        self.protocol(second, ASKER, received);
    }

    fn collect(&mut self, second: u64, query: QueryId, took: u64, found: Option<(f64, Confidence)>) {
        self.collect_of(second, query, took, found, Box::new([]));
    }

    /// The same, of these chunks.
    fn collect_of(
        &mut self,
        second: u64,
        query: QueryId,
        took: u64,
        found: Option<(f64, Confidence)>,
        counted: Box<[(ChunkId, u64)]>,
    ) {
        let (reputation, confidence) = found.unwrap_or((0.5, Confidence::None));
        let sources = u32::from(found.is_some());
        let derived = Derived {
            reputation,
            confidence,
            sources,
            total_events: 4 * sources,
            positive: 3 * sources,
            negative: sources,
            rate_limited: 0,
        };
        let collected = Collected {
            query,
            target: Peer(TARGET),
            derived,
            took: Duration::from_secs(took),
            sources: (0..sources).map(Peer).collect(),
            joined: 0,
            counted,
            first_yes: found.map(|_| Duration::from_secs(1)),
        };
        self.protocol(second, ASKER, protocol::Observation::Collected(Box::new(collected)));
    }
}

#[test]
fn chunks_have_replicas_and_are_available_while_a_holder_is_online() {
    let config = config();
    let mut run = Run::of(&config, &[]);
    run.all_online();
    let (kept, lost) = (about_target(), chunk(&shared(6), Peer(1), 1, &[(Peer(1), 1, 0)]));
    for pushed in [&kept, &lost] {
        run.protocol(0, TARGET, protocol::Observation::ChunkPushed(Arc::clone(pushed)));
    }
    run.protocol(0, 2, protocol::Observation::Stored(Arc::clone(&kept)));
    run.protocol(0, 3, protocol::Observation::Stored(Arc::clone(&kept)));
    run.protocol(0, 4, protocol::Observation::Stored(Arc::clone(&lost)));
    // Half of the run one of the two chunks has nobody online.
    run.see(30, 4, Observation::Network(network::Observation::Online(false)));
    run.protocol(31, 2, protocol::Observation::Dropped(Arc::clone(&kept)));
    run.protocol(
        32,
        1,
        protocol::Observation::StoreAnswered {
            chunk: kept.id(),
            refused: Some(protocol::Refusal::RateLimited),
        },
    );
    run.protocol(33, TARGET, protocol::Observation::PushedAgain { chunk: kept.id() });
    let forged = chunk(&shared(6), Peer(2), 9, &[(Peer(2), 1, 0)]);
    run.protocol(34, 3, protocol::Observation::Stored(forged));
    run.protocol(35, 3, protocol::Observation::Rejected { from: Peer(2), reason: Rejection::Forked });
    let figures = run.figures(60);
    let available = figures.samples.get("storage.available_ratio");
    assert_eq!(available, Some(&Sample::Units(2.0)), "fewer chunks than storage nodes");
    figures.are(&[
        ("storage.chunks", 2.0),
        ("storage.replicas_mean", 1.0),
        ("storage.available_ratio", 0.75),
        ("storage.dropped", 1.0),
        ("storage.refused", 1.0),
        ("storage.pushed_again", 1.0),
        ("storage.forged_accepted", 1.0),
        ("protocol.rejected", 1.0),
        ("protocol.rejected.forked", 1.0),
        ("protocol.rejected.repeated", 0.0),
    ]);
}

#[test]
fn every_holder_answers_or_is_silent_for_one_cause() {
    let config = config();
    let mut run = Run::of(&config, &[]);
    run.all_online();
    let pushed = about_target();
    run.protocol(1, TARGET, protocol::Observation::ChunkPushed(Arc::clone(&pushed)));
    for holder in 0..5 {
        run.protocol(1, holder, protocol::Observation::Stored(Arc::clone(&pushed)));
    }
    run.see(2, 2, Observation::Network(network::Observation::Online(false)));
    let query = run.issue(3, 0);
    run.answer(4, query, 0, true);
    run.answer(4, query, 1, false);
    // The third is offline; the fourth's answer is lost; no copy comes to the fifth.
    run.protocol(4, 3, protocol::Observation::AnswerSent { query, yes: true });
    let about = About::Answer { query, holder: HostId(3) };
    run.see(4, 3, Observation::Network(network::Observation::Sent));
    run.see(5, 3, ended(Fate::ToOffline(Absence::Offline), about));
    run.collect(58, query, 55, Some((0.75, Confidence::Low)));
    run.figures(60).are(&[
        ("queries.yes", 1.0),
        ("queries.no", 1.0),
        ("queries.holders", 5.0),
        ("queries.holders_silent", 3.0),
        ("queries.silent_offline", 1.0),
        ("queries.silent_lost", 1.0),
        ("queries.silent_unreached", 1.0),
        ("queries.silent_late", 0.0),
        ("queries.silent_denied", 0.0),
        ("queries.yes_ratio", 0.2),
        ("queries.no_ratio", 0.2),
        ("queries.silent_ratio", 0.6),
    ]);
}

#[test]
fn a_host_that_answers_with_several_identities_is_one_holder() {
    let mut config = world(vec![group("asked", 4), group("rings", 1), group("askers", 1)]);
    config.groups[1].conduct = Some(Conduct::always(AdversaryKind::Sybil { identities: 3, rate: None }));
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(2), about: vec![GroupId(0)] }));
    let mut run = Run::of(&config, &[]);
    run.all_online();
    let pushed = about_target();
    run.protocol(1, TARGET, protocol::Observation::ChunkPushed(Arc::clone(&pushed)));
    for holder in [1, 2, 4, 4, 4] {
        run.protocol(1, holder, protocol::Observation::Stored(Arc::clone(&pushed)));
    }
    let query = run.issue(3, 0);
    let map = IdentityMap::of(&config);
    let identities: Vec<Peer> =
        (0..map.peers()).map(Peer).filter(|peer| map.owner(*peer) == HostId(4)).collect();
    assert_eq!(identities.len(), 3);
    for from in identities {
        run.protocol(4, 4, protocol::Observation::AnswerSent { query, yes: true });
        let received = protocol::Observation::AnswerReceived { query, from, yes: true, in_time: true };
        run.protocol(4, ASKER, received);
    }
    run.answer(4, query, 1, false);
    run.collect(58, query, 55, Some((0.75, Confidence::Low)));
    run.figures(60).are(&[
        ("queries.yes", 3.0),
        ("queries.no", 1.0),
        ("queries.holders", 3.0),
        ("queries.holders_silent", 1.0),
        ("queries.yes_ratio", 1.0 / 3.0),
        ("queries.no_ratio", 1.0 / 3.0),
        ("queries.silent_ratio", 1.0 / 3.0),
    ]);
}

#[test]
fn answered_and_unanswered_queries_are_told_apart() {
    let config = config();
    let mut run = Run::of(&config, &[]);
    run.all_online();
    for (sequence, found) in [(0, Some((0.5, Confidence::Low))), (1, None)] {
        let query = run.issue(10 * (u64::from(sequence) + 1), sequence);
        if found.is_some() {
            run.answer(11, query, 1, true);
        }
        run.collect(29, query, 2 + u64::from(sequence), found);
    }
    run.issue(50, 2);
    run.figures(60).are(&[
        ("queries.issued", 3.0),
        ("queries.collected", 2.0),
        ("queries.answered", 1.0),
        ("queries.answered_ratio", 0.5),
        ("queries.sources_mean", 0.5),
        ("queries.unanswered_ratio", 0.5),
        ("queries.sources_at_least_1_ratio", 0.5),
        ("queries.collection_p50_s", 2.5),
        ("queries.answers_of_bystanders", 1.0),
        ("silence.unanswered_ratio", 0.5),
        ("silence.means_no_data_ratio", 1.0),
    ]);
}

#[test]
fn reputation_is_compared_with_the_truth_at_the_time_of_the_query() {
    let config = config();
    let selections =
        [Selection { at_events: Some(8), ..select("reputation.mean") }, of_group("reputation.mean", 1)];
    let mut run = Run::of(&config, &selections);
    run.all_online();
    run.deeds(3, 1);
    for (sequence, reputation, label) in
        [(0, 1.0, Confidence::Low), (1, 0.75, Confidence::High), (2, 0.25, Confidence::High)]
    {
        if sequence == 2 {
            // From 3 good ones of 4 to 4 of 8.
            run.deeds(1, 3);
        }
        let query = run.issue(20, sequence);
        run.collect(21, query, 1, Some((reputation, label)));
    }
    let query = run.issue(30, 3);
    run.collect(31, query, 1, None);
    let figures = run.figures(60);
    figures.are(&[
        ("reputation.mean", 2.0 / 3.0),
        ("reputation.shown_mean", 2.5 / 4.0),
        ("reputation.truth_mean", (0.75 + 0.75 + 0.5) / 3.0),
        ("reputation.error_mean", (0.25 + 0.0 + 0.25) / 3.0),
        ("confidence.none_ratio", 0.25),
        ("confidence.low_ratio", 0.25),
        ("confidence.high_ratio", 0.5),
        ("confidence.low_error_mean", 0.25),
        ("confidence.high_error_mean", 0.125),
        ("confidence.ordered_ratio", 1.0),
    ]);
    for name in ["reputation.mean", "reputation.truth_mean", "confidence.high_error_mean"] {
        assert_eq!(figures.samples.get(name), Some(&Sample::Units(1.0)), "{name}: four queries, one target");
    }
    // The third query is the target's first since it has eight events; nobody asked about the askers.
    assert_eq!(figures.selected, [Some(0.25), None]);
}

#[test]
fn an_answer_that_comes_to_another_host_than_the_asker_s_is_exposed() {
    let config = config();
    let mut run = Run::of(&config, &[]);
    let query = QueryId { asker: Peer(ASKER), sequence: 0 };
    let about = About::Answer { query, holder: HostId(1) };
    for host in [ASKER, ASKER, ASKER, 2] {
        run.see(1, 1, Observation::Network(network::Observation::Sent));
        run.see(1, host, ended(Fate::Delivered, about));
    }
    run.figures(60).are(&[("privacy.answer_exposure_ratio", 0.25)]);
}

#[test]
fn an_answer_that_comes_to_a_relay_is_exposed() {
    let config = config();
    let mut run = Run::of(&config, &[]);
    let back = QueryId { asker: Peer(ASKER), sequence: 0 };
    let query = QueryId { asker: Peer(2), sequence: 7 };
    run.protocol(1, 2, protocol::Observation::Carried { query, back });
    // The relay's own questions, had it any, would be another matter.
    for asked in [query, QueryId { sequence: 8, ..query }] {
        run.see(1, 1, Observation::Network(network::Observation::Sent));
        run.see(1, 2, ended(Fate::Delivered, About::Answer { query: asked, holder: HostId(1) }));
    }
    run.figures(60).are(&[("privacy.answer_exposure_ratio", 0.5)]);
}

#[test]
fn recorders_of_one_owner_are_counted_apart_and_two_versions_of_a_chunk_are_seen() {
    let mut config = world(vec![group("asked", 4), group("rings", 1), group("askers", 1)]);
    config.groups[1].conduct = Some(Conduct::always(AdversaryKind::Equivocator { about: Vec::new() }));
    config.groups[2].conduct = Some(Conduct::always(AdversaryKind::Sybil { identities: 3, rate: None }));
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(2), about: vec![GroupId(0)] }));
    let mut run = Run::of(&config, &[]);
    run.all_online();
    // The last host is also the identities 6 and 7.
    let counted = |names: &[(u32, u64)]| {
        let chunk = |&(recorder, hash)| (ChunkId { recorder: Peer(recorder), length: 10 }, hash);
        names.iter().map(chunk).collect()
    };
    for (sequence, names) in
        [(0, counted(&[(1, 1), (5, 1), (6, 1), (7, 1)])), (1, counted(&[(4, 1), (4, 2)]))]
    {
        let query = run.issue(3 + u64::from(sequence), sequence);
        run.collect_of(8, query, 5, Some((0.75, Confidence::Low)), names);
    }
    run.figures(60).are(&[
        ("queries.recorders_mean", 2.5),
        ("queries.recorder_owners_mean", 1.5),
        ("queries.forked_ratio", 0.5),
    ]);
}
