//! What each conduct does and wins, against the same world in which it begins only after the end.

use std::collections::BTreeMap;

use ir3sim::conduct::{AdversaryKind, Conduct};
use ir3sim::protocol::{Confidence, Config};
use ir3sim::units::{Duration, Frequency, Share, Time};
use ir3sim::world::{Choose, GroupId, KindMix, Observers, Paid, Recorders, Skill, Tasks, Work, WorldConfig};

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
    work(&mut config, "deeds", (0, 120), every(200), Work::Record { about: both(), by, kinds });
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
        of_what_they_sign(),
    ]
    .concat()
}

fn once_a_second() -> Frequency {
    Frequency::per_second(1.0)
}

fn of_what_they_hold() -> Vec<Case> {
    vec![
        (
            AdversaryKind::FreeRider,
            0.8,
            &[
                ("conduct.shirked.villains", 0.0, 100.0),
                ("storage.replicas_mean", 9.9, 6.1),
                ("conduct.bytes.villains", 4e7, 1e6),
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
            AdversaryKind::Whitewasher { identities: 5, level, checks },
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
    // Tasks are recorded by requesters alone, so that there is nothing for it to report, and without receipts nothing to sign:
    // `receipts_are_worth_what_the_other_party_signs` has both.
    vec![(AdversaryKind::Repudiator, 0.3, &[("conduct.reputation_gain.villains", 0.15, -0.15)])]
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
    ]
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
        let honest = figures(&village(never, skill));
        let dishonest = figures(&village(Conduct::always(kind.clone()), skill));
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
        AdversaryKind::FreeRider => 0,
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
        AdversaryKind::Repudiator => 14,
    };
    let places: Vec<usize> = cases().iter().map(|(kind, ..)| place(kind)).collect();
    assert_eq!(places, (0..15).collect::<Vec<_>>());
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
