//! Reputation from the answers to one query.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chunk::{Chunk, Counts};
use super::confidence::{Confidence, assess};
use super::config::{Aggregation, Attribution, Config, SelfReports};
use super::event::EventKind;
use super::message::Answer;
use super::peer::Peer;
use super::peer_table::PeerTable;
use super::source::Source;
use super::votes::Sum;
use crate::units::Time;

/// A reputation as derived from the answers to one query: the proposal's seven fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Derived {
    /// Share of good outcomes, 0..=1; the newcomer's when none is known.
    pub reputation: f64,
    /// The label that sources and events come to.
    pub confidence: Confidence,
    /// Sources that said YES and anything that counts.
    pub sources: u32,
    /// Outcomes that count.
    pub total_events: u32,
    /// Good ones among them.
    pub positive: u32,
    /// Bad ones among them.
    pub negative: u32,
    /// Sources that said NO.
    pub rate_limited: u32,
}

/// Reputations by node, each as it was last derived.
#[derive(Debug, Default)]
pub(super) struct Reputations(BTreeMap<Peer, f64>);

impl Reputations {
    /// The reputation of a node, 0..=1, if it was ever derived.
    pub(super) fn of(&self, peer: Peer) -> Option<f64> {
        self.0.get(&peer).copied()
    }

    pub(super) fn insert(&mut self, peer: Peer, reputation: f64) {
        self.0.insert(peer, reputation);
    }
}

/// What a reputation is derived from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence<'a> {
    /// One answer a source, of chunks already verified.
    pub yes: &'a [Arc<Answer>],
    /// Sources that said NO.
    pub no: u32,
    /// When it is derived: outcomes may be too old by then (`recency`).
    pub now: Time,
    /// What recorders are taken for.
    pub trust: Trust<'a>,
    /// Where recorders are, if all at one address have one vote.
    pub places: Option<&'a PeerTable>,
}

/// Outcomes of others as a node has recorded them itself.
#[derive(Debug, Default)]
pub(super) struct Experience(BTreeMap<Peer, Counts>);

impl Experience {
    pub(super) fn add(&mut self, subject: Peer, kind: EventKind) {
        self.0.entry(subject).or_default().add(Counts::of(kind));
    }

    /// The rule of succession (Laplace).
    fn trust(&self, peer: Peer) -> f64 {
        let counts = self.0.get(&peer).copied().unwrap_or_default();
        f64::from(counts.positive + 1) / f64::from(counts.total() + 2)
    }
}

/// What an asker takes recorders for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trust<'a> {
    Equal,
    Experience(Peer, Option<&'a Experience>),
    Derived(Peer, &'a Reputations, f64),
}

impl Trust<'_> {
    /// What the outcomes of `recorder` weigh, 0..=1.
    fn of(self, recorder: Peer) -> f64 {
        match self {
            Trust::Equal => 1.0,
            Trust::Experience(own, _) | Trust::Derived(own, ..) if own == recorder => 1.0,
            Trust::Experience(_, experience) => experience.map_or(0.5, |it| it.trust(recorder)),
            Trust::Derived(_, known, newcomer) => known.of(recorder).unwrap_or(newcomer),
        }
    }
}

/// Derives the reputation of `target` from `yes`, one answer a source, of chunks already verified, and the number of
/// sources that said NO; at a time at which no outcome is too old.
pub fn derive(target: Peer, yes: &[Arc<Answer>], no: u32, config: &Config) -> Derived {
    Evidence { yes, no, now: Time::ZERO, trust: Trust::Equal, places: None }.derive(target, config)
}

