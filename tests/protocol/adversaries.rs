//! What each conduct does and wins, against the same world in which it begins only after the end.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ir3sim::conduct::{AdversaryKind, Conduct};
use ir3sim::metrics::Collector;
use ir3sim::protocol::{Confidence, Config, Dissemination, Receipts};
use ir3sim::units::{Duration, Frequency, Share, Time};
use ir3sim::world::{
    Choose, GroupId, KindMix, Observers, Paid, Recorders, RunOptions, Skill, Tasks, Work, WorldConfig, run,
};

use crate::build::{UNLIMITED, every, exact, figure, group, record, s, simulate, work, world};

const CLIENTS: u16 = 0;
const PEOPLE: u16 = 1;
const VILLAINS: u16 = 3;

/// Clients that have work done by six people and four villains, who all store as well, tell how it turned out, and ask
/// about them.
fn village(conduct: Conduct, skill: f64) -> WorldConfig {
    let mut people = group("people", 6, UNLIMITED);
    people.skill = Skill::Constant(Share::clamped(0.8));
    let mut storers = group("storers", 6, UNLIMITED);
    let mut villains = group("villains", 4, UNLIMITED);
    (storers.stores, villains.stores) = (true, true);
    villains.skill = Skill::Constant(Share::clamped(skill));
    villains.conduct = Some(conduct);
    let mut config = world(vec![group("clients", 4, UNLIMITED), people, storers, villains], 240);
    config.cooldown = Duration::from_secs(10);
    config.protocol = Some(Config { replicas: 0, enough: 10, ..Config::default() });
    let both = || vec![GroupId(PEOPLE), GroupId(VILLAINS)];
    let Work::Record { kinds, .. } = record(PEOPLE) else { unreachable!("it records") };
    let by = Observers::Group(GroupId(CLIENTS));
    work(&mut config, "deeds", (0, 120), every(400), Work::Record { about: both(), by, kinds });
    let ask = Work::Query { from: GroupId(CLIENTS), about: both() };
    work(&mut config, "asks", (60, 230), every(1000), ask);
    work(&mut config, "jobs", (60, 230), every(1500), Work::Tasks(jobs(both(), kinds)));
    config
}

fn jobs(candidates: Vec<GroupId>, kinds: KindMix) -> Tasks {
    Tasks {
        from: GroupId(CLIENTS),
        candidates,
        choose_from: Some(4),
        choose: Choose::Proportional,
        ask: true,
        patience: Duration::from_secs(1),
        min_confidence: Confidence::None,
        recorded_by: Recorders::Requester,
        paid: Paid::Always,
        kinds,
    }
}

/// What a conduct is called, the villains' skill, and figures with what they are at the most while all are honest, and
/// at the least while they are not; the other way round where the first is larger.
type Case = (AdversaryKind, f64, &'static [(&'static str, f64, f64)]);

fn cases() -> Vec<Case> {
    [
        of_what_they_hold(),
        of_what_they_tell(),
        of_how_they_work(),
        of_what_they_do_to_messages(),
        of_what_they_record(),
        of_what_they_sign(),
        of_where_they_point(),
    ]
    .concat()
}

fn once_a_second() -> Frequency {
    Frequency::per_second(1.0)
}

fn of_what_they_hold() -> Vec<Case> {
    vec![
        (
            AdversaryKind::FreeRider { forwards: true },
            0.8,
            &[
                ("conduct.shirked.villains", 0.0, 100.0),
                ("storage.replicas_mean", 9.9, 6.1),
                ("conduct.bytes.villains", 2e7, 1e6),
            ],
        ),
        (
            AdversaryKind::Withholder { empty: false, about: Vec::new() },
            0.8,
            &[("conduct.denied.villains", 0.0, 100.0), ("queries.silent_denied", 0.0, 100.0)],
        ),
        (
            AdversaryKind::Forger,
            0.8,
            &[
                ("conduct.forged.villains", 0.0, 100.0),
                ("protocol.rejected.bad_signature", 0.0, 100.0),
                ("protocol.rejected.off_topic", 0.0, 1.0),
            ],
        ),
        // Four of ten holders make up fifty bad outcomes each about people of whom 0.8 ended well.
        (
            AdversaryKind::Fabricator { chunks: 5, praises: false, about: vec![GroupId(PEOPLE)] },
            0.8,
            &[
                ("conduct.forged.villains", 0.0, 100.0),
                ("storage.forged_accepted", 0.0, 100.0),
                ("reputation.error_mean", 0.1, 0.2),
            ],
        ),
    ]
}

