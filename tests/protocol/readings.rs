//! Where the seed can be read in two ways: what each reading does to figures.

use std::collections::BTreeMap;

use ir3sim::conduct::{AdversaryKind, Conduct};
use ir3sim::protocol::{
    Aggregation, Attribution, Chunking, ConfidenceRule, Config, Derived, Dissemination, Observation as Seen,
    Persist, SelfReports, SeriesConfig,
};
use ir3sim::units::{Duration, Frequency, Share};
use ir3sim::world::{Observers, Skill, Work, WorldConfig};

use crate::build::{UNLIMITED, away, every, figure, group, protocol, query, record, simulate, work, world};

const ASKERS: u16 = 0;
const OBSERVERS: u16 = 1;
const SUBJECTS: u16 = 3;
const STORERS: u32 = 6;

/// Four subjects, whose deeds four observers record until 60 s, and queries about them from 70 s on: nobody of the others
/// says anything about itself.
fn scene(skill: f64, protocol: Config) -> WorldConfig {
    let mut store = group("storers", STORERS, UNLIMITED);
    store.stores = true;
    let mut subjects = group("subjects", 4, UNLIMITED);
    subjects.skill = Skill::Constant(Share::clamped(skill));
    let groups = vec![group("askers", 3, UNLIMITED), group("observers", 4, UNLIMITED), store, subjects];
    let mut config = world(groups, 120);
    config.protocol = Some(protocol);
    let Work::Record { about, kinds, .. } = record(SUBJECTS) else { unreachable!("it records") };
    let by = Observers::Group(ir3sim::world::GroupId(OBSERVERS));
    work(&mut config, "deeds", (0, 60), every(100), Work::Record { about, by, kinds });
    work(&mut config, "asks", (70, 110), every(500), query(ASKERS, SUBJECTS));
    config
}

/// All storers keep everything, and all are heard.
fn all_of_all() -> Config {
    Config { replicas: 0, enough: STORERS, ..Config::default() }
}

fn figures(config: &WorldConfig) -> BTreeMap<String, Option<f64>> {
    simulate(config, 1).1.metrics
}

fn collected(config: &WorldConfig) -> Vec<Derived> {
    let ends = protocol(config, 1).into_iter().filter_map(|(_, _, what)| match what {
        Seen::Collected(end) => Some(end.derived),
        _ => None,
    });
    ends.collect()
}

/// Cheats that report their own work as good, beside observers that tell what it was.
#[test]
fn attribution_to_the_recorder_leaves_a_cheat_where_it_puts_itself_and_to_the_subject_takes_it_to_the_truth()
{
    let mean = |attribution, self_reports| {
        let mut config = scene(0.2, Config { attribution, self_reports, ..all_of_all() });
        work(&mut config, "reports", (0, 60), every(100), record(SUBJECTS));
        let rate = Frequency::per_second(0.1);
        config.groups[usize::from(SUBJECTS)].conduct =
            Some(Conduct::always(AdversaryKind::SelfPromoter { rate }));
        figures(&config)["reputation.mean"].expect("something is known of them")
    };
    assert_eq!(mean(Attribution::Recorder, SelfReports::Count), 1.0);
    // 560 observed deeds and more: four standard errors are 0.068.
    let truth = mean(Attribution::Subject, SelfReports::Ignore);
    assert!((truth - 0.2).abs() < 0.068, "{truth}");
    // With about as many praises of themselves as deeds that others saw, they are half way between.
    let mixed = mean(Attribution::Subject, SelfReports::Count);
    assert!((0.55..0.7).contains(&mixed), "{mixed}");
}

#[test]
fn aggregation_raw_inflates_the_number_of_events_by_the_number_of_sources() {
    let [distinct, raw] = [Aggregation::Distinct, Aggregation::Raw]
        .map(|aggregation| collected(&scene(0.5, Config { aggregation, ..all_of_all() })));
    assert_eq!(distinct.len(), raw.len());
    for (one, other) in distinct.iter().zip(&raw) {
        assert!(one.total_events > 100);
        assert_eq!(other.total_events, STORERS * one.total_events);
        assert_eq!(other.reputation, one.reputation);
    }
}

#[test]
fn confidence_literal_never_says_very_high_and_enough_of_three_never_lets_it() {
    let label = |confidence, enough| {
        let figures = figures(&scene(0.5, Config { confidence, enough, ..all_of_all() }));
        ["high", "very_high"].map(|label| figures[&format!("confidence.{label}_ratio")])
    };
    assert_eq!(label(ConfidenceRule::Ladder, STORERS), [Some(0.0), Some(1.0)]);
    assert_eq!(label(ConfidenceRule::Literal, STORERS), [Some(1.0), Some(0.0)]);
    assert_eq!(label(ConfidenceRule::Derive, STORERS), [Some(1.0), Some(0.0)]);
    assert_eq!(label(ConfidenceRule::Ladder, 3), [Some(1.0), Some(0.0)]);
}