impl Evidence<'_> {
    /// The reputation of `target`.
    pub(super) fn derive(self, target: Peer, config: &Config) -> Derived {
        let Evidence { yes, no, .. } = self;
        let mut tally = Tally::default();
        match config.aggregation {
            Aggregation::Distinct => {
                let mut chunks: Vec<&Arc<Chunk>> = yes.iter().flat_map(|answer| answer.chunks()).collect();
                chunks.sort_unstable_by(|a, b| (a.id(), a.hash()).cmp(&(b.id(), b.hash())));
                chunks.dedup_by(|a, b| (a.id(), a.hash()) == (b.id(), b.hash()));
                chunks.into_iter().for_each(|chunk| self.count(chunk, target, config, &mut tally));
            }
            Aggregation::Raw => yes.iter().for_each(|answer| {
                // A receipt counts once in each answer, as what it is about does.
                tally.spent.clear();
                answer.chunks().iter().for_each(|chunk| self.count(chunk, target, config, &mut tally));
            }),
        }
        let sum = tally.sum();
        let total = whole(sum.all);
        // A source is who says anything that counts.
        let says = |answer: &&Arc<Answer>| {
            let mut said = Tally::default();
            answer.chunks().iter().for_each(|chunk| self.count(chunk, target, config, &mut said));
            said.counts.total() > 0
        };
        let sources = yes.iter().filter(says).count() as u32;
        Derived {
            reputation: posterior(sum.good, sum.all, config),
            confidence: assess(config.confidence, sources, total),
            sources,
            total_events: total,
            positive: tally.counts.positive,
            negative: tally.counts.negative,
            rate_limited: no,
        }
    }

    /// Counts the outcomes of a chunk that count for `target`.
    fn count(&self, chunk: &Chunk, target: Peer, config: &Config, tally: &mut Tally) {
        let trust = self.trust.of(chunk.recorder());
        let place = self.places.map(|peers| Source::by_address(chunk.recorder(), peers));
        if config.receipts.is_none() && config.recency.is_none() {
            return tally.add(counting(chunk, target, config), trust, place);
        }
        for (entry, event, receipt) in chunk.outcomes() {
            let recent = config.recency.is_none_or(|span| self.now <= entry.at + span);
            if recent && counts_for(chunk.recorder(), event.subject, target, config) {
                let receipt = receipt.filter(|it| it.is_of_other_party(chunk.recorder(), event));
                let signed = receipt.is_some_and(|it| tally.spent.insert(it.signature.0));
                let unsigned = config.receipts.filter(|_| !signed);
                let weight = unsigned.map_or(1.0, |receipts| receipts.unsigned_weight.get());
                tally.add(Counts::of(event.kind), trust * weight, place);
            }
        }
    }
}

/// Outcomes that count, in full or in part.
#[derive(Debug, Default)]
struct Tally {
    counts: Counts,
    sum: Sum,
    /// The same by source, where each has one vote.
    sources: BTreeMap<Source, Sum>,
    /// Signatures on receipts that have counted: each is good for one outcome.
    spent: BTreeSet<[u8; 64]>,
}

impl Tally {
    /// What they come to.
    fn sum(&self) -> Sum {
        if self.sources.is_empty() { self.sum } else { Sum::of_votes(self.sources.values()) }
    }

    /// Outcomes of this weight, from a source that has one vote, or of which each counts.
    fn add(&mut self, counts: Counts, weight: f64, source: Option<Source>) {
        if weight > 0.0 {
            self.counts.add(counts);
            source.map_or(&mut self.sum, |it| self.sources.entry(it).or_default()).add(counts, weight);
        }
    }
}

/// Whole outcomes: those that count in part make one together, ten tenths also where their sum is rounded to less.
fn whole(all: f64) -> u32 {
    (all + 1e-6) as u32
}

/// The share of good outcomes, with those that everybody is taken to have had: the mean of the posterior of a beta distribution
/// whose mean is a newcomer's reputation, and whose weight is that of twice `config.prior` outcomes.
pub(crate) fn reputation(counts: Counts, config: &Config) -> f64 {
    posterior(f64::from(counts.positive), f64::from(counts.total()), config)
}

fn posterior(good: f64, all: f64, config: &Config) -> f64 {
    let (newcomer, weight) = (config.newcomer.get(), 2.0 * config.prior);
    if all > 0.0 { (good + newcomer * weight) / (all + weight) } else { newcomer }
}