fn of_what_they_tell() -> Vec<Case> {
    let rate = once_a_second();
    let gain = &[("conduct.lies.villains", 0.0, 100.0), ("conduct.reputation_gain.villains", 0.05, 0.2)];
    vec![
        (AdversaryKind::SelfPromoter { rate }, 0.3, gain),
        (
            AdversaryKind::Slanderer { rate, about: vec![GroupId(PEOPLE)] },
            0.8,
            &[
                ("events.false_ratio", 0.0, 0.2),
                ("reputation.error_mean", 0.1, 0.15),
                ("selection.share.villains", 0.5, 0.55),
            ],
        ),
        (AdversaryKind::Colluder { rate, signs: true }, 0.3, gain),
        (AdversaryKind::Sybil { identities: 4, rate: Some(rate) }, 0.3, gain),
    ]
}

fn of_how_they_work() -> Vec<Case> {
    // Of about 113 tasks 0.88 end well while all are honest (four of ten do all well, the others 0.8), with a standard deviation
    // of 0.03.
    let (checks, level, span) = (Duration::from_secs(5), Share::clamped(0.5), Duration::from_secs(20));
    vec![
        (
            AdversaryKind::Whitewasher { identities: 5, level, checks, praises: 0 },
            0.1,
            &[("conduct.identities.villains", 4.0, 8.0), ("selection.share.villains", 0.15, 0.2)],
        ),
        (
            AdversaryKind::OnOff { on: span, off: span, cheats: Share::ZERO },
            1.0,
            &[("tasks.good_ratio", 0.81, 0.8)],
        ),
        (
            AdversaryKind::LongCon { level, events: 10, checks, cheats: Share::ZERO },
            1.0,
            &[("tasks.good_ratio", 0.81, 0.7), ("conduct.asked.villains", 0.0, 1.0)],
        ),
    ]
}

fn of_what_they_sign() -> Vec<Case> {
    // Where nothing counts but what both sign, those who sign what was good alone seem to have done nothing else: 0.7 above 0.3. How
    // the few dozen tasks of each of four have ended, most of which others get, leaves honest ones within 0.2 of their skill.
    vec![(AdversaryKind::Repudiator, 0.3, &[("conduct.reputation_gain.villains", 0.2, 0.4)])]
}

fn of_what_they_do_to_messages() -> Vec<Case> {
    vec![
        // A fifth of the nodes pass on nothing that comes to them.
        (
            AdversaryKind::Dropper { drops: Share::ONE },
            0.8,
            &[("conduct.swallowed.villains", 0.0, 1000.0), ("queries.silent_unreached", 0.0, 50.0)],
        ),
        (
            AdversaryKind::QueryFlooder { rate: once_a_second(), about: vec![GroupId(PEOPLE)] },
            0.8,
            &[("conduct.asked.villains", 0.0, 500.0), ("messages.sent", 25_000.0, 40_000.0)],
        ),
        (
            AdversaryKind::Eclipse { identities: 2, bits: 8, target: GroupId(PEOPLE) },
            0.8,
            &[("conduct.denied.villains", 0.0, 100.0), ("queries.silent_denied", 0.0, 100.0)],
        ),
        // Ten holders answer, each with chunks of 400 B and more, while a spoofer sends a few copies of 60 B.
        (
            AdversaryKind::OriginSpoofer {
                rate: once_a_second(),
                target: GroupId(CLIENTS),
                about: vec![GroupId(PEOPLE)],
            },
            0.8,
            &[
                ("conduct.spoofed.villains", 0.0, 900.0),
                ("conduct.reflected.clients", 0.0, 1e6),
                ("protocol.rejected.unrequested", 0.0, 900.0),
            ],
        ),
        // Four of ten storage nodes: an honest draw of two holders gives them 0.4 of all copies, with a standard deviation of
        // 0.05 over the 120 of 60 chunks. Those that do not wait take nearly all.
        (
            AdversaryKind::Racer { forges: true },
            0.8,
            &[
                ("storage.share.villains", 0.6, 0.9),
                ("conduct.discarded.villains", 0.0, 50.0),
                ("storage.replicas_mean", 1.9, 0.2),
                ("protocol.rejected.bad_signature", 0.0, 100.0),
            ],
        ),
    ]
}

/// Villains record what becomes of all others and of each other: 0.8 ends well, and 600 outcomes are known.
fn of_what_they_record() -> Vec<Case> {
    vec![
        // As many opposites as outcomes make 0.5 of 0.8.
        (
            AdversaryKind::Equivocator { about: Vec::new() },
            0.8,
            &[
                ("conduct.forked.villains", 0.0, 20.0),
                ("queries.forked_ratio", 0.0, 0.9),
                ("reputation.error_mean", 0.1, 0.2),
            ],
        ),
        // Without bad outcomes 1 remains of the people's 0.8; six of ten who are asked about are people.
        (
            AdversaryKind::OmittingRecorder { good: false, about: vec![GroupId(PEOPLE)] },
            0.8,
            &[("conduct.omitted.villains", 0.0, 20.0), ("reputation.error_mean", 0.06, 0.09)],
        ),
    ]
}

