//! Faults as a schedule has them, and what they do to messages.

use std::ops::ControlFlow;

use super::*;
use crate::engine::{Engine, Model, Moment, Schedule};
use crate::network::Place;
use crate::network::effect::Crossing;
use crate::network::{
    Context, Event, Fate, HostGroup, Latency, LinkProfile, LossCause, Network, NetworkConfig, Notice,
    Observation, Observer, Region, Topology,
};
use crate::network::{FaultKind, HostSet, Way};
use crate::random::{Flow, Seed};
use crate::units::{Bitrate, ByteSize, GroupId, HostId};

fn site(group: u16, place: u8) -> Site {
    Site { group: GroupId(group), place: Place(place), key: 0 }
}

/// What is no message of a model's.
fn across(from: Site, to: Site) -> Crossing {
    Crossing { from, to, kind: None }
}

fn hosts(groups: &[u16], regions: &[u8]) -> HostSet {
    HostSet {
        groups: groups.iter().copied().map(GroupId).collect(),
        regions: regions.iter().copied().map(Region).collect(),
        share: Share::ONE,
    }
}

/// A fault that goes by this name, under one seed.
fn named(name: &str, fault: &Fault) -> Entry {
    Entry::of(name, fault, Seed(1), Time::ZERO + Duration::from_secs(100))
}

fn outage(from: u64, lasts: u64, groups: &[u16], regions: &[u8]) -> Entry {
    named(
        "f",
        &Fault::new(
            Time::ZERO + Duration::from_secs(from),
            Duration::from_secs(lasts),
            FaultKind::Offline(hosts(groups, regions)),
        ),
    )
}

fn offline(schedule: &FaultSchedule, host: Site) -> Vec<u64> {
    let at = |second| Time::ZERO + Duration::from_secs(second);
    (0..10).filter(|&second| schedule.is_offline(at(second), host)).collect()
}

#[test]
fn clocks_are_off_while_the_fault_lasts_and_none_shows_what_was_before_the_run() {
    let skew =
        |ahead, behind| Skew { ahead: Duration::from_secs(ahead), behind: Duration::from_secs(behind) };
    let fault = |from, skew| {
        let at = Time::ZERO + Duration::from_secs(from);
        named("f", &Fault::new(at, Duration::from_secs(10), FaultKind::Clock(hosts(&[1], &[]), skew)))
    };
    let faults = FaultSchedule::new(vec![fault(10, skew(5, 0)), fault(15, skew(0, 30))]);
    let shown = |host: Site, at| {
        let now = Time::ZERO + Duration::from_secs(at);
        faults.skew(now, host).shows(now).as_seconds()
    };
    assert_eq!(
        [9, 10, 14, 15, 20, 24, 25].map(|at| shown(site(1, 0), at)),
        [9.0, 15.0, 19.0, 0.0, 0.0, 0.0, 25.0]
    );
    assert_eq!(shown(site(0, 0), 12), 12.0);
    // It comes every second on average, again and again before it has ended.
    let at = Time::ZERO + Duration::from_secs(1);
    let often = Fault::new(at, Duration::from_secs(10), FaultKind::Clock(hosts(&[1], &[]), skew(5, 0)));
    let often = Fault { recurs: Recurrence::Exponential(Duration::from_secs(1)), ..often };
    let faults = FaultSchedule::new(vec![named("f", &often)]);
    let now = Time::ZERO + Duration::from_secs(50);
    assert!(faults.active(now).count() > 1, "several times at once");
    assert_eq!(faults.skew(now, site(1, 0)), skew(5, 0));
    assert!(faults.is_at_clocks() && !faults.is_on_paths() && !faults.is_at_links());
    assert_eq!(
        [skew(5, 0), skew(0, 90), skew(0, 0)].map(|it| it.to_string()),
        ["5 s ahead", "90 s behind", "0 s ahead"]
    );
}