/// Whether an outcome about `subject` that `recorder` recorded counts for `target`.
fn counts_for(recorder: Peer, subject: Peer, target: Peer, config: &Config) -> bool {
    let counts = config.self_reports == SelfReports::Count || recorder != subject;
    counts && is_for(recorder, subject, target, config.attribution)
}

/// Whether an outcome about `subject` that `recorder` recorded is attributed to `target`.
pub(super) fn is_for(recorder: Peer, subject: Peer, target: Peer, attribution: Attribution) -> bool {
    match attribution {
        Attribution::Subject => subject == target,
        Attribution::Recorder => recorder == target,
    }
}

/// Whether a chunk belongs into an answer about `target`.
pub(super) fn is_about(chunk: &Chunk, target: Peer, attribution: Attribution) -> bool {
    match attribution {
        Attribution::Subject => chunk.subjects().binary_search(&target).is_ok(),
        Attribution::Recorder => chunk.recorder() == target,
    }
}

/// The outcomes of a chunk that count for `target`.
fn counting(chunk: &Chunk, target: Peer, config: &Config) -> Counts {
    let own = chunk.recorder() == target;
    let count_own = config.self_reports == SelfReports::Count;
    match config.attribution {
        Attribution::Subject if own && !count_own => Counts::default(),
        Attribution::Subject => chunk.counts_about(target),
        Attribution::Recorder if !own => Counts::default(),
        Attribution::Recorder => {
            let (all, of_itself) = (chunk.counts(), chunk.counts_about(target));
            if count_own {
                return all;
            }
            Counts {
                positive: all.positive - of_itself.positive,
                negative: all.negative - of_itself.negative,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Shared;
    use super::super::config::ConfidenceRule;
    use super::super::harness::{chunk, shared};
    use super::super::message::QueryId;
    use super::*;
    use crate::units::Share;

    const ALICE: Peer = Peer(1);
    const BOB: Peer = Peer(2);

    fn answer(chunks: &[&Arc<Chunk>]) -> Arc<Answer> {
        let query = QueryId { asker: Peer(0), sequence: 0 };
        Arc::new(Answer::new(query, chunks.iter().map(|&chunk| Arc::clone(chunk)).collect()))
    }

    /// 108 good and 19 bad outcomes of Alice, in 13 chunks.
    fn history(shared: &Shared) -> Vec<Arc<Chunk>> {
        (0..13)
            .map(|number| {
                let (good, bad) = match number {
                    0..=6 => (8, 2),
                    7..=11 => (9, 1),
                    _ => (7, 0),
                };
                chunk(shared, ALICE, 10 * (number + 1), &[(ALICE, good, bad)])
            })
            .collect()
    }

    #[test]
    fn the_example_of_the_proposal_comes_out() {
        let shared = shared(4);
        let history = history(&shared);
        let chunks: Vec<_> = history.iter().collect();
        let yes = [answer(&chunks[..5]), answer(&chunks[3..9]), answer(&chunks[8..])];
        let derived = derive(ALICE, &yes, 1, &shared.config);
        assert!((derived.reputation - 0.850_394).abs() < 5e-7, "{derived:?}");
        assert_eq!((derived.positive, derived.negative, derived.total_events), (108, 19, 127));
        assert_eq!((derived.sources, derived.rate_limited), (3, 1));
        assert_eq!(derived.confidence, Confidence::High);
    }

    #[test]
    fn replicas_count_once_unless_aggregation_is_raw() {
        let mut shared = shared(4);
        let history = history(&shared);
        let chunks: Vec<_> = history.iter().collect();
        let yes = [answer(&chunks), answer(&chunks), answer(&chunks[..1])];
        assert_eq!(derive(ALICE, &yes, 0, &shared.config).total_events, 127);
        shared.config.aggregation = Aggregation::Raw;
        let raw = derive(ALICE, &yes, 0, &shared.config);
        assert_eq!((raw.total_events, raw.positive), (264, 224));
    }

    #[test]
    fn two_chunks_of_one_name_with_different_content_both_count() {
        let shared = shared(4);
        let one = chunk(&shared, ALICE, 10, &[(ALICE, 5, 0)]);
        let other = chunk(&shared, ALICE, 10, &[(ALICE, 0, 5)]);
        let derived = derive(ALICE, &[answer(&[&one]), answer(&[&other])], 0, &shared.config);
        assert_eq!((derived.positive, derived.negative), (5, 5));
    }

    #[test]
    fn an_event_counts_for_its_subject_or_for_its_recorder() {
        let mut shared = shared(4);
        let seen_by_alice = chunk(&shared, ALICE, 10, &[(BOB, 0, 6), (ALICE, 3, 1)]);
        let yes = [answer(&[&seen_by_alice])];
        let counts = |target, config: &Config| {
            let derived = derive(target, &yes, 0, config);
            (derived.positive, derived.negative)
        };
        assert_eq!(counts(BOB, &shared.config), (0, 6));
        assert_eq!(counts(ALICE, &shared.config), (3, 1));
        shared.config.self_reports = SelfReports::Ignore;
        assert_eq!(counts(BOB, &shared.config), (0, 6));
        assert_eq!(counts(ALICE, &shared.config), (0, 0));
        shared.config.attribution = Attribution::Recorder;
        assert_eq!(counts(BOB, &shared.config), (0, 0));
        assert_eq!(counts(ALICE, &shared.config), (0, 6));
        shared.config.self_reports = SelfReports::Count;
        assert_eq!(counts(ALICE, &shared.config), (3, 7));
    }

    #[test]
    fn without_events_a_node_is_a_newcomer() {
        let mut shared = shared(4);
        let derived = derive(ALICE, &[], 2, &shared.config);
        assert_eq!((derived.reputation, derived.sources, derived.rate_limited), (0.5, 0, 2));
        assert_eq!(derived.confidence, Confidence::None);
        shared.config.newcomer = crate::units::Share::clamped(0.2);
        shared.config.confidence = ConfidenceRule::Derive;
        let derived = derive(ALICE, &[], 0, &shared.config);
        assert_eq!((derived.reputation, derived.confidence), (0.2, Confidence::Low));
    }

    #[test]
    fn a_chance_that_rises_as_worked_out_gives_the_timeline_of_the_proposal() {
        let stretches = [(30.0, 0.65), (100.0, 0.793), (250.0, 0.867), (600.0, 0.923)];
        let (mut events, mut good) = (0.0, 0.0_f64);
        for ((until, chance), expected) in stretches.into_iter().zip([0.65, 0.75, 0.82, 0.88]) {
            good += (until - events) * chance;
            events = until;
            assert!((good / events - expected).abs() < 0.001, "{until}: {}", good / events);
        }
    }

    #[test]
    fn outcomes_that_are_too_old_do_not_count() {
        let mut shared = shared(4);
        // At second 1.
        let yes = [answer(&[&chunk(&shared, BOB, 10, &[(ALICE, 3, 1)])])];
        shared.config.recency = Some(crate::units::Duration::from_secs(10));
        for (second, total) in [(1, 4), (11, 4), (12, 0)] {
            let now = Time::ZERO + crate::units::Duration::from_secs(second);
            let evidence = Evidence { yes: &yes, no: 0, now, trust: Trust::Equal, places: None };
            let derived = evidence.derive(ALICE, &shared.config);
            assert_eq!((derived.total_events, derived.sources), (total, u32::from(total > 0)), "{second}");
        }
    }

    #[test]
    fn ten_outcomes_that_count_a_tenth_each_are_one() {
        let mut tally = Tally::default();
        (1..=30).for_each(|number| {
            tally.add(Counts::of(EventKind::DisputeResolved), 0.1, None);
            assert_eq!(whole(tally.sum().all), number / 10, "{tally:?}");
        });
    }

    #[test]
    fn what_a_recorder_says_weighs_as_much_as_it_is_trusted() {
        let shared = shared(5);
        let (carol, asker) = (Peer(3), Peer(4));
        let said = [(BOB, 0, 4), (carol, 4, 0), (asker, 1, 0)];
        let chunks: Vec<_> =
            said.iter().map(|&(by, good, bad)| chunk(&shared, by, 10, &[(ALICE, good, bad)])).collect();
        let yes = [answer(&chunks.iter().collect::<Vec<_>>())];
        let mut lived = Experience::default();
        // Bob has done badly twice: (0 + 1) / (2 + 2); Carol is not known: 1 / 2.
        (0..2).for_each(|_| lived.add(BOB, EventKind::DisputeFailed));
        let derived = |trust| {
            let evidence = Evidence { yes: &yes, no: 0, now: Time::ZERO, trust, places: None };
            evidence.derive(ALICE, &shared.config)
        };
        let by_experience = derived(Trust::Experience(asker, Some(&lived)));
        assert_eq!(by_experience.reputation, (4.0 * 0.5 + 1.0) / (4.0 * 0.25 + 4.0 * 0.5 + 1.0));
        assert_eq!((by_experience.positive, by_experience.negative, by_experience.total_events), (5, 4, 4));
        let mut known = Reputations::default();
        known.insert(BOB, 0.0);
        assert_eq!(derived(Trust::Derived(asker, &known, 0.5)).reputation, 1.0);
        assert_eq!(derived(Trust::Equal).reputation, 5.0 / 9.0);
    }

    /// Bob has four bad outcomes of Alice; Carol, and her further identity, eight good ones each.
    #[test]
    fn recorders_at_one_address_have_one_vote_however_much_they_say() {
        let mut shared = shared(5);
        let (carol, other) = (Peer(3), Peer(4));
        let said = [(BOB, 0, 4), (carol, 8, 0), (other, 8, 0)];
        let chunks: Vec<_> =
            said.iter().map(|&(by, good, bad)| chunk(&shared, by, 10, &[(ALICE, good, bad)])).collect();
        let yes = [answer(&chunks.iter().collect::<Vec<_>>())];
        shared.peers = shared.peers.with_further_identities(vec![carol]);
        let derived = |places| {
            let evidence = Evidence { yes: &yes, no: 0, now: Time::ZERO, trust: Trust::Equal, places };
            evidence.derive(ALICE, &shared.config)
        };
        assert_eq!((derived(None).reputation, derived(None).total_events), (0.8, 20));
        let voted = derived(Some(&shared.peers));
        // Two votes: 2² / (1/4 + 1/16) = 12.8 outcomes.
        assert_eq!((voted.reputation, voted.total_events), (0.5, 12));
        assert_eq!((voted.positive, voted.negative), (16, 4));
    }

    /// The figures follow from the formula by hand.
    #[test]
    fn outcomes_that_everybody_is_taken_to_have_had_pull_towards_a_newcomers_reputation() {
        let of = |positive, negative, prior, newcomer| {
            let config = Config { prior, newcomer: Share::clamped(newcomer), ..Config::default() };
            reputation(Counts { positive, negative }, &config)
        };
        assert_eq!([of(1, 0, 0.0, 0.5), of(0, 1, 0.0, 0.5)], [1.0, 0.0]);
        // (p + a) / (n + 2a)
        assert_eq!(
            [of(1, 0, 1.0, 0.5), of(0, 1, 1.0, 0.5), of(8, 0, 4.0, 0.5)],
            [2.0 / 3.0, 1.0 / 3.0, 0.75]
        );
        assert_eq!([of(0, 0, 1.0, 0.3), of(0, 0, 0.0, 0.3)], [0.3, 0.3]);
        assert_eq!(of(3, 1, 2.0, 0.25), 0.5);
    }
}