/// Four of ten storage nodes. Of two holders both are among them for one chunk in six or seven, if placed honestly.
fn of_where_they_point() -> Vec<Case> {
    vec![
        (
            AdversaryKind::Misrouter,
            0.8,
            &[
                ("conduct.misrouted.villains", 0.0, 100.0),
                ("conduct.denied.villains", 0.0, 100.0),
                ("queries.silent_denied", 0.0, 100.0),
            ],
        ),
        // Who asks stands in each copy of its query.
        (
            AdversaryKind::Spy,
            0.8,
            &[("conduct.overheard.villains", 0.0, 100.0), ("privacy.linked_ratio", 0.0, 0.99)],
        ),
    ]
}

/// What the kinds need that hold nothing back and praise nobody: to record, and to be among the few that hold a chunk.
fn prepare(mut config: WorldConfig, kind: &AdversaryKind) -> WorldConfig {
    let protocol = config.protocol.as_mut().expect("the protocol");
    match kind {
        AdversaryKind::Repudiator => {
            protocol.receipts = Some(Receipts { unsigned_weight: Share::ZERO, ..Receipts::default() });
            for workload in &mut config.workloads {
                if let Work::Tasks(tasks) = &mut workload.work {
                    tasks.recorded_by = Recorders::Both;
                }
            }
            config.workloads.retain(|workload| workload.name != "deeds");
        }
        AdversaryKind::Misrouter => protocol.dissemination = Dissemination::Lookup,
        AdversaryKind::Racer { .. } => {
            (protocol.replicas, protocol.answer_jitter) = (2, Duration::from_secs(1));
        }
        AdversaryKind::Equivocator { .. } | AdversaryKind::OmittingRecorder { .. } => {
            for workload in &mut config.workloads {
                if let Work::Record { by, .. } = &mut workload.work {
                    *by = Observers::Group(GroupId(VILLAINS));
                }
            }
            config.workloads.retain(|workload| workload.name != "jobs");
        }
        _ => {}
    }
    config
}

/// Without reading each message back: honest ones are, in all other tests.
fn figures_of_the_honest(config: &WorldConfig) -> BTreeMap<String, Option<f64>> {
    let mut collector = Collector::new(config, &[]);
    let ended = run(config, 1, &mut collector, RunOptions::default(), &mut |_| ControlFlow::Continue(()));
    collector.finish(ended.expect("a good run").now).figures().metrics
}

fn figures(config: &WorldConfig) -> BTreeMap<String, Option<f64>> {
    simulate(config, 1).1.metrics
}

