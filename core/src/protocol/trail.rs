//! The audit trail: what a series says that its owner has heard, from which whoever has the answers derives the same result.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::Shared;
use super::collection::{Check, Collection, Reply};
use super::config::{RecorderWeight, Sources};
use super::derive::{Derived, Trust};
use super::message::{Answer, QueryId};
use super::peer::Peer;
use super::series::{Record, Series};
use crate::units::Time;

/// Why a result cannot be derived again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Discrepancy {
    /// Entries were changed, or are not all there.
    #[error("the series is not what was appended to it")]
    Chain,
    /// The series knows no such query.
    #[error("the series holds no such query")]
    NoQuery,
    /// The series says that this node said YES in time, but its answer is not given.
    #[error("the answer of peer {} is missing", .0.0)]
    Missing(Peer),
    /// What is given as this node's answer is not what came.
    #[error("peer {} gave another answer", .0.0)]
    Differs(Peer),
    /// A result also depends on what no trail tells: under `announced_only` which announcements the node has heard, under
    /// `recorder_weight` what it thinks of recorders, and under `sources` by address, where tables grow, whom it has met.
    #[error("results also depend on what is in no series: `announced_only`, `recorder_weight`, `sources`")]
    Untold,
}

/// What the owner of `series` has derived for its query with that number, given the YES `answers` that it has kept by who
/// gave them. Late answers are not needed.
///
/// What was appended only the owner knows: a series that it has made anew, without an answer that it did not like, is a chain as
/// good as the first. What holds it down are its chunks, each signed with the head of the series when it was cut: whoever has one
/// first asks whether it is [cut from](super::Chunk::is_cut_from) the series.
///
/// A series has the stamps of its owner's clock. When that was set while the query was under way, another outcome may be too old by
/// `recency` here than was there.
///
/// # Errors
/// When the series or an answer is not what it was, or the configuration lets a result depend on more than these.
pub fn derive_again(
    series: &Series,
    query: u32,
    answers: &BTreeMap<Peer, Arc<Answer>>,
    shared: &Shared,
) -> Result<Derived, Discrepancy> {
    let config = &shared.config;
    let by_acquaintance = config.sources == Sources::Addresses && shared.peers.grows();
    if config.announced_only || config.recorder_weight != RecorderWeight::Equal || by_acquaintance {
        return Err(Discrepancy::Untold);
    }
    if !series.verify(&shared.peers) {
        return Err(Discrepancy::Chain);
    }
    let (target, issued) = asked(series, query).ok_or(Discrepancy::NoQuery)?;
    let mut collection = Collection::new(target, issued);
    let check = Check { own: series.owner(), announced: None, shared };
    let mut end = issued + config.window;
    for (at, from, reply) in heard(series, query, answers) {
        collection.answered.insert(from);
        collection.hear(from, reply?, &check, at, |_| {});
        if collection.has_enough(shared) {
            end = at;
        }
    }
    Ok(collection.derive(Trust::Equal, end, shared))
}

/// Whom a query was about, and when it was asked.
fn asked(series: &Series, number: u32) -> Option<(Peer, Time)> {
    series.tail(usize::MAX).iter().find_map(|entry| match entry.record {
        Record::QuerySent { query, target } if query == number => Some((target, entry.at)),
        _ => None,
    })
}

/// What came in time, in its order.
fn heard<'a>(
    series: &'a Series,
    number: u32,
    answers: &'a BTreeMap<Peer, Arc<Answer>>,
) -> impl Iterator<Item = (Time, Peer, Result<Reply, Discrepancy>)> + 'a {
    let name = QueryId { asker: series.owner(), sequence: number };
    series.tail(usize::MAX).iter().filter_map(move |entry| {
        let Record::AnswerReceived { query, from, yes, in_time: true, chunks: held } = entry.record else {
            return None;
        };
        let reply = match (yes, answers.get(&from)) {
            (None, _) => Ok(Reply::No { query: name, held }),
            (Some(_), None) => Err(Discrepancy::Missing(from)),
            (Some(seal), Some(given)) if given.seal() == seal => Ok(Reply::Yes(Arc::clone(given))),
            (Some(_), Some(_)) => Err(Discrepancy::Differs(from)),
        };
        (query == number).then_some((entry.at, from, reply))
    })
}

