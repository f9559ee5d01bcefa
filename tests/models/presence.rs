//! Who is there: sessions, joins, faults, and what waits for a host's return.

use ir3sim::baseline;
use ir3sim::network::{LinkProfile, Presence};
use ir3sim::protocol::{Observation as Seen, Persist};
use ir3sim::units::{ByteSize, Duration, Time};
use ir3sim::world::{GroupId, Work};

use crate::build::{UNLIMITED, away, comings, every, exact, figure, group, protocol, query, record};
use crate::build::{s, simulate, traffic, work, world};

#[test]
fn the_share_online_is_that_of_the_sessions() {
    let mut all = group("all", 500, UNLIMITED);
    let (online, offline) = (Duration::from_secs(90), Duration::from_secs(10));
    all.hosts.presence = Presence::exponential(online, offline);
    let (_, figures) = simulate(&world(vec![all], 1000), 1);
    // The mean over T of an on-off process with rates 1/90 and 1/10 has the variance 2 · 0.9 · 0.1 · 9 s / T: over 1000 s
    // and 500 hosts five standard deviations are 0.009.
    let ratio = figure(&figures, "presence.online_ratio");
    assert!((ratio - 0.9).abs() < 0.009, "{ratio}");
}

#[test]
fn faults_that_overlap_or_touch_keep_a_host_away_without_a_break() {
    let mut config = world(vec![group("all", 1, UNLIMITED)], 100);
    for (at, lasts) in [(30, 10), (0, 5), (15, 15), (10, 10)] {
        away(&mut config, 0, at, lasts);
    }
    assert_eq!(comings(&config, 1, 0), [(s(5), true), (s(10), false), (s(40), true)]);
}

#[test]
fn a_host_is_back_when_the_last_of_many_faults_has_ended() {
    let mut config = world(vec![group("all", 1, UNLIMITED)], 1000);
    (0..300).for_each(|number| away(&mut config, 0, 10, 100 + number));
    assert_eq!(comings(&config, 1, 0), [(s(0), true), (s(10), false), (s(409), true)]);
}

#[test]
fn a_fault_that_begins_before_a_group_joins_keeps_it_away_until_it_ends() {
    let mut late = group("late", 1, UNLIMITED);
    late.hosts.joins = s(10);
    let mut config = world(vec![late], 100);
    away(&mut config, 0, 5, 15);
    assert_eq!(comings(&config, 1, 0), [(s(20), true)]);
}

/// Each comes at a time that is drawn evenly: of 200 hosts in 100 s between 100 and 200 s the mean is 150 s, with a standard deviation of
/// 100 s/√12/√200.
#[test]
fn hosts_that_come_one_after_another_come_evenly() {
    let mut crowd = group("crowd", 200, UNLIMITED);
    (crowd.hosts.joins, crowd.hosts.joins_over) = (s(100), Duration::from_secs(100));
    let config = world(vec![crowd], 400);
    let online = figure(&simulate(&config, 1).1, "presence.online_ratio");
    let deviation = 100.0 / f64::sqrt(12.0 * 200.0) / 400.0;
    assert!((online - 250.0 / 400.0).abs() < 4.0 * deviation, "{online}");
    let first = comings(&config, 1, 0);
    assert!(first.len() == 1 && first[0].0 > s(100) && first[0].0 < s(200) && first[0].1, "{first:?}");
}

#[test]
fn who_has_not_joined_gets_nothing_and_then_everything() {
    let mut later = group("later", 1, UNLIMITED);
    later.hosts.joins = s(10);
    let mut config = world(vec![later, group("sender", 1, UNLIMITED)], 35);
    work(&mut config, "probe", (0, 31), every(1000), traffic(1, 0, 100));
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.to_offline"), 9.0);
    assert_eq!(figure(&figures, "messages.delivered"), 21.0);
    assert!((figure(&figures, "presence.online_ratio") - 60.0 / 70.0).abs() < 1e-12);
}

#[test]
fn a_broadcast_reaches_all_who_have_joined_whenever_that_was() {
    let groups = [0, 100, 200, 300].map(|joins| {
        let mut group = group(&format!("joins {joins}"), 50, LinkProfile::Residential);
        group.hosts.joins = s(joins);
        group
    });
    let mut config = world(groups.to_vec(), 400);
    config.cooldown = Duration::from_secs(10);
    let shout = Work::Broadcast { from: GroupId(0), size: ByteSize::from_bytes(100) };
    work(&mut config, "shout", (0, 390), every(50_000), shout);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "broadcast.count"), 7.0);
    assert_eq!(figure(&figures, "broadcast.coverage_ratio"), 1.0);
    // At 50 s there are 50 hosts; at 100 s and 150 s 100, at 200 s and 250 s 150, at 300 s and 350 s 200.
    let copies = (49.0 / 50.0 + 2.0 * (99.0 / 100.0 + 149.0 / 150.0 + 199.0 / 200.0)) / 7.0;
    let seen = figure(&figures, "broadcast.messages_per_node");
    assert!((seen - copies).abs() < 1e-12, "{seen}");
    assert_eq!(figure(&figures, "messages.to_offline"), 0.0);
}