#[test]
fn every_conduct_shows_in_figures_and_does_nothing_before_it_begins() {
    let mut wrong = Vec::new();
    for (kind, skill, wanted) in cases() {
        let name = kind.name();
        let never = Conduct { start: s(1000), ..Conduct::always(kind.clone()) };
        let honest = prepare(village(never, skill), &kind);
        let dishonest = prepare(village(Conduct::always(kind.clone()), skill), &kind);
        let (honest, dishonest) = std::thread::scope(|scope| {
            let honest = scope.spawn(|| figures_of_the_honest(&honest));
            let dishonest = figures(&dishonest);
            (honest.join().expect("it runs"), dishonest)
        });
        for &(metric, before, with) in wanted {
            let (one, other) = (honest[metric].unwrap_or(0.0), dishonest[metric].unwrap_or(0.0));
            let good =
                if before <= with { one <= before && other >= with } else { one >= before && other <= with };
            if !good {
                wrong.push(format!("{name}: {metric} {one} → {other}"));
            }
        }
        for cost in ["identities", "stake", "bytes"] {
            assert!(dishonest[&format!("conduct.{cost}.villains")].is_some(), "{name}: {cost}");
        }
        // What is altered is found out; what its recorder makes up and signs is not.
        let made_up = matches!(kind, AdversaryKind::Fabricator { .. });
        assert_eq!(dishonest["storage.forged_accepted"] > Some(0.0), made_up, "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_catalogue_of_adversaries_is_tried_as_a_whole() {
    // A new kind makes this match incomplete, and then wants a case.
    let place = |kind: &AdversaryKind| match kind {
        AdversaryKind::FreeRider { .. } => 0,
        AdversaryKind::Withholder { .. } => 1,
        AdversaryKind::Forger => 2,
        AdversaryKind::Fabricator { .. } => 3,
        AdversaryKind::SelfPromoter { .. } => 4,
        AdversaryKind::Slanderer { .. } => 5,
        AdversaryKind::Colluder { .. } => 6,
        AdversaryKind::Sybil { .. } => 7,
        AdversaryKind::Whitewasher { .. } => 8,
        AdversaryKind::OnOff { .. } => 9,
        AdversaryKind::LongCon { .. } => 10,
        AdversaryKind::Dropper { .. } => 11,
        AdversaryKind::QueryFlooder { .. } => 12,
        AdversaryKind::Eclipse { .. } => 13,
        AdversaryKind::OriginSpoofer { .. } => 14,
        AdversaryKind::Racer { .. } => 15,
        AdversaryKind::Equivocator { .. } => 16,
        AdversaryKind::OmittingRecorder { .. } => 17,
        AdversaryKind::Repudiator => 18,
        AdversaryKind::Misrouter => 19,
        AdversaryKind::Spy => 20,
    };
    let places: Vec<usize> = cases().iter().map(|(kind, ..)| place(kind)).collect();
    assert_eq!(places, (0..21).collect::<Vec<_>>());
}

#[test]
fn a_free_rider_passes_on_what_comes_to_it_unless_it_is_told_not_to() {
    let swallowed = |forwards| {
        let config = village(Conduct::always(AdversaryKind::FreeRider { forwards }), 0.8);
        figures(&config)["conduct.swallowed.villains"].expect("a count")
    };
    assert_eq!(swallowed(true), 0.0);
    assert!(swallowed(false) > 1000.0);
}

#[test]
fn a_whitewasher_that_introduces_itself_is_taken_for_good() {
    let gain = |praises| {
        let (checks, level) = (Duration::from_secs(5), Share::clamped(0.5));
        let kind = AdversaryKind::Whitewasher { identities: 5, level, checks, praises };
        let figures = figures(&village(Conduct::always(kind), 0.1));
        (figures["conduct.lies.villains"], figures["conduct.reputation_gain.villains"].expect("asked about"))
    };
    let (said, gained) = gain(20);
    // Twenty under each new name, of which four villains can take sixteen. A good one is not given up.
    assert!(said >= Some(20.0) && said <= Some(320.0), "{said:?}");
    let (nothing, modest) = gain(0);
    assert!(nothing == Some(0.0) && gained > modest + 0.1, "{gained} after {modest}");
}

/// With proofs, each half of the network is shown a branch that is whole.
#[test]
fn nobody_notices_two_branches_of_a_series_even_where_chunks_prove_where_they_come_from() {
    let kind = AdversaryKind::Equivocator { about: vec![GroupId(PEOPLE)] };
    let mut config = prepare(village(Conduct::always(kind.clone()), 0.8), &kind);
    config.protocol.as_mut().expect("the protocol").proofs = true;
    let figures = figures(&config);
    let figure = |name: &str| figures[name].expect(name);
    assert!(figure("conduct.forked.villains") > 20.0);
    for rejection in ["forked", "unproven", "not_as_announced", "bad_signature", "unrequested"] {
        assert_eq!(figure(&format!("protocol.rejected.{rejection}")), 0.0, "{rejection}");
    }
    assert!(figure("queries.forked_ratio") > 0.9);
}

#[test]
fn a_conduct_ends_when_it_is_to() {
    let stop = Some(s(30));
    let rate = Frequency::per_second(1.0);
    let config = village(Conduct { kind: AdversaryKind::SelfPromoter { rate }, start: s(10), stop }, 0.3);
    let mut lies: Vec<Time> = Vec::new();
    lies.extend(
        crate::build::watch(&config, 1).into_iter().filter_map(|(now, _, what)| {
            matches!(what, ir3sim::world::Observation::Deceit(_)).then_some(now)
        }),
    );
    assert!(lies.len() > 40, "{}", lies.len());
    assert!(lies.iter().all(|at| (s(10)..s(30)).contains(at)));
}

/// Praises at a rate that one uplink of 64 kbit/s can not carry.
#[test]
fn the_identities_of_one_owner_share_its_uplink() {
    let bytes = |kind: AdversaryKind, hosts: u32| {
        let mut config = village(Conduct::always(kind), 0.8);
        let villains = &mut config.groups[usize::from(VILLAINS)];
        villains.hosts.count = hosts;
        villains.stores = false;
        villains.hosts.link = exact("64 kbit/s", "1 Gbit/s", 64 << 10);
        config.workloads.retain(|workload| workload.name == "deeds");
        figure(&simulate(&config, 1).1, "conduct.bytes.villains")
    };
    let rate = Frequency::per_second(10.0);
    let most = 240.0 * 64_000.0 / 8.0 + f64::from(64 << 10);
    let one_owner = bytes(AdversaryKind::Sybil { identities: 8, rate: Some(rate) }, 1);
    assert!(one_owner <= most && one_owner > most / 2.0, "{one_owner} of {most}");
    assert!(bytes(AdversaryKind::Colluder { rate, signs: true }, 8) > 2.0 * most);
}