#[test]
fn an_outage_keeps_its_groups_in_its_regions_offline_up_to_its_end() {
    let schedule = FaultSchedule::new(vec![outage(2, 3, &[1], &[7, 8])]);
    assert_eq!(offline(&schedule, site(1, 8)), [2, 3, 4]);
    assert!(offline(&schedule, site(1, 9)).is_empty());
    assert!(offline(&schedule, site(0, 8)).is_empty());
    assert_eq!(offline(&FaultSchedule::new(vec![outage(8, 9, &[], &[])]), site(3, 3)), [8, 9]);
}

#[test]
fn a_share_of_the_hosts_is_drawn_for_each_fault_by_its_name() {
    let half = || HostSet { share: Share::clamped(0.5), ..HostSet::default() };
    let of = |name: &str| {
        let lasts = Duration::from_secs(1);
        let fault = Fault::new(Time::ZERO, lasts, FaultKind::Offline(half()));
        let schedule = FaultSchedule::new(vec![named(name, &fault)]);
        let host = |key| Site { key, ..site(0, 0) };
        (0..1000).map(|key| schedule.is_offline(Time::ZERO, host(key))).collect::<Vec<bool>>()
    };
    let (one, other) = (of("one"), of("other"));
    assert_eq!(one, of("one"));
    // Four standard deviations of a thousand fair draws.
    let count = |hits: &[bool]| hits.iter().filter(|hit| **hit).count();
    assert!((436..=564).contains(&count(&one)), "{}", count(&one));
    let both: Vec<bool> = one.iter().zip(&other).map(|(a, b)| a == b).collect();
    assert!((436..=564).contains(&count(&both)), "{}", count(&both));
}

#[test]
fn each_time_that_a_fault_comes_it_draws_anew_whom_it_hits() {
    let half = HostSet { share: Share::clamped(0.5), ..HostSet::default() };
    let second = Duration::from_secs(1);
    let fault = Fault::new(Time::ZERO, second, FaultKind::Offline(half));
    let schedule =
        FaultSchedule::new(vec![named("f", &Fault { recurs: Recurrence::Every(second + second), ..fault })]);
    let hit = |at: u64| {
        let at = Time::ZERO + Duration::from_secs(at);
        (0..1000)
            .map(move |key| (key, at))
            .map(|(key, at)| schedule.is_offline(at, Site { key, ..site(0, 0) }))
    };
    let (first, second, third): (Vec<bool>, Vec<bool>, Vec<bool>) =
        (hit(0).collect(), hit(2).collect(), hit(4).collect());
    for (a, b) in [(&first, &second), (&second, &third), (&first, &third)] {
        let same = a.iter().zip(b).filter(|(a, b)| a == b).count();
        assert!((436..=564).contains(&same), "{same}");
    }
    assert!(hit(1).chain(hit(3)).all(|hit| !hit));
    // Those of one time are the same all along.
    let key = (0..1000).find(|key| first[*key]).expect("about half are hit") as u64;
    let host = Site { key, ..site(0, 0) };
    let changes: Vec<Option<Time>> =
        [None, Some(Time::ZERO)].map(|now| schedule.next_change(now, host)).into();
    assert_eq!(changes, [Some(Time::ZERO), Some(Time::ZERO + Duration::from_secs(1))]);
    assert_eq!(schedule.changes(host).count(), 0);
}

#[test]
fn the_next_outage_of_a_host_is_known_before() {
    let schedule = FaultSchedule::new(vec![outage(6, 1, &[], &[]), outage(2, 3, &[1], &[])]);
    let next = |now, end| {
        let at = |second| Time::ZERO + Duration::from_secs(second);
        schedule.next_offline(at(now), at(end), site(1, 0)).map(Time::as_seconds)
    };
    assert_eq!([next(0, 9), next(3, 9), next(0, 2)], [Some(2.0), Some(6.0), None]);
}