#[test]
fn a_run_of_any_length_weighs_every_instant_alike() {
    let mut late = group("late", 1, UNLIMITED);
    late.hosts.joins = Time::from_nanos(240);
    let mut config = world(vec![late], 1);
    config.duration = Duration::from_nanos(241);
    let (_, figures) = simulate(&config, 1);
    assert!((figure(&figures, "presence.online_ratio") - 1.0 / 241.0).abs() < 1e-12);
}

#[test]
fn who_comes_in_the_very_nanosecond_after_a_broadcast_began_does_not_count() {
    let mut config = world(vec![group("recorder", 1, UNLIMITED), group("returns", 1, UNLIMITED)], 30);
    work(&mut config, "deeds", (0, 6), every(5000), record(0));
    // Pushed at 15 s, by the first host; the second is back at 15 s.
    config.protocol.as_mut().expect("it runs the protocol").flush_after = Some(Duration::from_secs(10));
    away(&mut config, 1, 1, 14);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "broadcast.count"), 1.0);
    assert_eq!(figure(&figures, "broadcast.coverage_ratio"), 1.0);
    assert_eq!(figure(&figures, "messages.delivered"), 1.0);
}

#[test]
fn a_timer_that_falls_due_while_its_host_is_away_waits_for_its_return() {
    for (at, ended) in [(50, 15), (12, 60)] {
        let mut config = world(vec![group("asker", 1, UNLIMITED), group("target", 1, UNLIMITED)], 100);
        work(&mut config, "ask", (0, 15), every(10_000), query(0, 1));
        away(&mut config, 0, at, 60 - at);
        let ends: Vec<_> = protocol(&config, 1)
            .into_iter()
            .filter_map(|(now, _, what)| match what {
                Seen::Collected(collected) => Some((now, collected.took)),
                _ => None,
            })
            .collect();
        assert_eq!(ends, [(s(ended), Duration::from_secs(ended - 10))]);
    }
}

#[test]
fn a_storer_whose_uplink_is_half_used_says_so() {
    let mut storer = group("storer", 1, exact("1 Mbit/s", "1 Gbit/s", 1 << 20));
    storer.stores = true;
    let mut config = world(vec![group("receiver", 1, UNLIMITED), storer], 240);
    // 1000 B a 16 ms are 500 kbit/s.
    work(&mut config, "load", (0, 240), every(16), traffic(1, 0, 972));
    work(&mut config, "deeds", (0, 240), every(230_000), record(0));
    let (_, figures) = simulate(&config, 1);
    assert!((figure(&figures, "limiter.uplink_used_ratio") - 0.5).abs() < 0.02);
    assert!((figure(&figures, "limiter.tracking_mean") - 0.5).abs() < 0.02);
    assert_eq!(figure(&figures, "limiter.objective_mean"), 1.0);
    let overall = figure(&figures, "limiter.overall_mean");
    let topology = figure(&figures, "limiter.topology_mean");
    assert!(overall < 0.52 && topology > 0.98, "{overall} {topology}");
}

/// The node asks at 3 s, is away from 4 s to 5 s, and asks again at 6 s, under the same number as it has lost count.
#[test]
fn a_timer_of_a_life_that_is_over_does_nothing_in_the_next() {
    let mut config = world(vec![group("asker", 1, UNLIMITED), group("others", 3, UNLIMITED)], 20);
    work(&mut config, "asks", (0, 9), every(3000), query(0, 1));
    away(&mut config, 0, 4, 1);
    for (persist, ends) in [(Persist::All, [8, 11]), (Persist::Own, [11, 0]), (Persist::Nothing, [11, 0])] {
        config.protocol.as_mut().expect("it runs").series.persist = persist;
        let collected =
            protocol(&config, 1).into_iter().filter(|(.., what)| matches!(what, Seen::Collected(_)));
        let ends = ends.into_iter().filter(|end| *end > 0).map(s).collect::<Vec<_>>();
        assert_eq!(collected.map(|(now, ..)| now).collect::<Vec<_>>(), ends, "{persist:?}");
    }
}

/// It asks at 60 s a coordinator that is away, and leaves itself from 61 s to 1061 s: of its time-outs the first is over by then.
#[test]
fn a_client_that_blocks_tries_again_when_it_is_back_and_not_before() {
    let mut config = world(vec![group("coordinator", 1, UNLIMITED), group("clients", 2, UNLIMITED)], 1200);
    let timeout = Duration::from_secs(4);
    config.baseline = Some(baseline::Config { coordinator: GroupId(0), timeout, retries: 3 });
    work(&mut config, "asks", (0, 65), every(60_000), query(1, 1));
    away(&mut config, 0, 50, 20);
    away(&mut config, 1, 61, 1000);
    let collected = protocol(&config, 1).into_iter().filter(|(.., what)| matches!(what, Seen::Collected(_)));
    let ends: Vec<Time> = collected.map(|(now, ..)| now).collect();
    assert_eq!(ends, [s(1061) + Duration::from_millis(80)]);
    let (ended, _) = simulate(&config, 1);
    let timeouts = ended.kinds.iter().find(|(kind, _)| *kind == "request timeout");
    assert_eq!(timeouts.map(|(_, count)| *count), Some(2));
}
