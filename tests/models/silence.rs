//! Why holders are silent: each cause in a world of its own.

use ir3sim::conduct::{AdversaryKind, Conduct};
use ir3sim::metrics::Figures;
use ir3sim::units::{Duration, Share};
use ir3sim::world::WorldConfig;

use crate::build::{UNLIMITED, away, every, exact, figure, group, query, record, simulate, traffic};
use crate::build::{work, world};

const ASKER: u16 = 0;
const HOLDERS: u16 = 1;
const SUBJECT: u16 = 2;

/// A subject whose tenth deed, at 10 s, makes a chunk that all `holders` keep; a query about it at 30 s.
fn scene(holders: u32) -> WorldConfig {
    let mut keep = group("holders", holders, UNLIMITED);
    keep.stores = true;
    let groups = vec![group("asker", 1, UNLIMITED), keep, group("subject", 1, UNLIMITED)];
    let mut config = world(groups, 100);
    work(&mut config, "ask", (0, 31), every(30_000), query(ASKER, SUBJECT));
    work(&mut config, "deeds", (0, 11), every(1000), record(SUBJECT));
    let protocol = config.protocol.as_mut().expect("it runs the protocol");
    (protocol.replicas, protocol.enough) = (0, 100);
    config
}

/// Holders, YES, NO; then the silent ones: offline, unreached, lost, late.
fn shares(config: &WorldConfig) -> [f64; 7] {
    let (_, figures): (_, Figures) = simulate(config, 1);
    let of = |name: &str| figure(&figures, &format!("queries.{name}"));
    assert_eq!(of("holders"), of("yes") + of("no") + of("holders_silent"));
    let names = ["holders", "yes", "no", "silent_offline", "silent_unreached", "silent_lost", "silent_late"];
    names.map(of)
}

#[test]
fn holders_that_are_there_answer() {
    assert_eq!(shares(&scene(8)), [8.0, 8.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn holders_that_are_away_are_offline() {
    let mut config = scene(1);
    away(&mut config, HOLDERS, 20, 50);
    assert_eq!(shares(&config), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_holder_that_leaves_while_the_query_travels_is_offline() {
    let mut config = scene(1);
    config.network.latency = ir3sim::network::Latency::Fixed(Duration::from_secs(2));
    away(&mut config, HOLDERS, 31, 50);
    assert_eq!(shares(&config), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn holders_to_whom_no_copy_comes_are_unreached() {
    let mut config = scene(8);
    // Of the copies for the buckets, the asker's full uplink lets only the first pass.
    config.groups[usize::from(ASKER)].hosts.link = exact("1 kbit/s", "unlimited", 0);
    let [holders, yes, no, offline, unreached, lost, late] = shares(&config);
    // Copies of the announcement on their way through the asker's uplink may have met the same end.
    assert_eq!((no, offline, lost, late), (0.0, 0.0, 0.0, 0.0));
    assert!(unreached > 0.0);
    assert_eq!(yes + unreached, holders);
}

#[test]
fn a_holder_whose_answer_is_dropped_on_its_own_uplink_is_lost() {
    let mut config = scene(1);
    config.groups[usize::from(HOLDERS)].hosts.link = exact("10 kbit/s", "1 Gbit/s", 2000);
    // Small datagrams keep the queue full.
    work(&mut config, "noise", (20, 40), every(1), traffic(HOLDERS, SUBJECT, 1));
    assert_eq!(shares(&config), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn a_holder_whose_answer_comes_after_the_window_is_late() {
    let mut config = scene(1);
    config.network.latency = ir3sim::network::Latency::Fixed(Duration::from_secs(3));
    assert_eq!(shares(&config), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
}

#[test]
fn a_holder_that_puts_its_answer_off_beyond_the_window_is_late_unless_it_leaves() {
    let mut config = scene(1);
    // The announcement is put off as well: what is drawn for it must be less than 10 s, and more than 5 s for the query.
    config.protocol.as_mut().expect("it runs the protocol").answer_jitter = Duration::from_secs(19);
    let drawn = (1..100).find(|&seed| {
        let (_, figures) = simulate(&config, seed);
        figures.metrics["queries.holders"] == Some(1.0) && figures.metrics["queries.yes"] == Some(0.0)
    });
    let seed = drawn.expect("one of a hundred seeds");
    let silent = |config: &WorldConfig| {
        let (_, figures) = simulate(config, seed);
        ["silent_late", "silent_offline"].map(|name| figure(&figures, &format!("queries.{name}")))
    };
    assert_eq!(silent(&config), [1.0, 0.0]);
    away(&mut config, HOLDERS, 31, 50);
    assert_eq!(silent(&config), [0.0, 1.0]);
}

fn silent(config: &WorldConfig, cause: &str) -> f64 {
    figure(&simulate(config, 1).1, &format!("queries.silent_{cause}"))
}

#[test]
fn a_holder_that_is_rate_limited_says_no_and_is_not_silent() {
    let mut config = scene(1);
    config.groups[usize::from(HOLDERS)].hosts.link = exact("1 Mbit/s", "1 Gbit/s", 64 << 10);
    // 10 ms of every 20 ms.
    work(&mut config, "noise", (20, 40), every(20), traffic(HOLDERS, SUBJECT, 1222));
    let limiter = &mut config.protocol.as_mut().expect("it runs the protocol").limiter;
    (limiter.tracking_min, limiter.overall_min) = (Share::clamped(0.9), Share::clamped(0.9));
    assert_eq!(shares(&config), [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_holder_whose_owner_withholds_the_answer_is_told_apart() {
    let mut config = scene(1);
    let withholder = AdversaryKind::Withholder { empty: false, about: Vec::new() };
    config.groups[usize::from(HOLDERS)].conduct = Some(Conduct::always(withholder));
    assert_eq!(shares(&config), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(silent(&config, "denied"), 1.0);
}

#[test]
fn a_holder_whose_answer_is_dropped_at_the_askers_downlink_is_lost() {
    let mut config = scene(1);
    config.groups[usize::from(ASKER)].hosts.link = exact("1 Gbit/s", "8 kbit/s", 100);
    work(&mut config, "noise", (20, 40), every(10), traffic(SUBJECT, ASKER, 972));
    assert_eq!(shares(&config), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn a_holder_whose_answer_finds_the_asker_offline_is_lost() {
    let mut config = scene(1);
    config.network.latency = ir3sim::network::Latency::Fixed(Duration::from_secs(2));
    away(&mut config, ASKER, 33, 50);
    assert_eq!(shares(&config), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn a_holder_that_leaves_while_its_answer_waits_for_the_uplink_has_lost_it() {
    let mut config = scene(1);
    config.groups[usize::from(HOLDERS)].hosts.link = exact("1 kbit/s", "1 Gbit/s", 64 << 10);
    // It takes some seconds; alone it would be in time.
    assert_eq!(shares(&config)[1], 1.0);
    away(&mut config, HOLDERS, 31, 50);
    assert_eq!(shares(&config), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
}
