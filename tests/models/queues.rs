//! Queues at uplinks against queueing theory.

use ir3sim::network::Transport;
use ir3sim::units::{ByteSize, Duration, Frequency};
use ir3sim::world::{Arrivals, GroupId, Sizes, Work, WorldConfig};

use crate::build::{delays, exact, figure, group, simulate, work, world};
use crate::oracles::{Oracle, mean};

/// Of the sender, in bit/s; what comes out of its uplink takes 40 ms, and no time to receive.
const RATE: f64 = 1e6;
const LATENCY: f64 = 0.04;
/// Runs, and messages of each that count, after the first ones, which find an empty queue more often than others.
const RUNS: u64 = 20;
const COUNTED: usize = 10_000;
const FIRST: usize = 500;

/// Seconds that a datagram of this size takes at the uplink.
fn service(payload: u32) -> f64 {
    f64::from(Transport::Udp.packets(payload).bytes) * 8.0 / RATE
}

/// Mean and second moment of the time at the uplink, of sizes in whole bytes whose distribution this is.
fn moments(below: impl Fn(f64) -> f64) -> (f64, f64) {
    let largest = Transport::Udp.largest_payload().expect("a datagram has a largest size");
    let chance = |size: u32| {
        let least = if size == 1 { 0.0 } else { below(f64::from(size) - 0.5) };
        below(f64::from(size) + 0.5) - least
    };
    (1..=largest).fold((0.0, 0.0), |(first, second), size| {
        let (p, s) = (chance(size), service(size));
        (first + p * s, second + p * s * s)
    })
}

fn config(sizes: Sizes, load: f64, mean_service: f64, queue: u64) -> WorldConfig {
    let groups = vec![
        group("receiver", 1, exact("1 Gbit/s", "unlimited", 1 << 30)),
        group("sender", 1, exact("1 Mbit/s", "1 Gbit/s", queue)),
    ];
    let rate = load / mean_service;
    let seconds = ((COUNTED + FIRST) as f64 * 1.1 / rate) as u64;
    let mut config = world(groups, seconds);
    config.cooldown = Duration::from_secs(1);
    let traffic = Work::Traffic { from: GroupId(1), to: GroupId(0), size: sizes, response: None };
    work(&mut config, "probe", (0, seconds), Arrivals::Poisson(Frequency::per_second(rate)), traffic);
    config
}

/// The mean time in the system over twenty runs.
fn sojourn(
    what: &str,
    formula: &'static str,
    sizes: Sizes,
    load: f64,
    (first, second): (f64, f64),
) -> Oracle {
    let config = config(sizes, load, first, 1 << 30);
    let run = |seed| {
        let delays = delays(&config, seed);
        let counted = delays[FIRST..].iter().take(COUNTED);
        counted.map(|(_, delay)| delay.as_seconds() - LATENCY).sum::<f64>() / COUNTED as f64
    };
    let (found, error) = mean(&(1..=RUNS).map(run).collect::<Vec<_>>());
    Oracle {
        what: what.to_owned(),
        formula,
        source: "Pollaczek 1930, Khinchine 1932",
        n: RUNS * COUNTED as u64,
        wanted: first + load / first * second / (2.0 * (1.0 - load)),
        found,
        bound: 5.0 * error,
        bound_is: "five standard errors of 20 runs",
    }
}

/// The share of messages that find K others, one of which is being sent, where arrivals are Poisson and all take as long.
fn blocked(load: f64, most: usize) -> f64 {
    let arrive: Vec<f64> = (0..=most)
        .scan(libm::exp(-load), |chance, k| {
            let now = *chance;
            *chance *= load / (k + 1) as f64;
            Some(now)
        })
        .collect();
    // Left behind by those who go, by the chain that they make, in parts of the first.
    let mut left = vec![1.0];
    for j in 0..most - 1 {
        let met: f64 = (1..=j).map(|i| left[i] * arrive[j + 1 - i]).sum();
        left.push((left[j] - met - left[0] * arrive[j]) / arrive[0]);
    }
    1.0 - 1.0 / (1.0 / left.iter().sum::<f64>() + load)
}

/// Headers make the sizes a little less random than exponential ones.
fn refusals(load: f64, room: f64) -> Oracle {
    let mean = ByteSize::from_bytes(5000);
    let service = mean_of_exponential();
    let queue = (room * service * RATE / 8.0) as u64;
    let dropped = dropped(&config(Sizes::Exponential { mean }, load, service, queue));
    let wanted = refused(load, room);
    Oracle {
        what: format!(
            "M/M/1, where no more than {room} mean messages' bytes may wait, at a load of {load}: share dropped"
        ),
        formula: "work up to a bound, by the balance of its levels",
        source: "as Gavish and Schweitzer 1977, but an idle link takes all",
        wanted,
        bound: dropped.bound + 0.01 * wanted,
        bound_is: "five standard errors of 20 runs, and 1 % for headers",
        ..dropped
    }
}

fn loss(load: f64, most: u64) -> Oracle {
    let service = service(972);
    let config = config(ByteSize::from_bytes(972).into(), load, service, most * 1000);
    Oracle {
        what: format!("M/D/1/{most} at a load of {load}: share dropped"),
        formula: "1 − 1/(π₀ + ρ), π₀ of the chain of departures",
        source: "Gross and Harris 1998, section 5.1",
        wanted: blocked(load, most as usize),
        ..dropped(&config)
    }
}

