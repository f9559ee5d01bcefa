//! Work, whom it is given to, and who earns.

use ir3sim::conduct::{AdversaryKind, Conduct};
use ir3sim::metrics::Figures;
use ir3sim::protocol::StakeCurve;
use ir3sim::protocol::selection::multiplier;
use ir3sim::protocol::{Confidence, Config, Persist, SeriesConfig};
use ir3sim::units::{Duration, Frequency, Share};
use ir3sim::world::{Choose, GroupId, KindMix, Paid, Recorders, Skill, Tasks, Work, WorldConfig};

use crate::build::{UNLIMITED, away, every, figure, group, simulate, work, world};

const CLIENTS: u16 = 0;
const FINE: u16 = 1;
const POOR: u16 = 2;

fn tasks() -> Tasks {
    Tasks {
        from: GroupId(CLIENTS),
        candidates: vec![GroupId(FINE), GroupId(POOR)],
        choose_from: None,
        choose: Choose::Proportional,
        ask: false,
        patience: Duration::from_secs(1),
        min_confidence: Confidence::None,
        recorded_by: Recorders::Requester,
        paid: Paid::Good,
        kinds: KindMix { ecosystem: Share::ONE, dispute: Share::ZERO, consensus: Share::ZERO },
    }
}

/// Three clients, four providers who do everything well, four who do nothing well, and storers; a task a second.
fn scene(tasks: Tasks, seconds: u64) -> WorldConfig {
    let mut poor = group("poor", 4, UNLIMITED);
    poor.skill = Skill::Constant(Share::ZERO);
    let mut storers = group("storers", 6, UNLIMITED);
    storers.stores = true;
    let groups = vec![group("clients", 3, UNLIMITED), group("fine", 4, UNLIMITED), poor, storers];
    let mut config = world(groups, seconds);
    config.cooldown = Duration::from_secs(30);
    work(&mut config, "jobs", (0, seconds), every(1000), Work::Tasks(tasks));
    config
}

fn figures(config: &WorldConfig) -> Figures {
    simulate(config, 1).1
}

#[test]
fn whoever_has_done_well_gets_the_work_and_the_pay() {
    let earns = |choose, record| {
        let mut config =
            scene(Tasks { ask: true, choose, recorded_by: record, paid: Paid::Always, ..tasks() }, 800);
        config.warmup = Duration::from_secs(400);
        let figures = figures(&config);
        let share = figure(&figures, "selection.share.fine");
        assert_eq!(figure(&figures, "earnings.share.fine"), share);
        share
    };
    assert_eq!(earns(Choose::Top, Recorders::Requester), 1.0);
    // By weight, the fine have 1 each and the poor next to nothing.
    let share = earns(Choose::Proportional, Recorders::Requester);
    assert!(share > 0.95, "{share}");
    // When nobody records, all are newcomers: half, within four standard errors of 370 draws.
    let share = earns(Choose::Proportional, Recorders::Nobody);
    assert!((share - 0.5).abs() < 0.104, "{share}");
}

#[test]
fn all_candidates_are_asked_about_or_as_many_as_are_wanted() {
    for (choose_from, each) in [(None, 8.0), (Some(3), 3.0)] {
        let figures = figures(&scene(Tasks { ask: true, choose_from, ..tasks() }, 120));
        // What came up in the first 90 s.
        assert_eq!(figure(&figures, "tasks.requested"), 89.0);
        let queries = figure(&figures, "queries.issued");
        assert!((queries - 89.0 * each).abs() <= each, "{queries}");
    }
}

/// Clients that are away from 60 s to 70 s have asked about nobody's deeds just before.
#[test]
fn work_that_waited_for_lost_answers_goes_to_nobody() {
    let ended = |persist| {
        let mut config = scene(Tasks { ask: true, recorded_by: Recorders::Nobody, ..tasks() }, 200);
        config.workloads[0].stop = crate::build::s(60);
        config.protocol = Some(Config { series: SeriesConfig { persist }, ..Config::default() });
        away(&mut config, CLIENTS, 60, 10);
        let figures = figures(&config);
        ["tasks.requested", "tasks.unfilled"].map(|name| figure(&figures, name))
    };
    // A call takes 80 ms and a query without answers 5 s: five tasks, from 55 s to 59 s, are still open at 60 s.
    assert_eq!(ended(Persist::All), [59.0, 0.0]);
    assert_eq!(ended(Persist::Own), [59.0, 5.0]);
}

#[test]
fn nobody_is_known_well_enough_at_the_start() {
    let unfilled = |min_confidence| {
        let figures = figures(&scene(Tasks { ask: true, min_confidence, ..tasks() }, 120));
        figure(&figures, "tasks.unfilled") / figure(&figures, "tasks.requested")
    };
    assert_eq!(unfilled(Confidence::None), 0.0);
    assert_eq!(unfilled(Confidence::Low), 1.0);
}