#[cfg(test)]
mod tests {
    use super::super::asker::{Asker, Knowledge};
    use super::super::chunk::Chunk;
    use super::super::config::{Collect, Config};
    use super::super::harness::{Solo, chunk, shared};
    use super::super::message::ChunkId;
    use super::super::observation::Observation;
    use super::super::peer::Id;
    use super::super::peer_table::PeerTable;
    use super::*;
    use crate::units::Duration;
    use proptest::prelude::*;

    const TARGET: Peer = Peer(7);
    const NUMBER: u32 = 5;

    /// What an asker hears, and what it keeps of it.
    struct Scene {
        solo: Solo,
        asker: Asker,
        kept: BTreeMap<Peer, Arc<Answer>>,
    }

    impl Scene {
        fn new(config: Config) -> Scene {
            let (mut solo, mut asker) = (Solo::new(config), Asker::default());
            solo.give(|series, _, ctx| asker.on_query(TARGET, NUMBER, series, ctx));
            Scene { solo, asker, kept: BTreeMap::new() }
        }

        /// An answer: NO, or so many good outcomes among ten of this subject, as this recorder says.
        fn hear(&mut self, from: Peer, said: Said) {
            self.solo.now += Duration::from_millis(400);
            let query = QueryId { asker: Peer(0), sequence: NUMBER };
            let reply = match said {
                None => Reply::No { query, held: 1 },
                Some((recorder, subject, good)) => {
                    let outcomes = [(subject, good, 10 - good)];
                    let chunks = vec![chunk(&self.solo.local.shared, recorder, 10, &outcomes)];
                    let answer = Arc::new(Answer::new(query, chunks));
                    self.kept.entry(from).or_insert_with(|| Arc::clone(&answer));
                    Reply::Yes(answer)
                }
            };
            let asker = &mut self.asker;
            self.solo.give(|series, _, ctx| asker.on_answer(from, reply, Knowledge::default(), series, ctx));
        }

        /// What the asker has derived.
        fn derived(&mut self) -> Derived {
            let asker = &mut self.asker;
            self.solo.now = self.solo.now.max(Time::ZERO + Duration::from_secs(105));
            self.solo.give(|_, _, ctx| asker.on_collection_ends(NUMBER, Knowledge::default(), ctx));
            let ended = self.solo.observed().into_iter().find_map(|seen| match seen {
                Observation::Collected(collected) => Some(collected.derived),
                _ => None,
            });
            ended.expect("a collection ends")
        }

        fn again(&self, series: &Series) -> Result<Derived, Discrepancy> {
            derive_again(series, NUMBER, &self.kept, &self.solo.local.shared)
        }
    }

    /// Who records, about whom, and how many good outcomes of ten; none: NO.
    type Said = Option<(Peer, Peer, usize)>;

    fn answers() -> impl Strategy<Value = Vec<(Peer, Said)>> {
        let said = (3..6_u32, 6..8_u32, 0..=10_usize);
        let said = said.prop_map(|(recorder, subject, good)| (Peer(recorder), Peer(subject), good));
        prop::collection::vec(((11..18_u32).prop_map(Peer), prop::option::weighted(0.7, said)), 0..12)
    }

    proptest! {
        #[test]
        fn what_was_derived_is_derived_again(
            answers in answers(),
            collect in prop::sample::select(vec![Collect::Yes, Collect::Any, Collect::ScanAfter]),
            recency in prop::option::of(96..105_u64),
        ) {
            let recency = recency.map(Duration::from_secs);
            let mut scene = Scene::new(Config { collect, recency, ..Config::default() });
            answers.into_iter().for_each(|(from, said)| scene.hear(from, said));
            let derived = scene.derived();
            prop_assert_eq!(scene.again(&scene.solo.series), Ok(derived));
        }
    }