/// The share of messages that is dropped at the sender's uplink.
fn dropped(config: &WorldConfig) -> Oracle {
    let run = |seed| {
        let (_, figures) = simulate(config, seed);
        (figure(&figures, "messages.dropped_queue"), figure(&figures, "messages.sent"))
    };
    let runs: Vec<(f64, f64)> = (1..=RUNS).map(run).collect();
    let sent = runs.iter().map(|(_, sent)| *sent as u64).sum();
    let (found, error) = mean(&runs.iter().map(|(dropped, sent)| dropped / sent).collect::<Vec<_>>());
    Oracle {
        what: String::new(),
        formula: "",
        source: "",
        n: sent,
        wanted: 0.0,
        found,
        bound: 5.0 * error,
        bound_is: "five standard errors of 20 runs",
    }
}

/// The share of messages that a queue by the byte drops, where they come at random and bring exponential work with mean 1: what would
/// exceed `room` is dropped, unless the link is idle. With V the work that waits, its density f and its chance p of being 0, as
/// many rise above x as sink below it: f(x) = λp·e⁻ˣ + λ∫₀ˣ f(w)(e⁻⁽ˣ⁻ʷ⁾ − e⁻⁽ᴷ⁻ʷ⁾)dw for x up to K, and λp·e⁻ˣ above. So
/// G(x) = ∫₀ˣ f(w)eʷdw has G' = λp + λ(1 − e⁻⁽ᴷ⁻ˣ⁾)G.
fn refused(load: f64, room: f64) -> f64 {
    const STEPS: u32 = 4000;
    let step = room / f64::from(STEPS);
    let slope = |x: f64, g: f64| load + load * (1.0 - libm::exp(x - room)) * g;
    // For p = 1, by Runge and Kutta; and the integral of f = G'e⁻ˣ by Simpson.
    let (mut g, mut busy) = (0.0, 0.0);
    for number in 0..STEPS {
        let x = f64::from(number) * step;
        let middle = x + step / 2.0;
        let first = slope(x, g);
        let second = slope(middle, g + step / 2.0 * first);
        let third = slope(middle, g + step / 2.0 * second);
        let last = slope(x + step, g + step * third);
        let next = g + step / 6.0 * (first + 2.0 * second + 2.0 * third + last);
        let half = g + step / 24.0 * (5.0 * first + 4.0 * second + 4.0 * third - last);
        let f = |x: f64, g: f64| slope(x, g) * libm::exp(-x);
        busy += step / 6.0 * (f(x, g) + 4.0 * f(middle, half) + f(x + step, next));
        g = next;
    }
    // More than K: only who finds the link idle brings so much.
    let above = load * libm::exp(-room);
    (g * libm::exp(-room) + above) / (1.0 + busy + above)
}

/// Mean time at the uplink of exponential sizes with a mean of 5000 B, headers included, in s.
pub(crate) fn mean_of_exponential() -> f64 {
    moments(|size| -libm::expm1(-size / 5000.0)).0
}

/// Exponential sizes have headers of 28 B, and 20 B for each further packet: so close to exponential times that the formula of M/M/1
/// is that of M/G/1 but for a thousandth.
pub(crate) fn oracles() -> Vec<Oracle> {
    let [same, mean, median] = [972, 5000, 1000].map(ByteSize::from_bytes);
    let exponential = moments(|size| -libm::expm1(-size / 5000.0));
    let sigma = 0.8;
    let log_normal =
        moments(|size| 0.5 * libm::erfc(-libm::log(size / 1000.0) / sigma / std::f64::consts::SQRT_2));
    let fixed = (service(972), service(972) * service(972));
    let mm1 = exponential.0 / 0.5;
    let exact = exponential.0 + 0.5 / exponential.0 * exponential.1;
    assert!((mm1 / exact - 1.0).abs() < 0.002, "{mm1} {exact}");
    vec![
        sojourn(
            "M/M/1 in whole bytes at a load of 0.5: mean time in the system, in s",
            "E[S] + λE[S²]/(2(1 − ρ)), near E[S]/(1 − ρ)",
            Sizes::Exponential { mean },
            0.5,
            exponential,
        ),
        sojourn("M/D/1 at a load of 0.8: the same", "D·(1 + ρ/(2(1 − ρ)))", same.into(), 0.8, fixed),
        sojourn(
            "M/G/1 at a load of 0.6, log-normal sizes: the same",
            "E[S] + λE[S²]/(2(1 − ρ))",
            Sizes::LogNormal { median, sigma },
            0.6,
            log_normal,
        ),
        loss(0.9, 4),
        loss(0.5, 2),
        refusals(0.9, 4.0),
        refusals(0.6, 1.0),
    ]
}

#[test]
fn a_queue_for_one_loses_what_erlang_says() {
    // M/G/1/1: ρ/(1 + ρ).
    assert!((blocked(0.7, 1) - 0.7 / 1.7).abs() < 1e-12);
}

#[test]
fn a_queue_without_room_refuses_who_does_not_find_the_link_idle() {
    // As M/G/1/1 does, where work is refused by all that there is.
    assert!((refused(0.7, 1e-9) - 0.7 / 1.7).abs() < 1e-6);
    // Without a bound nothing is.
    assert!(refused(0.5, 40.0) < 1e-6);
}