#[test]
fn work_turns_out_by_the_skill_of_who_does_it_whatever_is_recorded() {
    for recorded_by in [Recorders::Both, Recorders::Requester, Recorders::Provider, Recorders::Nobody] {
        let figures = figures(&scene(Tasks { recorded_by, ..tasks() }, 300));
        let good = figure(&figures, "tasks.good_ratio");
        // Half of 269 tasks: four standard errors are 0.122.
        assert!((good - 0.5).abs() < 0.122, "{good}");
        let recorded = figures.metrics.get("events.recorded").copied().flatten().unwrap_or(0.0);
        // Of each of 269 tasks before the cool-down; the last one or two may be recorded in it.
        let wanted = 269.0 * recorded_by.count();
        assert!((wanted - 4.0..=wanted).contains(&recorded), "{recorded_by:?}: {recorded}");
        let (paid, done) = (figure(&figures, "tasks.paid"), figure(&figures, "tasks.done"));
        assert_eq!(paid, good * done);
        assert_eq!(figure(&figures, "earnings.share.fine"), 1.0);
    }
}

#[test]
fn what_is_always_paid_is_paid_to_the_poor_too() {
    let figures = figures(&scene(Tasks { paid: Paid::Always, ..tasks() }, 300));
    assert_eq!(figure(&figures, "tasks.paid"), figure(&figures, "tasks.done"));
    assert_eq!(figure(&figures, "earnings.share.poor"), figure(&figures, "selection.share.poor"));
}

#[test]
fn providers_that_alone_record_can_make_themselves_look_fine() {
    let shown = |recorded_by| {
        let tasks = Tasks { ask: true, choose: Choose::Top, recorded_by, ..tasks() };
        let mut config = scene(Tasks { candidates: vec![GroupId(POOR)], ..tasks }, 600);
        let liar = AdversaryKind::SelfPromoter { rate: Frequency::per_second(0.001) };
        config.groups[usize::from(POOR)].conduct = Some(Conduct::always(liar));
        config.groups[usize::from(FINE)].stores = true;
        figure(&figures(&config), "reputation.mean")
    };
    assert_eq!(shown(Recorders::Provider), 1.0);
    assert!(shown(Recorders::Requester) < 0.05);
}

/// Tasks given at what everybody knows: shares follow from the weights alone.
fn share_of_poor(change: impl Fn(&mut WorldConfig)) -> f64 {
    let mut config = scene(tasks(), 4030);
    config.workloads[0].arrivals = every(500);
    change(&mut config);
    figure(&figures(&config), "selection.share.poor")
}

/// Four standard errors of a share of 8,000 draws.
fn is_about(share: f64, wanted: f64) -> bool {
    (share - wanted).abs() < 4.0 * f64::sqrt(wanted * (1.0 - wanted) / 8000.0)
}

#[test]
fn a_small_stake_is_worse_than_none_under_ln_and_never_under_ln1p() {
    for curve in [StakeCurve::Ln, StakeCurve::Ln1p] {
        let share = share_of_poor(|config| {
            config.groups[usize::from(POOR)].stake = 0.01;
            config.protocol = Some(Config { stake_curve: curve, ..Config::default() });
        });
        let weight = multiplier(0.01, curve);
        assert!(is_about(share, weight / (1.0 + weight)), "{curve:?}: {share}");
    }
}

#[test]
fn a_newcomer_is_worth_what_the_parameter_says() {
    for newcomer in [0.1, 0.5] {
        let share = share_of_poor(|config| {
            config.groups[usize::from(FINE)].reputation = Some(Share::clamped(0.8));
            config.protocol = Some(Config { newcomer: Share::clamped(newcomer), ..Config::default() });
        });
        assert!(is_about(share, newcomer / (newcomer + 0.8)), "{newcomer}: {share}");
    }
}

/// One owner of 100 ETH against four of 25 ETH: as k identities it weighs k · (1 + 0.1 ln(100/k)).
#[test]
fn the_identities_of_one_owner_share_its_stake() {
    for identities in [2, 10, 50] {
        let share = share_of_poor(|config| {
            let sybil = &mut config.groups[usize::from(POOR)];
            (sybil.hosts.count, sybil.stake) = (1, 100.0);
            sybil.conduct = Some(Conduct::always(AdversaryKind::Sybil { identities, rate: None }));
            config.groups[usize::from(FINE)].stake = 25.0;
        });
        let k = f64::from(identities);
        let weight = k * multiplier(100.0 / k, StakeCurve::Ln);
        let others = 4.0 * multiplier(25.0, StakeCurve::Ln);
        assert!(is_about(share, weight / (weight + others)), "{identities}: {share}");
    }
}
