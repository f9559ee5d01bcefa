//! Paths against their models: latencies that are drawn or come from a matrix, measured jitter, and loss in bursts.

use std::collections::BTreeSet;
use std::sync::Arc;

use ir3sim::network::{GilbertElliott, Latency, Matrix, PathLoss, Placement, Region, Transport, Variation};
use ir3sim::units::{Duration, Share};
use ir3sim::world::{Threads, WorldConfig};

use crate::build::{
    UNLIMITED, delays, every, exact, figure, group, on_threads, simulate, traffic, work, world,
};
use crate::oracles::Oracle;

/// A tenth of the time is bad, 50 ms at a time, and loses all.
fn bursts() -> GilbertElliott {
    let [mean, bad, good] = [0.1, 1.0, 0.0].map(Share::clamped);
    GilbertElliott { mean, burst: Duration::from_millis(50), bad, good }
}

/// A datagram each 10 ms.
fn stream(seconds: u64) -> WorldConfig {
    let mut config = world(vec![group("from", 1, UNLIMITED), group("to", 1, UNLIMITED)], seconds);
    work(&mut config, "probe", (0, seconds), every(10), traffic(0, 1, 100));
    config
}

/// Packets t apart meet a chain that keeps e^(−(a + b)·t) of its state, where it leaves the bad state at b = 1/burst and is bad for a share
/// p of the time, a + b = b/(1 − p): so a run of losses ends at each packet with probability (1 − p)(1 − that).
pub(crate) fn oracles() -> Vec<Oracle> {
    let seconds = 400;
    let mut config = stream(seconds);
    config.network.loss = PathLoss::Bursts(bursts());
    let arrived: BTreeSet<u64> =
        delays(&config, 1).into_iter().map(|(sent, _)| sent.as_nanos() / 10_000_000).collect();
    let n = seconds * 100 - 1;
    let lost: Vec<bool> = (1..=n).map(|number| !arrived.contains(&number)).collect();
    let kept = libm::exp(-10.0 / (50.0 * 0.9));
    let share = Oracle {
        what: "Gilbert–Elliott, bad for 10 % of the time: share lost".to_owned(),
        formula: "p",
        source: "stationary chain of two states",
        n,
        wanted: 0.1,
        found: lost.iter().filter(|lost| **lost).count() as f64 / n as f64,
        // The mean of looks that are correlated so.
        bound: 5.0 * (0.1 * 0.9 / n as f64 * (1.0 + kept) / (1.0 - kept)).sqrt(),
        bound_is: "five standard errors, √(p(1 − p)/n·(1 + r)/(1 − r))",
    };
    let ends = 0.9 * (1.0 - kept);
    let mut found = [0.0; 11];
    lost.chunk_by(|a, b| a == b).filter(|run| run[0]).for_each(|run| found[run.len().min(11) - 1] += 1.0);
    let runs: f64 = found.iter().sum();
    let chance = |length: i32| {
        if length == 11 {
            libm::pow(1.0 - ends, 10.0)
        } else {
            ends * libm::pow(1.0 - ends, f64::from(length - 1))
        }
    };
    let cells = (1..).zip(found).map(|(length, found): (i32, f64)| (found, runs * chance(length)));
    let lengths = Oracle {
        what: "The same: lengths of runs of losses, χ² with 10 degrees of freedom".to_owned(),
        formula: "geometric: ends with (1 − p)(1 − e^(−t/(burst·(1 − p))))",
        source: "Gilbert 1960, Elliott 1963, in continuous time",
        n: runs as u64,
        wanted: 0.0,
        found: cells.map(|(found, wanted)| (found - wanted) * (found - wanted) / wanted).sum(),
        bound: 29.6,
        bound_is: "one case of a thousand",
    };
    vec![share, lengths]
}

#[test]
fn both_states_lose_with_their_own_chance() {
    let mut config = stream(200);
    let states = GilbertElliott {
        mean: Share::clamped(0.2),
        bad: Share::clamped(0.6),
        good: Share::clamped(0.1),
        ..bursts()
    };
    assert!((states.bad_share().get() - 0.2).abs() < 1e-12);
    config.network.loss = PathLoss::Bursts(states);
    let (_, figures) = simulate(&config, 1);
    let share = figure(&figures, "messages.lost") / figure(&figures, "messages.sent");
    // At most as uncertain as if a fifth of the time all were lost: 0.2 · 0.8/n · (1 + r)/(1 − r), r = e^(−10/40).
    assert!((share - 0.2).abs() < 5.0 * (0.16_f64 / 20_000.0 * 8.04).sqrt(), "{share}");
}

/// Hosts of all kinds of paths at once: what a host is dealt does not depend on which engine it is on.
#[test]
fn paths_are_the_same_on_any_number_of_threads() {
    let matrix = Matrix::parse("r,a,b\na,8,90.5\nb,87,12\n").expect("a matrix");
    let [from, to] = [10, 100].map(Duration::from_millis);
    for (latency, jitter) in [
        (Latency::Uniform { from, to }, None),
        (Latency::Regions, Some(Variation::Measured)),
        (Latency::Matrix(Arc::new(matrix)), Some(Share::clamped(0.2).into())),
    ] {
        let groups = ["a", "b"].map(|name| group(name, 20, exact("5 Mbit/s", "5 Mbit/s", 1 << 20)));
        let mut config = world(groups.to_vec(), 20);
        config.groups[1].hosts.transport = Transport::Tcp;
        (config.network.latency, config.network.jitter) = (latency, jitter);
        config.network.loss = PathLoss::Bursts(bursts());
        work(&mut config, "there", (0, 20), every(9), traffic(0, 1, 4000));
        work(&mut config, "back", (0, 20), every(11), traffic(1, 0, 4000));
        let prints = [1, 2, 3].map(|threads| on_threads(&config, 1, Threads::Exactly(threads)).fingerprint);
        assert!(prints.iter().all(|print| *print == prints[0]), "{:?}", config.network.latency);
    }
}

#[test]
fn messages_take_half_a_round_trip_of_the_matrix() {
    let matrix = Matrix::parse("r,a,b\na,8,90.5\nb,87,12\n").expect("a matrix");
    let mut config = stream(1);
    config.network.latency = Latency::Matrix(Arc::new(matrix));
    for (group, region) in config.groups.iter_mut().zip([1, 0]) {
        group.hosts.placement = Placement::Regions(vec![(Region(region), Share::ONE)]);
    }
    assert!(delays(&config, 1).iter().all(|(_, took)| *took == Duration::from_nanos(43_500_000)));
}

/// Whoever else there is, and in whatever order: a pair draws its latency by the names of its groups.
#[test]
fn a_drawn_latency_does_not_depend_on_other_groups() {
    let [from, to] = [10, 100].map(Duration::from_millis);
    let mut alone = stream(1);
    alone.network.latency = Latency::Uniform { from, to };
    let mut beside = alone.clone();
    beside.groups.insert(0, group("other", 5, UNLIMITED));
    beside.workloads[0].work = traffic(1, 2, 100);
    let took = delays(&alone, 1);
    assert_eq!(took, delays(&beside, 1));
    assert!(took.len() > 80 && took.iter().all(|(_, span)| *span == took[0].1), "{took:?}");
    assert!(took[0].1 != delays(&alone, 2)[0].1 && (from..=to).contains(&took[0].1));
}