    #[test]
    fn a_trail_shows_what_was_kept_back_or_changed() {
        let mut scene = Scene::new(Config::default());
        scene.hear(Peer(11), Some((Peer(3), TARGET, 8)));
        scene.hear(Peer(12), Some((Peer(4), TARGET, 6)));
        let derived = scene.derived();
        assert_eq!((derived.positive, derived.negative), (14, 6));
        let series = scene.solo.series.clone();
        let shared = Arc::clone(&scene.solo.local.shared);
        let other = scene.kept[&Peer(11)].clone();
        let kept = scene.kept.insert(Peer(12), other);
        assert_eq!(scene.again(&series), Err(Discrepancy::Differs(Peer(12))));
        scene.kept.remove(&Peer(12));
        assert_eq!(scene.again(&series), Err(Discrepancy::Missing(Peer(12))));
        scene.kept.extend(kept.map(|kept| (Peer(12), kept)));
        assert_eq!(scene.again(&series), Ok(derived));
        assert_eq!(derive_again(&series, 6, &scene.kept, &shared), Err(Discrepancy::NoQuery));
        assert_eq!(scene.again(&series.forged()), Err(Discrepancy::Chain));
    }

    #[test]
    fn a_series_that_was_made_anew_is_a_chain_but_not_what_chunks_were_cut_from() {
        let mut scene = Scene::new(Config::default());
        scene.hear(Peer(11), Some((Peer(3), TARGET, 8)));
        scene.hear(Peer(12), Some((Peer(4), TARGET, 6)));
        let (series, peers) = (&scene.solo.series, scene.solo.local.peers());
        let (signer, id) = (&*scene.solo.local.signer, ChunkId { recorder: Peer(0), length: 3 });
        let chunk = Chunk::signed(id, scene.solo.now, series.head(peers), &[], signer, peers);
        let mut trimmed = Series::new(series.owner());
        series.tail(3).iter().take(2).for_each(|&entry| trimmed.append(entry, peers));
        let derived = scene.again(&trimmed).expect("a chain");
        assert_eq!((derived.positive, derived.negative), (8, 2));
        assert!(chunk.is_cut_from(series, peers) && !chunk.is_cut_from(&trimmed, peers));
        // Whatever comes after it is not held down by it.
        trimmed.append(series.tail(1)[0], peers);
        trimmed.append(series.tail(1)[0], peers);
        assert!(chunk.is_cut_from(&trimmed, peers));
        let other = Chunk::signed(id, scene.solo.now, [0; 32], &[], signer, peers);
        assert!(!other.is_cut_from(series, peers));
        let of_another = ChunkId { recorder: Peer(1), length: 3 };
        let of_another = Chunk::signed(of_another, scene.solo.now, series.head(peers), &[], signer, peers);
        assert!(!of_another.is_cut_from(series, peers));
    }

    #[test]
    fn no_result_is_derived_again_from_what_no_trail_tells() {
        let scene = Scene::new(Config { announced_only: true, ..Config::default() });
        assert_eq!(scene.again(&scene.solo.series), Err(Discrepancy::Untold));
        // Simulated nodes know everybody's address, so that whoever derives it again counts the same sources.
        let mut scene = Scene::new(Config { sources: Sources::Addresses, ..Config::default() });
        let derived = scene.derived();
        assert_eq!(scene.again(&scene.solo.series), Ok(derived));
        let mut shared = shared(1);
        shared.config.sources = Sources::Addresses;
        shared.peers = PeerTable::growing(8);
        let series = Series::new(shared.peers.intern(&Id([7; 32])).expect("there is room"));
        assert_eq!(derive_again(&series, 0, &BTreeMap::new(), &shared), Err(Discrepancy::Untold));
    }
}