#[test]
fn outages_may_overlap_and_touch() {
    let schedule =
        FaultSchedule::new(vec![outage(1, 3, &[], &[]), outage(2, 4, &[], &[]), outage(6, 1, &[], &[])]);
    assert_eq!(offline(&schedule, site(0, 0)), [1, 2, 3, 4, 5, 6]);
    assert_eq!(schedule.changes(site(0, 0)).count(), 3);
}

#[test]
fn an_outage_leaves_paths_alone() {
    let schedule = FaultSchedule::new(vec![outage(0, 9, &[], &[])]);
    let now = Time::ZERO;
    assert!(!schedule.is_on_paths());
    assert!(!schedule.blocks(now, across(site(0, 0), site(0, 1))));
    assert_eq!(schedule.extra_delay(now, across(site(0, 0), site(0, 1))), Duration::ZERO);
}

/// From second `begins` up to `ends`.
fn fault(begins: u64, ends: u64, kind: FaultKind) -> Entry {
    let (at, lasts) = (Time::ZERO + Duration::from_secs(begins), Duration::from_secs(ends - begins));
    named("f", &Fault::new(at, lasts, kind))
}

/// From group 0 to 1; without a delay nothing passes.
fn one_way(begins: u64, ends: u64, delay: Option<u64>) -> Entry {
    let way = Way { from: hosts(&[0], &[]), to: hosts(&[1], &[]) };
    let kind = match delay {
        Some(delay) => FaultKind::Delay(way, Duration::from_millis(delay)),
        None => FaultKind::Cut(way),
    };
    fault(begins, ends, kind)
}

#[test]
fn a_partition_has_two_sides_and_nothing_passes_between_them() {
    let schedule = FaultSchedule::new(vec![fault(0, 9, FaultKind::Partition(hosts(&[0, 1], &[5])))]);
    let blocks = |from, to| schedule.blocks(Time::ZERO, across(from, to));
    let (inside, also, outside) = (site(0, 5), site(1, 5), site(0, 6));
    assert!(blocks(inside, outside) && blocks(outside, also));
    assert!(!blocks(inside, also) && !blocks(outside, site(2, 5)));
    assert!(!schedule.is_offline(Time::ZERO, inside));
}

#[test]
fn a_cut_leaves_the_other_direction_alone() {
    let schedule = FaultSchedule::new(vec![one_way(0, 9, None)]);
    let blocks = |from, to| schedule.blocks(Time::ZERO, across(site(from, 0), site(to, 0)));
    assert_eq!([blocks(0, 1), blocks(1, 0), blocks(0, 2), blocks(2, 1)], [true, false, false, false]);
}

#[test]
fn each_of_several_faults_may_lose_what_the_others_let_pass() {
    let loss = |share| FaultKind::Loss(Way::default(), Share::clamped(share));
    let schedule = FaultSchedule::new(vec![fault(0, 2, loss(0.5)), fault(1, 3, loss(0.2))]);
    let lost = |second| {
        let now = Time::ZERO + Duration::from_secs(second);
        schedule.loss(now, across(site(0, 0), site(1, 0))).get()
    };
    let found = [lost(0), lost(1), lost(2), lost(3)];
    assert!(found.iter().zip([0.5, 0.6, 0.2, 0.0]).all(|(found, p)| (found - p).abs() < 1e-12), "{found:?}");
}

#[test]
fn delays_of_faults_that_overlap_add_up() {
    let schedule = FaultSchedule::new(vec![one_way(0, 2, Some(30)), one_way(1, 3, Some(500))]);
    assert!(schedule.is_on_paths());
    let delay = |second| {
        let now = Time::ZERO + Duration::from_secs(second);
        assert_eq!(schedule.extra_delay(now, across(site(1, 0), site(0, 0))), Duration::ZERO);
        schedule.extra_delay(now, across(site(0, 0), site(1, 0)))
    };
    assert_eq!([0, 1, 2, 3].map(delay), [30, 530, 500, 0].map(Duration::from_millis));
}

