//! When work arrives, and to whom.

use std::collections::BTreeMap;

use ir3sim::protocol::Observation as Seen;
use ir3sim::units::{Duration, Frequency, Share};
use ir3sim::world::{Arrivals, Observation, Skill};

use crate::build::{UNLIMITED, every, figure, group, protocol, query, record, s, simulate};
use crate::build::{traffic, watch, work, world};

fn ramp(from: f64, to: f64, spans: [u64; 3]) -> Arrivals {
    let [rise, hold, fall] = spans.map(Duration::from_secs);
    Arrivals::Ramp { from: Frequency::per_second(from), to: Frequency::per_second(to), rise, hold, fall }
}

/// Datagrams handed over in each of these spans of seconds.
fn counts(arrivals: Arrivals, seconds: u64, spans: &[(u64, u64)]) -> Vec<usize> {
    let mut config = world(vec![group("all", 2, UNLIMITED)], seconds);
    work(&mut config, "probe", (0, seconds), arrivals, traffic(0, 0, 100));
    let sent = |what: &Observation| matches!(what, Observation::TrafficSent { .. });
    let times: Vec<_> =
        watch(&config, 1).into_iter().filter(|(_, _, what)| sent(what)).map(|(now, _, _)| now).collect();
    spans
        .iter()
        .map(|(from, to)| times.iter().filter(|now| s(*from) <= **now && **now < s(*to)).count())
        .collect()
}

#[test]
fn every_interval_begins_one_interval_after_the_start() {
    assert_eq!(counts(every(1000), 10, &[(0, 1), (1, 2), (9, 10)]), [0, 1, 1]);
}

#[test]
fn a_ramp_brings_as_much_work_as_its_rates_add_up_to() {
    for (from, to) in [(10.0, 110.0), (110.0, 10.0)] {
        let spans = [(0, 100), (100, 150), (150, 250), (250, 400)];
        let seen = counts(ramp(from, to, [100, 50, 100]), 400, &spans);
        let middle = f64::midpoint(from, to);
        let expected = [100.0 * middle, 50.0 * to, 100.0 * middle, 150.0 * from];
        for (seen, expected) in seen.into_iter().zip(expected) {
            // Five standard deviations of a Poisson count.
            assert!((seen as f64 - expected).abs() < 5.0 * expected.sqrt(), "{seen} for {expected}");
        }
    }
}

#[test]
fn a_ramp_that_falls_to_nothing_ends_at_once_however_long_the_run_is() {
    let century = 36_525 * 86_400;
    let seen = counts(ramp(0.0, 1e4, [0, 1, 0]), century, &[(0, 1), (1, century)]);
    assert!(seen[0].abs_diff(10_000) < 500, "{}", seen[0]);
    assert_eq!(seen[1], 0);
}

#[test]
fn a_billion_arrivals_a_second_are_as_many_as_that() {
    let billion = Frequency::per_second(1e9);
    let span = Duration::from_nanos(100_000);
    let rising = Arrivals::Ramp {
        from: Frequency::per_second(0.0),
        to: billion,
        rise: span,
        hold: Duration::ZERO,
        fall: Duration::ZERO,
    };
    for (arrivals, expected) in [(Arrivals::Poisson(billion), 100_000.0_f64), (rising, 50_000.0)] {
        let mut config = world(vec![group("all", 2, UNLIMITED)], 1);
        config.duration = span;
        work(&mut config, "probe", (0, 1), arrivals, traffic(0, 0, 100));
        let seen = watch(&config, 1);
        let sent = seen.iter().filter(|(_, _, what)| matches!(what, Observation::TrafficSent { .. })).count();
        // Five standard deviations of a Poisson count: 1.6 % and 2.2 %. Gaps rounded one by one bring 4 % too many.
        assert!((sent as f64 - expected).abs() < 5.0 * expected.sqrt(), "{sent} for {expected}");
    }
}

#[test]
fn every_pair_of_a_group_is_as_likely() {
    let mut config = world(vec![group("all", 3, UNLIMITED)], 600);
    work(&mut config, "ask", (0, 600), Arrivals::Poisson(Frequency::per_second(10.0)), query(0, 0));
    let mut pairs = BTreeMap::new();
    for (_, _, what) in protocol(&config, 1) {
        if let Seen::QueryIssued { query, target } = what {
            *pairs.entry((query.asker, target)).or_insert(0_u32) += 1;
        }
    }
    assert_eq!(pairs.len(), 6);
    let total: u32 = pairs.values().sum();
    let bound = 5.0 * (f64::from(total) * (1.0 / 6.0) * (5.0 / 6.0)).sqrt();
    for (pair, count) in pairs {
        assert!((f64::from(count) - f64::from(total) / 6.0).abs() < bound, "{pair:?}: {count} of {total}");
    }
}

#[test]
fn deeds_turn_out_as_well_as_the_skill_says() {
    let mut able = group("able", 20, UNLIMITED);
    able.skill = Skill::AfterEvents(vec![(0, Share::ZERO), (10, Share::clamped(0.8))]);
    let mut config = world(vec![able], 1000);
    work(&mut config, "deeds", (0, 1000), every(100), record(0));
    let mut seen = [(0, 0); 20];
    for (_, host, what) in protocol(&config, 1) {
        if let Seen::Recorded { kind, .. } = what {
            let (events, good) = &mut seen[host.index()];
            *events += 1;
            assert!(*events > 10 || !kind.is_positive());
            *good += u32::from(kind.is_positive());
        }
    }
    let (events, good) = seen.iter().fold((0, 0), |sum, host| (sum.0 + host.0, sum.1 + host.1));
    let tried = f64::from(events - 200);
    assert!((f64::from(good) - 0.8 * tried).abs() < 5.0 * (0.16 * tried).sqrt(), "{good} of {tried}");
    assert_eq!(figure(&simulate(&config, 1).1, "events.recorded"), f64::from(events));
}