#[test]
fn chunking_literal_skips_outcomes_and_pushes_audit_entries() {
    let pushed = |chunking| {
        let mut config = scene(0.5, Config { chunking, ..all_of_all() });
        // Observers that ask have audit entries between their outcomes.
        work(&mut config, "curious", (0, 60), every(70), query(OBSERVERS, SUBJECTS));
        let (mut outcomes, mut audit, mut recorded) = (0, 0, 0);
        for (_, _, what) in protocol(&config, 1) {
            match what {
                Seen::Recorded { .. } => recorded += 1,
                Seen::ChunkPushed(chunk) => {
                    let events = chunk.entries().iter().filter(|entry| entry.event().is_some()).count();
                    outcomes += events;
                    audit += chunk.entries().len() - events;
                }
                _ => {}
            }
        }
        (recorded, outcomes, audit)
    };
    let (recorded, outcomes, audit) = pushed(Chunking::Reputation);
    // Each of four observers may have up to nine outcomes that wait.
    assert!(outcomes > recorded - 40 && audit == 0, "{outcomes} of {recorded}, {audit}");
    let (recorded, outcomes, audit) = pushed(Chunking::Literal);
    assert!(outcomes < recorded / 2 && audit > 0, "{outcomes} of {recorded}, {audit}");
}

#[test]
fn flush_after_makes_a_newcomer_visible() {
    let answered = |flush_after| {
        let mut config = scene(1.0, Config { flush_after, ..all_of_all() });
        // Five deeds each, reported by themselves.
        work(&mut config, "first", (0, 21), every(1000), record(SUBJECTS));
        config.workloads.retain(|workload| workload.name != "deeds");
        figures(&config)["queries.answered_ratio"]
    };
    assert_eq!(answered(None), Some(0.0));
    assert_eq!(answered(Some(Duration::from_secs(20))), Some(1.0));
}

#[test]
fn replicas_limit_holders_and_answers_and_none_do_not() {
    for (replicas, holders) in [(0, 6.0), (5, 5.0), (2, 2.0)] {
        let figures = figures(&scene(0.5, Config { replicas, ..all_of_all() }));
        assert_eq!(figures["storage.replicas_mean"], Some(holders));
    }
}

/// Storers are away for a while between the last deed and the first query.
#[test]
fn an_absence_loses_what_is_not_to_be_kept() {
    for (persist, answered) in [(Persist::All, 1.0), (Persist::Own, 0.0), (Persist::Nothing, 0.0)] {
        let series = SeriesConfig { persist };
        let mut config = scene(0.5, Config { series, ..all_of_all() });
        away(&mut config, 2, 62, 4);
        let figures = figures(&config);
        assert_eq!(figures["queries.answered_ratio"], Some(answered), "{persist:?}");
        let lost = figures["storage.dropped"].unwrap_or(0.0) > 0.0;
        assert_eq!(lost, persist != Persist::All);
    }
}

/// Of six answers spread over 2.5 s the first comes after 2.5 s/7 in the mean; without the spread all come after 80 ms.
#[test]
fn answer_jitter_spreads_answers() {
    let latency = |answer_jitter| figure_of(&scene(0.5, Config { answer_jitter, ..all_of_all() }));
    assert!((latency(Duration::ZERO) - 0.08).abs() < 1e-9);
    let spread = latency(Duration::from_millis(2500));
    assert!((0.2..0.6).contains(&spread), "{spread}");
}

fn figure_of(config: &WorldConfig) -> f64 {
    figure(&simulate(config, 1).1, "queries.latency_p50_s")
}

#[test]
fn ways_of_dissemination_differ_in_what_a_question_costs_and_tells() {
    let cost = |dissemination| {
        let mut config = scene(0.5, Config { dissemination, enough: 3, ..Config::default() });
        config.groups[usize::from(ASKERS)].hosts.count = 200;
        config.workloads[0].arrivals = every(1000);
        let figures = figures(&config);
        let of = |name: &str| figures.get(name).copied().flatten().unwrap_or(0.0);
        let exposed = of("privacy.question_exposure_ratio");
        (of("queries.copies_mean") + of("lookups.messages_mean"), exposed, of("queries.answered_ratio"))
    };
    let hosts = f64::from(200 + 4 + STORERS + 4);
    let (tree, told, answered) = cost(Dissemination::Tree);
    assert_eq!((tree, told, answered), (hosts - 1.0, 1.0, 1.0));
    let (flood, told, answered) = cost(Dissemination::Flood);
    assert!(flood > 8.0 * hosts && told == 1.0 && answered == 1.0, "{flood} {told}");
    let (gossip, told, _) = cost(Dissemination::Gossip);
    // Of three contacts each, the epidemic formula reaches 94 %.
    assert!(gossip > 2.5 * hosts && gossip < 3.0 * hosts && told > 0.85 && told < 1.0, "{gossip} {told}");
    let (lookup, told, answered) = cost(Dissemination::Lookup);
    assert!(lookup < hosts / 4.0 && told < 0.2 && answered > 0.0, "{lookup} {told} {answered}");
}