/// Hosts 0, 1 and 2, each of which sends to the next one in a circle when it is told to.
struct Circle<'t, O> {
    network: Network<'t, u32, O>,
    delivered: Vec<(Time, u32, u32)>,
}

impl<O: Observer<()>> Model for Circle<'_, O> {
    type Event = Event<u32>;

    fn handle(
        &mut self,
        now: Time,
        host: HostId,
        event: Event<u32>,
        schedule: &mut Schedule<'_, Event<u32>>,
    ) {
        let ctx = &mut Context { now, host, schedule };
        // The event that tells a host changes nothing itself: its online state stays as it is.
        let told = matches!(event, Event::Fault);
        if let Some(Notice::Delivered { from, .. }) = self.network.handle(ctx, event) {
            self.delivered.push((now, from.0, host.0));
        }
        if told {
            self.network.send(ctx, HostId((host.0 + 1) % 3), 100, Flow::ROOT);
        }
    }
}

/// How long a message took, and from where to where.
type Delivery = (Duration, u32, u32);

/// What is delivered of three messages, one from each host of a circle, sent at this second under a fault; and the
/// fates of the others, with their senders.
fn circle(fault: Entry, second: u64) -> (Vec<Delivery>, Vec<(u32, Fate)>) {
    let latency = Latency::Fixed(Duration::from_millis(40));
    let mut topology = Topology::new(&NetworkConfig::new(latency), Seed(1));
    let link = LinkProfile::Exact {
        up: Bitrate::UNLIMITED,
        down: Bitrate::UNLIMITED,
        queue: ByteSize::from_bytes(0),
    };
    for name in ["a", "b", "c"] {
        topology.add(HostGroup { link, ..HostGroup::new(name, 1) });
    }
    topology.set_schedule(FaultSchedule::new(vec![fault]));
    let mut failed = Vec::new();
    let observer = |moment: Moment, what| match what {
        Observation::Ended { fate: Fate::Delivered, .. } => {}
        Observation::Ended { fate, .. } => failed.push((moment.host.0, fate)),
        _ => {}
    };
    let mut model = Circle { network: Network::new(&topology, observer), delivered: Vec::new() };
    let mut engine = Engine::new(3);
    topology.first_events(|host, time, event| engine.schedule(host, time, host, event));
    let at = Time::ZERO + Duration::from_secs(second);
    (0..3).map(HostId).for_each(|host| engine.schedule(host, at, host, Event::Fault));
    engine.run(&mut model, Time::NEVER, &mut |_| ControlFlow::Continue(())).expect("a good run");
    let messages = model.network.messages();
    assert_eq!((messages.sent, messages.in_flight()), (3, Some(0)));
    assert_eq!(messages.delivered, model.delivered.len() as u64);
    let took = model.delivered.iter().map(|&(time, from, to)| (time.since(at), from, to)).collect();
    (took, failed)
}

const USUAL: Duration = Duration::from_millis(40);

#[test]
fn a_message_across_a_blocked_path_is_lost_on_it_and_others_pass() {
    let (delivered, failed) = circle(one_way(5, 10, None), 5);
    assert_eq!(delivered, [(USUAL, 1, 2), (USUAL, 2, 0)]);
    assert_eq!(failed, [(0, Fate::Lost(LossCause::Fault(FaultId(0))))]);
    let (delivered, failed) = circle(one_way(5, 10, None), 10);
    assert_eq!(delivered, [(USUAL, 0, 1), (USUAL, 1, 2), (USUAL, 2, 0)]);
    assert!(failed.is_empty());
}

#[test]
fn a_message_on_a_delayed_path_arrives_later_and_others_do_not() {
    let (delivered, failed) = circle(one_way(5, 10, Some(300)), 9);
    assert_eq!(delivered, [(USUAL, 1, 2), (USUAL, 2, 0), (Duration::from_millis(340), 0, 1)]);
    assert!(failed.is_empty());
}
